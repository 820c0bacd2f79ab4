/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PC speaker's port. */
#ifndef HW_PCSPK_H
#define HW_PCSPK_H

#define TYPE_PC_SPEAKER "isa-pcspk"

#endif
