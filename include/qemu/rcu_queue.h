/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of qemu/queue.h that readers walk in an RCU section while a writer
 * (one at a time) changes them.  A removed element keeps its link forward,
 * so that a reader standing on it gets back into the list; it may be freed,
 * or inserted again, after a grace period.
 */
#ifndef QEMU_RCU_QUEUE_H
#define QEMU_RCU_QUEUE_H

#include "qemu/queue.h"
#include "qemu/rcu.h"

/* QLIST */

#define QLIST_EMPTY_RCU(head) (qatomic_read(&(head)->lh_first) == NULL)
#define QLIST_FIRST_RCU(head) (qatomic_rcu_read(&(head)->lh_first))
#define QLIST_NEXT_RCU(elm, field) (qatomic_rcu_read(&(elm)->field.le_next))

#define QLIST_PUBLISH_AT_(where, elm, field) do {                       \
    typeof((elm)->field.le_prev) where_ = (where);                      \
    (elm)->field.le_next = *where_;                                     \
    (elm)->field.le_prev = where_;                                      \
    if (*where_) {                                                      \
        (*where_)->field.le_prev = &(elm)->field.le_next;               \
    }                                                                   \
    qatomic_rcu_set(where_, (elm));                                     \
} while (0)
#define QLIST_INSERT_HEAD_RCU(head, elm, field) \
    QLIST_PUBLISH_AT_(&(head)->lh_first, elm, field)
#define QLIST_INSERT_AFTER_RCU(listelm, elm, field) \
    QLIST_PUBLISH_AT_(&(listelm)->field.le_next, elm, field)
#define QLIST_INSERT_BEFORE_RCU(listelm, elm, field) \
    QLIST_PUBLISH_AT_((listelm)->field.le_prev, elm, field)
#define QLIST_REMOVE_RCU(elm, field) do {                               \
    if ((elm)->field.le_next) {                                         \
        (elm)->field.le_next->field.le_prev = (elm)->field.le_prev;     \
    }                                                                   \
    qatomic_set((elm)->field.le_prev, (elm)->field.le_next);            \
} while (0)
#define QLIST_FOREACH_RCU(var, head, field)                             \
    for ((var) = QLIST_FIRST_RCU(head); (var);                          \
         (var) = QLIST_NEXT_RCU(var, field))
#define QLIST_FOREACH_SAFE_RCU(var, head, field, next_var)              \
    for ((var) = QLIST_FIRST_RCU(head);                                 \
         (var) && ((next_var) = QLIST_NEXT_RCU(var, field), 1);         \
         (var) = (next_var))

/* QSIMPLEQ */

#define QSIMPLEQ_EMPTY_RCU(head) (qatomic_read(&(head)->sqh_first) == NULL)
#define QSIMPLEQ_FIRST_RCU(head) (qatomic_rcu_read(&(head)->sqh_first))
#define QSIMPLEQ_NEXT_RCU(elm, field) \
    (qatomic_rcu_read(&(elm)->field.sqe_next))
#define QSIMPLEQ_INSERT_HEAD_RCU(head, elm, field) do {                 \
    (elm)->field.sqe_next = (head)->sqh_first;                          \
    if (!(head)->sqh_first) {                                           \
        (head)->sqh_last = &(elm)->field.sqe_next;                      \
    }                                                                   \
    qatomic_rcu_set(&(head)->sqh_first, (elm));                         \
} while (0)
#define QSIMPLEQ_INSERT_TAIL_RCU(head, elm, field) do {                 \
    (elm)->field.sqe_next = NULL;                                       \
    qatomic_rcu_set((head)->sqh_last, (elm));                           \
    (head)->sqh_last = &(elm)->field.sqe_next;                          \
} while (0)
#define QSIMPLEQ_REMOVE_HEAD_RCU(head, field) do {                      \
    qatomic_set(&(head)->sqh_first, (head)->sqh_first->field.sqe_next); \
    if (!(head)->sqh_first) {                                           \
        (head)->sqh_last = &(head)->sqh_first;                          \
    }                                                                   \
} while (0)
#define QSIMPLEQ_FOREACH_RCU(var, head, field)                          \
    for ((var) = QSIMPLEQ_FIRST_RCU(head); (var);                       \
         (var) = QSIMPLEQ_NEXT_RCU(var, field))

/* QTAILQ: forwards only */

