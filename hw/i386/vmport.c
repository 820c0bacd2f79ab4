/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMware's backdoor port, as the headers of open-vm-tools (backdoor_def.h)
 * describe it: low bandwidth only, without the RPC channel.
 */
#include "qemu/osdep.h"
#include "hw/i386/vmport.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "qemu/uuid.h"
#include "sysemu/hw_accel.h"
#include "sysemu/sysemu.h"
#include "target/i386/cpu.h"

OBJECT_DECLARE_SIMPLE_TYPE(VMPortState, VMPORT)

#define VMPORT_PORT 0x5658
#define VMPORT_MAGIC 0x564d5868
#define RAM_SIZE_EBX 0x1177

/* What the processor may do in the virtual machine. */
#define VCPU_LEGACY_X2APIC_OK (1u << 3)
#define VCPU_RESERVED (1u << 31)

/* How far the clock told may be behind, in microseconds. */
#define MAX_TIME_LAG_US 1000000

struct VMPortState {
    ISADevice parent_obj;

    MemoryRegion io;
    VMPortReadFunc *func[VMPORT_ENTRIES];
    void *opaque[VMPORT_ENTRIES];
    uint32_t vmware_vmx_version;
    uint8_t vmware_vmx_type;
    bool read_set_eax;
    bool signal_unsupported_cmd;
    bool report_vmx_type;
    bool cmds_v2;
};

static VMPortState *port_state;

/*** Registers of the processor at the port ***/

static CPUX86State *env_at_port(void)
{
    return &X86_CPU(current_cpu)->env;
}

static const uint8_t data_regs[] = {
    R_EAX, R_EBX, R_ECX, R_EDX, R_ESI, R_EDI,
};

void vmmouse_get_data(uint32_t *data)
{
    for (int i = 0; i < ARRAY_SIZE(data_regs); i++) {
        data[i] = env_at_port()->regs[data_regs[i]];
    }
}

void vmmouse_set_data(const uint32_t *data)
{
    for (int i = 0; i < ARRAY_SIZE(data_regs); i++) {
        env_at_port()->regs[data_regs[i]] = data[i];
    }
}

/*** Commands ***/

void vmport_register(VMPortCommand command, VMPortReadFunc *func,
                     void *opaque)
{
    assert(command < VMPORT_ENTRIES && port_state);
    port_state->func[command] = func;
    port_state->opaque[command] = opaque;
}

static uint32_t cmd_get_version(void *opaque, uint32_t addr)
{
    VMPortState *s = opaque;
    CPUX86State *env = env_at_port();

    env->regs[R_EBX] = VMPORT_MAGIC;
    if (s->report_vmx_type) {
        env->regs[R_ECX] = s->vmware_vmx_type;
    }
    return s->vmware_vmx_version;
}

static uint32_t cmd_get_bios_uuid(void *opaque, uint32_t addr)
{
    CPUX86State *env = env_at_port();
    uint32_t part[4];

    memcpy(part, &qemu_uuid, sizeof(part));
    env->regs[R_EBX] = le32_to_cpu(part[1]);
    env->regs[R_ECX] = le32_to_cpu(part[2]);
    env->regs[R_EDX] = le32_to_cpu(part[3]);
    return le32_to_cpu(part[0]);
}

static uint32_t cmd_get_ram_size(void *opaque, uint32_t addr)
{
    env_at_port()->regs[R_EBX] = RAM_SIZE_EBX;
    return current_machine->ram_size;
}

static uint32_t cmd_get_hz(void *opaque, uint32_t addr)
{
    X86CPU *cpu = X86_CPU(current_cpu);
    uint64_t hz = (uint64_t)cpu->env.tsc_khz * 1000;

    if (!hz) {
        return UINT32_MAX;
    }
    cpu->env.regs[R_EBX] = hz >> 32;
    cpu->env.regs[R_ECX] = NANOSECONDS_PER_SECOND;      /* the APIC's */
    return hz;
}

/* Seconds and microseconds of the host's clock. */
static int64_t get_time(CPUX86State *env)
{
    int64_t us = qemu_clock_get_us(QEMU_CLOCK_HOST);

    env->regs[R_EBX] = us % G_USEC_PER_SEC;
    env->regs[R_ECX] = MAX_TIME_LAG_US;
    return us / G_USEC_PER_SEC;
}

static uint32_t cmd_time(void *opaque, uint32_t addr)
{
    return get_time(env_at_port());
}

