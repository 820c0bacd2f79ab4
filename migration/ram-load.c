/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading RAM.  Nothing of the stream is believed: a block must be one of
 * ours that migrates, an offset inside it and on a page.
 */
#include "qemu/osdep.h"

#include <sys/mman.h>

#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/units.h"
#include "migration/migration.h"
#include "migration/multifd.h"
#include "migration/postcopy.h"
#include "migration/ram.h"
#include "migration/xbzrle.h"

#define PAGE_FLAGS (RAM_FLAG_ZERO | RAM_FLAG_PAGE | RAM_FLAG_XBZRLE)

/* A run of zero pages, seen before it is acted on. */
typedef struct ZeroRun {
    RAMBlock *rb;
    uint64_t first;
    size_t n;
} ZeroRun;

#define ZERO_RUN_MAX 512

/* What the host makes of many small pages. */
#define LARGE_PAGE (2 * MiB)

static RAMBlock *current_block;
/* The RAMBlocks that the stream announced; each has a reference. */
static GPtrArray *blocks;

static int refuse(QEMUFile *f, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static int refuse(QEMUFile *f, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    Error *err = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    error_setg(&err, "%s", text);
    qemu_file_set_error_obj(f, -EINVAL, err);
    return -EINVAL;
}

/* --- Zero pages --- */

void ram_set_zero(void *host, size_t size)
{
    /* A page that is not written to needs no memory. */
    if (!buffer_is_zero(host, size)) {
        memset(host, 0, size);
    }
}

/*
 * /proc/self/pagemap has 64 bits a page: bit 63, present; bit 62, swapped
 * out.  Private anonymous memory that is neither has never been written to.
 */
void ram_find_absent(RAMBlock *rb, uint64_t first_page, size_t n,
                     unsigned long *absent)
{
    static int fd = -2;
    uint64_t entries[ZERO_RUN_MAX];
    uintptr_t address = (uintptr_t)rb->host +
                        (first_page << TARGET_PAGE_BITS);

    bitmap_zero(absent, n);
    if (rb->fd >= 0 || qemu_ram_is_shared(rb) ||
        (rb->flags & RAM_PREALLOC) || n > ZERO_RUN_MAX ||
        qemu_real_host_page_size() != TARGET_PAGE_SIZE) {
        return;
    }
    if (fd == -2) {
        fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0 || pread(fd, entries, n * 8, address / TARGET_PAGE_SIZE * 8)
                  != n * 8) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!(entries[i] >> 62)) {
            set_bit(i, absent);
        }
    }
}

static void zero_run_finish(ZeroRun *run)
{
    DECLARE_BITMAP(absent, ZERO_RUN_MAX);

    if (!run->n) {
        return;
    }
    if (postcopy_incoming_advised()) {
        /* What has come must be there, or the guest would wait for it. */
        bitmap_zero(absent, run->n);
    } else {
        ram_find_absent(run->rb, run->first, run->n, absent);
    }
    for (size_t i = 0; i < run->n; i++) {
        if (!test_bit(i, absent)) {
            ram_set_zero(run->rb->host +
                         ((run->first + i) << TARGET_PAGE_BITS),
                         TARGET_PAGE_SIZE);
        }
    }
    run->n = 0;
}

static void zero_run_add(ZeroRun *run, RAMBlock *rb, uint64_t offset)
{
    uint64_t page = offset >> TARGET_PAGE_BITS;

    if (run->n && (run->n == ZERO_RUN_MAX || run->rb != rb ||
                   run->first + run->n != page)) {
        zero_run_finish(run);
    }
    if (!run->n) {
        run->rb = rb;
        run->first = page;
    }
    run->n++;
}

/* --- Blocks --- */

static int load_block_size(QEMUFile *f, RAMBlock *rb, uint64_t length)
{
    Error *err = NULL;
    int ret;

    if (length == rb->used_length) {
        return 0;
    }
    qemu_mutex_lock_iothread();
    ret = qemu_ram_resize(rb, length, &err);
    qemu_mutex_unlock_iothread();
    if (ret) {
        qemu_file_set_error_obj(f, ret, err);
    }
    return ret;
}

