/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A clock in a migration stream: its period, and how children divide it. */
#include "qemu/osdep.h"
#include "hw/clock.h"
#include "migration/vmstate.h"

static bool divides(void *opaque)
{
    Clock *clk = opaque;

    return clk->multiplier != 1 || clk->divider != 1;
}

static int check_divider(void *opaque, int version_id)
{
    Clock *clk = opaque;

    return clk->multiplier && clk->divider ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_muldiv = {
    .name = "clock/muldiv",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = divides,
    .post_load = check_divider,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(multiplier, Clock),
        VMSTATE_UINT32(divider, Clock),
        VMSTATE_END_OF_LIST()
    },
};

/* A stream without the subsection means that nothing divides. */
static int reset_divider(void *opaque)
{
    clock_set_mul_div(opaque, 1, 1);
    return 0;
}

const VMStateDescription vmstate_clock = {
    .name = "clock",
    .version_id = 0,
    .minimum_version_id = 0,
    .pre_load = reset_divider,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(period, Clock),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_muldiv,
        NULL
    },
};
