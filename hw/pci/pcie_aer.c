/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advanced Error Reporting: PCI Express Base sections 6.2 (what happens) and
 * 7.8.4 (registers).
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/range.h"

static uint8_t *aer_config(const PCIDevice *d, int reg)
{
    return d->config + d->exp.aer_cap + reg;
}

static uint32_t aer_get(const PCIDevice *d, int reg)
{
    return pci_get_long(aer_config(d, reg));
}

static void aer_set_bits(PCIDevice *d, int reg, uint32_t bits)
{
    pci_long_test_and_set_mask(aer_config(d, reg), bits);
}

/*** Set-up ***/

int pcie_aer_init(PCIDevice *d, uint8_t cap_ver, uint16_t offset,
                  uint16_t size, Error **errp)
{
    PCIEAERLog *log = &d->exp.aer_log;
    uint32_t cap = PCI_ERR_CAP_ECRC_GENC | PCI_ERR_CAP_ECRC_CHKC;
    uint32_t cap_wmask = PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE;
    uint8_t *wmask, *w1cmask, *cmask;

    if (log->log_max > PCIE_AER_LOG_MAX_LIMIT) {
        error_setg(errp, "Invalid aer_log_max %u. The max number of aer log "
                   "is %u", log->log_max, PCIE_AER_LOG_MAX_LIMIT);
        return -EINVAL;
    }
    pcie_add_capability(d, PCI_EXT_CAP_ID_ERR, cap_ver, offset, size);
    d->exp.aer_cap = offset;
    log->log = g_new0(PCIEAERErr, log->log_max);
    if (log->log_max) {
        cap |= PCI_ERR_CAP_MHRC;
        cap_wmask |= PCI_ERR_CAP_MHRE;
    }

    wmask = d->wmask + offset;
    w1cmask = d->w1cmask + offset;
    cmask = d->cmask + offset;
    pci_set_long(w1cmask + PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_SUPPORTED);
    pci_set_long(aer_config(d, PCI_ERR_UNCOR_SEVER),
                 PCI_ERR_UNC_SEVERITY_DEFAULT);
    pci_set_long(wmask + PCI_ERR_UNCOR_SEVER, PCI_ERR_UNC_SUPPORTED);
    pci_set_long(w1cmask + PCI_ERR_COR_STATUS, PCI_ERR_COR_SUPPORTED);
    pci_set_long(aer_config(d, PCI_ERR_COR_MASK), PCI_ERR_COR_MASK_DEFAULT);
    pci_set_long(wmask + PCI_ERR_COR_MASK, PCI_ERR_COR_SUPPORTED);
    pci_set_long(aer_config(d, PCI_ERR_CAP), cap);
    pci_set_long(wmask + PCI_ERR_CAP, cap_wmask);

    /* What an error leaves behind need not agree in a migration. */
    pci_long_test_and_clear_mask(cmask + PCI_ERR_CAP, PCI_ERR_CAP_FEP_MASK |
                                 PCI_ERR_CAP_TLP);
    memset(cmask + PCI_ERR_HEADER_LOG, 0, PCI_ERR_HEADER_LOG_SIZE);
    if (size >= PCI_ERR_SIZEOF) {
        memset(cmask + PCI_ERR_TLP_PREFIX_LOG, 0,
               PCI_ERR_TLP_PREFIX_LOG_SIZE);
    }
    return 0;
}

void pcie_aer_exit(PCIDevice *d)
{
    g_free(d->exp.aer_log.log);
    d->exp.aer_log.log = NULL;
    d->exp.aer_log.log_num = 0;
}

/*** Logs (6.2.4.2) ***/

static bool first_error_valid(const PCIDevice *d)
{
    return aer_get(d, PCI_ERR_UNCOR_STATUS) &
           (1u << (aer_get(d, PCI_ERR_CAP) & PCI_ERR_CAP_FEP_MASK));
}

