/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register space of the 82574L (data sheet, chapter 10): one table of
 * what can be read and written, and the way from an offset to its row.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/units.h"
#include "e1000e-internal.h"

typedef struct Row {
    uint32_t offset;            /* of the first register */
    uint16_t count, stride;     /* 0: one register; 4 bytes apart */
    uint32_t wmask;             /* bits that a write stores */
    uint32_t rmask;             /* bits that a read shows; 0: all */
    uint32_t reset;
    uint32_t alias;             /* another offset for the same registers */
    uint16_t alias_stride;      /* 0: one register; else stride of the alias */
    uint32_t (*read)(E1000EState *s, unsigned offset);
    /* Instead of storing; the value is masked by wmask. */
    void (*write)(E1000EState *s, unsigned offset, uint32_t val);
} Row;

#define ALL UINT32_MAX

/*** Handlers: thin, the work is done where the subject is ***/

static uint32_t read_status(E1000EState *s, unsigned offset)
{
    return e1000e_status(s);
}

static uint32_t read_icr(E1000EState *s, unsigned offset)
{
    return e1000e_read_icr(s);
}

static uint32_t read_nothing(E1000EState *s, unsigned offset)
{
    return 0;
}

static uint32_t read_itr(E1000EState *s, unsigned offset)
{
    return s->core.itr_guest_value;
}

static uint32_t read_eitr(E1000EState *s, unsigned offset)
{
    return s->core.eitr_guest_value[(offset - R_EITR) / 4];
}

static uint32_t read_and_clear(E1000EState *s, unsigned offset)
{
    uint32_t val = e1000e_get(s, offset);

    *e1000e_reg(s, offset) = 0;
    return val;
}

/* The upper half of 64 bits: both halves go. */
static uint32_t read_upper(E1000EState *s, unsigned offset)
{
    *e1000e_reg(s, offset - 4) = 0;
    return read_and_clear(s, offset);
}

/* A semaphore: who reads 0 has it. */
static uint32_t read_swsm(E1000EState *s, unsigned offset)
{
    uint32_t val = e1000e_get(s, offset);

    *e1000e_reg(s, offset) = val | SWSM_SMBI;
    return val;
}

static void write_status(E1000EState *s, unsigned offset, uint32_t val)
{
    if (!(val & STATUS_PHYRA)) {
        *e1000e_reg(s, R_STATUS) &= ~STATUS_PHYRA;
    }
}

#define WRITE_BY(name, function)                                            \
    static void name(E1000EState *s, unsigned offset, uint32_t val)         \
    {                                                                       \
        function(s, val);                                                   \
    }

WRITE_BY(write_ctrl, e1000e_write_ctrl)
WRITE_BY(write_ctrl_ext, e1000e_write_ctrl_ext)
WRITE_BY(write_eecd, e1000e_write_eecd)
WRITE_BY(write_eerd, e1000e_write_eerd)
WRITE_BY(write_eewr, e1000e_write_eewr)
WRITE_BY(write_mdic, e1000e_write_mdic)
WRITE_BY(write_icr, e1000e_write_icr)
WRITE_BY(write_ics, e1000e_raise)
WRITE_BY(write_ims, e1000e_write_ims)
WRITE_BY(write_imc, e1000e_write_imc)
WRITE_BY(write_pbaclr, e1000e_write_pbaclr)

static void write_itr(E1000EState *s, unsigned offset, uint32_t val)
{
    e1000e_write_itr(s, -1, val);
}

static void write_eitr(E1000EState *s, unsigned offset, uint32_t val)
{
    e1000e_write_itr(s, (offset - R_EITR) / 4, val);
}

static void write_rx_setup(E1000EState *s, unsigned offset, uint32_t val)
{
    *e1000e_reg(s, offset) = val;
    if (e1000e_get(s, R_RCTL) & RCTL_EN) {
        e1000e_rx_setup(s);
        if (offset == R_RCTL) {
            e1000e_rx_more_buffers(s);
        }
    }
}

static void write_rdt(E1000EState *s, unsigned offset, uint32_t val)
{
    *e1000e_reg(s, offset) = val;
    e1000e_rx_more_buffers(s);
}

static void write_tdt(E1000EState *s, unsigned offset, uint32_t val)
{
    *e1000e_reg(s, offset) = val;
    e1000e_tx_kick(s, (offset - R_TDT) / RING_STRIDE);
}

