/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM blocks: the host memory behind regions, the list of all of it, and the
 * names it migrates under.
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "exec/ram_addr.h"
#include "hw/vmstate-if.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/mmap-alloc.h"
#include "qemu/units.h"
#include "trace.h"

/* Offsets of blocks are multiples of this: whole words of any bitmap. */
#define OFFSET_ALIGN (256 * KiB)

RAMList ram_list = {
    .blocks = QLIST_HEAD_INITIALIZER(ram_list.blocks),
    .ramblock_notifiers = QLIST_HEAD_INITIALIZER(ram_list.ramblock_notifiers),
};
static GMutex ram_list_lock;
static ram_addr_t next_offset;

bool ram_blocks_huge;
bool ram_blocks_merge = true;
bool ram_blocks_dump = true;

void qemu_mutex_lock_ramlist(void)
{
    g_mutex_lock(&ram_list_lock);
}

void qemu_mutex_unlock_ramlist(void)
{
    g_mutex_unlock(&ram_list_lock);
}

/* ---- making blocks ---- */

static void advise(void *host, size_t size)
{
    if (ram_blocks_huge && size >= 2 * MiB) {
        qemu_madvise(host, size, QEMU_MADV_HUGEPAGE);
    }
    if (size >= MiB) {
        /* Small blocks are not worth the system calls. */
        if (ram_blocks_merge) {
            qemu_madvise(host, size, QEMU_MADV_MERGEABLE);
        }
        if (!ram_blocks_dump) {
            qemu_madvise(host, size, QEMU_MADV_DONTDUMP);
        }
        qemu_madvise(host, size, QEMU_MADV_DONTFORK);
    }
}

/* Puts a block that has its memory on the list. */
static RAMBlock *publish_block(RAMBlock *block)
{
    RAMBlock *other, *last = NULL;

    qemu_mutex_lock_ramlist();
    block->offset = next_offset;
    next_offset += ROUND_UP(block->max_length, OFFSET_ALIGN);

    QLIST_FOREACH(other, &ram_list.blocks, next) {
        last = other;
        if (other->max_length < block->max_length) {
            break;
        }
    }
    if (other) {
        QLIST_INSERT_BEFORE_RCU(other, block, next);
    } else if (last) {
        QLIST_INSERT_AFTER_RCU(last, block, next);
    } else {
        QLIST_INSERT_HEAD_RCU(&ram_list.blocks, block, next);
    }
    ram_list.version++;
    qemu_mutex_unlock_ramlist();

    if (!(block->flags & RAM_PREALLOC)) {
        advise(block->host, block->max_length);
    }
    ram_block_notify_add(block->host, block->used_length, block->max_length);
    return block;
}

static RAMBlock *new_block(ram_addr_t size, ram_addr_t max_size,
                           uint32_t flags, MemoryRegion *mr)
{
    RAMBlock *block = g_new0(RAMBlock, 1);
    uint64_t align = qemu_real_host_page_size();

    block->mr = mr;
    block->used_length = ROUND_UP(size, align);
    block->max_length = MAX(ROUND_UP(max_size, align), block->used_length);
    block->flags = flags;
    block->fd = -1;
    block->page_size = align;
    QLIST_INIT(&block->ramblock_notifiers);
    return block;
}

/* Sizes near 2^64 wrap when rounded up; no host has that much anyway. */
static bool size_possible(ram_addr_t size, Error **errp)
{
    if (size > (ram_addr_t)1 << 62) {
        error_setg_errno(errp, ENOMEM,
                         "cannot set up guest memory of 0x" RAM_ADDR_FMT
                         " bytes", size);
        return false;
    }
    return true;
}

static RAMBlock *alloc_anonymous(ram_addr_t size, ram_addr_t max_size,
                                 uint32_t flags, MemoryRegion *mr,
                                 Error **errp)
{
    RAMBlock *block;
    uint64_t *align = mr ? &mr->align : NULL;
    size_t length;

    if (!size_possible(size, errp) || !size_possible(max_size, errp)) {
        return NULL;
    }
    block = new_block(size, max_size, flags, mr);
    /* A block that may grow from nothing still has an address. */
    length = MAX(block->max_length, qemu_real_host_page_size());
    block->host = qemu_anon_ram_alloc(length, align, flags & RAM_SHARED,
                                      flags & RAM_NORESERVE);
    if (!block->host) {
        error_setg_errno(errp, errno, "cannot set up guest memory '%s'",
                         mr ? memory_region_name(mr) : "");
        g_free(block);
        return NULL;
    }
    return publish_block(block);
}

