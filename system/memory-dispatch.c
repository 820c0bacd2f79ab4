/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One access to a region's handlers: whether it is allowed, cutting it to
 * sizes that the handlers take, byte order, and keeping a device from being
 * entered by its own DMA.
 */
#include "qemu/osdep.h"
#include "qemu/event_notifier.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "memory-internal.h"
#include "trace.h"

/*
 * Accesses from within accesses, of devices that do without the guard: each
 * is a few frames of stack, and this many no honest machine has.
 */
#define MAX_NESTING 64
static __thread unsigned nesting;

/* What the trace says of the CPU: this floor does not know of any. */
#define NO_CPU -1

/* ---- regions that nobody is behind ---- */

static bool unassigned_accepts(void *opaque, hwaddr addr, unsigned size,
                               bool is_write, MemTxAttrs attrs)
{
    return false;
}

const MemoryRegionOps unassigned_mem_ops = {
    .valid.accepts = unassigned_accepts,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

MemoryRegion io_mem_unassigned = {
    .ops = &unassigned_mem_ops,
    .size = (Int128)1 << 64,
    .name = "unassigned",
    .enabled = true,
    .terminates = true,
};

/* ---- registers of a host device ---- */

static uint64_t ram_device_read(void *opaque, hwaddr addr, unsigned size)
{
    MemoryRegion *mr = opaque;
    const uint8_t *p = mr->ram_block->host + addr;
    uint64_t data;

    switch (size) {
    case 1:
        data = qatomic_read(p);
        break;
    case 2:
        data = qatomic_read((const uint16_t *)p);
        break;
    case 4:
        data = qatomic_read((const uint32_t *)p);
        break;
    default:
        data = qatomic_read((const uint64_t *)p);
        break;
    }
    trace_memory_region_ram_device_read(NO_CPU, mr, addr, data, size);
    return data;
}

static void ram_device_write(void *opaque, hwaddr addr, uint64_t data,
                             unsigned size)
{
    MemoryRegion *mr = opaque;
    uint8_t *p = mr->ram_block->host + addr;

    trace_memory_region_ram_device_write(NO_CPU, mr, addr, data, size);
    switch (size) {
    case 1:
        qatomic_set(p, data);
        break;
    case 2:
        qatomic_set((uint16_t *)p, data);
        break;
    case 4:
        qatomic_set((uint32_t *)p, data);
        break;
    default:
        qatomic_set((uint64_t *)p, data);
        break;
    }
}

const MemoryRegionOps ram_device_mem_ops = {
    .read = ram_device_read,
    .write = ram_device_write,
    .endianness = DEVICE_HOST_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
};

/* ---- rules ---- */

static bool big_endian(const MemoryRegion *mr)
{
    return mr->ops->endianness == DEVICE_BIG_ENDIAN;
}

MemOp devend_memop(enum device_endian end)
{
    return end == DEVICE_BIG_ENDIAN ? MO_BE : MO_LE;
}

static uint64_t swap_bytes(uint64_t data, unsigned size)
{
    switch (size) {
    case 2:
        return bswap16(data);
    case 4:
        return bswap32(data);
    case 8:
        return bswap64(data);
    default:
        return data;
    }
}

/* Turns what op's byte order says into a number to the device, and back. */
static inline uint64_t adjust_endianness(const MemoryRegion *mr,
                                         uint64_t data, MemOp op,
                                         unsigned size)
{
    if (likely((op & MO_BSWAP) == devend_memop(mr->ops->endianness))) {
        return data;
    }
    return swap_bytes(data, size);
}

static inline bool within(const MemoryRegion *mr, hwaddr addr, unsigned size)
{
    return int128_le(int128_add(int128_make64(addr), int128_make64(size)),
                     mr->size);
}

static bool __attribute__((cold, noinline))
refuse(MemoryRegion *mr, hwaddr addr, unsigned size, bool is_write,
       const char *reason)
{
    qemu_log_mask(LOG_GUEST_ERROR,
                  "Invalid %s at addr 0x%" HWADDR_PRIX ", size %u, "
                  "region '%s', reason: %s\n", is_write ? "write" : "read",
                  addr, size, memory_region_name(mr), reason);
    return false;
}

/* Why the rules of mr forbid the access; NULL if they do not. */
static inline const char *violated_rule(MemoryRegion *mr, hwaddr addr,
                                        unsigned size, bool is_write,
                                        MemTxAttrs attrs)
{
    const MemoryRegionOps *ops = mr->ops;

    if (ops->valid.accepts &&
        !ops->valid.accepts(mr->opaque, addr, size, is_write, attrs)) {
        return "rejected";
    }
    if (!ops->valid.unaligned && (addr & (size - 1))) {
        return "unaligned";
    }
    if (ops->valid.max_access_size &&
        (size > ops->valid.max_access_size ||
         size < ops->valid.min_access_size)) {
        return "invalid size";
    }
    return NULL;
}

static inline bool access_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                                bool is_write, MemTxAttrs attrs)
{
    const char *reason;

    if (unlikely(!within(mr, addr, size))) {
        return refuse(mr, addr, size, is_write, "past the end");
    }
    reason = violated_rule(mr, addr, size, is_write, attrs);
    return likely(!reason) || refuse(mr, addr, size, is_write, reason);
}

