/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-serial (virtio 1.2 section 5.3) on socket character devices, as a
 * driver uses it: one console, or several ports with the control queues,
 * each queue with a vector of its own.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/virtio_console.h>
#include "qemu/bswap.h"
#include "virtio.h"

#define F(name) (1ull << VIRTIO_CONSOLE_F_##name)
#define BUFFERS 8
#define BUFFER_SIZE 1024

/* Two queues that belong together: in buffers offered, out one at a time. */
typedef struct Pair {
    VirtioQueue *rx, *tx;
    uint64_t rx_ram, tx_ram;
} Pair;

typedef struct Serial {
    QTest *t;
    VirtioDev *d;
    Pair ctrl, ports[4];
} Serial;

static void offer(Pair *p, unsigned buffer)
{
    VirtioSeg seg = { p->rx_ram + buffer * BUFFER_SIZE, BUFFER_SIZE, true };

    /* Tokens of a ring that is used in order are the buffers' numbers. */
    g_assert_cmpuint(virtio_add(p->rx, &seg, 1, false), <, p->rx->size);
}

static void pair_start(Serial *s, Pair *p, unsigned first, uint16_t vector)
{
    p->rx = virtio_queue(s->d, first, 0, vector);
    p->tx = virtio_queue(s->d, first + 1, 0, vector + 1);
    p->rx_ram = qtest_alloc(s->t, p->rx->size * BUFFER_SIZE, 4096);
    p->tx_ram = qtest_alloc(s->t, 65536, 4096);
    for (unsigned i = 0; i < BUFFERS; i++) {
        offer(p, i);
    }
}

static Serial *serial_open(QTest *t, uint64_t features, unsigned ports)
{
    Serial *s = g_new0(Serial, 1);

    s->t = t;
    s->d = virtio_open(virtio_find(t, VIRTIO_ID_CONSOLE, 0), false);
    virtio_negotiate(s->d, features);
    pair_start(s, &s->ports[0], 0, 1);
    if (virtio_has(s->d, VIRTIO_CONSOLE_F_MULTIPORT)) {
        pair_start(s, &s->ctrl, 2, 3);
        for (unsigned i = 1; i < ports; i++) {
            pair_start(s, &s->ports[i], 2 + 2 * i, 3 + 2 * i);
        }
    }
    virtio_start(s->d);
    virtio_kick(s->ports[0].rx);
    for (unsigned i = 1; i < ports; i++) {
        virtio_kick(s->ports[i].rx);
    }
    return s;
}

static void serial_close(Serial *s)
{
    QTest *t = s->t;

    virtio_close(s->d);
    g_free(s);
    qtest_quit(t);
}

static void pair_send(Serial *s, Pair *p, const void *data, size_t len)
{
    VirtioSeg seg = { p->tx_ram, len };

    qtest_memwrite(s->t, p->tx_ram, data, len);
    virtio_do(p->tx, &seg, 1);
}

/* The next buffer that the device filled: its length. */
static size_t pair_receive(Serial *s, Pair *p, void *data, size_t max)
{
    unsigned token;
    uint32_t len;
    uint8_t desc[8];

    g_assert_true(virtio_wait(p->rx, &token, &len));
    g_assert_cmpuint(len, <=, max);
    /* Where the buffer is, is in its descriptor. */
    qtest_memread(s->t, p->rx->desc + 16 * token, desc, sizeof(desc));
    qtest_memread(s->t, ldq_le_p(desc), data, len);
    offer(p, (ldq_le_p(desc) - p->rx_ram) / BUFFER_SIZE);
    virtio_kick(p->rx);
    return len;
}

static void control(Serial *s, uint32_t port, uint16_t event, uint16_t value)
{
    struct virtio_console_control c = {
        cpu_to_le32(port), cpu_to_le16(event), cpu_to_le16(value),
    };

    pair_send(s, &s->ctrl, &c, sizeof(c));
}

/* The device's next message must be that; what follows it goes to @extra. */
static void expect(Serial *s, uint32_t port, uint16_t event, uint16_t value,
                   char *extra)
{
    uint8_t data[BUFFER_SIZE + 1];
    size_t len = pair_receive(s, &s->ctrl, data, BUFFER_SIZE);

    g_assert_cmpuint(len, >=, 8);
    g_assert_cmpuint(ldl_le_p(data), ==, port);
    g_assert_cmpuint(lduw_le_p(data + 4), ==, event);
    g_assert_cmpuint(lduw_le_p(data + 6), ==, value);
    if (extra) {
        memcpy(extra, data + 8, len - 8);
        extra[len - 8] = '\0';
    }
}

