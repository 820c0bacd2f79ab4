/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings, numbers in strings, sizes (qemu/cutils.h). */
#include "qemu/osdep.h"
#include <math.h>
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"

void pstrcpy(char *buf, int buf_size, const char *str)
{
    if (buf_size > 0) {
        g_strlcpy(buf, str, buf_size);
    }
}

char *pstrcat(char *buf, int buf_size, const char *s)
{
    int len = strnlen(buf, buf_size);

    if (len < buf_size) {
        g_strlcpy(buf + len, s, buf_size - len);
    }
    return buf;
}

void strpadcpy(char *buf, int buf_size, const char *str, char pad)
{
    int len = qemu_strnlen(str, buf_size);

    memcpy(buf, str, len);
    memset(buf + len, pad, buf_size - len);
}

int strstart(const char *str, const char *val, const char **ptr)
{
    size_t len = strlen(val);

    if (strncmp(str, val, len) != 0) {
        return 0;
    }
    if (ptr) {
        *ptr = str + len;
    }
    return 1;
}

int stristart(const char *str, const char *val, const char **ptr)
{
    size_t len = strlen(val);

    if (g_ascii_strncasecmp(str, val, len) != 0) {
        return 0;
    }
    if (ptr) {
        *ptr = str + len;
    }
    return 1;
}

int qemu_strnlen(const char *s, int max_len)
{
    return strnlen(s, max_len);
}

char *qemu_strsep(char **input, const char *delim)
{
    return strsep(input, delim);
}

time_t mktimegm(struct tm *tm)
{
    struct tm copy = *tm;

    return timegm(&copy);
}

/*
 * The end of each of the functions below: strtoX set errno, @ep is where it
 * stopped.
 */
static int check_end(const char *nptr, char *ep, const char **endptr,
                     int libc_errno)
{
    if (endptr) {
        *endptr = ep;
    }
    if (ep == nptr || (!endptr && *ep)) {
        return -EINVAL;
    }
    return -libc_errno;
}

int qemu_strtoi64(const char *nptr, const char **endptr, int base,
                  int64_t *result)
{
    char *ep;

    *result = 0;
    if (!nptr) {
        if (endptr) {
            *endptr = nptr;
        }
        return -EINVAL;
    }
    errno = 0;
    *result = strtoll(nptr, &ep, base);
    return check_end(nptr, ep, endptr, errno == ERANGE ? ERANGE : 0);
}

int qemu_strtou64(const char *nptr, const char **endptr, int base,
                  uint64_t *result)
{
    char *ep;

    *result = 0;
    if (!nptr) {
        if (endptr) {
            *endptr = nptr;
        }
        return -EINVAL;
    }
    errno = 0;
    *result = strtoull(nptr, &ep, base);
    /* strtoull() negates in 64 bits after it looked for overflow. */
    if (errno == ERANGE) {
        *result = UINT64_MAX;
    }
    return check_end(nptr, ep, endptr, errno == ERANGE ? ERANGE : 0);
}

static int clamp_signed(int ret, int64_t wide, int64_t min, int64_t max,
                        int64_t *out)
{
    *out = CLAMP(wide, min, max);
    return ret == 0 && *out != wide ? -ERANGE : ret;
}

int qemu_strtoi(const char *nptr, const char **endptr, int base, int *result)
{
    int64_t wide, out;
    int ret = qemu_strtoi64(nptr, endptr, base, &wide);

    ret = clamp_signed(ret, wide, INT_MIN, INT_MAX, &out);
    *result = out;
    return ret;
}

int qemu_strtol(const char *nptr, const char **endptr, int base, long *result)
{
    int64_t wide, out;
    int ret = qemu_strtoi64(nptr, endptr, base, &wide);

    ret = clamp_signed(ret, wide, LONG_MIN, LONG_MAX, &out);
    *result = out;
    return ret;
}

int qemu_strtoui(const char *nptr, const char **endptr, int base,
                 unsigned int *result)
{
    uint64_t wide;
    int ret = qemu_strtou64(nptr, endptr, base, &wide);

    /* "-1" is all ones in the width asked for, as strtoul() has it. */
    if (ret == 0 && wide > UINT_MAX && -wide > UINT_MAX) {
        *result = UINT_MAX;
        return -ERANGE;
    }
    *result = wide;
    return ret;
}

