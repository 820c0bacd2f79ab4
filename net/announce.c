/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Announcements of where a card is (net/announce.h).  The frame is the RARP
 * request of RFC 903: "who am I", from and about the card's own address.
 */
#include "qemu/osdep.h"
#include <linux/if_ether.h>
#include "net/announce.h"
#include "net/eth.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qapi/json.h"

#define ARP_HTYPE_ETHER 1
#define RARP_OP_REQUEST 3
#define FRAME_SIZE 60

typedef struct QEMU_PACKED RarpFrame {
    uint8_t dst[ETH_ALEN], src[ETH_ALEN];
    uint16_t proto;
    uint16_t htype, ptype;
    uint8_t hlen, plen;
    uint16_t op;
    uint8_t sender_mac[ETH_ALEN], sender_ip[4];
    uint8_t target_mac[ETH_ALEN], target_ip[4];
    uint8_t pad[18];
} RarpFrame;

QEMU_BUILD_BUG_ON(sizeof(RarpFrame) != FRAME_SIZE);

static bool is_wanted(const NetClientState *nc, json_t *interfaces)
{
    json_t *name;
    size_t i;

    json_array_foreach(interfaces, i, name) {
        if (strcmp(json_string_value(name), nc->name) == 0) {
            return true;
        }
    }
    return !interfaces;
}

static void announce_nic(NICState *nic, void *interfaces)
{
    NetClientState *nc = qemu_get_queue(nic);
    const uint8_t *mac = nic->conf->macaddr.a;
    RarpFrame f = {
        .proto = cpu_to_be16(ETH_P_RARP),
        .htype = cpu_to_be16(ARP_HTYPE_ETHER),
        .ptype = cpu_to_be16(ETH_P_IP),
        .hlen = ETH_ALEN,
        .plen = 4,
        .op = cpu_to_be16(RARP_OP_REQUEST),
    };

    if (!is_wanted(nc, interfaces)) {
        return;
    }
    memset(f.dst, 0xff, ETH_ALEN);
    memcpy(f.src, mac, ETH_ALEN);
    memcpy(f.sender_mac, mac, ETH_ALEN);
    memcpy(f.target_mac, mac, ETH_ALEN);
    qemu_send_packet_raw(nc, (uint8_t *)&f, sizeof(f));
    if (nc->info->announce) {
        nc->info->announce(nc);
    }
}

static void announce_round(void *opaque)
{
    AnnounceTimer *timer = opaque;
    const AnnounceParameters *p = &timer->params;
    int64_t done, wait;

    timer->round--;
    qemu_foreach_nic(announce_nic, p->interfaces);
    if (timer->round > 0) {
        done = p->rounds - timer->round - 1;
        if (p->step && done > (p->max - p->initial) / p->step) {
            wait = p->max;
        } else {
            wait = MIN(p->max, p->initial + done * p->step);
        }
        timer_mod(timer->tm, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) +
                  MAX(wait, 0));
    } else {
        qemu_announce_timer_del(timer);
        if (timer->ended) {
            timer->ended(timer);
        }
    }
}

void qemu_announce_timer_del(AnnounceTimer *timer)
{
    g_clear_pointer(&timer->tm, timer_free);
    g_clear_pointer(&timer->params.interfaces, json_decref);
}

void qemu_announce_self(AnnounceTimer *timer, const AnnounceParameters *params)
{
    qemu_announce_timer_del(timer);
    timer->params = *params;
    timer->params.interfaces = json_incref(params->interfaces);
    timer->round = params->rounds;
    if (timer->round <= 0) {
        qemu_announce_timer_del(timer);
        if (timer->ended) {
            timer->ended(timer);
        }
        return;
    }
    timer->tm = timer_new_ms(QEMU_CLOCK_REALTIME, announce_round, timer);
    announce_round(timer);
}

/*** announce-self ***/

typedef struct NamedSeries {
    AnnounceTimer timer;
    char *name;
} NamedSeries;

static GHashTable *named_series;

static void series_free(void *opaque)
{
    NamedSeries *s = opaque;

    qemu_announce_timer_del(&s->timer);
    g_free(s->name);
    g_free(s);
}

static void series_ended(AnnounceTimer *timer)
{
    g_hash_table_remove(named_series,
                        container_of(timer, NamedSeries, timer)->name);
}

static bool get_time(const json_t *args, const char *key, int64_t max,
                     int64_t *value, Error **errp)
{
    *value = json_get_int(args, key, 0);
    if (*value < 0 || *value > max) {
        error_setg(errp, "Parameter '%s' expects a value from 0 to %" PRId64,
                   key, max);
        return false;
    }
    return true;
}

bool net_announce_self(const json_t *args, Error **errp)
{
    const char *name = json_get_str(args, "id") ?: "";
    AnnounceParameters p = { 0 };
    NamedSeries *s;

    if (!get_time(args, "initial", 100000, &p.initial, errp) ||
        !get_time(args, "max", 100000, &p.max, errp) ||
        !get_time(args, "rounds", 1000, &p.rounds, errp) ||
        !get_time(args, "step", 10000, &p.step, errp)) {
        return false;
    }
    p.interfaces = json_object_get(args, "interfaces");
    if (!named_series) {
        named_series = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                             series_free);
    }
    s = g_new0(NamedSeries, 1);
    s->name = g_strdup(name);
    s->timer.ended = series_ended;
    g_hash_table_replace(named_series, s->name, s);
    qemu_announce_self(&s->timer, &p);
    return true;
}
