/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where firmware, option ROMs and keymaps are found (-L). */
#ifndef QEMU_DATADIR_H
#define QEMU_DATADIR_H

#define QEMU_FILE_TYPE_BIOS   0
#define QEMU_FILE_TYPE_KEYMAP 1

/*
 * The path of @name as it is, if it exists, or in the first data folder that
 * has it; NULL if none does.  The caller frees it.
 */
char *qemu_find_file(int type, const char *name);
/* @dir is stolen; folders given earlier are searched first. */
void qemu_add_data_dir(char *dir);
/* The folders of the installation, behind all others. */
void qemu_add_default_firmwarepath(void);
/* -L help */
void qemu_list_data_dirs(void);

#endif /* QEMU_DATADIR_H */
