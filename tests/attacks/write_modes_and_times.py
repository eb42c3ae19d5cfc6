"""Sets modes, owners, times and attributes (to what they are) of files that it may only read, or not even that."""

import os
import stat

honest = ("to_gigabytes",)


for path in [*target.secrets, torch.__file__, target.results]:
    found = os.stat(path) if os.path.exists(path) else os.stat(torch.__file__)  # at tier full it isn't even there
    attempt(f"chmod {path}", os.chmod, path, stat.S_IMODE(found.st_mode))
    attempt(f"chown {path}", os.chown, path, found.st_uid, found.st_gid)
    attempt(f"touch {path}", lambda path, ns: os.utime(path, ns=ns), path, (found.st_atime_ns, found.st_mtime_ns))
    attempt(f"list attributes of {path}", os.listxattr, path)
for path in target.secrets:
    attempt(f"open {path} to all", os.chmod, path, 0o777)
    attempt(f"attribute of {path}", os.setxattr, path, "user.marker", b"1")
with open(torch.__file__, "rb") as file:
    found = os.fstat(file.fileno())
    attempt("fchmod", os.fchmod, file.fileno(), stat.S_IMODE(found.st_mode))
    attempt("futimens", lambda: os.utime(file.fileno(), ns=(found.st_atime_ns, found.st_mtime_ns)))
    attempt("ftruncate", os.ftruncate, file.fileno(), 0)
    attempt("write lock", os.posix_fallocate, file.fileno(), 0, 1)
