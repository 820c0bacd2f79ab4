/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signal lines: a sink is an object that holds a handler to call. */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "qom/object.h"

struct IRQState {
    Object parent_obj;

    qemu_irq_handler handler;
    void *opaque;
    int n;
    qemu_irq intercepted;       /* what an interceptor passes levels on to */
};

DECLARE_INSTANCE_CHECKER(struct IRQState, IRQ, TYPE_IRQ)

void qemu_set_irq(qemu_irq irq, int level)
{
    if (irq) {
        irq->handler(irq->opaque, irq->n, level);
    }
}

qemu_irq qemu_allocate_irq(qemu_irq_handler handler, void *opaque, int n)
{
    qemu_irq irq = IRQ(object_new(TYPE_IRQ));

    irq->handler = handler;
    irq->opaque = opaque;
    irq->n = n;
    return irq;
}

void qemu_free_irq(qemu_irq irq)
{
    object_unref(OBJECT(irq));
}

qemu_irq *qemu_extend_irqs(qemu_irq *old, int n_old, qemu_irq_handler handler,
                           void *opaque, int n)
{
    qemu_irq *s;
    int i;

    if (!old) {
        n_old = 0;
    }
    s = g_renew(qemu_irq, old, n_old + n);
    for (i = n_old; i < n_old + n; i++) {
        s[i] = qemu_allocate_irq(handler, opaque, i);
    }
    return s;
}

qemu_irq *qemu_allocate_irqs(qemu_irq_handler handler, void *opaque, int n)
{
    return qemu_extend_irqs(NULL, 0, handler, opaque, n);
}

void qemu_free_irqs(qemu_irq *s, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        qemu_free_irq(s[i]);
    }
    g_free(s);
}

static void pass_inverted(void *opaque, int n, int level)
{
    qemu_set_irq(opaque, !level);
}

qemu_irq qemu_irq_invert(qemu_irq irq)
{
    return irq ? qemu_allocate_irq(pass_inverted, irq, 0) : NULL;
}

void qemu_irq_intercept_in(qemu_irq *gpio_in, qemu_irq_handler handler, int n)
{
    int i;

    /*
     * The sink keeps its identity, since wires already lead to it; what it
     * did until now moves to a new one, which lives as long.
     */
    for (i = 0; i < n; i++) {
        qemu_irq sink = gpio_in[i];
        qemu_irq moved = qemu_allocate_irq(sink->handler, sink->opaque,
                                           sink->n);

        if (sink->intercepted) {
            moved->intercepted = sink->intercepted;
            moved->opaque = &moved->intercepted;
        }
        sink->intercepted = moved;
        sink->handler = handler;
        sink->opaque = &sink->intercepted;
    }
}

static void irq_finalize(Object *obj)
{
    object_unref(OBJECT(IRQ(obj)->intercepted));
}

static const TypeInfo irq_types[] = {
    {
        .name = TYPE_IRQ,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(struct IRQState),
        .instance_finalize = irq_finalize,
    },
};

DEFINE_TYPES(irq_types)