static void log_as_first(PCIDevice *d, const PCIEAERErr *err)
{
    uint32_t cap = aer_get(d, PCI_ERR_CAP) & ~(PCI_ERR_CAP_FEP_MASK |
                                               PCI_ERR_CAP_TLP);
    bool header = err->flags & PCIE_AER_ERR_HEADER_VALID;
    bool prefix = header && (err->flags & PCIE_AER_ERR_TLP_PREFIX_PRESENT);

    for (int i = 0; i < 4; i++) {
        /* A header is a string of bytes, the first in the upper bits. */
        pci_set_long(aer_config(d, PCI_ERR_HEADER_LOG + 4 * i),
                     header ? bswap32(err->header[i]) : 0);
        pci_set_long(aer_config(d, PCI_ERR_TLP_PREFIX_LOG + 4 * i),
                     prefix ? bswap32(err->prefix[i]) : 0);
    }
    pci_set_long(aer_config(d, PCI_ERR_CAP), cap | ctz32(err->status) |
                 (prefix ? PCI_ERR_CAP_TLP : 0));
}

/* False where the log overflows. */
static bool record_error(PCIDevice *d, const PCIEAERErr *err)
{
    PCIEAERLog *log = &d->exp.aer_log;
    bool first = !first_error_valid(d);

    aer_set_bits(d, PCI_ERR_UNCOR_STATUS, err->status);
    if (first) {
        log_as_first(d, err);
        return true;
    }
    if (!(aer_get(d, PCI_ERR_CAP) & PCI_ERR_CAP_MHRE)) {
        return true;
    }
    if (log->log_num == log->log_max) {
        return false;
    }
    log->log[log->log_num++] = *err;
    return true;
}

/* Software has dealt with the first error: the next one moves up. */
static void next_error(PCIDevice *d)
{
    PCIEAERLog *log = &d->exp.aer_log;
    PCIEAERErr err;

    if (first_error_valid(d) || !log->log_num) {
        return;
    }
    err = log->log[0];
    log->log_num--;
    memmove(log->log, log->log + 1, log->log_num * sizeof(log->log[0]));
    aer_set_bits(d, PCI_ERR_UNCOR_STATUS, err.status);
    log_as_first(d, &err);
}

void pcie_aer_write_config(PCIDevice *d, uint32_t addr, uint32_t val,
                           int len)
{
    if (!d->exp.aer_cap ||
        !ranges_overlap(addr, len, d->exp.aer_cap, PCI_ERR_SIZEOF)) {
        return;
    }
    if (!(aer_get(d, PCI_ERR_CAP) & PCI_ERR_CAP_MHRE)) {
        d->exp.aer_log.log_num = 0;
    }
    next_error(d);
}

/*** Root ports (6.2.4.1.2, 6.2.6) ***/

void pcie_aer_root_init(PCIDevice *d)
{
    uint16_t cap = d->exp.aer_cap;

    pci_set_long(d->wmask + cap + PCI_ERR_ROOT_COMMAND,
                 PCI_ERR_ROOT_CMD_EN_MASK);
    pci_set_long(d->w1cmask + cap + PCI_ERR_ROOT_STATUS,
                 PCI_ERR_ROOT_STATUS_REPORT_MASK);
    /* The message number is the device's choice; the source is a log. */
    pci_set_long(d->cmask + cap + PCI_ERR_ROOT_STATUS,
                 ~(uint32_t)PCI_ERR_ROOT_IRQ);
    pci_set_long(d->cmask + cap + PCI_ERR_ROOT_ERR_SRC, 0);
}

void pcie_aer_root_reset(PCIDevice *d)
{
    pci_set_long(aer_config(d, PCI_ERR_ROOT_COMMAND), 0);
    /* The rest is sticky: it tells of what led to the reset (7.8.4.10). */
}

void pcie_aer_root_set_vector(PCIDevice *d, unsigned int vector)
{
    if (d->exp.aer_cap) {
        pci_set_long_by_mask(aer_config(d, PCI_ERR_ROOT_STATUS),
                             PCI_ERR_ROOT_IRQ, vector);
    }
}