RAMBlock *ram_load_find_block(const char *name)
{
    for (guint i = 0; blocks && i < blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(blocks, i);

        if (!strcmp(rb->idstr, name)) {
            return rb;
        }
    }
    return NULL;
}

/* Keeps the block, which a command might unplug while the stream stalls. */
static RAMBlock *adopt_block(const char *name)
{
    RAMBlock *rb;

    RCU_READ_LOCK_GUARD();
    rb = qemu_ram_block_by_name(name);
    if (!rb || !ram_block_migrates(rb)) {
        return NULL;
    }
    memory_region_ref(rb->mr);
    g_ptr_array_add(blocks, rb);
    return rb;
}

RAMBlock *ram_load_block(int i)
{
    return blocks && i < blocks->len ? g_ptr_array_index(blocks, i) : NULL;
}

RAMBlock *ram_load_block_at(void *host)
{
    RAMBlock *rb;

    for (int i = 0; (rb = ram_load_block(i)) != NULL; i++) {
        if ((uint8_t *)host >= rb->host &&
            (uint8_t *)host - rb->host < rb->used_length) {
            return rb;
        }
    }
    return NULL;
}

/* --- What has come --- */

void ram_load_mark(RAMBlock *rb, uint64_t offset, uint64_t len)
{
    if (rb->receivedmap) {
        bitmap_set_atomic(rb->receivedmap, offset >> TARGET_PAGE_BITS,
                          len >> TARGET_PAGE_BITS);
    }
}

void ram_load_unmark(RAMBlock *rb, uint64_t offset, uint64_t len)
{
    if (rb->receivedmap) {
        bitmap_test_and_clear_atomic(rb->receivedmap,
                                     offset >> TARGET_PAGE_BITS,
                                     len >> TARGET_PAGE_BITS);
    }
}

bool ram_load_has(RAMBlock *rb, uint64_t offset)
{
    return rb->receivedmap &&
           test_bit(offset >> TARGET_PAGE_BITS, rb->receivedmap);
}

uint64_t ram_load_missing(RAMBlock *rb)
{
    uint64_t pages = rb->used_length >> TARGET_PAGE_BITS;

    if (!rb->receivedmap || !ram_block_is_sent(rb)) {
        return 0;
    }
    return pages - bitmap_count_one(rb->receivedmap, pages);
}

/* Length, little-endian bits, a mark. */
void ram_load_send_bitmap(struct MigrationIncoming *mis, RAMBlock *rb)
{
    uint64_t pages = rb->used_length >> TARGET_PAGE_BITS;
    uint64_t size = ROUND_UP(DIV_ROUND_UP(pages, 8), 8);
    g_autofree unsigned long *map = g_malloc0(size);
    uint8_t data[256] = { strlen(rb->idstr) };

    memcpy(data + 1, rb->idstr, data[0]);
    bitmap_to_le(map, rb->receivedmap, ROUND_UP(pages, BITS_PER_LONG));
    qemu_mutex_lock(&mis->rp_lock);
    if (mis->to_src) {
        qemu_put_be16(mis->to_src, MIG_RP_RECV_BITMAP);
        qemu_put_be16(mis->to_src, 1 + data[0]);
        qemu_put_buffer(mis->to_src, data, 1 + data[0]);
        qemu_put_be64(mis->to_src, size);
        qemu_put_buffer(mis->to_src, (uint8_t *)map, size);
        qemu_put_be64(mis->to_src, POSTCOPY_BITMAP_END);
        qemu_fflush(mis->to_src);
    }
    qemu_mutex_unlock(&mis->rp_lock);
}

static void begin_marks(void)
{
    RAMBlock *rb;

    for (int i = 0; (rb = ram_load_block(i)) != NULL; i++) {
        uint64_t pages = rb->used_length >> TARGET_PAGE_BITS;

        rb->receivedmap = bitmap_new(ROUND_UP(MAX(pages, 1), BITS_PER_LONG));
        /* Pages are dropped and placed one by one. */
        madvise(rb->host, rb->used_length, MADV_NOHUGEPAGE);
    }
}

