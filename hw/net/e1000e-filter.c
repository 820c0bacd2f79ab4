/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which frames the 82574L takes (data sheet, 7.1.1): exact addresses,
 * multicast hash, broadcast, promiscuous modes and VLANs.
 */
#include "qemu/osdep.h"
#include "e1000e-internal.h"

#define ADDRESSES 16

/* 12 bits of the last two bytes, chosen by RCTL.MO. */
static bool in_multicast_table(const E1000EState *s, const uint8_t *mac)
{
    static const uint8_t shift[] = { 4, 3, 2, 0 };
    unsigned mo = e1000e_get(s, R_RCTL) >> RCTL_MO_SHIFT & 3;
    unsigned hash = (mac[5] << 8 | mac[4]) >> shift[mo] & 0xfff;

    return e1000e_get(s, R_MTA + hash / 32 * 4) >> hash % 32 & 1;
}

static bool is_listed(const E1000EState *s, const uint8_t *mac)
{
    uint32_t low = ldl_le_p(mac), high = lduw_le_p(mac + 4);

    for (unsigned i = 0; i < ADDRESSES; i++) {
        uint32_t rah = e1000e_get(s, R_RAH + 8 * i);

        if ((rah & RAH_AV) && (rah & 0xffff) == high &&
            e1000e_get(s, R_RAL + 8 * i) == low) {
            return true;
        }
    }
    return false;
}

static bool vlan_ok(const E1000EState *s, const uint8_t *frame, size_t len)
{
    uint32_t rctl = e1000e_get(s, R_RCTL);
    uint16_t tci;

    if (!(rctl & RCTL_VFE) || len < 18 ||
        lduw_be_p(frame + 12) != e1000e_get(s, R_VET)) {
        return true;
    }
    tci = lduw_be_p(frame + 14);
    if ((rctl & RCTL_CFIEN) && !(tci >> 12 & 1) != !(rctl & RCTL_CFI)) {
        return false;
    }
    tci &= VLAN_VID_MASK;
    return e1000e_get(s, R_VFTA + tci / 32 * 4) >> tci % 32 & 1;
}

enum E1000EFrameKind e1000e_filter(E1000EState *s, const uint8_t *frame,
                                   size_t len)
{
    uint32_t rctl = e1000e_get(s, R_RCTL);
    enum E1000EFrameKind kind = is_broadcast_ether_addr(frame)
        ? E1000E_BROADCAST : is_multicast_ether_addr(frame)
        ? E1000E_MULTICAST : E1000E_UNICAST;
    bool ok;

    if (!vlan_ok(s, frame, len)) {
        return E1000E_DROP;
    }
    switch (kind) {
    case E1000E_BROADCAST:
        ok = (rctl & (RCTL_BAM | RCTL_MPE)) || is_listed(s, frame) ||
             in_multicast_table(s, frame);
        break;
    case E1000E_MULTICAST:
        ok = (rctl & RCTL_MPE) || is_listed(s, frame) ||
             in_multicast_table(s, frame);
        break;
    default:
        ok = (rctl & RCTL_UPE) || is_listed(s, frame);
        break;
    }
    return ok ? kind : E1000E_DROP;
}
