#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that moves between this emulator and Debian's QEMU.

Both ends have the same image file: the source unlocks it, the destination
takes it.  A request that failed and stopped the machine travels with it and
is served at the other end.
"""

import os
import struct
import sys
import time

from machine import OURS, STOCK, Suite, run
from pcidev import Room, Virtio

WAYS = {'from_stock': (STOCK, OURS), 'to_stock': (OURS, STOCK),
        'ours': (OURS, OURS)}
SLOT = 4 << 3
BUFFERS = 0x300000
SIZE = 1 << 20


def wait_for(condition, what):
    end = time.time() + 10
    while not condition():
        assert time.time() < end, what
        time.sleep(0.002)


class BlockMigration(Suite):
    def image(self):
        path = self.path('disk.img')
        if not os.path.exists(path):
            with open(path, 'wb') as file:
                file.truncate(SIZE)
        return path

    def machine(self, binary, drive, *more, queues=1):
        # What this board lacks of the stock one's is not the subject.
        if binary == STOCK:
            more += ('-global', 'ICH9-LPC.memory-hotplug-support=off')
        return self.start(binary, '-machine', 'pc-q35-7.2,vmport=off,i8042=off', '-m', '16M',
                          *drive, '-device', 'virtio-blk-pci,drive=d0,'
                          f'addr={SLOT >> 3},disable-legacy=on,'
                          f'num-queues={queues}', *more)

    def plain(self):
        return ['-blockdev', 'driver=raw,node-name=d0,file.driver=file,'
                f'file.filename={self.image()}']

    def failing(self, errno=28):
        return ['-blockdev', '{"driver":"raw","node-name":"d0","file":{'
                '"driver":"blkdebug","image":{"driver":"file","filename":"' +
                self.image() + '"},"inject-error":[{"event":"write_aio",'
                f'"errno":{errno},"iotype":"write"' + '}]}}']

    @staticmethod
    def device(machine):
        return Virtio(machine, 0, SLOT, Room(0xe0000000))

    def request(self, f, queue, kind, sector, data, n=0):
        """Offers one; its status byte is at the place returned."""
        at = BUFFERS + n * 0x1000
        f.machine.write(at, struct.pack('<IIQ', kind, 0, sector))
        f.machine.write(at + 0x800, b'\xff')
        if kind == 1:
            f.machine.write(at + 0x100, data)
        table = at + 0x900
        f.machine.write(table, b''.join(
            struct.pack('<QIHH', *part) for part in (
                (at, 16, 1, 1), (at + 0x100, 512, 3 if kind == 0 else 1, 2),
                (at + 0x800, 1, 2, 0))))
        slot, size = f.next[queue] % Virtio.SIZE, Virtio.SIZE
        f.machine.write(f.ring(queue) + slot * 16,
                        struct.pack('<QIHH', table, 48, 4, 0))
        f.machine.write(f.ring(queue) + 0x1004 + slot * 2,
                        struct.pack('<H', slot % size))
        f.next[queue] += 1
        f.machine.write(f.ring(queue) + 0x1002,
                        struct.pack('<H', f.next[queue]))
        f.kick(queue)
        return at + 0x800

    def move(self, source, target_binary, drive, **more):
        path = self.path(f'sock{len(self.machines)}')
        target = self.machine(target_binary, drive, '-incoming',
                              f'unix:{path}', **more)
        source.migrate(f'unix:{path}')
        target.wait_status('completed')
        return target

    def hand_over(self, way):
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        a, b = WAYS[way]
        source = self.machine(a, self.plain())
        f = self.device(source)
        f.start([0], 1 << 28)
        status = self.request(f, 0, 1, 3, b'first' * 102 + b'ab')
        wait_for(lambda: f.used(0) == 1, 'the first write')
        assert source.read(status, 1) == b'\0'
        target = self.move(source, b, self.plain())
        # The source has let go of it, the target has it.
        g = self.device_moved(f, target)
        status = self.request(g, 0, 1, 4, b'other' * 102 + b'ab', 1)
        wait_for(lambda: g.used(0) == 2, 'the second write')
        assert target.read(status, 1) == b'\0'
        with open(self.image(), 'rb') as file:
            data = file.read()
        assert data[3 * 512:5 * 512] == b'first' * 102 + b'ab' + \
            b'other' * 102 + b'ab'
        assert 'Failed to get' in source.error('cont')
        return None

    @staticmethod
    def device_moved(f, machine):
        """The same function at the other end, registers where they were."""
        f.moved(machine)
        return f

    def failed_request(self, way, queues):
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        a, b = WAYS[way]
        source = self.machine(a, self.failing(), queues=queues)
        if a == OURS:
            source('cont')
        f = self.device(source)
        f.start(range(queues), 1 << 28)
        last = queues - 1
        status = []
        for n in range(3):
            status.append(self.request(f, last, 1, 8 + n * 2,
                                       bytes([n + 1]) * 512, n))
        wait_for(lambda: source('query-block')[0]['io-status'] == 'nospace',
                 'the failure')
        if a == OURS:
            source.wait_event('BLOCK_IO_ERROR', action='stop')
            source.wait_running(False)
        assert f.used(last) == 0
        target = self.move(source, b, self.plain(), queues=queues)
        g = self.device_moved(f, target)
        if b == OURS:
            target('cont')
        else:
            # Its processor runs what is in memory: nothing, for a moment.
            target('cont')
        wait_for(lambda: g.used(last) == 3, 'the failed requests')
        for at in status:
            assert target.read(at, 1) == b'\0'
        with open(self.image(), 'rb') as file:
            data = file.read()
        for n in range(3):
            assert data[(8 + n * 2) * 512:][:512] == bytes([n + 1]) * 512
        return None

    def slow(self):
        return ['-blockdev', 'driver=null-co,node-name=d0,size=1048576,'
                'latency-ns=150000000,read-zeroes=on']

    def test_in_flight(self):
        """The machine stops for the move with requests under way."""
        source = self.machine(OURS, self.slow())
        source('cont')
        f = self.device(source)
        f.start([0], 1 << 28)
        status = [self.request(f, 0, 0, n, b'', n) for n in range(3)]
        assert f.used(0) == 0
        target = self.move(source, OURS, self.slow())
        g = self.device_moved(f, target)
        assert g.used(0) == 3
        for at in status:
            assert target.read(at, 1) == b'\0'
            assert target.read(at - 0x700, 512) == bytes(512)
        return None


for name in WAYS:
    setattr(BlockMigration, f'test_hand_over_{name}',
            lambda self, way=name: self.hand_over(way))
    for count in 1, 3:
        setattr(BlockMigration, f'test_failed_{name}_{count}q',
                lambda self, way=name, n=count: self.failed_request(way, n))

if __name__ == '__main__':
    sys.exit(run(BlockMigration))
