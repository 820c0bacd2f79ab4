/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMState fields of the type target_ulong, which is 64 bits wide here. */
#ifndef MIGRATION_CPU_H
#define MIGRATION_CPU_H

#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"

#define qemu_put_betl qemu_put_be64
#define qemu_get_betl qemu_get_be64
#define qemu_put_betls qemu_put_be64s
#define qemu_get_betls qemu_get_be64s
#define qemu_put_sbetl qemu_put_be64
#define qemu_get_sbetl qemu_get_be64
#define qemu_put_sbetls qemu_put_sbe64s
#define qemu_get_sbetls qemu_get_sbe64s

#define VMSTATE_UINTTL_V(_f, _s, _v) VMSTATE_UINT64_V(_f, _s, _v)
#define VMSTATE_UINTTL(_f, _s) VMSTATE_UINT64_V(_f, _s, 0)
#define VMSTATE_UINTTL_EQUAL_V(_f, _s, _v) VMSTATE_UINT64_EQUAL_V(_f, _s, _v)
#define VMSTATE_UINTTL_EQUAL(_f, _s) VMSTATE_UINT64_EQUAL_V(_f, _s, 0)
#define VMSTATE_UINTTL_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_UINT64_ARRAY_V(_f, _s, _n, _v)
#define VMSTATE_UINTTL_ARRAY(_f, _s, _n) VMSTATE_UINT64_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINTTL_SUB_ARRAY(_f, _s, _start, _n) \
    VMSTATE_UINT64_SUB_ARRAY(_f, _s, _start, _n)
#define VMSTATE_UINTTL_2DARRAY_V(_f, _s, _n1, _n2, _v) \
    VMSTATE_UINT64_2DARRAY_V(_f, _s, _n1, _n2, _v)
#define VMSTATE_UINTTL_2DARRAY(_f, _s, _n1, _n2) \
    VMSTATE_UINT64_2DARRAY_V(_f, _s, _n1, _n2, 0)
#define vmstate_info_uinttl vmstate_info_uint64

#endif /* MIGRATION_CPU_H */
