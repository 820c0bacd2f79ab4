/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface of objects that name their migration sections. */
#include "qemu/osdep.h"
#include "hw/vmstate-if.h"

static const TypeInfo vmstate_if_types[] = {
    {
        .name = TYPE_VMSTATE_IF,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(VMStateIfClass),
    },
};

DEFINE_TYPES(vmstate_if_types)
