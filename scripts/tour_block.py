# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtio-blk driver of the MSI-X tour (virtio 1.2, 5.2): one request at a
time, of a header, a sector and a status byte."""
import struct

from tour_virtio import Queue, Virtio

READ, WRITE, FLUSH = 0, 1, 4
FEATURE_FLUSH = 1 << 9
SECTOR = 512


class Disk:
    def __init__(self, function):
        self.function, self.m = function, function.machine
        device = Virtio(function, FEATURE_FLUSH)
        self.queue = Queue(device, 0, 1, False)
        device.start()

    def request(self, kind, sector=0, data=b''):
        """The status (0: done) and what was read."""
        q, at = self.queue, self.queue.buffer(0)
        header = struct.pack('<IIQ', kind, 0, sector)
        length = 0 if kind == FLUSH else SECTOR
        content = header + data.ljust(length, b'\0') + b'\xff'
        q.m.write(at, int.from_bytes(content, 'little'), len(content))
        parts = [(at, 16, 0)]
        if length:
            parts.append((at + 16, length, 2 if kind == READ else 0))
        parts.append((at + 16 + length, 1, 2))
        table = b''.join(
            struct.pack('<QIHH', address, size,
                        flags | (1 if n + 1 < len(parts) else 0), n + 1)
            for n, (address, size, flags) in enumerate(parts))
        q.m.write(q.desc, int.from_bytes(table, 'little'), len(table))
        q.m.write(q.avail + 4 + 2 * (q.made % 4), 0, 2)
        q.made += 1
        q.m.write(q.avail + 2, q.made, 2)
        q.m.write(q.doorbell, q.index, 2)
        if q.take() is None:
            return None, b''
        done = q.m.read(at, len(content)).to_bytes(len(content), 'little')
        return done[-1], done[16:-1]

    def store(self, sector, text):
        """Writes the text there and flushes; true if both were done."""
        return self.request(WRITE, sector, text.encode())[0] == 0 and \
            self.request(FLUSH)[0] == 0

    def fetch(self, sector):
        """The text there."""
        return self.request(READ, sector)[1].rstrip(b'\0').decode()
