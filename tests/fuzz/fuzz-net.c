/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of what comes from networks: the packet parsers, the byte stream of
 * `socket` and `stream` back ends, datagrams, and frames to a user network
 * that is closed to the outside.  The first byte of the input chooses.
 */
#include "fuzz.h"
#include <sys/socket.h>
#include "net/checksum.h"
#include "net/eth.h"
#include "net/gso.h"
#include "net/net.h"
#include "net/rss.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

/*** Parsers ***/

static void emit(void *opaque, const struct iovec *iov, int iovcnt,
                 size_t len)
{
    size_t *total = opaque;

    g_assert_cmpuint(iov_size(iov, iovcnt), ==, len);
    *total += len;
}

static void segment(FuzzInput *in, uint8_t *frame, size_t len)
{
    NetGso gso = {
        .l3 = fuzz_take(in, 1), .l4 = fuzz_take(in, 2),
        .hdr_len = fuzz_take(in, 2), .mss = fuzz_take(in, 2),
    };
    uint8_t flags = fuzz_take(in, 1);
    size_t total = 0;

    gso.ip4 = flags & 1;
    gso.tcp = flags & 2;
    gso.ip_csum = flags & 4;
    gso.l4_csum = flags & 8;
    net_gso_segment(frame, len, &gso, emit, &total);
    net_gso_prepare(frame, len, &gso);
    net_checksum_insert(frame, len, fuzz_take(in, 2), fuzz_take(in, 2),
                        fuzz_take(in, 2), flags & 16);
}

static void parse(FuzzInput *in)
{
    static const uint8_t key[NET_RSS_KEY_MIN] = { 0x6d, 0x5a, 0x56, 0xda };
    uint16_t at = fuzz_take(in, 1);
    uint8_t kinds = fuzz_take(in, 1);
    g_autofree uint8_t *frame = NULL;
    EthLayout layout;
    uint32_t hash;
    size_t len;

    /* In a block of its own size, so that a byte too much is noticed. */
    frame = g_malloc(in->left + 1);
    len = fuzz_take_bytes(in, frame, in->left);
    {
        size_t cut = MIN(at, len);
        struct iovec iov[] = { { frame, cut }, { frame + cut, len - cut } };

        if (eth_parse(iov, 2, 0, &layout) && layout.ip != ETH_IP_NONE) {
            net_rss_hash(iov, 2, 0, &layout, kinds & 8, kinds & 16, key,
                         &hash);
        }
        eth_parse(iov, 2, at, &layout);
        net_checksum_add_iov(iov, 2, at, len, kinds);
    }
    net_checksum_calculate(frame, len, kinds);
    {
        FuzzInput again = { in->data - len, len };

        segment(&again, frame, len);
    }
}

/*** Back ends ***/

static ssize_t card_receive(NetClientState *nc, const uint8_t *buf,
                            size_t size)
{
    static unsigned int packets;

    /* Now and then there is no room. */
    return ++packets % 7 ? size : 0;
}

static NetClientInfo card_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .receive = card_receive,
};

typedef struct Card {
    NICConf conf;
    NICState *nic;
} Card;

static void card_plug(Card *card, json_t *opts)
{
    if (!net_client_init_json(opts, true, NULL)) {
        abort();
    }
    json_decref(opts);
    *card = (Card) { .conf.peers.queues = 1 };
    card->conf.peers.ncs[0] = qemu_find_netdev("n0");
    card->nic = qemu_new_nic(&card_info, &card->conf, "card", "card", card);
}

static void card_unplug(Card *card)
{
    qemu_del_nic(card->nic);
    if (qemu_find_netdev("n0")) {
        net_client_del("n0", &error_abort);
    }
}

static void settle(void)
{
    for (int n = 0; n < 100 && g_main_context_iteration(NULL, false); n++) {
        continue;
    }
}

static void socket_input(FuzzInput *in, int type)
{
    static uint8_t bytes[70000];
    g_autofree char *fd = NULL;
    int fds[2];
    Card card;

    if (socketpair(AF_UNIX, type, 0, fds) < 0) {
        abort();
    }
    fd = g_strdup_printf("%d", fds[1]);
    card_plug(&card, json_pack("{s:s, s:s, s:s}", "type", "socket", "id",
                               "n0", "fd", fd));
    while (in->left) {
        /* Pieces, which may be larger than the input is. */
        size_t len = MIN(fuzz_take(in, 2), sizeof(bytes));

        fuzz_take_bytes(in, bytes, MIN(len, 64));
        if (send(fds[0], bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
            break;
        }
        settle();
        qemu_flush_queued_packets(qemu_get_queue(card.nic));
    }
    close(fds[0]);
    settle();
    card_unplug(&card);
}

/* The user network lives on, as what it remembers is part of the target. */
static void user_input(FuzzInput *in)
{
    static Card card;
    uint8_t frame[2048];

    if (!card.nic) {
        card_plug(&card, json_pack("{s:s, s:s, s:s}", "type", "user", "id",
                                   "n0", "restrict", "on"));
    }
    while (in->left) {
        size_t len = fuzz_take(in, 2) % sizeof(frame);

        memset(frame, 0, sizeof(frame));
        fuzz_take_bytes(in, frame, MIN(len, 128));
        qemu_send_packet(qemu_get_queue(card.nic), frame, len);
        settle();
        qemu_flush_queued_packets(qemu_get_queue(card.nic));
    }
    card_unplug(&card);
    card.nic = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    FuzzInput in = { data, size };

    if (!ready) {
        module_call_init(MODULE_INIT_QOM);
        qemu_init_main_loop(&error_abort);
        ready = true;
    }
    switch (fuzz_take(&in, 1) % 4) {
    case 0:
        parse(&in);
        break;
    case 1:
        socket_input(&in, SOCK_STREAM);
        break;
    case 2:
        socket_input(&in, SOCK_DGRAM);
        break;
    default:
        user_input(&in);
        break;
    }
    return 0;
}
