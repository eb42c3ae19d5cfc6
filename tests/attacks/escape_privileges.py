"""Becomes root again, drops its walls, and uses parts of the kernel that only root should."""

import ctypes
import os
import platform

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


attempt("setuid", os.setuid, 0)
attempt("setresuid", os.setresuid, 0, 0, 0)
attempt("setgid", os.setgid, 0)
attempt("setgroups", os.setgroups, [0])
attempt("nice", os.nice, -5)
if platform.machine() == "x86_64":
    everything = ctypes.create_string_buffer(b"\xff" * 24, 24)
    head = ctypes.create_string_buffer((0x20080522).to_bytes(4, "little") + bytes(4), 8)
    calls = {
        "capset": (126, head, everything), "dumpable": (157, 4, 0, 0, 0, 0), "no_new_privs": (157, 38, 0, 0, 0, 0),
        "keepcaps": (157, 8, 1, 0, 0, 0), "subreaper": (157, 36, 1, 0, 0, 0), "pdeathsig": (157, 1, 0, 0, 0, 0),
        "seccomp": (317, 0, 0, 0), "seccomp by prctl": (157, 22, 1, 0, 0, 0), "personality": (135, 0x0040000),
        "keyctl": (250, 0, -3, 0, 0, 0), "add_key": (248, b"user", b"name", b"value", 5, -3), "bpf": (321, 0, 0, 0),
        "io_uring": (425, 1, ctypes.create_string_buffer(120)), "syslog": (103, 3, ctypes.create_string_buffer(8), 8),
        "reboot": (169, 0, 0, 0, 0), "swapoff": (168, b"/none"), "modify_ldt": (154, 0, None, 0), "iopl": (172, 3),
        "settimeofday": (164, None, None), "quotactl": (179, 0),
        "landlock": (444, None, 0, 1), "landlock_restrict_self": (446, 0, 0), "init_module": (175, None, 0, b""),
        "kexec": (246, 0, 0, None, 0), "rlimit of 1": (302, 1, 0, None, None), "vmsplice": (278, 0, None, 0, 0),
        "adjtimex": (159, ctypes.create_string_buffer(208)), "arch_prctl": (158, 0x1002, 0), "mbind": (237, 0, 0, 0),
        "remap_file_pages": (216, 0, 0, 0, 0, 0), "lookup_dcookie": (212, 0, None, 0), "pkey_alloc": (330, 0, 0),
        "memfd_secret": (447, 0), "map_shadow_stack": (453, 0, 4096, 0), "seccomp_notify": (317, 1, 8, head),
    }  # fmt: skip
    for name, arguments in calls.items():
        attempt(name, call, *arguments)
