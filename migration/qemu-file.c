/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMUFile: buffering between typed accesses and a channel.
 *
 * Output is a list of pieces, which are either runs of the file's own buffer
 * or memory of the caller's that goes out from where it is; one writev() takes
 * them all.  Input is a window of the buffer that is moved to its front when
 * somebody wants to see further than the window reaches.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "migration/qemu-file.h"

/* Pieces a flush; a page of RAM is two, its header and itself. */
#define QEMU_FILE_PIECES 256

struct QEMUFile {
    const QEMUFileOps *ops;
    void *opaque;
    bool output;
    bool stopped;               /* by qemu_file_shutdown() */
    int error;
    Error *error_obj;

    uint8_t *buf;               /* own memory, or all of a memory input */
    bool buf_is_input;
    size_t pos;                 /* next byte to write, or to read */
    size_t end;                 /* of the bytes read from the channel */
    bool eof;
    int64_t total;              /* bytes that went through the channel */

    struct iovec pieces[QEMU_FILE_PIECES];
    int n_pieces;
    size_t pending;             /* bytes in them */

    int64_t rate_limit;         /* bytes a slice; 0: none */
    int64_t rate_used;
};

static QEMUFile *file_new(const QEMUFileOps *ops, void *opaque, bool output)
{
    QEMUFile *f = g_new0(QEMUFile, 1);

    f->ops = ops;
    f->opaque = opaque;
    f->output = output;
    return f;
}

QEMUFile *qemu_file_new_input(const QEMUFileOps *ops, void *opaque)
{
    QEMUFile *f = file_new(ops, opaque, false);

    f->buf = g_malloc(QEMU_FILE_BUFFER_SIZE);
    return f;
}

QEMUFile *qemu_file_new_output(const QEMUFileOps *ops, void *opaque)
{
    QEMUFile *f = file_new(ops, opaque, true);

    f->buf = g_malloc(QEMU_FILE_BUFFER_SIZE);
    return f;
}

/* --- Memory as a channel --- */

static int memory_writev(void *opaque, struct iovec *iov, int niov,
                         Error **errp)
{
    for (int i = 0; i < niov; i++) {
        g_byte_array_append(opaque, iov[i].iov_base, iov[i].iov_len);
    }
    return 0;
}

static ssize_t memory_read(void *opaque, void *buf, size_t len, Error **errp)
{
    return 0;
}

static const QEMUFileOps memory_ops = {
    .read = memory_read,
    .writev = memory_writev,
};

QEMUFile *qemu_file_new_memory_output(GByteArray *out)
{
    return qemu_file_new_output(&memory_ops, out);
}

QEMUFile *qemu_file_new_memory_input(const void *data, size_t size)
{
    QEMUFile *f = file_new(&memory_ops, NULL, false);

    f->buf = (uint8_t *)data;
    f->buf_is_input = true;
    f->end = size;
    f->total = size;
    return f;
}

/* --- Errors --- */

int qemu_file_get_error(QEMUFile *f)
{
    return f->error;
}

int qemu_file_get_error_obj(QEMUFile *f, Error **errp)
{
    if (errp && f->error_obj) {
        *errp = error_copy(f->error_obj);
    }
    return f->error;
}

void qemu_file_set_error_obj(QEMUFile *f, int ret, Error *err)
{
    if (!f->error && ret) {
        f->error = ret;
        f->error_obj = err;
    } else {
        error_free(err);
    }
}

void qemu_file_refine_error(QEMUFile *f, int ret, Error *err)
{
    if (f->error) {
        error_free(f->error_obj);
        f->error_obj = err;
    } else {
        qemu_file_set_error_obj(f, ret, err);
    }
}

void qemu_file_set_error(QEMUFile *f, int ret)
{
    qemu_file_set_error_obj(f, ret, NULL);
}

static void file_set_eof_error(QEMUFile *f)
{
    Error *err = NULL;

    error_setg(&err, "stream ends unexpectedly after %" PRId64 " bytes",
               f->total);
    qemu_file_set_error_obj(f, -EIO, err);
}

/* --- Output --- */

bool qemu_file_is_writable(QEMUFile *f)
{
    return f->output;
}

void qemu_fflush(QEMUFile *f)
{
    if (!f->output || !f->pending) {
        return;
    }
    if (!f->error && qatomic_read(&f->stopped)) {
        qemu_file_set_error(f, -EIO);
    }
    if (!f->error) {
        Error *err = NULL;
        int ret = f->ops->writev(f->opaque, f->pieces, f->n_pieces, &err);

        if (ret < 0) {
            qemu_file_set_error_obj(f, ret, err);
        } else {
            f->total += f->pending;
        }
    }
    f->n_pieces = 0;
    f->pending = 0;
    f->pos = 0;
}

