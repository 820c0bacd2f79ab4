/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modern interface: virtio 1.2, 4.1.4.
 *
 * Vendor capabilities in configuration space say where in which BAR the
 * common configuration, the interrupt status, the device's configuration and
 * the notification addresses are.  All are in one prefetchable memory BAR
 * (notifications on request in an I/O BAR as well), and through a window in
 * configuration space for firmware that has mapped none.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/range.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-pci-internal.h"

/*** Common configuration (4.1.4.3) ***/

typedef uint32_t RegRead(VirtIOPCIProxy *proxy, VirtIODevice *vdev);
typedef void RegWrite(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                      uint32_t val);

static VirtIOPCIQueue *selected(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return &proxy->vqs[vdev->queue_sel];
}

/* The same, to be written. */
static VirtIOPCIQueue *select_touched(VirtIOPCIProxy *proxy,
                                      VirtIODevice *vdev)
{
    proxy->vqs_touched = MAX(proxy->vqs_touched, vdev->queue_sel + 1u);
    return selected(proxy, vdev);
}

static uint32_t dfselect_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return proxy->dfselect;
}

static void dfselect_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                           uint32_t val)
{
    proxy->dfselect = val;
}

static uint32_t df_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);

    return proxy->dfselect > 1 ? 0 :
           (vdev->host_features & ~vdc->legacy_features) >>
           (32 * proxy->dfselect);
}

static uint32_t gfselect_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return proxy->gfselect;
}

static void gfselect_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                           uint32_t val)
{
    proxy->gfselect = val;
}

static uint32_t gf_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return proxy->gfselect < ARRAY_SIZE(proxy->guest_features)
           ? proxy->guest_features[proxy->gfselect] : 0;
}

static void gf_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev, uint32_t val)
{
    if (proxy->gfselect < ARRAY_SIZE(proxy->guest_features)) {
        proxy->guest_features[proxy->gfselect] = val;
        virtio_set_features(vdev, proxy->guest_features[0] |
                            (uint64_t)proxy->guest_features[1] << 32);
    }
}

static uint32_t config_vector_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->config_vector;
}

static uint32_t num_queues_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return virtio_get_num_queues(vdev);
}

static uint32_t status_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->status;
}

static void status_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                         uint32_t val)
{
    virtio_pci_set_status(proxy, vdev, val);
}

static uint32_t generation_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->generation;
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

static uint32_t queue_size_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return virtio_queue_get_num(vdev, vdev->queue_sel);
}

static void queue_size_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                             uint32_t val)
{
    select_touched(proxy, vdev)->num = val;
    virtio_queue_set_num(vdev, vdev->queue_sel, val);
}

static uint32_t queue_vector_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return virtio_queue_vector(vdev, vdev->queue_sel);
}

static uint32_t queue_enable_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return selected(proxy, vdev)->enabled;
}

static hwaddr address(const uint32_t *half)
{
    return half[0] | (hwaddr)half[1] << 32;
}

static void queue_enable_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                               uint32_t val)
{
    VirtIOPCIQueue *q;

    /* There is no way back but reset (4.1.4.3.2). */
    if (val != 1) {
        virtio_error(vdev, "wrong value for queue_enable %" PRIx32, val);
        return;
    }
    q = select_touched(proxy, vdev);
    virtio_queue_set_num(vdev, vdev->queue_sel, q->num);
    virtio_queue_set_rings(vdev, vdev->queue_sel, address(q->desc),
                           address(q->avail), address(q->used));
    q->enabled = true;
    q->reset = false;
    virtio_queue_enable(vdev, vdev->queue_sel);
}

/* Where in the notification area queue n is: at the n-th place. */
static uint32_t queue_noff_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return vdev->queue_sel;
}

#define ADDRESS_HALF(part, half, suffix) \
    static uint32_t part##_##suffix##_read(VirtIOPCIProxy *proxy, \
                                           VirtIODevice *vdev) \
    { \
        return selected(proxy, vdev)->part[half]; \
    } \
    static void part##_##suffix##_write(VirtIOPCIProxy *proxy, \
                                        VirtIODevice *vdev, uint32_t val) \
    { \
        select_touched(proxy, vdev)->part[half] = val; \
    }

