/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities and parameters of migration: table, checks, commands. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-commands.h"
#include "qemu/atomic.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "migration/migration.h"
#include "migration/misc.h"
#include "migration/options.h"
#include "migration/postcopy.h"
#include "sysemu/runstate.h"

typedef enum ParamKind {
    PARAM_NUMBER, PARAM_SIZE, PARAM_MIB, PARAM_BOOL, PARAM_COMPRESSION,
} ParamKind;

/* MIB: a size for which people write MiB without a unit. */
typedef struct ParamInfo {
    ParamKind kind;
    uint64_t def, min, max;
    const char *unit;           /* behind the value, for people */
    const char *expects;        /* in the error for another value */
} ParamInfo;

#define P(name, ...) [MIGRATION_PARAMETER_##name] = { __VA_ARGS__ }
#define PERCENT(def_) PARAM_NUMBER, def_, 1, 99, "", \
    "an integer in the range of 1 to 99"

static const ParamInfo params[MIGRATION_PARAMETER__MAX] = {
    P(ANNOUNCE_INITIAL, PARAM_NUMBER, 50, 0, 100000, " ms",
      "a value between 0 and 100000"),
    P(ANNOUNCE_MAX, PARAM_NUMBER, 550, 0, 100000, " ms",
      "a value between 0 and 100000"),
    P(ANNOUNCE_ROUNDS, PARAM_NUMBER, 5, 0, 1000, "",
      "a value between 0 and 1000"),
    P(ANNOUNCE_STEP, PARAM_NUMBER, 100, 1, 10000, " ms",
      "a value between 1 and 10000"),
    P(THROTTLE_TRIGGER_THRESHOLD, PARAM_NUMBER, 50, 1, 100, "",
      "an integer in the range of 1 to 100"),
    P(CPU_THROTTLE_INITIAL, PERCENT(20)),
    P(CPU_THROTTLE_INCREMENT, PERCENT(10)),
    P(CPU_THROTTLE_TAILSLOW, PARAM_BOOL, 0, 0, 1, "", "'on' or 'off'"),
    P(MAX_CPU_THROTTLE, PARAM_NUMBER, 99, 1, 99, "",
      "an integer in the range of cpu_throttle_initial to 99"),
    P(MAX_BANDWIDTH, PARAM_MIB, 128 * MiB, 0, INT64_MAX, " bytes/second",
      "an integer in the range of 0 to 9223372036854775807 bytes/second"),
    P(DOWNTIME_LIMIT, PARAM_NUMBER, 300, 0, 2000000, " ms",
      "an integer in the range of 0 to (2000 * 1000) ms"),
    P(MULTIFD_CHANNELS, PARAM_NUMBER, 2, 1, 255, "",
      "a value between 1 and 255"),
    P(MULTIFD_COMPRESSION, PARAM_COMPRESSION, MULTIFD_COMPRESSION_NONE, 0,
      MULTIFD_COMPRESSION__MAX - 1, "", "none, zlib or zstd"),
    P(MULTIFD_ZLIB_LEVEL, PARAM_NUMBER, 1, 0, 9, "",
      "a value between 0 and 9"),
    P(MULTIFD_ZSTD_LEVEL, PARAM_NUMBER, 1, 0, 20, "",
      "a value between 0 and 20"),
    P(XBZRLE_CACHE_SIZE, PARAM_SIZE, 64 * MiB, 4096, INT64_MAX, " bytes",
      "a power of two no less than the target page size"),
    P(MAX_POSTCOPY_BANDWIDTH, PARAM_SIZE, 0, 0, INT64_MAX, "",
      "an integer in the range of 0 to 9223372036854775807 bytes/second"),
};

static uint64_t values[MIGRATION_PARAMETER__MAX];
static bool values_set[MIGRATION_PARAMETER__MAX];
static bool capabilities[MIGRATION_CAPABILITY__MAX];

bool migrate_capability(MigrationCapability cap)
{
    return qatomic_read(&capabilities[cap]);
}

uint64_t migrate_parameter(MigrationParameter param)
{
    return qatomic_read(&values_set[param]) ? qatomic_read(&values[param])
                                            : params[param].def;
}

/* --- Parameters --- */

static bool param_check(MigrationParameter param, uint64_t value,
                        Error **errp)
{
    const ParamInfo *info = &params[param];
    bool good = value >= info->min && value <= info->max;

    if (param == MIGRATION_PARAMETER_XBZRLE_CACHE_SIZE) {
        good = good && is_power_of_2(value);
    } else if (param == MIGRATION_PARAMETER_MAX_CPU_THROTTLE) {
        good = good && value >= PARAM(CPU_THROTTLE_INITIAL);
    }
    if (!good) {
        g_autofree char *name = g_strdup(MigrationParameter_str(param));

        error_setg(errp, "Parameter '%s' expects %s",
                   g_strdelimit(name, "-", '_'), info->expects);
    }
    return good;
}

json_t *migrate_announce_params(void)
{
    return json_pack("{s:I, s:I, s:I, s:I}",
                     "initial", (json_int_t)PARAM(ANNOUNCE_INITIAL),
                     "max", (json_int_t)PARAM(ANNOUNCE_MAX),
                     "rounds", (json_int_t)PARAM(ANNOUNCE_ROUNDS),
                     "step", (json_int_t)PARAM(ANNOUNCE_STEP));
}

bool migrate_parameter_set(MigrationParameter param, uint64_t value,
                           Error **errp)
{
    if (!param_check(param, value, errp)) {
        return false;
    }
    qatomic_set(&values[param], value);
    qatomic_set(&values_set[param], true);
    if (param == MIGRATION_PARAMETER_MAX_BANDWIDTH ||
        param == MIGRATION_PARAMETER_MAX_POSTCOPY_BANDWIDTH) {
        migration_bandwidth_changed();
    }
    return true;
}

