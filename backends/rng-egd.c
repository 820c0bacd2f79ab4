/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random bytes from a daemon that speaks the EGD protocol, through a
 * character device.  Command 2 with a count asks for that many bytes (255 at
 * most), which come back as they are.
 */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "sysemu/rng.h"

#define TYPE_RNG_EGD "rng-egd"
OBJECT_DECLARE_SIMPLE_TYPE(RngEgd, RNG_EGD)

#define EGD_READ_BLOCKING 0x02
#define EGD_COUNT_MAX 255

struct RngEgd {
    RngBackend parent;
    CharBackend chr;
    char *chr_name;
};

static void rng_egd_request_entropy(RngBackend *b, RngRequest *req)
{
    RngEgd *s = RNG_EGD(b);
    size_t left = req->size;

    while (left > 0) {
        uint8_t count = MIN(left, EGD_COUNT_MAX);
        uint8_t command[] = { EGD_READ_BLOCKING, count };

        qemu_chr_fe_write_all(&s->chr, command, sizeof(command));
        left -= count;
    }
}

static int egd_can_read(void *opaque)
{
    RngEgd *s = opaque;
    RngRequest *req;
    size_t wanted = 0;

    QSIMPLEQ_FOREACH(req, &s->parent.requests, next) {
        wanted += req->size - req->offset;
    }
    return MIN(wanted, INT_MAX);
}

static void egd_read(void *opaque, const uint8_t *buf, int size)
{
    RngEgd *s = opaque;
    RngRequest *req;

    while (size > 0 && (req = QSIMPLEQ_FIRST(&s->parent.requests)) != NULL) {
        int len = MIN(size, req->size - req->offset);

        memcpy(req->data + req->offset, buf, len);
        buf += len;
        size -= len;
        req->offset += len;
        if (req->offset == req->size) {
            req->receive_entropy(req->opaque, req->data, req->size);
            rng_backend_finalize_request(&s->parent, req);
        }
    }
}

static void rng_egd_opened(RngBackend *b, Error **errp)
{
    RngEgd *s = RNG_EGD(b);
    Chardev *chr;

    if (!s->chr_name) {
        error_setg(errp, "Parameter 'chardev' is missing");
        return;
    }
    chr = qemu_chr_find(s->chr_name);
    if (!chr) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", s->chr_name);
        return;
    }
    if (qemu_chr_fe_init(&s->chr, chr, errp)) {
        qemu_chr_fe_set_handlers(&s->chr, egd_can_read, egd_read, NULL, NULL,
                                 s, NULL, true);
    }
}

static char *get_chardev(Object *obj, Error **errp)
{
    Chardev *chr = qemu_chr_fe_get_driver(&RNG_EGD(obj)->chr);

    return chr && chr->label ? g_strdup(chr->label) : NULL;
}

static void set_chardev(Object *obj, const char *value, Error **errp)
{
    RngEgd *s = RNG_EGD(obj);

    if (s->parent.opened) {
        error_setg(errp, "Insufficient permission to perform this operation");
        return;
    }
    g_free(s->chr_name);
    s->chr_name = g_strdup(value);
}

static void rng_egd_finalize(Object *obj)
{
    RngEgd *s = RNG_EGD(obj);

    qemu_chr_fe_deinit(&s->chr, false);
    g_free(s->chr_name);
}

static void rng_egd_class_init(ObjectClass *klass, void *data)
{
    RngBackendClass *k = RNG_BACKEND_CLASS(klass);

    k->request_entropy = rng_egd_request_entropy;
    k->opened = rng_egd_opened;
    object_class_property_add_str(klass, "chardev", get_chardev, set_chardev);
}

static const TypeInfo rng_egd_info = {
    .name = TYPE_RNG_EGD,
    .parent = TYPE_RNG_BACKEND,
    .instance_size = sizeof(RngEgd),
    .instance_finalize = rng_egd_finalize,
    .class_init = rng_egd_class_init,
};

static void register_types(void)
{
    type_register_static(&rng_egd_info);
}

type_init(register_types)
