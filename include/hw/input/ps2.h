/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PS/2 keyboard and mouse: what is at the far ends of a keyboard controller's
 * two cables.  A device raises its line while it has bytes to send.
 */
#ifndef HW_PS2_H
#define HW_PS2_H

#include "hw/irq.h"
#include "hw/sysbus.h"
#include "ui/input.h"

#define PS2_MOUSE_BUTTON_LEFT 0x01
#define PS2_MOUSE_BUTTON_RIGHT 0x02
#define PS2_MOUSE_BUTTON_MIDDLE 0x04
#define PS2_MOUSE_BUTTON_SIDE 0x08
#define PS2_MOUSE_BUTTON_EXTRA 0x10

#define PS2_DEVICE_IRQ 0

#define TYPE_PS2_DEVICE "ps2-device"
OBJECT_DECLARE_TYPE(PS2State, PS2DeviceClass, PS2_DEVICE)
#define TYPE_PS2_KBD_DEVICE "ps2-kbd"
OBJECT_DECLARE_SIMPLE_TYPE(PS2KbdState, PS2_KBD_DEVICE)
#define TYPE_PS2_MOUSE_DEVICE "ps2-mouse"
OBJECT_DECLARE_SIMPLE_TYPE(PS2MouseState, PS2_MOUSE_DEVICE)

struct PS2DeviceClass {
    SysBusDeviceClass parent_class;
};

#define PS2_BUFFER_SIZE 256

/*
 * A ring.  Replies to commands are put before what waits already: then
 * cwptr is where they end, else it is -1.
 */
typedef struct PS2Queue {
    uint8_t data[PS2_BUFFER_SIZE];
    int32_t rptr;
    int32_t wptr;
    int32_t cwptr;
    int32_t count;
} PS2Queue;

struct PS2State {
    SysBusDevice parent_obj;

    PS2Queue queue;
    int32_t write_cmd;          /* whose argument comes next; -1: none's */
    qemu_irq irq;
};

struct PS2KbdState {
    PS2State parent_obj;

    int32_t scan_enabled;
    int32_t translate;          /* set 2 into set 1 */
    int32_t scancode_set;
    int32_t ledstate;
    bool need_high_bit;         /* a translated 0xf0 came before */
    unsigned modifiers;
    /* Keys of set 3 that send no break code, a bit for each code. */
    uint8_t make_only[32];
    QemuInputHandlerState *input;
};

struct PS2MouseState {
    PS2State parent_obj;

    uint8_t mouse_status;
    uint8_t mouse_resolution;
    uint8_t mouse_sample_rate;
    uint8_t mouse_wrap;
    uint8_t mouse_type;
    uint8_t mouse_detect_state;
    int32_t mouse_dx;
    int32_t mouse_dy;
    int32_t mouse_dz;
    int32_t mouse_dw;
    uint8_t mouse_buttons;
    QemuInputHandlerState *input;
};

/* The next byte; the last one again when there is none. */
uint32_t ps2_read_data(PS2State *s);
bool ps2_queue_empty(PS2State *s);
/* Sets the line to whether there is more. */
void ps2_raise_irq(PS2State *s);
/* Queues all of these bytes, or none when there is no room. */
bool ps2_queue_bytes(PS2State *s, const uint8_t *bytes, int n);
/* Queues a byte of a reply. */
void ps2_reply(PS2State *s, uint8_t byte);
/* What waits is forgotten, replies (or @all). */
void ps2_drop_queue(PS2State *s, bool all);
/* The last byte sent, for a "resend". */
uint8_t ps2_last_byte(PS2State *s);
/* For a device's post_load: false when the queue makes no sense. */
bool ps2_queue_is_sane(PS2State *s);

extern const VMStateDescription vmstate_ps2_common;

void ps2_write_keyboard(PS2KbdState *s, int val);
void ps2_write_mouse(PS2MouseState *s, int val);
/* A movement of one unit, whoever gets real ones. */
void ps2_mouse_fake_event(PS2MouseState *s);
void ps2_keyboard_set_translation(PS2KbdState *s, int mode);

#endif /* HW_PS2_H */
