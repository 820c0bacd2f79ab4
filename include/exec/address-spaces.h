/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two address spaces of every machine. */
#ifndef EXEC_ADDRESS_SPACES_H
#define EXEC_ADDRESS_SPACES_H

#include "exec/memory.h"

/*
 * What the CPUs see: memory, and the 64 KiB of I/O ports.  They come into
 * being with the first call of either function; the address spaces are valid
 * from memory_map_init() on, which those calls imply.
 */
MemoryRegion *get_system_memory(void);
MemoryRegion *get_system_io(void);
void memory_map_init(void);

extern AddressSpace address_space_memory;
extern AddressSpace address_space_io;

#endif /* EXEC_ADDRESS_SPACES_H */
