/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMState: device state described by tables, from which one engine writes
 * and reads migration streams.
 *
 * A VMStateDescription names a structure's fields in stream order; each
 * VMStateField says where its data lie (offset, pointer, how many elements,
 * how large) and which VMStateInfo or nested description codes an element.
 * Optional state goes into subsections, so that old and new versions of a
 * device understand each other.
 *
 * The stream is hostile.  The engine checks counts against what the
 * destination can hold; a VMStateInfo's get() and the hooks check values.
 */
#ifndef QEMU_VMSTATE_H
#define QEMU_VMSTATE_H

#include "hw/vmstate-if.h"

typedef struct VMStateInfo VMStateInfo;
typedef struct VMStateField VMStateField;

/* Codes one element. */
struct VMStateInfo {
    const char *name;           /* the "type" in a stream's description */
    /* Reads the element at @pv, @size bytes where the field has a size: 0 or
     * a negative errno. */
    int (*get)(QEMUFile *f, void *pv, size_t size, const VMStateField *field);
    /* Writes it; @vmdesc, if not NULL, takes members that describe it. */
    int (*put)(QEMUFile *f, void *pv, size_t size, const VMStateField *field,
               JSONWriter *vmdesc);
};

enum VMStateFlags {
    /* One element. */
    VMS_SINGLE            = 0x0001,
    /* What lies at the offset is a pointer to the data. */
    VMS_POINTER           = 0x0002,
    /* .num elements. */
    VMS_ARRAY             = 0x0004,
    /* An element is a structure, described by .vmsd. */
    VMS_STRUCT            = 0x0008,
    /* As many elements as the int32_t at .num_offset says. */
    VMS_VARRAY_INT32      = 0x0010,
    /* One element of .size bytes, not necessarily of a C type. */
    VMS_BUFFER            = 0x0020,
    /* Elements are pointers to the data; NULL ones are marked as such. */
    VMS_ARRAY_OF_POINTER  = 0x0040,
    /* Count is a uint16_t. */
    VMS_VARRAY_UINT16     = 0x0080,
    /* The size is the 32-bit number at .size_offset. */
    VMS_VBUFFER           = 0x0100,
    /* VMS_VBUFFER's number counts units of .size bytes. */
    VMS_MULTIPLY          = 0x0200,
    /* Count is a uint8_t. */
    VMS_VARRAY_UINT8      = 0x0400,
    /* Count is a uint32_t. */
    VMS_VARRAY_UINT32     = 0x0800,
    /* It is an error if field_exists() says no. */
    VMS_MUST_EXIST        = 0x1000,
    /* On load the engine allocates what the pointer points to. */
    VMS_ALLOC             = 0x2000,
    /* A varray's count is multiplied by .num. */
    VMS_MULTIPLY_ELEMENTS = 0x4000,
    /* A structure of the version .struct_version_id. */
    VMS_VSTRUCT           = 0x8000,
    /* After the last field. */
    VMS_END               = 0x10000,
};

/* Sections are saved highest first. */
typedef enum {
    MIG_PRI_DEFAULT = 0,
    MIG_PRI_IOMMU,              /* before the devices behind it */
    MIG_PRI_PCI_BUS,            /* before the IOMMU */
    MIG_PRI_VIRTIO_MEM,         /* before the IOMMU, which may map it */
    MIG_PRI_GICV3_ITS,          /* before PCI */
    MIG_PRI_GICV3,              /* before the ITS */
    MIG_PRI_MAX,
} MigrationPriority;

struct VMStateField {
    const char *name;
    const char *err_hint;       /* told with a value that had to be equal */
    size_t offset;
    size_t size;                /* of an element, or VMS_MULTIPLY's unit */
    size_t start;               /* offset of a list's link in its element */
    int num;
    size_t num_offset;
    size_t size_offset;
    const VMStateInfo *info;
    enum VMStateFlags flags;
    const VMStateDescription *vmsd;
    int version_id;             /* the first stream version that has it */
    int struct_version_id;
    bool (*field_exists)(void *opaque, int version_id);
    /* How many elements a variable-length array inside the structure can
     * hold; 0 where it is not known from the type. */
    size_t capacity;
};

struct VMStateDescription {
    const char *name;
    bool unmigratable;
    bool early_setup;
    int version_id;             /* written, and the highest that is read */
    int minimum_version_id;     /* the lowest that is read */
    MigrationPriority priority;
    /* Around a load; not 0 is an error and ends it. */
    int (*pre_load)(void *opaque);
    int (*post_load)(void *opaque, int version_id);
    /* Around a save.  After pre_save succeeded, post_save is sure to come. */
    int (*pre_save)(void *opaque);
    int (*post_save)(void *opaque);
    /* Whether to save it, where that is optional. */
    bool (*needed)(void *opaque);
    /* Whether the guest still has to let go of the device. */
    bool (*dev_unplug_pending)(void *opaque);
    const VMStateField *fields;
    const VMStateDescription *const *subsections;   /* ends with NULL */
};

