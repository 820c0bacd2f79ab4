/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Function 00.0 of the Q35: the memory controller hub.
 *
 * Intel 3 Series Express Chipset data sheet, section 5.1: PCIEXBAR (5.1.16)
 * switches the ECAM window, PAM (5.1.17) and SMRAM, ESMRAMC (5.1.26, 5.1.28)
 * decide what is RAM between 640 KiB and 1 MiB and who may see the memory of
 * the system management mode (SMM).
 *
 * Two registers at reserved offsets are agreed between firmware and virtual
 * machines: EXT_TSEG_MBYTES (0x50) tells the size of a larger TSEG, F_SMBASE
 * (0x9c) protects the default SMBASE.
 *
 * What SMM sees is the container smram; target code lays it over memory for
 * a processor in that mode.
 */
#include "qemu/osdep.h"
#include "hw/pci-host/q35.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

#define MCH_EXT_TSEG_MBYTES 0x50
#define MCH_EXT_TSEG_MBYTES_QUERY 0xffff
#define MCH_EXT_TSEG_MBYTES_MAX 0xfff

#define MCH_PCIEXBAR 0x60
#define MCH_PCIEXBAREN 1
#define MCH_PCIEXBAR_LENGTH_MASK (3 << 1)
#define MCH_PCIEXBAR_LENGTH_256M (0 << 1)
#define MCH_PCIEXBAR_LENGTH_128M (1 << 1)
#define MCH_PCIEXBAR_LENGTH_64M (2 << 1)
#define MCH_PCIEXBAR_ADMSK 0xff0000000ULL
#define MCH_PCIEXBAR_128ADMSK (1ULL << 27)
#define MCH_PCIEXBAR_64ADMSK (1ULL << 26)

#define MCH_PAM0 0x90
#define MCH_PAM_SIZE 7

#define MCH_F_SMBASE 0x9c
#define MCH_F_SMBASE_QUERY 0xff
#define MCH_F_SMBASE_IN_RAM 0x01
#define MCH_F_SMBASE_LCK 0x02
#define MCH_SMBASE_ADDR 0x30000
#define MCH_SMBASE_SIZE 0x20000

#define MCH_SMRAM 0x9d
#define MCH_SMRAM_C_BASE_SEG 0x02
#define MCH_SMRAM_G_SMRAME 0x08
#define MCH_SMRAM_D_LCK 0x10
#define MCH_SMRAM_D_CLS 0x20
#define MCH_SMRAM_D_OPEN 0x40
#define MCH_SMRAM_WMASK (MCH_SMRAM_G_SMRAME | MCH_SMRAM_D_LCK | \
                         MCH_SMRAM_D_CLS | MCH_SMRAM_D_OPEN)
/* Once locked, only closing the space to data remains. */
#define MCH_SMRAM_WMASK_LCK MCH_SMRAM_D_CLS

#define MCH_ESMRAMC 0x9e
#define MCH_ESMRAMC_T_EN 0x01
#define MCH_ESMRAMC_TSEG_SZ_MASK 0x06
#define MCH_ESMRAMC_CACHE_BITS 0x38
#define MCH_ESMRAMC_H_SMRAME 0x80
#define MCH_ESMRAMC_WMASK (MCH_ESMRAMC_H_SMRAME | MCH_ESMRAMC_TSEG_SZ_MASK | \
                           MCH_ESMRAMC_T_EN)

/* The extended ("high") copy of the compatible SMRAM. */
#define MCH_HIGH_SMRAM_BASE 0xfeda0000
/* PCI has what lies between RAM and the I/O APIC. */
#define MCH_PCI_HOLE_END 0xfec00000

/*** Regions that swallow ***/

static uint64_t blackhole_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0xffffffff;
}

static void blackhole_write(void *opaque, hwaddr addr, uint64_t value,
                            unsigned size)
{
}

static const MemoryRegionOps blackhole_ops = {
    .read = blackhole_read,
    .write = blackhole_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .impl.min_access_size = 4,
    .impl.max_access_size = 4,
};

/*** Registers ***/

