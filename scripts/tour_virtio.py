# SPDX-License-Identifier: GPL-2.0-or-later
"""Virtio drivers of the MSI-X tour: split rings (virtio 1.2, 2.7) over the
modern PCI registers (4.1.4)."""
import struct
import time

RINGS = 0x200000
QUEUE_BYTES = 0x10000       # rings and buffers of one queue
SLOTS = 4
BUFFER_BYTES = 0x800


def structure(function, kind):
    """Address of a virtio 1.x structure, and of the capability naming it."""
    at = function.capability(
        0x09, lambda offset: function.config(offset) >> 24 == kind)
    return (function.bars[function.config(at + 4) & 0xff] +
            function.config(at + 8)), at


class Queue:
    """SLOTS buffers, each of one descriptor, used in turn."""

    next_place = RINGS

    def __init__(self, device, index, vector, writes):
        self.m, self.index, self.writes = device.machine, index, writes
        self.desc, Queue.next_place = (Queue.next_place,
                                       Queue.next_place + QUEUE_BYTES)
        self.avail, self.used = self.desc + 0x100, self.desc + 0x200
        self.made = self.seen = 0
        common = device.common
        self.m.write(common + 0x16, index, 2)
        self.m.write(common + 0x18, SLOTS, 2)
        self.m.write(common + 0x1a, vector, 2)
        for reg, addr in ((0x20, self.desc), (0x28, self.avail),
                          (0x30, self.used)):
            self.m.write(common + reg, addr, 8)
        self.m.write(common + 0x1c, 1, 2)
        self.doorbell = device.notify + device.multiplier * self.m.read(
            common + 0x1e, 2)

    def buffer(self, slot):
        return self.desc + 0x1000 + BUFFER_BYTES * slot

    def offer(self, length, data=b''):
        """The next buffer, with data for the device or room for some."""
        slot = self.made % SLOTS
        if data:
            self.m.write(self.buffer(slot), int.from_bytes(data, 'little'),
                         len(data))
        desc = struct.pack('<QIHH', self.buffer(slot), length,
                           2 if self.writes else 0, 0)
        self.m.write(self.desc + 16 * slot, int.from_bytes(desc, 'little'),
                     16)
        self.m.write(self.avail + 4 + 2 * slot, slot, 2)
        self.made += 1
        self.m.write(self.avail + 2, self.made, 2)
        self.m.write(self.doorbell, self.index, 2)

    def take(self):
        """The next used buffer's bytes, after at most some seconds."""
        for _ in range(3000):
            if self.m.read(self.used + 2, 2) != self.seen & 0xffff:
                break
            time.sleep(0.001)
        else:
            return None
        entry = self.m.read(self.used + 4 + 8 * (self.seen % SLOTS), 8)
        self.seen += 1
        slot, length = entry & 0xffffffff, entry >> 32
        return self.m.read(self.buffer(slot), length).to_bytes(
            length, 'little') if length else b''


class Virtio:
    """A device that is about to get its queues."""

    def __init__(self, function, features=0):
        m = self.machine = function.machine
        self.common, _ = structure(function, 1)
        self.notify, at = structure(function, 2)
        self.multiplier = function.config(at + 16)
        m.write(self.common + 0x14, 1, 1)               # ACKNOWLEDGE
        m.write(self.common + 0x14, 3, 1)               # DRIVER
        for word, bits in enumerate((features, 1)):     # VERSION_1
            m.write(self.common + 0x08, word, 4)
            m.write(self.common + 0x0c, bits, 4)
        m.write(self.common + 0x14, 11, 1)              # FEATURES_OK
        m.write(self.common + 0x10, 0, 2)               # config vector

    def start(self):
        self.machine.write(self.common + 0x14, 15, 1)   # DRIVER_OK


class Rng:
    """virtio-rng: one queue whose buffers come back full of noise."""

    def __init__(self, function):
        self.function = function
        device = Virtio(function)
        self.queue = Queue(device, 0, 1, True)
        device.start()

    def request(self):
        self.queue.offer(16)
        return int.from_bytes(self.queue.take(), 'little')
