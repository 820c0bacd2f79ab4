/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The common part of character devices (chardev/char.h): making and finding
 * them, writing with a log, and what the outer end hands to the inner one.
 */
#include "qemu/osdep.h"
#include "char-impl.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qmp-event.h"
#include "qemu/error-report.h"
#include "qemu/id.h"
#include "qemu/module.h"

void (*qemu_chr_attach_hmp)(Chardev *chr, bool readline);

Object *chardevs_root(void)
{
    return container_get(object_get_root(), "/chardevs");
}

/* The inner end */

int qemu_chr_be_can_write(Chardev *s)
{
    CharBackend *be = s->be;

    return be && be->chr_can_read ? be->chr_can_read(be->opaque) : 0;
}

void qemu_chr_be_write_impl(Chardev *s, const uint8_t *buf, int len)
{
    CharBackend *be = s->be;

    if (be && be->chr_read) {
        be->chr_read(be->opaque, buf, len);
    }
}

void qemu_chr_be_write(Chardev *s, const uint8_t *buf, int len)
{
    qemu_chr_be_write_impl(s, buf, len);
}

static void chr_be_event(Chardev *s, QEMUChrEvent event)
{
    CharBackend *be = s->be;

    if (be && be->chr_event) {
        be->chr_event(be->opaque, event);
    }
}

void qemu_chr_be_event(Chardev *s, QEMUChrEvent event)
{
    if (event == CHR_EVENT_OPENED) {
        s->be_open = 1;
    } else if (event == CHR_EVENT_CLOSED) {
        s->be_open = 0;
    }
    CHARDEV_GET_CLASS(s)->chr_be_event(s, event);
}

void qemu_chr_be_update_read_handlers(Chardev *s, GMainContext *context)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);

    s->gcontext = context;
    if (cc->chr_update_read_handler) {
        cc->chr_update_read_handler(s);
    }
}

/* Writing */

static void write_log(Chardev *s, const uint8_t *buf, size_t len)
{
    while (s->logfd >= 0 && len) {
        ssize_t n = write(s->logfd, buf, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;
        }
        buf += n;
        len -= n;
    }
}

int qemu_chr_write(Chardev *s, const uint8_t *buf, int len, bool write_all)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);
    int done = 0, n = 0;

    qemu_mutex_lock(&s->chr_write_lock);
    while (done < len) {
        n = cc->chr_write(s, buf + done, len - done);
        if (n < 0 && errno == EAGAIN && write_all) {
            g_usleep(100);
            continue;
        }
        if (n <= 0) {
            break;
        }
        done += n;
        if (!write_all) {
            break;
        }
    }
    if (done > 0) {
        write_log(s, buf, done);
    }
    qemu_mutex_unlock(&s->chr_write_lock);
    return done ? done : n;
}

int qemu_chr_add_client(Chardev *s, int fd)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);

    return cc->chr_add_client ? cc->chr_add_client(s, fd) : -1;
}

int qemu_chr_wait_connected(Chardev *chr, Error **errp)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(chr);

    return cc->chr_wait_connected ? cc->chr_wait_connected(chr, errp) : 0;
}

bool qemu_chr_has_feature(Chardev *chr, ChardevFeature feature)
{
    return test_bit(feature, chr->features);
}

void qemu_chr_set_feature(Chardev *chr, ChardevFeature feature)
{
    set_bit(feature, chr->features);
}

GSource *qemu_chr_timeout_add_ms(Chardev *chr, guint ms, GSourceFunc func,
                                 void *private)
{
    GSource *source = g_timeout_source_new(ms);

    g_source_set_callback(source, func, private, NULL);
    g_source_attach(source, chr->gcontext);
    return source;
}

/* Making and finding */

Chardev *qemu_chr_find(const char *name)
{
    Object *obj = object_resolve_path_component(chardevs_root(), name);

    return (Chardev *)(obj ? object_dynamic_cast(obj, TYPE_CHARDEV) : NULL);
}

typedef struct ForeachData {
    int (*fn)(Chardev *chr, void *opaque);
    void *opaque;
} ForeachData;

