/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of requests that failed: told to the guest, ignored, or the
 * machine stopped until somebody made room.
 */
#include "qemu/osdep.h"
#include "backend.h"
#include "qapi/json.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "sysemu/runstate.h"

void blk_set_on_error(BlockBackend *blk, BlockdevOnError on_read_error,
                      BlockdevOnError on_write_error)
{
    blk->on_read_error = on_read_error;
    blk->on_write_error = on_write_error;
}

BlockdevOnError blk_get_on_error(BlockBackend *blk, bool is_read)
{
    return is_read ? blk->on_read_error : blk->on_write_error;
}

BlockErrorAction blk_get_error_action(BlockBackend *blk, bool is_read,
                                      int error)
{
    switch (blk_get_on_error(blk, is_read)) {
    case BLOCKDEV_ON_ERROR_AUTO:
    case BLOCKDEV_ON_ERROR_ENOSPC:
        return error == ENOSPC ? BLOCK_ERROR_ACTION_STOP
                               : BLOCK_ERROR_ACTION_REPORT;
    case BLOCKDEV_ON_ERROR_STOP:
        return BLOCK_ERROR_ACTION_STOP;
    case BLOCKDEV_ON_ERROR_IGNORE:
        return BLOCK_ERROR_ACTION_IGNORE;
    default:
        return BLOCK_ERROR_ACTION_REPORT;
    }
}

static void send_io_error(BlockBackend *blk, BlockErrorAction action,
                          bool is_read, int error)
{
    json_t *data = json_pack("{s:s, s:s, s:s, s:b, s:o}",
                             "device", blk_name(blk),
                             "operation", is_read ? "read" : "write",
                             "action", BlockErrorAction_str(action),
                             "nospace", error == ENOSPC,
                             "reason", json_string_any(strerror(error)));

    if (blk_bs(blk)) {
        json_object_set_new(data, "node-name",
                            json_string(blk_bs(blk)->node_name));
    }
    qapi_event_send(QAPI_EVENT_BLOCK_IO_ERROR, data);
}

void blk_error_action(BlockBackend *blk, BlockErrorAction action,
                      bool is_read, int error)
{
    if (action == BLOCK_ERROR_ACTION_STOP) {
        /*
         * The status first: who sees the event or the stop must find it.
         * And no "cont" that comes in between may be lost, so the machine
         * counts as about to stop from here on.
         */
        blk_iostatus_set_err(blk, error);
        qemu_system_vmstop_request_prepare();
        send_io_error(blk, action, is_read, error);
        qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    } else {
        send_io_error(blk, action, is_read, error);
    }
}

void blk_iostatus_enable(BlockBackend *blk)
{
    blk->iostatus_enabled = true;
    blk->iostatus = BLOCK_DEVICE_IO_STATUS_OK;
}

void blk_iostatus_disable(BlockBackend *blk)
{
    blk->iostatus_enabled = false;
}

bool blk_iostatus_is_enabled(const BlockBackend *blk)
{
    return blk->iostatus_enabled &&
           (blk->on_write_error == BLOCKDEV_ON_ERROR_ENOSPC ||
            blk->on_write_error == BLOCKDEV_ON_ERROR_STOP ||
            blk->on_read_error == BLOCKDEV_ON_ERROR_STOP);
}

BlockDeviceIoStatus blk_iostatus(const BlockBackend *blk)
{
    return blk->iostatus;
}

void blk_iostatus_reset(BlockBackend *blk)
{
    if (blk_iostatus_is_enabled(blk)) {
        blk->iostatus = BLOCK_DEVICE_IO_STATUS_OK;
    }
}

void blk_iostatus_set_err(BlockBackend *blk, int error)
{
    if (blk_iostatus_is_enabled(blk) &&
        blk->iostatus == BLOCK_DEVICE_IO_STATUS_OK) {
        blk->iostatus = error == ENOSPC ? BLOCK_DEVICE_IO_STATUS_NOSPACE
                                        : BLOCK_DEVICE_IO_STATUS_FAILED;
    }
}
