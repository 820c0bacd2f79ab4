/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware configuration device (fw_cfg).
 *
 * The guest selects an item by a 16-bit key and reads it byte by byte, each
 * read moving on; or it hands over the address of a request in memory and
 * has a block copied.  Interface: the specification that QEMU publishes as
 * docs/specs/fw_cfg, and linux/qemu_fw_cfg.h.
 *
 * Files have keys from FW_CFG_FILE_FIRST on in the order of their names, so
 * that a machine's keys do not depend on the order in which its parts were
 * made.  Item FW_CFG_FILE_DIR lists them.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"

#define FW_CFG_FILE_SLOTS_DFLT 0x20
/* Fill pattern for reads past an item's end, by DMA. */
#define FW_CFG_ZERO_CHUNK 4096

struct FWCfgFiles {
    uint32_t count;
    FWCfgFile f[];
};

static inline unsigned max_entry(const FWCfgState *s)
{
    return FW_CFG_FILE_FIRST + s->file_slots;
}

/* The item of a key that may come from the guest; NULL if there is none. */
static FWCfgEntry *find_entry(FWCfgState *s, uint16_t key)
{
    unsigned index = key & FW_CFG_ENTRY_MASK & 0xffff;

    if (key == FW_CFG_INVALID || index >= max_entry(s)) {
        return NULL;
    }
    return &s->entries[!!(key & FW_CFG_ARCH_LOCAL)][index];
}

/*** Data port ***/

static bool fw_cfg_select(FWCfgState *s, uint16_t key)
{
    FWCfgEntry *e = find_entry(s, key);

    s->cur_offset = 0;
    if (!e) {
        s->cur_entry = FW_CFG_INVALID;
        return false;
    }
    s->cur_entry = key;
    if (e->select_cb) {
        e->select_cb(e->callback_opaque);
    }
    return true;
}

static uint8_t fw_cfg_next_byte(FWCfgState *s)
{
    FWCfgEntry *e = find_entry(s, s->cur_entry);

    if (!e || !e->data || s->cur_offset >= e->len) {
        return 0;
    }
    return e->data[s->cur_offset++];
}

static uint64_t fw_cfg_comb_read(void *opaque, hwaddr addr, unsigned size)
{
    return fw_cfg_next_byte(opaque);
}

/* The selector is two bytes wide; the data port took writes long ago. */
static void fw_cfg_comb_write(void *opaque, hwaddr addr, uint64_t value,
                              unsigned size)
{
    if (size == 2) {
        fw_cfg_select(opaque, value);
    }
}

static bool fw_cfg_comb_valid(void *opaque, hwaddr addr, unsigned size,
                              bool is_write, MemTxAttrs attrs)
{
    return size == 1 || (is_write && size == 2);
}

static const MemoryRegionOps fw_cfg_comb_ops = {
    .read = fw_cfg_comb_read,
    .write = fw_cfg_comb_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.accepts = fw_cfg_comb_valid,
};

/*** DMA ***/

/* Reads from an item that has ended give zeros. */
static MemTxResult write_zeros(FWCfgState *s, dma_addr_t addr, uint32_t len)
{
    static const uint8_t zeros[FW_CFG_ZERO_CHUNK];
    MemTxResult result = MEMTX_OK;

    while (len && result == MEMTX_OK) {
        uint32_t n = MIN(len, FW_CFG_ZERO_CHUNK);

        result = dma_memory_write(s->dma_as, addr, zeros, n,
                                  MEMTXATTRS_UNSPECIFIED);
        addr += n;
        len -= n;
    }
    return result;
}

/* Item bytes from cur_offset to guest memory; false on an error. */
static bool dma_read_item(FWCfgState *s, FWCfgEntry *e, dma_addr_t addr,
                          uint32_t len)
{
    uint32_t avail = e && e->data && s->cur_offset < e->len
                     ? MIN(len, e->len - s->cur_offset) : 0;

    if (avail) {
        if (dma_memory_write(s->dma_as, addr, e->data + s->cur_offset, avail,
                             MEMTXATTRS_UNSPECIFIED) != MEMTX_OK) {
            return false;
        }
        s->cur_offset += avail;
    }
    return write_zeros(s, addr + avail, len - avail) == MEMTX_OK;
}

