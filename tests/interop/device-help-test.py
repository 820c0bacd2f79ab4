#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Options of devices and machines beside the stock emulator's: all that both
programs know have the same properties, with the same types and defaults.
Descriptions are our own.
"""

import fnmatch
import os
import re
import subprocess
import sys

import machine
from machine import OURS, STOCK

# "type" or "type:property", as patterns, with what is different and why.
DIFFERENCES = {
    '*-x86_64-cpu': 'CPU models have the features that they have here',
    'migration': 'an object of parameters, which QMP sets; never -device',
    'virtio-*:in_order': 'a virtio 1.2 feature that QEMU 7.2 has not',
    'virtio-balloon*:iothread': 'works in the main loop, always',
    'virtio-scsi*:iothread': 'works in the main loop, always',
    'PIIX4_PM:acpi_*able_cmd': 'the same names on both boards',
    'PIIX4_PM:gpe0_blk*': 'the same names on both boards',
    'PIIX4_PM:pm_io_base': 'the same names on both boards',
    'PIIX4_PM:sci_int': 'the same names on both boards',
    'apic:id': 'has a default',
    'apic:vapic': 'there is no VAPIC in guest memory',
    'isa-pcspk:pit': 'there is one type of timer',
    'isa-pit:iobase': 'a PC has its timer in one place',
    'q35-pcihost:pcie-mmcfg-mmio[0]': 'the region is made at realize',
}

# Properties of machines.
MACHINE_DIFFERENCES = {
    'sgx-epc': 'no SGX without KVM',
}


def is_excluded(type_name, property_name=None):
    """Whether there is a reason for a difference."""
    for pattern in DIFFERENCES:
        wanted_type, _, wanted_property = pattern.partition(':')
        # '[' stands for itself in names of properties.
        wanted_property = wanted_property.replace('[', '[[]')
        if fnmatch.fnmatchcase(type_name, wanted_type) and (
                not wanted_property or (property_name is not None and
                                        fnmatch.fnmatchcase(
                                            property_name,
                                            wanted_property))):
            return True
    return False


def run(binary, *args):
    return subprocess.run([binary, *args], capture_output=True, text=True,
                          check=False, timeout=20).stdout


def device_types(vm):
    return {t['name'] for t in vm('qom-list-types', implements='device',
                                  abstract=False)}


def properties(vm, type_name):
    return {p['name']: (p['type'], p.get('default-value'))
            for p in vm('device-list-properties', typename=type_name)}


def machine_properties(binary, name):
    """{name: type} of -machine NAME,help"""
    return dict(re.findall(r'^  (\S+?)=<(\S+)>',
                           run(binary, '-machine', name + ',help'), re.M))


class Test(machine.Suite):
    """What users are told of devices and machines."""

    def both(self, *args):
        return [self.start(b, *args) for b in (OURS, STOCK)]

    def test_devices(self):
        """All types, also those that only boards make."""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        ours, stock = self.both('-machine', 'none')
        different = []
        common = sorted(device_types(ours) & device_types(stock))
        assert len(common) > 30, common
        for type_name in common:
            if is_excluded(type_name):
                continue
            here, there = (properties(vm, type_name) for vm in (ours, stock))
            for name in sorted(set(here) | set(there)):
                if here.get(name) != there.get(name) and \
                        not is_excluded(type_name, name):
                    different.append(f'{type_name}.{name}: {here.get(name)}, '
                                     f'stock {there.get(name)}')
        assert not different, '\n'.join(different)
        return None

    def test_help_text(self):
        """-device X,help, letter for letter."""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        for name in ('i8042', 'isa-serial', 'isa-parallel', 'isa-debugcon',
                     'isa-debug-exit', 'pci-serial', 'pci-serial-2x',
                     'pci-serial-4x', 'vmmouse', 'ps2-kbd', 'ps2-mouse',
                     'i8257', 'port92'):
            here, there = (run(b, '-device', name + ',help')
                           for b in (OURS, STOCK))
            assert here == there, f'{name}:\n{here}\nstock:\n{there}'
        return None

    def test_machines(self):
        """-machine X,help"""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        for name in 'pc', 'q35', 'none':
            here, there = (machine_properties(b, name)
                           for b in (OURS, STOCK))
            assert here, name
            for missing in MACHINE_DIFFERENCES:
                assert missing not in here
                there.pop(missing, None)
            assert here == there, \
                f'{name}: {sorted(set(here.items()) ^ set(there.items()))}'
        return None

    def test_qtree(self):
        """Small devices in "info qtree", whatever is on the boards."""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        options = []
        for i in range(5):
            options += ['-chardev', f'null,id=c{i}']
        options += ['-serial', 'null', '-parallel', 'null',
                    '-device', 'isa-serial,chardev=c0',
                    '-device', 'isa-debugcon,chardev=c1',
                    '-device', 'pci-serial,chardev=c2,addr=10.0',
                    '-device', 'pci-serial-4x,chardev1=c3,addr=11.0',
                    '-device', 'isa-debug-exit,iobase=0xf4,iosize=4']
        kinds = ('i8257', 'i8042', 'ps2-kbd', 'ps2-mouse', 'isa-serial',
                 'isa-parallel', 'isa-debugcon', 'isa-debug-exit', 'port92',
                 'pci-serial', 'pci-serial-4x', 'vmport', 'vmmouse')
        for board in 'pc', 'q35':
            trees = []
            for vm in self.both('-machine', board, *options):
                found = {}
                for part in re.split(r'^ *dev: ', vm.hmp('info qtree'),
                                     flags=re.M)[1:]:
                    kind = part.split(',')[0]
                    found.setdefault(kind, []).append(
                        re.split(r'^ *bus: ', part, flags=re.M)[0])
                trees.append(found)
            for kind in kinds:
                here, there = (t.get(kind) for t in trees)
                assert here and here == there, f'{kind}: {here}, {there}'
        return None

    def test_switches(self):
        """Machine properties decide which devices there are."""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        for board in 'pc', 'q35':
            for switch in ('pic=off', 'pit=off', 'i8042=off', 'vmport=off',
                           'vmport=on', 'smbus=off', 'sata=off', 'hpet=off',
                           'acpi=off', 'smm=off', 'smm=on', 'usb=off'):
                trees = []
                for vm in self.both('-machine', f'{board},{switch}'):
                    kinds = re.findall(r'^ *dev: ([^,]*)',
                                       vm.hmp('info qtree'), re.M)
                    trees.append(sorted(kinds))
                    vm.close()
                assert trees[0] == trees[1], \
                    f'{board},{switch}: {trees[0]}, stock {trees[1]}'
        return None

    def test_no_usb(self):
        """USB is refused by name, not left out silently."""
        for option in (['-usb'], ['-machine', 'q35,usb=on']):
            result = subprocess.run(
                [OURS, '-display', 'none', '-accel', 'qtest', *option],
                capture_output=True, text=True, check=False, timeout=20)
            assert result.returncode == 1, option
            assert 'USB' in result.stderr, result.stderr


if __name__ == '__main__':
    sys.exit(machine.run(Test))
