# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts an emulator with a QMP monitor on a socket pair and talks to it."""
import json
import os
import socket
import subprocess


class Emulator:
    def __init__(self, program, args=(), accel='qtest', negotiate=True,
                 pass_fds=()):
        ours, theirs = socket.socketpair()
        command = [program, '-display', 'none', '-nodefaults', '-S']
        if accel:
            command += ['-accel', accel]
        command += list(args)
        command += ['-chardev', f'socket,id=qmp0,fd={theirs.fileno()}',
                    '-mon', 'chardev=qmp0,mode=control']
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno(), *pass_fds],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        theirs.close()
        self.socket = ours
        self.socket.settimeout(30)
        self.buffer = b''
        self.events = []
        try:
            self.greeting = self.receive()
            if negotiate:
                assert self.execute('qmp_capabilities') == {}
        except Exception:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.socket.close()
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def send(self, data, fds=()):
        """Raw bytes, or an object as JSON, with file descriptors."""
        if not isinstance(data, bytes):
            data = json.dumps(data).encode() + b'\n'
        if fds:
            socket.send_fds(self.socket, [data], list(fds))
        else:
            self.socket.sendall(data)

    def receive_line(self):
        while b'\n' not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        line, self.buffer = self.buffer.split(b'\n', 1)
        return line

    def receive(self):
        """The next object that is not an event."""
        while True:
            message = json.loads(self.receive_line())
            if 'event' not in message:
                return message
            self.events.append(message)

    def ask(self, command, fds=(), **args):
        request = {'execute': command}
        if args:
            request['arguments'] = {k.replace('_', '-'): v
                                    for k, v in args.items()}
        self.send(request, fds)
        return self.receive()

    def execute(self, command, fds=(), **args):
        reply = self.ask(command, fds, **args)
        assert 'return' in reply, (command, args, reply)
        return reply['return']

    def error(self, command, **args):
        """The message of a command that must fail."""
        reply = self.ask(command, **args)
        assert 'error' in reply, (command, args, reply)
        return reply['error']['desc']

    def event(self, name):
        """Waits for an event and returns its data."""
        while True:
            for i, message in enumerate(self.events):
                if message['event'] == name:
                    del self.events[:i + 1]
                    return message.get('data')
            message = json.loads(self.receive_line())
            assert 'event' in message, message
            self.events.append(message)

    def hmp(self, line):
        return self.execute('human-monitor-command', command_line=line)

    def quit(self):
        """Ends the program and returns its exit status."""
        self.send({'execute': 'quit'})
        try:
            while True:
                self.receive_line()
        except (EOFError, ConnectionResetError):
            pass
        return self.process.wait(timeout=30)


def program():
    default = os.path.join(os.path.dirname(__file__),
                           '../../build/qemu-system-x86_64')
    return os.environ.get('QTEST_QEMU_BINARY', default)