ADDRESS_HALF(desc, 0, lo)
ADDRESS_HALF(desc, 1, hi)
ADDRESS_HALF(avail, 0, lo)
ADDRESS_HALF(avail, 1, hi)
ADDRESS_HALF(used, 0, lo)
ADDRESS_HALF(used, 1, hi)

static uint32_t queue_reset_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    return selected(proxy, vdev)->reset;
}

static void queue_reset_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                              uint32_t val)
{
    VirtIOPCIQueue *q;

    if (val != 1) {
        return;
    }
    q = select_touched(proxy, vdev);
    q->reset = true;
    virtio_queue_reset(vdev, vdev->queue_sel);
    q->reset = false;
    q->enabled = false;
}

/* A register answers at its own offset, whatever the width of the access. */
static const struct CommonReg {
    RegRead *read;
    RegWrite *write;
} common_regs[] = {
    [VIRTIO_PCI_COMMON_DFSELECT] = { dfselect_read, dfselect_write },
    [VIRTIO_PCI_COMMON_DF] = { df_read, NULL },
    [VIRTIO_PCI_COMMON_GFSELECT] = { gfselect_read, gfselect_write },
    [VIRTIO_PCI_COMMON_GF] = { gf_read, gf_write },
    [VIRTIO_PCI_COMMON_MSIX] = { config_vector_read,
                                 virtio_pci_set_config_vector },
    [VIRTIO_PCI_COMMON_NUMQ] = { num_queues_read, NULL },
    [VIRTIO_PCI_COMMON_STATUS] = { status_read, status_write },
    [VIRTIO_PCI_COMMON_CFGGENERATION] = { generation_read, NULL },
    [VIRTIO_PCI_COMMON_Q_SELECT] = { queue_sel_read, queue_sel_write },
    [VIRTIO_PCI_COMMON_Q_SIZE] = { queue_size_read, queue_size_write },
    [VIRTIO_PCI_COMMON_Q_MSIX] = { queue_vector_read,
                                   virtio_pci_set_queue_vector },
    [VIRTIO_PCI_COMMON_Q_ENABLE] = { queue_enable_read, queue_enable_write },
    [VIRTIO_PCI_COMMON_Q_NOFF] = { queue_noff_read, NULL },
    [VIRTIO_PCI_COMMON_Q_DESCLO] = { desc_lo_read, desc_lo_write },
    [VIRTIO_PCI_COMMON_Q_DESCHI] = { desc_hi_read, desc_hi_write },
    [VIRTIO_PCI_COMMON_Q_AVAILLO] = { avail_lo_read, avail_lo_write },
    [VIRTIO_PCI_COMMON_Q_AVAILHI] = { avail_hi_read, avail_hi_write },
    [VIRTIO_PCI_COMMON_Q_USEDLO] = { used_lo_read, used_lo_write },
    [VIRTIO_PCI_COMMON_Q_USEDHI] = { used_hi_read, used_hi_write },
    [VIRTIO_PCI_COMMON_Q_RESET] = { queue_reset_read, queue_reset_write },
};

static uint64_t common_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_pci_vdev(proxy);

    if (!vdev) {
        return UINT64_MAX;
    }
    if (addr >= ARRAY_SIZE(common_regs) || !common_regs[addr].read) {
        return 0;
    }
    return common_regs[addr].read(proxy, vdev);
}

static void common_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_pci_vdev(proxy);

    if (vdev && addr < ARRAY_SIZE(common_regs) && common_regs[addr].write) {
        common_regs[addr].write(proxy, vdev, val);
    }
}

/*** Notifications (4.1.4.4), by address or (I/O) by value ***/

unsigned int virtio_pci_queue_mult(const VirtIOPCIProxy *proxy)
{
    return proxy->flags & VIRTIO_PCI_FLAG_PAGE_PER_VQ ? 4096 : 4;
}

static uint64_t notify_read(void *opaque, hwaddr addr, unsigned size)
{
    return virtio_pci_vdev(opaque) ? 0 : UINT64_MAX;
}

