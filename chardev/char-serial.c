/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serial: a serial line of the host, or another terminal.  Rate, format,
 * break and modem lines of a serial port become those of the line.
 */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <termios.h>
#include "char-impl.h"
#include "chardev/char-serial.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/module.h"

/* The lines that a port drives; the rest are read. */
#define OUTPUT_LINES (TIOCM_DTR | TIOCM_RTS)

static const struct {
    int rate;
    speed_t speed;
} speeds[] = {
#define SPEED(rate) { rate, B##rate }
    SPEED(50), SPEED(75), SPEED(110), SPEED(134), SPEED(150), SPEED(200),
    SPEED(300), SPEED(600), SPEED(1200), SPEED(1800), SPEED(2400),
    SPEED(4800), SPEED(9600), SPEED(19200), SPEED(38400), SPEED(57600),
    SPEED(115200), SPEED(230400), SPEED(460800), SPEED(500000),
    SPEED(576000), SPEED(921600), SPEED(1000000), SPEED(1152000),
    SPEED(1500000), SPEED(2000000), SPEED(2500000), SPEED(3000000),
    SPEED(3500000), SPEED(4000000),
#undef SPEED
};

/* A divisor gives 38461 where 38400 is meant: what is nearest is meant. */
static speed_t nearest_speed(int rate)
{
    int best = 0;

    for (int i = 1; i < ARRAY_SIZE(speeds); i++) {
        if (abs(speeds[i].rate - rate) < abs(speeds[best].rate - rate)) {
            best = i;
        }
    }
    return speeds[best].speed;
}

static tcflag_t control_flags(const QEMUSerialSetParams *p)
{
    static const tcflag_t sizes[] = { CS5, CS6, CS7, CS8 };
    tcflag_t flags = CREAD | CLOCAL |
                     sizes[MAX(0, MIN(p->data_bits - 5, 3))];

    if (p->parity != 'N') {
        flags |= PARENB | (p->parity == 'O' ? PARODD : 0);
    }
    return p->stop_bits == 2 ? flags | CSTOPB : flags;
}

/* Bytes pass as they are. */
static int set_params(int fd, const QEMUSerialSetParams *p)
{
    struct termios tty;

    if (tcgetattr(fd, &tty) < 0) {
        return -errno;
    }
    cfmakeraw(&tty);
    tty.c_cflag &= ~(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
    tty.c_cflag |= control_flags(p);
    cfsetispeed(&tty, nearest_speed(p->speed));
    cfsetospeed(&tty, nearest_speed(p->speed));
    return tcsetattr(fd, TCSANOW, &tty) < 0 ? -errno : 0;
}

/* Terminals that are no serial lines have none. */
static int get_lines(int fd, int *lines)
{
    static const struct {
        int host, guest;
    } names[] = {
        { TIOCM_CTS, CHR_TIOCM_CTS }, { TIOCM_CAR, CHR_TIOCM_CAR },
        { TIOCM_DSR, CHR_TIOCM_DSR }, { TIOCM_RI, CHR_TIOCM_RI },
        { TIOCM_DTR, CHR_TIOCM_DTR }, { TIOCM_RTS, CHR_TIOCM_RTS },
    };
    int host;

    if (ioctl(fd, TIOCMGET, &host) < 0) {
        return -ENOTSUP;
    }
    *lines = 0;
    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        *lines |= host & names[i].host ? names[i].guest : 0;
    }
    return 0;
}

static int set_lines(int fd, int lines)
{
    int host;

    if (ioctl(fd, TIOCMGET, &host) < 0) {
        return -ENOTSUP;
    }
    host = (host & ~OUTPUT_LINES) |
           (lines & CHR_TIOCM_DTR ? TIOCM_DTR : 0) |
           (lines & CHR_TIOCM_RTS ? TIOCM_RTS : 0);
    return ioctl(fd, TIOCMSET, &host) < 0 ? -errno : 0;
}

static int serial_ioctl(Chardev *chr, int cmd, void *arg)
{
    int fd = chr_fd(chr);

    switch (cmd) {
    case CHR_IOCTL_SERIAL_SET_PARAMS:
        return set_params(fd, arg);
    case CHR_IOCTL_SERIAL_SET_BREAK:
        return ioctl(fd, *(int *)arg ? TIOCSBRK : TIOCCBRK) < 0 ? -errno : 0;
    case CHR_IOCTL_SERIAL_GET_TIOCM:
        return get_lines(fd, arg);
    case CHR_IOCTL_SERIAL_SET_TIOCM:
        return set_lines(fd, *(int *)arg);
    default:
        return -ENOTSUP;
    }
}

static void serial_open(Chardev *chr, json_t *data, bool *be_opened,
                        Error **errp)
{
    const char *device = json_get_str(data, "device");
    const QEMUSerialSetParams at_first = { 115200, 'N', 8, 1 };
    int fd, ret;

    if (!chr_require(data, "device", errp)) {
        return;
    }
    fd = qemu_open_old(device, O_RDWR | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        error_setg_file_open(errp, errno, device);
        return;
    }
    ret = set_params(fd, &at_first);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "'%s' is no serial line", device);
        qemu_close(fd);
        return;
    }
    qemu_chr_open_fd(chr, fd, fd);
    g_free(chr->filename);
    chr->filename = g_strdup("serial");
}

static void serial_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = serial_open;
    CHARDEV_CLASS(oc)->chr_ioctl = serial_ioctl;
}

static const TypeInfo serial_types[] = {
    {
        .name = TYPE_CHARDEV_SERIAL,
        .parent = TYPE_CHARDEV_FD,
        .class_init = serial_class_init,
    },
};
DEFINE_TYPES(serial_types)
