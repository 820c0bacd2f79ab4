/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types that a virtio device's PCI variant is seen as: one abstract base
 * with everything the device has, and up to three to choose from.
 *
 *   virtio-xyz-pci                    transitional, but modern only where
 *                                     there are no I/O ports (behind a PCIe
 *                                     port); properties can tell otherwise
 *   virtio-xyz-pci-transitional       for conventional buses
 *   virtio-xyz-pci-non-transitional   modern only, fits any bus
 */
#include "qemu/osdep.h"
#include "virtio-pci-internal.h"

static Property generic_properties[] = {
    DEFINE_PROP_ON_OFF_AUTO("disable-legacy", VirtIOPCIProxy, disable_legacy,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BOOL("disable-modern", VirtIOPCIProxy, disable_modern, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void base_class_init(ObjectClass *klass, void *data)
{
    const VirtioPCIDeviceTypeInfo *t = data;

    if (t->class_init) {
        t->class_init(klass, NULL);
    }
}

/* Without a base of its own the generic type is where the device is made. */
static void generic_class_init(ObjectClass *klass, void *data)
{
    device_class_set_props(DEVICE_CLASS(klass), generic_properties);
}

static void transitional_init(Object *obj)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    proxy->disable_legacy = ON_OFF_AUTO_OFF;
    proxy->disable_modern = false;
}

static void non_transitional_init(Object *obj)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    proxy->disable_legacy = ON_OFF_AUTO_ON;
    proxy->disable_modern = false;
}

static void register_variant(const char *name, const char *base,
                             void (*class_init)(ObjectClass *, void *),
                             void (*instance_init)(Object *),
                             InterfaceInfo *interfaces)
{
    TypeInfo info = {
        .name = name,
        .parent = base,
        .class_init = class_init,
        .instance_init = instance_init,
        .interfaces = interfaces,
    };

    if (name) {
        type_register(&info);
    }
}

void virtio_pci_types_register(const VirtioPCIDeviceTypeInfo *t)
{
    static InterfaceInfo either_bus[] = {
        { INTERFACE_PCIE_DEVICE },
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    };
    static InterfaceInfo conventional[] = {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    };
    g_autofree char *made_up = t->base_name ? NULL
        : g_strdup_printf("%s-base-type", t->generic_name);
    const char *base = t->base_name ? t->base_name : made_up;
    TypeInfo info = {
        .name = base,
        .parent = t->parent ? t->parent : TYPE_VIRTIO_PCI,
        .instance_size = t->instance_size,
        .class_size = t->class_size,
        .instance_init = t->instance_init,
        .class_init = base_class_init,
        .class_data = (void *)t,
        .abstract = true,
        .interfaces = t->interfaces,
    };

    type_register(&info);
    register_variant(t->generic_name, base, generic_class_init, NULL,
                     either_bus);
    register_variant(t->transitional_name, base, NULL, transitional_init,
                     conventional);
    register_variant(t->non_transitional_name, base, NULL,
                     non_transitional_init, either_bus);
}
