/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node that makes requests fail, to test what stands above it.
 *
 * Rules belong to events, which are steps of a request.  When its event comes
 * (and, where the rule names a state, in that state), an inject-error rule
 * becomes active: from then on requests that match it fail, one only where it
 * says "once".  A set-state rule changes the state.  Event "none" comes when
 * the node is opened.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/cutils.h"

typedef enum Event {
    EV_READ_AIO, EV_WRITE_AIO, EV_FLUSH_TO_OS, EV_FLUSH_TO_DISK, EV_PWRITEV,
    EV_PWRITEV_ZERO, EV_PWRITEV_DONE, EV_NONE, EV_COUNT,
} Event;

static const char *const event_names[] = {
    "read_aio", "write_aio", "flush_to_os", "flush_to_disk", "pwritev",
    "pwritev_zero", "pwritev_done", "none", NULL,
};

/* In the order of BdrvOp. */
static const char *const iotype_names[] = {
    "read", "write", "write-zeroes", "discard", "flush", NULL,
};

typedef struct Rule Rule;

struct Rule {
    int event;
    uint64_t state;             /* 0: any */
    bool is_set_state;
    uint64_t new_state;
    unsigned iotypes;           /* bits of BdrvOp */
    uint64_t error;
    int64_t offset;             /* -1: anywhere */
    bool once, immediately;
    Rule *next;                 /* of all rules */
    Rule *next_active;
};

typedef struct BlkdebugState {
    Rule *rules, **tail;
    Rule *active;
    uint64_t state;
    uint64_t align;
    char *config;
} BlkdebugState;

/*** Rules ***/

static Rule *rule_new(BlkdebugState *s)
{
    Rule *rule = g_new0(Rule, 1);

    rule->offset = -1;
    rule->error = EIO;
    rule->iotypes = (1u << (BDRV_OP_FLUSH + 1)) - 1;
    *s->tail = rule;
    s->tail = &rule->next;
    return rule;
}

static bool take_sector(json_t *opts, Rule *rule, Error **errp)
{
    json_t *v = json_object_get(opts, "sector");
    const char *text = json_string_value(v);
    int64_t sector = -1;

    if (!v) {
        return true;
    }
    if (json_is_integer(v)) {
        sector = json_integer_value(v);
    } else if (!text || qemu_strtoi64(text, NULL, 0, &sector) < 0) {
        error_setg(errp, "Parameter 'sector' expects a number");
        return false;
    }
    if (sector < -1 || sector > INT64_MAX >> BDRV_SECTOR_BITS) {
        error_setg(errp, "Parameter 'sector' is out of range");
        return false;
    }
    rule->offset = sector < 0 ? -1 : sector << BDRV_SECTOR_BITS;
    json_object_del(opts, "sector");
    return true;
}

static bool take_event(json_t *opts, Rule *rule, Error **errp)
{
    if (!json_has(opts, "event")) {
        error_setg(errp, "Missing event name for rule");
        return false;
    }
    rule->event = -1;
    if (!bdrv_opt_choice(opts, "event", event_names, &rule->event, NULL)) {
        const char *name = json_get_str(opts, "event");

        error_setg(errp, "Invalid event name \"%s\"", name ? name : "");
        return false;
    }
    return true;
}

static bool nothing_left(json_t *opts, const char *kind, Error **errp)
{
    const char *key;
    json_t *value;

    json_object_foreach(opts, key, value) {
        error_setg(errp, "%s does not support the option '%s'", kind, key);
        return false;
    }
    return true;
}

