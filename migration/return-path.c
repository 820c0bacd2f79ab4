/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The return path, both ends. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/rcu.h"
#include "migration/migration-thread.h"
#include "migration/postcopy.h"
#include "migration/return-path.h"
#include "migration/savevm.h"

typedef struct MigrationReturnPath {
    QEMUFile *file;
    QemuThread thread;
    bool content;               /* said so with its last message */
} MigrationReturnPath;

/* --- At the source --- */

/* Length of each message's data. */
static const struct { uint16_t min, max; } messages[] = {
    [MIG_RP_SHUT] = { 4, 4 },
    [MIG_RP_PONG] = { 4, 4 },
    [MIG_RP_REQ_PAGES_ID] = { 13, 13 + 255 },
    [MIG_RP_REQ_PAGES] = { 12, 12 },
    [MIG_RP_RECV_BITMAP] = { 1, 1 + 255 },
    [MIG_RP_RESUME_ACK] = { 4, 4 },
};

static bool rp_dispatch(MigrationState *s, QEMUFile *f, unsigned type,
                        const uint8_t *data, unsigned len, Error **errp)
{
    switch (type) {
    case MIG_RP_SHUT:
        s->rp->content = !ldl_be_p(data) && !qemu_file_get_error(f);
        if (ldl_be_p(data)) {
            error_setg(errp, "the destination failed to load the machine");
        }
        return false;
    case MIG_RP_PONG:
        return true;
    default:
        return postcopy_rp_message(s, f, type, data, len, errp);
    }
}

/* One message; false when it was the last, or at an error. */
static bool rp_message(MigrationState *s, QEMUFile *f, Error **errp)
{
    ERRP_GUARD();
    unsigned type = qemu_get_be16(f);
    unsigned len = qemu_get_be16(f);
    uint8_t data[13 + 255];
    bool go_on;

    if (qemu_file_get_error_obj(f, errp)) {
        return false;
    }
    if (type >= ARRAY_SIZE(messages) || !messages[type].max ||
        len < messages[type].min || len > messages[type].max) {
        error_setg(errp, "bad message 0x%x of %u bytes", type, len);
        return false;
    }
    qemu_get_buffer(f, data, len);
    if (qemu_file_get_error_obj(f, errp)) {
        return false;
    }
    go_on = rp_dispatch(s, f, type, data, len, errp);
    return go_on && !*errp;
}

static void *rp_thread(void *opaque)
{
    MigrationState *s = opaque;
    Error *err = NULL;

    rcu_register_thread();
    while (rp_message(s, s->rp->file, &err)) {
        continue;
    }
    if (err || !s->rp->content) {
        if (!err) {
            error_setg(&err, "it ended");
        }
        error_prepend(&err, "return path: ");
        migration_fail(s, err);
        migration_wake(s);
    }
    postcopy_rp_broken();
    rcu_unregister_thread();
    return NULL;
}

bool return_path_reopen(MigrationState *s)
{
    QEMUFile *f = qemu_file_get_return_path(s->to_dst);

    if (!f) {
        Error *err = NULL;

        error_setg(&err, "Unable to open return-path");
        migration_fail(s, err);
        return false;
    }
    s->rp = g_new0(MigrationReturnPath, 1);
    s->rp->file = f;
    qemu_thread_create(&s->rp->thread, "return path", rp_thread, s,
                       QEMU_THREAD_JOINABLE);
    return true;
}

bool return_path_open(MigrationState *s)
{
    uint32_t one = cpu_to_be32(1);

    if (!return_path_reopen(s)) {
        return false;
    }
    savevm_command(s->to_dst, SAVEVM_CMD_OPEN_RETURN_PATH, NULL, 0);
    savevm_command(s->to_dst, SAVEVM_CMD_PING, &one, sizeof(one));
    return true;
}

bool return_path_wait(MigrationState *s)
{
    bool content = true;

    if (s->rp) {
        qemu_thread_join(&s->rp->thread);
        content = s->rp->content;
        qemu_fclose(s->rp->file);
        g_free(s->rp);
        s->rp = NULL;
    }
    return content;
}

void return_path_stop(MigrationState *s)
{
    if (s->rp) {
        qemu_file_shutdown(s->rp->file);
        return_path_wait(s);
    }
}

/* --- At the destination --- */

void migration_rp_send(MigrationIncoming *mis, int type, const void *data,
                       uint16_t len)
{
    qemu_mutex_lock(&mis->rp_lock);
    if (mis->to_src) {
        qemu_put_be16(mis->to_src, type);
        qemu_put_be16(mis->to_src, len);
        qemu_put_buffer(mis->to_src, data, len);
        qemu_fflush(mis->to_src);
    }
    qemu_mutex_unlock(&mis->rp_lock);
}

void migration_rp_send_u32(MigrationIncoming *mis, int type, uint32_t value)
{
    value = cpu_to_be32(value);
    migration_rp_send(mis, type, &value, sizeof(value));
}
