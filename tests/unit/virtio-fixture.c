/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See virtio-fixture.h. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "virtio-fixture.h"

uint8_t *ram;
unsigned int mmio_accesses;
unsigned int handled;

/*** The proxy and its bus ***/

#define TYPE_TEST_BUS "test-virtio-bus"
#define TYPE_TEST_PROXY "test-virtio-proxy"
#define TYPE_TEST_DEVICE "test-virtio-device"

typedef struct TestProxy {
    DeviceState parent_obj;
    VirtioBusState bus;
    VirtIODevice vdev;
    unsigned int interrupts;
    uint64_t features;
    VirtIODevice *other;        /* in the place of vdev */
} TestProxy;

DECLARE_INSTANCE_CHECKER(TestProxy, TEST_PROXY, TYPE_TEST_PROXY)

static void test_notify(DeviceState *d, uint16_t vector)
{
    VirtIODevice *vdev = virtio_bus_get_device(&TEST_PROXY(d)->bus);

    /* Without a vector, the call may be one to lower the line. */
    if (vector != VIRTIO_NO_VECTOR || vdev->isr) {
        TEST_PROXY(d)->interrupts++;
    }
}

static int test_query_nvectors(DeviceState *d)
{
    return 8;
}

static void bus_class_init(ObjectClass *klass, void *data)
{
    VirtioBusClass *k = VIRTIO_BUS_CLASS(klass);

    k->notify = test_notify;
    k->query_nvectors = test_query_nvectors;
}

static void proxy_realize(DeviceState *dev, Error **errp)
{
    TestProxy *p = TEST_PROXY(dev);

    qbus_init(&p->bus, sizeof(p->bus), TYPE_TEST_BUS, dev, "virtio-bus");
    if (p->other) {
        virtio_add_feature(&p->other->host_features, VIRTIO_F_VERSION_1);
        qdev_realize_and_unref(DEVICE(p->other), BUS(&p->bus), errp);
        return;
    }
    object_initialize_child(OBJECT(dev), "vdev", &p->vdev, TYPE_TEST_DEVICE);
    p->vdev.host_features = p->features | 1ULL << VIRTIO_F_VERSION_1;
    qdev_realize(DEVICE(&p->vdev), BUS(&p->bus), errp);
}

static void proxy_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->realize = proxy_realize;
}

/*** The device ***/

static void handle_output(VirtIODevice *vdev, VirtQueue *vq)
{
    handled++;
}

static void device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    int i;

    virtio_init(vdev, VIRTIO_ID_RNG, 8);
    for (i = 0; i < TEST_QUEUES; i++) {
        virtio_add_queue(vdev, TEST_QUEUE_SIZE, handle_output);
    }
}

static void device_unrealize(DeviceState *dev)
{
    virtio_cleanup(VIRTIO_DEVICE(dev));
}

static uint64_t device_get_features(VirtIODevice *vdev, uint64_t f,
                                    Error **errp)
{
    return f;
}

static const VMStateDescription vmstate_test = {
    .name = "test-virtio",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static void device_class_init(ObjectClass *klass, void *data)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    vdc->realize = device_realize;
    vdc->unrealize = device_unrealize;
    vdc->get_features = device_get_features;
    DEVICE_CLASS(klass)->vmsd = &vmstate_test;
}

static const TypeInfo types[] = {
    {
        .name = TYPE_TEST_BUS,
        .parent = TYPE_VIRTIO_BUS,
        .instance_size = sizeof(VirtioBusState),
        .class_init = bus_class_init,
    },
    {
        .name = TYPE_TEST_PROXY,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(TestProxy),
        .class_init = proxy_class_init,
    },
    {
        .name = TYPE_TEST_DEVICE,
        .parent = TYPE_VIRTIO_DEVICE,
        .instance_size = sizeof(VirtIODevice),
        .class_init = device_class_init,
    },
};

DEFINE_TYPES(types)

/*** Memory ***/

static uint64_t mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    mmio_accesses++;
    return 0;
}

static void mmio_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    mmio_accesses++;
}

