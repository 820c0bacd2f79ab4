/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a stream, section by section; see savevm.h for its format. */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/qmp/json-writer.h"
#include "qemu/bswap.h"
#include "migration/configuration.h"
#include "migration/migration.h"
#include "migration/savevm-registry.h"
#include "migration/savevm.h"

/* --- What can be migrated --- */

bool savevm_check_migratable(Error **errp)
{
    SaveStateEntry *se;

    SAVEVM_FOREACH(se) {
        if (se->vmsd && se->vmsd->unmigratable) {
            error_setg(errp, "State blocked by non-migratable device '%s'",
                       se->idstr);
            return false;
        }
    }
    return true;
}

/* --- Pieces --- */

void savevm_header(QEMUFile *f)
{
    qemu_put_be32(f, SAVEVM_MAGIC);
    qemu_put_be32(f, SAVEVM_VERSION);
    if (migration_globals.send_configuration) {
        qemu_put_byte(f, SAVEVM_CONFIGURATION);
        configuration_save(f);
    }
}

void savevm_command(QEMUFile *f, int command, const void *data, uint16_t len)
{
    qemu_put_byte(f, SAVEVM_COMMAND);
    qemu_put_be16(f, command);
    qemu_put_be16(f, len);
    qemu_put_buffer(f, data, len);
}

static void section_header(QEMUFile *f, const SaveStateEntry *se, int type)
{
    qemu_put_byte(f, type);
    qemu_put_be32(f, se->section_id);
    if (type == SAVEVM_SECTION_START || type == SAVEVM_SECTION_FULL) {
        qemu_put_counted_string(f, se->idstr);
        qemu_put_be32(f, se->instance_id);
        qemu_put_be32(f, se->version_id);
    }
}

static void section_footer(QEMUFile *f, const SaveStateEntry *se)
{
    if (migration_globals.send_section_footer) {
        qemu_put_byte(f, SAVEVM_FOOTER);
        qemu_put_be32(f, se->section_id);
    }
}

static bool is_active(const SaveStateEntry *se)
{
    return se->ops && (!se->ops->is_active || se->ops->is_active(se->opaque));
}

/* --- Live sections --- */

/* Keeps a handler's failure with the file, which may know it better. */
static int handler_result(QEMUFile *f, const SaveStateEntry *se, int ret)
{
    if (ret < 0 && !qemu_file_get_error(f)) {
        Error *err = NULL;

        error_setg_errno(&err, -ret, "cannot save section '%s'", se->idstr);
        qemu_file_set_error_obj(f, ret, err);
    }
    return ret < 0 ? ret : qemu_file_get_error(f);
}

int savevm_setup(QEMUFile *f)
{
    SaveStateEntry *se;

    SAVEVM_FOREACH(se) {
        int ret;

        if (!is_active(se) || !se->ops->save_setup) {
            continue;
        }
        section_header(f, se, SAVEVM_SECTION_START);
        ret = se->ops->save_setup(f, se->opaque);
        section_footer(f, se);
        ret = handler_result(f, se, ret);
        if (ret) {
            return ret;
        }
    }
    return 0;
}

int savevm_iterate(QEMUFile *f, bool postcopy)
{
    SaveStateEntry *se;
    int all_done = 1;

    SAVEVM_FOREACH(se) {
        int ret;

        if (!is_active(se) || !se->ops->save_live_iterate ||
            (se->ops->is_active_iterate &&
             !se->ops->is_active_iterate(se->opaque)) ||
            (postcopy && !(se->ops->has_postcopy &&
                           se->ops->has_postcopy(se->opaque)))) {
            continue;
        }
        if (qemu_file_rate_limit(f)) {
            return qemu_file_get_error(f);
        }
        section_header(f, se, SAVEVM_SECTION_PART);
        ret = se->ops->save_live_iterate(f, se->opaque);
        section_footer(f, se);
        if (handler_result(f, se, ret)) {
            return qemu_file_get_error(f);
        }
        if (ret <= 0) {
            /* One at a time, or the limit is spent on the first. */
            all_done = 0;
            break;
        }
    }
    return all_done;
}

