/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI and MSI-X as a driver (pci.h). */
#include "pci.h"

#define MMIO_BASE 0xe0000000ULL
#define IO_BASE 0xc000

/* Where the next BAR of a process goes. */
typedef struct Space {
    uint64_t mmio, io;
} Space;

static GHashTable *spaces;

static Space *space_of(QTest *t)
{
    Space *s;

    if (!spaces) {
        spaces = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    }
    s = g_hash_table_lookup(spaces, t);
    if (!s) {
        s = g_new(Space, 1);
        *s = (Space) { MMIO_BASE, IO_BASE };
        g_hash_table_insert(spaces, t, s);
    }
    return s;
}

void pci_forget(QTest *t)
{
    if (spaces) {
        g_hash_table_remove(spaces, t);
    }
}

PciFn *pci_at(QTest *t, uint8_t bus, uint8_t slot, uint8_t fn)
{
    PciFn *f = g_new0(PciFn, 1);

    f->t = t;
    f->bus = bus;
    f->devfn = slot << 3 | fn;
    return f;
}

PciFn *pci_find(QTest *t, uint16_t vendor, uint16_t device, unsigned nth)
{
    for (unsigned slot = 0; slot < 32; slot++) {
        for (unsigned fn = 0; fn < 8; fn++) {
            PciFn *f = pci_at(t, 0, slot, fn);
            uint32_t id = pci_cfg_read(f, PCI_VENDOR_ID, 4);

            if (id == (vendor | (uint32_t)device << 16) && nth-- == 0) {
                return f;
            }
            g_free(f);
            if (fn == 0 && (id & 0xffff) == 0xffff) {
                break;
            }
        }
    }
    return NULL;
}

static void select_register(PciFn *f, uint8_t reg)
{
    qtest_out(f->t, 0xcf8, 1u << 31 | f->bus << 16 | f->devfn << 8 |
              (reg & ~3), 4);
}

uint32_t pci_cfg_read(PciFn *f, uint8_t reg, unsigned size)
{
    select_register(f, reg);
    return qtest_in(f->t, 0xcfc + (reg & 3), size);
}

void pci_cfg_write(PciFn *f, uint8_t reg, uint32_t val, unsigned size)
{
    select_register(f, reg);
    qtest_out(f->t, 0xcfc + (reg & 3), val, size);
}

uint8_t pci_cap(PciFn *f, uint8_t id, uint8_t after)
{
    uint8_t at = pci_cfg_read(f, after ? after + PCI_CAP_LIST_NEXT :
                              PCI_CAPABILITY_LIST, 1);

    for (unsigned n = 0; at && n < 64; n++) {
        if (pci_cfg_read(f, at, 1) == id) {
            return at;
        }
        at = pci_cfg_read(f, at + PCI_CAP_LIST_NEXT, 1);
    }
    return 0;
}

