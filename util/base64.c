/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64 (RFC 4648), strictly: GLib's decoder skips what it does not know. */
#include "qemu/osdep.h"
#include "qemu/base64.h"
#include "qapi/error.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                             "wxyz0123456789+/";

uint8_t *qbase64_decode(const char *input, size_t in_len, size_t *out_len,
                        Error **errp)
{
    g_autofree char *text = in_len == (size_t)-1 ? g_strdup(input) :
                            g_strndup(input, in_len);
    size_t good, len = 0;
    uint8_t *bytes;
    gsize n = 0;

    if (in_len != (size_t)-1 && strlen(text) != in_len) {
        error_setg(errp, "Base64 data contains invalid characters");
        return NULL;
    }
    /* Line ends may stand anywhere. */
    for (const char *p = text; *p; p++) {
        if (*p != '\n' && *p != '\r') {
            text[len++] = *p;
        }
    }
    text[len] = '\0';
    good = strspn(text, digits);
    if (good + strspn(text + good, "=") != len || len - good > 2) {
        error_setg(errp, "Base64 data contains invalid characters");
        return NULL;
    }
    if (len % 4) {
        error_setg(errp, "Base64 data is incomplete");
        return NULL;
    }
    bytes = len ? g_base64_decode(text, &n) : NULL;
    bytes = g_realloc(bytes, n + 1);
    bytes[n] = '\0';
    *out_len = n;
    return bytes;
}
