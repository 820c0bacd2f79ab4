/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events for whoever watches through QMP.  Anyone may send; without a
 * monitor nothing happens.
 */
#ifndef QMP_EVENT_H
#define QMP_EVENT_H

#include <jansson.h>

/*
 * Sends event @name, which must be in the schema (QAPI_EVENT_X of
 * qapi/qapi-events.h).  Takes over @data, which may be NULL.  From any
 * thread.  Frequent kinds are thinned out by the monitor (newest wins).
 */
void qapi_event_send(const char *name, json_t *data);

/* The monitor's end: gets each event with the time in microseconds. */
typedef void QapiEventSink(const char *name, json_t *data, int64_t time_us);
void qapi_event_set_sink(QapiEventSink *sink);

/* True if anyone would see an event: to skip the work of making its data. */
bool qapi_event_wanted(void);

#endif
