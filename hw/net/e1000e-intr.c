/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of the 82574L (data sheet, 7.4 and 10.2.4): causes collect in
 * ICR, IMS lets them through, and one of INTx, MSI and MSI-X carries them.
 *
 * With MSI-X, IVAR gives each of the queues and OTHER a vector; EIAC names
 * the causes that end with their message, IAM those that a message masks
 * (CTRL_EXT.EIAME).
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "qemu/log.h"
#include "e1000e-internal.h"
#include "trace.h"

/* In the order of IVAR's fields. */
static const uint32_t ivar_cause[IVAR_FIELDS] = {
    INT_RXQ(0), INT_RXQ(1), INT_TXQ(0), INT_TXQ(1), INT_OTHER
};

static uint32_t enabled_causes(const E1000EState *s)
{
    return e1000e_get(s, R_ICR) & e1000e_get(s, R_IMS);
}

/*
 * ICS reads as ICR does, without its effects.  INT_ASSERTED tells that there
 * is any cause.
 */
static void set_icr(E1000EState *s, uint32_t icr)
{
    icr &= ~INT_ASSERTED;
    icr |= icr ? INT_ASSERTED : 0;
    *e1000e_reg(s, R_ICR) = icr;
    *e1000e_reg(s, R_ICS) = icr;
}

static void auto_mask(E1000EState *s, uint32_t causes)
{
    *e1000e_reg(s, R_IMS) &= ~(e1000e_get(s, R_IAM) & causes);
}

/* The vector of an IVAR field, or -1. */
static int vector_of(const E1000EState *s, unsigned field)
{
    unsigned entry = e1000e_get(s, R_IVAR) >> 4 * field & 0xf;

    if (!(entry & IVAR_VALID)) {
        return -1;
    }
    entry &= ~IVAR_VALID;
    if (entry >= E1000E_VECTORS) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "e1000e: IVAR names vector %u of 5\n", entry);
        return -1;
    }
    return entry;
}

static void told(const E1000EState *s, const char *by)
{
    trace_e1000e_interrupt(e1000e_get(s, R_ICR), e1000e_get(s, R_IMS), by);
}

/* What a message does to its own cause. */
static void acknowledge(E1000EState *s, uint32_t cause)
{
    uint32_t ctrl_ext = e1000e_get(s, R_CTRL_EXT);
    uint32_t cleared = e1000e_get(s, R_EIAC) & cause;

    if (ctrl_ext & CTRL_EXT_EIAME) {
        auto_mask(s, cause);
    }
    set_icr(s, e1000e_get(s, R_ICR) & ~cleared);
    if (!(ctrl_ext & CTRL_EXT_IAME)) {
        *e1000e_reg(s, R_IMS) &= ~cleared;
    }
}

static void send_msix(E1000EState *s, uint32_t fresh)
{
    for (unsigned i = 0; i < IVAR_FIELDS; i++) {
        uint32_t cause = ivar_cause[i];
        int vector = fresh & cause ? vector_of(s, i) : -1;

        if (vector < 0 || e1000e_throttled(s, vector)) {
            continue;
        }
        e1000e_throttle_start(s, vector);
        s->core.notified |= cause;
        told(s, "MSI-X");
        acknowledge(s, cause);
        msix_notify(PCI_DEVICE(s), vector);
    }
}

static void send_msi(E1000EState *s, uint32_t fresh)
{
    if (fresh && !e1000e_throttled(s, -1)) {
        e1000e_throttle_start(s, -1);
        s->core.notified |= fresh;
        told(s, "MSI");
        msi_notify(PCI_DEVICE(s), 0);
    }
}

static void set_intx(E1000EState *s, uint32_t enabled, uint32_t fresh)
{
    if (!enabled) {
        pci_set_irq(PCI_DEVICE(s), 0);
    } else if (fresh && !e1000e_throttled(s, -1)) {
        e1000e_throttle_start(s, -1);
        s->core.notified |= fresh;
        told(s, "INTx");
        pci_set_irq(PCI_DEVICE(s), 1);
    }
}

