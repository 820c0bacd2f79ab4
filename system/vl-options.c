/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of options: one line an option, in the order of -help.
 *
 * An option takes effect later, in vl.c; here its argument is parsed and
 * noted.  Options that QEMU has and that are not in this table are refused by
 * name (vl-refused.c).
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/datadir.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/log.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "vl.h"
#include "trace/control.h"

/*** Small handlers ***/

static void opt_device(const char *arg, Error **errp)
{
    bool from_json, help = false;
    json_t *opts = vl_parse_opts_or_json(arg, "driver", &from_json, &help,
                                         errp);
    const char *driver;

    if (!opts) {
        return;
    }
    driver = json_get_str(opts, "driver");
    if ((help && !driver) || (driver && is_help_option(driver))) {
        qdev_print_devices();
        exit(0);
    }
    if (help) {
        if (!qdev_print_device_help(driver, errp)) {
            return;
        }
        exit(0);
    }
    vl_note(&vl.devices, arg, opts, from_json);
}

static void opt_firmware(const char *arg, Error **errp)
{
    vl_set_machine_member("firmware", arg);
}

static void opt_data_dir(const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        qemu_add_default_firmwarepath();
        qemu_list_data_dirs();
        exit(0);
    }
    qemu_add_data_dir(g_strdup(arg));
}

static void opt_display(const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        printf("Available display backend types:\nnone\n");
        exit(0);
    }
    if (strcmp(arg, "none")) {
        error_setg(errp, "Parameter 'type' does not accept value '%s'", arg);
        return;
    }
    vl.display_given = true;
}

static void opt_nographic(const char *arg, Error **errp)
{
    vl.nographic = true;
    vl_set_machine_member("graphics", "off");
}

static void opt_vga(const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        printf("none                 no graphic card\n");
        exit(0);
    }
    if (strcmp(arg, "none")) {
        error_setg(errp, "there is no such graphic card in this program");
        return;
    }
    vl.vga = arg;
}

static void opt_audio(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse_flat(arg, "driver", NULL, errp);
    const char *driver = json_get_str(opts, "driver");

    if (opts && (!driver || strcmp(driver, "none"))) {
        error_setg(errp, "Parameter 'driver' does not accept value '%s'",
                   driver ? driver : "");
    }
    json_decref(opts);
}

static void opt_audiodev(const char *arg, Error **errp)
{
    bool from_json;
    json_t *opts = vl_parse_opts_or_json(arg, "driver", &from_json, NULL,
                                         errp);
    const char *driver = json_get_str(opts, "driver");

    if (!opts) {
        return;
    }
    if (!json_get_str(opts, "id")) {
        error_setg(errp, "Parameter 'id' is missing");
    } else if (!driver || strcmp(driver, "none")) {
        error_setg(errp, "Parameter 'driver' does not accept value '%s'",
                   driver ? driver : "");
    }
    json_decref(opts);
}

static void opt_usb(const char *arg, Error **errp)
{
    error_setg(errp, "there is no USB host controller in this program");
}

static void opt_stop(const char *arg, Error **errp)
{
    autostart = 0;
}

static void opt_incoming(const char *arg, Error **errp)
{
    vl.incoming = arg;
}

static void opt_only_migratable(const char *arg, Error **errp)
{
    only_migratable = 1;
}

static void opt_nodefaults(const char *arg, Error **errp)
{
    set_defaults_enabled(false);
}

static void opt_no_user_config(const char *arg, Error **errp)
{
    vl.no_user_config = true;
}

static void opt_no_fd_bootchk(const char *arg, Error **errp)
{
    fd_bootchk = false;
}

static void opt_no_reboot(const char *arg, Error **errp)
{
    reboot_action = REBOOT_ACTION_SHUTDOWN;
}

static void opt_no_shutdown(const char *arg, Error **errp)
{
    shutdown_action = SHUTDOWN_ACTION_PAUSE;
}

static void opt_daemonize(const char *arg, Error **errp)
{
    vl.daemonize = true;
}

