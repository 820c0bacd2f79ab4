/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PCI Express capability and small extended capabilities: PCI Express
 * Base sections 7.5.3 (capability), 7.6.3 (extended headers), 6.6.2
 * (function level reset), 7.7.8 (ACS), 7.8.7 (ARI), 7.9.3 (serial number),
 * 10.5.1 (ATS).
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie_port.h"
#include "qapi/error.h"
#include "qemu/range.h"

static uint8_t *exp_config(const PCIDevice *d, int reg)
{
    return d->config + d->exp.exp_cap + reg;
}

static uint8_t *exp_wmask(const PCIDevice *d, int reg)
{
    return d->wmask + d->exp.exp_cap + reg;
}

/*** The capability ***/

/* What versions 1 and 2 share. */
static void pcie_cap_fill_v1(PCIDevice *d, uint8_t port, uint8_t type,
                             uint8_t version)
{
    pci_set_word(exp_config(d, PCI_EXP_FLAGS),
                 ((type << PCI_EXP_FLAGS_TYPE_SHIFT) & PCI_EXP_FLAGS_TYPE) |
                 version);
    /* Role-based error reporting came with 1.1 and is not optional since. */
    pci_set_long(exp_config(d, PCI_EXP_DEVCAP), PCI_EXP_DEVCAP_RBER);
    pci_set_long(exp_config(d, PCI_EXP_LNKCAP),
                 ((uint32_t)port << PCI_EXP_LNKCAP_PN_SHIFT) |
                 PCI_EXP_LNKCAP_ASPM_L0S |
                 QEMU_PCI_EXP_LNKCAP_MLW(QEMU_PCI_EXP_LNK_X1) |
                 QEMU_PCI_EXP_LNKCAP_MLS(QEMU_PCI_EXP_LNK_2_5GT));
    pci_set_word(exp_config(d, PCI_EXP_LNKSTA),
                 QEMU_PCI_EXP_LNKSTA_NLW(QEMU_PCI_EXP_LNK_X1) |
                 QEMU_PCI_EXP_LNKSTA_CLS(QEMU_PCI_EXP_LNK_2_5GT));
    /* Two sides of a migration may see different partners come and go. */
    pci_set_word(d->cmask + d->exp.exp_cap + PCI_EXP_LNKSTA, 0);
}

/* A slot's port has the link that its properties ask for. */
static void pcie_cap_fill_slot_link(PCIDevice *d)
{
    PCIESlot *s = (PCIESlot *)object_dynamic_cast(OBJECT(d), TYPE_PCIE_SLOT);
    uint32_t lnkcap;

    if (!s) {
        return;
    }
    lnkcap = pci_get_long(exp_config(d, PCI_EXP_LNKCAP));
    lnkcap &= ~(PCI_EXP_LNKCAP_MLW | PCI_EXP_LNKCAP_SLS);
    lnkcap |= QEMU_PCI_EXP_LNKCAP_MLW(s->width) |
              QEMU_PCI_EXP_LNKCAP_MLS(s->speed);
    if (s->width > QEMU_PCI_EXP_LNK_X1 ||
        s->speed > QEMU_PCI_EXP_LNK_2_5GT) {
        lnkcap |= PCI_EXP_LNKCAP_LBNC;
    }
    if (s->speed > QEMU_PCI_EXP_LNK_2_5GT) {
        lnkcap |= PCI_EXP_LNKCAP_DLLLARC;
        pci_set_word(exp_config(d, PCI_EXP_LNKCTL2), s->speed);
    }
    if (s->speed > QEMU_PCI_EXP_LNK_5GT) {
        /* Supported Link Speeds Vector: bit 1 is 2.5 GT/s. */
        pci_set_long(exp_config(d, PCI_EXP_LNKCAP2),
                     ((1u << s->speed) - 1) << 1);
    }
    pci_set_long(exp_config(d, PCI_EXP_LNKCAP), lnkcap);
}

