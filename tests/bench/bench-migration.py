#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Live migration beside the stock emulator, in one run.

    tests/bench/bench-migration.py BUILDDIR [--rounds N] [--mib N]
                                   [--growth] [--svg FILE]

Each emulator moves a q35 machine to another process of its own, over unix
and TCP loopback: with RAM of random bytes, untouched, and with a tenth of it
being written all the time.  Downtime is from the source's STOP event to the
target's RESUME event.  --growth moves machines of 256 MiB to 8 GiB, with the
same 128 MiB in use, and draws what that costs.
"""
import argparse
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

STOCK = os.environ.get('QTEST_STOCK_BINARY', '/usr/bin/qemu-system-x86_64')
MIB = 1 << 20


def remove(path):
    """The stock emulator leaves its sockets, ours does not."""
    if os.path.exists(path):
        os.unlink(path)


def halting_firmware(folder):
    """cli; hlt; again."""
    path = os.path.join(folder, 'halt.bin')
    with open(path, 'wb') as file:
        file.write(b'\xfa\xf4\xeb\xfd'.ljust(0xfff0, b'\0') +
                   b'\xea\x00\x00\x00\xf0'.ljust(16, b'\0'))
    return path


class Emulator:
    """A process, its events with the time at which they were sent."""

    def __init__(self, program, folder, options):
        self.events = []
        listeners = []
        args = [program, '-nodefaults', '-display', 'none', '-M',
                'pc-q35-7.2,memory-backend=ram', '-bios',
                halting_firmware(folder), '-qtest-log', '/dev/null',
                '-accel', 'tcg' if program == STOCK else 'qtest', *options]
        for name in 'qtest', 'qmp':
            path = tempfile.mktemp(dir=folder)
            sock = socket.socket(socket.AF_UNIX)
            sock.bind(path)
            sock.listen(1)
            sock.settimeout(60)
            listeners.append(sock)
            args += ['-' + name, 'unix:' + path]
        self.process = subprocess.Popen(args, stderr=subprocess.DEVNULL)
        self.qtest = listeners[0].accept()[0]
        self.qmp = listeners[1].accept()[0].makefile('rwb', buffering=0)
        for sock in listeners:
            sock.close()
        self.qmp.readline()
        self('qmp_capabilities')
        self('migrate-set-parameters', **{'max-bandwidth': 1 << 40})

    def __call__(self, name, **arguments):
        self.qmp.write(json.dumps({'execute': name,
                                   'arguments': arguments}).encode() + b'\n')
        while True:
            reply = json.loads(self.qmp.readline())
            if 'return' in reply:
                return reply['return']
            if 'error' in reply:
                raise RuntimeError(reply['error']['desc'])
            self.events.append(reply)

    def when(self, name):
        """When the event was sent, in microseconds."""
        while True:
            for event in self.events:
                if event['event'] == name:
                    stamp = event['timestamp']
                    return stamp['seconds'] * 1000000 + stamp['microseconds']
            self.events.append(json.loads(self.qmp.readline()))

    def ask(self, line):
        self.qtest.sendall(line)
        return self.qtest.recv(4096)

    def cpu(self):
        """Processor time so far, in milliseconds: no matter who waits."""
        return time.clock_gettime(~self.process.pid << 3 | 2) * 1000

    def close(self):
        self.process.kill()
        self.process.wait()


class Writer(threading.Thread):
    """Writes a tenth of RAM, over and over, 100 MiB a second at most."""

    def __init__(self, emulator, mib):
        super().__init__(daemon=True)
        self.emulator, self.mib = emulator, mib
        self.enough = False

    def run(self):
        dice = random.Random(1)
        try:
            while not self.enough:
                at = 16 + dice.randrange(self.mib // 10)
                self.emulator.ask(b'memset %#x %#x %#x\n' % (
                    at * MIB, MIB, dice.randrange(256)))
                time.sleep(0.01)
        except OSError:
            pass


def empty(mib, populated=False):
    """
    Options for RAM.  Where it will all be needed the host provides it before:
    how long that takes is no emulator's merit, and varies.
    """
    prealloc = ',prealloc=on' if populated else ''
    return ['-object', f'memory-backend-ram,id=ram,size={mib}M{prealloc}',
            '-m', str(mib)]


def filled(folder, mib, used, name):
    """Options for RAM of which the first used MiB are random."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        with open(path, 'wb') as file:
            for _ in range(used):
                file.write(os.urandom(MIB))
            file.truncate(mib * MIB)
    return ['-object', f'memory-backend-file,id=ram,size={mib}M,'
            f'mem-path={path},share=off', '-m', str(mib)]


def running(program, folder, mib, used):
    """A machine with random bytes in memory of its own, not a file's."""
    anonymous = empty(mib)
    if not used:
        return Emulator(program, folder, anonymous)
    first = Emulator(program, folder, filled(folder, mib, used, f'r{mib}'))
    path = os.path.join(folder, 'fill')
    second = Emulator(program, folder, anonymous + ['-incoming',
                                                    'unix:' + path])
    try:
        first('migrate', uri='unix:' + path)
        second.when('RESUME')
        while second('query-migrate').get('status') == 'active':
            time.sleep(0.01)
    finally:
        first.close()
        remove(path)
    second.events.clear()
    return second


