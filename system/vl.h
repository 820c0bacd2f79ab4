/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From options to a running machine.
 *
 * Start-up has two halves.  First every option is parsed (vl-options.c calls
 * a handler for each), which only notes what is wanted, with the place on the
 * command line or in a file for later messages.  Then vl.c carries it out in
 * the order that things need each other.
 *
 * Errors go through Error **; only main() and vl_fatal() end the program.
 */
#ifndef SYSTEM_VL_H
#define SYSTEM_VL_H

#include <jansson.h>

#include "hw/boards.h"
#include "qemu/error-report.h"

/* What one option asks for, to be carried out later. */
typedef struct VLItem {
    Location loc;
    char *text;                 /* as the user wrote it; may be NULL */
    json_t *opts;               /* parsed; may be NULL */
    bool from_json;             /* values have JSON's types */
} VLItem;

/* Lists of them, in the order given. */
typedef struct VLState {
    GPtrArray *accels;
    GPtrArray *objects;
    GPtrArray *chardevs;
    GPtrArray *mons;
    GPtrArray *devices;
    GPtrArray *blockdevs;
    GPtrArray *drives;
    GPtrArray *netdevs;
    GPtrArray *nics;
    GPtrArray *nets;
    GPtrArray *numa;
    GPtrArray *fw_cfg;
    GPtrArray *serials;         /* text of -serial */
    GPtrArray *parallels;

    json_t *machine;            /* properties, strings */
    json_t *memory;             /* members of "memory" */
    bool custom_ram_size;
    const char *mem_path;
    const char *cpu;
    const char *qtest_chardev;
    const char *qtest_log;
    const char *log_mask;
    const char *log_file;
    const char *dfilter;
    const char *pidfile;
    const char *incoming;
    const char *vga;
    bool daemonize;
    bool nographic;
    bool preconfig;
    bool display_given;
    bool no_user_config;
    bool net_given;             /* -netdev, -nic or -net */
    bool default_monitor;       /* nothing said about monitors */
    bool default_serial;
    bool default_parallel;
} VLState;

extern VLState vl;

/*** vl-options.c: the table ***/

typedef struct VLOption {
    const char *name;           /* without the dash; NULL heads a section */
    const char *params;         /* NULL: takes no argument */
    const char *help;           /* lines */
    void (*handler)(const char *arg, Error **errp);
} VLOption;

extern const VLOption vl_options[];
extern const int vl_options_count;

/* Calls the handlers for a command line; the first error ends it. */
bool vl_parse_command_line(int argc, char **argv, Error **errp);

/*** vl-opts.c: parsing of values, and notes for later ***/

/*
 * keyval_parse_flat(), or JSON for a value that begins like an object:
 * *@from_json tells.
 */
json_t *vl_parse_opts_or_json(const char *params, const char *implied_key,
                              bool *from_json, bool *help, Error **errp);

/* Fails if @opts has a key that is not in the NULL-terminated list. */
bool vl_check_keys(const json_t *opts, const char *const *keys,
                   Error **errp);

/* A member that is on or off; *@value stays where it is absent. */
bool vl_get_switch(const json_t *opts, const char *key, bool *value,
                   Error **errp);

/* Notes @opts (stolen) and @text for later, with the present place. */
VLItem *vl_note(GPtrArray **list, const char *text, json_t *opts,
                bool from_json);

/*
 * Calls @fn for each note with its place restored; stops at the first error
 * and leaves the place of that for the message.
 */
bool vl_foreach(GPtrArray *list, void (*fn)(VLItem *item, Error **errp),
                Error **errp);

/*** vl-config.c: -readconfig, -set, -global ***/
void vl_opt_readconfig(const char *arg, Error **errp);
void vl_opt_set(const char *arg, Error **errp);
void vl_opt_global(const char *arg, Error **errp);

/*** vl-machine.c ***/
void vl_opt_machine(const char *arg, Error **errp);
void vl_opt_accel(const char *arg, Error **errp);
void vl_opt_cpu(const char *arg, Error **errp);
void vl_opt_smp(const char *arg, Error **errp);
void vl_opt_memory(const char *arg, Error **errp);
void vl_opt_boot(const char *arg, Error **errp);
bool vl_merge_machine(const json_t *opts, Error **errp);
bool vl_merge_memory(const json_t *opts, Error **errp);
void vl_set_machine_member(const char *key, const char *value);

