/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI functions, buses and configuration space: PCI Local Bus 3.0.
 *
 * Every call needs the big lock, except the pci_dma_*() family, which needs
 * none, and what says otherwise.
 */
#ifndef QEMU_PCI_H
#define QEMU_PCI_H

#include "exec/memory.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qemu/range.h"
#include "sysemu/dma.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pci_ids.h"
#include "hw/pci/pci_regs.h"

/* Whether this program has PCI at all. */
extern bool pci_available;

/* Addresses: segment 31:16, bus 15:8, device 7:3, function 2:0. */
#define PCI_DEVFN(slot, func) ((((slot) & 0x1f) << 3) | ((func) & 0x07))
#define PCI_SLOT(devfn) (((devfn) >> 3) & 0x1f)
#define PCI_FUNC(devfn) ((devfn) & 0x07)
#define PCI_BUS_NUM(x) (((x) >> 8) & 0xff)
#define PCI_BUILD_BDF(bus, devfn) (((bus) << 8) | (devfn))
#define PCI_BDF_TO_DEVFN(x) ((x) & 0xff)
#define PCI_SBDF(seg, bus, dev, func) \
    ((((uint32_t)(seg)) << 16) | \
     (PCI_BUILD_BDF(bus, PCI_DEVFN(dev, func))))
#define PCI_BUS_MAX 256
#define PCI_DEVFN_MAX 256
#define PCI_SLOT_MAX 32
#define PCI_FUNC_MAX 8

typedef uint64_t pcibus_t;
#define FMT_PCIBUS PRIx64

/* How a user names a function of the host. */
struct PCIHostDeviceAddress {
    unsigned int domain;
    unsigned int bus;
    unsigned int slot;
    unsigned int function;
};

typedef void PCIConfigWriteFunc(PCIDevice *pci_dev, uint32_t address,
                                uint32_t data, int len);
typedef uint32_t PCIConfigReadFunc(PCIDevice *pci_dev, uint32_t address,
                                   int len);
typedef void PCIMapIORegionFunc(PCIDevice *pci_dev, int region_num,
                                pcibus_t addr, pcibus_t size, int type);
typedef void PCIUnregisterFunc(PCIDevice *pci_dev);

typedef void MSITriggerFunc(PCIDevice *dev, MSIMessage msg);
typedef MSIMessage MSIPrepareMessageFunc(PCIDevice *dev, unsigned vector);
typedef MSIMessage MSIxPrepareMessageFunc(PCIDevice *dev, unsigned vector);

/* A BAR.  addr is PCI_BAR_UNMAPPED while decoding is off. */
typedef struct PCIIORegion {
    pcibus_t addr;
#define PCI_BAR_UNMAPPED (~(pcibus_t)0)
    pcibus_t size;              /* 0: no such BAR */
    uint8_t type;               /* PCI_BASE_ADDRESS_* flags */
    MemoryRegion *memory;       /* what the BAR shows */
    MemoryRegion *address_space;    /* where it is shown */
} PCIIORegion;

#define PCI_ROM_SLOT 6
#define PCI_NUM_REGIONS 7

#define PCI_HEADER_TYPE_MULTI_FUNCTION 0x80

#define PCI_CONFIG_HEADER_SIZE 0x40
#define PCI_CONFIG_SPACE_SIZE 0x100
#define PCIE_CONFIG_SPACE_SIZE 0x1000

#define PCI_NUM_PINS 4          /* INTA to INTD */

/* Bits of PCIDevice.cap_present. */
enum {
    QEMU_PCI_CAP_MSI = 0x1,
    QEMU_PCI_CAP_MSIX = 0x2,
    QEMU_PCI_CAP_EXPRESS = 0x4,

    /* More than one function in this slot; property multifunction. */
#define QEMU_PCI_CAP_MULTIFUNCTION_BITNR 3
    QEMU_PCI_CAP_MULTIFUNCTION = (1 << QEMU_PCI_CAP_MULTIFUNCTION_BITNR),

