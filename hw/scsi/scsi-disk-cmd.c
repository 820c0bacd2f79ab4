/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of a disk that do not move blocks: SPC-4, clause 6; SBC-3,
 * clause 5; those of CD-ROMs are in scsi-mmc.c.
 *
 * One table says for each code which kinds of device know it, whether it
 * needs a medium, and what it does.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/memalign.h"
#include "sysemu/block-backend.h"
#include "scsi-disk.h"

/* Room for any answer; lists from the guest are taken as long as they are. */
#define BUFFER_SIZE 4096

#define FOR_DISK 1
#define FOR_ROM 2
#define FOR_ALL 3

typedef struct Command {
    uint8_t code;
    uint8_t kinds;
    bool needs_medium;
    /*
     * Fills @out; bytes there, -1: invalid field, -2: no saved parameters,
     * -3: answered already.
     */
    int (*answer)(SCSIDiskReq *r, uint8_t *out);
    /* Takes xfer bytes from the guest and answers. */
    void (*take)(SCSIDiskReq *r, const uint8_t *in);
    /* Neither: does it; the answer is GOOD unless it says -1 or -3. */
    int (*act)(SCSIDiskReq *r);
} Command;

/*** Capacity (SBC-3, 5.15 and 5.16) ***/

/* The last block; false where there is no medium. */
static bool last_block(SCSIDiskReq *r, uint64_t *last)
{
    uint64_t blocks = disk_nb_blocks(disk_of(r));

    if (!blocks) {
        disk_fail(r, SENSE_CODE(LUN_NOT_READY));
        return false;
    }
    *last = blocks - 1;
    return true;
}

static int read_capacity_10(SCSIDiskReq *r, uint8_t *out)
{
    const uint8_t *cdb = r->req.cmd.buf;
    uint64_t last;

    /* A block to begin with means something only with PMI. */
    if (!(cdb[8] & 1) && r->req.cmd.lba) {
        return -1;
    }
    if (!last_block(r, &last)) {
        return -3;
    }
    stl_be_p(out, MIN(last, UINT32_MAX));
    stl_be_p(out + 4, disk_of(r)->qdev.blocksize);
    return 8;
}

static int service_action_in(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    BlockConf *conf = &s->qdev.conf;
    uint64_t last;

    if ((r->req.cmd.buf[1] & 0x1f) != SAI_READ_CAPACITY_16) {
        return -1;
    }
    if (!last_block(r, &last)) {
        return -3;
    }
    memset(out, 0, 32);
    stq_be_p(out, last);
    stl_be_p(out + 8, s->qdev.blocksize);
    out[13] = get_physical_block_exp(conf);
    if (conf->discard_granularity) {
        out[14] = 0x80;         /* logical block provisioning */
    }
    return 32;
}

/*** The tray (SBC-3, 5.21 and SPC-4, 6.22) ***/

static int start_stop(SCSIDiskReq *r)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    bool start = cdb[4] & 1, load_eject = cdb[4] & 2;

    if (cdb[4] & 0xf0) {
        return 0;               /* power conditions: always active */
    }
    if (!disk_has(s, SCSI_DISK_F_REMOVABLE) || !load_eject) {
        return 0;
    }
    if (!start && !s->tray_open && s->tray_locked) {
        disk_fail(r, blk_is_inserted(s->qdev.conf.blk)
                  ? SENSE_CODE(ILLEGAL_REQ_REMOVAL_PREVENTED)
                  : SENSE_CODE(NOT_READY_REMOVAL_PREVENTED));
        return -3;
    }
    if (s->tray_open != !start) {
        blk_eject(s->qdev.conf.blk, !start);
        s->tray_open = !start;
    }
    return 0;
}

static int allow_removal(SCSIDiskReq *r)
{
    SCSIDiskState *s = disk_of(r);

    s->tray_locked = r->req.cmd.buf[4] & 1;
    blk_lock_medium(s->qdev.conf.blk, s->tray_locked);
    return 0;
}

/*** Others ***/

static int do_nothing(SCSIDiskReq *r)
{
    return 0;
}

static int synchronize(SCSIDiskReq *r)
{
    disk_synchronize(r);
    return -3;
}

static int seek(SCSIDiskReq *r)
{
    if (!disk_lba_in_range(disk_of(r), r->req.cmd.lba, 1)) {
        disk_fail(r, SENSE_CODE(LBA_OUT_OF_RANGE));
        return -3;
    }
    return 0;
}

/* No parameters: defects are the host's (SBC-3, 5.3). */
static int format(SCSIDiskReq *r)
{
    return r->req.cmd.buf[1] & 0x10 ? -1 : 0;
}

static int write_nothing(SCSIDiskReq *r)
{
    disk_write_same(r, NULL);
    return -3;
}

