# SPDX-License-Identifier: GPL-2.0-or-later
"""The tour's last stop: the machine moves to another process in mid-work."""
import time


def tables(machine):
    """What must be the same at both ends: all but the counts."""
    return {f['id']: [(v['address'], v['data'], v['masked'], v['pending'])
                      for v in f['vectors']]
            for f in machine.command('query-msix')}


def move(machine, other):
    """Live migration to a process that waits for it: query-migrate's last."""
    uri = 'unix:' + other.path('move')
    other.command('migrate-incoming', uri=uri)
    machine.command('migrate', uri=uri)
    while True:
        info = machine.command('query-migrate')
        if info['status'] not in ('setup', 'active', 'device'):
            break
        time.sleep(0.005)
    while info['status'] == 'completed' and \
            other.command('query-migrate')['status'] != 'completed':
        time.sleep(0.005)
    return info


def describe(info):
    ram = info['ram']
    return (f'{info["status"]} after {info["total-time"]} ms, of which the '
            f'machine stood still for {info["downtime"]}; '
            f'{ram["normal"]} pages and {ram["duplicate"]} of zeroes, '
            f'{ram["transferred"] >> 10} KiB in all')
