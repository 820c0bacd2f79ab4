#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
One seeded random script of ACPI PCI hot-plug, good and bad, played to our
program and to the stock emulator at once: ports of all sizes, commands,
resets; every reply is compared, and who is left in the end.

INTEROP_SEED=n plays another one.
"""
import os
import random
import sys

from machine import OURS, STOCK, Suite, run

STEPS = 400
SEED = int(os.environ.get('INTEROP_SEED', '1'))

BOARDS = {
    'pc': (0xae00, 0xafe0,
           ['-device', 'pci-bridge,id=br,chassis_nr=1,addr=7',
            '-device', 'edu,id=cold,addr=4,acpi-index=9'],
           [('pci.0', slot) for slot in (5, 6, 9)] +
           [('br', slot) for slot in (1, 2)]),
    'q35': (0xcc0, None,
            ['-device', 'pcie-root-port,id=a,chassis=1,addr=4',
             '-device', 'pcie-root-port,id=b,chassis=2,addr=5',
             '-device', 'pcie-root-port,id=c,chassis=3,addr=6,hotplug=off',
             '-device', 'edu,id=cold,bus=b'],
            [('a', 0), ('b', 0), ('c', 0), ('pcie.0', 9)]),
}


class Hotplug(Suite):
    def qmp(self, machine, command, **arguments):
        reply = machine.reply(command, **arguments)
        if 'error' in reply:
            # Names of what is refused; texts are each program's own.
            return reply['error']['class']
        return reply['return']

    def peripherals(self, machine):
        return sorted(p['name'] for p in
                      machine('qom-list', path='/machine/peripheral'))

    def drain(self, machine):
        """
        Reads who came, on all buses.  The stock emulator tells of a slot
        even after it was emptied again, or a reset; ours does not.
        """
        base = self.board[0]
        selected = machine.qtest(f'inl {base + 0x10:#x}')
        for bus in range(4):
            machine.qtest(f'outl {base + 0x10:#x} {bus}')
            machine.qtest(f'inl {base:#x}')
        machine.qtest(f'outl {base + 0x10:#x} {selected}')

    def step(self, machine, kind, value):
        board_base, gpe, _, places = self.board
        if kind == 'reset' or (kind == 'out' and value[0] == 8):
            self.drain(machine)
        if kind == 'in':
            return machine.qtest(f'in{value[1]} {board_base + value[0]:#x}')
        if kind == 'out':
            return machine.qtest(f'outl {board_base + value[0]:#x} '
                                 f'{value[1]:#x}')
        if kind == 'add':
            bus, slot = places[value]
            return self.qmp(machine, 'device_add', driver='edu',
                            id=f'd{value}', bus=bus, addr=f'{slot:x}')
        if kind == 'del':
            return self.qmp(machine, 'device_del', id=value)
        if kind == 'gpe' and gpe:
            status = machine.qtest(f'inb {gpe:#x}')
            machine.qtest(f'outb {gpe:#x} 0xff')
            return status
        if kind == 'reset':
            machine('system_reset')
            machine.wait_event('RESET')
        return None

    def choose(self, rng):
        places = self.board[3]
        kind = rng.choice(['in'] * 8 + ['out'] * 8 + ['add'] * 4 +
                          ['del'] * 3 + ['gpe', 'reset'])
        if kind == 'in':
            size = rng.choice('lllllbw')
            at = rng.randrange(0, 24, {'l': 4, 'w': 2, 'b': 1}[size])
            return kind, (at, size)
        if kind == 'out':
            register = rng.choice([0, 4, 8, 8, 0xc, 0x10, 0x10, 0x10, 0x14])
            value = rng.choice([0, 1, 2, 3, 255, 256, 0x80000000]) \
                if register == 0x10 else 1 << rng.choice(
                    [0, 1, 2, 4, 5, 6, 7, 9, 31])
            return kind, (register, value)
        if kind == 'add':
            return kind, rng.randrange(len(places))
        if kind == 'del':
            return kind, rng.choice(
                [f'd{i}' for i in range(len(places))] + ['cold', 'none'])
        return kind, None

    def play(self, name):
        self.board = BOARDS[name]
        rng = random.Random(f'{name}{SEED}')
        args = ['-M', name, *self.board[2]]
        ours, stock = self.start(OURS, *args), self.start(STOCK, *args)
        played = []
        for _ in range(STEPS):
            kind, value = self.choose(rng)
            played.append((kind, value))
            a, b = (self.step(m, kind, value) for m in (ours, stock))
            assert a == b, (played[-12:], a, b)
        a, b = self.peripherals(ours), self.peripherals(stock)
        assert a == b, (played[-12:], a, b)

    def test_pc(self):
        self.play('pc')

    def test_q35(self):
        self.play('q35')


if __name__ == '__main__':
    sys.exit(run(Hotplug))
