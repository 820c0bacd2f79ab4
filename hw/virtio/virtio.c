/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device without its transport: status, features, configuration
 * space, queues and interrupts (virtio 1.2, chapter 2; section 2.x below).
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "standard-headers/linux/virtio_pci.h"
#include "sysemu/runstate.h"
#include "virtqueue.h"

/*** Names ***/

static const char *const id_names[] = {
    [VIRTIO_ID_NET] = "virtio-net",
    [VIRTIO_ID_BLOCK] = "virtio-blk",
    [VIRTIO_ID_CONSOLE] = "virtio-serial",
    [VIRTIO_ID_RNG] = "virtio-rng",
    [VIRTIO_ID_BALLOON] = "virtio-balloon",
    [VIRTIO_ID_IOMEM] = "virtio-iomem",
    [VIRTIO_ID_RPMSG] = "virtio-rpmsg",
    [VIRTIO_ID_SCSI] = "virtio-scsi",
    [VIRTIO_ID_9P] = "virtio-9p",
    [VIRTIO_ID_MAC80211_WLAN] = "virtio-mac-wlan",
    [VIRTIO_ID_RPROC_SERIAL] = "virtio-rproc-serial",
    [VIRTIO_ID_CAIF] = "virtio-caif",
    [VIRTIO_ID_MEMORY_BALLOON] = "virtio-mem-balloon",
    [VIRTIO_ID_GPU] = "virtio-gpu",
    [VIRTIO_ID_CLOCK] = "virtio-clk",
    [VIRTIO_ID_INPUT] = "virtio-input",
    [VIRTIO_ID_VSOCK] = "vhost-vsock",
    [VIRTIO_ID_CRYPTO] = "virtio-crypto",
    [VIRTIO_ID_SIGNAL_DIST] = "virtio-signal",
    [VIRTIO_ID_PSTORE] = "virtio-pstore",
    [VIRTIO_ID_IOMMU] = "virtio-iommu",
    [VIRTIO_ID_MEM] = "virtio-mem",
    [VIRTIO_ID_SOUND] = "virtio-sound",
    [VIRTIO_ID_FS] = "virtio-user-fs",
    [VIRTIO_ID_PMEM] = "virtio-pmem",
    [VIRTIO_ID_RPMB] = "virtio-rpmb",
    [VIRTIO_ID_MAC80211_HWSIM] = "virtio-mac-hwsim",
    [VIRTIO_ID_VIDEO_ENCODER] = "virtio-vid-encoder",
    [VIRTIO_ID_VIDEO_DECODER] = "virtio-vid-decoder",
    [VIRTIO_ID_SCMI] = "virtio-scmi",
    [VIRTIO_ID_NITRO_SEC_MOD] = "virtio-nitro-sec-mod",
    [VIRTIO_ID_I2C_ADAPTER] = "vhost-user-i2c",
    [VIRTIO_ID_WATCHDOG] = "virtio-watchdog",
    [VIRTIO_ID_CAN] = "virtio-can",
    [VIRTIO_ID_DMABUF] = "virtio-dmabuf",
    [VIRTIO_ID_PARAM_SERV] = "virtio-param-serv",
    [VIRTIO_ID_AUDIO_POLICY] = "virtio-audio-pol",
    [VIRTIO_ID_BT] = "virtio-bluetooth",
    [VIRTIO_ID_GPIO] = "virtio-gpio",
};

const char *virtio_id_to_name(uint16_t device_id)
{
    const char *name = device_id < ARRAY_SIZE(id_names) ? id_names[device_id]
                                                        : NULL;

    return name ? name : "virtio-unknown";
}

size_t virtio_get_config_size(const VirtIOConfigSizeParams *params,
                              uint64_t host_features)
{
    const VirtIOFeature *f;
    size_t size = params->min_size;

    for (f = params->feature_sizes; f->flags; f++) {
        if (host_features & f->flags) {
            size = MAX(size, f->end);
        }
    }
    return MIN(size, params->max_size);
}

/*** The transport ***/

static DeviceState *proxy_of(VirtIODevice *vdev, VirtioBusClass **k)
{
    BusState *bus = qdev_get_parent_bus(DEVICE(vdev));

    *k = bus ? VIRTIO_BUS_GET_CLASS(bus) : NULL;
    return bus ? bus->parent : NULL;
}

static void notify_vector(VirtIODevice *vdev, uint16_t vector)
{
    VirtioBusClass *k;
    DeviceState *proxy = proxy_of(vdev, &k);

    if (!unlikely(vdev->broken) && k && k->notify) {
        k->notify(proxy, vector);
    }
}

