/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qtest accelerator, which runs no processor and leaves the virtual clock
 * to commands, and the qtest server, which lets a test program stand in for
 * the processor.
 */
#ifndef SYSEMU_QTEST_H
#define SYSEMU_QTEST_H

#include "sysemu/accel-flags.h"

/* True with -accel qtest. */
static inline bool qtest_enabled(void)
{
    return qtest_allowed;
}

/* True while a qtest server is open, with any accelerator. */
bool qtest_driver(void);

/*
 * Serves the qtest protocol on the character device that @chardev describes
 * ("unix:path", "stdio", ...).  @log is the file that a transcript goes to:
 * "none" for nowhere, NULL for stderr.
 */
bool qtest_server_init(const char *chardev, const char *log, Error **errp);

/* Sends a line that no command asked for; does nothing without a server. */
void qtest_sendf(CharBackend *chr, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/*
 * A board's own commands: @cb gets lines that the server does not know, split
 * at spaces, and returns true if it answered.
 */
void qtest_set_command_cb(bool (*cb)(CharBackend *chr, gchar **words));

#endif /* SYSEMU_QTEST_H */
