/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network back ends between processes and on this host: socket, stream,
 * dgram, hubport, tap.  Cards of virtio send the frames.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include "netns.h"
#include "qemu/bswap.h"
#include "virtio-net.h"

#define F(name) (1ull << VIRTIO_NET_F_##name)

static const char *no_netns;
static uint16_t http_port;
static char page[300000];

/*** Cards that are plugged into each other ***/

typedef struct End {
    QTest *t;
    VirtioNetDriver *n;
} End;

static End end_start(const char *netdev)
{
    End e;

    e.t = qtest_start("-machine q35 -nodefaults %s -device virtio-net-pci,"
                      "netdev=n0,id=nic", netdev);
    e.n = virtio_net_open(e.t, 0, false, F(STATUS), 0);
    return e;
}

static void end_stop(End *e)
{
    virtio_net_close(e->n);
    qtest_quit(e->t);
}

static void make_frame(uint8_t *frame, size_t len, const uint8_t *from,
                       unsigned salt)
{
    for (size_t i = 0; i < len; i++) {
        frame[i] = i * 7 + salt;
    }
    memset(frame, 0xff, 6);
    memcpy(frame + 6, from, 6);
    stw_be_p(frame + 12, 0x88b5);       /* for experiments */
}

/* Frames of many sizes, one way. */
static void send_to(VirtioNetDriver *from, VirtioNetDriver *to)
{
    static const size_t sizes[] = { 60, 61, 100, 1000, 1513, 1514 };
    uint8_t frame[1514], got[NET_FRAME_MAX];

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        make_frame(frame, sizes[i], from->mac, i);
        virtio_net_send(from, NULL, frame, sizes[i]);
        g_assert_cmpuint(virtio_net_receive(to, got, sizeof(got), true), ==,
                         sizes[i]);
        g_assert_cmpmem(got, sizes[i], frame, sizes[i]);
    }
}

static void check_pair(const char *one, const char *two)
{
    End a = end_start(one), b = end_start(two);

    send_to(b.n, a.n);
    send_to(a.n, b.n);
    end_stop(&a);
    end_stop(&b);
}

static void test_socket_tcp(void)
{
    uint16_t port = netns_free_port(SOCK_STREAM);
    g_autofree char *one = g_strdup_printf(
        "-netdev socket,id=n0,listen=127.0.0.1:%u", port);
    g_autofree char *two = g_strdup_printf(
        "-netdev socket,id=n0,connect=127.0.0.1:%u", port);

    check_pair(one, two);
}

static void test_socket_udp(void)
{
    uint16_t a = netns_free_port(SOCK_DGRAM), b = netns_free_port(SOCK_DGRAM);
    g_autofree char *one = g_strdup_printf(
        "-netdev socket,id=n0,udp=127.0.0.1:%u,localaddr=127.0.0.1:%u", a, b);
    g_autofree char *two = g_strdup_printf(
        "-netdev socket,id=n0,udp=127.0.0.1:%u,localaddr=127.0.0.1:%u", b, a);

    check_pair(one, two);
}

static void check_fds(int type, const char *format)
{
    g_autofree char *one = NULL, *two = NULL;
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, type, 0, fds), ==, 0);
    one = g_strdup_printf("-netdev %s%d", format, fds[0]);
    two = g_strdup_printf("-netdev %s%d", format, fds[1]);
    check_pair(one, two);
    close(fds[0]);
    close(fds[1]);
}

static void test_socket_fd(void)
{
    check_fds(SOCK_STREAM, "socket,id=n0,fd=");
    check_fds(SOCK_DGRAM, "socket,id=n0,fd=");
}

static void test_stream_fd(void)
{
    check_fds(SOCK_STREAM, "stream,id=n0,addr.type=fd,addr.str=");
}

static void test_dgram_fd(void)
{
    check_fds(SOCK_DGRAM, "dgram,id=n0,local.type=fd,local.str=");
}

