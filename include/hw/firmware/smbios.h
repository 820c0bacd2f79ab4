/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMBIOS structures, by which firmware tells systems what machine they run
 * on: DMTF DSP0134, versions 2.8 and 3.0.
 */
#ifndef QEMU_SMBIOS_H
#define QEMU_SMBIOS_H

#include "qapi/qapi-types.h"
#include "qemu/osdep.h"

/* RAM as the guest sees it. */
typedef struct SmbiosArea {
    uint64_t address;
    uint64_t length;
} SmbiosArea;

/* What the structures tell, unless -smbios tells otherwise. */
typedef struct SmbiosMachine {
    const char *manufacturer;
    const char *product;
    const char *version;
    uint64_t processor_id;      /* CPUID leaf 1: EAX, EDX above it */
    unsigned sockets;
    unsigned cores;             /* of a socket */
    unsigned threads;           /* of a socket */
    uint64_t ram_size;
    const SmbiosArea *areas;
    unsigned n_areas;
} SmbiosMachine;

typedef struct SmbiosTables {
    GByteArray *anchor;         /* the entry point, without its checksums */
    GByteArray *tables;
} SmbiosTables;

/* One -smbios option.  @errp says what is wrong with it. */
void smbios_option_add(const char *arg, Error **errp);

/*
 * All structures, those of the user's files first; for the caller to unref.
 * False sets @errp.
 */
bool smbios_build(const SmbiosMachine *m, SmbiosEntryPointType ep,
                  SmbiosTables *out, Error **errp);

#endif
