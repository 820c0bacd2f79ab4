/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SMBus host controller of PIIX4 and ICH9. */
#ifndef PM_SMBUS_H
#define PM_SMBUS_H

#include "exec/memory.h"
#include "hw/i2c/smbus_master.h"
#include "migration/vmstate.h"

#define PM_SMBUS_MAX_MSG_SIZE 32

typedef struct PMSMBus {
    I2CBus *smbus;
    MemoryRegion io;

    uint8_t smb_stat;
    uint8_t smb_ctl;
    uint8_t smb_cmd;
    uint8_t smb_addr;
    uint8_t smb_data0;
    uint8_t smb_data1;
    uint8_t smb_data[PM_SMBUS_MAX_MSG_SIZE];
    uint8_t smb_blkdata;
    uint8_t smb_auxctl;
    uint32_t smb_index;

    /* The owner's: a soft reset by HOSTC_EN or so; the interrupt's level. */
    void (*reset)(struct PMSMBus *s);
    void (*set_irq)(struct PMSMBus *s, bool enabled);

    /* There is no register to choose byte mode by: the PIIX4's. */
    bool force_aux_blk;
    /* I2C block reads may be made (HOSTC.I2C_EN). */
    bool i2c_enable;
    bool op_done;
    bool in_i2c_block_read;
    /* The command runs when somebody looks for its end. */
    bool start_transaction_on_status_read;
} PMSMBus;

/* The bus, and the ports that the owner maps.  @force_aux_blk: no byte mode. */
void pm_smbus_init(DeviceState *parent, PMSMBus *smb, bool force_aux_blk);

/* All registers as after power-on; reset() leaves what a driver set. */
void pm_smbus_clear(PMSMBus *s);

extern const VMStateDescription pmsmb_vmstate;

#endif
