/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a serial port. */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "serial-internal.h"

static int serial_pre_save(void *opaque)
{
    SerialState *s = opaque;

    s->fcr_vmstate = s->fcr;
    return 0;
}

static int serial_pre_load(void *opaque)
{
    SerialState *s = opaque;

    s->thr_ipending = -1;       /* not in the stream: follows from the rest */
    s->poll_msl = -1;
    s->timeout_ipending = 0;
    s->tsr_retry = 0;
    timer_del(s->fifo_timeout_timer);
    fifo8_reset(&s->recv_fifo);
    fifo8_reset(&s->xmit_fifo);
    return 0;
}

static int serial_post_load(void *opaque, int version_id)
{
    SerialState *s = opaque;

    if (version_id < 3) {
        s->fcr_vmstate = 0;
    }
    if (s->thr_ipending == -1) {
        s->thr_ipending = (s->iir & UART_IIR_ID) == UART_IIR_THRI;
    }
    /* A character in the shift register without room to be is none. */
    if (s->tsr_retry > 0 && s->lsr & UART_LSR_TEMT) {
        error_report("inconsistent state in serial device (tsr not empty, "
                     "tsr_retry=%" PRIu32 ")", s->tsr_retry);
        return -EINVAL;
    }
    if (s->tsr_retry > 4) {
        s->tsr_retry = 4;
    }
    serial_write_fcr(s, s->fcr_vmstate);
    if (s->tsr_retry > 0) {
        serial_xmit(s);
    }
    serial_update_parameters(s);
    s->last_break_enable = !!(s->lcr & UART_LCR_BREAK);
    return 0;
}

/*
 * With the interrupt on, it follows from the cause; with it off it will be
 * set when that is switched on.
 */
static bool thr_ipending_needed(void *opaque)
{
    SerialState *s = opaque;

    return s->ier & UART_IER_THRI &&
           ((s->iir & UART_IIR_ID) == UART_IIR_THRI) != !!s->thr_ipending;
}

static const VMStateDescription vmstate_thr_ipending = {
    .name = "serial/thr_ipending",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = thr_ipending_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(thr_ipending, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

static bool tsr_needed(void *opaque)
{
    return ((SerialState *)opaque)->tsr_retry != 0;
}

static const VMStateDescription vmstate_tsr = {
    .name = "serial/tsr",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = tsr_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(tsr_retry, SerialState),
        VMSTATE_UINT8(thr, SerialState),
        VMSTATE_UINT8(tsr, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

static bool recv_fifo_needed(void *opaque)
{
    return !fifo8_is_empty(&((SerialState *)opaque)->recv_fifo);
}

static const VMStateDescription vmstate_recv_fifo = {
    .name = "serial/recv_fifo",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = recv_fifo_needed,
    .fields = (VMStateField[]) {
        VMSTATE_FIFO8(recv_fifo, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

static bool xmit_fifo_needed(void *opaque)
{
    return !fifo8_is_empty(&((SerialState *)opaque)->xmit_fifo);
}

static const VMStateDescription vmstate_xmit_fifo = {
    .name = "serial/xmit_fifo",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = xmit_fifo_needed,
    .fields = (VMStateField[]) {
        VMSTATE_FIFO8(xmit_fifo, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

static bool fifo_timeout_timer_needed(void *opaque)
{
    return timer_pending(((SerialState *)opaque)->fifo_timeout_timer);
}

static const VMStateDescription vmstate_fifo_timeout_timer = {
    .name = "serial/fifo_timeout_timer",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = fifo_timeout_timer_needed,
    .fields = (VMStateField[]) {
        VMSTATE_TIMER_PTR(fifo_timeout_timer, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

static bool timeout_ipending_needed(void *opaque)
{
    return ((SerialState *)opaque)->timeout_ipending != 0;
}

static const VMStateDescription vmstate_timeout_ipending = {
    .name = "serial/timeout_ipending",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = timeout_ipending_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(timeout_ipending, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

static bool poll_needed(void *opaque)
{
    return ((SerialState *)opaque)->poll_msl >= 0;
}

static const VMStateDescription vmstate_poll = {
    .name = "serial/poll",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = poll_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(poll_msl, SerialState),
        VMSTATE_TIMER_PTR(modem_status_poll, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_serial = {
    .name = "serial",
    .version_id = 3,
    .minimum_version_id = 2,
    .pre_save = serial_pre_save,
    .pre_load = serial_pre_load,
    .post_load = serial_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16_V(divider, SerialState, 2),
        VMSTATE_UINT8(rbr, SerialState),
        VMSTATE_UINT8(ier, SerialState),
        VMSTATE_UINT8(iir, SerialState),
        VMSTATE_UINT8(lcr, SerialState),
        VMSTATE_UINT8(mcr, SerialState),
        VMSTATE_UINT8(lsr, SerialState),
        VMSTATE_UINT8(msr, SerialState),
        VMSTATE_UINT8(scr, SerialState),
        VMSTATE_UINT8_V(fcr_vmstate, SerialState, 3),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_thr_ipending,
        &vmstate_tsr,
        &vmstate_recv_fifo,
        &vmstate_xmit_fifo,
        &vmstate_fifo_timeout_timer,
        &vmstate_timeout_ipending,
        &vmstate_poll,
        NULL
    },
};
