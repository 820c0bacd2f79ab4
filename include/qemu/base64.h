/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64 (RFC 4648), strictly. */
#ifndef QEMU_BASE64_H
#define QEMU_BASE64_H

/*
 * The bytes that @input stands for, with a NUL behind them, for g_free();
 * NULL with @errp set if it is anything but base64.  @in_len -1: up to the
 * NUL.
 */
uint8_t *qbase64_decode(const char *input, size_t in_len, size_t *out_len,
                        Error **errp);

#endif /* QEMU_BASE64_H */
