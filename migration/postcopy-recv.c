/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Postcopy at the destination: commands, the guard of userfaultfd(2) around
 * RAM, and the threads that answer faults and go on with the stream.
 *
 * The main loop and vCPUs may hold the big lock while they wait for a page,
 * so neither thread here ever takes it.
 */
#include "qemu/osdep.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "migration/incoming.h"
#include "migration/loadvm.h"
#include "migration/postcopy.h"
#include "migration/ram.h"
#include "migration/savevm.h"

typedef enum Phase {
    NONE, ADVISED, DISCARDING, LISTENING, RUNNING,
} Phase;

/* A host page that is put together from several of the guest's. */
typedef struct Assembly {
    RAMBlock *rb;
    uint64_t offset;            /* of the host page in the block */
    size_t filled;
    uint8_t *bytes;
    size_t size;
} Assembly;

static struct {
    int phase;                  /* atomic */
    int uffd;
    int stop_fd;                /* ends the fault thread */
    QemuThread fault_thread, listen_thread;
    Assembly assembly;
    /* Host addresses of pages that were asked for and have not come. */
    QemuMutex lock;
    GHashTable *asked;
    RAMBlock *asked_last;       /* the fault thread's */
    QemuSemaphore recovered;
    bool made;
    bool failed;                /* before the guest ran */
} pc;

static Phase phase(void)
{
    return qatomic_read(&pc.phase);
}

bool postcopy_incoming_advised(void)
{
    return phase() != NONE;
}

bool postcopy_incoming_listening(void)
{
    return phase() >= LISTENING;
}

bool postcopy_incoming_running(void)
{
    return phase() == RUNNING && !pc.failed;
}

/* --- The guard --- */

static int uffd_open(uint64_t features, uint64_t *have, Error **errp)
{
    struct uffdio_api api = { .api = UFFD_API, .features = features };
    int fd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        error_setg_errno(errp, errno, "userfaultfd not available");
        return -1;
    }
    if (ioctl(fd, UFFDIO_API, &api)) {
        error_setg_errno(errp, errno, "UFFDIO_API failed");
        close(fd);
        return -1;
    }
    if (have) {
        *have = api.features;
    }
    return fd;
}

bool postcopy_supported(Error **errp)
{
    int fd = uffd_open(0, NULL, errp);

    if (fd < 0) {
        return false;
    }
    close(fd);
    return true;
}

/* What the kernel must be able to do for the memory that there is. */
static uint64_t wanted_features(void)
{
    uint64_t features = 0;
    RAMBlock *rb;

    for (int i = 0; (rb = ram_load_block(i)) != NULL; i++) {
        if (rb->page_size > qemu_real_host_page_size()) {
            features |= UFFD_FEATURE_MISSING_HUGETLBFS;
        } else if (rb->fd >= 0 || qemu_ram_is_shared(rb)) {
            features |= UFFD_FEATURE_MISSING_SHMEM;
        }
    }
    return features;
}

static bool guard_block(RAMBlock *rb, Error **errp)
{
    struct uffdio_register reg = {
        .range.start = (uintptr_t)rb->host,
        .range.len = ROUND_UP(rb->used_length, rb->page_size),
        .mode = UFFDIO_REGISTER_MODE_MISSING,
    };

    if (ioctl(pc.uffd, UFFDIO_REGISTER, &reg)) {
        error_setg_errno(errp, errno, "cannot guard RAM block '%s'",
                         rb->idstr);
        return false;
    }
    return true;
}

static bool guard(Error **errp)
{
    RAMBlock *rb;

    pc.uffd = uffd_open(wanted_features(), NULL, errp);
    if (pc.uffd < 0) {
        return false;
    }
    for (int i = 0; (rb = ram_load_block(i)) != NULL; i++) {
        if (!guard_block(rb, errp)) {
            close(pc.uffd);
            return false;
        }
    }
    return true;
}

/* --- Placing pages --- */

static void page_came(RAMBlock *rb, uint64_t offset)
{
    ram_load_mark(rb, offset, rb->page_size);
    qemu_mutex_lock(&pc.lock);
    g_hash_table_remove(pc.asked, rb->host + offset);
    qemu_mutex_unlock(&pc.lock);
}