/* Returns how many BAR registers it takes. */
static unsigned place_bar(PciFn *f, unsigned bar)
{
    uint8_t reg = PCI_BASE_ADDRESS_0 + 4 * bar;
    uint32_t kind = pci_cfg_read(f, reg, 4);
    bool io = kind & PCI_BASE_ADDRESS_SPACE_IO;
    bool wide = !io && (kind & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
                       PCI_BASE_ADDRESS_MEM_TYPE_64;
    Space *space = space_of(f->t);
    uint64_t *next = io ? &space->io : &space->mmio;
    uint64_t mask, size;

    pci_cfg_write(f, reg, UINT32_MAX, 4);
    mask = pci_cfg_read(f, reg, 4) & (io ? ~3u : ~15u);
    if (wide) {
        pci_cfg_write(f, reg + 4, UINT32_MAX, 4);
        mask |= (uint64_t)pci_cfg_read(f, reg + 4, 4) << 32;
    } else if (mask) {
        mask |= 0xffffffff00000000ULL;
    }
    if (mask) {
        size = -mask;
        *next = QEMU_ALIGN_UP(*next, size);
        pci_cfg_write(f, reg, *next, 4);
        if (wide) {
            pci_cfg_write(f, reg + 4, *next >> 32, 4);
        }
        f->bar[bar] = *next;
        f->bar_size[bar] = size;
        f->bar_is_io[bar] = io;
        *next += size;
    }
    return wide ? 2 : 1;
}

void pci_enable(PciFn *f)
{
    for (unsigned bar = 0; bar < 6;) {
        bar += place_bar(f, bar);
    }
    pci_cfg_write(f, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
                  PCI_COMMAND_MASTER, 2);
}

uint64_t pci_read(PciFn *f, unsigned bar, uint64_t offset, unsigned size)
{
    g_assert_cmpuint(f->bar_size[bar], >, 0);
    if (f->bar_is_io[bar]) {
        return qtest_in(f->t, f->bar[bar] + offset, size);
    }
    return qtest_read(f->t, f->bar[bar] + offset, size);
}

void pci_write(PciFn *f, unsigned bar, uint64_t offset, uint64_t val,
               unsigned size)
{
    g_assert_cmpuint(f->bar_size[bar], >, 0);
    if (f->bar_is_io[bar]) {
        qtest_out(f->t, f->bar[bar] + offset, val, size);
    } else {
        qtest_write(f->t, f->bar[bar] + offset, val, size);
    }
}

/* MSI-X */

uint32_t msix_data(unsigned vector)
{
    return 0x51000000 + vector;
}

void msix_control(PciFn *f, bool enable, bool mask_all)
{
    uint16_t control = pci_cfg_read(f, f->msix_cap + PCI_MSIX_FLAGS, 2);

    control &= ~(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    pci_cfg_write(f, f->msix_cap + PCI_MSIX_FLAGS,
                  control | (enable ? PCI_MSIX_FLAGS_ENABLE : 0) |
                  (mask_all ? PCI_MSIX_FLAGS_MASKALL : 0), 2);
}

void msix_setup(PciFn *f)
{
    uint32_t table, pba;

    f->msix_cap = pci_cap(f, PCI_CAP_ID_MSIX, 0);
    g_assert_cmpuint(f->msix_cap, !=, 0);
    f->msix_count = (pci_cfg_read(f, f->msix_cap + PCI_MSIX_FLAGS, 2) &
                     PCI_MSIX_FLAGS_QSIZE) + 1;
    table = pci_cfg_read(f, f->msix_cap + PCI_MSIX_TABLE, 4);
    pba = pci_cfg_read(f, f->msix_cap + PCI_MSIX_PBA, 4);
    f->msix_table = f->bar[table & PCI_MSIX_TABLE_BIR] +
                    (table & PCI_MSIX_TABLE_OFFSET);
    f->msix_pba = f->bar[pba & PCI_MSIX_PBA_BIR] + (pba & PCI_MSIX_PBA_OFFSET);
    f->msix_ram = qtest_alloc(f->t, 4 * f->msix_count, 4096);
    qtest_memset(f->t, f->msix_ram, 0, 4 * f->msix_count);

    msix_control(f, true, true);
    for (unsigned v = 0; v < f->msix_count; v++) {
        uint64_t entry = f->msix_table + v * PCI_MSIX_ENTRY_SIZE;

        qtest_write(f->t, entry, f->msix_ram + 4 * v, 8);
        qtest_write(f->t, entry + PCI_MSIX_ENTRY_DATA, msix_data(v), 8);
    }
    msix_control(f, true, false);
}

void msix_mask(PciFn *f, unsigned vector, bool mask)
{
    qtest_write(f->t, f->msix_table + vector * PCI_MSIX_ENTRY_SIZE +
                PCI_MSIX_ENTRY_VECTOR_CTRL, mask, 4);
}

bool msix_pending(PciFn *f, unsigned vector)
{
    uint32_t word = qtest_read(f->t, f->msix_pba + vector / 32 * 4, 4);

    return word >> (vector % 32) & 1;
}

bool msix_take(PciFn *f, unsigned vector)
{
    uint64_t addr = f->msix_ram + 4 * vector;
    uint32_t word = qtest_read(f->t, addr, 4);

    if (word == 0) {
        return false;
    }
    g_assert_cmphex(word, ==, msix_data(vector));
    qtest_write(f->t, addr, 0, 4);
    return true;
}

bool msix_wait(PciFn *f, unsigned vector)
{
    for (int ms = 0; ms < 5000; ms++) {
        if (msix_take(f, vector)) {
            return true;
        }
        g_usleep(1000);
    }
    return false;
}
