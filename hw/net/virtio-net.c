/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio network device: virtio 1.2, section 5.1.
 *
 * This file is the device as such: what it offers given its back end, its
 * configuration, the link, how many queues there are.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "net/eth.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "sysemu/sysemu.h"
#include "virtio-net-internal.h"

#define QUEUE_SIZE_MIN 256
#define CTRL_QUEUE_SIZE 64

#define SPEED_UNKNOWN (-1)
enum { DUPLEX_HALF = 0, DUPLEX_FULL = 1, DUPLEX_UNKNOWN = 0xff };

#define FEATURE(name) (1ULL << VIRTIO_NET_F_##name)

/* Of no use where the back end knows no header to say it in. */
#define NEED_VNET_HDR (FEATURE(CSUM) | FEATURE(HOST_TSO4) | \
                       FEATURE(HOST_TSO6) | FEATURE(HOST_ECN) | \
                       FEATURE(GUEST_CSUM) | FEATURE(GUEST_TSO4) | \
                       FEATURE(GUEST_TSO6) | FEATURE(GUEST_ECN) | \
                       FEATURE(HASH_REPORT))

#define CONFIG_END(member) \
    (offsetof(struct virtio_net_config, member) + \
     sizeof_field(struct virtio_net_config, member))

static const VirtIOFeature config_sizes[] = {
    { FEATURE(MAC), CONFIG_END(mac) },
    { FEATURE(STATUS), CONFIG_END(status) },
    { FEATURE(MQ), CONFIG_END(max_virtqueue_pairs) },
    { FEATURE(MTU), CONFIG_END(mtu) },
    { FEATURE(SPEED_DUPLEX), CONFIG_END(duplex) },
    { FEATURE(RSS) | FEATURE(HASH_REPORT),
      CONFIG_END(supported_hash_types) },
    { }
};

static const VirtIOConfigSizeParams config_params = {
    .min_size = CONFIG_END(mac),
    .max_size = sizeof(struct virtio_net_config),
    .feature_sizes = config_sizes,
};

/*** The back end ***/

static bool peer_has_vnet_hdr(VirtIONet *n)
{
    NetClientState *peer = qemu_get_queue(n->nic)->peer;

    return peer && qemu_has_vnet_hdr(peer);
}

static bool peer_has_ufo(VirtIONet *n)
{
    return peer_has_vnet_hdr(n) &&
           qemu_has_ufo(qemu_get_queue(n->nic)->peer);
}

static void use_vnet_hdr(VirtIONet *n)
{
    int i;

    n->has_vnet_hdr = peer_has_vnet_hdr(n);
    n->has_ufo = peer_has_ufo(n);
    if (!n->has_vnet_hdr) {
        return;
    }
    for (i = 0; i < n->max_queue_pairs; i++) {
        qemu_using_vnet_hdr(virtio_net_client(n, i)->peer, true);
    }
    n->host_hdr_len = sizeof(struct virtio_net_hdr);
}

void virtio_net_set_header(VirtIONet *n, bool mergeable, bool version_1,
                           bool hash_report)
{
    int i;

    n->mergeable_rx_bufs = mergeable;
    n->guest_hdr_len =
        version_1 && hash_report ? sizeof(struct virtio_net_hdr_v1_hash) :
        version_1 || mergeable ? sizeof(struct virtio_net_hdr_mrg_rxbuf) :
        sizeof(struct virtio_net_hdr);

    /* With the same header on both sides packets go through as they are. */
    for (i = 0; n->has_vnet_hdr && i < n->max_queue_pairs; i++) {
        NetClientState *peer = virtio_net_client(n, i)->peer;

        if (qemu_has_vnet_hdr_len(peer, n->guest_hdr_len)) {
            qemu_set_vnet_hdr_len(peer, n->guest_hdr_len);
            n->host_hdr_len = n->guest_hdr_len;
        }
    }
}

uint64_t virtio_net_offloads_of(uint64_t features)
{
    return features & VIRTIO_NET_OFFLOADS;
}

