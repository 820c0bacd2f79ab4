/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Being told how an address space looks and changes.  Included by
 * exec/memory.h.
 */
#ifndef MEMORY_LISTENER_H
#define MEMORY_LISTENER_H

/*
 * All functions are optional and run under the iothread lock, lower priority
 * first for what comes and last for what goes.  A change of the map is
 * begin, every region_del, then region_add for new and region_nop for
 * unchanged sections by ascending address, commit.  An address space that
 * did not change makes none of these calls.
 */
struct MemoryListener {
    void (*begin)(MemoryListener *listener);
    void (*commit)(MemoryListener *listener);
    void (*region_add)(MemoryListener *listener,
                       MemoryRegionSection *section);
    void (*region_del)(MemoryListener *listener,
                       MemoryRegionSection *section);
    void (*region_nop)(MemoryListener *listener,
                       MemoryRegionSection *section);
    /* old and new: masks of DIRTY_MEMORY_* that log this RAM */
    void (*log_start)(MemoryListener *listener, MemoryRegionSection *section,
                      int old_val, int new_val);
    void (*log_stop)(MemoryListener *listener, MemoryRegionSection *section,
                     int old_val, int new_val);
    /* Report dirty pages of one section, or of all there is, now. */
    void (*log_sync)(MemoryListener *listener, MemoryRegionSection *section);
    void (*log_sync_global)(MemoryListener *listener, bool last_stage);
    void (*log_clear)(MemoryListener *listener, MemoryRegionSection *section);
    void (*log_global_start)(MemoryListener *listener);
    void (*log_global_stop)(MemoryListener *listener);
    void (*log_global_after_sync)(MemoryListener *listener);
    void (*eventfd_add)(MemoryListener *listener,
                        MemoryRegionSection *section, bool match_data,
                        uint64_t data, EventNotifier *e);
    void (*eventfd_del)(MemoryListener *listener,
                        MemoryRegionSection *section, bool match_data,
                        uint64_t data, EventNotifier *e);
    void (*coalesced_io_add)(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr addr,
                             hwaddr len);
    void (*coalesced_io_del)(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr addr,
                             hwaddr len);
    unsigned priority;
    const char *name;

    /* private */
    AddressSpace *address_space;
    QTAILQ_ENTRY(MemoryListener) link;
    QTAILQ_ENTRY(MemoryListener) link_as;
};

#define MEMORY_LISTENER_PRIORITY_MIN 0
#define MEMORY_LISTENER_PRIORITY_ACCEL 10
#define MEMORY_LISTENER_PRIORITY_DEV_BACKEND 10

/* Replays the present map as begin, region_add..., commit. */
void memory_listener_register(MemoryListener *listener,
                              AddressSpace *filter);
/* Replays it as begin, region_del..., commit. */
void memory_listener_unregister(MemoryListener *listener);

#define GLOBAL_DIRTY_MIGRATION  (1U << 0)
#define GLOBAL_DIRTY_DIRTY_RATE (1U << 1)
#define GLOBAL_DIRTY_LIMIT      (1U << 2)
#define GLOBAL_DIRTY_MASK       (0x7)

/* Who has dirty logging of all RAM on: GLOBAL_DIRTY_*. */
extern unsigned int global_dirty_tracking;

void memory_global_dirty_log_start(unsigned int flags);
void memory_global_dirty_log_stop(unsigned int flags);
void memory_global_dirty_log_sync(bool last_stage);
void memory_global_after_dirty_log_sync(void);

/*
 * Set when the accelerator takes ioeventfds: then no write that matches one
 * comes here.  Clear, dispatch signals them itself.
 */
extern bool memory_eventfds_in_accel;

#endif /* MEMORY_LISTENER_H */