/* The class that was chosen, then its instance with early properties. */
bool vl_create_machine(Error **errp);
bool vl_start_accel(Error **errp);
/* RAM's size and backend; objects exist by now. */
bool vl_set_memory(Error **errp);
/* The class that -machine names, or the default one. */
MachineClass *vl_select_machine(Error **errp);
bool vl_choose_cpu(Error **errp);
bool vl_init_board(Error **errp);

/*** vl-defaults.c ***/

/* Notes what is there without an option. */
void vl_add_defaults(const MachineClass *mc, Error **errp);

/*** vl-numa.c ***/

void vl_opt_numa(const char *arg, Error **errp);
bool vl_set_numa(Error **errp);

/*** vl-backends.c: character devices, monitors, objects ***/
void vl_opt_object(const char *arg, Error **errp);
void vl_opt_chardev(const char *arg, Error **errp);
void vl_opt_mon(const char *arg, Error **errp);
void vl_opt_qmp(const char *arg, Error **errp);
void vl_opt_qmp_pretty(const char *arg, Error **errp);
void vl_opt_monitor(const char *arg, Error **errp);
void vl_opt_serial(const char *arg, Error **errp);
void vl_opt_debugcon(const char *arg, Error **errp);
void vl_opt_parallel(const char *arg, Error **errp);
bool vl_create_chardevs(Error **errp);
bool vl_create_objects(Error **errp);
bool vl_create_monitors(Error **errp);
bool vl_create_ports(Error **errp);
bool vl_open_compat_monitors(Error **errp);

/*** vl-net.c ***/
void vl_opt_netdev(const char *arg, Error **errp);
void vl_opt_nic(const char *arg, Error **errp);
void vl_opt_net(const char *arg, Error **errp);
/* Back ends, and what the board is to make. */
bool vl_create_net(Error **errp);
/* Warns of what has no peer; all devices exist. */
void vl_check_net(void);

/*** vl-firmware.c: tables, files, option ROMs ***/
void vl_opt_acpitable(const char *arg, Error **errp);
void vl_opt_smbios(const char *arg, Error **errp);
void vl_opt_fw_cfg(const char *arg, Error **errp);
void vl_opt_option_rom(const char *arg, Error **errp);
/* What waits for the board. */
bool vl_add_firmware_files(Error **errp);

/*** vl-process.c: the process itself ***/
void vl_opt_pidfile(const char *arg, Error **errp);
void vl_opt_name(const char *arg, Error **errp);
void vl_opt_uuid(const char *arg, Error **errp);
void vl_opt_msg(const char *arg, Error **errp);
void vl_opt_rtc(const char *arg, Error **errp);
void vl_opt_action(const char *arg, Error **errp);
void vl_opt_watchdog_action(const char *arg, Error **errp);
void vl_opt_add_fd(const char *arg, Error **errp);
void vl_opt_sandbox(const char *arg, Error **errp);
void vl_opt_overcommit(const char *arg, Error **errp);
/* In the child from here on; the parent waits for vl_daemon_ready(). */
bool vl_daemonize(Error **errp);
void vl_daemon_ready(void);
bool vl_write_pidfile(Error **errp);
void vl_catch_signals(void);

/*** vl-block.c: drives and their images ***/
void vl_opt_blockdev(const char *arg, Error **errp);
void vl_opt_drive(const char *arg, Error **errp);
void vl_opt_fda(const char *arg, Error **errp);
void vl_opt_fdb(const char *arg, Error **errp);
void vl_opt_hda(const char *arg, Error **errp);
void vl_opt_hdb(const char *arg, Error **errp);
void vl_opt_hdc(const char *arg, Error **errp);
void vl_opt_hdd(const char *arg, Error **errp);
void vl_opt_cdrom(const char *arg, Error **errp);
/* Before the board, which looks for its drives. */
bool vl_create_drives(Error **errp);

/*** vl-help.c ***/
void vl_opt_help(const char *arg, Error **errp);
void vl_opt_version(const char *arg, Error **errp);

/*** vl-refused.c: options of QEMU's that are not here ***/
/* True with *@has_arg set if QEMU has an option of that name. */
bool vl_is_foreign_option(const char *name, bool *has_arg);

/*** vl.c ***/
/* From the command line to a machine that is ready to run. */
void vl_init(int argc, char **argv);
void vl_cleanup(void);

#endif
