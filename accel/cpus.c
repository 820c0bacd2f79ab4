/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processors as a group.  No accelerator of this program has threads of
 * its own, so stopping and resuming is a matter of flags, which monitors and
 * the migration of the run state look at.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "sysemu/cpus.h"
#include "sysemu/runstate.h"

void cpu_resume(CPUState *cpu)
{
    cpu->stop = false;
    cpu->stopped = false;
}

static void cpu_pause(CPUState *cpu)
{
    cpu->stop = false;
    cpu->stopped = true;
}

void resume_all_vcpus(void)
{
    CPUState *cpu;

    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    CPU_FOREACH(cpu) {
        cpu_resume(cpu);
    }
}

void pause_all_vcpus(void)
{
    CPUState *cpu;

    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, false);
    CPU_FOREACH(cpu) {
        cpu_pause(cpu);
    }
}

bool all_vcpus_paused(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (!cpu->stopped) {
            return false;
        }
    }
    return true;
}

void cpu_stop_current(void)
{
    if (current_cpu) {
        current_cpu->stop = true;
        cpu_exit(current_cpu);
    }
}

void cpu_synchronize_all_states(void)
{
}

void cpu_synchronize_all_post_reset(void)
{
}

void cpu_synchronize_all_post_init(void)
{
}

void cpu_synchronize_all_pre_loadvm(void)
{
}

static bool in_vcpu_thread(void)
{
    return current_cpu != NULL;
}

void qemu_init_cpu_loop(void)
{
    static const VMControlOps ops = {
        .resume_all_vcpus = resume_all_vcpus,
        .pause_all_vcpus = pause_all_vcpus,
        .in_vcpu_thread = in_vcpu_thread,
        .synchronize_all_states = cpu_synchronize_all_states,
        .synchronize_all_post_reset = cpu_synchronize_all_post_reset,
    };

    runstate_set_control_ops(&ops);
}
