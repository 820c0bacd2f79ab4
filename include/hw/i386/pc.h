/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PC boards: what "pc" and "q35" have in common. */
#ifndef HW_PC_H
#define HW_PC_H

#include "hw/audio/pcspk.h"
#include "hw/hotplug.h"
#include "hw/i2c/i2c.h"
#include "hw/i386/x86.h"
#include "hw/intc/i8259.h"
#include "hw/intc/ioapic.h"
#include "hw/pci/pci.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/timer/hpet.h"
#include "hw/timer/i8254.h"

#define TYPE_PC_MACHINE "generic-pc-machine"
OBJECT_DECLARE_TYPE(PCMachineState, PCMachineClass, PC_MACHINE)

typedef struct PCChip PCChip;

struct PCMachineState {
    /*< private >*/
    X86MachineState parent_obj;
    /*< public >*/

    Notifier machine_done;
    PCIBus *bus;
    ISABus *isa_bus;
    ISADevice *rtc;
    ISADevice *pit;
    ISADevice *i8042;           /* NULL: switched off */
    DeviceState *hpet;          /* NULL: none */
    I2CBus *smbus;              /* NULL: none */
    HotplugHandler *acpi_dev;
    uint64_t max_fw_size;
    char *smbios_entry_point_type;
    char *pcspk_audiodev;
    OnOffAuto vmport;

    bool smbus_enabled;
    bool sata_enabled;
    bool hpet_enabled;
    bool i8042_enabled;
    bool default_bus_bypass_iommu;

    GSIState gsi_state;
    MemoryRegion *pci_memory;   /* what BARs are mapped in */
    MemoryRegion ram_below_4g;
    MemoryRegion ram_above_4g;
    MemoryRegion option_roms;
    MemoryRegion ioport80;
    MemoryRegion ioportf0;
};

#define PC_MACHINE_ACPI_DEVICE_PROP "acpi-device"
#define PC_MACHINE_MAX_RAM_BELOW_4G "max-ram-below-4g"
#define PC_MACHINE_DEVMEM_REGION_SIZE "device-memory-region-size"
#define PC_MACHINE_VMPORT "vmport"
#define PC_MACHINE_SMBUS "smbus"
#define PC_MACHINE_SATA "sata"
#define PC_MACHINE_I8042 "i8042"
#define PC_MACHINE_MAX_FW_SIZE "max-fw-size"
#define PC_MACHINE_SMBIOS_EP "smbios-entry-point-type"

struct PCMachineClass {
    /*< private >*/
    X86MachineClass parent;
    /*< public >*/

    const char *default_nic_model;

    /*
     * How much RAM the board likes below 4 GiB, given what there is; the
     * rest goes above.
     */
    uint64_t (*low_ram_limit)(uint64_t ram_size);

    /* The host bridge, with its root bus in pcms->bus. */
    void (*create_host)(PCMachineState *pcms);

    uint32_t hpet_intcap;       /* inputs that the HPET may drive */

    /* In order of creation; ends with an empty entry. */
    const PCChip *chips;
};

/*
 * A board is a table of chips.  To add a chip, add a line to the board's
 * table: type, bus, address, and functions where it needs more.
 */
typedef enum PCChipBus {
    PC_CHIP_ISA,
    PC_CHIP_PCI,                /* address: PCI_DEVFN() */
    PC_CHIP_SYSBUS,             /* address: of MMIO region 0 */
} PCChipBus;

struct PCChip {
    const char *type;
    PCChipBus bus;
    uint64_t address;
    /* Of a PCI chip: other functions follow in this slot. */
    bool multifunction;
    /* Its name below the host bridge; NULL: an unattached device. */
    const char *host_child;
    /* NULL: always. */
    bool (*wanted)(PCMachineState *pcms);
    /* Sets properties before realize; NULL: none to set. */
    void (*prepare)(PCMachineState *pcms, DeviceState *dev);
    /* Wires it after realize; NULL: nothing to wire. */
    void (*wire)(PCMachineState *pcms, DeviceState *dev);
    /* Instead of all that: makes what is wanted here. */
    void (*create)(PCMachineState *pcms);
};

/*
 * The chips behind the ISA bridge, the same on all PC boards: lines of a
 * board's table.
 */
