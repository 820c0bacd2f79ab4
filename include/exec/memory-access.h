/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses: by address space, through a cache of one translation, and to a
 * region itself.  Included by exec/memory.h.
 */
#ifndef MEMORY_ACCESS_H
#define MEMORY_ACCESS_H

struct AddressSpace {
    char *name;
    MemoryRegion *root;

    /* private */
    FlatView *current_map;      /* RCU; NULL: to be rendered */
    int ioeventfd_nb;
    struct MemoryRegionIoeventfd *ioeventfds;
    uint64_t generation;        /* of the tree that listeners know */
    bool eager;                 /* render at commit, not at the next access */
    bool tracked;
    QTAILQ_HEAD(, MemoryListener) listeners;
    QTAILQ_ENTRY(AddressSpace) address_spaces_link;
    QTAILQ_ENTRY(AddressSpace) tracked_link;    /* commits look at it */
};

/* root must outlive the address space; name is copied. */
void address_space_init(AddressSpace *as, MemoryRegion *root,
                        const char *name);
/* All listeners must be gone; readers may still be under way. */
void address_space_destroy(AddressSpace *as);
/* Forgets cached lookups, for roots that translate. */
void address_space_remove_listeners(AddressSpace *as);

/*
 * A snapshot of an address space's map.  Under RCU as returned; kept beyond
 * with flatview_ref() (false: too late) and flatview_unref().
 */
FlatView *address_space_to_flatview(AddressSpace *as);
FlatView *address_space_get_flatview(AddressSpace *as);     /* with a ref */
bool flatview_ref(FlatView *view);
void flatview_unref(FlatView *view);

/* Called for each range until it returns true. */
typedef bool (*flatview_cb)(Int128 start, Int128 len, const MemoryRegion *mr,
                            hwaddr offset_in_region, void *opaque);
void flatview_for_each_range(FlatView *fv, flatview_cb cb, void *opaque);

/* ---- any length ---- */

/*
 * All of these return MEMTX_OK or the ored failures of the parts.  Registers
 * get one access of each naturally aligned power of two.  What cannot be
 * read is zeros.
 */
MemTxResult address_space_rw(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
                             void *buf, hwaddr len, bool is_write);
MemTxResult address_space_write(AddressSpace *as, hwaddr addr,
                                MemTxAttrs attrs, const void *buf,
                                hwaddr len);
MemTxResult address_space_read(AddressSpace *as, hwaddr addr,
                               MemTxAttrs attrs, void *buf, hwaddr len);
MemTxResult address_space_read_full(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, void *buf, hwaddr len);
/* Also writes to ROM; registers are left alone. */
MemTxResult address_space_write_rom(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, const void *buf,
                                    hwaddr len);
/* Fills with c. */
MemTxResult address_space_set(AddressSpace *as, hwaddr addr, uint8_t c,
                              hwaddr len, MemTxAttrs attrs);

/* Whether the whole range would take such an access. */
bool address_space_access_valid(AddressSpace *as, hwaddr addr, hwaddr len,
                                bool is_write, MemTxAttrs attrs);

/*
 * The region behind addr, through IOMMUs; *xlat is the offset in it, *len is
 * cut to what is contiguous and never reaches past the region's end.  Under
 * RCU; never NULL (what is not there is the unassigned region).
 */
MemoryRegion *flatview_translate(FlatView *fv, hwaddr addr, hwaddr *xlat,
                                 hwaddr *len, bool is_write,
                                 MemTxAttrs attrs);
static inline MemoryRegion *
address_space_translate(AddressSpace *as, hwaddr addr, hwaddr *xlat,
                        hwaddr *len, bool is_write, MemTxAttrs attrs)
{
    return flatview_translate(address_space_to_flatview(as), addr, xlat, len,
                              is_write, attrs);
}
/* The translation of one page through IOMMUs. */
IOMMUTLBEntry address_space_get_iotlb_entry(AddressSpace *as, hwaddr addr,
                                            bool is_write, MemTxAttrs attrs);

/*
 * Host memory for *plen bytes at addr, which is cut to what is contiguous.
 * What is not RAM is copied: reads when mapping, writes when unmapping; one
 * such bounce mapping exists at a time.  NULL: none is free (see
 * cpu_register_map_client()) or there is nothing to map.
 */
void *address_space_map(AddressSpace *as, hwaddr addr, hwaddr *plen,
                        bool is_write, MemTxAttrs attrs);
/* len as returned by map; of those, access_len bytes were written. */
void address_space_unmap(AddressSpace *as, void *buffer, hwaddr len,
                         bool is_write, hwaddr access_len);

/* ---- one access to a region ---- */

/* *pval and data in the byte order that op states.  Needs no RCU. */
MemTxResult memory_region_dispatch_read(MemoryRegion *mr, hwaddr addr,
                                        uint64_t *pval, MemOp op,
                                        MemTxAttrs attrs);
