/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI-to-PCI bridges: PCI-to-PCI Bridge Architecture 1.2, chapters 3 and 4.
 *
 * The secondary bus has address spaces of its own.  What lies in a window of
 * them shows on the primary bus, through aliases that move and change size
 * with the window registers.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/range.h"
#include "qemu/units.h"

#define SSVID_CAP_SIZE 8

int pci_bridge_ssvid_init(PCIDevice *d, uint8_t offset, uint16_t svid,
                          uint16_t ssid, Error **errp)
{
    int cap = pci_add_capability(d, PCI_CAP_ID_SSVID, offset, SSVID_CAP_SIZE,
                                 errp);

    if (cap >= 0) {
        pci_set_word(d->config + cap + PCI_SSVID_VENDOR_ID, svid);
        pci_set_word(d->config + cap + PCI_SSVID_DEVICE_ID, ssid);
    }
    return cap;
}

PCIDevice *pci_bridge_get_device(PCIBus *bus)
{
    return bus->parent_dev;
}

PCIBus *pci_bridge_get_sec_bus(PCIBridge *br)
{
    return &br->sec_bus;
}

/*** Window registers ***/

static bool io_window_is_32bit(const uint8_t *config)
{
    return (config[PCI_IO_BASE] & PCI_IO_RANGE_TYPE_MASK) ==
           PCI_IO_RANGE_TYPE_32;
}

/* A register's field holds the upper bits of the address. */
static pcibus_t io_address(const uint8_t *config, int reg, int upper)
{
    pcibus_t addr = (pcibus_t)(config[reg] & PCI_IO_RANGE_MASK & 0xff) << 8;

    if (io_window_is_32bit(config)) {
        addr |= (pcibus_t)pci_get_word(config + upper) << 16;
    }
    return addr;
}

static pcibus_t pref_address(const uint8_t *config, int reg, int upper)
{
    uint16_t val = pci_get_word(config + reg);
    pcibus_t addr = (pcibus_t)(val & PCI_PREF_RANGE_MASK & 0xffff) << 16;

    if ((val & PCI_PREF_RANGE_TYPE_MASK) == PCI_PREF_RANGE_TYPE_64) {
        addr |= (pcibus_t)pci_get_long(config + upper) << 32;
    }
    return addr;
}

static pcibus_t mem_address(const uint8_t *config, int reg)
{
    return (pcibus_t)(pci_get_word(config + reg) & PCI_MEMORY_RANGE_MASK &
                      0xffff) << 16;
}

pcibus_t pci_bridge_get_base(const PCIDevice *bridge, uint8_t type)
{
    const uint8_t *config = bridge->config;

    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return io_address(config, PCI_IO_BASE, PCI_IO_BASE_UPPER16);
    }
    if (type & PCI_BASE_ADDRESS_MEM_PREFETCH) {
        return pref_address(config, PCI_PREF_MEMORY_BASE,
                            PCI_PREF_BASE_UPPER32);
    }
    return mem_address(config, PCI_MEMORY_BASE);
}

pcibus_t pci_bridge_get_limit(const PCIDevice *bridge, uint8_t type)
{
    const uint8_t *config = bridge->config;

    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return io_address(config, PCI_IO_LIMIT, PCI_IO_LIMIT_UPPER16) | 0xfff;
    }
    if (type & PCI_BASE_ADDRESS_MEM_PREFETCH) {
        return pref_address(config, PCI_PREF_MEMORY_LIMIT,
                            PCI_PREF_LIMIT_UPPER32) | 0xfffff;
    }
    return mem_address(config, PCI_MEMORY_LIMIT) | 0xfffff;
}

/*** Windows ***/

typedef struct WindowInfo {
    const char *name;
    size_t offset;              /* of the alias in PCIBridgeWindows */
    uint8_t type;               /* PCI_BASE_ADDRESS_* */
} WindowInfo;

/* What is later in the list is in front where windows overlap. */
static const WindowInfo window_info[] = {
    { "pci_bridge_pref_mem", offsetof(PCIBridgeWindows, alias_pref_mem),
      PCI_BASE_ADDRESS_MEM_PREFETCH },
    { "pci_bridge_mem", offsetof(PCIBridgeWindows, alias_mem),
      PCI_BASE_ADDRESS_SPACE_MEMORY },
    { "pci_bridge_io", offsetof(PCIBridgeWindows, alias_io),
      PCI_BASE_ADDRESS_SPACE_IO },
};