static void mch_update_pciexbar(MCHPCIState *mch)
{
    uint64_t reg = pci_get_quad(mch->parent_obj.config + MCH_PCIEXBAR);
    BusState *bus = qdev_get_parent_bus(DEVICE(mch));
    uint64_t mask = MCH_PCIEXBAR_ADMSK;
    uint32_t size;

    switch (reg & MCH_PCIEXBAR_LENGTH_MASK) {
    case MCH_PCIEXBAR_LENGTH_256M:
        size = 256 * MiB;
        break;
    case MCH_PCIEXBAR_LENGTH_128M:
        size = 128 * MiB;
        mask |= MCH_PCIEXBAR_128ADMSK;
        break;
    case MCH_PCIEXBAR_LENGTH_64M:
        size = 64 * MiB;
        mask |= MCH_PCIEXBAR_128ADMSK | MCH_PCIEXBAR_64ADMSK;
        break;
    default:
        /* Reserved: the window stays as it is. */
        return;
    }
    pcie_host_mmcfg_update(PCIE_HOST_BRIDGE(bus->parent),
                           reg & MCH_PCIEXBAREN, reg & mask, size);
}

static uint32_t mch_tseg_size(MCHPCIState *mch)
{
    switch (mch->parent_obj.config[MCH_ESMRAMC] & MCH_ESMRAMC_TSEG_SZ_MASK) {
    case 0 << 1:
        return 1 * MiB;
    case 1 << 1:
        return 2 * MiB;
    case 2 << 1:
        return 8 * MiB;
    default:
        return mch->ext_tseg_mbytes * MiB;
    }
}

/* TSEG is the end of the RAM below 4 GiB, hidden from all but SMM. */
static void mch_update_tseg(MCHPCIState *mch)
{
    const uint8_t *config = mch->parent_obj.config;
    uint32_t size = 0;
    uint64_t start;

    if ((config[MCH_ESMRAMC] & MCH_ESMRAMC_T_EN) &&
        (config[MCH_SMRAM] & MCH_SMRAM_G_SMRAME)) {
        size = MIN(mch_tseg_size(mch), mch->below_4g_mem_size);
    }
    start = mch->below_4g_mem_size - size;

    memory_region_del_subregion(mch->system_memory, &mch->tseg_blackhole);
    memory_region_set_enabled(&mch->tseg_blackhole, size);
    memory_region_set_size(&mch->tseg_blackhole, size);
    memory_region_add_subregion_overlap(mch->system_memory, start,
                                        &mch->tseg_blackhole, 1);

    memory_region_set_enabled(&mch->tseg_window, size);
    memory_region_set_size(&mch->tseg_window, size);
    memory_region_set_address(&mch->tseg_window, start);
    memory_region_set_alias_offset(&mch->tseg_window, start);
}

static void mch_update_smram(MCHPCIState *mch)
{
    PCIDevice *pd = PCI_DEVICE(mch);
    uint8_t *smram = &pd->config[MCH_SMRAM];
    bool high = pd->config[MCH_ESMRAMC] & MCH_ESMRAMC_H_SMRAME;

    /* The lock ends access from outside SMM, until the next reset. */
    if (*smram & MCH_SMRAM_D_LCK) {
        *smram &= ~MCH_SMRAM_D_OPEN;
        pd->wmask[MCH_SMRAM] = MCH_SMRAM_WMASK_LCK;
        pd->wmask[MCH_ESMRAMC] = 0;
    }

    memory_region_transaction_begin();
    /* Open: the RAM itself is seen at one of its two addresses. */
    memory_region_set_enabled(&mch->smram_region,
                              !(*smram & MCH_SMRAM_D_OPEN) || high);
    memory_region_set_enabled(&mch->open_high_smram,
                              (*smram & MCH_SMRAM_D_OPEN) && high);
    memory_region_set_enabled(&mch->low_smram,
                              (*smram & MCH_SMRAM_G_SMRAME) && !high);
    memory_region_set_enabled(&mch->high_smram,
                              (*smram & MCH_SMRAM_G_SMRAME) && high);
    mch_update_tseg(mch);
    memory_region_transaction_commit();
}

/* Writing all ones asks for the size; the answer is ours to give. */
static void mch_update_ext_tseg_mbytes(MCHPCIState *mch)
{
    uint8_t *reg = mch->parent_obj.config + MCH_EXT_TSEG_MBYTES;

    if (mch->ext_tseg_mbytes > 0 &&
        pci_get_word(reg) == MCH_EXT_TSEG_MBYTES_QUERY) {
        pci_set_word(reg, mch->ext_tseg_mbytes);
    }
}

