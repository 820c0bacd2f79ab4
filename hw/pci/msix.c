/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X: the vector table, the pending bit array (PBA) and the capability of
 * a PCI function.
 *
 * PCI Local Bus 3.0 section 6.8.2 (capability and structures), 6.8.3.2 to
 * 6.8.3.5 (masking, pending, sending); PCI Express Base 6.1.4 and 7.7.2.
 *
 * Three things decide whether a vector may send: MSI-X is enabled, the
 * function mask is off, the entry's mask bit is off.  The first two are kept
 * together in dev->msix_function_masked, so that a vector is "open" when
 * neither that nor its own bit is set.  All that must happen when a vector
 * opens or closes - routing hooks, delivery of what is pending - hangs on
 * that one transition, whichever of the three caused it.
 *
 * Locking: guest accesses, configuration and migration hold the big lock.
 * msix_notify() and msix_set_pending() may come from any thread, so pending
 * bits change atomically, and who clears one is who sends its message.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci.h"
#include "migration/qemu-file-types.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "trace.h"

/* Enable and function mask are in the upper byte of Message Control. */
#define MSIX_CONTROL_OFFSET (PCI_MSIX_FLAGS + 1)
#define MSIX_ENABLE_MASK (PCI_MSIX_FLAGS_ENABLE >> 8)
#define MSIX_MASKALL_MASK (PCI_MSIX_FLAGS_MASKALL >> 8)

#define MSIX_EXCLUSIVE_BAR_SIZE 4096
#define MSIX_EXCLUSIVE_PBA_OFFSET 2048

/*
 * What PCIDevice has no field for.  It stands in front of the table in the
 * same allocation, so that dev->msix_table leads to it.
 */
typedef struct MSIXState {
    bool enabled;               /* as of the last look at Message Control */
    bool intx_conflict_logged;  /* MSI on as well: said once a device */
    unsigned long *routed;      /* a bit a vector: use called, not released */
} MSIXState;

#define MSIX_STATE_SIZE ROUND_UP(sizeof(MSIXState), PCI_MSIX_ENTRY_SIZE)

const MSIXObserver *msix_observer;

static MSIXState *msix_state(PCIDevice *dev)
{
    return (MSIXState *)(dev->msix_table - MSIX_STATE_SIZE);
}

static size_t msix_table_size(unsigned nentries)
{
    return (size_t)nentries * PCI_MSIX_ENTRY_SIZE;
}

/* The PBA is made of 64-bit words (6.8.2.10). */
static size_t msix_pba_size(unsigned nentries)
{
    return DIV_ROUND_UP(nentries, 64) * 8;
}

static bool msix_has_vector(const PCIDevice *dev, unsigned vector)
{
    return vector < (unsigned)dev->msix_entries_nr;
}

static uint8_t *msix_entry(PCIDevice *dev, unsigned vector)
{
    return dev->msix_table + msix_table_size(vector);
}

