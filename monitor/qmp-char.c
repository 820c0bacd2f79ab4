/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands on character devices.
 */
#include "qemu/osdep.h"

#include "chardev/char.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"

json_t *qmp_query_chardev(json_t *args, Error **errp)
{
    return chardev_query();
}

json_t *qmp_query_chardev_backends(json_t *args, Error **errp)
{
    return chardev_query_backends();
}

static bool is_base64(const json_t *args)
{
    return !g_strcmp0(json_get_str(args, "format"), "base64");
}

json_t *qmp_ringbuf_write(json_t *args, Error **errp)
{
    return chardev_ringbuf_write(json_get_str(args, "device"),
                                 json_get_str(args, "data"), is_base64(args),
                                 errp) ? json_object() : NULL;
}

json_t *qmp_ringbuf_read(json_t *args, Error **errp)
{
    g_autofree char *data = chardev_ringbuf_read(json_get_str(args, "device"),
                                        json_get_int(args, "size", 0),
                                        is_base64(args), errp);

    return data ? json_string_any(data) : NULL;
}

json_t *qmp_chardev_add(json_t *args, Error **errp)
{
    return chardev_add(args, errp);
}

json_t *qmp_chardev_change(json_t *args, Error **errp)
{
    return chardev_change(args, errp);
}

json_t *qmp_chardev_remove(json_t *args, Error **errp)
{
    return chardev_remove(json_get_str(args, "id"), errp) ? json_object()
                                                          : NULL;
}

json_t *qmp_chardev_send_break(json_t *args, Error **errp)
{
    return chardev_send_break(json_get_str(args, "id"), errp) ? json_object()
                                                              : NULL;
}
