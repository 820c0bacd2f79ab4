/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The graph of the block layer: drivers, named nodes, and who uses which
 * node for what.
 *
 * Every use says what it needs (reading, writing, resizing) and what it lets
 * other users do meanwhile.  A node's users must agree; what they need
 * together is passed on to the node below, and at a file becomes locks that
 * other processes see.
 */
#include "qemu/osdep.h"
#include "block/block_int.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/id.h"

static const BlockDriver *drivers[32];
static unsigned nr_drivers;

static QTAILQ_HEAD(, BlockDriverState) nodes = QTAILQ_HEAD_INITIALIZER(nodes);

static const char *const perm_names[] = {
    "consistent read", "write", "write unchanged", "resize",
};

/*** Drivers ***/

void bdrv_register(const BlockDriver *drv)
{
    assert(nr_drivers < ARRAY_SIZE(drivers));
    drivers[nr_drivers++] = drv;
}

const BlockDriver *bdrv_find_format(const char *name)
{
    for (unsigned i = 0; i < nr_drivers; i++) {
        if (!strcmp(drivers[i]->name, name)) {
            return drivers[i];
        }
    }
    return NULL;
}

const BlockDriver *bdrv_next_driver(const BlockDriver *drv)
{
    unsigned i = 0;

    while (drv && drivers[i++] != drv) {
    }
    return i < nr_drivers ? drivers[i] : NULL;
}

/* "proto" of "proto:rest"; a path with a colon after a slash has none. */
static char *protocol_of(const char *filename)
{
    size_t len = strcspn(filename, ":/");

    return filename[len] == ':' ? g_strndup(filename, len) : NULL;
}

const BlockDriver *bdrv_find_protocol(const char *filename, Error **errp)
{
    g_autofree char *proto = protocol_of(filename);

    for (unsigned i = 0; i < nr_drivers; i++) {
        const char *const *p = drivers[i]->protocols;

        for (; proto && p && *p; p++) {
            if (!strcmp(*p, proto)) {
                return drivers[i];
            }
        }
    }
    if (proto) {
        error_setg(errp, "Unknown protocol '%s'", proto);
        return NULL;
    }
    return bdrv_find_format("file");
}

/*** Nodes ***/

BlockDriverState *bdrv_find_node(const char *node_name)
{
    BlockDriverState *bs;

    QTAILQ_FOREACH(bs, &nodes, node) {
        if (!strcmp(bs->node_name, node_name)) {
            return bs;
        }
    }
    return NULL;
}

BlockDriverState *bdrv_next_node(BlockDriverState *bs)
{
    return bs ? QTAILQ_NEXT(bs, node) : QTAILQ_FIRST(&nodes);
}

/* A name for the node; false if it cannot have the one that was given. */
static bool name_node(BlockDriverState *bs, const char *name, Error **errp)
{
    g_autofree char *made_up = NULL;

    if (!name) {
        made_up = id_generate(ID_BLOCK);
        bs->auto_named = true;
        name = made_up;
    } else if (!id_wellformed(name)) {
        error_setg(errp, "Invalid node-name: '%s'", name);
        return false;
    } else if (strlen(name) > BDRV_NODE_NAME_MAX) {
        error_setg(errp, "Node name too long");
        return false;
    } else if (bdrv_find_node(name)) {
        error_setg(errp, "Duplicate nodes with node-name='%s'", name);
        return false;
    }
    pstrcpy(bs->node_name, sizeof(bs->node_name), name);
    return true;
}

BlockDriverState *bdrv_new(const BlockDriver *drv, const char *node_name,
                           Error **errp)
{
    BlockDriverState *bs = g_new0(BlockDriverState, 1);

    if (!name_node(bs, node_name, errp)) {
        g_free(bs);
        return NULL;
    }
    bs->drv = drv;
    bs->opaque = g_malloc0(MAX(drv->instance_size, 1));
    bs->refcnt = 1;
    bs->shared_perm = BLK_PERM_ALL;
    bs->bl = (BlockLimits) {
        .request_alignment = 1, .mem_alignment = 1, .max_iov = IOV_MAX,
    };
    QLIST_INIT(&bs->parents);
    QTAILQ_INIT(&bs->tracked);
    QTAILQ_INIT(&bs->waiting);
    QTAILQ_INSERT_TAIL(&nodes, bs, node);
    return bs;
}

void bdrv_ref(BlockDriverState *bs)
{
    bs->refcnt++;
}

