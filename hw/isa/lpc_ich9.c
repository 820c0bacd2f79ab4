/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICH9 LPC interface bridge, function 1f.0.
 *
 * Intel I/O Controller Hub 9 (ICH9) Family data sheet, 316972: chapter 13
 * (LPC registers), section 10.1 (chip configuration registers, found by
 * RCBA), section 5.8 (interrupt routing), section 13.7.5 (reset control).
 * Its power management registers are in hw/acpi/ich9.c, its SMIs in
 * ich9_smi.c.
 *
 * Routing has three steps.  A function's pin goes to one of PIRQA to PIRQH:
 * for devices inside the chip as the D25IR to D31IR registers say, for others
 * to E to H by slot.  PIRQn drives input 16 + n of the I/O APIC, and with
 * PIRQn_ROUT one of the sixteen ISA lines.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/dma/i8257.h"
#include "hw/isa/isa.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "hw/southbridge/ich9.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "sysemu/runstate.h"

#define ICH9_LPC_REVISION 2

#define ICH9_LPC_PMBASE 0x40
#define ICH9_LPC_PMBASE_DEFAULT 0x1
#define ICH9_LPC_PMBASE_BA_MASK 0xff80
#define ICH9_LPC_ACPI_CTRL 0x44
#define ICH9_LPC_ACPI_CTRL_ACPI_EN 0x80
#define ICH9_LPC_ACPI_CTRL_SCI_IRQ_SEL_MASK 0x07

#define ICH9_LPC_PIRQA_ROUT 0x60
#define ICH9_LPC_PIRQE_ROUT 0x68
#define ICH9_LPC_PIRQ_ROUT_IRQEN 0x80
#define ICH9_LPC_PIRQ_ROUT_MASK 0x0f
#define ICH9_LPC_PIRQ_ROUT_DEFAULT 0x80

#define ICH9_LPC_GEN_PMCON_1 0xa0
#define ICH9_LPC_GEN_PMCON_1_SMI_LOCK 0x10

#define ICH9_LPC_RCBA 0xf0
#define ICH9_LPC_RCBA_BA_MASK 0xffffc000u
#define ICH9_LPC_RCBA_EN 0x1

/* Chip configuration registers. */
#define ICH9_CC_D31IR 0x3140
#define ICH9_CC_D29IR 0x3144
#define ICH9_CC_D28IR 0x3146
#define ICH9_CC_D27IR 0x3148
#define ICH9_CC_D26IR 0x314c
#define ICH9_CC_D25IR 0x3150
#define ICH9_CC_DIR_DEFAULT 0x3210
#define ICH9_CC_DIR_MASK 7
#define ICH9_CC_GCS 0x3410
#define ICH9_CC_GCS_DEFAULT 0x20
#define ICH9_CC_GCS_NO_REBOOT 0x20

#define ICH9_RST_CNT_IOPORT 0xcf9
#define ICH9_RST_CNT_WMASK 0x0a     /* SYS_RST and FULL_RST are kept */
#define ICH9_RST_CNT_RST_CPU 0x04

#define ICH9_APIC_FIRST_PIRQ 16

/*** Interrupt routing ***/

static const struct {
    uint8_t slot;
    uint16_t reg;
} device_routes[] = {
    { 25, ICH9_CC_D25IR },
    { 26, ICH9_CC_D26IR },
    { 27, ICH9_CC_D27IR },
    { 28, ICH9_CC_D28IR },
    { 29, ICH9_CC_D29IR },
    { 31, ICH9_CC_D31IR },
};

/* The registers D25IR to D31IR have four bits for each pin. */
static void ich9_cc_update(ICH9LPCState *lpc)
{
    for (int i = 0; i < ARRAY_SIZE(device_routes); i++) {
        uint16_t route = pci_get_word(lpc->chip_config +
                                      device_routes[i].reg);

        for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
            lpc->irr[device_routes[i].slot][pin] =
                (route >> (4 * pin)) & ICH9_CC_DIR_MASK;
        }
    }
    /* Behind the bridge to PCI the pins go straight to E to H. */
    for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
        lpc->irr[30][pin] = pin + 4;
    }
}

