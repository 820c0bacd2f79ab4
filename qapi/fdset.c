/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of file descriptors that a client passed, opened as /dev/fdset/N.
 *
 * Members of a set are the same file opened in different ways; opening the
 * set duplicates the one whose access mode fits.  A set goes when it has no
 * members and no duplicates; members that are to be removed while there are
 * duplicates stay until those are closed.
 */
#include "qemu/osdep.h"

#include "monitor/monitor-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"

typedef struct FdsetMember {
    int fd;
    bool removed;
    char *opaque;
} FdsetMember;

typedef struct Fdset {
    int64_t id;
    GPtrArray *members;
    GArray *dups;               /* of int */
} Fdset;

/* By rising number.  Guarded by the lock: files are opened on any thread. */
static GList *fdsets;
static GMutex lock;

static void member_free(gpointer opaque)
{
    FdsetMember *m = opaque;

    close(m->fd);
    g_free(m->opaque);
    g_free(m);
}

static Fdset *find(int64_t id)
{
    for (GList *l = fdsets; l; l = l->next) {
        Fdset *set = l->data;

        if (set->id == id) {
            return set;
        }
    }
    return NULL;
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    int64_t x = ((const Fdset *)a)->id, y = ((const Fdset *)b)->id;

    return (x > y) - (x < y);
}

static Fdset *fdset_new(int64_t id)
{
    Fdset *set = g_new0(Fdset, 1);

    set->id = id;
    set->members = g_ptr_array_new_with_free_func(member_free);
    set->dups = g_array_new(false, false, sizeof(int));
    fdsets = g_list_insert_sorted(fdsets, set, by_id);
    qemu_fdset_open = monitor_fdset_dup_fd_add;
    qemu_fdset_close = monitor_fdset_dup_fd_remove;
    return set;
}

/* Drops what was removed and, with it, maybe the set. */
static void tidy(Fdset *set)
{
    if (set->dups->len) {
        return;
    }
    for (guint i = set->members->len; i-- > 0; ) {
        if (((FdsetMember *)set->members->pdata[i])->removed) {
            g_ptr_array_remove_index(set->members, i);
        }
    }
    if (!set->members->len) {
        fdsets = g_list_remove(fdsets, set);
        g_ptr_array_free(set->members, true);
        g_array_free(set->dups, true);
        g_free(set);
    }
}

static int64_t lowest_free_id(void)
{
    int64_t id = 0;

    for (GList *l = fdsets; l && ((Fdset *)l->data)->id == id; l = l->next) {
        id++;
    }
    return id;
}

int64_t monitor_fdset_add(bool has_id, int64_t id, int fd, const char *opaque,
                          Error **errp)
{
    FdsetMember *m;
    Fdset *set;

    if (has_id && id < 0) {
        error_setg(errp, "Parameter 'fdset-id' expects a non-negative value");
        return -1;
    }
    g_mutex_lock(&lock);
    if (!has_id) {
        id = lowest_free_id();
    }
    set = find(id) ?: fdset_new(id);
    m = g_new0(FdsetMember, 1);
    m->fd = fd;
    m->opaque = g_strdup(opaque);
    g_ptr_array_add(set->members, m);
    g_mutex_unlock(&lock);
    return id;
}

bool monitor_fdset_remove(int64_t id, bool has_fd, int64_t fd, Error **errp)
{
    Fdset *set;
    bool found = false;

    g_mutex_lock(&lock);
    set = find(id);
    for (guint i = 0; set && i < set->members->len; i++) {
        FdsetMember *m = set->members->pdata[i];

        if (!has_fd || m->fd == fd) {
            m->removed = true;
            found = true;
        }
    }
    if (found) {
        tidy(set);
    }
    g_mutex_unlock(&lock);
    if (!found && has_fd) {
        error_setg(errp, "File descriptor named 'fdset-id:%" PRId64 ", fd:%"
                   PRId64 "' not found", id, fd);
    } else if (!found) {
        error_setg(errp, "File descriptor named 'fdset-id:%" PRId64
                   "' not found", id);
    }
    return found;
}

json_t *monitor_fdset_list(void)
{
    json_t *list = json_array();

    g_mutex_lock(&lock);
    for (GList *l = fdsets; l; l = l->next) {
        Fdset *set = l->data;
        json_t *fds = json_array();

        for (guint i = 0; i < set->members->len; i++) {
            FdsetMember *m = set->members->pdata[i];
            json_t *info = json_pack("{s:i}", "fd", m->fd);

            if (m->opaque) {
                json_object_set_new(info, "opaque",
                                    json_string_any(m->opaque));
            }
            json_array_append_new(fds, info);
        }
        json_array_append_new(list, json_pack("{s:I, s:o}", "fdset-id",
                                              (json_int_t)set->id,
                                              "fds", fds));
    }
    g_mutex_unlock(&lock);
    return list;
}

int monitor_fdset_dup_fd_add(int64_t fdset_id, int flags)
{
    int dup = -1;
    Fdset *set;

    errno = ENOENT;
    g_mutex_lock(&lock);
    set = find(fdset_id);
    for (guint i = 0; set && i < set->members->len; i++) {
        FdsetMember *m = set->members->pdata[i];
        int mode = fcntl(m->fd, F_GETFL);

        errno = EACCES;
        if (mode >= 0 && (mode & O_ACCMODE) == (flags & O_ACCMODE)) {
            dup = fcntl(m->fd, F_DUPFD_CLOEXEC, 0);
            if (dup >= 0) {
                g_array_append_val(set->dups, dup);
            }
            break;
        }
    }
    g_mutex_unlock(&lock);
    return dup;
}

void monitor_fdset_dup_fd_remove(int dup_fd)
{
    g_mutex_lock(&lock);
    for (GList *l = fdsets; l; l = l->next) {
        Fdset *set = l->data;

        for (guint i = 0; i < set->dups->len; i++) {
            if (g_array_index(set->dups, int, i) == dup_fd) {
                g_array_remove_index(set->dups, i);
                tidy(set);
                g_mutex_unlock(&lock);
                return;
            }
        }
    }
    g_mutex_unlock(&lock);
}
