/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IDE functions of the PIIX3 and PIIX4 south bridges (82371SB and 82371AB
 * data sheets, "IDE controller"): two channels at their legacy places, with
 * bus master DMA.
 */
#include "qemu/osdep.h"
#include "hw/ide/pci.h"
#include "hw/irq.h"
#include "qapi/error.h"
#include "qemu/range.h"

#define TYPE_PIIX3_IDE "piix3-ide"
#define TYPE_PIIX4_IDE "piix4-ide"

/* Timing of a channel, 16 bits each; the top bit switches it on. */
#define IDETIM 0x40
#define PIIX_RESET_COMMAND PCI_COMMAND_IO       /* what a reset leaves */

static const struct {
    int iobase, iobase2, isairq;
} channels[] = {
    { 0x1f0, 0x3f6, 14 },
    { 0x170, 0x376, 15 },
};

static void piix_ide_reset(DeviceState *dev)
{
    PCIIDEState *d = PCI_IDE(dev);
    uint8_t *config = PCI_DEVICE(d)->config;

    for (int i = 0; i < 2; i++) {
        ide_bus_reset(&d->bus[i]);
    }
    pci_set_word(config + PCI_COMMAND, 0);
    pci_set_word(config + PCI_STATUS,
                 PCI_STATUS_DEVSEL_MEDIUM | PCI_STATUS_FAST_BACK);
    pci_set_byte(config + 0x20, 0x01);
}

static bool ports_are_free(Error **errp)
{
    /* A second function would decode the same ports. */
    static const char *const types[] = { TYPE_PIIX3_IDE, TYPE_PIIX4_IDE };
    unsigned n = 0;

    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        bool ambiguous = false;

        n += object_resolve_path_type("", types[i], &ambiguous) != NULL;
        n += 2 * ambiguous;
    }
    if (n > 1) {
        error_setg(errp, "ports 0x1f0 and 0x170 belong to the other IDE "
                   "controller of this machine");
    }
    return n <= 1;
}

static void piix_ide_realize(PCIDevice *dev, Error **errp)
{
    PCIIDEState *d = PCI_IDE(dev);

    if (!ports_are_free(errp)) {
        return;
    }
    dev->config[PCI_CLASS_PROG] = 0x80;     /* legacy mode, bus master */
    bmdma_setup_bar(d);
    pci_register_bar(dev, 4, PCI_BASE_ADDRESS_SPACE_IO, &d->bmdma_bar);
    for (int i = 0; i < 2; i++) {
        IDEBus *bus = &d->bus[i];

        ide_bus_init(bus, sizeof(*bus), DEVICE(d), i, 2);
        ide_init_ioport(bus, NULL, channels[i].iobase, channels[i].iobase2);
        bus->irq = isa_get_irq(NULL, channels[i].isairq);
        bmdma_init(bus, &d->bmdma[i], d);
        ide_bus_register_restart(bus);
    }
}

static void piix_ide_exit(PCIDevice *dev)
{
    PCIIDEState *d = PCI_IDE(dev);

    for (int i = 0; i < 2; i++) {
        portio_list_del(&d->bus[i].portio_list);
        portio_list_del(&d->bus[i].portio2_list);
        portio_list_destroy(&d->bus[i].portio_list);
        portio_list_destroy(&d->bus[i].portio2_list);
        memory_region_del_subregion(&d->bmdma_bar, &d->bmdma[i].extra_io);
        memory_region_del_subregion(&d->bmdma_bar,
                                    &d->bmdma[i].addr_ioport);
        qemu_free_irq(d->bus[i].irq);
        d->bus[i].irq = NULL;
    }
}

static void piix3_ide_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    dc->reset = piix_ide_reset;
    dc->vmsd = &vmstate_ide_pci;
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    k->realize = piix_ide_realize;
    k->exit = piix_ide_exit;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_82371SB_1;
    k->class_id = PCI_CLASS_STORAGE_IDE;
}

static void piix4_ide_class_init(ObjectClass *klass, void *data)
{
    piix3_ide_class_init(klass, data);
    PCI_DEVICE_CLASS(klass)->device_id = PCI_DEVICE_ID_INTEL_82371AB;
}

static const TypeInfo piix_ide_types[] = {
    {
        .name = TYPE_PCI_IDE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PCIIDEState),
        .abstract = true,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    },
    {
        .name = TYPE_PIIX3_IDE,
        .parent = TYPE_PCI_IDE,
        .class_init = piix3_ide_class_init,
    },
    {
        .name = TYPE_PIIX4_IDE,
        .parent = TYPE_PCI_IDE,
        .class_init = piix4_ide_class_init,
    },
};

DEFINE_TYPES(piix_ide_types)
