/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options that QEMU 7.2 has and this program does not, so that they can be
 * refused by name.
 */
#include "qemu/osdep.h"
#include "vl.h"

static const char *const with_argument[] = {
    "append", "chroot", "compat", "dtb",
    "dump-vmstate", "echr", "fsdev", "gdb", "icount", "initrd",
    "iscsi", "kernel", "loadvm", "mtdblock", "pflash", "plugin",
    "rotate", "runas", "sd", "seed", "spice", "tpmdev", "usbdevice",
    "virtfs", "virtfs_synth", "vnc", "writeconfig", "xen-domid",
};

static const char *const without_argument[] = {
    "async-teardown", "enable-fips", "enable-kvm", "enable-sync-profile",
    "full-screen", "mem-prealloc",
    "old-param", "portrait", "preconfig", "s",
    "semihosting", "singlestep", "snapshot", "win2k-hack",
    "xen-attach", "xen-domid-restrict",
};

static bool is_in(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(list[i], name)) {
            return true;
        }
    }
    return false;
}

bool vl_is_foreign_option(const char *name, bool *has_arg)
{
    *has_arg = is_in(with_argument, ARRAY_SIZE(with_argument), name);
    return *has_arg || is_in(without_argument, ARRAY_SIZE(without_argument),
                             name);
}
