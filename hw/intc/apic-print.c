/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of "info lapic". */
#include "qemu/osdep.h"
#include "hw/intc/apic.h"
#include "monitor/monitor.h"

static const char *const delivery_names[] = {
    "Fixed", "...", "SMI", "...", "NMI", "INIT", "SIPI", "ExtINT",
};

static void print_lvt(Monitor *mon, const char *name, uint32_t lvt,
                      bool is_timer)
{
    unsigned delivery = lvt >> 8 & 7;

    monitor_printf(mon, "%s\t 0x%08x %s %-5s %-6s %-7s %-12s %-6s", name, lvt,
                   lvt & 1 << 13 ? "active-lo" : "active-hi",
                   lvt & 1 << 15 ? "level" : "edge",
                   lvt & 1 << 16 ? "masked" : "",
                   lvt & 1 << 12 ? "pending" : "",
                   !is_timer ? "" : (lvt >> 17 & 3) == 1 ? "periodic"
                   : (lvt >> 17 & 3) == 2 ? "tsc-deadline" : "one-shot",
                   delivery_names[delivery]);
    if (delivery != 4) {
        monitor_printf(mon, " (vec %u)", lvt & 0xff);
    }
    monitor_printf(mon, "\n");
}

static void print_icr(Monitor *mon, APICState *s)
{
    static const char *const shorthands[] = {
        "no-shorthand", "self", "all-self", "all",
    };
    uint32_t icr = s->icr[0];
    unsigned shorthand = icr >> 18 & 3;

    monitor_printf(mon, "ICR\t 0x%08x %s %s %s %s\n", icr,
                   icr & 1 << 11 ? "logical" : "physical",
                   icr & 1 << 15 ? "level" : "edge",
                   icr & 1 << 14 ? "assert" : "de-assert",
                   shorthands[shorthand]);
    monitor_printf(mon, "ICR2\t 0x%08x", s->icr[1]);
    if (shorthand == 0) {
        if (icr & 1 << 11) {
            monitor_printf(mon, " mask %08x", s->icr[1] >> 24);
        } else {
            monitor_printf(mon, " cpu %u (%s)", s->icr[1] >> 24,
                           "APIC ID");
        }
    }
    monitor_printf(mon, "\n");
}

static void print_map(Monitor *mon, const char *name, const uint32_t *map,
                      const uint32_t *tmr)
{
    bool any = false;

    monitor_printf(mon, "%s\t ", name);
    for (int i = 0; i < 256; i++) {
        if (map[i / 32] >> (i % 32) & 1) {
            monitor_printf(mon, "%d%s ", i,
                           tmr && tmr[i / 32] >> (i % 32) & 1 ? "(level)"
                                                              : "");
            any = true;
        }
    }
    monitor_printf(mon, any ? "\n" : "(none)\n");
}

static uint8_t highest(const uint32_t *map)
{
    for (int i = 255; i > 0; i--) {
        if (map[i / 32] >> (i % 32) & 1) {
            return i;
        }
    }
    return 0;
}

void apic_print(DeviceState *dev, Monitor *mon)
{
    APICState *s = APIC(dev);
    unsigned v = (s->divide_conf & 3) | (s->divide_conf >> 1 & 4);
    uint8_t in_service = highest(s->isr) & 0xf0;
    uint8_t ppr = (s->tpr & 0xf0) >= in_service ? s->tpr : in_service;

    monitor_printf(mon, "dumping local APIC state for CPU %-2u\n\n",
                   s->cpu->cpu_index);
    print_lvt(mon, "LVT0", s->lvt[APIC_LVT_LINT0], false);
    print_lvt(mon, "LVT1", s->lvt[APIC_LVT_LINT1], false);
    print_lvt(mon, "LVTPC", s->lvt[APIC_LVT_PERFORM], false);
    print_lvt(mon, "LVTERR", s->lvt[APIC_LVT_ERROR], false);
    print_lvt(mon, "LVTTHMR", s->lvt[APIC_LVT_THERMAL], false);
    print_lvt(mon, "LVTT", s->lvt[APIC_LVT_TIMER], true);
    monitor_printf(mon, "Timer\t DCR=0x%x (divide by %u) initial_count = %u "
                   "current_count = %u\n", s->divide_conf,
                   v == 7 ? 1 : 2 << v, s->initial_count,
                   apic_current_count(dev));
    monitor_printf(mon, "SPIV\t 0x%08x APIC %s, focus=%s, spurious vec %u\n",
                   s->spurious_vec,
                   s->spurious_vec & 0x100 ? "enabled" : "disabled",
                   s->spurious_vec & 0x200 ? "on" : "off",
                   s->spurious_vec & 0xff);
    print_icr(mon, s);
    monitor_printf(mon, "ESR\t 0x%08x\n", s->esr);
    print_map(mon, "ISR", s->isr, NULL);
    print_map(mon, "IRR", s->irr, s->tmr);
    monitor_printf(mon, "\nAPR 0x%02x TPR 0x%02x DFR 0x%02x LDR 0x%02x",
                   s->arb_id, s->tpr, s->dest_mode, s->log_dest);
    if (s->dest_mode == 0) {
        monitor_printf(mon, "(cluster %u: id %u)", s->log_dest >> 4,
                       s->log_dest & 0xf);
    }
    monitor_printf(mon, " PPR 0x%02x\n", ppr);
}
