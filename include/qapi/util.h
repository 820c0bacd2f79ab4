/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enumerations by name, simple value parsing, and list building.
 */
#ifndef QAPI_UTIL_H
#define QAPI_UTIL_H

typedef struct QEnumLookup {
    const char *const *array;       /* names by value; NULL ends it too */
    const unsigned char *special_features;      /* may be NULL */
    const int size;
} QEnumLookup;

/* The name of @val, which must be a value of the enumeration. */
const char *qapi_enum_lookup(const QEnumLookup *lookup, int val);
/* The value for @buf; @def for a NULL or (with @errp set) an unknown one. */
int qapi_enum_parse(const QEnumLookup *lookup, const char *buf, int def,
                    Error **errp);

/* "on", "yes", "true", "y" and their opposites; the error names @name. */
bool qapi_bool_parse(const char *name, const char *value, bool *obj,
                     Error **errp);
/*
 * Length of the QAPI name at the start of @str ("abc", "__com.example_x",
 * "x-y"), -1 if it is none or, with @complete, if more follows.
 */
int parse_qapi_name(const char *name, bool complete);

#define QAPI_LIST_LENGTH(list) ({ \
    size_t len_ = 0; \
    typeof(list) tail_; \
    for (tail_ = list; tail_ != NULL; tail_ = tail_->next) { \
        len_++; \
    } \
    len_; \
})

#define QAPI_LIST_PREPEND(list, element) do { \
    typeof(list) tmp_ = g_malloc(sizeof(*(list))); \
    tmp_->value = (element); \
    tmp_->next = (list); \
    (list) = tmp_; \
} while (0)

/* @tail: address of the NULL pointer at the list's end; moved on. */
#define QAPI_LIST_APPEND(tail, element) do { \
    *(tail) = g_malloc0(sizeof(**(tail))); \
    (*(tail))->value = (element); \
    (tail) = &(*(tail))->next; \
} while (0)

#endif
