/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random but well-formed histories of a virtio network driver, played to our
 * program and to the stock emulator: frames both ways in buffers cut at
 * random, control commands, link changes, resets; features offered,
 * configuration, used buffers with their contents, messages and the frames on
 * the wire compared.  INTEROP_SEED=n plays one seed only,
 * INTEROP_VERBOSE=1 shows its steps.
 *
 * The test holds the other end of a socket back end.  The stock emulator must
 * run for its card to work, so its processor stands at HLT in a firmware of
 * nothing else.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "qemu/bswap.h"
#include "virtio-net.h"

#define SEEDS 4
#define STEPS 150
#define POSTED_MAX 64
#define SEGS_MAX 6
#define BUFFER_MAX 2048
#define F(name) (1ull << VIRTIO_NET_F_##name)

typedef struct Posted {
    VirtioSeg segs[SEGS_MAX];
    unsigned count;             /* 0: free */
} Posted;

typedef struct Side {
    QTest *t;
    int fd;                     /* the wire */
    VirtioDev *d;
    VirtioQueue *rx, *tx, *ctrl;
    size_t header;
    uint64_t ram, rx_ram;
    Posted posted[1024];        /* by token */
    unsigned in_ring;
    bool indirect, link_up;
} Side;

typedef struct Subject {
    const char *name, *options;
    bool legacy;
} Subject;

static const Subject subjects[] = {
    { "transitional", "", false },
    { "legacy", "", true },
    { "packed", ",packed=on", false },
    { "modern", ",disable-legacy=on,page-per-vq=on", false },
    { "small", ",rx_queue_size=256,tx_queue_size=256,mrg_rxbuf=off", false },
};

/*** Both ends of the wire ***/

/* What was sent before is dealt with: their main loops went round. */
static void settle(Side *s)
{
    for (int i = 0; i < 3; i++) {
        qtest_read(s->t, s->ram, 1);
        json_decref(qtest_qmp(s->t, "query-status", NULL));
    }
}

static void wire_send(Side *s, const uint8_t *frame, uint32_t len)
{
    uint8_t head[4];
    struct iovec iov[] = {
        { head, sizeof(head) }, { (void *)frame, len },
    };

    stl_be_p(head, len);
    g_assert_cmpint(writev(s->fd, iov, 2), ==, len + 4);
}

/* The next frame; 0 if none is there. */
static size_t wire_receive(Side *s, uint8_t *frame, size_t max)
{
    struct pollfd p = { .fd = s->fd, .events = POLLIN };
    uint8_t head[4];
    size_t len;

    if (poll(&p, 1, 0) != 1) {
        return 0;
    }
    g_assert_cmpint(recv(s->fd, head, 4, MSG_WAITALL), ==, 4);
    len = ldl_be_p(head);
    g_assert_cmpuint(len, <=, max);
    g_assert_cmpint(recv(s->fd, frame, len, MSG_WAITALL), ==, len);
    return len;
}

static void print_hex(GString *out, const char *what, const uint8_t *p,
                      size_t len)
{
    g_string_append_printf(out, "%s %zu:", what, len);
    for (size_t i = 0; i < len; i++) {
        g_string_append_printf(out, "%02x", p[i]);
    }
    g_string_append_c(out, '\n');
}

/*** A driver's steps: the same on both sides, given the same numbers ***/

typedef void Step(Side *s, GRand *rand, GString *out);

static unsigned pick(GRand *rand, unsigned from, unsigned to)
{
    return g_rand_int_range(rand, from, to + 1);
}

static void print_messages(Side *s, GString *out)
{
    g_string_append(out, "messages");
    for (unsigned v = 0; v < s->d->f->msix_count; v++) {
        g_string_append(out, msix_take(s->d->f, v) ? " 1" : " 0");
    }
    g_string_append_c(out, '\n');
}

static unsigned queue_size(VirtioDev *d, GRand *rand, unsigned index)
{
    unsigned max = virtio_queue_max(d, index);
    unsigned size = 32 << pick(rand, 0, 3);

    return MIN(size, max);
}

static void set_link(Side *s, const char *name, bool up)
{
    json_decref(qtest_qmp(s->t, "set_link", json_pack(
        "{s:s, s:b}", "name", name, "up", up)));
    s->link_up = up;
}

