/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slowing the guest down, by turns of running and sleeping. */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "sysemu/cpu-throttle.h"

/* How long it runs between two sleeps. */
#define TURN_NS (10 * SCALE_MS)

static int throttle;            /* percent of the time asleep */
static bool asleep;
static QEMUTimer *timer;
static NotifierList wake_notifiers = NOTIFIER_LIST_INITIALIZER(wake_notifiers);

static void wake(void)
{
    if (asleep) {
        asleep = false;
        notifier_list_notify(&wake_notifiers, NULL);
    }
}

static void next_turn(void *opaque)
{
    int64_t length = TURN_NS;

    if (asleep) {
        wake();
    } else {
        asleep = true;
        length = TURN_NS * throttle / (100 - throttle);
    }
    timer_mod_ns(timer, qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + length);
}

void cpu_throttle_set(int percentage)
{
    throttle = MAX(MIN(percentage, 99), 1);
    if (!timer) {
        timer = timer_new_ns(QEMU_CLOCK_REALTIME, next_turn, NULL);
    }
    if (!timer_pending(timer)) {
        next_turn(NULL);
    }
}

void cpu_throttle_stop(void)
{
    throttle = 0;
    if (timer) {
        timer_del(timer);
    }
    wake();
}

bool cpu_throttle_active(void)
{
    return throttle > 0;
}

int cpu_throttle_get_percentage(void)
{
    return throttle;
}

bool cpu_throttle_asleep(void)
{
    return asleep;
}

void cpu_throttle_add_wake_notifier(Notifier *n)
{
    notifier_list_add(&wake_notifiers, n);
}
