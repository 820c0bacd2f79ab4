/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI function: its structure, its class, and its DMA.
 */
#ifndef QEMU_PCI_DEVICE_H
#define QEMU_PCI_DEVICE_H

#include "hw/pci/pci.h"
#include "hw/pci/pcie.h"

struct PCIDeviceClass {
    DeviceClass parent_class;

    /* Configuration space and bus are there; exit undoes realize. */
    void (*realize)(PCIDevice *dev, Error **errp);
    PCIUnregisterFunc *exit;
    /* NULL: the default functions. */
    PCIConfigReadFunc *config_read;
    PCIConfigWriteFunc *config_write;

    uint16_t vendor_id;
    uint16_t device_id;
    uint8_t revision;
    uint16_t class_id;
    /* Type 0 headers only; both 0: the default identity of this program. */
    uint16_t subsystem_vendor_id;
    uint16_t subsystem_id;

    /* Type 1 header (also set for every kind of TYPE_PCI_BRIDGE). */
    bool is_bridge;

    /* Option ROM image, unless the user names one. */
    const char *romfile;
};

struct PCIDevice {
    DeviceState qdev;
    bool partially_hotplugged;
    /* On unless a slot's power controller took it away. */
    bool has_power;

    /*
     * Configuration space, and for each of its bits: cmask, whether an
     * incoming stream must agree; wmask, whether software may write it;
     * w1cmask, whether writing 1 clears it; used (bytes), whether a
     * capability is there.
     */
    uint8_t *config;
    uint8_t *cmask;
    uint8_t *wmask;
    uint8_t *w1cmask;
    uint8_t *used;

    int32_t devfn;              /* property addr */
    PCIReqIDCache requester_id_cache;
    char name[64];
    PCIIORegion io_regions[PCI_NUM_REGIONS];

    /* What the function reaches by DMA: all or nothing, by Bus Master. */
    AddressSpace bus_master_as;
    MemoryRegion bus_master_container_region;
    MemoryRegion bus_master_enable_region;

    PCIConfigReadFunc *config_read;
    PCIConfigWriteFunc *config_write;

    /* Legacy VGA ranges, if any. */
    MemoryRegion *vga_regions[3];
    bool has_vga;

    /* INTx as the bus sees it: a bit a pin.  Sent in the stream. */
    uint8_t irq_state;

    uint32_t cap_present;       /* QEMU_PCI_CAP_* */

    uint8_t msix_cap;           /* offset */
    int msix_entries_nr;
    uint8_t *msix_table;
    uint8_t *msix_pba;
    MemoryRegion msix_exclusive_bar;
    MemoryRegion msix_table_mmio;
    MemoryRegion msix_pba_mmio;
    unsigned *msix_entry_used;  /* a count a vector */
    bool msix_function_masked;  /* or MSI-X not enabled */

    /* 2: the irq_state comes with the stream. */
    int32_t version_id;

    uint8_t msi_cap;            /* offset */

    PCIExpressDevice exp;
    SHPCDevice *shpc;

    /* Option ROM: file, size (-1: as the file), whether it has a BAR. */
    char *romfile;
    uint32_t romsize;
    bool has_rom;
    MemoryRegion rom;
    uint32_t rom_bar;

    PCIINTxRoutingNotifier intx_routing_notifier;

    MSIVectorUseNotifier msix_vector_use_notifier;
    MSIVectorReleaseNotifier msix_vector_release_notifier;
    MSIVectorPollNotifier msix_vector_poll_notifier;

    /* A platform's or a test's own way of sending; never NULL. */
    MSITriggerFunc *msi_trigger;
    MSIPrepareMessageFunc *msi_prepare_message;
    MSIxPrepareMessageFunc *msix_prepare_message;

    char *failover_pair_id;
    uint32_t acpi_index;

    /* Fields of this program only. */
    uint8_t intx_level;         /* INTx as the device asserts it: a bit a pin */
    uint8_t intx_on_bus;        /* INTx counted by the root bus: a bit a pin */
    bool msi_conflict_logged;   /* MSI used with MSI-X on: said once */
    uint8_t pm_state;           /* power state in effect, 0 to 3 */
    struct MSIXStats *msix_stats;
};

static inline int pci_intx(PCIDevice *pci_dev)
{
    return pci_get_byte(pci_dev->config + PCI_INTERRUPT_PIN) - 1;
}

static inline int pci_is_express(const PCIDevice *d)
{
    return d->cap_present & QEMU_PCI_CAP_EXPRESS;
}

static inline int pci_is_cxl(const PCIDevice *d)
{
    return d->cap_present & QEMU_PCIE_CAP_CXL;
}

static inline int pci_is_express_downstream_port(const PCIDevice *d)
{
    uint8_t type;

    if (!pci_is_express(d) || !d->exp.exp_cap) {
        return 0;
    }
    type = pcie_cap_get_type(d);
    return type == PCI_EXP_TYPE_DOWNSTREAM ||
           type == PCI_EXP_TYPE_ROOT_PORT;
}

/* No SR-IOV here: no function is virtual. */
static inline int pci_is_vf(const PCIDevice *d)
{
    return 0;
}

static inline uint32_t pci_config_size(const PCIDevice *d)
{
    return pci_is_express(d) ? PCIE_CONFIG_SPACE_SIZE
                             : PCI_CONFIG_SPACE_SIZE;
}

