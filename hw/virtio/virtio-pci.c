/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device as a PCI or PCI Express function: virtio 1.2, section 4.1.
 *
 * This file is the function itself: identity, capabilities, BARs, vectors,
 * reset, plugging of the device.  See virtio-pci-internal.h for the others.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie_aer.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-pci-internal.h"

/* The BARs drivers have always seen; 3 and 5 are upper halves or free. */
enum {
    BAR_LEGACY_IO = 0,
    BAR_MSIX = 1,
    BAR_MODERN_IO = 2,
    BAR_MODERN_MEM = 4,
};

/* Modern-only devices: 0x1040 and the virtio id (4.1.2.1). */
#define MODERN_DEVICE_ID_BASE 0x1040

/*** Identity ***/

static const struct {
    uint16_t virtio_id;
    uint16_t trans_devid;       /* 0: there is no legacy interface */
    uint16_t class_id;
} ids[] = {
    { VIRTIO_ID_NET, PCI_DEVICE_ID_VIRTIO_NET, PCI_CLASS_NETWORK_ETHERNET },
    { VIRTIO_ID_BLOCK, PCI_DEVICE_ID_VIRTIO_BLOCK, PCI_CLASS_STORAGE_SCSI },
    { VIRTIO_ID_CONSOLE, PCI_DEVICE_ID_VIRTIO_CONSOLE,
      PCI_CLASS_COMMUNICATION_OTHER },
    { VIRTIO_ID_RNG, PCI_DEVICE_ID_VIRTIO_RNG, PCI_CLASS_OTHERS },
    { VIRTIO_ID_BALLOON, PCI_DEVICE_ID_VIRTIO_BALLOON, PCI_CLASS_OTHERS },
    { VIRTIO_ID_SCSI, PCI_DEVICE_ID_VIRTIO_SCSI, PCI_CLASS_STORAGE_SCSI },
    { VIRTIO_ID_9P, PCI_DEVICE_ID_VIRTIO_9P, PCI_BASE_CLASS_NETWORK },
    { VIRTIO_ID_FS, 0, PCI_CLASS_STORAGE_OTHER },
    { VIRTIO_ID_CRYPTO, 0, PCI_CLASS_OTHERS },
};

uint16_t virtio_pci_get_trans_devid(uint16_t device_id)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(ids); i++) {
        if (ids[i].virtio_id == device_id) {
            return ids[i].trans_devid;
        }
    }
    return 0;
}

uint16_t virtio_pci_get_class_id(uint16_t device_id)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(ids); i++) {
        if (ids[i].virtio_id == device_id) {
            return ids[i].class_id;
        }
    }
    return 0;
}

/*** Registers that both interfaces have ***/

/* Gives back the old vector and takes the new one, if there is such. */
static uint16_t change_vector(VirtIOPCIProxy *proxy, uint16_t old,
                              uint32_t val)
{
    if (old != VIRTIO_NO_VECTOR) {
        msix_vector_unuse(&proxy->pci_dev, old);
    }
    if (val >= proxy->nvectors ||
        msix_vector_use(&proxy->pci_dev, val) < 0) {
        return VIRTIO_NO_VECTOR;
    }
    return val;
}

void virtio_pci_set_config_vector(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                  uint32_t val)
{
    vdev->config_vector = change_vector(proxy, vdev->config_vector, val);
}

void virtio_pci_set_queue_vector(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                 uint32_t val)
{
    uint16_t n = vdev->queue_sel;
    uint16_t vector = change_vector(proxy, virtio_queue_vector(vdev, n), val);

    virtio_queue_set_vector(vdev, n, vector);
}

uint8_t virtio_pci_take_isr(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    uint8_t isr = qatomic_xchg(&vdev->isr, 0);

    pci_irq_deassert(&proxy->pci_dev);
    return isr;
}

void virtio_pci_reset_queues(VirtIOPCIProxy *proxy)
{
    virtio_bus_reset(&proxy->bus);
    msix_unuse_all_vectors(&proxy->pci_dev);
    memset(proxy->vqs, 0, proxy->vqs_touched * sizeof(proxy->vqs[0]));
    proxy->vqs_touched = 0;
}

