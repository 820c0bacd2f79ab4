/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Networks while the machine does not run: no card gets a packet, as its
 * guest's memory and state are those of a moment; what a back end still has
 * of a card is let go, so that no card waits for it in another process.
 */
#include "qemu/osdep.h"
#include "net-impl.h"
#include "sysemu/runstate.h"

bool net_paused;

/* Behind all cards, which must be ready to receive. */
static void on_start(void *opaque, bool running, RunState state)
{
    NetClientState *nc;

    if (!running) {
        return;
    }
    net_paused = false;
    QTAILQ_FOREACH(nc, qemu_net_clients(), next) {
        qemu_flush_queued_packets(nc);
    }
}

/* Behind all cards, too: they do not send any more. */
static void on_stop(void *opaque, bool running, RunState state)
{
    NetClientState *nc;

    if (running) {
        return;
    }
    net_paused = true;
    QTAILQ_FOREACH(nc, qemu_net_clients(), next) {
        if (nc->info->type != NET_CLIENT_DRIVER_NIC) {
            qemu_flush_or_purge_queued_packets(nc, true);
        }
    }
}

void net_follow_machine(void)
{
    net_paused = true;
    qemu_add_vm_change_state_handler_prio(on_start, NULL, INT_MAX);
    qemu_add_vm_change_state_handler_prio(on_stop, NULL, INT_MIN);
}
