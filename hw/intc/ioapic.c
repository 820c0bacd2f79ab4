/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I/O APIC: Intel 82093AA data sheet (290566-001) with the EOI register of
 * its successors (ICH9 data sheet section 13.5).
 *
 * Each of the 24 pins has a redirection entry.  A request that is not masked
 * leaves as a message, in the format of MSI, through system memory, where the
 * local APICs hear it; the model needs to know nothing about them.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/intc/i8259.h"
#include "hw/intc/intc.h"
#include "hw/intc/ioapic.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/timer.h"

#define IOAPIC_IOREGSEL 0x00
#define IOAPIC_IOWIN 0x10
#define IOAPIC_EOI 0x40

#define IOAPIC_REG_ID 0x00
#define IOAPIC_REG_VER 0x01
#define IOAPIC_REG_ARB 0x02
#define IOAPIC_REG_REDTBL 0x10
#define IOAPIC_ID_SHIFT 24
#define IOAPIC_ID_MASK 0xf
#define IOAPIC_VER_ENTRIES_SHIFT 16

/* A redirection entry, section 3.2.4. */
#define ENTRY_VECTOR_MASK 0xff
#define ENTRY_DELIVERY_SHIFT 8
#define ENTRY_DELIVERY_MASK 7
#define ENTRY_DEST_LOGICAL (1 << 11)
#define ENTRY_DELIVERY_STATUS (1 << 12)
#define ENTRY_POLARITY_LOW (1 << 13)
#define ENTRY_REMOTE_IRR (1 << 14)
#define ENTRY_LEVEL (1 << 15)
#define ENTRY_MASKED (1 << 16)
#define ENTRY_DEST_SHIFT 56
#define ENTRY_RO_BITS (ENTRY_DELIVERY_STATUS | ENTRY_REMOTE_IRR)
#define DELIVERY_EXTINT 7

/* The message of an entry: SDM volume 3A, section 11.11. */
#define MSI_ADDRESS_BASE 0xfee00000u
#define MSI_ADDRESS_DEST_SHIFT 12
#define MSI_ADDRESS_LOGICAL (1 << 2)
#define MSI_DATA_DELIVERY_SHIFT 8
#define MSI_DATA_LEVEL (1 << 15)

/*
 * A level that nobody serves comes back with each EOI and would keep a
 * processor from ever doing anything else.
 */
#define EOI_STORM 10000
#define EOI_STORM_DELAY_NS (10 * 1000 * 1000)

static IOAPICState *the_ioapic;

/*** Delivery ***/

static void send_message(uint64_t entry)
{
    unsigned delivery = entry >> ENTRY_DELIVERY_SHIFT & ENTRY_DELIVERY_MASK;
    uint32_t vector = entry & ENTRY_VECTOR_MASK;
    uint32_t addr = MSI_ADDRESS_BASE |
                    (uint32_t)(entry >> ENTRY_DEST_SHIFT)
                    << MSI_ADDRESS_DEST_SHIFT;
    uint32_t data;

    if (delivery == DELIVERY_EXTINT && isa_pic) {
        vector = pic_read_irq(isa_pic);
    }
    if (entry & ENTRY_DEST_LOGICAL) {
        addr |= MSI_ADDRESS_LOGICAL;
    }
    data = vector | delivery << MSI_DATA_DELIVERY_SHIFT;
    if (entry & ENTRY_LEVEL) {
        data |= MSI_DATA_LEVEL;
    }
    stl_le_phys(&address_space_memory, addr, data);
}

/* Sends for each pin that has a request and may. */
static void ioapic_service(IOAPICState *s)
{
    for (uint32_t pending = s->irr; pending; pending &= pending - 1) {
        int pin = ctz32(pending);
        uint64_t entry = s->ioredtbl[pin];

        if (entry & ENTRY_MASKED) {
            continue;
        }
        if (entry & ENTRY_LEVEL) {
            /* Once, until its EOI. */
            if (entry & ENTRY_REMOTE_IRR) {
                continue;
            }
            s->ioredtbl[pin] |= ENTRY_REMOTE_IRR;
        } else {
            s->irr &= ~(1u << pin);
        }
        send_message(entry);
    }
}

static void delayed_service(void *opaque)
{
    ioapic_service(opaque);
}

static void count_rising(IOAPICState *s, int pin, int level)
{
    uint32_t mask = 1u << pin;

    if (!level) {
        s->counted_levels &= ~mask;
    } else if (!(s->counted_levels & mask)) {
        s->counted_levels |= mask;
        s->counts[pin]++;
    }
}

static void ioapic_set_irq(void *opaque, int pin, int level)
{
    IOAPICState *s = opaque;
    uint32_t mask;

    count_rising(s, pin, level);
    /* PCs wire the timer to pin 2; pin 0 is the 8259s' output. */
    if (pin == 0) {
        pin = 2;
    }
    mask = 1u << pin;
    if (s->ioredtbl[pin] & ENTRY_LEVEL) {
        if (!level) {
            s->irr &= ~mask;
            return;
        }
        s->irr |= mask;
        if (!(s->ioredtbl[pin] & ENTRY_REMOTE_IRR)) {
            ioapic_service(s);
        }
    } else if (level && !(s->ioredtbl[pin] & ENTRY_MASKED)) {
        /* Edges at a masked pin are lost: section 3.2.4, bit 16. */
        s->irr |= mask;
        ioapic_service(s);
    }
}

