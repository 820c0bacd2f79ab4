#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Chips of the boards beside the stock emulator's: seeded random histories.

Both machines stand still (the stock one cannot step its clock over qtest), so
what is compared is registers and lines.  A history is a number of accesses to
the registers of a chip; every value read is compared.  Where we differ on
purpose, the register says so in its masks, with the reason.

INTEROP_SEED=n plays one seed only.
"""

import os
import random
import sys

from machine import OURS, STOCK, Dead, Suite, run

STEPS = 600
EVERY = int(os.environ.get('EVERY', 20))
SEEDS = int(os.environ.get("SEEDS", 3))
SHOWN = int(os.environ.get("SHOWN", 14))


class Reg:
    """A register: where it is, and what of it is compared and written."""

    def __init__(self, name, addr, size=1, space='io', read=~0, write=~0,
                 values=None, forced=0):
        self.name = name
        self.addr = addr
        self.size = size
        self.space = space
        self.read_mask = read
        self.write_mask = write
        self.values = values
        self.forced = forced

    def width(self):
        return (1 << 8 * self.size) - 1

    def pick(self, rand):
        if self.values:
            return rand.choice(self.values)
        value = rand.choice((0, self.width(), rand.getrandbits(32),
                             1 << rand.randrange(8 * self.size)))
        return (value & self.write_mask | self.forced) & self.width()


SUFFIX = {1: 'b', 2: 'w', 4: 'l', 8: 'q'}


class Pair:
    """The same accesses to both machines."""

    def __init__(self, suite, *args):
        args = ('-nodefaults', '-m', '64', *args)
        self.machines = [suite.start(OURS, *args), suite.start(STOCK, *args)]
        self.log = []

    def note(self, text):
        self.log = self.log[1 - SHOWN:] + [text]

    def same(self, what, ours, stock):
        assert ours == stock, (
            '\n'.join(self.log) + f'\n{what}: ours {ours}, stock {stock}')

    def each(self, command):
        try:
            return [m.qtest(command) for m in self.machines]
        except Dead as dead:
            raise Dead('\n'.join([*self.log, command])) from dead

    def read(self, reg):
        if reg.space == 'cfg':
            self.each(f'outl 0xcf8 {0x80000000 | reg.addr & ~3:#x}')
            command = f'in{SUFFIX[reg.size]} {0xcfc + (reg.addr & 3):#x}'
        elif reg.space == 'io':
            command = f'in{SUFFIX[reg.size]} {reg.addr:#x}'
        else:
            command = f'read{SUFFIX[reg.size]} {reg.addr:#x}'
        values = [int(v, 0) & reg.width() & reg.read_mask
                  for v in self.each(command)]
        self.note(f'read {reg.name}: {values[0]:#x}')
        self.same(reg.name, f'{values[0]:#x}', f'{values[1]:#x}')
        return values[0]

    def write(self, reg, value):
        self.note(f'write {reg.name}: {value:#x}')
        if reg.space == 'cfg':
            self.each(f'outl 0xcf8 {0x80000000 | reg.addr & ~3:#x}')
            self.each(f'out{SUFFIX[reg.size]} {0xcfc + (reg.addr & 3):#x} '
                      f'{value:#x}')
        elif reg.space == 'io':
            self.each(f'out{SUFFIX[reg.size]} {reg.addr:#x} {value:#x}')
        else:
            self.each(f'write{SUFFIX[reg.size]} {reg.addr:#x} {value:#x}')

    def ask(self, line):
        answers = [m.hmp(line).replace('\r', '') for m in self.machines]
        self.note(line)
        self.same(line, *['\n'.join(sorted(a.splitlines())) for a in answers])

    def play(self, regs, rand, steps=STEPS, after=None):
        writable = [r for r in regs if r.write_mask]
        regs = [r for r in regs if r.read_mask]
        for step in range(steps):
            if rand.random() < 0.5:
                self.read(rand.choice(regs))
            else:
                reg = rand.choice(writable)
                self.write(reg, reg.pick(rand))
            if after and step % EVERY == 0:
                after()
        for reg in regs:
            self.read(reg)

    def set_up(self, *writes):
        for space, addr, size, value in writes:
            self.write(Reg(f'{addr:#x}', addr, size, space), value)


def bytes_at(name, base, offsets, **more):
    return [Reg(f'{name}+{o:#x}', base + o, **more) for o in offsets]


LPC = 0xf800
SMB = 0xfb00
PIIX4 = 0x0b00
PMBASE = 0x600
EDU = 0x2000                    # slot 4
EDU_MEMORY = 0xe0000000

ICH9_PM_ON = (('cfg', LPC + 0x40, 4, PMBASE | 1), ('cfg', LPC + 0x44, 1, 0x80))

PM1 = [
    # The odd bytes of stock's PM1 registers show and take the even ones'.
    Reg('PM1_STS', PMBASE + 0, 2),
    Reg('PM1_EN', PMBASE + 2, 2),
    # SLP_EN would end the machine.
    Reg('PM1_CNT', PMBASE + 4, 2, write=~0x2000),
    Reg('PM1_TMR', PMBASE + 8, 4),
]

# Status of the watchdog: where 1 is written, stock sets reserved bits, and
# where 0 is written it clears the others, too.
TCO = [
    Reg('TCO_RLD', PMBASE + 0x60, 2),
    Reg('TCO_DAT_IN', PMBASE + 0x62),
    Reg('TCO_DAT_OUT', PMBASE + 0x63),
    Reg('TCO1_STS', PMBASE + 0x64, 2, read=0x178e, values=[0xffff]),
    Reg('TCO2_STS', PMBASE + 0x66, 2, read=0x0007, values=[0xffff]),
    Reg('TCO1_CNT', PMBASE + 0x68, 2),
    Reg('TCO2_CNT', PMBASE + 0x6a, 2),
    Reg('TCO_MESSAGE1', PMBASE + 0x6c),
    Reg('TCO_MESSAGE2', PMBASE + 0x6d),
    Reg('TCO_WDCNT', PMBASE + 0x6e),
    Reg('SW_IRQ_GEN', PMBASE + 0x70),
    # A timer of 0 or 1 is none; stock starts one that expires at once.
    Reg('TCO_TMR', PMBASE + 0x72, 2, forced=2),
]

ICH9_PM = PM1 + TCO + bytes_at('GPE0', PMBASE + 0x20, range(16)) + [
    # SMIs go to the processor that asks; over qtest stock has none, and dies.
    Reg('SMI_EN', PMBASE + 0x30, 4, write=~(0x2000 | 0x20 | 1)),
    # SMI_STS is not there in the stock emulator.
]


class SMBusDriver:
    """A driver's commands, good and bad: in what order software may use the
    registers is strict, and stock is at a loss where it is broken."""

    START, LAST, KILL = 0x40, 0x20, 0x02
    BYTE_DONE = 0x80

    def __init__(self, pair, base, rand, buffered):
        self.pair = pair
        self.rand = rand
        self.buffered = buffered
        self.regs = {name: Reg(name, base + offset) for name, offset in (
            ('STS', 0), ('CNT', 2), ('CMD', 3), ('SLVA', 4), ('D0', 5),
            ('D1', 6), ('BLOCK_DB', 7))}

    def put(self, name, value):
        self.pair.write(self.regs[name], value)

    def get(self, *names):
        for name in names:
            self.pair.read(self.regs[name])

    def byte(self):
        return self.rand.getrandbits(8)

    def bytes_one_by_one(self, count, control, reading):
        for n in range(count):
            if reading:
                self.get('BLOCK_DB')
                if n == count - 2:
                    self.put('CNT', control | self.LAST)
            elif n + 1 < count:
                self.put('BLOCK_DB', self.byte())
            self.put('STS', self.BYTE_DONE)
            self.get('STS')

    def command(self, intren):
        command = self.rand.choice((0, 1, 2, 3, 5) if self.buffered
                                   else (0, 1, 2, 3, 5, 6))
        block = command in (5, 6)
        address = self.rand.choice((0x50, 0x50, 0x51, 0x57, 0x30, 0))
        reading = self.rand.getrandbits(1) or command == 6
        count = self.rand.choice((2, 3, 8, 31))
        control = command << 2 | intren
        self.put('STS', 0xff)
        self.put('SLVA', address << 1 | reading)
        self.put('CMD', self.byte())
        self.put('D0', count if block else self.byte())
        self.put('D1', self.byte())
        if block and not reading:
            for _ in range(count if self.buffered else 1):
                self.put('BLOCK_DB', self.byte())
        self.put('CNT', control | self.START)
        self.get('STS', 'STS', 'D0', 'D1')
        present = 0x50 <= address < 0x58
        if block and not self.buffered and present and (
                command == 6 or not reading):
            self.bytes_one_by_one(count, control, reading)
        elif block and reading and self.buffered and present:
            # Until all is read, or KILL, stock's command is not over.
            for _ in range(self.pair.read(self.regs['D0'])):
                self.get('BLOCK_DB')
            self.put('CNT', self.KILL)
            self.get('STS')


HPET = 0xfed00000


def hpet(msi):
    # Without the capability, FSB_EN is read-only: not in stock.
    cfg = ~0 if msi else ~0x4000
    regs = [Reg('ID', HPET, 4, 'mem'), Reg('ID+4', HPET + 4, 4, 'mem'),
            Reg('STATUS', HPET + 0x20, 4, 'mem'),
            # Written while it runs, stock's counter keeps it until a halt.
            Reg('COUNTER', HPET + 0xf0, 4, 'mem', write=0),
            Reg('COUNTER+4', HPET + 0xf4, 4, 'mem', write=0),
            Reg('CFG', HPET + 0x10, 4, 'mem')]
    # Stock answers for one timer more than there are.
    for n in range(4 if msi else 3):
        base = HPET + 0x100 + 0x20 * n
        # A comparator of 32 bits has no upper half; in stock it keeps what
        # is written there.
        regs += [Reg(f'T{n}_CFG', base, 4, 'mem',
                     write=cfg & ~(0 if msi else 0x100)),
                 Reg(f'T{n}_CFG+4', base + 4, 4, 'mem')]
        regs += [Reg(f'T{n}+{o:#x}', base + o, 4, 'mem')
                 for o in (8, 16, 20, 24, *([] if msi else [12]))]
    return regs


IOAPIC = 0xfec00000
PIC = [Reg(f'{p:#x}', p) for p in (0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1)]
PIC_MASKS = [Reg('0x21', 0x21), Reg('0xa1', 0xa1)]
# Modes 6 and 7 are 2 and 3 again; in stock they are 0.
PIT = [Reg(f'{p:#x}', p) for p in (0x40, 0x41, 0x42, 0x61)] + [
    Reg('0x43', 0x43, values=[v for v in range(256) if v & 0x0c != 0x0c or
                              v & 0xc0 == 0xc0 or not v & 0x30])]
# Interrupts of a PCI device, by its registers: raise, and acknowledge.
EDU_ON = (('cfg', EDU + 0x10, 4, EDU_MEMORY), ('cfg', EDU + 4, 2, 6))
EDU_IRQ = [Reg('raise', EDU_MEMORY + 0x60, 4, 'mem', read=0, values=[1, 2]),
           Reg('acknowledge', EDU_MEMORY + 0x64, 4, 'mem', read=0,
               values=[1, 3])]


class Chips(Suite):

    def histories(self, *args):
        only = os.environ.get('INTEROP_SEED')
        for seed in [int(only)] if only else range(1, SEEDS + 1):
            pair = Pair(self, *args)
            pair.note(f'seed {seed}')
            yield pair, random.Random(seed)
            for machine in pair.machines:
                machine.close()

    def test_pic(self):
        for pair, rand in self.histories('-M', 'q35', '-device',
                                         'edu,addr=4'):
            # Routed anew, stock leaves the old line as it is.
            pair.set_up(*EDU_ON, ('cfg', LPC + 0x68, 1,
                                  rand.choice((3, 5, 0x0a, 0x0b))))
            pair.play(PIC + EDU_IRQ, rand,
                      after=lambda p=pair: p.ask('info pic'))

    def test_piix3_pirq(self):
        for pair, rand in self.histories('-M', 'pc', '-device',
                                         'edu,addr=4'):
            # Routed anew, stock drives all lines, also those of others, which
            # a controller notices that was initialised or has a new ELCR.
            pair.set_up(*EDU_ON, ('cfg', 0x0800 + 0x63, 1, 0x0a),
                        ('io', 0x4d0, 1, rand.getrandbits(8)),
                        ('io', 0x4d1, 1, rand.getrandbits(8)),
                        *(('io', p + n, 1, w) for p, words in (
                            (0x20, (0x11, 0x20, 4, 1)),
                            (0xa0, (0x11, 0x28, 2, 1)))
                          for n, w in zip((0, 1, 1, 1), words)))
            pair.play(PIC_MASKS + EDU_IRQ + [
                Reg('PIRQRC', 0x0800 + 0x60 + n, 1, 'cfg',
                    values=[0x80, 3, 4, 5, 0x0a, 0x0b]) for n in range(4)],
                rand, after=lambda p=pair: p.ask('info pic'))

    def test_ioapic(self):
        index = Reg('index', IOAPIC, 4, 'mem', values=range(0x10, 0x40))
        data = Reg('data', IOAPIC + 0x10, 4, 'mem')
        vector = Reg('data', IOAPIC + 0x10, 4, 'mem',
                     values=[0x31, 0x8031, 0xa041, 0x10031, 0x18041])
        eoi = Reg('EOI', IOAPIC + 0x40, 4, 'mem', read=0, values=[0x31])
        for pair, rand in self.histories('-M', 'q35', '-device',
                                         'edu,addr=4'):
            pair.set_up(*EDU_ON)
            pair.play([index, data, vector, eoi] + EDU_IRQ, rand,
                      after=lambda p=pair: p.ask('info pic'))

    def test_messages(self):
        """MSIs to four processors, as their APICs show them."""
        for pair, rand in self.histories('-M', 'q35', '-smp', '4'):
            for _ in range(120):
                # Fixed and lowest priority; others stop or reset CPUs.
                addr = (0xfee00000 | rand.choice((0, 1, 2, 3, 15, 255, 7))
                        << 12 | rand.choice((0, 4, 8, 12)))
                data = rand.randrange(16, 256) | rand.choice((0, 0xc000))
                # Of several at the same priority, stock takes the first.
                if addr >> 12 & 0xff != 255:
                    data |= rand.choice((0, 0x100))
                pair.write(Reg(f'{addr:#x}', addr, 4, 'mem'), data)
            for cpu in range(4):
                pair.ask(f'info lapic {cpu}')

    def test_local_apic(self):
        """Its registers are the processor's own: only ours can be reached
        over qtest.  So the machine moves, and both show what they have."""
        apic = 0xfee00000
        regs = [Reg(name, apic + offset, 4, 'mem', write=write)
                for name, offset, write in (
                    ('ID', 0x20, 0x0f000000), ('TPR', 0x80, 0xff),
                    ('LDR', 0xd0, 0xff000000), ('SVR', 0xf0, 0x3ff),
                    ('DCR', 0x3e0, 0xb), ('ICR2', 0x310, 0xff000000),
                    # The timer counts while the machine moves.
                    ('LVTT', 0x320, 0x300ff | 0x10000),
                    ('LVTTHMR', 0x330, 0x1f7ff), ('LVTPC', 0x340, 0x1f7ff),
                    ('LVT0', 0x350, 0x1f7ff), ('LVT1', 0x360, 0x1f7ff),
                    ('LVTERR', 0x370, 0x100ff), ('ESR', 0x280, 0))]
        regs += [Reg('DFR', apic + 0xe0, 4, 'mem',
                     values=[0xffffffff, 0x0fffffff]),
                 # To itself: fixed.
                 Reg('ICR', apic + 0x300, 4, 'mem',
                     values=[0x40000 | v for v in range(0x10, 0x100, 7)]),
                 Reg('EOI', apic + 0xb0, 4, 'mem', values=[0])]
        args = ('-M', 'q35', '-nodefaults', '-m', '16', '-smp', '2')
        for seed in range(1, SEEDS + 1):
            rand = random.Random(seed)
            ours = self.start(OURS, *args)
            for _ in range(60):
                reg = rand.choice(regs)
                ours.qtest(f'writel {reg.addr:#x} {reg.pick(rand):#x}')
            path = self.path(f'stream{seed}')
            ours.migrate(f'exec:cat >{path}')
            stock = self.start(STOCK, *args, '-incoming', f'exec:cat {path}')
            stock.wait_status('completed')
            for cpu in range(2):
                texts = [sorted(m.hmp(f'info lapic {cpu}').replace(
                    '\r', '').splitlines()) for m in (ours, stock)]
                assert texts[0] == texts[1], f'seed {seed}: ' + '\n'.join(
                    f'ours  {a}\nstock {b}' for a, b in zip(*texts)
                    if a != b)
            ours.close()
            stock.close()

    def test_pit(self):
        for pair, rand in self.histories('-M', 'pc'):
            pair.play(PIT, rand)

    def test_rtc(self):
        """Set to times that are valid in BCD and in binary, with 12 and with
        24 hours: what others mean nobody says."""
        both = [16 * ten + one for ten in range(4) for one in range(10)]
        valid = {0: both, 1: range(256), 2: both, 3: range(256),
                 4: range(1, 10), 5: range(256), 6: range(1, 8),
                 7: range(1, 10), 8: range(1, 10), 9: both,
                 10: [0x26, 0x2f, 0x66, 0x76, 0x26]}
        first = (0, 2, 4, 6, 7, 8, 9)
        for pair, rand in self.histories(
                '-M', 'pc', '-rtc', 'base=2001-02-03T04:05:06,clock=vm'):
            index, data = Reg('index', 0x70), Reg('data', 0x71)
            # The format may change only together with the time.
            form = rand.choice((0, 2, 4, 6))
            valid[11] = [b & ~6 | form for b in range(256)]
            # From 1970 to 2554, as nanoseconds go.
            valid[0x32] = valid[0x37] = [20, 21] if form & 4 else [0x20, 0x21]
            for number, value in ((11, 0x80 | form), *((n, 5) for n in first),
                                  (0x32, valid[0x32][0]), (11, form)):
                pair.write(index, number)
                pair.write(data, value)
            for _ in range(STEPS):
                number = rand.choice((*valid, *valid, rand.randrange(128)))
                pair.write(index, number | rand.choice((0, 0x80)))
                if number != 12 and rand.random() < 0.5:
                    value = rand.choice(valid.get(number, range(256)))
                    pair.write(data, value)
                else:
                    pair.read(data)
            for number in range(128):
                pair.write(index, number)
                pair.read(data)

    def test_cmos(self):
        """What the board leaves there."""
        image = self.path('disk')
        with open(image, 'wb') as file:
            file.truncate(100 << 20)
        drive = f'format=raw,file={image},file.locking=off'
        for args in (('-M', 'pc'),
                     ('-M', 'q35', '-drive', 'if=ide,' + drive),
                     ('-M', 'pc', '-drive', 'if=none,id=d,' + drive, '-device',
                      'ide-hd,drive=d,unit=1,cyls=2000,heads=16,secs=63,'
                      'bios-chs-trans=large'), ('-M', 'q35', '-m', '5G'),
                     ('-M', 'q35', '-m', '63', '-smp', '3,maxcpus=5'),
                     ('-M', 'pc', '-boot', 'order=dc,once=n'),
                     ('-M', 'q35', '-no-fd-bootchk', '-boot', 'a')):
            pair = Pair(self, *args, '-rtc', 'clock=vm,base=1999-12-31')
            for number in range(128):
                pair.write(Reg('index', 0x70), number)
                pair.read(Reg(f'cmos {number:#x}', 0x71))

    def test_hpet(self):
        for pair, rand in self.histories('-M', 'q35'):
            pair.play(hpet(False), rand)
        for pair, rand in self.histories('-M', 'pc', '-global',
                                         'hpet.msi=on', '-global',
                                         'hpet.timers=4'):
            pair.play(hpet(True), rand)

    def test_ich9_pm(self):
        for smm in ('on', 'off'):
            for pair, rand in self.histories('-M', f'q35,smm={smm}'):
                pair.set_up(*ICH9_PM_ON)
                apm = [Reg('APM_CNT', 0xb2)] if smm == 'on' else []
                pair.play(ICH9_PM + apm + [Reg('APM_STS', 0xb3)], rand,
                          after=lambda p=pair: p.ask('info irq'))

    def test_piix4_pm(self):
        for smm in ('on', 'off'):
            for pair, rand in self.histories('-M', f'pc,smm={smm}'):
                pair.set_up(('cfg', PIIX4 + 0x40, 4, PMBASE | 1),
                            ('cfg', PIIX4 + 0x80, 1, 1))
                pair.play(PM1 + bytes_at('GPE', 0xafe0, range(4)) +
                          [Reg('APM_CNT', 0xb2), Reg('APM_STS', 0xb3)], rand,
                          after=lambda p=pair: p.ask('info irq'))

    def test_cpu_hotplug(self):
        """The map of processors, then registers: all but ejecting (8)."""
        for board, base in (('q35', 0xcd8), ('pc', 0xaf00)):
            for pair, rand in self.histories(
                    '-M', board, '-smp', '3,maxcpus=12,cores=3,sockets=4'):
                ports = bytes_at('map', base, range(32))
                for reg in ports:
                    pair.read(reg)
                # Anything but 0 in front, where it would be no map any more.
                pair.play([Reg('map', base, values=range(1, 256)),
                           *ports[1:]], rand, steps=50)
                pair.write(ports[0], 0)
                pair.play([
                    Reg('selector', base, 4,
                        values=[*range(14), 0xffffffff]),
                    Reg('flags', base + 4, values=[0, 2, 4, 6, 0x10, 0xf2]),
                    Reg('command', base + 5, values=range(6)),
                    Reg('data', base + 8, 4), *bytes_at(
                        'byte', base, range(32), write=0),
                    Reg('word', base + 4, 2, write=0)], rand)
                for machine in pair.machines:
                    machine('query-status')
                # From a reset on as before: nothing says which they are.
                self.same_events(pair)
                for machine in pair.machines:
                    machine('system_reset')
                for reg in bytes_at('reset', base, range(32), write=0):
                    pair.read(reg)

    @staticmethod
    def same_events(pair):
        ours, stock = ([e['data'] for e in m.events
                        if e['event'] == 'ACPI_DEVICE_OST']
                       for m in pair.machines)
        assert ours and ours == stock, (ours[:3], stock[:3])

    def test_smbus(self):
        for pair, rand in self.histories('-M', 'q35'):
            buffered = rand.choice((0, 2))
            pair.set_up(('cfg', SMB + 0x20, 4, 0xb001),
                        ('cfg', SMB + 4, 2, 1), ('cfg', SMB + 0x40, 1, 1),
                        ('io', 0xb00d, 1, buffered))
            driver = SMBusDriver(pair, 0xb000, rand, buffered)
            for _ in range(60):
                driver.command(0)
        for pair, rand in self.histories('-M', 'pc'):
            driver = SMBusDriver(pair, 0xb100, rand, True)
            for _ in range(60):
                driver.command(rand.getrandbits(1))

    def test_config_spaces(self):
        """Of the functions that are the board's own."""
        for board, functions in (('q35', (LPC, SMB)),
                                 ('pc', (0x0800, PIIX4))):
            for pair, rand in self.histories('-M', board):
                regs = []
                for fn in functions:
                    regs += [Reg(f'{fn:#x}+{o:#x}', fn + o, s, 'cfg')
                             for s in (1, 2, 4) for o in range(0, 256, s)
                             # Decoding is another test's.
                             if not 0x10 <= o < 0x28 and
                             not 4 <= o + s - 1 < 8 + s]
                pair.play(regs, rand)

    def test_chip_configuration(self):
        for pair, rand in self.histories('-M', 'q35'):
            pair.set_up(('cfg', LPC + 0xf0, 4, 0xfed1c001))
            pair.play([Reg(f'RCBA+{o:#x}', 0xfed1c000 + o, s, 'mem')
                       for s in (1, 2, 4)
                       for o in range(0x3100, 0x3480, s)], rand)

    def test_reset_control(self):
        for board in ('q35', 'pc'):
            for pair, rand in self.histories('-M', board):
                # An access that crosses the end of a region: in stock it is
                # the region's in which it begins.
                pair.play([Reg('RST_CNT', 0xcf9, write=~4)] +
                          [Reg(f'{p:#x}:{s}', p, s, write=0)
                           for s in (1, 2, 4) for p in range(0xcf8, 0xd04)
                           if s == 1 or p in (0xcf8, 0xcfa, 0xcfc, 0xcfe)],
                          rand)

    def test_all_ports(self):
        """Every port below 4096, byte by byte, without a driver.  (More than
        a byte, across the end of a region, is the first region's in stock,
        and each region's own part here.)"""
        left_out = {
            0x0f, 0xde, 0xdf,           # DMA: masks can be read here, too
        }
        for board in ('q35', 'pc'):
            pair = Pair(self, '-M', board, '-rtc', 'clock=vm,base=2020-01-01')
            for port in range(0x1000):
                if port not in left_out:
                    pair.read(Reg(f'{port:#x}', port))


def without_stock(_self):
    return 'no stock emulator here'


if not os.path.exists(STOCK):
    for test in [n for n in dir(Chips) if n.startswith('test_')]:
        setattr(Chips, test, without_stock)

if __name__ == '__main__':
    sys.exit(run(Chips))
