/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device properties of the basic kinds: a Property says where in the instance
 * a value is, its PropertyInfo how to read and write it.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/qapi-types.h"
#include "qapi/visitor.h"

void *object_field_prop_ptr(Object *obj, Property *prop)
{
    return (char *)obj + prop->offset;
}

/*** Access ***/

void qdev_prop_set_after_realize(DeviceState *dev, const char *name,
                                 Error **errp)
{
    const char *type = object_get_typename(OBJECT(dev));

    if (dev->id) {
        error_setg(errp, "Attempt to set property '%s' on device '%s' "
                   "(type '%s') after it was realized", name, dev->id, type);
    } else {
        error_setg(errp, "Attempt to set property '%s' on anonymous device "
                   "(type '%s') after it was realized", name, type);
    }
}

static bool is_realized(const Object *obj)
{
    DeviceState *dev = (DeviceState *)object_dynamic_cast((Object *)obj,
                                                          TYPE_DEVICE);

    return dev && dev->realized;
}

bool qdev_prop_allow_set(Object *obj, const char *name,
                         const PropertyInfo *info, Error **errp)
{
    if (info->realized_set_allowed || !is_realized(obj)) {
        return true;
    }
    qdev_prop_set_after_realize(DEVICE(obj), name, errp);
    return false;
}

void qdev_prop_allow_set_link_before_realize(const Object *obj,
                                             const char *name, Object *val,
                                             Error **errp)
{
    const DeviceState *dev = (const DeviceState *)obj;

    if (is_realized(obj)) {
        error_setg(errp, "Attempt to set link property '%s' on device '%s' "
                   "(type '%s') after it was realized", name, dev->id,
                   object_get_typename(obj));
    }
}

static void field_get(Object *obj, Visitor *v, const char *name,
                      void *opaque, Error **errp)
{
    Property *prop = opaque;

    prop->info->get(obj, v, name, opaque, errp);
}

static void field_set(Object *obj, Visitor *v, const char *name,
                      void *opaque, Error **errp)
{
    Property *prop = opaque;
    DeviceState *dev = (DeviceState *)obj;      /* only devices have these */

    if (unlikely(dev->realized) && !prop->info->realized_set_allowed) {
        qdev_prop_set_after_realize(dev, name, errp);
        return;
    }
    prop->info->set(obj, v, name, opaque, errp);
}

static void field_release(Object *obj, const char *name, void *opaque)
{
    Property *prop = opaque;

    prop->info->release(obj, name, opaque);
}

static ObjectPropertyAccessor *getter_of(const PropertyInfo *info)
{
    return info->get ? field_get : NULL;
}

static ObjectPropertyAccessor *setter_of(const PropertyInfo *info)
{
    return info->set ? field_set : NULL;
}

static ObjectPropertyRelease *releaser_of(const PropertyInfo *info)
{
    return info->release ? field_release : NULL;
}

/* "legacy-<name>": the value in the form that "info qtree" shows. */
static void get_printed(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    Property *prop = opaque;
    char buffer[1024];
    char *ptr = buffer;

    prop->info->print(obj, prop, buffer, sizeof(buffer));
    visit_type_str(v, name, &ptr, errp);
}

static void add_class_property(ObjectClass *oc, Property *prop)
{
    const PropertyInfo *info = prop->info;
    ObjectProperty *op;

    if (info->create) {
        op = info->create(oc, prop->name, prop);
    } else {
        op = object_class_property_add(oc, prop->name, info->name,
                                       getter_of(info), setter_of(info),
                                       releaser_of(info), prop);
    }
    if (prop->set_default) {
        info->set_default_value(op, prop);
        if (info->init_default) {
            op->init = info->init_default;
        }
    }
    if (info->description) {
        object_class_property_set_description(oc, prop->name,
                                              info->description);
    }
    if (info->print) {
        g_autofree char *name = g_strdup_printf("legacy-%s", prop->name);

        object_class_property_add(oc, name, "str", get_printed, NULL, NULL,
                                  prop);
    }
}

void device_class_set_props(DeviceClass *dc, Property *props)
{
    dc->props_ = props;
    for (; props->name; props++) {
        add_class_property(OBJECT_CLASS(dc), props);
    }
}

void qdev_property_add_static(DeviceState *dev, Property *prop)
{
    Object *obj = OBJECT(dev);
    const PropertyInfo *info = prop->info;
    ObjectProperty *op;

    op = object_property_add(obj, prop->name, info->name, getter_of(info),
                             setter_of(info), releaser_of(info), prop);
    object_property_set_description(obj, prop->name, info->description);
    if (prop->set_default) {
        info->set_default_value(op, prop);
        op->init(obj, op);
    }
}

