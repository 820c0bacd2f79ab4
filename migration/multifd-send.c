/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multifd at the source.  The migration thread hands batches of pages to
 * whichever connection's thread is idle.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/uuid.h"
#include "migration/multifd.h"
#include "migration/ram.h"

typedef struct Connection {
    int id;
    MigChannel *channel;
    QemuThread thread;
    bool started;
    MultifdCodec *codec;
    MultifdHeader header;
    /* Under the lock: */
    bool busy;                  /* with the following */
    uint32_t flags;
    MultifdBatch batch;
} Connection;

static struct {
    bool active;
    QemuMutex lock;
    bool lock_made;
    QemuCond job, idle;
    int n;
    Connection *connections;
    bool stop;                  /* by error, cancel or the end */
    MultifdBatch batch;         /* being filled */
    uint64_t packet_num;
    uint64_t sent_bytes;
    MigrationState *s;
} mf;

bool multifd_send_active(void)
{
    return mf.active;
}

uint64_t multifd_take_sent_bytes(void)
{
    return qatomic_xchg(&mf.sent_bytes, 0);
}

/* --- A connection's thread --- */

static int fill_header(Connection *c, uint32_t content_len, uint64_t number)
{
    MultifdHeader *h = &c->header;

    memset(h, 0, sizeof(*h));
    h->magic = cpu_to_be32(MULTIFD_MAGIC);
    h->version = cpu_to_be32(MULTIFD_VERSION);
    h->flags = cpu_to_be32(c->flags | (c->batch.n ? multifd_method() : 0));
    h->pages_alloc = cpu_to_be32(MULTIFD_PAGES);
    h->pages = cpu_to_be32(c->batch.n);
    h->content_len = cpu_to_be32(content_len);
    h->packet_num = cpu_to_be64(number);
    if (c->batch.n) {
        g_strlcpy(h->block, c->batch.rb->idstr, sizeof(h->block));
    }
    for (uint32_t i = 0; i < c->batch.n; i++) {
        h->offset[i] = cpu_to_be64(c->batch.offset[i]);
    }
    return sizeof(*h);
}

/* Sends the job that the connection has. */
static bool send_job(Connection *c, Error **errp)
{
    struct iovec iov[1 + MULTIFD_PAGES];
    uint32_t len = 0;
    int n = 0;

    if (c->batch.n) {
        n = multifd_encode(c->codec, &c->batch, iov + 1, &len, errp);
        if (n < 0) {
            return false;
        }
    }
    iov[0].iov_base = &c->header;
    iov[0].iov_len = fill_header(c, len,
                                 qatomic_fetch_inc(&mf.packet_num));
    qatomic_add(&mf.sent_bytes, iov[0].iov_len + len);
    return mig_channel_write(c->channel, iov, 1 + n, errp) == 0;
}

static bool send_init(Connection *c, Error **errp)
{
    MultifdInit init = {
        .magic = cpu_to_be32(MULTIFD_MAGIC),
        .version = cpu_to_be32(MULTIFD_VERSION),
        .id = c->id,
    };
    struct iovec iov = { .iov_base = &init, .iov_len = sizeof(init) };

    memcpy(init.uuid, qemu_uuid.data, sizeof(init.uuid));
    return mig_channel_write(c->channel, &iov, 1, errp) == 0;
}

static void *connection_thread(void *opaque)
{
    Connection *c = opaque;
    Error *err = NULL;
    bool ok = send_init(c, &err);

    qemu_mutex_lock(&mf.lock);
    for (;;) {
        while (ok && !c->busy && !mf.stop) {
            qemu_cond_wait(&mf.job, &mf.lock);
        }
        if (!ok || mf.stop) {
            break;
        }
        qemu_mutex_unlock(&mf.lock);
        ok = send_job(c, &err);
        qemu_mutex_lock(&mf.lock);
        c->busy = false;
        qemu_cond_broadcast(&mf.idle);
    }
    if (!ok) {
        error_prepend(&err, "multifd %d: ", c->id);
        migration_fail(mf.s, err);
        mf.stop = true;
    }
    qemu_cond_broadcast(&mf.idle);
    qemu_cond_broadcast(&mf.job);
    qemu_mutex_unlock(&mf.lock);
    return NULL;
}

/* --- The migration thread --- */

/* Gives @c its job, when it is idle; the lock is held. */
static bool give_job(Connection *c, uint32_t flags, const MultifdBatch *batch)
{
    while (c->busy && !mf.stop) {
        qemu_cond_wait(&mf.idle, &mf.lock);
    }
    if (mf.stop) {
        return false;
    }
    c->flags = flags;
    if (batch) {
        c->batch = *batch;
    } else {
        c->batch.n = 0;
    }
    c->busy = true;
    qemu_cond_broadcast(&mf.job);
    return true;
}

