/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gate: "num-lines" GPIO inputs, one output that is high while any is.
 */
#ifndef HW_OR_IRQ_H
#define HW_OR_IRQ_H

#include "hw/qdev-core.h"
#include "qom/object.h"

#define TYPE_OR_IRQ "or-irq"

/* The number of inputs a migration stream can carry. */
#define MAX_OR_LINES 48

typedef struct OrIRQState OrIRQState;
typedef struct OrIRQState qemu_or_irq;

DECLARE_INSTANCE_CHECKER(OrIRQState, OR_IRQ, TYPE_OR_IRQ)

struct OrIRQState {
    DeviceState parent_obj;

    qemu_irq out_irq;
    bool levels[MAX_OR_LINES];
    uint16_t num_lines;
};

#endif /* HW_OR_IRQ_H */
