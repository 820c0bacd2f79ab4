/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON text to and from jansson values.
 *
 * The reader takes RFC 8259 and strings in single quotes, with limits on
 * size and depth, and says where it stopped.  The writer emits one line of
 * ASCII in QMP's spacing.  Unsigned numbers from 2^63 on, which jansson lacks, are
 * integers made by json_uinteger(): both ends of this header keep them whole.
 */
#ifndef QAPI_JSON_H
#define QAPI_JSON_H

#include <jansson.h>

/* Deepest nesting and longest text that a reader accepts. */
#define JSON_MAX_DEPTH 1024
#define JSON_MAX_TEXT (64 * 1024 * 1024)
/* Most values, names included, in one text. */
#define JSON_MAX_TOKENS (2 * 1024 * 1024)

/*
 * One JSON value with nothing but white space around it, as a new reference;
 * NULL with @errp set: "JSON parse error, ...".
 */
json_t *json_parse_text(const char *text, Error **errp);
json_t *json_parse_text_len(const char *text, size_t len, Error **errp);

/*
 * Values out of a stream of bytes.  Each byte goes through a small lexer, so
 * that what cannot be JSON is reported at once; the framer then starts
 * afresh with the byte behind it.
 */
typedef struct JSONFramer JSONFramer;

/* Gets @value, which is borrowed, or @err, which it takes over. */
typedef void JSONFramerEmit(void *opaque, json_t *value, Error *err);

JSONFramer *json_framer_new(JSONFramerEmit *emit, void *opaque);
void json_framer_feed(JSONFramer *framer, const char *buf, size_t len);
/* The stream ended: an unfinished value is an error. */
void json_framer_finish(JSONFramer *framer);
/* Forgets what it has of a value. */
void json_framer_reset(JSONFramer *framer);
void json_framer_free(JSONFramer *framer);

/* The text of @value for g_free(); @pretty breaks and indents lines. */
char *json_to_text(const json_t *value, bool pretty);
void json_append_text(GString *to, const json_t *value, bool pretty);
/* A quoted and escaped JSON string. */
void json_append_string(GString *to, const char *str, size_t len);

/* An integer that may be 2^63 or more. */
json_t *json_uinteger(uint64_t value);
/* True for an integer made with a value of 2^63 or more. */
bool json_is_big_uinteger(const json_t *value);

/* A string; bytes that are not UTF-8 become U+FFFD.  NULL is "". */
json_t *json_string_any(const char *str);

/*
 * Shorthand over json_object_get() for arguments already validated: the
 * member, or the default where it is absent.  Strings are borrowed.
 */
const char *json_get_str(const json_t *obj, const char *key);
bool json_get_bool(const json_t *obj, const char *key, bool def);
int64_t json_get_int(const json_t *obj, const char *key, int64_t def);
/*
 * A member that is true, false, or text for it ("on", "off" and the like).
 * Absent, it leaves *@value alone; false with @errp where it is something else.
 */
bool json_opt_bool(const json_t *obj, const char *key, bool *value,
                   Error **errp);
static inline bool json_has(const json_t *obj, const char *key)
{
    return json_object_get(obj, key) != NULL;
}

#endif