static void notify_queue(VirtIOPCIProxy *proxy, uint64_t n)
{
    VirtIODevice *vdev = virtio_pci_vdev(proxy);

    if (vdev && n < VIRTIO_QUEUE_MAX) {
        virtio_queue_notify(vdev, n);
    }
}

static void notify_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    notify_queue(opaque, addr / virtio_pci_queue_mult(opaque));
}

static void notify_pio_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    notify_queue(opaque, val);
}

/*** Interrupt status (4.1.4.5) and device configuration (4.1.4.6) ***/

static uint64_t isr_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIODevice *vdev = virtio_pci_vdev(opaque);

    return vdev ? virtio_pci_take_isr(opaque, vdev) : UINT64_MAX;
}

static void isr_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
}

static uint64_t device_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIODevice *vdev = virtio_pci_vdev(opaque);

    return !vdev ? UINT64_MAX :
           size == 1 ? virtio_config_modern_readb(vdev, addr) :
           size == 2 ? virtio_config_modern_readw(vdev, addr) :
                       virtio_config_modern_readl(vdev, addr);
}

static void device_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    VirtIODevice *vdev = virtio_pci_vdev(opaque);

    if (!vdev) {
        return;
    }
    if (size == 1) {
        virtio_config_modern_writeb(vdev, addr, val);
    } else if (size == 2) {
        virtio_config_modern_writew(vdev, addr, val);
    } else {
        virtio_config_modern_writel(vdev, addr, val);
    }
}

#define REGION_OPS(reader, writer) { \
        .read = reader, \
        .write = writer, \
        .impl = { .min_access_size = 1, .max_access_size = 4 }, \
        .endianness = DEVICE_LITTLE_ENDIAN, \
    }

static const MemoryRegionOps common_ops = REGION_OPS(common_read,
                                                     common_write);
static const MemoryRegionOps isr_ops = REGION_OPS(isr_read, isr_write);
static const MemoryRegionOps device_ops = REGION_OPS(device_read,
                                                     device_write);
static const MemoryRegionOps notify_ops = REGION_OPS(notify_read,
                                                     notify_write);
static const MemoryRegionOps notify_pio_ops = REGION_OPS(notify_read,
                                                         notify_pio_write);

/*** The window (4.1.4.9) ***/

/* What a width says; 0 for one that the window does not take. */
static MemOp width_op(uint32_t len)
{
    return len == 4 ? MO_LEUL : len == 2 ? MO_LEUW : MO_UB;
}

/* The region that len bytes at offset of the BAR are in. */
static MemoryRegion *window_target(VirtIOPCIProxy *proxy, uint8_t bar,
                                   uint32_t *offset, uint32_t len)
{
    bool pio = proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY &&
               bar == proxy->modern_io_bar_idx;
    int i;

    for (i = 0; i < ARRAY_SIZE(proxy->regs); i++) {
        VirtIOPCIRegion *r = &proxy->regs[i];

        /* Some firmware leaves bar 0: everything else is in one anyway. */
        if (pio != (r == &proxy->notify_pio) || *offset < r->offset ||
            *offset - r->offset >= r->size ||
            len > r->size - (*offset - r->offset)) {
            continue;
        }
        *offset -= r->offset;
        return &r->mr;
    }
    return NULL;
}

/* The data bytes and, if the driver chose an access that works, its target. */
static uint8_t *window_open(VirtIOPCIProxy *proxy, uint32_t addr, int len,
                            MemoryRegion **mr, uint32_t *offset,
                            uint32_t *width)
{
    uint8_t *cap = proxy->pci_dev.config + proxy->config_cap;
    uint32_t data = offsetof(struct virtio_pci_cfg_cap, pci_cfg_data);

    if (!proxy->config_cap ||
        !ranges_overlap(addr, len, proxy->config_cap + data, 4)) {
        return NULL;
    }
    *offset = pci_get_long(cap + VIRTIO_PCI_CAP_OFFSET);
    *width = pci_get_long(cap + VIRTIO_PCI_CAP_LENGTH);
    if (*width != 1 && *width != 2 && *width != 4) {
        return NULL;
    }
    *mr = window_target(proxy, pci_get_byte(cap + VIRTIO_PCI_CAP_BAR),
                        offset, *width);
    return *mr ? cap + data : NULL;
}

