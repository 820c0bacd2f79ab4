/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device side of virtio (OASIS virtio 1.2): what a device model sees of
 * its driver, and what a transport sees of a device model.
 *
 * A device model derives from TYPE_VIRTIO_DEVICE, calls virtio_init() and
 * virtio_add_queue() from its realize function, and takes requests with
 * virtqueue_pop(), hands them back with virtqueue_push() and interrupts with
 * virtio_notify().  The same calls serve split and packed rings.
 *
 * Nothing a driver puts into a ring ends the process: what makes no sense
 * stops the device (virtio_error()) until the driver resets it.
 *
 * The big lock guards all of it, but for virtqueue_*() and
 * virtio_notify_irqfd(), which the thread that runs a queue may call.
 */
#ifndef QEMU_VIRTIO_H
#define QEMU_VIRTIO_H

#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qemu/event_notifier.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_ring.h"

/* Old drivers that set this bit acknowledge features without looking. */
#define VIRTIO_F_BAD_FEATURE 30

/* Features that exist on the legacy interface alone. */
#define VIRTIO_LEGACY_FEATURES ((1ULL << VIRTIO_F_BAD_FEATURE) | \
                                (1ULL << VIRTIO_F_NOTIFY_ON_EMPTY) | \
                                (1ULL << VIRTIO_F_ANY_LAYOUT))

/* Most queues of a device, most entries of a queue and of a request. */
#define VIRTIO_QUEUE_MAX 1024
#define VIRTQUEUE_MAX_SIZE 1024

#define VIRTIO_NO_VECTOR 0xffff

/* The configuration interrupt where a queue index is expected. */
#define VIRTIO_CONFIG_IRQ_IDX (-1)

typedef struct VirtQueue VirtQueue;

static inline hwaddr vring_align(hwaddr addr, unsigned long align)
{
    return QEMU_ALIGN_UP(addr, align);
}

/* Configuration space up to byte 'end' exists where any of 'flags' does. */
typedef struct VirtIOFeature {
    uint64_t flags;
    size_t end;
} VirtIOFeature;

typedef struct VirtIOConfigSizeParams {
    size_t min_size;
    size_t max_size;
    const VirtIOFeature *feature_sizes;     /* ends with flags 0 */
} VirtIOConfigSizeParams;

size_t virtio_get_config_size(const VirtIOConfigSizeParams *params,
                              uint64_t host_features);

/*
 * A request taken from a queue.  A device model may put a structure of its
 * own around it (with this as first member) and give its size to
 * virtqueue_pop(); either is released by g_free().
 */
typedef struct VirtQueueElement {
    unsigned int index;         /* the driver's name for the request */
    unsigned int len;           /* bytes written, once filled */
    unsigned int ndescs;        /* ring slots it occupies */
    unsigned int out_num;       /* buffers the device reads */
    unsigned int in_num;        /* buffers the device writes */
    hwaddr *in_addr;
    hwaddr *out_addr;
    struct iovec *in_sg;
    struct iovec *out_sg;
} VirtQueueElement;

#define TYPE_VIRTIO_DEVICE "virtio-device"
OBJECT_DECLARE_TYPE(VirtIODevice, VirtioDeviceClass, VIRTIO_DEVICE)

enum virtio_device_endian {
    VIRTIO_DEVICE_ENDIAN_UNKNOWN,
    VIRTIO_DEVICE_ENDIAN_LITTLE,
    VIRTIO_DEVICE_ENDIAN_BIG,
};

typedef QLIST_HEAD(VirtQueueList, VirtQueue) VirtQueueList;

struct VirtIODevice {
    DeviceState parent_obj;