static bool add_inject_error(BlkdebugState *s, json_t *opts, Error **errp)
{
    Rule *rule = rule_new(s);
    int iotype = -1;

    if (!take_event(opts, rule, errp) ||
        !bdrv_opt_size(opts, "state", &rule->state, NULL, errp) ||
        !bdrv_opt_choice(opts, "iotype", iotype_names, &iotype, errp) ||
        !bdrv_opt_size(opts, "errno", &rule->error, NULL, errp) ||
        !take_sector(opts, rule, errp) ||
        !bdrv_opt_bool(opts, "once", &rule->once, errp) ||
        !bdrv_opt_bool(opts, "immediately", &rule->immediately, errp)) {
        return false;
    }
    if (!rule->error || rule->error > 4095) {
        error_setg(errp, "Parameter 'errno' is out of range");
        return false;
    }
    if (iotype >= 0) {
        rule->iotypes = 1u << iotype;
    }
    return nothing_left(opts, "inject-error", errp);
}

static bool add_set_state(BlkdebugState *s, json_t *opts, Error **errp)
{
    Rule *rule = rule_new(s);

    rule->is_set_state = true;
    return take_event(opts, rule, errp) &&
           bdrv_opt_size(opts, "state", &rule->state, NULL, errp) &&
           bdrv_opt_size(opts, "new_state", &rule->new_state, NULL, errp) &&
           nothing_left(opts, "set-state", errp);
}

typedef bool AddRule(BlkdebugState *s, json_t *opts, Error **errp);

static bool add_rules(BlkdebugState *s, json_t *options, const char *key,
                      AddRule *add, Error **errp)
{
    json_t *list = json_incref(json_object_get(options, key)), *opts;
    bool ok = true;
    size_t i;

    if (list && !json_is_array(list)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: array",
                   key);
        ok = false;
    }
    json_object_del(options, key);
    json_array_foreach(list, i, opts) {
        if (ok && !json_is_object(opts)) {
            error_setg(errp, "Invalid parameter type for '%s', expected: "
                       "object", key);
            ok = false;
        }
        ok = ok && add(s, opts, errp);
    }
    json_decref(list);
    return ok;
}

/*
 * The file of rules: sections [inject-error] and [set-state] with lines
 * key = "value", as QEMU's configuration files have.
 */
static bool end_section(BlkdebugState *s, const char *kind, json_t *opts,
                        Error **errp)
{
    if (!kind) {
        return true;
    }
    if (!strcmp(kind, "inject-error")) {
        return add_inject_error(s, opts, errp);
    }
    if (!strcmp(kind, "set-state")) {
        return add_set_state(s, opts, errp);
    }
    error_setg(errp, "there is no option group \"%s\"", kind);
    return false;
}

static bool parse_line(char *line, json_t *opts, Error **errp)
{
    char *eq = strchr(line, '=');
    char *value, *end;

    if (!eq) {
        error_setg(errp, "parse error");
        return false;
    }
    *eq = 0;
    value = g_strstrip(eq + 1);
    end = value + strlen(value) - 1;
    if (*value != '"' || end <= value || *end != '"') {
        error_setg(errp, "parse error");
        return false;
    }
    *end = 0;
    json_object_set_new(opts, g_strstrip(line), json_string_any(value + 1));
    return true;
}

static bool read_config(BlkdebugState *s, Error **errp)
{
    g_autofree char *text = NULL, *kind = NULL;
    g_auto(GStrv) lines = NULL;
    GError *gerr = NULL;
    json_t *opts = json_object();
    bool ok = true;

    if (!g_file_get_contents(s->config, &text, NULL, &gerr)) {
        error_setg(errp, "Could not read blkdebug config file: %s",
                   gerr->message);
        g_error_free(gerr);
        json_decref(opts);
        return false;
    }
    lines = g_strsplit(text, "\n", -1);
    for (int i = 0; ok && lines[i]; i++) {
        char *line = g_strstrip(lines[i]);
        size_t len = strlen(line);

        if (!len || *line == '#') {
            continue;
        }
        if (*line == '[' && line[len - 1] == ']') {
            ok = end_section(s, kind, opts, errp);
            json_object_clear(opts);
            g_free(kind);
            kind = g_strndup(line + 1, len - 2);
        } else {
            ok = parse_line(line, opts, errp);
        }
    }
    ok = ok && end_section(s, kind, opts, errp);
    json_decref(opts);
    return ok;
}

