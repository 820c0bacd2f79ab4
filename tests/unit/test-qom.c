/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types, classes, interfaces, instances, properties and the tree.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/visitor.h"
#include "qom/object_interfaces.h"

/* ---- a small family of types ---- */

#define TYPE_NAMED "test-named"
typedef struct Named Named;
typedef struct NamedClass {
    InterfaceClass parent_class;
    const char *(*name)(Named *);
    int level;
} NamedClass;
DECLARE_CLASS_CHECKERS(NamedClass, NAMED, TYPE_NAMED)
#define NAMED(obj) INTERFACE_CHECK(Named, obj, TYPE_NAMED)

#define TYPE_SUB_NAMED "test-sub-named"

#define TYPE_ANIMAL "test-animal"
OBJECT_DECLARE_TYPE(Animal, AnimalClass, ANIMAL)
struct Animal {
    Object parent_obj;
    int legs;
    char *sound;
    bool tame;
    int mood;
    uint8_t small;
    uint64_t large;
    Object *friend;
    Object *owner;
};
struct AnimalClass {
    ObjectClass parent_class;
    int order;
    const char *base_seen;
};

#define TYPE_DOG "test-dog"
OBJECT_DECLARE_SIMPLE_TYPE(Dog, DOG)
struct Dog {
    Animal parent_obj;
    int barks;
    struct {
        char bytes[64];
    } wide QEMU_ALIGNED(64);
};

#define TYPE_UC "test-uc"
OBJECT_DECLARE_SIMPLE_TYPE(Uc, UC)
struct Uc {
    Object parent_obj;
    uint32_t value;
    bool busy;
    bool fail;
    bool completed;
};

static GString *calls;      /* order of init and finalize */
static int animals;

static const char *const mood_names[] = { "calm", "wild", NULL };
static const QEnumLookup mood_lookup = { .array = mood_names, .size = 2 };

static void note(const char *what)
{
    if (calls) {
        g_string_append(calls, what);
        g_string_append_c(calls, ' ');
    }
}

static char *sound_get(Object *obj, Error **errp)
{
    return g_strdup(ANIMAL(obj)->sound ?: "");
}

static void sound_set(Object *obj, const char *value, Error **errp)
{
    if (!*value) {
        error_setg(errp, "silence");
        return;
    }
    g_free(ANIMAL(obj)->sound);
    ANIMAL(obj)->sound = g_strdup(value);
}

static bool tame_get(Object *obj, Error **errp)
{
    return ANIMAL(obj)->tame;
}

static void tame_set(Object *obj, bool value, Error **errp)
{
    ANIMAL(obj)->tame = value;
}

static int mood_get(Object *obj, Error **errp)
{
    return ANIMAL(obj)->mood;
}

static void mood_set(Object *obj, int value, Error **errp)
{
    ANIMAL(obj)->mood = value;
}

static void legs_get(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    int64_t legs = ANIMAL(obj)->legs;

    visit_type_int(v, name, &legs, errp);
}

static void legs_set(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    int64_t legs;

    if (visit_type_int(v, name, &legs, errp)) {
        ANIMAL(obj)->legs = legs;
    }
}

static void born_get(Object *obj, struct tm *tm, Error **errp)
{
    *tm = (struct tm){ .tm_year = 122, .tm_mon = 11, .tm_mday = 14 };
}