static const MemoryRegionOps mmio_ops = {
    .read = mmio_read,
    .write = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void virtio_fixture_init(void)
{
    static MemoryRegion ram_mr, mmio_mr;

    module_call_init(MODULE_INIT_QOM);
    memory_region_init_ram(&ram_mr, NULL, "test.ram", RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, &ram_mr);
    ram = memory_region_get_ram_ptr(&ram_mr);
    memory_region_init_io(&mmio_mr, NULL, &mmio_ops, NULL, "test.mmio",
                          MMIO_SIZE);
    memory_region_add_subregion(get_system_memory(), MMIO_BASE, &mmio_mr);
}

VirtIODevice *virtio_fixture_device(uint64_t features)
{
    DeviceState *dev = qdev_new(TYPE_TEST_PROXY);
    TestProxy *p = TEST_PROXY(dev);

    p->features = features;
    qdev_realize(dev, NULL, &error_abort);
    /* The person was told: tests that break rings need not repeat it. */
    p->vdev.error_reported = true;
    return &p->vdev;
}

void virtio_fixture_plug(VirtIODevice *vdev)
{
    DeviceState *dev = qdev_new(TYPE_TEST_PROXY);

    TEST_PROXY(dev)->other = vdev;
    qdev_realize(dev, NULL, &error_abort);
    vdev->error_reported = true;
}

static TestProxy *proxy_of(VirtIODevice *vdev)
{
    return TEST_PROXY(qdev_get_parent_bus(DEVICE(vdev))->parent);
}

void virtio_fixture_free(VirtIODevice *vdev)
{
    TestProxy *p = proxy_of(vdev);

    qdev_unrealize(DEVICE(p));
    object_unref(p);
}

unsigned int virtio_fixture_interrupts(VirtIODevice *vdev)
{
    TestProxy *p = proxy_of(vdev);
    unsigned int n = p->interrupts;

    p->interrupts = 0;
    vdev->isr = 0;
    return n;
}

/*** The driver: split ***/

static void put16(uint64_t addr, uint16_t v)
{
    stw_le_p(ram + addr, v);
}

static uint16_t get16(uint64_t addr)
{
    return lduw_le_p(ram + addr);
}

static void put_desc(uint64_t table, unsigned int i, uint64_t addr,
                     uint32_t len, uint16_t a, uint16_t b)
{
    uint8_t *p = ram + table + 16 * i;

    stq_le_p(p, addr);
    stl_le_p(p + 8, len);
    stw_le_p(p + 12, a);
    stw_le_p(p + 14, b);
}

void driver_poke_desc(Driver *d, unsigned int i, uint64_t addr, uint32_t len,
                      uint16_t id_or_flags, uint16_t next_or_flags)
{
    put_desc(d->desc, i, addr, len, id_or_flags, next_or_flags);
}

void driver_poke_avail(Driver *d, uint16_t position, uint16_t head)
{
    put16(d->avail + 4 + 2 * (position % d->num), head);
}

void driver_poke_avail_idx(Driver *d, uint16_t idx)
{
    put16(d->avail + 2, idx);
}

static uint64_t indirect_table(Driver *d, const DriverBuf *bufs,
                               unsigned int count)
{
    uint64_t table = d->indirect_next;
    unsigned int i;

    d->indirect_next += 16 * count;
    if (d->indirect_next > RAM_SIZE - 64 * 1024) {
        table = RAM_SIZE / 2;
        d->indirect_next = table + 16 * count;
    }
    for (i = 0; i < count; i++) {
        uint16_t flags = bufs[i].write ? VRING_DESC_F_WRITE : 0;

        if (d->packed) {
            put_desc(table, i, bufs[i].addr, bufs[i].len, 0, flags);
        } else {
            flags |= i + 1 < count ? VRING_DESC_F_NEXT : 0;
            put_desc(table, i, bufs[i].addr, bufs[i].len, flags, i + 1);
        }
    }
    return table;
}

static int split_add(Driver *d, const DriverBuf *bufs, unsigned int count,
                     bool indirect)
{
    unsigned int need = indirect ? 1 : count;
    uint16_t head;
    unsigned int i;

    if (d->nfree < need) {
        return -1;
    }
    head = d->free[d->nfree - 1];
    for (i = 0; i < need; i++) {
        uint16_t at = d->free[--d->nfree];
        bool more = i + 1 < need;
        uint16_t flags = more ? VRING_DESC_F_NEXT : 0;

        if (indirect) {
            put_desc(d->desc, at, indirect_table(d, bufs, count), 16 * count,
                     VRING_DESC_F_INDIRECT, 0);
        } else {
            flags |= bufs[i].write ? VRING_DESC_F_WRITE : 0;
            put_desc(d->desc, at, bufs[i].addr, bufs[i].len, flags,
                     more ? d->free[d->nfree - 1] : 0);
        }
    }
    d->state[head].ndescs = need;
    driver_poke_avail(d, d->avail_idx++, head);
    driver_poke_avail_idx(d, d->avail_idx);
    return head;
}

static int split_get(Driver *d, uint32_t *len)
{
    uint64_t entry;
    uint16_t head, at;
    unsigned int i;

    if (get16(d->used + 2) == d->used_idx) {
        return -1;
    }
    entry = d->used + 4 + 8 * (d->used_idx % d->num);
    head = ldl_le_p(ram + entry);
    *len = ldl_le_p(ram + entry + 4);
    d->used_idx++;
    g_assert_cmpint(head, <, d->num);
    for (i = 0, at = head; i < d->state[head].ndescs; i++) {
        d->free[d->nfree++] = at;
        at = get16(d->desc + 16 * at + 14);
    }
    return head;
}

/*** Packed ***/

static int packed_add(Driver *d, const DriverBuf *bufs, unsigned int count,
                      bool indirect)
{
    unsigned int need = indirect ? 1 : count;
    uint16_t first = d->avail_idx, first_flags = 0, id;
    unsigned int i;

    if (d->slots_free < need || !d->nfree) {
        return -1;
    }
    id = d->free[--d->nfree];
    d->slots_free -= need;
    for (i = 0; i < need; i++) {
        uint16_t flags = d->avail_wrap ? 1 << VRING_PACKED_DESC_F_AVAIL
                                       : 1 << VRING_PACKED_DESC_F_USED;
        uint64_t addr = bufs[i].addr;
        uint32_t len = bufs[i].len;

        if (indirect) {
            addr = indirect_table(d, bufs, count);
            len = 16 * count;
            flags |= VRING_DESC_F_INDIRECT;
        } else {
            flags |= bufs[i].write ? VRING_DESC_F_WRITE : 0;
            flags |= i + 1 < need ? VRING_DESC_F_NEXT : 0;
        }
        if (i == 0) {
            first_flags = flags;
            flags = get16(d->desc + 16 * d->avail_idx + 14);
        }
        put_desc(d->desc, d->avail_idx, addr, len, id, flags);
        if (++d->avail_idx == d->num) {
            d->avail_idx = 0;
            d->avail_wrap = !d->avail_wrap;
        }
    }
    put16(d->desc + 16 * first + 14, first_flags);
    d->state[id].ndescs = need;
    return id;
}

static int packed_get(Driver *d, uint32_t *len)
{
    uint64_t entry = d->desc + 16 * d->used_idx;
    uint16_t flags = get16(entry + 14);
    bool avail = flags & 1 << VRING_PACKED_DESC_F_AVAIL;
    bool used = flags & 1 << VRING_PACKED_DESC_F_USED;
    uint16_t id;

    if (avail != d->used_wrap || used != d->used_wrap) {
        return -1;
    }
    id = get16(entry + 12);
    g_assert_cmpint(id, <, d->num);
    *len = flags & VRING_DESC_F_WRITE ? ldl_le_p(ram + entry + 8) : 0;
    d->used_idx += d->state[id].ndescs;
    if (d->used_idx >= d->num) {
        d->used_idx -= d->num;
        d->used_wrap = !d->used_wrap;
    }
    d->slots_free += d->state[id].ndescs;
    d->free[d->nfree++] = id;
    return id;
}

/*** Either ***/

void driver_start(Driver *d, VirtIODevice *vdev, int n, unsigned int num,
                  uint64_t mask, uint64_t base)
{
    uint64_t features = (vdev->host_features & mask) |
                        1ULL << VIRTIO_F_VERSION_1;
    unsigned int i;

    memset(d, 0, sizeof(*d));
    d->vdev = vdev;
    d->vq = virtio_get_queue(vdev, n);
    d->num = num;
    d->desc = base;
    d->avail = base + 0x4000;
    d->used = base + 0x6000;
    d->avail_wrap = d->used_wrap = d->kicked_wrap = true;
    d->slots_free = num;
    d->indirect_next = RAM_SIZE / 2;
    for (i = 0; i < num; i++) {
        d->free[d->nfree++] = num - 1 - i;
    }
    memset(ram + base, 0, 0x10000);

    if (!vdev->status) {
        virtio_set_status(vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE |
                          VIRTIO_CONFIG_S_DRIVER);
        g_assert_cmpint(virtio_set_features(vdev, features), ==, 0);
        virtio_set_status(vdev, vdev->status | VIRTIO_CONFIG_S_FEATURES_OK);
    }
    d->packed = virtio_vdev_has_feature(vdev, VIRTIO_F_RING_PACKED);
    d->event_idx = virtio_vdev_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX);
    virtio_queue_set_num(vdev, n, num);
    virtio_queue_set_rings(vdev, n, d->desc, d->avail, d->used);
    virtio_queue_set_vector(vdev, n, n + 1);
    virtio_set_status(vdev, vdev->status | VIRTIO_CONFIG_S_DRIVER_OK);
}