/* Only whole requests that fit a writable item are carried out. */
static bool dma_write_item(FWCfgState *s, FWCfgEntry *e, dma_addr_t addr,
                           uint32_t len)
{
    uint32_t start = s->cur_offset;

    if (len == 0) {
        return true;
    }
    if (!e || !e->data || !e->allow_write || start >= e->len ||
        len > e->len - start) {
        return false;
    }
    if (dma_memory_read(s->dma_as, addr, e->data + start, len,
                        MEMTXATTRS_UNSPECIFIED) != MEMTX_OK) {
        return false;
    }
    s->cur_offset += len;
    if (e->write_cb) {
        e->write_cb(e->callback_opaque, start, len);
    }
    return true;
}

static void dma_skip(FWCfgState *s, FWCfgEntry *e, uint32_t len)
{
    if (e && e->data && s->cur_offset < e->len) {
        s->cur_offset += MIN(len, e->len - s->cur_offset);
    }
}

/* Carries out the request at dma_addr and stores its outcome there. */
static void fw_cfg_dma_transfer(FWCfgState *s)
{
    dma_addr_t request = s->dma_addr;
    struct fw_cfg_dma_access dma;
    uint32_t control, length;
    uint64_t address;
    FWCfgEntry *e;
    bool ok = true;

    s->dma_addr = 0;
    if (dma_memory_read(s->dma_as, request, &dma, sizeof(dma),
                        MEMTXATTRS_UNSPECIFIED)) {
        stl_be_dma(s->dma_as, request + offsetof(struct fw_cfg_dma_access,
                                                 control),
                   FW_CFG_DMA_CTL_ERROR, MEMTXATTRS_UNSPECIFIED);
        return;
    }
    control = be32_to_cpu(dma.control);
    length = be32_to_cpu(dma.length);
    address = be64_to_cpu(dma.address);

    if (control & FW_CFG_DMA_CTL_SELECT) {
        fw_cfg_select(s, control >> 16);
    }
    e = find_entry(s, s->cur_entry);
    if (control & FW_CFG_DMA_CTL_READ) {
        ok = dma_read_item(s, e, address, length);
    } else if (control & FW_CFG_DMA_CTL_WRITE) {
        ok = dma_write_item(s, e, address, length);
    } else if (control & FW_CFG_DMA_CTL_SKIP) {
        dma_skip(s, e, length);
    }
    stl_be_dma(s->dma_as, request + offsetof(struct fw_cfg_dma_access,
                                             control),
               ok ? 0 : FW_CFG_DMA_CTL_ERROR, MEMTXATTRS_UNSPECIFIED);
}

/* Reading the address register back tells that there is DMA. */
static uint64_t fw_cfg_dma_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    return extract64(FW_CFG_DMA_SIGNATURE, (8 - addr - size) * 8, size * 8);
}

static void fw_cfg_dma_mem_write(void *opaque, hwaddr addr, uint64_t value,
                                 unsigned size)
{
    FWCfgState *s = opaque;

    if (size == 8) {
        s->dma_addr = value;
        fw_cfg_dma_transfer(s);
    } else if (addr == 0) {
        s->dma_addr = value << 32;
    } else {
        s->dma_addr |= value;
        fw_cfg_dma_transfer(s);
    }
}

static bool fw_cfg_dma_mem_valid(void *opaque, hwaddr addr, unsigned size,
                                 bool is_write, MemTxAttrs attrs)
{
    return !is_write || (size == 4 && (addr == 0 || addr == 4)) ||
           (size == 8 && addr == 0);
}

static const MemoryRegionOps fw_cfg_dma_mem_ops = {
    .read = fw_cfg_dma_mem_read,
    .write = fw_cfg_dma_mem_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid.accepts = fw_cfg_dma_mem_valid,
    .valid.max_access_size = 8,
    .impl.max_access_size = 8,
};

/*** Items ***/

static void set_entry(FWCfgState *s, uint16_t key, void *data, size_t len,
                      bool fresh)
{
    FWCfgEntry *e = find_entry(s, key);

    assert(e && len <= UINT32_MAX);
    assert(!fresh || !e->data);
    e->data = data;
    e->len = len;
}

void fw_cfg_add_bytes(FWCfgState *s, uint16_t key, void *data, size_t len)
{
    set_entry(s, key, data, len, true);
}

static void modify_copy(FWCfgState *s, uint16_t key, const void *data,
                        size_t len)
{
    FWCfgEntry *e = find_entry(s, key);

    g_free(e->data);
    set_entry(s, key, g_memdup2(data, len), len, false);
}