void virtio_pci_window_write(VirtIOPCIProxy *proxy, uint32_t addr, int len)
{
    uint32_t offset, width;
    MemoryRegion *mr;
    uint8_t *data = window_open(proxy, addr, len, &mr, &offset, &width);

    /* Across registers: nothing to see, and nothing to change. */
    if (data && offset % width == 0) {
        memory_region_dispatch_write(mr, offset, ldn_le_p(data, width),
                                     width_op(width),
                                     MEMTXATTRS_UNSPECIFIED);
    }
}

void virtio_pci_window_read(VirtIOPCIProxy *proxy, uint32_t addr, int len)
{
    uint32_t offset, width;
    MemoryRegion *mr;
    uint8_t *data = window_open(proxy, addr, len, &mr, &offset, &width);
    uint64_t val = 0;

    if (data && offset % width == 0) {
        memory_region_dispatch_read(mr, offset, &val, width_op(width),
                                    MEMTXATTRS_UNSPECIFIED);
    }
    if (data) {
        stn_le_p(data, width, val);
    }
}

/*** Set-up ***/

/* Copies cap into configuration space, the header apart; its offset. */
static int add_cap(VirtIOPCIProxy *proxy, struct virtio_pci_cap *cap)
{
    PCIDevice *dev = &proxy->pci_dev;
    int offset = pci_add_capability(dev, PCI_CAP_ID_VNDR, 0, cap->cap_len,
                                    &error_abort);

    memcpy(dev->config + offset + PCI_CAP_FLAGS, &cap->cap_len,
           cap->cap_len - PCI_CAP_FLAGS);
    return offset;
}

int virtio_pci_add_shm_cap(VirtIOPCIProxy *proxy, uint8_t bar,
                           uint64_t offset, uint64_t length, uint8_t id)
{
    struct virtio_pci_cap64 cap = {
        .cap = {
            .cap_len = sizeof(cap),
            .cfg_type = VIRTIO_PCI_CAP_SHARED_MEMORY_CFG,
            .bar = bar,
            .id = id,
            .offset = cpu_to_le32(offset),
            .length = cpu_to_le32(length),
        },
        .offset_hi = cpu_to_le32(offset >> 32),
        .length_hi = cpu_to_le32(length >> 32),
    };

    return add_cap(proxy, &cap.cap);
}

static void map_region(VirtIOPCIProxy *proxy, VirtIOPCIRegion *r,
                       const MemoryRegionOps *ops, const char *what,
                       const char *vdev_name, MemoryRegion *bar)
{
    g_autofree char *name = g_strdup_printf("virtio-pci-%s-%s", what,
                                            vdev_name);

    memory_region_init_io(&r->mr, OBJECT(proxy), ops, proxy, name, r->size);
    memory_region_add_subregion(bar, r->offset, &r->mr);
}

/* Capabilities whose length is the plain one, and the one for notifying. */
static void announce(VirtIOPCIProxy *proxy, const VirtIOPCIRegion *r,
                     uint8_t bar)
{
    struct virtio_pci_cap cap = {
        .cap_len = sizeof(cap),
        .cfg_type = r->type,
        .bar = bar,
        .offset = cpu_to_le32(r->offset),
        .length = cpu_to_le32(r->size),
    };

    add_cap(proxy, &cap);
}

static void announce_notify(VirtIOPCIProxy *proxy, const VirtIOPCIRegion *r,
                            uint8_t bar, uint32_t multiplier)
{
    struct virtio_pci_notify_cap cap = {
        .cap = {
            .cap_len = sizeof(cap),
            .cfg_type = r->type,
            .bar = bar,
            .offset = cpu_to_le32(r->offset),
            .length = cpu_to_le32(r->size),
        },
        .notify_off_multiplier = cpu_to_le32(multiplier),
    };

    add_cap(proxy, &cap.cap);
}

