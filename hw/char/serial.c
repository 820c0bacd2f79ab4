/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 16550A serial port: National PC16550D data sheet (TL/C/8652).
 *
 * A character leaves as soon as the character device takes it; received ones
 * are timed, as the FIFO's time-out is.  Rate, format, break and modem lines
 * go to the character device where it is a serial line of the host.
 *
 * Not modelled: errors of single characters in the FIFO (the line status has
 * them at once, bit 7 stays 0), DMA signals, and that OUT2 gates the
 * interrupt, which is the board's doing.
 */
#include "qemu/osdep.h"
#include "chardev/char-serial.h"
#include "hw/char/serial.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "serial-internal.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"

/* A full device is tried again so often, then the character is lost. */
#define MAX_XMIT_RETRY 4
/* How often modem lines that may interrupt are asked for. */
#define MODEM_POLL_NS (10 * SCALE_MS)

static bool fifos_on(const SerialState *s)
{
    return s->fcr & UART_FCR_FE;
}

static bool in_loop(const SerialState *s)
{
    return s->mcr & UART_MCR_LOOP;
}

/*** Interrupts ***/

/* The most urgent cause. */
static uint8_t interrupt_cause(const SerialState *s)
{
    if (s->ier & UART_IER_RLSI && s->lsr & UART_LSR_INT_ANY) {
        return UART_IIR_RLSI;
    }
    if (s->ier & UART_IER_RDI) {
        if (s->timeout_ipending) {
            return UART_IIR_CTI;
        }
        if (s->lsr & UART_LSR_DR &&
            (!fifos_on(s) || s->recv_fifo.num >= s->recv_fifo_itl)) {
            return UART_IIR_RDI;
        }
    }
    if (s->ier & UART_IER_THRI && s->thr_ipending) {
        return UART_IIR_THRI;
    }
    if (s->ier & UART_IER_MSI && s->msr & UART_MSR_ANY_DELTA) {
        return UART_IIR_MSI;
    }
    return UART_IIR_NO_INT;
}

void serial_update_irq(SerialState *s)
{
    uint8_t cause = interrupt_cause(s);

    s->iir = cause | (s->iir & 0xf0);
    qemu_set_irq(s->irq, cause != UART_IIR_NO_INT);
}

/*** Line parameters ***/

/* Time of a character, and the same for a serial line of the host. */
void serial_update_parameters(SerialState *s)
{
    static const char parities[] = { 'O', 'E' };
    QEMUSerialSetParams ssp = {
        .data_bits = 5 + (s->lcr & UART_LCR_LENGTH),
        .stop_bits = s->lcr & UART_LCR_STOP ? 2 : 1,
        .parity = 'N',
    };
    int bits = 1 + ssp.data_bits + ssp.stop_bits;

    if (s->lcr & UART_LCR_PARITY) {
        ssp.parity = parities[!!(s->lcr & UART_LCR_EVEN)];
        bits++;
    }
    if (s->divider == 0 || s->divider > s->baudbase) {
        return;
    }
    ssp.speed = s->baudbase / s->divider;
    s->char_transmit_time = NANOSECONDS_PER_SECOND / ssp.speed * bits;
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_PARAMS, &ssp);
}

void serial_update_break(SerialState *s)
{
    int on = !!(s->lcr & UART_LCR_BREAK);

    if (on != s->last_break_enable) {
        s->last_break_enable = on;
        qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_BREAK, &on);
    }
}

/*** Modem lines ***/

/* Lines change, and what changed since the last look is remembered. */
static void set_modem_lines(SerialState *s, uint8_t lines)
{
    uint8_t changed = (s->msr ^ lines) & UART_MSR_LINES;
    uint8_t delta = changed >> 4 & ~UART_MSR_TERI;

    /* Of the ring indicator, the end. */
    if (changed & UART_MSR_RI && !(lines & UART_MSR_RI)) {
        delta |= UART_MSR_TERI;
    }
    s->msr = lines | (s->msr & UART_MSR_ANY_DELTA) | delta;
    if (delta) {
        serial_update_irq(s);
    }
}

