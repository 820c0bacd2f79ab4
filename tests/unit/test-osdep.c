/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, memory of the host's, and small encodings. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <sys/wait.h>
#include "qapi/error.h"
#include "qemu/base64.h"
#include "qemu/crc32c.h"
#include "qemu/datadir.h"
#include "qemu/hexdump.h"
#include "qemu/memalign.h"
#include "qemu/mmap-alloc.h"
#include "qemu/qemu-print.h"

static char *path;

static void test_open(void)
{
    g_autofree char *msg = g_strdup_printf("Could not open '%s': No such "
                                           "file or directory", path);
    Error *err = NULL;
    int fd, copy;

    g_assert_cmpint(qemu_open(path, O_RDONLY, &err), ==, -1);
    g_assert_cmpint(errno, ==, ENOENT);
    g_assert_cmpstr(error_get_pretty(err), ==, msg);
    error_free_or_abort(&err);
    g_assert_cmpint(qemu_open_old("/dev/fdset/1", O_RDONLY), ==, -1);
    fd = qemu_create(path, O_RDWR, 0600, &error_abort);
    g_assert_cmpint(fcntl(fd, F_GETFD), ==, FD_CLOEXEC);
    g_assert_cmpint(qemu_write_full(fd, "text", 4), ==, 4);
    copy = qemu_dup_flags(fd, O_RDWR | O_NONBLOCK);
    g_assert_cmpint(copy, >, fd);
    g_assert_cmpint(fcntl(copy, F_GETFL) & O_NONBLOCK, !=, 0);
    g_assert_cmpint(qemu_dup_flags(fd, O_RDONLY), ==, -1);
    g_assert_cmpint(errno, ==, EACCES);
    qemu_close(copy);
    qemu_close(fd);
    qemu_unlink(path);
}

static void test_lock(void)
{
    int a = qemu_create(path, O_RDWR, 0600, &error_abort);
    int b = qemu_open(path, O_RDWR, &error_abort);

    g_assert_cmpint(qemu_lock_fd(a, 10, 1, false), ==, 0);
    g_assert_cmpint(qemu_lock_fd(b, 10, 1, false), ==, 0);
    g_assert_cmpint(qemu_lock_fd_test(b, 10, 1, true), ==, -EAGAIN);
    g_assert_cmpint(qemu_lock_fd(b, 10, 1, true), ==, -EAGAIN);
    g_assert_cmpint(qemu_unlock_fd(a, 10, 1), ==, 0);
    g_assert_cmpint(qemu_lock_fd(b, 10, 1, true), ==, 0);
    close(a);
    close(b);
    unlink(path);
}

static void test_pidfile(void)
{
    g_autofree char *text = NULL, *want = g_strdup_printf("%d\n", getpid());
    Error *err = NULL;
    int status;
    pid_t pid;

    g_assert_true(qemu_write_pidfile(path, &error_abort));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, want);
    pid = fork();
    if (pid == 0) {
        _exit(qemu_write_pidfile(path, &err));
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(status, ==, 0);
    unlink(path);
}

static void test_memory(void)
{
    size_t page = qemu_real_host_page_size();
    uint64_t align;
    char *ram = qemu_anon_ram_alloc(4 * 1024 * 1024, &align, false, true);
    void *p = qemu_memalign(4096, 100);
    int fd;

    g_assert_true(QEMU_PTR_IS_ALIGNED(ram, align));
    g_assert_cmpuint(align, ==, 2 * 1024 * 1024);
    ram[0] = ram[4 * 1024 * 1024 - 1] = 1;
    qemu_anon_ram_free(ram, 4 * 1024 * 1024);
    g_assert_true(QEMU_PTR_IS_ALIGNED(p, 4096));
    qemu_vfree(p);
    g_assert_true(qemu_ram_mmap(-1, SIZE_MAX - page, page, 0, 0) ==
                  MAP_FAILED);
    g_assert_null(qemu_anon_ram_alloc(SIZE_MAX / 2, NULL, false, true));

    fd = qemu_memfd_create("t", 3 * page, false, 0, F_SEAL_SHRINK,
                           &error_abort);
    ram = qemu_ram_mmap(fd, 2 * page, 64 * 1024, QEMU_MAP_SHARED, page);
    g_assert_true(QEMU_PTR_IS_ALIGNED(ram, 64 * 1024));
    g_assert_cmpint(pwrite(fd, "x", 1, page), ==, 1);
    g_assert_cmpint(ram[0], ==, 'x');
    g_assert_cmpint(ftruncate(fd, 0), ==, -1);
    g_assert_cmpint(qemu_madvise(ram, page, QEMU_MADV_INVALID), ==, -1);
    g_assert_cmpuint(qemu_fd_getpagesize(fd), ==, page);
    qemu_ram_munmap(fd, ram, 2 * page);
    close(fd);
}

