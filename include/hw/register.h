/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register banks described by a table: read-only, write-1-to-clear and
 * reserved bits, hooks before and after a write and after a read.
 */
#ifndef REGISTER_H
#define REGISTER_H

#include "hw/qdev-core.h"
#include "exec/memory.h"
#include "hw/registerfields.h"
#include "qom/object.h"

typedef struct RegisterInfo RegisterInfo;
typedef struct RegisterAccessInfo RegisterAccessInfo;
typedef struct RegisterInfoArray RegisterInfoArray;

struct RegisterAccessInfo {
    const char *name;
    uint64_t ro;                /* guest writes leave these bits */
    uint64_t w1c;               /* writing 1 clears them */
    uint64_t reset;             /* value after reset */
    uint64_t cor;               /* cleared by reading */
    uint64_t rsvd;              /* logged when written nonzero */
    uint64_t unimp;             /* logged when set from their reset value */

    /* Returns the value to store. */
    uint64_t (*pre_write)(RegisterInfo *reg, uint64_t val);
    void (*post_write)(RegisterInfo *reg, uint64_t val);
    uint64_t (*post_read)(RegisterInfo *reg, uint64_t val);

    hwaddr addr;
};

struct RegisterInfo {
    /*< private >*/
    DeviceState parent_obj;

    /*< public >*/
    void *data;                 /* the storage */
    int data_size;              /* in bytes */
    const RegisterAccessInfo *access;
    void *opaque;
};

#define TYPE_REGISTER "qemu-register"
DECLARE_INSTANCE_CHECKER(RegisterInfo, REGISTER, TYPE_REGISTER)

struct RegisterInfoArray {
    MemoryRegion mem;
    int num_elements;
    RegisterInfo **r;
    bool debug;
    const char *prefix;         /* for messages */
};

/* we: mask of bits the access may change (those its width covers). */
void register_write(RegisterInfo *reg, uint64_t val, uint64_t we,
                    const char *prefix, bool debug);
uint64_t register_read(RegisterInfo *reg, uint64_t re, const char *prefix,
                       bool debug);

/* Puts the reset value in storage, through no hook but post_write. */
void register_reset(RegisterInfo *reg);

/* Callbacks for MemoryRegionOps; opaque is the RegisterInfoArray. */
void register_write_memory(void *opaque, hwaddr addr, uint64_t value,
                           unsigned size);
uint64_t register_read_memory(void *opaque, hwaddr addr, unsigned size);

/*
 * A bank owned by owner: ri and data have one element a register of the
 * access table's address range.  Freed by register_finalize_block().
 */
RegisterInfoArray *register_init_block8(DeviceState *owner,
                                        const RegisterAccessInfo *rae,
                                        int num, RegisterInfo *ri,
                                        uint8_t *data,
                                        const MemoryRegionOps *ops,
                                        bool debug_enabled,
                                        uint64_t memory_size);
RegisterInfoArray *register_init_block32(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint32_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size);
RegisterInfoArray *register_init_block64(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint64_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size);
void register_finalize_block(RegisterInfoArray *r_array);

#endif /* REGISTER_H */
