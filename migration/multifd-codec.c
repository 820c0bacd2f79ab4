/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Content of multifd packets: pages as they are, or compressed with zlib or
 * zstd.  A compressed stream goes on from packet to packet; each packet ends
 * on a flush, so that it can be unpacked when it is there.
 */
#include "qemu/osdep.h"

#include <zlib.h>
#include <zstd.h>

#include "qapi/error.h"
#include "migration/multifd.h"

#define PAGE TARGET_PAGE_SIZE
/* What does not compress grows a little; both ends allow twice the size. */
#define CODED_MAX (2 * MULTIFD_PAGES * PAGE)

struct MultifdCodec {
    int method;
    bool compress;
    uint8_t *coded;             /* CODED_MAX bytes */
    z_stream z;
    ZSTD_CStream *zstd_out;
    ZSTD_DStream *zstd_in;
};

int multifd_method(void)
{
    switch (PARAM(MULTIFD_COMPRESSION)) {
    case MULTIFD_COMPRESSION_ZLIB:
        return MULTIFD_METHOD_ZLIB;
    case MULTIFD_COMPRESSION_ZSTD:
        return MULTIFD_METHOD_ZSTD;
    default:
        return MULTIFD_METHOD_NONE;
    }
}

static bool zlib_begin(MultifdCodec *c)
{
    return (c->compress ? deflateInit(&c->z, PARAM(MULTIFD_ZLIB_LEVEL))
                        : inflateInit(&c->z)) == Z_OK;
}

static bool zstd_begin(MultifdCodec *c)
{
    if (c->compress) {
        c->zstd_out = ZSTD_createCStream();
        return c->zstd_out &&
               !ZSTD_isError(ZSTD_initCStream(c->zstd_out,
                                              PARAM(MULTIFD_ZSTD_LEVEL)));
    }
    c->zstd_in = ZSTD_createDStream();
    return c->zstd_in && !ZSTD_isError(ZSTD_initDStream(c->zstd_in));
}

MultifdCodec *multifd_codec_new(int method, bool compress, Error **errp)
{
    MultifdCodec *c = g_new0(MultifdCodec, 1);
    bool ok = true;

    c->method = method;
    c->compress = compress;
    if (method != MULTIFD_METHOD_NONE) {
        c->coded = g_try_malloc(CODED_MAX);
        ok = c->coded && (method == MULTIFD_METHOD_ZLIB ? zlib_begin(c)
                                                        : zstd_begin(c));
    }
    if (!ok) {
        error_setg(errp, "multifd: cannot start the compression");
        multifd_codec_free(c);
        return NULL;
    }
    return c;
}

void multifd_codec_free(MultifdCodec *c)
{
    if (!c) {
        return;
    }
    if (c->method == MULTIFD_METHOD_ZLIB && c->compress) {
        deflateEnd(&c->z);
    } else if (c->method == MULTIFD_METHOD_ZLIB) {
        inflateEnd(&c->z);
    }
    ZSTD_freeCStream(c->zstd_out);
    ZSTD_freeDStream(c->zstd_in);
    g_free(c->coded);
    g_free(c);
}

/* --- Packing --- */

/* One page, appended at @at: the new end, or -1. */
static int64_t zlib_pack(MultifdCodec *c, const uint8_t *page, int64_t at,
                         bool last)
{
    int ret;

    c->z.next_in = (uint8_t *)page;
    c->z.avail_in = PAGE;
    c->z.next_out = c->coded + at;
    c->z.avail_out = CODED_MAX - at;
    do {
        ret = deflate(&c->z, last ? Z_SYNC_FLUSH : Z_NO_FLUSH);
    } while (ret == Z_OK && c->z.avail_in && c->z.avail_out);
    if (ret != Z_OK || c->z.avail_in || !c->z.avail_out) {
        return -1;
    }
    return CODED_MAX - c->z.avail_out;
}

