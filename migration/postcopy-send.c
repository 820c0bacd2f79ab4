/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Postcopy at the source. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "migration/migration-thread.h"
#include "migration/postcopy.h"
#include "migration/ram.h"
#include "migration/return-path.h"
#include "migration/savevm.h"

/* What a paused migration is waiting for. */
static struct {
    QemuSemaphore ready;
    bool made;
    MigAddress *address;
    MigChannel *channel;
    /* Acknowledged by the destination; atomic. */
    bool acknowledged;
    QemuSemaphore answered;     /* a bitmap, or the acknowledgement */
} resume;

static void resume_make(void)
{
    if (!resume.made) {
        qemu_sem_init(&resume.ready, 0);
        qemu_sem_init(&resume.answered, 0);
        resume.made = true;
    }
}

void postcopy_advise(MigrationState *s)
{
    struct { uint64_t page_sizes, page_size; } advice = {
        cpu_to_be64(ram_page_sizes()), cpu_to_be64(TARGET_PAGE_SIZE),
    };

    resume_make();
    savevm_command(s->to_dst, SAVEVM_CMD_POSTCOPY_ADVISE, &advice,
                   sizeof(advice));
}

/* --- The switch --- */

/* LISTEN, the devices, RUN; under the big lock. */
static GByteArray *make_package(MigrationState *s)
{
    GByteArray *package = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(package);
    g_autoptr(GByteArray) devices = migration_save_devices(s, NULL);

    savevm_command(f, SAVEVM_CMD_POSTCOPY_LISTEN, NULL, 0);
    qemu_put_buffer(f, devices->data, devices->len);
    savevm_command(f, SAVEVM_CMD_POSTCOPY_RUN, NULL, 0);
    qemu_fclose(f);
    if (package->len > POSTCOPY_PACKAGE_MAX) {
        Error *err = NULL;

        error_setg(&err, "devices take %u bytes, too many for postcopy",
                   package->len);
        migration_fail(s, err);
    }
    return package;
}

/*
 * Stops the guest and sends all but RAM.  True when the destination has what
 * it needs to run.
 */
static bool switch_over(MigrationState *s)
{
    g_autoptr(GByteArray) discards = g_byte_array_new();
    g_autoptr(GByteArray) package = NULL;
    QEMUFile *f = qemu_file_new_memory_output(discards);
    uint32_t two = cpu_to_be32(2), len;
    bool committed;

    if (!migration_stop_machine(s) ||
        !migration_pause_before_switchover(s,
                                           MIGRATION_STATUS_POSTCOPY_ACTIVE)) {
        qemu_fclose(f);
        return false;
    }
    savevm_complete_live(s->to_dst, false, true);

    qemu_mutex_lock_iothread();
    ram_last_sync(s->to_dst);
    ram_postcopy_begin(f);
    package = make_package(s);
    qemu_mutex_unlock_iothread();
    qemu_fclose(f);

    qemu_file_set_rate_limit(s->to_dst, 0);
    qemu_put_buffer(s->to_dst, discards->data, discards->len);
    savevm_command(s->to_dst, SAVEVM_CMD_PING, &two, sizeof(two));
    qemu_fflush(s->to_dst);
    qemu_mutex_lock_iothread();
    s->committed = migration_file_good(s) &&
                   migration_still(s, MIGRATION_STATUS_POSTCOPY_ACTIVE);
    committed = s->committed;
    qemu_mutex_unlock_iothread();
    if (!committed) {
        return false;
    }
    len = cpu_to_be32(package->len);
    savevm_command(s->to_dst, SAVEVM_CMD_PACKAGED, &len, sizeof(len));
    qemu_put_buffer(s->to_dst, package->data, package->len);
    qemu_fflush(s->to_dst);
    s->downtime = migration_now_ms() - s->downtime_start;
    return true;
}

/* --- When the connection breaks --- */

bool postcopy_resume(MigrationState *s, MigAddress *addr, MigChannel *ch,
                     Error **errp)
{
    if (qatomic_read(&s->state) != MIGRATION_STATUS_POSTCOPY_PAUSED) {
        error_setg(errp, "Cannot resume if there is no paused migration");
        return false;
    }
    if (resume.address) {
        error_setg(errp, "Resuming is under way");
        return false;
    }
    resume.address = addr;
    resume.channel = ch;
    qemu_sem_post(&resume.ready);
    return true;
}

/* A bitmap of what has arrived for each block, then the acknowledgement. */
static bool handshake(MigrationState *s)
{
    qatomic_set(&resume.acknowledged, false);
    while (qemu_sem_timedwait(&resume.answered, 0) == 0) {
        continue;
    }
    for (int i = 0; ram_sent_block_name(i); i++) {
        const char *name = ram_sent_block_name(i);
        uint8_t data[257] = { strlen(name) };

        memcpy(data + 1, name, data[0]);
        savevm_command(s->to_dst, SAVEVM_CMD_RECV_BITMAP, data, 1 + data[0]);
        qemu_fflush(s->to_dst);
        qemu_sem_wait(&resume.answered);
        if (!migration_file_good(s) || migration_has_error(s)) {
            return false;
        }
    }
    savevm_command(s->to_dst, SAVEVM_CMD_POSTCOPY_RESUME, NULL, 0);
    qemu_fflush(s->to_dst);
    while (!qatomic_read(&resume.acknowledged)) {
        qemu_sem_wait(&resume.answered);
        if (migration_has_error(s)) {
            return false;
        }
    }
    return migration_file_good(s);
}

