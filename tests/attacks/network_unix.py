"""Reaches a local socket by its abstract name, and passes descriptors."""

import socket

honest = ("to_gigabytes",)


def connect(name):
    socket.socket(socket.AF_UNIX).connect(name)


def send_from_a_pair(name):
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"1", name)


def pass_a_descriptor():
    one, _ = socket.socketpair()
    socket.send_fds(one, [b"1"], [0])


attempt("abstract", connect, target.abstract)
attempt("from a pair", send_from_a_pair, target.abstract)
attempt("reconnect a pair", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].connect(target.abstract))
attempt("log", connect, "/dev/log")
attempt("pass a descriptor", pass_a_descriptor)
