/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binary multiples of bytes (IEC 80000-13), as 64-bit constants. */
#ifndef QEMU_UNITS_H
#define QEMU_UNITS_H

#define KiB (INT64_C(1) << 10)
#define MiB (INT64_C(1) << 20)
#define GiB (INT64_C(1) << 30)
#define TiB (INT64_C(1) << 40)
#define PiB (INT64_C(1) << 50)
#define EiB (INT64_C(1) << 60)

#define S_1KiB 1024
#define S_4KiB 4096

#endif
