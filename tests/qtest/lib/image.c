/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <unistd.h>

char *image_make(size_t size)
{
    char *path = NULL;
    int fd = g_file_open_tmp("qtest-image-XXXXXX", &path, NULL);
    g_autofree uint8_t *data = g_malloc(size);

    g_assert_cmpint(fd, >=, 0);
    for (size_t i = 0; i < size; i++) {
        data[i] = image_pattern(i);
    }
    g_assert_cmpint(write(fd, data, size), ==, size);
    close(fd);
    return path;
}
