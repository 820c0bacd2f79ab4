/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Standard Hot-Plug Controller: PCI Standard Hot-Plug Controller and
 * Subsystem Specification 1.0, chapter 4 (registers) and 3.5 (commands).
 *
 * Each slot has an attention button, a retention latch with a sensor, and
 * two indicators.  Plugging in closes the latch and pushes the button;
 * software answers by enabling the slot.  To take a device out the button is
 * pushed, and the device goes when software has disabled its slot and
 * switched the power indicator off.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/shpc.h"
#include "migration/qemu-file-types.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/range.h"

/* Slots are numbered from 1, as the devices behind the bridge. */
#define FIRST_SLOT 1
#define NSLOTS (PCI_SLOT_MAX - FIRST_SLOT)

/* Registers (4.4) */
#define SLOTS_33 0x04           /* slots that run at 33 MHz */
#define SLOT_CONFIG 0x0c
#define SLOT_CONFIG_FIRST_DEV_SHIFT 8
#define SLOT_CONFIG_FIRST_SLOT_SHIFT 16
#define SLOT_CONFIG_NUMBERS_UP (1u << 29)
#define SLOT_CONFIG_LATCH_SENSORS (1u << 30)
#define SLOT_CONFIG_BUTTONS (1u << 31)
#define BUS_CONFIG 0x10
#define PROGRAMMING_IF 0x13
#define COMMAND_CODE 0x14
#define POWER_ALL_SLOTS 0x48
#define ENABLE_ALL_SLOTS 0x49
#define COMMAND_TARGET 0x15
#define COMMAND_TARGET_MASK 0x1f
#define COMMAND_STATUS 0x16
#define STATUS_INVALID_COMMAND (1u << 2)
#define STATUS_INVALID_MODE (1u << 3)
#define STATUS_ERRORS 0x0e
#define INTERRUPT_LOCATOR 0x18
#define SERR_INTERRUPT 0x20
#define GLOBAL_INTERRUPT_MASK (1u << 0)
#define COMMAND_INTERRUPT_MASK (1u << 2)
#define SERR_INTERRUPT_MASKS 0xf
#define COMMAND_COMPLETE (1u << 16)
#define SLOT_REGISTERS 0x24     /* four bytes each */
#define SHPC_SIZE (SLOT_REGISTERS + 4 * NSLOTS)

/* Fields of a slot's status (4.4.12), its lower two bytes */
#define SLOT_STATE 0x0003
#define SLOT_POWER_LED 0x000c
#define SLOT_ATTENTION_LED 0x0030
#define SLOT_LATCH_OPEN 0x0100
#define SLOT_PRESENCE 0x0c00
#define PRESENCE_7_5_W 0
#define PRESENCE_EMPTY 3

/* Event latch, the third byte, and masks, the fourth */
#define SLOT_EVENTS 2
#define EVENT_PRESENCE (1u << 0)
#define EVENT_BUTTON (1u << 2)
#define EVENT_LATCH (1u << 3)
#define EVENTS_ALL 0x1f
#define SLOT_MASKS 3
#define MASKS_ALL 0x7f

/* Values of the fields, in commands too; 0 there is "no change". */
enum { STATE_POWER_ONLY = 1, STATE_ENABLED, STATE_DISABLED };
enum { LED_ON = 1, LED_BLINK, LED_OFF };

/* The capability (4.2): a window of a doubleword on the registers */
#define CAP_SIZE 8
#define CAP_SELECT 2
#define CAP_PENDING 3
#define CAP_INTERRUPT_PENDING (1u << 3)
#define CAP_DATA 4

struct SHPCDevice {
    uint8_t cap;
    PCIBus *bus;
    MemoryRegion mmio;
    bool interrupting;
    uint8_t config[SHPC_SIZE];
    uint8_t wmask[SHPC_SIZE];
    uint8_t w1cmask[SHPC_SIZE];
};

/*** Slots ***/

static uint8_t *slot_register(SHPCDevice *shpc, int slot)
{
    return shpc->config + SLOT_REGISTERS + 4 * (slot - FIRST_SLOT);
}

static unsigned slot_get(SHPCDevice *shpc, int slot, uint16_t field)
{
    return pci_get_word_by_mask(slot_register(shpc, slot), field);
}

