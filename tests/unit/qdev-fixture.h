/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and buses for tests of the device floor.
 *
 * "test-dev" sits on a "test-bus", logs what happens to it and fails when it
 * is told to; "test-hub" has a bus of its own; "test-root" is a hub that
 * needs no bus.
 */
#ifndef TESTS_QDEV_FIXTURE_H
#define TESTS_QDEV_FIXTURE_H

#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"

#define TYPE_TEST_BUS "test-bus"

#define TYPE_TEST_DEV "test-dev"
#define TYPE_TEST_HUB "test-hub"
#define TYPE_TEST_ROOT "test-root"
OBJECT_DECLARE_SIMPLE_TYPE(TestDev, TEST_DEV)

struct TestDev {
    DeviceState parent_obj;

    char *name;                 /* property "name": how it signs the log */
    bool fail_realize;          /* property "fail" */
    uint32_t number;            /* property "number", 7 at first */
    BusState *bus;
};

/* What happened: words apart with spaces. */
extern GString *test_log;
void test_log_add(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* Compares and empties. */
#define assert_log(expected) do { \
    g_assert_cmpstr(test_log->str, ==, (expected)); \
    g_string_truncate(test_log, 0); \
} while (0)

/* Checks and frees an error. */
#define assert_error(err, text) do { \
    g_assert_nonnull(err); \
    g_assert_cmpstr(error_get_pretty(err), ==, (text)); \
    error_free(err); \
    (err) = NULL; \
} while (0)

/* A device of that type with that name, not realized yet; a reference. */
TestDev *test_dev_new(const char *type, const char *name);

/* The same, realized on bus; the tree holds the only reference. */
TestDev *test_dev_create(const char *type, const char *name, BusState *bus);

/* The tree lets go of it. */
void test_dev_delete(TestDev *td);

/* g_test_init() and all types. */
void test_qdev_init(int *argc, char ***argv);

#endif /* TESTS_QDEV_FIXTURE_H */
