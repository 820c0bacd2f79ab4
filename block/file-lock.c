/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks on an image file that keep other emulators off it.
 *
 * What a process does with an image, and what it does not let others do, is a
 * set of bytes that it holds read locks on: byte 100 + n for permission n
 * that is used, byte 200 + n for one that is not shared.  Read locks never
 * exclude each other; a process looks for locks of others at the opposite
 * bytes after it took its own, so that of two at least one sees the other.
 * Nothing is ever written there.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"

#define USED_BASE 100
#define UNSHARED_BASE 200
#define NR_PERMS 4

static const char *const perm_names[NR_PERMS] = {
    "consistent read", "write", "write unchanged", "resize",
};

static void unlock_bits(int fd, int base, uint64_t bits)
{
    for (int i = 0; i < NR_PERMS; i++) {
        if (bits & (1u << i)) {
            qemu_unlock_fd(fd, base + i, 1);
        }
    }
}

static bool lock_bits(int fd, int base, uint64_t bits, Error **errp)
{
    for (int i = 0; i < NR_PERMS; i++) {
        int ret = bits & (1u << i) ? qemu_lock_fd(fd, base + i, 1, false) : 0;

        if (ret < 0) {
            error_setg_errno(errp, -ret, "Failed to lock byte %d", base + i);
            return false;
        }
    }
    return true;
}

/* Nobody else may have a lock at these. */
static bool check_bits(int fd, const char *filename, int base, uint64_t bits,
                       const char *kind, Error **errp)
{
    for (int i = 0; i < NR_PERMS; i++) {
        if ((bits & (1u << i)) && qemu_lock_fd_test(fd, base + i, 1, true)) {
            error_setg(errp, "Failed to get %s\"%s\" lock", kind,
                       perm_names[i]);
            error_append_hint(errp, "Is another process using the image "
                              "[%s]?\n", filename);
            return false;
        }
    }
    return true;
}

bool bdrv_file_lock(int fd, const char *filename, uint64_t *held_perm,
                    uint64_t *held_unshared, uint64_t perm, uint64_t shared,
                    Error **errp)
{
    uint64_t unshared = ~shared & BLK_PERM_ALL;
    uint64_t new_perm = perm & ~*held_perm;
    uint64_t new_unshared = unshared & ~*held_unshared;

    if (!lock_bits(fd, USED_BASE, new_perm, errp) ||
        !lock_bits(fd, UNSHARED_BASE, new_unshared, errp) ||
        !check_bits(fd, filename, UNSHARED_BASE, new_perm, "", errp) ||
        !check_bits(fd, filename, USED_BASE, new_unshared, "shared ",
                    errp)) {
        unlock_bits(fd, USED_BASE, new_perm);
        unlock_bits(fd, UNSHARED_BASE, new_unshared);
        return false;
    }
    unlock_bits(fd, USED_BASE, *held_perm & ~perm);
    unlock_bits(fd, UNSHARED_BASE, *held_unshared & ~unshared);
    *held_perm = perm;
    *held_unshared = unshared;
    return true;
}
