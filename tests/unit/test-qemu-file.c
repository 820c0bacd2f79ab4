/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMUFile: buffering, looking ahead, errors; the list of sections. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/blocker.h"
#include "migration/qemu-file.h"
#include "migration/savevm-registry.h"

/* A channel that reads back what was written, a few bytes at a time. */
typedef struct Slow {
    GByteArray *data;
    size_t at, step;
    int fail_after;             /* operations until -EPIPE; -1: never */
    int writes, closed, shut;
} Slow;

static bool slow_fails(Slow *s, Error **errp)
{
    if (s->fail_after < 0 || s->fail_after-- > 0) {
        return false;
    }
    s->fail_after = 0;
    error_setg(errp, "cable cut");
    return true;
}

static ssize_t slow_read(void *opaque, void *buf, size_t len, Error **errp)
{
    Slow *s = opaque;

    if (slow_fails(s, errp)) {
        return -EPIPE;
    }
    len = MIN(len, MIN(s->step, s->data->len - s->at));
    memcpy(buf, s->data->data + s->at, len);
    s->at += len;
    return len;
}

static int slow_writev(void *opaque, struct iovec *iov, int niov,
                       Error **errp)
{
    Slow *s = opaque;

    if (slow_fails(s, errp)) {
        return -EPIPE;
    }
    s->writes++;
    for (int i = 0; i < niov; i++) {
        g_byte_array_append(s->data, iov[i].iov_base, iov[i].iov_len);
    }
    return 0;
}

static void slow_shutdown(void *opaque)
{
    ((Slow *)opaque)->shut++;
}

static int slow_close(void *opaque, Error **errp)
{
    ((Slow *)opaque)->closed++;
    return 0;
}

static const QEMUFileOps slow_ops = {
    .read = slow_read, .writev = slow_writev, .shutdown = slow_shutdown,
    .close = slow_close,
};

static void slow_init(Slow *s, size_t step)
{
    *s = (Slow) { g_byte_array_new(), 0, step, -1, 0, 0, 0 };
}

static void put_sample(QEMUFile *f)
{
    qemu_put_byte(f, 0x1ff);
    qemu_put_be16(f, 0x12345);
    qemu_put_be32(f, 0x89abcdef);
    qemu_put_be64(f, 0x0123456789abcdefULL);
    qemu_put_counted_string(f, "pc.ram");
}

static void get_sample(QEMUFile *f)
{
    char name[256];

    g_assert_cmphex(qemu_get_byte(f), ==, 0xff);
    g_assert_cmphex(qemu_get_be16(f), ==, 0x2345);
    g_assert_cmphex(qemu_get_be32(f), ==, 0x89abcdef);
    g_assert_cmphex(qemu_get_be64(f), ==, 0x0123456789abcdefULL);
    g_assert_cmpuint(qemu_get_counted_string(f, name), ==, 6);
    g_assert_cmpstr(name, ==, "pc.ram");
}

#define ROUNDS 10000
#define SAMPLE 22

static void test_round_trip(void)
{
    static const size_t steps[] = { 1, 7, 4096, SIZE_MAX };

    for (int i = 0; i < ARRAY_SIZE(steps); i++) {
        Slow s;
        QEMUFile *f;

        slow_init(&s, steps[i]);
        f = qemu_file_new_output(&slow_ops, &s);
        for (int n = 0; n < ROUNDS; n++) {
            g_assert_cmpint(qemu_file_total_transferred_fast(f), ==,
                            n * SAMPLE);
            put_sample(f);
        }
        g_assert_cmpint(qemu_fclose(f), ==, 0);
        g_assert_cmpuint(s.data->len, ==, ROUNDS * SAMPLE);
        g_assert_cmpint(s.writes, <, 10);

        f = qemu_file_new_input(&slow_ops, &s);
        for (int n = 0; n < ROUNDS; n++) {
            get_sample(f);
        }
        g_assert_cmpint(qemu_file_get_error(f), ==, 0);
        g_assert_cmpint(qemu_get_byte(f), ==, 0);
        g_assert_cmpint(qemu_file_get_error(f), ==, -EIO);
        g_assert_cmpint(qemu_fclose(f), ==, -EIO);
        g_assert_cmpint(s.closed, ==, 2);
        g_byte_array_unref(s.data);
    }
}

