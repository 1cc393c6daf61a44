"""Sends COUNT UDP frames of FLOWS flows and 1,400 octets from INTERFACE as fast as it can; every hundredth is cut short."""
import socket
import sys

interface, count, flows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((interface, 0))
ethernet = bytes(12) + b"\x08\x00"
ip = bytes.fromhex("4500056a00000000401100000a0000010a000002")
frames = []
for flow in range(flows):
    udp = (10000 + flow).to_bytes(2, "big") + b"\x00\x09" + (1366).to_bytes(2, "big") + b"\x00\x00"
    frames.append(ethernet + ip + udp + bytes(1358))
for i in range(count):
    frame = frames[i % flows]
    wire.send(frame[:30] if i % 100 == 0 else frame)
