/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that a source file wants called at start-up.  They are collected
 * by constructors, before main(), and called in the order they were linked,
 * when main() comes to their kind.
 */
#ifndef QEMU_MODULE_H
#define QEMU_MODULE_H

typedef enum {
    MODULE_INIT_MIGRATION,
    MODULE_INIT_BLOCK,
    MODULE_INIT_OPTS,
    MODULE_INIT_QOM,
    MODULE_INIT_TRACE,
    MODULE_INIT_XEN_BACKEND,
    MODULE_INIT_LIBQOS,
    MODULE_INIT_FUZZ_TARGET,
    MODULE_INIT_MAX
} module_init_type;

#define module_init(function, type)                                     \
static void __attribute__((constructor)) do_qemu_init_ ## function(void) \
{                                                                       \
    register_module_init(function, type);                               \
}

#define block_init(function) module_init(function, MODULE_INIT_BLOCK)
#define opts_init(function) module_init(function, MODULE_INIT_OPTS)
#define type_init(function) module_init(function, MODULE_INIT_QOM)
#define trace_init(function) module_init(function, MODULE_INIT_TRACE)
#define migration_init(function) module_init(function, MODULE_INIT_MIGRATION)
#define fuzz_target_init(function) \
    module_init(function, MODULE_INIT_FUZZ_TARGET)

void register_module_init(void (*fn)(void), module_init_type type);

/* Calls those of @type that have not been called yet. */
void module_call_init(module_init_type type);

/* There are no loadable modules: what is built is built in. */
#define module_obj(name) struct module_none_
#define module_dep(name) struct module_none_
#define module_arch(name) struct module_none_
#define module_opts(name) struct module_none_
#define module_kconfig(name) struct module_none_

#endif /* QEMU_MODULE_H */
