#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print a migration stream, or the differences of two.

A stream says nothing about what is in its device sections; a description in
JSON behind the last one does.  With it every field has a name and a value,
without it (postcopy, or a stream cut short) a section is shown as bytes.

  vmstate-dump.py FILE                 text
  vmstate-dump.py --json FILE          the same as JSON
  vmstate-dump.py --section 04.0 FILE  sections with this in their name
  vmstate-dump.py --diff A B           what differs; status 1 if anything
"""

import argparse
import hashlib
import json
import mmap
import struct
import sys

EOF, START, PART, END, FULL, SUBSECTION, VMDESC, CONFIG, COMMAND = range(9)
FOOTER = 0x7e
COMMANDS = {1: 'open-return-path', 2: 'ping', 3: 'postcopy-advise',
            4: 'postcopy-listen', 5: 'postcopy-run',
            6: 'postcopy-ram-discard', 7: 'packaged', 8: 'enable-colo',
            9: 'postcopy-resume', 10: 'recv-bitmap'}
RAM_ZERO, RAM_SIZES, RAM_PAGE, RAM_EOS, RAM_SAME = 0x02, 0x04, 0x08, 0x10, 0x20
RAM_XBZRLE, RAM_HOOK, RAM_COMPRESSED, RAM_MULTIFD = 0x40, 0x80, 0x100, 0x200


class BadStream(Exception):
    pass


class Reader:
    """Big-endian values from bytes, never past their end."""

    def __init__(self, data, pos=0, end=None):
        self.data, self.pos = data, pos
        self.end = len(data) if end is None else end

    def take(self, size):
        if size < 0 or self.pos + size > self.end:
            raise BadStream(f'{size} bytes wanted at {self.pos:#x}, '
                            f'{self.end - self.pos} are left')
        self.pos += size
        return self.data[self.pos - size:self.pos]

    def number(self, size, signed=False):
        return int.from_bytes(self.take(size), 'big', signed=signed)

    def u8(self):
        return self.number(1)

    def u16(self):
        return self.number(2)

    def u32(self):
        return self.number(4)

    def u64(self):
        return self.number(8)

    def string(self):
        return self.take(self.u8()).decode('latin-1')

    def at_end(self):
        return self.pos >= self.end


# --- Fields, by the description ---

class Obj(dict):
    """A JSON object that remembers members of the same name."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.pairs = pairs

    def bodies(self):
        """Descriptions that follow one another: elements of lists, trees."""
        found = []
        for key, value in self.pairs:
            if key == 'vmsd_name':
                found.append([])
            if found and key in ('vmsd_name', 'version', 'fields',
                                 'subsections'):
                found[-1].append((key, value))
        return [Obj(pairs) for pairs in found]


def find_description(data):
    """The description behind the stream and where it starts."""
    at = len(data)
    while True:
        at = data.rfind(b'{"', 0, at)
        if at < 5:
            return None, len(data)
        if data[at - 5] == VMDESC and \
                int.from_bytes(data[at - 4:at], 'big') == len(data) - at:
            try:
                return (json.loads(data[at:].decode(),
                                   object_pairs_hook=Obj), at - 5)
            except ValueError:
                return None, len(data)


def scalar(kind, raw):
    word = kind.split()[0]
    if word == 'bool':
        return bool(raw[0]) if len(raw) == 1 else raw.hex()
    if word == 'timer' and len(raw) == 8:
        value = int.from_bytes(raw, 'big')
        return 'off' if value == 2**64 - 1 else value
    if word.startswith(('int', 'uint')) and len(raw) in (1, 2, 4, 8):
        if word == 'uint64' and raw == b'\x30':
            return None             # a hole in an array of pointers
        return int.from_bytes(raw, 'big', signed=word.startswith('int'))
    if kind == 'unused_buffer' and not any(raw):
        return f'{len(raw)} zeroes'
    return raw.hex()


