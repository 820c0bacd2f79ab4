/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traditional memory balloon: virtio 1.2, section 5.5.
 *
 * The driver gives pages to the device (inflate), which drops their contents
 * so that the host has the memory; deflating takes them back, and a page is
 * zero when it is touched next.  A third queue carries statistics, a fourth
 * (reporting, 5.5.6.7) pages that are free but stay the guest's.
 *
 * Free page hints (5.5.6.4) are not there.  They need an I/O thread.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "exec/ramblock.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-balloon.h"
#include "qapi/error.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qapi/visitor.h"
#include "qemu/bswap.h"
#include "qemu/iov.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "sysemu/balloon.h"

#define BALLOON_PAGE_SIZE (1ull << VIRTIO_BALLOON_PFN_SHIFT)

/* Inflate, deflate, statistics; and how many pages a report may have. */
#define QUEUE_SIZE 128
#define REPORTING_QUEUE_SIZE 32

/* Page numbers taken from the guest at a time. */
#define PFNS_AT_A_TIME 256

/* Served before others get their turn; no driver has more in a buffer. */
#define PFNS_MAX (256 * 1024)

/* As the guest-stats property names them, by tag. */
static const char *const stat_names[VIRTIO_BALLOON_S_NR] = {
    [VIRTIO_BALLOON_S_SWAP_IN] = "stat-swap-in",
    [VIRTIO_BALLOON_S_SWAP_OUT] = "stat-swap-out",
    [VIRTIO_BALLOON_S_MAJFLT] = "stat-major-faults",
    [VIRTIO_BALLOON_S_MINFLT] = "stat-minor-faults",
    [VIRTIO_BALLOON_S_MEMFREE] = "stat-free-memory",
    [VIRTIO_BALLOON_S_MEMTOT] = "stat-total-memory",
    [VIRTIO_BALLOON_S_AVAIL] = "stat-available-memory",
    [VIRTIO_BALLOON_S_CACHES] = "stat-disk-caches",
    [VIRTIO_BALLOON_S_HTLB_PGALLOC] = "stat-htlb-pgalloc",
    [VIRTIO_BALLOON_S_HTLB_PGFAIL] = "stat-htlb-pgfail",
};

static void clear_stats(VirtIOBalloon *b)
{
    memset(b->stats, 0xff, sizeof(b->stats));
}

/*** Inflating and deflating ***/

/*
 * Drops what is in [@addr, @addr + @size) of a block, where the host can: not
 * part of a huge page, and not while somebody (migration's postcopy, a device
 * that pinned memory) relies on pages staying where they are.
 */
static void drop_pages(RAMBlock *rb, ram_addr_t offset, size_t size)
{
    if (!ram_block_discard_is_disabled() &&
        QEMU_IS_ALIGNED(offset | size, qemu_ram_pagesize(rb))) {
        ram_block_discard_range(rb, offset, size);
    }
}

static void inflate_page(VirtIOBalloon *b, uint32_t pfn)
{
    hwaddr addr = (hwaddr)pfn << VIRTIO_BALLOON_PFN_SHIFT;
    MemoryRegionSection section = memory_region_find(get_system_memory(),
                                                     addr, BALLOON_PAGE_SIZE);

    if (!section.mr) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: page 0x%" HWADDR_PRIx " is no "
                      "memory\n", VIRTIO_DEVICE(b)->name, addr);
        return;
    }
    if (memory_region_is_ram(section.mr) &&
        !memory_region_is_rom(section.mr) &&
        !memory_region_is_romd(section.mr) &&
        !memory_region_is_ram_device(section.mr) &&
        int128_get64(section.size) == BALLOON_PAGE_SIZE) {
        drop_pages(section.mr->ram_block, section.offset_within_region,
                   BALLOON_PAGE_SIZE);
    } else {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: page 0x%" HWADDR_PRIx " is not "
                      "RAM\n", VIRTIO_DEVICE(b)->name, addr);
    }
    memory_region_unref(section.mr);
}

/* Gives away the pages of a list; how many there were. */
static size_t inflate_list(VirtIOBalloon *b, const VirtQueueElement *elem)
{
    uint32_t pfns[PFNS_AT_A_TIME];
    size_t done = 0, got;

    while (done < PFNS_MAX &&
           (got = iov_to_buf(elem->out_sg, elem->out_num,
                             done * sizeof(pfns[0]), pfns, sizeof(pfns)) /
                  sizeof(pfns[0]))) {
        for (size_t i = 0; i < got; i++) {
            inflate_page(b, le32_to_cpu(pfns[i]));
        }
        done += got;
    }
    if (done >= PFNS_MAX) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: a list of more than %u pages is "
                      "cut there\n", VIRTIO_DEVICE(b)->name, PFNS_MAX);
    }
    return done;
}

