/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for registers and their fields, and access by name.
 *
 *     REG32(CTRL, 0x10)            A_CTRL = byte address, R_CTRL = index
 *         FIELD(CTRL, MODE, 4, 2)  R_CTRL_MODE_{SHIFT,LENGTH,MASK}
 *
 *     mode = FIELD_EX32(value, CTRL, MODE);
 *     value = FIELD_DP32(value, CTRL, MODE, mode);
 *     mode = ARRAY_FIELD_EX32(s->regs, CTRL, MODE);
 */
#ifndef REGISTERFIELDS_H
#define REGISTERFIELDS_H

#include "qemu/bitops.h"

#define REG_SIZED_(reg, addr, bytes) \
    enum { A_ ## reg = (addr) }; \
    enum { R_ ## reg = (addr) / (bytes) };

#define REG8(reg, addr)  REG_SIZED_(reg, addr, 1)
#define REG16(reg, addr) REG_SIZED_(reg, addr, 2)
#define REG32(reg, addr) REG_SIZED_(reg, addr, 4)
#define REG64(reg, addr) REG_SIZED_(reg, addr, 8)

#define FIELD(reg, field, shift, length) \
    enum { R_ ## reg ## _ ## field ## _SHIFT = (shift) }; \
    enum { R_ ## reg ## _ ## field ## _LENGTH = (length) }; \
    enum { R_ ## reg ## _ ## field ## _MASK = \
           MAKE_64BIT_MASK(shift, length) };

#define FIELD_AT_(reg, field) \
    R_ ## reg ## _ ## field ## _SHIFT, R_ ## reg ## _ ## field ## _LENGTH
#define FIELD_CALL_(fn, ...) fn(__VA_ARGS__)

/* Extract, zero-extended. */
#define FIELD_EX8(storage, reg, field) \
    FIELD_CALL_(extract8, (storage), FIELD_AT_(reg, field))
#define FIELD_EX16(storage, reg, field) \
    FIELD_CALL_(extract16, (storage), FIELD_AT_(reg, field))
#define FIELD_EX32(storage, reg, field) \
    FIELD_CALL_(extract32, (storage), FIELD_AT_(reg, field))
#define FIELD_EX64(storage, reg, field) \
    FIELD_CALL_(extract64, (storage), FIELD_AT_(reg, field))

/* Extract, sign-extended. */
#define FIELD_SEX8(storage, reg, field) \
    ((int8_t)FIELD_CALL_(sextract32, (uint8_t)(storage), \
                         FIELD_AT_(reg, field)))
#define FIELD_SEX16(storage, reg, field) \
    ((int16_t)FIELD_CALL_(sextract32, (uint16_t)(storage), \
                          FIELD_AT_(reg, field)))
#define FIELD_SEX32(storage, reg, field) \
    FIELD_CALL_(sextract32, (storage), FIELD_AT_(reg, field))
#define FIELD_SEX64(storage, reg, field) \
    FIELD_CALL_(sextract64, (storage), FIELD_AT_(reg, field))

/*
 * Deposit: the value of storage with the field replaced.  A constant too wide
 * for the field is told by the compiler.
 */
#define FIELD_DEPOSIT_(storage, reg, field, val, type, fn) ({ \
    struct { \
        type v : R_ ## reg ## _ ## field ## _LENGTH; \
    } narrowed_ = { .v = (val) }; \
    (typeof(storage))FIELD_CALL_(fn, (storage), FIELD_AT_(reg, field), \
                                 narrowed_.v); })

#define FIELD_DP8(storage, reg, field, val) \
    ((uint8_t)FIELD_DEPOSIT_(storage, reg, field, val, unsigned, deposit32))
#define FIELD_DP16(storage, reg, field, val) \
    ((uint16_t)FIELD_DEPOSIT_(storage, reg, field, val, unsigned, deposit32))
#define FIELD_DP32(storage, reg, field, val) \
    ((uint32_t)FIELD_DEPOSIT_(storage, reg, field, val, unsigned, deposit32))
#define FIELD_DP64(storage, reg, field, val) \
    ((uint64_t)FIELD_DEPOSIT_(storage, reg, field, val, uint64_t, deposit64))

#define FIELD_SDP8(storage, reg, field, val) \
    ((uint8_t)FIELD_DEPOSIT_(storage, reg, field, val, signed, deposit32))
#define FIELD_SDP16(storage, reg, field, val) \
    ((uint16_t)FIELD_DEPOSIT_(storage, reg, field, val, signed, deposit32))
#define FIELD_SDP32(storage, reg, field, val) \
    ((uint32_t)FIELD_DEPOSIT_(storage, reg, field, val, signed, deposit32))
#define FIELD_SDP64(storage, reg, field, val) \
    ((uint64_t)FIELD_DEPOSIT_(storage, reg, field, val, int64_t, deposit64))

/* The same on an array of registers that R_<reg> indexes. */
#define ARRAY_FIELD_EX8(regs, reg, field) \
    FIELD_EX8((regs)[R_ ## reg], reg, field)
#define ARRAY_FIELD_EX16(regs, reg, field) \
    FIELD_EX16((regs)[R_ ## reg], reg, field)
#define ARRAY_FIELD_EX32(regs, reg, field) \
    FIELD_EX32((regs)[R_ ## reg], reg, field)
#define ARRAY_FIELD_EX64(regs, reg, field) \
    FIELD_EX64((regs)[R_ ## reg], reg, field)

#define ARRAY_FIELD_DP8(regs, reg, field, val) \
    ((regs)[R_ ## reg] = FIELD_DP8((regs)[R_ ## reg], reg, field, val))
#define ARRAY_FIELD_DP16(regs, reg, field, val) \
    ((regs)[R_ ## reg] = FIELD_DP16((regs)[R_ ## reg], reg, field, val))
#define ARRAY_FIELD_DP32(regs, reg, field, val) \
    ((regs)[R_ ## reg] = FIELD_DP32((regs)[R_ ## reg], reg, field, val))
#define ARRAY_FIELD_DP64(regs, reg, field, val) \
    ((regs)[R_ ## reg] = FIELD_DP64((regs)[R_ ## reg], reg, field, val))

/* Masks made of fields of one register. */
#define FIELD_MASK_SHIFTED_(reg, field) R_ ## reg ## _ ## field ## _MASK

#endif /* REGISTERFIELDS_H */