class Decoder:
    """Reads fields as a description says."""

    def __init__(self, reader):
        self.r = reader

    def state(self, desc):
        out = {}
        for field in desc['fields']:
            name = field['name']
            if 'array_len' in field:
                out[name] = [self.field(field)
                             for _ in range(field['array_len'])]
            elif 'index' in field:
                out.setdefault(name, []).append(self.field(field))
            else:
                out[name] = self.field(field)
        for sub in desc.get('subsections', []):
            out[f"[{sub['vmsd_name']}]"] = self.subsection(sub)
        return out

    def subsection(self, desc):
        if self.r.u8() != SUBSECTION or self.r.string() != desc['vmsd_name']:
            raise BadStream(f"no subsection {desc['vmsd_name']} at "
                            f'{self.r.pos:#x}')
        return {'version': self.r.u32(), **self.state(desc)}

    def field(self, field):
        kind, size = field['type'], field['size']
        start = self.r.pos
        if 'struct' in field:
            value = self.state(field['struct'])
        elif kind == 'qtailq' or kind == 'qlist':
            value = self.elements(field.bodies())
        elif kind == 'gtree':
            value = self.tree(field.bodies())
        elif field.bodies():
            value = self.state(field.bodies()[0])
        else:
            return scalar(kind, self.r.take(size))
        if self.r.pos != start + size:
            raise BadStream(f"{field['name']} has {self.r.pos - start} "
                            f'bytes, not {size}')
        return value

    def elements(self, bodies):
        out = []
        while self.r.u8():
            if not bodies:
                raise BadStream('list is longer than its description')
            out.append(self.state(bodies.pop(0)))
        return out

    def tree(self, bodies):
        count = self.r.u32()
        with_keys = count and len(bodies) == 2 * count
        out = []
        while self.r.u8():
            if not bodies:
                raise BadStream('tree is larger than its description')
            key = self.state(bodies.pop(0)) if with_keys else self.r.u64()
            out.append({'key': key, 'value': self.state(bodies.pop(0))})
        return out


# --- RAM ---

class Ram:
    """Pages as they come; of each the last one counts."""

    def __init__(self, page_size):
        self.page_size = page_size
        self.blocks = {}            # name -> length
        self.pages = {}             # (name, offset) -> digest or fill byte
        self.counts = {}
        self.name = None

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def section(self, r):
        while True:
            word = r.u64()
            flags = word & (self.page_size - 1)
            at = word & ~(self.page_size - 1)
            if flags & RAM_EOS:
                return
            if flags & RAM_SIZES:
                self.sizes(r, at)
            elif flags & RAM_MULTIFD and not flags & (RAM_PAGE | RAM_ZERO):
                self.count('multifd-flush')
            elif flags & RAM_HOOK:
                raise BadStream('RDMA hooks are not known here')
            else:
                self.page(r, at, flags)

    def sizes(self, r, total):
        while total > 0:
            name = r.string()
            self.blocks[name] = r.u64()
            total -= self.blocks[name]
        if total:
            raise BadStream('RAM blocks do not add up')

    def page(self, r, at, flags):
        if not flags & RAM_SAME:
            self.name = r.string()
        key = (self.name, at)
        if flags & RAM_ZERO:
            fill = r.u8()
            self.pages[key] = f'fill {fill:#04x}'
            self.count('zero')
        elif flags & RAM_PAGE:
            self.pages[key] = digest(r.take(self.page_size))
            self.count('normal')
        elif flags & RAM_XBZRLE:
            if r.u8() != 1:
                raise BadStream('XBZRLE page of an unknown kind')
            self.pages[key] = 'delta ' + digest(r.take(r.u16()))
            self.count('xbzrle')
        elif flags & RAM_COMPRESSED:
            self.pages[key] = 'packed ' + digest(r.take(r.u32()))
            self.count('compressed')
        else:
            raise BadStream(f'RAM page with flags {flags:#x}')

    def content(self, name):
        """One digest for all of a block; unsent pages count as zero."""
        sha = hashlib.sha256()
        for (block, at), value in sorted(self.pages.items()):
            if block == name and value != 'fill 0x00':
                sha.update(struct.pack('>Q', at) + value.encode())
        return sha.hexdigest()[:16]

    def summary(self):
        return {'pages': dict(sorted(self.counts.items())),
                'blocks': {name: {'length': length,
                                  'content': self.content(name)}
                           for name, length in self.blocks.items()}}


def digest(data):
    return hashlib.blake2b(data, digest_size=8).hexdigest()


# --- The stream ---

