/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces and servers for tests of networks (netns.h). */
#include "netns.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include "qemu/bswap.h"

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == strlen(text);

    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* As root; without being it, as root of a user namespace. */
static bool unshare_all(void)
{
    g_autofree char *uids = g_strdup_printf("0 %d 1", (int)getuid());
    g_autofree char *gids = g_strdup_printf("0 %d 1", (int)getgid());

    if (unshare(CLONE_NEWNET | CLONE_NEWNS) == 0) {
        return true;
    }
    return unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == 0 &&
           write_text("/proc/self/setgroups", "deny") &&
           write_text("/proc/self/uid_map", uids) &&
           write_text("/proc/self/gid_map", gids);
}

static bool set_flags(int fd, const char *ifname)
{
    struct ifreq ifr = { .ifr_flags = IFF_UP | IFF_RUNNING };

    g_strlcpy(ifr.ifr_name, ifname, IFNAMSIZ);
    return ioctl(fd, SIOCSIFFLAGS, &ifr) == 0;
}

static bool set_address(int fd, const char *ifname, int request, uint32_t ip)
{
    struct ifreq ifr = { 0 };
    struct sockaddr_in *sin = (struct sockaddr_in *)&ifr.ifr_addr;

    g_strlcpy(ifr.ifr_name, ifname, IFNAMSIZ);
    sin->sin_family = AF_INET;
    sin->sin_addr.s_addr = htonl(ip);
    return ioctl(fd, request, &ifr) == 0;
}

bool netns_configure(const char *ifname, uint32_t ip, uint32_t mask)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bool ok = fd >= 0 && set_address(fd, ifname, SIOCSIFADDR, ip) &&
              set_address(fd, ifname, SIOCSIFNETMASK, mask) &&
              set_flags(fd, ifname);

    close(fd);
    return ok;
}

void netns_mac(const char *ifname, uint8_t mac[6])
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq ifr = { 0 };

    g_strlcpy(ifr.ifr_name, ifname, IFNAMSIZ);
    g_assert_cmpint(ioctl(fd, SIOCGIFHWADDR, &ifr), ==, 0);
    memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
    close(fd);
}

void netns_neighbour(const char *ifname, uint32_t ip, const uint8_t mac[6])
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct arpreq arp = { .arp_flags = ATF_COM | ATF_PERM };
    struct sockaddr_in *sin = (struct sockaddr_in *)&arp.arp_pa;

    sin->sin_family = AF_INET;
    sin->sin_addr.s_addr = htonl(ip);
    arp.arp_ha.sa_family = ARPHRD_ETHER;
    memcpy(arp.arp_ha.sa_data, mac, 6);
    g_strlcpy(arp.arp_dev, ifname, sizeof(arp.arp_dev));
    g_assert_cmpint(ioctl(fd, SIOCSARP, &arp), ==, 0);
    close(fd);
}

/* The name server of the machine is out of reach here. */
static bool replace_resolv_conf(void)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("resolv-XXXXXX", &path, NULL);
    bool ok = fd >= 0 && write_text(path, "nameserver 127.0.0.1\n") &&
              mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
              mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;

    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    return ok;
}

const char *netns_enter(void)
{
    int fd;
    bool up;

    if (!unshare_all()) {
        return "namespaces are not permitted here";
    }
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    up = set_flags(fd, "lo");
    close(fd);
    if (!up || !replace_resolv_conf()) {
        return "a namespace cannot be configured here";
    }
    return NULL;
}

/*** Servers ***/

static int bind_any(int type, uint16_t port, uint16_t *bound)
{
    struct sockaddr_in sin = {
        .sin_family = AF_INET, .sin_port = htons(port),
    };
    socklen_t len = sizeof(sin);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&sin, len) < 0 ||
        getsockname(fd, (struct sockaddr *)&sin, &len) < 0) {
        return -1;
    }
    if (bound) {
        *bound = ntohs(sin.sin_port);
    }
    return fd;
}

uint16_t netns_free_port(int type)
{
    uint16_t port = 0;
    int fd = bind_any(type, 0, &port);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    return port;
}

