# SPDX-License-Identifier: GPL-2.0-or-later
"""PCI functions, MSI-X and virtio 1.x as a driver sees them, over qtest."""

import struct

MEMORY = 0xe0000000             # where BARs go: free on either board
BRIDGE_MEMORY = 0xe8000000      # and behind a root port

CAP_MSIX, CAP_VENDOR, CAP_EXPRESS = 0x11, 0x09, 0x10
COMMON, NOTIFY, ISR, DEVICE = 1, 2, 3, 4


class Function:
    """A function, its BARs assigned.  Keeps what it was told, not answers."""

    def __init__(self, machine, bus, devfn, where=None):
        self.machine, self.bus, self.devfn = machine, bus, devfn
        self.bars = {}
        self.where = where or Room(MEMORY)
        self.caps = {}
        self.find_caps()

    def moved(self, machine):
        """The same function in the machine that it went to."""
        self.machine = machine

    # --- Configuration ---

    def select(self, offset):
        self.machine.qtest(f'outl 0xcf8 {0x80000000 | self.bus << 16 | self.devfn << 8 | offset & 0xfc:#x}')

    def config(self, offset, size=4):
        self.select(offset)
        op = {1: 'inb', 2: 'inw', 4: 'inl'}[size]
        return int(self.machine.qtest(f'{op} {0xcfc + offset % 4:#x}'), 16)

    def set_config(self, offset, value, size=4):
        self.select(offset)
        op = {1: 'outb', 2: 'outw', 4: 'outl'}[size]
        self.machine.qtest(f'{op} {0xcfc + offset % 4:#x} {value:#x}')

    def all_config(self):
        return [self.config(at) for at in range(0, 256, 4)]

    def find_caps(self):
        at = self.config(0x34, 1)
        while at and len(self.caps) < 48:
            self.caps.setdefault(self.config(at, 1), []).append(at)
            at = self.config(at + 1, 1)

    def cap(self, number):
        return self.caps.get(number, [0])[0]

    def assign_bars(self):
        bars = 6 if self.config(0xe, 1) & 0x7f == 0 else 2
        at = 0
        while at < bars:
            reg = 0x10 + at * 4
            old = self.config(reg)
            self.set_config(reg, 0xffffffff)
            mask = self.config(reg)
            self.set_config(reg, old)
            wide = mask & 7 == 4
            if mask and not mask & 1:
                size = (~(mask & ~15) & 0xffffffff) + 1
                self.bars[at] = self.where.take(size)
                self.set_config(reg, self.bars[at])
                if wide:
                    self.set_config(reg + 4, 0)
            at += 2 if wide else 1
        self.set_config(4, 0x0006, 2)

    # --- Registers ---

    def bar_read(self, bar, offset, size):
        return int.from_bytes(
            self.machine.read(self.bars[bar] + offset, size), 'little')

    def bar_write(self, bar, offset, value, size):
        self.machine.write(self.bars[bar] + offset,
                           value.to_bytes(size, 'little'))

    # --- MSI-X ---

    def vectors(self):
        return (self.config(self.cap(CAP_MSIX) + 2, 2) & 0x7ff) + 1

    def msix_place(self, at):
        value = self.config(self.cap(CAP_MSIX) + at)
        return value & 7, value & ~7

    def entry(self, vector, address, data, masked):
        bar, offset = self.msix_place(4)
        for at, value in enumerate((address, 0, data, int(masked))):
            self.bar_write(bar, offset + vector * 16 + at * 4, value, 4)

    def mask(self, vector, masked):
        bar, offset = self.msix_place(4)
        self.bar_write(bar, offset + vector * 16 + 12, int(masked), 4)

    def enable_msix(self, on=True, function_mask=False):
        at = self.cap(CAP_MSIX) + 2
        value = self.config(at, 2) & 0x3fff
        self.set_config(at, value | on << 15 | function_mask << 14, 2)

    def table(self):
        bar, offset = self.msix_place(4)
        return self.machine.read(self.bars[bar] + offset,
                                 self.vectors() * 16)

    def pending(self, vector=None):
        bar, offset = self.msix_place(8)
        bits = int.from_bytes(self.machine.read(
            self.bars[bar] + offset, (self.vectors() + 63) // 64 * 8),
            'little')
        return bits if vector is None else bits >> vector & 1

    # --- Everything a driver can see without changing it ---

    def state(self):
        out = {'config': self.all_config()}
        if self.cap(CAP_MSIX) and self.bars:
            out['table'] = self.table().hex()
            out['pending'] = self.pending()
        return out


class Room:
    """Addresses for BARs, each on a multiple of its size."""

    def __init__(self, start):
        self.at = start

    def take(self, size):
        start = (self.at + size - 1) & -size
        self.at = start + max(size, 4096)
        return start


class Port(Function):
    """A PCIe root port with one bus behind it."""

    def __init__(self, machine, devfn, where):
        super().__init__(machine, 0, devfn, where)
        self.assign_bars()
        self.set_config(0x18, 0x00010100)
        base = BRIDGE_MEMORY >> 16
        self.set_config(0x20, (base + 0x7f0) << 16 | base)
        self.set_config(4, 0x0006, 2)


class Virtio(Function):
    """A modern virtio device; its queues are at RINGS in guest memory."""

    RINGS = 0x100000
    QUEUE = 0x8000
    SIZE = 8

    def __init__(self, *args):
        super().__init__(*args)
        self.assign_bars()
        self.regs = {}
        self.multiplier = 0
        self.next = {}
        for at in self.caps[CAP_VENDOR]:
            kind = self.config(at + 3, 1)
            if kind in (COMMON, NOTIFY, ISR, DEVICE):
                self.regs[kind] = (self.config(at + 4, 1),
                                   self.config(at + 8))
            if kind == NOTIFY:
                self.multiplier = self.config(at + 16)

    def reg(self, kind, offset, size):
        bar, base = self.regs[kind]
        return self.bar_read(bar, base + offset, size)

    def set_reg(self, kind, offset, value, size):
        bar, base = self.regs[kind]
        self.bar_write(bar, base + offset, value, size)

    def start(self, queues, features=0, size=SIZE):
        """Feature VERSION_1 and those given; vector n+1 for queue n."""
        for status in 0, 1, 3:
            self.set_reg(COMMON, 0x14, status, 1)
        offered = 0
        for word in 0, 1:
            self.set_reg(COMMON, 0x00, word, 4)
            offered |= self.reg(COMMON, 0x04, 4) << 32 * word
        features = (features | 1 << 32) & offered
        for word in 0, 1:
            self.set_reg(COMMON, 0x08, word, 4)
            self.set_reg(COMMON, 0x0c, features >> 32 * word & 0xffffffff, 4)
        self.set_reg(COMMON, 0x14, 0x0b, 1)
        assert self.reg(COMMON, 0x14, 1) == 0x0b
        self.set_reg(COMMON, 0x10, 0, 2)
        for queue in queues:
            self.set_reg(COMMON, 0x16, queue, 2)
            self.set_reg(COMMON, 0x18, size, 2)
            self.set_reg(COMMON, 0x1a, queue + 1, 2)
            assert self.reg(COMMON, 0x1a, 2) == (
                queue + 1 if self.cap(CAP_MSIX) else 0xffff)
            for at, address in (0x20, 0), (0x28, 0x1000), (0x30, 0x2000):
                self.set_reg(COMMON, at, self.ring(queue) + address, 4)
                self.set_reg(COMMON, at + 4, 0, 4)
            self.set_reg(COMMON, 0x1c, 1, 2)
            self.next[queue] = 0
        self.set_reg(COMMON, 0x14, 0x0f, 1)

    def ring(self, queue):
        return self.RINGS + queue * self.QUEUE

    def add(self, queue, *parts):
        """Makes (address, length, device writes) parts available."""
        ring, n = self.ring(queue), self.next[queue]
        first = n * len(parts) % self.SIZE
        for i, (address, length, writes) in enumerate(parts):
            at = (first + i) % self.SIZE
            more = i + 1 < len(parts)
            self.machine.write(ring + at * 16, struct.pack(
                '<QIHH', address, length, writes * 2 | more,
                (at + 1) % self.SIZE if more else 0))
        self.machine.write(ring + 0x1004 + n % self.SIZE * 2,
                           struct.pack('<H', first))
        self.next[queue] = n + 1
        self.machine.write(ring + 0x1002, struct.pack('<H', n + 1 & 0xffff))

    def kick(self, queue):
        self.set_reg(COMMON, 0x16, queue, 2)
        at = self.reg(COMMON, 0x1e, 2) * self.multiplier
        self.set_reg(NOTIFY, at, queue, 2)

    def used(self, queue):
        return int.from_bytes(self.machine.read(
            self.ring(queue) + 0x2002, 2), 'little')

    def state(self):
        out = super().state()
        out['features'] = self.reg(COMMON, 0x0c, 4)
        out['status'] = self.reg(COMMON, 0x14, 1)
        out['config vector'] = self.reg(COMMON, 0x10, 2)
        for queue in self.next:
            self.set_reg(COMMON, 0x16, queue, 2)
            out[f'queue {queue}'] = self.machine.read(
                self.bars[self.regs[COMMON][0]] + self.regs[COMMON][1] + 0x16,
                2).hex(), [self.reg(COMMON, at, size) for at, size in (
                    (0x18, 2), (0x1a, 2), (0x1c, 2), (0x1e, 2), (0x20, 4),
                    (0x24, 4), (0x28, 4), (0x2c, 4), (0x30, 4), (0x34, 4))]
        if DEVICE in self.regs:
            out['device'] = [self.reg(DEVICE, at, 1) for at in range(8)]
        return out
