/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power management registers of the ICH9: Intel data sheet 316972, section
 * 13.8.3, 128 ports at PMBASE.
 */
#include "qemu/osdep.h"
#include "hw/acpi/ich9.h"
#include "hw/hotplug.h"
#include "hw/qdev-core.h"
#include "hw/southbridge/ich9.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "sysemu/runstate.h"

void ich9_pm_update_sci(ICH9LPCPMRegs *pm)
{
    acpi_update_sci(&pm->acpi_regs, pm->irq);
}

static void update_sci_fn(ACPIREGS *regs)
{
    ich9_pm_update_sci(container_of(regs, ICH9LPCPMRegs, acpi_regs));
}

/*** GPE0 ***/

static uint64_t gpe_read(void *opaque, hwaddr addr, unsigned size)
{
    ICH9LPCPMRegs *pm = opaque;

    return acpi_gpe_ioport_readb(&pm->acpi_regs, addr);
}

static void gpe_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    ICH9LPCPMRegs *pm = opaque;

    acpi_gpe_ioport_writeb(&pm->acpi_regs, addr, val);
    ich9_pm_update_sci(pm);
}

static const MemoryRegionOps gpe_ops = {
    .read = gpe_read,
    .write = gpe_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** SMI ***/

static uint64_t smi_read(void *opaque, hwaddr addr, unsigned size)
{
    ICH9LPCPMRegs *pm = opaque;

    return addr == 0 ? pm->smi_en : pm->smi_sts;
}

static void smi_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    ICH9LPCPMRegs *pm = opaque;
    uint32_t wmask = pm->smi_en_wmask;

    if (addr != 0) {
        pm->smi_sts &= ~val;
        return;
    }
    if (pm->tco_regs.tco.cnt1 & TCO_LOCK) {
        wmask &= ~ICH9_PMIO_SMI_EN_TCO_EN;
    }
    pm->smi_en = (pm->smi_en & ~wmask) | (val & wmask);
}

static const MemoryRegionOps smi_ops = {
    .read = smi_read,
    .write = smi_write,
    .valid.min_access_size = 4,
    .valid.max_access_size = 4,
    .impl.min_access_size = 4,
    .impl.max_access_size = 4,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Place ***/

void ich9_pm_iospace_update(ICH9LPCPMRegs *pm, uint32_t pm_io_base)
{
    pm->pm_io_base = pm_io_base;
    memory_region_transaction_begin();
    memory_region_set_enabled(&pm->io, pm_io_base != 0);
    memory_region_set_address(&pm->io, pm_io_base);
    memory_region_transaction_commit();
}

/*** Life ***/

static void pm_powerdown_req(Notifier *n, void *opaque)
{
    ICH9LPCPMRegs *pm = container_of(n, ICH9LPCPMRegs, powerdown_notifier);

    acpi_pm1_evt_power_down(&pm->acpi_regs);
}

void ich9_pm_reset(ICH9LPCPMRegs *pm)
{
    ich9_pm_iospace_update(pm, 0);
    acpi_pm1_evt_reset(&pm->acpi_regs);
    acpi_pm1_cnt_reset(&pm->acpi_regs);
    acpi_pm_tmr_reset(&pm->acpi_regs);
    acpi_gpe_reset(&pm->acpi_regs);
    acpi_pm_tco_reset(&pm->tco_regs);
    acpi_pcihp_reset(&pm->acpi_pci_hotplug);

    /*
     * Firmware takes an enabled APM port as a sign that SMM was set up
     * already: without SMM there is nothing to set up.
     */
    pm->smi_en = pm->smm_enabled ? 0 : ICH9_PMIO_SMI_EN_APMC_EN;
    pm->smi_en_wmask = ~0;
    pm->smi_sts = 0;
    ich9_pm_update_sci(pm);
}

void ich9_pm_init(DeviceState *lpc, ICH9LPCPMRegs *pm, MemoryRegion *io,
                  const TCOOps *tco)
{
    memory_region_init(&pm->io, OBJECT(lpc), "ich9-pm", ICH9_PMIO_SIZE);
    memory_region_set_enabled(&pm->io, false);
    memory_region_add_subregion(io, 0, &pm->io);

    acpi_pm_tmr_init(&pm->acpi_regs, update_sci_fn, &pm->io);
    acpi_pm1_evt_init(&pm->acpi_regs, update_sci_fn, &pm->io);
    acpi_pm1_cnt_init(&pm->acpi_regs, &pm->io, pm->disable_s3, pm->disable_s4,
                      pm->s4_val, !pm->smm_enabled && !pm->smm_compat);

    acpi_gpe_init(&pm->acpi_regs, ICH9_PMIO_GPE0_LEN);
    memory_region_init_io(&pm->io_gpe, OBJECT(lpc), &gpe_ops, pm, "acpi-gpe0",
                          ICH9_PMIO_GPE0_LEN);
    memory_region_add_subregion(&pm->io, ICH9_PMIO_GPE0_STS, &pm->io_gpe);

    memory_region_init_io(&pm->io_smi, OBJECT(lpc), &smi_ops, pm, "acpi-smi",
                          8);
    memory_region_add_subregion(&pm->io, ICH9_PMIO_SMI_EN, &pm->io_smi);

    acpi_pm_tco_init(&pm->tco_regs, tco, &pm->io);
    if (pm->acpi_pci_hotplug.use_acpi_hotplug_bridge) {
        acpi_pcihp_init(OBJECT(lpc), &pm->acpi_pci_hotplug,
                        pci_get_bus(PCI_DEVICE(lpc)), io,
                        ACPI_PCIHP_IO_BASE_ICH9);
    }

    acpi_cpu_hotplug_init(&pm->cpuhp_state, OBJECT(lpc), io,
                          ICH9_CPU_HOTPLUG_IO_BASE, &pm->cpu_hotplug_legacy);

    pm->powerdown_notifier.notify = pm_powerdown_req;
    qemu_register_powerdown_notifier(&pm->powerdown_notifier);
}

/*** Hot-plug: of PCI functions behind ports and bridges ***/

static AcpiPciHpState *pcihp_of(HotplugHandler *hotplug_dev)
{
    return &ICH9_LPC_DEVICE(hotplug_dev)->pm.acpi_pci_hotplug;
}

static bool is_pci(DeviceState *dev, const char *what, Error **errp)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_PCI_DEVICE)) {
        return true;
    }
    error_setg(errp, "acpi: device %s for not supported device type: %s",
               what, object_get_typename(OBJECT(dev)));
    return false;
}

