/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mux: several front ends on one device.  Output of all goes out; input goes
 * to the one in focus, which Ctrl-a c changes.  Ctrl-a h tells the others.
 */
#include "qemu/osdep.h"
#include "char-impl.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/module.h"
#include "sysemu/runstate.h"

OBJECT_DECLARE_SIMPLE_TYPE(MuxChardev, CHARDEV_MUX)

#define MAX_FRONT_ENDS 4
#define INPUT_ROOM 32

struct MuxChardev {
    Chardev parent;

    CharBackend chr;            /* our hold on the device below */
    CharBackend *fe[MAX_FRONT_ENDS];
    unsigned count;
    int focus;                  /* -1: nobody */
    bool escaped;
    /* Input that the focus has no room for now. */
    uint8_t pending[INPUT_ROOM];
    unsigned npending;
};

int term_escape_char = 0x01;

static CharBackend *mux_focus(MuxChardev *d)
{
    return d->focus >= 0 ? d->fe[d->focus] : NULL;
}

static void mux_tell(MuxChardev *d, int which, QEMUChrEvent event)
{
    CharBackend *be = which >= 0 ? d->fe[which] : NULL;

    if (be && be->chr_event) {
        be->chr_event(be->opaque, event);
    }
}

static void mux_set_focus(MuxChardev *d, int focus)
{
    if (d->focus != focus) {
        mux_tell(d, d->focus, CHR_EVENT_MUX_OUT);
        d->focus = focus;
        mux_tell(d, d->focus, CHR_EVENT_MUX_IN);
    }
}

static void mux_help(Chardev *chr)
{
    static const char text[] =
        "\r\n"
        "C-a h    print this help\r\n"
        "C-a x    exit emulator\r\n"
        "C-a b    send break\r\n"
        "C-a c    switch between console and monitor\r\n"
        "C-a C-a  sends C-a\r\n";

    qemu_chr_write_all(chr, (const uint8_t *)text, sizeof(text) - 1);
}

static void mux_deliver(MuxChardev *d)
{
    CharBackend *be = mux_focus(d);

    while (d->npending && be && be->chr_read &&
           be->chr_can_read(be->opaque) > 0) {
        uint8_t byte = d->pending[0];

        memmove(d->pending, d->pending + 1, --d->npending);
        be->chr_read(be->opaque, &byte, 1);
        be = mux_focus(d);
    }
}

/* True if the byte is input; false if it was a command to us. */
static bool mux_filter(MuxChardev *d, uint8_t byte)
{
    Chardev *chr = CHARDEV(d);

    if (!d->escaped) {
        d->escaped = byte == term_escape_char;
        return !d->escaped;
    }
    d->escaped = false;
    if (byte == term_escape_char) {
        return true;
    }
    switch (byte) {
    case '?':
    case 'h':
        mux_help(chr);
        break;
    case 'x':
        qemu_chr_write_all(chr, (const uint8_t *)"QEMU: Terminated\n\r", 18);
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_HOST_UI);
        break;
    case 'b':
        mux_tell(d, d->focus, CHR_EVENT_BREAK);
        break;
    case 'c':
        for (unsigned i = 1; d->count && i <= MAX_FRONT_ENDS; i++) {
            int next = (d->focus + i) % MAX_FRONT_ENDS;

            if (d->fe[next]) {
                mux_set_focus(d, next);
                break;
            }
        }
        break;
    }
    return false;
}

static int mux_can_read(void *opaque)
{
    MuxChardev *d = opaque;

    mux_deliver(d);
    return INPUT_ROOM - d->npending;
}

static void mux_read(void *opaque, const uint8_t *buf, int size)
{
    MuxChardev *d = opaque;

    for (int i = 0; i < size; i++) {
        if (mux_filter(d, buf[i]) && d->npending < INPUT_ROOM) {
            d->pending[d->npending++] = buf[i];
        }
        mux_deliver(d);
    }
}

static void mux_event(void *opaque, QEMUChrEvent event)
{
    MuxChardev *d = opaque;

    CHARDEV(d)->be_open = event == CHR_EVENT_OPENED ? 1 :
                          event == CHR_EVENT_CLOSED ? 0 : CHARDEV(d)->be_open;
    for (int i = 0; i < MAX_FRONT_ENDS; i++) {
        mux_tell(d, i, event);
    }
}

