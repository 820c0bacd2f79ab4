/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMState: what each kind of field writes, that it reads it back, versions
 * and subsections, the order of hooks, the closing description.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/json-writer.h"
#include "qemu/queue.h"
#include "qemu/timer.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"

/* --- Saving to and loading from memory --- */

static GByteArray *save(const VMStateDescription *vmsd, void *opaque)
{
    GByteArray *out = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(out);

    g_assert_cmpint(vmstate_save_state(f, vmsd, opaque, NULL), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    return out;
}

/* The error's text, or NULL; all bytes must have been read. */
static char *load_bytes(const VMStateDescription *vmsd, void *opaque,
                        int version_id, const void *data, size_t len)
{
    QEMUFile *f = qemu_file_new_memory_input(data, len);
    Error *err = NULL;
    char *text = NULL;
    int ret = vmstate_load_state_errp(f, vmsd, opaque, version_id, &err);

    if (ret) {
        text = g_strdup(error_get_pretty(err));
        error_free(err);
    } else {
        g_assert_null(err);
        g_assert_cmpint(qemu_file_total_transferred(f), ==, len);
    }
    qemu_fclose(f);
    return text;
}

static char *load(const VMStateDescription *vmsd, void *opaque,
                  const GByteArray *data)
{
    return load_bytes(vmsd, opaque, vmsd->version_id, data->data, data->len);
}

static void assert_fails_with(char *text, const char *part)
{
    g_assert_nonnull(text);
    if (!strstr(text, part)) {
        g_test_message("error: %s", text);
        g_assert_not_reached();
    }
    g_free(text);
}

#define assert_loads(text_) g_assert_cmpstr(text_, ==, NULL)

static void assert_bytes(GByteArray *got, const void *want, size_t len)
{
    g_assert_cmpmem(got->data, got->len, want, len);
}

/* --- Numbers --- */

typedef struct Numbers {
    bool b;
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    uint64_t dbl;
    uint8_t e8;
    uint16_t e16;
    int32_t ei32;
    uint32_t e32;
    uint64_t e64;
    int32_t le;
    struct { uint8_t a[6]; } mac;
} Numbers;

static const VMStateDescription vmstate_numbers = {
    .name = "numbers",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(b, Numbers),
        VMSTATE_INT8(i8, Numbers),
        VMSTATE_INT16(i16, Numbers),
        VMSTATE_INT32(i32, Numbers),
        VMSTATE_INT64(i64, Numbers),
        VMSTATE_UINT8(u8, Numbers),
        VMSTATE_UINT16(u16, Numbers),
        VMSTATE_UINT32(u32, Numbers),
        VMSTATE_UINT64(u64, Numbers),
        VMSTATE_SINGLE(dbl, Numbers, 0, vmstate_info_cpudouble, uint64_t),
        VMSTATE_UINT8_EQUAL(e8, Numbers, NULL),
        VMSTATE_UINT16_EQUAL(e16, Numbers, "same machine?"),
        VMSTATE_INT32_EQUAL(ei32, Numbers, NULL),
        VMSTATE_UINT32_EQUAL(e32, Numbers, NULL),
        VMSTATE_UINT64_EQUAL(e64, Numbers, NULL),
        VMSTATE_INT32_POSITIVE_LE(le, Numbers),
        VMSTATE_MACADDR(mac, Numbers),
        VMSTATE_END_OF_LIST()
    }
};

static const Numbers numbers = {
    true, -2, -3, -4, -5, 0xf1, 0xf2e3, 0xf3e4d5c6, 0xf4e5d6c7b8a99a8bULL,
    0x0123456789abcdefULL, 8, 16, -32, 32, 64, 7, { { 1, 2, 3, 4, 5, 6 } },
};

/* What loads: values that must be equal are, all others differ. */
static const Numbers other_numbers = {
    .e8 = 8, .e16 = 16, .ei32 = -32, .e32 = 32, .e64 = 64, .le = 7,
};

static const uint8_t numbers_stream[] = {
    1, 0xfe, 0xff, 0xfd, 0xff, 0xff, 0xff, 0xfc,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfb,
    0xf1, 0xf2, 0xe3, 0xf3, 0xe4, 0xd5, 0xc6,
    0xf4, 0xe5, 0xd6, 0xc7, 0xb8, 0xa9, 0x9a, 0x8b,
    0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
    8, 0, 16, 0xff, 0xff, 0xff, 0xe0, 0, 0, 0, 32,
    0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6,
};

static void test_numbers(void)
{
    Numbers src = numbers, dst = other_numbers;
    g_autoptr(GByteArray) out = save(&vmstate_numbers, &src);
    g_autoptr(GByteArray) again = NULL;

    assert_bytes(out, numbers_stream, sizeof(numbers_stream));
    assert_loads(load(&vmstate_numbers, &dst, out));
    g_assert_cmpint(dst.i16, ==, -3);
    g_assert_cmphex(dst.dbl, ==, 0x0123456789abcdefULL);
    again = save(&vmstate_numbers, &dst);
    assert_bytes(again, numbers_stream, sizeof(numbers_stream));
}

static void test_numbers_unequal(void)
{
    static const struct { size_t at; const char *text; } cases[] = {
        { 39, "numbers.e8: stream has 0x9, the destination 0x8" },
        { 41, "numbers.e16: stream has 0x11, the destination 0x10: "
              "same machine?" },
        { 45, "numbers.ei32: " }, { 49, "numbers.e32: " },
        { 57, "numbers.e64: " },
        { 61, "numbers.le: stream has 8, the destination takes 0 to 7" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Numbers dst = other_numbers;
        uint8_t stream[sizeof(numbers_stream)];

        memcpy(stream, numbers_stream, sizeof(stream));
        stream[cases[i].at]++;
        assert_fails_with(load_bytes(&vmstate_numbers, &dst, 1, stream,
                                     sizeof(stream)), cases[i].text);
    }
}

static void test_negative_le(void)
{
    Numbers dst = other_numbers;
    uint8_t stream[sizeof(numbers_stream)];

    memcpy(stream, numbers_stream, sizeof(stream));
    memset(stream + 58, 0xff, 4);
    assert_fails_with(load_bytes(&vmstate_numbers, &dst, 1, stream,
                                 sizeof(stream)), "numbers.le: stream has -1");
}

/* --- Arrays, structures, pointers --- */

typedef struct Point {
    uint8_t x, y;
} Point;

static const VMStateDescription vmstate_point = {
    .name = "point",
    .version_id = 3,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(x, Point),
        VMSTATE_UINT8_V(y, Point, 2),
        VMSTATE_END_OF_LIST()
    }
};

