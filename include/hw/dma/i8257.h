/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DMA controllers of a PC; devices use the interface in hw/isa/isa.h. */
#ifndef HW_I8257_H
#define HW_I8257_H

#include "exec/ioport.h"
#include "hw/isa/isa.h"

#define TYPE_I8257 "i8257"
OBJECT_DECLARE_SIMPLE_TYPE(I8257State, I8257)

enum { I8257_ADDR, I8257_COUNT };

/* A channel.  The names are those of the migration stream. */
typedef struct I8257Regs {
    /* Bytes: where the transfer began, and how much of it was done. */
    int32_t now[2];
    uint16_t base[2];           /* as programmed, in units of the channel */
    uint8_t mode;
    uint8_t page;
    uint8_t pageh;
    uint8_t dack;
    uint8_t eop;
    IsaDmaTransferHandler transfer_handler;
    void *opaque;
} I8257Regs;

struct I8257State {
    /*< private >*/
    ISADevice parent_obj;
    /*< public >*/

    int32_t base;
    int32_t page_base;
    int32_t pageh_base;         /* -1: none */
    int32_t dshift;             /* 1: words */

    uint8_t status;
    uint8_t command;
    uint8_t mask;
    uint8_t flip_flop;
    I8257Regs regs[4];
    MemoryRegion channel_io;
    MemoryRegion cont_io;
    PortioList portio_page;
    PortioList portio_pageh;

    QEMUBH *dma_bh;
    QEMUTimer *poll_timer;
    bool running;
};

/*
 * Makes both controllers of @bus and tells the bus.  With @high_page_enable
 * there are page registers for address bits 24 to 31 at 0x480.
 */
void i8257_dma_init(ISABus *bus, bool high_page_enable);

#endif