void qdev_alias_all_properties(DeviceState *target, Object *source)
{
    ObjectClass *oc = object_get_class(OBJECT(target));
    ObjectClass *top = object_class_by_name(TYPE_DEVICE);

    for (; oc != top; oc = object_class_get_parent(oc)) {
        Property *prop = DEVICE_CLASS(oc)->props_;

        for (; prop && prop->name; prop++) {
            if (!object_property_find(source, prop->name)) {
                object_property_add_alias(source, prop->name,
                                          OBJECT(target), prop->name);
            }
        }
    }
}

void error_set_from_qdev_prop_error(Error **errp, int ret, Object *obj,
                                    const char *name, const char *value)
{
    const char *type = object_get_typename(obj);

    switch (ret) {
    case 0:
        break;
    case -EEXIST:
        error_setg(errp, "Property '%s.%s' can't take value '%s', "
                   "it's in use", type, name, value);
        break;
    case -ENOENT:
        error_setg(errp, "Property '%s.%s' can't find value '%s'", type,
                   name, value);
        break;
    default:
        error_setg(errp, "Property '%s.%s' doesn't take value '%s'", type,
                   name, value);
        break;
    }
}

/*** Integers ***/

/* Dozens of fields in each new device: no visitor for what C can store. */
#define INTEGER_INIT(bits) \
    static void init_##bits(Object *obj, ObjectProperty *op) \
    { \
        Property *prop = op->opaque; \
        \
        *(uint##bits##_t *)object_field_prop_ptr(obj, prop) = \
            prop->defval.u; \
    }

INTEGER_INIT(8)
INTEGER_INIT(16)
INTEGER_INIT(64)

void qdev_propinfo_init_default_32(Object *obj, ObjectProperty *op)
{
    Property *prop = op->opaque;

    *(uint32_t *)object_field_prop_ptr(obj, prop) = prop->defval.u;
}

#define init_32 qdev_propinfo_init_default_32

static void init_bool(Object *obj, ObjectProperty *op)
{
    Property *prop = op->opaque;

    *(bool *)object_field_prop_ptr(obj, prop) = prop->defval.u;
}

#define INTEGER_ACCESSORS(kind, ctype) \
    static void get_##kind(Object *obj, Visitor *v, const char *name, \
                           void *opaque, Error **errp) \
    { \
        ctype *field = object_field_prop_ptr(obj, opaque); \
        \
        visit_type_##kind(v, name, field, errp); \
    } \
    static void set_##kind(Object *obj, Visitor *v, const char *name, \
                           void *opaque, Error **errp) \
    { \
        get_##kind(obj, v, name, opaque, errp); \
    }

INTEGER_ACCESSORS(uint8, uint8_t)
INTEGER_ACCESSORS(uint16, uint16_t)
INTEGER_ACCESSORS(uint32, uint32_t)
INTEGER_ACCESSORS(int32, int32_t)
INTEGER_ACCESSORS(uint64, uint64_t)
INTEGER_ACCESSORS(int64, int64_t)
INTEGER_ACCESSORS(size, uint64_t)
INTEGER_ACCESSORS(bool, bool)

void qdev_propinfo_get_int32(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    get_int32(obj, v, name, opaque, errp);
}

void qdev_propinfo_set_default_value_int(ObjectProperty *op,
                                         const Property *prop)
{
    object_property_set_default_int(op, prop->defval.i);
}

void qdev_propinfo_set_default_value_uint(ObjectProperty *op,
                                          const Property *prop)
{
    object_property_set_default_uint(op, prop->defval.u);
}

static void set_default_value_bool(ObjectProperty *op, const Property *prop)
{
    object_property_set_default_bool(op, prop->defval.u);
}

#define INTEGER_INFO(kind, bits, default_kind) \
    const PropertyInfo qdev_prop_##kind = { \
        .name = #kind, \
        .get = get_##kind, \
        .set = set_##kind, \
        .set_default_value = qdev_propinfo_set_default_value_##default_kind, \
        .init_default = init_##bits, \
    };

INTEGER_INFO(uint8, 8, uint)
INTEGER_INFO(uint16, 16, uint)
INTEGER_INFO(uint32, 32, uint)
INTEGER_INFO(int32, 32, int)
INTEGER_INFO(uint64, 64, uint)
INTEGER_INFO(int64, 64, int)
INTEGER_INFO(size, 64, uint)

