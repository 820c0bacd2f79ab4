/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small wrappers of what the C library and the kernel offer.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"

#include <sys/file.h>
#include <sys/socket.h>

int (*qemu_fdset_open)(int64_t fdset_id, int flags);
void (*qemu_fdset_close)(int fd);

int qemu_pagesize(void)
{
    static int size;

    if (!size) {
        size = sysconf(_SC_PAGESIZE);
    }
    return size;
}

/* Files */

static int open_any(const char *name, int flags, mode_t mode)
{
    const char *set;

    if (strstart(name, "/dev/fdset/", &set)) {
        int64_t id;

        if (qemu_strtoi64(set, NULL, 10, &id) < 0 || !qemu_fdset_open) {
            errno = EINVAL;
            return -1;
        }
        return qemu_fdset_open(id, flags);
    }
    return open(name, flags | O_CLOEXEC, mode);
}

static int open_err(const char *name, int flags, mode_t mode, Error **errp)
{
    int fd = open_any(name, flags, mode);

    if (fd < 0) {
        int err = errno;

        if ((flags & O_DIRECT) && err == EINVAL) {
            error_setg(errp, "Could not open '%s': file system may not "
                       "support O_DIRECT", name);
        } else {
            error_setg_errno(errp, err, "Could not %s '%s'",
                             flags & O_CREAT ? "create" : "open", name);
        }
        errno = err;
    }
    return fd;
}

int qemu_open_old(const char *name, int flags, ...)
{
    va_list ap;
    mode_t mode = 0;

    va_start(ap, flags);
    if (flags & O_CREAT) {
        mode = va_arg(ap, int);
    }
    va_end(ap);
    return open_any(name, flags, mode);
}

int qemu_open(const char *name, int flags, Error **errp)
{
    assert(!(flags & O_CREAT));
    return open_err(name, flags, 0, errp);
}

int qemu_create(const char *name, int flags, mode_t mode, Error **errp)
{
    return open_err(name, flags | O_CREAT, mode, errp);
}

int qemu_close(int fd)
{
    if (qemu_fdset_close) {
        qemu_fdset_close(fd);
    }
    return close(fd);
}

int qemu_unlink(const char *name)
{
    /* A set stays until its files are removed by the monitor. */
    return strstart(name, "/dev/fdset/", NULL) ? 0 : unlink(name);
}

int qemu_dup(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int qemu_dup_flags(int fd, int flags)
{
    const int settable = O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME |
                         O_NONBLOCK;
    int copy = qemu_dup(fd);
    int now = copy < 0 ? -1 : fcntl(copy, F_GETFL);

    if (now < 0) {
        goto fail;
    }
    if ((now & O_ACCMODE) != (flags & O_ACCMODE)) {
        errno = EACCES;
        goto fail;
    }
    if ((flags & O_CREAT) && (flags & O_EXCL)) {
        errno = EEXIST;
        goto fail;
    }
    if (fcntl(copy, F_SETFL, (now & ~settable) | (flags & settable)) < 0) {
        goto fail;
    }
    if ((flags & O_TRUNC) && ftruncate(copy, 0) < 0) {
        goto fail;
    }
    return copy;

fail:
    if (copy >= 0) {
        int err = errno;

        close(copy);
        errno = err;
    }
    return -1;
}

ssize_t qemu_write_full(int fd, const void *buf, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t n = RETRY_ON_EINTR(write(fd, (const char *)buf + done,
                                         count - done));
        if (n < 0) {
            break;
        }
        done += n;
    }
    return done;
}

ssize_t qemu_read_full(int fd, void *buf, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t n = RETRY_ON_EINTR(read(fd, (char *)buf + done,
                                        count - done));
        if (n <= 0) {
            break;
        }
        done += n;
    }
    return done;
}

ssize_t qemu_send_full(int s, const void *buf, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t n = RETRY_ON_EINTR(send(s, (const char *)buf + done,
                                        count - done, MSG_NOSIGNAL));
        if (n < 0) {
            break;
        }
        done += n;
    }
    return done;
}