/*
 * Firmware first writes all ones and finds the feature's bit in their place;
 * then it writes the lock, and from then on SMBASE is for SMM alone.  @old is
 * what the register held before the guest's write.
 */
static void mch_write_smbase(MCHPCIState *mch, uint8_t old)
{
    uint8_t *reg = &mch->parent_obj.config[MCH_F_SMBASE];

    if (!mch->has_smram_at_smbase) {
        return;
    }
    if (old == 0) {
        *reg = *reg == MCH_F_SMBASE_QUERY ? MCH_F_SMBASE_IN_RAM : 0;
    } else if (old == MCH_F_SMBASE_IN_RAM && (*reg & MCH_F_SMBASE_LCK)) {
        *reg = MCH_F_SMBASE_LCK;
    } else {
        *reg = old;
    }
}

static void mch_update_smbase(MCHPCIState *mch)
{
    bool lock = mch->has_smram_at_smbase &&
                mch->parent_obj.config[MCH_F_SMBASE] == MCH_F_SMBASE_LCK;

    memory_region_transaction_begin();
    memory_region_set_enabled(&mch->smbase_blackhole, lock);
    memory_region_set_enabled(&mch->smbase_window, lock);
    memory_region_transaction_commit();
}

static void mch_update(MCHPCIState *mch)
{
    mch_update_pciexbar(mch);
    pam_update_all(mch->pam_regions, mch->parent_obj.config + MCH_PAM0);
    mch_update_smram(mch);
    mch_update_ext_tseg_mbytes(mch);
    mch_update_smbase(mch);
}

static void mch_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                             int len)
{
    MCHPCIState *mch = MCH_PCI_DEVICE(d);
    uint8_t old_smbase = d->config[MCH_F_SMBASE];

    pci_default_write_config(d, address, val, len);

    if (ranges_overlap(address, len, MCH_PAM0, MCH_PAM_SIZE)) {
        pam_update_all(mch->pam_regions, d->config + MCH_PAM0);
    }
    if (ranges_overlap(address, len, MCH_PCIEXBAR, 8)) {
        mch_update_pciexbar(mch);
    }
    if (ranges_overlap(address, len, MCH_SMRAM, 2)) {
        mch_update_smram(mch);
    }
    if (ranges_overlap(address, len, MCH_EXT_TSEG_MBYTES, 2)) {
        mch_update_ext_tseg_mbytes(mch);
    }
    if (ranges_overlap(address, len, MCH_F_SMBASE, 1)) {
        mch_write_smbase(mch, old_smbase);
        mch_update_smbase(mch);
    }
}

static void mch_reset(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);
    MCHPCIState *mch = MCH_PCI_DEVICE(d);

    pci_set_quad(d->config + MCH_PCIEXBAR, MCH_HOST_BRIDGE_PCIEXBAR_DEFAULT);
    memset(d->config + MCH_PAM0, 0, MCH_PAM_SIZE);

    d->config[MCH_SMRAM] = MCH_SMRAM_C_BASE_SEG;
    d->wmask[MCH_SMRAM] = MCH_SMRAM_WMASK;
    d->config[MCH_ESMRAMC] = MCH_ESMRAMC_CACHE_BITS;
    d->wmask[MCH_ESMRAMC] = MCH_ESMRAMC_WMASK;

    if (mch->ext_tseg_mbytes > 0) {
        pci_set_word(d->config + MCH_EXT_TSEG_MBYTES,
                     MCH_EXT_TSEG_MBYTES_QUERY);
    }
    d->config[MCH_F_SMBASE] = 0;

    mch_update(mch);
}

/*** Birth ***/

static void mch_init_blackhole(MCHPCIState *mch, MemoryRegion *mr,
                               const char *name, hwaddr addr, uint64_t size)
{
    memory_region_init_io(mr, OBJECT(mch), &blackhole_ops, NULL, name, size);
    memory_region_set_enabled(mr, false);
    memory_region_add_subregion_overlap(mch->system_memory, addr, mr, 1);
}

/* A window in SMM's view onto RAM at @ram_addr, closed. */
static void mch_init_window(MCHPCIState *mch, MemoryRegion *mr,
                            const char *name, hwaddr addr, hwaddr ram_addr,
                            uint64_t size)
{
    memory_region_init_alias(mr, OBJECT(mch), name, mch->ram_memory, ram_addr,
                             size);
    memory_region_set_enabled(mr, false);
    memory_region_add_subregion(&mch->smram, addr, mr);
}

