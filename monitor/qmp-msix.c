/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query-msix and `info msix` (MSIX.md row 21): the capability, the table as
 * the guest programmed it, and what each vector did.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix-observer.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-core.h"
#include "hw/virtio/virtio-pci.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qemu/bswap.h"

static void add_source(GString **sources, unsigned n, unsigned vector,
                       const char *what, int number)
{
    GString *text;

    if (vector >= n) {
        return;
    }
    if (!sources[vector]) {
        sources[vector] = g_string_new(NULL);
    }
    text = sources[vector];
    g_string_append_printf(text, "%s%s", text->len ? ", " : "", what);
    if (number >= 0) {
        g_string_append_printf(text, " %d", number);
    }
}

/*
 * What a virtio function signals with each of its @n vectors: "config",
 * "queue 0", "queue 1, queue 3" or NULL.  The caller frees them all.
 */
static GString **vector_sources(PCIDevice *dev, unsigned n)
{
    VirtIOPCIProxy *proxy = (VirtIOPCIProxy *)
        object_dynamic_cast(OBJECT(dev), TYPE_VIRTIO_PCI);
    VirtIODevice *vdev = proxy ? virtio_bus_get_device(&proxy->bus) : NULL;
    GString **sources = g_new0(GString *, n);

    if (!vdev) {
        return sources;
    }
    add_source(sources, n, vdev->config_vector, "config", -1);
    for (int i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        if (virtio_queue_get_num(vdev, i)) {
            add_source(sources, n, virtio_queue_vector(vdev, i), "queue", i);
        }
    }
    return sources;
}

static json_t *vector_info(PCIDevice *dev, unsigned vector,
                           const GString *source)
{
    const uint8_t *entry = dev->msix_table + vector * PCI_MSIX_ENTRY_SIZE;
    MSIXVectorStats stats = msix_stats_get(dev, vector);
    json_t *info = json_object();

    json_object_set_new(info, "vector", json_integer(vector));
    json_object_set_new(info, "address", json_uinteger(ldq_le_p(entry)));
    json_object_set_new(info, "data", json_integer(
        (uint32_t)ldl_le_p(entry + PCI_MSIX_ENTRY_DATA)));
    json_object_set_new(info, "masked", json_boolean(
        entry[PCI_MSIX_ENTRY_VECTOR_CTRL] & PCI_MSIX_ENTRY_CTRL_MASKBIT));
    json_object_set_new(info, "pending",
                        json_boolean(msix_is_pending(dev, vector)));
    json_object_set_new(info, "use-count",
                        json_integer(dev->msix_entry_used[vector]));
    json_object_set_new(info, "sent", json_integer(stats.sent));
    json_object_set_new(info, "pended", json_integer(stats.pended));
    json_object_set_new(info, "dropped",
                        json_integer(msix_stats_dropped(&stats)));
    if (source) {
        json_object_set_new(info, "source", json_string(source->str));
    }
    return info;
}

/* The reasons that happened, summed over the vectors. */
static json_t *drop_info(PCIDevice *dev)
{
    json_t *list = json_array();

    for (unsigned reason = 0; reason < MSIX_DROP__MAX; reason++) {
        uint64_t sum = 0;

        for (int v = -1; v < (int)msix_nr_vectors_allocated(dev); v++) {
            sum += msix_stats_get(dev, v).dropped[reason];
        }
        if (sum) {
            json_array_append_new(list, json_pack(
                "{s:s, s:I}", "reason", msix_drop_reason_str(reason),
                "count", (json_int_t)sum));
        }
    }
    return list;
}

static json_t *function_info(PCIDevice *dev)
{
    const uint8_t *cap = dev->config + dev->msix_cap;
    uint16_t control = pci_get_word(cap + PCI_MSIX_FLAGS);
    uint32_t table = pci_get_long(cap + PCI_MSIX_TABLE);
    uint32_t pba = pci_get_long(cap + PCI_MSIX_PBA);
    MSIXVectorStats unknown = msix_stats_get(dev, -1);
    g_autofree char *path = object_get_canonical_path(OBJECT(dev));
    unsigned n = msix_nr_vectors_allocated(dev);
    g_autofree GString **sources = vector_sources(dev, n);
    char address[32];
    json_t *vectors = json_array();
    json_t *info;

    snprintf(address, sizeof(address), "%02x:%02x.%x", pci_dev_bus_num(dev),
             PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn));
    for (unsigned v = 0; v < n; v++) {
        json_array_append_new(vectors, vector_info(dev, v, sources[v]));
        if (sources[v]) {
            g_string_free(sources[v], TRUE);
        }
    }
    info = json_pack(
        "{s:s, s:s, s:s, s:b, s:b, s:i, s:i, s:i, s:i, s:o, s:I, s:o}",
        "qom-path", path, "type", object_get_typename(OBJECT(dev)),
        "address", address,
        "enabled", !!(control & PCI_MSIX_FLAGS_ENABLE),
        "function-masked", !!(control & PCI_MSIX_FLAGS_MASKALL),
        "table-bar", (int)(table & PCI_MSIX_TABLE_BIR),
        "table-offset", (int)(table & PCI_MSIX_TABLE_OFFSET),
        "pba-bar", (int)(pba & PCI_MSIX_PBA_BIR),
        "pba-offset", (int)(pba & PCI_MSIX_PBA_OFFSET),
        "dropped", drop_info(dev),
        "unknown-vectors", (json_int_t)msix_stats_dropped(&unknown),
        "vectors", vectors);
    if (DEVICE(dev)->id) {
        json_object_set_new(info, "id", json_string(DEVICE(dev)->id));
    }
    return info;
}

