/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMState engine: walks a VMStateDescription to write or read a device.
 *
 * Stream: the fields in order, without tags; then each subsection that is
 * needed as 0x05, length byte, name, 32-bit version and its own fields.  The
 * reader decides by version and field_exists() which fields are there.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/json-writer.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "migration/vmstate-internal.h"

/* A load never allocates more than this for one field. */
#define VMS_ALLOC_MAX ((int64_t)256 * MiB)

#define VMS_ANY_VARRAY (VMS_VARRAY_INT32 | VMS_VARRAY_UINT32 | \
                        VMS_VARRAY_UINT16 | VMS_VARRAY_UINT8)

static bool vms_is_end(const VMStateField *field)
{
    return !field->name || (field->flags & VMS_END);
}

static bool vms_exists(const VMStateField *field, void *opaque,
                       int version_id)
{
    return field->field_exists ? field->field_exists(opaque, version_id)
                               : field->version_id <= version_id;
}

/* How many elements; -1 where the count is negative. */
static int64_t vms_count(const VMStateField *field, void *opaque)
{
    const void *p = (char *)opaque + field->num_offset;
    int64_t n = 1;

    if (field->flags & VMS_ARRAY) {
        n = field->num;
    } else if (field->flags & VMS_VARRAY_INT32) {
        n = *(const int32_t *)p;
    } else if (field->flags & VMS_VARRAY_UINT32) {
        n = *(const uint32_t *)p;
    } else if (field->flags & VMS_VARRAY_UINT16) {
        n = *(const uint16_t *)p;
    } else if (field->flags & VMS_VARRAY_UINT8) {
        n = *(const uint8_t *)p;
    }
    if (field->flags & VMS_MULTIPLY_ELEMENTS) {
        n *= field->num;
    }
    return n < 0 ? -1 : n;
}

/* Bytes (for a bitmap: bits) an element has; -1 where it is negative. */
static int64_t vms_size(const VMStateField *field, void *opaque)
{
    int64_t size = field->size;

    if (field->flags & VMS_VBUFFER) {
        size = *(int32_t *)((char *)opaque + field->size_offset);
        if (field->flags & VMS_MULTIPLY) {
            size *= field->size;
        }
    }
    return size < 0 ? -1 : size;
}

/* Where the first element is; for a pointer, where it points. */
static void *vms_first(const VMStateField *field, void *opaque)
{
    void *p = (char *)opaque + field->offset;

    return field->flags & VMS_POINTER ? *(void **)p : p;
}

/*
 * Element @i.  NULL if it is a pointer that is NULL; elements without a size
 * have no address that matters.
 */
static void *vms_element(const VMStateField *field, void *first, int64_t i,
                         int64_t size)
{
    void *p = (char *)first + size * i;

    return field->flags & VMS_ARRAY_OF_POINTER ? *(void **)p : p;
}

/* --- The closing description of a stream --- */

static bool vms_compresses(const VMStateField *field)
{
    if (field->field_exists) {
        return false;
    }
    if (field->flags & VMS_STRUCT) {
        const VMStateField *sub = field->vmsd->fields;

        for (; !vms_is_end(sub); sub++) {
            if (!vms_compresses(sub)) {
                return false;
            }
        }
        return !field->vmsd->subsections;
    }
    return true;
}

/* The name, numbered where the description has several of it. */
static char *vms_unique_name(const VMStateDescription *vmsd,
                             const VMStateField *field)
{
    int before = 0, all = 0;

    for (const VMStateField *f = vmsd->fields; !vms_is_end(f); f++) {
        if (!strcmp(f->name, field->name)) {
            before += f < field;
            all++;
        }
    }
    return all > 1 ? g_strdup_printf("%s[%d]", field->name, before)
                   : g_strdup(field->name);
}

static const char *vms_type_name(const VMStateField *field)
{
    return field->flags & VMS_STRUCT ? "struct" :
           field->flags & VMS_VSTRUCT ? "vstruct" :
           field->info && field->info->name ? field->info->name : "unknown";
}