/* What the back end may leave to the driver. */
void virtio_net_apply_offloads(VirtIONet *n)
{
    uint64_t o = n->curr_guest_offloads;
    int i;

    for (i = 0; n->has_vnet_hdr && i < n->max_queue_pairs; i++) {
        qemu_set_offload(virtio_net_client(n, i)->peer,
                         !!(o & FEATURE(GUEST_CSUM)),
                         !!(o & FEATURE(GUEST_TSO4)),
                         !!(o & FEATURE(GUEST_TSO6)),
                         !!(o & FEATURE(GUEST_ECN)),
                         !!(o & FEATURE(GUEST_UFO)));
    }
}

void virtio_net_set_pairs(VirtIONet *n, uint16_t pairs)
{
    int i;

    /* A client of no active pair takes no packets. */
    for (i = 0; i < n->max_queue_pairs; i++) {
        NetClientState *peer = virtio_net_client(n, i)->peer;

        if (peer && peer->info->poll) {
            peer->info->poll(peer, i < pairs);
        }
    }
}

/*** Queues ***/

static void add_pair(VirtIONet *n, int i)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    VirtIONetQueue *q = &n->vqs[i];

    q->n = n;
    q->rx_vq = virtio_add_queue(vdev, n->net_conf.rx_queue_size,
                                virtio_net_handle_rx);
    q->tx_vq = virtio_add_queue(vdev, n->net_conf.tx_queue_size,
                                virtio_net_handle_tx);
    q->tx_waiting = 0;
}

static void del_pair(VirtIONet *n, int i)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    virtio_net_tx_purge(&n->vqs[i]);
    virtio_net_tx_cleanup(&n->vqs[i]);
    virtio_del_queue(vdev, 2 * i);
    virtio_del_queue(vdev, 2 * i + 1);
}

/*
 * The control queue comes behind the pairs that the driver knows of: all, or
 * one where it did not accept more.
 */
static void set_layout(VirtIONet *n, int pairs)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    int have = virtio_get_num_queues(vdev) / 2;

    if (have == pairs) {
        return;
    }
    virtio_del_queue(vdev, 2 * have);
    for (; have > pairs; have--) {
        del_pair(n, have - 1);
    }
    for (; have < pairs; have++) {
        add_pair(n, have);
    }
    n->ctrl_vq = virtio_add_queue(vdev, CTRL_QUEUE_SIZE,
                                  virtio_net_handle_ctrl);
}

static void set_multiqueue(VirtIONet *n, bool on)
{
    n->multiqueue = on;
    set_layout(n, on ? n->max_queue_pairs : 1);
    virtio_net_set_pairs(n, n->curr_queue_pairs);
}

/* The stream's queues are laid out as its driver's features had it. */
static int virtio_net_pre_load_queues(VirtIODevice *vdev, uint32_t num)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    if (num != 3 && num != 2 * n->max_queue_pairs + 1) {
        error_report("virtio-net: %u queues, where 3 or %d are expected",
                     num, 2 * n->max_queue_pairs + 1);
        return -EINVAL;
    }
    set_layout(n, num / 2);
    return 0;
}

/*** Features ***/

static uint64_t virtio_net_get_features(VirtIODevice *vdev, uint64_t features,
                                        Error **errp)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    features |= n->host_features | FEATURE(MAC);
    if (!n->has_vnet_hdr) {
        features &= ~NEED_VNET_HDR;
    }
    if (!n->has_ufo) {
        features &= ~(FEATURE(GUEST_UFO) | FEATURE(HOST_UFO));
    }
    return features;
}

/* For drivers of old that accept without looking: what Linux had then. */
static uint64_t virtio_net_bad_features(VirtIODevice *vdev)
{
    return FEATURE(MAC) | FEATURE(CSUM) | FEATURE(HOST_TSO4) |
           FEATURE(HOST_TSO6) | FEATURE(HOST_ECN);
}

/* A driver that cannot set the filter gets every VLAN. */
static void set_vlans(VirtIONet *n, bool all)
{
    memset(n->vlans, all ? 0xff : 0, sizeof(n->vlans));
}

static void virtio_net_set_features(VirtIODevice *vdev, uint64_t features)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    set_multiqueue(n, features & (FEATURE(MQ) | FEATURE(RSS)));
    virtio_net_set_header(n, features & FEATURE(MRG_RXBUF),
                          virtio_has_feature(features, VIRTIO_F_VERSION_1),
                          features & FEATURE(HASH_REPORT));
    if (!(features & (FEATURE(RSS) | FEATURE(HASH_REPORT)))) {
        n->rss.enabled = false;
    }
    if (n->has_vnet_hdr) {
        n->curr_guest_offloads = virtio_net_offloads_of(features);
        virtio_net_apply_offloads(n);
    }
    /* Unchanged where a stream brought features and filter. */
    if ((vdev->guest_features ^ features) & FEATURE(CTRL_VLAN)) {
        set_vlans(n, !(features & FEATURE(CTRL_VLAN)));
    }
}

