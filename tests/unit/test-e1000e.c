/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The e1000e against its data sheet: what a driver does, and what it gets.
 */
#include "qemu/osdep.h"
#include "e1000e-fixture.h"
#include "hw/pci/msix.h"
#include "migration/qemu-file.h"
#include "net/checksum.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "standard-headers/linux/virtio_net.h"

#define MS 1000000LL
#define DATA (TXD_CMD_DEXT | TXD_DTYP_DATA << TXD_DTYP_SHIFT)
#define LAST (TXD_CMD_EOP | TXD_CMD_RS | TXD_CMD_IFCS)
#define BOTH_SUMS ((TXD_POPTS_IXSM | TXD_POPTS_TXSM) << TXD_POPTS_SHIFT)
#define RX_PLAIN (RCTL_BAM | RCTL_SECRC)

static const uint8_t own_mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };

static uint32_t mdic(Nic *n, uint32_t op, unsigned reg, uint16_t val)
{
    nic_write(n, R_MDIC, op | 1 << MDIC_PHY_SHIFT | reg << MDIC_REG_SHIFT |
                         val);
    return nic_read(n, R_MDIC);
}

static size_t make_frame(uint8_t *frame, const uint8_t *dst, size_t len)
{
    memset(frame, 0x5a, len);
    memcpy(frame, dst, 6);
    stw_be_p(frame + 12, 0x88b5);
    return len;
}

/* 16 bytes of a receive descriptor as two words. */
static void get_desc(Nic *n, unsigned q, unsigned i, uint64_t words[2])
{
    nic_get(n, RX_RING(q) + 16 * i, words, 16);
    words[0] = le64_to_cpu(words[0]);
    words[1] = le64_to_cpu(words[1]);
}

/*** The PHY and the NVM ***/

static void test_nvm(void)
{
    Nic *n = nic_new(false);
    uint16_t sum = 0;

    for (unsigned word = 0; word < NVM_WORDS; word++) {
        nic_write(n, R_EERD, word << 2 | NVM_RW_START);
        g_assert_cmphex(nic_read(n, R_EERD) & 3, ==, NVM_RW_DONE);
        sum += nic_read(n, R_EERD) >> 16;
        if (word < 3) {
            g_assert_cmphex(nic_read(n, R_EERD) >> 16, ==,
                            lduw_le_p(own_mac + 2 * word));
        }
    }
    g_assert_cmphex(sum, ==, NVM_SUM);
    /* Past the end nothing answers. */
    nic_write(n, R_EERD, NVM_WORDS << 2 | NVM_RW_START);
    g_assert_cmphex(nic_read(n, R_EERD) & 3, ==, 0);
    nic_free(n);
}

static void test_autoneg(void)
{
    Nic *n = nic_new(false);

    nic_write(n, R_IMS, INT_LSC);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, STATUS_LU);
    mdic(n, MDIC_OP_WRITE, PHY_CTRL, PHY_CTRL_AN_ENABLE |
                                     PHY_CTRL_RESTART_AN);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, 0);
    nic_step(499 * MS);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, 0);
    g_assert_cmphex(nic_read(n, R_ICR), ==, 0);
    nic_step(2 * MS);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, STATUS_LU);
    g_assert_cmphex(mdic(n, MDIC_OP_READ, PHY_STATUS, 0) &
                    (PHY_STATUS_LINK | PHY_STATUS_AN_DONE), ==,
                    PHY_STATUS_LINK | PHY_STATUS_AN_DONE);
    /* Both ends know PAUSE. */
    g_assert_cmphex(nic_read(n, R_CTRL) & (CTRL_RFCE | CTRL_TFCE), ==,
                    CTRL_RFCE | CTRL_TFCE);
    g_assert_cmphex(nic_read(n, R_ICR), ==, INT_LSC | INT_ASSERTED);
    nic_free(n);
}

static void test_set_link(void)
{
    Nic *n = nic_new(false);

    nic_write(n, R_IMS, INT_LSC);
    g_assert_true(net_set_link(n->wire->nc.name, false, NULL));
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, 0);
    g_assert_cmphex(mdic(n, MDIC_OP_READ, PHY_COPPER_STATUS1, 0) &
                    PHY_COPPER_LINK, ==, 0);
    g_assert_cmphex(nic_read(n, R_ICR), ==, INT_LSC | INT_ASSERTED);
    g_assert_true(net_set_link(n->wire->nc.name, true, NULL));
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, 0);
    nic_step(501 * MS);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, STATUS_LU);
    nic_free(n);
}

static void test_resets(void)
{
    Nic *n = nic_new(false);

    /* CTRL.RST: registers, not the PHY and not the NVM. */
    mdic(n, MDIC_OP_WRITE, PHY_ANA, 0x0101);
    nic_write(n, R_EEWR, 0xbeefu << 16 | 0x20 << 2 | NVM_RW_START);
    nic_write(n, R_IMS, INT_LSC);
    nic_write(n, R_ICS, INT_LSC);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 1);
    nic_write(n, R_RAL, 0);
    nic_write(n, R_MTA, 1);
    nic_write(n, R_CTRL, nic_read(n, R_CTRL) | CTRL_RST);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 0);
    g_assert_cmphex(nic_read(n, R_IMS), ==, 0);
    g_assert_cmphex(nic_read(n, R_ICR), ==, 0);
    g_assert_cmphex(nic_read(n, R_RAL), ==, 0x12005452);
    g_assert_cmphex(nic_read(n, R_MTA), ==, 0);
    g_assert_cmphex(nic_read(n, R_CTRL) & CTRL_RST, ==, 0);
    g_assert_cmphex(mdic(n, MDIC_OP_READ, PHY_ANA, 0) & MDIC_DATA, ==,
                    0x0101);
    nic_write(n, R_EERD, 0x20 << 2 | NVM_RW_START);
    g_assert_cmphex(nic_read(n, R_EERD) >> 16, ==, 0xbeef);

    /* The PHY's own, by either way. */
    nic_write(n, R_CTRL, nic_read(n, R_CTRL) | CTRL_PHY_RST);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_PHYRA, ==, STATUS_PHYRA);
    g_assert_cmphex(mdic(n, MDIC_OP_READ, PHY_ANA, 0) & MDIC_DATA, ==,
                    0x0de1);
    nic_write(n, R_STATUS, 0);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_PHYRA, ==, 0);
    mdic(n, MDIC_OP_WRITE, PHY_ANA, 0x0101);
    mdic(n, MDIC_OP_WRITE, PHY_CTRL, PHY_CTRL_RESET);
    g_assert_cmphex(mdic(n, MDIC_OP_READ, PHY_ANA, 0) & MDIC_DATA, ==,
                    0x0de1);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, 0);

    /* The system's: all, and the link is there as firmware finds it. */
    nic_write(n, R_MTA, 1);
    device_cold_reset(DEVICE(n->dev));
    n->regs = pci_testbus_map_bar(n->dev, 0);
    g_assert_cmphex(nic_read(n, R_MTA), ==, 0);
    g_assert_cmphex(nic_read(n, R_STATUS) & STATUS_LU, ==, STATUS_LU);
    nic_free(n);
}