/*
 * Buffers of 32-bit page numbers, little-endian in both interfaces (5.5.6).
 * Given back pages need nothing: the host fills them as they are touched.
 * A driver that gives very much at once waits, not the machine.
 */
static void serve_pages(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem;
    size_t done = 0;
    bool any = false;

    while (done < PFNS_MAX && (elem = virtqueue_pop(vq, sizeof(*elem)))) {
        if (vq == b->ivq) {
            done += inflate_list(b, elem);
        }
        virtqueue_push(vq, elem, 0);
        g_free(elem);
        any = true;
    }
    if (any) {
        virtio_notify(vdev, vq);
    }
    if (done >= PFNS_MAX) {
        qemu_bh_schedule(b->bh);
    }
}

static void serve_rest(void *opaque)
{
    VirtIOBalloon *b = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(b);

    if (vdev->vm_running && vdev->status & VIRTIO_CONFIG_S_DRIVER_OK) {
        serve_pages(vdev, b->ivq);
    }
}

/*** Free page reporting ***/

/* The pages of one report; poisoned ones must keep their contents. */
static void drop_reported(VirtIOBalloon *b, const VirtQueueElement *elem)
{
    if (b->poison_val &&
        virtio_vdev_has_feature(VIRTIO_DEVICE(b),
                                VIRTIO_BALLOON_F_PAGE_POISON)) {
        return;
    }
    for (unsigned i = 0; i < elem->in_num; i++) {
        ram_addr_t offset;
        RAMBlock *rb = qemu_ram_block_from_host(elem->in_sg[i].iov_base,
                                                false, &offset);

        /* What was bounced, or lies in a device, is no page of RAM. */
        if (rb) {
            drop_pages(rb, offset, elem->in_sg[i].iov_len);
        }
    }
}

static void serve_reports(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem;
    bool any = false;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        drop_reported(b, elem);
        virtqueue_push(vq, elem, 0);
        g_free(elem);
        any = true;
    }
    if (any) {
        virtio_notify(vdev, vq);
    }
}

/*** Statistics ***/

static void arm_stats_timer(VirtIOBalloon *b)
{
    timer_mod(b->stats_timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                              b->stats_poll_interval * 1000);
}

/* Handing the buffer back is the question (5.5.6.3). */
static void ask_for_stats(void *opaque)
{
    VirtIOBalloon *b = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(b);

    if (!b->stats_vq_elem ||
        !virtio_vdev_has_feature(vdev, VIRTIO_BALLOON_F_STATS_VQ)) {
        /* The driver is not ready: ask again later. */
        arm_stats_timer(b);
        return;
    }
    virtqueue_push(b->svq, b->stats_vq_elem, 0);
    virtio_notify(vdev, b->svq);
    g_free(g_steal_pointer(&b->stats_vq_elem));
}

/* An answer: tags that are not known are newer than this device. */
static void take_stats(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));
    struct virtio_balloon_stat stat;
    size_t offset = 0;

    if (!elem) {
        return;
    }
    if (b->stats_vq_elem) {
        /* A driver should keep one buffer there; do not lose the other. */
        virtqueue_push(vq, b->stats_vq_elem, 0);
        virtio_notify(vdev, vq);
        g_free(b->stats_vq_elem);
    }
    b->stats_vq_elem = elem;
    clear_stats(b);
    while (iov_to_buf(elem->out_sg, elem->out_num, offset, &stat,
                      sizeof(stat)) == sizeof(stat)) {
        uint16_t tag = le16_to_cpu(stat.tag);

        if (tag < VIRTIO_BALLOON_S_NR) {
            b->stats[tag] = le64_to_cpu(stat.val);
        }
        offset += sizeof(stat);
    }
    b->stats_last_update = g_get_real_time() / G_USEC_PER_SEC;
    if (b->stats_poll_interval) {
        arm_stats_timer(b);
    }
}

static void get_guest_stats(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(obj);
    bool ok;

    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    ok = visit_type_int64(v, "last-update", &b->stats_last_update, errp) &&
         visit_start_struct(v, "stats", NULL, 0, errp);
    if (ok) {
        for (int i = 0; ok && i < VIRTIO_BALLOON_S_NR; i++) {
            ok = visit_type_uint64(v, stat_names[i], &b->stats[i], errp);
        }
        ok = ok && visit_check_struct(v, errp);
        visit_end_struct(v, NULL);
    }
    if (ok) {
        visit_check_struct(v, errp);
    }
    visit_end_struct(v, NULL);
}