/*** Configuration ***/

static void virtio_net_get_config(VirtIODevice *vdev, uint8_t *config)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    struct virtio_net_config cfg = {
        .status = cpu_to_le16(n->status),
        .max_virtqueue_pairs = cpu_to_le16(n->max_queue_pairs),
        .mtu = cpu_to_le16(n->net_conf.mtu),
        .speed = cpu_to_le32(n->net_conf.speed),
        .duplex = n->net_conf.duplex,
        .rss_max_key_size = VIRTIO_NET_RSS_MAX_KEY_SIZE,
        .supported_hash_types = cpu_to_le32(VIRTIO_NET_HASHES),
    };

    cfg.rss_max_indirection_table_length = cpu_to_le16(
        virtio_host_has_feature(vdev, VIRTIO_NET_F_RSS)
        ? VIRTIO_NET_RSS_MAX_TABLE_LEN : 1);
    memcpy(cfg.mac, n->mac, ETH_ALEN);
    memcpy(config, &cfg, n->config_size);
}

/* Old drivers set their address by writing it here. */
static void virtio_net_set_config(VirtIODevice *vdev, const uint8_t *config)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    const uint8_t *mac = config + offsetof(struct virtio_net_config, mac);

    if (!virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_MAC_ADDR) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1) &&
        memcmp(mac, n->mac, ETH_ALEN)) {
        memcpy(n->mac, mac, ETH_ALEN);
        qemu_format_nic_info_str(qemu_get_queue(n->nic), n->mac);
    }
}

/*** Status and link ***/

static void update_pair(VirtIONet *n, int i, uint8_t status)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    VirtIONetQueue *q = &n->vqs[i];
    bool driver_ok = status & VIRTIO_CONFIG_S_DRIVER_OK &&
                     i < n->curr_queue_pairs;
    bool link_up = n->status & VIRTIO_NET_S_LINK_UP;

    if (driver_ok && link_up && vdev->vm_running) {
        qemu_flush_queued_packets(virtio_net_client(n, i));
        if (q->tx_waiting) {
            virtio_net_tx_resume(q);
        }
        return;
    }
    virtio_net_tx_pause(q);
    if (q->tx_waiting && driver_ok && !link_up && vdev->vm_running) {
        /* Nobody would ever wait for them to be sent. */
        q->tx_waiting = 0;
        virtio_queue_set_notification(q->tx_vq, 1);
        virtio_net_tx_drop(q);
    }
}

void virtio_net_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    int i;

    for (i = 0; i < virtio_get_num_queues(vdev) / 2; i++) {
        update_pair(n, i, status);
    }
}

static void link_status_changed(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    uint16_t old = n->status;

    if (nc->link_down) {
        n->status &= ~VIRTIO_NET_S_LINK_UP;
    } else {
        n->status |= VIRTIO_NET_S_LINK_UP;
    }
    if (n->status != old) {
        virtio_notify_config(vdev);
    }
    virtio_net_set_status(vdev, vdev->status);
}

/*** Announcements: the driver tells the network where its address is ***/

#define ANNOUNCE_FIRST_MS 50
#define ANNOUNCE_STEP_MS 100

static void announce(void *opaque)
{
    VirtIONet *n = opaque;

    n->announce_rounds--;
    n->status |= VIRTIO_NET_S_ANNOUNCE;
    virtio_notify_config(VIRTIO_DEVICE(n));
}

void virtio_net_start_announce(VirtIONet *n, unsigned int rounds)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    if (!rounds ||
        !virtio_vdev_has_feature(vdev, VIRTIO_NET_F_GUEST_ANNOUNCE) ||
        !virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_VQ)) {
        return;
    }
    if (!n->announce_timer) {
        n->announce_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, announce, n);
    }
    n->announce_rounds = rounds;
    n->announce_delay_ms = ANNOUNCE_FIRST_MS;
    timer_mod(n->announce_timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL));
}

