/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log (qemu/log.h).  Places that a guest can make log are counted by the
 * address of their format, in windows of a second.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "qemu/range.h"
#include "qemu/timer.h"

#define LIMITED (LOG_GUEST_ERROR | LOG_UNIMP)

int qemu_loglevel;
bool (*qemu_log_trace_enable)(const char *pattern);

static FILE *log_file;          /* NULL: stderr */
static char *log_filename;      /* as given: may have a %d */
static GArray *addr_ranges;     /* of Range; NULL: all addresses */

/* The items of the translator and of user mode are taken for compatibility. */
const QEMULogItem qemu_log_items[] = {
    { CPU_LOG_TB_OUT_ASM, "out_asm", "translator: host code" },
    { CPU_LOG_TB_IN_ASM, "in_asm", "translator: guest code" },
    { CPU_LOG_TB_OP, "op", "translator: operations" },
    { CPU_LOG_TB_OP_OPT, "op_opt", "translator: operations, optimized" },
    { CPU_LOG_TB_OP_IND, "op_ind", "translator: operations, direct" },
    { CPU_LOG_INT, "int", "translator: interrupts and exceptions" },
    { CPU_LOG_EXEC, "exec", "translator: blocks as they run" },
    { CPU_LOG_TB_CPU, "cpu", "translator: registers before each block" },
    { CPU_LOG_TB_FPU, "fpu", "translator: the FPU's with 'cpu'" },
    { CPU_LOG_MMU, "mmu", "translator: address translation" },
    { CPU_LOG_PCALL, "pcall", "translator: far calls and returns" },
    { CPU_LOG_RESET, "cpu_reset", "registers before a CPU is reset" },
    { LOG_UNIMP, "unimp", "what the guest uses and is not implemented" },
    { LOG_GUEST_ERROR, "guest_errors", "mistakes of the guest's" },
    { CPU_LOG_PAGE, "page", "user mode: pages" },
    { CPU_LOG_TB_NOCHAIN, "nochain", "translator: no chained blocks" },
    { CPU_LOG_PLUGIN, "plugin", "translator: plugins" },
    { LOG_STRACE, "strace", "user mode: system calls" },
    { 0, NULL, NULL },
};

bool qemu_log_enabled(void)
{
    return qemu_loglevel != 0;
}

bool qemu_log_separate(void)
{
    return log_file != NULL;
}

/* Writing */

FILE *qemu_log_trylock(void)
{
    FILE *f;

    if (!qemu_log_enabled()) {
        return NULL;
    }
    f = log_file ? log_file : stderr;
    flockfile(f);
    return f;
}

void qemu_log_unlock(FILE *fd)
{
    if (fd) {
        fflush(fd);
        funlockfile(fd);
    }
}

static void vlog(const char *fmt, va_list ap)
{
    FILE *f = qemu_log_trylock();

    if (f) {
        vfprintf(f, fmt, ap);
        qemu_log_unlock(f);
    }
}

void qemu_log(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vlog(fmt, ap);
    va_end(ap);
}

/* Limiting */

typedef struct LogPlace {
    int64_t window;             /* its second */
    unsigned lines;
    uint64_t suppressed;
} LogPlace;

static QemuMutex places_lock = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .initialized = true,
};
static GHashTable *places;      /* format to LogPlace */

/* Whether to log; *@suppressed is what was not since the last time. */
static bool place_may_log(const char *fmt, uint64_t *suppressed)
{
    int64_t now = get_clock() / NANOSECONDS_PER_SECOND;
    LogPlace *place;

    QEMU_LOCK_GUARD(&places_lock);
    if (!places) {
        places = g_hash_table_new(NULL, NULL);
    }
    place = g_hash_table_lookup(places, fmt);
    if (!place) {
        place = g_new0(LogPlace, 1);
        g_hash_table_insert(places, (void *)fmt, place);
    }
    if (place->window != now) {
        place->window = now;
        place->lines = 0;
    }
    if (place->lines == QEMU_LOG_GUEST_RATE) {
        place->suppressed++;
        return false;
    }
    place->lines++;
    *suppressed = place->suppressed;
    place->suppressed = 0;
    return true;
}

void qemu_log_limited(int mask, const char *fmt, ...)
{
    uint64_t suppressed = 0;
    va_list ap;

    if ((mask & LIMITED) && !place_may_log(fmt, &suppressed)) {
        return;
    }
    if (suppressed) {
        qemu_log("(repeated; %" PRIu64 " suppressed)\n", suppressed);
    }
    va_start(ap, fmt);
    vlog(fmt, ap);
    va_end(ap);
}

/* Set-up */

