/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio block device: virtio 1.2, section 5.2.  This file has its
 * configuration and its life; requests are in virtio-blk-req.c.
 */
#include "qemu/osdep.h"
#include "virtio-blk-internal.h"
#include "hw/qdev-properties.h"
#include "migration/qemu-file-types.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "sysemu/blockdev.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

#define CONFIG_END(field) \
    (offsetof(struct virtio_blk_config, field) + \
     sizeof(((struct virtio_blk_config *)0)->field))

static const VirtIOFeature config_parts[] = {
    { 1ULL << VIRTIO_BLK_F_DISCARD, CONFIG_END(discard_sector_alignment) },
    { 1ULL << VIRTIO_BLK_F_WRITE_ZEROES,
      CONFIG_END(write_zeroes_may_unmap) },
    { }
};

static const VirtIOConfigSizeParams config_size = {
    .min_size = offsetof(struct virtio_blk_config, max_discard_sectors),
    .max_size = sizeof(struct virtio_blk_config),
    .feature_sizes = config_parts,
};

/*** Configuration space ***/

/*
 * The sectors of a track, of which a cylinder has heads many: where the disk
 * is no whole number of cylinders, at least a track is one of blocks.
 */
static uint8_t track_sectors(VirtIOBlock *s)
{
    const BlockConf *c = &s->conf.conf;
    uint64_t cylinder = (uint64_t)c->heads * c->secs;

    if (!cylinder ||
        blk_getlength(s->blk) / cylinder % c->logical_block_size) {
        return c->secs & ~s->sector_mask;
    }
    return c->secs;
}

static void virtio_blk_get_config(VirtIODevice *vdev, uint8_t *config)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);
    const BlockConf *c = &s->conf.conf;
    const uint32_t block = c->logical_block_size;
    struct virtio_blk_config cfg = { };
    uint32_t granularity = c->discard_granularity;
    uint64_t capacity;

    if (granularity == UINT32_MAX || !s->conf.report_discard_granularity) {
        granularity = block;
    }
    blk_get_geometry(s->blk, &capacity);
    cfg.capacity = cpu_to_le64(capacity);
    cfg.seg_max = cpu_to_le32(s->conf.seg_max_adjust
                              ? s->conf.queue_size - 2 : 128 - 2);
    cfg.geometry.cylinders = cpu_to_le16(c->cyls);
    cfg.geometry.heads = c->heads;
    cfg.geometry.sectors = track_sectors(s);
    cfg.blk_size = cpu_to_le32(block);
    cfg.physical_block_exp = get_physical_block_exp(&s->conf.conf);
    cfg.min_io_size = cpu_to_le16(c->min_io_size / block);
    cfg.opt_io_size = cpu_to_le32(c->opt_io_size / block);
    cfg.wce = blk_enable_write_cache(s->blk);
    cfg.num_queues = cpu_to_le16(s->conf.num_queues);
    if (virtio_has_feature(s->host_features, VIRTIO_BLK_F_DISCARD)) {
        cfg.max_discard_sectors = cpu_to_le32(s->conf.max_discard_sectors);
        cfg.discard_sector_alignment = cpu_to_le32(granularity >>
                                                   BDRV_SECTOR_BITS);
        /* Of segments: one, as request handling has it. */
        cfg.max_discard_seg = cpu_to_le32(1);
    }
    if (virtio_has_feature(s->host_features, VIRTIO_BLK_F_WRITE_ZEROES)) {
        cfg.max_write_zeroes_sectors =
            cpu_to_le32(s->conf.max_write_zeroes_sectors);
        cfg.write_zeroes_may_unmap = 1;
        cfg.max_write_zeroes_seg = cpu_to_le32(1);
    }
    memcpy(config, &cfg, s->config_size);
}

static void virtio_blk_set_config(VirtIODevice *vdev, const uint8_t *config)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    /* The one field that a driver may write. */
    blk_set_enable_write_cache(s->blk, config[offsetof(
                                   struct virtio_blk_config, wce)] != 0);
}

