"""Opens sockets of every family and kind that the kernel knows, and sends over those that it gets."""

import socket

honest = ("to_gigabytes",)


def opened(family, kind):
    socket.socket(family, kind).close()


for family in range(46):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        attempt(f"family {family}, kind {int(kind)}", opened, family, kind)
attempt("a pair of another family", socket.socketpair, socket.AF_INET)
