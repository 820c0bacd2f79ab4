/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The script by which firmware places tables: a fw_cfg file of commands that
 * allocate memory for other files, put addresses into them, and sum them up.
 */
#ifndef BIOS_LINKER_LOADER_H
#define BIOS_LINKER_LOADER_H

#include "qemu/osdep.h"

typedef struct BIOSLinker {
    GArray *cmd_blob;           /* bytes: the file */
    GPtrArray *file_names;      /* of the files that are allocated */
    GPtrArray *file_blobs;      /* GArray: their bytes, not ours */
} BIOSLinker;

BIOSLinker *bios_linker_loader_init(void);
/* The files' blobs stay. */
void bios_linker_loader_cleanup(BIOSLinker *linker);

/*
 * Firmware allocates memory for the file and reads it: in the segment from
 * 0xf0000 on, where software looks for anchors, or anywhere below 4 GiB.
 */
void bios_linker_loader_alloc(BIOSLinker *linker, const char *file_name,
                              GArray *file_blob, uint32_t alloc_align,
                              bool alloc_fseg);

/*
 * The byte at @checksum_offset, 0 until then, makes the sum of @size bytes
 * from @start_offset on 0.
 */
void bios_linker_loader_add_checksum(BIOSLinker *linker,
                                     const char *file_name,
                                     unsigned start_offset, unsigned size,
                                     unsigned checksum_offset);

/*
 * @dst_patched_size bytes at @dst_patched_offset of one file get the address
 * of another, plus @src_offset, which is put there now.
 */
void bios_linker_loader_add_pointer(BIOSLinker *linker,
                                    const char *dest_file,
                                    uint32_t dst_patched_offset,
                                    uint8_t dst_patched_size,
                                    const char *src_file,
                                    uint32_t src_offset);

#endif
