/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of virtio-pci devices (virtio.h): virtio 1.2 sections 3.1,
 * 4.1 and, for legacy ones, the notes in the same places.  Rings are in
 * virtio-ring.c.
 */
#include "virtio-ring.h"

#define COMMON(field) offsetof(struct virtio_pci_common_cfg, field)
#define DEVICE_MODERN 0x1040
#define DEVICE_FIRST 0x1000
#define DEVICE_LAST 0x107f

/*** Finding ***/

static bool is_virtio(PciFn *f, uint16_t virtio_id)
{
    uint16_t device = pci_cfg_read(f, PCI_DEVICE_ID, 2);

    if (pci_cfg_read(f, PCI_VENDOR_ID, 2) != VIRTIO_VENDOR ||
        device < DEVICE_FIRST || device > DEVICE_LAST) {
        return false;
    }
    return device >= DEVICE_MODERN ? device == DEVICE_MODERN + virtio_id :
           pci_cfg_read(f, PCI_SUBSYSTEM_ID, 2) == virtio_id;
}

PciFn *virtio_find(QTest *t, uint16_t virtio_id, unsigned nth)
{
    for (unsigned devfn = 0; devfn < 256; devfn++) {
        PciFn *f = pci_at(t, 0, devfn >> 3, devfn & 7);

        if (is_virtio(f, virtio_id) && nth-- == 0) {
            return f;
        }
        g_free(f);
    }
    return NULL;
}

/*** Modern places ***/

static VirtioPlace *place_of_type(VirtioDev *d, uint8_t type)
{
    switch (type) {
    case VIRTIO_PCI_CAP_COMMON_CFG:
        return &d->common;
    case VIRTIO_PCI_CAP_NOTIFY_CFG:
        return &d->notify;
    case VIRTIO_PCI_CAP_ISR_CFG:
        return &d->isr;
    case VIRTIO_PCI_CAP_DEVICE_CFG:
        return &d->device;
    default:
        return NULL;
    }
}

/* The first capability of a type is the one that the device prefers. */
static void find_places(VirtioDev *d)
{
    uint8_t cap = 0;

    while ((cap = pci_cap(d->f, PCI_CAP_ID_VNDR, cap)) != 0) {
        uint8_t type = pci_cfg_read(d->f, cap + VIRTIO_PCI_CAP_CFG_TYPE, 1);
        VirtioPlace *place = place_of_type(d, type);

        if (!place || place->length) {
            continue;
        }
        place->bar = pci_cfg_read(d->f, cap + VIRTIO_PCI_CAP_BAR, 1);
        place->offset = pci_cfg_read(d->f, cap + VIRTIO_PCI_CAP_OFFSET, 4);
        place->length = pci_cfg_read(d->f, cap + VIRTIO_PCI_CAP_LENGTH, 4);
        if (type == VIRTIO_PCI_CAP_NOTIFY_CFG) {
            d->notify_multiplier =
                pci_cfg_read(d->f, cap + VIRTIO_PCI_NOTIFY_CAP_MULT, 4);
        }
    }
    g_assert_cmpuint(d->common.length, >=, COMMON(queue_used_hi) + 4);
    g_assert_cmpuint(d->notify.length, >=, 2);
    g_assert_cmpuint(d->isr.length, >=, 1);
}

static uint64_t common_read(VirtioDev *d, unsigned offset, unsigned size)
{
    return pci_read(d->f, d->common.bar, d->common.offset + offset, size);
}

static void common_write(VirtioDev *d, unsigned offset, uint64_t val,
                         unsigned size)
{
    pci_write(d->f, d->common.bar, d->common.offset + offset, val, size);
}

/*** The device ***/

uint8_t virtio_status(VirtioDev *d)
{
    return d->legacy ? pci_read(d->f, 0, VIRTIO_PCI_STATUS, 1)
                     : common_read(d, COMMON(device_status), 1);
}

void virtio_set_status(VirtioDev *d, uint8_t status)
{
    if (d->legacy) {
        pci_write(d->f, 0, VIRTIO_PCI_STATUS, status, 1);
    } else {
        common_write(d, COMMON(device_status), status, 1);
    }
}

