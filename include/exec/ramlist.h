/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All RAM blocks, and who is told of their coming and going. */
#ifndef RAMLIST_H
#define RAMLIST_H

#include "exec/ramblock.h"
#include "qemu/queue.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"

typedef struct RAMList {
    RAMBlock *mru_block;        /* the last one found; any thread */
    QLIST_HEAD(, RAMBlock) blocks;      /* biggest first */
    uint32_t version;           /* counts changes of the list */
    QLIST_HEAD(, RAMBlockNotifier) ramblock_notifiers;
} RAMList;
extern RAMList ram_list;

#define INTERNAL_RAMBLOCK_FOREACH(block) \
    QLIST_FOREACH_RCU(block, &ram_list.blocks, next)
#define RAMBLOCK_FOREACH(block) INTERNAL_RAMBLOCK_FOREACH(block)

/* For changes of the list; readers use RCU. */
void qemu_mutex_lock_ramlist(void);
void qemu_mutex_unlock_ramlist(void);

/* Host addresses of RAM, for users that map or pin it; iothread lock. */
struct RAMBlockNotifier {
    void (*ram_block_added)(RAMBlockNotifier *n, void *host, size_t size,
                            size_t max_size);
    void (*ram_block_removed)(RAMBlockNotifier *n, void *host, size_t size,
                              size_t max_size);
    void (*ram_block_resized)(RAMBlockNotifier *n, void *host,
                              size_t old_size, size_t new_size);
    QLIST_ENTRY(RAMBlockNotifier) next;
};

/* Also announces the blocks that exist, and on removal their end. */
void ram_block_notifier_add(RAMBlockNotifier *n);
void ram_block_notifier_remove(RAMBlockNotifier *n);
void ram_block_notify_add(void *host, size_t size, size_t max_size);
void ram_block_notify_remove(void *host, size_t size, size_t max_size);
void ram_block_notify_resize(void *host, size_t old_size, size_t new_size);

/* Text of "info ramblock"; g_string_free() it. */
GString *ram_block_format(void);

#endif /* RAMLIST_H */
