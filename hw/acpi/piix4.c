/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The power management function of the PIIX4: Intel 82371AB data sheet
 * (290562), chapter 7, as function 3 of the board "pc".
 *
 * Registers of power management are found by PMBA, the SMBus host by SMBBA;
 * events for hot-plug are outside the chip's own, at port 0xafe0.
 */
#include "qemu/osdep.h"
#include "hw/acpi/piix4.h"
#include "hw/hotplug.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

/* Configuration registers. */
#define PMBA 0x40
#define DEVACTB 0x58
#define DEVACTB_APMC_EN 0x02000000      /* an SMI for APM commands */
#define DEVRESA 0x5f            /* ports that are watched, for suspend */
#define DEVRESB 0x63
#define DEVRESC 0x67
#define PMREGMISC 0x80
#define PMREGMISC_PMIOSE 0x01
#define SMBBA 0x90
#define SMBHSTCFG 0xd2
#define SMBHSTCFG_HST_EN 0x01

#define BASE_MASK 0xffc0


static void pm_update_sci(ACPIREGS *ar)
{
    PIIX4PMState *s = container_of(ar, PIIX4PMState, ar);

    acpi_update_sci(ar, s->irq);
}

/*** Places ***/

static void pm_io_space_update(PIIX4PMState *s)
{
    uint8_t *config = s->parent_obj.config;

    memory_region_transaction_begin();
    memory_region_set_enabled(&s->io, config[PMREGMISC] & PMREGMISC_PMIOSE);
    memory_region_set_address(&s->io, pci_get_long(config + PMBA) &
                                      BASE_MASK);
    memory_region_set_enabled(&s->smb.io, config[SMBHSTCFG] &
                                          SMBHSTCFG_HST_EN);
    memory_region_set_address(&s->smb.io, pci_get_long(config + SMBBA) &
                                          BASE_MASK);
    memory_region_transaction_commit();
}

static void pm_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                            int len)
{
    pci_default_write_config(d, address, val, len);
    if (ranges_overlap(address, len, PMREGMISC, 1) ||
        ranges_overlap(address, len, PMBA, 4) ||
        ranges_overlap(address, len, SMBHSTCFG, 1) ||
        ranges_overlap(address, len, SMBBA, 4)) {
        pm_io_space_update(PIIX4_PM(d));
    }
}

/*** SMI and the power button ***/

static void apm_ctrl_changed(uint32_t val, void *arg)
{
    PIIX4PMState *s = arg;

    /* What an SMI handler would do about it. */
    acpi_pm1_cnt_update(&s->ar, val == ACPI_ENABLE, val == ACPI_DISABLE);
    if (pci_get_long(s->parent_obj.config + DEVACTB) & DEVACTB_APMC_EN) {
        qemu_irq_raise(s->smi_irq);
    }
}

static void pm_powerdown_req(Notifier *n, void *opaque)
{
    PIIX4PMState *s = container_of(n, PIIX4PMState, powerdown_notifier);

    acpi_pm1_evt_power_down(&s->ar);
}

/*** GPE ***/

static uint64_t gpe_readb(void *opaque, hwaddr addr, unsigned width)
{
    PIIX4PMState *s = opaque;

    return acpi_gpe_ioport_readb(&s->ar, addr);
}

static void gpe_writeb(void *opaque, hwaddr addr, uint64_t val,
                       unsigned width)
{
    PIIX4PMState *s = opaque;

    acpi_gpe_ioport_writeb(&s->ar, addr, val);
    pm_update_sci(&s->ar);
}

static const MemoryRegionOps gpe_ops = {
    .read = gpe_readb,
    .write = gpe_writeb,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void piix4_send_gpe(AcpiDeviceIf *adev, AcpiEventStatusBits ev)
{
    PIIX4PMState *s = PIIX4_PM(adev);

    acpi_send_gpe_event(&s->ar, s->irq, ev);
}

/*** Hot-plug: of PCI functions ***/

static bool is_pci(DeviceState *dev, const char *what, Error **errp)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_PCI_DEVICE)) {
        return true;
    }
    error_setg(errp, "acpi: device %s for not supported device type: %s",
               what, object_get_typename(OBJECT(dev)));
    return false;
}