void savevm_pending(QEMUFile *f, uint64_t threshold, uint64_t *precopy,
                    uint64_t *either, uint64_t *postcopy)
{
    SaveStateEntry *se;

    *precopy = *either = *postcopy = 0;
    SAVEVM_FOREACH(se) {
        if (is_active(se) && se->ops->save_live_pending) {
            se->ops->save_live_pending(f, se->opaque, threshold, precopy,
                                       either, postcopy);
        }
    }
}

int savevm_complete_live(QEMUFile *f, bool in_postcopy, bool to_postcopy)
{
    SaveStateEntry *se;

    SAVEVM_FOREACH(se) {
        int (*complete)(QEMUFile *, void *);
        bool late;
        int ret;

        if (!is_active(se)) {
            continue;
        }
        late = se->ops->has_postcopy && se->ops->has_postcopy(se->opaque);
        complete = in_postcopy ? se->ops->save_live_complete_postcopy
                               : se->ops->save_live_complete_precopy;
        if (!complete || (to_postcopy && late)) {
            continue;
        }
        section_header(f, se, SAVEVM_SECTION_END);
        ret = complete(f, se->opaque);
        section_footer(f, se);
        ret = handler_result(f, se, ret);
        if (ret) {
            return ret;
        }
    }
    return 0;
}

void savevm_cleanup(void)
{
    SaveStateEntry *se;

    SAVEVM_FOREACH(se) {
        if (se->ops && se->ops->save_cleanup) {
            se->ops->save_cleanup(se->opaque);
        }
    }
}

/* --- Devices --- */

/* A section of a handler's own making is described as so many bytes. */
static void save_old_style(QEMUFile *f, SaveStateEntry *se,
                           JSONWriter *vmdesc)
{
    int64_t size = qemu_file_total_transferred_fast(f);

    se->ops->save_state(f, se->opaque);
    size = qemu_file_total_transferred_fast(f) - size;
    if (vmdesc) {
        json_writer_int64(vmdesc, "size", size);
        json_writer_start_array(vmdesc, "fields");
        json_writer_start_object(vmdesc, NULL);
        json_writer_str(vmdesc, "name", "data");
        json_writer_int64(vmdesc, "size", size);
        json_writer_str(vmdesc, "type", "buffer");
        json_writer_end_object(vmdesc);
        json_writer_end_array(vmdesc);
    }
}

static int save_device(QEMUFile *f, SaveStateEntry *se, JSONWriter *vmdesc)
{
    int ret = 0;

    if (vmdesc) {
        json_writer_start_object(vmdesc, NULL);
        json_writer_str(vmdesc, "name", se->idstr);
        json_writer_int64(vmdesc, "instance_id", se->instance_id);
    }
    section_header(f, se, SAVEVM_SECTION_FULL);
    if (se->vmsd) {
        ret = vmstate_save_state(f, se->vmsd, se->opaque, vmdesc);
    } else {
        save_old_style(f, se, vmdesc);
    }
    section_footer(f, se);
    if (vmdesc) {
        json_writer_end_object(vmdesc);
    }
    return handler_result(f, se, ret);
}

int savevm_devices(QEMUFile *f, char **description)
{
    g_autoptr(JSONWriter) vmdesc = description ? json_writer_new(false)
                                               : NULL;
    SaveStateEntry *se;

    if (vmdesc) {
        json_writer_start_object(vmdesc, NULL);
        json_writer_int64(vmdesc, "page_size", qemu_target_page_size());
        json_writer_start_array(vmdesc, "devices");
    }
    SAVEVM_FOREACH(se) {
        int ret;

        if (se->vmsd ? !vmstate_save_needed(se->vmsd, se->opaque)
                     : !se->ops->save_state) {
            continue;
        }
        ret = save_device(f, se, vmdesc);
        if (ret) {
            return ret;
        }
    }
    if (vmdesc) {
        json_writer_end_array(vmdesc);
        json_writer_end_object(vmdesc);
        *description = g_string_free(
            json_writer_get_and_free(g_steal_pointer(&vmdesc)), false);
    }
    return 0;
}

bool savevm_wants_description(void)
{
    return !current_machine->suppress_vmdesc;
}

void savevm_description(QEMUFile *f, const char *description)
{
    size_t len = strlen(description);

    qemu_put_byte(f, SAVEVM_VMDESCRIPTION);
    qemu_put_be32(f, len);
    qemu_put_buffer(f, (const uint8_t *)description, len);
}
