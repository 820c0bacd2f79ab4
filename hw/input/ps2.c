/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PS/2 keyboard and mouse have in common: a queue towards the
 * controller.
 *
 * It holds 16 bytes, as a keyboard's does; beyond those there is room for
 * the reply to a command only.
 */
#include "qemu/osdep.h"
#include "hw/input/ps2.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"

#define PS2_QUEUE_SIZE 16
#define PS2_REPLY_SIZE 8

static int wrap(int position)
{
    return position & (PS2_BUFFER_SIZE - 1);
}

bool ps2_queue_empty(PS2State *s)
{
    return s->queue.count == 0;
}

void ps2_raise_irq(PS2State *s)
{
    qemu_set_irq(s->irq, s->queue.count > 0);
}

bool ps2_queue_bytes(PS2State *s, const uint8_t *bytes, int n)
{
    PS2Queue *q = &s->queue;

    if (q->count + n > PS2_QUEUE_SIZE) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        q->data[q->wptr] = bytes[i];
        q->wptr = wrap(q->wptr + 1);
        q->count++;
    }
    ps2_raise_irq(s);
    return true;
}

/*
 * The bytes of a reply are few and come one after the other: they make room
 * before what waits, and move up in it.
 */
void ps2_reply(PS2State *s, uint8_t byte)
{
    PS2Queue *q = &s->queue;
    int length;

    if (q->cwptr == -1) {
        q->cwptr = q->rptr;
    }
    length = wrap(q->cwptr - q->rptr);
    if (length >= PS2_REPLY_SIZE || q->count >= PS2_BUFFER_SIZE - 1) {
        return;
    }
    q->rptr = wrap(q->rptr - 1);
    for (int i = 0; i < length; i++) {
        q->data[wrap(q->rptr + i)] = q->data[wrap(q->rptr + i + 1)];
    }
    q->data[wrap(q->cwptr - 1)] = byte;
    q->count++;
    ps2_raise_irq(s);
}

void ps2_drop_queue(PS2State *s, bool all)
{
    PS2Queue *q = &s->queue;

    if (all) {
        q->wptr = q->rptr;
        q->count = 0;
    } else if (q->cwptr != -1) {
        q->count -= wrap(q->cwptr - q->rptr);
        q->rptr = q->cwptr;
    }
    q->cwptr = -1;
}

uint8_t ps2_last_byte(PS2State *s)
{
    return s->queue.data[wrap(s->queue.rptr - 1)];
}

uint32_t ps2_read_data(PS2State *s)
{
    PS2Queue *q = &s->queue;
    uint8_t byte;

    if (q->count == 0) {
        return ps2_last_byte(s);
    }
    byte = q->data[q->rptr];
    q->rptr = wrap(q->rptr + 1);
    q->count--;
    if (q->rptr == q->cwptr) {
        q->cwptr = -1;
    }
    /* An edge for each byte. */
    qemu_set_irq(s->irq, 0);
    ps2_raise_irq(s);
    return byte;
}

/*** State ***/

/*
 * A stream without the mark of a reply has one as part of the rest.  What
 * does not fit the ring is nobody's queue.
 */
bool ps2_queue_is_sane(PS2State *s)
{
    PS2Queue *q = &s->queue;

    if (q->rptr < 0 || q->rptr >= PS2_BUFFER_SIZE ||
        q->wptr < 0 || q->wptr >= PS2_BUFFER_SIZE ||
        q->count < 0 || q->count > PS2_QUEUE_SIZE + PS2_REPLY_SIZE ||
        q->wptr != wrap(q->rptr + q->count)) {
        return false;
    }
    return q->cwptr == -1 ||
           (q->cwptr >= 0 && q->cwptr < PS2_BUFFER_SIZE &&
            wrap(q->cwptr - q->rptr) <= MIN(q->count, PS2_REPLY_SIZE));
}

const VMStateDescription vmstate_ps2_common = {
    .name = "PS2 Common State",
    .version_id = 3,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(write_cmd, PS2State),
        VMSTATE_INT32(queue.rptr, PS2State),
        VMSTATE_INT32(queue.wptr, PS2State),
        VMSTATE_INT32(queue.count, PS2State),
        VMSTATE_BUFFER(queue.data, PS2State),
        VMSTATE_END_OF_LIST()
    },
};

/*** Type ***/

static void ps2_reset_hold(Object *obj)
{
    PS2State *s = PS2_DEVICE(obj);

    s->write_cmd = -1;
    s->queue.rptr = 0;
    s->queue.wptr = 0;
    s->queue.cwptr = -1;
    s->queue.count = 0;
    memset(s->queue.data, 0, sizeof(s->queue.data));
}

static void ps2_reset_exit(Object *obj)
{
    ps2_raise_irq(PS2_DEVICE(obj));
}

static void ps2_init(Object *obj)
{
    PS2State *s = PS2_DEVICE(obj);

    s->queue.cwptr = -1;
    qdev_init_gpio_out(DEVICE(obj), &s->irq, 1);
}

static void ps2_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    rc->phases.hold = ps2_reset_hold;
    rc->phases.exit = ps2_reset_exit;
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo ps2_info = {
    .name = TYPE_PS2_DEVICE,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(PS2State),
    .instance_init = ps2_init,
    .class_init = ps2_class_init,
    .class_size = sizeof(PS2DeviceClass),
    .abstract = true,
};

static void ps2_register_types(void)
{
    type_register_static(&ps2_info);
}

type_init(ps2_register_types)