/* A kind of message: where it counts in Root Error Status. */
static uint32_t root_received_bits(const PCIDevice *d,
                                   const PCIEAERMsg *msg)
{
    uint32_t status = aer_get(d, PCI_ERR_ROOT_STATUS);

    switch (msg->severity) {
    case PCI_ERR_ROOT_CMD_COR_EN:
        return status & PCI_ERR_ROOT_COR_RCV ? PCI_ERR_ROOT_MULTI_COR_RCV
                                             : PCI_ERR_ROOT_COR_RCV;
    case PCI_ERR_ROOT_CMD_NONFATAL_EN:
        return PCI_ERR_ROOT_NONFATAL_RCV |
               (status & PCI_ERR_ROOT_UNCOR_RCV
                ? PCI_ERR_ROOT_MULTI_UNCOR_RCV : PCI_ERR_ROOT_UNCOR_RCV);
    case PCI_ERR_ROOT_CMD_FATAL_EN:
        return PCI_ERR_ROOT_FATAL_RCV |
               (status & PCI_ERR_ROOT_UNCOR_RCV
                ? PCI_ERR_ROOT_MULTI_UNCOR_RCV
                : PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_FIRST_FATAL);
    default:
        return 0;
    }
}

/* The kinds of messages received that software wants an interrupt for. */
static uint32_t root_pending(const PCIDevice *d)
{
    uint32_t status = aer_get(d, PCI_ERR_ROOT_STATUS);
    uint32_t kinds = 0;

    kinds |= status & PCI_ERR_ROOT_COR_RCV ? PCI_ERR_ROOT_CMD_COR_EN : 0;
    kinds |= status & PCI_ERR_ROOT_NONFATAL_RCV
             ? PCI_ERR_ROOT_CMD_NONFATAL_EN : 0;
    kinds |= status & PCI_ERR_ROOT_FATAL_RCV ? PCI_ERR_ROOT_CMD_FATAL_EN : 0;
    return kinds & aer_get(d, PCI_ERR_ROOT_COMMAND);
}

bool pcie_aer_root_intx(const PCIDevice *d)
{
    return d->exp.aer_cap && pcie_cap_get_type(d) == PCI_EXP_TYPE_ROOT_PORT &&
           root_pending(d);
}

/* A message for each condition that arises; INTx while there is one. */
static void root_notify(PCIDevice *d, bool arisen)
{
    unsigned vector = aer_get(d, PCI_ERR_ROOT_STATUS) >>
                      PCI_ERR_ROOT_IRQ_SHIFT;

    if (msix_enabled(d)) {
        if (arisen) {
            msix_notify(d, vector);
        }
    } else if (msi_enabled(d)) {
        if (arisen) {
            msi_notify(d, vector);
        }
    } else {
        pci_set_irq(d, pcie_aer_root_intx(d) || d->exp.hpev_notified);
    }
}

static void root_receive(PCIDevice *d, const PCIEAERMsg *msg)
{
    uint32_t old, bits;

    if (!d->exp.aer_cap) {
        return;
    }
    old = root_pending(d);
    bits = root_received_bits(d, msg);
    if (bits & PCI_ERR_ROOT_COR_RCV) {
        pci_set_word(aer_config(d, PCI_ERR_ROOT_ERR_SRC), msg->source_id);
    }
    if (bits & PCI_ERR_ROOT_UNCOR_RCV) {
        pci_set_word(aer_config(d, PCI_ERR_ROOT_ERR_SRC + 2),
                     msg->source_id);
    }
    aer_set_bits(d, PCI_ERR_ROOT_STATUS, bits);
    root_notify(d, root_pending(d) & ~old);
}

void pcie_aer_root_write_config(PCIDevice *d, uint32_t addr, uint32_t val,
                                int len, uint32_t root_cmd_prev)
{
    uint16_t cap = d->exp.aer_cap;
    uint32_t arisen;

    if (!cap || !ranges_overlap(addr, len, cap + PCI_ERR_ROOT_COMMAND, 8)) {
        return;
    }
    arisen = root_pending(d) & ~root_cmd_prev;
    root_notify(d, arisen);
}

/*** Messages on their way up (6.2.5) ***/