void ich9_pm_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                DeviceState *dev, Error **errp)
{
    if (is_pci(dev, "pre plug request", errp)) {
        acpi_pcihp_device_pre_plug_cb(hotplug_dev, dev, errp);
    }
}

void ich9_pm_device_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                            Error **errp)
{
    if (is_pci(dev, "plug request", errp)) {
        acpi_pcihp_device_plug_cb(hotplug_dev, pcihp_of(hotplug_dev), dev,
                                  errp);
    }
}

void ich9_pm_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                      DeviceState *dev, Error **errp)
{
    if (is_pci(dev, "unplug request", errp)) {
        acpi_pcihp_device_unplug_request_cb(hotplug_dev,
                                            pcihp_of(hotplug_dev), dev, errp);
    }
}

void ich9_pm_device_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                              Error **errp)
{
    if (is_pci(dev, "unplug", errp)) {
        acpi_pcihp_device_unplug_cb(hotplug_dev, pcihp_of(hotplug_dev), dev,
                                    errp);
    }
}

/* What is on the root bus is part of the chip set, or seems to be. */
bool ich9_pm_is_hotpluggable_bus(HotplugHandler *hotplug_dev, BusState *bus)
{
    return acpi_pcihp_is_hotpluggable_bus(pcihp_of(hotplug_dev), bus);
}

/*** State ***/

static bool memhp_needed(void *opaque)
{
    ICH9LPCPMRegs *pm = opaque;

    return pm->acpi_memory_hotplug_enabled;
}

static const VMStateDescription vmstate_memhp = {
    .name = "ich9_pm/memhp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = memhp_needed,
    .fields = (VMStateField[]) {
        VMSTATE_MEMORY_HOTPLUG(acpi_memory_hotplug, ICH9LPCPMRegs),
        VMSTATE_END_OF_LIST()
    },
};

static bool cpuhp_needed(void *opaque)
{
    ICH9LPCPMRegs *pm = opaque;

    return !pm->cpu_hotplug_legacy;
}

static const VMStateDescription vmstate_cpuhp = {
    .name = "ich9_pm/cpuhp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = cpuhp_needed,
    .fields = (VMStateField[]) {
        VMSTATE_CPU_HOTPLUG(cpuhp_state, ICH9LPCPMRegs),
        VMSTATE_END_OF_LIST()
    },
};

static bool tco_needed(void *opaque)
{
    ICH9LPCPMRegs *pm = opaque;

    return pm->enable_tco;
}

static const VMStateDescription vmstate_tco = {
    .name = "ich9_pm/tco",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = tco_needed,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(tco_regs, ICH9LPCPMRegs, 1, vmstate_tco_io_sts,
                       TCOIORegs),
        VMSTATE_END_OF_LIST()
    },
};

static bool pcihp_needed(void *opaque)
{
    ICH9LPCPMRegs *pm = opaque;

    return pm->acpi_pci_hotplug.use_acpi_hotplug_bridge;
}

static const VMStateDescription vmstate_pcihp = {
    .name = "ich9_pm/pcihp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = pcihp_needed,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_HOTPLUG(acpi_pci_hotplug, ICH9LPCPMRegs, NULL, NULL),
        VMSTATE_END_OF_LIST()
    },
};