static void test_dgram_inet(void)
{
    uint16_t a = netns_free_port(SOCK_DGRAM), b = netns_free_port(SOCK_DGRAM);
    static const char format[] =
        "-netdev dgram,id=n0,local.type=inet,local.host=127.0.0.1,"
        "local.port=%u,remote.type=inet,remote.host=127.0.0.1,"
        "remote.port=%u";
    g_autofree char *one = g_strdup_printf(format, a, b);
    g_autofree char *two = g_strdup_printf(format, b, a);

    check_pair(one, two);
}

static void test_dgram_unix(void)
{
    g_autofree char *dir = g_dir_make_tmp("dgram-XXXXXX", NULL);
    static const char format[] =
        "-netdev dgram,id=n0,local.type=unix,local.path=%s/%c,"
        "remote.type=unix,remote.path=%s/%c";
    g_autofree char *one = g_strdup_printf(format, dir, 'a', dir, 'b');
    g_autofree char *two = g_strdup_printf(format, dir, 'b', dir, 'a');

    check_pair(one, two);
    /* Both paths are gone with their owners. */
    g_assert_cmpint(rmdir(dir), ==, 0);
}

static void test_multicast(void)
{
    uint16_t port = netns_free_port(SOCK_DGRAM);
    g_autofree char *netdev = g_strdup_printf(
        "-netdev socket,id=n0,mcast=230.0.0.1:%u,localaddr=127.0.0.1", port);
    End a, b, c;
    uint8_t frame[100], got[NET_FRAME_MAX];

    if (no_netns) {
        g_test_skip(no_netns);
        return;
    }
    a = end_start(netdev);
    b = end_start(netdev);
    c = end_start(netdev);
    make_frame(frame, sizeof(frame), a.n->mac, 5);
    virtio_net_send(a.n, NULL, frame, sizeof(frame));
    g_assert_cmpuint(virtio_net_receive(b.n, got, sizeof(got), true), ==,
                     sizeof(frame));
    g_assert_cmpuint(virtio_net_receive(c.n, got, sizeof(got), true), ==,
                     sizeof(frame));
    g_assert_cmpmem(got, sizeof(frame), frame, sizeof(frame));
    end_stop(&a);
    end_stop(&b);
    end_stop(&c);
}

/* A stream that comes, goes and comes again, and the events of it. */
static void test_stream_reconnect(void)
{
    g_autofree char *dir = g_dir_make_tmp("stream-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "s", NULL);
    g_autofree char *server = g_strdup_printf(
        "-netdev stream,id=n0,server=on,addr.type=unix,addr.path=%s", path);
    g_autofree char *client = g_strdup_printf(
        "-netdev stream,id=n0,server=off,addr.type=unix,addr.path=%s,"
        "reconnect=1", path);
    End a = end_start(server), b = end_start(client);
    json_t *data = qtest_wait_event(a.t, "NETDEV_STREAM_CONNECTED");

    g_assert_cmpstr(json_string_value(json_object_get(data, "netdev-id")),
                    ==, "n0");
    json_decref(data);
    send_to(a.n, b.n);
    end_stop(&a);
    json_decref(qtest_wait_event(b.t, "NETDEV_STREAM_DISCONNECTED"));
    a = end_start(server);
    json_decref(qtest_wait_event(a.t, "NETDEV_STREAM_CONNECTED"));
    json_decref(qtest_wait_event(b.t, "NETDEV_STREAM_CONNECTED"));
    send_to(b.n, a.n);
    end_stop(&b);
    end_stop(&a);
    unlink(path);
    rmdir(dir);
}

/* Three cards of one machine on a hub: what one sends, both others get. */
static void test_hub(void)
{
    QTest *t = qtest_start(
        "-machine q35 -nodefaults -netdev hubport,id=p0,hubid=4 "
        "-netdev hubport,id=p1,hubid=4 -netdev hubport,id=p2,hubid=4 "
        "-device virtio-net-pci,netdev=p0 -device virtio-net-pci,netdev=p1 "
        "-device virtio-net-pci,netdev=p2");
    VirtioNetDriver *n[3];
    uint8_t frame[200], got[NET_FRAME_MAX];
    g_autofree char *info = qtest_hmp(t, "info network");

    g_assert_true(g_str_has_prefix(info, "hub 4\n"));
    for (unsigned i = 0; i < 3; i++) {
        n[i] = virtio_net_open(t, i, false, 0, 0);
    }
    make_frame(frame, sizeof(frame), n[1]->mac, 9);
    virtio_net_send(n[1], NULL, frame, sizeof(frame));
    for (unsigned i = 0; i < 3; i += 2) {
        g_assert_cmpuint(virtio_net_receive(n[i], got, sizeof(got), true),
                         ==, sizeof(frame));
        g_assert_cmpmem(got, sizeof(frame), frame, sizeof(frame));
    }
    g_assert_cmpuint(virtio_net_receive(n[1], got, sizeof(got), false), ==,
                     0);
    for (unsigned i = 0; i < 3; i++) {
        virtio_net_close(n[i]);
    }
    qtest_quit(t);
}

/*** A machine that does not run ***/

static void command(QTest *t, const char *name)
{
    json_decref(qtest_qmp(t, name, NULL));
}

/* A card on a datagram socket whose other end is *@wire. */
static End end_on_wire(int *wire)
{
    g_autofree char *netdev = NULL;
    int fds[2];
    End e;

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), ==, 0);
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    netdev = g_strdup_printf("-netdev socket,id=n0,fd=%d", fds[1]);
    e = end_start(netdev);
    close(fds[1]);
    *wire = fds[0];
    return e;
}

