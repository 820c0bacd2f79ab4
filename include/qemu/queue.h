/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrusive lists: the links are members of the elements.
 *
 *   QSLIST    singly linked, insertion at the head
 *   QLIST     doubly linked, head is one pointer, removal knows no head
 *   QSIMPLEQ  singly linked queue with a tail
 *   QTAILQ    doubly linked queue with a tail, both directions
 *
 * No operation allocates or locks.  The _FOREACH_SAFE forms allow the body to
 * remove (and free) the element at hand.
 */
#ifndef QEMU_QUEUE_H
#define QEMU_QUEUE_H

#include "qemu/atomic.h"

/* QLIST */

#define QLIST_HEAD(name, type)                                          \
struct name {                                                           \
    struct type *lh_first;                                              \
}
#define QLIST_HEAD_INITIALIZER(head) { NULL }
/* le_prev points at what points at the element. */
#define QLIST_ENTRY(type)                                               \
struct {                                                                \
    struct type *le_next;                                               \
    struct type **le_prev;                                              \
}

#define QLIST_INIT(head) do { (head)->lh_first = NULL; } while (0)
#define QLIST_EMPTY(head) ((head)->lh_first == NULL)
#define QLIST_EMPTY_ATOMIC(head) (qatomic_read(&(head)->lh_first) == NULL)
#define QLIST_FIRST(head) ((head)->lh_first)
#define QLIST_NEXT(elm, field) ((elm)->field.le_next)
#define QLIST_IS_INSERTED(elm, field) ((elm)->field.le_prev != NULL)

/* Places @elm where *@where points now. */
#define QLIST_LINK_AT_(where, elm, field) do {                          \
    typeof((elm)->field.le_prev) where_ = (where);                      \
    (elm)->field.le_next = *where_;                                     \
    (elm)->field.le_prev = where_;                                      \
    if (*where_) {                                                      \
        (*where_)->field.le_prev = &(elm)->field.le_next;               \
    }                                                                   \
    *where_ = (elm);                                                    \
} while (0)
#define QLIST_INSERT_HEAD(head, elm, field) \
    QLIST_LINK_AT_(&(head)->lh_first, elm, field)
#define QLIST_INSERT_AFTER(listelm, elm, field) \
    QLIST_LINK_AT_(&(listelm)->field.le_next, elm, field)
#define QLIST_INSERT_BEFORE(listelm, elm, field) \
    QLIST_LINK_AT_((listelm)->field.le_prev, elm, field)

#define QLIST_REMOVE(elm, field) do {                                   \
    if ((elm)->field.le_next) {                                         \
        (elm)->field.le_next->field.le_prev = (elm)->field.le_prev;     \
    }                                                                   \
    *(elm)->field.le_prev = (elm)->field.le_next;                       \
    (elm)->field.le_next = NULL;                                        \
    (elm)->field.le_prev = NULL;                                        \
} while (0)
#define QLIST_SAFE_REMOVE(elm, field) do {                              \
    if (QLIST_IS_INSERTED(elm, field)) {                                \
        QLIST_REMOVE(elm, field);                                       \
    }                                                                   \
} while (0)
#define QLIST_SWAP(a, b, field) do {                                    \
    typeof((a)->lh_first) first_ = (a)->lh_first;                       \
    (a)->lh_first = (b)->lh_first;                                      \
    (b)->lh_first = first_;                                             \
    if ((a)->lh_first) {                                                \
        (a)->lh_first->field.le_prev = &(a)->lh_first;                  \
    }                                                                   \
    if ((b)->lh_first) {                                                \
        (b)->lh_first->field.le_prev = &(b)->lh_first;                  \
    }                                                                   \
} while (0)

#define QLIST_FOREACH(var, head, field) \
    for ((var) = (head)->lh_first; (var); (var) = (var)->field.le_next)
#define QLIST_FOREACH_SAFE(var, head, field, next_var)                  \
    for ((var) = (head)->lh_first;                                      \
         (var) && ((next_var) = (var)->field.le_next, 1);               \
         (var) = (next_var))

