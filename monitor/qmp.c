/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QMP session: greeting, negotiation, commands and their replies.
 *
 * Commands run one at a time in the order they came.  The main loop has a
 * round between any two of them: what one asked of it (a reset, the end) is
 * done before the next runs, and before the client has the reply.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qapi/qapi-handlers.h"
#include "qapi/schema.h"
#include "qapi/schema-tables.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "trace.h"

/* ---- replies ---- */

static void send_text(MonitorQMP *qmp, GString *text, bool droppable)
{
    g_string_append_len(text, "\r\n", 2);
    monitor_chr_add(&qmp->common, text->str, text->len, droppable);
    monitor_flush(&qmp->common.mon);
}

/* Commands that only look, and so ask nothing of the main loop. */
static bool only_looks(const char *command)
{
    return g_str_has_prefix(command, "query-") ||
           g_str_has_prefix(command, "qom-") ||
           g_str_has_prefix(command, "qmp_");
}

static void send_or_hold(MonitorQMP *qmp, GString *text)
{
    if (qmp->hold_reply) {
        qmp->hold_reply = false;
        qmp->held_reply = g_string_new_len(text->str, text->len);
        qemu_bh_schedule(qmp->bh);
    } else {
        send_text(qmp, text, false);
    }
}

/* @value, which is taken over, as member @kind of a reply to @id. */
static void send_reply(MonitorQMP *qmp, const char *kind, json_t *value,
                       json_t *id)
{
    GString *text = g_string_sized_new(256);

    if (unlikely(qmp->pretty)) {
        json_t *reply = json_pack("{s:o}", kind, value);

        if (id) {
            json_object_set(reply, "id", id);
        }
        json_append_text(text, reply, true);
        json_decref(reply);
    } else {
        g_string_append_printf(text, "{\"%s\": ", kind);
        json_append_text(text, value, false);
        if (id) {
            g_string_append(text, ", \"id\": ");
            json_append_text(text, id, false);
        }
        g_string_append_c(text, '}');
        json_decref(value);
    }
    trace_monitor_qmp_reply(text->str);
    send_or_hold(qmp, text);
    g_string_free(text, true);
}

static void send_error(MonitorQMP *qmp, Error *err, json_t *id)
{
    json_t *error = json_object();

    json_object_set_new(error, "class", json_string(
                        QapiErrorClass_str(error_get_class(err))));
    json_object_set_new(error, "desc",
                        json_string_any(error_get_pretty(err)));
    error_free(err);
    send_reply(qmp, "error", error, id);
}

static void send_greeting(MonitorQMP *qmp)
{
    json_t *version = qmp_query_version(NULL, &error_abort);

    send_reply(qmp, "QMP", json_pack("{s:o, s:[]}", "version", version,
                                     "capabilities"), NULL);
}

void qmp_broadcast(json_t *event)
{
    g_autoptr(GString) plain = NULL;
    MonitorChr *mc;

    QTAILQ_FOREACH(mc, &monitors, next) {
        GString *pretty;

        if (!mc->mon.is_qmp || !qatomic_read(&to_qmp(mc)->negotiated)) {
            continue;
        }
        if (to_qmp(mc)->pretty) {
            pretty = g_string_new(NULL);
            json_append_text(pretty, event, true);
            send_text(to_qmp(mc), pretty, true);
            g_string_free(pretty, true);
            continue;
        }
        if (!plain) {
            plain = g_string_new(NULL);
            json_append_text(plain, event, false);
            g_string_append_len(plain, "\r\n", 2);
        }
        monitor_chr_add(mc, plain->str, plain->len, true);
        monitor_flush(&mc->mon);
    }
}

/* ---- commands ---- */

/* Checks the outer object; the parts are borrowed. */
static const char *take_apart(json_t *request, json_t **args, Error **errp)
{
    const char *command = NULL;
    const char *key;
    json_t *value;

    json_object_foreach(request, key, value) {
        if (!strcmp(key, "execute")) {
            if (!json_is_string(value)) {
                error_setg(errp, "QMP input member '%s' must be a string",
                           key);
                return NULL;
            }
            command = json_string_value(value);
        } else if (!strcmp(key, "arguments")) {
            if (!json_is_object(value)) {
                error_setg(errp, "QMP input member '%s' must be an object",
                           key);
                return NULL;
            }
            *args = value;
        } else if (strcmp(key, "id")) {
            error_setg(errp, "QMP input member '%s' is unexpected", key);
            return NULL;
        }
    }
    if (!command) {
        error_setg(errp, "QMP input lacks member 'execute'");
    }
    return command;
}

static bool allowed_now(MonitorQMP *qmp, const char *command, Error **errp)
{
    bool negotiates = !strcmp(command, "qmp_capabilities");

    if (!qmp->negotiated && !negotiates) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "Expecting capabilities negotiation with "
                  "'qmp_capabilities'");
        return false;
    }
    if (qmp->negotiated && negotiates) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "Capabilities negotiation is already complete, "
                  "command ignored");
        return false;
    }
    return true;
}

