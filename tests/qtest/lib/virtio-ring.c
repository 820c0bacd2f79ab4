/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Split and packed rings as a driver fills them: virtio 1.2 sections 2.7
 * and 2.8.
 */
#include "virtio-ring.h"
#include "qemu/bswap.h"

#define DESC_SIZE 16
#define LEGACY_ALIGN 4096
#define PACKED_AVAIL (1 << VRING_PACKED_DESC_F_AVAIL)
#define PACKED_USED (1 << VRING_PACKED_DESC_F_USED)

/*** Making ***/

static void place_split(VirtioQueue *q)
{
    size_t desc = DESC_SIZE * q->size, avail = 6 + 2 * q->size;
    size_t used_at = QEMU_ALIGN_UP(desc + avail,
                                   q->d->legacy ? LEGACY_ALIGN : 4);
    size_t total = used_at + 6 + 8 * q->size;

    q->desc = qtest_alloc(q->d->t, total, LEGACY_ALIGN);
    q->avail = q->desc + desc;
    q->used = q->desc + used_at;
    qtest_memset(q->d->t, q->desc, 0, total);
}

static void place_packed(VirtioQueue *q)
{
    size_t desc = DESC_SIZE * q->size;

    q->desc = qtest_alloc(q->d->t, desc + 8, LEGACY_ALIGN);
    q->avail = q->desc + desc;
    q->used = q->avail + 4;
    q->avail_wrap = q->used_wrap = q->kicked_wrap = true;
    qtest_memset(q->d->t, q->desc, 0, desc + 8);
}

VirtioQueue *virtio_queue_alloc(VirtioDev *d, unsigned index, unsigned size)
{
    VirtioQueue *q = g_new0(VirtioQueue, 1);

    q->d = d;
    q->index = index;
    q->size = size;
    q->packed = virtio_has(d, VIRTIO_F_RING_PACKED);
    q->event_idx = virtio_has(d, VIRTIO_RING_F_EVENT_IDX);
    q->in_order = virtio_has(d, VIRTIO_F_IN_ORDER);
    q->want_interrupts = true;
    q->batch_last = -1;
    q->free_slots = size;
    q->free_tail = size - 1;
    q->chain_len = g_new0(uint16_t, size);
    q->next_free = g_new(uint16_t, size);
    for (unsigned i = 0; i < size; i++) {
        q->next_free[i] = i + 1;
    }
    g_queue_init(&q->order);
    if (q->packed) {
        place_packed(q);
    } else {
        place_split(q);
    }
    return q;
}

void virtio_queue_free(void *opaque)
{
    VirtioQueue *q = opaque;

    g_queue_clear(&q->order);
    g_free(q->chain_len);
    g_free(q->next_free);
    g_free(q);
}

/*** Small things ***/

static uint16_t get16(VirtioQueue *q, uint64_t addr)
{
    return qtest_read(q->d->t, addr, 2);
}

static void put16(VirtioQueue *q, uint64_t addr, uint16_t val)
{
    qtest_write(q->d->t, addr, val, 2);
}

static void put_desc(VirtioQueue *q, uint64_t at, const VirtioSeg *seg,
                     uint16_t third, uint16_t fourth)
{
    uint8_t desc[DESC_SIZE];

    stq_le_p(desc, seg->addr);
    stl_le_p(desc + 8, seg->len);
    stw_le_p(desc + 12, third);
    stw_le_p(desc + 14, fourth);
    qtest_memwrite(q->d->t, at, desc, sizeof(desc));
}

static uint16_t write_flag(const VirtioSeg *seg)
{
    return seg->write ? VRING_DESC_F_WRITE : 0;
}

static uint64_t indirect_table(VirtioQueue *q, unsigned id)
{
    if (!q->indirect) {
        q->indirect = qtest_alloc(q->d->t, (size_t)q->size *
                                  VIRTIO_SEGS_MAX * DESC_SIZE, DESC_SIZE);
    }
    return q->indirect + (uint64_t)id * VIRTIO_SEGS_MAX * DESC_SIZE;
}