static void get_poll_interval(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    visit_type_int64(v, name, &VIRTIO_BALLOON(obj)->stats_poll_interval,
                     errp);
}

static void set_poll_interval(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(obj);
    int64_t value;

    if (!visit_type_int64(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "timer value must be greater than zero");
        return;
    }
    if (value > UINT32_MAX) {
        error_setg(errp, "timer value is too big");
        return;
    }
    b->stats_poll_interval = value;
    if (!b->stats_timer) {
        return;                 /* not realized: armed then */
    }
    if (value) {
        ask_for_stats(b);
    } else {
        timer_del(b->stats_timer);
    }
}

/*** Configuration space (5.5.4) ***/

static size_t config_size(VirtIOBalloon *b)
{
    if (b->qemu_4_0_config_size ||
        virtio_has_feature(b->host_features, VIRTIO_BALLOON_F_PAGE_POISON)) {
        return sizeof(struct virtio_balloon_config);
    }
    return offsetof(struct virtio_balloon_config, free_page_hint_cmd_id);
}

static void virtio_balloon_get_config(VirtIODevice *vdev, uint8_t *data)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(vdev);
    struct virtio_balloon_config config = {
        .num_pages = cpu_to_le32(b->num_pages),
        .actual = cpu_to_le32(b->actual),
        .poison_val = cpu_to_le32(b->poison_val),
    };

    memcpy(data, &config, vdev->config_len);
}

static int64_t guest_bytes(VirtIOBalloon *b)
{
    int64_t given = (int64_t)b->actual << VIRTIO_BALLOON_PFN_SHIFT;

    return (int64_t)current_machine->ram_size - given;
}

static void virtio_balloon_set_config(VirtIODevice *vdev, const uint8_t *data)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(vdev);
    struct virtio_balloon_config config = { 0 };
    uint32_t before = b->actual;

    memcpy(&config, data, vdev->config_len);
    b->actual = le32_to_cpu(config.actual);
    if (virtio_vdev_has_feature(vdev, VIRTIO_BALLOON_F_PAGE_POISON)) {
        b->poison_val = le32_to_cpu(config.poison_val);
    }
    if (b->actual != before) {
        qapi_event_send(QAPI_EVENT_BALLOON_CHANGE,
                        json_pack("{s:I}", "actual",
                                  (json_int_t)guest_bytes(b)));
    }
}

/*** What the monitors ask ***/

static void balloon_to_target(void *opaque, ram_addr_t target)
{
    VirtIOBalloon *b = opaque;
    ram_addr_t all = current_machine->ram_size;

    if (target) {
        b->num_pages = (all - MIN(target, all)) >> VIRTIO_BALLOON_PFN_SHIFT;
        virtio_notify_config(VIRTIO_DEVICE(b));
    }
}

static void balloon_status(void *opaque, BalloonInfo *info)
{
    info->actual = guest_bytes(opaque);
}

/*** Life cycle ***/

static uint64_t virtio_balloon_get_features(VirtIODevice *vdev, uint64_t f,
                                            Error **errp)
{
    f |= VIRTIO_BALLOON(vdev)->host_features;
    virtio_add_feature(&f, VIRTIO_BALLOON_F_STATS_VQ);
    return f;
}

/* As if it had never been taken. */
static void drop_stats_buffer(VirtIOBalloon *b)
{
    if (b->stats_vq_elem) {
        virtqueue_unpop(b->svq, b->stats_vq_elem, 0);
        g_free(g_steal_pointer(&b->stats_vq_elem));
    }
}

static void virtio_balloon_reset(VirtIODevice *vdev)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(vdev);

    drop_stats_buffer(b);
    b->poison_val = 0;
    qemu_bh_cancel(b->bh);
}

/*
 * The buffer of statistics is the device's across a migration, but does not
 * travel: the new device takes it from the ring again once it runs.
 */
static void virtio_balloon_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(vdev);

    if (!b->stats_vq_elem && vdev->vm_running &&
        status & VIRTIO_CONFIG_S_DRIVER_OK && virtqueue_rewind(b->svq, 1)) {
        take_stats(vdev, b->svq);
    }
    /* What was left when the machine stopped, here or elsewhere. */
    if (vdev->vm_running && status & VIRTIO_CONFIG_S_DRIVER_OK) {
        qemu_bh_schedule(b->bh);
    }
}

