/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory backends: host memory made with -object, for guest RAM. */
#ifndef SYSEMU_HOSTMEM_H
#define SYSEMU_HOSTMEM_H

#include "exec/memory.h"
#include "qemu/bitmap.h"
#include "qom/object.h"

#define MAX_NODES 128

#define TYPE_MEMORY_BACKEND "memory-backend"
#define TYPE_MEMORY_BACKEND_RAM "memory-backend-ram"
#define TYPE_MEMORY_BACKEND_FILE "memory-backend-file"
#define TYPE_MEMORY_BACKEND_MEMFD "memory-backend-memfd"

OBJECT_DECLARE_TYPE(HostMemoryBackend, HostMemoryBackendClass, MEMORY_BACKEND)

struct HostMemoryBackendClass {
    ObjectClass parent_class;

    /* Makes backend->mr; called once, when the object is complete. */
    void (*alloc)(HostMemoryBackend *backend, Error **errp);
};

struct HostMemoryBackend {
    Object parent;

    uint64_t size;
    bool merge, dump, use_canonical_path;
    bool prealloc, is_mapped, share, reserve;
    uint32_t prealloc_threads;
    int policy;                 /* HostMemPolicy */
    DECLARE_BITMAP(host_nodes, MAX_NODES + 1);
    MemoryRegion mr;
};

bool host_memory_backend_mr_inited(HostMemoryBackend *backend);
/* The region; NULL while the backend is not complete. */
MemoryRegion *host_memory_backend_get_memory(HostMemoryBackend *backend);

/* Mapped: in use by a device or the board, which excludes others. */
void host_memory_backend_set_mapped(HostMemoryBackend *backend, bool mapped);
bool host_memory_backend_is_mapped(HostMemoryBackend *backend);
size_t host_memory_backend_pagesize(HostMemoryBackend *memdev);
/* What its RAM block is called; g_free() it. */
char *host_memory_backend_get_name(HostMemoryBackend *backend);

#endif /* SYSEMU_HOSTMEM_H */