static void vms_describe_start(const VMStateDescription *vmsd,
                               const VMStateField *field, int64_t i,
                               int64_t count, JSONWriter *vmdesc)
{
    g_autofree char *name = NULL;

    if (!vmdesc) {
        return;
    }
    name = vms_unique_name(vmsd, field);
    json_writer_start_object(vmdesc, NULL);
    json_writer_str(vmdesc, "name", name);
    if (count > 1) {
        if (vms_compresses(field)) {
            json_writer_int64(vmdesc, "array_len", count);
        } else {
            json_writer_int64(vmdesc, "index", i);
        }
    }
    json_writer_str(vmdesc, "type", vms_type_name(field));
    if (field->flags & VMS_STRUCT) {
        json_writer_start_object(vmdesc, "struct");
    }
}

static void vms_describe_end(const VMStateField *field, int64_t bytes,
                             JSONWriter *vmdesc)
{
    if (!vmdesc) {
        return;
    }
    if (field->flags & VMS_STRUCT) {
        json_writer_end_object(vmdesc);
    }
    json_writer_int64(vmdesc, "size", bytes);
    json_writer_end_object(vmdesc);
}

/* --- Saving --- */

bool vmstate_save_needed(const VMStateDescription *vmsd, void *opaque)
{
    return !vmsd->needed || vmsd->needed(opaque);
}

static int vms_put_element(QEMUFile *f, const VMStateField *field, void *elem,
                           int64_t size, JSONWriter *vmdesc)
{
    if (!elem && (field->flags & VMS_ARRAY_OF_POINTER)) {
        return vmstate_info_nullptr.put(f, elem, size, NULL, NULL);
    }
    if (field->flags & VMS_STRUCT) {
        return vmstate_save_state(f, field->vmsd, elem, vmdesc);
    }
    if (field->flags & VMS_VSTRUCT) {
        return vmstate_save_state_v(f, field->vmsd, elem, vmdesc,
                                    field->struct_version_id);
    }
    return field->info->put(f, elem, size, field, vmdesc);
}

static int vms_put_field(QEMUFile *f, const VMStateDescription *vmsd,
                         const VMStateField *field, void *opaque,
                         JSONWriter *vmdesc)
{
    int64_t count = vms_count(field, opaque);
    int64_t size = vms_size(field, opaque);
    void *first = vms_first(field, opaque);

    if (count < 0 || size < 0) {
        error_report("%s: field '%s' has a negative count", vmsd->name,
                     field->name);
        return -EINVAL;
    }
    if (!first && count && size) {
        error_report("%s: field '%s' has no memory", vmsd->name, field->name);
        return -EINVAL;
    }
    for (int64_t i = 0; i < count; i++) {
        int64_t start = qemu_file_total_transferred_fast(f);
        int ret;

        vms_describe_start(vmsd, field, i, count, vmdesc);
        ret = vms_put_element(f, field, vms_element(field, first, i, size),
                              size, vmdesc);
        vms_describe_end(field, qemu_file_total_transferred_fast(f) - start,
                         vmdesc);
        if (ret) {
            error_report("Save of field %s/%s failed", vmsd->name,
                         field->name);
            return ret;
        }
        if (vmdesc && vms_compresses(field)) {
            vmdesc = NULL;      /* the first element stands for all */
        }
    }
    return 0;
}

static int vms_put_subsections(QEMUFile *f, const VMStateDescription *vmsd,
                               void *opaque, JSONWriter *vmdesc)
{
    const VMStateDescription *const *sub = vmsd->subsections;
    bool any = false;
    int ret = 0;

    for (; sub && *sub && !ret; sub++) {
        if (!vmstate_save_needed(*sub, opaque)) {
            continue;
        }
        if (vmdesc) {
            if (!any) {
                json_writer_start_array(vmdesc, "subsections");
            }
            json_writer_start_object(vmdesc, NULL);
        }
        any = true;
        qemu_put_byte(f, VMS_SUBSECTION_BYTE);
        qemu_put_counted_string(f, (*sub)->name);
        qemu_put_be32(f, (*sub)->version_id);
        ret = vmstate_save_state(f, *sub, opaque, vmdesc);
        if (vmdesc) {
            json_writer_end_object(vmdesc);
        }
    }
    if (vmdesc && any) {
        json_writer_end_array(vmdesc);
    }
    return ret;
}

