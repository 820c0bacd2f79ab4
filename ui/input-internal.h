/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between ui/input*.c. */
#ifndef UI_INPUT_INTERNAL_H
#define UI_INPUT_INTERNAL_H

#include "ui/input.h"

/* Whether anybody takes such events. */
bool input_has_handler(InputEventKind kind);

#endif
