/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Visitors carry values between C variables and an outside form.
 *
 * An input visitor stores into the variables, an output visitor reads them,
 * a dealloc visitor frees what an input visitor made.  The caller names each
 * value: the member's name inside a structure, NULL inside a list and, where
 * the visitor has no outer structure, anything (it serves error messages).
 *
 * Functions with an Error ** return false and set it on failure; an input
 * visitor then stores nothing.  visit_end_* must follow each successful
 * visit_start_*, also after an error in between.
 */
#ifndef QAPI_VISITOR_H
#define QAPI_VISITOR_H

#include <jansson.h>

#include "qapi/error.h"
#include "qapi/qapi-builtin-types.h"

/* A list of any type starts like this. */
typedef struct GenericList {
    struct GenericList *next;
    char padding[];
} GenericList;

/* An alternate of any type starts like this; @type is the json_type. */
typedef struct GenericAlternate {
    json_type type;
    char padding[];
} GenericAlternate;

/* ---- constructors; visit_free() releases each ---- */

/* From JSON with strict types.  @obj is borrowed for the visitor's life. */
Visitor *json_input_visitor_new(json_t *obj);
/*
 * From the tree of strings that keyval_parse() makes: each scalar is parsed
 * by the type that the visit wants ("on", "4G", "0x10").
 */
Visitor *json_input_visitor_new_keyval(json_t *obj);
/* To JSON: visit_complete(v, result) hands over the new reference. */
Visitor *json_output_visitor_new(json_t **result);
/*
 * From one string: a scalar, or a list of integers with ranges ("0-3,5").
 * No structures.  @str is borrowed.
 */
Visitor *string_input_visitor_new(const char *str);
/*
 * To one string; @human adds hexadecimal and units.  visit_complete() sets
 * *@result for g_free().
 */
Visitor *string_output_visitor_new(bool human, char **result);
/* Frees what an input visitor allocated. */
Visitor *qapi_dealloc_visitor_new(void);

/* Hands out an output visitor's result; @opaque is the constructor's. */
void visit_complete(Visitor *v, void *opaque);
void visit_free(Visitor *v);

/* ---- structure ---- */

/*
 * Opens the members of @name.  An input visitor allocates *@obj of @size
 * zero bytes; with @obj NULL nothing is allocated (members are elsewhere).
 */
bool visit_start_struct(Visitor *v, const char *name, void **obj,
                        size_t size, Error **errp);
/* Input: fails if a member was given that nobody asked for. */
bool visit_check_struct(Visitor *v, Error **errp);
void visit_end_struct(Visitor *v, void **obj);

/* Opens a list.  Input: *@list is its first element or NULL if empty. */
bool visit_start_list(Visitor *v, const char *name, GenericList **list,
                      size_t size, Error **errp);
/* The element after @tail (input: newly made), NULL at the end. */
GenericList *visit_next_list(Visitor *v, GenericList *tail, size_t size);
/* Input: fails if elements were left over. */
bool visit_check_list(Visitor *v, Error **errp);
void visit_end_list(Visitor *v, void **list);

bool visit_start_alternate(Visitor *v, const char *name,
                           GenericAlternate **obj, size_t size,
                           Error **errp);
void visit_end_alternate(Visitor *v, void **obj);

/* Input: sets *@present to whether member @name was given; returns it. */
bool visit_optional(Visitor *v, const char *name, bool *present);
bool visit_deprecated_accept(Visitor *v, const char *name, Error **errp);
bool visit_deprecated(Visitor *v, const char *name);

bool visit_is_input(Visitor *v);
bool visit_is_dealloc(Visitor *v);

/* ---- scalars; out of range is an error that names the limits ---- */

bool visit_type_enum(Visitor *v, const char *name, int *obj,
                     const QEnumLookup *lookup, Error **errp);
bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp);
bool visit_type_uint8(Visitor *v, const char *name, uint8_t *obj,
                      Error **errp);
bool visit_type_uint16(Visitor *v, const char *name, uint16_t *obj,
                       Error **errp);
bool visit_type_uint32(Visitor *v, const char *name, uint32_t *obj,
                       Error **errp);
bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                       Error **errp);
bool visit_type_int8(Visitor *v, const char *name, int8_t *obj, Error **errp);
bool visit_type_int16(Visitor *v, const char *name, int16_t *obj,
                      Error **errp);
bool visit_type_int32(Visitor *v, const char *name, int32_t *obj,
                      Error **errp);
bool visit_type_int64(Visitor *v, const char *name, int64_t *obj,
                      Error **errp);
/* Like uint64; strings may carry a unit (k, M, G, T). */
bool visit_type_size(Visitor *v, const char *name, uint64_t *obj,
                     Error **errp);
bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp);
/* Input: a new string for g_free(). */
bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp);
bool visit_type_number(Visitor *v, const char *name, double *obj,
                       Error **errp);
/* Any JSON value.  Input: a new reference. */
bool visit_type_any(Visitor *v, const char *name, json_t **obj, Error **errp);
/* JSON's null.  Input: a new reference to it. */
bool visit_type_null(Visitor *v, const char *name, json_t **obj,
                     Error **errp);

/* ---- lists of scalars ---- */

bool visit_type_strList(Visitor *v, const char *name, strList **obj,
                        Error **errp);
bool visit_type_numberList(Visitor *v, const char *name, numberList **obj,
                           Error **errp);
bool visit_type_intList(Visitor *v, const char *name, intList **obj,
                        Error **errp);
bool visit_type_int8List(Visitor *v, const char *name, int8List **obj,
                         Error **errp);
bool visit_type_int16List(Visitor *v, const char *name, int16List **obj,
                          Error **errp);
bool visit_type_int32List(Visitor *v, const char *name, int32List **obj,
                          Error **errp);
bool visit_type_int64List(Visitor *v, const char *name, int64List **obj,
                          Error **errp);
bool visit_type_uint8List(Visitor *v, const char *name, uint8List **obj,
                          Error **errp);
bool visit_type_uint16List(Visitor *v, const char *name, uint16List **obj,
                           Error **errp);
bool visit_type_uint32List(Visitor *v, const char *name, uint32List **obj,
                           Error **errp);
bool visit_type_uint64List(Visitor *v, const char *name, uint64List **obj,
                           Error **errp);
bool visit_type_sizeList(Visitor *v, const char *name, sizeList **obj,
                         Error **errp);
bool visit_type_boolList(Visitor *v, const char *name, boolList **obj,
                         Error **errp);

#endif
