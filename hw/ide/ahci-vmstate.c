/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of AHCI adapters in the migration stream. */
#include "qemu/osdep.h"
#include "hw/ide/ahci.h"

static const VMStateDescription vmstate_ncq = {
    .name = "ncq state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(sector_count, NCQTransfer),
        VMSTATE_UINT64(lba, NCQTransfer),
        VMSTATE_UINT8(tag, NCQTransfer),
        VMSTATE_UINT8(cmd, NCQTransfer),
        VMSTATE_UINT8(slot, NCQTransfer),
        VMSTATE_BOOL(used, NCQTransfer),
        VMSTATE_BOOL(halt, NCQTransfer),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_ahci_port = {
    .name = "ahci port",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_IDE_BUS(port, AHCIPort),
        VMSTATE_STRUCT(port.ifs[0], AHCIPort, 1, vmstate_ide_drive,
                       IDEState),
        VMSTATE_UINT32(port_state, AHCIPort),
        VMSTATE_UINT32(finished, AHCIPort),
        VMSTATE_UINT32(port_regs.lst_addr, AHCIPort),
        VMSTATE_UINT32(port_regs.lst_addr_hi, AHCIPort),
        VMSTATE_UINT32(port_regs.fis_addr, AHCIPort),
        VMSTATE_UINT32(port_regs.fis_addr_hi, AHCIPort),
        VMSTATE_UINT32(port_regs.irq_stat, AHCIPort),
        VMSTATE_UINT32(port_regs.irq_mask, AHCIPort),
        VMSTATE_UINT32(port_regs.cmd, AHCIPort),
        VMSTATE_UINT32(port_regs.tfdata, AHCIPort),
        VMSTATE_UINT32(port_regs.sig, AHCIPort),
        VMSTATE_UINT32(port_regs.scr_stat, AHCIPort),
        VMSTATE_UINT32(port_regs.scr_ctl, AHCIPort),
        VMSTATE_UINT32(port_regs.scr_err, AHCIPort),
        VMSTATE_UINT32(port_regs.scr_act, AHCIPort),
        VMSTATE_UINT32(port_regs.cmd_issue, AHCIPort),
        VMSTATE_BOOL(done_first_drq, AHCIPort),
        VMSTATE_INT32(busy_slot, AHCIPort),
        VMSTATE_BOOL(init_d2h_sent, AHCIPort),
        VMSTATE_STRUCT_ARRAY(ncq_tfs, AHCIPort, AHCI_MAX_CMDS, 1,
                             vmstate_ncq, NCQTransfer),
        VMSTATE_END_OF_LIST()
    },
};

static int port_post_load(AHCIPort *p)
{
    int ret = ahci_ncq_post_load(p);

    if (ret < 0) {
        return ret;
    }
    if (p->busy_slot < -1 || p->busy_slot >= AHCI_MAX_CMDS ||
        p->port_state > 1) {
        return -EINVAL;
    }
    p->prd_index = p->prd_used = p->prd_moved = 0;
    p->failed = 0;
    if (p->busy_slot != -1) {
        if (!ahci_read_header(p, p->busy_slot, &p->header)) {
            return -EINVAL;
        }
    } else if (p->port_regs.tfdata & ATA_SR_ERR) {
        /* What is issued and not taken up has failed. */
        p->failed = p->port_regs.cmd_issue;
    }
    return 0;
}

static int ahci_post_load(void *opaque, int version_id)
{
    AHCIState *s = opaque;

    if (s->idp_index >= AHCI_MEM_BAR_SIZE) {
        return -EINVAL;
    }
    for (int i = 0; i < s->ports; i++) {
        int ret = port_post_load(&s->dev[i]);

        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

const VMStateDescription vmstate_ahci = {
    .name = "ahci",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ahci_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT_VARRAY_POINTER_INT32(dev, AHCIState, ports,
                                            vmstate_ahci_port, AHCIPort),
        VMSTATE_UINT32(control_regs.cap, AHCIState),
        VMSTATE_UINT32(control_regs.ghc, AHCIState),
        VMSTATE_UINT32(control_regs.irqstatus, AHCIState),
        VMSTATE_UINT32(control_regs.impl, AHCIState),
        VMSTATE_UINT32(control_regs.version, AHCIState),
        VMSTATE_UINT32(idp_index, AHCIState),
        VMSTATE_INT32_EQUAL(ports, AHCIState, NULL),
        VMSTATE_END_OF_LIST()
    },
};
