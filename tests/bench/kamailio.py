"""How long a caller waits for the agent's phone when an agent is free: from the caller's INVITE on loopback to the agent's INVITE, through
a real Kamailio, usherd and a Redis with appendfsync always. Measured by the kernel's time stamps of the packets, so it needs root."""
import os
import shutil
import socket
import struct
import threading
import time

import world  # noqa: F401  finds the harness

CALLS = 1000
RATE = 50
AGENTS = 40
SO_TIMESTAMPNS = 35
PACKET_OUTGOING = 4  # loopback shows each packet twice
ETH_P_IP = 0x0800
UDP = 17


class Watch(threading.Thread):
    """Notes the first INVITE of each call towards the proxy, and the first towards any other port."""

    def __init__(self, proxy_port):
        super().__init__(daemon=True)
        self.proxy_port = proxy_port
        self.came = {}
        self.took_ms = []
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind(("lo", 0))

    def run(self):
        while True:
            frame, ancillary, _, address = self.socket.recvmsg(65536, 64)
            if address[2] != PACKET_OUTGOING:
                self.note(frame[14:], ancillary)

    def note(self, packet, ancillary):
        if len(packet) < 36 or packet[9] != UDP:
            return
        segment = packet[(packet[0] & 15) * 4:]
        message = segment[8:]
        if not message.startswith(b"INVITE "):
            return
        call = message.partition(b"\r\nCall-ID:")[2].partition(b"\r\n")[0].strip()
        at = next(struct.unpack("qq", data[:16]) for level, kind, data in ancillary
                  if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS)
        at_ms = at[0] * 1e3 + at[1] / 1e6
        if struct.unpack("!H", segment[2:4])[0] == self.proxy_port:
            self.came.setdefault(call, at_ms)
        elif call in self.came:
            self.took_ms.append(at_ms - self.came.pop(call))


def why_not():
    """Why it cannot be measured here, or None."""
    missing = [name for name in ("kamailio", "sipp") if shutil.which(name) is None and not os.path.exists("/usr/sbin/" + name)]
    if missing:
        return f"no {' and no '.join(missing)} here"
    return None if os.geteuid() == 0 else "packets can be watched by root only"


def measure(build, is_quick):
    from sip import SipCenter
    calls = 100 if is_quick else CALLS
    with SipCenter() as center:
        phones = [center.phone(calls=calls) for _ in range(4)]
        for number in range(AGENTS):
            center.agent(f"agent{number:03}", phones[number % len(phones)])
        watch = Watch(center.kamailio.sip_port)
        watch.start()
        center.caller(calls=calls, rate=RATE, pause_ms=100).succeed(timeout=calls / RATE + 60)
        time.sleep(0.2)
        took = sorted(watch.took_ms)

    def part(share):
        return round(took[min(len(took) - 1, int(share * len(took)))], 2)

    return [{"bench": "kamailio", "name": f"INVITE to INVITE, {RATE} calls/s", "figures": {
        "p50_ms": part(0.50), "p99_ms": part(0.99), "max_ms": round(took[-1], 2)}}]
