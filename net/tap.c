/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `-netdev tap`: a network interface of the host (Linux, Documentation/
 * networking/tuntap.rst), with the virtio-net header and one client a queue.
 */
#include "qemu/osdep.h"
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "net-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/sockets.h"

#define TUN_DEVICE "/dev/net/tun"
/* Run where no others are named, and these exist. */
#define DEFAULT_SCRIPT "/etc/qemu-ifup"
#define DEFAULT_DOWNSCRIPT "/etc/qemu-ifdown"
/* At most this many packets are taken at one go. */
#define TAP_BURST 64

typedef struct TAPState {
    NetClientState nc;
    int fd;
    bool has_vnet_hdr;          /* the kernel puts one in front */
    bool using_vnet_hdr;        /* so does our peer */
    bool read_paused;           /* until the peer took what it was given */
    bool write_poll;            /* until the kernel takes more */
    bool multi;                 /* a queue of several */
    bool detached;              /* for now, the kernel gives it no packets */
    int host_hdr_len;
    char *down_script, *ifname;
    uint8_t buf[NET_BUFSIZE];
} TAPState;

static void tap_readable(void *opaque);
static void tap_writable(void *opaque);

static void tap_watch(TAPState *s)
{
    qemu_set_fd_handler(s->fd, s->read_paused ? NULL : tap_readable,
                        s->write_poll ? tap_writable : NULL, s);
}

static void tap_writable(void *opaque)
{
    TAPState *s = opaque;

    s->write_poll = false;
    tap_watch(s);
    qemu_flush_queued_packets(&s->nc);
}

static void tap_taken(NetClientState *nc, ssize_t len)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    s->read_paused = false;
    tap_watch(s);
}

static void tap_readable(void *opaque)
{
    TAPState *s = opaque;

    for (int i = 0; i < TAP_BURST; i++) {
        ssize_t n = read(s->fd, s->buf, sizeof(s->buf));
        uint8_t *frame = s->buf;

        if (n <= 0) {
            return;
        }
        if (s->host_hdr_len && !s->using_vnet_hdr) {
            frame += s->host_hdr_len;
            n -= s->host_hdr_len;
        }
        if (n <= 0) {
            continue;
        }
        if (qemu_send_packet_async(&s->nc, frame, n, tap_taken) == 0) {
            s->read_paused = true;
            tap_watch(s);
            return;
        }
    }
}

static ssize_t tap_write(TAPState *s, const struct iovec *iov, int iovcnt)
{
    ssize_t n;

    do {
        n = writev(s->fd, iov, iovcnt);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN) {
        s->write_poll = true;
        tap_watch(s);
        return 0;
    }
    return n;
}

/* A zero header: nothing to be done for this frame. */
static ssize_t tap_write_with_header(TAPState *s, const struct iovec *iov,
                                     int iovcnt)
{
    static const struct virtio_net_hdr_mrg_rxbuf zero;
    g_autofree struct iovec *all = g_new(struct iovec, iovcnt + 1);

    all[0] = (struct iovec) { (void *)&zero, s->host_hdr_len };
    memcpy(all + 1, iov, iovcnt * sizeof(*iov));
    return tap_write(s, all, iovcnt + 1);
}

static ssize_t tap_receive_iov(NetClientState *nc, const struct iovec *iov,
                               int iovcnt)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    if (s->host_hdr_len && !s->using_vnet_hdr) {
        return tap_write_with_header(s, iov, iovcnt);
    }
    return tap_write(s, iov, iovcnt);
}

static ssize_t tap_receive(NetClientState *nc, const uint8_t *buf,
                           size_t size)
{
    struct iovec iov = { (void *)buf, size };

    return tap_receive_iov(nc, &iov, 1);
}

static ssize_t tap_receive_raw(NetClientState *nc, const uint8_t *buf,
                               size_t size)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);
    struct iovec iov = { (void *)buf, size };

    return s->host_hdr_len ? tap_write_with_header(s, &iov, 1)
                           : tap_write(s, &iov, 1);
}

