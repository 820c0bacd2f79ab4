/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands on character devices and file descriptors.
 */
#include "qemu/osdep.h"

#include "chardev/char.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qemu/keyval.h"

static void hmp_chardev_add(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    json_t *opts = keyval_parse_flat(json_get_str(args, "args"), "backend",
                                     NULL, &err);

    if (opts) {
        qemu_chr_new_from_json(opts, NULL, &err);
        json_decref(opts);
    }
    hmp_handle_error(mon, err);
}

static void hmp_chardev_remove(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    chardev_remove(json_get_str(args, "id"), &err);
    hmp_handle_error(mon, err);
}

static void hmp_chardev_send_break(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    chardev_send_break(json_get_str(args, "id"), &err);
    hmp_handle_error(mon, err);
}

static void hmp_ringbuf_write(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    chardev_ringbuf_write(json_get_str(args, "device"),
                          json_get_str(args, "data"), false, &err);
    hmp_handle_error(mon, err);
}

static void hmp_ringbuf_read(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    g_autofree char *data = chardev_ringbuf_read(json_get_str(args, "device"),
                                        json_get_int(args, "size", 0),
                                        false, &err);

    if (data) {
        monitor_printf(mon, "%s\n", data);
    }
    hmp_handle_error(mon, err);
}

static void complete_chardev(ReadLineState *rs, int nb_args, const char *str)
{
    json_t *list, *info;
    size_t i;

    if (nb_args != 2) {
        return;
    }
    list = chardev_query();
    json_array_foreach(list, i, info) {
        readline_add_completion_of(rs, str, json_get_str(info, "label"));
    }
    json_decref(list);
}

static void complete_backend(ReadLineState *rs, int nb_args, const char *str)
{
    json_t *list, *info;
    size_t i;

    if (nb_args != 2) {
        return;
    }
    list = chardev_query_backends();
    json_array_foreach(list, i, info) {
        readline_add_completion_of(rs, str, json_get_str(info, "name"));
    }
    json_decref(list);
}

static const HMPCommand commands[] = {
    { "chardev-add", "args:s", "args", "make a character device, as "
      "-chardev does", hmp_chardev_add, complete_backend },
    { "chardev-remove", "id:s", "id", "remove a character device",
      hmp_chardev_remove, complete_chardev },
    { "chardev-send-break", "id:s", "id", "send a break on a serial line",
      hmp_chardev_send_break, complete_chardev },
    { "ringbuf_read", "device:s,size:i", "device size",
      "read from a ring buffer", hmp_ringbuf_read, complete_chardev },
    { "ringbuf_write", "device:s,data:s", "device data",
      "write to a ring buffer", hmp_ringbuf_write, complete_chardev },
    { }
};

static void hmp_char_init(void)
{
    hmp_register(commands);
}
hmp_init(hmp_char_init);
