/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI for people: `info pci`, the lines of a function in `info qtree`, and
 * `pcie_aer_inject_error`.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci-internal.h"
#include "hw/pci/pcie_aer.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qemu/cutils.h"

/*** info pci ***/

static void print_range(Monitor *mon, const json_t *bus, const char *key,
                        const char *name, int digits)
{
    const json_t *range = json_object_get(bus, key);

    monitor_printf(mon, "      %s range [0x%0*" PRIx64 ", 0x%0*" PRIx64 "]\n",
                   name, digits, (uint64_t)json_get_int(range, "base", 0),
                   digits, (uint64_t)json_get_int(range, "limit", 0));
}

static void print_bridge(Monitor *mon, const json_t *bus)
{
    monitor_printf(mon, "      BUS %d.\n",
                   (int)json_get_int(bus, "number", 0));
    monitor_printf(mon, "      secondary bus %d.\n",
                   (int)json_get_int(bus, "secondary", 0));
    monitor_printf(mon, "      subordinate bus %d.\n",
                   (int)json_get_int(bus, "subordinate", 0));
    print_range(mon, bus, "io_range", "IO", 4);
    print_range(mon, bus, "memory_range", "memory", 8);
    print_range(mon, bus, "prefetchable_range", "prefetchable memory", 8);
}

static void print_region(Monitor *mon, const json_t *region)
{
    uint64_t addr = json_get_int(region, "address", 0);
    uint64_t end = addr + json_get_int(region, "size", 0) - 1;
    int bar = json_get_int(region, "bar", 0);

    if (!strcmp(json_get_str(region, "type"), "io")) {
        monitor_printf(mon, "      BAR%d: I/O at 0x%04" PRIx64 " [0x%04"
                       PRIx64 "].\n", bar, addr, end);
        return;
    }
    monitor_printf(mon, "      BAR%d: %d bit%s memory at 0x%08" PRIx64
                   " [0x%08" PRIx64 "].\n", bar,
                   json_get_bool(region, "mem_type_64", false) ? 64 : 32,
                   json_get_bool(region, "prefetch", false)
                   ? " prefetchable" : "", addr, end);
}

static void print_device(Monitor *mon, const json_t *dev)
{
    const json_t *class = json_object_get(dev, "class_info");
    const json_t *id = json_object_get(dev, "id");
    const json_t *bridge = json_object_get(dev, "pci_bridge");
    const char *desc = json_get_str(class, "desc");
    int pin = json_get_int(dev, "irq_pin", 0);
    size_t i;
    json_t *item;

    monitor_printf(mon, "  Bus %2d, device %3d, function %d:\n    ",
                   (int)json_get_int(dev, "bus", 0),
                   (int)json_get_int(dev, "slot", 0),
                   (int)json_get_int(dev, "function", 0));
    if (desc) {
        monitor_printf(mon, "%s", desc);
    } else {
        monitor_printf(mon, "Class %04d", (int)json_get_int(class, "class",
                                                            0));
    }
    monitor_printf(mon, ": PCI device %04x:%04x\n",
                   (int)json_get_int(id, "vendor", 0),
                   (int)json_get_int(id, "device", 0));
    if (json_object_get(id, "subsystem")) {
        monitor_printf(mon, "      PCI subsystem %04x:%04x\n",
                       (int)json_get_int(id, "subsystem-vendor", 0),
                       (int)json_get_int(id, "subsystem", 0));
    }
    if (pin) {
        monitor_printf(mon, "      IRQ %d, pin %c\n",
                       (int)json_get_int(dev, "irq", 0), 'A' + pin - 1);
    }
    if (bridge) {
        print_bridge(mon, json_object_get(bridge, "bus"));
    }
    json_array_foreach(json_object_get(dev, "regions"), i, item) {
        print_region(mon, item);
    }
    monitor_printf(mon, "      id \"%s\"\n", json_get_str(dev, "qdev_id"));
    json_array_foreach(json_object_get(bridge, "devices"), i, item) {
        print_device(mon, item);
    }
}

