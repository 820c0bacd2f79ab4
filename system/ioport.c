/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I/O ports.
 *
 * A list of ports becomes a few regions: entries that overlap or touch are
 * in one, which finds the entry for port and width.  An access that no entry
 * takes finds nothing (all ones), but a 16-bit one goes to two 8-bit entries,
 * as the ISA bus does it.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "trace.h"

static uint64_t unassigned_io_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void unassigned_io_write(void *opaque, hwaddr addr, uint64_t val,
                                unsigned size)
{
}

const MemoryRegionOps unassigned_io_ops = {
    .read = unassigned_io_read,
    .write = unassigned_io_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/* ---- accesses by number ---- */

static void port_write(uint32_t addr, const void *buf, unsigned len)
{
    address_space_write(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                        len);
}

static void port_read(uint32_t addr, void *buf, unsigned len)
{
    address_space_read(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                       len);
}

void cpu_outb(uint32_t addr, uint8_t val)
{
    trace_cpu_out(addr, 'b', val);
    port_write(addr, &val, 1);
}

void cpu_outw(uint32_t addr, uint16_t val)
{
    uint8_t buf[2];

    trace_cpu_out(addr, 'w', val);
    stw_le_p(buf, val);
    port_write(addr, buf, 2);
}

void cpu_outl(uint32_t addr, uint32_t val)
{
    uint8_t buf[4];

    trace_cpu_out(addr, 'l', val);
    stl_le_p(buf, val);
    port_write(addr, buf, 4);
}

uint8_t cpu_inb(uint32_t addr)
{
    uint8_t val;

    port_read(addr, &val, 1);
    trace_cpu_in(addr, 'b', val);
    return val;
}

uint16_t cpu_inw(uint32_t addr)
{
    uint8_t buf[2];

    port_read(addr, buf, 2);
    trace_cpu_in(addr, 'w', lduw_le_p(buf));
    return lduw_le_p(buf);
}

uint32_t cpu_inl(uint32_t addr)
{
    uint8_t buf[4];

    port_read(addr, buf, 4);
    trace_cpu_in(addr, 'l', ldl_le_p(buf));
    return ldl_le_p(buf);
}

/* ---- lists ---- */

typedef struct PortioRegion {
    struct rcu_head rcu;
    MemoryRegion mr;
    void *opaque;
    uint32_t base;              /* of the list */
    uint32_t offset;            /* of the region in the list */
    unsigned nr;
    MemoryRegionPortio ports[];
} PortioRegion;

static const MemoryRegionPortio *find_port(const PortioRegion *r,
                                           uint32_t offset, unsigned size,
                                           bool write)
{
    for (unsigned i = 0; i < r->nr; i++) {
        const MemoryRegionPortio *p = &r->ports[i];

        if (offset >= p->offset && offset < p->offset + p->len &&
            size == p->size && (write ? p->write != NULL : p->read != NULL)) {
            return p;
        }
    }
    return NULL;
}

static uint64_t portio_read(void *opaque, hwaddr addr, unsigned size)
{
    PortioRegion *r = opaque;
    uint32_t offset = r->offset + addr;
    const MemoryRegionPortio *p = find_port(r, offset, size, false);

    if (p) {
        return p->read(r->opaque, r->base + offset);
    }
    if (size == 2) {
        p = find_port(r, offset, 1, false);
        if (p) {
            uint64_t low = p->read(r->opaque, r->base + offset) & 0xff;

            p = find_port(r, offset + 1, 1, false);
            return low | (p ? (p->read(r->opaque, r->base + offset + 1) & 0xff)
                              << 8 : 0xff00);
        }
    }
    return UINT64_MAX;
}

static void portio_write(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
    PortioRegion *r = opaque;
    uint32_t offset = r->offset + addr;
    const MemoryRegionPortio *p = find_port(r, offset, size, true);

    if (p) {
        p->write(r->opaque, r->base + offset, data);
    } else if (size == 2) {
        p = find_port(r, offset, 1, true);
        if (p) {
            p->write(r->opaque, r->base + offset, data & 0xff);
            p = find_port(r, offset + 1, 1, true);
            if (p) {
                p->write(r->opaque, r->base + offset + 1, data >> 8);
            }
        }
    }
}

static const MemoryRegionOps portio_ops = {
    .read = portio_read,
    .write = portio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.unaligned = true,
    .impl.unaligned = true,
};

void portio_list_init(PortioList *piolist, Object *owner,
                      const MemoryRegionPortio *callbacks, void *opaque,
                      const char *name)
{
    unsigned n = 0;

    while (callbacks[n].size) {
        n++;
    }
    *piolist = (PortioList) {
        .ports = callbacks,
        .owner = owner,
        .regions = g_new0(MemoryRegion *, n),
        .opaque = opaque,
        .name = name,
    };
}

void portio_list_set_flush_coalesced(PortioList *piolist)
{
    piolist->flush_coalesced_mmio = true;
}

void portio_list_destroy(PortioList *piolist)
{
    for (unsigned i = 0; i < piolist->nr; i++) {
        PortioRegion *r = container_of(piolist->regions[i], PortioRegion, mr);

        object_unparent(OBJECT(&r->mr));
        /* Old maps still mention the region. */
        g_free_rcu(r, rcu);
    }
    g_free(piolist->regions);
    piolist->regions = NULL;
    piolist->nr = 0;
}

/* The last port has room for an access of its size. */
static uint32_t end_of_entry(const MemoryRegionPortio *p)
{
    return p->offset + p->len + p->size - 1;
}

/* Entries ports..ports+nr, which reach to end (exclusive), as one region. */
static void add_region(PortioList *piolist, const MemoryRegionPortio *ports,
                       unsigned nr, uint32_t end)
{
    PortioRegion *r = g_malloc0(sizeof(*r) + nr * sizeof(*ports));

    r->opaque = piolist->opaque;
    r->base = piolist->addr;
    r->offset = ports[0].offset;
    r->nr = nr;
    memcpy(r->ports, ports, nr * sizeof(*ports));
    memory_region_init_io(&r->mr, piolist->owner, &portio_ops, r,
                          piolist->name, end - r->offset);
    if (piolist->flush_coalesced_mmio) {
        memory_region_set_flush_coalesced(&r->mr);
    }
    memory_region_add_subregion(piolist->address_space,
                                piolist->addr + r->offset, &r->mr);
    piolist->regions[piolist->nr++] = &r->mr;
}

void portio_list_add(PortioList *piolist, MemoryRegion *address_space,
                     uint32_t start)
{
    const MemoryRegionPortio *p = piolist->ports, *first = p;
    uint32_t end;

    piolist->address_space = address_space;
    piolist->addr = start;
    if (!p->size) {
        return;
    }
    end = end_of_entry(p);
    for (p++; p->size; p++) {
        if (p->offset > end) {
            add_region(piolist, first, p - first, end);
            first = p;
        }
        end = first == p ? end_of_entry(p) : MAX(end, end_of_entry(p));
    }
    add_region(piolist, first, p - first, end);
}

void portio_list_del(PortioList *piolist)
{
    for (unsigned i = 0; i < piolist->nr; i++) {
        memory_region_del_subregion(piolist->address_space,
                                    piolist->regions[i]);
    }
}

void portio_list_set_enabled(PortioList *piolist, bool enabled)
{
    memory_region_transaction_begin();
    for (unsigned i = 0; i < piolist->nr; i++) {
        memory_region_set_enabled(piolist->regions[i], enabled);
    }
    memory_region_transaction_commit();
}

void portio_list_set_address(PortioList *piolist, uint32_t addr)
{
    memory_region_transaction_begin();
    for (unsigned i = 0; i < piolist->nr; i++) {
        PortioRegion *r = container_of(piolist->regions[i], PortioRegion, mr);

        memory_region_set_address(&r->mr, addr + r->offset);
        r->base = addr;
    }
    piolist->addr = addr;
    memory_region_transaction_commit();
}
