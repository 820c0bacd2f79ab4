/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PCI function as a device: its address on the bus, its life from
 * realize to unrealize, its properties, reset and slot power.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix-observer.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"

bool pci_available = true;

/* Largest number of an onboard device that firmware and guests know. */
#define ACPI_INDEX_MAX (16 * 1024 - 1)

static Property pci_props[] = {
    DEFINE_PROP_PCI_DEVFN("addr", PCIDevice, devfn, -1),
    DEFINE_PROP_STRING("romfile", PCIDevice, romfile),
    DEFINE_PROP_UINT32("romsize", PCIDevice, romsize, UINT32_MAX),
    DEFINE_PROP_UINT32("rombar", PCIDevice, rom_bar, 1),
    DEFINE_PROP_BIT("multifunction", PCIDevice, cap_present,
                    QEMU_PCI_CAP_MULTIFUNCTION_BITNR, false),
    DEFINE_PROP_BIT("x-pcie-lnksta-dllla", PCIDevice, cap_present,
                    QEMU_PCIE_LNKSTA_DLLLA_BITNR, true),
    DEFINE_PROP_BIT("x-pcie-extcap-init", PCIDevice, cap_present,
                    QEMU_PCIE_EXTCAP_INIT_BITNR, true),
    DEFINE_PROP_STRING("failover_pair_id", PCIDevice, failover_pair_id),
    DEFINE_PROP_UINT32("acpi-index", PCIDevice, acpi_index, 0),
    DEFINE_PROP_END_OF_LIST()
};

/*** acpi-index: unique among all functions ***/

static GHashTable *acpi_indexes;

static bool pci_claim_acpi_index(PCIDevice *d, Error **errp)
{
    if (!d->acpi_index) {
        return true;
    }
    if (d->acpi_index > ACPI_INDEX_MAX) {
        error_setg(errp, "acpi-index should be less or equal to %u",
                   ACPI_INDEX_MAX);
        return false;
    }
    if (!acpi_indexes) {
        acpi_indexes = g_hash_table_new(NULL, NULL);
    }
    if (g_hash_table_contains(acpi_indexes,
                              GUINT_TO_POINTER(d->acpi_index))) {
        error_setg(errp, "a PCI device with acpi-index = %u already exist",
                   d->acpi_index);
        return false;
    }
    g_hash_table_insert(acpi_indexes, GUINT_TO_POINTER(d->acpi_index), d);
    return true;
}

static void pci_release_acpi_index(PCIDevice *d)
{
    if (d->acpi_index && acpi_indexes &&
        g_hash_table_lookup(acpi_indexes,
                            GUINT_TO_POINTER(d->acpi_index)) == d) {
        g_hash_table_remove(acpi_indexes, GUINT_TO_POINTER(d->acpi_index));
    }
}

/*** Addresses ***/

static bool slot_reserved(const PCIBus *bus, int devfn)
{
    return bus->slot_reserved_mask & (1u << PCI_SLOT(devfn));
}

static bool slot_empty(const PCIBus *bus, int devfn)
{
    for (int func = 0; func < PCI_FUNC_MAX; func++) {
        if (bus->devices[devfn + func]) {
            return false;
        }
    }
    return true;
}

/* The next free slot, function 0; or one whose other functions allow it. */
static int pci_find_free_devfn(const PCIBus *bus, const PCIDevice *d)
{
    bool multi = d->cap_present & QEMU_PCI_CAP_MULTIFUNCTION;

    for (int devfn = bus->devfn_min; devfn < PCI_DEVFN_MAX;
         devfn += PCI_FUNC_MAX) {
        if (!slot_reserved(bus, devfn) && !bus->devices[devfn] &&
            (multi || slot_empty(bus, devfn))) {
            return devfn;
        }
    }
    return -1;
}

PCIDevice *pci_get_function_0(PCIDevice *d)
{
    PCIBus *bus = pci_get_bus(d);
    bool link = bus->parent_dev &&
                pci_is_express_downstream_port(bus->parent_dev);

    return bus->devices[link ? 0 : PCI_DEVFN(PCI_SLOT(d->devfn), 0)];
}

/*
 * Software looks at functions 1 to 7 of a slot only if function 0 says that
 * it is not alone (3.2.2.3.4), so who is not alone must say so.
 */
