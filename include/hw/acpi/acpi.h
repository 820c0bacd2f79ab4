/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of ACPI's fixed hardware: ACPI specification 6.4, chapter 4
 * (4.8.3: PM1 events, control and timer; 4.8.4: general purpose events).
 *
 * A chip holds an ACPIREGS, maps the blocks where it likes them (they are
 * subregions of what it gives to the functions named *_init), and drives its
 * SCI in the function that it passes.
 */
#ifndef HW_ACPI_H
#define HW_ACPI_H

#include "exec/memory.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/irq.h"
#include "qemu/notify.h"
#include "qemu/timer.h"

/* Of the guest's pointers to tables. */
#define ACPI_BUILD_RSDP_FILE "etc/acpi/rsdp"
#define ACPI_BUILD_TABLE_FILE "etc/acpi/tables"
#define ACPI_BUILD_LOADER_FILE "etc/table-loader"

#define PM_TIMER_FREQUENCY 3579545
#define ACPI_PM_PROP_S3_DISABLED "disable_s3"
#define ACPI_PM_PROP_S4_DISABLED "disable_s4"
#define ACPI_PM_PROP_S4_VAL "s4_val"
#define ACPI_PM_PROP_SCI_INT "sci_int"
#define ACPI_PM_PROP_ACPI_ENABLE_CMD "acpi_enable_cmd"
#define ACPI_PM_PROP_ACPI_DISABLE_CMD "acpi_disable_cmd"
#define ACPI_PM_PROP_PM_IO_BASE "pm_io_base"
#define ACPI_PM_PROP_GPE0_BLK "gpe0_blk"
#define ACPI_PM_PROP_GPE0_BLK_LEN "gpe0_blk_len"
#define ACPI_PM_PROP_TCO_ENABLED "enable_tco"
#define ACPI_PM_PROP_ACPI_PCIHP_BRIDGE "acpi-pci-hotplug-with-bridge-support"
#define ACPI_PM_PROP_ACPI_PCI_ROOTHP "acpi-root-pci-hotplug"

/* PM1 status. */
#define ACPI_BITMASK_TIMER_STATUS 0x0001
#define ACPI_BITMASK_BUS_MASTER_STATUS 0x0010
#define ACPI_BITMASK_GLOBAL_LOCK_STATUS 0x0020
#define ACPI_BITMASK_POWER_BUTTON_STATUS 0x0100
#define ACPI_BITMASK_SLEEP_BUTTON_STATUS 0x0200
#define ACPI_BITMASK_RT_CLOCK_STATUS 0x0400
#define ACPI_BITMASK_PCIEXP_WAKE_STATUS 0x4000
#define ACPI_BITMASK_WAKE_STATUS 0x8000

/* PM1 enable. */
#define ACPI_BITMASK_TIMER_ENABLE 0x0001
#define ACPI_BITMASK_GLOBAL_LOCK_ENABLE 0x0020
#define ACPI_BITMASK_POWER_BUTTON_ENABLE 0x0100
#define ACPI_BITMASK_SLEEP_BUTTON_ENABLE 0x0200
#define ACPI_BITMASK_RT_CLOCK_ENABLE 0x0400
#define ACPI_BITMASK_PCIEXP_WAKE_DISABLE 0x4000

/* Events that interrupt. */
#define ACPI_BITMASK_PM1_COMMON_ENABLED ( \
        ACPI_BITMASK_RT_CLOCK_ENABLE | \
        ACPI_BITMASK_POWER_BUTTON_ENABLE | \
        ACPI_BITMASK_GLOBAL_LOCK_ENABLE | \
        ACPI_BITMASK_TIMER_ENABLE)

/* PM1 control. */
#define ACPI_BITMASK_SCI_ENABLE 0x0001
#define ACPI_BITMASK_BUS_MASTER_RLD 0x0002
#define ACPI_BITMASK_GLOBAL_LOCK_RELEASE 0x0004
#define ACPI_BITMASK_SLEEP_TYPE 0x1c00
#define ACPI_BITMASK_SLEEP_ENABLE 0x2000

typedef struct ACPIREGS ACPIREGS;
/* Sets the chip's SCI to what acpi_update_sci() finds. */
typedef void (*acpi_update_sci_fn)(ACPIREGS *ar);

typedef struct ACPIPMTimer {
    QEMUTimer *timer;           /* for the next overflow, where enabled */
    MemoryRegion io;
    int64_t overflow_time;      /* in ticks since the virtual clock's 0 */
    acpi_update_sci_fn update_sci;
} ACPIPMTimer;

typedef struct ACPIPM1EVT {
    MemoryRegion io;
    uint16_t sts;
    uint16_t en;
    acpi_update_sci_fn update_sci;
} ACPIPM1EVT;

typedef struct ACPIPM1CNT {
    MemoryRegion io;
    uint16_t cnt;
    uint8_t s4_val;             /* sleep type that means S4 */
    bool acpi_only;             /* ACPI mode cannot be left */
} ACPIPM1CNT;

typedef struct ACPIGPE {
    uint8_t len;                /* bytes: status, then as many enables */
    uint8_t *sts;               /* len bytes each, of which half is used */
    uint8_t *en;
} ACPIGPE;

struct ACPIREGS {
    ACPIPMTimer tmr;
    ACPIGPE gpe;
    struct {
        ACPIPM1EVT evt;
        ACPIPM1CNT cnt;
    } pm1;
    Notifier wakeup;
};

/* PM1 timer: four bytes at @parent + 8, counting since power on. */
void acpi_pm_tmr_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                      MemoryRegion *parent);
void acpi_pm_tmr_reset(ACPIREGS *ar);
/* Watches for the overflow, or not. */
void acpi_pm_tmr_update(ACPIREGS *ar, bool enable);
void acpi_pm_tmr_calc_overflow_time(ACPIREGS *ar);

/* PM1 events: two registers of two bytes at @parent. */
void acpi_pm1_evt_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                       MemoryRegion *parent);
void acpi_pm1_evt_reset(ACPIREGS *ar);
/* The status, up to date about the timer. */
uint16_t acpi_pm1_evt_get_sts(ACPIREGS *ar);
/* Somebody pressed the power button. */
void acpi_pm1_evt_power_down(ACPIREGS *ar);

/*
 * PM1 control: two bytes at @parent + 4.  Tells firmware by the fw_cfg file
 * etc/system-states which sleeps there are; wakes up by the notifier.
 */
void acpi_pm1_cnt_init(ACPIREGS *ar, MemoryRegion *parent, bool disable_s3,
                       bool disable_s4, uint8_t s4_val, bool acpi_only);
void acpi_pm1_cnt_reset(ACPIREGS *ar);
/* The SMI handler's work: ACPI mode on or off. */
void acpi_pm1_cnt_update(ACPIREGS *ar, bool sci_enable, bool sci_disable);

/* General purpose events: @len bytes, which the chip maps itself. */
void acpi_gpe_init(ACPIREGS *ar, uint8_t len);
void acpi_gpe_reset(ACPIREGS *ar);
void acpi_gpe_ioport_writeb(ACPIREGS *ar, uint32_t addr, uint32_t val);
uint32_t acpi_gpe_ioport_readb(ACPIREGS *ar, uint32_t addr);

/* Sets status bits, and @irq (the SCI) as it follows. */
void acpi_send_gpe_event(ACPIREGS *ar, qemu_irq irq,
                         AcpiEventStatusBits status);
/* Sets @irq to what status and enable say; watches the timer. */
void acpi_update_sci(ACPIREGS *ar, qemu_irq irq);

#endif