static uint64_t virtio_blk_get_features(VirtIODevice *vdev, uint64_t features,
                                        Error **errp)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    features |= s->host_features;
    virtio_add_feature(&features, VIRTIO_BLK_F_SEG_MAX);
    virtio_add_feature(&features, VIRTIO_BLK_F_GEOMETRY);
    virtio_add_feature(&features, VIRTIO_BLK_F_TOPOLOGY);
    virtio_add_feature(&features, VIRTIO_BLK_F_BLK_SIZE);
    if (!virtio_has_feature(features, VIRTIO_F_VERSION_1)) {
        /* Old drivers look for it; every such request is unsupported. */
        virtio_clear_feature(&features, VIRTIO_F_ANY_LAYOUT);
        virtio_add_feature(&features, VIRTIO_BLK_F_SCSI);
    }
    if (blk_enable_write_cache(s->blk) ||
        (s->conf.x_enable_wce_if_config_wce &&
         virtio_has_feature(features, VIRTIO_BLK_F_CONFIG_WCE))) {
        virtio_add_feature(&features, VIRTIO_BLK_F_WCE);
    }
    if (!blk_is_writable(s->blk)) {
        virtio_add_feature(&features, VIRTIO_BLK_F_RO);
    }
    if (s->conf.num_queues > 1) {
        virtio_add_feature(&features, VIRTIO_BLK_F_MQ);
    }
    return features;
}

/*
 * A driver that cannot switch the cache says by whether it knows of flushes
 * how it wants it (5.2.5.2).
 */
static void virtio_blk_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    if ((status & VIRTIO_CONFIG_S_DRIVER_OK) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_BLK_F_CONFIG_WCE)) {
        blk_set_enable_write_cache(s->blk,
                                   virtio_vdev_has_feature(vdev,
                                                      VIRTIO_BLK_F_WCE));
    }
}

static void virtio_blk_reset(VirtIODevice *vdev)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    blk_drain(s->blk);
    /* After the drain, which may have left some. */
    virtio_blk_drop_failed(s);
    blk_set_enable_write_cache(s->blk, s->original_wce);
}

/*** What happens around it ***/

static void tell_resized(void *opaque)
{
    virtio_notify_config(opaque);
}

static void virtio_blk_resize(void *opaque)
{
    aio_bh_schedule_oneshot(qemu_get_aio_context(), tell_resized, opaque);
}

static const BlockDevOps virtio_blk_ops = {
    .resize_cb = virtio_blk_resize,
};

static void retry(void *opaque)
{
    virtio_blk_retry(opaque);
}

/* Not at once: the drive may have to be taken over first (migration). */
static void vm_state_changed(void *opaque, bool running, RunState state)
{
    VirtIOBlock *s = opaque;

    if (running && !QTAILQ_EMPTY(&s->failed)) {
        qemu_bh_schedule(s->retry_bh);
    }
}

/*** Migration ***/

static void virtio_blk_save(VirtIODevice *vdev, QEMUFile *f)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);
    VirtIOBlockReq *req;

    QTAILQ_FOREACH(req, &s->failed, next) {
        qemu_put_sbyte(f, 1);
        if (s->conf.num_queues > 1) {
            qemu_put_be32(f, virtio_get_queue_index(req->vq));
        }
        qemu_put_virtqueue_element(vdev, f, &req->elem);
    }
    qemu_put_sbyte(f, 0);
}

static int virtio_blk_load(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    while (qemu_get_sbyte(f)) {
        const size_t elem = sizeof(VirtQueueElement);
        unsigned index = s->conf.num_queues > 1 ? qemu_get_be32(f) : 0;
        VirtIOBlockReq *req;

        if (index >= s->conf.num_queues) {
            error_report("Invalid virtqueue index in request list: %#x",
                         index);
            return -EINVAL;
        }
        req = qemu_get_virtqueue_element(vdev, f, sizeof(*req));
        if (!req) {
            return -EINVAL;
        }
        memset((uint8_t *)req + elem, 0, sizeof(*req) - elem);
        req->dev = s;
        req->vq = virtio_get_queue(vdev, index);
        QTAILQ_INSERT_TAIL(&s->failed, req, next);
    }
    return 0;
}