static bool pci_init_multifunction(PCIBus *bus, PCIDevice *d, Error **errp)
{
    int slot = PCI_SLOT(d->devfn);
    int func = PCI_FUNC(d->devfn);

    if (d->cap_present & QEMU_PCI_CAP_MULTIFUNCTION) {
        d->config[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_MULTI_FUNCTION;
    }
    if (func) {
        PCIDevice *f0 = bus->devices[PCI_DEVFN(slot, 0)];

        if (f0 && !(f0->cap_present & QEMU_PCI_CAP_MULTIFUNCTION)) {
            error_setg(errp, "PCI: single function device can't be populated "
                       "in function %x.%x", slot, func);
            return false;
        }
        return true;
    }
    if (d->cap_present & QEMU_PCI_CAP_MULTIFUNCTION) {
        return true;
    }
    for (func = 1; func < PCI_FUNC_MAX; func++) {
        if (bus->devices[PCI_DEVFN(slot, func)]) {
            error_setg(errp, "PCI: %x.0 indicates single function, but "
                       "%x.%x is already populated.", slot, slot, func);
            return false;
        }
    }
    return true;
}

static bool pci_check_address(PCIBus *bus, PCIDevice *d, const char *name,
                              Error **errp)
{
    PCIDevice *there, *f0;
    int slot, func;

    if (d->devfn < 0) {
        d->devfn = pci_find_free_devfn(bus, d);
        if (d->devfn < 0) {
            error_setg(errp, "PCI: no slot/function available for %s, all in "
                       "use or reserved", name);
            return false;
        }
    }
    slot = PCI_SLOT(d->devfn);
    func = PCI_FUNC(d->devfn);
    if (d->devfn >= PCI_DEVFN_MAX) {
        error_setg(errp, "PCI: there is no address %d for %s", d->devfn,
                   name);
        return false;
    }
    there = bus->devices[d->devfn];
    if (there) {
        error_setg(errp, "PCI: slot %d function %d not available for %s, in "
                   "use by %s,id=%s", slot, func, name, there->name,
                   there->qdev.id ? there->qdev.id : "(null)");
        return false;
    }
    if (slot_reserved(bus, d->devfn)) {
        error_setg(errp, "PCI: slot %d function %d not available for %s, "
                   "reserved", slot, func, name);
        return false;
    }
    f0 = pci_get_function_0(d);
    if (DEVICE(d)->hotplugged && f0) {
        /* Software has seen the slot already, and will not look again. */
        error_setg(errp, "PCI: slot %d function 0 already occupied by %s, "
                   "new func %s cannot be exposed to guest.",
                   PCI_SLOT(f0->devfn), f0->name, name);
        return false;
    }
    return true;
}

/*** Life ***/

/* The function takes its place on the bus, as nothing special yet. */
static bool pci_register(PCIDevice *d, Error **errp)
{
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(d);
    const char *name = object_get_typename(OBJECT(d));
    PCIBus *bus = pci_get_bus(d);

    if (!pci_check_address(bus, d, name, errp)) {
        return false;
    }
    g_strlcpy(d->name, name, sizeof(d->name));
    pci_config_alloc(d);
    pci_config_init_header(d);
    if (!pci_init_multifunction(bus, d, errp)) {
        pci_config_free(d);
        return false;
    }
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        d->io_regions[i].addr = PCI_BAR_UNMAPPED;
    }
    d->has_power = true;
    d->pm_state = 0;
    d->irq_state = 0;
    d->requester_id_cache = pci_requester(d);
    pci_bus_master_init(d);
    d->config_read = pc->config_read ? pc->config_read
                                     : pci_default_read_config;
    d->config_write = pc->config_write ? pc->config_write
                                       : pci_default_write_config;
    d->msi_trigger = pci_msi_trigger;
    d->version_id = 2;
    bus->devices[d->devfn] = d;
    return true;
}

static void pci_unregister(PCIDevice *d)
{
    pci_get_bus(d)->devices[d->devfn] = NULL;
    pci_bus_master_exit(d);
    pci_config_free(d);
}

/* What the device made in its realize and leaves to us. */
static void pci_take_apart(PCIDevice *d)
{
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(d);

    pci_intx_release(d);
    pci_unregister_bars(d);
    pci_del_option_rom(d);
    if (pc->exit) {
        pc->exit(d);
    }
    /* It may have had something asserted to the last. */
    pci_intx_release(d);
    msix_stats_free(d);
}

