/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives as -drive describes them: an interface, a bus and a unit there.
 * Boards look for the drives of their controllers by these.
 */
#ifndef SYSEMU_BLOCKDEV_H
#define SYSEMU_BLOCKDEV_H

#include <jansson.h>

#include "block/block.h"
#include "qemu/queue.h"

typedef enum {
    IF_DEFAULT = -1,            /* what the machine says */
    IF_NONE = 0,                /* for -device drive= */
    IF_IDE,
    IF_SCSI,
    IF_FLOPPY,
    IF_PFLASH,
    IF_MTD,
    IF_SD,
    IF_VIRTIO,
    IF_XEN,
    IF_COUNT,
} BlockInterfaceType;

typedef struct DriveInfo DriveInfo;

struct DriveInfo {
    BlockInterfaceType type;
    int bus;
    int unit;
    int auto_del;               /* goes with its device */
    bool is_default;            /* made without being asked for */
    int media_cd;
    QTAILQ_ENTRY(DriveInfo) next;
};

/* NULL if there is none. */
DriveInfo *drive_get(BlockInterfaceType type, int bus, int unit);
DriveInfo *drive_get_by_index(BlockInterfaceType type, int index);
/* The highest bus of that interface with a drive; -1: none. */
int drive_get_max_bus(BlockInterfaceType type);
/* How many units a bus of that interface has; 0: no limit. */
int drive_get_max_devs(BlockInterfaceType type);
/* A board whose buses have another number of units says so before drives. */
void override_max_devs(BlockInterfaceType type, int max_devs);

BlockBackend *blk_by_legacy_dinfo(DriveInfo *dinfo);
/* NULL for a drive that came from elsewhere. */
DriveInfo *blk_legacy_dinfo(BlockBackend *blk);
DriveInfo *blk_set_legacy_dinfo(BlockBackend *blk, DriveInfo *dinfo);

/* A drive of -drive goes when the device it was made for does. */
void blockdev_mark_auto_del(BlockBackend *blk);
void blockdev_auto_del(BlockBackend *blk);

/* Complains of drives for controllers that nobody has; true if any. */
bool drive_check_orphaned(void);

/*
 * The drive that -drive describes with these options, text under flat keys,
 * which are consumed.  Its place is on @def where they do not say.
 */
DriveInfo *drive_new_from_json(json_t *opts, BlockInterfaceType def,
                               Error **errp);

/* A node of -blockdev; @opts, checked by the schema, is consumed. */
bool blockdev_add_json(json_t *opts, Error **errp);
bool blockdev_del(const char *node_name, Error **errp);
/* The end of the program: finishes requests, closes images. */
void blockdev_close_all(void);

extern const char *const block_if_name[IF_COUNT];

#endif /* SYSEMU_BLOCKDEV_H */
