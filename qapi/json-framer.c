/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values out of a stream of bytes that may hold anything.
 *
 * A value is complete when its brackets are closed or, for a word or number
 * by itself, when something else follows.  Bytes that no JSON text can hold
 * at that point are reported at once, without waiting for a bracket that
 * may never come; whatever was collected is dropped with them, and so is
 * what follows up to a bracket, comma, colon or control character.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"

typedef enum FramerState {
    BETWEEN,                    /* tokens */
    SKIPPING,                   /* the rest of what was wrong */
    IN_WORD,                    /* a keyword or a number */
    IN_STRING,
    IN_ESCAPE,                  /* behind a backslash */
} FramerState;

struct JSONFramer {
    JSONFramerEmit *emit;
    void *opaque;
    GString *text;              /* of the value so far */
    size_t token;               /* where the current token starts in it */
    FramerState state;
    char quote;
    unsigned depth;
    unsigned tokens;
    uint8_t open[JSON_MAX_DEPTH / 8];   /* a bit a bracket: is it a brace? */
};

static void reset(JSONFramer *f)
{
    /* One huge value must not hold its memory for ever. */
    if (f->text->allocated_len > 1024 * 1024) {
        g_string_free(f->text, true);
        f->text = g_string_new(NULL);
    } else {
        g_string_truncate(f->text, 0);
    }
    f->state = BETWEEN;
    f->depth = 0;
    f->tokens = 0;
}

static void emit_error(JSONFramer *f, Error *err)
{
    reset(f);
    f->emit(f->opaque, NULL, err);
}

static void emit_value(JSONFramer *f)
{
    Error *err = NULL;
    json_t *value = json_parse_text_len(f->text->str, f->text->len, &err);

    reset(f);
    f->emit(f->opaque, value, err);
    json_decref(value);
}

static void stray(JSONFramer *f, char c)
{
    g_autofree char *text = NULL;
    Error *err = NULL;

    if (f->state == BETWEEN) {
        f->token = f->text->len;
    }
    g_string_append_c(f->text, c);
    text = g_utf8_make_valid(f->text->str + f->token,
                             f->text->len - f->token);
    error_setg(&err, "JSON parse error, stray '%s'", text);
    emit_error(f, err);
    /* A control character or \xff is a client's way to start afresh. */
    f->state = (unsigned char)c < 0x20 || (unsigned char)c >= 0xfe ? BETWEEN
                                                                   : SKIPPING;
}

static bool ends_skipping(unsigned char c)
{
    return c < 0x20 || c >= 0xfe || strchr("{}[]:,", c);
}

/* True unless the value has grown too large, which is then reported. */
static bool within_limits(JSONFramer *f)
{
    Error *err = NULL;

    if (f->text->len > JSON_MAX_TEXT) {
        error_setg(&err, "JSON token size limit exceeded");
    } else if (f->tokens > JSON_MAX_TOKENS) {
        error_setg(&err, "JSON token count limit exceeded");
    } else if (f->depth > JSON_MAX_DEPTH) {
        error_setg(&err, "JSON nesting depth limit exceeded");
    } else {
        return true;
    }
    emit_error(f, err);
    return false;
}

static void open_bracket(JSONFramer *f, char c)
{
    unsigned level = f->depth++;

    if (within_limits(f)) {
        uint8_t bit = 1 << level % 8;

        f->open[level / 8] &= ~bit;
        f->open[level / 8] |= c == '{' ? bit : 0;
    }
}

static void close_bracket(JSONFramer *f, char c)
{
    unsigned level = f->depth - 1;

    /* One that does not fit makes the text wrong: parsing it tells how. */
    if (f->depth && (c == '}') == (f->open[level / 8] >> level % 8 & 1) &&
        --f->depth) {
        return;
    }
    emit_value(f);
}

static void between(JSONFramer *f, char c)
{
    f->token = f->text->len;
    f->tokens++;
    switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
        f->tokens--;
        if (f->depth) {
            g_string_append_c(f->text, c);
        }
        return;
    case '"':
    case '\'':
        f->state = IN_STRING;
        f->quote = c;
        g_string_append_c(f->text, c);
        return;
    case '{':
    case '[':
        g_string_append_c(f->text, c);
        open_bracket(f, c);
        return;
    case '}':
    case ']':
        g_string_append_c(f->text, c);
        close_bracket(f, c);
        return;
    case ',':
    case ':':
        g_string_append_c(f->text, c);
        if (!f->depth) {
            emit_value(f);
        }
        return;
    case 'a' ... 'z':
    case '0' ... '9':
    case '-':
        f->state = IN_WORD;
        g_string_append_c(f->text, c);
        return;
    default:
        stray(f, c);
    }
}

static bool is_word(char c)
{
    return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '.' ||
           c == '+' || c == '-' || c == 'E';
}

/* Takes what it can of @buf for the string and returns how much that was. */
static size_t in_string(JSONFramer *f, const char *buf, size_t len)
{
    size_t n = 0;

    while (n < len && buf[n] != f->quote && buf[n] != '\\' &&
           (unsigned char)buf[n] >= 0x20 && (unsigned char)buf[n] < 0xfe) {
        n++;
    }
    g_string_append_len(f->text, buf, n);
    if (n == len) {
        return n;
    }
    if (buf[n] == f->quote) {
        f->state = BETWEEN;
        g_string_append_c(f->text, buf[n]);
        if (!f->depth) {
            emit_value(f);
        }
    } else if (buf[n] == '\\') {
        f->state = IN_ESCAPE;
        g_string_append_c(f->text, buf[n]);
    } else {
        stray(f, buf[n]);
    }
    return n + 1;
}

void json_framer_feed(JSONFramer *f, const char *buf, size_t len)
{
    size_t i = 0;

    while (i < len) {
        switch (f->state) {
        case BETWEEN:
            between(f, buf[i++]);
            break;
        case SKIPPING:
            if (!ends_skipping(buf[i])) {
                i++;
                break;
            }
            f->state = BETWEEN;
            if ((unsigned char)buf[i] < 0x20 ||
                (unsigned char)buf[i] >= 0xfe) {
                i++;
            }
            break;
        case IN_WORD:
            if (is_word(buf[i])) {
                g_string_append_c(f->text, buf[i++]);
            } else {
                f->state = BETWEEN;
                if (!f->depth) {
                    emit_value(f);
                }
            }
            break;
        case IN_STRING:
            i += in_string(f, buf + i, len - i);
            break;
        case IN_ESCAPE:
            if ((unsigned char)buf[i] < 0x20 ||
                (unsigned char)buf[i] >= 0xfe) {
                stray(f, buf[i++]);
            } else {
                g_string_append_c(f->text, buf[i++]);
                f->state = IN_STRING;
            }
            break;
        }
        if (unlikely(f->text->len > JSON_MAX_TEXT ||
                     f->tokens > JSON_MAX_TOKENS)) {
            within_limits(f);
        }
    }
}

void json_framer_finish(JSONFramer *f)
{
    if (f->text->len) {
        emit_value(f);
    }
}

void json_framer_reset(JSONFramer *f)
{
    reset(f);
}

JSONFramer *json_framer_new(JSONFramerEmit *emit, void *opaque)
{
    JSONFramer *f = g_new0(JSONFramer, 1);

    f->emit = emit;
    f->opaque = opaque;
    f->text = g_string_new(NULL);
    return f;
}

void json_framer_free(JSONFramer *f)
{
    if (f) {
        g_string_free(f->text, true);
        g_free(f);
    }
}
