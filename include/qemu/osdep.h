/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first include of every source file: feature macros, the C library
 * headers that all code uses, GLib, and the project's forward declarations.
 */
#ifndef QEMU_OSDEP_H
#define QEMU_OSDEP_H

#include "config-host.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "qemu/compiler.h"
#include "qemu/typedefs.h"

#define qemu_build_not_reached() __builtin_unreachable()

/* The larger and the smaller of two values, each evaluated once. */
#undef MIN
#undef MAX
#define MIN(a, b) ({ typeof(1 ? (a) : (b)) a_ = (a), b_ = (b); \
                     a_ < b_ ? a_ : b_; })
#define MAX(a, b) ({ typeof(1 ? (a) : (b)) a_ = (a), b_ = (b); \
                     a_ > b_ ? a_ : b_; })
#define MIN_CONST(a, b) ((a) < (b) ? (a) : (b))
#define MAX_CONST(a, b) ((a) > (b) ? (a) : (b))
#define MIN_NON_ZERO(a, b) ({ typeof(1 ? (a) : (b)) a_ = (a), b_ = (b); \
                              a_ == 0 ? b_ : (b_ == 0 || b_ > a_) ? a_ : b_; })

#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ROUND_UP(n, d) (((n) + (d) - 1) & -(0 ? (n) : (d)))
#define ROUND_DOWN(n, d) ((n) & -(0 ? (n) : (d)))
#define QEMU_ALIGN_DOWN(n, m) ((n) / (m) * (m))
#define QEMU_ALIGN_UP(n, m) QEMU_ALIGN_DOWN((n) + (m) - 1, (m))
#define QEMU_IS_ALIGNED(n, m) (((n) % (m)) == 0)
#define QEMU_ALIGN_PTR_UP(p, n) \
    ((typeof(p))QEMU_ALIGN_UP((uintptr_t)(p), (n)))
#define QEMU_PTR_IS_ALIGNED(p, n) QEMU_IS_ALIGNED((uintptr_t)(p), (n))

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) ((sizeof(x) / sizeof((x)[0])) + \
                       QEMU_BUILD_BUG_ON_ZERO(!QEMU_IS_ARRAY(x)))
#endif

/* Size of a host page in bytes. */
int qemu_pagesize(void);
#define qemu_real_host_page_size() ((uintptr_t)qemu_pagesize())

/*
 * Files.  File descriptors are closed on exec.  "/dev/fdset/N" opens a file
 * of the set N (add-fd).  Each returns -1 with errno on failure.
 */
int qemu_open_old(const char *name, int flags, ...);
int qemu_open(const char *name, int flags, Error **errp);
int qemu_create(const char *name, int flags, mode_t mode, Error **errp);
int qemu_close(int fd);
int qemu_unlink(const char *name);
int qemu_dup(int fd);
int qemu_dup_flags(int fd, int flags);
/* Opens a file of a set, or removes it; set by the monitor's module. */
extern int (*qemu_fdset_open)(int64_t fdset_id, int flags);
extern void (*qemu_fdset_close)(int fd);

/* All of it, over short writes; fewer bytes than @count: errno says why. */
ssize_t qemu_write_full(int fd, const void *buf, size_t count)
    QEMU_WARN_UNUSED_RESULT;
ssize_t qemu_read_full(int fd, void *buf, size_t count);
ssize_t qemu_send_full(int s, const void *buf, size_t count);
void qemu_set_cloexec(int fd);
int qemu_pipe(int pipefd[2]);
int qemu_set_nonblock(int fd);

/* A file or mapping in memory with a name for debugging; -1 on failure. */
int qemu_memfd_create(const char *name, size_t size, bool hugetlb,
                      uint64_t hugetlbsize, unsigned int seals, Error **errp);
bool qemu_memfd_check(unsigned int flags);

/* Holes and advice in memory. */
#define QEMU_MADV_INVALID -1
#define QEMU_MADV_WILLNEED MADV_WILLNEED
#define QEMU_MADV_DONTNEED MADV_DONTNEED
#define QEMU_MADV_DONTFORK MADV_DONTFORK
#define QEMU_MADV_MERGEABLE MADV_MERGEABLE
#define QEMU_MADV_UNMERGEABLE MADV_UNMERGEABLE
#define QEMU_MADV_DODUMP MADV_DODUMP
#define QEMU_MADV_DONTDUMP MADV_DONTDUMP
#define QEMU_MADV_HUGEPAGE MADV_HUGEPAGE
#define QEMU_MADV_NOHUGEPAGE MADV_NOHUGEPAGE
#define QEMU_MADV_REMOVE MADV_REMOVE
#define QEMU_MADV_POPULATE_WRITE MADV_POPULATE_WRITE
int qemu_madvise(void *addr, size_t len, int advice);
int qemu_mprotect_rw(void *addr, size_t size);
int qemu_mprotect_none(void *addr, size_t size);
int qemu_msync(void *addr, size_t length, int fd);

/* Locks of byte ranges in a file, seen by other processes; 0 or -errno. */
int qemu_lock_fd(int fd, int64_t start, int64_t len, bool exclusive);
int qemu_unlock_fd(int fd, int64_t start, int64_t len);
int qemu_lock_fd_test(int fd, int64_t start, int64_t len, bool exclusive);
bool qemu_has_ofd_lock(void);

/* Writes our process ID to @path and keeps the file locked. */
bool qemu_write_pidfile(const char *path, Error **errp);

/* Repeats a call that a signal interrupted. */
#define RETRY_ON_EINTR(expr) \
    ({ typeof(expr) ret_; \
       do { \
           ret_ = (expr); \
       } while (ret_ == -1 && errno == EINTR); \
       ret_; })
#define TFR(expr) do { } while ((expr) == -1 && errno == EINTR)

#ifndef O_BINARY
#define O_BINARY 0
#endif
#define FMT_pid "%d"

#endif /* QEMU_OSDEP_H */