static Connection *idle_connection(void)
{
    static unsigned next;

    while (!mf.stop) {
        for (int i = 0; i < mf.n; i++) {
            Connection *c = &mf.connections[next++ % mf.n];

            if (!c->busy) {
                return c;
            }
        }
        qemu_cond_wait(&mf.idle, &mf.lock);
    }
    return NULL;
}

static void send_batch(void)
{
    Connection *c;

    if (mf.batch.n) {
        qemu_mutex_lock(&mf.lock);
        c = idle_connection();
        if (c) {
            give_job(c, 0, &mf.batch);
        }
        qemu_mutex_unlock(&mf.lock);
        mf.batch.n = 0;
    }
}

void multifd_send_page(RAMBlock *rb, uint64_t offset)
{
    if (mf.batch.n == MULTIFD_PAGES || (mf.batch.n && mf.batch.rb != rb)) {
        send_batch();
    }
    mf.batch.rb = rb;
    mf.batch.offset[mf.batch.n++] = offset;
}

bool multifd_send_sync(void)
{
    bool ok = true;

    if (!mf.active) {
        return true;
    }
    send_batch();
    qemu_mutex_lock(&mf.lock);
    for (int i = 0; i < mf.n && ok; i++) {
        ok = give_job(&mf.connections[i], MULTIFD_SYNC, NULL);
    }
    for (int i = 0; i < mf.n && ok; i++) {
        while (mf.connections[i].busy && !mf.stop) {
            qemu_cond_wait(&mf.idle, &mf.lock);
        }
        ok = !mf.stop;
    }
    qemu_mutex_unlock(&mf.lock);
    return ok;
}

/* --- Begin and end --- */

void multifd_send_shutdown(void)
{
    if (!mf.lock_made) {
        return;
    }
    qemu_mutex_lock(&mf.lock);
    mf.stop = true;
    for (int i = 0; i < mf.n; i++) {
        if (mf.connections[i].channel) {
            mig_channel_shutdown(mf.connections[i].channel);
        }
    }
    qemu_cond_broadcast(&mf.job);
    qemu_cond_broadcast(&mf.idle);
    qemu_mutex_unlock(&mf.lock);
}

static bool start_connection(Connection *c, MigrationState *s, Error **errp)
{
    if (!mig_channel_connect(c->channel, s->address, errp)) {
        return false;
    }
    c->codec = multifd_codec_new(multifd_method(), true, errp);
    if (!c->codec) {
        return false;
    }
    qemu_thread_create(&c->thread, "multifd", connection_thread, c,
                       QEMU_THREAD_JOINABLE);
    c->started = true;
    return true;
}

bool multifd_send_start(MigrationState *s)
{
    Error *err = NULL;

    if (!mf.lock_made) {
        qemu_mutex_init(&mf.lock);
        qemu_cond_init(&mf.job);
        qemu_cond_init(&mf.idle);
        mf.lock_made = true;
    }
    if (s->address->transport != MIG_SOCKET) {
        error_setg(&err, "multifd is not supported by current protocol");
        migration_fail(s, err);
        return false;
    }
    qemu_mutex_lock(&mf.lock);
    mf.s = s;
    mf.stop = false;
    mf.n = PARAM(MULTIFD_CHANNELS);
    mf.connections = g_new0(Connection, mf.n);
    mf.batch.n = 0;
    mf.packet_num = 0;
    mf.sent_bytes = 0;
    for (int i = 0; i < mf.n; i++) {
        mf.connections[i].id = i;
        mf.connections[i].channel = mig_channel_new_socket();
    }
    mf.active = true;
    qemu_mutex_unlock(&mf.lock);
    for (int i = 0; i < mf.n; i++) {
        if (!start_connection(&mf.connections[i], s, &err)) {
            migration_fail(s, err);
            return false;
        }
    }
    return true;
}

void multifd_send_stop(void)
{
    if (!mf.active) {
        return;
    }
    qemu_mutex_lock(&mf.lock);
    mf.stop = true;
    qemu_cond_broadcast(&mf.job);
    qemu_mutex_unlock(&mf.lock);
    for (int i = 0; i < mf.n; i++) {
        if (mf.connections[i].started) {
            qemu_thread_join(&mf.connections[i].thread);
        }
        multifd_codec_free(mf.connections[i].codec);
    }
    qemu_mutex_lock(&mf.lock);
    for (int i = 0; i < mf.n; i++) {
        mig_channel_unref(mf.connections[i].channel);
    }
    g_free(mf.connections);
    mf.connections = NULL;
    mf.n = 0;
    mf.active = false;
    qemu_mutex_unlock(&mf.lock);
}
