/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XBZRLE: a page as its difference from the page before, and the cache of
 * pages that the other end is known to have.
 *
 * A difference is a row of pairs: how many bytes stay, how many change, and
 * those bytes anew.  Counts are ULEB128; bytes behind the last pair stay.
 */
#ifndef MIGRATION_XBZRLE_H
#define MIGRATION_XBZRLE_H

#include "qemu/units.h"

#define XBZRLE_PAGE 4096

/*
 * The difference of two pages into @out: its length, 0 if there is none, -1
 * if it has more than @out_len bytes.
 */
int xbzrle_encode(const uint8_t *old, const uint8_t *new, uint8_t *out,
                  int out_len);
/* Applies a difference: 0, or -1 if it is none. */
int xbzrle_decode(const uint8_t *in, int in_len, uint8_t *page);

/* For one thread. */
typedef struct XbzrleCache XbzrleCache;

/* @size in bytes, a power of two of at least a page; NULL: no memory. */
XbzrleCache *xbzrle_cache_new(uint64_t size);
void xbzrle_cache_free(XbzrleCache *c);
uint64_t xbzrle_cache_size(const XbzrleCache *c);
/* The copy of the page at @address, or NULL. */
uint8_t *xbzrle_cache_get(XbzrleCache *c, uint64_t address);
/*
 * Puts a copy of @page there unless the slot is in use by a page that was
 * used in round @round or the one before: the copy or NULL.
 */
uint8_t *xbzrle_cache_put(XbzrleCache *c, uint64_t address,
                          const uint8_t *page, uint64_t round);
/* Notes that the page was used in @round. */
void xbzrle_cache_touch(XbzrleCache *c, uint64_t address, uint64_t round);

#endif /* MIGRATION_XBZRLE_H */
