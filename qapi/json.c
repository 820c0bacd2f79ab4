/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON text: a reader with limits, and a writer (RFC 8259).
 *
 * The reader works on a complete text.  It also takes strings in single
 * quotes, which spares people the escaping on command lines.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"

/* ---- unsigned numbers that jansson has no room for ---- */

/*
 * jansson's integer is { json_t; long long }, and json_t has four bytes of
 * padding behind its type.  A mark there says that the value is meant
 * unsigned.  All JSON memory starts with these bytes cleared, so that no
 * other integer has the mark.
 */
#define UNSIGNED_MARK 0x75363475u

QEMU_BUILD_BUG_ON(sizeof(json_type) != 4 || offsetof(json_t, refcount) != 8);

static void *alloc_cleared(size_t size)
{
    void *p = malloc(MAX(size, 8));

    if (!p) {
        g_error("out of memory for JSON");
    }
    return memset(p, 0, 8);
}

static void __attribute__((constructor)) set_json_alloc(void)
{
    json_set_alloc_funcs(alloc_cleared, free);
}

static uint32_t *mark_of(const json_t *value)
{
    return (uint32_t *)((char *)value + sizeof(json_type));
}

json_t *json_uinteger(uint64_t value)
{
    json_t *result = json_integer(value);

    if (value > INT64_MAX) {
        *mark_of(result) = UNSIGNED_MARK;
    }
    return result;
}

bool json_is_big_uinteger(const json_t *value)
{
    return json_is_integer(value) && *mark_of(value) == UNSIGNED_MARK;
}

/* ---- small helpers ---- */

json_t *json_string_any(const char *str)
{
    json_t *result = json_string(str ?: "");

    if (!result) {
        g_autofree char *valid = g_utf8_make_valid(str, -1);

        result = json_string(valid);
    }
    return result;
}

const char *json_get_str(const json_t *obj, const char *key)
{
    return json_string_value(json_object_get(obj, key));
}

bool json_get_bool(const json_t *obj, const char *key, bool def)
{
    json_t *value = json_object_get(obj, key);

    return value ? json_is_true(value) : def;
}

int64_t json_get_int(const json_t *obj, const char *key, int64_t def)
{
    json_t *value = json_object_get(obj, key);

    return value ? json_integer_value(value) : def;
}

/* ---- reading ---- */

typedef struct Reader {
    const char *start;
    const char *p, *end;
    unsigned depth;
    GString *scratch;           /* a string with its escapes undone */
    Error **errp;
} Reader;

static json_t *read_value(Reader *r);

G_GNUC_PRINTF(2, 3)
static void *fail(Reader *r, const char *fmt, ...)
{
    g_autofree char *msg = NULL;
    va_list ap;

    va_start(ap, fmt);
    msg = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    error_setg(r->errp, "JSON parse error, %s", msg);
    return NULL;
}

/* Fails with the text from @from up to and with the offending character. */
static void *stray(Reader *r, const char *from)
{
    const char *to = MIN(r->p + 1, r->end);
    g_autofree char *text = g_utf8_make_valid(from, to - from);

    return fail(r, "stray '%s'", text);
}

static void skip_space(Reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' ||
                             *r->p == '\r' || *r->p == '\t')) {
        r->p++;
    }
}

/* Next character behind white space, 0 at the end. */
static char peek(Reader *r)
{
    skip_space(r);
    return r->p < r->end ? *r->p : 0;
}

static bool read_hex4(Reader *r, const char *escape, unsigned *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = r->p < r->end ? g_ascii_xdigit_value(*r->p) : -1;

        if (digit < 0) {
            g_autofree char *text =
                g_utf8_make_valid(escape, MIN(r->p + 1, r->end) - escape);

            fail(r, "%s is not a valid Unicode character", text);
            return false;
        }
        *code = *code << 4 | digit;
        r->p++;
    }
    return true;
}