static bool open_log(Error **errp)
{
    g_autofree char *name = NULL;
    FILE *f;

    if (log_file || !log_filename) {
        return true;
    }
    if (strstr(log_filename, "%d")) {
        g_autofree char *pid = g_strdup_printf(FMT_pid, getpid());
        g_auto(GStrv) parts = g_strsplit(log_filename, "%d", 2);

        name = g_strjoinv(pid, parts);
    }
    f = fopen(name ? name : log_filename, "we");
    if (!f) {
        error_setg_errno(errp, errno, "Error opening logfile %s",
                         name ? name : log_filename);
        return false;
    }
    /* One write a line: the file can be followed, and survives a crash. */
    setvbuf(f, NULL, _IOLBF, BUFSIZ);
    log_file = f;
    return true;
}

bool qemu_set_log(int log_flags, Error **errp)
{
    if (log_flags && !open_log(errp)) {
        return false;
    }
    qatomic_set(&qemu_loglevel, log_flags);
    return true;
}

bool qemu_set_log_filename_flags(const char *name, int flags, Error **errp)
{
    if (name && *name) {
        const char *percent = strchr(name, '%');

        /* One %d, for the process ID, and no other. */
        if (percent && (percent[1] != 'd' || strchr(percent + 2, '%'))) {
            error_setg(errp, "Bad logfile template: %s", name);
            return false;
        }
    }
    if (log_file) {
        fclose(log_file);
        log_file = NULL;
    }
    g_free(log_filename);
    log_filename = name && *name ? g_strdup(name) : NULL;
    return qemu_set_log(flags, errp);
}

bool qemu_set_log_filename(const char *filename, Error **errp)
{
    return qemu_set_log_filename_flags(filename, qemu_loglevel, errp);
}

int qemu_str_to_log_mask(const char *str)
{
    g_auto(GStrv) names = g_strsplit(str, ",", 0);
    int mask = 0;

    for (char **name = names; *name; name++) {
        const QEMULogItem *item;
        const char *pattern;

        if (!strcmp(*name, "all")) {
            for (item = qemu_log_items; item->mask; item++) {
                mask |= item->mask;
            }
            continue;
        }
        if (strstart(*name, "trace:", &pattern)) {
            if (!qemu_log_trace_enable || !qemu_log_trace_enable(pattern)) {
                return 0;
            }
            mask |= LOG_TRACE;
            continue;
        }
        for (item = qemu_log_items; item->mask; item++) {
            if (!strcmp(*name, item->name)) {
                break;
            }
        }
        if (!item->mask) {
            return 0;
        }
        mask |= item->mask;
    }
    return mask;
}

void qemu_print_log_usage(FILE *f)
{
    fprintf(f, "Log items (comma separated):\n");
    for (const QEMULogItem *item = qemu_log_items; item->mask; item++) {
        fprintf(f, "%-15s %s\n", item->name, item->help);
    }
    fprintf(f, "trace:PATTERN   trace events (\"-d trace:help\" lists them)\n");
}

/* Address ranges */

bool qemu_log_in_addr_range(uint64_t addr)
{
    if (!addr_ranges) {
        return true;
    }
    for (guint i = 0; i < addr_ranges->len; i++) {
        if (range_contains(&g_array_index(addr_ranges, Range, i), addr)) {
            return true;
        }
    }
    return false;
}

static bool parse_range(const char *text, Range *range, Error **errp)
{
    const char *op = strpbrk(text, "+-");
    size_t op_len = 1;
    uint64_t left, right, low, high;
    const char *end;

    if (!op) {
        op = strstr(text, "..");
        op_len = 2;
    }
    if (!op) {
        error_setg(errp, "Bad range specifier");
        return false;
    }
    if (qemu_strtou64(text, &end, 0, &left) || end != op) {
        error_setg(errp, "Invalid number to the left of %.*s", (int)op_len,
                   op);
        return false;
    }
    if (qemu_strtou64(op + op_len, NULL, 0, &right)) {
        error_setg(errp, "Invalid number to the right of %.*s", (int)op_len,
                   op);
        return false;
    }
    low = left;
    high = right;
    if (*op == '+') {
        high = left + right - 1;
    } else if (*op == '-') {
        low = left - (right - 1);
        high = left;
    }
    if (low > high || (*op != '.' && !right)) {
        error_setg(errp, "Invalid range");
        return false;
    }
    range_set_bounds(range, low, high);
    return true;
}

void qemu_set_dfilter_ranges(const char *ranges, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(ranges, ",", 0);

    if (addr_ranges) {
        g_array_free(addr_ranges, TRUE);
    }
    addr_ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    for (char **part = parts; *part; part++) {
        Range range;

        if (!parse_range(*part, &range, errp)) {
            return;
        }
        g_array_append_val(addr_ranges, range);
    }
}