int driver_add(Driver *d, const DriverBuf *bufs, unsigned int count,
               bool indirect, void *cookie)
{
    int id = d->packed ? packed_add(d, bufs, count, indirect)
                       : split_add(d, bufs, count, indirect);

    if (id >= 0) {
        g_assert(!d->state[id].live);
        d->state[id].live = true;
        d->state[id].cookie = cookie;
        d->in_flight++;
    }
    return id;
}

void *driver_get(Driver *d, uint32_t *len, uint16_t *id)
{
    int got = d->packed ? packed_get(d, len) : split_get(d, len);

    if (got < 0) {
        return NULL;
    }
    g_assert(d->state[got].live);
    d->state[got].live = false;
    d->in_flight--;
    if (id) {
        *id = got;
    }
    return d->state[got].cookie;
}

/* Whether a place was passed on the way from 'from' to 'to', exclusive. */
static bool passed(uint16_t event, uint16_t to, uint16_t from)
{
    return (uint16_t)(to - event - 1) < (uint16_t)(to - from);
}

static bool split_should_kick(Driver *d)
{
    uint16_t before = d->kicked_idx;

    d->kicked_idx = d->avail_idx;
    if (d->event_idx) {
        return passed(get16(d->used + 4 + 8 * d->num), d->avail_idx, before);
    }
    return !(get16(d->used) & VRING_USED_F_NO_NOTIFY);
}

