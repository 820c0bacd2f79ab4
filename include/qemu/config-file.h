/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of option sets by name, and files of them (-readconfig):
 *
 *     [group "id"]
 *       name = "value"
 */
#ifndef QEMU_CONFIG_FILE_H
#define QEMU_CONFIG_FILE_H

#include <jansson.h>

void qemu_add_opts(QemuOptsList *list);
QemuOptsList *qemu_find_opts(const char *group);
QemuOptsList *qemu_find_opts_err(const char *group, Error **errp);
/* The only set of a list that merges; made if it is not there yet. */
QemuOpts *qemu_find_opts_singleton(const char *group);

/* Called for each group, with @opts (borrowed) an object of strings. */
typedef void QEMUConfigCB(const char *group, json_t *opts, void *opaque,
                          Error **errp);

/* The number of groups, or -errno (-EINVAL for a syntax error). */
int qemu_config_foreach(FILE *fp, QEMUConfigCB *cb, void *opaque,
                        const char *fname, Error **errp);
int qemu_read_config_file(const char *filename, QEMUConfigCB *cb,
                          void *opaque, Error **errp);

#endif /* QEMU_CONFIG_FILE_H */