/*** Events ***/

static void deactivate_all(BlkdebugState *s)
{
    while (s->active) {
        Rule *rule = s->active;

        s->active = rule->next_active;
        rule->next_active = NULL;
    }
}

static void event(BlkdebugState *s, Event ev)
{
    uint64_t new_state = s->state;
    bool first = true;

    for (Rule *rule = s->rules; rule; rule = rule->next) {
        if (rule->event != ev || (rule->state && rule->state != s->state)) {
            continue;
        }
        if (rule->is_set_state) {
            new_state = rule->new_state;
            continue;
        }
        /* What this event makes active takes the place of the others. */
        if (first) {
            deactivate_all(s);
            first = false;
        }
        rule->next_active = s->active;
        s->active = rule;
    }
    s->state = new_state;
}

/* A rule that did what it was there for. */
static void retire(BlkdebugState *s, Rule *rule)
{
    Rule **p;

    for (p = &s->active; *p != rule; p = &(*p)->next_active) {
    }
    *p = rule->next_active;
    for (p = &s->rules; *p != rule; p = &(*p)->next) {
    }
    *p = rule->next;
    if (s->tail == &rule->next) {
        s->tail = p;
    }
    g_free(rule);
}

static int injected_error(BlkdebugState *s, const BdrvRequest *req)
{
    for (Rule *rule = s->active; rule; rule = rule->next_active) {
        int error = rule->error;

        if (!(rule->iotypes & (1u << req->op)) ||
            (rule->offset >= 0 && req->op != BDRV_OP_FLUSH &&
             (rule->offset < req->offset ||
              rule->offset >= req->offset + req->bytes))) {
            continue;
        }
        if (rule->once) {
            retire(s, rule);
        }
        return -error;
    }
    return 0;
}

/*** Requests ***/

/* A write on its way, whose end is an event. */
typedef struct Write {
    BdrvRequest req;
    BdrvRequest *of;
    BlkdebugState *s;
} Write;

static void write_done(BdrvRequest *req, int ret)
{
    Write *w = container_of(req, Write, req);
    BdrvRequest *of = w->of;

    event(w->s, EV_PWRITEV_DONE);
    g_free(w);
    of->done(of, ret);
}

static void events_of(BlkdebugState *s, BlockDriverState *bs,
                      const BdrvRequest *req)
{
    BdrvChild *user = QLIST_FIRST(&bs->parents);
    /* Those that a format's node makes of its requests to the file. */
    bool below_format = user && user->parent;

    switch (req->op) {
    case BDRV_OP_READ:
        if (below_format) {
            event(s, EV_READ_AIO);
        }
        break;
    case BDRV_OP_WRITE:
        if (below_format) {
            event(s, EV_WRITE_AIO);
        }
        event(s, EV_PWRITEV);
        break;
    case BDRV_OP_ZEROES:
        event(s, EV_PWRITEV_ZERO);
        break;
    case BDRV_OP_FLUSH:
        if (below_format) {
            event(s, EV_FLUSH_TO_OS);
            event(s, EV_FLUSH_TO_DISK);
        }
        break;
    case BDRV_OP_DISCARD:
        break;
    }
}

static void blkdebug_submit(BlockDriverState *bs, BdrvRequest *req)
{
    BlkdebugState *s = bs->opaque;
    Write *w;
    int ret;

    events_of(s, bs, req);
    ret = injected_error(s, req);
    if (ret) {
        bdrv_complete_later(req, ret);
        return;
    }
    if (req->op != BDRV_OP_WRITE && req->op != BDRV_OP_ZEROES) {
        bdrv_submit(bs->file->bs, req);
        return;
    }
    w = g_new(Write, 1);
    *w = (Write) {
        .req = {
            .op = req->op, .flags = req->flags, .offset = req->offset,
            .bytes = req->bytes, .qiov = req->qiov,
            .qiov_offset = req->qiov_offset, .done = write_done,
        },
        .of = req,
        .s = s,
    };
    bdrv_submit(bs->file->bs, &w->req);
}

