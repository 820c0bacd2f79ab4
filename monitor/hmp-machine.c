/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands that run, stop and reset the machine, and look at memory and
 * ports.
 */
#include "qemu/osdep.h"

#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qapi/qapi-types.h"
#include "qapi/util.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "sysemu/sysemu.h"

/* ---- QMP commands by another name ---- */

static void run_qmp(Monitor *mon, json_t *(*command)(json_t *, Error **),
                    json_t *args)
{
    Error *err = NULL;

    json_decref(command(args, &err));
    json_decref(args);
    hmp_handle_error(mon, err);
}

#define SAME_AS_QMP(name) \
    static void hmp_##name(Monitor *mon, const json_t *args) \
    { \
        run_qmp(mon, qmp_##name, json_object()); \
    }

SAME_AS_QMP(stop)
SAME_AS_QMP(cont)
SAME_AS_QMP(system_reset)
SAME_AS_QMP(system_powerdown)
SAME_AS_QMP(system_wakeup)
SAME_AS_QMP(inject_nmi)

static void hmp_quit(Monitor *mon, const json_t *args)
{
    /* Whoever sits there need not see another prompt. */
    monitor_suspend(mon);
    run_qmp(mon, qmp_quit, json_object());
}

static void hmp_pmemsave(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_pmemsave, json_incref((json_t *)args));
}

static void hmp_watchdog_action(Monitor *mon, const json_t *args)
{
    const char *action = json_get_str(args, "action");

    if (qapi_enum_parse(&WatchdogAction_lookup, action, -1, NULL) < 0) {
        monitor_printf(mon, "Error: invalid parameter value: %s\n", action);
        return;
    }
    run_qmp(mon, qmp_watchdog_set_action, json_incref((json_t *)args));
}

static void hmp_getfd(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_getfd, json_incref((json_t *)args));
}

static void hmp_closefd(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_closefd, json_incref((json_t *)args));
}

static void hmp_cpu(Monitor *mon, const json_t *args)
{
    int64_t index = json_get_int(args, "index", 0);

    if (monitor_cpu_exists(index)) {
        mon->mon_cpu_index = index;
    } else {
        monitor_printf(mon, "invalid CPU index\n");
    }
}

static void hmp_boot_set(Monitor *mon, const json_t *args)
{
    const char *order = json_get_str(args, "bootdevice");
    Error *err = NULL;

    qemu_boot_set(order, &err);
    if (!hmp_handle_error(mon, err)) {
        monitor_printf(mon, "boot device list now set to %s\n", order);
    }
}

/* ---- memory ---- */

/* One value of @size bytes; @width: of the column. */
static void print_value(Monitor *mon, uint64_t v, int format, int size)
{
    static const uint8_t digits[][9] = {
        /* by size:    1       2           4                      8 */
        ['x'] = { 0, 2, 4, 0, 8, 0, 0, 0, 16 },
        ['o'] = { 0, 3, 6, 0, 11, 0, 0, 0, 22 },
        ['u'] = { 0, 3, 5, 0, 10, 0, 0, 0, 20 },
        ['d'] = { 0, 3, 5, 0, 10, 0, 0, 0, 20 },
    };
    int width = format == 'c' ? 0 : digits[format][size];
    int64_t s = (int64_t)(v << (64 - 8 * size)) >> (64 - 8 * size);

    switch (format) {
    case 'o':
        monitor_printf(mon, "%*" PRIo64, width, v);
        break;
    case 'u':
        monitor_printf(mon, "%*" PRIu64, width, v);
        break;
    case 'd':
        monitor_printf(mon, "%*" PRId64, width, s);
        break;
    case 'c':
        if (v >= 32 && v < 127 && v != '\'' && v != '\\') {
            monitor_printf(mon, "'%c'", (char)v);
        } else {
            monitor_printf(mon, "'\\x%02x'", (uint8_t)v);
        }
        break;
    default:
        monitor_printf(mon, "0x%0*" PRIx64, width, v);
    }
}

static void hmp_xp(Monitor *mon, const json_t *args)
{
    const json_t *fmt = json_object_get(args, "fmt");
    int64_t count = json_get_int(fmt, "count", 1);
    int format = json_get_int(fmt, "format", 'x');
    int size = json_get_int(fmt, "size", 4);
    uint64_t addr = json_get_int(args, "addr", 0);
    int per_line;

    if (format == 'i') {
        monitor_printf(mon, "xp: there is no disassembler\n");
        return;
    }
    if (format == 'c') {
        size = 1;
    }
    per_line = size == 1 ? 8 : 16 / size;
    for (int64_t i = 0; i < count; i++, addr += size) {
        uint8_t buf[8];
        MemTxResult r = address_space_read(&address_space_memory, addr,
                                           MEMTXATTRS_UNSPECIFIED, buf, size);

        if (i % per_line == 0) {
            monitor_printf(mon, "%s%016" PRIx64 ":", i ? "\n" : "", addr);
        }
        if (r != MEMTX_OK) {
            monitor_printf(mon, " Cannot access memory\n");
            return;
        }
        monitor_printf(mon, " ");
        print_value(mon, ldn_le_p(buf, size), format, size);
    }
    monitor_printf(mon, "\n");
}

