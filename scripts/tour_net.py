# SPDX-License-Identifier: GPL-2.0-or-later
"""The network part of the MSI-X tour: cards get an address by DHCP (RFC 2131)
and ping the gateway (RFC 792)."""
import struct
import time

from tour_virtio import Queue, Virtio, structure, BUFFER_BYTES, SLOTS

HEADER = bytes(12)          # struct virtio_net_hdr_v1: nothing to be done
F_MAC = 1 << 5
BROADCAST = b'\xff' * 6


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def dotted(address):
    return '.'.join(str(byte) for byte in address)


class Host:
    """Who has a card, which sends and receives frames."""

    ip = bytes(4)

    def send(self, dest, protocol, payload):
        frame = dest + self.mac + struct.pack('!H', protocol) + payload
        self.send_frame(frame + bytes(max(0, 60 - len(frame))))

    def receive(self):
        frame = self.receive_frame()
        if frame is None:
            return None, b''
        return struct.unpack('!H', frame[12:14])[0], frame[14:]

    def send_ip(self, dest_mac, dest, protocol, payload):
        header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 1,
                             0, 64, protocol, 0, self.ip, dest)
        header = header[:10] + struct.pack('!H', checksum(header)) + header[12:]
        self.send(dest_mac, 0x0800, header + payload)

    def receive_ip(self, protocol):
        for _ in range(20):
            kind, packet = self.receive()
            if kind is None:
                break
            if kind == 0x0806 and packet[6:8] == b'\0\1' and \
                    packet[24:28] == self.ip:
                self.send(packet[8:14], 0x0806, packet[:7] + b'\2' + self.mac +
                          self.ip + packet[8:18])
            elif kind == 0x0800 and packet[9] == protocol:
                return packet[20:struct.unpack('!H', packet[2:4])[0]]
        return None

    def dhcp_message(self, kind, options=b''):
        message = struct.pack('!BBBBIHH4s4s4s4s16s192xI', 1, 1, 6, 0, 0x7a11,
                              0, 0x8000, bytes(4), bytes(4), bytes(4),
                              bytes(4), self.mac, 0x63825363)
        message += bytes((53, 1, kind)) + options + b'\xff'
        udp = struct.pack('!HHHH', 68, 67, 8 + len(message), 0) + message
        self.send_ip(BROADCAST, b'\xff' * 4, 17, udp)
        reply = self.receive_ip(17)
        return reply[8:] if reply else None

    def dhcp(self):
        """DISCOVER, OFFER, REQUEST, ACK: address and gateway, or None."""
        offer = self.dhcp_message(1)
        if not offer:
            return None
        server = offer[offer.index(b'\x36\4', 240) + 2:][:4]
        ack = self.dhcp_message(3, b'\x32\4' + offer[16:20] + b'\x36\4' +
                                server)
        if not ack:
            return None
        self.ip = ack[16:20]
        gateway = ack[ack.index(b'\3\4', 240) + 2:][:4]
        return dotted(self.ip), gateway

    def ping(self, address):
        self.send(BROADCAST, 0x0806, struct.pack(
            '!HHBBH6s4s6s4s', 1, 0x0800, 6, 4, 1, self.mac, self.ip, bytes(6),
            address))
        kind, packet = self.receive()
        if kind != 0x0806:
            return False
        echo = struct.pack('!BBHHH', 8, 0, 0, 7, 1) + b'MSI-X tour'
        echo = echo[:2] + struct.pack('!H', checksum(echo)) + echo[4:]
        self.send_ip(packet[8:14], address, 1, echo)
        reply = self.receive_ip(1)
        return reply is not None and reply[4:] == echo[4:]