static void animal_init(Object *obj)
{
    note("animal-init");
    animals++;
    object_property_add_uint8_ptr(obj, "small", &ANIMAL(obj)->small,
                                  OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint64_ptr(obj, "large", &ANIMAL(obj)->large,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_link(obj, "owner", TYPE_ANIMAL, &ANIMAL(obj)->owner,
                             object_property_allow_set_link, 0);
}

static void animal_post_init(Object *obj)
{
    note("animal-post");
}

static void animal_finalize(Object *obj)
{
    note("animal-end");
    animals--;
    g_free(ANIMAL(obj)->sound);
}

static void animal_base_init(ObjectClass *oc, void *data)
{
    ((AnimalClass *)oc)->base_seen = data;
}

static void animal_class_init(ObjectClass *oc, void *data)
{
    ObjectProperty *prop;

    ANIMAL_CLASS(oc)->order = 1;
    object_class_property_add_str(oc, "sound", sound_get, sound_set);
    object_class_property_add_bool(oc, "tame", tame_get, tame_set);
    object_class_property_add_enum(oc, "mood", "Mood", &mood_lookup,
                                   mood_get, mood_set);
    object_class_property_add_tm(oc, "born", born_get);
    object_class_property_add_link(oc, "friend", TYPE_ANIMAL,
                                   offsetof(Animal, friend),
                                   object_property_allow_set_link,
                                   OBJ_PROP_LINK_STRONG);
    prop = object_class_property_add(oc, "legs", "int", legs_get, legs_set,
                                     NULL, NULL);
    object_property_set_default_int(prop, 4);
    object_class_property_set_description(oc, "legs", "how many it has");
    NAMED_CLASS(oc)->level = 1;
}

static void dog_init(Object *obj)
{
    note("dog-init");
}

static void dog_post_init(Object *obj)
{
    note("dog-post");
}

static void dog_finalize(Object *obj)
{
    note("dog-end");
}

static const char *dog_name(Named *named)
{
    return "dog";
}

static void dog_class_init(ObjectClass *oc, void *data)
{
    g_assert_cmpint(ANIMAL_CLASS(oc)->order, ==, 1);
    ANIMAL_CLASS(oc)->order = 2;
    g_assert_cmpint(NAMED_CLASS(oc)->level, ==, 1);
    NAMED_CLASS(oc)->level = 2;
    NAMED_CLASS(oc)->name = dog_name;
    g_assert_cmpstr(data, ==, "dog-data");
}

static void uc_complete(UserCreatable *uc, Error **errp)
{
    if (UC(uc)->fail) {
        error_setg(errp, "cannot complete");
        return;
    }
    UC(uc)->completed = true;
}

static bool uc_can_be_deleted(UserCreatable *uc)
{
    return !UC(uc)->busy;
}

static bool uc_fail_get(Object *obj, Error **errp)
{
    return UC(obj)->fail;
}

static void uc_fail_set(Object *obj, bool value, Error **errp)
{
    UC(obj)->fail = value;
}

static void uc_init(Object *obj)
{
    object_property_add_uint32_ptr(obj, "value", &UC(obj)->value,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_bool(obj, "fail", uc_fail_get, uc_fail_set);
}

static void uc_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = uc_complete;
    USER_CREATABLE_CLASS(oc)->can_be_deleted = uc_can_be_deleted;
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_DOG,           /* before its parent, which is allowed */
        .parent = TYPE_ANIMAL,
        .instance_size = sizeof(Dog),
        .instance_align = __alignof__(Dog),
        .instance_init = dog_init,
        .instance_post_init = dog_post_init,
        .instance_finalize = dog_finalize,
        .class_init = dog_class_init,
        .class_data = (void *)"dog-data",
        .interfaces = (InterfaceInfo[]) { { TYPE_NAMED }, { } },
    }, {
        .name = TYPE_ANIMAL,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Animal),
        .instance_init = animal_init,
        .instance_post_init = animal_post_init,
        .instance_finalize = animal_finalize,
        .class_size = sizeof(AnimalClass),
        .class_base_init = animal_base_init,
        .class_init = animal_class_init,
        .abstract = true,
        .interfaces = (InterfaceInfo[]) { { TYPE_SUB_NAMED }, { } },
    }, {
        .name = TYPE_NAMED,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(NamedClass),
    }, {
        .name = TYPE_SUB_NAMED,
        .parent = TYPE_NAMED,
    }, {
        .name = TYPE_UC,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Uc),
        .instance_init = uc_init,
        .class_init = uc_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_USER_CREATABLE }, { } },
    }, {
        .name = "test-orphan",
        .parent = "test-no-such-parent",
    },
};
DEFINE_TYPES(test_types)

/* ---- types and casts ---- */

static void test_classes(void)
{
    ObjectClass *oc = object_class_by_name(TYPE_DOG);
    const char *heap_name;

    g_assert_nonnull(oc);
    g_assert_true(type_exists(TYPE_DOG));
    g_assert_false(type_exists("test-cat"));
    g_assert_null(object_class_by_name("test-cat"));
    g_assert_null(object_class_by_name(NULL));
    g_assert_null(object_class_by_name("test-orphan"));
    g_assert_true(module_object_class_by_name(TYPE_DOG) == oc);

    g_assert_cmpstr(object_class_get_name(oc), ==, TYPE_DOG);
    g_assert_false(object_class_is_abstract(oc));
    g_assert_cmpint(ANIMAL_CLASS(oc)->order, ==, 2);
    g_assert_cmpstr(ANIMAL_CLASS(oc)->base_seen, ==, "dog-data");
    oc = object_class_get_parent(oc);
    g_assert_cmpstr(object_class_get_name(oc), ==, TYPE_ANIMAL);
    g_assert_true(object_class_is_abstract(oc));
    g_assert_cmpint(ANIMAL_CLASS(oc)->order, ==, 1);
    oc = object_class_get_parent(oc);
    g_assert_cmpstr(object_class_get_name(oc), ==, TYPE_OBJECT);
    g_assert_null(object_class_get_parent(oc));
    g_assert_cmpint(object_type_get_instance_size(TYPE_DOG), ==, sizeof(Dog));

    /* A name that is not the registered literal works as well. */
    heap_name = g_strdup(TYPE_ANIMAL);
    oc = object_class_by_name(TYPE_DOG);
    g_assert_true(object_class_dynamic_cast(oc, heap_name) == oc);
    g_free((char *)heap_name);
}