static void set_isr(VirtIODevice *vdev, uint8_t bits)
{
    /* A shared cache line is written only to change it. */
    if ((qatomic_read(&vdev->isr) & bits) != bits) {
        qatomic_or(&vdev->isr, bits);
    }
}

void virtio_update_irq(VirtIODevice *vdev)
{
    notify_vector(vdev, VIRTIO_NO_VECTOR);
}

void virtio_notify(VirtIODevice *vdev, VirtQueue *vq)
{
    if (vq_should_notify(vq)) {
        set_isr(vdev, 1);
        notify_vector(vdev, vq->vector ^ VIRTIO_NO_VECTOR);
    }
}

void virtio_notify_irqfd(VirtIODevice *vdev, VirtQueue *vq)
{
    if (vq_should_notify(vq)) {
        /* INTx is raised by whoever reads the notifier, and needs this. */
        set_isr(vdev, 1);
        event_notifier_set(&vq->guest_notifier);
    }
}

/* Bit 0 as well: old drivers look at their queues on any interrupt. */
static void notify_config(VirtIODevice *vdev)
{
    set_isr(vdev, 3);
    vdev->generation++;
    notify_vector(vdev, vdev->config_vector);
}

void virtio_notify_config(VirtIODevice *vdev)
{
    if (vdev->status & VIRTIO_CONFIG_S_DRIVER_OK) {
        notify_config(vdev);
    }
}

void virtio_error(VirtIODevice *vdev, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);

    if (!vdev->error_reported) {
        error_report("%s: %s", vdev->name, text);
        vdev->error_reported = true;
    }
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s\n", vdev->name, text);

    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        vdev->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
        virtio_notify_config(vdev);
    }
    vdev->broken = true;
}

/*** Queues ***/

/*
 * There is room for VIRTIO_QUEUE_MAX queues, of which most devices have a
 * few: all zero is the state of one that does not exist, and memory beyond
 * vq_touched is left alone.  So vectors are kept XOR VIRTIO_NO_VECTOR.
 */
static void touch(VirtIODevice *vdev, int n)
{
    vdev->vq_touched = MAX(vdev->vq_touched, n + 1);
}

uint16_t virtio_queue_vector(VirtIODevice *vdev, int n)
{
    return n < VIRTIO_QUEUE_MAX ? vdev->vq[n].vector ^ VIRTIO_NO_VECTOR
                                : VIRTIO_NO_VECTOR;
}

void virtio_queue_set_vector(VirtIODevice *vdev, int n, uint16_t vector)
{
    VirtQueue *vq;
    uint16_t old;

    if (n >= VIRTIO_QUEUE_MAX) {
        return;
    }
    vq = &vdev->vq[n];
    old = vq->vector ^ VIRTIO_NO_VECTOR;
    if (vdev->vector_queues && old < vdev->nvectors) {
        QLIST_REMOVE(vq, node);
    }
    if (old != vector) {
        touch(vdev, n);
        vq->vector = vector ^ VIRTIO_NO_VECTOR;
    }
    if (vdev->vector_queues && vector < vdev->nvectors) {
        QLIST_INSERT_HEAD(&vdev->vector_queues[vector], vq, node);
    }
}

VirtQueue *virtio_vector_first_queue(VirtIODevice *vdev, uint16_t vector)
{
    if (!vdev->vector_queues || vector >= vdev->nvectors) {
        return NULL;
    }
    return QLIST_FIRST(&vdev->vector_queues[vector]);
}

VirtQueue *virtio_vector_next_queue(VirtQueue *vq)
{
    return QLIST_NEXT(vq, node);
}

VirtQueue *virtio_get_queue(VirtIODevice *vdev, int n)
{
    return vdev->vq + n;
}

uint16_t virtio_get_queue_index(VirtQueue *vq)
{
    return vq->queue_index;
}

/* Back to power-on, as far as it was ever touched. */
static void reset_queue(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    if (vq->vring.num_default) {
        vq_reset(vq);
        vq_choose_format(vq);
    }
    if (vq->vector) {
        virtio_queue_set_vector(vdev, n, VIRTIO_NO_VECTOR);
    }
}