static void ich9_cc_init(ICH9LPCState *lpc)
{
    for (int slot = 0; slot < PCI_SLOT_MAX; slot++) {
        for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
            lpc->irr[slot][pin] = (slot + pin) % 4 + 4;
        }
    }
    ich9_cc_update(lpc);
}

static void ich9_cc_reset(ICH9LPCState *lpc)
{
    uint8_t *c = lpc->chip_config;
    uint32_t gcs = ICH9_CC_GCS_DEFAULT;

    memset(lpc->chip_config, 0, sizeof(lpc->chip_config));
    for (int i = 0; i < ARRAY_SIZE(device_routes); i++) {
        pci_set_word(c + device_routes[i].reg, ICH9_CC_DIR_DEFAULT);
    }
    if (!lpc->spkr_hi) {
        gcs &= ~ICH9_CC_GCS_NO_REBOOT;
    }
    pci_set_long(c + ICH9_CC_GCS, gcs);
    ich9_cc_update(lpc);
}

static uint8_t pirq_route(ICH9LPCState *lpc, int pirq)
{
    unsigned reg = pirq < 4 ? ICH9_LPC_PIRQA_ROUT + pirq
                            : ICH9_LPC_PIRQE_ROUT + pirq - 4;

    return lpc->d.config[reg];
}

static bool pirq_level(ICH9LPCState *lpc, int pirq)
{
    return lpc->root_bus && pci_bus_get_irq_level(lpc->root_bus, pirq);
}

/* ISA lines are shared: each is the OR of what is routed to it. */
static void update_isa_line(ICH9LPCState *lpc, int irq)
{
    bool level = lpc->sci_gsi == irq && lpc->sci_level;

    for (int i = 0; i < ICH9_LPC_NB_PIRQS && !level; i++) {
        uint8_t route = pirq_route(lpc, i);

        level = !(route & ICH9_LPC_PIRQ_ROUT_IRQEN) &&
                (route & ICH9_LPC_PIRQ_ROUT_MASK) == irq &&
                pirq_level(lpc, i);
    }
    qemu_set_irq(lpc->gsi[irq], level);
}

static void update_apic_line(ICH9LPCState *lpc, int gsi)
{
    bool level = pirq_level(lpc, gsi - ICH9_APIC_FIRST_PIRQ) ||
                 (lpc->sci_gsi == gsi && lpc->sci_level);

    qemu_set_irq(lpc->gsi[gsi], level);
}

/* The SCI shares its line with PCI's. */
static void update_sci_line(ICH9LPCState *lpc, int gsi)
{
    if (gsi < ICH9_APIC_FIRST_PIRQ) {
        update_isa_line(lpc, gsi);
    } else {
        update_apic_line(lpc, gsi);
    }
}

static void ich9_set_sci(void *opaque, int n, int level)
{
    ICH9LPCState *lpc = opaque;

    if (lpc->sci_level != level) {
        lpc->sci_level = level;
        update_sci_line(lpc, lpc->sci_gsi);
    }
}

/* By SCI_IRQ_SEL; 0 for what is reserved. */
static const uint8_t sci_routes[8] = { 9, 10, 11, 0, 20, 21, 0, 0 };

static void ich9_lpc_sci_update(ICH9LPCState *lpc)
{
    uint8_t sel = lpc->d.config[ICH9_LPC_ACPI_CTRL] &
                  ICH9_LPC_ACPI_CTRL_SCI_IRQ_SEL_MASK;
    uint8_t old = lpc->sci_gsi;

    if (!sci_routes[sel]) {
        qemu_log_mask(LOG_GUEST_ERROR, "ICH9-LPC: SCI_IRQ_SEL %u is "
                      "reserved\n", sel);
        return;
    }
    if (sci_routes[sel] != old) {
        lpc->sci_gsi = sci_routes[sel];
        update_sci_line(lpc, old);
        update_sci_line(lpc, lpc->sci_gsi);
    }
}

static void ich9_lpc_pmbase_update(ICH9LPCState *lpc)
{
    uint32_t base = pci_get_long(lpc->d.config + ICH9_LPC_PMBASE) &
                    ICH9_LPC_PMBASE_BA_MASK;
    bool on = lpc->d.config[ICH9_LPC_ACPI_CTRL] & ICH9_LPC_ACPI_CTRL_ACPI_EN;

    ich9_pm_iospace_update(&lpc->pm, on ? base : 0);
}