/* A page behind guest memory that nobody can touch. */
static void test_guard(void)
{
    size_t page = qemu_real_host_page_size();
    char *ram;

    if (g_test_subprocess()) {
        ram = qemu_ram_mmap(-1, page, page, 0, 0);
        *(volatile char *)(ram + page) = 1;
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void test_hexdump(void)
{
    char line[QEMU_HEXDUMP_LINE_LEN];
    uint8_t bytes[300];

    for (int i = 0; i < sizeof(bytes); i++) {
        bytes[i] = i + 0x38;
    }
    qemu_hexdump_line(line, 0, bytes, 18, true);
    g_assert_cmpstr(line, ==, "0000:  38 39 3a 3b  3c 3d 3e 3f  40 41 42 43"
                    "  44 45 46 47 89:;<=>?@ABCDEFG");
    qemu_hexdump_line(line, 16, bytes, 18, false);
    g_assert_cmpstr(line, ==, "0010:  48 49");
}

static void check_base64(const char *text, const char *expect)
{
    Error *err = NULL;
    size_t len;
    g_autofree uint8_t *bytes = qbase64_decode(text, -1, &len, &err);

    if (*expect == '!') {
        g_assert_null(bytes);
        g_assert_cmpstr(error_get_pretty(err), ==, expect + 1);
        error_free(err);
        return;
    }
    g_assert_null(err);
    g_assert_cmpmem(bytes, len + 1, expect, strlen(expect) + 1);
}

static void test_base64(void)
{
    size_t len;

    check_base64("", "");
    check_base64("Zg==", "f");
    check_base64("Zm8=", "fo");
    check_base64("Zm9v\r\nYmFy\n", "foobar");
    check_base64("Zm9", "!Base64 data is incomplete");
    check_base64("Zm9v!", "!Base64 data contains invalid characters");
    check_base64("Zg==Zg==", "!Base64 data contains invalid characters");
    check_base64("Z===", "!Base64 data contains invalid characters");
    g_assert_null(qbase64_decode("Zm\0v", 4, &len, NULL));
}

static void test_crc32c(void)
{
    /* RFC 3720, B.4 */
    uint8_t zeros[32] = { 0 }, ones[32], up[32];

    for (int i = 0; i < 32; i++) {
        ones[i] = 0xff;
        up[i] = i;
    }
    g_assert_cmphex(crc32c(0xffffffff, zeros, 32), ==, 0x8a9136aa);
    g_assert_cmphex(crc32c(0xffffffff, ones, 32), ==, 0x62a8ab43);
    g_assert_cmphex(crc32c(0xffffffff, up, 32), ==, 0x46dd794e);
}

static void test_datadir(void)
{
    g_autofree char *base = g_path_get_basename(path);
    char *found;

    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    g_assert_null(qemu_find_file(QEMU_FILE_TYPE_BIOS, base));
    qemu_add_data_dir(g_strdup("/nonexistent"));
    qemu_add_data_dir(g_path_get_dirname(path));
    found = qemu_find_file(QEMU_FILE_TYPE_BIOS, base);
    g_assert_cmpstr(found, ==, path);
    g_free(found);
    g_assert_null(qemu_find_file(QEMU_FILE_TYPE_KEYMAP, base));
    found = qemu_find_file(QEMU_FILE_TYPE_KEYMAP, path);
    g_assert_cmpstr(found, ==, path);
    g_free(found);
    g_unlink(path);
}

static GString *printed;

static int print(const char *fmt, va_list ap)
{
    g_string_append_vprintf(printed, fmt, ap);
    return 1;
}

static void test_print(void)
{
    printed = g_string_new("");
    g_assert_cmpint(qemu_fprintf(NULL, "x"), ==, -1);
    qemu_print_sink = print;
    qemu_printf("a%d", 1);
    qemu_fprintf(NULL, "b%d", 2);
    g_assert_cmpstr(printed->str, ==, "a1b2");
    qemu_print_sink = NULL;
    g_string_free(printed, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    path = g_strdup_printf("%s/test-osdep-%d", g_get_tmp_dir(), getpid());
    g_test_add_func("/osdep/open", test_open);
    g_test_add_func("/osdep/lock", test_lock);
    g_test_add_func("/osdep/pidfile", test_pidfile);
    g_test_add_func("/osdep/memory", test_memory);
    g_test_add_func("/osdep/guard", test_guard);
    g_test_add_func("/osdep/hexdump", test_hexdump);
    g_test_add_func("/osdep/base64", test_base64);
    g_test_add_func("/osdep/crc32c", test_crc32c);
    g_test_add_func("/osdep/datadir", test_datadir);
    g_test_add_func("/osdep/print", test_print);
    return g_test_run();
}
