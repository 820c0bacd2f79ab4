/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transmit side of the 82574L (data sheet, 7.2): two rings of legacy, context
 * and data descriptors; checksum insertion, TCP segmentation, VLAN tags.
 *
 * A packet is collected in a buffer of its queue's, so that descriptors may
 * come in pieces, and leaves when its last descriptor is there.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "net/gso.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "standard-headers/linux/virtio_net.h"
#include "e1000e-internal.h"
#include "trace.h"

#define DESC_SIZE 16
#define BUDGET 256              /* descriptors before others have a turn */
#define MACS 12
#define TAG 4
#define MIN_FRAME 60
#define UDP_CHECKSUM 6
#define TCP_CHECKSUM 16

typedef struct Desc {
    uint64_t addr;
    uint32_t lower;             /* length and command */
    uint32_t upper;             /* status, options, VLAN */
} Desc;

static bool is_extended(const Desc *d)
{
    return d->lower & TXD_CMD_DEXT;
}

static unsigned dtyp(const Desc *d)
{
    return d->lower >> TXD_DTYP_SHIFT & 0xf;
}

/*** Out of the device ***/

static bool loops_back(const E1000EState *s)
{
    return (e1000e_get(s, R_RCTL) >> RCTL_LBM_SHIFT & 3) == RCTL_LBM_MAC ||
           e1000e_phy_loopback(s);
}

typedef struct Outgoing {
    E1000EState *s;
    const E1000ETxQueue *q;
    struct virtio_net_hdr vnet;
} Outgoing;

/*
 * One frame: iov[0] starts with both addresses.  The tag comes behind them.
 */
static void emit(void *opaque, const struct iovec *iov, int iovcnt,
                 size_t len)
{
    Outgoing *o = opaque;
    E1000EState *s = o->s;
    NetClientState *nc = qemu_get_queue(s->nic);
    bool vnet = s->core.has_vnet && !loops_back(s);
    uint8_t tag[TAG];
    struct iovec out[6];
    int n = 0;

    e1000e_count_tx(s, iov[0].iov_base,
                    MAX(len + (o->q->vlan ? TAG : 0), MIN_FRAME));
    if (vnet) {
        out[n++] = (struct iovec) { &o->vnet, sizeof(o->vnet) };
    }
    if (o->q->vlan) {
        stw_be_p(tag, e1000e_get(s, R_VET));
        stw_be_p(tag + 2, o->q->vlan_tci);
        out[n++] = (struct iovec) { iov[0].iov_base, MACS };
        out[n++] = (struct iovec) { tag, TAG };
        out[n++] = (struct iovec) { (uint8_t *)iov[0].iov_base + MACS,
                                    iov[0].iov_len - MACS };
    } else {
        out[n++] = iov[0];
    }
    if (iovcnt > 1) {
        out[n++] = iov[1];
    }
    if (loops_back(s)) {
        e1000e_receive(s, out, n, false);
    } else {
        qemu_sendv_packet(nc, out, n);
    }
}

/*** Offloads ***/

static size_t end_of(uint16_t inclusive, size_t len)
{
    return inclusive ? (size_t)inclusive + 1 : len;
}

static void insert_ip_checksum(E1000ETxQueue *q, uint32_t len)
{
    const E1000ETxContext *c = &q->props;
    size_t end = end_of(c->ipcse, len);

    if (c->ipcso + 2 <= len) {
        stw_be_p(q->buf + c->ipcso, 0);
    }
    net_checksum_insert(q->buf, len, c->ipcss, end, c->ipcso, false);
}

/* To the peer, where it can; else here. */
static void insert_l4_checksum(Outgoing *o, E1000ETxQueue *q, uint32_t len)
{
    const E1000ETxContext *c = &q->props;
    size_t end = end_of(c->tucse, len);

    if (o->s->core.has_vnet && end == len && c->tucso > c->tucss &&
        c->tucso + 2 <= len && !loops_back(o->s)) {
        unsigned tag = q->vlan ? TAG : 0;

        o->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
        stw_le_p(&o->vnet.csum_start, c->tucss + tag);
        stw_le_p(&o->vnet.csum_offset, c->tucso - c->tucss);
        return;
    }
    net_checksum_insert(q->buf, len, c->tucss, end, c->tucso, !c->tcp);
}