static uint16_t take_free(VirtioQueue *q)
{
    uint16_t id = q->free_head;

    g_assert_cmpuint(id, <, q->size);
    q->free_head = q->next_free[id];
    return id;
}

/*** Adding ***/

static unsigned add_split(VirtioQueue *q, const VirtioSeg *segs,
                          unsigned count)
{
    uint16_t head = q->free_head;

    for (unsigned i = 0; i < count; i++) {
        uint16_t slot = take_free(q);
        bool more = i + 1 < count;

        put_desc(q, q->desc + DESC_SIZE * slot, &segs[i],
                 write_flag(&segs[i]) | (more ? VRING_DESC_F_NEXT : 0),
                 more ? q->free_head : 0);
        /* The chain stays as it is until it comes back. */
    }
    return head;
}

static unsigned add_split_indirect(VirtioQueue *q, const VirtioSeg *segs,
                                   unsigned count)
{
    uint16_t head = take_free(q);
    VirtioSeg table = { indirect_table(q, head), count * DESC_SIZE };

    for (unsigned i = 0; i < count; i++) {
        bool more = i + 1 < count;

        put_desc(q, table.addr + DESC_SIZE * i, &segs[i],
                 write_flag(&segs[i]) | (more ? VRING_DESC_F_NEXT : 0),
                 more ? i + 1 : 0);
    }
    put_desc(q, q->desc + DESC_SIZE * head, &table, VRING_DESC_F_INDIRECT, 0);
    return head;
}

static void offer_split(VirtioQueue *q, uint16_t head)
{
    put16(q, q->avail + 4 + 2 * (q->next_avail % q->size), head);
    q->next_avail++;
    put16(q, q->avail + 2, q->next_avail);
}

static uint16_t packed_flags(VirtioQueue *q)
{
    return q->avail_wrap ? PACKED_AVAIL : PACKED_USED;
}

static void packed_step(VirtioQueue *q)
{
    if (++q->next_avail == q->size) {
        q->next_avail = 0;
        q->avail_wrap = !q->avail_wrap;
    }
}

static unsigned add_packed(VirtioQueue *q, const VirtioSeg *segs,
                           unsigned count)
{
    uint64_t first = q->desc + DESC_SIZE * q->next_avail;
    uint16_t id = take_free(q), first_flags = 0;

    for (unsigned i = 0; i < count; i++) {
        uint16_t flags = packed_flags(q) | write_flag(&segs[i]) |
                         (i + 1 < count ? VRING_DESC_F_NEXT : 0);

        /* The device may look at the whole chain once it sees the first. */
        put_desc(q, q->desc + DESC_SIZE * q->next_avail, &segs[i], id,
                 i ? flags : flags ^ (PACKED_AVAIL | PACKED_USED));
        first_flags = i ? first_flags : flags;
        packed_step(q);
    }
    put16(q, first + 14, first_flags);
    return id;
}

static unsigned add_packed_indirect(VirtioQueue *q, const VirtioSeg *segs,
                                    unsigned count)
{
    uint16_t id = take_free(q);
    VirtioSeg table = { indirect_table(q, id), count * DESC_SIZE };

    for (unsigned i = 0; i < count; i++) {
        put_desc(q, table.addr + DESC_SIZE * i, &segs[i], 0,
                 write_flag(&segs[i]));
    }
    put_desc(q, q->desc + DESC_SIZE * q->next_avail, &table, id,
             packed_flags(q) | VRING_DESC_F_INDIRECT);
    packed_step(q);
    return id;
}

