/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What back ends of random bytes have in common: their list of requests. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/rng.h"

void rng_backend_request_entropy(RngBackend *s, size_t size,
                                 EntropyReceiveFunc *receive_entropy,
                                 void *opaque)
{
    RngBackendClass *k = RNG_BACKEND_GET_CLASS(s);
    RngRequest *req;

    if (!k->request_entropy) {
        return;
    }
    req = g_new0(RngRequest, 1);
    req->size = size;
    req->receive_entropy = receive_entropy;
    req->opaque = opaque;
    req->data = g_malloc(size);
    QSIMPLEQ_INSERT_TAIL(&s->requests, req, next);
    k->request_entropy(s, req);
}

static void free_request(RngBackend *s, RngRequest *req)
{
    QSIMPLEQ_REMOVE(&s->requests, req, RngRequest, next);
    g_free(req->data);
    g_free(req);
}

void rng_backend_finalize_request(RngBackend *s, RngRequest *req)
{
    free_request(s, req);
}

void rng_backend_cancel_requests(RngBackend *s, void *opaque)
{
    RngRequest *req, *next;

    QSIMPLEQ_FOREACH_SAFE(req, &s->requests, next, next) {
        if (req->opaque == opaque) {
            free_request(s, req);
        }
    }
}

static bool get_opened(Object *obj, Error **errp)
{
    return RNG_BACKEND(obj)->opened;
}

static void set_opened(Object *obj, bool value, Error **errp)
{
    RngBackend *s = RNG_BACKEND(obj);
    RngBackendClass *k = RNG_BACKEND_GET_CLASS(s);
    Error *err = NULL;

    if (value == s->opened) {
        return;
    }
    if (!value) {
        error_setg(errp, "Insufficient permission to perform this operation");
        return;
    }
    if (k->opened) {
        k->opened(s, &err);
        if (err) {
            error_propagate(errp, err);
            return;
        }
    }
    s->opened = true;
}

static void rng_backend_complete(UserCreatable *uc, Error **errp)
{
    set_opened(OBJECT(uc), true, errp);
}

static void rng_backend_init(Object *obj)
{
    QSIMPLEQ_INIT(&RNG_BACKEND(obj)->requests);
}

static void rng_backend_finalize(Object *obj)
{
    RngBackend *s = RNG_BACKEND(obj);
    RngRequest *req, *next;

    QSIMPLEQ_FOREACH_SAFE(req, &s->requests, next, next) {
        free_request(s, req);
    }
}

static void rng_backend_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = rng_backend_complete;
    object_class_property_add_bool(oc, "opened", get_opened, set_opened);
}

static const TypeInfo rng_backend_info = {
    .name = TYPE_RNG_BACKEND,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(RngBackend),
    .instance_init = rng_backend_init,
    .instance_finalize = rng_backend_finalize,
    .class_size = sizeof(RngBackendClass),
    .class_init = rng_backend_class_init,
    .abstract = true,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_USER_CREATABLE },
        { }
    }
};

static void register_types(void)
{
    type_register_static(&rng_backend_info);
}

type_init(register_types)
