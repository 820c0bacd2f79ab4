/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration section: the machine type, the capabilities that change
 * the stream, and the UUID.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/uuid.h"
#include "sysemu/sysemu.h"
#include "migration/configuration.h"
#include "migration/options.h"
#include "migration/vmstate.h"

typedef struct Configuration {
    uint32_t name_len;
    char *name;
    uint32_t n_caps;
    uint8_t *caps;              /* MigrationCapability of each */
    QemuUUID uuid;
} Configuration;

/* Capabilities that both ends must agree on. */
static const MigrationCapability checked_caps[] = {
    MIGRATION_CAPABILITY_X_IGNORE_SHARED,
};

static int config_pre_save(void *opaque)
{
    Configuration *c = opaque;

    c->name = (char *)MACHINE_GET_CLASS(current_machine)->name;
    c->name_len = strlen(c->name);
    c->caps = g_new(uint8_t, ARRAY_SIZE(checked_caps));
    for (int i = 0; i < ARRAY_SIZE(checked_caps); i++) {
        if (migrate_capability(checked_caps[i])) {
            c->caps[c->n_caps++] = checked_caps[i];
        }
    }
    c->uuid = qemu_uuid;
    return 0;
}

/* A capability travels as its name; one that is not known here is not on. */
static int get_capability(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field)
{
    char name[256];

    if (!qemu_get_counted_string(f, name)) {
        return -EINVAL;
    }
    *(uint8_t *)pv = MIGRATION_CAPABILITY__MAX;
    for (int i = 0; i < MIGRATION_CAPABILITY__MAX; i++) {
        if (!strcmp(name, MigrationCapability_str(i))) {
            *(uint8_t *)pv = i;
            return 0;
        }
    }
    return -EINVAL;
}

static int put_capability(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_counted_string(f, MigrationCapability_str(*(uint8_t *)pv));
    return 0;
}

static const VMStateInfo info_capability = {
    .name = "capability",
    .get = get_capability,
    .put = put_capability,
};

static bool caps_needed(void *opaque)
{
    return ((Configuration *)opaque)->n_caps > 0;
}

static const VMStateDescription vmstate_caps = {
    .name = "configuration/capabilities",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = caps_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_V(n_caps, Configuration, 1),
        VMSTATE_VARRAY_UINT32_ALLOC(caps, Configuration, n_caps, 1,
                                    info_capability, uint8_t),
        VMSTATE_END_OF_LIST()
    }
};

static bool uuid_needed(void *opaque)
{
    return qemu_uuid_set && CAP(VALIDATE_UUID);
}

static const VMStateDescription vmstate_uuid = {
    .name = "configuration/uuid",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = uuid_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_ARRAY_V(uuid.data, Configuration, sizeof(QemuUUID), 1),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_configuration = {
    .name = "configuration",
    .version_id = 1,
    .pre_save = config_pre_save,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(name_len, Configuration),
        VMSTATE_VBUFFER_ALLOC_UINT32(name, Configuration, 0, NULL, name_len),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const []) {
        &vmstate_caps,
        &vmstate_uuid,
        NULL
    }
};

void configuration_save(QEMUFile *f)
{
    Configuration c = { 0 };

    vmstate_save_state(f, &vmstate_configuration, &c, NULL);
    g_free(c.caps);
}

static int check_machine(const Configuration *c, Error **errp)
{
    const char *local = MACHINE_GET_CLASS(current_machine)->name;

    if (c->name_len != strlen(local) ||
        memcmp(c->name, local, c->name_len)) {
        g_autofree char *shown =
            qemu_file_printable(c->name ? c->name : "", c->name_len);

        error_setg(errp, "Machine type received is '%s' and local is '%s'",
                   shown, local);
        return -EINVAL;
    }
    return 0;
}

static int check_caps(const Configuration *c, Error **errp)
{
    for (int i = 0; i < ARRAY_SIZE(checked_caps); i++) {
        MigrationCapability cap = checked_caps[i];
        bool remote = c->n_caps && memchr(c->caps, cap, c->n_caps);

        if (remote != migrate_capability(cap)) {
            error_setg(errp, "Capability %s is %s, but received capability "
                       "is %s", MigrationCapability_str(cap),
                       remote ? "off" : "on", remote ? "on" : "off");
            return -EINVAL;
        }
    }
    return 0;
}

static int check_uuid(const Configuration *c, Error **errp)
{
    static const QemuUUID none;

    if (CAP(VALIDATE_UUID) && qemu_uuid_set &&
        memcmp(&c->uuid, &none, sizeof(none)) &&
        memcmp(&c->uuid, &qemu_uuid, sizeof(qemu_uuid))) {
        char *theirs = qemu_uuid_unparse_strdup(&c->uuid);
        char *ours = qemu_uuid_unparse_strdup(&qemu_uuid);

        error_setg(errp, "UUID received is %s and local is %s", theirs,
                   ours);
        g_free(theirs);
        g_free(ours);
        return -EINVAL;
    }
    return 0;
}

int configuration_load(QEMUFile *f, Error **errp)
{
    Configuration c = { 0 };
    int ret = vmstate_load_state_errp(f, &vmstate_configuration, &c, 0,
                                      errp);

    if (!ret) {
        ret = check_machine(&c, errp);
    }
    if (!ret) {
        ret = check_caps(&c, errp);
    }
    if (!ret) {
        ret = check_uuid(&c, errp);
    }
    g_free(c.name);
    g_free(c.caps);
    return ret;
}
