/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control queue: virtio 1.2, 5.1.6.5.
 *
 * A command is a class, a number and its data, readable; the device writes
 * one byte back: done, or refused.
 */
#include "qemu/osdep.h"
#include "net/eth.h"
#include "qapi/qmp-event.h"
#include "qemu/iov.h"
#include "virtio-net-internal.h"

/* The readable part of a command, taken from the front. */
typedef struct CtrlData {
    const struct iovec *iov;
    unsigned int num;
    size_t at;
    size_t left;
} CtrlData;

static bool take(CtrlData *d, void *buf, size_t len)
{
    if (d->left < len) {
        return false;
    }
    iov_to_buf(d->iov, d->num, d->at, buf, len);
    d->at += len;
    d->left -= len;
    return true;
}

static bool take16(CtrlData *d, uint16_t *val)
{
    bool ok = take(d, val, sizeof(*val));

    *val = ok ? le16_to_cpu(*val) : 0;
    return ok;
}

static bool take32(CtrlData *d, uint32_t *val)
{
    bool ok = take(d, val, sizeof(*val));

    *val = ok ? le32_to_cpu(*val) : 0;
    return ok;
}

/* Tells management that the filter is another; once until it looks. */
static void filter_changed(VirtIONet *n)
{
    NetClientState *nc = qemu_get_queue(n->nic);
    g_autofree char *path = NULL;
    json_t *data;

    if (!nc->rxfilter_notify_enabled) {
        return;
    }
    path = object_get_canonical_path(OBJECT(n));
    data = json_pack("{s:s}", "path", path);
    if (n->netclient_name) {
        json_object_set_new(data, "name", json_string(n->netclient_name));
    }
    qapi_event_send("NIC_RX_FILTER_CHANGED", data);
    nc->rxfilter_notify_enabled = 0;
}

/*** Receive filtering (5.1.6.5.1) ***/

static bool rx_mode(VirtIONet *n, uint8_t cmd, CtrlData *d)
{
    uint8_t *modes[] = {
        [VIRTIO_NET_CTRL_RX_PROMISC] = &n->promisc,
        [VIRTIO_NET_CTRL_RX_ALLMULTI] = &n->allmulti,
        [VIRTIO_NET_CTRL_RX_ALLUNI] = &n->alluni,
        [VIRTIO_NET_CTRL_RX_NOMULTI] = &n->nomulti,
        [VIRTIO_NET_CTRL_RX_NOUNI] = &n->nouni,
        [VIRTIO_NET_CTRL_RX_NOBCAST] = &n->nobcast,
    };
    uint8_t on;

    if (cmd >= ARRAY_SIZE(modes) || !take(d, &on, 1)) {
        return false;
    }
    *modes[cmd] = on;
    filter_changed(n);
    return true;
}

/*** Addresses (5.1.6.5.2) ***/

/* One of the two lists; overflow where it does not fit with what is there. */
static bool take_macs(VirtioNetMacTable *t, CtrlData *d, uint8_t *overflow)
{
    uint32_t entries;

    if (!take32(d, &entries) || entries > d->left / ETH_ALEN) {
        return false;
    }
    if (entries > VIRTIO_NET_MAC_TABLE_ENTRIES - t->in_use) {
        *overflow = 1;
        d->at += entries * (size_t)ETH_ALEN;
        d->left -= entries * (size_t)ETH_ALEN;
        return true;
    }
    take(d, &t->macs[t->in_use * ETH_ALEN], entries * ETH_ALEN);
    t->in_use += entries;
    return true;
}

static bool set_mac_table(VirtIONet *n, CtrlData *d)
{
    VirtioNetMacTable t = { };

    if (!take_macs(&t, d, &t.uni_overflow)) {
        return false;
    }
    t.first_multi = t.in_use;
    if (!take_macs(&t, d, &t.multi_overflow) || d->left) {
        return false;
    }
    n->mac_table = t;
    return true;
}

static bool mac_command(VirtIONet *n, uint8_t cmd, CtrlData *d)
{
    bool ok = false;

    if (cmd == VIRTIO_NET_CTRL_MAC_ADDR_SET && d->left == ETH_ALEN) {
        ok = take(d, n->mac, ETH_ALEN);
        qemu_format_nic_info_str(qemu_get_queue(n->nic), n->mac);
    } else if (cmd == VIRTIO_NET_CTRL_MAC_TABLE_SET) {
        ok = set_mac_table(n, d);
    }
    if (ok) {
        filter_changed(n);
    }
    return ok;
}