static const struct {
    const char *name;
    hwaddr base;
    uint64_t size;
    uint8_t type;
} vga_info[QEMU_PCI_VGA_NUM_REGIONS] = {
    [QEMU_PCI_VGA_MEM] = {
        "pci_bridge_vga_mem", QEMU_PCI_VGA_MEM_BASE, QEMU_PCI_VGA_MEM_SIZE,
        PCI_BASE_ADDRESS_SPACE_MEMORY },
    [QEMU_PCI_VGA_IO_LO] = {
        "pci_bridge_vga_io_lo", QEMU_PCI_VGA_IO_LO_BASE,
        QEMU_PCI_VGA_IO_LO_SIZE, PCI_BASE_ADDRESS_SPACE_IO },
    [QEMU_PCI_VGA_IO_HI] = {
        "pci_bridge_vga_io_hi", QEMU_PCI_VGA_IO_HI_BASE,
        QEMU_PCI_VGA_IO_HI_SIZE, PCI_BASE_ADDRESS_SPACE_IO },
};

static MemoryRegion *window_alias(PCIBridge *br, int i)
{
    return (MemoryRegion *)((char *)&br->windows + window_info[i].offset);
}

static MemoryRegion *primary_space(PCIBridge *br, uint8_t type)
{
    PCIBus *bus = pci_get_bus(PCI_DEVICE(br));

    return type & PCI_BASE_ADDRESS_SPACE_IO ? bus->address_space_io
                                            : bus->address_space_mem;
}

static MemoryRegion *secondary_space(PCIBridge *br, uint8_t type)
{
    return type & PCI_BASE_ADDRESS_SPACE_IO ? &br->address_space_io
                                            : &br->address_space_mem;
}

/* A bridge forwards downstream what its own command register lets it take. */
static bool forwards(PCIDevice *d, uint8_t type)
{
    return pci_is_awake(d) && (pci_get_word(d->config + PCI_COMMAND) &
                               (type & PCI_BASE_ADDRESS_SPACE_IO
                                ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY));
}

static void update_window(PCIBridge *br, int i)
{
    PCIDevice *d = PCI_DEVICE(br);
    uint8_t type = window_info[i].type;
    MemoryRegion *alias = window_alias(br, i);
    pcibus_t base = pci_bridge_get_base(d, type);
    pcibus_t limit = pci_bridge_get_limit(d, type);
    uint64_t size = 0;

    if (forwards(d, type) && base <= limit) {
        size = limit - base + 1;
        /* All 64 bits of it: one byte less is as good. */
        size = size ? size : UINT64_MAX;
    } else {
        base = 0;
    }
    memory_region_set_size(alias, size);
    memory_region_set_alias_offset(alias, base);
    memory_region_set_address(alias, base);
}

void pci_bridge_update_mappings(PCIBridge *br)
{
    PCIDevice *d = PCI_DEVICE(br);
    bool vga = pci_get_word(d->config + PCI_BRIDGE_CONTROL) &
               PCI_BRIDGE_CTL_VGA;

    memory_region_transaction_begin();
    for (int i = 0; i < ARRAY_SIZE(window_info); i++) {
        update_window(br, i);
    }
    for (int i = 0; i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        memory_region_set_enabled(&br->windows.alias_vga[i],
                                  vga && forwards(d, vga_info[i].type));
    }
    memory_region_transaction_commit();
}

static void init_windows(PCIBridge *br)
{
    Object *owner = OBJECT(br);

    memory_region_transaction_begin();
    for (int i = 0; i < ARRAY_SIZE(window_info); i++) {
        uint8_t type = window_info[i].type;

        memory_region_init_alias(window_alias(br, i), owner,
                                 window_info[i].name,
                                 secondary_space(br, type), 0, 0);
        memory_region_add_subregion_overlap(primary_space(br, type), 0,
                                            window_alias(br, i), 1);
    }
    for (int i = 0; i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        MemoryRegion *alias = &br->windows.alias_vga[i];
        uint8_t type = vga_info[i].type;

        memory_region_init_alias(alias, owner, vga_info[i].name,
                                 secondary_space(br, type), vga_info[i].base,
                                 vga_info[i].size);
        memory_region_set_enabled(alias, false);
        memory_region_add_subregion_overlap(primary_space(br, type),
                                            vga_info[i].base, alias, 1);
    }
    memory_region_transaction_commit();
}

