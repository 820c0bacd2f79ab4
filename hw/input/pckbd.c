/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 8042 keyboard controller: IBM PS/2 Hardware Interface Technical Reference,
 * "Keyboard and Auxiliary Device Controller"; ports 0x60 and 0x64.
 *
 * The output buffer is one byte.  It is filled from the controller itself
 * first, then from the keyboard, then from the mouse.  A byte of a device
 * stays in the device's queue until the buffer is read.
 *
 * Not modelled: bit 3 of the status tells commands from data on the chip, and
 * is always set here; no transfer fails its parity or its time-out.
 */
#include "qemu/osdep.h"
#include "hw/input/i8042.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "sysemu/runstate.h"

enum {
    CMD_READ_MODE = 0x20,
    CMD_WRITE_MODE = 0x60,
    CMD_MOUSE_DISABLE = 0xa7,
    CMD_MOUSE_ENABLE = 0xa8,
    CMD_TEST_MOUSE = 0xa9,
    CMD_SELF_TEST = 0xaa,
    CMD_KBD_TEST = 0xab,
    CMD_KBD_DISABLE = 0xad,
    CMD_KBD_ENABLE = 0xae,
    CMD_READ_INPORT = 0xc0,
    CMD_READ_OUTPORT = 0xd0,
    CMD_WRITE_OUTPORT = 0xd1,
    CMD_WRITE_OBUF = 0xd2,
    CMD_WRITE_AUX_OBUF = 0xd3,
    CMD_WRITE_MOUSE = 0xd4,
    CMD_DISABLE_A20 = 0xdd,
    CMD_ENABLE_A20 = 0xdf,
    CMD_PULSE_BITS = 0xf0,
    CMD_NO_OP = 0xff,
};

#define STAT_OBF 0x01
#define STAT_SELFTEST 0x04
#define STAT_CMD 0x08
#define STAT_UNLOCKED 0x10
#define STAT_MOUSE_OBF 0x20

#define MODE_KBD_INT 0x01
#define MODE_MOUSE_INT 0x02
#define MODE_DISABLE_KBD 0x10
#define MODE_DISABLE_MOUSE 0x20
#define MODE_KCC 0x40           /* translate the keyboard's codes */

#define OUT_RESET 0x01          /* low: the processor is reset */
#define OUT_A20 0x02
#define OUT_OBF 0x10
#define OUT_MOUSE_OBF 0x20
#define OUT_DEFAULT 0xcf

#define PENDING_KBD_COMPAT 0x01
#define PENDING_AUX_COMPAT 0x02
#define PENDING_CTRL_KBD 0x04
#define PENDING_CTRL_AUX 0x08
#define PENDING_KBD 0x10
#define PENDING_AUX 0x20
#define PENDING_CTRL (PENDING_CTRL_KBD | PENDING_CTRL_AUX)

#define OBSRC_KBD 0x01
#define OBSRC_MOUSE 0x02
#define OBSRC_CTRL 0x04

#define MIGR_TIMER_PENDING 0x01

#define THROTTLE_US 1000

/*** The output buffer ***/

static void update_irq_lines(KBDState *s)
{
    bool full = s->status & STAT_OBF;
    bool mouse = s->status & STAT_MOUSE_OBF;

    qemu_set_irq(s->irqs[I8042_KBD_IRQ],
                 full && !mouse && s->mode & MODE_KBD_INT);
    qemu_set_irq(s->irqs[I8042_MOUSE_IRQ],
                 full && mouse && s->mode & MODE_MOUSE_INT);
}

static uint8_t obf_bits(const KBDState *s)
{
    return (s->status & STAT_OBF ? OUT_OBF : 0) |
           (s->status & STAT_MOUSE_OBF ? OUT_OBF | OUT_MOUSE_OBF : 0);
}

static uint8_t default_outport(KBDState *s)
{
    return OUT_DEFAULT | obf_bits(s);
}

