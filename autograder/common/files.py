"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_UNFINISHED = 60.0  # seconds: writing a file takes milliseconds


def write_whole(path: Path, text: str | bytes) -> None:
    """Write a file so that a reader, or a killed run, finds the old one or the whole new one.

    An OSError names the file, also where the system names none, as when the disk is full.
    """
    try:
        _write_whole(path, text)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error


def _write_whole(path: Path, text: str | bytes) -> None:
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def remove_unfinished(folder: Path, is_ours: Callable[[str], bool], alone: bool) -> None:
    """Remove what a killed run's `write_whole` left of files of these names.

    Where others may be writing there, one that is being written is younger than a minute.
    """
    for path in folder.glob(".*"):
        written = re.fullmatch(r"\.(.+)\.[a-z0-9_]{8}", path.name)
        try:
            old = alone or time.time() - path.lstat().st_mtime > _UNFINISHED
            if written and is_ours(written[1]) and old:
                path.unlink()
        except OSError:
            continue
