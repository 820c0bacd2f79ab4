/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flags of sysemu/accel-flags.h. */
#include "qemu/osdep.h"
#include "sysemu/accel-flags.h"

bool qtest_allowed;
bool kvm_allowed;
bool tcg_allowed;
