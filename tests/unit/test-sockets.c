/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Socket addresses and sockets. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/sockets.h"

/* @expect is the JSON of the address, or "!" and a message. */
static void check_parse(const char *str, const char *expect)
{
    Error *err = NULL;
    SocketAddress *addr = socket_parse(str, &err), *copy;
    json_t *obj;
    char *text;

    if (*expect == '!') {
        g_assert_null(addr);
        g_assert_cmpstr(error_get_pretty(err), ==, expect + 1);
        error_free(err);
        return;
    }
    g_assert_null(err);
    copy = socket_address_clone(addr);
    obj = socket_address_to_json(copy);
    text = json_dumps(obj, JSON_COMPACT);
    g_assert_cmpstr(text, ==, expect);
    free(text);
    json_decref(obj);
    qapi_free_SocketAddress(addr);
    qapi_free_SocketAddress(copy);
}

static void test_parse(void)
{
    check_parse("localhost:80",
                "{\"type\":\"inet\",\"host\":\"localhost\",\"port\":\"80\"}");
    check_parse("tcp::80,to=90,ipv4=on,ipv6=off,keep-alive=on",
                "{\"type\":\"inet\",\"host\":\"\",\"port\":\"80\",\"to\":90,"
                "\"ipv4\":true,\"ipv6\":false,\"keep-alive\":true}");
    check_parse("[::1]:80",
                "{\"type\":\"inet\",\"host\":\"::1\",\"port\":\"80\"}");
    check_parse("unix:/a/b", "{\"type\":\"unix\",\"path\":\"/a/b\"}");
    check_parse("unix:a,abstract=on,tight=off",
                "{\"type\":\"unix\",\"path\":\"a\",\"abstract\":true,"
                "\"tight\":false}");
    check_parse("fd:7", "{\"type\":\"fd\",\"str\":\"7\"}");
    check_parse("vsock:2:1234",
                "{\"type\":\"vsock\",\"cid\":\"2\",\"port\":\"1234\"}");
    check_parse("unix:", "!invalid Unix socket address");
    check_parse("nothing", "!error parsing address 'nothing'");
    check_parse("a:", "!error parsing address 'a:'");
    check_parse("[::1:80", "!error parsing address '[::1:80'");
    check_parse("a:1,to=x", "!Parameter 'to' expects a number");
    check_parse("a:1,to=65536", "!Parameter 'to' expects uint16_t");
    check_parse("a:1,ipv4=x", "!Parameter 'ipv4' expects 'on' or 'off'");
    check_parse("vsock:2", "!error parsing address '2'");
}

