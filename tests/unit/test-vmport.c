/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMware's port and mouse, as a driver on a processor sees them. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "hw/boards.h"
#include "hw/i386/vmport.h"
#include "hw/input/i8042.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qemu/uuid.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "target/i386/cpu.h"

#define PORT 0x5658
#define MAGIC 0x564d5868

static CPUX86State *env;
static DeviceState *mouse;

/* The port is one byte wide; all of the answer is in the register. */
static uint32_t in_eax(void)
{
    cpu_inb(PORT);
    return env->regs[R_EAX];
}

static uint32_t call(uint32_t command, uint32_t ebx)
{
    env->regs[R_EAX] = MAGIC;
    env->regs[R_EBX] = ebx;
    env->regs[R_ECX] = command;
    return in_eax();
}

static void test_commands(void)
{
    static const QemuUUID uuid = {
        .data = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }
    };
    int64_t now = g_get_real_time() / G_USEC_PER_SEC;

    g_assert_cmphex(call(VMPORT_CMD_GETVERSION, 0), ==, 6);
    g_assert_cmphex(env->regs[R_EBX], ==, MAGIC);
    g_assert_cmphex(env->regs[R_ECX], ==, 2);
    g_assert_cmphex(env->regs[R_EAX], ==, 6);
    g_assert_cmphex(call(VMPORT_CMD_GETRAMSIZE, 0), ==, 64 * MiB);
    qemu_uuid = uuid;
    g_assert_cmphex(call(VMPORT_CMD_GETBIOSUUID, 0), ==, 0x04030201);
    g_assert_cmphex(env->regs[R_EDX], ==, 0x100f0e0d);
    g_assert_cmpint(call(VMPORT_CMD_GETTIME, 0), >=, (uint32_t)now);
    g_assert_cmpint(env->regs[R_EBX], <, G_USEC_PER_SEC);
    g_assert_cmphex(call(VMPORT_CMD_GETTIMEFULL, 0), ==, MAGIC);
    g_assert_cmpint(env->regs[R_EDX], >=, (uint32_t)now);
    env->tsc_khz = 5000000;
    g_assert_cmpint(call(VMPORT_CMD_GETHZ, 0), ==, (uint32_t)5000000000);
    g_assert_cmpint(env->regs[R_EBX], ==, 1);
}

static void test_wrong(void)
{
    g_assert_cmphex(call(9999, 0), ==, UINT32_MAX);
    g_assert_cmphex(call(VMPORT_ENTRIES - 2, 0), ==, UINT32_MAX);
    env->regs[R_EAX] = 1;
    env->regs[R_ECX] = VMPORT_CMD_GETVERSION;
    g_assert_cmphex(in_eax(), ==, UINT32_MAX);
    /* Nobody at the port. */
    current_cpu = NULL;
    g_assert_cmphex(cpu_inb(PORT), ==, 0xff);
    cpu_outl(PORT, 1);
    current_cpu = CPU(container_of(env, X86CPU, env));
}

static void mouse_command(uint32_t request)
{
    call(VMPORT_CMD_VMMOUSE_COMMAND, request);
}

static uint32_t mouse_status(void)
{
    return call(VMPORT_CMD_VMMOUSE_STATUS, 0);
}

static void test_mouse(void)
{
    device_cold_reset(mouse);
    g_assert_cmphex(mouse_status(), ==, 0xffff0000);
    mouse_command(0x45414552);          /* read id */
    g_assert_cmphex(mouse_status(), ==, 1);
    g_assert_cmphex(call(VMPORT_CMD_VMMOUSE_DATA, 1), ==, 0x3442554a);
    g_assert_false(qemu_input_is_absolute());
    mouse_command(0x53424152);          /* absolute */
    g_assert_true(qemu_input_is_absolute());

    qemu_input_queue_abs(NULL, INPUT_AXIS_X, 50, 0, 100);
    qemu_input_queue_abs(NULL, INPUT_AXIS_Y, 100, 0, 100);
    qemu_input_queue_btn(NULL, INPUT_BUTTON_LEFT, true);
    qemu_input_event_sync();
    g_assert_cmphex(mouse_status(), ==, 4);
    g_assert_cmphex(call(VMPORT_CMD_VMMOUSE_DATA, 4), ==, 0x20);
    g_assert_cmphex(env->regs[R_EBX], ==, 0x7ffe);
    g_assert_cmphex(env->regs[R_ECX], ==, 0xfffe);
    g_assert_cmphex(env->regs[R_EDX], ==, 0);
    /* The PS/2 mouse is quiet until its driver switches it on. */
    g_assert_cmphex(cpu_inb(0x64) & 1, ==, 0);

    /* Reports that nobody fetches stay within the queue. */
    for (int i = 0; i < 2000; i++) {
        qemu_input_queue_abs(NULL, INPUT_AXIS_X, i % 100, 0, 100);
        qemu_input_event_sync();
    }
    g_assert_cmphex(mouse_status(), ==, 1024);
    /* With a full queue the id has no room. */
    mouse_command(0x45414552);
    g_assert_cmphex(mouse_status(), ==, 1024);
    /* More words than registers: the mouse is off. */
    call(VMPORT_CMD_VMMOUSE_DATA, 7);
    g_assert_cmphex(mouse_status(), ==, 0xffff0000);
    g_assert_false(qemu_input_is_absolute());
    mouse_command(0x12345678);
}

static void make_machine(void)
{
    Object *machine = object_new(MACHINE_TYPE_NAME("none"));
    ISABus *bus;
    Object *cpu = object_new(X86_CPU_TYPE_NAME("qemu64"));
    ISADevice *i8042;

    object_property_add_child(object_get_root(), "machine", machine);
    current_machine = MACHINE(machine);
    current_machine->ram_size = 64 * MiB;
    bus = isa_bus_new(NULL, get_system_memory(), get_system_io(),
                      &error_abort);
    isa_create_simple(bus, TYPE_VMPORT);
    i8042 = isa_create_simple(bus, TYPE_I8042);
    mouse = DEVICE(isa_new(TYPE_VMMOUSE));
    object_property_set_link(OBJECT(mouse), "i8042", OBJECT(i8042),
                             &error_abort);
    isa_realize_and_unref(ISA_DEVICE(mouse), bus, &error_abort);
    env = &X86_CPU(cpu)->env;
    current_cpu = CPU(cpu);
    runstate_set(RUN_STATE_RUNNING);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    make_machine();
    g_test_add_func("/vmport/commands", test_commands);
    g_test_add_func("/vmport/wrong", test_wrong);
    g_test_add_func("/vmport/mouse", test_mouse);
    return g_test_run();
}
