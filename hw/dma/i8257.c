/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two DMA controllers of a PC: Intel 8237A data sheet (231466-005), with
 * page registers for the address bits that the chip lacks, as in the ICH9 data
 * sheet, section 13.2.
 *
 * The second controller moves words: its registers are two ports apart and
 * its addresses are in units of two bytes.  A device holds DREQ and moves data
 * in a handler, as much as it likes at once; single, block and demand mode are
 * the same then.  South bridges have no memory-to-memory transfers: command
 * bits 0 and 1, like those for bus timing and signal levels (3, 5, 6, 7), must
 * be 0 there, and a command with one of them is ignored.
 *
 * Not modelled: the order of channels under rotating priority, and that
 * channel 4 has to be a cascade for channels 0 to 3 to work.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/dma/i8257.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"

#define COMMAND_DISABLE 0x04
#define COMMAND_ROTATE 0x10
#define COMMAND_POSSIBLE (COMMAND_DISABLE | COMMAND_ROTATE)

#define MODE_CHANNEL 0x03
#define MODE_TRANSFER 0x0c
#define MODE_TRANSFER_SHIFT 2
#define MODE_AUTOINIT 0x10
#define MODE_DECREMENT 0x20
#define MODE_CASCADE 0xc0

#define STATUS_TC 0x0f
#define STATUS_REQUEST_SHIFT 4

/* How soon to ask a device again that holds DREQ and moved nothing. */
#define POLL_NS (1 * SCALE_MS)

static int channel_of_controller(int nchan)
{
    return nchan & 3;
}

static int32_t transfer_length(const I8257State *d, const I8257Regs *r)
{
    return (r->base[I8257_COUNT] + 1) << d->dshift;
}

static void load_from_base(I8257State *d, I8257Regs *r)
{
    r->now[I8257_ADDR] = r->base[I8257_ADDR] << d->dshift;
    r->now[I8257_COUNT] = 0;
}

/*** Transfers ***/

static bool can_run(const I8257State *d, int i)
{
    return d->status >> STATUS_REQUEST_SHIFT & ~d->mask & 1 << i &&
           !(d->command & COMMAND_DISABLE) && d->regs[i].transfer_handler &&
           (d->regs[i].mode & MODE_CASCADE) != MODE_CASCADE;
}

static void terminal_count(I8257State *d, int i)
{
    d->status |= 1 << i;
    /* A request by software ends with the transfer, a device's DREQ not. */
    if (d->regs[i].mode & MODE_AUTOINIT) {
        load_from_base(d, &d->regs[i]);
    } else {
        d->mask |= 1 << i;
    }
}

/* Whether data moved. */
static bool run_channel(I8257State *d, int i)
{
    I8257Regs *r = &d->regs[i];
    int length = transfer_length(d, r);
    int before, after;

    /* Unmasked after its end, or with another count: from the beginning. */
    if (r->now[I8257_COUNT] >= length) {
        load_from_base(d, r);
    }
    before = r->now[I8257_COUNT];
    after = r->transfer_handler(r->opaque, i + (d->dshift ? 4 : 0), before,
                                length);
    /* It may have reprogrammed the channel: then this run counts no more. */
    if (r->now[I8257_COUNT] != before || transfer_length(d, r) != length) {
        return true;
    }
    /* Some wrap around by themselves. */
    if (after >= length || after < before) {
        terminal_count(d, i);
        if (!(r->mode & MODE_AUTOINIT)) {
            r->now[I8257_COUNT] = length;
        } else if (after < before) {
            r->now[I8257_COUNT] = MAX(after, 0);
        }
        return true;
    }
    r->now[I8257_COUNT] = after;
    return after != before;
}

/*
 * Each channel that may run gets a turn.  The next round is due at once while
 * data moves; a device with nothing to move is asked again after a while.
 */
static void i8257_dma_run(void *opaque)
{
    I8257State *d = opaque;
    bool wanted = false, moved = false;

    if (d->running) {
        return;
    }
    d->running = true;
    for (int i = 0; i < 4; i++) {
        if (can_run(d, i)) {
            moved |= run_channel(d, i);
            wanted |= can_run(d, i);
        }
    }
    d->running = false;
    if (wanted && moved) {
        qemu_bh_schedule(d->dma_bh);
    } else if (wanted) {
        timer_mod(d->poll_timer,
                  qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + POLL_NS);
    }
}