RAMBlock *qemu_ram_alloc(ram_addr_t size, uint32_t ram_flags,
                         MemoryRegion *mr, Error **errp)
{
    return alloc_anonymous(size, size,
                           ram_flags & (RAM_SHARED | RAM_NORESERVE), mr,
                           errp);
}

RAMBlock *qemu_ram_alloc_resizeable(ram_addr_t size, ram_addr_t maxsz,
                                    void (*resized)(const char *,
                                                    uint64_t length,
                                                    void *host),
                                    MemoryRegion *mr, Error **errp)
{
    RAMBlock *block = alloc_anonymous(size, maxsz, RAM_RESIZEABLE, mr, errp);

    if (block) {
        block->resized = resized;
    }
    return block;
}

RAMBlock *qemu_ram_alloc_from_ptr(ram_addr_t size, void *host,
                                  MemoryRegion *mr, Error **errp)
{
    RAMBlock *block = new_block(size, size, RAM_PREALLOC, mr);

    /* Not ours to round: the caller's memory may end there. */
    block->used_length = size;
    block->max_length = size;
    block->host = host;
    return publish_block(block);
}

/* ---- files ---- */

static int64_t size_of_file(int fd)
{
    int64_t size = lseek(fd, 0, SEEK_END);

    return size < 0 ? -errno : size;
}

/* Opens path, or makes it; a directory gets a file without a name. */
static int open_backing_file(const char *path, const char *region,
                             bool readonly, bool *created, Error **errp)
{
    int fd;

    *created = false;
    for (;;) {
        g_autofree char *name = NULL, *clean = NULL;

        fd = qemu_open_old(path, readonly ? O_RDONLY : O_RDWR);
        if (fd >= 0) {
            struct stat st;

            /* Read-only, directories can be opened. */
            if (!readonly || fstat(fd, &st) || !S_ISDIR(st.st_mode)) {
                return fd;
            }
            qemu_close(fd);
            errno = EISDIR;
            break;
        }
        if (errno == ENOENT && !readonly) {
            fd = qemu_open_old(path, O_RDWR | O_CREAT | O_EXCL, 0644);
            if (fd >= 0) {
                *created = true;
                return fd;
            }
        } else if (errno == EISDIR && !readonly) {
            clean = g_strdelimit(g_strdup(region), "/", '_');
            name = g_strdup_printf("%s/qemu_back_mem.%s.XXXXXX", path, clean);
            fd = mkstemp(name);
            if (fd >= 0) {
                qemu_set_cloexec(fd);
                unlink(name);
                return fd;
            }
        }
        if (errno != EEXIST && errno != EINTR) {
            break;
        }
    }
    error_setg_errno(errp, errno,
                     "can't open backing store %s for guest RAM", path);
    return -1;
}

