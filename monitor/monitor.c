/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Monitors on character devices: making them, sending what they say without
 * ever waiting for the other end, and their end.
 */
#include "qemu/osdep.h"

#include "chardev/char.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qmp-event.h"
#include "qapi/schema.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/qemu-print.h"

MonitorList monitors = QTAILQ_HEAD_INITIALIZER(monitors);

static MonitorChr *to_chr(Monitor *mon)
{
    return container_of(mon, MonitorChr, mon);
}

MonitorChr *monitor_chr_of(Monitor *mon)
{
    MonitorChr *mc;

    QTAILQ_FOREACH(mc, &monitors, next) {
        if (&mc->mon == mon) {
            return mc;
        }
    }
    return NULL;
}

/* ---- output ---- */

size_t monitor_chr_backlog(MonitorChr *mc)
{
    size_t len;

    g_mutex_lock(&mc->lock);
    len = mc->added->len;
    g_mutex_unlock(&mc->lock);
    return len + mc->sending->len - mc->sent;
}

void monitor_chr_add(MonitorChr *mc, const char *str, size_t len,
                     bool droppable)
{
    g_mutex_lock(&mc->lock);
    if (!droppable || mc->added->len < MONITOR_MAX_BACKLOG) {
        g_string_append_len(mc->added, str, len);
    }
    g_mutex_unlock(&mc->lock);
}

/* More to send?  Takes over what was added once the rest has gone. */
static bool next_batch(MonitorChr *mc)
{
    if (mc->sent < mc->sending->len) {
        return true;
    }
    /* A burst must not hold its memory for ever. */
    if (mc->sending->allocated_len > MONITOR_HIGH_WATER) {
        g_string_free(mc->sending, true);
        mc->sending = g_string_new(NULL);
    }
    g_string_truncate(mc->sending, 0);
    mc->sent = 0;
    g_mutex_lock(&mc->lock);
    if (mc->added->len) {
        GString *empty = mc->sending;

        mc->sending = mc->added;
        mc->added = empty;
    }
    g_mutex_unlock(&mc->lock);
    return mc->sending->len > 0;
}

static gboolean writable_again(void *do_not_use, GIOCondition cond,
                               void *opaque)
{
    MonitorChr *mc = opaque;

    mc->watch = 0;
    mc->mon.ops->flush(&mc->mon);
    if (!mc->watch) {
        qemu_chr_fe_accept_input(&mc->chr);
    }
    return G_SOURCE_REMOVE;
}

/* Needs the big lock. */
static void send_pending(MonitorChr *mc)
{
    if (mc->watch || mc->hold) {
        return;
    }
    while (next_batch(mc)) {
        int ret = qemu_chr_fe_write(&mc->chr,
                                    (void *)(mc->sending->str + mc->sent),
                                    mc->sending->len - mc->sent);

        if (ret > 0) {
            mc->sent += ret;
            continue;
        }
        if (ret < 0 && errno == EAGAIN) {
            mc->watch = qemu_chr_fe_add_watch(&mc->chr, G_IO_OUT | G_IO_HUP,
                                              writable_again, mc);
            if (mc->watch) {
                return;
            }
        }
        /* Nobody will read this. */
        mc->sent = mc->sending->len;
    }
}

static void flush_all_bh(void *opaque)
{
    MonitorChr *mc;

    QTAILQ_FOREACH(mc, &monitors, next) {
        send_pending(mc);
    }
}

static void chr_put(Monitor *mon, const char *str, size_t len)
{
    monitor_chr_add(to_chr(mon), str, len, false);
}

static void chr_flush(Monitor *mon)
{
    if (qemu_mutex_iothread_locked()) {
        send_pending(to_chr(mon));
    } else {
        aio_bh_schedule_oneshot(qemu_get_aio_context(), flush_all_bh, NULL);
    }
}

/* ---- text of others, to the monitor whose command runs ---- */

static Monitor *current_hmp(void)
{
    Monitor *mon = monitor_cur();

    return mon && !mon->is_qmp ? mon : NULL;
}

static int print_to_current(const char *fmt, va_list ap)
{
    Monitor *mon = current_hmp();

    return mon ? monitor_vprintf(mon, fmt, ap) : -1;
}

/* ---- making ---- */

static void init_once(void)
{
    static bool done;

    if (!done) {
        done = true;
        error_report_sink = print_to_current;
        error_report_in_qmp = monitor_cur_is_qmp;
        qemu_print_sink = print_to_current;
        qmp_events_init();
    }
}