char *migrate_parameter_text(MigrationParameter param)
{
    uint64_t value = migrate_parameter(param);

    switch (params[param].kind) {
    case PARAM_BOOL:
        return g_strdup(value ? "on" : "off");
    case PARAM_COMPRESSION:
        return g_strdup(MultiFDCompression_str(value));
    default:
        return g_strdup_printf("%" PRIu64 "%s", value, params[param].unit);
    }
}

static bool param_parse(MigrationParameter param, const char *text,
                        uint64_t *value)
{
    switch (params[param].kind) {
    case PARAM_BOOL:
        *value = !strcmp(text, "on") || !strcmp(text, "true");
        return *value || !strcmp(text, "off") || !strcmp(text, "false");
    case PARAM_COMPRESSION: {
        int i = qapi_enum_parse(&MultiFDCompression_lookup, text, -1, NULL);

        *value = i;
        return i >= 0;
    }
    case PARAM_MIB:
        return qemu_strtosz_MiB(text, NULL, value) == 0;
    case PARAM_SIZE:
        return qemu_strtosz(text, NULL, value) == 0;
    default:
        return qemu_strtou64(text, NULL, 0, value) == 0;
    }
}

bool migrate_parameter_parse(MigrationParameter param, const char *text,
                             Error **errp)
{
    uint64_t value;

    if (!param_parse(param, text, &value)) {
        error_setg(errp, "Parameter '%s' expects %s",
                   MigrationParameter_str(param), params[param].expects);
        return false;
    }
    return migrate_parameter_set(param, value, errp);
}

/* A validated JSON value as a number. */
static uint64_t param_from_json(MigrationParameter param, const json_t *value)
{
    switch (params[param].kind) {
    case PARAM_BOOL:
        return json_is_true(value);
    case PARAM_COMPRESSION:
        return qapi_enum_parse(&MultiFDCompression_lookup,
                               json_string_value(value), 0, NULL);
    default:
        return json_integer_value(value);
    }
}

static json_t *param_to_json(MigrationParameter param)
{
    uint64_t value = migrate_parameter(param);

    switch (params[param].kind) {
    case PARAM_BOOL:
        return json_boolean(value);
    case PARAM_COMPRESSION:
        return json_string(MultiFDCompression_str(value));
    default:
        return json_integer(value);
    }
}

json_t *qmp_migrate_set_parameters(json_t *args, Error **errp)
{
    const json_t *v;

    /* All or nothing. */
    for (int i = 0; i < MIGRATION_PARAMETER__MAX; i++) {
        v = json_object_get(args, MigrationParameter_str(i));
        if (v && !param_check(i, param_from_json(i, v), errp)) {
            return NULL;
        }
    }
    for (int i = 0; i < MIGRATION_PARAMETER__MAX; i++) {
        v = json_object_get(args, MigrationParameter_str(i));
        if (v && !migrate_parameter_set(i, param_from_json(i, v), errp)) {
            return NULL;
        }
    }
    return json_object();
}

json_t *qmp_query_migrate_parameters(json_t *args, Error **errp)
{
    json_t *out = json_object();

    for (int i = 0; i < MIGRATION_PARAMETER__MAX; i++) {
        json_object_set_new(out, MigrationParameter_str(i), param_to_json(i));
    }
    return out;
}

/* --- Capabilities --- */

static bool caps_check(const bool *caps, Error **errp)
{
    ERRP_GUARD();

    if (caps[MIGRATION_CAPABILITY_POSTCOPY_RAM]) {
        if (caps[MIGRATION_CAPABILITY_X_IGNORE_SHARED]) {
            error_setg(errp, "Postcopy is not compatible with ignore-shared");
            return false;
        }
        if (runstate_check(RUN_STATE_INMIGRATE) &&
            !postcopy_supported(errp)) {
            error_prepend(errp, "Postcopy is not supported: ");
            return false;
        }
    }
    return true;
}

static bool caps_set(const bool *caps, Error **errp)
{
    ERRP_GUARD();

    if (migration_is_busy()) {
        error_setg(errp, "There's a migration process in progress");
        return false;
    }
    if (!caps_check(caps, errp)) {
        return false;
    }
    memcpy(capabilities, caps, sizeof(capabilities));
    return true;
}

bool migrate_capability_set(MigrationCapability cap, bool on, Error **errp)
{
    bool caps[MIGRATION_CAPABILITY__MAX];

    memcpy(caps, capabilities, sizeof(caps));
    caps[cap] = on;
    return caps_set(caps, errp);
}

json_t *qmp_migrate_set_capabilities(json_t *args, Error **errp)
{
    bool caps[MIGRATION_CAPABILITY__MAX];
    json_t *list = json_object_get(args, "capabilities"), *item;
    size_t i;

    memcpy(caps, capabilities, sizeof(caps));
    json_array_foreach(list, i, item) {
        int cap = qapi_enum_parse(&MigrationCapability_lookup,
                                  json_get_str(item, "capability"), 0, NULL);

        caps[cap] = json_get_bool(item, "state", false);
    }
    return caps_set(caps, errp) ? json_object() : NULL;
}

json_t *qmp_query_migrate_capabilities(json_t *args, Error **errp)
{
    json_t *out = json_array();

    for (int i = 0; i < MIGRATION_CAPABILITY__MAX; i++) {
        json_array_append_new(out,
            json_pack("{s:b, s:s}", "state", migrate_capability(i),
                      "capability", MigrationCapability_str(i)));
    }
    return out;
}