    /* SERR# enable of the command register is writable. */
#define QEMU_PCI_CAP_SERR_BITNR 4
    QEMU_PCI_CAP_SERR = (1 << QEMU_PCI_CAP_SERR_BITNR),
#define QEMU_PCI_SHPC_BITNR 5
    QEMU_PCI_CAP_SHPC = (1 << QEMU_PCI_SHPC_BITNR),
#define QEMU_PCI_SLOTID_BITNR 6
    QEMU_PCI_CAP_SLOTID = (1 << QEMU_PCI_SLOTID_BITNR),
#define QEMU_PCI_SLOTID_SHIFT QEMU_PCI_SLOTID_BITNR
#define QEMU_PCI_SHPC_SHIFT QEMU_PCI_SHPC_BITNR

    /* The slot has a power controller; property power_controller_present. */
#define QEMU_PCIE_SLTCAP_PCP_BITNR 7
    QEMU_PCIE_SLTCAP_PCP = (1 << QEMU_PCIE_SLTCAP_PCP_BITNR),

    /* Link Status tells of an active data link; x-pcie-lnksta-dllla. */
#define QEMU_PCIE_LNKSTA_DLLLA_BITNR 8
    QEMU_PCIE_LNKSTA_DLLLA = (1 << QEMU_PCIE_LNKSTA_DLLLA_BITNR),

    /* The chain of extended capabilities begins with an empty header. */
#define QEMU_PCIE_EXTCAP_INIT_BITNR 9
    QEMU_PCIE_EXTCAP_INIT = (1 << QEMU_PCIE_EXTCAP_INIT_BITNR),
#define QEMU_PCIE_CXL_BITNR 10
    QEMU_PCIE_CAP_CXL = (1 << QEMU_PCIE_CXL_BITNR),
};

#define TYPE_PCI_DEVICE "pci-device"
typedef struct PCIDeviceClass PCIDeviceClass;
DECLARE_OBJ_CHECKERS(PCIDevice, PCIDeviceClass, PCI_DEVICE, TYPE_PCI_DEVICE)

/* What a device type can be plugged into; at least one is implemented. */
#define INTERFACE_CXL_DEVICE "cxl-device"
#define INTERFACE_PCIE_DEVICE "pci-express-device"
#define INTERFACE_CONVENTIONAL_PCI_DEVICE "conventional-pci-device"

#define TYPE_PCI_BUS "PCI"
typedef struct PCIBusClass PCIBusClass;
DECLARE_OBJ_CHECKERS(PCIBus, PCIBusClass, PCI_BUS, TYPE_PCI_BUS)
#define TYPE_PCIE_BUS "PCIE"
#define TYPE_CXL_BUS "CXL"

/* Where an INTx line of a root bus ends, for who delivers around us. */
typedef struct PCIINTxRoute {
    enum {
        PCI_INTX_ENABLED,
        PCI_INTX_INVERTED,
        PCI_INTX_DISABLED,
    } mode;
    int irq;
} PCIINTxRoute;

typedef void (*PCIINTxRoutingNotifier)(PCIDevice *dev);
typedef int (*MSIVectorUseNotifier)(PCIDevice *dev, unsigned int vector,
                                    MSIMessage msg);
typedef void (*MSIVectorReleaseNotifier)(PCIDevice *dev, unsigned int vector);
typedef void (*MSIVectorPollNotifier)(PCIDevice *dev,
                                      unsigned int vector_start,
                                      unsigned int vector_end);

typedef enum PCIReqIDType {
    PCI_REQ_ID_INVALID = 0,
    PCI_REQ_ID_BDF,             /* the function's own address */
    PCI_REQ_ID_SECONDARY_BUS,   /* 00.0 behind a bridge to conventional PCI */
    PCI_REQ_ID_MAX,
} PCIReqIDType;

typedef struct PCIReqIDCache {
    PCIDevice *dev;
    PCIReqIDType type;
} PCIReqIDCache;

/*** Root buses (host bridges) ***/

typedef void (*pci_set_irq_fn)(void *opaque, int irq_num, int level);
/* The upstream line of a function's pin (0 to 3). */
typedef int (*pci_map_irq_fn)(PCIDevice *pci_dev, int irq_num);
typedef PCIINTxRoute (*pci_route_irq_fn)(void *opaque, int pin);
typedef AddressSpace *(*PCIIOMMUFunc)(PCIBus *bus, void *opaque, int devfn);

