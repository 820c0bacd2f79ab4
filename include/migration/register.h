/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registration of state that no VMStateDescription describes: RAM, and
 * devices that write their section by hand.
 */
#ifndef MIGRATION_REGISTER_H
#define MIGRATION_REGISTER_H

#include "hw/vmstate-if.h"

/* Reads one section of version @version_id: 0 or a negative errno. */
typedef int LoadStateHandler(QEMUFile *f, void *opaque, int version_id);

/*
 * Any may be NULL.  An entry with save_setup is "live": it is saved in rounds
 * while the guest runs.  Handlers run under the big lock, but for
 * save_live_iterate and save_live_pending, which run in the migration thread
 * without it.
 */
typedef struct SaveVMHandlers {
    /* The whole state in one section, guest stopped. */
    void (*save_state)(QEMUFile *f, void *opaque);

    /* After success and after failure alike. */
    void (*save_cleanup)(void *opaque);
    /* What remains, guest stopped: 0 or a negative errno. */
    int (*save_live_complete_postcopy)(QEMUFile *f, void *opaque);
    int (*save_live_complete_precopy)(QEMUFile *f, void *opaque);

    /* Whether state may still go after the guest moved. */
    bool (*has_postcopy)(void *opaque);
    /* Whether there is anything to do at all. */
    bool (*is_active)(void *opaque);
    /* The same for save_live_iterate. */
    bool (*is_active_iterate)(void *opaque);

    /* One round, until qemu_file_rate_limit(): 1 when all has been sent, 0
     * when more is left, or a negative errno. */
    int (*save_live_iterate)(QEMUFile *f, void *opaque);

    int (*save_setup)(QEMUFile *f, void *opaque);
    /* Adds the bytes that are left: those that must go before the switch,
     * those that may go either side of it, those that must go after. */
    void (*save_live_pending)(QEMUFile *f, void *opaque,
                              uint64_t threshold_size,
                              uint64_t *res_precopy_only,
                              uint64_t *res_compatible,
                              uint64_t *res_postcopy_only);

    LoadStateHandler *load_state;
    int (*load_setup)(QEMUFile *f, void *opaque);
    int (*load_cleanup)(void *opaque);
    /* A broken postcopy is being resumed; the opaque migration state first. */
    int (*resume_prepare)(void *migration_state, void *opaque);
} SaveVMHandlers;

/*
 * Adds a section.  @instance_id VMSTATE_INSTANCE_ID_ANY numbers it after
 * those of the same name.  Returns 0 or a negative errno.
 */
int register_savevm_live(const char *idstr, uint32_t instance_id,
                         int version_id, const SaveVMHandlers *ops,
                         void *opaque);

/* Removes the sections of @opaque with this name (prefixed by @obj's id). */
void unregister_savevm(VMStateIf *obj, const char *idstr, void *opaque);

#endif /* MIGRATION_REGISTER_H */
