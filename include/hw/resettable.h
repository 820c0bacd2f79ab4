/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reset in three phases over a tree of objects.
 *
 * enter: every object of the tree forgets its own state; nothing outside the
 *        object may be touched (no IRQ, no DMA, no timer of another object).
 * hold:  state that others see is put on the wires; the object stays in reset
 *        for as long as somebody asserts it.
 * exit:  reset is released; work that belongs to a running device starts.
 *
 * Assertions are counted: an object leaves reset when every asserter has
 * released it.  All functions are called with the big lock held.
 */
#ifndef HW_RESETTABLE_H
#define HW_RESETTABLE_H

#include "qom/object.h"

#define TYPE_RESETTABLE_INTERFACE "resettable"

typedef struct ResettableClass ResettableClass;
DECLARE_CLASS_CHECKERS(ResettableClass, RESETTABLE, TYPE_RESETTABLE_INTERFACE)

typedef struct ResettableState ResettableState;

typedef enum ResetType {
    RESET_TYPE_COLD,        /* power has been switched off and on again */
} ResetType;

typedef void (*ResettableEnterPhase)(Object *obj, ResetType type);
typedef void (*ResettableHoldPhase)(Object *obj);
typedef void (*ResettableExitPhase)(Object *obj);
typedef ResettableState *(*ResettableGetState)(Object *obj);
typedef void (*ResettableTrFunction)(Object *obj);
typedef ResettableTrFunction (*ResettableGetTrFunction)(Object *obj);
typedef void (*ResettableChildCallback)(Object *obj, void *opaque,
                                        ResetType type);
typedef void (*ResettableChildForeach)(Object *obj, ResettableChildCallback cb,
                                       void *opaque, ResetType type);

typedef struct ResettablePhases {
    ResettableEnterPhase enter;
    ResettableHoldPhase hold;
    ResettableExitPhase exit;
} ResettablePhases;

struct ResettableClass {
    InterfaceClass parent_class;

    /* Each may be NULL. */
    ResettablePhases phases;

    /* Where the object keeps its reset state; required. */
    ResettableGetState get_state;

    /*
     * For classes that still have one reset function: when this returns
     * non-NULL, the function is called in place of the hold phase.
     */
    ResettableGetTrFunction get_transitional_function;

    /* Calls cb for each child to be reset along; NULL when there is none. */
    ResettableChildForeach child_foreach;
};

struct ResettableState {
    unsigned count;                 /* assertions, own and inherited */
    bool hold_phase_pending;
    bool exit_phase_in_progress;
};

/* For (re)initialized objects: out of reset, nothing pending. */
static inline void resettable_state_clear(ResettableState *state)
{
    memset(state, 0, sizeof(*state));
}

/* Assert and release at once: the object and its children are reset. */
void resettable_reset(Object *obj, ResetType type);

/* Puts obj and its children in reset (enter, then hold) and keeps them. */
void resettable_assert_reset(Object *obj, ResetType type);

/* Ends what one resettable_assert_reset() began. */
void resettable_release_reset(Object *obj, ResetType type);

bool resettable_is_in_reset(Object *obj);

/*
 * obj moved in the reset tree (either parent may be NULL): it enters reset
 * when the new parent is in it, and leaves what it had from the old one.
 */
void resettable_change_parent(Object *obj, Object *newp, Object *oldp);

/* resettable_reset(opaque, RESET_TYPE_COLD), as a qemu_register_reset fn. */
void resettable_cold_reset_fn(void *opaque);

/*
 * For class_init: overrides the non-NULL phases and keeps the parent class's
 * set in *parent_phases, so that overriding functions can call it.
 */
void resettable_class_set_parent_phases(ResettableClass *rc,
                                        ResettableEnterPhase enter,
                                        ResettableHoldPhase hold,
                                        ResettableExitPhase exit,
                                        ResettablePhases *parent_phases);

#endif /* HW_RESETTABLE_H */