void fw_cfg_add_string(FWCfgState *s, uint16_t key, const char *value)
{
    fw_cfg_add_bytes(s, key, g_strdup(value), strlen(value) + 1);
}

void fw_cfg_modify_string(FWCfgState *s, uint16_t key, const char *value)
{
    modify_copy(s, key, value, strlen(value) + 1);
}

/* Numbers are little-endian in the guest's eyes, whatever the host is. */
#define DEFINE_INTEGER_ITEM(name, type, convert) \
    void fw_cfg_add_##name(FWCfgState *s, uint16_t key, type value) \
    { \
        value = convert(value); \
        fw_cfg_add_bytes(s, key, g_memdup2(&value, sizeof(value)), \
                         sizeof(value)); \
    } \
    void fw_cfg_modify_##name(FWCfgState *s, uint16_t key, type value) \
    { \
        value = convert(value); \
        modify_copy(s, key, &value, sizeof(value)); \
    }

DEFINE_INTEGER_ITEM(i16, uint16_t, cpu_to_le16)
DEFINE_INTEGER_ITEM(i32, uint32_t, cpu_to_le32)
DEFINE_INTEGER_ITEM(i64, uint64_t, cpu_to_le64)

/*** Files ***/

/* Where the name is among the files, or would be; *@found tells which. */
static unsigned find_file(FWCfgState *s, const char *filename, bool *found)
{
    unsigned low = 0, high = s->names->len;

    while (low < high) {
        unsigned mid = (low + high) / 2;
        int cmp = strcmp(filename, s->names->pdata[mid]);

        if (cmp == 0) {
            *found = true;
            return mid;
        }
        if (cmp < 0) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    *found = false;
    return low;
}

/*
 * Writes the directory anew.  It has its full size from the start, so that a
 * guest that is reading it never sees it move.
 */
static void update_directory(FWCfgState *s)
{
    struct FWCfgFiles *dir = (void *)s->entries[0][FW_CFG_FILE_DIR].data;
    unsigned n = s->names->len;

    dir->count = cpu_to_be32(n);
    for (unsigned i = 0; i < n; i++) {
        FWCfgFile *f = &dir->f[i];

        memset(f, 0, sizeof(*f));
        f->size = cpu_to_be32(s->entries[0][FW_CFG_FILE_FIRST + i].len);
        f->select = cpu_to_be16(FW_CFG_FILE_FIRST + i);
        g_strlcpy(f->name, s->names->pdata[i], sizeof(f->name));
    }
}

bool fw_cfg_check_file_name(FWCfgState *s, const char *filename, Error **errp)
{
    bool found;

    if (strlen(filename) >= FW_CFG_MAX_FILE_PATH) {
        error_setg(errp, "name '%s' is too long for a fw_cfg file", filename);
        return false;
    }
    find_file(s, filename, &found);
    if (found) {
        error_setg(errp, "duplicate fw_cfg file name: %s", filename);
        return false;
    }
    if (s->names->len == s->file_slots) {
        error_setg(errp, "all %u fw_cfg file slots are taken", s->file_slots);
        return false;
    }
    return true;
}

void fw_cfg_add_file_callback(FWCfgState *s, const char *filename,
                              FWCfgCallback select_cb,
                              FWCfgWriteCallback write_cb,
                              void *callback_opaque,
                              void *data, size_t len, bool read_only)
{
    FWCfgEntry *first = &s->entries[0][FW_CFG_FILE_FIRST];
    bool found;
    unsigned at;

    fw_cfg_check_file_name(s, filename, &error_fatal);
    at = find_file(s, filename, &found);
    memmove(first + at + 1, first + at,
            (s->names->len - at) * sizeof(*first));
    g_ptr_array_insert(s->names, at, g_strdup(filename));
    first[at] = (FWCfgEntry) {
        .data = data,
        .len = len,
        .allow_write = !read_only,
        .callback_opaque = callback_opaque,
        .select_cb = select_cb,
        .write_cb = write_cb,
    };
    update_directory(s);
}

void fw_cfg_add_file(FWCfgState *s, const char *filename, void *data,
                     size_t len)
{
    fw_cfg_add_file_callback(s, filename, NULL, NULL, NULL, data, len, true);
}

void fw_cfg_set_directory_callback(FWCfgState *s, FWCfgCallback cb,
                                   void *opaque)
{
    FWCfgEntry *e = &s->entries[0][FW_CFG_FILE_DIR];

    e->select_cb = cb;
    e->callback_opaque = opaque;
}

void *fw_cfg_modify_file(FWCfgState *s, const char *filename, void *data,
                         size_t len)
{
    FWCfgEntry *e;
    bool found;
    void *old;
    unsigned at = find_file(s, filename, &found);

    if (!found) {
        fw_cfg_add_file(s, filename, data, len);
        return NULL;
    }
    e = &s->entries[0][FW_CFG_FILE_FIRST + at];
    old = e->data;
    e->data = data;
    e->len = len;
    e->callback_opaque = NULL;
    e->select_cb = NULL;
    e->write_cb = NULL;
    e->allow_write = false;
    update_directory(s);
    return old;
}

/*** Blobs in regions that migrate (hw/core/loader.c) ***/

/* The file that shows @host; NULL for none. */
static FWCfgEntry *find_file_at(FWCfgState *s, const void *host)
{
    FWCfgEntry *files = &s->entries[0][FW_CFG_FILE_FIRST];

    for (unsigned i = 0; i < s->names->len; i++) {
        if (files[i].data == host) {
            return &files[i];
        }
    }
    return NULL;
}

static void rom_resized(const char *id, uint64_t length, void *host)
{
    FWCfgState *s = fw_cfg_find();
    FWCfgEntry *e = s ? find_file_at(s, host) : NULL;

    if (e) {
        e->len = length;
        update_directory(s);
    }
}

static const RomFwOps rom_fw_ops = {
    .add_file = fw_cfg_add_file_callback,
    .resized = rom_resized,
    .set_order_override = fw_cfg_set_order_override,
    .reset_order_override = fw_cfg_reset_order_override,
};

/* The region of a file, where it has one. */
static MemoryRegion *file_region(FWCfgState *s, const char *filename)
{
    ram_addr_t offset;
    bool found;
    unsigned at = find_file(s, filename, &found);
    uint8_t *data = found ? s->entries[0][FW_CFG_FILE_FIRST + at].data : NULL;

    return data ? memory_region_from_host(data, &offset) : NULL;
}

/*** What every machine offers ***/

/* Boot order and geometry hints change with hot-plug, up to the reset. */
static void fw_cfg_machine_reset(void *opaque)
{
    FWCfgState *s = opaque;
    size_t len;
    char *buf;

    buf = get_boot_devices_list(&len);
    g_free(fw_cfg_modify_file(s, "bootorder", buf, len));
    buf = get_boot_devices_lchs_list(&len);
    g_free(fw_cfg_modify_file(s, "bios-geometry", buf, len));
}

static void fw_cfg_machine_ready(Notifier *n, void *data)
{
    FWCfgState *s = container_of(n, FWCfgState, machine_ready);

    qemu_register_reset(fw_cfg_machine_reset, s);
}

#define BMP_HEADER_SIZE 54
#define BMP_BITS_PER_PIXEL 28

/* The file's name for firmware, which shows two formats; NULL for others. */
static const char *splash_name(const char *data, size_t len)
{
    if (len > 2 && !memcmp(data, "\xff\xd8", 2)) {
        return "bootsplash.jpg";
    }
    if (len > BMP_HEADER_SIZE && !memcmp(data, "BM", 2) &&
        lduw_le_p(data + BMP_BITS_PER_PIXEL) == 24) {
        return "bootsplash.bmp";
    }
    return NULL;
}

static bool add_splash(FWCfgState *s, const char *name, Error **errp)
{
    g_autofree char *path = qemu_find_file(QEMU_FILE_TYPE_BIOS, name);
    g_autoptr(GError) err = NULL;
    g_autofree char *data = NULL;
    const char *known_as;
    gsize len;

    if (!path) {
        error_setg(errp, "failed to find splash file '%s'", name);
        return false;
    }
    if (!g_file_get_contents(path, &data, &len, &err)) {
        error_setg(errp, "failed to read splash file '%s': %s", path,
                   err->message);
        return false;
    }
    known_as = splash_name(data, len);
    if (!known_as) {
        error_setg(errp, "splash file '%s' format not recognized; must be "
                   "JPEG or 24 bit BMP", name);
        return false;
    }
    fw_cfg_add_file(s, known_as, g_steal_pointer(&data), len);
    return true;
}

static bool add_boot_options(FWCfgState *s, Error **errp)
{
    MachineState *ms = MACHINE(qdev_get_machine());
    const BootConfiguration *boot = &ms->boot_config;
    uint32_t timeout = -1;

    if (boot->has_reboot_timeout) {
        timeout = boot->reboot_timeout;
    }
    timeout = cpu_to_le32(timeout);
    fw_cfg_add_file(s, "etc/boot-fail-wait", g_memdup2(&timeout, 4), 4);

    if (boot->has_splash_time) {
        uint16_t splash_time = cpu_to_le16(boot->splash_time);

        fw_cfg_add_file(s, "etc/boot-menu-wait",
                        g_memdup2(&splash_time, 2), 2);
    }
    fw_cfg_add_i16(s, FW_CFG_BOOT_MENU, boot->has_menu && boot->menu);
    return !boot->splash || add_splash(s, boot->splash, errp);
}

static bool fw_cfg_common_realize(FWCfgState *s, Error **errp)
{
    uint32_t version = FW_CFG_VERSION;

    if (fw_cfg_find() != s) {
        error_setg(errp, "at most one fw_cfg device is permitted");
        return false;
    }
    if (s->file_slots < FW_CFG_FILE_SLOTS_MIN ||
        s->file_slots > 0x3fff - FW_CFG_FILE_FIRST) {
        error_setg(errp, "\"file_slots\" must be between 0x%x and 0x%x",
                   FW_CFG_FILE_SLOTS_MIN, 0x3fff - FW_CFG_FILE_FIRST);
        return false;
    }
    for (int i = 0; i < 2; i++) {
        s->entries[i] = g_new0(FWCfgEntry, max_entry(s));
    }
    rom_set_fw_ops(&rom_fw_ops);
    s->names = g_ptr_array_new_with_free_func(g_free);
    s->directory_len = sizeof(struct FWCfgFiles) +
                       s->file_slots * sizeof(FWCfgFile);
    fw_cfg_add_bytes(s, FW_CFG_FILE_DIR, g_malloc0(s->directory_len),
                     s->directory_len);

    fw_cfg_add_bytes(s, FW_CFG_SIGNATURE, g_strdup("QEMU"), 4);
    fw_cfg_add_bytes(s, FW_CFG_UUID, g_memdup2(&qemu_uuid, 16), 16);
    fw_cfg_add_i16(s, FW_CFG_NOGRAPHIC,
                   !MACHINE(qdev_get_machine())->enable_graphics);
    if (!add_boot_options(s, errp)) {
        return false;
    }
    if (s->dma_enabled) {
        version |= FW_CFG_VERSION_DMA;
    }
    fw_cfg_add_i32(s, FW_CFG_ID, version);

    s->machine_ready.notify = fw_cfg_machine_ready;
    qemu_add_machine_init_done_notifier(&s->machine_ready);
    return true;
}

static void fw_cfg_reset(DeviceState *dev)
{
    fw_cfg_select(FW_CFG(dev), FW_CFG_SIGNATURE);
}

/*** Migration ***/

static bool dma_needed(void *opaque)
{
    FWCfgState *s = opaque;

    return s->dma_enabled;
}

static const VMStateDescription vmstate_fw_cfg_dma = {
    .name = "fw_cfg/dma",
    .needed = dma_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(dma_addr, FWCfgState),
        VMSTATE_END_OF_LIST()
    },
};

