/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel 82574L gigabit Ethernet controller: the PCI Express function with its
 * BARs and capabilities (data sheet, chapter 5 and 10.1), the window on the
 * registers in I/O space (10.1.1.5), and what the network layer calls.
 *
 * As the stock emulator's: same identity, layout and properties.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "standard-headers/linux/virtio_net.h"
#include "sysemu/sysemu.h"
#include "e1000e-internal.h"

enum { MMIO_BAR, FLASH_BAR, IO_BAR, MSIX_BAR };

#define MMIO_SIZE (128 * KiB)
#define FLASH_SIZE (128 * KiB)
#define IO_SIZE 32
#define MSIX_SIZE (16 * KiB)
#define MSIX_PBA 0x2000

#define CAP_MSIX 0xa0
#define CAP_PM 0xc8
#define CAP_MSI 0xd0
#define CAP_PCIE 0xe0
#define CAP_AER 0x100
#define CAP_DSN 0x140
#define PM_VERSION 2

#define IOADDR 0
#define IODATA 4
#define IOADDR_FLASH 0x80000    /* and above: flash, of which there is none */

/*** BARs ***/

static uint64_t mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    return e1000e_reg_read(opaque, addr);
}

static void mmio_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    e1000e_reg_write(opaque, addr, val);
}

static const MemoryRegionOps mmio_ops = {
    .read = mmio_read,
    .write = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

/* No flash is fitted. */
static uint64_t flash_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void flash_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
}

static const MemoryRegionOps flash_ops = {
    .read = flash_read,
    .write = flash_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static bool io_window(const E1000EState *s)
{
    if (s->ioaddr < REG_SPACE) {
        return true;
    }
    if (s->ioaddr < IOADDR_FLASH) {
        qemu_log_mask(LOG_GUEST_ERROR, "e1000e: IOADDR 0x%x is undefined\n",
                      s->ioaddr);
    }
    return false;
}

static uint64_t io_read(void *opaque, hwaddr addr, unsigned size)
{
    E1000EState *s = opaque;

    switch (addr) {
    case IOADDR:
        return s->ioaddr;
    case IODATA:
        return io_window(s) ? e1000e_reg_read(s, s->ioaddr) : 0;
    default:
        return 0;
    }
}

static void io_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    E1000EState *s = opaque;

    if (addr == IOADDR) {
        s->ioaddr = val;
    } else if (addr == IODATA && io_window(s)) {
        e1000e_reg_write(s, s->ioaddr, val);
    }
}

