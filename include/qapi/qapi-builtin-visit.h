/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A name that QEMU's sources include: all of it is in qapi/visitor.h. */
#ifndef QAPI_BUILTIN_VISIT_H
#define QAPI_BUILTIN_VISIT_H

#include "qapi/visitor.h"

#endif