/* QSLIST */

#define QSLIST_HEAD(name, type)                                         \
struct name {                                                           \
    struct type *slh_first;                                             \
}
#define QSLIST_HEAD_INITIALIZER(head) { NULL }
#define QSLIST_ENTRY(type)                                              \
struct {                                                                \
    struct type *sle_next;                                              \
}

#define QSLIST_INIT(head) do { (head)->slh_first = NULL; } while (0)
#define QSLIST_EMPTY(head) ((head)->slh_first == NULL)
#define QSLIST_FIRST(head) ((head)->slh_first)
#define QSLIST_NEXT(elm, field) ((elm)->field.sle_next)
#define QSLIST_INSERT_HEAD(head, elm, field) do {                       \
    (elm)->field.sle_next = (head)->slh_first;                          \
    (head)->slh_first = (elm);                                          \
} while (0)
#define QSLIST_INSERT_AFTER(listelm, elm, field) do {                   \
    (elm)->field.sle_next = (listelm)->field.sle_next;                  \
    (listelm)->field.sle_next = (elm);                                  \
} while (0)
/* From any thread, against one that takes the whole list. */
#define QSLIST_INSERT_HEAD_ATOMIC(head, elm, field) do {                \
    typeof(elm) seen_ = qatomic_read(&(head)->slh_first);               \
    typeof(elm) found_;                                                 \
    for (;; seen_ = found_) {                                           \
        (elm)->field.sle_next = seen_;                                  \
        found_ = qatomic_cmpxchg(&(head)->slh_first, seen_, (elm));     \
        if (found_ == seen_) {                                          \
            break;                                                      \
        }                                                               \
    }                                                                   \
} while (0)
#define QSLIST_MOVE_ATOMIC(dest, src) do {                              \
    (dest)->slh_first = qatomic_xchg(&(src)->slh_first, NULL);          \
} while (0)
#define QSLIST_REMOVE_HEAD(head, field) do {                            \
    typeof((head)->slh_first) elm_ = (head)->slh_first;                 \
    (head)->slh_first = elm_->field.sle_next;                           \
    elm_->field.sle_next = NULL;                                        \
} while (0)
#define QSLIST_REMOVE_AFTER(slistelm, field) do {                       \
    typeof(slistelm) gone_ = (slistelm)->field.sle_next;                \
    (slistelm)->field.sle_next = gone_->field.sle_next;                 \
    gone_->field.sle_next = NULL;                                       \
} while (0)
#define QSLIST_REMOVE(head, elm, type, field) do {                      \
    struct type **at_ = &(head)->slh_first;                             \
    while (*at_ != (elm)) {                                             \
        at_ = &(*at_)->field.sle_next;                                  \
    }                                                                   \
    *at_ = (elm)->field.sle_next;                                       \
    (elm)->field.sle_next = NULL;                                       \
} while (0)
#define QSLIST_FOREACH(var, head, field) \
    for ((var) = (head)->slh_first; (var); (var) = (var)->field.sle_next)
#define QSLIST_FOREACH_SAFE(var, head, field, tvar)                     \
    for ((var) = (head)->slh_first;                                     \
         (var) && ((tvar) = (var)->field.sle_next, 1);                  \
         (var) = (tvar))

/* QSIMPLEQ */

/* sqh_last points at the pointer that the next element will be put in. */
#define QSIMPLEQ_HEAD(name, type)                                       \
struct name {                                                           \
    struct type *sqh_first;                                             \
    struct type **sqh_last;                                             \
}
#define QSIMPLEQ_HEAD_INITIALIZER(head) { NULL, &(head).sqh_first }
#define QSIMPLEQ_ENTRY(type)                                            \
struct {                                                                \
    struct type *sqe_next;                                              \
}

