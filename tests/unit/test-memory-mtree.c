/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of "info mtree", letter for letter as the stock emulator has it.
 */
#include "qemu/osdep.h"
#include "memory-fixture.h"

static uint64_t chip_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void chip_write(void *opaque, hwaddr addr, uint64_t data,
                       unsigned size)
{
}

static const MemoryRegionOps chip_ops = {
    .read = chip_read,
    .write = chip_write,
};

typedef struct Machine {
    Object *owner;
    MemoryRegion system, ram, low, rom, pci, chip, part, container, master,
                 orphan;
    AddressSpace memory, cpu, dma;
} Machine;

static void machine_init(Machine *m)
{
    m->owner = new_owner();
    object_property_add_child(object_get_root(), "board", m->owner);
    memory_region_init(&m->system, m->owner, "system", UINT64_MAX);
    memory_region_init_ram(&m->ram, m->owner, "pc.ram", 0x10000000,
                           &error_abort);
    memory_region_init_alias(&m->low, m->owner, "low", &m->ram, 0x1000,
                             0x8000);
    memory_region_init_rom(&m->rom, m->owner, "pc.rom", 0x20000,
                           &error_abort);
    memory_region_init(&m->pci, m->owner, "pci", UINT64_MAX);
    memory_region_init_io(&m->chip, m->owner, &chip_ops, NULL, "chip", 0x100);
    memory_region_init_io(&m->part, m->owner, &chip_ops, NULL, "part", 4);
    memory_region_init_io(&m->orphan, NULL, &chip_ops, NULL, "orphan", 4);
    memory_region_add_subregion(&m->system, 0x10000, &m->low);
    memory_region_add_subregion_overlap(&m->system, 0, &m->pci, -1);
    memory_region_add_subregion_overlap(&m->pci, 0xc0000, &m->rom, 1);
    memory_region_add_subregion(&m->system, 0xfec00000, &m->chip);
    memory_region_add_subregion_overlap(&m->chip, 0x10, &m->part, 2);
    memory_region_add_subregion(&m->system, 0xfed00000, &m->orphan);
    address_space_init(&m->memory, &m->system, "memory");
    address_space_init(&m->cpu, &m->system, "cpu-memory-0");

    memory_region_init(&m->container, m->owner, "bus master container",
                       UINT64_MAX);
    memory_region_init_alias(&m->master, m->owner, "bus master", &m->system,
                             0, UINT64_MAX);
    memory_region_set_enabled(&m->master, false);
    memory_region_add_subregion(&m->container, 0, &m->master);
    address_space_init(&m->dma, &m->container, "edu");
}

static void machine_end(Machine *m)
{
    address_space_destroy(&m->memory);
    address_space_destroy(&m->cpu);
    address_space_destroy(&m->dma);
    memory_region_del_subregion(&m->container, &m->master);
    memory_region_del_subregion(&m->system, &m->low);
    memory_region_del_subregion(&m->pci, &m->rom);
    memory_region_del_subregion(&m->system, &m->pci);
    memory_region_del_subregion(&m->system, &m->chip);
    memory_region_del_subregion(&m->chip, &m->part);
    memory_region_del_subregion(&m->system, &m->orphan);
    object_unref(OBJECT(&m->orphan));
    object_unparent(m->owner);
    drop_owner(m->owner);
}

#define ALL_64 "0000000000000000-ffffffffffffffff"
#define SYSTEM_TREE \
    "  " ALL_64 " (prio 0, i/o): system\n" \
    "    " ALL_64 " (prio -1, i/o): pci\n" \
    "      00000000000c0000-00000000000dffff (prio 1, rom): pc.rom\n" \
    "    0000000000010000-0000000000017fff (prio 0, ram): alias low " \
        "@pc.ram 0000000000001000-0000000000008fff\n" \
    "    00000000fec00000-00000000fec000ff (prio 0, i/o): chip\n" \
    "      00000000fec00010-00000000fec00013 (prio 2, i/o): part\n" \
    "    00000000fed00000-00000000fed00003 (prio 0, i/o): orphan\n"

