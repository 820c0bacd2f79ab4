/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A buffer that grows at the end and is consumed at the front. */
#ifndef QEMU_BUFFER_H
#define QEMU_BUFFER_H

typedef struct Buffer {
    char *name;
    size_t capacity;
    size_t offset;              /* bytes in use */
    uint64_t avg_size;
    uint8_t *buffer;
} Buffer;

void buffer_init(Buffer *buffer, const char *name, ...) G_GNUC_PRINTF(2, 3);
void buffer_free(Buffer *buffer);
void buffer_reset(Buffer *buffer);
/* Room for @len more bytes at buffer_end(). */
void buffer_reserve(Buffer *buffer, size_t len);
void buffer_append(Buffer *buffer, const void *data, size_t len);
/* Takes @len bytes off the front. */
void buffer_advance(Buffer *buffer, size_t len);
gboolean buffer_empty(Buffer *buffer);
uint8_t *buffer_end(Buffer *buffer);
/* Gives memory back that has not been needed for a while. */
void buffer_shrink(Buffer *buffer);
/* Empties @from into @to. */
void buffer_move(Buffer *to, Buffer *from);

#endif /* QEMU_BUFFER_H */
