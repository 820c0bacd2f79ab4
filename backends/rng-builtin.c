/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random bytes from the emulator's own generator (-seed makes it repeat). */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "qemu/guest-random.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "sysemu/rng.h"

OBJECT_DECLARE_SIMPLE_TYPE(RngBuiltin, RNG_BUILTIN)

struct RngBuiltin {
    RngBackend parent;
    QEMUBH *bh;                 /* made with the first request */
};

static void serve(void *opaque)
{
    RngBuiltin *s = opaque;
    RngRequest *req;

    while ((req = QSIMPLEQ_FIRST(&s->parent.requests)) != NULL) {
        qemu_guest_getrandom_nofail(req->data, req->size);
        req->receive_entropy(req->opaque, req->data, req->size);
        rng_backend_finalize_request(&s->parent, req);
    }
}

static void rng_builtin_request_entropy(RngBackend *b, RngRequest *req)
{
    RngBuiltin *s = RNG_BUILTIN(b);

    /* Not from here: the caller does not expect an answer yet. */
    if (!s->bh) {
        s->bh = qemu_bh_new(serve, s);
    }
    qemu_bh_schedule(s->bh);
}

static void rng_builtin_finalize(Object *obj)
{
    qemu_bh_delete(RNG_BUILTIN(obj)->bh);
}

static void rng_builtin_class_init(ObjectClass *klass, void *data)
{
    RNG_BACKEND_CLASS(klass)->request_entropy = rng_builtin_request_entropy;
}

static const TypeInfo rng_builtin_info = {
    .name = TYPE_RNG_BUILTIN,
    .parent = TYPE_RNG_BACKEND,
    .instance_size = sizeof(RngBuiltin),
    .instance_finalize = rng_builtin_finalize,
    .class_init = rng_builtin_class_init,
};

static void register_types(void)
{
    type_register_static(&rng_builtin_info);
}

type_init(register_types)
