/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From options to nodes.
 *
 * Options are a tree: what -blockdev and QMP say as typed JSON, what -drive
 * says as strings, and both for one node at a time; "file" holds the options
 * of the node below, or its name.  Each node takes what it knows out of its
 * options, and what is left is an error.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/option.h"

static BlockDriverState *open_node(const char *filename, json_t *options,
                                   int flags, int depth, Error **errp);

/*** Taking options ***/

bool bdrv_opt_str(json_t *options, const char *key, char **value,
                  Error **errp)
{
    json_t *v = json_object_get(options, key);

    if (!v) {
        return true;
    }
    if (json_is_string(v)) {
        *value = g_strdup(json_string_value(v));
    } else {
        error_setg(errp, "Invalid parameter type for '%s', expected: string",
                   key);
        return false;
    }
    json_object_del(options, key);
    return true;
}

bool bdrv_opt_size(json_t *options, const char *key, uint64_t *value,
                   bool *given, Error **errp)
{
    json_t *v = json_object_get(options, key);

    if (given) {
        *given = v != NULL;
    }
    if (!v) {
        return true;
    }
    if (json_is_integer(v) && json_integer_value(v) >= 0) {
        *value = json_integer_value(v);
    } else if (!json_is_string(v) ||
               qemu_strtosz(json_string_value(v), NULL, value) < 0) {
        error_setg(errp, "Parameter '%s' expects a non-negative number below "
                   "2^64", key);
        return false;
    }
    json_object_del(options, key);
    return true;
}

bool bdrv_opt_bool(json_t *options, const char *key, bool *value,
                   Error **errp)
{
    if (!json_opt_bool(options, key, value, errp)) {
        return false;
    }
    json_object_del(options, key);
    return true;
}

bool bdrv_opt_choice(json_t *options, const char *key,
                     const char *const *words, int *value, Error **errp)
{
    const char *v = json_get_str(options, key);

    if (!json_has(options, key)) {
        return true;
    }
    for (int i = 0; v && words[i]; i++) {
        if (!strcmp(words[i], v)) {
            *value = i;
            json_object_del(options, key);
            return true;
        }
    }
    error_setg(errp, "invalid parameter value: %s", v ? v : key);
    return false;
}

/* Numbers from 0 on as keys make an array of it. */
static json_t *array_of(json_t *object)
{
    json_t *array;
    size_t n = json_object_size(object);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *key = g_strdup_printf("%zu", i);

        if (!json_has(object, key)) {
            return json_incref(object);
        }
    }
    array = json_array();
    for (size_t i = 0; i < n; i++) {
        g_autofree char *key = g_strdup_printf("%zu", i);

        json_array_append(array, json_object_get(object, key));
    }
    return array;
}

static void arrays_within(json_t *object)
{
    const char *key;
    json_t *value;
    void *tmp;

    json_object_foreach_safe(object, tmp, key, value) {
        if (json_is_object(value)) {
            arrays_within(value);
            if (json_object_size(value)) {
                json_object_set_new(object, key, array_of(value));
            }
        }
    }
}

static bool nest_one(json_t *into, const char *key, json_t *value,
                     Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(key, ".", BDRV_MAX_DEPTH);
    guint n = g_strv_length(parts);

    for (guint i = 0; i + 1 < n; i++) {
        json_t *next = json_object_get(into, parts[i]);

        if (!next) {
            next = json_object();
            json_object_set_new(into, parts[i], next);
        }
        into = next;
        if (!json_is_object(into)) {
            break;
        }
    }
    if (!json_is_object(into) || json_has(into, parts[n - 1])) {
        error_setg(errp, "Cannot mix scalar and non-scalar keys");
        return false;
    }
    json_object_set(into, parts[n - 1], value);
    return true;
}

json_t *bdrv_opts_nest(json_t *options, Error **errp)
{
    json_t *nested = json_object(), *value;
    const char *key;

    json_object_foreach(options, key, value) {
        if (!nest_one(nested, key, value, errp)) {
            json_decref(nested);
            nested = NULL;
            break;
        }
    }
    json_decref(options);
    if (nested) {
        arrays_within(nested);
    }
    return nested;
}

/*** Guessing a format ***/

