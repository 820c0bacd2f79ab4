/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mapping guest memory into the host's: where it is, for RAM, and through
 * the one bounce buffer for everything else.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "exec/address-spaces.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "memory-internal.h"

typedef struct BounceBuffer {
    bool in_use;
    uint8_t *buffer;
    MemoryRegion *mr;
    hwaddr addr;
    hwaddr len;
    MemTxAttrs attrs;
} BounceBuffer;

static BounceBuffer bounce;

/* ---- waiting for the buffer ---- */

typedef struct MapClient {
    QEMUBH *bh;
    QLIST_ENTRY(MapClient) link;
} MapClient;

static QLIST_HEAD(, MapClient) map_clients =
    QLIST_HEAD_INITIALIZER(map_clients);
static GMutex map_clients_lock;

static void drop_client(MapClient *client)
{
    QLIST_REMOVE(client, link);
    g_free(client);
}

static void wake_clients(void)
{
    MapClient *client;

    while ((client = QLIST_FIRST(&map_clients))) {
        qemu_bh_schedule(client->bh);
        drop_client(client);
    }
}

void cpu_register_map_client(QEMUBH *bh)
{
    MapClient *client = g_new(MapClient, 1);

    g_mutex_lock(&map_clients_lock);
    client->bh = bh;
    QLIST_INSERT_HEAD(&map_clients, client, link);
    /* It may have been given back between the failure and this call. */
    if (!qatomic_mb_read(&bounce.in_use)) {
        wake_clients();
    }
    g_mutex_unlock(&map_clients_lock);
}

void cpu_unregister_map_client(QEMUBH *bh)
{
    MapClient *client;

    g_mutex_lock(&map_clients_lock);
    QLIST_FOREACH(client, &map_clients, link) {
        if (client->bh == bh) {
            drop_client(client);
            break;
        }
    }
    g_mutex_unlock(&map_clients_lock);
}

/* ---- mapping ---- */

static void *map_bounce(FlatView *view, const FlatRange *r, hwaddr addr,
                        hwaddr *plen, bool is_write, MemTxAttrs attrs)
{
    if (qatomic_xchg(&bounce.in_use, true)) {
        *plen = 0;
        return NULL;
    }
    *plen = MIN(*plen, (hwaddr)TARGET_PAGE_SIZE);
    bounce.buffer = g_malloc0(*plen);
    bounce.addr = addr;
    bounce.len = *plen;
    bounce.attrs = attrs;
    bounce.mr = r->mr;
    memory_region_ref(r->mr);
    if (!is_write) {
        flatview_read(view, addr, attrs, bounce.buffer, *plen);
    }
    return bounce.buffer;
}

/*
 * Pages that an IOMMU maps to adjacent memory are one piece.  done bytes are
 * known to be; how many of len are in all.
 */
static hwaddr extend_mapping(FlatView *view, hwaddr addr, hwaddr done,
                             hwaddr len, const uint8_t *host, bool is_write,
                             MemTxAttrs attrs)
{
    while (done < len) {
        hwaddr l = len - done, xaddr;
        const FlatRange *r;

        if (addr + done < addr) {
            break;
        }
        r = flatview_resolve(view, addr + done, &xaddr, &l, is_write, attrs);
        if ((is_write ? !r->direct_write : !r->direct_read) ||
            r->host + (xaddr - r->start) != host + done) {
            break;
        }
        done += l;
    }
    return done;
}

void *address_space_map(AddressSpace *as, hwaddr addr, hwaddr *plen,
                        bool is_write, MemTxAttrs attrs)
{
    hwaddr l = *plen, xaddr;
    const FlatRange *r;
    FlatView *view;
    uint8_t *host;

    if (!l) {
        return NULL;
    }
    RCU_READ_LOCK_GUARD();
    view = address_space_to_flatview(as);
    r = flatview_resolve(view, addr, &xaddr, &l, is_write, attrs);
    if (is_write ? !r->direct_write : !r->direct_read) {
        *plen = l;
        return map_bounce(view, r, addr, plen, is_write, attrs);
    }
    host = r->host + (xaddr - r->start);
    if (l < *plen && flatview_lookup(view, addr)->mr->is_iommu) {
        /* Not past this region: another is not held by the mapping. */
        l = extend_mapping(view, addr, l,
                           MIN(*plen, r->last - xaddr + 1), host, is_write,
                           attrs);
    }
    *plen = l;
    memory_region_ref(r->mr);
    return host;
}

static void unmap_bounce(AddressSpace *as, bool is_write, hwaddr access_len)
{
    MemoryRegion *mr = bounce.mr;

    if (is_write) {
        address_space_write(as, bounce.addr, bounce.attrs, bounce.buffer,
                            MIN(access_len, bounce.len));
    }
    g_free(bounce.buffer);
    bounce.buffer = NULL;
    bounce.mr = NULL;
    memory_region_unref(mr);
    qatomic_mb_set(&bounce.in_use, false);

    g_mutex_lock(&map_clients_lock);
    wake_clients();
    g_mutex_unlock(&map_clients_lock);
}

void address_space_unmap(AddressSpace *as, void *buffer, hwaddr len,
                         bool is_write, hwaddr access_len)
{
    MemoryRegion *mr;
    ram_addr_t offset;

    if (buffer == bounce.buffer) {
        unmap_bounce(as, is_write, access_len);
        return;
    }
    mr = memory_region_from_host(buffer, &offset);
    assert(mr);
    if (is_write && access_len && memory_region_logged(mr)) {
        memory_region_wrote(mr, offset, access_len);
    }
    memory_region_unref(mr);
}

void *cpu_physical_memory_map(hwaddr addr, hwaddr *plen, bool is_write)
{
    return address_space_map(&address_space_memory, addr, plen, is_write,
                             MEMTXATTRS_UNSPECIFIED);
}

void cpu_physical_memory_unmap(void *buffer, hwaddr len, bool is_write,
                               hwaddr access_len)
{
    address_space_unmap(&address_space_memory, buffer, len, is_write,
                        access_len);
}
