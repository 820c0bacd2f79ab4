/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PIIX3, function 0: the bridge from PCI to ISA.
 *
 * Intel 82371SB data sheet (290550-002): section 2.2 (configuration
 * registers; PIRQRC[A:D], 2.2.7, route PCI interrupts to ISA lines), 2.5.4.2
 * (reset control register).
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/dma/i8257.h"
#include "hw/irq.h"
#include "hw/pci/pci_bus.h"
#include "hw/southbridge/piix.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "sysemu/runstate.h"

#define PIIX_PIRQCA 0x60
#define PIIX_PIRQC_DISABLED 0x80
#define PIIX_PIRQC_MASK 0x0f

/*** Interrupt routing ***/

/* The ISA line of a PIRQ; at least PIIX_NUM_PIC_IRQS for none. */
static int pirq_to_isa(PIIX3State *s, int pirq)
{
    return s->dev.config[PIIX_PIRQCA + pirq];
}

/* The line is shared by the PIRQs that are routed to it. */
static void update_isa_line(PIIX3State *s, int irq)
{
    bool level = false;

    for (int i = 0; i < PIIX_NUM_PIRQS && !level; i++) {
        level = pirq_to_isa(s, i) == irq && s->root_bus &&
                pci_bus_get_irq_level(s->root_bus, i);
    }
    qemu_set_irq(s->pic[irq], level);
}

static void piix3_set_irq(void *opaque, int pirq, int level)
{
    PIIX3State *s = opaque;
    int irq = pirq_to_isa(s, pirq);

    if (irq < PIIX_NUM_PIC_IRQS) {
        update_isa_line(s, irq);
    }
}

/* The board rotates the pins by slot, so that slot 1's INTA is PIRQA. */
static int piix3_map_irq(PCIDevice *pci_dev, int pin)
{
    return (pin + PCI_SLOT(pci_dev->devfn) - 1) & 3;
}

static PCIINTxRoute piix3_route_intx_pin_to_irq(void *opaque, int pirq)
{
    int irq = pirq_to_isa(opaque, pirq);

    if (irq < PIIX_NUM_PIC_IRQS) {
        return (PCIINTxRoute) { PCI_INTX_ENABLED, irq };
    }
    return (PCIINTxRoute) { PCI_INTX_DISABLED, -1 };
}

void piix3_route_pci_irqs(PIIX3State *s, PCIBus *bus, qemu_irq *pic)
{
    s->root_bus = bus;
    s->pic = pic;
    pci_bus_irqs(bus, piix3_set_irq, s, PIIX_NUM_PIRQS);
    pci_bus_map_irqs(bus, piix3_map_irq);
    pci_bus_set_route_irq_fn(bus, piix3_route_intx_pin_to_irq);
}

/* Bit n: some PIRQ goes to ISA line n. */
static uint32_t routed_lines(PIIX3State *s)
{
    uint32_t lines = 0;

    for (int i = 0; i < PIIX_NUM_PIRQS; i++) {
        int irq = pirq_to_isa(s, i);

        lines |= irq < PIIX_NUM_PIC_IRQS ? 1 << irq : 0;
    }
    return lines;
}

static void piix3_write_config(PCIDevice *dev, uint32_t address, uint32_t val,
                               int len)
{
    PIIX3State *s = PIIX3_PCI_DEVICE(dev);
    uint32_t lines = routed_lines(s);   /* the old ones must let go, too */

    pci_default_write_config(dev, address, val, len);
    if (ranges_overlap(address, len, PIIX_PIRQCA, 4) && s->pic) {
        pci_bus_fire_intx_routing_notifier(pci_get_bus(dev));
        lines |= routed_lines(s);
        for (int irq = 0; irq < PIIX_NUM_PIC_IRQS; irq++) {
            if (lines >> irq & 1) {
                update_isa_line(s, irq);
            }
        }
    }
}

/*** Reset control ***/

static uint64_t rcr_read(void *opaque, hwaddr addr, unsigned len)
{
    PIIX3State *s = opaque;

    return s->rcr;
}

static void rcr_write(void *opaque, hwaddr addr, uint64_t val, unsigned len)
{
    PIIX3State *s = opaque;

    if (val & 4) {
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return;
    }
    s->rcr = val & 2;           /* hard or soft is all it remembers */
}

