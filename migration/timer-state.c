/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "timer" section: the guest's clock and its time stamp counter, both as
 * they stand while the machine is stopped.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "migration/migration.h"
#include "migration/vmstate.h"

typedef struct TimerState {
    /* Offsets while the machine runs, and the values when it does not. */
    int64_t cpu_ticks_offset;
    int64_t cpu_clock_offset;   /* ns of QEMU_CLOCK_VIRTUAL */
} TimerState;

static TimerState timer_state;

static int timer_state_pre_save(void *opaque)
{
    TimerState *t = opaque;

    t->cpu_ticks_offset = cpu_get_ticks();
    t->cpu_clock_offset = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    return 0;
}

static int timer_state_post_load(void *opaque, int version_id)
{
    TimerState *t = opaque;

    /* Time that has run for centuries would overflow in every timer. */
    if (t->cpu_clock_offset < 0 ||
        t->cpu_clock_offset > INT64_MAX / 2) {
        return -EINVAL;
    }
    cpu_set_ticks(t->cpu_ticks_offset);
    qemu_clock_virtual_set(t->cpu_clock_offset);
    return 0;
}

static const VMStateDescription vmstate_timer_state = {
    .name = "timer",
    .version_id = 2,
    .minimum_version_id = 1,
    .pre_save = timer_state_pre_save,
    .post_load = timer_state_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_INT64(cpu_ticks_offset, TimerState),
        VMSTATE_UNUSED(8),
        VMSTATE_INT64_V(cpu_clock_offset, TimerState, 2),
        VMSTATE_END_OF_LIST()
    }
};

void timer_state_register(void)
{
    vmstate_register(NULL, 0, &vmstate_timer_state, &timer_state);
}
