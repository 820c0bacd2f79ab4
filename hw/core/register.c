/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers that a table describes. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "hw/register.h"
#include "qemu/log.h"

static uint64_t get_storage(const RegisterInfo *reg)
{
    switch (reg->data_size) {
    case 1:
        return *(uint8_t *)reg->data;
    case 2:
        return *(uint16_t *)reg->data;
    case 4:
        return *(uint32_t *)reg->data;
    default:
        return *(uint64_t *)reg->data;
    }
}

static void set_storage(RegisterInfo *reg, uint64_t val)
{
    switch (reg->data_size) {
    case 1:
        *(uint8_t *)reg->data = val;
        break;
    case 2:
        *(uint16_t *)reg->data = val;
        break;
    case 4:
        *(uint32_t *)reg->data = val;
        break;
    default:
        *(uint64_t *)reg->data = val;
        break;
    }
}

static bool is_described(const RegisterInfo *reg, const char *prefix,
                         const char *what)
{
    if (reg->access && reg->access->name) {
        return true;
    }
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s a register that is not there\n",
                  prefix, what);
    return false;
}

static void log_value(const RegisterInfo *reg, const char *prefix,
                      const char *what, uint64_t val)
{
    qemu_log("%s:%s: %s 0x%" PRIx64 "\n", prefix, reg->access->name, what,
             val);
}

void register_write(RegisterInfo *reg, uint64_t val, uint64_t we,
                    const char *prefix, bool debug)
{
    const RegisterAccessInfo *ac = reg->access;
    uint64_t old, kept;

    if (!is_described(reg, prefix, "write to")) {
        return;
    }
    old = get_storage(reg);
    if ((old ^ val) & we & ac->rsvd) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s:%s: write of 0x%" PRIx64
                      " to reserved bits\n", prefix, ac->name,
                      val & we & ac->rsvd);
    }
    if ((ac->reset ^ val) & we & ac->unimp) {
        qemu_log_mask(LOG_UNIMP, "%s:%s: write of 0x%" PRIx64
                      " to bits without effect\n", prefix, ac->name,
                      val & we & ac->unimp);
    }

    kept = ac->ro | ac->w1c | ~we;
    val = (old & kept & ~(val & we & ac->w1c)) | (val & ~kept);
    if (ac->pre_write) {
        val = ac->pre_write(reg, val);
    }
    if (debug) {
        log_value(reg, prefix, "write", val);
    }
    set_storage(reg, val);
    if (ac->post_write) {
        ac->post_write(reg, val);
    }
}

uint64_t register_read(RegisterInfo *reg, uint64_t re, const char *prefix,
                       bool debug)
{
    const RegisterAccessInfo *ac = reg->access;
    uint64_t val;

    if (!is_described(reg, prefix, "read from")) {
        return 0;
    }
    val = get_storage(reg);
    set_storage(reg, val & ~(ac->cor & re));
    val &= re;
    if (ac->post_read) {
        val = ac->post_read(reg, val);
    }
    if (debug) {
        log_value(reg, prefix, "read", val);
    }
    return val;
}

void register_reset(RegisterInfo *reg)
{
    if (!reg->data || !reg->access) {
        return;
    }
    set_storage(reg, reg->access->reset);
    if (reg->access->post_write) {
        reg->access->post_write(reg, reg->access->reset);
    }
}

/*** Banks ***/

static RegisterInfo *find(const RegisterInfoArray *bank, hwaddr addr)
{
    int i;

    for (i = 0; i < bank->num_elements; i++) {
        if (bank->r[i]->access->addr == addr) {
            return bank->r[i];
        }
    }
    qemu_log_mask(LOG_GUEST_ERROR, "%s: no register at 0x%" PRIx64 "\n",
                  bank->prefix, addr);
    return NULL;
}

static uint64_t bits_of(unsigned size)
{
    return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
}

void register_write_memory(void *opaque, hwaddr addr, uint64_t value,
                           unsigned size)
{
    RegisterInfoArray *bank = opaque;
    RegisterInfo *reg = find(bank, addr);

    if (reg) {
        register_write(reg, value, bits_of(MIN(size, reg->data_size)),
                       bank->prefix, bank->debug);
    }
}

uint64_t register_read_memory(void *opaque, hwaddr addr, unsigned size)
{
    RegisterInfoArray *bank = opaque;
    RegisterInfo *reg = find(bank, addr);

    return reg ? register_read(reg, bits_of(size), bank->prefix, bank->debug)
               : 0;
}

static RegisterInfoArray *init_block(DeviceState *owner,
                                     const RegisterAccessInfo *rae, int num,
                                     RegisterInfo *ri, void *data,
                                     const MemoryRegionOps *ops,
                                     bool debug_enabled,
                                     uint64_t memory_size, int data_size)
{
    const char *prefix = object_get_typename(OBJECT(owner));
    RegisterInfoArray *bank = g_new0(RegisterInfoArray, 1);
    int i;

    bank->r = g_new0(RegisterInfo *, num);
    bank->num_elements = num;
    bank->debug = debug_enabled;
    bank->prefix = prefix;
    for (i = 0; i < num; i++) {
        int index = rae[i].addr / data_size;
        RegisterInfo *r = &ri[index];

        object_initialize(r, sizeof(*r), TYPE_REGISTER);
        r->data = (char *)data + index * data_size;
        r->data_size = data_size;
        r->access = &rae[i];
        r->opaque = owner;
        bank->r[i] = r;
    }
    memory_region_init_io(&bank->mem, OBJECT(owner), ops, bank, prefix,
                          memory_size);
    return bank;
}

RegisterInfoArray *register_init_block8(DeviceState *owner,
                                        const RegisterAccessInfo *rae,
                                        int num, RegisterInfo *ri,
                                        uint8_t *data,
                                        const MemoryRegionOps *ops,
                                        bool debug_enabled,
                                        uint64_t memory_size)
{
    return init_block(owner, rae, num, ri, data, ops, debug_enabled,
                      memory_size, sizeof(*data));
}

RegisterInfoArray *register_init_block32(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint32_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size)
{
    return init_block(owner, rae, num, ri, data, ops, debug_enabled,
                      memory_size, sizeof(*data));
}

RegisterInfoArray *register_init_block64(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint64_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size)
{
    return init_block(owner, rae, num, ri, data, ops, debug_enabled,
                      memory_size, sizeof(*data));
}

void register_finalize_block(RegisterInfoArray *r_array)
{
    int i;

    object_unparent(OBJECT(&r_array->mem));
    for (i = 0; i < r_array->num_elements; i++) {
        object_unref(OBJECT(r_array->r[i]));
    }
    g_free(r_array->r);
    g_free(r_array);
}

static void register_class_init(ObjectClass *oc, void *data)
{
    /* Part of a bank, never by itself. */
    DEVICE_CLASS(oc)->user_creatable = false;
}

static const TypeInfo register_types[] = {
    {
        .name = TYPE_REGISTER,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(RegisterInfo),
        .class_init = register_class_init,
    },
};

DEFINE_TYPES(register_types)
