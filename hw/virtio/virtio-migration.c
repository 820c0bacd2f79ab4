/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device in a migration stream: the transport's state, what every
 * device has, the device's own part, then subsections for whatever came
 * later.  The format is that of machine type 7.2 on either side.
 *
 * Nothing in a stream is trusted: what does not fit this device, or its rings
 * in memory, fails the load.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "sysemu/dma.h"
#include "virtqueue.h"

/* No device has more; a longer one is not a configuration. */
#define CONFIG_MAX 65536

/*** Subsections: one field each, written by a function ***/

static int put_endian(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_byte(f, ((VirtIODevice *)pv)->device_endian);
    return 0;
}

static int get_endian(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    VirtIODevice *vdev = pv;

    vdev->device_endian = qemu_get_byte(f);
    if (vdev->device_endian == VIRTIO_DEVICE_ENDIAN_BIG) {
        error_report("%s: a driver of the other byte order", vdev->name);
        return -EINVAL;
    }
    return 0;
}

static int put_features64(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_be64(f, ((VirtIODevice *)pv)->guest_features);
    return 0;
}

static int get_features64(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field)
{
    ((VirtIODevice *)pv)->guest_features = qemu_get_be64(f);
    return 0;
}

/* Where the two later parts of a ring are: the first is in the main part. */
static int put_virtqueues(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field, JSONWriter *vmdesc)
{
    VirtIODevice *vdev = pv;
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        qemu_put_be64(f, vdev->vq[i].vring.avail);
        qemu_put_be64(f, vdev->vq[i].vring.used);
    }
    return 0;
}

static int get_virtqueues(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field)
{
    VirtIODevice *vdev = pv;
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        hwaddr avail = qemu_get_be64(f);
        hwaddr used = qemu_get_be64(f);

        if (vdev->vq[i].vring.num_default) {
            vdev->vq[i].vring.avail = avail;
            vdev->vq[i].vring.used = used;
        }
    }
    return 0;
}

/* The size a queue has after reset. */
static int put_ringsize(QEMUFile *f, void *pv, size_t size,
                        const VMStateField *field, JSONWriter *vmdesc)
{
    VirtIODevice *vdev = pv;
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        qemu_put_be32(f, vdev->vq[i].vring.num_default);
    }
    return 0;
}

static int get_ringsize(QEMUFile *f, void *pv, size_t size,
                        const VMStateField *field)
{
    VirtIODevice *vdev = pv;
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        uint32_t num = qemu_get_be32(f);

        if (num > VIRTQUEUE_MAX_SIZE) {
            return -EINVAL;
        }
        if (vdev->vq[i].vring.num_default && num) {
            vdev->vq[i].vring.num_default = num;
        }
    }
    return 0;
}

static int put_packed(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    VirtIODevice *vdev = pv;
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        VirtQueue *vq = &vdev->vq[i];
        /* One that was never in use starts with both counters at 1. */
        bool fresh = i >= vdev->vq_touched || !vq->vring.num_default;

        qemu_put_be16(f, vq->avail.idx);
        qemu_put_byte(f, fresh || vq->avail.wrap);
        qemu_put_be16(f, vq->used.idx);
        qemu_put_byte(f, fresh || vq->used.wrap);
        qemu_put_be32(f, vq->inuse);
    }
    return 0;
}

static int get_packed(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    VirtIODevice *vdev = pv;
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        VirtQueue *vq = &vdev->vq[i];
        VQCursor avail, used;
        uint32_t inuse;

        avail.idx = qemu_get_be16(f);
        avail.wrap = qemu_get_byte(f);
        used.idx = qemu_get_be16(f);
        used.wrap = qemu_get_byte(f);
        inuse = qemu_get_be32(f);
        if (!vq->vring.num_default) {
            continue;
        }
        if (inuse > VIRTQUEUE_MAX_SIZE) {
            error_report("%s: queue %d: %u requests in flight", vdev->name,
                         i, inuse);
            return -EINVAL;
        }
        vq->avail = avail;
        vq->used = used;
        vq->inuse = inuse;
    }
    return 0;
}

static int put_extra(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    BusState *bus = qdev_get_parent_bus(DEVICE(pv));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    if (!k->save_extra_state) {
        return -EINVAL;
    }
    k->save_extra_state(bus->parent, f);
    return 0;
}