static int64_t zstd_pack(MultifdCodec *c, const uint8_t *page, int64_t at,
                         bool last)
{
    ZSTD_inBuffer in = { .src = page, .size = PAGE };
    ZSTD_outBuffer out = { .dst = c->coded, .size = CODED_MAX, .pos = at };
    size_t ret;

    do {
        ret = ZSTD_compressStream2(c->zstd_out, &out, &in,
                                   last ? ZSTD_e_flush : ZSTD_e_continue);
    } while (!ZSTD_isError(ret) && out.pos < out.size &&
             (in.pos < in.size || (last && ret)));
    if (ZSTD_isError(ret) || in.pos < in.size || (last && ret)) {
        return -1;
    }
    return out.pos;
}

int multifd_encode(MultifdCodec *c, const MultifdBatch *batch,
                   struct iovec *iov, uint32_t *len, Error **errp)
{
    /* The guest may write to a page while it is being compressed. */
    uint8_t page[PAGE];
    int64_t at = 0;

    if (c->method == MULTIFD_METHOD_NONE) {
        for (uint32_t i = 0; i < batch->n; i++) {
            iov[i].iov_base = batch->rb->host + batch->offset[i];
            iov[i].iov_len = PAGE;
        }
        *len = batch->n * PAGE;
        return batch->n;
    }
    for (uint32_t i = 0; i < batch->n && at >= 0; i++) {
        bool last = i == batch->n - 1;

        memcpy(page, batch->rb->host + batch->offset[i], PAGE);
        at = c->method == MULTIFD_METHOD_ZLIB ? zlib_pack(c, page, at, last)
                                              : zstd_pack(c, page, at, last);
    }
    if (at < 0) {
        error_setg(errp, "multifd: compression failed");
        return -1;
    }
    iov[0].iov_base = c->coded;
    iov[0].iov_len = at;
    *len = at;
    return 1;
}

/* --- Unpacking --- */

static bool zlib_unpack(MultifdCodec *c, uint8_t *page)
{
    c->z.next_out = page;
    c->z.avail_out = PAGE;
    while (c->z.avail_out) {
        uint32_t in = c->z.avail_in, out = c->z.avail_out;
        int ret = inflate(&c->z, Z_SYNC_FLUSH);

        if (ret != Z_OK ||
            (in == c->z.avail_in && out == c->z.avail_out)) {
            return false;
        }
    }
    return true;
}

static bool zstd_unpack(MultifdCodec *c, ZSTD_inBuffer *in, uint8_t *page)
{
    ZSTD_outBuffer out = { .dst = page, .size = PAGE };

    while (out.pos < out.size) {
        size_t in_before = in->pos, out_before = out.pos;
        size_t ret = ZSTD_decompressStream(c->zstd_in, &out, in);

        if (ZSTD_isError(ret) ||
            (in->pos == in_before && out.pos == out_before)) {
            return false;
        }
    }
    return true;
}

static bool unpack(MultifdCodec *c, const MultifdBatch *batch, uint32_t len)
{
    ZSTD_inBuffer in = { .src = c->coded, .size = len };

    c->z.next_in = c->coded;
    c->z.avail_in = len;
    for (uint32_t i = 0; i < batch->n; i++) {
        uint8_t *page = batch->rb->host + batch->offset[i];

        if (c->method == MULTIFD_METHOD_ZLIB ? !zlib_unpack(c, page)
                                             : !zstd_unpack(c, &in, page)) {
            return false;
        }
    }
    return true;
}

bool multifd_decode(MultifdCodec *c, MigChannel *ch,
                    const MultifdBatch *batch, uint32_t len, Error **errp)
{
    struct iovec iov[MULTIFD_PAGES];
    int n = 0;

    if (c->method == MULTIFD_METHOD_NONE) {
        if (len != batch->n * PAGE) {
            error_setg(errp, "multifd: %u pages in %u bytes", batch->n, len);
            return false;
        }
        for (; n < batch->n; n++) {
            iov[n].iov_base = batch->rb->host + batch->offset[n];
            iov[n].iov_len = PAGE;
        }
        return mig_channel_readv_all(ch, iov, n, errp);
    }
    if (len > CODED_MAX) {
        error_setg(errp, "multifd: %u bytes of compressed content", len);
        return false;
    }
    iov[0].iov_base = c->coded;
    iov[0].iov_len = len;
    if (!mig_channel_readv_all(ch, iov, 1, errp)) {
        return false;
    }
    if (!unpack(c, batch, len)) {
        error_setg(errp, "multifd: compressed content is damaged");
        return false;
    }
    return true;
}
