/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space: PCI Local Bus 3.0 chapter 6, PCI-to-PCI Bridge
 * Architecture 1.2 chapter 3, PCI Power Management 1.2.
 *
 * A function's space is bytes with three masks: what software may write,
 * what it clears by writing ones, and what two sides of a migration must
 * agree on.  What a register does beyond holding bits follows from its value
 * after each write.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/range.h"
#include "trace.h"

/* The five arrays are one block, in the order of their pointers. */
void pci_config_alloc(PCIDevice *d)
{
    uint32_t size = pci_config_size(d);
    uint8_t *block = g_malloc0(5 * size);

    d->config = block;
    d->cmask = block + size;
    d->wmask = block + 2 * size;
    d->w1cmask = block + 3 * size;
    d->used = block + 4 * size;
}

void pci_config_free(PCIDevice *d)
{
    g_free(d->config);
    d->config = NULL;
    d->cmask = NULL;
    d->wmask = NULL;
    d->w1cmask = NULL;
    d->used = NULL;
}

/*** Masks of the header ***/

/* A register of the header: its width in bytes and its masks. */
typedef struct HeaderMask {
    uint8_t offset;
    uint8_t width;
    uint32_t wmask;
    uint32_t w1cmask;
    uint32_t cmask;
} HeaderMask;

#define STATUS_W1C                                                        \
    (PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |                    \
     PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |          \
     PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY)

static const HeaderMask common_masks[] = {
    { PCI_VENDOR_ID, 2, .cmask = 0xffff },
    { PCI_DEVICE_ID, 2, .cmask = 0xffff },
    { PCI_COMMAND, 2, .wmask = PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
                               PCI_COMMAND_MASTER |
                               PCI_COMMAND_INTX_DISABLE },
    { PCI_STATUS, 2, .w1cmask = STATUS_W1C, .cmask = PCI_STATUS_CAP_LIST },
    { PCI_REVISION_ID, 1, .cmask = 0xff },
    { PCI_CLASS_PROG, 1, .cmask = 0xff },
    { PCI_CLASS_DEVICE, 2, .cmask = 0xffff },
    { PCI_CACHE_LINE_SIZE, 1, .wmask = 0xff },
    { PCI_HEADER_TYPE, 1, .cmask = 0xff },
    { PCI_CAPABILITY_LIST, 1, .cmask = 0xff },
    { PCI_INTERRUPT_LINE, 1, .wmask = 0xff },
};

#define BRIDGE_CTL_WMASK                                                  \
    (PCI_BRIDGE_CTL_PARITY | PCI_BRIDGE_CTL_SERR | PCI_BRIDGE_CTL_ISA |   \
     PCI_BRIDGE_CTL_VGA | PCI_BRIDGE_CTL_VGA_16BIT |                      \
     PCI_BRIDGE_CTL_MASTER_ABORT | PCI_BRIDGE_CTL_BUS_RESET |             \
     PCI_BRIDGE_CTL_FAST_BACK | PCI_BRIDGE_CTL_DISCARD |                  \
     PCI_BRIDGE_CTL_SEC_DISCARD | PCI_BRIDGE_CTL_DISCARD_SERR)

static const HeaderMask bridge_masks[] = {
    { PCI_PRIMARY_BUS, 4, .wmask = 0xffffffff },
    { PCI_IO_BASE, 1, .wmask = PCI_IO_RANGE_MASK & 0xff,
                      .cmask = PCI_IO_RANGE_TYPE_MASK },
    { PCI_IO_LIMIT, 1, .wmask = PCI_IO_RANGE_MASK & 0xff,
                       .cmask = PCI_IO_RANGE_TYPE_MASK },
    { PCI_SEC_STATUS, 2, .w1cmask = STATUS_W1C },
    { PCI_MEMORY_BASE, 2, .wmask = PCI_MEMORY_RANGE_MASK & 0xffff },
    { PCI_MEMORY_LIMIT, 2, .wmask = PCI_MEMORY_RANGE_MASK & 0xffff },
    { PCI_PREF_MEMORY_BASE, 2, .wmask = PCI_PREF_RANGE_MASK & 0xffff,
                               .cmask = PCI_PREF_RANGE_TYPE_MASK },
    { PCI_PREF_MEMORY_LIMIT, 2, .wmask = PCI_PREF_RANGE_MASK & 0xffff,
                                .cmask = PCI_PREF_RANGE_TYPE_MASK },
    { PCI_PREF_BASE_UPPER32, 4, .wmask = 0xffffffff },
    { PCI_PREF_LIMIT_UPPER32, 4, .wmask = 0xffffffff },
    { PCI_BRIDGE_CONTROL, 2, .wmask = BRIDGE_CTL_WMASK,
                             .w1cmask = PCI_BRIDGE_CTL_DISCARD_STATUS },
};

