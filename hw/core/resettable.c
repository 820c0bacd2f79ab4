/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reset interface: one walk of the reset tree for each phase.
 *
 * In every phase children come before their parent, so that a controller
 * finds the devices behind it already reset.
 */
#include "qemu/osdep.h"
#include "hw/resettable.h"
#include "trace.h"

static ResettableState *state_of(Object *obj)
{
    return RESETTABLE_GET_CLASS(obj)->get_state(obj);
}

static void for_children(Object *obj, ResettableChildCallback cb,
                         ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);

    if (rc->child_foreach) {
        rc->child_foreach(obj, cb, NULL, type);
    }
}

/* The old reset function of an object that has no use for phases. */
static ResettableTrFunction single_function(ResettableClass *rc, Object *obj)
{
    return rc->get_transitional_function ?
           rc->get_transitional_function(obj) : NULL;
}

static void enter_phase(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = rc->get_state(obj);
    bool begins = s->count++ == 0;

    for_children(obj, enter_phase, type);
    if (begins) {
        s->hold_phase_pending = true;
        trace_resettable_phase_enter_exec(obj, object_get_typename(obj),
                                          !!rc->phases.enter);
        if (rc->phases.enter && !single_function(rc, obj)) {
            rc->phases.enter(obj, type);
        }
    }
}

static void hold_phase(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = rc->get_state(obj);
    ResettableTrFunction single;

    for_children(obj, hold_phase, type);
    if (!s->hold_phase_pending) {
        return;
    }
    s->hold_phase_pending = false;
    single = single_function(rc, obj);
    trace_resettable_phase_hold_exec(obj, object_get_typename(obj),
                                     single || rc->phases.hold);
    if (single) {
        single(obj);
    } else if (rc->phases.hold) {
        rc->phases.hold(obj);
    }
}

static void exit_phase(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = rc->get_state(obj);

    if (!s->count) {
        /* Came into the tree after its parent had been released. */
        return;
    }
    s->exit_phase_in_progress = true;
    for_children(obj, exit_phase, type);
    if (--s->count == 0) {
        trace_resettable_phase_exit_exec(obj, object_get_typename(obj),
                                         !!rc->phases.exit);
        if (rc->phases.exit && !single_function(rc, obj)) {
            rc->phases.exit(obj);
        }
    }
    s->exit_phase_in_progress = false;
}

void resettable_assert_reset(Object *obj, ResetType type)
{
    trace_resettable_reset_assert_begin(obj, object_get_typename(obj));
    enter_phase(obj, NULL, type);
    hold_phase(obj, NULL, type);
}

void resettable_release_reset(Object *obj, ResetType type)
{
    trace_resettable_reset_release_begin(obj, object_get_typename(obj));
    exit_phase(obj, NULL, type);
}

void resettable_reset(Object *obj, ResetType type)
{
    trace_resettable_reset(obj, object_get_typename(obj));
    resettable_assert_reset(obj, type);
    resettable_release_reset(obj, type);
}

bool resettable_is_in_reset(Object *obj)
{
    return state_of(obj)->count > 0;
}

/* Assertions that a child of p has from it, while p may be leaving reset. */
static unsigned inherited_count(Object *p)
{
    ResettableState *s;

    if (!p) {
        return 0;
    }
    s = state_of(p);
    return s->count - (s->exit_phase_in_progress && s->count ? 1 : 0);
}

void resettable_change_parent(Object *obj, Object *newp, Object *oldp)
{
    unsigned now = inherited_count(newp);
    unsigned before = inherited_count(oldp);

    trace_resettable_change_parent(obj, newp, now, oldp, before);
    for (; before < now; before++) {
        resettable_assert_reset(obj, RESET_TYPE_COLD);
    }
    for (; before > now; before--) {
        resettable_release_reset(obj, RESET_TYPE_COLD);
    }
}

void resettable_cold_reset_fn(void *opaque)
{
    resettable_reset(opaque, RESET_TYPE_COLD);
}

void resettable_class_set_parent_phases(ResettableClass *rc,
                                        ResettableEnterPhase enter,
                                        ResettableHoldPhase hold,
                                        ResettableExitPhase exit,
                                        ResettablePhases *parent_phases)
{
    *parent_phases = rc->phases;
    if (enter) {
        rc->phases.enter = enter;
    }
    if (hold) {
        rc->phases.hold = hold;
    }
    if (exit) {
        rc->phases.exit = exit;
    }
}

static const TypeInfo resettable_types[] = {
    {
        .name = TYPE_RESETTABLE_INTERFACE,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(ResettableClass),
    },
};

DEFINE_TYPES(resettable_types)
