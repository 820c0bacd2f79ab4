/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of the basic types, as visitors make them.
 */
#ifndef QAPI_BUILTIN_TYPES_H
#define QAPI_BUILTIN_TYPES_H

#include "qapi/util.h"

#define QAPI_BUILTIN_LIST(name, type) \
    typedef struct name##List name##List; \
    struct name##List { \
        name##List *next; \
        type value; \
    }; \
    void qapi_free_##name##List(name##List *obj); \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(name##List, qapi_free_##name##List)

QAPI_BUILTIN_LIST(str, char *)
QAPI_BUILTIN_LIST(number, double)
QAPI_BUILTIN_LIST(int, int64_t)
QAPI_BUILTIN_LIST(int8, int8_t)
QAPI_BUILTIN_LIST(int16, int16_t)
QAPI_BUILTIN_LIST(int32, int32_t)
QAPI_BUILTIN_LIST(int64, int64_t)
QAPI_BUILTIN_LIST(uint8, uint8_t)
QAPI_BUILTIN_LIST(uint16, uint16_t)
QAPI_BUILTIN_LIST(uint32, uint32_t)
QAPI_BUILTIN_LIST(uint64, uint64_t)
QAPI_BUILTIN_LIST(size, uint64_t)
QAPI_BUILTIN_LIST(bool, bool)

#endif