static void set_obf(KBDState *s, uint8_t status)
{
    s->status = (s->status & ~(STAT_OBF | STAT_MOUSE_OBF)) | status;
    s->outport = (s->outport & ~(OUT_OBF | OUT_MOUSE_OBF)) | obf_bits(s);
}

/* Fills the buffer, which is empty, from who is first. */
static void refill(KBDState *s)
{
    uint8_t status = 0;

    if (s->pending & PENDING_CTRL) {
        s->obsrc = OBSRC_CTRL;
        status = s->pending & PENDING_CTRL_AUX ? STAT_OBF | STAT_MOUSE_OBF
                                               : STAT_OBF;
    } else if (s->pending & PENDING_KBD && !(s->mode & MODE_DISABLE_KBD)) {
        s->obsrc = OBSRC_KBD;
        status = STAT_OBF;
    } else if (s->pending & PENDING_AUX && !(s->mode & MODE_DISABLE_MOUSE)) {
        s->obsrc = OBSRC_MOUSE;
        status = STAT_OBF | STAT_MOUSE_OBF;
    }
    set_obf(s, status);
    update_irq_lines(s);
}

/* What fills a full buffer is not replaced: reading it comes back here. */
static void refill_if_empty(KBDState *s)
{
    if (!(s->status & STAT_OBF) &&
        !(s->throttle_timer && timer_pending(s->throttle_timer))) {
        refill(s);
    }
}

static void kbd_throttle_timeout(void *opaque)
{
    refill_if_empty(opaque);
}

static void set_pending(KBDState *s, uint32_t who, int level)
{
    s->pending = level ? s->pending | who : s->pending & ~who;
    refill_if_empty(s);
}

static void kbd_input_irq(void *opaque, int n, int level)
{
    set_pending(&I8042(opaque)->kbd, PENDING_KBD, level);
}

static void mouse_input_irq(void *opaque, int n, int level)
{
    set_pending(&I8042(opaque)->kbd, PENDING_AUX, level);
}

/* A byte of the controller's own, which replaces one not read yet. */
static void controller_byte(KBDState *s, uint8_t byte, bool aux)
{
    s->cbdata = byte;
    s->pending &= ~PENDING_CTRL;
    s->pending |= aux ? PENDING_CTRL_AUX : PENDING_CTRL_KBD;
    refill_if_empty(s);
}

static uint64_t kbd_read_data(void *opaque, hwaddr addr, unsigned size)
{
    KBDState *s = opaque;

    if (!(s->status & STAT_OBF)) {
        return s->obdata;
    }
    if (s->throttle_timer && s->obsrc != OBSRC_CTRL) {
        timer_mod(s->throttle_timer,
                  qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + THROTTLE_US);
    }
    set_obf(s, 0);
    update_irq_lines(s);
    /*
     * A device's line falls for a moment with each byte, which lets the
     * other one fill the buffer: they take turns.
     */
    if (s->obsrc == OBSRC_KBD) {
        s->obdata = ps2_read_data(PS2_DEVICE(&s->ps2kbd));
    } else if (s->obsrc == OBSRC_MOUSE) {
        s->obdata = ps2_read_data(PS2_DEVICE(&s->ps2mouse));
    } else {
        s->obdata = s->cbdata;
        s->pending &= ~PENDING_CTRL;
    }
    refill_if_empty(s);
    return s->obdata;
}

/*** Commands ***/

static void write_outport(KBDState *s, uint8_t val)
{
    s->outport = val;
    qemu_set_irq(s->a20_out, !!(val & OUT_A20));
    if (!(val & OUT_RESET)) {
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
    }
}

static void set_a20(KBDState *s, bool on)
{
    s->outport = on ? s->outport | OUT_A20 : s->outport & ~OUT_A20;
    qemu_set_irq(s->a20_out, on);
}

static void change_mode(KBDState *s, uint8_t clear, uint8_t set)
{
    s->mode = (s->mode & ~clear) | set;
    refill_if_empty(s);
}

