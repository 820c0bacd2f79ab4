/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers scattered over several places.  Everything that touches a range is
 * a walk of the parts that the range covers.
 */
#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "qemu/cutils.h"
#include "qemu/hexdump.h"

#include <sys/socket.h>

/* A position in a vector and how much of a range is left from there. */
typedef struct IovWalk {
    const struct iovec *iov;
    unsigned cnt;
    size_t skip;                /* into iov[0] */
    size_t left;
} IovWalk;

static IovWalk walk_start(const struct iovec *iov, unsigned cnt,
                          size_t offset, size_t bytes)
{
    while (cnt && offset >= iov->iov_len) {
        offset -= iov->iov_len;
        iov++;
        cnt--;
    }
    return (IovWalk) { iov, cnt, cnt ? offset : 0, bytes };
}

/* The next piece, *@len bytes of it; NULL at the end. */
static char *walk_next(IovWalk *w, size_t *len)
{
    while (w->cnt && w->left) {
        char *p = (char *)w->iov->iov_base + w->skip;
        size_t n = MIN(w->iov->iov_len - w->skip, w->left);

        w->iov++;
        w->cnt--;
        w->skip = 0;
        w->left -= n;
        if (n) {
            *len = n;
            return p;
        }
    }
    return NULL;
}

size_t iov_size(const struct iovec *iov, const unsigned int iov_cnt)
{
    size_t sum = 0;

    for (unsigned i = 0; i < iov_cnt; i++) {
        sum += iov[i].iov_len;
    }
    return sum;
}

size_t iov_from_buf_full(const struct iovec *iov, unsigned int iov_cnt,
                         size_t offset, const void *buf, size_t bytes)
{
    IovWalk w = walk_start(iov, iov_cnt, offset, bytes);
    size_t done = 0, n;
    char *p;

    while ((p = walk_next(&w, &n))) {
        memcpy(p, (const char *)buf + done, n);
        done += n;
    }
    return done;
}

size_t iov_to_buf_full(const struct iovec *iov, const unsigned int iov_cnt,
                       size_t offset, void *buf, size_t bytes)
{
    IovWalk w = walk_start(iov, iov_cnt, offset, bytes);
    size_t done = 0, n;
    char *p;

    while ((p = walk_next(&w, &n))) {
        memcpy((char *)buf + done, p, n);
        done += n;
    }
    return done;
}

size_t iov_memset(const struct iovec *iov, const unsigned int iov_cnt,
                  size_t offset, int fillc, size_t bytes)
{
    IovWalk w = walk_start(iov, iov_cnt, offset, bytes);
    size_t done = 0, n;
    char *p;

    while ((p = walk_next(&w, &n))) {
        memset(p, fillc, n);
        done += n;
    }
    return done;
}

unsigned iov_copy(struct iovec *dst_iov, unsigned int dst_iov_cnt,
                  const struct iovec *iov, unsigned int iov_cnt,
                  size_t offset, size_t bytes)
{
    IovWalk w = walk_start(iov, iov_cnt, offset, bytes);
    unsigned used = 0;
    size_t n;
    char *p;

    while (used < dst_iov_cnt && (p = walk_next(&w, &n))) {
        dst_iov[used++] = (struct iovec) { .iov_base = p, .iov_len = n };
    }
    return used;
}

ssize_t iov_send_recv(int sockfd, const struct iovec *iov, unsigned iov_cnt,
                      size_t offset, size_t bytes, bool do_send)
{
    struct iovec part[64];
    size_t done = 0;

    while (done < bytes) {
        struct msghdr msg = { .msg_iov = part };
        ssize_t n;

        msg.msg_iovlen = iov_copy(part, ARRAY_SIZE(part), iov, iov_cnt,
                                  offset + done, bytes - done);
        if (!msg.msg_iovlen) {
            break;
        }
        if (do_send) {
            n = RETRY_ON_EINTR(sendmsg(sockfd, &msg, MSG_NOSIGNAL));
        } else {
            n = RETRY_ON_EINTR(recvmsg(sockfd, &msg, 0));
        }
        if (n < 0 && errno == ENOTSOCK) {
            n = RETRY_ON_EINTR((do_send ? writev : readv)(sockfd, part,
                                                          msg.msg_iovlen));
        }
        if (n < 0) {
            return done ? (ssize_t)done : -1;
        }
        if (n == 0 && !do_send) {
            break;
        }
        done += n;
    }
    return done;
}

void iov_hexdump(const struct iovec *iov, const unsigned int iov_cnt,
                 FILE *fp, const char *prefix, size_t limit)
{
    size_t size = MIN(iov_size(iov, iov_cnt), limit);
    g_autofree char *buf = g_malloc(size);

    iov_to_buf(iov, iov_cnt, 0, buf, size);
    qemu_hexdump(fp, prefix, buf, size);
}

/* Discarding */

static void undo_note(IOVDiscardUndo *undo, struct iovec *part)
{
    if (undo) {
        undo->modified_iov = part;
        undo->orig = *part;
    }
}

void iov_discard_undo(IOVDiscardUndo *undo)
{
    if (undo->modified_iov) {
        *undo->modified_iov = undo->orig;
    }
}

size_t iov_discard_front_undoable(struct iovec **iov, unsigned int *iov_cnt,
                                  size_t bytes, IOVDiscardUndo *undo)
{
    size_t done = 0;

    if (undo) {
        undo->modified_iov = NULL;
    }
    while (*iov_cnt && done < bytes) {
        struct iovec *part = *iov;

        if (part->iov_len > bytes - done) {
            undo_note(undo, part);
            part->iov_base = (char *)part->iov_base + (bytes - done);
            part->iov_len -= bytes - done;
            return bytes;
        }
        done += part->iov_len;
        (*iov)++;
        (*iov_cnt)--;
    }
    return done;
}