static NetGso gso_of(const E1000ETxQueue *q)
{
    const E1000ETxContext *c = &q->props;

    return (NetGso) {
        .l3 = c->ipcss, .l4 = c->tucss, .hdr_len = c->hdr_len, .mss = c->mss,
        .ip4 = c->ip, .tcp = c->tcp,
        .ip_csum = q->sum_needed & TXD_POPTS_IXSM,
        .l4_csum = q->sum_needed & TXD_POPTS_TXSM,
    };
}

/* The peer cuts TCP itself where it has a header to say so. */
static bool segment_by_peer(Outgoing *o, E1000ETxQueue *q, const NetGso *g)
{
    struct iovec iov = { .iov_base = q->buf, .iov_len = q->len };
    unsigned tag = q->vlan ? TAG : 0;

    if (!o->s->core.has_vnet || !g->tcp || !g->l4_csum ||
        q->props.tucso != g->l4 + TCP_CHECKSUM || loops_back(o->s) ||
        q->len <= (uint32_t)g->hdr_len + g->mss ||
        !net_gso_prepare(q->buf, q->len, g)) {
        return false;
    }
    o->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    o->vnet.gso_type = g->ip4 ? VIRTIO_NET_HDR_GSO_TCPV4
                              : VIRTIO_NET_HDR_GSO_TCPV6;
    if (q->buf[g->l4 + 13] & 0x80) {            /* CWR */
        o->vnet.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
    }
    stw_le_p(&o->vnet.hdr_len, g->hdr_len + tag);
    stw_le_p(&o->vnet.gso_size, g->mss);
    stw_le_p(&o->vnet.csum_start, g->l4 + tag);
    stw_le_p(&o->vnet.csum_offset, TCP_CHECKSUM);
    emit(o, &iov, 1, q->len);
    return true;
}

static void send_segments(Outgoing *o, E1000ETxQueue *q)
{
    NetGso g = gso_of(q);

    if (segment_by_peer(o, q, &g)) {
        e1000e_count(o->s, R_TSCTC);
    } else if (net_gso_segment(q->buf, q->len, &g, emit, o)) {
        e1000e_count(o->s, R_TSCTC);
    } else {
        e1000e_count(o->s, R_TSCTFC);
        qemu_log_mask(LOG_GUEST_ERROR, "e1000e: TCP segmentation with "
                      "headers of %u bytes, segments of %u\n",
                      g.hdr_len, g.mss);
    }
}

static void send_packet(E1000EState *s, E1000ETxQueue *q)
{
    Outgoing o = { .s = s, .q = q };
    struct iovec iov = { .iov_base = q->buf };

    if (q->len < MACS + 2) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "e1000e: a frame of %u bytes is not sent\n", q->len);
        return;
    }
    trace_e1000e_tx(q - s->core.tx, q->len, q->sum_needed, q->cptse);
    if (q->cptse) {
        send_segments(&o, q);
        return;
    }
    if (q->csum_legacy) {
        net_checksum_insert(q->buf, q->len, q->csum_start, q->len,
                            q->csum_at, false);
    }
    if (q->sum_needed & TXD_POPTS_IXSM) {
        insert_ip_checksum(q, q->len);
    }
    if (q->sum_needed & TXD_POPTS_TXSM) {
        insert_l4_checksum(&o, q, q->len);
    }
    if (q->len < MIN_FRAME && (e1000e_get(s, R_TCTL) & TCTL_PSP)) {
        memset(q->buf + q->len, 0, MIN_FRAME - q->len);
        q->len = MIN_FRAME;
    }
    iov.iov_len = q->len;
    emit(&o, &iov, 1, q->len);
}

/*** Descriptors ***/