typedef struct HttpServer {
    int fd;
    GByteArray *reply;
} HttpServer;

static void answer_http(const HttpServer *s, int fd)
{
    g_autoptr(GString) request = g_string_new(NULL);
    size_t done = 0;
    char buf[512];
    ssize_t n;

    while (!strstr(request->str, "\r\n\r\n") &&
           (n = read(fd, buf, sizeof(buf))) > 0) {
        g_string_append_len(request, buf, n);
    }
    while (g_str_has_prefix(request->str, "GET /") && done < s->reply->len &&
           (n = send(fd, s->reply->data + done, s->reply->len - done,
                     MSG_NOSIGNAL)) > 0) {
        done += n;
    }
    shutdown(fd, SHUT_WR);
    while (read(fd, buf, sizeof(buf)) > 0) {
        continue;
    }
    close(fd);
}

static gpointer http_thread(gpointer opaque)
{
    HttpServer *s = opaque;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        answer_http(s, fd);
    }
    return NULL;
}

uint16_t netns_http_server(const char *body, size_t len)
{
    static const char head[] = "HTTP/1.0 200 OK\r\n"
                               "Content-Type: text/plain\r\n\r\n";
    HttpServer *s = g_new0(HttpServer, 1);
    uint16_t port = 0;

    s->fd = bind_any(SOCK_STREAM, 0, &port);
    g_assert_cmpint(s->fd, >=, 0);
    g_assert_cmpint(listen(s->fd, 8), ==, 0);
    s->reply = g_byte_array_new();
    g_byte_array_append(s->reply, (const uint8_t *)head, strlen(head));
    g_byte_array_append(s->reply, (const uint8_t *)body, len);
    g_thread_unref(g_thread_new("http", http_thread, s));
    return port;
}

typedef struct DnsServer {
    int fd;
    char *name;
    uint32_t ip;
} DnsServer;

/* The question's name with dots; where it ends, or 0. */
static size_t question_name(const uint8_t *msg, size_t len, GString *name)
{
    size_t at = 12;

    while (at < len && msg[at] && at + 1 + msg[at] < len) {
        if (name->len) {
            g_string_append_c(name, '.');
        }
        g_string_append_len(name, (const char *)msg + at + 1, msg[at]);
        at += 1 + msg[at];
    }
    return at + 5 <= len ? at + 5 : 0;
}

static gpointer dns_thread(gpointer opaque)
{
    DnsServer *s = opaque;
    struct sockaddr_in from;
    uint8_t msg[512 + 16];

    for (;;) {
        g_autoptr(GString) name = g_string_new(NULL);
        socklen_t from_len = sizeof(from);
        ssize_t len = recvfrom(s->fd, msg, 512, 0, (struct sockaddr *)&from,
                               &from_len);
        size_t end = len >= 12 ? question_name(msg, len, name) : 0;
        bool known = end && !g_ascii_strcasecmp(name->str, s->name);

        if (len < 0) {
            return NULL;
        }
        if (!end) {
            continue;
        }
        msg[2] |= 0x80;
        msg[3] = known ? 0x80 : 0x83;
        stw_be_p(msg + 6, known);
        if (known) {
            stw_be_p(msg + end, 0xc00c);
            stw_be_p(msg + end + 2, 1);
            stw_be_p(msg + end + 4, 1);
            stl_be_p(msg + end + 6, 60);
            stw_be_p(msg + end + 10, 4);
            stl_be_p(msg + end + 12, s->ip);
            end += 16;
        }
        sendto(s->fd, msg, end, 0, (struct sockaddr *)&from, from_len);
    }
}

bool netns_dns_server(const char *name, uint32_t ip)
{
    DnsServer *s = g_new0(DnsServer, 1);

    s->fd = bind_any(SOCK_DGRAM, 53, NULL);
    if (s->fd < 0) {
        g_free(s);
        return false;
    }
    s->name = g_strdup(name);
    s->ip = ip;
    g_thread_unref(g_thread_new("dns", dns_thread, s));
    return true;
}
