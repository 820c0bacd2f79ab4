/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What devices ask of KVM.  There is no KVM accelerator in this program: each
 * question has its answer at compile time.
 */
#ifndef QEMU_KVM_H
#define QEMU_KVM_H

#include "hw/pci/msi.h"
#include "hw/pci/msi.h"
#include "qemu/event_notifier.h"
#include "sysemu/accel-flags.h"

#define kvm_enabled() (false)
#define kvm_irqchip_in_kernel() (false)
#define kvm_irqchip_is_split() (false)
#define kvm_irqfds_enabled() (false)
#define kvm_resamplefds_enabled() (false)
#define kvm_msi_via_irqfd_enabled() (false)
#define kvm_gsi_routing_allowed() (false)
#define kvm_gsi_routing_enabled() (false)
#define kvm_ioeventfds_enabled() (false)
#define kvm_async_interrupts_enabled() (false)
#define kvm_halt_in_kernel() (false)
#define kvm_eventfds_enabled() (false)
#define kvm_has_many_ioeventfds() (false)
#define kvm_has_vcpu_events() (false)
#define kvm_allows_irq0_override() (true)
#define kvm_readonly_mem_enabled (false)

typedef struct KVMState KVMState;

typedef struct KVMRouteChange {
    KVMState *s;
    int changes;
} KVMRouteChange;

static inline KVMRouteChange kvm_irqchip_begin_route_changes(KVMState *s)
{
    return (KVMRouteChange) { .s = s };
}

static inline void kvm_irqchip_commit_route_changes(KVMRouteChange *c)
{
}

static inline int kvm_irqchip_add_msi_route(KVMRouteChange *c, int vector,
                                            PCIDevice *dev)
{
    return -ENOSYS;
}

static inline int kvm_irqchip_update_msi_route(KVMState *s, int vector,
                                               MSIMessage msg,
                                               PCIDevice *dev)
{
    return -ENOSYS;
}

static inline void kvm_irqchip_commit_routes(KVMState *s)
{
}

static inline void kvm_irqchip_release_virq(KVMState *s, int virq)
{
}

static inline int kvm_irqchip_add_irqfd_notifier_gsi(KVMState *s,
                                                     EventNotifier *n,
                                                     EventNotifier *rn,
                                                     int virq)
{
    return -ENOSYS;
}

static inline int kvm_irqchip_remove_irqfd_notifier_gsi(KVMState *s,
                                                        EventNotifier *n,
                                                        int virq)
{
    return -ENOSYS;
}

#define kvm_state ((KVMState *)NULL)

#endif /* QEMU_KVM_H */