#define QSIMPLEQ_INIT(head) do {                                        \
    (head)->sqh_first = NULL;                                           \
    (head)->sqh_last = &(head)->sqh_first;                              \
} while (0)
#define QSIMPLEQ_EMPTY(head) ((head)->sqh_first == NULL)
#define QSIMPLEQ_EMPTY_ATOMIC(head) (qatomic_read(&(head)->sqh_first) == NULL)
#define QSIMPLEQ_FIRST(head) ((head)->sqh_first)
#define QSIMPLEQ_NEXT(elm, field) ((elm)->field.sqe_next)
#define QSIMPLEQ_LAST(head, type, field)                                \
    (QSIMPLEQ_EMPTY(head) ? NULL :                                      \
     container_of((head)->sqh_last, struct type, field.sqe_next))
#define QSIMPLEQ_INSERT_HEAD(head, elm, field) do {                     \
    (elm)->field.sqe_next = (head)->sqh_first;                          \
    if (!(head)->sqh_first) {                                           \
        (head)->sqh_last = &(elm)->field.sqe_next;                      \
    }                                                                   \
    (head)->sqh_first = (elm);                                          \
} while (0)
#define QSIMPLEQ_INSERT_TAIL(head, elm, field) do {                     \
    (elm)->field.sqe_next = NULL;                                       \
    *(head)->sqh_last = (elm);                                          \
    (head)->sqh_last = &(elm)->field.sqe_next;                          \
} while (0)
#define QSIMPLEQ_INSERT_AFTER(head, listelm, elm, field) do {           \
    (elm)->field.sqe_next = (listelm)->field.sqe_next;                  \
    if (!(elm)->field.sqe_next) {                                       \
        (head)->sqh_last = &(elm)->field.sqe_next;                      \
    }                                                                   \
    (listelm)->field.sqe_next = (elm);                                  \
} while (0)
#define QSIMPLEQ_REMOVE_HEAD(head, field) do {                          \
    typeof((head)->sqh_first) elm_ = (head)->sqh_first;                 \
    (head)->sqh_first = elm_->field.sqe_next;                           \
    if (!(head)->sqh_first) {                                           \
        (head)->sqh_last = &(head)->sqh_first;                          \
    }                                                                   \
    elm_->field.sqe_next = NULL;                                        \
} while (0)
#define QSIMPLEQ_REMOVE(head, elm, type, field) do {                    \
    struct type **at_ = &(head)->sqh_first;                             \
    while (*at_ != (elm)) {                                             \
        at_ = &(*at_)->field.sqe_next;                                  \
    }                                                                   \
    *at_ = (elm)->field.sqe_next;                                       \
    if (!*at_) {                                                        \
        (head)->sqh_last = at_;                                         \
    }                                                                   \
    (elm)->field.sqe_next = NULL;                                       \
} while (0)
#define QSIMPLEQ_CONCAT(head1, head2) do {                              \
    if (!QSIMPLEQ_EMPTY(head2)) {                                       \
        *(head1)->sqh_last = (head2)->sqh_first;                        \
        (head1)->sqh_last = (head2)->sqh_last;                          \
        QSIMPLEQ_INIT(head2);                                           \
    }                                                                   \
} while (0)
#define QSIMPLEQ_PREPEND(head1, head2) do {                             \
    if (!QSIMPLEQ_EMPTY(head2)) {                                       \
        *(head2)->sqh_last = (head1)->sqh_first;                        \
        if (QSIMPLEQ_EMPTY(head1)) {                                    \
            (head1)->sqh_last = (head2)->sqh_last;                      \
        }                                                               \
        (head1)->sqh_first = (head2)->sqh_first;                        \
        QSIMPLEQ_INIT(head2);                                           \
    }                                                                   \
} while (0)
#define QSIMPLEQ_FOREACH(var, head, field) \
    for ((var) = (head)->sqh_first; (var); (var) = (var)->field.sqe_next)
#define QSIMPLEQ_FOREACH_SAFE(var, head, field, next)                   \
    for ((var) = (head)->sqh_first;                                     \
         (var) && ((next) = (var)->field.sqe_next, 1);                  \
         (var) = (next))

