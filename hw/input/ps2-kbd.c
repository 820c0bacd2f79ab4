/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PS/2 keyboard: IBM PS/2 Hardware Interface Technical Reference, "Keyboard
 * and Auxiliary Device Controller" and "Keyboards (101- and 102-Key)"; scan
 * codes in ui/input-keymap.c.
 *
 * The controller's translation of set 2 into set 1 is done here, when a key
 * is queued: what waits is then in the form that it was asked for in.
 *
 * Keys repeat when the source of input repeats them (typematic rate and
 * delay are accepted, and have nobody to obey them).
 */
#include "qemu/osdep.h"
#include "hw/input/ps2.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qemu/bitmap.h"
#include "qemu/log.h"
#include "sysemu/runstate.h"

enum {
    CMD_SET_LEDS = 0xed,
    CMD_ECHO = 0xee,
    CMD_SCANCODE_SET = 0xf0,
    CMD_GET_ID = 0xf2,
    CMD_SET_RATE = 0xf3,
    CMD_ENABLE = 0xf4,
    CMD_DISABLE = 0xf5,
    CMD_SET_DEFAULT = 0xf6,
    CMD_ALL_TYPEMATIC = 0xf7,
    CMD_ALL_MAKE_BREAK = 0xf8,
    CMD_ALL_MAKE = 0xf9,
    CMD_ALL_TYPEMATIC_MAKE_BREAK = 0xfa,
    CMD_KEY_TYPEMATIC = 0xfb,
    CMD_KEY_MAKE_BREAK = 0xfc,
    CMD_KEY_MAKE = 0xfd,
    CMD_RESEND = 0xfe,
    CMD_RESET = 0xff,
};

#define REPLY_ACK 0xfa
#define REPLY_RESEND 0xfe
#define REPLY_POR 0xaa          /* power-on self test passed */
#define BREAK 0xf0

enum {
    MOD_CTRL_L = 1 << 0,
    MOD_SHIFT_L = 1 << 1,
    MOD_ALT_L = 1 << 2,
    MOD_CTRL_R = 1 << 3,
    MOD_SHIFT_R = 1 << 4,
    MOD_ALT_R = 1 << 5,
};

/* From set 2 to set 1; what is not here is itself, but for two keys. */
static const uint8_t translate_table[128] = {
    0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58,
    0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
    0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a,
    0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
    0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c,
    0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e,
    0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
    0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60,
    0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
    0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e,
    0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b,
    0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
    0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45,
    0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
};

static uint8_t translate(uint8_t code)
{
    switch (code) {
    case 0x83:                  /* F7 */
        return 0x41;
    case 0x84:                  /* Alt + Print Screen */
        return 0x54;
    default:
        return code < 128 ? translate_table[code] : code;
    }
}

/*** Keys ***/

/* Up to 8 bytes of one key. */
typedef struct Sequence {
    uint8_t bytes[8];
    int n;
} Sequence;

static void add(Sequence *q, uint8_t byte)
{
    q->bytes[q->n++] = byte;
}

static void add_string(Sequence *q, const char *bytes)
{
    while (*bytes) {
        add(q, *bytes++);
    }
}

/* Make and break codes; @code has the prefix in its high byte. */
static void add_key(Sequence *q, int set, uint16_t code, bool down)
{
    if (code >> 8) {
        add(q, code >> 8);
    }
    if (!down && set != 1) {
        add(q, BREAK);
    }
    add(q, !down && set == 1 ? code | 0x80 : code);
}

/* With Alt it is another key, and Alt is let go around it. */
static void add_print_screen(PS2KbdState *s, Sequence *q, bool down)
{
    bool set1 = s->scancode_set == 1;
    const char *alt = s->modifiers & MOD_ALT_L
                      ? (set1 ? "\xb8\x38" : "\xf0\x11\x11")
                      : (set1 ? "\xe0\xb8\xe0\x38" : "\xe0\xf0\x11\xe0\x11");
    uint16_t shift = set1 ? 0xe02a : 0xe012;

    if (s->modifiers & (MOD_ALT_L | MOD_ALT_R)) {
        if (down) {
            add_string(q, alt);
            add_key(q, s->scancode_set, set1 ? 0x54 : 0x84, true);
        } else {
            add_key(q, s->scancode_set, set1 ? 0x54 : 0x84, false);
            add_string(q, alt);
        }
        return;
    }
    if (s->modifiers & (MOD_SHIFT_L | MOD_CTRL_L | MOD_SHIFT_R |
                        MOD_CTRL_R)) {
        add_key(q, s->scancode_set, set1 ? 0xe037 : 0xe07c, down);
    } else if (down) {
        add_key(q, s->scancode_set, shift, true);
        add_key(q, s->scancode_set, set1 ? 0xe037 : 0xe07c, true);
    } else {
        add_key(q, s->scancode_set, set1 ? 0xe037 : 0xe07c, false);
        add_key(q, s->scancode_set, shift, false);
    }
}

