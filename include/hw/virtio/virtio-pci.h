/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtio devices as PCI functions (virtio 1.2, 4.1): the proxy that a
 * device's PCI variant derives from.
 *
 *   struct VirtIOXyzPCI { VirtIOPCIProxy parent_obj; VirtIOXyz vdev; };
 *
 * Its realize method (VirtioPCIClass) realizes vdev on proxy->bus; one
 * VirtioPCIDeviceTypeInfo makes the three types that people see.
 */
#ifndef QEMU_VIRTIO_PCI_H
#define QEMU_VIRTIO_PCI_H

#include "hw/pci/msi.h"
#include "hw/pci/pci_device.h"
#include "hw/virtio/virtio-bus.h"
#include "qapi/qapi-types.h"
#include "qom/object.h"
#include "standard-headers/linux/virtio_pci.h"

typedef struct VirtioBusState VirtioPCIBusState;
typedef struct VirtioBusClass VirtioPCIBusClass;

#define TYPE_VIRTIO_PCI_BUS "virtio-pci-bus"
DECLARE_OBJ_CHECKERS(VirtioPCIBusState, VirtioPCIBusClass,
                     VIRTIO_PCI_BUS, TYPE_VIRTIO_PCI_BUS)

/* Bits of VirtIOPCIProxy.flags, and what they are called as properties. */
enum {
    VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT,
    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT,      /* ioeventfd */
    VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT,      /* migrate-extra */
    VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT,  /* modern-pio-notify */
    VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT,       /* x-disable-pcie */
    VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT,        /* page-per-vq */
    VIRTIO_PCI_FLAG_ATS_BIT,                /* ats */
    VIRTIO_PCI_FLAG_INIT_DEVERR_BIT,        /* x-pcie-deverr-init ... */
    VIRTIO_PCI_FLAG_INIT_LNKCTL_BIT,
    VIRTIO_PCI_FLAG_INIT_PM_BIT,
    VIRTIO_PCI_FLAG_INIT_FLR_BIT,
    VIRTIO_PCI_FLAG_AER_BIT,                /* aer */
    VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED_BIT,   /* x-ats-page-aligned */
};

#define VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION \
    (1 << VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT)
#define VIRTIO_PCI_FLAG_USE_IOEVENTFD (1 << VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT)
#define VIRTIO_PCI_FLAG_MIGRATE_EXTRA (1 << VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT)
#define VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY \
    (1 << VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT)
#define VIRTIO_PCI_FLAG_DISABLE_PCIE (1 << VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT)
#define VIRTIO_PCI_FLAG_PAGE_PER_VQ (1 << VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT)
#define VIRTIO_PCI_FLAG_ATS (1 << VIRTIO_PCI_FLAG_ATS_BIT)
#define VIRTIO_PCI_FLAG_INIT_DEVERR (1 << VIRTIO_PCI_FLAG_INIT_DEVERR_BIT)
#define VIRTIO_PCI_FLAG_INIT_LNKCTL (1 << VIRTIO_PCI_FLAG_INIT_LNKCTL_BIT)
#define VIRTIO_PCI_FLAG_INIT_PM (1 << VIRTIO_PCI_FLAG_INIT_PM_BIT)
#define VIRTIO_PCI_FLAG_INIT_FLR (1 << VIRTIO_PCI_FLAG_INIT_FLR_BIT)
#define VIRTIO_PCI_FLAG_AER (1 << VIRTIO_PCI_FLAG_AER_BIT)
#define VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED \
    (1 << VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED_BIT)

/* Bytes of legacy registers before the device's configuration. */
#define VIRTIO_PCI_REGION_SIZE(dev) \
    VIRTIO_PCI_CONFIG_OFF(msix_present(dev))

#define TYPE_VIRTIO_PCI "virtio-pci"
OBJECT_DECLARE_TYPE(VirtIOPCIProxy, VirtioPCIClass, VIRTIO_PCI)

struct VirtioPCIClass {
    PCIDeviceClass parent_class;
    DeviceRealize parent_dc_realize;
    void (*realize)(VirtIOPCIProxy *vpci_dev, Error **errp);
};