typedef struct Arrays {
    uint16_t plain[3];
    uint8_t grid[2][2];
    uint32_t sub[4];
    int32_t n_unsafe;
    uint8_t unsafe[4];
    uint32_t n_mult;
    uint8_t mult[6];
    uint32_t n_ptr;
    uint16_t *ptr;
    uint16_t n_alloc;
    uint8_t *alloc;
    uint8_t bytes[3];
    uint8_t part[4];
    uint32_t blob_len;
    void *blob;
    uint32_t made_len;
    uint8_t *made;
    uint32_t n_units;
    uint8_t *units;
    int32_t bits;
    unsigned long *map;
    void *fixed;
} Arrays;

static const VMStateDescription vmstate_arrays = {
    .name = "arrays",
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16_ARRAY(plain, Arrays, 3),
        VMSTATE_UINT8_2DARRAY(grid, Arrays, 2, 2),
        VMSTATE_UINT32_SUB_ARRAY(sub, Arrays, 1, 2),
        VMSTATE_INT32(n_unsafe, Arrays),
        VMSTATE_ARRAY_INT32_UNSAFE(unsafe, Arrays, n_unsafe,
                                   vmstate_info_uint8, uint8_t),
        VMSTATE_UINT32(n_mult, Arrays),
        VMSTATE_VARRAY_MULTIPLY(mult, Arrays, n_mult, 2, vmstate_info_uint8,
                                uint8_t),
        VMSTATE_UINT32(n_ptr, Arrays),
        VMSTATE_VARRAY_UINT32(ptr, Arrays, n_ptr, 0, vmstate_info_uint16,
                              uint16_t),
        VMSTATE_UINT16(n_alloc, Arrays),
        VMSTATE_VARRAY_UINT16_ALLOC(alloc, Arrays, n_alloc, 0,
                                    vmstate_info_uint8, uint8_t),
        VMSTATE_BUFFER(bytes, Arrays),
        VMSTATE_PARTIAL_BUFFER(part, Arrays, 2),
        VMSTATE_BUFFER_START_MIDDLE(part, Arrays, 3),
        VMSTATE_UINT32(blob_len, Arrays),
        VMSTATE_VBUFFER_UINT32(blob, Arrays, 0, NULL, blob_len),
        VMSTATE_UINT32(made_len, Arrays),
        VMSTATE_VBUFFER_ALLOC_UINT32(made, Arrays, 0, NULL, made_len),
        VMSTATE_VBUFFER_MULTIPLY(units, Arrays, 0, NULL, n_units, 2),
        VMSTATE_UNUSED(2),
        VMSTATE_UNUSED_VARRAY_UINT32(Arrays, NULL, 0, n_units, 1),
        VMSTATE_BITMAP(map, Arrays, 0, bits),
        VMSTATE_BUFFER_POINTER_UNSAFE(fixed, Arrays, 0, 2),
        VMSTATE_END_OF_LIST()
    }
};

/* Offsets of the counts, for the tests of hostile streams. */
enum {
    AT_UNSAFE = 18, AT_MULT = 24, AT_PTR = 32, AT_ALLOC = 40, AT_BLOB = 51,
    AT_MADE = 57,
};

static const uint8_t arrays_stream[] = {
    0, 1, 0, 2, 0, 3, 1, 2, 3, 4, 0, 0, 0, 8, 0, 0, 0, 9,
    0, 0, 0, 2, 5, 6,
    0, 0, 0, 2, 1, 2, 3, 4,
    0, 0, 0, 2, 0, 7, 0, 8,
    0, 3, 0xa, 0xb, 0xc,
    0x11, 0x12, 0x13, 0x21, 0x22, 0x24,
    0, 0, 0, 2, 0x31, 0x32,
    0, 0, 0, 1, 0x41,
    0x51, 0x52, 0x53, 0x54,
    0, 0, 0, 0,
    0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
    0, 0, 0, 0, 0, 0, 0, 3,
    0x61, 0x62,
};

static void arrays_make(Arrays *a)
{
    memset(a, 0, sizeof(*a));
    a->n_ptr = 2;
    a->ptr = g_new0(uint16_t, 2);
    a->blob_len = 2;
    a->blob = g_malloc0(2);
    a->n_units = 2;
    a->units = g_malloc0(4);
    a->bits = 66;
    a->map = g_malloc0(16);
    a->fixed = g_malloc0(2);
}

static void arrays_free(Arrays *a)
{
    g_free(a->ptr);
    g_free(a->blob);
    g_free(a->units);
    g_free(a->map);
    g_free(a->fixed);
    g_free(a->alloc);
    g_free(a->made);
}

