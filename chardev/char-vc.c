/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vc: a text console on the display, which default ports and monitors talk
 * to.  Without a display there is nobody to see what is written.
 */
#include "qemu/osdep.h"
#include "char-impl.h"
#include "qemu/module.h"

static int vc_write(Chardev *chr, const uint8_t *buf, int len)
{
    return len;
}

static void vc_open(Chardev *chr, json_t *data, bool *be_opened, Error **errp)
{
    static const char *const sizes[] = { "width", "height", "cols", "rows" };
    int64_t value;

    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        if (!chr_opt_int(data, sizes[i], 1, INT32_MAX, &value, errp)) {
            return;
        }
    }
}

static void vc_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = vc_open;
    CHARDEV_CLASS(oc)->chr_write = vc_write;
}

static const TypeInfo vc_types[] = {
    {
        .name = TYPE_CHARDEV_VC,
        .parent = TYPE_CHARDEV,
        .class_init = vc_class_init,
    },
};
DEFINE_TYPES(vc_types)
