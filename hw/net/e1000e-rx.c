/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Receive side of the 82574L (data sheet, 7.1): a frame from the back end is
 * filtered, looked at, and put into one of two rings.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_regs.h"
#include "net/checksum.h"
#include "qemu/log.h"
#include "standard-headers/linux/virtio_net.h"
#include "e1000e-internal.h"
#include "trace.h"

#define MIN_FRAME 60            /* without the checksum, as all lengths here */
#define MAX_FRAME 1518          /* without RCTL.LPE, tagged or not */
#define MAX_LONG_FRAME 16384
#define FCS 4

typedef struct RxBuffer {
    uint8_t bytes[MAX_LONG_FRAME + FCS];
} RxBuffer;

/*** What RCTL comes to ***/

static uint32_t buffer_size(uint32_t rctl)
{
    unsigned kilobytes = rctl >> RCTL_FLXBUF_SHIFT & 0xf;
    unsigned bsize = rctl >> RCTL_BSIZE_SHIFT & 3;

    if (kilobytes) {
        return kilobytes * 1024;
    }
    return (rctl & RCTL_BSEX) && bsize ? 32768u >> bsize : 2048u >> bsize;
}

void e1000e_rx_setup(E1000EState *s)
{
    uint32_t rctl = e1000e_get(s, R_RCTL);
    uint32_t *sizes = s->core.rxbuf_sizes;
    unsigned dtyp = rctl >> RCTL_DTYP_SHIFT & 3;

    s->core.rx_desc_len = 16;
    if (dtyp) {
        uint32_t psrctl = e1000e_get(s, R_PSRCTL);

        sizes[0] = (psrctl & 0x7f) * 128;
        sizes[1] = (psrctl >> 8 & 0x3f) * 1024;
        sizes[2] = (psrctl >> 16 & 0x3f) * 1024;
        sizes[3] = (psrctl >> 24 & 0x3f) * 1024;
        if (dtyp == RCTL_DTYP_SPLIT &&
            (e1000e_get(s, R_RFCTL) & RFCTL_EXSTEN)) {
            s->core.rx_desc_len = 32;
        }
    } else {
        sizes[0] = buffer_size(rctl);
        sizes[1] = sizes[2] = sizes[3] = 0;
    }
    s->core.rx_desc_buf_size = sizes[0] + sizes[1] + sizes[2] + sizes[3];
    s->core.rxbuf_min_shift = 5 + (rctl >> RCTL_RDMTS_SHIFT & 3);
}

/*** Rings ***/

/* Entries of 16 bytes that hardware owns. */
static unsigned entries(const E1000EState *s, unsigned queue)
{
    unsigned at = queue * RING_STRIDE;
    unsigned count = e1000e_get(s, R_RDLEN + at) / 16;
    unsigned head = e1000e_get(s, R_RDH + at);
    unsigned tail = e1000e_get(s, R_RDT + at);

    if (head >= count) {
        if (count) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "e1000e: RDH%u %u is past the ring's %u\n", queue,
                          head, count);
        }
        return 0;
    }
    /* A tail that is never met leaves all of the ring. */
    if (tail >= count) {
        return count;
    }
    return tail >= head ? tail - head : count - head + tail;
}

static unsigned available(const E1000EState *s, unsigned queue)
{
    return entries(s, queue) / MAX(s->core.rx_desc_len / 16, 1);
}

static bool bus_master(const E1000EState *s)
{
    return pci_get_word(s->parent_obj.config + PCI_COMMAND) &
           PCI_COMMAND_MASTER;
}

bool e1000e_can_receive(E1000EState *s)
{
    return e1000e_link_up(s) && (e1000e_get(s, R_RCTL) & RCTL_EN) &&
           bus_master(s) &&
           (available(s, 0) || (e1000e_rss_on(s) && available(s, 1)));
}

void e1000e_rx_more_buffers(E1000EState *s)
{
    if (s->nic && e1000e_can_receive(s)) {
        qemu_flush_queued_packets(qemu_get_queue(s->nic));
    }
}

/*** A frame ***/

static void overrun(E1000EState *s)
{
    e1000e_count(s, R_MPC);
    e1000e_count(s, R_RNBC);
    e1000e_count(s, R_ICRXOC);
    e1000e_raise(s, INT_RXO);
}

/* The checksum that the sender has left to others is made up for. */
static void complete_checksum(uint8_t *data, size_t len,
                              const struct virtio_net_hdr *h)
{
    size_t start = lduw_le_p(&h->csum_start);
    size_t at = start + lduw_le_p(&h->csum_offset);

    if (start < len && at + 2 <= len) {
        stw_be_p(data + at, net_checksum_finish_nozero(
            net_checksum_add(len - start, data + start)));
    }
}

