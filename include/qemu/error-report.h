/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for people: "program: place: message" on stderr, or to the
 * monitor whose command is being run.
 */
#ifndef QEMU_ERROR_REPORT_H
#define QEMU_ERROR_REPORT_H

/*
 * Where what is being processed came from: a stack of these, kept by the
 * caller, so that messages can name an option or a line of a file.
 */
typedef struct Location {
    enum { LOC_NONE, LOC_CMDLINE, LOC_FILE } kind;
    int num;
    const void *ptr;
    struct Location *prev;
} Location;

Location *loc_push_restore(Location *loc);
Location *loc_push_none(Location *loc);
Location *loc_pop(Location *loc);
Location *loc_save(Location *loc);
void loc_restore(Location *loc);
void loc_set_none(void);
/* Words @idx to @idx + @cnt - 1 of the command line. */
void loc_set_cmdline(char **argv, int idx, int cnt);
void loc_set_file(const char *fname, int lno);

/* One message each; no newline at the end of the format. */
void error_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void warn_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void info_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void error_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
void warn_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
void info_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
bool error_report_once_cond(bool *printed, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
bool warn_report_once_cond(bool *printed, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* Plain text to where messages go, without prefix or newline. */
int error_printf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
int error_vprintf(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
int error_printf_unless_qmp(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

#define error_report_once(fmt, ...)                                     \
    ({ static bool printed_;                                            \
       error_report_once_cond(&printed_, fmt, ## __VA_ARGS__); })
#define warn_report_once(fmt, ...)                                      \
    ({ static bool printed_;                                            \
       warn_report_once_cond(&printed_, fmt, ## __VA_ARGS__); })

/* argv[0], for the prefix. */
void error_init(const char *argv0);
const char *error_get_progname(void);
/* -msg timestamp=on, guest-name=on */
extern bool message_with_timestamp;
extern bool error_with_guestname;
extern const char *error_guest_name;

/*
 * Takes text that error_printf() would write to stderr; returns -1 where it
 * does not want it (no monitor command is being run).  Set by the monitor.
 */
extern int (*error_report_sink)(const char *fmt, va_list ap);
/* Whether the text would go to a QMP monitor (which shows none). */
extern bool (*error_report_in_qmp)(void);

#endif /* QEMU_ERROR_REPORT_H */