static void step_start(Side *s, GRand *rand, GString *out)
{
    uint64_t rings = 1ull << VIRTIO_RING_F_INDIRECT_DESC |
                     1ull << VIRTIO_RING_F_EVENT_IDX;
    uint64_t wanted = (uint64_t)g_rand_int(rand) & 0xffffffff;

    wanted = (wanted & (F(MAC) | F(MRG_RXBUF) | F(STATUS) | F(CTRL_VQ) |
                        F(CTRL_RX) | F(CTRL_VLAN) | F(CTRL_RX_EXTRA) |
                        F(CTRL_MAC_ADDR) | F(GUEST_ANNOUNCE) | rings)) |
             1ull << VIRTIO_F_RING_PACKED | 1ull << VIRTIO_F_ANY_LAYOUT;
    /*
     * The stock emulator asks for no kicks on a packed ring that is started
     * while the link is down.
     */
    set_link(s, "n0", true);
    virtio_restart(s->d);
    g_string_append_printf(out, "offers %" PRIx64 "\n",
                           virtio_host_features(s->d));
    virtio_negotiate(s->d, wanted);
    memset(s->posted, 0, sizeof(s->posted));
    s->in_ring = 0;
    s->indirect = virtio_has(s->d, VIRTIO_RING_F_INDIRECT_DESC);
    s->header = s->d->legacy && !virtio_has(s->d, VIRTIO_NET_F_MRG_RXBUF) ?
                sizeof(struct virtio_net_hdr) :
                sizeof(struct virtio_net_hdr_v1);
    g_string_append_printf(out, "config vector %x\n",
                           virtio_config_vector(s->d, pick(rand, 0, 4)));
    s->rx = virtio_queue(s->d, 0, queue_size(s->d, rand, 0),
                         pick(rand, 0, 4));
    s->tx = virtio_queue(s->d, 1, queue_size(s->d, rand, 1),
                         pick(rand, 0, 4));
    s->ctrl = virtio_has(s->d, VIRTIO_NET_F_CTRL_VQ) ?
              virtio_queue(s->d, 2, 0, 3) : NULL;
    g_string_append_printf(out, "vectors %x %x, sizes %u %u\n",
                           s->rx->vector, s->tx->vector, s->rx->size,
                           s->tx->size);
    virtio_start(s->d);
    g_string_append_printf(out, "status %x\n", virtio_status(s->d));
}

/* Cuts @len bytes at @addr in up to SEGS_MAX pieces. */
static unsigned cut(GRand *rand, VirtioSeg *segs, uint64_t addr, size_t len,
                    bool write)
{
    unsigned count = 0;

    while (len) {
        size_t n = count == SEGS_MAX - 1 || len == 1 ? len :
                   pick(rand, 1, len);

        segs[count++] = (VirtioSeg) { addr, n, write };
        addr += n;
        len -= n;
    }
    return count;
}

static void random_bytes(GRand *rand, uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        p[i] = g_rand_int(rand);
    }
}

static void step_tx(Side *s, GRand *rand, GString *out)
{
    size_t len = pick(rand, 0, 3) ? pick(rand, 14, 1514) : pick(rand, 1, 60);
    uint8_t frame[2048] = { 0 }, got[NET_FRAME_MAX];
    VirtioSeg segs[SEGS_MAX];
    unsigned count, token;
    uint32_t used;

    /* Nor does it go on asking for kicks when it has dropped a packet. */
    if (s->tx->packed && !s->link_up) {
        return;
    }
    random_bytes(rand, frame + s->header, len);
    qtest_memwrite(s->t, s->ram, frame, s->header + len);
    count = cut(rand, segs, s->ram, s->header + len, false);
    token = virtio_add(s->tx, segs, count, s->indirect && pick(rand, 0, 1));
    g_string_append_printf(out, "sent %zu in %u, kicked %d\n", len, count,
                           virtio_kick(s->tx));
    settle(s);
    len = wire_receive(s, got, sizeof(got));
    print_hex(out, "on the wire", got, len);
    while (virtio_pop(s->tx, &token, &used)) {
        g_string_append_printf(out, "used %u, %u bytes\n", token, used);
    }
    print_messages(s, out);
}

static void post_rx(Side *s, GRand *rand)
{
    size_t len = pick(rand, 0, 4) ? pick(rand, 1526, BUFFER_MAX)
                                  : pick(rand, s->header, 1526);
    Posted p;
    unsigned token;

    /* One buffer for each frame must hold it, where they cannot be merged. */
    if (!virtio_has(s->d, VIRTIO_NET_F_MRG_RXBUF)) {
        len = pick(rand, 1526, BUFFER_MAX);
    }
    if (s->in_ring == MIN(POSTED_MAX, s->rx->size / SEGS_MAX)) {
        return;
    }
    for (unsigned slot = 0; ; slot++) {
        uint64_t addr = s->rx_ram + slot * BUFFER_MAX;
        bool taken = false;

        for (unsigned i = 0; i < G_N_ELEMENTS(s->posted); i++) {
            taken |= s->posted[i].count && s->posted[i].segs[0].addr == addr;
        }
        if (!taken) {
            p.count = cut(rand, p.segs, addr, len, true);
            break;
        }
    }
    token = virtio_add(s->rx, p.segs, p.count,
                       s->indirect && pick(rand, 0, 1));
    g_assert_cmpuint(token, <, G_N_ELEMENTS(s->posted));
    s->posted[token] = p;
    s->in_ring++;
}

