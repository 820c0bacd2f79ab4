/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMBus host controller of PIIX4 and ICH9: Intel data sheet 316972 (ICH9),
 * sections 5.20.1 and 18.2; 290562 (82371AB), section 7.3, for PIIX4, which
 * has blocks in a buffer only.
 *
 * A command takes no time here.  Without interrupts it runs when software
 * first looks at the status, so that this shows the controller busy once, as
 * some drivers want to see.
 */
#include "qemu/osdep.h"
#include "hw/i2c/pm_smbus.h"
#include "migration/vmstate.h"
#include "qemu/log.h"

/* Registers. */
enum {
    HST_STS = 0x00,
    HST_CNT = 0x02,
    HST_CMD = 0x03,
    XMIT_SLVA = 0x04,
    HST_D0 = 0x05,
    HST_D1 = 0x06,
    HOST_BLOCK_DB = 0x07,
    AUX_CTL = 0x0d,
};

#define STS_HOST_BUSY 0x01
#define STS_INTR 0x02
#define STS_DEV_ERR 0x04
#define STS_FAILED 0x10
#define STS_BYTE_DONE 0x80

#define CNT_INTREN 0x01
#define CNT_KILL 0x02
#define CNT_LAST_BYTE 0x20
#define CNT_START 0x40
#define CNT_READABLE 0x1f       /* with PEC, which is not there, reading 0 */

/* SMB_CMD, bits 4:2 of HST_CNT. */
enum {
    CMD_QUICK = 0,
    CMD_BYTE = 1,
    CMD_BYTE_DATA = 2,
    CMD_WORD_DATA = 3,
    CMD_PROCESS_CALL = 4,
    CMD_BLOCK = 5,
    CMD_I2C_READ = 6,
    CMD_BLOCK_PROCESS = 7,
};

#define AUX_E32B 0x02           /* blocks go through the buffer as a whole */
#define AUX_MASK 0x03

static bool buffered(const PMSMBus *s)
{
    return s->smb_auxctl & AUX_E32B;
}

static bool reading(const PMSMBus *s)
{
    return s->smb_addr & 1;
}

static unsigned command(const PMSMBus *s)
{
    return s->smb_ctl >> 2 & 7;
}

static void update_irq(PMSMBus *s)
{
    if (s->set_irq) {
        s->set_irq(s, (s->smb_stat & ~STS_HOST_BUSY) &&
                      (s->smb_ctl & CNT_INTREN));
    }
}

/*** Commands ***/

static void end(PMSMBus *s, uint8_t status)
{
    s->smb_stat = (s->smb_stat & ~STS_HOST_BUSY) | status;
    s->op_done = true;
    s->in_i2c_block_read = false;
}

/* Byte by byte: software takes, or gives, the first one now. */
static void begin_bytes(PMSMBus *s)
{
    s->smb_index = 0;
    s->op_done = false;
    s->smb_stat |= STS_HOST_BUSY | STS_BYTE_DONE;
}

static int write_block(PMSMBus *s)
{
    return smbus_write_block(s->smbus, s->smb_addr >> 1, s->smb_cmd,
                             s->smb_data,
                             MIN(s->smb_data0, sizeof(s->smb_data)),
                             !s->i2c_enable);
}

static void run_block_read(PMSMBus *s)
{
    /* With I2C_EN there is neither a command nor a length on the wire. */
    int got = smbus_read_block(s->smbus, s->smb_addr >> 1, s->smb_cmd,
                               s->smb_data, sizeof(s->smb_data),
                               !s->i2c_enable, !s->i2c_enable);

    if (got < 0) {
        end(s, STS_DEV_ERR);
        return;
    }
    s->smb_data0 = got;
    s->smb_index = 0;
    if (buffered(s)) {
        end(s, STS_INTR);
    } else {
        s->smb_blkdata = s->smb_data[0];
        begin_bytes(s);
    }
}

static void run_block_write(PMSMBus *s)
{
    if (!buffered(s)) {
        s->smb_data[0] = s->smb_blkdata;
        begin_bytes(s);
        return;
    }
    /* The buffer must hold as much as was announced. */
    end(s, s->smb_index == s->smb_data0 && write_block(s) >= 0
           ? STS_INTR : STS_DEV_ERR);
    s->smb_index = 0;
}

/* Whatever the direction bit says; the offset is in HST_D1. */
static void run_i2c_read(PMSMBus *s)
{
    if (smbus_read_block(s->smbus, s->smb_addr >> 1, s->smb_data1,
                         s->smb_data,
                         MIN(s->smb_data0, sizeof(s->smb_data)), false,
                         true) < 0) {
        end(s, STS_DEV_ERR);
        return;
    }
    s->in_i2c_block_read = true;
    s->smb_blkdata = s->smb_data[0];
    begin_bytes(s);
}

