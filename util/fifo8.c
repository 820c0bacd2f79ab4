/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of bytes. */
#include "qemu/osdep.h"
#include "qemu/fifo8.h"

void fifo8_create(Fifo8 *fifo, uint32_t capacity)
{
    *fifo = (Fifo8) { .data = g_malloc(capacity), .capacity = capacity };
}

void fifo8_destroy(Fifo8 *fifo)
{
    g_free(fifo->data);
    fifo->data = NULL;
}

/* The index @n bytes behind the oldest one. */
static uint32_t at(const Fifo8 *fifo, uint32_t n)
{
    uint64_t i = (uint64_t)fifo->head + n;

    return i < fifo->capacity ? i : i - fifo->capacity;
}

void fifo8_push(Fifo8 *fifo, uint8_t data)
{
    if (fifo->num < fifo->capacity) {
        fifo->data[at(fifo, fifo->num++)] = data;
    }
}

void fifo8_push_all(Fifo8 *fifo, const uint8_t *data, uint32_t num)
{
    uint32_t start, first;

    num = MIN(num, fifo8_num_free(fifo));
    if (!num) {
        return;
    }
    start = at(fifo, fifo->num);
    first = MIN(num, fifo->capacity - start);
    memcpy(fifo->data + start, data, first);
    memcpy(fifo->data, data + first, num - first);
    fifo->num += num;
}

uint8_t fifo8_pop(Fifo8 *fifo)
{
    uint8_t byte;

    if (!fifo->num) {
        return 0;
    }
    byte = fifo->data[fifo->head];
    fifo->head = at(fifo, 1);
    fifo->num--;
    return byte;
}

const uint8_t *fifo8_pop_buf(Fifo8 *fifo, uint32_t max, uint32_t *num)
{
    const uint8_t *piece = fifo->data + fifo->head;

    *num = MIN(MIN(max, fifo->num), fifo->capacity - fifo->head);
    fifo->head = at(fifo, *num);
    fifo->num -= *num;
    return piece;
}

void fifo8_reset(Fifo8 *fifo)
{
    fifo->head = 0;
    fifo->num = 0;
}

bool fifo8_is_empty(Fifo8 *fifo)
{
    return fifo->num == 0;
}

bool fifo8_is_full(Fifo8 *fifo)
{
    return fifo->num == fifo->capacity;
}

uint32_t fifo8_num_free(Fifo8 *fifo)
{
    return fifo->capacity - fifo->num;
}

uint32_t fifo8_num_used(Fifo8 *fifo)
{
    return fifo->num;
}
