"""Reads the environment, memory, maps, descriptors and command line of its parent and of the grader."""

import os

honest = ("to_gigabytes",)


def first(path):
    with open(path, "rb") as file:
        return file.read(1)


for pid in {os.getppid(), target.grader, target.zygote, 1}:
    for name in ("environ", "mem", "maps", "cmdline", "status", "stack", "auxv", "io", "smaps", "syscall"):
        attempt(f"read {name} of {pid}", first, f"/proc/{pid}/{name}")
    for name in ("fd", "task", "map_files", "net"):
        attempt(f"list {name} of {pid}", os.listdir, f"/proc/{pid}/{name}")
    for name in ("cwd", "root", "exe", "fd/0", "fd/3", "ns/net"):
        attempt(f"follow {name} of {pid}", os.readlink, f"/proc/{pid}/{name}")
        attempt(f"open {name} of {pid}", os.open, f"/proc/{pid}/{name}", os.O_RDONLY)
attempt("list /proc", os.listdir, "/proc")
