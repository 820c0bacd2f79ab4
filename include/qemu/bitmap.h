/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays of bits (numbered as in qemu/bitops.h). */
#ifndef BITMAP_H
#define BITMAP_H

#include "qemu/bitops.h"

#define BITMAP_LAST_WORD_MASK(nbits) (~0UL >> (-(nbits) & (BITS_PER_LONG - 1)))
#define BITMAP_FIRST_WORD_MASK(start) (~0UL << ((start) & (BITS_PER_LONG - 1)))
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

/* Zeroed; bitmap_try_new() returns NULL where memory runs out. */
static inline unsigned long *bitmap_try_new(long nbits)
{
    return g_try_malloc0_n(BITS_TO_LONGS(nbits), sizeof(unsigned long));
}

static inline unsigned long *bitmap_new(long nbits)
{
    return g_malloc0_n(BITS_TO_LONGS(nbits), sizeof(unsigned long));
}

static inline void bitmap_zero(unsigned long *dst, long nbits)
{
    memset(dst, 0, BITS_TO_LONGS(nbits) * sizeof(unsigned long));
}

static inline void bitmap_fill(unsigned long *dst, long nbits)
{
    size_t n = BITS_TO_LONGS(nbits);

    if (n) {
        memset(dst, 0xff, n * sizeof(unsigned long));
        dst[n - 1] = BITMAP_LAST_WORD_MASK(nbits);
    }
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src,
                               long nbits)
{
    memcpy(dst, src, BITS_TO_LONGS(nbits) * sizeof(unsigned long));
}

bool bitmap_empty(const unsigned long *src, long nbits);
bool bitmap_full(const unsigned long *src, long nbits);
bool bitmap_equal(const unsigned long *a, const unsigned long *b, long nbits);
bool bitmap_intersects(const unsigned long *a, const unsigned long *b,
                       long nbits);
long bitmap_count_one(const unsigned long *bitmap, long nbits);
long bitmap_count_one_with_offset(const unsigned long *bitmap, long offset,
                                  long nbits);
void bitmap_complement(unsigned long *dst, const unsigned long *src,
                       long nbits);
/* bitmap_and() and bitmap_andnot() tell whether the result has a one. */
bool bitmap_and(unsigned long *dst, const unsigned long *a,
                const unsigned long *b, long nbits);
bool bitmap_andnot(unsigned long *dst, const unsigned long *a,
                   const unsigned long *b, long nbits);
void bitmap_or(unsigned long *dst, const unsigned long *a,
               const unsigned long *b, long nbits);
void bitmap_xor(unsigned long *dst, const unsigned long *a,
                const unsigned long *b, long nbits);

/* Bits @i to @i + @len - 1. */
void bitmap_set(unsigned long *map, long i, long len);
void bitmap_set_atomic(unsigned long *map, long i, long len);
void bitmap_clear(unsigned long *map, long start, long nr);
/* Whether one of them was set. */
bool bitmap_test_and_clear_atomic(unsigned long *map, long start, long nr);
bool bitmap_test_and_clear(unsigned long *map, long start, long nr);
/* Takes the bits of @src, which become zero, over to @dst. */
void bitmap_copy_and_clear_atomic(unsigned long *dst, unsigned long *src,
                                  long nr);
/*
 * First of @nr zero bits in a row at or after @start where
 * (bit & @align_mask) == 0; @size or more if there is no such place.
 */
unsigned long bitmap_find_next_zero_area(unsigned long *map,
                                         unsigned long size,
                                         unsigned long start,
                                         unsigned long nr,
                                         unsigned long align_mask);
/* In the stream's order: little-endian words of the host's width. */
void bitmap_to_le(unsigned long *dst, const unsigned long *src, long nbits);
void bitmap_from_le(unsigned long *dst, const unsigned long *src, long nbits);

static inline unsigned long *bitmap_zero_extend(unsigned long *old,
                                                long old_nbits,
                                                long new_nbits)
{
    size_t old_n = BITS_TO_LONGS(old_nbits);
    size_t new_n = BITS_TO_LONGS(new_nbits);
    unsigned long *map = g_renew(unsigned long, old, new_n);

    if (new_n > old_n) {
        memset(map + old_n, 0, (new_n - old_n) * sizeof(unsigned long));
    }
    return map;
}

#endif /* BITMAP_H */