int pcie_cap_init(PCIDevice *d, uint8_t offset, uint8_t type, uint8_t port,
                  Error **errp)
{
    int cap;

    assert(pci_is_express(d));
    cap = pci_add_capability(d, PCI_CAP_ID_EXP, offset, PCI_EXP_VER2_SIZEOF,
                             errp);
    if (cap < 0) {
        return cap;
    }
    d->exp.exp_cap = cap;
    pcie_cap_fill_v1(d, port, type, PCI_EXP_FLAGS_VER2);
    pcie_cap_fill_slot_link(d);
    pci_set_long(exp_config(d, PCI_EXP_DEVCAP2),
                 PCI_EXP_DEVCAP2_EFF | PCI_EXP_DEVCAP2_EETLPP);
    pci_set_word(exp_wmask(d, PCI_EXP_DEVCTL2), PCI_EXP_DEVCTL2_EETLPPB);
    if (d->cap_present & QEMU_PCIE_EXTCAP_INIT) {
        /* "No extended capabilities" is an ID of 0 (7.6.3). */
        pci_set_long(d->wmask + PCI_CONFIG_SPACE_SIZE, 0);
    }
    return cap;
}

int pcie_cap_v1_init(PCIDevice *d, uint8_t offset, uint8_t type, uint8_t port)
{
    g_autoptr(Error) err = NULL;
    int cap;

    assert(pci_is_express(d));
    cap = pci_add_capability(d, PCI_CAP_ID_EXP, offset, PCI_EXP_VER1_SIZEOF,
                             &err);
    if (cap < 0) {
        return cap;
    }
    d->exp.exp_cap = cap;
    pcie_cap_fill_v1(d, port, type, PCI_EXP_FLAGS_VER1);
    return cap;
}

/* On a root bus there is no link: the endpoint is part of the root complex. */
static uint8_t endpoint_type(PCIDevice *d)
{
    PCIBus *bus = pci_get_bus(d);

    return pci_bus_is_express(bus) && pci_bus_is_root(bus)
           ? PCI_EXP_TYPE_RC_END : PCI_EXP_TYPE_ENDPOINT;
}

int pcie_endpoint_cap_init(PCIDevice *d, uint8_t offset)
{
    g_autoptr(Error) err = NULL;

    return pcie_cap_init(d, offset, endpoint_type(d), 0, &err);
}

int pcie_endpoint_cap_v1_init(PCIDevice *d, uint8_t offset)
{
    return pcie_cap_v1_init(d, offset, endpoint_type(d), 0);
}

void pcie_cap_exit(PCIDevice *d)
{
    pci_del_capability(d, PCI_CAP_ID_EXP, PCI_EXP_VER2_SIZEOF);
    d->exp.exp_cap = 0;
}

void pcie_cap_v1_exit(PCIDevice *d)
{
    pci_del_capability(d, PCI_CAP_ID_EXP, PCI_EXP_VER1_SIZEOF);
    d->exp.exp_cap = 0;
}

uint8_t pcie_cap_get_type(const PCIDevice *d)
{
    return (pci_get_word(exp_config(d, PCI_EXP_FLAGS)) &
            PCI_EXP_FLAGS_TYPE) >> PCI_EXP_FLAGS_TYPE_SHIFT;
}

void pcie_cap_flags_set_vector(PCIDevice *d, uint8_t vector)
{
    pci_set_word_by_mask(exp_config(d, PCI_EXP_FLAGS), PCI_EXP_FLAGS_IRQ,
                         vector);
}

uint8_t pcie_cap_flags_get_vector(PCIDevice *d)
{
    return pci_get_word_by_mask(exp_config(d, PCI_EXP_FLAGS),
                                PCI_EXP_FLAGS_IRQ);
}

/*** Registers that some kinds of functions have ***/

#define DEVCTL_ERRORS                                                   \
    (PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |                       \
     PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE)
#define DEVSTA_ERRORS                                                   \
    (PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED |                         \
     PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD)

void pcie_cap_deverr_init(PCIDevice *d)
{
    pci_word_test_and_set_mask(exp_wmask(d, PCI_EXP_DEVCTL), DEVCTL_ERRORS);
    pci_word_test_and_set_mask(d->w1cmask + d->exp.exp_cap + PCI_EXP_DEVSTA,
                               DEVSTA_ERRORS);
}

void pcie_cap_deverr_reset(PCIDevice *d)
{
    pci_word_test_and_clear_mask(exp_config(d, PCI_EXP_DEVCTL),
                                 DEVCTL_ERRORS);
}