/* Notes a piece; adjacent ones become one. */
static void file_add_piece(QEMUFile *f, const uint8_t *base, size_t len)
{
    struct iovec *last = f->pieces + f->n_pieces - 1;

    f->pending += len;
    f->rate_used += len;
    if (f->n_pieces &&
        (const uint8_t *)last->iov_base + last->iov_len == base) {
        last->iov_len += len;
        return;
    }
    f->pieces[f->n_pieces++] = (struct iovec) {
        .iov_base = (void *)base, .iov_len = len,
    };
}

static void file_flush_if_full(QEMUFile *f)
{
    if (f->n_pieces == QEMU_FILE_PIECES || f->pos == QEMU_FILE_BUFFER_SIZE) {
        qemu_fflush(f);
    }
}

/* @n bytes of buffer to be filled by the caller. */
static uint8_t *file_reserve(QEMUFile *f, size_t n)
{
    uint8_t *p;

    if (f->pos + n > QEMU_FILE_BUFFER_SIZE) {
        qemu_fflush(f);
    }
    p = f->buf + f->pos;
    f->pos += n;
    file_add_piece(f, p, n);
    return p;
}

void qemu_put_buffer(QEMUFile *f, const uint8_t *buf, size_t size)
{
    while (size && !f->error) {
        size_t n = MIN(size, QEMU_FILE_BUFFER_SIZE - f->pos);

        memcpy(f->buf + f->pos, buf, n);
        file_add_piece(f, f->buf + f->pos, n);
        f->pos += n;
        buf += n;
        size -= n;
        file_flush_if_full(f);
    }
}

void qemu_put_buffer_async(QEMUFile *f, const uint8_t *buf, size_t size,
                           bool may_free)
{
    if (size && !f->error) {
        file_add_piece(f, buf, size);
        file_flush_if_full(f);
    }
}

void qemu_put_byte(QEMUFile *f, int v)
{
    if (!f->error) {
        *file_reserve(f, 1) = v;
        file_flush_if_full(f);
    }
}

void qemu_put_be16(QEMUFile *f, unsigned int v)
{
    if (!f->error) {
        stw_be_p(file_reserve(f, 2), v);
        file_flush_if_full(f);
    }
}

void qemu_put_be32(QEMUFile *f, unsigned int v)
{
    if (!f->error) {
        stl_be_p(file_reserve(f, 4), v);
        file_flush_if_full(f);
    }
}

void qemu_put_be64(QEMUFile *f, uint64_t v)
{
    if (!f->error) {
        stq_be_p(file_reserve(f, 8), v);
        file_flush_if_full(f);
    }
}

void qemu_put_counted_string(QEMUFile *f, const char *str)
{
    size_t len = strlen(str);

    if (len > 255) {
        Error *err = NULL;

        error_setg(&err, "name '%.64s...' is longer than 255 bytes", str);
        qemu_file_set_error_obj(f, -EINVAL, err);
        return;
    }
    qemu_put_byte(f, len);
    qemu_put_buffer(f, (const uint8_t *)str, len);
}

/* --- Input --- */

/*
 * Reads into memory that has room for @len bytes: how many came, 0 at the end
 * or after an error.
 */
static size_t file_read(QEMUFile *f, uint8_t *buf, size_t len)
{
    Error *err = NULL;
    ssize_t n;

    if (f->error || f->eof) {
        return 0;
    }
    if (qatomic_read(&f->stopped)) {
        qemu_file_set_error(f, -EIO);
        return 0;
    }
    n = f->ops->read(f->opaque, buf, len, &err);
    if (n < 0) {
        qemu_file_set_error_obj(f, n, err);
        return 0;
    }
    f->eof = n == 0;
    f->total += n;
    return n;
}

/* Makes the window @want bytes long if the stream has them: what there is. */
static size_t file_fill(QEMUFile *f, size_t want)
{
    size_t have = f->end - f->pos;

    if (have >= want || f->buf_is_input) {
        return have;
    }
    if (f->pos + want > QEMU_FILE_BUFFER_SIZE) {
        memmove(f->buf, f->buf + f->pos, have);
        f->pos = 0;
        f->end = have;
    }
    while (f->end - f->pos < want) {
        size_t n = file_read(f, f->buf + f->end,
                             QEMU_FILE_BUFFER_SIZE - f->end);

        if (!n) {
            break;
        }
        f->end += n;
    }
    return f->end - f->pos;
}

size_t qemu_peek_buffer(QEMUFile *f, uint8_t **buf, size_t size,
                        size_t offset)
{
    size_t have;

    if (f->error || f->output || offset > QEMU_FILE_BUFFER_SIZE) {
        return 0;
    }
    size = MIN(size, QEMU_FILE_BUFFER_SIZE - offset);
    have = file_fill(f, offset + size);
    if (have <= offset) {
        return 0;
    }
    *buf = f->buf + f->pos + offset;
    return MIN(size, have - offset);
}

int qemu_peek_byte(QEMUFile *f, int offset)
{
    uint8_t *p;

    return qemu_peek_buffer(f, &p, 1, offset) ? *p : 0;
}

void qemu_file_skip(QEMUFile *f, int size)
{
    f->pos += MIN((size_t)size, f->end - f->pos);
}