/* The driver writes the window's place and data, and nothing else. */
static void add_window(VirtIOPCIProxy *proxy)
{
    struct virtio_pci_cfg_cap cap = {
        .cap = {
            .cap_len = sizeof(cap),
            .cfg_type = VIRTIO_PCI_CAP_PCI_CFG,
        },
    };
    uint8_t *wmask;

    proxy->config_cap = add_cap(proxy, &cap.cap);
    wmask = proxy->pci_dev.wmask + proxy->config_cap;
    pci_set_byte(wmask + VIRTIO_PCI_CAP_BAR, 0xff);
    pci_set_long(wmask + VIRTIO_PCI_CAP_OFFSET, 0xffffffff);
    pci_set_long(wmask + VIRTIO_PCI_CAP_LENGTH, 0xffffffff);
    pci_set_long(wmask + offsetof(struct virtio_pci_cfg_cap, pci_cfg_data),
                 0xffffffff);
}

/* Offsets and sizes are what drivers have always seen. */
static void lay_out(VirtIOPCIProxy *proxy)
{
    proxy->common = (VirtIOPCIRegion) {
        .offset = 0, .size = 0x1000, .type = VIRTIO_PCI_CAP_COMMON_CFG,
    };
    proxy->isr = (VirtIOPCIRegion) {
        .offset = 0x1000, .size = 0x1000, .type = VIRTIO_PCI_CAP_ISR_CFG,
    };
    proxy->device = (VirtIOPCIRegion) {
        .offset = 0x2000, .size = 0x1000, .type = VIRTIO_PCI_CAP_DEVICE_CFG,
    };
    proxy->notify = (VirtIOPCIRegion) {
        .offset = 0x3000,
        .size = virtio_pci_queue_mult(proxy) * VIRTIO_QUEUE_MAX,
        .type = VIRTIO_PCI_CAP_NOTIFY_CFG,
    };
    proxy->notify_pio = (VirtIOPCIRegion) {
        .offset = 0, .size = 4, .type = VIRTIO_PCI_CAP_NOTIFY_CFG,
    };
}

void virtio_pci_modern_init(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    PCIDevice *dev = &proxy->pci_dev;
    MemoryRegion *bar = &proxy->modern_bar;
    uint8_t nr = proxy->modern_mem_bar_idx;

    lay_out(proxy);
    memory_region_init(bar, OBJECT(proxy), "virtio-pci",
                       pow2ceil(proxy->notify.offset + proxy->notify.size));
    map_region(proxy, &proxy->common, &common_ops, "common", vdev->name, bar);
    map_region(proxy, &proxy->isr, &isr_ops, "isr", vdev->name, bar);
    map_region(proxy, &proxy->device, &device_ops, "device", vdev->name, bar);
    map_region(proxy, &proxy->notify, &notify_ops, "notify", vdev->name, bar);

    announce(proxy, &proxy->common, nr);
    announce(proxy, &proxy->isr, nr);
    announce(proxy, &proxy->device, nr);
    announce_notify(proxy, &proxy->notify, nr, virtio_pci_queue_mult(proxy));

    if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
        memory_region_init(&proxy->io_bar, OBJECT(proxy), "virtio-pci-io",
                           0x4);
        map_region(proxy, &proxy->notify_pio, &notify_pio_ops, "notify-pio",
                   vdev->name, &proxy->io_bar);
        announce_notify(proxy, &proxy->notify_pio, proxy->modern_io_bar_idx,
                        0);
        pci_register_bar(dev, proxy->modern_io_bar_idx,
                         PCI_BASE_ADDRESS_SPACE_IO, &proxy->io_bar);
    }
    pci_register_bar(dev, nr, PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_PREFETCH |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, bar);
    add_window(proxy);
}

void virtio_pci_modern_exit(VirtIOPCIProxy *proxy)
{
    memory_region_del_subregion(&proxy->modern_bar, &proxy->common.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->isr.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->device.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->notify.mr);
    if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
        memory_region_del_subregion(&proxy->io_bar, &proxy->notify_pio.mr);
    }
}
