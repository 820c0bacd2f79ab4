/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stopping and resuming the processors together.  The functions hold what is
 * common to all accelerators; see accel/cpus.c.
 */
#ifndef QEMU_CPUS_H
#define QEMU_CPUS_H

#include "qemu/timer.h"

/* Sets the processors' run flags; in the main thread, with the big lock. */
void resume_all_vcpus(void);
void pause_all_vcpus(void);
void cpu_resume(CPUState *cpu);
void cpu_stop_current(void);
bool all_vcpus_paused(void);

void cpu_synchronize_all_states(void);
void cpu_synchronize_all_post_reset(void);
void cpu_synchronize_all_post_init(void);
void cpu_synchronize_all_pre_loadvm(void);

/* Ties the above to the run state; once at start-up. */
void qemu_init_cpu_loop(void);

#endif
