/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits of a 16550A's registers: PC16550D data sheet, table II. */
#ifndef HW_CHAR_SERIAL_REGS_H
#define HW_CHAR_SERIAL_REGS_H

#define UART_IER_RDI 0x01       /* received data */
#define UART_IER_THRI 0x02      /* transmitter holding register empty */
#define UART_IER_RLSI 0x04      /* line status */
#define UART_IER_MSI 0x08       /* modem status */

#define UART_IIR_NO_INT 0x01
#define UART_IIR_ID 0x06
#define UART_IIR_MSI 0x00
#define UART_IIR_THRI 0x02
#define UART_IIR_RDI 0x04
#define UART_IIR_RLSI 0x06
#define UART_IIR_CTI 0x0c       /* bytes wait in the FIFO */
#define UART_IIR_FE 0xc0        /* FIFOs are on */

#define UART_FCR_FE 0x01
#define UART_FCR_RFR 0x02       /* clear the receive FIFO */
#define UART_FCR_XFR 0x04
#define UART_FCR_DMS 0x08
#define UART_FCR_ITL 0xc0
#define UART_FCR_STORED (UART_FCR_ITL | UART_FCR_DMS | UART_FCR_FE)

#define UART_LCR_DLAB 0x80
#define UART_LCR_BREAK 0x40
#define UART_LCR_STICK 0x20
#define UART_LCR_EVEN 0x10
#define UART_LCR_PARITY 0x08
#define UART_LCR_STOP 0x04
#define UART_LCR_LENGTH 0x03

#define UART_MCR_DTR 0x01
#define UART_MCR_RTS 0x02
#define UART_MCR_OUT1 0x04
#define UART_MCR_OUT2 0x08
#define UART_MCR_LOOP 0x10
#define UART_MCR_MASK 0x1f

#define UART_LSR_DR 0x01
#define UART_LSR_OE 0x02
#define UART_LSR_PE 0x04
#define UART_LSR_FE 0x08
#define UART_LSR_BI 0x10
#define UART_LSR_THRE 0x20
#define UART_LSR_TEMT 0x40
#define UART_LSR_INT_ANY 0x1e

#define UART_MSR_DCTS 0x01
#define UART_MSR_DDSR 0x02
#define UART_MSR_TERI 0x04
#define UART_MSR_DDCD 0x08
#define UART_MSR_CTS 0x10
#define UART_MSR_DSR 0x20
#define UART_MSR_RI 0x40
#define UART_MSR_DCD 0x80
#define UART_MSR_LINES 0xf0
#define UART_MSR_ANY_DELTA 0x0f

#endif
