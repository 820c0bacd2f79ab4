/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where QEMU sources say qom/qom-qobject.h: properties as JSON values are
 * object_property_{get,set}_json() of qom/object.h.
 */
#ifndef QOM_JSON_H
#define QOM_JSON_H

#include "qom/object.h"

#endif
