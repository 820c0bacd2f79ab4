/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query-migrate. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qemu/atomic.h"
#include "qemu/timer.h"
#include "sysemu/cpu-throttle.h"
#include "migration/migration.h"
#include "migration/ram.h"
#include "migration/savevm-registry.h"

static void set_int(json_t *obj, const char *key, int64_t value)
{
    json_object_set_new(obj, key, json_integer(value));
}

static json_t *ram_info(const MigrationState *s)
{
    json_t *r = json_object();
    bool over = !migration_is_running(s->state);

    set_int(r, "transferred", ram_stats.transferred);
    set_int(r, "total", ram_stats.total);
    set_int(r, "remaining",
            over ? 0 : ram_stats.dirty_pages * TARGET_PAGE_SIZE);
    set_int(r, "duplicate", ram_stats.zero_pages);
    set_int(r, "skipped", 0);
    set_int(r, "normal", ram_stats.normal_pages);
    set_int(r, "normal-bytes", ram_stats.normal_pages * TARGET_PAGE_SIZE);
    set_int(r, "dirty-pages-rate", over ? 0 : ram_stats.dirty_pages_rate);
    json_object_set_new(r, "mbps", json_real(s->mbps));
    set_int(r, "dirty-sync-count", ram_stats.dirty_sync_count);
    set_int(r, "postcopy-requests", ram_stats.postcopy_requests);
    set_int(r, "page-size", TARGET_PAGE_SIZE);
    set_int(r, "multifd-bytes", ram_stats.multifd_bytes);
    set_int(r, "pages-per-second", s->pages_per_second);
    set_int(r, "precopy-bytes", ram_stats.precopy_bytes);
    set_int(r, "downtime-bytes", ram_stats.downtime_bytes);
    set_int(r, "postcopy-bytes", ram_stats.postcopy_bytes);
    set_int(r, "dirty-sync-missed-zero-copy", 0);
    return r;
}

static json_t *xbzrle_info(void)
{
    json_t *x = json_object();

    set_int(x, "cache-size", PARAM(XBZRLE_CACHE_SIZE));
    set_int(x, "bytes", xbzrle_stats.bytes);
    set_int(x, "pages", xbzrle_stats.pages);
    set_int(x, "cache-miss", xbzrle_stats.cache_miss);
    set_int(x, "overflow", xbzrle_stats.overflow);
    json_object_set_new(x, "cache-miss-rate",
                        json_real(xbzrle_stats.cache_miss_rate));
    json_object_set_new(x, "encoding-rate",
                        json_real(xbzrle_stats.encoding_rate));
    return x;
}

static void add_progress(json_t *info, const MigrationState *s)
{
    bool over = !migration_is_running(s->state);

    set_int(info, "total-time", over ? s->total_time :
            qemu_clock_get_ms(QEMU_CLOCK_REALTIME) - s->start_time);
    set_int(info, "setup-time", s->setup_time);
    if (over) {
        set_int(info, "downtime", s->downtime);
    } else {
        set_int(info, "expected-downtime", s->expected_downtime);
    }
    if (cpu_throttle_active()) {
        set_int(info, "cpu-throttle-percentage",
                cpu_throttle_get_percentage());
    }
    json_object_set_new(info, "ram", ram_info(s));
    if (CAP(XBZRLE)) {
        json_object_set_new(info, "xbzrle-cache", xbzrle_info());
    }
}

static void add_source(json_t *info, MigrationState *s)
{
    MigrationStatus state = qatomic_read(&s->state);

    if (state == MIGRATION_STATUS_NONE) {
        return;
    }
    json_object_set_new(info, "status",
                        json_string(MigrationStatus_str(state)));
    switch (state) {
    case MIGRATION_STATUS_ACTIVE:
    case MIGRATION_STATUS_POSTCOPY_ACTIVE:
    case MIGRATION_STATUS_PRE_SWITCHOVER:
    case MIGRATION_STATUS_DEVICE:
    case MIGRATION_STATUS_COMPLETED:
        add_progress(info, s);
        break;
    case MIGRATION_STATUS_FAILED:
        qemu_mutex_lock(&s->error_lock);
        if (s->error) {
            json_object_set_new(info, "error-desc",
                                json_string(error_get_pretty(s->error)));
        }
        qemu_mutex_unlock(&s->error_lock);
        break;
    default:
        break;
    }
}

static void add_destination(json_t *info, const MigrationIncoming *mis)
{
    MigrationStatus state = qatomic_read(&mis->state);

    if (mis->address) {
        json_object_set(info, "socket-address", mis->address);
    }
    if (state != MIGRATION_STATUS_NONE) {
        json_object_set_new(info, "status",
                            json_string(MigrationStatus_str(state)));
    }
}

static void add_blockers(json_t *info)
{
    json_t *list;

    if (!migration_blockers) {
        return;
    }
    list = json_array();
    for (GSList *l = migration_blockers; l; l = l->next) {
        json_array_append_new(list, json_string(error_get_pretty(l->data)));
    }
    json_object_set_new(info, "blocked-reasons", list);
}

json_t *qmp_query_migrate(json_t *args, Error **errp)
{
    json_t *info = json_object();

    add_destination(info, migration_incoming());
    add_source(info, migrate_get_current());
    add_blockers(info);
    return info;
}
