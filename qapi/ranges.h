/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of integers as people write them: "0-3,5".
 */
#ifndef QAPI_RANGES_H
#define QAPI_RANGES_H

/* How many numbers one range may stand for. */
#define RANGE_MAX 65536

typedef struct RangeList {
    const char *text;           /* what is still to parse */
    bool in_range;
    union {
        int64_t i;
        uint64_t u;
    } next, last;               /* of the range being handed out */
} RangeList;

/* True if there is another number, or something that should be one. */
bool range_list_more(const RangeList *list);
/* The next number; @name is for the error. */
bool range_list_next_int(RangeList *list, const char *name, int64_t *obj,
                         Error **errp);
bool range_list_next_uint(RangeList *list, const char *name, uint64_t *obj,
                          Error **errp);
void range_list_clear(RangeList *list);

#endif