static bool map_file(RAMBlock *block, ram_addr_t size, int fd, off_t offset,
                     bool readonly, bool grow, Error **errp)
{
    uint32_t flags = (readonly ? QEMU_MAP_READONLY : 0) |
                     (block->flags & RAM_SHARED ? QEMU_MAP_SHARED : 0) |
                     (block->flags & RAM_NORESERVE ? QEMU_MAP_NORESERVE : 0);
    uint64_t align;
    void *host;

    block->page_size = qemu_fd_getpagesize(fd);
    align = MAX(block->page_size, block->mr->align);
    if (block->mr->align % block->page_size) {
        error_setg(errp, "alignment 0x%" PRIx64 " must be multiples of page "
                   "size 0x%zx", block->mr->align, block->page_size);
        return false;
    }
    if (block->mr->align && !is_power_of_2(block->mr->align)) {
        error_setg(errp, "alignment 0x%" PRIx64 " must be a power of two",
                   block->mr->align);
        return false;
    }
    if (offset % block->page_size) {
        error_setg(errp, "offset 0x%" PRIx64 " must be multiples of page "
                   "size 0x%zx", (uint64_t)offset, block->page_size);
        return false;
    }
    block->mr->align = align;
    if (size < block->page_size) {
        error_setg(errp, "memory size 0x" RAM_ADDR_FMT " must be equal to "
                   "or larger than page size 0x%zx", size, block->page_size);
        return false;
    }
    size = ROUND_UP(size, block->page_size);
    if (grow && ftruncate(fd, offset + size)) {
        /* Old hugetlbfs cannot; where it matters, mapping fails. */
        warn_report("cannot set the size of the backing store: %s",
                    strerror(errno));
    }
    host = qemu_ram_mmap(fd, size, align, flags, offset);
    if (host == MAP_FAILED) {
        error_setg_errno(errp, errno,
                         "unable to map backing store for guest RAM");
        return false;
    }
    block->host = host;
    block->fd = fd;
    block->fd_offset = offset;
    block->used_length = size;
    block->max_length = size;
    return true;
}

RAMBlock *qemu_ram_alloc_from_fd(ram_addr_t size, MemoryRegion *mr,
                                 uint32_t ram_flags, int fd, off_t offset,
                                 bool readonly, Error **errp)
{
    int64_t file_size = size_of_file(fd);
    RAMBlock *block;

    if (ram_flags & (RAM_PMEM | RAM_PROTECTED)) {
        error_setg(errp, "this kind of guest memory is not supported");
        return NULL;
    }
    if (!size_possible(size, errp)) {
        return NULL;
    }
    size = ROUND_UP(size, qemu_real_host_page_size());
    if (file_size > offset && file_size < offset + size) {
        error_setg(errp, "backing store size 0x%" PRIx64
                   " does not match 'size' option 0x" RAM_ADDR_FMT,
                   file_size, size);
        return NULL;
    }
    block = new_block(size, size, ram_flags & (RAM_SHARED | RAM_NORESERVE |
                                               RAM_NAMED_FILE), mr);
    if (!map_file(block, size, fd, offset, readonly, file_size <= 0, errp)) {
        g_free(block);
        return NULL;
    }
    return publish_block(block);
}

RAMBlock *qemu_ram_alloc_from_file(ram_addr_t size, MemoryRegion *mr,
                                   uint32_t ram_flags, const char *mem_path,
                                   bool readonly, Error **errp)
{
    RAMBlock *block;
    bool created;
    int fd = open_backing_file(mem_path, memory_region_name(mr), readonly,
                               &created, errp);

    if (fd < 0) {
        return NULL;
    }
    block = qemu_ram_alloc_from_fd(size, mr, ram_flags, fd, 0, readonly,
                                   errp);
    if (!block) {
        if (created) {
            unlink(mem_path);
        }
        qemu_close(fd);
    }
    return block;
}

/* ---- the end of blocks ---- */

static void reclaim_block(RAMBlock *block)
{
    if (!(block->flags & RAM_PREALLOC)) {
        if (block->fd >= 0) {
            qemu_ram_munmap(block->fd, block->host, block->max_length);
            qemu_close(block->fd);
        } else {
            qemu_anon_ram_free(block->host, MAX(block->max_length,
                                                qemu_real_host_page_size()));
        }
    }
    for (int i = 0; i < DIRTY_MEMORY_NUM; i++) {
        g_free(block->dirty[i]);
    }
    g_free(block);
}

/*
 * Readers that found the block on the list, and may have noted it as the
 * most recent, are gone.  Others may have it from that note: a second grace
 * period is for them.
 */
static void retire_block(RAMBlock *block)
{
    qatomic_cmpxchg(&ram_list.mru_block, block, NULL);
    call_rcu(block, reclaim_block, rcu);
}

void qemu_ram_free(RAMBlock *block)
{
    if (!block) {
        return;
    }
    ram_block_notify_remove(block->host, block->used_length,
                            block->max_length);
    qemu_mutex_lock_ramlist();
    QLIST_REMOVE_RCU(block, next);
    ram_list.version++;
    qemu_mutex_unlock_ramlist();
    call_rcu(block, retire_block, rcu);
}