static void take_rx(Side *s, GString *out)
{
    uint8_t data[BUFFER_MAX];
    unsigned token;
    uint32_t used;

    while (virtio_pop(s->rx, &token, &used)) {
        Posted *p = &s->posted[token];

        g_string_append_printf(out, "received in %u\n", token);
        g_assert_cmpuint(used, <=, BUFFER_MAX);
        /* The pieces lie one behind the other. */
        qtest_memread(s->t, p->segs[0].addr, data, used);
        if (!s->d->legacy && !virtio_has(s->d, VIRTIO_NET_F_MRG_RXBUF)) {
            /* The stock emulator leaves num_buffers 0 (5.1.6.4.1: 1). */
            stw_le_p(data + 10, 1);
        }
        print_hex(out, "used", data, used);
        p->count = 0;
        s->in_ring--;
    }
    print_messages(s, out);
}

static void step_rx(Side *s, GRand *rand, GString *out)
{
    static const uint8_t targets[][6] = {
        { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
        { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 },
        { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 },
        { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x02 },
        { 0x52, 0x54, 0x00, 0xaa, 0xbb, 0x01 },
    };
    size_t len = pick(rand, 0, 2) ? pick(rand, 60, 1514) : pick(rand, 14, 60);
    uint8_t frame[1514];

    random_bytes(rand, frame, len);
    memcpy(frame, targets[pick(rand, 0, G_N_ELEMENTS(targets) - 1)], 6);
    if (pick(rand, 0, 2) == 0) {
        stw_be_p(frame + 12, 0x8100);
        if (len > 16) {
            stw_be_p(frame + 14, pick(rand, 0, 7));
        }
    }
    do {
        post_rx(s, rand);
    } while (pick(rand, 0, 2) || s->in_ring < 4);
    g_string_append_printf(out, "receives %zu, kicked %d\n", len,
                           virtio_kick(s->rx));
    wire_send(s, frame, len);
    settle(s);
    take_rx(s, out);
}

static void step_ctrl(Side *s, GRand *rand, GString *out)
{
    static const struct { uint8_t class, last; } classes[] = {
        { VIRTIO_NET_CTRL_RX, 6 }, { VIRTIO_NET_CTRL_MAC, 2 },
        { VIRTIO_NET_CTRL_VLAN, 2 }, { VIRTIO_NET_CTRL_ANNOUNCE, 1 },
        { VIRTIO_NET_CTRL_MQ, 2 }, { VIRTIO_NET_CTRL_GUEST_OFFLOADS, 1 },
        { 9, 3 },
    };
    unsigned i = pick(rand, 0, G_N_ELEMENTS(classes) - 1);
    uint8_t data[1024], head[2] = { classes[i].class,
                                    pick(rand, 0, classes[i].last) };
    size_t len = pick(rand, 1, 12);
    VirtioSeg segs[SEGS_MAX + 2] = { { s->ram, 2 } };
    unsigned count, token;
    uint8_t ack = 0xee;
    uint32_t used;

    if (!s->ctrl) {
        return;
    }
    random_bytes(rand, data, 12);
    data[0] &= 1;
    if (head[0] == VIRTIO_NET_CTRL_VLAN) {
        len = 2;
        stw_le_p(data, pick(rand, 0, 7) ? pick(rand, 0, 7) : 4097);
    } else if (head[0] == VIRTIO_NET_CTRL_MAC && head[1] == 0) {
        unsigned uni = pick(rand, 0, 3) ? pick(rand, 0, 3) : 70;
        unsigned multi = pick(rand, 0, 3) ? pick(rand, 0, 3) : 62;

        len = 8 + 6 * (uni + multi);
        random_bytes(rand, data, len);
        stl_le_p(data, uni);
        stl_le_p(data + 4 + 6 * uni, multi);
    } else if (head[0] == VIRTIO_NET_CTRL_MAC) {
        len = 6;
        data[0] = 0x52;
    }
    qtest_memwrite(s->t, s->ram, head, 2);
    qtest_memwrite(s->t, s->ram + 16, data, len);
    qtest_memwrite(s->t, s->ram + 8, &ack, 1);
    count = 1 + cut(rand, segs + 1, s->ram + 16, len, false);
    segs[count++] = (VirtioSeg) { s->ram + 8, 1, true };
    virtio_add(s->ctrl, segs, count, s->indirect && pick(rand, 0, 1));
    virtio_kick(s->ctrl);
    settle(s);
    qtest_memread(s->t, s->ram + 8, &ack, 1);
    g_string_append_printf(out, "command %u.%u of %zu: %u\n", head[0],
                           head[1], len, ack);
    while (virtio_pop(s->ctrl, &token, &used)) {
        g_string_append_printf(out, "used %u bytes\n", used);
    }
    print_messages(s, out);
}

static void step_filter(Side *s, GRand *rand, GString *out)
{
    json_t *list = qtest_qmp(s->t, "query-rx-filter", NULL);
    char *text;

    /* The stock emulator says the opposite of what it does. */
    json_object_del(json_array_get(list, 0), "broadcast-allowed");
    text = json_dumps(list, JSON_SORT_KEYS | JSON_COMPACT);
    g_string_append_printf(out, "%s\n", text);
    free(text);
    json_decref(list);
}

static void step_config(Side *s, GRand *rand, GString *out)
{
    g_string_append(out, "configuration");
    for (unsigned i = 0; i < 24; i++) {
        g_string_append_printf(out, " %02x", (unsigned)
                               virtio_config_read(s->d, i, 1));
    }
    g_string_append_printf(out, ", status %x, isr %x\n", virtio_status(s->d),
                           virtio_isr(s->d));
}

static void step_link(Side *s, GRand *rand, GString *out)
{
    bool up = pick(rand, 0, 3);

    set_link(s, pick(rand, 0, 1) ? "nic" : "n0", up);
    settle(s);
    g_string_append_printf(out, "link %d\n", up);
    print_messages(s, out);
    step_config(s, rand, out);
}

static const struct {
    Step *step;
    unsigned weight;
} steps[] = {
    { step_tx, 30 }, { step_rx, 30 }, { step_ctrl, 15 }, { step_filter, 4 },
    { step_config, 4 }, { step_link, 4 }, { step_start, 2 },
};

/*** Two sides ***/

static void side_start(Side *s, bool stock, const Subject *subject,
                       const char *firmware)
{
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    s->fd = fds[0];
    s->t = (stock ? qtest_start_stock : qtest_start)(
        "-machine q35 -nodefaults -m 64M -bios %s -netdev socket,id=n0,fd=%d "
        "-device virtio-net-pci,id=nic,netdev=n0,addr=5,disable-legacy=off,"
        "mac=52:54:00:12:34:56,romfile=,vectors=5%s", firmware, fds[1],
        subject->options);
    close(fds[1]);
    if (stock) {
        json_decref(qtest_qmp(s->t, "cont", NULL));
    }
    s->ram = qtest_alloc(s->t, 4096, 4096);
    s->rx_ram = qtest_alloc(s->t, POSTED_MAX * BUFFER_MAX, 4096);
    s->d = virtio_open(virtio_find(s->t, VIRTIO_ID_NET, 0), subject->legacy);
}

static void side_end(Side *s)
{
    virtio_close(s->d);
    qtest_quit(s->t);
    close(s->fd);
}

static Step *choose(GRand *rand)
{
    unsigned total = 0, at;

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        total += steps[i].weight;
    }
    at = pick(rand, 0, total - 1);
    for (unsigned i = 0; ; i++) {
        if (at < steps[i].weight) {
            return steps[i].step;
        }
        at -= steps[i].weight;
    }
}