#define QTAILQ_EMPTY_RCU(head) (qatomic_read(&(head)->tqh_first) == NULL)
#define QTAILQ_FIRST_RCU(head) (qatomic_rcu_read(&(head)->tqh_first))
#define QTAILQ_NEXT_RCU(elm, field) (qatomic_rcu_read(&(elm)->field.tqe_next))
#define QTAILQ_INSERT_HEAD_RCU(head, elm, field) do {                   \
    (elm)->field.tqe_next = (head)->tqh_first;                          \
    (elm)->field.tqe_circ.tql_prev = &(head)->tqh_circ;                 \
    if ((head)->tqh_first) {                                            \
        (head)->tqh_first->field.tqe_circ.tql_prev =                    \
            &(elm)->field.tqe_circ;                                     \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;             \
    }                                                                   \
    qatomic_rcu_set(&(head)->tqh_first, (elm));                         \
} while (0)
#define QTAILQ_INSERT_TAIL_RCU(head, elm, field) do {                   \
    (elm)->field.tqe_next = NULL;                                       \
    (elm)->field.tqe_circ.tql_prev = (head)->tqh_circ.tql_prev;         \
    qatomic_rcu_set(&(head)->tqh_circ.tql_prev->tql_next, (void *)(elm)); \
    (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;                 \
} while (0)
#define QTAILQ_INSERT_AFTER_RCU(head, listelm, elm, field) do {         \
    (elm)->field.tqe_next = (listelm)->field.tqe_next;                  \
    (elm)->field.tqe_circ.tql_prev = &(listelm)->field.tqe_circ;        \
    if ((elm)->field.tqe_next) {                                        \
        (elm)->field.tqe_next->field.tqe_circ.tql_prev =                \
            &(elm)->field.tqe_circ;                                     \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;             \
    }                                                                   \
    qatomic_rcu_set(&(listelm)->field.tqe_next, (elm));                 \
} while (0)
#define QTAILQ_INSERT_BEFORE_RCU(listelm, elm, field) do {              \
    QTailQLink *prev_ = (listelm)->field.tqe_circ.tql_prev;             \
    (elm)->field.tqe_circ.tql_prev = prev_;                             \
    (elm)->field.tqe_next = (listelm);                                  \
    (listelm)->field.tqe_circ.tql_prev = &(elm)->field.tqe_circ;        \
    qatomic_rcu_set(&prev_->tql_next, (void *)(elm));                   \
} while (0)
#define QTAILQ_REMOVE_RCU(head, elm, field) do {                        \
    QTailQLink *prev_ = (elm)->field.tqe_circ.tql_prev;                 \
    if ((elm)->field.tqe_next) {                                        \
        (elm)->field.tqe_next->field.tqe_circ.tql_prev = prev_;         \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = prev_;                              \
    }                                                                   \
    qatomic_set(&prev_->tql_next, (void *)(elm)->field.tqe_next);       \
    (elm)->field.tqe_circ.tql_prev = NULL;                              \
} while (0)
#define QTAILQ_FOREACH_RCU(var, head, field)                            \
    for ((var) = QTAILQ_FIRST_RCU(head); (var);                         \
         (var) = QTAILQ_NEXT_RCU(var, field))
#define QTAILQ_FOREACH_SAFE_RCU(var, head, field, next_var)             \
    for ((var) = QTAILQ_FIRST_RCU(head);                                \
         (var) && ((next_var) = QTAILQ_NEXT_RCU(var, field), 1);        \
         (var) = (next_var))

/* QSLIST */

#define QSLIST_EMPTY_RCU(head) (qatomic_read(&(head)->slh_first) == NULL)
#define QSLIST_FIRST_RCU(head) (qatomic_rcu_read(&(head)->slh_first))
#define QSLIST_NEXT_RCU(elm, field) (qatomic_rcu_read(&(elm)->field.sle_next))
#define QSLIST_INSERT_HEAD_RCU(head, elm, field) do {                   \
    (elm)->field.sle_next = (head)->slh_first;                          \
    qatomic_rcu_set(&(head)->slh_first, (elm));                         \
} while (0)
#define QSLIST_REMOVE_HEAD_RCU(head, field) do {                        \
    qatomic_set(&(head)->slh_first, (head)->slh_first->field.sle_next); \
} while (0)
#define QSLIST_FOREACH_RCU(var, head, field)                            \
    for ((var) = QSLIST_FIRST_RCU(head); (var);                         \
         (var) = QSLIST_NEXT_RCU(var, field))

#endif /* QEMU_RCU_QUEUE_H */
