/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What devices ask of the translating accelerator, which is not built in. */
#ifndef SYSEMU_TCG_H
#define SYSEMU_TCG_H

#define tcg_enabled() (false)

#endif