/* In a loop the outputs are the inputs. */
static uint8_t looped_lines(const SerialState *s)
{
    return (s->mcr & UART_MCR_DTR ? UART_MSR_DSR : 0) |
           (s->mcr & UART_MCR_RTS ? UART_MSR_CTS : 0) |
           (s->mcr & UART_MCR_OUT1 ? UART_MSR_RI : 0) |
           (s->mcr & UART_MCR_OUT2 ? UART_MSR_DCD : 0);
}

static void poll_modem_lines(SerialState *s)
{
    int flags;
    uint8_t lines;

    timer_del(s->modem_status_poll);
    if (in_loop(s)) {
        return;
    }
    if (qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_GET_TIOCM, &flags) ==
        -ENOTSUP) {
        s->poll_msl = -1;
        return;
    }
    lines = (flags & CHR_TIOCM_CTS ? UART_MSR_CTS : 0) |
            (flags & CHR_TIOCM_DSR ? UART_MSR_DSR : 0) |
            (flags & CHR_TIOCM_CAR ? UART_MSR_DCD : 0) |
            (flags & CHR_TIOCM_RI ? UART_MSR_RI : 0);
    set_modem_lines(s, lines);
    /* They tell of no change by themselves. */
    if (s->poll_msl) {
        timer_mod(s->modem_status_poll,
                  qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + MODEM_POLL_NS);
    }
}

static void modem_poll_due(void *opaque)
{
    poll_modem_lines(opaque);
}

static void tell_modem_outputs(SerialState *s)
{
    int flags = 0;

    if (s->poll_msl < 0 ||
        qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_GET_TIOCM, &flags) < 0) {
        return;
    }
    flags &= ~(CHR_TIOCM_RTS | CHR_TIOCM_DTR);
    if (s->mcr & UART_MCR_RTS) {
        flags |= CHR_TIOCM_RTS;
    }
    if (s->mcr & UART_MCR_DTR) {
        flags |= CHR_TIOCM_DTR;
    }
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_TIOCM, &flags);
    /* The other end may answer a raised line at once. */
    poll_modem_lines(s);
}

/*** Receiving ***/

static void restart_fifo_timeout(SerialState *s)
{
    timer_mod(s->fifo_timeout_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
              s->char_transmit_time * 4);
}

static void fifo_timeout_due(void *opaque)
{
    SerialState *s = opaque;

    if (s->recv_fifo.num) {
        s->timeout_ipending = 1;
        serial_update_irq(s);
    }
}

static void receive_one(SerialState *s, uint8_t ch)
{
    if (fifos_on(s)) {
        if (fifo8_is_full(&s->recv_fifo)) {
            s->lsr |= UART_LSR_OE;
        } else {
            fifo8_push(&s->recv_fifo, ch);
        }
        restart_fifo_timeout(s);
    } else {
        if (s->lsr & UART_LSR_DR) {
            s->lsr |= UART_LSR_OE;
        }
        s->rbr = ch;
    }
    s->lsr |= UART_LSR_DR;
    serial_update_irq(s);
}

/* A break is a character of zeroes, with a mark. */
static void receive_break(SerialState *s)
{
    s->lsr |= UART_LSR_BI;
    receive_one(s, 0);
}

static int serial_can_receive(void *opaque)
{
    SerialState *s = opaque;

    if (!fifos_on(s)) {
        return !(s->lsr & UART_LSR_DR);
    }
    /*
     * Up to the level that interrupts, then one by one: a guest that sees
     * the level should have time to empty the FIFO.
     */
    if (s->recv_fifo.num >= UART_FIFO_LENGTH) {
        return 0;
    }
    return s->recv_fifo.num < s->recv_fifo_itl
           ? s->recv_fifo_itl - s->recv_fifo.num : 1;
}

static void serial_receive(void *opaque, const uint8_t *buf, int size)
{
    SerialState *s = opaque;

    if (s->wakeup) {
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    }
    for (int i = 0; i < size; i++) {
        receive_one(s, buf[i]);
    }
}

static void serial_event(void *opaque, QEMUChrEvent event)
{
    if (event == CHR_EVENT_BREAK) {
        receive_break(opaque);
    }
}

