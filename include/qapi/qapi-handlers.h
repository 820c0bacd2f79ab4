/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of QMP commands, in the order of qapi_commands[]. */
#ifndef QAPI_HANDLERS_H
#define QAPI_HANDLERS_H

#include <jansson.h>

typedef json_t *QmpHandler(json_t *args, Error **errp);

extern QmpHandler *const qmp_handlers[];

#endif