static const VMStateDescription vmstate_virtio_blk = {
    .name = "virtio-blk",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

/*** Life ***/

static bool check_conf(const VirtIOBlkConf *conf, Error **errp)
{
    BlockBackend *blk = conf->conf.blk;

    if (!blk) {
        error_setg(errp, "drive property not set");
    } else if (!blk_is_inserted(blk)) {
        error_setg(errp, "Device needs media, but drive is empty");
    } else if (!conf->num_queues) {
        error_setg(errp, "num-queues property must be larger than 0");
    } else if (conf->num_queues > VIRTIO_QUEUE_MAX) {
        error_setg(errp, "num-queues property must be %d at most",
                   VIRTIO_QUEUE_MAX);
    } else if (conf->queue_size <= 2) {
        error_setg(errp, "invalid queue-size property (%" PRIu16 "), must be "
                   "> 2", conf->queue_size);
    } else if (!is_power_of_2(conf->queue_size) ||
               conf->queue_size > VIRTQUEUE_MAX_SIZE) {
        error_setg(errp, "invalid queue-size property (%" PRIu16 "), must be "
                   "a power of 2 (max %d)", conf->queue_size,
                   VIRTQUEUE_MAX_SIZE);
    } else {
        return true;
    }
    return false;
}

static bool check_sectors(uint32_t sectors, const char *name, Error **errp)
{
    if (!sectors || sectors > BDRV_REQUEST_MAX_SECTORS) {
        error_setg(errp, "invalid %s property (%" PRIu32 "), must be between "
                   "1 and %d", name, sectors,
                   (int)BDRV_REQUEST_MAX_SECTORS);
        return false;
    }
    return true;
}

static bool check_features(VirtIOBlock *s, Error **errp)
{
    if (virtio_has_feature(s->host_features, VIRTIO_BLK_F_SCSI)) {
        error_setg(errp, "scsi=on passes SCSI commands to a host device, "
                   "which is not part of this program");
        return false;
    }
    return (!virtio_has_feature(s->host_features, VIRTIO_BLK_F_DISCARD) ||
            check_sectors(s->conf.max_discard_sectors, "max-discard-sectors",
                          errp)) &&
           (!virtio_has_feature(s->host_features,
                                VIRTIO_BLK_F_WRITE_ZEROES) ||
            check_sectors(s->conf.max_write_zeroes_sectors,
                          "max-write-zeroes-sectors", errp));
}

static bool complete_conf(VirtIOBlkConf *conf, Error **errp)
{
    return blkconf_apply_backend_options(&conf->conf,
                                         !blk_supports_write_perm(
                                             conf->conf.blk), true, errp) &&
           blkconf_geometry(&conf->conf, NULL, 65535, 255, 255, errp) &&
           blkconf_blocksizes(&conf->conf, errp);
}

static void virtio_blk_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBlock *s = VIRTIO_BLK(dev);
    VirtIOBlkConf *conf = &s->conf;

    if (conf->num_queues == VIRTIO_BLK_AUTO_NUM_QUEUES) {
        conf->num_queues = 1;
    }
    if (!check_conf(conf, errp) || !complete_conf(conf, errp) ||
        !check_features(s, errp)) {
        return;
    }
    s->blk = conf->conf.blk;
    s->original_wce = blk_enable_write_cache(s->blk);
    s->sector_mask = (conf->conf.logical_block_size / BDRV_SECTOR_SIZE) - 1;
    QTAILQ_INIT(&s->failed);
    s->config_size = virtio_get_config_size(&config_size, s->host_features);
    virtio_init(vdev, VIRTIO_ID_BLOCK, s->config_size);
    for (int i = 0; i < conf->num_queues; i++) {
        virtio_add_queue(vdev, conf->queue_size, virtio_blk_handle_output);
    }
    s->retry_bh = qemu_bh_new_guarded(retry, s, &dev->mem_reentrancy_guard);
    s->change = qdev_add_vm_change_state_handler(dev, vm_state_changed, s);
    blk_set_dev_ops(s->blk, &virtio_blk_ops, s);
    blk_iostatus_enable(s->blk);
    add_boot_device_lchs(dev, "/disk@0,0", conf->conf.lcyls,
                         conf->conf.lheads, conf->conf.lsecs);
}