static void i8257_dma_schedule(IsaDma *obj)
{
    qemu_bh_schedule(I8257(obj)->dma_bh);
}

static void i8257_dma_register_channel(IsaDma *obj, int nchan,
                                       IsaDmaTransferHandler transfer_handler,
                                       void *opaque)
{
    I8257Regs *r = &I8257(obj)->regs[channel_of_controller(nchan)];

    r->transfer_handler = transfer_handler;
    r->opaque = opaque;
}

static void i8257_dma_hold_DREQ(IsaDma *obj, int nchan)
{
    I8257State *d = I8257(obj);

    d->status |= 1 << (channel_of_controller(nchan) + STATUS_REQUEST_SHIFT);
    qemu_bh_schedule(d->dma_bh);
}

static void i8257_dma_release_DREQ(IsaDma *obj, int nchan)
{
    I8257State *d = I8257(obj);

    d->status &= ~(1 << (channel_of_controller(nchan) +
                         STATUS_REQUEST_SHIFT));
}

static bool i8257_dma_has_autoinitialization(IsaDma *obj, int nchan)
{
    return I8257(obj)->regs[channel_of_controller(nchan)].mode &
           MODE_AUTOINIT;
}

/*** A device's access to memory ***/

/*
 * The address counter has 16 bits: what a transfer goes past wraps within
 * the page, which has 64 KiB, or 128 KiB with words (where the page
 * register's bit 0 goes nowhere).
 */
static hwaddr address_at(const I8257State *d, const I8257Regs *r, int pos)
{
    uint32_t span = 0x10000u << d->dshift;
    uint32_t unit = 1 << d->dshift;
    uint32_t offset = r->now[I8257_ADDR];
    uint32_t page = ((uint32_t)(r->pageh & 0x7f) << 24 | r->page << 16) &
                    ~(span - 1);

    if (r->mode & MODE_DECREMENT) {
        /* Words come in falling order; the bytes in each do not. */
        offset += -(pos / unit * unit) + pos % unit;
    } else {
        offset += pos;
    }
    return page | (offset & (span - 1));
}

static int move_memory(I8257State *d, I8257Regs *r, uint8_t *buf, int pos,
                       int len, bool to_memory)
{
    uint32_t span = 0x10000u << d->dshift;
    int done = 0;

    while (done < len) {
        hwaddr addr = address_at(d, r, pos + done);
        int n = 1;

        if (!(r->mode & MODE_DECREMENT)) {
            n = MIN(len - done, span - (addr & (span - 1)));
        }
        address_space_rw(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                         buf + done, n, to_memory);
        done += n;
    }
    return len;
}

static IsaDmaTransferMode transfer_mode(const I8257Regs *r)
{
    static const IsaDmaTransferMode modes[] = {
        ISADMA_TRANSFER_VERIFY, ISADMA_TRANSFER_WRITE, ISADMA_TRANSFER_READ,
        ISADMA_TRANSFER_ILLEGAL,
    };

    return modes[(r->mode & MODE_TRANSFER) >> MODE_TRANSFER_SHIFT];
}

/*
 * The chip drives memory's control lines as its mode says.  For a transfer
 * the other way, and for verify, memory neither takes nor gives data.
 */
static bool is_programmed_for(const I8257Regs *r, int nchan,
                              IsaDmaTransferMode wanted)
{
    IsaDmaTransferMode mode = transfer_mode(r);

    if (mode != wanted && mode != ISADMA_TRANSFER_VERIFY) {
        qemu_log_mask(LOG_GUEST_ERROR, "i8257: channel %d is programmed for "
                      "another direction than its device's\n", nchan);
    }
    return mode == wanted;
}

static int i8257_dma_read_memory(IsaDma *obj, int nchan, void *buf, int pos,
                                 int len)
{
    I8257State *d = I8257(obj);
    I8257Regs *r = &d->regs[channel_of_controller(nchan)];

    if (!is_programmed_for(r, nchan, ISADMA_TRANSFER_READ)) {
        memset(buf, 0xff, MAX(len, 0));
        return len;
    }
    return move_memory(d, r, buf, pos, len, false);
}

