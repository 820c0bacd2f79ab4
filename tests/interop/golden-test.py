#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Streams of long ago must load for ever.

tests/data/migration/ has streams of both boards, bare and with devices in
mid-work, of this emulator and of Debian's QEMU 7.2, and what a driver saw
before the move.  Each is loaded here and looked at again.

With --make, streams that are missing are made; a file that is there is never
replaced, for what it holds is what somebody out there has saved.
"""

import importlib.util
import json
import lzma
import os
import sys

from machine import OURS, STOCK, run

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(os.path.dirname(HERE), 'data', 'migration')
MAKERS = {'stock': STOCK, 'ours': OURS}


def load_boards():
    spec = importlib.util.spec_from_file_location(
        'boards', os.path.join(HERE, 'board-migration-test.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BOARDS = load_boards()
# Their images are large, and other tests move them.
BOARDS.Case.rom = ',romfile='


class Golden(BOARDS.Matrix):
    """Names test_BOARD_CASE_MAKER, of the files that there are."""

    def make(self, board, kind, maker):
        path = os.path.join(FOLDER, f'{board}-{kind}-{maker}')
        case = BOARDS.CASES[kind](self)
        if os.path.exists(path + '.xz') or \
                not BOARDS.has_type(case.device) or \
                (maker == 'ours' and self.lacking(board)):
            return
        machine = self.start(MAKERS[maker], *self.board(board, *case.args()))
        machine('cont')
        case.work(machine)
        state = self.state(machine, case)
        # The memory is in the stream, and most of it random or zero.
        state.pop('memory')
        self.save(machine, 'golden')
        with open(self.path('golden'), 'rb') as file:
            packed = lzma.compress(file.read(), preset=9)
        with open(path + '.xz', 'wb') as file:
            file.write(packed)
        with open(path + '.json', 'w', encoding='utf-8') as file:
            json.dump(state, file, separators=(',', ':'))
            file.write('\n')
        print('made', path)

    def load(self, board, kind, maker):
        path = os.path.join(FOLDER, f'{board}-{kind}-{maker}')
        with lzma.open(path + '.xz') as packed:
            with open(self.path('golden'), 'wb') as file:
                file.write(packed.read())
        with open(path + '.json', encoding='utf-8') as file:
            want = json.load(file)
        case = BOARDS.CASES[kind](self)
        # A driver's half of the work, as it was done long ago.
        helper = self.start(OURS, *self.board(board, *case.args()))
        helper('cont')
        case.work(helper)
        machine = self.start(OURS, *self.board(
            board, *case.args(), '-incoming',
            f'exec:cat {self.path("golden")}'))
        machine.wait_status('completed')
        case.moved(machine)
        state = json.loads(json.dumps(self.state(machine, case)))
        state.pop('memory')
        BOARDS.compare('state', want, state)
        machine('cont')
        case.more()


def names():
    if not os.path.isdir(FOLDER):
        return []
    return sorted(n[:-3] for n in os.listdir(FOLDER) if n.endswith('.xz'))


def add_tests():
    for name in names():
        board, rest = name.split('-', 1)
        kind, maker = rest.rsplit('-', 1)
        setattr(Golden, f'test_{board}_{kind}_{maker}',
                lambda self, b=board, k=kind, m=maker: self.load(b, k, m))


def make_all():
    os.makedirs(FOLDER, exist_ok=True)
    for board in BOARDS.BOARDS:
        for kind, case in BOARDS.CASES.items():
            for maker in MAKERS:
                if board in case.boards:
                    suite = Golden()
                    try:
                        suite.make(board, kind, maker)
                    finally:
                        suite.close()


if __name__ == '__main__':
    if '--make' in sys.argv:
        make_all()
        sys.exit(0)
    for inherited in [n for n in dir(BOARDS.Matrix) if n.startswith('test_')]:
        delattr(BOARDS.Matrix, inherited)
    add_tests()
    sys.exit(run(Golden))