static void take_context(E1000ETxContext *c, const Desc *d)
{
    c->ipcss = d->addr;
    c->ipcso = d->addr >> 8;
    c->ipcse = d->addr >> 16;
    c->tucss = d->addr >> 32;
    c->tucso = d->addr >> 40;
    c->tucse = d->addr >> 48;
    c->paylen = d->lower & 0xfffff;
    c->tcp = !!(d->lower & TXD_TUCMD_TCP);
    c->ip = !!(d->lower & TXD_TUCMD_IP);
    c->tse = !!(d->lower & TXD_CMD_TSE);
    c->hdr_len = d->upper >> 8;
    c->mss = d->upper >> 16;
}

/* What only a packet's first descriptor says. */
static void begin(E1000ETxQueue *q, const Desc *d)
{
    q->started = true;
    q->len = 0;
    q->sum_needed = 0;
    q->cptse = false;
    q->csum_legacy = false;
    if (is_extended(d)) {
        q->sum_needed = d->upper >> TXD_POPTS_SHIFT &
                        (TXD_POPTS_IXSM | TXD_POPTS_TXSM);
        q->cptse = (d->lower & TXD_CMD_TSE) && q->props.tse;
    }
}

static void collect(E1000EState *s, E1000ETxQueue *q, const Desc *d)
{
    uint32_t len = is_extended(d) ? d->lower & 0xfffff : d->lower & 0xffff;

    if (q->skip_cp || !len) {
        return;
    }
    if (len > E1000E_TX_MAX - q->len) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "e1000e: a packet of more than %u bytes is not sent\n",
                      E1000E_TX_MAX);
        q->skip_cp = true;
        return;
    }
    if (pci_dma_read(PCI_DEVICE(s), d->addr, q->buf + q->len, len) !=
        MEMTX_OK) {
        q->skip_cp = true;
        return;
    }
    q->len += len;
}

static void finish(E1000EState *s, E1000ETxQueue *q, const Desc *d)
{
    q->vlan = (d->lower & TXD_CMD_VLE) && (e1000e_get(s, R_CTRL) & CTRL_VME);
    q->vlan_tci = d->upper >> 16;
    if (!is_extended(d) && (d->lower & TXD_CMD_IC)) {
        q->csum_legacy = true;
        q->csum_start = d->upper >> 8 & 0xff;
        q->csum_at = d->lower >> 16 & 0xff;
    }
    if (!q->skip_cp) {
        send_packet(s, q);
    }
    q->skip_cp = false;
    q->started = false;
    q->len = 0;
}

static void process(E1000EState *s, E1000ETxQueue *q, const Desc *d)
{
    if (is_extended(d) && dtyp(d) == TXD_DTYP_CONTEXT) {
        take_context(&q->props, d);
        return;
    }
    if (is_extended(d) && dtyp(d) != TXD_DTYP_DATA) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "e1000e: transmit descriptor of type %u\n", dtyp(d));
        return;
    }
    if (!q->started) {
        begin(q, d);
    }
    collect(s, q, d);
    if (d->lower & TXD_CMD_EOP) {
        finish(s, q, d);
    }
}

/*** Rings ***/

/* Causes of one descriptor; *delayable goes off where it does not wait. */
static uint32_t write_back(E1000EState *s, unsigned queue, hwaddr at,
                           const Desc *d, bool *delayable)
{
    if (!(d->lower & (TXD_CMD_RS | TXD_CMD_RPS)) &&
        !(e1000e_get(s, R_IVAR) & IVAR_TX_EVERY_WB)) {
        return 0;
    }
    stl_le_pci_dma(PCI_DEVICE(s), at + 12, d->upper | TXD_STA_DD,
                   MEMTXATTRS_UNSPECIFIED);
    if (!(d->lower & TXD_CMD_IDE)) {
        *delayable = false;
    }
    return msix_enabled(PCI_DEVICE(s)) ? INT_TXQ(queue) : INT_TXDW;
}

