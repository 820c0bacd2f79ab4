/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial port of a PC, to be put on a bus: realize a child of TYPE_SERIAL,
 * connect its irq, map its io.
 */
#ifndef HW_SERIAL_H
#define HW_SERIAL_H

#include "chardev/char-fe.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "qemu/fifo8.h"
#include "qom/object.h"

#define UART_FIFO_LENGTH 16

#define TYPE_SERIAL "serial"
OBJECT_DECLARE_SIMPLE_TYPE(SerialState, SERIAL)

struct SerialState {
    DeviceState parent;

    uint16_t divider;
    uint8_t rbr;                /* receive buffer */
    uint8_t thr;                /* transmit holding */
    uint8_t tsr;                /* transmit shift */
    uint8_t ier;
    uint8_t iir;
    uint8_t lcr;
    uint8_t mcr;
    uint8_t lsr;
    uint8_t msr;
    uint8_t scr;
    uint8_t fcr;
    uint8_t fcr_vmstate;        /* as saved: applied after the rest */
    int thr_ipending;           /* "transmitter empty" not yet seen */
    int timeout_ipending;       /* nor that bytes wait for too long */
    qemu_irq irq;
    CharBackend chr;
    int last_break_enable;
    uint32_t baudbase;
    uint32_t tsr_retry;
    guint watch_tag;
    bool wakeup;

    uint64_t last_xmit_ts;
    Fifo8 recv_fifo;
    Fifo8 xmit_fifo;
    uint8_t recv_fifo_itl;      /* how full it is when it interrupts */
    QEMUTimer *fifo_timeout_timer;
    QEMUTimer *modem_status_poll;
    /* Whether the modem lines are there (-1: no), or are asked for (1). */
    int poll_msl;
    uint64_t char_transmit_time;        /* ns */
    MemoryRegion io;
};

extern const VMStateDescription vmstate_serial;
extern const MemoryRegionOps serial_io_ops;

#define TYPE_ISA_SERIAL "isa-serial"
#define MAX_ISA_SERIAL_PORTS 4

#endif /* HW_SERIAL_H */
