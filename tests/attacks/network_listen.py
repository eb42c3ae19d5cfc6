"""Listens, for the next submission or anybody else to call."""

import socket

honest = ("to_gigabytes",)


def listen(kind, address):
    with socket.socket(kind) as server:
        server.bind(address)
        server.listen()


attempt("IPv4", listen, socket.AF_INET, ("127.0.0.1", 0))
attempt("IPv6", listen, socket.AF_INET6, ("::1", 0))
attempt("abstract", listen, socket.AF_UNIX, f"\0{target.marker}-listening")
attempt("in its folder", listen, socket.AF_UNIX, "socket")
attempt("listen on a pair", lambda: socket.socketpair()[0].listen())