static void hmp_sum(Monitor *mon, const json_t *args)
{
    uint64_t addr = json_get_int(args, "start", 0);
    uint32_t left = json_get_int(args, "size", 0);
    uint16_t sum = 0;

    /* The BSD checksum: turn right, add. */
    while (left) {
        uint8_t buf[4096];
        size_t n = MIN(left, sizeof(buf));

        address_space_read(&address_space_memory, addr,
                           MEMTXATTRS_UNSPECIFIED, buf, n);
        for (size_t i = 0; i < n; i++) {
            sum = (sum >> 1 | sum << 15) + buf[i];
        }
        addr += n;
        left -= n;
    }
    monitor_printf(mon, "%05d\n", sum);
}

static void hmp_print(Monitor *mon, const json_t *args)
{
    const json_t *fmt = json_object_get(args, "fmt");
    int format = json_get_int(fmt, "format", 'x');
    int64_t val = json_get_int(args, "val", 0);

    switch (format) {
    case 'o':
        monitor_printf(mon, "%#" PRIo64, val);
        break;
    case 'u':
        monitor_printf(mon, "%" PRIu64, val);
        break;
    case 'd':
        monitor_printf(mon, "%" PRId64, val);
        break;
    case 'c':
        print_value(mon, (uint8_t)val, 'c', 1);
        break;
    default:
        monitor_printf(mon, "0x%" PRIx64, val);
    }
    monitor_printf(mon, "\n");
}

/* ---- ports ---- */

static char size_letter(int size)
{
    return size == 1 ? 'b' : size == 2 ? 'w' : 'l';
}

static int port_size(const json_t *args)
{
    return MIN(4, json_get_int(json_object_get(args, "fmt"), "size", 4));
}

static void hmp_port_in(Monitor *mon, const json_t *args)
{
    uint16_t port = json_get_int(args, "addr", 0);
    int size = port_size(args);
    uint32_t val;

    if (json_has(args, "index")) {
        cpu_outb(port, json_get_int(args, "index", 0));
        port++;
    }
    val = size == 1 ? cpu_inb(port) : size == 2 ? cpu_inw(port)
                                                : cpu_inl(port);
    monitor_printf(mon, "port%c[0x%04x] = 0x%0*x\n", size_letter(size), port,
                   size * 2, val);
}

static void hmp_port_out(Monitor *mon, const json_t *args)
{
    uint16_t port = json_get_int(args, "addr", 0);
    uint32_t val = json_get_int(args, "val", 0);

    switch (port_size(args)) {
    case 1:
        cpu_outb(port, val);
        break;
    case 2:
        cpu_outw(port, val);
        break;
    default:
        cpu_outl(port, val);
    }
}

/* ---- log ---- */

static void hmp_log(Monitor *mon, const json_t *args)
{
    const char *items = json_get_str(args, "items");
    int mask = strcmp(items, "none") ? qemu_str_to_log_mask(items) : 0;
    Error *err = NULL;

    if (!mask && strcmp(items, "none")) {
        json_t *help = json_pack("{s:s}", "name", "log");

        hmp_help(mon, help);
        json_decref(help);
        return;
    }
    qemu_set_log(mask, &err);
    hmp_handle_error(mon, err);
}

static void hmp_logfile(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    qemu_set_log_filename(json_get_str(args, "filename"), &err);
    hmp_handle_error(mon, err);
}

static const HMPCommand commands[] = {
    { "boot_set", "bootdevice:s", "bootdevice",
      "choose the devices to boot from", hmp_boot_set },
    { "closefd", "fdname:s", "name", "close a file descriptor that getfd "
      "stored", hmp_closefd },
    { "cont|c", "", "", "let the machine run", hmp_cont },
    { "cpu", "index:i", "index", "choose the CPU that commands look at",
      hmp_cpu },
    { "getfd", "fdname:s", "name", "store the file descriptor that came "
      "with this line", hmp_getfd },
    { "i", "fmt:/,addr:i,index:i?", "/fmt addr [index]",
      "read an I/O port (index: written to it first, then the next is read)",
      hmp_port_in },
    { "log", "items:s", "item1[,...]", "choose what goes to the log",
      hmp_log },
    { "logfile", "filename:F", "filename", "choose the log file",
      hmp_logfile },
    { "nmi", "", "", "send an NMI", hmp_inject_nmi },
    { "o", "fmt:/,addr:i,val:i", "/fmt addr value", "write an I/O port",
      hmp_port_out },
    { "pmemsave", "val:l,size:l,filename:F", "addr size file",
      "write 'size' bytes of memory from physical address 'addr' to a file",
      hmp_pmemsave },
    { "print|p", "fmt:/,val:l", "/fmt expr", "print the value of an "
      "expression", hmp_print },
    { "quit|q", "", "", "end the program", hmp_quit },
    { "stop|s", "", "", "stop the machine", hmp_stop },
    { "sum", "start:l,size:l", "addr size", "print the checksum of a piece "
      "of memory", hmp_sum },
    { "system_powerdown", "", "", "press the power button",
      hmp_system_powerdown },
    { "system_reset", "", "", "reset the machine", hmp_system_reset },
    { "system_wakeup", "", "", "wake the guest from suspend",
      hmp_system_wakeup },
    { "watchdog_action", "action:s",
      "[reset|shutdown|poweroff|pause|debug|none|inject-nmi]",
      "choose what happens when a watchdog bites", hmp_watchdog_action },
    { "xp", "fmt:/,addr:l", "/fmt addr", "print memory at a physical "
      "address", hmp_xp },
    { }
};

static void hmp_machine_init(void)
{
    hmp_register(commands);
}
hmp_init(hmp_machine_init);