int vmstate_save_state_v(QEMUFile *f, const VMStateDescription *vmsd,
                         void *opaque, JSONWriter *vmdesc, int version_id)
{
    int ret = vmsd->pre_save ? vmsd->pre_save(opaque) : 0;
    int after;

    if (ret) {
        error_report("pre-save failed: %s", vmsd->name);
        return ret;
    }
    if (vmdesc) {
        json_writer_str(vmdesc, "vmsd_name", vmsd->name);
        json_writer_int64(vmdesc, "version", version_id);
        json_writer_start_array(vmdesc, "fields");
    }
    for (const VMStateField *field = vmsd->fields;
         field && !vms_is_end(field) && !ret; field++) {
        if (vms_exists(field, opaque, version_id)) {
            ret = vms_put_field(f, vmsd, field, opaque, vmdesc);
        } else if (field->flags & VMS_MUST_EXIST) {
            error_report("%s: check '%s' fails on save", vmsd->name,
                         field->name);
            ret = -EINVAL;
        }
    }
    if (vmdesc) {
        json_writer_end_array(vmdesc);
    }
    if (!ret) {
        ret = vms_put_subsections(f, vmsd, opaque, vmdesc);
    }
    after = vmsd->post_save ? vmsd->post_save(opaque) : 0;
    return ret ? ret : after;
}

int vmstate_save_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, JSONWriter *vmdesc)
{
    return vmstate_save_state_v(f, vmsd, opaque, vmdesc, vmsd->version_id);
}

/* --- Loading --- */

/*
 * What a field behind a pointer has room for, if the engine does not allocate
 * it: as many elements (or bytes) as the destination has before a number from
 * the stream replaces its own.
 */
static bool vms_has_fixed_room(const VMStateField *field)
{
    return (field->flags & VMS_POINTER) && !(field->flags & VMS_ALLOC) &&
           (field->flags & (VMS_ANY_VARRAY | VMS_VBUFFER));
}

static int64_t *vms_note_room(const VMStateDescription *vmsd, void *opaque)
{
    GArray *room = NULL;

    for (const VMStateField *field = vmsd->fields;
         field && !vms_is_end(field); field++) {
        if (vms_has_fixed_room(field)) {
            int64_t n = field->flags & VMS_VBUFFER ? vms_size(field, opaque)
                                                   : vms_count(field, opaque);

            room = room ? room : g_array_new(false, false, sizeof(n));
            g_array_append_val(room, n);
        }
    }
    return room ? (int64_t *)g_array_free(room, false) : NULL;
}

/* Numbers from the stream against what there is. @room as noted, or -1. */
static bool vms_check_numbers(const VMStateField *field, int64_t count,
                              int64_t size, int64_t room, Error **errp)
{
    bool vbuffer = field->flags & VMS_VBUFFER;

    if (count < 0 || size < 0) {
        error_setg(errp, "negative count");
        return false;
    }
    if (vms_has_fixed_room(field) && (vbuffer ? size : count) > room) {
        error_setg(errp, "stream has %" PRId64 " %s, there is room for %"
                   PRId64, vbuffer ? size : count,
                   vbuffer ? "bytes" : "elements", MAX(room, 0));
        return false;
    }
    if (field->capacity && count > (int64_t)field->capacity) {
        error_setg(errp, "stream has %" PRId64 " elements, there is room for "
                   "%zu", count, field->capacity);
        return false;
    }
    return true;
}

