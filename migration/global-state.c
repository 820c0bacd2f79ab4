/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "globalstate" section: the run state that the machine had before it
 * was stopped for the migration.
 */
#include "qemu/osdep.h"
#include "qapi/util.h"
#include "sysemu/runstate.h"
#include "migration/migration.h"
#include "migration/vmstate.h"

typedef struct GlobalState {
    uint32_t size;              /* of the name, its end included */
    uint8_t runstate[100];
    RunState state;
    bool received;
} GlobalState;

static GlobalState global_state;

void global_state_store(void)
{
    memset(global_state.runstate, 0, sizeof(global_state.runstate));
    runstate_store((char *)global_state.runstate,
                   sizeof(global_state.runstate));
}

bool global_state_received(RunState *state)
{
    *state = global_state.state;
    return global_state.received;
}

/* Machines of old do without, unless the state is an unusual one. */
static bool global_state_needed(void *opaque)
{
    const char *name = (const char *)global_state.runstate;

    return migration_globals.store_global_state ||
           (strcmp(name, "running") && strcmp(name, "paused"));
}

static int global_state_pre_save(void *opaque)
{
    global_state.size = strnlen((char *)global_state.runstate,
                                sizeof(global_state.runstate)) + 1;
    return 0;
}

static int global_state_pre_load(void *opaque)
{
    global_state.received = false;
    return 0;
}

static int global_state_post_load(void *opaque, int version_id)
{
    const char *name = (const char *)global_state.runstate;
    int state;

    if (!memchr(name, 0, sizeof(global_state.runstate))) {
        return -EINVAL;
    }
    state = qapi_enum_parse(&RunState_lookup, name, -1, NULL);
    if (state < 0) {
        return -EINVAL;
    }
    global_state.state = state;
    global_state.received = true;
    return 0;
}

static const VMStateDescription vmstate_globalstate = {
    .name = "globalstate",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = global_state_needed,
    .pre_save = global_state_pre_save,
    .pre_load = global_state_pre_load,
    .post_load = global_state_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(size, GlobalState),
        VMSTATE_BUFFER(runstate, GlobalState),
        VMSTATE_END_OF_LIST()
    }
};

void register_global_state(void)
{
    vmstate_register(NULL, 0, &vmstate_globalstate, &global_state);
}
