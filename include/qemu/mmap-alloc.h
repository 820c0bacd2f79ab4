/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest memory as mappings of the host's. */
#ifndef QEMU_MMAP_ALLOC_H
#define QEMU_MMAP_ALLOC_H

/* The page size of what @fd maps (huge pages differ); -1: anonymous. */
size_t qemu_fd_getpagesize(int fd);

#define QEMU_MAP_READONLY   (1 << 0)
#define QEMU_MAP_SHARED     (1 << 1)
#define QEMU_MAP_SYNC       (1 << 2)
#define QEMU_MAP_NORESERVE  (1 << 3)

/*
 * Maps @size bytes of @fd (-1: anonymous) at a multiple of @align, with an
 * inaccessible page behind them.  MAP_FAILED with errno on failure.
 */
void *qemu_ram_mmap(int fd, size_t size, size_t align, uint32_t qemu_map_flags,
                    off_t map_offset);
/* @size as given to qemu_ram_mmap(). */
void qemu_ram_munmap(int fd, void *ptr, size_t size);

/* A mapping for RAM; *@align (may be NULL) is what it is aligned to. */
void *qemu_anon_ram_alloc(size_t size, uint64_t *align, bool shared,
                          bool noreserve);
void qemu_anon_ram_free(void *ptr, size_t size);

#endif /* QEMU_MMAP_ALLOC_H */