const PropertyInfo qdev_prop_bool = {
    .name = "bool",
    .get = get_bool,
    .set = set_bool,
    .set_default_value = set_default_value_bool,
    .init_default = init_bool,
};

void qdev_propinfo_get_size32(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    uint64_t value = *(uint32_t *)object_field_prop_ptr(obj, opaque);

    visit_type_size(v, name, &value, errp);
}

static void set_size32(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    uint32_t *field = object_field_prop_ptr(obj, opaque);
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value > UINT32_MAX) {
        error_setg(errp, "Property %s.%s doesn't take value %" PRIu64
                   " (maximum: %u)", object_get_typename(obj), name, value,
                   UINT32_MAX);
        return;
    }
    *field = value;
}

const PropertyInfo qdev_prop_size32 = {
    .name = "size",
    .get = qdev_propinfo_get_size32,
    .set = set_size32,
    .set_default_value = qdev_propinfo_set_default_value_uint,
    .init_default = qdev_propinfo_init_default_32,
};

/*** Bits ***/

static void get_bit(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    Property *prop = opaque;
    uint32_t *field = object_field_prop_ptr(obj, prop);
    bool value = *field >> prop->bitnr & 1;

    visit_type_bool(v, name, &value, errp);
}

static void set_bit_prop(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    Property *prop = opaque;
    uint32_t *field = object_field_prop_ptr(obj, prop);
    uint32_t mask = UINT32_C(1) << prop->bitnr;
    bool value;

    if (visit_type_bool(v, name, &value, errp)) {
        *field = value ? *field | mask : *field & ~mask;
    }
}

static void init_bit(Object *obj, ObjectProperty *op)
{
    Property *prop = op->opaque;
    uint32_t *field = object_field_prop_ptr(obj, prop);
    uint32_t mask = UINT32_C(1) << prop->bitnr;

    *field = prop->defval.u ? *field | mask : *field & ~mask;
}

const PropertyInfo qdev_prop_bit = {
    .name = "bool",
    .description = "on/off",
    .get = get_bit,
    .set = set_bit_prop,
    .set_default_value = set_default_value_bool,
    .init_default = init_bit,
};

static void get_bit64(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    Property *prop = opaque;
    uint64_t *field = object_field_prop_ptr(obj, prop);
    bool value = *field >> prop->bitnr & 1;

    visit_type_bool(v, name, &value, errp);
}

static void set_bit64_prop(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    Property *prop = opaque;
    uint64_t *field = object_field_prop_ptr(obj, prop);
    uint64_t mask = UINT64_C(1) << prop->bitnr;
    bool value;

    if (visit_type_bool(v, name, &value, errp)) {
        *field = value ? *field | mask : *field & ~mask;
    }
}

static void init_bit64(Object *obj, ObjectProperty *op)
{
    Property *prop = op->opaque;
    uint64_t *field = object_field_prop_ptr(obj, prop);
    uint64_t mask = UINT64_C(1) << prop->bitnr;

    *field = prop->defval.u ? *field | mask : *field & ~mask;
}

const PropertyInfo qdev_prop_bit64 = {
    .name = "bool",
    .description = "on/off",
    .get = get_bit64,
    .set = set_bit64_prop,
    .set_default_value = set_default_value_bool,
    .init_default = init_bit64,
};

/*** Strings ***/

static void get_string(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    char **field = object_field_prop_ptr(obj, opaque);
    char *value = *field ? *field : (char *)"";

    visit_type_str(v, name, &value, errp);
}

static void set_string(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    char **field = object_field_prop_ptr(obj, opaque);
    char *value;

    if (visit_type_str(v, name, &value, errp)) {
        g_free(*field);
        *field = value;
    }
}

static void release_string(Object *obj, const char *name, void *opaque)
{
    g_free(*(char **)object_field_prop_ptr(obj, opaque));
}

const PropertyInfo qdev_prop_string = {
    .name = "str",
    .get = get_string,
    .set = set_string,
    .release = release_string,
};

/*** Enumerations ***/

void qdev_propinfo_get_enum(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    Property *prop = opaque;
    int *field = object_field_prop_ptr(obj, prop);

    visit_type_enum(v, name, field, prop->info->enum_table, errp);
}

void qdev_propinfo_set_enum(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    qdev_propinfo_get_enum(obj, v, name, opaque, errp);
}

