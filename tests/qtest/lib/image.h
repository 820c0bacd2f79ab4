/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Image files whose every byte a test can tell in advance. */
#ifndef TESTS_QTEST_IMAGE_H
#define TESTS_QTEST_IMAGE_H

#include <glib.h>
#include <stdint.h>

/* What is at byte @i of a new image; sectors differ from each other. */
static inline uint8_t image_pattern(size_t i)
{
    return i * 5 + i / 512 * 3;
}

/* A temporary file of @size such bytes: unlink() and g_free() the name. */
char *image_make(size_t size);

#endif /* TESTS_QTEST_IMAGE_H */
