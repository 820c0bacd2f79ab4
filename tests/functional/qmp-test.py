#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The QMP monitor of the built program: session, errors, garbage, events,
descriptors, several monitors.
"""
import json
import os
import socket
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from qmpclient import Emulator, program  # noqa: E402


class Session(unittest.TestCase):
    def setUp(self):
        self.vm = Emulator(program(), ['-machine', 'none'])
        self.addCleanup(self.vm.__exit__)

    def test_greeting(self):
        version = self.vm.greeting['QMP']['version']['qemu']
        self.assertEqual((version['major'], version['minor']), (7, 2))
        self.assertIsInstance(self.vm.greeting['QMP']['capabilities'], list)
        self.assertEqual(self.vm.execute('query-version')['qemu'], version)

    def test_negotiation(self):
        with Emulator(program(), ['-machine', 'none'],
                      negotiate=False) as vm:
            reply = vm.ask('query-version')
            self.assertEqual(reply['error']['class'], 'CommandNotFound')
            self.assertEqual(reply['error']['desc'],
                             "Expecting capabilities negotiation with "
                             "'qmp_capabilities'")
            self.assertIn('unexpected', vm.error('qmp_capabilities', x=1))
            self.assertIn('error', vm.ask('qmp_capabilities', enable=['x']))
            vm.execute('qmp_capabilities', enable=[])
            reply = vm.ask('qmp_capabilities')
            self.assertEqual(reply['error']['class'], 'CommandNotFound')
            vm.execute('query-version')

    def test_id(self):
        for ident in ('x', 5, None, {'a': [1, 'é\u0000']}, True, 1.5,
                      2 ** 64 - 1):
            self.vm.send({'execute': 'query-name', 'id': ident})
            self.assertEqual(self.vm.receive(), {'return': {}, 'id': ident})
            self.vm.send({'execute': 'no-such', 'id': ident})
            self.assertEqual(self.vm.receive()['id'], ident)

    def test_requests(self):
        for request, text in (
                ([], 'QMP input must be a JSON object'),
                ('x', 'QMP input must be a JSON object'),
                ({}, "QMP input lacks member 'execute'"),
                ({'execute': 1},
                 "QMP input member 'execute' must be a string"),
                ({'execute': 'stop', 'foo': 1},
                 "QMP input member 'foo' is unexpected"),
                ({'execute': 'query-name', 'arguments': []},
                 "QMP input member 'arguments' must be an object"),
                ({'execute': 'query-name', 'arguments': {'x': 1}},
                 "Parameter 'x' is unexpected"),
                ({'execute': 'qom-get', 'arguments': {'path': '/'}},
                 "Parameter 'property' is missing"),
                ({'execute': 'qom-list', 'arguments': {'path': 1}},
                 "Invalid parameter type for 'path', expected: string")):
            self.vm.send(request)
            reply = self.vm.receive()
            self.assertEqual(reply['error'],
                             {'class': 'GenericError', 'desc': text})
        reply = self.vm.ask('no-such')
        self.assertEqual(reply['error'], {
            'class': 'CommandNotFound',
            'desc': 'The command no-such has not been found'})
        reply = self.vm.ask('qom-list', path='/nope')
        self.assertEqual(reply['error']['class'], 'DeviceNotFound')

    def test_garbage(self):
        for junk in (b'{]\n', b'{\xff', b'{\x01', b"{'bad \xff",
                     b"{'execute': 'x', 'id':'\n", b'%p\n', b'}', b'null\n',
                     b'{"a":01}\n', b'"\\u12"', b'{"a":1,"a":2}', b'[' * 1025,
                     b'\x00', b'tru\n'):
            self.vm.send(junk)
            self.assertEqual(self.vm.receive()['error']['class'],
                             'GenericError')
            self.vm.execute('query-name')

    def test_split_and_joined(self):
        text = b'{"execute": "query-name", "id": "\xc3\xa9"}'
        for byte in text:
            self.vm.send(bytes([byte]))
        self.assertEqual(self.vm.receive(), {'return': {}, 'id': 'é'})
        self.vm.send(text * 100)
        for _ in range(100):
            self.assertEqual(self.vm.receive(), {'return': {}, 'id': 'é'})

    def test_slow_reader(self):
        """What is not read must not stop the program, nor get lost."""
        count = 2000
        request = b'{"execute": "query-commands"}\n'

        def feed():
            for _ in range(count):
                self.vm.socket.sendall(request)
        pid = os.fork()
        if not pid:
            feed()
            os._exit(0)
        for _ in range(count):
            self.assertIn('return', self.vm.receive())
        os.waitpid(pid, 0)

    def test_quit(self):
        self.assertEqual(self.vm.quit(), 0)

    def test_commands(self):
        names = [c['name'] for c in self.vm.execute('query-commands')]
        self.assertEqual(len(names), len(set(names)))
        schema = self.vm.execute('query-qmp-schema')
        shown = [e['name'] for e in schema if e['meta-type'] == 'command']
        self.assertEqual(sorted(names), sorted(shown))

    def test_queries_keep_to_the_schema(self):
        """Whatever a query without arguments returns is as announced."""
        schema = {e['name']: e for e in self.vm.execute('query-qmp-schema')}
        with Emulator(program(), ['-machine', 'q35', '-m', '64M', '-object',
                                  'memory-backend-ram,id=m,size=1M']) as vm:
            for name, entry in schema.items():
                if entry['meta-type'] != 'command' or \
                   not name.startswith('query-'):
                    continue
                arg = schema[entry['arg-type']]
                if any('default' not in m for m in arg['members']):
                    continue
                reply = vm.ask(name)
                if 'return' in reply:
                    self.check(schema, entry['ret-type'], reply['return'],
                               name)

    def check(self, schema, name, value, where):
        entry = schema[name]
        meta = entry['meta-type']
        if meta == 'builtin':
            kinds = {'string': str, 'number': (int, float), 'int': int,
                     'boolean': bool, 'null': type(None), 'value': object}
            self.assertIsInstance(value, kinds[entry['json-type']], where)
        elif meta == 'enum':
            self.assertIn(value, entry['values'], where)
        elif meta == 'array':
            self.assertIsInstance(value, list, where)
            for i, item in enumerate(value):
                self.check(schema, entry['element-type'], item,
                           f'{where}[{i}]')
        elif meta == 'object':
            self.assertIsInstance(value, dict, where)
            members = list(entry['members'])
            if 'tag' in entry:
                for variant in entry['variants']:
                    if variant['case'] == value[entry['tag']]:
                        members += schema[variant['type']]['members']
            known = {m['name']: m for m in members}
            for key, item in value.items():
                self.assertIn(key, known, where)
                self.check(schema, known[key]['type'], item,
                           f'{where}.{key}')
            for key, member in known.items():
                if 'default' not in member:
                    self.assertIn(key, value, where)


class Chardevs(unittest.TestCase):
    def setUp(self):
        self.vm = Emulator(program(), ['-machine', 'none'])
        self.addCleanup(self.vm.__exit__)

    def labels(self):
        return [c['label'] for c in self.vm.execute('query-chardev')]

    def test_kinds(self):
        """What is announced can be made."""
        kinds = {b['name'] for b in
                 self.vm.execute('query-chardev-backends')}
        schema = self.vm.execute('query-qmp-schema')
        announced = next(set(e['values']) for e in schema
                         if e['meta-type'] == 'enum' and
                         {'ringbuf', 'mux'} <= set(e['values']))
        self.assertEqual(kinds, announced)

    def test_ringbuf(self):
        self.vm.execute('chardev-add', id='r', backend={
            'type': 'ringbuf', 'data': {'size': 64}})
        self.assertIn('r', self.labels())
        self.assertIn('exists', self.vm.error('chardev-add', id='r', backend={
            'type': 'null', 'data': {}}))
        self.vm.execute('ringbuf-write', device='r', data='hello')
        self.assertEqual('hello', self.vm.execute('ringbuf-read', device='r',
                                                  size=100))
        self.vm.execute('ringbuf-write', device='r', data='aGk=',
                        format='base64')
        self.assertEqual('aGk=', self.vm.execute(
            'ringbuf-read', device='r', size=100, format='base64'))
        self.vm.execute('chardev-remove', id='r')
        self.assertNotIn('r', self.labels())
        self.assertIn('not found', self.vm.error('chardev-remove', id='r'))

    def test_errors(self):
        self.assertEqual("Parameter 'type' does not accept value 'zz'",
                         self.vm.error('chardev-add', id='x', backend={
                             'type': 'zz', 'data': {}}))
        self.assertEqual(
            "Parameter 'backend.data.addr.data.port' is missing",
            self.vm.error('chardev-add', id='x', backend={
                'type': 'socket', 'data': {'addr': {
                    'type': 'inet', 'data': {'host': 'a'}}}}))
        self.assertIn('busy', self.vm.error('chardev-remove', id='qmp0'))
        self.vm.execute('query-status')

    def test_pty(self):
        reply = self.vm.execute('chardev-add', id='p', backend={
            'type': 'pty', 'data': {}})
        self.assertTrue(os.path.exists(reply['pty']))


class Machine(unittest.TestCase):
    def setUp(self):
        self.vm = Emulator(program(), ['-machine', 'q35', '-m', '64M',
                                       '-name', 'gandalf'])
        self.addCleanup(self.vm.__exit__)

    def test_run_state(self):
        self.assertEqual(self.vm.execute('query-status')['status'],
                         'prelaunch')
        self.vm.execute('cont')
        self.vm.event('RESUME')
        self.assertTrue(self.vm.execute('query-status')['running'])
        self.vm.execute('stop')
        self.vm.event('STOP')
        self.assertEqual(self.vm.execute('query-status')['status'], 'paused')
        self.vm.execute('system_reset')
        self.assertEqual(self.vm.event('RESET'),
                         {'guest': False, 'reason': 'host-qmp-system-reset'})
        self.vm.execute('cont')
        self.vm.execute('system_powerdown')
        self.vm.event('POWERDOWN')

    def test_order(self):
        """What a command asks of the main loop is done before its reply."""
        self.vm.send(b'{"execute": "system_reset", "id": 1}'
                     b'{"execute": "query-status", "id": 2}'
                     b'{"execute": "system_powerdown", "id": 3}'
                     b'{"execute": "quit", "id": 4}')
        seen = []
        try:
            while True:
                message = json.loads(self.vm.receive_line())
                seen.append(message.get('event') or message.get('id'))
        except (EOFError, ConnectionResetError):
            pass
        self.assertEqual(seen, ['RESET', 1, 2, 'POWERDOWN', 3, 'SHUTDOWN',
                                4])

    def test_event_time(self):
        self.vm.execute('cont')
        self.vm.execute('query-status')
        stamp = self.vm.events[0]['timestamp']
        self.assertEqual(sorted(stamp), ['microseconds', 'seconds'])
        self.assertLess(stamp['microseconds'], 1000000)

    def test_queries(self):
        self.assertEqual(self.vm.execute('query-name'), {'name': 'gandalf'})
        self.assertEqual(self.vm.execute('query-target'),
                         {'arch': 'x86_64'})
        machines = {m['name']: m for m in self.vm.execute('query-machines')}
        self.assertEqual(machines['pc-q35-7.2']['alias'], 'q35')
        size = self.vm.execute('query-memory-size-summary')
        self.assertEqual(size['base-memory'], 64 << 20)
        cpus = self.vm.execute('query-cpus-fast')
        self.assertEqual(cpus[0]['cpu-index'], 0)
        self.assertEqual(self.vm.execute('query-uuid')['UUID'],
                         '00000000-0000-0000-0000-000000000000')

    def test_qom(self):
        names = {p['name']: p['type']
                 for p in self.vm.execute('qom-list', path='/')}
        self.assertEqual(names['machine'], 'child<pc-q35-7.2-machine>')
        self.assertEqual(names['type'], 'string')
        self.assertEqual(self.vm.execute('qom-get', path='/machine',
                                         property='type'),
                         'pc-q35-7.2-machine')
        self.assertIn('not writable',
                      self.vm.error('qom-set', path='/machine',
                                    property='type', value='x'))
        self.assertIn('not found',
                      self.vm.error('qom-get', path='/machine',
                                    property='nope'))
        types = self.vm.execute('qom-list-types', implements='device',
                                abstract=True)
        parents = {t['name']: t for t in types}
        self.assertTrue(parents['device']['abstract'])
        self.assertNotIn('abstract', parents['pcie-root-port'])
        for name, info in parents.items():
            self.assertTrue(name == 'device' or 'parent' in info)

    def test_objects(self):
        self.vm.execute('object-add', **{'qom-type': 'memory-backend-ram',
                                         'id': 'm1', 'size': 1 << 20})
        self.assertIn('duplicate', self.vm.error(
            'object-add', **{'qom-type': 'memory-backend-ram', 'id': 'm1',
                             'size': 1 << 20}))
        self.assertEqual("Parameter 'size' expects uint64", self.vm.error(
            'object-add', **{'qom-type': 'memory-backend-ram', 'id': 'm2',
                             'size': '1M'}))
        self.assertEqual("Parameter 'zz' is unexpected", self.vm.error(
            'object-add', **{'qom-type': 'memory-backend-ram', 'id': 'm2',
                             'size': 1, 'zz': 1}))
        ids = [m['id'] for m in self.vm.execute('query-memdev')]
        self.assertIn('m1', ids)
        self.vm.execute('object-del', id='m1')
        self.assertEqual("object 'm1' not found",
                         self.vm.error('object-del', id='m1'))

    def test_object_types(self):
        """The schema has all types that can be made, and their properties."""
        schema = {e['name']: e for e in self.vm.execute('query-qmp-schema')}
        options = schema[schema['object-add']['arg-type']]
        variants = {v['case']: schema[v['type']]['members']
                    for v in options['variants']}
        types = {t['name'] for t in self.vm.execute(
            'qom-list-types', implements='user-creatable')}
        self.assertEqual(types, set(variants))
        for name, members in variants.items():
            properties = {p['name'] for p in self.vm.execute(
                'qom-list-properties', typename=name)} - {'type'}
            self.assertEqual(properties, {m['name'] for m in members}, name)

    def test_every_type(self):
        """The properties of all types can be listed, twice."""
        for _ in range(2):
            for t in self.vm.execute('qom-list-types', implements='device'):
                self.vm.execute('device-list-properties',
                                typename=t['name'])
        for t in self.vm.execute('qom-list-types', abstract=True):
            if not t['name'].endswith('-machine'):
                self.vm.ask('qom-list-properties', typename=t['name'])
        self.vm.execute('query-status')

    def test_whole_tree(self):
        """Every readable property can be read."""
        todo = ['/']
        while todo:
            path = todo.pop()
            for p in self.vm.execute('qom-list', path=path):
                if p['type'].startswith('child<'):
                    todo.append(f"{path.rstrip('/')}/{p['name']}")
                else:
                    self.vm.ask('qom-get', path=path, property=p['name'])
        self.vm.execute('query-status')

    def test_fds(self):
        with open('/dev/zero', 'rb') as f:
            self.assertIn('SCM_RIGHTS',
                          self.vm.error('getfd', fdname='x'))
            self.vm.execute('getfd', [f.fileno()], fdname='x')
            self.vm.execute('closefd', fdname='x')
            self.assertIn('not found', self.vm.error('closefd', fdname='x'))
            info = self.vm.execute('add-fd', [f.fileno()], opaque='rd')
            sets = self.vm.execute('query-fdsets')
            self.assertEqual(sets[0]['fds'][0]['opaque'], 'rd')
            self.assertEqual(sets[0]['fdset-id'], info['fdset-id'])
            # One that is in use goes with its last user.
            path = f"/dev/fdset/{info['fdset-id']}"
            self.vm.execute('chardev-add', id='f', backend={
                'type': 'file', 'data': {'out': '/dev/null', 'in': path}})
            self.vm.execute('remove-fd', fdset_id=info['fdset-id'])
            self.assertEqual(len(self.vm.execute('query-fdsets')), 1)
            self.vm.execute('chardev-remove', id='f')
            self.assertEqual(self.vm.execute('query-fdsets'), [])
            self.assertIn('not found', self.vm.error(
                'remove-fd', fdset_id=info['fdset-id']))

    def test_pmemsave(self):
        with tempfile.NamedTemporaryFile() as f:
            self.vm.execute('pmemsave', val=0, size=100000, filename=f.name)
            self.assertEqual(os.path.getsize(f.name), 100000)
        self.assertIn('Could not open', self.vm.error(
            'pmemsave', val=0, size=1, filename='/nonexistent/x'))
        self.assertIn('size', self.vm.error(
            'pmemsave', val=0, size=-1, filename='/dev/null'))

    def test_hmp(self):
        self.assertEqual(self.vm.hmp('info status'),
                         'VM status: paused (prelaunch)\r\n')
        self.assertEqual(self.vm.hmp('info name'), 'gandalf\r\n')
        self.assertEqual(self.vm.hmp('zz'), "unknown command: 'zz'\r\n")
        self.assertEqual(self.vm.hmp('info zz'),
                         "unknown command: 'info zz'\r\n")
        self.assertEqual(self.vm.hmp('print 1+2*3'), '0x7\r\n')
        self.assertEqual(self.vm.hmp('xp /2xh 0'),
                         '0000000000000000: 0x0000 0x0000\r\n')
        self.assertEqual(self.vm.hmp('qom-get /machine type'),
                         '"pc-q35-7.2-machine"\r\n')
        self.assertIn('/machine (pc-q35-7.2-machine)\r\n',
                      self.vm.hmp('info qom-tree'))
        self.assertIn('bus: main-system-bus', self.vm.hmp('info qtree'))
        self.assertIn('address-space: memory', self.vm.hmp('info mtree'))
        self.assertIn('qom-get path property', self.vm.hmp('help'))
        self.assertTrue(self.vm.hmp('help quit').startswith('quit|q '))
        self.assertIn('multifunction=<bool>',
                      self.vm.hmp('device_add pcie-root-port,help'))
        self.assertIn("'zz' is not a valid device model name",
                      self.vm.hmp('device_add zz,id=x'))
        self.assertIn('CPU number', self.vm.error(
            'human-monitor-command', command_line='x', cpu_index=7))

    def test_every_info(self):
        """Each "info" works, and each command survives without arguments."""
        for line in self.vm.hmp('info').splitlines():
            self.vm.hmp(' '.join(line.split()[:2]))
        for line in self.vm.hmp('help').splitlines():
            name = line.split()[0].split('|')[0] if line.strip() else ''
            if name not in ('quit', 'migrate', ''):
                self.vm.hmp(name)
        self.vm.execute('query-status')

    def test_hotplug_values(self):
        """device_add takes JSON's types and text."""
        with Emulator(program(), ['-machine', 'q35', '-device',
                                  'pcie-root-port,id=rp']) as vm:
            self.assertIn("Parameter 'driver' is missing",
                          vm.error('device_add'))
            self.assertIn('zz', vm.error('device_add', driver='zz'))
            vm.execute('device_add', driver='edu', bus='rp', id='e',
                       multifunction='on', addr=0, rombar='0')
            self.assertIn('Duplicate', vm.error(
                'device_add', driver='edu', bus='rp', id='e'))
            self.assertIn('not found', vm.error('device_del', id='nope'))