static bool vlan_command(VirtIONet *n, uint8_t cmd, CtrlData *d)
{
    uint16_t vid;

    if (!take16(d, &vid) || vid >= VIRTIO_NET_VLANS) {
        return false;
    }
    if (cmd == VIRTIO_NET_CTRL_VLAN_ADD) {
        n->vlans[vid / 8] |= 1 << vid % 8;
    } else if (cmd == VIRTIO_NET_CTRL_VLAN_DEL) {
        n->vlans[vid / 8] &= ~(1 << vid % 8);
    } else {
        return false;
    }
    filter_changed(n);
    return true;
}

/*** Announcements (5.1.6.5.4) ***/

static bool announce_command(VirtIONet *n, uint8_t cmd, CtrlData *d)
{
    if (cmd != VIRTIO_NET_CTRL_ANNOUNCE_ACK ||
        !(n->status & VIRTIO_NET_S_ANNOUNCE)) {
        return false;
    }
    virtio_net_announced(n);
    return true;
}

/*** Several queues (5.1.6.5.5 to 5.1.6.5.7) ***/

/*
 * The two configurations share their head and tail.  Redirection has a table
 * and numbers of queues in between, in place of reserved words.
 */
static bool take_rss(VirtIONet *n, CtrlData *d, bool redirect,
                     VirtioNetRss *rss, uint16_t *pairs)
{
    uint16_t mask = 0, i;
    uint8_t reserved[8], key_len;

    *rss = (VirtioNetRss) { .redirect = redirect, .populate_hash = !redirect };
    *pairs = n->curr_queue_pairs;
    if (!take32(d, &rss->hash_types)) {
        return false;
    }
    if (redirect) {
        if (!take16(d, &mask) || !take16(d, &rss->default_queue) ||
            mask >= VIRTIO_NET_RSS_MAX_TABLE_LEN || mask & (mask + 1) ||
            rss->default_queue >= n->max_queue_pairs) {
            return false;
        }
        for (i = 0; i <= mask; i++) {
            if (!take16(d, &rss->table[i])) {
                return false;
            }
        }
        rss->table_len = mask + 1;
        if (!take16(d, pairs)) {
            return false;
        }
    } else {
        rss->table_len = 1;
        if (!take(d, reserved, sizeof(reserved))) {
            return false;
        }
    }
    if (!take(d, &key_len, 1) || key_len > sizeof(rss->key) ||
        !take(d, rss->key, key_len)) {
        return false;
    }
    /* Hashing needs a key; without kinds of hash there is nothing to do. */
    rss->enabled = key_len && rss->hash_types;
    return !rss->hash_types || key_len;
}

static bool pairs_valid(VirtIONet *n, uint16_t pairs)
{
    return pairs >= VIRTIO_NET_CTRL_MQ_VQ_PAIRS_MIN &&
           pairs <= VIRTIO_NET_CTRL_MQ_VQ_PAIRS_MAX &&
           pairs <= n->max_queue_pairs && n->multiqueue;
}

static bool mq_command(VirtIONet *n, uint8_t cmd, CtrlData *d)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    VirtioNetRss rss = { };
    uint16_t pairs = 0;
    bool ok = false;

    switch (cmd) {
    case VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET:
        ok = virtio_vdev_has_feature(vdev, VIRTIO_NET_F_MQ) &&
             take16(d, &pairs) && pairs_valid(n, pairs);
        break;
    case VIRTIO_NET_CTRL_MQ_RSS_CONFIG:
        ok = virtio_vdev_has_feature(vdev, VIRTIO_NET_F_RSS) &&
             take_rss(n, d, true, &rss, &pairs) && pairs_valid(n, pairs);
        rss.populate_hash = virtio_vdev_has_feature(
            vdev, VIRTIO_NET_F_HASH_REPORT);
        break;
    case VIRTIO_NET_CTRL_MQ_HASH_CONFIG:
        ok = virtio_vdev_has_feature(vdev, VIRTIO_NET_F_HASH_REPORT) &&
             take_rss(n, d, false, &rss, &pairs);
        break;
    }
    /* Each command takes the place of what one before it set up. */
    n->rss.enabled = false;
    if (!ok) {
        return false;
    }
    n->rss = rss;
    n->curr_queue_pairs = pairs;
    virtio_net_set_pairs(n, pairs);
    virtio_net_set_status(vdev, vdev->status);
    return true;
}

/*** Offloads (5.1.6.5.8) ***/

