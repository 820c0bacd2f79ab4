# SPDX-License-Identifier: GPL-2.0-or-later
"""Keyboard controller, ports and DMA in mid-work, for a machine that moves."""

def key_event(name, down):
    return {'type': 'key', 'data': {'down': down,
                                    'key': {'type': 'qcode', 'data': name}}}


def move_event(axis, value):
    return {'type': 'rel', 'data': {'axis': axis, 'value': value}}


class SmallChips:
    """Mixed with a Case: work(), and what must come out afterwards."""

    OPTIONS = ('-serial', 'null', '-parallel', 'null',
               '-chardev', 'null,id=ps',
               '-device', 'pci-serial,chardev=ps,addr=0x10')

    # A wheel mouse that is on, with a report nobody read.
    MOUSE = (0xf3, 200, 0xf3, 100, 0xf3, 80, 0xe8, 3, 0xf4)

    WRITES = (
        # DMA: a channel half written, words, modes, masks.
        'outb 0xc 0', 'outb 0x4 0x34', 'outb 0x4 0x12', 'outb 0x5 0xff',
        'outb 0xb 0x56', 'outb 0xa 2', 'outb 0x81 0x7f', 'outb 0xd8 0',
        'outb 0xc4 0x11', 'outb 0xc4 0x22', 'outb 0xd6 0xc1', 'outb 0x8b 0x9',
        # Serial: FIFO with three bytes in a loop, break, odd parity.
        'outb 0x3fb 0x80', 'outb 0x3f8 6', 'outb 0x3f9 0', 'outb 0x3fb 0x4b',
        'outb 0x3fa 0x81', 'outb 0x3f9 5', 'outb 0x3fc 0x1b',
        'outb 0x3f8 0x41', 'outb 0x3f8 0x42', 'outb 0x3f8 0x43',
        'outb 0x3ff 0x5a',
        # Parallel: a byte strobed, not acknowledged yet.
        'outb 0x378 0x55', 'outb 0x37a 0x1d', 'outb 0x37a 0x1c',
        'outb 0x92 0x00',
        # Controller: lights, translation, the gate of A20 shut.
        'outb 0x60 0xed', 'inb 0x60', 'outb 0x60 0x05', 'inb 0x60',
        'outb 0x64 0x60', 'outb 0x60 0x43', 'outb 0x64 0xdd',
        'outb 0x60 0xf0', 'inb 0x60', 'outb 0x60 0x02', 'inb 0x60',
    )

    READS = (
        # The rest of the channel's bytes, in order.
        'inb 0x4', 'inb 0x5', 'inb 0xc4', 'inb 0xc4', 'inb 0x81', 'inb 0x8b',
        # Not the cause of interrupts: the FIFO's time-out comes or not.
        'inb 0x3f9', 'inb 0x3fb', 'inb 0x3fc', 'inb 0x3fd',
        'inb 0x3f8', 'inb 0x3f8', 'inb 0x3f8', 'inb 0x3ff', 'inb 0x3fd',
        # A command takes the place of the reply before, not of the keys.
        'outb 0x60 0xee',
        'inb 0x378', 'inb 0x379', 'inb 0x379', 'inb 0x37a',
        'inb 0x64', 'inb 0x60', 'inb 0x64', 'inb 0x60', 'inb 0x64',
        'inb 0x60', 'inb 0x64', 'inb 0x60', 'inb 0x64', 'inb 0x60',
        'inb 0x64', 'inb 0x60', 'inb 0x64', 'inb 0x60', 'inb 0x64',
        'inb 0x60',
    )

    def prepare_chips(self, machine):
        for byte in self.MOUSE:
            machine.qtest('outb 0x64 0xd4')
            machine.qtest(f'outb 0x60 {byte:#x}')
            while int(machine.qtest('inb 0x64'), 16) & 1:
                machine.qtest('inb 0x60')
        for line in self.WRITES:
            machine.qtest(line)
        machine('input-send-event', events=[
            key_event('alt', True), key_event('a', True),
            key_event('a', False), move_event('x', 5)])
        # A reply before the keys, partly read.
        machine.qtest('outb 0x60 0xf2')
        machine.qtest('inb 0x60')

    def read_chips(self, machine):
        return [machine.qtest(line) for line in self.READS]
