/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telnet: RFC 854, with the options ECHO (RFC 857), SUPPRESS-GO-AHEAD (RFC
 * 858) and BINARY (RFC 856).  What the client wants otherwise is ignored.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "telnet.h"

enum {
    TELNET_WILL = 251,
    TELNET_WONT = 252,
    TELNET_DO = 253,
    TELNET_DONT = 254,

    OPTION_BINARY = 0,
    OPTION_ECHO = 1,
    OPTION_NO_GO_AHEAD = 3,
};

const uint8_t telnet_greeting[] = {
    IAC, TELNET_WILL, OPTION_ECHO,
    IAC, TELNET_WILL, OPTION_NO_GO_AHEAD,
    IAC, TELNET_WILL, OPTION_BINARY,
    IAC, TELNET_DO, OPTION_BINARY,
};
const size_t telnet_greeting_size = sizeof(telnet_greeting);

/* The byte after IAC; true if it is data. */
static bool command(TelnetState *state, uint8_t byte, unsigned *breaks)
{
    *state = TELNET_DATA;
    switch (byte) {
    case IAC:
        return true;
    case IAC_BREAK:
    case IAC_IP:
        (*breaks)++;
        return false;
    case IAC_SB:
        *state = TELNET_SUB;
        return false;
    case TELNET_WILL ... TELNET_DONT:
        *state = TELNET_OPTION;
        return false;
    default:
        return false;
    }
}

static bool is_data(TelnetState *state, uint8_t byte, unsigned *breaks)
{
    switch (*state) {
    case TELNET_COMMAND:
        return command(state, byte, breaks);
    case TELNET_OPTION:
        *state = TELNET_DATA;
        return false;
    case TELNET_SUB:
        if (byte == IAC) {
            *state = TELNET_SUB_IAC;
        }
        return false;
    case TELNET_SUB_IAC:
        *state = byte == IAC_SE ? TELNET_DATA : TELNET_SUB;
        return false;
    default:
        if (byte == IAC) {
            *state = TELNET_COMMAND;
            return false;
        }
        return true;
    }
}

size_t telnet_filter(TelnetState *state, uint8_t *buf, size_t len,
                     unsigned *breaks)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (is_data(state, buf[i], breaks)) {
            buf[n++] = buf[i];
        }
    }
    return n;
}

size_t telnet_plain_run(const uint8_t *buf, size_t len)
{
    const uint8_t *iac = memchr(buf, IAC, len);

    return iac ? iac - buf : len;
}
