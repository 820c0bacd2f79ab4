/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What -smbios said, for those who build structures. */
#ifndef HW_SMBIOS_INTERNAL_H
#define HW_SMBIOS_INTERNAL_H

#include <jansson.h>
#include "hw/firmware/smbios.h"

/* Highest type that has options, and of those with several instances. */
#define SMBIOS_TYPES 256
enum { SMBIOS_PORT = 8, SMBIOS_OEM_STRINGS = 11, SMBIOS_ONBOARD = 41 };

/* Whether a file has structures of that type. */
bool smbios_type_in_file(unsigned type);
/* Whether there was an option type=... */
bool smbios_type_given(unsigned type);

/* What the files had, one after the other; NULL for none. */
const GByteArray *smbios_file_structures(void);

/* The options of a type with one instance; members are strings. */
const json_t *smbios_options(unsigned type);
/* Of a type with several: an array of such objects, or of strings. */
const json_t *smbios_instances(unsigned type);

/* Members, which were checked when they were given. */
const char *smbios_text(const json_t *opts, const char *key,
                        const char *otherwise);
uint64_t smbios_number(const json_t *opts, const char *key,
                       uint64_t otherwise);
bool smbios_switch(const json_t *opts, const char *key);
/* "release=major.minor". */
void smbios_release(const json_t *opts, uint8_t *major, uint8_t *minor);
/* What a type 41 device is: DSP0134, 7.42.2. */
uint8_t smbios_device_kind(const json_t *opts);

#endif
