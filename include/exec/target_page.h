/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXEC_TARGET_PAGE_H
#define EXEC_TARGET_PAGE_H
#include "exec/cpu-common.h"
#endif
