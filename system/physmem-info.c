/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM blocks as others see them: attributes, notifiers, "info ramblock".
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "exec/memory.h"
#include "qemu/cutils.h"

const char *qemu_ram_get_idstr(RAMBlock *rb)
{
    return rb->idstr;
}

void *qemu_ram_get_host_addr(RAMBlock *rb)
{
    return rb->host;
}

ram_addr_t qemu_ram_get_offset(RAMBlock *rb)
{
    return rb->offset;
}

ram_addr_t qemu_ram_get_used_length(RAMBlock *rb)
{
    return rb->used_length;
}

ram_addr_t qemu_ram_get_max_length(RAMBlock *rb)
{
    return rb->max_length;
}

bool qemu_ram_is_shared(RAMBlock *rb)
{
    return rb->flags & RAM_SHARED;
}

bool qemu_ram_is_noreserve(RAMBlock *rb)
{
    return rb->flags & RAM_NORESERVE;
}

bool qemu_ram_is_uf_zeroable(RAMBlock *rb)
{
    return rb->flags & RAM_UF_ZEROPAGE;
}

void qemu_ram_set_uf_zeroable(RAMBlock *rb)
{
    rb->flags |= RAM_UF_ZEROPAGE;
}

bool qemu_ram_is_migratable(RAMBlock *rb)
{
    return rb->flags & RAM_MIGRATABLE;
}

void qemu_ram_set_migratable(RAMBlock *rb)
{
    rb->flags |= RAM_MIGRATABLE;
}

void qemu_ram_unset_migratable(RAMBlock *rb)
{
    rb->flags &= ~RAM_MIGRATABLE;
}

bool qemu_ram_is_named_file(RAMBlock *rb)
{
    return rb->flags & RAM_NAMED_FILE;
}

bool ramblock_is_pmem(RAMBlock *rb)
{
    return rb->flags & RAM_PMEM;
}

int qemu_ram_get_fd(RAMBlock *rb)
{
    return rb->fd;
}

size_t qemu_ram_pagesize(RAMBlock *rb)
{
    return rb->page_size;
}

size_t qemu_ram_pagesize_largest(void)
{
    RAMBlock *block;
    size_t largest = 0;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        largest = MAX(largest, block->page_size);
    }
    return largest;
}

size_t qemu_target_page_size(void)
{
    return TARGET_PAGE_SIZE;
}

int qemu_target_page_bits(void)
{
    return TARGET_PAGE_BITS;
}

int qemu_target_page_bits_min(void)
{
    return TARGET_PAGE_BITS;
}

size_t qemu_target_pages_to_MiB(size_t pages)
{
    return pages >> (20 - TARGET_PAGE_BITS);
}

GString *ram_block_format(void)
{
    GString *s = g_string_new("");
    RAMBlock *block;

    g_string_append_printf(s, "%24s %8s  %18s %18s %18s\n", "Block Name",
                           "PSize", "Offset", "Used", "Total");
    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        g_autofree char *psize = size_to_str(block->page_size);

        g_string_append_printf(s, "%24s %8s  0x%016" PRIx64 " 0x%016" PRIx64
                               " 0x%016" PRIx64 "\n", block->idstr, psize,
                               (uint64_t)block->offset,
                               (uint64_t)block->used_length,
                               (uint64_t)block->max_length);
    }
    return s;
}

/* ---- notifiers ---- */

static int announce_block(RAMBlock *block, void *opaque)
{
    RAMBlockNotifier *n = opaque;

    if (block->host) {
        n->ram_block_added(n, block->host, block->used_length,
                           block->max_length);
    }
    return 0;
}

static int revoke_block(RAMBlock *block, void *opaque)
{
    RAMBlockNotifier *n = opaque;

    if (block->host) {
        n->ram_block_removed(n, block->host, block->used_length,
                             block->max_length);
    }
    return 0;
}

void ram_block_notifier_add(RAMBlockNotifier *n)
{
    QLIST_INSERT_HEAD(&ram_list.ramblock_notifiers, n, next);
    if (n->ram_block_added) {
        qemu_ram_foreach_block(announce_block, n);
    }
}

void ram_block_notifier_remove(RAMBlockNotifier *n)
{
    QLIST_REMOVE(n, next);
    if (n->ram_block_removed) {
        qemu_ram_foreach_block(revoke_block, n);
    }
}

void ram_block_notify_add(void *host, size_t size, size_t max_size)
{
    RAMBlockNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &ram_list.ramblock_notifiers, next, next) {
        if (n->ram_block_added) {
            n->ram_block_added(n, host, size, max_size);
        }
    }
}

void ram_block_notify_remove(void *host, size_t size, size_t max_size)
{
    RAMBlockNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &ram_list.ramblock_notifiers, next, next) {
        if (n->ram_block_removed) {
            n->ram_block_removed(n, host, size, max_size);
        }
    }
}

void ram_block_notify_resize(void *host, size_t old_size, size_t new_size)
{
    RAMBlockNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &ram_list.ramblock_notifiers, next, next) {
        if (n->ram_block_resized) {
            n->ram_block_resized(n, host, old_size, new_size);
        }
    }
}
