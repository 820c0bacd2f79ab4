/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties of devices, described by an array in the class:
 *
 *     static Property foo_properties[] = {
 *         DEFINE_PROP_UINT32("vectors", FooState, nvectors, 4),
 *         DEFINE_PROP_END_OF_LIST(),
 *     };
 *
 * Each becomes a QOM class property backed by a field of the instance.  They
 * are written until the device is realized, and read at any time.
 */
#ifndef QEMU_QDEV_PROPERTIES_H
#define QEMU_QDEV_PROPERTIES_H

#include "hw/qdev-core.h"
#include "qapi/util.h"

struct Property {
    const char *name;
    const PropertyInfo *info;
    ptrdiff_t offset;           /* of the field in the instance */
    uint8_t bitnr;
    uint64_t bitmask;
    bool set_default;
    union {
        int64_t i;
        uint64_t u;
    } defval;
    int arrayoffset;            /* of the pointer to an array's elements */
    const PropertyInfo *arrayinfo;
    int arrayfieldsize;
    const char *link_type;
};

struct PropertyInfo {
    const char *name;           /* the type in -device X,help and QMP */
    const char *description;
    const QEnumLookup *enum_table;
    bool realized_set_allowed;  /* may be written after realize */

    /* A form for "info qtree" where the visitor's is unfit; may be NULL. */
    int (*print)(Object *obj, Property *prop, char *dest, size_t len);
    void (*set_default_value)(ObjectProperty *op, const Property *prop);

    /* Makes the class property where get and set do not suffice. */
    ObjectProperty *(*create)(ObjectClass *oc, const char *name,
                              Property *prop);
    ObjectPropertyAccessor *get;
    ObjectPropertyAccessor *set;
    ObjectPropertyRelease *release;

    /*
     * Puts the default in a new instance's field without a visitor; opaque of
     * the property is its Property.  NULL: set is called.
     */
    ObjectPropertyInit *init_default;
};

extern const PropertyInfo qdev_prop_bit;
extern const PropertyInfo qdev_prop_bit64;
extern const PropertyInfo qdev_prop_bool;
extern const PropertyInfo qdev_prop_enum;
extern const PropertyInfo qdev_prop_uint8;
extern const PropertyInfo qdev_prop_uint16;
extern const PropertyInfo qdev_prop_uint32;
extern const PropertyInfo qdev_prop_int32;
extern const PropertyInfo qdev_prop_uint64;
extern const PropertyInfo qdev_prop_int64;
extern const PropertyInfo qdev_prop_size;
extern const PropertyInfo qdev_prop_size32;
extern const PropertyInfo qdev_prop_string;
extern const PropertyInfo qdev_prop_on_off_auto;
extern const PropertyInfo qdev_prop_arraylen;
extern const PropertyInfo qdev_prop_link;

/* A field whose C type must be type_; further initializers may follow. */
#define QDEV_FIELD_OFFSET_(state_, field_, type_) \
    (offsetof(state_, field_) + QEMU_BUILD_BUG_ON_ZERO( \
        !__builtin_types_compatible_p( \
            typeof(((state_ *)0)->field_), type_)))

#define DEFINE_PROP(_name, _state, _field, _prop, _type, ...) { \
    .name = (_name), \
    .info = &(_prop), \
    .offset = QDEV_FIELD_OFFSET_(_state, _field, _type), \
    __VA_ARGS__ \
}

#define DEFINE_PROP_SIGNED(_name, _state, _field, _defval, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type, \
                .set_default = true, .defval.i = (_type)(_defval))
#define DEFINE_PROP_SIGNED_NODEFAULT(_name, _state, _field, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type)
#define DEFINE_PROP_UNSIGNED(_name, _state, _field, _defval, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type, \
                .set_default = true, .defval.u = (_type)(_defval))
#define DEFINE_PROP_UNSIGNED_NODEFAULT(_name, _state, _field, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type)

#define DEFINE_PROP_BIT(_name, _state, _field, _bit, _defval) \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bit, uint32_t, \
                .bitnr = (_bit), .set_default = true, \
                .defval.u = (bool)(_defval))
#define DEFINE_PROP_BIT64(_name, _state, _field, _bit, _defval) \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bit64, uint64_t, \
                .bitnr = (_bit), .set_default = true, \
                .defval.u = (bool)(_defval))
#define DEFINE_PROP_BOOL(_name, _state, _field, _defval) \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bool, bool, \
                .set_default = true, .defval.u = (bool)(_defval))

