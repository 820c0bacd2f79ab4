/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Base address registers: PCI Local Bus 3.0 section 6.2.5; the legacy VGA
 * ranges of class code 0x0300 devices.
 *
 * A BAR shows its region on the bus at the address that the registers say,
 * while the command register lets it (6.2.2) and the function is awake.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/pci/pci_bridge.h"
#include "pci-internal.h"
#include "qemu/host-utils.h"
#include "trace.h"

/* Offset of a BAR's register. */
int pci_bar(const PCIDevice *d, int reg)
{
    if (reg != PCI_ROM_SLOT) {
        return PCI_BASE_ADDRESS_0 + reg * 4;
    }
    return (d->config[PCI_HEADER_TYPE] & ~PCI_HEADER_TYPE_MULTI_FUNCTION) ==
           PCI_HEADER_TYPE_BRIDGE ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS;
}

static bool bar_is_io(uint8_t type)
{
    return type & PCI_BASE_ADDRESS_SPACE_IO;
}

static bool bar_is_64(uint8_t type)
{
    return !bar_is_io(type) && (type & PCI_BASE_ADDRESS_MEM_TYPE_64);
}

void pci_register_bar(PCIDevice *d, int region_num, uint8_t type,
                      MemoryRegion *memory)
{
    PCIIORegion *r = &d->io_regions[region_num];
    pcibus_t size = memory_region_size(memory);
    int bar = pci_bar(d, region_num);
    uint64_t wmask = ~(size - 1);

    assert(region_num >= 0 && region_num < PCI_NUM_REGIONS);
    assert(is_power_of_2(size));
    assert(!r->size);

    *r = (PCIIORegion) {
        .addr = PCI_BAR_UNMAPPED,
        .size = size,
        .type = type,
        .memory = memory,
        .address_space = bar_is_io(type)
                         ? pci_get_bus(d)->address_space_io
                         : pci_get_bus(d)->address_space_mem,
    };
    if (region_num == PCI_ROM_SLOT) {
        wmask |= PCI_ROM_ADDRESS_ENABLE;
    }
    pci_set_long(d->config + bar, type);
    if (bar_is_64(type)) {
        pci_set_quad(d->wmask + bar, wmask);
        pci_set_quad(d->cmask + bar, ~0ULL);
    } else {
        pci_set_long(d->wmask + bar, wmask);
        pci_set_long(d->cmask + bar, 0xffffffff);
    }
}

pcibus_t pci_get_bar_addr(PCIDevice *d, int region_num)
{
    return d->io_regions[region_num].addr;
}

/* Some machines have something at bus address 0; on others it means "off". */
static bool pci_address_0_allowed(void)
{
    return current_machine &&
           MACHINE_GET_CLASS(current_machine)->pci_allow_0_address;
}

pcibus_t pci_bar_address(PCIDevice *d, int reg, uint8_t type, pcibus_t size)
{
    uint16_t cmd = pci_get_word(d->config + PCI_COMMAND);
    const uint8_t *bar = d->config + pci_bar(d, reg);
    pcibus_t limit, addr, last;

    if (!(cmd & (bar_is_io(type) ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY))) {
        return PCI_BAR_UNMAPPED;
    }
    if (reg == PCI_ROM_SLOT &&
        !(pci_get_long(bar) & PCI_ROM_ADDRESS_ENABLE)) {
        return PCI_BAR_UNMAPPED;
    }
    addr = bar_is_64(type) ? pci_get_quad(bar) : pci_get_long(bar);
    addr &= ~(size - 1);
    last = addr + size - 1;

    /*
     * A sizing probe leaves all ones in a register; software then expects
     * nothing at the end of the address space, where its ROM or the
     * interrupt controller is.
     */
    limit = bar_is_64(type) ? HWADDR_MAX : UINT32_MAX;
    if (last < addr || last >= limit ||
        (addr == 0 && !pci_address_0_allowed())) {
        return PCI_BAR_UNMAPPED;
    }
    return addr;
}

/*** Legacy VGA ***/

static const struct {
    hwaddr base;
    uint64_t size;
    bool io;
} vga_ranges[QEMU_PCI_VGA_NUM_REGIONS] = {
    [QEMU_PCI_VGA_MEM] = { QEMU_PCI_VGA_MEM_BASE, QEMU_PCI_VGA_MEM_SIZE },
    [QEMU_PCI_VGA_IO_LO] = { QEMU_PCI_VGA_IO_LO_BASE,
                             QEMU_PCI_VGA_IO_LO_SIZE, true },
    [QEMU_PCI_VGA_IO_HI] = { QEMU_PCI_VGA_IO_HI_BASE,
                             QEMU_PCI_VGA_IO_HI_SIZE, true },
};

static MemoryRegion *vga_space(PCIDevice *d, int range)
{
    PCIBus *bus = pci_get_bus(d);

    return vga_ranges[range].io ? bus->address_space_io
                                : bus->address_space_mem;
}

