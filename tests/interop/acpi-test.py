#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
ACPI tables beside the stock emulator's: the set of tables, those of fixed
layout byte for byte, and of the DSDT what an operating system finds there by
running it (acpiexec): devices, identities, resources, routes.

Firmware places registers before it reads tables, so the tests do that first.
"""
import os
import re
import shutil
import struct
import subprocess
import sys

import fwcfg
from machine import OURS, STOCK, Suite, run

BOARDS = ('q35', 'pc')

# What the stock board has and ours does not: ports that hot-plug processors.
NOT_OURS = re.compile(r'\\_SB_\.PCI0\.PRES')

# Objects whose values are compared.
SEGMENTS = ('_HID', '_CID', '_ADR', '_UID', '_SUN', '_PRS', '_CRS', '_STA',
            'BSEL', 'ASUN', '_FDI', '_FDE', '_S3', '_S4', '_S5')

# Addresses differ with the sizes of tables.
POINTERS = {'FACP': [(36, 4), (40, 4), (140, 8)], 'RSDT': None}

ROUTES = r'''
DefinitionBlock ("", "SSDT", 2, "TEST", "ROUTES", 1)
{
    External (\_SB.PCI0._PRT, MethodObj)
    Method (PART, 1, Serialized)
    {
        Local0 = \_SB.PCI0._PRT ()
        Local1 = Package (32) {}
        Local2 = 0
        While (Local2 < 32)
        {
            Local1 [Local2] = DerefOf (Local0 [Local2 + Arg0 * 32])
            Local2++
        }
        Return (Local1)
    }
}
'''


def config_write(machine, devfn, register, value, size='l'):
    machine.qtest(f'outl 0xcf8 {0x80000000 | devfn << 8 | register & ~3:#x}')
    machine.qtest(f'out{size} {0xcfc + (register & 3):#x} {value:#x}')


def place(machine, board):
    """What firmware does before it reads tables."""
    if board == 'q35':
        config_write(machine, 0xf8, 0x40, 0x601)        # PMBASE
        config_write(machine, 0xf8, 0x44, 0x80, 'b')    # ACPI_EN
        config_write(machine, 0x00, 0x60, 0xb0000001)   # PCIEXBAR
    else:
        config_write(machine, 0x0b, 0x40, 0x601)        # PMBA
        config_write(machine, 0x0b, 0x80, 1, 'b')       # PMIOSE


def mask_pointers(signature, table):
    table = bytearray(table)
    table[9] = 0
    if signature == 'RSDT':
        return bytes(table[:36]) + bytes(len(table) - 36)
    for offset, size in POINTERS.get(signature, ()):
        if offset + size <= len(table):
            table[offset:offset + size] = bytes(size)
    return bytes(table)


class Acpi(Suite):
    def tables(self, binary, board, *args):
        machine = self.start(binary, '-M', board, *args)
        place(machine, board.split(',')[0])
        return fwcfg.Tables(machine).tables()

    def both(self, board, *args):
        return (self.tables(OURS, board, *args),
                self.tables(STOCK, board, *args))

    def save(self, name, table):
        with open(self.path(name), 'wb') as file:
            file.write(table)
        return name

    def acpiexec(self, commands, *files):
        """
        What the interpreter prints.  Without being told to quit it waits a
        second for its other thread, and now and then for ever: then it gets
        another chance.
        """
        for _ in range(8):
            try:
                done = subprocess.run(
                    ['acpiexec', '-b', '; '.join([*commands, 'quit']),
                     *files],
                    cwd=self.folder, capture_output=True,
                    stdin=subprocess.DEVNULL, timeout=5, check=False)
            except subprocess.TimeoutExpired:
                continue
            text = (done.stdout + done.stderr).decode(errors='replace')
            assert done.returncode == 0, text
            return text
        raise AssertionError(f'acpiexec hangs: {commands}')

    def compile(self, name, source):
        path = self.path(name + '.asl')
        with open(path, 'w', encoding='ascii') as file:
            file.write(source)
        subprocess.run(['iasl', '-p', self.path(name), path], check=True,
                       capture_output=True)
        return name + '.aml'

    # --- What the DSDT holds ---

    def names(self, dsdt):
        """By name segment: values of all such objects, as text, by path."""
        text = self.acpiexec([f'all {s}' for s in SEGMENTS], dsdt)
        parts = text.split('Executing all objects with NameSeg: ')[1:]
        assert [p.split()[0] for p in parts] == list(SEGMENTS), text
        return {s: self.values(p) for s, p in zip(SEGMENTS, parts)}

    @staticmethod
    def values(text):
        values = {}
        for part in text.split('\nEvaluation of ')[1:]:
            path, rest = part.split(' ', 1)
            value = re.findall(r'^ .*', rest.split('\n\n')[0], re.M)
            values[path] = '\n'.join(v.rstrip() for v in value)
        assert f'Evaluated {len(values)} names' in text, text[-500:]
        return {p: v for p, v in values.items() if not NOT_OURS.match(p)}

    def devices(self, dsdt):
        text = self.acpiexec(['namespace'], dsdt)
        stack, found = [], set()
        for line in text.splitlines():
            match = re.match(r'^ {0,2}(\d+)\s+([A-Z0-9_]{4}) (\S+)', line)
            if not match:
                continue
            depth = int(match[1])
            stack[depth:] = [match[2]]
            path = '\\' + '.'.join(stack)
            if match[3] in ('Device', 'Processor') and \
                    not NOT_OURS.match(path):
                found.add((path, match[3]))
        return found

    def routes(self, dsdt, apic):
        """(slot and pin, link) of each entry of _PRT."""
        ssdt = self.compile('routes', ROUTES)
        commands = [f'evaluate \\_PIC {int(apic)}'] if apic is not None else []
        commands += [f'evaluate \\PART {i}' for i in range(4)]
        text = self.acpiexec(commands, dsdt, ssdt)
        entries = re.findall(
            r'\[Integer\] = 0*([0-9A-F]+)\s*\(\d+\)?\s*'
            r'\[Integer\] = 0*([0-9A-F]+).*?Name ([A-Z_0-9]{4})', text, re.S)
        if not entries:
            entries = re.findall(
                r'\[Integer\] = ([0-9A-F]{16})\s+.*?'
                r'\[Integer\] = ([0-9A-F]{16})\s+.*?'
                r'(?:LNK|GSI)([A-S])', text, re.S)
        assert len(entries) == 128, text[:3000]
        return entries

    # --- Tests ---

    def test_fixed_tables(self):
        for board, args in (
                ('q35', ()), ('pc', ()),
                ('q35,hpet=off,i8042=off', ()),
                ('q35', ('-smp', '2,maxcpus=4', '-m', '4G')),
                ('pc', ('-smp', '9', '-m', '4G')),
                ('pc,x-oem-id=ABC,x-oem-table-id=DEF', ())):
            ours, stock = self.both(board, *args)
            assert [s for s, _ in ours] == [s for s, _ in stock]
            for (name, mine), (_, theirs) in zip(ours, stock):
                if name == 'DSDT':
                    assert mine[10:36] == theirs[10:36] and \
                        mine[8] == theirs[8]
                    continue
                assert mask_pointers(name, mine) == \
                    mask_pointers(name, theirs), \
                    f'{board} {args} {name}: {mine.hex()} {theirs.hex()}'

    def test_numa(self):
        args = ['-smp', '4,maxcpus=6,sockets=6,cores=1', '-m', '4G',
                '-object', 'memory-backend-ram,id=m0,size=1G',
                '-object', 'memory-backend-ram,id=m1,size=3G',
                '-numa', 'node,nodeid=0,memdev=m0,cpus=0-1',
                '-numa', 'node,nodeid=1,memdev=m1,cpus=2-5',
                '-numa', 'dist,src=0,dst=1,val=20']
        for board in BOARDS:
            ours, stock = (dict(t) for t in self.both(board, *args))
            assert ours['SRAT'] == stock['SRAT']
            assert ours['SLIT'] == stock['SLIT']

    def test_user_tables(self):
        self.save('data', b'contents')
        header = struct.pack('<4sIBB6s8sI4sI', b'SLIC', 40, 1, 0, b'OEM   ',
                             b'OEMTABLE', 1, b'ASL ', 1)
        self.save('slic', header + b'work')
        args = ['-acpitable', f'sig=ABCD,rev=3,oem_id=X,oem_table_id=Y,'
                f'oem_rev=5,asl_compiler_id=Z,asl_compiler_rev=6,'
                f'data={self.path("data")}:{self.path("data")}',
                '-acpitable', f'file={self.path("slic")}']
        ours, stock = (dict(t) for t in self.both('pc', *args))
        for name in ('ABCD', 'SLIC'):
            assert ours[name] == stock[name], name
        # The licence's identity is that of the tables that lead to it.
        for name in ('FACP', 'RSDT'):
            assert ours[name][10:24] == stock[name][10:24] == b'OEM   OEMTABLE'

    def check_dsdt(self, board, *args):
        ours, stock = (dict(t)['DSDT'] for t in self.both(board, *args))
        mine = self.save('ours.aml', ours)
        theirs = self.save('stock.aml', stock)
        assert self.devices(mine) == self.devices(theirs), \
            self.devices(mine) ^ self.devices(theirs)
        names = self.names(mine), self.names(theirs)
        for segment in SEGMENTS:
            a, b = (n[segment] for n in names)
            if segment == '_STA':
                # Processors are asked of ports there, and HPETs of memory.
                a, b = ({p: v for p, v in d.items()
                         if 'CPUS' not in p and 'HPET' not in p}
                        for d in (a, b))
            assert a == b, (segment, {p: (a.get(p), b.get(p))
                                      for p in a.keys() | b.keys()
                                      if a.get(p) != b.get(p)})
        for apic in (False, True) if board == 'q35' else (None,):
            assert self.routes(mine, apic) == self.routes(theirs, apic)

    def test_dsdt(self):
        for board in BOARDS:
            self.check_dsdt(board)
            self.check_dsdt(board, '-m', '6G', '-smp', '3')

    def test_dsdt_of_floppies(self):
        self.check_dsdt('pc', '-device', 'floppy,unit=0')
        self.check_dsdt('pc', '-device', 'floppy,unit=0,drive-type=120',
                        '-device', 'floppy,unit=1,drive-type=144')
        self.check_dsdt('q35', '-device', 'isa-fdc', '-device',
                        'floppy,unit=1,drive-type=288')

    def test_dsdt_of_bridges(self):
        self.check_dsdt(
            'pc', '-device', 'pci-bridge,id=br,chassis_nr=1,addr=5',
            '-device', 'pci-bridge,chassis_nr=2,bus=br,addr=8',
            '-device', 'edu,bus=br,addr=3,acpi-index=5',
            '-device', 'edu,addr=6,multifunction=on',
            '-device', 'edu,addr=6.1')

    def test_dsdt_of_ports(self):
        self.check_dsdt(
            'q35', '-device', 'pcie-root-port,id=a,chassis=1,addr=4,'
            'multifunction=on',
            '-device', 'pcie-root-port,id=b,chassis=2,addr=4.1',
            '-device', 'pcie-root-port,id=c,chassis=3,addr=5,hotplug=off',
            '-device', 'edu,bus=b,acpi-index=4', '-device', 'edu,bus=c',
            '-device', 'x3130-upstream,bus=a,id=up',
            '-device', 'xio3130-downstream,bus=up,id=down,chassis=7',
            '-device', 'edu,addr=3,multifunction=on',
            '-device', 'edu,addr=3.1,acpi-index=7')

    def test_dsdt_of_other_hotplug(self):
        off = 'acpi-pci-hotplug-with-bridge-support=off'
        self.check_dsdt('q35', '-global', f'ICH9-LPC.{off}',
                        '-device', 'pcie-root-port,chassis=1')
        self.check_dsdt('pc', '-global', f'PIIX4_PM.{off}',
                        '-device', 'pci-bridge,chassis_nr=1')
        self.check_dsdt('pc', '-global', 'PIIX4_PM.acpi-root-pci-hotplug=off',
                        '-device', 'pci-bridge,chassis_nr=1')
        self.check_dsdt('pc', '-global', f'PIIX4_PM.{off}', '-global',
                        'PIIX4_PM.acpi-root-pci-hotplug=off')

    def test_compiles_again(self):
        """The disassembler's source is valid: the compiler finds no error."""
        for board in BOARDS:
            for name, table in self.tables(OURS, board, '-device',
                                           'edu,addr=9', '-smp', '2'):
                self.save(name + '.dat', table)
                subprocess.run(['iasl', '-d', name + '.dat'], check=True,
                               cwd=self.folder, capture_output=True)
                done = subprocess.run(['iasl', name + '.dsl'],
                                      cwd=self.folder, capture_output=True,
                                      check=False)
                assert done.returncode == 0 and \
                    b' 0 Errors' in done.stdout, (name, done.stdout)

    def test_tables_move(self):
        """
        The tables that a guest has seen move with it, either way, though the
        other end would build its own; so does what hot-plug has to tell.
        """
        names = ('etc/acpi/rsdp', 'etc/acpi/tables', 'etc/table-loader')
        for board, bus, base in (('pc', 'pci.0', 0xae00),
                                 ('q35', 'rp', 0xcc0)):
            for ends in ((OURS, STOCK), (STOCK, OURS)):
                args = ['-M', board]
                if board == 'q35':
                    args += ['-device', 'pcie-root-port,id=rp,chassis=1']
                uri = 'unix:' + self.path(f'{board}{ends[0] == OURS}')
                target = self.start(ends[1], *args, '-device',
                                    f'edu,id=e,bus={bus},addr=0'
                                    if board == 'q35' else
                                    f'edu,id=e,bus={bus},addr=5',
                                    '-incoming', uri)
                source = self.start(ends[0], *args)
                place(source, board)
                seen = {n: fwcfg.read_file(source, n) for n in names}
                source('device_add', driver='edu', id='e', bus=bus,
                       addr='0' if board == 'q35' else '5')
                source('device_del', id='e')
                source.migrate(uri)
                target.wait_status('completed')
                for name in names:
                    assert fwcfg.read_file(target, name) == seen[name], \
                        (board, ends, name)
                slot = '0x1' if board == 'q35' else '0x20'
                for register in (0, 4):
                    value = target.qtest(f'inl {base + register:#x}')
                    assert int(value, 16) == int(slot, 16), (board, value)

    def test_methods_of_hotplug(self):
        """Interpreted: nothing is wrong with the methods that events run."""
        dsdt = self.save('d.aml', dict(self.tables(
            OURS, 'pc', '-device', 'pci-bridge,chassis_nr=1'))['DSDT'])
        text = self.acpiexec(
            [r'evaluate \_GPE._E01', r'evaluate \_SB.PCI0.S18._EJ0 1',
             r'evaluate \_SB.PCI0.S18._SUN',
             r'evaluate \_SB.LNKA._CRS', r'evaluate \_SB.LNKA._DIS',
             r'evaluate \_SB.LNKA._STA'], dsdt)
        assert text.count('Evaluation of') + text.count('No object was') >= 6
        assert 'failed' not in text and 'ACPI Error' not in text, text


if __name__ == '__main__':
    for tool in ('iasl', 'acpiexec', STOCK):
        if not shutil.which(tool):
            print(f'1..0 # SKIP {os.path.basename(tool)} is missing')
            sys.exit(0)
    sys.exit(run(Acpi))
