/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMware's mouse: absolute positions through the backdoor port (commands
 * ABSPOINTER_* of open-vm-tools' backdoor_def.h).
 *
 * The guest's driver still waits for bytes of the PS/2 mouse, which tell it
 * to look here.
 */
#include "qemu/osdep.h"
#include "hw/i386/vmport.h"
#include "hw/input/i8042.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "ui/input.h"

OBJECT_DECLARE_SIMPLE_TYPE(VMMouseState, VMMOUSE)

enum {
    REQUEST_READ_ID = 0x45414552,
    REQUEST_DISABLE = 0x000000f5,
    REQUEST_RELATIVE = 0x4c455252,
    REQUEST_ABSOLUTE = 0x53424152,
};

#define VMMOUSE_VERSION 0x3442554a
#define VMMOUSE_QUEUE_SIZE 1024
#define WORDS_A_REPORT 4
#define WORDS_A_READ 6
#define STATUS_ERROR 0xffff

#define BUTTON_LEFT 0x20
#define BUTTON_RIGHT 0x10
#define BUTTON_MIDDLE 0x08

struct VMMouseState {
    ISADevice parent_obj;

    uint32_t queue[VMMOUSE_QUEUE_SIZE];
    int32_t queue_size;
    uint16_t nb_queue;
    uint16_t status;
    uint8_t absolute;
    QEMUPutMouseEntry *entry;
    ISAKBDState *i8042;
};

/*** Events ***/

static void vmmouse_event(void *opaque, int x, int y, int dz,
                          int buttons_state)
{
    VMMouseState *s = opaque;
    uint32_t *report = &s->queue[s->nb_queue];

    if (s->nb_queue > VMMOUSE_QUEUE_SIZE - WORDS_A_REPORT) {
        return;
    }
    report[0] = (buttons_state & MOUSE_EVENT_LBUTTON ? BUTTON_LEFT : 0) |
                (buttons_state & MOUSE_EVENT_RBUTTON ? BUTTON_RIGHT : 0) |
                (buttons_state & MOUSE_EVENT_MBUTTON ? BUTTON_MIDDLE : 0);
    /* 0 to 0xffff where the input layer has 0 to 0x7fff. */
    report[1] = s->absolute ? x << 1 : x;
    report[2] = s->absolute ? y << 1 : y;
    report[3] = dz;
    s->nb_queue += WORDS_A_REPORT;
    i8042_isa_mouse_fake_event(s->i8042);
}

static void remove_handler(VMMouseState *s)
{
    if (s->entry) {
        qemu_remove_mouse_event_handler(s->entry);
        s->entry = NULL;
    }
}

/* Registers for events of one kind, and is the mouse in use then. */
static void update_handler(VMMouseState *s, bool absolute)
{
    if (s->status != 0) {
        return;
    }
    if (s->absolute != absolute) {
        s->absolute = absolute;
        remove_handler(s);
    }
    if (!s->entry) {
        s->entry = qemu_add_mouse_event_handler(vmmouse_event, s, s->absolute,
                                                "vmmouse");
        qemu_activate_mouse_event_handler(s->entry);
    }
}

/*** Commands ***/

static void disable(VMMouseState *s)
{
    s->status = STATUS_ERROR;
    s->nb_queue = 0;
    remove_handler(s);
}

static void read_id(VMMouseState *s)
{
    if (s->nb_queue == VMMOUSE_QUEUE_SIZE) {
        return;
    }
    s->queue[s->nb_queue++] = VMMOUSE_VERSION;
    s->status = 0;
}

/* @words words of the queue into as many registers. */
static void read_data(VMMouseState *s, uint32_t *data, uint32_t words)
{
    if (words == 0 || words > WORDS_A_READ || words > s->nb_queue) {
        qemu_log_mask(LOG_GUEST_ERROR, "vmmouse: %" PRIu32 " words wanted, "
                      "%u are there\n", words, s->nb_queue);
        disable(s);
        return;
    }
    memcpy(data, s->queue, words * sizeof(*data));
    s->nb_queue -= words;
    memmove(s->queue, s->queue + words, s->nb_queue * sizeof(*data));
}