static Chardev *find_chr(const char *chardev_id, Error **errp)
{
    Chardev *chr = qemu_chr_find(chardev_id);

    if (!chr) {
        error_setg(errp, "chardev \"%s\" not found", chardev_id);
    }
    return chr;
}

static bool open_chr(MonitorChr *mc, Chardev *chr, bool is_qmp, Error **errp)
{
    static const MonitorOps ops = { .put = chr_put, .flush = chr_flush };

    if (!qemu_chr_fe_init(&mc->chr, chr, errp)) {
        return false;
    }
    init_once();
    mc->mon.ops = &ops;
    mc->mon.is_qmp = is_qmp;
    mc->mon.mon_cpu_index = -1;
    g_mutex_init(&mc->lock);
    mc->added = g_string_new(NULL);
    mc->sending = g_string_new(NULL);
    QTAILQ_INSERT_TAIL(&monitors, mc, next);
    return true;
}

void monitor_new_qmp(const char *chardev_id, bool pretty, Error **errp)
{
    Chardev *chr = find_chr(chardev_id, errp);
    MonitorQMP *qmp = g_new0(MonitorQMP, 1);

    qmp->pretty = pretty;
    if (!chr || !open_chr(&qmp->common, chr, true, errp)) {
        g_free(qmp);
        return;
    }
    qmp_session_init(qmp);
    qemu_chr_fe_set_echo(&qmp->common.chr, true);
    qemu_chr_fe_set_handlers(&qmp->common.chr, qmp_can_read, qmp_read,
                             qmp_event, NULL, qmp, NULL, true);
}

static void new_hmp_on(Chardev *chr, bool readline, Error **errp)
{
    MonitorHMP *hmp = g_new0(MonitorHMP, 1);

    if (!open_chr(&hmp->common, chr, false, errp)) {
        g_free(hmp);
        return;
    }
    if (readline) {
        hmp->rs = hmp_readline_new(hmp);
    } else {
        hmp->line = g_string_new(NULL);
    }
    qemu_chr_fe_set_handlers(&hmp->common.chr, hmp_can_read, hmp_read,
                             hmp_event, NULL, hmp, NULL, true);
}

void monitor_new_hmp(const char *chardev_id, bool readline, Error **errp)
{
    Chardev *chr = find_chr(chardev_id, errp);

    if (chr) {
        new_hmp_on(chr, readline, errp);
    }
}

/* For the monitor of "mon:..." devices. */
static void attach_hmp(Chardev *chr, bool readline)
{
    Error *err = NULL;

    new_hmp_on(chr, readline, &err);
    if (err) {
        error_report_err(err);
    }
}

static void __attribute__((constructor)) set_attach_hook(void)
{
    qemu_chr_attach_hmp = attach_hmp;
}

void monitor_new_from_json(json_t *opts, Error **errp)
{
    const char *chardev, *mode;
    bool pretty;

    /* A command line's value has strings only. */
    opts = qapi_from_options("MonitorOptions", opts, errp);
    if (!opts) {
        return;
    }
    chardev = json_get_str(opts, "chardev");
    mode = json_get_str(opts, "mode");
    pretty = json_get_bool(opts, "pretty", false);
    if (mode && !strcmp(mode, "control")) {
        monitor_new_qmp(chardev, pretty, errp);
    } else if (pretty) {
        error_setg(errp, "'pretty' is not compatible with HMP monitors");
    } else {
        monitor_new_hmp(chardev, true, errp);
    }
    json_decref(opts);
}

/* ---- the end ---- */

static void monitor_destroy(MonitorChr *mc)
{
    QTAILQ_REMOVE(&monitors, mc, next);
    if (mc->mon.is_qmp) {
        qmp_session_end(to_qmp(mc));
    }
    send_pending(mc);
    if (mc->watch) {
        g_source_remove(mc->watch);
    }
    qemu_chr_fe_deinit(&mc->chr, true);
    monitor_close_fds(&mc->mon);
    g_string_free(mc->added, true);
    g_string_free(mc->sending, true);
    g_mutex_clear(&mc->lock);
    if (mc->mon.is_qmp) {
        qmp_session_free(to_qmp(mc));
    } else {
        hmp_session_free(to_hmp(mc));
    }
    g_free(mc);
}

void monitor_cleanup(void)
{
    qapi_event_set_sink(NULL);
    while (!QTAILQ_EMPTY(&monitors)) {
        monitor_destroy(QTAILQ_FIRST(&monitors));
    }
}