/*** Interrupts ***/

static void test_intx(void)
{
    Nic *n = nic_new(false);

    nic_write(n, R_ICS, INT_RXT0);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 0);
    nic_write(n, R_IMS, INT_RXT0);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 1);
    nic_write(n, R_IMC, INT_RXT0);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 0);
    nic_write(n, R_IMS, INT_RXT0);

    /* IAME: the read masks what IAM names. */
    nic_write(n, R_IAM, UINT32_MAX);
    nic_write(n, R_CTRL_EXT, CTRL_EXT_IAME);
    g_assert_cmphex(nic_read(n, R_ICR), ==, INT_RXT0 | INT_ASSERTED);
    g_assert_cmphex(nic_read(n, R_IMS), ==, 0);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 0);
    g_assert_cmphex(nic_read(n, R_IAC), ==, 2);
    g_assert_cmphex(nic_read(n, R_IAC), ==, 0);
    nic_free(n);
}

static void test_msi(void)
{
    Nic *n = nic_new(false);

    pci_testbus_cfg_write(n->dev, 0xd4, PCI_TESTBUS_MSI_BASE, 4);
    pci_testbus_cfg_write(n->dev, 0xdc, 0x50, 2);
    pci_testbus_cfg_write(n->dev, 0xd2, 1, 2);
    nic_write(n, R_IMS, INT_RXT0 | INT_TXDW);
    nic_write(n, R_ICS, INT_RXT0);
    nic_write(n, R_ICS, INT_RXT0);
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    nic_write(n, R_ICS, INT_TXDW);
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    nic_read(n, R_ICR);
    nic_write(n, R_ICS, INT_RXT0);
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    nic_free(n);
}

static void test_msix_vectors(void)
{
    static const uint32_t causes[] = {
        INT_RXQ(0), INT_RXQ(1), INT_TXQ(0), INT_TXQ(1), INT_OTHER
    };
    Nic *n = nic_new(false);

    nic_msix(n);
    nic_write(n, R_IMS, INT_MASKABLE);
    for (unsigned i = 0; i < 5; i++) {
        nic_write(n, R_ICS, causes[i]);
        g_assert_cmpuint(pci_testbus_messages(), ==, 1);
        g_assert_cmpuint(nic_messages(n, i), ==, 1);
    }
    /* The link is one of OTHER. */
    nic_write(n, R_ICR, UINT32_MAX);
    nic_write(n, R_ICS, INT_LSC);
    g_assert_cmpuint(nic_messages(n, 4), ==, 1);
    g_assert_cmphex(nic_read(n, R_ICR), ==,
                    INT_LSC | INT_OTHER | INT_ASSERTED);

    /* A field without its valid bit, or with no such vector. */
    nic_write(n, R_ICR, UINT32_MAX);
    nic_write(n, R_IVAR, 0xf0);
    nic_write(n, R_ICS, INT_RXQ(0) | INT_RXQ(1));
    g_assert_cmpuint(pci_testbus_messages(), ==, 0);
    nic_free(n);
}

static void test_msix_auto(void)
{
    Nic *n = nic_new(false);

    nic_msix(n);
    /* EIAC: the message takes its cause with it. */
    nic_write(n, R_CTRL_EXT, CTRL_EXT_IAME);
    nic_write(n, R_EIAC, INT_RXQ(0));
    nic_write(n, R_IMS, INT_RXQ(0) | INT_RXQ(1));
    nic_write(n, R_ICS, INT_RXQ(0) | INT_RXQ(1));
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    g_assert_cmphex(nic_read(n, R_ICS), ==, INT_RXQ(1) | INT_ASSERTED);

    /* EIAME: it masks its own cause if IAM names it, no other. */
    nic_write(n, R_ICR, UINT32_MAX);
    nic_write(n, R_EIAC, 0);
    nic_write(n, R_CTRL_EXT, CTRL_EXT_EIAME);
    nic_write(n, R_IAM, UINT32_MAX);
    nic_write(n, R_IMS, INT_RXQ(0) | INT_RXQ(1));
    nic_write(n, R_ICS, INT_RXQ(0));
    g_assert_cmphex(nic_read(n, R_IMS), ==, INT_RXQ(1));
    /* Unmasked while the cause stands: told again. */
    pci_testbus_clear_messages();
    nic_write(n, R_IMS, INT_RXQ(0));
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    nic_free(n);
}

static void test_msix_pba(void)
{
    Nic *n = nic_new(false);
    hwaddr pba = n->msix + 0x2000;

    nic_msix(n);
    pci_testbus_write(n->bus, n->msix + 12, 1, 4);      /* vector 0 masked */
    nic_write(n, R_IMS, INT_RXQ(0));
    nic_write(n, R_ICS, INT_RXQ(0));
    g_assert_cmphex(pci_testbus_read(n->bus, pba, 4), ==, 1);
    nic_write(n, R_PBACLR, 1);
    g_assert_cmphex(pci_testbus_read(n->bus, pba, 4), ==, 0);
    /* CTRL_EXT.PBA_support: enabling the cause clears it, too. */
    nic_write(n, R_ICR, UINT32_MAX);
    nic_write(n, R_ICS, INT_RXQ(0));
    g_assert_cmphex(pci_testbus_read(n->bus, pba, 4), ==, 1);
    nic_write(n, R_CTRL_EXT, CTRL_EXT_PBA_SUPPORT);
    nic_write(n, R_IMS, INT_RXQ(0));
    g_assert_cmphex(pci_testbus_read(n->bus, pba, 4), ==, 0);
    nic_free(n);
}

