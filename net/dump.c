/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter-dump: packets of a network back end into a pcap file (the classic
 * format, version 2.4, microseconds, link type Ethernet).
 *
 *     -object filter-dump,id=f0,netdev=net0,file=net0.pcap
 */
#include "qemu/osdep.h"
#include "net-impl.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qom/object_interfaces.h"

#define TYPE_FILTER_DUMP "filter-dump"
OBJECT_DECLARE_SIMPLE_TYPE(FilterDump, FILTER_DUMP)

#define PCAP_MAGIC 0xa1b2c3d4
#define PCAP_LINK_ETHERNET 1

struct FilterDump {
    Object parent_obj;

    NetFilterState filter;
    bool attached;
    int fd;
    int64_t start;              /* of the virtual clock, in wall time, us */
    char *netdev_id, *filename, *status, *position;
    bool before;                /* the one that position names */
    uint32_t maxlen;
    int queue;
};

typedef struct PcapFileHeader {
    uint32_t magic;
    uint16_t version_major, version_minor;
    int32_t thiszone;
    uint32_t sigfigs, snaplen, linktype;
} PcapFileHeader;

typedef struct PcapPacketHeader {
    uint32_t sec, usec, caplen, len;
} PcapPacketHeader;

static ssize_t dump_receive_iov(NetFilterState *nf, NetClientState *sender,
                                unsigned flags, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb)
{
    FilterDump *d = container_of(nf, FilterDump, filter);
    size_t header = qemu_get_using_vnet_hdr(nf->netdev) ?
                    qemu_get_vnet_hdr_len(nf->netdev) : 0;
    size_t size = iov_size(iov, iovcnt);
    int64_t us = d->start + qemu_clock_get_us(QEMU_CLOCK_VIRTUAL);
    PcapPacketHeader ph;
    g_autofree struct iovec *out = NULL;
    unsigned n;

    if (d->fd < 0 || size < header) {
        return 0;
    }
    size -= header;
    ph = (PcapPacketHeader) { us / 1000000, us % 1000000,
                              MIN(size, d->maxlen), size };
    out = g_new(struct iovec, iovcnt + 1);
    out[0] = (struct iovec) { &ph, sizeof(ph) };
    n = 1 + iov_copy(out + 1, iovcnt, iov, iovcnt, header, ph.caplen);
    if (writev(d->fd, out, n) != (ssize_t)(sizeof(ph) + ph.caplen)) {
        error_report("filter-dump: could not write '%s': %s; no more packets "
                     "are recorded", d->filename, g_strerror(errno));
        close(d->fd);
        d->fd = -1;
    }
    return 0;
}

static void dump_print(NetFilterState *nf, GString *to)
{
    FilterDump *d = container_of(nf, FilterDump, filter);

    g_string_append_printf(to, "%s: type=%s,file=%s,maxlen=%u,position=%s,"
                           "status=%s,insert=%s,netdev=%s,queue=%s\n",
                           object_get_canonical_path_component(OBJECT(d)),
                           TYPE_FILTER_DUMP, d->filename, d->maxlen,
                           d->position, d->status,
                           d->before ? "before" : "behind", d->netdev_id,
                           NetFilterDirection_str(nf->direction));
}

static void dump_client_gone(NetFilterState *nf)
{
    object_unparent(OBJECT(container_of(nf, FilterDump, filter)));
}

/* "head", "tail", or "id=FILTER" for a place beside that one. */
static bool find_neighbour(FilterDump *d, NetClientState *nc,
                           NetFilterState **neighbour, Error **errp)
{
    Object *obj;

    *neighbour = NULL;
    if (!g_str_has_prefix(d->position, "id=")) {
        return true;
    }
    obj = object_resolve_path_component(object_get_objects_root(),
                                        d->position + 3);
    if (!obj || !object_dynamic_cast(obj, TYPE_FILTER_DUMP) ||
        FILTER_DUMP(obj)->filter.netdev != nc) {
        error_setg(errp, "filter '%s' not found", d->position + 3);
        return false;
    }
    *neighbour = &FILTER_DUMP(obj)->filter;
    return true;
}

static void insert_filter(FilterDump *d, NetClientState *nc,
                          NetFilterState *neighbour)
{
    if (neighbour && d->before) {
        QTAILQ_INSERT_BEFORE(neighbour, &d->filter, next);
    } else if (neighbour) {
        QTAILQ_INSERT_AFTER(&nc->filters, neighbour, &d->filter, next);
    } else if (strcmp(d->position, "head") == 0) {
        QTAILQ_INSERT_HEAD(&nc->filters, &d->filter, next);
    } else {
        QTAILQ_INSERT_TAIL(&nc->filters, &d->filter, next);
    }
}