static int i8257_dma_write_memory(IsaDma *obj, int nchan, void *buf, int pos,
                                  int len)
{
    I8257State *d = I8257(obj);
    I8257Regs *r = &d->regs[channel_of_controller(nchan)];

    if (!is_programmed_for(r, nchan, ISADMA_TRANSFER_WRITE)) {
        return len;
    }
    return move_memory(d, r, buf, pos, len, true);
}

/*** Registers ***/

/* Base address and count of each channel: low byte, then high byte. */
static int next_byte_shift(I8257State *d)
{
    int shift = d->flip_flop ? 8 : 0;

    d->flip_flop = !d->flip_flop;
    return shift;
}

static void i8257_write_chan(void *opaque, hwaddr addr, uint64_t data,
                             unsigned size)
{
    I8257State *d = opaque;
    unsigned reg = addr >> d->dshift & 7;
    I8257Regs *r = &d->regs[reg >> 1];
    int shift = next_byte_shift(d);
    uint16_t *base = &r->base[reg & 1];

    *base = (*base & 0xff00 >> shift) | (data & 0xff) << shift;
    if (shift) {
        load_from_base(d, r);
    }
}

/* What is read is the current address, and how much is left. */
static uint64_t i8257_read_chan(void *opaque, hwaddr addr, unsigned size)
{
    I8257State *d = opaque;
    unsigned reg = addr >> d->dshift & 7;
    const I8257Regs *r = &d->regs[reg >> 1];
    int32_t done = r->now[I8257_COUNT];
    int32_t val;

    if ((reg & 1) == I8257_COUNT) {
        val = (r->base[I8257_COUNT] << d->dshift) - done;
    } else if (r->mode & MODE_DECREMENT) {
        val = r->now[I8257_ADDR] - done;
    } else {
        val = r->now[I8257_ADDR] + done;
    }
    return val >> (d->dshift + next_byte_shift(d)) & 0xff;
}

static void master_clear(I8257State *d)
{
    d->command = 0;
    d->status = 0;
    d->mask = 0xff;
    d->flip_flop = 0;
}

static void write_command(I8257State *d, uint8_t data)
{
    if (data & ~COMMAND_POSSIBLE) {
        qemu_log_mask(LOG_UNIMP, "i8257: command 0x%02x has bits that must "
                      "be 0\n", data);
        return;
    }
    d->command = data;
}

static void write_request(I8257State *d, uint8_t data)
{
    uint8_t bit = 1 << ((data & 3) + STATUS_REQUEST_SHIFT);

    d->status = data & 4 ? d->status | bit : d->status & ~bit;
    d->status &= ~(1 << (data & 3));
}

static void write_single_mask(I8257State *d, uint8_t data)
{
    uint8_t bit = 1 << (data & 3);

    d->mask = data & 4 ? d->mask | bit : d->mask & ~bit;
}

static void write_mode(I8257State *d, uint8_t data)
{
    d->regs[data & MODE_CHANNEL].mode = data;
}

static void clear_flip_flop(I8257State *d, uint8_t data)
{
    d->flip_flop = 0;
}

static void write_master_clear(I8257State *d, uint8_t data)
{
    master_clear(d);
}

static void clear_masks(I8257State *d, uint8_t data)
{
    d->mask = 0;
}

static void write_masks(I8257State *d, uint8_t data)
{
    d->mask = data;
}

/* Terminal counts are forgotten once read. */
static uint8_t read_status(I8257State *d)
{
    uint8_t val = d->status;

    d->status &= ~STATUS_TC;
    return val;
}

/* As PCs have it; what there is of bits 4 to 7 was written by software. */
static uint8_t read_masks(I8257State *d)
{
    return d->mask & 0x0f;
}

/* Nothing is said of reading requests; the stock emulator has masks here. */
static uint8_t read_request(I8257State *d)
{
    return d->mask;
}

/* Controller registers, from port 8 on; what is not there reads 0. */
static const struct {
    void (*write)(I8257State *d, uint8_t data);
    uint8_t (*read)(I8257State *d);
} controller_regs[8] = {
    { write_command, read_status },
    { write_request, read_request },
    { write_single_mask },
    { write_mode },
    { clear_flip_flop },
    { write_master_clear },
    { clear_masks },
    { write_masks, read_masks },
};