static void test_casts(void)
{
    g_autoptr(Dog) dog = DOG(object_new(TYPE_DOG));
    ObjectClass *oc = OBJECT_GET_CLASS(ObjectClass, dog, TYPE_OBJECT);

    g_assert_true(((uintptr_t)dog & 63) == 0);
    g_assert_true((void *)ANIMAL(dog) == dog);
    g_assert_true((void *)OBJECT(dog) == dog);
    g_assert_null(ANIMAL(NULL));
    g_assert_null(object_dynamic_cast(NULL, TYPE_DOG));
    g_assert_null(object_dynamic_cast(OBJECT(dog), TYPE_CONTAINER));
    g_assert_null(object_dynamic_cast(OBJECT(dog), "test-cat"));
    g_assert_nonnull(object_dynamic_cast(OBJECT(dog), TYPE_NAMED));
    g_assert_nonnull(object_dynamic_cast(OBJECT(dog), TYPE_SUB_NAMED));
    g_assert_null(object_dynamic_cast(OBJECT(dog), TYPE_USER_CREATABLE));
    g_assert_cmpstr(object_get_typename(OBJECT(dog)), ==, TYPE_DOG);
    /* More kinds than the cache holds. */
    for (int i = 0; i < 20; i++) {
        g_assert_true((void *)DOG(dog) == dog);
        g_assert_true((void *)ANIMAL(dog) == dog);
        g_assert_true((void *)NAMED(dog) == dog);
        g_assert_true(OBJECT_CHECK(void, dog, TYPE_OBJECT) == dog);
        g_assert_true(INTERFACE_CHECK(void, dog, TYPE_SUB_NAMED) == dog);
        g_assert_cmpint(NAMED_GET_CLASS(dog)->level, ==, 2);
        g_assert_cmpint(ANIMAL_GET_CLASS(dog)->order, ==, 2);
    }
    g_assert_true(object_get_class(OBJECT(dog)) == oc);
    g_assert_cmpstr(NAMED_GET_CLASS(dog)->name(NAMED(dog)), ==, "dog");
    g_assert_true(NAMED_GET_CLASS(dog)->parent_class.concrete_class == oc);
}

static void test_bad_cast(void)
{
    if (g_test_subprocess()) {
        Object *obj = object_new(TYPE_CONTAINER);

        DOG(obj);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*test-qom.c*not an instance of type "
                              "test-dog*");
}

static void test_lists(void)
{
    GSList *list = object_class_get_list(TYPE_ANIMAL, false);

    g_assert_cmpint(g_slist_length(list), ==, 1);
    g_slist_free(list);
    list = object_class_get_list_sorted(TYPE_ANIMAL, true);
    g_assert_cmpint(g_slist_length(list), ==, 2);
    g_assert_cmpstr(object_class_get_name(list->data), ==, TYPE_ANIMAL);
    g_slist_free(list);
    /* By interface; the interface itself counts as abstract. */
    list = object_class_get_list(TYPE_NAMED, false);
    g_assert_cmpint(g_slist_length(list), ==, 1);
    g_slist_free(list);
    g_assert_null(object_class_get_list("test-cat", true));
}

static void test_dynamic_type(void)
{
    g_autofree char *name = g_strdup("test-puppy");
    g_autofree char *parent = g_strdup(TYPE_DOG);
    TypeInfo info = { .name = name, .parent = parent };
    Object *obj;

    type_register(&info);
    memset(name, 'x', strlen(name));
    memset(parent, 'x', strlen(parent));
    obj = object_new("test-puppy");
    g_assert_cmpint(NAMED_GET_CLASS(obj)->level, ==, 2);
    g_assert_cmpstr(ANIMAL_GET_CLASS(obj)->base_seen, ==, NULL);
    object_unref(obj);
}

/* ---- life ---- */

