/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens when a watchdog of the machine bites. */
#ifndef SYSEMU_WATCHDOG_H
#define SYSEMU_WATCHDOG_H

#include "qapi/qapi-types.h"

/* -action watchdog=, -watchdog-action and the monitor set it. */
extern WatchdogAction watchdog_action;

/* Sends the event WATCHDOG, and does it. */
void watchdog_perform_action(void);

#endif