static bool msix_entry_masked(PCIDevice *dev, unsigned vector)
{
    return msix_entry(dev, vector)[PCI_MSIX_ENTRY_VECTOR_CTRL] &
           PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

static void msix_observe(PCIDevice *dev, MSIXEventType type, int vector)
{
    if (unlikely(msix_observer)) {
        msix_observer->event(dev, &(MSIXEvent) {
            .type = type, .vector = vector });
    }
}

static void msix_observe_drop(PCIDevice *dev, unsigned vector,
                              MSIXDropReason reason)
{
    if (unlikely(msix_observer)) {
        msix_observer->event(dev, &(MSIXEvent) {
            .type = MSIX_EVENT_DROPPED, .reason = reason,
            .vector = vector });
    }
}

/* State queries */

int msix_present(PCIDevice *dev)
{
    return dev->cap_present & QEMU_PCI_CAP_MSIX;
}

int msix_enabled(PCIDevice *dev)
{
    return msix_present(dev) &&
           (dev->config[dev->msix_cap + MSIX_CONTROL_OFFSET] &
            MSIX_ENABLE_MASK);
}

unsigned int msix_nr_vectors_allocated(const PCIDevice *dev)
{
    return dev->msix_entries_nr;
}

bool msix_is_masked(PCIDevice *dev, unsigned vector)
{
    return !msix_has_vector(dev, vector) || dev->msix_function_masked ||
           msix_entry_masked(dev, vector);
}

/* Pending bits */

static uint8_t msix_pending_mask(unsigned vector)
{
    return 1u << (vector % 8);
}

bool msix_is_pending(PCIDevice *dev, unsigned vector)
{
    return msix_has_vector(dev, vector) &&
           (qatomic_read(&dev->msix_pba[vector / 8]) &
            msix_pending_mask(vector));
}

void msix_set_pending(PCIDevice *dev, unsigned vector)
{
    if (msix_has_vector(dev, vector)) {
        qatomic_or(&dev->msix_pba[vector / 8], msix_pending_mask(vector));
    }
}

/* Whether the bit was set: of several that ask, one gets to send. */
static bool msix_take_pending(PCIDevice *dev, unsigned vector)
{
    uint8_t mask = msix_pending_mask(vector);

    return qatomic_fetch_and(&dev->msix_pba[vector / 8], (uint8_t)~mask) &
           mask;
}

void msix_clr_pending(PCIDevice *dev, int vector)
{
    if (msix_has_vector(dev, vector)) {
        msix_take_pending(dev, vector);
    }
}

/* Sending */

MSIMessage msix_get_message(PCIDevice *dev, unsigned vector)
{
    const uint8_t *entry;

    if (!msix_has_vector(dev, vector)) {
        return (MSIMessage) { 0 };
    }
    if (dev->msix_prepare_message) {
        return dev->msix_prepare_message(dev, vector);
    }
    entry = msix_entry(dev, vector);
    return (MSIMessage) {
        .address = ldq_le_p(entry + PCI_MSIX_ENTRY_LOWER_ADDR),
        .data = ldl_le_p(entry + PCI_MSIX_ENTRY_DATA),
    };
}

/*
 * A function without the Bus Master bit may not issue requests, MSI-X among
 * them (PCI 3.0 section 6.2.2), and one in D3hot issues none but PME
 * (PCI PM 1.2 section 5.4.1).
 */
static MSIXDropReason msix_drop_reason(PCIDevice *dev, unsigned vector)
{
    if (!(pci_get_word(dev->config + PCI_COMMAND) & PCI_COMMAND_MASTER)) {
        return MSIX_DROP_BUS_MASTER;
    }
    if (dev->exp.pm_cap &&
        (dev->config[dev->exp.pm_cap + PCI_PM_CTRL] &
         PCI_PM_CTRL_STATE_MASK)) {
        return MSIX_DROP_D3HOT;
    }
    if (unlikely(msix_observer) && msix_observer->admit &&
        !msix_observer->admit(dev, vector)) {
        return MSIX_DROP_REFUSED;
    }
    return MSIX_DROP_NONE;
}

static void msix_send(PCIDevice *dev, unsigned vector)
{
    MSIXDropReason reason = msix_drop_reason(dev, vector);
    MSIMessage msg;

    if (unlikely(reason != MSIX_DROP_NONE)) {
        msix_observe_drop(dev, vector, reason);
        return;
    }
    msg = msix_get_message(dev, vector);
    /*
     * Told first: the message may be a doorbell of another function, whose
     * events come after this one.
     */
    if (unlikely(msix_observer)) {
        msix_observer->event(dev, &(MSIXEvent) {
            .type = MSIX_EVENT_SENT, .vector = vector, .message = msg });
    }
    msi_send_message(dev, msg);
}

static void msix_deliver_pending(PCIDevice *dev, unsigned vector)
{
    if (msix_take_pending(dev, vector)) {
        msix_send(dev, vector);
    }
}

void msix_notify(PCIDevice *dev, unsigned vector)
{
    if (unlikely(!msix_has_vector(dev, vector) ||
                 !dev->msix_entry_used[vector])) {
        msix_observe_drop(dev, vector, MSIX_DROP_UNUSED);
        return;
    }
    if (likely(!msix_is_masked(dev, vector))) {
        msix_send(dev, vector);
        return;
    }
    msix_set_pending(dev, vector);
    msix_observe(dev, MSIX_EVENT_PENDED, vector);
    /*
     * The guest may have unmasked between the look at the mask and the set
     * bit, and found nothing pending.
     */
    if (unlikely(!msix_is_masked(dev, vector))) {
        msix_deliver_pending(dev, vector);
    }
}

/* Routes: the notifiers' view of which vectors are open */

static int msix_route(PCIDevice *dev, unsigned vector)
{
    int ret = 0;

    if (dev->msix_vector_use_notifier) {
        ret = dev->msix_vector_use_notifier(dev, vector,
                                            msix_get_message(dev, vector));
        if (ret >= 0) {
            set_bit(vector, msix_state(dev)->routed);
        } else {
            qemu_log_mask(LOG_UNIMP, "%s: no route for MSI-X vector %u "
                          "(error %d)\n", dev->name, vector, -ret);
        }
    }
    return ret;
}

static void msix_unroute(PCIDevice *dev, unsigned vector)
{
    if (test_and_clear_bit(vector, msix_state(dev)->routed)) {
        dev->msix_vector_release_notifier(dev, vector);
    }
}

static void msix_unroute_all(PCIDevice *dev)
{
    unsigned long *routed = msix_state(dev)->routed;
    unsigned n = dev->msix_entries_nr;
    unsigned vector;

    for (vector = find_first_bit(routed, n); vector < n;
         vector = find_next_bit(routed, n, vector + 1)) {
        msix_unroute(dev, vector);
    }
}

/* Routes every open vector; on failure none is routed. */
static int msix_route_all(PCIDevice *dev)
{
    int n = dev->msix_entries_nr;

    if (dev->msix_function_masked || !dev->msix_vector_use_notifier) {
        return 0;
    }
    for (int vector = 0; vector < n; vector++) {
        if (!msix_entry_masked(dev, vector)) {
            int ret = msix_route(dev, vector);

            if (ret < 0) {
                msix_unroute_all(dev);
                return ret;
            }
        }
    }
    return 0;
}

int msix_set_vector_notifiers(PCIDevice *dev,
                              MSIVectorUseNotifier use_notifier,
                              MSIVectorReleaseNotifier release_notifier,
                              MSIVectorPollNotifier poll_notifier)
{
    int ret;

    if (!msix_present(dev)) {
        return -ENOTSUP;
    }
    assert(use_notifier && release_notifier);

    dev->msix_vector_use_notifier = use_notifier;
    dev->msix_vector_release_notifier = release_notifier;
    dev->msix_vector_poll_notifier = poll_notifier;

    ret = msix_route_all(dev);
    if (ret < 0) {
        dev->msix_vector_use_notifier = NULL;
        dev->msix_vector_release_notifier = NULL;
        dev->msix_vector_poll_notifier = NULL;
        return ret;
    }
    if (poll_notifier) {
        poll_notifier(dev, 0, dev->msix_entries_nr);
    }
    return 0;
}

void msix_unset_vector_notifiers(PCIDevice *dev)
{
    if (!msix_present(dev)) {
        return;
    }
    msix_unroute_all(dev);
    dev->msix_vector_use_notifier = NULL;
    dev->msix_vector_release_notifier = NULL;
    dev->msix_vector_poll_notifier = NULL;
}

/* Masking */

/* Only words with a pending bit cost more than the look at them. */
static void msix_deliver_all_pending(PCIDevice *dev)
{
    unsigned words = msix_pba_size(dev->msix_entries_nr) / 8;

    for (unsigned i = 0; i < words; i++) {
        uint64_t pending = ldq_le_p(dev->msix_pba + 8 * i);

        for (; pending; pending &= pending - 1) {
            unsigned vector = 64 * i + ctz64(pending);

            /* Asked each time: a message may write to this very function. */
            if (!msix_is_masked(dev, vector)) {
                msix_deliver_pending(dev, vector);
            }
        }
    }
}

/* Where an earlier use failed, a vector without a route is served in band. */
static void msix_open_all(PCIDevice *dev)
{
    int n = dev->msix_entries_nr;

    if (dev->msix_vector_use_notifier) {
        for (int vector = 0; vector < n; vector++) {
            if (!msix_entry_masked(dev, vector)) {
                msix_route(dev, vector);
            }
        }
    }
    msix_deliver_all_pending(dev);
}

/*
 * Stores @size bytes of @val at @offset within the entry of @vector and does
 * what follows from it: the one place where an entry changes.
 */
static void msix_write_entry(PCIDevice *dev, unsigned vector, unsigned offset,
                             uint64_t val, unsigned size)
{
    uint8_t *entry = msix_entry(dev, vector);
    uint8_t old[PCI_MSIX_ENTRY_SIZE];
    bool was_masked = msix_entry_masked(dev, vector);
    bool masked, changed;

    memcpy(old, entry, sizeof(old));
    if (size == 8) {
        stq_le_p(entry + offset, val);
    } else {
        stl_le_p(entry + offset, val);
    }
    masked = msix_entry_masked(dev, vector);
    changed = memcmp(old, entry, PCI_MSIX_ENTRY_VECTOR_CTRL) != 0;

    if (masked != was_masked) {
        msix_observe(dev, masked ? MSIX_EVENT_MASK : MSIX_EVENT_UNMASK,
                     vector);
    }
    if (dev->msix_function_masked) {
        return;
    }
    if (masked) {
        msix_unroute(dev, vector);
    } else if (was_masked) {
        msix_route(dev, vector);
        msix_deliver_pending(dev, vector);
    } else if (changed) {
        /*
         * Not allowed to software (6.8.3.5 wants the vector masked first),
         * but seen: what is sent from now on is what the table says.
         */
        msix_unroute(dev, vector);
        msix_route(dev, vector);
    }
}

void msix_set_mask(PCIDevice *dev, int vector, bool mask)
{
    uint32_t ctrl;

    if (!msix_has_vector(dev, vector)) {
        return;
    }
    ctrl = ldl_le_p(msix_entry(dev, vector) + PCI_MSIX_ENTRY_VECTOR_CTRL);
    ctrl &= ~PCI_MSIX_ENTRY_CTRL_MASKBIT;
    msix_write_entry(dev, vector, PCI_MSIX_ENTRY_VECTOR_CTRL,
                     ctrl | (mask ? PCI_MSIX_ENTRY_CTRL_MASKBIT : 0), 4);
}

void msix_set_message(PCIDevice *dev, int vector, MSIMessage msg)
{
    if (!msix_has_vector(dev, vector)) {
        return;
    }
    /* Masked meanwhile, so that nobody sees half of the new message. */
    msix_set_mask(dev, vector, true);
    msix_write_entry(dev, vector, PCI_MSIX_ENTRY_LOWER_ADDR, msg.address, 8);
    msix_write_entry(dev, vector, PCI_MSIX_ENTRY_DATA, msg.data, 4);
    msix_set_mask(dev, vector, false);
}

/*
 * Takes over what Message Control says now.  Returns whether the function
 * mask (which MSI-X being off implies) changed.
 */
static bool msix_update_function_masked(PCIDevice *dev)
{
    uint8_t control = dev->config[dev->msix_cap + MSIX_CONTROL_OFFSET];
    bool masked = (control & (MSIX_ENABLE_MASK | MSIX_MASKALL_MASK)) !=
                  MSIX_ENABLE_MASK;
    bool changed = masked != dev->msix_function_masked;

    dev->msix_function_masked = masked;
    msix_state(dev)->enabled = control & MSIX_ENABLE_MASK;
    return changed;
}

void msix_write_config(PCIDevice *dev, uint32_t addr, uint32_t val, int len)
{
    uint8_t control;
    bool enabled, was_enabled, changed;

    if (!msix_present(dev) ||
        !range_covers_byte(addr, len, dev->msix_cap + MSIX_CONTROL_OFFSET)) {
        return;
    }

    control = dev->config[dev->msix_cap + MSIX_CONTROL_OFFSET];
    enabled = control & MSIX_ENABLE_MASK;
    trace_msix_write_config(dev->name, enabled, control & MSIX_MASKALL_MASK);

    was_enabled = msix_state(dev)->enabled;
    changed = msix_update_function_masked(dev);
    msix_observe(dev, MSIX_EVENT_CONFIG, -1);
    if (enabled != was_enabled) {
        msix_observe(dev, enabled ? MSIX_EVENT_ENABLE : MSIX_EVENT_DISABLE,
                     -1);
    }

    if (enabled) {
        /* A function with MSI-X on may not use INTx (6.8.2.3). */
        pci_device_deassert_intx(dev);
        if (msi_enabled(dev) && !msix_state(dev)->intx_conflict_logged) {
            msix_state(dev)->intx_conflict_logged = true;
            qemu_log_mask(LOG_GUEST_ERROR, "%s: MSI and MSI-X both enabled, "
                          "MSI-X is used\n", dev->name);
        }
    }

    if (changed && dev->msix_function_masked) {
        msix_unroute_all(dev);
    } else if (changed) {
        msix_open_all(dev);
    }
}

/* The structures in memory space */

static uint64_t msix_table_mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIDevice *dev = opaque;

    return size == 8 ? ldq_le_p(dev->msix_table + addr)
                     : ldl_le_p(dev->msix_table + addr);
}

