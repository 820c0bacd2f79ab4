/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The e1000e of the tests (e1000e-fixture.h). */
#include "qemu/osdep.h"
#include "e1000e-fixture.h"
#include "hw/qdev-properties.h"
#include "net/checksum.h"
#include "qapi/error.h"
#include "standard-headers/linux/virtio_net.h"

/*** The wire ***/

static ssize_t wire_receive_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt)
{
    Wire *w = container_of(nc, Wire, nc);
    size_t len = iov_size(iov, iovcnt);

    if (!w->deaf) {
        unsigned i = MIN(w->frames, FRAMES_KEPT - 1);

        g_free(w->frame[i]);
        w->frame[i] = g_malloc(len + 1);
        w->len[i] = iov_to_buf(iov, iovcnt, 0, w->frame[i], len);
    }
    w->frames++;
    return len;
}

static ssize_t wire_receive(NetClientState *nc, const uint8_t *buf,
                            size_t size)
{
    struct iovec iov = { (void *)buf, size };

    return wire_receive_iov(nc, &iov, 1);
}

static bool wire_has_vnet(NetClientState *nc)
{
    return container_of(nc, Wire, nc)->vnet;
}

static bool wire_has_vnet_len(NetClientState *nc, int len)
{
    return len == sizeof(struct virtio_net_hdr);
}

static void wire_using_vnet(NetClientState *nc, bool on)
{
}

static void wire_vnet_len(NetClientState *nc, int len)
{
}

static NetClientInfo wire_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(Wire),
    .receive = wire_receive,
    .receive_iov = wire_receive_iov,
    .has_vnet_hdr = wire_has_vnet,
    .has_vnet_hdr_len = wire_has_vnet_len,
    .using_vnet_hdr = wire_using_vnet,
    .set_vnet_hdr_len = wire_vnet_len,
};

void wire_clear(Wire *w)
{
    for (unsigned i = 0; i < FRAMES_KEPT; i++) {
        g_clear_pointer(&w->frame[i], g_free);
    }
    w->frames = 0;
}

/*** The card ***/

Nic *nic_new(bool vnet)
{
    static unsigned serial;
    g_autofree char *name = g_strdup_printf("wire%u", serial++);
    NetClientState *nc = qemu_new_net_client(&wire_info, NULL, "wire", name);
    Nic *n = g_new0(Nic, 1);
    DeviceState *dev = qdev_new(TYPE_E1000E);

    n->wire = container_of(nc, Wire, nc);
    n->wire->vnet = vnet;
    n->bus = pci_testbus_new();
    object_property_set_str(OBJECT(dev), "netdev", name, &error_abort);
    object_property_set_str(OBJECT(dev), "mac", NIC_MAC, &error_abort);
    object_property_set_str(OBJECT(dev), "romfile", "", &error_abort);
    qdev_realize_and_unref(dev, BUS(n->bus), &error_abort);
    n->dev = PCI_DEVICE(dev);
    n->s = E1000E(dev);
    device_cold_reset(dev);
    n->regs = pci_testbus_map_bar(n->dev, 0);
    n->msix = pci_testbus_map_bar(n->dev, 3);
    return n;
}

void nic_free(Nic *n)
{
    pci_testbus_free(n->bus);
    wire_clear(n->wire);
    qemu_del_net_client(&n->wire->nc);
    g_free(n);
}

uint32_t nic_read(Nic *n, unsigned reg)
{
    return pci_testbus_read(n->bus, n->regs + reg, 4);
}

void nic_write(Nic *n, unsigned reg, uint32_t val)
{
    pci_testbus_write(n->bus, n->regs + reg, val, 4);
}

void nic_put(Nic *n, hwaddr addr, const void *buf, size_t len)
{
    address_space_write(pci_testbus_memory(n->bus), addr,
                        MEMTXATTRS_UNSPECIFIED, buf, len);
}

void nic_get(Nic *n, hwaddr addr, void *buf, size_t len)
{
    address_space_read(pci_testbus_memory(n->bus), addr,
                       MEMTXATTRS_UNSPECIFIED, buf, len);
}

void nic_msix(Nic *n)
{
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        pci_testbus_write(n->bus, n->msix + 16 * v, PCI_TESTBUS_MSI_BASE, 4);
        pci_testbus_write(n->bus, n->msix + 16 * v + 8, 0x50 + v, 4);
        pci_testbus_write(n->bus, n->msix + 16 * v + 12, 0, 4);
    }
    pci_testbus_cfg_write(n->dev, 0xa2, 0x8000, 2);
    /* RxQ0, RxQ1, TxQ0, TxQ1, Other: a vector each. */
    nic_write(n, R_IVAR, 0xcba98);
    pci_testbus_clear_messages();
}

unsigned nic_messages(Nic *n, unsigned vector)
{
    unsigned count = 0;

    for (unsigned i = 0; i < pci_testbus_messages(); i++) {
        count += pci_testbus_message(i)->data == 0x50 + vector;
    }
    pci_testbus_clear_messages();
    return count;
}

void nic_step(int64_t ns)
{
    qemu_clock_virtual_step(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + ns);
}

/*** The driver ***/

static void put_words(Nic *n, hwaddr addr, uint64_t a, uint64_t b)
{
    uint64_t words[] = { cpu_to_le64(a), cpu_to_le64(b) };

    nic_put(n, addr, words, sizeof(words));
}