static void reset(VirtioDev *d)
{
    virtio_set_status(d, 0);
    for (int ms = 0; virtio_status(d) != 0; ms++) {
        g_assert_cmpint(ms, <, 5000);
        g_usleep(1000);
    }
}

static void acknowledge(VirtioDev *d)
{
    reset(d);
    virtio_set_status(d, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    virtio_set_status(d, VIRTIO_CONFIG_S_ACKNOWLEDGE |
                      VIRTIO_CONFIG_S_DRIVER);
}

VirtioDev *virtio_open(PciFn *f, bool legacy)
{
    VirtioDev *d = g_new0(VirtioDev, 1);

    g_assert_nonnull(f);
    d->t = f->t;
    d->f = f;
    d->legacy = legacy;
    d->queues = g_ptr_array_new_with_free_func(virtio_queue_free);
    pci_enable(f);
    if (pci_cap(f, PCI_CAP_ID_MSIX, 0)) {
        msix_setup(f);
    }
    if (legacy) {
        g_assert_true(f->bar_is_io[0]);
    } else {
        find_places(d);
    }
    acknowledge(d);
    return d;
}

void virtio_restart(VirtioDev *d)
{
    g_ptr_array_set_size(d->queues, 0);
    d->features = 0;
    acknowledge(d);
}

void virtio_forget(VirtioDev *d)
{
    g_ptr_array_unref(d->queues);
    g_free(d->f);
    g_free(d);
}

void virtio_close(VirtioDev *d)
{
    reset(d);
    virtio_forget(d);
}

uint64_t virtio_host_features(VirtioDev *d)
{
    uint64_t low;

    if (d->legacy) {
        return pci_read(d->f, 0, VIRTIO_PCI_HOST_FEATURES, 4);
    }
    common_write(d, COMMON(device_feature_select), 0, 4);
    low = common_read(d, COMMON(device_feature), 4);
    common_write(d, COMMON(device_feature_select), 1, 4);
    return low | common_read(d, COMMON(device_feature), 4) << 32;
}

uint64_t virtio_negotiate(VirtioDev *d, uint64_t wanted)
{
    d->features = virtio_host_features(d) & wanted;
    if (d->legacy) {
        pci_write(d->f, 0, VIRTIO_PCI_GUEST_FEATURES, d->features, 4);
        return d->features;
    }
    g_assert_true(virtio_host_features(d) >> VIRTIO_F_VERSION_1 & 1);
    d->features |= 1ull << VIRTIO_F_VERSION_1;
    for (unsigned i = 0; i < 2; i++) {
        common_write(d, COMMON(guest_feature_select), i, 4);
        common_write(d, COMMON(guest_feature),
                     (uint32_t)(d->features >> 32 * i), 4);
    }
    virtio_set_status(d, virtio_status(d) | VIRTIO_CONFIG_S_FEATURES_OK);
    g_assert_true(virtio_status(d) & VIRTIO_CONFIG_S_FEATURES_OK);
    return d->features;
}

void virtio_start(VirtioDev *d)
{
    virtio_set_status(d, virtio_status(d) | VIRTIO_CONFIG_S_DRIVER_OK);
}

uint8_t virtio_isr(VirtioDev *d)
{
    return d->legacy ? pci_read(d->f, 0, VIRTIO_PCI_ISR, 1)
                     : pci_read(d->f, d->isr.bar, d->isr.offset, 1);
}

/*** Its configuration ***/

static unsigned config_bar(VirtioDev *d, unsigned *offset)
{
    if (d->legacy) {
        *offset += VIRTIO_PCI_CONFIG_OFF(d->f->msix_cap != 0);
        return 0;
    }
    *offset += d->device.offset;
    return d->device.bar;
}

uint64_t virtio_config_read(VirtioDev *d, unsigned offset, unsigned size)
{
    unsigned bar = config_bar(d, &offset);

    return pci_read(d->f, bar, offset, size);
}

void virtio_config_write(VirtioDev *d, unsigned offset, uint64_t val,
                         unsigned size)
{
    unsigned bar = config_bar(d, &offset);

    pci_write(d->f, bar, offset, val, size);
}

uint16_t virtio_config_vector(VirtioDev *d, uint16_t vector)
{
    if (d->legacy) {
        pci_write(d->f, 0, VIRTIO_MSI_CONFIG_VECTOR, vector, 2);
        return pci_read(d->f, 0, VIRTIO_MSI_CONFIG_VECTOR, 2);
    }
    common_write(d, COMMON(msix_config), vector, 2);
    return common_read(d, COMMON(msix_config), 2);
}

/*** Queues ***/

static void select_queue(VirtioDev *d, unsigned index)
{
    if (d->legacy) {
        pci_write(d->f, 0, VIRTIO_PCI_QUEUE_SEL, index, 2);
    } else {
        common_write(d, COMMON(queue_select), index, 2);
    }
}

unsigned virtio_queue_max(VirtioDev *d, unsigned index)
{
    select_queue(d, index);
    return d->legacy ? pci_read(d->f, 0, VIRTIO_PCI_QUEUE_NUM, 2)
                     : common_read(d, COMMON(queue_size), 2);
}

static void start_legacy(VirtioQueue *q, uint16_t vector)
{
    VirtioDev *d = q->d;

    pci_write(d->f, 0, VIRTIO_PCI_QUEUE_PFN,
              q->desc >> VIRTIO_PCI_QUEUE_ADDR_SHIFT, 4);
    if (d->f->msix_cap) {
        pci_write(d->f, 0, VIRTIO_MSI_QUEUE_VECTOR, vector, 2);
        q->vector = pci_read(d->f, 0, VIRTIO_MSI_QUEUE_VECTOR, 2);
    }
}

static void write_address(VirtioDev *d, unsigned offset, uint64_t addr)
{
    common_write(d, offset, (uint32_t)addr, 4);
    common_write(d, offset + 4, addr >> 32, 4);
}

static void start_modern(VirtioQueue *q, uint16_t vector)
{
    VirtioDev *d = q->d;

    common_write(d, COMMON(queue_size), q->size, 2);
    common_write(d, COMMON(queue_msix_vector), vector, 2);
    q->vector = common_read(d, COMMON(queue_msix_vector), 2);
    write_address(d, COMMON(queue_desc_lo), q->desc);
    write_address(d, COMMON(queue_avail_lo), q->avail);
    write_address(d, COMMON(queue_used_lo), q->used);
    q->notify_offset = d->notify.offset + d->notify_multiplier *
                       common_read(d, COMMON(queue_notify_off), 2);
    common_write(d, COMMON(queue_enable), 1, 2);
}

VirtioQueue *virtio_queue(VirtioDev *d, unsigned index, unsigned size,
                          uint16_t vector)
{
    unsigned max = virtio_queue_max(d, index);
    VirtioQueue *q;

    g_assert_cmpuint(max, >, 0);
    g_assert_cmpuint(size, <=, max);
    q = virtio_queue_alloc(d, index, size && !d->legacy ? size : max);
    q->vector = VIRTIO_MSI_NO_VECTOR;
    if (d->legacy) {
        start_legacy(q, vector);
    } else {
        start_modern(q, vector);
    }
    g_ptr_array_add(d->queues, q);
    return q;
}

/* Behind the last field that linux/virtio_pci.h knows of. */
#define QUEUE_RESET (COMMON(queue_used_hi) + 4 + 2)

void virtio_queue_reset(VirtioQueue *q)
{
    VirtioDev *d = q->d;

    g_assert_cmpuint(d->common.length, >=, QUEUE_RESET + 2);
    select_queue(d, q->index);
    common_write(d, QUEUE_RESET, 1, 2);
    for (int ms = 0; common_read(d, QUEUE_RESET, 2) != 0; ms++) {
        g_assert_cmpint(ms, <, 5000);
        g_usleep(1000);
    }
    g_assert_cmpuint(common_read(d, COMMON(queue_enable), 2), ==, 0);
    g_ptr_array_remove(d->queues, q);
}

void virtio_notify_queue(VirtioQueue *q)
{
    if (q->d->legacy) {
        pci_write(q->d->f, 0, VIRTIO_PCI_QUEUE_NOTIFY, q->index, 2);
    } else {
        pci_write(q->d->f, q->d->notify.bar, q->notify_offset, q->index, 2);
    }
}