/* Is released as soon as it is pressed; with Ctrl it is "break". */
static void add_pause(PS2KbdState *s, Sequence *q, bool down)
{
    bool set1 = s->scancode_set == 1;

    if (!down) {
        return;
    }
    if (s->modifiers & (MOD_CTRL_L | MOD_CTRL_R)) {
        add_string(q, set1 ? "\xe0\x46\xe0\xc6" : "\xe0\x7e\xe0\xf0\x7e");
    } else {
        add_string(q, set1 ? "\xe1\x1d\x45\xe1\x9d\xc5"
                           : "\xe1\x14\x77\xe1\xf0\x14\xf0\x77");
    }
}

static void add_qcode(PS2KbdState *s, Sequence *q, QKeyCode qcode, bool down)
{
    uint16_t code = qemu_input_qcode_to_scancode(qcode, s->scancode_set);

    if (s->scancode_set == 3) {
        if (code && (down || !(s->make_only[code / 8] & 1 << code % 8))) {
            add_key(q, 3, code, down);
        }
    } else if (qcode == Q_KEY_CODE_PRINT || qcode == Q_KEY_CODE_SYSRQ) {
        add_print_screen(s, q, down);
    } else if (qcode == Q_KEY_CODE_PAUSE) {
        add_pause(s, q, down);
    } else if (code) {
        add_key(q, s->scancode_set, code, down);
    } else {
        qemu_log_mask(LOG_UNIMP, "ps2-kbd: key '%s' has no code in set %d\n",
                      QKeyCode_str(qcode), s->scancode_set);
    }
}

/* The break prefix becomes bit 7 of the code after it. */
static void translate_sequence(PS2KbdState *s, Sequence *q)
{
    int n = 0;

    for (int i = 0; i < q->n; i++) {
        if (q->bytes[i] == BREAK) {
            s->need_high_bit = true;
            continue;
        }
        q->bytes[n++] = translate(q->bytes[i]) |
                        (s->need_high_bit ? 0x80 : 0);
        s->need_high_bit = false;
    }
    q->n = n;
}

static void track_modifier(PS2KbdState *s, QKeyCode qcode, bool down)
{
    static const uint8_t bits[Q_KEY_CODE__MAX] = {
        [Q_KEY_CODE_CTRL] = MOD_CTRL_L,
        [Q_KEY_CODE_SHIFT] = MOD_SHIFT_L,
        [Q_KEY_CODE_ALT] = MOD_ALT_L,
        [Q_KEY_CODE_CTRL_R] = MOD_CTRL_R,
        [Q_KEY_CODE_SHIFT_R] = MOD_SHIFT_R,
        [Q_KEY_CODE_ALT_R] = MOD_ALT_R,
    };

    if (down) {
        s->modifiers |= bits[qcode];
    } else {
        s->modifiers &= ~bits[qcode];
    }
}

static void ps2_keyboard_event(DeviceState *dev, QemuConsole *src,
                               InputEvent *evt)
{
    PS2KbdState *s = PS2_KBD_DEVICE(dev);
    InputKeyEvent *key = evt->u.key.data;
    int qcode = qemu_input_key_value_to_qcode(key->key);
    Sequence q = { .n = 0 };

    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    if (!s->scan_enabled) {
        return;
    }
    track_modifier(s, qcode, key->down);
    add_qcode(s, &q, qcode, key->down);
    if (s->translate) {
        translate_sequence(s, &q);
    }
    ps2_queue_bytes(PS2_DEVICE(s), q.bytes, q.n);
}

static const QemuInputHandler ps2_keyboard_handler = {
    .name = "QEMU PS/2 Keyboard",
    .mask = INPUT_EVENT_MASK_KEY,
    .event = ps2_keyboard_event,
};

/*** Commands ***/

