"""Makes this machine poorer for one process, and then runs a program in it.

python tests/_poorer_machine.py HOW PROGRAM ARGUMENT...    HOW and PROGRAM are Python; HOW may use what is defined here
"""

import ctypes
import errno
import os
import resource
import struct
import sys

from autograder.sandbox import linux, namespaces
from autograder.sandbox.paths import outermost, readable_paths
from autograder.sandbox.syscalls import number


def deny(*names):
    """Let these system calls fail, as a container's profile does."""
    code = [(0x20, 0, 0, 0)]
    for name in names:
        code += [(0x15, 0, 1, number(name)), (0x06, 0, 0, 0x50000 | errno.EPERM)]
    code = b"".join(struct.pack("=HBBI", *one) for one in [*code, (0x06, 0, 0, 0x7FFF0000)])
    buffer = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer)))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.prctl(linux.PR_SET_SECCOMP, 2, ctypes.addressof(head))


def open_home():
    """A Python that other users can reach."""
    namespaces.uncover(outermost([*readable_paths(), sys.prefix, sys.base_prefix]))


def become(uid):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def own_mounts():
    """From here on nobody else sees what this process mounts."""
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)


def cover(folder):
    """Put an empty folder over one, in which nothing can be written."""
    linux.mount("tmpfs", folder, "tmpfs", 0x1)  # MS_RDONLY


def restrict(folder, *options):
    """Let nothing be written (`ro`) or be run (`noexec`) in a folder and below it, by root neither."""
    linux.mount(folder, folder, flags=linux.MS_BIND | linux.MS_REC)
    linux.restrict_mount(folder, sum({"ro": linux.MOUNT_ATTR_RDONLY, "noexec": 0x8}[option] for option in options))
    os.chdir(os.getcwd())  # through the mount, if it lies there


def drop_capabilities(*numbers):
    """Whatever is started from here on lacks these, as after `docker run --cap-drop`."""
    for one in numbers:
        linux.prctl(24, one)  # PR_CAPBSET_DROP


def bound(kind, bytes_):
    """Set both limits of a resource, as `ulimit` does."""
    resource.setrlimit(getattr(resource, kind), (bytes_, bytes_))


def not_unix():
    """Without what only Unix has, as on Windows. torch is there before: here it needs some of it."""
    import torch  # noqa: F401

    for name in ("fcntl", "grp", "pwd", "resource", "termios", "pty", "tty"):
        sys.modules[name] = None
    for name in ("fork", "forkpty", "geteuid", "setsid", "fchmod", "sched_getaffinity", "chown"):
        if hasattr(os, name):  # libraries that are installed on Linux may need others
            delattr(os, name)
    for name in [name for name in sys.modules if name.split(".")[0] == "autograder"]:
        del sys.modules[name]  # so that they are imported anew, without these


if __name__ == "__main__":
    how, program, *arguments = sys.argv[1:]
    del sys.path[0]  # this file's folder
    sys.argv = ["program", *arguments]
    exec(how)
    exec(program)