/* Ascending code. */
static const Command commands[] = {
    { TEST_UNIT_READY, FOR_ALL, true, .act = do_nothing },
    { FORMAT_UNIT, FOR_ALL, true, .act = format },
    { INQUIRY, FOR_ALL, false, .answer = disk_inquiry },
    { MODE_SELECT, FOR_ALL, true, .take = disk_mode_select },
    { RESERVE, FOR_ALL, false, .act = do_nothing },
    { RELEASE, FOR_ALL, false, .act = do_nothing },
    { MODE_SENSE, FOR_ALL, false, .answer = disk_mode_sense },
    { START_STOP, FOR_ALL, false, .act = start_stop },
    { ALLOW_MEDIUM_REMOVAL, FOR_ALL, false, .act = allow_removal },
    { READ_CAPACITY_10, FOR_ALL, true, .answer = read_capacity_10 },
    { SEEK_10, FOR_ALL, true, .act = seek },
    { SYNCHRONIZE_CACHE, FOR_ALL, true, .act = synchronize },
    { WRITE_SAME_10, FOR_ALL, true, .take = disk_write_same,
      .act = write_nothing },
    { UNMAP, FOR_ALL, true, .take = disk_unmap },
    { READ_TOC, FOR_ROM, true, .answer = disk_read_toc },
    { GET_CONFIGURATION, FOR_ROM, false, .answer = disk_get_configuration },
    { GET_EVENT_STATUS_NOTIFICATION, FOR_ROM, false,
      .answer = disk_get_event_status },
    { READ_DISC_INFORMATION, FOR_ROM, true,
      .answer = disk_read_disc_information },
    { MODE_SELECT_10, FOR_ALL, true, .take = disk_mode_select },
    { RESERVE_10, FOR_ALL, false, .act = do_nothing },
    { RELEASE_10, FOR_ALL, false, .act = do_nothing },
    { MODE_SENSE_10, FOR_ALL, false, .answer = disk_mode_sense },
    { WRITE_SAME_16, FOR_ALL, true, .take = disk_write_same,
      .act = write_nothing },
    { SERVICE_ACTION_IN_16, FOR_ALL, true, .answer = service_action_in },
    { READ_DVD_STRUCTURE, FOR_ROM, true, .answer = disk_read_dvd_structure },
    { MECHANISM_STATUS, FOR_ROM, false, .answer = disk_mechanism_status },
};

static const Command *find_command(SCSIDiskState *s, uint8_t code)
{
    uint8_t kind = disk_is_rom(s) ? FOR_ROM : FOR_DISK;

    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        if (commands[i].code == code) {
            return commands[i].kinds & kind ? &commands[i] : NULL;
        }
    }
    return NULL;
}

/*** Carrying one out ***/

static uint8_t *ensure_buffer(SCSIDiskReq *r, size_t size)
{
    if (r->buflen < size) {
        qemu_vfree(r->iov.iov_base);
        r->iov.iov_base = qemu_memalign(BUFFER_SIZE, size);
        r->buflen = size;
    }
    memset(r->iov.iov_base, 0, r->buflen);
    return r->iov.iov_base;
}

static int32_t refuse(SCSIDiskReq *r, int why)
{
    switch (why) {
    case -1:
        return disk_fail(r, SENSE_CODE(INVALID_FIELD));
    case -2:
        return disk_fail(r, SENSE_CODE(SAVING_PARAMS_NOT_SUPPORTED));
    default:
        return 0;               /* it was answered, or will be */
    }
}

static int32_t emulate_send_command(SCSIRequest *req, uint8_t *cdb)
{
    SCSIDiskReq *r = disk_req(req);
    SCSIDiskState *s = disk_of(r);
    const Command *command = find_command(s, cdb[0]);
    int len;

    /* Without a medium a drive does not look at what the command was. */
    if ((!command || command->needs_medium) &&
        !blk_is_available(s->qdev.conf.blk)) {
        return disk_fail(r, SENSE_CODE(NO_MEDIUM));
    }
    if (!command) {
        return disk_fail(r, SENSE_CODE(INVALID_OPCODE));
    }
    if (command->answer) {
        len = command->answer(r, ensure_buffer(r, BUFFER_SIZE));
        if (len < 0) {
            return refuse(r, len);
        }
        r->iov.iov_len = MIN(len, req->cmd.xfer);
        if (r->iov.iov_len) {
            return r->iov.iov_len;
        }
    } else if (command->take && req->cmd.xfer) {
        r->iov.iov_len = req->cmd.xfer;
        ensure_buffer(r, MAX(req->cmd.xfer, BUFFER_SIZE));
        return -(int32_t)r->iov.iov_len;
    } else if (command->act) {
        len = command->act(r);
        if (len < 0) {
            return refuse(r, len);
        }
    }
    scsi_req_complete(req, GOOD);
    return 0;
}

static void emulate_read_data(SCSIRequest *req)
{
    SCSIDiskReq *r = disk_req(req);
    int len = r->iov.iov_len;

    if (len) {
        r->iov.iov_len = 0;
        scsi_req_data(req, len);
    } else {
        scsi_req_complete(req, GOOD);
    }
}

static void emulate_write_data(SCSIRequest *req)
{
    SCSIDiskReq *r = disk_req(req);
    const Command *command;
    int len = r->iov.iov_len;

    if (len) {
        r->iov.iov_len = 0;
        scsi_req_data(req, len);
        return;
    }
    command = find_command(disk_of(r), req->cmd.buf[0]);
    command->take(r, r->iov.iov_base);
}

static uint8_t *disk_get_buf(SCSIRequest *req)
{
    return disk_req(req)->iov.iov_base;
}

static void disk_free_req(SCSIRequest *req)
{
    SCSIDiskReq *r = disk_req(req);

    qemu_vfree(r->iov.iov_base);
    g_free(r->unmap);
}

const SCSIReqOps scsi_disk_emulate_reqops = {
    .size = sizeof(SCSIDiskReq),
    .free_req = disk_free_req,
    .send_command = emulate_send_command,
    .read_data = emulate_read_data,
    .write_data = emulate_write_data,
    .get_buf = disk_get_buf,
};