static void arrays_fill(Arrays *a)
{
    arrays_make(a);
    memcpy(a->plain, (uint16_t[]) { 1, 2, 3 }, 6);
    memcpy(a->grid, (uint8_t[]) { 1, 2, 3, 4 }, 4);
    memcpy(a->sub, (uint32_t[]) { 7, 8, 9, 10 }, 16);
    a->n_unsafe = 2;
    memcpy(a->unsafe, (uint8_t[]) { 5, 6, 7, 8 }, 4);
    a->n_mult = 2;
    memcpy(a->mult, (uint8_t[]) { 1, 2, 3, 4, 5, 6 }, 6);
    memcpy(a->ptr, (uint16_t[]) { 7, 8 }, 4);
    a->n_alloc = 3;
    a->alloc = g_memdup2((uint8_t[]) { 0xa, 0xb, 0xc }, 3);
    memcpy(a->bytes, (uint8_t[]) { 0x11, 0x12, 0x13 }, 3);
    memcpy(a->part, (uint8_t[]) { 0x21, 0x22, 0x23, 0x24 }, 4);
    memcpy(a->blob, (uint8_t[]) { 0x31, 0x32 }, 2);
    a->made_len = 1;
    a->made = g_memdup2((uint8_t[]) { 0x41 }, 1);
    memcpy(a->units, (uint8_t[]) { 0x51, 0x52, 0x53, 0x54 }, 4);
    memcpy(a->map, (uint64_t[]) { 0xfedcba9876543210ULL, 3 }, 16);
    memcpy(a->fixed, (uint8_t[]) { 0x61, 0x62 }, 2);
}

static void test_arrays(void)
{
    Arrays src, dst;
    g_autoptr(GByteArray) out = NULL;
    g_autoptr(GByteArray) again = NULL;

    arrays_fill(&src);
    arrays_make(&dst);
    out = save(&vmstate_arrays, &src);
    assert_bytes(out, arrays_stream, sizeof(arrays_stream));
    assert_loads(load(&vmstate_arrays, &dst, out));
    g_assert_cmpuint(dst.part[2], ==, 0);
    g_assert_cmpuint(dst.unsafe[2], ==, 0);
    g_assert_cmpuint(dst.sub[0], ==, 0);
    again = save(&vmstate_arrays, &dst);
    assert_bytes(again, arrays_stream, sizeof(arrays_stream));
    arrays_free(&src);
    arrays_free(&dst);
}

/* Counts beyond what the destination can hold. */
static void test_counts(void)
{
    static const struct { int at; uint32_t value; const char *text; } bad[] = {
        { AT_UNSAFE, 5, "arrays.unsafe: stream has 5 elements, there is room "
                        "for 4" },
        { AT_UNSAFE, 0x80000000, "arrays.unsafe: negative count" },
        { AT_MULT, 4, "arrays.mult: stream has 8 elements" },
        { AT_MULT, UINT32_MAX, "arrays.mult: " },
        { AT_PTR, 3, "arrays.ptr: stream has 3 elements, there is room for "
                     "2" },
        { AT_PTR, UINT32_MAX, "arrays.ptr: " },
        { AT_BLOB, 3, "arrays.blob: stream has 3 bytes, there is room for "
                      "2" },
        { AT_BLOB, UINT32_MAX, "arrays.blob: negative count" },
        { AT_MADE, 0x7fffffff, "arrays.made: stream wants 1 times 2147483647 "
                               "bytes" },
        { AT_MADE, 1000, "arrays.made: stream ends" },
    };

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        uint8_t stream[sizeof(arrays_stream)];
        Arrays dst;

        arrays_make(&dst);
        memcpy(stream, arrays_stream, sizeof(stream));
        for (int j = 0; j < 4; j++) {
            stream[bad[i].at + j] = bad[i].value >> (24 - 8 * j);
        }
        assert_fails_with(load_bytes(&vmstate_arrays, &dst, 0, stream,
                                     sizeof(stream)), bad[i].text);
        arrays_free(&dst);
    }
}

typedef struct Shapes {
    Point one;
    Point *ptr;
    Point list[2];
    Point grid[1][2];
    uint8_t n8;
    Point var[3];
    int32_t n32;
    Point *varp;
    int32_t n_made;
    Point *made;
    Point *many[3];
    Point old;
} Shapes;

static const VMStateDescription vmstate_shapes = {
    .name = "shapes",
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(one, Shapes, 0, vmstate_point, Point),
        VMSTATE_STRUCT_POINTER(ptr, Shapes, vmstate_point, Point),
        VMSTATE_STRUCT_ARRAY(list, Shapes, 2, 0, vmstate_point, Point),
        VMSTATE_STRUCT_2DARRAY(grid, Shapes, 1, 2, 0, vmstate_point, Point),
        VMSTATE_UINT8(n8, Shapes),
        VMSTATE_STRUCT_VARRAY_UINT8(var, Shapes, n8, 0, vmstate_point, Point),
        VMSTATE_STRUCT_VARRAY_POINTER_INT32(varp, Shapes, n32, vmstate_point,
                                            Point),
        VMSTATE_INT32(n_made, Shapes),
        VMSTATE_STRUCT_VARRAY_ALLOC(made, Shapes, n_made, 0, vmstate_point,
                                    Point),
        VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(many, Shapes, 3, 0, vmstate_point,
                                           Point),
        VMSTATE_VSTRUCT(old, Shapes, vmstate_point, Point, 1),
        VMSTATE_END_OF_LIST()
    }
};

static const uint8_t shapes_stream[] = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 13, 14, 15, 16, 17, 18,
    0, 0, 0, 1, 19, 20, 21, 22, 0x30, 23, 24, 25,
};

static void shapes_make(Shapes *s)
{
    memset(s, 0, sizeof(*s));
    s->ptr = g_new0(Point, 1);
    s->n32 = 2;
    s->varp = g_new0(Point, 2);
    s->many[0] = g_new0(Point, 1);
    s->many[2] = g_new0(Point, 1);
}

static void shapes_free(Shapes *s)
{
    g_free(s->ptr);
    g_free(s->varp);
    g_free(s->made);
    g_free(s->many[0]);
    g_free(s->many[2]);
}

