"""Makes or enters namespaces, mounts, and changes its root folder."""

import ctypes
import os
import platform

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


if platform.machine() == "x86_64":
    for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000, 0x02000000):
        attempt(f"unshare {flag:#x}", call, 272, flag)
        attempt(f"clone {flag:#x}", call, 56, flag | 17, 0, 0, 0, 0)
    attempt("setns", call, 308, 0, 0)
    attempt("mount", call, 165, b"none", os.fsencode(os.getcwd()), b"tmpfs", 0, b"")
    attempt("umount", call, 166, os.fsencode(os.getcwd()), 2)
    attempt("fsmount", call, 432, 0, 0, 0)
    attempt("mknod", call, 133, b"device", 0o20666, (1 << 8) | 3)  # /dev/null
attempt("chroot", os.chroot, ".")
attempt("fifo", os.mkfifo, "fifo")
