/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host bridges: configuration mechanism #1 (PCI Local Bus 3.0 section
 * 3.2.2.3.2), an address register and a window of four bytes on the register
 * it selects.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_host.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "trace.h"

#define CONFIG_ENABLE 0x80000000u

/*
 * A hot-plugged function is not to be seen before function 0 of its slot is
 * there, which is how software learns of the slot as a whole.
 */
static bool function_answers(PCIDevice *d)
{
    return d->has_power &&
           (!d->qdev.hotplugged || pci_get_function_0(d));
}

/* Offsets past 0xff exist where all buses on the way pass them on. */
static uint32_t reachable_size(PCIDevice *d, uint32_t limit)
{
    if (limit > PCI_CONFIG_SPACE_SIZE &&
        !pci_bus_allows_extended_config_space(pci_get_bus(d))) {
        return PCI_CONFIG_SPACE_SIZE;
    }
    return limit;
}

void pci_host_config_write_common(PCIDevice *d, uint32_t addr,
                                  uint32_t limit, uint32_t val, uint32_t len)
{
    limit = reachable_size(d, limit);
    if (addr >= limit || !function_answers(d)) {
        return;
    }
    trace_pci_cfg_write(d->name, pci_dev_bus_num(d), PCI_SLOT(d->devfn),
                        PCI_FUNC(d->devfn), addr, val);
    d->config_write(d, addr, val, MIN(len, limit - addr));
}

uint32_t pci_host_config_read_common(PCIDevice *d, uint32_t addr,
                                     uint32_t limit, uint32_t len)
{
    uint32_t val;

    limit = reachable_size(d, limit);
    if (addr >= limit || !function_answers(d)) {
        return ~0u;
    }
    val = d->config_read(d, addr, MIN(len, limit - addr));
    trace_pci_cfg_read(d->name, pci_dev_bus_num(d), PCI_SLOT(d->devfn),
                       PCI_FUNC(d->devfn), addr, val);
    return val;
}

static PCIDevice *device_of(PCIBus *bus, uint32_t addr)
{
    return pci_find_device(bus, (addr >> 16) & 0xff, (addr >> 8) & 0xff);
}

void pci_data_write(PCIBus *bus, uint32_t addr, uint32_t val, unsigned len)
{
    PCIDevice *d = device_of(bus, addr);

    if (d) {
        pci_host_config_write_common(d, addr & 0xff, PCI_CONFIG_SPACE_SIZE,
                                     val, len);
    }
}

uint32_t pci_data_read(PCIBus *bus, uint32_t addr, unsigned len)
{
    PCIDevice *d = device_of(bus, addr);

    return d ? pci_host_config_read_common(d, addr & 0xff,
                                           PCI_CONFIG_SPACE_SIZE, len) : ~0u;
}

/* The address register takes doublewords only; bytes pass to other ports. */
static void conf_write(void *opaque, hwaddr addr, uint64_t val, unsigned len)
{
    PCIHostState *s = opaque;

    if (addr == 0 && len == 4) {
        s->config_reg = val;
    }
}

static uint64_t conf_read(void *opaque, hwaddr addr, unsigned len)
{
    PCIHostState *s = opaque;

    return s->config_reg;
}

static void data_write(void *opaque, hwaddr addr, uint64_t val, unsigned len)
{
    PCIHostState *s = opaque;

    if (s->config_reg & CONFIG_ENABLE) {
        pci_data_write(s->bus, s->config_reg | (addr & 3), val, len);
    }
}

static uint64_t data_read(void *opaque, hwaddr addr, unsigned len)
{
    PCIHostState *s = opaque;

    if (!(s->config_reg & CONFIG_ENABLE)) {
        return ~0u;
    }
    return pci_data_read(s->bus, s->config_reg | (addr & 3), len);
}

const MemoryRegionOps pci_host_conf_le_ops = {
    .read = conf_read,
    .write = conf_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

const MemoryRegionOps pci_host_conf_be_ops = {
    .read = conf_read,
    .write = conf_write,
    .endianness = DEVICE_BIG_ENDIAN,
};

const MemoryRegionOps pci_host_data_le_ops = {
    .read = data_read,
    .write = data_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

const MemoryRegionOps pci_host_data_be_ops = {
    .read = data_read,
    .write = data_write,
    .endianness = DEVICE_BIG_ENDIAN,
};

/*** Type ***/

static bool config_reg_needed(void *opaque)
{
    PCIHostState *s = opaque;

    return s->mig_enabled;
}

static const VMStateDescription vmstate_pcihost = {
    .name = "PCIHost",
    .needed = config_reg_needed,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(config_reg, PCIHostState),
        VMSTATE_END_OF_LIST()
    }
};

static Property pci_host_properties[] = {
    DEFINE_PROP_BOOL("x-config-reg-migration-enabled", PCIHostState,
                     mig_enabled, true),
    DEFINE_PROP_BOOL(PCI_HOST_BYPASS_IOMMU, PCIHostState, bypass_iommu,
                     false),
    DEFINE_PROP_END_OF_LIST()
};

static void pci_host_finalize(Object *obj)
{
    QLIST_SAFE_REMOVE(PCI_HOST_BRIDGE(obj), next);
}

static void pci_host_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    device_class_set_props(dc, pci_host_properties);
    dc->vmsd = &vmstate_pcihost;
}

static const TypeInfo pci_host_types[] = {
    {
        .name = TYPE_PCI_HOST_BRIDGE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .abstract = true,
        .class_size = sizeof(PCIHostBridgeClass),
        .instance_size = sizeof(PCIHostState),
        .instance_finalize = pci_host_finalize,
        .class_init = pci_host_class_init,
    },
};

DEFINE_TYPES(pci_host_types)
