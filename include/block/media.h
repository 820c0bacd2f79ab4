/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What monitors do to drives.  @id is what a person called the device by,
 * NULL where it was the drive's name; false with @errp set on failure.
 */
#ifndef BLOCK_MEDIA_H
#define BLOCK_MEDIA_H

#include <jansson.h>

#include "sysemu/block-backend.h"

/* By the drive's name or the device's id, of which one must be given. */
BlockBackend *blk_by_name_or_id(const char *name, const char *id,
                                Error **errp);

/* True also where the guest was asked and may do it later. */
bool blk_medium_open_tray(BlockBackend *blk, const char *id, bool force,
                          Error **errp);
bool blk_medium_close_tray(BlockBackend *blk, const char *id, Error **errp);
bool blk_medium_remove(BlockBackend *blk, const char *id, Error **errp);
bool blk_medium_insert(BlockBackend *blk, const char *id,
                       BlockDriverState *bs, Error **errp);
bool blk_medium_insert_node(BlockBackend *blk, const char *id,
                            const char *node_name, Error **errp);
bool blk_medium_eject(BlockBackend *blk, const char *id, bool force,
                      Error **errp);
/* @format and @read_only_mode may be NULL. */
bool blk_medium_change(BlockBackend *blk, const char *id,
                       const char *filename, const char *format, bool force,
                       const char *read_only_mode, Error **errp);

/* By a drive's name or a node's; either may be NULL. */
bool block_resize(const char *device, const char *node_name, int64_t size,
                  Error **errp);

/* What QMP's queries return, as new references. */
json_t *bdrv_query_blocks(void);
json_t *bdrv_query_nodes(bool flat);
json_t *bdrv_query_stats(bool by_node);

#endif /* BLOCK_MEDIA_H */
