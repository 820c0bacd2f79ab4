/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where firmware and keymaps are found: folders given by -L, those of the
 * installation, and those where distributions put what other packages bring.
 * Nothing is looked at before the first file is asked for.
 */
#include "qemu/osdep.h"
#include "qemu/datadir.h"
#include "qemu/cutils.h"

static GPtrArray *data_dirs;

void qemu_add_data_dir(char *dir)
{
    if (!data_dirs) {
        data_dirs = g_ptr_array_new();
    }
    for (guint i = 0; dir && i < data_dirs->len; i++) {
        if (!strcmp(g_ptr_array_index(data_dirs, i), dir)) {
            g_free(dir);
            return;
        }
    }
    if (dir) {
        g_ptr_array_add(data_dirs, dir);
    }
}

void qemu_add_default_firmwarepath(void)
{
    static const char *const shared[] = {
        "/usr/share/seabios", "/usr/lib/ipxe/qemu",
    };

    qemu_add_data_dir(get_relocated_path(CONFIG_QEMU_DATADIR));
    qemu_add_data_dir(g_strdup("/usr/share/qemu"));
    for (int i = 0; i < ARRAY_SIZE(shared); i++) {
        qemu_add_data_dir(g_strdup(shared[i]));
    }
}

char *qemu_find_file(int type, const char *name)
{
    const char *sub = type == QEMU_FILE_TYPE_KEYMAP ? "keymaps/" : "";

    if (access(name, R_OK) == 0) {
        return g_strdup(name);
    }
    for (guint i = 0; data_dirs && i < data_dirs->len; i++) {
        char *path = g_strdup_printf("%s/%s%s",
                                     (char *)g_ptr_array_index(data_dirs, i),
                                     sub, name);

        if (access(path, R_OK) == 0) {
            return path;
        }
        g_free(path);
    }
    return NULL;
}

void qemu_list_data_dirs(void)
{
    for (guint i = 0; data_dirs && i < data_dirs->len; i++) {
        printf("%s\n", (char *)g_ptr_array_index(data_dirs, i));
    }
}
