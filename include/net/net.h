/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network: clients that are peers of each other in pairs.  One of a pair
 * is as a rule a device's NIC, the other a back end (user, socket, tap, a
 * port of a hub).
 *
 * All of it runs with the big lock held.
 */
#ifndef QEMU_NET_H
#define QEMU_NET_H

#include <jansson.h>

#include "hw/qdev-properties-system.h"
#include "net/queue.h"
#include "qapi/qapi-types.h"
#include "qemu/queue.h"

#define MAC_FMT "%02X:%02X:%02X:%02X:%02X:%02X"
#define MAC_ARG(x) ((uint8_t *)(x))[0], ((uint8_t *)(x))[1], \
                   ((uint8_t *)(x))[2], ((uint8_t *)(x))[3], \
                   ((uint8_t *)(x))[4], ((uint8_t *)(x))[5]

#define MAX_QUEUE_NUM 1024
#define MAX_NICS 8

/* A frame with everything: 64 KiB of TSO payload and headers. */
#define NET_BUFSIZE (4096 + 65536)

#ifndef ETH_ALEN
#define ETH_ALEN 6
#endif

#ifndef NET_MACADDR_DEFINED
#define NET_MACADDR_DEFINED
struct MACAddr {
    uint8_t a[6];
};
#endif

typedef struct NICPeers {
    NetClientState *ncs[MAX_QUEUE_NUM];
    int32_t queues;
} NICPeers;

typedef struct NICConf {
    MACAddr macaddr;
    NICPeers peers;
    int32_t bootindex;
} NICConf;

#define DEFINE_NIC_PROPERTIES(_state, _conf)                            \
    DEFINE_PROP_MACADDR("mac", _state, _conf.macaddr),                  \
    DEFINE_PROP_NETDEV("netdev", _state, _conf.peers)

/* What a client is; callbacks may be NULL where nothing is said. */
typedef bool (NetCanReceive)(NetClientState *);
typedef ssize_t (NetReceive)(NetClientState *, const uint8_t *, size_t);
typedef ssize_t (NetReceiveIOV)(NetClientState *, const struct iovec *, int);
typedef void (NetPoll)(NetClientState *, bool enable);
typedef int (NetStart)(NetClientState *);
typedef void (NetStop)(NetClientState *);
typedef void (NetCleanup)(NetClientState *);
typedef void (LinkStatusChanged)(NetClientState *);
typedef void (NetClientDestructor)(NetClientState *);
/* The receive filter for query-rx-filter, as that command returns it. */
typedef json_t *(QueryRxFilter)(NetClientState *);
typedef bool (HasUfo)(NetClientState *);
typedef bool (HasVnetHdr)(NetClientState *);
typedef bool (HasVnetHdrLen)(NetClientState *, int);
typedef bool (GetUsingVnetHdr)(NetClientState *);
typedef void (UsingVnetHdr)(NetClientState *, bool);
typedef void (SetOffload)(NetClientState *, int csum, int tso4, int tso6,
                          int ecn, int ufo);
typedef int (GetVnetHdrLen)(NetClientState *);
typedef void (SetVnetHdrLen)(NetClientState *, int);
typedef int (SetVnetLE)(NetClientState *, bool);
typedef int (SetVnetBE)(NetClientState *, bool);
typedef void (NetAnnounce)(NetClientState *);

typedef struct NetClientInfo {
    NetClientDriver type;
    size_t size;                /* of the structure NetClientState begins */
    NetReceive *receive;
    NetReceive *receive_raw;    /* without a vnet header */
    NetReceiveIOV *receive_iov;
    NetCanReceive *can_receive;
    NetStart *start;
    NetStop *stop;
    NetCleanup *cleanup;
    LinkStatusChanged *link_status_changed;
    QueryRxFilter *query_rx_filter;
    NetPoll *poll;
    HasUfo *has_ufo;
    HasVnetHdr *has_vnet_hdr;
    HasVnetHdrLen *has_vnet_hdr_len;
    GetUsingVnetHdr *get_using_vnet_hdr;
    UsingVnetHdr *using_vnet_hdr;
    SetOffload *set_offload;
    GetVnetHdrLen *get_vnet_hdr_len;
    SetVnetHdrLen *set_vnet_hdr_len;
    SetVnetLE *set_vnet_le;
    SetVnetBE *set_vnet_be;
    NetAnnounce *announce;
} NetClientInfo;

