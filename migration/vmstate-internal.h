/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that the reader and the writer of streams share. */
#ifndef MIGRATION_VMSTATE_INTERNAL_H
#define MIGRATION_VMSTATE_INTERNAL_H

/* In front of a subsection. */
#define VMS_SUBSECTION_BYTE 0x05

/* Most elements of a list or tree that a stream may make us allocate. */
#define VMS_LIST_MAX (1 << 20)

#endif /* MIGRATION_VMSTATE_INTERNAL_H */
