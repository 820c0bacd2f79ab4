/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cards of -nic and -net on PCI (hw/net/pci-nic.h). */
#include "qemu/osdep.h"
#include "hw/net/pci-nic.h"
#include "hw/qdev-properties-system.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qemu/cutils.h"

static bool is_nic(ObjectClass *oc)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    return test_bit(DEVICE_CATEGORY_NETWORK, dc->categories) &&
           dc->user_creatable && !object_class_is_abstract(oc);
}

GPtrArray *pci_nic_models(void)
{
    GSList *list = object_class_get_list_sorted(TYPE_PCI_DEVICE, false);
    GPtrArray *models = g_ptr_array_new();

    for (GSList *e = list; e; e = e->next) {
        if (is_nic(e->data)) {
            g_ptr_array_add(models,
                            (char *)object_class_get_name(e->data));
        }
    }
    g_slist_free(list);
    g_ptr_array_add(models, NULL);
    return models;
}

static bool exists(const char *model)
{
    ObjectClass *oc = object_class_by_name(model);

    return oc && object_class_dynamic_cast(oc, TYPE_PCI_DEVICE) && is_nic(oc);
}

static const char *choose_model(const NICInfo *nd,
                                const char *const *default_models,
                                Error **errp)
{
    if (nd->model) {
        const char *model = strcmp(nd->model, "virtio") ? nd->model
                                                        : "virtio-net-pci";

        if (!exists(model)) {
            error_setg(errp, "Unsupported NIC model: %s", nd->model);
            return NULL;
        }
        return model;
    }
    while (*default_models && !exists(*default_models)) {
        default_models++;
    }
    return *default_models;
}

/* "SLOT[.FUNCTION]" in hexadecimal; -1 for any. */
static bool parse_address(const NICInfo *nd, const char *model, int *devfn,
                          Error **errp)
{
    unsigned int slot, function = 0;
    const char *end;

    *devfn = -1;
    if (!nd->devaddr) {
        return true;
    }
    if (qemu_strtoui(nd->devaddr, &end, 16, &slot) < 0 || slot > 31 ||
        (*end == '.' &&
         qemu_strtoui(end + 1, &end, 16, &function) < 0) ||
        *end || function > 7) {
        error_setg(errp, "Invalid PCI device address %s for device %s",
                   nd->devaddr, model);
        return false;
    }
    *devfn = PCI_DEVFN(slot, function);
    return true;
}

PCIDevice *pci_nic_init(NICInfo *nd, PCIBus *bus,
                        const char *const *default_models, Error **errp)
{
    ERRP_GUARD();
    const char *model = choose_model(nd, default_models, errp);
    PCIDevice *dev;
    int devfn;

    if (!model || !parse_address(nd, model, &devfn, errp)) {
        return NULL;
    }
    dev = pci_new(devfn, model);
    qdev_set_nic_properties(DEVICE(dev), nd);
    return pci_realize_and_unref(dev, bus, errp) ? dev : NULL;
}
