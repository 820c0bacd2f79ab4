/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON (RFC 8259) text, written member by member. */
#include "qemu/osdep.h"
#include "qapi/json.h"
#include "qapi/qmp/json-writer.h"

struct JSONWriter {
    GString *text;
    bool pretty;
    int depth;
    /* A bit a level, of the innermost 64: an object, not an array. */
    uint64_t in_object;
    bool first;                 /* nothing yet in the innermost container */
};

JSONWriter *json_writer_new(bool pretty)
{
    JSONWriter *writer = g_new0(JSONWriter, 1);

    writer->text = g_string_new(NULL);
    writer->pretty = pretty;
    writer->first = true;
    return writer;
}

GString *json_writer_get_and_free(JSONWriter *writer)
{
    GString *text = writer->text;

    g_free(writer);
    return text;
}

void json_writer_free(JSONWriter *writer)
{
    if (writer) {
        g_string_free(json_writer_get_and_free(writer), true);
    }
}

const char *json_writer_get(JSONWriter *writer)
{
    return writer->text->str;
}

static void writer_new_line(JSONWriter *writer)
{
    if (writer->pretty) {
        g_string_append_printf(writer->text, "\n%*s", writer->depth * 4, "");
    }
}

/* Everything in front of a value. */
static void writer_before(JSONWriter *writer, const char *name)
{
    if (!writer->first) {
        g_string_append(writer->text, writer->pretty ? "," : ", ");
    }
    writer->first = false;
    if (writer->depth) {
        writer_new_line(writer);
    }
    if (writer->in_object & 1) {
        json_append_string(writer->text, name, strlen(name));
        g_string_append(writer->text, ": ");
    }
}

static void writer_start(JSONWriter *writer, const char *name, char bracket)
{
    writer_before(writer, name);
    g_string_append_c(writer->text, bracket);
    writer->depth++;
    writer->in_object = writer->in_object << 1 | (bracket == '{');
    writer->first = true;
}

static void writer_end(JSONWriter *writer, char bracket)
{
    writer->depth--;
    writer->in_object >>= 1;
    if (!writer->first) {
        writer_new_line(writer);
    }
    g_string_append_c(writer->text, bracket);
    writer->first = false;
}

void json_writer_start_object(JSONWriter *writer, const char *name)
{
    writer_start(writer, name, '{');
}

void json_writer_end_object(JSONWriter *writer)
{
    writer_end(writer, '}');
}

void json_writer_start_array(JSONWriter *writer, const char *name)
{
    writer_start(writer, name, '[');
}

void json_writer_end_array(JSONWriter *writer)
{
    writer_end(writer, ']');
}

void json_writer_bool(JSONWriter *writer, const char *name, bool val)
{
    writer_before(writer, name);
    g_string_append(writer->text, val ? "true" : "false");
}

void json_writer_null(JSONWriter *writer, const char *name)
{
    writer_before(writer, name);
    g_string_append(writer->text, "null");
}

void json_writer_int64(JSONWriter *writer, const char *name, int64_t val)
{
    writer_before(writer, name);
    g_string_append_printf(writer->text, "%" PRId64, val);
}

void json_writer_uint64(JSONWriter *writer, const char *name, uint64_t val)
{
    writer_before(writer, name);
    g_string_append_printf(writer->text, "%" PRIu64, val);
}

void json_writer_double(JSONWriter *writer, const char *name, double val)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    writer_before(writer, name);
    g_string_append(writer->text,
                    g_ascii_formatd(text, sizeof(text), "%.17g", val));
}

void json_writer_str(JSONWriter *writer, const char *name, const char *str)
{
    writer_before(writer, name);
    json_append_string(writer->text, str, strlen(str));
}