static void write_tctl(E1000EState *s, unsigned offset, uint32_t val)
{
    *e1000e_reg(s, offset) = val;
    if (val & TCTL_EN) {
        e1000e_tx_resume(s);
    }
}

/* RDTR, TIDV: the upper half does not stay. */
static void write_delay(E1000EState *s, unsigned offset, uint32_t val)
{
    *e1000e_reg(s, offset) = val & 0xffff;
    if (val & DELAY_FPD) {
        e1000e_flush_delayed(s);
    }
}

static void write_gcr(E1000EState *s, unsigned offset, uint32_t val)
{
    *e1000e_reg(s, offset) = val | GCR_FIXED;
}

/* The first address is the station's: monitors show it. */
static void write_ra(E1000EState *s, unsigned offset, uint32_t val)
{
    *e1000e_reg(s, offset) = val;
    if (offset <= R_RAH && s->nic) {
        uint8_t mac[6];

        stl_le_p(mac, e1000e_get(s, R_RAL));
        stw_le_p(mac + 4, e1000e_get(s, R_RAH));
        qemu_format_nic_info_str(qemu_get_queue(s->nic), mac);
    }
}

/*** The table ***/

#define RW(offset_, mask_, ...) \
    { .offset = (offset_), .wmask = (mask_), __VA_ARGS__ }
#define RW_N(offset_, count_, mask_, ...) \
    { .offset = (offset_), .count = (count_), .wmask = (mask_), __VA_ARGS__ }
/* One a queue. */
#define RING(offset_, mask_, ...) \
    { .offset = (offset_), .count = E1000E_QUEUES, .stride = RING_STRIDE, \
      .wmask = (mask_), __VA_ARGS__ }
/* Counters from one offset to another. */
#define STATS(first_, last_) \
    { .offset = (first_), .count = ((last_) - (first_)) / 4 + 1, \
      .read = read_and_clear }
#define STATS64(low_) \
    { .offset = (low_) }, { .offset = (low_) + 4, .read = read_upper }