void bdrv_unref(BlockDriverState *bs)
{
    if (!bs || --bs->refcnt) {
        return;
    }
    QTAILQ_REMOVE(&nodes, bs, node);
    /* Nobody waits for it any more, but what it buffers may matter. */
    if (bs->drv->close) {
        bs->drv->close(bs);
    }
    if (bs->file) {
        bdrv_child_free(bs->file);
    }
    json_decref(bs->options);
    g_free(bs->filename);
    g_free(bs->opaque);
    g_free(bs);
}

/*** Permissions ***/

char *bdrv_child_user(const BdrvChild *child)
{
    return child->blk ? blk_child_user(child->blk)
                      : g_strdup_printf("node '%s'", child->parent->node_name);
}

/* The first permission that @by does not share with @of; NULL: all agree. */
static const char *conflict(const BdrvChild *of, const BdrvChild *by)
{
    uint64_t bad = of->perm & ~by->shared_perm;

    return bad ? perm_names[ctz64(bad)] : NULL;
}

static bool users_agree(BlockDriverState *bs, Error **errp)
{
    BdrvChild *a, *b;

    QLIST_FOREACH(a, &bs->parents, next_parent) {
        QLIST_FOREACH(b, &bs->parents, next_parent) {
            const char *what = a == b ? NULL : conflict(a, b);

            if (what) {
                g_autofree char *user_a = bdrv_child_user(a);
                g_autofree char *user_b = bdrv_child_user(b);

                error_setg(errp, "Permission conflict on node '%s': "
                           "permissions '%s' are both required by %s (uses "
                           "node '%s' as '%s' child) and unshared by %s "
                           "(uses node '%s' as '%s' child).", bs->node_name,
                           what, user_a, bs->node_name, a->name, user_b,
                           bs->node_name, b->name);
                return false;
            }
        }
    }
    return true;
}

/*
 * What all users of @bs need and share, to its driver and to the node below.
 * On failure the caller puts back what it changed and calls this again.
 */
static bool refresh_perms(BlockDriverState *bs, Error **errp)
{
    const uint64_t writing = BLK_PERM_WRITE | BLK_PERM_RESIZE;
    uint64_t perm = 0, shared = BLK_PERM_ALL;
    BdrvChild *c;

    QLIST_FOREACH(c, &bs->parents, next_parent) {
        perm |= c->perm;
        shared &= c->shared_perm;
    }
    if ((perm & writing) && bs->read_only) {
        error_setg(errp, "Block node is read-only");
        return false;
    }
    if (!users_agree(bs, errp)) {
        return false;
    }
    if (bs->drv->set_perm && !bs->drv->set_perm(bs, perm, shared, errp)) {
        return false;
    }
    if (bs->file &&
        bdrv_child_set_perm(bs->file, perm, shared, errp) < 0) {
        return false;
    }
    bs->perm = perm;
    bs->shared_perm = shared;
    return true;
}

int bdrv_child_set_perm(BdrvChild *child, uint64_t perm, uint64_t shared,
                        Error **errp)
{
    uint64_t old_perm = child->perm, old_shared = child->shared_perm;

    child->perm = perm;
    child->shared_perm = shared;
    if (!refresh_perms(child->bs, errp)) {
        child->perm = old_perm;
        child->shared_perm = old_shared;
        refresh_perms(child->bs, NULL);
        return -EPERM;
    }
    return 0;
}

BdrvChild *bdrv_child_new(BlockDriverState *bs, const char *name,
                          BlockDriverState *parent, BlockBackend *blk,
                          uint64_t perm, uint64_t shared, Error **errp)
{
    BdrvChild *child = g_new0(BdrvChild, 1);

    *child = (BdrvChild) {
        .bs = bs, .name = name, .parent = parent, .blk = blk,
        .shared_perm = BLK_PERM_ALL,
    };
    QLIST_INSERT_HEAD(&bs->parents, child, next_parent);
    if (bdrv_child_set_perm(child, perm, shared, errp) < 0) {
        bdrv_child_free(child);
        return NULL;
    }
    return child;
}

void bdrv_child_free(BdrvChild *child)
{
    BlockDriverState *bs = child->bs;

    QLIST_REMOVE(child, next_parent);
    refresh_perms(bs, NULL);
    g_free(child);
    bdrv_unref(bs);
}

bool bdrv_is_inactive(const BlockDriverState *bs)
{
    return bs->open_flags & BDRV_O_INACTIVE;
}