/* Its memory stays as it is; the packet comes when it goes on. */
static void test_stopped_receive(void)
{
    uint8_t frame[100], got[NET_FRAME_MAX];
    int wire;
    End e = end_on_wire(&wire);

    make_frame(frame, sizeof(frame), e.n->mac, 3);
    command(e.t, "stop");
    g_assert_cmpint(send(wire, frame, sizeof(frame), 0), ==, sizeof(frame));
    command(e.t, "query-status");
    command(e.t, "query-status");
    g_assert_cmpuint(virtio_net_receive(e.n, got, sizeof(got), false), ==, 0);
    command(e.t, "cont");
    g_assert_cmpuint(virtio_net_receive(e.n, got, sizeof(got), true), ==,
                     sizeof(frame));
    g_assert_cmpmem(got, sizeof(frame), frame, sizeof(frame));
    close(wire);
    end_stop(&e);
}

/* A back end that is busy when it stops gives the card its buffer back. */
static void test_stopped_send(void)
{
    uint8_t frame[1000], got[1000];
    unsigned sent = 0, used = 0, token;
    uint64_t ram;
    int wire;
    End e = end_on_wire(&wire);
    VirtioQueue *tx = e.n->tx;
    VirtioSeg seg;

    ram = qtest_alloc(e.t, 4096, 4096);
    make_frame(frame, sizeof(frame), e.n->mac, 4);
    qtest_memset(e.t, ram, 0, 12);
    qtest_memwrite(e.t, ram + 12, frame, sizeof(frame));
    seg = (VirtioSeg) { ram, 12 + sizeof(frame) };
    /* Until the socket takes no more. */
    while (used == sent) {
        g_assert_cmpuint(sent, <, 10000);
        g_assert_cmpuint(virtio_add(tx, &seg, 1, false), !=, UINT_MAX);
        virtio_kick(tx);
        sent++;
        command(e.t, "query-status");
        command(e.t, "query-status");
        while (virtio_pop(tx, &token, NULL)) {
            used++;
        }
    }
    command(e.t, "stop");
    while (virtio_pop(tx, &token, NULL)) {
        used++;
    }
    g_assert_cmpuint(used, ==, sent);
    command(e.t, "cont");
    while (recv(wire, got, sizeof(got), MSG_DONTWAIT) > 0) {
        continue;
    }
    virtio_net_send(e.n, NULL, frame, sizeof(frame));
    g_assert_cmpint(recv(wire, got, sizeof(got), 0), ==, sizeof(frame));
    close(wire);
    end_stop(&e);
}

/*** A machine that moves ***/