static bool is_port(const PCIDevice *d)
{
    if (!pci_is_express(d) || !d->exp.exp_cap) {
        return false;
    }
    switch (pcie_cap_get_type(d)) {
    case PCI_EXP_TYPE_ROOT_PORT:
    case PCI_EXP_TYPE_UPSTREAM:
    case PCI_EXP_TYPE_DOWNSTREAM:
        return true;
    default:
        return false;
    }
}

/* Whether a port passes on what it received on its secondary side. */
static bool port_forwards(PCIDevice *d, const PCIEAERMsg *msg)
{
    if (pcie_aer_msg_is_uncor(msg)) {
        pci_word_test_and_set_mask(d->config + PCI_SEC_STATUS,
                                   PCI_SEC_STATUS_RCV_SYSTEM_ERROR);
    }
    return pci_get_word(d->config + PCI_BRIDGE_CONTROL) &
           PCI_BRIDGE_CTL_SERR;
}

void pcie_aer_msg(PCIDevice *d, const PCIEAERMsg *msg)
{
    bool origin = true;

    for (; d; d = pci_get_bus(d)->parent_dev, origin = false) {
        if (!origin && (!is_port(d) || !port_forwards(d, msg))) {
            return;
        }
        if (pcie_aer_msg_is_uncor(msg) &&
            (pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_SERR)) {
            pci_word_test_and_set_mask(d->config + PCI_STATUS,
                                       PCI_STATUS_SIG_SYSTEM_ERROR);
        }
        if (is_port(d) && pcie_cap_get_type(d) == PCI_EXP_TYPE_ROOT_PORT) {
            root_receive(d, msg);
            return;
        }
    }
}

/*** Detection (6.2.3, figure 6-2) ***/

static void send_message(PCIDevice *d, const PCIEAERErr *err,
                         uint32_t severity)
{
    PCIEAERMsg msg = { .severity = severity, .source_id = err->source_id };

    pcie_aer_msg(d, &msg);
}

static uint16_t device_control(const PCIDevice *d)
{
    return pci_get_word(d->config + d->exp.exp_cap + PCI_EXP_DEVCTL);
}

static void device_status(PCIDevice *d, uint16_t bits)
{
    pci_word_test_and_set_mask(d->config + d->exp.exp_cap + PCI_EXP_DEVSTA,
                               bits);
}

static void detect_correctable(PCIDevice *d, const PCIEAERErr *err)
{
    device_status(d, PCI_EXP_DEVSTA_CED);
    if (d->exp.aer_cap) {
        aer_set_bits(d, PCI_ERR_COR_STATUS, err->status);
        if (aer_get(d, PCI_ERR_COR_MASK) & err->status) {
            return;
        }
    }
    if (device_control(d) & PCI_EXP_DEVCTL_CERE) {
        send_message(d, err, PCI_ERR_ROOT_CMD_COR_EN);
    }
}

static void log_uncorrectable(PCIDevice *d, const PCIEAERErr *err)
{
    if (!record_error(d, err)) {
        PCIEAERErr overflow = {
            .status = PCI_ERR_COR_HL_OVERFLOW,
            .source_id = err->source_id,
            .flags = PCIE_AER_ERR_IS_CORRECTABLE,
        };

        detect_correctable(d, &overflow);
    }
}

/* Somebody else will act on it; here it is news only (6.2.3.2.4). */
static void detect_advisory(PCIDevice *d, const PCIEAERErr *err)
{
    device_status(d, PCI_EXP_DEVSTA_CED);
    if (d->exp.aer_cap) {
        aer_set_bits(d, PCI_ERR_COR_STATUS, PCI_ERR_COR_ADV_NFAT);
        if (aer_get(d, PCI_ERR_COR_MASK) & PCI_ERR_COR_ADV_NFAT) {
            return;
        }
        if (aer_get(d, PCI_ERR_UNCOR_MASK) & err->status) {
            aer_set_bits(d, PCI_ERR_UNCOR_STATUS, err->status);
        } else {
            log_uncorrectable(d, err);
        }
    }
    if (device_control(d) & PCI_EXP_DEVCTL_CERE) {
        send_message(d, err, PCI_ERR_ROOT_CMD_COR_EN);
    }
}