/* What must not be taken for raw, though nothing here can read it. */
static const struct {
    const char *format;
    size_t offset;
    const char *magic;
    size_t len;
} foreign_magic[] = {
    { "qcow2", 0, "QFI\xfb\0\0\0\2", 8 },
    { "qcow2", 0, "QFI\xfb\0\0\0\3", 8 },
    { "qcow", 0, "QFI\xfb\0\0\0\1", 8 },
    { "qed", 0, "QED\0", 4 },
    { "vmdk", 0, "KDMV", 4 },
    { "vmdk", 0, "COWD", 4 },
    { "vmdk", 0, "# Disk DescriptorFile", 21 },
    { "vdi", 64, "\x7f\x10\xda\xbe", 4 },
    { "vhdx", 0, "vhdxfile", 8 },
    { "vpc", 0, "conectix", 8 },
    { "luks", 0, "LUKS\xba\xbe", 6 },
    { "parallels", 0, "WithoutFreeSpace", 16 },
    { "parallels", 0, "WithouFreSpacExt", 16 },
    { "bochs", 0, "Bochs Virtual HD Image", 22 },
    { "cloop", 0, "#!/bin/sh\n#V2.0 Format\n", 23 },
};

const char *bdrv_probe(const uint8_t *buf, size_t len)
{
    const BlockDriver *best = NULL;
    int best_score = 0;

    for (int i = 0; i < ARRAY_SIZE(foreign_magic); i++) {
        if (foreign_magic[i].offset + foreign_magic[i].len <= len &&
            !memcmp(buf + foreign_magic[i].offset, foreign_magic[i].magic,
                    foreign_magic[i].len)) {
            return foreign_magic[i].format;
        }
    }
    for (const BlockDriver *drv = NULL; (drv = bdrv_next_driver(drv)); ) {
        int score = drv->probe ? drv->probe(buf, len) : 0;

        if (score > best_score) {
            best = drv;
            best_score = score;
        }
    }
    return best ? best->name : "raw";
}

static const BlockDriver *probe_file(BlockDriverState *file, Error **errp)
{
    g_autofree uint8_t *buf = g_malloc0(BDRV_PROBE_SIZE);
    int64_t len = MIN(bdrv_getlength(file), BDRV_PROBE_SIZE);
    const BlockDriver *drv;
    int ret = len ? bdrv_pread(file, 0, len, buf) : 0;
    const char *name;

    if (ret < 0) {
        error_setg_errno(errp, -ret,
                         "Could not read image for determining its format");
        return NULL;
    }
    name = bdrv_probe(buf, len);
    drv = bdrv_find_format(name);
    if (!drv) {
        error_setg(errp, "Unknown driver '%s'", name);
        return NULL;
    }
    return drv;
}

static void warn_of_probing(const char *filename)
{
    fprintf(stderr, "WARNING: Image format was not specified for '%s' and "
            "probing guessed raw.\n"
            "         Automatically detecting the format is dangerous for raw "
            "images, write operations on block 0 will be restricted.\n"
            "         Specify the 'raw' format explicitly to remove the "
            "restrictions.\n", filename ? filename : "");
}

/*** What all nodes can be told ***/

typedef struct NodeOptions {
    char *node_name;
    bool read_only, auto_read_only;
    bool force_share;
    bool direct, no_flush;
    int discard, detect_zeroes;
} NodeOptions;

static bool take_cache(json_t *options, NodeOptions *o, Error **errp)
{
    json_t *cache = json_object_get(options, "cache");

    if (!cache) {
        return true;
    }
    if (!json_is_object(cache)) {
        error_setg(errp, "Invalid parameter type for 'cache', expected: "
                   "object");
        return false;
    }
    if (!bdrv_opt_bool(cache, "direct", &o->direct, errp) ||
        !bdrv_opt_bool(cache, "no-flush", &o->no_flush, errp)) {
        return false;
    }
    if (!json_object_size(cache)) {
        json_object_del(options, "cache");
    }
    return true;
}

static bool take_discard(json_t *options, NodeOptions *o, Error **errp)
{
    static const char *const words[] = { "ignore", "off", "unmap", "on",
                                         NULL };
    Error *err = NULL;

    o->discard *= 2;
    if (!bdrv_opt_choice(options, "discard", words, &o->discard, &err)) {
        error_free(err);
        error_setg(errp, "Invalid discard option");
        return false;
    }
    o->discard /= 2;
    return true;
}

static bool take_node_options(json_t *options, NodeOptions *o, int flags,
                              Error **errp)
{
    static const char *const dz_words[] = { "off", "on", "unmap", NULL };

    *o = (NodeOptions) {
        .read_only = !(flags & BDRV_O_RDWR),
        .auto_read_only = flags & BDRV_O_AUTO_RDONLY,
        .direct = flags & BDRV_O_NOCACHE,
        .no_flush = flags & BDRV_O_NO_FLUSH,
        .discard = !!(flags & BDRV_O_UNMAP),
    };
    if (!bdrv_opt_str(options, "node-name", &o->node_name, errp) ||
        !bdrv_opt_bool(options, "read-only", &o->read_only, errp) ||
        !bdrv_opt_bool(options, "auto-read-only", &o->auto_read_only, errp) ||
        !bdrv_opt_bool(options, "force-share", &o->force_share, errp) ||
        !take_cache(options, o, errp) || !take_discard(options, o, errp) ||
        !bdrv_opt_choice(options, "detect-zeroes", dz_words,
                         &o->detect_zeroes, errp)) {
        return false;
    }
    if (o->force_share && !o->read_only) {
        error_setg(errp, "force-share=on can only be used with read-only "
                   "images");
        return false;
    }
    if (o->detect_zeroes == BDRV_DETECT_ZEROES_UNMAP && !o->discard) {
        error_setg(errp, "setting detect-zeroes to unmap is not allowed "
                   "without setting discard operation to unmap");
        return false;
    }
    return true;
}