static void kbd_write_command(void *opaque, hwaddr addr, uint64_t val,
                              unsigned size)
{
    KBDState *s = opaque;

    switch (val) {
    case CMD_READ_MODE:
        controller_byte(s, s->mode, false);
        break;
    case CMD_WRITE_MODE:
    case CMD_WRITE_OBUF:
    case CMD_WRITE_AUX_OBUF:
    case CMD_WRITE_MOUSE:
    case CMD_WRITE_OUTPORT:
        s->write_cmd = val;
        break;
    case CMD_MOUSE_DISABLE:
        change_mode(s, 0, MODE_DISABLE_MOUSE);
        break;
    case CMD_MOUSE_ENABLE:
        change_mode(s, MODE_DISABLE_MOUSE, 0);
        break;
    case CMD_TEST_MOUSE:
    case CMD_KBD_TEST:
        controller_byte(s, 0x00, false);
        break;
    case CMD_SELF_TEST:
        s->status |= STAT_SELFTEST;
        controller_byte(s, 0x55, false);
        break;
    case CMD_KBD_DISABLE:
        change_mode(s, 0, MODE_DISABLE_KBD);
        break;
    case CMD_KBD_ENABLE:
        change_mode(s, MODE_DISABLE_KBD, 0);
        break;
    case CMD_READ_INPORT:
        controller_byte(s, 0x80, false);
        break;
    case CMD_READ_OUTPORT:
        controller_byte(s, s->outport, false);
        break;
    case CMD_DISABLE_A20:
        set_a20(s, false);
        break;
    case CMD_ENABLE_A20:
        set_a20(s, true);
        break;
    case CMD_PULSE_BITS ... CMD_NO_OP:
        /* The line of bit 0 resets the processor when it is low. */
        if (!(val & OUT_RESET)) {
            qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        }
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "i8042: no command 0x%02x\n",
                      (unsigned)val);
        break;
    }
}

static void kbd_write_data(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    KBDState *s = opaque;

    switch (s->write_cmd) {
    case 0:
        ps2_write_keyboard(&s->ps2kbd, val);
        /* Sending to a device enables its interface. */
        change_mode(s, MODE_DISABLE_KBD, 0);
        break;
    case CMD_WRITE_MODE:
        s->mode = val;
        ps2_keyboard_set_translation(&s->ps2kbd, !!(val & MODE_KCC));
        update_irq_lines(s);
        refill_if_empty(s);
        break;
    case CMD_WRITE_OBUF:
        controller_byte(s, val, false);
        break;
    case CMD_WRITE_AUX_OBUF:
        controller_byte(s, val, true);
        break;
    case CMD_WRITE_OUTPORT:
        write_outport(s, val);
        break;
    case CMD_WRITE_MOUSE:
        ps2_write_mouse(&s->ps2mouse, val);
        change_mode(s, MODE_DISABLE_MOUSE, 0);
        break;
    }
    s->write_cmd = 0;
}

static uint64_t kbd_read_status(void *opaque, hwaddr addr, unsigned size)
{
    return ((KBDState *)opaque)->status;
}

