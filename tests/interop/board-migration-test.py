#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boards and devices in mid-work between this emulator and Debian's QEMU.

A driver over qtest programs a device, masks vectors, leaves one pending and
rings half consumed.  The machine moves; both ends must show the same
registers, tables and memory, the target's own stream must say what the
source's said, and the driver goes on with its work.
"""

import importlib.util
import os
import socket
import struct
import subprocess
import sys
import time

from machine import OURS, STOCK, Suite, run
from pcidev import CAP_MSIX, BRIDGE_MEMORY, MEMORY, Function, Port, Room, \
    Virtio
from smallchips import SmallChips

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BOARDS = {'q35': 'pc-q35-7.2', 'pc': 'pc-i440fx-7.2'}
WAYS = {'from_stock': (STOCK, OURS), 'to_stock': (OURS, STOCK),
        'there_and_back': (OURS, STOCK, OURS)}
MESSAGES = 0x200000             # a message of each vector goes here
BUFFERS = 0x300000
SLOT = 4 << 3                   # where the device under test is

# The state in which it is, and clocks, differ from end to end.
IGNORED = ('globalstate#', 'timer#')


def load_dump():
    path = os.path.join(ROOT, 'scripts', 'vmstate-dump.py')
    spec = importlib.util.spec_from_file_location('vmstate_dump', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DUMP = load_dump()


def wait_for(condition, what):
    end = time.time() + 10
    while not condition():
        assert time.time() < end, what
        time.sleep(0.002)


# --- Devices, each with its work ---

class Case:
    """A board without more; what the others have in common."""

    device = None
    boards = tuple(BOARDS)
    rom = ''                    # an option of cards that have one

    def __init__(self, suite):
        self.suite = suite
        self.functions = []

    def args(self):
        return []

    def work(self, machine):
        """Puts the machine in the state that is to move."""

    def more(self):
        """Goes on at the other end."""

    def moved(self, machine):
        for function in self.functions:
            function.moved(machine)

    def vectors(self, function, masked):
        """All vectors programmed, those in masked masked."""
        for v in range(function.vectors()):
            function.entry(v, MESSAGES + v * 8, 0x4d534900 + v, v in masked)
        function.enable_msix()

    def message(self, machine, vector, arrived=True):
        """Whether the vector's message is there; takes it away."""
        want = 0x4d534900 + vector if arrived else 0
        address = MESSAGES + vector * 8
        wait_for(lambda: int(machine.qtest(f'readl {address:#x}'), 16) ==
                 want, f'message {vector}')
        machine.qtest(f'writel {address:#x} 0')

    def check_pending(self, function, vector):
        """It is pending, and comes once when it is unmasked."""
        machine = function.machine
        assert function.pending(vector), f'vector {vector} is not pending'
        self.message(machine, vector, False)
        function.mask(vector, False)
        self.message(machine, vector)
        assert not function.pending(vector)


class VirtioCase(Case):
    """One queue's vector is masked; two chains wait unseen."""

    queue = 0
    queues = (0,)
    features = 0
    seen = 3
    unseen = 2
    again = True                # one more chain brings one more message

    def args(self):
        return ['-device', f'{self.device},addr={SLOT >> 3},'
                f'disable-legacy=on{self.options()}']

    def options(self):
        return ''

    def place(self, machine):
        return Virtio(machine, 0, SLOT, Room(MEMORY))

    def work(self, machine):
        f = self.place(machine)
        self.functions.append(f)
        f.start(self.queues, self.features)
        if f.cap(CAP_MSIX):
            self.vectors(f, (0, self.queue + 1))
        self.prepare(f)
        for _ in range(self.seen):
            self.add(f)
        f.kick(self.queue)
        wait_for(lambda: f.used(self.queue) >= self.seen, 'used chains')
        if f.cap(CAP_MSIX):
            wait_for(lambda: f.pending(self.queue + 1), 'vector pending')
        for _ in range(self.unseen):
            self.add(f)

    def prepare(self, f):
        pass

    def add(self, f):
        raise NotImplementedError

    def more(self):
        f = self.functions[-1]
        f.kick(self.queue)
        wait_for(lambda: f.used(self.queue) == self.seen + self.unseen,
                 'chains that waited')
        if not f.cap(CAP_MSIX):
            return
        self.check_pending(f, self.queue + 1)
        if self.again:
            self.add(f)
            f.kick(self.queue)
            self.message(f.machine, self.queue + 1)


