/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands for file descriptors that a client passes.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"

/* The descriptor that came with the command, -1 with @errp set if none. */
static int passed_fd(Error **errp)
{
    /* A line from human-monitor-command has no device of its own. */
    MonitorChr *mc = monitor_chr_of(monitor_cur());
    int fd = mc ? qemu_chr_fe_get_msgfd(&mc->chr) : -1;

    if (fd < 0) {
        error_setg(errp, "No file descriptor supplied via SCM_RIGHTS");
    }
    return fd;
}

json_t *qmp_getfd(json_t *args, Error **errp)
{
    const char *name = json_get_str(args, "fdname");
    int fd = passed_fd(errp);

    if (fd < 0) {
        return NULL;
    }
    if (g_ascii_isdigit(name[0])) {
        close(fd);
        error_setg(errp, "Parameter 'fdname' expects a name not starting "
                   "with a digit");
        return NULL;
    }
    monitor_store_fd(monitor_cur(), name, fd);
    return json_object();
}

json_t *qmp_closefd(json_t *args, Error **errp)
{
    const char *name = json_get_str(args, "fdname");
    int fd = monitor_get_fd(monitor_cur(), name, NULL);

    if (fd < 0) {
        error_setg(errp, "File descriptor named '%s' not found", name);
        return NULL;
    }
    close(fd);
    return json_object();
}

json_t *qmp_add_fd(json_t *args, Error **errp)
{
    int fd = passed_fd(errp);
    int64_t id;

    if (fd < 0) {
        return NULL;
    }
    id = monitor_fdset_add(json_has(args, "fdset-id"),
                           json_get_int(args, "fdset-id", -1), fd,
                           json_get_str(args, "opaque"), errp);
    if (id < 0) {
        close(fd);
        return NULL;
    }
    return json_pack("{s:I, s:i}", "fdset-id", (json_int_t)id, "fd", fd);
}

json_t *qmp_remove_fd(json_t *args, Error **errp)
{
    bool ok = monitor_fdset_remove(json_get_int(args, "fdset-id", -1),
                                   json_has(args, "fd"),
                                   json_get_int(args, "fd", -1), errp);

    return ok ? json_object() : NULL;
}

json_t *qmp_query_fdsets(json_t *args, Error **errp)
{
    return monitor_fdset_list();
}
