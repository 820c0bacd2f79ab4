/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identifiers that users give to devices, back ends and objects. */
#ifndef QEMU_ID_H
#define QEMU_ID_H

typedef enum IdSubSystems {
    ID_QDEV,
    ID_BLOCK,
    ID_CHR,
    ID_NET,
    ID_MAX
} IdSubSystems;

/* A name nobody can give: "#" kind number.  The caller frees it. */
char *id_generate(IdSubSystems id);

/* A letter, then letters, digits, '-', '.' or '_'. */
bool id_wellformed(const char *id);

#endif