extern const VMStateInfo vmstate_info_bool;
extern const VMStateInfo vmstate_info_int8;
extern const VMStateInfo vmstate_info_int16;
extern const VMStateInfo vmstate_info_int32;
extern const VMStateInfo vmstate_info_int64;
extern const VMStateInfo vmstate_info_uint8;
extern const VMStateInfo vmstate_info_uint16;
extern const VMStateInfo vmstate_info_uint32;
extern const VMStateInfo vmstate_info_uint64;
/* The destination's value must be the stream's. */
extern const VMStateInfo vmstate_info_uint8_equal;
extern const VMStateInfo vmstate_info_uint16_equal;
extern const VMStateInfo vmstate_info_int32_equal;
extern const VMStateInfo vmstate_info_uint32_equal;
extern const VMStateInfo vmstate_info_uint64_equal;
/* Positive, and at most the destination's value. */
extern const VMStateInfo vmstate_info_int32_le;

/* Stands for a NULL in an array of pointers: this one byte. */
#define VMS_NULLPTR_MARKER (0x30U)
extern const VMStateInfo vmstate_info_nullptr;
extern const VMStateInfo vmstate_info_cpudouble;
extern const VMStateInfo vmstate_info_float64;
/* A QEMUTimer: its expiry in ns, all ones when not armed. */
extern const VMStateInfo vmstate_info_timer;
extern const VMStateInfo vmstate_info_buffer;
/* Written as zeroes, skipped on load. */
extern const VMStateInfo vmstate_info_unused_buffer;
/* A bitmap of .size bits as 64-bit words. */
extern const VMStateInfo vmstate_info_bitmap;
/* A temporary structure, whose first member points to the parent. */
extern const VMStateInfo vmstate_info_tmp;
extern const VMStateInfo vmstate_info_qtailq;
extern const VMStateInfo vmstate_info_qlist;
extern const VMStateInfo vmstate_info_gtree;

/*
 * Offsets, with the member's type checked at build time.
 */
#define vms_same_type_(t1_, t2_) \
    QEMU_BUILD_BUG_ON_ZERO(!__builtin_types_compatible_p(t1_, t2_))
#define vms_member_(state_, field_) typeof(((state_ *)0)->field_)

#define type_check(t1, t2) vms_same_type_(t1, t2)
#define type_check_pointer(t1, t2) vms_same_type_(t1 *, t2)
#define type_check_array(t1, t2, n) vms_same_type_(t1[n], t2)
#define type_check_2darray(t1, t2, n, m) vms_same_type_(t1[n][m], t2)
#define type_check_varray(t1, t2, n) vms_same_type_(t1[], t2)

#define vmstate_offset_value(state_, field_, type_) \
    (offsetof(state_, field_) + \
     type_check(type_, vms_member_(state_, field_)))
#define vmstate_offset_pointer(state_, field_, type_) \
    (offsetof(state_, field_) + \
     type_check_pointer(type_, vms_member_(state_, field_)))
#define vmstate_offset_array(state_, field_, type_, num_) \
    (offsetof(state_, field_) + \
     type_check_array(type_, vms_member_(state_, field_), num_))
#define vmstate_offset_2darray(state_, field_, type_, n1_, n2_) \
    (offsetof(state_, field_) + \
     type_check_2darray(type_, vms_member_(state_, field_), n1_, n2_))
#define vmstate_offset_sub_array(state_, field_, type_, start_) \
    vmstate_offset_value(state_, field_[start_], type_)
#define vmstate_offset_buffer(state_, field_) \
    vmstate_offset_array(state_, field_, uint8_t, \
                         sizeof(vms_member_(state_, field_)))
#define vmstate_offset_varray(state_, field_, type_) \
    (offsetof(state_, field_) + \
     vms_same_type_(type_[], vms_member_(state_, field_)))

/*
 * How all fields are put together: VMS_FIELD_ is what every field has, the
 * rest of its designated initializers follow.  vms_info_, vms_vmsd_ give the
 * coder, vms_count_ the place and type of a variable count.
 */
#define VMS_FIELD_(name_, test_, version_, flags_, offset_, ...) {           \
    .name = (name_), .field_exists = (test_), .version_id = (version_),      \
    .flags = (flags_), .offset = (offset_), __VA_ARGS__ }
#define vms_info_(info_, size_) .info = &(info_), .size = (size_)
#define vms_vmsd_(vmsd_, size_) .vmsd = &(vmsd_), .size = (size_)
#define vms_count_(state_, field_num_, type_) \
    .num_offset = vmstate_offset_value(state_, field_num_, type_)
#define vms_length_(state_, field_size_, type_) \
    .size_offset = vmstate_offset_value(state_, field_size_, type_)
#define vms_capacity_(state_, field_, type_) \
    .capacity = sizeof(vms_member_(state_, field_)) / sizeof(type_)

/* --- Scalars and arrays with a VMStateInfo --- */

#define VMSTATE_SINGLE_TEST(_f, _s, _test, _v, _info, _type)                 \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_SINGLE,                         \
               vmstate_offset_value(_s, _f, _type),                          \
               vms_info_(_info, sizeof(_type)))
#define VMSTATE_SINGLE_FULL(_f, _s, _test, _v, _info, _type, _err_hint)      \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_SINGLE,                         \
               vmstate_offset_value(_s, _f, _type),                          \
               vms_info_(_info, sizeof(_type)), .err_hint = (_err_hint))
#define VMSTATE_SINGLE(_f, _s, _v, _info, _type) \
    VMSTATE_SINGLE_TEST(_f, _s, NULL, _v, _info, _type)