static void pci_update_vga(PCIDevice *d)
{
    uint16_t cmd = pci_is_awake(d) ? pci_get_word(d->config + PCI_COMMAND)
                                   : 0;

    for (int i = 0; d->has_vga && i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        memory_region_set_enabled(d->vga_regions[i],
                                  cmd & (vga_ranges[i].io
                                         ? PCI_COMMAND_IO
                                         : PCI_COMMAND_MEMORY));
    }
}

void pci_register_vga(PCIDevice *d, MemoryRegion *mem, MemoryRegion *io_lo,
                      MemoryRegion *io_hi)
{
    assert(!d->has_vga);

    d->vga_regions[QEMU_PCI_VGA_MEM] = mem;
    d->vga_regions[QEMU_PCI_VGA_IO_LO] = io_lo;
    d->vga_regions[QEMU_PCI_VGA_IO_HI] = io_hi;
    for (int i = 0; i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        assert(memory_region_size(d->vga_regions[i]) == vga_ranges[i].size);
        memory_region_add_subregion_overlap(vga_space(d, i),
                                            vga_ranges[i].base,
                                            d->vga_regions[i], 1);
    }
    d->has_vga = true;
    pci_update_vga(d);
}

void pci_unregister_vga(PCIDevice *d)
{
    for (int i = 0; d->has_vga && i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        memory_region_del_subregion(vga_space(d, i), d->vga_regions[i]);
    }
    d->has_vga = false;
}

/*** Mapping ***/

static void pci_move_bar(PCIDevice *d, int reg, pcibus_t addr)
{
    PCIIORegion *r = &d->io_regions[reg];

    if (r->addr != PCI_BAR_UNMAPPED) {
        trace_pci_update_mappings_del(d->name, pci_dev_bus_num(d),
                                      PCI_SLOT(d->devfn),
                                      PCI_FUNC(d->devfn), reg, r->addr,
                                      r->size);
        memory_region_del_subregion(r->address_space, r->memory);
    }
    r->addr = addr;
    if (addr != PCI_BAR_UNMAPPED) {
        trace_pci_update_mappings_add(d->name, pci_dev_bus_num(d),
                                      PCI_SLOT(d->devfn),
                                      PCI_FUNC(d->devfn), reg, addr,
                                      r->size);
        memory_region_add_subregion_overlap(r->address_space, addr,
                                            r->memory, 1);
    }
}

void pci_update_mappings(PCIDevice *d)
{
    bool awake = pci_is_awake(d);

    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];
        pcibus_t addr = PCI_BAR_UNMAPPED;

        if (!r->size) {
            continue;
        }
        if (awake) {
            addr = pci_bar_address(d, i, r->type, r->size);
        }
        if (addr != r->addr) {
            pci_move_bar(d, i, addr);
        }
    }
    pci_update_vga(d);
}

void pci_unregister_bars(PCIDevice *d)
{
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];

        if (r->size && r->addr != PCI_BAR_UNMAPPED) {
            memory_region_del_subregion(r->address_space, r->memory);
        }
        *r = (PCIIORegion) { .addr = PCI_BAR_UNMAPPED };
    }
    pci_unregister_vga(d);
}

void pci_bars_reset(PCIDevice *d)
{
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        const PCIIORegion *r = &d->io_regions[i];
        uint8_t *bar = d->config + pci_bar(d, i);

        if (!r->size) {
            continue;
        }
        if (bar_is_64(r->type)) {
            pci_set_quad(bar, r->type);
        } else {
            pci_set_long(bar, r->type);
        }
    }
}

/*** What firmware tables say of 64-bit BARs ***/

static void extend_above_4g(Range *range, uint64_t first, uint64_t last)
{
    first = MAX(first, 1ULL << 32);
    if (first <= last) {
        Range r;

        range_set_bounds(&r, first, last);
        range_extend(range, &r);
    }
}

static void pci_add_w64_range(PCIBus *bus, PCIDevice *d, void *opaque)
{
    Range *range = opaque;

    if (IS_PCI_BRIDGE(d)) {
        extend_above_4g(range,
                        pci_bridge_get_base(d, PCI_BASE_ADDRESS_MEM_PREFETCH),
                        pci_bridge_get_limit(d,
                                             PCI_BASE_ADDRESS_MEM_PREFETCH));
    }
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        const PCIIORegion *r = &d->io_regions[i];
        pcibus_t addr;

        if (!r->size || !bar_is_64(r->type)) {
            continue;
        }
        addr = pci_bar_address(d, i, r->type, r->size);
        if (addr != PCI_BAR_UNMAPPED) {
            extend_above_4g(range, addr, addr + r->size - 1);
        }
    }
}

void pci_bus_get_w64_range(PCIBus *bus, Range *range)
{
    range_make_empty(range);
    pci_for_each_device_under_bus(bus, pci_add_w64_range, range);
}