static void mch_init_smram(MCHPCIState *mch)
{
    memory_region_init_alias(&mch->smram_region, OBJECT(mch), "smram-region",
                             mch->pci_address_space, SMRAM_C_BASE,
                             SMRAM_C_SIZE);
    memory_region_add_subregion_overlap(mch->system_memory, SMRAM_C_BASE,
                                        &mch->smram_region, 1);
    memory_region_init_alias(&mch->open_high_smram, OBJECT(mch),
                             "smram-open-high", mch->ram_memory,
                             SMRAM_C_BASE, SMRAM_C_SIZE);
    memory_region_set_enabled(&mch->open_high_smram, false);
    memory_region_add_subregion_overlap(mch->system_memory,
                                        MCH_HIGH_SMRAM_BASE,
                                        &mch->open_high_smram, 1);

    memory_region_init(&mch->smram, OBJECT(mch), "smram", 4 * GiB);
    mch_init_window(mch, &mch->low_smram, "smram-low", SMRAM_C_BASE,
                    SMRAM_C_BASE, SMRAM_C_SIZE);
    mch_init_window(mch, &mch->high_smram, "smram-high", MCH_HIGH_SMRAM_BASE,
                    SMRAM_C_BASE, SMRAM_C_SIZE);

    mch_init_blackhole(mch, &mch->tseg_blackhole, "tseg-blackhole",
                       mch->below_4g_mem_size, 0);
    mch_init_window(mch, &mch->tseg_window, "tseg-window",
                    mch->below_4g_mem_size, mch->below_4g_mem_size, 0);
    mch_init_blackhole(mch, &mch->smbase_blackhole, "smbase-blackhole",
                       MCH_SMBASE_ADDR, MCH_SMBASE_SIZE);
    mch_init_window(mch, &mch->smbase_window, "smbase-window",
                    MCH_SMBASE_ADDR, MCH_SMBASE_ADDR, MCH_SMBASE_SIZE);

    /* Whoever models SMM finds the view by this name. */
    object_property_add_const_link(qdev_get_machine(), "smram",
                                   OBJECT(&mch->smram));
}

static void mch_realize(PCIDevice *d, Error **errp)
{
    MCHPCIState *mch = MCH_PCI_DEVICE(d);

    if (mch->ext_tseg_mbytes > MCH_EXT_TSEG_MBYTES_MAX) {
        error_setg(errp, "invalid extended-tseg-mbytes value: %" PRIu16,
                   mch->ext_tseg_mbytes);
        return;
    }
    range_set_bounds(&mch->pci_hole, mch->below_4g_mem_size,
                     MCH_PCI_HOLE_END - 1);

    /* PCI lies under everything else that is in system memory. */
    memory_region_add_subregion_overlap(mch->system_memory, 0,
                                        mch->pci_address_space, -1);
    mch_init_smram(mch);
    pam_init_all(mch->pam_regions, OBJECT(mch), mch->ram_memory,
                 mch->system_memory, mch->pci_address_space);
}

static int mch_post_load(void *opaque, int version_id)
{
    mch_update(opaque);
    return 0;
}

static const VMStateDescription vmstate_mch = {
    .name = "mch",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = mch_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, MCHPCIState),
        /* Once "in SMM", which processors know better. */
        VMSTATE_UNUSED(1),
        VMSTATE_END_OF_LIST()
    },
};

static Property mch_props[] = {
    DEFINE_PROP_UINT16("extended-tseg-mbytes", MCHPCIState, ext_tseg_mbytes,
                       16),
    DEFINE_PROP_BOOL("smbase-smram", MCHPCIState, has_smram_at_smbase, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void mch_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    k->realize = mch_realize;
    k->config_write = mch_write_config;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = 0x29c0;
    k->revision = 0;
    k->class_id = PCI_CLASS_BRIDGE_HOST;
    dc->reset = mch_reset;
    dc->desc = "Host bridge";
    dc->vmsd = &vmstate_mch;
    device_class_set_props(dc, mch_props);
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    /* Part of the host bridge; makes no sense without it. */
    dc->user_creatable = false;
}

static const TypeInfo mch_info = {
    .name = TYPE_MCH_PCI_DEVICE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(MCHPCIState),
    .class_init = mch_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void mch_register(void)
{
    type_register_static(&mch_info);
}

type_init(mch_register);