    const char *name;
    uint8_t status;             /* VIRTIO_CONFIG_S_* */
    uint8_t isr;                /* bit 0: a queue, bit 1: configuration */
    uint16_t queue_sel;
    uint64_t guest_features;    /* what the driver accepted */
    uint64_t host_features;     /* what the device offers */
    uint64_t backend_features;
    size_t config_len;
    void *config;
    uint16_t config_vector;
    uint32_t generation;
    int nvectors;               /* set by the transport */
    VirtQueue *vq;              /* VIRTIO_QUEUE_MAX of them */
    MemoryListener listener;
    uint16_t device_id;         /* VIRTIO_ID_* */
    bool vm_running;
    bool broken;                /* virtio_error(): until reset */
    bool use_disabled_flag;
    bool disabled;              /* may not reach memory: bus master off */
    bool use_started;
    bool started;
    bool start_on_kick;         /* legacy: a kick says DRIVER_OK, too */
    bool disable_legacy_check;
    bool vhost_started;
    bool error_reported;        /* the person was told once */
    uint16_t vq_touched;        /* queues from here on were never in use */
    VMChangeStateEntry *vmstate;
    char *bus_name;
    uint8_t device_endian;
    bool use_guest_notifier_mask;
    AddressSpace *dma_as;       /* where rings and buffers are */
    VirtQueueList *vector_queues;
    QTAILQ_ENTRY(VirtIODevice) next;
    EventNotifier config_notifier;
};

struct VirtioDeviceClass {
    DeviceClass parent;

    /* In place of DeviceClass's, which the base class keeps. */
    DeviceRealize realize;
    DeviceUnrealize unrealize;

    /* The features offered, given those that properties ask for. */
    uint64_t (*get_features)(VirtIODevice *vdev, uint64_t requested_features,
                             Error **errp);

    /* What a driver that acknowledges without looking gets. */
    uint64_t (*bad_features)(VirtIODevice *vdev);
    void (*set_features)(VirtIODevice *vdev, uint64_t val);

    /* Negative: FEATURES_OK is refused. */
    int (*validate_features)(VirtIODevice *vdev);

    /* Configuration space, vdev->config_len bytes, in the driver's order. */
    void (*get_config)(VirtIODevice *vdev, uint8_t *config);
    void (*set_config)(VirtIODevice *vdev, const uint8_t *config);

    void (*reset)(VirtIODevice *vdev);
    void (*queue_reset)(VirtIODevice *vdev, uint32_t queue_index);
    void (*queue_enable)(VirtIODevice *vdev, uint32_t queue_index);

    /* Before vdev->status changes to val; reset is a change to 0. */
    void (*set_status)(VirtIODevice *vdev, uint8_t val);

    /* For back ends that interrupt without us (vhost). */
    bool (*guest_notifier_pending)(VirtIODevice *vdev, int n);
    void (*guest_notifier_mask)(VirtIODevice *vdev, int n, bool mask);
    int (*start_ioeventfd)(VirtIODevice *vdev);
    void (*stop_ioeventfd)(VirtIODevice *vdev);

    /* Not offered to modern drivers. */
    uint64_t legacy_features;

    /* The device's part of the stream: functions, or a description. */
    void (*save)(VirtIODevice *vdev, QEMUFile *f);
    int (*load)(VirtIODevice *vdev, QEMUFile *f, int version_id);

    /* When all state is there, queues included; negative fails the load. */
    int (*post_load)(VirtIODevice *vdev);
    const VMStateDescription *vmsd;
    bool (*primary_unplug_pending)(void *opaque);
    struct vhost_dev *(*get_vhost)(VirtIODevice *vdev);

    /* A stream with n queues follows: have as many; negative: cannot. */
    int (*pre_load_queues)(VirtIODevice *vdev, uint32_t n);
};

/*** Life cycle ***/

/* For a proxy's instance_init: makes its child device, aliases properties. */
void virtio_instance_init_common(Object *proxy_obj, void *data,
                                 size_t vdev_size, const char *vdev_name);

/* First and last thing of a device's realize and unrealize functions. */
void virtio_init(VirtIODevice *vdev, uint16_t device_id, size_t config_size);
void virtio_cleanup(VirtIODevice *vdev);

/* Gives the bus that a realize function is about to make a name of its own. */
void virtio_device_set_child_bus_name(VirtIODevice *vdev, char *bus_name);

/*
 * The driver broke the rules: stop serving it until it resets the device.
 * A modern driver sees DEVICE_NEEDS_RESET and a configuration interrupt.
 * The person is told once a device, the guest-error log (rate-limited) always.
 */
