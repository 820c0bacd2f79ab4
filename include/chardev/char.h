/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character devices: byte streams between the machine (or the monitor) and
 * the outside.  A Chardev is the outer end; whoever talks through it holds a
 * CharBackend (chardev/char-fe.h) on it.
 */
#ifndef QEMU_CHAR_H
#define QEMU_CHAR_H

#include <jansson.h>

#include "qemu/bitmap.h"
#include "qemu/thread.h"
#include "qom/object.h"

#define IAC_EOR 239
#define IAC_SE 240
#define IAC_NOP 241
#define IAC_BREAK 243
#define IAC_IP 244
#define IAC_SB 250
#define IAC 255

typedef enum {
    CHR_EVENT_BREAK,
    CHR_EVENT_OPENED,
    CHR_EVENT_MUX_IN,           /* this end of a multiplexer has the focus */
    CHR_EVENT_MUX_OUT,          /* and no longer */
    CHR_EVENT_CLOSED,
} QEMUChrEvent;

#define CHR_READ_BUF_LEN 4096

typedef enum {
    /* What happens at the other end is replayed: not offered here. */
    QEMU_CHAR_FEATURE_REPLAY,
    /* The other end can come back after it went. */
    QEMU_CHAR_FEATURE_RECONNECTABLE,
    /* File descriptors can be passed. */
    QEMU_CHAR_FEATURE_FD_PASS,
    /* The handlers can run in another GMainContext. */
    QEMU_CHAR_FEATURE_GCONTEXT,
    QEMU_CHAR_FEATURE_LAST,
} ChardevFeature;

struct Chardev {
    Object parent_obj;

    QemuMutex chr_write_lock;
    CharBackend *be;
    char *label;
    char *filename;             /* as query-chardev shows it */
    int logfd;
    int be_open;
    bool handover_yank_instance;
    GSource *gsource;
    GMainContext *gcontext;
    DECLARE_BITMAP(features, QEMU_CHAR_FEATURE_LAST);
};

#define TYPE_CHARDEV "chardev"
OBJECT_DECLARE_TYPE(Chardev, ChardevClass, CHARDEV)

#define TYPE_CHARDEV_NULL "chardev-null"
#define TYPE_CHARDEV_MUX "chardev-mux"
#define TYPE_CHARDEV_RINGBUF "chardev-ringbuf"
#define TYPE_CHARDEV_PTY "chardev-pty"
#define TYPE_CHARDEV_STDIO "chardev-stdio"
#define TYPE_CHARDEV_FILE "chardev-file"
#define TYPE_CHARDEV_PIPE "chardev-pipe"
#define TYPE_CHARDEV_FD "chardev-fd"
#define TYPE_CHARDEV_SOCKET "chardev-socket"
#define TYPE_CHARDEV_UDP "chardev-udp"
#define TYPE_CHARDEV_SERIAL "chardev-serial"
#define TYPE_CHARDEV_MEMORY "chardev-memory"
#define TYPE_CHARDEV_VC "chardev-vc"

#define CHARDEV_IS_RINGBUF(chr) \
    object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_RINGBUF)
#define CHARDEV_IS_PTY(chr) \
    object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_PTY)
#define CHARDEV_IS_MUX(chr) \
    object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_MUX)

struct ChardevClass {
    ObjectClass parent_class;

    bool internal;              /* not for users to create */
    bool supports_yank;

    /*
     * Opens the device from QAPI's ChardevBackend data: an object whose
     * members are those of the backend's type, with scalars of their types
     * or as strings.  Sets *@be_opened to false where an opened event comes
     * later.
     */
    void (*open)(Chardev *chr, json_t *data, bool *be_opened, Error **errp);

    /* Under chr_write_lock; bytes taken, or -1 with errno (EAGAIN: full). */
    int (*chr_write)(Chardev *s, const uint8_t *buf, int len);
    /* Reads now, for a caller without a main loop; 0: nothing there. */
    int (*chr_sync_read)(Chardev *s, const uint8_t *buf, int len);
    GSource *(*chr_add_watch)(Chardev *s, GIOCondition cond);
    /* The front end's handlers, or its context, changed. */
    void (*chr_update_read_handler)(Chardev *s);
    int (*chr_ioctl)(Chardev *s, int cmd, void *arg);
    int (*get_msgfds)(Chardev *s, int *fds, int num);
    int (*set_msgfds)(Chardev *s, int *fds, int num);
    int (*chr_add_client)(Chardev *chr, int fd);
    int (*chr_wait_connected)(Chardev *chr, Error **errp);
    void (*chr_disconnect)(Chardev *chr);
    /* The front end can take input again. */
    void (*chr_accept_input)(Chardev *chr);
    void (*chr_set_echo)(Chardev *chr, bool echo);
    void (*chr_set_fe_open)(Chardev *chr, int fe_open);
    /* An event from outside is on its way to the front end. */
    void (*chr_be_event)(Chardev *s, QEMUChrEvent event);
};

