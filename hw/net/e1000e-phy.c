/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PHY of the 82574L behind MDIC: its registers in pages (data sheet,
 * chapter 9, and 10.2.2.7) and auto-negotiation (IEEE 802.3, clause 28).
 *
 * Negotiation takes half a second of virtual time.  The partner at the other
 * end offers all speeds, full duplex and pause frames.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "e1000e-internal.h"
#include "trace.h"

#define PHY_ADDRESS 1
#define AUTONEG_MS 500

enum { RO = 1, WO = 2, RDWR = RO | WO, ANY_PAGE = 4 };

/* What of each page there is; the lower 16 are the same in all. */
static const uint8_t access_of[PHY_PAGES][PHY_REGS] = {
    {
        [PHY_CTRL] = RDWR | ANY_PAGE, [PHY_STATUS] = RO | ANY_PAGE,
        [PHY_ID1] = RO | ANY_PAGE, [PHY_ID2] = RO | ANY_PAGE,
        [PHY_ANA] = RDWR | ANY_PAGE, [PHY_LPA] = RO | ANY_PAGE,
        [PHY_ANE] = RO | ANY_PAGE, [PHY_NPT] = RDWR | ANY_PAGE,
        [PHY_LPN] = RO | ANY_PAGE, [PHY_1000_CTRL] = RDWR | ANY_PAGE,
        [PHY_1000_STATUS] = RO | ANY_PAGE,
        [PHY_EXT_STATUS] = RO | ANY_PAGE,
        [PHY_COPPER_CTRL1] = RDWR, [PHY_COPPER_STATUS1] = RO,
        [PHY_COPPER_INT] = RDWR, [PHY_COPPER_INTST] = RO,
        [PHY_COPPER_CTRL3] = RDWR, [PHY_RX_ERRORS] = RO,
        [PHY_PAGE] = RDWR | ANY_PAGE, [PHY_OEM_BITS] = RDWR, [26] = RDWR,
        [PHY_BIAS_1] = RDWR, [PHY_BIAS_2] = RDWR,
    },
    [2] = { [16] = RDWR, [18] = RDWR, [19] = RO, [21] = RDWR },
    [3] = { [16] = RDWR, [17] = RDWR, [18] = RDWR, [19] = RDWR },
    [5] = { [20] = RO, [21] = RO },
    [6] = { [17] = RO },
};

typedef struct PhyValue {
    uint8_t page, reg;
    uint16_t value;
} PhyValue;

static const PhyValue reset_values[] = {
    { 0, PHY_CTRL, PHY_CTRL_AN_ENABLE | PHY_CTRL_SPEED_MSB | 0x100 },
    { 0, PHY_STATUS, 0x7949 },
    { 0, PHY_ID1, 0x0141 }, { 0, PHY_ID2, 0x0cb1 },
    { 0, PHY_ANA, 0x0de1 }, { 0, PHY_LPA, 0x07e0 }, { 0, PHY_ANE, 0x0004 },
    { 0, PHY_NPT, 0x2001 }, { 0, PHY_1000_CTRL, 0x0f00 },
    { 0, PHY_1000_STATUS, 0x3c00 }, { 0, PHY_EXT_STATUS, 0x3000 },
    { 0, PHY_COPPER_CTRL1, 0x3360 }, { 0, PHY_COPPER_STATUS1, 0xac08 },
    { 2, 16, 0x0088 }, { 2, 21, 0x1046 }, { 3, 18, 0x4005 },
};

bool e1000e_link_up(const E1000EState *s)
{
    return e1000e_get(s, R_STATUS) & STATUS_LU;
}

static bool cable_in(const E1000EState *s)
{
    return !s->nic || !qemu_get_queue(s->nic)->link_down;
}

static void set_link(E1000EState *s, bool up)
{
    uint16_t *status = &s->core.phy[0][PHY_STATUS];

    trace_e1000e_link(up);
    if (up) {
        *status |= PHY_STATUS_LINK;
        *e1000e_reg(s, R_STATUS) |= STATUS_LU;
    } else {
        *status &= ~(PHY_STATUS_LINK | PHY_STATUS_AN_DONE);
        *e1000e_reg(s, R_STATUS) &= ~STATUS_LU;
    }
}

static bool autoneg_on(const E1000EState *s)
{
    return s->core.phy[0][PHY_CTRL] & PHY_CTRL_AN_ENABLE;
}

static void start_autoneg(E1000EState *s)
{
    set_link(s, false);
    if (cable_in(s)) {
        timer_mod(s->core.autoneg,
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + AUTONEG_MS);
    }
}

/*
 * Who sends pause frames: 802.3, table 28B-3.  The partner's word has PAUSE
 * and not ASM_DIR.
 */
static void resolve_pause(E1000EState *s)
{
    uint16_t both = s->core.phy[0][PHY_ANA] & s->core.phy[0][PHY_LPA];
    uint32_t *ctrl = e1000e_reg(s, R_CTRL);

    *ctrl &= ~(CTRL_RFCE | CTRL_TFCE);
    if (both & PHY_ANA_PAUSE) {
        *ctrl |= CTRL_RFCE | CTRL_TFCE;
    }
}