/*
 * Much of a block will be written to soon: with large pages that costs the
 * host far fewer faults.  Only now, because a machine that starts by itself
 * does better with small ones.
 */
static void expect_pages(RAMBlock *rb)
{
    if (rb->used_length >= LARGE_PAGE && rb->fd < 0 && !qemu_ram_is_shared(rb)
        && !(rb->flags & RAM_PREALLOC) && rb->page_size < LARGE_PAGE) {
        madvise(rb->host, rb->used_length, MADV_HUGEPAGE);
    }
}

/* The list of all blocks, which must be ours; it comes once. */
static int load_sizes(QEMUFile *f, uint64_t left)
{
    if (blocks->len) {
        return refuse(f, "RAM is announced twice");
    }
    while (left) {
        char name[256];
        uint64_t length;
        RAMBlock *rb;
        int ret;

        qemu_get_counted_string(f, name);
        length = qemu_get_be64(f);
        if (qemu_file_get_error(f)) {
            return -EIO;
        }
        rb = ram_load_find_block(name) ? NULL : adopt_block(name);
        if (!rb) {
            g_autofree char *shown = qemu_file_printable(name, strlen(name));

            return refuse(f, "Unknown ramblock \"%s\", cannot accept "
                          "migration", shown);
        }
        if (length > left) {
            return refuse(f, "ramblock \"%s\" has 0x%" PRIx64 " bytes of "
                          "0x%" PRIx64 " that are left", name, length, left);
        }
        ret = load_block_size(f, rb, length);
        if (ret) {
            return ret;
        }
        if (postcopy_incoming_advised() &&
            rb->page_size != qemu_real_host_page_size() &&
            qemu_get_be64(f) != rb->page_size && !qemu_file_get_error(f)) {
            return refuse(f, "Mismatched RAM page size of block %s", name);
        }
        if (CAP(X_IGNORE_SHARED)) {
            uint64_t addr = qemu_get_be64(f);

            if (!ram_block_is_sent(rb) && rb->mr->addr != addr &&
                !qemu_file_get_error(f)) {
                return refuse(f, "Mismatched GPAs for block %s %" PRIx64 " "
                              "%" PRIx64, name, addr, rb->mr->addr);
            }
        }
        left -= length;
    }
    if (postcopy_incoming_advised()) {
        begin_marks();
        return 0;
    }
    for (guint i = 0; i < blocks->len; i++) {
        expect_pages(ram_load_block(i));
    }
    return 0;
}

/* The block a page belongs to: named, or that of the page before. */
static RAMBlock *load_block_name(QEMUFile *f, int flags)
{
    char name[256];

    if (flags & RAM_FLAG_CONTINUE) {
        if (!current_block) {
            refuse(f, "Ack, bad migration stream: page of no block");
        }
        return current_block;
    }
    current_block = NULL;
    qemu_get_counted_string(f, name);
    if (!qemu_file_get_error(f)) {
        current_block = ram_load_find_block(name);
        if (!current_block || !ram_block_is_sent(current_block)) {
            g_autofree char *shown = qemu_file_printable(name, strlen(name));

            current_block = NULL;
            refuse(f, "block '%s' should not be migrated", shown);
        }
    }
    return current_block;
}

/* --- Pages --- */

static void load_fill(QEMUFile *f, RAMBlock *rb, uint64_t offset,
                      ZeroRun *run)
{
    int byte = qemu_get_byte(f);

    if (qemu_file_get_error(f)) {
        return;
    }
    if (byte) {
        zero_run_finish(run);
        memset(rb->host + offset, byte, TARGET_PAGE_SIZE);
    } else {
        zero_run_add(run, rb, offset);
    }
}

