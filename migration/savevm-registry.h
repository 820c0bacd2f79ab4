/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of everything that goes into a migration stream, in stream order:
 * highest priority first, then in order of registration.  Under the big lock.
 */
#ifndef MIGRATION_SAVEVM_REGISTRY_H
#define MIGRATION_SAVEVM_REGISTRY_H

#include "qemu/queue.h"
#include "migration/register.h"
#include "migration/vmstate.h"

/* How streams of old named the section. */
typedef struct SaveStateCompat {
    char idstr[256];
    uint32_t instance_id;
} SaveStateCompat;

typedef struct SaveStateEntry {
    QTAILQ_ENTRY(SaveStateEntry) entry;
    char idstr[256];
    unsigned int hash;          /* of idstr */
    uint32_t instance_id;
    int alias_id;               /* another instance id, or -1 */
    int version_id;
    int section_id;             /* names the section inside a stream */
    /* What the incoming stream calls it, and its version; -1: not seen. */
    int load_section_id;
    int load_version_id;
    bool live;                  /* saved in rounds while the guest runs */
    const SaveVMHandlers *ops;          /* either these ... */
    const VMStateDescription *vmsd;     /* ... or this */
    void *opaque;
    SaveStateCompat *compat;    /* NULL: none */
} SaveStateEntry;

/* In stream order; NULL after the last. */
SaveStateEntry *savevm_first(void);
SaveStateEntry *savevm_next(SaveStateEntry *se);
#define SAVEVM_FOREACH(se) \
    for ((se) = savevm_first(); (se); (se) = savevm_next(se))

/* The entry that an incoming section of this name belongs to, or NULL. */
SaveStateEntry *savevm_find(const char *idstr, uint32_t instance_id);

MigrationPriority savevm_priority(const SaveStateEntry *se);

/* -only-migratable */
extern int only_migratable;

/* Error * of each reason against migrating, the newest first. */
extern GSList *migration_blockers;
/* Set by the engine: whether a migration is under way. */
extern bool (*migration_in_progress)(void);

#endif /* MIGRATION_SAVEVM_REGISTRY_H */