bool memory_region_access_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                                bool is_write, MemTxAttrs attrs)
{
    return access_valid(mr, addr, size, is_write, attrs);
}

unsigned memory_region_access_size(MemoryRegion *mr, hwaddr l, hwaddr addr)
{
    unsigned max = mr->ops->valid.max_access_size ?: 4;
    hwaddr alignment = addr & -addr;

    max = MIN(max, 8);
    if (!mr->ops->impl.unaligned && alignment && alignment < max) {
        max = alignment;
    }
    return l >= max ? max : pow2floor(l);
}

bool memory_region_lock_for_io(MemoryRegion *mr)
{
    if (!mr->global_locking || qemu_mutex_iothread_locked()) {
        return false;
    }
    qemu_mutex_lock_iothread();
    return true;
}

/* ---- the handlers ---- */

static inline MemTxResult call_read(MemoryRegion *mr, hwaddr addr,
                                    uint64_t *data, unsigned size,
                                    MemTxAttrs attrs)
{
    const MemoryRegionOps *ops = mr->ops;

    if (likely(ops->read)) {
        *data = ops->read(mr->opaque, addr, size);
        return MEMTX_OK;
    }
    *data = 0;
    if (ops->read_with_attrs) {
        return ops->read_with_attrs(mr->opaque, addr, data, size, attrs);
    }
    refuse(mr, addr, size, false, "write-only");
    return MEMTX_DECODE_ERROR;
}

static inline MemTxResult call_write(MemoryRegion *mr, hwaddr addr,
                                     uint64_t data, unsigned size,
                                     MemTxAttrs attrs)
{
    const MemoryRegionOps *ops = mr->ops;

    if (likely(ops->write)) {
        ops->write(mr->opaque, addr, data, size);
        return MEMTX_OK;
    }
    if (ops->write_with_attrs) {
        return ops->write_with_attrs(mr->opaque, addr, data, size, attrs);
    }
    refuse(mr, addr, size, true, "read-only");
    return MEMTX_DECODE_ERROR;
}

static inline uint64_t size_mask(unsigned size)
{
    return UINT64_MAX >> (64 - size * 8);
}

/*
 * The handlers want at least impl bytes.  They get the address as it is and
 * the bytes from there on; but not those past the region's end.  There a
 * read begins earlier, and a write, of which the rest is not known, fails.
 */
static MemTxResult read_widened(MemoryRegion *mr, hwaddr addr, uint64_t *data,
                                unsigned size, unsigned impl,
                                MemTxAttrs attrs)
{
    unsigned skip = 0;
    MemTxResult res;

    if (!within(mr, addr, impl)) {
        skip = addr & (impl - 1);
        addr -= skip;
        if (!within(mr, addr, impl) || skip + size > impl) {
            refuse(mr, addr, size, false, "past the end");
            *data = 0;
            return MEMTX_DECODE_ERROR;
        }
    }
    res = call_read(mr, addr, data, impl, attrs);
    *data &= size_mask(impl);
    *data >>= 8 * (big_endian(mr) ? impl - size - skip : skip);
    *data &= size_mask(size);
    return res;
}

static MemTxResult write_widened(MemoryRegion *mr, hwaddr addr, uint64_t data,
                                 unsigned size, unsigned impl,
                                 MemTxAttrs attrs)
{
    if (!within(mr, addr, impl)) {
        refuse(mr, addr, size, true, "past the end");
        return MEMTX_DECODE_ERROR;
    }
    data &= size_mask(size);
    if (big_endian(mr)) {
        data <<= 8 * (impl - size);
    }
    return call_write(mr, addr, data, impl, attrs);
}

static MemTxResult read_in_parts(MemoryRegion *mr, hwaddr addr,
                                 uint64_t *data, unsigned size,
                                 unsigned impl, MemTxAttrs attrs)
{
    MemTxResult res = MEMTX_OK;
    bool big = big_endian(mr);

    *data = 0;
    for (unsigned i = 0; i < size; i += impl) {
        uint64_t part;

        res |= call_read(mr, addr + i, &part, impl, attrs);
        *data |= (part & size_mask(impl)) << 8 * (big ? size - impl - i : i);
    }
    return res;
}

static MemTxResult write_in_parts(MemoryRegion *mr, hwaddr addr,
                                  uint64_t data, unsigned size,
                                  unsigned impl, MemTxAttrs attrs)
{
    MemTxResult res = MEMTX_OK;
    bool big = big_endian(mr);

    for (unsigned i = 0; i < size; i += impl) {
        uint64_t part = data >> 8 * (big ? size - impl - i : i);

        res |= call_write(mr, addr + i, part & size_mask(impl), impl, attrs);
    }
    return res;
}

