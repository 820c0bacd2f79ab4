/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accelerators: what runs the guest's processors, if anything does.
 *
 * An accelerator is a QOM type "<name>-accel".  The program has one instance
 * of one of them, chosen by -accel or -machine accel=.
 */
#ifndef QEMU_ACCEL_H
#define QEMU_ACCEL_H

#include "qom/object.h"
#include "exec/hwaddr.h"

#define TYPE_ACCEL "accel"
#define ACCEL_CLASS_SUFFIX "-" TYPE_ACCEL
#define ACCEL_CLASS_NAME(a) (a ACCEL_CLASS_SUFFIX)

struct AccelState {
    /*< private >*/
    Object parent_obj;
};

typedef struct AccelClass {
    /*< private >*/
    ObjectClass parent_class;
    /*< public >*/

    const char *name;
    /* 0, or -errno after a message of its own. */
    int (*init_machine)(MachineState *ms);
    /* Called when the board and its devices exist; may be NULL. */
    void (*setup_post)(MachineState *ms, AccelState *accel);

    bool *allowed;              /* what <name>_enabled() returns */
    GPtrArray *compat_props;    /* of GlobalProperty; may be NULL */
} AccelClass;

DECLARE_OBJ_CHECKERS(AccelState, AccelClass, ACCEL, TYPE_ACCEL)

/* The class that -accel @name stands for; NULL if there is none. */
AccelClass *accel_find(const char *name);

/* The accelerator in use, or NULL before there is one. */
AccelState *current_accel(void);

/* Starts @accel for @ms: 0, or -errno. */
int accel_init_machine(AccelState *accel, MachineState *ms);

/* Tells the accelerator that board and devices exist. */
void accel_setup_post(MachineState *ms);

/*
 * Takes the first usable of the accelerators in @list, a JSON array whose
 * elements are objects of strings ("accel" and its properties), and starts
 * it for @ms.  Those that are not there are reported on the way.  An empty
 * list means qtest, with a warning.  False with @errp set when none is
 * usable.
 */
bool accel_configure(MachineState *ms, const json_t *list, Error **errp);

/* Prints the list of -accel help. */
void accel_print_help(void);

#endif /* QEMU_ACCEL_H */
