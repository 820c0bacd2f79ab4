/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of qom/ share among themselves.
 */
#ifndef QOM_TYPE_IMPL_H
#define QOM_TYPE_IMPL_H

#include "qom/object.h"

typedef struct TypeImpl TypeImpl;

struct TypeImpl {
    const TypeInfo *info;
    TypeImpl *parent;           /* once resolved */
    TypeImpl *next;             /* in order of registration */
    ObjectClass *class;         /* once made */
    size_t class_size;          /* sizes count once resolved */
    size_t instance_size;
    size_t instance_align;
    uint32_t hash;
    bool resolved;
    bool interface;
    bool abstract;
};

uint32_t qom_name_hash(const char *name);
/* NULL if no such type is registered. */
TypeImpl *type_find(const char *name);
/* Fills in the parent and the sizes; false if a parent is not registered. */
bool type_resolve(TypeImpl *type);
/* Makes the class of a type, and first those above it. */
void type_make_class(TypeImpl *type);
bool type_is_below(const TypeImpl *type, const TypeImpl *above);

/* ---- qom/property.c ---- */

void property_table_clear(ObjectPropertyTable *table, Object *obj);
void property_remove(ObjectPropertyTable *table, ObjectProperty *prop);
void property_free(ObjectProperty *prop);
ObjectProperty *property_table_find(const ObjectPropertyTable *table,
                                    const char *name);
/* Puts the classes' defaults into a new instance. */
void object_init_class_properties(Object *obj);
/* Lets the classes' properties release what they hold of an instance. */
void object_release_class_properties(Object *obj);
void object_property_remove(Object *obj, ObjectProperty *prop);

/* ---- qom/property-kinds.c, qom/tree.c ---- */

/* If @prop is a link of @obj, its target in *@target, else false. */
bool object_link_read(Object *obj, const ObjectProperty *prop,
                      Object **target);
bool object_link_write(Object *obj, const ObjectProperty *prop,
                       Object *target, Error **errp);
bool object_property_is_child(const ObjectProperty *prop);

#endif
