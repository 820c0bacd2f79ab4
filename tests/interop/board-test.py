#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The boards beside the stock emulator's: devices, addresses, PCI, lines.

What is left out is named below, with the reason.  An exclusion lets a thing
be missing; it does not hide one that is there and differs.
"""

import difflib
import os
import sys

from machine import OURS, STOCK, Suite, run

BOARDS = (
    'q35', 'q35,hpet=off', 'q35,smbus=off', 'q35,sata=off', 'q35,smm=off',
    'q35,acpi=off', 'q35,pit=off', 'q35,i8042=off', 'q35,vmport=off',
    'pc', 'pc,hpet=off', 'pc,acpi=off', 'pc,smm=off', 'pc,pit=off',
    'pc,vmport=off', 'pc,i8042=off',
)

# With the devices that a machine has by default, but pictures and networks.
DEFAULTS = ('-vga', 'none', '-nic', 'none')


def memory_tree(text, gone):
    """Sections by their title: their order says nothing."""
    sections = {}
    for part in text.split('\n\n'):
        title, *lines = part.strip('\n').splitlines() or ['']
        if title.removeprefix('address-space: ') in gone:
            continue
        sections[title] = [line for line in lines
                           if line.split(': ')[-1] not in gone]
    return [line for title in sorted(sections)
            for line in [title, *sections[title]]]


def lines_of(text, _gone):
    return text.splitlines()


def chips_of_lines(text, _gone):
    """Interrupt controllers come in any order."""
    blocks = []
    for line in text.splitlines():
        if line.startswith(' ') and blocks:
            blocks[-1] += '\n' + line
        else:
            blocks.append(line)
    return '\n'.join(sorted(blocks)).splitlines()


QUESTIONS = (
    ('info qtree', lines_of, {}),
    ('info mtree', memory_tree, {}),
    ('info pci', lines_of, {}),
    ('info pic', chips_of_lines, {}),
    ('info irq', chips_of_lines, {}),
)


class Boards(Suite):

    def ask(self, binary, board, args):
        machine = self.start(binary, '-M', board, *args)
        answers = {q: machine.hmp(q).replace('\r', '')
                   for q, _, _ in QUESTIONS}
        answers['query-pci'] = machine('query-pci')
        machine.close()
        return answers

    @staticmethod
    def present(answer, gone):
        """Of what may be missing, what is there after all."""
        return {name for name in gone if name in answer}

    def check(self, board, args=('-nodefaults',)):
        ours = self.ask(OURS, board, args)
        stock = self.ask(STOCK, board, args)
        report = []
        for question, parse, may_miss in QUESTIONS:
            here = self.present(ours[question], may_miss)
            gone = set(may_miss) - here
            report += difflib.unified_diff(
                parse(stock[question], gone), parse(ours[question], gone),
                f'stock {board}: {question}', f'ours {board}: {question}',
                lineterm='')
        report += self.compare_pci(board, stock['query-pci'],
                                   ours['query-pci'])
        assert not report, '\n'.join(report)

    @staticmethod
    def compare_pci(board, stock, ours):
        def by_slot(buses):
            return {(bus['bus'], d['slot'], d['function']): d
                    for bus in buses for d in bus['devices']}
        there, here = by_slot(stock), by_slot(ours)
        return [f'{board}: query-pci: {at}: {there.get(at)} != {here[at]}'
                for at in here if here[at] != there.get(at)]


def add_test(board):
    def test(self):
        if not os.path.exists(STOCK):
            return 'no stock emulator here'
        self.check(board)
        return None
    setattr(Boards, 'test_' + board.replace(',', '_').replace('=', '_'), test)


for name_of_board in BOARDS:
    add_test(name_of_board)

if os.path.exists(STOCK):
    Boards.test_defaults_q35 = lambda self: self.check('q35', DEFAULTS)
    Boards.test_defaults_pc = lambda self: self.check('pc', DEFAULTS)

if __name__ == '__main__':
    sys.exit(run(Boards))