size_t iov_discard_back_undoable(struct iovec *iov, unsigned int *iov_cnt,
                                 size_t bytes, IOVDiscardUndo *undo)
{
    size_t done = 0;

    if (undo) {
        undo->modified_iov = NULL;
    }
    while (*iov_cnt && done < bytes) {
        struct iovec *part = &iov[*iov_cnt - 1];

        if (part->iov_len > bytes - done) {
            undo_note(undo, part);
            part->iov_len -= bytes - done;
            return bytes;
        }
        done += part->iov_len;
        (*iov_cnt)--;
    }
    return done;
}

size_t iov_discard_front(struct iovec **iov, unsigned int *iov_cnt,
                         size_t bytes)
{
    return iov_discard_front_undoable(iov, iov_cnt, bytes, NULL);
}

size_t iov_discard_back(struct iovec *iov, unsigned int *iov_cnt,
                        size_t bytes)
{
    return iov_discard_back_undoable(iov, iov_cnt, bytes, NULL);
}

/* Vectors that grow */

void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint)
{
    *qiov = (QEMUIOVector) {
        .iov = g_new(struct iovec, alloc_hint), .nalloc = alloc_hint,
    };
}

void qemu_iovec_init_external(QEMUIOVector *qiov, struct iovec *iov, int niov)
{
    *qiov = (QEMUIOVector) {
        .iov = iov, .niov = niov, .nalloc = -1, .size = iov_size(iov, niov),
    };
}

void qemu_iovec_init_slice(QEMUIOVector *qiov, QEMUIOVector *source,
                           size_t offset, size_t len)
{
    qemu_iovec_init(qiov, source->niov);
    qemu_iovec_concat(qiov, source, offset, len);
}

void qemu_iovec_add(QEMUIOVector *qiov, void *base, size_t len)
{
    assert(qiov->nalloc != -1);
    if (qiov->niov == qiov->nalloc) {
        qiov->nalloc = 2 * qiov->nalloc + 1;
        qiov->iov = g_renew(struct iovec, qiov->iov, qiov->nalloc);
    }
    qiov->iov[qiov->niov++] = (struct iovec) { base, len };
    qiov->size += len;
}

size_t qemu_iovec_concat_iov(QEMUIOVector *dst, struct iovec *src_iov,
                             unsigned int src_cnt, size_t soffset,
                             size_t sbytes)
{
    IovWalk w = walk_start(src_iov, src_cnt, soffset, sbytes);
    size_t done = 0, n;
    char *p;

    while ((p = walk_next(&w, &n))) {
        qemu_iovec_add(dst, p, n);
        done += n;
    }
    return done;
}

void qemu_iovec_concat(QEMUIOVector *dst, QEMUIOVector *src, size_t soffset,
                       size_t sbytes)
{
    qemu_iovec_concat_iov(dst, src->iov, src->niov, soffset, sbytes);
}

bool qemu_iovec_is_zero(QEMUIOVector *qiov, size_t qiov_offset, size_t bytes)
{
    IovWalk w = walk_start(qiov->iov, qiov->niov, qiov_offset, bytes);
    size_t n;
    char *p;

    while ((p = walk_next(&w, &n))) {
        if (!buffer_is_zero(p, n)) {
            return false;
        }
    }
    return true;
}

void qemu_iovec_destroy(QEMUIOVector *qiov)
{
    if (qiov->nalloc != -1) {
        g_free(qiov->iov);
    }
    memset(qiov, 0, sizeof(*qiov));
}

void qemu_iovec_reset(QEMUIOVector *qiov)
{
    assert(qiov->nalloc != -1);
    qiov->niov = 0;
    qiov->size = 0;
}

size_t qemu_iovec_to_buf(QEMUIOVector *qiov, size_t offset, void *buf,
                         size_t bytes)
{
    return iov_to_buf(qiov->iov, qiov->niov, offset, buf, bytes);
}

size_t qemu_iovec_from_buf(QEMUIOVector *qiov, size_t offset, const void *buf,
                           size_t bytes)
{
    return iov_from_buf(qiov->iov, qiov->niov, offset, buf, bytes);
}

size_t qemu_iovec_memset(QEMUIOVector *qiov, size_t offset, int fillc,
                         size_t bytes)
{
    return iov_memset(qiov->iov, qiov->niov, offset, fillc, bytes);
}

ssize_t qemu_iovec_compare(QEMUIOVector *a, QEMUIOVector *b)
{
    size_t at = 0;

    while (at < a->size && at < b->size) {
        IovWalk wa = walk_start(a->iov, a->niov, at, a->size);
        IovWalk wb = walk_start(b->iov, b->niov, at, b->size);
        size_t na = 0, nb = 0, n;
        const char *pa = walk_next(&wa, &na), *pb = walk_next(&wb, &nb);

        if (!pa || !pb) {
            break;
        }
        n = MIN(na, nb);
        if (memcmp(pa, pb, n)) {
            for (n = 0; pa[n] == pb[n]; n++) {
                /* find it */
            }
            return at + n;
        }
        at += n;
    }
    return a->size == b->size ? -1 : (ssize_t)at;
}

void qemu_iovec_discard_back(QEMUIOVector *qiov, size_t bytes)
{
    unsigned niov = qiov->niov;

    assert(qiov->size >= bytes);
    qiov->size -= iov_discard_back(qiov->iov, &niov, bytes);
    qiov->niov = niov;
}
