/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an access carries besides address and data, and how it ended. */
#ifndef MEMATTRS_H
#define MEMATTRS_H

/* Passed by value: it fits a register. */
typedef struct MemTxAttrs {
    unsigned int unspecified:1;     /* nothing below was filled in */
    unsigned int secure:1;
    unsigned int user:1;            /* made by unprivileged code */
    unsigned int memory:1;          /* refuse what is not RAM or ROM */
    unsigned int requester_id:16;   /* PCI: bus, device, function */
    unsigned int byte_swap:1;
    unsigned int target_tlb_bit0:1;
    unsigned int target_tlb_bit1:1;
    unsigned int target_tlb_bit2:1;
} MemTxAttrs;

#define MEMTXATTRS_UNSPECIFIED ((MemTxAttrs) { .unspecified = 1 })

/* A set of bits, so that results of parts of an access are ored. */
#define MEMTX_OK 0
#define MEMTX_ERROR (1U << 0)           /* the device refused */
#define MEMTX_DECODE_ERROR (1U << 1)    /* nothing there takes this access */
#define MEMTX_ACCESS_ERROR (1U << 2)    /* not allowed to this requester */
typedef uint32_t MemTxResult;

#endif /* MEMATTRS_H */
