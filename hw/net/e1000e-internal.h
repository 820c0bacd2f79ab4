/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the e1000e device share:
 *
 *   e1000e.c            the PCI function: BARs, capabilities, properties
 *   e1000e-regs.c       the register table and its dispatch
 *   e1000e-core.c       resets, CTRL, STATUS, the link
 *   e1000e-intr.c       causes, masks, INTx, MSI, MSI-X
 *   e1000e-delay.c      throttling and delay timers
 *   e1000e-nvm.c        EERD, EEWR, EECD
 *   e1000e-phy.c        MDIC and the PHY's pages
 *   e1000e-rx.c         from the back end into receive rings
 *   e1000e-rxdesc.c     receive descriptors' formats
 *   e1000e-filter.c     which frames are for this station
 *   e1000e-offload.c    what receive checksums and hash say of a frame
 *   e1000e-tx.c         from transmit rings to the back end
 *   e1000e-stats.c      counters
 *   e1000e-migration.c  the stream
 */
#ifndef HW_NET_E1000E_INTERNAL_H
#define HW_NET_E1000E_INTERNAL_H

#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"
#include "net/eth.h"
#include "net/net.h"
#include "qemu/timer.h"
#include "e1000e-regs.h"

#define TYPE_E1000E "e1000e"
OBJECT_DECLARE_SIMPLE_TYPE(E1000EState, E1000E)

#define E1000E_VECTORS 5
#define E1000E_QUEUES 2
#define E1000E_RX_BUFFERS 4         /* of a packet-split descriptor */
#define E1000E_TX_MAX NET_BUFSIZE   /* the largest packet before TSO */

/* One interval on the virtual clock, in the units of a register. */
typedef struct E1000ETimer {
    QEMUTimer *timer;
    bool running;
    E1000EState *s;
} E1000ETimer;

/* The last context descriptor of a queue (7.2.10.2). */
typedef struct E1000ETxContext {
    uint8_t ipcss, ipcso;
    uint16_t ipcse;
    uint8_t tucss, tucso;
    uint16_t tucse;
    uint32_t paylen;
    uint8_t hdr_len;
    uint16_t mss;
    int8_t ip;                      /* IPv4, else IPv6 */
    int8_t tcp;                     /* TCP, else UDP */
    bool tse;
} E1000ETxContext;

typedef struct E1000ETxQueue {
    E1000ETxContext props;
    uint8_t sum_needed;             /* POPTS of the packet's first descriptor */
    bool cptse;                     /* the packet is to be segmented */
    bool skip_cp;                   /* its rest is thrown away */

    /* Not in the stream. */
    uint8_t *buf;                   /* E1000E_TX_MAX bytes */
    uint32_t len;                   /* of the packet so far */
    uint32_t csum_start, csum_at;   /* legacy descriptors: CSS, CSO */
    bool csum_legacy;
    bool vlan;
    uint16_t vlan_tci;
    bool started;
} E1000ETxQueue;

typedef struct E1000ECore {
    uint32_t mac[REG_SPACE / 4];    /* by offset, aliases resolved */
    uint16_t phy[PHY_PAGES][PHY_REGS];
    uint16_t eeprom[NVM_WORDS];
    uint8_t permanent_mac[6];

    /* What RCTL, RFCTL and PSRCTL come to. */
    uint32_t rxbuf_min_shift;
    uint8_t rx_desc_len;
    uint32_t rxbuf_sizes[E1000E_RX_BUFFERS];
    uint32_t rx_desc_buf_size;

    E1000ETxQueue tx[E1000E_QUEUES];

    /* Causes that wait for a delay timer, and the timers. */
    uint32_t delayed_causes;
    E1000ETimer rdtr, radv, raid, tadv, tidv;
    E1000ETimer itr, eitr[E1000E_VECTORS];
    bool itr_intr_pending;
    bool eitr_intr_pending[E1000E_VECTORS];
    /* What the guest wrote; the registers keep the stock emulator's floor. */
    uint32_t itr_guest_value;
    uint32_t eitr_guest_value[E1000E_VECTORS];
    uint16_t vet;                   /* of no use but to streams: always 0 */

    /* Not in the stream. */
    uint32_t notified;              /* enabled causes that were told of */
    QEMUTimer *autoneg;
    QEMUBH *tx_bh;                  /* the rest of a long transmit ring */
    bool tx_busy;                   /* nested kicks wait for the outer one */
    bool has_vnet;
} E1000ECore;