/* @src NULL: zeroes. */
static int place(QEMUFile *f, RAMBlock *rb, uint64_t offset, void *src)
{
    uint64_t dst = (uintptr_t)rb->host + offset;
    struct uffdio_zeropage zero = { .range = { dst, rb->page_size } };
    struct uffdio_copy copy = {
        .dst = dst, .src = (uintptr_t)src, .len = rb->page_size,
    };
    int ret;

    do {
        copy.copy = zero.zeropage = 0;
        ret = src ? ioctl(pc.uffd, UFFDIO_COPY, &copy)
                  : ioctl(pc.uffd, UFFDIO_ZEROPAGE, &zero);
    } while (ret && errno == EAGAIN);
    /* A page that is there already has been written to by its owner. */
    if (ret && errno != EEXIST) {
        Error *err = NULL;

        error_setg_errno(&err, errno, "cannot place a page of RAM block "
                         "'%s'", rb->idstr);
        qemu_file_set_error_obj(f, -EIO, err);
        return -EIO;
    }
    page_came(rb, offset);
    return 0;
}

/* One of the guest's pages: content at *@bytes, NULL for zeroes. */
static int read_page(QEMUFile *f, int flags, uint8_t *scratch,
                     uint8_t **bytes)
{
    *bytes = scratch;
    if (flags & RAM_FLAG_ZERO) {
        int byte = qemu_get_byte(f);

        if (byte) {
            memset(scratch, byte, TARGET_PAGE_SIZE);
        } else {
            *bytes = NULL;
        }
    } else {
        qemu_get_buffer_in_place(f, bytes, TARGET_PAGE_SIZE);
    }
    return qemu_file_get_error(f);
}

/* The host page's parts come in order. */
static int assemble(QEMUFile *f, RAMBlock *rb, uint64_t offset,
                    const uint8_t *bytes)
{
    Assembly *a = &pc.assembly;
    uint64_t host_page = QEMU_ALIGN_DOWN(offset, rb->page_size);

    if (offset == host_page) {
        if (a->size < rb->page_size) {
            g_free(a->bytes);
            a->bytes = g_malloc(rb->page_size);
            a->size = rb->page_size;
        }
        a->rb = rb;
        a->offset = host_page;
        a->filled = 0;
    }
    if (a->rb != rb || a->offset + a->filled != offset) {
        Error *err = NULL;

        error_setg(&err, "page 0x%" PRIx64 " of block '%s' is out of its "
                   "order in a host page", offset, rb->idstr);
        qemu_file_set_error_obj(f, -EINVAL, err);
        return -EINVAL;
    }
    if (bytes) {
        memcpy(a->bytes + a->filled, bytes, TARGET_PAGE_SIZE);
    } else {
        memset(a->bytes + a->filled, 0, TARGET_PAGE_SIZE);
    }
    a->filled += TARGET_PAGE_SIZE;
    if (a->filled < rb->page_size) {
        return 0;
    }
    a->rb = NULL;
    return place(f, rb, host_page, a->bytes);
}

int postcopy_load_page(QEMUFile *f, RAMBlock *rb, uint64_t offset, int flags)
{
    uint8_t scratch[TARGET_PAGE_SIZE];
    uint8_t *bytes;
    int ret = read_page(f, flags, scratch, &bytes);

    if (ret) {
        return ret;
    }
    if (rb->page_size > TARGET_PAGE_SIZE) {
        return assemble(f, rb, offset, bytes);
    }
    if (!bytes && (rb->fd >= 0 || qemu_ram_is_shared(rb))) {
        /* Files have no page of zeroes to lend. */
        memset(scratch, 0, sizeof(scratch));
        bytes = scratch;
    }
    return place(f, rb, offset, bytes);
}

/* --- Faults --- */

static void send_request(RAMBlock *rb, uint64_t offset, bool named)
{
    uint8_t data[13 + 255];
    size_t len = named ? strlen(rb->idstr) : 0;

    stq_be_p(data, offset);
    stl_be_p(data + 8, rb->page_size);
    data[12] = len;
    memcpy(data + 13, rb->idstr, len);
    migration_rp_send(migration_incoming(),
                      named ? MIG_RP_REQ_PAGES_ID : MIG_RP_REQ_PAGES, data,
                      named ? 13 + len : 12);
}

static void page_missing(uint64_t address)
{
    RAMBlock *rb = ram_load_block_at((void *)(uintptr_t)address);
    uint64_t offset;
    bool first;

    if (!rb) {
        return;
    }
    offset = QEMU_ALIGN_DOWN((uint8_t *)(uintptr_t)address - rb->host,
                             rb->page_size);
    qemu_mutex_lock(&pc.lock);
    /* It may have come between the fault and now. */
    first = !ram_load_has(rb, offset) &&
            g_hash_table_add(pc.asked, rb->host + offset);
    qemu_mutex_unlock(&pc.lock);
    if (first) {
        send_request(rb, offset, rb != pc.asked_last);
        pc.asked_last = rb;
    }
}