/*
 * From the short form of -serial, -monitor and their like: "stdio",
 * "unix:PATH,server=on", "mon:...", "chardev:ID" and so on.  NULL after an
 * error report.  @label is the ID.
 */
Chardev *qemu_chr_new(const char *label, const char *filename,
                      GMainContext *context);
/* The same, where "mon:" (a multiplexer with a monitor) is allowed. */
Chardev *qemu_chr_new_mux_mon(const char *label, const char *filename,
                              GMainContext *context);
/* The options of a short form as -chardev has them; NULL if it is none. */
json_t *qemu_chr_parse_compat(const char *label, const char *filename,
                              bool permit_mux_mon, Error **errp);
/*
 * From -chardev's options: { "id": ..., "backend": ..., ... }, all strings.
 * "help" or "?" for a backend prints the list of them and returns NULL
 * without an error.
 */
Chardev *qemu_chr_new_from_json(json_t *opts, GMainContext *context,
                                Error **errp);

/* By ID; NULL: none. */
Chardev *qemu_chr_find(const char *name);
/* Called for each; stops at the first result that is not 0. */
int qemu_chr_foreach(int (*fn)(Chardev *chr, void *opaque), void *opaque);

/*
 * A new one of @typename with data as for ChardevClass.open (borrowed; NULL:
 * none).  With an @id it is a child of /chardevs and found by it.
 */
Chardev *qemu_chardev_new(const char *id, const char *typename, json_t *data,
                          GMainContext *context, Error **errp);

void qemu_chr_cleanup(void);
/* Whether something is connected: opened and not closed. */
bool qemu_chr_has_feature(Chardev *chr, ChardevFeature feature);
void qemu_chr_set_feature(Chardev *chr, ChardevFeature feature);

/*
 * For the outer end.  How much the front end can take; input to it, at most
 * that much; an event to it.
 */
int qemu_chr_be_can_write(Chardev *s);
void qemu_chr_be_write(Chardev *s, const uint8_t *buf, int len);
/* The same, without a look at a front end that records. */
void qemu_chr_be_write_impl(Chardev *s, const uint8_t *buf, int len);
void qemu_chr_be_update_read_handlers(Chardev *s, GMainContext *context);
void qemu_chr_be_event(Chardev *s, QEMUChrEvent event);

/* Writes; all of it waiting where needed. */
int qemu_chr_write(Chardev *s, const uint8_t *buf, int len, bool write_all);
#define qemu_chr_write_all(s, buf, len) qemu_chr_write(s, buf, len, true)
int qemu_chr_add_client(Chardev *s, int fd);
int qemu_chr_wait_connected(Chardev *chr, Error **errp);

/*
 * A timeout in the context of the device's handlers.
 */
GSource *qemu_chr_timeout_add_ms(Chardev *chr, guint ms, GSourceFunc func,
                                 void *private);

/* -chardev help */
void qemu_chr_print_types(void);

/* The monitor of "mon:" forms: set by the monitor's module. */
extern void (*qemu_chr_attach_hmp)(Chardev *chr, bool readline);

/*
 * QMP: @args as the schema has them, borrowed; new references.
 */
json_t *chardev_query(void);
json_t *chardev_query_backends(void);
json_t *chardev_add(json_t *args, Error **errp);
json_t *chardev_change(json_t *args, Error **errp);
bool chardev_remove(const char *id, Error **errp);
bool chardev_send_break(const char *id, Error **errp);
bool chardev_ringbuf_write(const char *id, const char *data, bool base64,
                           Error **errp);
/* A string for g_free(); with control characters escaped if not base64. */
char *chardev_ringbuf_read(const char *id, int64_t size, bool base64,
                           Error **errp);

/* Signals from keys at a terminal: -display curses and stdio set this. */
extern int term_escape_char;

#endif /* QEMU_CHAR_H */