static void virtio_blk_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBlock *s = VIRTIO_BLK(dev);

    blk_drain(s->blk);
    virtio_blk_drop_failed(s);
    del_boot_device_lchs(dev, "/disk@0,0");
    qemu_del_vm_change_state_handler(s->change);
    qemu_bh_delete(s->retry_bh);
    blockdev_mark_auto_del(s->blk);
    blk_set_dev_ops(s->blk, NULL, NULL);
    for (int i = 0; i < s->conf.num_queues; i++) {
        virtio_del_queue(vdev, i);
    }
    virtio_cleanup(vdev);
}

static void virtio_blk_init(Object *obj)
{
    VirtIOBlock *s = VIRTIO_BLK(obj);

    device_add_bootindex_property(obj, &s->conf.conf.bootindex, "bootindex",
                                  "/disk@0,0", DEVICE(obj));
}

static Property virtio_blk_properties[] = {
    DEFINE_BLOCK_PROPERTIES(VirtIOBlock, conf.conf),
    DEFINE_BLOCK_ERROR_PROPERTIES(VirtIOBlock, conf.conf),
    DEFINE_BLOCK_CHS_PROPERTIES(VirtIOBlock, conf.conf),
    DEFINE_PROP_STRING("serial", VirtIOBlock, conf.serial),
    DEFINE_PROP_BIT64("config-wce", VirtIOBlock, host_features,
                      VIRTIO_BLK_F_CONFIG_WCE, true),
    DEFINE_PROP_BIT64("scsi", VirtIOBlock, host_features, VIRTIO_BLK_F_SCSI,
                      false),
    DEFINE_PROP_BIT("request-merging", VirtIOBlock, conf.request_merging, 0,
                    true),
    DEFINE_PROP_UINT16("num-queues", VirtIOBlock, conf.num_queues,
                       VIRTIO_BLK_AUTO_NUM_QUEUES),
    DEFINE_PROP_UINT16("queue-size", VirtIOBlock, conf.queue_size, 256),
    DEFINE_PROP_BOOL("seg-max-adjust", VirtIOBlock, conf.seg_max_adjust,
                     true),
    /* No such type exists here, so that any value is refused by its name. */
    DEFINE_PROP_LINK("iothread", VirtIOBlock, conf.iothread, "iothread",
                     IOThread *),
    DEFINE_PROP_BIT64("discard", VirtIOBlock, host_features,
                      VIRTIO_BLK_F_DISCARD, true),
    DEFINE_PROP_BOOL("report-discard-granularity", VirtIOBlock,
                     conf.report_discard_granularity, true),
    DEFINE_PROP_BIT64("write-zeroes", VirtIOBlock, host_features,
                      VIRTIO_BLK_F_WRITE_ZEROES, true),
    DEFINE_PROP_UINT32("max-discard-sectors", VirtIOBlock,
                       conf.max_discard_sectors, BDRV_REQUEST_MAX_SECTORS),
    DEFINE_PROP_UINT32("max-write-zeroes-sectors", VirtIOBlock,
                       conf.max_write_zeroes_sectors,
                       BDRV_REQUEST_MAX_SECTORS),
    DEFINE_PROP_BOOL("x-enable-wce-if-config-wce", VirtIOBlock,
                     conf.x_enable_wce_if_config_wce, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_blk_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_blk_properties);
    dc->vmsd = &vmstate_virtio_blk;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    vdc->realize = virtio_blk_realize;
    vdc->unrealize = virtio_blk_unrealize;
    vdc->get_config = virtio_blk_get_config;
    vdc->set_config = virtio_blk_set_config;
    vdc->get_features = virtio_blk_get_features;
    vdc->set_status = virtio_blk_set_status;
    vdc->reset = virtio_blk_reset;
    vdc->save = virtio_blk_save;
    vdc->load = virtio_blk_load;
}

static const TypeInfo virtio_blk_info = {
    .name = TYPE_VIRTIO_BLK,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOBlock),
    .instance_init = virtio_blk_init,
    .class_init = virtio_blk_class_init,
};

static void virtio_blk_register_types(void)
{
    type_register_static(&virtio_blk_info);
}

type_init(virtio_blk_register_types)