static void test_throttling(void)
{
    Nic *n = nic_new(false);

    nic_msix(n);
    nic_write(n, R_EIAC, INT_RXQ(0));
    nic_write(n, R_CTRL_EXT, CTRL_EXT_IAME);
    nic_write(n, R_IMS, INT_RXQ(0));
    for (unsigned i = 0; i < 10; i++) {
        nic_write(n, R_ICS, INT_RXQ(0));
    }
    g_assert_cmpuint(nic_messages(n, 0), ==, 10);

    nic_write(n, R_EITR, 1000);                         /* 256 us */
    for (unsigned i = 0; i < 10; i++) {
        nic_write(n, R_ICS, INT_RXQ(0));
    }
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    nic_step(255 * 1000);
    g_assert_cmpuint(nic_messages(n, 0), ==, 0);
    nic_step(2 * 1000);
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    nic_step(600 * 1000);
    g_assert_cmpuint(nic_messages(n, 0), ==, 0);
    /* What went away meanwhile is not told of. */
    nic_write(n, R_ICS, INT_RXQ(0));
    nic_write(n, R_ICS, INT_RXQ(0));
    nic_write(n, R_ICR, INT_RXQ(0));
    nic_step(600 * 1000);
    g_assert_cmpuint(nic_messages(n, 0), ==, 1);
    nic_free(n);

    n = nic_new(false);
    nic_write(n, R_ITR, 1000);
    nic_write(n, R_IMS, INT_RXT0);
    nic_write(n, R_ICS, INT_RXT0);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 1);
    nic_read(n, R_ICR);
    nic_write(n, R_ICS, INT_RXT0);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 0);
    nic_step(257 * 1000);
    g_assert_cmpint(pci_testbus_irq_level(n->bus, 0), ==, 1);
    nic_free(n);
}

static void test_receive_delay(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[64];

    make_frame(frame, own_mac, sizeof(frame));
    nic_start_rx(n, RX_PLAIN | 2 << RCTL_RDMTS_SHIFT);
    nic_write(n, R_IMS, INT_RXT0);
    nic_write(n, R_RDTR, 100);                          /* 102.4 us */
    nic_write(n, R_RADV, 250);                          /* 256 us */
    nic_inject(n, frame, sizeof(frame));
    g_assert_cmphex(nic_read(n, R_ICR), ==, 0);
    nic_step(103 * 1000);
    g_assert_cmphex(nic_read(n, R_ICR), ==, INT_RXT0 | INT_ASSERTED);
    g_assert_cmpuint(nic_read(n, R_ICRXPTC), ==, 1);
    /* A pause that never comes ends with RADV. */
    for (unsigned i = 0; i < 4; i++) {
        nic_inject(n, frame, sizeof(frame));
        nic_step(60 * 1000);
        g_assert_cmphex(nic_read(n, R_ICR), ==, 0);
    }
    nic_inject(n, frame, sizeof(frame));
    nic_step(17 * 1000);
    g_assert_cmphex(nic_read(n, R_ICR), ==, INT_RXT0 | INT_ASSERTED);
    g_assert_cmpuint(nic_read(n, R_ICRXATC), ==, 1);
    /* FPD ends the wait at once. */
    nic_inject(n, frame, sizeof(frame));
    nic_write(n, R_RDTR, 100 | DELAY_FPD);
    g_assert_cmphex(nic_read(n, R_ICR), ==, INT_RXT0 | INT_ASSERTED);
    nic_free(n);
}

static void test_transmit_delay(void)
{
    Nic *n = nic_new(false);

    nic_start_tx(n);
    nic_write(n, R_TIDV, 100);
    nic_write(n, R_TADV, 250);
    nic_tx(n, 0, TX_BUFFER, LAST | TXD_CMD_IDE | 64, 0);
    g_assert_cmphex(nic_read(n, R_ICR) & INT_TXDW, ==, 0);
    nic_step(103 * 1000);
    g_assert_cmphex(nic_read(n, R_ICR) & INT_TXDW, ==, INT_TXDW);
    g_assert_cmpuint(nic_read(n, R_ICTXPTC), ==, 1);
    nic_tx(n, 0, TX_BUFFER, LAST | 64, 0);
    g_assert_cmphex(nic_read(n, R_ICR) & INT_TXDW, ==, INT_TXDW);
    /* RPS reports as RS does; without either there is nothing to tell. */
    nic_tx(n, 0, TX_BUFFER, TXD_CMD_EOP | TXD_CMD_RPS | 64, 0);
    g_assert_cmphex(nic_read(n, R_ICR) & INT_TXDW, ==, INT_TXDW);
    nic_tx(n, 0, TX_BUFFER, TXD_CMD_EOP | 64, 0);
    g_assert_cmphex(nic_read(n, R_ICR) & INT_TXDW, ==, 0);
    nic_free(n);
}

/*** Transmit ***/

static void test_tx_legacy(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[100], back[16];
    Wire *w = n->wire;

    make_frame(frame, own_mac, sizeof(frame));
    stw_be_p(frame + 20, 0);
    nic_put(n, TX_BUFFER, frame, sizeof(frame));
    nic_start_tx(n);
    nic_tx(n, 0, TX_BUFFER, 40, 0);
    g_assert_cmpuint(w->frames, ==, 0);
    nic_tx(n, 0, TX_BUFFER + 40, LAST | 60, 0);
    g_assert_cmpuint(w->frames, ==, 1);
    g_assert_cmpmem(w->frame[0], w->len[0], frame, sizeof(frame));
    nic_get(n, TX_RING(0) + 16, back, sizeof(back));
    g_assert_cmphex((uint32_t)ldl_le_p(back + 12), ==, TXD_STA_DD);
    g_assert_cmpuint(nic_read(n, R_TDH), ==, 2);
    g_assert_cmphex(nic_read(n, R_ICR), ==,
                    INT_TXDW | INT_TXQE | INT_ASSERTED);
    g_assert_cmpuint(nic_read(n, R_GPTC), ==, 1);
    /* 64 bits: the upper half takes both with it. */
    g_assert_cmpuint(nic_read(n, R_GOTCL), ==, 104);
    g_assert_cmpuint(nic_read(n, R_GOTCL), ==, 104);
    g_assert_cmpuint(nic_read(n, R_GOTCH), ==, 0);
    g_assert_cmpuint(nic_read(n, R_GOTCL), ==, 0);

    /* IC: a checksum from CSS on, at CSO. */
    nic_tx(n, 1, TX_BUFFER, LAST | TXD_CMD_IC | 20u << 16 | 100, 14 << 8);
    g_assert_cmpuint(w->frames, ==, 2);
    g_assert_cmphex(net_raw_checksum(w->frame[1] + 14, 86), ==, 0);

    /* PSP pads. */
    nic_write(n, R_TCTL, TCTL_EN | TCTL_PSP);
    nic_tx(n, 0, TX_BUFFER, LAST | 20, 0);
    g_assert_cmpuint(w->len[2], ==, 60);
    nic_free(n);
}

