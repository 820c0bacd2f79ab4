#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/vmstate-dump.py on a stream of Debian's emulator: TAP output."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
DUMP = os.path.join(ROOT, 'scripts', 'vmstate-dump.py')
STOCK = '/usr/bin/qemu-system-x86_64'


class Qmp:
    """A stopped machine of the stock emulator."""

    def __init__(self, *args):
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [STOCK, '-accel', 'tcg', '-S', '-display', 'none', '-nodefaults',
             '-chardev', f'socket,fd={theirs.fileno()},id=m',
             '-mon', 'chardev=m,mode=control', *args],
            pass_fds=[theirs.fileno()], stderr=subprocess.DEVNULL)
        theirs.close()
        self.file = ours.makefile('rw')
        self.file.readline()
        self('qmp_capabilities')

    def __call__(self, command, **arguments):
        self.file.write(json.dumps({'execute': command,
                                    'arguments': arguments}) + '\n')
        self.file.flush()
        while True:
            reply = json.loads(self.file.readline())
            if 'event' not in reply:
                return reply.get('return')

    def wait_event(self, name, status):
        while True:
            reply = json.loads(self.file.readline())
            if reply.get('event') == name and \
                    reply['data'].get('status') == status:
                return

    def save(self, path):
        self('migrate-set-capabilities', capabilities=[
            {'capability': 'events', 'state': True}])
        self('migrate', uri=f'exec:cat>{path}')
        self.wait_event('MIGRATION', 'completed')

    def quit(self):
        self('quit')
        self.process.wait()


def dump(*args):
    done = subprocess.run([sys.executable, DUMP, *args], text=True,
                          capture_output=True, check=False)
    return done.returncode, done.stdout


def load_module():
    spec = importlib.util.spec_from_file_location('vmstate_dump', DUMP)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Tests:
    def __init__(self, folder):
        self.a = os.path.join(folder, 'a')
        self.b = os.path.join(folder, 'b')
        self.cut = os.path.join(folder, 'cut')
        args = ['-M', 'pc-q35-7.2', '-m', '1', '-vga', 'none',
                '-device', 'e1000e', '-device', 'virtio-rng-pci',
                '-device', 'pcie-root-port,slot=1']
        one = Qmp(*args)
        one.save(self.a)
        one.quit()
        # The same but for one byte of one device.
        two = Qmp(*args)
        two('human-monitor-command', **{'command-line': 'o /b 0x70 0x5a'})
        two.save(self.b)
        two.quit()

    def test_everything_is_decoded(self):
        status, text = dump('--json', self.a)
        result = json.loads(text)
        assert status == 0 and 'error' not in result
        sections = [i for i in result['items'] if i['kind'] == 'section']
        assert not any('problem' in s for s in sections)
        assert all('fields' in s for s in sections if s['name'] != 'ram')
        names = [s['name'] for s in sections]
        assert '0000:00:01.0/e1000e' in names
        assert result['ram']['blocks']['pc.ram']['length'] == 1 << 20

    def test_values(self):
        _, text = dump('--section', 'mc146818rtc', self.b)
        assert 'cmos_index = 90 (0x5a)' in text, text

    def test_diff(self):
        assert dump('--diff', self.a, self.a) == (0, '')
        status, text = dump('--diff', '--section', 'mc146818rtc', self.a,
                            self.b)
        assert status == 1
        assert '! mc146818rtc#0 cmos_index: 0 -> 90 (0x5a)' in text, text

    def test_without_description(self):
        module = load_module()
        data = open(self.a, 'rb').read()
        _, end = module.find_description(data)
        stream = module.Stream(data[:end])
        assert stream.error is None
        assert all('bytes' in i for i in stream.items
                   if i['kind'] == 'section' and i['name'] != 'ram')

    def test_cut_short(self):
        module = load_module()
        data = open(self.a, 'rb').read()
        for length in [0, 3, 4, 9, 20, 50, 100, 5000, len(data) // 2]:
            assert module.Stream(data[:length]).error
        with open(self.cut, 'wb') as file:
            file.write(data[:5000])
        assert dump(self.cut)[0] == 2


def main():
    if not os.access(STOCK, os.X_OK):
        print('1..0 # SKIP no stock emulator')
        return 0
    with tempfile.TemporaryDirectory() as folder:
        tests = Tests(folder)
        names = [n for n in dir(tests) if n.startswith('test_')]
        print(f'1..{len(names)}')
        failed = 0
        for number, name in enumerate(names, 1):
            try:
                getattr(tests, name)()
                print(f'ok {number} {name[5:]}')
            except AssertionError as problem:
                failed += 1
                print(f'not ok {number} {name[5:]}')
                print('# ' + str(problem).replace('\n', '\n# '))
        return bool(failed)


if __name__ == '__main__':
    sys.exit(main())