class VirtioNic(Host):
    """virtio-net (virtio 1.2, 5.1): one pair of queues, a vector each."""

    def __init__(self, function):
        device = Virtio(function, F_MAC)
        config, _ = structure(function, 4)
        self.mac = device.machine.read(config, 6).to_bytes(6, 'little')
        self.rx = Queue(device, 0, 1, True)
        self.tx = Queue(device, 1, 2, False)
        device.start()
        for _ in range(SLOTS):
            self.rx.offer(BUFFER_BYTES)

    def send_frame(self, frame):
        self.tx.offer(len(HEADER + frame), HEADER + frame)
        self.tx.take()

    def receive_frame(self):
        packet = self.rx.take()
        if packet is None:
            return None
        self.rx.offer(BUFFER_BYTES)
        return packet[len(HEADER):]


class E1000eNic(Host):
    """e1000e (Intel 82574, sections 7 and 10): legacy descriptors, a vector
    each for receiving, sending and all else."""

    RINGS = 0x400000
    COUNT = 8
    CTRL, IVAR, IMS, EIAC, RCTL, TCTL = 0, 0xe4, 0xd0, 0xdc, 0x100, 0x400
    RX, TX, RAL = 0x2800, 0x3800, 0x5400
    DONE = 1

    def __init__(self, function):
        self.m, self.regs = function.machine, function.bars[0]
        self.write(self.CTRL, 1 << 26)                  # reset
        self.write(self.CTRL, 1 << 6)                   # link up
        self.mac = struct.pack('<II', self.read(self.RAL),
                               self.read(self.RAL + 4))[:6]
        self.write(self.IVAR, 8 | (8 | 1) << 8 | (8 | 2) << 16)
        self.write(self.EIAC, 0x1f << 20)
        self.write(self.IMS, 0x15 << 20)
        self.heads = {self.RX: 0, self.TX: 0}
        for ring in self.heads:
            self.write(ring, self.place(ring))
            self.write(ring + 4, 0)
            self.write(ring + 8, 16 * self.COUNT)
        for slot in range(self.COUNT):
            self.describe(self.RX, slot, 0)
        self.write(self.RCTL, 1 << 1 | 1 << 15 | 1 << 26)
        self.write(self.TCTL, 1 << 1 | 1 << 3)
        self.write(self.RX + 0x18, self.COUNT - 1)

    def write(self, reg, value):
        self.m.write(self.regs + reg, value, 4)

    def read(self, reg):
        return self.m.read(self.regs + reg, 4)

    def place(self, ring):
        return self.RINGS + (0x10000 if ring == self.TX else 0)

    def buffer(self, ring, slot):
        return self.place(ring) + 0x1000 + 0x800 * slot

    def describe(self, ring, slot, word):
        self.m.write(self.place(ring) + 16 * slot,
                     self.buffer(ring, slot) | word << 64, 16)

    def wait(self, ring):
        """The next descriptor's second half once the card is done with it."""
        slot = self.heads[ring]
        for _ in range(3000):
            word = self.m.read(self.place(ring) + 16 * slot + 8, 8)
            if word >> 32 & self.DONE:
                # a message masks its cause; they are 128 us apart at least
                self.write(self.IMS, 0x15 << 20)
                self.m.ask('clock_step 200000')
                self.heads[ring] = (slot + 1) % self.COUNT
                return slot, word
            time.sleep(0.001)
        return slot, None

    def send_frame(self, frame):
        slot = self.heads[self.TX]
        self.m.write(self.buffer(self.TX, slot),
                     int.from_bytes(frame, 'little'), len(frame))
        # end of packet, add the checksum of the frame, report
        self.describe(self.TX, slot, len(frame) | (1 | 2 | 8) << 24)
        self.write(self.TX + 0x18, (slot + 1) % self.COUNT)
        self.wait(self.TX)

    def receive_frame(self):
        slot, word = self.wait(self.RX)
        if word is None:
            return None
        size = word & 0xffff
        frame = self.m.read(self.buffer(self.RX, slot), size)
        self.describe(self.RX, slot, 0)
        self.write(self.RX + 0x18, slot)
        return frame.to_bytes(size, 'little')
