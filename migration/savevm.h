/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The level of the stream at which there are sections.
 *
 *   "QEVM", version 3
 *   configuration: 0x07, the machine's name; subsections
 *   commands: 0x08, 16-bit number, 16-bit length, data
 *   live sections (RAM): start 0x01, parts 0x02, end 0x03
 *   device sections: 0x04
 *   0x00, and 0x06 with the description in JSON
 *
 * Start and device sections have a 32-bit id, the name (length byte), 32-bit
 * instance and version; later parts have the id alone.  Behind the content of
 * each stands the footer, 0x7e and the id.
 */
#ifndef MIGRATION_SAVEVM_H
#define MIGRATION_SAVEVM_H

#include "migration/qemu-file.h"
#include "migration/register.h"
#include "migration/vmstate.h"

#define SAVEVM_MAGIC 0x5145564d
#define SAVEVM_VERSION 3

enum {
    SAVEVM_EOF = 0x00,
    SAVEVM_SECTION_START = 0x01,
    SAVEVM_SECTION_PART = 0x02,
    SAVEVM_SECTION_END = 0x03,
    SAVEVM_SECTION_FULL = 0x04,
    SAVEVM_VMDESCRIPTION = 0x06,
    SAVEVM_CONFIGURATION = 0x07,
    SAVEVM_COMMAND = 0x08,
    SAVEVM_FOOTER = 0x7e,
};

enum {
    SAVEVM_CMD_OPEN_RETURN_PATH = 1,
    SAVEVM_CMD_PING,
    SAVEVM_CMD_POSTCOPY_ADVISE,
    SAVEVM_CMD_POSTCOPY_LISTEN,
    SAVEVM_CMD_POSTCOPY_RUN,
    SAVEVM_CMD_POSTCOPY_RAM_DISCARD,
    SAVEVM_CMD_PACKAGED,
    SAVEVM_CMD_POSTCOPY_RESUME = 9,
    SAVEVM_CMD_RECV_BITMAP,
};

/* Whether every device can migrate; names one that cannot. */
bool savevm_check_migratable(Error **errp);

void savevm_header(QEMUFile *f);
void savevm_command(QEMUFile *f, int command, const void *data, uint16_t len);
/* All return 0 or a negative errno, which is also the file's error. */
int savevm_setup(QEMUFile *f);
/* 1 when no live section has anything left. */
int savevm_iterate(QEMUFile *f, bool postcopy);
void savevm_pending(QEMUFile *f, uint64_t threshold, uint64_t *precopy,
                    uint64_t *either, uint64_t *postcopy);
/* The ends of live sections. */
int savevm_complete_live(QEMUFile *f, bool in_postcopy, bool to_postcopy);
/*
 * All devices; under the big lock, machine stopped.  @description takes the
 * text for savevm_description(), which the caller frees, or is NULL.
 */
int savevm_devices(QEMUFile *f, char **description);
/* Not for machine types of old. */
bool savevm_wants_description(void);
void savevm_description(QEMUFile *f, const char *description);
void savevm_cleanup(void);

#endif /* MIGRATION_SAVEVM_H */