static int flags_of(const NodeOptions *o, int flags)
{
    flags &= ~(BDRV_O_RDWR | BDRV_O_AUTO_RDONLY | BDRV_O_NOCACHE |
               BDRV_O_NO_FLUSH | BDRV_O_UNMAP);
    return flags | (o->read_only ? 0 : BDRV_O_RDWR) |
           (o->auto_read_only ? BDRV_O_AUTO_RDONLY : 0) |
           (o->direct ? BDRV_O_NOCACHE : 0) |
           (o->no_flush ? BDRV_O_NO_FLUSH : 0) |
           (o->discard ? BDRV_O_UNMAP : 0);
}

/*** The node below ***/

static BlockDriverState *reference(const char *node_name, Error **errp)
{
    BlockDriverState *bs = bdrv_find_node(node_name);

    if (!bs) {
        error_setg(errp, "Cannot find device='%s' nor node-name='%s'",
                   node_name, node_name);
        return NULL;
    }
    bdrv_ref(bs);
    return bs;
}

/* By the options of that name, or by @filename; NULL on error. */
static BlockDriverState *open_child(const char *key, const char *filename,
                                    json_t *options, int flags, int depth,
                                    Error **errp)
{
    json_t *sub = json_object_get(options, key);
    /* Its user decides on discards; what arrives is wanted. */
    int sub_flags = flags | BDRV_O_PROTOCOL | BDRV_O_UNMAP;
    BlockDriverState *bs;

    if (json_is_string(sub)) {
        bs = reference(json_string_value(sub), errp);
        json_object_del(options, key);
        return bs;
    }
    if (!filename && !sub) {
        error_setg(errp, "A block device must be specified for \"%s\"", key);
        return NULL;
    }
    if (sub && !json_is_object(sub)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: object",
                   key);
        return NULL;
    }
    sub = sub ? json_incref(sub) : json_object();
    json_object_del(options, key);
    return open_node(filename, sub, sub_flags, depth + 1, errp);
}

static bool attach_child(BlockDriverState *bs, BlockDriverState *child,
                         const NodeOptions *o, Error **errp)
{
    bs->file = bdrv_child_new(child, "file", bs, NULL, 0, BLK_PERM_ALL,
                              errp);
    if (!bs->file) {
        return false;
    }
    if (child->read_only && !bs->read_only && o->auto_read_only) {
        bs->read_only = true;
    }
    return true;
}

/*** A node ***/

static bool all_taken(const BlockDriver *drv, json_t *options, Error **errp)
{
    const char *key;
    json_t *value;

    json_object_foreach(options, key, value) {
        const char *inner = json_object_iter_key(json_object_iter(value));

        error_setg(errp, drv->is_protocol ?
                   "Block protocol '%s' doesn't support the option '%s%s%s'" :
                   "Block format '%s' does not support the option '%s%s%s'",
                   drv->name, key, inner ? "." : "", inner ? inner : "");
        return false;
    }
    return true;
}

/* Opens the driver on a new node with @child (taken over) below. */
static BlockDriverState *make_node(const BlockDriver *drv,
                                   BlockDriverState *child,
                                   const char *filename, json_t *options,
                                   const NodeOptions *o, int flags,
                                   Error **errp)
{
    ERRP_GUARD();
    BlockDriverState *bs = bdrv_new(drv, o->node_name, errp);
    int ret;

    if (!bs) {
        bdrv_unref(child);
        return NULL;
    }
    bs->open_flags = flags_of(o, flags);
    bs->read_only = o->read_only;
    bs->detect_zeroes = o->detect_zeroes;
    bs->options = json_deep_copy(options);
    bs->filename = g_strdup(filename ? filename :
                            json_get_str(options, "filename"));
    if (child && !attach_child(bs, child, o, errp)) {
        goto fail;
    }
    if ((drv->open && !drv->open(bs, options, errp)) ||
        !all_taken(drv, options, errp)) {
        goto fail;
    }
    if (drv->refresh_limits) {
        drv->refresh_limits(bs);
    }
    ret = bdrv_refresh_length(bs);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not refresh total sector count");
        goto fail;
    }
    return bs;

