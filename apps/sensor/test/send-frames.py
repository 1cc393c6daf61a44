"""Sends frames as they are: lines of INTERFACE HEX on standard input."""
import socket
import sys

sockets = {}
for line in sys.stdin:
    name, octets = line.split()
    if name not in sockets:
        sockets[name] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        sockets[name].bind((name, 0))
    sockets[name].send(bytes.fromhex(octets))