static int get_extra(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field)
{
    BusState *bus = qdev_get_parent_bus(DEVICE(pv));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    return k->load_extra_state ? k->load_extra_state(bus->parent, f)
                               : -EINVAL;
}

static bool endian_needed(void *opaque)
{
    /* Sent only where it is not the target's. */
    return ((VirtIODevice *)opaque)->device_endian ==
           VIRTIO_DEVICE_ENDIAN_BIG;
}

static bool features64_needed(void *opaque)
{
    return ((VirtIODevice *)opaque)->host_features >> 32;
}

static bool virtqueues_needed(void *opaque)
{
    return virtio_host_has_feature(opaque, VIRTIO_F_VERSION_1);
}

static bool packed_needed(void *opaque)
{
    return virtio_host_has_feature(opaque, VIRTIO_F_RING_PACKED);
}

static bool ringsize_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;
    int i;

    for (i = 0; i < vdev->vq_touched; i++) {
        if (vdev->vq[i].vring.num != vdev->vq[i].vring.num_default) {
            return true;
        }
    }
    return false;
}

static bool broken_needed(void *opaque)
{
    return ((VirtIODevice *)opaque)->broken;
}

static bool started_needed(void *opaque)
{
    return ((VirtIODevice *)opaque)->started;
}

static bool disabled_needed(void *opaque)
{
    return ((VirtIODevice *)opaque)->disabled;
}

static bool extra_needed(void *opaque)
{
    BusState *bus = qdev_get_parent_bus(DEVICE(opaque));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    return k->has_extra_state && k->has_extra_state(bus->parent);
}

/* A subsection whose contents a pair of functions above knows. */
#define FUNCTION_SUBSECTION(symbol, wire_name) \
    static const VMStateInfo info_##symbol = { \
        .name = #symbol, \
        .get = get_##symbol, \
        .put = put_##symbol, \
    }; \
    static const VMStateDescription vmstate_##symbol = { \
        .name = wire_name, \
        .version_id = 1, \
        .minimum_version_id = 1, \
        .needed = symbol##_needed, \
        .fields = (VMStateField[]) { \
            { \
                .name = #symbol, \
                .info = &info_##symbol, \
                .flags = VMS_SINGLE, \
            }, \
            VMSTATE_END_OF_LIST() \
        } \
    }

/* One that is a flag of the device. */
#define FLAG_SUBSECTION(member) \
    static const VMStateDescription vmstate_##member = { \
        .name = "virtio/" #member, \
        .version_id = 1, \
        .minimum_version_id = 1, \
        .needed = member##_needed, \
        .fields = (VMStateField[]) { \
            VMSTATE_BOOL(member, VirtIODevice), \
            VMSTATE_END_OF_LIST() \
        } \
    }

FUNCTION_SUBSECTION(endian, "virtio/device_endian");
FUNCTION_SUBSECTION(features64, "virtio/64bit_features");
FUNCTION_SUBSECTION(virtqueues, "virtio/virtqueues");
FUNCTION_SUBSECTION(ringsize, "virtio/ringsize");
FLAG_SUBSECTION(broken);
FUNCTION_SUBSECTION(extra, "virtio/extra_state");
FLAG_SUBSECTION(started);
FUNCTION_SUBSECTION(packed, "virtio/packed_virtqueues");
FLAG_SUBSECTION(disabled);

static const VMStateDescription vmstate_virtio = {
    .name = "virtio",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_endian,
        &vmstate_features64,
        &vmstate_virtqueues,
        &vmstate_ringsize,
        &vmstate_broken,
        &vmstate_extra,
        &vmstate_started,
        &vmstate_packed,
        &vmstate_disabled,
        NULL
    }
};

/*** Save ***/

static void save_queues(VirtIODevice *vdev, BusState *bus,
                        VirtioBusClass *k, QEMUFile *f)
{
    int num = virtio_get_num_queues(vdev);
    int i;

    qemu_put_be32(f, num);
    for (i = 0; i < num; i++) {
        VirtQueue *vq = &vdev->vq[i];

        qemu_put_be32(f, vq->vring.num);
        if (k->has_variable_vring_alignment) {
            qemu_put_be32(f, vq->vring.align);
        }
        qemu_put_be64(f, vq->vring.desc);
        qemu_put_be16(f, vq->avail.idx);
        if (k->save_queue) {
            k->save_queue(bus->parent, i, f);
        }
    }
}