static void msix_table_mmio_write(void *opaque, hwaddr addr, uint64_t val,
                                  unsigned size)
{
    msix_write_entry(opaque, addr / PCI_MSIX_ENTRY_SIZE,
                     addr % PCI_MSIX_ENTRY_SIZE, val, size);
}

/*
 * Aligned doublewords and quadwords are all that software may use (6.8.2.6);
 * a quadword takes effect as one.
 */
static const MemoryRegionOps msix_table_mmio_ops = {
    .read = msix_table_mmio_read,
    .write = msix_table_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

static uint64_t msix_pba_mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIDevice *dev = opaque;

    if (dev->msix_vector_poll_notifier) {
        unsigned end = MIN((addr + size) * 8,
                           (hwaddr)dev->msix_entries_nr);

        if (addr * 8 < end) {
            dev->msix_vector_poll_notifier(dev, addr * 8, end);
        }
    }
    return size == 8 ? ldq_le_p(dev->msix_pba + addr)
                     : ldl_le_p(dev->msix_pba + addr);
}

/* Software should never write here; if it does the result is undefined. */
static void msix_pba_mmio_write(void *opaque, hwaddr addr, uint64_t val,
                                unsigned size)
{
    PCIDevice *dev = opaque;

    qemu_log_mask(LOG_GUEST_ERROR, "%s: write to the MSI-X PBA at offset "
                  "0x%" PRIx64 " ignored\n", dev->name, (uint64_t)addr);
}

