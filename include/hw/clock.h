/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clock trees: a Clock has a period in units of 2^-32 ns, at most one source
 * and any number of children, and tells its owner when the period changes.
 * A period of 0 means that the clock is stopped.
 */
#ifndef HW_CLOCK_H
#define HW_CLOCK_H

#include "qemu/host-utils.h"
#include "qemu/queue.h"
#include "qom/object.h"
#include "migration/vmstate.h"

#define TYPE_CLOCK "clock"
OBJECT_DECLARE_SIMPLE_TYPE(Clock, CLOCK)

/* Bits: a callback is given for those in its mask. */
typedef enum ClockEvent {
    ClockUpdate = 1,        /* the period has changed */
    ClockPreUpdate = 2,     /* it is about to */
} ClockEvent;

typedef void ClockCallback(void *opaque, ClockEvent event);

struct Clock {
    /*< private >*/
    Object parent_obj;

    uint64_t period;                /* 2^-32 ns */
    char *canonical_path;           /* in the QOM tree; for traces, cached */
    ClockCallback *callback;
    void *callback_opaque;
    unsigned int callback_events;

    /* A child's period is this one's * multiplier / divider. */
    uint32_t multiplier;
    uint32_t divider;

    Clock *source;
    QLIST_HEAD(, Clock) children;
    QLIST_ENTRY(Clock) sibling;     /* in source->children */
};

#define CLOCK_PERIOD_1SEC (1000000000llu << 32)
#define CLOCK_PERIOD_FROM_NS(ns) ((ns) * (CLOCK_PERIOD_1SEC / 1000000000llu))
#define CLOCK_PERIOD_FROM_HZ(hz) \
    (((hz) != 0) ? CLOCK_PERIOD_1SEC / (hz) : 0u)
#define CLOCK_PERIOD_TO_HZ(per) \
    (((per) != 0) ? CLOCK_PERIOD_1SEC / (per) : 0u)

extern const VMStateDescription vmstate_clock;
#define VMSTATE_CLOCK(field, state) \
    VMSTATE_CLOCK_V(field, state, 0)
#define VMSTATE_CLOCK_V(field, state, version) \
    VMSTATE_STRUCT_POINTER_V(field, state, version, vmstate_clock, Clock)
#define VMSTATE_ARRAY_CLOCK(field, state, num) \
    VMSTATE_ARRAY_CLOCK_V(field, state, num, 0)
#define VMSTATE_ARRAY_CLOCK_V(field, state, num, version)               \
    VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(field, state, num, version,      \
                                       vmstate_clock, Clock)

/* Caches the QOM path, which traces name. */
void clock_setup_canonical_path(Clock *clk);

/* A clock that is a child property of parent, which holds the reference. */
Clock *clock_new(Object *parent, const char *name);

/* At most one; events is a mask of ClockEvent. */
void clock_set_callback(Clock *clk, ClockCallback *cb, void *opaque,
                        unsigned int events);
void clock_clear_callback(Clock *clk);

/* Joins clk to src and takes its period; clk must not have a source yet. */
void clock_set_source(Clock *clk, Clock *src);

static inline bool clock_has_source(const Clock *clk)
{
    return clk->source != NULL;
}

/* Sets the period without telling the children; true when it changed. */
bool clock_set(Clock *clk, uint64_t period);

static inline bool clock_set_hz(Clock *clk, unsigned hz)
{
    return clock_set(clk, CLOCK_PERIOD_FROM_HZ(hz));
}

static inline bool clock_set_ns(Clock *clk, unsigned ns)
{
    return clock_set(clk, CLOCK_PERIOD_FROM_NS(ns));
}

/* Tells the children; only for a clock without source. */
void clock_propagate(Clock *clk);

/* clock_set(), and clock_propagate() when that changed something. */
void clock_update(Clock *clk, uint64_t value);

static inline void clock_update_hz(Clock *clk, unsigned hz)
{
    clock_update(clk, CLOCK_PERIOD_FROM_HZ(hz));
}

static inline void clock_update_ns(Clock *clk, unsigned ns)
{
    clock_update(clk, CLOCK_PERIOD_FROM_NS(ns));
}

static inline uint64_t clock_get(const Clock *clk)
{
    return clk->period;
}

static inline unsigned clock_get_hz(Clock *clk)
{
    return CLOCK_PERIOD_TO_HZ(clock_get(clk));
}

/* Length of so many ticks in ns, INT64_MAX at most. */
uint64_t clock_ticks_to_ns(const Clock *clk, uint64_t ticks);

/* Whole ticks in so many ns, modulo 2^64; 0 for a stopped clock. */
uint64_t clock_ns_to_ticks(const Clock *clk, uint64_t ns);

static inline bool clock_is_enabled(const Clock *clk)
{
    return clock_get(clk) != 0;
}

/* "25 MHz": for people; g_free() it. */
char *clock_display_freq(Clock *clk);

/*
 * Children run at this clock's period * multiplier / divider from the next
 * propagation on.  Both must be nonzero.
 */
void clock_set_mul_div(Clock *clk, uint32_t multiplier, uint32_t divider);

#endif /* HW_CLOCK_H */
