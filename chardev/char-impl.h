/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of chardev/ share. */
#ifndef CHAR_IMPL_H
#define CHAR_IMPL_H

#include "chardev/char.h"

/* /chardevs, whose children are the devices with an ID. */
Object *chardevs_root(void);

/* An integer that is text or typed; an absent one leaves *@value alone. */
bool chr_opt_int(json_t *data, const char *key, int64_t min, int64_t max,
                 int64_t *value, Error **errp);
/* Whether there is text under @key. */
bool chr_require(json_t *data, const char *key, Error **errp);

/*
 * A device on one or two descriptors (either may be -1), which it owns:
 * files, pipes, terminals.
 */
void qemu_chr_open_fd(Chardev *chr, int fd_in, int fd_out);
/* Its descriptor for output. */
int chr_fd(Chardev *chr);

/*
 * Watches @fd for input as long as the front end takes some, and calls
 * @readable then; replaces chr->gsource.  With @want_hup also when the other
 * end hung up and there is nothing left to read.  @fd -1 stops it.
 */
void chr_watch_input(Chardev *chr, int fd, bool want_hup,
                     gboolean (*readable)(gint fd, GIOCondition cond,
                                          gpointer chr));

/* The backend types there are: name as in -chardev and QAPI, type, doc. */
typedef struct ChardevKind {
    const char *name, *typename;
    const char *const *options;     /* of -chardev, NULL-terminated */
} ChardevKind;
const ChardevKind *chardev_kind(const char *name);
const ChardevKind *chardev_kinds(void);     /* ended by a name of NULL */

/*
 * Data for ChardevClass.open from -chardev's options; false for unknown
 * options.  A new reference.
 */
json_t *chardev_data_from_options(const ChardevKind *kind, json_t *opts,
                                  Error **errp);

/* The text that is at most @size bytes of the ring buffer's content. */
GString *ringbuf_take(Chardev *chr, size_t size);

/* Multiplexers: several front ends on one device, one of them in focus. */
Chardev *mux_new(const char *id, const char *base, GMainContext *context,
                 Error **errp);
bool mux_add_front_end(Chardev *chr, CharBackend *b, Error **errp);
void mux_remove_front_end(Chardev *chr, CharBackend *b);
/* Whether @chr is a multiplexer with front ends. */
bool mux_in_use(Chardev *chr);
void mux_take_focus(Chardev *chr, CharBackend *b);
void mux_update_handlers(Chardev *chr, GMainContext *context);

#endif
