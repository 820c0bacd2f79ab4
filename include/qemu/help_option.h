/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words by which people ask for help in an option argument. */
#ifndef QEMU_HELP_OPTION_H
#define QEMU_HELP_OPTION_H

static inline bool is_help_option_n(const char *s, size_t len)
{
    return (len == 1 && s[0] == '?') || (len == 4 && !memcmp(s, "help", 4));
}

static inline bool is_help_option(const char *s)
{
    return is_help_option_n(s, strlen(s));
}

static inline bool starts_with_help_option(const char *s)
{
    size_t len = strcspn(s, ",");

    return is_help_option_n(s, len);
}

#endif /* QEMU_HELP_OPTION_H */