static void test_buffers(void)
{
    g_autofree uint8_t *big = g_malloc(100000);
    g_autofree uint8_t *back = g_malloc0(100000);
    uint8_t *p = back;
    QEMUFile *f;
    Slow s;

    for (int i = 0; i < 100000; i++) {
        big[i] = i * 31 >> 3;
    }
    slow_init(&s, 5000);
    f = qemu_file_new_output(&slow_ops, &s);
    qemu_put_byte(f, 1);
    qemu_put_buffer_async(f, big, 4096, false);
    qemu_put_buffer(f, big, 100000);
    for (int i = 0; i < 1000; i++) {
        qemu_put_byte(f, 2);
        qemu_put_buffer_async(f, big, 16, false);
    }
    qemu_fclose(f);
    g_assert_cmpuint(s.data->len, ==, 1 + 4096 + 100000 + 1000 * 17);

    f = qemu_file_new_input(&slow_ops, &s);
    g_assert_cmpuint(qemu_get_byte(f), ==, 1);
    g_assert_cmpuint(qemu_get_buffer_in_place(f, &p, 4096), ==, 4096);
    g_assert_cmpmem(p, 4096, big, 4096);
    g_assert_cmpuint(qemu_get_buffer(f, back, 100000), ==, 100000);
    g_assert_cmpmem(back, 100000, big, 100000);
    for (int i = 0; i < 1000; i++) {
        g_assert_cmpuint(qemu_get_byte(f), ==, 2);
        g_assert_cmpuint(qemu_get_buffer(f, back, 16), ==, 16);
        g_assert_cmpmem(back, 16, big, 16);
    }
    g_assert_cmpuint(qemu_get_buffer(f, back, 100), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
    g_byte_array_unref(s.data);
}

static void test_peek(void)
{
    QEMUFile *f;
    uint8_t *p;
    Slow s;

    slow_init(&s, 3);
    for (int i = 0; i < 40000; i++) {
        g_byte_array_append(s.data, (uint8_t[]) { i }, 1);
    }
    f = qemu_file_new_input(&slow_ops, &s);
    g_assert_cmpint(qemu_peek_byte(f, 5), ==, 5);
    g_assert_cmpint(qemu_file_total_transferred(f), ==, 0);
    g_assert_cmpuint(qemu_peek_buffer(f, &p, 300, 2), ==, 300);
    g_assert_cmpuint(p[299], ==, 301 & 255);
    qemu_file_skip(f, 30000);
    g_assert_cmpint(qemu_file_total_transferred(f), >=, 302);
    while (qemu_file_total_transferred(f) < 39998) {
        qemu_get_byte(f);
    }
    g_assert_cmpuint(qemu_peek_buffer(f, &p, 10, 0), ==, 2);
    g_assert_cmpuint(qemu_peek_buffer(f, &p, 10, 2), ==, 0);
    g_assert_cmpuint(qemu_peek_buffer(f, &p, 10, SIZE_MAX), ==, 0);
    g_assert_cmpint(qemu_peek_byte(f, 100), ==, 0);
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);
    g_assert_cmpint(qemu_get_be32(f), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
    g_byte_array_unref(s.data);
}

static void test_errors(void)
{
    Error *err = NULL;
    QEMUFile *f;
    Slow s;

    slow_init(&s, 8);
    s.fail_after = 1;
    f = qemu_file_new_output(&slow_ops, &s);
    put_sample(f);
    qemu_fflush(f);
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);
    put_sample(f);
    qemu_fflush(f);
    g_assert_cmpint(qemu_file_get_error_obj(f, &err), ==, -EPIPE);
    g_assert_cmpstr(error_get_pretty(err), ==, "cable cut");
    error_free(err);
    g_assert_cmpint(qemu_file_total_transferred(f), ==, SAMPLE);
    put_sample(f);
    qemu_file_set_error(f, -EINVAL);
    g_assert_cmpint(qemu_fclose(f), ==, -EPIPE);

    s.fail_after = 1;
    f = qemu_file_new_input(&slow_ops, &s);
    g_assert_cmpint(qemu_get_be64(f), !=, 0);
    g_assert_cmpint(qemu_get_be64(f), ==, 0);
    g_assert_cmpint(qemu_file_get_error(f), ==, -EPIPE);
    g_assert_cmpint(qemu_fclose(f), ==, -EPIPE);
    g_byte_array_unref(s.data);
}