static void remove_window(MemoryRegion *space, MemoryRegion *alias)
{
    memory_region_del_subregion(space, alias);
    object_unparent(OBJECT(alias));
}

static void exit_windows(PCIBridge *br)
{
    memory_region_transaction_begin();
    for (int i = 0; i < ARRAY_SIZE(window_info); i++) {
        remove_window(primary_space(br, window_info[i].type),
                      window_alias(br, i));
    }
    for (int i = 0; i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        remove_window(primary_space(br, vga_info[i].type),
                      &br->windows.alias_vga[i]);
    }
    memory_region_transaction_commit();
}

/*** Configuration writes and reset ***/

void pci_bridge_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                             int len)
{
    PCIBridge *br = PCI_BRIDGE(d);
    uint16_t old_ctl = pci_get_word(d->config + PCI_BRIDGE_CONTROL);
    uint16_t new_ctl;

    pci_default_write_config(d, address, val, len);

    if (ranges_overlap(address, len, PCI_COMMAND, 2) ||
        ranges_overlap(address, len, PCI_IO_BASE, 2) ||
        /* both memory windows, and their upper halves */
        ranges_overlap(address, len, PCI_MEMORY_BASE,
                       PCI_IO_LIMIT_UPPER16 + 2 - PCI_MEMORY_BASE) ||
        ranges_overlap(address, len, PCI_BRIDGE_CONTROL, 2)) {
        pci_bridge_update_mappings(br);
    }

    new_ctl = pci_get_word(d->config + PCI_BRIDGE_CONTROL);
    if (~old_ctl & new_ctl & PCI_BRIDGE_CTL_BUS_RESET) {
        bus_cold_reset(BUS(&br->sec_bus));
    }
}

