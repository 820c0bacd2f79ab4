/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values checked against the QMP schema at run time.
 */
#ifndef QAPI_SCHEMA_H
#define QAPI_SCHEMA_H

#include <jansson.h>

/*
 * True if @value is what the schema type @type_name allows: members present,
 * known, of their type and in range.  Else @errp names the member by its
 * path ("a.b[0].c").
 */
bool qapi_check(const char *type_name, const json_t *value, Error **errp);

/*
 * The same for a tree of strings as keyval_parse() makes: returns it with
 * every string turned into what its member's type wants, as a new reference.
 * A list of numbers may be one string of ranges, "0-3,5".
 */
json_t *qapi_from_keyval(const char *type_name, const json_t *strings,
                         Error **errp);

/*
 * The same, with errors in the words that QEMU has for options older than
 * dotted names: -object and -mon.
 */
json_t *qapi_from_options(const char *type_name, const json_t *strings,
                          Error **errp);

/* Whether @value is a value of the schema's enumeration @type_name. */
bool qapi_enum_has(const char *type_name, const char *value);

/* For the monitor: commands by name (-1: none), and a check of arguments. */
int qapi_command_find(const char *name);
bool qapi_command_check(int command, const json_t *args, Error **errp);
const char *qapi_command_name(int command);
/* True if the schema has the event. */
bool qapi_event_exists(const char *name);
/* What query-qmp-schema returns, as a new reference. */
json_t *qapi_introspect(void);

#endif