static bool play_one(Side *ours, Side *stock, GRand *rand, Step *step)
{
    g_autoptr(GRand) again = g_rand_copy(rand);
    g_autoptr(GString) a = g_string_new(NULL), b = g_string_new(NULL);

    step(ours, rand, a);
    step(stock, again, b);
    if (g_getenv("INTEROP_VERBOSE")) {
        g_test_message("%s", a->str);
    }
    if (strcmp(a->str, b->str)) {
        g_test_message("ours:  %s", a->str);
        g_test_message("stock: %s", b->str);
        g_test_fail();
        return false;
    }
    return true;
}

static void play(const Subject *subject, unsigned seed, const char *firmware)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autofree Side *ours = g_new0(Side, 1), *stock = g_new0(Side, 1);
    Step *step = step_start;

    side_start(ours, false, subject, firmware);
    side_start(stock, true, subject, firmware);
    for (unsigned i = 0; i < STEPS; i++) {
        if (!play_one(ours, stock, rand, step)) {
            g_test_message("at step %u of seed %u", i, seed);
            break;
        }
        step = choose(rand);
    }
    side_end(ours);
    side_end(stock);
}

/*** Both on one wire ***/

static const struct {
    const char *name, *ours, *stock;
} wires[] = {
    { "stream", "stream,id=n0,server=on,addr.type=unix,addr.path=%s/a",
      "stream,id=n0,server=off,addr.type=unix,addr.path=%s/a" },
    { "dgram", "dgram,id=n0,local.type=unix,local.path=%1$s/a,"
      "remote.type=unix,remote.path=%1$s/b",
      "dgram,id=n0,local.type=unix,local.path=%1$s/b,"
      "remote.type=unix,remote.path=%1$s/a" },
};