static void set_leds(PS2KbdState *s, int ledstate)
{
    s->ledstate = ledstate;
    kbd_put_ledstate(ledstate);
}

static void set_defaults(PS2KbdState *s)
{
    ps2_drop_queue(PS2_DEVICE(s), true);
    s->scan_enabled = 1;
    s->scancode_set = 2;
    memset(s->make_only, 0, sizeof(s->make_only));
    set_leds(s, 0);
}

static void reply_id(PS2KbdState *s)
{
    PS2State *ps2 = PS2_DEVICE(s);

    ps2_reply(ps2, REPLY_ACK);
    ps2_reply(ps2, 0xab);
    ps2_reply(ps2, s->translate ? translate(0x83) : 0x83);
}

static void choose_set(PS2KbdState *s, int val)
{
    PS2State *ps2 = PS2_DEVICE(s);

    if (val > 3) {
        ps2_reply(ps2, REPLY_RESEND);
        return;
    }
    ps2_reply(ps2, REPLY_ACK);
    if (val == 0) {
        ps2_reply(ps2, s->translate ? translate(s->scancode_set)
                                    : s->scancode_set);
    } else {
        s->scancode_set = val;
    }
}

/* The argument of the command before; false: it has none. */
static bool write_argument(PS2KbdState *s, int val)
{
    PS2State *ps2 = PS2_DEVICE(s);
    uint8_t bit = 1 << val % 8;
    int cmd = ps2->write_cmd;

    ps2->write_cmd = -1;
    switch (cmd) {
    case CMD_SET_LEDS:
        set_leds(s, val);
        ps2_reply(ps2, REPLY_ACK);
        return true;
    case CMD_SCANCODE_SET:
        choose_set(s, val);
        return true;
    case CMD_SET_RATE:
        ps2_reply(ps2, REPLY_ACK);
        return true;
    case CMD_KEY_MAKE_BREAK:
        s->make_only[val / 8] &= ~bit;
        ps2_reply(ps2, REPLY_ACK);
        return true;
    case CMD_KEY_TYPEMATIC:
    case CMD_KEY_MAKE:
        s->make_only[val / 8] |= bit;
        ps2_reply(ps2, REPLY_ACK);
        return true;
    default:
        return false;
    }
}

static void write_command(PS2KbdState *s, int val)
{
    PS2State *ps2 = PS2_DEVICE(s);

    switch (val) {
    case 0x00:
        ps2_reply(ps2, REPLY_ACK);
        break;
    case CMD_ECHO:
        ps2_reply(ps2, CMD_ECHO);
        break;
    case CMD_GET_ID:
        reply_id(s);
        break;
    case CMD_SET_LEDS:
    case CMD_SCANCODE_SET:
    case CMD_SET_RATE:
    case CMD_KEY_TYPEMATIC:
    case CMD_KEY_MAKE_BREAK:
    case CMD_KEY_MAKE:
        ps2->write_cmd = val;
        ps2_reply(ps2, REPLY_ACK);
        break;
    case CMD_ENABLE:
        ps2_drop_queue(ps2, true);
        s->scan_enabled = 1;
        ps2_reply(ps2, REPLY_ACK);
        break;
    case CMD_DISABLE:
        set_defaults(s);
        s->scan_enabled = 0;
        ps2_reply(ps2, REPLY_ACK);
        break;
    case CMD_SET_DEFAULT:
        set_defaults(s);
        ps2_reply(ps2, REPLY_ACK);
        break;
    case CMD_ALL_MAKE_BREAK:
    case CMD_ALL_TYPEMATIC_MAKE_BREAK:
        memset(s->make_only, 0, sizeof(s->make_only));
        ps2_reply(ps2, REPLY_ACK);
        break;
    case CMD_ALL_TYPEMATIC:
    case CMD_ALL_MAKE:
        memset(s->make_only, 0xff, sizeof(s->make_only));
        ps2_reply(ps2, REPLY_ACK);
        break;
    case CMD_RESEND:
        ps2_reply(ps2, ps2_last_byte(ps2));
        break;
    case CMD_RESET:
        set_defaults(s);
        ps2_reply(ps2, REPLY_ACK);
        ps2_reply(ps2, REPLY_POR);
        break;
    default:
        ps2_reply(ps2, REPLY_RESEND);
        break;
    }
}

