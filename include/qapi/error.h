/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error objects: what a failed operation tells its caller.
 *
 * A function that can fail takes `Error **errp` last and, by convention,
 * also says in its return value that it failed.  The caller passes
 *   - the address of an Error * that is NULL, to get the error and own it,
 *   - NULL, to ignore it,
 *   - &error_fatal, to report it and exit(1),
 *   - &error_abort, to abort(): for what cannot happen.
 *
 * A function that looks at *errp or adds to it starts with ERRP_GUARD(),
 * which makes that safe for each of these.
 */
#ifndef ERROR_H
#define ERROR_H

/* QMP's error classes: all but the first are for clients of old. */
typedef enum ErrorClass {
    ERROR_CLASS_GENERIC_ERROR,
    ERROR_CLASS_COMMAND_NOT_FOUND,
    ERROR_CLASS_DEVICE_NOT_ACTIVE,
    ERROR_CLASS_DEVICE_NOT_FOUND,
    ERROR_CLASS_KVM_MISSING_CAP,
    ERROR_CLASS__MAX
} ErrorClass;

/* As QMP writes it: "GenericError". */
const char *QapiErrorClass_str(ErrorClass err_class);

extern Error *error_abort;
extern Error *error_fatal;

/*
 * Create an error in *@errp from a printf format; the message is one phrase
 * without a full stop or a newline.  *@errp must not hold one already.
 */
#define error_setg(errp, fmt, ...)                              \
    error_setg_internal((errp), __FILE__, __LINE__, __func__,   \
                        (fmt), ## __VA_ARGS__)
/* The same with ": " and the text of an errno value behind it. */
#define error_setg_errno(errp, os_error, fmt, ...)                      \
    error_setg_errno_internal((errp), __FILE__, __LINE__, __func__,     \
                              (os_error), (fmt), ## __VA_ARGS__)
#define error_setg_file_open(errp, os_errno, filename)                  \
    error_setg_errno(errp, os_errno, "Could not open '%s'", filename)
/* The same with a QMP error class. */
#define error_set(errp, err_class, fmt, ...)                            \
    error_set_internal((errp), __FILE__, __LINE__, __func__,            \
                       (err_class), (fmt), ## __VA_ARGS__)

void error_setg_internal(Error **errp, const char *src, int line,
                         const char *func, const char *fmt, ...)
    G_GNUC_PRINTF(5, 6);
void error_setg_errno_internal(Error **errp, const char *src, int line,
                               const char *func, int os_error,
                               const char *fmt, ...) G_GNUC_PRINTF(6, 7);
void error_set_internal(Error **errp, const char *src, int line,
                        const char *func, ErrorClass err_class,
                        const char *fmt, ...) G_GNUC_PRINTF(6, 7);

/*
 * Passes @local_err (may be NULL) on to *@dst_errp, which then owns it; if
 * there is one there already, that one stays and @local_err is freed.
 */
void error_propagate(Error **dst_errp, Error *local_err);
void error_propagate_prepend(Error **dst_errp, Error *local_err,
                             const char *fmt, ...) G_GNUC_PRINTF(3, 4);

/* Text in front of the message of *@errp. */
void error_prepend(Error *const *errp, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
void error_vprepend(Error *const *errp, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
/* Advice for people, printed behind the message; ends with a newline. */
void error_append_hint(Error *const *errp, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

const char *error_get_pretty(const Error *err);
const char *error_get_hint(const Error *err);
ErrorClass error_get_class(const Error *err);
Error *error_copy(const Error *err);
/* NULL is allowed. */
void error_free(Error *err);
/* Frees *@errp and sets it to NULL; aborts if there is none. */
void error_free_or_abort(Error **errp);
/* Moves *@src to an empty *@dst. */
static inline Error *error_steal(Error **src)
{
    return g_steal_pointer(src);
}

/* Report, with the hint, and free. */
void error_report_err(Error *err);
void warn_report_err(Error *err);
void error_reportf_err(Error *err, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void warn_reportf_err(Error *err, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* The first time only, by *@printed. */
bool warn_report_err_once_cond(bool *printed, Error *err);

typedef struct ErrorPropagator {
    Error *local_err;
    Error **errp;
} ErrorPropagator;

static inline void error_propagator_cleanup(ErrorPropagator *prop)
{
    if (prop->local_err) {
        error_propagate(prop->errp, prop->local_err);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrorPropagator, error_propagator_cleanup)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Error, error_free)

/*
 * From here on errp is not NULL and not &error_fatal: what is set there
 * reaches the caller's errp when the function returns.
 */
#define ERRP_GUARD()                                                    \
    g_auto(ErrorPropagator) errp_guard_ = { .errp = errp };             \
    do {                                                                \
        if (!errp || errp == &error_fatal) {                            \
            errp = &errp_guard_.local_err;                              \
        }                                                               \
    } while (0)

#endif /* ERROR_H */
