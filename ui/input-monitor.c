/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Input events from QMP's JSON, which the schema has checked. */
#include "qemu/osdep.h"
#include "input-internal.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "sysemu/runstate.h"

static int enum_member(const json_t *obj, const char *name,
                       const QEnumLookup *lookup)
{
    return qapi_enum_parse(lookup, json_get_str(obj, name), 0, &error_abort);
}

static KeyValue *key_from_json(const json_t *obj)
{
    KeyValue *key = g_new0(KeyValue, 1);

    key->type = enum_member(obj, "type", &KeyValueKind_lookup);
    if (key->type == KEY_VALUE_KIND_QCODE) {
        key->u.qcode.data = enum_member(obj, "data", &QKeyCode_lookup);
    } else {
        key->u.number.data = json_get_int(obj, "data", 0);
    }
    return key;
}

/* A number is a whole key stroke, a code is part of a group of events. */
static void send_key_event(const json_t *data)
{
    g_autofree KeyValue *key = key_from_json(json_object_get(data, "key"));
    InputKeyEvent event = {
        .key = key,
        .down = json_is_true(json_object_get(data, "down")),
    };
    InputEvent evt = { .type = INPUT_EVENT_KIND_KEY, .u.key.data = &event };

    if (key->type == KEY_VALUE_KIND_NUMBER) {
        qemu_input_event_send_key(NULL, g_steal_pointer(&key), event.down);
    } else {
        qemu_input_event_send(NULL, &evt);
    }
}

static void send_button_event(const json_t *data)
{
    qemu_input_queue_btn(NULL, enum_member(data, "button",
                                           &InputButton_lookup),
                         json_is_true(json_object_get(data, "down")));
}

static void send_move_event(InputEventKind kind, const json_t *data)
{
    InputMoveEvent move = {
        .axis = enum_member(data, "axis", &InputAxis_lookup),
        .value = json_get_int(data, "value", 0),
    };
    InputEvent evt = { .type = kind, .u.rel.data = &move };

    qemu_input_event_send(NULL, &evt);
}

static bool has_handlers(const json_t *events, Error **errp)
{
    const json_t *event;
    size_t i;

    json_array_foreach((json_t *)events, i, event) {
        InputEventKind kind = enum_member(event, "type",
                                          &InputEventKind_lookup);

        if (!input_has_handler(kind)) {
            error_setg(errp, "Input handler not found for event type %s",
                       InputEventKind_str(kind));
            return false;
        }
    }
    return true;
}

bool input_send_event(const json_t *args, Error **errp)
{
    const char *device = json_get_str(args, "device");
    const json_t *events = json_object_get(args, "events"), *event;
    size_t i;

    /* Displays are what events are bound to, and there is none. */
    if (device) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  device);
        return false;
    }
    if (!runstate_is_running() && !runstate_check(RUN_STATE_SUSPENDED)) {
        error_setg(errp, "VM not running");
        return false;
    }
    if (!has_handlers(events, errp)) {
        return false;
    }
    json_array_foreach((json_t *)events, i, event) {
        const json_t *data = json_object_get(event, "data");
        InputEventKind kind = enum_member(event, "type",
                                          &InputEventKind_lookup);

        if (kind == INPUT_EVENT_KIND_KEY) {
            send_key_event(data);
        } else if (kind == INPUT_EVENT_KIND_BTN) {
            send_button_event(data);
        } else {
            send_move_event(kind, data);
        }
    }
    qemu_input_event_sync();
    return true;
}

bool input_send_key(const json_t *args, Error **errp)
{
    const json_t *keys = json_object_get(args, "keys");
    int64_t hold = json_get_int(args, "hold-time", 0);
    size_t n = json_array_size(keys);

    if (hold < 0 || hold > INT32_MAX) {
        error_setg(errp, "Parameter 'hold-time' expects milliseconds between "
                   "0 and %d", INT32_MAX);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        qemu_input_event_send_key(NULL, key_from_json(json_array_get(keys,
                                                                     i)),
                                  true);
        qemu_input_event_send_key_delay(hold);
    }
    while (n-- > 0) {
        qemu_input_event_send_key(NULL, key_from_json(json_array_get(keys,
                                                                     n)),
                                  false);
        qemu_input_event_send_key_delay(hold);
    }
    return true;
}
