"""Uses the one socket that it has, or a pair of its own, to reach others: connect, bind, pass descriptors."""

import os
import socket

honest = ("to_gigabytes",)


def on_its_own(action):
    for descriptor in range(3, 20):
        try:
            one = socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
        with one:
            action(one)
            return
    raise OSError


pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
for one in pair:
    attempt("connect a pair", one.connect, target.abstract)
    attempt("bind a pair", one.bind, f"\0{target.marker}-pair")
    attempt("send from a pair", one.sendto, b"1", target.abstract)
    attempt("sendmsg from a pair", one.sendmsg, [b"1"], [], 0, target.abstract)
    attempt("an option of a pair", one.setsockopt, socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
attempt("connect its own", on_its_own, lambda one: one.connect(target.abstract))
attempt("listen on its own", on_its_own, lambda one: one.listen())
attempt("pass a descriptor over its own", on_its_own, lambda one: socket.send_fds(one, [b""], [0]))
attempt("a message queue", lambda: os.open("/dev/mqueue", os.O_RDONLY))
