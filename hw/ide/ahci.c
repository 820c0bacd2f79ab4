/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of AHCI (AHCI 1.3.1, clause 3): the adapter's and each
 * port's, interrupts, and the three kinds of reset (clause 10.4).
 */
#include "qemu/osdep.h"
#include "hw/ide/ahci.h"
#include "hw/pci/msi.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"

#define HOST_CAP 0x00
#define HOST_GHC 0x04
#define HOST_IS 0x08
#define HOST_PI 0x0c
#define HOST_VS 0x10
#define HOST_PORTS 0x100
#define PORT_SIZE 0x80

#define GHC_RESET 0x00000001u
#define GHC_IRQ_EN 0x00000002u
#define GHC_AHCI_EN 0x80000000u

/* 64-bit addresses, queueing, 1.5 Gbit/s, AHCI only, 32 slots. */
#define CAP_VALUE 0xc0141f00u
#define VERSION_1_0 0x00010000u

#define PORT_IRQ_VALID 0xfdc000ffu
/* Set by software; the others tell. */
#define PORT_CMD_WRITABLE 0x0f0000ffu
#define SCTL_DET 0x0fu

/* A device there, first generation, active. */
#define SSTS_PRESENT 0x113u
/* The same, but not talking yet: until a reset is through. */
#define SSTS_NO_PHY 0x001u

enum {
    PORT_CLB = 0x00,
    PORT_CLBU = 0x04,
    PORT_FB = 0x08,
    PORT_FBU = 0x0c,
    PORT_IS = 0x10,
    PORT_IE = 0x14,
    PORT_CMD = 0x18,
    PORT_TFD = 0x20,
    PORT_SIG = 0x24,
    PORT_SSTS = 0x28,
    PORT_SCTL = 0x2c,
    PORT_SERR = 0x30,
    PORT_SACT = 0x34,
    PORT_CI = 0x38,
};

/*** Interrupts ***/

static void set_line(AHCIState *s, bool level)
{
    if (!msi_enabled(s->container)) {
        pci_set_irq(s->container, level);
    }
}

/* @event: something new happened; with MSI that is a message. */
static void check_irq(AHCIState *s, bool event)
{
    bool level;

    s->control_regs.irqstatus = 0;
    for (int i = 0; i < s->ports; i++) {
        if (s->dev[i].port_regs.irq_stat & s->dev[i].port_regs.irq_mask) {
            s->control_regs.irqstatus |= 1u << i;
        }
    }
    level = s->control_regs.irqstatus && (s->control_regs.ghc & GHC_IRQ_EN);
    if (level && event && msi_enabled(s->container)) {
        msi_notify(s->container, 0);
    }
    set_line(s, level);
}

void ahci_raise(AHCIPort *p, uint32_t causes)
{
    p->port_regs.irq_stat |= causes;
    check_irq(p->hba, causes & p->port_regs.irq_mask);
}

/*** Resets ***/

/* Requests with guest memory mapped: a reset waits for them. */
static bool requests_under_way(AHCIPort *p)
{
    bool any = p->port.dma_aiocb || p->port.ifs[0].pio_aiocb;

    for (int i = 0; i < AHCI_MAX_CMDS; i++) {
        any = any || p->ncq_tfs[i].aiocb;
    }
    return any;
}

void ahci_reset(AHCIState *s)
{
    s->reset_wanted = false;
    s->control_regs.irqstatus = 0;
    s->control_regs.ghc = GHC_AHCI_EN;
    for (int i = 0; i < s->ports; i++) {
        AHCIPort *p = &s->dev[i];

        p->port_regs.irq_stat = 0;
        p->port_regs.irq_mask = 0;
        p->port_regs.scr_ctl = 0;
        p->port_regs.cmd = PORT_CMD_SPIN_UP | PORT_CMD_POWER_ON;
        ahci_port_reset(p);
    }
    check_irq(s, false);
}

static void hba_bh(void *opaque)
{
    AHCIState *s = opaque;

    if (s->reset_wanted) {
        ahci_reset(s);
    }
}

/*
 * The write may come out of a transfer that is made to reach the adapter's
 * own registers, and a reset waits for the end of transfers: not in here.
 */
static void request_hba_reset(AHCIState *s)
{
    bool wait = false;

    for (int i = 0; i < s->ports; i++) {
        wait = wait || s->dev[i].running || requests_under_way(&s->dev[i]);
    }
    if (!wait) {
        ahci_reset(s);
        return;
    }
    s->control_regs.ghc |= GHC_RESET;
    s->reset_wanted = true;
    qemu_bh_schedule(s->bh);
}

static void request_port_reset(AHCIPort *p)
{
    if (p->running || requests_under_way(p)) {
        p->reset_wanted = true;
        qemu_bh_schedule(p->bh);
    } else {
        ahci_port_reset(p);
    }
}

