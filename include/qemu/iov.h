/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers scattered over several places in memory.
 *
 * @iov has @iov_cnt (or @iovcnt) parts; offsets and lengths count over all of
 * them.  What lies past the end is left out: the results say how many bytes
 * were dealt with.
 */
#ifndef QEMU_IOV_H
#define QEMU_IOV_H

size_t iov_size(const struct iovec *iov, const unsigned int iov_cnt);

size_t iov_from_buf_full(const struct iovec *iov, unsigned int iov_cnt,
                         size_t offset, const void *buf, size_t bytes);
size_t iov_to_buf_full(const struct iovec *iov, const unsigned int iov_cnt,
                       size_t offset, void *buf, size_t bytes);

/* Copy from / to @buf.  Within the first part it is a plain copy. */
static inline size_t iov_from_buf(const struct iovec *iov,
                                  unsigned int iov_cnt, size_t offset,
                                  const void *buf, size_t bytes)
{
    if (bytes && iov_cnt && offset <= iov[0].iov_len &&
        bytes <= iov[0].iov_len - offset) {
        memcpy((char *)iov[0].iov_base + offset, buf, bytes);
        return bytes;
    }
    return iov_from_buf_full(iov, iov_cnt, offset, buf, bytes);
}

static inline size_t iov_to_buf(const struct iovec *iov,
                                const unsigned int iov_cnt, size_t offset,
                                void *buf, size_t bytes)
{
    if (bytes && iov_cnt && offset <= iov[0].iov_len &&
        bytes <= iov[0].iov_len - offset) {
        memcpy(buf, (const char *)iov[0].iov_base + offset, bytes);
        return bytes;
    }
    return iov_to_buf_full(iov, iov_cnt, offset, buf, bytes);
}

size_t iov_memset(const struct iovec *iov, const unsigned int iov_cnt,
                  size_t offset, int fillc, size_t bytes);

/*
 * Sends or receives @bytes from @offset on, over a socket (or, where it is
 * not one, any file descriptor), going on after short transfers.  The number
 * of bytes, or -1 with errno where not even one was moved.
 */
ssize_t iov_send_recv(int sockfd, const struct iovec *iov, unsigned iov_cnt,
                      size_t offset, size_t bytes, bool do_send);
#define iov_recv(sockfd, iov, iov_cnt, offset, bytes) \
    iov_send_recv(sockfd, iov, iov_cnt, offset, bytes, false)
#define iov_send(sockfd, iov, iov_cnt, offset, bytes) \
    iov_send_recv(sockfd, iov, iov_cnt, offset, bytes, true)

void iov_hexdump(const struct iovec *iov, const unsigned int iov_cnt,
                 FILE *fp, const char *prefix, size_t limit);

/* Makes @dst_iov describe a part of @iov; the number of parts used. */
unsigned iov_copy(struct iovec *dst_iov, unsigned int dst_iov_cnt,
                  const struct iovec *iov, unsigned int iov_cnt,
                  size_t offset, size_t bytes);

/* Takes bytes off the front, moving *@iov on, or off the back. */
size_t iov_discard_front(struct iovec **iov, unsigned int *iov_cnt,
                         size_t bytes);
size_t iov_discard_back(struct iovec *iov, unsigned int *iov_cnt,
                        size_t bytes);

/* What to put back by iov_discard_undo(): the one part that was changed. */
typedef struct IOVDiscardUndo {
    struct iovec *modified_iov;
    struct iovec orig;
} IOVDiscardUndo;

void iov_discard_undo(IOVDiscardUndo *undo);
size_t iov_discard_front_undoable(struct iovec **iov, unsigned int *iov_cnt,
                                  size_t bytes, IOVDiscardUndo *undo);
size_t iov_discard_back_undoable(struct iovec *iov, unsigned int *iov_cnt,
                                 size_t bytes, IOVDiscardUndo *undo);

/*
 * An I/O vector with its size, which grows as it is filled; or (nalloc -1)
 * one around parts of someone else's.
 */
typedef struct QEMUIOVector {
    struct iovec *iov;
    int niov;
    int nalloc;
    struct iovec local_iov;
    size_t size;
} QEMUIOVector;

#define QEMU_IOVEC_INIT_BUF(self, buf, len)                     \
    {                                                           \
        .iov = &(self).local_iov,                               \
        .niov = 1,                                              \
        .nalloc = -1,                                           \
        .local_iov = {                                          \
            .iov_base = (void *)(buf),                          \
            .iov_len = (len),                                   \
        },                                                      \
        .size = (len),                                          \
    }

static inline void qemu_iovec_init_buf(QEMUIOVector *qiov, void *buf,
                                       size_t len)
{
    *qiov = (QEMUIOVector)QEMU_IOVEC_INIT_BUF(*qiov, buf, len);
}

static inline void *qemu_iovec_buf(QEMUIOVector *qiov)
{
    return qiov->niov == 1 ? qiov->iov[0].iov_base : NULL;
}

void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint);
void qemu_iovec_init_external(QEMUIOVector *qiov, struct iovec *iov, int niov);
/* A part of @source, which must outlive it. */
void qemu_iovec_init_slice(QEMUIOVector *qiov, QEMUIOVector *source,
                           size_t offset, size_t len);
void qemu_iovec_add(QEMUIOVector *qiov, void *base, size_t len);
void qemu_iovec_concat(QEMUIOVector *dst, QEMUIOVector *src, size_t soffset,
                       size_t sbytes);
size_t qemu_iovec_concat_iov(QEMUIOVector *dst, struct iovec *src_iov,
                             unsigned int src_cnt, size_t soffset,
                             size_t sbytes);
bool qemu_iovec_is_zero(QEMUIOVector *qiov, size_t qiov_offeset, size_t bytes);
void qemu_iovec_destroy(QEMUIOVector *qiov);
void qemu_iovec_reset(QEMUIOVector *qiov);
size_t qemu_iovec_to_buf(QEMUIOVector *qiov, size_t offset, void *buf,
                         size_t bytes);
size_t qemu_iovec_from_buf(QEMUIOVector *qiov, size_t offset, const void *buf,
                           size_t bytes);
size_t qemu_iovec_memset(QEMUIOVector *qiov, size_t offset, int fillc,
                         size_t bytes);
/* The offset of the first difference, -1 if they are equal. */
ssize_t qemu_iovec_compare(QEMUIOVector *a, QEMUIOVector *b);
void qemu_iovec_discard_back(QEMUIOVector *qiov, size_t bytes);

#endif /* QEMU_IOV_H */
