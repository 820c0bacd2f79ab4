/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auto-converge; all under the big lock. */
#ifndef MIGRATION_CONVERGE_H
#define MIGRATION_CONVERGE_H

/* RAM begins to go, and has gone or not. */
void converge_start(void);
void converge_stop(void);
/* @dirtied bytes since the last call, @sent bytes since the start. */
void converge_round(uint64_t dirtied, uint64_t sent);

#endif
