/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory at multiples of an alignment. */
#ifndef QEMU_MEMALIGN_H
#define QEMU_MEMALIGN_H

/* NULL where there is none; the other ends the process then. */
void *qemu_try_memalign(size_t alignment, size_t size);
void *qemu_memalign(size_t alignment, size_t size);
void qemu_vfree(void *ptr);

static inline void qemu_cleanup_generic_vfree(void *p)
{
    void **pptr = (void **)p;

    qemu_vfree(*pptr);
}

/* A pointer that is freed by qemu_vfree() at the end of its block. */
#define QEMU_AUTO_VFREE __attribute__((cleanup(qemu_cleanup_generic_vfree)))

#endif /* QEMU_MEMALIGN_H */
