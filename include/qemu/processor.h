/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hint to the host's processor that it is in a spinning loop.
 */
#ifndef QEMU_PROCESSOR_H
#define QEMU_PROCESSOR_H

#include "qemu/atomic.h"

#if defined(__x86_64__) || defined(__i386__)
#define cpu_relax() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define cpu_relax() asm volatile("yield" ::: "memory")
#else
#define cpu_relax() barrier()
#endif

#endif /* QEMU_PROCESSOR_H */