MemTxResult memory_region_dispatch_write(MemoryRegion *mr, hwaddr addr,
                                         uint64_t data, MemOp op,
                                         MemTxAttrs attrs);
bool memory_region_access_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                                bool is_write, MemTxAttrs attrs);
/* MO_LE, MO_BE or 0: what a device's registers are. */
MemOp devend_memop(enum device_endian end);

/* Whether accesses go straight to host memory. */
static inline bool memory_access_is_direct(MemoryRegion *mr, bool is_write)
{
    if (is_write) {
        return mr->ram && !mr->readonly && !mr->rom_device && !mr->ram_device;
    }
    return (mr->ram && !mr->ram_device) || memory_region_is_romd(mr);
}

/* Whether someone keeps a record of writes to mr. */
static inline bool memory_region_logged(const MemoryRegion *mr)
{
    return mr->dirty_log_mask ||
           __atomic_load_n(&global_dirty_tracking, __ATOMIC_RELAXED);
}

/* ---- a cached translation ---- */

/* Made for accesses to one ring again and again. */
struct MemoryRegionCache {
    uint8_t *ptr;               /* host memory; NULL: by dispatch */
    hwaddr xlat;                /* offset in mrs.mr */
    hwaddr len;
    FlatView *fv;
    MemoryRegionSection mrs;
    bool is_write;
    hwaddr base;                /* private: address in fv */
};

#define MEMORY_REGION_CACHE_INVALID ((MemoryRegionCache) { .mrs.mr = NULL })

/*
 * Caches len bytes at addr; returns how many it covers, perhaps fewer.  Sees
 * the map as of now; the map's regions are held until _destroy.
 */
int64_t address_space_cache_init(MemoryRegionCache *cache, AddressSpace *as,
                                 hwaddr addr, hwaddr len, bool is_write);
/* A cache that covers nothing, and may be destroyed. */
static inline void address_space_cache_init_empty(MemoryRegionCache *cache)
{
    *cache = MEMORY_REGION_CACHE_INVALID;
}
/* Records that the range was written through cache->ptr. */
void address_space_cache_invalidate(MemoryRegionCache *cache, hwaddr addr,
                                    hwaddr access_len);
void address_space_cache_destroy(MemoryRegionCache *cache);

/* Whether len bytes at addr (relative to the cache) are in host memory. */
static inline bool memory_cache_direct_(const MemoryRegionCache *cache,
                                        hwaddr addr, hwaddr len)
{
    return likely(cache->ptr && addr < cache->len &&
                  len <= cache->len - addr);
}

MemTxResult address_space_read_cached_slow(MemoryRegionCache *cache,
                                           hwaddr addr, void *buf,
                                           hwaddr len);
MemTxResult address_space_write_cached_slow(MemoryRegionCache *cache,
                                            hwaddr addr, const void *buf,
                                            hwaddr len);

/*
 * addr is relative to the cache.  Past its end there is nothing: reads give
 * zeros, and MEMTX_DECODE_ERROR.
 */
static inline MemTxResult
address_space_read_cached(MemoryRegionCache *cache, hwaddr addr, void *buf,
                          hwaddr len)
{
    if (memory_cache_direct_(cache, addr, len)) {
        memcpy(buf, cache->ptr + addr, len);
        return MEMTX_OK;
    }
    return address_space_read_cached_slow(cache, addr, buf, len);
}

static inline MemTxResult
address_space_write_cached(MemoryRegionCache *cache, hwaddr addr,
                           const void *buf, hwaddr len)
{
    if (memory_cache_direct_(cache, addr, len) && cache->is_write) {
        memcpy(cache->ptr + addr, buf, len);
        if (unlikely(memory_region_logged(cache->mrs.mr))) {
            address_space_cache_invalidate(cache, addr, len);
        }
        return MEMTX_OK;
    }
    return address_space_write_cached_slow(cache, addr, buf, len);
}

/* ---- one value ---- */

/* private: what is not memory; op has size and byte order */
uint64_t memory_load_cached_slow_(MemoryRegionCache *cache, hwaddr addr,
                                  MemOp op, MemTxAttrs attrs,
                                  MemTxResult *result);
void memory_store_cached_slow_(MemoryRegionCache *cache, hwaddr addr,
                               uint64_t val, MemOp op, MemTxAttrs attrs,
                               MemTxResult *result);

/*
 * Values are in host order, memory is as the name says; without _le or _be
 * it is the guest's order.  With result NULL failures go unseen.  The _phys
 * forms have no attributes and no result; the _cached forms take an offset
 * in a MemoryRegionCache.
 */
