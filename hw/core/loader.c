/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files and blobs that stand in guest memory after each reset.
 *
 * A Rom is a range of guest addresses and its bytes, or with a fw_cfg file
 * name bytes that firmware fetches by that name.  The latter live in a memory
 * region of their own where the machine's migration stream carries them.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "trace.h"

struct Rom {
    char *name;
    char *path;                 /* of the file, for messages; or NULL */
    char *fw_dir;               /* both for fw_cfg, or NULL */
    char *fw_file;
    size_t romsize;             /* of the range */
    size_t datasize;            /* of the bytes; the rest is 0 */
    uint8_t *data;              /* NULL once written to real ROM */
    GMappedFile *mapped_file;   /* what data points into, else it is ours */
    AddressSpace *as;
    MemoryRegion *mr;           /* where the bytes live, or NULL */
    hwaddr addr;
    bool isrom;                 /* the guest cannot write there */
    bool committed;
    QTAILQ_ENTRY(Rom) next;
};

bool option_rom_has_mr;
bool rom_file_has_mr = true;

static QTAILQ_HEAD(, Rom) roms = QTAILQ_HEAD_INITIALIZER(roms);
static FWCfgState *fw_cfg;
static const RomFwOps *fw_ops;

void rom_set_fw_ops(const RomFwOps *ops)
{
    fw_ops = ops;
}

void rom_set_fw(FWCfgState *f)
{
    fw_cfg = f;
}

void rom_set_order_override(int order)
{
    if (fw_cfg) {
        fw_ops->set_order_override(fw_cfg, order);
    }
}

void rom_reset_order_override(void)
{
    if (fw_cfg) {
        fw_ops->reset_order_override(fw_cfg);
    }
}

/*** Reading files ***/

int64_t get_image_size(const char *filename)
{
    struct stat st;

    return stat(filename, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

/* Reads up to size bytes from fd; bytes read, or -1. */
static ssize_t read_all(int fd, void *buf, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = read(fd, (char *)buf + done, size - done);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        done += n;
    }
    return done;
}

ssize_t load_image_size(const char *filename, void *addr, size_t size)
{
    int fd = open(filename, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0) {
        return -1;
    }
    n = read_all(fd, addr, size);
    close(fd);
    return n;
}

ssize_t read_targphys(const char *name, int fd, hwaddr dst_addr,
                      size_t nbytes)
{
    g_autofree uint8_t *buf = g_malloc(nbytes);
    ssize_t n = read_all(fd, buf, nbytes);

    if (n > 0) {
        rom_add_blob_fixed(name, buf, n, dst_addr);
    }
    return n;
}

ssize_t load_image_targphys_as(const char *filename, hwaddr addr,
                               uint64_t max_sz, AddressSpace *as)
{
    int64_t size = get_image_size(filename);

    if (size < 0 || size > max_sz) {
        return -1;
    }
    if (size > 0 && rom_add_file_fixed_as(filename, addr, -1, as) < 0) {
        return -1;
    }
    return size;
}

ssize_t load_image_targphys(const char *filename, hwaddr addr,
                            uint64_t max_sz)
{
    return load_image_targphys_as(filename, addr, max_sz, NULL);
}

ssize_t load_image_mr(const char *filename, MemoryRegion *mr)
{
    int64_t size = get_image_size(filename);

    if (!memory_access_is_direct(mr, false) || size < 0 ||
        size > memory_region_size(mr)) {
        return -1;
    }
    if (size > 0 && rom_add_file_mr(filename, mr, -1) < 0) {
        return -1;
    }
    return size;
}

/*** The list ***/

static bool same_memory(const Rom *a, const Rom *b)
{
    return a->as == b->as;
}

/* By address space and address; blobs that firmware fetches have neither. */
static void insert(Rom *rom)
{
    Rom *other;

    QTAILQ_FOREACH(other, &roms, next) {
        if (other->as > rom->as ||
            (same_memory(other, rom) && other->addr > rom->addr)) {
            QTAILQ_INSERT_BEFORE(other, rom, next);
            return;
        }
    }
    QTAILQ_INSERT_TAIL(&roms, rom, next);
}

static void free_data(Rom *rom)
{
    if (rom->mapped_file) {
        g_mapped_file_unref(rom->mapped_file);
        rom->mapped_file = NULL;
    } else {
        g_free(rom->data);
    }
    rom->data = NULL;
}

static void free_rom(Rom *rom)
{
    free_data(rom);
    g_free(rom->name);
    g_free(rom->path);
    g_free(rom->fw_dir);
    g_free(rom->fw_file);
    g_free(rom);
}

void rom_transaction_begin(void)
{
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        rom->committed = true;
    }
}

void rom_transaction_end(bool commit)
{
    Rom *rom, *next;

    QTAILQ_FOREACH_SAFE(rom, &roms, next, next) {
        if (rom->committed) {
            continue;
        }
        if (commit) {
            rom->committed = true;
        } else {
            QTAILQ_REMOVE(&roms, rom, next);
            free_rom(rom);
        }
    }
}

