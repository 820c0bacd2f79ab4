/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a stream, section by section; see savevm.h for its format.
 *
 * Runs in the incoming thread.  RAM is loaded without the big lock: nobody
 * uses it before the guest runs.  Devices are loaded with it.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "migration/configuration.h"
#include "migration/migration.h"
#include "migration/loadvm.h"
#include "migration/postcopy.h"
#include "migration/savevm-registry.h"
#include "migration/savevm.h"

/* What a loop over sections is to do when a section has been read. */
enum { GO_ON = 0, END_OF_LOOP = 1 };

/* The error of the file, or that it has none: 0. */
static int file_result(QEMUFile *f, Error **errp)
{
    Error *err = NULL;
    int ret = qemu_file_get_error_obj(f, &err);

    if (ret && err) {
        error_propagate(errp, err);
    } else if (ret) {
        error_setg_errno(errp, -ret, "stream error");
    }
    return ret;
}

static int check_footer(QEMUFile *f, SaveStateEntry *se, Error **errp)
{
    int mark, ret;
    uint32_t id;

    if (!migration_globals.send_section_footer) {
        return 0;
    }
    mark = qemu_get_byte(f);
    ret = file_result(f, errp);
    if (ret) {
        return ret;
    }
    if (mark != SAVEVM_FOOTER) {
        error_setg(errp, "byte 0x%02x where its footer should be: what was "
                   "sent is more or less than what was loaded", mark);
        return -EINVAL;
    }
    id = qemu_get_be32(f);
    ret = file_result(f, errp);
    if (!ret && id != se->load_section_id) {
        error_setg(errp, "footer of section 0x%x, expected 0x%x", id,
                   se->load_section_id);
        ret = -EINVAL;
    }
    return ret;
}

static int load_entry(QEMUFile *f, SaveStateEntry *se, Error **errp)
{
    int ret;

    if (se->vmsd) {
        return vmstate_load_state_errp(f, se->vmsd, se->opaque,
                                       se->load_version_id, errp);
    }
    if (!se->ops->load_state) {
        error_setg(errp, "nothing is known of its content");
        return -EINVAL;
    }
    ret = se->ops->load_state(f, se->opaque, se->load_version_id);
    if (ret) {
        if (!file_result(f, errp)) {
            error_setg_errno(errp, -ret, "refused");
        }
        return ret;
    }
    return file_result(f, errp);
}

static int load_content(QEMUFile *f, SaveStateEntry *se, Error **errp)
{
    ERRP_GUARD();
    int ret;

    if (se->live) {
        ret = load_entry(f, se, errp);
    } else {
        QEMU_IOTHREAD_LOCK_GUARD();
        ret = load_entry(f, se, errp);
    }
    if (!ret) {
        ret = check_footer(f, se, errp);
    }
    if (ret) {
        error_prepend(errp, "error while loading state for instance 0x%x of "
                      "device '%s': ", se->instance_id, se->idstr);
    }
    return ret;
}

/*
 * The live entry of a section.  In postcopy the list belongs to the running
 * machine: by then the one that is wanted has been found before.
 */
static SaveStateEntry *last_live;

static SaveStateEntry *find_live(uint32_t section_id)
{
    SaveStateEntry *se;

    SAVEVM_FOREACH(se) {
        if (se->live && se->load_section_id != -1 &&
            se->load_section_id == section_id) {
            last_live = se;
            return se;
        }
    }
    return NULL;
}

/* For messages: what was read before. */
static char last_name[256];

static int load_first(QEMUFile *f, bool live, Error **errp)
{
    uint32_t section_id = qemu_get_be32(f);
    char idstr[256] = "";
    uint32_t instance_id, version_id;
    SaveStateEntry *se;
    int ret;

    qemu_get_counted_string(f, idstr);
    instance_id = qemu_get_be32(f);
    version_id = qemu_get_be32(f);
    ret = file_result(f, errp);
    if (ret) {
        return ret;
    }
    se = savevm_find(idstr, instance_id);
    if (!se) {
        g_autofree char *shown = qemu_file_printable(idstr, strlen(idstr));

        error_setg(errp, "Unknown savevm section or instance '%s' %u. Make "
                   "sure that your current VM setup matches your saved VM "
                   "setup, including any hotplugged devices", shown,
                   instance_id);
        return -EINVAL;
    }
    if (version_id > (uint32_t)se->version_id) {
        error_setg(errp, "unsupported version %u for '%s' v%d", version_id,
                   idstr, se->version_id);
        return -EINVAL;
    }
    if (se->load_section_id != -1) {
        error_setg(errp, "section '%s' instance %u comes twice", idstr,
                   instance_id);
        return -EINVAL;
    }
    if (live != se->live || section_id > INT32_MAX) {
        error_setg(errp, "section '%s' is of the wrong kind", idstr);
        return -EINVAL;
    }
    last_live = live ? se : last_live;
    pstrcpy(last_name, sizeof(last_name), idstr);
    se->load_section_id = section_id;
    se->load_version_id = version_id;
    return load_content(f, se, errp);
}