unsigned virtio_add(VirtioQueue *q, const VirtioSeg *segs, unsigned count,
                    bool indirect)
{
    unsigned id, slots;

    g_assert_cmpuint(count, >=, 1);
    g_assert_cmpuint(count, <=, VIRTIO_SEGS_MAX);
    indirect = indirect && virtio_has(q->d, VIRTIO_RING_F_INDIRECT_DESC);
    slots = indirect ? 1 : count;
    if (slots > q->free_slots) {
        return UINT_MAX;
    }
    if (q->packed) {
        id = indirect ? add_packed_indirect(q, segs, count)
                      : add_packed(q, segs, count);
    } else {
        id = indirect ? add_split_indirect(q, segs, count)
                      : add_split(q, segs, count);
        offer_split(q, id);
    }
    q->chain_len[id] = slots;
    q->free_slots -= slots;
    g_queue_push_tail(&q->order, GUINT_TO_POINTER(id));
    return id;
}

/*** Telling the device ***/

static bool split_wants_kick(VirtioQueue *q)
{
    if (q->event_idx) {
        uint16_t event = get16(q, q->used + 4 + 8 * q->size);

        return vring_need_event(event, q->next_avail, q->kicked);
    }
    return !(get16(q, q->used) & VRING_USED_F_NO_NOTIFY);
}

/* Indices of a packed ring, with the wrap counter made part of them. */
static bool packed_wants_kick(VirtioQueue *q)
{
    uint16_t flags = get16(q, q->used + 2), at;
    int event, now = q->next_avail, old = q->kicked;

    if (flags != VRING_PACKED_EVENT_FLAG_DESC) {
        return flags == VRING_PACKED_EVENT_FLAG_ENABLE;
    }
    at = get16(q, q->used);
    event = at & ~(1 << VRING_PACKED_EVENT_F_WRAP_CTR);
    if (at >> VRING_PACKED_EVENT_F_WRAP_CTR != q->avail_wrap) {
        event -= q->size;
    }
    if (q->kicked_wrap != q->avail_wrap) {
        old -= q->size;
    }
    return event >= old && event < now;
}

bool virtio_kick(VirtioQueue *q)
{
    bool wanted = q->packed ? packed_wants_kick(q) : split_wants_kick(q);

    q->kicked = q->next_avail;
    q->kicked_wrap = q->avail_wrap;
    if (wanted) {
        virtio_notify_queue(q);
    }
    return wanted;
}

/* Where the device is to send its next message. */
static void write_used_event(VirtioQueue *q)
{
    if (!q->want_interrupts || !q->event_idx) {
        return;
    }
    if (q->packed) {
        put16(q, q->avail, q->next_used |
              q->used_wrap << VRING_PACKED_EVENT_F_WRAP_CTR);
    } else {
        put16(q, q->avail + 4 + 2 * q->size, q->next_used);
    }
}

void virtio_want_interrupts(VirtioQueue *q, bool want)
{
    q->want_interrupts = want;
    if (q->packed) {
        put16(q, q->avail + 2, !want ? VRING_PACKED_EVENT_FLAG_DISABLE :
              q->event_idx ? VRING_PACKED_EVENT_FLAG_DESC :
              VRING_PACKED_EVENT_FLAG_ENABLE);
    } else if (!q->event_idx) {
        put16(q, q->avail, want ? 0 : VRING_AVAIL_F_NO_INTERRUPT);
    } else if (!want) {
        /* Half a ring of numbers away from any that comes soon. */
        put16(q, q->avail + 4 + 2 * q->size, q->next_used + 0x8000);
    }
    write_used_event(q);
}

/*** Used buffers ***/

static bool peek_split(VirtioQueue *q, uint16_t *id, uint32_t *len)
{
    uint8_t elem[8];

    if (get16(q, q->used + 2) == q->next_used) {
        return false;
    }
    qtest_memread(q->d->t, q->used + 4 + 8 * (q->next_used % q->size), elem,
                  sizeof(elem));
    *id = ldl_le_p(elem);
    *len = ldl_le_p(elem + 4);
    return true;
}

