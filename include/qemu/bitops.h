/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bits of words and of arrays of unsigned long, and fields of integers.
 * Bit n of an array is bit n % BITS_PER_LONG of its word n / BITS_PER_LONG.
 */
#ifndef BITOPS_H
#define BITOPS_H

#include "qemu/atomic.h"
#include "qemu/host-utils.h"

#define BITS_PER_BYTE CHAR_BIT
#define BITS_PER_LONG (sizeof(unsigned long) * BITS_PER_BYTE)
#define BITS_TO_LONGS(nr) DIV_ROUND_UP(nr, BITS_PER_LONG)
#define BITS_TO_U32S(nr) DIV_ROUND_UP(nr, 32)

#define BIT(nr) (1UL << (nr))
#define BIT_ULL(nr) (1ULL << (nr))
#define BIT_MASK(nr) (1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr) ((nr) / BITS_PER_LONG)

/* @length ones from bit @shift up. */
#define MAKE_64BIT_MASK(shift, length) \
    (((~0ULL) >> (64 - (length))) << (shift))

static inline void set_bit(long nr, unsigned long *addr)
{
    addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void set_bit_atomic(long nr, unsigned long *addr)
{
    qatomic_or(&addr[BIT_WORD(nr)], BIT_MASK(nr));
}

static inline void clear_bit(long nr, unsigned long *addr)
{
    addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline void clear_bit_atomic(long nr, unsigned long *addr)
{
    qatomic_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr));
}

static inline void change_bit(long nr, unsigned long *addr)
{
    addr[BIT_WORD(nr)] ^= BIT_MASK(nr);
}

static inline int test_bit(long nr, const unsigned long *addr)
{
    return (addr[BIT_WORD(nr)] & BIT_MASK(nr)) != 0;
}

static inline int test_and_set_bit(long nr, unsigned long *addr)
{
    int old = test_bit(nr, addr);

    set_bit(nr, addr);
    return old;
}

static inline int test_and_clear_bit(long nr, unsigned long *addr)
{
    int old = test_bit(nr, addr);

    clear_bit(nr, addr);
    return old;
}

static inline int test_and_change_bit(long nr, unsigned long *addr)
{
    int old = test_bit(nr, addr);

    change_bit(nr, addr);
    return old;
}

/* Numbers of the found bit, or @size if there is none. */
unsigned long find_next_bit(const unsigned long *addr, unsigned long size,
                            unsigned long offset);
unsigned long find_next_zero_bit(const unsigned long *addr,
                                 unsigned long size, unsigned long offset);
unsigned long find_last_bit(const unsigned long *addr, unsigned long size);

static inline unsigned long find_first_bit(const unsigned long *addr,
                                           unsigned long size)
{
    return find_next_bit(addr, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long *addr,
                                                unsigned long size)
{
    return find_next_zero_bit(addr, size, 0);
}

static inline uint8_t rol8(uint8_t word, unsigned shift)
{
    return (word << (shift & 7)) | (word >> (-shift & 7));
}

static inline uint8_t ror8(uint8_t word, unsigned shift)
{
    return (word >> (shift & 7)) | (word << (-shift & 7));
}

static inline uint16_t rol16(uint16_t word, unsigned shift)
{
    return (word << (shift & 15)) | (word >> (-shift & 15));
}

static inline uint16_t ror16(uint16_t word, unsigned shift)
{
    return (word >> (shift & 15)) | (word << (-shift & 15));
}

static inline uint32_t rol32(uint32_t word, unsigned shift)
{
    return (word << (shift & 31)) | (word >> (-shift & 31));
}

static inline uint32_t ror32(uint32_t word, unsigned shift)
{
    return (word >> (shift & 31)) | (word << (-shift & 31));
}

static inline uint64_t rol64(uint64_t word, unsigned shift)
{
    return (word << (shift & 63)) | (word >> (-shift & 63));
}

static inline uint64_t ror64(uint64_t word, unsigned shift)
{
    return (word >> (shift & 63)) | (word << (-shift & 63));
}

/* Field of @length bits from bit @start up; length is 1 or more. */
static inline uint32_t extract32(uint32_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 32 - start);
    return (value >> start) & (~0U >> (32 - length));
}

static inline uint8_t extract8(uint8_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 8 - start);
    return extract32(value, start, length);
}

static inline uint16_t extract16(uint16_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 16 - start);
    return extract32(value, start, length);
}

static inline uint64_t extract64(uint64_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 64 - start);
    return (value >> start) & (~0ULL >> (64 - length));
}

/* The same, sign-extended. */
static inline int32_t sextract32(uint32_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 32 - start);
    return (int32_t)(value << (32 - length - start)) >> (32 - length);
}

static inline int64_t sextract64(uint64_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 64 - start);
    return (int64_t)(value << (64 - length - start)) >> (64 - length);
}

/* @value with that field replaced by @fieldval. */
static inline uint32_t deposit32(uint32_t value, int start, int length,
                                 uint32_t fieldval)
{
    uint32_t mask;

    assert(start >= 0 && length > 0 && length <= 32 - start);
    mask = (~0U >> (32 - length)) << start;
    return (value & ~mask) | ((fieldval << start) & mask);
}

static inline uint64_t deposit64(uint64_t value, int start, int length,
                                 uint64_t fieldval)
{
    uint64_t mask;

    assert(start >= 0 && length > 0 && length <= 64 - start);
    mask = (~0ULL >> (64 - length)) << start;
    return (value & ~mask) | ((fieldval << start) & mask);
}

#endif /* BITOPS_H */