static void test_tx_vlan(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[64];
    Wire *w = n->wire;

    make_frame(frame, own_mac, sizeof(frame));
    nic_put(n, TX_BUFFER, frame, sizeof(frame));
    nic_start_tx(n);
    nic_tx(n, 0, TX_BUFFER, LAST | TXD_CMD_VLE | 64, 0x2064u << 16);
    g_assert_cmpuint(w->len[0], ==, 64);
    nic_write(n, R_CTRL, nic_read(n, R_CTRL) | CTRL_VME);
    nic_tx(n, 0, TX_BUFFER, LAST | TXD_CMD_VLE | 64, 0x2064u << 16);
    g_assert_cmpuint(w->len[1], ==, 68);
    g_assert_cmphex((uint32_t)ldl_be_p(w->frame[1] + 12), ==, 0x81002064);
    g_assert_cmpint(memcmp(w->frame[1] + 16, frame + 12, 52), ==, 0);
    nic_free(n);
}

/* A context as drivers make it; hdr_len 0: for checksums only. */
static void context(Nic *n, bool ip4, bool tcp, unsigned hdr_len,
                    unsigned payload, unsigned mss)
{
    unsigned l4 = ip4 ? 34 : 54;

    nic_tx_context(n, 0, 14 | (14 + 10) << 8 | (l4 - 1) << 16,
                   l4 | (l4 + (tcp ? 16 : 6)) << 8,
                   (tcp ? TXD_TUCMD_TCP : 0) | (ip4 ? TXD_TUCMD_IP : 0) |
                   (hdr_len ? TXD_CMD_TSE : 0) | payload,
                   hdr_len << 8 | mss << 16);
}

static void send_large(Nic *n, bool ip4, bool tcp, size_t payload,
                       unsigned mss)
{
    static uint8_t frame[70000];
    size_t len = make_packet(frame, ip4, tcp, payload), head = len - payload;

    nic_put(n, TX_BUFFER, frame, len);
    context(n, ip4, tcp, head, payload, mss);
    nic_tx(n, 0, TX_BUFFER, DATA | TXD_CMD_TSE | head, BOTH_SUMS);
    nic_tx(n, 0, TX_BUFFER + head,
           DATA | TXD_CMD_TSE | LAST | payload, BOTH_SUMS);
}

static void test_tso(gconstpointer kind)
{
    bool ip4 = GPOINTER_TO_UINT(kind) & 1, tcp = GPOINTER_TO_UINT(kind) & 2;
    unsigned l4 = ip4 ? 34 : 54, head = l4 + (tcp ? 20 : 8);
    Nic *n = nic_new(false);
    Wire *w = n->wire;
    size_t at = 0;

    nic_start_tx(n);
    send_large(n, ip4, tcp, 3500, 1000);
    g_assert_cmpuint(w->frames, ==, 4);
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t *f = w->frame[i];
        size_t part = i == 3 ? 500 : 1000;

        g_assert_cmpuint(w->len[i], ==, head + part);
        g_assert_true(frame_checksums_ok(f, w->len[i]));
        if (ip4) {
            g_assert_cmpuint(lduw_be_p(f + 16), ==, head - 14 + part);
            g_assert_cmphex(lduw_be_p(f + 18), ==, 0x1234 + i);
        } else {
            g_assert_cmpuint(lduw_be_p(f + 18), ==, head - 54 + part);
        }
        if (tcp) {
            g_assert_cmphex((uint32_t)ldl_be_p(f + l4 + 4), ==,
                            (uint32_t)(0xfffffff0 + at));
            g_assert_cmphex(f[l4 + 13], ==,
                            i == 0 ? 0x90 : i == 3 ? 0x19 : 0x10);
        } else {
            g_assert_cmpuint(lduw_be_p(f + l4 + 4), ==, 8 + part);
        }
        for (size_t k = 0; k < part; k++, at++) {
            g_assert_cmphex(f[head + k], ==, (uint8_t)(at * 7 + at / 256));
        }
    }
    g_assert_cmpuint(nic_read(n, R_TSCTC), ==, 1);
    g_assert_cmpuint(nic_read(n, R_GPTC), ==, 4);
    nic_free(n);
}

static void test_tso_bad(void)
{
    Nic *n = nic_new(false);

    nic_start_tx(n);
    send_large(n, true, true, 3000, 0);                 /* no segment size */
    context(n, true, true, 20, 3000, 1000);             /* short headers */
    nic_tx(n, 0, TX_BUFFER, DATA | TXD_CMD_TSE | LAST | 3000, BOTH_SUMS);
    g_assert_cmpuint(n->wire->frames, ==, 0);
    g_assert_cmpuint(nic_read(n, R_TSCTFC), ==, 2);
    /* The next is not harmed. */
    send_large(n, true, true, 100, 1000);
    g_assert_cmpuint(n->wire->frames, ==, 1);
    g_assert_true(frame_checksums_ok(n->wire->frame[0], n->wire->len[0]));
    nic_free(n);
}

static void test_tx_checksums(void)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        bool ip4 = kind & 1, tcp = kind & 2;
        Nic *n = nic_new(false);
        uint8_t frame[400];
        size_t len = make_packet(frame, ip4, tcp, 151);
        uint8_t *field = frame + (ip4 ? 34 : 54) + (tcp ? 16 : 6);

        /* Without segmentation the driver's sum has the length. */
        stw_be_p(field, lduw_be_p(field) + len - (ip4 ? 34 : 54));
        if (ip4) {
            stw_be_p(frame + 24, 0xdead);
        }
        nic_put(n, TX_BUFFER, frame, len);
        nic_start_tx(n);
        context(n, ip4, tcp, 0, 0, 0);
        nic_tx(n, 0, TX_BUFFER, DATA | LAST | len,
               ip4 ? BOTH_SUMS : TXD_POPTS_TXSM << TXD_POPTS_SHIFT);
        g_assert_cmpuint(n->wire->frames, ==, 1);
        g_assert_true(frame_checksums_ok(n->wire->frame[0],
                                         n->wire->len[0]));
        nic_free(n);
    }
}

static void test_tx_vnet(void)
{
    Nic *n = nic_new(true);
    Wire *w = n->wire;
    struct virtio_net_hdr h;

    nic_start_tx(n);
    send_large(n, true, true, 30000, 1460);
    g_assert_cmpuint(w->frames, ==, 1);
    g_assert_cmpuint(w->len[0], ==, sizeof(h) + 54 + 30000);
    memcpy(&h, w->frame[0], sizeof(h));
    g_assert_cmpuint(h.flags, ==, VIRTIO_NET_HDR_F_NEEDS_CSUM);
    g_assert_cmpuint(h.gso_type, ==,
                     VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN);
    g_assert_cmpuint(lduw_le_p(&h.hdr_len), ==, 54);
    g_assert_cmpuint(lduw_le_p(&h.gso_size), ==, 1460);
    g_assert_cmpuint(lduw_le_p(&h.csum_start), ==, 34);
    g_assert_cmpuint(lduw_le_p(&h.csum_offset), ==, 16);
    /* The field's partial sum completes to a right checksum. */
    stw_be_p(w->frame[0] + sizeof(h) + 50,
             net_raw_checksum(w->frame[0] + sizeof(h) + 34, 20 + 30000));
    g_assert_true(frame_checksums_ok(w->frame[0] + sizeof(h), 54 + 30000));

    /* UDP is cut here all the same. */
    send_large(n, true, false, 3000, 1000);
    g_assert_cmpuint(w->frames, ==, 4);
    g_assert_true(frame_checksums_ok(w->frame[1] + sizeof(h), 42 + 1000));
    nic_free(n);
}