void qemu_set_cloexec(int fd)
{
    int flags = fcntl(fd, F_GETFD);

    if (flags >= 0) {
        fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

int qemu_pipe(int pipefd[2])
{
    return pipe2(pipefd, O_CLOEXEC);
}

int qemu_set_nonblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* Memory */

int qemu_madvise(void *addr, size_t len, int advice)
{
    if (advice == QEMU_MADV_INVALID) {
        errno = EINVAL;
        return -1;
    }
    return madvise(addr, len, advice);
}

/* Whole pages only: widens what is not, as mprotect() would refuse it. */
static int protect(void *addr, size_t size, int prot)
{
    uintptr_t mask = qemu_pagesize() - 1;
    uintptr_t start = (uintptr_t)addr & ~mask;
    uintptr_t end = ((uintptr_t)addr + size + mask) & ~mask;

    if (mprotect((void *)start, end - start, prot) < 0) {
        error_report("mprotect of %zu bytes: %s", (size_t)(end - start),
                     strerror(errno));
        return -1;
    }
    return 0;
}

int qemu_mprotect_rw(void *addr, size_t size)
{
    return protect(addr, size, PROT_READ | PROT_WRITE);
}

int qemu_mprotect_none(void *addr, size_t size)
{
    return protect(addr, size, PROT_NONE);
}

int qemu_msync(void *addr, size_t length, int fd)
{
    uintptr_t mask = qemu_pagesize() - 1;
    uintptr_t start = (uintptr_t)addr & ~mask;

    length += (uintptr_t)addr - start;
    return msync((void *)start, (length + mask) & ~mask, MS_SYNC);
}

/* File locks, of the open file: closing another one keeps them. */

bool qemu_has_ofd_lock(void)
{
    return true;
}

static int lock_range(int fd, int64_t start, int64_t len, int type)
{
    struct flock fl = {
        .l_whence = SEEK_SET, .l_start = start, .l_len = len, .l_type = type,
    };

    return RETRY_ON_EINTR(fcntl(fd, F_OFD_SETLK, &fl)) < 0 ? -errno : 0;
}

int qemu_lock_fd(int fd, int64_t start, int64_t len, bool exclusive)
{
    return lock_range(fd, start, len, exclusive ? F_WRLCK : F_RDLCK);
}

int qemu_unlock_fd(int fd, int64_t start, int64_t len)
{
    return lock_range(fd, start, len, F_UNLCK);
}

int qemu_lock_fd_test(int fd, int64_t start, int64_t len, bool exclusive)
{
    struct flock fl = {
        .l_whence = SEEK_SET, .l_start = start, .l_len = len,
        .l_type = exclusive ? F_WRLCK : F_RDLCK,
    };

    if (fcntl(fd, F_OFD_GETLK, &fl) < 0) {
        return -errno;
    }
    return fl.l_type == F_UNLCK ? 0 : -EAGAIN;
}

bool qemu_write_pidfile(const char *path, Error **errp)
{
    ERRP_GUARD();
    char text[24];
    int fd = qemu_create(path, O_RDWR, S_IRUSR | S_IWUSR, errp);
    int err, len = snprintf(text, sizeof(text), FMT_pid "\n", getpid());

    if (fd < 0) {
        error_prepend(errp, "Cannot open pid file: ");
        return false;
    }
    err = qemu_lock_fd(fd, 0, 0, true);
    if (err < 0) {
        error_setg_errno(errp, -err, "Cannot lock pid file");
        close(fd);
        return false;
    }
    if (ftruncate(fd, 0) < 0 || qemu_write_full(fd, text, len) != len) {
        error_setg_errno(errp, errno, "Failed to write pid file");
        unlink(path);
        close(fd);
        return false;
    }
    /* Left open: the lock tells that the process lives. */
    return true;
}
