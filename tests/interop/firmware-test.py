#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What firmware finds in fw_cfg, beside the stock emulator's files."""
import struct
import sys

import fwcfg
from machine import OURS, STOCK, Suite, run

BOARDS = ('q35', 'pc')

# A ROM for guests of KVM that the stock emulator brings.
NOT_OURS = {'genroms/kvmvapic.bin'}

# Their contents are compared by the test of ACPI tables.
ACPI = {'etc/acpi/rsdp', 'etc/acpi/tables', 'etc/table-loader'}

# Numbered items and their sizes: signature, version, UUID, RAM, graphics,
# processors, boot menu, most processors, interrupt override, HPETs.
ITEMS = {0: 4, 1: 4, 2: 16, 3: 8, 4: 2, 5: 2, 0xe: 2, 0xf: 2, 0x8002: 4,
         0x8004: 121}

SMBIOS = (
    (),
    ('-smp', '2,sockets=2', '-m', '5G',
     '-uuid', '01020304-0506-0708-090a-0b0c0d0e0f10'),
    ('-m', '18G', '-smp', '1,maxcpus=4'),
    ('-smp', '8,sockets=1,dies=2,cores=2,threads=2', '-cpu', 'max'),
    ('-smbios', 'type=0,vendor=V,version=W,date=01/02/2020,release=3.4,'
     'uefi=on',
     '-smbios', 'type=1,manufacturer=M,product=P,version=X,serial=S,'
     'uuid=11111111-2222-3333-4444-555555555555,sku=K,family=F',
     '-smbios', 'type=2,manufacturer=BM,product=BP,version=BV,serial=BS,'
     'asset=BA,location=BL',
     '-smbios', 'type=3,manufacturer=CM,version=CV,serial=CS,asset=CA,'
     'sku=CK',
     '-smbios', 'type=4,sock_pfx=SP,manufacturer=PM,version=PV,serial=PS,'
     'asset=PA,part=PP,max-speed=3000,current-speed=2500,'
     'processor-id=0x1122334455667788',
     '-smbios', 'type=11,value=a,,b,value=world',
     '-smbios', 'type=17,loc_pfx=LP,bank=B,manufacturer=MM,serial=MS,'
     'asset=MA,part=MP,speed=2400',
     '-device', 'edu,id=ed,addr=9',
     '-smbios', 'type=41,designation=Onboard,kind=ethernet,pcidev=ed'),
    ('-smbios', 'type=0', '-smbios', 'type=2', '-smbios', 'type=11',
     '-smbios', 'type=1,serial=9', '-smbios', 'type=41'),
)


class Firmware(Suite):
    def both(self, board, *args):
        return (self.start(OURS, '-M', board, *args),
                self.start(STOCK, '-M', board, *args))

    def check_files(self, board, *args):
        ours, stock = self.both(board, *args)
        mine, theirs = (fwcfg.directory(m) for m in (ours, stock))
        assert mine.keys() == theirs.keys() - NOT_OURS, \
            mine.keys() ^ theirs.keys()
        for name, (key, size) in mine.items():
            there, there_size = theirs[name]
            assert size == there_size, (board, args, name, size, there_size)
            if name not in ACPI:
                assert fwcfg.read_item(ours, key, size) == \
                    fwcfg.read_item(stock, there, size), (board, args, name)
        for key, size in ITEMS.items():
            assert fwcfg.read_item(ours, key, size) == \
                fwcfg.read_item(stock, key, size), (board, args, key)

    def test_files(self):
        for board in BOARDS:
            self.check_files(board)
            self.check_files(board, '-m', '5G', '-smp', '3,maxcpus=6',
                             '-cpu', 'Nehalem')
        self.check_files('pc,acpi=off')
        self.check_files('q35,smm=off', '-global', 'ICH9-LPC.disable_s3=1')
        self.check_files('q35,hpet=off')
        self.check_files('q35', '-m', '1G,slots=2,maxmem=8G')

    def test_user_files(self):
        with open(self.path('rom'), 'wb') as rom:
            rom.write(b'\x55\xaa\x01' + bytes(509))
        self.check_files('pc', '-fw_cfg', 'opt/a,string=x,,y', '-fw_cfg',
                         f'name=opt/b,file={self.path("rom")}',
                         '-option-rom', f'{self.path("rom")},bootindex=4')

    def test_boot_options(self):
        for option in ('menu=on', 'menu=on,splash-time=3000',
                       'strict=on', 'reboot-timeout=5000', 'order=dn'):
            self.check_files('pc', '-boot', option)
        pixels = struct.pack('<2sIII', b'BM', 100, 0, 54) + \
            struct.pack('<IiiHHI', 40, 4, 4, 1, 24, 0) + bytes(60)
        for name, image in (('a', b'\xff\xd8\xff\xe0' + bytes(60)),
                            ('b', pixels)):
            with open(self.path(name), 'wb') as file:
                file.write(image)
            self.check_files('pc', '-boot', f'splash={self.path(name)}')

    def test_boot_order(self):
        """OpenFirmware paths, on root buses and behind bridges."""
        self.check_files(
            'pc', '-boot', 'strict=on',
            '-device', 'virtio-net-pci,bootindex=3,addr=4',
            '-device', 'pci-bridge,id=br,chassis_nr=1,addr=5',
            '-device', 'virtio-net-pci,bus=br,addr=6,bootindex=1')
        self.check_files(
            'q35', '-device', 'pcie-root-port,id=rp,chassis=1,addr=4,'
            'multifunction=on',
            '-device', 'pcie-root-port,id=rq,chassis=2,addr=4.1',
            '-device', 'virtio-net-pci,bus=rp,bootindex=2',
            '-device', 'e1000e,bus=rq,bootindex=1')

    def test_boot_order_changes(self):
        """Plugged and unplugged devices count from the next reset on."""
        for machine in self.both('pc'):
            machine('device_add', driver='virtio-net-pci', id='n', addr='7',
                    bootindex=5)
            assert fwcfg.read_file(machine, 'bootorder') == b''
            machine('system_reset')
            machine.wait_event('RESET')
            assert fwcfg.read_file(machine, 'bootorder') == \
                b'/pci@i0cf8/ethernet@7/ethernet-phy@0\0'

    def test_smbios(self):
        for board in BOARDS:
            for args in SMBIOS:
                self.check_files(board, *args)
        self.check_files('q35,smbios-entry-point-type=64', '-smp',
                         '4,sockets=2')

    def test_smbios_file(self):
        with open(self.path('one'), 'wb') as file:
            file.write(bytes([1, 8, 0x23, 1, 1, 2, 0, 0]) + b'A\0B\0\0')
        with open(self.path('two'), 'wb') as file:
            file.write(bytes([200, 6, 0xc8, 1, 1, 2, 0, 0]))
        self.check_files('pc', '-smbios', f'file={self.path("one")}',
                         '-smbios', f'file={self.path("two")}')

    def test_smbios_handles(self):
        """
        Handles are unique; those of the stock emulator's types 0 and 8 are
        not, which is why the two differ there.
        """
        machine = self.start(OURS, '-M', 'pc', '-smbios', 'type=0',
                             '-smbios', 'type=8,internal_reference=a',
                             '-smbios', 'type=8')
        tables = fwcfg.read_file(machine, 'etc/smbios/smbios-tables')
        handles, at = [], 0
        while at < len(tables):
            handles.append(tables[at + 2:at + 4])
            at = tables.index(b'\0\0', at + tables[at + 1]) + 2
        assert len(handles) == len(set(handles)) == 11, handles


if __name__ == '__main__':
    sys.exit(run(Firmware))