#define MEMORY_LDST_(ld_sfx, st_sfx, type, ld_p, st_p, op)                  \
    type address_space_ld##ld_sfx(AddressSpace *as, hwaddr addr,            \
                                  MemTxAttrs attrs, MemTxResult *result);   \
    void address_space_st##st_sfx(AddressSpace *as, hwaddr addr, type val,  \
                                  MemTxAttrs attrs, MemTxResult *result);   \
    static inline type                                                      \
    address_space_ld##ld_sfx##_cached(MemoryRegionCache *cache,             \
                                      hwaddr addr, MemTxAttrs attrs,        \
                                      MemTxResult *result)                  \
    {                                                                       \
        if (memory_cache_direct_(cache, addr, sizeof(type))) {              \
            if (result) {                                                   \
                *result = MEMTX_OK;                                         \
            }                                                               \
            return ld_p(cache->ptr + addr);                                 \
        }                                                                   \
        return memory_load_cached_slow_(cache, addr, op, attrs, result);    \
    }                                                                       \
    static inline void                                                      \
    address_space_st##st_sfx##_cached(MemoryRegionCache *cache,             \
                                      hwaddr addr, type val,                \
                                      MemTxAttrs attrs,                     \
                                      MemTxResult *result)                  \
    {                                                                       \
        if (memory_cache_direct_(cache, addr, sizeof(type)) &&              \
            cache->is_write) {                                              \
            st_p(cache->ptr + addr, val);                                   \
            if (unlikely(memory_region_logged(cache->mrs.mr))) {            \
                address_space_cache_invalidate(cache, addr, sizeof(type));  \
            }                                                               \
            if (result) {                                                   \
                *result = MEMTX_OK;                                         \
            }                                                               \
            return;                                                         \
        }                                                                   \
        memory_store_cached_slow_(cache, addr, val, op, attrs, result);     \
    }                                                                       \
    static inline type ld##ld_sfx##_phys(AddressSpace *as, hwaddr addr)     \
    {                                                                       \
        return address_space_ld##ld_sfx(as, addr, MEMTXATTRS_UNSPECIFIED,   \
                                        NULL);                              \
    }                                                                       \
    static inline void st##st_sfx##_phys(AddressSpace *as, hwaddr addr,     \
                                         type val)                          \
    {                                                                       \
        address_space_st##st_sfx(as, addr, val, MEMTXATTRS_UNSPECIFIED,     \
                                 NULL);                                     \
    }                                                                       \
    static inline type ld##ld_sfx##_phys_cached(MemoryRegionCache *cache,   \
                                                hwaddr addr)                \
    {                                                                       \
        return address_space_ld##ld_sfx##_cached(cache, addr,               \
                                                 MEMTXATTRS_UNSPECIFIED,    \
                                                 NULL);                     \
    }                                                                       \
    static inline void st##st_sfx##_phys_cached(MemoryRegionCache *cache,   \
                                                hwaddr addr, type val)      \
    {                                                                       \
        address_space_st##st_sfx##_cached(cache, addr, val,                 \
                                          MEMTXATTRS_UNSPECIFIED, NULL);    \
    }

MEMORY_LDST_(ub, b, uint8_t, ldub_p, stb_p, MO_8)
MEMORY_LDST_(uw, w, uint16_t, lduw_le_p, stw_le_p, MO_16 | MO_TE)
MEMORY_LDST_(l, l, uint32_t, ldl_le_p, stl_le_p, MO_32 | MO_TE)
MEMORY_LDST_(q, q, uint64_t, ldq_le_p, stq_le_p, MO_64 | MO_TE)
MEMORY_LDST_(uw_le, w_le, uint16_t, lduw_le_p, stw_le_p, MO_16 | MO_LE)
MEMORY_LDST_(l_le, l_le, uint32_t, ldl_le_p, stl_le_p, MO_32 | MO_LE)
MEMORY_LDST_(q_le, q_le, uint64_t, ldq_le_p, stq_le_p, MO_64 | MO_LE)
MEMORY_LDST_(uw_be, w_be, uint16_t, lduw_be_p, stw_be_p, MO_16 | MO_BE)
MEMORY_LDST_(l_be, l_be, uint32_t, ldl_be_p, stl_be_p, MO_32 | MO_BE)
MEMORY_LDST_(q_be, q_be, uint64_t, ldq_be_p, stq_be_p, MO_64 | MO_BE)
#undef MEMORY_LDST_

/* For the page tables' accessed bits: code translated there stays valid. */
void address_space_stl_notdirty(AddressSpace *as, hwaddr addr, uint32_t val,
                                MemTxAttrs attrs, MemTxResult *result);
static inline void stl_phys_notdirty(AddressSpace *as, hwaddr addr,
                                     uint32_t val)
{
    address_space_stl_notdirty(as, addr, val, MEMTXATTRS_UNSPECIFIED, NULL);
}

#endif /* MEMORY_ACCESS_H */