static void test_shapes(void)
{
    Shapes s;
    g_autoptr(GByteArray) out = NULL;

    shapes_make(&s);
    assert_loads(load_bytes(&vmstate_shapes, &s, 0, shapes_stream,
                            sizeof(shapes_stream)));
    g_assert_cmpuint(s.ptr->y, ==, 4);
    g_assert_cmpuint(s.made[0].y, ==, 20);
    g_assert_cmpuint(s.many[2]->x, ==, 23);
    g_assert_cmpuint(s.old.x, ==, 25);
    g_assert_cmpuint(s.old.y, ==, 0);
    out = save(&vmstate_shapes, &s);
    assert_bytes(out, shapes_stream, sizeof(shapes_stream));
    shapes_free(&s);
}

/* An array of pointers has a hole in one of the two machines only. */
static void test_null_pointers(void)
{
    uint8_t stream[sizeof(shapes_stream)];
    Shapes s;

    shapes_make(&s);
    memcpy(stream, shapes_stream, sizeof(stream));
    stream[27] = 0x31;
    assert_fails_with(load_bytes(&vmstate_shapes, &s, 0, stream,
                                 sizeof(stream)),
                      "shapes.many: [1] stream has an element");
    shapes_free(&s);

    shapes_make(&s);
    g_free(s.varp);
    s.varp = NULL;
    assert_fails_with(load_bytes(&vmstate_shapes, &s, 0, shapes_stream,
                                 sizeof(shapes_stream)),
                      "shapes.varp: the destination has no memory");
    shapes_free(&s);
}

/* --- Timers --- */

typedef struct Timers {
    QEMUTimer in;
    QEMUTimer *ptr;
    QEMUTimer *many[3];
} Timers;

static const VMStateDescription vmstate_timers = {
    .name = "timers",
    .fields = (const VMStateField[]) {
        VMSTATE_TIMER(in, Timers),
        VMSTATE_TIMER_PTR(ptr, Timers),
        VMSTATE_TIMER_PTR_ARRAY(many, Timers, 3),
        VMSTATE_END_OF_LIST()
    }
};

static const uint8_t timers_stream[] = {
    0x7f, 0, 0, 0, 0, 0, 0, 1,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x7f, 0, 0, 0, 0, 0, 0, 2,
    0x30,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static void timer_never(void *opaque)
{
    g_assert_not_reached();
}

static void timers_make(Timers *t)
{
    timer_init_ns(&t->in, QEMU_CLOCK_VIRTUAL, timer_never, NULL);
    t->ptr = timer_new_ns(QEMU_CLOCK_VIRTUAL, timer_never, NULL);
    t->many[0] = timer_new_ns(QEMU_CLOCK_VIRTUAL, timer_never, NULL);
    t->many[1] = NULL;
    t->many[2] = timer_new_ns(QEMU_CLOCK_VIRTUAL, timer_never, NULL);
}

static void timers_free(Timers *t)
{
    timer_del(&t->in);
    timer_free(t->ptr);
    timer_free(t->many[0]);
    timer_free(t->many[2]);
}

static void test_timers(void)
{
    Timers t;
    g_autoptr(GByteArray) out = NULL;

    timers_make(&t);
    timer_mod_ns(t.ptr, INT64_MAX);
    assert_loads(load_bytes(&vmstate_timers, &t, 0, timers_stream,
                            sizeof(timers_stream)));
    g_assert_cmphex(timer_expire_time_ns(&t.in), ==, 0x7f00000000000001);
    g_assert_false(timer_pending(t.ptr));
    g_assert_true(timer_pending(t.many[0]));
    out = save(&vmstate_timers, &t);
    assert_bytes(out, timers_stream, sizeof(timers_stream));
    timers_free(&t);
}

/* --- Lists, trees, temporaries --- */

typedef struct Item {
    uint8_t value;
    QTAILQ_ENTRY(Item) tail;
    QLIST_ENTRY(Item) list;
} Item;

static const VMStateDescription vmstate_item = {
    .name = "item",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(value, Item),
        VMSTATE_END_OF_LIST()
    }
};

/* The value, then the key. */
static const VMStateDescription vmstate_pair[2] = {
    {
        .name = "value",
        .fields = (const VMStateField[]) {
            VMSTATE_UINT8(value, Item),
            VMSTATE_END_OF_LIST()
        }
    }, {
        .name = "key",
        .fields = (const VMStateField[]) {
            VMSTATE_UINT8(x, Point),
            VMSTATE_UINT8(y, Point),
            VMSTATE_END_OF_LIST()
        }
    }
};

typedef struct Lists {
    QTAILQ_HEAD(, Item) tail;
    QLIST_HEAD(, Item) list;
    GTree *tree;
    GTree *direct;
    uint32_t packed;
} Lists;

typedef struct Unpacked {
    Lists *parent;
    uint16_t low, high;
} Unpacked;

static int unpack(void *opaque)
{
    Unpacked *tmp = opaque;

    tmp->low = tmp->parent->packed;
    tmp->high = tmp->parent->packed >> 16;
    return 0;
}

static int pack(void *opaque, int version_id)
{
    Unpacked *tmp = opaque;

    tmp->parent->packed = (uint32_t)tmp->high << 16 | tmp->low;
    return tmp->high == 0xdead ? -EINVAL : 0;
}

