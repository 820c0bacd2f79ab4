/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI function with two memory BARs on the test bus, for the MSI-X tests:
 * guest accesses, the messages that arrived, and recorded notifier calls.
 */
#ifndef MSIX_FIXTURE_H
#define MSIX_FIXTURE_H

#include "hw/pci/msix.h"
#include "hw/pci/msix-observer.h"
#include "migration/vmstate.h"

#define FIXTURE_BAR_SIZE (64 * 1024)
#define FIXTURE_BAR0 0xe0000000ULL      /* "bar0" in BAR 0 */
#define FIXTURE_BAR2 0xe1000000ULL      /* "bar2" in BAR 2 */
#define FIXTURE_BAR4 0xe2000000ULL      /* the exclusive BAR, where used */

typedef struct MSIXFixture {
    PCIDevice parent_obj;
    MemoryRegion bar0, bar2;
    /* Notifier calls, in balance for each vector. */
    int routed[MSIX_MAX_VECTORS];
    MSIMessage route_message[MSIX_MAX_VECTORS];
    unsigned uses, releases, polls;
    unsigned poll_first, poll_end;
    int fail_use_of;                    /* a vector, or -1 */
    /* Where the guest finds the structures (msix_init() of this fixture). */
    uint64_t table, pba;
} MSIXFixture;

/* Observer events seen since the last fixture_new(). */
typedef struct RecordedEvent {
    MSIXEventType type;
    MSIXDropReason reason;
    int vector;
} RecordedEvent;
extern GArray *fixture_events;
/* No more events, for timings. */
void fixture_stop_recording(void);

/* A function without MSI-X: BARs mapped, bus master on, PM capability. */
MSIXFixture *fixture_new(void);
/* With @n vectors: table at 0 of BAR 0, PBA at 0 of BAR 2; all used. */
MSIXFixture *fixture_msix(unsigned n);
/* With an exclusive BAR 4. */
MSIXFixture *fixture_exclusive(unsigned n);
void fixture_free(MSIXFixture *f);
PCIDevice *fixture_dev(MSIXFixture *f);

/* Accesses of the guest: memory by address, configuration by offset. */
uint64_t guest_read(uint64_t addr, unsigned size);
void guest_write(uint64_t addr, uint64_t val, unsigned size);
uint32_t guest_cfg_read(MSIXFixture *f, unsigned addr, unsigned size);
void guest_cfg_write(MSIXFixture *f, unsigned addr, uint32_t val,
                     unsigned size);

/* What a driver does. */
void guest_enable(MSIXFixture *f, bool enable, bool mask_all);
void guest_program(MSIXFixture *f, unsigned vector, uint64_t addr,
                   uint32_t data);
void guest_mask(MSIXFixture *f, unsigned vector, bool mask);
bool guest_pending(MSIXFixture *f, unsigned vector);
/* Address in the message window, and data, that tell vectors apart. */
uint64_t vector_address(unsigned vector);
uint32_t vector_data(unsigned vector);
/* guest_program() and unmask for all. */
void guest_program_all(MSIXFixture *f);

/* Whether the function's INTx reaches the bus. */
bool fixture_intx(void);

/* Messages that arrived since the last call, and the last of them. */
unsigned messages_taken(MSIMessage *last);

/* Recording notifiers. */
int fixture_set_notifiers(MSIXFixture *f);

/* vmstate_msix through memory. */
GByteArray *fixture_save(MSIXFixture *f);
int fixture_load(MSIXFixture *f, const void *buf, size_t len);

#endif /* MSIX_FIXTURE_H */