static uint32_t cmd_time_full(void *opaque, uint32_t addr)
{
    CPUX86State *env = env_at_port();
    int64_t seconds = get_time(env);

    env->regs[R_ESI] = (uint32_t)(seconds >> 32);
    env->regs[R_EDX] = (uint32_t)seconds;
    return VMPORT_MAGIC;
}

static uint32_t cmd_get_vcpu_info(void *opaque, uint32_t addr)
{
    CPUX86State *env = env_at_port();

    return env->features[FEAT_1_ECX] & CPUID_EXT_X2APIC
           ? VCPU_LEGACY_X2APIC_OK : 0;
}

/*** The port ***/

static uint32_t run_command(VMPortState *s, CPUX86State *env, uint32_t addr)
{
    uint32_t command = env->regs[R_ECX] & 0xffff;

    if ((uint32_t)env->regs[R_EAX] != VMPORT_MAGIC) {
        return UINT32_MAX;
    }
    if (command >= VMPORT_ENTRIES || !s->func[command]) {
        qemu_log_mask(LOG_UNIMP, "vmport: no command %" PRIu32 "\n", command);
        return s->signal_unsupported_cmd ? UINT32_MAX : env->regs[R_EAX];
    }
    return s->func[command](s->opaque[command], addr);
}

static uint64_t vmport_read(void *opaque, hwaddr addr, unsigned size)
{
    VMPortState *s = opaque;
    CPUX86State *env;
    uint32_t eax;

    /* Nobody's registers: a test, or a device's DMA. */
    if (!current_cpu) {
        return UINT32_MAX;
    }
    cpu_synchronize_state(current_cpu);
    env = env_at_port();
    eax = run_command(s, env, addr);
    /* All 32 bits, whatever the access's width was. */
    if (s->read_set_eax) {
        env->regs[R_EAX] = eax;
    }
    return eax;
}

static void vmport_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    if (current_cpu) {
        vmport_read(opaque, addr, 4);
    }
}

static const MemoryRegionOps vmport_ops = {
    .read = vmport_read,
    .write = vmport_write,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void vmport_realize(DeviceState *dev, Error **errp)
{
    VMPortState *s = VMPORT(dev);

    memory_region_init_io(&s->io, OBJECT(s), &vmport_ops, s, "vmport", 1);
    isa_register_ioport(ISA_DEVICE(dev), &s->io, VMPORT_PORT);
    port_state = s;
    vmport_register(VMPORT_CMD_GETVERSION, cmd_get_version, s);
    vmport_register(VMPORT_CMD_GETRAMSIZE, cmd_get_ram_size, s);
    if (s->cmds_v2) {
        vmport_register(VMPORT_CMD_GETBIOSUUID, cmd_get_bios_uuid, s);
        vmport_register(VMPORT_CMD_GETTIME, cmd_time, s);
        vmport_register(VMPORT_CMD_GETHZ, cmd_get_hz, s);
        vmport_register(VMPORT_CMD_GETTIMEFULL, cmd_time_full, s);
        vmport_register(VMPORT_CMD_GET_VCPU_INFO, cmd_get_vcpu_info, s);
    }
}

static Property vmport_properties[] = {
    DEFINE_PROP_BOOL("x-read-set-eax", VMPortState, read_set_eax, true),
    DEFINE_PROP_BOOL("x-signal-unsupported-cmd", VMPortState,
                     signal_unsupported_cmd, true),
    DEFINE_PROP_BOOL("x-report-vmx-type", VMPortState, report_vmx_type, true),
    DEFINE_PROP_BOOL("x-cmds-v2", VMPortState, cmds_v2, true),
    DEFINE_PROP_UINT32("vmware-vmx-version", VMPortState, vmware_vmx_version,
                       6),
    DEFINE_PROP_UINT8("vmware-vmx-type", VMPortState, vmware_vmx_type, 2),
    DEFINE_PROP_END_OF_LIST(),
};

static void vmport_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = vmport_realize;
    device_class_set_props(dc, vmport_properties);
    /* The board has it, or has it not. */
    dc->user_creatable = false;
}

static const TypeInfo vmport_info = {
    .name = TYPE_VMPORT,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(VMPortState),
    .class_init = vmport_class_init,
};

static void vmport_register_types(void)
{
    type_register_static(&vmport_info);
}

type_init(vmport_register_types)