VirtQueue *virtio_add_queue(VirtIODevice *vdev, int queue_size,
                            VirtIOHandleOutput handle_output)
{
    VirtQueue *vq;
    int n;

    for (n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        if (!vdev->vq[n].vring.num) {
            break;
        }
    }
    if (n == VIRTIO_QUEUE_MAX || queue_size <= 0 ||
        queue_size > VIRTQUEUE_MAX_SIZE) {
        error_report("%s: no queue %d of %d entries", vdev->name, n,
                     queue_size);
        return NULL;
    }
    touch(vdev, n);
    vq = &vdev->vq[n];
    vq->vdev = vdev;
    vq->queue_index = n;
    vq->vring.num_default = queue_size;
    vq->vring.align = VIRTIO_PCI_VRING_ALIGN;
    vq->handle_output = handle_output;
    reset_queue(vdev, n);
    return vq;
}

void virtio_delete_queue(VirtQueue *vq)
{
    vq->vring.num = 0;
    vq->vring.num_default = 0;
    vq->vring.desc = 0;
    vq->handle_output = NULL;
    vq_free_caches(vq);
    g_clear_pointer(&vq->batch, g_free);
    g_clear_pointer(&vq->order, g_free);
    if (vq->vector) {
        virtio_queue_set_vector(vq->vdev, vq->queue_index, VIRTIO_NO_VECTOR);
    }
}

void virtio_del_queue(VirtIODevice *vdev, int n)
{
    if (n >= 0 && n < VIRTIO_QUEUE_MAX && vdev->vq[n].vring.num) {
        virtio_delete_queue(&vdev->vq[n]);
    }
}

int virtio_queue_ready(VirtQueue *vq)
{
    return vq->vring.avail != 0;
}

void vq_run(VirtQueue *vq)
{
    VirtIODevice *vdev = vq->vdev;

    if (!vq->vring.desc || !vq->handle_output || vdev->broken) {
        return;
    }
    vq->handle_output(vdev, vq);
    if (unlikely(vdev->start_on_kick)) {
        virtio_set_started(vdev, true);
    }
}

void virtio_queue_notify(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    if (!vq->vring.desc || vdev->broken) {
        return;
    }
    if (vq->host_notifier_enabled) {
        event_notifier_set(&vq->host_notifier);
    } else {
        vq_run(vq);
    }
}

/* 2.6.1: the driver wants one queue back without a reset of the device. */
void virtio_queue_reset(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->queue_reset) {
        k->queue_reset(vdev, queue_index);
    }
    reset_queue(vdev, queue_index);
}

void virtio_queue_enable(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->queue_enable) {
        k->queue_enable(vdev, queue_index);
    }
}

/*** Features and status ***/

/* What the driver accepts without being asked, where it must (2.2.1). */
static int validate_features(VirtIODevice *vdev)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (virtio_host_has_feature(vdev, VIRTIO_F_ACCESS_PLATFORM) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_ACCESS_PLATFORM)) {
        return -EFAULT;
    }
    return k->validate_features ? k->validate_features(vdev) : 0;
}

int virtio_set_status(VirtIODevice *vdev, uint8_t val)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint8_t changed = vdev->status ^ val;

    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1) &&
        (changed & val & VIRTIO_CONFIG_S_FEATURES_OK)) {
        int ret = validate_features(vdev);

        if (ret) {
            return ret;
        }
    }
    if (changed & VIRTIO_CONFIG_S_DRIVER_OK) {
        virtio_set_started(vdev, val & VIRTIO_CONFIG_S_DRIVER_OK);
    }
    if (k->set_status) {
        k->set_status(vdev, val);
    }
    vdev->status = val;
    return 0;
}

/* Rings look different from here on. */
static void features_changed(VirtIODevice *vdev)
{
    int n;

    for (n = 0; n < vdev->vq_touched; n++) {
        if (vdev->vq[n].vring.num_default) {
            vq_choose_format(&vdev->vq[n]);
        }
    }
}

/* Also for streams, which have their own idea of when it is too late. */
int virtio_set_features_nocheck(VirtIODevice *vdev, uint64_t val)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    bool bad = val & ~vdev->host_features;

    val &= vdev->host_features;
    if (k->set_features) {
        k->set_features(vdev, val);
    }
    vdev->guest_features = val;
    return bad ? -1 : 0;
}

int virtio_set_features(VirtIODevice *vdev, uint64_t val)
{
    int ret;

    if (vdev->status & VIRTIO_CONFIG_S_FEATURES_OK) {
        return -EINVAL;
    }
    /* Known to the interface, not a feature of the device. */
    if (virtio_has_feature(val, VIRTIO_F_BAD_FEATURE)) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: driver accepts feature bit %u, "
                      "which no device offers\n", vdev->name,
                      VIRTIO_F_BAD_FEATURE);
    }
    ret = virtio_set_features_nocheck(vdev, val);
    features_changed(vdev);
    if (!ret && !virtio_device_started(vdev, vdev->status) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        vdev->start_on_kick = true;
    }
    return ret;
}