/*
 * A root bus below @parent, whose devices' BARs go to the two address spaces.
 * Automatic addresses begin at @devfn_min.  @typename is TYPE_PCI_BUS or
 * TYPE_PCIE_BUS.  The first form is for memory that the caller provides.
 */
void pci_root_bus_init(PCIBus *bus, size_t bus_size, DeviceState *parent,
                       const char *name, MemoryRegion *address_space_mem,
                       MemoryRegion *address_space_io, uint8_t devfn_min,
                       const char *typename);
PCIBus *pci_root_bus_new(DeviceState *parent, const char *name,
                         MemoryRegion *address_space_mem,
                         MemoryRegion *address_space_io, uint8_t devfn_min,
                         const char *typename);
void pci_root_bus_cleanup(PCIBus *bus);

/* @set_irq(irq_opaque, line, level): a line's level changed. */
void pci_bus_irqs(PCIBus *bus, pci_set_irq_fn set_irq, void *irq_opaque,
                  int nirq);
void pci_bus_map_irqs(PCIBus *bus, pci_map_irq_fn map_irq);
void pci_bus_irqs_cleanup(PCIBus *bus);
int pci_bus_get_irq_level(PCIBus *bus, int irq_num);

/* All of these in one. */
PCIBus *pci_register_root_bus(DeviceState *parent, const char *name,
                              pci_set_irq_fn set_irq, pci_map_irq_fn map_irq,
                              void *irq_opaque,
                              MemoryRegion *address_space_mem,
                              MemoryRegion *address_space_io,
                              uint8_t devfn_min, int nirq,
                              const char *typename);
void pci_unregister_root_bus(PCIBus *bus);


void pci_bus_set_route_irq_fn(PCIBus *bus, pci_route_irq_fn fn);
PCIINTxRoute pci_device_route_intx_to_irq(PCIDevice *dev, int pin);
bool pci_intx_route_changed(PCIINTxRoute *old, PCIINTxRoute *new);
void pci_bus_fire_intx_routing_notifier(PCIBus *bus);
void pci_device_set_intx_routing_notifier(PCIDevice *dev,
                                          PCIINTxRoutingNotifier notifier);

/* Rotation of pins below a bridge: section 9.1 of the bridge spec. */
static inline int pci_swizzle(int slot, int pin)
{
    return (slot + pin) % PCI_NUM_PINS;
}
int pci_swizzle_map_irq_fn(PCIDevice *pci_dev, int pin);

/*
 * DMA of the functions of @bus and below goes through the address space that
 * @fn gives for each; NULL ends it.
 */
void pci_setup_iommu(PCIBus *bus, PCIIOMMUFunc fn, void *opaque);
AddressSpace *pci_device_iommu_address_space(PCIDevice *dev);
bool pci_bus_bypass_iommu(PCIBus *bus);

/*** The tree of buses ***/

typedef void (*pci_bus_dev_fn)(PCIBus *b, PCIDevice *d, void *opaque);
typedef void (*pci_bus_fn)(PCIBus *b, void *opaque);
typedef void *(*pci_bus_ret_fn)(PCIBus *b, void *opaque);

bool pci_bus_is_express(PCIBus *bus);

int pci_bus_num(PCIBus *s);
void pci_bus_range(PCIBus *bus, int *min_bus, int *max_bus);
uint16_t pci_bus_numa_node(PCIBus *bus);

/* Every function of one bus, by number below @bus or directly. */
void pci_for_each_device(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                         void *opaque);
void pci_for_each_device_reverse(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                                 void *opaque);
void pci_for_each_device_under_bus(PCIBus *bus, pci_bus_dev_fn fn,
                                   void *opaque);
void pci_for_each_device_under_bus_reverse(PCIBus *bus, pci_bus_dev_fn fn,
                                           void *opaque);
/* @begin(bus, what it gave for the bus above) before children, @end after. */
void pci_for_each_bus_depth_first(PCIBus *bus, pci_bus_ret_fn begin,
                                  pci_bus_fn end, void *parent_state);