static const MemoryRegionOps i8042_data_ops = {
    .read = kbd_read_data,
    .write = kbd_write_data,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static const MemoryRegionOps i8042_cmd_ops = {
    .read = kbd_read_status,
    .write = kbd_write_command,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void i8042_isa_mouse_fake_event(ISAKBDState *isa)
{
    ps2_mouse_fake_event(&isa->kbd.ps2mouse);
}

void i8042_setup_a20_line(ISADevice *dev, qemu_irq a20_out)
{
    qdev_connect_gpio_out_named(DEVICE(dev), I8042_A20_LINE, 0, a20_out);
}

/*** State ***/

static void i8042_reset(DeviceState *dev)
{
    KBDState *s = &I8042(dev)->kbd;

    s->mode = MODE_KBD_INT | MODE_MOUSE_INT;
    s->status = STAT_CMD | STAT_UNLOCKED;
    s->outport = OUT_DEFAULT;
    s->pending = 0;
    s->write_cmd = 0;
    s->obsrc = 0;
    s->obdata = 0;
    s->cbdata = 0;
    qemu_set_irq(s->a20_out, 1);
    update_irq_lines(s);
    if (s->throttle_timer) {
        timer_del(s->throttle_timer);
    }
}

static bool outport_needed(void *opaque)
{
    KBDState *s = opaque;

    return s->outport != default_outport(s);
}

static int outport_post_load(void *opaque, int version_id)
{
    ((KBDState *)opaque)->outport_present = true;
    return 0;
}

static const VMStateDescription vmstate_outport = {
    .name = "pckbd_outport",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = outport_post_load,
    .needed = outport_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(outport, KBDState),
        VMSTATE_END_OF_LIST()
    },
};

static int extended_state_pre_save(void *opaque)
{
    KBDState *s = opaque;

    s->migration_flags = 0;
    if (s->throttle_timer && timer_pending(s->throttle_timer)) {
        s->migration_flags |= MIGR_TIMER_PENDING;
    }
    return 0;
}

static int extended_state_post_load(void *opaque, int version_id)
{
    KBDState *s = opaque;

    if (s->migration_flags & MIGR_TIMER_PENDING && s->throttle_timer) {
        timer_mod(s->throttle_timer,
                  qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + THROTTLE_US);
    }
    s->extended_state_loaded = true;
    return 0;
}

static bool extended_state_needed(void *opaque)
{
    return ((KBDState *)opaque)->extended_state;
}

static const VMStateDescription vmstate_extended_state = {
    .name = "pckbd/extended_state",
    .pre_save = extended_state_pre_save,
    .post_load = extended_state_post_load,
    .needed = extended_state_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(migration_flags, KBDState),
        VMSTATE_UINT32(obsrc, KBDState),
        VMSTATE_UINT8(obdata, KBDState),
        VMSTATE_UINT8(cbdata, KBDState),
        VMSTATE_END_OF_LIST()
    },
};

static int kbd_pre_save(void *opaque)
{
    KBDState *s = opaque;

    if (s->extended_state) {
        s->pending_tmp = s->pending;
    } else {
        s->pending_tmp = (s->pending & PENDING_KBD ? PENDING_KBD_COMPAT : 0) |
                         (s->pending & PENDING_AUX ? PENDING_AUX_COMPAT : 0);
    }
    return 0;
}

static int kbd_pre_load(void *opaque)
{
    KBDState *s = opaque;

    s->outport_present = false;
    s->extended_state_loaded = false;
    return 0;
}

/* Older programs kept no record of who fills the buffer. */
static void guess_extended_state(KBDState *s)
{
    s->pending = (s->pending_tmp & PENDING_KBD_COMPAT ? PENDING_KBD : 0) |
                 (s->pending_tmp & PENDING_AUX_COMPAT ? PENDING_AUX : 0);
    if (s->status & STAT_OBF) {
        s->obsrc = s->status & STAT_MOUSE_OBF ? OBSRC_MOUSE : OBSRC_KBD;
    }
}

static int kbd_post_load(void *opaque, int version_id)
{
    KBDState *s = opaque;

    if (!s->outport_present) {
        s->outport = default_outport(s);
    }
    if (s->extended_state_loaded) {
        s->pending = s->pending_tmp;
    } else {
        guess_extended_state(s);
    }
    qemu_set_irq(s->a20_out, !!(s->outport & OUT_A20));
    return 0;
}

static const VMStateDescription vmstate_kbd = {
    .name = "pckbd",
    .version_id = 3,
    .minimum_version_id = 3,
    .pre_load = kbd_pre_load,
    .post_load = kbd_post_load,
    .pre_save = kbd_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(write_cmd, KBDState),
        VMSTATE_UINT8(status, KBDState),
        VMSTATE_UINT8(mode, KBDState),
        VMSTATE_UINT8(pending_tmp, KBDState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_outport,
        &vmstate_extended_state,
        NULL
    },
};

static const VMStateDescription vmstate_i8042 = {
    .name = "pckbd",
    .version_id = 3,
    .minimum_version_id = 3,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(kbd, ISAKBDState, 0, vmstate_kbd, KBDState),
        VMSTATE_END_OF_LIST()
    },
};

