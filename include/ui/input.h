/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input: events from the monitor and from displays, on their way to the
 * keyboards and mice of the machine.
 *
 * An event goes to the first handler of a list that takes its kind; a handler
 * that is activated becomes the first.  Everything here runs under the BQL.
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <jansson.h>

#include "qapi/qapi-types.h"
#include "qemu/notify.h"

#define INPUT_EVENT_MASK_KEY (1 << INPUT_EVENT_KIND_KEY)
#define INPUT_EVENT_MASK_BTN (1 << INPUT_EVENT_KIND_BTN)
#define INPUT_EVENT_MASK_REL (1 << INPUT_EVENT_KIND_REL)
#define INPUT_EVENT_MASK_ABS (1 << INPUT_EVENT_KIND_ABS)

/* Absolute positions, whatever the size of the screen. */
#define INPUT_EVENT_ABS_MIN 0x0000
#define INPUT_EVENT_ABS_MAX 0x7FFF

/*** Events: QAPI's types of these names ***/

typedef struct KeyValue {
    KeyValueKind type;
    union {
        struct {
            int64_t data;
        } number;
        struct {
            QKeyCode data;
        } qcode;
    } u;
} KeyValue;

typedef struct InputKeyEvent {
    KeyValue *key;
    bool down;
} InputKeyEvent;

typedef struct InputBtnEvent {
    InputButton button;
    bool down;
} InputBtnEvent;

typedef struct InputMoveEvent {
    InputAxis axis;
    int64_t value;
} InputMoveEvent;

typedef struct InputEvent {
    InputEventKind type;
    union {
        struct {
            InputKeyEvent *data;
        } key;
        struct {
            InputBtnEvent *data;
        } btn;
        struct {
            InputMoveEvent *data;
        } rel;
        struct {
            InputMoveEvent *data;
        } abs;
    } u;
} InputEvent;

/*** Devices ***/

typedef struct QemuInputHandler QemuInputHandler;
typedef struct QemuInputHandlerState QemuInputHandlerState;

/* Screens, where there are some, tell whose events they are. */
typedef struct QemuConsole QemuConsole;

typedef void (*QemuInputHandlerEvent)(DeviceState *dev, QemuConsole *src,
                                      InputEvent *evt);
typedef void (*QemuInputHandlerSync)(DeviceState *dev);

struct QemuInputHandler {
    const char *name;
    uint32_t mask;              /* INPUT_EVENT_MASK_* */
    QemuInputHandlerEvent event;
    QemuInputHandlerSync sync;  /* the events so far belong together */
};

/* @handler must live as long as the registration. */
QemuInputHandlerState *qemu_input_handler_register(DeviceState *dev,
                                                   const QemuInputHandler
                                                   *handler);
void qemu_input_handler_activate(QemuInputHandlerState *s);
void qemu_input_handler_deactivate(QemuInputHandlerState *s);
void qemu_input_handler_unregister(QemuInputHandlerState *s);

/*** Sources ***/

/*
 * Events reach devices while the machine runs and are dropped otherwise.
 * @evt is borrowed.
 */
void qemu_input_event_send(QemuConsole *src, InputEvent *evt);
/* The end of a group of events. */
void qemu_input_event_sync(void);

/*
 * Keys, each with a sync; they wait while keys sent before have a delay yet
 * to pass.  @key is stolen.
 */
void qemu_input_event_send_key(QemuConsole *src, KeyValue *key, bool down);
void qemu_input_event_send_key_number(QemuConsole *src, int num, bool down);
void qemu_input_event_send_key_qcode(QemuConsole *src, QKeyCode q, bool down);
/* What follows waits so long, of virtual time; 0: a short while. */
void qemu_input_event_send_key_delay(uint32_t delay_ms);

void qemu_input_queue_btn(QemuConsole *src, InputButton btn, bool down);
/* Buttons whose bits in @button_map differ between the two masks. */
void qemu_input_update_buttons(QemuConsole *src, uint32_t *button_map,
                               uint32_t button_old, uint32_t button_new);

bool qemu_input_is_absolute(void);
/* @value of [@min_in, @max_in] in [@min_out, @max_out]. */
int qemu_input_scale_axis(int value, int min_in, int max_in, int min_out,
                          int max_out);
void qemu_input_queue_rel(QemuConsole *src, InputAxis axis, int value);
void qemu_input_queue_abs(QemuConsole *src, InputAxis axis, int value,
                          int min_in, int max_in);

/* Told when the mouse in use becomes absolute, or relative. */
void qemu_input_check_mode_change(void);
void qemu_add_mouse_mode_change_notifier(Notifier *notify);
void qemu_remove_mouse_mode_change_notifier(Notifier *notify);

/*** Key codes ***/

/*
 * A key's number is its scan code of set 1, with bit 7 for a prefix 0xe0.
 * Unknown ones are Q_KEY_CODE_UNMAPPED and 0.
 */
int qemu_input_qcode_to_number(QKeyCode value);
int qemu_input_key_number_to_qcode(unsigned int nr);
int qemu_input_key_value_to_number(const KeyValue *value);
int qemu_input_key_value_to_qcode(const KeyValue *value);
/* What a keyboard sends for it, with 0xe000 for a prefix; 0: nothing. */
uint16_t qemu_input_qcode_to_scancode(QKeyCode q, int set);

/*** QMP: arguments as the schema has them, borrowed ***/

json_t *input_query_mice(void);
bool input_send_event(const json_t *args, Error **errp);
bool input_send_key(const json_t *args, Error **errp);
/* The mouse of that index becomes the one in use. */
bool qemu_mouse_set(int index, Error **errp);

/*** Mice in the old way: position, wheel and buttons at once ***/

#define MOUSE_EVENT_LBUTTON 0x01
#define MOUSE_EVENT_RBUTTON 0x02
#define MOUSE_EVENT_MBUTTON 0x04
#define MOUSE_EVENT_WHEELUP 0x08
#define MOUSE_EVENT_WHEELDN 0x10

typedef void QEMUPutMouseEvent(void *opaque, int dx, int dy, int dz,
                               int buttons_state);
typedef struct QEMUPutMouseEntry QEMUPutMouseEntry;

QEMUPutMouseEntry *qemu_add_mouse_event_handler(QEMUPutMouseEvent *func,
                                                void *opaque, int absolute,
                                                const char *name);
void qemu_remove_mouse_event_handler(QEMUPutMouseEntry *entry);
void qemu_activate_mouse_event_handler(QEMUPutMouseEntry *entry);

/*** Lights of keyboards ***/

#define QEMU_SCROLL_LOCK_LED (1 << 0)
#define QEMU_NUM_LOCK_LED (1 << 1)
#define QEMU_CAPS_LOCK_LED (1 << 2)

typedef void QEMUPutLEDEvent(void *opaque, int ledstate);
typedef struct QEMUPutLEDEntry QEMUPutLEDEntry;

QEMUPutLEDEntry *qemu_add_led_event_handler(QEMUPutLEDEvent *func,
                                            void *opaque);
void qemu_remove_led_event_handler(QEMUPutLEDEntry *entry);
/* A keyboard's lights changed. */
void kbd_put_ledstate(int ledstate);

#endif /* UI_INPUT_H */