static void slot_set(SHPCDevice *shpc, int slot, uint16_t field,
                     unsigned value)
{
    pci_set_word_by_mask(slot_register(shpc, slot), field, value);
}

static void slot_event(SHPCDevice *shpc, int slot, uint8_t events)
{
    slot_register(shpc, slot)[SLOT_EVENTS] |= events;
}

static bool slot_is_populated(SHPCDevice *shpc, int slot)
{
    for (int func = 0; func < PCI_FUNC_MAX; func++) {
        if (shpc->bus->devices[PCI_DEVFN(slot, func)]) {
            return true;
        }
    }
    return false;
}

/* What the presence pins and the latch say. */
static void slot_update_presence(SHPCDevice *shpc, int slot)
{
    bool populated = slot_is_populated(shpc, slot);

    slot_set(shpc, slot, SLOT_PRESENCE,
             populated ? PRESENCE_7_5_W : PRESENCE_EMPTY);
    slot_set(shpc, slot, SLOT_LATCH_OPEN, !populated);
}

static void slot_eject(SHPCDevice *shpc, int slot)
{
    bool was_populated = slot_is_populated(shpc, slot);

    for (int func = PCI_FUNC_MAX - 1; func >= 0; func--) {
        PCIDevice *d = shpc->bus->devices[PCI_DEVFN(slot, func)];

        if (d) {
            HotplugHandler *handler = qdev_get_hotplug_handler(DEVICE(d));

            hotplug_handler_unplug(handler, DEVICE(d), &error_abort);
            object_unparent(OBJECT(d));
        }
    }
    if (was_populated) {
        slot_update_presence(shpc, slot);
        slot_event(shpc, slot, EVENT_LATCH | EVENT_PRESENCE);
    }
}

/*** Interrupts (4.4.10, 4.4.11) ***/

/* The window in configuration space shows what the registers hold now. */
static void update_window(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;
    uint8_t *cap = d->config + shpc->cap;
    unsigned offset = cap[CAP_SELECT] * 4;

    pci_set_long(cap + CAP_DATA, offset < SHPC_SIZE
                 ? pci_get_long(shpc->config + offset) : 0);
    cap[CAP_PENDING] = shpc->interrupting ? CAP_INTERRUPT_PENDING : 0;
}

static void shpc_update(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;
    uint32_t control = pci_get_long(shpc->config + SERR_INTERRUPT);
    uint32_t locator = 0;
    bool interrupt;

    for (int slot = FIRST_SLOT; slot < FIRST_SLOT + NSLOTS; slot++) {
        const uint8_t *reg = slot_register(shpc, slot);

        if (reg[SLOT_EVENTS] & ~reg[SLOT_MASKS] & EVENTS_ALL) {
            locator |= 1u << slot;
        }
    }
    if ((control & COMMAND_COMPLETE) && !(control & COMMAND_INTERRUPT_MASK)) {
        locator |= 1;
    }
    pci_set_long(shpc->config + INTERRUPT_LOCATOR, locator);

    interrupt = locator && !(control & GLOBAL_INTERRUPT_MASK);
    if (!msi_enabled(d)) {
        pci_set_irq(d, interrupt);
    } else if (interrupt && !shpc->interrupting) {
        msi_notify(d, 0);
    }
    shpc->interrupting = interrupt;
    update_window(d);
}

/*** Commands (3.5) ***/

static uint8_t slot_command(SHPCDevice *shpc, int slot, uint8_t code)
{
    unsigned state = code & 3;
    unsigned power_led = (code >> 2) & 3;
    unsigned attention_led = (code >> 4) & 3;
    unsigned old;

    if (slot < FIRST_SLOT || slot >= FIRST_SLOT + NSLOTS) {
        return STATUS_INVALID_COMMAND;
    }
    old = slot_get(shpc, slot, SLOT_STATE);
    if (old == STATE_ENABLED && state == STATE_POWER_ONLY) {
        return STATUS_INVALID_COMMAND;
    }
    if (power_led) {
        slot_set(shpc, slot, SLOT_POWER_LED, power_led);
    }
    if (attention_led) {
        slot_set(shpc, slot, SLOT_ATTENTION_LED, attention_led);
    }
    if (state) {
        slot_set(shpc, slot, SLOT_STATE, state);
    }
    if (state == STATE_DISABLED && old != STATE_DISABLED &&
        slot_get(shpc, slot, SLOT_POWER_LED) == LED_OFF) {
        slot_eject(shpc, slot);
    }
    return 0;
}

