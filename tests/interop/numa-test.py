#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""-numa beside the stock emulator: nodes, CPUs, RAM, what firmware is told."""

import os
import struct
import sys

import machine
from machine import OURS, STOCK

MEMORY = ['-m', '256', '-smp', '4,sockets=2',
          '-object', 'memory-backend-ram,id=a,size=100M',
          '-object', 'memory-backend-ram,id=b,size=156M']
NODES = MEMORY + ['-numa', 'node,memdev=a', '-numa', 'node,memdev=b']

CONFIGURATIONS = [
    [],
    ['-m', '256,slots=2,maxmem=1G'],
    NODES,
    NODES + ['-numa', 'dist,src=0,dst=1,val=30'],
    NODES + ['-numa', 'cpu,node-id=1,socket-id=0',
             '-numa', 'cpu,node-id=0,socket-id=1'],
    MEMORY + ['-numa', 'node,memdev=b,cpus=0,cpus=2-3',
              '-numa', 'node,nodeid=1,memdev=a,cpus=1'],
    MEMORY + ['-numa', 'node,memdev=b,cpus=0', '-numa', 'node,memdev=a'],
]

FW_CFG_NUMA = 0x0d


class Test(machine.Suite):
    """Each configuration in both programs."""

    def fw_cfg(self, vm, key, size):
        vm.qtest(f'outw 0x510 {key:#x}')
        return bytes(int(vm.qtest('inb 0x511'), 16) for _ in range(size))

    def test_same_story(self):
        """What "info numa", QMP and fw_cfg tell."""
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        for board in 'q35', 'pc':
            for options in CONFIGURATIONS:
                both = [self.start(binary, '-machine', board, *options)
                        for binary in (OURS, STOCK)]
                nodes, slots, firmware = zip(*(
                    (vm.hmp('info numa'),
                     [s['props'] for s in vm('query-hotpluggable-cpus')],
                     self.fw_cfg(vm, FW_CFG_NUMA, 8 * 8)) for vm in both))
                assert nodes[0] == nodes[1], f'{options}: {nodes}'
                assert slots[0] == slots[1], f'{options}: {slots}'
                assert firmware[0] == firmware[1], f'{options}: {firmware}'
                for vm in both:
                    vm.close()
        return None

    def test_ram(self):
        """RAM of two nodes is one, also below and above 4 GiB."""
        vm = self.start(OURS, *NODES)
        boundary = 100 << 20
        vm.write(boundary - 8, bytes(range(16)))
        assert vm.read(boundary - 8, 16) == bytes(range(16))
        assert 'a' in vm.hmp('info ramblock')

    def test_migration(self):
        """RAM of nodes moves."""
        data = struct.pack('<512Q', *range(512))
        uri = 'unix:' + self.path('to')
        target = self.start(OURS, *NODES, '-incoming', 'defer')
        target.capabilities(events=True)
        target('migrate-incoming', uri=uri)
        source = self.start(OURS, *NODES)
        source.write((100 << 20) - 2048, data)
        source.migrate(uri)
        target.wait_event('MIGRATION', status='completed')
        assert target.read((100 << 20) - 2048, 4096) == data

    def test_refused(self):
        """What cannot be is refused, and the message names it."""
        for options, words in [
                (['-numa', 'node,mem=1G'], 'memdev'),
                (['-numa', 'node,memdev=x'], 'memdev=x'),
                (['-numa', 'node,nodeid=1'], 'Node ID missing: 0'),
                (['-numa', 'node,nodeid=500'], '500'),
                (['-numa', 'node,cpus=9'], 'CPU index (9)'),
                (['-numa', 'node,cpus=0-99999999'], 'cpus'),
                (['-numa', 'node,initiator=0'], 'HMAT'),
                (['-numa', 'hmat-cache'], 'HMAT'),
                (['-numa', 'dist,src=0,dst=1,val=20'], 'NUMA node'),
                (['-numa', 'node', '-numa', 'node'], 'should equal'),
                (MEMORY + ['-numa', 'node,memdev=a',
                           '-numa', 'node,memdev=a'], 'multiple times'),
                (NODES + ['-numa', 'dist,src=0,dst=1,val=9'], '(9)'),
                (NODES + ['-numa', 'dist,src=0,dst=999,val=9'], "'dst'"),
                (NODES + ['-numa', 'cpu,node-id=1,core-id=77'], 'match'),
                (['-numa', 'node', '-machine', 'none'], 'not supported')]:
            try:
                self.start(OURS, *options)
            except (machine.Dead, AssertionError):
                pass
            else:
                raise AssertionError(f'{options} accepted')
            with open(self.path(f'm{machine.Machine.count}.log'),
                      encoding='utf-8') as log:
                text = log.read()
            assert words in text, f'{options}: {text}'


if __name__ == '__main__':
    sys.exit(machine.run(Test))