/* The driver did: once more, some time later. */
void virtio_net_announced(VirtIONet *n)
{
    n->status &= ~VIRTIO_NET_S_ANNOUNCE;
    if (n->announce_rounds) {
        timer_mod(n->announce_timer, n->announce_delay_ms +
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL));
        n->announce_delay_ms += ANNOUNCE_STEP_MS;
    }
}

/* announce-self. */
static void announce_now(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);

    /* A series that runs needs no other. */
    if (!n->announce_rounds) {
        virtio_net_start_announce(n, 1);
    }
}

static void stop_announce(VirtIONet *n)
{
    n->announce_rounds = 0;
    n->status &= ~VIRTIO_NET_S_ANNOUNCE;
    if (n->announce_timer) {
        timer_del(n->announce_timer);
    }
}

/*** Reset ***/

static void virtio_net_reset(VirtIODevice *vdev)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    int i;

    n->promisc = 1;
    n->allmulti = n->alluni = n->nomulti = n->nouni = n->nobcast = 0;
    n->curr_queue_pairs = 1;
    virtio_net_set_pairs(n, 1);
    stop_announce(n);
    memset(&n->mac_table, 0, sizeof(n->mac_table));
    memcpy(n->mac, &n->nic->conf->macaddr, ETH_ALEN);
    qemu_format_nic_info_str(qemu_get_queue(n->nic), n->mac);
    set_vlans(n, true);
    for (i = 0; i < virtio_get_num_queues(vdev) / 2; i++) {
        virtio_net_tx_purge(&n->vqs[i]);
        virtio_net_tx_pause(&n->vqs[i]);
        n->vqs[i].tx_waiting = 0;
    }
    n->rss = (VirtioNetRss) { };
}

static void virtio_net_queue_reset(VirtIODevice *vdev, uint32_t index)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    int pair = virtio_net_pair_of(index);

    if (index < 2 * n->max_queue_pairs && index % 2 && n->vqs[pair].tx_vq) {
        virtio_net_tx_purge(&n->vqs[pair]);
    }
}

/*** Life cycle ***/

static NetClientInfo net_virtio_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .receive = virtio_net_receive,
    .receive_iov = virtio_net_receive_iov,
    .link_status_changed = link_status_changed,
    .query_rx_filter = virtio_net_query_rx_filter,
    .announce = announce_now,
};

void virtio_net_set_netclient_name(VirtIONet *n, const char *name,
                                   const char *type)
{
    g_free(n->netclient_name);
    n->netclient_name = g_strdup(name);
    g_free(n->netclient_type);
    n->netclient_type = g_strdup(type);
}

static bool size_ok(uint16_t size)
{
    return size >= QUEUE_SIZE_MIN && size <= VIRTQUEUE_MAX_SIZE &&
           is_power_of_2(size);
}

/* Properties that say what there is, and take a feature along. */
static bool check_link_properties(VirtIONet *n, Error **errp)
{
    virtio_net_conf *c = &n->net_conf;

    if (c->mtu) {
        n->host_features |= FEATURE(MTU);
    }
    c->duplex = DUPLEX_UNKNOWN;
    if (c->duplex_str) {
        if (!strcmp(c->duplex_str, "half")) {
            c->duplex = DUPLEX_HALF;
        } else if (!strcmp(c->duplex_str, "full")) {
            c->duplex = DUPLEX_FULL;
        } else {
            error_setg(errp, "'duplex' must be 'half' or 'full'");
            return false;
        }
        n->host_features |= FEATURE(SPEED_DUPLEX);
    }
    if (c->speed < SPEED_UNKNOWN) {
        error_setg(errp, "'speed' must be between 0 and INT_MAX");
        return false;
    }
    if (c->speed >= 0) {
        n->host_features |= FEATURE(SPEED_DUPLEX);
    }
    return true;
}

