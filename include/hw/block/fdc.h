/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floppy disk controller of a PC. */
#ifndef HW_FDC_H
#define HW_FDC_H

#include "hw/isa/isa.h"
#include "qapi/qapi-types.h"

#define TYPE_ISA_FDC "isa-fdc"
#define MAX_FD 2

/* A device for each of the drives of the command line (may be NULL). */
void isa_fdc_init_drives(ISADevice *fdc, BlockBackend **drives);
FloppyDriveType isa_fdc_get_drive_type(ISADevice *fdc, int i);

#endif /* HW_FDC_H */
