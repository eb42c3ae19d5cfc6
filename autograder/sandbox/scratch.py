"""The ordinary folder that a child writes to where it has no tmpfs of its own: its size and its removal.

The process that filled it may have meant harm: names, depth and modes are whatever it chose.
"""

from __future__ import annotations

import os
import stat

from autograder.sandbox.limits import MEBIBYTE, Limits

_DEPTH = 32  # looking at deeper trees would take the zygote's time from other submissions


def excess(folder: str, pid: int, limits: Limits) -> str | None:
    """What the child `pid` has too much of, as the end of a sentence, or None.

    Counts the blocks of what lies in the folder and of deleted files that the child still holds open.
    """
    sizes: dict[tuple[int, int], int] = {}
    too_many = f"created more than {limits.scratch_files:,} files."
    too_large = f"wrote more than {limits.scratch_bytes // MEBIBYTE:,} MiB into its scratch folder."
    pending, entries = [(folder, 0)], 0
    while pending:
        path, depth = pending.pop()
        if depth > _DEPTH:
            return f"nested folders more than {_DEPTH} deep."
        try:
            with os.scandir(path) as listing:
                for entry in listing:
                    entries += 1
                    if entries > limits.scratch_files:
                        return too_many
                    found = entry.stat(follow_symlinks=False)
                    sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
                    if stat.S_ISDIR(found.st_mode):
                        pending.append((entry.path, depth + 1))
        except (FileNotFoundError, NotADirectoryError):
            continue  # it went away while we looked
        except OSError:  # a folder that it closed to us
            return "hid files from the grader."
    sizes.update(_deleted_but_open(pid))
    return too_large if sum(sizes.values()) > limits.scratch_bytes else None


def threads(pid: int) -> int:
    """How many threads the process has (one per folder in its task folder), 0 when it is gone."""
    try:
        return os.stat(f"/proc/{pid}/task").st_nlink - 2
    except OSError:
        return 0


def remove(folder: str) -> None:
    """Remove the folder of a child that has ended, without recursion: a tree 10,000 levels deep must go too.

    Each folder found is first moved up to the top, so that no path grows.
    """
    os.chmod(folder, 0o700)
    names, prefix = 0, os.urandom(8).hex()  # not a name that the child could have taken
    while True:
        with os.scandir(folder) as listing:
            entries = list(listing)
        if not entries:
            os.rmdir(folder)
            return
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            with os.scandir(entry.path) as listing:
                inside = list(listing)
            for below in inside:
                names += 1
                if below.is_dir(follow_symlinks=False):
                    os.chmod(below.path, 0o700)
                    os.rename(below.path, os.path.join(folder, f"{prefix}-{names}"))
                else:
                    os.unlink(below.path)
            os.rmdir(entry.path)


def _deleted_but_open(pid: int) -> dict[tuple[int, int], int]:
    sizes: dict[tuple[int, int], int] = {}
    descriptors = f"/proc/{pid}/fd"
    try:
        for name in os.listdir(descriptors):
            found = os.stat(f"{descriptors}/{name}")
            if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    except OSError:  # it ended, or /proc is closed to us: then open_files times scratch_bytes is the bound
        pass
    return sizes
