/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of monitor/ share: monitors on character devices.
 */
#ifndef MONITOR_INTERNAL_H
#define MONITOR_INTERNAL_H

#include "chardev/char-fe.h"
#include "monitor/hmp.h"
#include "monitor/monitor-impl.h"
#include "qapi/json.h"
#include "qemu/queue.h"

/* Output that a client has not read; beyond, events are dropped. */
#define MONITOR_MAX_BACKLOG (16 * 1024 * 1024)
/* ... and beyond this, no more commands are read. */
#define MONITOR_HIGH_WATER (1024 * 1024)

/*
 * A monitor on a character device.  Text is added from any thread, under the
 * lock; it is sent, and all else happens, under the big lock.
 */
typedef struct MonitorChr {
    Monitor mon;
    CharBackend chr;
    GMutex lock;
    GString *added;             /* under the lock: to send after the rest */
    GString *sending;
    size_t sent;                /* of sending */
    guint watch;                /* until the other end reads on */
    bool hold;                  /* a multiplexer shows something else */
    bool in_command;
    QTAILQ_ENTRY(MonitorChr) next;
} MonitorChr;

typedef QTAILQ_HEAD(MonitorList, MonitorChr) MonitorList;
extern MonitorList monitors;

typedef struct MonitorQMP {
    MonitorChr common;
    JSONFramer *framer;
    bool pretty;
    bool negotiated;            /* atomic: events go out from here on */
    bool ran_one;               /* of what this read brought */
    GQueue requests;            /* that wait for their turn */
    bool hold_reply;            /* that of the command that runs... */
    GString *held_reply;        /* ... until the main loop has acted */
    QEMUBH *bh;                 /* for the next request, or that reply */
} MonitorQMP;

typedef struct MonitorHMP {
    MonitorChr common;
    ReadLineState *rs;          /* NULL without line editing */
    GString *line;              /* used then */
    bool greeted;
    unsigned suspended;
} MonitorHMP;

static inline MonitorQMP *to_qmp(MonitorChr *mc)
{
    return container_of(mc, MonitorQMP, common);
}

static inline MonitorHMP *to_hmp(MonitorChr *mc)
{
    return container_of(mc, MonitorHMP, common);
}

/* Adds text; @droppable: not if the backlog is too long already. */
void monitor_chr_add(MonitorChr *mc, const char *str, size_t len,
                     bool droppable);
/* Bytes that wait to be read. */
size_t monitor_chr_backlog(MonitorChr *mc);

/* qmp.c */
void qmp_session_init(MonitorQMP *qmp);
/* Sends a held reply. */
void qmp_session_end(MonitorQMP *qmp);
void qmp_session_free(MonitorQMP *qmp);
int qmp_can_read(void *opaque);
void qmp_read(void *opaque, const uint8_t *buf, int size);
void qmp_event(void *opaque, QEMUChrEvent event);
/* Sends an event's text to each client that has negotiated. */
void qmp_broadcast(json_t *event);

/* qmp-machine.c */
bool monitor_cpu_exists(int64_t index);

/* qmp-events.c */
void qmp_events_init(void);

/* hmp-chr.c */
ReadLineState *hmp_readline_new(MonitorHMP *hmp);
void hmp_session_free(MonitorHMP *hmp);
int hmp_can_read(void *opaque);
void hmp_read(void *opaque, const uint8_t *buf, int size);
void hmp_event(void *opaque, QEMUChrEvent event);

/* hmp.c: runs a line; what it prints goes to @mon. */
void hmp_run_line(Monitor *mon, const char *line);
/* Finds how the line could go on; for the line editor. */
void hmp_find_completions(ReadLineState *rs, const char *line);

/* The monitor on a character device that @mon is, NULL if it is another. */
MonitorChr *monitor_chr_of(Monitor *mon);

/* A table's commands in order of their names; NULL ends it. */
const HMPCommand *const *hmp_commands(void);
const HMPCommand *const *hmp_info_commands(void);
const HMPCommand *hmp_find(const HMPCommand *const *table, const char *name,
                           size_t len);

/* hmp-args.c: NULL after printing what is wrong. */
json_t *hmp_parse_args(Monitor *mon, const HMPCommand *cmd, const char *p);
/* The next word or quoted string at *@p for g_free(); NULL with *@error. */
char *hmp_next_word(const char **p, const char **error);

/* hmp-expr.c: an expression at *@p; false with *@error. */
bool hmp_eval(const char **p, int64_t *value, const char **error);

/* hmp-help.c */
void hmp_help(Monitor *mon, const json_t *args);
void hmp_help_table(Monitor *mon, const char *prefix,
                    const HMPCommand *const *table);

/* readline.c */
typedef struct ReadLineOps {
    void (*put)(void *opaque, const char *str, size_t len);
    void (*flush)(void *opaque);
    /* Enter.  False: the prompt comes later, with readline_show(). */
    bool (*line)(void *opaque, const char *line);
    void (*complete)(void *opaque, const char *line);   /* Tab */
} ReadLineOps;

ReadLineState *readline_new(const ReadLineOps *ops, void *opaque,
                            const char *prompt);
void readline_free(ReadLineState *rs);
void readline_handle_byte(ReadLineState *rs, char c);
/* Prompt and line anew; with @clear, an empty line. */
void readline_show(ReadLineState *rs, bool clear);
/* Line @index of the history, oldest first, NULL behind the last. */
const char *readline_history(ReadLineState *rs, unsigned index);

#endif
