/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line editing on a terminal: cursor, history, completion.
 *
 * The screen is brought up to date after each key by sending the changed
 * rest of the line and moving the cursor back over it (ECMA-48 sequences).
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"

#define MAX_LINE 4096
#define MAX_HISTORY 64
#define MAX_COMPLETIONS 256

typedef enum KeyState {
    KEY_PLAIN,
    KEY_ESC,                    /* behind ESC */
    KEY_CSI,                    /* in ESC [ ... */
    KEY_SS3,                    /* behind ESC O */
} KeyState;

struct ReadLineState {
    const ReadLineOps *ops;
    void *opaque;
    char *prompt;
    GString *line;
    size_t cursor;
    KeyState key;
    unsigned param;             /* of the sequence */
    bool last_was_cr;

    GPtrArray *history;         /* oldest first */
    unsigned browsing;          /* index into it; its length: a new line */
    char *unfinished;           /* the new line, while browsing */

    GPtrArray *completions;
    size_t completion_index;    /* length of what is there already */
};

static void put(ReadLineState *rs, const char *str, size_t len)
{
    rs->ops->put(rs->opaque, str, len);
}

static void puts_(ReadLineState *rs, const char *str)
{
    put(rs, str, strlen(str));
}

static void move_left(ReadLineState *rs, size_t n)
{
    if (n) {
        g_autofree char *seq = g_strdup_printf("\033[%zuD", n);

        puts_(rs, seq);
    }
}

static void move_right(ReadLineState *rs, size_t n)
{
    if (n) {
        g_autofree char *seq = g_strdup_printf("\033[%zuC", n);

        puts_(rs, seq);
    }
}

/* Sends the line from @from on, where the screen's cursor is. */
static void redraw_from(ReadLineState *rs, size_t from)
{
    put(rs, rs->line->str + from, rs->line->len - from);
    puts_(rs, "\033[K");
    move_left(rs, rs->line->len - rs->cursor);
}

void readline_show(ReadLineState *rs, bool clear)
{
    if (clear) {
        g_string_truncate(rs->line, 0);
        rs->cursor = 0;
    }
    puts_(rs, rs->prompt);
    if (rs->line->len) {
        redraw_from(rs, 0);
    }
    rs->ops->flush(rs->opaque);
}

/* ---- editing ---- */

static void move_to(ReadLineState *rs, size_t where)
{
    if (where < rs->cursor) {
        move_left(rs, rs->cursor - where);
    } else {
        move_right(rs, where - rs->cursor);
    }
    rs->cursor = where;
}

static void insert(ReadLineState *rs, const char *str, size_t len)
{
    size_t from = rs->cursor;

    if (rs->line->len + len > MAX_LINE) {
        return;
    }
    g_string_insert_len(rs->line, from, str, len);
    rs->cursor += len;
    if (rs->cursor == rs->line->len) {
        put(rs, str, len);
    } else {
        redraw_from(rs, from);
    }
}

static void erase(ReadLineState *rs, size_t from, size_t to)
{
    move_to(rs, from);
    g_string_erase(rs->line, from, to - from);
    redraw_from(rs, from);
}

static size_t word_start(ReadLineState *rs)
{
    size_t i = rs->cursor;

    while (i && g_ascii_isspace(rs->line->str[i - 1])) {
        i--;
    }
    while (i && !g_ascii_isspace(rs->line->str[i - 1])) {
        i--;
    }
    return i;
}

static size_t word_end(ReadLineState *rs)
{
    size_t i = rs->cursor;

    while (i < rs->line->len && g_ascii_isspace(rs->line->str[i])) {
        i++;
    }
    while (i < rs->line->len && !g_ascii_isspace(rs->line->str[i])) {
        i++;
    }
    return i;
}

static void replace_line(ReadLineState *rs, const char *text)
{
    move_to(rs, 0);
    g_string_assign(rs->line, text);
    rs->cursor = rs->line->len;
    redraw_from(rs, 0);
}

/* ---- history ---- */

static void remember(ReadLineState *rs, const char *line)
{
    for (guint i = 0; i < rs->history->len; i++) {
        if (!strcmp(rs->history->pdata[i], line)) {
            g_ptr_array_remove_index(rs->history, i);
            break;
        }
    }
    if (rs->history->len == MAX_HISTORY) {
        g_ptr_array_remove_index(rs->history, 0);
    }
    g_ptr_array_add(rs->history, g_strdup(line));
}