static const Row rows[] = {
    RW(R_CTRL, ALL, .write = write_ctrl, .reset = 0x00140241),
    RW(R_CTRL_ALIAS, ALL, .read = read_nothing, .write = write_ctrl),
    RW(R_STATUS, ALL, .read = read_status, .write = write_status,
       .reset = STATUS_ASDV_1000 | STATUS_LU),
    RW(R_EECD, ALL, .write = write_eecd,
       .reset = EECD_PRESENT | EECD_AUTO_RD),
    RW(R_EERD, ALL, .write = write_eerd, .reset = NVM_RW_DONE),
    RW(R_CTRL_EXT, ALL, .write = write_ctrl_ext),
    RW(R_FLA, ALL),
    RW(R_MDIC, ALL, .write = write_mdic),
    RW(R_FCAL, ALL),
    RW(R_FCAH, 0xffff),
    RW(R_FCT, 0xffff),
    RW(R_VET, 0xffff),

    RW(R_ICR, ALL, .read = read_icr, .write = write_icr),
    RW(R_ITR, 0xffff, .read = read_itr, .write = write_itr),
    RW(R_ICS, ALL, .write = write_ics),
    RW(R_IMS, ALL, .write = write_ims),
    RW(R_IMC, ALL, .read = read_nothing, .write = write_imc),
    RW(R_EIAC, ALL),
    RW(R_IAM, ALL),
    RW(R_IVAR, ALL),
    RW_N(R_EITR, E1000E_VECTORS, 0xffff, .read = read_eitr,
         .write = write_eitr),

    RW(R_RCTL, ALL, .write = write_rx_setup),
    RW(R_FCTTV, 0xffff),
    RW(R_TCTL, ALL, .write = write_tctl),
    RW(R_TIPG, ALL, .reset = 0x00602008),
    RW(R_AIT, ALL, .rmask = 0xffff),
    RW(R_LEDCTL, ALL, .reset = 0x00068302),
    RW(R_EXTCNF_CTRL, ALL, .reset = 0x8),
    RW(R_EXTCNF_SIZE, ALL),
    RW(R_POEMB, ALL, .reset = 0x30d),
    RW(R_PBA, ALL, .reset = 0x00140014),
    RW(R_PBS, ALL, .rmask = 0x3f, .reset = 0x28),
    RW(R_EEMNGCTL, ALL, .reset = 0x80000000),
    RW(R_FLASHT, 0xffff, .reset = 2),
    RW(R_EEWR, ALL, .write = write_eewr, .reset = NVM_RW_DONE),
    RW(R_FLSWCTL, ALL, .reset = 0xc0000000),
    RW_N(R_FLSWDATA, 3, ALL),               /* and FLSWCNT, FLOP */
    RW(R_FLOL, ALL, .reset = 1),

    RW(R_FCRTL, 0x8000fff8, .alias = 0x168),
    RW(R_FCRTH, 0xfff8, .alias = 0x160),
    RW(R_PSRCTL, ALL, .write = write_rx_setup, .reset = 0x00040402),
    RW(R_RDFH, ALL, .rmask = 0x1fff, .alias = 0x8000),
    RW(R_RDFT, ALL, .rmask = 0x1fff, .alias = 0x8008),
    RW(R_RDFHS, ALL, .rmask = 0x1fff),
    RW(R_RDFTS, ALL, .rmask = 0x1fff),
    RW(R_RDFPC, ALL, .rmask = 0x1fff),
    RING(R_RDBAL, 0xfffffff0, .alias = 0x110),
    RING(R_RDBAH, ALL, .alias = 0x114),
    RING(R_RDLEN, 0xfff80, .alias = 0x118),
    RING(R_RDH, 0xffff, .alias = 0x120),
    RING(R_RDT, 0xffff, .write = write_rdt, .alias = 0x128),
    RW(R_RDTR, 0xffff | DELAY_FPD, .write = write_delay, .alias = 0x108),
    RING(R_RXDCTL, ALL, .reset = 0x10000),
    RW(R_RADV, 0xffff),
    RW(R_RSRPD, 0xfff),
    RW(R_RAID, 0xffff),

    RW(R_TDFH, ALL, .rmask = 0x1fff, .alias = 0x8010, .reset = 0x600),
    RW(R_TDFT, ALL, .rmask = 0x1fff, .alias = 0x8018, .reset = 0x600),
    RW(R_TDFHS, ALL, .rmask = 0x1fff, .reset = 0x600),
    RW(R_TDFTS, ALL, .rmask = 0x1fff, .reset = 0x600),
    RW(R_TDFPC, ALL, .rmask = 0x1fff),
    RING(R_TDBAL, 0xfffffff0, .alias = 0x420),
    RING(R_TDBAH, ALL, .alias = 0x424),
    RING(R_TDLEN, 0xfff80, .alias = 0x428),
    RING(R_TDH, 0xffff, .alias = 0x430),
    RING(R_TDT, 0xffff, .write = write_tdt, .alias = 0x438),
    RW(R_TIDV, 0xffff | DELAY_FPD, .write = write_delay, .alias = 0x440),
    RING(R_TXDCTL, ALL),
    RW(R_TADV, 0xffff),
    RING(R_TARC, ALL, .rmask = 0x780007ff, .reset = 0x403),

    STATS(R_CRCERRS, R_GPTC),
    STATS64(R_GORCL),
    STATS64(R_GOTCL),
    STATS(R_RNBC, R_MNGPTC),
    STATS64(R_TORL),
    STATS64(R_TOTL),
    STATS(R_TPR, R_ICRXOC),

    RW(R_RXCSUM, ALL, .reset = RXCSUM_IPOFLD | RXCSUM_TUOFLD),
    RW(R_RFCTL, ALL, .write = write_rx_setup),
    RW_N(R_MAVTV, 4, ALL),
    RW_N(R_MTA, 128, ALL, .alias = 0x200, .alias_stride = 4),
    RW_N(R_RAL, 32, ALL, .write = write_ra, .alias = 0x40,
         .alias_stride = 4),
    RW_N(R_VFTA, 128, ALL, .alias = 0x600, .alias_stride = 4),
    RW(R_WUC, ALL),
    RW(R_WUFC, ALL),
    RW(R_WUS, ALL),
    RW(R_MRQC, ALL),
    RW(R_MANC, ALL, .reset = 0x10000000),
    RW_N(R_MFVAL, 2, ALL),                  /* and MFUTP01 */
    RW(R_MFUTP23, ALL),
    RW(R_IPAV, ALL),
    RW_N(R_IP4AT, 7, ALL),
    RW(R_MANC2H, ALL),
    RW_N(R_IP6AT, 12, ALL),                 /* and MDEF */
    RW(R_WUPL, 0),
    RW_N(R_WUPM, 32, ALL),
    RW(R_GCR, ALL, .write = write_gcr, .reset = GCR_FIXED | 0x200),
    RW(R_FUNCTAG, ALL),
    RW_N(R_GSCL, 8, ALL),
    RW(R_FACTPS, ALL, .reset = 0x20000004),
    RW(R_SWSM, ALL, .read = read_swsm, .reset = SWSM_SMBI),
    RW(R_GCR2, ALL),
    RW(R_PBACLR, 0x1f, .write = write_pbaclr),
    RW_N(R_RETA, 32, ALL),
    RW_N(R_RSSRK, 32, ALL),
    RW_N(R_FFLT, 11, ALL, .rmask = 0x7ff),
    RW(R_FCRTV, 0xffff),
    RW_N(R_FFMT, 255, ALL, .rmask = 0xf),
    RW_N(R_FTFT, 255, ALL),
    RW_N(R_FFVT, 255, ALL),
    RW_N(R_SYSTIM, 13, ALL),
    RW(R_RXCFGL, ALL, .reset = 0x88f7),
    RW(R_RXUDP, ALL, .reset = 0x319),
};

