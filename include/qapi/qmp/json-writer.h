/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON written as a stream: text is appended call by call and no tree is
 * built, so that the description of a large machine costs one buffer.
 *
 * @name is the member's name inside an object, and is ignored (NULL) inside
 * an array and at the top.  Text has ", " and ": " between tokens; a pretty
 * writer breaks lines and indents by four.
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

JSONWriter *json_writer_new(bool pretty);
void json_writer_free(JSONWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JSONWriter, json_writer_free)

/* The text so far; owned by the writer and valid until its next call. */
const char *json_writer_get(JSONWriter *writer);
/* Frees the writer; the caller owns the text. */
GString *json_writer_get_and_free(JSONWriter *writer);

void json_writer_start_object(JSONWriter *writer, const char *name);
void json_writer_end_object(JSONWriter *writer);
void json_writer_start_array(JSONWriter *writer, const char *name);
void json_writer_end_array(JSONWriter *writer);

void json_writer_bool(JSONWriter *writer, const char *name, bool val);
void json_writer_null(JSONWriter *writer, const char *name);
void json_writer_int64(JSONWriter *writer, const char *name, int64_t val);
void json_writer_uint64(JSONWriter *writer, const char *name, uint64_t val);
void json_writer_double(JSONWriter *writer, const char *name, double val);
void json_writer_str(JSONWriter *writer, const char *name, const char *str);

#endif /* JSON_WRITER_H */