static bool tap_has_ufo(NetClientState *nc)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    return s->has_vnet_hdr &&
           ioctl(s->fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_UFO) == 0;
}

static bool tap_has_vnet_hdr(NetClientState *nc)
{
    return DO_UPCAST(TAPState, nc, nc)->has_vnet_hdr;
}

static bool tap_has_vnet_hdr_len(NetClientState *nc, int len)
{
    return DO_UPCAST(TAPState, nc, nc)->has_vnet_hdr &&
           (len == sizeof(struct virtio_net_hdr) ||
            len == sizeof(struct virtio_net_hdr_mrg_rxbuf));
}

static int tap_get_vnet_hdr_len(NetClientState *nc)
{
    return DO_UPCAST(TAPState, nc, nc)->host_hdr_len;
}

static void tap_set_vnet_hdr_len(NetClientState *nc, int len)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    if (ioctl(s->fd, TUNSETVNETHDRSZ, &len) == 0) {
        s->host_hdr_len = len;
    }
}

static bool tap_get_using_vnet_hdr(NetClientState *nc)
{
    return DO_UPCAST(TAPState, nc, nc)->using_vnet_hdr;
}

static void tap_using_vnet_hdr(NetClientState *nc, bool using)
{
    DO_UPCAST(TAPState, nc, nc)->using_vnet_hdr = using;
}

static int tap_set_vnet_le(NetClientState *nc, bool is_le)
{
    int arg = is_le;

    return ioctl(DO_UPCAST(TAPState, nc, nc)->fd, TUNSETVNETLE, &arg) < 0
           ? -errno : 0;
}

static void tap_set_offload(NetClientState *nc, int csum, int tso4, int tso6,
                            int ecn, int ufo)
{
    unsigned flags = csum ? TUN_F_CSUM | (tso4 ? TUN_F_TSO4 : 0) |
                            (tso6 ? TUN_F_TSO6 : 0) |
                            ((tso4 || tso6) && ecn ? TUN_F_TSO_ECN : 0) |
                            (ufo ? TUN_F_UFO : 0) : 0;
    int fd = DO_UPCAST(TAPState, nc, nc)->fd;

    /* Kernels from 6.2 know UFO again, those between do not. */
    if (ioctl(fd, TUNSETOFFLOAD, flags) < 0) {
        ioctl(fd, TUNSETOFFLOAD, flags & ~TUN_F_UFO);
    }
}

/* Packets are spread over the queues that somebody reads. */
static void tap_poll(NetClientState *nc, bool enable)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);
    struct ifreq ifr = {
        .ifr_flags = enable ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE,
    };

    if (s->multi && s->detached == enable &&
        ioctl(s->fd, TUNSETQUEUE, &ifr) == 0) {
        s->detached = !enable;
    }
}

static bool run_script(const char *script, const char *ifname, Error **errp)
{
    char *argv[] = { (char *)script, (char *)ifname, NULL };
    GError *gerr = NULL;
    int status;

    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                      NULL, &status, &gerr)) {
        error_setg(errp, "could not launch network script: %s",
                   gerr->message);
        g_error_free(gerr);
        return false;
    }
    if (status != 0) {
        error_setg(errp, "network script %s failed with status %d", script,
                   WIFEXITED(status) ? WEXITSTATUS(status) : status);
        return false;
    }
    return true;
}

static void tap_cleanup(NetClientState *nc)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);
    Error *err = NULL;

    if (s->down_script && !run_script(s->down_script, s->ifname, &err)) {
        warn_report_err(err);
    }
    qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
    close(s->fd);
    /* A card may go on asking this client for things. */
    s->fd = -1;
    g_free(s->down_script);
    g_free(s->ifname);
}

static NetClientInfo tap_info = {
    .type = NET_CLIENT_DRIVER_TAP,
    .size = sizeof(TAPState),
    .receive = tap_receive,
    .receive_raw = tap_receive_raw,
    .receive_iov = tap_receive_iov,
    .has_ufo = tap_has_ufo,
    .has_vnet_hdr = tap_has_vnet_hdr,
    .has_vnet_hdr_len = tap_has_vnet_hdr_len,
    .get_using_vnet_hdr = tap_get_using_vnet_hdr,
    .using_vnet_hdr = tap_using_vnet_hdr,
    .set_offload = tap_set_offload,
    .get_vnet_hdr_len = tap_get_vnet_hdr_len,
    .set_vnet_hdr_len = tap_set_vnet_hdr_len,
    .set_vnet_le = tap_set_vnet_le,
    .poll = tap_poll,
    .cleanup = tap_cleanup,
};

