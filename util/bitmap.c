/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays of bits (qemu/bitmap.h), a word at a time. */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"

/* The bits of word @w that lie in @start to @end - 1. */
static unsigned long word_mask(unsigned long w, unsigned long start,
                               unsigned long end)
{
    unsigned long mask = ~0UL;

    if (w == start / BITS_PER_LONG) {
        mask &= BITMAP_FIRST_WORD_MASK(start);
    }
    if (w == (end - 1) / BITS_PER_LONG) {
        mask &= BITMAP_LAST_WORD_MASK(end);
    }
    return mask;
}

/* Runs over words that hold bits @start to @end - 1; none if empty. */
#define FOREACH_WORD(w, mask, start, end)                               \
    for (unsigned long w = (start) / BITS_PER_LONG, mask;               \
         (start) < (end) && w <= ((end) - 1) / BITS_PER_LONG &&         \
         ((mask = word_mask(w, start, end)), true); w++)

/* @flip is 0 to look for ones, ~0 to look for zeros. */
static unsigned long find_next(const unsigned long *addr, unsigned long size,
                               unsigned long offset, unsigned long flip)
{
    FOREACH_WORD(w, mask, offset, size) {
        unsigned long found = (addr[w] ^ flip) & mask;

        if (found) {
            return w * BITS_PER_LONG + ctz64(found);
        }
    }
    return size;
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size,
                            unsigned long offset)
{
    return find_next(addr, size, offset, 0);
}

unsigned long find_next_zero_bit(const unsigned long *addr,
                                 unsigned long size, unsigned long offset)
{
    return find_next(addr, size, offset, ~0UL);
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
    for (unsigned long w = BITS_TO_LONGS(size); w-- > 0;) {
        unsigned long found = addr[w] & word_mask(w, 0, size);

        if (found) {
            return w * BITS_PER_LONG + BITS_PER_LONG - 1 - __builtin_clzl(found);
        }
    }
    return size;
}

bool bitmap_empty(const unsigned long *src, long nbits)
{
    return find_next_bit(src, nbits, 0) == nbits;
}

bool bitmap_full(const unsigned long *src, long nbits)
{
    return find_next_zero_bit(src, nbits, 0) == nbits;
}

bool bitmap_equal(const unsigned long *a, const unsigned long *b, long nbits)
{
    FOREACH_WORD(w, mask, 0, nbits) {
        if ((a[w] ^ b[w]) & mask) {
            return false;
        }
    }
    return true;
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b,
                       long nbits)
{
    FOREACH_WORD(w, mask, 0, nbits) {
        if (a[w] & b[w] & mask) {
            return true;
        }
    }
    return false;
}

long bitmap_count_one_with_offset(const unsigned long *bitmap, long offset,
                                  long nbits)
{
    long end = offset + nbits, n = 0;

    FOREACH_WORD(w, mask, offset, end) {
        n += ctpop64(bitmap[w] & mask);
    }
    return n;
}

long bitmap_count_one(const unsigned long *bitmap, long nbits)
{
    return bitmap_count_one_with_offset(bitmap, 0, nbits);
}

void bitmap_complement(unsigned long *dst, const unsigned long *src,
                       long nbits)
{
    FOREACH_WORD(w, mask, 0, nbits) {
        dst[w] = ~src[w] & mask;
    }
}

bool bitmap_and(unsigned long *dst, const unsigned long *a,
                const unsigned long *b, long nbits)
{
    unsigned long any = 0;

    FOREACH_WORD(w, mask, 0, nbits) {
        any |= dst[w] = a[w] & b[w] & mask;
    }
    return any;
}

bool bitmap_andnot(unsigned long *dst, const unsigned long *a,
                   const unsigned long *b, long nbits)
{
    unsigned long any = 0;

    FOREACH_WORD(w, mask, 0, nbits) {
        any |= dst[w] = a[w] & ~b[w] & mask;
    }
    return any;
}

void bitmap_or(unsigned long *dst, const unsigned long *a,
               const unsigned long *b, long nbits)
{
    for (long w = 0; w < BITS_TO_LONGS(nbits); w++) {
        dst[w] = a[w] | b[w];
    }
}

void bitmap_xor(unsigned long *dst, const unsigned long *a,
                const unsigned long *b, long nbits)
{
    for (long w = 0; w < BITS_TO_LONGS(nbits); w++) {
        dst[w] = a[w] ^ b[w];
    }
}

void bitmap_set(unsigned long *map, long i, long len)
{
    long end = i + len;

    FOREACH_WORD(w, mask, i, end) {
        map[w] |= mask;
    }
}

void bitmap_set_atomic(unsigned long *map, long i, long len)
{
    long end = i + len;

    FOREACH_WORD(w, mask, i, end) {
        qatomic_or(&map[w], mask);
    }
}

void bitmap_clear(unsigned long *map, long start, long nr)
{
    long end = start + nr;

    FOREACH_WORD(w, mask, start, end) {
        map[w] &= ~mask;
    }
}

bool bitmap_test_and_clear_atomic(unsigned long *map, long start, long nr)
{
    unsigned long dirty = 0;
    long end = start + nr;

    FOREACH_WORD(w, mask, start, end) {
        /* The look first: a clean word costs no bus lock. */
        if (qatomic_read(&map[w]) & mask) {
            dirty |= qatomic_fetch_and(&map[w], ~mask) & mask;
        }
    }
    return dirty;
}

bool bitmap_test_and_clear(unsigned long *map, long start, long nr)
{
    unsigned long dirty = 0;
    long end = start + nr;

    FOREACH_WORD(w, mask, start, end) {
        dirty |= map[w] & mask;
        map[w] &= ~mask;
    }
    return dirty;
}

void bitmap_copy_and_clear_atomic(unsigned long *dst, unsigned long *src,
                                  long nr)
{
    for (long w = 0; w < BITS_TO_LONGS(nr); w++) {
        dst[w] = qatomic_xchg(&src[w], 0);
    }
}

unsigned long bitmap_find_next_zero_area(unsigned long *map,
                                         unsigned long size,
                                         unsigned long start,
                                         unsigned long nr,
                                         unsigned long align_mask)
{
    for (;;) {
        unsigned long at = find_next_zero_bit(map, size, start);
        unsigned long end, taken;

        at = (at + align_mask) & ~align_mask;
        end = at + nr;
        if (end > size) {
            return end;
        }
        taken = find_next_bit(map, end, at);
        if (taken >= end) {
            return at;
        }
        start = taken + 1;
    }
}

void bitmap_to_le(unsigned long *dst, const unsigned long *src, long nbits)
{
    for (long w = 0; w < BITS_TO_LONGS(nbits); w++) {
        dst[w] = sizeof(long) == 8 ? cpu_to_le64(src[w]) : cpu_to_le32(src[w]);
    }
}

void bitmap_from_le(unsigned long *dst, const unsigned long *src, long nbits)
{
    bitmap_to_le(dst, src, nbits);
}
