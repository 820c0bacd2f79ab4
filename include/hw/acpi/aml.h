/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An assembler of ACPI machine language: text in, AML out.
 *
 * The text is ASL's words in the order of AML's bytes, that is with operators
 * before their operands, separated by blanks or braces:
 *
 *     Aml *aml = aml_new();
 *
 *     aml_asm(aml, "Scope \\_SB.PCI0 {"
 *                  "  Device S%02X {"
 *                  "    Name _ADR 0x%x"
 *                  "    Method _EJ0 1 { Store ShiftLeft One Arg0 Nil B0EJ }"
 *                  "  }", devfn, address);
 *     aml_asm(aml, "}");
 *
 * A number is an integer, "text" a string, another word a keyword or else a
 * name.  A target that is not wanted is Nil.  Words with their own syntax:
 *
 *     Method NAME args {...}              args: 0 to 7, with s if serialized
 *     OpRegion NAME space offset length   space as a number
 *     Field REGION flags { NAME bits...}  _ for a gap
 *     Buffer { byte... }
 *     Package count {...}
 *     EisaId PNP0A03, ToUUID 33db4d5b-...
 *     ResourceTemplate {
 *       IO min max align length           IRQ n    DMA n
 *       Memory32 writable base length     Interrupt count n...
 *       WordBus min max                   WordIO min max
 *       DWordMemory cacheable min max     QWordMemory cacheable min max
 *     }
 *
 * Text comes from the program, never from a user: what cannot be assembled
 * ends it.
 */
#ifndef HW_ACPI_AML_H
#define HW_ACPI_AML_H

#include "qemu/osdep.h"

typedef struct Aml Aml;

Aml *aml_new(void);
void aml_free(Aml *aml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Aml, aml_free)

/* Appends.  Blocks may be opened in one call and closed in another. */
void aml_asm(Aml *aml, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* What was assembled; all blocks must be closed.  Valid until the next call. */
const uint8_t *aml_bytes(const Aml *aml, size_t *len);

#endif
