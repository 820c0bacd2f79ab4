/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory backends: what the kinds have in common, which is the size, where
 * on the host the memory is to be, and how it is treated.
 */
#include "qemu/osdep.h"
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "exec/ram_addr.h"
#include "qapi/error.h"
#include "qapi/qapi-types.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"

QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_DEFAULT != (int)MPOL_DEFAULT);
QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_PREFERRED != (int)MPOL_PREFERRED);
QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_BIND != (int)MPOL_BIND);
QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_INTERLEAVE != (int)MPOL_INTERLEAVE);

bool host_memory_backend_mr_inited(HostMemoryBackend *backend)
{
    /* Complete, it has at least a byte. */
    return memory_region_size(&backend->mr) != 0;
}

MemoryRegion *host_memory_backend_get_memory(HostMemoryBackend *backend)
{
    return host_memory_backend_mr_inited(backend) ? &backend->mr : NULL;
}

void host_memory_backend_set_mapped(HostMemoryBackend *backend, bool mapped)
{
    backend->is_mapped = mapped;
}

bool host_memory_backend_is_mapped(HostMemoryBackend *backend)
{
    return backend->is_mapped;
}

size_t host_memory_backend_pagesize(HostMemoryBackend *memdev)
{
    return qemu_ram_pagesize(memdev->mr.ram_block);
}

char *host_memory_backend_get_name(HostMemoryBackend *backend)
{
    if (!backend->use_canonical_path) {
        return g_strdup(object_get_canonical_path_component(OBJECT(backend)));
    }
    return object_get_canonical_path(OBJECT(backend));
}

/* ---- preallocation ---- */

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

typedef struct Stretch {
    uint8_t *start;
    size_t len;
    int err;
} Stretch;

static void *populate(void *opaque)
{
    Stretch *s = opaque;

    /* Unlike touching pages this fails, rather than kills, for want of them. */
    if (madvise(s->start, s->len, MADV_POPULATE_WRITE)) {
        s->err = errno;
    }
    return NULL;
}

