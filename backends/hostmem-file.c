/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory-backend-file: a file or, in a directory, a nameless one. */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "sysemu/hostmem.h"

OBJECT_DECLARE_SIMPLE_TYPE(FileBackend, MEMORY_BACKEND_FILE)

struct FileBackend {
    HostMemoryBackend parent_obj;

    char *mem_path;
    uint64_t align;
    bool discard_data;
    bool readonly;
};

static void file_alloc(HostMemoryBackend *backend, Error **errp)
{
    FileBackend *f = MEMORY_BACKEND_FILE(backend);
    g_autofree char *name = NULL;
    uint32_t flags = (backend->share ? RAM_SHARED : 0) |
                     (backend->reserve ? 0 : RAM_NORESERVE) | RAM_NAMED_FILE;

    if (!f->mem_path) {
        error_setg(errp, "Parameter 'mem-path' is missing");
        return;
    }
    name = host_memory_backend_get_name(backend);
    memory_region_init_ram_from_file(&backend->mr, OBJECT(backend), name,
                                     backend->size, f->align, flags,
                                     f->mem_path, f->readonly, errp);
}

static bool file_still_open(Object *obj, const char *name, Error **errp)
{
    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property '%s' of %s", name,
                   object_get_typename(obj));
        return false;
    }
    return true;
}

static char *file_get_mem_path(Object *obj, Error **errp)
{
    return g_strdup(MEMORY_BACKEND_FILE(obj)->mem_path);
}

static void file_set_mem_path(Object *obj, const char *path, Error **errp)
{
    FileBackend *f = MEMORY_BACKEND_FILE(obj);

    if (file_still_open(obj, "mem-path", errp)) {
        g_free(f->mem_path);
        f->mem_path = g_strdup(path);
    }
}

static void file_get_align(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    visit_type_size(v, name, &MEMORY_BACKEND_FILE(obj)->align, errp);
}

static void file_set_align(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    if (file_still_open(obj, name, errp)) {
        visit_type_size(v, name, &MEMORY_BACKEND_FILE(obj)->align, errp);
    }
}

static bool file_get_discard_data(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FILE(obj)->discard_data;
}

static void file_set_discard_data(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND_FILE(obj)->discard_data = value;
}

static bool file_get_readonly(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FILE(obj)->readonly;
}

static void file_set_readonly(Object *obj, bool value, Error **errp)
{
    if (file_still_open(obj, "readonly", errp)) {
        MEMORY_BACKEND_FILE(obj)->readonly = value;
    }
}

static bool file_get_pmem(Object *obj, Error **errp)
{
    return false;
}

static void file_set_pmem(Object *obj, bool value, Error **errp)
{
    if (value) {
        error_setg(errp, "pmem=on is not supported: nothing here flushes "
                   "guest writes to persistent memory");
    }
}

static void file_unparent(Object *obj)
{
    FileBackend *f = MEMORY_BACKEND_FILE(obj);
    MemoryRegion *mr = host_memory_backend_get_memory(MEMORY_BACKEND(obj));

    if (mr && f->discard_data) {
        qemu_madvise(mr->ram_block->host, mr->ram_block->max_length,
                     QEMU_MADV_REMOVE);
    }
}

static void file_finalize(Object *obj)
{
    g_free(MEMORY_BACKEND_FILE(obj)->mem_path);
}

static void file_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = file_alloc;
    oc->unparent = file_unparent;

    object_class_property_add_bool(oc, "discard-data", file_get_discard_data,
                                   file_set_discard_data);
    object_class_property_add_str(oc, "mem-path", file_get_mem_path,
                                  file_set_mem_path);
    object_class_property_add(oc, "align", "int", file_get_align,
                              file_set_align, NULL, NULL);
    object_class_property_add_bool(oc, "pmem", file_get_pmem, file_set_pmem);
    object_class_property_add_bool(oc, "readonly", file_get_readonly,
                                   file_set_readonly);
}

static const TypeInfo file_info = {
    .name = TYPE_MEMORY_BACKEND_FILE,
    .parent = TYPE_MEMORY_BACKEND,
    .instance_size = sizeof(FileBackend),
    .instance_finalize = file_finalize,
    .class_init = file_class_init,
};

static void file_register_types(void)
{
    type_register_static(&file_info);
}

type_init(file_register_types)