/*
 * Handlers are entered here only.  A device that is handling an access may
 * not be entered again: its DMA went to its own registers, or those of a
 * device that answered with DMA to this one's.
 */
typedef struct Entry {
    MemReentrancyGuard *guard;
} Entry;

static bool __attribute__((cold, noinline))
refuse_reentry(MemoryRegion *mr, hwaddr addr, unsigned size)
{
    trace_memory_region_reentrant_io(NO_CPU, mr, addr, size,
                                     memory_region_name(mr));
    qemu_log_mask(LOG_GUEST_ERROR, "Blocked re-entrant IO on MemoryRegion: "
                  "%s at addr: 0x%" HWADDR_PRIX "\n",
                  memory_region_name(mr), addr);
    return false;
}

static inline bool enter(MemoryRegion *mr, hwaddr addr, unsigned size,
                         bool is_write, Entry *entry)
{
    MemReentrancyGuard *guard = mr->guard;

    entry->guard = NULL;
    if (unlikely(nesting >= MAX_NESTING)) {
        return refuse(mr, addr, size, is_write, "nested too deep");
    }
    if (guard && !mr->disable_reentrancy_guard) {
        if (unlikely(guard->engaged_in_io)) {
            return refuse_reentry(mr, addr, size);
        }
        guard->engaged_in_io = true;
        entry->guard = guard;
    }
    nesting++;
    return true;
}

static inline void leave(const Entry *entry)
{
    nesting--;
    if (entry->guard) {
        entry->guard->engaged_in_io = false;
    }
}

/* Bytes that the handlers take at a time for an access of size. */
static inline unsigned impl_size(const MemoryRegion *mr, unsigned size)
{
    unsigned max = mr->ops->impl.max_access_size ?: 4;

    return MAX(MIN(size, max), mr->ops->impl.min_access_size);
}

MemTxResult memory_region_dispatch_read(MemoryRegion *mr, hwaddr addr,
                                        uint64_t *pval, MemOp op,
                                        MemTxAttrs attrs)
{
    unsigned size = memop_size(op), impl;
    MemTxResult res;
    Entry entry;

    while (unlikely(mr->alias)) {
        addr += mr->alias_offset;
        mr = mr->alias;
    }
    *pval = 0;
    if (!access_valid(mr, addr, size, false, attrs)) {
        return MEMTX_DECODE_ERROR;
    }
    if (!enter(mr, addr, size, false, &entry)) {
        return MEMTX_ACCESS_ERROR;
    }
    impl = impl_size(mr, size);
    if (likely(impl == size)) {
        res = call_read(mr, addr, pval, size, attrs);
        *pval &= size_mask(size);
    } else if (impl < size) {
        res = read_in_parts(mr, addr, pval, size, impl, attrs);
    } else {
        res = read_widened(mr, addr, pval, size, impl, attrs);
    }
    leave(&entry);
    trace_memory_region_ops_read(NO_CPU, mr, addr, *pval, size,
                                 memory_region_name(mr));
    *pval = adjust_endianness(mr, *pval, op, size);
    return res;
}

bool memory_region_signal_eventfd(MemoryRegion *mr, hwaddr addr,
                                  uint64_t data, unsigned size)
{
    for (unsigned i = 0; i < mr->ioeventfd_nb; i++) {
        const MemoryRegionIoeventfd *fd = &mr->ioeventfds[i];

        if (fd->addr == addr && (!fd->size || fd->size == size) &&
            (!fd->size || !fd->match_data || fd->data == data)) {
            event_notifier_set(fd->e);
            return true;
        }
    }
    return false;
}

MemTxResult memory_region_dispatch_write(MemoryRegion *mr, hwaddr addr,
                                         uint64_t data, MemOp op,
                                         MemTxAttrs attrs)
{
    unsigned size = memop_size(op), impl;
    MemTxResult res;
    Entry entry;

    while (unlikely(mr->alias)) {
        addr += mr->alias_offset;
        mr = mr->alias;
    }
    if (!access_valid(mr, addr, size, true, attrs)) {
        return MEMTX_DECODE_ERROR;
    }
    data = adjust_endianness(mr, data & size_mask(size), op, size);
    if (unlikely(mr->ioeventfd_nb) && !memory_eventfds_in_accel &&
        memory_region_signal_eventfd(mr, addr, data, size)) {
        return MEMTX_OK;
    }
    if (!enter(mr, addr, size, true, &entry)) {
        return MEMTX_ACCESS_ERROR;
    }
    trace_memory_region_ops_write(NO_CPU, mr, addr, data, size,
                                  memory_region_name(mr));
    impl = impl_size(mr, size);
    if (likely(impl == size)) {
        res = call_write(mr, addr, data, size, attrs);
    } else if (impl < size) {
        res = write_in_parts(mr, addr, data, size, impl, attrs);
    } else {
        res = write_widened(mr, addr, data, size, impl, attrs);
    }
    leave(&entry);
    return res;
}
