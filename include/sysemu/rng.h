/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Back ends that give random bytes, asynchronously and in the order of the
 * requests: -object rng-random, rng-builtin, rng-egd.
 */
#ifndef QEMU_RNG_H
#define QEMU_RNG_H

#include "qemu/queue.h"
#include "qom/object.h"

#define TYPE_RNG_BACKEND "rng-backend"
OBJECT_DECLARE_TYPE(RngBackend, RngBackendClass, RNG_BACKEND)

#define TYPE_RNG_BUILTIN "rng-builtin"

typedef struct RngRequest RngRequest;

typedef void (EntropyReceiveFunc)(void *opaque, const void *data,
                                  size_t size);

struct RngRequest {
    EntropyReceiveFunc *receive_entropy;
    uint8_t *data;
    void *opaque;
    size_t offset;              /* bytes there are so far */
    size_t size;
    QSIMPLEQ_ENTRY(RngRequest) next;
};

struct RngBackendClass {
    ObjectClass parent_class;

    /* req is in the list: see that it is served. */
    void (*request_entropy)(RngBackend *s, RngRequest *req);

    /* All properties are set. */
    void (*opened)(RngBackend *s, Error **errp);
};

struct RngBackend {
    Object parent;

    bool opened;
    QSIMPLEQ_HEAD(RngRequests, RngRequest) requests;
};

/*
 * Asks for size bytes.  receive_entropy gets them, or fewer, from the main
 * loop, with the big lock held.
 */
void rng_backend_request_entropy(RngBackend *s, size_t size,
                                 EntropyReceiveFunc *receive_entropy,
                                 void *opaque);

/* Forgets the requests made with opaque: it is about to go. */
void rng_backend_cancel_requests(RngBackend *s, void *opaque);

/* For back ends: req is done, and freed. */
void rng_backend_finalize_request(RngBackend *s, RngRequest *req);

#endif /* QEMU_RNG_H */
