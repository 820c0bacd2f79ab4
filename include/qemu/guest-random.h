/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random bytes for the guest: the host's, or (-seed) a repeatable stream. */
#ifndef QEMU_GUEST_RANDOM_H
#define QEMU_GUEST_RANDOM_H

/* Starts the repeatable stream from the number in @seedstr; 0 or -1. */
int qemu_guest_random_seed_main(const char *seedstr, Error **errp);
/* For a thread to be made, and at its start. */
uint64_t qemu_guest_random_seed_thread_part1(void);
void qemu_guest_random_seed_thread_part2(uint64_t seed);

/* 0, or -1 with @errp set. */
int qemu_guest_getrandom(void *buf, size_t len, Error **errp);
/* Cannot fail: the host's source failing ends the process. */
void qemu_guest_getrandom_nofail(void *buf, size_t len);

#endif /* QEMU_GUEST_RANDOM_H */