static bool peek_packed(VirtioQueue *q, uint16_t *id, uint32_t *len)
{
    uint8_t desc[DESC_SIZE];
    uint16_t flags;

    qtest_memread(q->d->t, q->desc + DESC_SIZE * q->next_used, desc,
                  sizeof(desc));
    flags = lduw_le_p(desc + 14);
    if (!!(flags & PACKED_AVAIL) != q->used_wrap ||
        !!(flags & PACKED_USED) != q->used_wrap) {
        return false;
    }
    *len = ldl_le_p(desc + 8);
    *id = lduw_le_p(desc + 12);
    return true;
}

static bool peek(VirtioQueue *q, uint16_t *id, uint32_t *len)
{
    return q->packed ? peek_packed(q, id, len) : peek_split(q, id, len);
}

/*
 * In order, one entry may stand for a batch: that with the last one's id.
 * Only that one has a length.
 */
static bool next_in_order(VirtioQueue *q, uint16_t *id, uint32_t *len)
{
    if (q->batch_last < 0) {
        uint16_t last;

        if (!peek(q, &last, &q->batch_len)) {
            return false;
        }
        q->batch_last = last;
    }
    g_assert_false(g_queue_is_empty(&q->order));
    *id = GPOINTER_TO_UINT(g_queue_peek_head(&q->order));
    *len = 0;
    if (*id == q->batch_last) {
        *len = q->batch_len;
        q->batch_last = -1;
    }
    return true;
}

static void give_back(VirtioQueue *q, uint16_t id)
{
    uint16_t slots = q->chain_len[id], last = id;

    if (q->packed) {
        q->next_used += slots;
        if (q->next_used >= q->size) {
            q->next_used -= q->size;
            q->used_wrap = !q->used_wrap;
        }
    } else {
        q->next_used++;
        for (unsigned i = 1; i < slots; i++) {
            last = q->next_free[last];
        }
    }
    /* At the end of the list: what is used in order stays in ring order. */
    if (q->free_slots == 0) {
        q->free_head = id;
    } else {
        q->next_free[q->free_tail] = id;
    }
    q->free_tail = last;
    q->free_slots += slots;
    q->chain_len[id] = 0;
}

bool virtio_pop(VirtioQueue *q, unsigned *token, uint32_t *len)
{
    uint32_t written = 0;
    uint16_t id = 0;

    if (q->in_order ? !next_in_order(q, &id, &written)
                    : !peek(q, &id, &written)) {
        return false;
    }
    g_assert_cmpuint(id, <, q->size);
    g_assert_cmpuint(q->chain_len[id], >, 0);
    g_assert_true(g_queue_remove(&q->order, GUINT_TO_POINTER(id)));
    give_back(q, id);
    write_used_event(q);
    if (token) {
        *token = id;
    }
    if (len) {
        *len = written;
    }
    return true;
}

bool virtio_wait(VirtioQueue *q, unsigned *token, uint32_t *len)
{
    if (virtio_pop(q, token, len)) {
        return true;
    }
    if (q->vector == VIRTIO_MSI_NO_VECTOR) {
        for (int ms = 0; ms < 5000; ms++) {
            if (virtio_pop(q, token, len)) {
                return true;
            }
            g_usleep(1000);
        }
        return false;
    }
    /* A message may tell of buffers that were taken before it was seen. */
    while (msix_wait(q->d->f, q->vector)) {
        if (virtio_pop(q, token, len)) {
            return true;
        }
    }
    return false;
}

uint32_t virtio_do(VirtioQueue *q, const VirtioSeg *segs, unsigned count)
{
    unsigned token = virtio_add(q, segs, count, false), back;
    uint32_t len;

    g_assert_cmpuint(token, !=, UINT_MAX);
    virtio_kick(q);
    g_assert_true(virtio_wait(q, &back, &len));
    g_assert_cmpuint(back, ==, token);
    return len;
}
