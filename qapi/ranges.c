/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of integers as people write them: "0-3,5".
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qemu/cutils.h"
#include "ranges.h"

bool range_list_more(const RangeList *list)
{
    return list->in_range || (list->text && *list->text);
}

void range_list_clear(RangeList *list)
{
    memset(list, 0, sizeof(*list));
}

/* After a number or a range there is a comma or the end. */
static bool at_end_of_item(RangeList *list, const char *p)
{
    if (*p == ',' && p[1]) {
        p++;
    } else if (*p) {
        return false;
    }
    list->text = p;
    return true;
}

bool range_list_next_int(RangeList *list, const char *name, int64_t *obj,
                         Error **errp)
{
    if (!list->in_range) {
        const char *p = list->text;
        int64_t first, last;

        if (qemu_strtoi64(p, &p, 0, &first) < 0) {
            goto bad;
        }
        last = first;
        if (*p == '-' &&
            (qemu_strtoi64(p + 1, &p, 0, &last) < 0 || last < first ||
             (uint64_t)last - first >= RANGE_MAX)) {
            goto bad;
        }
        if (!at_end_of_item(list, p)) {
            goto bad;
        }
        list->next.i = first;
        list->last.i = last;
    }
    *obj = list->next.i++;
    list->in_range = *obj < list->last.i;
    return true;

bad:
    error_setg(errp, "Parameter '%s' expects an int64 value or range",
               name ?: "null");
    return false;
}

bool range_list_next_uint(RangeList *list, const char *name, uint64_t *obj,
                          Error **errp)
{
    if (!list->in_range) {
        const char *p = list->text;
        uint64_t first, last;

        if (qemu_strtou64(p, &p, 0, &first) < 0) {
            goto bad;
        }
        last = first;
        if (*p == '-' &&
            (qemu_strtou64(p + 1, &p, 0, &last) < 0 || last < first ||
             last - first >= RANGE_MAX)) {
            goto bad;
        }
        if (!at_end_of_item(list, p)) {
            goto bad;
        }
        list->next.u = first;
        list->last.u = last;
    }
    *obj = list->next.u++;
    list->in_range = *obj < list->last.u;
    return true;

bad:
    error_setg(errp, "Parameter '%s' expects a uint64 value or range",
               name ?: "null");
    return false;
}
