/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GPIO lines of devices.
 *
 * Inputs are IRQ objects, children of the device; outputs are link properties
 * behind which the device keeps the qemu_irq.  Both are named "<name>[<n>]",
 * so that wiring is visible in, and possible through, the object tree.
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "hw/irq.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qdev-internal.h"

static NamedGPIOList *find_or_make_list(DeviceState *dev, const char *name)
{
    NamedGPIOList *ngl;

    QLIST_FOREACH(ngl, &dev->gpios, node) {
        if (g_strcmp0(name, ngl->name) == 0) {
            return ngl;
        }
    }
    ngl = g_new0(NamedGPIOList, 1);
    ngl->name = g_strdup(name);
    QLIST_INSERT_HEAD(&dev->gpios, ngl, node);
    return ngl;
}

static char *in_name(const char *name, int n)
{
    return str_numbered(name ? name : "unnamed-gpio-in", n);
}

static char *out_name(const char *name, int n)
{
    return str_numbered(name ? name : "unnamed-gpio-out", n);
}

void qdev_init_gpio_in_named_with_opaque(DeviceState *dev,
                                         qemu_irq_handler handler,
                                         void *opaque, const char *name,
                                         int n)
{
    NamedGPIOList *ngl = find_or_make_list(dev, name);
    int i;

    assert(ngl->num_out == 0 || !name);
    ngl->in = qemu_extend_irqs(ngl->in, ngl->num_in, handler, opaque, n);
    for (i = ngl->num_in; i < ngl->num_in + n; i++) {
        g_autofree char *prop = in_name(name, i);

        object_property_add_child(OBJECT(dev), prop, OBJECT(ngl->in[i]));
    }
    ngl->num_in += n;
}

void qdev_init_gpio_in(DeviceState *dev, qemu_irq_handler handler, int n)
{
    qdev_init_gpio_in_named(dev, handler, NULL, n);
}

void qdev_init_gpio_out_named(DeviceState *dev, qemu_irq *pins,
                              const char *name, int n)
{
    NamedGPIOList *ngl = find_or_make_list(dev, name);
    int i;

    assert(ngl->num_in == 0 || !name);
    memset(pins, 0, sizeof(*pins) * n);
    for (i = 0; i < n; i++) {
        g_autofree char *prop = out_name(name, ngl->num_out + i);

        object_property_add_link(OBJECT(dev), prop, TYPE_IRQ,
                                 (Object **)&pins[i],
                                 object_property_allow_set_link,
                                 OBJ_PROP_LINK_STRONG);
    }
    ngl->num_out += n;
}

void qdev_init_gpio_out(DeviceState *dev, qemu_irq *pins, int n)
{
    qdev_init_gpio_out_named(dev, pins, NULL, n);
}

qemu_irq qdev_get_gpio_in_named(DeviceState *dev, const char *name, int n)
{
    NamedGPIOList *ngl = find_or_make_list(dev, name);

    assert(n >= 0 && n < ngl->num_in);
    return ngl->in[n];
}

qemu_irq qdev_get_gpio_in(DeviceState *dev, int n)
{
    return qdev_get_gpio_in_named(dev, NULL, n);
}

void qdev_connect_gpio_out_named(DeviceState *dev, const char *name, int n,
                                 qemu_irq input_pin)
{
    g_autofree char *prop = out_name(name, n);

    /* A link needs a path to its target: lines of boards get one here. */
    if (input_pin && !object_get_canonical_path_component(OBJECT(input_pin))) {
        object_property_add_child(container_get(qdev_get_machine(),
                                                "/unattached"),
                                  "non-qdev-gpio[*]", OBJECT(input_pin));
    }
    object_property_set_link(OBJECT(dev), prop, OBJECT(input_pin),
                             &error_abort);
}

void qdev_connect_gpio_out(DeviceState *dev, int n, qemu_irq pin)
{
    qdev_connect_gpio_out_named(dev, NULL, n, pin);
}

qemu_irq qdev_get_gpio_out_connector(DeviceState *dev, const char *name,
                                     int n)
{
    g_autofree char *prop = out_name(name, n);

    return (qemu_irq)object_property_get_link(OBJECT(dev), prop, NULL);
}

qemu_irq qdev_intercept_gpio_out(DeviceState *dev, qemu_irq icpt,
                                 const char *name, int n)
{
    qemu_irq before = qdev_get_gpio_out_connector(dev, name, n);

    qdev_connect_gpio_out_named(dev, name, n, icpt);
    return before;
}

void qdev_pass_gpios(DeviceState *dev, DeviceState *container,
                     const char *name)
{
    NamedGPIOList *ngl = find_or_make_list(dev, name);
    int i;

    for (i = 0; i < ngl->num_in; i++) {
        g_autofree char *prop = in_name(name, i);

        object_property_add_alias(OBJECT(container), prop, OBJECT(dev), prop);
    }
    for (i = 0; i < ngl->num_out; i++) {
        g_autofree char *prop = out_name(name, i);

        object_property_add_alias(OBJECT(container), prop, OBJECT(dev), prop);
    }
    QLIST_REMOVE(ngl, node);
    QLIST_INSERT_HEAD(&container->gpios, ngl, node);
}

void qdev_finalize_gpios(DeviceState *dev)
{
    NamedGPIOList *ngl, *next;

    QLIST_FOREACH_SAFE(ngl, &dev->gpios, node, next) {
        QLIST_REMOVE(ngl, node);
        qemu_free_irqs(ngl->in, ngl->num_in);
        g_free(ngl->name);
        g_free(ngl);
    }
}
