/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of a monitor that the lower floors deal with.
 */
#ifndef MONITOR_IMPL_H
#define MONITOR_IMPL_H

#include "monitor/monitor.h"

typedef struct MonitorOps {
    /* Queues text as it is. */
    void (*put)(Monitor *mon, const char *str, size_t len);
    void (*flush)(Monitor *mon);
} MonitorOps;

struct Monitor {
    const MonitorOps *ops;
    bool is_qmp;
    int mon_cpu_index;          /* of commands that look at a CPU, or -1 */
    GHashTable *fds;            /* getfd: fd by name, made when needed */
};

/* Stores @fd as @name; one stored before is closed. */
void monitor_store_fd(Monitor *mon, const char *name, int fd);
/* Closes all that is stored. */
void monitor_close_fds(Monitor *mon);

/* Where /dev/fdset/N comes from, for the monitor's commands: fdset.c. */
int64_t monitor_fdset_add(bool has_id, int64_t id, int fd, const char *opaque,
                          Error **errp);
bool monitor_fdset_remove(int64_t id, bool has_fd, int64_t fd, Error **errp);
json_t *monitor_fdset_list(void);

#endif