/* Not while any slot is enabled; slots without a device stay as they are. */
static uint8_t all_slots_command(SHPCDevice *shpc, unsigned state)
{
    for (int slot = FIRST_SLOT; slot < FIRST_SLOT + NSLOTS; slot++) {
        if (slot_get(shpc, slot, SLOT_STATE) == STATE_ENABLED) {
            return STATUS_INVALID_COMMAND;
        }
    }
    for (int slot = FIRST_SLOT; slot < FIRST_SLOT + NSLOTS; slot++) {
        if (slot_is_populated(shpc, slot)) {
            slot_set(shpc, slot, SLOT_STATE, state);
            slot_set(shpc, slot, SLOT_POWER_LED, LED_ON);
        }
    }
    return 0;
}

/* The bus has one speed and mode: 33 MHz conventional. */
static uint8_t run_command(SHPCDevice *shpc, uint8_t code, int target)
{
    if (code < 0x40) {
        return slot_command(shpc, target, code);
    }
    if (code < 0x48) {
        return code == 0x40 ? 0 : STATUS_INVALID_MODE;
    }
    switch (code) {
    case POWER_ALL_SLOTS:
        return all_slots_command(shpc, STATE_POWER_ONLY);
    case ENABLE_ALL_SLOTS:
        return all_slots_command(shpc, STATE_ENABLED);
    default:
        return STATUS_INVALID_COMMAND;
    }
}

static void command_written(SHPCDevice *shpc)
{
    uint8_t code = shpc->config[COMMAND_CODE];
    int target = shpc->config[COMMAND_TARGET] & COMMAND_TARGET_MASK;

    shpc->config[COMMAND_STATUS] =
        (shpc->config[COMMAND_STATUS] & ~STATUS_ERRORS) |
        run_command(shpc, code, target);
    pci_long_test_and_set_mask(shpc->config + SERR_INTERRUPT,
                               COMMAND_COMPLETE);
}

/*** Register accesses ***/

static void shpc_write(PCIDevice *d, unsigned addr, uint64_t val, int len)
{
    SHPCDevice *shpc = d->shpc;

    for (int i = 0; i < len && addr + i < SHPC_SIZE; i++) {
        uint8_t *reg = &shpc->config[addr + i];
        uint8_t byte = val >> (8 * i);
        uint8_t wmask = shpc->wmask[addr + i];

        *reg = (*reg & ~wmask) | (byte & wmask);
        *reg &= ~(byte & shpc->w1cmask[addr + i]);
    }
    if (range_covers_byte(addr, len, COMMAND_CODE)) {
        command_written(shpc);
    }
    shpc_update(d);
}

static void shpc_mmio_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    shpc_write(opaque, addr, val, size);
}

static uint64_t shpc_mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIDevice *d = opaque;
    uint64_t val = 0;

    for (unsigned i = 0; i < size && addr + i < SHPC_SIZE; i++) {
        val |= (uint64_t)d->shpc->config[addr + i] << (8 * i);
    }
    return val;
}

static const MemoryRegionOps shpc_mmio_ops = {
    .read = shpc_mmio_read,
    .write = shpc_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
    .impl = { .min_access_size = 1, .max_access_size = 4 },
};

void shpc_cap_write_config(PCIDevice *d, uint32_t addr, uint32_t val, int len)
{
    uint8_t *cap;

    if (!shpc_present(d) ||
        !ranges_overlap(addr, len, d->shpc->cap, CAP_SIZE)) {
        return;
    }
    cap = d->config + d->shpc->cap;
    if (ranges_overlap(addr, len, d->shpc->cap + CAP_DATA, 4)) {
        /* Byte enables are lost here: the doubleword is written whole. */
        shpc_write(d, cap[CAP_SELECT] * 4, pci_get_long(cap + CAP_DATA), 4);
    }
    update_window(d);
}

