/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory-backend-memfd: a file without a name, which can be passed to other
 * processes (vhost-user) and have huge pages.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "sysemu/hostmem.h"

OBJECT_DECLARE_SIMPLE_TYPE(MemfdBackend, MEMORY_BACKEND_MEMFD)

struct MemfdBackend {
    HostMemoryBackend parent_obj;

    bool hugetlb;
    uint64_t hugetlbsize;
    bool seal;
};

static void memfd_alloc(HostMemoryBackend *backend, Error **errp)
{
    MemfdBackend *m = MEMORY_BACKEND_MEMFD(backend);
    g_autofree char *name = host_memory_backend_get_name(backend);
    uint32_t flags = (backend->share ? RAM_SHARED : 0) |
                     (backend->reserve ? 0 : RAM_NORESERVE);
    Error *err = NULL;
    int fd;

    fd = qemu_memfd_create(TYPE_MEMORY_BACKEND_MEMFD, backend->size,
                           m->hugetlb, m->hugetlbsize,
                           m->seal ? F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL
                                   : 0, errp);
    if (fd < 0) {
        return;
    }
    memory_region_init_ram_from_fd(&backend->mr, OBJECT(backend), name,
                                   backend->size, flags, fd, 0, &err);
    if (err) {
        close(fd);
        error_propagate(errp, err);
    }
}

static bool memfd_still_open(Object *obj, Error **errp)
{
    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property value");
        return false;
    }
    return true;
}

static bool memfd_get_hugetlb(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_MEMFD(obj)->hugetlb;
}

static void memfd_set_hugetlb(Object *obj, bool value, Error **errp)
{
    if (memfd_still_open(obj, errp)) {
        MEMORY_BACKEND_MEMFD(obj)->hugetlb = value;
    }
}

static void memfd_get_hugetlbsize(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    visit_type_size(v, name, &MEMORY_BACKEND_MEMFD(obj)->hugetlbsize, errp);
}

static void memfd_set_hugetlbsize(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    uint64_t value;

    if (!memfd_still_open(obj, errp) ||
        !visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "property '%s' of %s doesn't take value '%" PRIu64
                   "'", name, object_get_typename(obj), value);
        return;
    }
    MEMORY_BACKEND_MEMFD(obj)->hugetlbsize = value;
}

static bool memfd_get_seal(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_MEMFD(obj)->seal;
}

static void memfd_set_seal(Object *obj, bool value, Error **errp)
{
    if (memfd_still_open(obj, errp)) {
        MEMORY_BACKEND_MEMFD(obj)->seal = value;
    }
}

static void memfd_init(Object *obj)
{
    MEMORY_BACKEND_MEMFD(obj)->seal = true;
    MEMORY_BACKEND(obj)->share = true;
}

static void memfd_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = memfd_alloc;

    object_class_property_add_bool(oc, "hugetlb", memfd_get_hugetlb,
                                   memfd_set_hugetlb);
    object_class_property_set_description(oc, "hugetlb", "Use huge pages");
    object_class_property_add(oc, "hugetlbsize", "int", memfd_get_hugetlbsize,
                              memfd_set_hugetlbsize, NULL, NULL);
    object_class_property_set_description(oc, "hugetlbsize",
                                          "Huge pages size (ex: 2M, 1G)");
    object_class_property_add_bool(oc, "seal", memfd_get_seal,
                                   memfd_set_seal);
    object_class_property_set_description(oc, "seal",
                                          "Seal growing & shrinking");
}

static const TypeInfo memfd_info = {
    .name = TYPE_MEMORY_BACKEND_MEMFD,
    .parent = TYPE_MEMORY_BACKEND,
    .instance_size = sizeof(MemfdBackend),
    .instance_init = memfd_init,
    .class_init = memfd_class_init,
};

static void memfd_register_types(void)
{
    type_register_static(&memfd_info);
}

type_init(memfd_register_types)