/* No data: loading fails unless the test function agrees. */
#define VMSTATE_VALIDATE(_name, _test) \
    VMS_FIELD_(_name, _test, 0, VMS_ARRAY | VMS_MUST_EXIST, 0, .num = 0)

/* _type is that of the pointer. */
#define VMSTATE_POINTER_TEST(_f, _s, _test, _info, _type)                    \
    VMS_FIELD_(stringify(_f), _test, 0, VMS_SINGLE | VMS_POINTER,            \
               vmstate_offset_value(_s, _f, _type),                          \
               vms_info_(_info, sizeof(_type)))
#define VMSTATE_POINTER(_f, _s, _v, _info, _type)                            \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_SINGLE | VMS_POINTER,            \
               vmstate_offset_value(_s, _f, _type),                          \
               vms_info_(_info, sizeof(_type)))

#define VMSTATE_ARRAY(_f, _s, _n, _v, _info, _type)                          \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_ARRAY,                           \
               vmstate_offset_array(_s, _f, _type, _n),                      \
               vms_info_(_info, sizeof(_type)), .num = (_n))
#define VMSTATE_ARRAY_TEST(_f, _s, _n, _test, _info, _type)                  \
    VMS_FIELD_(stringify(_f), _test, 0, VMS_ARRAY,                           \
               vmstate_offset_array(_s, _f, _type, _n),                      \
               vms_info_(_info, sizeof(_type)), .num = (_n))
#define VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, _info, _type)                  \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_ARRAY,                           \
               vmstate_offset_2darray(_s, _f, _type, _n1, _n2),              \
               vms_info_(_info, sizeof(_type)), .num = (_n1) * (_n2))
#define VMSTATE_SUB_ARRAY(_f, _s, _start, _n, _v, _info, _type)              \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_ARRAY,                           \
               vmstate_offset_sub_array(_s, _f, _type, _start),              \
               vms_info_(_info, sizeof(_type)), .num = (_n))

/* Count in the structure, data inside it. */
#define VMSTATE_ARRAY_INT32_UNSAFE(_f, _s, _field_num, _info, _type)         \
    VMS_FIELD_(stringify(_f), NULL, 0, VMS_VARRAY_INT32, offsetof(_s, _f),   \
               vms_info_(_info, sizeof(_type)),                              \
               vms_capacity_(_s, _f, _type),                                 \
               vms_count_(_s, _field_num, int32_t))
#define VMSTATE_VARRAY_UINT16_UNSAFE(_f, _s, _field_num, _v, _info, _type)   \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_VARRAY_UINT16, offsetof(_s, _f), \
               vms_info_(_info, sizeof(_type)),                              \
               vms_capacity_(_s, _f, _type),                                 \
               vms_count_(_s, _field_num, uint16_t))
#define VMSTATE_VARRAY_MULTIPLY(_f, _s, _field_num, _multiply, _info, _type) \
    VMS_FIELD_(stringify(_f), NULL, 0,                                       \
               VMS_VARRAY_UINT32 | VMS_MULTIPLY_ELEMENTS, offsetof(_s, _f),  \
               vms_info_(_info, sizeof(_type)), .num = (_multiply),          \
               vms_capacity_(_s, _f, _type),                                 \
               vms_count_(_s, _field_num, uint32_t))

/* Count in the structure, data behind a pointer. */
#define vms_varray_ptr_(_f, _s, _field_num, _v, _info, _type, flags_, cnt_)  \
    VMS_FIELD_(stringify(_f), NULL, _v, (flags_) | VMS_POINTER,              \
               vmstate_offset_pointer(_s, _f, _type),                        \
               vms_info_(_info, sizeof(_type)),                              \
               vms_count_(_s, _field_num, cnt_))
#define VMSTATE_VARRAY_INT32(_f, _s, _field_num, _v, _info, _type)           \
    vms_varray_ptr_(_f, _s, _field_num, _v, _info, _type,                    \
                    VMS_VARRAY_INT32, int32_t)
#define VMSTATE_VARRAY_UINT32(_f, _s, _field_num, _v, _info, _type)          \
    vms_varray_ptr_(_f, _s, _field_num, _v, _info, _type,                    \
                    VMS_VARRAY_UINT32, uint32_t)
#define VMSTATE_VARRAY_UINT32_ALLOC(_f, _s, _field_num, _v, _info, _type)    \
    vms_varray_ptr_(_f, _s, _field_num, _v, _info, _type,                    \
                    VMS_VARRAY_UINT32 | VMS_ALLOC, uint32_t)
#define VMSTATE_VARRAY_UINT16_ALLOC(_f, _s, _field_num, _v, _info, _type)    \
    vms_varray_ptr_(_f, _s, _field_num, _v, _info, _type,                    \
                    VMS_VARRAY_UINT16 | VMS_ALLOC, uint16_t)

#define VMSTATE_ARRAY_OF_POINTER(_f, _s, _n, _v, _info, _type)               \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_ARRAY | VMS_ARRAY_OF_POINTER,    \
               vmstate_offset_array(_s, _f, _type, _n),                      \
               vms_info_(_info, sizeof(_type)), .num = (_n))

/* --- Structures with a description of their own --- */

#define VMSTATE_STRUCT_TEST(_f, _s, _test, _v, _vmsd, _type)                 \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_STRUCT,                         \
               vmstate_offset_value(_s, _f, _type),                          \
               vms_vmsd_(_vmsd, sizeof(_type)))
