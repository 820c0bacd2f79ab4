/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The high precision event timer of the PC. */
#ifndef HW_HPET_H
#define HW_HPET_H

#include "qom/object.h"

#define TYPE_HPET "hpet"

#define HPET_LEN 0x400
#define HPET_CLK_PERIOD 10      /* ns */
#define HPET_MIN_TIMERS 3
#define HPET_MAX_TIMERS 32

/* Interrupt inputs that timer 0 and 1 can take over: PIT's and RTC's. */
#define HPET_LEGACY_PIT_INT 0
#define HPET_LEGACY_RTC_INT 1

#define HPET_INTCAP "hpet-intcap"

/* Whether the machine has one: for tables. */
static inline bool hpet_find(void)
{
    return object_resolve_path_type("", TYPE_HPET, NULL);
}

#endif
