#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The MSI-X tour: what `make run` shows.

Starts the emulator on q35 with a few MSI-X devices and no guest, and plays
the driver over qtest: finds the functions, places their BARs, programs their
vector tables with messages that go to RAM, and makes the devices interrupt,
once with every vector open and once with one masked.  Network cards get an
address by DHCP from the user network, a disk writes to a file, by messages for
each completion.  At the end all of it moves to another process, in mid-work.
"""
import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import json

from tour_block import Disk
from tour_move import describe, move, tables
from tour_net import E1000eNic, VirtioNic, dotted
from tour_virtio import Rng

DEVICES = [
    ('msix-demo,id=demo,vectors=4', 'a doorbell that fires the vector named'),
    ('virtio-rng-pci,id=rng,disable-legacy=on', 'a random number generator'),
    ('virtio-net-pci,id=nic,netdev=n0,disable-legacy=on,vectors=4,romfile=',
     'a network card'),
    ('e1000e,id=intel,netdev=n1,romfile=', 'another one, of Intel\'s'),
    ('virtio-blk-pci,id=disk,drive=d0,disable-legacy=on', 'a disk'),
]
MESSAGES = 0x100000         # in guest RAM: one 32-bit word a vector
BARS = 0xe0000000

bold = dim = green = off = ''
if sys.stdout.isatty():
    bold, dim, green, off = '\033[1m', '\033[2m', '\033[32m', '\033[0m'


def say(text=''):
    print(text, flush=True)


class Machine:
    """An emulator process with its qtest and QMP sockets."""

    def __init__(self, program, devices, *more):
        self.dir = tempfile.TemporaryDirectory(prefix='msix-tour-')
        listeners = [self.listen('qtest'), self.listen('qmp')]
        self.args = [program, '-machine', 'q35', '-accel', 'qtest',
                     '-nodefaults', '-display', 'none', '-m', '64M',
                     '-qtest', 'unix:' + self.path('qtest'),
                     '-qtest-log', '/dev/null',
                     '-qmp', 'unix:' + self.path('qmp'),
                     '-netdev', 'user,id=n0',
                     '-netdev', 'user,id=n1,net=10.0.7.0/24', *more]
        for device in devices:
            self.args += ['-device', device]
        start = time.monotonic()
        self.process = subprocess.Popen(self.args)
        self.qtest, self.qmp = (self.accept(s) for s in listeners)
        self.qmp_read()
        self.command('qmp_capabilities')
        self.command('query-status')
        self.start_ms = (time.monotonic() - start) * 1000

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def listen(self, name):
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(self.path(name))
        sock.listen(1)
        sock.settimeout(10)
        return sock

    def accept(self, listener):
        try:
            return listener.accept()[0].makefile('rwb', buffering=0)
        except socket.timeout:
            self.process.kill()
            sys.exit('msix-tour: the emulator did not connect')

    def qmp_read(self):
        line = self.qmp.readline()
        if not line:
            sys.exit('msix-tour: the emulator ended with status %s' %
                     self.process.wait())
        return json.loads(line)

    def command(self, name, **arguments):
        self.qmp.write(json.dumps({'execute': name,
                                   'arguments': arguments}).encode() + b'\n')
        while True:
            reply = self.qmp_read()
            if 'error' in reply:
                sys.exit(f'msix-tour: {name}: {reply["error"]["desc"]}')
            if 'return' in reply:
                return reply['return']

    def ask(self, line):
        self.qtest.write(line.encode() + b'\n')
        reply = self.qtest.readline().decode().split()
        if not reply or reply[0] != 'OK':
            sys.exit(f'msix-tour: "{line}" got {" ".join(reply)}')
        return int(reply[1], 16) if len(reply) > 1 else None

    def write(self, addr, value, size):
        data = value.to_bytes(size, 'little').hex()
        self.ask(f'write 0x{addr:x} 0x{size:x} 0x{data}')

    def read(self, addr, size):
        self.qtest.write(f'read 0x{addr:x} 0x{size:x}\n'.encode())
        word = self.qtest.readline().decode().split()[1]
        return int.from_bytes(bytes.fromhex(word[2:]), 'little')

    def follow(self, other):
        """Drivers that hold this machine find it at the other end."""
        for name in 'qtest', 'qmp', 'process', 'dir':
            mine = getattr(self, name)
            setattr(self, name, getattr(other, name))
            setattr(other, name, mine)

    def close(self):
        self.command('quit')
        status = self.process.wait(10)
        self.dir.cleanup()
        return status


class Function:
    """One PCI function as a driver sees it, through ports 0xcf8 and 0xcfc."""

    next_bar = BARS
    next_message = MESSAGES

    def __init__(self, machine, devfn):
        self.machine, self.devfn, self.bars = machine, devfn, {}
        self.messages = []

    def config(self, offset, value=None):
        self.machine.ask(f'outl 0xcf8 0x{1 << 31 | self.devfn << 8 | offset:x}')
        if value is None:
            return self.machine.ask('inl 0xcfc')
        self.machine.ask(f'outl 0xcfc 0x{value:x}')
        return value

    def capability(self, wanted, at=None):
        offset = self.config(0x34) & 0xff
        while offset:
            header = self.config(offset)
            if header & 0xff == wanted and (at is None or at(offset)):
                return offset
            offset = header >> 8 & 0xff
        return None

    def map_bars(self):
        bar = 0
        while bar < 6:
            reg = 0x10 + 4 * bar
            kind = self.config(reg)
            self.config(reg, 0xffffffff)
            probe = self.config(reg)
            wide = kind & 7 == 4
            if probe and not kind & 1:
                size = -(probe & ~0xf) & 0xffffffff
                base = (Function.next_bar + size - 1) & -size
                Function.next_bar = base + size
                self.config(reg, base)
                self.bars[bar] = base
            if wide:
                self.config(reg + 4, 0)
            bar += 2 if wide else 1
        self.config(0x04, 0x6)          # memory space, bus master

    def program_vectors(self):
        cap = self.capability(0x11)
        control = self.config(cap)
        table = self.config(cap + 4)
        self.cap, self.count = cap, (control >> 16 & 0x7ff) + 1
        self.table = self.bars[table & 7] + (table & ~7)
        for vector in range(self.count):
            entry = self.table + 16 * vector
            self.machine.write(entry, Function.next_message, 8)
            self.machine.write(entry + 8, 0x40 + vector, 8)   # and unmasked
            self.messages.append(Function.next_message)
            Function.next_message += 4
        self.config(cap, control | 0x80000000)

    def mask(self, vector, masked):
        self.machine.write(self.table + 16 * vector + 12, int(masked), 4)


def find_functions(machine):
    functions = []
    for slot in range(32):
        function = Function(machine, slot << 3)
        if function.config(0) & 0xffff != 0xffff and function.capability(0x11):
            functions.append(function)
    return functions


def show(machine, title):
    say(f'\n{bold}{title}{off}')
    for f in machine.command('query-msix'):
        say(f'  {bold}{f["id"]}{off}  {f["type"]} at {f["address"]}, MSI-X '
            f'{"on" if f["enabled"] else "off"}, table in BAR {f["table-bar"]}')
        say(f'  {dim}  vec  address     data        state            '
            f'sent  pended  dropped  for{off}')
        for v in f['vectors']:
            state = ('masked' if v['masked'] else 'open') + \
                    (' pending' if v['pending'] else '')
            mark = green if v['sent'] else ''
            say(f'    {v["vector"]:3}  0x{v["address"]:08x}  '
                f'0x{v["data"]:08x}  {state:14} {mark}{v["sent"]:6}{off}'
                f'  {v["pended"]:6}  {v["dropped"]:7}  {v.get("source", "")}')


def tour(program):
    say(f'{bold}The MSI-X tour{off}')
    image = tempfile.NamedTemporaryFile(prefix='msix-tour-')
    image.truncate(1 << 20)
    drive = ['-drive', f'if=none,id=d0,format=raw,file={image.name}']
    machine = Machine(program, [d for d, _ in DEVICES], *drive)
    say('  ' + ' '.join([os.path.relpath(program)] + machine.args[1:9]) + ' ...')
    say(f'  answered its first query after {machine.start_ms:.1f} ms')
    for device, what in DEVICES:
        say(f'  -device {device:42} {dim}{what}{off}')

    functions = find_functions(machine)
    demo, rng_function, nic_function, intel_function, disk_function = functions
    for function in functions:
        function.map_bars()
        function.program_vectors()
    show(machine, 'Tables programmed, nothing has happened yet')

    for vector in (0, 1, 1, 3):
        machine.write(demo.bars[0], vector, 4)
    rng = Rng(rng_function)
    numbers = [rng.request() for _ in range(2)]
    show(machine, 'Four doorbells and two requests for random numbers later')
    say(f'  the numbers: {numbers[0]:032x} {numbers[1]:032x}')

    demo.mask(1, True)
    for _ in range(3):
        machine.write(demo.bars[0], 1, 4)
    show(machine, 'Vector 1 of demo masked, and its doorbell rung three times')
    machine.write(demo.messages[1], 0, 4)
    demo.mask(1, False)
    arrived = machine.read(demo.messages[1], 4)
    show(machine, 'Unmasked: one message, and the pending bit is clear')
    say(f'  the word it wrote to RAM at 0x{demo.messages[1]:x}: '
        f'0x{arrived:x}')

    cards = VirtioNic(nic_function), E1000eNic(intel_function)
    leases = [card.dhcp() or ('no address', b'') for card in cards]
    answers = [gateway and card.ping(gateway)
               for card, (_, gateway) in zip(cards, leases)]
    show(machine, 'The cards on user networks: a DHCP lease and a ping each')
    for card, (address, gateway), answer in zip(cards, leases, answers):
        say(f'  {card.mac.hex(":")} has {address}; the gateway '
            f'{dotted(gateway)} {"answers" if answer else "does not answer"}')
    pinged = all(answers)

    disk = Disk(disk_function)
    text = f'written at {time.strftime("%H:%M:%S")}'
    stored = disk.store(7, text)
    show(machine, 'A sector written to the disk, and flushed')
    with open(image.name, 'rb') as file:
        found = file.read()[7 * 512:8 * 512].rstrip(b'\0').decode()
    say(f'  sector 7 of {image.name}: "{found}"')

    moved = move_on(program, drive, machine, demo, rng, cards, leases)
    fetched = disk.fetch(7)
    say(f'  the disk there reads: "{fetched}"')

    ok = arrived == 0x41 and pinged and moved and stored and \
        found == fetched == text
    status = machine.close()
    say(f'\n{"Done" if ok and status == 0 else "Something went wrong"}. '
        f'The same from inside: -monitor stdio, then "info msix".')
    return 0 if ok and status == 0 else 1


def move_on(program, drive, machine, demo, rng, cards, leases):
    """Two vectors have something pending when the machine moves."""
    demo.mask(2, True)
    machine.write(demo.bars[0], 2, 4)
    rng.function.mask(1, True)
    number = rng.request()
    machine.write(demo.messages[2], 0, 4)
    before = tables(machine)
    show(machine, 'Before the move: two vectors masked, each with a message '
         'pending')

    other = Machine(program, [d for d, _ in DEVICES], *drive, '-incoming',
                    'defer')
    info = move(machine, other)
    machine.follow(other)
    same = tables(machine) == before
    show(machine, 'After the move: another process, the same tables')
    say(f'  {describe(info)}')
    other.close()

    demo.mask(2, False)
    rng.function.mask(1, False)
    arrived = machine.read(demo.messages[2], 4)
    another = rng.request()
    pinged = all(card.ping(gateway)
                 for card, (_, gateway) in zip(cards, leases))
    show(machine, 'Unmasked there: what was pending has arrived')
    say(f'  the word in RAM at 0x{demo.messages[2]:x}: 0x{arrived:x}; numbers '
        f'from here and there: {number:032x} {another:032x}')
    say(f'  the gateways {"answer" if pinged else "do not answer"} the cards '
        f'where they are now')
    return same and arrived == 0x42 and pinged


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('program', help='qemu-system-x86_64 to run')
    sys.exit(tour(parser.parse_args().program))


if __name__ == '__main__':
    main()
