/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio network device in a migration stream, version 11. */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "virtio-net-internal.h"

#define ANNOUNCE_ROUNDS 5

/*** The address table: as many entries as are in use ***/

static int put_mac_table(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field, JSONWriter *vmdesc)
{
    VirtioNetMacTable *t = pv;

    qemu_put_be32(f, t->in_use);
    qemu_put_buffer(f, t->macs, t->in_use * ETH_ALEN);
    return 0;
}

static int get_mac_table(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field)
{
    VirtioNetMacTable *t = pv;

    t->in_use = qemu_get_be32(f);
    if (t->in_use > VIRTIO_NET_MAC_TABLE_ENTRIES) {
        error_report("virtio-net: %u addresses to filter by", t->in_use);
        t->in_use = 0;
        return -EINVAL;
    }
    qemu_get_buffer(f, t->macs, t->in_use * ETH_ALEN);
    return 0;
}

static const VMStateInfo info_mac_table = {
    .name = "virtio-net-mac-table",
    .get = get_mac_table,
    .put = put_mac_table,
};

/*** What the back ends of both sides must agree on ***/

typedef struct HeaderTmp {
    VirtIONet *parent;
    uint32_t has_vnet_hdr;
} HeaderTmp;

static int header_pre_save(void *opaque)
{
    HeaderTmp *tmp = opaque;

    tmp->has_vnet_hdr = tmp->parent->has_vnet_hdr;
    return 0;
}