struct NetClientState {
    NetClientInfo *info;
    int link_down;
    QTAILQ_ENTRY(NetClientState) next;
    NetClientState *peer;
    NetQueue *incoming_queue;
    char *model;
    char *name;
    char info_str[256];
    unsigned receive_disabled : 1;
    NetClientDestructor *destructor;
    unsigned int queue_index;
    unsigned rxfilter_notify_enabled : 1;
    int vring_enable;
    int vnet_hdr_len;
    bool is_netdev;
    bool do_not_pad;            /* frames shorter than 60 bytes stay so */
    bool is_datapath;
    QTAILQ_HEAD(, NetFilterState) filters;
};

typedef QTAILQ_HEAD(NetClientStateList, NetClientState) NetClientStateList;

typedef struct NICState {
    NetClientState *ncs;        /* one a queue */
    NICConf *conf;
    void *opaque;
    bool peer_deleted;
} NICState;

/* Ways of a hub's port, a filter or a NIC to watch or change traffic. */
struct NetFilterState {
    /* Bytes taken (the packet ends here), or 0 to let it pass. */
    ssize_t (*receive_iov)(NetFilterState *nf, NetClientState *sender,
                           unsigned flags, const struct iovec *iov,
                           int iovcnt, NetPacketSent *sent_cb);
    /* The client goes: the filter must be off its list on return. */
    void (*client_gone)(NetFilterState *nf);
    /* Its line in `info network`. */
    void (*print)(NetFilterState *nf, GString *to);
    NetClientState *netdev;
    NetFilterDirection direction;
    bool on;
    QTAILQ_ENTRY(NetFilterState) next;
};

/* Making and removing. */
NetClientState *qemu_new_net_client(NetClientInfo *info, NetClientState *peer,
                                    const char *model, const char *name);
NICState *qemu_new_nic(NetClientInfo *info, NICConf *conf, const char *model,
                       const char *name, void *opaque);
void qemu_del_nic(NICState *nic);
void qemu_del_net_client(NetClientState *nc);
/* All of them, at the end of the program. */
void net_cleanup(void);

/* Finding. */
char *qemu_mac_strdup_printf(const uint8_t *macaddr);
NetClientState *qemu_find_netdev(const char *id);
int qemu_find_net_clients_except(const char *id, NetClientState **ncs,
                                 NetClientDriver type, int max);
NetClientState *qemu_get_queue(NICState *nic);
NetClientState *qemu_get_subqueue(NICState *nic, int queue_index);
NICState *qemu_get_nic(NetClientState *nc);
void *qemu_get_nic_opaque(NetClientState *nc);
NetClientState *qemu_get_peer(NetClientState *nc, int queue_index);
typedef void (*qemu_nic_foreach)(NICState *nic, void *opaque);
void qemu_foreach_nic(qemu_nic_foreach func, void *opaque);
NetClientStateList *qemu_net_clients(void);

/* Sending: from @nc to its peer. */
int qemu_can_receive_packet(NetClientState *nc);
int qemu_can_send_packet(NetClientState *nc);
ssize_t qemu_sendv_packet(NetClientState *nc, const struct iovec *iov,
                          int iovcnt);
ssize_t qemu_sendv_packet_async(NetClientState *nc, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb);
ssize_t qemu_send_packet(NetClientState *nc, const uint8_t *buf, int size);
ssize_t qemu_send_packet_raw(NetClientState *nc, const uint8_t *buf,
                             int size);
ssize_t qemu_send_packet_async(NetClientState *nc, const uint8_t *buf,
                               int size, NetPacketSent *sent_cb);
