/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses of any length by address: finding what is there, moving bytes to
 * and from memory, and cutting the rest to accesses of registers.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "exec/address-spaces.h"
#include "memory-internal.h"

static inline const FlatRange *resolve(FlatView *view, hwaddr addr,
                                       hwaddr *xaddr, hwaddr *len,
                                       bool is_write, MemTxAttrs attrs)
{
    const FlatRange *r = flatview_lookup(view, addr);
    hwaddr room;

    *xaddr = addr;
    if (unlikely(r->mr->is_iommu)) {
        r = memory_iommu_walk(r, xaddr, len, is_write, attrs, NULL, NULL);
    }
    room = r->last - *xaddr;
    if (!r->host && flat_range_assigned(r)) {
        Int128 rest = int128_sub(r->mr->size,
                                 int128_make64(flat_range_offset(r, *xaddr)));

        room = int128_getlo(int128_sub(rest, int128_one()));
    }
    if (*len - 1 > room) {
        *len = room + 1;
    }
    return r;
}

const FlatRange *flatview_resolve(FlatView *view, hwaddr addr, hwaddr *xaddr,
                                  hwaddr *len, bool is_write,
                                  MemTxAttrs attrs)
{
    return resolve(view, addr, xaddr, len, is_write, attrs);
}

MemoryRegion *flatview_translate(FlatView *fv, hwaddr addr, hwaddr *xlat,
                                 hwaddr *len, bool is_write,
                                 MemTxAttrs attrs)
{
    const FlatRange *r;
    hwaddr xaddr;

    if (!*len) {
        *len = 1;
    }
    r = flatview_resolve(fv, addr, &xaddr, len, is_write, attrs);
    *xlat = flat_range_offset(r, xaddr);
    return r->mr;
}

IOMMUTLBEntry address_space_get_iotlb_entry(AddressSpace *as, hwaddr addr,
                                            bool is_write, MemTxAttrs attrs)
{
    AddressSpace *target = as;
    hwaddr xaddr = addr, len = 1, mask = HWADDR_MAX;
    const FlatRange *r;

    RCU_READ_LOCK_GUARD();
    r = flatview_lookup(address_space_to_flatview(as), addr);
    if (r->mr->is_iommu) {
        r = memory_iommu_walk(r, &xaddr, &len, is_write, attrs, &mask,
                              &target);
    }
    if (!flat_range_assigned(r)) {
        return (IOMMUTLBEntry) { .perm = IOMMU_NONE };
    }
    if (mask == HWADDR_MAX) {
        mask = ~TARGET_PAGE_MASK;
    }
    return (IOMMUTLBEntry) {
        .target_as = target,
        .iova = addr & ~mask,
        .translated_addr = xaddr & ~mask,
        .addr_mask = mask,
        .perm = IOMMU_RW,
    };
}

/* ---- registers ---- */

MemTxResult memory_region_io_read(MemoryRegion *mr, hwaddr offset,
                                  uint64_t *val, MemOp op, MemTxAttrs attrs)
{
    bool locked = memory_region_lock_for_io(mr);
    MemTxResult res = memory_region_dispatch_read(mr, offset, val, op, attrs);

    if (locked) {
        qemu_mutex_unlock_iothread();
    }
    return res;
}

MemTxResult memory_region_io_write(MemoryRegion *mr, hwaddr offset,
                                   uint64_t val, MemOp op, MemTxAttrs attrs)
{
    bool locked = memory_region_lock_for_io(mr);
    MemTxResult res = memory_region_dispatch_write(mr, offset, val, op,
                                                   attrs);

    if (locked) {
        qemu_mutex_unlock_iothread();
    }
    return res;
}

/* A requester may ask for memory only. */
static bool forbidden(const FlatRange *r, hwaddr addr, hwaddr len,
                      MemTxAttrs attrs)
{
    if (likely(!attrs.memory) || r->mr->ram) {
        return false;
    }
    qemu_log_mask(LOG_GUEST_ERROR,
                  "Invalid access to non-RAM device at addr 0x%" HWADDR_PRIX
                  ", size %" HWADDR_PRIu ", region '%s'\n", addr, len,
                  memory_region_name(r->mr));
    return true;
}

