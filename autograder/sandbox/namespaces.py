"""A view of the machine that holds nothing but Python: once per zygote, inherited by every child.

New network (not even a loopback that is up), mount, IPC and host name namespaces; the root folder is a small tmpfs
into which only readable paths are bound, read-only. That also lets a child with its own uid reach a Python
that lies under a 0700 home. No pid namespace: children can't create processes, and it would cost 9 ms each.
"""

from __future__ import annotations

import os

from autograder.sandbox import linux
from autograder.sandbox.paths import closed_folders

SCRATCH = "/scratch"
_DEVICES = ["/dev/null", "/dev/zero", "/dev/urandom"]
_ISOLATION = linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
_ROOT_OPTIONS = "size=1m,mode=0755"  # holds empty mount points only


def isolate(folder: str, paths: list[str], user_namespace: bool) -> None:
    """Move this process, which must have one thread, into namespaces that show only `paths`.

    `folder` is an empty folder to mount on; it is removed. With `user_namespace` no privilege is needed, but every
    child keeps the uid of the user who started the grader.
    """
    if user_namespace:
        _enter_user_namespace()
    linux.unshare(_ISOLATION)
    os_folder = os.open(os.path.dirname(folder), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
        linux.mount("tmpfs", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, _ROOT_OPTIONS)
        os.mkdir(folder + SCRATCH)
        for path in [*paths, *_DEVICES, "/proc"]:
            _bind(path, folder + path)
        linux.restrict_mount(folder, linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID)
        linux.enter_root(folder)
        os.rmdir(os.path.basename(folder), dir_fd=os_folder)
    finally:
        os.close(os_folder)


def mount_scratch(bytes_: int, files: int, uid: int, gid: int) -> None:
    """Give this process alone an empty folder at SCRATCH that can't grow beyond `bytes_`; it goes when it ends."""
    linux.unshare(linux.CLONE_NEWNS)
    options = f"size={bytes_},nr_inodes={files},mode=0700,uid={uid},gid={gid}"
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("tmpfs", SCRATCH, "tmpfs", flags, options)


def uncover(paths: list[str]) -> None:
    """Let other users reach `paths` although they lie under folders that only their owner may enter.

    Each such folder is covered, for this process and its children, by an empty one into which only `paths` are bound.
    """
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    for folder in closed_folders(paths):
        inside = [path for path in paths if path.startswith(folder + "/")]
        sources = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in inside]
        linux.mount("tmpfs", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, _ROOT_OPTIONS)
        for path, source in zip(inside, sources, strict=True):
            _bind(f"/proc/self/fd/{source}", path)
            os.close(source)


def _enter_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER)
    # The kernel wants setgroups denied before an unprivileged process may map its group.
    for name, text in [("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")]:
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        open(target, "x").close()
    linux.mount(source, target, flags=linux.MS_BIND | linux.MS_REC)