static const VMStateDescription vmstate_unpacked = {
    .name = "unpacked",
    .pre_save = unpack,
    .post_load = pack,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16(low, Unpacked),
        VMSTATE_UINT16(high, Unpacked),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_lists = {
    .name = "lists",
    .fields = (const VMStateField[]) {
        VMSTATE_QTAILQ_V(tail, Lists, 0, vmstate_item, Item, tail),
        VMSTATE_QLIST_V(list, Lists, 0, vmstate_item, Item, list),
        VMSTATE_GTREE_V(tree, Lists, 0, vmstate_pair, Point, Item),
        VMSTATE_GTREE_DIRECT_KEY_V(direct, Lists, 0, vmstate_pair, Item),
        VMSTATE_WITH_TMP(Lists, Unpacked, vmstate_unpacked),
        VMSTATE_END_OF_LIST()
    }
};

static const uint8_t lists_stream[] = {
    1, 10, 1, 11, 1, 12, 0,
    1, 20, 1, 21, 0,
    0, 0, 0, 2, 1, 1, 2, 30, 1, 3, 4, 31, 0,
    0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 9, 40, 0,
    0x56, 0x78, 0x12, 0x34,
};

static gint compare_points(gconstpointer a, gconstpointer b, gpointer data)
{
    const Point *p = a, *q = b;

    return p->x != q->x ? p->x - q->x : p->y - q->y;
}

static gint compare_numbers(gconstpointer a, gconstpointer b, gpointer data)
{
    return (a > b) - (a < b);
}

static void lists_make(Lists *l)
{
    memset(l, 0, sizeof(*l));
    QTAILQ_INIT(&l->tail);
    QLIST_INIT(&l->list);
    l->tree = g_tree_new_full(compare_points, NULL, g_free, g_free);
    l->direct = g_tree_new_full(compare_numbers, NULL, NULL, g_free);
}

static void lists_free(Lists *l)
{
    Item *i, *next;

    QTAILQ_FOREACH_SAFE(i, &l->tail, tail, next) {
        QTAILQ_REMOVE(&l->tail, i, tail);
        g_free(i);
    }
    QLIST_FOREACH_SAFE(i, &l->list, list, next) {
        QLIST_REMOVE(i, list);
        g_free(i);
    }
    g_tree_destroy(l->tree);
    g_tree_destroy(l->direct);
}

static void test_lists(void)
{
    Lists l;
    g_autoptr(GByteArray) out = NULL;

    lists_make(&l);
    assert_loads(load_bytes(&vmstate_lists, &l, 0, lists_stream,
                            sizeof(lists_stream)));
    g_assert_cmpuint(QTAILQ_LAST(&l.tail)->value, ==, 12);
    g_assert_cmpuint(QTAILQ_PREV(QTAILQ_LAST(&l.tail), tail)->value, ==, 11);
    g_assert_cmpuint(QLIST_FIRST(&l.list)->value, ==, 20);
    g_assert_cmpuint(QLIST_NEXT(QLIST_FIRST(&l.list), list)->value, ==, 21);
    g_assert_cmpint(g_tree_nnodes(l.tree), ==, 2);
    g_assert_nonnull(g_tree_lookup(l.direct, (void *)9));
    g_assert_cmphex(l.packed, ==, 0x12345678);
    out = save(&vmstate_lists, &l);
    assert_bytes(out, lists_stream, sizeof(lists_stream));
    lists_free(&l);
}

static void test_bad_lists(void)
{
    static const struct { int at; uint8_t value; const char *text; } bad[] = {
        { 2, 7, "lists.tail: byte 0x07 where a list goes on" },
        { 9, 0xff, "lists.list: byte 0xff where" },
        { 15, 3, "lists.tree: tree was to have 3 nodes" },
        { 15, 1, "lists.tree: tree was to have 1 nodes" },
        { 12, 0xff, "lists.tree: tree of 4278190082 nodes" },
        { 28, 0, "lists.direct: tree was to have 0 nodes" },
    };

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        uint8_t stream[sizeof(lists_stream)];
        Lists l;

        lists_make(&l);
        memcpy(stream, lists_stream, sizeof(stream));
        stream[bad[i].at] = bad[i].value;
        assert_fails_with(load_bytes(&vmstate_lists, &l, 0, stream,
                                     sizeof(stream)), bad[i].text);
        lists_free(&l);
    }
}

static void test_tmp_refuses(void)
{
    uint8_t stream[sizeof(lists_stream)];
    Lists l;

    lists_make(&l);
    memcpy(stream, lists_stream, sizeof(stream));
    stream[sizeof(stream) - 2] = 0xde;
    stream[sizeof(stream) - 1] = 0xad;
    assert_fails_with(load_bytes(&vmstate_lists, &l, 0, stream,
                                 sizeof(stream)),
                      "lists.tmp: unpacked: device refuses the loaded state");
    lists_free(&l);
}

/* --- Versions and conditions --- */

typedef struct Aged {
    uint8_t a, b, c;
    bool valid;
} Aged;

static bool aged_before_3(void *opaque, int version_id)
{
    return version_id < 3;
}

static bool aged_valid(void *opaque, int version_id)
{
    return ((Aged *)opaque)->a != 0xbb;
}

static const VMStateDescription vmstate_aged = {
    .name = "aged",
    .version_id = 3,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(a, Aged),
        VMSTATE_VALIDATE("a is not 0xbb", aged_valid),
        VMSTATE_UINT8_V(b, Aged, 2),
        VMSTATE_UINT8_TEST(c, Aged, aged_before_3),
        VMSTATE_END_OF_LIST()
    }
};

static void test_versions(void)
{
    static const uint8_t stream[] = { 1, 2, 3 };
    Aged d = { 0 };

    assert_loads(load_bytes(&vmstate_aged, &d, 3, stream, 2));
    g_assert_cmpuint(d.b, ==, 2);
    assert_loads(load_bytes(&vmstate_aged, &d, 2, stream, 3));
    g_assert_cmpuint(d.c, ==, 3);
    assert_loads(load_bytes(&vmstate_aged, &d, 1, stream, 2));
    g_assert_cmpuint(d.c, ==, 2);
    assert_fails_with(load_bytes(&vmstate_aged, &d, 4, stream, 3),
                      "aged: stream has version 4, versions 1 to 3");
    assert_fails_with(load_bytes(&vmstate_aged, &d, 0, stream, 3),
                      "aged: stream has version 0");
    assert_fails_with(load_bytes(&vmstate_aged, &d, -1, stream, 3),
                      "aged: stream has version -1");
}