static bool check_properties(VirtIONet *n, Error **errp)
{
    virtio_net_conf *c = &n->net_conf;

    if (!check_link_properties(n, errp)) {
        return false;
    }
    if (n->failover) {
        error_setg(errp, "virtio-net: failover is not supported");
        return false;
    }
    if (n->host_features & FEATURE(RSC_EXT)) {
        error_setg(errp, "virtio-net: guest_rsc_ext is not supported");
        return false;
    }
    if (!size_ok(c->rx_queue_size)) {
        error_setg(errp, "Invalid rx_queue_size (= %" PRIu16 "), "
                   "must be a power of 2 between %d and %d.",
                   c->rx_queue_size, QUEUE_SIZE_MIN, VIRTQUEUE_MAX_SIZE);
        return false;
    }
    if (!size_ok(c->tx_queue_size)) {
        error_setg(errp, "Invalid tx_queue_size (= %" PRIu16 "), "
                   "must be a power of 2 between %d and %d",
                   c->tx_queue_size, QUEUE_SIZE_MIN, VIRTQUEUE_MAX_SIZE);
        return false;
    }
    /* Longer ones only back ends in other processes know how to handle. */
    c->tx_queue_size = QUEUE_SIZE_MIN;
    c->txburst = MAX(c->txburst, 1);

    n->max_queue_pairs = MAX(n->nic_conf.peers.queues, 1);
    if (n->max_queue_pairs * 2 + 1 > VIRTIO_QUEUE_MAX) {
        error_setg(errp, "Invalid number of queue pairs (= %" PRIu32 "), "
                   "must be a positive integer less than %d.",
                   n->max_queue_pairs, (VIRTIO_QUEUE_MAX - 1) / 2);
        return false;
    }
    if (c->tx && strcmp(c->tx, "timer") && strcmp(c->tx, "bh")) {
        warn_report("virtio-net: Unknown option tx=%s, valid options: "
                    "\"timer\" \"bh\"", c->tx);
        error_printf("Defaulting to \"bh\"");
    }
    n->tx_by_timer = c->tx && !strcmp(c->tx, "timer");
    return true;
}

static void make_nic(VirtIONet *n)
{
    DeviceState *dev = DEVICE(n);
    bool named = n->netclient_type;
    int i;

    qemu_macaddr_default_if_unset(&n->nic_conf.macaddr);
    memcpy(n->mac, &n->nic_conf.macaddr, sizeof(n->mac));
    n->nic = qemu_new_nic(&net_virtio_info, &n->nic_conf,
                          named ? n->netclient_type
                                : object_get_typename(OBJECT(dev)),
                          named ? n->netclient_name : dev->id, n);
    for (i = 0; i < n->max_queue_pairs; i++) {
        virtio_net_client(n, i)->do_not_pad = true;
    }
    qemu_format_nic_info_str(qemu_get_queue(n->nic), n->mac);
}

static void virtio_net_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIONet *n = VIRTIO_NET(dev);
    int i;

    if (!check_properties(n, errp)) {
        return;
    }
    n->config_size = virtio_get_config_size(&config_params,
                                            n->host_features);
    virtio_init(vdev, VIRTIO_ID_NET, n->config_size);
    n->vqs = g_new0(VirtIONetQueue, n->max_queue_pairs);
    n->curr_queue_pairs = 1;
    for (i = 0; i < n->max_queue_pairs; i++) {
        add_pair(n, i);
    }
    n->ctrl_vq = virtio_add_queue(vdev, CTRL_QUEUE_SIZE,
                                  virtio_net_handle_ctrl);

    n->status = VIRTIO_NET_S_LINK_UP;
    make_nic(n);
    use_vnet_hdr(n);
    virtio_net_set_header(n, false, false, false);
    set_vlans(n, true);
    n->promisc = 1;             /* for compatibility with old drivers */
    virtio_net_set_pairs(n, 1);
}

static void virtio_net_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIONet *n = VIRTIO_NET(dev);
    int i;

    virtio_net_set_status(vdev, 0);
    for (i = 0; i < virtio_get_num_queues(vdev) / 2; i++) {
        del_pair(n, i);
    }
    g_clear_pointer(&n->announce_timer, timer_free);
    qemu_del_nic(n->nic);
    g_clear_pointer(&n->vqs, g_free);
    virtio_net_set_netclient_name(n, NULL, NULL);
    virtio_cleanup(vdev);
}

static void virtio_net_instance_init(Object *obj)
{
    VirtIONet *n = VIRTIO_NET(obj);

    n->config_size = sizeof(struct virtio_net_config);
    device_add_bootindex_property(obj, &n->nic_conf.bootindex, "bootindex",
                                  "/ethernet-phy@0", DEVICE(n));
}

