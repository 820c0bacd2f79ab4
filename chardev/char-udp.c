/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udp: what is written at once is a datagram; bytes of datagrams that come
 * are handed on as the front end takes them.  Nobody is ever connected.
 */
#include "qemu/osdep.h"
#include <glib-unix.h>
#include "char-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/module.h"
#include "qemu/sockets.h"

OBJECT_DECLARE_SIMPLE_TYPE(UdpChardev, CHARDEV_UDP)

/* The largest payload there is. */
#define DATAGRAM_MAX 65536

struct UdpChardev {
    Chardev parent;

    int fd;
    uint8_t *buf;               /* the last datagram */
    size_t length, taken;
};

static int udp_write(Chardev *chr, const uint8_t *buf, int len)
{
    /* A port that nobody listens on is reported for the datagram before. */
    ssize_t n = RETRY_ON_EINTR(send(CHARDEV_UDP(chr)->fd, buf, len,
                                    MSG_NOSIGNAL));

    return n < 0 && errno == ECONNREFUSED ? len : n;
}

static void hand_on(UdpChardev *s)
{
    Chardev *chr = CHARDEV(s);

    while (s->taken < s->length) {
        int room = qemu_chr_be_can_write(chr);
        int n = MIN((size_t)MAX(room, 0), s->length - s->taken);

        if (n == 0) {
            return;
        }
        /* The front end may ask for more from in here. */
        s->taken += n;
        qemu_chr_be_write(chr, s->buf + s->taken - n, n);
    }
}

static gboolean udp_readable(gint fd, GIOCondition cond, gpointer opaque)
{
    UdpChardev *s = opaque;
    ssize_t n;

    if (s->taken == s->length) {
        n = recv(fd, s->buf, DATAGRAM_MAX, 0);
        s->taken = 0;
        s->length = MAX(n, 0);
    }
    hand_on(s);
    return G_SOURCE_CONTINUE;
}

static void udp_accept_input(Chardev *chr)
{
    hand_on(CHARDEV_UDP(chr));
}

static void udp_update_read_handler(Chardev *chr)
{
    UdpChardev *s = CHARDEV_UDP(chr);

    hand_on(s);
    chr_watch_input(chr, s->fd, false, udp_readable);
}

static GSource *udp_add_watch(Chardev *chr, GIOCondition cond)
{
    return g_unix_fd_source_new(CHARDEV_UDP(chr)->fd, cond);
}

static void udp_open(Chardev *chr, json_t *data, bool *be_opened,
                     Error **errp)
{
    UdpChardev *s = CHARDEV_UDP(chr);
    json_t *local_json = json_object_get(data, "local");
    g_autoptr(SocketAddress) remote = NULL;
    g_autoptr(SocketAddress) local = NULL;

    remote = socket_address_from_json(json_object_get(data, "remote"), errp);
    if (!remote) {
        return;
    }
    if (local_json) {
        local = socket_address_from_json(local_json, errp);
        if (!local) {
            return;
        }
    }
    s->fd = socket_dgram(remote, local, errp);
    if (s->fd < 0) {
        return;
    }
    qemu_socket_set_nonblock(s->fd);
    s->buf = g_malloc(DATAGRAM_MAX);
    g_free(chr->filename);
    chr->filename = g_strdup("udp");
    qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT);
    *be_opened = false;         /* as in QEMU: there is no other end */
}

static void udp_init(Object *obj)
{
    CHARDEV_UDP(obj)->fd = -1;
}

static void udp_finalize(Object *obj)
{
    UdpChardev *s = CHARDEV_UDP(obj);

    chr_watch_input(CHARDEV(obj), -1, false, NULL);
    if (s->fd >= 0) {
        close(s->fd);
    }
    g_free(s->buf);
}

static void udp_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->open = udp_open;
    cc->chr_write = udp_write;
    cc->chr_add_watch = udp_add_watch;
    cc->chr_update_read_handler = udp_update_read_handler;
    cc->chr_accept_input = udp_accept_input;
}

static const TypeInfo udp_types[] = {
    {
        .name = TYPE_CHARDEV_UDP,
        .parent = TYPE_CHARDEV,
        .instance_size = sizeof(UdpChardev),
        .instance_init = udp_init,
        .instance_finalize = udp_finalize,
        .class_init = udp_class_init,
    },
};
DEFINE_TYPES(udp_types)
