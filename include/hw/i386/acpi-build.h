/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HW_I386_ACPI_BUILD_H
#define HW_I386_ACPI_BUILD_H

#include "hw/i386/pc.h"

/*
 * Offers the ACPI tables to firmware, unless acpi=off; once all devices of
 * the command line are there.
 */
void acpi_setup(PCMachineState *pcms);

#endif