static TAPState *tap_new(const char *name, NetClientState *peer, int fd,
                         bool vnet_hdr)
{
    NetClientState *nc = qemu_new_net_client(&tap_info, peer, "tap", name);
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    s->fd = fd;
    s->has_vnet_hdr = vnet_hdr;
    s->host_hdr_len = vnet_hdr ? sizeof(struct virtio_net_hdr) : 0;
    if (vnet_hdr) {
        ioctl(fd, TUNSETVNETHDRSZ, &s->host_hdr_len);
    }
    qemu_socket_set_nonblock(fd);
    tap_set_offload(nc, 0, 0, 0, 0, 0);
    tap_watch(s);
    return s;
}

/* *@vnet_hdr: wanted, and whether it was given. */
static int tap_open(char *ifname, bool *vnet_hdr, bool required, bool multi,
                    Error **errp)
{
    int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC);
    struct ifreq ifr = { 0 };
    unsigned features = 0;

    if (fd < 0) {
        error_setg_errno(errp, errno, "could not open %s", TUN_DEVICE);
        return -1;
    }
    ioctl(fd, TUNGETFEATURES, &features);
    ifr.ifr_flags = IFF_TAP | IFF_NO_PI | (multi ? IFF_MULTI_QUEUE : 0);
    *vnet_hdr = *vnet_hdr && (features & IFF_VNET_HDR);
    if (required && !*vnet_hdr) {
        error_setg(errp, "vnet_hdr=1 requested, but no kernel support for "
                   "IFF_VNET_HDR available");
        close(fd);
        return -1;
    }
    ifr.ifr_flags |= *vnet_hdr ? IFF_VNET_HDR : 0;
    g_strlcpy(ifr.ifr_name, *ifname ? ifname : "tap%d", IFNAMSIZ);
    if (ioctl(fd, TUNSETIFF, &ifr) < 0) {
        error_setg_errno(errp, errno, "could not configure %s (%s)",
                         TUN_DEVICE, ifr.ifr_name);
        close(fd);
        return -1;
    }
    g_strlcpy(ifname, ifr.ifr_name, IFNAMSIZ);
    return fd;
}

/* What there is of it, after an error. */
static void tap_forget(const char *name)
{
    NetClientState *nc = qemu_find_netdev(name);

    if (nc) {
        qemu_del_net_client(nc);
    }
}

/* Interfaces that somebody else opened: fd= for one queue, fds= for more. */
static bool tap_from_fds(json_t *opts, const char *name, NetClientState *peer,
                         const char *list, Error **errp)
{
    static const char *const ours[] = {
        "ifname", "script", "downscript", "queues", "vnet_hdr", NULL
    };
    g_auto(GStrv) fds = g_strsplit(list, ":", MAX_QUEUE_NUM);

    for (unsigned i = 0; ours[i]; i++) {
        if (json_object_get(opts, ours[i])) {
            error_setg(errp, "%s= is invalid with fd= or fds=", ours[i]);
            return false;
        }
    }
    for (unsigned i = 0; fds[i]; i++) {
        int fd = fd_from_name(fds[i], errp);
        struct ifreq ifr = { 0 };
        TAPState *s;

        if (fd < 0) {
            goto fail;
        }
        if (ioctl(fd, TUNGETIFF, &ifr) < 0) {
            error_setg_errno(errp, errno, "fd=%s is no tap interface",
                             fds[i]);
            goto fail;
        }
        s = tap_new(name, i ? NULL : peer, fd, ifr.ifr_flags & IFF_VNET_HDR);
        s->multi = ifr.ifr_flags & IFF_MULTI_QUEUE;
        qemu_set_info_str(&s->nc, "fd=%d", fd);
    }
    return true;
fail:
    tap_forget(name);
    return false;
}