static void test_life(void)
{
    Object *obj;

    calls = g_string_new(NULL);
    obj = object_new(TYPE_DOG);
    g_assert_cmpstr(calls->str, ==, "animal-init dog-init dog-post "
                                    "animal-post ");
    g_assert_cmpint(ANIMAL(obj)->legs, ==, 4);      /* the default */
    g_assert_true(object_ref(obj) == obj);
    object_unref(obj);
    g_string_truncate(calls, 0);
    object_unref(obj);
    g_assert_cmpstr(calls->str, ==, "dog-end animal-end ");
    g_string_free(calls, true);
    calls = NULL;
    g_assert_cmpint(animals, ==, 0);
    object_unref(NULL);
    g_assert_null(object_ref(NULL));
}

static void test_children(void)
{
    struct {
        Object parent;
        Dog dog QEMU_ALIGNED(64);
    } box;
    Object *heap;
    g_autofree char *path = NULL;

    object_initialize(&box.parent, sizeof(box.parent), TYPE_CONTAINER);
    object_initialize_child(&box.parent, "inner", &box.dog, TYPE_DOG);
    g_assert_cmpint(animals, ==, 1);
    g_assert_true(object_resolve_path_component(&box.parent, "inner") ==
                  OBJECT(&box.dog));
    g_assert_cmpstr(object_get_canonical_path_component(OBJECT(&box.dog)), ==,
                    "inner");
    g_assert_null(object_get_canonical_path(OBJECT(&box.dog)));

    object_property_add_child(object_get_root(), "box", &box.parent);
    path = object_get_canonical_path(OBJECT(&box.dog));
    g_assert_cmpstr(path, ==, "/box/inner");
    g_assert_true(object_resolve_path(path, NULL) == OBJECT(&box.dog));

    heap = object_new(TYPE_DOG);
    object_property_add_child(&box.parent, "extra[*]", heap);
    object_unref(heap);
    g_assert_cmpint(animals, ==, 2);
    object_unparent(heap);
    g_assert_cmpint(animals, ==, 1);

    object_unparent(&box.parent);
    object_unparent(&box.parent);       /* harmless */
    object_unref(&box.parent);
    g_assert_cmpint(animals, ==, 0);
}