int qemu_ram_resize(RAMBlock *block, ram_addr_t newsize, Error **errp)
{
    const ram_addr_t asked = newsize, old = block->used_length;

    newsize = ROUND_UP(newsize, qemu_real_host_page_size());
    if (newsize == old) {
        /* The region's size is not rounded. */
        if (asked != memory_region_size(block->mr)) {
            memory_region_set_size(block->mr, asked);
            if (block->resized) {
                block->resized(block->idstr, asked, block->host);
            }
        }
        return 0;
    }
    if (!(block->flags & RAM_RESIZEABLE)) {
        error_setg(errp, "Size mismatch: %s: 0x" RAM_ADDR_FMT
                   " != 0x" RAM_ADDR_FMT, block->idstr, newsize, old);
        return -EINVAL;
    }
    if (block->max_length < newsize || newsize < asked) {
        error_setg(errp, "Size too large: %s: 0x" RAM_ADDR_FMT
                   " > 0x" RAM_ADDR_FMT, block->idstr, newsize,
                   block->max_length);
        return -EINVAL;
    }
    if (block->host) {
        ram_block_notify_resize(block->host, old, newsize);
    }
    block->used_length = newsize;
    ram_block_set_dirty(block, 0, newsize, DIRTY_CLIENTS_ALL);
    memory_region_set_size(block->mr, asked);
    if (block->resized) {
        block->resized(block->idstr, asked, block->host);
    }
    return 0;
}

void qemu_ram_msync(RAMBlock *block, ram_addr_t start, ram_addr_t length)
{
    if (block->fd < 0 || !(block->flags & RAM_SHARED) ||
        start >= block->used_length) {
        return;
    }
    length = MIN(length, block->used_length - start);
    if (qemu_msync(block->host + start, length, block->fd)) {
        warn_report("failed to write back guest memory '%s'", block->idstr);
    }
}

void qemu_ram_remap(ram_addr_t addr, ram_addr_t length)
{
    RAMBlock *block;

    RCU_READ_LOCK_GUARD();
    block = qemu_get_ram_block(addr);
    if (block && !(block->flags & RAM_PREALLOC)) {
        uint8_t *host = block->host + (addr - block->offset);
        int flags = MAP_FIXED | (block->flags & RAM_SHARED ? MAP_SHARED
                                                           : MAP_PRIVATE);

        if (block->fd < 0) {
            flags |= MAP_ANONYMOUS | MAP_NORESERVE;
        }
        if (mmap(host, length, PROT_READ | PROT_WRITE, flags, block->fd,
                 block->fd < 0 ? 0
                 : block->fd_offset + (addr - block->offset)) != host) {
            error_report("cannot replace guest memory '%s' at 0x"
                         RAM_ADDR_FMT, block->idstr, addr - block->offset);
        }
    }
}

static int discard_file(RAMBlock *rb, uint64_t start, size_t length)
{
    if (fallocate(rb->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  rb->fd_offset + start, length)) {
        return -errno;
    }
    return 0;
}

int ram_block_discard_range(RAMBlock *rb, uint64_t start, size_t length)
{
    size_t align = rb->page_size;
    int ret = 0;

    if (start % align || length % align) {
        error_report("discard of '%s': 0x%" PRIx64 " and 0x%zx are not "
                     "multiples of 0x%zx", rb->idstr, start, length, align);
        return -EINVAL;
    }
    if (start > rb->max_length || length > rb->max_length - start) {
        error_report("discard of '%s': 0x%" PRIx64 " and 0x%zx are past its "
                     "end", rb->idstr, start, length);
        return -EINVAL;
    }
    if (!length) {
        return 0;
    }
    /* A private copy of a page hides the file's; a shared one is the file. */
    if (rb->fd >= 0) {
        ret = discard_file(rb, start, length);
    }
    if (!ret && (rb->fd < 0 || !(rb->flags & RAM_SHARED))) {
        int advice = rb->flags & RAM_SHARED ? QEMU_MADV_REMOVE
                                            : QEMU_MADV_DONTNEED;

        if (qemu_madvise(rb->host + start, length, advice)) {
            ret = -errno;
        }
    }
    trace_ram_block_discard_range(rb->idstr, rb->host + start, length,
                                  rb->fd < 0 || !(rb->flags & RAM_SHARED),
                                  rb->fd >= 0, ret);
    if (ret) {
        error_report("discard of '%s' at 0x%" PRIx64 ": %s", rb->idstr, start,
                     strerror(-ret));
    }
    return ret;
}

