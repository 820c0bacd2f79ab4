/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys with pauses between them: what the guest sees of "sendkey" looks like
 * fingers on a keyboard.
 */
#include "qemu/osdep.h"
#include "qemu/queue.h"
#include "qemu/timer.h"
#include "sysemu/runstate.h"
#include "ui/input.h"

#define DEFAULT_DELAY_MS 10
/* Keys and delays that wait; more are dropped. */
#define QUEUE_LIMIT 1024

typedef struct QueueItem {
    KeyValue *key;              /* NULL: a delay */
    bool down;
    uint32_t delay_ms;
    QemuConsole *src;
    QTAILQ_ENTRY(QueueItem) node;
} QueueItem;

static QTAILQ_HEAD(, QueueItem) queue = QTAILQ_HEAD_INITIALIZER(queue);
static unsigned queue_length;
static QEMUTimer *queue_timer;

static void send_now(QemuConsole *src, KeyValue *key, bool down)
{
    InputKeyEvent data = { .key = key, .down = down };
    InputEvent evt = { .type = INPUT_EVENT_KIND_KEY, .u.key.data = &data };

    qemu_input_event_send(src, &evt);
    qemu_input_event_sync();
}

static void start_delay(const QueueItem *item)
{
    timer_mod(queue_timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
              item->delay_ms);
}

static void drop_first(void)
{
    QueueItem *item = QTAILQ_FIRST(&queue);

    QTAILQ_REMOVE(&queue, item, node);
    queue_length--;
    g_free(item->key);
    g_free(item);
}

/* The first item is the delay that has passed; on to the next delay. */
static void delay_passed(void *opaque)
{
    QueueItem *item;

    drop_first();
    while ((item = QTAILQ_FIRST(&queue))) {
        if (!item->key) {
            start_delay(item);
            return;
        }
        send_now(item->src, item->key, item->down);
        drop_first();
    }
}

static QueueItem *append(void)
{
    QueueItem *item = g_new0(QueueItem, 1);

    QTAILQ_INSERT_TAIL(&queue, item, node);
    queue_length++;
    return item;
}

void qemu_input_event_send_key(QemuConsole *src, KeyValue *key, bool down)
{
    QueueItem *item;

    if (QTAILQ_EMPTY(&queue) || queue_length >= QUEUE_LIMIT) {
        if (QTAILQ_EMPTY(&queue)) {
            send_now(src, key, down);
        }
        g_free(key);
        return;
    }
    item = append();
    item->src = src;
    item->key = key;
    item->down = down;
}

void qemu_input_event_send_key_number(QemuConsole *src, int num, bool down)
{
    KeyValue *key = g_new0(KeyValue, 1);

    key->type = KEY_VALUE_KIND_NUMBER;
    key->u.number.data = num;
    qemu_input_event_send_key(src, key, down);
}

void qemu_input_event_send_key_qcode(QemuConsole *src, QKeyCode q, bool down)
{
    KeyValue *key = g_new0(KeyValue, 1);

    key->type = KEY_VALUE_KIND_QCODE;
    key->u.qcode.data = q;
    qemu_input_event_send_key(src, key, down);
}

void qemu_input_event_send_key_delay(uint32_t delay_ms)
{
    QueueItem *item;

    if ((!runstate_is_running() && !runstate_check(RUN_STATE_SUSPENDED)) ||
        queue_length >= QUEUE_LIMIT) {
        return;
    }
    if (!queue_timer) {
        queue_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, delay_passed, NULL);
    }
    item = append();
    item->delay_ms = delay_ms ? delay_ms : DEFAULT_DELAY_MS;
    if (QTAILQ_FIRST(&queue) == item) {
        start_delay(item);
    }
}