class Rng(VirtioCase):
    """Entropy is short: it comes drop by drop."""

    device = 'virtio-rng-pci'
    again = False

    def args(self):
        return ['-object', 'rng-builtin,id=r0'] + super().args()

    def options(self):
        return ',rng=r0,max-bytes=48,period=3600000'

    def add(self, f):
        f.add(0, (BUFFERS + f.next[0] * 16, 16, True))


class Net(VirtioCase):
    device = 'virtio-net-pci'
    queue = 1
    queues = (0, 1, 2)
    # MAC, MRG_RXBUF, STATUS, CTRL_VQ, CTRL_RX, CTRL_MAC_ADDR.  The stock
    # emulator forgets VLANs (CTRL_VLAN) that a stream brings.
    features = 1 << 5 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 18 | 1 << 23

    def options(self):
        return ',mac=52:54:00:12:34:56' + self.rom

    def command(self, f, kind, number, data):
        machine = f.machine
        machine.write(BUFFERS + 0x8000, bytes([kind, number]) + data + b'\xff')
        n = f.used(2) + 1
        f.add(2, (BUFFERS + 0x8000, 2 + len(data), False),
              (BUFFERS + 0x8002 + len(data), 1, True))
        f.kick(2)
        wait_for(lambda: f.used(2) == n, 'control command')
        assert machine.read(BUFFERS + 0x8002 + len(data), 1) == b'\0'

    def prepare(self, f):
        for n in range(4):
            f.add(0, (BUFFERS + 0x1000 + n * 0x800, 0x800, True))
        f.kick(0)
        self.command(f, 0, 0, b'\1')                    # promiscuous
        self.command(f, 1, 0, struct.pack('<I', 1) + b'\x52\x54\0\1\2\3' +
                     struct.pack('<I', 0))              # addresses
        f.machine.write(BUFFERS, bytes(12) + bytes(range(64)))

    def add(self, f):
        f.add(1, (BUFFERS, 76, False))


class Serial(VirtioCase):
    """A port whose other end is a socket here."""

    device = 'virtio-serial-pci'
    queue = 4
    queues = (0, 1, 2, 3, 4, 5)
    unseen = 0
    READY, PORT_READY, OPEN = 0, 3, 6

    def __init__(self, suite):
        super().__init__(suite)
        self.servers = []
        self.host = None

    def args(self):
        path = self.suite.path(f'port{len(self.servers)}')
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(1)
        self.servers.append(server)
        return super().args() + [
            '-chardev', f'socket,id=c0,path={path}',
            '-device', 'virtserialport,chardev=c0,name=mine,nr=1']

    def options(self):
        return ',max_ports=4,vectors=8'

    def control(self, f, event, port=0):
        f.machine.write(BUFFERS + 0x4000, struct.pack('<IHH', port, event, 1))
        n = f.used(3) + 1
        f.add(3, (BUFFERS + 0x4000, 8, False))
        f.kick(3)
        wait_for(lambda: f.used(3) == n, 'control message')

    def prepare(self, f):
        for n in range(8):
            f.add(2, (BUFFERS + 0x5000 + n * 64, 64, True))
        f.kick(2)
        self.control(f, self.READY)
        self.control(f, self.PORT_READY, 1)
        self.control(f, self.OPEN, 1)
        for n in range(5):
            f.add(4, (BUFFERS + n * 16, 16, True))
        f.kick(4)
        self.host = self.servers[0].accept()[0]
        self.host.sendall(b'0123456789abcdef' * 2 + b'tail')
        f.machine.write(BUFFERS + 0x7000, b'to the host')
        f.add(5, (BUFFERS + 0x7000, 11, False))
        f.kick(5)
        self.host.settimeout(10)
        assert self.host.recv(64) == b'to the host'

    def add(self, f):
        """They are there."""

    def more(self):
        f = self.functions[-1]
        self.check_pending(f, 5)
        host = self.servers[-1].accept()[0]
        host.sendall(b'again')
        wait_for(lambda: f.used(4) == 4, 'what the host sent')
        assert f.machine.read(BUFFERS + 3 * 16, 5) == b'again'
        assert f.machine.read(BUFFERS + 2 * 16, 4) == b'tail'