static void read_all(int fd, void *data, size_t len)
{
    size_t done = 0;

    while (done < len) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        ssize_t n;

        g_assert_cmpint(poll(&p, 1, 5000), ==, 1);
        n = read(fd, (uint8_t *)data + done, len - done);
        g_assert_cmpint(n, >, 0);
        done += n;
    }
}

static void talk(Serial *s, Pair *p, int fd)
{
    char got[BUFFER_SIZE];

    pair_send(s, p, "from the guest", 14);
    read_all(fd, got, 14);
    g_assert_cmpmem(got, 14, "from the guest", 14);
    g_assert_cmpint(write(fd, "from the host", 13), ==, 13);
    g_assert_cmpuint(pair_receive(s, p, got, sizeof(got)), ==, 13);
    g_assert_cmpmem(got, 13, "from the host", 13);
}

/*** Tests ***/

static void test_console(void)
{
    QTest *t;
    int fds[2];
    Serial *s;

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    t = qtest_start("-machine q35 -nodefaults -chardev socket,id=c0,fd=%d "
                    "-device virtio-serial-pci,vectors=4 -device virtconsole,"
                    "chardev=c0", fds[1]);
    s = serial_open(t, F(EMERG_WRITE), 1);
    g_assert_cmpuint(s->ports[0].rx->vector, ==, 1);
    g_assert_cmpuint(s->ports[0].tx->vector, ==, 2);
    talk(s, &s->ports[0], fds[0]);
    if (virtio_has(s->d, VIRTIO_CONSOLE_F_EMERG_WRITE)) {
        char c;

        virtio_config_write(s->d, offsetof(struct virtio_console_config,
                                           emerg_wr), '!', 4);
        read_all(fds[0], &c, 1);
        g_assert_cmpint(c, ==, '!');
    }
    close(fds[0]);
    close(fds[1]);
    serial_close(s);
}

static int connect_to(const char *path)
{
    struct sockaddr_un sun = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
    g_assert_cmpint(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), ==, 0);
    return fd;
}

