/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mice whose handler takes position, wheel and buttons at once; lights. */
#include "qemu/osdep.h"
#include "qemu/queue.h"
#include "ui/input.h"

struct QEMUPutMouseEntry {
    QEMUPutMouseEvent *event;
    void *opaque;
    QemuInputHandler handler;
    QemuInputHandlerState *state;
    int axis[INPUT_AXIS__MAX];
    int buttons;
    QTAILQ_ENTRY(QEMUPutMouseEntry) node;
};

struct QEMUPutLEDEntry {
    QEMUPutLEDEvent *event;
    void *opaque;
    QTAILQ_ENTRY(QEMUPutLEDEntry) node;
};

static QTAILQ_HEAD(, QEMUPutLEDEntry) lights =
    QTAILQ_HEAD_INITIALIZER(lights);

/*** Mice ***/

static int button_bit(InputButton button)
{
    static const uint8_t bits[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = MOUSE_EVENT_LBUTTON,
        [INPUT_BUTTON_MIDDLE] = MOUSE_EVENT_MBUTTON,
        [INPUT_BUTTON_RIGHT] = MOUSE_EVENT_RBUTTON,
        [INPUT_BUTTON_WHEEL_UP] = MOUSE_EVENT_WHEELUP,
        [INPUT_BUTTON_WHEEL_DOWN] = MOUSE_EVENT_WHEELDN,
    };

    return bits[button];
}

/* The state hangs on "dev", which the core only hands on. */
static void mouse_button(QEMUPutMouseEntry *s, const InputBtnEvent *btn)
{
    int bit = button_bit(btn->button);

    s->buttons = btn->down ? s->buttons | bit : s->buttons & ~bit;
    if (btn->down && btn->button == INPUT_BUTTON_WHEEL_UP) {
        s->event(s->opaque, s->axis[INPUT_AXIS_X], s->axis[INPUT_AXIS_Y], -1,
                 s->buttons);
    } else if (btn->down && btn->button == INPUT_BUTTON_WHEEL_DOWN) {
        s->event(s->opaque, s->axis[INPUT_AXIS_X], s->axis[INPUT_AXIS_Y], 1,
                 s->buttons);
    }
}

static void mouse_event(DeviceState *dev, QemuConsole *src, InputEvent *evt)
{
    QEMUPutMouseEntry *s = (QEMUPutMouseEntry *)dev;

    switch (evt->type) {
    case INPUT_EVENT_KIND_BTN:
        mouse_button(s, evt->u.btn.data);
        break;
    case INPUT_EVENT_KIND_ABS:
        s->axis[evt->u.abs.data->axis] = evt->u.abs.data->value;
        break;
    case INPUT_EVENT_KIND_REL:
        s->axis[evt->u.rel.data->axis] += evt->u.rel.data->value;
        break;
    default:
        break;
    }
}

static void mouse_sync(DeviceState *dev)
{
    QEMUPutMouseEntry *s = (QEMUPutMouseEntry *)dev;

    s->event(s->opaque, s->axis[INPUT_AXIS_X], s->axis[INPUT_AXIS_Y], 0,
             s->buttons);
    if (s->handler.mask & INPUT_EVENT_MASK_REL) {
        memset(s->axis, 0, sizeof(s->axis));
    }
}

QEMUPutMouseEntry *qemu_add_mouse_event_handler(QEMUPutMouseEvent *func,
                                                void *opaque, int absolute,
                                                const char *name)
{
    QEMUPutMouseEntry *s = g_new0(QEMUPutMouseEntry, 1);

    s->event = func;
    s->opaque = opaque;
    s->handler = (QemuInputHandler) {
        .name = name,
        .mask = INPUT_EVENT_MASK_BTN |
                (absolute ? INPUT_EVENT_MASK_ABS : INPUT_EVENT_MASK_REL),
        .event = mouse_event,
        .sync = mouse_sync,
    };
    s->state = qemu_input_handler_register((DeviceState *)s, &s->handler);
    return s;
}

void qemu_activate_mouse_event_handler(QEMUPutMouseEntry *entry)
{
    qemu_input_handler_activate(entry->state);
}

void qemu_remove_mouse_event_handler(QEMUPutMouseEntry *entry)
{
    qemu_input_handler_unregister(entry->state);
    g_free(entry);
}

/*** Lights ***/

QEMUPutLEDEntry *qemu_add_led_event_handler(QEMUPutLEDEvent *func,
                                            void *opaque)
{
    QEMUPutLEDEntry *s = g_new0(QEMUPutLEDEntry, 1);

    s->event = func;
    s->opaque = opaque;
    QTAILQ_INSERT_TAIL(&lights, s, node);
    return s;
}

void qemu_remove_led_event_handler(QEMUPutLEDEntry *entry)
{
    QTAILQ_REMOVE(&lights, entry, node);
    g_free(entry);
}

void kbd_put_ledstate(int ledstate)
{
    QEMUPutLEDEntry *s;

    QTAILQ_FOREACH(s, &lights, node) {
        s->event(s->opaque, ledstate);
    }
}