#define HOST_FEATURE(name, feature, preset) \
    DEFINE_PROP_BIT64(name, VirtIONet, host_features, \
                      VIRTIO_NET_F_##feature, preset)

static Property virtio_net_properties[] = {
    HOST_FEATURE("csum", CSUM, true),
    HOST_FEATURE("guest_csum", GUEST_CSUM, true),
    HOST_FEATURE("gso", GSO, true),
    HOST_FEATURE("guest_tso4", GUEST_TSO4, true),
    HOST_FEATURE("guest_tso6", GUEST_TSO6, true),
    HOST_FEATURE("guest_ecn", GUEST_ECN, true),
    HOST_FEATURE("guest_ufo", GUEST_UFO, true),
    HOST_FEATURE("guest_announce", GUEST_ANNOUNCE, true),
    HOST_FEATURE("host_tso4", HOST_TSO4, true),
    HOST_FEATURE("host_tso6", HOST_TSO6, true),
    HOST_FEATURE("host_ecn", HOST_ECN, true),
    HOST_FEATURE("host_ufo", HOST_UFO, true),
    HOST_FEATURE("mrg_rxbuf", MRG_RXBUF, true),
    HOST_FEATURE("status", STATUS, true),
    HOST_FEATURE("ctrl_vq", CTRL_VQ, true),
    HOST_FEATURE("ctrl_rx", CTRL_RX, true),
    HOST_FEATURE("ctrl_vlan", CTRL_VLAN, true),
    HOST_FEATURE("ctrl_rx_extra", CTRL_RX_EXTRA, true),
    HOST_FEATURE("ctrl_mac_addr", CTRL_MAC_ADDR, true),
    HOST_FEATURE("ctrl_guest_offloads", CTRL_GUEST_OFFLOADS, true),
    HOST_FEATURE("mq", MQ, false),
    HOST_FEATURE("rss", RSS, false),
    HOST_FEATURE("hash", HASH_REPORT, false),
    HOST_FEATURE("guest_rsc_ext", RSC_EXT, false),
    DEFINE_PROP_UINT32("rsc_interval", VirtIONet, rsc_timeout, 300000),
    DEFINE_NIC_PROPERTIES(VirtIONet, nic_conf),
    DEFINE_PROP_UINT32("x-txtimer", VirtIONet, net_conf.txtimer, 150000),
    DEFINE_PROP_INT32("x-txburst", VirtIONet, net_conf.txburst, 256),
    DEFINE_PROP_STRING("tx", VirtIONet, net_conf.tx),
    DEFINE_PROP_UINT16("rx_queue_size", VirtIONet, net_conf.rx_queue_size,
                       256),
    DEFINE_PROP_UINT16("tx_queue_size", VirtIONet, net_conf.tx_queue_size,
                       256),
    DEFINE_PROP_UINT16("host_mtu", VirtIONet, net_conf.mtu, 0),
    DEFINE_PROP_BOOL("x-mtu-bypass-backend", VirtIONet, mtu_bypass_backend,
                     true),
    DEFINE_PROP_INT32("speed", VirtIONet, net_conf.speed, SPEED_UNKNOWN),
    DEFINE_PROP_STRING("duplex", VirtIONet, net_conf.duplex_str),
    DEFINE_PROP_BOOL("failover", VirtIONet, failover, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_net_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_net_properties);
    dc->vmsd = &vmstate_virtio_net;
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
    vdc->realize = virtio_net_realize;
    vdc->unrealize = virtio_net_unrealize;
    vdc->get_config = virtio_net_get_config;
    vdc->set_config = virtio_net_set_config;
    vdc->get_features = virtio_net_get_features;
    vdc->set_features = virtio_net_set_features;
    vdc->bad_features = virtio_net_bad_features;
    vdc->reset = virtio_net_reset;
    vdc->queue_reset = virtio_net_queue_reset;
    vdc->set_status = virtio_net_set_status;
    vdc->legacy_features |= FEATURE(GSO);
    vdc->vmsd = &vmstate_virtio_net_device;
    vdc->post_load = virtio_net_post_load;
    vdc->pre_load_queues = virtio_net_pre_load_queues;
}

static const TypeInfo virtio_net_info = {
    .name = TYPE_VIRTIO_NET,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIONet),
    .instance_init = virtio_net_instance_init,
    .class_init = virtio_net_class_init,
};

static void virtio_net_register_types(void)
{
    type_register_static(&virtio_net_info);
}

type_init(virtio_net_register_types)