int virtio_save(VirtIODevice *vdev, QEMUFile *f)
{
    BusState *bus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->save_config) {
        k->save_config(bus->parent, f);
    }
    qemu_put_byte(f, vdev->status);
    qemu_put_byte(f, vdev->isr);
    qemu_put_be16(f, vdev->queue_sel);
    qemu_put_be32(f, vdev->guest_features & UINT32_MAX);
    qemu_put_be32(f, vdev->config_len);
    qemu_put_buffer(f, vdev->config, vdev->config_len);
    save_queues(vdev, bus, k, f);

    if (vdc->save) {
        vdc->save(vdev, f);
    }
    if (vdc->vmsd) {
        int ret = vmstate_save_state(f, vdc->vmsd, vdev, NULL);

        if (ret) {
            return ret;
        }
    }
    return vmstate_save_state(f, &vmstate_virtio, vdev, NULL);
}

/*** Load ***/

static int load_config(VirtIODevice *vdev, QEMUFile *f)
{
    uint32_t len = qemu_get_be32(f);

    if (len > CONFIG_MAX) {
        error_report("%s: configuration of %u bytes", vdev->name, len);
        return -EINVAL;
    }
    /* The other side may know of more, or of less. */
    qemu_get_buffer(f, vdev->config, MIN(len, vdev->config_len));
    while (len > vdev->config_len) {
        qemu_get_byte(f);
        len--;
    }
    return 0;
}

static int load_queue(VirtIODevice *vdev, BusState *bus, VirtioBusClass *k,
                      QEMUFile *f, int i)
{
    VirtQueue *vq = &vdev->vq[i];
    uint32_t num = qemu_get_be32(f);

    if (!vq->vring.num_default || !num || num > VIRTQUEUE_MAX_SIZE) {
        error_report("%s: queue %d of %u entries is not here", vdev->name, i,
                     num);
        return -EINVAL;
    }
    vq->vring.num = num;
    if (k->has_variable_vring_alignment) {
        vq->vring.align = qemu_get_be32(f);
    }
    vq->vring.desc = qemu_get_be64(f);
    vq->avail.idx = qemu_get_be16(f);
    vq->signalled_used_valid = false;
    vq->notification = true;
    if (!vq->vring.desc && vq->avail.idx) {
        error_report("%s: queue %d is not set up and in use (%u)",
                     vdev->name, i, vq->avail.idx);
        return -EINVAL;
    }
    return k->load_queue ? k->load_queue(bus->parent, i, f) : 0;
}

static int load_queues(VirtIODevice *vdev, BusState *bus, VirtioBusClass *k,
                       QEMUFile *f)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint32_t num = qemu_get_be32(f);
    uint32_t i;

    if (num > VIRTIO_QUEUE_MAX) {
        error_report("%s: %u queues", vdev->name, num);
        return -EINVAL;
    }
    if (vdc->pre_load_queues) {
        int ret = vdc->pre_load_queues(vdev, num);

        if (ret) {
            return ret;
        }
    }
    for (i = 0; i < num; i++) {
        int ret = load_queue(vdev, bus, k, f, i);

        if (ret) {
            return ret;
        }
    }
    return 0;
}

/* The features that came, in force like those that a driver accepted. */
static int load_features(VirtIODevice *vdev)
{
    uint64_t features = vdev->guest_features;

    if (virtio_set_features_nocheck(vdev, features) < 0) {
        error_report("%s: features 0x%" PRIx64 " unsupported; allowed are 0x%"
                     PRIx64, vdev->name, features, vdev->host_features);
        return -EINVAL;
    }
    if (!virtio_device_started(vdev, vdev->status) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        vdev->start_on_kick = true;
    }
    return 0;
}

