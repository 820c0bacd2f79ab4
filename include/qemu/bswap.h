/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Byte order.  The host is little-endian or big-endian; what is stored for
 * guests, wires and files says which it is.
 *
 *   bswapN(x)                       bytes of x reversed
 *   cpu_to_leN, leN_to_cpu, ...     value in host order <-> given order
 *   cpu_to_leNs(p), leN_to_cpus(p)  the same in place
 *   ldN_le_p(p), stN_le_p(p, v)     load from or store to bytes of any
 *                                   alignment: ub sb (8), uw sw (16), l (32),
 *                                   q (64); _he is the host's own order
 *   ldn_le_p(p, size), stn_le_p()   size 1, 2, 4 or 8 given at run time
 */
#ifndef BSWAP_H
#define BSWAP_H

#define HOST_BIG_ENDIAN (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

#undef bswap16
#undef bswap32
#undef bswap64
#define bswap16(x) __builtin_bswap16(x)
#define bswap32(x) __builtin_bswap32(x)
#define bswap64(x) __builtin_bswap64(x)

static inline uint32_t bswap24(uint32_t x)
{
    return bswap32(x) >> 8;
}

static inline void bswap16s(uint16_t *s)
{
    *s = bswap16(*s);
}

static inline void bswap32s(uint32_t *s)
{
    *s = bswap32(*s);
}

static inline void bswap64s(uint64_t *s)
{
    *s = bswap64(*s);
}

static inline uint16_t cpu_to_le16(uint16_t v)
{
    return HOST_BIG_ENDIAN ? bswap16(v) : v;
}

static inline uint16_t le16_to_cpu(uint16_t v)
{
    return cpu_to_le16(v);
}

static inline void cpu_to_le16s(uint16_t *p)
{
    *p = cpu_to_le16(*p);
}

static inline void le16_to_cpus(uint16_t *p)
{
    *p = cpu_to_le16(*p);
}

static inline uint32_t cpu_to_le32(uint32_t v)
{
    return HOST_BIG_ENDIAN ? bswap32(v) : v;
}

static inline uint32_t le32_to_cpu(uint32_t v)
{
    return cpu_to_le32(v);
}

static inline void cpu_to_le32s(uint32_t *p)
{
    *p = cpu_to_le32(*p);
}

static inline void le32_to_cpus(uint32_t *p)
{
    *p = cpu_to_le32(*p);
}

static inline uint64_t cpu_to_le64(uint64_t v)
{
    return HOST_BIG_ENDIAN ? bswap64(v) : v;
}

static inline uint64_t le64_to_cpu(uint64_t v)
{
    return cpu_to_le64(v);
}

static inline void cpu_to_le64s(uint64_t *p)
{
    *p = cpu_to_le64(*p);
}

static inline void le64_to_cpus(uint64_t *p)
{
    *p = cpu_to_le64(*p);
}

static inline uint16_t cpu_to_be16(uint16_t v)
{
    return !HOST_BIG_ENDIAN ? bswap16(v) : v;
}

static inline uint16_t be16_to_cpu(uint16_t v)
{
    return cpu_to_be16(v);
}

static inline void cpu_to_be16s(uint16_t *p)
{
    *p = cpu_to_be16(*p);
}

static inline void be16_to_cpus(uint16_t *p)
{
    *p = cpu_to_be16(*p);
}

static inline uint32_t cpu_to_be32(uint32_t v)
{
    return !HOST_BIG_ENDIAN ? bswap32(v) : v;
}

static inline uint32_t be32_to_cpu(uint32_t v)
{
    return cpu_to_be32(v);
}

static inline void cpu_to_be32s(uint32_t *p)
{
    *p = cpu_to_be32(*p);
}

static inline void be32_to_cpus(uint32_t *p)
{
    *p = cpu_to_be32(*p);
}

static inline uint64_t cpu_to_be64(uint64_t v)
{
    return !HOST_BIG_ENDIAN ? bswap64(v) : v;
}