static void test_child_errors(void)
{
    Error *err = NULL;
    Object *parent = object_new(TYPE_CONTAINER), *dog = object_new(TYPE_DOG);

    object_property_add_child(parent, "x", dog);
    object_unref(dog);
    dog = object_new(TYPE_DOG);
    g_assert_null(object_property_try_add_child(parent, "x", dog, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "attempt to add duplicate "
                    "property 'x' to object (type 'container')");
    error_free(err);
    object_unref(dog);
    object_unref(parent);
    g_assert_cmpint(animals, ==, 0);
}

static void test_star_names(void)
{
    Object *parent = object_new(TYPE_CONTAINER);
    Object *child[2000];

    for (int i = 0; i < ARRAY_SIZE(child); i++) {
        g_autofree char *want = g_strdup_printf("d[%d]", i);

        child[i] = object_new(TYPE_CONTAINER);
        object_property_add_child(parent, "d[*]", child[i]);
        object_unref(child[i]);
        g_assert_cmpstr(object_get_canonical_path_component(child[i]), ==,
                        want);
    }
    /* The lowest free number is used again. */
    object_unparent(child[7]);
    object_unparent(child[3]);
    child[3] = object_new(TYPE_CONTAINER);
    object_property_add_child(parent, "d[*]", child[3]);
    g_assert_cmpstr(object_get_canonical_path_component(child[3]), ==,
                    "d[3]");
    object_unref(child[3]);
    child[7] = object_new(TYPE_CONTAINER);
    object_property_add_child(parent, "d[*]", child[7]);
    g_assert_cmpstr(object_get_canonical_path_component(child[7]), ==,
                    "d[7]");
    object_unref(child[7]);
    object_unref(parent);
}

static int count_child(Object *child, void *opaque)
{
    return ++*(int *)opaque == 3 ? 77 : 0;
}

static int remove_child(Object *child, void *opaque)
{
    object_unparent(child);
    return 0;
}

static void test_foreach(void)
{
    Object *root = object_new(TYPE_CONTAINER);
    int n = 0;

    container_get(root, "/a/b/c");
    container_get(root, "/a/d");
    container_get(root, "/e");
    g_assert_cmpint(object_child_foreach(root, count_child, &n), ==, 0);
    g_assert_cmpint(n, ==, 2);
    n = 3;
    g_assert_cmpint(object_child_foreach_recursive(root, count_child, &n),
                    ==, 0);
    g_assert_cmpint(n, ==, 8);
    n = 0;
    g_assert_cmpint(object_child_foreach_recursive(root, count_child, &n),
                    ==, 77);
    g_assert_cmpint(n, ==, 3);
    object_child_foreach(root, remove_child, NULL);
    n = 0;
    object_child_foreach(root, count_child, &n);
    g_assert_cmpint(n, ==, 0);
    object_unref(root);
}

/* ---- properties ---- */

static void test_properties(void)
{
    Object *dog = object_new(TYPE_DOG);
    g_autofree char *sound = NULL;
    json_t *value;

    g_assert_true(object_property_set_str(dog, "sound", "woof",
                                          &error_abort));
    sound = object_property_get_str(dog, "sound", &error_abort);
    g_assert_cmpstr(sound, ==, "woof");
    g_assert_true(object_property_set_bool(dog, "tame", true, &error_abort));
    g_assert_true(object_property_get_bool(dog, "tame", &error_abort));
    g_assert_true(object_property_set_int(dog, "legs", -3, &error_abort));
    g_assert_cmpint(object_property_get_int(dog, "legs", &error_abort), ==,
                    -3);
    g_assert_true(object_property_set_uint(dog, "small", 255, &error_abort));
    g_assert_cmpuint(object_property_get_uint(dog, "small", &error_abort),
                     ==, 255);
    g_assert_true(object_property_parse(dog, "mood", "wild", &error_abort));
    g_assert_cmpint(object_property_get_enum(dog, "mood", "Mood",
                                             &error_abort), ==, 1);
    g_assert_true(object_property_parse(dog, "small", "0x10", &error_abort));
    g_assert_cmpint(ANIMAL(dog)->small, ==, 16);
    g_assert_cmpstr(object_property_get_type(dog, "friend", &error_abort),
                    ==, "link<test-animal>");

    ANIMAL(dog)->large = UINT64_MAX - 1;
    g_assert_cmpuint(object_property_get_uint(dog, "large", &error_abort),
                     ==, UINT64_MAX - 1);
    value = object_property_get_json(dog, "large", &error_abort);
    g_assert_true(json_is_big_uinteger(value));
    json_decref(value);
    value = object_property_get_json(dog, "born", &error_abort);
    g_assert_cmpint(json_get_int(value, "tm_year", 0), ==, 122);
    json_decref(value);

    g_free(sound);
    sound = object_property_print(dog, "large", true, &error_abort);
    g_assert_cmpstr(sound, ==, "-2 (0xfffffffffffffffe)");
    g_free(sound);
    sound = object_property_print(dog, "sound", true, &error_abort);
    g_assert_cmpstr(sound, ==, "\"woof\"");
    object_unref(dog);
}

#define expect_error(call, text) do { \
    Error *err_ = NULL; \
    g_assert_false(call); \
    g_assert_nonnull(err_); \
    g_assert_cmpstr(error_get_pretty(err_), ==, text); \
    error_free(err_); \
} while (0)

static void test_property_errors(void)
{
    Object *dog = object_new(TYPE_DOG);

    expect_error(object_property_set_int(dog, "tail", 1, &err_),
                 "Property 'test-dog.tail' not found");
    expect_error(object_property_set_uint(dog, "large", 1, &err_),
                 "Property 'test-dog.large' is not writable");
    expect_error(object_property_set_str(dog, "legs", "x", &err_),
                 "Invalid parameter type for 'legs', expected: integer");
    expect_error(object_property_set_bool(dog, "sound", true, &err_),
                 "Invalid parameter type for 'sound', expected: string");
    expect_error(object_property_set_int(dog, "tame", 1, &err_),
                 "Invalid parameter type for 'tame', expected: boolean");
    expect_error(object_property_set_str(dog, "mood", "sad", &err_),
                 "Parameter 'mood' does not accept value 'sad'");
    expect_error(object_property_set_int(dog, "small", 256, &err_),
                 "Parameter 'small' expects uint8_t");
    expect_error(object_property_set_str(dog, "sound", "", &err_),
                 "silence");
    expect_error(object_property_parse(dog, "legs", "4x", &err_),
                 "Parameter 'legs' expects int64");
    expect_error(object_property_parse(dog, "tame", "maybe", &err_),
                 "Parameter 'tame' expects 'on' or 'off'");
    expect_error(object_property_get_str(dog, "legs", &err_),
                 "Invalid parameter type for 'legs', expected: string");
    expect_error(object_property_set_str(dog, "friend", "/nobody", &err_),
                 "Device '/nobody' not found");
    expect_error(object_property_set_str(dog, "friend", "/", &err_),
                 "Invalid parameter type for 'friend', "
                 "expected: test-animal");
    expect_error(object_property_get_enum(dog, "mood", "Other", &err_) >= 0,
                 "Property mood on test-dog is not 'Other' enum type");
    g_assert_cmpint(ANIMAL(dog)->legs, ==, 4);
    object_unref(dog);
}

