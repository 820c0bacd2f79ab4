/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory for code that knows neither CPU nor address space: the
 * offsets that name guest RAM, and accesses through system memory.
 */
#ifndef CPU_COMMON_H
#define CPU_COMMON_H

#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "qemu/bswap.h"
#include "qemu/queue.h"

#define EXCP_INTERRUPT  0x10000
#define EXCP_HLT        0x10001
#define EXCP_DEBUG      0x10002
#define EXCP_HALTED     0x10003
#define EXCP_YIELD      0x10004
#define EXCP_ATOMIC     0x10005

/* Pages of guest memory, as dirty tracking and migration count them. */
#define TARGET_PAGE_BITS 12
#define TARGET_PAGE_SIZE (1 << TARGET_PAGE_BITS)
#define TARGET_PAGE_MASK ((int64_t)-1 << TARGET_PAGE_BITS)
#define TARGET_PAGE_ALIGN(addr) ROUND_UP((addr), (hwaddr)TARGET_PAGE_SIZE)

/* Byte order of a device's registers. */
enum device_endian {
    DEVICE_NATIVE_ENDIAN,       /* the guest's: little */
    DEVICE_BIG_ENDIAN,
    DEVICE_LITTLE_ENDIAN,
};
#if G_BYTE_ORDER == G_BIG_ENDIAN
#define DEVICE_HOST_ENDIAN DEVICE_BIG_ENDIAN
#else
#define DEVICE_HOST_ENDIAN DEVICE_LITTLE_ENDIAN
#endif

/*
 * A byte of guest RAM: blocks get disjoint ranges of these when they are
 * made.  Not an address of the guest's.
 */
typedef uintptr_t ram_addr_t;
#define RAM_ADDR_MAX UINTPTR_MAX
#define RAM_ADDR_FMT "%" PRIxPTR
#define RAM_ADDR_INVALID (~(ram_addr_t)0)

/* The host's pointer back to ram_addr_t; RAM_ADDR_INVALID if not RAM. */
ram_addr_t qemu_ram_addr_from_host(void *ptr);
/* The same; NULL pointers and others are a bug of the caller's and abort. */
ram_addr_t qemu_ram_addr_from_host_nofail(void *ptr);

/* Blocks by name or host address; under RCU.  NULL: there is none. */
RAMBlock *qemu_ram_block_by_name(const char *name);
RAMBlock *qemu_ram_block_from_host(void *ptr, bool round_offset,
                                   ram_addr_t *offset);
/* Offset of host in rb; host must point into it. */
ram_addr_t qemu_ram_block_host_offset(RAMBlock *rb, void *host);

/* The name a block migrates under: "<path of dev>/name", or name alone. */
void qemu_ram_set_idstr(RAMBlock *block, const char *name, DeviceState *dev);
void qemu_ram_unset_idstr(RAMBlock *block);

const char *qemu_ram_get_idstr(RAMBlock *rb);
void *qemu_ram_get_host_addr(RAMBlock *rb);
ram_addr_t qemu_ram_get_offset(RAMBlock *rb);
ram_addr_t qemu_ram_get_used_length(RAMBlock *rb);
ram_addr_t qemu_ram_get_max_length(RAMBlock *rb);
bool qemu_ram_is_shared(RAMBlock *rb);
bool qemu_ram_is_noreserve(RAMBlock *rb);
bool qemu_ram_is_uf_zeroable(RAMBlock *rb);
void qemu_ram_set_uf_zeroable(RAMBlock *rb);
bool qemu_ram_is_migratable(RAMBlock *rb);
void qemu_ram_set_migratable(RAMBlock *rb);
void qemu_ram_unset_migratable(RAMBlock *rb);
bool qemu_ram_is_named_file(RAMBlock *rb);
int qemu_ram_get_fd(RAMBlock *rb);
size_t qemu_ram_pagesize(RAMBlock *block);
size_t qemu_ram_pagesize_largest(void);

/* Host and target page size, as seen by code that is built once. */
size_t qemu_target_page_size(void);
int qemu_target_page_bits(void);
int qemu_target_page_bits_min(void);
size_t qemu_target_pages_to_MiB(size_t pages);

/* Accesses to system memory; failures are dropped (reads give zeros). */
void cpu_physical_memory_rw(hwaddr addr, void *buf, hwaddr len,
                            bool is_write);
static inline void cpu_physical_memory_read(hwaddr addr, void *buf,
                                            hwaddr len)
{
    cpu_physical_memory_rw(addr, buf, len, false);
}
static inline void cpu_physical_memory_write(hwaddr addr, const void *buf,
                                             hwaddr len)
{
    cpu_physical_memory_rw(addr, (void *)buf, len, true);
}
/* See address_space_map() and address_space_unmap(). */
void *cpu_physical_memory_map(hwaddr addr, hwaddr *plen, bool is_write);
void cpu_physical_memory_unmap(void *buffer, hwaddr len, bool is_write,
                               hwaddr access_len);
/* False if the address has a device or nothing behind it. */
bool cpu_physical_memory_is_io(hwaddr phys_addr);

/*
 * Schedules bh once when a mapping that failed for want of the bounce buffer
 * may be tried again.
 */
void cpu_register_map_client(QEMUBH *bh);
void cpu_unregister_map_client(QEMUBH *bh);

/* Completes coalesced writes; nothing is ever held back here. */
void qemu_flush_coalesced_mmio_buffer(void);
void cpu_flush_icache_range(hwaddr start, hwaddr len);

/* Calls func for each block until it returns non-zero, which is returned. */
typedef int (RAMBlockIterFunc)(RAMBlock *rb, void *opaque);
int qemu_ram_foreach_block(RAMBlockIterFunc func, void *opaque);

/* Gives a range of a block back to the host: it reads as zeros.  -errno. */
int ram_block_discard_range(RAMBlock *rb, uint64_t start, size_t length);

#endif /* CPU_COMMON_H */
