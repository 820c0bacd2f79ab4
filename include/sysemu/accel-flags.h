/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which accelerator runs, for code below the accelerators.  The flags are
 * variables of floor 3; accel/ sets the one of its choice.
 */
#ifndef SYSEMU_ACCEL_FLAGS_H
#define SYSEMU_ACCEL_FLAGS_H

extern bool qtest_allowed;
extern bool kvm_allowed;
extern bool tcg_allowed;

#endif