static void detect_uncorrectable(PCIDevice *d, const PCIEAERErr *err,
                                 bool fatal)
{
    uint16_t enable = fatal ? PCI_EXP_DEVCTL_FERE : PCI_EXP_DEVCTL_NFERE;

    device_status(d, fatal ? PCI_EXP_DEVSTA_FED : PCI_EXP_DEVSTA_NFED);
    if (d->exp.aer_cap) {
        if (aer_get(d, PCI_ERR_UNCOR_MASK) & err->status) {
            aer_set_bits(d, PCI_ERR_UNCOR_STATUS, err->status);
            return;
        }
        log_uncorrectable(d, err);
    }
    if (err->status == PCI_ERR_UNC_UNSUPP) {
        enable |= PCI_EXP_DEVCTL_URRE;
    }
    if ((device_control(d) & enable) == enable ||
        (pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_SERR)) {
        send_message(d, err, fatal ? PCI_ERR_ROOT_CMD_FATAL_EN
                                   : PCI_ERR_ROOT_CMD_NONFATAL_EN);
    }
}

int pcie_aer_inject_error(PCIDevice *d, const PCIEAERErr *err)
{
    bool correctable = err->flags & PCIE_AER_ERR_IS_CORRECTABLE;
    uint32_t supported = correctable ? PCI_ERR_COR_SUPPORTED
                                     : PCI_ERR_UNC_SUPPORTED;
    uint32_t fatal;

    if (!pci_is_express(d) || !d->exp.exp_cap) {
        return -ENOSYS;
    }
    if (ctpop32(err->status) != 1 || !(err->status & supported)) {
        return -EINVAL;
    }
    if (correctable) {
        detect_correctable(d, err);
        return 0;
    }
    if (err->status == PCI_ERR_UNC_UNSUPP) {
        device_status(d, PCI_EXP_DEVSTA_URD);
    }
    fatal = (d->exp.aer_cap ? aer_get(d, PCI_ERR_UNCOR_SEVER)
                            : PCI_ERR_UNC_SEVERITY_DEFAULT) & err->status;
    if (!fatal && (err->flags & PCIE_AER_ERR_MAYBE_ADVISORY)) {
        detect_advisory(d, err);
    } else {
        detect_uncorrectable(d, err, fatal);
    }
    return 0;
}

/*** Migration ***/

static const VMStateDescription vmstate_pcie_aer_err = {
    .name = "PCIE_AER_ERROR",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(status, PCIEAERErr),
        VMSTATE_UINT16(source_id, PCIEAERErr),
        VMSTATE_UINT16(flags, PCIEAERErr),
        VMSTATE_UINT32_ARRAY(header, PCIEAERErr, 4),
        VMSTATE_UINT32_ARRAY(prefix, PCIEAERErr, 4),
        VMSTATE_END_OF_LIST()
    }
};

static bool log_num_valid(void *opaque, int version_id)
{
    PCIEAERLog *log = opaque;

    return log->log_num <= log->log_max;
}

/* Room for that many is there, whatever is in use. */
static int aer_log_pre_load(void *opaque)
{
    PCIEAERLog *log = opaque;

    log->log_num = log->log_max;
    return 0;
}

static int aer_log_post_load(void *opaque, int version_id)
{
    PCIEAERLog *log = opaque;

    for (int i = 0; i < log->log_num; i++) {
        if (ctpop32(log->log[i].status) != 1 ||
            !(log->log[i].status & PCI_ERR_UNC_SUPPORTED)) {
            return -EINVAL;
        }
    }
    return 0;
}

const VMStateDescription vmstate_pcie_aer_log = {
    .name = "PCIE_AER_ERROR_LOG",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = aer_log_pre_load,
    .post_load = aer_log_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16(log_num, PCIEAERLog),
        VMSTATE_UINT16_EQUAL(log_max, PCIEAERLog, NULL),
        VMSTATE_VALIDATE("log_num <= log_max", log_num_valid),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT16(log, PCIEAERLog, log_num,
                                             vmstate_pcie_aer_err,
                                             PCIEAERErr),
        VMSTATE_END_OF_LIST()
    }
};
