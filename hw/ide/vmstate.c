/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of buses and drives in the migration stream. */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"

/*** What only packet devices have ***/

static bool gesn_needed(void *opaque)
{
    IDEState *s = opaque;

    return s->events.new_media || s->events.eject_request;
}

static const VMStateDescription vmstate_gesn = {
    .name = "ide_drive/atapi/gesn_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = gesn_needed,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(events.new_media, IDEState),
        VMSTATE_BOOL(events.eject_request, IDEState),
        VMSTATE_END_OF_LIST()
    },
};

static bool tray_needed(void *opaque)
{
    IDEState *s = opaque;

    return s->tray_open || s->tray_locked;
}

static const VMStateDescription vmstate_tray = {
    .name = "ide_drive/tray_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = tray_needed,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(tray_open, IDEState),
        VMSTATE_BOOL(tray_locked, IDEState),
        VMSTATE_END_OF_LIST()
    },
};

/*** A transfer by PIO ***/

static bool pio_needed(void *opaque)
{
    IDEState *s = opaque;

    return (s->status & ATA_SR_DRQ) ||
           (s->bus->error_status & IDE_RETRY_PIO);
}

/* An absent drive has no buffer, but a stream may have one for it. */
static int pio_pre_load(void *opaque)
{
    IDEState *s = opaque;

    return s->io_buffer ? 0 : -EINVAL;
}

static int pio_post_load(void *opaque, int version_id)
{
    IDEState *s = opaque;
    int32_t at = s->cur_io_buffer_offset, len = s->cur_io_buffer_len;

    if (s->end_transfer_fn_idx > IDE_PIO_NOTHING || at < 0 || len < 0 ||
        at > IDE_BUFFER_SIZE || len > IDE_BUFFER_SIZE - at ||
        s->req_nb_sectors < 0 || s->req_nb_sectors > IDE_BUFFER_SECTORS ||
        s->packet_transfer_size < 0 || s->elementary_transfer_size < 0) {
        return -EINVAL;
    }
    /* The rest of a reply is behind the block that is being moved. */
    s->io_buffer_index = at + len;
    s->io_buffer_size = MIN(IDE_BUFFER_SIZE,
                            s->io_buffer_index + s->packet_transfer_size);
    s->lba = -1;
    return 0;
}

static const VMStateDescription vmstate_pio = {
    .name = "ide_drive/pio_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = pio_needed,
    .pre_load = pio_pre_load,
    .post_load = pio_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(req_nb_sectors, IDEState),
        VMSTATE_VARRAY_INT32(io_buffer, IDEState, io_buffer_total_len, 1,
                             vmstate_info_uint8, uint8_t),
        VMSTATE_INT32(cur_io_buffer_offset, IDEState),
        VMSTATE_INT32(cur_io_buffer_len, IDEState),
        VMSTATE_UINT8(end_transfer_fn_idx, IDEState),
        VMSTATE_INT32(elementary_transfer_size, IDEState),
        VMSTATE_INT32(packet_transfer_size, IDEState),
        VMSTATE_END_OF_LIST()
    },
};

/*** Drives and buses ***/

static bool identified(void *opaque, int version_id)
{
    IDEState *s = opaque;

    return s->identify_set != 0;
}

static int drive_post_load(void *opaque, int version_id)
{
    IDEState *s = opaque;

    if (s->mult_sectors < 0 || s->mult_sectors > IDE_MAX_MULT_SECTORS ||
        s->nsector > 65536) {
        return -EINVAL;
    }
    if (s->blk && s->identify_set && s->drive_kind == IDE_HD) {
        blk_set_enable_write_cache(s->blk,
                                   s->identify_data[2 * 85] & 0x20);
    }
    return 0;
}

const VMStateDescription vmstate_ide_drive = {
    .name = "ide_drive",
    .version_id = 3,
    .minimum_version_id = 0,
    .post_load = drive_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(mult_sectors, IDEState),
        VMSTATE_INT32(identify_set, IDEState),
        VMSTATE_BUFFER_UNSAFE_INFO_TEST(identify_data, IDEState, identified,
                                        0, vmstate_info_buffer, 512),
        VMSTATE_UINT8(feature, IDEState),
        VMSTATE_UINT8(error, IDEState),
        VMSTATE_UINT32(nsector, IDEState),
        VMSTATE_UINT8(sector, IDEState),
        VMSTATE_UINT8(lcyl, IDEState),
        VMSTATE_UINT8(hcyl, IDEState),
        VMSTATE_UINT8(hob_feature, IDEState),
        VMSTATE_UINT8(hob_sector, IDEState),
        VMSTATE_UINT8(hob_nsector, IDEState),
        VMSTATE_UINT8(hob_lcyl, IDEState),
        VMSTATE_UINT8(hob_hcyl, IDEState),
        VMSTATE_UINT8(select, IDEState),
        VMSTATE_UINT8(status, IDEState),
        VMSTATE_UINT8(lba48, IDEState),
        VMSTATE_UINT8(sense_key, IDEState),
        VMSTATE_UINT8(asc, IDEState),
        VMSTATE_UINT8_V(cdrom_changed, IDEState, 3),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_pio,
        &vmstate_tray,
        &vmstate_gesn,
        NULL
    },
};

static bool error_needed(void *opaque)
{
    IDEBus *bus = opaque;

    return bus->error_status != 0;
}

static int error_post_load(void *opaque, int version_id)
{
    IDEBus *bus = opaque;

    return bus->retry_unit < 2 || bus->retry_unit == 0xff ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_bus_error = {
    .name = "ide_bus/error",
    .version_id = 2,
    .minimum_version_id = 1,
    .needed = error_needed,
    .post_load = error_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(error_status, IDEBus),
        VMSTATE_INT64_V(retry_sector_num, IDEBus, 2),
        VMSTATE_UINT32_V(retry_nsector, IDEBus, 2),
        VMSTATE_UINT8_V(retry_unit, IDEBus, 2),
        VMSTATE_END_OF_LIST()
    },
};

static int bus_post_load(void *opaque, int version_id)
{
    IDEBus *bus = opaque;

    return bus->unit < 2 ? 0 : -EINVAL;
}

const VMStateDescription vmstate_ide_bus = {
    .name = "ide_bus",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = bus_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(cmd, IDEBus),
        VMSTATE_UINT8(unit, IDEBus),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_bus_error,
        NULL
    },
};