static uint8_t read_received(SerialState *s)
{
    uint8_t ch = s->rbr;

    if (fifos_on(s)) {
        ch = s->recv_fifo.num ? fifo8_pop(&s->recv_fifo) : 0;
        if (s->recv_fifo.num) {
            restart_fifo_timeout(s);
        } else {
            s->lsr &= ~(UART_LSR_DR | UART_LSR_BI);
            timer_del(s->fifo_timeout_timer);
        }
        s->timeout_ipending = 0;
    } else {
        s->lsr &= ~(UART_LSR_DR | UART_LSR_BI);
    }
    serial_update_irq(s);
    if (!in_loop(s)) {
        qemu_chr_fe_accept_input(&s->chr);
    }
    return ch;
}

/*** Sending ***/

static gboolean serial_watch_cb(void *do_not_use, GIOCondition cond,
                                void *opaque)
{
    SerialState *s = opaque;

    s->watch_tag = 0;
    serial_xmit(s);
    return G_SOURCE_REMOVE;
}

/* The next character into the shift register, which is empty. */
static void load_shift_register(SerialState *s)
{
    if (fifos_on(s)) {
        s->tsr = fifo8_pop(&s->xmit_fifo);
        if (!s->xmit_fifo.num) {
            s->lsr |= UART_LSR_THRE;
        }
    } else {
        s->tsr = s->thr;
        s->lsr |= UART_LSR_THRE;
    }
    if (s->lsr & UART_LSR_THRE && !s->thr_ipending) {
        s->thr_ipending = 1;
        serial_update_irq(s);
    }
}

/* False: the device is full, and there is a watch on it. */
static bool send_shift_register(SerialState *s)
{
    int rc;

    if (in_loop(s)) {
        receive_one(s, s->tsr);
        return true;
    }
    rc = qemu_chr_fe_write(&s->chr, &s->tsr, 1);
    if ((rc == 0 || (rc == -1 && errno == EAGAIN)) &&
        s->tsr_retry < MAX_XMIT_RETRY) {
        s->watch_tag = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                             serial_watch_cb, s);
        if (s->watch_tag > 0) {
            s->tsr_retry++;
            return false;
        }
    }
    return true;
}

void serial_xmit(SerialState *s)
{
    do {
        if (s->tsr_retry == 0) {
            load_shift_register(s);
        }
        if (!send_shift_register(s)) {
            return;
        }
        s->tsr_retry = 0;
    } while (!(s->lsr & UART_LSR_THRE));
    s->last_xmit_ts = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    s->lsr |= UART_LSR_TEMT;
}

static void write_thr(SerialState *s, uint8_t val)
{
    s->thr = val;
    if (fifos_on(s)) {
        /* The data sheet has the last character lost, drivers never see it. */
        if (!fifo8_is_full(&s->xmit_fifo)) {
            fifo8_push(&s->xmit_fifo, val);
        }
    }
    s->thr_ipending = 0;
    s->lsr &= ~(UART_LSR_THRE | UART_LSR_TEMT);
    serial_update_irq(s);
    if (s->tsr_retry == 0) {
        serial_xmit(s);
    }
}

/*** Registers ***/

static void write_ier(SerialState *s, uint8_t val)
{
    uint8_t changed = (s->ier ^ val) & 0x0f;

    s->ier = val & 0x0f;
    /* Modem lines are only worth polling when they interrupt. */
    if (changed & UART_IER_MSI && s->poll_msl >= 0) {
        s->poll_msl = !!(s->ier & UART_IER_MSI);
        poll_modem_lines(s);
    }
    /* An empty transmitter interrupts when that is switched on. */
    if (changed & UART_IER_THRI) {
        s->thr_ipending = s->ier & UART_IER_THRI && s->lsr & UART_LSR_THRE;
    }
    if (changed) {
        serial_update_irq(s);
    }
}

void serial_write_fcr(SerialState *s, uint8_t val)
{
    static const uint8_t levels[] = { 1, 4, 8, 14 };

    s->fcr = val & UART_FCR_STORED;
    if (s->fcr & UART_FCR_FE) {
        s->iir |= UART_IIR_FE;
        s->recv_fifo_itl = levels[s->fcr >> 6];
    } else {
        s->iir &= ~UART_IIR_FE;
    }
}