static void test_shutdown(void)
{
    QEMUFile *f;
    Slow s;

    slow_init(&s, 8);
    f = qemu_file_new_output(&slow_ops, &s);
    g_assert_cmpint(qemu_file_rate_limit(f), ==, 0);
    g_assert_cmpint(qemu_file_shutdown(f), ==, 0);
    g_assert_cmpint(s.shut, ==, 1);
    g_assert_cmpint(qemu_file_rate_limit(f), ==, 1);
    put_sample(f);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
    g_assert_cmpuint(s.data->len, ==, 0);
    g_byte_array_unref(s.data);
}

static void test_long_name(void)
{
    g_autofree char *name = g_strnfill(256, 'x');
    g_autoptr(GByteArray) out = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(out);

    qemu_put_counted_string(f, name + 1);
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);
    qemu_put_counted_string(f, name);
    g_assert_cmpint(qemu_fclose(f), ==, -EINVAL);
}

static void test_rate_limit(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(out);

    qemu_file_set_rate_limit(f, SAMPLE);
    put_sample(f);
    g_assert_cmpint(qemu_file_rate_limit(f), ==, 0);
    qemu_put_byte(f, 0);
    g_assert_cmpint(qemu_file_rate_limit(f), ==, 1);
    qemu_file_reset_rate_limit(f);
    g_assert_cmpint(qemu_file_rate_limit(f), ==, 0);
    qemu_file_acct_rate_limit(f, 100);
    g_assert_cmpint(qemu_file_rate_limit(f), ==, 1);
    qemu_fclose(f);
}

/* --- The registry --- */

static const VMStateDescription vmstate_dev = { .name = "dev" };
static const VMStateDescription vmstate_bus = {
    .name = "bus", .priority = MIG_PRI_PCI_BUS,
};
static const VMStateDescription vmstate_iommu = {
    .name = "iommu", .priority = MIG_PRI_IOMMU,
};

static int no_setup(QEMUFile *f, void *opaque)
{
    return 0;
}

static const SaveVMHandlers live_ops = { .save_setup = no_setup };

/* "name.instance" of each in order. */
static char *list_sections(void)
{
    GString *text = g_string_new(NULL);
    SaveStateEntry *se;

    SAVEVM_FOREACH(se) {
        g_string_append_printf(text, "%s%s.%u", text->len ? " " : "",
                               se->idstr, se->instance_id);
    }
    return g_string_free(text, false);
}

static void assert_sections(const char *want)
{
    g_autofree char *text = list_sections();

    g_assert_cmpstr(text, ==, want);
}

