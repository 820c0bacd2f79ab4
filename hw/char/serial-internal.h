/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between hw/char/serial*.c. */
#ifndef HW_CHAR_SERIAL_INTERNAL_H
#define HW_CHAR_SERIAL_INTERNAL_H

#include "hw/char/serial.h"
#include "serial-regs.h"

/* What a port without a modem sees: somebody is there and ready. */
#define SERIAL_MSR_CONNECTED (UART_MSR_DCD | UART_MSR_DSR | UART_MSR_CTS)

void serial_update_irq(SerialState *s);
void serial_update_parameters(SerialState *s);
void serial_update_break(SerialState *s);
/* Sends what waits. */
void serial_xmit(SerialState *s);
/* FCR without the effects of writing it. */
void serial_write_fcr(SerialState *s, uint8_t val);

#endif
