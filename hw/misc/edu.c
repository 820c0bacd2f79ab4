/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The educational PCI device, on which driver courses are taught
 * (docs/specs/edu in QEMU describes it): a liveness check, a factorial
 * engine, interrupts by INTx or MSI, and DMA to and from a buffer of 4 KiB.
 *
 * A transfer takes 100 ms of guest time, so that drivers have to wait for it.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_device.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qom/object.h"

#define TYPE_EDU "edu"
OBJECT_DECLARE_SIMPLE_TYPE(EduState, EDU)

#define EDU_BAR_SIZE (1 * MiB)
#define EDU_IDENTITY 0x010000edu

/* Registers; those from EDU_FIRST_WIDE on take 8-byte accesses as well. */
enum {
    EDU_ID = 0x00,
    EDU_LIVENESS = 0x04,        /* reads the complement of what was written */
    EDU_FACTORIAL = 0x08,
    EDU_STATUS = 0x20,
    EDU_IRQ_STATUS = 0x24,
    EDU_IRQ_RAISE = 0x60,
    EDU_IRQ_ACK = 0x64,
    EDU_FIRST_WIDE = 0x80,
    EDU_DMA_SRC = 0x80,
    EDU_DMA_DST = 0x88,
    EDU_DMA_COUNT = 0x90,
    EDU_DMA_CMD = 0x98,
};

#define STATUS_COMPUTING 0x01u
#define STATUS_IRQ_FACTORIAL 0x80u

#define IRQ_FACTORIAL 0x001u
#define IRQ_DMA 0x100u

#define DMA_RUN 0x1u
#define DMA_TO_RAM 0x2u
#define DMA_IRQ 0x4u

/* The buffer, as DMA registers address it. */
#define DMA_BUFFER_START 0x40000
#define DMA_BUFFER_SIZE 4096

#define DMA_TIME_MS 100

struct EduState {
    PCIDevice parent_obj;
    MemoryRegion mmio;

    uint32_t liveness;
    uint32_t operand;           /* then the result */
    uint32_t status;
    uint32_t irq_status;
    QEMUBH *factorial_bh;

    uint64_t dma_src;
    uint64_t dma_dst;
    uint64_t dma_count;
    uint64_t dma_cmd;
    uint64_t dma_mask;          /* address bits it can drive: a property */
    QEMUTimer *dma_timer;
    uint8_t dma_buffer[DMA_BUFFER_SIZE];
};

/*** Interrupts ***/

static void raise_irq(EduState *edu, uint32_t causes)
{
    PCIDevice *dev = PCI_DEVICE(edu);

    edu->irq_status |= causes;
    if (!edu->irq_status) {
        return;
    }
    if (msi_enabled(dev)) {
        msi_notify(dev, 0);
    } else {
        pci_set_irq(dev, 1);
    }
}

static void ack_irq(EduState *edu, uint32_t causes)
{
    PCIDevice *dev = PCI_DEVICE(edu);

    edu->irq_status &= ~causes;
    if (!edu->irq_status && !msi_enabled(dev)) {
        pci_set_irq(dev, 0);
    }
}

/*** The factorial engine ***/

static void compute_factorial(void *opaque)
{
    EduState *edu = opaque;
    uint32_t n = edu->operand;
    uint32_t result = 1;

    /* Modulo 2^32 it stays 0 from 34! on. */
    while (n > 0 && result) {
        result *= n > 34 ? 0 : n;
        n--;
    }
    edu->operand = result;
    edu->status &= ~STATUS_COMPUTING;
    if (edu->status & STATUS_IRQ_FACTORIAL) {
        raise_irq(edu, IRQ_FACTORIAL);
    }
}

/*** DMA ***/

static uint8_t *dma_buffer_at(EduState *edu, uint64_t addr, uint64_t count)
{
    uint64_t offset = addr - DMA_BUFFER_START;

    if (addr < DMA_BUFFER_START || offset > DMA_BUFFER_SIZE ||
        count > DMA_BUFFER_SIZE - offset) {
        qemu_log_mask(LOG_GUEST_ERROR, "edu: DMA of %" PRIu64 " bytes at 0x%"
                      PRIx64 " is not within the buffer\n", count, addr);
        return NULL;
    }
    return edu->dma_buffer + offset;
}

/* As if the upper address lines were not there. */
static dma_addr_t clamp(EduState *edu, uint64_t addr)
{
    if (addr & ~edu->dma_mask) {
        qemu_log_mask(LOG_GUEST_ERROR, "edu: DMA address 0x%" PRIx64
                      " is beyond the mask 0x%" PRIx64 "\n", addr,
                      edu->dma_mask);
    }
    return addr & edu->dma_mask;
}

static void finish_dma(void *opaque)
{
    EduState *edu = opaque;
    PCIDevice *dev = PCI_DEVICE(edu);
    bool to_ram = edu->dma_cmd & DMA_TO_RAM;
    uint8_t *buffer = dma_buffer_at(edu, to_ram ? edu->dma_src : edu->dma_dst,
                                    edu->dma_count);

    if (buffer && to_ram) {
        pci_dma_write(dev, clamp(edu, edu->dma_dst), buffer, edu->dma_count);
    } else if (buffer) {
        pci_dma_read(dev, clamp(edu, edu->dma_src), buffer, edu->dma_count);
    }
    edu->dma_cmd &= ~(uint64_t)DMA_RUN;
    if (edu->dma_cmd & DMA_IRQ) {
        raise_irq(edu, IRQ_DMA);
    }
}

