#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
query-qmp-schema against the stock emulator's: what both have must have the
same members of the same types.  We may have fewer optional members, values
and variants: what does not exist is not announced.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(__file__))
from qmpclient import Emulator, program  # noqa: E402

# Differences that are meant: "path: what".
INTENDED = {
    # QEMU 8.0's.
    'netdev_add(stream).reconnect: is not theirs',
}


class Comparison:
    def __init__(self, ours, theirs):
        self.ours = {e['name']: e for e in ours}
        self.theirs = {e['name']: e for e in theirs}
        self.problems = []
        self.seen = set()

    def problem(self, where, what):
        if f'{where}: {what}' not in INTENDED:
            self.problems.append(f'{where}: {what}')

    def types(self, a, b, where, is_arg):
        if (a, b) in self.seen:
            return
        self.seen.add((a, b))
        a, b = self.ours[a], self.theirs[b]
        if a['meta-type'] != b['meta-type']:
            self.problem(where, f"{a['meta-type']}, not {b['meta-type']}")
            return
        getattr(self, a['meta-type'])(a, b, where, is_arg)

    def builtin(self, a, b, where, is_arg):
        if a['json-type'] != b['json-type']:
            self.problem(where, f"{a['json-type']}, not {b['json-type']}")

    def enum(self, a, b, where, is_arg):
        extra = set(a['values']) - set(b['values'])
        if extra:
            self.problem(where, f'values {sorted(extra)} are not theirs')

    def array(self, a, b, where, is_arg):
        self.types(a['element-type'], b['element-type'], where + '[]', is_arg)

    def alternate(self, a, b, where, is_arg):
        pass

    def object(self, a, b, where, is_arg):
        mine = {m['name']: m for m in a['members']}
        stock = {m['name']: m for m in b['members']}
        for name, member in mine.items():
            here = f'{where}.{name}'
            if name not in stock:
                self.problem(here, 'is not theirs')
                continue
            self.types(member['type'], stock[name]['type'], here, is_arg)
            if is_arg and 'default' in stock[name] \
               and 'default' not in member:
                self.problem(here, 'is not optional')
            if not is_arg and 'default' in member \
               and 'default' not in stock[name]:
                self.problem(here, 'is optional')
        for name, member in stock.items():
            if name not in mine and 'default' not in member:
                self.problem(f'{where}.{name}', 'is missing')
        if a.get('tag') != b.get('tag'):
            self.problem(where, f"tag {a.get('tag')}, not {b.get('tag')}")
        elif 'tag' in a:
            stock = {v['case']: v['type'] for v in b['variants']}
            for variant in a['variants']:
                if variant['case'] in stock:
                    self.types(variant['type'], stock[variant['case']],
                               f"{where}({variant['case']})", is_arg)

    def run(self):
        shared = 0
        for name, entry in self.ours.items():
            meta = entry['meta-type']
            other = self.theirs.get(name)
            if meta not in ('command', 'event') or not other:
                continue
            shared += 1
            self.types(entry['arg-type'], other['arg-type'], name, True)
            if meta == 'command':
                self.types(entry['ret-type'], other['ret-type'],
                           name + ' returns', False)
        return shared


def schema_of(binary, accel):
    with Emulator(binary, ['-machine', 'none'], accel=accel) as vm:
        return vm.execute('query-qmp-schema')


def main():
    stock = os.environ.get('STOCK_QEMU') or \
        shutil.which('qemu-system-x86_64', path='/usr/bin')
    if not stock:
        print('no stock emulator')
        return 77
    comparison = Comparison(schema_of(program(), 'qtest'),
                            schema_of(stock, 'tcg'))
    shared = comparison.run()
    for problem in comparison.problems:
        print(problem)
    print(f'{shared} commands and events compared')
    return 1 if comparison.problems or shared < 40 else 0


if __name__ == '__main__':
    sys.exit(main())
