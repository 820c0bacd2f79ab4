/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Register fields by name, register banks, system bus devices, ROM blobs. */
#include "qemu/osdep.h"
#include <elf.h>
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/irq.h"
#include "hw/loader.h"
#include "hw/register.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "sysemu/reset.h"
#include "qdev-fixture.h"

REG8(BYTE, 0x3)
REG32(CTRL, 0x10)
    FIELD(CTRL, EN, 0, 1)
    FIELD(CTRL, MODE, 4, 3)
    FIELD(CTRL, TOP, 28, 4)
REG64(WIDE, 0x20)
    FIELD(WIDE, HIGH, 32, 16)

static void test_fields(void)
{
    uint32_t regs[8] = { };
    uint32_t v = 0;

    g_assert_cmpint(A_CTRL, ==, 0x10);
    g_assert_cmpint(R_CTRL, ==, 4);
    g_assert_cmpint(R_WIDE, ==, 4);
    g_assert_cmpint(R_BYTE, ==, 3);
    g_assert_cmphex(R_CTRL_MODE_MASK, ==, 0x70);
    g_assert_cmpint(R_CTRL_MODE_SHIFT, ==, 4);
    g_assert_cmpint(R_CTRL_MODE_LENGTH, ==, 3);

    v = FIELD_DP32(v, CTRL, MODE, 5);
    v = FIELD_DP32(v, CTRL, TOP, 0xf);
    g_assert_cmphex(v, ==, 0xf0000050);
    g_assert_cmpuint(FIELD_EX32(v, CTRL, MODE), ==, 5);
    g_assert_cmpint(FIELD_SEX32(v, CTRL, MODE), ==, -3);
    g_assert_cmphex(FIELD_DP32(v, CTRL, TOP, 0), ==, 0x50);
    g_assert_cmphex(FIELD_EX64(UINT64_C(0x123456789abc), WIDE, HIGH), ==,
                    0x1234);
    g_assert_cmphex(FIELD_DP64(UINT64_C(0), WIDE, HIGH, 0xffff), ==,
                    UINT64_C(0xffff00000000));

    ARRAY_FIELD_DP32(regs, CTRL, EN, 1);
    g_assert_cmphex(regs[4], ==, 1);
    g_assert_cmpuint(ARRAY_FIELD_EX32(regs, CTRL, EN), ==, 1);
}

/*** A device with a bank ***/

REG32(R0, 0x0)
REG32(R1, 0x4)
REG32(R2, 0x8)
#define BANK_REGS 3

#define TYPE_BANK "register-bank"
OBJECT_DECLARE_SIMPLE_TYPE(Bank, BANK)

struct Bank {
    SysBusDevice parent_obj;
    uint32_t regs[BANK_REGS];
    RegisterInfo info[BANK_REGS];
    RegisterInfoArray *array;
    qemu_irq irq;
    bool dma_to_self;
    MemTxResult nested;
};

static uint64_t pre_r1(RegisterInfo *reg, uint64_t val)
{
    return val & 0xff;
}

static void post_r1(RegisterInfo *reg, uint64_t val)
{
    Bank *b = BANK(reg->opaque);

    qemu_set_irq(b->irq, val & 1);
    if (b->dma_to_self) {
        uint32_t data = 0;

        b->nested = address_space_write(&address_space_memory, 0x1000,
                                        MEMTXATTRS_UNSPECIFIED, &data, 4);
    }
}

static uint64_t post_read_r2(RegisterInfo *reg, uint64_t val)
{
    return val + 1;
}

static const RegisterAccessInfo bank_info[] = {
    { .name = "R0", .addr = A_R0, .ro = 0xff, .w1c = 0xff00,
      .reset = 0x12345678 },
    { .name = "R1", .addr = A_R1, .pre_write = pre_r1,
      .post_write = post_r1 },
    { .name = "R2", .addr = A_R2, .cor = 0xf, .reset = 0x1f,
      .post_read = post_read_r2 },
};