static void serve_again(IOAPICState *s, int pin)
{
    if (++s->eoi_count[pin] < EOI_STORM) {
        ioapic_service(s);
        return;
    }
    s->eoi_count[pin] = 0;
    timer_mod_anticipate(s->delayed_service_timer,
                         qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                         EOI_STORM_DELAY_NS);
}

static void ioapic_eoi(IOAPICState *s, int vector)
{
    for (int pin = 0; pin < IOAPIC_NUM_PINS; pin++) {
        uint64_t entry = s->ioredtbl[pin];

        if ((entry & ENTRY_VECTOR_MASK) != vector ||
            !(entry & ENTRY_LEVEL) || !(entry & ENTRY_REMOTE_IRR)) {
            continue;
        }
        s->ioredtbl[pin] &= ~(uint64_t)ENTRY_REMOTE_IRR;
        if (!(entry & ENTRY_MASKED) && (s->irr & (1u << pin))) {
            serve_again(s, pin);
        } else {
            s->eoi_count[pin] = 0;
        }
    }
}

void ioapic_eoi_broadcast(int vector)
{
    if (the_ioapic) {
        ioapic_eoi(the_ioapic, vector);
    }
}

/*** Registers ***/

static uint32_t read_register(IOAPICState *s)
{
    int index;

    switch (s->ioregsel) {
    case IOAPIC_REG_ID:
    case IOAPIC_REG_ARB:
        return (uint32_t)s->id << IOAPIC_ID_SHIFT;
    case IOAPIC_REG_VER:
        return s->version | (IOAPIC_NUM_PINS - 1) << IOAPIC_VER_ENTRIES_SHIFT;
    default:
        index = (s->ioregsel - IOAPIC_REG_REDTBL) >> 1;
        if (index < 0 || index >= IOAPIC_NUM_PINS) {
            return 0;
        }
        return s->ioregsel & 1 ? s->ioredtbl[index] >> 32
                               : s->ioredtbl[index];
    }
}

/* Remote IRR means nothing to an edge; a guest clears it this way. */
static uint64_t without_stale_irr(uint64_t entry)
{
    return entry & ENTRY_LEVEL ? entry : entry & ~(uint64_t)ENTRY_REMOTE_IRR;
}

static void write_register(IOAPICState *s, uint32_t val)
{
    uint64_t *entry;
    int index;

    if (s->ioregsel == IOAPIC_REG_ID) {
        s->id = val >> IOAPIC_ID_SHIFT & IOAPIC_ID_MASK;
        return;
    }
    index = (s->ioregsel - IOAPIC_REG_REDTBL) >> 1;
    if (s->ioregsel < IOAPIC_REG_REDTBL || index >= IOAPIC_NUM_PINS) {
        return;
    }
    entry = &s->ioredtbl[index];
    if (s->ioregsel & 1) {
        *entry = (uint64_t)val << 32 | (uint32_t)*entry;
    } else {
        uint32_t kept = *entry & ENTRY_RO_BITS;

        *entry = (*entry >> 32 << 32) | (val & ~ENTRY_RO_BITS) | kept;
    }
    s->eoi_count[index] = 0;
    *entry = without_stale_irr(*entry);
    ioapic_service(s);
}

static uint64_t ioapic_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    IOAPICState *s = opaque;

    switch (addr & 0xff) {
    case IOAPIC_IOREGSEL:
        return s->ioregsel;
    case IOAPIC_IOWIN:
        return size == 4 ? read_register(s) : 0;
    default:
        return 0;
    }
}

static void ioapic_mem_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    IOAPICState *s = opaque;

    switch (addr & 0xff) {
    case IOAPIC_IOREGSEL:
        s->ioregsel = val;
        break;
    case IOAPIC_IOWIN:
        if (size == 4) {
            write_register(s, val);
        }
        break;
    case IOAPIC_EOI:
        /* There from version 0x20 on. */
        if (size == 4 && s->version == 0x20) {
            ioapic_eoi(s, val & ENTRY_VECTOR_MASK);
        }
        break;
    }
}

