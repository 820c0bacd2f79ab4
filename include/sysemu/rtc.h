/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of day that a machine's clock starts with (-rtc), and how far it
 * is from the host's. */
#ifndef SYSEMU_RTC_H
#define SYSEMU_RTC_H

#include "qapi/error.h"

/* The time now plus @offset seconds, in the time zone of -rtc base=. */
void qemu_get_timedate(struct tm *tm, time_t offset);

/* Seconds from the host's time to @tm: what RTC_CHANGE tells. */
time_t qemu_timedate_diff(struct tm *tm);

/*
 * -rtc base=: "utc", "localtime", or a date "2006-06-17" with or without a
 * time "T16:01:21".  Call after rtc_clock is set.
 */
bool rtc_set_base(const char *base, Error **errp);

#endif
