/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds interrupts of the 82574L back (data sheet, 7.4.4 and 10.2.4 to
 * 10.2.6), all on the virtual clock:
 *
 *   ITR, EITR    a least interval between interrupts, in units of 256 ns;
 *                0 switches it off
 *   RDTR, RADV   receive causes wait for a pause in the traffic (RDTR), but
 *                not longer than RADV; RAID is the pause after pure ACKs
 *   TIDV, TADV   the same for write-backs of descriptors with IDE set
 *
 * in units of 1.024 us.  With MSI-X only EITR counts.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "e1000e-internal.h"

#define ITR_UNIT_NS 256
#define DELAY_UNIT_NS 1024

/*
 * The least interval of the stock emulator, which its streams hold in the
 * register; what the guest wrote is beside it.
 */
#define STOCK_LEAST_ITR 500

static void start(E1000ETimer *t, uint32_t interval, unsigned unit)
{
    timer_mod(t->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                        (int64_t)interval * unit);
    t->running = true;
}

static void stop(E1000ETimer *t)
{
    if (t->running) {
        timer_del(t->timer);
        t->running = false;
    }
}

/*** Throttling ***/

static void itr_over(void *opaque)
{
    E1000ETimer *t = opaque;

    t->running = false;
    if (t->s->core.itr_intr_pending) {
        t->s->core.itr_intr_pending = false;
        e1000e_intr_update(t->s);
    }
}

static void eitr_over(void *opaque)
{
    E1000ETimer *t = opaque;
    bool *pending = &t->s->core.eitr_intr_pending[t - t->s->core.eitr];

    t->running = false;
    if (*pending) {
        *pending = false;
        e1000e_intr_update(t->s);
    }
}

bool e1000e_throttled(E1000EState *s, int vector)
{
    if (vector < 0) {
        s->core.itr_intr_pending = s->core.itr.running;
        return s->core.itr.running;
    }
    s->core.eitr_intr_pending[vector] = s->core.eitr[vector].running;
    return s->core.eitr[vector].running;
}

void e1000e_throttle_start(E1000EState *s, int vector)
{
    uint32_t interval = vector < 0 ? s->core.itr_guest_value
                                   : s->core.eitr_guest_value[vector];

    if (interval) {
        start(vector < 0 ? &s->core.itr : &s->core.eitr[vector], interval,
              ITR_UNIT_NS);
    }
}

void e1000e_write_itr(E1000EState *s, int vector, uint32_t val)
{
    unsigned reg = vector < 0 ? R_ITR : R_EITR + 4 * vector;

    *e1000e_reg(s, reg) = MAX(val, STOCK_LEAST_ITR);
    if (vector < 0) {
        s->core.itr_guest_value = val;
    } else {
        s->core.eitr_guest_value[vector] = val;
    }
}

/*** Delays ***/

void e1000e_flush_delayed(E1000EState *s)
{
    uint32_t causes = s->core.delayed_causes;

    stop(&s->core.rdtr);
    stop(&s->core.radv);
    stop(&s->core.raid);
    stop(&s->core.tidv);
    stop(&s->core.tadv);
    s->core.delayed_causes = 0;
    if (causes) {
        e1000e_raise(s, causes);
    }
}

static void delay_over(void *opaque)
{
    E1000ETimer *t = opaque;
    E1000EState *s = t->s;

    t->running = false;
    if (t == &s->core.rdtr) {
        e1000e_count(s, R_ICRXPTC);
    } else if (t == &s->core.radv) {
        e1000e_count(s, R_ICRXATC);
    } else if (t == &s->core.tidv) {
        e1000e_count(s, R_ICTXPTC);
    } else if (t == &s->core.tadv) {
        e1000e_count(s, R_ICTXATC);
    }
    e1000e_flush_delayed(s);
}

/* The pause begins anew with each event, the longest wait does not. */
static void delay(E1000EState *s, uint32_t causes, E1000ETimer *pause,
                  unsigned pause_reg, E1000ETimer *most, unsigned most_reg)
{
    uint32_t longest = e1000e_get(s, most_reg);

    s->core.delayed_causes |= causes;
    start(pause, e1000e_get(s, pause_reg), DELAY_UNIT_NS);
    if (longest && !most->running) {
        start(most, longest, DELAY_UNIT_NS);
    }
}