static const MemoryRegionOps ioapic_io_ops = {
    .read = ioapic_mem_read,
    .write = ioapic_mem_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/*** Observation ***/

static bool ioapic_get_statistics(InterruptStatsProvider *obj,
                                  uint64_t **irq_counts, unsigned *nb_irqs)
{
    *irq_counts = IOAPIC(obj)->counts;
    *nb_irqs = IOAPIC_NUM_PINS;
    return true;
}

static void print_pins(Monitor *mon, const char *title, uint32_t pins)
{
    monitor_printf(mon, "  %-8s ", title);
    if (!pins) {
        monitor_printf(mon, "(none)");
    }
    for (; pins; pins &= pins - 1) {
        monitor_printf(mon, "%-2u ", ctz32(pins));
    }
    monitor_printf(mon, "\n");
}

static void print_entry(Monitor *mon, int pin, uint64_t entry)
{
    static const char *const modes[] = {
        "fixed", "lowest", "SMI", "...", "NMI", "INIT", "...", "extINT",
    };

    monitor_printf(mon, "  pin %-2u 0x%016" PRIx64 " dest=%" PRIx64
                   " vec=%-3u %s %-5s %-6s %-6s %s\n", pin, entry,
                   /* A physical id has four bits here. */
                   entry >> ENTRY_DEST_SHIFT &
                   (entry & ENTRY_DEST_LOGICAL ? 0xff : 0x0f),
                   (unsigned)(entry & ENTRY_VECTOR_MASK),
                   entry & ENTRY_POLARITY_LOW ? "active-lo" : "active-hi",
                   entry & ENTRY_LEVEL ? "level" : "edge",
                   entry & ENTRY_MASKED ? "masked" : "",
                   modes[entry >> ENTRY_DELIVERY_SHIFT & ENTRY_DELIVERY_MASK],
                   entry & ENTRY_DEST_LOGICAL ? "logical" : "physical");
}

static void ioapic_print_info(InterruptStatsProvider *obj, Monitor *mon)
{
    IOAPICState *s = IOAPIC(obj);
    uint32_t remote_irr = 0;

    monitor_printf(mon, "ioapic0: ver=0x%x id=0x%02x sel=0x%02x", s->version,
                   s->id, s->ioregsel);
    if (s->ioregsel >= IOAPIC_REG_REDTBL) {
        monitor_printf(mon, " (redir[%u])",
                       (s->ioregsel - IOAPIC_REG_REDTBL) >> 1);
    }
    monitor_printf(mon, "\n");
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        print_entry(mon, i, s->ioredtbl[i]);
        remote_irr |= s->ioredtbl[i] & ENTRY_REMOTE_IRR &&
                      s->ioredtbl[i] & ENTRY_LEVEL ? 1u << i : 0;
    }
    print_pins(mon, "IRR", s->irr);
    print_pins(mon, "Remote IRR", remote_irr);
}

/*** Type ***/

static void ioapic_reset(DeviceState *dev)
{
    IOAPICState *s = IOAPIC(dev);

    timer_del(s->delayed_service_timer);
    s->id = 0;
    s->ioregsel = 0;
    s->irr = 0;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        s->ioredtbl[i] = ENTRY_MASKED;
        s->eoi_count[i] = 0;
    }
}

static const VMStateDescription vmstate_ioapic = {
    .name = "ioapic",
    .version_id = 3,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(id, IOAPICState),
        VMSTATE_UINT8(ioregsel, IOAPICState),
        VMSTATE_UNUSED_V(2, 8),
        VMSTATE_UINT32_V(irr, IOAPICState, 2),
        VMSTATE_UINT64_ARRAY(ioredtbl, IOAPICState, IOAPIC_NUM_PINS),
        VMSTATE_END_OF_LIST()
    },
};

static void ioapic_realize(DeviceState *dev, Error **errp)
{
    IOAPICState *s = IOAPIC(dev);

    if (the_ioapic) {
        error_setg(errp, "Only 1 ioapics allowed");
        return;
    }
    if (s->version != 0x11 && s->version != 0x20) {
        error_setg(errp, "IOAPIC only supports version 0x11 or 0x20 "
                   "(default: 0x%x).", 0x20);
        return;
    }
    memory_region_init_io(&s->io_memory, OBJECT(s), &ioapic_io_ops, s,
                          "ioapic", 0x1000);
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->io_memory);
    qdev_init_gpio_in(dev, ioapic_set_irq, IOAPIC_NUM_PINS);
    s->delayed_service_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL,
                                            delayed_service, s);
    the_ioapic = s;
}

static void ioapic_unrealize(DeviceState *dev)
{
    timer_free(IOAPIC(dev)->delayed_service_timer);
    the_ioapic = NULL;
}

static Property ioapic_properties[] = {
    DEFINE_PROP_UINT8("version", IOAPICState, version, 0x20),
    DEFINE_PROP_END_OF_LIST(),
};

static void ioapic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(klass);

    dc->realize = ioapic_realize;
    dc->unrealize = ioapic_unrealize;
    dc->reset = ioapic_reset;
    dc->vmsd = &vmstate_ioapic;
    device_class_set_props(dc, ioapic_properties);
    /* The board connects the lines. */
    dc->user_creatable = false;
    ic->get_statistics = ioapic_get_statistics;
    ic->print_info = ioapic_print_info;
}

static const TypeInfo ioapic_info = {
    .name = TYPE_IOAPIC,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(IOAPICState),
    .class_init = ioapic_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_INTERRUPT_STATS_PROVIDER },
        { }
    },
};

static void ioapic_register_types(void)
{
    type_register_static(&ioapic_info);
}

type_init(ioapic_register_types)