static void i8257_write_cont(void *opaque, hwaddr addr, uint64_t data,
                             unsigned size)
{
    I8257State *d = opaque;

    controller_regs[addr >> d->dshift & 7].write(d, data);
    /* Any of them may have let a channel run. */
    if (d->status >> STATUS_REQUEST_SHIFT & ~d->mask) {
        qemu_bh_schedule(d->dma_bh);
    }
}

static uint64_t i8257_read_cont(void *opaque, hwaddr addr, unsigned size)
{
    I8257State *d = opaque;
    unsigned reg = addr >> d->dshift & 7;

    return controller_regs[reg].read ? controller_regs[reg].read(d) : 0;
}

static const MemoryRegionOps channel_io_ops = {
    .read = i8257_read_chan,
    .write = i8257_write_chan,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

static const MemoryRegionOps cont_io_ops = {
    .read = i8257_read_cont,
    .write = i8257_write_cont,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

/* The page registers are not in the order of the channels. */
static const int8_t channel_of_page[8] = { -1, 2, 3, 1, -1, -1, -1, 0 };

static I8257Regs *page_channel(I8257State *d, uint32_t port)
{
    int channel = channel_of_page[port & 7];

    return channel < 0 ? NULL : &d->regs[channel];
}

static void i8257_write_page(void *opaque, uint32_t port, uint32_t data)
{
    I8257Regs *r = page_channel(opaque, port);

    if (r) {
        r->page = data;
    }
}

static uint32_t i8257_read_page(void *opaque, uint32_t port)
{
    I8257Regs *r = page_channel(opaque, port);

    return r ? r->page : 0;
}

static void i8257_write_pageh(void *opaque, uint32_t port, uint32_t data)
{
    I8257Regs *r = page_channel(opaque, port);

    if (r) {
        r->pageh = data;
    }
}

static uint32_t i8257_read_pageh(void *opaque, uint32_t port)
{
    I8257Regs *r = page_channel(opaque, port);

    return r ? r->pageh : 0;
}

static const MemoryRegionPortio page_portio_list[] = {
    { 0x01, 3, 1, .write = i8257_write_page, .read = i8257_read_page },
    { 0x07, 1, 1, .write = i8257_write_page, .read = i8257_read_page },
    PORTIO_END_OF_LIST(),
};

static const MemoryRegionPortio pageh_portio_list[] = {
    { 0x01, 3, 1, .write = i8257_write_pageh, .read = i8257_read_pageh },
    { 0x07, 1, 1, .write = i8257_write_pageh, .read = i8257_read_pageh },
    PORTIO_END_OF_LIST(),
};

/*** State ***/

static void i8257_reset(DeviceState *dev)
{
    master_clear(I8257(dev));
}

/* Positions out of range would only wrap, but no stream has them. */
static bool regs_are_sane(const I8257State *d, const I8257Regs *r)
{
    return r->now[I8257_COUNT] >= 0 &&
           r->now[I8257_COUNT] <= 0x10000 << d->dshift &&
           r->now[I8257_ADDR] >= 0 &&
           r->now[I8257_ADDR] <= 0xffff << d->dshift;
}

static int i8257_post_load(void *opaque, int version_id)
{
    I8257State *d = opaque;

    for (int i = 0; i < 4; i++) {
        if (!regs_are_sane(d, &d->regs[i])) {
            return -EINVAL;
        }
    }
    qemu_bh_schedule(d->dma_bh);
    return 0;
}

static const VMStateDescription vmstate_i8257_regs = {
    .name = "dma_regs",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_INT32_ARRAY(now, I8257Regs, 2),
        VMSTATE_UINT16_ARRAY(base, I8257Regs, 2),
        VMSTATE_UINT8(mode, I8257Regs),
        VMSTATE_UINT8(page, I8257Regs),
        VMSTATE_UINT8(pageh, I8257Regs),
        VMSTATE_UINT8(dack, I8257Regs),
        VMSTATE_UINT8(eop, I8257Regs),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_i8257 = {
    .name = "dma",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = i8257_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(command, I8257State),
        VMSTATE_UINT8(mask, I8257State),
        VMSTATE_UINT8(flip_flop, I8257State),
        VMSTATE_INT32_EQUAL(dshift, I8257State, NULL),
        VMSTATE_STRUCT_ARRAY(regs, I8257State, 4, 1, vmstate_i8257_regs,
                             I8257Regs),
        VMSTATE_END_OF_LIST()
    },
};

/*** Type ***/

static void i8257_realize(DeviceState *dev, Error **errp)
{
    ISADevice *isa = ISA_DEVICE(dev);
    I8257State *d = I8257(dev);

    if (d->dshift < 0 || d->dshift > 1) {
        error_setg(errp, "property 'dshift' of i8257 must be 0 (bytes) or 1 "
                   "(words)");
        return;
    }
    memory_region_init_io(&d->channel_io, OBJECT(dev), &channel_io_ops, d,
                          "dma-chan", 8 << d->dshift);
    memory_region_add_subregion(isa_address_space_io(isa), d->base,
                                &d->channel_io);
    isa_register_portio_list(isa, &d->portio_page, d->page_base,
                             page_portio_list, d, "dma-page");
    if (d->pageh_base >= 0) {
        isa_register_portio_list(isa, &d->portio_pageh, d->pageh_base,
                                 pageh_portio_list, d, "dma-pageh");
    }
    memory_region_init_io(&d->cont_io, OBJECT(dev), &cont_io_ops, d,
                          "dma-cont", 8 << d->dshift);
    memory_region_add_subregion(isa_address_space_io(isa),
                                d->base + (8 << d->dshift), &d->cont_io);
    d->dma_bh = qemu_bh_new_guarded(i8257_dma_run, d,
                                    &dev->mem_reentrancy_guard);
    d->poll_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, i8257_dma_run, d);
}

static Property i8257_properties[] = {
    DEFINE_PROP_INT32("base", I8257State, base, 0x00),
    DEFINE_PROP_INT32("page-base", I8257State, page_base, 0x80),
    DEFINE_PROP_INT32("pageh-base", I8257State, pageh_base, 0x480),
    DEFINE_PROP_INT32("dshift", I8257State, dshift, 0),
    DEFINE_PROP_END_OF_LIST()
};

static void i8257_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    IsaDmaClass *idc = ISADMA_CLASS(klass);

    dc->realize = i8257_realize;
    dc->reset = i8257_reset;
    dc->vmsd = &vmstate_i8257;
    device_class_set_props(dc, i8257_properties);
    /* The bridge tells the bus which controllers it has. */
    dc->user_creatable = false;

    idc->has_autoinitialization = i8257_dma_has_autoinitialization;
    idc->read_memory = i8257_dma_read_memory;
    idc->write_memory = i8257_dma_write_memory;
    idc->hold_DREQ = i8257_dma_hold_DREQ;
    idc->release_DREQ = i8257_dma_release_DREQ;
    idc->schedule = i8257_dma_schedule;
    idc->register_channel = i8257_dma_register_channel;
}

static const TypeInfo i8257_info = {
    .name = TYPE_I8257,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(I8257State),
    .class_init = i8257_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_ISADMA },
        { }
    },
};

static void i8257_register_types(void)
{
    type_register_static(&i8257_info);
}

type_init(i8257_register_types)

static ISADevice *new_controller(ISABus *bus, int base, int page_base,
                                 int pageh_base, int dshift)
{
    ISADevice *isa = isa_new(TYPE_I8257);
    DeviceState *dev = DEVICE(isa);

    qdev_prop_set_int32(dev, "base", base);
    qdev_prop_set_int32(dev, "page-base", page_base);
    qdev_prop_set_int32(dev, "pageh-base", pageh_base);
    qdev_prop_set_int32(dev, "dshift", dshift);
    isa_realize_and_unref(isa, bus, &error_fatal);
    return isa;
}

void i8257_dma_init(ISABus *bus, bool high_page_enable)
{
    ISADevice *bytes = new_controller(bus, 0x00, 0x80,
                                      high_page_enable ? 0x480 : -1, 0);
    ISADevice *words = new_controller(bus, 0xc0, 0x88,
                                      high_page_enable ? 0x488 : -1, 1);

    isa_bus_dma(bus, ISADMA(bytes), ISADMA(words));
}