static bool read_unicode_escape(Reader *r, const char *escape)
{
    unsigned code, low;

    if (!read_hex4(r, escape, &code)) {
        return false;
    }
    if (code >= 0xd800 && code < 0xdc00 && r->end - r->p >= 6 &&
        r->p[0] == '\\' && r->p[1] == 'u') {
        r->p += 2;
        if (!read_hex4(r, escape, &low)) {
            return false;
        }
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    if (code >= 0xd800 && code < 0xe000) {
        fail(r, "%.*s is not a valid Unicode character",
             (int)(r->p - escape), escape);
        return false;
    }
    g_string_append_unichar(r->scratch, code);
    return true;
}

static bool read_escape(Reader *r)
{
    static const char names[] = "\"'\\/bfnrt", values[] = "\"'\\/\b\f\n\r\t";
    const char *escape = r->p++;
    const char *name;

    if (r->p == r->end) {
        fail(r, "premature EOI");
        return false;
    }
    if (*r->p == 'u') {
        r->p++;
        return read_unicode_escape(r, escape);
    }
    name = *r->p ? strchr(names, *r->p) : NULL;
    if (!name) {
        fail(r, "invalid escape sequence in string");
        return false;
    }
    g_string_append_c(r->scratch, values[name - names]);
    r->p++;
    return true;
}

/*
 * Reads a string, with r->p at its quote.  *@len bytes at the result, which
 * is in the text itself or, where there were escapes, in the scratch.
 */
static const char *read_string(Reader *r, size_t *len)
{
    const char *begin = r->p;
    char quote = *r->p++;
    const char *run = r->p;
    const char *result = run;
    bool copied = false;

    for (;; r->p++) {
        if (r->p == r->end) {
            return fail(r, "premature EOI");
        }
        if (*r->p == quote) {
            break;
        }
        if ((unsigned char)*r->p < 0x20) {
            return stray(r, begin);
        }
        if (*r->p == '\\') {
            if (!copied) {
                g_string_truncate(r->scratch, 0);
                copied = true;
            }
            g_string_append_len(r->scratch, run, r->p - run);
            if (!read_escape(r)) {
                return NULL;
            }
            run = r->p--;
        }
    }
    *len = r->p - run;
    if (copied) {
        g_string_append_len(r->scratch, run, r->p - run);
        result = r->scratch->str;
        *len = r->scratch->len;
    }
    r->p++;
    return result;
}

static json_t *read_string_value(Reader *r)
{
    size_t len;
    const char *str = read_string(r, &len);
    json_t *value;

    if (!str) {
        return NULL;
    }
    value = json_stringn(str, len);
    return value ?: fail(r, "invalid UTF-8 sequence in string");
}

static json_t *read_number(Reader *r)
{
    const char *begin = r->p;
    bool negative = *r->p == '-', whole = true, fits = true;
    uint64_t n = 0;

#define DIGIT (r->p < r->end && g_ascii_isdigit(*r->p))
    r->p += negative;
    if (!DIGIT) {
        return stray(r, begin);
    }
    if (*r->p == '0' && r->p + 1 < r->end && g_ascii_isdigit(r->p[1])) {
        r->p++;
        return stray(r, begin);
    }
    for (; DIGIT; r->p++) {
        fits &= !__builtin_mul_overflow(n, 10, &n) &&
                !__builtin_add_overflow(n, *r->p - '0', &n);
    }
    if (r->p < r->end && *r->p == '.') {
        whole = false;
        r->p++;
        if (!DIGIT) {
            return stray(r, begin);
        }
        while (DIGIT) {
            r->p++;
        }
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        whole = false;
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-')) {
            r->p++;
        }
        if (!DIGIT) {
            return stray(r, begin);
        }
        while (DIGIT) {
            r->p++;
        }
    }
#undef DIGIT
    if (whole && fits && !negative) {
        return json_uinteger(n);
    }
    if (whole && fits && n <= (uint64_t)INT64_MAX + 1) {
        return json_integer(-n);
    } else {
        g_autofree char *text = g_strndup(begin, r->p - begin);
        json_t *value = json_real(g_ascii_strtod(text, NULL));

        return value ?: fail(r, "number %s is out of range", text);
    }
}

