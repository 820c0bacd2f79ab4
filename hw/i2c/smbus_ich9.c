/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMBus function of the ICH9, 1f.3: Intel data sheet 316972, section
 * 18.1 (configuration registers).
 */
#include "qemu/osdep.h"
#include "hw/i2c/pm_smbus.h"
#include "hw/pci/pci.h"
#include "hw/southbridge/ich9.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

OBJECT_DECLARE_SIMPLE_TYPE(ICH9SMBState, ICH9_SMB_DEVICE)

struct ICH9SMBState {
    PCIDevice dev;

    bool irq_enabled;           /* the level of INTA# */
    PMSMBus smb;
};

#define ICH9_SMB_BAR 4

/* The host configuration register. */
#define ICH9_SMB_HOSTC 0x40
#define ICH9_SMB_HOSTC_SSRESET 0x08
#define ICH9_SMB_HOSTC_I2C_EN 0x04
#define ICH9_SMB_HOSTC_HST_EN 0x01

static void ich9_smb_host_config(ICH9SMBState *s)
{
    uint8_t *hostc = &s->dev.config[ICH9_SMB_HOSTC];

    memory_region_set_enabled(&s->smb.io, *hostc & ICH9_SMB_HOSTC_HST_EN);
    s->smb.i2c_enable = *hostc & ICH9_SMB_HOSTC_I2C_EN;
    if (*hostc & ICH9_SMB_HOSTC_SSRESET) {
        s->smb.reset(&s->smb);
        s->smb.set_irq(&s->smb, false);
        *hostc &= ~ICH9_SMB_HOSTC_SSRESET;
    }
}

static void ich9_smb_write_config(PCIDevice *d, uint32_t address,
                                  uint32_t val, int len)
{
    pci_default_write_config(d, address, val, len);
    if (ranges_overlap(address, len, ICH9_SMB_HOSTC, 1)) {
        ich9_smb_host_config(ICH9_SMB_DEVICE(d));
    }
}

static void ich9_smb_set_irq(PMSMBus *pmsmb, bool enabled)
{
    ICH9SMBState *s = container_of(pmsmb, ICH9SMBState, smb);

    if (enabled != s->irq_enabled) {
        s->irq_enabled = enabled;
        pci_set_irq(&s->dev, enabled);
    }
}

static void ich9_smb_realize(PCIDevice *d, Error **errp)
{
    ICH9SMBState *s = ICH9_SMB_DEVICE(d);

    pci_config_set_interrupt_pin(d->config, 1);
    d->config[ICH9_SMB_HOSTC] = 0;
    pm_smbus_init(DEVICE(d), &s->smb, false);
    s->smb.set_irq = ich9_smb_set_irq;
    memory_region_set_enabled(&s->smb.io, false);
    pci_register_bar(d, ICH9_SMB_BAR, PCI_BASE_ADDRESS_SPACE_IO, &s->smb.io);
}

static void ich9_smb_reset(DeviceState *dev)
{
    ICH9SMBState *s = ICH9_SMB_DEVICE(dev);

    pm_smbus_clear(&s->smb);
    s->irq_enabled = false;     /* PCI has lowered its lines */
    s->dev.config[ICH9_SMB_HOSTC] = 0;
    ich9_smb_host_config(s);
}

static int ich9_smb_post_load(void *opaque, int version_id)
{
    ICH9SMBState *s = opaque;

    memory_region_set_enabled(&s->smb.io, s->dev.config[ICH9_SMB_HOSTC] &
                                          ICH9_SMB_HOSTC_HST_EN);
    return 0;
}

static const VMStateDescription vmstate_ich9_smbus = {
    .name = "ich9_smb",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ich9_smb_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(dev, ICH9SMBState),
        VMSTATE_BOOL(irq_enabled, ICH9SMBState),
        VMSTATE_STRUCT(smb, ICH9SMBState, 1, pmsmb_vmstate, PMSMBus),
        VMSTATE_END_OF_LIST()
    },
};

static void ich9_smb_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_ICH9_6;
    k->revision = 2;
    k->class_id = PCI_CLASS_SERIAL_SMBUS;
    k->realize = ich9_smb_realize;
    k->config_write = ich9_smb_write_config;
    dc->vmsd = &vmstate_ich9_smbus;
    dc->desc = "ICH9 SMBUS Bridge";
    dc->reset = ich9_smb_reset;
    /* The board puts devices on its bus. */
    dc->user_creatable = false;
}

static const TypeInfo ich9_smb_info = {
    .name = TYPE_ICH9_SMB_DEVICE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(ICH9SMBState),
    .class_init = ich9_smb_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void ich9_smb_register(void)
{
    type_register_static(&ich9_smb_info);
}

type_init(ich9_smb_register)