void virtio_reset(void *opaque)
{
    VirtIODevice *vdev = opaque;
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    int n;

    virtio_set_status(vdev, 0);
    vdev->device_endian = VIRTIO_DEVICE_ENDIAN_LITTLE;
    if (k->reset) {
        k->reset(vdev);
    }

    vdev->start_on_kick = false;
    vdev->started = false;
    vdev->broken = false;
    vdev->guest_features = 0;
    vdev->queue_sel = 0;
    vdev->status = 0;
    vdev->disabled = false;
    qatomic_set(&vdev->isr, 0);
    vdev->config_vector = VIRTIO_NO_VECTOR;
    virtio_update_irq(vdev);

    for (n = 0; n < vdev->vq_touched; n++) {
        reset_queue(vdev, n);
    }
}

bool virtio_legacy_allowed(VirtIODevice *vdev)
{
    switch (vdev->device_id) {
    case VIRTIO_ID_NET:
    case VIRTIO_ID_BLOCK:
    case VIRTIO_ID_CONSOLE:
    case VIRTIO_ID_RNG:
    case VIRTIO_ID_BALLOON:
    case VIRTIO_ID_RPMSG:
    case VIRTIO_ID_SCSI:
    case VIRTIO_ID_9P:
    case VIRTIO_ID_RPROC_SERIAL:
    case VIRTIO_ID_CAIF:
        return true;
    default:
        return false;
    }
}

bool virtio_legacy_check_disabled(VirtIODevice *vdev)
{
    return vdev->disable_legacy_check;
}

/*** Configuration space ***/

/* The device's present configuration, if size bytes at addr are in it. */
static uint8_t *config_at(VirtIODevice *vdev, uint32_t addr, uint32_t size,
                          bool fresh)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (addr > vdev->config_len || size > vdev->config_len - addr) {
        return NULL;
    }
    if (fresh && k->get_config) {
        k->get_config(vdev, vdev->config);
    }
    return (uint8_t *)vdev->config + addr;
}

static void config_written(VirtIODevice *vdev)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->set_config) {
        k->set_config(vdev, vdev->config);
    }
}

/*
 * Legacy devices have the guest's byte order, modern ones little endian; on
 * this target both are the same functions.
 */
#define CONFIG_ACCESS(suffix, size, load, store) \
    uint32_t virtio_config_modern_read##suffix(VirtIODevice *vdev, \
                                               uint32_t addr) \
    { \
        uint8_t *p = config_at(vdev, addr, size, true); \
        return p ? load(p) : UINT32_MAX; \
    } \
    void virtio_config_modern_write##suffix(VirtIODevice *vdev, \
                                            uint32_t addr, uint32_t data) \
    { \
        uint8_t *p = config_at(vdev, addr, size, false); \
        if (p) { \
            store(p, data); \
            config_written(vdev); \
        } \
    } \
    uint32_t virtio_config_read##suffix(VirtIODevice *vdev, uint32_t addr) \
    { \
        return virtio_config_modern_read##suffix(vdev, addr); \
    } \
    void virtio_config_write##suffix(VirtIODevice *vdev, uint32_t addr, \
                                     uint32_t data) \
    { \
        virtio_config_modern_write##suffix(vdev, addr, data); \
    }

CONFIG_ACCESS(b, 1, ldub_p, stb_p)
CONFIG_ACCESS(w, 2, lduw_le_p, stw_le_p)
CONFIG_ACCESS(l, 4, ldl_le_p, stl_le_p)

/*** Life cycle ***/

/* The machine stops: the device does, last; it starts: the device is first. */
static void vm_state_changed(void *opaque, bool running, RunState state)
{
    VirtIODevice *vdev = opaque;
    VirtioBusClass *k;
    DeviceState *proxy = proxy_of(vdev, &k);
    bool run = running && virtio_device_started(vdev, vdev->status);

    vdev->vm_running = running;
    if (run) {
        virtio_set_status(vdev, vdev->status);
    }
    if (k && k->vmstate_change) {
        k->vmstate_change(proxy, run);
    }
    if (!run) {
        virtio_set_status(vdev, vdev->status);
    }
}

