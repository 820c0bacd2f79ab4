/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What monitors ask of character devices, with JSON results. */
#include "qemu/osdep.h"
#include "char-impl.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/base64.h"
#include "qemu/id.h"

static int query_one(Chardev *chr, void *opaque)
{
    json_array_append_new(opaque, json_pack(
        "{s:s, s:s, s:b}", "label", chr->label, "filename", chr->filename,
        "frontend-open", chr->be && chr->be->fe_open));
    return 0;
}

json_t *chardev_query(void)
{
    json_t *list = json_array();

    qemu_chr_foreach(query_one, list);
    return list;
}

json_t *chardev_query_backends(void)
{
    json_t *list = json_array();

    for (const ChardevKind *k = chardev_kinds(); k->name; k++) {
        json_array_append_new(list, json_pack("{s:s}", "name", k->name));
    }
    return list;
}

/* SocketAddressLegacy wraps its members in "data". */
static json_t *flatten_addr(json_t *data)
{
    static const char *const names[] = { "addr", "remote", "local" };
    json_t *copy = json_copy(data);

    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        json_t *addr = json_object_get(data, names[i]);
        json_t *inner = json_object_get(addr, "data");

        if (inner) {
            json_t *flat = json_copy(inner);

            json_object_set(flat, "type", json_object_get(addr, "type"));
            json_object_set_new(copy, names[i], flat);
        }
    }
    return copy;
}

static Chardev *make(const char *id, json_t *backend, Error **errp)
{
    const char *type = json_get_str(backend, "type");
    const ChardevKind *kind = type ? chardev_kind(type) : NULL;
    json_t *data = json_object_get(backend, "data");
    json_t *flat;
    Chardev *chr;

    if (!kind) {
        error_setg(errp, "'%s' is not a valid char driver name",
                   type ? type : "");
        return NULL;
    }
    flat = data ? flatten_addr(data) : json_object();
    chr = qemu_chardev_new(id, kind->typename, flat, NULL, errp);
    json_decref(flat);
    return chr;
}

static json_t *describe(Chardev *chr)
{
    json_t *ret = json_object();

    if (CHARDEV_IS_PTY(chr)) {
        json_object_set_new(ret, "pty", json_string(chr->filename + 4));
    }
    return ret;
}

json_t *chardev_add(json_t *args, Error **errp)
{
    const char *id = json_get_str(args, "id");
    Chardev *chr;

    if (qemu_chr_find(id)) {
        error_setg(errp, "Chardev with id '%s' already exists", id);
        return NULL;
    }
    chr = make(id, json_object_get(args, "backend"), errp);
    return chr ? describe(chr) : NULL;
}

static Chardev *find(const char *id, Error **errp)
{
    Chardev *chr = qemu_chr_find(id);

    if (!chr) {
        error_setg(errp, "Chardev '%s' not found", id);
    }
    return chr;
}

/* The new one is opened before the old one is let go of. */
json_t *chardev_change(json_t *args, Error **errp)
{
    const char *id = json_get_str(args, "id");
    Chardev *old = qemu_chr_find(id), *chr;
    CharBackend *be = old ? old->be : NULL;
    g_autofree char *spare = NULL;

    if (!old) {
        error_setg(errp, "Chardev '%s' does not exist", id);
        return NULL;
    }
    if (CHARDEV_IS_MUX(old) || (be && !be->chr_be_change)) {
        error_setg(errp, "Chardev user does not support chardev hotswap");
        return NULL;
    }
    spare = id_generate(ID_CHR);
    chr = make(spare, json_object_get(args, "backend"), errp);
    if (!chr) {
        return NULL;
    }
    if (be) {
        old->be = NULL;
        chr->be = be;
        be->chr = chr;
        if (be->chr_be_change(be->opaque) < 0) {
            error_setg(errp, "Chardev '%s' change failed", id);
            chr->be = NULL;
            old->be = be;
            be->chr = old;
            object_unparent(OBJECT(chr));
            return NULL;
        }
    }
    object_ref(OBJECT(chr));
    object_unparent(OBJECT(chr));
    object_unparent(OBJECT(old));
    g_free(chr->label);
    chr->label = g_strdup(id);
    object_property_add_child(chardevs_root(), id, OBJECT(chr));
    object_unref(OBJECT(chr));
    return describe(chr);
}

bool chardev_remove(const char *id, Error **errp)
{
    Chardev *chr = find(id, errp);

    if (!chr) {
        return false;
    }
    if (chr->be || mux_in_use(chr)) {
        error_setg(errp, "Chardev '%s' is busy", id);
        return false;
    }
    object_unparent(OBJECT(chr));
    return true;
}

bool chardev_send_break(const char *id, Error **errp)
{
    Chardev *chr = find(id, errp);

    if (chr) {
        qemu_chr_be_event(chr, CHR_EVENT_BREAK);
    }
    return chr;
}

static Chardev *find_ringbuf(const char *id, Error **errp)
{
    Chardev *chr = qemu_chr_find(id);

    if (!chr) {
        error_setg(errp, "Device '%s' not found", id);
    } else if (!CHARDEV_IS_RINGBUF(chr)) {
        error_setg(errp, "%s is not a ringbuf device", id);
        chr = NULL;
    }
    return chr;
}

bool chardev_ringbuf_write(const char *id, const char *text, bool base64,
                           Error **errp)
{
    Chardev *chr = find_ringbuf(id, errp);
    g_autofree uint8_t *bytes = NULL;
    size_t len = strlen(text);

    if (!chr) {
        return false;
    }
    if (base64) {
        bytes = qbase64_decode(text, -1, &len, errp);
        if (!bytes) {
            return false;
        }
    }
    qemu_chr_write_all(chr, bytes ? bytes : (const uint8_t *)text, len);
    return true;
}

char *chardev_ringbuf_read(const char *id, int64_t size, bool base64,
                           Error **errp)
{
    Chardev *chr = find_ringbuf(id, errp);
    GString *text;
    char *ret;

    if (!chr) {
        return NULL;
    }
    if (size <= 0) {
        error_setg(errp, "size must be greater than zero");
        return NULL;
    }
    text = ringbuf_take(chr, size);
    if (base64) {
        ret = g_base64_encode((guchar *)text->str, text->len);
        g_string_free(text, TRUE);
        return ret;
    }
    /* A JSON string holds text: what is none becomes U+FFFD. */
    ret = g_utf8_make_valid(text->str, text->len);
    g_string_free(text, TRUE);
    return ret;
}
