/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The coders of single elements: numbers, bytes, timers, lists and trees.
 *
 * A get() that refuses a value says why with qemu_file_set_error_obj(); the
 * engine puts the field's name in front.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/json-writer.h"
#include "qemu/queue.h"
#include "qemu/timer.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "migration/vmstate-internal.h"

static int refuse(QEMUFile *f, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static int refuse(QEMUFile *f, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    Error *err = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    error_setg(&err, "%s", text);
    qemu_file_set_error_obj(f, -EINVAL, err);
    return -EINVAL;
}

#define GET_ARGS \
    QEMUFile *f, void *pv, size_t size, const VMStateField *field
#define PUT_ARGS GET_ARGS, JSONWriter *vmdesc

/* --- Numbers --- */

#define VMS_NUMBER(type_, ctype_, read_, write_)                        \
    static int get_##type_(GET_ARGS)                                    \
    {                                                                   \
        *(ctype_ *)pv = read_(f);                                       \
        return 0;                                                       \
    }                                                                   \
    static int put_##type_(PUT_ARGS)                                    \
    {                                                                   \
        write_(f, *(const ctype_ *)pv);                                 \
        return 0;                                                       \
    }                                                                   \
    const VMStateInfo vmstate_info_##type_ = {                          \
        .name = #type_, .get = get_##type_, .put = put_##type_,         \
    };

VMS_NUMBER(bool, bool, qemu_get_byte, qemu_put_byte)
VMS_NUMBER(int8, int8_t, qemu_get_byte, qemu_put_byte)
VMS_NUMBER(uint8, uint8_t, qemu_get_byte, qemu_put_byte)
VMS_NUMBER(int16, int16_t, qemu_get_be16, qemu_put_be16)
VMS_NUMBER(uint16, uint16_t, qemu_get_be16, qemu_put_be16)
VMS_NUMBER(int32, int32_t, qemu_get_be32, qemu_put_be32)
VMS_NUMBER(uint32, uint32_t, qemu_get_be32, qemu_put_be32)
VMS_NUMBER(int64, int64_t, qemu_get_be64, qemu_put_be64)
VMS_NUMBER(uint64, uint64_t, qemu_get_be64, qemu_put_be64)
/* A float64 is the 64 bits of an IEEE 754 number. */
VMS_NUMBER(float64, uint64_t, qemu_get_be64, qemu_put_be64)

/*
 * Numbers that configure the device: what the stream has must be what the
 * destination was made with.
 */
#define VMS_EQUAL(type_, ctype_, read_, stream_name_)                   \
    static int get_##type_##_equal(GET_ARGS)                            \
    {                                                                   \
        ctype_ mine = *(const ctype_ *)pv, its = read_(f);              \
                                                                        \
        return mine == its || qemu_file_get_error(f) ? 0                \
               : refuse_unequal(f, its, mine, field);                   \
    }                                                                   \
    const VMStateInfo vmstate_info_##type_##_equal = {                  \
        .name = stream_name_, .get = get_##type_##_equal,               \
        .put = put_##type_,                                             \
    };

static int refuse_unequal(QEMUFile *f, uint64_t its, uint64_t mine,
                          const VMStateField *field)
{
    const char *hint = field ? field->err_hint : NULL;

    return refuse(f, "stream has 0x%" PRIx64 ", the destination 0x%" PRIx64
                  "%s%s", its, mine, hint ? ": " : "", hint ? hint : "");
}

VMS_EQUAL(uint8, uint8_t, qemu_get_byte, "uint8 equal")
VMS_EQUAL(uint16, uint16_t, qemu_get_be16, "uint16 equal")
VMS_EQUAL(int32, int32_t, qemu_get_be32, "int32 equal")
VMS_EQUAL(uint32, uint32_t, qemu_get_be32, "uint32 equal")
/* QEMU names this one so. */
VMS_EQUAL(uint64, uint64_t, qemu_get_be64, "int64 equal")

static int get_int32_le(GET_ARGS)
{
    int32_t mine = *(int32_t *)pv, its = qemu_get_be32(f);

    if (its < 0 || its > mine) {
        return refuse(f, "stream has %d, the destination takes 0 to %d", its,
                      mine);
    }
    *(int32_t *)pv = its;
    return 0;
}

const VMStateInfo vmstate_info_int32_le = {
    .name = "int32 le",
    .get = get_int32_le,
    .put = put_int32,
};

/* A double as two 32-bit words, the high one first. */
static int get_cpudouble(GET_ARGS)
{
    uint64_t high = qemu_get_be32(f);

    *(uint64_t *)pv = high << 32 | qemu_get_be32(f);
    return 0;
}

const VMStateInfo vmstate_info_cpudouble = {
    .name = "CPU_Double_U",
    .get = get_cpudouble,
    .put = put_uint64,
};

/* The description of a stream gives this the name of a number. */
static int get_nullptr(GET_ARGS)
{
    unsigned int marker = qemu_get_byte(f);

    return marker == VMS_NULLPTR_MARKER ? 0 :
           refuse(f, "stream has an element (or 0x%02x), the destination has "
                  "none", marker);
}