class Block(VirtioCase):
    device = 'virtio-blk-pci'

    def args(self):
        return ['-blockdev', 'driver=null-co,node-name=d0,size=1048576,'
                'read-zeroes=on'] + super().args()

    def options(self):
        return ',drive=d0,num-queues=1'

    def add(self, f):
        at = BUFFERS + f.next[0] % 8 * 0x1000
        f.machine.write(at, struct.pack('<IIQ', 0, 0, 7))
        f.machine.write(at + 0x10, b'\xff' * 513)
        # Three parts do not divide the ring: they share a table of their own.
        table = at + 0x800
        f.machine.write(table, b''.join(
            struct.pack('<QIHH', *part) for part in (
                (at, 16, 1, 1), (at + 16, 512, 3, 2), (at + 528, 1, 2, 0))))
        n = f.next[0]
        f.machine.write(f.ring(0) + n % 8 * 16,
                        struct.pack('<QIHH', table, 48, 4, 0))
        f.machine.write(f.ring(0) + 0x1004 + n % 8 * 2,
                        struct.pack('<H', n % 8))
        f.next[0] = n + 1
        f.machine.write(f.ring(0) + 0x1002, struct.pack('<H', n + 1))

    features = 1 << 28          # indirect descriptors

    def more(self):
        super().more()
        f = self.functions[-1]
        for n in range(self.seen + self.unseen):
            assert f.machine.read(BUFFERS + n * 0x1000 + 0x10, 513) == \
                bytes(513)


class Scsi(VirtioCase):
    device = 'virtio-scsi-pci'
    queue = 2
    queues = (0, 1, 2)

    def options(self):
        return ',num_queues=1'

    def add(self, f):
        """INQUIRY of a target that is not there."""
        at = BUFFERS + f.next[2] % 8 * 0x400
        f.machine.write(at, b'\1\5\0\0\0\0\0\0' + struct.pack('<Q', 7) +
                        b'\0\0\0' + b'\x12\0\0\0\x24'.ljust(32, b'\0'))
        f.machine.write(at + 0x80, b'\xff' * 108)
        f.add(2, (at, 51, False), (at + 0x80, 108 + 36, True))

    def more(self):
        super().more()
        f = self.functions[-1]
        # Bad target, not "no answer".
        assert f.machine.read(BUFFERS + 0x400 * 4 + 0x80 + 11, 1) == b'\3'


class Balloon(VirtioCase):
    """It has no MSI-X."""

    device = 'virtio-balloon-pci'
    queues = (0, 1, 2)
    features = 1 << 1           # statistics

    def prepare(self, f):
        f.machine.write(BUFFERS + 0x3000, bytes(10))
        f.add(2, (BUFFERS + 0x3000, 10, False))
        f.kick(2)

    def add(self, f):
        at = BUFFERS + f.next[0] * 8
        page = 0x500 + f.next[0]
        f.machine.write(page << 12, b'\xaa' * 16)
        f.machine.write(at, struct.pack('<I', page))
        f.add(0, (at, 4, False))


class RootPort(Rng):
    """The device stands behind a port with a vector of its own."""

    device = 'pcie-root-port'
    boards = ('q35',)

    def args(self):
        return ['-object', 'rng-builtin,id=r0',
                '-device', 'pcie-root-port,id=p0,slot=1,chassis=1,'
                f'addr={SLOT >> 3}', '-device',
                f'virtio-rng-pci,bus=p0,disable-legacy=on{self.options()}']

    def place(self, machine):
        port = Port(machine, SLOT, Room(MEMORY))
        port.entry(0, MESSAGES + 0x800, 0x1234, True)
        port.enable_msix()
        self.functions.append(port)
        return Virtio(machine, 1, 0, Room(BRIDGE_MEMORY))


