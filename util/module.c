/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start-up functions by kind (qemu/module.h). */
#include "qemu/osdep.h"
#include "qemu/module.h"

typedef struct InitList {
    void (**fn)(void);
    unsigned n, done, room;
} InitList;

static InitList init_list[MODULE_INIT_MAX];

/* Runs before main(): grows in steps rather than by one. */
void register_module_init(void (*fn)(void), module_init_type type)
{
    InitList *list = &init_list[type];

    if (list->n == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        list->fn = g_renew(typeof(*list->fn), list->fn, list->room);
    }
    list->fn[list->n++] = fn;
}

void module_call_init(module_init_type type)
{
    InitList *list = &init_list[type];

    while (list->done < list->n) {
        list->fn[list->done++]();
    }
}