static inline uint64_t be64_to_cpu(uint64_t v)
{
    return cpu_to_be64(v);
}

static inline void cpu_to_be64s(uint64_t *p)
{
    *p = cpu_to_be64(*p);
}

static inline void be64_to_cpus(uint64_t *p)
{
    *p = cpu_to_be64(*p);
}

/* For initializers of static data. */
#define const_le16(x) (HOST_BIG_ENDIAN ? \
    ((((x) & 0x00ff) << 8) | (((x) & 0xff00) >> 8)) : (x))
#define const_le32(x) (HOST_BIG_ENDIAN ? \
    ((((x) & 0x000000ffU) << 24) | (((x) & 0x0000ff00U) << 8) | \
     (((x) & 0x00ff0000U) >> 8) | (((x) & 0xff000000U) >> 24)) : (x))
#define const_be16(x) (HOST_BIG_ENDIAN ? (x) : \
    ((((x) & 0x00ff) << 8) | (((x) & 0xff00) >> 8)))
#define const_be32(x) (HOST_BIG_ENDIAN ? (x) : \
    ((((x) & 0x000000ffU) << 24) | (((x) & 0x0000ff00U) << 8) | \
     (((x) & 0x00ff0000U) >> 8) | (((x) & 0xff000000U) >> 24)))

typedef union {
    float f;
    uint32_t l;
} CPU_FloatU;

typedef union {
    double d;
    uint64_t ll;
    struct {
        uint32_t lower, upper;
    } l;
} CPU_DoubleU;

static inline int ldub_p(const void *ptr)
{
    return *(const uint8_t *)ptr;
}

static inline int ldsb_p(const void *ptr)
{
    return *(const int8_t *)ptr;
}

static inline void stb_p(void *ptr, uint8_t v)
{
    *(uint8_t *)ptr = v;
}

static inline int lduw_he_p(const void *ptr)
{
    uint16_t v;

    memcpy(&v, ptr, sizeof(v));
    return v;
}

static inline void stw_he_p(void *ptr, uint16_t v)
{
    memcpy(ptr, &v, sizeof(v));
}

static inline int ldsw_he_p(const void *ptr)
{
    return (int16_t)lduw_he_p(ptr);
}

static inline int lduw_le_p(const void *ptr)
{
    uint16_t v;

    memcpy(&v, ptr, sizeof(v));
    return cpu_to_le16(v);
}

static inline void stw_le_p(void *ptr, uint16_t v)
{
    v = cpu_to_le16(v);
    memcpy(ptr, &v, sizeof(v));
}

static inline int ldsw_le_p(const void *ptr)
{
    return (int16_t)lduw_le_p(ptr);
}

static inline int lduw_be_p(const void *ptr)
{
    uint16_t v;

    memcpy(&v, ptr, sizeof(v));
    return cpu_to_be16(v);
}

static inline void stw_be_p(void *ptr, uint16_t v)
{
    v = cpu_to_be16(v);
    memcpy(ptr, &v, sizeof(v));
}

static inline int ldsw_be_p(const void *ptr)
{
    return (int16_t)lduw_be_p(ptr);
}

static inline int ldl_he_p(const void *ptr)
{
    uint32_t v;

    memcpy(&v, ptr, sizeof(v));
    return v;
}

static inline void stl_he_p(void *ptr, uint32_t v)
{
    memcpy(ptr, &v, sizeof(v));
}

static inline int ldl_le_p(const void *ptr)
{
    uint32_t v;

    memcpy(&v, ptr, sizeof(v));
    return cpu_to_le32(v);
}

static inline void stl_le_p(void *ptr, uint32_t v)
{
    v = cpu_to_le32(v);
    memcpy(ptr, &v, sizeof(v));
}

static inline int ldl_be_p(const void *ptr)
{
    uint32_t v;

    memcpy(&v, ptr, sizeof(v));
    return cpu_to_be32(v);
}