void pcie_cap_lnkctl_init(PCIDevice *d)
{
    pci_word_test_and_set_mask(exp_wmask(d, PCI_EXP_LNKCTL),
                               PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
}

void pcie_cap_lnkctl_reset(PCIDevice *d)
{
    pci_word_test_and_clear_mask(exp_config(d, PCI_EXP_LNKCTL),
                                 PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
}

#define ROOTCTL_ERRORS                                                  \
    (PCI_EXP_RTCTL_SECEE | PCI_EXP_RTCTL_SENFEE | PCI_EXP_RTCTL_SEFEE)

void pcie_cap_root_init(PCIDevice *d)
{
    pci_set_word(exp_wmask(d, PCI_EXP_RTCTL), ROOTCTL_ERRORS);
}

void pcie_cap_root_reset(PCIDevice *d)
{
    pci_set_word(exp_config(d, PCI_EXP_RTCTL), 0);
}

/*
 * The bit that starts a reset never reads as set, so the write is what is
 * looked at, not the register.
 */
void pcie_cap_flr_init(PCIDevice *d)
{
    pci_long_test_and_set_mask(exp_config(d, PCI_EXP_DEVCAP),
                               PCI_EXP_DEVCAP_FLR);
    pci_word_test_and_set_mask(exp_wmask(d, PCI_EXP_DEVCTL),
                               PCI_EXP_DEVCTL_BCR_FLR);
}

void pcie_cap_flr_write_config(PCIDevice *d, uint32_t addr, uint32_t val,
                               int len)
{
    uint8_t *devctl = exp_config(d, PCI_EXP_DEVCTL);

    if (pci_get_word(devctl) & PCI_EXP_DEVCTL_BCR_FLR) {
        pci_word_test_and_clear_mask(devctl, PCI_EXP_DEVCTL_BCR_FLR);
        pci_device_reset(d);
    }
}

void pcie_cap_arifwd_init(PCIDevice *d)
{
    pci_long_test_and_set_mask(exp_config(d, PCI_EXP_DEVCAP2),
                               PCI_EXP_DEVCAP2_ARI);
    pci_word_test_and_set_mask(exp_wmask(d, PCI_EXP_DEVCTL2),
                               PCI_EXP_DEVCTL2_ARI);
}

void pcie_cap_arifwd_reset(PCIDevice *d)
{
    pci_word_test_and_clear_mask(exp_config(d, PCI_EXP_DEVCTL2),
                                 PCI_EXP_DEVCTL2_ARI);
}

bool pcie_cap_is_arifwd_enabled(const PCIDevice *d)
{
    return pci_is_express(d) && d->exp.exp_cap &&
           (pci_get_word(exp_config(d, PCI_EXP_DEVCTL2)) &
            PCI_EXP_DEVCTL2_ARI);
}

/*** Link status ***/

/* The smaller of two fields under @mask; an empty one counts as @least. */
static uint16_t link_field(uint16_t partner, uint16_t own, uint16_t mask,
                           uint16_t least)
{
    uint16_t val = MIN(partner & mask, own & mask);

    return val ? val : least;
}

/* A link trains to what both ends can do; with nobody there, to our best. */
void pcie_sync_bridge_lnk(PCIDevice *bridge)
{
    PCIBus *bus = pci_bridge_get_sec_bus(PCI_BRIDGE(bridge));
    PCIDevice *partner = bus->devices[0];
    uint16_t own = pci_get_long(exp_config(bridge, PCI_EXP_LNKCAP));
    uint16_t other = own;
    uint8_t *lnksta = exp_config(bridge, PCI_EXP_LNKSTA);
    uint16_t val = pci_get_word(lnksta);

    if (partner && partner->exp.exp_cap) {
        other = pci_get_word(exp_config(partner, PCI_EXP_LNKSTA));
    }
    val &= ~(PCI_EXP_LNKSTA_CLS | PCI_EXP_LNKSTA_NLW);
    val |= link_field(other, own, PCI_EXP_LNKSTA_NLW,
                      QEMU_PCI_EXP_LNKSTA_NLW(QEMU_PCI_EXP_LNK_X1)) |
           link_field(other, own, PCI_EXP_LNKSTA_CLS,
                      QEMU_PCI_EXP_LNKSTA_CLS(QEMU_PCI_EXP_LNK_2_5GT));
    pci_set_word(lnksta, val);
}

/*** Extended capabilities ***/

/* Steps through the chain can be no more than fit. */
#define EXT_CAPS_MAX ((PCIE_CONFIG_SPACE_SIZE - PCI_CONFIG_SPACE_SIZE) / 8)

/* The first with that id; 0: none.  *last gets the end of the chain. */
static uint16_t pcie_walk_capabilities(const PCIDevice *d, int cap_id,
                                       uint16_t *last)
{
    uint16_t at = PCI_CONFIG_SPACE_SIZE;

    for (int i = 0; i < EXT_CAPS_MAX; i++) {
        uint32_t header = pci_get_long(d->config + at);
        uint16_t next = PCI_EXT_CAP_NEXT(header);

        if (header && PCI_EXT_CAP_ID(header) == cap_id) {
            return at;
        }
        if (last) {
            *last = at;
        }
        if (next < PCI_CONFIG_SPACE_SIZE) {
            break;
        }
        at = next;
    }
    return 0;
}

uint16_t pcie_find_capability(PCIDevice *d, uint16_t cap_id)
{
    return pci_is_express(d) ? pcie_walk_capabilities(d, cap_id, NULL) : 0;
}

void pcie_add_capability(PCIDevice *d, uint16_t cap_id, uint8_t cap_ver,
                         uint16_t offset, uint16_t size)
{
    uint16_t next = 0;

    assert(pci_is_express(d));
    assert(offset >= PCI_CONFIG_SPACE_SIZE && size >= 8);
    assert(offset + size <= PCIE_CONFIG_SPACE_SIZE);

    if (offset == PCI_CONFIG_SPACE_SIZE) {
        /* What is there already comes after the head of the chain. */
        next = PCI_EXT_CAP_NEXT(pci_get_long(d->config + offset));
    } else {
        uint16_t last = PCI_CONFIG_SPACE_SIZE;
        uint32_t header;

        pcie_walk_capabilities(d, -1, &last);
        header = pci_get_long(d->config + last) & ~PCI_EXT_CAP_NEXT_MASK;
        pci_set_long(d->config + last,
                     header | (uint32_t)offset << PCI_EXT_CAP_NEXT_SHIFT);
    }
    pci_set_long(d->config + offset, PCI_EXT_CAP(cap_id, cap_ver, next));
    memset(d->wmask + offset, 0, size);
    memset(d->w1cmask + offset, 0, size);
    memset(d->cmask + offset, 0xff, size);
}

void pcie_acs_init(PCIDevice *d, uint16_t offset)
{
    bool downstream = pci_is_express_downstream_port(d);
    uint16_t bits = PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_DT;

    pcie_add_capability(d, PCI_EXT_CAP_ID_ACS, PCI_ACS_VER, offset,
                        PCI_ACS_SIZEOF);
    d->exp.acs_cap = offset;
    if (downstream) {
        bits |= PCI_ACS_SV | PCI_ACS_TB | PCI_ACS_UF;
    }
    pci_set_word(d->config + offset + PCI_ACS_CAP, bits);
    pci_set_word(d->wmask + offset + PCI_ACS_CTRL, bits);
}

void pcie_acs_reset(PCIDevice *d)
{
    if (d->exp.acs_cap) {
        pci_set_word(d->config + d->exp.acs_cap + PCI_ACS_CTRL, 0);
    }
}

void pcie_ari_init(PCIDevice *d, uint16_t offset, uint16_t nextfn)
{
    pcie_add_capability(d, PCI_EXT_CAP_ID_ARI, PCI_ARI_VER, offset,
                        PCI_ARI_SIZEOF);
    pci_set_long(d->config + offset + PCI_ARI_CAP, (nextfn & 0xff) << 8);
}

void pcie_dev_ser_num_init(PCIDevice *d, uint16_t offset, uint64_t ser_num)
{
    pcie_add_capability(d, PCI_EXT_CAP_ID_DSN, 1, offset,
                        PCI_EXT_CAP_DSN_SIZEOF);
    pci_set_quad(d->config + offset + 4, ser_num);
}

void pcie_ats_init(PCIDevice *d, uint16_t offset, bool aligned)
{
    pcie_add_capability(d, PCI_EXT_CAP_ID_ATS, 1, offset,
                        PCI_EXT_CAP_ATS_SIZEOF);
    d->exp.ats_cap = offset;
    /* Invalidate Queue Depth 0: up to 32 at a time. */
    pci_set_word(d->config + offset + PCI_ATS_CAP, aligned ? 0x20 : 0);
    pci_set_word(d->config + offset + PCI_ATS_CTRL, 0);
    pci_set_word(d->wmask + offset + PCI_ATS_CTRL,
                 PCI_ATS_CTRL_ENABLE | 0x1f);
}
