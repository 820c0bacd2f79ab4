/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory as mappings of the host's.
 *
 * First a range of addresses is reserved that is large enough to find an
 * aligned start in it and a page behind the end; the memory is mapped over
 * its middle, the page stays inaccessible, the rest is given back.
 */
#include "qemu/osdep.h"
#include "qemu/mmap-alloc.h"
#include "qemu/host-utils.h"
#include "qapi/error.h"

#include <linux/magic.h>
#include <linux/mman.h>
#include <sys/vfs.h>

/* What transparent huge pages like, and KVM with them. */
#define RAM_ALIGN (2 * 1024 * 1024)

size_t qemu_fd_getpagesize(int fd)
{
    struct statfs fs;

    if (fd >= 0 && RETRY_ON_EINTR(fstatfs(fd, &fs)) == 0 &&
        fs.f_type == HUGETLBFS_MAGIC) {
        return fs.f_bsize;
    }
    return qemu_pagesize();
}

void *qemu_ram_mmap(int fd, size_t size, size_t align, uint32_t qemu_map_flags,
                    off_t map_offset)
{
    size_t page = qemu_fd_getpagesize(fd);
    size_t used = ROUND_UP(size, page), total;
    int prot = PROT_READ | (qemu_map_flags & QEMU_MAP_READONLY ? 0 :
                            PROT_WRITE);
    int flags = (fd < 0 ? MAP_ANONYMOUS : 0) |
                (qemu_map_flags & QEMU_MAP_NORESERVE ? MAP_NORESERVE : 0);
    char *area, *start, *got;

    align = MAX(align, page);
    if (used < size || __builtin_add_overflow(used, align + page, &total)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    if (!(qemu_map_flags & QEMU_MAP_SHARED)) {
        flags |= MAP_PRIVATE;
    } else if (qemu_map_flags & QEMU_MAP_SYNC) {
        flags |= MAP_SHARED_VALIDATE | MAP_SYNC;
    } else {
        flags |= MAP_SHARED;
    }

    area = mmap(NULL, total, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) {
        return MAP_FAILED;
    }
    start = QEMU_ALIGN_PTR_UP(area, align);
    got = mmap(start, size, prot, flags | MAP_FIXED, fd, map_offset);
    if (got == MAP_FAILED) {
        int err = errno;

        munmap(area, total);
        errno = err;
        return MAP_FAILED;
    }
    if (start > area) {
        munmap(area, start - area);
    }
    /* Behind the guard page. */
    start += used + page;
    if (start < area + total) {
        munmap(start, area + total - start);
    }
    return got;
}

void qemu_ram_munmap(int fd, void *ptr, size_t size)
{
    if (ptr) {
        size_t page = qemu_fd_getpagesize(fd);

        munmap(ptr, ROUND_UP(size, page) + page);
    }
}

void *qemu_anon_ram_alloc(size_t size, uint64_t *align, bool shared,
                          bool noreserve)
{
    size_t want = size >= RAM_ALIGN ? RAM_ALIGN : qemu_pagesize();
    uint32_t flags = (shared ? QEMU_MAP_SHARED : 0) |
                     (noreserve ? QEMU_MAP_NORESERVE : 0);
    void *ptr = qemu_ram_mmap(-1, size, want, flags, 0);

    if (ptr == MAP_FAILED) {
        return NULL;
    }
    if (align) {
        *align = want;
    }
    return ptr;
}

void qemu_anon_ram_free(void *ptr, size_t size)
{
    qemu_ram_munmap(-1, ptr, size);
}

/* Files in memory */

int qemu_memfd_create(const char *name, size_t size, bool hugetlb,
                      uint64_t hugetlbsize, unsigned int seals, Error **errp)
{
    unsigned flags = MFD_CLOEXEC | (seals ? MFD_ALLOW_SEALING : 0);
    int fd;

    if (hugetlb) {
        flags |= MFD_HUGETLB;
        if (hugetlbsize) {
            if (!is_power_of_2(hugetlbsize)) {
                error_setg(errp, "Invalid huge page size %" PRIu64,
                           hugetlbsize);
                return -1;
            }
            flags |= ctz64(hugetlbsize) << MAP_HUGE_SHIFT;
        }
    }
    fd = memfd_create(name, flags);
    if (fd < 0) {
        error_setg_errno(errp, errno, "failed to create memfd");
        return -1;
    }
    if (ftruncate(fd, size) < 0) {
        error_setg_errno(errp, errno, "failed to resize memfd to %zu", size);
    } else if (seals && fcntl(fd, F_ADD_SEALS, seals) < 0) {
        error_setg_errno(errp, errno, "failed to add seals 0x%x", seals);
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

bool qemu_memfd_check(unsigned int flags)
{
    int fd = memfd_create("test", flags | MFD_CLOEXEC);

    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}