static void autoneg_done(void *opaque)
{
    E1000EState *s = opaque;

    if (!cable_in(s)) {
        return;
    }
    set_link(s, true);
    s->core.phy[0][PHY_STATUS] |= PHY_STATUS_AN_DONE;
    resolve_pause(s);
    e1000e_raise(s, INT_LSC);
    e1000e_rx_more_buffers(s);
    e1000e_tx_resume(s);
}

void e1000e_phy_reset(E1000EState *s)
{
    if (!s->core.autoneg) {
        s->core.autoneg = timer_new_ms(QEMU_CLOCK_VIRTUAL, autoneg_done, s);
    }
    timer_del(s->core.autoneg);
    memset(s->core.phy, 0, sizeof(s->core.phy));
    for (unsigned i = 0; i < ARRAY_SIZE(reset_values); i++) {
        const PhyValue *v = &reset_values[i];

        s->core.phy[v->page][v->reg] = v->value;
    }
    /* As firmware leaves it: the link is there. */
    set_link(s, cable_in(s));
}

void e1000e_phy_restart(E1000EState *s)
{
    e1000e_phy_reset(s);
    start_autoneg(s);
}

void e1000e_phy_resume(E1000EState *s)
{
    bool up = cable_in(s);

    timer_del(s->core.autoneg);
    if (up && !e1000e_link_up(s) && autoneg_on(s)) {
        start_autoneg(s);
    } else if (!up) {
        set_link(s, false);
    }
}

void e1000e_link_changed(E1000EState *s, bool up)
{
    if (up && autoneg_on(s)) {
        start_autoneg(s);
        return;
    }
    timer_del(s->core.autoneg);
    if (up == e1000e_link_up(s)) {
        return;
    }
    set_link(s, up);
    e1000e_raise(s, INT_LSC);
    if (up) {
        e1000e_rx_more_buffers(s);
        e1000e_tx_resume(s);
    }
}

bool e1000e_phy_loopback(const E1000EState *s)
{
    return s->core.phy[0][PHY_CTRL] & PHY_CTRL_LOOPBACK;
}

static void write_ctrl(E1000EState *s, uint16_t val)
{
    if (val & PHY_CTRL_RESET) {
        e1000e_phy_restart(s);
        return;
    }
    /* The low six bits are reserved; reset and restart clear themselves. */
    s->core.phy[0][PHY_CTRL] = val & ~(0x3f | PHY_CTRL_RESTART_AN);
    if ((val & PHY_CTRL_RESTART_AN) && autoneg_on(s)) {
        start_autoneg(s);
    }
}

static void write_oem_bits(E1000EState *s, uint16_t val)
{
    s->core.phy[0][PHY_OEM_BITS] = val & ~PHY_OEM_RESTART_AN;
    if ((val & PHY_OEM_RESTART_AN) && autoneg_on(s)) {
        start_autoneg(s);
    }
}

/* The register, or NULL where it is not there or not for this access. */
static uint16_t *find(E1000EState *s, unsigned reg, unsigned access)
{
    unsigned page = s->core.phy[0][PHY_PAGE];

    if (access_of[0][reg] & ANY_PAGE) {
        page = 0;
    }
    if (page >= PHY_PAGES || !(access_of[page][reg] & access)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "e1000e: no such access to PHY register %u.%u\n",
                      page, reg);
        return NULL;
    }
    return &s->core.phy[page][reg];
}

static bool phy_write(E1000EState *s, unsigned reg, uint16_t val)
{
    uint16_t *to = find(s, reg, RDWR);

    if (!to) {
        return false;
    }
    if (to == &s->core.phy[0][PHY_CTRL]) {
        write_ctrl(s, val);
    } else if (to == &s->core.phy[0][PHY_OEM_BITS]) {
        write_oem_bits(s, val);
    } else if (to == &s->core.phy[0][PHY_PAGE]) {
        *to = val & PHY_PAGE_MASK;
    } else if (access_of[(to - s->core.phy[0]) / PHY_REGS][reg] & WO) {
        *to = val;
    } else {
        return false;
    }
    return true;
}

static bool phy_read(E1000EState *s, unsigned reg, uint32_t *val)
{
    const uint16_t *from = find(s, reg, RO);

    if (!from) {
        return false;
    }
    *val = *from;
    /* The real-time link bit, which the stock emulator's streams keep set. */
    if (from == &s->core.phy[0][PHY_COPPER_STATUS1] && !e1000e_link_up(s)) {
        *val &= ~PHY_COPPER_LINK;
    }
    return true;
}

void e1000e_write_mdic(E1000EState *s, uint32_t val)
{
    unsigned reg = (val >> MDIC_REG_SHIFT) % PHY_REGS;
    unsigned phy = (val >> MDIC_PHY_SHIFT) % 32;
    uint32_t data;
    bool ok = true;

    if (phy != PHY_ADDRESS) {
        /* Nobody drives the wires; what was there stays. */
        val = e1000e_get(s, R_MDIC);
        ok = false;
    } else if (val & MDIC_OP_READ) {
        ok = phy_read(s, reg, &data);
        if (ok) {
            val = (val & ~MDIC_DATA) | data;
        }
    } else if (val & MDIC_OP_WRITE) {
        ok = phy_write(s, reg, val & MDIC_DATA);
    }
    *e1000e_reg(s, R_MDIC) = val | MDIC_READY | (ok ? 0 : MDIC_ERROR);
    if (val & MDIC_INT) {
        e1000e_raise(s, INT_MDAC);
    }
}
