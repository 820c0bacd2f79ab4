/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A value that overrides a property's default in every new object of a type
 * and those derived from it: -global, and the lists of machine versions.
 */
#ifndef QOM_GLOBAL_PROPERTY_H
#define QOM_GLOBAL_PROPERTY_H

typedef struct GlobalProperty {
    const char *driver;
    const char *property;
    const char *value;
    bool used;                  /* some object took it */
    bool optional;              /* no error when the property is not there */
} GlobalProperty;

#endif /* QOM_GLOBAL_PROPERTY_H */