/*** Receive ***/

static void test_rx_fcs(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[100], got[104];
    uint64_t desc[2];

    make_frame(frame, own_mac, sizeof(frame));
    nic_start_rx(n, RCTL_BAM);
    nic_inject(n, frame, sizeof(frame));
    get_desc(n, 0, 0, desc);
    g_assert_cmpuint(desc[1] & 0xffff, ==, 104);
    nic_get(n, RX_BUFFER(0, 0), got, sizeof(got));
    g_assert_cmpmem(got, 100, frame, 100);
    g_assert_cmphex((uint32_t)ldl_le_p(got + 100), ==,
                    ~net_crc32_le(frame, 100));
    /* A short one is padded as on the wire. */
    nic_inject(n, frame, 20);
    get_desc(n, 0, 1, desc);
    g_assert_cmpuint(desc[1] & 0xffff, ==, 64);
    nic_free(n);
}

static void test_rx_pieces(gconstpointer extended)
{
    unsigned shift = extended ? 32 : 0, at = extended ? 0 : 32;
    Nic *n = nic_new(false);
    uint8_t frame[1000], got[256];
    uint64_t desc[2];

    make_frame(frame, own_mac, sizeof(frame));
    nic_write(n, R_RFCTL, extended ? RFCTL_EXSTEN : 0);
    nic_start_rx(n, RX_PLAIN | 3 << RCTL_BSIZE_SHIFT);          /* 256 */
    nic_inject(n, frame, sizeof(frame));
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 4);
    for (unsigned i = 0; i < 4; i++) {
        unsigned len = i == 3 ? 1000 - 768 : 256;

        get_desc(n, 0, i, desc);
        g_assert_cmpuint(desc[1] >> shift & 0xffff, ==, len);
        g_assert_cmphex(desc[1] >> at & (RXS_DD | RXS_EOP), ==,
                        i == 3 ? RXS_DD | RXS_EOP : RXS_DD);
        nic_get(n, RX_BUFFER(0, i), got, len);
        g_assert_cmpmem(got, len, frame + 256 * i, len);
    }
    nic_free(n);
}

static void test_rx_split(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[2000], got[2000];
    size_t len = make_packet(frame, true, true, 1400);
    uint64_t desc[4];

    nic_write(n, R_PSRCTL, 1 | 1 << 8 | 1 << 16 | 1 << 24);     /* 128, 1K */
    nic_write(n, R_RFCTL, RFCTL_EXSTEN);
    nic_start_rx(n, RX_PLAIN | RCTL_DTYP_SPLIT << RCTL_DTYP_SHIFT);
    nic_inject(n, frame, len);
    nic_get(n, RX_RING(0), desc, sizeof(desc));
    g_assert_cmpuint(le64_to_cpu(desc[1]) >> 32 & 0xffff, ==, 54);
    g_assert_cmphex(le64_to_cpu(desc[2]), ==,
                    RXH_HDRSP | 54 | 1024ull << 16 | 376ull << 32);
    nic_get(n, RX_BUFFER(0, 0), got, 54);
    g_assert_cmpmem(got, 54, frame, 54);
    nic_get(n, RX_BUFFER(0, 0) + 0x400, got, 1024);
    g_assert_cmpmem(got, 1024, frame + 54, 1024);
    nic_get(n, RX_BUFFER(0, 0) + 0x1400, got, 376);
    g_assert_cmpmem(got, 376, frame + 54 + 1024, 376);
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 2);
    nic_free(n);
}

static void test_rx_vlan(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[100], got[96];
    uint64_t desc[2];

    make_frame(frame, own_mac, sizeof(frame));
    stl_be_p(frame + 12, 0x81002064);
    nic_write(n, R_CTRL, nic_read(n, R_CTRL) | CTRL_VME);
    nic_write(n, R_VFTA + 0x64 / 32 * 4, 1 << 0x64 % 32);
    nic_start_rx(n, RX_PLAIN | RCTL_VFE);
    nic_inject(n, frame, sizeof(frame));
    get_desc(n, 0, 0, desc);
    g_assert_cmpuint(desc[1] & 0xffff, ==, 96);
    g_assert_cmphex(desc[1] >> 48, ==, 0x2064);
    g_assert_cmphex(desc[1] >> 32 & RXS_VP, ==, RXS_VP);
    nic_get(n, RX_BUFFER(0, 0), got, 96);
    g_assert_cmpmem(got, 12, frame, 12);
    g_assert_cmpmem(got + 12, 84, frame + 16, 84);
    /* Another VLAN is not for us. */
    stl_be_p(frame + 12, 0x81002065);
    nic_inject(n, frame, sizeof(frame));
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 1);
    nic_free(n);
}

static bool takes(Nic *n, const char *mac)
{
    uint32_t head = nic_read(n, R_RDH);
    uint8_t frame[64], dst[6];

    g_assert_true(net_parse_macaddr(dst, mac));
    make_frame(frame, dst, sizeof(frame));
    nic_inject(n, frame, sizeof(frame));
    return nic_read(n, R_RDH) != head;
}

static void test_rx_filter(void)
{
    Nic *n = nic_new(false);

    nic_start_rx(n, RCTL_SECRC);
    g_assert_true(takes(n, NIC_MAC));
    g_assert_false(takes(n, "52:54:00:12:34:57"));
    g_assert_false(takes(n, "ff:ff:ff:ff:ff:ff"));
    g_assert_false(takes(n, "01:00:5e:01:02:03"));
    nic_write(n, R_RAL + 8, 0x12005452);
    nic_write(n, R_RAH + 8, 0x5734 | RAH_AV);
    g_assert_true(takes(n, "52:54:00:12:34:57"));
    nic_write(n, R_RAH + 8, 0x5734);
    g_assert_false(takes(n, "52:54:00:12:34:57"));
    /* 03:02 >> 4 is 0x030. */
    nic_write(n, R_MTA + 0x30 / 32 * 4, 1 << 0x30 % 32);
    g_assert_true(takes(n, "01:00:5e:01:02:03"));
    g_assert_false(takes(n, "01:00:5e:01:02:13"));
    nic_write(n, R_RCTL, RCTL_EN | RCTL_SECRC | RCTL_MPE);
    g_assert_true(takes(n, "01:00:5e:01:02:13"));
    nic_write(n, R_RCTL, RCTL_EN | RCTL_SECRC | RCTL_BAM);
    g_assert_true(takes(n, "ff:ff:ff:ff:ff:ff"));
    nic_write(n, R_RCTL, RCTL_EN | RCTL_SECRC | RCTL_UPE);
    g_assert_true(takes(n, "52:54:00:12:34:59"));
    nic_free(n);
}

