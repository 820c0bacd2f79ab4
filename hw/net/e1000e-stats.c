/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of the 82574L (data sheet, 10.2.7).  They stick at their ends;
 * reading clears them (e1000e-regs.c).
 */
#include "qemu/osdep.h"
#include "e1000e-internal.h"

#define FCS 4

void e1000e_count(E1000EState *s, unsigned offset)
{
    uint32_t *reg = e1000e_reg(s, offset);

    if (*reg != UINT32_MAX) {
        ++*reg;
    }
}

/* 64 bits in two registers. */
static void add(E1000EState *s, unsigned low, uint64_t n)
{
    uint64_t val = e1000e_get(s, low) |
                   (uint64_t)e1000e_get(s, low + 4) << 32;

    val = val + n < val ? UINT64_MAX : val + n;
    *e1000e_reg(s, low) = val;
    *e1000e_reg(s, low + 4) = val >> 32;
}

/* Six counters by size, from 64 bytes to 1024 and more. */
static unsigned size_class(size_t len)
{
    static const uint16_t most[] = { 64, 127, 255, 511, 1023 };
    unsigned i = 0;

    while (i < ARRAY_SIZE(most) && len > most[i]) {
        i++;
    }
    return 4 * i;
}

void e1000e_count_rx(E1000EState *s, size_t len, enum E1000EFrameKind kind)
{
    len += FCS;
    e1000e_count(s, R_TPR);
    add(s, R_TORL, len);
    if (kind == E1000E_DROP) {
        return;
    }
    e1000e_count(s, R_PRC64 + size_class(len));
    e1000e_count(s, R_GPRC);
    add(s, R_GORCL, len);
    if (kind == E1000E_BROADCAST) {
        e1000e_count(s, R_BPRC);
    } else if (kind == E1000E_MULTICAST) {
        e1000e_count(s, R_MPRC);
    }
}

void e1000e_count_tx(E1000EState *s, const uint8_t *frame, size_t len)
{
    len += FCS;
    e1000e_count(s, R_TPT);
    add(s, R_TOTL, len);
    e1000e_count(s, R_GPTC);
    add(s, R_GOTCL, len);
    e1000e_count(s, R_PTC64 + size_class(len));
    if (is_broadcast_ether_addr(frame)) {
        e1000e_count(s, R_BPTC);
    } else if (is_multicast_ether_addr(frame)) {
        e1000e_count(s, R_MPTC);
    }
}