static void ich9_lpc_set_irq(void *opaque, int pirq, int level)
{
    ICH9LPCState *lpc = opaque;
    uint8_t route = pirq_route(lpc, pirq);

    update_apic_line(lpc, ICH9_APIC_FIRST_PIRQ + pirq);
    if (!(route & ICH9_LPC_PIRQ_ROUT_IRQEN)) {
        update_isa_line(lpc, route & ICH9_LPC_PIRQ_ROUT_MASK);
    }
}

static int ich9_lpc_map_irq(PCIDevice *pci_dev, int intx)
{
    ICH9LPCState *lpc = pci_get_bus(pci_dev)->irq_opaque;

    return lpc->irr[PCI_SLOT(pci_dev->devfn)][intx];
}

static PCIINTxRoute ich9_route_intx_pin_to_irq(void *opaque, int pirq)
{
    ICH9LPCState *lpc = opaque;
    uint8_t rout = pirq_route(lpc, pirq);
    PCIINTxRoute route = { .mode = PCI_INTX_ENABLED };

    if (rout & ICH9_LPC_PIRQ_ROUT_IRQEN) {
        route.irq = ICH9_APIC_FIRST_PIRQ + pirq;
    } else {
        route.irq = rout & ICH9_LPC_PIRQ_ROUT_MASK;
    }
    return route;
}

void ich9_lpc_route_pci_irqs(ICH9LPCState *lpc, PCIBus *bus)
{
    lpc->root_bus = bus;
    pci_bus_irqs(bus, ich9_lpc_set_irq, lpc, ICH9_LPC_NB_PIRQS);
    pci_bus_map_irqs(bus, ich9_lpc_map_irq);
    pci_bus_set_route_irq_fn(bus, ich9_route_intx_pin_to_irq);
}

/* Bit n: some PIRQ goes to ISA line n. */
static uint32_t routed_lines(ICH9LPCState *lpc)
{
    uint32_t lines = 0;

    for (int i = 0; i < ICH9_LPC_NB_PIRQS; i++) {
        uint8_t route = pirq_route(lpc, i);

        if (!(route & ICH9_LPC_PIRQ_ROUT_IRQEN)) {
            lines |= 1 << (route & ICH9_LPC_PIRQ_ROUT_MASK);
        }
    }
    return lines;
}

/* Lines that were routed to must be let go of. */
static void ich9_lpc_routes_changed(ICH9LPCState *lpc, uint32_t old_lines)
{
    uint32_t lines = old_lines | routed_lines(lpc);

    pci_bus_fire_intx_routing_notifier(pci_get_bus(&lpc->d));
    for (int irq = 0; irq < ISA_NUM_IRQS; irq++) {
        if (lines >> irq & 1) {
            update_isa_line(lpc, irq);
        }
    }
}

/*** Watchdog ***/

static ICH9LPCState *lpc_of_tco(TCOIORegs *tr)
{
    return container_of(tr, ICH9LPCState, pm.tco_regs);
}

static void ich9_tco_smi(TCOIORegs *tr)
{
    ICH9LPCState *lpc = lpc_of_tco(tr);

    lpc->pm.smi_sts |= ICH9_PMIO_SMI_EN_TCO_EN;
    if (lpc->pm.smi_en & ICH9_PMIO_SMI_EN_TCO_EN) {
        ich9_generate_smi(lpc);
    }
}

/* Software may forbid reboots, but cannot overrule the strap. */
static bool ich9_tco_no_reboot(TCOIORegs *tr)
{
    ICH9LPCState *lpc = lpc_of_tco(tr);

    return lpc->spkr_hi || (pci_get_long(lpc->chip_config + ICH9_CC_GCS) &
                            ICH9_CC_GCS_NO_REBOOT);
}

static const TCOOps ich9_tco_ops = {
    .smi = ich9_tco_smi,
    .no_reboot = ich9_tco_no_reboot,
};

/*** Chip configuration registers ***/