class E1000e(Case):
    """Two packets of four sent, an interrupt cause masked in the table."""

    device = 'e1000e'
    CTRL, ICR, ICS, IMS, IVAR = 0x0000, 0x00c0, 0x00c8, 0x00d0, 0x00e4
    CTRL_EXT, RCTL, TCTL = 0x0018, 0x0100, 0x0400
    RDBAL, RDLEN, RDT = 0x2800, 0x2808, 0x2818
    TDBAL, TDLEN, TDH, TDT = 0x3800, 0x3808, 0x3810, 0x3818
    SHOWN = (0x0000, 0x0008, 0x0018, 0x00d0, 0x00e4, 0x0100, 0x0400, 0x2800,
             0x2808, 0x2810, 0x2818, 0x3800, 0x3808, 0x3810, 0x3818, 0x5400,
             0x5404)

    def args(self):
        return ['-device', f'e1000e,addr={SLOT >> 3},'
                'mac=52:54:00:12:34:56' + self.rom]

    def work(self, machine):
        f = Nic(machine, 0, SLOT, Room(MEMORY))
        f.shown = self.SHOWN
        self.functions.append(f)
        f.assign_bars()
        self.vectors(f, (1,))
        reg = f.set_reg
        # Vectors: RX queue 0: 0, TX queue 0: 1, other: 2.
        reg(self.IVAR, 0x80000000 | 0xa << 16 | 0x9 << 8 | 0x8)
        reg(self.CTRL_EXT, 1 << 31 | 1 << 28)
        reg(self.IMS, 1 << 22 | 1 << 20 | 1 << 24)
        ring = 0x180000
        for n in range(8):
            machine.write(ring + n * 16, struct.pack(
                '<QIBBH', BUFFERS, 60, 0x0b, 0, 0)[:16])
            machine.write(ring + n * 16, struct.pack(
                '<QHBBBBH', BUFFERS, 60, 0, 0x0b, 0, 0, 0))
        reg(self.TDBAL, ring)
        reg(self.TDLEN, 128)
        reg(self.TDT, 0)
        reg(self.TCTL, 1 << 1 | 1 << 3)
        reg(self.RDBAL, ring + 0x1000)
        reg(self.RDLEN, 128)
        reg(self.RDT, 7)
        reg(self.RCTL, 1 << 1 | 1 << 15)
        reg(self.TDT, 2)
        wait_for(lambda: f.reg(self.TDH) == 2, 'packets sent')
        wait_for(lambda: f.pending(1), 'vector pending')

    def more(self):
        f = self.functions[-1]
        self.check_pending(f, 1)
        f.set_reg(self.TDT, 4)
        wait_for(lambda: f.reg(self.TDH) == 4, 'packets sent')


class Nic(Function):
    shown = ()

    def reg(self, at):
        return self.bar_read(0, at, 4)

    def set_reg(self, at, value):
        self.bar_write(0, at, value, 4)

    def state(self):
        out = super().state()
        out['registers'] = {f'{at:#x}': self.reg(at) for at in self.shown}
        return out


class Bare(Case):
    """The chips of the board, each told something."""

    WRITES = (
        'outb 0x20 0x11', 'outb 0x21 0x50', 'outb 0x21 0x4', 'outb 0x21 0x1',
        'outb 0x21 0xa5', 'outb 0xa1 0x5a',             # interrupt masks
        'outb 0x43 0xb6', 'outb 0x42 0x34', 'outb 0x42 0x12',   # timer 2
        'outb 0x70 0x8f', 'outb 0x71 0x77',             # a byte of CMOS
        'outb 0x8 0x10', 'outb 0xd6 0xc0', 'outb 0x87 0x33',    # DMA
        'writel 0xfec00000 0x12', 'writel 0xfec00010 0x00010031',
        'writel 0xfec00000 0x14', 'writel 0xfec00010 0x0001a055',
        'outl 0xcf8 0x80000090', 'outb 0xcfc 0x10',     # PAM
        'writel 0xfed00100 0x4', 'outb 0x92 0x02',
    )
    READS = (
        'inb 0x21', 'inb 0xa1', 'inb 0x71', 'inb 0x87',
        'inb 0x92', 'inb 0x4d0', 'inb 0x4d1',
        'readl 0xfed00000', 'readl 0xfed00010', 'readl 0xfed00100',
        'readq 0xfed00108',
    )

    def work(self, machine):
        for line in self.WRITES:
            machine.qtest(line)


