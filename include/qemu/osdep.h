/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first include of every source file: feature macros, the C library
 * headers that all code uses, GLib, and the project's forward declarations.
 */
#ifndef QEMU_OSDEP_H
#define QEMU_OSDEP_H

#include "config-host.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "qemu/compiler.h"
#include "qemu/typedefs.h"

#define qemu_build_not_reached() __builtin_unreachable()

/* The larger and the smaller of two values, each evaluated once. */
#undef MIN
#undef MAX
#define MIN(a, b) ({ typeof(1 ? (a) : (b)) a_ = (a), b_ = (b); \
                     a_ < b_ ? a_ : b_; })
#define MAX(a, b) ({ typeof(1 ? (a) : (b)) a_ = (a), b_ = (b); \
                     a_ > b_ ? a_ : b_; })
#define MIN_CONST(a, b) ((a) < (b) ? (a) : (b))
#define MAX_CONST(a, b) ((a) > (b) ? (a) : (b))
#define MIN_NON_ZERO(a, b) ({ typeof(1 ? (a) : (b)) a_ = (a), b_ = (b); \
                              a_ == 0 ? b_ : (b_ == 0 || b_ > a_) ? a_ : b_; })

#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ROUND_UP(n, d) (((n) + (d) - 1) & -(0 ? (n) : (d)))
#define ROUND_DOWN(n, d) ((n) & -(0 ? (n) : (d)))
#define QEMU_ALIGN_DOWN(n, m) ((n) / (m) * (m))
#define QEMU_ALIGN_UP(n, m) QEMU_ALIGN_DOWN((n) + (m) - 1, (m))
#define QEMU_IS_ALIGNED(n, m) (((n) % (m)) == 0)
#define QEMU_ALIGN_PTR_UP(p, n) \
    ((typeof(p))QEMU_ALIGN_UP((uintptr_t)(p), (n)))
#define QEMU_PTR_IS_ALIGNED(p, n) QEMU_IS_ALIGNED((uintptr_t)(p), (n))

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) ((sizeof(x) / sizeof((x)[0])) + \
                       QEMU_BUILD_BUG_ON_ZERO(!QEMU_IS_ARRAY(x)))
#endif

/* Size of a host page in bytes. */
int qemu_pagesize(void);
#define qemu_real_host_page_size() ((uintptr_t)qemu_pagesize())

#endif /* QEMU_OSDEP_H */