static void clear_receiver(SerialState *s)
{
    s->lsr &= ~(UART_LSR_DR | UART_LSR_BI);
    timer_del(s->fifo_timeout_timer);
    s->timeout_ipending = 0;
    fifo8_reset(&s->recv_fifo);
}

static void clear_transmitter(SerialState *s)
{
    s->lsr |= UART_LSR_THRE;
    s->thr_ipending = 1;
    fifo8_reset(&s->xmit_fifo);
}

static void write_fcr(SerialState *s, uint8_t val)
{
    /* Switching FIFOs on or off clears both. */
    if ((val ^ s->fcr) & UART_FCR_FE) {
        val |= UART_FCR_XFR | UART_FCR_RFR;
    }
    if (val & UART_FCR_RFR) {
        clear_receiver(s);
    }
    if (val & UART_FCR_XFR) {
        clear_transmitter(s);
    }
    serial_write_fcr(s, val);
    serial_update_irq(s);
}

static void write_mcr(SerialState *s, uint8_t val)
{
    uint8_t old = s->mcr;

    s->mcr = val & UART_MCR_MASK;
    if (in_loop(s)) {
        set_modem_lines(s, looped_lines(s));
        return;
    }
    if (old & UART_MCR_LOOP) {
        set_modem_lines(s, SERIAL_MSR_CONNECTED);
    }
    if (old != s->mcr) {
        tell_modem_outputs(s);
    }
}

static void serial_ioport_write(void *opaque, hwaddr addr, uint64_t val,
                                unsigned size)
{
    SerialState *s = opaque;
    bool dlab = s->lcr & UART_LCR_DLAB;

    switch (addr & 7) {
    case 0:
        if (dlab) {
            s->divider = (s->divider & 0xff00) | (val & 0xff);
            serial_update_parameters(s);
        } else {
            write_thr(s, val);
        }
        break;
    case 1:
        if (dlab) {
            s->divider = (s->divider & 0x00ff) | (val & 0xff) << 8;
            serial_update_parameters(s);
        } else {
            write_ier(s, val);
        }
        break;
    case 2:
        write_fcr(s, val);
        break;
    case 3:
        s->lcr = val;
        serial_update_parameters(s);
        serial_update_break(s);
        break;
    case 4:
        write_mcr(s, val);
        break;
    case 7:
        s->scr = val;
        break;
    default:
        break;                  /* the status registers are for tests */
    }
}

/* Reading the cause "transmitter empty" settles it. */
static uint8_t read_iir(SerialState *s)
{
    uint8_t iir = s->iir;

    if ((iir & (UART_IIR_ID | UART_IIR_NO_INT)) == UART_IIR_THRI) {
        s->thr_ipending = 0;
        serial_update_irq(s);
    }
    return iir;
}

static uint8_t read_lsr(SerialState *s)
{
    uint8_t lsr = s->lsr;

    if (lsr & (UART_LSR_BI | UART_LSR_OE)) {
        s->lsr &= ~(UART_LSR_BI | UART_LSR_OE);
        serial_update_irq(s);
    }
    return lsr;
}

static uint8_t read_msr(SerialState *s)
{
    uint8_t msr;

    if (s->poll_msl >= 0) {
        poll_modem_lines(s);
    }
    msr = s->msr;
    if (msr & UART_MSR_ANY_DELTA) {
        s->msr &= UART_MSR_LINES;
        serial_update_irq(s);
    }
    return msr;
}

static uint64_t serial_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    SerialState *s = opaque;
    bool dlab = s->lcr & UART_LCR_DLAB;

    switch (addr & 7) {
    case 0:
        return dlab ? s->divider & 0xff : read_received(s);
    case 1:
        return dlab ? s->divider >> 8 : s->ier;
    case 2:
        return read_iir(s);
    case 3:
        return s->lcr;
    case 4:
        return s->mcr;
    case 5:
        return read_lsr(s);
    case 6:
        return read_msr(s);
    default:
        return s->scr;
    }
}