void pci_bridge_disable_base_limit(PCIDevice *d)
{
    uint8_t *config = d->config;

    pci_byte_test_and_set_mask(config + PCI_IO_BASE,
                               PCI_IO_RANGE_MASK & 0xff);
    pci_byte_test_and_clear_mask(config + PCI_IO_LIMIT,
                                 PCI_IO_RANGE_MASK & 0xff);
    pci_word_test_and_set_mask(config + PCI_MEMORY_BASE,
                               PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(config + PCI_MEMORY_LIMIT,
                                 PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_set_mask(config + PCI_PREF_MEMORY_BASE,
                               PCI_PREF_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(config + PCI_PREF_MEMORY_LIMIT,
                                 PCI_PREF_RANGE_MASK & 0xffff);
    pci_set_long(config + PCI_PREF_BASE_UPPER32, 0);
    pci_set_long(config + PCI_PREF_LIMIT_UPPER32, 0);
}

/* Registers that reset clears, as far as software can write them. */
static const struct {
    uint8_t offset;
    uint8_t width;
} reset_registers[] = {
    { PCI_PRIMARY_BUS, 4 },
    { PCI_IO_BASE, 2 },
    { PCI_SEC_STATUS, 2 },
    { PCI_MEMORY_BASE, 4 },
    { PCI_PREF_MEMORY_BASE, 4 },
    { PCI_PREF_BASE_UPPER32, 4 },
    { PCI_PREF_LIMIT_UPPER32, 4 },
    { PCI_IO_BASE_UPPER16, 4 },
    { PCI_BRIDGE_CONTROL, 2 },
};

void pci_bridge_reset(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);

    for (int i = 0; i < ARRAY_SIZE(reset_registers); i++) {
        int end = reset_registers[i].offset + reset_registers[i].width;

        for (int j = reset_registers[i].offset; j < end; j++) {
            d->config[j] &= ~(d->wmask[j] | d->w1cmask[j]);
        }
    }
}

/*** Life ***/

void pci_bridge_initfn(PCIDevice *d, const char *typename)
{
    PCIBus *parent = pci_get_bus(d);
    PCIBridge *br = PCI_BRIDGE(d);
    PCIBus *sec_bus = &br->sec_bus;

    pci_word_test_and_set_mask(d->config + PCI_STATUS,
                               PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);
    pci_word_test_and_set_mask(d->config + PCI_SEC_STATUS,
                               PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);
    pci_config_set_class(d->config, PCI_CLASS_BRIDGE_PCI);

    if (!br->bus_name && d->qdev.id && *d->qdev.id) {
        br->bus_name = d->qdev.id;
    }
    qbus_init(sec_bus, sizeof(br->sec_bus), typename, DEVICE(d),
              br->bus_name);
    sec_bus->parent_dev = d;
    sec_bus->map_irq = br->map_irq ? br->map_irq : pci_swizzle_map_irq_fn;
    memory_region_init(&br->address_space_mem, OBJECT(br), "pci_bridge_pci",
                       UINT64_MAX);
    memory_region_init(&br->address_space_io, OBJECT(br), "pci_bridge_io",
                       4 * GiB);
    sec_bus->address_space_mem = &br->address_space_mem;
    sec_bus->address_space_io = &br->address_space_io;
    init_windows(br);
    QLIST_INIT(&sec_bus->child);
    QLIST_INSERT_HEAD(&parent->child, sec_bus, sibling);
}

void pci_bridge_exitfn(PCIDevice *d)
{
    PCIBridge *br = PCI_BRIDGE(d);

    QLIST_REMOVE(&br->sec_bus, sibling);
    exit_windows(br);
    /* The bus itself, with the spaces, goes with the device. */
}

void pci_bridge_map_irq(PCIBridge *br, const char *bus_name,
                        pci_map_irq_fn map_irq)
{
    br->map_irq = map_irq;
    br->bus_name = bus_name;
}

/*** Hints to firmware ***/

int pci_bridge_qemu_reserve_cap_init(PCIDevice *d, int cap_offset,
                                     PCIResReserve res, Error **errp)
{
    PCIBridgeQemuCap cap = {
        .len = sizeof(cap),
        .type = REDHAT_PCI_CAP_RESOURCE_RESERVE,
        .bus_res = cpu_to_le32(res.bus),
        .io = cpu_to_le64(res.io),
        .mem = cpu_to_le32(res.mem_non_pref),
        .mem_pref_32 = cpu_to_le32(res.mem_pref_32),
        .mem_pref_64 = cpu_to_le64(res.mem_pref_64),
    };
    int offset;

    QEMU_BUILD_BUG_ON(sizeof(cap) != REDHAT_PCI_CAP_RES_RESERVE_CAP_SIZE);
    if (res.mem_pref_32 != UINT64_MAX && res.mem_pref_64 != UINT64_MAX) {
        error_setg(errp, "PCI resource reserve cap: PREF32 and PREF64 "
                   "conflict");
        return -EINVAL;
    }
    if (res.mem_non_pref != UINT64_MAX && res.mem_non_pref >= 4 * GiB) {
        error_setg(errp, "PCI resource reserve cap: mem-reserve must be less "
                   "than 4G");
        return -EINVAL;
    }
    if (res.mem_pref_32 != UINT64_MAX && res.mem_pref_32 >= 4 * GiB) {
        error_setg(errp, "PCI resource reserve cap: pref32-reserve  must be "
                   "less than 4G");
        return -EINVAL;
    }
    if (res.bus == UINT32_MAX && res.io == UINT64_MAX &&
        res.mem_non_pref == UINT64_MAX && res.mem_pref_32 == UINT64_MAX &&
        res.mem_pref_64 == UINT64_MAX) {
        return 0;
    }

    offset = pci_add_capability(d, PCI_CAP_ID_VNDR, cap_offset, sizeof(cap),
                                errp);
    if (offset < 0) {
        return offset;
    }
    memcpy(d->config + offset + PCI_CAP_FLAGS, (char *)&cap + PCI_CAP_FLAGS,
           sizeof(cap) - PCI_CAP_FLAGS);
    return 0;
}

static const TypeInfo pci_bridge_types[] = {
    {
        .name = TYPE_PCI_BRIDGE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PCIBridge),
        .abstract = true,
    },
};

DEFINE_TYPES(pci_bridge_types)
