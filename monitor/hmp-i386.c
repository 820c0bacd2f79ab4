/* SPDX-License-Identifier: GPL-2.0-or-later */
/* info irq, info pic, info lapic. */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "hw/intc/apic.h"
#include "hw/intc/intc.h"
#include "monitor/hmp.h"
#include "qapi/json.h"
#include "target/i386/cpu.h"

static int print_statistics(Object *obj, void *opaque)
{
    InterruptStatsProviderClass *k;
    Monitor *mon = opaque;
    uint64_t *counts;
    unsigned n;

    if (!object_dynamic_cast(obj, TYPE_INTERRUPT_STATS_PROVIDER)) {
        return 0;
    }
    k = INTERRUPT_STATS_PROVIDER_GET_CLASS(obj);
    if (!k->get_statistics ||
        !k->get_statistics(INTERRUPT_STATS_PROVIDER(obj), &counts, &n)) {
        return 0;
    }
    monitor_printf(mon, "IRQ statistics for %s:\n", object_get_typename(obj));
    for (unsigned i = 0; i < n; i++) {
        if (counts[i]) {
            monitor_printf(mon, "%2u: %" PRId64 "\n", i, counts[i]);
        }
    }
    return 0;
}

static void info_irq(Monitor *mon, const json_t *args)
{
    object_child_foreach_recursive(object_get_root(), print_statistics, mon);
}

static int print_controller(Object *obj, void *opaque)
{
    InterruptStatsProviderClass *k;

    if (object_dynamic_cast(obj, TYPE_INTERRUPT_STATS_PROVIDER)) {
        k = INTERRUPT_STATS_PROVIDER_GET_CLASS(obj);
        if (k->print_info) {
            k->print_info(INTERRUPT_STATS_PROVIDER(obj), opaque);
        }
    }
    return 0;
}

static void info_pic(Monitor *mon, const json_t *args)
{
    object_child_foreach_recursive(object_get_root(), print_controller, mon);
}

/* Of the processor with that APIC id, or of the first. */
static void info_lapic(Monitor *mon, const json_t *args)
{
    CPUState *cs = json_has(args, "apic-id")
                   ? cpu_by_arch_id(json_get_int(args, "apic-id", 0))
                   : first_cpu;

    if (!cs) {
        monitor_printf(mon, "No CPU available\n");
    } else if (!X86_CPU(cs)->apic_state) {
        monitor_printf(mon, "No local APIC\n");
    } else {
        apic_print(X86_CPU(cs)->apic_state, mon);
    }
}

static const HMPCommand i386_commands[] = {
    { "irq", "", "", "show the interrupts statistics", info_irq },
    { "lapic", "apic-id:i?", "[apic-id]", "show local apic state",
      info_lapic },
    { "pic", "", "", "show PIC state", info_pic },
    { }
};

static void register_i386_commands(void)
{
    hmp_register_info(i386_commands);
}

hmp_init(register_i386_commands)
