/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -accel qtest: no processor runs, and the virtual clock stands still until
 * a clock_step or clock_set command moves it.
 */
#include "qemu/osdep.h"
#include "qemu/accel.h"
#include "qemu/timer.h"
#include "sysemu/qtest.h"

static int qtest_init_machine(MachineState *ms)
{
    qemu_clock_virtual_set_manual();
    return 0;
}

static void qtest_accel_class_init(ObjectClass *oc, void *data)
{
    AccelClass *ac = ACCEL_CLASS(oc);

    ac->name = "QTest";
    ac->init_machine = qtest_init_machine;
    ac->allowed = &qtest_allowed;
}

static const TypeInfo qtest_accel_type = {
    .name = ACCEL_CLASS_NAME("qtest"),
    .parent = TYPE_ACCEL,
    .class_init = qtest_accel_class_init,
};

static void register_qtest_accel(void)
{
    type_register_static(&qtest_accel_type);
}

type_init(register_qtest_accel);