static VirtioNetDriver *wire_end(bool stock, const char *format,
                                 const char *dir, const char *firmware)
{
    g_autofree char *netdev = g_strdup_printf(format, dir);
    QTest *t = (stock ? qtest_start_stock : qtest_start)(
        "-machine q35 -nodefaults -bios %s -netdev %s "
        "-device virtio-net-pci,netdev=n0,romfile=", firmware, netdev);

    if (stock) {
        json_decref(qtest_qmp(t, "cont", NULL));
    }
    return virtio_net_open(t, 0, false, 0, 0);
}

static void cross(VirtioNetDriver *from, VirtioNetDriver *to)
{
    for (size_t len = 60; len <= 1514; len += 727) {
        uint8_t frame[1514], got[NET_FRAME_MAX];

        for (size_t i = 0; i < len; i++) {
            frame[i] = i * 11 + len;
        }
        memset(frame, 0xff, 6);
        virtio_net_send(from, NULL, frame, len);
        g_assert_cmpuint(virtio_net_receive(to, got, sizeof(got), true), ==,
                         len);
        g_assert_cmpmem(got, len, frame, len);
    }
}

/* One emulator announces its card, the other gets the frame. */
static void announcement(VirtioNetDriver *from, VirtioNetDriver *to,
                         uint8_t frame[60])
{
    uint8_t got[NET_FRAME_MAX];

    json_decref(qtest_qmp(from->d->t, "announce-self", json_pack(
        "{s:i, s:i, s:i, s:i}", "initial", 50, "max", 100, "rounds", 1,
        "step", 10)));
    g_assert_cmpuint(virtio_net_receive(to, got, sizeof(got), true), ==, 60);
    memcpy(frame, got, 60);
}

static void test_wire(gconstpointer data)
{
    unsigned i = GPOINTER_TO_UINT(data);
    g_autofree char *dir = g_dir_make_tmp("wire-XXXXXX", NULL);
    g_autofree char *firmware = NULL, *path = NULL;
    VirtioNetDriver *ours, *stock;
    uint8_t a[60], b[60];

    if (!qtest_stock_binary()) {
        g_test_skip("the stock emulator is not installed");
        return;
    }
    firmware = qtest_halting_firmware();
    ours = wire_end(false, wires[i].ours, dir, firmware);
    stock = wire_end(true, wires[i].stock, dir, firmware);
    cross(ours, stock);
    cross(stock, ours);
    announcement(ours, stock, a);
    announcement(stock, ours, b);
    g_assert_cmpmem(a, 60, b, 60);
    {
        QTest *t = ours->d->t, *u = stock->d->t;

        virtio_net_close(ours);
        virtio_net_close(stock);
        qtest_quit(u);
        qtest_quit(t);
    }
    path = g_build_filename(dir, "a", NULL);
    unlink(path);
    unlink(firmware);
    rmdir(dir);
}

static void test_histories(gconstpointer data)
{
    const char *one = g_getenv("INTEROP_SEED");
    g_autofree char *firmware = NULL;

    if (!qtest_stock_binary()) {
        g_test_skip("the stock emulator is not installed");
        return;
    }
    firmware = qtest_halting_firmware();
    if (one) {
        play(data, strtoul(one, NULL, 0), firmware);
    } else {
        for (unsigned seed = 1; seed <= SEEDS && !g_test_failed(); seed++) {
            play(data, seed, firmware);
        }
    }
    unlink(firmware);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-net/%s",
                                                subjects[i].name);

        g_test_add_data_func(path, &subjects[i], test_histories);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(wires); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-net/wire/%s",
                                                wires[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_wire);
    }
    return g_test_run();
}
