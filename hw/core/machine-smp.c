/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -smp: completing and checking the CPU topology.
 *
 * A machine is sockets of dies of clusters of cores of threads; the product
 * is the number of CPUs it can hold, "cpus" how many are there at first.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

/* What is computed with; omitted counts are 0. */
typedef struct Topology {
    uint64_t cpus;
    uint64_t sockets;
    uint64_t dies;
    uint64_t clusters;
    uint64_t cores;
    uint64_t threads;
    uint64_t maxcpus;
} Topology;

/* Products stop here: nothing near it is ever valid. */
#define COUNT_LIMIT UINT32_MAX

static uint64_t multiply(uint64_t a, uint64_t b)
{
    return a && b > COUNT_LIMIT / a ? COUNT_LIMIT : a * b;
}

static uint64_t product(const Topology *t)
{
    uint64_t p = multiply(t->sockets, t->dies);

    p = multiply(p, t->clusters);
    p = multiply(p, t->cores);
    return multiply(p, t->threads);
}

static uint64_t given(bool has, int64_t value)
{
    return has ? MIN(value, COUNT_LIMIT) : 0;
}

static bool has_negative(const SMPConfiguration *c)
{
    return (c->has_cpus && c->cpus < 0) ||
           (c->has_sockets && c->sockets < 0) ||
           (c->has_dies && c->dies < 0) ||
           (c->has_clusters && c->clusters < 0) ||
           (c->has_cores && c->cores < 0) ||
           (c->has_threads && c->threads < 0) ||
           (c->has_maxcpus && c->maxcpus < 0);
}

static bool has_zero(const SMPConfiguration *c)
{
    return (c->has_cpus && !c->cpus) || (c->has_sockets && !c->sockets) ||
           (c->has_dies && !c->dies) || (c->has_clusters && !c->clusters) ||
           (c->has_cores && !c->cores) || (c->has_threads && !c->threads) ||
           (c->has_maxcpus && !c->maxcpus);
}

static void take_one_if_absent(uint64_t *count)
{
    if (!*count) {
        *count = 1;
    }
}

/* The count that is left when the others are known; 0 is an error later. */
static void take_rest_if_absent(Topology *t, uint64_t *count)
{
    if (!*count) {
        *count = 1;
        *count = t->maxcpus / product(t);
    }
}

/*
 * Omitted counts are 1, save one that takes what is needed to hold all CPUs:
 * sockets on boards that were so from the beginning, else cores.
 */
static void complete(Topology *t, bool prefer_sockets)
{
    take_one_if_absent(&t->dies);
    take_one_if_absent(&t->clusters);
    take_one_if_absent(&t->threads);

    if (!t->cpus && !t->maxcpus) {
        take_one_if_absent(&t->sockets);
        take_one_if_absent(&t->cores);
    } else {
        if (!t->maxcpus) {
            t->maxcpus = t->cpus;
        }
        if (prefer_sockets) {
            take_one_if_absent(&t->cores);
            take_rest_if_absent(t, &t->sockets);
        } else {
            if (!t->sockets) {
                t->sockets = 1;
            }
            take_rest_if_absent(t, &t->cores);
        }
    }
    if (!t->maxcpus) {
        t->maxcpus = product(t);
    }
    if (!t->cpus) {
        t->cpus = t->maxcpus;
    }
}

/* "sockets (1) * cores (2) * threads (1)", with what the machine knows of. */
static char *describe(const MachineClass *mc, const Topology *t)
{
    GString *s = g_string_new(NULL);

    g_string_append_printf(s, "sockets (%" PRIu64 ")", t->sockets);
    if (mc->smp_props.dies_supported) {
        g_string_append_printf(s, " * dies (%" PRIu64 ")", t->dies);
    }
    if (mc->smp_props.clusters_supported) {
        g_string_append_printf(s, " * clusters (%" PRIu64 ")", t->clusters);
    }
    g_string_append_printf(s, " * cores (%" PRIu64 ") * threads (%" PRIu64
                           ")", t->cores, t->threads);
    return g_string_free(s, false);
}

static bool check(const MachineClass *mc, const Topology *t, Error **errp)
{
    g_autofree char *text = describe(mc, t);

    if (product(t) != t->maxcpus) {
        error_setg(errp, "Invalid CPU topology: product of the hierarchy "
                   "must match maxcpus: %s != maxcpus (%" PRIu64 ")", text,
                   t->maxcpus);
        return false;
    }
    if (t->maxcpus < t->cpus) {
        error_setg(errp, "Invalid CPU topology: maxcpus must be equal to or "
                   "greater than smp: %s == maxcpus (%" PRIu64 ") < "
                   "smp_cpus (%" PRIu64 ")", text, t->maxcpus, t->cpus);
        return false;
    }
    if (t->cpus < mc->min_cpus) {
        error_setg(errp, "Invalid SMP CPUs %" PRIu64 ". The min CPUs "
                   "supported by machine '%s' is %d", t->cpus, mc->name,
                   mc->min_cpus);
        return false;
    }
    if (t->maxcpus > mc->max_cpus) {
        error_setg(errp, "Invalid SMP CPUs %" PRIu64 ". The max CPUs "
                   "supported by machine '%s' is %d", t->maxcpus, mc->name,
                   mc->max_cpus);
        return false;
    }
    return true;
}

void machine_parse_smp_config(MachineState *ms,
                              const SMPConfiguration *config, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    Topology t = {
        .cpus = given(config->has_cpus, config->cpus),
        .sockets = given(config->has_sockets, config->sockets),
        .dies = given(config->has_dies, config->dies),
        .clusters = given(config->has_clusters, config->clusters),
        .cores = given(config->has_cores, config->cores),
        .threads = given(config->has_threads, config->threads),
        .maxcpus = given(config->has_maxcpus, config->maxcpus),
    };

    if (has_negative(config)) {
        error_setg(errp, "Invalid CPU topology: "
                   "CPU topology parameters must be greater than zero");
        return;
    }
    if (has_zero(config)) {
        warn_report("Deprecated CPU topology (considered invalid): "
                    "CPU topology parameters must be greater than zero");
    }
    if (!mc->smp_props.dies_supported && t.dies > 1) {
        error_setg(errp, "dies not supported by this machine's CPU topology");
        return;
    }
    if (!mc->smp_props.clusters_supported && t.clusters > 1) {
        error_setg(errp, "clusters not supported by this machine's CPU "
                   "topology");
        return;
    }
    complete(&t, mc->smp_props.prefer_sockets);
    if (!check(mc, &t, errp)) {
        return;
    }
    mc->smp_props.has_clusters = config->has_clusters;
    ms->smp = (CpuTopology) {
        .cpus = t.cpus,
        .sockets = t.sockets,
        .dies = t.dies,
        .clusters = t.clusters,
        .cores = t.cores,
        .threads = t.threads,
        .max_cpus = t.maxcpus,
    };
}