void qdev_propinfo_set_default_value_enum(ObjectProperty *op,
                                          const Property *prop)
{
    object_property_set_default_str(op,
        qapi_enum_lookup(prop->info->enum_table, prop->defval.i));
}

const PropertyInfo qdev_prop_enum = {
    .name = "enum",
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
    .init_default = qdev_propinfo_init_default_32,
};

const PropertyInfo qdev_prop_on_off_auto = {
    .name = "OnOffAuto",
    .description = "on/off/auto",
    .enum_table = &OnOffAuto_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
    .init_default = qdev_propinfo_init_default_32,
};

/*** Links ***/

static ObjectProperty *create_link(ObjectClass *oc, const char *name,
                                   Property *prop)
{
    return object_class_property_add_link(oc, name, prop->link_type,
                                prop->offset,
                                qdev_prop_allow_set_link_before_realize,
                                OBJ_PROP_LINK_STRONG);
}

const PropertyInfo qdev_prop_link = {
    .name = "link",
    .create = create_link,
};

/*** Arrays ***/

/* A client must not make us allocate without bound. */
#define ARRAY_LEN_MAX 65536

/* One element's property; the name follows the structure. */
typedef struct ArrayElement {
    Property prop;
    char name[];
} ArrayElement;

static void release_element(Object *obj, const char *name, void *opaque)
{
    ArrayElement *element = opaque;

    if (element->prop.info->release) {
        element->prop.info->release(obj, name, &element->prop);
    }
    g_free(element);
}

static void add_element(Object *obj, const Property *array, const char *base,
                        uint32_t i, char *field)
{
    g_autofree char *name = g_strdup_printf("%s[%u]", base, i);
    const PropertyInfo *info = array->arrayinfo;
    ArrayElement *element = g_malloc0(sizeof(*element) + strlen(name) + 1);

    strcpy(element->name, name);
    element->prop.name = element->name;
    element->prop.info = info;
    element->prop.offset = field - (char *)obj;
    object_property_add(obj, name, info->name, getter_of(info),
                        setter_of(info), release_element, element);
    object_property_set_description(obj, name, info->description);
}

static void set_array_length(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    Property *prop = opaque;
    uint32_t *length = object_field_prop_ptr(obj, prop);
    void **elements = (void **)((char *)obj + prop->arrayoffset);
    uint32_t value, i;

    if (*length) {
        error_setg(errp, "array size property %s may not be set more than "
                   "once", name);
        return;
    }
    if (!visit_type_uint32(v, name, &value, errp) || !value) {
        return;
    }
    if (value > ARRAY_LEN_MAX) {
        error_setg(errp, "array size property %s is at most %d", name,
                   ARRAY_LEN_MAX);
        return;
    }
    *length = value;
    *elements = g_malloc0_n(value, prop->arrayfieldsize);
    for (i = 0; i < value; i++) {
        add_element(obj, prop, name + strlen(PROP_ARRAY_LEN_PREFIX), i,
                    (char *)*elements + (size_t)i * prop->arrayfieldsize);
    }
}

/* Runs after release_element(): an object's properties go before a class's. */
static void release_array(Object *obj, const char *name, void *opaque)
{
    Property *prop = opaque;

    g_free(*(void **)((char *)obj + prop->arrayoffset));
}

const PropertyInfo qdev_prop_arraylen = {
    .name = "uint32",
    .get = get_uint32,
    .set = set_array_length,
    .set_default_value = qdev_propinfo_set_default_value_uint,
    .init_default = qdev_propinfo_init_default_32,
    .release = release_array,
};

/*** From C ***/

void qdev_prop_set_bit(DeviceState *dev, const char *name, bool value)
{
    object_property_set_bool(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint8(DeviceState *dev, const char *name, uint8_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint16(DeviceState *dev, const char *name, uint16_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint32(DeviceState *dev, const char *name, uint32_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_int32(DeviceState *dev, const char *name, int32_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint64(DeviceState *dev, const char *name, uint64_t value)
{
    object_property_set_uint(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_string(DeviceState *dev, const char *name,
                          const char *value)
{
    object_property_set_str(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_enum(DeviceState *dev, const char *name, int value)
{
    ObjectProperty *op = object_property_find_err(OBJECT(dev), name,
                                                  &error_abort);
    Property *prop = op->opaque;

    object_property_set_str(OBJECT(dev), name,
                            qapi_enum_lookup(prop->info->enum_table, value),
                            &error_abort);
}
