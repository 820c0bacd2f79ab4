/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AHCI host bus adapters (Serial ATA AHCI 1.3.1): memory-mapped registers, and
 * for each port a list of 32 commands and an area where FISes are received,
 * both in guest memory.
 */
#ifndef HW_IDE_AHCI_H
#define HW_IDE_AHCI_H

#include "hw/ide/internal.h"
#include "hw/pci/pci_device.h"

#define AHCI_MAX_PORTS 32
#define AHCI_MAX_CMDS 32
#define AHCI_MEM_BAR_SIZE 0x1000
#define AHCI_IDP_SIZE 32
#define AHCI_IDP_OFFSET 0x10

/* Port interrupt causes (3.3.5). */
#define PORT_IRQ_D2H_REG_FIS 0x00000001u
#define PORT_IRQ_PIOS_FIS 0x00000002u
#define PORT_IRQ_SDB_FIS 0x00000008u
#define PORT_IRQ_OVERFLOW 0x01000000u
#define PORT_IRQ_HBUS_DATA_ERR 0x10000000u
#define PORT_IRQ_HBUS_ERR 0x20000000u
#define PORT_IRQ_TF_ERR 0x40000000u

/* Port command and status (3.3.7). */
#define PORT_CMD_START 0x0001u
#define PORT_CMD_SPIN_UP 0x0002u
#define PORT_CMD_POWER_ON 0x0004u
#define PORT_CMD_CLO 0x0008u
#define PORT_CMD_FIS_RX 0x0010u
#define PORT_CMD_FIS_ON 0x4000u
#define PORT_CMD_LIST_ON 0x8000u

typedef struct AHCIState AHCIState;
typedef struct AHCIPort AHCIPort;

/* A queued command, by its tag. */
typedef struct NCQTransfer {
    AHCIPort *port;
    BlockAIOCB *aiocb;
    BlockAcctCookie acct;
    QEMUSGList sglist;
    uint32_t sector_count;
    uint64_t lba;
    uint8_t tag;
    uint8_t cmd;
    uint8_t slot;
    bool used;
    bool halt;                  /* waits for the machine to go on */
} NCQTransfer;

/* A command header (4.2.2), in the host's order. */
typedef struct AHCICmdHeader {
    uint32_t opts;
    uint64_t table;
} AHCICmdHeader;

struct AHCIPort {
    IDEBus port;                /* with one drive */
    AHCIState *hba;
    int port_no;

    /* The names are those of the stream. */
    uint32_t port_state;        /* 1: between the two FISes of a SRST */
    uint32_t finished;          /* tags that the next SDB FIS reports */
    struct {
        uint32_t lst_addr, lst_addr_hi;
        uint32_t fis_addr, fis_addr_hi;
        uint32_t irq_stat, irq_mask;
        uint32_t cmd;
        uint32_t tfdata;
        uint32_t sig;
        uint32_t scr_stat, scr_ctl, scr_err, scr_act;
        uint32_t cmd_issue;
    } port_regs;
    bool done_first_drq;
    int32_t busy_slot;          /* the command that the drive executes; -1 */
    bool init_d2h_sent;
    NCQTransfer ncq_tfs[AHCI_MAX_CMDS];

    uint32_t failed;            /* commands that wait for a restart */
    /* Where the table of regions of the drive's command is read. */
    AHCICmdHeader header;
    uint32_t prd_index, prd_used, prd_moved;
    bool running;               /* in the loop over cmd_issue */
    bool reset_wanted;
    QEMUBH *bh;                 /* looks at cmd_issue and reset_wanted */
};

struct AHCIState {
    PCIDevice *container;
    AHCIPort *dev;              /* so many as ports */
    struct {
        uint32_t cap, ghc, irqstatus, impl, version;
    } control_regs;
    MemoryRegion mem;
    MemoryRegion idp;
    uint32_t idp_index;
    int32_t ports;
    bool reset_wanted;
    QEMUBH *bh;
};

#define TYPE_ICH9_AHCI "ich9-ahci"
OBJECT_DECLARE_SIMPLE_TYPE(AHCIPCIState, ICH9_AHCI)

struct AHCIPCIState {
    PCIDevice parent_obj;
    AHCIState ahci;
};

/*** ahci.c: registers ***/

void ahci_realize(AHCIState *s, PCIDevice *dev, int ports);
void ahci_uninit(AHCIState *s);
void ahci_reset(AHCIState *s);
void ahci_raise(AHCIPort *p, uint32_t causes);

/*** ahci-cmd.c: FISes and commands ***/

/* Guest memory, not to be reached: the adapter's own registers. */
MemTxResult ahci_dma_rw(AHCIPort *p, uint64_t addr, void *buf, uint64_t len,
                        DMADirection dir);
/* Takes up what is in cmd_issue, as far as the drive can. */
void ahci_check_cmds(AHCIPort *p);
/* The port's part of a COMRESET. */
void ahci_port_reset(AHCIPort *p);
/* The signature of the drive, once it can be received. */
void ahci_init_d2h(AHCIPort *p);
bool ahci_write_d2h(AHCIPort *p, bool interrupt);
bool ahci_read_header(AHCIPort *p, unsigned slot, AHCICmdHeader *h);
/*
 * Memory of a command's regions, from entry *index, *used bytes into it, on;
 * both move.  The bytes added to @sg, @limit at most.
 */
uint32_t ahci_add_regions(AHCIPort *p, const AHCICmdHeader *h,
                          uint32_t *index, uint32_t *used, QEMUSGList *sg,
                          uint32_t limit);
bool ahci_port_is_busy(AHCIPort *p);

extern const IDEHostOps ahci_host_ops;

/*** ahci-ncq.c: queued commands ***/

bool ahci_is_ncq(uint8_t cmd);
/* False: it was refused and stays in cmd_issue. */
bool ahci_ncq_start(AHCIPort *p, unsigned slot, const uint8_t *cfis,
                    const AHCICmdHeader *h);
/* Ends them all without a result. */
void ahci_ncq_cancel(AHCIPort *p);
void ahci_ncq_restart(AHCIPort *p);
/* After a load: halted ones get their memory back. */
int ahci_ncq_post_load(AHCIPort *p);

extern const VMStateDescription vmstate_ahci;
#define VMSTATE_AHCI(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_ahci, AHCIState)

#endif /* HW_IDE_AHCI_H */
