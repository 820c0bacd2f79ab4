/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of -d and -D: text for people about what the guest does.
 *
 * What a guest can cause is limited here: each place in the source may log a
 * number of LOG_GUEST_ERROR (or LOG_UNIMP) lines a second; the rest of that
 * second is counted, and the count printed with the next line from there.
 */
#ifndef QEMU_LOG_H
#define QEMU_LOG_H

#include "qemu/log-for-trace.h"

#define CPU_LOG_TB_OUT_ASM (1 << 0)
#define CPU_LOG_TB_IN_ASM  (1 << 1)
#define CPU_LOG_TB_OP      (1 << 2)
#define CPU_LOG_TB_OP_OPT  (1 << 3)
#define CPU_LOG_INT        (1 << 4)
#define CPU_LOG_EXEC       (1 << 5)
#define CPU_LOG_PCALL      (1 << 6)
#define CPU_LOG_TB_CPU     (1 << 8)
#define CPU_LOG_RESET      (1 << 9)
#define LOG_UNIMP          (1 << 10)
#define LOG_GUEST_ERROR    (1 << 11)
#define CPU_LOG_MMU        (1 << 12)
#define CPU_LOG_TB_NOCHAIN (1 << 13)
#define CPU_LOG_PAGE       (1 << 14)
/* LOG_TRACE (1 << 15) is defined in log-for-trace.h */
#define CPU_LOG_TB_OP_IND  (1 << 16)
#define CPU_LOG_TB_FPU     (1 << 17)
#define CPU_LOG_PLUGIN     (1 << 18)
#define LOG_STRACE         (1 << 19)

/* Lines a second that one place may log of what a guest causes. */
#define QEMU_LOG_GUEST_RATE 16

/* Whether any logging is on, and whether it goes to a file of its own. */
bool qemu_log_enabled(void);
bool qemu_log_separate(void);

/* For output of several calls that belongs together; NULL: not on. */
FILE *qemu_log_trylock(void);
void qemu_log_unlock(FILE *fd);

/*
 * Logs under @mask.  @fmt stands for the place in the source when lines of
 * a limited kind are counted.
 */
void qemu_log_limited(int mask, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

#define qemu_log_mask(MASK, FMT, ...)                           \
    do {                                                        \
        if (unlikely(qemu_loglevel_mask(MASK))) {               \
            qemu_log_limited(MASK, FMT, ## __VA_ARGS__);        \
        }                                                       \
    } while (0)

/* The same where @ADDR is in the range of -dfilter. */
#define qemu_log_mask_and_addr(MASK, ADDR, FMT, ...)            \
    do {                                                        \
        if (unlikely(qemu_loglevel_mask(MASK)) &&               \
            qemu_log_in_addr_range(ADDR)) {                     \
            qemu_log_limited(MASK, FMT, ## __VA_ARGS__);        \
        }                                                       \
    } while (0)

typedef struct QEMULogItem {
    int mask;
    const char *name;
    const char *help;
} QEMULogItem;

/* All items of -d; ends with mask 0. */
extern const QEMULogItem qemu_log_items[];

/* Sets the items (and file), opening what is needed; false on error. */
bool qemu_set_log(int log_flags, Error **errp);
bool qemu_set_log_filename(const char *filename, Error **errp);
bool qemu_set_log_filename_flags(const char *name, int flags, Error **errp);
/* -dfilter: START+LEN, START-LEN or START..END, separated by commas. */
void qemu_set_dfilter_ranges(const char *ranges, Error **errp);
bool qemu_log_in_addr_range(uint64_t addr);
/*
 * The mask of names separated by commas; 0 if one is unknown.  "trace:X"
 * enables trace events by qemu_log_trace_enable(), set by the trace module.
 */
int qemu_str_to_log_mask(const char *str);
extern bool (*qemu_log_trace_enable)(const char *pattern);
/* The list of items for -d help. */
void qemu_print_log_usage(FILE *f);

#endif /* QEMU_LOG_H */
