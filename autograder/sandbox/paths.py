"""What a child may read: Python, its packages, system libraries and the engine; nothing of the repository.

Folders are named as narrowly as that allows (`<prefix>/lib`, not `<prefix>`), because a virtual environment may
well lie inside the repository.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

_SYSTEM = [
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime",
    "/sys/devices/system/cpu",
]  # fmt: skip
_PACKAGE_FOLDERS = {"site-packages", "dist-packages", "lib-dynload"}


def package_folders() -> list[str]:
    """Where this Python's installed packages lie, in the order of `sys.path`."""
    return [entry for entry in sys.path if os.path.basename(entry) in _PACKAGE_FOLDERS and os.path.isdir(entry)]


def readable_paths() -> list[str]:
    """Every file and folder that a child of this Python may read, none of them inside another."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    installed = [sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    found = {os.path.join(prefix, name) for prefix in prefixes for name in ("lib", "lib64")}
    found |= {*installed, *package_folders(), str(Path(__file__).resolve().parents[1]), *_SYSTEM}
    if sys.base_prefix.startswith("/nix/"):
        found.add("/nix/store")
    # As named and as resolved: modules are found under the first, system libraries often under the second.
    found |= {os.path.realpath(path) for path in found}
    return outermost(path for path in found if os.path.exists(path))


def outermost(paths: Iterable[str]) -> list[str]:
    """`paths` in order, less those inside another one."""
    kept: list[str] = []
    for path in sorted(map(os.path.normpath, paths)):
        if not any(path == above or path.startswith(above.rstrip("/") + "/") for above in kept):
            kept.append(path)
    return kept


def is_readable(path: str | os.PathLike[str]) -> bool:
    """Whether a submission could read `path`: solutions and hidden checks must never lie where it could."""
    real = os.path.realpath(path)
    return any(real == above or real.startswith(above + "/") for above in readable_paths())


def closed_folders(paths: list[str]) -> list[str]:
    """The folders above `paths` that only their owner may enter, such as a 0700 home; the outermost ones."""
    above = {parent for path in paths for parent in Path(path).parents}
    return outermost(str(folder) for folder in above if not folder.stat().st_mode & 0o001)