class Small(Case, SmallChips):
    """Keyboard controller, serial and parallel port, DMA."""

    def args(self):
        return list(self.OPTIONS)

    def work(self, machine):
        self.prepare_chips(machine)
        # What comes out here must come out at the other end.
        twin = self.suite.start(machine.process.args[0],
                                *self.suite.board('q35', *self.OPTIONS))
        twin('cont')
        self.prepare_chips(twin)
        self.expected = self.read_chips(twin)
        twin.close()

    def moved(self, machine):
        self.machine = machine

    def more(self):
        compare('read', self.expected, self.read_chips(self.machine))


CASES = {'bare': Bare, 'small': Small, 'e1000e': E1000e, 'net': Net, 'blk': Block,
         'scsi': Scsi, 'serial': Serial, 'rng': Rng, 'balloon': Balloon,
         'root_port': RootPort}


# cli; fninit; fldpi; wrmsr of IA32_MISC_ENABLE; then inc [0x1000] for ever.
COUNTER = bytes.fromhex('fa dbe3 d9eb 66b9a0010000 66ba00000000 66b801008000'
                        '0f30 66ff060010 ebf9')


# --- The moves ---

def board_state(machine):
    """What the chips say; reads that change nothing."""
    out = {line: machine.qtest(line) for line in Bare.READS}
    for n in range(0x10, 0x40):
        machine.qtest(f'writel 0xfec00000 {n}')
        out[f'ioapic {n:#x}'] = machine.qtest('readl 0xfec00010')
    return out


def compare(what, a, b):
    """Two nested states; says where they part."""
    if isinstance(a, dict):
        assert a.keys() == b.keys(), f'{what}: {a.keys()} {b.keys()}'
        for key in a:
            compare(f'{what} {key}', a[key], b[key])
    elif isinstance(a, (list, tuple)) and len(a) == len(b):
        for n, (x, y) in enumerate(zip(a, b)):
            compare(f'{what} [{n}]', x, y)
    else:
        assert a == b, f'{what}: {a} before, {b} after'


