/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resets of the 82574L (data sheet, 4.2), CTRL, CTRL_EXT and STATUS (10.2.2).
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "qemu/main-loop.h"
#include "sysemu/runstate.h"
#include "e1000e-internal.h"
#include "trace.h"

uint32_t e1000e_status(const E1000EState *s)
{
    uint32_t ctrl = e1000e_get(s, R_CTRL);
    uint32_t status = e1000e_get(s, R_STATUS) | STATUS_ASDV_1000;
    /* 0: 10 Mb/s, 1: 100, 2: 1000 */
    uint32_t speed = 2;

    status &= ~(STATUS_FD | 3u << STATUS_SPEED_SHIFT | STATUS_GIO_MASTER);
    if (!(ctrl & CTRL_FRCDPLX) || (ctrl & CTRL_FD)) {
        status |= STATUS_FD;
    }
    if (ctrl & CTRL_FRCSPD) {
        speed = MIN((ctrl >> CTRL_SPEED_SHIFT) & 3, 2);
    }
    status |= speed << STATUS_SPEED_SHIFT;
    if (!(ctrl & CTRL_GIO_MASTER_DISABLE)) {
        status |= STATUS_GIO_MASTER;
    }
    return status;
}

/* All but the PHY, the NVM's contents and the packet buffer's. */
static void reset_mac(E1000EState *s)
{
    uint32_t link = e1000e_get(s, R_STATUS) & STATUS_LU;

    e1000e_intr_reset(s);
    e1000e_delay_reset(s);
    e1000e_tx_reset(s);
    e1000e_regs_reset(s);
    *e1000e_reg(s, R_VET) = s->init_vet ? ETH_P_VLAN : 0;
    *e1000e_reg(s, R_STATUS) = (e1000e_get(s, R_STATUS) & ~STATUS_LU) | link;
    for (int v = -1; v < E1000E_VECTORS; v++) {
        e1000e_write_itr(s, v, 0);
    }
    memset(s->core.rxbuf_sizes, 0, sizeof(s->core.rxbuf_sizes));
    s->core.rx_desc_buf_size = 0;
    s->core.rx_desc_len = 0;
    s->core.rxbuf_min_shift = 5;
    e1000e_nvm_load(s);
}

void e1000e_core_reset(E1000EState *s)
{
    trace_e1000e_reset("all");
    reset_mac(s);
    e1000e_phy_reset(s);
    if (s->nic) {
        /* What the wire has for a card that does not receive is gone. */
        qemu_flush_or_purge_queued_packets(qemu_get_queue(s->nic), true);
    }
}

void e1000e_write_ctrl(E1000EState *s, uint32_t val)
{
    if (val & CTRL_RST) {
        trace_e1000e_reset("CTRL.RST");
        reset_mac(s);
        val = e1000e_get(s, R_CTRL) | (val & CTRL_PHY_RST);
    }
    if (val & ~e1000e_get(s, R_CTRL) & CTRL_PHY_RST) {
        trace_e1000e_reset("CTRL.PHY_RST");
        e1000e_phy_restart(s);
        *e1000e_reg(s, R_STATUS) |= STATUS_PHYRA;
    }
    *e1000e_reg(s, R_CTRL) = val;
}

void e1000e_write_ctrl_ext(E1000EState *s, uint32_t val)
{
    if (val & CTRL_EXT_EE_RST) {
        e1000e_nvm_load(s);
    }
    *e1000e_reg(s, R_CTRL_EXT) = val & ~(CTRL_EXT_ASDCHK | CTRL_EXT_EE_RST);
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    E1000EState *s = opaque;

    if (running) {
        e1000e_delay_resume(s);
        e1000e_intr_update(s);
        e1000e_tx_resume(s);
        e1000e_rx_more_buffers(s);
    } else {
        qemu_bh_cancel(s->core.tx_bh);
    }
}

static void tx_rest(void *opaque)
{
    e1000e_tx_resume(opaque);
}

void e1000e_core_realize(E1000EState *s)
{
    e1000e_delay_init(s);
    s->core.tx_bh = qemu_bh_new_guarded(tx_rest, s,
                                        &DEVICE(s)->mem_reentrancy_guard);
    for (unsigned q = 0; q < E1000E_QUEUES; q++) {
        s->core.tx[q].buf = g_malloc(E1000E_TX_MAX);
    }
    memcpy(s->core.permanent_mac, s->conf.macaddr.a, ETH_ALEN);
    e1000e_nvm_reset(s);
    s->vm_state = qdev_add_vm_change_state_handler(DEVICE(s),
                                                   vm_state_changed, s);
}

void e1000e_core_unrealize(E1000EState *s)
{
    qemu_del_vm_change_state_handler(s->vm_state);
    e1000e_delay_cleanup(s);
    timer_free(s->core.autoneg);
    s->core.autoneg = NULL;
    qemu_bh_delete(s->core.tx_bh);
    for (unsigned q = 0; q < E1000E_QUEUES; q++) {
        g_free(s->core.tx[q].buf);
    }
}