const char *readline_history(ReadLineState *rs, unsigned index)
{
    return index < rs->history->len ? rs->history->pdata[index] : NULL;
}

static void browse(ReadLineState *rs, int step)
{
    unsigned to = rs->browsing + step;

    if (to > rs->history->len) {
        return;
    }
    if (rs->browsing == rs->history->len) {
        g_free(rs->unfinished);
        rs->unfinished = g_strdup(rs->line->str);
    }
    rs->browsing = to;
    replace_line(rs, to == rs->history->len ? rs->unfinished
                                            : rs->history->pdata[to]);
}

/* ---- completion ---- */

void readline_add_completion(ReadLineState *rs, const char *str)
{
    if (rs->completions->len >= MAX_COMPLETIONS) {
        return;
    }
    for (guint i = 0; i < rs->completions->len; i++) {
        if (!strcmp(rs->completions->pdata[i], str)) {
            return;
        }
    }
    g_ptr_array_add(rs->completions, g_strdup(str));
}

void readline_set_completion_index(ReadLineState *rs, int completion_index)
{
    rs->completion_index = completion_index;
}

static size_t common_prefix(const GPtrArray *strings)
{
    const char *first = strings->pdata[0];
    size_t len = strlen(first);

    for (guint i = 1; i < strings->len; i++) {
        const char *other = strings->pdata[i];
        size_t n = 0;

        while (n < len && other[n] == first[n]) {
            n++;
        }
        len = n;
    }
    return len;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_completions(ReadLineState *rs)
{
    size_t width = 0;
    unsigned columns, rows;

    for (guint i = 0; i < rs->completions->len; i++) {
        width = MAX(width, strlen(rs->completions->pdata[i]) + 2);
    }
    width = MAX(width, 10);
    columns = MAX(1, 80 / width);
    rows = DIV_ROUND_UP(rs->completions->len, columns);
    puts_(rs, "\r\n");
    for (unsigned row = 0; row < rows; row++) {
        for (unsigned i = row; i < rs->completions->len; i += rows) {
            g_autofree char *cell = g_strdup_printf("%-*s", (int)width,
                (char *)rs->completions->pdata[i]);

            puts_(rs, i + rows < rs->completions->len ? cell :
                      rs->completions->pdata[i]);
        }
        puts_(rs, "\r\n");
    }
    puts_(rs, rs->prompt);
    redraw_from(rs, 0);
}

static void complete(ReadLineState *rs)
{
    g_autofree char *before = g_strndup(rs->line->str, rs->cursor);
    size_t prefix;
    const char *first;

    g_ptr_array_set_size(rs->completions, 0);
    rs->completion_index = 0;
    rs->ops->complete(rs->opaque, before);
    if (!rs->completions->len) {
        return;
    }
    first = rs->completions->pdata[0];
    prefix = common_prefix(rs->completions);
    if (prefix > rs->completion_index) {
        insert(rs, first + rs->completion_index,
               prefix - rs->completion_index);
    }
    if (rs->completions->len == 1) {
        if (!prefix || first[prefix - 1] != '/') {
            insert(rs, " ", 1);
        }
    } else if (prefix <= rs->completion_index) {
        g_ptr_array_sort(rs->completions, by_name);
        list_completions(rs);
    }
}

/* ---- keys ---- */

static void enter(ReadLineState *rs)
{
    g_autofree char *line = g_strdup(rs->line->str);

    puts_(rs, "\r\n");
    rs->ops->flush(rs->opaque);
    if (*line) {
        remember(rs, line);
    }
    rs->browsing = rs->history->len;
    g_string_truncate(rs->line, 0);
    rs->cursor = 0;
    if (rs->ops->line(rs->opaque, line)) {
        readline_show(rs, true);
    }
}

static void plain_key(ReadLineState *rs, unsigned char c)
{
    bool after_cr = rs->last_was_cr;

    rs->last_was_cr = c == '\r';
    switch (c) {
    case 1:                     /* ^A */
        move_to(rs, 0);
        break;
    case 2:                     /* ^B */
        move_to(rs, rs->cursor - (rs->cursor > 0));
        break;
    case 4:                     /* ^D */
        if (rs->cursor < rs->line->len) {
            erase(rs, rs->cursor, rs->cursor + 1);
        }
        break;
    case 5:                     /* ^E */
        move_to(rs, rs->line->len);
        break;
    case 6:                     /* ^F */
        move_to(rs, rs->cursor + (rs->cursor < rs->line->len));
        break;
    case 8:
    case 127:
        if (rs->cursor) {
            erase(rs, rs->cursor - 1, rs->cursor);
        }
        break;
    case 9:
        complete(rs);
        break;
    case '\n':
        if (!after_cr) {        /* a terminal may send both for one Enter */
            enter(rs);
        }
        break;
    case '\r':
        enter(rs);
        break;
    case 11:                    /* ^K */
        erase(rs, rs->cursor, rs->line->len);
        break;
    case 12:                    /* ^L */
        puts_(rs, "\033[H\033[J");
        puts_(rs, rs->prompt);
        redraw_from(rs, 0);
        break;
    case 14:                    /* ^N */
        browse(rs, 1);
        break;
    case 16:                    /* ^P */
        browse(rs, -1);
        break;
    case 21:                    /* ^U */
        erase(rs, 0, rs->cursor);
        break;
    case 23:                    /* ^W */
        erase(rs, word_start(rs), rs->cursor);
        break;
    case 27:
        rs->key = KEY_ESC;
        break;
    default:
        if (c >= 32) {
            insert(rs, (char *)&c, 1);
        }
    }
}

static void sequence_end(ReadLineState *rs, unsigned char c)
{
    rs->key = KEY_PLAIN;
    if (c == '~') {
        static const char by_number[] = { [1] = 'H', [3] = 'X', [4] = 'F',
                                          [7] = 'H', [8] = 'F' };

        c = rs->param < sizeof(by_number) ? by_number[rs->param] : 0;
    } else if (rs->param == 5) {
        /* With Ctrl held, as some terminals send it. */
        c = c == 'C' ? 'f' : c == 'D' ? 'b' : c;
    }
    switch (c) {
    case 'A':
        browse(rs, -1);
        break;
    case 'B':
        browse(rs, 1);
        break;
    case 'C':
        plain_key(rs, 6);
        break;
    case 'D':
        plain_key(rs, 2);
        break;
    case 'F':
        plain_key(rs, 5);
        break;
    case 'H':
        plain_key(rs, 1);
        break;
    case 'X':
        plain_key(rs, 4);
        break;
    case 'b':
        move_to(rs, word_start(rs));
        break;
    case 'f':
        move_to(rs, word_end(rs));
        break;
    }
}

void readline_handle_byte(ReadLineState *rs, char byte)
{
    unsigned char c = byte;

    switch (rs->key) {
    case KEY_PLAIN:
        plain_key(rs, c);
        break;
    case KEY_ESC:
        rs->key = KEY_PLAIN;
        rs->param = 0;
        if (c == '[') {
            rs->key = KEY_CSI;
        } else if (c == 'O') {
            rs->key = KEY_SS3;
        } else if (c == 'b' || c == 'f') {
            sequence_end(rs, c);
        }
        break;
    case KEY_CSI:
        if (g_ascii_isdigit(c)) {
            rs->param = (rs->param * 10 + c - '0') % 1000;
        } else if (c == ';') {
            rs->param = 0;      /* the last one counts */
        } else {
            sequence_end(rs, c);
        }
        break;
    case KEY_SS3:
        sequence_end(rs, c);
        break;
    }
    rs->ops->flush(rs->opaque);
}

/* ---- life ---- */

ReadLineState *readline_new(const ReadLineOps *ops, void *opaque,
                            const char *prompt)
{
    ReadLineState *rs = g_new0(ReadLineState, 1);

    rs->ops = ops;
    rs->opaque = opaque;
    rs->prompt = g_strdup(prompt);
    rs->line = g_string_new(NULL);
    rs->history = g_ptr_array_new_with_free_func(g_free);
    rs->completions = g_ptr_array_new_with_free_func(g_free);
    return rs;
}

void readline_free(ReadLineState *rs)
{
    if (rs) {
        g_free(rs->prompt);
        g_free(rs->unfinished);
        g_string_free(rs->line, true);
        g_ptr_array_free(rs->history, true);
        g_ptr_array_free(rs->completions, true);
        g_free(rs);
    }
}
