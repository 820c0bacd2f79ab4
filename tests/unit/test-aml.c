/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AML assembler and the loader script: encodings of ACPI specification
 * 6.4, chapters 20 and 6.4, byte for byte.
 */
#include "qemu/osdep.h"
#include "hw/acpi/acpi-tables.h"
#include "hw/acpi/acpi.h"
#include "hw/acpi/aml.h"

static void check(const char *text, const char *hex)
{
    g_autoptr(Aml) aml = aml_new();
    g_autoptr(GString) got = g_string_new(NULL);
    const uint8_t *bytes;
    size_t len;

    aml_asm(aml, "%s", text);
    bytes = aml_bytes(aml, &len);
    for (size_t i = 0; i < len; i++) {
        g_string_append_printf(got, "%02x", bytes[i]);
    }
    g_assert_cmpstr(got->str, ==, hex);
}

static void test_integers(void)
{
    check("0", "00");
    check("1", "01");
    check("2", "0a02");
    check("0xff", "0aff");
    check("0x100", "0b0001");
    check("0xffff", "0bffff");
    check("0x10000", "0c00000100");
    check("0xffffffff", "0cffffffff");
    check("0x100000000", "0e0000000001000000");
    check("Ones", "ff");
    check("\"ab c\"", "0d6162206300");
    check("\"\"", "0d00");
}

static void test_names(void)
{
    check("A", "415f5f5f");
    check("_HID", "5f484944");
    check("\\", "5c00");
    check("\\_SB", "5c5f53425f");
    check("^^AB.CD", "5e5e2e41425f5f43445f5f");
    check("A.B.C", "2f03415f5f5f425f5f5f435f5f5f");
    check("Name X EisaId PNP0A03", "08585f5f5f0c41d00a03");
    check("ToUUID 33db4d5b-1ff7-401c-9657-7441c03dd766",
          "11130a105b4ddb33f71f1c4096577441c03dd766");
}

static void test_terms(void)
{
    check("Store Arg0 Local1", "706861");
    check("Store ShiftLeft 1 Arg1 Nil X", "7079016900585f5f5f");
    check("LNot LEqual Local0 0", "92936000");
    check("If And Arg0 4 Nil{Notify X 3}Else{Break}",
          "a00d7b680a040086585f5f5f0a03a102a5");
    check("While LLess Local0 4 { Increment Local0 }", "a20795600a047560");
    check("Method M 2s { Return Arg1 }", "14084d5f5f5f0aa469");
    check("Package 2 { 0 \"\" }", "120502000d00");
    check("Buffer { 1 0xab }", "11050a0201ab");
    check("Mutex L 0 Acquire L 0xffff Release L",
          "5b014c5f5f5f005b234c5f5f5fffff5b274c5f5f5f");
    check("OpRegion R 1 0xae00 0x18 Field R 0x43 { A 32 _ 64 B 8 }",
          "5b80525f5f5f010b00ae0a18"
          "5b8113525f5f5f43415f5f5f20004004425f5f5f08");
    check("Processor C000 1 0 0 { }", "5b830b43303030010000000000");
}

/* Lengths count themselves: 63 is the most that one byte holds. */
static void test_lengths(void)
{
    static const struct {
        unsigned contents, length_bytes;
    } cases[] = {
        { 0, 1 }, { 62, 1 }, { 63, 2 }, { 0xfff - 2, 2 }, { 0xfff - 1, 3 },
        { 0xfffff - 3, 3 }, { 0xfffff - 2, 4 },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autoptr(Aml) aml = aml_new();
        unsigned total = 0;
        const uint8_t *bytes;
        size_t len;

        aml_asm(aml, "While");
        for (unsigned n = 0; n < cases[i].contents; n++) {
            aml_asm(aml, "Zero");
        }
        aml_asm(aml, "}");
        bytes = aml_bytes(aml, &len);
        g_assert_cmpuint(len, ==,
                         1 + cases[i].length_bytes + cases[i].contents);
        g_assert_cmpuint(bytes[1] >> 6, ==, cases[i].length_bytes - 1);
        for (unsigned n = cases[i].length_bytes - 1; n; n--) {
            total = total << 8 | bytes[1 + n];
        }
        total = cases[i].length_bytes == 1
                ? bytes[1] : total << 4 | (bytes[1] & 0xf);
        g_assert_cmpuint(total, ==, len - 1);
    }
}