static bool pci_check_options(PCIDevice *d, Error **errp)
{
    if (d->romsize != UINT32_MAX && !is_power_of_2(d->romsize)) {
        error_setg(errp, "ROM size %u is not a power of two", d->romsize);
        return false;
    }
    if (d->failover_pair_id && *d->failover_pair_id) {
        error_setg(errp, "failover_pair_id: network failover is not "
                   "supported");
        return false;
    }
    return true;
}

static void pci_qdev_realize(DeviceState *qdev, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(qdev);
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(d);
    g_autoptr(Error) err = NULL;
    bool default_rom = false;

    if (!pci_check_options(d, errp) || !pci_claim_acpi_index(d, errp)) {
        return;
    }
    /* Devices that can be both have decided already. */
    if (object_class_dynamic_cast(OBJECT_CLASS(pc), INTERFACE_PCIE_DEVICE) &&
        !object_class_dynamic_cast(OBJECT_CLASS(pc),
                                   INTERFACE_CONVENTIONAL_PCI_DEVICE)) {
        d->cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    if (!pci_register(d, errp)) {
        pci_release_acpi_index(d);
        return;
    }
    if (pc->realize) {
        pc->realize(d, &err);
        if (err) {
            error_propagate(errp, g_steal_pointer(&err));
            pci_intx_release(d);
            pci_unregister_bars(d);
            msix_stats_free(d);
            pci_unregister(d);
            pci_release_acpi_index(d);
            return;
        }
    }
    if (!d->romfile && pc->romfile) {
        d->romfile = g_strdup(pc->romfile);
        default_rom = true;
    }
    if (!pci_add_option_rom(d, default_rom, errp)) {
        pci_take_apart(d);
        pci_unregister(d);
        pci_release_acpi_index(d);
    }
}

static void pci_qdev_unrealize(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);

    pci_take_apart(d);
    pci_unregister(d);
    pci_release_acpi_index(d);
}

/*** Reset and power ***/

void pci_do_device_reset(PCIDevice *d)
{
    pci_intx_release(d);
    pci_config_reset(d);
}

void pci_device_reset(PCIDevice *d)
{
    device_cold_reset(DEVICE(d));
    pci_do_device_reset(d);
}

void pci_set_power(PCIDevice *d, bool state)
{
    if (d->has_power == state) {
        return;
    }
    d->has_power = state;
    pci_config_changed(d);
    pci_intx_update(d);
    if (!state) {
        pci_device_reset(d);
    }
}

/*** For boards ***/

PCIDevice *pci_new_multifunction(int devfn, bool multifunction,
                                 const char *name)
{
    DeviceState *dev = qdev_new(name);

    qdev_prop_set_int32(dev, "addr", devfn);
    qdev_prop_set_bit(dev, "multifunction", multifunction);
    return PCI_DEVICE(dev);
}

PCIDevice *pci_new(int devfn, const char *name)
{
    return pci_new_multifunction(devfn, false, name);
}

bool pci_realize_and_unref(PCIDevice *d, PCIBus *bus, Error **errp)
{
    return qdev_realize_and_unref(&d->qdev, &bus->qbus, errp);
}

PCIDevice *pci_create_simple_multifunction(PCIBus *bus, int devfn,
                                           bool multifunction,
                                           const char *name)
{
    PCIDevice *d = pci_new_multifunction(devfn, multifunction, name);

    pci_realize_and_unref(d, bus, &error_fatal);
    return d;
}

PCIDevice *pci_create_simple(PCIBus *bus, int devfn, const char *name)
{
    return pci_create_simple_multifunction(bus, devfn, false, name);
}

MSIMessage pci_get_msi_message(PCIDevice *d, int vector)
{
    if (msix_enabled(d)) {
        return msix_get_message(d, vector);
    }
    return msi_get_message(d, vector);
}

/*** Type ***/

static void pci_device_instance_init(Object *obj)
{
    PCIDevice *d = PCI_DEVICE(obj);

    d->cap_present |= QEMU_PCI_CAP_SERR;
}

static void pci_device_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = pci_qdev_realize;
    dc->unrealize = pci_qdev_unrealize;
    dc->bus_type = TYPE_PCI_BUS;
    device_class_set_props(dc, pci_props);
}

static const TypeInfo pci_device_types[] = {
    {
        .name = TYPE_PCI_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PCIDevice),
        .instance_init = pci_device_instance_init,
        .abstract = true,
        .class_size = sizeof(PCIDeviceClass),
        .class_init = pci_device_class_init,
    },
};

DEFINE_TYPES(pci_device_types)