void virtio_init(VirtIODevice *vdev, uint16_t device_id, size_t config_size)
{
    VirtioBusClass *k;
    DeviceState *proxy = proxy_of(vdev, &k);
    int nvectors = k && k->query_nvectors ? k->query_nvectors(proxy) : 0;

    if (nvectors) {
        vdev->vector_queues = g_new0(VirtQueueList, nvectors);
    }
    vdev->nvectors = nvectors;
    vdev->device_id = device_id;
    vdev->name = virtio_id_to_name(device_id);
    vdev->status = 0;
    qatomic_set(&vdev->isr, 0);
    vdev->queue_sel = 0;
    vdev->config_vector = VIRTIO_NO_VECTOR;
    vdev->vq = g_new0(VirtQueue, VIRTIO_QUEUE_MAX);
    vdev->vq_touched = 0;
    vdev->vm_running = runstate_is_running();
    vdev->start_on_kick = false;
    vdev->started = false;
    vdev->broken = false;
    vdev->disabled = false;
    vdev->config_len = config_size;
    vdev->config = config_size ? g_malloc0(config_size) : NULL;
    vdev->device_endian = VIRTIO_DEVICE_ENDIAN_LITTLE;
    vdev->use_guest_notifier_mask = true;
    vdev->vmstate = qdev_add_vm_change_state_handler(DEVICE(vdev),
                                                     vm_state_changed, vdev);
}

void virtio_cleanup(VirtIODevice *vdev)
{
    int n;

    qemu_del_vm_change_state_handler(vdev->vmstate);
    for (n = 0; vdev->vq && n < vdev->vq_touched; n++) {
        virtio_del_queue(vdev, n);
    }
    g_clear_pointer(&vdev->config, g_free);
    g_clear_pointer(&vdev->vq, g_free);
    g_clear_pointer(&vdev->vector_queues, g_free);
}

void virtio_instance_init_common(Object *proxy_obj, void *data,
                                 size_t vdev_size, const char *vdev_name)
{
    DeviceState *vdev = data;

    object_initialize_child_with_props(proxy_obj, "virtio-backend", vdev,
                                       vdev_size, vdev_name, &error_abort,
                                       NULL);
    qdev_alias_all_properties(vdev, proxy_obj);
}

void virtio_device_set_child_bus_name(VirtIODevice *vdev, char *bus_name)
{
    g_free(vdev->bus_name);
    vdev->bus_name = g_strdup(bus_name);
}

/* Memory moved: under a ring, perhaps. */
static void memory_changed(MemoryListener *listener)
{
    VirtIODevice *vdev = container_of(listener, VirtIODevice, listener);
    int n;

    for (n = 0; n < vdev->vq_touched; n++) {
        if (vdev->vq[n].vring.desc && vdev->vq[n].vring.num) {
            virtio_init_region_cache(vdev, n);
        }
    }
}

static void virtio_device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(dev);
    Error *err = NULL;

    if (vdc->realize) {
        vdc->realize(dev, &err);
        if (err) {
            error_propagate(errp, err);
            return;
        }
    }
    virtio_bus_device_plugged(vdev, &err);
    if (err) {
        error_propagate(errp, err);
        if (vdc->unrealize) {
            vdc->unrealize(dev);
        }
        return;
    }
    vdev->listener.commit = memory_changed;
    vdev->listener.name = "virtio";
    memory_listener_register(&vdev->listener, vdev->dma_as);
}

static void virtio_device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(dev);

    memory_listener_unregister(&vdev->listener);
    virtio_bus_device_unplugged(vdev);
    if (vdc->unrealize) {
        vdc->unrealize(dev);
    }
    g_clear_pointer(&vdev->bus_name, g_free);
}

static Property virtio_properties[] = {
    DEFINE_VIRTIO_COMMON_FEATURES(VirtIODevice, host_features),
    DEFINE_PROP_BOOL("use-started", VirtIODevice, use_started, true),
    DEFINE_PROP_BOOL("use-disabled-flag", VirtIODevice, use_disabled_flag,
                     true),
    DEFINE_PROP_BOOL("x-disable-legacy-check", VirtIODevice,
                     disable_legacy_check, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_device_class_init(ObjectClass *klass, void *data)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = virtio_device_realize;
    dc->unrealize = virtio_device_unrealize;
    dc->bus_type = TYPE_VIRTIO_BUS;
    device_class_set_props(dc, virtio_properties);
    vdc->start_ioeventfd = vdev_start_ioeventfd;
    vdc->stop_ioeventfd = vdev_stop_ioeventfd;
    vdc->legacy_features |= VIRTIO_LEGACY_FEATURES;
}

static const TypeInfo virtio_device_info = {
    .name = TYPE_VIRTIO_DEVICE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(VirtIODevice),
    .class_size = sizeof(VirtioDeviceClass),
    .class_init = virtio_device_class_init,
    .abstract = true,
};

static void virtio_register_types(void)
{
    type_register_static(&virtio_device_info);
}

type_init(virtio_register_types)