static int load_difference(QEMUFile *f, uint8_t *host)
{
    uint8_t code[XBZRLE_PAGE];
    int kind = qemu_get_byte(f);
    unsigned len = qemu_get_be16(f);

    if (!qemu_file_get_error(f) && (kind != 1 || len > sizeof(code))) {
        return refuse(f, "XBZRLE page of kind %d with %u bytes", kind, len);
    }
    qemu_get_buffer(f, code, len);
    if (!qemu_file_get_error(f) && xbzrle_decode(code, len, host) < 0) {
        return refuse(f, "Failed to load XBZRLE page - decode error");
    }
    return 0;
}

static int load_page(QEMUFile *f, uint64_t offset, int flags, ZeroRun *run)
{
    RAMBlock *rb = load_block_name(f, flags);

    if (!rb) {
        return -EINVAL;
    }
    if (offset >= rb->used_length) {
        return refuse(f, "Illegal RAM offset 0x%" PRIx64 " in block '%s' of "
                      "0x%" PRIx64 " bytes", offset, rb->idstr,
                      (uint64_t)rb->used_length);
    }
    if (postcopy_incoming_listening()) {
        if ((flags & PAGE_FLAGS) == RAM_FLAG_XBZRLE) {
            return refuse(f, "XBZRLE page in postcopy");
        }
        return postcopy_load_page(f, rb, offset, flags);
    }
    ram_load_mark(rb, offset, TARGET_PAGE_SIZE);
    switch (flags & PAGE_FLAGS) {
    case RAM_FLAG_ZERO:
        load_fill(f, rb, offset, run);
        return 0;
    case RAM_FLAG_PAGE:
        if (run->n) {
            zero_run_finish(run);
        }
        qemu_get_buffer(f, rb->host + offset, TARGET_PAGE_SIZE);
        return 0;
    case RAM_FLAG_XBZRLE:
        zero_run_finish(run);
        return load_difference(f, rb->host + offset);
    default:
        return refuse(f, "Unknown combination of migration flags: 0x%x",
                      flags);
    }
}

/* Pages of the part that came over other connections are there, too. */
static int load_sync(QEMUFile *f)
{
    Error *err = NULL;

    if (!multifd_recv_sync(&err)) {
        qemu_file_set_error_obj(f, -EIO, err);
        return -EIO;
    }
    return 0;
}

static int load_words(QEMUFile *f, ZeroRun *run)
{
    int ret = 0;

    while (!ret && !qemu_file_get_error(f)) {
        uint64_t word = qemu_get_be64(f);
        uint64_t offset = word & TARGET_PAGE_MASK;
        int flags = word & ~TARGET_PAGE_MASK;

        if (qemu_file_get_error(f)) {
            break;
        }
        if (flags == RAM_FLAG_EOS) {
            zero_run_finish(run);
            return load_sync(f);
        }
        if (flags == RAM_FLAG_SIZES) {
            ret = load_sizes(f, offset);
        } else if (flags & PAGE_FLAGS) {
            ret = load_page(f, offset, flags, run);
        } else {
            ret = refuse(f, "Unknown combination of migration flags: 0x%x",
                         flags);
        }
    }
    return ret ? ret : qemu_file_get_error(f);
}

int ram_load(QEMUFile *f, void *opaque, int version_id)
{
    ZeroRun run = { 0 };

    if (version_id != RAM_SECTION_VERSION) {
        return refuse(f, "RAM of version %d, this is version %d", version_id,
                      RAM_SECTION_VERSION);
    }
    return load_words(f, &run);
}

int ram_load_setup(QEMUFile *f, void *opaque)
{
    ram_load_cleanup(opaque);
    blocks = g_ptr_array_new();
    return 0;
}

int ram_load_cleanup(void *opaque)
{
    for (guint i = 0; blocks && i < blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(blocks, i);

        g_free(rb->receivedmap);
        rb->receivedmap = NULL;
        memory_region_unref(rb->mr);
    }
    if (blocks) {
        g_ptr_array_unref(blocks);
        blocks = NULL;
    }
    current_block = NULL;
    return 0;
}