void e1000e_intr_update(E1000EState *s)
{
    PCIDevice *d = PCI_DEVICE(s);
    uint32_t enabled, fresh;

    if ((e1000e_get(s, R_ICR) & INT_OTHER_CAUSES) && msix_enabled(d)) {
        set_icr(s, e1000e_get(s, R_ICR) | INT_OTHER);
    }
    enabled = enabled_causes(s);
    s->core.notified &= enabled;
    fresh = enabled & ~s->core.notified;
    if (fresh && !s->core.notified) {
        e1000e_count(s, R_IAC);
    }
    if (msix_enabled(d)) {
        send_msix(s, fresh);
    } else if (msi_enabled(d)) {
        send_msi(s, fresh);
    } else {
        set_intx(s, enabled, fresh);
    }
    s->core.notified &= enabled_causes(s);
}

void e1000e_raise(E1000EState *s, uint32_t causes)
{
    set_icr(s, e1000e_get(s, R_ICR) | causes);
    e1000e_intr_update(s);
}

void e1000e_intr_reset(E1000EState *s)
{
    *e1000e_reg(s, R_IMS) = 0;
    set_icr(s, 0);
    s->core.notified = 0;
    pci_set_irq(PCI_DEVICE(s), 0);
}

void e1000e_intr_loaded(E1000EState *s)
{
    bool msix = msix_enabled(PCI_DEVICE(s));

    s->core.notified = !msix && s->core.itr_intr_pending
        ? 0 : enabled_causes(s);
    for (unsigned i = 0; msix && i < IVAR_FIELDS; i++) {
        int vector = vector_of(s, i);

        if (vector >= 0 && s->core.eitr_intr_pending[vector]) {
            s->core.notified &= ~ivar_cause[i];
        }
    }
}

/*
 * Reading clears all where nothing is enabled, and outside MSI-X; where an
 * interrupt was asserted and CTRL_EXT.IAME says so, it masks what IAM names.
 */
uint32_t e1000e_read_icr(E1000EState *s)
{
    uint32_t icr = e1000e_get(s, R_ICR);

    if (!e1000e_get(s, R_IMS) || !msix_enabled(PCI_DEVICE(s))) {
        set_icr(s, 0);
    }
    if ((icr & INT_ASSERTED) &&
        (e1000e_get(s, R_CTRL_EXT) & CTRL_EXT_IAME)) {
        auto_mask(s, UINT32_MAX);
        set_icr(s, 0);
    }
    e1000e_intr_update(s);
    return icr;
}

void e1000e_write_icr(E1000EState *s, uint32_t val)
{
    if ((e1000e_get(s, R_ICR) & INT_ASSERTED) &&
        (e1000e_get(s, R_CTRL_EXT) & CTRL_EXT_IAME)) {
        auto_mask(s, UINT32_MAX);
    }
    /* Who acknowledges OTHER means what it stands for. */
    if (val & INT_OTHER) {
        val |= INT_OTHER_CAUSES;
    }
    set_icr(s, e1000e_get(s, R_ICR) & ~val);
    e1000e_intr_update(s);
}

static void clear_pba(E1000EState *s, uint32_t causes)
{
    for (unsigned i = 0; i < IVAR_FIELDS; i++) {
        int vector = causes & ivar_cause[i] ? vector_of(s, i) : -1;

        if (vector >= 0) {
            msix_clr_pending(PCI_DEVICE(s), vector);
        }
    }
}

void e1000e_write_ims(E1000EState *s, uint32_t val)
{
    val &= INT_MASKABLE;
    *e1000e_reg(s, R_IMS) |= val;
    if ((e1000e_get(s, R_CTRL_EXT) & CTRL_EXT_PBA_SUPPORT) &&
        msix_enabled(PCI_DEVICE(s))) {
        clear_pba(s, val);
    }
    e1000e_intr_update(s);
}

void e1000e_write_imc(E1000EState *s, uint32_t val)
{
    *e1000e_reg(s, R_IMS) &= ~val;
    e1000e_intr_update(s);
}

void e1000e_write_pbaclr(E1000EState *s, uint32_t val)
{
    *e1000e_reg(s, R_PBACLR) = val;
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        if (val >> v & 1) {
            msix_clr_pending(PCI_DEVICE(s), v);
        }
    }
}