/*** Opening ***/

/* "blkdebug:rules:image", where the rules' file may be left out. */
static bool blkdebug_parse_filename(const char *filename, json_t *options,
                                    Error **errp)
{
    const char *rest, *colon;

    if (!strstart(filename, "blkdebug:", &rest)) {
        return true;
    }
    colon = strchr(rest, ':');
    if (!colon) {
        error_setg(errp, "blkdebug requires both config file and image path");
        return false;
    }
    if (colon != rest) {
        g_autofree char *config = g_strndup(rest, colon - rest);

        json_object_set_new(options, "config", json_string_any(config));
    }
    json_object_set_new(options, "image",
                        json_pack("{s:o}", "filename",
                                  json_string_any(colon + 1)));
    return true;
}

static bool blkdebug_open(BlockDriverState *bs, json_t *options, Error **errp)
{
    BlkdebugState *s = bs->opaque;

    s->tail = &s->rules;
    s->state = 1;
    if (!bdrv_opt_str(options, "config", &s->config, errp) ||
        !bdrv_opt_size(options, "align", &s->align, NULL, errp) ||
        (s->config && !read_config(s, errp)) ||
        !add_rules(s, options, "inject-error", add_inject_error, errp) ||
        !add_rules(s, options, "set-state", add_set_state, errp)) {
        return false;
    }
    if (s->align && (s->align & (s->align - 1) || s->align > 1024 * 1024)) {
        error_setg(errp, "Cannot meet constraints with align %" PRIu64,
                   s->align);
        return false;
    }
    event(s, EV_NONE);
    return true;
}

static void blkdebug_close(BlockDriverState *bs)
{
    BlkdebugState *s = bs->opaque;

    while (s->rules) {
        Rule *rule = s->rules;

        s->rules = rule->next;
        g_free(rule);
    }
    g_free(s->config);
}

static void blkdebug_refresh_limits(BlockDriverState *bs)
{
    BlkdebugState *s = bs->opaque;

    if (s->align) {
        bs->bl.request_alignment = s->align;
    }
}

static int64_t blkdebug_getlength(BlockDriverState *bs)
{
    return bdrv_getlength(bs->file->bs);
}

static int blkdebug_truncate(BlockDriverState *bs, int64_t offset, bool exact,
                             PreallocMode prealloc, Error **errp)
{
    return bdrv_truncate(bs->file->bs, offset, exact, prealloc, errp);
}

static char *blkdebug_filename(BlockDriverState *bs)
{
    BlkdebugState *s = bs->opaque;
    g_autofree char *below = bdrv_filename(bs->file->bs);

    if (g_str_has_prefix(below, "json:") || json_has(bs->options, "align") ||
        json_has(bs->options, "inject-error") ||
        json_has(bs->options, "set-state")) {
        return NULL;
    }
    return g_strdup_printf("blkdebug:%s:%s", s->config ? s->config : "",
                           below);
}

static const BlockDriver bdrv_blkdebug = {
    .name = "blkdebug",
    .instance_size = sizeof(BlkdebugState),
    .child_key = "image",
    .protocols = (const char *const[]) { "blkdebug", NULL },
    .parse_filename = blkdebug_parse_filename,
    .open = blkdebug_open,
    .close = blkdebug_close,
    .submit = blkdebug_submit,
    .getlength = blkdebug_getlength,
    .truncate = blkdebug_truncate,
    .refresh_limits = blkdebug_refresh_limits,
    .filename = blkdebug_filename,
};

bdrv_init(bdrv_blkdebug);
