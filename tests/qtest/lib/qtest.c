/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes and sockets of an emulator under test (qtest.h). */
#include "qtest.h"
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include "pci.h"

#define TIMEOUT_MS 30000
#define MAX_IRQ 64

/* A line-wise connection: what came and was not taken yet. */
typedef struct Line {
    int fd;
    GString *in;
} Line;

struct QTest {
    pid_t pid;
    bool stock;
    char *dir;
    Line qtest, qmp;
    GQueue events;              /* json_t *, oldest first */
    GPtrArray *paths;
    bool irq_level[MAX_IRQ];
    unsigned irq_raised[MAX_IRQ];
    uint64_t ram_next;
};

const char *qtest_binary(void)
{
    const char *path = g_getenv("QTEST_QEMU_BINARY");

    if (!path) {
        g_error("QTEST_QEMU_BINARY is not set: run tests with meson test");
    }
    return path;
}

const char *qtest_stock_binary(void)
{
    const char *path = g_getenv("QTEST_STOCK_BINARY");

    if (!path) {
        path = "/usr/bin/qemu-system-x86_64";
    }
    return g_access(path, X_OK) == 0 ? path : NULL;
}

static int listen_at(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
    g_assert_cmpint(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    return fd;
}

static void wait_readable(int fd, const char *what)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    if (poll(&p, 1, TIMEOUT_MS) != 1) {
        g_error("no %s from the emulator in %d s", what, TIMEOUT_MS / 1000);
    }
}

/* The emulator connects early; if it ended instead, say so at once. */
static int accept_from(int listener, pid_t pid)
{
    struct pollfd p = { .fd = listener, .events = POLLIN };
    int fd;

    for (int ms = 0; poll(&p, 1, 50) != 1; ms += 50) {
        int status;

        if (waitpid(pid, &status, WNOHANG) == pid) {
            g_error("the emulator ended before it connected, status 0x%x",
                    status);
        }
        g_assert_cmpint(ms, <, TIMEOUT_MS);
    }
    fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    close(listener);
    return fd;
}

/* One line without its end; NULL when the peer is gone. */
static char *line_read(Line *line, const char *what)
{
    for (;;) {
        char *end = memchr(line->in->str, '\n', line->in->len);
        char buf[16384];
        ssize_t n;

        if (end) {
            size_t len = end - line->in->str;
            char *text = g_strndup(line->in->str, len);

            g_string_erase(line->in, 0, len + 1);
            return g_strchomp(text);
        }
        wait_readable(line->fd, what);
        n = read(line->fd, buf, sizeof(buf));
        if (n <= 0) {
            return NULL;
        }
        g_string_append_len(line->in, buf, n);
    }
}

static void write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;             /* the reader will notice */
        }
        data += n;
        len -= n;
    }
}

static char **make_argv(QTest *t, const char *binary, const char *options)
{
    g_autofree char *line = g_strdup_printf(
        "%s -qtest unix:%s/qtest -qtest-log /dev/null "
        "-chardev socket,path=%s/qmp,id=char0 "
        "-mon chardev=char0,mode=control -display none %s %s",
        binary, t->dir, t->dir, options,
        t->stock ? "-accel tcg -S" : "-audio none -accel qtest");
    char **argv;

    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    return argv;
}