void pci_for_each_bus(PCIBus *bus, pci_bus_fn fn, void *opaque);

PCIBus *pci_find_primary_bus(void);
PCIBus *pci_find_bus_nr(PCIBus *bus, int bus_num);
PCIBus *pci_device_root_bus(const PCIDevice *d);
const char *pci_root_bus_path(PCIDevice *dev);
PCIDevice *pci_find_device(PCIBus *bus, int bus_num, uint8_t devfn);
/* By device id anywhere; 0, -ENODEV, or -EINVAL for one that is not PCI. */
int pci_qdev_find_device(const char *id, PCIDevice **pdev);

/* The range that prefetchable 64-bit BARs below @bus occupy; maybe empty. */
void pci_bus_get_w64_range(PCIBus *bus, Range *range);

/*** Devices ***/

/*
 * A BAR that shows @memory, whose size is a power of two (at least 16 for
 * memory, 4 for I/O).  @type is of PCI_BASE_ADDRESS_*; @region_num 0 to 5, or
 * PCI_ROM_SLOT.
 */
void pci_register_bar(PCIDevice *pci_dev, int region_num, uint8_t attr,
                      MemoryRegion *memory);
/* Legacy VGA ranges, decoded as the command register says. */
void pci_register_vga(PCIDevice *pci_dev, MemoryRegion *mem,
                      MemoryRegion *io_lo, MemoryRegion *io_hi);
void pci_unregister_vga(PCIDevice *pci_dev);
pcibus_t pci_get_bar_addr(PCIDevice *pci_dev, int region_num);
/* Where the registers say that BAR @reg is; PCI_BAR_UNMAPPED for nowhere. */
pcibus_t pci_bar_address(PCIDevice *d, int reg, uint8_t type, pcibus_t size);

/*
 * Puts a capability of @size bytes at @offset, or where there is room if
 * that is 0, at the head of the list.  Its bytes are read-only until the
 * caller sets dev->wmask.  Returns the offset; -EINVAL where a fixed offset
 * overlaps another capability or the space is full, with @errp set.
 */
int pci_add_capability(PCIDevice *pdev, uint8_t cap_id, uint8_t offset,
                       uint8_t size, Error **errp);
void pci_del_capability(PCIDevice *pci_dev, uint8_t cap_id, uint8_t cap_size);
/* Its offset, or 0. */
uint8_t pci_find_capability(PCIDevice *pci_dev, uint8_t cap_id);

/* What configuration accesses come to unless a class has its own. */
uint32_t pci_default_read_config(PCIDevice *d, uint32_t address, int len);
void pci_default_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                              int len);
void pci_device_save(PCIDevice *s, QEMUFile *f);
int pci_device_load(PCIDevice *s, QEMUFile *f);
MemoryRegion *pci_address_space(PCIDevice *dev);
MemoryRegion *pci_address_space_io(PCIDevice *dev);

/*
 * A new function for address @devfn (-1: the next free slot), not realized,
 * or realized on @bus; the latter ends the program where that fails (boards).
 */
PCIDevice *pci_new(int devfn, const char *name);
PCIDevice *pci_new_multifunction(int devfn, bool multifunction,
                                 const char *name);
bool pci_realize_and_unref(PCIDevice *dev, PCIBus *bus, Error **errp);
PCIDevice *pci_create_simple(PCIBus *bus, int devfn, const char *name);
PCIDevice *pci_create_simple_multifunction(PCIBus *bus, int devfn,
                                           bool multifunction,
                                           const char *name);

void pci_device_reset(PCIDevice *dev);

/* Slot power: without it, nothing of the function answers. */
void pci_set_power(PCIDevice *pci_dev, bool state);

/*** Interrupts ***/

/* The function's INTx level; dev->config[PCI_INTERRUPT_PIN] says which. */
void pci_set_irq(PCIDevice *pci_dev, int level);
/* A line that sets it. */
qemu_irq pci_allocate_irq(PCIDevice *pci_dev);
int pci_irq_disabled_by_guest(PCIDevice *d);
/*
 * Takes INTx off the bus because a message mechanism went on.  What the
 * device asserts is remembered, and shows again when the last one goes off.
 */
void pci_device_deassert_intx(PCIDevice *dev);