static uint64_t ich9_cc_read(void *opaque, hwaddr addr, unsigned len)
{
    ICH9LPCState *lpc = opaque;
    uint32_t val = 0;

    memcpy(&val, lpc->chip_config + addr, MIN(len, ICH9_CC_SIZE - addr));
    return le32_to_cpu(val);
}

static void ich9_cc_write(void *opaque, hwaddr addr, uint64_t val,
                          unsigned len)
{
    ICH9LPCState *lpc = opaque;
    uint32_t bytes = cpu_to_le32(val);

    memcpy(lpc->chip_config + addr, &bytes, MIN(len, ICH9_CC_SIZE - addr));
    pci_bus_fire_intx_routing_notifier(pci_get_bus(&lpc->d));
    ich9_cc_update(lpc);
}

static const MemoryRegionOps rcrb_mmio_ops = {
    .read = ich9_cc_read,
    .write = ich9_cc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void ich9_lpc_rcba_update(ICH9LPCState *lpc, uint32_t old)
{
    uint32_t rcba = pci_get_long(lpc->d.config + ICH9_LPC_RCBA);

    if (rcba == old) {
        return;
    }
    if (old & ICH9_LPC_RCBA_EN) {
        memory_region_del_subregion(get_system_memory(), &lpc->rcrb_mem);
    }
    if (rcba & ICH9_LPC_RCBA_EN) {
        memory_region_add_subregion_overlap(get_system_memory(),
                                            rcba & ICH9_LPC_RCBA_BA_MASK,
                                            &lpc->rcrb_mem, 1);
    }
}

/*** Reset control ***/

static uint64_t ich9_rst_cnt_read(void *opaque, hwaddr addr, unsigned len)
{
    ICH9LPCState *lpc = opaque;

    return lpc->rst_cnt;
}

static void ich9_rst_cnt_write(void *opaque, hwaddr addr, uint64_t val,
                               unsigned len)
{
    ICH9LPCState *lpc = opaque;

    if (val & ICH9_RST_CNT_RST_CPU) {
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return;
    }
    lpc->rst_cnt = val & ICH9_RST_CNT_WMASK;
}

static const MemoryRegionOps ich9_rst_cnt_ops = {
    .read = ich9_rst_cnt_read,
    .write = ich9_rst_cnt_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Configuration space ***/

/* Once SMI_LOCK is set, it and GBL_SMI_EN stay as they are. */
static void ich9_lpc_pmcon_update(ICH9LPCState *lpc)
{
    uint16_t pmcon = pci_get_word(lpc->d.config + ICH9_LPC_GEN_PMCON_1);

    if (pmcon & ICH9_LPC_GEN_PMCON_1_SMI_LOCK) {
        pci_set_word(lpc->d.wmask + ICH9_LPC_GEN_PMCON_1,
                     pci_get_word(lpc->d.wmask + ICH9_LPC_GEN_PMCON_1) &
                     ~ICH9_LPC_GEN_PMCON_1_SMI_LOCK);
        lpc->pm.smi_en_wmask &= ~ICH9_PMIO_SMI_EN_GBL;
    }
}

static void ich9_lpc_config_write(PCIDevice *d, uint32_t addr, uint32_t val,
                                  int len)
{
    ICH9LPCState *lpc = ICH9_LPC_DEVICE(d);
    uint32_t rcba_old = pci_get_long(d->config + ICH9_LPC_RCBA);
    uint32_t lines_old = routed_lines(lpc);

    pci_default_write_config(d, addr, val, len);
    if (ranges_overlap(addr, len, ICH9_LPC_RCBA, 4)) {
        ich9_lpc_rcba_update(lpc, rcba_old);
    }
    if (ranges_overlap(addr, len, ICH9_LPC_PIRQA_ROUT, 4) ||
        ranges_overlap(addr, len, ICH9_LPC_PIRQE_ROUT, 4)) {
        ich9_lpc_routes_changed(lpc, lines_old);
    }
    if (ranges_overlap(addr, len, ICH9_LPC_GEN_PMCON_1, 2)) {
        ich9_lpc_pmcon_update(lpc);
    }
    if (ranges_overlap(addr, len, ICH9_LPC_PMBASE, 4) ||
        ranges_overlap(addr, len, ICH9_LPC_ACPI_CTRL, 1)) {
        ich9_lpc_pmbase_update(lpc);
        ich9_lpc_sci_update(lpc);
    }
}

static void ich9_lpc_reset(DeviceState *qdev)
{
    ICH9LPCState *lpc = ICH9_LPC_DEVICE(qdev);
    PCIDevice *d = PCI_DEVICE(qdev);
    uint32_t rcba_old = pci_get_long(d->config + ICH9_LPC_RCBA);

    memset(d->config + ICH9_LPC_PIRQA_ROUT, ICH9_LPC_PIRQ_ROUT_DEFAULT, 4);
    memset(d->config + ICH9_LPC_PIRQE_ROUT, ICH9_LPC_PIRQ_ROUT_DEFAULT, 4);
    d->config[ICH9_LPC_ACPI_CTRL] = 0;
    pci_set_long(d->config + ICH9_LPC_PMBASE, ICH9_LPC_PMBASE_DEFAULT);
    pci_set_long(d->config + ICH9_LPC_RCBA, 0);

    ich9_cc_reset(lpc);
    ich9_lpc_rcba_update(lpc, rcba_old);
    ich9_pm_reset(&lpc->pm);
    ich9_lpc_sci_update(lpc);
    ich9_smi_reset(lpc);
    lpc->rst_cnt = 0;
}

/*** Birth ***/

static void ich9_lpc_realize(PCIDevice *d, Error **errp)
{
    ICH9LPCState *lpc = ICH9_LPC_DEVICE(d);
    DeviceState *dev = DEVICE(d);

    lpc->isa_bus = isa_bus_new(dev, get_system_memory(), get_system_io(),
                               errp);
    if (!lpc->isa_bus) {
        return;
    }
    i8257_dma_init(lpc->isa_bus, false);
    pci_set_long(d->wmask + ICH9_LPC_PMBASE, 0xff00 |
                 ICH9_LPC_ACPI_CTRL_ACPI_EN |
                 ICH9_LPC_ACPI_CTRL_SCI_IRQ_SEL_MASK);

    memory_region_init_io(&lpc->rcrb_mem, OBJECT(d), &rcrb_mmio_ops, lpc,
                          "lpc-rcrb-mmio", ICH9_CC_SIZE);
    ich9_cc_init(lpc);
    lpc->sci_gsi = sci_routes[0];
    lpc->pm.irq = qemu_allocate_irq(ich9_set_sci, lpc, 0);
    ich9_smi_init(lpc);
    ich9_pm_init(dev, &lpc->pm, pci_address_space_io(d), &ich9_tco_ops);

    /* Over the byte in the middle of the configuration address register. */
    memory_region_init_io(&lpc->rst_cnt_mem, OBJECT(d), &ich9_rst_cnt_ops,
                          lpc, "lpc-reset-control", 1);
    memory_region_add_subregion_overlap(pci_address_space_io(d),
                                        ICH9_RST_CNT_IOPORT,
                                        &lpc->rst_cnt_mem, 1);

    qdev_init_gpio_out_named(dev, lpc->gsi, ICH9_GPIO_GSI,
                             ICH9_GPIO_GSI_NUM);
}

static int ich9_lpc_post_load(void *opaque, int version_id)
{
    ICH9LPCState *lpc = opaque;

    ich9_lpc_rcba_update(lpc, 0);
    ich9_lpc_pmcon_update(lpc);
    ich9_cc_update(lpc);
    ich9_lpc_pmbase_update(lpc);
    ich9_lpc_sci_update(lpc);
    return 0;
}

static bool rst_cnt_needed(void *opaque)
{
    ICH9LPCState *lpc = opaque;

    return lpc->rst_cnt != 0;
}

static const VMStateDescription vmstate_ich9_rst_cnt = {
    .name = "ICH9LPC/rst_cnt",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = rst_cnt_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(rst_cnt, ICH9LPCState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_ich9_lpc = {
    .name = "ICH9LPC",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ich9_lpc_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(d, ICH9LPCState),
        VMSTATE_APM(apm, ICH9LPCState),
        VMSTATE_STRUCT(pm, ICH9LPCState, 1, vmstate_ich9_pm, ICH9LPCPMRegs),
        VMSTATE_UINT8_ARRAY(chip_config, ICH9LPCState, ICH9_CC_SIZE),
        VMSTATE_UINT32(sci_level, ICH9LPCState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_ich9_rst_cnt,
        &vmstate_ich9_smi_feat,
        NULL
    },
};

static void ich9_lpc_initfn(Object *obj)
{
    static const uint8_t acpi_enable_cmd = ICH9_APM_ACPI_ENABLE;
    static const uint8_t acpi_disable_cmd = ICH9_APM_ACPI_DISABLE;
    ICH9LPCState *lpc = ICH9_LPC_DEVICE(obj);

    object_property_add_uint8_ptr(obj, ACPI_PM_PROP_SCI_INT, &lpc->sci_gsi,
                                  OBJ_PROP_FLAG_READ);
    object_property_add_uint8_ptr(obj, ACPI_PM_PROP_ACPI_ENABLE_CMD,
                                  &acpi_enable_cmd, OBJ_PROP_FLAG_READ);
    object_property_add_uint8_ptr(obj, ACPI_PM_PROP_ACPI_DISABLE_CMD,
                                  &acpi_disable_cmd, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, ICH9_LPC_SMI_NEGOTIATED_FEAT_PROP,
                                   &lpc->smi_negotiated_features,
                                   OBJ_PROP_FLAG_READ);
    ich9_pm_add_properties(obj, &lpc->pm);
}

/*** Events and hot-plug: the power management block's ***/

static void ich9_send_gpe(AcpiDeviceIf *adev, AcpiEventStatusBits ev)
{
    ICH9LPCState *lpc = ICH9_LPC_DEVICE(adev);

    acpi_send_gpe_event(&lpc->pm.acpi_regs, lpc->pm.irq, ev);
}

static Property ich9_lpc_properties[] = {
    DEFINE_PROP_BOOL("noreboot", ICH9LPCState, spkr_hi, true),
    DEFINE_PROP_BOOL("smm-compat", ICH9LPCState, pm.smm_compat, false),
    DEFINE_PROP_BIT64("x-smi-broadcast", ICH9LPCState, smi_host_features,
                      ICH9_LPC_SMI_F_BROADCAST_BIT, true),
    DEFINE_PROP_BIT64("x-smi-cpu-hotplug", ICH9LPCState, smi_host_features,
                      ICH9_LPC_SMI_F_CPU_HOTPLUG_BIT, true),
    DEFINE_PROP_BIT64("x-smi-cpu-hotunplug", ICH9LPCState, smi_host_features,
                      ICH9_LPC_SMI_F_CPU_HOT_UNPLUG_BIT, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void ich9_lpc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    ACPI_DEVICE_IF_CLASS(klass)->send_event = ich9_send_gpe;
    hc->pre_plug = ich9_pm_device_pre_plug_cb;
    hc->plug = ich9_pm_device_plug_cb;
    hc->unplug_request = ich9_pm_device_unplug_request_cb;
    hc->unplug = ich9_pm_device_unplug_cb;
    hc->is_hotpluggable_bus = ich9_pm_is_hotpluggable_bus;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->reset = ich9_lpc_reset;
    dc->vmsd = &vmstate_ich9_lpc;
    dc->desc = "ICH9 LPC bridge";
    device_class_set_props(dc, ich9_lpc_properties);
    /* The board connects its lines. */
    dc->user_creatable = false;
    k->realize = ich9_lpc_realize;
    k->config_write = ich9_lpc_config_write;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_ICH9_8;
    k->revision = ICH9_LPC_REVISION;
    k->class_id = PCI_CLASS_BRIDGE_ISA;
}

static const TypeInfo ich9_lpc_info = {
    .name = TYPE_ICH9_LPC_DEVICE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(ICH9LPCState),
    .instance_init = ich9_lpc_initfn,
    .class_init = ich9_lpc_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { TYPE_ACPI_DEVICE_IF },
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void ich9_lpc_register(void)
{
    type_register_static(&ich9_lpc_info);
}

type_init(ich9_lpc_register);
