/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scattered buffers: every offset and length over a few layouts. */
#include "qemu/osdep.h"
#include "qemu/iov.h"

#include <sys/socket.h>

#define LEN 40

static char memory[LEN];
static const size_t layouts[][6] = {
    { 40 }, { 0, 40 }, { 1, 0, 38, 1 }, { 7, 7, 7, 7, 12 }, { 20, 20, 0 },
};

static unsigned lay_out(struct iovec *iov, int layout)
{
    char *p = memory;
    unsigned n = 0;

    for (; n < 6 && p < memory + LEN; n++) {
        iov[n] = (struct iovec) { p, layouts[layout][n] };
        p += layouts[layout][n];
    }
    for (int i = 0; i < LEN; i++) {
        memory[i] = i;
    }
    g_assert_cmpuint(iov_size(iov, n), ==, LEN);
    return n;
}

static void test_copy(void)
{
    struct iovec iov[6], part[6];
    char buf[LEN + 8], want[LEN];

    for (int l = 0; l < ARRAY_SIZE(layouts); l++) {
        for (size_t off = 0; off <= LEN + 1; off++) {
            for (size_t n = 0; n <= LEN + 1; n++) {
                unsigned cnt = lay_out(iov, l), parts;
                size_t expect = off < LEN ? MIN(n, LEN - off) : 0;

                memcpy(want, memory, LEN);
                g_assert_cmpuint(iov_to_buf(iov, cnt, off, buf, n), ==,
                                 expect);
                g_assert_cmpmem(buf, expect, want + MIN(off, LEN), expect);
                parts = iov_copy(part, 6, iov, cnt, off, n);
                g_assert_cmpuint(iov_size(part, parts), ==, expect);

                memset(buf, 'x', sizeof(buf));
                memset(want + MIN(off, LEN), 'x', expect);
                g_assert_cmpuint(iov_from_buf(iov, cnt, off, buf, n), ==,
                                 expect);
                g_assert_cmpmem(memory, LEN, want, LEN);
                memset(want + MIN(off, LEN), 0, expect);
                g_assert_cmpuint(iov_memset(iov, cnt, off, 0, n), ==, expect);
                g_assert_cmpmem(memory, LEN, want, LEN);
            }
        }
    }
}

static void test_discard(void)
{
    for (int l = 0; l < ARRAY_SIZE(layouts); l++) {
        for (size_t n = 0; n <= LEN + 1; n++) {
            struct iovec orig[6], iov[6], *p = iov;
            unsigned cnt = lay_out(orig, l), left;
            IOVDiscardUndo undo;
            char buf[LEN];

            memcpy(iov, orig, sizeof(iov));
            left = cnt;
            g_assert_cmpuint(iov_discard_front_undoable(&p, &left, n, &undo),
                             ==, MIN(n, LEN));
            g_assert_cmpuint(iov_to_buf(p, left, 0, buf, LEN), ==,
                             LEN - MIN(n, LEN));
            g_assert_cmpmem(buf, LEN - MIN(n, LEN), memory + MIN(n, LEN),
                            LEN - MIN(n, LEN));
            iov_discard_undo(&undo);
            g_assert_cmpmem(iov, cnt * sizeof(*iov), orig,
                            cnt * sizeof(*iov));
            left = cnt;
            g_assert_cmpuint(iov_discard_back_undoable(iov, &left, n, &undo),
                             ==, MIN(n, LEN));
            g_assert_cmpuint(iov_size(iov, left), ==, LEN - MIN(n, LEN));
            iov_discard_undo(&undo);
            g_assert_cmpmem(iov, cnt * sizeof(*iov), orig,
                            cnt * sizeof(*iov));
        }
    }
}

static void test_vector(void)
{
    struct iovec iov[6];
    QEMUIOVector v, w, slice, one;
    unsigned cnt = lay_out(iov, 3);
    char other[LEN];

    qemu_iovec_init_external(&v, iov, cnt);
    g_assert_cmpuint(v.size, ==, LEN);
    memcpy(other, memory, LEN);
    qemu_iovec_init_buf(&one, other, LEN);
    g_assert_true(qemu_iovec_buf(&one) == other);
    g_assert_cmpint(qemu_iovec_compare(&v, &one), ==, -1);
    other[23]++;
    g_assert_cmpint(qemu_iovec_compare(&v, &one), ==, 23);
    qemu_iovec_init_slice(&slice, &v, 5, 20);
    g_assert_cmpuint(slice.size, ==, 20);
    g_assert_cmpint(slice.niov, ==, 4);
    qemu_iovec_init(&w, 1);
    for (int i = 0; i < 5; i++) {
        qemu_iovec_add(&w, other + i, 1);
    }
    qemu_iovec_concat(&w, &v, 5, LEN);
    g_assert_cmpint(qemu_iovec_compare(&v, &w), ==, -1);
    qemu_iovec_discard_back(&w, 36);
    g_assert_cmpint(qemu_iovec_compare(&v, &w), ==, 4);
    qemu_iovec_memset(&v, 10, 0, 7);
    g_assert_true(qemu_iovec_is_zero(&v, 10, 7));
    g_assert_false(qemu_iovec_is_zero(&v, 10, 8));
    qemu_iovec_destroy(&w);
    qemu_iovec_destroy(&slice);
    qemu_iovec_destroy(&v);
}

static void test_socket(void)
{
    struct iovec iov[6];
    unsigned cnt = lay_out(iov, 3);
    char buf[LEN];
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    g_assert_cmpint(iov_send(sv[0], iov, cnt, 5, 30), ==, 30);
    g_assert_cmpint(read(sv[1], buf, LEN), ==, 30);
    g_assert_cmpmem(buf, 30, memory + 5, 30);
    g_assert_cmpint(write(sv[1], "0123456789", 10), ==, 10);
    shutdown(sv[1], SHUT_WR);
    g_assert_cmpint(iov_recv(sv[0], iov, cnt, 3, 30), ==, 10);
    g_assert_cmpmem(memory + 3, 10, "0123456789", 10);
    close(sv[1]);
    g_assert_cmpint(iov_send(sv[0], iov, cnt, 0, 1), ==, -1);
    g_assert_cmpint(errno, ==, EPIPE);
    close(sv[0]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iov/copy", test_copy);
    g_test_add_func("/iov/discard", test_discard);
    g_test_add_func("/iov/vector", test_vector);
    g_test_add_func("/iov/socket", test_socket);
    return g_test_run();
}