struct E1000EState {
    PCIDevice parent_obj;

    NICState *nic;
    NICConf conf;
    MemoryRegion mmio, flash, io, msix;
    VMChangeStateEntry *vm_state;

    uint32_t ioaddr;
    uint16_t subsys_ven, subsys;
    uint8_t disable_vnet;
    bool init_vet;

    E1000ECore core;
};

static inline uint32_t *e1000e_reg(E1000EState *s, unsigned offset)
{
    return &s->core.mac[offset / 4];
}

static inline uint32_t e1000e_get(const E1000EState *s, unsigned offset)
{
    return s->core.mac[offset / 4];
}

/*
 * Around work that does DMA and was not begun by an access to the card: its
 * own registers are then as closed as while one is handled.  The state before
 * goes to e1000e_leave().
 */
static inline bool e1000e_enter(E1000EState *s)
{
    bool *engaged = &DEVICE(s)->mem_reentrancy_guard.engaged_in_io;
    bool before = *engaged;

    *engaged = true;
    return before;
}

static inline void e1000e_leave(E1000EState *s, bool before)
{
    DEVICE(s)->mem_reentrancy_guard.engaged_in_io = before;
}

/*** Registers ***/

/* Fills the dispatch table; once, before the first access. */
void e1000e_regs_init(void);
/* Values after power-on; registers without one become 0. */
void e1000e_regs_reset(E1000EState *s);
/* Any offset; 4 bytes are meant, whatever size the bus saw. */
uint32_t e1000e_reg_read(E1000EState *s, hwaddr offset);
void e1000e_reg_write(E1000EState *s, hwaddr offset, uint32_t val);

/*** Core ***/

void e1000e_core_realize(E1000EState *s);
void e1000e_core_unrealize(E1000EState *s);
void e1000e_core_reset(E1000EState *s);         /* everything */
uint32_t e1000e_status(const E1000EState *s);
void e1000e_write_ctrl(E1000EState *s, uint32_t val);
void e1000e_write_ctrl_ext(E1000EState *s, uint32_t val);

/*** Interrupts ***/

/* Adds to ICR and delivers what is enabled. */
void e1000e_raise(E1000EState *s, uint32_t causes);
/* ICR, IMS or the function's interrupt mode changed. */
void e1000e_intr_update(E1000EState *s);
void e1000e_intr_reset(E1000EState *s);
/* What is enabled in a stream was told of, unless an interval holds it. */
void e1000e_intr_loaded(E1000EState *s);
uint32_t e1000e_read_icr(E1000EState *s);
void e1000e_write_icr(E1000EState *s, uint32_t val);
void e1000e_write_ims(E1000EState *s, uint32_t val);
void e1000e_write_imc(E1000EState *s, uint32_t val);
void e1000e_write_pbaclr(E1000EState *s, uint32_t val);

/*** Delays ***/

void e1000e_delay_init(E1000EState *s);
void e1000e_delay_cleanup(E1000EState *s);
void e1000e_delay_reset(E1000EState *s);
/* The stock emulator's least interval, which runs in its streams, is none. */
void e1000e_delay_loaded(E1000EState *s);
/*
 * When the machine runs again: timers of which a stream says that they run,
 * but not until when, begin anew.  They would hold interrupts for ever.
 */
