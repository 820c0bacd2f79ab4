# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine's fw_cfg files, and its ACPI tables as firmware places them."""

import struct

SELECT, DATA = 0x510, 0x511
DMA_HIGH, DMA_LOW = 0x514, 0x518
FILE_DIR = 0x19
DMA_READ = 2
# Where the machine copies what is read, and requests for it.
REQUEST, BUFFER = 0x100000, 0x200000


def select(machine, key):
    machine.qtest(f'outw {SELECT:#x} {key:#x}')


def read(machine, size):
    """The next bytes of the item that is selected, by DMA."""
    data = b''
    while len(data) < size:
        n = min(size - len(data), 1 << 16)
        machine.write(REQUEST, struct.pack('>IIQ', DMA_READ, n, BUFFER))
        machine.qtest(f'outl {DMA_HIGH:#x} 0')
        low = int.from_bytes(REQUEST.to_bytes(4, 'big'), 'little')
        machine.qtest(f'outl {DMA_LOW:#x} {low:#x}')
        data += machine.read(BUFFER, n)
    return data


def read_item(machine, key, size):
    select(machine, key)
    return read(machine, size)


def directory(machine):
    """(key, size) of each file by name."""
    count, = struct.unpack('>I', read_item(machine, FILE_DIR, 4))
    entries = read_item(machine, FILE_DIR, 4 + 64 * count)[4:]
    files = {}
    for at in range(0, len(entries), 64):
        size, key, _, name = struct.unpack('>IHH56s', entries[at:at + 64])
        files[name.split(b'\0')[0].decode()] = key, size
    return files


def read_file(machine, name):
    key, size = directory(machine)[name]
    return read_item(machine, key, size)


class Tables:
    """What firmware makes of etc/table-loader: memory, and tables in it."""

    BASE = {1: 0x7f000000, 2: 0xf0000}      # high memory, and the F segment

    def __init__(self, machine):
        self.machine = machine
        self.memory = {}        # file name -> [address, bytearray]
        self.next = dict(self.BASE)
        script = read_file(machine, 'etc/table-loader')
        for at in range(0, len(script), 128):
            self.command(script[at:at + 128])

    @staticmethod
    def name(field):
        return field.split(b'\0')[0].decode()

    def command(self, entry):
        number, = struct.unpack_from('<I', entry)
        if number == 1:
            self.allocate(self.name(entry[4:60]),
                          *struct.unpack_from('<IB', entry, 60))
        elif number == 2:
            self.add_pointer(self.name(entry[4:60]),
                             self.name(entry[60:116]),
                             *struct.unpack_from('<IB', entry, 116))
        elif number == 3:
            self.add_checksum(self.name(entry[4:60]),
                              *struct.unpack_from('<III', entry, 60))
        else:
            assert number == 0, f'command {number}'

    def allocate(self, name, align, zone):
        assert name not in self.memory and align & (align - 1) == 0
        address = (self.next[zone] + align - 1) // align * align
        data = bytearray(read_file(self.machine, name))
        self.next[zone] = address + len(data)
        self.memory[name] = [address, data]

    def add_pointer(self, dest, source, offset, size):
        data = self.memory[dest][1]
        value = int.from_bytes(data[offset:offset + size], 'little')
        assert value < len(self.memory[source][1])
        value += self.memory[source][0]
        data[offset:offset + size] = value.to_bytes(size, 'little')

    def add_checksum(self, name, offset, start, length):
        data = self.memory[name][1]
        assert start <= offset < start + length <= len(data)
        data[offset] = 0
        data[offset] = -sum(data[start:start + length]) & 0xff

    def at(self, address, size=None):
        """Bytes in memory; of a table, without a size, all."""
        for base, data in self.memory.values():
            offset = address - base
            if 0 <= offset < len(data):
                size = size or struct.unpack_from('<I', data, offset + 4)[0]
                assert offset + size <= len(data)
                return bytes(data[offset:offset + size])
        raise AssertionError(f'nothing at {address:#x}')

    def tables(self):
        """All tables that the RSDP leads to: (signature, bytes), in order."""
        rsdp = bytes(self.memory['etc/acpi/rsdp'][1])
        assert rsdp[:8] == b'RSD PTR ' and sum(rsdp) & 0xff == 0
        assert rsdp[15] == 0, 'revision'
        rsdt = self.at(struct.unpack_from('<I', rsdp, 16)[0])
        found = [('RSDT', rsdt)]
        for address in struct.unpack_from(f'<{(len(rsdt) - 36) // 4}I', rsdt,
                                          36):
            table = self.at(address)
            found.append((table[:4].decode(), table))
            if table[:4] == b'FACP':
                facs, dsdt = struct.unpack_from('<II', table, 36)
                assert facs % 64 == 0
                found.append(('FACS', self.at(facs)))
                found.append(('DSDT', self.at(dsdt)))
        for signature, table in found:
            assert signature == 'FACS' or sum(table) & 0xff == 0, signature
        return found
