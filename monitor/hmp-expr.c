/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions of the human monitor: + and -, binding tighter & | ^, then
 * * / %, then - ~ + before a term; numbers as in C, 'c' and parentheses.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qemu/cutils.h"

#define MAX_NESTING 64

typedef struct Expr {
    const char *p;
    const char *error;
    int nesting;
} Expr;

static int64_t eval_sum(Expr *e);

static char peek(Expr *e)
{
    while (g_ascii_isspace(*e->p)) {
        e->p++;
    }
    return *e->p;
}

static int64_t fail(Expr *e, const char *error)
{
    if (!e->error) {
        e->error = error;
    }
    return 0;
}

static int64_t eval_nested(Expr *e)
{
    int64_t value;

    if (++e->nesting > MAX_NESTING) {
        return fail(e, "expression is nested too deeply");
    }
    e->p++;
    value = eval_sum(e);
    e->nesting--;
    if (peek(e) != ')') {
        return fail(e, "')' expected");
    }
    e->p++;
    return value;
}

static int64_t eval_char(Expr *e)
{
    unsigned char c = e->p[1];

    if (!c || e->p[2] != '\'') {
        return fail(e, "missing terminating ' character");
    }
    e->p += 3;
    return c;
}

static int64_t eval_term(Expr *e)
{
    static __thread char message[64];
    uint64_t value;
    char c = peek(e);

    if (e->error) {
        return 0;
    }
    switch (c) {
    case '+':
        e->p++;
        return eval_term(e);
    case '-':
        e->p++;
        return -(uint64_t)eval_term(e);
    case '~':
        e->p++;
        return ~eval_term(e);
    case '(':
        return eval_nested(e);
    case '\'':
        return eval_char(e);
    case '$':
        return fail(e, "unknown register");
    case '\0':
        return fail(e, "unexpected end of expression");
    case '0' ... '9':
        if (qemu_strtou64(e->p, &e->p, 0, &value) == -ERANGE) {
            return fail(e, "number too large");
        }
        return value;
    default:
        snprintf(message, sizeof(message),
                 "invalid char '%c' in expression", c);
        return fail(e, message);
    }
}

static int64_t eval_product(Expr *e)
{
    int64_t a = eval_term(e);

    for (;;) {
        char op = peek(e);
        int64_t b;

        if (e->error || (op != '*' && op != '/' && op != '%')) {
            return a;
        }
        e->p++;
        b = eval_term(e);
        if (op == '*') {
            a = (uint64_t)a * b;
        } else if (!b) {
            return fail(e, "division by zero");
        } else if (b == -1) {
            a = op == '/' ? -(uint64_t)a : 0;
        } else {
            a = op == '/' ? a / b : a % b;
        }
    }
}

static int64_t eval_logic(Expr *e)
{
    int64_t a = eval_product(e);

    for (;;) {
        char op = peek(e);
        int64_t b;

        if (e->error || (op != '&' && op != '|' && op != '^')) {
            return a;
        }
        e->p++;
        b = eval_product(e);
        a = op == '&' ? a & b : op == '|' ? a | b : a ^ b;
    }
}

static int64_t eval_sum(Expr *e)
{
    int64_t a = eval_logic(e);

    for (;;) {
        char op = peek(e);
        int64_t b;

        if (e->error || (op != '+' && op != '-')) {
            return a;
        }
        e->p++;
        b = eval_logic(e);
        a = op == '+' ? (uint64_t)a + b : (uint64_t)a - b;
    }
}

bool hmp_eval(const char **p, int64_t *value, const char **error)
{
    Expr e = { .p = *p };

    *value = eval_sum(&e);
    peek(&e);
    *p = e.p;
    *error = e.error;
    return !e.error;
}