/* Memory for a VMS_ALLOC field. */
static bool vms_allocate(const VMStateField *field, void *opaque,
                         int64_t count, int64_t size, Error **errp)
{
    void **p = (void **)((char *)opaque + field->offset);

    if (!count || !size) {
        return true;
    }
    if (size > VMS_ALLOC_MAX || count > VMS_ALLOC_MAX / size) {
        error_setg(errp, "stream wants %" PRId64 " times %" PRId64 " bytes of "
                   "memory", count, size);
        return false;
    }
    *p = g_try_malloc0(count * size);
    if (!*p) {
        error_setg(errp, "no memory for %" PRId64 " bytes", count * size);
        return false;
    }
    return true;
}

/* Whether @f is still well; otherwise its error goes to @errp. */
static bool vms_file_ok(QEMUFile *f, Error **errp)
{
    Error *err = NULL;
    int ret = qemu_file_get_error_obj(f, &err);

    if (!ret) {
        return true;
    }
    if (err) {
        error_propagate(errp, err);
    } else {
        error_setg_errno(errp, -ret, "stream error");
    }
    return false;
}

static int vms_get_element(QEMUFile *f, const VMStateField *field, void *elem,
                           int64_t size, Error **errp)
{
    int ret;

    if (!elem && (field->flags & VMS_ARRAY_OF_POINTER)) {
        ret = vmstate_info_nullptr.get(f, elem, size, NULL);
    } else if (field->flags & VMS_STRUCT) {
        return vmstate_load_state_errp(f, field->vmsd, elem,
                                       field->vmsd->version_id, errp);
    } else if (field->flags & VMS_VSTRUCT) {
        return vmstate_load_state_errp(f, field->vmsd, elem,
                                       field->struct_version_id, errp);
    } else {
        ret = field->info->get(f, elem, size, field);
    }
    if (!vms_file_ok(f, errp)) {
        return qemu_file_get_error(f);
    }
    if (ret) {
        error_setg(errp, "value of type '%s' refused (error %d)",
                   vms_type_name(field), ret);
        ret = ret < 0 ? ret : -EINVAL;
    }
    return ret;
}

static int vms_get_field(QEMUFile *f, const VMStateField *field,
                         void *opaque, int64_t room, Error **errp)
{
    int64_t count = vms_count(field, opaque);
    int64_t size = vms_size(field, opaque);
    void *first;

    if (!vms_check_numbers(field, count, size, room, errp) ||
        ((field->flags & VMS_ALLOC) &&
         !vms_allocate(field, opaque, count, size, errp))) {
        return -EINVAL;
    }
    first = vms_first(field, opaque);
    if (!first && count && size) {
        error_setg(errp, "the destination has no memory for it");
        return -EINVAL;
    }
    for (int64_t i = 0; i < count; i++) {
        int ret = vms_get_element(f, field,
                                  vms_element(field, first, i, size), size,
                                  errp);

        if (ret) {
            if (count > 1) {
                error_prepend(errp, "[%" PRId64 "] ", i);
            }
            return ret;
        }
    }
    return 0;
}

/*
 * Looks for a subsection's head: the length of its name, with *@name in the
 * file's buffer, or 0.
 */
static size_t vms_peek_subsection(QEMUFile *f, const char **name)
{
    uint8_t *p;
    size_t len;

    if (qemu_peek_byte(f, 0) != VMS_SUBSECTION_BYTE) {
        return 0;
    }
    len = qemu_peek_byte(f, 1);
    if (!len || qemu_peek_buffer(f, &p, len, 2) != len) {
        return 0;
    }
    *name = (const char *)p;
    return len;
}

static int vms_subsection_index(const VMStateDescription *vmsd,
                                const char *name, size_t len)
{
    const VMStateDescription *const *sub = vmsd->subsections;

    for (int i = 0; sub && sub[i]; i++) {
        if (strlen(sub[i]->name) == len && !memcmp(sub[i]->name, name, len)) {
            return i;
        }
    }
    return -1;
}