fail:
    bdrv_unref(bs);
    return NULL;
}

static const BlockDriver *driver_by_name(const char *name, Error **errp)
{
    const BlockDriver *drv = bdrv_find_format(name);

    if (!drv) {
        error_setg(errp, "Unknown driver '%s'", name);
    }
    return drv;
}

/* "json:{...}": what it says and @options do not. */
static bool take_json_filename(const char **filename, json_t *options,
                               Error **errp)
{
    ERRP_GUARD();
    const char *text;
    json_t *more;

    if (!*filename || !strstart(*filename, "json:", &text)) {
        return true;
    }
    *filename = NULL;
    more = json_parse_text(text, errp);
    if (more && !json_is_object(more)) {
        error_setg(errp, "Invalid JSON object given");
        json_decref(more);
        return false;
    }
    more = more ? bdrv_opts_nest(more, errp) : NULL;
    if (!more) {
        error_prepend(errp, "Could not parse the JSON options: ");
        return false;
    }
    json_object_update_missing(options, more);
    json_decref(more);
    return true;
}

/* The driver that was asked for, or that of the name; NULL: to be probed. */
static bool choose_driver(const BlockDriver **drv, const char *filename,
                          json_t *options, int flags, Error **errp)
{
    g_autofree char *name = NULL;

    if (!bdrv_opt_str(options, "driver", &name, errp)) {
        return false;
    }
    *drv = NULL;
    if (name) {
        *drv = driver_by_name(name, errp);
        return *drv != NULL;
    }
    if (!(flags & BDRV_O_PROTOCOL)) {
        return true;
    }
    if (!filename) {
        error_setg(errp, "Must specify either driver or file");
        return false;
    }
    *drv = bdrv_find_protocol(filename, errp);
    return *drv != NULL;
}

static BlockDriverState *open_protocol(const BlockDriver *drv,
                                       const char *filename, json_t *options,
                                       const NodeOptions *o, int flags,
                                       int depth, Error **errp)
{
    BlockDriverState *child = NULL;

    if (filename && drv->parse_filename) {
        if (!drv->parse_filename(filename, options, errp)) {
            return NULL;
        }
    }
    if (drv->child_key) {
        child = open_child(drv->child_key, NULL, options, flags_of(o, flags),
                           depth, errp);
        if (!child) {
            return NULL;
        }
    }
    return make_node(drv, child, filename, options, o, flags, errp);
}

static BlockDriverState *open_format(const BlockDriver *drv,
                                     const char *filename, json_t *options,
                                     const NodeOptions *o, int flags,
                                     int depth, Error **errp)
{
    BlockDriverState *child = open_child("file", filename, options,
                                         flags_of(o, flags), depth, errp);
    bool probed = !drv;
    BlockDriverState *bs;

    if (!child) {
        return NULL;
    }
    if (!drv) {
        drv = probe_file(child, errp);
        if (!drv) {
            bdrv_unref(child);
            return NULL;
        }
    }
    if (!filename) {
        filename = child->filename;
    }
    if (probed && !strcmp(drv->name, "raw") && !o->read_only) {
        warn_of_probing(filename);
        flags |= BDRV_O_PROBED;
    }
    bs = make_node(drv, child, filename, options, o, flags, errp);
    return bs;
}

/* A name among the options, without a driver, may have a prefix. */
static char *take_filename(json_t *options)
{
    char *filename = NULL;

    if (!json_has(options, "driver") && json_get_str(options, "filename")) {
        bdrv_opt_str(options, "filename", &filename, NULL);
    }
    return filename;
}

static BlockDriverState *open_node(const char *filename, json_t *options,
                                   int flags, int depth, Error **errp)
{
    g_autofree char *own_name = filename ? NULL : take_filename(options);
    BlockDriverState *bs = NULL;
    const BlockDriver *drv;
    NodeOptions o = { };

    if (own_name) {
        filename = own_name;
        flags |= BDRV_O_PROTOCOL;
    }
    if (depth > BDRV_MAX_DEPTH) {
        error_setg(errp, "Too many nodes on top of each other");
    } else if (take_json_filename(&filename, options, errp) &&
               choose_driver(&drv, filename, options, flags, errp) &&
               take_node_options(options, &o, flags, errp)) {
        if (drv && (drv->is_protocol || drv->child_key)) {
            bs = open_protocol(drv, filename, options, &o, flags, depth,
                               errp);
        } else {
            bs = open_format(drv, filename, options, &o, flags, depth, errp);
        }
    }
    g_free(o.node_name);
    json_decref(options);
    return bs;
}

BlockDriverState *bdrv_open(const char *filename, json_t *options, int flags,
                            Error **errp)
{
    return open_node(filename, options, flags, 0, errp);
}
