/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores of one value of a stated byte order.
 *
 * In memory they are one host access.  Registers get one access of the full
 * size at whatever alignment, and may refuse it; a value that lies in two
 * regions is put together from parts.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "memory-internal.h"

static inline uint64_t load_host(const void *p, MemOp op)
{
    uint64_t val;

    switch (op & MO_SIZE) {
    case MO_8:
        return ldub_p(p);
    case MO_16:
        val = lduw_he_p(p);
        return op & MO_BSWAP ? bswap16(val) : val;
    case MO_32:
        val = (uint32_t)ldl_he_p(p);
        return op & MO_BSWAP ? bswap32(val) : val;
    default:
        val = ldq_he_p(p);
        return op & MO_BSWAP ? bswap64(val) : val;
    }
}

static inline void store_host(void *p, uint64_t val, MemOp op)
{
    switch (op & MO_SIZE) {
    case MO_8:
        stb_p(p, val);
        break;
    case MO_16:
        stw_he_p(p, op & MO_BSWAP ? bswap16(val) : val);
        break;
    case MO_32:
        stl_he_p(p, op & MO_BSWAP ? bswap32(val) : val);
        break;
    default:
        stq_he_p(p, op & MO_BSWAP ? bswap64(val) : val);
        break;
    }
}

/* Whether a value at xaddr goes to handlers in one access. */
static bool one_access(const FlatRange *r, hwaddr len, MemOp op,
                       MemTxAttrs attrs)
{
    return len == memop_size(op) && flat_range_assigned(r) &&
           (!r->mr->ram || r->mr->ram_device) &&
           (!attrs.memory || r->mr->ram);
}

static uint64_t load_slow(FlatView *view, hwaddr addr, MemOp op,
                          MemTxAttrs attrs, MemTxResult *res)
{
    hwaddr len = memop_size(op), xaddr;
    const FlatRange *r = flatview_resolve(view, addr, &xaddr, &len, false,
                                          attrs);
    uint8_t bytes[8];
    uint64_t val;

    if (!r->direct_read && one_access(r, len, op, attrs)) {
        *res = memory_region_io_read(r->mr, flat_range_offset(r, xaddr),
                                     &val, op, attrs);
        return val;
    }
    *res = flatview_read(view, addr, attrs, bytes, memop_size(op));
    return load_host(bytes, op);
}

static void store_slow(FlatView *view, hwaddr addr, uint64_t val, MemOp op,
                       MemTxAttrs attrs, MemTxResult *res)
{
    hwaddr len = memop_size(op), xaddr;
    const FlatRange *r = flatview_resolve(view, addr, &xaddr, &len, true,
                                          attrs);
    uint8_t bytes[8];

    if (!r->direct_write && one_access(r, len, op, attrs)) {
        *res = memory_region_io_write(r->mr, flat_range_offset(r, xaddr),
                                      val, op, attrs);
        return;
    }
    store_host(bytes, val, op);
    *res = flatview_write(view, addr, attrs, bytes, memop_size(op));
}

static inline uint64_t load(FlatView *view, hwaddr addr, MemOp op,
                            MemTxAttrs attrs, MemTxResult *result)
{
    const FlatRange *r = flatview_lookup(view, addr);
    MemTxResult res = MEMTX_OK;
    uint64_t val;

    if (likely(r->direct_read && r->last - addr >= memop_size(op) - 1)) {
        val = load_host(r->host + (addr - r->start), op);
    } else {
        val = load_slow(view, addr, op, attrs, &res);
    }
    if (result) {
        *result = res;
    }
    return val;
}

static inline void store(FlatView *view, hwaddr addr, uint64_t val, MemOp op,
                         MemTxAttrs attrs, MemTxResult *result)
{
    const FlatRange *r = flatview_lookup(view, addr);
    MemTxResult res = MEMTX_OK;

    if (likely(r->direct_write && r->last - addr >= memop_size(op) - 1)) {
        store_host(r->host + (addr - r->start), val, op);
        if (unlikely(memory_region_logged(r->mr))) {
            memory_region_wrote(r->mr, flat_range_offset(r, addr),
                                memop_size(op));
        }
    } else {
        store_slow(view, addr, val, op, attrs, &res);
    }
    if (result) {
        *result = res;
    }
}

uint64_t flatview_load(FlatView *view, hwaddr addr, MemOp op,
                       MemTxAttrs attrs, MemTxResult *result)
{
    return load(view, addr, op, attrs, result);
}

void flatview_store(FlatView *view, hwaddr addr, uint64_t val, MemOp op,
                    MemTxAttrs attrs, MemTxResult *result)
{
    store(view, addr, val, op, attrs, result);
}

#define DEFINE_LDST(ld_sfx, st_sfx, type, op)                               \
    type address_space_ld##ld_sfx(AddressSpace *as, hwaddr addr,            \
                                  MemTxAttrs attrs, MemTxResult *result)    \
    {                                                                       \
        type val;                                                           \
                                                                            \
        rcu_read_lock();                                                    \
        val = load(address_space_to_flatview(as), addr, op, attrs, result); \
        rcu_read_unlock();                                                  \
        return val;                                                         \
    }                                                                       \
                                                                            \
    void address_space_st##st_sfx(AddressSpace *as, hwaddr addr, type val,  \
                                  MemTxAttrs attrs, MemTxResult *result)    \
    {                                                                       \
        rcu_read_lock();                                                    \
        store(address_space_to_flatview(as), addr, val, op, attrs, result); \
        rcu_read_unlock();                                                  \
    }

DEFINE_LDST(ub, b, uint8_t, MO_8)
DEFINE_LDST(uw, w, uint16_t, MO_16 | MO_TE)
DEFINE_LDST(l, l, uint32_t, MO_32 | MO_TE)
DEFINE_LDST(q, q, uint64_t, MO_64 | MO_TE)
DEFINE_LDST(uw_le, w_le, uint16_t, MO_16 | MO_LE)
DEFINE_LDST(l_le, l_le, uint32_t, MO_32 | MO_LE)
DEFINE_LDST(q_le, q_le, uint64_t, MO_64 | MO_LE)
DEFINE_LDST(uw_be, w_be, uint16_t, MO_16 | MO_BE)
DEFINE_LDST(l_be, l_be, uint32_t, MO_32 | MO_BE)
DEFINE_LDST(q_be, q_be, uint64_t, MO_64 | MO_BE)

void address_space_stl_notdirty(AddressSpace *as, hwaddr addr, uint32_t val,
                                MemTxAttrs attrs, MemTxResult *result)
{
    /* No code is translated here, so there is none to keep. */
    address_space_stl(as, addr, val, attrs, result);
}
