/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path under which device models look for the kernel's header. */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_TYPES_H
#define STANDARD_HEADERS_LINUX_VIRTIO_TYPES_H

#include <linux/virtio_types.h>

#endif /* STANDARD_HEADERS_LINUX_VIRTIO_TYPES_H */