static void opt_qtest(const char *arg, Error **errp)
{
    vl.qtest_chardev = arg;
}

static void opt_qtest_log(const char *arg, Error **errp)
{
    vl.qtest_log = arg;
}

static void opt_log_mask(const char *arg, Error **errp)
{
    vl.log_mask = arg;
}

static void opt_log_file(const char *arg, Error **errp)
{
    vl.log_file = arg;
}

static void opt_trace(const char *arg, Error **errp)
{
    bool help;

    if (trace_opt_parse(arg, &help, errp) && help) {
        trace_list_events(stdout);
        exit(0);
    }
}

static void opt_dfilter(const char *arg, Error **errp)
{
    vl.dfilter = arg;
}

static void opt_mem_path(const char *arg, Error **errp)
{
    vl.mem_path = arg;
}

/* There is nothing with a keyboard: any layout is as good as another. */
static void opt_no_acpi(const char *arg, Error **errp)
{
    vl_set_machine_member("acpi", "off");
}

static void opt_no_hpet(const char *arg, Error **errp)
{
    warn_report("-no-hpet is deprecated, use '-machine hpet=off' instead");
    vl_set_machine_member("hpet", "off");
}

static void opt_keyboard(const char *arg, Error **errp)
{
}

/*** The table ***/

const VLOption vl_options[] = {
    { NULL, NULL, "Standard options" },
    { "h", NULL, NULL, vl_opt_help },
    { "help", NULL, "print this text", vl_opt_help },
    { "version", NULL, "print the version", vl_opt_version },
    { "machine", "[type=]name[,prop=value][,...]",
      "the machine to emulate ('-machine help' lists them) and its\n"
      "properties ('-machine name,help' lists them);\n"
      "accel=accel1[:accel2...] chooses an accelerator", vl_opt_machine },
    { "M", "name", NULL, vl_opt_machine },
    { "cpu", "model[,feature=on|off][,...]",
      "the processor's model ('-cpu help' lists them)", vl_opt_cpu },
    { "accel", "[accel=]accelerator[,prop=value][,...]",
      "the accelerator; the first usable one of several is taken\n"
      "('-accel help' lists them)", vl_opt_accel },
    { "smp", "[[cpus=]n][,maxcpus=n][,sockets=n][,dies=n][,cores=n]"
      "[,threads=n]",
      "how many processors there are, and how they are grouped", vl_opt_smp },
    { "add-fd", "fd=fd,set=set[,opaque=opaque]",
      "put an inherited file descriptor into a set, to be opened as\n"
      "/dev/fdset/SET", vl_opt_add_fd },
    { "set", "group.id.arg=value",
      "change one argument of another option's item", vl_opt_set },
    { "global", "driver.property=value",
      "a default for a property of all devices of a type;\n"
      "also driver=driver,property=property,value=value", vl_opt_global },
    { "boot", "[order=drives][,once=drives][,menu=on|off][,splash=file]\n"
      "      [,splash-time=ms][,reboot-timeout=ms][,strict=on|off]",
      "what firmware boots: floppy (a), disk (c), CD-ROM (d), network (n)",
      vl_opt_boot },
    { "no-acpi", NULL, "no ACPI; the same as -machine acpi=off",
      opt_no_acpi },
    { "no-hpet", NULL, "no HPET; the same as -machine hpet=off",
      opt_no_hpet },
    { "acpitable", "[sig=str][,rev=n][,oem_id=str][,oem_table_id=str]"
      "[,oem_rev=n]\n"
      "           [,asl_compiler_id=str][,asl_compiler_rev=n]"
      "[,{data|file}=file1[:file2]...]",
      "an ACPI table more: whole, or what follows a header",
      vl_opt_acpitable },
    { "smbios", "type=n[,field=value][,...] | file=binary",
      "fields of an SMBIOS structure, or a structure", vl_opt_smbios },
    { "fw_cfg", "[name=]name,file=file | [name=]name,string=str",
      "a file more for firmware", vl_opt_fw_cfg },
    { "option-rom", "file[,bootindex=n]", "an option ROM more",
      vl_opt_option_rom },
    { "m", "[size=]megs[,slots=n,maxmem=size]",
      "size of memory, in MiB unless it has a unit, and room for more",
      vl_opt_memory },
    { "numa", "node[,nodeid=node][,cpus=first[-last]][,memdev=id]",
      "a NUMA node, its CPUs and its RAM", vl_opt_numa },
    { "numa", "dist,src=node,dst=node,val=distance",
      "how far apart two nodes are", vl_opt_numa },
    { "numa", "cpu,node-id=node[,socket-id=n][,die-id=n][,core-id=n]"
      "[,thread-id=n]", "the node of CPUs by their place", vl_opt_numa },
    { "mem-path", "path", "back memory by files there", opt_mem_path },
    { "k", "language", "keyboard layout", opt_keyboard },
    { "audio", "none", "no sound", opt_audio },
    { "audiodev", "none,id=id", "a sound backend that is silent",
      opt_audiodev },
    { "device", "driver[,prop=value][,...]",
      "add a device ('-device help' lists them,\n"
      "'-device driver,help' lists properties)", opt_device },
    { "name", "[guest=]name[,process=name][,debug-threads=on|off]",
      "the guest's name, the process's name, names for threads",
      vl_opt_name },
    { "uuid", "uuid", "the machine's UUID", vl_opt_uuid },

    { NULL, NULL, "Block device options" },
    { "fda", "file", "the first floppy disk's image; also -fdb", vl_opt_fda },
    { "fdb", "file", NULL, vl_opt_fdb },
    { "hda", "file", "the first hard disk's image; also -hdb, -hdc, -hdd",
      vl_opt_hda },
    { "hdb", "file", NULL, vl_opt_hdb },
    { "hdc", "file", NULL, vl_opt_hdc },
    { "hdd", "file", NULL, vl_opt_hdd },
    { "cdrom", "file", "the CD-ROM's image", vl_opt_cdrom },
    { "blockdev", "[driver=]driver,node-name=name[,discard=ignore|unmap]\n"
      "          [,cache.direct=on|off][,cache.no-flush=on|off]\n"
      "          [,read-only=on|off][,auto-read-only=on|off]\n"
      "          [,force-share=on|off][,detect-zeroes=on|off|unmap]\n"
      "          [,driver's own options]",
      "an image, or a step towards one; also as JSON", vl_opt_blockdev },
    { "drive", "[file=file][,if=type][,bus=n][,unit=n][,index=i]\n"
      "       [,media=disk|cdrom][,format=fmt][,id=name][,readonly=on|off]\n"
      "       [,cache=writethrough|writeback|none|directsync|unsafe]\n"
      "       [,aio=threads|io_uring][,rerror=ignore|stop|report]\n"
      "       [,werror=ignore|stop|report|enospc][,discard=ignore|unmap]\n"
      "       [,detect-zeroes=on|off|unmap]",
      "a drive with an image in it ('-drive format=help' lists formats)",
      vl_opt_drive },

    { NULL, NULL, "Display options" },
    { "display", "none", "the display ('-display help' lists them)",
      opt_display },
    { "nographic", NULL,
      "no graphical output; serial port and monitor on the terminal",
      opt_nographic },
    { "vga", "none", "the graphic card", opt_vga },

    { NULL, NULL, "Network options" },
    { "netdev", "type,id=id[,option=value][,...]",
      "a network back end for a card that -device adds\n"
      "('-netdev help' lists the types)", vl_opt_netdev },
    { "netdev", "user,id=id[,net=addr[/mask]][,host=addr][,dns=addr]\n"
      "        [,dhcpstart=addr][,hostname=name][,domainname=name]\n"
      "        [,dnssearch=name][,restrict=on|off][,ipv4=on|off]"
      "[,ipv6=on|off]\n"
      "        [,ipv6-prefix=addr][,ipv6-prefixlen=n][,ipv6-host=addr]"
      "[,ipv6-dns=addr]\n"
      "        [,tftp=dir][,tftp-server-name=name][,bootfile=file]\n"
      "        [,hostfwd=rule][,guestfwd=rule]",
      "a network of its own, with this host as gateway; a hostfwd rule is\n"
      "[tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport, a guestfwd rule\n"
      "[tcp]:addr:port-chardev or ...-cmd:command", vl_opt_netdev },
    { "netdev", "tap,id=id[,ifname=name][,fd=fd][,fds=fd:...][,queues=n]\n"
      "        [,script=file|no][,downscript=file|no][,sndbuf=bytes]"
      "[,vnet_hdr=on|off]", "a TAP interface of this host", vl_opt_netdev },
    { "netdev", "socket,id=id[,fd=fd][,listen=[host]:port]"
      "[,connect=host:port]\n"
      "        [,mcast=addr:port[,localaddr=addr]]"
      "[,udp=host:port,localaddr=host:port]",
      "another program by a socket", vl_opt_netdev },
    { "netdev", "stream,id=id[,server=on|off],addr.type=inet|unix|fd,"
      "addr.X=...\n"
      "        [,reconnect=seconds]", "the same by a stream socket",
      vl_opt_netdev },
    { "netdev", "dgram,id=id,local.type=inet|unix|fd,...,remote.type=...",
      "the same by datagrams", vl_opt_netdev },
    { "netdev", "hubport,id=id,hubid=n[,netdev=id]", "a port of a hub",
      vl_opt_netdev },
    { "nic", "type[,model=model][,mac=addr][,option=value][,...]",
      "a card on the board and its back end\n"
      "('-nic model=help' lists the models)", vl_opt_nic },
    { "nic", "none", "no card", vl_opt_nic },
    { "net", "nic[,macaddr=addr][,model=model][,netdev=id][,addr=addr]"
      "[,vectors=n]", "a card on the board, on the common hub",
      vl_opt_net },
    { "net", "user|tap|socket|stream|dgram[,option=value][,...]",
      "a back end on that hub", vl_opt_net },

    { NULL, NULL, "Character device options" },
    { "chardev", "type,id=id[,mux=on|off][,logfile=path][,...]",
      "a character device ('-chardev help' lists the types)",
      vl_opt_chardev },
    { "serial", "dev", "connect the serial port to a character device",
      vl_opt_serial },
    { "debugcon", "dev", "connect the debug console to a character device",
      vl_opt_debugcon },
    { "parallel", "dev", "connect the parallel port to a character device",
      vl_opt_parallel },

    { NULL, NULL, "Boot options" },
    { "bios", "file", "the firmware's image", opt_firmware },
    { "L", "path", "where firmware is looked for", opt_data_dir },

    { NULL, NULL, "Monitor, test and debug options" },
    { "monitor", "dev", "a monitor for people", vl_opt_monitor },
    { "qmp", "dev", "a monitor for programs", vl_opt_qmp },
    { "qmp-pretty", "dev", "the same, with line breaks in the JSON",
      vl_opt_qmp_pretty },
    { "mon", "[chardev=]name[,mode=readline|control][,pretty=on|off]",
      "a monitor on a character device", vl_opt_mon },
    { "qtest", "dev", "let a test program drive the machine", opt_qtest },
    { "qtest-log", "file", "a transcript of that; none for nowhere",
      opt_qtest_log },
    { "pidfile", "file", "write the process id to a file", vl_opt_pidfile },
    { "S", NULL, "do not start the guest (monitor command 'cont' does)",
      opt_stop },
    { "incoming", "tcp:[host]:port[,to=maxport][,ipv4=on|off][,ipv6=on|off]\n"
      "        | unix:path | fd:fd | exec:command | file:path[,offset=n]",
      "wait for a machine that migrates here", opt_incoming },
    { "incoming", "defer", "the same, from where migrate-incoming says",
      opt_incoming },
    { "only-migratable", NULL, "refuse devices that cannot migrate",
      opt_only_migratable },
    { "overcommit", "[cpu-pm=on|off]", "hints about shared resources",
      vl_opt_overcommit },
    { "d", "item1,...", "log these items ('-d help' lists them)",
      opt_log_mask },
    { "D", "file", "where the log goes; stderr if not given", opt_log_file },
    { "dfilter", "range,...", "log only what concerns these addresses",
      opt_dfilter },
    { "trace", "[[enable=]pattern][,events=file][,file=file]",
      "log these trace events ('-trace help' lists them)", opt_trace },
    { "rtc", "[base=utc|localtime|datetime][,clock=host|rt|vm]"
      "[,driftfix=none|slew]", "the machine's time of day, and lost ticks",
      vl_opt_rtc },
    { "no-fd-bootchk", NULL, "do not check the signature of floppies' boot "
      "sectors", opt_no_fd_bootchk },
    { "no-reboot", NULL, "end instead of rebooting", opt_no_reboot },
    { "no-shutdown", NULL, "stop instead of ending", opt_no_shutdown },
    { "action", "reboot=reset|shutdown | shutdown=poweroff|pause |\n"
      "        panic=pause|shutdown|exit-failure|none | watchdog=(as below)",
      "what happens when the guest does one of these", vl_opt_action },
    { "watchdog-action", "reset|shutdown|poweroff|pause|debug|none|inject-nmi",
      "what happens when a watchdog bites", vl_opt_watchdog_action },
    { "daemonize", NULL, "go to the background once started",
      opt_daemonize },
    { "usb", NULL, NULL, opt_usb },
    { "nodefaults", NULL, "no devices but the board's own",
      opt_nodefaults },
    { "no-user-config", NULL, "read no configuration files by default",
      opt_no_user_config },
    { "readconfig", "file", "read options from a file",
      vl_opt_readconfig },
    { "sandbox", "off", "no system call filter", vl_opt_sandbox },
    { "msg", "[timestamp=on|off][,guest-name=on|off]",
      "what messages begin with", vl_opt_msg },
    { "object", "type,id=id[,prop=value][,...]",
      "make an object ('-object help' lists the types)", vl_opt_object },
};

