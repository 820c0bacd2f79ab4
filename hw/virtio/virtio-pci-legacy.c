/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The legacy interface of transitional devices: virtio 1.2, 4.1.4.10.
 *
 * One I/O BAR: registers at fixed offsets (struct virtio_pci of old, names in
 * linux/virtio_pci.h), two more while MSI-X is enabled, then the device's
 * configuration.  A register answers at its own offset, whatever the width.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-pci-internal.h"

typedef uint32_t RegRead(VirtIOPCIProxy *proxy, VirtIODevice *vdev);
typedef void RegWrite(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                      uint32_t val);

static uint32_t host_features_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->host_features;
}

static uint32_t guest_features_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->guest_features;
}

static void guest_features_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                 uint32_t val)
{
    /* A driver that accepts this looked at nothing: give it the least. */
    if (val & (1u << VIRTIO_F_BAD_FEATURE)) {
        val = virtio_bus_get_vdev_bad_features(&proxy->bus);
    }
    virtio_set_features(vdev, val);
}

static uint32_t queue_pfn_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return virtio_queue_get_addr(vdev, vdev->queue_sel) >>
           VIRTIO_PCI_QUEUE_ADDR_SHIFT;
}

static void queue_pfn_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                            uint32_t val)
{
    /* 0 for one queue has always reset the device. */
    if (!val) {
        virtio_pci_set_status(proxy, vdev, 0);
    } else {
        virtio_queue_set_addr(vdev, vdev->queue_sel,
                              (hwaddr)val << VIRTIO_PCI_QUEUE_ADDR_SHIFT);
    }
}

static uint32_t queue_num_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return virtio_queue_get_num(vdev, vdev->queue_sel);
}

static uint32_t queue_sel_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->queue_sel;
}

static void queue_sel_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                            uint32_t val)
{
    if (val < VIRTIO_QUEUE_MAX) {
        vdev->queue_sel = val;
    }
}

static void queue_notify_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                               uint32_t val)
{
    if (val < VIRTIO_QUEUE_MAX) {
        virtio_queue_notify(vdev, val);
    }
}

static uint32_t status_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->status;
}

static void status_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                         uint32_t val)
{
    virtio_pci_set_status(proxy, vdev, val);

    /* Drivers before Linux 2.6.34 leave Bus Master off and expect DMA. */
    if (val == (VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER)) {
        pci_default_write_config(&proxy->pci_dev, PCI_COMMAND,
                                 proxy->pci_dev.config[PCI_COMMAND] |
                                 PCI_COMMAND_MASTER, 1);
    }
}

static uint32_t isr_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return virtio_pci_take_isr(proxy, vdev);
}

static uint32_t config_vector_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->config_vector;
}

static uint32_t queue_vector_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return virtio_queue_vector(vdev, vdev->queue_sel);
}

static const struct LegacyReg {
    RegRead *read;
    RegWrite *write;
} regs[VIRTIO_PCI_CONFIG_OFF(true)] = {
    [VIRTIO_PCI_HOST_FEATURES] = { host_features_read, NULL },
    [VIRTIO_PCI_GUEST_FEATURES] = { guest_features_read,
                                    guest_features_write },
    [VIRTIO_PCI_QUEUE_PFN] = { queue_pfn_read, queue_pfn_write },
    [VIRTIO_PCI_QUEUE_NUM] = { queue_num_read, NULL },
    [VIRTIO_PCI_QUEUE_SEL] = { queue_sel_read, queue_sel_write },
    [VIRTIO_PCI_QUEUE_NOTIFY] = { NULL, queue_notify_write },
    [VIRTIO_PCI_STATUS] = { status_read, status_write },
    [VIRTIO_PCI_ISR] = { isr_read, NULL },
    [VIRTIO_MSI_CONFIG_VECTOR] = { config_vector_read,
                                   virtio_pci_set_config_vector },
    [VIRTIO_MSI_QUEUE_VECTOR] = { queue_vector_read,
                                  virtio_pci_set_queue_vector },
};

/* Where the device's configuration begins just now. */
static hwaddr config_offset(VirtIOPCIProxy *proxy)
{
    return VIRTIO_PCI_CONFIG_OFF(msix_enabled(&proxy->pci_dev));
}

static uint64_t legacy_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    hwaddr config = config_offset(proxy);

    if (!vdev) {
        return UINT64_MAX;
    }
    if (addr < config) {
        return regs[addr].read ? regs[addr].read(proxy, vdev) : UINT32_MAX;
    }
    addr -= config;
    return size == 1 ? virtio_config_readb(vdev, addr) :
           size == 2 ? virtio_config_readw(vdev, addr) :
                       virtio_config_readl(vdev, addr);
}

static void legacy_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    hwaddr config = config_offset(proxy);

    if (!vdev) {
        return;
    }
    if (addr < config) {
        if (regs[addr].write) {
            regs[addr].write(proxy, vdev, val);
        } else {
            qemu_log_mask(LOG_GUEST_ERROR, "%s: write of 0x%" PRIx64
                          " to register 0x%" HWADDR_PRIx "\n", vdev->name, val,
                          addr);
        }
        return;
    }
    addr -= config;
    if (size == 1) {
        virtio_config_writeb(vdev, addr, val);
    } else if (size == 2) {
        virtio_config_writew(vdev, addr, val);
    } else {
        virtio_config_writel(vdev, addr, val);
    }
}

static const MemoryRegionOps legacy_ops = {
    .read = legacy_read,
    .write = legacy_write,
    .impl = { .min_access_size = 1, .max_access_size = 4 },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void virtio_pci_legacy_init(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    uint64_t size = VIRTIO_PCI_REGION_SIZE(&proxy->pci_dev) +
                    vdev->config_len;

    memory_region_init_io(&proxy->bar, OBJECT(proxy), &legacy_ops, proxy,
                          "virtio-pci", pow2ceil(size));
    pci_register_bar(&proxy->pci_dev, proxy->legacy_io_bar_idx,
                     PCI_BASE_ADDRESS_SPACE_IO, &proxy->bar);
}
