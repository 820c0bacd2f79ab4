/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events on their way to the monitor, which is above all who send them.
 */
#include "qemu/osdep.h"

#include "qapi/qmp-event.h"
#include "qapi/schema.h"

static QapiEventSink *event_sink;

void qapi_event_set_sink(QapiEventSink *sink)
{
    event_sink = sink;
}

bool qapi_event_wanted(void)
{
    return event_sink != NULL;
}

void qapi_event_send(const char *name, json_t *data)
{
    assert(qapi_event_exists(name));
    if (event_sink) {
        event_sink(name, data, g_get_real_time());
    } else {
        json_decref(data);
    }
}
