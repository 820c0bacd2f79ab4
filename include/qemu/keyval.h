/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option arguments of the form KEY=VALUE,...
 *
 * KEY is a path of names joined with dots: "a.b=x" is a member b of an object
 * a; where all members of an object are numbers 0, 1, ... it is an array.
 * Values are strings; a comma in one is doubled.  The first KEY= may be left
 * out where there is an implied key.
 */
#ifndef QEMU_KEYVAL_H
#define QEMU_KEYVAL_H

#include <jansson.h>

/*
 * A new object, or NULL with @errp set.  A part without a value other than
 * "help" or "?" (which sets *@help where @help is given) is an error.
 */
json_t *keyval_parse(const char *params, const char *implied_key, bool *help,
                     Error **errp);
/* The same added to @into (borrowed): later values win. Borrowed result. */
json_t *keyval_parse_into(json_t *into, const char *params,
                          const char *implied_key, bool *help, Error **errp);
/* Members of @src replace those in @dst, objects member by member. */
void keyval_merge(json_t *dst, const json_t *src, Error **errp);

#endif /* QEMU_KEYVAL_H */