static void info_pci(Monitor *mon, const json_t *args)
{
    json_t *roots = qmp_query_pci((json_t *)args, &error_abort);
    json_t *root, *dev;
    size_t i, j;

    if (!json_array_size(roots)) {
        monitor_printf(mon, "No PCI devices\n");
    }
    json_array_foreach(roots, i, root) {
        json_array_foreach(json_object_get(root, "devices"), j, dev) {
            print_device(mon, dev);
        }
    }
    json_decref(roots);
}

/*** info qtree ***/

static void qtree_print_dev(Monitor *mon, DeviceState *dev, int indent)
{
    PCIDevice *d = PCI_DEVICE(dev);
    uint16_t class = pci_get_word(d->config + PCI_CLASS_DEVICE);
    const char *desc = pci_class_desc(class);
    g_autofree char *number = g_strdup_printf("Class %04x", class);

    monitor_printf(mon, "%*sclass %s, addr %02x:%02x.%x, pci id %04x:%04x "
                   "(sub %04x:%04x)\n", indent, "", desc ? desc : number,
                   pci_dev_bus_num(d), PCI_SLOT(d->devfn),
                   PCI_FUNC(d->devfn),
                   pci_get_word(d->config + PCI_VENDOR_ID),
                   pci_get_word(d->config + PCI_DEVICE_ID),
                   pci_get_word(d->config + PCI_SUBSYSTEM_VENDOR_ID),
                   pci_get_word(d->config + PCI_SUBSYSTEM_ID));
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        const PCIIORegion *r = &d->io_regions[i];

        if (r->size) {
            monitor_printf(mon, "%*sbar %d: %s at 0x%" FMT_PCIBUS " [0x%"
                           FMT_PCIBUS "]\n", indent, "", i,
                           r->type & PCI_BASE_ADDRESS_SPACE_IO ? "i/o"
                                                               : "mem",
                           r->addr, r->addr + r->size - 1);
        }
    }
}

/*** pcie_aer_inject_error ***/

static const struct {
    const char *name;
    uint32_t status;
    bool correctable;
} aer_errors[] = {
    { "DLP", PCI_ERR_UNC_DLP },
    { "SDN", PCI_ERR_UNC_SDN },
    { "POISON_TLP", PCI_ERR_UNC_POISON_TLP },
    { "FCP", PCI_ERR_UNC_FCP },
    { "COMP_TIME", PCI_ERR_UNC_COMP_TIME },
    { "COMP_ABORT", PCI_ERR_UNC_COMP_ABORT },
    { "UNX_COMP", PCI_ERR_UNC_UNX_COMP },
    { "RX_OVER", PCI_ERR_UNC_RX_OVER },
    { "MALF_TLP", PCI_ERR_UNC_MALF_TLP },
    { "ECRC", PCI_ERR_UNC_ECRC },
    { "UNSUP", PCI_ERR_UNC_UNSUP },
    { "ACSV", PCI_ERR_UNC_ACSV },
    { "INTN", PCI_ERR_UNC_INTN },
    { "MCBTLP", PCI_ERR_UNC_MCBTLP },
    { "ATOP_EBLOCKED", PCI_ERR_UNC_ATOMEG },
    { "TLP_PRF_BLOCKED", PCI_ERR_UNC_TLPPRE },
    { "RCVR", PCI_ERR_COR_RCVR, true },
    { "BAD_TLP", PCI_ERR_COR_BAD_TLP, true },
    { "BAD_DLLP", PCI_ERR_COR_BAD_DLLP, true },
    { "REP_ROLL", PCI_ERR_COR_REP_ROLL, true },
    { "REP_TIMER", PCI_ERR_COR_REP_TIMER, true },
    { "ADV_NONFATAL", PCI_ERR_COR_ADV_NFAT, true },
    { "INTERNAL", PCI_ERR_COR_INTERNAL, true },
    { "HL_OVERFLOW", PCI_ERR_COR_HL_OVERFLOW, true },
};

