/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random bytes from a device of the host, /dev/urandom by default. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "sysemu/rng-random.h"
#include "sysemu/rng.h"

struct RngRandom {
    RngBackend parent;
    int fd;                     /* -1 until opened */
    char *filename;
};

static void readable(void *opaque)
{
    RngRandom *s = opaque;
    RngRequest *req = QSIMPLEQ_FIRST(&s->parent.requests);

    if (req) {
        ssize_t len = read(s->fd, req->data, req->size);

        if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        /* A device that ends or fails gives nothing, and is asked again. */
        len = MAX(len, 0);
        req->receive_entropy(req->opaque, req->data, len);
        rng_backend_finalize_request(&s->parent, req);
    }
    /* The last request may have led to the next one. */
    if (QSIMPLEQ_EMPTY(&s->parent.requests)) {
        qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
    }
}

static void rng_random_request_entropy(RngBackend *b, RngRequest *req)
{
    RngRandom *s = RNG_RANDOM(b);

    qemu_set_fd_handler(s->fd, readable, NULL, s);
}

static void rng_random_opened(RngBackend *b, Error **errp)
{
    RngRandom *s = RNG_RANDOM(b);

    s->fd = open(s->filename, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (s->fd < 0) {
        error_setg_file_open(errp, errno, s->filename);
    }
}

static char *get_filename(Object *obj, Error **errp)
{
    return g_strdup(RNG_RANDOM(obj)->filename);
}

static void set_filename(Object *obj, const char *filename, Error **errp)
{
    RngRandom *s = RNG_RANDOM(obj);

    if (s->parent.opened) {
        error_setg(errp, "Insufficient permission to perform this operation");
        return;
    }
    g_free(s->filename);
    s->filename = g_strdup(filename);
}

static void rng_random_init(Object *obj)
{
    RngRandom *s = RNG_RANDOM(obj);

    s->filename = g_strdup("/dev/urandom");
    s->fd = -1;
}

static void rng_random_finalize(Object *obj)
{
    RngRandom *s = RNG_RANDOM(obj);

    if (s->fd >= 0) {
        qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
        close(s->fd);
    }
    g_free(s->filename);
}

static void rng_random_class_init(ObjectClass *klass, void *data)
{
    RngBackendClass *k = RNG_BACKEND_CLASS(klass);

    k->request_entropy = rng_random_request_entropy;
    k->opened = rng_random_opened;
    object_class_property_add_str(klass, "filename", get_filename,
                                  set_filename);
}

static const TypeInfo rng_random_info = {
    .name = TYPE_RNG_RANDOM,
    .parent = TYPE_RNG_BACKEND,
    .instance_size = sizeof(RngRandom),
    .instance_init = rng_random_init,
    .instance_finalize = rng_random_finalize,
    .class_init = rng_random_class_init,
};

static void register_types(void)
{
    type_register_static(&rng_random_info);
}

type_init(register_types)