static void test_links(void)
{
    Object *dog = object_new(TYPE_DOG), *pal = object_new(TYPE_DOG);
    Object *yard = container_get(object_get_root(), "/yard");
    g_autofree char *path = NULL;

    /* Without a path, by pointer. */
    g_assert_true(object_property_set_link(dog, "friend", pal,
                                           &error_abort));
    g_assert_true(ANIMAL(dog)->friend == pal);
    g_assert_true(object_property_get_link(dog, "friend", &error_abort) ==
                  pal);
    object_property_add_child(yard, "pal", pal);
    path = object_property_get_str(dog, "friend", &error_abort);
    g_assert_cmpstr(path, ==, "/yard/pal");
    object_unparent(pal);
    object_unref(pal);
    g_assert_cmpint(animals, ==, 2);        /* the link is strong */
    g_assert_true(object_property_set_link(dog, "friend", NULL,
                                           &error_abort));
    g_assert_cmpint(animals, ==, 1);
    g_assert_null(object_property_get_link(dog, "friend", &error_abort));
    expect_error(object_property_set_link(dog, "friend", yard, &err_),
                 "Invalid parameter type for 'friend', "
                 "expected: test-animal");

    /* By absolute and partial path; the strong link ends with the object. */
    pal = object_new(TYPE_DOG);
    object_property_add_child(yard, "pal2", pal);
    object_unref(pal);
    g_assert_true(object_property_parse(dog, "friend", "pal2",
                                        &error_abort));
    g_assert_true(object_property_parse(dog, "owner", "/yard/pal2",
                                        &error_abort));
    g_assert_true(ANIMAL(dog)->owner == pal);
    g_assert_true(object_property_parse(dog, "owner", "", &error_abort));
    g_assert_null(ANIMAL(dog)->owner);
    object_property_add_const_link(dog, "place", yard);
    g_assert_true(object_property_get_link(dog, "place", &error_abort) ==
                  yard);
    g_assert_true(object_resolve_path_at(dog, "place/pal2") == pal);
    object_unref(dog);
    g_assert_cmpint(animals, ==, 1);
    object_unparent(yard);
    g_assert_cmpint(animals, ==, 0);
}

static void test_alias(void)
{
    Object *dog = object_new(TYPE_DOG), *other = object_new(TYPE_CONTAINER);
    json_t *props = json_pack("{s:i, s:s}", "feet", 3, "noise", "yip");

    object_property_add_alias(other, "feet", dog, "legs");
    object_property_add_alias(other, "noise", dog, "sound");
    object_property_add_alias(other, "tiny", dog, "small");
    object_property_add_alias(other, "pal", dog, "friend");
    g_assert_true(object_set_properties_from_keyval(other, props, true,
                                                    &error_abort));
    g_assert_cmpint(ANIMAL(dog)->legs, ==, 3);
    g_assert_cmpstr(ANIMAL(dog)->sound, ==, "yip");
    g_assert_cmpstr(object_property_find(other, "feet")->description, ==,
                    "how many it has");
    g_assert_true(object_property_parse(other, "tiny", "9", &error_abort));
    g_assert_cmpint(ANIMAL(dog)->small, ==, 9);
    expect_error(object_property_set_str(other, "pal", "/", &err_),
                 "Invalid parameter type for 'pal', expected: test-animal");
    json_decref(props);
    object_unref(other);
    object_unref(dog);
}

static void test_set_many(void)
{
    Object *dog = object_new(TYPE_DOG);
    json_t *props = json_pack("{s:s, s:s}", "legs", "5", "tame", "on");

    g_assert_true(object_set_props(dog, &error_abort, "sound", "arf",
                                   "small", "7", NULL));
    g_assert_cmpint(ANIMAL(dog)->small, ==, 7);
    expect_error(object_set_props(dog, &err_, "legs", "1", "wings", "2",
                                  "small", "8", NULL),
                 "Property 'test-dog.wings' not found");
    g_assert_cmpint(ANIMAL(dog)->small, ==, 7);
    g_assert_true(object_set_properties_from_keyval(dog, props, false,
                                                    &error_abort));
    g_assert_cmpint(ANIMAL(dog)->legs, ==, 5);
    g_assert_true(ANIMAL(dog)->tame);
    expect_error(object_set_properties_from_keyval(dog, props, true, &err_),
                 "Invalid parameter type for 'legs', expected: integer");
    json_decref(props);
    object_unref(dog);
}

