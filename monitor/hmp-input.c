/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys and mice. */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/qapi-commands.h"
#include "qemu/cutils.h"
#include "ui/input.h"

static void info_mice(Monitor *mon, const json_t *args)
{
    json_t *list = input_query_mice(), *mouse;
    size_t i;

    if (!json_array_size(list)) {
        monitor_printf(mon, "No mouse devices connected\n");
    }
    json_array_foreach(list, i, mouse) {
        monitor_printf(mon, "%c Mouse #%" PRId64 ": %s%s\n",
                       json_get_bool(mouse, "current", false) ? '*' : ' ',
                       json_get_int(mouse, "index", 0),
                       json_get_str(mouse, "name"),
                       json_get_bool(mouse, "absolute", false)
                       ? " (absolute)" : "");
    }
    json_decref(list);
}

/* A key's name, or its number in hexadecimal; NULL for something else. */
static json_t *parse_key(const char *text, size_t len)
{
    g_autofree char *name = g_strndup(text, len);
    int number;

    if (!strcmp(name, "<")) {
        return json_pack("{ss, ss}", "type", "qcode", "data", "less");
    }
    if (g_str_has_prefix(name, "0x")) {
        if (qemu_strtoi(name, NULL, 16, &number) < 0) {
            return NULL;
        }
        return json_pack("{ss, si}", "type", "number", "data", number);
    }
    if (qapi_enum_parse(&QKeyCode_lookup, name, -1, NULL) < 0) {
        return NULL;
    }
    return json_pack("{ss, ss}", "type", "qcode", "data", name);
}

static void hmp_sendkey(Monitor *mon, const json_t *args)
{
    const char *keys = json_get_str(args, "keys");
    json_t *command = json_pack("{s[]}", "keys");
    Error *err = NULL;

    if (json_object_get(args, "hold-time")) {
        json_object_set(command, "hold-time",
                        json_object_get(args, "hold-time"));
    }
    while (true) {
        size_t len = strcspn(keys, "-");
        json_t *key = parse_key(keys, len);

        if (!key) {
            monitor_printf(mon, "invalid parameter: %.*s\n", (int)len, keys);
            json_decref(command);
            return;
        }
        json_array_append_new(json_object_get(command, "keys"), key);
        if (!keys[len]) {
            break;
        }
        keys += len + 1;
    }
    input_send_key(command, &err);
    json_decref(command);
    hmp_handle_error(mon, err);
}

static void complete_key(ReadLineState *rs, int nb_args, const char *str)
{
    const char *last = strrchr(str, '-');

    if (nb_args != 2) {
        return;
    }
    last = last ? last + 1 : str;
    readline_set_completion_index(rs, strlen(last));
    for (int q = 0; q < Q_KEY_CODE__MAX; q++) {
        readline_add_completion_of(rs, last, QKeyCode_str(q));
    }
}

/* A wheel turns by clicks of a button. */
static void hmp_mouse_move(Monitor *mon, const json_t *args)
{
    int dx = strtol(json_get_str(args, "dx_str"), NULL, 0);
    int dy = strtol(json_get_str(args, "dy_str"), NULL, 0);
    const char *dz_str = json_get_str(args, "dz_str");
    int dz = dz_str ? strtol(dz_str, NULL, 0) : 0;
    InputButton wheel = dz > 0 ? INPUT_BUTTON_WHEEL_UP
                               : INPUT_BUTTON_WHEEL_DOWN;

    qemu_input_queue_rel(NULL, INPUT_AXIS_X, dx);
    qemu_input_queue_rel(NULL, INPUT_AXIS_Y, dy);
    if (dz) {
        qemu_input_queue_btn(NULL, wheel, true);
        qemu_input_event_sync();
        qemu_input_queue_btn(NULL, wheel, false);
    }
    qemu_input_event_sync();
}

static void hmp_mouse_button(Monitor *mon, const json_t *args)
{
    static uint32_t bits[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = 0x01,
        [INPUT_BUTTON_RIGHT] = 0x02,
        [INPUT_BUTTON_MIDDLE] = 0x04,
    };
    static uint32_t state;
    uint32_t wanted = json_get_int(args, "button_state", 0);

    if (state == wanted) {
        return;
    }
    qemu_input_update_buttons(NULL, bits, state, wanted);
    qemu_input_event_sync();
    state = wanted;
}

static void hmp_mouse_set(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    qemu_mouse_set(json_get_int(args, "index", 0), &err);
    if (err) {
        monitor_printf(mon, "%s\n", error_get_pretty(err));
        error_free(err);
    }
}

static const HMPCommand commands[] = {
    { "mouse_button", "button_state:i", "state",
      "press and release the buttons of the mouse (1=L, 2=R, 4=M)",
      hmp_mouse_button },
    { "mouse_move", "dx_str:s,dy_str:s,dz_str:s?", "dx dy [dz]",
      "move the mouse, turn its wheel", hmp_mouse_move },
    { "mouse_set", "index:i", "index", "choose the mouse that gets events",
      hmp_mouse_set },
    { "sendkey", "keys:s,hold-time:i?", "keys [hold_ms]",
      "press keys and release them (as in 'sendkey ctrl-alt-f1'; 10 ms "
      "apart by default)", hmp_sendkey, complete_key },
    { }
};

static const HMPCommand info_commands[] = {
    { "mice", "", "", "show the mice, and which of them gets events",
      info_mice },
    { }
};

static void hmp_input_init(void)
{
    hmp_register(commands);
    hmp_register_info(info_commands);
}
hmp_init(hmp_input_init);