static int put_nullptr(PUT_ARGS)
{
    qemu_put_byte(f, VMS_NULLPTR_MARKER);
    return 0;
}

const VMStateInfo vmstate_info_nullptr = {
    .name = "uint64",
    .get = get_nullptr,
    .put = put_nullptr,
};

/* --- Timers --- */

void timer_put(QEMUFile *f, QEMUTimer *ts)
{
    qemu_put_be64(f, timer_expire_time_ns(ts));
}

void timer_get(QEMUFile *f, QEMUTimer *ts)
{
    uint64_t expire = qemu_get_be64(f);

    if (expire != UINT64_MAX) {
        timer_mod_ns(ts, expire);
    } else {
        timer_del(ts);
    }
}

static int get_timer(GET_ARGS)
{
    timer_get(f, pv);
    return 0;
}

static int put_timer(PUT_ARGS)
{
    timer_put(f, pv);
    return 0;
}

const VMStateInfo vmstate_info_timer = {
    .name = "timer",
    .get = get_timer,
    .put = put_timer,
};

/* --- Bytes and bits --- */

static int get_buffer(GET_ARGS)
{
    qemu_get_buffer(f, pv, size);
    return 0;
}

static int put_buffer(PUT_ARGS)
{
    qemu_put_buffer(f, pv, size);
    return 0;
}

const VMStateInfo vmstate_info_buffer = {
    .name = "buffer",
    .get = get_buffer,
    .put = put_buffer,
};

static int get_unused_buffer(GET_ARGS)
{
    uint8_t skipped[1024];

    while (size && !qemu_file_get_error(f)) {
        size -= qemu_get_buffer(f, skipped, MIN(size, sizeof(skipped)));
    }
    return 0;
}

static int put_unused_buffer(PUT_ARGS)
{
    static const uint8_t zeroes[1024];

    while (size) {
        size_t n = MIN(size, sizeof(zeroes));

        qemu_put_buffer(f, zeroes, n);
        size -= n;
    }
    return 0;
}

const VMStateInfo vmstate_info_unused_buffer = {
    .name = "unused_buffer",
    .get = get_unused_buffer,
    .put = put_unused_buffer,
};

/* 64-bit words whatever the host's long is; @size counts bits. */
#define LONGS_A_WORD (8 / sizeof(long))

static int get_bitmap(GET_ARGS)
{
    unsigned long *map = pv;
    size_t longs = DIV_ROUND_UP(size, 8 * sizeof(long));

    for (size_t i = 0; i < longs && !qemu_file_get_error(f);
         i += LONGS_A_WORD) {
        uint64_t word = qemu_get_be64(f);

        for (size_t j = i; j < longs && j < i + LONGS_A_WORD; j++) {
            map[j] = word >> (8 * sizeof(long) * (j - i));
        }
    }
    return 0;
}

static int put_bitmap(PUT_ARGS)
{
    const unsigned long *map = pv;
    size_t longs = DIV_ROUND_UP(size, 8 * sizeof(long));

    for (size_t i = 0; i < longs; i += LONGS_A_WORD) {
        uint64_t word = 0;

        for (size_t j = i; j < longs && j < i + LONGS_A_WORD; j++) {
            word |= (uint64_t)map[j] << (8 * sizeof(long) * (j - i));
        }
        qemu_put_be64(f, word);
    }
    return 0;
}

const VMStateInfo vmstate_info_bitmap = {
    .name = "bitmap",
    .get = get_bitmap,
    .put = put_bitmap,
};

/* --- A temporary that points back to the device in its first member --- */

static int get_tmp(GET_ARGS)
{
    g_autofree void *tmp = g_malloc0(size);

    *(void **)tmp = pv;
    return vmstate_load_state(f, field->vmsd, tmp, field->vmsd->version_id);
}

static int put_tmp(PUT_ARGS)
{
    g_autofree void *tmp = g_malloc0(size);

    *(void **)tmp = pv;
    return vmstate_save_state(f, field->vmsd, tmp, vmdesc);
}

const VMStateInfo vmstate_info_tmp = {
    .name = "tmp",
    .get = get_tmp,
    .put = put_tmp,
};

/* --- Lists: a byte 1 in front of each element, 0 after the last --- */

/* Whether another element follows; refuses other bytes than 0 and 1. */
static int list_next(QEMUFile *f, int64_t n)
{
    int more = qemu_get_byte(f);

    if (qemu_file_get_error(f)) {
        return -EIO;
    }
    if (more > 1) {
        return refuse(f, "byte 0x%02x where a list goes on or ends", more);
    }
    if (more && n >= VMS_LIST_MAX) {
        return refuse(f, "list of more than %d elements", VMS_LIST_MAX);
    }
    return more;
}

/*
 * A new element; it goes onto the list only when it is whole, so that the
 * device never frees half of one.
 */
