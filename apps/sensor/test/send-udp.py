"""SOURCE DESTINATION PORT COUNT: sends so many datagrams from one address to a port of another."""
import socket
import sys

source, destination, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sender.bind((source, 0))
for _ in range(count):
    sender.sendto(b"x" * 100, (destination, port))