int qemu_strtoul(const char *nptr, const char **endptr, int base,
                 unsigned long *result)
{
    uint64_t wide;
    int ret = qemu_strtou64(nptr, endptr, base, &wide);

    *result = wide;
    return ret;
}

int qemu_strtod(const char *nptr, const char **endptr, double *result)
{
    char *ep;

    *result = 0;
    if (!nptr) {
        if (endptr) {
            *endptr = nptr;
        }
        return -EINVAL;
    }
    errno = 0;
    *result = g_ascii_strtod(nptr, &ep);
    return check_end(nptr, ep, endptr, errno);
}

int qemu_strtod_finite(const char *nptr, const char **endptr, double *result)
{
    int ret = qemu_strtod(nptr, endptr, result);

    if (!isfinite(*result) && ret != -ERANGE) {
        if (endptr) {
            *endptr = nptr;
        }
        *result = 0;
        return -EINVAL;
    }
    return ret;
}

int parse_uint(const char *s, unsigned long long *value, char **endptr,
               int base)
{
    const char *end = s;
    uint64_t val = 0;
    int ret = -EINVAL;

    if (s) {
        const char *p = s;

        while (g_ascii_isspace(*p)) {
            p++;
        }
        if (*p != '-') {
            ret = qemu_strtou64(s, &end, base, &val);
        }
    }
    *value = val;
    if (endptr) {
        *endptr = (char *)end;
    } else if (ret == 0 && *end) {
        *value = 0;
        ret = -EINVAL;
    }
    return ret;
}

int parse_uint_full(const char *s, unsigned long long *value, int base)
{
    return parse_uint(s, value, NULL, base);
}

static int suffix_power(char c)
{
    const char *at = c ? strchr("BKMGTPE", g_ascii_toupper(c)) : NULL;

    return at ? at - "BKMGTPE" : -1;
}

/*
 * The integer part is read exactly; a fraction needs a suffix that makes it
 * whole bytes or more, and is rounded to them.
 */
static int do_strtosz(const char *nptr, const char **end, int default_power,
                      unsigned unit, uint64_t *result)
{
    const char *p = nptr, *stop = nptr;
    uint64_t whole = 0, scale = 1;
    double fraction = 0;
    int ret = 0, power;

    *result = 0;
    while (p && g_ascii_isspace(*p)) {
        p++;
    }
    if (!p || !g_ascii_isdigit(*p)) {
        ret = -EINVAL;
        goto out;
    }
    if (p[0] == '0' && g_ascii_tolower(p[1]) == 'x') {
        ret = qemu_strtou64(p, &stop, 16, &whole);
        default_power = 0;
    } else {
        ret = qemu_strtou64(p, &stop, 10, &whole);
        if (*stop == '.') {
            char *ep = NULL;

            fraction = g_ascii_strtod(stop, &ep);
            if (ep == stop || strcspn(stop, "eE") < ep - stop) {
                /* "1." is a number; an exponent is a suffix, not a power. */
                const char *digits = stop + 1;
                double place = 0.1;

                for (fraction = 0; g_ascii_isdigit(*digits); digits++) {
                    fraction += (*digits - '0') * place;
                    place /= 10;
                }
                ep = (char *)digits;
            }
            stop = ep;
        }
    }
    power = suffix_power(*stop);
    if (power >= 0) {
        stop++;
    } else {
        power = default_power;
    }
    if (fraction > 0 && power == 0) {
        ret = -EINVAL;
        stop = nptr;
        goto out;
    }
    for (int i = 0; i < power; i++) {
        scale *= unit;
    }
    if (ret == 0 &&
        (umul64_overflow(whole, scale, &whole) ||
         uadd64_overflow(whole, (uint64_t)(fraction * scale + 0.5),
                         &whole))) {
        ret = -ERANGE;
    }
    *result = whole;
out:
    if (end) {
        *end = stop;
    } else if (ret == 0 && *stop) {
        ret = -EINVAL;
    }
    if (ret) {
        *result = ret == -ERANGE ? UINT64_MAX : 0;
    }
    return ret;
}