static void port_bh(void *opaque)
{
    AHCIPort *p = opaque;

    if (p->reset_wanted) {
        ahci_port_reset(p);
    }
    ahci_check_cmds(p);
}

/*** Port registers ***/

static void write_cmd(AHCIPort *p, uint32_t val)
{
    uint32_t cmd = (val & PORT_CMD_WRITABLE & ~PORT_CMD_CLO) |
                   (p->port_regs.cmd & ~PORT_CMD_WRITABLE);

    if (val & PORT_CMD_CLO) {
        p->port_regs.tfdata &= ~(ATA_SR_BSY | ATA_SR_DRQ);
    }
    if (cmd & PORT_CMD_START) {
        cmd |= PORT_CMD_LIST_ON;
    } else {
        /* What was issued is forgotten. */
        cmd &= ~PORT_CMD_LIST_ON;
        p->port_regs.cmd_issue = 0;
        p->port_regs.scr_act = 0;
        p->failed = 0;
    }
    if (cmd & PORT_CMD_FIS_RX) {
        cmd |= PORT_CMD_FIS_ON;
    } else {
        cmd &= ~PORT_CMD_FIS_ON;
    }
    p->port_regs.cmd = cmd;
    ahci_init_d2h(p);
    ahci_check_cmds(p);
}

static void write_sctl(AHCIPort *p, uint32_t val)
{
    bool was_reset = (p->port_regs.scr_ctl & SCTL_DET) == 1;

    p->port_regs.scr_ctl = val;
    if (was_reset && !(val & SCTL_DET)) {
        request_port_reset(p);
    }
}

/* Plain ones: where they are, and which bits a write sets. */
typedef struct PortReg {
    uint16_t offset;
    uint32_t rw;                /* takes what is written */
    uint32_t w1c;               /* is cleared by ones */
    uint32_t w1s;               /* is set by ones */
} PortReg;

#define REG(_name) offsetof(AHCIPort, port_regs._name)

static const PortReg port_regs[PORT_SIZE / 4] = {
    [PORT_CLB / 4] = { REG(lst_addr), .rw = UINT32_MAX },
    [PORT_CLBU / 4] = { REG(lst_addr_hi), .rw = UINT32_MAX },
    [PORT_FB / 4] = { REG(fis_addr), .rw = UINT32_MAX },
    [PORT_FBU / 4] = { REG(fis_addr_hi), .rw = UINT32_MAX },
    [PORT_IS / 4] = { REG(irq_stat), .w1c = UINT32_MAX },
    [PORT_IE / 4] = { REG(irq_mask), .rw = PORT_IRQ_VALID },
    [PORT_CMD / 4] = { REG(cmd) },
    [PORT_TFD / 4] = { REG(tfdata) },
    [PORT_SIG / 4] = { REG(sig) },
    [PORT_SCTL / 4] = { REG(scr_ctl) },
    [PORT_SERR / 4] = { REG(scr_err), .w1c = UINT32_MAX },
    [PORT_SACT / 4] = { REG(scr_act), .w1s = UINT32_MAX },
    [PORT_CI / 4] = { REG(cmd_issue), .w1s = UINT32_MAX },
};

static uint32_t *port_reg(AHCIPort *p, unsigned offset)
{
    const PortReg *r = &port_regs[offset / 4];

    return r->offset ? (uint32_t *)((uint8_t *)p + r->offset) : NULL;
}

static uint32_t port_read(AHCIPort *p, unsigned offset)
{
    uint32_t *reg = port_reg(p, offset);

    if (offset == PORT_SSTS) {
        return !p->port.ifs[0].blk ? 0 :
               p->reset_wanted ? SSTS_NO_PHY : SSTS_PRESENT;
    }
    return reg ? *reg : 0;
}

static void port_write(AHCIPort *p, unsigned offset, uint32_t val)
{
    const PortReg *r = &port_regs[offset / 4];
    uint32_t *reg = port_reg(p, offset);

    if (!reg) {
        qemu_log_mask(LOG_GUEST_ERROR, "ahci: write of 0x%" PRIx32
                      " to port register 0x%x, which takes none\n", val,
                      offset);
        return;
    }
    if (r->rw) {
        *reg = (*reg & ~r->rw) | (val & r->rw);
    }
    *reg &= ~(val & r->w1c);
    *reg |= val & r->w1s;

    switch (offset) {
    case PORT_IS:
        check_irq(p->hba, false);
        break;
    case PORT_IE:
        check_irq(p->hba, p->port_regs.irq_stat & p->port_regs.irq_mask);
        break;
    case PORT_CMD:
        write_cmd(p, val);
        break;
    case PORT_SCTL:
        write_sctl(p, val);
        break;
    case PORT_CI:
        p->failed &= ~val;      /* issued anew */
        ahci_check_cmds(p);
        break;
    }
}