static void strip_tag(E1000EState *s, E1000ERxFrame *f, uint8_t *data)
{
    if ((e1000e_get(s, R_CTRL) & CTRL_VME) && f->len >= 18 &&
        lduw_be_p(data + 12) == e1000e_get(s, R_VET)) {
        f->vlan = lduw_be_p(data + 14);
        memmove(data + 12, data + 16, f->len - 16);
        f->len -= 4;
        f->l.l2_len -= 4;
        f->l.l4_offset -= MIN(f->l.l4_offset, 4);
        f->status |= RXS_VP;
    }
}

/* Length limits; counted where it is none. */
static bool length_ok(E1000EState *s, size_t len)
{
    uint32_t rctl = e1000e_get(s, R_RCTL);
    size_t most = rctl & RCTL_LPE ? MAX_LONG_FRAME : MAX_FRAME;

    if (len > most && !(rctl & RCTL_SBP)) {
        e1000e_count(s, R_ROC);
        return false;
    }
    return true;
}

static void append_fcs(E1000EState *s, E1000ERxFrame *f, uint8_t *data)
{
    if (!(e1000e_get(s, R_RCTL) & RCTL_SECRC)) {
        stl_le_p(data + f->len, ~net_crc32_le(data, f->len));
        f->len += FCS;
    }
}

static void deliver(E1000EState *s, E1000ERxFrame *f)
{
    unsigned at = f->queue * RING_STRIDE;
    unsigned before = available(s, f->queue);
    uint32_t causes = msix_enabled(PCI_DEVICE(s)) ? INT_RXQ(f->queue)
                                                  : INT_RXT0;
    uint32_t threshold;

    if (!e1000e_rx_fits(s, f, before) || !e1000e_rx_write(s, f, before)) {
        trace_e1000e_rx_overrun(f->queue, f->len, before);
        overrun(s);
        return;
    }
    trace_e1000e_rx(f->queue, f->len, f->status, f->vlan);
    threshold = e1000e_get(s, R_RDLEN + at) >> s->core.rxbuf_min_shift;
    if (entries(s, f->queue) <= threshold) {
        causes |= INT_RXDMT0;
        e1000e_count(s, R_ICRXDMTC);
    }
    e1000e_raise_rx(s, causes, f->ack,
                    f->len <= e1000e_get(s, R_RSRPD));
}

static void receive_frame(E1000EState *s, uint8_t *data, size_t len,
                          bool csum_ok)
{
    E1000ERxFrame f = { .data = data, .len = len };
    enum E1000EFrameKind kind = E1000E_DROP;

    if (length_ok(s, len)) {
        kind = e1000e_filter(s, data, len);
    }
    e1000e_count_rx(s, len, kind);
    if (kind == E1000E_DROP) {
        trace_e1000e_rx_filtered(len);
        return;
    }
    e1000e_rx_offload(s, &f, csum_ok);
    if (kind == E1000E_MULTICAST && !(e1000e_get(s, R_RCTL) & RCTL_MPE)) {
        f.status |= RXS_PIF;
    }
    append_fcs(s, &f, data);
    strip_tag(s, &f, data);
    deliver(s, &f);
}

ssize_t e1000e_receive(E1000EState *s, const struct iovec *iov, int iovcnt,
                       bool vnet)
{
    struct virtio_net_hdr header = { .flags = 0 };
    size_t size = iov_size(iov, iovcnt), skip = 0, len;
    RxBuffer buffer;
    bool before;

    if (!(e1000e_get(s, R_RCTL) & RCTL_EN)) {
        return -1;
    }
    if (vnet) {
        skip = sizeof(header);
        if (iov_to_buf(iov, iovcnt, 0, &header, skip) < skip) {
            return size;
        }
    }
    len = size - skip;
    if (len > MAX_LONG_FRAME) {
        e1000e_count(s, R_ROC);
        return size;
    }
    iov_to_buf(iov, iovcnt, skip, buffer.bytes, len);
    if (header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
        complete_checksum(buffer.bytes, len, &header);
    }
    /* Wires carry no shorter frames. */
    if (len < MIN_FRAME) {
        memset(buffer.bytes + len, 0, MIN_FRAME - len);
        len = MIN_FRAME;
    }
    before = e1000e_enter(s);
    receive_frame(s, buffer.bytes, len,
                  header.flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM |
                                  VIRTIO_NET_HDR_F_DATA_VALID));
    e1000e_leave(s, before);
    return size;
}