static bool preallocate(HostMemoryBackend *backend, Error **errp)
{
    size_t page = host_memory_backend_pagesize(backend);
    size_t pages = backend->mr.ram_block->max_length / page;
    size_t threads = MIN(MAX(backend->prealloc_threads, 1), MAX(pages, 1));
    size_t share = DIV_ROUND_UP(pages, threads), done = 0, n = 0;
    g_autofree Stretch *stretches = g_new0(Stretch, threads);
    g_autofree GThread **workers = g_new0(GThread *, threads);
    int err = 0;

    /* All of it will be there: then the fewer pages the better. */
    qemu_madvise(backend->mr.ram_block->host, pages * page,
                 QEMU_MADV_HUGEPAGE);
    for (; done < pages; n++) {
        Stretch *s = &stretches[n];

        s->start = backend->mr.ram_block->host + done * page;
        s->len = MIN(share, pages - done) * page;
        done += share;
        if (done < pages) {
            workers[n] = g_thread_try_new("prealloc", populate, s, NULL);
        }
        if (!workers[n]) {
            populate(s);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (workers[i]) {
            g_thread_join(workers[i]);
        }
        err = err ?: stretches[i].err;
    }
    if (err) {
        error_setg_errno(errp, err, "cannot preallocate memory");
    }
    return !err;
}

/* ---- where the memory is to be ---- */

static bool check_nodes(HostMemoryBackend *backend, unsigned last_node,
                        Error **errp)
{
    if (last_node == MAX_NODES && backend->policy != MPOL_DEFAULT) {
        error_setg(errp, "host-nodes must be set for policy %s",
                   HostMemPolicy_str(backend->policy));
        return false;
    }
    if (last_node != MAX_NODES && backend->policy == MPOL_DEFAULT) {
        error_setg(errp, "host-nodes must be empty for policy default, or "
                   "you should explicitly specify a policy other than "
                   "default");
        return false;
    }
    return true;
}

static bool bind_to_nodes(HostMemoryBackend *backend, Error **errp)
{
    unsigned last = find_last_bit(backend->host_nodes, MAX_NODES);
    int mode = backend->policy;

    if (!check_nodes(backend, last, errp)) {
        return false;
    }
    if (mode == MPOL_DEFAULT) {
        return true;
    }
    /* The kernel takes one bit less than it is told. */
    if (syscall(__NR_mbind, backend->mr.ram_block->host,
                backend->mr.ram_block->max_length, mode, backend->host_nodes,
                (unsigned long)last + 2, MPOL_MF_STRICT | MPOL_MF_MOVE)) {
        error_setg_errno(errp, errno,
                         "cannot bind memory to host NUMA nodes");
        return false;
    }
    return true;
}

/* ---- completion ---- */

static void advise(HostMemoryBackend *backend, int advice)
{
    qemu_madvise(backend->mr.ram_block->host,
                 backend->mr.ram_block->max_length, advice);
}

static void backend_complete(UserCreatable *uc, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(uc);
    HostMemoryBackendClass *bc = MEMORY_BACKEND_GET_CLASS(uc);
    Error *err = NULL;

    if (!backend->size) {
        error_setg(errp, "Parameter 'size' is missing");
        return;
    }
    if (backend->prealloc && !backend->reserve) {
        error_setg(errp, "'prealloc=on' and 'reserve=off' are incompatible");
        return;
    }
    bc->alloc(backend, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    if (backend->merge != ram_blocks_merge) {
        advise(backend, backend->merge ? QEMU_MADV_MERGEABLE
                                       : QEMU_MADV_UNMERGEABLE);
    }
    if (backend->dump != ram_blocks_dump) {
        advise(backend, backend->dump ? QEMU_MADV_DODUMP
                                      : QEMU_MADV_DONTDUMP);
    }
    /* Pages go where the policy says when they are first touched. */
    if (bind_to_nodes(backend, errp) && backend->prealloc) {
        preallocate(backend, errp);
    }
}

static bool backend_can_be_deleted(UserCreatable *uc)
{
    return !host_memory_backend_is_mapped(MEMORY_BACKEND(uc));
}

/* ---- properties ---- */

static bool still_open(HostMemoryBackend *backend, Error **errp)
{
    if (host_memory_backend_mr_inited(backend)) {
        error_setg(errp, "cannot change property value");
        return false;
    }
    return true;
}

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    visit_type_size(v, name, &MEMORY_BACKEND(obj)->size, errp);
}

static void set_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    uint64_t value;

    if (host_memory_backend_mr_inited(backend)) {
        error_setg(errp, "cannot change property %s of %s ", name,
                   object_get_typename(obj));
        return;
    }
    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "property '%s' of %s doesn't take value '%" PRIu64
                   "'", name, object_get_typename(obj), value);
        return;
    }
    backend->size = value;
}

static void get_host_nodes(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    uint16List *nodes = NULL, **tail = &nodes;

    for (unsigned n = find_first_bit(backend->host_nodes, MAX_NODES);
         n < MAX_NODES;
         n = find_next_bit(backend->host_nodes, MAX_NODES, n + 1)) {
        *tail = g_new0(uint16List, 1);
        (*tail)->value = n;
        tail = &(*tail)->next;
    }
    visit_type_uint16List(v, name, &nodes, errp);
    qapi_free_uint16List(nodes);
}

static void set_host_nodes(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    DECLARE_BITMAP(wanted, MAX_NODES + 1);
    uint16List *nodes = NULL, *n;

    if (!still_open(backend, errp) ||
        !visit_type_uint16List(v, name, &nodes, errp)) {
        return;
    }
    bitmap_zero(wanted, MAX_NODES + 1);
    for (n = nodes; n; n = n->next) {
        if (n->value >= MAX_NODES) {
            error_setg(errp, "Invalid host-nodes value: %d", n->value);
            break;
        }
        set_bit(n->value, wanted);
    }
    if (!n) {
        bitmap_copy(backend->host_nodes, wanted, MAX_NODES + 1);
    }
    qapi_free_uint16List(nodes);
}

static int get_policy(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->policy;
}

static void set_policy(Object *obj, int policy, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (still_open(backend, errp)) {
        backend->policy = policy;
    }
}

static bool get_merge(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->merge;
}

static void set_merge(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (host_memory_backend_mr_inited(backend) && value != backend->merge) {
        advise(backend, value ? QEMU_MADV_MERGEABLE : QEMU_MADV_UNMERGEABLE);
    }
    backend->merge = value;
}

