/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device's own save and load code needs of the migration stream.
 *
 * Numbers are big-endian.  Nothing here fails visibly: the first error stays
 * with the file, later writes are dropped and later reads give zeroes, and
 * qemu_file_get_error() tells.
 */
#ifndef QEMU_FILE_TYPES_H
#define QEMU_FILE_TYPES_H

/* 0, or the negative errno of the first error. */
int qemu_file_get_error(QEMUFile *f);

void qemu_put_buffer(QEMUFile *f, const uint8_t *buf, size_t size);
void qemu_put_byte(QEMUFile *f, int v);
void qemu_put_be16(QEMUFile *f, unsigned int v);
void qemu_put_be32(QEMUFile *f, unsigned int v);
void qemu_put_be64(QEMUFile *f, uint64_t v);

/* The count of bytes read, less than @size at the end or after an error; the
 * rest of @buf is then untouched. */
size_t qemu_get_buffer(QEMUFile *f, uint8_t *buf, size_t size);
int qemu_get_byte(QEMUFile *f);
unsigned int qemu_get_be16(QEMUFile *f);
unsigned int qemu_get_be32(QEMUFile *f);
uint64_t qemu_get_be64(QEMUFile *f);

#define qemu_put_ubyte(f, v) qemu_put_byte((f), (uint8_t)(v))
#define qemu_get_ubyte(f) ((unsigned int)qemu_get_byte(f))
#define qemu_put_sbyte qemu_put_byte
#define qemu_get_sbyte qemu_get_byte

/* By pointer, as VMState handlers have them. */
static inline void qemu_put_be64s(QEMUFile *f, const uint64_t *pv)
{
    qemu_put_be64(f, *pv);
}

static inline void qemu_put_be32s(QEMUFile *f, const uint32_t *pv)
{
    qemu_put_be32(f, *pv);
}

static inline void qemu_put_be16s(QEMUFile *f, const uint16_t *pv)
{
    qemu_put_be16(f, *pv);
}

static inline void qemu_put_8s(QEMUFile *f, const uint8_t *pv)
{
    qemu_put_byte(f, *pv);
}

static inline void qemu_get_be64s(QEMUFile *f, uint64_t *pv)
{
    *pv = qemu_get_be64(f);
}

static inline void qemu_get_be32s(QEMUFile *f, uint32_t *pv)
{
    *pv = qemu_get_be32(f);
}

static inline void qemu_get_be16s(QEMUFile *f, uint16_t *pv)
{
    *pv = qemu_get_be16(f);
}

static inline void qemu_get_8s(QEMUFile *f, uint8_t *pv)
{
    *pv = qemu_get_byte(f);
}

static inline void qemu_put_sbe64s(QEMUFile *f, const int64_t *pv)
{
    qemu_put_be64(f, (uint64_t)*pv);
}

static inline void qemu_put_sbe32s(QEMUFile *f, const int32_t *pv)
{
    qemu_put_be32(f, (uint32_t)*pv);
}

static inline void qemu_put_sbe16s(QEMUFile *f, const int16_t *pv)
{
    qemu_put_be16(f, (uint16_t)*pv);
}

static inline void qemu_put_s8s(QEMUFile *f, const int8_t *pv)
{
    qemu_put_byte(f, *pv);
}

static inline void qemu_get_sbe64s(QEMUFile *f, int64_t *pv)
{
    *pv = (int64_t)qemu_get_be64(f);
}

static inline void qemu_get_sbe32s(QEMUFile *f, int32_t *pv)
{
    *pv = (int32_t)qemu_get_be32(f);
}

static inline void qemu_get_sbe16s(QEMUFile *f, int16_t *pv)
{
    *pv = (int16_t)qemu_get_be16(f);
}

static inline void qemu_get_s8s(QEMUFile *f, int8_t *pv)
{
    *pv = (int8_t)qemu_get_byte(f);
}

#endif /* QEMU_FILE_TYPES_H */
