/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I/O ports: accesses by number, and lists of ports with a handler for each
 * width, as ISA devices with scattered ports have.
 */
#ifndef IOPORT_H
#define IOPORT_H

#include "exec/memory.h"

#define MAX_IOPORTS (64 * 1024)
#define IOPORTS_MASK (MAX_IOPORTS - 1)

typedef uint32_t pio_addr_t;
#define FMT_pioaddr PRIx32

/*
 * len ports from offset on, for accesses of size bytes.  The handlers get
 * the absolute port number.  A list ends with size 0.
 */
typedef struct MemoryRegionPortio {
    uint32_t offset;
    uint32_t len;
    unsigned size;
    uint32_t (*read)(void *opaque, uint32_t address);
    void (*write)(void *opaque, uint32_t address, uint32_t data);
    uint32_t base;      /* private: where the list was put */
} MemoryRegionPortio;

#define PORTIO_END_OF_LIST() { }

/* Ports nobody answers: all ones, writes vanish. */
extern const MemoryRegionOps unassigned_io_ops;

void cpu_outb(uint32_t addr, uint8_t val);
void cpu_outw(uint32_t addr, uint16_t val);
void cpu_outl(uint32_t addr, uint32_t val);
uint8_t cpu_inb(uint32_t addr);
uint16_t cpu_inw(uint32_t addr);
uint32_t cpu_inl(uint32_t addr);

typedef struct PortioList {
    const struct MemoryRegionPortio *ports;     /* sorted by offset */
    Object *owner;
    struct MemoryRegion *address_space;
    uint32_t addr;
    unsigned nr;
    struct MemoryRegion **regions;
    void *opaque;
    const char *name;
    bool flush_coalesced_mmio;
} PortioList;

/*
 * ports (borrowed for the list's life) as regions owned by owner; _add puts
 * them in address_space from port start on, _del takes them out again.
 */
void portio_list_init(PortioList *piolist, Object *owner,
                      const struct MemoryRegionPortio *callbacks,
                      void *opaque, const char *name);
void portio_list_set_flush_coalesced(PortioList *piolist);
void portio_list_destroy(PortioList *piolist);
void portio_list_add(PortioList *piolist, struct MemoryRegion *address_space,
                     uint32_t addr);
void portio_list_del(PortioList *piolist);
void portio_list_set_enabled(PortioList *piolist, bool enabled);
void portio_list_set_address(PortioList *piolist, uint32_t addr);

#endif /* IOPORT_H */