const MemoryRegionOps serial_io_ops = {
    .read = serial_ioport_read,
    .write = serial_ioport_write,
    .valid.unaligned = true,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Type ***/

static void serial_reset(void *opaque)
{
    SerialState *s = opaque;

    if (s->watch_tag > 0) {
        g_source_remove(s->watch_tag);
        s->watch_tag = 0;
    }
    s->rbr = 0;
    s->ier = 0;
    s->iir = UART_IIR_NO_INT;
    s->lcr = 0;
    s->lsr = UART_LSR_TEMT | UART_LSR_THRE;
    s->msr = SERIAL_MSR_CONNECTED;
    s->divider = 0x0c;          /* 9600 */
    s->mcr = UART_MCR_OUT2;
    s->scr = 0;
    s->fcr = 0;
    s->tsr_retry = 0;
    s->char_transmit_time = NANOSECONDS_PER_SECOND / 9600 * 10;
    s->poll_msl = 0;
    s->timeout_ipending = 0;
    timer_del(s->fifo_timeout_timer);
    timer_del(s->modem_status_poll);
    fifo8_reset(&s->recv_fifo);
    fifo8_reset(&s->xmit_fifo);
    s->last_xmit_ts = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    s->thr_ipending = 0;
    s->last_break_enable = 0;
    qemu_irq_lower(s->irq);
    poll_modem_lines(s);
    s->msr &= UART_MSR_LINES;
}

static void set_chr_handlers(SerialState *s);

/* Another device: it learns what the line is like. */
static int serial_be_change(void *opaque)
{
    SerialState *s = opaque;

    set_chr_handlers(s);
    serial_update_parameters(s);
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_BREAK,
                      &s->last_break_enable);
    s->poll_msl = !!(s->ier & UART_IER_MSI);
    poll_modem_lines(s);
    if (s->poll_msl >= 0 && !in_loop(s)) {
        tell_modem_outputs(s);
    }
    if (s->watch_tag > 0) {
        g_source_remove(s->watch_tag);
        s->watch_tag = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                             serial_watch_cb, s);
    }
    return 0;
}

static void set_chr_handlers(SerialState *s)
{
    qemu_chr_fe_set_handlers(&s->chr, serial_can_receive, serial_receive,
                             serial_event, serial_be_change, s, NULL, true);
}

static void serial_realize(DeviceState *dev, Error **errp)
{
    SerialState *s = SERIAL(dev);

    if (!s->baudbase) {
        error_setg(errp, "property 'baudbase' of a serial port must not be "
                   "0");
        return;
    }
    s->modem_status_poll = timer_new_ns(QEMU_CLOCK_VIRTUAL, modem_poll_due,
                                        s);
    s->fifo_timeout_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, fifo_timeout_due,
                                         s);
    fifo8_create(&s->recv_fifo, UART_FIFO_LENGTH);
    fifo8_create(&s->xmit_fifo, UART_FIFO_LENGTH);
    qemu_register_reset(serial_reset, s);
    set_chr_handlers(s);
    serial_reset(s);
}

static void serial_unrealize(DeviceState *dev)
{
    SerialState *s = SERIAL(dev);

    if (s->watch_tag > 0) {
        g_source_remove(s->watch_tag);
        s->watch_tag = 0;
    }
    qemu_chr_fe_deinit(&s->chr, false);
    timer_free(s->modem_status_poll);
    timer_free(s->fifo_timeout_timer);
    fifo8_destroy(&s->recv_fifo);
    fifo8_destroy(&s->xmit_fifo);
    qemu_unregister_reset(serial_reset, s);
}

static Property serial_properties[] = {
    DEFINE_PROP_CHR("chardev", SerialState, chr),
    DEFINE_PROP_UINT32("baudbase", SerialState, baudbase, 115200),
    DEFINE_PROP_BOOL("wakeup", SerialState, wakeup, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void serial_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    /* Part of a device on a bus, not one of its own. */
    dc->user_creatable = false;
    dc->realize = serial_realize;
    dc->unrealize = serial_unrealize;
    device_class_set_props(dc, serial_properties);
}

static const TypeInfo serial_info = {
    .name = TYPE_SERIAL,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SerialState),
    .class_init = serial_class_init,
};

static void serial_register_types(void)
{
    type_register_static(&serial_info);
}

type_init(serial_register_types)
