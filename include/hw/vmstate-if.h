/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects that name their own section in a migration stream. */
#ifndef VMSTATE_IF_H
#define VMSTATE_IF_H

#include "qom/object.h"

#define TYPE_VMSTATE_IF "vmstate-if"

typedef struct VMStateIfClass VMStateIfClass;
DECLARE_CLASS_CHECKERS(VMStateIfClass, VMSTATE_IF, TYPE_VMSTATE_IF)
#define VMSTATE_IF(obj) INTERFACE_CHECK(VMStateIf, (obj), TYPE_VMSTATE_IF)

typedef struct VMStateIf VMStateIf;

struct VMStateIfClass {
    InterfaceClass parent_class;

    /* A prefix for section names that tells instances apart; the caller
     * g_free()s it.  NULL where instances are only numbered. */
    char *(*get_id)(VMStateIf *obj);
};

static inline char *vmstate_if_get_id(VMStateIf *vmif)
{
    return vmif ? VMSTATE_IF_GET_CLASS(vmif)->get_id(vmif) : NULL;
}

#endif /* VMSTATE_IF_H */
