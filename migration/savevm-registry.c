/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registration of sections: names, instance numbers, order; of blockers. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "migration/blocker.h"
#include "migration/savevm-registry.h"

int only_migratable;
GSList *migration_blockers;
bool (*migration_in_progress)(void);

static QTAILQ_HEAD(, SaveStateEntry) entries =
    QTAILQ_HEAD_INITIALIZER(entries);
/* Not 0: QEMU takes the parts of a live section 0 for another one. */
static int last_section_id = 1;

SaveStateEntry *savevm_first(void)
{
    return QTAILQ_FIRST(&entries);
}

SaveStateEntry *savevm_next(SaveStateEntry *se)
{
    return QTAILQ_NEXT(se, entry);
}

MigrationPriority savevm_priority(const SaveStateEntry *se)
{
    return se->vmsd ? se->vmsd->priority : MIG_PRI_DEFAULT;
}

SaveStateEntry *savevm_find(const char *idstr, uint32_t instance_id)
{
    SaveStateEntry *se;

    SAVEVM_FOREACH(se) {
        bool has_alias = se->alias_id != -1;

        if (!strcmp(se->idstr, idstr) &&
            (se->instance_id == instance_id ||
             (has_alias && se->alias_id == instance_id))) {
            return se;
        }
        if (se->compat && !strcmp(se->compat->idstr, idstr) &&
            (se->compat->instance_id == instance_id ||
             (has_alias && se->alias_id == instance_id))) {
            return se;
        }
    }
    return NULL;
}

/* The number after the highest of the same name. */
static uint32_t next_instance_id(const SaveStateEntry *mine)
{
    SaveStateEntry *se;
    uint32_t id = 0;

    SAVEVM_FOREACH(se) {
        if (se->hash == mine->hash && !strcmp(se->idstr, mine->idstr)) {
            id = MAX(id, se->instance_id + 1);
        }
    }
    return id;
}

static uint32_t next_compat_instance_id(const char *idstr)
{
    SaveStateEntry *se;
    uint32_t id = 0;

    SAVEVM_FOREACH(se) {
        if (se->compat && !strcmp(se->compat->idstr, idstr)) {
            id = MAX(id, se->compat->instance_id + 1);
        }
    }
    return id;
}

static void insert_by_priority(SaveStateEntry *se)
{
    SaveStateEntry *prev = QTAILQ_LAST(&entries);

    while (prev && savevm_priority(prev) < savevm_priority(se)) {
        prev = QTAILQ_PREV(prev, entry);
    }
    if (prev) {
        QTAILQ_INSERT_AFTER(&entries, prev, se, entry);
    } else {
        QTAILQ_INSERT_HEAD(&entries, se, entry);
    }
}

/* An entry with its name; false: the name is too long. */
static SaveStateEntry *entry_new(const char *prefix, const char *name,
                                 Error **errp)
{
    SaveStateEntry *se;
    size_t need = strlen(name) + (prefix ? strlen(prefix) + 1 : 0);

    if (need >= sizeof(se->idstr)) {
        error_setg(errp, "Path too long for VMState (%s)",
                   prefix ? prefix : name);
        return NULL;
    }
    se = g_new0(SaveStateEntry, 1);
    if (prefix) {
        pstrcat(se->idstr, sizeof(se->idstr), prefix);
        pstrcat(se->idstr, sizeof(se->idstr), "/");
    }
    pstrcat(se->idstr, sizeof(se->idstr), name);
    se->hash = g_str_hash(se->idstr);
    se->alias_id = -1;
    se->load_section_id = -1;
    return se;
}

static void entry_add(SaveStateEntry *se, uint32_t instance_id)
{
    se->section_id = last_section_id++;
    se->instance_id = instance_id == (uint32_t)VMSTATE_INSTANCE_ID_ANY
                      ? next_instance_id(se) : instance_id;
    insert_by_priority(se);
}

int vmstate_register_with_alias_id(VMStateIf *obj, uint32_t instance_id,
                                   const VMStateDescription *vmsd,
                                   void *base, int alias_id,
                                   int required_for_version, Error **errp)
{
    g_autofree char *id = obj ? vmstate_if_get_id(obj) : NULL;
    SaveStateEntry *se = entry_new(id, vmsd->name, errp);

    if (!se) {
        return -1;
    }
    se->version_id = vmsd->version_id;
    se->vmsd = vmsd;
    se->opaque = base;
    se->alias_id = alias_id;
    if (id) {
        /* Before there were ids, sections had bare names and were counted. */
        se->compat = g_new0(SaveStateCompat, 1);
        pstrcpy(se->compat->idstr, sizeof(se->compat->idstr), vmsd->name);
        se->compat->instance_id =
            instance_id == (uint32_t)VMSTATE_INSTANCE_ID_ANY
            ? next_compat_instance_id(vmsd->name) : instance_id;
        instance_id = VMSTATE_INSTANCE_ID_ANY;
    }
    entry_add(se, instance_id);
    return 0;
}

int register_savevm_live(const char *idstr, uint32_t instance_id,
                         int version_id, const SaveVMHandlers *ops,
                         void *opaque)
{
    SaveStateEntry *se = entry_new(NULL, idstr, NULL);

    if (!se) {
        return -EINVAL;
    }
    se->version_id = version_id;
    se->ops = ops;
    se->opaque = opaque;
    se->live = ops->save_setup != NULL;
    entry_add(se, instance_id);
    return 0;
}

static void entry_remove(SaveStateEntry *se)
{
    QTAILQ_REMOVE(&entries, se, entry);
    g_free(se->compat);
    g_free(se);
}

void unregister_savevm(VMStateIf *obj, const char *idstr, void *opaque)
{
    g_autofree char *id = obj ? vmstate_if_get_id(obj) : NULL;
    g_autofree char *name = id ? g_strdup_printf("%s/%s", id, idstr)
                               : g_strdup(idstr);
    SaveStateEntry *se, *next;

    QTAILQ_FOREACH_SAFE(se, &entries, entry, next) {
        if (se->opaque == opaque && !strcmp(se->idstr, name)) {
            entry_remove(se);
        }
    }
}

void vmstate_unregister(VMStateIf *obj, const VMStateDescription *vmsd,
                        void *opaque)
{
    SaveStateEntry *se, *next;

    QTAILQ_FOREACH_SAFE(se, &entries, entry, next) {
        if (se->vmsd == vmsd && se->opaque == opaque) {
            entry_remove(se);
        }
    }
}

bool vmstate_check_only_migratable(const VMStateDescription *vmsd)
{
    return !only_migratable || !vmsd || !vmsd->unmigratable;
}

/* --- Blockers --- */

int migrate_add_blocker_internal(Error *reason, Error **errp)
{
    if (migration_in_progress && migration_in_progress()) {
        error_propagate_prepend(errp, error_copy(reason),
                                "disallowing migration blocker "
                                "(migration/snapshot in progress) for: ");
        return -EBUSY;
    }
    migration_blockers = g_slist_prepend(migration_blockers, reason);
    return 0;
}

int migrate_add_blocker(Error *reason, Error **errp)
{
    if (only_migratable) {
        error_propagate_prepend(errp, error_copy(reason),
                                "disallowing migration blocker "
                                "(--only-migratable) for: ");
        return -EACCES;
    }
    return migrate_add_blocker_internal(reason, errp);
}

void migrate_del_blocker(Error *reason)
{
    migration_blockers = g_slist_remove(migration_blockers, reason);
}