static void test_ports(void)
{
    g_autofree char *dir = g_dir_make_tmp("serial-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "port", NULL);
    char name[BUFFER_SIZE];
    QTest *t;
    int fds[2], fd;
    Serial *s;

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    t = qtest_start("-machine q35 -nodefaults -chardev socket,id=c0,fd=%d "
                    "-chardev socket,id=c1,path=%s,server=on,wait=off "
                    "-chardev null,id=c2 "
                    "-device virtio-serial-pci,id=vs,max_ports=4,vectors=16 "
                    "-device virtconsole,chardev=c0,nr=0 "
                    "-device virtserialport,chardev=c1,nr=1,name=org.test.1,"
                    "id=p1", fds[1], path);
    s = serial_open(t, F(MULTIPORT), 3);
    g_assert_cmpuint(virtio_config_read(s->d, offsetof(
        struct virtio_console_config, max_nr_ports), 4), ==, 4);
    virtio_kick(s->ctrl.rx);
    control(s, VIRTIO_CONSOLE_BAD_ID, VIRTIO_CONSOLE_DEVICE_READY, 1);
    expect(s, 0, VIRTIO_CONSOLE_PORT_ADD, 1, NULL);
    expect(s, 1, VIRTIO_CONSOLE_PORT_ADD, 1, NULL);

    control(s, 0, VIRTIO_CONSOLE_PORT_READY, 1);
    expect(s, 0, VIRTIO_CONSOLE_CONSOLE_PORT, 1, NULL);
    expect(s, 0, VIRTIO_CONSOLE_PORT_OPEN, 1, NULL);
    control(s, 0, VIRTIO_CONSOLE_PORT_OPEN, 1);
    talk(s, &s->ports[0], fds[0]);

    /* Nobody is there yet; then somebody comes, goes, and comes again. */
    control(s, 1, VIRTIO_CONSOLE_PORT_READY, 1);
    expect(s, 1, VIRTIO_CONSOLE_PORT_NAME, 1, name);
    g_assert_cmpstr(name, ==, "org.test.1");
    control(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 1);
    json_decref(qtest_wait_event(t, "VSERPORT_CHANGE"));
    for (int i = 0; i < 2; i++) {
        fd = connect_to(path);
        expect(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 1, NULL);
        talk(s, &s->ports[1], fd);
        close(fd);
        expect(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 0, NULL);
    }

    /* A port that is plugged in, and out. */
    json_decref(qtest_qmp(t, "device_add", json_pack(
        "{s:s, s:s, s:s, s:s, s:s}", "driver", "virtserialport", "id", "p2",
        "bus", "vs.0", "chardev", "c2", "nr", "2")));
    expect(s, 2, VIRTIO_CONSOLE_PORT_ADD, 1, NULL);
    control(s, 2, VIRTIO_CONSOLE_PORT_READY, 1);
    json_decref(qtest_qmp(t, "device_del", json_pack("{s:s}", "id", "p2")));
    expect(s, 2, VIRTIO_CONSOLE_PORT_REMOVE, 1, NULL);
    talk(s, &s->ports[0], fds[0]);

    close(fds[0]);
    close(fds[1]);
    serial_close(s);
    unlink(path);
    rmdir(dir);
}

/* A reader that is slow makes the guest wait, and nothing is lost. */
static void test_throttle(void)
{
    enum { CHUNK = 32768, CHUNKS = 40 };
    g_autofree uint8_t *data = g_malloc(CHUNK), *got = g_malloc(CHUNK);
    unsigned sent = 0, back = 0, token;
    QTest *t;
    int fds[2];
    Serial *s;
    Pair *p;

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    t = qtest_start("-machine q35 -nodefaults -chardev socket,id=c0,fd=%d "
                    "-device virtio-serial-pci,vectors=8 -device virtserialport,"
                    "chardev=c0", fds[1]);
    s = serial_open(t, F(MULTIPORT), 2);
    p = &s->ports[1];
    virtio_kick(s->ctrl.rx);
    control(s, VIRTIO_CONSOLE_BAD_ID, VIRTIO_CONSOLE_DEVICE_READY, 1);
    expect(s, 1, VIRTIO_CONSOLE_PORT_ADD, 1, NULL);
    control(s, 1, VIRTIO_CONSOLE_PORT_READY, 1);
    expect(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 1, NULL);
    control(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 1);
    for (unsigned i = 0; i < CHUNK; i++) {
        data[i] = i * 31 + i / 256;
    }
    qtest_memwrite(t, p->tx_ram, data, CHUNK);
    while (sent < CHUNKS) {
        VirtioSeg seg = { p->tx_ram, CHUNK };

        g_assert_cmpuint(virtio_add(p->tx, &seg, 1, false), !=, UINT_MAX);
        virtio_kick(p->tx);
        sent++;
    }
    while (virtio_pop(p->tx, &token, NULL)) {
        back++;
    }
    g_assert_cmpuint(back, <, CHUNKS);
    for (unsigned i = 0; i < CHUNKS; i++) {
        read_all(fds[0], got, CHUNK);
        g_assert_cmpmem(got, CHUNK, data, CHUNK);
    }
    while (back < CHUNKS) {
        g_assert_true(virtio_wait(p->tx, &token, NULL));
        back++;
    }
    close(fds[0]);
    close(fds[1]);
    serial_close(s);
}

/* Messages that make no sense are ignored. */
static void test_nonsense(void)
{
    static const uint8_t noise[64] = { 0xff, 0xff, 1 };
    QTest *t = qtest_start("-machine q35 -nodefaults "
                           "-device virtio-serial-pci,max_ports=2,vectors=8 "
                           "-device virtserialport,nr=1");
    Serial *s = serial_open(t, F(MULTIPORT), 2);

    virtio_kick(s->ctrl.rx);
    for (size_t len = 1; len <= sizeof(noise); len += 7) {
        pair_send(s, &s->ctrl, noise, len);
    }
    for (unsigned event = 0; event < 12; event++) {
        control(s, 77, event, 1);
    }
    control(s, VIRTIO_CONSOLE_BAD_ID, VIRTIO_CONSOLE_DEVICE_READY, 1);
    expect(s, 1, VIRTIO_CONSOLE_PORT_ADD, 1, NULL);
    /* Data for a port without a back end is swallowed. */
    pair_send(s, &s->ports[1], noise, sizeof(noise));
    serial_close(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-serial/console", test_console);
    g_test_add_func("/virtio-serial/ports", test_ports);
    g_test_add_func("/virtio-serial/throttle", test_throttle);
    g_test_add_func("/virtio-serial/nonsense", test_nonsense);
    return g_test_run();
}