/* Commands of at most two bytes; negative for an error. */
static int run_simple(PMSMBus *s)
{
    I2CBus *bus = s->smbus;
    uint8_t addr = s->smb_addr >> 1;
    uint8_t cmd = s->smb_cmd;

    switch (command(s)) {
    case CMD_QUICK:
        return smbus_quick_command(bus, addr, reading(s));
    case CMD_BYTE:
        return reading(s) ? smbus_receive_byte(bus, addr)
                          : smbus_send_byte(bus, addr, cmd);
    case CMD_BYTE_DATA:
        return reading(s) ? smbus_read_byte(bus, addr, cmd)
                          : smbus_write_byte(bus, addr, cmd, s->smb_data0);
    case CMD_WORD_DATA:
        return reading(s) ? smbus_read_word(bus, addr, cmd)
                          : smbus_write_word(bus, addr, cmd, s->smb_data0 |
                                             s->smb_data1 << 8);
    default:
        return -1;              /* process calls: nobody answers them */
    }
}

static void run(PMSMBus *s)
{
    int answer;

    if (command(s) == CMD_BLOCK) {
        if (reading(s)) {
            run_block_read(s);
        } else {
            run_block_write(s);
        }
        return;
    }
    if (command(s) == CMD_I2C_READ) {
        run_i2c_read(s);
        return;
    }
    answer = run_simple(s);
    if (answer < 0) {
        end(s, STS_DEV_ERR);
        return;
    }
    if (reading(s) && command(s) != CMD_QUICK) {
        s->smb_data0 = answer;
        if (command(s) == CMD_WORD_DATA) {
            s->smb_data1 = answer >> 8;
        }
    }
    end(s, STS_INTR);
}

/* BYTE_DONE was cleared in a block that goes byte by byte. */
static void next_byte(PMSMBus *s)
{
    bool read = reading(s) || s->in_i2c_block_read;

    s->smb_index++;
    if (s->smb_index >= PM_SMBUS_MAX_MSG_SIZE) {
        s->smb_index = 0;
    }
    if (!read && s->smb_index == s->smb_data0 % PM_SMBUS_MAX_MSG_SIZE) {
        s->smb_index = 0;
        end(s, write_block(s) < 0 ? STS_DEV_ERR : STS_INTR);
    } else if (!read) {
        s->smb_data[s->smb_index] = s->smb_blkdata;
        s->smb_stat |= STS_BYTE_DONE;
    } else if (s->smb_ctl & CNT_LAST_BYTE) {
        s->smb_blkdata = s->smb_data[s->smb_index];
        s->smb_index = 0;
        end(s, STS_INTR);
    } else {
        s->smb_blkdata = s->smb_data[s->smb_index];
        s->smb_stat |= STS_BYTE_DONE;
    }
}

/*** Registers ***/

static void write_control(PMSMBus *s, uint8_t val)
{
    s->smb_ctl = val & ~CNT_START;
    if ((val & (CNT_KILL | CNT_START)) && !s->op_done) {
        s->smb_index = 0;
        s->op_done = true;
        s->in_i2c_block_read = false;
    }
    if (val & CNT_KILL) {
        s->start_transaction_on_status_read = false;
        s->smb_stat = (s->smb_stat & ~STS_HOST_BUSY) | STS_FAILED;
        return;
    }
    if (!(val & CNT_START)) {
        return;
    }
    if (val & CNT_INTREN) {
        run(s);
    } else {
        s->smb_stat |= STS_HOST_BUSY;
        s->start_transaction_on_status_read = true;
    }
}

static void write_block_byte(PMSMBus *s, uint8_t val)
{
    if (buffered(s)) {
        s->smb_data[s->smb_index % PM_SMBUS_MAX_MSG_SIZE] = val;
        s->smb_index = (s->smb_index + 1) % PM_SMBUS_MAX_MSG_SIZE;
    } else {
        s->smb_blkdata = val;
    }
}