static json_t *read_word(Reader *r)
{
    static const struct {
        const char *word;
        json_t *(*make)(void);
    } words[] = {
        { "true", json_true }, { "false", json_false }, { "null", json_null },
    };
    const char *begin = r->p;
    size_t len;

    while (r->p < r->end && g_ascii_islower(*r->p)) {
        r->p++;
    }
    len = r->p - begin;
    for (int i = 0; i < ARRAY_SIZE(words); i++) {
        if (len == strlen(words[i].word) &&
            !memcmp(begin, words[i].word, len)) {
            return words[i].make();
        }
    }
    return fail(r, "invalid keyword '%.*s'", (int)MIN(len, 64), begin);
}

/* One "name": value of an object. */
static bool read_member(Reader *r, json_t *object)
{
    g_autofree char *name = NULL;
    const char *str;
    json_t *value;
    size_t len;
    char c = peek(r);

    if (c != '"' && c != '\'') {
        fail(r, c ? "key is not a string in object" : "premature EOI");
        return false;
    }
    str = read_string(r, &len);
    if (!str) {
        return false;
    }
    if (memchr(str, 0, len) || !g_utf8_validate(str, len, NULL)) {
        fail(r, "invalid key in object");
        return false;
    }
    if (json_object_getn(object, str, len)) {
        fail(r, "duplicate key");
        return false;
    }
    name = g_strndup(str, len);
    if (peek(r) != ':') {
        fail(r, r->p < r->end ? "missing : in object pair" : "premature EOI");
        return false;
    }
    r->p++;
    value = read_value(r);
    return value &&
           !json_object_setn_new_nocheck(object, name, len, value);
}

static bool read_element(Reader *r, json_t *array)
{
    json_t *value = read_value(r);

    return value && !json_array_append_new(array, value);
}

/* An object or an array: items apart with commas up to @close. */
static json_t *read_items(Reader *r, json_t *container, char close,
                          bool (*read_item)(Reader *r, json_t *container),
                          const char *kind)
{
    if (++r->depth > JSON_MAX_DEPTH) {
        error_setg(r->errp, "JSON nesting depth limit exceeded");
        goto out;
    }
    r->p++;
    if (peek(r) != close) {
        for (;;) {
            if (!read_item(r, container)) {
                goto out;
            }
            if (peek(r) == close) {
                break;
            }
            if (r->p == r->end || *r->p != ',') {
                fail(r, r->p < r->end ? "expected separator in %s"
                                      : "premature EOI", kind);
                goto out;
            }
            r->p++;
        }
    }
    r->p++;
    r->depth--;
    return container;

out:
    json_decref(container);
    return NULL;
}

static json_t *read_value(Reader *r)
{
    char c = peek(r);

    switch (c) {
    case '{':
        return read_items(r, json_object(), '}', read_member, "dict");
    case '[':
        return read_items(r, json_array(), ']', read_element, "list");
    case '"':
    case '\'':
        return read_string_value(r);
    case '-':
    case '0' ... '9':
        return read_number(r);
    case 'a' ... 'z':
        return read_word(r);
    case '}':
    case ']':
    case ',':
    case ':':
        return fail(r, "expecting value");
    default:
        if (r->p == r->end) {
            return fail(r, "premature EOI");
        }
        return stray(r, r->p);
    }
}

json_t *json_parse_text_len(const char *text, size_t len, Error **errp)
{
    ERRP_GUARD();
    Reader r = {
        .start = text, .p = text, .end = text + len, .errp = errp,
    };
    json_t *value = NULL;

    if (len > JSON_MAX_TEXT) {
        error_setg(errp, "JSON token size limit exceeded");
        return NULL;
    }
    r.scratch = g_string_new(NULL);
    value = read_value(&r);
    if (value && peek(&r)) {
        fail(&r, "expecting end of input");
        g_clear_pointer(&value, json_decref);
    }
    if (!value) {
        error_append_hint(errp, "The error is at character %zu.\n",
                          (size_t)(r.p - r.start) + 1);
    }
    g_string_free(r.scratch, true);
    return value;
}

