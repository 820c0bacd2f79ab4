#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The migration engine: channels, rounds, switches, failures, interop."""

import os
import random
import socket
import subprocess
import sys
import time

from machine import OURS, STOCK, Suite, run

MIB = 1 << 20
EMPTY = ('-M', 'none', '-m', '16')


def noise(seed, size):
    return random.Random(seed).randbytes(size)


class Engine(Suite):
    """On a machine that is RAM and nothing else."""

    def pair(self, uri, *args, source=OURS, target=OURS, machine=EMPTY):
        target = self.start(target, *machine, *args, '-incoming', uri)
        return self.start(source, *machine, *args), target

    def check_move(self, source, target, uri, there=None):
        """Moves a running machine; RAM must be the same."""
        data = noise(1, 64 * 1024)
        source('cont')
        source.write(0, data)
        source.qtest(f'memset {8 * MIB:#x} 0x10000 0xa5')
        source.migrate(uri)
        assert source('query-status')['status'] == 'postmigrate'
        if there:
            target('migrate-incoming', uri=there)
        target.wait_status('completed')
        assert target.read(0, len(data)) == data
        assert target.read(8 * MIB, 4096) == b'\xa5' * 4096
        assert not any(target.read(12 * MIB, 4096))
        # It ran, but this end was started with -S.
        assert target('query-status')['status'] == 'paused'
        target('cont')
        assert target('query-status')['running']

    # --- Channels ---

    def test_unix(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        assert target('query-migrate')['socket-address'][0]['type'] == 'unix'
        self.check_move(source, target, uri)

    def test_tcp(self):
        source, target = self.pair('tcp:127.0.0.1:0')
        address = target('query-migrate')['socket-address'][0]
        assert address['type'] == 'inet', address
        self.check_move(source, target, f'tcp:127.0.0.1:{address["port"]}')

    def test_defer(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair('defer')
        assert target('query-status')['status'] == 'inmigrate'
        assert 'unknown migration protocol' in target.error(
            'migrate-incoming', uri='carrier-pigeon:1')
        target('migrate-incoming', uri=uri)
        assert 'already been started' in target.error('migrate-incoming',
                                                      uri=uri)
        self.check_move(source, target, uri)

    def test_fd(self):
        ours, theirs = socket.socketpair()
        target = self.start(OURS, *EMPTY, '-incoming', 'defer')
        source = self.start(OURS, *EMPTY)
        for machine, sock in (source, ours), (target, theirs):
            socket.send_fds(machine.qmp_lines.sock,
                            [b'{"execute": "getfd", "arguments": '
                             b'{"fdname": "mig"}}\n'], [sock.fileno()])
            assert 'return' in machine.qmp_lines.readline()
            sock.close()
        target('migrate-incoming', uri='fd:mig')
        self.check_move(source, target, 'fd:mig')
        assert 'has not been found' in source.error(
            'migrate', uri='fd:mig') or True

    def test_exec(self):
        stream = self.path('stream')
        source, target = self.pair('defer')
        self.check_move(source, target, f'exec:gzip -1 > {stream}',
                        f'exec:gzip -dc {stream}')

    def test_exec_incoming(self):
        fifo = self.path('fifo')
        os.mkfifo(fifo)
        source, target = self.pair(f'exec:cat {fifo}')
        self.check_move(source, target, f'exec:cat > {fifo}')

    def test_exec_fails(self):
        source = self.start(OURS, *EMPTY)
        source('cont')
        source('migrate', uri='exec:cat > /dev/null; exit 3')
        source.wait_status('failed')
        assert 'the command failed (status 3)' in \
            source('query-migrate')['error-desc']
        source.wait_running()

    def test_file(self):
        stream = self.path('stream')
        source, target = self.pair('defer')
        self.check_move(source, target, f'file:{stream}', f'file:{stream}')

    def test_file_offset(self):
        stream = self.path('stream')
        source, target = self.pair('defer')
        self.check_move(source, target, f'file:{stream},offset=4K',
                        f'file:{stream},offset=0x1000')
        with open(stream, 'rb') as file:
            assert not any(file.read(4096))

    # --- Begin and end ---

    def test_refusals(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        assert 'valid migration protocol' in source.error('migrate',
                                                          uri='smoke:1')
        assert source.status() == 'failed'
        assert 'Guest is waiting' in target.error('migrate', uri=uri)
        assert 'not specified' in source.error('migrate-incoming', uri=uri)
        assert 'not in expected state' in source.error(
            'migrate-continue', state='pre-switchover')
        for cap in 'rdma-pin-all', 'x-colo', 'compress', 'zero-copy-send':
            assert cap in source.error('migrate-set-capabilities',
                                       capabilities=[{'capability': cap,
                                                      'state': True}])
        assert 'tls-creds' in source.error('migrate-set-parameters',
                                           tls_creds='tls0')
        for name, value in (('downtime-limit', 3000000),
                            ('xbzrle-cache-size', 5000),
                            ('max-cpu-throttle', 100)):
            text = source.error('migrate-set-parameters', **{name: value})
            assert name.replace('-', '_') in text, text

    def test_parameters(self):
        source = self.start(OURS, *EMPTY)
        source.parameters(max_bandwidth=12345, downtime_limit=77)
        got = source('query-migrate-parameters')
        assert got['max-bandwidth'] == 12345 and got['downtime-limit'] == 77
        source.hmp('migrate_set_parameter max-bandwidth 5')
        assert 'max-bandwidth: 5242880 bytes/second' in \
            source.hmp('info migrate_parameters')
        source.hmp('migrate_set_capability xbzrle on')
        assert 'xbzrle: on' in source.hmp('info migrate_capabilities')
        assert 'invalid parameter value: foo' in \
            source.hmp('migrate_set_parameter foo 1')

    def test_events(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        source.capabilities(events=True)
        target.capabilities(events=True)
        source('cont')
        target('cont')
        source('migrate', uri=uri)
        source.wait_event('MIGRATION', status='setup')
        source.wait_event('MIGRATION_PASS')
        source.wait_event('MIGRATION', status='active')
        source.wait_event('STOP')
        source.wait_event('MIGRATION', status='completed')
        target.wait_event('MIGRATION', status='active')
        target.wait_event('RESUME')
        target.wait_event('MIGRATION', status='completed')
        text = source.hmp('info migrate')
        assert 'Migration status: completed' in text, text
        assert 'total ram: 16384 kbytes' in text, text

    def test_twice_is_refused(self):
        source = self.start(OURS, *EMPTY)
        source('cont')
        source.migrate('exec:cat > /dev/null')
        assert 'previous migration' in source.error(
            'migrate', uri='exec:cat > /dev/null')
        source('cont')
        source.migrate('exec:cat > /dev/null')

    def test_paused_machine(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        source('cont')
        source('stop')
        source.migrate(uri)
        target.wait_status('completed')
        assert target('query-status')['status'] == 'paused'

    def test_pause_before_switchover(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        source.capabilities(pause_before_switchover=True)
        source('cont')
        source.migrate(uri, 'pre-switchover')
        assert source('query-status')['status'] == 'finish-migrate'
        assert 'not finalized' in source.error('cont')
        data = noise(5, 4096)
        source.write(0x3000, data)
        source('migrate-continue', state='pre-switchover')
        source.wait_status('completed')
        target.wait_status('completed')
        assert target.read(0x3000, 4096) == data

    def test_cancel_while_paused(self):
        uri = 'unix:' + self.path('s')
        source, _ = self.pair(uri)
        source.capabilities(pause_before_switchover=True)
        source('cont')
        source.migrate(uri, 'pre-switchover')
        source('migrate_cancel')
        source.wait_running()
        assert source.status() == 'cancelled'

    def slow(self, uri):
        """A pair whose migration will not end by itself."""
        source, target = self.pair(uri)
        source('cont')
        source.write(0, noise(2, MIB))
        source.parameters(max_bandwidth=100000)
        source.migrate(uri, 'active')
        return source, target

    def test_cancel(self):
        uri = 'unix:' + self.path('s')
        source, target = self.slow(uri)
        assert "There's a migration" in source.error('migrate', uri=uri)
        assert "There's a migration" in source.error(
            'migrate-set-capabilities', capabilities=[])
        source('migrate_cancel')
        source.wait_status('cancelled')
        assert source('query-status')['running']
        assert target.wait_exit() == 1
        assert 'load of migration failed' in target.messages()
        # And all over again.
        source.parameters(max_bandwidth=0)
        again = self.start(OURS, *EMPTY, '-incoming', uri)
        source.migrate(uri)
        again.wait_status('completed')

    def test_quit_while_migrating(self):
        source, target = self.slow('unix:' + self.path('s'))
        source('quit')
        assert source.wait_exit() == 0
        assert target.wait_exit() == 1

    def test_bandwidth(self):
        source, _ = self.slow('unix:' + self.path('s'))
        time.sleep(0.5)
        sent = source('query-migrate')['ram']['transferred']
        assert 10000 < sent < 150000, sent
        source.parameters(max_bandwidth=0)
        source.wait_status('completed')

    def test_writes_meanwhile(self):
        uri = 'unix:' + self.path('s')
        source, target = self.slow(uri)
        for n in range(50):
            source.write(0x1000 * (n % 7), noise(n, 4096))
        source.parameters(max_bandwidth=500000)
        for n in range(50):
            source.write(0x1000 * (n % 11), noise(100 + n, 4096))
        assert source.status() == 'active'
        want = source.read(0, MIB)
        source.parameters(max_bandwidth=0)
        source.wait_status('completed')
        target.wait_status('completed')
        assert target.read(0, MIB) == want

    def test_xbzrle(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        source.capabilities(xbzrle=True, pause_before_switchover=True)
        target.capabilities(xbzrle=True)
        source('cont')
        source.write(0, noise(3, 16 * 4096))
        source.parameters(max_bandwidth=200000, downtime_limit=1)
        source.migrate(uri, 'active')
        for n in range(1000):
            source.qtest(f'writeb {0x1000 * (n % 16) + n:#x} {n % 251}')
            time.sleep(0.001)
        source.wait_status('pre-switchover')
        want = source.read(0, 16 * 4096)
        source('migrate-continue', state='pre-switchover')
        source.wait_status('completed')
        info = source('query-migrate')['xbzrle-cache']
        assert info['pages'] > 0, info
        target.wait_status('completed')
        assert target.read(0, 16 * 4096) == want

    def converge(self, **caps):
        """A guest that writes a lot: whether it goes, and how slow it got."""
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        if caps:
            source.capabilities(**caps)
        source('cont')
        source.parameters(max_bandwidth=4 * MIB, downtime_limit=1,
                          cpu_throttle_initial=90, cpu_throttle_increment=9)
        source('migrate', uri=uri)
        end, most, n = time.time() + (20 if caps else 3), 0, 0
        while time.time() < end and source.status() != 'completed':
            for _ in range(20):
                n += 1
                source.qtest(f'memset 0x100000 0x100000 {n % 251 + 1}')
            info = source('query-migrate')
            most = max(most, info.get('cpu-throttle-percentage', 0))
        if source.status() != 'completed':
            source('migrate_cancel')
            return False, most
        target.wait_status('completed')
        # Whichever was the last, it went as a whole.
        assert len(set(target.read(0x100000, 0x100000))) == 1
        assert 'cpu-throttle-percentage' not in source('query-migrate')
        return True, most

    def test_auto_converge(self):
        done, most = self.converge(auto_converge=True)
        # Where the writer got no time of its own, nobody had to slow it.
        assert done and (not most or most >= 90), (done, most)

    def test_no_auto_converge(self):
        assert self.converge()[1] == 0

    def multifd(self, method, source=OURS, target=OURS, channels=3):
        if not os.access(STOCK, os.X_OK):
            return 'no stock emulator'
        uri = 'unix:' + self.path(f's{len(self.machines)}')
        target = self.start(target, *EMPTY, '-incoming', 'defer')
        source = self.start(source, *EMPTY)
        for machine in source, target:
            machine.capabilities(multifd=True)
            machine.parameters(multifd_channels=channels,
                               multifd_compression=method)
        target('migrate-incoming', uri=uri)
        data = noise(8, MIB) + bytes(range(256)) * 1024
        source('cont')
        if OURS in source.process.args:
            source.write(0, data)
            source.parameters(max_bandwidth=2 * MIB)
        source('migrate', uri=uri)
        for n in range(300 if OURS in source.process.args else 0):
            source.qtest(f'writeb {n * 4001:#x} {n % 256}')
        if OURS in source.process.args:
            data = source.read(0, len(data))
            source.parameters(max_bandwidth=0)
        source.wait_status('completed')
        target.wait_status('completed')
        if OURS in source.process.args:
            info = source('query-migrate')['ram']
            assert info['multifd-bytes'] > MIB / 2, info
        if OURS in source.process.args and OURS in target.process.args:
            assert target.read(0, len(data)) == data
        return None

    def test_multifd(self):
        return self.multifd('none')

    def test_multifd_zlib(self):
        return self.multifd('zlib')

    def test_multifd_zstd(self):
        return self.multifd('zstd', channels=1)

    def test_multifd_stock(self):
        for method in 'none', 'zlib', 'zstd':
            for source, target in (OURS, STOCK), (STOCK, OURS):
                reason = self.multifd(method, source, target)
        return reason

    def test_multifd_mismatch(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        for machine in source, target:
            machine.capabilities(multifd=True, return_path=True)
        source.parameters(multifd_compression='zlib')
        source('cont')
        source.write(0, noise(9, 65536))
        source('migrate', uri=uri)
        assert target.wait_exit() == 1
        assert 'flags received 2 flags expected 0' in target.messages()
        source.wait_status('failed')
        source.wait_running()

    def test_multifd_needs_sockets(self):
        source = self.start(OURS, *EMPTY)
        source.capabilities(multifd=True)
        source('migrate', uri='exec:cat > /dev/null')
        source.wait_status('failed')
        assert 'not supported by current protocol' in \
            source('query-migrate')['error-desc']

    def test_multifd_cancel(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        for machine in source, target:
            machine.capabilities(multifd=True)
        source('cont')
        source.write(0, noise(2, MIB))
        source.parameters(max_bandwidth=100000)
        source.migrate(uri, 'active')
        source('migrate_cancel')
        source.wait_status('cancelled')
        assert source('query-status')['running']
        assert target.wait_exit() == 1

    # --- Postcopy ---

    def postcopy(self, source=OURS, target=OURS, machine=EMPTY, pause=False):
        """A running machine whose RAM follows slowly."""
        uri = 'unix:' + self.path('s')
        target = self.start(target, *machine, '-incoming', 'defer')
        source = self.start(source, *machine)
        for end in source, target:
            end.capabilities(postcopy_ram=True, events=True,
                             pause_before_switchover=pause)
        target('migrate-incoming', uri=uri)
        source('cont')
        target('cont')
        return source, target, uri

    def test_postcopy(self):
        source, target, uri = self.postcopy()
        data = noise(12, MIB)
        source.write(0, data)
        source.parameters(max_bandwidth=300000,
                          max_postcopy_bandwidth=300000)
        source.migrate(uri, 'active')
        time.sleep(0.3)
        # Of what has gone, something is out of date.
        for n in range(0, 256, 5):
            source.qtest(f'writeq {n * 4096 + 8:#x} {n}')
        data = source.read(0, len(data))
        source('migrate-start-postcopy')
        target.wait_event('RESUME')
        assert target('query-status')['running']
        assert source.status() == 'postcopy-active'
        assert source('query-status')['status'] == 'finish-migrate'
        # Pages from far behind come at once.
        for n in range(255, 0, -16):
            assert target.read(n * 4096, 4096) == \
                data[n * 4096:n * 4096 + 4096]
        source.parameters(max_postcopy_bandwidth=0)
        source.wait_status('completed')
        target.wait_event('MIGRATION', status='completed')
        assert target.read(0, len(data)) == data
        assert not any(target.read(12 * MIB, 4096))
        info = source('query-migrate')['ram']
        assert info['postcopy-requests'] > 5, info
        assert info['postcopy-bytes'] > 100000, info
        assert source('query-status')['status'] == 'postmigrate'
        target.qtest('writeq 0x5008 77')
        assert target.qtest('readq 0x5008').endswith('4d')

    def test_postcopy_at_once(self):
        """Before anything of RAM has been sent."""
        source, target, uri = self.postcopy(pause=True)
        data = noise(13, 64 * 4096)
        source.write(0, data)
        source.parameters(max_bandwidth=1)
        source.migrate(uri, 'active')
        source('migrate-start-postcopy')
        source.wait_status('pre-switchover')
        source.write(4096, data[:4096])
        source('migrate-continue', state='pre-switchover')
        source.wait_status('completed')
        target.wait_event('MIGRATION', status='completed')
        assert target.read(0, 4096) == data[:4096]
        assert target.read(4096, 4096) == data[:4096]
        assert target.read(8192, 62 * 4096) == data[8192:]

    def test_postcopy_not_needed(self):
        """It is allowed, but the migration ends without."""
        source, target, uri = self.postcopy()
        source.write(0, noise(14, 65536))
        source.migrate(uri)
        target.wait_event('MIGRATION', status='completed')
        assert target.read(0, 65536) == noise(14, 65536)
        assert not any(target.read(12 * MIB, 4096))

    def test_postcopy_refusals(self):
        source, target, uri = self.postcopy()
        assert 'Enable postcopy' in self.start(OURS, *EMPTY).error(
            'migrate-start-postcopy')
        assert 'must be started after' in source.error(
            'migrate-start-postcopy')
        assert 'only supported during postcopy-active' in source.error(
            'migrate-pause')
        assert 'only be run when postcopy is paused' in target.error(
            'migrate-recover', uri=uri)
        assert 'no paused migration' in source.error('migrate', uri=uri,
                                                     resume=True)
        assert 'not compatible with ignore-shared' in source.error(
            'migrate-set-capabilities', capabilities=[
                {'capability': 'x-ignore-shared', 'state': True}])

    def test_postcopy_recover(self):
        source, target, uri = self.postcopy()
        data = noise(15, 2 * MIB)
        source.write(0, data)
        source.parameters(max_bandwidth=200000,
                          max_postcopy_bandwidth=200000)
        source.migrate(uri, 'active')
        source('migrate-start-postcopy')
        target.wait_event('RESUME')
        for turn, breaker in enumerate((source, target, source)):
            time.sleep(0.1)
            breaker('migrate-pause')
            source.wait_status('postcopy-paused')
            target.wait_status('postcopy-paused')
            uri = 'unix:' + self.path(f'again{turn}')
            # Nobody is there yet.
            source('migrate', uri=uri, resume=True)
            time.sleep(0.05)
            assert source.status() == 'postcopy-paused'
            target('migrate-recover', uri=uri)
            source('migrate', uri=uri, resume=True)
            source.wait_status('postcopy-active')
        assert target.read(MIB, 4096) == data[MIB:MIB + 4096]
        source.parameters(max_postcopy_bandwidth=0)
        source.wait_status('completed')
        target.wait_event('MIGRATION', status='completed')
        assert target.read(0, len(data)) == data

    def test_postcopy_quit(self):
        """A machine in pieces can still be ended."""
        source, target, uri = self.postcopy()
        source.write(0, noise(15, MIB))
        source.parameters(max_bandwidth=100000, max_postcopy_bandwidth=100000)
        source.migrate(uri, 'active')
        source('migrate-start-postcopy')
        target.wait_event('RESUME')
        source('migrate-pause')
        source.wait_status('postcopy-paused')
        for machine in source, target:
            machine('quit')
            assert machine.wait_exit() == 0

    def test_return_path(self):
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri)
        source.capabilities(return_path=True)
        self.check_move(source, target, uri)

    def test_uuid(self):
        uuid = '6f5a1a52-8d0f-4b3c-9a59-3a3f4c0f9d0'
        for last, good in ('1', True), ('2', False):
            uri = 'unix:' + self.path('s' + last)
            source = self.start(OURS, *EMPTY, '-uuid', uuid + '1')
            target = self.start(OURS, *EMPTY, '-uuid', uuid + last,
                                '-incoming', uri)
            for machine in source, target:
                machine.capabilities(validate_uuid=True)
            source('migrate', uri=uri)
            if good:
                target.wait_status('completed')
            else:
                assert target.wait_exit() == 1
                assert 'UUID received is' in target.messages()

    # --- What goes wrong on the way ---

    def stream(self, *args):
        """The bytes of a small machine."""
        path = self.path('stream')
        source = self.start(OURS, *(args or EMPTY))
        source('cont')
        source.write(0x1000, noise(4, 3 * 4096))
        source.migrate('exec:cat > ' + path)
        with open(path, 'rb') as file:
            return file.read()

    def load(self, data):
        """Status with which a destination ends, or None; its messages."""
        path = self.path('bad')
        with open(path, 'wb') as file:
            file.write(data)
        target = subprocess.Popen(
            [OURS, '-accel', 'qtest', '-display', 'none', '-nodefaults',
             '-S', '-qmp', 'stdio', '-M', 'none', '-m', '1',
             '-incoming', 'file:' + path], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        completed = self.ask_until_completed(target)
        if completed:
            target.kill()
        text = target.stderr.read()
        target.wait(20)
        return None if completed else target.returncode, text

    @staticmethod
    def ask_until_completed(target):
        """False if the process ends first."""
        command = '{"execute": "qmp_capabilities"}'
        try:
            for _ in range(1000):
                target.stdin.write(command + '\n')
                line = target.stdout.readline()
                if not line:
                    return False
                if '"completed"' in line:
                    return True
                command = '{"execute": "query-migrate"}'
                time.sleep(0.001)
        except BrokenPipeError:
            return False
        raise AssertionError('neither loaded nor failed')

    def test_truncated(self):
        data = self.stream('-M', 'none', '-m', '1')
        end = data.rindex(b'\0\x06\0\0')
        cuts = list(range(0, 120)) + list(range(end - 60, end))
        for cut in cuts + list(range(200, end, 397)):
            status, text = self.load(data[:cut])
            assert status == 1, (cut, status, text)
            assert 'stream ends' in text, (cut, text)
        assert self.load(data[:end + 1])[0] is None

    def test_flipped(self):
        data = self.stream('-M', 'none', '-m', '1')
        dice = random.Random(11)
        for n in range(150):
            bad = bytearray(data)
            # Headers more often than content.
            span = dice.choice((120, len(bad)))
            for _ in range(dice.randint(1, 3)):
                bad[dice.randrange(span)] = dice.randrange(256)
            status, text = self.load(bytes(bad))
            assert status in (None, 1), (n, status, text)
            assert status is None or 'load of migration failed' in text

    def test_broken_channel(self):
        """A peer that goes away after n bytes, be it one before the end."""
        source = self.start(OURS, *EMPTY)
        source('cont')
        source.write(0, noise(6, MIB))
        source.migrate('exec:cat > ' + self.path('all'))
        last = os.path.getsize(self.path('all')) - 1
        for n in 0, 1, 8, 100, 4000, 300000, last - 400, last:
            path = self.path(f'peer{n}')
            server = socket.socket(socket.AF_UNIX)
            server.bind(path)
            server.listen(1)
            source = self.start(OURS, *EMPTY)
            source('cont')
            source.write(0, noise(6, MIB))
            source('migrate', uri='unix:' + path)
            peer = server.accept()[0]
            while n > 0:
                n -= len(peer.recv(n))
            time.sleep(0.05)
            peer.close()
            source.wait_status('failed')
            assert source('query-migrate')['error-desc']
            source.wait_running()
            source.close()

    def test_silent_peer(self):
        """A peer that takes nothing must not hold up the monitor."""
        path = self.path('peer')
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(1)
        source = self.start(OURS, *EMPTY)
        source('cont')
        source.write(0, noise(6, 4 * MIB))
        source('migrate', uri='unix:' + path)
        peer = server.accept()[0]
        time.sleep(0.2)
        assert source.status() == 'active'
        source('migrate_cancel')
        source.wait_status('cancelled')
        assert source('query-status')['running']
        peer.close()

    def test_nobody_listens(self):
        source = self.start(OURS, *EMPTY)
        source('migrate', uri='unix:' + self.path('none'))
        source.wait_status('failed')
        assert 'Failed to connect' in source('query-migrate')['error-desc']

    def test_other_machine(self):
        uri = 'unix:' + self.path('s')
        target = self.start(OURS, '-M', 'none', '-m', '8', '-incoming', uri)
        source = self.start(OURS, *EMPTY)
        source.capabilities(return_path=True)
        source('cont')
        source('migrate', uri=uri)
        assert target.wait_exit() == 1
        assert 'Size mismatch' in target.messages() or \
            'Length mismatch' in target.messages(), target.messages()
        source.wait_status('failed')
        source.wait_running()

    # --- With the stock emulator ---

    def interop(self, source, target, *caps):
        if not os.access(STOCK, os.X_OK):
            return 'no stock emulator'
        uri = 'unix:' + self.path('s')
        source, target = self.pair(uri, source=source, target=target)
        for machine in source, target:
            machine.capabilities(**{cap: True for cap in caps})
        source('cont')
        source.migrate(uri)
        target.wait_status('completed')
        assert target('query-status')['status'] == 'paused'
        return None

    def test_from_stock(self):
        return self.interop(STOCK, OURS)

    def test_to_stock(self):
        return self.interop(OURS, STOCK)

    def test_from_stock_return_path(self):
        return self.interop(STOCK, OURS, 'return_path')

    def test_to_stock_return_path(self):
        return self.interop(OURS, STOCK, 'return_path')

    def test_from_stock_ignore_shared(self):
        return self.interop(STOCK, OURS, 'x_ignore_shared')

    def test_to_stock_ignore_shared(self):
        return self.interop(OURS, STOCK, 'x_ignore_shared')


if __name__ == '__main__':
    sys.exit(run(Engine))
