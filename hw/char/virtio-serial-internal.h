/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the console device and its migration share. */
#ifndef HW_CHAR_VIRTIO_SERIAL_INTERNAL_H
#define HW_CHAR_VIRTIO_SERIAL_INTERNAL_H

#include "hw/virtio/virtio-serial.h"

VirtIOSerialPort *virtio_serial_find_port(VirtIOSerial *vser, uint32_t id);
void virtio_serial_send_event(VirtIOSerial *vser, uint32_t port_id,
                              uint16_t event, uint16_t value);

void virtio_serial_save(VirtIODevice *vdev, QEMUFile *f);
int virtio_serial_load(VirtIODevice *vdev, QEMUFile *f, int version_id);
void virtio_serial_forget_post_load(VirtIOSerial *vser);

#endif /* HW_CHAR_VIRTIO_SERIAL_INTERNAL_H */