static void test_validate(void)
{
    static const uint8_t stream[] = { 0xbb, 2 };
    Aged d = { 0 };

    assert_fails_with(load_bytes(&vmstate_aged, &d, 3, stream, 2),
                      "aged.a is not 0xbb: input validation failed");
}

/* --- Subsections --- */

typedef struct Sub {
    uint8_t a, opt, more, deep;
    Point p;
} Sub;

static bool opt_needed(void *opaque)
{
    return ((Sub *)opaque)->opt;
}

static bool more_needed(void *opaque)
{
    return ((Sub *)opaque)->more;
}

static bool deep_needed(void *opaque)
{
    return ((Sub *)opaque)->deep;
}

static const VMStateDescription vmstate_sub_deep = {
    .name = "sub/opt/deep",
    .needed = deep_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(deep, Sub),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_sub_opt = {
    .name = "sub/opt",
    .version_id = 2,
    .minimum_version_id = 1,
    .needed = opt_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(opt, Sub),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const []) {
        &vmstate_sub_deep,
        NULL
    }
};

static const VMStateDescription vmstate_sub_more = {
    .name = "sub/more",
    .needed = more_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(more, Sub),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_sub = {
    .name = "sub",
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(a, Sub),
        VMSTATE_STRUCT(p, Sub, 0, vmstate_point, Point),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription*[]) {
        &vmstate_sub_opt,
        &vmstate_sub_more,
        NULL
    }
};

#define OPT_SECTION "\5\7sub/opt\0\0\0\2\x21"
#define DEEP_SECTION "\5\14sub/opt/deep\0\0\0\0\x23"
#define MORE_SECTION "\5\10sub/more\0\0\0\0\x22"
#define SUB_BODY "\1\2\3"

static void test_subsections(void)
{
    static const struct { Sub s; const char *stream; size_t len; } cases[] = {
#define CASE(opt_, more_, deep_, str_) \
        { { 1, opt_, more_, deep_, { 2, 3 } }, str_, sizeof(str_) - 1 }
        CASE(0, 0, 0, SUB_BODY),
        CASE(0x21, 0, 0, SUB_BODY OPT_SECTION),
        CASE(0, 0x22, 0, SUB_BODY MORE_SECTION),
        CASE(0, 0, 0x23, SUB_BODY),
        CASE(0x21, 0x22, 0x23, SUB_BODY OPT_SECTION DEEP_SECTION
                               MORE_SECTION),
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Sub src = cases[i].s, dst = { 0 };
        g_autoptr(GByteArray) out = save(&vmstate_sub, &src);

        assert_bytes(out, cases[i].stream, cases[i].len);
        assert_loads(load(&vmstate_sub, &dst, out));
        g_assert_cmpuint(dst.opt, ==, src.opt);
        g_assert_cmpuint(dst.more, ==, src.more);
        g_assert_cmpuint(dst.deep, ==, src.opt ? src.deep : 0);
    }
}

static void test_bad_subsections(void)
{
    static const struct { const char *stream; size_t len; const char *text; }
    cases[] = {
#define BAD(str_, text_) { str_, sizeof(str_) - 1, text_ }
        BAD(SUB_BODY "\5\7sub/xxx\0\0\0\0", "sub: unknown subsection "
                                            "'sub/xxx'"),
        BAD(SUB_BODY "\5\7sub/opt\0\0\0\3\x21", "sub/opt: stream has version "
                                                "3"),
        BAD(SUB_BODY "\5\7sub/opt\0\0\0", "stream ends"),
        BAD(SUB_BODY "\5\7sub/opt\0\0\0\2", "sub/opt.opt: stream ends"),
        BAD(SUB_BODY OPT_SECTION OPT_SECTION, "'sub/opt' comes twice"),
        BAD(SUB_BODY OPT_SECTION "\5\14sub/opt/peep\0\0\0\0\1",
            "sub/opt: unknown subsection 'sub/opt/peep'"),
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Sub dst = { 0 };

        assert_fails_with(load_bytes(&vmstate_sub, &dst, 0, cases[i].stream,
                                     cases[i].len), cases[i].text);
    }
}

/* What does not bear the name is left to whoever reads on. */
static void test_foreign_subsection(void)
{
    static const char stream[] = SUB_BODY "\5\3foo\0\0\0\0";
    QEMUFile *f = qemu_file_new_memory_input(stream, sizeof(stream) - 1);
    Sub dst = { 0 };

    g_assert_cmpint(vmstate_load_state(f, &vmstate_sub, &dst, 0), ==, 0);
    g_assert_cmpint(qemu_file_total_transferred(f), ==, 3);
    qemu_fclose(f);
}

/* --- Hooks --- */

typedef struct Hooked {
    uint8_t v;
    char log[16];
    const char *fail;
} Hooked;

static int hook(void *opaque, const char *letter)
{
    Hooked *h = opaque;

    g_strlcat(h->log, letter, sizeof(h->log));
    return h->fail && strstr(h->fail, letter) ? -EPERM : 0;
}

static int hook_pre_load(void *opaque)
{
    return hook(opaque, "l");
}

static int hook_post_load(void *opaque, int version_id)
{
    g_assert_cmpint(version_id, ==, 5);
    return hook(opaque, "L");
}

static int hook_pre_save(void *opaque)
{
    return hook(opaque, "s");
}

static int hook_post_save(void *opaque)
{
    return hook(opaque, "S");
}

static int hook_get(QEMUFile *f, void *pv, size_t size,
                    const VMStateField *field)
{
    *(uint8_t *)pv = qemu_get_byte(f);
    return hook(container_of((uint8_t *)pv, Hooked, v), "g");
}

static int hook_put(QEMUFile *f, void *pv, size_t size,
                    const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_byte(f, *(uint8_t *)pv);
    return hook(container_of((uint8_t *)pv, Hooked, v), "p");
}