static json_t *run_command(MonitorQMP *qmp, const char *command,
                           json_t *args, Error **errp)
{
    int index = qapi_command_find(command);
    Monitor *before;
    json_t *result;

    if (index < 0) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "The command %s has not been found", command);
        return NULL;
    }
    if (!qapi_command_check(index, args, errp)) {
        return NULL;
    }
    trace_monitor_qmp_command(command);
    before = monitor_set_cur_thread(&qmp->common.mon);
    qmp->common.in_command = true;
    qmp->hold_reply = !only_looks(command);
    result = qmp_handlers[index](args, errp);
    qmp->common.in_command = false;
    monitor_set_cur_thread(before);
    return result;
}

static void handle_request(MonitorQMP *qmp, json_t *request)
{
    json_t *id = json_object_get(request, "id");
    json_t *args = NULL, *no_args = NULL, *result = NULL;
    const char *command;
    Error *err = NULL;

    command = take_apart(request, &args, &err);
    if (command && allowed_now(qmp, command, &err)) {
        if (!args) {
            args = no_args = json_object();
        }
        result = run_command(qmp, command, args, &err);
        json_decref(no_args);
    }
    if (result && !err) {
        if (!qmp->negotiated) {
            qatomic_set(&qmp->negotiated, true);
        }
        send_reply(qmp, "return", result, id);
    } else {
        json_decref(result);
        send_error(qmp, err, id);
    }
}

typedef struct Request {
    json_t *value;
    Error *err;                 /* instead of a value */
} Request;

static void request_free(gpointer opaque)
{
    Request *r = opaque;

    json_decref(r->value);
    error_free(r->err);
    g_free(r);
}

/* Takes over @err. */
static void run_request(MonitorQMP *qmp, json_t *value, Error *err)
{
    if (!err && !json_is_object(value)) {
        error_setg(&err, "QMP input must be a JSON object");
    }
    if (err) {
        send_error(qmp, err, NULL);
    } else {
        handle_request(qmp, value);
    }
}

static void got_value(void *opaque, json_t *value, Error *err)
{
    MonitorQMP *qmp = opaque;
    Request *r;

    if (!qmp->ran_one && !qmp->held_reply &&
        g_queue_is_empty(&qmp->requests)) {
        qmp->ran_one = true;
        run_request(qmp, value, err);
        return;
    }
    r = g_new(Request, 1);
    r->value = json_incref(value);
    r->err = err;
    g_queue_push_tail(&qmp->requests, r);
}

/* A round of the main loop has passed: a held reply goes, or a request. */
static void next_step(void *opaque)
{
    MonitorQMP *qmp = opaque;
    Request *r;

    if (qmp->common.in_command) {
        return;                 /* the command runs the loop itself */
    }
    qmp_session_end(qmp);
    r = g_queue_pop_head(&qmp->requests);
    if (r) {
        run_request(qmp, r->value, g_steal_pointer(&r->err));
        request_free(r);
    }
    if (!g_queue_is_empty(&qmp->requests)) {
        qemu_bh_schedule(qmp->bh);
    } else if (!qmp->held_reply) {
        qemu_chr_fe_accept_input(&qmp->common.chr);
    }
}

void qmp_session_end(MonitorQMP *qmp)
{
    GString *text = g_steal_pointer(&qmp->held_reply);

    if (text) {
        send_text(qmp, text, false);
        g_string_free(text, true);
    }
}

static void drop_requests(MonitorQMP *qmp)
{
    g_queue_clear_full(&qmp->requests, request_free);
    if (qmp->held_reply) {
        g_string_free(g_steal_pointer(&qmp->held_reply), true);
    }
}

json_t *qmp_qmp_capabilities(json_t *args, Error **errp)
{
    /* The schema knows no capability yet, so there is none to enable. */
    return json_object();
}

/* ---- the character device ---- */

int qmp_can_read(void *opaque)
{
    MonitorChr *mc = opaque;

    /* A command that runs the main loop must not meet the next one. */
    return mc->in_command || to_qmp(mc)->held_reply ||
           !g_queue_is_empty(&to_qmp(mc)->requests) ||
           monitor_chr_backlog(mc) > MONITOR_HIGH_WATER ? 0 : 64 * 1024;
}

void qmp_read(void *opaque, const uint8_t *buf, int size)
{
    MonitorQMP *qmp = opaque;

    qmp->ran_one = false;
    json_framer_feed(qmp->framer, (const char *)buf, size);
    if (!g_queue_is_empty(&qmp->requests)) {
        qemu_bh_schedule(qmp->bh);
    }
}

void qmp_event(void *opaque, QEMUChrEvent event)
{
    MonitorQMP *qmp = opaque;

    switch (event) {
    case CHR_EVENT_OPENED:
        qatomic_set(&qmp->negotiated, false);
        drop_requests(qmp);
        json_framer_reset(qmp->framer);
        send_greeting(qmp);
        break;
    case CHR_EVENT_CLOSED:
        qatomic_set(&qmp->negotiated, false);
        drop_requests(qmp);
        break;
    default:
        break;
    }
}

void qmp_session_init(MonitorQMP *qmp)
{
    g_queue_init(&qmp->requests);
    qmp->framer = json_framer_new(got_value, qmp);
    qmp->bh = qemu_bh_new(next_step, qmp);
}

void qmp_session_free(MonitorQMP *qmp)
{
    drop_requests(qmp);
    qemu_bh_delete(qmp->bh);
    json_framer_free(qmp->framer);
}
