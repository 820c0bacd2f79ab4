/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Named clock inputs and outputs of a device. */
#ifndef QDEV_CLOCK_H
#define QDEV_CLOCK_H

#include "hw/clock.h"
#include "hw/qdev-core.h"

/* A clock input; callback may be NULL, events is a mask of ClockEvent. */
Clock *qdev_init_clock_in(DeviceState *dev, const char *name,
                          ClockCallback *callback, void *opaque,
                          unsigned int events);
Clock *qdev_init_clock_out(DeviceState *dev, const char *name);

/* The clock of that name; asking for one that is not there is a bug. */
Clock *qdev_get_clock_in(DeviceState *dev, const char *name);
Clock *qdev_get_clock_out(DeviceState *dev, const char *name);

/* Feeds the named input from source; before realize only. */
void qdev_connect_clock_in(DeviceState *dev, const char *name, Clock *source);

/* Makes dev's clock appear under alias_name on alias_dev, too. */
Clock *qdev_alias_clock(DeviceState *dev, const char *name,
                        DeviceState *alias_dev, const char *alias_name);

/* Part of a device's finalization. */
void qdev_finalize_clocklist(DeviceState *dev);

struct ClockPortInitElem {
    const char *name;
    bool is_output;
    ClockCallback *callback;
    unsigned int callback_events;
    size_t offset;                  /* of the Clock * in the device */
};

typedef struct ClockPortInitElem ClockPortInitArray[];

#define clock_offset_value(devstate, field) \
    (offsetof(devstate, field) + \
     QEMU_BUILD_BUG_ON_ZERO(!__builtin_types_compatible_p( \
         typeof(((devstate *)0)->field), Clock *)))

#define QDEV_CLOCK(out_not_in, devstate, field, cb, cbevents) { \
    .name = #field, \
    .is_output = out_not_in, \
    .callback = cb, \
    .callback_events = cbevents, \
    .offset = clock_offset_value(devstate, field), \
}

/* Clocks named after the fields that hold them. */
#define QDEV_CLOCK_IN(devstate, field, callback, cbevents) \
    QDEV_CLOCK(false, devstate, field, callback, cbevents)
#define QDEV_CLOCK_OUT(devstate, field) \
    QDEV_CLOCK(true, devstate, field, NULL, 0)
#define QDEV_CLOCK_END { .name = NULL }

void qdev_init_clocks(DeviceState *dev, const ClockPortInitArray clocks);

#endif /* QDEV_CLOCK_H */
