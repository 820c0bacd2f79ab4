/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of day: see sysemu/rtc.h. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/timer.h"
#include "sysemu/rtc.h"
#include "sysemu/sysemu.h"

static bool local_time;
/*
 * What the clock of the time of day (rtc_clock) shows is this less than the
 * time of day.  Unset, the machine's time is the host's.
 */
static bool have_start;
static int64_t start;

static int64_t clock_seconds(QEMUClockType clock)
{
    return qemu_clock_get_ms(clock) / 1000;
}

/*
 * Seconds since 1970.  Clocks other than the host's calendar begin at an
 * unknown value, which is "now" the first time that somebody asks.
 */
static int64_t time_of_day(void)
{
    if (!have_start && rtc_clock != QEMU_CLOCK_HOST) {
        have_start = true;
        start = time(NULL) - clock_seconds(rtc_clock);
    }
    return clock_seconds(rtc_clock) + (have_start ? start : 0);
}

void qemu_get_timedate(struct tm *tm, time_t offset)
{
    time_t t = time_of_day() + offset;

    if (local_time) {
        localtime_r(&t, tm);
    } else {
        gmtime_r(&t, tm);
    }
}

time_t qemu_timedate_diff(struct tm *tm)
{
    struct tm copy = *tm;

    copy.tm_isdst = -1;         /* the host knows */
    return (local_time ? mktime(&copy) : mktimegm(&copy)) - time(NULL);
}

/* True if all of @date is in the format. */
static bool parse_date(const char *date, struct tm *tm)
{
    static const char *const formats[] = { "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d" };

    for (int i = 0; i < ARRAY_SIZE(formats); i++) {
        const char *end;

        memset(tm, 0, sizeof(*tm));
        end = strptime(date, formats[i], tm);
        if (end && !*end) {
            return true;
        }
    }
    return false;
}

bool rtc_set_base(const char *base, Error **errp)
{
    struct tm tm;

    local_time = false;
    have_start = false;
    if (!strcmp(base, "utc")) {
        return true;
    }
    if (!strcmp(base, "localtime")) {
        local_time = true;
        return true;
    }
    if (!parse_date(base, &tm)) {
        error_setg(errp, "invalid datetime format");
        error_append_hint(errp, "valid formats: '2006-06-17T16:01:21' or "
                          "'2006-06-17'\n");
        return false;
    }
    have_start = true;
    start = mktimegm(&tm) - clock_seconds(rtc_clock);
    return true;
}
