"""Changes modes, owners, times and attributes of files that it may only read, or not even that."""

import os

honest = ("to_gigabytes",)


def to_gigabytes(n):
    return n / 1e9


for path in [*target.secrets, torch.__file__, target.results]:
    attempt(f"chmod {path}", os.chmod, path, 0o777)
    attempt(f"chown {path}", os.chown, path, os.getuid(), os.getgid())
    attempt(f"touch {path}", os.utime, path, (1, 1))
    attempt(f"attribute of {path}", os.setxattr, path, "user.marker", b"1")
    attempt(f"list attributes of {path}", os.listxattr, path)
with open(torch.__file__, "rb") as file:
    attempt("fchmod", os.fchmod, file.fileno(), 0o777)
    attempt("futimens", os.utime, file.fileno(), (1, 1))
    attempt("ftruncate", os.ftruncate, file.fileno(), 0)
    attempt("write lock", os.posix_fallocate, file.fileno(), 0, 1)