/* A split ring's other indices are in memory. */
static int sync_split(VirtIODevice *vdev, VirtQueue *vq)
{
    unsigned int num = vq->vring.num;
    VRingCaches *c;

    RCU_READ_LOCK_GUARD();
    c = vq_caches(vq);
    if (!c) {
        return 0;       /* virtio_error() has been called */
    }
    vq->shadow_avail_idx = vq_split_read_avail_idx(c);
    vq->used.idx = vq_split_read_used_idx(vq, c);
    if ((uint16_t)(vq->shadow_avail_idx - vq->avail.idx) > num) {
        error_report("%s: queue %u of %u entries: available index %u, taken "
                     "%u", vdev->name, vq->queue_index, num,
                     vq->shadow_avail_idx, vq->avail.idx);
        return -EINVAL;
    }
    vq->inuse = (uint16_t)(vq->avail.idx - vq->used.idx);
    if (vq->inuse > num) {
        error_report("%s: queue %u of %u entries: taken %u, used index %u",
                     vdev->name, vq->queue_index, num, vq->avail.idx,
                     vq->used.idx);
        return -EINVAL;
    }
    return 0;
}

static int load_rings(VirtIODevice *vdev)
{
    bool modern = virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1);
    int i, ret = 0;

    for (i = 0; i < VIRTIO_QUEUE_MAX && vdev->vq[i].vring.num; i++) {
        VirtQueue *vq = &vdev->vq[i];

        if (!vq->vring.desc) {
            vq_choose_format(vq);
            continue;
        }
        if (!modern) {
            virtio_queue_update_rings(vdev, i);
        }
        vq_choose_format(vq);
        if (!vq_packed(vq)) {
            vq->avail.wrap = vq->used.wrap = true;
            ret = sync_split(vdev, vq);
        }
        if (ret) {
            break;
        }
    }
    return ret;
}

static int load_device(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    int ret = 0;

    if (vdc->load) {
        ret = vdc->load(vdev, f, version_id);
    }
    if (!ret && vdc->vmsd) {
        ret = vmstate_load_state(f, vdc->vmsd, vdev, version_id);
    }
    return ret;
}

int virtio_load(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    BusState *bus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    int ret = k->load_config ? k->load_config(bus->parent, f) : 0;

    if (ret) {
        return ret;
    }
    vdev->status = qemu_get_byte(f);
    vdev->isr = qemu_get_byte(f);
    vdev->queue_sel = qemu_get_be16(f);
    if (vdev->queue_sel >= VIRTIO_QUEUE_MAX) {
        error_report("%s: queue %u selected", vdev->name, vdev->queue_sel);
        return -EINVAL;
    }
    /* The low half, for device code that asks before the rest is there. */
    vdev->guest_features = qemu_get_be32(f);

    ret = load_config(vdev, f);
    if (!ret) {
        ret = load_queues(vdev, bus, k, f);
    }
    if (ret) {
        return ret;
    }
    virtio_update_irq(vdev);

    ret = load_device(vdev, f, version_id);
    if (!ret) {
        ret = vmstate_load_state(f, &vmstate_virtio, vdev, 1);
    }
    if (!ret) {
        ret = qemu_file_get_error(f);
    }
    if (!ret) {
        ret = load_features(vdev);
    }
    if (!ret) {
        ret = load_rings(vdev);
    }
    if (!ret && vdc->post_load) {
        ret = vdc->post_load(vdev);
    }
    return ret;
}

static int virtio_device_put(QEMUFile *f, void *opaque, size_t size,
                             const VMStateField *field, JSONWriter *vmdesc)
{
    return virtio_save(VIRTIO_DEVICE(opaque), f);
}

static int virtio_device_get(QEMUFile *f, void *opaque, size_t size,
                             const VMStateField *field)
{
    DeviceClass *dc = DEVICE_CLASS(VIRTIO_DEVICE_GET_CLASS(opaque));

    return virtio_load(VIRTIO_DEVICE(opaque), f, dc->vmsd->version_id);
}

const VMStateInfo virtio_vmstate_info = {
    .name = "virtio",
    .get = virtio_device_get,
    .put = virtio_device_put,
};

/*** Requests in flight ***/

/*
 * An element as streams have it: a memory image of long ago, in the host's
 * byte order, with room for the longest request.
 */
typedef struct VQElementWire {
    uint32_t index;
    uint32_t out_num;
    uint32_t in_num;
    uint32_t pad;
    uint64_t in_addr[VIRTQUEUE_MAX_SIZE];
    uint64_t out_addr[VIRTQUEUE_MAX_SIZE];
    struct {
        uint64_t base;          /* not sent */
        uint64_t len;
    } in_sg[VIRTQUEUE_MAX_SIZE], out_sg[VIRTQUEUE_MAX_SIZE];
} VQElementWire;

