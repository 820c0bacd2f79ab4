/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option arguments of the form KEY=VALUE,... as JSON objects.
 *
 * There are two dialects on QEMU's command line.  The first is that of
 * -machine, -blockdev, -display, -audiodev: KEY is a path, "a.b=x" is a
 * member b of an object a, and where the members of an object are numbers
 * from 0 on it is an array.  The second, older one is that of -device,
 * -object, -chardev, -netdev, -drive and most others: keys are as they are,
 * and "key" and "nokey" alone stand for "key=on" and "key=off".
 *
 * In both, values are strings, a comma in one is doubled, and the first KEY=
 * may be left out where there is an implied key.
 */
#ifndef QEMU_KEYVAL_H
#define QEMU_KEYVAL_H

#include <jansson.h>

/*
 * The first dialect: a new object, or NULL with @errp set.  "help" or "?"
 * for a KEY=VALUE sets *@help and is left out; an error if @help is NULL.
 */
json_t *keyval_parse(const char *params, const char *implied_key, bool *help,
                     Error **errp);
/*
 * The same, merged into @into, which is borrowed and returned; on an error
 * it may have part of it.
 */
json_t *keyval_parse_into(json_t *into, const char *params,
                          const char *implied_key, bool *help, Error **errp);
/*
 * Adds @src to @dst: objects member by member, arrays at the end, strings
 * instead of strings.  False with @errp set where the kinds differ.
 */
bool keyval_merge(json_t *dst, const json_t *src, Error **errp);

/*
 * The second dialect.  "help" or "?" sets *@help where @help is given.  Of
 * several "id" the first counts and must be well-formed, of others the last.
 */
json_t *keyval_parse_flat(const char *params, const char *implied_key,
                          bool *help, Error **errp);
/*
 * The same where keys in @lists, a NULL-terminated array, have lists of
 * numbers as values: given several times, their texts are joined by commas.
 */
json_t *keyval_parse_flat_lists(const char *params, const char *implied_key,
                                const char *const *lists, bool *help,
                                Error **errp);
/* The same without a warning of "key" alone, for forms that always had it. */
json_t *keyval_parse_flat_quiet(const char *params, const char *implied_key,
                                Error **errp);

/*
 * Calls @fn for each key and value of the second dialect in their order: for
 * options where a key may come several times.  A key alone has the value
 * "on".
 */
void keyval_foreach_flat(const char *params,
                         void (*fn)(const char *key, const char *value,
                                    void *opaque), void *opaque);

#endif /* QEMU_KEYVAL_H */
