#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds up what meson's test runner reported in each build directory.

Reads the JUnit files that `meson test` writes, one test case a TAP line, and
closes with the line "N passed, N failed, N skipped".  Exits non-zero if any
test failed or none ran.
"""
import glob
import os
import sys
import xml.etree.ElementTree as ET


def count(path):
    passed = failed = skipped = 0
    for case in ET.parse(path).getroot().iter('testcase'):
        if case.find('failure') is not None or case.find('error') is not None:
            failed += 1
            print(f'failed: {case.get("classname")} {case.get("name")}')
        elif case.find('skipped') is not None:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    total = [0, 0, 0]
    for build in sys.argv[1:] or ['build']:
        reports = glob.glob(os.path.join(build, 'meson-logs',
                                         'testlog*.junit.xml'))
        for report in reports:
            total = [a + b for a, b in zip(total, count(report))]
    print('%d passed, %d failed, %d skipped' % tuple(total))
    sys.exit(total[1] > 0 or total[0] == 0)


if __name__ == '__main__':
    main()