/* The key and a case of the specification of receive-side scaling. */
static void test_rss(void)
{
    static const uint8_t key[40] = {
        0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
        0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
        0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
        0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
    };
    Nic *n = nic_new(false);
    uint8_t frame[200];
    size_t len = make_packet(frame, true, true, 20);
    uint64_t desc[2];

    memcpy(frame + 26, "\x42\x09\x95\xbb\xa1\x8e\x64\x50", 8);
    for (unsigned i = 0; i < 40; i += 4) {
        nic_write(n, R_RSSRK + i, ldl_le_p(key + i));
    }
    nic_write(n, R_RETA + 0x78 / 4 * 4, 0x80u << 0x78 % 4 * 8);
    nic_write(n, R_MRQC, MRQC_ENABLE_RSS | MRQC_TCPIPV4 | MRQC_IPV4);
    nic_write(n, R_RXCSUM, RXCSUM_PCSD);
    nic_write(n, R_RFCTL, RFCTL_EXSTEN);
    nic_msix(n);
    nic_write(n, R_IMS, INT_RXQ(0) | INT_RXQ(1));
    nic_start_rx(n, RX_PLAIN);
    nic_inject(n, frame, len);
    get_desc(n, 1, 0, desc);
    g_assert_cmphex(desc[0] >> 32, ==, 0x51ccc178);
    g_assert_cmphex(desc[0] & UINT32_MAX, ==, 1 | 1 << 8);
    g_assert_cmpuint(nic_messages(n, 1), ==, 1);
    /* Without ports: another hash, and type IPv4. */
    nic_write(n, R_MRQC, MRQC_ENABLE_RSS | MRQC_IPV4);
    nic_inject(n, frame, len);
    get_desc(n, 0, 0, desc);
    g_assert_cmphex(desc[0] >> 32, ==, 0x323e8fc2);
    g_assert_cmphex(desc[0] & UINT32_MAX, ==, 2);
    nic_free(n);
}

static void test_rx_checksums(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[300];
    size_t len = make_packet(frame, true, false, 100);
    uint32_t status;
    uint64_t desc[2];

    stw_be_p(frame + 40, 0);
    stw_be_p(frame + 40, net_checksum_tcpudp(108, 17, frame + 26,
                                             frame + 34));
    nic_write(n, R_RFCTL, RFCTL_EXSTEN);
    nic_start_rx(n, RX_PLAIN);
    nic_inject(n, frame, len);
    get_desc(n, 0, 0, desc);
    status = desc[1];
    g_assert_cmphex(status & (RXS_IPCS | RXS_UDPCS | RXE_IPE | RXE_TCPE), ==,
                    RXS_IPCS | RXS_UDPCS);
    frame[50] ^= 1;
    nic_inject(n, frame, len);
    get_desc(n, 0, 1, desc);
    status = desc[1];
    g_assert_cmphex(status & (RXE_IPE | RXE_TCPE), ==, RXE_TCPE);
    frame[22]--;
    nic_inject(n, frame, len);
    get_desc(n, 0, 2, desc);
    status = desc[1];
    g_assert_cmphex(status & (RXE_IPE | RXE_TCPE), ==, RXE_IPE | RXE_TCPE);
    nic_write(n, R_RXCSUM, 0);
    nic_inject(n, frame, len);
    get_desc(n, 0, 3, desc);
    status = desc[1];
    g_assert_cmphex(status & (RXS_IPCS | RXS_TCPCS | RXE_IPE | RXE_TCPE), ==,
                    0);
    nic_free(n);
}

static void test_rx_overrun(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[8000];

    make_frame(frame, own_mac, sizeof(frame));
    nic_start_rx(n, RX_PLAIN);
    nic_write(n, R_RDT, 2);
    nic_inject(n, frame, 64);
    g_assert_cmphex(nic_read(n, R_ICR) & (INT_RXDMT0 | INT_RXO), ==,
                    INT_RXDMT0);
    /* Too long without LPE; with it too much for what is left. */
    nic_inject(n, frame, 1600);
    g_assert_cmpuint(nic_read(n, R_ROC), ==, 1);
    nic_write(n, R_RCTL, RX_PLAIN | RCTL_EN | RCTL_LPE);
    nic_inject(n, frame, 8000);
    g_assert_cmphex(nic_read(n, R_ICR) & INT_RXO, ==, INT_RXO);
    g_assert_cmpuint(nic_read(n, R_MPC), ==, 1);
    nic_write(n, R_RDT, 10);
    nic_inject(n, frame, 8000);
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 1 + 4);
    /* Nothing left: the back end keeps it until there is. */
    nic_write(n, R_RDT, 5);
    nic_inject(n, frame, 64);
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 5);
    nic_write(n, R_RDT, 6);
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 6);
    nic_free(n);
}

static void test_rx_vnet(void)
{
    Nic *n = nic_new(true);
    struct virtio_net_hdr h = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 34,
        .csum_offset = 16
    };
    uint8_t frame[300], got[300];
    size_t len = make_packet(frame + sizeof(h), true, true, 100);
    uint8_t *field = frame + sizeof(h) + 50;

    memcpy(frame, &h, sizeof(h));
    stw_be_p(field, lduw_be_p(field) + len - 34);
    nic_start_rx(n, RX_PLAIN);
    nic_inject(n, frame, sizeof(h) + len);
    nic_get(n, RX_BUFFER(0, 0), got, len);
    g_assert_true(frame_checksums_ok(got, len));
    /* Headers that point nowhere are no harm, nor is half a header. */
    h.csum_start = 0xffff;
    memcpy(frame, &h, sizeof(h));
    nic_inject(n, frame, sizeof(h) + len);
    nic_inject(n, frame, 5);
    nic_free(n);
}

static void test_loopback(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[64], got[64];

    make_frame(frame, own_mac, sizeof(frame));
    nic_put(n, TX_BUFFER, frame, sizeof(frame));
    nic_start_rx(n, RX_PLAIN | RCTL_LBM_MAC << RCTL_LBM_SHIFT);
    nic_start_tx(n);
    nic_tx(n, 0, TX_BUFFER, LAST | 64, 0);
    g_assert_cmpuint(n->wire->frames, ==, 0);
    nic_get(n, RX_BUFFER(0, 0), got, sizeof(got));
    g_assert_cmpmem(got, 64, frame, 64);
    nic_write(n, R_RCTL, RX_PLAIN | RCTL_EN);
    mdic(n, MDIC_OP_WRITE, PHY_CTRL, PHY_CTRL_LOOPBACK);
    nic_tx(n, 0, TX_BUFFER, LAST | 64, 0);
    g_assert_cmpuint(n->wire->frames, ==, 0);
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 2);
    nic_free(n);
}

