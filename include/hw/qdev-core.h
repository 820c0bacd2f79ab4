/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and buses.
 *
 * A device is created (qdev_new), configured by properties and wiring,
 * realized, perhaps unrealized, and freed with its last reference.  It sits on
 * at most one bus and may own buses, which are realized after and unrealized
 * (with what sits on them) before it.  Every call needs the big lock.
 */
#ifndef QDEV_CORE_H
#define QDEV_CORE_H

#include <jansson.h>

#include "qemu/bitmap.h"
#include "qemu/mem-reentrancy.h"
#include "qemu/queue.h"
#include "qom/global-property.h"
#include "qom/object.h"
#include "hw/hotplug.h"
#include "hw/irq.h"
#include "hw/resettable.h"

enum {
    DEV_NVECTORS_UNSPECIFIED = -1,
};

#define TYPE_DEVICE "device"
OBJECT_DECLARE_TYPE(DeviceState, DeviceClass, DEVICE)

typedef enum DeviceCategory {
    DEVICE_CATEGORY_BRIDGE,
    DEVICE_CATEGORY_USB,
    DEVICE_CATEGORY_STORAGE,
    DEVICE_CATEGORY_NETWORK,
    DEVICE_CATEGORY_INPUT,
    DEVICE_CATEGORY_DISPLAY,
    DEVICE_CATEGORY_SOUND,
    DEVICE_CATEGORY_MISC,
    DEVICE_CATEGORY_CPU,
    DEVICE_CATEGORY_WATCHDOG,
    DEVICE_CATEGORY_MAX
} DeviceCategory;

typedef void (*DeviceRealize)(DeviceState *dev, Error **errp);
typedef void (*DeviceUnrealize)(DeviceState *dev);
typedef void (*DeviceReset)(DeviceState *dev);
typedef void (*BusRealize)(BusState *bus, Error **errp);
typedef void (*BusUnrealize)(BusState *bus);

struct DeviceClass {
    /*< private >*/
    ObjectClass parent_class;

    /*< public >*/
    DECLARE_BITMAP(categories, DEVICE_CATEGORY_MAX);
    const char *fw_name;        /* in firmware paths; the type name if NULL */
    const char *desc;           /* for -device help */

    /* The array given to device_class_set_props(). */
    Property *props_;

    /* False where only a board can create and wire the device. */
    bool user_creatable;
    bool hotpluggable;

    /* The one-function reset; classes with phases leave it alone. */
    DeviceReset reset;
    DeviceRealize realize;
    DeviceUnrealize unrealize;

    const VMStateDescription *vmsd;

    /* Type of the bus the device must sit on; NULL for none. */
    const char *bus_type;
};

typedef struct NamedGPIOList NamedGPIOList;

struct NamedGPIOList {
    char *name;                 /* NULL: the unnamed lines */
    qemu_irq *in;
    int num_in;
    int num_out;
    QLIST_ENTRY(NamedGPIOList) node;
};

typedef struct NamedClockList NamedClockList;

struct NamedClockList {
    char *name;
    Clock *clock;
    bool output;
    bool alias;                 /* the clock belongs to another device */
    QLIST_ENTRY(NamedClockList) node;
};

struct DeviceState {
    /*< private >*/
    Object parent_obj;
    /*< public >*/

    char *id;                   /* the user's name for it, or NULL */
    char *canonical_path;       /* set while realized */
    bool realized;
    bool pending_deleted_event; /* an unplug request waits for the guest */
    int64_t pending_deleted_expires_ms;
    json_t *opts;               /* what device_add was given; owned */
    int hotplugged;
    bool allow_unplug_during_migration;
    BusState *parent_bus;
    QLIST_HEAD(, NamedGPIOList) gpios;
    QLIST_HEAD(, NamedClockList) clocks;
    QLIST_HEAD(, BusState) child_bus;
    int num_child_bus;
    int instance_id_alias;
    int alias_required_for_version;
    ResettableState reset;
    GSList *unplug_blockers;    /* of Error, not owned */

    /* Tested by MMIO dispatch for every region the device owns. */
    MemReentrancyGuard mem_reentrancy_guard;

    /* A -global that this device refused; realize fails with it. */
    Error *global_error;
};

/*
 * Hears of every device that is realized or unrealized.  hide_device is asked
 * by device_add before it creates one: true keeps the device away for now.
 */
struct DeviceListener {
    void (*realize)(DeviceListener *listener, DeviceState *dev);
    void (*unrealize)(DeviceListener *listener, DeviceState *dev);
    bool (*hide_device)(DeviceListener *listener, const json_t *device_opts,
                        bool from_json, Error **errp);
    QTAILQ_ENTRY(DeviceListener) link;
};

#define TYPE_BUS "bus"
DECLARE_OBJ_CHECKERS(BusState, BusClass, BUS, TYPE_BUS)

struct BusClass {
    ObjectClass parent_class;

    /* Prints what the bus knows of a device for "info qtree"; may be NULL. */
    void (*print_dev)(Monitor *mon, DeviceState *dev, int indent);

    /* Where the device is, for migration section names; g_free() it. */
    char *(*get_dev_path)(DeviceState *dev);