/* ---- finding blocks ---- */

static bool holds_host(RAMBlock *block, const uint8_t *host)
{
    return block && block->host && host >= block->host &&
           (size_t)(host - block->host) < block->max_length;
}

static bool holds_offset(RAMBlock *block, ram_addr_t addr)
{
    return block && addr - block->offset < block->max_length;
}

RAMBlock *qemu_get_ram_block(ram_addr_t addr)
{
    RAMBlock *block = qatomic_rcu_read(&ram_list.mru_block);

    if (holds_offset(block, addr)) {
        return block;
    }
    RAMBLOCK_FOREACH(block) {
        if (holds_offset(block, addr)) {
            qatomic_set(&ram_list.mru_block, block);
            return block;
        }
    }
    return NULL;
}

void *qemu_map_ram_ptr(RAMBlock *rb, ram_addr_t addr)
{
    if (!rb) {
        rb = qemu_get_ram_block(addr);
        addr -= rb ? rb->offset : 0;
    }
    return rb ? rb->host + addr : NULL;
}

RAMBlock *qemu_ram_block_from_host(void *ptr, bool round_offset,
                                   ram_addr_t *offset)
{
    RAMBlock *block;
    uint8_t *host = ptr;

    RCU_READ_LOCK_GUARD();
    block = qatomic_rcu_read(&ram_list.mru_block);
    if (!holds_host(block, host)) {
        RAMBLOCK_FOREACH(block) {
            if (holds_host(block, host)) {
                qatomic_set(&ram_list.mru_block, block);
                break;
            }
        }
    }
    if (block) {
        *offset = host - block->host;
        if (round_offset) {
            *offset &= TARGET_PAGE_MASK;
        }
    }
    return block;
}

ram_addr_t qemu_ram_block_host_offset(RAMBlock *rb, void *host)
{
    return (uint8_t *)host - rb->host;
}

ram_addr_t qemu_ram_addr_from_host(void *ptr)
{
    ram_addr_t offset;
    RAMBlock *block = qemu_ram_block_from_host(ptr, false, &offset);

    return block ? block->offset + offset : RAM_ADDR_INVALID;
}

ram_addr_t qemu_ram_addr_from_host_nofail(void *ptr)
{
    ram_addr_t addr = qemu_ram_addr_from_host(ptr);

    assert(addr != RAM_ADDR_INVALID);
    return addr;
}

RAMBlock *qemu_ram_block_by_name(const char *name)
{
    RAMBlock *block;

    RAMBLOCK_FOREACH(block) {
        if (!strcmp(name, block->idstr)) {
            return block;
        }
    }
    return NULL;
}

int qemu_ram_foreach_block(RAMBlockIterFunc func, void *opaque)
{
    RAMBlock *block;
    int ret = 0;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        ret = func(block, opaque);
        if (ret) {
            break;
        }
    }
    return ret;
}

ram_addr_t last_ram_page(void)
{
    return next_offset >> TARGET_PAGE_BITS;
}

/* ---- names ---- */

void qemu_ram_set_idstr(RAMBlock *block, const char *name, DeviceState *dev)
{
    g_autofree char *path = NULL;
    RAMBlock *other;

    if (dev) {
        path = vmstate_if_get_id(VMSTATE_IF(dev));
    }
    snprintf(block->idstr, sizeof(block->idstr), "%s%s%s", path ?: "",
             path ? "/" : "", name);

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(other) {
        if (other != block && !strcmp(other->idstr, block->idstr)) {
            /* It works, but cannot be migrated. */
            warn_report("RAM block \"%s\" is registered twice",
                        block->idstr);
        }
    }
}

void qemu_ram_unset_idstr(RAMBlock *block)
{
    if (block) {
        memset(block->idstr, 0, sizeof(block->idstr));
    }
}
