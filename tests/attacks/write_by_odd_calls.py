"""Changes forbidden files by calls other than write: links, exchanges, truncation, maps and mode bits."""

import ctypes
import mmap
import os
import platform

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


def mapped(path):
    with open(path, "r+b") as file:
        mmap.mmap(file.fileno(), 1)


with open("own", "w") as file:
    file.write("secret = 'changed'\n")
for path in target.secrets:
    name = os.fsencode(path)
    attempt(f"link over {path}", os.link, "own", path)
    attempt(f"symlink beside {path}", os.symlink, "own", f"{path}-{target.marker}")
    attempt(f"rename onto {path}", os.rename, "own", path)
    attempt(f"map {path}", mapped, path)
    attempt(f"set an attribute of {path}", os.setxattr, path, "user.marker", b"1")
    attempt(f"remove the folder of {path}", os.rmdir, os.path.dirname(path))
    if platform.machine() == "x86_64":
        attempt(f"exchange {path}", call, 316, -100, b"own", -100, name, 2)
        attempt(f"truncate {path}", call, 76, name, 0)
        attempt(f"creat {path}", call, 85, name, 0o644)
        attempt(f"fchmodat2 {path}", call, 452, -100, name, 0o777, 0)
