/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's register layouts, under the path device models use. */
#include <linux/pci_regs.h>
