/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The human monitor's session on a character device.
 */
#include "qemu/osdep.h"

#include "config-host.h"
#include "monitor-internal.h"

static void rl_put(void *opaque, const char *str, size_t len)
{
    MonitorHMP *hmp = opaque;

    monitor_chr_add(&hmp->common, str, len, false);
}

static void rl_flush(void *opaque)
{
    MonitorHMP *hmp = opaque;

    monitor_flush(&hmp->common.mon);
}

static void run_line(MonitorHMP *hmp, const char *line)
{
    hmp->common.in_command = true;
    hmp_run_line(&hmp->common.mon, line);
    hmp->common.in_command = false;
}

static bool rl_line(void *opaque, const char *line)
{
    MonitorHMP *hmp = opaque;

    run_line(hmp, line);
    return !hmp->suspended;
}

static void rl_complete(void *opaque, const char *line)
{
    MonitorHMP *hmp = opaque;

    hmp_find_completions(hmp->rs, line);
}

ReadLineState *hmp_readline_new(MonitorHMP *hmp)
{
    static const ReadLineOps ops = {
        .put = rl_put, .flush = rl_flush,
        .line = rl_line, .complete = rl_complete,
    };

    return readline_new(&ops, hmp, "(qemu) ");
}

int hmp_can_read(void *opaque)
{
    MonitorHMP *hmp = opaque;
    MonitorChr *mc = &hmp->common;

    /* One byte at a time: the line it ends may want the rest to wait. */
    return mc->in_command || hmp->suspended ||
           monitor_chr_backlog(mc) > MONITOR_HIGH_WATER ? 0 : 1;
}

int monitor_suspend(Monitor *mon)
{
    MonitorChr *mc = monitor_chr_of(mon);

    if (!mc || mon->is_qmp || !to_hmp(mc)->rs) {
        return -ENOTTY;
    }
    to_hmp(mc)->suspended++;
    return 0;
}

void monitor_resume(Monitor *mon)
{
    MonitorHMP *hmp = to_hmp(monitor_chr_of(mon));

    if (--hmp->suspended == 0) {
        readline_show(hmp->rs, true);
        qemu_chr_fe_accept_input(&hmp->common.chr);
    }
}

void hmp_read(void *opaque, const uint8_t *buf, int size)
{
    MonitorHMP *hmp = opaque;

    for (int i = 0; i < size; i++) {
        if (hmp->rs) {
            readline_handle_byte(hmp->rs, buf[i]);
        } else if (buf[i] == '\n' || buf[i] == '\r' || !buf[i]) {
            run_line(hmp, hmp->line->str);
            g_string_truncate(hmp->line, 0);
        } else if (hmp->line->len < 4096) {
            g_string_append_c(hmp->line, buf[i]);
        }
    }
}

static void show_prompt(MonitorHMP *hmp)
{
    if (hmp->rs) {
        readline_show(hmp->rs, true);
    }
}

void hmp_event(void *opaque, QEMUChrEvent event)
{
    MonitorHMP *hmp = opaque;
    Monitor *mon = &hmp->common.mon;

    switch (event) {
    case CHR_EVENT_OPENED:
        monitor_printf(mon, "QEMU %s monitor - type 'help' for more "
                       "information\n", QEMU_VERSION);
        hmp->greeted = true;
        show_prompt(hmp);
        break;
    case CHR_EVENT_MUX_IN:
        hmp->common.hold = false;
        if (hmp->greeted && hmp->rs) {
            readline_show(hmp->rs, false);
        }
        monitor_flush(mon);
        break;
    case CHR_EVENT_MUX_OUT:
        if (hmp->greeted) {
            monitor_printf(mon, "\n");
        }
        hmp->common.hold = true;
        break;
    default:
        break;
    }
}

void hmp_session_free(MonitorHMP *hmp)
{
    readline_free(hmp->rs);
    if (hmp->line) {
        g_string_free(hmp->line, true);
    }
}
