/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that are in guest memory after every reset: firmware, kernels,
 * option ROMs.  What is added before the machine is ready is kept as a list
 * of blobs, which a reset handler copies to its place.
 */
#ifndef LOADER_H
#define LOADER_H

#include "exec/hwaddr.h"
#include "exec/memory.h"
#include "hw/nvram/fw_cfg-fwd.h"

/* Size of a file in bytes; -1 where it cannot be read. */
int64_t get_image_size(const char *filename);

/* Reads a file to addr (host memory of that size); bytes read, or -1. */
ssize_t load_image_size(const char *filename, void *addr, size_t size);

/*
 * Puts the file at guest address addr, into system memory or as.  Returns its
 * size, or -1 when it cannot be read or is larger than max_sz.
 */
ssize_t load_image_targphys_as(const char *filename, hwaddr addr,
                               uint64_t max_sz, AddressSpace *as);
ssize_t load_image_targphys(const char *filename, hwaddr addr,
                            uint64_t max_sz);

/* Fills a RAM or ROM region. */
ssize_t load_image_mr(const char *filename, MemoryRegion *mr);

/* Results of load_elf() below 0. */
#define ELF_LOAD_FAILED       -1
#define ELF_LOAD_NOT_ELF      -2
#define ELF_LOAD_WRONG_ARCH   -3
#define ELF_LOAD_WRONG_ENDIAN -4
#define ELF_LOAD_TOO_BIG      -5
const char *load_elf_strerror(ssize_t error);

/*
 * Loads an executable's PT_LOAD segments, at addresses that translate_fn (may
 * be NULL) makes of their physical ones.  With elf_note_fn, translate_opaque
 * points to a uint64_t, and the function is called with the first ELF note of
 * that type, a pointer to the segment's alignment, and whether the file is
 * 64-bit.  Any out pointer may be NULL.  Returns the bytes from lowest to
 * highest address, or one of the codes above.
 */
ssize_t load_elf_as(const char *filename,
                    uint64_t (*elf_note_fn)(void *, void *, bool),
                    uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque, uint64_t *pentry,
                    uint64_t *lowaddr, uint64_t *highaddr, uint32_t *pflags,
                    int big_endian, int elf_machine, int clear_lsb,
                    int data_swab, AddressSpace *as);
ssize_t load_elf(const char *filename,
                 uint64_t (*elf_note_fn)(void *, void *, bool),
                 uint64_t (*translate_fn)(void *, uint64_t),
                 void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                 uint64_t *highaddr, uint32_t *pflags, int big_endian,
                 int elf_machine, int clear_lsb, int data_swab);

/* Reads nbytes from fd to that address at reset; bytes read, or -1. */
ssize_t read_targphys(const char *name, int fd, hwaddr dst_addr,
                      size_t nbytes);

typedef struct Rom Rom;

/*
 * Whether option ROMs, and other files for fw_cfg, live in regions that
 * migrate: of the machine's class, see hw/boards.h.
 */
extern bool option_rom_has_mr;
extern bool rom_file_has_mr;

/*
 * A file's contents at addr, or with fw_dir under fw_cfg as
 * "<fw_dir>/<base name>".  0 or -1; the latter with a message.
 */
ssize_t rom_add_file(const char *file, const char *fw_dir, hwaddr addr,
                     int32_t bootindex, bool option_rom, MemoryRegion *mr,
                     AddressSpace *as);

/*
 * len bytes of blob (copied; NULL: zeros) at addr; up to max_len are reserved.  With
 * fw_file_name the blob is put in fw_cfg, too, and a region that holds it
 * returned; callback is run when the guest selects the file.
 */
MemoryRegion *rom_add_blob(const char *name, const void *blob, size_t len,
                           size_t max_len, hwaddr addr,
                           const char *fw_file_name,
                           FWCfgCallback fw_callback, void *callback_opaque,
                           AddressSpace *as, bool read_only);

/* Takes part of a mapped file; mapped_file may be NULL. */
int rom_add_elf_program(const char *name, GMappedFile *mapped_file,
                        void *data, size_t datasize, size_t romsize,
                        hwaddr addr, AddressSpace *as);

/* Tells of overlaps (-1, with a message) and registers the reset. */
int rom_check_and_register_reset(void);

/* Names of blobs are offered to this device. */
void rom_set_fw(FWCfgState *f);
void rom_set_order_override(int order);
void rom_reset_order_override(void);

/* What fw_cfg (which stands above) does; it says so before rom_set_fw(). */
typedef struct RomFwOps {
    void (*add_file)(FWCfgState *f, const char *filename,
                     FWCfgCallback select_cb, FWCfgWriteCallback write_cb,
                     void *callback_opaque, void *data, size_t len,
                     bool read_only);
    void (*resized)(const char *id, uint64_t length, void *host);
    void (*set_order_override)(FWCfgState *f, int order);
    void (*reset_order_override)(FWCfgState *f);
} RomFwOps;

void rom_set_fw_ops(const RomFwOps *ops);

/*
 * Between begin and end, failures of one load leave the others in place:
 * rom_transaction_end(false) drops everything added since begin.
 */
void rom_transaction_begin(void);
void rom_transaction_end(bool commit);

/* Copies what blobs hold in addr..addr+size to dest; bytes copied. */
int rom_copy(uint8_t *dest, hwaddr addr, size_t size);

/* The blob's bytes for that whole range, before reset; NULL for none. */
void *rom_ptr(hwaddr addr, size_t size);
void *rom_ptr_for_as(AddressSpace *as, hwaddr addr, size_t size);

/* The text of "info roms"; g_free() it. */
char *rom_info(void);

#define rom_add_file_fixed(_f, _a, _i) \
    rom_add_file(_f, NULL, _a, _i, false, NULL, NULL)
#define rom_add_blob_fixed(_f, _b, _l, _a) \
    rom_add_blob(_f, _b, _l, _l, _a, NULL, NULL, NULL, NULL, true)
#define rom_add_file_mr(_f, _mr, _i) \
    rom_add_file(_f, NULL, 0, _i, false, _mr, NULL)
#define rom_add_file_as(_f, _as, _i) \
    rom_add_file(_f, NULL, 0, _i, false, NULL, _as)
#define rom_add_file_fixed_as(_f, _a, _i, _as) \
    rom_add_file(_f, NULL, _a, _i, false, NULL, _as)
#define rom_add_blob_fixed_as(_f, _b, _l, _a, _as) \
    rom_add_blob(_f, _b, _l, _l, _a, NULL, NULL, NULL, _as, true)

/* A file for the vgaroms or genroms directory of fw_cfg. */
ssize_t rom_add_vga(const char *file);
ssize_t rom_add_option(const char *file, int32_t bootindex);

#endif /* LOADER_H */
