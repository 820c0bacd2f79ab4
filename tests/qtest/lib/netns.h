/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network namespace for the test program and the emulators it starts, where
 * it may make interfaces and listen on any port.
 */
#ifndef TESTS_QTEST_NETNS_H
#define TESTS_QTEST_NETNS_H

#include "qemu/osdep.h"

/*
 * Moves this program to namespaces of its own, with the loopback interface up
 * and 127.0.0.1 as the only name server.  To be called before anything makes
 * a thread.  Returns NULL, or why that is not permitted here.
 */
const char *netns_enter(void);

/* Gives an interface that exists an address, and brings it up. */
bool netns_configure(const char *ifname, uint32_t ip, uint32_t mask);
/* Its hardware address. */
void netns_mac(const char *ifname, uint8_t mac[6]);

/* A neighbour there that need not be asked for. */
void netns_neighbour(const char *ifname, uint32_t ip, const uint8_t mac[6]);

/* A port of that socket type that nobody had a moment ago. */
uint16_t netns_free_port(int type);

/*
 * Servers on 127.0.0.1 (or any address), each in a thread, for as long as the
 * program runs.  The HTTP server answers GET requests with @body and returns
 * its port; the other answers all questions for A records on port 53.
 */
uint16_t netns_http_server(const char *body, size_t len);
bool netns_dns_server(const char *name, uint32_t ip);

#endif