    /* One element of an Open Firmware path; g_free() it. */
    char *(*get_fw_dev_path)(DeviceState *dev);

    void (*reset)(BusState *bus);

    /* Whether dev may sit where its properties say; may be NULL. */
    bool (*check_address)(BusState *bus, DeviceState *dev, Error **errp);

    BusRealize realize;
    BusUnrealize unrealize;

    int max_dev;                /* 0: no limit */
    int automatic_ids;          /* used to make up bus names */
};

typedef struct BusChild {
    DeviceState *child;
    int index;
    QTAILQ_ENTRY(BusChild) sibling;
} BusChild;

#define QDEV_HOTPLUG_HANDLER_PROPERTY "hotplug-handler"

typedef QTAILQ_HEAD(BusChildHead, BusChild) BusChildHead;

struct BusState {
    Object obj;
    DeviceState *parent;
    char *name;
    HotplugHandler *hotplug_handler;
    int max_index;              /* of the next child */
    bool realized;
    bool full;                  /* device_add takes no more */
    int num_children;
    BusChildHead children;      /* newest first */
    QLIST_ENTRY(BusState) sibling;
    ResettableState reset;
};

/*** Life cycle ***/

/* A new device of a type known to exist; the caller owns the reference. */
DeviceState *qdev_new(const char *name);

/* As qdev_new(), NULL where there is no such type. */
DeviceState *qdev_try_new(const char *name);

/* Puts dev on bus (NULL: its type needs none) and realizes it. */
bool qdev_realize(DeviceState *dev, BusState *bus, Error **errp);

/* The same, and gives up the caller's reference whatever happens. */
bool qdev_realize_and_unref(DeviceState *dev, BusState *bus, Error **errp);

void qdev_unrealize(DeviceState *dev);

void qdev_set_legacy_instance_id(DeviceState *dev, int alias_id,
                                 int required_for_version);

/* Whether dev is realized, for code that runs outside the big lock, too. */
static inline bool qdev_is_realized(DeviceState *dev)
{
    return __atomic_load_n(&dev->realized, __ATOMIC_ACQUIRE);
}

/*
 * Names a device that -device or device_add made and puts it in
 * /machine/peripheral, or with NULL id in /machine/peripheral-anon.  id is
 * taken over.  Returns the id, or a name made up; NULL with *errp when the
 * name is in use.
 */
const char *qdev_set_id(DeviceState *dev, char *id, Error **errp);

/*** Hot-plug ***/

/* The machine's handler for dev, or NULL. */
HotplugHandler *qdev_get_machine_hotplug_handler(DeviceState *dev);
HotplugHandler *qdev_get_bus_hotplug_handler(DeviceState *dev);

/* The machine's handler, else the bus's, else NULL. */
HotplugHandler *qdev_get_hotplug_handler(DeviceState *dev);

/* Whether the machine permits plugging dev at run time. */
bool qdev_hotplug_allowed(DeviceState *dev, Error **errp);

/* An unplug handler that needs no cooperation: unrealizes at once. */
void qdev_simple_device_unplug_cb(HotplugHandler *hotplug_dev,
                                  DeviceState *dev, Error **errp);

/* While reason (caller's) is on the list, unplug of dev fails with it. */
void qdev_add_unplug_blocker(DeviceState *dev, Error *reason);
void qdev_del_unplug_blocker(DeviceState *dev, Error *reason);
bool qdev_unplug_blocked(DeviceState *dev, Error **errp);

/*
 * The machine is complete: what is created from here on is hot-plugged.  Also
 * runs init-done notifiers and registers resets; the caller resets then.
 */
void qdev_machine_creation_done(Error **errp);

/* Whether anything was plugged or unplugged since. */
bool qdev_machine_modified(void);

/*** GPIO lines: arrays of inputs and outputs, by name; NULL is a name ***/

qemu_irq qdev_get_gpio_in(DeviceState *dev, int n);
qemu_irq qdev_get_gpio_in_named(DeviceState *dev, const char *name, int n);

void qdev_connect_gpio_out(DeviceState *dev, int n, qemu_irq pin);
void qdev_connect_gpio_out_named(DeviceState *dev, const char *name, int n,
                                 qemu_irq input_pin);

/* What is connected to the output: NULL where nothing is. */
qemu_irq qdev_get_gpio_out_connector(DeviceState *dev, const char *name,
                                     int n);

/* Puts icpt in the place of what the output fed, and returns the latter. */
qemu_irq qdev_intercept_gpio_out(DeviceState *dev, qemu_irq icpt,
                                 const char *name, int n);

/* handler is called with opaque = dev. */
void qdev_init_gpio_in(DeviceState *dev, qemu_irq_handler handler, int n);
void qdev_init_gpio_out(DeviceState *dev, qemu_irq *pins, int n);
void qdev_init_gpio_out_named(DeviceState *dev, qemu_irq *pins,
                              const char *name, int n);
void qdev_init_gpio_in_named_with_opaque(DeviceState *dev,
                                         qemu_irq_handler handler,
                                         void *opaque, const char *name,
                                         int n);