void virtio_pci_set_status(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                           uint8_t val)
{
    if (!(val & VIRTIO_CONFIG_S_DRIVER_OK)) {
        virtio_pci_stop_ioeventfd(proxy);
    }
    virtio_set_status(vdev, val);
    if (val & VIRTIO_CONFIG_S_DRIVER_OK) {
        virtio_pci_start_ioeventfd(proxy);
    }
    if (!vdev->status) {
        virtio_pci_reset_queues(proxy);
    }
}

static void virtio_pci_notify(DeviceState *d, uint16_t vector)
{
    VirtIOPCIProxy *proxy = container_of(d, VirtIOPCIProxy, pci_dev.qdev);

    if (msix_enabled(&proxy->pci_dev)) {
        if (vector != VIRTIO_NO_VECTOR) {
            msix_notify(&proxy->pci_dev, vector);
        }
    } else {
        VirtIODevice *vdev = virtio_pci_vdev(proxy);

        pci_set_irq(&proxy->pci_dev, qatomic_read(&vdev->isr) & 1);
    }
}

/*** Configuration space ***/

/* Without Bus Master the device must leave memory alone. */
static void follow_bus_master(VirtIOPCIProxy *proxy)
{
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    bool on = pci_get_word(proxy->pci_dev.config + PCI_COMMAND) &
              PCI_COMMAND_MASTER;

    if (!vdev) {
        return;
    }
    virtio_set_disabled(vdev, !on);
    if (!on) {
        virtio_pci_stop_ioeventfd(proxy);
        virtio_set_status(vdev, vdev->status & ~VIRTIO_CONFIG_S_DRIVER_OK);
    }
}

static void virtio_pci_write_config(PCIDevice *dev, uint32_t addr,
                                    uint32_t val, int len)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(dev);

    pci_default_write_config(dev, addr, val, len);
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_FLR && pci_is_express(dev)) {
        pcie_cap_flr_write_config(dev, addr, val, len);
    }
    if (range_covers_byte(addr, len, PCI_COMMAND)) {
        follow_bus_master(proxy);
    }
    virtio_pci_window_write(proxy, addr, len);
}

static uint32_t virtio_pci_read_config(PCIDevice *dev, uint32_t addr, int len)
{
    virtio_pci_window_read(VIRTIO_PCI(dev), addr, len);
    return pci_default_read_config(dev, addr, len);
}

/*** The device is plugged into the bus ***/

static int virtio_pci_query_nvectors(DeviceState *d)
{
    return VIRTIO_PCI(d)->nvectors;
}

static AddressSpace *virtio_pci_get_dma_as(DeviceState *d)
{
    return pci_get_address_space(PCI_DEVICE(d));
}

static bool virtio_pci_iommu_enabled(DeviceState *d)
{
    AddressSpace *as = pci_device_iommu_address_space(PCI_DEVICE(d));

    return as != &address_space_memory;
}

static bool virtio_pci_queue_enabled(DeviceState *d, int n)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);

    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        return proxy->vqs[n].enabled;
    }
    return virtio_queue_enabled_legacy(vdev, n);
}

static void virtio_pci_pre_plugged(DeviceState *d, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);

    if (virtio_pci_modern(proxy)) {
        virtio_add_feature(&vdev->host_features, VIRTIO_F_VERSION_1);
    }
    virtio_add_feature(&vdev->host_features, VIRTIO_F_BAD_FEATURE);
}

/* Which interfaces this device can have, given what it offers. */
static bool check_interfaces(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                             Error **errp)
{
    /* A driver that finds modern capabilities expects the feature. */
    if (!proxy->ignore_backend_features && virtio_pci_modern(proxy) &&
        !virtio_host_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        virtio_pci_disable_modern(proxy);
        if (!virtio_pci_legacy(proxy)) {
            error_setg(errp, "Device doesn't support modern mode, and legacy "
                       "mode is disabled");
            error_append_hint(errp, "Set disable-legacy to off\n");
            return false;
        }
    }
    if (!virtio_pci_legacy(proxy)) {
        return true;
    }
    if (!virtio_legacy_allowed(vdev)) {
        if (!virtio_legacy_check_disabled(vdev)) {
            error_setg(errp, "device is modern-only, use disable-legacy=on");
            return false;
        }
        warn_report("device is modern-only, but for backward compatibility "
                    "legacy is allowed");
    }
    /* Legacy drivers give physical addresses, whatever the platform says. */
    if (virtio_host_has_feature(vdev, VIRTIO_F_ACCESS_PLATFORM)) {
        error_setg(errp, "VIRTIO_F_IOMMU_PLATFORM was supported by neither "
                   "legacy nor transitional device");
        return false;
    }
    return true;
}

