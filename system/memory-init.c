/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making memory regions of every kind, and the roots that each machine has.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "exec/ram_addr.h"
#include "hw/vmstate-if.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "memory-internal.h"

MemReentrancyGuard *(*memory_guard_of_owner)(Object *owner);

/* Names become parts of object paths: what has a meaning there is spelled. */
static char *escape_name(const char *name)
{
    static const char hex[] = "0123456789abcdef";
    char *escaped, *p;

    if (!strpbrk(name, "/[]\\")) {
        return g_strconcat(name, "[*]", NULL);
    }
    escaped = p = g_malloc(4 * strlen(name) + sizeof("[*]"));
    for (; *name; name++) {
        if (strchr("/[]\\", *name)) {
            *p++ = '\\';
            *p++ = 'x';
            *p++ = hex[(uint8_t)*name >> 4];
            *p++ = hex[*name & 15];
        } else {
            *p++ = *name;
        }
    }
    strcpy(p, "[*]");
    return escaped;
}

/* Regions of nobody are kept where objects without a parent are. */
static Object *parent_of_unowned(void)
{
    Object *machine = object_resolve_path_component(object_get_root(),
                                                    "machine");

    return machine ? object_resolve_path_component(machine, "unattached")
                   : NULL;
}

static void region_setup(MemoryRegion *mr, Object *owner, const char *name,
                         uint64_t size)
{
    Object *parent = owner;

    mr->size = size == UINT64_MAX ? int128_2_64() : int128_make64(size);
    mr->name = g_strdup(name);
    mr->owner = owner;

    if (name && !parent) {
        parent = parent_of_unowned();
    }
    if (name && parent) {
        g_autofree char *child = escape_name(name);

        object_property_add_child(parent, child, OBJECT(mr));
        object_unref(OBJECT(mr));
    }
}

void memory_region_init(MemoryRegion *mr, Object *owner, const char *name,
                        uint64_t size)
{
    object_initialize(mr, sizeof(*mr), TYPE_MEMORY_REGION);
    region_setup(mr, owner, name, size);
}

void memory_region_init_iommu(void *_iommu_mr, size_t instance_size,
                              const char *mrtypename, Object *owner,
                              const char *name, uint64_t size)
{
    IOMMUMemoryRegion *iommu_mr;
    MemoryRegion *mr = _iommu_mr;

    object_initialize(_iommu_mr, instance_size, mrtypename);
    region_setup(mr, owner, name, size);
    iommu_mr = IOMMU_MEMORY_REGION(mr);
    mr->is_iommu = true;
    mr->terminates = true;
    QLIST_INIT(&iommu_mr->iommu_notify);
    iommu_mr->iommu_notify_flags = IOMMU_NOTIFIER_NONE;
}

void memory_region_init_io(MemoryRegion *mr, Object *owner,
                           const MemoryRegionOps *ops, void *opaque,
                           const char *name, uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->ops = ops ?: &unassigned_mem_ops;
    mr->opaque = opaque;
    mr->terminates = true;
    if (owner && memory_guard_of_owner) {
        mr->guard = memory_guard_of_owner(owner);
    }
}

void memory_region_init_alias(MemoryRegion *mr, Object *owner,
                              const char *name, MemoryRegion *orig,
                              hwaddr offset, uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->alias = orig;
    mr->alias_offset = offset;
    mr->changed = orig->changed;
    QLIST_INSERT_HEAD(&orig->aliases, mr, aliases_link);
}

void memory_region_init_reservation(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size)
{
    memory_region_init_io(mr, owner, &unassigned_mem_ops, mr, name, size);
}

/* ---- RAM ---- */

static void free_ram(MemoryRegion *mr)
{
    qemu_ram_free(mr->ram_block);
}

/* Makes mr show block; NULL if there was none to be had. */
static void show_block(MemoryRegion *mr, RAMBlock *block)
{
    if (!block) {
        mr->size = int128_zero();
        if (OBJECT(mr)->parent) {
            object_unparent(OBJECT(mr));
        }
        return;
    }
    mr->ram_block = block;
    mr->destructor = free_ram;
}

static void start_ram(MemoryRegion *mr, Object *owner, const char *name,
                      uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->ram = true;
    mr->terminates = true;
}

void memory_region_init_ram_flags_nomigrate(MemoryRegion *mr, Object *owner,
                                            const char *name, uint64_t size,
                                            uint32_t ram_flags, Error **errp)
{
    start_ram(mr, owner, name, size);
    show_block(mr, qemu_ram_alloc(size, ram_flags, mr, errp));
}

