/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The telnet protocol around a stream of bytes. */
#ifndef CHARDEV_TELNET_H
#define CHARDEV_TELNET_H

/* Where the reader is, between commands and in them. */
typedef enum TelnetState {
    TELNET_DATA,
    TELNET_COMMAND,             /* after IAC */
    TELNET_OPTION,              /* after WILL, WONT, DO, DONT */
    TELNET_SUB,                 /* in a subnegotiation */
    TELNET_SUB_IAC,
} TelnetState;

/* What a server says first: it echoes, character by character, 8 bits. */
extern const uint8_t telnet_greeting[];
extern const size_t telnet_greeting_size;

/*
 * Takes commands out of @buf; what is left is data, its length is returned.
 * Adds to *@breaks for each BREAK.
 */
size_t telnet_filter(TelnetState *state, uint8_t *buf, size_t len,
                     unsigned *breaks);

/* How many bytes from @buf on go out as they are. */
size_t telnet_plain_run(const uint8_t *buf, size_t len);

#endif