void virtio_error(VirtIODevice *vdev, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* The name people know a device id by ("virtio-net"). */
const char *virtio_id_to_name(uint16_t device_id);

/*** Queues, as a device sees them ***/

/* Called with the big lock or in the queue's thread: requests may be there. */
typedef void (*VirtIOHandleOutput)(VirtIODevice *vdev, VirtQueue *vq);

/* The next free queue, NULL (and an error report) beyond the last one. */
VirtQueue *virtio_add_queue(VirtIODevice *vdev, int queue_size,
                            VirtIOHandleOutput handle_output);
void virtio_del_queue(VirtIODevice *vdev, int n);
void virtio_delete_queue(VirtQueue *vq);

/*
 * The next request in memory of sz (>= sizeof(VirtQueueElement)) bytes, mapped
 * and owned by the caller; NULL when there is none or the ring is broken.
 */
void *virtqueue_pop(VirtQueue *vq, size_t sz);

/* Gives elem back, of whose in buffers len bytes were written. */
void virtqueue_push(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len);

/* The same in two steps: idx counts elements not flushed yet. */
void virtqueue_fill(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len, unsigned int idx);
void virtqueue_flush(VirtQueue *vq, unsigned int count);

/* Unmaps elem without giving it back: it is not the queue's any more. */
void virtqueue_detach_element(VirtQueue *vq, const VirtQueueElement *elem,
                              unsigned int len);

/* elem, the last one popped, was not popped. */
void virtqueue_unpop(VirtQueue *vq, const VirtQueueElement *elem,
                     unsigned int len);

/* The same for the last num requests; false if fewer are in flight. */
bool virtqueue_rewind(VirtQueue *vq, unsigned int num);

/* Gives back unserved whatever waits; returns how many. */
unsigned int virtqueue_drop_all(VirtQueue *vq);

/* Maps the addresses of an element that came from a stream. */
void virtqueue_map(VirtIODevice *vdev, VirtQueueElement *elem);

/* Elements in flight in a migration stream. */
void *qemu_get_virtqueue_element(VirtIODevice *vdev, QEMUFile *f, size_t sz);
void qemu_put_virtqueue_element(VirtIODevice *vdev, QEMUFile *f,
                                VirtQueueElement *elem);

/* Whether waiting requests hold that many bytes. */
int virtqueue_avail_bytes(VirtQueue *vq, unsigned int in_bytes,
                          unsigned int out_bytes);

/* How many, counted until either maximum is reached. */
void virtqueue_get_avail_bytes(VirtQueue *vq, unsigned int *in_bytes,
                               unsigned int *out_bytes,
                               unsigned max_in_bytes, unsigned max_out_bytes);

/* Interrupts for vq as far as the driver wants it. */
void virtio_notify(VirtIODevice *vdev, VirtQueue *vq);
void virtio_notify_irqfd(VirtIODevice *vdev, VirtQueue *vq);
void virtio_notify_config(VirtIODevice *vdev);

/* Whether the device wants to be kicked. */
bool virtio_queue_get_notification(VirtQueue *vq);
void virtio_queue_set_notification(VirtQueue *vq, int enable);

int virtio_queue_ready(VirtQueue *vq);
int virtio_queue_empty(VirtQueue *vq);

/*** Migration ***/

int virtio_save(VirtIODevice *vdev, QEMUFile *f);
int virtio_load(VirtIODevice *vdev, QEMUFile *f, int version_id);

extern const VMStateInfo virtio_vmstate_info;

#define VMSTATE_VIRTIO_DEVICE           \
    {                                   \
        .name = "virtio",               \
        .info = &virtio_vmstate_info,   \
        .flags = VMS_SINGLE,            \
    }

/*** What transports call ***/

uint32_t virtio_config_readb(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_readw(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_readl(VirtIODevice *vdev, uint32_t addr);
void virtio_config_writeb(VirtIODevice *vdev, uint32_t addr, uint32_t data);
void virtio_config_writew(VirtIODevice *vdev, uint32_t addr, uint32_t data);
void virtio_config_writel(VirtIODevice *vdev, uint32_t addr, uint32_t data);
uint32_t virtio_config_modern_readb(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_modern_readw(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_modern_readl(VirtIODevice *vdev, uint32_t addr);
void virtio_config_modern_writeb(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);
void virtio_config_modern_writew(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);
void virtio_config_modern_writel(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);

/* The legacy layout: one address for the three parts of a split ring. */
void virtio_queue_set_addr(VirtIODevice *vdev, int n, hwaddr addr);
hwaddr virtio_queue_get_addr(VirtIODevice *vdev, int n);
void virtio_queue_set_align(VirtIODevice *vdev, int n, int align);
void virtio_queue_update_rings(VirtIODevice *vdev, int n);

/* The modern one. */
void virtio_queue_set_rings(VirtIODevice *vdev, int n, hwaddr desc,
                            hwaddr avail, hwaddr used);

void virtio_queue_set_num(VirtIODevice *vdev, int n, int num);
int virtio_queue_get_num(VirtIODevice *vdev, int n);
int virtio_queue_get_max_num(VirtIODevice *vdev, int n);
int virtio_get_num_queues(VirtIODevice *vdev);

/* Makes the caches of queue n anew after its place or size changed. */
void virtio_init_region_cache(VirtIODevice *vdev, int n);

void virtio_queue_notify(VirtIODevice *vdev, int n);
uint16_t virtio_queue_vector(VirtIODevice *vdev, int n);
void virtio_queue_set_vector(VirtIODevice *vdev, int n, uint16_t vector);
int virtio_queue_set_host_notifier_mr(VirtIODevice *vdev, int n,
                                      MemoryRegion *mr, bool assign);

/* Negative where the device refuses FEATURES_OK. */
int virtio_set_status(VirtIODevice *vdev, uint8_t val);
void virtio_reset(void *opaque);
void virtio_queue_reset(VirtIODevice *vdev, uint32_t queue_index);
void virtio_queue_enable(VirtIODevice *vdev, uint32_t queue_index);

/* Raises or lowers INTx as vdev->isr says. */
void virtio_update_irq(VirtIODevice *vdev);

/* Negative where val has bits that were not offered, or it is too late. */
int virtio_set_features(VirtIODevice *vdev, uint64_t val);

/*** Configuration of devices ***/

typedef struct VirtIOBlkConf VirtIOBlkConf;
struct virtio_net_conf;
typedef struct virtio_serial_conf virtio_serial_conf;
typedef struct virtio_input_conf virtio_input_conf;
typedef struct VirtIOSCSIConf VirtIOSCSIConf;
typedef struct VirtIORNGConf VirtIORNGConf;

#define DEFINE_VIRTIO_COMMON_FEATURES(_state, _field) \
    DEFINE_PROP_BIT64("indirect_desc", _state, _field, \
                      VIRTIO_RING_F_INDIRECT_DESC, true), \
    DEFINE_PROP_BIT64("event_idx", _state, _field, \
                      VIRTIO_RING_F_EVENT_IDX, true), \
    DEFINE_PROP_BIT64("notify_on_empty", _state, _field, \
                      VIRTIO_F_NOTIFY_ON_EMPTY, true), \
    DEFINE_PROP_BIT64("any_layout", _state, _field, \
                      VIRTIO_F_ANY_LAYOUT, true), \
    DEFINE_PROP_BIT64("iommu_platform", _state, _field, \
                      VIRTIO_F_ACCESS_PLATFORM, false), \
    DEFINE_PROP_BIT64("packed", _state, _field, \
                      VIRTIO_F_RING_PACKED, false), \
    DEFINE_PROP_BIT64("in_order", _state, _field, \
                      VIRTIO_F_IN_ORDER, false), \
    DEFINE_PROP_BIT64("queue_reset", _state, _field, \
                      VIRTIO_F_RING_RESET, true)

/*** Where rings are, for back ends that run them ***/

hwaddr virtio_queue_get_desc_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_avail_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_used_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_desc_size(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_avail_size(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_used_size(VirtIODevice *vdev, int n);
bool virtio_queue_enabled_legacy(VirtIODevice *vdev, int n);
bool virtio_queue_enabled(VirtIODevice *vdev, int n);

/* Bits 0-15 what is next, 16-31 (packed) the used side; bit 15: the wrap. */
unsigned int virtio_queue_get_last_avail_idx(VirtIODevice *vdev, int n);
void virtio_queue_set_last_avail_idx(VirtIODevice *vdev, int n,
                                     unsigned int idx);
void virtio_queue_restore_last_avail_idx(VirtIODevice *vdev, int n);
void virtio_queue_invalidate_signalled_used(VirtIODevice *vdev, int n);
void virtio_queue_update_used_idx(VirtIODevice *vdev, int n);

VirtQueue *virtio_get_queue(VirtIODevice *vdev, int n);
uint16_t virtio_get_queue_index(VirtQueue *vq);
VirtQueue *virtio_vector_first_queue(VirtIODevice *vdev, uint16_t vector);
VirtQueue *virtio_vector_next_queue(VirtQueue *vq);

/*** Notifiers: the guest's (interrupts) and the host's (kicks) ***/

EventNotifier *virtio_queue_get_guest_notifier(VirtQueue *vq);
EventNotifier *virtio_config_get_guest_notifier(VirtIODevice *vdev);
void virtio_queue_set_guest_notifier_fd_handler(VirtQueue *vq, bool assign,
                                                bool with_irqfd);
void virtio_config_set_guest_notifier_fd_handler(VirtIODevice *vdev,
                                                 bool assign,
                                                 bool with_irqfd);

EventNotifier *virtio_queue_get_host_notifier(VirtQueue *vq);
void virtio_queue_set_host_notifier_enabled(VirtQueue *vq, bool enabled);
void virtio_queue_host_notifier_read(EventNotifier *n);
void virtio_queue_aio_attach_host_notifier(VirtQueue *vq, AioContext *ctx);
void virtio_queue_aio_attach_host_notifier_no_poll(VirtQueue *vq,
                                                   AioContext *ctx);
void virtio_queue_aio_detach_host_notifier(VirtQueue *vq, AioContext *ctx);

int virtio_device_start_ioeventfd(VirtIODevice *vdev);
void virtio_device_stop_ioeventfd(VirtIODevice *vdev);
int virtio_device_grab_ioeventfd(VirtIODevice *vdev);
void virtio_device_release_ioeventfd(VirtIODevice *vdev);
bool virtio_device_ioeventfd_enabled(VirtIODevice *vdev);

/* False where the device has a feature that the legacy interface lacks. */
bool virtio_legacy_allowed(VirtIODevice *vdev);
bool virtio_legacy_check_disabled(VirtIODevice *vdev);

/*** Small questions ***/

static inline void virtio_add_feature(uint64_t *features, unsigned int fbit)
{
    *features |= 1ULL << fbit;
}

static inline void virtio_clear_feature(uint64_t *features, unsigned int fbit)
{
    *features &= ~(1ULL << fbit);
}

static inline bool virtio_has_feature(uint64_t features, unsigned int fbit)
{
    return features & (1ULL << fbit);
}

/* What driver and device agreed on. */
static inline bool virtio_vdev_has_feature(const VirtIODevice *vdev,
                                           unsigned int fbit)
{
    return virtio_has_feature(vdev->guest_features, fbit);
}

/* What the device offers. */
static inline bool virtio_host_has_feature(const VirtIODevice *vdev,
                                           unsigned int fbit)
{
    return virtio_has_feature(vdev->host_features, fbit);
}

static inline bool virtio_is_big_endian(VirtIODevice *vdev)
{
    return !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1) &&
           vdev->device_endian == VIRTIO_DEVICE_ENDIAN_BIG;
}

static inline bool virtio_device_started(VirtIODevice *vdev, uint8_t status)
{
    return vdev->use_started ? vdev->started
                             : status & VIRTIO_CONFIG_S_DRIVER_OK;
}

/* Started in the driver's eyes, and the machine runs. */
static inline bool virtio_device_should_start(VirtIODevice *vdev,
                                              uint8_t status)
{
    return vdev->vm_running && virtio_device_started(vdev, status);
}

static inline void virtio_set_started(VirtIODevice *vdev, bool started)
{
    if (started) {
        vdev->start_on_kick = false;
    }
    if (vdev->use_started) {
        vdev->started = started;
    }
}

static inline void virtio_set_disabled(VirtIODevice *vdev, bool disable)
{
    if (vdev->use_disabled_flag) {
        vdev->disabled = disable;
    }
}

/* Whether it must leave memory alone. */
static inline bool virtio_device_disabled(VirtIODevice *vdev)
{
    return unlikely(vdev->disabled || vdev->broken);
}

#endif /* QEMU_VIRTIO_H */