static void test_iterate(void)
{
    Object *dog = object_new(TYPE_DOG);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    GString *names = g_string_new(NULL);

    object_property_iter_init(&iter, dog);
    while ((prop = object_property_iter_next(&iter))) {
        g_string_append_printf(names, "%s ", prop->name);
        if (!strcmp(prop->name, "large")) {
            object_property_del(dog, "large");
        }
    }
    g_assert_cmpstr(names->str, ==,
                    "small large owner sound tame mood born friend legs "
                    "type ");
    g_assert_null(object_property_find(dog, "large"));
    g_string_free(names, true);
    object_unref(dog);
}

static void test_many_properties(void)
{
    Object *obj = object_new(TYPE_CONTAINER);
    uint8_t value = 0;

    for (int i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("p%d", i);

        object_property_add_uint8_ptr(obj, name, &value, OBJ_PROP_FLAG_READ);
    }
    for (int i = 0; i < 100; i += 3) {
        g_autofree char *name = g_strdup_printf("p%d", i);

        object_property_del(obj, name);
    }
    for (int i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("p%d", i);

        g_assert_cmpint(object_property_find(obj, name) != NULL, ==,
                        i % 3 != 0);
    }
    object_unref(obj);
}

static void test_globals(void)
{
    GlobalProperty list[] = {
        { TYPE_ANIMAL, "legs", "6" },
        { "test-cat", "legs", "7" },
        { TYPE_NAMED, "sound", "hum" },
        { TYPE_DOG, "wings", "2", .optional = true },
        { TYPE_DOG, "wings", "2" },
    };
    g_autoptr(GPtrArray) props = g_ptr_array_new();
    Object *dog = object_new(TYPE_DOG);

    for (int i = 0; i < 4; i++) {
        g_ptr_array_add(props, &list[i]);
    }
    g_assert_true(object_apply_global_props(dog, props, &error_abort));
    g_assert_cmpint(ANIMAL(dog)->legs, ==, 6);
    g_assert_cmpstr(ANIMAL(dog)->sound, ==, "hum");
    g_assert_true(list[0].used);
    g_assert_false(list[1].used);
    g_ptr_array_add(props, &list[4]);
    expect_error(object_apply_global_props(dog, props, &err_),
                 "can't apply global test-dog.wings=2: "
                 "Property 'test-dog.wings' not found");
    object_unref(dog);
}

static void test_help(void)
{
    g_autoptr(Dog) dog = DOG(object_new(TYPE_DOG));
    ObjectProperty *prop = object_property_find(OBJECT(dog), "legs");
    g_autofree char *text = object_property_help(prop->name, prop->type,
                                                 prop->defval,
                                                 prop->description);

    g_assert_cmpstr(text, ==,
                    "  legs=<int>             - how many it has (default: 4)");
    g_free(text);
    text = object_property_help("x", "bool", NULL, NULL);
    g_assert_cmpstr(text, ==, "  x=<bool>");
}

/* ---- paths ---- */

static void test_paths(void)
{
    Object *root = object_get_root();
    Object *a = container_get(root, "/p/one/leaf");
    Object *b = container_get(root, "/p/two/leaf");
    Object *dog;
    bool ambiguous;
    g_autofree char *path = object_get_canonical_path(root);

    g_assert_cmpstr(path, ==, "/");
    g_assert_true(container_get(root, "/p/one/leaf") == a);
    g_assert_true(object_resolve_path("/p/one/leaf", &ambiguous) == a);
    g_assert_false(ambiguous);
    g_assert_true(object_resolve_path("/p//two/leaf/", NULL) == b);
    g_assert_true(object_resolve_path("/", NULL) == root);
    g_assert_true(object_resolve_path("one/leaf", &ambiguous) == a);
    g_assert_false(ambiguous);
    g_assert_null(object_resolve_path("leaf", &ambiguous));
    g_assert_true(ambiguous);
    g_assert_null(object_resolve_path("nothing", &ambiguous));
    g_assert_false(ambiguous);
    g_assert_null(object_resolve_path("", &ambiguous));
    g_assert_true(ambiguous);
    g_assert_null(object_resolve_path_type("", TYPE_DOG, &ambiguous));
    g_assert_false(ambiguous);
    dog = object_new(TYPE_DOG);
    object_property_add_child(b, "dog", dog);
    object_unref(dog);
    g_assert_true(object_resolve_path_type("", TYPE_DOG, NULL) == dog);
    g_assert_true(object_resolve_path_type("", TYPE_NAMED, NULL) == dog);
    g_assert_null(object_resolve_path("/p/three", NULL));
    g_assert_null(object_resolve_path_type("/p/one/leaf", TYPE_DOG, NULL));
    g_assert_true(object_resolve_path_at(a->parent, "leaf") == a);
    g_assert_true(object_resolve_path_at(a, "/p/two") == b->parent);
    object_unparent(container_get(root, "/p"));
}

