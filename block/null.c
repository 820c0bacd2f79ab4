/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk that forgets what is written: to measure everything but the disk.
 * Reads leave the buffer as it is, unless "read-zeroes" is on; each request
 * takes "latency-ns" of real time.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/units.h"

typedef struct NullState {
    uint64_t size;
    uint64_t latency_ns;
    bool read_zeroes;
} NullState;

static bool null_parse_filename(const char *filename, json_t *options,
                                Error **errp)
{
    if (strcmp(filename, "null-co://") && strcmp(filename, "null-aio://")) {
        error_setg(errp, "The only allowed filename for this driver is "
                   "'%.*s://'", (int)strcspn(filename, ":"), filename);
        return false;
    }
    return true;
}

static bool null_open(BlockDriverState *bs, json_t *options, Error **errp)
{
    NullState *s = bs->opaque;

    s->size = 1 * GiB;
    if (!bdrv_opt_size(options, "size", &s->size, NULL, errp) ||
        !bdrv_opt_size(options, "latency-ns", &s->latency_ns, NULL, errp) ||
        !bdrv_opt_bool(options, "read-zeroes", &s->read_zeroes, errp)) {
        return false;
    }
    if (s->size > BDRV_MAX_LENGTH) {
        error_setg(errp, "size is too large");
        return false;
    }
    if (s->latency_ns > INT64_MAX) {
        error_setg(errp, "latency-ns is invalid");
        return false;
    }
    return true;
}

/* One request that waits for its time. */
typedef struct Delayed {
    QEMUTimer timer;
    BdrvRequest *req;
} Delayed;

static void delay_over(void *opaque)
{
    Delayed *d = opaque;
    BdrvRequest *req = d->req;

    timer_deinit(&d->timer);
    g_free(d);
    req->done(req, 0);
}

static void null_submit(BlockDriverState *bs, BdrvRequest *req)
{
    NullState *s = bs->opaque;
    Delayed *d;

    if (req->op == BDRV_OP_READ && s->read_zeroes) {
        qemu_iovec_memset(req->qiov, req->qiov_offset, 0, req->bytes);
    }
    if (!s->latency_ns) {
        bdrv_complete_later(req, 0);
        return;
    }
    d = g_new0(Delayed, 1);
    d->req = req;
    aio_timer_init(qemu_get_aio_context(), &d->timer, QEMU_CLOCK_REALTIME,
                   SCALE_NS, delay_over, d);
    timer_mod_ns(&d->timer, qemu_clock_get_ns(QEMU_CLOCK_REALTIME) +
                 MIN(s->latency_ns, INT64_MAX / 2));
}

static int64_t null_getlength(BlockDriverState *bs)
{
    return ((NullState *)bs->opaque)->size;
}

static int64_t null_allocated(BlockDriverState *bs)
{
    return 0;
}

static char *null_filename(BlockDriverState *bs)
{
    return g_strdup_printf("%s://", bs->drv->name);
}

#define NULL_DRIVER(name_) {                                \
        .name = name_,                                      \
        .instance_size = sizeof(NullState),                 \
        .is_protocol = true,                                \
        .protocols = (const char *const[]) { name_, NULL }, \
        .parse_filename = null_parse_filename,              \
        .open = null_open,                                  \
        .submit = null_submit,                              \
        .getlength = null_getlength,                        \
        .allocated = null_allocated,                        \
        .filename = null_filename,                          \
    }

static const BlockDriver bdrv_null_co = NULL_DRIVER("null-co");
static const BlockDriver bdrv_null_aio = NULL_DRIVER("null-aio");

bdrv_init(bdrv_null_co);
bdrv_init(bdrv_null_aio);
