/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accessors of machine properties, between machine*.c. */
#ifndef HW_CORE_MACHINE_INTERNAL_H
#define HW_CORE_MACHINE_INTERNAL_H

#include "hw/boards.h"

/* Adds the properties that all machines have. */
void machine_class_add_properties(ObjectClass *oc);

void machine_get_smp(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp);
void machine_set_smp(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp);
void machine_get_boot(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp);
void machine_set_boot(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp);
void machine_get_mem(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp);
void machine_set_mem(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp);

char *machine_default_boot_order(MachineState *ms);
void machine_free_boot_config(MachineState *ms);

/* ms->numa_state, where the machine's class has CPUs that can be in nodes. */
void machine_init_numa(MachineState *ms);
void machine_free_numa(MachineState *ms);

#endif /* HW_CORE_MACHINE_INTERNAL_H */