static void filter_dump_complete(UserCreatable *uc, Error **errp)
{
    FilterDump *d = FILTER_DUMP(uc);
    PcapFileHeader header = {
        .magic = PCAP_MAGIC,
        .version_major = 2,
        .version_minor = 4,
        .snaplen = d->maxlen,
        .linktype = PCAP_LINK_ETHERNET,
    };
    NetFilterState *neighbour;
    NetClientState *nc;

    if (!d->netdev_id) {
        error_setg(errp, "Parameter 'netdev' is required");
        return;
    }
    if (!d->filename) {
        error_setg(errp, "dump filter needs 'file' property set!");
        return;
    }
    nc = qemu_find_netdev(d->netdev_id);
    if (!nc) {
        error_setg(errp, "Parameter 'netdev' expects a network backend id");
        return;
    }
    if (!find_neighbour(d, nc, &neighbour, errp)) {
        return;
    }
    d->fd = open(d->filename, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (d->fd < 0) {
        error_setg_errno(errp, errno, "net dump: can't open %s", d->filename);
        return;
    }
    if (write(d->fd, &header, sizeof(header)) != sizeof(header)) {
        error_setg_errno(errp, errno, "net dump: can't write to %s",
                         d->filename);
        close(d->fd);
        d->fd = -1;
        return;
    }
    d->start = g_get_real_time() - qemu_clock_get_us(QEMU_CLOCK_VIRTUAL);
    d->filter.receive_iov = dump_receive_iov;
    d->filter.print = dump_print;
    d->filter.client_gone = dump_client_gone;
    d->filter.netdev = nc;
    d->filter.on = strcmp(d->status, "on") == 0;
    insert_filter(d, nc, neighbour);
    d->attached = true;
}

/* Properties */

static char *get_netdev(Object *obj, Error **errp)
{
    return g_strdup(FILTER_DUMP(obj)->netdev_id);
}

static void set_netdev(Object *obj, const char *value, Error **errp)
{
    FilterDump *d = FILTER_DUMP(obj);

    g_free(d->netdev_id);
    d->netdev_id = g_strdup(value);
}

static char *get_file(Object *obj, Error **errp)
{
    return g_strdup(FILTER_DUMP(obj)->filename);
}

static void set_file(Object *obj, const char *value, Error **errp)
{
    FilterDump *d = FILTER_DUMP(obj);

    if (d->attached) {
        error_setg(errp, "Parameter 'file' cannot change while recording");
        return;
    }
    g_free(d->filename);
    d->filename = g_strdup(value);
}

static char *get_status(Object *obj, Error **errp)
{
    return g_strdup(FILTER_DUMP(obj)->status);
}

static void set_status(Object *obj, const char *value, Error **errp)
{
    FilterDump *d = FILTER_DUMP(obj);

    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0) {
        error_setg(errp, "Invalid value for netfilter status, should be 'on' "
                   "or 'off'");
        return;
    }
    g_free(d->status);
    d->status = g_strdup(value);
    d->filter.on = strcmp(value, "on") == 0;
}

static char *get_position(Object *obj, Error **errp)
{
    return g_strdup(FILTER_DUMP(obj)->position);
}

static void set_position(Object *obj, const char *value, Error **errp)
{
    FilterDump *d = FILTER_DUMP(obj);

    if (strcmp(value, "head") != 0 && strcmp(value, "tail") != 0 &&
        !g_str_has_prefix(value, "id=")) {
        error_setg(errp, "Parameter 'position' expects 'head', 'tail' or "
                   "'id=<id>'");
        return;
    }
    g_free(d->position);
    d->position = g_strdup(value);
}

static char *get_insert(Object *obj, Error **errp)
{
    return g_strdup(FILTER_DUMP(obj)->before ? "before" : "behind");
}

static void set_insert(Object *obj, const char *value, Error **errp)
{
    if (strcmp(value, "before") != 0 && strcmp(value, "behind") != 0) {
        error_setg(errp, "Parameter 'insert' does not accept value '%s'",
                   value);
        return;
    }
    FILTER_DUMP(obj)->before = strcmp(value, "before") == 0;
}

static int get_direction(Object *obj, Error **errp)
{
    return FILTER_DUMP(obj)->filter.direction;
}

static void set_direction(Object *obj, int value, Error **errp)
{
    FILTER_DUMP(obj)->filter.direction = value;
}

static void get_maxlen(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &FILTER_DUMP(obj)->maxlen, errp);
}

static void set_maxlen(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    uint32_t value;

    if (visit_type_uint32(v, name, &value, errp)) {
        if (value == 0) {
            error_setg(errp, "Property '%s.%s' doesn't take value '0'",
                       TYPE_FILTER_DUMP, name);
            return;
        }
        FILTER_DUMP(obj)->maxlen = value;
    }
}

static void filter_dump_init(Object *obj)
{
    FilterDump *d = FILTER_DUMP(obj);

    d->fd = -1;
    d->maxlen = 65536;
    d->status = g_strdup("on");
    d->position = g_strdup("tail");
}

static void filter_dump_finalize(Object *obj)
{
    FilterDump *d = FILTER_DUMP(obj);

    if (d->attached) {
        QTAILQ_REMOVE(&d->filter.netdev->filters, &d->filter, next);
    }
    if (d->fd >= 0) {
        close(d->fd);
    }
    g_free(d->netdev_id);
    g_free(d->filename);
    g_free(d->status);
    g_free(d->position);
}

static void filter_dump_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = filter_dump_complete;
    object_class_property_add_str(oc, "netdev", get_netdev, set_netdev);
    object_class_property_add_str(oc, "file", get_file, set_file);
    object_class_property_add_str(oc, "status", get_status, set_status);
    object_class_property_add_str(oc, "position", get_position,
                                  set_position);
    object_class_property_add_str(oc, "insert", get_insert, set_insert);
    object_class_property_add_enum(oc, "queue", "NetFilterDirection",
                                   &NetFilterDirection_lookup, get_direction,
                                   set_direction);
    object_class_property_add(oc, "maxlen", "uint32", get_maxlen, set_maxlen,
                              NULL, NULL);
}

static const TypeInfo filter_dump_types[] = {
    {
        .name = TYPE_FILTER_DUMP,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(FilterDump),
        .instance_init = filter_dump_init,
        .instance_finalize = filter_dump_finalize,
        .class_init = filter_dump_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_USER_CREATABLE }, { } },
    },
};
DEFINE_TYPES(filter_dump_types)
