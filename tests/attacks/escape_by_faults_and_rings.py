"""Asks the kernel for what has been a way out before: userfaultfd, io_uring, BPF, keys, notifications, tunnels."""

import ctypes
import os
import platform
import socket

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


if platform.machine() == "x86_64":
    space = ctypes.create_string_buffer(256)
    calls = {
        "userfaultfd": (323, 1), "io_uring_enter": (426, 0, 0, 0, 0, None, 0),
        "io_uring_register": (427, 0, 0, None, 0),
        "io_setup": (206, 8, space), "bpf map": (321, 0, space, 128), "keyctl get": (250, 0, -3, 1),
        "request_key": (249, b"user", b"name", None, -3), "inotify_init1": (294, 0), "signalfd": (289, -1, space, 8, 0),
        "open_by_handle": (304, -100, space, 0), "name_to_handle": (303, -100, b".", space, space, 0),
        "splice": (275, 0, None, 1, None, 1, 0), "tee": (276, 0, 1, 1, 0), "memfd": (319, b"name", 0),
        "mount_setattr": (442, -100, b".", 0, space, 32), "move_mount": (429, -100, b".", -100, b".", 0),
        "pidfd_send_signal": (424, 3, 0, None, 0), "process_mrelease": (448, 3, 0), "fanotify": (300, 0, 0),
        "cachestat": (451, 0, space, space, 0), "set_mempolicy": (238, 0, None, 0),
        "rt_tgsigqueueinfo": (297, os.getppid(), os.getppid(), 0, space), "setpriority": (141, 0, 0, 0),
        "ioprio_set": (251, 1, 0, 0), "sched_setattr": (314, 0, space, 0), "mlockall": (151, 1),
        "lsm_set_self_attr": (460, 100, space, 32, 0),
    }  # fmt: skip
    for name, arguments in calls.items():
        attempt(name, call, *arguments)
attempt("a tunnel", os.open, "/dev/net/tun", os.O_RDWR)
attempt("a virtual machine", os.open, "/dev/kvm", os.O_RDWR)
attempt("a netlink socket", socket.socket, 16, socket.SOCK_RAW, 0)
