/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multifd at the destination: a thread a connection reads pages straight into
 * RAM.  Nothing of a packet is believed before it is checked.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/uuid.h"
#include "migration/multifd.h"
#include "migration/ram.h"

typedef struct Connection {
    MigChannel *channel;
    QemuThread thread;
    int id;                     /* -1: has not said it yet */
    uint64_t syncs;             /* points to meet at that it has reached */
    bool ended;                 /* at the stream's end, without an error */
} Connection;

static struct {
    QemuMutex lock;
    QemuCond changed;
    bool made;
    GPtrArray *connections;
    uint64_t syncs;             /* of the main stream */
    bool stop;
    Error *error;               /* the first */
} mf;

static void make(void)
{
    if (!mf.made) {
        qemu_mutex_init(&mf.lock);
        qemu_cond_init(&mf.changed);
        mf.connections = g_ptr_array_new();
        mf.made = true;
    }
}

/* --- Packets --- */

static bool read_init(Connection *c, Error **errp)
{
    MultifdInit init;
    struct iovec iov = { .iov_base = &init, .iov_len = sizeof(init) };
    bool known = false;

    if (!mig_channel_readv_all(c->channel, &iov, 1, errp)) {
        return false;
    }
    if (be32_to_cpu(init.magic) != MULTIFD_MAGIC ||
        be32_to_cpu(init.version) != MULTIFD_VERSION) {
        error_setg(errp, "multifd: received packet magic %x version %u, "
                   "expected %x version %u", be32_to_cpu(init.magic),
                   be32_to_cpu(init.version), MULTIFD_MAGIC,
                   MULTIFD_VERSION);
        return false;
    }
    if (memcmp(init.uuid, qemu_uuid.data, sizeof(init.uuid))) {
        error_setg(errp, "multifd: received a connection of another "
                   "machine (UUID)");
        return false;
    }
    qemu_mutex_lock(&mf.lock);
    for (guint i = 0; i < mf.connections->len; i++) {
        known |= ((Connection *)mf.connections->pdata[i])->id == init.id;
    }
    if (!known && init.id < PARAM(MULTIFD_CHANNELS)) {
        c->id = init.id;
    }
    qemu_mutex_unlock(&mf.lock);
    if (c->id < 0) {
        error_setg(errp, "multifd: received channel id %u %s", init.id,
                   known ? "twice" : "is greater than number of channels");
    }
    return c->id >= 0;
}

/* The header's pages, each inside a block that migrates. */
static bool check_pages(const Connection *c, const MultifdHeader *h,
                        MultifdBatch *batch, Error **errp)
{
    batch->n = be32_to_cpu(h->pages);
    if (batch->n > MULTIFD_PAGES ||
        batch->n > be32_to_cpu(h->pages_alloc)) {
        error_setg(errp, "multifd: received packet with %u pages and maximum "
                   "of pages %u", batch->n, be32_to_cpu(h->pages_alloc));
        return false;
    }
    if (!batch->n) {
        return true;
    }
    if (!c->syncs) {
        /* The blocks are known from the first meeting on. */
        error_setg(errp, "multifd: pages before RAM was announced");
        return false;
    }
    if (!memchr(h->block, 0, sizeof(h->block))) {
        error_setg(errp, "multifd: block name without an end");
        return false;
    }
    batch->rb = ram_load_find_block(h->block);
    if (!batch->rb) {
        g_autofree char *shown = qemu_file_printable(h->block,
                                                     strlen(h->block));

        error_setg(errp, "multifd: unknown ram block %s", shown);
        return false;
    }
    for (uint32_t i = 0; i < batch->n; i++) {
        uint64_t offset = be64_to_cpu(h->offset[i]);

        if (offset & ~TARGET_PAGE_MASK || offset >= batch->rb->used_length) {
            error_setg(errp, "multifd: offset 0x%" PRIx64 " is not a page of "
                       "block %s", offset, batch->rb->idstr);
            return false;
        }
        batch->offset[i] = offset;
    }
    return true;
}

static bool check_header(const Connection *c, const MultifdHeader *h,
                         MultifdBatch *batch, Error **errp)
{
    uint32_t flags = be32_to_cpu(h->flags);

    if (be32_to_cpu(h->magic) != MULTIFD_MAGIC ||
        be32_to_cpu(h->version) != MULTIFD_VERSION) {
        error_setg(errp, "multifd: received packet magic %x and version %u",
                   be32_to_cpu(h->magic), be32_to_cpu(h->version));
        return false;
    }
    if (be32_to_cpu(h->pages_alloc) > MULTIFD_PAGES) {
        error_setg(errp, "multifd: received packet with size %u, expected "
                   "at most %u", be32_to_cpu(h->pages_alloc), MULTIFD_PAGES);
        return false;
    }
    if (!check_pages(c, h, batch, errp)) {
        return false;
    }
    if (batch->n && (flags & MULTIFD_METHOD_MASK) != multifd_method()) {
        error_setg(errp, "multifd: flags received %x flags expected %x",
                   flags & MULTIFD_METHOD_MASK, multifd_method());
        return false;
    }
    return true;
}