static bool get_dump(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->dump;
}

static void set_dump(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (host_memory_backend_mr_inited(backend) && value != backend->dump) {
        advise(backend, value ? QEMU_MADV_DODUMP : QEMU_MADV_DONTDUMP);
    }
    backend->dump = value;
}

static bool get_prealloc(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->prealloc;
}

static void set_prealloc(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (!host_memory_backend_mr_inited(backend)) {
        backend->prealloc = value;
    } else if (value && !backend->reserve) {
        error_setg(errp, "'prealloc=on' and 'reserve=off' are incompatible");
    } else if (value && !backend->prealloc) {
        backend->prealloc = preallocate(backend, errp);
    }
}

static void get_prealloc_threads(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &MEMORY_BACKEND(obj)->prealloc_threads, errp);
}

static void set_prealloc_threads(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "property '%s' of %s doesn't take value '%u'", name,
                   object_get_typename(obj), value);
        return;
    }
    MEMORY_BACKEND(obj)->prealloc_threads = value;
}

static bool get_share(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->share;
}

static void set_share(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (still_open(backend, errp)) {
        backend->share = value;
    }
}

static bool get_reserve(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->reserve;
}

static void set_reserve(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (still_open(backend, errp)) {
        backend->reserve = value;
    }
}

static bool get_canonical(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->use_canonical_path;
}

static void set_canonical(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND(obj)->use_canonical_path = value;
}

/* The names and what -object X,help says of them. */
static const struct {
    const char *name;
    bool (*get)(Object *, Error **);
    void (*set)(Object *, bool, Error **);
    const char *description;
} bool_props[] = {
    { "merge", get_merge, set_merge, "Mark memory as mergeable" },
    { "dump", get_dump, set_dump, "Set to 'off' to exclude from core dump" },
    { "prealloc", get_prealloc, set_prealloc, "Preallocate memory" },
    { "share", get_share, set_share,
      "Mark the memory as private to QEMU or shared" },
    { "reserve", get_reserve, set_reserve,
      "Reserve swap space (or huge pages) if applicable" },
    { "x-use-canonical-path-for-ramblock-id", get_canonical, set_canonical },
};

static void backend_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

    ucc->complete = backend_complete;
    ucc->can_be_deleted = backend_can_be_deleted;

    for (unsigned i = 0; i < ARRAY_SIZE(bool_props); i++) {
        object_class_property_add_bool(oc, bool_props[i].name,
                                       bool_props[i].get, bool_props[i].set);
        if (bool_props[i].description) {
            object_class_property_set_description(oc, bool_props[i].name,
                                                  bool_props[i].description);
        }
    }
    object_class_property_add(oc, "prealloc-threads", "int",
                              get_prealloc_threads, set_prealloc_threads,
                              NULL, NULL);
    object_class_property_set_description(oc, "prealloc-threads",
        "Number of CPU threads to use for prealloc");
    object_class_property_add(oc, "size", "int", get_size, set_size,
                              NULL, NULL);
    object_class_property_set_description(oc, "size",
        "Size of the memory region (ex: 500M)");
    object_class_property_add(oc, "host-nodes", "int", get_host_nodes,
                              set_host_nodes, NULL, NULL);
    object_class_property_set_description(oc, "host-nodes",
        "Binds memory to the list of NUMA host nodes");
    object_class_property_add_enum(oc, "policy", "HostMemPolicy",
                                   &HostMemPolicy_lookup, get_policy,
                                   set_policy);
    object_class_property_set_description(oc, "policy",
        "Set the NUMA policy");
}

static void backend_init(Object *obj)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    backend->merge = ram_blocks_merge;
    backend->dump = ram_blocks_dump;
    backend->reserve = true;
    backend->prealloc_threads = 1;
}

static const TypeInfo backend_info = {
    .name = TYPE_MEMORY_BACKEND,
    .parent = TYPE_OBJECT,
    .abstract = true,
    .class_size = sizeof(HostMemoryBackendClass),
    .class_init = backend_class_init,
    .instance_size = sizeof(HostMemoryBackend),
    .instance_init = backend_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void backend_register_types(void)
{
    type_register_static(&backend_info);
}

type_init(backend_register_types)