const int vl_options_count = ARRAY_SIZE(vl_options);

/*** The command line ***/

static const VLOption *find_option(const char *name)
{
    for (int i = 0; i < ARRAY_SIZE(vl_options); i++) {
        if (vl_options[i].name && !strcmp(vl_options[i].name, name)) {
            return &vl_options[i];
        }
    }
    return NULL;
}

/*
 * One option at argv[i]; how many words it took, or -1.  Messages about it
 * begin with those words.
 */
static int parse_option(int argc, char **argv, int i, Error **errp)
{
    ERRP_GUARD();
    const char *name = argv[i] + 1;
    const VLOption *option;
    bool foreign, has_arg;

    loc_set_cmdline(argv, i, 1);
    if (argv[i][0] != '-') {
        /* A word alone is the first disk. */
        vl_opt_hda(argv[i], errp);
        return *errp ? -1 : 1;
    }
    name += *name == '-';
    option = find_option(name);
    if (!option) {
        foreign = vl_is_foreign_option(name, &has_arg);
        error_setg(errp, foreign ? "QEMU has this option, this program does "
                                   "not" : "invalid option");
        return -1;
    }
    if (!option->params) {
        option->handler(NULL, errp);
        return *errp ? -1 : 1;
    }
    if (i + 1 >= argc) {
        error_setg(errp, "requires an argument");
        return -1;
    }
    loc_set_cmdline(argv, i, 2);
    option->handler(argv[i + 1], errp);
    return *errp ? -1 : 2;
}

bool vl_parse_command_line(int argc, char **argv, Error **errp)
{
    int i = 1;

    while (i < argc) {
        int words = parse_option(argc, argv, i, errp);

        if (words < 0) {
            return false;
        }
        i += words;
    }
    return true;
}
