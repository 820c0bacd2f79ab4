/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM that is partly absent: the manager of a region, and who may discard
 * memory at all.
 */
#include "qemu/osdep.h"
#include "memory-internal.h"

RamDiscardManager *memory_region_get_ram_discard_manager(MemoryRegion *mr)
{
    return mr->ram ? mr->rdm : NULL;
}

void memory_region_set_ram_discard_manager(MemoryRegion *mr,
                                           RamDiscardManager *rdm)
{
    assert(mr->ram && (!rdm || !mr->rdm));
    mr->rdm = rdm;
}

uint64_t ram_discard_manager_get_min_granularity(const RamDiscardManager *rdm,
                                                 const MemoryRegion *mr)
{
    return RAM_DISCARD_MANAGER_GET_CLASS(rdm)->get_min_granularity(rdm, mr);
}

bool ram_discard_manager_is_populated(const RamDiscardManager *rdm,
                                      const MemoryRegionSection *section)
{
    return RAM_DISCARD_MANAGER_GET_CLASS(rdm)->is_populated(rdm, section);
}

int ram_discard_manager_replay_populated(const RamDiscardManager *rdm,
                                         MemoryRegionSection *section,
                                         ReplayRamPopulate replay_fn,
                                         void *opaque)
{
    return RAM_DISCARD_MANAGER_GET_CLASS(rdm)->replay_populated(rdm, section,
                                                                replay_fn,
                                                                opaque);
}

void ram_discard_manager_replay_discarded(const RamDiscardManager *rdm,
                                          MemoryRegionSection *section,
                                          ReplayRamDiscard replay_fn,
                                          void *opaque)
{
    RAM_DISCARD_MANAGER_GET_CLASS(rdm)->replay_discarded(rdm, section,
                                                         replay_fn, opaque);
}

void ram_discard_manager_register_listener(RamDiscardManager *rdm,
                                           RamDiscardListener *rdl,
                                           MemoryRegionSection *section)
{
    RAM_DISCARD_MANAGER_GET_CLASS(rdm)->register_listener(rdm, rdl, section);
}

void ram_discard_manager_unregister_listener(RamDiscardManager *rdm,
                                             RamDiscardListener *rdl)
{
    RAM_DISCARD_MANAGER_GET_CLASS(rdm)->unregister_listener(rdm, rdl);
}

static const TypeInfo rdm_info = {
    .name = TYPE_RAM_DISCARD_MANAGER,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(RamDiscardManagerClass),
};

static void rdm_register_types(void)
{
    type_register_static(&rdm_info);
}

type_init(rdm_register_types)

/* ---- votes ---- */

typedef enum Vote {
    DISABLE,                    /* nothing may be discarded */
    DISABLE_UNCOORDINATED,      /* only what listeners are told of */
    REQUIRE,                    /* discards without telling */
    REQUIRE_COORDINATED,        /* discards and tells */
    NR_VOTES,
} Vote;

static GMutex votes_lock;
static unsigned votes[NR_VOTES];

static const uint8_t opposed[NR_VOTES] = {
    [DISABLE] = 1 << REQUIRE | 1 << REQUIRE_COORDINATED,
    [DISABLE_UNCOORDINATED] = 1 << REQUIRE,
    [REQUIRE] = 1 << DISABLE | 1 << DISABLE_UNCOORDINATED,
    [REQUIRE_COORDINATED] = 1 << DISABLE,
};

static int cast_vote(Vote vote, bool state)
{
    int ret = 0;

    g_mutex_lock(&votes_lock);
    for (int other = 0; state && other < NR_VOTES; other++) {
        if ((opposed[vote] & (1 << other)) && votes[other]) {
            ret = -EBUSY;
        }
    }
    if (!ret) {
        qatomic_set(&votes[vote], votes[vote] + (state ? 1 : -1));
    }
    g_mutex_unlock(&votes_lock);
    return ret;
}

int ram_block_discard_disable(bool state)
{
    return cast_vote(DISABLE, state);
}

int ram_block_uncoordinated_discard_disable(bool state)
{
    return cast_vote(DISABLE_UNCOORDINATED, state);
}

int ram_block_discard_require(bool state)
{
    return cast_vote(REQUIRE, state);
}

int ram_block_coordinated_discard_require(bool state)
{
    return cast_vote(REQUIRE_COORDINATED, state);
}

bool ram_block_discard_is_disabled(void)
{
    return qatomic_read(&votes[DISABLE]) ||
           qatomic_read(&votes[DISABLE_UNCOORDINATED]);
}

bool ram_block_discard_is_required(void)
{
    return qatomic_read(&votes[REQUIRE]) ||
           qatomic_read(&votes[REQUIRE_COORDINATED]);
}
