/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cached translations: a stretch of an address space, looked up once.
 *
 * A cache holds the view it was made from, so that what it shows stays.  Its
 * stretch ends where the memory or the region ends, and an access beyond it
 * finds nothing, whatever offset the guest made the device use.
 */
#include "qemu/osdep.h"
#include "memory-internal.h"

int64_t address_space_cache_init(MemoryRegionCache *cache, AddressSpace *as,
                                 hwaddr addr, hwaddr len, bool is_write)
{
    const FlatRange *r;
    FlatView *view;

    address_space_cache_init_empty(cache);
    if (!len) {
        return 0;
    }
    len = MIN(len, INT64_MAX);
    view = address_space_get_flatview(as);
    r = flatview_lookup(view, addr);
    if (r->mr->is_iommu) {
        /* It may change without a change of the map: found out each time. */
        len = MIN(len - 1, r->last - addr) + 1;
    } else {
        hwaddr xaddr;

        r = flatview_resolve(view, addr, &xaddr, &len, is_write,
                             MEMTXATTRS_UNSPECIFIED);
    }
    cache->fv = view;
    cache->mrs = section_from_flat_range(r, view);
    cache->base = addr;
    cache->xlat = flat_range_offset(r, addr);
    cache->len = len;
    cache->is_write = is_write;
    if (is_write ? r->direct_write : r->direct_read) {
        cache->ptr = r->host + (addr - r->start);
    }
    return len;
}

void address_space_cache_destroy(MemoryRegionCache *cache)
{
    FlatView *view = cache->fv;

    address_space_cache_init_empty(cache);
    if (view) {
        flatview_unref(view);
    }
}

static bool in_cache(const MemoryRegionCache *cache, hwaddr addr, hwaddr len)
{
    return addr < cache->len && len <= cache->len - addr;
}

void address_space_cache_invalidate(MemoryRegionCache *cache, hwaddr addr,
                                    hwaddr access_len)
{
    if (cache->ptr && cache->is_write && access_len &&
        in_cache(cache, addr, access_len) &&
        memory_region_logged(cache->mrs.mr)) {
        memory_region_wrote(cache->mrs.mr, cache->xlat + addr, access_len);
    }
}

MemTxResult address_space_read_cached_slow(MemoryRegionCache *cache,
                                           hwaddr addr, void *buf, hwaddr len)
{
    if (!in_cache(cache, addr, len)) {
        memset(buf, 0, len);
        return MEMTX_DECODE_ERROR;
    }
    RCU_READ_LOCK_GUARD();
    return flatview_read(cache->fv, cache->base + addr,
                         MEMTXATTRS_UNSPECIFIED, buf, len);
}

MemTxResult address_space_write_cached_slow(MemoryRegionCache *cache,
                                            hwaddr addr, const void *buf,
                                            hwaddr len)
{
    if (!in_cache(cache, addr, len) || !cache->is_write) {
        return MEMTX_DECODE_ERROR;
    }
    RCU_READ_LOCK_GUARD();
    return flatview_write(cache->fv, cache->base + addr,
                          MEMTXATTRS_UNSPECIFIED, buf, len);
}

uint64_t memory_load_cached_slow_(MemoryRegionCache *cache, hwaddr addr,
                                  MemOp op, MemTxAttrs attrs,
                                  MemTxResult *result)
{
    if (!in_cache(cache, addr, memop_size(op))) {
        if (result) {
            *result = MEMTX_DECODE_ERROR;
        }
        return 0;
    }
    RCU_READ_LOCK_GUARD();
    return flatview_load(cache->fv, cache->base + addr, op, attrs, result);
}

void memory_store_cached_slow_(MemoryRegionCache *cache, hwaddr addr,
                               uint64_t val, MemOp op, MemTxAttrs attrs,
                               MemTxResult *result)
{
    if (!in_cache(cache, addr, memop_size(op)) || !cache->is_write) {
        if (result) {
            *result = MEMTX_DECODE_ERROR;
        }
        return;
    }
    RCU_READ_LOCK_GUARD();
    flatview_store(cache->fv, cache->base + addr, val, op, attrs, result);
}