/* What has neither memory nor handlers: found once for the whole stretch. */
static MemTxResult nothing_there(const FlatRange *r, hwaddr addr, hwaddr len,
                                 bool is_write)
{
    qemu_log_mask(LOG_GUEST_ERROR,
                  "Invalid %s at addr 0x%" HWADDR_PRIX ", size %" HWADDR_PRIu
                  ", region '%s', reason: rejected\n",
                  is_write ? "write" : "read", addr, len,
                  memory_region_name(r->mr));
    return MEMTX_DECODE_ERROR;
}

static bool without_handlers(const FlatRange *r)
{
    return !flat_range_assigned(r) || (r->mr->ram && !r->mr->ram_device);
}

/* One step of a write; *len is cut to what it did. */
static inline MemTxResult write_step(FlatView *view, hwaddr addr,
                                     MemTxAttrs attrs, const void *buf,
                                     hwaddr *len)
{
    hwaddr xaddr, offset;
    const FlatRange *r = resolve(view, addr, &xaddr, len, true, attrs);
    unsigned size;
    uint64_t val;

    offset = flat_range_offset(r, xaddr);
    if (r->direct_write) {
        copy_guest_bytes(r->host + (xaddr - r->start), buf, *len);
        if (unlikely(memory_region_logged(r->mr))) {
            memory_region_wrote(r->mr, offset, *len);
        }
        return MEMTX_OK;
    }
    if (forbidden(r, addr, *len, attrs)) {
        return MEMTX_ACCESS_ERROR;
    }
    if (without_handlers(r)) {
        return nothing_there(r, addr, *len, true);
    }
    size = memory_region_access_size(r->mr, *len, offset);
    *len = size;
    val = ldn_he_p(buf, size);
    return memory_region_io_write(r->mr, offset, val, size_memop(size),
                                  attrs);
}

static inline MemTxResult read_step(FlatView *view, hwaddr addr,
                                    MemTxAttrs attrs, void *buf,
                                    hwaddr *len)
{
    hwaddr xaddr, offset;
    const FlatRange *r = resolve(view, addr, &xaddr, len, false, attrs);
    unsigned size;
    uint64_t val;
    MemTxResult res;

    if (r->direct_read) {
        copy_guest_bytes(buf, r->host + (xaddr - r->start), *len);
        return MEMTX_OK;
    }
    if (forbidden(r, addr, *len, attrs)) {
        memset(buf, 0, *len);
        return MEMTX_ACCESS_ERROR;
    }
    if (without_handlers(r)) {
        memset(buf, 0, *len);
        return nothing_there(r, addr, *len, false);
    }
    offset = flat_range_offset(r, xaddr);
    size = memory_region_access_size(r->mr, *len, offset);
    *len = size;
    res = memory_region_io_read(r->mr, offset, &val, size_memop(size), attrs);
    stn_he_p(buf, size, val);
    return res;
}

MemTxResult flatview_write(FlatView *view, hwaddr addr, MemTxAttrs attrs,
                           const void *buf, hwaddr len)
{
    MemTxResult res = MEMTX_OK;

    while (len) {
        hwaddr l = len;

        res |= write_step(view, addr, attrs, buf, &l);
        addr += l;
        buf = (const uint8_t *)buf + l;
        len -= l;
    }
    return res;
}

MemTxResult flatview_read(FlatView *view, hwaddr addr, MemTxAttrs attrs,
                          void *buf, hwaddr len)
{
    MemTxResult res = MEMTX_OK;

    while (len) {
        hwaddr l = len;

        res |= read_step(view, addr, attrs, buf, &l);
        addr += l;
        buf = (uint8_t *)buf + l;
        len -= l;
    }
    return res;
}