/* By name, which tells the kind, or by number. */
static bool parse_aer_status(const char *text, PCIEAERErr *err)
{
    unsigned int number;

    for (int i = 0; i < ARRAY_SIZE(aer_errors); i++) {
        if (!strcmp(aer_errors[i].name, text)) {
            err->status = aer_errors[i].status;
            err->flags &= ~PCIE_AER_ERR_IS_CORRECTABLE;
            err->flags |= aer_errors[i].correctable
                          ? PCIE_AER_ERR_IS_CORRECTABLE : 0;
            return true;
        }
    }
    if (qemu_strtoui(text, NULL, 0, &number) < 0) {
        return false;
    }
    err->status = number;
    return true;
}

static bool get_words(const json_t *args, const char *prefix, uint32_t *words)
{
    bool any = false;

    for (int i = 0; i < 4; i++) {
        g_autofree char *name = g_strdup_printf("%s%d", prefix, i);

        if (json_object_get(args, name)) {
            words[i] = json_get_int(args, name, 0);
            any = true;
        }
    }
    return any;
}

static PCIDevice *aer_device(Monitor *mon, const char *id)
{
    PCIDevice *dev;
    int ret = pci_qdev_find_device(id, &dev);

    if (ret == -EINVAL) {
        monitor_printf(mon, "id or pci device path is invalid: '%s' is no "
                       "PCI device\n", id);
        return NULL;
    }
    if (ret < 0) {
        monitor_printf(mon, "id or pci device path is invalid or device not "
                       "found. %s\n", id);
        return NULL;
    }
    if (!pci_is_express(dev)) {
        monitor_printf(mon, "the device doesn't support pci express. %s\n",
                       id);
        return NULL;
    }
    return dev;
}

static void aer_inject(Monitor *mon, const json_t *args)
{
    const char *id = json_get_str(args, "id");
    const char *status = json_get_str(args, "error_status");
    PCIDevice *dev = aer_device(mon, id);
    PCIEAERErr err = { 0 };
    int ret;

    if (!dev) {
        return;
    }
    if (json_get_bool(args, "correctable", false)) {
        err.flags |= PCIE_AER_ERR_IS_CORRECTABLE;
    }
    if (!parse_aer_status(status, &err)) {
        monitor_printf(mon, "invalid error status value. \"%s\"\n", status);
        return;
    }
    if (json_get_bool(args, "advisory_non_fatal", false)) {
        err.flags |= PCIE_AER_ERR_MAYBE_ADVISORY;
    }
    err.flags |= get_words(args, "header", err.header)
                 ? PCIE_AER_ERR_HEADER_VALID : 0;
    err.flags |= get_words(args, "prefix", err.prefix)
                 ? PCIE_AER_ERR_TLP_PREFIX_PRESENT : 0;
    err.source_id = pci_requester_id(dev);

    ret = pcie_aer_inject_error(dev, &err);
    if (ret < 0) {
        monitor_printf(mon, "failed to inject error: %s\n", strerror(-ret));
        return;
    }
    monitor_printf(mon, "OK id: %s root bus: %s, bus: %x devfn: %x.%x\n",
                   id, pci_root_bus_path(dev), pci_dev_bus_num(dev),
                   PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn));
}

/*** Tables ***/

static const HMPCommand info_commands[] = {
    { "pci", "", "", "show PCI info", info_pci },
    { }
};

static const HMPCommand commands[] = {
    { "pcie_aer_inject_error",
      "advisory_non_fatal:-a,correctable:-c,id:s,error_status:s,"
      "header0:i?,header1:i?,header2:i?,header3:i?,"
      "prefix0:i?,prefix1:i?,prefix2:i?,prefix3:i?",
      "[-a] [-c] id <error_status> [<tlp header> [<tlp header prefix>]]",
      "inject pcie aer error\n"
      "\t\t\t -a for advisory non fatal error\n"
      "\t\t\t -c for correctable error\n"
      "\t\t\t<id> = qdev device id\n"
      "\t\t\t<error_status> = error string or 32bit\n"
      "\t\t\t<tlp header> = 32bit x 4\n"
      "\t\t\t<tlp header prefix> = 32bit x 4", aer_inject },
    { }
};

static void hmp_pci_init(void)
{
    pci_bus_print_dev = qtree_print_dev;
    hmp_register_info(info_commands);
    hmp_register(commands);
}
hmp_init(hmp_pci_init);