#define VMSTATE_STRUCT(_f, _s, _v, _vmsd, _type) \
    VMSTATE_STRUCT_TEST(_f, _s, NULL, _v, _vmsd, _type)

/* In the version _struct_version instead of the description's own. */
#define VMSTATE_VSTRUCT_TEST(_f, _s, _test, _v, _vmsd, _type, _struct_v)     \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_VSTRUCT,                        \
               vmstate_offset_value(_s, _f, _type),                          \
               vms_vmsd_(_vmsd, sizeof(_type)),                              \
               .struct_version_id = (_struct_v))
#define VMSTATE_VSTRUCT(_f, _s, _vmsd, _type, _struct_v) \
    VMSTATE_VSTRUCT_TEST(_f, _s, NULL, 0, _vmsd, _type, _struct_v)
#define VMSTATE_VSTRUCT_V(_f, _s, _v, _vmsd, _type, _struct_v) \
    VMSTATE_VSTRUCT_TEST(_f, _s, NULL, _v, _vmsd, _type, _struct_v)

#define VMSTATE_STRUCT_POINTER_TEST_V(_f, _s, _test, _v, _vmsd, _type)       \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_STRUCT | VMS_POINTER,           \
               vmstate_offset_pointer(_s, _f, _type),                        \
               vms_vmsd_(_vmsd, sizeof(_type *)))
#define VMSTATE_STRUCT_POINTER_V(_f, _s, _v, _vmsd, _type) \
    VMSTATE_STRUCT_POINTER_TEST_V(_f, _s, NULL, _v, _vmsd, _type)
#define VMSTATE_STRUCT_POINTER_TEST(_f, _s, _test, _vmsd, _type) \
    VMSTATE_STRUCT_POINTER_TEST_V(_f, _s, _test, 0, _vmsd, _type)
#define VMSTATE_STRUCT_POINTER(_f, _s, _vmsd, _type) \
    VMSTATE_STRUCT_POINTER_V(_f, _s, 0, _vmsd, _type)

#define VMSTATE_STRUCT_ARRAY_TEST(_f, _s, _n, _test, _v, _vmsd, _type)       \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_STRUCT | VMS_ARRAY,             \
               vmstate_offset_array(_s, _f, _type, _n),                      \
               vms_vmsd_(_vmsd, sizeof(_type)), .num = (_n))
#define VMSTATE_STRUCT_ARRAY(_f, _s, _n, _v, _vmsd, _type) \
    VMSTATE_STRUCT_ARRAY_TEST(_f, _s, _n, NULL, _v, _vmsd, _type)
#define VMSTATE_STRUCT_2DARRAY_TEST(_f, _s, _n1, _n2, _test, _v, _vmsd,      \
                                    _type)                                   \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_STRUCT | VMS_ARRAY,             \
               vmstate_offset_2darray(_s, _f, _type, _n1, _n2),              \
               vms_vmsd_(_vmsd, sizeof(_type)), .num = (_n1) * (_n2))
#define VMSTATE_STRUCT_2DARRAY(_f, _s, _n1, _n2, _v, _vmsd, _type) \
    VMSTATE_STRUCT_2DARRAY_TEST(_f, _s, _n1, _n2, NULL, _v, _vmsd, _type)
#define VMSTATE_STRUCT_SUB_ARRAY(_f, _s, _start, _n, _v, _vmsd, _type)       \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_STRUCT | VMS_ARRAY,              \
               vmstate_offset_sub_array(_s, _f, _type, _start),              \
               vms_vmsd_(_vmsd, sizeof(_type)), .num = (_n))
/* _type is the structure's; the member is an array of pointers to it. */
#define VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(_f, _s, _n, _v, _vmsd, _type)     \
    VMS_FIELD_(stringify(_f), NULL, _v,                                      \
               VMS_ARRAY | VMS_STRUCT | VMS_ARRAY_OF_POINTER,                \
               vmstate_offset_array(_s, _f, _type *, _n),                    \
               vms_vmsd_(_vmsd, sizeof(_type *)), .num = (_n))

#define vms_svarray_(_f, _s, _field_num, _v, _vmsd, _type, flag_, cnt_)      \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_STRUCT | (flag_),                \
               offsetof(_s, _f), vms_vmsd_(_vmsd, sizeof(_type)),            \
               vms_capacity_(_s, _f, _type),                                 \
               vms_count_(_s, _field_num, cnt_))
#define VMSTATE_STRUCT_VARRAY_UINT8(_f, _s, _field_num, _v, _vmsd, _type)    \
    vms_svarray_(_f, _s, _field_num, _v, _vmsd, _type,                       \
                 VMS_VARRAY_UINT8, uint8_t)
#define VMSTATE_STRUCT_VARRAY_INT32(_f, _s, _field_num, _v, _vmsd, _type)    \
    vms_svarray_(_f, _s, _field_num, _v, _vmsd, _type,                       \
                 VMS_VARRAY_INT32, int32_t)
#define VMSTATE_STRUCT_VARRAY_UINT32(_f, _s, _field_num, _v, _vmsd, _type)   \
    vms_svarray_(_f, _s, _field_num, _v, _vmsd, _type,                       \
                 VMS_VARRAY_UINT32, uint32_t)