static const MemoryRegionOps bank_ops = {
    .read = register_read_memory,
    .write = register_write_memory,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void bank_reset(DeviceState *dev)
{
    int i;

    for (i = 0; i < BANK_REGS; i++) {
        register_reset(&BANK(dev)->info[i]);
    }
}

static void bank_init(Object *obj)
{
    Bank *b = BANK(obj);

    b->array = register_init_block32(DEVICE(obj), bank_info,
                                     ARRAY_SIZE(bank_info), b->info, b->regs,
                                     &bank_ops, false, 0x100);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &b->array->mem);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &b->irq);
    sysbus_init_ioports(SYS_BUS_DEVICE(obj), 0x60, 2);
}

static void bank_finalize(Object *obj)
{
    register_finalize_block(BANK(obj)->array);
}

static void bank_class_init(ObjectClass *oc, void *data)
{
    DEVICE_CLASS(oc)->reset = bank_reset;
}

static const TypeInfo bank_types[] = {
    {
        .name = TYPE_BANK,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Bank),
        .instance_init = bank_init,
        .instance_finalize = bank_finalize,
        .class_init = bank_class_init,
    },
};

DEFINE_TYPES(bank_types)

static void log_irq(void *opaque, int n, int level)
{
    test_log_add("irq%d", level);
}

static uint32_t get(hwaddr addr)
{
    uint32_t v = 0;

    address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                       &v, 4);
    return v;
}

static void put(hwaddr addr, uint32_t v)
{
    address_space_write(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                        &v, 4);
}

static void test_bank(void)
{
    qemu_irq irq = qemu_allocate_irq(log_irq, NULL, 0);
    DeviceState *dev = sysbus_create_simple(TYPE_BANK, 0x1000, irq);
    SysBusDevice *s = SYS_BUS_DEVICE(dev);
    Bank *b = BANK(dev);
    g_autofree char *path = NULL;

    g_assert_true(sysbus_has_mmio(s, 0) && !sysbus_has_mmio(s, 1));
    g_assert_true(sysbus_has_irq(s, 0) && !sysbus_has_irq(s, 1));
    g_assert_true(sysbus_is_irq_connected(s, 0));
    g_assert_true(sysbus_get_connected_irq(s, 0) == irq);
    g_assert_true(sysbus_mmio_get_region(s, 0) == &b->array->mem);
    path = qdev_get_fw_dev_path(dev);
    g_assert_cmpstr(path, ==, "/register-bank@0000000000001000");

    device_cold_reset(dev);
    assert_log("irq0");
    g_assert_cmphex(get(0x1000), ==, 0x12345678);
    /* Read-only bits stay, those of 1-to-clear clear, the rest is written. */
    put(0x1000, 0xabcd06ff);
    g_assert_cmphex(get(0x1000), ==, 0xabcd5078);
    put(0x1004, 0x101);
    assert_log("irq1");
    g_assert_cmphex(get(0x1004), ==, 1);
    g_assert_cmphex(get(0x1008), ==, 0x20);
    g_assert_cmphex(get(0x1008), ==, 0x11);
    g_assert_cmphex(b->regs[R_R2], ==, 0x10);
    /* No register there. */
    put(0x1040, 1);
    g_assert_cmphex(get(0x1040), ==, 0);

    /* A device that is made to write to itself is not entered again. */
    b->dma_to_self = true;
    b->nested = MEMTX_OK;
    put(0x1004, 0);
    g_assert_cmpint(b->nested, !=, MEMTX_OK);
    b->dma_to_self = false;
    g_string_truncate(test_log, 0);

    /* Elsewhere, and nowhere. */
    sysbus_mmio_map(s, 0, 0x3000);
    g_assert_cmphex(get(0x3000), ==, 0xabcd5078);
    g_assert_cmphex(get(0x1000), ==, 0);
    sysbus_mmio_map_overlap(s, 0, 0x4000, 1);
    g_assert_cmphex(get(0x4000), ==, 0xabcd5078);
    sysbus_mmio_unmap(s, 0);
    g_assert_cmphex(get(0x4000), ==, 0);
    object_unparent(OBJECT(dev));
    object_unparent(OBJECT(irq));
    qemu_free_irq(irq);
}