static void set_identity(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    uint8_t *config = proxy->pci_dev.config;

    if (proxy->class_code) {
        pci_config_set_class(config, proxy->class_code);
    }
    if (virtio_pci_legacy(proxy)) {
        /* Transitional: the subsystem says which device it is. */
        pci_set_word(config + PCI_SUBSYSTEM_VENDOR_ID,
                     pci_get_word(config + PCI_VENDOR_ID));
        pci_set_word(config + PCI_SUBSYSTEM_ID, vdev->device_id);
    } else {
        pci_config_set_vendor_id(config, PCI_VENDOR_ID_REDHAT_QUMRANET);
        pci_config_set_device_id(config,
                                 MODERN_DEVICE_ID_BASE + vdev->device_id);
        pci_config_set_revision(config, 1);
    }
    config[PCI_INTERRUPT_PIN] = 1;
}

static void init_vectors(VirtIOPCIProxy *proxy)
{
    int ret;

    if (!proxy->nvectors) {
        return;
    }
    ret = msix_init_exclusive_bar(&proxy->pci_dev, proxy->nvectors,
                                  proxy->msix_bar_idx, NULL);
    if (ret) {
        /* Where the platform has no MSI at all, that is no surprise. */
        if (ret != -ENOTSUP) {
            warn_report("unable to init msix vectors to %" PRIu32,
                        proxy->nvectors);
        }
        proxy->nvectors = 0;
    }
}

static void virtio_pci_device_plugged(DeviceState *d, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);

    if (!check_interfaces(proxy, vdev, errp)) {
        return;
    }
    set_identity(proxy, vdev);
    if (virtio_pci_modern(proxy)) {
        virtio_pci_modern_init(proxy, vdev);
    }
    init_vectors(proxy);
    proxy->pci_dev.config_write = virtio_pci_write_config;
    proxy->pci_dev.config_read = virtio_pci_read_config;
    if (virtio_pci_legacy(proxy)) {
        virtio_pci_legacy_init(proxy, vdev);
    }
}

static void virtio_pci_device_unplugged(DeviceState *d)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    virtio_pci_stop_ioeventfd(proxy);
    if (virtio_pci_modern(proxy) && proxy->modern_bar.size) {
        virtio_pci_modern_exit(proxy);
    }
}

/* A stream of an old emulator: DRIVER_OK without Bus Master. */
static void mend_bus_master(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    if (proxy->flags & VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION &&
        vdev->status & VIRTIO_CONFIG_S_DRIVER) {
        pci_default_write_config(&proxy->pci_dev, PCI_COMMAND,
                                 proxy->pci_dev.config[PCI_COMMAND] |
                                 PCI_COMMAND_MASTER, 1);
    }
}

static void virtio_pci_vmstate_change(DeviceState *d, bool running)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if (running) {
        mend_bus_master(proxy, virtio_pci_vdev(proxy));
        virtio_pci_start_ioeventfd(proxy);
    } else {
        virtio_pci_stop_ioeventfd(proxy);
    }
}

/*** The function ***/

