/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that people make: -object, object-add, object_add.  A type that
 * carries the user-creatable interface can be made by name with properties
 * and lives in /objects until it is deleted.
 */
#ifndef OBJECT_INTERFACES_H
#define OBJECT_INTERFACES_H

#include "qom/object.h"

#define TYPE_USER_CREATABLE "user-creatable"

typedef struct UserCreatableClass UserCreatableClass;
DECLARE_CLASS_CHECKERS(UserCreatableClass, USER_CREATABLE,
                       TYPE_USER_CREATABLE)
#define USER_CREATABLE(obj) \
    INTERFACE_CHECK(UserCreatable, (obj), TYPE_USER_CREATABLE)

typedef struct UserCreatable UserCreatable;

struct UserCreatableClass {
    InterfaceClass parent_class;

    /* Called once when all properties are set; NULL: nothing to do. */
    void (*complete)(UserCreatable *uc, Error **errp);
    /* False while something uses the object; NULL: always deletable. */
    bool (*can_be_deleted)(UserCreatable *uc);
};

bool user_creatable_complete(UserCreatable *uc, Error **errp);
bool user_creatable_can_be_deleted(UserCreatable *uc);

/*
 * Makes an object of @type as /objects/@id with the members of @props and
 * completes it.  Borrowed reference, NULL with @errp set on failure.
 */
Object *user_creatable_add_type(const char *type, const char *id,
                                const json_t *props, bool from_json,
                                Error **errp);

/*
 * The same from one object that holds "qom-type" and "id" too.  @from_json:
 * values have JSON's types (object-add, -object {...}); else all are strings
 * as keyval_parse() returns them.
 */
bool user_creatable_add_json(const json_t *opts, bool from_json,
                             Error **errp);

/*
 * The value of one -object: "TYPE,id=X,..." or JSON.  Parses without making
 * anything; NULL with @errp unset if help was asked for and printed.
 */
json_t *user_creatable_parse_str(const char *optarg, bool *from_json,
                                 Error **errp);
bool user_creatable_add_from_str(const char *optarg, Error **errp);

/* Lists the types, or the properties of one; true if that was asked for. */
void user_creatable_print_types(void);
bool user_creatable_print_help(const char *type, const char *params);

/* Deletes /objects/@id, unless it is in use. */
bool user_creatable_del(const char *id, Error **errp);
/* Deletes all of /objects: for the end of the program. */
void user_creatable_cleanup(void);

#endif