static void check(bool flat, bool owner, bool disabled, const char *want)
{
    GString *out = g_string_new("");

    mtree_format(out, flat, false, owner, disabled);
    g_assert_cmpstr(out->str, ==, want);
    g_string_free(out, true);
}

static void test_tree(void)
{
    Machine *m = g_new0(Machine, 1);

    machine_init(m);
    check(false, false, false,
          "address-space: cpu-memory-0\n"
          "address-space: memory\n"
          SYSTEM_TREE
          "\n"
          "address-space: edu\n"
          "  " ALL_64 " (prio 0, i/o): bus master container\n"
          "\n"
          "memory-region: pc.ram\n"
          "  0000000000000000-000000000fffffff (prio 0, ram): pc.ram\n"
          "\n"
          "memory-region: system\n"
          SYSTEM_TREE
          "\n");
    machine_end(m);
    g_free(m);
}

static void test_owner_disabled(void)
{
    Machine *m = g_new0(Machine, 1);
    GString *out = g_string_new("");

    machine_init(m);
    memory_region_set_enabled(&m->chip, false);
    mtree_format(out, false, false, true, true);
    g_assert_nonnull(strstr(out->str,
        "    " ALL_64 " (prio 0, i/o): alias bus master @system " ALL_64
        " [disabled] owner:{obj path=/board}\n"));
    g_assert_nonnull(strstr(out->str, "chip [disabled] owner:{obj path=/"));
    g_assert_nonnull(strstr(out->str, "(prio 0, i/o): orphan orphan\n"));
    g_string_truncate(out, 0);
    /* What a disabled box contains is listed as ever. */
    mtree_format(out, false, false, false, false);
    g_assert_null(strstr(out->str, "chip"));
    g_assert_nonnull(strstr(out->str, "\n      00000000fec00010-"));
    g_string_free(out, true);
    machine_end(m);
    g_free(m);
}

static void test_flat(void)
{
    Machine *m = g_new0(Machine, 1);
    GString *out = g_string_new("");

    machine_init(m);
    check(true, false, false,
          "FlatView #0\n"
          " AS \"memory\", root: system\n"
          " AS \"cpu-memory-0\", root: system\n"
          " Root memory region: system\n"
          "  0000000000010000-0000000000017fff (prio 0, ram): pc.ram "
              "@0000000000001000\n"
          "  00000000000c0000-00000000000dffff (prio 1, rom): pc.rom\n"
          "  00000000fec00000-00000000fec0000f (prio 0, i/o): chip\n"
          "  00000000fec00010-00000000fec00013 (prio 2, i/o): part\n"
          "  00000000fec00014-00000000fec000ff (prio 0, i/o): chip "
              "@0000000000000014\n"
          "  00000000fed00000-00000000fed00003 (prio 0, i/o): orphan\n"
          "\n"
          "FlatView #1\n"
          " AS \"edu\", root: bus master container\n"
          " Root memory region: (none)\n"
          "  No rendered FlatView\n"
          "\n");
    mtree_format(out, true, true, true, false);
    g_assert_nonnull(strstr(out->str, "  Dispatch\n    Physical sections\n"
        "      #0 @0000000000000000..000000000000ffff (noname) "
        "[unassigned]"));
    g_string_free(out, true);
    memory_region_set_enabled(&m->master, true);
    memory_region_set_readonly(&m->low, true);
    out = g_string_new("");
    mtree_format(out, true, false, false, false);
    g_assert_nonnull(strstr(out->str, " AS \"cpu-memory-0\", root: system\n"
                            " AS \"edu\", root: bus master container\n"));
    g_assert_nonnull(strstr(out->str, "(prio 0, rom): pc.ram @"));
    g_string_free(out, true);
    machine_end(m);
    g_free(m);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    memory_fixture_init();
    g_test_add_func("/memory-mtree/tree", test_tree);
    g_test_add_func("/memory-mtree/owner-disabled", test_owner_disabled);
    g_test_add_func("/memory-mtree/flat", test_flat);
    return g_test_run();
}
