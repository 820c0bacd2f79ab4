/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The human monitor's command tables.
 *
 * To add "info thing" or a command, write monitor/hmp-<subject>.c:
 *
 *     static void info_thing(Monitor *mon, const json_t *args)
 *     {
 *         const char *id = json_get_str(args, "device");   // NULL if absent
 *         monitor_printf(mon, "...\n");
 *     }
 *
 *     static const HMPCommand commands[] = {
 *         { "thing", "device:s?", "[device]", "show the thing", info_thing },
 *         { }
 *     };
 *
 *     static void hmp_thing_init(void) { hmp_register_info(commands); }
 *     hmp_init(hmp_thing_init);
 *
 * and name the file in monitor/meson.build.  Errors: error_report() inside a
 * handler prints on the monitor; hmp_handle_error(mon, err) prints and frees.
 * A QMP command is a function qmp_<name>() of qapi/qapi-commands.h in
 * monitor/qmp-<subject>.c and its definition in qapi/<subject>.json.
 */
#ifndef HMP_H
#define HMP_H

#include <jansson.h>

#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/module.h"

typedef struct ReadLineState ReadLineState;

/*
 * args_type: comma-separated "name:type", where type is
 *   s  a word or a "quoted string"          F  a file name
 *   B  a block device's name                S  the rest of the line
 *   O  key=value,... (members of the args, implied key = the name's text
 *      after "O:", see device_add)
 *   i  32-bit integer expression            l  64-bit integer expression
 *   M  non-negative integer, in MiB unless suffixed
 *   o  size with unit                       T  seconds with ms, us, ns
 *   b  on|off                               /  /FORMAT as in x/4xw
 *   -x a flag: "-x" gives true              -xs a flag with a string
 * and a '?' after it makes it optional; values arrive in @args under the
 * name, absent ones are absent.
 */
typedef struct HMPCommand {
    const char *name;           /* alternatives apart with '|': "quit|q" */
    const char *args_type;
    const char *params;         /* for the help */
    const char *help;
    void (*cmd)(Monitor *mon, const json_t *args);
    /* Offers ways to go on: readline_add_completion() for each. */
    void (*completion)(ReadLineState *rs, int nb_args, const char *str);
    const struct HMPCommand *sub_table;     /* instead of cmd, as "info" */
} HMPCommand;

/* Add a table, ended by an entry without name; it must live for ever. */
void hmp_register(const HMPCommand *table);
void hmp_register_info(const HMPCommand *table);

/* Register at program start, cheaply: the tables are read on first use. */
#define hmp_init(function) \
    static void __attribute__((constructor)) do_hmp_init_##function(void) \
    { \
        function(); \
    }

/* Prints and frees @err if there is one; true if there was. */
bool hmp_handle_error(Monitor *mon, Error *err);

/* For completion functions: the word so far is @str with length @len. */
void readline_add_completion(ReadLineState *rs, const char *str);
/* Adds @candidate if it starts with @str. */
void readline_add_completion_of(ReadLineState *rs, const char *str,
                                const char *candidate);
void readline_set_completion_index(ReadLineState *rs, int completion_index);

#endif
