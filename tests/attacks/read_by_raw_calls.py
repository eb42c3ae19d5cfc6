"""Opens forbidden files by system calls that Python does not make: handles, openat2, io_uring, new mounts."""

import ctypes
import os
import platform

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    plain = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = libc.syscall(ctypes.c_long(number), *plain)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


HERE = -100
if platform.machine() == "x86_64":
    for path in target.secrets + target.sources:
        name = os.fsencode(path)
        how = ctypes.create_string_buffer(24)
        handle = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(132), 136)
        mount = ctypes.c_int()
        attempt(f"open {path}", call, 2, name, 0)
        attempt(f"openat {path}", call, 257, HERE, name, 0)
        attempt(f"openat2 {path}", call, 437, HERE, name, how, 24)
        attempt(f"name_to_handle_at {path}", call, 303, HERE, name, handle, ctypes.byref(mount), 0)
        attempt(f"open_by_handle_at {path}", call, 304, HERE, handle, 0)
        attempt(f"open_tree {path}", call, 428, HERE, name, 1)
        attempt(f"uselib {path}", call, 134, name)
        attempt(f"fanotify {path}", call, 300, 0, 0)
    attempt("io_uring", call, 425, 8, ctypes.create_string_buffer(120))
    attempt("fsopen", call, 430, b"tmpfs", 0)
    attempt("inotify", call, 294, 0)