static int load_part(QEMUFile *f, Error **errp)
{
    uint32_t section_id = qemu_get_be32(f);
    int ret = file_result(f, errp);
    SaveStateEntry *se;

    if (ret) {
        return ret;
    }
    se = last_live && last_live->load_section_id == section_id
         ? last_live : find_live(section_id);
    if (!se) {
        error_setg(errp, "Unknown savevm section %u", section_id);
        return -EINVAL;
    }
    return load_content(f, se, errp);
}

/* --- Commands --- */

/* Expected length of each command's data; -1: it varies. */
static const struct { int len; const char *name; } commands[] = {
    [SAVEVM_CMD_OPEN_RETURN_PATH] = { 0, "OPEN_RETURN_PATH" },
    [SAVEVM_CMD_PING] = { 4, "PING" },
    [SAVEVM_CMD_POSTCOPY_ADVISE] = { -1, "POSTCOPY_ADVISE" },
    [SAVEVM_CMD_POSTCOPY_LISTEN] = { 0, "POSTCOPY_LISTEN" },
    [SAVEVM_CMD_POSTCOPY_RUN] = { 0, "POSTCOPY_RUN" },
    [SAVEVM_CMD_POSTCOPY_RAM_DISCARD] = { -1, "POSTCOPY_RAM_DISCARD" },
    [SAVEVM_CMD_POSTCOPY_RESUME] = { 0, "POSTCOPY_RESUME" },
    [SAVEVM_CMD_PACKAGED] = { 4, "PACKAGED" },
    [SAVEVM_CMD_RECV_BITMAP] = { -1, "RECV_BITMAP" },
};

static int open_return_path(MigrationIncoming *mis, QEMUFile *f,
                            Error **errp)
{
    qemu_mutex_lock(&mis->rp_lock);
    if (!mis->to_src) {
        mis->to_src = qemu_file_get_return_path(mis->from_src);
    }
    qemu_mutex_unlock(&mis->rp_lock);
    if (!mis->to_src) {
        error_setg(errp, "CMD_OPEN_RETURN_PATH failed");
        return -EINVAL;
    }
    return 0;
}

static int load_section(QEMUFile *f, Error **errp);

/*
 * A package: sections of a known length, taken from the stream as a whole so
 * that the stream is free for pages while they load.  It ends with the
 * command to run.
 */
static int load_package(QEMUFile *f, Error **errp)
{
    static bool inside;
    uint32_t len = qemu_get_be32(f);
    int ret = file_result(f, errp);
    g_autofree uint8_t *data = NULL;
    QEMUFile *inner;

    if (ret) {
        return ret;
    }
    if (len > POSTCOPY_PACKAGE_MAX || inside ||
        !postcopy_incoming_advised()) {
        error_setg(errp, "package of %u bytes is refused", len);
        return -EINVAL;
    }
    data = g_malloc(len);
    qemu_get_buffer(f, data, len);
    ret = file_result(f, errp);
    if (ret) {
        return ret;
    }
    inner = qemu_file_new_memory_input(data, len);
    inside = true;
    do {
        ret = load_section(inner, errp);
    } while (ret == GO_ON);
    inside = false;
    qemu_fclose(inner);
    if (ret == END_OF_LOOP && !postcopy_incoming_running()) {
        error_setg(errp, "package without a command to run");
        ret = -EINVAL;
    }
    return ret;
}