static const MemoryRegionOps io_ops = {
    .read = io_read,
    .write = io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static void add_bars(E1000EState *s)
{
    PCIDevice *d = PCI_DEVICE(s);
    Object *o = OBJECT(s);

    memory_region_init_io(&s->mmio, o, &mmio_ops, s, "e1000e-mmio",
                          MMIO_SIZE);
    pci_register_bar(d, MMIO_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mmio);
    memory_region_init_io(&s->flash, o, &flash_ops, s, "e1000e-flash",
                          FLASH_SIZE);
    pci_register_bar(d, FLASH_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->flash);
    memory_region_init_io(&s->io, o, &io_ops, s, "e1000e-io", IO_SIZE);
    pci_register_bar(d, IO_BAR, PCI_BASE_ADDRESS_SPACE_IO, &s->io);
    memory_region_init(&s->msix, o, "e1000e-msix", MSIX_SIZE);
    pci_register_bar(d, MSIX_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->msix);
}

/*** Capabilities ***/

static bool add_msix(E1000EState *s)
{
    PCIDevice *d = PCI_DEVICE(s);

    /* Where the platform has no MSI the card works with INTx. */
    if (msix_init(d, E1000E_VECTORS, &s->msix, MSIX_BAR, 0, &s->msix,
                  MSIX_BAR, MSIX_PBA, CAP_MSIX, NULL) < 0) {
        return false;
    }
    for (unsigned v = 0; v < E1000E_VECTORS; v++) {
        msix_vector_use(d, v);
    }
    return true;
}

static bool add_pm(PCIDevice *d, Error **errp)
{
    int at = pci_add_capability(d, PCI_CAP_ID_PM, CAP_PM, PCI_PM_SIZEOF,
                                errp);

    if (at < 0) {
        return false;
    }
    pci_set_word(d->config + at + PCI_PM_PMC, PM_VERSION | PCI_PM_CAP_DSI);
    pci_set_word(d->wmask + at + PCI_PM_CTRL,
                 PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE |
                 PCI_PM_CTRL_DATA_SEL_MASK);
    pci_set_word(d->w1cmask + at + PCI_PM_CTRL, PCI_PM_CTRL_PME_STATUS);
    d->exp.pm_cap = at;
    return true;
}

/* The station address as a 64-bit identifier. */
static uint64_t serial_number(const uint8_t *mac)
{
    return (uint64_t)mac[0] << 56 | (uint64_t)mac[1] << 48 |
           (uint64_t)mac[2] << 40 | 0xffffULL << 24 |
           mac[3] << 16 | mac[4] << 8 | mac[5];
}

static bool add_capabilities(E1000EState *s, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(s);

    add_msix(s);
    if (pcie_endpoint_cap_v1_init(d, CAP_PCIE) < 0) {
        error_setg(errp, "e1000e: no room for the PCI Express capability");
        return false;
    }
    msi_init(d, CAP_MSI, 1, true, false, NULL);
    if (!add_pm(d, errp) ||
        pcie_aer_init(d, PCI_ERR_VER, CAP_AER, PCI_ERR_SIZEOF, errp) < 0) {
        return false;
    }
    pcie_dev_ser_num_init(d, CAP_DSN, serial_number(s->conf.macaddr.a));
    return true;
}

static void remove_capabilities(E1000EState *s)
{
    PCIDevice *d = PCI_DEVICE(s);

    pcie_aer_exit(d);
    pcie_cap_v1_exit(d);
    msi_uninit(d);
    if (msix_present(d)) {
        msix_unuse_all_vectors(d);
        msix_uninit(d, &s->msix, &s->msix);
    }
}

static void write_config(PCIDevice *d, uint32_t addr, uint32_t val, int len)
{
    E1000EState *s = E1000E(d);
    bool master = d->config[PCI_COMMAND] & PCI_COMMAND_MASTER;

    pci_default_write_config(d, addr, val, len);
    pcie_aer_write_config(d, addr, val, len);
    if (!master && (d->config[PCI_COMMAND] & PCI_COMMAND_MASTER)) {
        e1000e_rx_more_buffers(s);
    }
}

/*** The network layer ***/

static bool nic_can_receive(NetClientState *nc)
{
    return e1000e_can_receive(qemu_get_nic_opaque(nc));
}

static ssize_t nic_receive_iov(NetClientState *nc, const struct iovec *iov,
                               int iovcnt)
{
    E1000EState *s = qemu_get_nic_opaque(nc);

    /* Not every sender asks before; what comes too early waits. */
    return e1000e_can_receive(s)
        ? e1000e_receive(s, iov, iovcnt, s->core.has_vnet) : 0;
}

static ssize_t nic_receive(NetClientState *nc, const uint8_t *buf, size_t size)
{
    struct iovec iov = { .iov_base = (uint8_t *)buf, .iov_len = size };

    return nic_receive_iov(nc, &iov, 1);
}

static void nic_link_changed(NetClientState *nc)
{
    e1000e_link_changed(qemu_get_nic_opaque(nc), !nc->link_down);
}

static NetClientInfo nic_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = nic_can_receive,
    .receive = nic_receive,
    .receive_iov = nic_receive_iov,
    .link_status_changed = nic_link_changed,
};

/*
 * With a peer that takes virtio's header offloads are left to it.  It keeps
 * its own: whoever had it before may have wanted large packets.
 */
static void use_vnet_header(E1000EState *s)
{
    NetClientState *peer = qemu_get_queue(s->nic)->peer;
    const int len = sizeof(struct virtio_net_hdr);

    if (!peer || !qemu_has_vnet_hdr(peer)) {
        return;
    }
    s->core.has_vnet = !s->disable_vnet && qemu_has_vnet_hdr_len(peer, len);
    qemu_set_offload(peer, 0, 0, 0, 0, 0);
    qemu_using_vnet_hdr(peer, s->core.has_vnet);
    if (s->core.has_vnet) {
        qemu_set_vnet_hdr_len(peer, len);
    }
}

