/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What devices ask of Xen, which is not built in. */
#ifndef SYSEMU_XEN_H
#define SYSEMU_XEN_H

#define xen_enabled() (false)

#endif
