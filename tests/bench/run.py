#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Timings against the stock emulator in one run, as ratios.

    tests/bench/run.py BUILDDIR [--rounds N] [--only NAME]

Runs alternate between the two programs, so that a machine busy with other
things slows both; each figure is the median of its rounds.  In-process
figures (bench-* programs) have no peer and stand for themselves.
"""
import argparse
import glob
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

STOCK = os.environ.get('QTEST_STOCK_BINARY', '/usr/bin/qemu-system-x86_64')


class Emulator:
    """One process, connected on qtest and QMP."""

    def __init__(self, program, stock, options):
        self.dir = tempfile.mkdtemp(prefix='bench-')
        listeners = {}
        for name in ('qtest', 'qmp'):
            sock = socket.socket(socket.AF_UNIX)
            sock.bind(os.path.join(self.dir, name))
            sock.listen(1)
            sock.settimeout(20)
            listeners[name] = sock
        args = [program, '-nodefaults', '-display', 'none',
                '-qtest', f'unix:{self.dir}/qtest', '-qtest-log', '/dev/null',
                '-qmp', f'unix:{self.dir}/qmp'] + options
        args += ['-accel', 'tcg', '-S'] if stock else ['-accel', 'qtest']
        self.started = time.perf_counter()
        self.process = subprocess.Popen(args, stderr=subprocess.DEVNULL)
        self.qmp = listeners['qmp'].accept()[0].makefile('rwb', buffering=0)
        self.qtest = listeners['qtest'].accept()[0]
        self.qmp.readline()
        self.command('qmp_capabilities')
        self.command('query-status')
        self.ready = time.perf_counter()
        for sock in listeners.values():
            sock.close()

    def command(self, name, **arguments):
        self.qmp.write(json.dumps({'execute': name,
                                   'arguments': arguments}).encode() + b'\n')
        while True:
            reply = json.loads(self.qmp.readline())
            if 'return' in reply:
                return reply['return']
            if 'error' in reply:
                raise RuntimeError(reply['error']['desc'])

    def ask(self, line):
        self.qtest.sendall(line)
        return self.qtest.recv(65536)

    def peak_memory(self):
        """MiB; the kernel's own count since the program began."""
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as f:
            for line in f:
                if line.startswith('VmHWM:'):
                    return int(line.split()[1]) / 1024
        return 0

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir)


START = ['-machine', 'q35', '-device', 'e1000e', '-device', 'virtio-net-pci']


def bench_start(program, stock, options):
    emulator = Emulator(program, stock, options)
    ms = (emulator.ready - emulator.started) * 1000
    peak = emulator.peak_memory()
    emulator.close()
    return {'start to first query-status [ms]': ms, 'peak memory [MiB]': peak}


def config_write(emulator, reg, value):
    emulator.ask(b'outl 0xcf8 0x%x\n' % (1 << 31 | 4 << 11 | reg))
    emulator.ask(b'outl 0xcfc 0x%x\n' % value)


def bench_qtest(program, stock, options):
    emulator = Emulator(program, stock, ['-machine', 'q35', '-device',
                                         'virtio-rng-pci,addr=4'])
    config_write(emulator, 0x14, 0xe0000000)
    config_write(emulator, 0x04, 7)
    result = {}
    for title, line in (
            ('qtest write to an MSI-X entry [us]',
             b'write 0xe0000000 0x8 0x0000001000000000\n'),
            ('qtest read of RAM [us]', b'readl 0x100000\n'),
            ('qtest configuration read [us]', b'inl 0xcfc\n')):
        for _ in range(200):
            emulator.ask(line)
        start = time.perf_counter()
        for _ in range(2000):
            emulator.ask(line)
        result[title] = (time.perf_counter() - start) / 2000 * 1e6
    start = time.perf_counter()
    for _ in range(500):
        emulator.command('query-status')
    result['QMP query-status [us]'] = (time.perf_counter() - start) / 500 * 1e6
    emulator.close()
    return result


def run_pairs(bench, program, options, rounds):
    series = {}
    for i in range(rounds):
        for stock in (False, True) if i % 2 else (True, False):
            result = bench(STOCK if stock else program, stock, options)
            for title, value in result.items():
                series.setdefault(title, ([], []))[stock].append(value)
    return series


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('builddir')
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--only', default='')
    args = parser.parse_args()
    program = os.path.join(args.builddir, 'qemu-system-x86_64')
    options = START

    print('start-up with ' + ' '.join(options))
    print(f'{"":40} {"ours":>9} {"stock":>9} {"ratio":>8}')
    for name, bench, rounds in (('start', bench_start, args.rounds),
                                ('qtest', bench_qtest,
                                 max(3, args.rounds // 5))):
        if args.only not in name or not os.access(STOCK, os.X_OK):
            continue
        for title, (ours, stock) in run_pairs(bench, program, options,
                                              rounds).items():
            a, b = statistics.median(ours), statistics.median(stock)
            print(f'{title:40} {a:9.2f} {b:9.2f} {b / a:7.1f}x')

    if args.only in 'migration' and os.access(STOCK, os.X_OK):
        print('\nlive migration', flush=True)
        subprocess.run([sys.executable, os.path.join(
            os.path.dirname(os.path.abspath(__file__)), 'bench-migration.py'),
            args.builddir, '--rounds', str(max(3, args.rounds // 5))],
            check=True)

    for path in sorted(glob.glob(os.path.join(args.builddir, 'tests', 'bench',
                                              'bench-*'))):
        name = os.path.basename(path)
        if args.only in name and os.path.isfile(path) and \
                os.access(path, os.X_OK):
            where = 'over qtest' if 'qtest' in name else 'in process'
            print(f'\n{name}, {where}')
            sys.stdout.flush()
            subprocess.run([path], check=True, stderr=subprocess.DEVNULL,
                           env=dict(os.environ, QTEST_QEMU_BINARY=program))


if __name__ == '__main__':
    main()
