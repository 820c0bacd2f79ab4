/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory at multiples of an alignment. */
#include "qemu/osdep.h"
#include "qemu/memalign.h"

void *qemu_try_memalign(size_t alignment, size_t size)
{
    void *p;

    /* What posix_memalign() asks for: at least a pointer's. */
    alignment = MAX(alignment, sizeof(void *));
    return posix_memalign(&p, alignment, size ? size : 1) ? NULL : p;
}

void *qemu_memalign(size_t alignment, size_t size)
{
    void *p = qemu_try_memalign(alignment, size);

    if (!p) {
        fprintf(stderr, "qemu: cannot allocate %zu bytes aligned to %zu\n",
                size, alignment);
        abort();
    }
    return p;
}

void qemu_vfree(void *ptr)
{
    free(ptr);
}