/* The message of an MSI or MSI-X vector, whichever is enabled. */
MSIMessage pci_get_msi_message(PCIDevice *dev, int vector);

/* The bus, device and function number that its requests carry. */
uint16_t pci_requester_id(PCIDevice *dev);

/*** Configuration space bytes ***/

static inline void pci_set_byte(uint8_t *config, uint8_t val)
{
    *config = val;
}

static inline uint8_t pci_get_byte(const uint8_t *config)
{
    return *config;
}

static inline void pci_set_word(uint8_t *config, uint16_t val)
{
    stw_le_p(config, val);
}

static inline uint16_t pci_get_word(const uint8_t *config)
{
    return lduw_le_p(config);
}

static inline void pci_set_long(uint8_t *config, uint32_t val)
{
    stl_le_p(config, val);
}

static inline uint32_t pci_get_long(const uint8_t *config)
{
    return ldl_le_p(config);
}

/* Not one access for the guest; for wmask and the like. */
static inline void pci_set_quad(uint8_t *config, uint64_t val)
{
    stq_le_p(config, val);
}

static inline uint64_t pci_get_quad(const uint8_t *config)
{
    return ldq_le_p(config);
}

static inline void pci_config_set_vendor_id(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(pci_config + PCI_VENDOR_ID, val);
}

static inline void pci_config_set_device_id(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(pci_config + PCI_DEVICE_ID, val);
}

static inline void pci_config_set_revision(uint8_t *pci_config, uint8_t val)
{
    pci_set_byte(pci_config + PCI_REVISION_ID, val);
}

static inline void pci_config_set_class(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(pci_config + PCI_CLASS_DEVICE, val);
}

static inline void pci_config_set_prog_interface(uint8_t *pci_config,
                                                 uint8_t val)
{
    pci_set_byte(pci_config + PCI_CLASS_PROG, val);
}

static inline void pci_config_set_interrupt_pin(uint8_t *pci_config,
                                                uint8_t val)
{
    pci_set_byte(pci_config + PCI_INTERRUPT_PIN, val);
}

/*
 * For each width: pci_WIDTH_test_and_{clear,set}_mask() change bits and say
 * which of them were set before; pci_{set,get}_WIDTH_by_mask() access the
 * field that @mask (not 0) marks, shifted to bit 0.
 */
#define PCI_CONFIG_BITS_(width_, type_)                                     \
    static inline type_                                                     \
    pci_##width_##_test_and_clear_mask(uint8_t *config, type_ mask)         \
    {                                                                       \
        type_ val = pci_get_##width_(config);                               \
                                                                            \
        pci_set_##width_(config, val & ~mask);                              \
        return val & mask;                                                  \
    }                                                                       \
                                                                            \
    static inline type_                                                     \
    pci_##width_##_test_and_set_mask(uint8_t *config, type_ mask)           \
    {                                                                       \
        type_ val = pci_get_##width_(config);                               \
                                                                            \
        pci_set_##width_(config, val | mask);                               \
        return val & mask;                                                  \
    }                                                                       \
                                                                            \
    static inline void                                                      \
    pci_set_##width_##_by_mask(uint8_t *config, type_ mask, type_ field)    \
    {                                                                       \
        type_ val = (type_)((uint64_t)field << __builtin_ctzll(mask));      \
                                                                            \
        pci_set_##width_(config, (val & mask) |                             \
                                 (pci_get_##width_(config) & ~mask));       \
    }                                                                       \
                                                                            \
    static inline type_                                                     \
    pci_get_##width_##_by_mask(const uint8_t *config, type_ mask)           \
    {                                                                       \
        return (pci_get_##width_(config) & mask) >> __builtin_ctzll(mask);  \
    }

PCI_CONFIG_BITS_(byte, uint8_t)
PCI_CONFIG_BITS_(word, uint16_t)
PCI_CONFIG_BITS_(long, uint32_t)
PCI_CONFIG_BITS_(quad, uint64_t)

#undef PCI_CONFIG_BITS_

/* The structure of a function: newer models include it by name. */
#include "hw/pci/pci_device.h"

#endif /* QEMU_PCI_H */
