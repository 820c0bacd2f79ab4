# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines of either emulator, driven through QMP and qtest; TAP output."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

STOCK = '/usr/bin/qemu-system-x86_64'
OURS = os.environ.get('QTEST_QEMU_BINARY', '')


class Dead(Exception):
    """The emulator closed its connection."""


class Lines:
    """A socket read line by line."""

    def __init__(self, sock):
        self.sock = sock
        self.data = b''

    def readline(self, timeout=20):
        while b'\n' not in self.data:
            self.sock.settimeout(timeout)
            try:
                more = self.sock.recv(65536)
            except ConnectionError:
                more = b''
            if not more:
                raise Dead
            self.data += more
        line, self.data = self.data.split(b'\n', 1)
        return line.decode()

    def send(self, text):
        try:
            self.sock.sendall(text.encode() + b'\n')
        except OSError as gone:
            raise Dead from gone


def listener(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen(1)
    return sock


class Machine:
    """One emulator process.  Events it sent are in .events."""

    count = 0

    def __init__(self, binary, *args, folder, stopped=True):
        Machine.count += 1
        base = os.path.join(folder, f'm{Machine.count}')
        self.events = []
        self.log = base + '.log'
        qmp, qtest = listener(base + '.qmp'), listener(base + '.qt')
        # The stock emulator has the qtest accelerator for tests only.
        accel = 'tcg' if binary == STOCK else 'qtest'
        command = [binary, '-accel', accel, '-display', 'none',
                   '-nodefaults', '-qtest', 'unix:' + base + '.qt',
                   '-qtest-log', '/dev/null',
                   '-chardev', f'socket,id=qmp,path={base}.qmp',
                   '-mon', 'chardev=qmp,mode=control', *args]
        if stopped:
            command.append('-S')
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(command, stderr=log)
        self.qtest_lines = Lines(self.accept(qtest))
        self.qmp_lines = Lines(self.accept(qmp))
        self.qmp_lines.readline()
        self('qmp_capabilities')

    def accept(self, sock):
        sock.settimeout(0.1)
        for _ in range(200):
            try:
                return sock.accept()[0]
            except socket.timeout:
                if self.process.poll() is not None:
                    raise Dead(self.messages()) from None
        raise Dead('no connection')

    def messages(self):
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read()

    def reply(self, command, **arguments):
        """The whole reply of a QMP command; '_' in argument names is '-'."""
        arguments = {k.replace('_', '-'): v for k, v in arguments.items()}
        self.qmp_lines.send(json.dumps({'execute': command,
                                        'arguments': arguments}))
        while True:
            message = json.loads(self.qmp_lines.readline())
            if 'event' not in message:
                return message
            self.events.append(message)

    def __call__(self, command, **arguments):
        reply = self.reply(command, **arguments)
        assert 'return' in reply, f'{command}: {reply}'
        return reply['return']

    def error(self, command, **arguments):
        """The text of the error that the command must give."""
        reply = self.reply(command, **arguments)
        assert 'error' in reply, f'{command}: {reply}'
        return reply['error']['desc']

    def hmp(self, line):
        return self('human-monitor-command', command_line=line)

    def wait_event(self, name, timeout=20, **data):
        """The next event of that name with those data; earlier ones go."""
        end = time.time() + timeout
        while True:
            while self.events:
                event = self.events.pop(0)
                if event['event'] == name and all(
                        event['data'].get(k) == v for k, v in data.items()):
                    return event
            message = json.loads(self.qmp_lines.readline(
                max(end - time.time(), 0.01)))
            if 'event' in message:
                self.events.append(message)

    def qtest(self, command):
        self.qtest_lines.send(command)
        reply = self.qtest_lines.readline()
        assert reply.startswith('OK'), f'{command}: {reply}'
        return reply[3:]

    def qtest_all(self, commands):
        """Replies to some hundred commands that are sent at once."""
        self.qtest_lines.send('\n'.join(commands))
        replies = [self.qtest_lines.readline() for _ in commands]
        for command, reply in zip(commands, replies):
            assert reply.startswith('OK'), f'{command}: {reply}'
        return [reply[3:] for reply in replies]

    def write(self, address, data):
        for at in range(0, len(data), 4096):
            part = data[at:at + 4096]
            self.qtest(f'write {address + at:#x} {len(part):#x} '
                       f'0x{part.hex()}')

    def read(self, address, size):
        out = b''
        for at in range(0, size, 4096):
            n = min(4096, size - at)
            out += bytes.fromhex(
                self.qtest(f'read {address + at:#x} {n:#x}')[2:])
        return out

    def capabilities(self, **caps):
        self('migrate-set-capabilities', capabilities=[
            {'capability': k.replace('_', '-'), 'state': v}
            for k, v in caps.items()])

    def parameters(self, **params):
        self('migrate-set-parameters', **params)

    def status(self):
        return self('query-migrate').get('status')

    def wait_status(self, *wanted, timeout=20):
        end = time.time() + timeout
        while time.time() < end:
            status = self.status()
            if status in wanted:
                return status
            assert status not in ('failed', 'cancelled', 'completed'), \
                self('query-migrate')
            time.sleep(0.01)
        raise AssertionError(f'still {self("query-migrate")}')

    def migrate(self, uri, wanted='completed'):
        self('migrate', uri=uri)
        self.wait_status(wanted)

    def wait_running(self, running=True):
        for _ in range(500):
            if self('query-status')['running'] == running:
                return
            time.sleep(0.01)
        raise AssertionError(self('query-status'))

    def wait_exit(self):
        return self.process.wait(20)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Suite:
    """Tests are methods test_*; each has machines of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        self.machines = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, binary, *args, **more):
        machine = Machine(binary, *args, folder=self.folder, **more)
        self.machines.append(machine)
        return machine

    def close(self):
        for machine in self.machines:
            machine.close()
        shutil.rmtree(self.folder)


def run(suite_class):
    """Runs the tests whose names are arguments, or all; exit status."""
    names = [n for n in dir(suite_class) if n.startswith('test_')]
    wanted = [a for a in sys.argv[1:] if not a.startswith('-')]
    if wanted:
        names = [n for n in names if any(w in n for w in wanted)]
    print(f'1..{len(names)}', flush=True)
    failed = 0
    for number, name in enumerate(names, 1):
        suite = suite_class()
        try:
            reason = getattr(suite, name)()
            skip = f' # SKIP {reason}' if reason else ''
            print(f'ok {number} {name[5:]}{skip}', flush=True)
        except Exception:           # pylint: disable=broad-except
            failed += 1
            print(f'not ok {number} {name[5:]}')
            text = traceback.format_exc()
            for machine in suite.machines:
                text += f'-- {machine.process.args[0]}: {machine.messages()}'
            print('# ' + text.replace('\n', '\n# '), flush=True)
        finally:
            suite.close()
    return bool(failed)
