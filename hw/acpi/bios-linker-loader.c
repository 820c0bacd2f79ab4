/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of "etc/table-loader", 128 bytes each, as SeaBIOS and OVMF
 * carry them out in order.  A command begins with its number; file names have
 * 56 bytes and end with a NUL; numbers are little-endian.
 */
#include "qemu/osdep.h"
#include "hw/acpi/bios-linker-loader.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"

#define FILE_NAME_SIZE 56

enum { CMD_ALLOCATE = 1, CMD_ADD_POINTER, CMD_ADD_CHECKSUM };
enum { ZONE_HIGH = 1, ZONE_FSEG };

typedef struct QEMU_PACKED LinkerCommand {
    uint32_t command;
    union {
        struct QEMU_PACKED {
            char file[FILE_NAME_SIZE];
            uint32_t align;
            uint8_t zone;
        } alloc;
        struct QEMU_PACKED {
            char dest_file[FILE_NAME_SIZE];
            char src_file[FILE_NAME_SIZE];
            uint32_t offset;
            uint8_t size;
        } pointer;
        struct QEMU_PACKED {
            char file[FILE_NAME_SIZE];
            uint32_t offset;
            uint32_t start;
            uint32_t length;
        } checksum;
        char pad[124];
    };
} LinkerCommand;

QEMU_BUILD_BUG_ON(sizeof(LinkerCommand) != 128);

BIOSLinker *bios_linker_loader_init(void)
{
    BIOSLinker *linker = g_new0(BIOSLinker, 1);

    linker->cmd_blob = g_array_new(false, true, 1);
    linker->file_names = g_ptr_array_new_with_free_func(g_free);
    linker->file_blobs = g_ptr_array_new();
    return linker;
}

void bios_linker_loader_cleanup(BIOSLinker *linker)
{
    g_array_unref(linker->cmd_blob);
    g_ptr_array_unref(linker->file_names);
    g_ptr_array_unref(linker->file_blobs);
    g_free(linker);
}

static GArray *find_blob(BIOSLinker *linker, const char *name)
{
    for (unsigned i = 0; i < linker->file_names->len; i++) {
        if (!strcmp(linker->file_names->pdata[i], name)) {
            return linker->file_blobs->pdata[i];
        }
    }
    g_assert_not_reached();
}

static void copy_name(char *field, const char *name)
{
    g_assert(strlen(name) < FILE_NAME_SIZE);
    strcpy(field, name);
}

void bios_linker_loader_alloc(BIOSLinker *linker, const char *file_name,
                              GArray *file_blob, uint32_t alloc_align,
                              bool alloc_fseg)
{
    LinkerCommand c = { cpu_to_le32(CMD_ALLOCATE) };

    g_assert(is_power_of_2(alloc_align));
    copy_name(c.alloc.file, file_name);
    c.alloc.align = cpu_to_le32(alloc_align);
    c.alloc.zone = alloc_fseg ? ZONE_FSEG : ZONE_HIGH;
    g_ptr_array_add(linker->file_names, g_strdup(file_name));
    g_ptr_array_add(linker->file_blobs, file_blob);
    g_array_append_vals(linker->cmd_blob, &c, sizeof(c));
}

void bios_linker_loader_add_checksum(BIOSLinker *linker,
                                     const char *file_name,
                                     unsigned start_offset, unsigned size,
                                     unsigned checksum_offset)
{
    LinkerCommand c = { cpu_to_le32(CMD_ADD_CHECKSUM) };
    GArray *blob = find_blob(linker, file_name);

    g_assert(start_offset <= checksum_offset &&
             checksum_offset < start_offset + size &&
             start_offset + size <= blob->len);
    blob->data[checksum_offset] = 0;
    copy_name(c.checksum.file, file_name);
    c.checksum.offset = cpu_to_le32(checksum_offset);
    c.checksum.start = cpu_to_le32(start_offset);
    c.checksum.length = cpu_to_le32(size);
    g_array_append_vals(linker->cmd_blob, &c, sizeof(c));
}

void bios_linker_loader_add_pointer(BIOSLinker *linker,
                                    const char *dest_file,
                                    uint32_t dst_patched_offset,
                                    uint8_t dst_patched_size,
                                    const char *src_file,
                                    uint32_t src_offset)
{
    LinkerCommand c = { cpu_to_le32(CMD_ADD_POINTER) };
    GArray *dest = find_blob(linker, dest_file);
    uint64_t value = cpu_to_le64(src_offset);

    g_assert(dst_patched_size <= sizeof(value) &&
             dst_patched_offset + dst_patched_size <= dest->len &&
             src_offset < find_blob(linker, src_file)->len);
    memcpy(dest->data + dst_patched_offset, &value, dst_patched_size);
    copy_name(c.pointer.dest_file, dest_file);
    copy_name(c.pointer.src_file, src_file);
    c.pointer.offset = cpu_to_le32(dst_patched_offset);
    c.pointer.size = dst_patched_size;
    g_array_append_vals(linker->cmd_blob, &c, sizeof(c));
}
