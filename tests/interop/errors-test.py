#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
What users and management software are told of wrong types, values and names
of parameters, word for word as the stock emulator says it: QMP commands, and
options on the command line as text and as JSON.
"""

import os
import subprocess
import sys

import machine
from machine import OURS, STOCK

NODE = {'driver': 'null-co', 'node_name': 'a'}
RAM = {'qom_type': 'memory-backend-ram', 'id': 'a'}
RNG = {'driver': 'virtio-rng-pci', 'bus': 'p0'}
NIC = {'driver': 'virtio-net-pci', 'bus': 'p0'}
DISK = {'driver': 'virtio-blk-pci', 'bus': 'p0'}


def chardev(kind, data, **more):
    return {'id': 'a', 'backend': {'type': kind, 'data': data, **more}}


def capability(**members):
    return {'capabilities': [members]}


COMMANDS = [
    ('stop', {'x': 1}),
    ('qom-list', {}),
    ('qom-list', {'path': 1}),
    ('qom-list', {'path': '/', 'y': 1}),
    ('human-monitor-command', {'command-line': 'info name',
                               'cpu-index': '0'}),
    ('pmemsave', {'val': 0, 'size': '1', 'filename': 'x'}),
    ('balloon', {'value': '12'}),
    ('balloon', {'value': 1.5}),
    ('balloon', {'value': 2 ** 64 - 1}),
    ('balloon', {'value': 99999999999999999999}),
    ('device_add', {'driver': 1}),
    ('device_add', {**RNG, 'x': 1}),
    ('device_add', {**RNG, 'max_bytes': 'abc'}),
    ('device_add', {**RNG, 'multifunction': 1}),
    ('device_add', {**RNG, 'addr': 'z'}),
    ('device_add', {**RNG, 'period': -1}),
    ('device_add', {**RNG, 'period': 1.5}),
    ('device_add', {**RNG, 'period': 5000000000}),
    ('device_add', {**NIC, 'mac': 'zz'}),
    ('device_add', {**NIC, 'host_mtu': 70000}),
    ('device_add', {**DISK, 'logical_block_size': 'q'}),
    ('device_add', {**DISK, 'discard': 'perhaps'}),
    ('device_del', {'id': 1}),
    ('object-add', {'qom_type': 'nope', 'id': 'a'}),
    ('object-add', {'qom_type': 'rng-random', 'id': 'a', 'filename': 1}),
    ('object-add', {'qom_type': 'rng-random', 'id': 'a', 'x': 1}),
    ('object-add', {**RAM, 'size': '1M'}),
    ('object-add', {**RAM, 'size': 4096, 'share': 1}),
    ('object-add', {**RAM, 'size': 4096, 'policy': 'x'}),
    ('object-add', {**RAM, 'size': 4096, 'host_nodes': 1}),
    ('object-add', {**RAM, 'size': 4096, 'prealloc_threads': -1}),
    ('blockdev-add', {'driver': 1}),
    ('blockdev-add', {'node_name': 'a'}),
    ('blockdev-add', {**NODE, 'size': '1'}),
    ('blockdev-add', {**NODE, 'x': 1}),
    ('blockdev-add', {**NODE, 'latency_ns': 'q'}),
    ('blockdev-add', {**NODE, 'cache': {'direct': 1}}),
    ('blockdev-add', {**NODE, 'cache': {'zz': 1}}),
    ('blockdev-add', {**NODE, 'discard': 'x'}),
    ('blockdev-add', {'driver': 'raw', 'node_name': 'a', 'file': 1}),
    ('blockdev-add', {'driver': 'raw', 'node_name': 'a', 'file': None}),
    ('blockdev-add', {'driver': 'raw', 'node_name': 'a',
                      'file': {'driver': 'null-co', 'x': 1}}),
    ('netdev_add', {'type': 'nope', 'id': 'a'}),
    ('netdev_add', {'type': 'user', 'id': 'a', 'x': 1}),
    ('netdev_add', {'type': 'tap', 'id': 'a', 'queues': 'x'}),
    ('netdev_add', {'type': 'hubport', 'id': 'a', 'hubid': 5000000000}),
    ('chardev-add', chardev('null', 1)),
    ('chardev-add', chardev('null', {'x': 1})),
    ('chardev-add', chardev('null', {}, y=1)),
    ('chardev-add', chardev('nope', {})),
    ('chardev-add', chardev('ringbuf', {'size': 'x'})),
    ('chardev-add', chardev('socket', {'addr': {
        'type': 'unix', 'data': {'path': 1}}})),
    ('migrate', {}),
    ('migrate-set-parameters', {'max-bandwidth': 'x'}),
    ('migrate-set-capabilities', {'capabilities': 1}),
    ('migrate-set-capabilities', {'capabilities': [1]}),
    ('migrate-set-capabilities', capability(capability='x', state=True)),
    ('migrate-set-capabilities', capability(capability='events', state=1)),
    ('migrate-set-capabilities', capability(capability='events')),
    ('migrate-set-capabilities', capability(capability='events', state=True,
                                            z=1)),
    ('set_link', {'name': 'a', 'up': 1}),
    ('send-key', {'keys': [{'type': 'number', 'data': 'x'}]}),
    ('send-key', {'keys': [{'type': 'qcode', 'data': 'zz'}]}),
    ('set-action', {'reboot': 'x'}),
]

RAW = '{"driver":"raw","node-name":"a","file":'
OPTIONS = [
    '-device virtio-rng-pci,period=1.5',
    '-device virtio-rng-pci,multifunction=maybe',
    '-device virtio-rng-pci,x=1',
    '-device virtio-net-pci,host_mtu=70000',
    '-device {"driver":"virtio-rng-pci","period":"x"}',
    '-device {"driver":"virtio-rng-pci","max-bytes":null}',
    '-device {"driver":"virtio-rng-pci","multifunction":1}',
    '-device {"driver":"virtio-rng-pci","addr":true}',
    '-device {"driver":"virtio-rng-pci","addr":1.5}',
    '-device {"driver":"virtio-net-pci","host_mtu":-5}',
    '-device {"driver":"virtio-net-pci","mac":5}',
    '-device {"x":1}',
    '-object rng-random,id=a,x=1',
    '-object memory-backend-ram,id=a,size=q',
    '-object memory-backend-ram,id=a,size=1M,share=q',
    '-object memory-backend-ram,id=a,size=1M,host-nodes=q',
    '-object memory-backend-ram,id=a,size=1M,prealloc-threads=q',
    '-object {"qom-type":"rng-random","id":"a","x":1}',
    '-object {"qom-type":"memory-backend-ram","id":"a","size":"1M"}',
    '-blockdev null-co,node-name=a,size=q',
    '-blockdev null-co,node-name=a,latency-ns=q',
    '-blockdev null-co,node-name=a,x=q',
    '-blockdev null-co,node-name=a,read-only=q',
    '-blockdev null-co,node-name=a,cache=q',
    '-blockdev raw,node-name=a,file.driver=null-co,file.x=1',
    '-blockdev raw,node-name=a,offset=q,file.driver=null-co',
    '-blockdev {"driver":"null-co","node-name":"a","size":"q"}',
    '-blockdev ' + RAW + '5}',
    '-blockdev ' + RAW + '{"driver":"null-co","read-zeroes":1}}',
    '-netdev user,id=a,x=1',
    '-netdev user,id=a,restrict=q',
    '-netdev {"type":"user","id":"a","restrict":"on"}',
    '-mon chardev=a,x=1',
    '-mon chardev=a,pretty=q',
    '-machine q35,smm=q',
    '-smp cpus=4,x=1',
    '-smp cpus=4,cores=q',
]


def complaint(binary, option):
    accel = 'tcg' if binary == STOCK else 'qtest'
    done = subprocess.run(
        [binary, '-accel', accel, '-machine', 'q35', '-display', 'none',
         '-nodefaults', '-S', *option.split(' ')], capture_output=True,
        text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 1, f'{option}: {done}'
    return done.stderr.split(': ', 1)[1]


class Test(machine.Suite):
    """Each list on both programs."""

    def test_commands(self):
        """The whole error, also its class."""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        ours, stock = (self.start(b, '-machine', 'q35', '-m', '64M',
                                  '-device', 'pcie-root-port,id=p0')
                       for b in (OURS, STOCK))
        different = []
        for command, arguments in COMMANDS:
            here, there = (vm.reply(command, **arguments)
                           for vm in (ours, stock))
            assert 'error' in there, (command, arguments, there)
            if here != there:
                different.append(f'{command} {arguments}: {here}, '
                                 f'stock {there}')
        assert not different, '\n'.join(different)
        return None

    def test_options(self):
        """The line on standard error."""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        different = []
        for option in OPTIONS:
            here, there = (complaint(b, option) for b in (OURS, STOCK))
            if here != there:
                different.append(f'{here}stock: {there}')
        assert not different, '\n'.join(different)
        return None


if __name__ == '__main__':
    sys.exit(machine.run(Test))