/*** Hostile guests ***/

static void test_lengths(void)
{
    Nic *n = nic_new(false);
    static uint8_t frame[65537 + 100];

    nic_start_tx(n);
    nic_start_rx(n, RX_PLAIN | RCTL_LPE | RCTL_SBP | 3 << RCTL_BSIZE_SHIFT |
                    RCTL_BSEX);
    n->wire->deaf = true;
    make_frame(frame, own_mac, sizeof(frame));
    for (unsigned len = 0; len <= 65537; len += len < 2100 ? 1 : 97) {
        nic_tx(n, 0, TX_BUFFER, LAST | (len & 0xffff), 0);
        nic_tx(n, 1, TX_BUFFER, DATA | LAST | len, 0);
        nic_write(n, R_RDT, (nic_read(n, R_RDH) + 15) % 16);
        nic_inject(n, frame, len);
    }
    nic_inject(n, frame, 65536);
    nic_inject(n, frame, 65537);
    nic_free(n);
}

static void test_wild_rings(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[64];

    make_frame(frame, own_mac, sizeof(frame));
    nic_start_tx(n);
    nic_start_rx(n, RX_PLAIN);
    /* Indices past the end, both ways; no ring at all; one in nowhere. */
    nic_write(n, R_TDT, 0xffff);
    nic_write(n, R_TDH, 0xffff);
    nic_write(n, R_TDT, 3);
    nic_write(n, R_RDT, 0xffff);
    nic_inject(n, frame, sizeof(frame));
    g_assert_cmpuint(nic_read(n, R_RDH), ==, 1);
    nic_write(n, R_RDH, 0xffff);
    nic_inject(n, frame, sizeof(frame));
    nic_write(n, R_RDLEN, 0);
    nic_write(n, R_TDLEN, 0);
    nic_write(n, R_TDH, 0);
    nic_write(n, R_TDT, 1);
    nic_write(n, R_TDLEN, 0xfff80);
    nic_write(n, R_TDBAH, 0xffffffff);
    nic_write(n, R_TDT, 0xfff0);
    nic_write(n, R_RDLEN, 0xfff80);
    nic_write(n, R_RDBAH, 0xffffffff);
    nic_write(n, R_RDH, 0);
    nic_inject(n, frame, sizeof(frame));
    g_assert_cmpuint(n->wire->frames, ==, 0);
    nic_free(n);
}

/* Buffers and rings in the card's own registers. */
static void test_own_registers(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[64];

    make_frame(frame, own_mac, sizeof(frame));
    nic_start_tx(n);
    nic_start_rx(n, RX_PLAIN);
    nic_tx(n, 0, n->regs + R_TDBAL, LAST | 1500, 0);
    pci_testbus_write(n->bus, RX_RING(0), n->regs + R_TDT, 8);
    nic_inject(n, frame, sizeof(frame));
    /* Neither the frame's bytes nor a descriptor went to a register. */
    g_assert_cmphex(nic_read(n, R_TDT), ==, 1);
    nic_write(n, R_TDBAL + RING_STRIDE, n->regs);
    nic_write(n, R_TDT + RING_STRIDE, 9);
    nic_write(n, R_RDBAL, n->regs + R_CTRL);
    nic_inject(n, frame, sizeof(frame));
    nic_inject(n, frame, sizeof(frame));
    nic_free(n);
}

static void test_long_ring(void)
{
    Nic *n = nic_new(false);

    n->wire->deaf = true;
    nic_start_tx(n);
    nic_write(n, R_TDBAL, 0x40000);
    nic_write(n, R_TDLEN, 0x8000);              /* 2048 descriptors */
    for (unsigned i = 0; i < 2048; i++) {
        pci_testbus_write(n->bus, 0x40000 + 16 * i, TX_BUFFER, 8);
        pci_testbus_write(n->bus, 0x40008 + 16 * i, LAST | 64, 8);
    }
    nic_write(n, R_TDT, 2047);
    /* Others have a turn in between. */
    g_assert_cmpuint(nic_read(n, R_TDH), <, 2047);
    for (unsigned i = 0; i < 20 && nic_read(n, R_TDH) != 2047; i++) {
        main_loop_wait(true);
    }
    g_assert_cmpuint(nic_read(n, R_TDH), ==, 2047);
    g_assert_cmpuint(n->wire->frames, ==, 2047);
    nic_free(n);
}

/* Away in the middle of all that it waits for. */
static void test_unplug(void)
{
    Nic *n = nic_new(false);
    uint8_t frame[64];

    n->wire->deaf = true;
    make_frame(frame, own_mac, sizeof(frame));
    nic_start_rx(n, RX_PLAIN);
    nic_write(n, R_RDTR, 100);
    nic_write(n, R_RADV, 200);
    nic_write(n, R_ITR, 1000);
    nic_write(n, R_IMS, INT_MASKABLE);
    nic_write(n, R_ICS, INT_RXT0);
    nic_inject(n, frame, sizeof(frame));
    mdic(n, MDIC_OP_WRITE, PHY_CTRL, PHY_CTRL_AN_ENABLE |
                                     PHY_CTRL_RESTART_AN);
    nic_inject(n, frame, sizeof(frame));        /* waits for the link */
    nic_start_tx(n);
    nic_write(n, R_TDLEN, 0xfff80);
    nic_write(n, R_TDT, 4000);                  /* goes on later */
    nic_free(n);
    nic_step(1000 * MS);
    main_loop_wait(true);
}

static void test_oversize_recovers(void)
{
    Nic *n = nic_new(false);

    nic_start_tx(n);
    nic_tx(n, 0, TX_BUFFER, DATA | 0xfffff, 0);
    nic_tx(n, 0, TX_BUFFER, DATA | LAST | 64, 0);
    g_assert_cmpuint(n->wire->frames, ==, 0);
    nic_tx(n, 0, TX_BUFFER, DATA | LAST | 64, 0);
    g_assert_cmpuint(n->wire->frames, ==, 1);
    /* One of a reserved type is passed over. */
    nic_tx(n, 0, TX_BUFFER, TXD_CMD_DEXT | 7u << TXD_DTYP_SHIFT | LAST | 64,
           0);
    nic_tx(n, 0, TX_BUFFER, DATA | LAST | 64, 0);
    g_assert_cmpuint(n->wire->frames, ==, 2);
    nic_free(n);
}

/*** The stream ***/