/*** Life cycle ***/

static void e1000e_realize(PCIDevice *d, Error **errp)
{
    E1000EState *s = E1000E(d);

    qemu_macaddr_default_if_unset(&s->conf.macaddr);
    pci_config_set_interrupt_pin(d->config, 1);
    pci_set_word(d->config + PCI_SUBSYSTEM_VENDOR_ID, s->subsys_ven);
    pci_set_word(d->config + PCI_SUBSYSTEM_ID, s->subsys);
    add_bars(s);
    if (!add_capabilities(s, errp)) {
        remove_capabilities(s);
        return;
    }
    s->nic = qemu_new_nic(&nic_info, &s->conf, TYPE_E1000E, DEVICE(d)->id, s);
    use_vnet_header(s);
    e1000e_core_realize(s);
    qemu_format_nic_info_str(qemu_get_queue(s->nic), s->conf.macaddr.a);
}

static void e1000e_exit(PCIDevice *d)
{
    E1000EState *s = E1000E(d);

    e1000e_core_unrealize(s);
    qemu_del_nic(s->nic);
    s->nic = NULL;
    remove_capabilities(s);
}

static void e1000e_reset(DeviceState *dev)
{
    e1000e_core_reset(E1000E(dev));
}

static void e1000e_init(Object *obj)
{
    E1000EState *s = E1000E(obj);

    device_add_bootindex_property(obj, &s->conf.bootindex, "bootindex",
                                  "/ethernet-phy@0", DEVICE(obj));
}

static PropertyInfo prop_disable_vnet, prop_subsys_ven, prop_subsys;

static Property e1000e_properties[] = {
    DEFINE_NIC_PROPERTIES(E1000EState, conf),
    DEFINE_PROP_UNSIGNED("disable_vnet_hdr", E1000EState, disable_vnet, 0,
                         prop_disable_vnet, uint8_t),
    DEFINE_PROP_UNSIGNED("subsys_ven", E1000EState, subsys_ven,
                         PCI_VENDOR_ID_INTEL, prop_subsys_ven, uint16_t),
    DEFINE_PROP_UNSIGNED("subsys", E1000EState, subsys, 0, prop_subsys,
                         uint16_t),
    DEFINE_PROP_BOOL("init-vet", E1000EState, init_vet, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void describe(PropertyInfo *to, const PropertyInfo *from,
                     const char *description)
{
    *to = *from;
    to->description = description;
}

static void e1000e_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    e1000e_regs_init();
    describe(&prop_disable_vnet, &qdev_prop_uint8, "Do not use virtio "
             "headers, perform SW offloads emulation instead");
    describe(&prop_subsys_ven, &qdev_prop_uint16,
             "PCI device Subsystem Vendor ID");
    describe(&prop_subsys, &qdev_prop_uint16, "PCI device Subsystem ID");

    pc->realize = e1000e_realize;
    pc->exit = e1000e_exit;
    pc->config_write = write_config;
    pc->vendor_id = PCI_VENDOR_ID_INTEL;
    pc->device_id = 0x10d3;
    pc->class_id = PCI_CLASS_NETWORK_ETHERNET;
    pc->romfile = "efi-e1000e.rom";
    dc->desc = "Intel 82574L GbE Controller";
    dc->reset = e1000e_reset;
    dc->vmsd = &vmstate_e1000e;
    device_class_set_props(dc, e1000e_properties);
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
}

static const TypeInfo e1000e_type = {
    .name = TYPE_E1000E,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(E1000EState),
    .instance_init = e1000e_init,
    .class_init = e1000e_class_init,
    .interfaces = (InterfaceInfo[]) { { INTERFACE_PCIE_DEVICE }, { } },
};

static void e1000e_register(void)
{
    type_register_static(&e1000e_type);
}

type_init(e1000e_register)
