"""Reads accounts, keys, logs, devices and what other programs left in shared places."""

import os

honest = ("to_gigabytes",)


def first(path):
    with open(path, "rb", buffering=0) as file:
        return file.read(1)


for path in (
    "/etc/shadow", "/etc/passwd", "/etc/hosts", "/etc/machine-id", "/root/.bashrc", "/root/.ssh/id_rsa",
    "/home", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/fuse", "/dev/tty", "/dev/ptmx", "/proc/kcore",
    "/proc/kallsyms", "/proc/1/environ", "/sys/kernel/security/lsm",
    "/var/log/syslog", "/run/docker.sock", "/var/run/secrets", "/proc/sys/kernel/core_pattern", "/usr/bin/env",
):  # fmt: skip
    attempt(f"read {path}", first, path)
for folder in ("/", "/root", "/home", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/etc", "/run", "/proc", "/sys", "/mnt"):
    attempt(f"list {folder}", os.listdir, folder)