#undef STATUS_W1C

static void set_header_masks(PCIDevice *d, const HeaderMask *masks, int n)
{
    for (const HeaderMask *m = masks; m < masks + n; m++) {
        for (int i = 0; i < m->width; i++) {
            d->wmask[m->offset + i] = m->wmask >> (8 * i);
            d->w1cmask[m->offset + i] = m->w1cmask >> (8 * i);
            d->cmask[m->offset + i] = m->cmask >> (8 * i);
        }
    }
}

/* Software finds these subsystem numbers where a model names none. */
#define DEFAULT_SUBVENDOR PCI_SUBVENDOR_ID_REDHAT_QUMRANET
#define DEFAULT_SUBDEVICE PCI_SUBDEVICE_ID_QEMU

void pci_config_init_header(PCIDevice *d)
{
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(d);
    bool bridge = pc->is_bridge || IS_PCI_BRIDGE(d);

    pci_config_set_vendor_id(d->config, pc->vendor_id);
    pci_config_set_device_id(d->config, pc->device_id);
    pci_config_set_revision(d->config, pc->revision);
    pci_config_set_class(d->config, pc->class_id);

    set_header_masks(d, common_masks, ARRAY_SIZE(common_masks));
    if (d->cap_present & QEMU_PCI_CAP_SERR) {
        pci_word_test_and_set_mask(d->wmask + PCI_COMMAND, PCI_COMMAND_SERR);
    }
    /* Until a capability is there, the device's own registers may be. */
    memset(d->wmask + PCI_CONFIG_HEADER_SIZE, 0xff,
           pci_config_size(d) - PCI_CONFIG_HEADER_SIZE);
    if (pci_is_express(d) && (d->cap_present & QEMU_PCIE_EXTCAP_INIT)) {
        pci_set_long(d->wmask + PCI_CONFIG_SPACE_SIZE, 0);
    }

    if (!bridge) {
        bool named = pc->subsystem_vendor_id || pc->subsystem_id;

        pci_set_word(d->config + PCI_SUBSYSTEM_VENDOR_ID,
                     named ? pc->subsystem_vendor_id : DEFAULT_SUBVENDOR);
        pci_set_word(d->config + PCI_SUBSYSTEM_ID,
                     named ? pc->subsystem_id : DEFAULT_SUBDEVICE);
        return;
    }
    d->config[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
    set_header_masks(d, bridge_masks, ARRAY_SIZE(bridge_masks));
    /* The prefetchable window is a 64-bit one, the I/O window 16-bit. */
    d->config[PCI_PREF_MEMORY_BASE] = PCI_PREF_RANGE_TYPE_64;
    d->config[PCI_PREF_MEMORY_LIMIT] = PCI_PREF_RANGE_TYPE_64;
}

/*** Capabilities ***/

uint8_t pci_find_capability(PCIDevice *d, uint8_t cap_id)
{
    int next = d->config[PCI_CAPABILITY_LIST] & ~3;
    int left = (PCI_CONFIG_SPACE_SIZE - PCI_CONFIG_HEADER_SIZE) / 4;

    if (!(pci_get_word(d->config + PCI_STATUS) & PCI_STATUS_CAP_LIST)) {
        return 0;
    }
    for (; next && left; left--) {
        if (d->config[next + PCI_CAP_LIST_ID] == cap_id) {
            return next;
        }
        next = d->config[next + PCI_CAP_LIST_NEXT] & ~3;
    }
    return 0;
}

/* The byte that holds the pointer to @cap: in the header or before it. */
static uint8_t *pci_capability_link(PCIDevice *d, uint8_t cap)
{
    uint8_t *link = &d->config[PCI_CAPABILITY_LIST];
    int left = (PCI_CONFIG_SPACE_SIZE - PCI_CONFIG_HEADER_SIZE) / 4;

    for (; *link && left; left--) {
        if (*link == cap) {
            return link;
        }
        link = &d->config[(*link & ~3) + PCI_CAP_LIST_NEXT];
    }
    return NULL;
}

/* The lowest doubleword-aligned hole of that size; 0: there is none. */
static int pci_find_space(const PCIDevice *d, uint8_t size)
{
    int run = 0;

    for (int i = PCI_CONFIG_HEADER_SIZE; i < PCI_CONFIG_SPACE_SIZE; i++) {
        if (d->used[i]) {
            run = 0;
        } else if (run || i % 4 == 0) {
            if (++run >= size) {
                return i + 1 - run;
            }
        }
    }
    return 0;
}

/* The capability that has a byte in the range; 0: none. */
static int pci_capability_in(const PCIDevice *d, int offset, int size)
{
    int next = d->config[PCI_CAPABILITY_LIST];
    int left = (PCI_CONFIG_SPACE_SIZE - PCI_CONFIG_HEADER_SIZE) / 4;
    int byte, owner = 0;

    for (byte = offset; byte < offset + size && !d->used[byte]; byte++) {
    }
    if (byte == offset + size) {
        return 0;
    }
    /* The used byte belongs to the last capability that begins before it. */
    for (; next && left; left--) {
        if (next <= byte && next > owner) {
            owner = next;
        }
        next = d->config[next + PCI_CAP_LIST_NEXT];
    }
    return owner;
}

static bool pci_check_capability(PCIDevice *d, uint8_t cap_id, int offset,
                                 int size, Error **errp)
{
    int owner;

    if (offset < PCI_CONFIG_HEADER_SIZE || offset % 4 ||
        offset + size > PCI_CONFIG_SPACE_SIZE) {
        error_setg(errp, "%s: PCI capability 0x%x of %d bytes cannot be at "
                   "offset 0x%x", d->name, cap_id, size, offset);
        return false;
    }
    owner = pci_capability_in(d, offset, size);
    if (owner) {
        error_setg(errp, "%s:%02x:%02x.%x Attempt to add PCI capability 0x%x "
                   "at offset 0x%x overlaps existing capability 0x%x at "
                   "offset 0x%x", pci_root_bus_path(d), pci_dev_bus_num(d),
                   PCI_SLOT(d->devfn), PCI_FUNC(d->devfn), cap_id, offset,
                   d->config[owner], owner);
        return false;
    }
    return true;
}

int pci_add_capability(PCIDevice *d, uint8_t cap_id, uint8_t offset,
                       uint8_t size, Error **errp)
{
    uint8_t *config;

    if (!offset) {
        offset = pci_find_space(d, size);
        if (!offset) {
            error_setg(errp, "%s: no room for PCI capability 0x%x of %d "
                       "bytes", d->name, cap_id, size);
            return -EINVAL;
        }
    } else if (!pci_check_capability(d, cap_id, offset, size, errp)) {
        return -EINVAL;
    }

    config = d->config + offset;
    config[PCI_CAP_LIST_ID] = cap_id;
    config[PCI_CAP_LIST_NEXT] = d->config[PCI_CAPABILITY_LIST];
    d->config[PCI_CAPABILITY_LIST] = offset;
    pci_word_test_and_set_mask(d->config + PCI_STATUS, PCI_STATUS_CAP_LIST);
    memset(d->used + offset, 0xff, ROUND_UP(size, 4));
    memset(d->wmask + offset, 0, size);
    memset(d->cmask + offset, 0xff, size);
    if (cap_id == PCI_CAP_ID_PM) {
        d->exp.pm_cap = offset;
    }
    return offset;
}

void pci_del_capability(PCIDevice *d, uint8_t cap_id, uint8_t size)
{
    uint8_t offset = pci_find_capability(d, cap_id);
    uint8_t *link = offset ? pci_capability_link(d, offset) : NULL;

    if (!link) {
        return;
    }
    *link = d->config[offset + PCI_CAP_LIST_NEXT];
    memset(d->wmask + offset, 0xff, size);
    memset(d->w1cmask + offset, 0, size);
    memset(d->cmask + offset, 0, size);
    memset(d->used + offset, 0, ROUND_UP(size, 4));
    if (!d->config[PCI_CAPABILITY_LIST]) {
        pci_word_test_and_clear_mask(d->config + PCI_STATUS,
                                     PCI_STATUS_CAP_LIST);
    }
    if (cap_id == PCI_CAP_ID_PM) {
        d->exp.pm_cap = 0;
    }
}

/*** Power states ***/

static unsigned pci_pm_get_state(const PCIDevice *d)
{
    return d->exp.pm_cap ? d->config[d->exp.pm_cap + PCI_PM_CTRL] &
                           PCI_PM_CTRL_STATE_MASK : 0;
}

static bool pci_pm_has_state(const PCIDevice *d, unsigned state)
{
    uint16_t pmc = pci_get_word(d->config + d->exp.pm_cap + PCI_PM_PMC);

    switch (state) {
    case 1:
        return pmc & PCI_PM_CAP_D1;
    case 2:
        return pmc & PCI_PM_CAP_D2;
    default:
        return true;
    }
}

/*
 * The power state field was written.  A state that the function lacks leaves
 * it where it is (PCI PM 1.2 section 3.2.4).  Waking from D3hot is a reset,
 * but for the PME context, unless the function says otherwise.
 */
static void pci_pm_written(PCIDevice *d)
{
    uint8_t *ctrl = &d->config[d->exp.pm_cap + PCI_PM_CTRL];
    unsigned old = d->pm_state;
    unsigned state = pci_pm_get_state(d);

    if (!pci_pm_has_state(d, state)) {
        *ctrl = (*ctrl & ~PCI_PM_CTRL_STATE_MASK) | old;
        return;
    }
    if (state == old) {
        return;
    }
    d->pm_state = state;
    trace_pci_pm_state(d->name, pci_dev_bus_num(d), PCI_SLOT(d->devfn),
                       PCI_FUNC(d->devfn), old, state);
    pci_config_changed(d);
    pci_intx_update(d);
    if (old == 3 && state == 0 && !(*ctrl & PCI_PM_CTRL_NO_SOFT_RESET)) {
        uint16_t kept = pci_get_word(ctrl) & ~PCI_PM_CTRL_STATE_MASK;

        pci_device_reset(d);
        pci_set_word(ctrl, kept);
    }
}

/*** Accesses ***/

/* What the registers decide about the rest of the system. */
void pci_config_changed(PCIDevice *d)
{
    d->pm_state = pci_pm_get_state(d);
    pci_update_mappings(d);
    pci_bus_master_update(d);
    if (IS_PCI_BRIDGE(d)) {
        pci_bridge_update_mappings(PCI_BRIDGE(d));
    }
}

uint32_t pci_default_read_config(PCIDevice *d, uint32_t address, int len)
{
    uint32_t size = pci_config_size(d);
    uint32_t val = 0;

    if (pci_is_express_downstream_port(d) &&
        ranges_overlap(address, len, d->exp.exp_cap + PCI_EXP_LNKSTA, 2)) {
        pcie_sync_bridge_lnk(d);
    }
    for (int i = 0; i < len && address + i < size; i++) {
        val |= (uint32_t)d->config[address + i] << (8 * i);
    }
    return val;
}

/* Whether the write touches a register that says where something decodes. */
static bool pci_write_moves_bars(const PCIDevice *d, uint32_t addr, int len)
{
    return ranges_overlap(addr, len, PCI_BASE_ADDRESS_0, 24) ||
           ranges_overlap(addr, len, pci_bar(d, PCI_ROM_SLOT), 4) ||
           ranges_overlap(addr, len, PCI_COMMAND, 2);
}

void pci_default_write_config(PCIDevice *d, uint32_t addr, uint32_t val,
                              int len)
{
    uint32_t size = pci_config_size(d);

    for (int i = 0; i < len && addr + i < size; i++) {
        uint8_t *config = &d->config[addr + i];
        uint8_t byte = val >> (8 * i);
        uint8_t wmask = d->wmask[addr + i];

        *config = (*config & ~wmask) | (byte & wmask);
        *config &= ~(byte & d->w1cmask[addr + i]);
    }

    if (pci_write_moves_bars(d, addr, len)) {
        pci_update_mappings(d);
    }
    if (ranges_overlap(addr, len, PCI_COMMAND, 2)) {
        pci_bus_master_update(d);
    }
    msi_write_config(d, addr, val, len);
    msix_write_config(d, addr, val, len);
    pci_intx_update(d);
    if (d->exp.pm_cap &&
        range_covers_byte(addr, len, d->exp.pm_cap + PCI_PM_CTRL)) {
        pci_pm_written(d);
    }
}

/*** Reset ***/

static void pci_reset_word(PCIDevice *d, int offset)
{
    pci_word_test_and_clear_mask(d->config + offset,
                                 pci_get_word(d->wmask + offset) |
                                 pci_get_word(d->w1cmask + offset));
}

void pci_config_reset(PCIDevice *d)
{
    pci_reset_word(d, PCI_COMMAND);
    pci_reset_word(d, PCI_STATUS);
    /* Some models make the line a constant. */
    d->config[PCI_INTERRUPT_LINE] &= ~(d->wmask[PCI_INTERRUPT_LINE] |
                                       d->w1cmask[PCI_INTERRUPT_LINE]);
    d->config[PCI_CACHE_LINE_SIZE] = 0;
    if (d->exp.pm_cap) {
        d->config[d->exp.pm_cap + PCI_PM_CTRL] &= ~PCI_PM_CTRL_STATE_MASK;
    }
    pci_bars_reset(d);
    msi_reset(d);
    msix_reset(d);
    pci_config_changed(d);
}