void memory_region_init_ram_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp)
{
    memory_region_init_ram_flags_nomigrate(mr, owner, name, size, 0, errp);
}

void memory_region_init_resizeable_ram(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       uint64_t max_size,
                                       void (*resized)(const char *,
                                                       uint64_t length,
                                                       void *host),
                                       Error **errp)
{
    start_ram(mr, owner, name, size);
    show_block(mr, qemu_ram_alloc_resizeable(size, max_size, resized, mr,
                                             errp));
}

void memory_region_init_ram_from_file(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      uint64_t align, uint32_t ram_flags,
                                      const char *path, bool readonly,
                                      Error **errp)
{
    start_ram(mr, owner, name, size);
    mr->readonly = readonly;
    mr->align = align;
    show_block(mr, qemu_ram_alloc_from_file(size, mr, ram_flags, path,
                                            readonly, errp));
}

void memory_region_init_ram_from_fd(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size,
                                    uint32_t ram_flags, int fd,
                                    ram_addr_t offset, Error **errp)
{
    start_ram(mr, owner, name, size);
    show_block(mr, qemu_ram_alloc_from_fd(size, mr, ram_flags, fd, offset,
                                          false, errp));
}

void memory_region_init_ram_ptr(MemoryRegion *mr, Object *owner,
                                const char *name, uint64_t size, void *ptr)
{
    start_ram(mr, owner, name, size);
    show_block(mr, qemu_ram_alloc_from_ptr(size, ptr, mr, &error_abort));
}

void memory_region_init_ram_device_ptr(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       void *ptr)
{
    start_ram(mr, owner, name, size);
    mr->ram_device = true;
    mr->ops = &ram_device_mem_ops;
    mr->opaque = mr;
    show_block(mr, qemu_ram_alloc_from_ptr(size, ptr, mr, &error_abort));
}

void memory_region_init_rom_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp)
{
    memory_region_init_ram_flags_nomigrate(mr, owner, name, size, 0, errp);
    mr->readonly = true;
}

void memory_region_init_rom_device_nomigrate(MemoryRegion *mr, Object *owner,
                                             const MemoryRegionOps *ops,
                                             void *opaque, const char *name,
                                             uint64_t size, Error **errp)
{
    memory_region_init(mr, owner, name, size);
    mr->ops = ops;
    mr->opaque = opaque;
    mr->terminates = true;
    mr->rom_device = true;
    show_block(mr, qemu_ram_alloc(size, 0, mr, errp));
}

/*
 * RAM that migrates is known by its device's path.  Owners that are no
 * devices (a board, a bus) give no path.
 */
static void migrate_ram(MemoryRegion *mr, Object *owner)
{
    if (mr->ram_block) {
        if (owner && !object_dynamic_cast(owner, TYPE_VMSTATE_IF)) {
            owner = NULL;
        }
        vmstate_register_ram(mr, (DeviceState *)owner);
    }
}

void memory_region_init_ram(MemoryRegion *mr, Object *owner,
                            const char *name, uint64_t size, Error **errp)
{
    memory_region_init_ram_nomigrate(mr, owner, name, size, errp);
    migrate_ram(mr, owner);
}

void memory_region_init_rom(MemoryRegion *mr, Object *owner,
                            const char *name, uint64_t size, Error **errp)
{
    memory_region_init_rom_nomigrate(mr, owner, name, size, errp);
    migrate_ram(mr, owner);
}

void memory_region_init_rom_device(MemoryRegion *mr, Object *owner,
                                   const MemoryRegionOps *ops, void *opaque,
                                   const char *name, uint64_t size,
                                   Error **errp)
{
    memory_region_init_rom_device_nomigrate(mr, owner, ops, opaque, name,
                                            size, errp);
    migrate_ram(mr, owner);
}

/* ---- the roots ---- */

AddressSpace address_space_memory;
AddressSpace address_space_io;

static MemoryRegion *system_memory, *system_io;

void memory_map_init(void)
{
    if (system_memory) {
        return;
    }
    system_memory = g_new0(MemoryRegion, 1);
    memory_region_init(system_memory, NULL, "system", UINT64_MAX);
    address_space_init(&address_space_memory, system_memory, "memory");

    system_io = g_new0(MemoryRegion, 1);
    memory_region_init_io(system_io, NULL, &unassigned_io_ops, NULL, "io",
                          MAX_IOPORTS);
    address_space_init(&address_space_io, system_io, "I/O");
}

MemoryRegion *get_system_memory(void)
{
    memory_map_init();
    return system_memory;
}

MemoryRegion *get_system_io(void)
{
    memory_map_init();
    return system_io;
}