static void check_json(const char *json, const char *expect)
{
    json_t *obj = json_loads(json, 0, NULL);
    Error *err = NULL;

    g_assert_null(socket_address_from_json(obj, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, expect);
    error_free(err);
    json_decref(obj);
}

static void test_json(void)
{
    json_t *obj = json_loads("{\"type\":\"inet\",\"data\":{\"host\":\"a\","
                             "\"port\":\"1\",\"to\":2}}", 0, NULL);
    SocketAddress *addr = socket_address_from_json(obj, &error_abort);
    char *text = socket_address_to_string(addr);

    g_assert_cmpstr(text, ==, "a:1");
    g_assert_cmpint(addr->u.inet.to, ==, 2);
    g_free(text);
    qapi_free_SocketAddress(addr);
    json_decref(obj);
    check_json("{}", "Parameter 'type' is missing");
    check_json("{\"type\":\"x\"}",
               "Parameter 'type' does not accept value 'x'");
    check_json("{\"type\":\"unix\"}", "Parameter 'path' is missing");
    check_json("{\"type\":\"unix\",\"path\":3}",
               "Invalid parameter type for 'path', expected: string");
    check_json("{\"type\":\"inet\",\"host\":\"\",\"port\":\"1\",\"to\":-1}",
               "Parameter 'to' expects uint16_t");
}

static void connect_both_ways(SocketAddress *listen_at)
{
    int server = socket_listen(listen_at, 1, &error_abort);
    g_autoptr(SocketAddress) at = socket_local_address(server, &error_abort);
    bool in_progress;
    char byte = 0;

    for (int wait = 0; wait < 2; wait++) {
        int client = wait ? socket_connect(at, &error_abort) :
                     socket_connect_start(at, &in_progress, &error_abort);
        int peer = qemu_accept(server, NULL, NULL);

        g_assert_cmpint(client, >=, 0);
        g_assert_cmpint(peer, >=, 0);
        g_assert_cmpint(socket_connect_result(client, &error_abort), ==, 0);
        g_assert_cmpint(fcntl(client, F_GETFD) & FD_CLOEXEC, !=, 0);
        g_assert_cmpint(fcntl(peer, F_GETFD) & FD_CLOEXEC, !=, 0);
        g_assert_cmpint(!(fcntl(client, F_GETFL) & O_NONBLOCK), ==, wait);
        g_assert_cmpint(qemu_send_full(client, "x", 1), ==, 1);
        g_assert_cmpint(qemu_read_full(peer, &byte, 1), ==, 1);
        g_assert_cmpint(byte, ==, 'x');
        close(client);
        close(peer);
    }
    socket_listen_cleanup(server, &error_abort);
    close(server);
}

static void test_unix(void)
{
    g_autofree char *path = g_strdup_printf("%s/test-sockets-%d",
                                            g_get_tmp_dir(), getpid());
    SocketAddress addr = {
        .type = SOCKET_ADDRESS_TYPE_UNIX, .u.q_unix.path = path,
    };
    g_autofree char *name = g_strnfill(109, 'x');
    g_autofree char *msg = NULL;
    Error *err = NULL;

    connect_both_ways(&addr);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_cmpint(unix_connect(path, &err), ==, -1);
    msg = g_strdup_printf("Failed to connect to '%s': No such file or "
                          "directory", path);
    g_assert_cmpstr(error_get_pretty(err), ==, msg);
    error_free_or_abort(&err);
    g_assert_cmpint(unix_connect(name, &err), ==, -1);
    error_free_or_abort(&err);

    addr.u.q_unix.path = (char *)path + 1;
    addr.u.q_unix.has_abstract = addr.u.q_unix.abstract = true;
    connect_both_ways(&addr);
}

static void test_inet(void)
{
    SocketAddress addr = {
        .type = SOCKET_ADDRESS_TYPE_INET,
        .u.inet = { .host = (char *)"127.0.0.1", .port = (char *)"0",
                    .has_numeric = true, .numeric = true },
    };
    SocketAddress *at, second = addr;
    Error *err = NULL;
    int a, b;

    connect_both_ways(&addr);
    a = socket_listen(&addr, 1, &error_abort);
    at = socket_local_address(a, &error_abort);
    second.u.inet.port = at->u.inet.port;
    g_assert_cmpint(socket_listen(&second, 1, &err), ==, -1);
    error_free_or_abort(&err);
    second.u.inet.has_to = true;
    second.u.inet.to = 65535;
    b = socket_listen(&second, 1, &error_abort);
    g_assert_cmpint(b, >=, 0);
    close(a);
    close(b);
    qapi_free_SocketAddress(at);
    addr.u.inet.has_ipv4 = addr.u.inet.has_ipv6 = true;
    g_assert_cmpint(socket_connect(&addr, &err), ==, -1);
    error_free_or_abort(&err);
}

static void test_fd(void)
{
    g_autofree char *number = NULL;
    Error *err = NULL;
    int sv[2];

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    number = g_strdup_printf("%d", sv[0]);
    g_assert_cmpint(socket_get_fd(number, &error_abort), ==, sv[0]);
    close(sv[0]);
    close(sv[1]);
    g_assert_cmpint(socket_get_fd(number, &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(socket_get_fd("", &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==, "Unable to parse FD number ");
    error_free_or_abort(&err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sockets/parse", test_parse);
    g_test_add_func("/sockets/json", test_json);
    g_test_add_func("/sockets/unix", test_unix);
    g_test_add_func("/sockets/inet", test_inet);
    g_test_add_func("/sockets/fd", test_fd);
    return g_test_run();
}
