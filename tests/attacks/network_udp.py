"""Sends a datagram to a listener on this very machine."""

import socket

honest = ("to_gigabytes",)


def send(kind, address):
    with socket.socket(kind, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"1", address)


attempt("IPv4", send, socket.AF_INET, target.udp)
attempt("IPv6", send, socket.AF_INET6, ("::1", target.udp[1]))
for kind in (socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK, socket.AF_ALG, socket.AF_CAN):
    attempt(f"a socket of family {kind}", socket.socket, kind, socket.SOCK_RAW)