static bool acpi_mr_needed(void *opaque)
{
    FWCfgState *s = opaque;

    return s->acpi_mr_restore;
}

/*
 * RAM travels in whole pages: the files' true sizes come here.
 */
static const struct {
    const char *filename;
    size_t offset;
} acpi_mr_sizes[] = {
    { "etc/acpi/tables", offsetof(FWCfgState, table_mr_size) },
    { "etc/table-loader", offsetof(FWCfgState, linker_mr_size) },
    { "etc/acpi/rsdp", offsetof(FWCfgState, rsdp_mr_size) },
};

static int acpi_mr_pre_save(void *opaque)
{
    FWCfgState *s = opaque;

    for (int i = 0; i < ARRAY_SIZE(acpi_mr_sizes); i++) {
        MemoryRegion *mr = file_region(s, acpi_mr_sizes[i].filename);
        uint64_t *size = (void *)((char *)s + acpi_mr_sizes[i].offset);

        *size = mr ? memory_region_size(mr) : 0;
    }
    return 0;
}

static int acpi_mr_post_load(void *opaque, int version_id)
{
    FWCfgState *s = opaque;

    for (int i = 0; i < ARRAY_SIZE(acpi_mr_sizes); i++) {
        MemoryRegion *mr = file_region(s, acpi_mr_sizes[i].filename);
        uint64_t size = *(uint64_t *)((char *)s + acpi_mr_sizes[i].offset);
        Error *err = NULL;

        if (!mr || !size) {
            continue;
        }
        memory_region_ram_resize(mr, size, &err);
        if (err) {
            error_report_err(err);
            return -EINVAL;
        }
    }
    return 0;
}

