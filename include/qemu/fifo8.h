/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of bytes.  Pushing to a full one and popping from an empty one must
 * not happen, but do no harm: the byte is dropped, 0 is read.
 */
#ifndef QEMU_FIFO8_H
#define QEMU_FIFO8_H

typedef struct {
    uint8_t *data;
    uint32_t capacity;
    uint32_t head;
    uint32_t num;
} Fifo8;

void fifo8_create(Fifo8 *fifo, uint32_t capacity);
void fifo8_destroy(Fifo8 *fifo);
void fifo8_push(Fifo8 *fifo, uint8_t data);
void fifo8_push_all(Fifo8 *fifo, const uint8_t *data, uint32_t num);
uint8_t fifo8_pop(Fifo8 *fifo);
/*
 * The next up to @max bytes that lie in one piece, *@num of them, in the
 * ring's own memory: good until the next push.
 */
const uint8_t *fifo8_pop_buf(Fifo8 *fifo, uint32_t max, uint32_t *num);
void fifo8_reset(Fifo8 *fifo);
bool fifo8_is_empty(Fifo8 *fifo);
bool fifo8_is_full(Fifo8 *fifo);
uint32_t fifo8_num_free(Fifo8 *fifo);
uint32_t fifo8_num_used(Fifo8 *fifo);

#define VMSTATE_FIFO8_TEST(_field, _state, _test) {                     \
    .name = (stringify(_field)),                                        \
    .field_exists = (_test),                                            \
    .size = sizeof(Fifo8),                                              \
    .vmsd = &vmstate_fifo8,                                             \
    .flags = VMS_STRUCT,                                                \
    .offset = vmstate_offset_value(_state, _field, Fifo8),              \
}
#define VMSTATE_FIFO8(_field, _state) VMSTATE_FIFO8_TEST(_field, _state, NULL)
/* Defined with the other common states, by floor 2. */
extern const VMStateDescription vmstate_fifo8;

#endif /* QEMU_FIFO8_H */