static int collect(Object *obj, void *opaque)
{
    PCIDevice *dev = (PCIDevice *)object_dynamic_cast(obj, TYPE_PCI_DEVICE);

    if (dev && msix_present(dev)) {
        json_array_append_new(opaque, function_info(dev));
    }
    return 0;
}

static PCIDevice *find_function(const char *device, Error **errp)
{
    Object *obj = object_resolve_path_at(
        container_get(object_get_root(), "/machine/peripheral"), device);
    PCIDevice *dev;

    if (!obj) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", device);
        return NULL;
    }
    dev = (PCIDevice *)object_dynamic_cast(obj, TYPE_PCI_DEVICE);
    if (!dev || !msix_present(dev)) {
        error_setg(errp, "Device '%s' (%s) has no MSI-X", device,
                   object_get_typename(obj));
        return NULL;
    }
    return dev;
}

json_t *qmp_query_msix(json_t *args, Error **errp)
{
    const char *device = json_get_str(args, "device");
    json_t *list = json_array();

    if (device) {
        PCIDevice *dev = find_function(device, errp);

        if (!dev) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, function_info(dev));
    } else {
        object_child_foreach_recursive(object_get_root(), collect, list);
    }
    return list;
}

/* HMP */

static bool vector_is_idle(const json_t *v)
{
    return !json_get_int(v, "address", 0) && !json_get_int(v, "data", 0) &&
           json_get_bool(v, "masked", false) &&
           !json_get_bool(v, "pending", false) &&
           !json_get_int(v, "sent", 0) && !json_get_int(v, "pended", 0) &&
           !json_get_int(v, "dropped", 0);
}

static void print_vector(Monitor *mon, const json_t *v)
{
    bool masked = json_get_bool(v, "masked", false);
    bool pending = json_get_bool(v, "pending", false);
    const char *source = json_get_str(v, "source");

    monitor_printf(mon, "  %4d  %016" PRIx64 "  %08x  %-6s  %-7s  %4d  %8"
                   PRId64 "  %8" PRId64 "  %8" PRId64 "%s%s\n",
                   (int)json_get_int(v, "vector", 0),
                   (uint64_t)json_get_int(v, "address", 0),
                   (unsigned)json_get_int(v, "data", 0),
                   masked ? "masked" : "-", pending ? "pending" : "-",
                   (int)json_get_int(v, "use-count", 0),
                   json_get_int(v, "sent", 0), json_get_int(v, "pended", 0),
                   json_get_int(v, "dropped", 0), source ? "  " : "",
                   source ? source : "");
}

static void print_function(Monitor *mon, const json_t *f)
{
    const json_t *vectors = json_object_get(f, "vectors");
    const json_t *drops = json_object_get(f, "dropped");
    const char *id = json_get_str(f, "id");
    unsigned shown = 0;
    size_t i;
    json_t *v;

    monitor_printf(mon, "%s %s%s%s%sat %s: MSI-X %s%s, %zu vectors, "
                   "table BAR %d + 0x%x, PBA BAR %d + 0x%x\n",
                   json_get_str(f, "type"), id ? "\"" : "", id ? id : "",
                   id ? "\"" : "", id ? " " : "", json_get_str(f, "address"),
                   json_get_bool(f, "enabled", false) ? "enabled" : "off",
                   json_get_bool(f, "function-masked", false) ?
                   ", function masked" : "", json_array_size(vectors),
                   (int)json_get_int(f, "table-bar", 0),
                   (unsigned)json_get_int(f, "table-offset", 0),
                   (int)json_get_int(f, "pba-bar", 0),
                   (unsigned)json_get_int(f, "pba-offset", 0));

    json_array_foreach((json_t *)vectors, i, v) {
        if (vector_is_idle(v)) {
            continue;
        }
        if (shown++ == 0) {
            monitor_printf(mon, "  vec   address           data      mask"
                           "    pending  uses      sent    pended   dropped"
                           "  source\n");
        }
        print_vector(mon, v);
    }
    if (shown < json_array_size(vectors)) {
        monitor_printf(mon, "  %zu vectors masked and never programmed\n",
                       json_array_size(vectors) - shown);
    }
    json_array_foreach((json_t *)drops, i, v) {
        monitor_printf(mon, "  dropped, %s: %" PRId64 "\n",
                       json_get_str(v, "reason"),
                       json_get_int(v, "count", 0));
    }
}

static void info_msix(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    json_t *list = qmp_query_msix((json_t *)args, &err);
    size_t i;
    json_t *f;

    if (hmp_handle_error(mon, err)) {
        return;
    }
    if (json_array_size(list) == 0) {
        monitor_printf(mon, "No device has MSI-X\n");
    }
    json_array_foreach(list, i, f) {
        print_function(mon, f);
    }
    json_decref(list);
}

static int complete(Object *obj, void *opaque)
{
    PCIDevice *dev = (PCIDevice *)object_dynamic_cast(obj, TYPE_PCI_DEVICE);

    if (dev && msix_present(dev) && DEVICE(dev)->id) {
        g_ptr_array_add(opaque, DEVICE(dev)->id);
    }
    return 0;
}

static void info_msix_completion(ReadLineState *rs, int nb_args,
                                 const char *str)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    readline_set_completion_index(rs, strlen(str));
    object_child_foreach_recursive(object_get_root(), complete, ids);
    for (unsigned i = 0; i < ids->len; i++) {
        readline_add_completion_of(rs, str, g_ptr_array_index(ids, i));
    }
}

static const HMPCommand commands[] = {
    { "msix", "device:s?", "[device]",
      "show MSI-X tables, pending bits and counts", info_msix,
      info_msix_completion },
    { }
};

static void hmp_msix_init(void)
{
    hmp_register_info(commands);
}

hmp_init(hmp_msix_init)