static void test_resources(void)
{
    check("ResourceTemplate { IO 0x60 0x64 1 2 }",
          "110d0a0a47016000640001027900");
    check("ResourceTemplate { IRQ 12 DMA 2 }", "110b0a08220010"
          "2a04007900");
    check("ResourceTemplate { Memory32 0 0xfed00000 0x400 }",
          "11110a0e860900000000d0fe000400007900");
    check("ResourceTemplate { Interrupt 2 5 10 }",
          "11120a0f890a00090205000000" "0a0000007900");
    check("ResourceTemplate { WordBus 0 0xff }",
          "11150a12880d00020c0000000000ff00000000017900");
    check("ResourceTemplate { WordIO 0xd00 0xffff }",
          "11150a12880d00010c030000000dffff000000f37900");
    check("ResourceTemplate { DWordMemory 1 0xa0000 0xbffff }",
          "111f0a1c871700000c030000000000000a00ffff0b000000000000000200"
          "7900");
    check("ResourceTemplate { QWordMemory 0 0x100000000 0x17fffffff }",
          "11330a308a2b00000c0100000000000000000000000001000000ffffff7f"
          "0100000000000000000000000000008000000000" "7900");
}

/* Bits of several calls make one block. */
static void test_open_blocks(void)
{
    g_autoptr(Aml) aml = aml_new();
    const uint8_t *bytes;
    size_t len;

    aml_asm(aml, "Scope \\_SB {");
    aml_asm(aml, "Device S%02X {", 8);
    aml_asm(aml, "Name _ADR 0x%x }", 0x10000);
    aml_asm(aml, "}");
    bytes = aml_bytes(aml, &len);
    g_assert_cmpmem(bytes, len, "\x10\x17\\_SB_\x5b\x82\x0fS08_\x08_ADR"
                    "\x0c\x00\x00\x01\x00", 24);
}

/* The script names what it sums up and what points where. */
static void test_script(void)
{
    AcpiTables *t = acpi_tables_new("OEM", "TABLE");
    unsigned a = acpi_table_begin(t, "AAAA", 2), b;
    const char *script;

    acpi_put(t, 0x1234, 2);
    acpi_table_end(t, a, true);
    b = acpi_table_begin(t, "BBBB", 1);
    acpi_put_pointer(t, a, 8);
    acpi_table_end(t, b, false);
    acpi_tables_finish(t);

    g_assert_cmpuint(b, ==, 38);
    g_assert_cmpmem(t->blob->data, 8, "AAAA\x26\0\0\0", 8);
    g_assert_cmpmem(t->blob->data + 10, 14, "OEM\0\0\0TABLE\0\0\0", 14);
    /* One table is listed. */
    g_assert_cmpmem(t->blob->data + b + 44, 8, "RSDT\x28\0\0\0", 8);
    g_assert_cmpuint(t->rsdp->len, ==, 20);
    g_assert_cmpuint((uint8_t)t->rsdp->data[16], ==, b + 44);

    /* Two allocations, three sums, three pointers. */
    script = t->linker->cmd_blob->data;
    g_assert_cmpuint(t->linker->cmd_blob->len, ==, 9 * 128);
    g_assert_cmpint(script[0], ==, 1);
    g_assert_cmpstr(script + 4, ==, ACPI_BUILD_RSDP_FILE);
    g_assert_cmpmem(script + 60, 5, "\x10\0\0\0\2", 5);
    g_assert_cmpstr(script + 128 + 4, ==, ACPI_BUILD_TABLE_FILE);
    g_assert_cmpmem(script + 128 + 60, 5, "\x40\0\0\0\1", 5);
    g_assert_cmpint(script[256], ==, 3);
    g_assert_cmpmem(script + 256 + 60, 12, "\x09\0\0\0\0\0\0\0\x26\0\0\0", 12);
    g_assert_cmpint(script[384], ==, 2);
    g_assert_cmpmem(script + 384 + 116, 5, "\x4a\0\0\0\x08", 5);
    acpi_tables_free(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/aml/integers", test_integers);
    g_test_add_func("/aml/names", test_names);
    g_test_add_func("/aml/terms", test_terms);
    g_test_add_func("/aml/lengths", test_lengths);
    g_test_add_func("/aml/resources", test_resources);
    g_test_add_func("/aml/open-blocks", test_open_blocks);
    g_test_add_func("/aml/script", test_script);
    return g_test_run();
}