/* Bytes that stay as they are whatever becomes of the file. */
static void own_data(Rom *rom)
{
    if (rom->mapped_file) {
        uint8_t *copy = g_memdup2(rom->data, rom->datasize);

        free_data(rom);
        rom->data = copy;
    }
}

/*
 * A region that holds the bytes, here a copy of @from or with NULL zeros, and
 * goes along with migration.
 */
static void *give_region(Rom *rom, const char *name, const void *from,
                         bool read_only)
{
    void *data;

    rom->mr = g_new0(MemoryRegion, 1);
    memory_region_init_resizeable_ram(rom->mr, OBJECT(fw_cfg), name,
                                      rom->datasize, rom->romsize,
                                      fw_ops->resized, &error_fatal);
    memory_region_set_readonly(rom->mr, read_only);
    vmstate_register_ram_global(rom->mr);

    data = memory_region_get_ram_ptr(rom->mr);
    if (from) {
        memcpy(data, from, rom->datasize);
    }
    return data;
}

ssize_t rom_add_file(const char *file, const char *fw_dir, hwaddr addr,
                     int32_t bootindex, bool option_rom, MemoryRegion *mr,
                     AddressSpace *as)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *devpath = NULL;
    Rom *rom;

    if (as && mr) {
        error_report("Specifying an Address Space and Memory Region is not "
                     "valid when loading a rom");
        return -1;
    }
    rom = g_new0(Rom, 1);
    rom->name = g_path_get_basename(file);
    rom->path = g_strdup(file);
    rom->as = as ? as : &address_space_memory;
    rom->addr = addr;
    rom->mr = mr;
    /* What is no real ROM is copied before the first reset. */
    rom->mapped_file = g_mapped_file_new(rom->path, false, NULL);
    if (rom->mapped_file) {
        rom->data = (uint8_t *)g_mapped_file_get_contents(rom->mapped_file);
        rom->datasize = g_mapped_file_get_length(rom->mapped_file);
    } else if (!g_file_get_contents(rom->path, (char **)&rom->data,
                                    &rom->datasize, &err)) {
        error_report("rom: file %-20s: %s", rom->name, err->message);
        free_rom(rom);
        return -1;
    }
    rom->romsize = rom->datasize;
    if (fw_dir) {
        rom->fw_dir = g_strdup(fw_dir);
        rom->fw_file = g_strdup(rom->name);
    }
    insert(rom);

    if (rom->fw_file && fw_cfg) {
        g_autofree char *name = g_strdup_printf("%s/%s", rom->fw_dir,
                                                rom->fw_file);
        void *data;

        devpath = g_strdup_printf("/rom@%s", name);
        if ((!option_rom || option_rom_has_mr) && rom_file_has_mr) {
            data = give_region(rom, devpath, rom->data, true);
            free_data(rom);
        } else {
            own_data(rom);
            data = rom->data;
        }
        fw_ops->add_file(fw_cfg, name, NULL, NULL, NULL, data, rom->romsize,
                         true);
    } else {
        devpath = mr ? g_strdup_printf("/rom@%s", file)
                     : g_strdup_printf("/rom@" HWADDR_FMT_plx, addr);
    }
    add_boot_device_path(bootindex, NULL, devpath);
    return 0;
}

MemoryRegion *rom_add_blob(const char *name, const void *blob, size_t len,
                           size_t max_len, hwaddr addr,
                           const char *fw_file_name,
                           FWCfgCallback fw_callback, void *callback_opaque,
                           AddressSpace *as, bool read_only)
{
    Rom *rom = g_new0(Rom, 1);
    void *data = NULL;

    rom->name = g_strdup(name);
    rom->as = as ? as : &address_space_memory;
    rom->addr = addr;
    rom->romsize = MAX(max_len, len);
    rom->datasize = len;
    insert(rom);

    if (!fw_file_name || !fw_cfg || !rom_file_has_mr) {
        rom->data = data = blob ? g_memdup2(blob, len) : g_malloc0(len);
    }
    if (fw_file_name && fw_cfg) {
        rom->fw_file = g_strdup(fw_file_name);
        if (rom_file_has_mr) {
            g_autofree char *path = g_strdup_printf("/rom@%s", fw_file_name);

            data = give_region(rom, path, blob, read_only);
        }
        fw_ops->add_file(fw_cfg, fw_file_name, fw_callback, NULL,
                         callback_opaque, data, rom->datasize, read_only);
    }
    return rom->mr;
}

int rom_add_elf_program(const char *name, GMappedFile *mapped_file,
                        void *data, size_t datasize, size_t romsize,
                        hwaddr addr, AddressSpace *as)
{
    Rom *rom = g_new0(Rom, 1);

    rom->name = g_strdup(name);
    rom->addr = addr;
    rom->datasize = datasize;
    rom->romsize = romsize;
    rom->data = data;
    rom->as = as ? as : &address_space_memory;
    if (mapped_file) {
        rom->mapped_file = g_mapped_file_ref(mapped_file);
    }
    insert(rom);
    return 0;
}

ssize_t rom_add_vga(const char *file)
{
    return rom_add_file(file, "vgaroms", 0, -1, true, NULL, NULL);
}

