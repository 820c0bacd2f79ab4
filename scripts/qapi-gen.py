#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Turn qapi/*.json, written in the QAPI schema language, into C.

What comes out is small: C enumerations with their name tables, one compact
table of all types that argument validation and introspection walk at run
time, a list of commands with their handlers, and event names.  No code is
generated for each type, which keeps the build short.
"""
import argparse
import os
import re
import sys

BUILTINS = {
    # name: (kind used by qapi/schema.c, name and JSON type in introspection)
    'str': ('STR', 'str', 'string'),
    'number': ('NUMBER', 'number', 'number'),
    'int': ('INT', 'int', 'int'),
    'int8': ('INT8', 'int', 'int'),
    'int16': ('INT16', 'int', 'int'),
    'int32': ('INT32', 'int', 'int'),
    'int64': ('INT', 'int', 'int'),
    'uint8': ('UINT8', 'int', 'int'),
    'uint16': ('UINT16', 'int', 'int'),
    'uint32': ('UINT32', 'int', 'int'),
    'uint64': ('UINT64', 'int', 'int'),
    'size': ('SIZE', 'int', 'int'),
    'bool': ('BOOL', 'bool', 'boolean'),
    'null': ('NULL', 'null', 'null'),
    'any': ('ANY', 'any', 'value'),
}


class SchemaError(Exception):
    pass


class Parser:
    """One schema file: objects, lists, strings in single quotes, booleans."""

    token = re.compile(r"(?P<skip>\s+|#[^\n]*)|(?P<punct>[{}\[\]:,])"
                       r"|'(?P<str>[^'\\\n]*)'|(?P<word>true|false|null)")

    def __init__(self, path):
        self.path = path
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
        self.pos = 0
        self.advance()

    def fail(self, what):
        line = self.text.count('\n', 0, self.start) + 1
        raise SchemaError(f'{self.path}:{line}: {what}')

    def advance(self):
        while True:
            self.start = self.pos
            if self.pos == len(self.text):
                self.kind, self.value = 'end', 'end of file'
                return
            match = self.token.match(self.text, self.pos)
            if not match:
                self.fail(f'stray {self.text[self.pos]!r}')
            self.pos = match.end()
            self.kind = match.lastgroup
            self.value = match.group(self.kind)
            if self.kind != 'skip':
                return

    def accept(self, punct):
        if self.kind == 'punct' and self.value == punct:
            self.advance()
            return True
        return False

    def expect(self, punct):
        if not self.accept(punct):
            self.fail(f'expected {punct!r}, found {self.value!r}')

    def parse_value(self):
        if self.accept('{'):
            result = {}
            while not self.accept('}'):
                if result:
                    self.expect(',')
                key = self.value
                if self.kind != 'str':
                    self.fail('expected a name')
                if key in result:
                    self.fail(f'{key!r} twice')
                self.advance()
                self.expect(':')
                result[key] = self.parse_value()
            return result
        if self.accept('['):
            result = []
            while not self.accept(']'):
                if result:
                    self.expect(',')
                result.append(self.parse_value())
            return result
        kind, value = self.kind, self.value
        if kind == 'str':
            self.advance()
            return value
        if kind == 'word':
            self.advance()
            return {'true': True, 'false': False, 'null': None}[value]
        return self.fail(f'expected a value, found {value!r}')

    def expressions(self):
        while self.kind != 'end':
            start = self.start
            value = self.parse_value()
            self.start = start
            if not isinstance(value, dict):
                self.fail('expected an object')
            yield value


def upper(name):
    """CamelCase or any-name as the start of an enumeration constant."""
    name = re.sub(r'[^A-Za-z0-9_]', '_', name)
    if not name.isupper():
        name = re.sub(r'(?<=[^_])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Z])', '_',
                      name)
    return name.upper()


def c_name(name):
    return re.sub(r'[^A-Za-z0-9_]', '_', name)


def c_string(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


class Pool:
    """All strings of the tables in one array: offsets need no relocation."""

    def __init__(self):
        self.offsets = {'': 0}
        self.parts = ['']
        self.size = 1

    def add(self, text):
        if text not in self.offsets:
            self.offsets[text] = self.size
            self.parts.append(text)
            self.size += len(text) + 1
        return self.offsets[text]


class Type:
    def __init__(self, kind, name, expr=None):
        self.kind = kind
        self.name = name
        self.expr = expr or {}
        self.members = []       # (name, type name, optional, features)
        self.variants = []      # (case, type name)
        self.tag = None
        self.index = None
        self.shown = False

    @property
    def features(self):
        return features_of(self.expr)


def features_of(expr):
    result = []
    for f in expr.get('features', []):
        result.append(f['name'] if isinstance(f, dict) else f)
    return result


class Schema:
    def __init__(self, path):
        self.types = {}
        self.commands = []
        self.events = []
        self.files = []
        self.enum_files = {}
        for name in BUILTINS:
            self.types[name] = Type('builtin', name)
        self.types['q_empty'] = Type('struct', 'q_empty', {'data': {}})
        self.load(path)
        self.resolve()

    def load(self, path):
        if path in self.files:
            return
        self.files.append(path)
        parser = Parser(path)
        for expr in parser.expressions():
            meta = next(iter(expr))
            name = expr[meta]
            if meta == 'include':
                self.load(os.path.join(os.path.dirname(path), name))
            elif meta == 'pragma':
                pass
            elif meta in ('enum', 'struct', 'union', 'alternate'):
                if name in self.types:
                    parser.fail(f'type {name!r} defined twice')
                self.types[name] = Type(meta, name, expr)
                self.enum_files[name] = path
            elif meta in ('command', 'event'):
                into = self.commands if meta == 'command' else self.events
                if any(e[meta] == name for e in into):
                    parser.fail(f'{meta} {name!r} defined twice')
                into.append(expr)
            else:
                parser.fail(f'unknown kind {meta!r}')

    def need(self, name, where):
        if isinstance(name, list):
            if len(name) != 1:
                raise SchemaError(f'{where}: a list has one element type')
            return self.list_of(self.need(name[0], where))
        if name not in self.types:
            raise SchemaError(f'{where}: no type {name!r}')
        return name

    def list_of(self, element):
        name = f'[{element}]'
        if name not in self.types:
            self.types[name] = Type('array', name, {'element': element})
        return name

    def parse_members(self, data, where):
        result = []
        for key, value in data.items():
            optional = key.startswith('*')
            feats = []
            if isinstance(value, dict):
                feats = features_of(value)
                value = value['type']
            name = key.lstrip('*')
            result.append((name, self.need(value, f'{where}.{name}'),
                           optional, feats))
        return result

    def struct_members(self, name, where):
        """Members of a struct with those of its bases before them."""
        typ = self.types.get(name)
        if not typ or typ.kind not in ('struct', 'union'):
            raise SchemaError(f'{where}: {name!r} is no struct')
        result = []
        if typ.kind == 'struct' and 'base' in typ.expr:
            result += self.struct_members(typ.expr['base'], name)
        return result + self.parse_members(typ.expr['data'], name)

    def implicit(self, owner, suffix, data, base=None):
        """A struct for members written in place."""
        if isinstance(data, str):
            return self.need(data, owner)
        if not data:
            return 'q_empty'
        name = f'q_obj_{owner}-{suffix}'
        self.types[name] = Type('struct', name, {'data': data})
        return name

    def resolve(self):
        for expr in self.commands:
            name = expr['command']
            expr['arg'] = self.implicit(name, 'arg', expr.get('data', {}))
            ret = expr.get('returns')
            expr['ret'] = self.need(ret, name) if ret else 'q_empty'
        for expr in self.events:
            expr['arg'] = self.implicit(expr['event'], 'arg',
                                        expr.get('data', {}))
        for typ in list(self.types.values()):
            self.resolve_type(typ)
        for i, typ in enumerate(self.types.values()):
            typ.index = i
        for expr in self.commands + self.events:
            self.show(expr['arg'])
            if 'ret' in expr:
                self.show(expr['ret'])

    def resolve_type(self, typ):
        expr = typ.expr
        if typ.kind == 'struct':
            typ.members = self.struct_members(typ.name, typ.name)
        elif typ.kind == 'enum':
            typ.values = [(v['name'], features_of(v))
                          if isinstance(v, dict) else (v, [])
                          for v in expr['data']]
        elif typ.kind == 'union':
            base = expr['base']
            if isinstance(base, dict):
                typ.members = self.parse_members(base, typ.name)
            else:
                typ.members = self.struct_members(base, typ.name)
            names = [m[0] for m in typ.members]
            typ.tag = names.index(expr['discriminator'])
            enum = self.types[typ.members[typ.tag][1]]
            if enum.kind != 'enum':
                raise SchemaError(f'{typ.name}: the tag is no enumeration')
            cases = [v['name'] if isinstance(v, dict) else v
                     for v in enum.expr['data']]
            for case in expr['data']:
                if case not in cases:
                    raise SchemaError(f'{typ.name}: no case {case!r}')
            for case in cases:
                branch = expr['data'].get(case, 'q_empty')
                if isinstance(branch, dict):
                    branch = branch['type']
                if self.types[self.need(branch, typ.name)].kind != 'struct':
                    raise SchemaError(f'{typ.name}: {branch!r} is no struct')
                typ.variants.append((case, branch))
        elif typ.kind == 'alternate':
            for name, value in expr['data'].items():
                if isinstance(value, dict):
                    value = value['type']
                typ.variants.append((name, self.need(value, typ.name)))

    def show(self, name):
        typ = self.types[name]
        if typ.shown:
            return
        typ.shown = True
        for member in typ.members:
            self.show(member[1])
        for _, branch in typ.variants:
            self.show(branch)
        if typ.kind == 'array':
            self.show(typ.expr['element'])

    def enums(self):
        """Those that become C; 'gen': false for one that exists already."""
        return [t for t in self.types.values()
                if t.kind == 'enum' and t.expr.get('gen', True)]


LICENSE = '/* SPDX-License-Identifier: GPL-2.0-or-later */\n'


def header(guard, body, about):
    return (f'{LICENSE}/* Generated by qapi-gen.py: {about} */\n'
            f'#ifndef {guard}\n#define {guard}\n\n{body}\n#endif\n')


def enum_decl(typ):
    prefix = typ.expr.get('prefix') or upper(typ.name)
    out = [f'typedef enum {typ.name} {{']
    for value, _ in typ.values:
        out.append(f'    {prefix}_{upper(c_name(value))},')
    out.append(f'    {prefix}__MAX')
    out.append(f'}} {typ.name};')
    out.append(f'extern const QEnumLookup {typ.name}_lookup;')
    out.append(f'#define {typ.name}_str(val) '
               f'qapi_enum_lookup(&{typ.name}_lookup, (val))\n')
    return '\n'.join(out)


def gen_types(schema):
    body = '#include "qapi/util.h"\n#include "qapi/qapi-builtin-types.h"\n\n'
    body += '\n'.join(enum_decl(t) for t in schema.enums())
    head = header('QAPI_TYPES_H', body, 'enumerations of the schema')

    src = [LICENSE, '#include "qemu/osdep.h"',
           '#include "qapi/qapi-types.h"\n']
    for typ in schema.enums():
        src.append(f'static const char *const {typ.name}_names[] = {{')
        for value, _ in typ.values:
            src.append(f'    {c_string(value)},')
        src.append('    NULL\n};')
        src.append(f'const QEnumLookup {typ.name}_lookup = {{\n'
                   f'    .array = {typ.name}_names,\n'
                   f'    .size = {len(typ.values)},\n}};\n')
    return head, '\n'.join(src) + '\n'


def gen_visit(schema):
    out = ['#include "qapi/visitor.h"', '#include "qapi/qapi-types.h"\n']
    for typ in schema.enums():
        out.append(
            f'static inline bool visit_type_{typ.name}(Visitor *v, '
            f'const char *name,\n        {typ.name} *obj, Error **errp)\n'
            '{\n    int value = *obj;\n'
            '    bool ok = visit_type_enum(v, name, &value,\n'
            f'                              &{typ.name}_lookup, errp);\n'
            '    *obj = value;\n    return ok;\n}\n')
    return header('QAPI_VISIT_H', '\n'.join(out),
                  'visits of the enumerations')


def gen_tables(schema):
    """qapi-schema-tables.c: what include/qapi/schema-tables.h declares."""
    pool = Pool()
    members, types = [], []

    def feats(names):
        return pool.add(','.join(names))

    for typ in schema.types.values():
        first, count, variants, nvariants, tag = len(members), 0, 0, 0, 0
        if typ.kind == 'builtin':
            kind = BUILTINS[typ.name][0]
        else:
            kind = typ.kind.upper()
        if typ.kind == 'enum':
            for value, f in typ.values:
                members.append((pool.add(value), 0, 0, feats(f)))
            count = len(typ.values)
        elif typ.kind == 'array':
            first = schema.types[typ.expr['element']].index
        for name, mtype, optional, f in typ.members:
            members.append((pool.add(name), schema.types[mtype].index,
                            int(optional), feats(f)))
        count = count or len(typ.members)
        if typ.variants:
            variants, nvariants = len(members), len(typ.variants)
            for case, vtype in typ.variants:
                members.append((pool.add(case), schema.types[vtype].index,
                                0, 0))
        if typ.tag is not None:
            tag = typ.tag
        shown = int(typ.shown)
        types.append(f'    {{ QAPI_KIND_{kind}, {shown}, {tag}, '
                     f'{pool.add(typ.name)}, {feats(typ.features)}, {first}, '
                     f'{count}, {variants}, {nvariants} }},')

    commands = []
    for expr in sorted(schema.commands, key=lambda e: e['command']):
        flags = ['0']
        if expr.get('gen', True) is False:
            flags.append('QAPI_CMD_NO_CHECK')
        if expr.get('allow-oob'):
            flags.append('QAPI_CMD_ALLOW_OOB')
        if expr.get('allow-preconfig'):
            flags.append('QAPI_CMD_ALLOW_PRECONFIG')
        if expr.get('success-response', True) is False:
            flags.append('QAPI_CMD_NO_SUCCESS_RESP')
        commands.append(
            f'    {{ {pool.add(expr["command"])}, '
            f'{schema.types[expr["arg"]].index}, '
            f'{schema.types[expr["ret"]].index}, '
            f'{" | ".join(flags)}, {feats(features_of(expr))} }},')
    events = []
    for expr in schema.events:
        events.append(f'    {{ {pool.add(expr["event"])}, '
                      f'{schema.types[expr["arg"]].index}, '
                      f'{feats(features_of(expr))} }},')

    out = [LICENSE, '#include "qemu/osdep.h"',
           '#include "qapi/schema-tables.h"\n',
           'const char qapi_pool[] =']
    out += ['    ' + c_string(p)[:-1] + '\\0"' for p in pool.parts]
    out[-1] += ';\n'
    out.append('const QapiMember qapi_members[] = {')
    out += ['    { %d, %d, %d, %d },' % m for m in members]
    out.append('    { 0 }\n};\n\nconst QapiType qapi_types[] = {')
    out += types
    out.append('};\nconst unsigned qapi_nr_types = %d;\n' % len(types))
    out.append('const QapiCommand qapi_commands[] = {')
    out += commands
    out.append('    { 0 }\n};\nconst unsigned qapi_nr_commands = %d;\n'
               % len(commands))
    out.append('const QapiEvent qapi_events[] = {')
    out += events
    out.append('    { 0 }\n};\nconst unsigned qapi_nr_events = %d;'
               % len(events))
    return '\n'.join(out) + '\n'


def gen_commands(schema):
    cmds = sorted(schema.commands, key=lambda e: e['command'])
    protos = ['#include <jansson.h>\n#include "qapi/error.h"\n',
              '/*',
              ' * @args: an object checked against the schema, borrowed.',
              ' * Returns a new reference (an empty object for no value),',
              ' * or NULL with @errp set.',
              ' */']
    protos += [f'json_t *qmp_{c_name(e["command"])}'
               '(json_t *args, Error **errp);' for e in cmds]
    head = header('QAPI_COMMANDS_H', '\n'.join(protos) + '\n',
                  'handlers of QMP commands')
    src = [LICENSE, '#include "qemu/osdep.h"',
           '#include "qapi/qapi-commands.h"',
           '#include "qapi/qapi-handlers.h"\n',
           'QmpHandler *const qmp_handlers[] = {']
    src += [f'    qmp_{c_name(e["command"])},' for e in cmds]
    src.append('    NULL\n};')
    return head, '\n'.join(src) + '\n'


def gen_events(schema):
    body = '#include "qapi/qmp-event.h"\n\n'
    body += '\n'.join(f'#define QAPI_EVENT_{e["event"]} "{e["event"]}"'
                      for e in schema.events) + '\n'
    return header('QAPI_EVENTS_H', body, 'names of QMP events')


def write(path, text):
    """Leave an unchanged file alone, so that nothing is compiled again."""
    try:
        with open(path, encoding='utf-8') as f:
            if f.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('schema', help='the schema file that includes all')
    parser.add_argument('-o', '--output', default='.', help='directory')
    parser.add_argument('--only', help='write just this file')
    args = parser.parse_args()
    try:
        schema = Schema(args.schema)
    except SchemaError as e:
        sys.exit(str(e))

    files = {}
    files['qapi-types.h'], files['qapi-types.c'] = gen_types(schema)
    files['qapi-visit.h'] = gen_visit(schema)
    files['qapi-schema-tables.c'] = gen_tables(schema)
    files['qapi-commands.h'], files['qapi-commands.c'] = gen_commands(schema)
    files['qapi-events.h'] = gen_events(schema)
    # The names that QEMU's sources include, a set for each schema file.
    for path in schema.files[1:]:
        subject = os.path.basename(path)[:-len('.json')]
        for kind in ('types', 'visit', 'events', 'commands'):
            files[f'qapi-{kind}-{subject}.h'] = (
                f'{LICENSE}#include "qapi/qapi-{kind}.h"\n')
    for name, text in files.items():
        if args.only and name != args.only:
            continue
        write(os.path.join(args.output, name), text)


if __name__ == '__main__':
    main()