/* What did not come from below is for whoever has the focus. */
static void mux_be_event(Chardev *chr, QEMUChrEvent event)
{
    MuxChardev *d = CHARDEV_MUX(chr);

    mux_tell(d, d->focus, event);
}

static int mux_write(Chardev *chr, const uint8_t *buf, int len)
{
    return qemu_chr_fe_write(&CHARDEV_MUX(chr)->chr, buf, len);
}

static GSource *mux_add_watch(Chardev *chr, GIOCondition cond)
{
    Chardev *base = CHARDEV_MUX(chr)->chr.chr;
    ChardevClass *cc = base ? CHARDEV_GET_CLASS(base) : NULL;

    return cc && cc->chr_add_watch ? cc->chr_add_watch(base, cond) : NULL;
}

static void mux_accept_input(Chardev *chr)
{
    mux_deliver(CHARDEV_MUX(chr));
}

static void mux_set_echo(Chardev *chr, bool echo)
{
    qemu_chr_fe_set_echo(&CHARDEV_MUX(chr)->chr, echo);
}

bool mux_add_front_end(Chardev *chr, CharBackend *b, Error **errp)
{
    MuxChardev *d = CHARDEV_MUX(chr);

    for (unsigned i = 0; i < MAX_FRONT_ENDS; i++) {
        if (!d->fe[i]) {
            d->fe[i] = b;
            b->tag = i;
            d->count++;
            return true;
        }
    }
    error_setg(errp, "too many uses of multiplexed chardev '%s' (maximum is "
               "%d)", chr->label, MAX_FRONT_ENDS);
    return false;
}

void mux_remove_front_end(Chardev *chr, CharBackend *b)
{
    MuxChardev *d = CHARDEV_MUX(chr);

    if (d->focus == b->tag) {
        d->focus = -1;
    }
    d->fe[b->tag] = NULL;
    d->count--;
}

bool mux_in_use(Chardev *chr)
{
    return CHARDEV_IS_MUX(chr) && CHARDEV_MUX(chr)->count > 0;
}

void mux_take_focus(Chardev *chr, CharBackend *b)
{
    mux_set_focus(CHARDEV_MUX(chr), b->tag);
}

void mux_update_handlers(Chardev *chr, GMainContext *context)
{
    MuxChardev *d = CHARDEV_MUX(chr);

    qemu_chr_fe_set_handlers_full(&d->chr, mux_can_read, mux_read, mux_event,
                                  NULL, d, context, true, false);
    chr->be_open = d->chr.chr && d->chr.chr->be_open;
}

static void mux_open(Chardev *chr, json_t *data, bool *be_opened,
                     Error **errp)
{
    MuxChardev *d = CHARDEV_MUX(chr);
    const char *base = json_get_str(data, "chardev");
    Chardev *drv = base ? qemu_chr_find(base) : NULL;

    if (!chr_require(data, "chardev", errp)) {
        return;
    }
    if (!drv) {
        error_setg(errp, "mux: base chardev %s not found", base);
        return;
    }
    *be_opened = drv->be_open;
    qemu_chr_fe_init(&d->chr, drv, errp);
}

static void mux_init(Object *obj)
{
    CHARDEV_MUX(obj)->focus = -1;
}

static void mux_finalize(Object *obj)
{
    MuxChardev *d = CHARDEV_MUX(obj);

    for (unsigned i = 0; i < MAX_FRONT_ENDS; i++) {
        if (d->fe[i]) {
            d->fe[i]->chr = NULL;
        }
    }
    qemu_chr_fe_deinit(&d->chr, false);
}

static void mux_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->open = mux_open;
    cc->chr_write = mux_write;
    cc->chr_add_watch = mux_add_watch;
    cc->chr_accept_input = mux_accept_input;
    cc->chr_set_echo = mux_set_echo;
    cc->chr_be_event = mux_be_event;
}

static const TypeInfo mux_types[] = {
    {
        .name = TYPE_CHARDEV_MUX,
        .parent = TYPE_CHARDEV,
        .instance_size = sizeof(MuxChardev),
        .instance_init = mux_init,
        .instance_finalize = mux_finalize,
        .class_init = mux_class_init,
    },
};
DEFINE_TYPES(mux_types)

Chardev *mux_new(const char *id, const char *base, GMainContext *context,
                 Error **errp)
{
    json_t *data = json_pack("{s:s}", "chardev", base);
    Chardev *chr = qemu_chardev_new(id, TYPE_CHARDEV_MUX, data, context,
                                    errp);

    json_decref(data);
    return chr;
}
