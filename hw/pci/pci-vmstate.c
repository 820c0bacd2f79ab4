/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Migration of functions and buses.
 *
 * A function sends its configuration space and the INTx pins that its bus
 * sees.  The receiver's device must be the same: where cmask says so and
 * software cannot have changed it, the two spaces must agree.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

/*** Configuration space ***/

static bool pci_config_loadable(PCIDevice *d, const uint8_t *config,
                                uint32_t size, Error **errp)
{
    if (!msix_config_loadable(d, config, errp)) {
        return false;
    }
    for (uint32_t i = 0; i < size; i++) {
        uint8_t fixed = d->cmask[i] & ~d->wmask[i] & ~d->w1cmask[i];

        if ((config[i] ^ d->config[i]) & fixed) {
            error_setg(errp, "%s (%s): configuration space differs at offset "
                       "0x%x: the stream has 0x%02x, the device 0x%02x (of "
                       "which 0x%02x must agree)", d->name,
                       d->qdev.id ? d->qdev.id : "no id", i, config[i],
                       d->config[i], fixed);
            return false;
        }
    }
    return true;
}

static int get_pci_config(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field)
{
    PCIDevice *d = container_of(pv, PCIDevice, config);
    g_autofree uint8_t *config = g_malloc(size);
    g_autoptr(Error) err = NULL;

    assert(size == pci_config_size(d));
    if (qemu_get_buffer(f, config, size) != size) {
        error_report("%s: the stream ends within the configuration space",
                     d->name);
        return -EIO;
    }
    if (!pci_config_loadable(d, config, size, &err)) {
        error_report_err(g_steal_pointer(&err));
        return -EINVAL;
    }
    memcpy(d->config, config, size);
    if (msi_enabled(d)) {
        msi_clamp_vectors(d);
    }
    pci_config_changed(d);
    return 0;
}

static int put_pci_config(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field, JSONWriter *vmdesc)
{
    PCIDevice *d = container_of(pv, PCIDevice, config);

    assert(size == pci_config_size(d));
    qemu_put_buffer(f, d->config, size);
    return 0;
}

static const VMStateInfo vmstate_info_pci_config = {
    .name = "pci config",
    .get = get_pci_config,
    .put = put_pci_config,
};

/*** INTx: a be32 a pin, 0 or 1 ***/

static int get_pci_irq_state(QEMUFile *f, void *pv, size_t size,
                             const VMStateField *field)
{
    PCIDevice *d = container_of(pv, PCIDevice, irq_state);
    uint8_t pins = 0;

    for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
        uint32_t level = qemu_get_be32(f);

        if (level > 1) {
            error_report("%s: the stream has level %u of INT%c, which must "
                         "be 0 or 1", d->name, level, 'A' + pin);
            return -EINVAL;
        }
        pins |= level << pin;
    }
    pci_intx_loaded(d, pins);
    return 0;
}

static int put_pci_irq_state(QEMUFile *f, void *pv, size_t size,
                             const VMStateField *field, JSONWriter *vmdesc)
{
    PCIDevice *d = container_of(pv, PCIDevice, irq_state);

    for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
        qemu_put_be32(f, (d->irq_state >> pin) & 1);
    }
    return 0;
}

static const VMStateInfo vmstate_info_pci_irq_state = {
    .name = "pci irq state",
    .get = get_pci_irq_state,
    .put = put_pci_irq_state,
};

/*** Functions ***/

static bool is_conventional(void *opaque, int version_id)
{
    return !pci_is_express(opaque);
}

static bool is_express(void *opaque, int version_id)
{
    return pci_is_express(opaque);
}

/* A stream's version is not the one that this device will be sent with. */
static int pci_device_own_version(void *opaque)
{
    PCIDevice *d = opaque;

    d->version_id = vmstate_pci_device.version_id;
    return 0;
}

const VMStateDescription vmstate_pci_device = {
    .name = "PCIDevice",
    .version_id = 2,
    .minimum_version_id = 1,
    .pre_load = pci_device_own_version,
    .pre_save = pci_device_own_version,
    .fields = (const VMStateField[]) {
        VMSTATE_INT32_POSITIVE_LE(version_id, PCIDevice),
        VMSTATE_BUFFER_UNSAFE_INFO_TEST(config, PCIDevice, is_conventional, 0,
                                        vmstate_info_pci_config,
                                        PCI_CONFIG_SPACE_SIZE),
        VMSTATE_BUFFER_UNSAFE_INFO_TEST(config, PCIDevice, is_express, 0,
                                        vmstate_info_pci_config,
                                        PCIE_CONFIG_SPACE_SIZE),
        VMSTATE_BUFFER_UNSAFE_INFO(irq_state, PCIDevice, 2,
                                   vmstate_info_pci_irq_state,
                                   PCI_NUM_PINS * sizeof(int32_t)),
        VMSTATE_END_OF_LIST()
    }
};

/*
 * Streams of this form go without Interrupt Status, which follows from the
 * pins.
 */
void pci_device_save(PCIDevice *d, QEMUFile *f)
{
    uint8_t status = d->config[PCI_STATUS];

    d->config[PCI_STATUS] &= ~PCI_STATUS_INTERRUPT;
    vmstate_save_state(f, &vmstate_pci_device, d, NULL);
    d->config[PCI_STATUS] = status;
}

int pci_device_load(PCIDevice *d, QEMUFile *f)
{
    return vmstate_load_state(f, &vmstate_pci_device, d,
                              vmstate_pci_device.version_id);
}

/*** Buses ***/

/*
 * The stream's counts say nothing that the functions' pins do not, and might
 * not agree with them.
 */
static int pcibus_post_load(void *opaque, int version_id)
{
    pci_bus_recount_irqs(opaque);
    return 0;
}

const VMStateDescription vmstate_pcibus = {
    .name = "PCIBUS",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pcibus_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_INT32_EQUAL(nirq, PCIBus, NULL),
        VMSTATE_VARRAY_INT32(irq_count, PCIBus, nirq, 0, vmstate_info_int32,
                             int32_t),
        VMSTATE_END_OF_LIST()
    }
};
