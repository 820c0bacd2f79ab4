/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The port through which VMware's tools speak to the hypervisor: IN from
 * 0x5658 with a command in ECX.
 */
#ifndef HW_VMPORT_H
#define HW_VMPORT_H

#include "hw/isa/isa.h"

#define TYPE_VMPORT "vmport"
#define TYPE_VMMOUSE "vmmouse"

typedef enum {
    VMPORT_CMD_GETVERSION = 10,
    VMPORT_CMD_GETBIOSUUID = 19,
    VMPORT_CMD_GETRAMSIZE = 20,
    VMPORT_CMD_GETTIME = 23,
    VMPORT_CMD_VMMOUSE_DATA = 39,
    VMPORT_CMD_VMMOUSE_STATUS = 40,
    VMPORT_CMD_VMMOUSE_COMMAND = 41,
    VMPORT_CMD_GETHZ = 45,
    VMPORT_CMD_GETTIMEFULL = 46,
    VMPORT_CMD_GET_VCPU_INFO = 68,
    VMPORT_ENTRIES
} VMPortCommand;

/* EAX after the command; other registers through vmmouse_get_data() & co. */
typedef uint32_t VMPortReadFunc(void *opaque, uint32_t address);

void vmport_register(VMPortCommand command, VMPortReadFunc *func,
                     void *opaque);

/*
 * EAX, EBX, ECX, EDX, ESI, EDI of the processor that is at the port: only in
 * a VMPortReadFunc.
 */
void vmmouse_get_data(uint32_t *data);
void vmmouse_set_data(const uint32_t *data);

#endif /* HW_VMPORT_H */