static void child_setup(gpointer opaque)
{
    /* No emulator outlives a test that crashed. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static QTest *start(const char *binary, bool stock, const char *options)
{
    QTest *t = g_new0(QTest, 1);
    g_auto(GStrv) argv = NULL;
    g_autofree char *qtest_path = NULL, *qmp_path = NULL;
    int qtest_listener, qmp_listener;
    GError *err = NULL;

    t->stock = stock;
    t->dir = g_dir_make_tmp("qtest-XXXXXX", NULL);
    t->paths = g_ptr_array_new_with_free_func(g_free);
    t->ram_next = 2 * 1024 * 1024;
    qtest_path = g_build_filename(t->dir, "qtest", NULL);
    qmp_path = g_build_filename(t->dir, "qmp", NULL);
    qtest_listener = listen_at(qtest_path);
    qmp_listener = listen_at(qmp_path);

    argv = make_argv(t, binary, options);
    if (!g_spawn_async(NULL, argv, NULL,
                       G_SPAWN_DO_NOT_REAP_CHILD |
                       G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
                       child_setup, NULL, &t->pid, &err)) {
        g_error("%s: %s", binary, err->message);
    }
    t->qtest = (Line) { accept_from(qtest_listener, t->pid),
                        g_string_new(NULL) };
    t->qmp = (Line) { accept_from(qmp_listener, t->pid), g_string_new(NULL) };
    g_free(line_read(&t->qmp, "QMP greeting"));
    json_decref(qtest_qmp(t, "qmp_capabilities", NULL));
    return t;
}

QTest *qtest_start(const char *fmt, ...)
{
    va_list ap;
    g_autofree char *options = NULL;

    va_start(ap, fmt);
    options = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return start(qtest_binary(), false, options);
}

QTest *qtest_start_stock(const char *fmt, ...)
{
    va_list ap;
    g_autofree char *options = NULL;

    g_assert_nonnull(qtest_stock_binary());
    va_start(ap, fmt);
    options = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return start(qtest_stock_binary(), true, options);
}

bool qtest_is_stock(const QTest *t)
{
    return t->stock;
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int qtest_run(char **output, const char *fmt, ...)
{
    va_list ap;
    g_autofree char *options = NULL, *line = NULL;
    g_auto(GStrv) argv = NULL;
    GError *err = NULL;
    int out, status;
    char buf[4096];
    GString *text = g_string_new(NULL);
    ssize_t n;
    pid_t pid;

    va_start(ap, fmt);
    options = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    line = g_strdup_printf("/bin/sh -c 'exec \"$0\" \"$@\" 2>&1' %s %s",
                           qtest_binary(), options);
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    if (!g_spawn_async_with_pipes(NULL, argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD, child_setup,
                                  NULL, &pid, NULL, &out, NULL, &err)) {
        g_error("%s: %s", argv[0], err->message);
    }
    for (;;) {
        wait_readable(out, "end");
        n = read(out, buf, sizeof(buf));
        if (n <= 0) {
            break;
        }
        g_string_append_len(text, buf, n);
    }
    close(out);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    if (output) {
        *output = g_string_free(text, FALSE);
    } else {
        g_string_free(text, TRUE);
    }
    return exit_status(status);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *entry = g_build_filename(path, name, NULL);

        if (g_file_test(entry, G_FILE_TEST_IS_DIR) &&
            !g_file_test(entry, G_FILE_TEST_IS_SYMLINK)) {
            remove_tree(entry);
        } else {
            g_unlink(entry);
        }
    }
    g_rmdir(path);
}

int qtest_wait_exit(QTest *t)
{
    int status, pid = 0;

    for (int ms = 0; pid == 0; ms += 2) {
        pid = waitpid(t->pid, &status, WNOHANG);
        if (pid == 0) {
            if (ms > TIMEOUT_MS) {
                g_error("the emulator does not end");
            }
            g_usleep(2000);
        }
    }
    g_assert_cmpint(pid, ==, t->pid);
    close(t->qtest.fd);
    close(t->qmp.fd);
    g_string_free(t->qtest.in, TRUE);
    g_string_free(t->qmp.in, TRUE);
    g_queue_clear_full(&t->events, (GDestroyNotify)json_decref);
    g_ptr_array_free(t->paths, TRUE);
    remove_tree(t->dir);
    g_free(t->dir);
    pci_forget(t);
    g_free(t);
    return exit_status(status);
}

void qtest_quit(QTest *t)
{
    kill(t->pid, SIGTERM);
    g_assert_cmpint(qtest_wait_exit(t), ==, 0);
}

void qtest_hang_up(QTest *t)
{
    shutdown(t->qtest.fd, SHUT_RDWR);
}

pid_t qtest_pid(const QTest *t)
{
    return t->pid;
}

const char *qtest_path(QTest *t, const char *name)
{
    char *path = g_build_filename(t->dir, name, NULL);

    g_ptr_array_add(t->paths, path);
    return path;
}

uint64_t qtest_alloc(QTest *t, size_t size, size_t align)
{
    uint64_t addr = QEMU_ALIGN_UP(t->ram_next, align);

    t->ram_next = addr + size;
    return addr;
}

/* The qtest protocol */

void qtest_send_raw(QTest *t, const void *data, size_t len)
{
    write_all(t->qtest.fd, data, len);
}

static bool take_irq_line(QTest *t, const char *line)
{
    unsigned n;
    char action[8];

    if (sscanf(line, "IRQ %7s %u", action, &n) != 2) {
        return false;
    }
    if (n < MAX_IRQ) {
        t->irq_level[n] = strcmp(action, "raise") == 0;
        t->irq_raised[n] += t->irq_level[n];
    }
    return true;
}

char *qtest_read_line(QTest *t)
{
    for (;;) {
        char *line = line_read(&t->qtest, "reply");

        if (!line || !take_irq_line(t, line)) {
            return line;
        }
        g_free(line);
    }
}

char *qtest_line(QTest *t, const char *fmt, ...)
{
    GString *line = g_string_new(NULL);
    va_list ap;

    va_start(ap, fmt);
    g_string_vprintf(line, fmt, ap);
    va_end(ap);
    g_string_append_c(line, '\n');
    write_all(t->qtest.fd, line->str, line->len);
    g_string_free(line, TRUE);
    return qtest_read_line(t);
}

/* The word behind OK; the reply must be one. */
static const char *expect_ok(const char *reply)
{
    g_assert_nonnull(reply);
    if (!g_str_has_prefix(reply, "OK")) {
        g_error("the emulator says: %s", reply);
    }
    return reply[2] ? reply + 3 : "";
}

static char size_letter(unsigned size)
{
    return size == 1 ? 'b' : size == 2 ? 'w' : size == 4 ? 'l' : 'q';
}

void qtest_out(QTest *t, uint16_t port, uint32_t val, unsigned size)
{
    g_autofree char *reply = qtest_line(t, "out%c 0x%x 0x%x",
                                        size_letter(size), port, val);

    expect_ok(reply);
}

uint32_t qtest_in(QTest *t, uint16_t port, unsigned size)
{
    g_autofree char *reply = qtest_line(t, "in%c 0x%x", size_letter(size),
                                        port);

    return g_ascii_strtoull(expect_ok(reply), NULL, 0);
}

void qtest_memwrite(QTest *t, uint64_t addr, const void *buf, size_t len)
{
    GString *line = g_string_new(NULL);
    g_autofree char *reply = NULL;

    g_string_printf(line, "write 0x%" PRIx64 " 0x%zx 0x", addr, len);
    for (size_t i = 0; i < len; i++) {
        g_string_append_printf(line, "%02x", ((const uint8_t *)buf)[i]);
    }
    g_string_append_c(line, '\n');
    write_all(t->qtest.fd, line->str, line->len);
    g_string_free(line, TRUE);
    reply = qtest_read_line(t);
    expect_ok(reply);
}

void qtest_memread(QTest *t, uint64_t addr, void *buf, size_t len)
{
    g_autofree char *reply = qtest_line(t, "read 0x%" PRIx64 " 0x%zx", addr,
                                        len);
    const char *hex = expect_ok(reply) + 2;

    g_assert_cmpuint(strlen(hex), ==, 2 * len);
    for (size_t i = 0; i < len; i++) {
        ((uint8_t *)buf)[i] = g_ascii_xdigit_value(hex[2 * i]) << 4 |
                              g_ascii_xdigit_value(hex[2 * i + 1]);
    }
}

void qtest_write(QTest *t, uint64_t addr, uint64_t val, unsigned size)
{
    uint64_t le = GUINT64_TO_LE(val);

    qtest_memwrite(t, addr, &le, size);
}

uint64_t qtest_read(QTest *t, uint64_t addr, unsigned size)
{
    uint64_t le = 0;

    qtest_memread(t, addr, &le, size);
    return GUINT64_FROM_LE(le);
}

void qtest_memset(QTest *t, uint64_t addr, uint8_t byte, size_t len)
{
    g_autofree char *reply = qtest_line(t, "memset 0x%" PRIx64 " 0x%zx 0x%x",
                                        addr, len, byte);

    expect_ok(reply);
}

int64_t qtest_clock_step(QTest *t, int64_t ns)
{
    g_autofree char *reply = qtest_line(t, "clock_step %" PRId64, ns);

    return g_ascii_strtoll(expect_ok(reply), NULL, 0);
}

int64_t qtest_clock_step_next(QTest *t)
{
    g_autofree char *reply = qtest_line(t, "clock_step");

    return g_ascii_strtoll(expect_ok(reply), NULL, 0);
}

int64_t qtest_clock_set(QTest *t, int64_t ns)
{
    g_autofree char *reply = qtest_line(t, "clock_set %" PRId64, ns);

    return g_ascii_strtoll(expect_ok(reply), NULL, 0);
}

void qtest_irq_intercept_in(QTest *t, const char *path)
{
    g_autofree char *reply = qtest_line(t, "irq_intercept_in %s", path);

    expect_ok(reply);
}

void qtest_irq_intercept_out(QTest *t, const char *path)
{
    g_autofree char *reply = qtest_line(t, "irq_intercept_out %s", path);

    expect_ok(reply);
}

/* Lines come at any time: a command's reply is behind those before it. */
static void drain_irqs(QTest *t)
{
    g_autofree char *reply = qtest_line(t, "endianness");

    expect_ok(reply);
}

bool qtest_irq_level(QTest *t, unsigned line)
{
    drain_irqs(t);
    return t->irq_level[line];
}

unsigned qtest_irq_raised(QTest *t, unsigned line)
{
    drain_irqs(t);
    return t->irq_raised[line];
}

/* QMP */

static json_t *qmp_read(QTest *t)
{
    g_autofree char *line = line_read(&t->qmp, "QMP message");
    json_error_t err;
    json_t *message;

    if (!line) {
        g_error("the QMP connection is gone");
    }
    message = json_loads(line, 0, &err);
    if (!message) {
        g_error("not JSON: %s in %s", err.text, line);
    }
    return message;
}

/* The next message that is no event. */
static json_t *qmp_reply(QTest *t)
{
    for (;;) {
        json_t *message = qmp_read(t);

        if (!json_object_get(message, "event")) {
            return message;
        }
        g_queue_push_tail(&t->events, message);
    }
}

json_t *qtest_qmp_text(QTest *t, const char *text)
{
    write_all(t->qmp.fd, text, strlen(text));
    write_all(t->qmp.fd, "\n", 1);
    return qmp_reply(t);
}

json_t *qtest_qmp_try(QTest *t, const char *command, json_t *args)
{
    json_t *request = json_pack("{s:s}", "execute", command);
    g_autofree char *text = NULL;
    char *dump;

    if (args) {
        json_object_set_new(request, "arguments", args);
    }
    dump = json_dumps(request, JSON_COMPACT);
    text = g_strdup(dump);
    free(dump);
    json_decref(request);
    return qtest_qmp_text(t, text);
}

json_t *qtest_qmp(QTest *t, const char *command, json_t *args)
{
    json_t *reply = qtest_qmp_try(t, command, args);
    json_t *ret = json_object_get(reply, "return");

    if (!ret) {
        g_error("%s: %s", command, json_string_value(json_object_get(
            json_object_get(reply, "error"), "desc")));
    }
    json_incref(ret);
    json_decref(reply);
    return ret;
}

char *qtest_qmp_error(QTest *t, const char *command, json_t *args,
                      const char *error_class)
{
    json_t *reply = qtest_qmp_try(t, command, args);
    json_t *error = json_object_get(reply, "error");
    char *desc;

    if (!error) {
        g_error("%s worked but should have failed", command);
    }
    g_assert_cmpstr(json_string_value(json_object_get(error, "class")), ==,
                    error_class);
    desc = g_strdup(json_string_value(json_object_get(error, "desc")));
    json_decref(reply);
    return desc;
}

static json_t *take_event(QTest *t, const char *event)
{
    for (GList *l = t->events.head; l; l = l->next) {
        json_t *message = l->data;
        const char *name = json_string_value(json_object_get(message,
                                                             "event"));

        if (strcmp(name, event) == 0) {
            json_t *data = json_object_get(message, "data");

            data = data ? json_incref(data) : json_null();
            json_decref(message);
            g_queue_delete_link(&t->events, l);
            return data;
        }
    }
    return NULL;
}

json_t *qtest_wait_event(QTest *t, const char *event)
{
    json_t *data;

    while (!(data = take_event(t, event))) {
        json_t *message = qmp_read(t);

        g_assert_nonnull(json_object_get(message, "event"));
        g_queue_push_tail(&t->events, message);
    }
    return data;
}

bool qtest_has_event(QTest *t, const char *event)
{
    json_t *data;

    json_decref(qtest_qmp(t, "query-status", NULL));
    data = take_event(t, event);
    json_decref(data);
    return data != NULL;
}

char *qtest_hmp(QTest *t, const char *fmt, ...)
{
    va_list ap;
    g_autofree char *line = NULL;
    json_t *ret;
    char *text;

    va_start(ap, fmt);
    line = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    ret = qtest_qmp(t, "human-monitor-command",
                    json_pack("{s:s}", "command-line", line));
    text = g_strdup(json_string_value(ret));
    for (char *from = text, *to = text;; from++) {
        if (*from != '\r') {
            *to++ = *from;
        }
        if (!*from) {
            break;
        }
    }
    json_decref(ret);
    return text;
}

#define FIRMWARE_SIZE 65536
#define HLT 0xf4

char *qtest_halting_firmware(void)
{
    g_autofree char *halts = g_malloc(FIRMWARE_SIZE);
    char *path = NULL;
    int fd = g_file_open_tmp("halt-XXXXXX", &path, NULL);

    memset(halts, HLT, FIRMWARE_SIZE);
    g_assert_cmpint(write(fd, halts, FIRMWARE_SIZE), ==, FIRMWARE_SIZE);
    close(fd);
    return path;
}
