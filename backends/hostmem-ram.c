/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory-backend-ram: anonymous memory. */
#include "qemu/osdep.h"
#include "sysemu/hostmem.h"

static void ram_alloc(HostMemoryBackend *backend, Error **errp)
{
    g_autofree char *name = host_memory_backend_get_name(backend);
    uint32_t flags = (backend->share ? RAM_SHARED : 0) |
                     (backend->reserve ? 0 : RAM_NORESERVE);

    memory_region_init_ram_flags_nomigrate(&backend->mr, OBJECT(backend),
                                           name, backend->size, flags, errp);
}

static void ram_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = ram_alloc;
}

static const TypeInfo ram_info = {
    .name = TYPE_MEMORY_BACKEND_RAM,
    .parent = TYPE_MEMORY_BACKEND,
    .class_init = ram_class_init,
};

static void ram_register_types(void)
{
    type_register_static(&ram_info);
}

type_init(ram_register_types)
