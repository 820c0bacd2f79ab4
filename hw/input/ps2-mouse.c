/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PS/2 mouse: IBM PS/2 Hardware Interface Technical Reference, "Mouse"; with
 * a wheel ("IntelliMouse", id 3) or a wheel and five buttons ("IntelliMouse
 * Explorer", id 4, tilting wheel included) once the sample rates 200, 100, 80
 * or 200, 200, 80 were set in a row (Microsoft, "Windows and the 5-Button
 * Wheel Mouse").
 *
 * Reports are sent as events come; the sample rate is remembered only.  A
 * command makes the mouse forget the report that it was about to send.
 */
#include "qemu/osdep.h"
#include "hw/input/ps2.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "sysemu/runstate.h"

enum {
    CMD_SCALE_1_1 = 0xe6,
    CMD_SCALE_2_1 = 0xe7,
    CMD_SET_RESOLUTION = 0xe8,
    CMD_GET_STATUS = 0xe9,
    CMD_SET_STREAM = 0xea,
    CMD_POLL = 0xeb,
    CMD_RESET_WRAP = 0xec,
    CMD_SET_WRAP = 0xee,
    CMD_SET_REMOTE = 0xf0,
    CMD_GET_ID = 0xf2,
    CMD_SET_RATE = 0xf3,
    CMD_ENABLE = 0xf4,
    CMD_DISABLE = 0xf5,
    CMD_SET_DEFAULT = 0xf6,
    CMD_RESEND = 0xfe,
    CMD_RESET = 0xff,
};

#define REPLY_ACK 0xfa
#define REPLY_ERROR 0xfe
#define REPLY_POR 0xaa

#define STATUS_REMOTE 0x40
#define STATUS_ENABLED 0x20
#define STATUS_SCALE_2_1 0x10

enum { TYPE_PLAIN = 0, TYPE_WHEEL = 3, TYPE_EXPLORER = 4 };

/* How far the sequence of sample rates has come. */
enum { DETECT_NONE, DETECT_200, DETECT_200_100, DETECT_200_200 };

/* Movement that nobody fetched does not grow beyond this. */
#define MOVE_MAX (1 << 24)

/*** Reports ***/

/* Takes what one report can tell of *@move. */
static int take(int32_t *move, int limit)
{
    int part = MAX(-limit, MIN(*move, limit));

    *move -= part;
    return part;
}

/* Scaling 2:1 slows small movements and doubles larger ones. */
static int scaled(PS2MouseState *s, int move)
{
    static const uint8_t small[] = { 0, 1, 1, 3, 6, 9 };
    int size = abs(move);

    if (!(s->mouse_status & STATUS_SCALE_2_1) ||
        s->mouse_status & STATUS_REMOTE) {
        return move;
    }
    size = size < ARRAY_SIZE(small) ? small[size] : 2 * size;
    return move < 0 ? -size : size;
}

static bool has_wheel(const PS2MouseState *s)
{
    return s->mouse_type != TYPE_PLAIN;
}

static uint8_t wheel_byte(PS2MouseState *s)
{
    if (s->mouse_type == TYPE_EXPLORER) {
        if (s->mouse_dw) {
            return 0x40 | (take(&s->mouse_dw, 31) & 0x3f);
        }
        return (take(&s->mouse_dz, 7) & 0x0f) |
               (s->mouse_buttons & (PS2_MOUSE_BUTTON_SIDE |
                                    PS2_MOUSE_BUTTON_EXTRA)) << 1;
    }
    return take(&s->mouse_dz, 127);
}

/* False: there is no room for one. */
static bool send_report(PS2MouseState *s)
{
    PS2State *ps2 = PS2_DEVICE(s);
    PS2MouseState before = *s;
    uint8_t report[4];
    int dx, dy;

    if (!has_wheel(s)) {
        s->mouse_dz = 0;
    }
    if (s->mouse_type != TYPE_EXPLORER) {
        s->mouse_dw = 0;
    }
    dx = scaled(s, take(&s->mouse_dx, 127));
    dy = scaled(s, take(&s->mouse_dy, 127));
    report[0] = 0x08 | (dx < 0) << 4 | (dy < 0) << 5 |
                (s->mouse_buttons & 7);
    report[1] = dx;
    report[2] = dy;
    report[3] = has_wheel(s) ? wheel_byte(s) : 0;
    if (!ps2_queue_bytes(ps2, report, has_wheel(s) ? 4 : 3)) {
        s->mouse_dx = before.mouse_dx;
        s->mouse_dy = before.mouse_dy;
        s->mouse_dz = before.mouse_dz;
        s->mouse_dw = before.mouse_dw;
        return false;
    }
    return true;
}

static bool has_moved(const PS2MouseState *s)
{
    return s->mouse_dx || s->mouse_dy || s->mouse_dz || s->mouse_dw;
}

/*** Events ***/

static void move(int32_t *sum, int64_t by)
{
    by = MAX(-MOVE_MAX, MIN(by, MOVE_MAX));
    *sum = MAX(-MOVE_MAX, MIN(*sum + by, MOVE_MAX));
}

static void ps2_mouse_button(PS2MouseState *s, const InputBtnEvent *btn)
{
    static const uint8_t bits[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = PS2_MOUSE_BUTTON_LEFT,
        [INPUT_BUTTON_MIDDLE] = PS2_MOUSE_BUTTON_MIDDLE,
        [INPUT_BUTTON_RIGHT] = PS2_MOUSE_BUTTON_RIGHT,
        [INPUT_BUTTON_SIDE] = PS2_MOUSE_BUTTON_SIDE,
        [INPUT_BUTTON_EXTRA] = PS2_MOUSE_BUTTON_EXTRA,
    };

    if (!btn->down) {
        s->mouse_buttons &= ~bits[btn->button];
        return;
    }
    s->mouse_buttons |= bits[btn->button];
    if (btn->button == INPUT_BUTTON_WHEEL_UP) {
        move(&s->mouse_dz, -1);
    } else if (btn->button == INPUT_BUTTON_WHEEL_DOWN) {
        move(&s->mouse_dz, 1);
    } else if (btn->button == INPUT_BUTTON_WHEEL_LEFT) {
        move(&s->mouse_dw, 1);
    } else if (btn->button == INPUT_BUTTON_WHEEL_RIGHT) {
        move(&s->mouse_dw, -1);
    }
}

static void ps2_mouse_event(DeviceState *dev, QemuConsole *src,
                            InputEvent *evt)
{
    PS2MouseState *s = PS2_MOUSE_DEVICE(dev);

    if (!(s->mouse_status & STATUS_ENABLED)) {
        return;
    }
    if (evt->type == INPUT_EVENT_KIND_BTN) {
        ps2_mouse_button(s, evt->u.btn.data);
    } else if (evt->u.rel.data->axis == INPUT_AXIS_X) {
        move(&s->mouse_dx, evt->u.rel.data->value);
    } else {
        move(&s->mouse_dy, -evt->u.rel.data->value);
    }
}

static void ps2_mouse_sync(DeviceState *dev)
{
    PS2MouseState *s = PS2_MOUSE_DEVICE(dev);

    if (!(s->mouse_status & STATUS_ENABLED)) {
        return;
    }
    if (s->mouse_buttons) {
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    }
    if (s->mouse_status & STATUS_REMOTE) {
        return;
    }
    while (send_report(s) && has_moved(s)) {
    }
}

void ps2_mouse_fake_event(PS2MouseState *s)
{
    move(&s->mouse_dx, 1);
    ps2_mouse_sync(DEVICE(s));
}

static const QemuInputHandler ps2_mouse_handler = {
    .name = "QEMU PS/2 Mouse",
    .mask = INPUT_EVENT_MASK_BTN | INPUT_EVENT_MASK_REL,
    .event = ps2_mouse_event,
    .sync = ps2_mouse_sync,
};

/*** Commands ***/

static void reply(PS2MouseState *s, uint8_t byte)
{
    ps2_queue_bytes(PS2_DEVICE(s), &byte, 1);
}

static void set_defaults(PS2MouseState *s)
{
    s->mouse_sample_rate = 100;
    s->mouse_resolution = 2;
    s->mouse_status = 0;
}

static void set_rate(PS2MouseState *s, int rate)
{
    int state = s->mouse_detect_state;

    s->mouse_sample_rate = rate;
    s->mouse_detect_state = DETECT_NONE;
    if (state == DETECT_NONE && rate == 200) {
        s->mouse_detect_state = DETECT_200;
    } else if (state == DETECT_200 && rate == 100) {
        s->mouse_detect_state = DETECT_200_100;
    } else if (state == DETECT_200 && rate == 200) {
        s->mouse_detect_state = DETECT_200_200;
    } else if (state == DETECT_200_100 && rate == 80) {
        s->mouse_type = TYPE_WHEEL;
    } else if (state == DETECT_200_200 && rate == 80) {
        s->mouse_type = TYPE_EXPLORER;
    }
}

/* Buttons stand the other way round than in reports. */
static uint8_t status_byte(const PS2MouseState *s)
{
    return s->mouse_status |
           (s->mouse_buttons & PS2_MOUSE_BUTTON_LEFT ? 4 : 0) |
           (s->mouse_buttons & PS2_MOUSE_BUTTON_MIDDLE ? 2 : 0) |
           (s->mouse_buttons & PS2_MOUSE_BUTTON_RIGHT ? 1 : 0);
}

static bool write_argument(PS2MouseState *s, int val)
{
    PS2State *ps2 = PS2_DEVICE(s);
    int cmd = ps2->write_cmd;

    ps2->write_cmd = -1;
    if (cmd == CMD_SET_RATE) {
        set_rate(s, val);
    } else if (cmd == CMD_SET_RESOLUTION) {
        s->mouse_resolution = val;
    } else {
        return false;
    }
    reply(s, REPLY_ACK);
    return true;
}

static void write_command(PS2MouseState *s, int val)
{
    PS2State *ps2 = PS2_DEVICE(s);

    if (val == CMD_RESEND) {
        reply(s, ps2_last_byte(ps2));
        return;
    }
    if ((val < CMD_SCALE_1_1 || val == 0xed || val == 0xef || val == 0xf1 ||
         val > CMD_SET_DEFAULT) && val != CMD_RESET) {
        reply(s, REPLY_ERROR);
        return;
    }
    reply(s, REPLY_ACK);
    switch (val) {
    case CMD_SCALE_1_1:
        s->mouse_status &= ~STATUS_SCALE_2_1;
        break;
    case CMD_SCALE_2_1:
        s->mouse_status |= STATUS_SCALE_2_1;
        break;
    case CMD_SET_RATE:
    case CMD_SET_RESOLUTION:
        ps2->write_cmd = val;
        break;
    case CMD_GET_STATUS:
        reply(s, status_byte(s));
        reply(s, s->mouse_resolution);
        reply(s, s->mouse_sample_rate);
        break;
    case CMD_SET_STREAM:
        s->mouse_status &= ~STATUS_REMOTE;
        break;
    case CMD_SET_REMOTE:
        s->mouse_status |= STATUS_REMOTE;
        break;
    case CMD_POLL:
        send_report(s);
        break;
    case CMD_SET_WRAP:
        s->mouse_wrap = 1;
        break;
    case CMD_RESET_WRAP:
        s->mouse_wrap = 0;
        break;
    case CMD_GET_ID:
        reply(s, s->mouse_type);
        break;
    case CMD_ENABLE:
        s->mouse_status |= STATUS_ENABLED;
        break;
    case CMD_DISABLE:
        s->mouse_status &= ~STATUS_ENABLED;
        break;
    case CMD_SET_DEFAULT:
        set_defaults(s);
        break;
    case CMD_RESET:
        set_defaults(s);
        s->mouse_type = TYPE_PLAIN;
        s->mouse_wrap = 0;
        reply(s, REPLY_POR);
        reply(s, s->mouse_type);
        break;
    }
}

void ps2_write_mouse(PS2MouseState *s, int val)
{
    val &= 0xff;
    ps2_drop_queue(PS2_DEVICE(s), true);
    if (write_argument(s, val)) {
        return;
    }
    if (s->mouse_wrap && val != CMD_RESET_WRAP && val != CMD_RESET) {
        reply(s, val);
    } else {
        write_command(s, val);
    }
}

/*** State ***/

static int ps2_mouse_post_load(void *opaque, int version_id)
{
    PS2MouseState *s = opaque;

    PS2_DEVICE(s)->queue.cwptr = -1;
    s->mouse_dw = 0;
    return ps2_queue_is_sane(PS2_DEVICE(s)) ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_ps2_mouse = {
    .name = "ps2mouse",
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = ps2_mouse_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(parent_obj, PS2MouseState, 0, vmstate_ps2_common,
                       PS2State),
        VMSTATE_UINT8(mouse_status, PS2MouseState),
        VMSTATE_UINT8(mouse_resolution, PS2MouseState),
        VMSTATE_UINT8(mouse_sample_rate, PS2MouseState),
        VMSTATE_UINT8(mouse_wrap, PS2MouseState),
        VMSTATE_UINT8(mouse_type, PS2MouseState),
        VMSTATE_UINT8(mouse_detect_state, PS2MouseState),
        VMSTATE_INT32(mouse_dx, PS2MouseState),
        VMSTATE_INT32(mouse_dy, PS2MouseState),
        VMSTATE_INT32(mouse_dz, PS2MouseState),
        VMSTATE_UINT8(mouse_buttons, PS2MouseState),
        VMSTATE_END_OF_LIST()
    },
};

static ResettablePhases parent_phases;

static void ps2_mouse_reset_hold(Object *obj)
{
    PS2MouseState *s = PS2_MOUSE_DEVICE(obj);

    if (parent_phases.hold) {
        parent_phases.hold(obj);
    }
    set_defaults(s);
    s->mouse_wrap = 0;
    s->mouse_type = TYPE_PLAIN;
    s->mouse_detect_state = DETECT_NONE;
    s->mouse_dx = 0;
    s->mouse_dy = 0;
    s->mouse_dz = 0;
    s->mouse_dw = 0;
    s->mouse_buttons = 0;
}

/*** Type ***/

static void ps2_mouse_realize(DeviceState *dev, Error **errp)
{
    PS2_MOUSE_DEVICE(dev)->input =
        qemu_input_handler_register(dev, &ps2_mouse_handler);
}

static void ps2_mouse_unrealize(DeviceState *dev)
{
    qemu_input_handler_unregister(PS2_MOUSE_DEVICE(dev)->input);
}

static void ps2_mouse_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = ps2_mouse_realize;
    dc->unrealize = ps2_mouse_unrealize;
    dc->vmsd = &vmstate_ps2_mouse;
    resettable_class_set_parent_phases(RESETTABLE_CLASS(klass), NULL,
                                       ps2_mouse_reset_hold, NULL,
                                       &parent_phases);
}

static const TypeInfo ps2_mouse_info = {
    .name = TYPE_PS2_MOUSE_DEVICE,
    .parent = TYPE_PS2_DEVICE,
    .instance_size = sizeof(PS2MouseState),
    .class_init = ps2_mouse_class_init,
};

static void ps2_mouse_register_types(void)
{
    type_register_static(&ps2_mouse_info);
}

type_init(ps2_mouse_register_types)