#define vms_svarray_ptr_(_f, _s, _field_num, _v, _vmsd, _type, flags_, cnt_) \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_STRUCT | VMS_POINTER | (flags_), \
               vmstate_offset_pointer(_s, _f, _type),                        \
               vms_vmsd_(_vmsd, sizeof(_type)),                              \
               vms_count_(_s, _field_num, cnt_))
#define VMSTATE_STRUCT_VARRAY_POINTER_INT32(_f, _s, _field_num, _vmsd,       \
                                            _type)                           \
    vms_svarray_ptr_(_f, _s, _field_num, 0, _vmsd, _type,                    \
                     VMS_VARRAY_INT32, int32_t)
#define VMSTATE_STRUCT_VARRAY_POINTER_UINT32(_f, _s, _field_num, _vmsd,      \
                                             _type)                          \
    vms_svarray_ptr_(_f, _s, _field_num, 0, _vmsd, _type,                    \
                     VMS_VARRAY_UINT32, uint32_t)
#define VMSTATE_STRUCT_VARRAY_POINTER_UINT16(_f, _s, _field_num, _vmsd,      \
                                             _type)                          \
    vms_svarray_ptr_(_f, _s, _field_num, 0, _vmsd, _type,                    \
                     VMS_VARRAY_UINT16, uint16_t)
#define VMSTATE_STRUCT_VARRAY_ALLOC(_f, _s, _field_num, _v, _vmsd, _type)    \
    vms_svarray_ptr_(_f, _s, _field_num, _v, _vmsd, _type,                   \
                     VMS_VARRAY_INT32 | VMS_ALLOC, int32_t)

/* --- Bytes --- */

#define VMSTATE_STATIC_BUFFER(_f, _s, _v, _test, _start, _size)              \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_BUFFER,                         \
               vmstate_offset_buffer(_s, _f) + (_start),                     \
               vms_info_(vmstate_info_buffer, (_size) - (_start)))
#define VMSTATE_BUFFER_V(_f, _s, _v) \
    VMSTATE_STATIC_BUFFER(_f, _s, _v, NULL, 0, sizeof(vms_member_(_s, _f)))
#define VMSTATE_BUFFER(_f, _s) VMSTATE_BUFFER_V(_f, _s, 0)
#define VMSTATE_PARTIAL_BUFFER(_f, _s, _size) \
    VMSTATE_STATIC_BUFFER(_f, _s, 0, NULL, 0, _size)
#define VMSTATE_BUFFER_START_MIDDLE_V(_f, _s, _start, _v)                    \
    VMSTATE_STATIC_BUFFER(_f, _s, _v, NULL, _start,                          \
                          sizeof(vms_member_(_s, _f)))
#define VMSTATE_BUFFER_START_MIDDLE(_f, _s, _start) \
    VMSTATE_BUFFER_START_MIDDLE_V(_f, _s, _start, 0)

/* Of no checked type. */
#define VMSTATE_BUFFER_UNSAFE_INFO_TEST(_f, _s, _test, _v, _info, _size)     \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_BUFFER, offsetof(_s, _f),       \
               vms_info_(_info, _size))
#define VMSTATE_BUFFER_UNSAFE_INFO(_f, _s, _v, _info, _size) \
    VMSTATE_BUFFER_UNSAFE_INFO_TEST(_f, _s, NULL, _v, _info, _size)
#define VMSTATE_BUFFER_UNSAFE(_f, _s, _v, _size) \
    VMSTATE_BUFFER_UNSAFE_INFO(_f, _s, _v, vmstate_info_buffer, _size)
#define VMSTATE_BUFFER_POINTER_UNSAFE(_f, _s, _v, _size)                     \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_BUFFER | VMS_POINTER,            \
               offsetof(_s, _f), vms_info_(vmstate_info_buffer, _size))

/* Behind a pointer, as many bytes as a member says. */
#define vms_vbuffer_(_f, _s, _v, _test, _info, _unit, flags_, len_, cnt_)    \
    VMS_FIELD_(stringify(_f), _test, _v, VMS_VBUFFER | VMS_POINTER | flags_, \
               offsetof(_s, _f), vms_info_(_info, _unit),                    \
               vms_length_(_s, len_, cnt_))
#define VMSTATE_VBUFFER(_f, _s, _v, _test, _field_size)                      \
    vms_vbuffer_(_f, _s, _v, _test, vmstate_info_buffer, 0, 0,               \
                 _field_size, int32_t)
#define VMSTATE_VBUFFER_UINT32(_f, _s, _v, _test, _field_size)               \
    vms_vbuffer_(_f, _s, _v, _test, vmstate_info_buffer, 0, 0,               \
                 _field_size, uint32_t)
#define VMSTATE_VBUFFER_ALLOC_UINT32(_f, _s, _v, _test, _field_size)         \
    vms_vbuffer_(_f, _s, _v, _test, vmstate_info_buffer, 0, VMS_ALLOC,       \
                 _field_size, uint32_t)
#define VMSTATE_VBUFFER_MULTIPLY(_f, _s, _v, _test, _field_size, _multiply)  \
    vms_vbuffer_(_f, _s, _v, _test, vmstate_info_buffer, _multiply,          \
                 VMS_MULTIPLY, _field_size, uint32_t)