static const MemoryRegionOps msix_pba_mmio_ops = {
    .read = msix_pba_mmio_read,
    .write = msix_pba_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

/* Set-up and reset */

static void msix_clear(PCIDevice *dev)
{
    unsigned n = dev->msix_entries_nr;

    memset(dev->msix_table, 0, msix_table_size(n));
    memset(dev->msix_pba, 0, msix_pba_size(n));
    for (unsigned vector = 0; vector < n; vector++) {
        msix_entry(dev, vector)[PCI_MSIX_ENTRY_VECTOR_CTRL] =
            PCI_MSIX_ENTRY_CTRL_MASKBIT;
    }
}

void msix_reset(PCIDevice *dev)
{
    uint8_t *control;

    if (!msix_present(dev)) {
        return;
    }
    if (msix_state(dev)->enabled) {
        msix_observe(dev, MSIX_EVENT_DISABLE, -1);
    }
    msix_unroute_all(dev);
    control = &dev->config[dev->msix_cap + MSIX_CONTROL_OFFSET];
    *control &= ~(MSIX_ENABLE_MASK | MSIX_MASKALL_MASK);
    msix_update_function_masked(dev);
    msix_clear(dev);
}

/* One structure within its BAR: aligned, and inside. */
static bool msix_check_place(const char *what, MemoryRegion *bar,
                             uint8_t bar_nr, uint64_t offset, uint64_t size,
                             Error **errp)
{
    uint64_t bar_size = memory_region_size(bar);

    if (bar_nr > 5) {
        error_setg(errp, "MSI-X %s: there is no BAR %u, only 0 to 5",
                   what, bar_nr);
        return false;
    }
    if (offset % 8) {
        error_setg(errp, "MSI-X %s: offset 0x%" PRIx64 " is not a multiple "
                   "of 8", what, offset);
        return false;
    }
    if (offset > bar_size || size > bar_size - offset) {
        error_setg(errp, "MSI-X %s: 0x%" PRIx64 " bytes at offset 0x%" PRIx64
                   " do not fit BAR %u of 0x%" PRIx64 " bytes",
                   what, size, offset, bar_nr, bar_size);
        return false;
    }
    return true;
}

static bool msix_check_count(unsigned nentries, Error **errp)
{
    if (nentries < 1 || nentries > MSIX_MAX_VECTORS) {
        error_setg(errp, "MSI-X needs 1 to %d vectors, not %u",
                   MSIX_MAX_VECTORS, nentries);
        return false;
    }
    return true;
}

static int msix_add_capability(PCIDevice *dev, unsigned nentries,
                               uint32_t table, uint32_t pba, uint8_t cap_pos,
                               Error **errp)
{
    uint8_t *config;
    int cap = pci_add_capability(dev, PCI_CAP_ID_MSIX, cap_pos,
                                 PCI_CAP_MSIX_SIZEOF, errp);

    if (cap < 0) {
        return -EINVAL;
    }
    dev->msix_cap = cap;
    config = dev->config + cap;
    pci_set_word(config + PCI_MSIX_FLAGS, nentries - 1);
    pci_set_long(config + PCI_MSIX_TABLE, table);
    pci_set_long(config + PCI_MSIX_PBA, pba);
    dev->wmask[cap + MSIX_CONTROL_OFFSET] |= MSIX_ENABLE_MASK |
                                             MSIX_MASKALL_MASK;
    return 0;
}

/* State, table, PBA and route bits are one allocation; use counts another. */
static void msix_alloc(PCIDevice *dev, unsigned nentries)
{
    size_t table = MSIX_STATE_SIZE;
    size_t pba = table + msix_table_size(nentries);
    size_t routed = pba + msix_pba_size(nentries);
    uint8_t *block = g_malloc0(routed + BITS_TO_LONGS(nentries) *
                               sizeof(unsigned long));

    dev->msix_entries_nr = nentries;
    dev->msix_table = block + table;
    dev->msix_pba = block + pba;
    dev->msix_entry_used = g_new0(unsigned, nentries);
    msix_state(dev)->routed = (unsigned long *)(block + routed);
}

int msix_init(PCIDevice *dev, unsigned nentries,
              MemoryRegion *table_bar, uint8_t table_bar_nr,
              unsigned table_offset, MemoryRegion *pba_bar,
              uint8_t pba_bar_nr, unsigned pba_offset, uint8_t cap_pos,
              Error **errp)
{
    size_t table_size, pba_size;
    int ret;

    if (!msi_nonbroken) {
        error_setg(errp, "MSI-X is not supported by the interrupt controller");
        return -ENOTSUP;
    }
    if (msix_present(dev)) {
        error_setg(errp, "%s has MSI-X already", dev->name);
        return -EINVAL;
    }
    if (!msix_check_count(nentries, errp)) {
        return -EINVAL;
    }
    table_size = msix_table_size(nentries);
    pba_size = msix_pba_size(nentries);
    if (!msix_check_place("table", table_bar, table_bar_nr, table_offset,
                          table_size, errp) ||
        !msix_check_place("PBA", pba_bar, pba_bar_nr, pba_offset,
                          pba_size, errp)) {
        return -EINVAL;
    }
    if ((table_bar == pba_bar || table_bar_nr == pba_bar_nr) &&
        ranges_overlap(table_offset, table_size, pba_offset, pba_size)) {
        error_setg(errp, "MSI-X table (0x%zx bytes at 0x%x) and PBA (0x%zx "
                   "bytes at 0x%x) overlap in BAR %u", table_size,
                   table_offset, pba_size, pba_offset, table_bar_nr);
        return -EINVAL;
    }
    ret = msix_add_capability(dev, nentries, table_offset | table_bar_nr,
                              pba_offset | pba_bar_nr, cap_pos, errp);
    if (ret < 0) {
        return ret;
    }

    /* Nothing below fails. */
    dev->cap_present |= QEMU_PCI_CAP_MSIX;
    dev->msix_function_masked = true;
    msix_alloc(dev, nentries);
    msix_clear(dev);
    memory_region_init_io(&dev->msix_table_mmio, OBJECT(dev),
                          &msix_table_mmio_ops, dev, "msix-table",
                          table_size);
    memory_region_add_subregion(table_bar, table_offset,
                                &dev->msix_table_mmio);
    memory_region_init_io(&dev->msix_pba_mmio, OBJECT(dev),
                          &msix_pba_mmio_ops, dev, "msix-pba", pba_size);
    memory_region_add_subregion(pba_bar, pba_offset, &dev->msix_pba_mmio);
    return 0;
}

int msix_init_exclusive_bar(PCIDevice *dev, unsigned nentries,
                            uint8_t bar_nr, Error **errp)
{
    uint64_t bar_size = MSIX_EXCLUSIVE_BAR_SIZE;
    unsigned pba_offset = MSIX_EXCLUSIVE_PBA_OFFSET;
    g_autofree char *name = NULL;
    int ret;

    /* Before the sizes are computed from it. */
    if (!msix_check_count(nentries, errp)) {
        return -EINVAL;
    }
    if (msix_present(dev)) {
        error_setg(errp, "%s has MSI-X already", dev->name);
        return -EINVAL;
    }
    if (msix_table_size(nentries) > pba_offset) {
        pba_offset = msix_table_size(nentries);
        bar_size = MAX(bar_size,
                       pow2ceil(pba_offset + msix_pba_size(nentries)));
    }

    name = g_strdup_printf("%s-msix", dev->name);
    memory_region_init(&dev->msix_exclusive_bar, OBJECT(dev), name, bar_size);
    ret = msix_init(dev, nentries, &dev->msix_exclusive_bar, bar_nr, 0,
                    &dev->msix_exclusive_bar, bar_nr, pba_offset, 0, errp);
    if (ret < 0) {
        object_unparent(OBJECT(&dev->msix_exclusive_bar));
        return ret;
    }
    pci_register_bar(dev, bar_nr, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &dev->msix_exclusive_bar);
    return 0;
}

void msix_uninit(PCIDevice *dev, MemoryRegion *table_bar,
                 MemoryRegion *pba_bar)
{
    if (!msix_present(dev)) {
        return;
    }
    msix_unset_vector_notifiers(dev);
    memory_region_del_subregion(pba_bar, &dev->msix_pba_mmio);
    object_unparent(OBJECT(&dev->msix_pba_mmio));
    memory_region_del_subregion(table_bar, &dev->msix_table_mmio);
    object_unparent(OBJECT(&dev->msix_table_mmio));

    pci_del_capability(dev, PCI_CAP_ID_MSIX, PCI_CAP_MSIX_SIZEOF);
    memset(dev->config + dev->msix_cap, 0, PCI_CAP_MSIX_SIZEOF);
    dev->cap_present &= ~QEMU_PCI_CAP_MSIX;
    dev->msix_cap = 0;
    dev->msix_entries_nr = 0;
    dev->msix_function_masked = false;

    g_free(msix_state(dev));
    dev->msix_table = NULL;
    dev->msix_pba = NULL;
    g_free(dev->msix_entry_used);
    dev->msix_entry_used = NULL;
}

void msix_uninit_exclusive_bar(PCIDevice *dev)
{
    msix_uninit(dev, &dev->msix_exclusive_bar, &dev->msix_exclusive_bar);
}

/* Use counts */

int msix_vector_use(PCIDevice *dev, unsigned vector)
{
    if (!msix_has_vector(dev, vector)) {
        return -EINVAL;
    }
    dev->msix_entry_used[vector]++;
    return 0;
}

void msix_vector_unuse(PCIDevice *dev, unsigned vector)
{
    if (!msix_has_vector(dev, vector) || !dev->msix_entry_used[vector]) {
        return;
    }
    if (--dev->msix_entry_used[vector] == 0) {
        msix_clr_pending(dev, vector);
    }
}

void msix_unuse_all_vectors(PCIDevice *dev)
{
    if (msix_present(dev)) {
        memset(dev->msix_entry_used, 0,
               dev->msix_entries_nr * sizeof(dev->msix_entry_used[0]));
        memset(dev->msix_pba, 0, msix_pba_size(dev->msix_entries_nr));
    }
}

/* Migration */

static size_t msix_stream_pba_size(unsigned nentries)
{
    return DIV_ROUND_UP(nentries, 8);
}

void msix_save(PCIDevice *dev, QEMUFile *f)
{
    unsigned n = dev->msix_entries_nr;

    if (msix_present(dev)) {
        qemu_put_buffer(f, dev->msix_table, msix_table_size(n));
        qemu_put_buffer(f, dev->msix_pba, msix_stream_pba_size(n));
    }
}

bool msix_config_loadable(PCIDevice *dev, const uint8_t *config, Error **errp)
{
    unsigned theirs;

    if (!msix_present(dev)) {
        return true;
    }
    theirs = (pci_get_word(config + dev->msix_cap + PCI_MSIX_FLAGS) &
              PCI_MSIX_FLAGS_QSIZE) + 1;
    if (config[dev->msix_cap] != PCI_CAP_ID_MSIX ||
        theirs != dev->msix_entries_nr) {
        error_setg(errp, "%s: the stream has %u MSI-X vectors, the device "
                   "has %d", dev->name,
                   config[dev->msix_cap] == PCI_CAP_ID_MSIX ? theirs : 0,
                   dev->msix_entries_nr);
        return false;
    }
    return true;
}

/*
 * Reads all before anything is taken over.  Nothing is sent here: a vector
 * both open and pending (as msix_set_pending() leaves it) stays so.
 */
static int msix_do_load(PCIDevice *dev, QEMUFile *f, Error **errp)
{
    unsigned n = dev->msix_entries_nr;
    size_t table_size = msix_table_size(n);
    size_t pba_size = msix_stream_pba_size(n);
    g_autofree uint8_t *stream = g_malloc(table_size + pba_size);
    const uint8_t *pba = stream + table_size;
    size_t got;

    if (!msix_config_loadable(dev, dev->config, errp)) {
        return -EINVAL;
    }
    got = qemu_get_buffer(f, stream, table_size + pba_size);
    if (got != table_size + pba_size) {
        error_setg(errp, "%s: the stream ends within the MSI-X state: %zu "
                   "bytes of %zu for %u vectors (it may hold %zu)",
                   dev->name, got, table_size + pba_size, n,
                   got / PCI_MSIX_ENTRY_SIZE);
        return -EIO;
    }
    if (n % 8 && pba[pba_size - 1] >> (n % 8)) {
        error_setg(errp, "%s: the stream has MSI-X vector %u pending, the "
                   "device has %u vectors", dev->name,
                   (unsigned)(8 * (pba_size - 1) + 31 -
                              clz32(pba[pba_size - 1])), n);
        return -EINVAL;
    }

    msix_unroute_all(dev);
    memcpy(dev->msix_table, stream, table_size);
    memset(dev->msix_pba, 0, msix_pba_size(n));
    memcpy(dev->msix_pba, pba, pba_size);
    msix_update_function_masked(dev);
    if (msix_route_all(dev) < 0) {
        error_setg(errp, "%s: no route for the MSI-X vectors", dev->name);
        return -EINVAL;
    }
    return 0;
}

static int msix_load_reporting(PCIDevice *dev, QEMUFile *f)
{
    Error *err = NULL;
    int ret = 0;

    if (msix_present(dev)) {
        ret = msix_do_load(dev, f, &err);
        if (ret < 0) {
            error_report_err(err);
        }
    }
    return ret;
}

void msix_load(PCIDevice *dev, QEMUFile *f)
{
    int ret = msix_load_reporting(dev, f);

    if (ret < 0) {
        qemu_file_set_error(f, ret);
    }
}

static int msix_vmstate_get(QEMUFile *f, void *pv, size_t size,
                            const VMStateField *field)
{
    return msix_load_reporting(pv, f);
}

static int msix_vmstate_put(QEMUFile *f, void *pv, size_t size,
                            const VMStateField *field, JSONWriter *vmdesc)
{
    msix_save(pv, f);
    return 0;
}

static const VMStateInfo vmstate_info_msix = {
    .name = "msix state",
    .get = msix_vmstate_get,
    .put = msix_vmstate_put,
};

const VMStateDescription vmstate_msix = {
    .name = "msix",
    .fields = (VMStateField[]) {
        {
            .name = "msix",
            .info = &vmstate_info_msix,
            .flags = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    }
};