void e1000e_delay_resume(E1000EState *s);
/* Whether the vector (-1: INTx or MSI) must wait; it is told later then. */
bool e1000e_throttled(E1000EState *s, int vector);
/* A message or edge has gone: the interval begins. */
void e1000e_throttle_start(E1000EState *s, int vector);
/* Raise now, or after the delays that RDTR, RADV, RAID, TIDV, TADV ask for. */
void e1000e_raise_rx(E1000EState *s, uint32_t causes, bool ack, bool small);
void e1000e_raise_tx(E1000EState *s, uint32_t causes, bool delayable);
void e1000e_flush_delayed(E1000EState *s);
void e1000e_write_itr(E1000EState *s, int vector, uint32_t val);

/*** NVM and PHY ***/

void e1000e_nvm_reset(E1000EState *s);          /* power-on contents */
void e1000e_nvm_load(E1000EState *s);           /* what reset takes of it */
void e1000e_write_eerd(E1000EState *s, uint32_t val);
void e1000e_write_eewr(E1000EState *s, uint32_t val);
void e1000e_write_eecd(E1000EState *s, uint32_t val);
void e1000e_phy_reset(E1000EState *s);          /* power-on: the link is up */
void e1000e_phy_restart(E1000EState *s);        /* and negotiates anew */
void e1000e_write_mdic(E1000EState *s, uint32_t val);
bool e1000e_phy_loopback(const E1000EState *s);
bool e1000e_link_up(const E1000EState *s);
/* The cable: plugged in, or out. */
void e1000e_link_changed(E1000EState *s, bool up);
/* The timer of auto-negotiation follows the registers (after a load). */
void e1000e_phy_resume(E1000EState *s);

/*** Receive ***/

bool e1000e_can_receive(E1000EState *s);
ssize_t e1000e_receive(E1000EState *s, const struct iovec *iov, int iovcnt,
                       bool vnet);
/* Buffer sizes follow RCTL, RFCTL and PSRCTL. */
void e1000e_rx_setup(E1000EState *s);
void e1000e_rx_more_buffers(E1000EState *s);

/* One frame on its way into a ring. */
typedef struct E1000ERxFrame {
    const uint8_t *data;
    size_t len;                     /* with the checksum, where kept */
    EthLayout l;
    uint32_t status;                /* RXS_ and RXE_ bits */
    uint32_t mrq;                   /* RSS type and queue */
    uint32_t hash;                  /* with PCSD; else: */
    uint16_t ip_id, csum;
    uint16_t vlan;
    bool hashed;
    unsigned queue;
    bool ack;
} E1000ERxFrame;

enum E1000EFrameKind {
    E1000E_DROP, E1000E_UNICAST, E1000E_MULTICAST, E1000E_BROADCAST
};
/* Whether the frame (its first 18 bytes) is for this station. */
enum E1000EFrameKind e1000e_filter(E1000EState *s, const uint8_t *frame,
                                   size_t len);
bool e1000e_rss_on(const E1000EState *s);       /* two queues */
/* Status, checksums, hash and queue.  csum_ok: the sender vouches for it. */
void e1000e_rx_offload(E1000EState *s, E1000ERxFrame *f, bool csum_ok);
/* Puts the frame into descriptors from the head on; false where DMA fails. */
bool e1000e_rx_write(E1000EState *s, E1000ERxFrame *f, unsigned available);
/* Whether so many descriptors take all of the frame. */
bool e1000e_rx_fits(E1000EState *s, const E1000ERxFrame *f,
                    unsigned available);

/*** Transmit ***/

void e1000e_tx_kick(E1000EState *s, unsigned queue);
void e1000e_tx_resume(E1000EState *s);
void e1000e_tx_reset(E1000EState *s);

/*** Statistics ***/

void e1000e_count(E1000EState *s, unsigned offset);     /* by one, sticks */
void e1000e_count_rx(E1000EState *s, size_t len, enum E1000EFrameKind kind);
void e1000e_count_tx(E1000EState *s, const uint8_t *frame, size_t len);

extern const VMStateDescription vmstate_e1000e;

#endif /* HW_NET_E1000E_INTERNAL_H */
