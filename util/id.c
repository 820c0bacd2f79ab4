/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identifiers (qemu/id.h). */
#include "qemu/osdep.h"
#include "qemu/id.h"

bool id_wellformed(const char *id)
{
    if (!g_ascii_isalpha(*id)) {
        return false;
    }
    while (*++id) {
        if (!g_ascii_isalnum(*id) && !strchr("-._", *id)) {
            return false;
        }
    }
    return true;
}

char *id_generate(IdSubSystems id)
{
    static const char *const kind[ID_MAX] = {
        [ID_QDEV] = "qdev",
        [ID_BLOCK] = "block",
        [ID_CHR] = "chr",
        [ID_NET] = "net",
    };
    static uint64_t counter[ID_MAX];

    return g_strdup_printf("#%s%" PRIu64 "%02d", kind[id], counter[id]++,
                           g_random_int_range(0, 100));
}