size_t qemu_get_buffer(QEMUFile *f, uint8_t *buf, size_t size)
{
    size_t done = 0;

    while (done < size && !f->error && !f->output) {
        size_t n = MIN(f->end - f->pos, size - done);

        if (n) {
            memcpy(buf + done, f->buf + f->pos, n);
            f->pos += n;
        } else if (size - done >= QEMU_FILE_BUFFER_SIZE) {
            n = file_read(f, buf + done, size - done);
        } else {
            n = 0;
            if (file_fill(f, 1)) {
                continue;
            }
        }
        if (!n) {
            file_set_eof_error(f);
        }
        done += n;
    }
    return done;
}

size_t qemu_get_buffer_in_place(QEMUFile *f, uint8_t **buf, size_t size)
{
    uint8_t *p;

    if (size && size <= QEMU_FILE_BUFFER_SIZE &&
        qemu_peek_buffer(f, &p, size, 0) == size) {
        qemu_file_skip(f, size);
        *buf = p;
        return size;
    }
    return qemu_get_buffer(f, *buf, size);
}

/* @n bytes at once, or NULL and an error. */
static const uint8_t *file_get(QEMUFile *f, size_t n)
{
    const uint8_t *p;

    if (unlikely(f->end - f->pos < n)) {
        if (f->error || f->output) {
            return NULL;
        }
        if (file_fill(f, n) < n) {
            file_set_eof_error(f);
            f->pos = f->end;
            return NULL;
        }
    } else if (unlikely(f->error)) {
        return NULL;
    }
    p = f->buf + f->pos;
    f->pos += n;
    return p;
}

int qemu_get_byte(QEMUFile *f)
{
    const uint8_t *p = file_get(f, 1);

    return p ? *p : 0;
}

unsigned int qemu_get_be16(QEMUFile *f)
{
    const uint8_t *p = file_get(f, 2);

    return p ? lduw_be_p(p) : 0;
}

unsigned int qemu_get_be32(QEMUFile *f)
{
    const uint8_t *p = file_get(f, 4);

    return p ? (uint32_t)ldl_be_p(p) : 0;
}

uint64_t qemu_get_be64(QEMUFile *f)
{
    const uint8_t *p = file_get(f, 8);

    return p ? ldq_be_p(p) : 0;
}

size_t qemu_get_counted_string(QEMUFile *f, char buf[256])
{
    size_t len = qemu_get_byte(f);
    size_t got = qemu_get_buffer(f, (uint8_t *)buf, len);

    buf[got] = '\0';
    return got == len ? got : 0;
}

char *qemu_file_printable(const void *name, size_t len)
{
    g_autofree char *text = g_strndup(name, MIN(len, 80));

    return g_strescape(text, NULL);
}

/* --- The rest --- */

void *qemu_file_get_opaque(QEMUFile *f)
{
    return f->opaque;
}

QEMUFile *qemu_file_get_return_path(QEMUFile *f)
{
    return f->ops->get_return_path ?
           f->ops->get_return_path(f->opaque, f->output) : NULL;
}

int qemu_file_shutdown(QEMUFile *f)
{
    qatomic_set(&f->stopped, true);
    if (!f->ops->shutdown) {
        return -ENOSYS;
    }
    f->ops->shutdown(f->opaque);
    return 0;
}

int qemu_fclose_errp(QEMUFile *f, Error **errp)
{
    Error *err = NULL;
    int ret;

    qemu_fflush(f);
    if (f->ops->close) {
        ret = f->ops->close(f->opaque, &err);
        qemu_file_set_error_obj(f, ret, err);
    }
    ret = qemu_file_get_error_obj(f, errp);
    if (!f->buf_is_input) {
        g_free(f->buf);
    }
    error_free(f->error_obj);
    g_free(f);
    return ret;
}

int qemu_fclose(QEMUFile *f)
{
    return qemu_fclose_errp(f, NULL);
}

int64_t qemu_file_total_transferred_fast(QEMUFile *f)
{
    return f->output ? f->total + f->pending :
                       f->total - (f->end - f->pos);
}

int64_t qemu_file_total_transferred(QEMUFile *f)
{
    return qemu_file_total_transferred_fast(f);
}

int qemu_file_rate_limit(QEMUFile *f)
{
    return f->error || qatomic_read(&f->stopped) ||
           (f->rate_limit > 0 && f->rate_used > f->rate_limit);
}

int64_t qemu_file_rate_left(QEMUFile *f)
{
    return f->rate_limit > 0 ? MAX(f->rate_limit - f->rate_used, 0)
                             : INT64_MAX;
}

void qemu_file_reset_rate_limit(QEMUFile *f)
{
    f->rate_used = 0;
}

void qemu_file_set_rate_limit(QEMUFile *f, int64_t limit)
{
    f->rate_limit = limit;
}

int64_t qemu_file_get_rate_limit(QEMUFile *f)
{
    return f->rate_limit;
}

void qemu_file_acct_rate_limit(QEMUFile *f, int64_t len)
{
    f->rate_used += len;
}
