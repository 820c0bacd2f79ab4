/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI and MSI-X as a driver: enumeration through ports 0xCF8/0xCFC, BARs,
 * capabilities, vector tables whose messages land in RAM.
 */
#ifndef TESTS_QTEST_PCI_H
#define TESTS_QTEST_PCI_H

#include "qtest.h"
#include "linux/pci_regs.h"

typedef struct PciFn {
    QTest *t;
    uint8_t bus, devfn;
    /* Set by pci_enable(). */
    uint64_t bar[6], bar_size[6];
    bool bar_is_io[6];
    /* Set by msix_setup(). */
    uint8_t msix_cap;
    unsigned msix_count;
    uint64_t msix_table, msix_pba, msix_ram;
} PciFn;

/* A function; the caller frees it with g_free(). */
PciFn *pci_at(QTest *t, uint8_t bus, uint8_t slot, uint8_t fn);
/* The @nth (from 0) with these identities on bus 0; NULL if there is none. */
PciFn *pci_find(QTest *t, uint16_t vendor, uint16_t device, unsigned nth);

uint32_t pci_cfg_read(PciFn *f, uint8_t reg, unsigned size);
void pci_cfg_write(PciFn *f, uint8_t reg, uint32_t val, unsigned size);
/* Offset of a capability behind @after (0: the first), or 0. */
uint8_t pci_cap(PciFn *f, uint8_t id, uint8_t after);

/* Sizes and places all BARs; turns decoding and bus mastering on. */
void pci_enable(PciFn *f);
/* Accesses within a BAR, memory or I/O. */
uint64_t pci_read(PciFn *f, unsigned bar, uint64_t offset, unsigned size);
void pci_write(PciFn *f, unsigned bar, uint64_t offset, uint64_t val,
               unsigned size);

/*
 * Finds the table, points each vector at a word of RAM of its own with data
 * msix_data(v), unmasks all, and switches MSI-X on.
 */
void msix_setup(PciFn *f);
uint32_t msix_data(unsigned vector);
void msix_control(PciFn *f, bool enable, bool mask_all);
void msix_mask(PciFn *f, unsigned vector, bool mask);
bool msix_pending(PciFn *f, unsigned vector);
/* Whether a message of @vector arrived since the last look. */
bool msix_take(PciFn *f, unsigned vector);
/* The same, with up to some seconds of patience. */
bool msix_wait(PciFn *f, unsigned vector);

/* What is kept for a process that ends; called by qtest_wait_exit(). */
void pci_forget(QTest *t);

#endif /* TESTS_QTEST_PCI_H */
