/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzzers of C code share: the target, the input as a source of numbers,
 * and (fuzz-main.c) a program around the target where libFuzzer is not.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "qemu/osdep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct FuzzInput {
    const uint8_t *data;
    size_t left;
} FuzzInput;

/* A number of up to 4 bytes, the first one highest; 0 where the input ends. */
static inline uint32_t fuzz_take(FuzzInput *in, unsigned int bytes)
{
    uint32_t val = 0;

    while (bytes-- && in->left) {
        val = val << 8 | *in->data++;
        in->left--;
    }
    return val;
}

/* Up to @len bytes: how many there are. */
static inline size_t fuzz_take_bytes(FuzzInput *in, void *buf, size_t len)
{
    len = MIN(len, in->left);
    memcpy(buf, in->data, len);
    in->data += len;
    in->left -= len;
    return len;
}

#endif
