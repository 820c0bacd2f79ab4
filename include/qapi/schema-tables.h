/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The generated tables: the whole schema, in a form that needs no relocation
 * and no set-up.  Used by qapi/schema.c and the monitor only.
 */
#ifndef QAPI_SCHEMA_TABLES_H
#define QAPI_SCHEMA_TABLES_H

typedef enum QapiKind {
    QAPI_KIND_STR,
    QAPI_KIND_NUMBER,
    QAPI_KIND_INT,
    QAPI_KIND_INT8,
    QAPI_KIND_INT16,
    QAPI_KIND_INT32,
    QAPI_KIND_UINT8,
    QAPI_KIND_UINT16,
    QAPI_KIND_UINT32,
    QAPI_KIND_UINT64,
    QAPI_KIND_SIZE,
    QAPI_KIND_BOOL,
    QAPI_KIND_NULL,
    QAPI_KIND_ANY,
    QAPI_KIND_ENUM,             /* members: the values */
    QAPI_KIND_STRUCT,
    QAPI_KIND_UNION,            /* variants: one a value of the tag */
    QAPI_KIND_ALTERNATE,        /* variants: what it can be */
    QAPI_KIND_ARRAY,            /* first: the element's type */
} QapiKind;

/* Names and features are offsets into qapi_pool; features apart with ','. */
typedef struct QapiMember {
    uint32_t name;
    uint16_t type;
    uint16_t optional;
    uint32_t features;
} QapiMember;

typedef struct QapiType {
    uint8_t kind;
    uint8_t shown;              /* reachable from a command or an event */
    uint16_t tag;               /* which member of a union */
    uint32_t name;
    uint32_t features;
    uint16_t first, count;
    uint16_t variants, nr_variants;
} QapiType;

enum {
    QAPI_CMD_NO_CHECK = 1 << 0, /* the handler checks its arguments */
    QAPI_CMD_ALLOW_OOB = 1 << 1,
    QAPI_CMD_ALLOW_PRECONFIG = 1 << 2,
    QAPI_CMD_NO_SUCCESS_RESP = 1 << 3,
};

/* Sorted by name. */
typedef struct QapiCommand {
    uint32_t name;
    uint16_t arg, ret;
    uint32_t flags;
    uint32_t features;
} QapiCommand;

typedef struct QapiEvent {
    uint32_t name;
    uint16_t arg;
    uint32_t features;
} QapiEvent;

extern const char qapi_pool[];
extern const QapiMember qapi_members[];
extern const QapiType qapi_types[];
extern const unsigned qapi_nr_types;
extern const QapiCommand qapi_commands[];
extern const unsigned qapi_nr_commands;
extern const QapiEvent qapi_events[];
extern const unsigned qapi_nr_events;

#endif