static bool reconnect(MigrationState *s)
{
    Error *err = NULL;
    bool ok;

    qemu_mutex_lock_iothread();
    mig_address_free(s->address);
    s->address = resume.address;
    s->channel = resume.channel;
    resume.address = NULL;
    migration_clear_error(s);
    qemu_mutex_unlock_iothread();

    ok = s->address->transport != MIG_SOCKET ||
         mig_channel_connect(s->channel, s->address, &err);
    if (!ok) {
        migration_fail(s, err);
        return false;
    }
    s->to_dst = mig_channel_output(s->channel);
    migration_set_state(&s->state, MIGRATION_STATUS_POSTCOPY_PAUSED,
                        MIGRATION_STATUS_POSTCOPY_RECOVER);
    return return_path_reopen(s) && handshake(s);
}

/* Waits until a new connection stands; false if the machine is given up. */
static bool pause_and_resume(MigrationState *s)
{
    for (;;) {
        return_path_stop(s);
        if (s->to_dst) {
            qemu_file_shutdown(s->to_dst);
        }
        migration_drop_channel(s);
        if (!migration_set_state(&s->state, MIGRATION_STATUS_POSTCOPY_ACTIVE,
                                 MIGRATION_STATUS_POSTCOPY_PAUSED)) {
            migration_set_state(&s->state, MIGRATION_STATUS_POSTCOPY_RECOVER,
                                MIGRATION_STATUS_POSTCOPY_PAUSED);
        }
        migration_report_error(s, "Detected IO failure for postcopy. "
                               "Migration paused.");
        qemu_sem_wait(&resume.ready);
        if (qatomic_read(&s->quit)) {
            return false;
        }
        if (reconnect(s)) {
            ram_postcopy_resumed();
            return migration_set_state(&s->state,
                                       MIGRATION_STATUS_POSTCOPY_RECOVER,
                                       MIGRATION_STATUS_POSTCOPY_ACTIVE);
        }
    }
}

void postcopy_quit(MigrationState *s)
{
    qatomic_set(&s->quit, true);
    if (resume.made) {
        qemu_sem_post(&resume.ready);
        qemu_sem_post(&resume.answered);
    }
}

/* --- The rest of RAM --- */

static bool send_rest(MigrationState *s)
{
    migration_slice_begin(s);
    while (migration_still(s, MIGRATION_STATUS_POSTCOPY_ACTIVE)) {
        uint64_t precopy, either, postcopy;

        savevm_pending(s->to_dst, 0, &precopy, &either, &postcopy);
        if (!(precopy + either + postcopy)) {
            savevm_complete_live(s->to_dst, true, false);
            qemu_put_byte(s->to_dst, SAVEVM_EOF);
            qemu_fflush(s->to_dst);
            return migration_file_good(s) && return_path_wait(s);
        }
        savevm_iterate(s->to_dst, true);
        if (!migration_file_good(s)) {
            return false;
        }
        migration_slice_wait(s);
    }
    return false;
}

void postcopy_run(MigrationState *s)
{
    if (!switch_over(s)) {
        return;
    }
    s->last_state = MIGRATION_STATUS_POSTCOPY_ACTIVE;
    while (!send_rest(s)) {
        if (!pause_and_resume(s)) {
            return;
        }
    }
    migration_finish_channel(s);
    migration_completed(s);
}

/* --- Messages of the return path --- */

static bool request_pages(const uint8_t *data, unsigned len, bool named,
                          Error **errp)
{
    char name[256] = "";

    if (named) {
        if (len != 13 + data[12]) {
            error_setg(errp, "name of %u bytes in a message of %u", data[12],
                       len);
            return false;
        }
        memcpy(name, data + 13, data[12]);
    }
    return ram_postcopy_request(named ? name : NULL, ldq_be_p(data),
                                (uint32_t)ldl_be_p(data + 8), errp);
}

static bool receive_bitmap(MigrationState *s, QEMUFile *f,
                           const uint8_t *data, unsigned len, Error **errp)
{
    char name[256] = "";

    if (len != 1 + data[0]) {
        error_setg(errp, "name of %u bytes in a message of %u", data[0], len);
        return false;
    }
    memcpy(name, data + 1, data[0]);
    if (qatomic_read(&s->state) != MIGRATION_STATUS_POSTCOPY_RECOVER) {
        error_setg(errp, "a bitmap that was not asked for");
        return false;
    }
    if (!ram_postcopy_reload(f, name, errp)) {
        return false;
    }
    qemu_sem_post(&resume.answered);
    return true;
}

bool postcopy_rp_message(MigrationState *s, QEMUFile *f, unsigned type,
                         const uint8_t *data, unsigned len, Error **errp)
{
    switch (type) {
    case MIG_RP_REQ_PAGES:
    case MIG_RP_REQ_PAGES_ID:
        if (!request_pages(data, len, type == MIG_RP_REQ_PAGES_ID, errp)) {
            return false;
        }
        migration_wake(s);
        return true;
    case MIG_RP_RECV_BITMAP:
        return receive_bitmap(s, f, data, len, errp);
    default:
        qatomic_set(&resume.acknowledged, ldl_be_p(data) == 1);
        if (ldl_be_p(data) != 1) {
            error_setg(errp, "the destination does not resume");
            return false;
        }
        qemu_sem_post(&resume.answered);
        return true;
    }
}

void postcopy_rp_broken(void)
{
    if (resume.made) {
        qemu_sem_post(&resume.answered);
    }
}