def move(program, folder, uri, mib, used, writing):
    """Figures of one migration."""
    source = running(program, folder, mib, used)
    target = Emulator(program, folder, empty(mib, used == mib) + [
        '-incoming', 'defer'])
    writer = Writer(source, mib)
    try:
        target('migrate-incoming', uri=uri)
        if uri.startswith('tcp:'):
            port = target('query-migrate')['socket-address'][0]['port']
            uri = f'tcp:127.0.0.1:{port}'
        if writing:
            writer.start()
            time.sleep(0.3)
        before = source.cpu(), target.cpu()
        source('migrate', uri=uri)
        down = target.when('RESUME') - source.when('STOP')
        info = source('query-migrate')
        while info['status'] in ('active', 'device'):
            info = source('query-migrate')
        if info['status'] != 'completed':
            raise RuntimeError(info)
        seconds = info['total-time'] / 1000
        out = {'total time [ms]': info['total-time'],
               'downtime [ms]': down / 1000}
        for what, end, spent in zip(('source', 'target'), (source, target),
                                    before):
            out[f'{what} CPU [ms]'] = end.cpu() - spent
        if used:
            out['throughput [MiB/s]'] = \
                info['ram']['transferred'] / MIB / max(seconds, 0.001)
        return out
    finally:
        writer.enough = True
        source.close()
        target.close()


def both(program, rounds, what):
    """(median of ours, median of stock) of each figure."""
    series = {}
    for n in range(rounds):
        for binary in (program, STOCK) if n % 2 else (STOCK, program):
            for title, value in what(binary).items():
                series.setdefault(title, {}).setdefault(
                    binary, []).append(value)
    return {title: (statistics.median(s[program]), statistics.median(s[STOCK]))
            for title, s in series.items()}


def ratio(title, ours, stock):
    better, worse = (ours, stock) if 'throughput' in title else (stock, ours)
    return f'{better / worse:7.1f}x' if worse else ''


def print_moves(args, program, folder):
    print(f'{"":44} {"ours":>9} {"stock":>9} {"better":>8}')
    for kind in 'random', 'zero', 'written':
        for uri in f'unix:{folder}/s', 'tcp:127.0.0.1:0':
            def what(binary, kind=kind, uri=uri):
                remove(f'{folder}/s')
                return move(binary, folder, uri, args.mib,
                            0 if kind == 'zero' else args.mib,
                            kind == 'written')
            for title, (a, b) in both(program, args.rounds, what).items():
                name = f'{args.mib} MiB {kind}, {uri[:4].strip(":")}: {title}'
                print(f'{name:44} {a:9.1f} {b:9.1f} '
                      f'{ratio(title, a, b)}', flush=True)


# --- Growth ---

def measure_growth(args, program, folder):
    points = []
    for mib in 256, 512, 1024, 2048, 4096, 8192:
        def what(binary, mib=mib):
            remove(f'{folder}/s')
            return move(binary, folder, f'unix:{folder}/s', mib, 128, False)
        times = both(program, args.rounds, what)['total time [ms]']
        os.unlink(os.path.join(folder, f'r{mib}'))
        points.append((mib, *times))
    return points


def print_growth(points):
    most = max(max(p[1:]) for p in points)
    print('\ntotal time [ms] of a move with 128 MiB in use')
    for mib, *times in points:
        for who, value in zip(('ours', 'stock'), times):
            bar = '#' * round(value / most * 48)
            print(f'{mib:6} MiB {who:>6} {value:9.1f} {bar}')


def svg(points):
    """A chart: RAM to the right, doubling; time upwards."""
    width, height, left, bottom = 480, 300, 60, 40
    most = max(max(p[1:]) for p in points)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
           f'height="{height}" font-family="sans-serif" font-size="12">']

    def place(n, value):
        x = left + n * (width - left - 20) / (len(points) - 1)
        return x, height - bottom - value / most * (height - bottom - 20)

    for index, (who, colour) in enumerate((('ours', '#06c'),
                                           ('stock', '#c60'))):
        dots = [place(n, p[1 + index]) for n, p in enumerate(points)]
        out.append('<polyline fill="none" stroke="%s" stroke-width="2" '
                   'points="%s"/>' % (colour, ' '.join(
                       f'{x:.0f},{y:.0f}' for x, y in dots)))
        out.append(f'<text x="{left + 10}" y="{20 + 16 * index}" '
                   f'fill="{colour}">{who}</text>')
    for n, p in enumerate(points):
        out.append(f'<text x="{place(n, 0)[0]:.0f}" y="{height - 20}" '
                   f'text-anchor="middle">{p[0]}</text>')
    for part in 0, 0.5, 1:
        y = place(0, most * part)[1]
        out.append(f'<text x="{left - 8}" y="{y + 4:.0f}" '
                   f'text-anchor="end">{most * part:.0f}</text>')
    out.append(f'<text x="{width / 2}" y="{height - 4}" '
               'text-anchor="middle">RAM [MiB]; total time [ms]</text></svg>')
    return '\n'.join(out) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('builddir')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--mib', type=int, default=1024)
    parser.add_argument('--growth', action='store_true')
    parser.add_argument('--svg', metavar='FILE')
    args = parser.parse_args()
    program = os.path.join(args.builddir, 'qemu-system-x86_64')
    if not os.access(STOCK, os.X_OK):
        print('no stock emulator')
        return 0
    folder = tempfile.mkdtemp(prefix='bench-', dir='/dev/shm')
    try:
        if not args.growth:
            print_moves(args, program, folder)
        else:
            points = measure_growth(args, program, folder)
            print_growth(points)
            if args.svg:
                with open(args.svg, 'w', encoding='utf-8') as file:
                    file.write(svg(points))
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == '__main__':
    sys.exit(main())