#define GPE_BYTES(_field) { \
    .name = stringify(acpi_regs.gpe._field), \
    .num = ICH9_PMIO_GPE0_LEN, \
    .info = &vmstate_info_uint8, \
    .size = sizeof(uint8_t), \
    .flags = VMS_ARRAY | VMS_POINTER, \
    .offset = vmstate_offset_pointer(ICH9LPCPMRegs, acpi_regs.gpe._field, \
                                     uint8_t), \
}

const VMStateDescription vmstate_ich9_pm = {
    .name = "ich9_pm",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(acpi_regs.pm1.evt.sts, ICH9LPCPMRegs),
        VMSTATE_UINT16(acpi_regs.pm1.evt.en, ICH9LPCPMRegs),
        VMSTATE_UINT16(acpi_regs.pm1.cnt.cnt, ICH9LPCPMRegs),
        VMSTATE_TIMER_PTR(acpi_regs.tmr.timer, ICH9LPCPMRegs),
        VMSTATE_INT64(acpi_regs.tmr.overflow_time, ICH9LPCPMRegs),
        GPE_BYTES(sts),
        GPE_BYTES(en),
        VMSTATE_UINT32(smi_en, ICH9LPCPMRegs),
        VMSTATE_UINT32(smi_sts, ICH9LPCPMRegs),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_memhp,
        &vmstate_tco,
        &vmstate_cpuhp,
        &vmstate_pcihp,
        NULL
    },
};

/*** Properties ***/

static const struct {
    const char *name;
    size_t offset;
    bool value;
} switches[] = {
    { "memory-hotplug-support",
      offsetof(ICH9LPCPMRegs, acpi_memory_hotplug_enabled), true },
    { "cpu-hotplug-legacy", offsetof(ICH9LPCPMRegs, cpu_hotplug_legacy),
      true },
    { ACPI_PM_PROP_TCO_ENABLED, offsetof(ICH9LPCPMRegs, enable_tco), true },
    { ACPI_PM_PROP_ACPI_PCIHP_BRIDGE,
      offsetof(ICH9LPCPMRegs, acpi_pci_hotplug.use_acpi_hotplug_bridge), true },
    { "x-keep-pci-slot-hpc", offsetof(ICH9LPCPMRegs, keep_pci_slot_hpc),
      true },
};

static const struct {
    const char *name;
    size_t offset;
    uint8_t value;
} numbers[] = {
    { ACPI_PM_PROP_S3_DISABLED, offsetof(ICH9LPCPMRegs, disable_s3), 0 },
    { ACPI_PM_PROP_S4_DISABLED, offsetof(ICH9LPCPMRegs, disable_s4), 0 },
    { ACPI_PM_PROP_S4_VAL, offsetof(ICH9LPCPMRegs, s4_val), 2 },
};

static ICH9LPCPMRegs *pm_of(Object *obj)
{
    return &ICH9_LPC_DEVICE(obj)->pm;
}

static void switch_get(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    visit_type_bool(v, name, (bool *)((char *)pm_of(obj) + (uintptr_t)opaque),
                    errp);
}

static void switch_set(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    visit_type_bool(v, name, (bool *)((char *)pm_of(obj) + (uintptr_t)opaque),
                    errp);
}

static void get_gpe0_blk(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    uint32_t value = pm_of(obj)->pm_io_base + ICH9_PMIO_GPE0_STS;

    visit_type_uint32(v, name, &value, errp);
}

void ich9_pm_add_properties(Object *obj, ICH9LPCPMRegs *pm)
{
    static const uint32_t gpe0_len = ICH9_PMIO_GPE0_LEN;

    for (int i = 0; i < ARRAY_SIZE(switches); i++) {
        size_t offset = switches[i].offset;

        *(bool *)((char *)pm + offset) = switches[i].value;
        object_property_add(obj, switches[i].name, "bool", switch_get,
                            switch_set, NULL, (void *)(uintptr_t)offset);
    }
    for (int i = 0; i < ARRAY_SIZE(numbers); i++) {
        uint8_t *number = (uint8_t *)pm + numbers[i].offset;

        *number = numbers[i].value;
        object_property_add_uint8_ptr(obj, numbers[i].name, number,
                                      OBJ_PROP_FLAG_READWRITE);
    }
    object_property_add_uint32_ptr(obj, ACPI_PM_PROP_PM_IO_BASE,
                                   &pm->pm_io_base, OBJ_PROP_FLAG_READ);
    object_property_add(obj, ACPI_PM_PROP_GPE0_BLK, "uint32", get_gpe0_blk,
                        NULL, NULL, NULL);
    object_property_add_uint32_ptr(obj, ACPI_PM_PROP_GPE0_BLK_LEN, &gpe0_len,
                                   OBJ_PROP_FLAG_READ);
}
