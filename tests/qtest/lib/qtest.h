/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An emulator process under test, driven over its qtest and QMP sockets.
 *
 * Everything here fails the running test when the emulator does not do its
 * part: a command refused, a socket closed, an exit status other than 0.
 * Functions with "try" in their names hand failures to the caller instead.
 */
#ifndef TESTS_QTEST_H
#define TESTS_QTEST_H

#include "qemu/osdep.h"
#include <jansson.h>

typedef struct QTest QTest;

/* The program under test: $QTEST_QEMU_BINARY. */
const char *qtest_binary(void);
/* The stock emulator that interop tests compare with, or NULL. */
const char *qtest_stock_binary(void);

/*
 * Starts the program under test with the given options (a printf format,
 * split like a shell does) beside the sockets and "-accel qtest", and waits
 * until both monitors answer.
 */
QTest *qtest_start(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
/* The same for the stock emulator, which runs with "-accel tcg -S". */
QTest *qtest_start_stock(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
bool qtest_is_stock(const QTest *t);

/*
 * Runs the program with these options only, waits until it ends, and returns
 * its exit status (128 + n for signal n); *@output, for g_free(), is what it
 * printed on stdout and stderr.
 */
int qtest_run(char **output, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/*
 * A firmware of HLT instructions, for -bios: the stock emulator's devices work
 * only while its processor runs.  A path for unlink() and g_free().
 */
char *qtest_halting_firmware(void);

/* SIGTERM, and the status must be 0. */
void qtest_quit(QTest *t);
/* Waits for the end that the test has caused, and returns the status. */
int qtest_wait_exit(QTest *t);
pid_t qtest_pid(const QTest *t);
/* Closes the qtest connection; the emulator is to end then. */
void qtest_hang_up(QTest *t);

/* A line of the qtest protocol and its reply, for g_free(). */
char *qtest_line(QTest *t, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* Sends bytes as they are. */
void qtest_send_raw(QTest *t, const void *data, size_t len);
/* The next reply line. */
char *qtest_read_line(QTest *t);

void qtest_out(QTest *t, uint16_t port, uint32_t val, unsigned size);
uint32_t qtest_in(QTest *t, uint16_t port, unsigned size);
/* One access of @size 1, 2, 4 or 8 through the byte protocol. */
void qtest_write(QTest *t, uint64_t addr, uint64_t val, unsigned size);
uint64_t qtest_read(QTest *t, uint64_t addr, unsigned size);
void qtest_memwrite(QTest *t, uint64_t addr, const void *buf, size_t len);
void qtest_memread(QTest *t, uint64_t addr, void *buf, size_t len);
void qtest_memset(QTest *t, uint64_t addr, uint8_t byte, size_t len);

/* Virtual time: on by @ns, or to the next timer; returns the new time. */
int64_t qtest_clock_step(QTest *t, int64_t ns);
int64_t qtest_clock_step_next(QTest *t);
int64_t qtest_clock_set(QTest *t, int64_t ns);

/* Interrupt lines of a device, once intercepted. */
void qtest_irq_intercept_in(QTest *t, const char *path);
void qtest_irq_intercept_out(QTest *t, const char *path);
bool qtest_irq_level(QTest *t, unsigned line);
unsigned qtest_irq_raised(QTest *t, unsigned line);

/*
 * A QMP command.  @args is stolen and may be NULL.  qtest_qmp() returns the
 * value of "return", qtest_qmp_try() the whole reply, both to json_decref().
 */
json_t *qtest_qmp(QTest *t, const char *command, json_t *args);
json_t *qtest_qmp_try(QTest *t, const char *command, json_t *args);
/* The same from JSON text: {"execute": ...} as written. */
json_t *qtest_qmp_text(QTest *t, const char *text);
/* The command must fail; returns the description, for g_free(). */
char *qtest_qmp_error(QTest *t, const char *command, json_t *args,
                      const char *error_class);
/* Waits for an event, dropping others; returns its data or null. */
json_t *qtest_wait_event(QTest *t, const char *event);
/* Whether it came by now; takes it. */
bool qtest_has_event(QTest *t, const char *event);
/* An HMP line and what it prints, for g_free(). */
char *qtest_hmp(QTest *t, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* A file in the test's own folder, removed with it at qtest_quit(). */
const char *qtest_path(QTest *t, const char *name);

/* Guest RAM above 1 MiB that nobody else got, aligned to @align. */
uint64_t qtest_alloc(QTest *t, size_t size, size_t align);

#endif /* TESTS_QTEST_H */