#define PC_ISA_CHIPS \
    { TYPE_I8259, PC_CHIP_ISA, .wanted = pc_wants_pic, \
      .prepare = pc_prepare_pic_master, .wire = pc_wire_pic_master }, \
    { TYPE_I8259, PC_CHIP_ISA, .wanted = pc_wants_pic, \
      .prepare = pc_prepare_pic_slave, .wire = pc_wire_pic_slave }, \
    { TYPE_IOAPIC, PC_CHIP_SYSBUS, IO_APIC_DEFAULT_ADDRESS, \
      .host_child = "ioapic", .wire = pc_wire_ioapic }, \
    { TYPE_HPET, PC_CHIP_SYSBUS, HPET_BASE, .wanted = pc_wants_hpet, \
      .prepare = pc_prepare_hpet, .wire = pc_wire_hpet }, \
    { TYPE_MC146818_RTC, PC_CHIP_ISA, .prepare = pc_prepare_rtc, \
      .wire = pc_wire_rtc }, \
    { TYPE_I8254, PC_CHIP_ISA, .wanted = pc_wants_pit, \
      .wire = pc_wire_pit }, \
    { TYPE_PC_SPEAKER, PC_CHIP_ISA, .wanted = pc_wants_pit, \
      .prepare = pc_prepare_speaker }, \
    { .create = pc_create_ports }, \
    { "isa-fdc", PC_CHIP_ISA, .wanted = pc_wants_fdc, .wire = pc_wire_fdc }, \
    { "i8042", PC_CHIP_ISA, .wanted = pc_wants_i8042, \
      .wire = pc_wire_i8042 }, \
    { "vmport", PC_CHIP_ISA, .wanted = pc_wants_vmport }, \
    { "vmmouse", PC_CHIP_ISA, .wanted = pc_wants_vmport, \
      .prepare = pc_prepare_vmmouse }, \
    { "port92", PC_CHIP_ISA, .wanted = pc_wants_i8042, \
      .wire = pc_wire_port92 }

bool pc_wants_pic(PCMachineState *pcms);
void pc_prepare_pic_master(PCMachineState *pcms, DeviceState *dev);
void pc_wire_pic_master(PCMachineState *pcms, DeviceState *dev);
void pc_prepare_pic_slave(PCMachineState *pcms, DeviceState *dev);
void pc_wire_pic_slave(PCMachineState *pcms, DeviceState *dev);
void pc_wire_ioapic(PCMachineState *pcms, DeviceState *dev);
bool pc_wants_hpet(PCMachineState *pcms);
void pc_prepare_hpet(PCMachineState *pcms, DeviceState *dev);
void pc_wire_hpet(PCMachineState *pcms, DeviceState *dev);
bool pc_wants_pit(PCMachineState *pcms);
void pc_wire_pit(PCMachineState *pcms, DeviceState *dev);
void pc_prepare_speaker(PCMachineState *pcms, DeviceState *dev);
bool pc_wants_i8042(PCMachineState *pcms);
void pc_wire_i8042(PCMachineState *pcms, DeviceState *dev);
void pc_wire_port92(PCMachineState *pcms, DeviceState *dev);

bool pc_wants_vmport(PCMachineState *pcms);
void pc_prepare_vmmouse(PCMachineState *pcms, DeviceState *dev);

/*
 * pc-defaults.c: devices that come from other options than -device, as many
 * as those ask for.  Network cards come after the slot of a graphics card.
 */
#define PC_NICS { .create = pc_create_nics }

/* Serial and parallel ports, one for each character device. */
void pc_create_ports(PCMachineState *pcms);
void pc_create_nics(PCMachineState *pcms);

/* pc-power.c: the SMBus, and on "pc" the function that has it. */
bool pc_wants_smbus(PCMachineState *pcms);
void pc_wire_smbus(PCMachineState *pcms, DeviceState *dev);
bool pc_wants_piix4_pm(PCMachineState *pcms);
void pc_prepare_piix4_pm(PCMachineState *pcms, DeviceState *dev);
void pc_wire_piix4_pm(PCMachineState *pcms, DeviceState *dev);
/* Who has the ACPI event registers. */
void pc_set_acpi_device(PCMachineState *pcms, Object *chip);
void pc_machine_wakeup(MachineState *ms);

/*
 * The geometry of hard disk @unit (0 or 1), as the BIOS is to have it;
 * @translation is enum BiosAtaTranslation's number.
 */
void pc_cmos_set_disk(PCMachineState *pcms, int unit, unsigned cylinders,
                      unsigned heads, unsigned sectors, int translation);

/* The board: what every MachineClass.init of a PC calls. */
void pc_machine_init(MachineState *ms);

/* The bridge's ISA bus gets its lines. */
void pc_connect_isa_bus(PCMachineState *pcms, ISABus *isa_bus);

#endif