/* QTAILQ */

/*
 * Links without their element's type.  The head is a link as well, and the
 * last element's "previous" of the head leads back to it; a link lies over
 * the typed "next" pointer, which is its first member.
 */
typedef struct QTailQLink {
    void *tql_next;
    struct QTailQLink *tql_prev;
} QTailQLink;

#define QTAILQ_HEAD(name, type)                                         \
union name {                                                            \
    struct type *tqh_first;                                             \
    QTailQLink tqh_circ;                                                \
}
#define QTAILQ_HEAD_INITIALIZER(head) { .tqh_circ = { NULL, &(head).tqh_circ } }
#define QTAILQ_ENTRY(type)                                              \
union {                                                                 \
    struct type *tqe_next;                                              \
    QTailQLink tqe_circ;                                                \
}

#define QTAILQ_INIT(head) do {                                          \
    (head)->tqh_first = NULL;                                           \
    (head)->tqh_circ.tql_prev = &(head)->tqh_circ;                      \
} while (0)
#define QTAILQ_EMPTY(head) ((head)->tqh_first == NULL)
#define QTAILQ_FIRST(head) ((head)->tqh_first)
#define QTAILQ_NEXT(elm, field) ((elm)->field.tqe_next)
#define QTAILQ_IN_USE(elm, field) ((elm)->field.tqe_circ.tql_prev != NULL)
/* The typed pointer in the link before @link's: itself one element back. */
#define QTAILQ_LINK_PREV(link) ((link).tql_prev->tql_prev->tql_next)
#define QTAILQ_LAST(head) \
    ((typeof((head)->tqh_first))QTAILQ_LINK_PREV((head)->tqh_circ))
#define QTAILQ_PREV(elm, field) \
    ((typeof((elm)->field.tqe_next))QTAILQ_LINK_PREV((elm)->field.tqe_circ))

#define QTAILQ_INSERT_HEAD(head, elm, field) do {                       \
    (elm)->field.tqe_next = (head)->tqh_first;                          \
    if ((head)->tqh_first) {                                            \
        (head)->tqh_first->field.tqe_circ.tql_prev =                    \
            &(elm)->field.tqe_circ;                                     \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;             \
    }                                                                   \
    (head)->tqh_first = (elm);                                          \
    (elm)->field.tqe_circ.tql_prev = &(head)->tqh_circ;                 \
} while (0)
#define QTAILQ_INSERT_TAIL(head, elm, field) do {                       \
    (elm)->field.tqe_next = NULL;                                       \
    (elm)->field.tqe_circ.tql_prev = (head)->tqh_circ.tql_prev;         \
    (head)->tqh_circ.tql_prev->tql_next = (elm);                        \
    (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;                 \
} while (0)
#define QTAILQ_INSERT_AFTER(head, listelm, elm, field) do {             \
    (elm)->field.tqe_next = (listelm)->field.tqe_next;                  \
    if ((elm)->field.tqe_next) {                                        \
        (elm)->field.tqe_next->field.tqe_circ.tql_prev =                \
            &(elm)->field.tqe_circ;                                     \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;             \
    }                                                                   \
    (listelm)->field.tqe_next = (elm);                                  \
    (elm)->field.tqe_circ.tql_prev = &(listelm)->field.tqe_circ;        \
} while (0)
#define QTAILQ_INSERT_BEFORE(listelm, elm, field) do {                  \
    (elm)->field.tqe_circ.tql_prev = (listelm)->field.tqe_circ.tql_prev; \
    (elm)->field.tqe_next = (listelm);                                  \
    (listelm)->field.tqe_circ.tql_prev->tql_next = (elm);               \
    (listelm)->field.tqe_circ.tql_prev = &(elm)->field.tqe_circ;        \
} while (0)
#define QTAILQ_REMOVE(head, elm, field) do {                            \
    QTailQLink *prev_ = (elm)->field.tqe_circ.tql_prev;                 \
    if ((elm)->field.tqe_next) {                                        \
        (elm)->field.tqe_next->field.tqe_circ.tql_prev = prev_;         \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = prev_;                              \
    }                                                                   \
    prev_->tql_next = (elm)->field.tqe_next;                            \
    (elm)->field.tqe_circ.tql_prev = NULL;                              \
    (elm)->field.tqe_circ.tql_next = NULL;                              \
} while (0)