static bool init_express(VirtIOPCIProxy *proxy, Error **errp)
{
    PCIDevice *dev = &proxy->pci_dev;
    uint16_t ext = PCI_CONFIG_SPACE_SIZE;
    int pm;

    if (pcie_endpoint_cap_init(dev, 0) < 0) {
        error_setg(errp, "no room for the PCI Express capability");
        return false;
    }
    pm = pci_add_capability(dev, PCI_CAP_ID_PM, 0, PCI_PM_SIZEOF, errp);
    if (pm < 0) {
        return false;
    }
    dev->exp.pm_cap = pm;
    /* Revision 1.2 of the power management specification. */
    pci_set_word(dev->config + pm + PCI_PM_PMC, 0x3);

    if (proxy->flags & VIRTIO_PCI_FLAG_AER) {
        pcie_aer_init(dev, PCI_ERR_VER, ext, PCI_ERR_SIZEOF, NULL);
        ext += PCI_ERR_SIZEOF;
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_DEVERR) {
        pcie_cap_deverr_init(dev);
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_LNKCTL) {
        pcie_cap_lnkctl_init(dev);
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_PM) {
        pci_set_word(dev->wmask + pm + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_ATS) {
        pcie_ats_init(dev, ext,
                      proxy->flags & VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED);
        ext += PCI_EXT_CAP_ATS_SIZEOF;
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_FLR) {
        /* Function level reset also needs the write hook, see there. */
        pcie_cap_flr_init(dev);
    }
    return true;
}

static void virtio_pci_realize(PCIDevice *dev, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(dev);
    VirtioPCIClass *k = VIRTIO_PCI_GET_CLASS(dev);
    bool behind_port = pci_bus_is_express(pci_get_bus(dev)) &&
                       !pci_bus_is_root(pci_get_bus(dev));

    proxy->legacy_io_bar_idx = BAR_LEGACY_IO;
    proxy->msix_bar_idx = BAR_MSIX;
    proxy->modern_io_bar_idx = BAR_MODERN_IO;
    proxy->modern_mem_bar_idx = BAR_MODERN_MEM;

    /* Ports have little I/O space to give away. */
    if (proxy->disable_legacy == ON_OFF_AUTO_AUTO) {
        proxy->disable_legacy = behind_port ? ON_OFF_AUTO_ON
                                            : ON_OFF_AUTO_OFF;
    }
    if (!virtio_pci_modern(proxy) && !virtio_pci_legacy(proxy)) {
        error_setg(errp, "device cannot work as neither modern nor legacy "
                   "mode is enabled");
        error_append_hint(errp, "Set either disable-modern or disable-legacy "
                          "to off\n");
        return;
    }

    if (behind_port && pci_is_express(dev)) {
        if (!init_express(proxy, errp)) {
            return;
        }
    } else {
        /* On a root or conventional bus: an ordinary function. */
        dev->cap_present &= ~QEMU_PCI_CAP_EXPRESS;
    }

    qbus_init(&proxy->bus, sizeof(proxy->bus), TYPE_VIRTIO_PCI_BUS,
              DEVICE(dev), "virtio-bus");
    if (k->realize) {
        k->realize(proxy, errp);
    }
}

static void virtio_pci_exit(PCIDevice *dev)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(dev);

    msix_uninit_exclusive_bar(dev);
    if (proxy->flags & VIRTIO_PCI_FLAG_AER && pci_is_express(dev) &&
        dev->exp.aer_cap) {
        pcie_aer_exit(dev);
    }
}

static void virtio_pci_reset(DeviceState *qdev)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(qdev);
    PCIDevice *dev = PCI_DEVICE(qdev);

    virtio_pci_stop_ioeventfd(proxy);
    virtio_pci_reset_queues(proxy);
    if (pci_is_express(dev)) {
        if (proxy->flags & VIRTIO_PCI_FLAG_INIT_DEVERR) {
            pcie_cap_deverr_reset(dev);
        }
        if (proxy->flags & VIRTIO_PCI_FLAG_INIT_LNKCTL) {
            pcie_cap_lnkctl_reset(dev);
        }
        if (proxy->flags & VIRTIO_PCI_FLAG_INIT_PM) {
            pci_set_word(dev->config + dev->exp.pm_cap + PCI_PM_CTRL, 0);
        }
    }
}