static void *fault_thread(void *opaque)
{
    struct pollfd p[2] = {
        { .fd = pc.uffd, .events = POLLIN },
        { .fd = pc.stop_fd, .events = POLLIN },
    };

    for (;;) {
        struct uffd_msg msg;

        if (poll(p, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        if (p[1].revents & POLLIN) {
            break;
        }
        while (read(pc.uffd, &msg, sizeof(msg)) == sizeof(msg)) {
            if (msg.event == UFFD_EVENT_PAGEFAULT) {
                page_missing(msg.arg.pagefault.address);
            }
        }
    }
    return NULL;
}

/* A new connection does not know what was asked for on the old one. */
static void ask_again(void)
{
    GHashTableIter iter;
    gpointer host;

    qemu_mutex_lock(&pc.lock);
    g_hash_table_iter_init(&iter, pc.asked);
    while (g_hash_table_iter_next(&iter, &host, NULL)) {
        RAMBlock *rb = ram_load_block_at(host);

        send_request(rb, (uint8_t *)host - rb->host, true);
    }
    qemu_mutex_unlock(&pc.lock);
}

/* Faults from now on see the memory as it is. */
static void unguard(void)
{
    uint64_t one = 1;

    if (write(pc.stop_fd, &one, sizeof(one)) < 0) {
        /* It is readable already. */
    }
    qemu_thread_join(&pc.fault_thread);
    close(pc.stop_fd);
    close(pc.uffd);
    g_free(pc.assembly.bytes);
    memset(&pc.assembly, 0, sizeof(pc.assembly));
}

/* --- The stream goes on --- */

/* The connection broke while the guest runs: waits for another. */
static void pause_and_recover(MigrationIncoming *mis, Error *err)
{
    error_report("Detected IO failure for postcopy. Migration paused. %s",
                 error_get_pretty(err));
    error_free(err);
    if (!migration_set_state(&mis->state, MIGRATION_STATUS_POSTCOPY_ACTIVE,
                             MIGRATION_STATUS_POSTCOPY_PAUSED)) {
        migration_set_state(&mis->state, MIGRATION_STATUS_POSTCOPY_RECOVER,
                            MIGRATION_STATUS_POSTCOPY_PAUSED);
    }
    pc.assembly.rb = NULL;
    incoming_close_channel(mis);
    qemu_sem_wait(&pc.recovered);
}

static bool all_came(Error **errp)
{
    RAMBlock *rb;

    for (int i = 0; (rb = ram_load_block(i)) != NULL; i++) {
        uint64_t missing = ram_load_missing(rb);

        if (missing) {
            error_setg(errp, "%" PRIu64 " pages of RAM block '%s' never came",
                       missing, rb->idstr);
            return false;
        }
    }
    return true;
}

static void *listen_thread(void *opaque)
{
    MigrationIncoming *mis = opaque;

    rcu_register_thread();
    for (;;) {
        Error *err = NULL;

        if (!loadvm_main(mis->from_src, &err) && all_came(&err)) {
            break;
        }
        if (!incoming_guest_began(mis, err)) {
            /* The guest will not run: let go who waits for a page. */
            pc.failed = true;
            break;
        }
        pause_and_recover(mis, err);
    }
    unguard();
    rcu_unregister_thread();
    incoming_postcopy_ended(mis);
    return NULL;
}

void postcopy_incoming_join(void)
{
    qemu_thread_join(&pc.listen_thread);
    g_hash_table_unref(pc.asked);
    qatomic_set(&pc.phase, NONE);
}

/* --- Commands --- */

static int load_advice(QEMUFile *f, unsigned len, Error **errp)
{
    uint64_t sizes, size;

    if (phase() != NONE) {
        error_setg(errp, "POSTCOPY_ADVISE comes twice");
        return -EINVAL;
    }
    if (!CAP(POSTCOPY_RAM) || len != 16) {
        error_setg(errp, "RAM postcopy is disabled but have %u byte advise",
                   len);
        return -EINVAL;
    }
    sizes = qemu_get_be64(f);
    size = qemu_get_be64(f);
    if (sizes != ram_page_sizes() || size != TARGET_PAGE_SIZE) {
        error_setg(errp, "Postcopy needs matching RAM page sizes (s=%" PRIx64
                   " d=%" PRIx64 ")", sizes, ram_page_sizes());
        return -EINVAL;
    }
    if (!postcopy_supported(errp)) {
        return -ENOSYS;
    }
    qatomic_set(&pc.phase, ADVISED);
    return 0;
}

static int discard_range(RAMBlock *rb, uint64_t start, uint64_t len,
                         Error **errp)
{
    if ((start | len) & (rb->page_size - 1) ||
        start > rb->used_length || len > rb->max_length - start) {
        error_setg(errp, "discard of 0x%" PRIx64 " bytes at 0x%" PRIx64
                   " of block '%s'", len, start, rb->idstr);
        return -EINVAL;
    }
    ram_load_unmark(rb, start, len);
    return ram_block_discard_range(rb, start, len);
}

/* Version, name, a 0, pairs of start and length. */
static int load_discard(QEMUFile *f, unsigned len, Error **errp)
{
    char name[256];
    int version = qemu_get_byte(f);
    unsigned name_len = qemu_get_counted_string(f, name);
    int zero = qemu_get_byte(f);
    RAMBlock *rb = ram_load_find_block(name);

    if (phase() != ADVISED && phase() != DISCARDING) {
        error_setg(errp, "CMD_POSTCOPY_RAM_DISCARD in wrong postcopy state "
                   "(%d)", phase());
        return -EINVAL;
    }
    qatomic_set(&pc.phase, DISCARDING);
    if (version || zero || !rb || len < 3 + name_len ||
        (len - 3 - name_len) % 16) {
        error_setg(errp, "CMD_POSTCOPY_RAM_DISCARD invalid (%u bytes)", len);
        return -EINVAL;
    }
    for (len -= 3 + name_len; len && !qemu_file_get_error(f); len -= 16) {
        uint64_t start = qemu_get_be64(f);
        int ret = discard_range(rb, start, qemu_get_be64(f), errp);

        if (ret) {
            return ret;
        }
    }
    return 0;
}

static int load_listen(Error **errp)
{
    MigrationIncoming *mis = migration_incoming();

    if (phase() != ADVISED && phase() != DISCARDING) {
        error_setg(errp, "CMD_POSTCOPY_LISTEN in wrong postcopy state (%d)",
                   phase());
        return -EINVAL;
    }
    if (!mis->to_src) {
        error_setg(errp, "postcopy without a return path");
        return -EINVAL;
    }
    if (!guard(errp)) {
        return -EIO;
    }
    if (!pc.made) {
        qemu_mutex_init(&pc.lock);
        qemu_sem_init(&pc.recovered, 0);
        pc.made = true;
    }
    pc.asked = g_hash_table_new(NULL, NULL);
    pc.asked_last = NULL;
    pc.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    qatomic_set(&pc.phase, LISTENING);
    migration_set_state(&mis->state, MIGRATION_STATUS_ACTIVE,
                        MIGRATION_STATUS_POSTCOPY_ACTIVE);
    qemu_thread_create(&pc.fault_thread, "fault", fault_thread, NULL,
                       QEMU_THREAD_JOINABLE);
    qemu_thread_create(&pc.listen_thread, "listen", listen_thread, mis,
                       QEMU_THREAD_JOINABLE);
    return 0;
}

static int load_run(Error **errp)
{
    if (phase() != LISTENING) {
        error_setg(errp, "CMD_POSTCOPY_RUN in wrong postcopy state (%d)",
                   phase());
        return -EINVAL;
    }
    qatomic_set(&pc.phase, RUNNING);
    return 1;
}

/* Sends what has arrived of a block. */
static int load_bitmap_request(QEMUFile *f, unsigned len, Error **errp)
{
    char name[256];
    unsigned name_len = qemu_get_counted_string(f, name);
    RAMBlock *rb = ram_load_find_block(name);

    if (phase() != RUNNING || !rb || len != name_len + 1) {
        error_setg(errp, "CMD_RECV_BITMAP invalid (%u bytes)", len);
        return -EINVAL;
    }
    ram_load_send_bitmap(migration_incoming(), rb);
    return 0;
}

static int load_resume(Error **errp)
{
    MigrationIncoming *mis = migration_incoming();

    if (!migration_set_state(&mis->state, MIGRATION_STATUS_POSTCOPY_RECOVER,
                             MIGRATION_STATUS_POSTCOPY_ACTIVE)) {
        error_setg(errp, "CMD_POSTCOPY_RESUME when nothing is paused");
        return -EINVAL;
    }
    migration_rp_send_u32(mis, MIG_RP_RESUME_ACK, 1);
    ask_again();
    return 0;
}

int postcopy_load_command(QEMUFile *f, int command, unsigned len,
                          Error **errp)
{
    switch (command) {
    case SAVEVM_CMD_POSTCOPY_ADVISE:
        return load_advice(f, len, errp);
    case SAVEVM_CMD_POSTCOPY_RAM_DISCARD:
        return load_discard(f, len, errp);
    case SAVEVM_CMD_POSTCOPY_LISTEN:
        return load_listen(errp);
    case SAVEVM_CMD_POSTCOPY_RUN:
        return load_run(errp);
    case SAVEVM_CMD_RECV_BITMAP:
        return load_bitmap_request(f, len, errp);
    default:
        return load_resume(errp);
    }
}

/* --- Recovery, in the main loop --- */

void postcopy_incoming_recovered(void)
{
    qemu_sem_post(&pc.recovered);
}
