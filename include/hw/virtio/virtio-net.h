/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio network device: virtio 1.2, section 5.1. */
#ifndef QEMU_VIRTIO_NET_H
#define QEMU_VIRTIO_NET_H

#include "hw/virtio/virtio.h"
#include "net/net.h"
#include "qemu/timer.h"
#include "qom/object.h"
#include "standard-headers/linux/virtio_net.h"

#define TYPE_VIRTIO_NET "virtio-net-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIONet, VIRTIO_NET)

/* Unicast and multicast addresses that the filter can hold. */
#define VIRTIO_NET_MAC_TABLE_ENTRIES 64
#define VIRTIO_NET_VLANS 4096

#define VIRTIO_NET_RSS_MAX_KEY_SIZE 40
#define VIRTIO_NET_RSS_MAX_TABLE_LEN 128

typedef struct virtio_net_conf {
    uint32_t txtimer;           /* ns to wait with tx=timer */
    int32_t txburst;            /* packets sent in a row */
    char *tx;                   /* "timer" or "bh" */
    uint16_t rx_queue_size;
    uint16_t tx_queue_size;
    uint16_t mtu;
    int32_t speed;              /* Mbit/s, -1: unknown */
    char *duplex_str;
    uint8_t duplex;
} virtio_net_conf;

/* A pair of queues. */
typedef struct VirtIONetQueue {
    VirtQueue *rx_vq;
    VirtQueue *tx_vq;
    QEMUTimer *tx_timer;
    QEMUBH *tx_bh;
    uint32_t tx_waiting;        /* the timer or bottom half is due */
    VirtQueueElement *in_transit;       /* the back end's for now */
    VirtIONet *n;
} VirtIONetQueue;

/* Receive-side scaling, and hash reports. */
typedef struct VirtioNetRss {
    bool enabled;
    bool redirect;              /* packets go to the queue of their hash */
    bool populate_hash;         /* and the hash is reported */
    uint32_t hash_types;
    uint16_t table_len;         /* a power of two */
    uint16_t default_queue;
    uint8_t key[VIRTIO_NET_RSS_MAX_KEY_SIZE];
    uint16_t table[VIRTIO_NET_RSS_MAX_TABLE_LEN];
} VirtioNetRss;

typedef struct VirtioNetMacTable {
    uint32_t in_use;
    uint32_t first_multi;       /* unicast ones come before */
    uint8_t multi_overflow;     /* there were more than fit: accept all */
    uint8_t uni_overflow;
    uint8_t macs[VIRTIO_NET_MAC_TABLE_ENTRIES * ETH_ALEN];
} VirtioNetMacTable;

struct VirtIONet {
    VirtIODevice parent_obj;

    uint8_t mac[ETH_ALEN];
    uint16_t status;            /* VIRTIO_NET_S_* */
    VirtIONetQueue *vqs;        /* max_queue_pairs */
    VirtQueue *ctrl_vq;
    NICState *nic;
    NICConf nic_conf;
    virtio_net_conf net_conf;
    uint64_t host_features;     /* asked for by properties */
    size_t config_size;
    uint16_t max_queue_pairs;
    uint16_t curr_queue_pairs;
    bool multiqueue;            /* negotiated */
    bool tx_by_timer;

    /* Header sizes, ours with the driver and with the back end. */
    uint32_t guest_hdr_len;
    uint32_t host_hdr_len;      /* 0: the back end knows no header */
    uint32_t has_vnet_hdr;
    uint8_t has_ufo;
    uint32_t mergeable_rx_bufs;

    /* The receive filter. */
    uint8_t promisc;
    uint8_t allmulti;
    uint8_t alluni;
    uint8_t nomulti;
    uint8_t nouni;
    uint8_t nobcast;
    VirtioNetMacTable mac_table;
    uint8_t vlans[VIRTIO_NET_VLANS / 8];

    uint64_t curr_guest_offloads;
    uint64_t saved_guest_offloads;      /* from a stream */
    VirtioNetRss rss;

    /* Announcements that are still to be made after migration. */
    QEMUTimer *announce_timer;
    unsigned int announce_rounds;
    unsigned int announce_delay_ms;

    bool mtu_bypass_backend;
    bool failover;
    uint32_t rsc_timeout;
    char *netclient_name;
    char *netclient_type;
};

/* What people see the NIC as; before it is realized. */
void virtio_net_set_netclient_name(VirtIONet *n, const char *name,
                                   const char *type);

#endif /* QEMU_VIRTIO_NET_H */