static int list_load_element(QEMUFile *f, const VMStateField *field,
                             void **elem)
{
    int ret;

    *elem = g_malloc0(field->size);
    ret = vmstate_load_state(f, field->vmsd, *elem, field->vmsd->version_id);
    if (ret) {
        g_free(*elem);
    }
    return ret;
}

static int get_qtailq(GET_ARGS)
{
    void *elem;
    int ret;

    for (int64_t n = 0; (ret = list_next(f, n)) > 0; n++) {
        ret = list_load_element(f, field, &elem);
        if (ret) {
            return ret;
        }
        QTAILQ_RAW_INSERT_TAIL(pv, elem, field->start);
    }
    return ret;
}

static int put_qtailq(PUT_ARGS)
{
    void *elem;

    QTAILQ_RAW_FOREACH(elem, pv, field->start) {
        int ret;

        qemu_put_byte(f, 1);
        ret = vmstate_save_state(f, field->vmsd, elem, vmdesc);
        if (ret) {
            return ret;
        }
    }
    qemu_put_byte(f, 0);
    return 0;
}

const VMStateInfo vmstate_info_qtailq = {
    .name = "qtailq",
    .get = get_qtailq,
    .put = put_qtailq,
};

static int get_qlist(GET_ARGS)
{
    void *elem, *last = NULL;
    int ret;

    /* A QLIST has no end to append to: find it once. */
    QLIST_RAW_FOREACH(elem, pv, field->start) {
        last = elem;
    }
    for (int64_t n = 0; (ret = list_next(f, n)) > 0; n++) {
        void **link = last ? &QLIST_RAW_NEXT(last, field->start) : pv;

        ret = list_load_element(f, field, &elem);
        if (ret) {
            return ret;
        }
        QLIST_RAW_NEXT(elem, field->start) = NULL;
        QLIST_RAW_PREVIOUS(elem, field->start) = link;
        *link = elem;
        last = elem;
    }
    return ret;
}

static int put_qlist(PUT_ARGS)
{
    void *elem;

    QLIST_RAW_FOREACH(elem, pv, field->start) {
        int ret;

        qemu_put_byte(f, 1);
        ret = vmstate_save_state(f, field->vmsd, elem, vmdesc);
        if (ret) {
            return ret;
        }
    }
    qemu_put_byte(f, 0);
    return 0;
}

const VMStateInfo vmstate_info_qlist = {
    .name = "qlist",
    .get = get_qlist,
    .put = put_qlist,
};

/*
 * --- Trees: a 32-bit count, then like a list, key before value.  A key with
 * a size has a description of its own, behind the value's; one without is a
 * number in the pointer. ---
 */

typedef struct TreeSave {
    QEMUFile *f;
    const VMStateField *field;
    JSONWriter *vmdesc;
    int ret;
} TreeSave;

static gboolean put_tree_node(gpointer key, gpointer value, gpointer data)
{
    TreeSave *t = data;
    const VMStateDescription *vmsd = t->field->vmsd;

    qemu_put_byte(t->f, 1);
    if (t->field->start) {
        t->ret = vmstate_save_state(t->f, vmsd + 1, key, t->vmdesc);
    } else {
        qemu_put_be64(t->f, (uintptr_t)key);
    }
    if (!t->ret) {
        t->ret = vmstate_save_state(t->f, vmsd, value, t->vmdesc);
    }
    return t->ret != 0;
}

static int put_gtree(PUT_ARGS)
{
    TreeSave t = { .f = f, .field = field, .vmdesc = vmdesc };

    qemu_put_be32(f, g_tree_nnodes(pv));
    g_tree_foreach(pv, put_tree_node, &t);
    if (!t.ret) {
        qemu_put_byte(f, 0);
    }
    return t.ret;
}

static int get_tree_node(QEMUFile *f, const VMStateField *field, GTree *tree)
{
    void *key = NULL, *value;
    int ret;

    if (field->start) {
        key = g_malloc0(field->start);
        ret = vmstate_load_state(f, field->vmsd + 1, key,
                                 field->vmsd[1].version_id);
        if (ret) {
            g_free(key);
            return ret;
        }
    } else {
        key = (void *)(uintptr_t)qemu_get_be64(f);
    }
    ret = list_load_element(f, field, &value);
    if (ret) {
        if (field->start) {
            g_free(key);
        }
        return ret;
    }
    g_tree_insert(tree, key, value);
    return 0;
}

static int get_gtree(GET_ARGS)
{
    uint32_t count = qemu_get_be32(f);
    uint32_t n = 0;
    int ret;

    if (count > VMS_LIST_MAX) {
        return refuse(f, "tree of %u nodes, the limit is %d", count,
                      VMS_LIST_MAX);
    }
    for (; (ret = list_next(f, n)) > 0 && n < count; n++) {
        ret = get_tree_node(f, field, pv);
        if (ret) {
            return ret;
        }
    }
    if (ret >= 0 && (ret || n != count)) {
        return refuse(f, "tree was to have %u nodes", count);
    }
    return ret;
}

const VMStateInfo vmstate_info_gtree = {
    .name = "gtree",
    .get = get_gtree,
    .put = put_gtree,
};