ssize_t rom_add_option(const char *file, int32_t bootindex)
{
    return rom_add_file(file, "genroms", 0, bootindex, true, NULL, NULL);
}

/*** Reset ***/

static void write_to_region(Rom *rom)
{
    uint8_t *host = memory_region_get_ram_ptr(rom->mr);

    memcpy(host, rom->data, rom->datasize);
    memset(host + rom->datasize, 0, rom->romsize - rom->datasize);
}

static void write_to_space(Rom *rom)
{
    address_space_write_rom(rom->as, rom->addr, MEMTXATTRS_UNSPECIFIED,
                            rom->data, rom->datasize);
    address_space_set(rom->as, rom->addr + rom->datasize, 0,
                      rom->romsize - rom->datasize, MEMTXATTRS_UNSPECIFIED);
}

static void write_all(void *opaque)
{
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        /* A migration brings all memory, as the guest left it. */
        if (runstate_check(RUN_STATE_INMIGRATE)) {
            if (rom->data && rom->isrom) {
                free_data(rom);
            }
            continue;
        }
        if (rom->fw_file || !rom->data) {
            continue;
        }
        trace_loader_write_rom(rom->name, rom->addr, rom->datasize,
                               rom->isrom);
        if (rom->mr) {
            write_to_region(rom);
        } else {
            write_to_space(rom);
        }
        if (rom->isrom) {
            /* It will not change: once is enough. */
            free_data(rom);
        }
    }
}

static bool overlaps_next(const Rom *rom)
{
    const Rom *next = QTAILQ_NEXT(rom, next);

    for (; next && (next->fw_file || next->mr); ) {
        next = QTAILQ_NEXT(next, next);
    }
    return next && same_memory(rom, next) &&
           next->addr < rom->addr + rom->romsize;
}

int rom_check_and_register_reset(void)
{
    Rom *rom;
    bool ok = true;

    QTAILQ_FOREACH(rom, &roms, next) {
        MemoryRegionSection section;

        if (rom->fw_file) {
            continue;
        }
        if (!rom->mr && overlaps_next(rom)) {
            error_report("rom: %s (" HWADDR_FMT_plx "+0x%zx) overlaps the "
                         "next one", rom->name, rom->addr, rom->romsize);
            ok = false;
        }
        section = memory_region_find(rom->mr ? rom->mr : rom->as->root,
                                     rom->mr ? 0 : rom->addr, 1);
        rom->isrom = section.mr && memory_region_is_rom(section.mr);
        if (section.mr) {
            memory_region_unref(section.mr);
        }
        if (!rom->isrom) {
            own_data(rom);
        }
    }
    if (!ok) {
        return -1;
    }
    qemu_register_reset(write_all, NULL);
    return 0;
}

/*** Looking at blobs ***/

static Rom *find_containing(const AddressSpace *as, hwaddr addr, size_t size)
{
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        if (!rom->fw_file && !rom->mr && rom->as == as &&
            rom->addr <= addr && addr - rom->addr <= rom->romsize &&
            size <= rom->romsize - (addr - rom->addr)) {
            return rom;
        }
    }
    return NULL;
}

void *rom_ptr_for_as(AddressSpace *as, hwaddr addr, size_t size)
{
    Rom *rom = find_containing(as, addr, size);

    return rom && rom->data ? rom->data + (addr - rom->addr) : NULL;
}

void *rom_ptr(hwaddr addr, size_t size)
{
    return rom_ptr_for_as(&address_space_memory, addr, size);
}

int rom_copy(uint8_t *dest, hwaddr addr, size_t size)
{
    int copied = 0;
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        hwaddr from = MAX(addr, rom->addr);
        hwaddr to = MIN(addr + size, rom->addr + rom->romsize);
        hwaddr data_to;

        if (rom->fw_file || rom->mr || !rom->data ||
            rom->as != &address_space_memory || from >= to) {
            continue;
        }
        data_to = MIN(to, rom->addr + rom->datasize);
        if (from < data_to) {
            memcpy(dest + (from - addr), rom->data + (from - rom->addr),
                   data_to - from);
        }
        data_to = MAX(from, data_to);
        memset(dest + (data_to - addr), 0, to - data_to);
        copied = to - addr;
    }
    return copied;
}

char *rom_info(void)
{
    GString *text = g_string_new(NULL);
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        if (rom->mr) {
            g_string_append_printf(text, "%s size=0x%06zx name=\"%s\"\n",
                                   memory_region_name(rom->mr), rom->romsize,
                                   rom->name);
        } else if (!rom->fw_file) {
            g_string_append_printf(text, "addr=" HWADDR_FMT_plx
                                   " size=0x%06zx mem=%s name=\"%s\"\n",
                                   rom->addr, rom->romsize,
                                   rom->isrom ? "rom" : "ram", rom->name);
        } else {
            g_string_append_printf(text, "fw=%s/%s size=0x%06zx "
                                   "name=\"%s\"\n",
                                   rom->fw_dir ? rom->fw_dir : "",
                                   rom->fw_file, rom->romsize, rom->name);
        }
    }
    return g_string_free(text, false);
}