static const VMStateDescription vmstate_fw_cfg_acpi_mr = {
    .name = "fw_cfg/acpi_mr",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = acpi_mr_needed,
    .pre_save = acpi_mr_pre_save,
    .post_load = acpi_mr_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(table_mr_size, FWCfgState),
        VMSTATE_UINT64(linker_mr_size, FWCfgState),
        VMSTATE_UINT64(rsdp_mr_size, FWCfgState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_fw_cfg = {
    .name = "fw_cfg",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(cur_entry, FWCfgState),
        VMSTATE_UINT32(cur_offset, FWCfgState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_fw_cfg_dma,
        &vmstate_fw_cfg_acpi_mr,
        NULL
    },
};

/*** Types ***/

static Property fw_cfg_properties[] = {
    DEFINE_PROP_BOOL("acpi-mr-restore", FWCfgState, acpi_mr_restore, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void fw_cfg_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->reset = fw_cfg_reset;
    dc->vmsd = &vmstate_fw_cfg;
    device_class_set_props(dc, fw_cfg_properties);
}

static Property fw_cfg_io_properties[] = {
    DEFINE_PROP_BOOL("dma_enabled", FWCfgIoState, parent_obj.dma_enabled,
                     true),
    DEFINE_PROP_UINT16("x-file-slots", FWCfgIoState, parent_obj.file_slots,
                       FW_CFG_FILE_SLOTS_DFLT),
    DEFINE_PROP_END_OF_LIST(),
};

static void fw_cfg_io_realize(DeviceState *dev, Error **errp)
{
    FWCfgIoState *s = FW_CFG_IO(dev);
    FWCfgState *fw = FW_CFG(dev);

    memory_region_init_io(&s->comb_iomem, OBJECT(s), &fw_cfg_comb_ops, fw,
                          "fwcfg", FW_CFG_CTL_SIZE);
    if (fw->dma_enabled) {
        memory_region_init_io(&fw->dma_iomem, OBJECT(s), &fw_cfg_dma_mem_ops,
                              fw, "fwcfg.dma", sizeof(dma_addr_t));
    }
    fw_cfg_common_realize(fw, errp);
}

static void fw_cfg_io_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = fw_cfg_io_realize;
    device_class_set_props(dc, fw_cfg_io_properties);
}

static const TypeInfo fw_cfg_types[] = {
    {
        .name = TYPE_FW_CFG,
        .parent = TYPE_SYS_BUS_DEVICE,
        .abstract = true,
        .instance_size = sizeof(FWCfgState),
        .class_init = fw_cfg_class_init,
    },
    {
        .name = TYPE_FW_CFG_IO,
        .parent = TYPE_FW_CFG,
        .instance_size = sizeof(FWCfgIoState),
        .class_init = fw_cfg_io_class_init,
    },
};

DEFINE_TYPES(fw_cfg_types)

FWCfgState *fw_cfg_init_io_dma(uint32_t iobase, uint32_t dma_iobase,
                               AddressSpace *dma_as)
{
    DeviceState *dev = qdev_new(TYPE_FW_CFG_IO);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    FWCfgIoState *ios = FW_CFG_IO(dev);
    FWCfgState *s = FW_CFG(dev);

    if (!dma_iobase || !dma_as) {
        qdev_prop_set_bit(dev, "dma_enabled", false);
    }
    object_property_add_child(OBJECT(qdev_get_machine()), TYPE_FW_CFG,
                              OBJECT(dev));
    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_add_io(sbd, iobase, &ios->comb_iomem);
    if (s->dma_enabled) {
        s->dma_as = dma_as;
        sysbus_add_io(sbd, dma_iobase, &s->dma_iomem);
    }
    return s;
}

FWCfgState *fw_cfg_init_io(uint32_t iobase)
{
    return fw_cfg_init_io_dma(iobase, 0, NULL);
}

FWCfgState *fw_cfg_find(void)
{
    return (FWCfgState *)object_resolve_path_type("", TYPE_FW_CFG, NULL);
}

bool fw_cfg_dma_enabled(void *opaque)
{
    FWCfgState *s = opaque;

    return s->dma_enabled;
}