/* ---- user creatable ---- */

static void test_user_creatable(void)
{
    Object *root = object_get_objects_root();
    Object *obj;
    json_t *opts;

    g_assert_true(user_creatable_add_from_str("test-uc,id=u0,value=7",
                                              &error_abort));
    obj = object_resolve_path_component(root, "u0");
    g_assert_nonnull(obj);
    g_assert_true(UC(obj)->completed);
    g_assert_cmpint(UC(obj)->value, ==, 7);

    expect_error(user_creatable_add_from_str("test-uc,id=u0", &err_),
                 "attempt to add duplicate property 'u0' to object "
                 "(type 'container')");
    expect_error(user_creatable_add_from_str("test-uc,id=u1,fail=on", &err_),
                 "cannot complete");
    g_assert_null(object_resolve_path_component(root, "u1"));
    expect_error(user_creatable_add_from_str("test-uc,id=u1,value=x", &err_),
                 "Parameter 'value' expects integer");
    expect_error(user_creatable_add_from_str("test-uc,id=u1,zz=1", &err_),
                 "Property 'test-uc.zz' not found");
    expect_error(user_creatable_add_from_str("test-uc,value=1", &err_),
                 "Parameter 'id' is missing");
    expect_error(user_creatable_add_from_str("test-uc,id=1", &err_),
                 "Parameter 'id' expects an identifier");
    expect_error(user_creatable_add_from_str("test-dog,id=d", &err_),
                 "Parameter 'qom-type' does not accept value 'test-dog'");
    expect_error(user_creatable_add_from_str("id=d", &err_),
                 "Parameter 'qom-type' is missing");
    g_assert_true(user_creatable_add_from_str(
        "{'qom-type': 'test-uc', 'id': 'u2', 'value': 9}", &error_abort));
    expect_error(user_creatable_add_from_str(
        "{'qom-type': 'test-uc', 'id': 'u3', 'value': '9'}", &err_),
        "Parameter 'value' expects uint64");
    opts = json_pack("{s:s, s:i}", "qom-type", TYPE_UC, "id", 3);
    expect_error(user_creatable_add_json(opts, true, &err_),
                 "Invalid parameter type for 'id', expected: string");
    json_decref(opts);

    UC(obj)->busy = true;
    expect_error(user_creatable_del("u0", &err_),
                 "object 'u0' is in use, can not be deleted");
    UC(obj)->busy = false;
    g_assert_true(user_creatable_del("u0", &error_abort));
    expect_error(user_creatable_del("u0", &err_), "object 'u0' not found");
    user_creatable_cleanup();
    g_assert_null(object_resolve_path_component(root, "u2"));

    obj = object_new_with_props(TYPE_UC, root, "u4", &error_abort,
                                "value", "3", NULL);
    g_assert_true(UC(obj)->completed);
    object_unparent(obj);
    expect_error(object_new_with_props(TYPE_ANIMAL, root, "a", &err_, NULL),
                 "object type 'test-animal' is abstract");
    expect_error(object_new_with_props("test-cat", root, "a", &err_, NULL),
                 "invalid object type: test-cat");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);

    g_test_add_func("/qom/classes", test_classes);
    g_test_add_func("/qom/casts", test_casts);
    g_test_add_func("/qom/bad-cast", test_bad_cast);
    g_test_add_func("/qom/lists", test_lists);
    g_test_add_func("/qom/dynamic-type", test_dynamic_type);
    g_test_add_func("/qom/life", test_life);
    g_test_add_func("/qom/children", test_children);
    g_test_add_func("/qom/child-errors", test_child_errors);
    g_test_add_func("/qom/star-names", test_star_names);
    g_test_add_func("/qom/foreach", test_foreach);
    g_test_add_func("/qom/properties", test_properties);
    g_test_add_func("/qom/property-errors", test_property_errors);
    g_test_add_func("/qom/links", test_links);
    g_test_add_func("/qom/alias", test_alias);
    g_test_add_func("/qom/set-many", test_set_many);
    g_test_add_func("/qom/iterate", test_iterate);
    g_test_add_func("/qom/many-properties", test_many_properties);
    g_test_add_func("/qom/globals", test_globals);
    g_test_add_func("/qom/help", test_help);
    g_test_add_func("/qom/paths", test_paths);
    g_test_add_func("/qom/user-creatable", test_user_creatable);
    return g_test_run();
}
