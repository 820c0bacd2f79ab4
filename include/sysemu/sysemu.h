/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What concerns the program as a whole. */
#ifndef SYSEMU_H
#define SYSEMU_H

#include "qemu/notify.h"
#include "qemu/timer.h"
#include "qemu/uuid.h"

/*** -only-migratable, -name; -uuid is in qemu/uuid.h ***/
extern int only_migratable;
extern const char *qemu_name;

/*** Set from options, read by boards and devices ***/
typedef enum {
    VGA_NONE, VGA_STD, VGA_CIRRUS, VGA_VMWARE, VGA_XENFB, VGA_QXL,
    VGA_TCX, VGA_CG3, VGA_DEVICE, VGA_VIRTIO,
    VGA_TYPE_MAX,
} VGAInterfaceType;

extern int vga_interface_type;
extern bool vga_interface_created;
extern int autostart;
extern int graphic_rotate;
extern int old_param;
extern bool fd_bootchk;
extern uint8_t *boot_splash_filedata;
extern bool enable_cpu_pm;
extern QEMUClockType rtc_clock;

#define MAX_OPTION_ROMS 16
typedef struct QEMUOptionRom {
    const char *name;
    int32_t bootindex;
} QEMUOptionRom;
extern QEMUOptionRom option_rom[MAX_OPTION_ROMS];
extern int nb_option_roms;

/* Whether the machine's default devices are wanted (no -nodefaults). */
bool defaults_enabled(void);
void set_defaults_enabled(bool enabled);

/* Character devices of -serial and -parallel, by number; NULL for none. */
#define MAX_PARALLEL_PORTS 3
extern Chardev *parallel_hds[MAX_PARALLEL_PORTS];
Chardev *serial_hd(int i);
void serial_hd_set(int i, Chardev *chr);

/*** Notifiers; the machine's are in hw/boards.h ***/
void qemu_add_exit_notifier(Notifier *notify);
void qemu_remove_exit_notifier(Notifier *notify);

/* Calls the exit notifiers, once. */
void qemu_run_exit_notifiers(void);
void qemu_add_machine_init_done_notifier(Notifier *notify);
void qemu_remove_machine_init_done_notifier(Notifier *notify);

/*** Boot order (system/bootdevice.c) ***/
typedef void QEMUBootSetHandler(void *opaque, const char *boot_order,
                                Error **errp);
void qemu_register_boot_set(QEMUBootSetHandler *func, void *opaque);
void qemu_boot_set(const char *boot_order, Error **errp);
void restore_boot_order(void *opaque);
void validate_bootdevices(const char *devices, Error **errp);

/* A negative index withdraws what was given before. */
void add_boot_device_path(int32_t bootindex, DeviceState *dev,
                          const char *suffix);
void del_boot_device_path(DeviceState *dev, const char *suffix);
void check_boot_index(int32_t bootindex, Error **errp);

/* Firmware paths by rising index, one a line; g_free() it. */
char *get_boot_devices_list(size_t *size);
DeviceState *get_boot_device(uint32_t position);

/*
 * Gives obj a property of that name that is backed by *bootindex (-1 at
 * first) and enters dev in the boot order with that suffix.
 */
void device_add_bootindex_property(Object *obj, int32_t *bootindex,
                                   const char *name, const char *suffix,
                                   DeviceState *dev);

/* Geometry hints for firmware. */
void add_boot_device_lchs(DeviceState *dev, const char *suffix,
                          uint32_t lcyls, uint32_t lheads, uint32_t lsecs);
void del_boot_device_lchs(DeviceState *dev, const char *suffix);
char *get_boot_devices_lchs_list(size_t *size);

#endif /* SYSEMU_H */