#define DEFINE_PROP_UINT8(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint8, uint8_t)
#define DEFINE_PROP_UINT16(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint16, uint16_t)
#define DEFINE_PROP_UINT32(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint32, uint32_t)
#define DEFINE_PROP_INT32(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_int32, int32_t)
#define DEFINE_PROP_UINT64(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint64, uint64_t)
#define DEFINE_PROP_INT64(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_int64, int64_t)
#define DEFINE_PROP_SIZE(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_size, uint64_t)
#define DEFINE_PROP_SIZE32(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_size32, uint32_t)
#define DEFINE_PROP_STRING(_n, _s, _f) \
    DEFINE_PROP(_n, _s, _f, qdev_prop_string, char *)
#define DEFINE_PROP_ON_OFF_AUTO(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_on_off_auto, OnOffAuto)
#define DEFINE_PROP_LINK(_name, _state, _field, _type, _ptr_type) \
    DEFINE_PROP(_name, _state, _field, qdev_prop_link, _ptr_type, \
                .link_type = (_type))

/*
 * "len-<name>" sets the number of elements, once; then "<name>[0]" and so on
 * exist.  _field holds the number, _arrayfield the pointer, and the elements
 * are freed with the device.
 */
#define PROP_ARRAY_LEN_PREFIX "len-"
#define DEFINE_PROP_ARRAY(_name, _state, _field, \
                          _arrayfield, _arrayprop, _arraytype) \
    DEFINE_PROP((PROP_ARRAY_LEN_PREFIX _name), \
                _state, _field, qdev_prop_arraylen, uint32_t, \
                .set_default = true, .defval.u = 0, \
                .arrayinfo = &(_arrayprop), \
                .arrayfieldsize = sizeof(_arraytype), \
                .arrayoffset = offsetof(_state, _arrayfield))

#define DEFINE_PROP_END_OF_LIST() {}

/*** Set a property that exists to a value that it takes (boards) ***/

void qdev_prop_set_bit(DeviceState *dev, const char *name, bool value);
void qdev_prop_set_uint8(DeviceState *dev, const char *name, uint8_t value);
void qdev_prop_set_uint16(DeviceState *dev, const char *name, uint16_t value);
void qdev_prop_set_uint32(DeviceState *dev, const char *name, uint32_t value);
void qdev_prop_set_int32(DeviceState *dev, const char *name, int32_t value);
void qdev_prop_set_uint64(DeviceState *dev, const char *name, uint64_t value);
void qdev_prop_set_string(DeviceState *dev, const char *name,
                          const char *value);
void qdev_prop_set_macaddr(DeviceState *dev, const char *name,
                           const uint8_t *value);
void qdev_prop_set_enum(DeviceState *dev, const char *name, int value);

/* The field behind prop in that object. */
void *object_field_prop_ptr(Object *obj, Property *prop);

/* -global, and defaults from the command line; prop is kept, not copied. */
void qdev_prop_register_global(GlobalProperty *prop);
const GlobalProperty *qdev_find_global_prop(Object *obj, const char *name);

/* Warns of globals that nothing used; 1 if there were any, else 0. */
int qdev_prop_check_globals(void);
void qdev_prop_set_globals(DeviceState *dev);

/* "Property 'x.y' can't take value 'v'" and its kin, by errno value. */
void error_set_from_qdev_prop_error(Error **errp, int ret, Object *obj,
                                    const char *name, const char *value);

/* Defines a class property for prop on any class. */
void qdev_property_add_static(DeviceState *dev, Property *prop);
void qdev_alias_all_properties(DeviceState *target, Object *source);

/* For set functions of properties that are fixed by realize. */
void qdev_prop_set_after_realize(DeviceState *dev, const char *name,
                                 Error **errp);

/* Whether name may still be written (or info allows it at any time). */
void qdev_prop_allow_set_link_before_realize(const Object *obj,
                                             const char *name, Object *val,
                                             Error **errp);
bool qdev_prop_allow_set(Object *obj, const char *name,
                         const PropertyInfo *info, Error **errp);

/* init_default for fields of type int32_t, uint32_t and enumerations. */
void qdev_propinfo_init_default_32(Object *obj, ObjectProperty *op);

/* Accessors for further integer and enumeration types. */
void qdev_propinfo_get_enum(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp);
void qdev_propinfo_set_enum(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp);
void qdev_propinfo_set_default_value_enum(ObjectProperty *op,
                                          const Property *prop);
void qdev_propinfo_set_default_value_int(ObjectProperty *op,
                                         const Property *prop);
void qdev_propinfo_set_default_value_uint(ObjectProperty *op,
                                          const Property *prop);
void qdev_propinfo_get_int32(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp);
void qdev_propinfo_get_size32(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp);

#endif /* QEMU_QDEV_PROPERTIES_H */