static inline void qdev_init_gpio_in_named(DeviceState *dev,
                                           qemu_irq_handler handler,
                                           const char *name, int n)
{
    qdev_init_gpio_in_named_with_opaque(dev, handler, dev, name, n);
}

/* Lines of dev appear as lines of container; dev must be its child. */
void qdev_pass_gpios(DeviceState *dev, DeviceState *container,
                     const char *name);

/*** The tree ***/

BusState *qdev_get_parent_bus(DeviceState *dev);
BusState *qdev_get_child_bus(DeviceState *dev, const char *name);

/* Moves dev to another bus (before realize), reset state included. */
bool qdev_set_parent_bus(DeviceState *dev, BusState *bus, Error **errp);

typedef int (qbus_walkerfn)(BusState *bus, void *opaque);
typedef int (qdev_walkerfn)(DeviceState *dev, void *opaque);

/*
 * Visits the tree below (and with) bus or dev; pre functions before children,
 * post functions after.  A pre function that returns > 0 skips the children,
 * any function that returns < 0 ends the walk with that value.
 */
int qbus_walk_children(BusState *bus, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque);
int qdev_walk_children(DeviceState *dev, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque);

DeviceState *qdev_find_recursive(BusState *bus, const char *id);

/* Initializes a bus in memory that its owner provides. */
void qbus_init(void *bus, size_t size, const char *typename,
               DeviceState *parent, const char *name);

/* Allocates one; with a NULL name, "<parent's id or bus type>.<n>". */
BusState *qbus_new(const char *typename, DeviceState *parent,
                   const char *name);
bool qbus_realize(BusState *bus, Error **errp);
void qbus_unrealize(BusState *bus);

void qbus_set_hotplug_handler(BusState *bus, Object *handler);
void qbus_set_bus_hotplug_handler(BusState *bus);

/* Whether the bus has a handler, and the handler takes devices there. */
bool qbus_is_hotpluggable(BusState *bus);

/* device_add leaves a full bus alone. */
static inline void qbus_mark_full(BusState *bus)
{
    bus->full = true;
}

/* The bus that devices without a bus of their own sit on; made on demand. */
BusState *sysbus_get_default(void);

/* Names in firmware paths; g_free() them. */
char *qdev_get_fw_dev_path(DeviceState *dev);
char *qdev_get_own_fw_dev_path_from_handler(BusState *bus, DeviceState *dev);
const char *qdev_fw_name(DeviceState *dev);

/* The bus's name for where dev is, for migration; NULL if it has none. */
char *qdev_get_dev_path(DeviceState *dev);

/* "/machine", made on the first call. */
Object *qdev_get_machine(void);

void device_listener_register(DeviceListener *listener);
void device_listener_unregister(DeviceListener *listener);
bool qdev_should_hide_device(const json_t *opts, bool from_json, Error **errp);

/*** Reset ***/

void qdev_reset_all(DeviceState *dev);
void qdev_reset_all_fn(void *opaque);
void qbus_reset_all(BusState *bus);
void qbus_reset_all_fn(void *opaque);

/* Resets dev with everything below it, as after power-on. */
void device_cold_reset(DeviceState *dev);
void bus_cold_reset(BusState *bus);

bool device_is_in_reset(DeviceState *dev);
bool bus_is_in_reset(BusState *bus);

/* Calls dc->reset, and nothing below dev. */
void device_legacy_reset(DeviceState *dev);

/*** For class_init ***/

/* The array ends with DEFINE_PROP_END_OF_LIST() and lives for ever. */
void device_class_set_props(DeviceClass *dc, Property *props);

/* Replace a method and keep the parent's for the new one to call. */
void device_class_set_parent_reset(DeviceClass *dc, DeviceReset dev_reset,
                                   DeviceReset *parent_reset);
void device_class_set_parent_realize(DeviceClass *dc,
                                     DeviceRealize dev_realize,
                                     DeviceRealize *parent_realize);
void device_class_set_parent_unrealize(DeviceClass *dc,
                                       DeviceUnrealize dev_unrealize,
                                       DeviceUnrealize *parent_unrealize);
void device_class_set_legacy_reset(DeviceClass *dc, DeviceReset dev_reset);

const VMStateDescription *qdev_get_vmsd(DeviceState *dev);

static inline bool device_class_is_user_creatable(const DeviceClass *dc)
{
    return dc->user_creatable;
}

/*** Phases of start-up ***/

typedef enum MachineInitPhase {
    PHASE_NO_MACHINE,               /* before -machine is known */
    PHASE_MACHINE_CREATED,          /* there is a machine object */
    PHASE_ACCEL_CREATED,
    PHASE_MACHINE_INITIALIZED,      /* the board exists */
    PHASE_MACHINE_READY,            /* everything from the command line does */
} MachineInitPhase;

bool phase_check(MachineInitPhase phase);

/* By one step only. */
void phase_advance(MachineInitPhase phase);

/* Sends DEVICE_DELETED for a device with that id (may be NULL) and path. */
void qdev_send_deleted_event(const char *id, const char *path);

#endif /* QDEV_CORE_H */