static GByteArray *save(Nic *n)
{
    GByteArray *bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(bytes);

    g_assert_cmpint(vmstate_save_state(f, &vmstate_e1000e, n->s, NULL), ==,
                    0);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    return bytes;
}

static int load(Nic *n, const GByteArray *bytes)
{
    QEMUFile *f = qemu_file_new_memory_input(bytes->data, bytes->len);
    int ret = vmstate_load_state(f, &vmstate_e1000e, n->s, 1);

    qemu_fclose(f);
    return ret;
}

/* Where the stream has core.eitr. */
#define EITR_TIMERS (4116 + 81 + 4 + 4 + 1 + 16 + 4 + 128 + 448 + 131072 + \
                     6 + 4 + 4 + 6 * 9 + 1)

static void test_stream(void)
{
    Nic *from = nic_new(false), *to = nic_new(false);
    GByteArray *bytes;
    uint32_t word;

    nic_msix(from);
    nic_write(from, R_IMS, INT_RXQ(0));
    nic_write(from, R_EITR, 1000);
    nic_write(from, R_ICS, INT_RXQ(0));
    nic_write(from, R_ICR, INT_RXQ(0));
    nic_write(from, R_ICS, INT_RXQ(0));                 /* held back */
    nic_start_tx(from);
    nic_tx(from, 0, TX_BUFFER, 40, 0);                  /* half a packet */
    bytes = save(from);
    /*
     * As the stock emulator's: 4116 bytes of the function, 81 of MSI-X, 25 of
     * the window and buffers, then NVM, PHY, registers, ...
     */
    g_assert_cmpuint(bytes->len, ==,
                     EITR_TIMERS + 5 * 9 + 5 + 4 + 20 + 2 + 2 * 21);
    memcpy(&word, bytes->data + 4116 + 81 + 4 + 4 + 1 + 16 + 4 + 128 + 448 +
                  R_EITR, 4);
    g_assert_cmpuint(be32_to_cpu(word), ==, 1000);

    g_assert_cmpint(load(to, bytes), ==, 0);
    pci_testbus_clear_messages();
    g_assert_cmpuint(nic_read(to, R_EITR), ==, 1000);
    nic_free(from);
    nic_step(300 * 1000);
    g_assert_cmpuint(nic_messages(to, 0), ==, 1);
    /* The other half does not go out by itself. */
    nic_tx(to, 0, TX_BUFFER, LAST | 60, 0);
    g_assert_cmpuint(to->wire->frames, ==, 0);
    nic_tx(to, 0, TX_BUFFER, LAST | 60, 0);
    g_assert_cmpuint(to->wire->frames, ==, 1);

    /* A timer that runs, but nobody knows until when. */
    nic_write(to, R_ICR, UINT32_MAX);
    stq_be_p(bytes->data + EITR_TIMERS, UINT64_MAX);
    g_assert_cmpint(load(to, bytes), ==, 0);
    pci_testbus_clear_messages();
    e1000e_delay_resume(to->s);
    nic_step(255 * 1000);
    g_assert_cmpuint(nic_messages(to, 0), ==, 0);
    nic_step(2 * 1000);
    g_assert_cmpuint(nic_messages(to, 0), ==, 1);

    /* A stream that lies or ends early. */
    bytes->data[4116 + 81 + 4 + 4] = 7;
    g_assert_cmpint(load(to, bytes), <, 0);
    g_byte_array_set_size(bytes, 5000);
    g_assert_cmpint(load(to, bytes), <, 0);
    g_byte_array_unref(bytes);
    nic_free(to);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    pci_testbus_init();
    qemu_clock_virtual_set_manual();
    g_test_add_func("/e1000e/nvm", test_nvm);
    g_test_add_func("/e1000e/autoneg", test_autoneg);
    g_test_add_func("/e1000e/set-link", test_set_link);
    g_test_add_func("/e1000e/resets", test_resets);
    g_test_add_func("/e1000e/intx", test_intx);
    g_test_add_func("/e1000e/msi", test_msi);
    g_test_add_func("/e1000e/msix/vectors", test_msix_vectors);
    g_test_add_func("/e1000e/msix/auto", test_msix_auto);
    g_test_add_func("/e1000e/msix/pba", test_msix_pba);
    g_test_add_func("/e1000e/throttling", test_throttling);
    g_test_add_func("/e1000e/delay/receive", test_receive_delay);
    g_test_add_func("/e1000e/delay/transmit", test_transmit_delay);
    g_test_add_func("/e1000e/tx/legacy", test_tx_legacy);
    g_test_add_func("/e1000e/tx/vlan", test_tx_vlan);
    g_test_add_func("/e1000e/tx/checksums", test_tx_checksums);
    g_test_add_data_func("/e1000e/tso/udp6", GUINT_TO_POINTER(0), test_tso);
    g_test_add_data_func("/e1000e/tso/udp4", GUINT_TO_POINTER(1), test_tso);
    g_test_add_data_func("/e1000e/tso/tcp6", GUINT_TO_POINTER(2), test_tso);
    g_test_add_data_func("/e1000e/tso/tcp4", GUINT_TO_POINTER(3), test_tso);
    g_test_add_func("/e1000e/tso/bad", test_tso_bad);
    g_test_add_func("/e1000e/tx/vnet", test_tx_vnet);
    g_test_add_func("/e1000e/rx/fcs", test_rx_fcs);
    g_test_add_data_func("/e1000e/rx/pieces/legacy", NULL, test_rx_pieces);
    g_test_add_data_func("/e1000e/rx/pieces/extended", "yes",
                         test_rx_pieces);
    g_test_add_func("/e1000e/rx/split", test_rx_split);
    g_test_add_func("/e1000e/rx/vlan", test_rx_vlan);
    g_test_add_func("/e1000e/rx/filter", test_rx_filter);
    g_test_add_func("/e1000e/rx/rss", test_rss);
    g_test_add_func("/e1000e/rx/checksums", test_rx_checksums);
    g_test_add_func("/e1000e/rx/overrun", test_rx_overrun);
    g_test_add_func("/e1000e/rx/vnet", test_rx_vnet);
    g_test_add_func("/e1000e/loopback", test_loopback);
    g_test_add_func("/e1000e/hostile/lengths", test_lengths);
    g_test_add_func("/e1000e/hostile/rings", test_wild_rings);
    g_test_add_func("/e1000e/hostile/own-registers", test_own_registers);
    g_test_add_func("/e1000e/hostile/long-ring", test_long_ring);
    g_test_add_func("/e1000e/unplug", test_unplug);
    g_test_add_func("/e1000e/hostile/oversize", test_oversize_recovers);
    g_test_add_func("/e1000e/stream", test_stream);
    return g_test_run();
}