#define QTAILQ_FOREACH(var, head, field) \
    for ((var) = (head)->tqh_first; (var); (var) = (var)->field.tqe_next)
#define QTAILQ_FOREACH_SAFE(var, head, field, next_var)                 \
    for ((var) = (head)->tqh_first;                                     \
         (var) && ((next_var) = (var)->field.tqe_next, 1);              \
         (var) = (next_var))
#define QTAILQ_FOREACH_REVERSE(var, head, field)                        \
    for ((var) = QTAILQ_LAST(head); (var); (var) = QTAILQ_PREV(var, field))
#define QTAILQ_FOREACH_REVERSE_SAFE(var, head, field, prev_var)         \
    for ((var) = QTAILQ_LAST(head);                                     \
         (var) && ((prev_var) = QTAILQ_PREV(var, field), 1);            \
         (var) = (prev_var))

/*
 * Access by the offset @entry of the link within an element, for code that
 * does not know the element's type (VMState).
 */
#define field_at_offset(base, offset, type) \
    ((type *)(((char *)(base)) + (offset)))
#define QTAILQ_RAW_FIRST(head) (*field_at_offset(head, 0, void *))
#define QTAILQ_RAW_TQH_CIRC(head) field_at_offset(head, 0, QTailQLink)
#define QTAILQ_RAW_TQE_CIRC(elm, entry) field_at_offset(elm, entry, QTailQLink)
#define QTAILQ_RAW_NEXT(elm, entry) (*field_at_offset(elm, entry, void *))
#define QTAILQ_RAW_FOREACH(elm, head, entry)                            \
    for ((elm) = QTAILQ_RAW_FIRST(head); (elm);                         \
         (elm) = QTAILQ_RAW_NEXT(elm, entry))
#define QTAILQ_RAW_INSERT_TAIL(head, elm, entry) do {                   \
    QTAILQ_RAW_NEXT(elm, entry) = NULL;                                 \
    QTAILQ_RAW_TQE_CIRC(elm, entry)->tql_prev =                         \
        QTAILQ_RAW_TQH_CIRC(head)->tql_prev;                            \
    QTAILQ_RAW_TQH_CIRC(head)->tql_prev->tql_next = (elm);              \
    QTAILQ_RAW_TQH_CIRC(head)->tql_prev =                               \
        QTAILQ_RAW_TQE_CIRC(elm, entry);                                \
} while (0)

/* QLIST by the offset of its link, likewise. */
#define QLIST_RAW_FIRST(head) (*field_at_offset(head, 0, void *))
#define QLIST_RAW_NEXT(elm, entry) (*field_at_offset(elm, entry, void *))
#define QLIST_RAW_PREVIOUS(elm, entry) \
    (*field_at_offset(elm, (entry) + sizeof(void *), void *))
#define QLIST_RAW_FOREACH(elm, head, entry)                             \
    for ((elm) = *(void **)(head); (elm);                               \
         (elm) = QLIST_RAW_NEXT(elm, entry))
#define QLIST_RAW_INSERT_HEAD(head, elm, entry) do {                    \
    void *first_ = QLIST_RAW_FIRST(head);                               \
    QLIST_RAW_FIRST(head) = (elm);                                      \
    QLIST_RAW_PREVIOUS(elm, entry) = (head);                            \
    QLIST_RAW_NEXT(elm, entry) = first_;                                \
    if (first_) {                                                       \
        QLIST_RAW_PREVIOUS(first_, entry) =                             \
            field_at_offset(elm, entry, void *);                        \
    }                                                                   \
} while (0)

#endif /* QEMU_QUEUE_H */
