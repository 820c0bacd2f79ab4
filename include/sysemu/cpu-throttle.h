/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slowing the guest down: it runs for a while and then sleeps for so long that
 * it is asleep for a percentage of the time.  All under the big lock.
 */
#ifndef SYSEMU_CPU_THROTTLE_H
#define SYSEMU_CPU_THROTTLE_H

#include "qemu/notify.h"

/* From 1 to 99 percent of the time asleep; others are brought into range. */
void cpu_throttle_set(int percentage);
void cpu_throttle_stop(void);
bool cpu_throttle_active(void);
/* 0 when not active. */
int cpu_throttle_get_percentage(void);

/* For what runs the guest: whether to do nothing now, and when that ends. */
bool cpu_throttle_asleep(void);
void cpu_throttle_add_wake_notifier(Notifier *n);

#endif
