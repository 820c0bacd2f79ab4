/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The type "migration", for -global and for machine types: what of the
 * stream's format old machines do not know.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "migration/migration.h"

MigrationGlobals migration_globals = {
    .store_global_state = true,
    .send_configuration = true,
    .send_section_footer = true,
    .decompress_error_check = true,
    .clear_bitmap_shift = 18,
};

typedef struct MigrationObject {
    DeviceState parent_obj;
    MigrationGlobals globals;
} MigrationObject;

DECLARE_INSTANCE_CHECKER(MigrationObject, MIGRATION_OBJECT, TYPE_MIGRATION)

static Property migration_properties[] = {
    DEFINE_PROP_BOOL("store-global-state", MigrationObject,
                     globals.store_global_state, true),
    DEFINE_PROP_BOOL("send-configuration", MigrationObject,
                     globals.send_configuration, true),
    DEFINE_PROP_BOOL("send-section-footer", MigrationObject,
                     globals.send_section_footer, true),
    DEFINE_PROP_BOOL("decompress-error-check", MigrationObject,
                     globals.decompress_error_check, true),
    DEFINE_PROP_UINT8("x-clear-bitmap-shift", MigrationObject,
                      globals.clear_bitmap_shift, 18),
    DEFINE_PROP_END_OF_LIST(),
};

/* What machine and options say has been set by now. */
static void migration_instance_post_init(Object *obj)
{
    migration_globals = MIGRATION_OBJECT(obj)->globals;
}

static void migration_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->user_creatable = false;
    device_class_set_props(dc, migration_properties);
}

static const TypeInfo migration_type = {
    .name = TYPE_MIGRATION,
    .parent = TYPE_DEVICE,
    .class_init = migration_class_init,
    .class_size = sizeof(DeviceClass),
    .instance_size = sizeof(MigrationObject),
    .instance_post_init = migration_instance_post_init,
};

static void migration_register_types(void)
{
    type_register_static(&migration_type);
}

type_init(migration_register_types)