static bool offloads_command(VirtIONet *n, uint8_t cmd, CtrlData *d)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    uint64_t offloads;

    if (cmd != VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET ||
        !virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_GUEST_OFFLOADS) ||
        !take(d, &offloads, sizeof(offloads))) {
        return false;
    }
    offloads = le64_to_cpu(offloads);
    if (offloads & ~virtio_net_offloads_of(vdev->guest_features)) {
        return false;
    }
    n->curr_guest_offloads = offloads;
    virtio_net_apply_offloads(n);
    return true;
}

/*** The queue ***/

static bool (*const classes[])(VirtIONet *n, uint8_t cmd, CtrlData *d) = {
    [VIRTIO_NET_CTRL_RX] = rx_mode,
    [VIRTIO_NET_CTRL_MAC] = mac_command,
    [VIRTIO_NET_CTRL_VLAN] = vlan_command,
    [VIRTIO_NET_CTRL_ANNOUNCE] = announce_command,
    [VIRTIO_NET_CTRL_MQ] = mq_command,
    [VIRTIO_NET_CTRL_GUEST_OFFLOADS] = offloads_command,
};

static bool execute(VirtIONet *n, CtrlData *d)
{
    struct virtio_net_ctrl_hdr hdr;

    return take(d, &hdr, sizeof(hdr)) && hdr.class < ARRAY_SIZE(classes) &&
           classes[hdr.class] && classes[hdr.class](n, hdr.cmd, d);
}

void virtio_net_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem))) != NULL) {
        CtrlData d = { elem->out_sg, elem->out_num, 0,
                       iov_size(elem->out_sg, elem->out_num) };
        virtio_net_ctrl_ack ack;

        if (iov_size(elem->in_sg, elem->in_num) < sizeof(ack) ||
            d.left < sizeof(struct virtio_net_ctrl_hdr)) {
            virtio_error(vdev, "a control command without header or room "
                         "for its status");
            virtqueue_detach_element(vq, elem, 0);
            g_free(elem);
            return;
        }
        ack = execute(n, &d) ? VIRTIO_NET_OK : VIRTIO_NET_ERR;
        iov_from_buf(elem->in_sg, elem->in_num, 0, &ack, sizeof(ack));
        virtqueue_push(vq, elem, sizeof(ack));
        virtio_notify(vdev, vq);
        g_free(elem);
        /* Changing the number of queues may have moved this one. */
        if (vq != n->ctrl_vq) {
            return;
        }
    }
}

/*** query-rx-filter ***/

static const char *rx_state(bool none, bool all)
{
    return none ? "none" : all ? "all" : "normal";
}

static json_t *mac_list(const VirtIONet *n, uint32_t from, uint32_t to)
{
    json_t *list = json_array();
    uint32_t i;

    /* The last one first, as with VLANs. */
    for (i = to; i-- > from;) {
        g_autofree char *mac =
            qemu_mac_strdup_printf(&n->mac_table.macs[i * ETH_ALEN]);

        json_array_append_new(list, json_string(mac));
    }
    return list;
}

static json_t *vlan_list(const VirtIONet *n)
{
    json_t *list = json_array();
    int vid;

    for (vid = VIRTIO_NET_VLANS - 1; vid >= 0; vid--) {
        if (n->vlans[vid / 8] & 1 << vid % 8) {
            json_array_append_new(list, json_integer(vid));
        }
    }
    return list;
}

json_t *virtio_net_query_rx_filter(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    const VirtioNetMacTable *t = &n->mac_table;
    g_autofree char *mac = qemu_mac_strdup_printf(n->mac);
    json_t *vids = vlan_list(n);
    bool vlans = virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_VLAN);

    nc->rxfilter_notify_enabled = 1;
    return json_pack("{s:s, s:b, s:s, s:s, s:b, s:s, s:b, s:b, s:s,"
                     " s:o, s:o, s:o}",
                     "name", nc->name,
                     "promiscuous", n->promisc,
                     "multicast", rx_state(n->nomulti, n->allmulti),
                     "unicast", rx_state(n->nouni, n->alluni),
                     "broadcast-allowed", !n->nobcast,
                     "vlan", rx_state(vlans && !json_array_size(vids),
                                      !vlans),
                     "multicast-overflow", t->multi_overflow,
                     "unicast-overflow", t->uni_overflow,
                     "main-mac", mac,
                     "vlan-table", vids,
                     "unicast-table", mac_list(n, 0, t->first_multi),
                     "multicast-table",
                     mac_list(n, t->first_multi, t->in_use));
}