void ps2_write_keyboard(PS2KbdState *s, int val)
{
    /* A command ends the reply to the one before. */
    ps2_drop_queue(PS2_DEVICE(s), false);
    if (!write_argument(s, val & 0xff)) {
        write_command(s, val & 0xff);
    }
}

void ps2_keyboard_set_translation(PS2KbdState *s, int mode)
{
    s->translate = mode;
}

/*** State ***/

static int ps2_kbd_post_load(void *opaque, int version_id)
{
    PS2KbdState *s = opaque;

    if (version_id == 2) {
        s->scancode_set = 2;
    }
    return ps2_queue_is_sane(PS2_DEVICE(s)) && s->scancode_set >= 1 &&
           s->scancode_set <= 3 ? 0 : -EINVAL;
}

static int ps2_kbd_pre_load(void *opaque)
{
    PS2KbdState *s = opaque;

    s->ledstate = 0;
    s->need_high_bit = false;
    PS2_DEVICE(s)->queue.cwptr = -1;
    return 0;
}

static bool has_leds(void *opaque)
{
    return ((PS2KbdState *)opaque)->ledstate != 0;
}

static int leds_post_load(void *opaque, int version_id)
{
    kbd_put_ledstate(((PS2KbdState *)opaque)->ledstate);
    return 0;
}

static const VMStateDescription vmstate_ledstate = {
    .name = "ps2kbd/ledstate",
    .version_id = 3,
    .minimum_version_id = 2,
    .needed = has_leds,
    .post_load = leds_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(ledstate, PS2KbdState),
        VMSTATE_END_OF_LIST()
    },
};

static bool has_high_bit(void *opaque)
{
    return ((PS2KbdState *)opaque)->need_high_bit;
}

static const VMStateDescription vmstate_need_high_bit = {
    .name = "ps2kbd/need_high_bit",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = has_high_bit,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(need_high_bit, PS2KbdState),
        VMSTATE_END_OF_LIST()
    },
};

static bool has_reply(void *opaque)
{
    return PS2_DEVICE(opaque)->queue.cwptr != -1;
}

static const VMStateDescription vmstate_reply = {
    .name = "ps2kbd/command_reply_queue",
    .needed = has_reply,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(parent_obj.queue.cwptr, PS2KbdState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_ps2_keyboard = {
    .name = "ps2kbd",
    .version_id = 3,
    .minimum_version_id = 2,
    .pre_load = ps2_kbd_pre_load,
    .post_load = ps2_kbd_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(parent_obj, PS2KbdState, 0, vmstate_ps2_common,
                       PS2State),
        VMSTATE_INT32(scan_enabled, PS2KbdState),
        VMSTATE_INT32(translate, PS2KbdState),
        VMSTATE_INT32_V(scancode_set, PS2KbdState, 3),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_ledstate,
        &vmstate_need_high_bit,
        &vmstate_reply,
        NULL
    },
};

static ResettablePhases parent_phases;

static void ps2_kbd_reset_hold(Object *obj)
{
    PS2KbdState *s = PS2_KBD_DEVICE(obj);

    if (parent_phases.hold) {
        parent_phases.hold(obj);
    }
    set_defaults(s);
    s->translate = 0;
    s->need_high_bit = false;
    s->modifiers = 0;
}

/*** Type ***/

static void ps2_kbd_realize(DeviceState *dev, Error **errp)
{
    PS2_KBD_DEVICE(dev)->input =
        qemu_input_handler_register(dev, &ps2_keyboard_handler);
}

static void ps2_kbd_unrealize(DeviceState *dev)
{
    qemu_input_handler_unregister(PS2_KBD_DEVICE(dev)->input);
}

static void ps2_kbd_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = ps2_kbd_realize;
    dc->unrealize = ps2_kbd_unrealize;
    dc->vmsd = &vmstate_ps2_keyboard;
    resettable_class_set_parent_phases(RESETTABLE_CLASS(klass), NULL,
                                       ps2_kbd_reset_hold, NULL,
                                       &parent_phases);
}

static const TypeInfo ps2_kbd_info = {
    .name = TYPE_PS2_KBD_DEVICE,
    .parent = TYPE_PS2_DEVICE,
    .instance_size = sizeof(PS2KbdState),
    .class_init = ps2_kbd_class_init,
};

static void ps2_kbd_register_types(void)
{
    type_register_static(&ps2_kbd_info);
}

type_init(ps2_kbd_register_types)