static bool read_desc(E1000EState *s, hwaddr at, Desc *d)
{
    uint64_t words[2];

    if (pci_dma_read(PCI_DEVICE(s), at, words, sizeof(words)) != MEMTX_OK) {
        return false;
    }
    d->addr = le64_to_cpu(words[0]);
    d->lower = le64_to_cpu(words[1]);
    d->upper = le64_to_cpu(words[1]) >> 32;
    return true;
}

/* Few are left to send: the driver may want to hear of it. */
static bool is_low(const E1000EState *s, unsigned at, unsigned count,
                   unsigned before)
{
    unsigned threshold = 8 * (e1000e_get(s, R_TXDCTL + at) >>
                              TXDCTL_LWTHRESH_SHIFT);
    unsigned head = e1000e_get(s, R_TDH + at);
    unsigned tail = e1000e_get(s, R_TDT + at);
    unsigned left = tail >= head ? tail - head : count - head + tail;

    return threshold && before > threshold && left <= threshold;
}

static void run(E1000EState *s, unsigned queue)
{
    unsigned at = queue * RING_STRIDE;
    hwaddr base = e1000e_get(s, R_TDBAL + at) |
                  (hwaddr)e1000e_get(s, R_TDBAH + at) << 32;
    unsigned count = e1000e_get(s, R_TDLEN + at) / DESC_SIZE;
    unsigned tail = e1000e_get(s, R_TDT + at);
    uint32_t *head = e1000e_reg(s, R_TDH + at), causes = 0;
    unsigned before, budget = MIN(BUDGET, count);
    bool delayable = true;
    Desc d;

    if (*head == tail) {
        return;
    }
    if (*head >= count || tail >= count) {
        qemu_log_mask(LOG_GUEST_ERROR, "e1000e: TDH%u %u or TDT%u %u is past "
                      "the ring's %u\n", queue, *head, queue, tail, count);
        return;
    }
    before = tail >= *head ? tail - *head : count - *head + tail;
    while (*head != tail && budget--) {
        if (!read_desc(s, base + *head * DESC_SIZE, &d)) {
            tail = *head;           /* no use in trying the next */
            break;
        }
        process(s, &s->core.tx[queue], &d);
        causes |= write_back(s, queue, base + *head * DESC_SIZE, &d,
                             &delayable);
        *head = *head + 1 < count ? *head + 1 : 0;
    }
    if (*head == e1000e_get(s, R_TDT + at)) {
        causes |= INT_TXQE;
        e1000e_count(s, R_ICTXQEC);
    } else if (*head != tail) {
        qemu_bh_schedule(s->core.tx_bh);
    }
    if (is_low(s, at, count, before)) {
        causes |= INT_TXD_LOW;
        e1000e_count(s, R_ICTXQMTC);
        delayable = false;
    }
    if (causes) {
        e1000e_raise_tx(s, causes, delayable && causes != INT_TXQE);
    }
}

void e1000e_tx_kick(E1000EState *s, unsigned queue)
{
    bool before;

    if (!(e1000e_get(s, R_TCTL) & TCTL_EN) ||
        !(e1000e_get(s, R_TARC + queue * RING_STRIDE) & TARC_ENABLE) ||
        !s->nic || s->core.tx_busy) {
        return;
    }
    before = e1000e_enter(s);
    s->core.tx_busy = true;
    run(s, queue);
    s->core.tx_busy = false;
    e1000e_leave(s, before);
}

void e1000e_tx_resume(E1000EState *s)
{
    for (unsigned queue = 0; queue < E1000E_QUEUES; queue++) {
        e1000e_tx_kick(s, queue);
    }
}

void e1000e_tx_reset(E1000EState *s)
{
    for (unsigned queue = 0; queue < E1000E_QUEUES; queue++) {
        uint8_t *buf = s->core.tx[queue].buf;

        s->core.tx[queue] = (E1000ETxQueue) { .buf = buf };
    }
    if (s->core.tx_bh) {
        qemu_bh_cancel(s->core.tx_bh);
    }
}