static int foreach_one(Object *obj, void *opaque)
{
    ForeachData *d = opaque;

    return d->fn(CHARDEV(obj), d->opaque);
}

int qemu_chr_foreach(int (*fn)(Chardev *chr, void *opaque), void *opaque)
{
    ForeachData d = { fn, opaque };

    return object_child_foreach(chardevs_root(), foreach_one, &d);
}

static bool open_log(Chardev *chr, json_t *data, Error **errp)
{
    const char *file = json_get_str(data, "logfile");
    bool append = false;

    if (!file) {
        return true;
    }
    if (!json_opt_bool(data, "logappend", &append, errp)) {
        return false;
    }
    chr->logfd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC |
                      (append ? O_APPEND : O_TRUNC), 0666);
    if (chr->logfd < 0) {
        error_setg_file_open(errp, errno, file);
        return false;
    }
    return true;
}

Chardev *qemu_chardev_new(const char *id, const char *typename, json_t *data,
                          GMainContext *context, Error **errp)
{
    Object *obj = object_new(typename);
    Chardev *chr = CHARDEV(obj);
    json_t *empty = data ? NULL : json_object();
    Error *err = NULL;
    bool be_opened = true;

    chr->label = g_strdup(id);
    chr->gcontext = context;
    if (open_log(chr, data ? data : empty, &err)) {
        CHARDEV_GET_CLASS(chr)->open(chr, data ? data : empty, &be_opened,
                                     &err);
    }
    json_decref(empty);
    if (err) {
        error_propagate(errp, err);
        object_unref(obj);
        return NULL;
    }
    if (!chr->filename) {
        chr->filename = g_strdup(typename + strlen("chardev-"));
    }
    if (be_opened) {
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    }
    if (id) {
        if (!object_property_try_add_child(chardevs_root(), id, obj, errp)) {
            object_unref(obj);
            return NULL;
        }
        object_unref(obj);
    }
    return chr;
}

/* Not by unref alone: front ends may still hold on to what is torn down. */
static int forget_front_end(Object *obj, void *opaque)
{
    Chardev *chr = CHARDEV(obj);

    chr->be_open = 0;
    return 0;
}

void qemu_chr_cleanup(void)
{
    object_child_foreach(chardevs_root(), forget_front_end, NULL);
    object_unparent(chardevs_root());
}

static void char_init(Object *obj)
{
    Chardev *chr = CHARDEV(obj);

    chr->logfd = -1;
    qemu_mutex_init(&chr->chr_write_lock);
}

static void char_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);

    if (chr->be) {
        chr->be->chr = NULL;
    }
    if (chr->gsource) {
        g_source_destroy(chr->gsource);
        g_source_unref(chr->gsource);
    }
    if (chr->logfd >= 0) {
        close(chr->logfd);
    }
    g_free(chr->filename);
    g_free(chr->label);
    qemu_mutex_destroy(&chr->chr_write_lock);
}

static int null_write(Chardev *chr, const uint8_t *buf, int len)
{
    return len;
}

static void null_open(Chardev *chr, json_t *data, bool *be_opened,
                      Error **errp)
{
}

/* The parent writes to nowhere, which is all that "null" does. */
static void char_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->open = null_open;
    cc->chr_write = null_write;
    cc->chr_be_event = chr_be_event;
}

/* A null device is never connected to anything. */
static void null_null_open(Chardev *chr, json_t *data, bool *be_opened,
                           Error **errp)
{
    *be_opened = false;
}

static void null_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = null_null_open;
}

static const TypeInfo char_types[] = {
    {
        .name = TYPE_CHARDEV,
        .parent = TYPE_OBJECT,
        .abstract = true,
        .instance_size = sizeof(Chardev),
        .instance_init = char_init,
        .instance_finalize = char_finalize,
        .class_size = sizeof(ChardevClass),
        .class_init = char_class_init,
    }, {
        .name = TYPE_CHARDEV_NULL,
        .parent = TYPE_CHARDEV,
        .instance_size = sizeof(Chardev),
        .class_init = null_class_init,
    },
};
DEFINE_TYPES(char_types)