static bool packed_should_kick(Driver *d)
{
    uint16_t off = get16(d->used), flags = get16(d->used + 2);
    int before = d->kicked_idx, now = d->avail_idx, event = off & 0x7fff;

    before -= d->kicked_wrap != d->avail_wrap ? d->num : 0;
    event -= !!(off & 0x8000) != d->avail_wrap ? d->num : 0;
    d->kicked_idx = d->avail_idx;
    d->kicked_wrap = d->avail_wrap;
    if (flags == VRING_PACKED_EVENT_FLAG_DESC) {
        return passed(event, now, before);
    }
    return flags == VRING_PACKED_EVENT_FLAG_ENABLE;
}

bool driver_should_kick(Driver *d)
{
    return d->packed ? packed_should_kick(d) : split_should_kick(d);
}

void driver_want_interrupt_at(Driver *d, unsigned int slots)
{
    unsigned int at = d->used_idx + slots;
    bool wrap = d->used_wrap ^ (at >= d->num);

    if (d->packed) {
        put16(d->avail, at % d->num | (wrap ? 0x8000 : 0));
        put16(d->avail + 2, VRING_PACKED_EVENT_FLAG_DESC);
    } else {
        put16(d->avail + 4 + 2 * d->num, at);
    }
}

void driver_want_interrupt(Driver *d, bool want)
{
    if (d->packed) {
        driver_want_interrupt_at(d, 0);
        put16(d->avail + 2, !want ? VRING_PACKED_EVENT_FLAG_DISABLE :
                            d->event_idx ? VRING_PACKED_EVENT_FLAG_DESC :
                            VRING_PACKED_EVENT_FLAG_ENABLE);
    } else if (d->event_idx) {
        /* No: an index that was just passed, half a lap of 2^16 away. */
        put16(d->avail + 4 + 2 * d->num,
              want ? d->used_idx : d->used_idx - 0x8000);
    } else {
        put16(d->avail, want ? 0 : VRING_AVAIL_F_NO_INTERRUPT);
    }
}
