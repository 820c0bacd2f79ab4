/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings, numbers in strings, sizes for people, and zero buffers. */
#ifndef QEMU_CUTILS_H
#define QEMU_CUTILS_H

/* Copies what fits and always ends with NUL; @buf_size 0 does nothing. */
void pstrcpy(char *buf, int buf_size, const char *str);
char *pstrcat(char *buf, int buf_size, const char *s);
/* @buf (not NUL-terminated where full), padded with @pad. */
void strpadcpy(char *buf, int buf_size, const char *str, char pad);
/* Whether @str begins with @val; then *@ptr (if given) is behind that. */
int strstart(const char *str, const char *val, const char **ptr);
int stristart(const char *str, const char *val, const char **ptr);
/* Length of @s, at most @max_len. */
int qemu_strnlen(const char *s, int max_len);
char *qemu_strsep(char **input, const char *delim);
#define qemu_strchrnul(s, c) strchrnul(s, c)
/* Date of a broken-down time in UTC. */
time_t mktimegm(struct tm *tm);

/*
 * Numbers.  With @endptr, it is set behind the number and what follows is
 * the caller's business; with NULL, all of @nptr must be the number.
 * Returns 0, -EINVAL (no number; *@result 0), or -ERANGE (*@result is the
 * nearest bound).
 */
int qemu_strtoi(const char *nptr, const char **endptr, int base, int *result);
int qemu_strtoui(const char *nptr, const char **endptr, int base,
                 unsigned int *result);
int qemu_strtol(const char *nptr, const char **endptr, int base, long *result);
int qemu_strtoul(const char *nptr, const char **endptr, int base,
                 unsigned long *result);
int qemu_strtoi64(const char *nptr, const char **endptr, int base,
                  int64_t *result);
int qemu_strtou64(const char *nptr, const char **endptr, int base,
                  uint64_t *result);
int qemu_strtod(const char *nptr, const char **endptr, double *result);
int qemu_strtod_finite(const char *nptr, const char **endptr, double *result);
int parse_uint(const char *s, unsigned long long *value, char **endptr,
               int base);
int parse_uint_full(const char *s, unsigned long long *value, int base);

/*
 * A size in bytes: a decimal number, maybe with a fraction, and a suffix B,
 * K, M, G, T, P or E; or a hexadecimal number.  qemu_strtosz_MiB() takes a
 * number without suffix for MiB; _metric uses powers of 1000.
 */
int qemu_strtosz(const char *nptr, const char **end, uint64_t *result);
int qemu_strtosz_MiB(const char *nptr, const char **end, uint64_t *result);
int qemu_strtosz_metric(const char *nptr, const char **end, uint64_t *result);

/* "1.5 GiB"; the caller frees it. */
char *size_to_str(uint64_t val);
/* "1.5 " and a letter of frequency. */
char *freq_to_str(uint64_t freq_hz);
/* "base[number]"; g_free() it.  Made by the hundred at start. */
char *str_numbered(const char *base, unsigned number);

/* Whether all of @len bytes are zero. */
bool buffer_is_zero(const void *buf, size_t len);

/* LEB128 as XBZRLE uses it: 1 or 2 bytes for up to 0x3fff. */
int uleb128_encode_small(uint8_t *out, uint32_t n);
int uleb128_decode_small(const uint8_t *in, uint32_t *n);

/* One of "on", "yes", "true", "y"; or their opposites. */
bool parse_bool_text(const char *value, bool *obj);

/* The given file in the folder of the program, or of the installation. */
void qemu_init_exec_dir(const char *argv0);
const char *qemu_get_exec_dir(void);
/* A path below the installation prefix, where the program was moved. */
char *get_relocated_path(const char *dir);

static inline const char *yes_no(bool b)
{
    return b ? "yes" : "no";
}

/* Hexadecimal of @len bytes, NUL-terminated, in @dst of 2 * @len + 1. */
void qemu_hex_encode(char *dst, const uint8_t *src, size_t len);

#endif /* QEMU_CUTILS_H */
