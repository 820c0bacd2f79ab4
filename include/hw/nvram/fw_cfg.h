/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware configuration device: numbered items and named files that
 * firmware reads through a selector and a data port, or by DMA.
 *
 * Keys and register layouts are those of linux/qemu_fw_cfg.h.
 */
#ifndef HW_NVRAM_FW_CFG_H
#define HW_NVRAM_FW_CFG_H

#include <linux/qemu_fw_cfg.h>
#include "exec/hwaddr.h"
#include "exec/memory.h"
#include "hw/nvram/fw_cfg-fwd.h"
#include "hw/sysbus.h"
#include "sysemu/dma.h"

#define TYPE_FW_CFG "fw_cfg"
#define TYPE_FW_CFG_IO "fw_cfg_io"
#define TYPE_FW_CFG_MEM "fw_cfg_mem"
#define TYPE_FW_CFG_DATA_GENERATOR_INTERFACE "fw_cfg-data-generator"

OBJECT_DECLARE_SIMPLE_TYPE(FWCfgState, FW_CFG)
OBJECT_DECLARE_SIMPLE_TYPE(FWCfgIoState, FW_CFG_IO)

/* As the guest sees a file in the directory; numbers are big-endian. */
typedef struct fw_cfg_file FWCfgFile;

typedef struct FWCfgEntry {
    uint8_t *data;
    uint32_t len;
    bool allow_write;
    void *callback_opaque;
    FWCfgCallback select_cb;
    FWCfgWriteCallback write_cb;
} FWCfgEntry;

struct FWCfgState {
    /*< private >*/
    SysBusDevice parent_obj;
    /*< public >*/

    uint16_t file_slots;        /* most files there can be */
    FWCfgEntry *entries[2];     /* generic ones, and the architecture's */
    GPtrArray *names;           /* of files, in the order of their keys */
    uint32_t directory_len;
    uint16_t cur_entry;
    uint32_t cur_offset;
    Notifier machine_ready;

    bool dma_enabled;
    dma_addr_t dma_addr;        /* the half that was written so far */
    AddressSpace *dma_as;
    MemoryRegion dma_iomem;

    /* Sizes of the ACPI tables' regions travel with migration. */
    bool acpi_mr_restore;
    uint64_t table_mr_size;
    uint64_t linker_mr_size;
    uint64_t rsdp_mr_size;
};

struct FWCfgIoState {
    /*< private >*/
    FWCfgState parent_obj;
    /*< public >*/

    MemoryRegion comb_iomem;
};

/*
 * Items.  @data of add_bytes and add_file is kept, not copied, and must live
 * as long as the device; the other functions copy.  An item may be added
 * once; modify functions replace what is there.
 */
void fw_cfg_add_bytes(FWCfgState *s, uint16_t key, void *data, size_t len);
void fw_cfg_add_string(FWCfgState *s, uint16_t key, const char *value);
void fw_cfg_modify_string(FWCfgState *s, uint16_t key, const char *value);
void fw_cfg_add_i16(FWCfgState *s, uint16_t key, uint16_t value);
void fw_cfg_modify_i16(FWCfgState *s, uint16_t key, uint16_t value);
void fw_cfg_add_i32(FWCfgState *s, uint16_t key, uint32_t value);
void fw_cfg_modify_i32(FWCfgState *s, uint16_t key, uint32_t value);
void fw_cfg_add_i64(FWCfgState *s, uint16_t key, uint64_t value);
void fw_cfg_modify_i64(FWCfgState *s, uint16_t key, uint64_t value);

/*
 * Files; keys follow from the order of names.  More files than slots, or a
 * name twice, ends the program: boards know what they add.
 */
void fw_cfg_add_file(FWCfgState *s, const char *filename, void *data,
                     size_t len);

/*
 * @select_cb runs when the guest selects the file, @write_cb after it wrote
 * by DMA (unless @read_only); both may be NULL.
 */
void fw_cfg_add_file_callback(FWCfgState *s, const char *filename,
                              FWCfgCallback select_cb,
                              FWCfgWriteCallback write_cb,
                              void *callback_opaque,
                              void *data, size_t len, bool read_only);

/*
 * @cb runs each time the guest selects the directory, before it reads sizes:
 * for files that are not made until somebody looks.  One at a time.
 */
void fw_cfg_set_directory_callback(FWCfgState *s, FWCfgCallback cb,
                                   void *opaque);

/* Replaces the data and returns the old, or adds the file: NULL. */
void *fw_cfg_modify_file(FWCfgState *s, const char *filename, void *data,
                         size_t len);

/* True if a file of that name can be added; else with @errp. */
bool fw_cfg_check_file_name(FWCfgState *s, const char *filename,
                            Error **errp);

/* The order of files is by name; these are QEMU's names for older orders. */
static inline void fw_cfg_set_order_override(FWCfgState *s, int order)
{
}

static inline void fw_cfg_reset_order_override(FWCfgState *s)
{
}

/* Creates and maps the device; DMA where @dma_as is given. */
FWCfgState *fw_cfg_init_io_dma(uint32_t iobase, uint32_t dma_iobase,
                               AddressSpace *dma_as);
FWCfgState *fw_cfg_init_io(uint32_t iobase);

/* The machine's device, or NULL. */
FWCfgState *fw_cfg_find(void);
bool fw_cfg_dma_enabled(void *opaque);

#endif
