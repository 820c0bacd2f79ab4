/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP commands on keys and mice. */
#include "qemu/osdep.h"

#include "qapi/qapi-commands.h"
#include "ui/input.h"

json_t *qmp_query_mice(json_t *args, Error **errp)
{
    return input_query_mice();
}

json_t *qmp_input_send_event(json_t *args, Error **errp)
{
    return input_send_event(args, errp) ? json_object() : NULL;
}

json_t *qmp_send_key(json_t *args, Error **errp)
{
    return input_send_key(args, errp) ? json_object() : NULL;
}