/*** Type ***/

static void i8042_initfn(Object *obj)
{
    ISAKBDState *isa = I8042(obj);
    KBDState *s = &isa->kbd;
    DeviceState *dev = DEVICE(obj);

    memory_region_init_io(&isa->io[0], obj, &i8042_data_ops, s, "i8042-data",
                          1);
    memory_region_init_io(&isa->io[1], obj, &i8042_cmd_ops, s, "i8042-cmd",
                          1);
    object_initialize_child(obj, "ps2kbd", &s->ps2kbd, TYPE_PS2_KBD_DEVICE);
    object_initialize_child(obj, "ps2mouse", &s->ps2mouse,
                            TYPE_PS2_MOUSE_DEVICE);
    qdev_init_gpio_out_named(dev, &s->a20_out, I8042_A20_LINE, 1);
    qdev_init_gpio_out(dev, s->irqs, 2);
    qdev_init_gpio_in_named(dev, kbd_input_irq, I8042_KBD_INPUT, 1);
    qdev_init_gpio_in_named(dev, mouse_input_irq, I8042_MOUSE_INPUT, 1);
}

static bool realize_device(ISAKBDState *isa, void *ps2, const char *input,
                           Error **errp)
{
    if (!sysbus_realize(SYS_BUS_DEVICE(ps2), errp)) {
        return false;
    }
    qdev_connect_gpio_out(DEVICE(ps2), PS2_DEVICE_IRQ,
                          qdev_get_gpio_in_named(DEVICE(isa), input, 0));
    return true;
}

static void i8042_realize(DeviceState *dev, Error **errp)
{
    ISADevice *isa = ISA_DEVICE(dev);
    ISAKBDState *s = I8042(dev);

    if (s->kbd_irq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"kbd-irq\" is: %u",
                   ISA_NUM_IRQS - 1);
        return;
    }
    if (s->mouse_irq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"mouse-irq\" is: %u",
                   ISA_NUM_IRQS - 1);
        return;
    }
    isa_connect_gpio_out(isa, I8042_KBD_IRQ, s->kbd_irq);
    isa_connect_gpio_out(isa, I8042_MOUSE_IRQ, s->mouse_irq);
    isa_register_ioport(isa, &s->io[0], 0x60);
    isa_register_ioport(isa, &s->io[1], 0x64);
    if (!realize_device(s, &s->kbd.ps2kbd, I8042_KBD_INPUT, errp) ||
        !realize_device(s, &s->kbd.ps2mouse, I8042_MOUSE_INPUT, errp)) {
        return;
    }
    if (s->kbd_throttle && !s->kbd.extended_state) {
        warn_report("i8042: can't enable kbd-throttle without "
                    "extended-state, disabling kbd-throttle");
    } else if (s->kbd_throttle) {
        s->kbd.throttle_timer = timer_new_us(QEMU_CLOCK_VIRTUAL,
                                             kbd_throttle_timeout, &s->kbd);
    }
}

static Property i8042_properties[] = {
    DEFINE_PROP_BOOL("extended-state", ISAKBDState, kbd.extended_state, true),
    DEFINE_PROP_BOOL("kbd-throttle", ISAKBDState, kbd_throttle, false),
    DEFINE_PROP_UINT8("kbd-irq", ISAKBDState, kbd_irq, 1),
    DEFINE_PROP_UINT8("mouse-irq", ISAKBDState, mouse_irq, 12),
    DEFINE_PROP_END_OF_LIST(),
};

static void i8042_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_props(dc, i8042_properties);
    dc->reset = i8042_reset;
    dc->realize = i8042_realize;
    dc->vmsd = &vmstate_i8042;
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo i8042_info = {
    .name = TYPE_I8042,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(ISAKBDState),
    .instance_init = i8042_initfn,
    .class_init = i8042_class_init,
};

static void i8042_register_types(void)
{
    type_register_static(&i8042_info);
}

type_init(i8042_register_types)
