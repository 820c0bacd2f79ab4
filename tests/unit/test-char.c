/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character devices: each back end, multiplexers, options, QMP's functions. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <termios.h>
#include "chardev/char-fe.h"
#include "chardev/char-serial.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/sockets.h"

static char *dir;

/* A front end that notes what comes. */
typedef struct FrontEnd {
    CharBackend be;
    GString *got;
    GString *events;
    int room;                   /* what it takes at a time */
} FrontEnd;

static int fe_can_read(void *opaque)
{
    return ((FrontEnd *)opaque)->room;
}

static void fe_read(void *opaque, const uint8_t *buf, int size)
{
    FrontEnd *fe = opaque;

    g_assert_cmpint(size, <=, fe->room);
    g_string_append_len(fe->got, (const char *)buf, size);
}

/* Break, Opened, In, Out, Closed */
static void fe_event(void *opaque, QEMUChrEvent event)
{
    g_string_append_c(((FrontEnd *)opaque)->events, "BOIOC"[event] +
                      (event == CHR_EVENT_MUX_IN ||
                       event == CHR_EVENT_MUX_OUT ? 'a' - 'A' : 0));
}

static int fe_change(void *opaque)
{
    FrontEnd *fe = opaque;

    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event,
                             fe_change, fe, NULL, true);
    return 0;
}

static void fe_start(FrontEnd *fe, Chardev *chr)
{
    *fe = (FrontEnd) {
        .got = g_string_new(""), .events = g_string_new(""), .room = 64,
    };
    g_assert_true(qemu_chr_fe_init(&fe->be, chr, &error_abort));
    fe_change(fe);
}

static void fe_stop(FrontEnd *fe, bool del)
{
    qemu_chr_fe_deinit(&fe->be, del);
    g_string_free(fe->got, TRUE);
    g_string_free(fe->events, TRUE);
}

static void fe_write(FrontEnd *fe, const char *text)
{
    g_assert_cmpint(qemu_chr_fe_write_all(&fe->be, (const uint8_t *)text,
                                          strlen(text)), ==, strlen(text));
}

static void expect(GString *seen, const char *text)
{
    g_assert_cmpstr(seen->str, ==, text);
    g_string_truncate(seen, 0);
}

/* Runs the loop until @cond; the test's time limit is the limit. */
#define WAIT_FOR(cond) \
    do { \
        main_loop_wait(false); \
    } while (!(cond))

static void run_what_is_ready(void)
{
    for (int i = 0; i < 5; i++) {
        main_loop_wait(true);
    }
}

static Chardev *try_new(const char *options, Error **errp)
{
    GString *json = g_string_new("{");
    g_auto(GStrv) parts = g_strsplit(options, ",", 0);
    Chardev *chr;
    json_t *opts;

    for (int i = 0; parts[i]; i++) {
        char *eq = strchr(parts[i], '=');

        g_assert_nonnull(eq);
        g_string_append_printf(json, "%s\"%.*s\":\"%s\"", i ? "," : "",
                               (int)(eq - parts[i]), parts[i], eq + 1);
    }
    g_string_append_c(json, '}');
    opts = json_loads(json->str, 0, NULL);
    g_assert_nonnull(opts);
    chr = qemu_chr_new_from_json(opts, NULL, errp);
    json_decref(opts);
    g_string_free(json, TRUE);
    return chr;
}

static Chardev *new_chr(const char *fmt, const char *arg)
{
    g_autofree char *options = g_strdup_printf(fmt, arg);

    return try_new(options, &error_abort);
}

