#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""SCSI drives behind virtio-scsi-pci: the same commands to our program and to
the stock emulator, answers compared; then what only ours is asked.

Left out of the comparison, on purpose:
  residual      stock pads answers to the allocation length, counts some
                residuals below zero, and says none where a command failed
  MMC on disks  stock answers some of MMC's commands on a disk; SPC-4 says
                INVALID COMMAND OPERATION CODE (5/20/00)
  REQUEST SENSE to a unit above 0: stock says that there is no such unit
  VPD b1, b2    of a CD-ROM: stock answers pages that its list does not have
  VPD 00        of a unit that is not there: stock leaves the first byte out
  VERIFY        past the end: stock does not look (SBC-3: 5/21/00)
  RDPROTECT     stock never answers
"""

import os
import random
import struct
import sys

import machine
from machine import OURS, STOCK
from virtioscsi import ARGS, DATA, VirtioScsi

BLOCKS = 2048
CD_BLOCKS = 300

DISK, CD, EMPTY, DVD = (0, 0), (1, 2), (2, 0), (3, 0)
READONLY, QUIRKS = (4, 0), (5, 0)
DISCS = CD, EMPTY, DVD, QUIRKS

MMC = {0x43, 0x46, 0x4a, 0x51, 0xad, 0xbd}


def cdb(*data, size=None):
    return bytes(data).ljust(size or len(data), b'\0')


def mode_select(page, *values, size=18):
    return bytes([0, 0, 0, 0, page, size, *values]).ljust(size + 6, b'\0')


def unmap(lba, count, length=16):
    return struct.pack('>HHIQII', length + 6, length, 0, lba, count, 0)


# Name, CDB, room for data from the device, data to it.
COMMANDS = [
    ('attention', cdb(size=6), 0, b''),
    ('ready', cdb(size=6), 0, b''),
    ('inquiry', cdb(0x12, 0, 0, 0, 96, 0), 96, b''),
    ('inquiry, short', cdb(0x12, 0, 0, 0, 5, 0), 96, b''),
    ('inquiry, bad page', cdb(0x12, 0, 5, 0, 96, 0), 96, b''),
    ('request sense', cdb(3, 0, 0, 0, 252, 0), 252, b''),
    ('request sense, descriptor', cdb(3, 1, 0, 0, 252, 0), 252, b''),
    ('capacity', cdb(0x25, size=10), 8, b''),
    ('capacity 16', cdb(0x9e, 0x10, *[0] * 11, 32, 0, 0), 32, b''),
    ('service action', cdb(0x9e, 0x11, *[0] * 11, 32, 0, 0), 32, b''),
    ('luns', cdb(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0), 64, b''),
    ('luns, short', cdb(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0), 64, b''),
    ('toc', cdb(0x43, 0, 0, 0, 0, 0, 0, 0, 40, 0), 40, b''),
    ('toc, msf', cdb(0x43, 2, 0, 0, 0, 0, 0, 0, 40, 0), 40, b''),
    ('toc, sessions', cdb(0x43, 0, 1, 0, 0, 0, 0, 0, 40, 0), 40, b''),
    ('toc, raw', cdb(0x43, 0, 2, 0, 0, 0, 0, 0, 80, 0), 80, b''),
    ('toc, lead-out', cdb(0x43, 0, 0, 0, 0, 0, 0xaa, 0, 40, 0), 40, b''),
    ('toc, no track', cdb(0x43, 0, 0, 0, 0, 0, 2, 0, 40, 0), 40, b''),
    ('configuration', cdb(0x46, 0, 0, 0, 0, 0, 0, 0, 200, 0), 200, b''),
    ('events', cdb(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0), 8, b''),
    ('events, waiting', cdb(0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8, 0), 8, b''),
    ('disc', cdb(0x51, 0, 0, 0, 0, 0, 0, 0, 40, 0), 40, b''),
    ('track', cdb(0x52, 0, 0, 0, 0, 0, 0, 0, 40, 0), 40, b''),
    ('mechanism', cdb(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0), 8, b''),
    ('read past end', cdb(0x28, 0, 0, 0, 0x10, 0, 0, 0, 1, 0), 2048, b''),
    ('read nothing', cdb(0x28, 0, 0, 0, 0, 3, 0, 0, 0, 0), 0, b''),
    ('too little room', cdb(0x28, 0, 0, 0, 0, 3, 0, 0, 1, 0), 256, b''),
    ('read cd', cdb(0xbe, 0, 0, 0, 0, 3, 0, 0, 1, 0x10, 0, 0), 2048, b''),
    ('data the wrong way', cdb(0x28, 0, 0, 0, 0, 3, 0, 0, 1, 0), 0,
     b'A' * 512),
    ('write', cdb(0x2a, 0, 0, 0, 0, 3, 0, 0, 1, 0), 0, b'A' * 512),
    ('write, fua', cdb(0x2a, 8, 0, 0, 0, 3, 0, 0, 1, 0), 0, b'B' * 512),
    ('write past end', cdb(0x8a, 0, *[0] * 6, 7, 0xff, 0, 0, 0, 2, 0, 0), 0,
     b'A' * 1024),
    ('verify', cdb(0x2f, 0, 0, 0, 0, 3, 0, 0, 1, 0), 0, b''),
    ('verify 12', cdb(0xaf, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0), 0, b''),
    ('verify 16', cdb(0x8f, 0, *[0] * 7, 3, 0, 0, 0, 1, 0, 0), 0, b''),
    ('write, verify', cdb(0x2e, 0, 0, 0, 0, 3, 0, 0, 1, 0), 0, b'A' * 512),
    ('same', cdb(0x41, 0, 0, 0, 0, 3, 0, 0, 1, 0), 0, b'A' * 512),
    ('same 16', cdb(0x93, 0, *[0] * 7, 3, 0, 0, 0, 2, 0, 0), 0, b'B' * 512),
    ('same, unmap', cdb(0x93, 8, *[0] * 7, 3, 0, 0, 0, 2, 0, 0), 0,
     b'\0' * 512),
    ('same, nothing', cdb(0x93, 0, *[0] * 7, 3, 0, 0, 0, 0, 0, 0), 0,
     b'\0' * 512),
    ('same past end', cdb(0x93, 0, *[0] * 6, 8, 3, 0, 0, 0, 2, 0, 0), 0,
     b'A' * 512),
    ('unmap', cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0), 0, unmap(8, 4)),
    ('unmap, bad length', cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0), 0,
     unmap(8, 4, 17)),
    ('unmap, anchor', cdb(0x42, 1, 0, 0, 0, 0, 0, 0, 24, 0), 0, unmap(8, 4)),
    ('unmap past end', cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0), 0,
     unmap(2060, 4)),
    ('unmap, short', cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 4, 0), 0, bytes(4)),
    ('flush', cdb(0x35, size=10), 0, b''),
    ('flush 16', cdb(0x91, size=16), 0, b''),
    ('seek', cdb(0x2b, 0, 0, 0, 0, 3, 0, 0, 0, 0), 0, b''),
    ('seek 6', cdb(0x0b, 0, 0, 3, 0, 0), 0, b''),
    ('reserve', cdb(0x16, size=6), 0, b''),
    ('release', cdb(0x17, size=6), 0, b''),
    ('reserve 10', cdb(0x56, size=10), 0, b''),
    ('persistent', cdb(0x5e, 0, 0, 0, 0, 0, 0, 0, 24, 0), 24, b''),
    ('format', cdb(4, size=6), 0, b''),
    ('diagnostic', cdb(0x1d, 4, 0, 0, 0, 0), 0, b''),
    ('mode select', cdb(0x15, 0x10, 0, 0, 24, 0), 0, mode_select(8, 0)),
    ('no cache now', cdb(0x1a, 8, 8, 0, 64, 0), 64, b''),
    ('mode select, cache', cdb(0x15, 0x10, 0, 0, 24, 0), 0,
     mode_select(8, 4)),
    ('mode select, bad bit', cdb(0x15, 0x10, 0, 0, 24, 0), 0,
     mode_select(8, 2)),
    ('mode select, bad page', cdb(0x15, 0x10, 0, 0, 16, 0), 0,
     mode_select(0x21, 2, size=10)),
    ('mode select, old format', cdb(0x15, 0, 0, 0, 24, 0), 0,
     mode_select(8, 0)),
    ('mode select, save', cdb(0x15, 0x11, 0, 0, 24, 0), 0,
     mode_select(8, 0)),
    ('mode select, short', cdb(0x15, 0x10, 0, 0, 20, 0), 0,
     mode_select(8, 0)[:20]),
    ('mode select, empty', cdb(0x15, 0x10, 0, 0, 0, 0), 0, b''),
    ('mode select 10', cdb(0x55, 0x10, 0, 0, 0, 0, 0, 0, 28, 0), 0,
     bytes(4) + mode_select(8, 4)),
    ('prevent', cdb(0x1e, 0, 0, 0, 1, 0), 0, b''),
    ('eject, locked', cdb(0x1b, 0, 0, 0, 2, 0), 0, b''),
    ('allow', cdb(0x1e, 0, 0, 0, 0, 0), 0, b''),
    ('stop', cdb(0x1b, 0, 0, 0, 0, 0), 0, b''),
    ('power', cdb(0x1b, 0, 0, 0, 0x21, 0), 0, b''),
    ('eject', cdb(0x1b, 0, 0, 0, 2, 0), 0, b''),
    ('ready?', cdb(size=6), 0, b''),
    ('load', cdb(0x1b, 0, 0, 0, 3, 0), 0, b''),
    ('ready again', cdb(size=6), 0, b''),
    ('speed', cdb(0xbb, size=12), 0, b''),
    ('operation codes', cdb(0xa3, 0x0c, *[0] * 7, 64, 0, 0), 64, b''),
    ('unknown', cdb(0xff, size=16), 0, b''),
    ('vendor\'s', cdb(0xc0, size=10), 0, b''),
    ('log', cdb(0x4d, 0, 0, 0, 0, 0, 0, 0, 64, 0), 64, b''),
]
for page in (0, 0x80, 0x83, 0xb0, 0xb1, 0xb2, 0xb6, 0x99):
    COMMANDS.append((f'vital {page:x}', cdb(0x12, 1, page, 0, 255, 0), 255,
                     b''))
for page in (0, 1, 3, 4, 5, 8, 0xa, 0xd, 0xe, 0x1a, 0x2a, 0x30, 0x3f, 0x7f, 0xbf,
             0xff):
    COMMANDS.append((f'mode {page:x}', cdb(0x1a, 0, page, 0, 255, 0), 255,
                     b''))
    COMMANDS.append((f'mode 10 {page:x}',
                     cdb(0x5a, 8, page, 0, 0, 0, 0, 1, 0, 0), 256, b''))
for layer, what in ((0, 0), (0, 1), (0, 4), (0, 5), (1, 0), (0, 0xff)):
    COMMANDS.append((f'structure {layer} {what:x}',
                     cdb(0xad, 0, 0, 0, 0, 0, layer, what, 0, 200, 0, 0), 200,
                     b''))


def is_left_out(name, command, place):
    """What the comment above says of single commands."""
    if place not in DISCS and command[0] in MMC:
        return True
    if place in DISCS and name in ('vital b1', 'vital b2'):
        return True
    if command[0] == 3 and place[1]:
        return True
    return False


def plain(reply, room):
    """What is compared of an answer."""
    response, status, residual, sense, data = reply
    if response or status:
        data = b''
    if residual <= room:
        data = data[:room - residual]
    return response, status, sense.hex(), data.rstrip(b'\0').hex()


class Scsi(machine.Suite):
    """The tests."""

    def image(self, name, blocks, block):
        path = self.path(name)
        with open(path, 'wb') as f:
            for i in range(blocks):
                f.write(struct.pack('<I', i * 0x01010101 & 0xffffffff) *
                        (block // 4))
        return path

    def halted(self):
        """Firmware that stops the processor, so that a machine can run."""
        path = self.path('halt.bin')
        with open(path, 'wb') as f:
            f.write(b'\xf4' * 65536)
        return ['-m', '16', '-bios', path, *ARGS]

    def drives(self, tag):
        disk = self.image(f'{tag}disk', BLOCKS, 512)
        disc = self.image(f'{tag}disc', CD_BLOCKS, 2048)
        fixed = self.image(f'{tag}fixed', BLOCKS, 512)
        dvd = self.path(f'{tag}dvd')
        with open(dvd, 'wb') as f:
            f.truncate(1 << 30)
        return [
            '-drive', f'if=none,id=d,file={disk},format=raw',
            '-device', 'scsi-hd,id=hd,drive=d,bus=scsi.0,scsi-id=0,lun=0,'
            'serial=SER123',
            '-drive', f'if=none,id=c,file={disc},format=raw,media=cdrom',
            '-device', 'scsi-cd,id=cd,drive=c,bus=scsi.0,scsi-id=1,lun=2',
            '-device', 'scsi-cd,bus=scsi.0,scsi-id=2,lun=0',
            '-drive', f'if=none,id=v,file={dvd},format=raw,media=cdrom',
            '-device', 'scsi-cd,drive=v,bus=scsi.0,scsi-id=3,lun=0',
            '-drive', f'if=none,id=f,file={fixed},format=raw,readonly=on',
            '-device', 'scsi-hd,drive=f,bus=scsi.0,scsi-id=4,lun=0,'
            'removable=on,dpofua=on,vendor=ACME,product=Thing,ver=9,'
            'wwn=0x5000c50015ea71ac,port_wwn=0x5000c50015ea71aa,'
            'port_index=3,rotation_rate=7200,physical_block_size=4096,'
            'min_io_size=4096,opt_io_size=65536',
            '-device', 'scsi-cd,bus=scsi.0,scsi-id=5,'
            'quirk_mode_page_apple_vendor=on,'
            'quirk_mode_page_vendor_specific_apple=on,'
            'quirk_mode_sense_rom_use_dbd=on']

    def pair(self, *args):
        """A driver on each emulator, ours first."""
        out = []
        for binary, tag in ((OURS, 'o'), (STOCK, 's')):
            m = self.start(binary, '-M', 'pc', *self.halted(),
                           *self.drives(tag), *args)
            m('cont')
            out.append(VirtioScsi(m))
        return out

    def ours(self, *args):
        m = self.start(OURS, '-M', 'pc', '-m', '16', *ARGS, *args,
                       stopped=False)
        return VirtioScsi(m)

    # ---- beside the stock emulator ----

    def compare_unit(self, target, lun):
        if not os.path.exists(STOCK):
            return 'no stock emulator'
        ours, stock = self.pair()
        for name, command, room, data in COMMANDS:
            if is_left_out(name, command, (target, lun)):
                continue
            a, b = (plain(v.command(command, room, data, target=target,
                                    lun=lun), room) for v in (ours, stock))
            assert a == b, f'{name}:\n ours {a}\nstock {b}'
        for lba, n in ((0, 1), (3, 2), (40, 20)):
            command = cdb(0x28, 0, 0, 0, 0, lba, 0, 0, n, 0)
            room = n * (2048 if (target, lun) in DISCS else 512)
            a, b = (plain(v.command(command, room, target=target, lun=lun),
                          room) for v in (ours, stock))
            assert a == b, f'{n} blocks at {lba}'
        return None

    def test_compare_disk(self):
        return self.compare_unit(*DISK)

    def test_compare_cd(self):
        return self.compare_unit(*CD)

    def test_compare_empty_drive(self):
        return self.compare_unit(*EMPTY)

    def test_compare_dvd(self):
        return self.compare_unit(*DVD)

    def test_compare_read_only(self):
        return self.compare_unit(*READONLY)

    def test_compare_quirks(self):
        return self.compare_unit(*QUIRKS)

    def test_compare_missing_units(self):
        if not os.path.exists(STOCK):
            return 'no stock emulator'
        ours, stock = self.pair()
        for v in (ours, stock):
            # The attention of a unit goes to any other one in stock.
            for place in (DISK, CD):
                v.command(cdb(size=6), target=place[0], lun=place[1])
        for target, lun in ((0, 1), (1, 0), (6, 0), (0, 300)):
            for name, command, room, data in COMMANDS[:30]:
                # Stock cuts the additional length, too, and gives the sense
                # of another unit.
                if name == 'inquiry, short' or command[0] == 3:
                    continue
                a, b = (plain(v.command(command, room, data, target=target,
                                        lun=lun), room)
                        for v in (ours, stock))
                assert a == b, f'{target}:{lun} {name}: {a}, stock {b}'
        return None

    def test_compare_task_management(self):
        if not os.path.exists(STOCK):
            return 'no stock emulator'
        ours, stock = self.pair()
        for function in range(9):
            for place in (DISK, (0, 1), (6, 0), CD):
                a, b = (v.tmf(function, *place) for v in (ours, stock))
                assert a == b, f'{function} at {place}: {a}, stock {b}'
        ready = cdb(size=6)
        assert plain(ours.command(ready), 0) == plain(stock.command(ready), 0)
        return None

    def test_compare_random(self):
        """Reads, writes and holes; what is on the disk must stay equal."""
        if not os.path.exists(STOCK):
            return 'no stock emulator'
        seed = int(os.environ.get('INTEROP_SEED', '20'))
        rng = random.Random(seed)
        ours, stock = self.pair()
        for step in range(250):
            lba = rng.randrange(BLOCKS + 4)
            n = rng.choice((1, 1, 2, 8, 33))
            room, data = 0, b''
            kind = rng.randrange(6)
            if kind < 2:
                command, room = cdb(0x28, 0, *struct.pack('>I', lba), 0,
                                    *struct.pack('>H', n), 0), n * 512
            elif kind == 2:
                command = cdb(0x88, 0, *struct.pack('>QI', lba, n), 0, 0)
                room = n * 512
            elif kind == 3:
                command = cdb(0x2a, 8 * rng.randrange(2),
                              *struct.pack('>I', lba), 0,
                              *struct.pack('>H', n), 0)
                data = rng.randbytes(n * 512)
            elif kind == 4:
                command = cdb(0x93, 8 * rng.randrange(2),
                              *struct.pack('>QI', lba, n), 0, 0)
                data = rng.choice((bytes(512), rng.randbytes(512)))
            else:
                command = cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0)
                data = unmap(lba, n)
            a, b = (plain(v.command(command, room, data, queue=2 + step % 2),
                          room) for v in (ours, stock))
            assert a == b, f'seed {seed} step {step} {command.hex()}'
        return None

    # ---- ours alone ----

    def disk(self, more=''):
        path = self.image('disk', BLOCKS, 512)
        return ['-drive', f'if=none,id=d,file={path},format=raw{more}',
                '-device', 'scsi-hd,id=hd,drive=d,bus=scsi.0,scsi-id=0,lun=0']

    def test_residual(self):
        """What a command did not move, and did not touch."""
        v = self.ours(*self.disk())
        v.command(cdb(size=6))
        _, status, residual, _, data = v.command(
            cdb(0x28, 0, 0, 0, 0, 3, 0, 0, 1, 0), 2048)
        assert (status, residual) == (0, 1536)
        assert data[:512] == struct.pack('<I', 0x03030303) * 128
        assert data[512:] == b'\xaa' * 1536
        _, _, residual, _, _ = v.command(cdb(size=6), 16)
        assert residual == 16

    def test_protection_is_refused(self):
        v = self.ours(*self.disk())
        v.command(cdb(size=6))
        for command, room, data in (
                (cdb(0x28, 0x20, 0, 0, 0, 3, 0, 0, 1, 0), 512, b''),
                (cdb(0x2a, 0x20, 0, 0, 0, 3, 0, 0, 1, 0), 0, b'x' * 512)):
            _, status, _, sense, _ = v.command(command, room, data)
            assert status == 2 and sense[2] == 5 and sense[12] == 0x24

    def test_written_data_is_in_the_file(self):
        v = self.ours(*self.disk())
        v.command(cdb(size=6))
        v.command(cdb(0x2a, 8, 0, 0, 0, 9, 0, 0, 2, 0), 0, b'Z' * 1024)
        with open(self.path('disk'), 'rb') as f:
            f.seek(9 * 512)
            assert f.read(1024) == b'Z' * 1024

    def test_hotplug(self):
        """A drive comes and goes; events tell, and REPORT LUNS."""
        v = self.ours(*self.disk())
        path = self.image('second', BLOCKS, 512)
        v.command(cdb(size=6))
        places = [v.add(1, [16]) for _ in range(1)]
        v.m('blockdev-add', **{'driver': 'raw', 'node_name': 'n2',
                               'file': {'driver': 'file', 'filename': path}})
        v.m('device_add', driver='scsi-hd', id='hd2', drive='n2',
            bus='scsi.0', scsi_id=0, lun=7)
        v.wait(1)
        event, where, reason = struct.unpack('<I8sI',
                                             v.m.read(places[0][0][0], 16))
        assert (event, where[:4], reason) == (1, bytes([1, 0, 0, 7]), 1)
        _, status, _, sense, _ = v.command(cdb(size=6))
        assert status == 2 and sense[12:14] == b'\x3f\x0e', sense.hex()
        luns = cdb(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0)
        data = v.command(luns, 64)[4]
        assert data[:4] == struct.pack('>I', 16) and data[17] == 7
        v.command(cdb(size=6), lun=7)
        assert v.command(cdb(size=6), lun=7)[1] == 0

        v.add(1, [16])
        v.m('device_del', id='hd2')
        v.m.wait_event('DEVICE_DELETED', device='hd2')
        v.wait(1)
        assert struct.unpack('<I', v.m.read(places[0][0][0] + 12, 4))[0] == 2
        v.command(cdb(size=6))
        assert v.command(luns, 64)[4][:4] == struct.pack('>I', 8)
        # No buffer for the next one: it is told later that one was missed.
        v.m('device_add', driver='scsi-hd', id='hd3', drive='n2',
            bus='scsi.0', scsi_id=0, lun=300)
        v.add(1, [16])
        v.wait(1)
        assert struct.unpack('<I', v.m.read(places[0][0][0], 4))[0] == \
            0x80000000

    def test_resize(self):
        v = self.ours(*self.disk())
        v.command(cdb(size=6))
        at = v.add(1, [16])[0][0]
        v.m('block_resize', device='d', size=2 << 20)
        v.wait(1)
        event, _, reason = struct.unpack('<I8sI', v.m.read(at, 16))
        assert (event, reason) == (3, 0x2a | 9 << 8)
        assert v.command(cdb(size=6))[3][12:14] == b'\x2a\x09'
        assert v.command(cdb(0x25, size=10), 8)[4][:4] == \
            struct.pack('>I', 4095)

    def faulty(self, policy):
        """A disk with one bad sector, which is bad once."""
        path = self.image('disk', BLOCKS, 512)
        return [
            '-blockdev', '{"driver":"raw","node-name":"bad","file":'
            '{"driver":"blkdebug","image":{"driver":"file","filename":"%s"},'
            '"inject-error":'
            '[{"event":"read_aio","sector":5,"errno":5,"once":true},'
            '{"event":"write_aio","sector":6,"errno":28,"once":true}]}}'
            % path,
            '-device', 'scsi-hd,id=hd,drive=bad,bus=scsi.0,scsi-id=0,lun=0,'
            + policy]

    def test_error_is_reported(self):
        v = self.ours(*self.faulty('rerror=report,werror=report'))
        v.command(cdb(size=6))
        _, status, _, sense, _ = v.command(
            cdb(0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0), 512)
        assert status == 2 and sense[2] == 0xb, sense.hex()
        _, status, _, sense, _ = v.command(
            cdb(0x2a, 0, 0, 0, 0, 6, 0, 0, 1, 0), 0, b'x' * 512)
        assert status == 2 and sense[2] == 7 and sense[12] == 0x27
        assert v.command(cdb(0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0), 512)[1] == 0

    def test_error_stops(self):
        """The machine stops, and the request goes on with it."""
        v = self.ours(*self.faulty('rerror=stop,werror=stop'))
        v.command(cdb(size=6))
        for command, room, data in (
                (cdb(0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0), 512, b''),
                (cdb(0x2a, 0, 0, 0, 0, 6, 0, 0, 1, 0), 0, b'x' * 512)):
            v.begin(command, room, data)
            v.m.wait_event('BLOCK_IO_ERROR', action='stop')
            v.m.wait_running(False)
            assert v.used_entry(2) is None
            v.m('cont')
            response, status, _, _, got = v.finish()
            assert (response, status) == (0, 0)
            assert not room or got == struct.pack('<I', 0x05050505) * 128

    def test_abort_of_a_stopped_request(self):
        v = self.ours(*self.faulty('rerror=stop'))
        v.command(cdb(size=6))
        v.begin(cdb(0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0), 512, tag=77)
        v.m.wait_event('BLOCK_IO_ERROR', action='stop')
        assert v.tmf(6, tag=77) == 10           # query task: it is there
        assert v.tmf(0, tag=77) == 0
        assert v.finish()[0] == 2               # aborted
        assert v.tmf(6, tag=77) == 0

    def test_reset_with_a_stopped_request(self):
        v = self.ours(*self.faulty('rerror=stop'))
        v.command(cdb(size=6))
        v.begin(cdb(0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0), 512)
        v.m.wait_event('BLOCK_IO_ERROR', action='stop')
        v.m('system_reset')
        v.m('cont')
        v = VirtioScsi(v.m)
        assert v.command(cdb(size=6))[1] == 2
        assert v.command(cdb(size=6))[1] == 0

    def broken(self, v, queue, parts):
        v.add(queue, parts)
        assert v.inp('b', 0x12) & 0x40, 'the device goes on'
        v.start(v.features)
        assert v.command(cdb(size=6))[0] == 0, 'and does not after a reset'

    def test_hostile_requests(self):
        v = self.ours(*self.disk())
        # A legacy driver does not see NEEDS_RESET, but the device is deaf.
        for queue, parts in ((2, [b'x' * 20, 200]), (2, [b'x' * 51, 20]),
                             (2, [b'x' * 60, b'x' * 512, 108 + 512]),
                             (0, [b'x' * 3, 9]),
                             (0, [struct.pack('<I', 0), 1]),
                             (0, [struct.pack('<I', 9) + bytes(40), 9])):
            v.add(queue, parts)
            assert v.used_entry(queue) is None
            v.start(v.features)
            assert v.command(cdb(size=6))[0] == 0
        rng = random.Random(1)
        for _ in range(600):
            v.command(rng.randbytes(16), rng.choice((0, 0, 512, 4096)),
                      target=rng.choice((0, 0, 0, 1)), lun=rng.randrange(2))
        for _ in range(600):
            v.command(rng.randbytes(16), 0, rng.randbytes(
                rng.choice((1, 24, 512, 4096))))
        assert v.command(cdb(size=6))[0] == 0
        assert DATA

    def test_refused_addresses(self):
        for more, text in (
                ('scsi-id=256', 'bad scsi device id: 256'),
                ('channel=1', 'bad scsi channel id: 1'),
                ('lun=16384', 'bad scsi device lun: 16384'),
                ('scsi-id=0,lun=0', "lun already used by 'hd'")):
            try:
                self.start(OURS, '-M', 'pc', '-m', '16', *ARGS, *self.disk(),
                           '-device', f'scsi-cd,bus=scsi.0,{more}')
                raise AssertionError(f'{more} was taken')
            except machine.Dead:
                pass
            assert text in self.machines[-1].messages() if self.machines \
                else True

    # ---- migration ----

    def move_stopped(self, source, target):
        """A request that waits at an error goes on elsewhere."""
        if not os.path.exists(STOCK):
            return 'no stock emulator'
        args = ['-M', 'q35', *self.halted(), *self.faulty('rerror=stop')]
        a = self.start(source, *args)
        a('cont')
        v = VirtioScsi(a)
        v.command(cdb(size=6))
        v.begin(cdb(0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0), 512)
        a.wait_event('BLOCK_IO_ERROR', action='stop')
        stream = self.path('stream')
        a.migrate(f'exec:cat >{stream}')
        a.close()
        b = self.start(target, *args, '-incoming',
                       f'exec:cat {stream}')
        b.wait_status('completed')
        b('cont')
        v.m = b
        # The new machine's sector is bad once as well.
        try:
            b.wait_event('BLOCK_IO_ERROR', timeout=2, action='stop')
            b.wait_running(False)
            b('cont')
        except (OSError, AssertionError):
            pass
        response, status, _, _, got = v.finish()
        assert (response, status) == (0, 0)
        assert got == struct.pack('<I', 0x05050505) * 128
        return None

    def test_move_ours_to_ours(self):
        return self.move_stopped(OURS, OURS)

    def test_move_stock_to_ours(self):
        return self.move_stopped(STOCK, OURS)

    def test_move_ours_to_stock(self):
        return self.move_stopped(OURS, STOCK)


if __name__ == '__main__':
    sys.exit(machine.run(Scsi))