/* Whether configuration space is a PCIe function's must be known early. */
static void virtio_pci_dc_realize(DeviceState *qdev, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(qdev);
    VirtioPCIClass *k = VIRTIO_PCI_GET_CLASS(qdev);

    if (!(proxy->flags & VIRTIO_PCI_FLAG_DISABLE_PCIE) &&
        virtio_pci_modern(proxy)) {
        proxy->pci_dev.cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    k->parent_dc_realize(qdev, errp);
}

unsigned virtio_pci_optimal_num_queues(unsigned fixed_queues)
{
    unsigned n = current_machine ? current_machine->smp.cpus : 1;

    /* A vector a queue, and one for configuration changes. */
    n = MIN(n, PCI_MSIX_FLAGS_QSIZE - fixed_queues);
    return MIN(n, VIRTIO_QUEUE_MAX - fixed_queues);
}

#define FLAG(name, flag, preset) \
    DEFINE_PROP_BIT(name, VirtIOPCIProxy, flags, \
                    VIRTIO_PCI_FLAG_##flag##_BIT, preset)

static Property virtio_pci_properties[] = {
    FLAG("virtio-pci-bus-master-bug-migration", BUS_MASTER_BUG_MIGRATION,
         false),
    FLAG("migrate-extra", MIGRATE_EXTRA, true),
    FLAG("modern-pio-notify", MODERN_PIO_NOTIFY, false),
    FLAG("x-disable-pcie", DISABLE_PCIE, false),
    FLAG("page-per-vq", PAGE_PER_VQ, false),
    DEFINE_PROP_BOOL("x-ignore-backend-features", VirtIOPCIProxy,
                     ignore_backend_features, false),
    FLAG("ats", ATS, false),
    FLAG("x-ats-page-aligned", ATS_PAGE_ALIGNED, true),
    FLAG("x-pcie-deverr-init", INIT_DEVERR, true),
    FLAG("x-pcie-lnkctl-init", INIT_LNKCTL, true),
    FLAG("x-pcie-pm-init", INIT_PM, true),
    FLAG("x-pcie-flr-init", INIT_FLR, true),
    FLAG("aer", AER, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pk = PCI_DEVICE_CLASS(klass);
    VirtioPCIClass *vk = VIRTIO_PCI_CLASS(klass);

    device_class_set_props(dc, virtio_pci_properties);
    pk->realize = virtio_pci_realize;
    pk->exit = virtio_pci_exit;
    pk->vendor_id = PCI_VENDOR_ID_REDHAT_QUMRANET;
    pk->revision = VIRTIO_PCI_ABI_VERSION;
    pk->class_id = PCI_CLASS_OTHERS;
    device_class_set_parent_realize(dc, virtio_pci_dc_realize,
                                    &vk->parent_dc_realize);
    dc->reset = virtio_pci_reset;
}

static void virtio_pci_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bus_class = BUS_CLASS(klass);
    VirtioBusClass *k = VIRTIO_BUS_CLASS(klass);

    bus_class->max_dev = 1;
    k->notify = virtio_pci_notify;
    k->save_config = virtio_pci_save_config;
    k->load_config = virtio_pci_load_config;
    k->save_queue = virtio_pci_save_queue;
    k->load_queue = virtio_pci_load_queue;
    k->has_extra_state = virtio_pci_has_extra_state;
    k->save_extra_state = virtio_pci_save_extra_state;
    k->load_extra_state = virtio_pci_load_extra_state;
    k->query_guest_notifiers = virtio_pci_query_guest_notifiers;
    k->set_guest_notifiers = virtio_pci_set_guest_notifiers;
    k->set_host_notifier_mr = virtio_pci_set_host_notifier_mr;
    k->vmstate_change = virtio_pci_vmstate_change;
    k->pre_plugged = virtio_pci_pre_plugged;
    k->device_plugged = virtio_pci_device_plugged;
    k->device_unplugged = virtio_pci_device_unplugged;
    k->query_nvectors = virtio_pci_query_nvectors;
    k->ioeventfd_enabled = virtio_pci_ioeventfd_enabled;
    k->ioeventfd_assign = virtio_pci_ioeventfd_assign;
    k->get_dma_as = virtio_pci_get_dma_as;
    k->iommu_enabled = virtio_pci_iommu_enabled;
    k->queue_enabled = virtio_pci_queue_enabled;
}

static const TypeInfo virtio_pci_info = {
    .name = TYPE_VIRTIO_PCI,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(VirtIOPCIProxy),
    .class_init = virtio_pci_class_init,
    .class_size = sizeof(VirtioPCIClass),
    .abstract = true,
};

static const TypeInfo virtio_pci_bus_info = {
    .name = TYPE_VIRTIO_PCI_BUS,
    .parent = TYPE_VIRTIO_BUS,
    .instance_size = sizeof(VirtioPCIBusState),
    .class_size = sizeof(VirtioPCIBusClass),
    .class_init = virtio_pci_bus_class_init,
};

static void virtio_pci_register_types(void)
{
    type_register_static(&virtio_pci_bus_info);
    type_register_static(&virtio_pci_info);
}

type_init(virtio_pci_register_types)
