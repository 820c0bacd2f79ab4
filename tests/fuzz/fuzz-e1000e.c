/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the e1000e: the input is a sequence of register accesses, ring
 * contents, frames from the wire and steps of the clock.
 */
#include "fuzz.h"
#include "e1000e-fixture.h"
#include "hw/pci/msix.h"
#include "qemu/main-loop.h"

/* Where something happens; others by number. */
static const uint16_t registers[] = {
    R_CTRL, R_CTRL_EXT, R_EERD, R_EEWR, R_MDIC, R_VET, R_ICR, R_ICS, R_IMS,
    R_IMC, R_IAM, R_EIAC, R_IVAR, R_ITR, R_EITR, R_RCTL, R_TCTL, R_PSRCTL,
    R_RFCTL, R_RXCSUM, R_MRQC, R_RDTR, R_RADV, R_RAID, R_TIDV, R_TADV,
    R_TXDCTL, R_TARC, R_PBACLR, R_RDBAL, R_RDBAH, R_RDLEN, R_RDH, R_RDT,
    R_TDBAL, R_TDBAH, R_TDLEN, R_TDH, R_TDT, R_RSRPD,
};

static unsigned some_register(FuzzInput *in)
{
    unsigned n = fuzz_take(in, 1);

    if (n < 0x80) {
        return registers[n % ARRAY_SIZE(registers)];
    }
    if (n < 0xc0) {
        return registers[n % ARRAY_SIZE(registers)] + RING_STRIDE;
    }
    return fuzz_take(in, 2) * 4 % REG_SPACE;
}

static uint64_t place(Nic *n, FuzzInput *in)
{
    const uint64_t places[] = {
        TX_BUFFER, TX_BUFFER, RX_BUFFER(0, 0), TX_RING(0), RX_RING(0), 0,
        n->regs + registers[fuzz_take(in, 1) % ARRAY_SIZE(registers)], n->msix,
        PCI_TESTBUS_RAM_SIZE - 8, PCI_TESTBUS_MSI_BASE, UINT64_MAX - 63,
        1ull << 40,
    };

    return places[fuzz_take(in, 1) % ARRAY_SIZE(places)];
}

static void put_desc(Nic *n, FuzzInput *in)
{
    unsigned where = fuzz_take(in, 1);
    hwaddr at = (where & 1 ? TX_RING(where >> 1 & 1)
                           : RX_RING(where >> 1 & 1)) +
                (where >> 2) % RING_COUNT * 16;
    uint64_t words[2] = { place(n, in), 0 };

    if (where & 0x80) {                 /* a context, as a rule */
        words[0] = fuzz_take(in, 4) | (uint64_t)fuzz_take(in, 4) << 32;
    }
    words[1] = fuzz_take(in, 4) | (uint64_t)fuzz_take(in, 4) << 32;
    nic_put(n, at, words, sizeof(words));
}

static void send_frame(Nic *n, FuzzInput *in)
{
    static uint8_t frame[70000];
    unsigned kind = fuzz_take(in, 1), len = fuzz_take(in, 2);
    size_t size = make_packet(frame, kind & 1, kind & 2, len);

    for (unsigned changes = kind >> 2 & 7; changes--;) {
        frame[fuzz_take(in, 1) % size] = fuzz_take(in, 1);
    }
    nic_inject(n, frame, kind & 0x80 ? len : size);
}

static void step(Nic *n, FuzzInput *in)
{
    static const uint32_t usual[] = { RCTL_EN | RCTL_BAM | RCTL_UPE, 0 };
    unsigned op = fuzz_take(in, 1), reg;

    switch (op % 16) {
    case 0: case 1: case 2: case 3:
        reg = some_register(in);
        nic_write(n, reg, fuzz_take(in, 4));
        break;
    case 4:
        nic_read(n, some_register(in));
        break;
    case 5: case 6:
        put_desc(n, in);
        break;
    case 7:
        nic_put(n, TX_BUFFER + fuzz_take(in, 1) * 4, in->data,
                MIN(in->left, 64));
        fuzz_take(in, 4);
        break;
    case 8:
        nic_start_rx(n, fuzz_take(in, 4) | usual[op >> 4 & 1]);
        break;
    case 9:
        nic_start_tx(n);
        break;
    case 10:
        nic_write(n, op & 0x10 ? R_TDT : R_TDT + RING_STRIDE,
                  fuzz_take(in, 1) % RING_COUNT);
        break;
    case 11: case 12:
        send_frame(n, in);
        break;
    case 13:
        nic_step(fuzz_take(in, 3));
        break;
    case 14:
        pci_testbus_cfg_write(n->dev, 0xa0 + fuzz_take(in, 1) % 0x60,
                              fuzz_take(in, 1), 1);
        break;
    default:
        if (op >> 4 == 0) {
            net_set_link(n->wire->nc.name, fuzz_take(in, 1) & 1, NULL);
        } else if (op >> 4 == 1) {
            nic_msix(n);
        } else {
            pci_testbus_cfg_write(n->dev, PCI_COMMAND, fuzz_take(in, 1) | 2, 1);
        }
        break;
    }
}

/* A reset but for where the BARs are, which would take most of the time. */
static void begin_anew(Nic *n)
{
    pci_testbus_cfg_write(n->dev, PCI_COMMAND, 6, 2);
    pci_testbus_cfg_write(n->dev, 0xcc, 0, 2);          /* D0 */
    pci_testbus_cfg_write(n->dev, 0xd2, 0, 2);          /* no MSI */
    pci_testbus_cfg_write(n->dev, 0xa2, 0, 2);          /* no MSI-X */
    msix_reset(n->dev);
    e1000e_core_reset(n->s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t zeroes[0x8000];
    static Nic *n;
    FuzzInput in = { data, size };

    if (!n) {
        pci_testbus_init();
        qemu_clock_virtual_set_manual();
        n = nic_new(false);
        n->wire->deaf = true;
    }
    begin_anew(n);
    net_set_link(n->wire->nc.name, true, NULL);
    nic_put(n, RX_RING(0), zeroes, sizeof(zeroes));
    while (in.left) {
        step(n, &in);
    }
    for (int i = 0; i < 3; i++) {
        main_loop_wait(true);
    }
    nic_step(NANOSECONDS_PER_SECOND);
    pci_testbus_clear_messages();
    return 0;
}