static bool hook_needed(void *opaque)
{
    hook(opaque, "n");
    return true;
}

static const VMStateInfo info_hooked = {
    .name = "hooked", .get = hook_get, .put = hook_put,
};

static const VMStateDescription vmstate_hooked_sub = {
    .name = "hooked/sub",
    .needed = hook_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(v, Hooked),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_hooked = {
    .name = "hooked",
    .version_id = 5,
    .pre_load = hook_pre_load,
    .post_load = hook_post_load,
    .pre_save = hook_pre_save,
    .post_save = hook_post_save,
    .fields = (const VMStateField[]) {
        VMSTATE_SINGLE(v, Hooked, 0, info_hooked, uint8_t),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const []) {
        &vmstate_hooked_sub, NULL
    }
};

static void test_hooks(void)
{
    Hooked src = { .v = 7 }, dst = { 0 };
    g_autoptr(GByteArray) out = save(&vmstate_hooked, &src);

    g_assert_cmpstr(src.log, ==, "spnS");
    assert_loads(load(&vmstate_hooked, &dst, out));
    g_assert_cmpstr(dst.log, ==, "lgL");
}

static void test_failing_hooks(void)
{
    static const struct { const char *fail, *log, *text; } loads[] = {
        { "l", "l", "hooked: device refuses to load" },
        { "g", "lg", "hooked.v: value of type 'hooked' refused" },
        { "L", "lgL", "hooked: device refuses the loaded state" },
    };
    Hooked src = { .v = 7 };
    g_autoptr(GByteArray) out = save(&vmstate_hooked, &src);

    for (int i = 0; i < ARRAY_SIZE(loads); i++) {
        Hooked dst = { .fail = loads[i].fail };

        assert_fails_with(load(&vmstate_hooked, &dst, out), loads[i].text);
        g_assert_cmpstr(dst.log, ==, loads[i].log);
    }
}

/* post_save undoes pre_save, also when a field fails. */
static void test_failing_save(void)
{
    static const struct { const char *fail, *log; } saves[] = {
        { "s", "s" }, { "p", "spS" }, { "S", "spnS" },
    };

    for (int i = 0; i < ARRAY_SIZE(saves); i++) {
        Hooked src = { .fail = saves[i].fail };
        g_autoptr(GByteArray) out = g_byte_array_new();
        QEMUFile *f = qemu_file_new_memory_output(out);

        g_assert_cmpint(vmstate_save_state(f, &vmstate_hooked, &src, NULL),
                        ==, -EPERM);
        g_assert_cmpstr(src.log, ==, saves[i].log);
        qemu_fclose(f);
    }
}

/* --- The closing description --- */

static char *describe(const VMStateDescription *vmsd, void *opaque)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(out);
    JSONWriter *w = json_writer_new(false);

    json_writer_start_object(w, NULL);
    g_assert_cmpint(vmstate_save_state(f, vmsd, opaque, w), ==, 0);
    json_writer_end_object(w);
    qemu_fclose(f);
    return g_string_free(json_writer_get_and_free(w), false);
}

static void test_describe(void)
{
    Sub sub = { .opt = 1 };
    g_autofree char *text = describe(&vmstate_sub, &sub);

    g_assert_cmpstr(text, ==,
        "{\"vmsd_name\": \"sub\", \"version\": 0, \"fields\": ["
        "{\"name\": \"a\", \"type\": \"uint8\", \"size\": 1}, "
        "{\"name\": \"p\", \"type\": \"struct\", \"struct\": "
        "{\"vmsd_name\": \"point\", \"version\": 3, \"fields\": ["
        "{\"name\": \"x\", \"type\": \"uint8\", \"size\": 1}, "
        "{\"name\": \"y\", \"type\": \"uint8\", \"size\": 1}]}, "
        "\"size\": 2}], \"subsections\": ["
        "{\"vmsd_name\": \"sub/opt\", \"version\": 2, \"fields\": ["
        "{\"name\": \"opt\", \"type\": \"uint8\", \"size\": 1}]}]}");
}

static void test_describe_arrays(void)
{
    static const char *const parts[] = {
        "{\"name\": \"plain\", \"array_len\": 3, \"type\": \"uint16\", "
        "\"size\": 2}, {",
        "{\"name\": \"part[0]\", \"type\": \"buffer\", \"size\": 2}",
        "{\"name\": \"part[1]\", \"type\": \"buffer\", \"size\": 1}",
        "{\"name\": \"unused[0]\", \"type\": \"unused_buffer\", \"size\": 2}",
        "{\"name\": \"unused[1]\", \"array_len\": 2, \"type\": "
        "\"unused_buffer\", \"size\": 1}",
        "{\"name\": \"map\", \"type\": \"bitmap\", \"size\": 16}",
    };
    Arrays a;
    g_autofree char *text = NULL;

    arrays_fill(&a);
    text = describe(&vmstate_arrays, &a);
    for (int i = 0; i < ARRAY_SIZE(parts); i++) {
        if (!strstr(text, parts[i])) {
            g_test_message("%s is not in %s", parts[i], text);
            g_assert_not_reached();
        }
    }
    arrays_free(&a);
}

/* --- JSONWriter --- */

static void write_sample(JSONWriter *w)
{
    json_writer_start_object(w, NULL);
    json_writer_str(w, "s", "a\"b\n");
    json_writer_start_array(w, "l");
    json_writer_bool(w, NULL, true);
    json_writer_null(w, NULL);
    json_writer_int64(w, NULL, INT64_MIN);
    json_writer_end_array(w);
    json_writer_start_array(w, "e");
    json_writer_end_array(w);
    json_writer_uint64(w, "u", UINT64_MAX);
    json_writer_double(w, "d", 0.5);
    json_writer_end_object(w);
}

