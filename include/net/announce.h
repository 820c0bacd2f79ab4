/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cards that tell the switches around where their addresses are, as after a
 * migration: a RARP request from each, and a word to guests that can do
 * better, in rounds that grow apart.
 */
#ifndef QEMU_NET_ANNOUNCE_H
#define QEMU_NET_ANNOUNCE_H

#include <jansson.h>

#include "qemu/timer.h"

/* Times in ms; round n comes min(initial + n * step, max) after the last. */
typedef struct AnnounceParameters {
    int64_t initial, max, rounds, step;
    json_t *interfaces;         /* names of cards; NULL: all of them */
} AnnounceParameters;

/* A series of announcements.  One starts where all is 0. */
typedef struct AnnounceTimer {
    QEMUTimer *tm;
    AnnounceParameters params;  /* interfaces: a reference of its own */
    int64_t round;              /* left to do */
    void (*ended)(struct AnnounceTimer *timer);
} AnnounceTimer;

/*
 * Announces now, and later as @params want.  One that has rounds to do still
 * starts again.  @timer->ended, if set, is called when the last is done.
 */
void qemu_announce_self(AnnounceTimer *timer,
                        const AnnounceParameters *params);
void qemu_announce_timer_del(AnnounceTimer *timer);

/*
 * announce-self: @args as in the QMP schema.  Series have names, "" without
 * "id"; a new one ends the old one of that name.  Without interfaces it only
 * ends that.
 */
bool net_announce_self(const json_t *args, Error **errp);

#endif