static const MemoryRegionOps rcr_ops = {
    .read = rcr_read,
    .write = rcr_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

/*** State ***/

/* Registers that firmware expects, by offset: the data sheet's defaults. */
static const struct {
    uint8_t offset;
    uint8_t value;
} reset_values[] = {
    { 0x04, 0x07 },             /* master, memory and I/O enabled */
    { 0x05, 0x00 },
    { 0x06, 0x00 },
    { 0x07, 0x02 },             /* PCI_STATUS_DEVSEL_MEDIUM */
    { 0x4c, 0x4d },
    { 0x4e, 0x03 },
    { 0x4f, 0x00 },
    { 0x60, 0x80 },
    { 0x61, 0x80 },
    { 0x62, 0x80 },
    { 0x63, 0x80 },
    { 0x69, 0x02 },
    { 0x70, 0x80 },
    { 0x76, 0x0c },
    { 0x77, 0x0c },
    { 0x78, 0x02 },
    { 0x79, 0x00 },
    { 0x80, 0x00 },
    { 0x82, 0x00 },
    { 0xa0, 0x08 },
    { 0xa2, 0x00 },
    { 0xa3, 0x00 },
    { 0xa4, 0x00 },
    { 0xa5, 0x00 },
    { 0xa6, 0x00 },
    { 0xa7, 0x00 },
    { 0xa8, 0x0f },
    { 0xaa, 0x00 },
    { 0xab, 0x00 },
    { 0xac, 0x00 },
    { 0xae, 0x00 },
};

static void piix3_reset(DeviceState *dev)
{
    PIIX3State *s = PIIX3_PCI_DEVICE(dev);

    for (int i = 0; i < ARRAY_SIZE(reset_values); i++) {
        s->dev.config[reset_values[i].offset] = reset_values[i].value;
    }
    s->rcr = 0;
}

static int piix3_pre_save(void *opaque)
{
    PIIX3State *s = opaque;

    for (int i = 0; i < PIIX_NUM_PIRQS; i++) {
        s->pci_irq_levels_vmstate[i] =
            s->root_bus ? pci_bus_get_irq_level(s->root_bus, i) : 0;
    }
    return 0;
}

/* The bus's own counts arrive in a section of their own. */
static int piix3_post_load(void *opaque, int version_id)
{
    PIIX3State *s = opaque;

    for (int i = 0; i < PIIX_NUM_PIRQS; i++) {
        int irq = pirq_to_isa(s, i);

        if (irq < PIIX_NUM_PIC_IRQS && s->pic) {
            update_isa_line(s, irq);
        }
    }
    return 0;
}

static bool rcr_needed(void *opaque)
{
    PIIX3State *s = opaque;

    return s->rcr != 0;
}

static const VMStateDescription vmstate_piix3_rcr = {
    .name = "PIIX3/rcr",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = rcr_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(rcr, PIIX3State),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_piix3 = {
    .name = "PIIX3",
    .version_id = 3,
    .minimum_version_id = 2,
    .post_load = piix3_post_load,
    .pre_save = piix3_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(dev, PIIX3State),
        VMSTATE_INT32_ARRAY_V(pci_irq_levels_vmstate, PIIX3State,
                              PIIX_NUM_PIRQS, 3),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_piix3_rcr,
        NULL
    },
};

static void piix3_realize(PCIDevice *dev, Error **errp)
{
    PIIX3State *s = PIIX3_PCI_DEVICE(dev);

    s->isa_bus = isa_bus_new(DEVICE(dev), get_system_memory(),
                             pci_address_space_io(dev), errp);
    if (!s->isa_bus) {
        return;
    }
    i8257_dma_init(s->isa_bus, false);
    memory_region_init_io(&s->rcr_mem, OBJECT(dev), &rcr_ops, s,
                          "piix3-reset-control", 1);
    memory_region_add_subregion_overlap(pci_address_space_io(dev),
                                        PIIX_RCR_IOPORT, &s->rcr_mem, 1);
}

static void piix3_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->config_write = piix3_write_config;
    k->realize = piix3_realize;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_82371SB_0;
    k->class_id = PCI_CLASS_BRIDGE_ISA;
    dc->reset = piix3_reset;
    dc->desc = "ISA bridge";
    dc->vmsd = &vmstate_piix3;
    dc->hotpluggable = false;
    /* The board connects its lines. */
    dc->user_creatable = false;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
}

static const TypeInfo piix3_types[] = {
    {
        .name = TYPE_PIIX3_PCI_DEVICE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PIIX3State),
        .abstract = true,
        .class_init = piix3_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { },
        },
    },
    {
        .name = TYPE_PIIX3_DEVICE,
        .parent = TYPE_PIIX3_PCI_DEVICE,
    },
};

DEFINE_TYPES(piix3_types)
