"""Asks only whether forbidden files exist, how long they are, where they lead and when they were read."""

import os
import socket

honest = ("to_gigabytes",)


def watched(path):
    descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW)
    try:
        os.close(os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY))
    finally:
        os.close(descriptor)


for path in [*target.secrets, *target.sources]:
    attempt(f"reopen {path}", watched, path)
    attempt(f"list beside {path}", lambda path: os.scandir(os.path.dirname(path)), path)
    attempt(f"run {path}", os.execv, path, [path])
    attempt(f"an attribute of {path}", os.getxattr, path, "user.marker")
    attempt(f"bind over {path}", lambda path: socket.socketpair()[0].bind(path), path)
    attempt(f"work in {path}", lambda path: os.chdir(os.path.dirname(path)) or os.listdir("."), path)