static void test_registry(void)
{
    int a, b, c, d, ram;

    register_savevm_live("ram", 0, 4, &live_ops, &ram);
    vmstate_register(NULL, VMSTATE_INSTANCE_ID_ANY, &vmstate_dev, &a);
    vmstate_register(NULL, VMSTATE_INSTANCE_ID_ANY, &vmstate_dev, &b);
    vmstate_register(NULL, 0, &vmstate_iommu, &c);
    vmstate_register(NULL, 3, &vmstate_bus, &d);
    vmstate_register_with_alias_id(NULL, 5, &vmstate_dev, &c, 9, 1, NULL);
    vmstate_register(NULL, VMSTATE_INSTANCE_ID_ANY, &vmstate_dev, &d);
    assert_sections("bus.3 iommu.0 ram.0 dev.0 dev.1 dev.5 dev.6");

    g_assert_true(savevm_find("ram", 0)->live);
    g_assert_true(savevm_find("dev", 1)->opaque == &b);
    g_assert_true(savevm_find("dev", 5)->opaque == &c);
    g_assert_true(savevm_find("dev", 9)->opaque == &c);
    g_assert_null(savevm_find("dev", 7));
    g_assert_null(savevm_find("dev", -1));
    g_assert_null(savevm_find("bus", 0));

    vmstate_unregister(NULL, &vmstate_dev, &b);
    vmstate_unregister(NULL, &vmstate_bus, &c);
    unregister_savevm(NULL, "ram", &a);
    assert_sections("bus.3 iommu.0 ram.0 dev.0 dev.5 dev.6");
    unregister_savevm(NULL, "ram", &ram);
    vmstate_unregister(NULL, &vmstate_bus, &d);
    vmstate_unregister(NULL, &vmstate_dev, &d);
    assert_sections("iommu.0 dev.0 dev.5");
    vmstate_unregister(NULL, &vmstate_dev, &a);
    vmstate_unregister(NULL, &vmstate_dev, &c);
    vmstate_unregister(NULL, &vmstate_iommu, &c);
    assert_sections("");
}

static void test_registry_long_name(void)
{
    g_autofree char *name = g_strnfill(256, 'x');
    VMStateDescription vmsd = { .name = name };
    Error *err = NULL;

    g_assert_cmpint(vmstate_register_with_alias_id(NULL, 0, &vmsd, &vmsd, -1,
                                                   0, &err), ==, -1);
    g_assert_nonnull(err);
    error_free(err);
    g_assert_cmpint(register_savevm_live(name, 0, 1, &live_ops, NULL), <, 0);
    assert_sections("");
}

static bool busy(void)
{
    return true;
}

static void assert_blocked(int ret, int want, Error *err, const char *text)
{
    g_assert_cmpint(ret, ==, want);
    g_assert_cmpstr(error_get_pretty(err), ==, text);
    error_free(err);
}

static void test_blockers(void)
{
    Error *a = NULL, *b = NULL, *err = NULL;
    int ret;

    error_setg(&a, "no a");
    error_setg(&b, "no b");
    g_assert_cmpint(migrate_add_blocker(a, &err), ==, 0);
    g_assert_cmpint(migrate_add_blocker_internal(b, &err), ==, 0);
    g_assert_cmpuint(g_slist_length(migration_blockers), ==, 2);
    migrate_del_blocker(a);
    g_assert_true(migration_blockers->data == b);
    migrate_del_blocker(b);
    g_assert_null(migration_blockers);

    only_migratable = true;
    ret = migrate_add_blocker(a, &err);
    assert_blocked(ret, -EACCES, err, "disallowing migration blocker "
                   "(--only-migratable) for: no a");
    err = NULL;
    only_migratable = false;
    migration_in_progress = busy;
    ret = migrate_add_blocker(a, &err);
    assert_blocked(ret, -EBUSY, err, "disallowing migration blocker "
                   "(migration/snapshot in progress) for: no a");
    migration_in_progress = NULL;
    error_free(a);
    error_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qemu-file/round-trip", test_round_trip);
    g_test_add_func("/qemu-file/buffers", test_buffers);
    g_test_add_func("/qemu-file/peek", test_peek);
    g_test_add_func("/qemu-file/errors", test_errors);
    g_test_add_func("/qemu-file/shutdown", test_shutdown);
    g_test_add_func("/qemu-file/long-name", test_long_name);
    g_test_add_func("/qemu-file/rate-limit", test_rate_limit);
    g_test_add_func("/savevm/registry", test_registry);
    g_test_add_func("/savevm/registry/long-name", test_registry_long_name);
    g_test_add_func("/migration/blockers", test_blockers);
    return g_test_run();
}