/*** Set-up and reset ***/

int shpc_bar_size(PCIDevice *d)
{
    return pow2ceil(SHPC_SIZE);
}

static void init_masks(SHPCDevice *shpc)
{
    shpc->wmask[COMMAND_CODE] = 0xff;
    shpc->wmask[COMMAND_TARGET] = COMMAND_TARGET_MASK;
    pci_set_long(shpc->wmask + SERR_INTERRUPT, SERR_INTERRUPT_MASKS);
    pci_set_long(shpc->w1cmask + SERR_INTERRUPT, COMMAND_COMPLETE);
    for (int i = 0; i < NSLOTS; i++) {
        int reg = SLOT_REGISTERS + 4 * i;

        shpc->w1cmask[reg + SLOT_EVENTS] = EVENTS_ALL;
        shpc->wmask[reg + SLOT_MASKS] = MASKS_ALL;
    }
}

void shpc_reset(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;

    if (!shpc_present(d)) {
        return;
    }
    memset(shpc->config, 0, sizeof(shpc->config));
    pci_set_long(shpc->config + SLOTS_33, NSLOTS);
    pci_set_long(shpc->config + SLOT_CONFIG,
                 NSLOTS | FIRST_SLOT << SLOT_CONFIG_FIRST_DEV_SHIFT |
                 FIRST_SLOT << SLOT_CONFIG_FIRST_SLOT_SHIFT |
                 SLOT_CONFIG_NUMBERS_UP | SLOT_CONFIG_LATCH_SENSORS |
                 SLOT_CONFIG_BUTTONS);
    shpc->config[PROGRAMMING_IF] = 1;
    pci_set_long(shpc->config + SERR_INTERRUPT, SERR_INTERRUPT_MASKS);
    for (int slot = FIRST_SLOT; slot < FIRST_SLOT + NSLOTS; slot++) {
        bool populated = slot_is_populated(shpc, slot);

        slot_set(shpc, slot, SLOT_STATE,
                 populated ? STATE_ENABLED : STATE_DISABLED);
        slot_set(shpc, slot, SLOT_POWER_LED, populated ? LED_ON : LED_OFF);
        slot_register(shpc, slot)[SLOT_MASKS] = MASKS_ALL;
        slot_update_presence(shpc, slot);
    }
    d->config[shpc->cap + CAP_SELECT] = 0;
    shpc_update(d);
}

int shpc_init(PCIDevice *d, PCIBus *sec_bus, MemoryRegion *bar,
              unsigned offset, Error **errp)
{
    int cap = pci_add_capability(d, PCI_CAP_ID_SHPC, 0, CAP_SIZE, errp);
    SHPCDevice *shpc;

    if (cap < 0) {
        return cap;
    }
    d->shpc = shpc = g_new0(SHPCDevice, 1);
    shpc->cap = cap;
    shpc->bus = sec_bus;
    d->wmask[cap + CAP_SELECT] = 0xff;
    pci_set_long(d->wmask + cap + CAP_DATA, 0xffffffff);
    d->cmask[cap + CAP_PENDING] = 0;
    d->cap_present |= QEMU_PCI_CAP_SHPC;

    init_masks(shpc);
    memory_region_init_io(&shpc->mmio, OBJECT(d), &shpc_mmio_ops, d,
                          "shpc-mmio", SHPC_SIZE);
    memory_region_add_subregion(bar, offset, &shpc->mmio);
    qbus_set_hotplug_handler(BUS(sec_bus), OBJECT(d));
    shpc_reset(d);
    return 0;
}

bool shpc_init_msi(PCIDevice *d, OnOffAuto wanted, Error **errp)
{
    g_autoptr(Error) err = NULL;

    if (!shpc_present(d) || wanted == ON_OFF_AUTO_OFF ||
        msi_init(d, 0, 1, true, true, &err) == 0) {
        return true;
    }
    if (wanted == ON_OFF_AUTO_ON) {
        error_propagate_prepend(errp, g_steal_pointer(&err),
                                "Can't have msi=on with this machine: ");
        return false;
    }
    return true;
}