static inline PCIBus *pci_get_bus(const PCIDevice *dev)
{
    return PCI_BUS(qdev_get_parent_bus(DEVICE(dev)));
}

static inline int pci_dev_bus_num(const PCIDevice *dev)
{
    return pci_bus_num(pci_get_bus(dev));
}

static inline uint16_t pci_get_bdf(PCIDevice *dev)
{
    return PCI_BUILD_BDF(pci_bus_num(pci_get_bus(dev)), dev->devfn);
}

static inline void pci_irq_assert(PCIDevice *pci_dev)
{
    pci_set_irq(pci_dev, 1);
}

static inline void pci_irq_deassert(PCIDevice *pci_dev)
{
    pci_set_irq(pci_dev, 0);
}

/*** DMA by the function; needs no lock ***/

static inline AddressSpace *pci_get_address_space(PCIDevice *dev)
{
    return &dev->bus_master_as;
}

/*
 * Moves @len bytes between memory at bus address @addr and @buf.  The result
 * is MEMTX_OK, or why some of it failed (bus mastering off, no memory there).
 */
static inline MemTxResult pci_dma_rw(PCIDevice *dev, dma_addr_t addr,
                                     void *buf, dma_addr_t len,
                                     DMADirection dir, MemTxAttrs attrs)
{
    return dma_memory_rw(pci_get_address_space(dev), addr, buf, len,
                         dir, attrs);
}

static inline MemTxResult pci_dma_read(PCIDevice *dev, dma_addr_t addr,
                                       void *buf, dma_addr_t len)
{
    return pci_dma_rw(dev, addr, buf, len, DMA_DIRECTION_TO_DEVICE,
                      MEMTXATTRS_UNSPECIFIED);
}

static inline MemTxResult pci_dma_write(PCIDevice *dev, dma_addr_t addr,
                                        const void *buf, dma_addr_t len)
{
    return pci_dma_rw(dev, addr, (void *)buf, len,
                      DMA_DIRECTION_FROM_DEVICE, MEMTXATTRS_UNSPECIFIED);
}

/* One number: ldl_le_pci_dma(dev, addr, &val, attrs) and so on. */
#define PCI_DMA_DEFINE_LDST(_l, _s, _bits)                                  \
    static inline MemTxResult                                               \
    ld##_l##_pci_dma(PCIDevice *dev, dma_addr_t addr,                       \
                     uint##_bits##_t *val, MemTxAttrs attrs)                \
    {                                                                       \
        return ld##_l##_dma(pci_get_address_space(dev), addr, val, attrs);  \
    }                                                                       \
    static inline MemTxResult                                               \
    st##_s##_pci_dma(PCIDevice *dev, dma_addr_t addr,                       \
                     uint##_bits##_t val, MemTxAttrs attrs)                 \
    {                                                                       \
        return st##_s##_dma(pci_get_address_space(dev), addr, val, attrs);  \
    }

PCI_DMA_DEFINE_LDST(ub, b, 8)
PCI_DMA_DEFINE_LDST(uw_le, w_le, 16)
PCI_DMA_DEFINE_LDST(l_le, l_le, 32)
PCI_DMA_DEFINE_LDST(q_le, q_le, 64)
PCI_DMA_DEFINE_LDST(uw_be, w_be, 16)
PCI_DMA_DEFINE_LDST(l_be, l_be, 32)
PCI_DMA_DEFINE_LDST(q_be, q_be, 64)

#undef PCI_DMA_DEFINE_LDST

/*
 * Memory at @addr as a pointer, for up to *plen bytes (set to what is
 * there), or NULL.  Unmap tells how much was accessed.
 */
static inline void *pci_dma_map(PCIDevice *dev, dma_addr_t addr,
                                dma_addr_t *plen, DMADirection dir)
{
    return dma_memory_map(pci_get_address_space(dev), addr, plen, dir,
                          MEMTXATTRS_UNSPECIFIED);
}

static inline void pci_dma_unmap(PCIDevice *dev, void *buffer, dma_addr_t len,
                                 DMADirection dir, dma_addr_t access_len)
{
    dma_memory_unmap(pci_get_address_space(dev), buffer, len, dir,
                     access_len);
}

static inline void pci_dma_sglist_init(QEMUSGList *qsg, PCIDevice *dev,
                                       int alloc_hint)
{
    qemu_sglist_init(qsg, DEVICE(dev), alloc_hint,
                     pci_get_address_space(dev));
}

/*** Migration ***/

/*
 * The state that every function has; first in a device's description, of a
 * field of type PCIDevice:
 *
 *     VMSTATE_PCI_DEVICE(parent_obj, FooState),
 */
extern const VMStateDescription vmstate_pci_device;

#define VMSTATE_PCI_DEVICE(_field, _state) {                        \
    .name = (stringify(_field)),                                    \
    .size = sizeof(PCIDevice),                                      \
    .vmsd = &vmstate_pci_device,                                    \
    .flags = VMS_STRUCT,                                            \
    .offset = vmstate_offset_value(_state, _field, PCIDevice),      \
}

#define VMSTATE_PCI_DEVICE_POINTER(_field, _state) {                \
    .name = (stringify(_field)),                                    \
    .size = sizeof(PCIDevice),                                      \
    .vmsd = &vmstate_pci_device,                                    \
    .flags = VMS_STRUCT | VMS_POINTER,                              \
    .offset = vmstate_offset_pointer(_state, _field, PCIDevice),    \
}

#endif /* QEMU_PCI_DEVICE_H */
