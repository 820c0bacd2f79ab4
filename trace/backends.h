/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where events go: what generated sources include. */
#ifndef TRACE_BACKENDS_H
#define TRACE_BACKENDS_H

#include "trace/control.h"

#ifdef CONFIG_TRACE_SDT
#define _SDT_HAS_SEMAPHORES 1
#define SDT_USE_VARIADIC 1
#include <sys/sdt.h>
#define TRACE_COUNTER __attribute__((section(".probes")))
#define TRACE_PROBE(...) STAP_PROBEV(qemu, __VA_ARGS__)
#else
#define TRACE_COUNTER
#define TRACE_PROBE(...) do { } while (0)
#endif

/*
 * The groups are found in a section of their own: nothing has to run for
 * that when the program starts.
 */
#define TRACE_GROUP(name, events) \
    TraceEvent *const trace_group_##name; \
    TraceEvent *const trace_group_##name \
        __attribute__((section("trace_groups"), used)) = (events)

/* A line of the log, with process and time where messages have them. */
void trace_log(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

#endif /* TRACE_BACKENDS_H */