static uint32_t vmmouse_data(void *opaque, uint32_t addr)
{
    uint32_t data[WORDS_A_READ];

    vmmouse_get_data(data);
    read_data(opaque, data, data[1]);
    vmmouse_set_data(data);
    return data[0];
}

static uint32_t vmmouse_status(void *opaque, uint32_t addr)
{
    VMMouseState *s = opaque;

    return (uint32_t)s->status << 16 | s->nb_queue;
}

static uint32_t vmmouse_command(void *opaque, uint32_t addr)
{
    VMMouseState *s = opaque;
    uint32_t data[WORDS_A_READ];

    vmmouse_get_data(data);
    switch (data[1]) {
    case REQUEST_DISABLE:
        disable(s);
        break;
    case REQUEST_READ_ID:
        read_id(s);
        break;
    case REQUEST_RELATIVE:
        update_handler(s, false);
        break;
    case REQUEST_ABSOLUTE:
        update_handler(s, true);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "vmmouse: no request 0x%" PRIx32 "\n",
                      data[1]);
        break;
    }
    return data[0];
}

/*** State ***/

static int vmmouse_post_load(void *opaque, int version_id)
{
    VMMouseState *s = opaque;

    if (s->nb_queue > VMMOUSE_QUEUE_SIZE) {
        return -EINVAL;
    }
    remove_handler(s);
    update_handler(s, s->absolute);
    return 0;
}

static const VMStateDescription vmstate_vmmouse = {
    .name = "vmmouse",
    .version_id = 0,
    .minimum_version_id = 0,
    .post_load = vmmouse_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_INT32_EQUAL(queue_size, VMMouseState, NULL),
        VMSTATE_UINT32_ARRAY(queue, VMMouseState, VMMOUSE_QUEUE_SIZE),
        VMSTATE_UINT16(nb_queue, VMMouseState),
        VMSTATE_UINT16(status, VMMouseState),
        VMSTATE_UINT8(absolute, VMMouseState),
        VMSTATE_END_OF_LIST()
    },
};

static void vmmouse_reset(DeviceState *d)
{
    VMMouseState *s = VMMOUSE(d);

    s->queue_size = VMMOUSE_QUEUE_SIZE;
    s->absolute = 0;
    disable(s);
}

/*** Type ***/

static void vmmouse_realize(DeviceState *dev, Error **errp)
{
    VMMouseState *s = VMMOUSE(dev);

    if (!s->i8042) {
        error_setg(errp, "'i8042' link is not set");
        return;
    }
    if (!object_resolve_path_type("", TYPE_VMPORT, NULL)) {
        error_setg(errp, "vmmouse needs a machine with vmport");
        return;
    }
    vmport_register(VMPORT_CMD_VMMOUSE_STATUS, vmmouse_status, s);
    vmport_register(VMPORT_CMD_VMMOUSE_COMMAND, vmmouse_command, s);
    vmport_register(VMPORT_CMD_VMMOUSE_DATA, vmmouse_data, s);
}

static Property vmmouse_properties[] = {
    DEFINE_PROP_LINK("i8042", VMMouseState, i8042, TYPE_I8042, ISAKBDState *),
    DEFINE_PROP_END_OF_LIST(),
};

static void vmmouse_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = vmmouse_realize;
    dc->reset = vmmouse_reset;
    dc->vmsd = &vmstate_vmmouse;
    device_class_set_props(dc, vmmouse_properties);
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo vmmouse_info = {
    .name = TYPE_VMMOUSE,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(VMMouseState),
    .class_init = vmmouse_class_init,
};

static void vmmouse_register_types(void)
{
    type_register_static(&vmmouse_info);
}

type_init(vmmouse_register_types)
