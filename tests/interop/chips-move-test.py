#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Chips of the boards in mid-work, moved to the stock emulator and from it.

Registers are written on one side and must read the same on the other; what
was begun must end as if nothing had happened.  The machine's time stands
still on both sides, and so does the clock.
"""

import os
import sys

from machine import OURS, STOCK, Suite, run

PMBASE = 0x600
LPC, SMB, PIIX4 = 0x8000f800, 0x8000fb00, 0x80000b00
HPET = 0xfed00000
RCBA = 0xfed1c000
ARGS = ('-nodefaults', '-m', '16', '-smp', '3', '-rtc',
        'clock=vm,base=2001-02-03T04:05:06')


def config(address, size, value):
    port = 0xcfc + (address & 3)
    suffix = {1: 'b', 2: 'w', 4: 'l'}[size]
    return (f'outl 0xcf8 {address & ~3:#x}', f'out{suffix} {port:#x} '
            f'{value:#x}')


def cmos(index, value):
    return f'outb 0x70 {index:#x}', f'outb 0x71 {value:#x}'


def read_cmos(machine):
    out = []
    for index in range(128):
        # REG_C is cleared by a look at it.
        if index != 0x0c:
            machine.qtest(f'outb 0x70 {index:#x}')
            out.append(machine.qtest('inb 0x71'))
    return out


def words(base, offsets, read):
    return lambda machine: [machine.qtest(f'{read} {base + o:#x}')
                            for o in offsets]


class Case:
    """What is written, and then what is read on either side."""

    def __init__(self, board, writes, reads, then=None):
        self.board = board
        self.writes = writes
        self.reads = reads
        self.then = then


PM_ON = (*config(LPC + 0x40, 4, PMBASE | 1), *config(LPC + 0x44, 1, 0x81))

CLOCK = Case('q35', (
    *cmos(0x0b, 0x80), *cmos(0, 0x33), *cmos(4, 0x91), *cmos(1, 0x44),
    *cmos(0x50, 0xaa), *cmos(0x0a, 0x2a), *cmos(0x0b, 0x60)), read_cmos)

CLOCK_HELD = Case('q35', (
    *cmos(0x0a, 0x66), *cmos(0x0b, 0x86), *cmos(2, 59), *cmos(0x32, 0x21)),
    read_cmos)

TIMERS = Case('q35', (
    f'writel {HPET + 0xf0:#x} 0x12345678',
    f'writel {HPET + 0x100:#x} {0x4c | 2 << 9:#x}',
    f'writel {HPET + 0x108:#x} 0x20000000',
    f'writel {HPET + 0x108:#x} 0x1000',
    f'writel {HPET + 0x120:#x} {0x106 | 20 << 9:#x}',
    f'writel {HPET + 0x128:#x} 0x13000000',
    f'writel {HPET + 0x134:#x} 0xfee00000',
    f'writel {HPET + 0x10:#x} 0x1'),
    words(HPET, (0, 4, 0x10, 0x20, 0xf0, 0xf4, *range(0x100, 0x160, 4)),
          'readl'))

LEGACY = Case('q35', (f'writel {HPET + 0x10:#x} 0x3', *cmos(0x0b, 0x42)),
              words(HPET, (0x10, 0xf0), 'readl'))

POWER = Case('q35', (
    *PM_ON, f'outw {PMBASE:#x} 0x1', f'outw {PMBASE + 2:#x} 0x521',
    f'outw {PMBASE + 4:#x} 0x1c01', f'outb {PMBASE + 0x28:#x} 0xa5',
    f'outb {PMBASE + 0x2f:#x} 0x5a', f'outl {PMBASE + 0x30:#x} 0x12340004',
    'outb 0xb3 0x77', *config(LPC + 0x60, 4, 0x0b0a0503),
    *config(LPC + 0xf0, 4, RCBA | 1), f'writew {RCBA + 0x3140:#x} 0x4567',
    'outb 0xcf9 0x2'),
    lambda m: [m.qtest(f'inb {PMBASE + n:#x}')
               for n in (0, 2, 4, *range(8, 12), *range(0x20, 0x30))] +
    [m.qtest(f'inl {PMBASE + 0x30:#x}'), m.qtest('inb 0xb3'),
     m.qtest(f'readw {RCBA + 0x3140:#x}'), m.qtest('inb 0xcf9')])

WATCHDOG = Case('q35', (
    *PM_ON, f'outw {PMBASE + 0x72:#x} 0x3f', f'outw {PMBASE + 0x60:#x} 0',
    f'outb {PMBASE + 0x63:#x} 0x11', f'outb {PMBASE + 0x6c:#x} 0x22',
    f'outw {PMBASE + 0x6a:#x} 0x18', f'outb {PMBASE + 0x70:#x} 0x5'),
    lambda m: [m.qtest(f'inw {PMBASE + n:#x}')
               for n in (0x60, 0x64, 0x66, 0x68, 0x6a, 0x72)] +
    [m.qtest(f'inb {PMBASE + n:#x}')
     for n in (0x62, 0x63, 0x6c, 0x6d, 0x6e, 0x70)])

POWER_PC = Case('pc', (
    *config(PIIX4 + 0x40, 4, PMBASE | 1), *config(PIIX4 + 0x80, 1, 1),
    f'outw {PMBASE + 2:#x} 0x521', f'outw {PMBASE + 4:#x} 0x1401',
    'outb 0xafe2 0xa5', 'outb 0xafe3 0x5a', 'outb 0xb3 0x77',
    *config(PIIX4 + 0x90, 4, 0x701),
    'outb 0x704 0xa0', 'outb 0x703 0x10', 'outb 0x705 0x99',
    'outb 0x702 0x49'),
    lambda m: [m.qtest(f'inw {PMBASE + n:#x}') for n in (0, 2, 4)] +
    [m.qtest(f'inb {p:#x}') for p in (0xafe0, 0xafe2, 0xafe3, 0xb3, 0x700,
                                      0x703, 0x704, 0x705)])


def processors(base):
    """Software knows of the registers, and speaks of processor 1."""
    return (f'outl {base:#x} 0', f'outl {base:#x} 1',
            f'outb {base + 5:#x} 1', f'outl {base + 8:#x} 0x103',
            f'outb {base + 5:#x} 3')


def processor_of(base):
    return words(base, (0, 4, 8, 12), 'inl')


PROCESSORS = Case('q35', processors(0xcd8), processor_of(0xcd8))
PROCESSORS_PC = Case('pc', processors(0xaf00), processor_of(0xaf00))


def begin_block(bus):
    """Three bytes for an EEPROM, of which two are with the controller."""
    return (*config(SMB + 0x20, 4, bus | 1), *config(SMB + 4, 2, 1),
            *config(SMB + 0x40, 1, 1),
            f'outb {bus + 4:#x} 0xa2', f'outb {bus + 3:#x} 0x30',
            f'outb {bus + 5:#x} 3', f'outb {bus + 7:#x} 0xaa',
            f'outb {bus + 2:#x} 0x54', f'inb {bus:#x}', f'inb {bus:#x}',
            f'outb {bus + 7:#x} 0xbb', f'outb {bus:#x} 0x80')


def end_block(machine, bus=0xb000):
    for byte in (0xcc, 0):
        machine.qtest(f'outb {bus + 7:#x} {byte:#x}')
        machine.qtest(f'outb {bus:#x} 0x80')
    status = int(machine.qtest(f'inb {bus:#x}'), 0)
    assert status == 2, status
    for offset, byte in enumerate((3, 0xaa, 0xbb, 0xcc)):
        for port, value in ((0, 0xff), (4, 0xa3), (3, 0x30 + offset),
                            (2, 0x48)):
            machine.qtest(f'outb {bus + port:#x} {value:#x}')
        machine.qtest(f'inb {bus:#x}')
        got = int(machine.qtest(f'inb {bus + 5:#x}'), 0)
        assert got == byte, (offset, got)


BLOCK = Case('q35', begin_block(0xb000),
             words(0xb000, (0, 2, 3, 4, 5, 6, 13), 'inb'), end_block)

CASES = {'clock': CLOCK, 'clock_held': CLOCK_HELD, 'timers': TIMERS,
         'legacy': LEGACY, 'power': POWER, 'watchdog': WATCHDOG,
         'power_pc': POWER_PC, 'block': BLOCK, 'processors': PROCESSORS,
         'processors_pc': PROCESSORS_PC}


class Moves(Suite):

    def move(self, case, source, target):
        source = self.start(source, '-M', case.board, *ARGS)
        for line in case.writes:
            source.qtest(line)
        before = case.reads(source)
        path = self.path('stream')
        source.migrate(f'exec:cat >{path}')
        target = self.start(target, '-M', case.board, *ARGS, '-incoming',
                            f'exec:cat {path}')
        target.wait_status('completed')
        after = case.reads(target)
        assert before == after, f'{before}\n{after}'
        if case.then:
            case.then(target)


def add_tests():
    for name, case in CASES.items():
        setattr(Moves, f'test_{name}_to_stock',
                lambda self, c=case: self.move(c, OURS, STOCK))
        setattr(Moves, f'test_{name}_home',
                lambda self, c=case: self.move(c, OURS, OURS))
        setattr(Moves, f'test_{name}_from_stock',
                lambda self, c=case: self.move(c, STOCK, OURS))


if os.path.exists(STOCK):
    add_tests()

if __name__ == '__main__':
    sys.exit(run(Moves))
