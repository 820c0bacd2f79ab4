/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of 64-bit numbers. */
#ifndef QEMU_RANGE_H
#define QEMU_RANGE_H

/*
 * From lob to upb, both included; empty if and only if lob == upb + 1, for
 * which make_empty uses lob 1 and upb 0.  All of 64 bits fits.
 */
struct Range {
    uint64_t lob;
    uint64_t upb;
};

#define range_empty ((Range) { .lob = 1, .upb = 0 })

static inline bool range_is_empty(const Range *range)
{
    return range->lob > range->upb;
}

static inline bool range_contains(const Range *range, uint64_t val)
{
    return val >= range->lob && val <= range->upb;
}

static inline void range_make_empty(Range *range)
{
    *range = range_empty;
}

static inline void range_set_bounds(Range *range, uint64_t lob, uint64_t upb)
{
    range->lob = lob;
    range->upb = upb;
    assert(!range_is_empty(range));
}

/* Upper bound excluded; 0 stands for 2^64, and lob == 0 with it for empty. */
static inline void range_set_bounds1(Range *range, uint64_t lob,
                                     uint64_t upb_plus1)
{
    if (!lob && !upb_plus1) {
        *range = range_empty;
    } else {
        range->lob = lob;
        range->upb = upb_plus1 - 1;
    }
}

static inline uint64_t range_lob(Range *range)
{
    assert(!range_is_empty(range));
    return range->lob;
}

static inline uint64_t range_upb(Range *range)
{
    assert(!range_is_empty(range));
    return range->upb;
}

/* Sizes may wrap to 0 for all of 64 bits. */
static inline uint64_t range_size(const Range *range)
{
    return range->upb - range->lob + 1;
}

static inline void range_extend(Range *range, const Range *extend_by)
{
    if (range_is_empty(extend_by)) {
        return;
    }
    if (range_is_empty(range)) {
        *range = *extend_by;
        return;
    }
    range->lob = MIN(range->lob, extend_by->lob);
    range->upb = MAX(range->upb, extend_by->upb);
}

/* Of a range given by offset and length: its last number. */
static inline uint64_t range_get_last(uint64_t offset, uint64_t len)
{
    return offset + len - 1;
}

static inline int range_covers_byte(uint64_t offset, uint64_t len,
                                    uint64_t byte)
{
    return offset <= byte && byte <= range_get_last(offset, len);
}

static inline bool ranges_overlap(uint64_t first1, uint64_t len1,
                                  uint64_t first2, uint64_t len2)
{
    return first2 <= range_get_last(first1, len1) &&
           first1 <= range_get_last(first2, len2);
}

#endif /* QEMU_RANGE_H */