/* _field_size counts bits; the member is an unsigned long *. */
#define VMSTATE_BITMAP_TEST(_f, _s, _test, _v, _field_size)                  \
    vms_vbuffer_(_f, _s, _v, _test, vmstate_info_bitmap, 0, 0,               \
                 _field_size, int32_t)
#define VMSTATE_BITMAP(_f, _s, _v, _field_size) \
    VMSTATE_BITMAP_TEST(_f, _s, NULL, _v, _field_size)

/* Bytes that old versions have and nobody reads. */
#define VMSTATE_UNUSED_BUFFER(_test, _v, _size)                              \
    VMS_FIELD_("unused", _test, _v, VMS_BUFFER, 0,                           \
               vms_info_(vmstate_info_unused_buffer, _size))
#define VMSTATE_UNUSED_V(_v, _size) VMSTATE_UNUSED_BUFFER(NULL, _v, _size)
#define VMSTATE_UNUSED(_size) VMSTATE_UNUSED_V(0, _size)
#define VMSTATE_UNUSED_TEST(_test, _size) \
    VMSTATE_UNUSED_BUFFER(_test, 0, _size)
/* _size bytes for each of a number. */
#define VMSTATE_UNUSED_VARRAY_UINT32(_s, _test, _v, _field_num, _size)       \
    VMS_FIELD_("unused", _test, _v, VMS_VARRAY_UINT32 | VMS_BUFFER, 0,       \
               vms_info_(vmstate_info_unused_buffer, _size),                 \
               vms_count_(_s, _field_num, uint32_t))

/* --- Temporaries, lists and trees --- */

/*
 * Fields that live in a _tmp_type made for the purpose, whose first member is
 * `_s *parent`: pre_save fills it from there, post_load puts it back.
 */
#define VMSTATE_WITH_TMP_TEST(_s, _test, _tmp_type, _vmsd)                   \
    VMS_FIELD_("tmp", _test, 0, VMS_SINGLE, 0,                               \
               .info = &vmstate_info_tmp, .vmsd = &(_vmsd),                  \
               .size = sizeof(_tmp_type) +                                   \
                       QEMU_BUILD_BUG_ON_ZERO(offsetof(_tmp_type, parent)) + \
                       type_check_pointer(_s, vms_member_(_tmp_type, parent)))
#define VMSTATE_WITH_TMP(_s, _tmp_type, _vmsd) \
    VMSTATE_WITH_TMP_TEST(_s, NULL, _tmp_type, _vmsd)

/* A QTAILQ of _type, linked by _next; elements are allocated on load. */
#define VMSTATE_QTAILQ_V(_f, _s, _v, _vmsd, _type, _next)                    \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_SINGLE, offsetof(_s, _f),        \
               .info = &vmstate_info_qtailq,                                 \
               vms_vmsd_(_vmsd, sizeof(_type)),                              \
               .start = offsetof(_type, _next))
/* The same for a QLIST, whose order is kept. */
#define VMSTATE_QLIST_V(_f, _s, _v, _vmsd, _type, _next)                     \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_SINGLE, offsetof(_s, _f),        \
               .info = &vmstate_info_qlist,                                  \
               vms_vmsd_(_vmsd, sizeof(_type)),                              \
               .start = offsetof(_type, _next))
/*
 * A GTree *, which the destination has made.  _vmsd is an array of two: the
 * value's description, then the key's.  Its sizes are .size and .start.
 */
#define VMSTATE_GTREE_V(_f, _s, _v, _vmsd, _key_type, _val_type)             \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_SINGLE | VMS_POINTER,            \
               vmstate_offset_pointer(_s, _f, GTree),                        \
               .info = &vmstate_info_gtree, .vmsd = (_vmsd),                 \
               .start = sizeof(_key_type), .size = sizeof(_val_type))
/* The key is a number in the pointer itself; _vmsd describes the value. */
#define VMSTATE_GTREE_DIRECT_KEY_V(_f, _s, _v, _vmsd, _val_type)             \
    VMS_FIELD_(stringify(_f), NULL, _v, VMS_SINGLE | VMS_POINTER,            \
               vmstate_offset_pointer(_s, _f, GTree),                        \
               .info = &vmstate_info_gtree, .vmsd = (_vmsd),                 \
               .start = 0, .size = sizeof(_val_type))

/* --- Short names: type, then _V version, _TEST condition, arrays --- */

#define VMSTATE_BOOL_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_bool, bool)
#define VMSTATE_INT8_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int8, int8_t)
#define VMSTATE_INT16_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int16, int16_t)
#define VMSTATE_INT32_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int32, int32_t)
#define VMSTATE_INT64_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int64, int64_t)
#define VMSTATE_UINT8_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT32_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint64, uint64_t)
#define VMSTATE_FLOAT64_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_float64, float64)

