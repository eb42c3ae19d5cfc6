"""Reaches forbidden files by links in its own folder, by /proc/self, and by climbing out of allowed folders."""

import os

honest = ("to_gigabytes",)


def read(path):
    with open(path, "rb") as file:
        return file.read(1)


def read_beneath(folder, path):
    descriptor = os.open(folder, os.O_PATH)
    os.close(os.open(path, os.O_RDONLY, dir_fd=descriptor))


package = os.path.dirname(os.__file__)
up = "/".join([".."] * 40)
for number, path in enumerate([*target.secrets, *target.sources, "/etc/passwd"]):
    os.symlink(path, f"link{number}")
    attempt(f"symlink to {path}", read, f"link{number}")
    attempt(f"hard link to {path}", os.link, path, f"hard{number}")
    if path in target.secrets:
        attempt(f"move of {path}", os.rename, path, f"moved{number}")
    for start in ("/proc/self/root", "/proc/self/cwd/" + up, package + "/" + up, "/proc/self/task/../../1/root"):
        attempt(f"{path} from {start}", read, start + path)
        attempt(f"{path} beneath {start}", read_beneath, start, "." + path)
attempt("chroot", os.chroot, ".")
os.symlink("/", "everything")
attempt("list a link to /", os.listdir, "everything")