static void virtio_balloon_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBalloon *b = VIRTIO_BALLOON(dev);

    if (virtio_has_feature(b->host_features,
                           VIRTIO_BALLOON_F_FREE_PAGE_HINT)) {
        error_setg(errp, "'free-page-hint' requires 'iothread' to be set, "
                   "and this program has no I/O threads");
        return;
    }
    if (qemu_add_balloon_handler(balloon_to_target, balloon_status, b)) {
        error_setg(errp, "Only one balloon device is supported");
        return;
    }
    virtio_init(vdev, VIRTIO_ID_BALLOON, config_size(b));
    b->ivq = virtio_add_queue(vdev, QUEUE_SIZE, serve_pages);
    b->dvq = virtio_add_queue(vdev, QUEUE_SIZE, serve_pages);
    b->svq = virtio_add_queue(vdev, QUEUE_SIZE, take_stats);
    if (virtio_has_feature(b->host_features, VIRTIO_BALLOON_F_REPORTING)) {
        b->reporting_vq = virtio_add_queue(vdev, REPORTING_QUEUE_SIZE,
                                           serve_reports);
    }
    clear_stats(b);
    b->bh = qemu_bh_new_guarded(serve_rest, b, &dev->mem_reentrancy_guard);
    b->stats_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, ask_for_stats, b);
    if (b->stats_poll_interval) {
        arm_stats_timer(b);
    }
}

static void virtio_balloon_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBalloon *b = VIRTIO_BALLOON(dev);

    qemu_remove_balloon_handler(b);
    g_clear_pointer(&b->bh, qemu_bh_delete);
    timer_free(g_steal_pointer(&b->stats_timer));
    drop_stats_buffer(b);
    if (b->reporting_vq) {
        virtio_delete_queue(b->reporting_vq);
    }
    virtio_delete_queue(b->svq);
    virtio_delete_queue(b->dvq);
    virtio_delete_queue(b->ivq);
    virtio_cleanup(vdev);
}

/*** Migration ***/

static bool poison_needed(void *opaque)
{
    return virtio_vdev_has_feature(VIRTIO_DEVICE(opaque),
                                   VIRTIO_BALLOON_F_PAGE_POISON);
}

static const VMStateDescription vmstate_page_poison = {
    .name = "virtio-balloon-device/page-poison",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = poison_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(poison_val, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
};

static int balloon_post_load(void *opaque, int version_id)
{
    VirtIOBalloon *b = opaque;

    if (b->stats_poll_interval) {
        arm_stats_timer(b);
    }
    return 0;
}

static const VMStateDescription vmstate_balloon_device = {
    .name = "virtio-balloon-device",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = balloon_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(num_pages, VirtIOBalloon),
        VMSTATE_UINT32(actual, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_page_poison,
        NULL
    },
};

static const VMStateDescription vmstate_virtio_balloon = {
    .name = "virtio-balloon",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

/*** Type ***/

static Property virtio_balloon_properties[] = {
    DEFINE_PROP_BIT64("deflate-on-oom", VirtIOBalloon, host_features,
                      VIRTIO_BALLOON_F_DEFLATE_ON_OOM, false),
    DEFINE_PROP_BIT64("free-page-hint", VirtIOBalloon, host_features,
                      VIRTIO_BALLOON_F_FREE_PAGE_HINT, false),
    DEFINE_PROP_BIT64("page-poison", VirtIOBalloon, host_features,
                      VIRTIO_BALLOON_F_PAGE_POISON, true),
    DEFINE_PROP_BIT64("free-page-reporting", VirtIOBalloon, host_features,
                      VIRTIO_BALLOON_F_REPORTING, false),
    DEFINE_PROP_BOOL("qemu-4-0-config-size", VirtIOBalloon,
                     qemu_4_0_config_size, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_balloon_instance_init(Object *obj)
{
    object_property_add(obj, "guest-stats", "guest statistics",
                        get_guest_stats, NULL, NULL, NULL);
    object_property_add(obj, "guest-stats-polling-interval", "int",
                        get_poll_interval, set_poll_interval, NULL, NULL);
}

static void virtio_balloon_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_balloon_properties);
    dc->vmsd = &vmstate_virtio_balloon;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = virtio_balloon_realize;
    vdc->unrealize = virtio_balloon_unrealize;
    vdc->reset = virtio_balloon_reset;
    vdc->get_config = virtio_balloon_get_config;
    vdc->set_config = virtio_balloon_set_config;
    vdc->get_features = virtio_balloon_get_features;
    vdc->set_status = virtio_balloon_set_status;
    vdc->vmsd = &vmstate_balloon_device;
}

static const TypeInfo virtio_balloon_info = {
    .name = TYPE_VIRTIO_BALLOON,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOBalloon),
    .instance_init = virtio_balloon_instance_init,
    .class_init = virtio_balloon_class_init,
};

static void virtio_balloon_register_types(void)
{
    type_register_static(&virtio_balloon_info);
}

type_init(virtio_balloon_register_types)
