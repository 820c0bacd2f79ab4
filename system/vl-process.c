/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options about the process: its name, its pid file, its life in the
 * background, its signals, and how it speaks and ends.
 */
#include "qemu/osdep.h"
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "monitor/monitor-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-types.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"
#include "qemu/option.h"
#include "qemu/uuid.h"
#include "sysemu/runstate.h"
#include "sysemu/watchdog.h"
#include "sysemu/sysemu.h"
#include "vl.h"

/*** Names ***/

/* guest=NAME,process=NAME,debug-threads=on|off */
void vl_opt_name(const char *arg, Error **errp)
{
    static const char *const keys[] = {
        "guest", "process", "debug-threads", NULL,
    };
    json_t *opts = keyval_parse_flat(arg, "guest", NULL, errp);
    const char *process;
    bool debug_threads = false;

    if (!opts) {
        return;
    }
    process = json_get_str(opts, "process");
    if (vl_check_keys(opts, keys, errp) &&
        vl_get_switch(opts, "debug-threads", &debug_threads, errp)) {
        if (json_get_str(opts, "guest")) {
            qemu_name = g_strdup(json_get_str(opts, "guest"));
            error_guest_name = qemu_name;
        }
        qemu_thread_naming(debug_threads);
        if (process) {
            prctl(PR_SET_NAME, (unsigned long)process, 0, 0, 0);
        }
    }
    json_decref(opts);
}

void vl_opt_uuid(const char *arg, Error **errp)
{
    if (qemu_uuid_parse(arg, &qemu_uuid) < 0) {
        error_setg(errp, "failed to parse UUID string: wrong format");
        return;
    }
    qemu_uuid_set = true;
}

/*** Messages and ends ***/

void vl_opt_msg(const char *arg, Error **errp)
{
    static const char *const keys[] = { "timestamp", "guest-name", NULL };
    json_t *opts = keyval_parse_flat(arg, NULL, NULL, errp);

    if (opts) {
        if (vl_check_keys(opts, keys, errp) &&
            vl_get_switch(opts, "timestamp", &message_with_timestamp, errp)) {
            vl_get_switch(opts, "guest-name", &error_with_guestname, errp);
        }
        json_decref(opts);
    }
}

static const struct {
    const char *key;
    const QEnumLookup *lookup;
    int *action;
} actions[] = {
    { "reboot", &RebootAction_lookup, (int *)&reboot_action },
    { "shutdown", &ShutdownAction_lookup, (int *)&shutdown_action },
    { "panic", &PanicAction_lookup, (int *)&panic_action },
    { "watchdog", &WatchdogAction_lookup, (int *)&watchdog_action },
};

void vl_opt_action(const char *arg, Error **errp)
{
    static const char *const keys[] = { "reboot", "shutdown", "panic",
                                        "watchdog", NULL };
    json_t *opts = keyval_parse_flat(arg, NULL, NULL, errp);

    if (!opts || !vl_check_keys(opts, keys, errp)) {
        json_decref(opts);
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(actions); i++) {
        const char *value = json_get_str(opts, actions[i].key);
        int action = value ? qapi_enum_parse(actions[i].lookup, value, -1,
                                             NULL) : -1;

        if (value && action < 0) {
            error_setg(errp, "Parameter '%s' does not accept value '%s'",
                       actions[i].key, value);
            break;
        }
        if (value) {
            *actions[i].action = action;
        }
    }
    json_decref(opts);
}

void vl_opt_watchdog_action(const char *arg, Error **errp)
{
    int action = qapi_enum_parse(&WatchdogAction_lookup, arg, -1, NULL);

    if (action < 0) {
        error_setg(errp, "Unknown -watchdog-action parameter '%s'", arg);
        return;
    }
    watchdog_action = action;
}

void vl_opt_sandbox(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse_flat(arg, "enable", NULL, errp);
    bool enable = false;

    if (opts && vl_get_switch(opts, "enable", &enable, errp) && enable) {
        error_setg(errp, "there is no system call filter in this program");
    }
    json_decref(opts);
}

void vl_opt_overcommit(const char *arg, Error **errp)
{
    static const char *const keys[] = { "mem-lock", "cpu-pm", NULL };
    json_t *opts = keyval_parse_flat(arg, NULL, NULL, errp);
    bool lock = false;

    if (opts && vl_check_keys(opts, keys, errp) &&
        vl_get_switch(opts, "mem-lock", &lock, errp) &&
        vl_get_switch(opts, "cpu-pm", &enable_cpu_pm, errp) && lock) {
        error_setg(errp, "mem-lock is not supported by this program");
    }
    json_decref(opts);
}

