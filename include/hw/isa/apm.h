/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advanced power management ports: a command port whose writes raise a system
 * management interrupt, and a status port (ICH9 data sheet section 13.8.1).
 */
#ifndef HW_APM_H
#define HW_APM_H

#include "exec/memory.h"
#include "hw/pci/pci.h"
#include "migration/vmstate.h"

#define APM_CNT_IOPORT 0xb2
#define APM_STS_IOPORT 0xb3

/* Commands that switch ACPI. */
#define ACPI_ENABLE 0xf1
#define ACPI_DISABLE 0xf0

/* Called with the command that the guest wrote. */
typedef void (*apm_ctrl_changed_t)(uint32_t val, void *arg);

typedef struct APMState {
    uint8_t apmc;
    uint8_t apms;
    apm_ctrl_changed_t callback;
    void *arg;
    MemoryRegion io;
} APMState;

/* Puts the ports in @dev's I/O space. */
void apm_init(PCIDevice *dev, APMState *s, apm_ctrl_changed_t callback,
              void *arg);

extern const VMStateDescription vmstate_apm;

#define VMSTATE_APM(field_, state_) \
    VMSTATE_STRUCT(field_, state_, 1, vmstate_apm, APMState)

#endif
