/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt and other signal lines.  A qemu_irq is the sink's end of a wire;
 * a NULL qemu_irq is a wire that ends nowhere and accepts every level.
 */
#ifndef HW_IRQ_H
#define HW_IRQ_H

#include "qemu/typedefs.h"

#define TYPE_IRQ "irq"

/* Calls the sink's handler at once; the level is not remembered. */
void qemu_set_irq(qemu_irq irq, int level);

static inline void qemu_irq_raise(qemu_irq irq)
{
    qemu_set_irq(irq, 1);
}

static inline void qemu_irq_lower(qemu_irq irq)
{
    qemu_set_irq(irq, 0);
}

static inline void qemu_irq_pulse(qemu_irq irq)
{
    qemu_set_irq(irq, 1);
    qemu_set_irq(irq, 0);
}

/* n lines 0..n-1 into handler(opaque, line, level); qemu_free_irqs() ends. */
qemu_irq *qemu_allocate_irqs(qemu_irq_handler handler, void *opaque, int n);

/* Grows an array of n_old lines by n; the old pointer is no longer valid. */
qemu_irq *qemu_extend_irqs(qemu_irq *old, int n_old, qemu_irq_handler handler,
                           void *opaque, int n);
void qemu_free_irqs(qemu_irq *s, int n);

/* One line; the handler gets n. */
qemu_irq qemu_allocate_irq(qemu_irq_handler handler, void *opaque, int n);
void qemu_free_irq(qemu_irq irq);

/* A new line that passes the opposite level on to irq; NULL gives NULL. */
qemu_irq qemu_irq_invert(qemu_irq irq);

/*
 * From now on the first n of these inputs call handler(p, line, level), where
 * p is a qemu_irq * to what the input was: the handler passes on what it wants
 * with qemu_set_irq(*p, level).
 */
void qemu_irq_intercept_in(qemu_irq *gpio_in, qemu_irq_handler handler, int n);

/* Whether anyone listens. */
static inline bool qemu_irq_is_connected(qemu_irq irq)
{
    return irq != NULL;
}

#endif /* HW_IRQ_H */