int qemu_strtosz(const char *nptr, const char **end, uint64_t *result)
{
    return do_strtosz(nptr, end, 0, 1024, result);
}

int qemu_strtosz_MiB(const char *nptr, const char **end, uint64_t *result)
{
    return do_strtosz(nptr, end, 2, 1024, result);
}

int qemu_strtosz_metric(const char *nptr, const char **end, uint64_t *result)
{
    return do_strtosz(nptr, end, 0, 1000, result);
}

static char *scaled_str(double val, double unit, const char *const *suffix,
                        unsigned n)
{
    unsigned i = 0;

    while (i + 1 < n && val >= unit) {
        val /= unit;
        i++;
    }
    return g_strdup_printf("%0.3g %s", val, suffix[i]);
}

char *size_to_str(uint64_t val)
{
    static const char *const suffix[] = {
        "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"
    };

    return scaled_str(val, 1024, suffix, G_N_ELEMENTS(suffix));
}

char *freq_to_str(uint64_t freq_hz)
{
    static const char *const suffix[] = {
        "Hz", "KHz", "MHz", "GHz", "THz", "PHz", "EHz"
    };

    return scaled_str(freq_hz, 1000, suffix, G_N_ELEMENTS(suffix));
}

bool buffer_is_zero(const void *buf, size_t len)
{
    const uint8_t *p = buf;
    uint64_t any[4] = { 0 };

    /* A look at both ends and the middle settles most buffers. */
    if (len == 0) {
        return true;
    }
    if (p[0] | p[len / 2] | p[len - 1]) {
        return false;
    }
    for (; len >= 256; p += 256, len -= 256) {
        for (unsigned i = 0; i < 256; i += 32) {
            any[0] |= ldq_he_p(p + i);
            any[1] |= ldq_he_p(p + i + 8);
            any[2] |= ldq_he_p(p + i + 16);
            any[3] |= ldq_he_p(p + i + 24);
        }
        if (any[0] | any[1] | any[2] | any[3]) {
            return false;
        }
    }
    for (; len; p++, len--) {
        any[0] |= *p;
    }
    return !any[0];
}

int uleb128_encode_small(uint8_t *out, uint32_t n)
{
    assert(n <= 0x3fff);
    if (n < 0x80) {
        out[0] = n;
        return 1;
    }
    out[0] = (n & 0x7f) | 0x80;
    out[1] = n >> 7;
    return 2;
}

int uleb128_decode_small(const uint8_t *in, uint32_t *n)
{
    *n = in[0] & 0x7f;
    if (!(in[0] & 0x80)) {
        return 1;
    }
    if (in[1] & 0x80) {
        return -1;
    }
    *n |= (uint32_t)in[1] << 7;
    return 2;
}

bool parse_bool_text(const char *value, bool *obj)
{
    static const char *const yes[] = { "on", "yes", "true", "y", NULL };
    static const char *const no[] = { "off", "no", "false", "n", NULL };

    if (g_strv_contains(yes, value)) {
        *obj = true;
    } else if (g_strv_contains(no, value)) {
        *obj = false;
    } else {
        return false;
    }
    return true;
}

static char *exec_dir;

void qemu_init_exec_dir(const char *argv0)
{
    g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);

    g_free(exec_dir);
    exec_dir = g_path_get_dirname(path ? path : argv0);
}

const char *qemu_get_exec_dir(void)
{
    return exec_dir;
}

char *get_relocated_path(const char *dir)
{
    return g_strdup(dir);
}

void qemu_hex_encode(char *dst, const uint8_t *src, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *dst++ = digits[src[i] >> 4];
        *dst++ = digits[src[i] & 15];
    }
    *dst = '\0';
}

/* printf takes a thousand instructions for it. */
char *str_numbered(const char *base, unsigned number)
{
    char digits[12];
    char *p = &digits[sizeof(digits) - 1];

    *p = '\0';
    do {
        *--p = '0' + number % 10;
        number /= 10;
    } while (number);
    return g_strconcat(base, "[", p, "]", NULL);
}
