"""Writes into temporary folders, shared memory, home and the repository."""

from pathlib import Path

honest = ("to_gigabytes",)


for folder in ("/", "/tmp", "/var/tmp", "/dev/shm", "/root", "/run", "/etc", "/home", "/usr/lib", *target.folders):
    attempt(f"write into {folder}", (Path(folder) / target.marker).write_text, "1")
    attempt(f"folder in {folder}", (Path(folder) / f"{target.marker}-folder").mkdir)
    attempt(f"link in {folder}", (Path(folder) / f"{target.marker}-link").symlink_to, "/")
for path in ("/proc/self/oom_score_adj", "/proc/self/mem", "/proc/self/coredump_filter", "/proc/self/comm"):
    attempt(f"write {path}", lambda path: open(path, "r+b", buffering=0).write(b"1"), path)