/*** Registers ***/

static uint64_t edu_read(void *opaque, hwaddr addr, unsigned size)
{
    EduState *edu = opaque;

    if (addr < EDU_FIRST_WIDE && size != 4) {
        return UINT64_MAX;
    }
    switch (addr) {
    case EDU_ID:
        return EDU_IDENTITY;
    case EDU_LIVENESS:
        return edu->liveness;
    case EDU_FACTORIAL:
        return edu->operand;
    case EDU_STATUS:
        return edu->status;
    case EDU_IRQ_STATUS:
        return edu->irq_status;
    case EDU_DMA_SRC:
        return edu->dma_src;
    case EDU_DMA_DST:
        return edu->dma_dst;
    case EDU_DMA_COUNT:
        return edu->dma_count;
    case EDU_DMA_CMD:
        return edu->dma_cmd;
    default:
        return UINT64_MAX;
    }
}

static void control_write(EduState *edu, hwaddr addr, uint32_t val)
{
    switch (addr) {
    case EDU_LIVENESS:
        edu->liveness = ~val;
        break;
    case EDU_FACTORIAL:
        if (!(edu->status & STATUS_COMPUTING)) {
            edu->operand = val;
            edu->status |= STATUS_COMPUTING;
            qemu_bh_schedule(edu->factorial_bh);
        }
        break;
    case EDU_STATUS:
        edu->status &= ~STATUS_IRQ_FACTORIAL;
        edu->status |= val & STATUS_IRQ_FACTORIAL;
        break;
    case EDU_IRQ_RAISE:
        raise_irq(edu, val);
        break;
    case EDU_IRQ_ACK:
        ack_irq(edu, val);
        break;
    }
}

static void dma_write(EduState *edu, hwaddr addr, uint64_t val)
{
    /* The engine keeps what it started with. */
    if (edu->dma_cmd & DMA_RUN) {
        return;
    }
    switch (addr) {
    case EDU_DMA_SRC:
        edu->dma_src = val;
        break;
    case EDU_DMA_DST:
        edu->dma_dst = val;
        break;
    case EDU_DMA_COUNT:
        edu->dma_count = val;
        break;
    case EDU_DMA_CMD:
        if (val & DMA_RUN) {
            edu->dma_cmd = val;
            timer_mod(edu->dma_timer, DMA_TIME_MS +
                      qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL));
        }
        break;
    }
}

static void edu_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    if (addr >= EDU_FIRST_WIDE) {
        dma_write(opaque, addr, val);
    } else if (size == 4) {
        control_write(opaque, addr, val);
    }
}

static const MemoryRegionOps edu_ops = {
    .read = edu_read,
    .write = edu_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

/*** The function ***/

static void edu_reset(DeviceState *qdev)
{
    EduState *edu = EDU(qdev);

    timer_del(edu->dma_timer);
    qemu_bh_cancel(edu->factorial_bh);
    edu->liveness = 0;
    edu->operand = 0;
    edu->status = 0;
    edu->irq_status = 0;
    edu->dma_src = edu->dma_dst = edu->dma_count = edu->dma_cmd = 0;
    memset(edu->dma_buffer, 0, sizeof(edu->dma_buffer));
    pci_set_irq(PCI_DEVICE(edu), 0);
}

static void edu_realize(PCIDevice *dev, Error **errp)
{
    EduState *edu = EDU(dev);

    pci_config_set_interrupt_pin(dev->config, 1);
    if (msi_init(dev, 0, 1, true, false, errp)) {
        return;
    }
    edu->dma_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, finish_dma, edu);
    edu->factorial_bh = qemu_bh_new_guarded(
        compute_factorial, edu, &DEVICE(dev)->mem_reentrancy_guard);
    memory_region_init_io(&edu->mmio, OBJECT(edu), &edu_ops, edu, "edu-mmio",
                          EDU_BAR_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &edu->mmio);
}

static void edu_exit(PCIDevice *dev)
{
    EduState *edu = EDU(dev);

    timer_free(edu->dma_timer);
    qemu_bh_delete(edu->factorial_bh);
    msi_uninit(dev);
}

static void edu_init(Object *obj)
{
    EduState *edu = EDU(obj);

    edu->dma_mask = (1ULL << 28) - 1;
    object_property_add_uint64_ptr(obj, "dma_mask", &edu->dma_mask,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void edu_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = edu_realize;
    k->exit = edu_exit;
    k->vendor_id = PCI_VENDOR_ID_QEMU;
    k->device_id = 0x11e8;
    k->revision = 0x10;
    k->class_id = PCI_CLASS_OTHERS;
    dc->reset = edu_reset;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo edu_info = {
    .name = TYPE_EDU,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(EduState),
    .instance_init = edu_init,
    .class_init = edu_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void edu_register_types(void)
{
    type_register_static(&edu_info);
}

type_init(edu_register_types)
