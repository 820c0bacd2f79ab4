#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk controllers that move between this emulator and Debian's QEMU.

Each in the middle of something: data half read, an IDENTIFY that was changed,
an open tray, a floppy command half sent, an AHCI port that runs.  Whoever
goes on with it sees the same on all ways.
"""

import os
import struct
import sys
import time

from machine import OURS, STOCK, Suite, run

WAYS = {'from_stock': (STOCK, OURS), 'to_stock': (OURS, STOCK),
        'ours': (OURS, OURS)}
ABAR = 0xfe000000
PORT = ABAR + 0x100
DATA = bytes((i * 5 + i // 512 * 3) & 0xff for i in range(256 * 1024))


class Ports:
    """I/O ports and configuration space of a machine."""

    def __init__(self, machine):
        self.machine = machine

    def out(self, port, value, size='b'):
        self.machine.qtest(f'out{size} {port:#x} {value:#x}')

    def get(self, port, size='b'):
        return int(self.machine.qtest(f'in{size} {port:#x}'), 16)

    def config(self, devfn, reg, value):
        self.out(0xcf8, 0x80000000 | devfn << 8 | reg, 'l')
        self.out(0xcfc, value, 'l')

    def ready(self, control):
        end = time.time() + 10
        while self.get(control) & 0x80:
            assert time.time() < end, 'the drive stays busy'

    def words(self, port, control, most):
        """Data while there is some."""
        data = b''
        while len(data) < 2 * most:
            self.ready(control)
            if not self.get(control) & 8:
                break
            data += struct.pack('<H', self.get(port, 'w'))
        return data

    def packet(self, *cdb, limit=0x808):
        self.out(0x176, 0xa0)
        self.out(0x171, 0)
        self.out(0x174, limit & 0xff)
        self.out(0x175, limit >> 8)
        self.out(0x177, 0xa0)
        self.ready(0x376)
        cdb = bytes(cdb).ljust(12, b'\0')
        for at in range(0, 12, 2):
            self.out(0x170, cdb[at] | cdb[at + 1] << 8, 'w')
        self.ready(0x376)


class StorageMigration(Suite):
    def options(self, board):
        path = self.path('disk.img')
        if not os.path.exists(path):
            with open(path, 'wb') as file:
                file.write(DATA)
        drive = f'file={path},format=raw,file.locking=off'
        options = ['-machine', board, '-m', '64M',
                   '-drive', f'{drive},if=ide,index=0',
                   '-drive', f'{drive},if=ide,index=2,media=cdrom']
        if board == 'pc':
            options += ['-drive', f'{drive},if=floppy,readonly=on']
        return options

    def move(self, way, board, before):
        """Ports of the machine at the other end."""
        source, target = WAYS[way]
        stream = self.path('stream')
        old = self.start(source, *self.options(board))
        before(Ports(old))
        old('migrate', uri=f'exec:cat >{stream}')
        assert old.wait_status('completed', 'failed') == 'completed'
        new = self.start(target, *self.options(board), '-incoming',
                         f'exec:cat {stream}')
        assert new.wait_status('completed', 'failed') == 'completed'
        return Ports(new)

    def half_read(self, way):
        def before(p):
            for reg, value in ((6, 0xe0), (2, 3), (3, 1), (7, 0x20)):
                p.out(0x1f0 + reg, value)
            p.ready(0x3f6)
            for at in range(100):
                assert p.get(0x1f0, 'w') == DATA[512 + 2 * at] | \
                    DATA[513 + 2 * at] << 8

        p = self.move(way, 'pc', before)
        assert p.words(0x1f0, 0x3f6, 800) == DATA[512 + 200:512 * 4]
        assert (p.get(0x1f7), p.get(0x1f2), p.get(0x1f3)) == (0x50, 0, 4)

    def identity(self, way):
        def before(p):
            p.out(0x1f6, 0xe0)
            p.out(0x1f7, 0xec)
            p.words(0x1f0, 0x3f6, 256)
            p.out(0x1f1, 0x82)
            p.out(0x1f7, 0xef)
            p.ready(0x3f6)

        p = self.move(way, 'pc', before)
        p.out(0x1f7, 0xec)
        words = struct.unpack('<256H', p.words(0x1f0, 0x3f6, 256))
        assert words[85] == 0x4001, hex(words[85])
        assert words[60] == len(DATA) // 512

    def packet_reply(self, way):
        def before(p):
            p.packet(0x12, 0, 0, 0, 36)
            assert p.get(0x170, 'w') == 0x8005

        p = self.move(way, 'pc', before)
        reply = p.words(0x170, 0x376, 40)
        assert reply.startswith(b'\0!\x1f\0\0\0QEMU'), reply
        assert p.get(0x177) == 0x50

    def open_tray(self, way):
        p = self.move(way, 'pc', lambda p: p.packet(0x1b, 0, 0, 0, 2))
        p.packet(0x00)
        assert (p.get(0x177), p.get(0x171)) == (0x41, 0x20)
        p.packet(0x1b, 0, 0, 0, 3)
        p.packet(0x00)
        assert p.get(0x177) == 0x50

    def floppy(self, way):
        def before(p):
            p.out(0x3f2, 0x00)
            p.out(0x3f2, 0x1c)
            for drive in range(2):
                p.out(0x3f5, 0x08)
                assert p.get(0x3f5) == 0xc0 | drive
                p.get(0x3f5)
            # Specify, but for its last byte.
            p.out(0x3f5, 0x03)
            p.out(0x3f5, 0xd1)

        p = self.move(way, 'pc', before)
        assert p.get(0x3f4) == 0x90
        p.out(0x3f5, 0x04)
        assert p.get(0x3f4) == 0x80
        for drive in range(2, 4):
            p.out(0x3f5, 0x08)
            assert p.get(0x3f5) == 0xc0 | drive
            p.get(0x3f5)
        p.out(0x3f5, 0x0e)
        dump = [p.get(0x3f5) for _ in range(10)]
        assert dump[4:6] == [0x0d, 0x05], dump

    def ahci_read(self, p, slot, code, data):
        machine, table = p.machine, 0x11000 + slot * 0x400
        queued = code == 0x60
        cfis = bytes([0x27, 0x80, code, 8 if queued else 0, 5, 0, 0, 0x40, 0,
                      0, 0, 0, slot << 3 if queued else 8])
        machine.write(0x10000 + slot * 32,
                      struct.pack('<IIII', 5 | 1 << 16, 0, table, 0))
        machine.write(table, cfis.ljust(128, b'\0') +
                      struct.pack('<QII', data, 0, 4095))
        if queued:
            machine.qtest(f'writel {PORT + 0x34:#x} {1 << slot:#x}')
        machine.qtest(f'writel {PORT + 0x38:#x} {1 << slot:#x}')
        end = time.time() + 10
        while any(int(machine.qtest(f'readl {PORT + reg:#x}'), 16)
                  for reg in (0x34, 0x38)):
            assert time.time() < end, 'the command stays'
        assert machine.read(data, 4096) == DATA[5 * 512:][:4096]

    def ahci(self, way):
        def before(p):
            p.config(0xfa, 0x24, ABAR)
            p.config(0xfa, 0x04, 7)
            for reg, value in ((0x00, 0x10000), (0x08, 0x10400),
                               (0x14, 0xffffffff), (0x18, 0x16),
                               (0x18, 0x17)):
                p.machine.qtest(f'writel {PORT + reg:#x} {value:#x}')
            self.ahci_read(p, 3, 0x25, 0x20000)
            before.registers = p.machine.read(PORT, 0x40)

        p = self.move(way, 'q35', before)
        assert p.machine.read(PORT, 0x40) == before.registers
        self.ahci_read(p, 4, 0x60, 0x30000)
        self.ahci_read(p, 31, 0x25, 0x40000)


for name in WAYS:
    for what in ('half_read', 'identity', 'open_tray', 'floppy', 'ahci',
                 'packet_reply'):
        # The stock emulator forgets where the reply was.
        if (name, what) != ('to_stock', 'packet_reply'):
            setattr(StorageMigration, f'test_{what}_{name}',
                    lambda self, way=name, f=what: getattr(self, f)(way))

if __name__ == '__main__':
    if not os.path.exists(STOCK):
        print('1..0 # SKIP no stock emulator here')
        sys.exit(0)
    sys.exit(run(StorageMigration))
