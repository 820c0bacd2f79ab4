/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ringbuf: keeps the last bytes written to it in memory, for
 * ringbuf-read; ringbuf-write is input to the front end.
 */
#include "qemu/osdep.h"
#include "char-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"

OBJECT_DECLARE_SIMPLE_TYPE(RingBufChardev, CHARDEV_RINGBUF)

#define DEFAULT_SIZE 65536
#define MAX_SIZE (1 << 30)

struct RingBufChardev {
    Chardev parent;

    size_t size;                /* a power of two */
    uint64_t produced, consumed;
    uint8_t *buf;
};

static int ringbuf_write(Chardev *chr, const uint8_t *buf, int len)
{
    RingBufChardev *d = CHARDEV_RINGBUF(chr);

    for (int i = 0; i < len; i++) {
        d->buf[d->produced++ & (d->size - 1)] = buf[i];
    }
    if (d->produced - d->consumed > d->size) {
        d->consumed = d->produced - d->size;
    }
    return len;
}

GString *ringbuf_take(Chardev *chr, size_t size)
{
    RingBufChardev *d = CHARDEV_RINGBUF(chr);
    GString *text = g_string_new(NULL);

    qemu_mutex_lock(&chr->chr_write_lock);
    for (; size && d->consumed < d->produced; size--) {
        g_string_append_c(text, d->buf[d->consumed++ & (d->size - 1)]);
    }
    qemu_mutex_unlock(&chr->chr_write_lock);
    return text;
}

static void ringbuf_open(Chardev *chr, json_t *data, bool *be_opened,
                         Error **errp)
{
    RingBufChardev *d = CHARDEV_RINGBUF(chr);
    int64_t size = DEFAULT_SIZE;

    if (!chr_opt_int(data, "size", 1, MAX_SIZE, &size, errp)) {
        return;
    }
    if (!is_power_of_2(size)) {
        error_setg(errp, "size of ringbuf chardev must be power of two");
        return;
    }
    d->size = size;
    d->buf = g_malloc0(size);
}

static void ringbuf_finalize(Object *obj)
{
    g_free(CHARDEV_RINGBUF(obj)->buf);
}

static void ringbuf_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = ringbuf_open;
    CHARDEV_CLASS(oc)->chr_write = ringbuf_write;
}

static const TypeInfo ringbuf_types[] = {
    {
        .name = TYPE_CHARDEV_RINGBUF,
        .parent = TYPE_CHARDEV,
        .instance_size = sizeof(RingBufChardev),
        .instance_finalize = ringbuf_finalize,
        .class_init = ringbuf_class_init,
    },
};
DEFINE_TYPES(ringbuf_types)