void shpc_cleanup(PCIDevice *d, MemoryRegion *bar)
{
    SHPCDevice *shpc = d->shpc;

    if (!shpc) {
        return;
    }
    memory_region_del_subregion(bar, &shpc->mmio);
    object_unparent(OBJECT(&shpc->mmio));
    d->shpc = NULL;
    g_free(shpc);
}

/*** Hot-plug handler ***/

/* The slot of a device that may be plugged; 0 with @errp set. */
static int handled_slot(PCIDevice *bridge, PCIDevice *d, Error **errp)
{
    int slot = PCI_SLOT(d->devfn);

    if (slot < FIRST_SLOT) {
        error_setg(errp, "Unsupported PCI slot %d for standard hotplug "
                   "controller. Valid slots are between %d and %d.", slot,
                   FIRST_SLOT, FIRST_SLOT + NSLOTS - 1);
        return 0;
    }
    return slot;
}

void shpc_device_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                         Error **errp)
{
    PCIDevice *bridge = PCI_DEVICE(hotplug_dev);
    SHPCDevice *shpc = bridge->shpc;
    int slot = PCI_SLOT(PCI_DEVICE(dev)->devfn);

    if (slot < FIRST_SLOT && !dev->hotplugged) {
        /* Soldered on, so to speak. */
        return;
    }
    slot = handled_slot(bridge, PCI_DEVICE(dev), errp);
    if (!slot) {
        return;
    }
    slot_update_presence(shpc, slot);
    if (!dev->hotplugged) {
        /* There from the start: nothing to tell anybody. */
        slot_set(shpc, slot, SLOT_STATE, STATE_ENABLED);
        slot_set(shpc, slot, SLOT_POWER_LED, LED_ON);
    } else {
        slot_event(shpc, slot,
                   EVENT_BUTTON | EVENT_LATCH | EVENT_PRESENCE);
    }
    shpc_update(bridge);
}

void shpc_device_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp)
{
    qdev_unrealize(dev);
}

void shpc_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp)
{
    PCIDevice *bridge = PCI_DEVICE(hotplug_dev);
    SHPCDevice *shpc = bridge->shpc;
    int slot = handled_slot(bridge, PCI_DEVICE(dev), errp);

    if (!slot) {
        return;
    }
    /* Not pending: software may ignore a button, which can be pushed again. */
    if (slot_get(shpc, slot, SLOT_STATE) == STATE_DISABLED &&
        slot_get(shpc, slot, SLOT_POWER_LED) == LED_OFF) {
        slot_eject(shpc, slot);
    } else {
        slot_event(shpc, slot, EVENT_BUTTON);
    }
    shpc_update(bridge);
}

/*** Migration ***/

static bool is_fixed(const SHPCDevice *shpc, int i)
{
    return i < COMMAND_CODE && !shpc->wmask[i] && !shpc->w1cmask[i];
}

static int shpc_load(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field)
{
    PCIDevice *d = pv;
    SHPCDevice *shpc = d->shpc;
    uint8_t config[SHPC_SIZE];

    if (qemu_get_buffer(f, config, SHPC_SIZE) != SHPC_SIZE) {
        error_report("%s: the stream ends within the hot-plug controller's "
                     "registers", d->name);
        return -EIO;
    }
    for (int i = 0; i < SHPC_SIZE; i++) {
        if (is_fixed(shpc, i) && config[i] != shpc->config[i]) {
            error_report("%s: hot-plug controller register byte 0x%x is "
                         "0x%02x in the stream, 0x%02x here", d->name, i,
                         config[i], shpc->config[i]);
            return -EINVAL;
        }
    }
    memcpy(shpc->config, config, SHPC_SIZE);
    /* What is asserted was so before. */
    shpc->interrupting =
        pci_get_long(config + INTERRUPT_LOCATOR) &&
        !(pci_get_long(config + SERR_INTERRUPT) & GLOBAL_INTERRUPT_MASK);
    shpc_update(d);
    return 0;
}

static int shpc_save(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    PCIDevice *d = pv;

    qemu_put_buffer(f, d->shpc->config, SHPC_SIZE);
    return 0;
}

const VMStateInfo shpc_vmstate_info = {
    .name = "shpc",
    .get = shpc_load,
    .put = shpc_save,
};
