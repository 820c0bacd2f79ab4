/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callback type that ROM blobs and fw_cfg share. */
#ifndef HW_NVRAM_FW_CFG_FWD_H
#define HW_NVRAM_FW_CFG_FWD_H

/* Run when the guest selects a file. */
typedef void (*FWCfgCallback)(void *opaque);
typedef void (*FWCfgWriteCallback)(void *opaque, off_t start, size_t len);

#endif /* HW_NVRAM_FW_CFG_FWD_H */