static char *wire_netdev(int *wire)
{
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), ==, 0);
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    *wire = fds[0];
    return g_strdup_printf("-netdev socket,id=n0,fd=%d", fds[1]);
}

/* Its card goes on there, and says where it is now. */
static void test_migration(void)
{
    g_autofree char *dir = g_dir_make_tmp("move-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "m", NULL);
    g_autofree char *here = NULL, *there = NULL, *netdev = NULL, *uri = NULL;
    uint8_t frame[300], got[NET_FRAME_MAX];
    int old_wire, new_wire;
    ssize_t len;
    QTest *source;
    End e;

    here = wire_netdev(&old_wire);
    e = end_start(here);
    netdev = wire_netdev(&new_wire);
    there = g_strdup_printf("-incoming unix:%s %s", path, netdev);
    source = e.t;
    e.t = qtest_start("-machine q35 -nodefaults %s -device virtio-net-pci,"
                      "netdev=n0,id=nic", there);
    uri = g_strdup_printf("unix:%s", path);
    json_decref(qtest_qmp(source, "migrate", json_pack("{s:s}", "uri",
                                                       uri)));
    json_decref(qtest_wait_event(e.t, "RESUME"));
    json_decref(qtest_wait_event(source, "STOP"));

    len = recv(new_wire, got, sizeof(got), 0);
    g_assert_cmpint(len, ==, 60);
    g_assert_cmphex(lduw_be_p(got + 12), ==, 0x8035);
    g_assert_cmpmem(got + 6, 6, e.n->mac, 6);

    /* The driver's rings came along. */
    e.n->d->t = e.n->d->f->t = e.t;
    make_frame(frame, sizeof(frame), e.n->mac, 8);
    virtio_net_send(e.n, NULL, frame, sizeof(frame));
    do {
        len = recv(new_wire, got, sizeof(got), 0);
    } while (len == 60);                /* more of those announcements */
    g_assert_cmpmem(got, len, frame, sizeof(frame));
    g_assert_cmpint(send(new_wire, frame, sizeof(frame), 0), ==,
                    sizeof(frame));
    g_assert_cmpuint(virtio_net_receive(e.n, got, sizeof(got), true), ==,
                     sizeof(frame));
    g_assert_cmpmem(got, sizeof(frame), frame, sizeof(frame));
    close(old_wire);
    close(new_wire);
    qtest_quit(source);
    end_stop(&e);
    rmdir(dir);
}

/*** TAP ***/

#define HOST_IP NET_IP(192, 168, 77, 1)
#define GUEST_IP NET_IP(192, 168, 77, 2)

static const char *tap_missing(void)
{
    return no_netns ? no_netns :
           access("/dev/net/tun", R_OK | W_OK) < 0 ?
           "/dev/net/tun is not accessible" : NULL;
}

static NetHost *guest_on(VirtioNetDriver *n, NetPort *port)
{
    NetHost *h;

    *port = virtio_net_port(n);
    h = net_host_new(port, n->mac);
    h->ip = GUEST_IP;
    h->mask = 0xffffff00;
    return h;
}

static void fetch_page(NetHost *h)
{
    size_t len = 0;
    g_autofree char *body = net_http_get(h, HOST_IP, http_port, "/", &len);

    g_assert_nonnull(body);
    g_assert_cmpmem(body, len, page, sizeof(page));
}

static void check_tap(const char *options, uint64_t features)
{
    QTest *t;
    VirtioNetDriver *n;
    NetHost *h;
    NetPort port;

    if (tap_missing()) {
        g_test_skip(tap_missing());
        return;
    }
    t = qtest_start("-machine q35 -nodefaults -m 256M "
                    "-netdev tap,id=n0,ifname=tap7,script=no,"
                    "downscript=no%s -device virtio-net-pci,netdev=n0",
                    options);
    g_assert_true(netns_configure("tap7", HOST_IP, 0xffffff00));
    n = virtio_net_open(t, 0, false, features, 0);
    g_assert_cmphex(n->d->features & features, ==, features);
    h = guest_on(n, &port);
    g_assert_true(net_ping(h, HOST_IP, 56));
    g_assert_true(net_ping(h, HOST_IP, 1472));
    fetch_page(h);
    g_free(h);
    virtio_net_close(n);
    qtest_quit(t);
}

static void test_tap(void)
{
    check_tap(",vnet_hdr=off", 0);
}

static void test_tap_vnet_hdr(void)
{
    check_tap("", 0);
}

/* The kernel leaves checksums to us, and sends what is larger than a frame. */
static void test_tap_offloads(void)
{
    check_tap("", F(CSUM) | F(GUEST_CSUM) | F(GUEST_TSO4) | F(HOST_TSO4));
}

static void test_tap_mergeable(void)
{
    check_tap("", F(CSUM) | F(GUEST_CSUM) | F(GUEST_TSO4) | F(HOST_TSO4) |
              F(MRG_RXBUF));
}

/* A segment of 30000 bytes is the kernel's to cut, checksums and all. */
static void test_tap_tso(void)
{
    enum { PORT = 5555, SIZE = 30000 };
    g_autofree uint8_t *frame = NULL;
    struct virtio_net_hdr_v1 hdr = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = VIRTIO_NET_HDR_GSO_TCPV4, .hdr_len = 54,
        .gso_size = 1448, .csum_start = 34, .csum_offset = 16,
    };
    struct sockaddr_in sin = {
        .sin_family = AF_INET, .sin_port = htons(PORT),
    };
    uint8_t pseudo[12] = { 0 }, *tcp;
    VirtioNetDriver *n;
    size_t got = 0;
    NetPort port;
    NetHost *h;
    NetTcp *c;
    QTest *t;
    int server, fd;

    if (tap_missing()) {
        g_test_skip(tap_missing());
        return;
    }
    t = qtest_start("-machine q35 -nodefaults -netdev tap,id=n0,ifname=tap7,"
                    "script=no,downscript=no -device virtio-net-pci,"
                    "netdev=n0");
    g_assert_true(netns_configure("tap7", HOST_IP, 0xffffff00));
    server = socket(AF_INET, SOCK_STREAM, 0);
    g_assert_cmpint(bind(server, (struct sockaddr *)&sin, sizeof(sin)), ==,
                    0);
    g_assert_cmpint(listen(server, 1), ==, 0);
    n = virtio_net_open(t, 0, false, F(CSUM) | F(HOST_TSO4), 0);
    h = guest_on(n, &port);
    c = net_tcp_connect(h, HOST_IP, PORT);
    g_assert_nonnull(c);
    fd = accept(server, NULL, NULL);

    frame = g_malloc0(54 + SIZE);
    net_ip_frame(h, frame, h->neighbour_mac, HOST_IP, IPPROTO_TCP, 20 + SIZE);
    tcp = frame + 34;
    stw_be_p(tcp, c->local_port);
    stw_be_p(tcp + 2, PORT);
    stl_be_p(tcp + 4, c->snd_nxt);
    stl_be_p(tcp + 8, c->rcv_nxt);
    tcp[12] = 0x50;
    tcp[13] = 0x18;
    stw_be_p(tcp + 14, 32768);
    stl_be_p(pseudo, GUEST_IP);
    stl_be_p(pseudo + 4, HOST_IP);
    pseudo[9] = IPPROTO_TCP;
    stw_be_p(pseudo + 10, 20 + SIZE);
    stw_be_p(tcp + 16, net_checksum(0, pseudo, 12));
    memcpy(tcp + 20, page, SIZE);
    virtio_net_send(n, &hdr, frame, 54 + SIZE);

    while (got < SIZE) {
        char buf[SIZE];
        ssize_t r = recv(fd, buf, SIZE - got, 0);

        g_assert_cmpint(r, >, 0);
        g_assert_cmpmem(buf, r, page + got, r);
        got += r;
    }
    close(fd);
    close(server);
    c->snd_nxt += SIZE;
    net_tcp_close(c);
    g_free(h);
    virtio_net_close(n);
    qtest_quit(t);
}