void e1000e_raise_rx(E1000EState *s, uint32_t causes, bool ack, bool small)
{
    /* Urgent ones take with them what waits. */
    const uint32_t urgent = INT_RXDMT0 | INT_RXO | INT_SRPD;
    bool msix = msix_enabled(PCI_DEVICE(s));

    if (small) {
        causes |= INT_SRPD;
    }
    if (ack && !(e1000e_get(s, R_RFCTL) & RFCTL_ACKDIS)) {
        if (!msix && e1000e_get(s, R_RAID) && !(causes & urgent)) {
            delay(s, causes | INT_ACK, &s->core.raid, R_RAID,
                  &s->core.radv, R_RADV);
            return;
        }
        causes |= INT_ACK;
    }
    if (!msix && e1000e_get(s, R_RDTR) && !(causes & urgent)) {
        delay(s, causes, &s->core.rdtr, R_RDTR, &s->core.radv, R_RADV);
        return;
    }
    s->core.delayed_causes |= causes;
    e1000e_flush_delayed(s);
}

void e1000e_raise_tx(E1000EState *s, uint32_t causes, bool delayable)
{
    if (delayable && !msix_enabled(PCI_DEVICE(s)) &&
        e1000e_get(s, R_TIDV)) {
        delay(s, causes, &s->core.tidv, R_TIDV, &s->core.tadv, R_TADV);
        return;
    }
    s->core.delayed_causes |= causes;
    e1000e_flush_delayed(s);
}

/*** Life cycle ***/

static void init(E1000EState *s, E1000ETimer *t, QEMUTimerCB *cb)
{
    t->s = s;
    t->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, cb, t);
}

static E1000ETimer *delay_timer(E1000EState *s, unsigned i)
{
    E1000ETimer *const timers[] = {
        &s->core.rdtr, &s->core.radv, &s->core.raid, &s->core.tidv,
        &s->core.tadv,
    };

    return i < ARRAY_SIZE(timers) ? timers[i] : NULL;
}

void e1000e_delay_init(E1000EState *s)
{
    E1000ETimer *t;

    for (unsigned i = 0; (t = delay_timer(s, i)); i++) {
        init(s, t, delay_over);
    }
    init(s, &s->core.itr, itr_over);
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        init(s, &s->core.eitr[v], eitr_over);
    }
}

void e1000e_delay_cleanup(E1000EState *s)
{
    E1000ETimer *t;

    for (unsigned i = 0; (t = delay_timer(s, i)); i++) {
        timer_free(t->timer);
    }
    timer_free(s->core.itr.timer);
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        timer_free(s->core.eitr[v].timer);
    }
}

void e1000e_delay_reset(E1000EState *s)
{
    E1000ETimer *t;

    for (unsigned i = 0; (t = delay_timer(s, i)); i++) {
        stop(t);
    }
    stop(&s->core.itr);
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        stop(&s->core.eitr[v]);
        s->core.eitr_intr_pending[v] = false;
    }
    s->core.itr_intr_pending = false;
    s->core.delayed_causes = 0;
}

static void resume(E1000ETimer *t, uint32_t interval, unsigned unit)
{
    if (t->running && !timer_pending(t->timer)) {
        start(t, MAX(interval, 1), unit);
    }
}

void e1000e_delay_resume(E1000EState *s)
{
    resume(&s->core.rdtr, e1000e_get(s, R_RDTR), DELAY_UNIT_NS);
    resume(&s->core.radv, e1000e_get(s, R_RADV), DELAY_UNIT_NS);
    resume(&s->core.raid, e1000e_get(s, R_RAID), DELAY_UNIT_NS);
    resume(&s->core.tidv, e1000e_get(s, R_TIDV), DELAY_UNIT_NS);
    resume(&s->core.tadv, e1000e_get(s, R_TADV), DELAY_UNIT_NS);
    resume(&s->core.itr, s->core.itr_guest_value, ITR_UNIT_NS);
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        resume(&s->core.eitr[v], s->core.eitr_guest_value[v], ITR_UNIT_NS);
    }
}

void e1000e_delay_loaded(E1000EState *s)
{
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        if (!s->core.eitr_guest_value[v]) {
            stop(&s->core.eitr[v]);
            s->core.eitr_intr_pending[v] = false;
        }
    }
    if (!s->core.itr_guest_value) {
        stop(&s->core.itr);
        s->core.itr_intr_pending = false;
    }
}