json_t *json_parse_text(const char *text, Error **errp)
{
    return json_parse_text_len(text, strlen(text), errp);
}

/* ---- writing ---- */

/* Letters that stand for themselves; the rest is escaped. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void json_append_string(GString *to, const char *str, size_t len)
{
    static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t";
    const char *end = str + len;

    g_string_append_c(to, '"');
    while (str < end) {
        const char *run = str;
        const char *value;
        gunichar code;

        while (str < end && is_plain(*str)) {
            str++;
        }
        g_string_append_len(to, run, str - run);
        if (str == end) {
            break;
        }
        value = *str ? strchr(values, *str) : NULL;
        if (value) {
            g_string_append_c(to, '\\');
            g_string_append_c(to, names[value - values]);
            str++;
            continue;
        }
        code = *str ? g_utf8_get_char_validated(str, end - str) : 0;
        if (code >= 0x110000) {
            code = 0xfffd;
            str++;
        } else {
            str = code ? g_utf8_next_char(str) : str + 1;
        }
        if (code >= 0x10000) {
            g_string_append_printf(to, "\\u%04X",
                                   0xd800 + ((code - 0x10000) >> 10));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        g_string_append_printf(to, "\\u%04X", code);
    }
    g_string_append_c(to, '"');
}

static void append_integer(GString *to, const json_t *value)
{
    char digits[24], *p = digits + sizeof(digits);
    json_int_t n = json_integer_value(value);
    bool negative = n < 0 && !json_is_big_uinteger(value);
    uint64_t u = negative ? -(uint64_t)n : (uint64_t)n;

    do {
        *--p = '0' + u % 10;
        u /= 10;
    } while (u);
    if (negative) {
        *--p = '-';
    }
    g_string_append_len(to, p, digits + sizeof(digits) - p);
}

static void append_real(GString *to, const json_t *value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(to, g_ascii_formatd(digits, sizeof(digits), "%.17g",
                                        json_real_value(value)));
}

/* The break before an item, or before the closing bracket. */
static void append_break(GString *to, bool pretty, unsigned depth)
{
    if (pretty) {
        g_string_append_c(to, '\n');
        while (depth--) {
            g_string_append(to, "    ");
        }
    }
}

static void append_value(GString *to, const json_t *value, bool pretty,
                         unsigned depth)
{
    const char *separator = "";
    const char *key;
    json_t *item;
    size_t i;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        g_string_append_c(to, '{');
        json_object_foreach((json_t *)value, key, item) {
            g_string_append(to, separator);
            separator = pretty ? "," : ", ";
            append_break(to, pretty, depth + 1);
            json_append_string(to, key, strlen(key));
            g_string_append_len(to, ": ", 2);
            append_value(to, item, pretty, depth + 1);
        }
        if (*separator) {
            append_break(to, pretty, depth);
        }
        g_string_append_c(to, '}');
        break;
    case JSON_ARRAY:
        g_string_append_c(to, '[');
        json_array_foreach(value, i, item) {
            g_string_append(to, separator);
            separator = pretty ? "," : ", ";
            append_break(to, pretty, depth + 1);
            append_value(to, item, pretty, depth + 1);
        }
        if (*separator) {
            append_break(to, pretty, depth);
        }
        g_string_append_c(to, ']');
        break;
    case JSON_STRING:
        json_append_string(to, json_string_value(value),
                           json_string_length(value));
        break;
    case JSON_INTEGER:
        append_integer(to, value);
        break;
    case JSON_REAL:
        append_real(to, value);
        break;
    case JSON_TRUE:
        g_string_append_len(to, "true", 4);
        break;
    case JSON_FALSE:
        g_string_append_len(to, "false", 5);
        break;
    case JSON_NULL:
        g_string_append_len(to, "null", 4);
        break;
    }
}

void json_append_text(GString *to, const json_t *value, bool pretty)
{
    append_value(to, value, pretty, 0);
}

char *json_to_text(const json_t *value, bool pretty)
{
    GString *text = g_string_new(NULL);

    json_append_text(text, value, pretty);
    return g_string_free(text, false);
}
