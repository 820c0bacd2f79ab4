/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a migration runs over: sockets, passed descriptors, commands, files.
 *
 * Reads and writes block; mig_channel_shutdown() ends them from any thread.
 */
#ifndef MIGRATION_CHANNEL_H
#define MIGRATION_CHANNEL_H

#include <jansson.h>

#include "migration/qemu-file.h"

typedef struct MigChannel MigChannel;
typedef struct MigListener MigListener;

typedef enum MigTransport {
    MIG_SOCKET, MIG_FD, MIG_EXEC, MIG_FILE,
} MigTransport;

/* A parsed URI. */
typedef struct MigAddress {
    MigTransport transport;
    struct SocketAddress *socket;
    char *arg;                  /* descriptor, command or path */
    uint64_t offset;            /* into the file */
} MigAddress;

MigAddress *mig_address_parse(const char *uri, Error **errp);
void mig_address_free(MigAddress *addr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MigAddress, mig_address_free)

/*
 * For all but sockets: the open channel.  From the thread of the command
 * that names a descriptor.
 */
MigChannel *mig_channel_open(const MigAddress *addr, bool output,
                             Error **errp);
/* A channel without a connection yet, so that it can be shut down. */
MigChannel *mig_channel_new_socket(void);
/* Connects it, waiting; false with @errp set. */
bool mig_channel_connect(MigChannel *ch, const MigAddress *addr,
                         Error **errp);

MigChannel *mig_channel_ref(MigChannel *ch);
void mig_channel_unref(MigChannel *ch);
void mig_channel_shutdown(MigChannel *ch);
/* Files on it; each holds a reference. */
QEMUFile *mig_channel_output(MigChannel *ch);
QEMUFile *mig_channel_input(MigChannel *ch);
bool mig_channel_is_socket(MigChannel *ch);

/* Straight to the channel, all of it: 0, or -errno with @errp set. */
int mig_channel_write(MigChannel *ch, struct iovec *iov, int niov,
                      Error **errp);
/* All of @len bytes: 0, or -errno with @errp set.  At an end before the first
 * byte 0 with *@eof set. */
int mig_channel_read_all(MigChannel *ch, void *buf, size_t len, bool *eof,
                         Error **errp);

/*
 * Waits, @ms at most, until the peer has read what was sent: bytes that are
 * still on the way, 0 where the host does not know.
 */
int mig_channel_drain(MigChannel *ch, int ms);

/*
 * Ends the output of a socket and waits until the peer has taken all of it;
 * where it says nothing, no longer than a second after that.  False with @errp
 * if it went away before.
 */
bool mig_channel_delivered(MigChannel *ch, Error **errp);

/* Fills all of @iov, whose entries change; false with @errp set. */
bool mig_channel_readv_all(MigChannel *ch, struct iovec *iov, int niov,
                           Error **errp);

/*
 * Waits for connections in the main loop; @accepted owns each channel and may
 * stop the listener.
 */
MigListener *mig_listen(const MigAddress *addr, int backlog,
                        void (*accepted)(MigChannel *ch, void *opaque),
                        void *opaque, Error **errp);
void mig_listener_stop(MigListener *l);
/* SocketAddress of where it listens, a new reference; NULL: not known. */
json_t *mig_listener_address(MigListener *l);

#endif /* MIGRATION_CHANNEL_H */
