"""NAME COUNT: makes a tun interface, waits for a line, writes so many UDP packets to port 5001 into it, and goes."""
import fcntl
import struct
import subprocess
import sys

name, count = sys.argv[1], int(sys.argv[2])
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
tun = open("/dev/net/tun", "r+b", buffering=0)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
subprocess.run(["ip", "addr", "add", "10.7.0.1/24", "dev", name], check=True)
subprocess.run(["ip", "link", "set", name, "up"], check=True)
packet = bytes.fromhex("45000020000000004011000000000000") + bytes([10, 7, 0, 1]) + struct.pack("!HHHH", 40000, 5001, 12, 0) + bytes(4)
packet = packet[:12] + bytes([10, 7, 0, 2]) + packet[16:]
sys.stdin.readline()
for _ in range(count):
    tun.write(packet)
