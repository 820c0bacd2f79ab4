/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The e1000e's part of a migration stream: names, order and sizes as the
 * stock emulator 7.2 writes them.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "e1000e-internal.h"

static const VMStateDescription vmstate_tx = {
    .name = "e1000e-tx",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(sum_needed, E1000ETxQueue),
        VMSTATE_UINT8(props.ipcss, E1000ETxQueue),
        VMSTATE_UINT8(props.ipcso, E1000ETxQueue),
        VMSTATE_UINT16(props.ipcse, E1000ETxQueue),
        VMSTATE_UINT8(props.tucss, E1000ETxQueue),
        VMSTATE_UINT8(props.tucso, E1000ETxQueue),
        VMSTATE_UINT16(props.tucse, E1000ETxQueue),
        VMSTATE_UINT8(props.hdr_len, E1000ETxQueue),
        VMSTATE_UINT16(props.mss, E1000ETxQueue),
        VMSTATE_UINT32(props.paylen, E1000ETxQueue),
        VMSTATE_INT8(props.ip, E1000ETxQueue),
        VMSTATE_INT8(props.tcp, E1000ETxQueue),
        VMSTATE_BOOL(props.tse, E1000ETxQueue),
        VMSTATE_BOOL(cptse, E1000ETxQueue),
        VMSTATE_BOOL(skip_cp, E1000ETxQueue),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_timer = {
    .name = "e1000e-intr-timer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_TIMER_PTR(timer, E1000ETimer),
        VMSTATE_BOOL(running, E1000ETimer),
        VMSTATE_END_OF_LIST()
    }
};

#define VMSTATE_E1000E_TIMER(f) \
    VMSTATE_STRUCT(f, E1000EState, 0, vmstate_timer, E1000ETimer)
#define VMSTATE_E1000E_TIMERS(f, n) \
    VMSTATE_STRUCT_ARRAY(f, E1000EState, n, 0, vmstate_timer, E1000ETimer)

/*
 * Of a packet of which only some descriptors were there, the bytes do not
 * travel: the rest of it is not to go out as if it were all.
 */
static int pre_save(void *opaque)
{
    E1000EState *s = opaque;

    for (unsigned q = 0; q < E1000E_QUEUES; q++) {
        if (s->core.tx[q].started) {
            s->core.tx[q].skip_cp = true;
        }
    }
    return 0;
}

static int post_load(void *opaque, int version_id)
{
    E1000EState *s = opaque;
    const E1000ECore *c = &s->core;

    if (c->rx_desc_len != 0 && c->rx_desc_len != 16 && c->rx_desc_len != 32) {
        return -EINVAL;
    }
    if (e1000e_get(s, R_RCTL) & RCTL_EN) {
        e1000e_rx_setup(s);
    }
    for (unsigned q = 0; q < E1000E_QUEUES; q++) {
        s->core.tx[q].started = c->tx[q].skip_cp;
        s->core.tx[q].len = 0;
    }
    e1000e_intr_loaded(s);
    e1000e_delay_loaded(s);
    e1000e_phy_resume(s);
    return 0;
}

const VMStateDescription vmstate_e1000e = {
    .name = "e1000e",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = pre_save,
    .post_load = post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, E1000EState),
        VMSTATE_MSIX(parent_obj, E1000EState),

        VMSTATE_UINT32(ioaddr, E1000EState),
        VMSTATE_UINT32(core.rxbuf_min_shift, E1000EState),
        VMSTATE_UINT8(core.rx_desc_len, E1000EState),
        VMSTATE_UINT32_ARRAY(core.rxbuf_sizes, E1000EState,
                             E1000E_RX_BUFFERS),
        VMSTATE_UINT32(core.rx_desc_buf_size, E1000EState),
        VMSTATE_UINT16_ARRAY(core.eeprom, E1000EState, NVM_WORDS),
        VMSTATE_UINT16_2DARRAY(core.phy, E1000EState, PHY_PAGES, PHY_REGS),
        VMSTATE_UINT32_ARRAY(core.mac, E1000EState, REG_SPACE / 4),
        VMSTATE_UINT8_ARRAY(core.permanent_mac, E1000EState, ETH_ALEN),

        VMSTATE_UINT32(core.delayed_causes, E1000EState),
        VMSTATE_UINT16(subsys, E1000EState),
        VMSTATE_UINT16(subsys_ven, E1000EState),

        VMSTATE_E1000E_TIMER(core.rdtr),
        VMSTATE_E1000E_TIMER(core.radv),
        VMSTATE_E1000E_TIMER(core.raid),
        VMSTATE_E1000E_TIMER(core.tadv),
        VMSTATE_E1000E_TIMER(core.tidv),
        VMSTATE_E1000E_TIMER(core.itr),
        VMSTATE_BOOL(core.itr_intr_pending, E1000EState),
        VMSTATE_E1000E_TIMERS(core.eitr, E1000E_VECTORS),
        VMSTATE_BOOL_ARRAY(core.eitr_intr_pending, E1000EState,
                           E1000E_VECTORS),
        VMSTATE_UINT32(core.itr_guest_value, E1000EState),
        VMSTATE_UINT32_ARRAY(core.eitr_guest_value, E1000EState,
                             E1000E_VECTORS),
        VMSTATE_UINT16(core.vet, E1000EState),
        VMSTATE_STRUCT_ARRAY(core.tx, E1000EState, E1000E_QUEUES, 0,
                             vmstate_tx, E1000ETxQueue),
        VMSTATE_END_OF_LIST()
    }
};