static int load_command(QEMUFile *f, Error **errp)
{
    MigrationIncoming *mis = migration_incoming();
    unsigned command = qemu_get_be16(f);
    unsigned len = qemu_get_be16(f);
    int ret = file_result(f, errp);

    if (ret) {
        return ret;
    }
    if (command >= ARRAY_SIZE(commands) || !commands[command].name) {
        error_setg(errp, "MIG_CMD 0x%x unknown (len 0x%x)", command, len);
        return -EINVAL;
    }
    if (commands[command].len >= 0 && commands[command].len != len) {
        error_setg(errp, "%s received with bad length - expecting %d, got %u",
                   commands[command].name, commands[command].len, len);
        return -ERANGE;
    }
    switch (command) {
    case SAVEVM_CMD_OPEN_RETURN_PATH:
        return open_return_path(mis, f, errp);
    case SAVEVM_CMD_PING: {
        uint32_t value = qemu_get_be32(f);

        ret = file_result(f, errp);
        if (!ret) {
            migration_rp_send_u32(mis, MIG_RP_PONG, value);
        }
        return ret;
    }
    case SAVEVM_CMD_PACKAGED:
        return load_package(f, errp);
    default:
        return postcopy_load_command(f, command, len, errp);
    }
}

/* --- The loop --- */

static int load_section(QEMUFile *f, Error **errp)
{
    int type = qemu_get_byte(f);
    int ret = file_result(f, errp);

    if (ret) {
        return ret;
    }
    switch (type) {
    case SAVEVM_SECTION_START:
    case SAVEVM_SECTION_FULL:
        return load_first(f, type == SAVEVM_SECTION_START, errp);
    case SAVEVM_SECTION_PART:
    case SAVEVM_SECTION_END:
        return load_part(f, errp);
    case SAVEVM_COMMAND:
        return load_command(f, errp);
    case SAVEVM_EOF:
        return END_OF_LOOP;
    default:
        error_setg(errp, "Unknown savevm section type 0x%02x behind section "
                   "'%s'", type, last_name);
        return -EINVAL;
    }
}

int loadvm_main(QEMUFile *f, Error **errp)
{
    int ret;

    do {
        ret = load_section(f, errp);
    } while (ret == GO_ON);
    return ret == END_OF_LOOP ? 0 : ret;
}

static int load_header(QEMUFile *f, Error **errp)
{
    uint32_t magic = qemu_get_be32(f);
    uint32_t version = qemu_get_be32(f);
    int ret = file_result(f, errp);

    if (ret) {
        return ret;
    }
    if (magic != SAVEVM_MAGIC) {
        error_setg(errp, "Not a migration stream");
        return -EINVAL;
    }
    if (version != SAVEVM_VERSION) {
        error_setg(errp, "Unsupported migration stream version %u", version);
        return -ENOTSUP;
    }
    if (migration_globals.send_configuration) {
        if (qemu_get_byte(f) != SAVEVM_CONFIGURATION) {
            ret = file_result(f, errp);
            if (!ret) {
                error_setg(errp, "Configuration section missing");
                ret = -EINVAL;
            }
            return ret;
        }
        ret = configuration_load(f, errp);
    }
    return ret;
}

/* Reads the description, so that the channel is empty when it is closed. */
static void skip_description(QEMUFile *f)
{
    uint8_t skipped[4096];
    uint32_t left;

    if (qemu_get_byte(f) != SAVEVM_VMDESCRIPTION) {
        return;
    }
    left = qemu_get_be32(f);
    while (left && !qemu_file_get_error(f)) {
        left -= qemu_get_buffer(f, skipped, MIN(left, sizeof(skipped)));
    }
}

static int load_setup(QEMUFile *f, Error **errp)
{
    SaveStateEntry *se;

    last_name[0] = '\0';
    SAVEVM_FOREACH(se) {
        se->load_section_id = -1;
        if (se->ops && se->ops->load_setup &&
            (!se->ops->is_active || se->ops->is_active(se->opaque))) {
            int ret = se->ops->load_setup(f, se->opaque);

            if (ret < 0) {
                error_setg_errno(errp, -ret, "cannot prepare section '%s'",
                                 se->idstr);
                return ret;
            }
        }
    }
    return 0;
}

void loadvm_cleanup(void)
{
    SaveStateEntry *se;

    last_live = NULL;
    SAVEVM_FOREACH(se) {
        se->load_section_id = -1;
        if (se->ops && se->ops->load_cleanup) {
            se->ops->load_cleanup(se->opaque);
        }
    }
}

int loadvm(QEMUFile *f, Error **errp)
{
    int ret;

    if (!savevm_check_migratable(errp)) {
        return -EINVAL;
    }
    ret = load_header(f, errp);
    if (!ret) {
        ret = load_setup(f, errp);
    }
    if (!ret) {
        ret = loadvm_main(f, errp);
    }
    if (!ret && !postcopy_incoming_listening() &&
        savevm_wants_description()) {
        skip_description(f);
    }
    return ret;
}