#define VMSTATE_BOOL(_f, _s) VMSTATE_BOOL_V(_f, _s, 0)
#define VMSTATE_INT8(_f, _s) VMSTATE_INT8_V(_f, _s, 0)
#define VMSTATE_INT16(_f, _s) VMSTATE_INT16_V(_f, _s, 0)
#define VMSTATE_INT32(_f, _s) VMSTATE_INT32_V(_f, _s, 0)
#define VMSTATE_INT64(_f, _s) VMSTATE_INT64_V(_f, _s, 0)
#define VMSTATE_UINT8(_f, _s) VMSTATE_UINT8_V(_f, _s, 0)
#define VMSTATE_UINT16(_f, _s) VMSTATE_UINT16_V(_f, _s, 0)
#define VMSTATE_UINT32(_f, _s) VMSTATE_UINT32_V(_f, _s, 0)
#define VMSTATE_UINT64(_f, _s) VMSTATE_UINT64_V(_f, _s, 0)
#define VMSTATE_FLOAT64(_f, _s) VMSTATE_FLOAT64_V(_f, _s, 0)

#define VMSTATE_BOOL_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_bool, bool)
#define VMSTATE_INT8_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int8, int8_t)
#define VMSTATE_INT16_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int16, int16_t)
#define VMSTATE_INT32_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int32, int32_t)
#define VMSTATE_INT64_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int64, int64_t)
#define VMSTATE_UINT8_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT32_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64_TEST(_f, _s, _t) \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint64, uint64_t)

/* _err_hint: a text for the person whose values differ, or NULL. */
#define VMSTATE_UINT8_EQUAL(_f, _s, _err_hint)                               \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, 0, vmstate_info_uint8_equal, uint8_t,  \
                        _err_hint)
#define VMSTATE_UINT16_EQUAL(_f, _s, _err_hint) \
    VMSTATE_UINT16_EQUAL_V(_f, _s, 0, _err_hint)
#define VMSTATE_UINT16_EQUAL_V(_f, _s, _v, _err_hint)                        \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, _v, vmstate_info_uint16_equal,         \
                        uint16_t, _err_hint)
#define VMSTATE_INT32_EQUAL(_f, _s, _err_hint)                               \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, 0, vmstate_info_int32_equal, int32_t,  \
                        _err_hint)
#define VMSTATE_UINT32_EQUAL_V(_f, _s, _v, _err_hint)                        \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, _v, vmstate_info_uint32_equal,         \
                        uint32_t, _err_hint)
#define VMSTATE_UINT32_EQUAL(_f, _s, _err_hint) \
    VMSTATE_UINT32_EQUAL_V(_f, _s, 0, _err_hint)
#define VMSTATE_UINT64_EQUAL_V(_f, _s, _v, _err_hint)                        \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, _v, vmstate_info_uint64_equal,         \
                        uint64_t, _err_hint)
#define VMSTATE_UINT64_EQUAL(_f, _s, _err_hint) \
    VMSTATE_UINT64_EQUAL_V(_f, _s, 0, _err_hint)
#define VMSTATE_INT32_POSITIVE_LE(_f, _s) \
    VMSTATE_SINGLE(_f, _s, 0, vmstate_info_int32_le, int32_t)

#define VMSTATE_TIMER_PTR_TEST(_f, _s, _test) \
    VMSTATE_POINTER_TEST(_f, _s, _test, vmstate_info_timer, QEMUTimer *)
#define VMSTATE_TIMER_PTR_V(_f, _s, _v) \
    VMSTATE_POINTER(_f, _s, _v, vmstate_info_timer, QEMUTimer *)
#define VMSTATE_TIMER_PTR(_f, _s) VMSTATE_TIMER_PTR_V(_f, _s, 0)
#define VMSTATE_TIMER_PTR_ARRAY(_f, _s, _n) \
    VMSTATE_ARRAY_OF_POINTER(_f, _s, _n, 0, vmstate_info_timer, QEMUTimer *)
#define VMSTATE_TIMER_TEST(_f, _s, _test) \
    VMSTATE_SINGLE_TEST(_f, _s, _test, 0, vmstate_info_timer, QEMUTimer)
#define VMSTATE_TIMER_V(_f, _s, _v) \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_timer, QEMUTimer)
#define VMSTATE_TIMER(_f, _s) VMSTATE_TIMER_V(_f, _s, 0)
#define VMSTATE_TIMER_ARRAY(_f, _s, _n) \
    VMSTATE_ARRAY(_f, _s, _n, 0, vmstate_info_timer, QEMUTimer)

#define VMSTATE_BOOL_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_bool, bool)
#define VMSTATE_BOOL_ARRAY(_f, _s, _n) VMSTATE_BOOL_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_BOOL_SUB_ARRAY(_f, _s, _start, _n) \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _n, 0, vmstate_info_bool, bool)

#define VMSTATE_INT8_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_int8, int8_t)
#define VMSTATE_INT8_ARRAY(_f, _s, _n) VMSTATE_INT8_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_INT16_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_int16, int16_t)
#define VMSTATE_INT16_ARRAY(_f, _s, _n) VMSTATE_INT16_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_INT32_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_int32, int32_t)
#define VMSTATE_INT32_ARRAY(_f, _s, _n) VMSTATE_INT32_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_INT64_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_int64, int64_t)
#define VMSTATE_INT64_ARRAY(_f, _s, _n) VMSTATE_INT64_ARRAY_V(_f, _s, _n, 0)

#define VMSTATE_UINT8_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT8_ARRAY(_f, _s, _n) VMSTATE_UINT8_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT8_SUB_ARRAY(_f, _s, _start, _n) \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _n, 0, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT8_2DARRAY_V(_f, _s, _n1, _n2, _v) \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT8_2DARRAY(_f, _s, _n1, _n2) \
    VMSTATE_UINT8_2DARRAY_V(_f, _s, _n1, _n2, 0)