/*** The adapter's registers ***/

static uint32_t hba_read(AHCIState *s, unsigned offset)
{
    switch (offset) {
    case HOST_CAP:
        return s->control_regs.cap;
    case HOST_GHC:
        return s->control_regs.ghc;
    case HOST_IS:
        return s->control_regs.irqstatus;
    case HOST_PI:
        return s->control_regs.impl;
    case HOST_VS:
        return s->control_regs.version;
    default:
        return 0;
    }
}

static void hba_write(AHCIState *s, unsigned offset, uint32_t val)
{
    if (offset == HOST_GHC && (val & GHC_RESET)) {
        request_hba_reset(s);
    } else if (offset == HOST_GHC) {
        s->control_regs.ghc = (s->control_regs.ghc & GHC_RESET) |
                              (val & GHC_IRQ_EN) | GHC_AHCI_EN;
        check_irq(s, true);
    } else if (offset == HOST_IS) {
        s->control_regs.irqstatus &= ~val;
        check_irq(s, true);
    } else {
        qemu_log_mask(LOG_GUEST_ERROR, "ahci: write of 0x%" PRIx32
                      " to register 0x%x, which takes none\n", val, offset);
    }
}

static uint32_t reg_read(AHCIState *s, hwaddr addr)
{
    unsigned port = (addr - HOST_PORTS) / PORT_SIZE;

    if (addr < HOST_PORTS) {
        return hba_read(s, addr);
    }
    return port < s->ports ? port_read(&s->dev[port], addr % PORT_SIZE) : 0;
}

/* Any bytes of it, over the end of a register too. */
static uint64_t ahci_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    AHCIState *s = opaque;
    hwaddr base = addr & ~(hwaddr)3;
    uint64_t val = reg_read(s, base);

    if (addr + size > base + 4) {
        val |= (uint64_t)reg_read(s, base + 4) << 32;
    }
    return val >> 8 * (addr - base);
}

static void ahci_mem_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    AHCIState *s = opaque;
    unsigned port = (addr - HOST_PORTS) / PORT_SIZE;

    if (addr & 3) {
        qemu_log_mask(LOG_GUEST_ERROR, "ahci: write to 0x%" HWADDR_PRIx
                      " is not aligned to a register\n", addr);
    } else if (addr < HOST_PORTS) {
        hba_write(s, addr, val);
    } else if (port < s->ports) {
        port_write(&s->dev[port], addr % PORT_SIZE, val);
    }
}

static const MemoryRegionOps ahci_mem_ops = {
    .read = ahci_mem_read,
    .write = ahci_mem_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8,
               .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 4,
              .unaligned = true },
};

/*** The index and data pair of ports (Serial ATA capability) ***/

static uint64_t idp_read(void *opaque, hwaddr addr, unsigned size)
{
    AHCIState *s = opaque;

    if (addr == AHCI_IDP_OFFSET) {
        return s->idp_index;
    }
    return addr == AHCI_IDP_OFFSET + 4
           ? ahci_mem_read(s, s->idp_index, size) : 0;
}

static void idp_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    AHCIState *s = opaque;

    if (addr == AHCI_IDP_OFFSET) {
        s->idp_index = val & (AHCI_MEM_BAR_SIZE - 1) & ~3u;
    } else if (addr == AHCI_IDP_OFFSET + 4) {
        ahci_mem_write(s, s->idp_index, val, size);
    }
}

