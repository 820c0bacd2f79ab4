/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMUFile: the buffered byte stream under a migration.
 *
 * A file goes one way.  Below it stands a channel, described by a small table
 * of operations; above it are the typed accessors of qemu-file-types.h.  The
 * first error sticks, with an Error where the channel or a caller gave one.
 * A file belongs to one thread at a time; qemu_file_shutdown() alone may be
 * called from another.
 */
#ifndef MIGRATION_QEMU_FILE_H
#define MIGRATION_QEMU_FILE_H

#include "migration/qemu-file-types.h"

/* As much as qemu_peek_buffer() can look ahead. */
#define QEMU_FILE_BUFFER_SIZE (128 * 1024)

/*
 * What a channel does.  All may block; none touches the file.
 */
typedef struct QEMUFileOps {
    /* Bytes read (at most @len), 0 at the end, or a negative errno with @errp
     * set. */
    ssize_t (*read)(void *opaque, void *buf, size_t len, Error **errp);
    /* Writes all of @iov: 0, or a negative errno with @errp set.  May change
     * the entries of @iov. */
    int (*writev)(void *opaque, struct iovec *iov, int niov, Error **errp);
    /* Makes present and future reads and writes fail; callable from any
     * thread.  NULL where that cannot be had. */
    void (*shutdown)(void *opaque);
    /* Releases @opaque; a negative errno where data could not be kept. */
    int (*close)(void *opaque, Error **errp);
    /* A file for the other direction on the same channel, or NULL. */
    QEMUFile *(*get_return_path)(void *opaque, bool input);
} QEMUFileOps;

QEMUFile *qemu_file_new_input(const QEMUFileOps *ops, void *opaque);
QEMUFile *qemu_file_new_output(const QEMUFileOps *ops, void *opaque);

/*
 * Memory as a channel.  Output is appended to @out, which must outlive the
 * file; input is read from @data, which is not copied.
 */
QEMUFile *qemu_file_new_memory_output(GByteArray *out);
QEMUFile *qemu_file_new_memory_input(const void *data, size_t size);

/* Flushes, closes the channel and frees: 0 or the first error of all. */
int qemu_fclose(QEMUFile *f);
int qemu_fclose_errp(QEMUFile *f, Error **errp);
void qemu_fflush(QEMUFile *f);
bool qemu_file_is_writable(QEMUFile *f);
QEMUFile *qemu_file_get_return_path(QEMUFile *f);
void *qemu_file_get_opaque(QEMUFile *f);

/* Ends all traffic, from any thread. */
int qemu_file_shutdown(QEMUFile *f);

/*
 * Errors.  @ret is a negative errno; set_error_obj owns @err, which may be
 * NULL.  Only the first is kept.  get_error_obj gives a copy of the Error, if
 * there is one, to the caller.
 */
void qemu_file_set_error(QEMUFile *f, int ret);
void qemu_file_set_error_obj(QEMUFile *f, int ret, Error *err);
int qemu_file_get_error_obj(QEMUFile *f, Error **errp);
/* Replaces the Error by @err, which says more, and sets @ret if there was no
 * error yet; owns @err. */
void qemu_file_refine_error(QEMUFile *f, int ret, Error *err);
/* Bytes so far: handed to the channel and in the buffer, or taken from it. */
int64_t qemu_file_total_transferred(QEMUFile *f);
int64_t qemu_file_total_transferred_fast(QEMUFile *f);

/*
 * @buf is sent from where it lies at the next flush, and must keep its place
 * until then; its bytes may change meanwhile (a page that does is dirty and
 * goes again).
 */
void qemu_put_buffer_async(QEMUFile *f, const uint8_t *buf, size_t size,
                           bool may_free);
/* A byte of length and the string, which is at most 255 bytes long. */
void qemu_put_counted_string(QEMUFile *f, const char *str);
/* Reads the same into @buf; its length, or 0 at an error. */
size_t qemu_get_counted_string(QEMUFile *f, char buf[256]);

/*
 * A look @offset bytes ahead, for at most QEMU_FILE_BUFFER_SIZE - @offset
 * bytes: sets *@buf to them inside the file's own buffer and returns how many
 * there are, fewer only before the end of the stream.  peek_byte: 0 there.
 */
size_t qemu_peek_buffer(QEMUFile *f, uint8_t **buf, size_t size,
                        size_t offset);
int qemu_peek_byte(QEMUFile *f, int offset);
/* Skips bytes that were peeked at. */
void qemu_file_skip(QEMUFile *f, int size);
/* Like qemu_get_buffer(), but *@buf may be pointed into the file's buffer
 * instead of being filled; valid until the next call. */
size_t qemu_get_buffer_in_place(QEMUFile *f, uint8_t **buf, size_t size);

/* Bytes a time slice; see the engine.  1: the slice is used up, or an
 * error. */
int qemu_file_rate_limit(QEMUFile *f);
/* A name from a stream, fit to be shown; g_free() it. */
char *qemu_file_printable(const void *name, size_t len);

/* Bytes that are left of the slice; INT64_MAX without a limit. */
int64_t qemu_file_rate_left(QEMUFile *f);
void qemu_file_reset_rate_limit(QEMUFile *f);
void qemu_file_set_rate_limit(QEMUFile *f, int64_t limit);
int64_t qemu_file_get_rate_limit(QEMUFile *f);
/* Counts bytes that went beside the file (other channels). */
void qemu_file_acct_rate_limit(QEMUFile *f, int64_t len);

#endif /* MIGRATION_QEMU_FILE_H */