/* Waits until the main stream has come as far. */
static bool meet(Connection *c)
{
    bool go_on;

    qemu_mutex_lock(&mf.lock);
    c->syncs++;
    qemu_cond_broadcast(&mf.changed);
    while (mf.syncs < c->syncs && !mf.stop) {
        qemu_cond_wait(&mf.changed, &mf.lock);
    }
    go_on = !mf.stop;
    qemu_mutex_unlock(&mf.lock);
    return go_on;
}

/* One packet; false at the end (no error) or at an error. */
static bool read_packet(Connection *c, MultifdCodec *codec, Error **errp)
{
    MultifdHeader h;
    MultifdBatch batch;
    bool eof;

    if (mig_channel_read_all(c->channel, &h, sizeof(h), &eof, errp) < 0 ||
        eof || !check_header(c, &h, &batch, errp)) {
        return false;
    }
    if (batch.n && !multifd_decode(codec, c->channel, &batch,
                                   be32_to_cpu(h.content_len), errp)) {
        return false;
    }
    for (uint32_t i = 0; i < batch.n; i++) {
        ram_load_mark(batch.rb, batch.offset[i], TARGET_PAGE_SIZE);
    }
    return !(be32_to_cpu(h.flags) & MULTIFD_SYNC) || meet(c);
}

static void *connection_thread(void *opaque)
{
    Connection *c = opaque;
    MultifdCodec *codec = NULL;
    Error *err = NULL;

    if (read_init(c, &err)) {
        codec = multifd_codec_new(multifd_method(), false, &err);
    }
    while (codec && read_packet(c, codec, &err)) {
        continue;
    }
    multifd_codec_free(codec);

    qemu_mutex_lock(&mf.lock);
    c->ended = true;
    if (err && !mf.stop && !mf.error) {
        mf.error = err;
        err = NULL;
        /* The main stream may wait for what never comes. */
        mig_channel_shutdown(migration_incoming()->channel);
    }
    qemu_cond_broadcast(&mf.changed);
    qemu_mutex_unlock(&mf.lock);
    error_free(err);
    return NULL;
}

/* --- The main stream --- */

bool multifd_recv_sync(Error **errp)
{
    bool ok = true;

    if (!mf.made || !mf.connections->len) {
        return true;
    }
    qemu_mutex_lock(&mf.lock);
    /*
     * Nobody goes on before all have come: a page of the next part must not
     * be overtaken by an older one on another connection.
     */
    for (guint i = 0; i < mf.connections->len && ok; i++) {
        Connection *c = mf.connections->pdata[i];

        while (c->syncs <= mf.syncs && !c->ended && !mf.error) {
            qemu_cond_wait(&mf.changed, &mf.lock);
        }
        ok = c->syncs > mf.syncs && !mf.error;
    }
    mf.syncs += ok;
    qemu_cond_broadcast(&mf.changed);
    if (!ok) {
        if (mf.error) {
            error_propagate(errp, error_copy(mf.error));
        } else {
            error_setg(errp, "multifd: a connection ended early");
        }
    }
    qemu_mutex_unlock(&mf.lock);
    return ok;
}

bool multifd_recv_error(Error **errp)
{
    bool yes;

    if (!mf.made) {
        return false;
    }
    qemu_mutex_lock(&mf.lock);
    yes = mf.error != NULL;
    if (yes) {
        error_propagate(errp, error_copy(mf.error));
    }
    qemu_mutex_unlock(&mf.lock);
    return yes;
}

/* --- Begin and end --- */

void multifd_recv_accept(MigChannel *ch)
{
    Connection *c = g_new0(Connection, 1);

    make();
    c->channel = ch;
    c->id = -1;
    qemu_mutex_lock(&mf.lock);
    g_ptr_array_add(mf.connections, c);
    qemu_mutex_unlock(&mf.lock);
    qemu_thread_create(&c->thread, "multifd", connection_thread, c,
                       QEMU_THREAD_JOINABLE);
}

bool multifd_recv_complete(void)
{
    return !CAP(MULTIFD) ||
           (mf.made && mf.connections->len >= PARAM(MULTIFD_CHANNELS));
}

void multifd_recv_stop(void)
{
    if (!mf.made) {
        return;
    }
    qemu_mutex_lock(&mf.lock);
    mf.stop = true;
    for (guint i = 0; i < mf.connections->len; i++) {
        mig_channel_shutdown(
            ((Connection *)mf.connections->pdata[i])->channel);
    }
    qemu_cond_broadcast(&mf.changed);
    qemu_mutex_unlock(&mf.lock);
    for (guint i = 0; i < mf.connections->len; i++) {
        Connection *c = mf.connections->pdata[i];

        qemu_thread_join(&c->thread);
        mig_channel_unref(c->channel);
        g_free(c);
    }
    g_ptr_array_set_size(mf.connections, 0);
}
