# SPDX-License-Identifier: GPL-2.0-or-later
"""A driver of virtio-scsi-pci in slot 4 of `pc`, over qtest: the legacy
interface (virtio 1.2, 4.1.4.8), split rings without indirection."""

import struct
import time

BASE = 0xc000           # of the I/O BAR
RING = 0x100000         # queue n at RING + n * RING_STEP
RING_STEP = 0x10000
DATA = 0x400000

SLOT = 4
ARGS = ['-device', f'virtio-scsi-pci,id=scsi,addr={SLOT},num_queues=2']

FEATURES = 0x6          # hot-plug and change events


class VirtioScsi:
    """The device of one machine."""

    def __init__(self, machine, features=FEATURES):
        self.m = machine
        self.size = {}
        self.avail = {}
        self.used = {}
        self.last = b''
        self.config(0x10, 'l', BASE)
        self.config(0x04, 'w', 7)
        self.start(features)

    def config(self, reg, width, value):
        self.m.qtest(f'outl 0xcf8 {0x80000000 | SLOT << 11 | reg:#x}')
        self.m.qtest(f'out{width} 0xcfc {value:#x}')

    def out(self, width, reg, value):
        self.m.qtest(f'out{width} {BASE + reg:#x} {value:#x}')

    def inp(self, width, reg):
        return int(self.m.qtest(f'in{width} {BASE + reg:#x}'), 16)

    def start(self, features):
        self.out('b', 0x12, 0)
        self.out('b', 0x12, 3)
        self.features = features & self.inp('l', 0)
        self.out('l', 4, self.features)
        for n in range(4):
            self.out('w', 0x0e, n)
            self.size[n] = self.inp('w', 0x0c)
            self.avail[n] = self.used[n] = 0
            self.m.qtest(f'memset {RING + n * RING_STEP:#x} {RING_STEP:#x} 0')
            self.out('l', 0x08, (RING + n * RING_STEP) >> 12)
        self.out('b', 0x12, 7)

    def add(self, n, parts):
        """Queues parts, (bytes) or (length of a device-written one), whose
        addresses it returns, and kicks."""
        at = DATA + n * 0x100000
        places = []
        base = RING + n * RING_STEP
        table = b''
        for i, part in enumerate(parts):
            writable = isinstance(part, int)
            length = part if writable else len(part)
            if not writable:
                self.m.write(at, part)
            last = i == len(parts) - 1
            table += struct.pack('<QIHH', at, length,
                                 (0 if last else 1) | (2 if writable else 0),
                                 0 if last else i + 1)
            places.append((at, length))
            at += (length + 0xfff) & ~0xfff
        self.m.write(base, table)
        ring = base + self.size[n] * 16
        self.m.write(ring + 4 + self.avail[n] % self.size[n] * 2,
                     struct.pack('<H', 0))
        self.avail[n] = (self.avail[n] + 1) & 0xffff
        self.m.write(ring + 2, struct.pack('<H', self.avail[n]))
        self.out('w', 0x10, n)
        return places

    def used_entry(self, n):
        """(id, length) of the next used one, or None."""
        base = RING + n * RING_STEP
        ring = (base + self.size[n] * 16 + 6 + self.size[n] * 2 +
                0xfff) & ~0xfff
        index, = struct.unpack('<H', self.m.read(ring + 2, 2))
        if index == self.used[n]:
            return None
        entry = struct.unpack('<II', self.m.read(
            ring + 4 + self.used[n] % self.size[n] * 8, 8))
        self.used[n] = (self.used[n] + 1) & 0xffff
        return entry

    def wait(self, n):
        end = time.time() + 10
        while time.time() < end:
            entry = self.used_entry(n)
            if entry:
                return entry
        raise AssertionError(f'queue {n} of {self.m.process.args[0]}: no '
                             f'answer to {self.last.hex()}')

    @staticmethod
    def lun(target, lun):
        return bytes([1, target, 0x40 | lun >> 8, lun & 0xff, 0, 0, 0, 0])

    def request(self, cdb, target=0, lun=0, tag=1):
        return self.lun(target, lun) + struct.pack('<QBBB', tag, 0, 0, 0) + \
            bytes(cdb).ljust(32, b'\0')

    def begin(self, cdb, data_in=0, data_out=b'', queue=2, **more):
        self.last = cdb
        parts = [self.request(cdb, **more)]
        if data_out:
            parts.append(data_out)
        parts.append(12 + 96)
        if data_in:
            self.m.qtest(f'memset {DATA + queue * 0x100000:#x} 0x40000 0xaa')
            parts.append(data_in)
        self.places = self.add(queue, parts)
        self.data_in = data_in
        self.queue = queue

    def finish(self):
        """(response, status, residual, sense, data)"""
        self.wait(self.queue)
        at, _ = self.places[-2 if self.data_in else -1]
        head = self.m.read(at, 108)
        sense_len, resid, _, status, response = struct.unpack(
            '<IIHBB', head[:12])
        data = b''
        if self.data_in:
            data = self.m.read(*self.places[-1])
        return response, status, resid, head[12:12 + sense_len], data

    def command(self, cdb, data_in=0, data_out=b'', **more):
        self.begin(cdb, data_in, data_out, **more)
        return self.finish()

    def control(self, request, answer):
        """A request on the control queue; the bytes of the answer."""
        places = self.add(0, [request, answer])
        self.wait(0)
        return self.m.read(*places[-1])

    def tmf(self, subtype, target=0, lun=0, tag=0):
        return self.control(struct.pack('<II', 0, subtype) +
                            self.lun(target, lun) + struct.pack('<Q', tag),
                            1)[0]