class Stream:
    """Everything of a stream, in order, in self.items."""

    def __init__(self, data):
        self.desc, self.limit = find_description(data)
        self.data = data
        self.devices = {}
        for dev in (self.desc or {}).get('devices', []):
            self.devices.setdefault((dev['name'], dev['instance_id']), dev)
        self.ram = Ram((self.desc or {}).get('page_size', 4096))
        self.names = {}             # section id -> (name, instance)
        self.items = []
        self.error = None
        r = Reader(data, 0, self.limit)
        try:
            if r.take(4) != b'QEVM':
                raise BadStream('no QEVM at the start')
            self.version = r.u32()
            self.body(r)
        except BadStream as problem:
            self.error = f'{problem} (read up to {r.pos:#x})'

    def add(self, kind, **more):
        self.items.append({'kind': kind, **more})

    def body(self, r):
        while not r.at_end():
            kind = r.u8()
            if kind == EOF:
                self.add('eof')
                # What follows is an answer to postcopy, or nothing.
                if r.at_end():
                    return
            elif kind == CONFIG:
                self.configuration(r)
            elif kind == COMMAND:
                self.command(r)
            elif kind in (START, FULL):
                self.section_start(r, kind)
            elif kind in (PART, END):
                section = r.u32()
                if section not in self.names:
                    raise BadStream(f'section {section} was never started')
                self.content(r, kind, section, *self.names[section], 0)
            else:
                raise BadStream(f'section of type {kind:#04x}')

    def configuration(self, r):
        name = r.take(r.u32()).decode('latin-1')
        extra = {}
        while not r.at_end() and self.data[r.pos] == SUBSECTION:
            r.u8()
            sub = r.string()
            r.u32()
            if sub == 'configuration/capabilities':
                extra['capabilities'] = [r.string() for _ in range(r.u32())]
            elif sub == 'configuration/target-page-bits':
                extra['target-page-bits'] = r.u32()
            elif sub == 'configuration/uuid':
                extra['uuid'] = r.take(16).hex()
            else:
                raise BadStream(f'unknown subsection {sub}')
        self.add('configuration', machine=name, **extra)

    def command(self, r):
        number = r.u16()
        payload = r.take(r.u16())
        name = COMMANDS.get(number, str(number))
        self.add('command', name=name, payload=payload.hex())
        if name == 'packaged':
            inner = Reader(self.data, r.pos,
                           r.pos + int.from_bytes(payload, 'big'))
            self.body(inner)
            r.pos = inner.end

    def section_start(self, r, kind):
        section = r.u32()
        name = r.string()
        instance, version = r.u32(), r.u32()
        self.names[section] = (name, instance)
        self.content(r, kind, section, name, instance, version)

    def content(self, r, kind, section, name, instance, version):
        start = r.pos
        item = {'name': name, 'instance': instance, 'section': section,
                'part': {START: 'start', PART: 'part', END: 'end',
                         FULL: 'full'}[kind]}
        if kind in (START, FULL):
            item['version'] = version
        problem = None
        try:
            if name == 'ram':
                self.ram.section(r)
            elif kind == FULL and (name, instance) in self.devices:
                desc = self.devices[(name, instance)]
                item['fields'] = Decoder(r).state(desc)
        except BadStream as caught:
            problem = str(caught)
        if not self.footer(r, section):
            # Not described, or not well: show the bytes up to the footer.
            mark = bytes([FOOTER]) + struct.pack('>I', section)
            end = self.data.find(mark, start, r.end)
            if end < 0 or name == 'ram':
                raise BadStream(f'section {section} ({name}): '
                                f'{problem or "no footer"}')
            item.pop('fields', None)
            item['bytes'] = self.data[start:end].hex()
            if problem or name in [d[0] for d in self.devices]:
                item['problem'] = problem or 'description does not fit'
            r.pos = end + 5
        self.add('section', **item)

    def footer(self, r, section):
        if r.pos + 5 <= r.end and self.data[r.pos] == FOOTER and \
                int.from_bytes(self.data[r.pos + 1:r.pos + 5],
                               'big') == section:
            r.pos += 5
            return True
        return False

    def result(self, wanted=''):
        items = [i for i in self.items if wanted in i.get('name', '')]
        out = {'version': self.version if self.items else None,
               'items': items, 'ram': self.ram.summary()}
        if self.error:
            out['error'] = self.error
        return out


# --- Output ---