/* The script that an option names: a default, none ("no"), or its value. */
static const char *script_of(json_t *opts, const char *key,
                             const char *default_script)
{
    const char *path = net_opt_str(opts, key);

    if (!path) {
        return access(default_script, X_OK) == 0 ? default_script : NULL;
    }
    return *path && strcmp(path, "no") != 0 ? path : NULL;
}

/* Bytes the kernel keeps for us before we have to wait; 0: as many as it can. */
static bool set_sndbuf(json_t *opts, const char *name, Error **errp)
{
    int64_t value = 0;
    int bytes;

    if (!net_opt_int(opts, "sndbuf", 0, INT64_MAX, &value, errp)) {
        return false;
    }
    bytes = value ? MIN(value, INT_MAX) : INT_MAX;
    for (NetClientState *nc = qemu_find_netdev(name); nc;
         nc = QTAILQ_NEXT(nc, next)) {
        if (nc->info == &tap_info && strcmp(nc->name, name) == 0 &&
            ioctl(DO_UPCAST(TAPState, nc, nc)->fd, TUNSETSNDBUF,
                  &bytes) < 0 && value) {
            error_setg_errno(errp, errno, "TUNSETSNDBUF ioctl failed");
            return false;
        }
    }
    return true;
}

static bool check_vhost(json_t *opts, Error **errp)
{
    bool vhost = false;

    if (!json_opt_bool(opts, "vhost", &vhost, errp)) {
        return false;
    }
    if (vhost) {
        error_setg(errp, "Parameter 'vhost' is not supported: packets go "
                   "through this program");
    }
    return !vhost;
}

bool net_init_tap(json_t *opts, const char *name, NetClientState *peer,
                  Error **errp)
{
    static const char *const known[] = {
        "ifname", "fd", "fds", "script", "downscript", "sndbuf", "vnet_hdr",
        "queues", "vhost", NULL
    };
    const char *fds = net_opt_str(opts, "fds") ? net_opt_str(opts, "fds")
                                               : net_opt_str(opts, "fd");
    const char *script = script_of(opts, "script", DEFAULT_SCRIPT);
    const char *downscript = script_of(opts, "downscript",
                                       DEFAULT_DOWNSCRIPT);
    char ifname[IFNAMSIZ] = "";
    bool vnet_hdr = true;
    int64_t queues = 1;

    if (!net_opts_check(opts, known, errp) || !check_vhost(opts, errp) ||
        !json_opt_bool(opts, "vnet_hdr", &vnet_hdr, errp) ||
        !net_opt_int(opts, "queues", 1, MAX_QUEUE_NUM, &queues, errp)) {
        return false;
    }
    if (fds) {
        if (!tap_from_fds(opts, name, peer, fds, errp)) {
            return false;
        }
        if (!set_sndbuf(opts, name, errp)) {
            tap_forget(name);
            return false;
        }
        return true;
    }
    if (net_opt_str(opts, "ifname")) {
        g_strlcpy(ifname, net_opt_str(opts, "ifname"), IFNAMSIZ);
    }
    for (int64_t i = 0; i < queues; i++) {
        int fd = tap_open(ifname, &vnet_hdr, json_object_get(opts, "vnet_hdr")
                          && vnet_hdr, queues > 1, errp);
        TAPState *s;

        if (fd < 0) {
            tap_forget(name);
            return false;
        }
        s = tap_new(name, i ? NULL : peer, fd, vnet_hdr);
        qemu_set_info_str(&s->nc, "ifname=%s,script=%s,downscript=%s", ifname,
                          script && !i ? script : "no",
                          downscript && !i ? downscript : "no");
        s->multi = queues > 1;
        s->ifname = g_strdup(ifname);
        if (i == 0 && downscript) {
            s->down_script = g_strdup(downscript);
        }
    }
    if (!set_sndbuf(opts, name, errp) ||
        (script && !run_script(script, ifname, errp))) {
        tap_forget(name);
        return false;
    }
    return true;
}