/* A part of a modern device's BAR, with the capability that points to it. */
typedef struct VirtIOPCIRegion {
    MemoryRegion mr;
    uint32_t offset;
    uint32_t size;
    uint32_t type;              /* VIRTIO_PCI_CAP_* */
} VirtIOPCIRegion;

/* What a modern driver wrote for a queue: takes effect when it enables it. */
typedef struct VirtIOPCIQueue {
    uint16_t num;
    bool enabled;
    bool reset;
    uint32_t desc[2];
    uint32_t avail[2];
    uint32_t used[2];
} VirtIOPCIQueue;

struct VirtIOPCIProxy {
    PCIDevice pci_dev;
    MemoryRegion bar;           /* legacy */
    union {
        struct {
            VirtIOPCIRegion common;
            VirtIOPCIRegion isr;
            VirtIOPCIRegion device;
            VirtIOPCIRegion notify;
            VirtIOPCIRegion notify_pio;
        };
        VirtIOPCIRegion regs[5];
    };
    MemoryRegion modern_bar;
    MemoryRegion io_bar;
    uint32_t legacy_io_bar_idx;
    uint32_t msix_bar_idx;
    uint32_t modern_io_bar_idx;
    uint32_t modern_mem_bar_idx;
    int config_cap;             /* offset of the window capability, or 0 */
    uint32_t flags;
    bool disable_modern;
    bool ignore_backend_features;
    OnOffAuto disable_legacy;
    uint32_t class_code;
    uint32_t nvectors;
    uint32_t dfselect;
    uint32_t gfselect;
    uint32_t guest_features[2];
    VirtIOPCIQueue vqs[VIRTIO_QUEUE_MAX];
    unsigned int vqs_touched;   /* entries from here on are zero */
    int nvqs_with_notifiers;
    VirtioBusState bus;
};

static inline bool virtio_pci_modern(VirtIOPCIProxy *proxy)
{
    return !proxy->disable_modern;
}

static inline bool virtio_pci_legacy(VirtIOPCIProxy *proxy)
{
    return proxy->disable_legacy == ON_OFF_AUTO_OFF;
}

/* For devices that have no legacy interface. */
static inline void virtio_pci_force_virtio_1(VirtIOPCIProxy *proxy)
{
    proxy->disable_modern = false;
    proxy->disable_legacy = ON_OFF_AUTO_ON;
}

static inline void virtio_pci_disable_modern(VirtIOPCIProxy *proxy)
{
    proxy->disable_modern = true;
}

/* The device id of a modern-only device (4.1.2.1). */
uint16_t virtio_pci_get_trans_devid(uint16_t device_id);
uint16_t virtio_pci_get_class_id(uint16_t device_id);

/*
 * What -device NAME is called, in the variants that exist (others NULL):
 * generic_name decides by the bus whether it is transitional,
 * transitional_name and non_transitional_name do not.
 */
typedef struct VirtioPCIDeviceTypeInfo {
    const char *base_name;      /* abstract; NULL: made up */
    const char *generic_name;
    const char *transitional_name;
    const char *non_transitional_name;
    const char *parent;         /* NULL: TYPE_VIRTIO_PCI */
    size_t instance_size;
    size_t class_size;
    void (*instance_init)(Object *obj);
    void (*class_init)(ObjectClass *klass, void *data);
    InterfaceInfo *interfaces;
} VirtioPCIDeviceTypeInfo;

void virtio_pci_types_register(const VirtioPCIDeviceTypeInfo *t);

/* A queue a vCPU, as far as vectors and queues go. */
unsigned virtio_pci_optimal_num_queues(unsigned fixed_queues);

/* Announces shared memory region id in a BAR (4.1.4.7); the cap's offset. */
int virtio_pci_add_shm_cap(VirtIOPCIProxy *proxy, uint8_t bar,
                           uint64_t offset, uint64_t length, uint8_t id);

#endif /* QEMU_VIRTIO_PCI_H */