/*** Descriptors from our parent ***/

void vl_opt_add_fd(const char *arg, Error **errp)
{
    static const char *const keys[] = { "fd", "set", "opaque", NULL };
    json_t *opts = keyval_parse_flat(arg, NULL, NULL, errp);
    const char *opaque;
    uint64_t fd, set;
    int flags, dup_fd;

    if (!opts || !vl_check_keys(opts, keys, errp)) {
        goto out;
    }
    opaque = json_get_str(opts, "opaque");
    if (!json_has(opts, "fd") || !json_has(opts, "set")) {
        error_setg(errp, "fd and set are required");
        goto out;
    }
    if (!parse_option_number("fd", json_get_str(opts, "fd"), &fd, errp) ||
        !parse_option_number("set", json_get_str(opts, "set"), &set, errp)) {
        goto out;
    }
    if (fd <= STDERR_FILENO) {
        error_setg(errp, "fd cannot be a standard I/O stream");
        goto out;
    }
    flags = fd <= INT_MAX ? fcntl(fd, F_GETFD) : -1;
    if (flags == -1 || (flags & FD_CLOEXEC)) {
        error_setg(errp, "fd is not valid or already in use");
        goto out;
    }
    dup_fd = qemu_dup(fd);
    if (dup_fd == -1) {
        error_setg_errno(errp, errno, "error duplicating fd");
        goto out;
    }
    if (monitor_fdset_add(true, set, dup_fd, opaque, errp) < 0) {
        close(dup_fd);
    }
out:
    json_decref(opts);
}

/*** Background ***/

static int parent_pipe = -1;

/*
 * Two forks: the child of the first leads a session, the second is no leader
 * and so gets no terminal.  The first process stays until the last one says
 * that it is ready, and ends with status 1 if that ends before.
 */
bool vl_daemonize(Error **errp)
{
    int fds[2];
    pid_t pid;

    if (pipe2(fds, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
        error_setg_errno(errp, errno, "cannot go to the background");
        return false;
    }
    if (pid > 0) {
        ssize_t len;
        uint8_t ready;

        close(fds[1]);
        do {
            len = read(fds[0], &ready, 1);
        } while (len < 0 && errno == EINTR);
        _exit(len == 1 && ready == 0 ? 0 : 1);
    }
    close(fds[0]);
    parent_pipe = fds[1];
    setsid();
    pid = fork();
    if (pid != 0) {
        _exit(pid < 0);
    }
    umask(027);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
    return true;
}

void vl_daemon_ready(void)
{
    uint8_t ready = 0;
    int null;

    if (parent_pipe < 0) {
        return;
    }
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (chdir("/") < 0 || null < 0) {
        error_report("cannot leave the terminal: %s", strerror(errno));
        exit(1);
    }
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (!vl.log_file) {
        dup2(null, STDERR_FILENO);
    }
    close(null);
    while (write(parent_pipe, &ready, 1) < 0 && errno == EINTR) {
        /* again */
    }
    close(parent_pipe);
    parent_pipe = -1;
}

/*** Pid file ***/

static char *pidfile_path;

static void remove_pidfile(Notifier *n, void *data)
{
    unlink(pidfile_path);
}

void vl_opt_pidfile(const char *arg, Error **errp)
{
    vl.pidfile = arg;
}

/* The lock on the file is held as long as we live. */
bool vl_write_pidfile(Error **errp)
{
    static Notifier at_exit = { .notify = remove_pidfile };
    g_autofree char *text = g_strdup_printf("%d\n", (int)getpid());
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    size_t len = strlen(text);
    int fd;

    if (!vl.pidfile) {
        return true;
    }
    fd = open(vl.pidfile, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        error_setg_errno(errp, errno, "cannot create PID file: "
                         "Could not create '%s'", vl.pidfile);
        return false;
    }
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
        error_setg(errp, "cannot create PID file: Cannot lock pid file");
        close(fd);
        return false;
    }
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, len, 0) != len) {
        error_setg_errno(errp, errno, "cannot create PID file: "
                         "Failed to write pid file");
        unlink(vl.pidfile);
        close(fd);
        return false;
    }
    pidfile_path = realpath(vl.pidfile, NULL);
    if (pidfile_path) {
        qemu_add_exit_notifier(&at_exit);
    }
    return true;
}

/*** Signals ***/

static void on_termination(int signal, siginfo_t *info, void *context)
{
    qemu_system_killed(info->si_signo, info->si_pid);
}

void vl_catch_signals(void)
{
    struct sigaction act = {
        .sa_sigaction = on_termination,
        .sa_flags = SA_SIGINFO,
    };

    sigaction(SIGINT, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
}