/* The packet buffer, behind all of them. */
static const Row packet_buffer = RW_N(R_PBM, 40 * KiB / 4, ALL);

/* For each word before it: its row, from 1 on, and where it is stored. */
static uint8_t row_of[R_PBM / 4];
static uint16_t home_of[R_PBM / 4];

QEMU_BUILD_BUG_ON(ARRAY_SIZE(rows) >= UINT8_MAX);

static void place(const Row *r, unsigned at, unsigned home)
{
    row_of[at / 4] = r - rows + 1;
    home_of[at / 4] = home / 4;
}

void e1000e_regs_init(void)
{
    for (const Row *r = rows; r < rows + ARRAY_SIZE(rows); r++) {
        unsigned count = r->count ?: 1, stride = r->stride ?: 4;

        for (unsigned i = 0; i < count; i++) {
            unsigned home = r->offset + i * stride;

            place(r, home, home);
            if (r->alias && (i == 0 || r->alias_stride)) {
                place(r, r->alias + i * r->alias_stride, home);
            }
        }
    }
}

void e1000e_regs_reset(E1000EState *s)
{
    memset(s->core.mac, 0, R_PBM);
    for (const Row *r = rows; r < rows + ARRAY_SIZE(rows); r++) {
        for (unsigned i = 0; r->reset && i < (r->count ?: 1); i++) {
            *e1000e_reg(s, r->offset + i * (r->stride ?: 4)) = r->reset;
        }
    }
}

static const Row *find(hwaddr offset, unsigned *home, const char *what)
{
    unsigned word = offset / 4;

    if (word >= R_PBM / 4 && word - R_PBM / 4 < packet_buffer.count) {
        *home = word * 4;
        return &packet_buffer;
    }
    if (word >= ARRAY_SIZE(row_of) || !row_of[word]) {
        qemu_log_mask(LOG_GUEST_ERROR, "e1000e: %s of no register, 0x%"
                      HWADDR_PRIx "\n", what, offset);
        return NULL;
    }
    *home = home_of[word] * 4;
    return &rows[row_of[word] - 1];
}

uint32_t e1000e_reg_read(E1000EState *s, hwaddr offset)
{
    unsigned home;
    const Row *r = find(offset, &home, "read");

    if (!r) {
        return 0;
    }
    if (r->read) {
        return r->read(s, home);
    }
    return e1000e_get(s, home) & (r->rmask ?: ALL);
}

void e1000e_reg_write(E1000EState *s, hwaddr offset, uint32_t val)
{
    unsigned home;
    const Row *r = find(offset, &home, "write");

    if (!r) {
        return;
    }
    if (r->write) {
        r->write(s, home, val & r->wmask);
    } else if (r->wmask) {
        *e1000e_reg(s, home) = val & r->wmask;
    }
}