static void piix4_pre_plug(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp)
{
    if (is_pci(dev, "pre plug request", errp)) {
        acpi_pcihp_device_pre_plug_cb(hotplug_dev, dev, errp);
    }
}

static void piix4_plug(HotplugHandler *hotplug_dev, DeviceState *dev,
                       Error **errp)
{
    PIIX4PMState *s = PIIX4_PM(hotplug_dev);

    if (is_pci(dev, "plug request", errp)) {
        acpi_pcihp_device_plug_cb(hotplug_dev, &s->acpi_pci_hotplug, dev,
                                  errp);
    }
}

static void piix4_unplug_request(HotplugHandler *hotplug_dev,
                                 DeviceState *dev, Error **errp)
{
    PIIX4PMState *s = PIIX4_PM(hotplug_dev);

    if (is_pci(dev, "unplug request", errp)) {
        acpi_pcihp_device_unplug_request_cb(hotplug_dev, &s->acpi_pci_hotplug,
                                            dev, errp);
    }
}

static void piix4_unplug(HotplugHandler *hotplug_dev, DeviceState *dev,
                         Error **errp)
{
    PIIX4PMState *s = PIIX4_PM(hotplug_dev);

    if (is_pci(dev, "unplug", errp)) {
        acpi_pcihp_device_unplug_cb(hotplug_dev, &s->acpi_pci_hotplug, dev,
                                    errp);
    }
}

static bool piix4_is_hotpluggable_bus(HotplugHandler *hotplug_dev,
                                      BusState *bus)
{
    return acpi_pcihp_is_hotpluggable_bus(
        &PIIX4_PM(hotplug_dev)->acpi_pci_hotplug, bus);
}

/*** State ***/

static int piix4_post_load(void *opaque, int version_id)
{
    pm_io_space_update(opaque);
    return 0;
}

/* Status and enable are numbers of 16 bits in streams, bytes here. */
#define GPE_WORD(_field) { \
    .name = stringify(_field), \
    .info = &vmstate_info_uint16, \
    .size = sizeof(uint16_t), \
    .flags = VMS_SINGLE | VMS_POINTER, \
    .offset = vmstate_offset_pointer(ACPIGPE, _field, uint8_t), \
}

static const VMStateDescription vmstate_gpe = {
    .name = "gpe",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        GPE_WORD(sts),
        GPE_WORD(en),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_pci_status = {
    .name = "pci_status",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(up, AcpiPciHpPciStatus),
        VMSTATE_UINT32(down, AcpiPciHpPciStatus),
        VMSTATE_END_OF_LIST()
    },
};

static bool bridge_hotplug(void *opaque, int version_id)
{
    PIIX4PMState *s = opaque;

    return s->acpi_pci_hotplug.use_acpi_hotplug_bridge;
}

static bool only_root_hotplug(void *opaque, int version_id)
{
    return !bridge_hotplug(opaque, version_id);
}

static bool acpi_index_migrates(void *opaque, int version_id)
{
    PIIX4PMState *s = opaque;

    return bridge_hotplug(opaque, version_id) && !s->not_migrate_acpi_index;
}

static bool memhp_needed(void *opaque)
{
    PIIX4PMState *s = opaque;

    return s->acpi_memory_hotplug_enabled;
}

static const VMStateDescription vmstate_memhp = {
    .name = "piix4_pm/memhp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = memhp_needed,
    .fields = (VMStateField[]) {
        VMSTATE_MEMORY_HOTPLUG(acpi_memory_hotplug, PIIX4PMState),
        VMSTATE_END_OF_LIST()
    },
};

