/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path under which device models look for the kernel's header. */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_SCSI_H
#define STANDARD_HEADERS_LINUX_VIRTIO_SCSI_H

#include <linux/virtio_scsi.h>

#endif /* STANDARD_HEADERS_LINUX_VIRTIO_SCSI_H */