/*** ROM blobs ***/

static char *tmp_dir;          /* of this run; its files go as they come */

static char *make_elf(const char *name)
{
    struct {
        Elf64_Ehdr eh;
        Elf64_Phdr ph[2];
        struct { Elf64_Nhdr n; char name[4]; uint32_t desc; } note;
        char text[8];
    } file = {
        .eh = {
            .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
                         EV_CURRENT },
            .e_type = ET_EXEC,
            .e_machine = EM_X86_64,
            .e_entry = 0x8001,
            .e_phoff = sizeof(Elf64_Ehdr),
            .e_phentsize = sizeof(Elf64_Phdr),
            .e_phnum = 2,
        },
        .note = { { 4, 4, 18 }, "Xen", 0x1234 },
        .text = "program",
    };
    char *path = g_build_filename(tmp_dir, name, NULL);

    file.ph[0] = (Elf64_Phdr) {
        .p_type = PT_LOAD, .p_offset = offsetof(typeof(file), text),
        .p_paddr = 0x8000, .p_filesz = 8, .p_memsz = 16,
    };
    file.ph[1] = (Elf64_Phdr) {
        .p_type = PT_NOTE, .p_offset = offsetof(typeof(file), note),
        .p_filesz = sizeof(file.note), .p_memsz = sizeof(file.note),
        .p_align = 4,
    };
    g_assert_true(g_file_set_contents(path, (char *)&file,
                                      offsetof(typeof(file), text) + 8,
                                      NULL));
    return path;
}

static uint64_t see_note(void *note, void *align, bool is64)
{
    Elf64_Nhdr *n = note;

    g_assert_true(is64);
    test_log_add("note%u", n->n_type);
    return 0;
}

static ssize_t load(const char *path)
{
    uint64_t note_type = 18, entry = 0, low = 0, high = 0;
    ssize_t ret = load_elf(path, see_note, NULL, &note_type, &entry, &low,
                           &high, NULL, 0, EM_X86_64, 1, 0);

    if (ret >= 0) {
        g_assert_cmphex(entry, ==, 0x8000);
        g_assert_cmphex(low, ==, 0x8000);
        g_assert_cmphex(high, ==, 0x8010);
    }
    return ret;
}

static void test_elf_errors(void)
{
    g_autofree char *path = make_elf("bad.elf");
    g_autofree char *bytes = NULL;
    size_t len, cut;

    g_assert_cmpint(load("/nonexistent"), ==, ELF_LOAD_FAILED);
    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    /* Cut anywhere in what is used: an error, and nothing is left over. */
    for (cut = 0; cut < len; cut++) {
        g_assert_true(g_file_set_contents(path, bytes, cut, NULL));
        g_assert_cmpint(load(path), <, 0);
        g_assert_null(rom_ptr(0x8000, 8));
    }
    bytes[EI_DATA] = ELFDATA2MSB;
    g_assert_true(g_file_set_contents(path, bytes, len, NULL));
    g_assert_cmpint(load(path), ==, ELF_LOAD_WRONG_ENDIAN);
    bytes[EI_DATA] = ELFDATA2LSB;
    ((Elf64_Ehdr *)bytes)->e_machine = EM_ARM;
    g_assert_true(g_file_set_contents(path, bytes, len, NULL));
    g_assert_cmpint(load(path), ==, ELF_LOAD_WRONG_ARCH);
    g_assert_cmpstr(load_elf_strerror(ELF_LOAD_WRONG_ARCH), ==,
                    "The image is from incompatible architecture");
    unlink(path);
    g_string_truncate(test_log, 0);
}