static int header_post_load(void *opaque, int version_id)
{
    HeaderTmp *tmp = opaque;

    if (tmp->has_vnet_hdr && !tmp->parent->has_vnet_hdr) {
        error_report("virtio-net: saved image requires vnet_hdr=on");
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_header = {
    .name = "virtio-net-device/vnet-hdr",
    .pre_save = header_pre_save,
    .post_load = header_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(has_vnet_hdr, HeaderTmp),
        VMSTATE_END_OF_LIST()
    },
};

typedef struct UfoTmp {
    VirtIONet *parent;
    uint8_t has_ufo;
} UfoTmp;

static int ufo_pre_save(void *opaque)
{
    UfoTmp *tmp = opaque;

    tmp->has_ufo = tmp->parent->has_ufo;
    return 0;
}

static int ufo_post_load(void *opaque, int version_id)
{
    UfoTmp *tmp = opaque;

    if (tmp->has_ufo && !tmp->parent->has_ufo) {
        error_report("virtio-net: saved image requires TUN_F_UFO support");
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_ufo = {
    .name = "virtio-net-device/ufo",
    .pre_save = ufo_pre_save,
    .post_load = ufo_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(has_ufo, UfoTmp),
        VMSTATE_END_OF_LIST()
    },
};

/*** Pairs: the first one always, others behind it ***/

static const VMStateDescription vmstate_pair = {
    .name = "virtio-net-queue-tx_waiting",
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(tx_waiting, VirtIONetQueue),
        VMSTATE_END_OF_LIST()
    },
};

typedef struct PairsTmp {
    VirtIONet *parent;
    VirtIONetQueue *others;
    uint16_t num;
} PairsTmp;

static int pairs_pre_save(void *opaque)
{
    PairsTmp *tmp = opaque;

    tmp->others = tmp->parent->vqs + 1;
    tmp->num = MAX(tmp->parent->curr_queue_pairs, 1) - 1;
    return 0;
}

static int pairs_pre_load(void *opaque)
{
    PairsTmp *tmp = opaque;

    pairs_pre_save(tmp);
    if (tmp->parent->curr_queue_pairs > tmp->parent->max_queue_pairs) {
        error_report("virtio-net: %u pairs of queues in use, of %u",
                     tmp->parent->curr_queue_pairs,
                     tmp->parent->max_queue_pairs);
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_pairs = {
    .name = "virtio-net-tx_waiting",
    .pre_load = pairs_pre_load,
    .pre_save = pairs_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT_VARRAY_POINTER_UINT16(others, PairsTmp, num,
                                             vmstate_pair, VirtIONetQueue),
        VMSTATE_END_OF_LIST()
    },
};

static bool several_pairs(void *opaque, int version_id)
{
    return ((VirtIONet *)opaque)->max_queue_pairs > 1;
}

static bool has_offloads(void *opaque, int version_id)
{
    return virtio_vdev_has_feature(VIRTIO_DEVICE(opaque),
                                   VIRTIO_NET_F_CTRL_GUEST_OFFLOADS);
}

/*** Receive-side scaling ***/

static bool rss_needed(void *opaque)
{
    return ((VirtIONet *)opaque)->rss.enabled;
}

static bool rss_fits(void *opaque, int version_id)
{
    const VirtioNetRss *rss = &((VirtIONet *)opaque)->rss;

    return rss->table_len && rss->table_len <= VIRTIO_NET_RSS_MAX_TABLE_LEN &&
           !(rss->table_len & (rss->table_len - 1));
}

static const VMStateDescription vmstate_rss = {
    .name = "virtio-net-device/rss",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = rss_needed,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(rss.enabled, VirtIONet),
        VMSTATE_BOOL(rss.redirect, VirtIONet),
        VMSTATE_BOOL(rss.populate_hash, VirtIONet),
        VMSTATE_UINT32(rss.hash_types, VirtIONet),
        VMSTATE_UINT16(rss.table_len, VirtIONet),
        VMSTATE_UINT16(rss.default_queue, VirtIONet),
        VMSTATE_UINT8_ARRAY(rss.key, VirtIONet, VIRTIO_NET_RSS_MAX_KEY_SIZE),
        VMSTATE_VALIDATE("redirection table", rss_fits),
        VMSTATE_VARRAY_UINT16_UNSAFE(rss.table, VirtIONet, rss.table_len, 0,
                                     vmstate_info_uint16, uint16_t),
        VMSTATE_END_OF_LIST()
    },
};

/*** The device ***/

static int device_post_load(void *opaque, int version_id)
{
    VirtIONet *n = opaque;
    VirtioNetMacTable *t = &n->mac_table;

    if (!has_offloads(n, version_id)) {
        n->curr_guest_offloads = virtio_net_offloads_of(
            VIRTIO_DEVICE(n)->guest_features);
    }
    /* In force once the features are, which would undo it now. */
    n->saved_guest_offloads = n->curr_guest_offloads;

    for (t->first_multi = 0; t->first_multi < t->in_use; t->first_multi++) {
        if (t->macs[t->first_multi * ETH_ALEN] & 1) {
            break;
        }
    }
    return 0;
}

const VMStateDescription vmstate_virtio_net_device = {
    .name = "virtio-net-device",
    .version_id = 11,
    .minimum_version_id = 11,
    .post_load = device_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_ARRAY(mac, VirtIONet, ETH_ALEN),
        VMSTATE_STRUCT_POINTER(vqs, VirtIONet, vmstate_pair, VirtIONetQueue),
        VMSTATE_UINT32(mergeable_rx_bufs, VirtIONet),
        VMSTATE_UINT16(status, VirtIONet),
        VMSTATE_UINT8(promisc, VirtIONet),
        VMSTATE_UINT8(allmulti, VirtIONet),
        {
            .name = "mac_table",
            .info = &info_mac_table,
            .size = sizeof(VirtioNetMacTable),
            .offset = offsetof(VirtIONet, mac_table),
            .flags = VMS_SINGLE,
        },
        VMSTATE_BUFFER(vlans, VirtIONet),
        VMSTATE_WITH_TMP(VirtIONet, HeaderTmp, vmstate_header),
        VMSTATE_UINT8(mac_table.multi_overflow, VirtIONet),
        VMSTATE_UINT8(mac_table.uni_overflow, VirtIONet),
        VMSTATE_UINT8(alluni, VirtIONet),
        VMSTATE_UINT8(nomulti, VirtIONet),
        VMSTATE_UINT8(nouni, VirtIONet),
        VMSTATE_UINT8(nobcast, VirtIONet),
        VMSTATE_WITH_TMP(VirtIONet, UfoTmp, vmstate_ufo),
        VMSTATE_SINGLE_TEST(max_queue_pairs, VirtIONet, several_pairs, 0,
                            vmstate_info_uint16_equal, uint16_t),
        VMSTATE_UINT16_TEST(curr_queue_pairs, VirtIONet, several_pairs),
        VMSTATE_WITH_TMP(VirtIONet, PairsTmp, vmstate_pairs),
        VMSTATE_UINT64_TEST(curr_guest_offloads, VirtIONet, has_offloads),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_rss,
        NULL
    }
};

int virtio_net_post_load(VirtIODevice *vdev)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    int i;

    n->curr_guest_offloads = n->saved_guest_offloads;
    virtio_net_apply_offloads(n);
    virtio_net_set_pairs(n, n->curr_queue_pairs);
    for (i = 0; i < n->max_queue_pairs; i++) {
        virtio_net_client(n, i)->link_down =
            !(n->status & VIRTIO_NET_S_LINK_UP);
    }
    virtio_net_start_announce(n, ANNOUNCE_ROUNDS);
    return 0;
}

const VMStateDescription vmstate_virtio_net = {
    .name = "virtio-net",
    .version_id = 11,
    .minimum_version_id = 11,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};