#define VMSTATE_UINT16_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT16_ARRAY(_f, _s, _n) VMSTATE_UINT16_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT16_SUB_ARRAY(_f, _s, _start, _n) \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _n, 0, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT16_2DARRAY_V(_f, _s, _n1, _n2, _v) \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT16_2DARRAY(_f, _s, _n1, _n2) \
    VMSTATE_UINT16_2DARRAY_V(_f, _s, _n1, _n2, 0)

#define VMSTATE_UINT32_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT32_ARRAY(_f, _s, _n) VMSTATE_UINT32_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT32_SUB_ARRAY(_f, _s, _start, _n) \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _n, 0, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT32_2DARRAY_V(_f, _s, _n1, _n2, _v) \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT32_2DARRAY(_f, _s, _n1, _n2) \
    VMSTATE_UINT32_2DARRAY_V(_f, _s, _n1, _n2, 0)

#define VMSTATE_UINT64_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint64, uint64_t)
#define VMSTATE_UINT64_ARRAY(_f, _s, _n) VMSTATE_UINT64_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT64_SUB_ARRAY(_f, _s, _start, _n) \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _n, 0, vmstate_info_uint64, uint64_t)
#define VMSTATE_UINT64_2DARRAY_V(_f, _s, _n1, _n2, _v) \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint64, uint64_t)
#define VMSTATE_UINT64_2DARRAY(_f, _s, _n1, _n2) \
    VMSTATE_UINT64_2DARRAY_V(_f, _s, _n1, _n2, 0)

#define VMSTATE_FLOAT64_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_float64, float64)
#define VMSTATE_FLOAT64_ARRAY(_f, _s, _n) \
    VMSTATE_FLOAT64_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_CPUDOUBLE_ARRAY_V(_f, _s, _n, _v) \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_cpudouble, CPU_DoubleU)
#define VMSTATE_CPUDOUBLE_ARRAY(_f, _s, _n) \
    VMSTATE_CPUDOUBLE_ARRAY_V(_f, _s, _n, 0)

/* An Ethernet address: MACAddr's six bytes. */
#define VMSTATE_MACADDR(_f, _s)                                              \
    VMS_FIELD_(stringify(_f), NULL, 0, VMS_BUFFER,                           \
               vmstate_offset_buffer(_s, _f.a),                              \
               vms_info_(vmstate_info_buffer,                                \
                         sizeof(vms_member_(_s, _f.a))))

#define VMSTATE_END_OF_LIST() { .flags = VMS_END }

/* --- The engine --- */

/*
 * Writes @opaque as @vmsd describes it, without a section header; @vmdesc, if
 * not NULL, is inside an object that takes the description.  0 or a negative
 * errno.
 */
int vmstate_save_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, JSONWriter *vmdesc);
int vmstate_save_state_v(QEMUFile *f, const VMStateDescription *vmsd,
                         void *opaque, JSONWriter *vmdesc, int version_id);
bool vmstate_save_needed(const VMStateDescription *vmsd, void *opaque);

/*
 * Reads what vmstate_save_state() wrote in @version_id.  0, or a negative
 * errno; the Error of _errp names description and field, and plain
 * vmstate_load_state() leaves it with the file.  @opaque may then be half
 * loaded and must not run.
 */
int vmstate_load_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, int version_id);
int vmstate_load_state_errp(QEMUFile *f, const VMStateDescription *vmsd,
                            void *opaque, int version_id, Error **errp);

/* --- Sections of the running machine --- */

#define VMSTATE_INSTANCE_ID_ANY -1

/*
 * Registers @base as a section.  Its name is @obj's id, "/" and the
 * description's name, or the latter alone; VMSTATE_INSTANCE_ID_ANY numbers
 * sections of one name.  @alias_id (-1: none) is a second instance id that
 * streams of version < @required_for_version use.  0; -1 with @errp set.
 */
int vmstate_register_with_alias_id(VMStateIf *obj, uint32_t instance_id,
                                   const VMStateDescription *vmsd,
                                   void *base, int alias_id,
                                   int required_for_version, Error **errp);

static inline int vmstate_register(VMStateIf *obj, int instance_id,
                                   const VMStateDescription *vmsd,
                                   void *opaque)
{
    return vmstate_register_with_alias_id(obj, instance_id, vmsd, opaque,
                                          -1, 0, NULL);
}

static inline int vmstate_register_any(VMStateIf *obj,
                                       const VMStateDescription *vmsd,
                                       void *opaque)
{
    return vmstate_register(obj, VMSTATE_INSTANCE_ID_ANY, vmsd, opaque);
}

/* Removes every section of @opaque with this description. */
void vmstate_unregister(VMStateIf *obj, const VMStateDescription *vmsd,
                        void *opaque);

/* Gives RAM the name under which its pages travel: @owner's id and the
 * region's name. */
void vmstate_register_ram(MemoryRegion *memory, DeviceState *owner);
void vmstate_unregister_ram(MemoryRegion *memory, DeviceState *owner);
void vmstate_register_ram_global(MemoryRegion *memory);

/* False if -only-migratable forbids a device described by @vmsd. */
bool vmstate_check_only_migratable(const VMStateDescription *vmsd);

#endif /* QEMU_VMSTATE_H */
