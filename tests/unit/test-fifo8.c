/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Byte rings and growing buffers. */
#include "qemu/osdep.h"
#include "qemu/buffer.h"
#include "qemu/fifo8.h"

static void test_fifo(void)
{
    Fifo8 f;
    const uint8_t *p;
    uint32_t n;

    fifo8_create(&f, 4);
    g_assert_true(fifo8_is_empty(&f));
    g_assert_cmpint(fifo8_pop(&f), ==, 0);
    fifo8_push_all(&f, (const uint8_t *)"abc", 3);
    g_assert_cmpint(fifo8_pop(&f), ==, 'a');
    fifo8_push(&f, 'd');
    fifo8_push(&f, 'e');
    g_assert_true(fifo8_is_full(&f));
    fifo8_push(&f, 'x');
    fifo8_push_all(&f, (const uint8_t *)"yz", 2);
    g_assert_cmpuint(fifo8_num_used(&f), ==, 4);
    p = fifo8_pop_buf(&f, 4, &n);
    g_assert_cmpmem(p, n, "bcd", 3);
    fifo8_push_all(&f, (const uint8_t *)"fghi", 4);
    g_assert_cmpuint(fifo8_num_free(&f), ==, 0);
    p = fifo8_pop_buf(&f, 2, &n);
    g_assert_cmpmem(p, n, "ef", 2);
    fifo8_reset(&f);
    fifo8_pop_buf(&f, 2, &n);
    g_assert_cmpuint(n, ==, 0);
    fifo8_destroy(&f);
}

/* Against a plain string, through many wraps. */
static void test_fifo_model(void)
{
    g_autoptr(GString) model = g_string_new("");
    Fifo8 f;

    fifo8_create(&f, 13);
    for (int i = 0; i < 5000; i++) {
        uint8_t chunk[5] = { i, i + 1, i + 2, i + 3, i + 4 };
        uint32_t n = MIN(g_test_rand_int_range(0, 6), fifo8_num_free(&f));

        fifo8_push_all(&f, chunk, n);
        g_string_append_len(model, (char *)chunk, n);
        for (n = g_test_rand_int_range(0, 6); n && model->len; n--) {
            g_assert_cmpint(fifo8_pop(&f), ==, (uint8_t)model->str[0]);
            g_string_erase(model, 0, 1);
        }
        g_assert_cmpuint(fifo8_num_used(&f), ==, model->len);
    }
    fifo8_destroy(&f);
}

static void test_buffer(void)
{
    Buffer a = { 0 }, b = { 0 };
    g_autofree char *big = g_strnfill(300000, 'x');

    buffer_init(&a, "a %d", 1);
    buffer_init(&b, "b");
    g_assert_true(buffer_empty(&a));
    buffer_append(&a, "hello", 5);
    buffer_append(&a, big, 300000);
    g_assert_cmpmem(a.buffer, 6, "hellox", 6);
    buffer_advance(&a, 4);
    g_assert_cmpmem(a.buffer, 2, "ox", 2);
    buffer_move(&b, &a);
    g_assert_cmpuint(b.offset, ==, 300001);
    g_assert_true(buffer_empty(&a));
    buffer_append(&a, "y", 1);
    buffer_move(&b, &a);
    g_assert_cmpuint(b.offset, ==, 300002);
    g_assert_cmpint(buffer_end(&b)[-1], ==, 'y');
    for (int i = 0; i < 2000; i++) {
        buffer_reset(&b);
    }
    g_assert_cmpuint(b.capacity, <, 300000);
    buffer_free(&a);
    buffer_free(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fifo8/basic", test_fifo);
    g_test_add_func("/fifo8/model", test_fifo_model);
    g_test_add_func("/buffer/basic", test_buffer);
    return g_test_run();
}
