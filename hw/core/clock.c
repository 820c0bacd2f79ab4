/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clock objects: periods handed down a tree, and tick arithmetic. */
#include "qemu/osdep.h"
#include "hw/clock.h"
#include "qemu/host-utils.h"
#include "trace.h"

void clock_setup_canonical_path(Clock *clk)
{
    g_free(clk->canonical_path);
    clk->canonical_path = object_get_canonical_path(OBJECT(clk));
}

Clock *clock_new(Object *parent, const char *name)
{
    Object *obj = object_new(TYPE_CLOCK);

    object_property_add_child(parent, name, obj);
    object_unref(obj);
    clock_setup_canonical_path(CLOCK(obj));
    return CLOCK(obj);
}

void clock_set_callback(Clock *clk, ClockCallback *cb, void *opaque,
                        unsigned int events)
{
    clk->callback = cb;
    clk->callback_opaque = opaque;
    clk->callback_events = events;
}

void clock_clear_callback(Clock *clk)
{
    clock_set_callback(clk, NULL, NULL, 0);
}

static const char *name_of(const Clock *clk)
{
    return clk->canonical_path ? clk->canonical_path : "?";
}

static void tell_owner(Clock *clk, ClockEvent event)
{
    if (clk->callback && clk->callback_events & event) {
        clk->callback(clk->callback_opaque, event);
    }
}

/* a * b / c in 128 bits; c is nonzero. */
static uint64_t scale(uint64_t a, uint32_t b, uint32_t c)
{
    return (unsigned __int128)a * b / c;
}

static uint64_t child_period(const Clock *clk)
{
    return scale(clk->period, clk->multiplier, clk->divider);
}

static void hand_down(Clock *clk, bool tell)
{
    uint64_t period = child_period(clk);
    Clock *child;

    QLIST_FOREACH(child, &clk->children, sibling) {
        if (child->period == period) {
            continue;
        }
        if (tell) {
            tell_owner(child, ClockPreUpdate);
        }
        child->period = period;
        trace_clock_update(name_of(child), name_of(clk),
                           CLOCK_PERIOD_TO_HZ(period), tell);
        if (tell) {
            tell_owner(child, ClockUpdate);
        }
        hand_down(child, tell);
    }
}

void clock_set_source(Clock *clk, Clock *src)
{
    assert(!clk->source);

    trace_clock_set_source(name_of(clk), name_of(src));
    clk->source = src;
    QLIST_INSERT_HEAD(&src->children, clk, sibling);
    /* Wiring happens before realize: nobody is told. */
    clk->period = child_period(src);
    hand_down(clk, false);
}

static void leave_source(Clock *clk)
{
    if (clk->source) {
        trace_clock_disconnect(name_of(clk));
        QLIST_REMOVE(clk, sibling);
        clk->source = NULL;
    }
}

bool clock_set(Clock *clk, uint64_t period)
{
    if (clk->period == period) {
        return false;
    }
    trace_clock_set(name_of(clk), clk->period, period);
    clk->period = period;
    return true;
}

void clock_propagate(Clock *clk)
{
    assert(!clk->source);
    trace_clock_propagate(name_of(clk));
    hand_down(clk, true);
}

void clock_update(Clock *clk, uint64_t value)
{
    if (clock_set(clk, value)) {
        clock_propagate(clk);
    }
}

void clock_set_mul_div(Clock *clk, uint32_t multiplier, uint32_t divider)
{
    assert(multiplier && divider);
    clk->multiplier = multiplier;
    clk->divider = divider;
}

uint64_t clock_ticks_to_ns(const Clock *clk, uint64_t ticks)
{
    unsigned __int128 ns = ((unsigned __int128)clk->period * ticks) >> 32;

    /* A deadline: what is past the end of time stays there. */
    return ns > INT64_MAX ? INT64_MAX : (uint64_t)ns;
}

uint64_t clock_ns_to_ticks(const Clock *clk, uint64_t ns)
{
    return clk->period ? ((unsigned __int128)ns << 32) / clk->period : 0;
}

char *clock_display_freq(Clock *clk)
{
    static const char *const units[] = { "Hz", "KHz", "MHz", "GHz" };
    uint64_t hz = CLOCK_PERIOD_TO_HZ(clk->period);
    double value = hz;
    unsigned i = 0;

    while (value >= 1000 && i + 1 < ARRAY_SIZE(units)) {
        value /= 1000;
        i++;
    }
    return g_strdup_printf("%0.3g %s", value, units[i]);
}

static void clock_init(Object *obj)
{
    Clock *clk = CLOCK(obj);

    clk->multiplier = 1;
    clk->divider = 1;
    QLIST_INIT(&clk->children);
}

static void clock_finalize(Object *obj)
{
    Clock *clk = CLOCK(obj);
    Clock *child, *next;

    QLIST_FOREACH_SAFE(child, &clk->children, sibling, next) {
        leave_source(child);
    }
    leave_source(clk);
    g_free(clk->canonical_path);
}

static const TypeInfo clock_types[] = {
    {
        .name = TYPE_CLOCK,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Clock),
        .instance_init = clock_init,
        .instance_finalize = clock_finalize,
    },
};

DEFINE_TYPES(clock_types)