static MemoryRegion ram, rom;

static void test_roms(void)
{
    g_autofree char *path = make_elf("good.elf");
    g_autofree char *blob_path =
        g_build_filename(tmp_dir, "blob.bin", NULL);
    g_autofree char *info = NULL;
    uint8_t copy[8];

    memory_region_init_ram(&ram, NULL, "ram", 0x10000, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, &ram);
    memory_region_init_rom(&rom, NULL, "rom", 0x1000, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0x20000, &rom);

    g_assert_cmpint(load(path), ==, 16);
    assert_log("note18");
    unlink(path);
    rom_add_blob_fixed("blob", "abcdefgh", 8, 0x100);
    rom_add_blob_fixed("in-rom", "firmware", 8, 0x20000);
    g_assert_true(g_file_set_contents(blob_path, "from file", 9, NULL));
    g_assert_cmpint(get_image_size(blob_path), ==, 9);
    g_assert_cmpint(load_image_size(blob_path, copy, 4), ==, 4);
    g_assert_cmpmem(copy, 4, "from", 4);
    g_assert_cmpint(load_image_targphys(blob_path, 0x200, 8), ==, -1);
    g_assert_cmpint(load_image_targphys(blob_path, 0x200, 64), ==, 9);
    g_assert_cmpint(load_image_mr(blob_path, &ram), ==, 9);
    unlink(blob_path);
    g_assert_cmpint(get_image_size(blob_path), ==, -1);

    g_assert_cmpmem(rom_ptr(0x102, 3), 3, "cde", 3);
    g_assert_null(rom_ptr(0x106, 3));
    g_assert_cmpint(rom_copy(copy, 0xfe, 6), ==, 6);
    g_assert_cmpmem(copy + 2, 4, "abcd", 4);

    /* Nothing is written before reset, and all is after each. */
    g_assert_cmpint(rom_check_and_register_reset(), ==, 0);
    g_assert_cmphex(get(0x100), ==, 0);
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
    g_assert_cmphex(get(0x100), ==, 0x64636261);
    g_assert_cmphex(get(0x200), ==, 0x6d6f7266);
    g_assert_cmphex(get(0x0), ==, 0x6d6f7266);
    g_assert_cmphex(get(0x8000), ==, 0x676f7270);
    g_assert_cmphex(get(0x20000), ==, 0x6d726966);
    put(0x100, 0);
    put(0x8008, 0xffffffff);
    qemu_devices_reset(SHUTDOWN_CAUSE_GUEST_RESET);
    g_assert_cmphex(get(0x100), ==, 0x64636261);
    g_assert_cmphex(get(0x8008), ==, 0);
    /* What is in ROM was written for good. */
    g_assert_cmphex(get(0x20000), ==, 0x6d726966);
    g_assert_null(rom_ptr(0x20000, 4));

    info = rom_info();
    g_assert_nonnull(strstr(info, "addr=0000000000000100 size=0x000008 "
                            "mem=ram name=\"blob\"\n"));
    g_assert_nonnull(strstr(info, "addr=0000000000020000 size=0x000008 "
                            "mem=rom name=\"in-rom\"\n"));

    /* Two on the same bytes. */
    rom_add_blob_fixed("over", "x", 1, 0x104);
    g_assert_cmpint(rom_check_and_register_reset(), ==, -1);
}

int main(int argc, char **argv)
{
    int ret;

    test_qdev_init(&argc, &argv);
    memory_map_init();
    tmp_dir = g_dir_make_tmp("register-XXXXXX", NULL);
    g_test_add_func("/register/fields", test_fields);
    g_test_add_func("/register/bank", test_bank);
    g_test_add_func("/loader/elf-errors", test_elf_errors);
    g_test_add_func("/loader/roms", test_roms);
    ret = g_test_run();
    rmdir(tmp_dir);
    g_free(tmp_dir);
    return ret;
}
