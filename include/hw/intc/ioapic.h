/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I/O APIC. */
#ifndef HW_IOAPIC_H
#define HW_IOAPIC_H

#include "hw/sysbus.h"

#define TYPE_IOAPIC "ioapic"
OBJECT_DECLARE_SIMPLE_TYPE(IOAPICState, IOAPIC)

#define IOAPIC_NUM_PINS 24

struct IOAPICState {
    /*< private >*/
    SysBusDevice busdev;
    /*< public >*/

    MemoryRegion io_memory;
    uint8_t id;
    uint8_t ioregsel;
    uint8_t version;
    uint32_t irr;               /* levels, and edges not delivered yet */
    uint64_t ioredtbl[IOAPIC_NUM_PINS];

    uint64_t counts[IOAPIC_NUM_PINS];
    uint32_t counted_levels;

    /*
     * Times each level-triggered interrupt came back at once on its EOI, and
     * the timer that delivers those that do so for ever.
     */
    uint32_t eoi_count[IOAPIC_NUM_PINS];
    QEMUTimer *delayed_service_timer;
};

/* A local APIC saw the end of level-triggered interrupt @vector. */
void ioapic_eoi_broadcast(int vector);

#endif