static bool cpuhp_needed(void *opaque)
{
    PIIX4PMState *s = opaque;

    return !s->cpu_hotplug_legacy;
}

static const VMStateDescription vmstate_cpuhp = {
    .name = "piix4_pm/cpuhp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = cpuhp_needed,
    .fields = (VMStateField[]) {
        VMSTATE_CPU_HOTPLUG(cpuhp_state, PIIX4PMState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_acpi = {
    .name = "piix4_pm",
    .version_id = 3,
    .minimum_version_id = 3,
    .post_load = piix4_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PIIX4PMState),
        VMSTATE_UINT16(ar.pm1.evt.sts, PIIX4PMState),
        VMSTATE_UINT16(ar.pm1.evt.en, PIIX4PMState),
        VMSTATE_UINT16(ar.pm1.cnt.cnt, PIIX4PMState),
        VMSTATE_STRUCT(apm, PIIX4PMState, 0, vmstate_apm, APMState),
        VMSTATE_STRUCT(smb, PIIX4PMState, 3, pmsmb_vmstate, PMSMBus),
        VMSTATE_TIMER_PTR(ar.tmr.timer, PIIX4PMState),
        VMSTATE_INT64(ar.tmr.overflow_time, PIIX4PMState),
        VMSTATE_STRUCT(ar.gpe, PIIX4PMState, 2, vmstate_gpe, ACPIGPE),
        /* The root bus alone, where others take no part. */
        VMSTATE_STRUCT_TEST(
            acpi_pci_hotplug.acpi_pcihp_pci_status[ACPI_PCIHP_BSEL_DEFAULT],
            PIIX4PMState, only_root_hotplug, 2, vmstate_pci_status,
            AcpiPciHpPciStatus),
        VMSTATE_PCI_HOTPLUG(acpi_pci_hotplug, PIIX4PMState, bridge_hotplug,
                            acpi_index_migrates),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_memhp,
        &vmstate_cpuhp,
        NULL
    },
};

static void piix4_pm_reset(DeviceState *dev)
{
    PIIX4PMState *s = PIIX4_PM(dev);
    uint8_t *config = s->parent_obj.config;

    pci_set_long(config + DEVACTB, 0);
    config[PMBA] = 0x01;        /* it is an I/O base */
    config[PMREGMISC] = 0;
    if (!s->smm_enabled) {
        /* Firmware takes this for SMM having been set up already. */
        pci_set_long(config + DEVACTB, DEVACTB_APMC_EN);
    }
    acpi_pm1_evt_reset(&s->ar);
    acpi_pm1_cnt_reset(&s->ar);
    acpi_pm_tmr_reset(&s->ar);
    acpi_gpe_reset(&s->ar);
    acpi_pcihp_reset(&s->acpi_pci_hotplug);
    pm_smbus_clear(&s->smb);
    pm_io_space_update(s);
    pm_update_sci(&s->ar);
}

/*** Life ***/

/* Ports that other chips decode are watched for suspend. */
static void piix4_pm_machine_ready(Notifier *n, void *opaque)
{
    PIIX4PMState *s = container_of(n, PIIX4PMState, machine_ready);
    MemoryRegion *io = pci_address_space_io(&s->parent_obj);
    uint8_t *config = s->parent_obj.config;

    config[DEVRESA] = memory_region_present(io, 0x378) ? 0x90 : 0x10;
    config[DEVRESB] = 0x60;
    config[DEVRESC] = (memory_region_present(io, 0x3f8) ? 0x08 : 0) |
                      (memory_region_present(io, 0x2f8) ? 0x90 : 0);
}

static void init_registers(PIIX4PMState *s, MemoryRegion *io)
{
    Object *obj = OBJECT(s);

    memory_region_init(&s->io, obj, "piix4-pm", 64);
    memory_region_set_enabled(&s->io, false);
    memory_region_add_subregion(io, 0, &s->io);
    acpi_pm_tmr_init(&s->ar, pm_update_sci, &s->io);
    acpi_pm1_evt_init(&s->ar, pm_update_sci, &s->io);
    acpi_pm1_cnt_init(&s->ar, &s->io, s->disable_s3, s->disable_s4, s->s4_val,
                      !s->smm_compat && !s->smm_enabled);
    acpi_gpe_init(&s->ar, PIIX4_GPE_LEN);
    memory_region_init_io(&s->io_gpe, obj, &gpe_ops, s, "acpi-gpe0",
                          PIIX4_GPE_LEN);
    memory_region_add_subregion(io, PIIX4_GPE_BASE, &s->io_gpe);
}

static void init_smbus(PIIX4PMState *s, MemoryRegion *io)
{
    uint8_t *config = s->parent_obj.config;

    pci_set_long(config + SMBBA, s->smb_io_base | 1);
    config[SMBHSTCFG] = 0x08 | SMBHSTCFG_HST_EN;        /* by IRQ 9 */
    pm_smbus_init(DEVICE(s), &s->smb, true);
    memory_region_add_subregion(io, s->smb_io_base, &s->smb.io);
}

static void init_hotplug(PIIX4PMState *s, MemoryRegion *io)
{
    AcpiPciHpState *hp = &s->acpi_pci_hotplug;

    if (hp->use_acpi_hotplug_bridge || hp->use_acpi_root_pci_hotplug) {
        acpi_pcihp_init(OBJECT(s), hp, pci_get_bus(&s->parent_obj), io,
                        ACPI_PCIHP_IO_BASE_PIIX);
    }
}

static void init_cpu_hotplug(PIIX4PMState *s, MemoryRegion *io)
{
    s->cpu_hotplug_legacy = true;
    acpi_cpu_hotplug_init(&s->cpuhp_state, OBJECT(s), io,
                          PIIX4_CPU_HOTPLUG_IO_BASE, &s->cpu_hotplug_legacy);
}

static void piix4_pm_realize(PCIDevice *dev, Error **errp)
{
    PIIX4PMState *s = PIIX4_PM(dev);
    MemoryRegion *io = pci_address_space_io(dev);

    /* Fast back-to-back and medium timing, as the data sheet has it. */
    pci_set_word(dev->config + PCI_STATUS,
                 PCI_STATUS_FAST_BACK | PCI_STATUS_DEVSEL_MEDIUM);
    dev->config[PCI_INTERRUPT_PIN] = 1;

    apm_init(dev, &s->apm, apm_ctrl_changed, s);
    init_registers(s, io);
    init_smbus(s, io);
    init_hotplug(s, io);
    init_cpu_hotplug(s, io);
    pm_io_space_update(s);

    s->powerdown_notifier.notify = pm_powerdown_req;
    qemu_register_powerdown_notifier(&s->powerdown_notifier);
    s->machine_ready.notify = piix4_pm_machine_ready;
    qemu_add_machine_init_done_notifier(&s->machine_ready);
}

static void get_pm_io_base(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    uint32_t base = pci_get_long(PCI_DEVICE(obj)->config + PMBA) & BASE_MASK;

    visit_type_uint32(v, name, &base, errp);
}

static void piix4_pm_initfn(Object *obj)
{
    static const uint8_t enable_cmd = ACPI_ENABLE;
    static const uint8_t disable_cmd = ACPI_DISABLE;
    static const uint32_t gpe0_blk = PIIX4_GPE_BASE;
    static const uint32_t gpe0_blk_len = PIIX4_GPE_LEN;
    static const uint16_t sci_int = 9;
    PIIX4PMState *s = PIIX4_PM(obj);

    qdev_init_gpio_out(DEVICE(obj), &s->irq, 1);
    qdev_init_gpio_out_named(DEVICE(obj), &s->smi_irq, "smi-irq", 1);
    object_property_add_uint8_ptr(obj, ACPI_PM_PROP_ACPI_ENABLE_CMD,
                                  &enable_cmd, OBJ_PROP_FLAG_READ);
    object_property_add_uint8_ptr(obj, ACPI_PM_PROP_ACPI_DISABLE_CMD,
                                  &disable_cmd, OBJ_PROP_FLAG_READ);
    object_property_add_uint32_ptr(obj, ACPI_PM_PROP_GPE0_BLK, &gpe0_blk,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint32_ptr(obj, ACPI_PM_PROP_GPE0_BLK_LEN,
                                   &gpe0_blk_len, OBJ_PROP_FLAG_READ);
    object_property_add_uint16_ptr(obj, ACPI_PM_PROP_SCI_INT, &sci_int,
                                   OBJ_PROP_FLAG_READ);
    object_property_add(obj, ACPI_PM_PROP_PM_IO_BASE, "uint32",
                        get_pm_io_base, NULL, NULL, NULL);
}

static Property piix4_pm_properties[] = {
    DEFINE_PROP_UINT32("smb_io_base", PIIX4PMState, smb_io_base, 0),
    DEFINE_PROP_UINT8(ACPI_PM_PROP_S3_DISABLED, PIIX4PMState, disable_s3, 0),
    DEFINE_PROP_UINT8(ACPI_PM_PROP_S4_DISABLED, PIIX4PMState, disable_s4, 0),
    DEFINE_PROP_UINT8(ACPI_PM_PROP_S4_VAL, PIIX4PMState, s4_val, 2),
    DEFINE_PROP_BOOL(ACPI_PM_PROP_ACPI_PCIHP_BRIDGE, PIIX4PMState,
                     acpi_pci_hotplug.use_acpi_hotplug_bridge, true),
    DEFINE_PROP_BOOL(ACPI_PM_PROP_ACPI_PCI_ROOTHP, PIIX4PMState,
                     acpi_pci_hotplug.use_acpi_root_pci_hotplug, true),
    DEFINE_PROP_BOOL("memory-hotplug-support", PIIX4PMState,
                     acpi_memory_hotplug_enabled, true),
    DEFINE_PROP_BOOL("smm-compat", PIIX4PMState, smm_compat, false),
    DEFINE_PROP_BOOL("smm-enabled", PIIX4PMState, smm_enabled, false),
    DEFINE_PROP_BOOL("x-not-migrate-acpi-index", PIIX4PMState,
                     not_migrate_acpi_index, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void piix4_pm_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    k->realize = piix4_pm_realize;
    k->config_write = pm_write_config;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_82371AB_3;
    k->revision = 3;
    k->class_id = PCI_CLASS_BRIDGE_OTHER;
    dc->reset = piix4_pm_reset;
    dc->desc = "PM";
    dc->vmsd = &vmstate_acpi;
    device_class_set_props(dc, piix4_pm_properties);
    /* The board connects its lines. */
    dc->user_creatable = false;
    dc->hotpluggable = false;
    hc->pre_plug = piix4_pre_plug;
    hc->plug = piix4_plug;
    hc->unplug_request = piix4_unplug_request;
    hc->unplug = piix4_unplug;
    hc->is_hotpluggable_bus = piix4_is_hotpluggable_bus;
    ACPI_DEVICE_IF_CLASS(klass)->send_event = piix4_send_gpe;
}

static const TypeInfo piix4_pm_info = {
    .name = TYPE_PIIX4_PM,
    .parent = TYPE_PCI_DEVICE,
    .instance_init = piix4_pm_initfn,
    .instance_size = sizeof(PIIX4PMState),
    .class_init = piix4_pm_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { TYPE_ACPI_DEVICE_IF },
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void piix4_pm_register_types(void)
{
    type_register_static(&piix4_pm_info);
}

type_init(piix4_pm_register_types)