void nic_start_rx(Nic *n, uint32_t rctl)
{
    bool split = (rctl >> RCTL_DTYP_SHIFT & 3) == RCTL_DTYP_SPLIT;

    for (unsigned q = 0; q < E1000E_QUEUES; q++) {
        unsigned at = q * RING_STRIDE;

        for (unsigned i = 0; i < RING_COUNT; i++) {
            hwaddr buffer = RX_BUFFER(q, i);

            if (split && i < RING_COUNT / 2) {
                put_words(n, RX_RING(q) + 32 * i, buffer, buffer + 0x400);
                put_words(n, RX_RING(q) + 32 * i + 16, buffer + 0x1400,
                          buffer + 0x2400);
            } else if (!split) {
                put_words(n, RX_RING(q) + 16 * i, buffer, 0);
            }
        }
        nic_write(n, R_RDBAL + at, RX_RING(q));
        nic_write(n, R_RDLEN + at, RING_COUNT * 16);
        nic_write(n, R_RDH + at, 0);
        nic_write(n, R_RDT + at, RING_COUNT - (split ? 2 : 1));
    }
    nic_write(n, R_RCTL, rctl | RCTL_EN);
}

void nic_start_tx(Nic *n)
{
    for (unsigned q = 0; q < E1000E_QUEUES; q++) {
        unsigned at = q * RING_STRIDE;

        nic_write(n, R_TDBAL + at, TX_RING(q));
        nic_write(n, R_TDLEN + at, RING_COUNT * 16);
    }
    nic_write(n, R_TCTL, TCTL_EN);
}

void nic_inject(Nic *n, const void *frame, size_t len)
{
    qemu_send_packet(&n->wire->nc, frame, len);
}

void nic_tx(Nic *n, unsigned q, uint64_t addr, uint32_t lower, uint32_t upper)
{
    unsigned at = q * RING_STRIDE;
    unsigned tail = nic_read(n, R_TDT + at);

    put_words(n, TX_RING(q) + 16 * tail, addr,
              lower | (uint64_t)upper << 32);
    nic_write(n, R_TDT + at, (tail + 1) % RING_COUNT);
}

void nic_tx_context(Nic *n, unsigned q, uint32_t ip, uint32_t tcp,
                    uint32_t lower, uint32_t upper)
{
    nic_tx(n, q, ip | (uint64_t)tcp << 32, lower | TXD_CMD_DEXT, upper);
}

/*** Frames ***/

static uint32_t pseudo_sum(const uint8_t *frame, size_t l4_len, bool length)
{
    bool ip4 = frame[12] == 0x08;
    const uint8_t *ip = frame + 14;
    uint32_t sum = ip4 ? net_checksum_add(8, ip + 12)
                       : net_checksum_add(32, ip + 8);

    return sum + (ip4 ? ip[9] : ip[6]) + (length ? l4_len : 0);
}

bool frame_checksums_ok(const uint8_t *frame, size_t len)
{
    bool ip4 = frame[12] == 0x08;
    size_t l4 = ip4 ? 34 : 54;
    uint32_t sum = pseudo_sum(frame, len - l4, true);

    if (ip4 && net_raw_checksum(frame + 14, 20)) {
        return false;
    }
    return net_checksum_finish(sum + net_checksum_add(len - l4,
                                                      frame + l4)) == 0;
}

size_t make_packet(uint8_t *frame, bool ip4, bool tcp, size_t payload)
{
    size_t l4 = ip4 ? 34 : 54, head = l4 + (tcp ? 20 : 8);
    uint8_t *ip = frame + 14, *csum = frame + l4 + (tcp ? 16 : 6);

    memset(frame, 0, head);
    memcpy(frame, "\x52\x54\0\x12\x34\x56\x02\0\0\0\0\x09", 12);
    stw_be_p(frame + 12, ip4 ? ETH_P_IP : ETH_P_IPV6);
    if (ip4) {
        ip[0] = 0x45;
        stw_be_p(ip + 2, head - 14 + payload);
        stw_be_p(ip + 4, 0x1234);
        ip[8] = 64;
        ip[9] = tcp ? 6 : 17;
        memcpy(ip + 12, "\x0a\0\x02\x0f\x0a\0\x02\x02", 8);
        stw_be_p(ip + 10, net_raw_checksum(ip, 20));
    } else {
        ip[0] = 0x60;
        stw_be_p(ip + 4, head - 54 + payload);
        ip[6] = tcp ? 6 : 17;
        ip[7] = 64;
        for (unsigned i = 8; i < 40; i++) {
            ip[i] = i;
        }
    }
    stw_be_p(frame + l4, 2794);
    stw_be_p(frame + l4 + 2, 1766);
    if (tcp) {
        stl_be_p(frame + l4 + 4, 0xfffffff0);
        frame[l4 + 12] = 0x50;
        frame[l4 + 13] = 0x99;          /* CWR, ACK, PSH, FIN */
    } else {
        stw_be_p(frame + l4 + 4, 8 + payload);
    }
    for (size_t i = 0; i < payload; i++) {
        frame[head + i] = i * 7 + i / 256;
    }
    stw_be_p(csum, ~net_checksum_finish(pseudo_sum(frame, 0, false)));
    return head + payload;
}
