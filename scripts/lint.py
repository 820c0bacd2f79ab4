#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks of the tree that a compiler does not make.

  floors       an #include points down or sideways, never up
  licence      every source says what it may be used under
  text         no tabs, trailing blanks, over-long lines, or notes to self
  maintainers  every file has an entry in MAINTAINERS
  size         a file of C past 1200 lines is two subjects

Prints one line a finding, as file:line: what, and exits non-zero if there is
one.  With arguments, checks only these files.
"""
import fnmatch
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAX_LINE = 100
MAX_FILE = 1200
# One long table each.
TABLES = {'target/i386/cpu-models.c'}

# Longest prefix wins.  Headers stand on the floor of what they declare.
FLOORS = [
    ('util/', 0), ('include/qemu/', 0), ('include/qapi/error.h', 0),
    ('include/block/aio.h', 0), ('include/block/accounting.h', 1),
    ('trace/', 1),
    ('qom/', 1), ('qapi/', 1), ('include/qom/', 1), ('include/qapi/', 1),
    ('include/monitor/', 1), ('include/trace/', 1),
    ('include/hw/vmstate-if.h', 1),
    ('system/memory', 2), ('system/physmem', 2), ('system/dma', 2),
    ('system/ioport', 2), ('system/trace.h', 1), ('system/', 9),
    ('include/exec/', 2),
    ('include/sysemu/dma.h', 2), ('include/sysemu/block', 5),
    ('include/sysemu/hostmem.h', 2),
    ('backends/hostmem', 2), ('backends/', 5),
    ('migration/vmstate', 2), ('migration/qemu-file', 2),
    ('migration/savevm-registry', 2), ('migration/json-writer', 2),
    ('migration/', 8), ('include/migration/', 2),
    ('hw/core/qdev-prop-chr', 6), ('hw/core/qdev-prop-netdev', 6),
    ('hw/core/qdev-prop-drive', 6), ('hw/core/qdev-prop-audiodev', 6),
    ('system/runstate', 3), ('hw/core/', 3), ('include/hw/core/', 3),
    ('include/hw/', 6), ('include/sysemu/', 3),
    ('hw/pci/', 4), ('include/hw/pci/', 4),
    ('net/', 5), ('block/', 5), ('chardev/', 5), ('ui/', 5),
    ('include/net/', 5), ('include/block/', 5), ('include/chardev/', 5),
    ('include/ui/', 5),
    ('include/hw/i386/apic', 6),
    ('hw/i386/', 7), ('include/hw/i386/', 7), ('target/', 7),
    ('hw/', 6), ('monitor/', 8), ('accel/', 8),
]
# Headers straight in include/hw are those of hw/core.
TOP_HW = re.compile(r'include/hw/[^/]+\.h$')


def floor_of(path):
    if TOP_HW.match(path) and path != 'include/hw/vmstate-if.h':
        return 3
    best = max((p for p in FLOORS if path.startswith(p[0])),
               key=lambda p: len(p[0]), default=None)
    return best[1] if best else None


def git(*args):
    return subprocess.run(['git', '-C', ROOT] + list(args), check=True,
                          capture_output=True, text=True).stdout


def check_floors(path, lines):
    mine = floor_of(path)
    if mine is None or path.startswith(('include/', 'tests/')):
        return
    for number, line in lines:
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match:
            continue
        name = match.group(1)
        for header in ('include/' + name, name,
                       os.path.join(os.path.dirname(path), name)):
            if os.path.exists(os.path.join(ROOT, header)):
                theirs = floor_of(header)
                if theirs is not None and theirs > mine:
                    yield number, (f'floor {mine} includes {name} of floor '
                                   f'{theirs}')
                break


def check_text(path, lines):
    for number, line in lines:
        text = line.rstrip('\n')
        if '\t' in text and not path.endswith(('Makefile', 'run')):
            yield number, 'tab'
        if text != text.rstrip():
            yield number, 'trailing blank'
        if len(text) > MAX_LINE and path.endswith(('.c', '.h')):
            yield number, f'{len(text)} columns'
        if re.search(r'\b(?:TO' r'DO|FIX' r'ME|XX' r'X)\b', text):
            yield number, 'a note to self: do it, or say what is not there'


def check_licence(path, lines):
    head = ''.join(line for _, line in lines[:4])
    if 'SPDX-License-Identifier: GPL-2.0-or-later' not in head:
        yield 1, 'no SPDX-License-Identifier'


def check_size(path, lines):
    if path.endswith('.c') and not path.startswith('tests/') and \
            path not in TABLES and len(lines) > MAX_FILE:
        yield MAX_FILE, f'{len(lines)} lines: two subjects?'


def maintained_patterns():
    with open(os.path.join(ROOT, 'MAINTAINERS')) as f:
        return [line.split(':', 1)[1].strip() for line in f
                if line.startswith('F:')]


def covered(path, patterns):
    return any(path.startswith(p) if p.endswith('/') else
               fnmatch.fnmatch(path, p) for p in patterns)


SOURCES = ('.c', '.h', '.py', '.json', '.sh', 'meson.build', 'Makefile')


def main():
    chosen = sys.argv[1:]
    files = chosen or git('ls-files').split('\n')[:-1]
    patterns = maintained_patterns()
    findings = 0
    for path in files:
        full = os.path.join(ROOT, path)
        if not os.path.isfile(full):
            continue
        found = []
        if not covered(path, patterns):
            found.append((1, 'no entry in MAINTAINERS covers it'))
        if path.endswith(SOURCES) and not path.startswith('tests/data/'):
            with open(full, errors='replace') as f:
                lines = list(enumerate(f, 1))
            for check in (check_floors, check_text, check_licence,
                          check_size):
                found += check(path, lines)
        for number, what in found:
            print(f'{path}:{number}: {what}')
        findings += len(found)
    if findings:
        print(f'lint: {findings} findings')
    sys.exit(findings > 0)


if __name__ == '__main__':
    main()