static int vms_get_subsections(QEMUFile *f, const VMStateDescription *vmsd,
                               void *opaque, Error **errp)
{
    size_t prefix = strlen(vmsd->name);
    uint64_t seen = 0;
    const char *name;
    size_t len;

    while ((len = vms_peek_subsection(f, &name)) > 0) {
        int i, ret, version_id;
        const VMStateDescription *sub;

        /* Names begin with their description's: what does not may belong to
         * the structure around this one. */
        if (len <= prefix || memcmp(name, vmsd->name, prefix)) {
            return 0;
        }
        i = vms_subsection_index(vmsd, name, len);
        if (i < 0) {
            g_autofree char *shown = qemu_file_printable(name, len);

            error_setg(errp, "unknown subsection '%s'", shown);
            return -ENOENT;
        }
        sub = vmsd->subsections[i];
        if (i < 64 && (seen & (1ULL << i))) {
            error_setg(errp, "subsection '%s' comes twice", sub->name);
            return -EINVAL;
        }
        seen |= i < 64 ? 1ULL << i : 0;
        qemu_file_skip(f, 2 + len);
        version_id = qemu_get_be32(f);
        ret = vms_file_ok(f, errp) ? 0 : qemu_file_get_error(f);
        if (!ret) {
            ret = vmstate_load_state_errp(f, sub, opaque, version_id, errp);
        }
        if (ret) {
            return ret;
        }
    }
    return 0;
}

static int vms_get_fields(QEMUFile *f, const VMStateDescription *vmsd,
                          void *opaque, int version_id, Error **errp)
{
    g_autofree int64_t *room = vms_note_room(vmsd, opaque);
    int64_t *next_room = room;

    for (const VMStateField *field = vmsd->fields;
         field && !vms_is_end(field); field++) {
        int64_t limit = vms_has_fixed_room(field) ? *next_room++ : -1;
        int ret = 0;

        if (vms_exists(field, opaque, version_id)) {
            ret = vms_get_field(f, field, opaque, limit, errp);
        } else if (field->flags & VMS_MUST_EXIST) {
            error_setg(errp, "input validation failed, version %d",
                       version_id);
            ret = -EINVAL;
        }
        if (ret) {
            error_prepend(errp, "%s.%s: ", vmsd->name, field->name);
            return ret;
        }
    }
    return 0;
}

/* The versions of the stream and of @vmsd. */
static int vms_check_version(const VMStateDescription *vmsd, int version_id,
                             Error **errp)
{
    if (version_id > vmsd->version_id ||
        version_id < vmsd->minimum_version_id) {
        error_setg(errp, "%s: stream has version %d, versions %d to %d are "
                   "supported", vmsd->name, version_id,
                   vmsd->minimum_version_id, vmsd->version_id);
        return -EINVAL;
    }
    return 0;
}

int vmstate_load_state_errp(QEMUFile *f, const VMStateDescription *vmsd,
                            void *opaque, int version_id, Error **errp)
{
    ERRP_GUARD();
    int ret = vms_check_version(vmsd, version_id, errp);

    if (ret) {
        return ret;
    }
    if (vmsd->pre_load) {
        ret = vmsd->pre_load(opaque);
        if (ret) {
            error_setg(errp, "%s: device refuses to load (error %d)",
                       vmsd->name, ret);
            return ret;
        }
    }
    ret = vms_get_fields(f, vmsd, opaque, version_id, errp);
    if (!ret) {
        ret = vms_get_subsections(f, vmsd, opaque, errp);
        if (ret) {
            error_prepend(errp, "%s: ", vmsd->name);
        }
    }
    if (!ret && vmsd->post_load) {
        ret = vmsd->post_load(opaque, version_id);
        if (ret && vms_file_ok(f, errp)) {
            error_setg(errp, "%s: device refuses the loaded state (error %d)",
                       vmsd->name, ret);
        } else if (ret) {
            error_prepend(errp, "%s: ", vmsd->name);
        }
    }
    return ret;
}

int vmstate_load_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, int version_id)
{
    Error *err = NULL;
    int ret = vmstate_load_state_errp(f, vmsd, opaque, version_id, &err);

    if (ret) {
        /* The caller knows no Error: it travels with the file. */
        qemu_file_refine_error(f, ret < 0 ? ret : -EINVAL, err);
    }
    return ret;
}
