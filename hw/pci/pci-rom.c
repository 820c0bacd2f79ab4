/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option ROMs: PCI Local Bus 3.0 section 6.3.
 *
 * The image is read, not mapped: a migration takes memory of its own that
 * has not been touched for zeroes, and postcopy drops its pages.
 */
#include "qemu/osdep.h"
#include "hw/loader.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"

/* The header of an image (6.3.1.1), and the data structure it points to. */
#define ROM_SIGNATURE 0xaa55
#define ROM_CHECKSUM 6              /* a byte that software does not look at */
#define ROM_PCIR_POINTER 0x18
#define PCIR_SIGNATURE 0x52494350   /* "PCIR" */
#define PCIR_VENDOR_ID 4
#define PCIR_DEVICE_ID 6
#define PCIR_SIZE 24

/*
 * Replaces an image's identity by the function's, so that one image serves a
 * family of devices, and keeps the sum of all bytes.
 */
static void pci_rom_set_identity(PCIDevice *d, uint8_t *rom, uint64_t size)
{
    uint8_t sum = 0;
    uint8_t *pcir;
    uint16_t pointer;

    if (size < ROM_PCIR_POINTER + 2 || lduw_le_p(rom) != ROM_SIGNATURE) {
        return;
    }
    pointer = lduw_le_p(rom + ROM_PCIR_POINTER);
    if (pointer + PCIR_SIZE > size ||
        ldl_le_p(rom + pointer) != PCIR_SIGNATURE) {
        return;
    }
    pcir = rom + pointer;
    if (!memcmp(pcir + PCIR_VENDOR_ID, d->config + PCI_VENDOR_ID, 4)) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        sum += pcir[PCIR_VENDOR_ID + i] - d->config[PCI_VENDOR_ID + i];
        pcir[PCIR_VENDOR_ID + i] = d->config[PCI_VENDOR_ID + i];
    }
    rom[ROM_CHECKSUM] += sum;
}

/* The size of the file in bytes, or -1 with @errp set. */
static int64_t pci_rom_file_size(PCIDevice *d, const char *path, Error **errp)
{
    int64_t size = path ? get_image_size(path) : -1;

    if (size < 0) {
        error_setg(errp, "failed to find romfile \"%s\"", d->romfile);
        return -1;
    }
    if (size == 0) {
        error_setg(errp, "romfile \"%s\" is empty", d->romfile);
        return -1;
    }
    if (size > 2 * GiB) {
        error_setg(errp, "romfile \"%s\" too large (size cannot exceed "
                   "2 GiB)", d->romfile);
        return -1;
    }
    if (d->romsize != UINT32_MAX && size > d->romsize) {
        error_setg(errp, "romfile \"%s\" (%u bytes) is too large for ROM "
                   "size %u", d->romfile, (uint32_t)size, d->romsize);
        return -1;
    }
    return size;
}

/* Without a BAR the firmware is handed the image by other means. */
static bool pci_rom_to_firmware(PCIDevice *d, const char *path, Error **errp)
{
    uint16_t class = pci_get_word(d->config + PCI_CLASS_DEVICE);

    if (DEVICE(d)->hotplugged) {
        error_setg(errp, "Hot-plugged device without ROM bar can't have an "
                   "option ROM");
        return false;
    }
    if (!path) {
        error_setg(errp, "failed to find romfile \"%s\"", d->romfile);
        return false;
    }
    if (class == PCI_CLASS_DISPLAY_VGA) {
        rom_add_vga(path);
    } else {
        rom_add_option(path, -1);
    }
    return true;
}

bool pci_add_option_rom(PCIDevice *d, bool is_default, Error **errp)
{
    const VMStateDescription *vmsd = qdev_get_vmsd(DEVICE(d));
    g_autofree char *path = NULL;
    g_autofree char *name = NULL;
    g_autoptr(Error) err = NULL;
    int64_t size;

    if (!d->romfile || !*d->romfile) {
        return true;
    }
    path = qemu_find_file(QEMU_FILE_TYPE_BIOS, d->romfile);
    if (is_default && !path) {
        /* A machine without the firmware package still runs. */
        warn_report("%s has no option ROM: %s is not installed", d->name,
                    d->romfile);
        return true;
    }
    if (!d->rom_bar) {
        return pci_rom_to_firmware(d, path, errp);
    }
    size = pci_rom_file_size(d, path, errp);
    if (size < 0) {
        return false;
    }
    if (d->romsize == UINT32_MAX) {
        d->romsize = pow2ceil(size);
    }

    name = g_strdup_printf("%s.rom", vmsd ? vmsd->name
                                          : object_get_typename(OBJECT(d)));
    memory_region_init_rom(&d->rom, OBJECT(d), name, d->romsize, &err);
    if (err) {
        error_propagate(errp, g_steal_pointer(&err));
        return false;
    }
    d->has_rom = true;
    if (load_image_size(path, memory_region_get_ram_ptr(&d->rom),
                        size) != size) {
        error_setg(errp, "cannot read romfile \"%s\"", d->romfile);
        pci_del_option_rom(d);
        return false;
    }
    if (is_default) {
        pci_rom_set_identity(d, memory_region_get_ram_ptr(&d->rom), size);
    }
    pci_register_bar(d, PCI_ROM_SLOT, 0, &d->rom);
    return true;
}

void pci_del_option_rom(PCIDevice *d)
{
    if (d->has_rom) {
        vmstate_unregister_ram(&d->rom, DEVICE(d));
        d->has_rom = false;
    }
}
