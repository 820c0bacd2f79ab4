/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The little of the log that generated trace headers need. */
#ifndef QEMU_LOG_FOR_TRACE_H
#define QEMU_LOG_FOR_TRACE_H

/* Items of -d that are on. */
extern int qemu_loglevel;

#define LOG_TRACE (1 << 15)

static inline bool qemu_loglevel_mask(int mask)
{
    return (qemu_loglevel & mask) != 0;
}

/* Logs without a condition and without a limit. */
void G_GNUC_PRINTF(1, 2) qemu_log(const char *fmt, ...);

#endif /* QEMU_LOG_FOR_TRACE_H */