static inline void stl_be_p(void *ptr, uint32_t v)
{
    v = cpu_to_be32(v);
    memcpy(ptr, &v, sizeof(v));
}

static inline uint64_t ldq_he_p(const void *ptr)
{
    uint64_t v;

    memcpy(&v, ptr, sizeof(v));
    return v;
}

static inline void stq_he_p(void *ptr, uint64_t v)
{
    memcpy(ptr, &v, sizeof(v));
}

static inline uint64_t ldq_le_p(const void *ptr)
{
    uint64_t v;

    memcpy(&v, ptr, sizeof(v));
    return cpu_to_le64(v);
}

static inline void stq_le_p(void *ptr, uint64_t v)
{
    v = cpu_to_le64(v);
    memcpy(ptr, &v, sizeof(v));
}

static inline uint64_t ldq_be_p(const void *ptr)
{
    uint64_t v;

    memcpy(&v, ptr, sizeof(v));
    return cpu_to_be64(v);
}

static inline void stq_be_p(void *ptr, uint64_t v)
{
    v = cpu_to_be64(v);
    memcpy(ptr, &v, sizeof(v));
}

/* A 24-bit field in three bytes. */
static inline void st24_le_p(void *ptr, uint32_t v)
{
    stw_le_p(ptr, v);
    stb_p((uint8_t *)ptr + 2, v >> 16);
}

static inline void st24_be_p(void *ptr, uint32_t v)
{
    stb_p(ptr, v >> 16);
    stw_be_p((uint8_t *)ptr + 1, v);
}

static inline uint64_t ldn_he_p(const void *ptr, int sz)
{
    switch (sz) {
    case 1:
        return ldub_p(ptr);
    case 2:
        return lduw_he_p(ptr);
    case 4:
        return (uint32_t)ldl_he_p(ptr);
    case 8:
        return ldq_he_p(ptr);
    default:
        g_assert_not_reached();
    }
}

static inline void stn_he_p(void *ptr, int sz, uint64_t v)
{
    switch (sz) {
    case 1:
        stb_p(ptr, v);
        break;
    case 2:
        stw_he_p(ptr, v);
        break;
    case 4:
        stl_he_p(ptr, v);
        break;
    case 8:
        stq_he_p(ptr, v);
        break;
    default:
        g_assert_not_reached();
    }
}

static inline uint64_t ldn_le_p(const void *ptr, int sz)
{
    switch (sz) {
    case 1:
        return ldub_p(ptr);
    case 2:
        return lduw_le_p(ptr);
    case 4:
        return (uint32_t)ldl_le_p(ptr);
    case 8:
        return ldq_le_p(ptr);
    default:
        g_assert_not_reached();
    }
}

static inline void stn_le_p(void *ptr, int sz, uint64_t v)
{
    switch (sz) {
    case 1:
        stb_p(ptr, v);
        break;
    case 2:
        stw_le_p(ptr, v);
        break;
    case 4:
        stl_le_p(ptr, v);
        break;
    case 8:
        stq_le_p(ptr, v);
        break;
    default:
        g_assert_not_reached();
    }
}

static inline uint64_t ldn_be_p(const void *ptr, int sz)
{
    switch (sz) {
    case 1:
        return ldub_p(ptr);
    case 2:
        return lduw_be_p(ptr);
    case 4:
        return (uint32_t)ldl_be_p(ptr);
    case 8:
        return ldq_be_p(ptr);
    default:
        g_assert_not_reached();
    }
}

static inline void stn_be_p(void *ptr, int sz, uint64_t v)
{
    switch (sz) {
    case 1:
        stb_p(ptr, v);
        break;
    case 2:
        stw_be_p(ptr, v);
        break;
    case 4:
        stl_be_p(ptr, v);
        break;
    case 8:
        stq_be_p(ptr, v);
        break;
    default:
        g_assert_not_reached();
    }
}

#endif /* BSWAP_H */