static void smb_write(void *opaque, hwaddr addr, uint64_t val, unsigned width)
{
    PMSMBus *s = opaque;

    switch (addr) {
    case HST_STS:
        s->smb_stat &= ~(val & ~STS_HOST_BUSY);
        if (!s->op_done && !(s->smb_stat & STS_BYTE_DONE)) {
            next_byte(s);
        }
        break;
    case HST_CNT:
        write_control(s, val);
        break;
    case HST_CMD:
        s->smb_cmd = val;
        break;
    case XMIT_SLVA:
        s->smb_addr = val;
        break;
    case HST_D0:
        s->smb_data0 = val;
        break;
    case HST_D1:
        s->smb_data1 = val;
        break;
    case HOST_BLOCK_DB:
        write_block_byte(s, val);
        break;
    case AUX_CTL:
        s->smb_auxctl = val & AUX_MASK;
        break;
    }
    update_irq(s);
}

static uint8_t read_block_byte(PMSMBus *s)
{
    uint8_t val;

    if (!buffered(s)) {
        return s->smb_blkdata;
    }
    val = s->smb_data[s->smb_index % PM_SMBUS_MAX_MSG_SIZE];
    s->smb_index = (s->smb_index + 1) % PM_SMBUS_MAX_MSG_SIZE;
    return val;
}

static uint8_t read_status(PMSMBus *s)
{
    uint8_t val = s->smb_stat;

    if (s->start_transaction_on_status_read) {
        s->start_transaction_on_status_read = false;
        run(s);
        update_irq(s);
    }
    return val;
}

static uint64_t smb_read(void *opaque, hwaddr addr, unsigned width)
{
    PMSMBus *s = opaque;

    switch (addr) {
    case HST_STS:
        return read_status(s);
    case HST_CNT:
        if (buffered(s)) {
            s->smb_index = 0;   /* starts the buffer over */
        }
        return s->smb_ctl & CNT_READABLE;
    case HST_CMD:
        return s->smb_cmd;
    case XMIT_SLVA:
        return s->smb_addr;
    case HST_D0:
        return s->smb_data0;
    case HST_D1:
        return s->smb_data1;
    case HOST_BLOCK_DB:
        return read_block_byte(s);
    case AUX_CTL:
        return s->smb_auxctl;
    default:
        return 0;
    }
}

static const MemoryRegionOps pm_smbus_ops = {
    .read = smb_read,
    .write = smb_write,
    .valid.min_access_size = 1,
    .valid.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Life ***/

static void pm_smbus_reset(PMSMBus *s)
{
    s->op_done = true;
    s->in_i2c_block_read = false;
    s->start_transaction_on_status_read = false;
    s->smb_index = 0;
    s->smb_stat = 0;
}

void pm_smbus_clear(PMSMBus *s)
{
    pm_smbus_reset(s);
    s->smb_ctl = s->smb_cmd = s->smb_addr = 0;
    s->smb_data0 = s->smb_data1 = 0;
    s->smb_auxctl = s->force_aux_blk ? AUX_E32B : 0;
    s->smb_blkdata = 0;
    memset(s->smb_data, 0, sizeof(s->smb_data));
}

static int pm_smbus_post_load(void *opaque, int version_id)
{
    PMSMBus *s = opaque;

    return s->smb_index < PM_SMBUS_MAX_MSG_SIZE ? 0 : -EINVAL;
}

const VMStateDescription pmsmb_vmstate = {
    .name = "pmsmb",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pm_smbus_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(smb_stat, PMSMBus),
        VMSTATE_UINT8(smb_ctl, PMSMBus),
        VMSTATE_UINT8(smb_cmd, PMSMBus),
        VMSTATE_UINT8(smb_addr, PMSMBus),
        VMSTATE_UINT8(smb_data0, PMSMBus),
        VMSTATE_UINT8(smb_data1, PMSMBus),
        VMSTATE_UINT32(smb_index, PMSMBus),
        VMSTATE_UINT8_ARRAY(smb_data, PMSMBus, PM_SMBUS_MAX_MSG_SIZE),
        VMSTATE_UINT8(smb_auxctl, PMSMBus),
        VMSTATE_UINT8(smb_blkdata, PMSMBus),
        VMSTATE_BOOL(i2c_enable, PMSMBus),
        VMSTATE_BOOL(op_done, PMSMBus),
        VMSTATE_BOOL(in_i2c_block_read, PMSMBus),
        VMSTATE_BOOL(start_transaction_on_status_read, PMSMBus),
        VMSTATE_END_OF_LIST()
    },
};

void pm_smbus_init(DeviceState *parent, PMSMBus *smb, bool force_aux_blk)
{
    smb->reset = pm_smbus_reset;
    smb->smbus = i2c_init_bus(parent, "i2c");
    smb->force_aux_blk = force_aux_blk;
    pm_smbus_clear(smb);
    memory_region_init_io(&smb->io, OBJECT(parent), &pm_smbus_ops, smb,
                          "pm-smbus", 64);
}
