/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A name that QEMU's sources include: all of it is in qapi/visitor.h. */
#ifndef STRING_OUTPUT_VISITOR_H
#define STRING_OUTPUT_VISITOR_H

#include "qapi/visitor.h"

#endif