class Matrix(Suite):
    """Names test_BOARD_CASE_WAY."""

    missing = {}

    def firmware(self, name, code):
        """An image that runs the code."""
        path = self.path(name)
        with open(path, 'wb') as file:
            file.write(code.ljust(0xfff0, b'\0') +
                       b'\xea\x00\x00\x00\xf0'.ljust(16, b'\0'))
        return path

    def halt(self):
        return self.firmware('halt.bin', b'\xfa\xf4\xeb\xfd')

    def board(self, board, *args):
        return ['-M', BOARDS[board], '-m', '16', '-vga', 'none',
                '-rtc', 'clock=vm', '-bios', self.halt(), *args]

    def sections(self, binary, board):
        machine = self.start(binary, *self.board(board))
        self.save(machine, 'probe')
        machine.close()
        names = {i['name'] for i in self.stream('probe').items
                 if i['kind'] == 'section'}
        return names

    def lacking(self, board):
        """Chips that our board does not have yet."""
        if board not in self.missing:
            lost = self.sections(STOCK, board) - self.sections(OURS, board)
            Matrix.missing[board] = ', '.join(sorted(lost))
        return self.missing[board]

    def save(self, machine, name):
        machine.migrate('exec:cat > ' + self.path(name))

    def stream(self, name):
        stream = DUMP.read_stream(self.path(name))
        assert not stream.error, stream.error
        for item in stream.items:
            assert 'problem' not in item, item
        return stream

    def state(self, machine, case):
        out = {'board': board_state(machine)}
        for n, function in enumerate(case.functions):
            out[f'function {n}'] = function.state()
        out['memory'] = machine.read(0x100000, 0x20000).hex(), \
            machine.read(MESSAGES, 0x100).hex(), \
            machine.read(BUFFERS, 0x9000).hex(), \
            machine.read(0xffff0, 16).hex()
        return out

    @staticmethod
    def quieten(machine):
        """
        Timer 0 runs out once, or it ticks between two looks; and port 0x71
        shows a byte of CMOS instead of seconds.
        """
        for line in ('outb 0x43 0x30', 'outb 0x40 0x1', 'outb 0x40 0x0',
                     'outb 0x70 0x8f'):
            machine.qtest(line)

    def move(self, board, kind, way):
        if not os.access(STOCK, os.X_OK):
            return 'no stock emulator'
        if not has_type(CASES[kind].device):
            return f'no {CASES[kind].device} here yet'
        if self.lacking(board):
            return f'no {self.lacking(board)} here yet'
        case = CASES[kind](self)
        machine = self.start(WAYS[way][0], *self.board(board, *case.args()))
        machine('cont')
        self.quieten(machine)
        case.work(machine)
        before = self.state(machine, case)
        self.save(machine, 's0')
        for n, binary in enumerate(WAYS[way][1:], 1):
            path = self.path(f's{n - 1}')
            machine = self.start(binary, *self.board(
                board, *case.args(), '-incoming', f'exec:cat {path}'))
            machine.wait_status('completed')
            # Before a look at it changes anything.
            self.save(machine, f's{n}')
            case.moved(machine)
            compare('state', before, self.state(machine, case))
            self.compare_streams(f's{n - 1}', f's{n}')
        machine('cont')
        case.more()
        return None

    def running_guest(self, board):
        """A guest that counts goes through our hands, and counts on."""
        if not os.access(STOCK, os.X_OK):
            return 'no stock emulator'
        if self.lacking(board):
            return f'no {self.lacking(board)} here yet'
        args = ['-M', BOARDS[board], '-m', '16', '-vga', 'none', '-rtc',
                'clock=vm', '-bios', self.firmware('count.bin', COUNTER)]
        machine = self.start(STOCK, *args)
        machine('cont')
        wait_for(lambda: machine.qtest('readl 0x1000') != '0x0' and
                 int(machine.qtest('readl 0x1000'), 16), 'the guest to count')
        self.save(machine, 's0')
        count = int(machine.qtest('readl 0x1000'), 16)
        for n, binary in enumerate((OURS, STOCK), 1):
            path = self.path(f's{n - 1}')
            machine = self.start(binary, *args, '-incoming',
                                 f'exec:cat {path}')
            machine.wait_status('completed')
            self.save(machine, f's{n}')
            self.compare_streams(f's{n - 1}', f's{n}')
            assert int(machine.qtest('readl 0x1000'), 16) == count
        machine('cont')
        wait_for(lambda: int(machine.qtest('readl 0x1000'), 16) != count,
                 'the guest to count on')
        return None

    def test_slow_stream(self):
        """
        The clock comes first and the timer last: what a reset armed must not
        go off in between, over the interrupt controller's state.
        """
        if not os.access(STOCK, os.X_OK):
            return 'no stock emulator'
        source = self.start(STOCK, *self.board('pc'))
        source('cont')
        self.quieten(source)
        time.sleep(0.06)        # longer than half a period after reset
        self.save(source, 's0')
        path = self.path('s0')
        with open(path, 'rb') as file:
            at = file.read().index(b'i8254')
        target = self.start(OURS, *self.board('pc'), '-incoming',
                            f'exec:head -c {at} {path}; sleep 0.1; '
                            f'tail -c +{at + 1} {path}')
        target.wait_status('completed')
        self.save(target, 's1')
        self.compare_streams('s0', 's1')
        return None

    def compare_streams(self, a, b):
        lines = [line for line in DUMP.differences(self.stream(a),
                                                   self.stream(b))
                 if not any(word in line for word in IGNORED)]
        lines = [line[:160] for line in without_renamed(lines)]
        assert not lines, 'streams differ\n' + '\n'.join(lines[:12])


def without_renamed(lines):
    """
    Without fields that have another name, but the same place and value: a
    name is in the closing description alone, for people.
    """
    def key(line):
        section, _, field = line[2:].partition(' ')
        return section, field.partition(' = ')[2]

    both = {key(line) for line in lines if line[0] == '-'} & \
        {key(line) for line in lines if line[0] == '+'}
    return [line for line in lines if line[0] == '!' or key(line) not in both]


def has_type(name):
    if name is None:
        return True
    done = subprocess.run([OURS, '-device', f'{name},help'],
                          capture_output=True, check=False)
    return done.returncode == 0


def add_tests():
    for board in BOARDS:
        setattr(Matrix, f'test_{board}_running_guest',
                lambda self, b=board: self.running_guest(b))
        for kind, case in CASES.items():
            for way in WAYS:
                if board in case.boards:
                    setattr(Matrix, f'test_{board}_{kind}_{way}',
                            lambda self, b=board, k=kind, w=way:
                            self.move(b, k, w))


add_tests()

if __name__ == '__main__':
    sys.exit(run(Matrix))
