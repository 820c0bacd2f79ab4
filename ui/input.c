/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of input events, and how events find one. */
#include "qemu/osdep.h"
#include "input-internal.h"
#include "qapi/error.h"
#include "qemu/queue.h"
#include "sysemu/runstate.h"

struct QemuInputHandlerState {
    DeviceState *dev;
    const QemuInputHandler *handler;
    int id;
    int events;                 /* since the last sync */
    QTAILQ_ENTRY(QemuInputHandlerState) node;
};

static QTAILQ_HEAD(, QemuInputHandlerState) handlers =
    QTAILQ_HEAD_INITIALIZER(handlers);

static NotifierList mouse_mode_notifiers =
    NOTIFIER_LIST_INITIALIZER(mouse_mode_notifiers);

#define INPUT_EVENT_MASK_MOVE (INPUT_EVENT_MASK_REL | INPUT_EVENT_MASK_ABS)

/*** Handlers ***/

QemuInputHandlerState *qemu_input_handler_register(DeviceState *dev,
                                                   const QemuInputHandler
                                                   *handler)
{
    static int last_id;
    QemuInputHandlerState *s = g_new0(QemuInputHandlerState, 1);

    s->dev = dev;
    s->handler = handler;
    s->id = ++last_id;
    QTAILQ_INSERT_TAIL(&handlers, s, node);
    qemu_input_check_mode_change();
    return s;
}

void qemu_input_handler_activate(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    QTAILQ_INSERT_HEAD(&handlers, s, node);
    qemu_input_check_mode_change();
}

void qemu_input_handler_deactivate(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    QTAILQ_INSERT_TAIL(&handlers, s, node);
    qemu_input_check_mode_change();
}

void qemu_input_handler_unregister(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    g_free(s);
    qemu_input_check_mode_change();
}

static QemuInputHandlerState *find_handler(uint32_t mask)
{
    QemuInputHandlerState *s;

    QTAILQ_FOREACH(s, &handlers, node) {
        if (s->handler->mask & mask) {
            return s;
        }
    }
    return NULL;
}

bool input_has_handler(InputEventKind kind)
{
    return find_handler(1 << kind);
}

/*** Events ***/

void qemu_input_event_send(QemuConsole *src, InputEvent *evt)
{
    QemuInputHandlerState *s;

    if (!runstate_is_running() && !runstate_check(RUN_STATE_SUSPENDED)) {
        return;
    }
    s = find_handler(1 << evt->type);
    if (s) {
        s->events++;
        s->handler->event(s->dev, src, evt);
    }
}

/* A handler may activate itself, which changes the list. */
void qemu_input_event_sync(void)
{
    QemuInputHandlerState *s, *next;

    if (!runstate_is_running() && !runstate_check(RUN_STATE_SUSPENDED)) {
        return;
    }
    QTAILQ_FOREACH_SAFE(s, &handlers, node, next) {
        if (s->events) {
            s->events = 0;
            if (s->handler->sync) {
                s->handler->sync(s->dev);
            }
        }
    }
}

void qemu_input_queue_btn(QemuConsole *src, InputButton btn, bool down)
{
    InputBtnEvent data = { .button = btn, .down = down };
    InputEvent evt = { .type = INPUT_EVENT_KIND_BTN, .u.btn.data = &data };

    qemu_input_event_send(src, &evt);
}

void qemu_input_update_buttons(QemuConsole *src, uint32_t *button_map,
                               uint32_t button_old, uint32_t button_new)
{
    for (int btn = 0; btn < INPUT_BUTTON__MAX; btn++) {
        uint32_t mask = button_map[btn];

        if ((button_old ^ button_new) & mask) {
            qemu_input_queue_btn(src, btn, button_new & mask);
        }
    }
}

void qemu_input_queue_rel(QemuConsole *src, InputAxis axis, int value)
{
    InputMoveEvent data = { .axis = axis, .value = value };
    InputEvent evt = { .type = INPUT_EVENT_KIND_REL, .u.rel.data = &data };

    qemu_input_event_send(src, &evt);
}

int qemu_input_scale_axis(int value, int min_in, int max_in, int min_out,
                          int max_out)
{
    int64_t range_in = (int64_t)max_in - min_in;
    int64_t range_out = (int64_t)max_out - min_out;

    if (range_in < 1) {
        return min_out + range_out / 2;
    }
    return ((int64_t)value - min_in) * range_out / range_in + min_out;
}

void qemu_input_queue_abs(QemuConsole *src, InputAxis axis, int value,
                          int min_in, int max_in)
{
    InputMoveEvent data = {
        .axis = axis,
        .value = qemu_input_scale_axis(value, min_in, max_in,
                                       INPUT_EVENT_ABS_MIN,
                                       INPUT_EVENT_ABS_MAX),
    };
    InputEvent evt = { .type = INPUT_EVENT_KIND_ABS, .u.abs.data = &data };

    qemu_input_event_send(src, &evt);
}

/*** Which mouse ***/

static bool is_absolute(const QemuInputHandlerState *s)
{
    return s->handler->mask & INPUT_EVENT_MASK_ABS;
}

bool qemu_input_is_absolute(void)
{
    QemuInputHandlerState *s = find_handler(INPUT_EVENT_MASK_MOVE);

    return s && is_absolute(s);
}

void qemu_input_check_mode_change(void)
{
    static bool was_absolute;
    bool now = qemu_input_is_absolute();

    if (now != was_absolute) {
        was_absolute = now;
        notifier_list_notify(&mouse_mode_notifiers, NULL);
    }
}

void qemu_add_mouse_mode_change_notifier(Notifier *notify)
{
    notifier_list_add(&mouse_mode_notifiers, notify);
}

void qemu_remove_mouse_mode_change_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

json_t *input_query_mice(void)
{
    QemuInputHandlerState *in_use = find_handler(INPUT_EVENT_MASK_MOVE);
    QemuInputHandlerState *s;
    json_t *list = json_array();

    QTAILQ_FOREACH(s, &handlers, node) {
        if (!(s->handler->mask & INPUT_EVENT_MASK_MOVE)) {
            continue;
        }
        json_array_append_new(list, json_pack(
            "{s:s, s:i, s:b, s:b}", "name", s->handler->name, "index", s->id,
            "current", s == in_use, "absolute", is_absolute(s)));
    }
    return list;
}

bool qemu_mouse_set(int index, Error **errp)
{
    QemuInputHandlerState *s;

    QTAILQ_FOREACH(s, &handlers, node) {
        if (s->id == index) {
            break;
        }
    }
    if (!s) {
        error_setg(errp, "Mouse at index '%d' not found", index);
        return false;
    }
    if (!(s->handler->mask & INPUT_EVENT_MASK_MOVE)) {
        error_setg(errp, "Input device '%s' is not a mouse",
                   s->handler->name);
        return false;
    }
    qemu_input_handler_activate(s);
    return true;
}