/* To itself, as a device in loopback mode does. */
ssize_t qemu_receive_packet(NetClientState *nc, const uint8_t *buf, int size);
ssize_t qemu_receive_packet_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt);
void qemu_purge_queued_packets(NetClientState *nc);
/* A client that can receive again says so. */
void qemu_flush_queued_packets(NetClientState *nc);
void qemu_flush_or_purge_queued_packets(NetClientState *nc, bool purge);
ssize_t qemu_deliver_packet_iov(NetClientState *sender, unsigned flags,
                                const struct iovec *iov, int iovcnt,
                                void *opaque);

/* Offloads that the peer can do, by the vnet header in front of packets. */
bool qemu_has_ufo(NetClientState *nc);
bool qemu_has_vnet_hdr(NetClientState *nc);
bool qemu_has_vnet_hdr_len(NetClientState *nc, int len);
bool qemu_get_using_vnet_hdr(NetClientState *nc);
void qemu_using_vnet_hdr(NetClientState *nc, bool enable);
void qemu_set_offload(NetClientState *nc, int csum, int tso4, int tso6,
                      int ecn, int ufo);
int qemu_get_vnet_hdr_len(NetClientState *nc);
void qemu_set_vnet_hdr_len(NetClientState *nc, int len);
int qemu_set_vnet_le(NetClientState *nc, bool is_le);
int qemu_set_vnet_be(NetClientState *nc, bool is_be);

/* MAC addresses. */
void qemu_macaddr_default_if_unset(MACAddr *macaddr);
void qemu_macaddr_set_used(const MACAddr *macaddr);
void qemu_macaddr_set_free(const MACAddr *macaddr);
bool net_parse_macaddr(uint8_t *macaddr, const char *p);
void qemu_format_nic_info_str(NetClientState *nc, uint8_t macaddr[6]);
void qemu_set_info_str(NetClientState *nc, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* Multicast filters hash the address by this CRC. */
uint32_t net_crc32(const uint8_t *p, int len);
uint32_t net_crc32_le(const uint8_t *p, int len);

/* Link state by name, both ends; false with @errp if there is none. */
bool net_set_link(const char *name, bool up, Error **errp);

/*
 * -netdev and netdev_add: @opts of at least type and id, as text members
 * (keyval) or typed (JSON).  Each back end's options are checked by name.
 */
bool net_client_init_json(json_t *opts, bool is_netdev, Error **errp);
bool net_client_del(const char *id, Error **errp);
/* Names of the types there are, for -netdev help. */
const char *const *net_client_types(void);

/*
 * The text of -netdev, -nic and netdev_add as options: text, lists where an
 * option may be given several times, objects where its name has dots.
 * @implied names the first one.  "help" sets *@help.
 */
json_t *net_parse_opts(const char *text, const char *implied, bool *help,
                       Error **errp);
/*
 * Options in JSON's types are what the QMP schema says of netdev_add; then as
 * net_client_init_json().
 */
bool net_client_init_typed(json_t *opts, Error **errp);

/*
 * -nic and -net: a back end, a card in nd_table for the board, or both.
 * Called before the board is made, after all of -netdev.
 */
bool net_init_nic(json_t *opts, Error **errp);
bool net_init_net(json_t *opts, Error **errp);
/*
 * From now on cards get packets only while the machine runs.  Called once,
 * before there is a card.
 */
void net_follow_machine(void);
/* Warns of clients without a peer, hubs without use, cards not made. */
void net_check_clients(void);

/* `info network`, one line a client. */
void net_print_info(GString *to);

typedef struct NICInfo NICInfo;
struct NICInfo {
    MACAddr macaddr;
    char *model;
    char *name;
    char *devaddr;
    NetClientState *netdev;
    int used;
    int instantiated;
    int nvectors;
};

/*
 * Cards that the command line wants on the board; the board makes those that
 * are used and sets instantiated (qdev_set_nic_properties() does).
 */
extern NICInfo nd_table[MAX_NICS];
extern int nb_nics;

#endif /* QEMU_NET_H */
