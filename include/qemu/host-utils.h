/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer arithmetic that C has no operator for. */
#ifndef HOST_UTILS_H
#define HOST_UTILS_H

#include "qemu/bswap.h"

/* a * b / c with a 96-bit product. */
static inline uint64_t muldiv64(uint64_t a, uint32_t b, uint32_t c)
{
    return (unsigned __int128)a * b / c;
}

static inline uint64_t muldiv64_round_up(uint64_t a, uint32_t b, uint32_t c)
{
    return ((unsigned __int128)a * b + c - 1) / c;
}

static inline void mulu64(uint64_t *plow, uint64_t *phigh, uint64_t a,
                          uint64_t b)
{
    unsigned __int128 r = (unsigned __int128)a * b;

    *plow = r;
    *phigh = r >> 64;
}

static inline void muls64(uint64_t *plow, uint64_t *phigh, int64_t a,
                          int64_t b)
{
    __int128 r = (__int128)a * b;

    *plow = r;
    *phigh = r >> 64;
}

/* Zeros before the first one from the top (clz) or bottom (ctz), ones
 * likewise (clo, cto); the width of the type if there is none. */
static inline int clz8(uint8_t val)
{
    return val ? __builtin_clz(val) - 24 : 8;
}

static inline int clz16(uint16_t val)
{
    return val ? __builtin_clz(val) - 16 : 16;
}

static inline int clz32(uint32_t val)
{
    return val ? __builtin_clz(val) : 32;
}

static inline int clz64(uint64_t val)
{
    return val ? __builtin_clzll(val) : 64;
}

static inline int clo32(uint32_t val)
{
    return clz32(~val);
}

static inline int clo64(uint64_t val)
{
    return clz64(~val);
}

static inline int ctz8(uint8_t val)
{
    return val ? __builtin_ctz(val) : 8;
}

static inline int ctz16(uint16_t val)
{
    return val ? __builtin_ctz(val) : 16;
}

static inline int ctz32(uint32_t val)
{
    return val ? __builtin_ctz(val) : 32;
}

static inline int ctz64(uint64_t val)
{
    return val ? __builtin_ctzll(val) : 64;
}

static inline int cto32(uint32_t val)
{
    return ctz32(~val);
}

static inline int cto64(uint64_t val)
{
    return ctz64(~val);
}

/* Copies of the sign bit below it. */
static inline int clrsb32(uint32_t val)
{
    return __builtin_clrsb(val);
}

static inline int clrsb64(uint64_t val)
{
    return __builtin_clrsbll(val);
}

static inline int ctpop8(uint8_t val)
{
    return __builtin_popcount(val);
}

static inline int ctpop16(uint16_t val)
{
    return __builtin_popcount(val);
}

static inline int ctpop32(uint32_t val)
{
    return __builtin_popcount(val);
}

static inline int ctpop64(uint64_t val)
{
    return __builtin_popcountll(val);
}

static inline uint8_t revbit8(uint8_t x)
{
    uint8_t r = 0;

    for (int i = 0; i < 8; i++) {
        r |= ((x >> i) & 1) << (7 - i);
    }
    return r;
}

static inline uint16_t revbit16(uint16_t x)
{
    return revbit8(x) << 8 | revbit8(x >> 8);
}

static inline uint32_t revbit32(uint32_t x)
{
    return (uint32_t)revbit16(x) << 16 | revbit16(x >> 16);
}

static inline uint64_t revbit64(uint64_t x)
{
    return (uint64_t)revbit32(x) << 32 | revbit32(x >> 32);
}

/* True on overflow; the wrapped result is in *ret either way. */
#define sadd32_overflow(x, y, ret) __builtin_add_overflow(x, y, ret)
#define sadd64_overflow(x, y, ret) __builtin_add_overflow(x, y, ret)
#define uadd32_overflow(x, y, ret) __builtin_add_overflow(x, y, ret)
#define uadd64_overflow(x, y, ret) __builtin_add_overflow(x, y, ret)
#define usub32_overflow(x, y, ret) __builtin_sub_overflow(x, y, ret)
#define usub64_overflow(x, y, ret) __builtin_sub_overflow(x, y, ret)
#define umul32_overflow(x, y, ret) __builtin_mul_overflow(x, y, ret)
#define umul64_overflow(x, y, ret) __builtin_mul_overflow(x, y, ret)

static inline bool is_power_of_2(uint64_t value)
{
    return value && !(value & (value - 1));
}

/* Largest power of two not above @value; 0 for 0. */
static inline uint64_t pow2floor(uint64_t value)
{
    return value ? 1ULL << (63 - clz64(value)) : 0;
}

/* Smallest power of two not below @value; 0 if 64 bits cannot hold it. */
static inline uint64_t pow2ceil(uint64_t value)
{
    int n = value > 1 ? 64 - clz64(value - 1) : 0;

    return n < 64 ? 1ULL << n : 0;
}

static inline uint32_t pow2roundup32(uint32_t x)
{
    return pow2ceil(x);
}

#endif /* HOST_UTILS_H */
