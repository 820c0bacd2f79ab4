/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the memory core share: regions on the heap. */
#ifndef MEMORY_FIXTURE_H
#define MEMORY_FIXTURE_H

#include "exec/memory.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

static inline void memory_fixture_init(void)
{
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
}

/* An owner for regions, which go with it. */
static inline Object *new_owner(void)
{
    return object_new(TYPE_CONTAINER);
}

/* Its regions may be on the stack: they must be gone with the function. */
static inline void drop_owner(Object *owner)
{
    object_unref(owner);
    drain_call_rcu();
}

/* From a seed that g_test prints, so that failures repeat. */
static inline uint32_t below(uint32_t n)
{
    return g_test_rand_int_range(0, n);
}

#endif /* MEMORY_FIXTURE_H */
