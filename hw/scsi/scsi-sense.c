/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sense data: SPC-4, 4.5 (fixed format 4.5.3, descriptor format 4.5.2). */
#include "qemu/osdep.h"
#include "scsi/utils.h"

#define DEFINE_SENSE_CODE(name, sense_key, code, qualifier) \
    const SCSISense sense_code_##name = { sense_key, code, qualifier };
SCSI_SENSE_CODES(DEFINE_SENSE_CODE)

#define FIXED_CURRENT 0x70
#define FIXED_DEFERRED 0x71
#define DESCRIPTOR_CURRENT 0x72
#define DESCRIPTOR_DEFERRED 0x73

#define DESCRIPTOR_LEN 8

int scsi_build_sense_buf(uint8_t *buf, size_t max_size, SCSISense sense,
                         bool fixed_sense)
{
    uint8_t out[SCSI_SENSE_LEN] = { 0 };
    int len;

    if (fixed_sense) {
        out[0] = FIXED_CURRENT;
        out[2] = sense.key;
        out[7] = SCSI_SENSE_LEN - 8;
        out[12] = sense.asc;
        out[13] = sense.ascq;
        len = SCSI_SENSE_LEN;
    } else {
        out[0] = DESCRIPTOR_CURRENT;
        out[1] = sense.key;
        out[2] = sense.asc;
        out[3] = sense.ascq;
        len = DESCRIPTOR_LEN;
    }
    len = MIN(len, max_size);
    memcpy(buf, out, len);
    return len;
}

int scsi_build_sense(uint8_t *buf, SCSISense sense)
{
    return scsi_build_sense_buf(buf, SCSI_SENSE_LEN, sense, true);
}

SCSISense scsi_parse_sense_buf(const uint8_t *in_buf, int in_len)
{
    SCSISense sense = { 0 };

    if (in_len < 1) {
        return sense;
    }
    switch (in_buf[0] & 0x7f) {
    case FIXED_CURRENT:
    case FIXED_DEFERRED:
        sense.key = in_len > 2 ? in_buf[2] & 0xf : 0;
        sense.asc = in_len > 12 ? in_buf[12] : 0;
        sense.ascq = in_len > 13 ? in_buf[13] : 0;
        break;
    case DESCRIPTOR_CURRENT:
    case DESCRIPTOR_DEFERRED:
        sense.key = in_len > 1 ? in_buf[1] & 0xf : 0;
        sense.asc = in_len > 2 ? in_buf[2] : 0;
        sense.ascq = in_len > 3 ? in_buf[3] : 0;
        break;
    }
    return sense;
}

int scsi_convert_sense(uint8_t *in_buf, int in_len, uint8_t *buf, int len,
                       bool fixed)
{
    bool is_fixed = in_len && !(in_buf[0] & 2);

    if (in_len && is_fixed == fixed) {
        len = MIN(len, in_len);
        memcpy(buf, in_buf, len);
        return len;
    }
    return scsi_build_sense_buf(buf, len,
                                scsi_parse_sense_buf(in_buf, in_len), fixed);
}

int scsi_sense_from_errno(int errno_value, SCSISense *sense)
{
    static const struct {
        int value;
        int status;
        const SCSISense *sense;
    } meanings[] = {
        { EDOM, TASK_SET_FULL, NULL },
        { EBADE, RESERVATION_CONFLICT, NULL },
        { ENODATA, CHECK_CONDITION, &sense_code_READ_ERROR },
        { EREMOTEIO, CHECK_CONDITION, &sense_code_TARGET_FAILURE },
        { ENOMEDIUM, CHECK_CONDITION, &sense_code_NO_MEDIUM },
        { ENOMEM, CHECK_CONDITION, &sense_code_TARGET_FAILURE },
        { EINVAL, CHECK_CONDITION, &sense_code_INVALID_FIELD },
        { ENOSPC, CHECK_CONDITION, &sense_code_SPACE_ALLOC_FAILED },
    };

    if (!errno_value) {
        return GOOD;
    }
    for (int i = 0; i < ARRAY_SIZE(meanings); i++) {
        if (meanings[i].value == errno_value) {
            if (meanings[i].sense) {
                *sense = *meanings[i].sense;
            }
            return meanings[i].status;
        }
    }
    *sense = SENSE_CODE(IO_ERROR);
    return CHECK_CONDITION;
}