class Human(unittest.TestCase):
    """A terminal, by way of a socket."""

    def setUp(self):
        self.ours, theirs = socket.socketpair()
        self.vm = Emulator(program(), [
            '-machine', 'none', '-chardev',
            f'socket,id=hmp0,fd={theirs.fileno()}',
            '-mon', 'hmp0'], pass_fds=[theirs.fileno()])
        theirs.close()
        self.ours.settimeout(10)
        self.addCleanup(self.vm.__exit__)
        self.addCleanup(self.ours.close)
        self.text = ''

    def until(self, what):
        while what not in self.text:
            data = self.ours.recv(4096)
            self.assertTrue(data, self.text)
            self.text += data.decode()
        before, self.text = self.text.split(what, 1)
        return before

    def type(self, keys):
        self.ours.sendall(keys.encode())

    def test_prompt(self):
        self.until("QEMU 7.2.0 monitor - type 'help' for more information")
        self.until('\r\n(qemu) ')
        self.type('info status\r')
        self.until('info status\r\nVM status: paused (prelaunch)\r\n'
                   '(qemu) ')
        self.type('sta\x7fop\r')
        self.until('(qemu) ')
        self.type('foo\r')
        self.until("unknown command: 'foo'\r\n(qemu) ")
        self.type('info history\rx')
        self.assertIn("0: 'info status'", self.until('(qemu) '))

    def test_completion(self):
        self.until('(qemu) ')
        self.type('inf\t')
        self.until('info ')
        self.type('stat\t\r')
        self.until('VM status')
        self.until('(qemu) ')
        self.type('object_add memory-backend-m\t')
        self.until('memory-backend-memfd ')
        self.type('\x15device_add pcie-root-p\t')
        self.until('pcie-root-port')
        self.type('\x15qom-list /mach\t')
        self.until('/machine')

    def test_many_lines(self):
        self.until('(qemu) ')
        self.type('print 1\n' * 200)
        for _ in range(200):
            self.until('0x1\r\n')

    def test_quit(self):
        self.until('(qemu) ')
        self.type('quit\r')
        self.assertEqual(self.vm.process.wait(timeout=10), 0)
        while True:
            data = self.ours.recv(4096)
            if not data:
                break
            self.text += data.decode()
        self.assertNotIn('(qemu)', self.text)


class Several(unittest.TestCase):
    def test_monitors(self):
        """Events reach each monitor that has negotiated; pretty is JSON."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 's')
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen()
            with Emulator(program(), ['-machine', 'none', '-chardev',
                                      f'socket,id=c2,path={path}', '-mon',
                                      'chardev=c2,mode=control,pretty=on']
                          ) as vm:
                other, _ = listener.accept()
                stream = other.makefile('rw')

                def receive():
                    text = ''
                    while True:
                        text += stream.readline()
                        try:
                            return json.loads(text)
                        except json.JSONDecodeError:
                            pass
                self.assertIn('QMP', receive())
                vm.execute('cont')          # not for the other: not ready
                stream.write('{"execute": "qmp_capabilities"}\n')
                stream.flush()
                self.assertEqual(receive(), {'return': {}})
                vm.execute('stop')
                self.assertEqual(receive()['event'], 'STOP')
                vm.event('STOP')
                other.close()
                vm.execute('query-status')
            listener.close()


if __name__ == '__main__':
    unittest.main()
