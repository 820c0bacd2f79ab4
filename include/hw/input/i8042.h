/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyboard controller of a PC, with a keyboard and a mouse plugged in. */
#ifndef HW_INPUT_I8042_H
#define HW_INPUT_I8042_H

#include "hw/input/ps2.h"
#include "hw/isa/isa.h"
#include "qom/object.h"

typedef struct KBDState {
    uint8_t write_cmd;          /* whose data comes next; 0: the keyboard's */
    uint8_t status;
    uint8_t mode;
    uint8_t outport;
    uint32_t obsrc;             /* who fills the output buffer */
    uint32_t migration_flags;
    uint32_t pending;           /* who has something to send */
    uint8_t pending_tmp;        /* that in the stream */
    uint8_t obdata;             /* what was read last */
    uint8_t cbdata;             /* the controller's own byte */
    bool extended_state;
    bool extended_state_loaded;
    bool outport_present;
    QEMUTimer *throttle_timer;  /* NULL: bytes may follow at once */

    PS2KbdState ps2kbd;
    PS2MouseState ps2mouse;
    qemu_irq irqs[2];           /* I8042_KBD_IRQ, I8042_MOUSE_IRQ */
    qemu_irq a20_out;
} KBDState;

#define I8042_KBD_IRQ 0
#define I8042_MOUSE_IRQ 1

#define TYPE_I8042 "i8042"
OBJECT_DECLARE_SIMPLE_TYPE(ISAKBDState, I8042)

struct ISAKBDState {
    ISADevice parent_obj;

    KBDState kbd;
    bool kbd_throttle;
    MemoryRegion io[2];
    uint8_t kbd_irq;
    uint8_t mouse_irq;
};

#define I8042_A20_LINE "a20"
#define I8042_KBD_INPUT "ps2-kbd-input-irq"
#define I8042_MOUSE_INPUT "ps2-mouse-input-irq"

/* Makes the driver of the guest look for what the mouse has to tell. */
void i8042_isa_mouse_fake_event(ISAKBDState *isa);
void i8042_setup_a20_line(ISADevice *dev, qemu_irq a20_out);

#endif /* HW_INPUT_I8042_H */
