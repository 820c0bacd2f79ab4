# SPDX-License-Identifier: GPL-2.0-or-later
"""The network part of the MSI-X tour: a virtio card gets an address by DHCP
(RFC 2131) and pings the gateway (RFC 792)."""
import struct

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


class Nic:
    """One pair of queues, with a vector each."""

    def __init__(self, function):
        device = Virtio(function, F_MAC)
        config, _ = structure(function, 4)
        self.mac = device.machine.read(config, 6).to_bytes(6, 'little')
        self.rx = Queue(device, 0, 1, True)
        self.tx = Queue(device, 1, 2, False)
        device.start()
        for _ in range(SLOTS):
            self.rx.offer(BUFFER_BYTES)
        self.ip = bytes(4)

    def send(self, dest, protocol, payload):
        frame = HEADER + dest + self.mac + struct.pack('!H', protocol) + payload
        frame += bytes(max(0, 72 - len(frame)))
        self.tx.offer(len(frame), frame)
        self.tx.take()

    def receive(self):
        frame = self.rx.take()
        if frame is None:
            return None, b''
        self.rx.offer(BUFFER_BYTES)
        frame = frame[len(HEADER):]
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