/* Datagrams to the guest, each from a port of its own. */
static void send_flows(unsigned count)
{
    struct sockaddr_in sin = {
        .sin_family = AF_INET, .sin_port = htons(9),
        .sin_addr.s_addr = htonl(GUEST_IP),
    };

    for (unsigned i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM, 0);

        g_assert_cmpint(sendto(fd, "x", 1, 0, (struct sockaddr *)&sin,
                               sizeof(sin)), ==, 1);
        close(fd);
    }
}

/* The kernel answers on the queue that a flow last used. */
static void test_tap_multiqueue(void)
{
    enum { PAIRS = 3 };
    uint16_t pairs = cpu_to_le16(PAIRS);
    VirtioNetDriver n[PAIRS] = { 0 }, *first;
    NetPort port;
    NetHost *h;
    QTest *t;

    if (tap_missing()) {
        g_test_skip(tap_missing());
        return;
    }
    t = qtest_start("-machine q35 -nodefaults -m 256M -netdev tap,id=n0,"
                    "ifname=tap7,script=no,downscript=no,queues=%d "
                    "-device virtio-net-pci,netdev=n0,mq=on,vectors=%d",
                    PAIRS, 2 * PAIRS + 2);
    g_assert_true(netns_configure("tap7", HOST_IP, 0xffffff00));
    first = virtio_net_open(t, 0, false, F(CTRL_VQ) | F(MQ), 64);
    g_assert_cmpuint(virtio_config_read(first->d, offsetof(
        struct virtio_net_config, max_virtqueue_pairs), 2), ==, PAIRS);
    /* With one pair in use the kernel has one queue to choose from. */
    h = guest_on(first, &port);
    netns_neighbour("tap7", GUEST_IP, first->mac);
    send_flows(16);
    for (unsigned i = 0; i < 16; i++) {
        char byte;

        g_assert_cmpint(net_udp_receive(h, 9, &byte, 1, NULL, NULL), ==, 1);
    }
    g_free(h);
    for (unsigned i = 1; i < PAIRS; i++) {
        n[i] = *first;
        virtio_net_add_pair(&n[i], i, 64, 2 + 2 * i);
    }
    g_assert_cmpint(virtio_net_command(first, VIRTIO_NET_CTRL_MQ,
                                       VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET,
                                       &pairs, 2), ==, VIRTIO_NET_OK);
    for (unsigned i = 1; i < PAIRS; i++) {
        h = guest_on(&n[i], &port);
        netns_mac("tap7", h->neighbour_mac);
        h->neighbour = HOST_IP;
        fetch_page(h);
        g_free(h);
    }
    virtio_net_close(first);
    qtest_quit(t);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(page); i++) {
        page[i] = 'a' + i * i % 23;
    }
    no_netns = netns_enter();
    http_port = netns_http_server(page, sizeof(page));
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/socket/tcp", test_socket_tcp);
    g_test_add_func("/net/socket/udp", test_socket_udp);
    g_test_add_func("/net/socket/multicast", test_multicast);
    g_test_add_func("/net/socket/fd", test_socket_fd);
    g_test_add_func("/net/stream/fd", test_stream_fd);
    g_test_add_func("/net/stream/reconnect", test_stream_reconnect);
    g_test_add_func("/net/dgram/fd", test_dgram_fd);
    g_test_add_func("/net/dgram/inet", test_dgram_inet);
    g_test_add_func("/net/dgram/unix", test_dgram_unix);
    g_test_add_func("/net/hub", test_hub);
    g_test_add_func("/net/stopped/receive", test_stopped_receive);
    g_test_add_func("/net/stopped/send", test_stopped_send);
    g_test_add_func("/net/migration", test_migration);
    g_test_add_func("/net/tap/plain", test_tap);
    g_test_add_func("/net/tap/vnet-hdr", test_tap_vnet_hdr);
    g_test_add_func("/net/tap/offloads", test_tap_offloads);
    g_test_add_func("/net/tap/mergeable", test_tap_mergeable);
    g_test_add_func("/net/tap/tso", test_tap_tso);
    g_test_add_func("/net/tap/multiqueue", test_tap_multiqueue);
    return g_test_run();
}