QEMU_BUILD_BUG_ON(sizeof(VQElementWire) != 49168);

void qemu_put_virtqueue_element(VirtIODevice *vdev, QEMUFile *f,
                                VirtQueueElement *elem)
{
    g_autofree VQElementWire *wire = g_new0(VQElementWire, 1);
    unsigned int i;

    wire->index = elem->index;
    wire->in_num = elem->in_num;
    wire->out_num = elem->out_num;
    for (i = 0; i < elem->in_num; i++) {
        wire->in_addr[i] = elem->in_addr[i];
        wire->in_sg[i].len = elem->in_sg[i].iov_len;
    }
    for (i = 0; i < elem->out_num; i++) {
        wire->out_addr[i] = elem->out_addr[i];
        wire->out_sg[i].len = elem->out_sg[i].iov_len;
    }
    qemu_put_buffer(f, (uint8_t *)wire, sizeof(*wire));
    if (virtio_host_has_feature(vdev, VIRTIO_F_RING_PACKED)) {
        qemu_put_be32(f, elem->ndescs);
    }
}

void *qemu_get_virtqueue_element(VirtIODevice *vdev, QEMUFile *f, size_t sz)
{
    g_autofree VQElementWire *wire = g_new0(VQElementWire, 1);
    VirtQueueElement *elem;
    unsigned int i;
    bool ok;

    qemu_get_buffer(f, (uint8_t *)wire, sizeof(*wire));
    ok = wire->in_num <= VIRTQUEUE_MAX_SIZE &&
         wire->out_num <= VIRTQUEUE_MAX_SIZE;
    if (!ok) {
        error_report("%s: a request of %u and %u buffers", vdev->name,
                     wire->out_num, wire->in_num);
        qemu_file_set_error(f, -EINVAL);
        wire->in_num = wire->out_num = 0;
    }

    elem = vq_alloc_element(sz, wire->out_num, wire->in_num);
    elem->index = wire->index;
    elem->ndescs = 1;
    for (i = 0; i < elem->in_num; i++) {
        elem->in_addr[i] = wire->in_addr[i];
        elem->in_sg[i].iov_base = NULL;
        elem->in_sg[i].iov_len = wire->in_sg[i].len;
    }
    for (i = 0; i < elem->out_num; i++) {
        elem->out_addr[i] = wire->out_addr[i];
        elem->out_sg[i].iov_base = NULL;
        elem->out_sg[i].iov_len = wire->out_sg[i].len;
    }
    if (virtio_host_has_feature(vdev, VIRTIO_F_RING_PACKED)) {
        elem->ndescs = qemu_get_be32(f);
    }
    virtqueue_map(vdev, elem);
    return elem;
}

static bool map_again(VirtIODevice *vdev, struct iovec *iov, hwaddr *addr,
                      unsigned int num, DMADirection dir)
{
    unsigned int i;

    for (i = 0; i < num; i++) {
        dma_addr_t len = iov[i].iov_len;

        iov[i].iov_base = dma_memory_map(vdev->dma_as, addr[i], &len, dir,
                                         MEMTXATTRS_UNSPECIFIED);
        if (iov[i].iov_base && len != iov[i].iov_len) {
            dma_memory_unmap(vdev->dma_as, iov[i].iov_base, len, dir, 0);
            iov[i].iov_base = NULL;
        }
        if (!iov[i].iov_base) {
            return false;
        }
    }
    return true;
}

static void forget(struct iovec *iov, unsigned int num)
{
    memset(iov, 0, num * sizeof(*iov));
}

void virtqueue_map(VirtIODevice *vdev, VirtQueueElement *elem)
{
    if (map_again(vdev, elem->in_sg, elem->in_addr, elem->in_num,
                  DMA_DIRECTION_FROM_DEVICE) &&
        map_again(vdev, elem->out_sg, elem->out_addr, elem->out_num,
                  DMA_DIRECTION_TO_DEVICE)) {
        return;
    }
    virtio_error(vdev, "a request in flight has no memory behind it");
    /* Buffers of no bytes: whoever goes on with it finds nothing to touch. */
    forget(elem->in_sg, elem->in_num);
    forget(elem->out_sg, elem->out_num);
}