static void test_json_writer(void)
{
    JSONWriter *w = json_writer_new(false);

    write_sample(w);
    g_assert_cmpstr(json_writer_get(w), ==,
                    "{\"s\": \"a\\\"b\\n\", \"l\": [true, null, "
                    "-9223372036854775808], \"e\": [], "
                    "\"u\": 18446744073709551615, \"d\": 0.5}");
    json_writer_free(w);

    w = json_writer_new(true);
    write_sample(w);
    g_assert_cmpstr(json_writer_get(w), ==,
                    "{\n    \"s\": \"a\\\"b\\n\",\n    \"l\": [\n"
                    "        true,\n        null,\n"
                    "        -9223372036854775808\n    ],\n    \"e\": [],\n"
                    "    \"u\": 18446744073709551615,\n    \"d\": 0.5\n}");
    json_writer_free(w);
}

/* --- Hostile streams: cut anywhere, flipped anywhere --- */

typedef struct Victim {
    const VMStateDescription *vmsd;
    const uint8_t *stream;
    size_t len;
    size_t size;
    void (*make)(void *);
    void (*free)(void *);
} Victim;

static void numbers_make_any(void *p)
{
    *(Numbers *)p = other_numbers;
}

static void sub_make_any(void *p)
{
    memset(p, 0, sizeof(Sub));
}

static void nothing(void *p)
{
}

#define SUB_ALL SUB_BODY OPT_SECTION DEEP_SECTION MORE_SECTION

static const Victim victims[] = {
    { &vmstate_numbers, numbers_stream, sizeof(numbers_stream),
      sizeof(Numbers), numbers_make_any, nothing },
    { &vmstate_arrays, arrays_stream, sizeof(arrays_stream), sizeof(Arrays),
      (void (*)(void *))arrays_make, (void (*)(void *))arrays_free },
    { &vmstate_shapes, shapes_stream, sizeof(shapes_stream), sizeof(Shapes),
      (void (*)(void *))shapes_make, (void (*)(void *))shapes_free },
    { &vmstate_timers, timers_stream, sizeof(timers_stream), sizeof(Timers),
      (void (*)(void *))timers_make, (void (*)(void *))timers_free },
    { &vmstate_lists, lists_stream, sizeof(lists_stream), sizeof(Lists),
      (void (*)(void *))lists_make, (void (*)(void *))lists_free },
    { &vmstate_sub, (const uint8_t *)SUB_ALL, sizeof(SUB_ALL) - 1,
      sizeof(Sub), sub_make_any, nothing },
};

/* The error's text, or NULL. */
static char *attack(const Victim *v, const void *data, size_t len)
{
    g_autofree void *state = g_malloc0(v->size);
    QEMUFile *f = qemu_file_new_memory_input(data, len);
    Error *err = NULL;
    char *text = NULL;

    v->make(state);
    if (vmstate_load_state_errp(f, v->vmsd, state, v->vmsd->version_id,
                                &err)) {
        text = g_strdup(error_get_pretty(err));
        error_free(err);
    }
    v->free(state);
    qemu_fclose(f);
    return text;
}

static void test_truncated(void)
{
    for (int i = 0; i < ARRAY_SIZE(victims); i++) {
        const Victim *v = victims + i;

        for (size_t len = 0; len < v->len; len++) {
            /* An exact copy, for the sanitizer to guard its end. */
            g_autofree uint8_t *cut = g_memdup2(v->stream, len);
            char *text = attack(v, cut, len);

            if (v->vmsd == &vmstate_sub && len >= 3 && !text) {
                continue;       /* cut in front of, or in, a subsection */
            }
            assert_fails_with(text, "stream ends");
        }
    }
}

static void test_mutated(void)
{
    GRand *r = g_rand_new_with_seed(7);

    for (int n = 0; n < 3000; n++) {
        const Victim *v = victims + n % ARRAY_SIZE(victims);
        g_autofree uint8_t *data = g_memdup2(v->stream, v->len);
        char *text;

        for (int flips = g_rand_int_range(r, 1, 4); flips; flips--) {
            data[g_rand_int_range(r, 0, v->len)] = g_rand_int(r);
        }
        text = attack(v, data, v->len);
        if (text) {
            g_assert_true(g_str_has_prefix(text, v->vmsd->name));
            g_free(text);
        }
    }
    g_rand_free(r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vmstate/numbers", test_numbers);
    g_test_add_func("/vmstate/numbers/unequal", test_numbers_unequal);
    g_test_add_func("/vmstate/numbers/negative-le", test_negative_le);
    g_test_add_func("/vmstate/arrays", test_arrays);
    g_test_add_func("/vmstate/arrays/counts", test_counts);
    g_test_add_func("/vmstate/structs", test_shapes);
    g_test_add_func("/vmstate/structs/null", test_null_pointers);
    g_test_add_func("/vmstate/timers", test_timers);
    g_test_add_func("/vmstate/lists", test_lists);
    g_test_add_func("/vmstate/lists/bad", test_bad_lists);
    g_test_add_func("/vmstate/tmp/refuses", test_tmp_refuses);
    g_test_add_func("/vmstate/versions", test_versions);
    g_test_add_func("/vmstate/validate", test_validate);
    g_test_add_func("/vmstate/subsections", test_subsections);
    g_test_add_func("/vmstate/subsections/bad", test_bad_subsections);
    g_test_add_func("/vmstate/subsections/foreign", test_foreign_subsection);
    g_test_add_func("/vmstate/hooks", test_hooks);
    g_test_add_func("/vmstate/hooks/failing", test_failing_hooks);
    g_test_add_func("/vmstate/hooks/failing-save", test_failing_save);
    g_test_add_func("/vmstate/describe", test_describe);
    g_test_add_func("/vmstate/describe/arrays", test_describe_arrays);
    g_test_add_func("/vmstate/json-writer", test_json_writer);
    g_test_add_func("/vmstate/hostile/truncated", test_truncated);
    g_test_add_func("/vmstate/hostile/mutated", test_mutated);
    return g_test_run();
}
