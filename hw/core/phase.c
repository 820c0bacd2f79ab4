/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far the machine's start-up has come. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"

static MachineInitPhase reached;

bool phase_check(MachineInitPhase phase)
{
    return reached >= phase;
}

void phase_advance(MachineInitPhase phase)
{
    assert(phase == reached + 1);
    reached = phase;
}