static const MemoryRegionOps idp_ops = {
    .read = idp_read,
    .write = idp_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Setting up ***/

/* The drive's line: interrupts come with FISes. */
static void ignore_irq(void *opaque, int n, int level)
{
}

static void realize_port(AHCIState *s, int i)
{
    AHCIPort *p = &s->dev[i];
    DeviceState *dev = DEVICE(s->container);

    ide_bus_init(&p->port, sizeof(p->port), dev, i, 1);
    p->port.irq = qemu_allocate_irq(ignore_irq, p, 0);
    p->port.ops = &ahci_host_ops;
    p->port.host = p;
    p->port.ifs[0].ncq_queues = true;
    p->hba = s;
    p->port_no = i;
    p->busy_slot = -1;
    p->bh = qemu_bh_new_guarded(port_bh, p, &dev->mem_reentrancy_guard);
    for (int t = 0; t < AHCI_MAX_CMDS; t++) {
        p->ncq_tfs[t].port = p;
    }
    ide_bus_register_restart(&p->port);
}

void ahci_realize(AHCIState *s, PCIDevice *dev, int ports)
{
    s->container = dev;
    s->ports = ports;
    s->dev = g_new0(AHCIPort, ports);
    s->control_regs.cap = CAP_VALUE | (ports - 1);
    s->control_regs.impl = (1u << ports) - 1;
    s->control_regs.version = VERSION_1_0;
    s->bh = qemu_bh_new_guarded(hba_bh, s,
                                &DEVICE(dev)->mem_reentrancy_guard);
    for (int i = 0; i < ports; i++) {
        realize_port(s, i);
    }
}

void ahci_uninit(AHCIState *s)
{
    for (int i = 0; i < s->ports; i++) {
        qemu_bh_delete(s->dev[i].bh);
        qemu_free_irq(s->dev[i].port.irq);
        object_unparent(OBJECT(&s->dev[i].port));
    }
    qemu_bh_delete(s->bh);
    g_free(s->dev);
    s->dev = NULL;
    s->ports = 0;
}

static void ahci_init_regions(Object *obj)
{
    AHCIState *s = &ICH9_AHCI(obj)->ahci;

    memory_region_init_io(&s->mem, obj, &ahci_mem_ops, s, "ahci",
                          AHCI_MEM_BAR_SIZE);
    memory_region_init_io(&s->idp, obj, &idp_ops, s, "ahci-idp",
                          AHCI_IDP_SIZE);
}

/*** ICH9's SATA function in AHCI mode (ICH9 data sheet, clause 15) ***/

#define PCI_DEVICE_ID_INTEL_ICH9_AHCI 0x2922
#define ICH9_MSI_CAP 0x80
#define ICH9_SATA_CAP 0xa8
#define ICH9_MAP 0x90           /* mode of the function */
#define ICH9_MAP_AHCI 0x40
#define ICH9_PORTS 6
#define ICH9_IDP_BAR 4
#define ICH9_MEM_BAR 5

static void ich9_ahci_realize(PCIDevice *dev, Error **errp)
{
    AHCIState *s = &ICH9_AHCI(dev)->ahci;
    int cap, err;

    /* The list begins with what is added last. */
    cap = pci_add_capability(dev, PCI_CAP_ID_SATA, ICH9_SATA_CAP, 8, errp);
    if (cap < 0) {
        return;
    }
    /* On a board that takes no messages (no APIC) it uses its line. */
    err = msi_init(dev, ICH9_MSI_CAP, 1, true, false,
                   msi_nonbroken ? errp : NULL);
    if (err && msi_nonbroken) {
        return;
    }
    /* Revision 1.0; the pair of ports is in BAR 4, in units of 4 bytes. */
    pci_set_word(dev->config + cap + 2, 0x0010);
    pci_set_long(dev->config + cap + 4, AHCI_IDP_OFFSET / 4 << 4 |
                 (ICH9_IDP_BAR + 4));
    dev->config[PCI_CLASS_PROG] = 0x01;     /* AHCI 1.0 */
    dev->config[ICH9_MAP] = ICH9_MAP_AHCI;
    pci_config_set_interrupt_pin(dev->config, 1);
    ahci_realize(s, dev, ICH9_PORTS);
    pci_register_bar(dev, ICH9_IDP_BAR, PCI_BASE_ADDRESS_SPACE_IO, &s->idp);
    pci_register_bar(dev, ICH9_MEM_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &s->mem);
}

static void ich9_ahci_exit(PCIDevice *dev)
{
    ahci_uninit(&ICH9_AHCI(dev)->ahci);
    msi_uninit(dev);
}

static void ich9_ahci_reset(DeviceState *dev)
{
    ahci_reset(&ICH9_AHCI(dev)->ahci);
}

int ahci_get_num_ports(PCIDevice *dev)
{
    return ICH9_AHCI(dev)->ahci.ports;
}

void ahci_ide_create_devs(PCIDevice *dev)
{
    AHCIState *s = &ICH9_AHCI(dev)->ahci;

    for (int i = 0; i < s->ports; i++) {
        DriveInfo *drive = drive_get_by_index(IF_IDE, i);

        if (drive) {
            ide_create_drive(&s->dev[i].port, 0, drive);
        }
    }
}

static const VMStateDescription vmstate_ich9_ahci = {
    .name = "ich9_ahci",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, AHCIPCIState),
        VMSTATE_AHCI(ahci, AHCIPCIState),
        VMSTATE_END_OF_LIST()
    },
};

static void ich9_ahci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = ich9_ahci_realize;
    k->exit = ich9_ahci_exit;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_ICH9_AHCI;
    k->revision = 0x02;
    k->class_id = PCI_CLASS_STORAGE_SATA;
    dc->vmsd = &vmstate_ich9_ahci;
    dc->reset = ich9_ahci_reset;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static const TypeInfo ich9_ahci_info = {
    .name = TYPE_ICH9_AHCI,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(AHCIPCIState),
    .instance_init = ahci_init_regions,
    .class_init = ich9_ahci_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void ich9_ahci_register_types(void)
{
    type_register_static(&ich9_ahci_info);
}

type_init(ich9_ahci_register_types)