/* ---- by address space ---- */

MemTxResult address_space_write(AddressSpace *as, hwaddr addr,
                                MemTxAttrs attrs, const void *buf, hwaddr len)
{
    MemTxResult res;

    rcu_read_lock();
    res = flatview_write(address_space_to_flatview(as), addr, attrs, buf,
                         len);
    rcu_read_unlock();
    return res;
}

MemTxResult address_space_read_full(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, void *buf, hwaddr len)
{
    MemTxResult res;

    rcu_read_lock();
    res = flatview_read(address_space_to_flatview(as), addr, attrs, buf, len);
    rcu_read_unlock();
    return res;
}

MemTxResult address_space_read(AddressSpace *as, hwaddr addr,
                               MemTxAttrs attrs, void *buf, hwaddr len)
{
    return address_space_read_full(as, addr, attrs, buf, len);
}

MemTxResult address_space_rw(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
                             void *buf, hwaddr len, bool is_write)
{
    return is_write ? address_space_write(as, addr, attrs, buf, len)
                    : address_space_read_full(as, addr, attrs, buf, len);
}

MemTxResult address_space_write_rom(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, const void *buf,
                                    hwaddr len)
{
    FlatView *view;

    RCU_READ_LOCK_GUARD();
    view = address_space_to_flatview(as);
    while (len) {
        hwaddr l = len, xaddr;
        const FlatRange *r = flatview_resolve(view, addr, &xaddr, &l, true,
                                              attrs);

        if (r->direct_read) {
            memcpy(r->host + (xaddr - r->start), buf, l);
            if (memory_region_logged(r->mr)) {
                memory_region_wrote(r->mr, flat_range_offset(r, xaddr), l);
            }
        }
        addr += l;
        buf = (const uint8_t *)buf + l;
        len -= l;
    }
    return MEMTX_OK;
}

MemTxResult address_space_set(AddressSpace *as, hwaddr addr, uint8_t c,
                              hwaddr len, MemTxAttrs attrs)
{
    uint8_t fill[512];
    MemTxResult res = MEMTX_OK;

    memset(fill, c, MIN(len, sizeof(fill)));
    while (len) {
        hwaddr l = MIN(len, sizeof(fill));

        res |= address_space_write(as, addr, attrs, fill, l);
        addr += l;
        len -= l;
    }
    return res;
}

bool address_space_access_valid(AddressSpace *as, hwaddr addr, hwaddr len,
                                bool is_write, MemTxAttrs attrs)
{
    FlatView *view;

    RCU_READ_LOCK_GUARD();
    view = address_space_to_flatview(as);
    while (len) {
        hwaddr l = len, xaddr;
        const FlatRange *r = flatview_resolve(view, addr, &xaddr, &l,
                                              is_write, attrs);

        if (is_write ? !r->direct_write : !r->direct_read) {
            hwaddr offset = flat_range_offset(r, xaddr);

            if (without_handlers(r)) {
                return false;
            }
            l = memory_region_access_size(r->mr, l, offset);
            if (!memory_region_access_valid(r->mr, offset, l, is_write,
                                            attrs)) {
                return false;
            }
        }
        addr += l;
        len -= l;
    }
    return true;
}

/* ---- system memory ---- */

void cpu_physical_memory_rw(hwaddr addr, void *buf, hwaddr len, bool is_write)
{
    address_space_rw(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED, buf,
                     len, is_write);
}

bool cpu_physical_memory_is_io(hwaddr phys_addr)
{
    MemoryRegion *mr;
    hwaddr xlat, len = 1;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, phys_addr, &xlat,
                                 &len, false, MEMTXATTRS_UNSPECIFIED);
    return !(mr->ram || memory_region_is_romd(mr));
}

/* Nothing is translated code here, and nothing held back. */
void cpu_flush_icache_range(hwaddr start, hwaddr len)
{
}

void qemu_flush_coalesced_mmio_buffer(void)
{
}
