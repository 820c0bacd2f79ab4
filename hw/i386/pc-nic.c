/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network cards of a PC that come from -nic and -net. */
#include "qemu/osdep.h"
#include "hw/i386/pc-internal.h"
#include "hw/net/pci-nic.h"
#include "net/net.h"
#include "qapi/error.h"

void pc_nic_init(PCMachineState *pcms)
{
    /* The board's own kind, or what comes near it. */
    const char *const models[] = {
        PC_MACHINE_GET_CLASS(pcms)->default_nic_model,
        "e1000e", "virtio-net-pci", NULL
    };

    for (int i = 0; i < nb_nics; i++) {
        if (nd_table[i].used) {
            pci_nic_init(&nd_table[i], pcms->bus, models, &error_fatal);
        }
    }
}