def flatten(value, path=''):
    """(path, scalar) of everything in a tree, in order."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from flatten(member, f'{path}.{key}' if path else key)
    elif isinstance(value, list) and not all(
            isinstance(v, (int, bool)) for v in value):
        for index, member in enumerate(value):
            yield from flatten(member, f'{path}[{index}]')
    else:
        yield path, value


def show(value):
    if isinstance(value, bool) or value is None:
        return {True: 'true', False: 'false', None: 'null'}[value]
    if isinstance(value, int):
        return f'{value} ({value:#x})' if abs(value) > 9 else str(value)
    if isinstance(value, list):
        return ' '.join(f'{v:x}' for v in value)
    return value if len(value) <= 128 else \
        f'{value[:96]}... ({len(value) // 2} bytes, {digest(value.encode())})'


def text_of(item):
    kind = item['kind']
    if kind == 'section':
        version = f" version {item['version']}" if 'version' in item else ''
        yield (f"{item['part']} section {item['section']} "
               f"'{item['name']}' instance {item['instance']}{version}")
        if 'problem' in item:
            yield f"  ! {item['problem']}"
        if 'bytes' in item:
            yield f"  bytes: {show(item['bytes'])}"
        for path, value in flatten(item.get('fields', {})):
            yield f'  {path} = {show(value)}'
    else:
        rest = ' '.join(f'{k}={v}' for k, v in item.items() if k != 'kind')
        yield f'{kind} {rest}'.strip()


def print_text(result):
    print(f"stream version {result['version']}")
    for item in result['items']:
        for line in text_of(item):
            print(line)
    ram = result['ram']
    print('ram pages:', ', '.join(f'{n} {what}' for what, n
                                  in ram['pages'].items()) or 'none')
    for name, block in ram['blocks'].items():
        print(f"ram block '{name}' {block['length']:#x} bytes, "
              f"content {block['content']}")


def comparable(stream, wanted):
    """What two streams of the same machine state have in common."""
    out = {}
    for item in stream.result(wanted)['items']:
        if item['kind'] == 'configuration':
            for key, value in item.items():
                out[f'configuration.{key}'] = value
        elif item['kind'] == 'section' and item['name'] != 'ram':
            prefix = f"{item['name']}#{item['instance']}"
            out[f'{prefix} version'] = item.get('version')
            body = item.get('fields', {'bytes': item.get('bytes')})
            for path, value in flatten(body):
                out[f'{prefix} {path}'] = value
    return out


def differences(a, b, wanted=''):
    """A line for each."""
    left, right = comparable(a, wanted), comparable(b, wanted)
    for key in list(left) + [k for k in right if k not in left]:
        if key not in right:
            yield f'- {key} = {show(left[key])}'
        elif key not in left:
            yield f'+ {key} = {show(right[key])}'
        elif left[key] != right[key]:
            yield f'! {key}: {show(left[key])} -> {show(right[key])}'
    for name in sorted(set(a.ram.blocks) | set(b.ram.blocks)):
        if a.ram.blocks.get(name) != b.ram.blocks.get(name):
            yield (f'! ram {name}: {a.ram.blocks.get(name)} -> '
                   f'{b.ram.blocks.get(name)} bytes')
    zero = 'fill 0x00'
    pages = [key for key in sorted(set(a.ram.pages) | set(b.ram.pages))
             if a.ram.pages.get(key, zero) != b.ram.pages.get(key, zero)]
    for name, at in pages[:16]:
        yield f'! ram {name} page {at:#x} differs'
    if len(pages) > 16:
        yield f'! ram: {len(pages)} pages differ'


def read_stream(path):
    with open(path, 'rb') as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            data = b''
        return Stream(data)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split('\n')[0],
        epilog='A stream comes from "migrate exec:cat>FILE".')
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--section', default='', metavar='PART',
                        help='only sections whose name has this in it')
    parser.add_argument('--diff', action='store_true',
                        help='compare two streams')
    parser.add_argument('file', nargs='+')
    args = parser.parse_args()
    if len(args.file) != (2 if args.diff else 1):
        parser.error('--diff takes two files, else one')
    streams = [read_stream(path) for path in args.file]
    for path, stream in zip(args.file, streams):
        if stream.error:
            print(f'{path}: {stream.error}', file=sys.stderr)
    if args.diff:
        different = False
        for line in differences(*streams, args.section):
            print(line)
            different = True
        return 2 if any(s.error for s in streams) else int(different)
    result = streams[0].result(args.section)
    if args.json:
        json.dump(result, sys.stdout, indent=1)
        print()
    else:
        print_text(result)
    return 2 if streams[0].error else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
