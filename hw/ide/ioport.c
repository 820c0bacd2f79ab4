/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports of an ATA channel at their legacy places: the command block of
 * eight, and device control, which reads as the alternate status.
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"

static uint32_t cmd_readb(void *opaque, uint32_t port)
{
    IDEBus *bus = opaque;

    /* Some boot loaders fetch bytes of data so, each from a word. */
    if ((port & 7) == ATA_REG_DATA) {
        return ide_data_read(bus, 2) & 0xff;
    }
    return ide_reg_read(bus, port & 7);
}

static void cmd_writeb(void *opaque, uint32_t port, uint32_t val)
{
    if ((port & 7) != ATA_REG_DATA) {
        ide_reg_write(opaque, port & 7, val);
    }
}

static uint32_t data_readw(void *opaque, uint32_t port)
{
    return ide_data_read(opaque, 2);
}

static uint32_t data_readl(void *opaque, uint32_t port)
{
    return ide_data_read(opaque, 4);
}

static void data_writew(void *opaque, uint32_t port, uint32_t val)
{
    ide_data_write(opaque, val, 2);
}

static void data_writel(void *opaque, uint32_t port, uint32_t val)
{
    ide_data_write(opaque, val, 4);
}

static uint32_t ctl_readb(void *opaque, uint32_t port)
{
    return ide_alt_status(opaque);
}

static void ctl_writeb(void *opaque, uint32_t port, uint32_t val)
{
    ide_ctl_write(opaque, val);
}

static const MemoryRegionPortio command_ports[] = {
    { 0, 8, 1, .read = cmd_readb, .write = cmd_writeb },
    { 0, 1, 2, .read = data_readw, .write = data_writew },
    { 0, 1, 4, .read = data_readl, .write = data_writel },
    PORTIO_END_OF_LIST(),
};

static const MemoryRegionPortio control_ports[] = {
    { 0, 1, 1, .read = ctl_readb, .write = ctl_writeb },
    PORTIO_END_OF_LIST(),
};

void ide_init_ioport(IDEBus *bus, ISADevice *isa, int iobase, int iobase2)
{
    isa_register_portio_list(isa, &bus->portio_list, iobase, command_ports,
                             bus, "ide");
    isa_register_portio_list(isa, &bus->portio2_list, iobase2, control_ports,
                             bus, "ide");
}
