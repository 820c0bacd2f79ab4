/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the compiler is told or asked: attributes, build-time checks, token
 * pasting, and the address of a structure from that of its member.
 */
#ifndef QEMU_COMPILER_H
#define QEMU_COMPILER_H

#define QEMU_NORETURN __attribute__((__noreturn__))
#define QEMU_WARN_UNUSED_RESULT __attribute__((warn_unused_result))
#define QEMU_SENTINEL __attribute__((sentinel))
#define QEMU_PACKED __attribute__((packed))
#define QEMU_ALIGNED(n) __attribute__((aligned(n)))
#define QEMU_ALWAYS_INLINE __attribute__((always_inline))
#define QEMU_FALLTHROUGH __attribute__((fallthrough))
#define QEMU_NONSTRING __attribute__((nonstring))
#define QEMU_ERROR(msg) __attribute__((error(msg)))
#define QEMU_FLATTEN __attribute__((flatten))
#define G_NORETURN_COMPAT __attribute__((__noreturn__))

#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

#define xglue(a, b) a ## b
#define glue(a, b) xglue(a, b)
#define stringify(s) tostring(s)
#define tostring(s) #s

#define typeof_field(type, field) typeof(((type *)0)->field)
#define sizeof_field(type, field) sizeof(((type *)0)->field)

#ifndef container_of
#define container_of(ptr, type, member) ({                       \
        const typeof_field(type, member) *mptr_ = (ptr);          \
        (type *)((char *)mptr_ - offsetof(type, member)); })
#endif
#define DO_UPCAST(type, field, dev) container_of(dev, type, field)

#define QEMU_IS_ARRAY(x) \
    (!__builtin_types_compatible_p(typeof(x), typeof(&(x)[0])))

#define QEMU_BUILD_BUG_MSG(x, msg) _Static_assert(!(x), msg)
#define QEMU_BUILD_BUG_ON(x) \
    QEMU_BUILD_BUG_MSG(x, "not expecting: " #x)
#define QEMU_BUILD_BUG_ON_ZERO(x) \
    (sizeof(struct { int check_ : (x) ? -1 : 1; }) - \
     sizeof(struct { int check_ : 1; }))

#endif /* QEMU_COMPILER_H */