static char *in_dir(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static char *read_file(const char *path)
{
    char *text;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void test_null(void)
{
    Chardev *chr = new_chr("backend=null,id=%s", "n");
    CharBackend other, nowhere;
    FrontEnd fe;
    Error *err = NULL;

    g_assert_true(qemu_chr_find("n") == chr);
    fe_start(&fe, chr);
    g_assert_false(qemu_chr_fe_backend_open(&fe.be));
    fe_write(&fe, "gone");
    qemu_chr_fe_accept_input(&fe.be);
    g_assert_cmpint(qemu_chr_fe_ioctl(&fe.be, 1, NULL), ==, -ENOTSUP);
    g_assert_cmpuint(qemu_chr_fe_add_watch(&fe.be, G_IO_OUT, NULL, NULL),
                     ==, 0);
    g_assert_false(qemu_chr_fe_init(&other, chr, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'n' is in use");
    error_free_or_abort(&err);
    fe_stop(&fe, true);
    g_assert_null(qemu_chr_find("n"));

    /* A front end that nothing is plugged into. */
    g_assert_true(qemu_chr_fe_init(&nowhere, NULL, &error_abort));
    g_assert_false(qemu_chr_fe_backend_connected(&nowhere));
    qemu_chr_fe_printf(&nowhere, "%d", 3);
    qemu_chr_fe_deinit(&nowhere, false);
}

static void test_ringbuf(void)
{
    Chardev *chr = new_chr("backend=ringbuf,id=%s,size=8", "r");
    FrontEnd fe;
    Error *err = NULL;
    char *text;

    fe_start(&fe, chr);
    fe_write(&fe, "0123456789");
    text = chardev_ringbuf_read("r", 3, false, &error_abort);
    g_assert_cmpstr(text, ==, "234");
    g_free(text);
    text = chardev_ringbuf_read("r", 100, true, &error_abort);
    g_assert_cmpstr(text, ==, "NTY3ODk=");
    g_free(text);
    g_assert_true(chardev_ringbuf_write("r", "a\xc3\xa9", false,
                                        &error_abort));
    g_assert_true(chardev_ringbuf_write("r", "gA==", true, &error_abort));
    text = chardev_ringbuf_read("r", 100, false, &error_abort);
    g_assert_cmpstr(text, ==, "a\xc3\xa9\xef\xbf\xbd");
    g_free(text);
    g_assert_null(chardev_ringbuf_read("r", 0, false, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "size must be greater than zero");
    error_free_or_abort(&err);
    g_assert_false(chardev_ringbuf_write("r", "!!", true, &err));
    error_free_or_abort(&err);
    g_assert_false(chardev_ringbuf_write("none", "x", false, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'none' not found");
    error_free_or_abort(&err);
    g_assert_true(chardev_send_break("r", &error_abort));
    expect(fe.events, "OB");
    fe_stop(&fe, true);
}

static void test_file(void)
{
    g_autofree char *path = in_dir("out"), *log = in_dir("log");
    g_autofree char *options = g_strdup_printf("backend=file,id=f,path=%s,"
                                               "logfile=%s", path, log);
    char *text;
    FrontEnd fe;

    fe_start(&fe, try_new(options, &error_abort));
    g_assert_true(qemu_chr_fe_backend_open(&fe.be));
    fe_write(&fe, "one");
    fe_stop(&fe, true);
    text = read_file(log);
    g_assert_cmpstr(text, ==, "one");
    g_free(text);

    fe_start(&fe, new_chr("backend=file,id=f,append=on,path=%s", path));
    fe_write(&fe, "two");
    fe_stop(&fe, true);
    text = read_file(path);
    g_assert_cmpstr(text, ==, "onetwo");
    g_free(text);

    fe_start(&fe, new_chr("backend=file,id=f,path=%s", path));
    fe_stop(&fe, true);
    text = read_file(path);
    g_assert_cmpstr(text, ==, "");
    g_free(text);
    g_unlink(path);
    g_unlink(log);
}

static void test_pipe(void)
{
    g_autofree char *path = in_dir("p"), *in = in_dir("p.in"),
                    *out = in_dir("p.out");
    char buf[8];
    FrontEnd fe;
    int to, from;

    g_assert_cmpint(mkfifo(in, 0600), ==, 0);
    g_assert_cmpint(mkfifo(out, 0600), ==, 0);
    fe_start(&fe, new_chr("backend=pipe,id=p,path=%s", path));
    to = open(in, O_WRONLY);
    from = open(out, O_RDONLY);
    g_assert_cmpint(write(to, "abc", 3), ==, 3);
    WAIT_FOR(fe.got->len == 3);
    expect(fe.got, "abc");
    fe_write(&fe, "xy");
    g_assert_cmpint(read(from, buf, sizeof(buf)), ==, 2);
    close(to);
    close(from);
    fe_stop(&fe, true);
    g_unlink(in);
    g_unlink(out);
}

/* A server takes one client after another. */
static void test_socket_server(void)
{
    g_autofree char *path = in_dir("s"), *name = NULL;
    Chardev *chr = new_chr("backend=socket,id=s,server=on,wait=off,path=%s",
                           path);
    FrontEnd fe;
    char buf[8];

    fe_start(&fe, chr);
    name = g_strdup_printf("disconnected:unix:%s,server=on", path);
    g_assert_cmpstr(chr->filename, ==, name);
    fe_write(&fe, "nobody is there");
    for (int i = 0; i < 2; i++) {
        int fd = unix_connect(path, &error_abort);

        WAIT_FOR(fe.events->len);
        expect(fe.events, "O");
        g_assert_cmpstr(chr->filename, ==, name + strlen("disconnected:"));
        g_assert_true(qemu_chr_fe_backend_open(&fe.be));
        g_assert_cmpint(write(fd, "hello", 5), ==, 5);
        WAIT_FOR(fe.got->len == 5);
        expect(fe.got, "hello");
        fe_write(&fe, "world");
        g_assert_cmpint(read(fd, buf, sizeof(buf)), ==, 5);
        close(fd);
        WAIT_FOR(fe.events->len);
        expect(fe.events, "C");
        g_assert_false(qemu_chr_fe_backend_open(&fe.be));
    }
    fe_stop(&fe, true);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* What the front end does not take stays outside, and is not lost. */
static void test_socket_flow(void)
{
    g_autofree char *path = in_dir("s");
    FrontEnd fe;
    int fd;

    fe_start(&fe, new_chr("backend=socket,id=s,server=on,wait=off,path=%s",
                          path));
    fd = unix_connect(path, &error_abort);
    fe.room = 0;
    WAIT_FOR(fe.events->len);
    expect(fe.events, "O");
    g_assert_cmpint(write(fd, "abcdef", 6), ==, 6);
    run_what_is_ready();
    expect(fe.got, "");
    fe.room = 4;
    qemu_chr_fe_accept_input(&fe.be);
    WAIT_FOR(fe.got->len == 6);
    expect(fe.got, "abcdef");

    /* A hang-up waits behind what was sent before it ... */
    fe.room = 0;
    g_assert_cmpint(write(fd, "ghi", 3), ==, 3);
    close(fd);
    run_what_is_ready();
    expect(fe.events, "");
    fe.room = 4;
    WAIT_FOR(fe.events->len);
    expect(fe.got, "ghi");
    expect(fe.events, "C");

    /* ... and else is noticed also by who takes nothing. */
    fd = unix_connect(path, &error_abort);
    fe.room = 0;
    WAIT_FOR(fe.events->len);
    close(fd);
    WAIT_FOR(fe.events->len == 2);
    expect(fe.events, "OC");
    fe_stop(&fe, true);
}

static void *drain(void *opaque)
{
    size_t sum = 0;
    char buf[4096];
    ssize_t n;

    while ((n = read(GPOINTER_TO_INT(opaque), buf, sizeof(buf))) > 0) {
        sum += n;
    }
    return GSIZE_TO_POINTER(sum);
}

static gboolean watch_ready(void *do_not_use, GIOCondition cond, void *data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

static void test_socket_client(void)
{
    g_autofree char *path = in_dir("s");
    g_autofree uint8_t *big = g_malloc0(1 << 20);
    int server = unix_listen(path, &error_abort), peer, n, sum;
    bool ready = false;
    QemuThread thread;
    FrontEnd fe;
    uint8_t buf[4];

    fe_start(&fe, new_chr("backend=socket,id=s,path=%s", path));
    expect(fe.events, "O");
    peer = qemu_accept(server, NULL, NULL);

    /* Reading without a loop, waiting for all of it. */
    g_assert_cmpint(write(peer, "wait", 4), ==, 4);
    g_assert_cmpint(qemu_chr_fe_read_all(&fe.be, buf, 4), ==, 4);
    g_assert_cmpmem(buf, 4, "wait", 4);

    /* Until it is full; and then there is something to wait for. */
    for (sum = 0; (n = qemu_chr_fe_write(&fe.be, big, 65536)) > 0; sum += n) {
        g_assert_cmpint(n, <=, 65536);
    }
    g_assert_cmpint(n, ==, -1);
    g_assert_cmpint(errno, ==, EAGAIN);
    g_assert_cmpuint(qemu_chr_fe_add_watch(&fe.be, G_IO_OUT | G_IO_HUP,
                                           watch_ready, &ready), !=, 0);
    run_what_is_ready();
    g_assert_false(ready);
    qemu_thread_create(&thread, "drain", drain, GINT_TO_POINTER(peer),
                       QEMU_THREAD_JOINABLE);
    WAIT_FOR(ready);
    g_assert_cmpint(qemu_chr_fe_write_all(&fe.be, big, 1 << 20), ==, 1 << 20);
    qemu_chr_fe_disconnect(&fe.be);
    expect(fe.events, "C");
    g_assert_cmpuint(GPOINTER_TO_SIZE(qemu_thread_join(&thread)), ==,
                     sum + (1 << 20));
    close(peer);
    fe_stop(&fe, true);

    /* Writing to who is gone fails. */
    fe_start(&fe, new_chr("backend=socket,id=s,path=%s", path));
    close(qemu_accept(server, NULL, NULL));
    g_assert_cmpint(qemu_chr_fe_write_all(&fe.be, big, 8), ==, -1);
    WAIT_FOR(fe.events->len == 2);
    expect(fe.events, "OC");
    fe_stop(&fe, true);
    close(server);
    g_unlink(path);
}

static void test_socket_fds(void)
{
    g_autofree char *path = in_dir("s");
    Chardev *a_chr = new_chr("backend=socket,id=a,server=on,wait=off,path=%s",
                             path);
    FrontEnd a, b;
    int p[2], fd;
    char byte = 0;

    g_assert_true(qemu_chr_has_feature(a_chr, QEMU_CHAR_FEATURE_FD_PASS));
    fe_start(&a, a_chr);
    fe_start(&b, new_chr("backend=socket,id=b,path=%s", path));
    WAIT_FOR(a.events->len);
    g_assert_cmpint(qemu_pipe(p), ==, 0);
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&a.be), ==, -1);
    g_assert_cmpint(qemu_chr_fe_set_msgfds(&b.be, &p[1], 1), ==, 0);
    fe_write(&b, "x");
    WAIT_FOR(a.got->len);
    fd = qemu_chr_fe_get_msgfd(&a.be);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, !=, 0);
    g_assert_cmpint(write(fd, "y", 1), ==, 1);
    g_assert_cmpint(read(p[0], &byte, 1), ==, 1);
    g_assert_cmpint(byte, ==, 'y');
    close(fd);
    /* Only once; and what nobody fetches is not kept. */
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&a.be), ==, -1);
    qemu_chr_fe_set_msgfds(&b.be, &p[1], 1);
    fe_write(&b, "x");
    WAIT_FOR(a.got->len == 2);
    close(p[1]);
    fe_stop(&b, true);
    WAIT_FOR(strchr(a.events->str, 'C'));
    g_assert_cmpint(read(p[0], &byte, 1), ==, 0);
    close(p[0]);
    fe_stop(&a, true);
}

static void test_socket_tcp(void)
{
    Chardev *chr = try_new("backend=socket,id=t,server=on,wait=off,"
                           "host=127.0.0.1,port=0,nodelay=on", &error_abort);
    g_autofree char *port = g_strdup(strrchr(chr->filename, ':') + 1);
    g_autofree char *client = NULL;
    FrontEnd a, b;

    *strchr(port, ',') = '\0';
    client = g_strdup_printf("backend=socket,id=c,host=127.0.0.1,port=%s,"
                             "reconnect=100", port);
    fe_start(&a, chr);
    fe_start(&b, try_new(client, &error_abort));
    WAIT_FOR(a.events->len && b.events->len);
    expect(a.events, "O");
    expect(b.events, "O");
    g_assert_nonnull(strstr(chr->filename, ",server=on <-> 127.0.0.1:"));
    fe_write(&a, "ping");
    WAIT_FOR(b.got->len == 4);
    fe_stop(&b, true);
    WAIT_FOR(a.events->len);
    expect(a.events, "C");
    fe_stop(&a, true);
}

/* A client that tries again finds the server when it is there. */
static void test_socket_reconnect(void)
{
    g_autofree char *path = in_dir("s");
    FrontEnd fe;
    int server, peer;

    fe_start(&fe, new_chr("backend=socket,id=s,reconnect=1,path=%s", path));
    run_what_is_ready();
    expect(fe.events, "");
    server = unix_listen(path, &error_abort);
    WAIT_FOR(fe.events->len);
    expect(fe.events, "O");
    peer = qemu_accept(server, NULL, NULL);
    close(peer);
    WAIT_FOR(fe.events->len);
    expect(fe.events, "C");
    fe_stop(&fe, true);
    close(server);
    g_unlink(path);
}

/* Reads exactly what is expected from the outside. */
static void expect_outside(int fd, const char *bytes, size_t len)
{
    uint8_t buf[64];
    size_t got = 0;

    while (got < len) {
        ssize_t n = read(fd, buf + got, len - got);

        g_assert_cmpint(n, >, 0);
        got += n;
    }
    g_assert_cmpmem(buf, got, bytes, len);
}

/* Telnet: a greeting, commands taken out, 0xff doubled both ways. */
static void test_socket_telnet(void)
{
    static const char greeting[] = "\xff\xfb\x01\xff\xfb\x03\xff\xfb\x00"
                                   "\xff\xfd\x00";
    static const char input[] = "a\xff\xff" "b\xff\xfd\x01" "c\xff\xf3"
                                "\xff\xfa\x18\xff\xff\xff\xf0" "d";
    g_autofree char *path = in_dir("tn");
    Chardev *chr = new_chr("backend=socket,id=s,server=on,wait=off,"
                           "telnet=on,path=%s", path);
    FrontEnd fe;
    int fd;

    fe_start(&fe, chr);
    fd = unix_connect(path, &error_abort);
    WAIT_FOR(fe.events->len);
    expect(fe.events, "O");
    expect_outside(fd, greeting, 12);
    /* Commands may be torn anywhere. */
    for (size_t i = 0; i < sizeof(input) - 1; i++) {
        g_assert_cmpint(write(fd, input + i, 1), ==, 1);
        run_what_is_ready();
    }
    expect(fe.got, "a\xff" "bcd");
    expect(fe.events, "B");
    fe_write(&fe, "x\xff\xffy");
    expect_outside(fd, "x\xff\xff\xff\xffy", 6);
    close(fd);
    fe_stop(&fe, true);
}

/* The listener goes where the handlers went. */
static void test_socket_context(void)
{
    g_autofree char *path = in_dir("ctx");
    Chardev *chr = new_chr("backend=socket,id=s,server=on,wait=off,path=%s",
                           path);
    GMainContext *elsewhere = g_main_context_new();
    FrontEnd fe;
    int fd;

    fe_start(&fe, chr);
    qemu_chr_fe_set_handlers(&fe.be, fe_can_read, fe_read, fe_event,
                             fe_change, &fe, elsewhere, true);
    fd = unix_connect(path, &error_abort);
    run_what_is_ready();
    expect(fe.events, "");
    while (!fe.events->len) {
        g_main_context_iteration(elsewhere, TRUE);
    }
    expect(fe.events, "O");
    g_assert_cmpint(write(fd, "hi", 2), ==, 2);
    while (fe.got->len < 2) {
        g_main_context_iteration(elsewhere, TRUE);
    }
    expect(fe.got, "hi");
    close(fd);
    fe_stop(&fe, true);
    g_main_context_unref(elsewhere);
}

/* A socket on a free port of this host, and its number. */
static int udp_socket(uint16_t *port)
{
    struct sockaddr_in sin = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof(sin);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(bind(fd, (struct sockaddr *)&sin, len), ==, 0);
    getsockname(fd, (struct sockaddr *)&sin, &len);
    *port = ntohs(sin.sin_port);
    return fd;
}

static void test_udp(void)
{
    uint16_t port;
    int fd = udp_socket(&port);
    g_autofree char *text = g_strdup_printf("%u", port);
    Chardev *chr = new_chr("backend=udp,id=u,host=127.0.0.1,port=%s", text);
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    FrontEnd fe;
    char buf[100];

    fe_start(&fe, chr);
    g_assert_cmpstr(chr->filename, ==, "udp");
    fe_write(&fe, "one datagram");
    g_assert_cmpint(recvfrom(fd, buf, sizeof(buf), 0,
                             (struct sockaddr *)&from, &len), ==, 12);
    /* One that comes is handed on in pieces, and waits meanwhile. */
    memset(buf, 'x', sizeof(buf));
    g_assert_cmpint(sendto(fd, buf, 100, 0, (struct sockaddr *)&from, len),
                    ==, 100);
    WAIT_FOR(fe.got->len == 100);
    fe.room = 0;
    g_string_truncate(fe.got, 0);
    g_assert_cmpint(sendto(fd, "later", 5, 0, (struct sockaddr *)&from, len),
                    ==, 5);
    run_what_is_ready();
    g_assert_cmpint(fe.got->len, ==, 0);
    fe.room = 3;
    qemu_chr_fe_accept_input(&fe.be);
    WAIT_FOR(fe.got->len == 5);
    expect(fe.got, "later");
    fe_stop(&fe, true);
    close(fd);
}

/* A terminal in place of a serial line: it takes rate and format. */
static void test_serial(void)
{
    QEMUSerialSetParams params = { 38461, 'E', 7, 2 };
    int lines, master = posix_openpt(O_RDWR | O_NOCTTY), on = 1;
    struct termios tty;
    Chardev *chr;
    FrontEnd fe;
    char c;

    g_assert_cmpint(grantpt(master), ==, 0);
    g_assert_cmpint(unlockpt(master), ==, 0);
    chr = new_chr("backend=serial,id=l,path=%s", ptsname(master));
    g_assert_cmpstr(chr->filename, ==, "serial");
    fe_start(&fe, chr);
    g_assert_cmpint(tcgetattr(master, &tty), ==, 0);
    g_assert_cmpint(cfgetospeed(&tty), ==, B115200);
    g_assert_cmphex(tty.c_cflag & (CSIZE | PARENB | CSTOPB), ==, CS8);
    g_assert_cmpint(qemu_chr_fe_ioctl(&fe.be, CHR_IOCTL_SERIAL_SET_PARAMS,
                                      &params), ==, 0);
    g_assert_cmpint(tcgetattr(master, &tty), ==, 0);
    g_assert_cmpint(cfgetospeed(&tty), ==, B38400);
    g_assert_cmphex(tty.c_cflag & (PARODD | CSTOPB), ==, CSTOPB);
    g_assert_cmpint(qemu_chr_fe_ioctl(&fe.be, CHR_IOCTL_SERIAL_GET_TIOCM,
                                      &lines), ==, -ENOTSUP);
    qemu_chr_fe_ioctl(&fe.be, CHR_IOCTL_SERIAL_SET_BREAK, &on);
    /* Nothing is translated either way. */
    fe_write(&fe, "\n");
    g_assert_cmpint(read(master, &c, 1), ==, 1);
    g_assert_cmphex(c, ==, '\n');
    g_assert_cmpint(write(master, "\r\3", 2), ==, 2);
    WAIT_FOR(fe.got->len == 2);
    expect(fe.got, "\r\3");
    fe_stop(&fe, true);
    close(master);
}

static void test_pty(void)
{
    json_t *args = json_loads("{\"id\":\"p\",\"backend\":{\"type\":\"pty\","
                              "\"data\":{}}}", 0, NULL);
    json_t *ret = chardev_add(args, &error_abort);
    const char *name = json_string_value(json_object_get(ret, "pty"));
    FrontEnd fe;
    char buf[4];
    int fd;

    g_assert_nonnull(name);
    fe_start(&fe, qemu_chr_find("p"));
    fe_write(&fe, "nobody");
    run_what_is_ready();
    expect(fe.events, "");
    fd = open(name, O_RDWR | O_NOCTTY);
    g_assert_cmpint(fd, >=, 0);
    WAIT_FOR(fe.events->len);
    expect(fe.events, "O");
    g_assert_cmpint(write(fd, "in", 2), ==, 2);
    WAIT_FOR(fe.got->len == 2);
    fe_write(&fe, "out");
    g_assert_cmpint(read(fd, buf, sizeof(buf)), ==, 3);
    close(fd);
    WAIT_FOR(fe.events->len);
    expect(fe.events, "C");
    fe_stop(&fe, true);
    json_decref(ret);
    json_decref(args);
}

static void test_mux(void)
{
    g_autofree char *path = in_dir("s");
    FrontEnd a, b, c;
    Chardev *mux;
    char buf[256];
    int fd, n;
    Error *err = NULL;

    mux = new_chr("backend=socket,id=m,server=on,wait=off,mux=on,path=%s",
                  path);
    g_assert_true(CHARDEV_IS_MUX(mux));
    g_assert_nonnull(qemu_chr_find("m-base"));
    fe_start(&a, mux);
    fe_start(&b, mux);
    g_assert_false(chardev_remove("m", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'm' is busy");
    error_free_or_abort(&err);
    expect(a.events, "io");
    expect(b.events, "i");
    fd = unix_connect(path, &error_abort);
    WAIT_FOR(a.events->len && b.events->len);
    expect(a.events, "O");
    expect(b.events, "O");
    /* Who comes later hears of the opening. */
    fe_start(&c, mux);
    expect(c.events, "iO");
    fe_stop(&c, false);
    qemu_chr_fe_take_focus(&b.be);
    expect(b.events, "oi");

    /* Both speak; b listens. */
    fe_write(&a, "A");
    fe_write(&b, "B");
    g_assert_cmpint(read(fd, buf, sizeof(buf)), ==, 2);
    g_assert_cmpint(write(fd, "one\x01" "ctwo", 8), ==, 8);
    WAIT_FOR(b.got->len + a.got->len == 6);
    expect(b.got, "one");
    expect(a.got, "two");
    expect(a.events, "i");
    expect(b.events, "o");
    g_assert_cmpint(write(fd, "\x01\x01\x01" "b\x01h", 6), ==, 6);
    do {
        main_loop_wait(true);
        n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);
    } while (n < 0);
    buf[n] = '\0';
    g_assert_nonnull(strstr(buf, "C-a"));
    expect(a.got, "\x01");
    expect(a.events, "B");

    /* Input that the focus does not take waits, as far as there is room. */
    a.room = 0;
    g_assert_cmpint(write(fd, "later", 5), ==, 5);
    run_what_is_ready();
    expect(a.got, "");
    a.room = 64;
    qemu_chr_fe_accept_input(&a.be);
    expect(a.got, "later");
    close(fd);
    WAIT_FOR(a.events->len);
    expect(a.events, "C");
    expect(b.events, "C");
    fe_stop(&a, false);
    fe_stop(&b, false);
    g_assert_true(chardev_remove("m", &error_abort));
    g_assert_true(chardev_remove("m-base", &error_abort));
}

/* chardev-change: the front end goes on with another device. */
static void test_change(void)
{
    json_t *args, *ret;
    FrontEnd fe;
    char *text;
    Error *err = NULL;

    fe_start(&fe, new_chr("backend=ringbuf,id=%s", "x"));
    args = json_loads("{\"id\":\"x\",\"backend\":{\"type\":\"ringbuf\","
                      "\"data\":{\"size\":16}}}", 0, NULL);
    fe_write(&fe, "old");
    ret = chardev_change(args, &error_abort);
    fe_write(&fe, "new");
    text = chardev_ringbuf_read("x", 100, false, &error_abort);
    g_assert_cmpstr(text, ==, "new");
    g_free(text);
    json_decref(ret);
    json_object_set_new(args, "id", json_string("y"));
    g_assert_null(chardev_change(args, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'y' does not exist");
    error_free_or_abort(&err);
    json_decref(args);
    g_assert_false(chardev_remove("x", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'x' is busy");
    error_free_or_abort(&err);
    fe_stop(&fe, false);
    g_assert_true(chardev_remove("x", &error_abort));
    g_assert_false(chardev_remove("x", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'x' not found");
    error_free_or_abort(&err);
}

static void test_query(void)
{
    Chardev *chr = new_chr("backend=null,id=%s", "q");
    json_t *list;
    char *text;
    FrontEnd fe;
    size_t i;
    json_t *kind;
    bool socket = false;

    fe_start(&fe, chr);
    list = chardev_query();
    text = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
    g_assert_cmpstr(text, ==, "[{\"filename\":\"null\",\"frontend-open\":true,"
                    "\"label\":\"q\"}]");
    free(text);
    json_decref(list);
    list = chardev_query_backends();
    json_array_foreach(list, i, kind) {
        socket |= !strcmp(json_string_value(json_object_get(kind, "name")),
                          "socket");
    }
    g_assert_true(socket);
    json_decref(list);
    fe_stop(&fe, true);
}

static void refuse(const char *options, const char *message)
{
    Error *err = NULL;

    g_assert_null(try_new(options, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_refused(void)
{
    refuse("backend=null", "chardev: no id specified");
    refuse("backend=null,id=3", "Parameter 'id' expects an identifier");
    refuse("backend=bogus,id=c", "'bogus' is not a valid char driver name");
    refuse("backend=null,id=c,foo=3", "Invalid parameter 'foo'");
    refuse("backend=file,id=c", "chardev: file: no filename given");
    refuse("backend=file,id=c,path=/nonexistent/x",
           "Could not open '/nonexistent/x': No such file or directory");
    refuse("backend=pipe,id=c,path=/nonexistent",
           "Could not open '/nonexistent': No such file or directory");
    refuse("backend=ringbuf,id=c,size=100",
           "size of ringbuf chardev must be power of two");
    refuse("backend=mux,id=c", "chardev: mux: no chardev given");
    refuse("backend=mux,id=c,chardev=d", "mux: base chardev d not found");
    refuse("backend=socket,id=c,path=/nonexistent",
           "Failed to connect to '/nonexistent': No such file or directory");
    refuse("backend=socket,id=c,path=a,host=b",
           "None or one of 'path', 'fd' or 'host' option required.");
    refuse("backend=socket,id=c,host=a", "chardev: socket: no port given");
    refuse("backend=socket,id=c,fd=foo", "Unable to parse FD number foo");
    refuse("backend=socket,id=c,path=x,server=maybe",
           "Parameter 'server' expects 'on' or 'off'");
    refuse("backend=socket,id=c,path=x,server=on,reconnect=3",
           "'reconnect' option is incompatible with socket in server listen "
           "mode");
    refuse("backend=socket,id=c,path=x,wait=on",
           "'wait' option is incompatible with socket in client connect "
           "mode");
    refuse("backend=serial,id=c",
           "chardev: serial/tty: no device path given");
    refuse("backend=serial,id=c,path=/dev/null",
           "'/dev/null' is no serial line: Inappropriate ioctl for device");
    refuse("backend=udp,id=c", "chardev: udp: remote port not specified");
    refuse("backend=vc,id=c,cols=zz", "Parameter 'cols' expects a number");
    refuse("backend=socket,id=c,path=x,websocket=on",
           "'websocket' is not part of this program; the socket carries "
           "plain bytes, or telnet");
    g_assert_null(qemu_chr_find("c"));
}

static void check_form(const char *form, const char *want)
{
    Error *err = NULL;
    json_t *opts = qemu_chr_parse_compat("L", form, true, &err);
    char *text;

    if (*want == '!') {
        g_assert_null(opts);
        g_assert_cmpstr(error_get_pretty(err), ==, want + 1);
        error_free(err);
        return;
    }
    g_assert_null(err);
    text = json_dumps(opts, JSON_COMPACT | JSON_SORT_KEYS);
    g_assert_cmpstr(text, ==, want);
    free(text);
    json_decref(opts);
}

static void test_forms(void)
{
    check_form("null", "{\"backend\":\"null\",\"id\":\"L\"}");
    check_form("stdio", "{\"backend\":\"stdio\",\"id\":\"L\"}");
    check_form("mon:stdio", "{\"backend\":\"stdio\",\"id\":\"L\","
               "\"mux\":\"on\",\"signal\":\"off\"}");
    check_form("file:a,b=c", "{\"backend\":\"file\",\"id\":\"L\","
               "\"path\":\"a,b=c\"}");
    check_form("unix:a,,b,server,nowait", "{\"backend\":\"socket\","
               "\"id\":\"L\",\"path\":\"a,b\",\"server\":\"on\","
               "\"wait\":\"off\"}");
    check_form("tcp:[::1]:80,nodelay=on", "{\"backend\":\"socket\","
               "\"host\":\"::1\",\"id\":\"L\",\"nodelay\":\"on\","
               "\"port\":\"80\"}");
    check_form("mon:tcp::80,server=on", "{\"backend\":\"socket\","
               "\"host\":\"\",\"id\":\"L\",\"mux\":\"on\",\"port\":\"80\","
               "\"server\":\"on\"}");
    check_form("telnet::80,server", "{\"backend\":\"socket\","
               "\"host\":\"\",\"id\":\"L\",\"port\":\"80\","
               "\"server\":\"on\",\"telnet\":\"on\"}");
    check_form("udp:h:1@:2", "{\"backend\":\"udp\",\"host\":\"h\","
               "\"id\":\"L\",\"localaddr\":\"\",\"localport\":\"2\","
               "\"port\":\"1\"}");
    check_form("udp:h", "!'h' is no address: it must be "
               "[host]:port[@[localaddr]:localport]");
    check_form("vc", "{\"backend\":\"vc\",\"id\":\"L\"}");
    check_form("vc:80Cx24C", "{\"backend\":\"vc\",\"cols\":\"80\","
               "\"id\":\"L\",\"rows\":\"24\"}");
    check_form("vc:800x600", "{\"backend\":\"vc\",\"height\":\"600\","
               "\"id\":\"L\",\"width\":\"800\"}");
    check_form("bogus", "!'bogus' is not a valid char driver");
    check_form("tcp:nowhere",
               "!'nowhere' is no address: it must be host:port");
}

int main(int argc, char **argv)
{
    g_autofree char *template = g_strdup_printf("%s/test-char-XXXXXX",
                                                g_get_tmp_dir());
    int ret;

    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    dir = g_mkdtemp(template);
    g_test_add_func("/char/null", test_null);
    g_test_add_func("/char/ringbuf", test_ringbuf);
    g_test_add_func("/char/file", test_file);
    g_test_add_func("/char/pipe", test_pipe);
    g_test_add_func("/char/socket/server", test_socket_server);
    g_test_add_func("/char/socket/flow", test_socket_flow);
    g_test_add_func("/char/socket/client", test_socket_client);
    g_test_add_func("/char/socket/fds", test_socket_fds);
    g_test_add_func("/char/socket/tcp", test_socket_tcp);
    g_test_add_func("/char/socket/reconnect", test_socket_reconnect);
    g_test_add_func("/char/socket/telnet", test_socket_telnet);
    g_test_add_func("/char/socket/context", test_socket_context);
    g_test_add_func("/char/udp", test_udp);
    g_test_add_func("/char/serial", test_serial);
    g_test_add_func("/char/pty", test_pty);
    g_test_add_func("/char/mux", test_mux);
    g_test_add_func("/char/change", test_change);
    g_test_add_func("/char/query", test_query);
    g_test_add_func("/char/refused", test_refused);
    g_test_add_func("/char/forms", test_forms);
    ret = g_test_run();
    g_rmdir(dir);
    return ret;
}
