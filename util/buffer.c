/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A buffer that grows at the end and is consumed at the front.  Its size
 * follows a decaying average of what it held.
 */
#include "qemu/osdep.h"
#include "qemu/buffer.h"

#define BUFFER_MIN 4096
/* The average is kept times this; each sample counts for one part in it. */
#define BUFFER_AVG_WEIGHT 128

void buffer_init(Buffer *buffer, const char *name, ...)
{
    va_list ap;

    va_start(ap, name);
    buffer->name = g_strdup_vprintf(name, ap);
    va_end(ap);
}

void buffer_free(Buffer *buffer)
{
    g_free(buffer->buffer);
    g_free(buffer->name);
    *buffer = (Buffer) { 0 };
}

static size_t buffer_size_for(size_t len)
{
    size_t size = BUFFER_MIN;

    while (size < len) {
        size *= 2;
    }
    return size;
}

static void buffer_resize(Buffer *buffer, size_t size)
{
    buffer->capacity = size;
    buffer->buffer = g_realloc(buffer->buffer, size);
}

void buffer_reserve(Buffer *buffer, size_t len)
{
    size_t need = buffer->offset + len;

    if (need > buffer->capacity) {
        buffer_resize(buffer, buffer_size_for(need));
        buffer->avg_size = MAX(buffer->avg_size,
                               (uint64_t)need * BUFFER_AVG_WEIGHT);
    }
}

void buffer_shrink(Buffer *buffer)
{
    size_t size;

    buffer->avg_size -= buffer->avg_size / BUFFER_AVG_WEIGHT;
    buffer->avg_size += buffer->offset;
    size = buffer_size_for(MAX(buffer->offset,
                               buffer->avg_size / BUFFER_AVG_WEIGHT));
    /* Only where much is to be gained. */
    if (buffer->capacity > 64 * 1024 && size * 4 <= buffer->capacity) {
        buffer_resize(buffer, size);
    }
}

void buffer_reset(Buffer *buffer)
{
    buffer->offset = 0;
    buffer_shrink(buffer);
}

gboolean buffer_empty(Buffer *buffer)
{
    return buffer->offset == 0;
}

uint8_t *buffer_end(Buffer *buffer)
{
    return buffer->buffer + buffer->offset;
}

void buffer_append(Buffer *buffer, const void *data, size_t len)
{
    buffer_reserve(buffer, len);
    if (len) {
        memcpy(buffer_end(buffer), data, len);
    }
    buffer->offset += len;
}

void buffer_advance(Buffer *buffer, size_t len)
{
    len = MIN(len, buffer->offset);
    buffer->offset -= len;
    memmove(buffer->buffer, buffer->buffer + len, buffer->offset);
    buffer_shrink(buffer);
}

void buffer_move(Buffer *to, Buffer *from)
{
    if (buffer_empty(to)) {
        /* Swap the memory: nothing is copied. */
        Buffer old = *to;

        to->buffer = from->buffer;
        to->capacity = from->capacity;
        to->offset = from->offset;
        from->buffer = old.buffer;
        from->capacity = old.capacity;
    } else {
        buffer_append(to, from->buffer, from->offset);
    }
    from->offset = 0;
    buffer_shrink(from);
}
