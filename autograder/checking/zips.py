"""A zip that somebody handed in: read in memory, with a cap on all that it could make large. Nothing is extracted."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

MAX_ZIP = 32 << 20  # bytes of a zip as it lies on disk
MAX_ENTRIES = 2_000  # files in a zip
_ENTRY = 500  # bytes of a zip's list of files, for each of them
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of these, zipfile decompresses no more than it is asked for


class Unreadable(Exception):
    """Why a submission can't be read, as a sentence."""


@contextmanager
def opened_zip(
    place: Path | bytes, name: str = "", most: int = MAX_ENTRIES, largest: int = MAX_ZIP
) -> Iterator[zipfile.ZipFile]:
    """A zip on disk or in memory, of at most `most` files and `largest` bytes, in which no path leads out.

    Raises Unreadable.
    """
    name = name or (place.name if isinstance(place, Path) else "the zip")
    if isinstance(place, Path) and (place.is_symlink() or not place.is_file()):
        raise Unreadable(f"{name} is not an ordinary file.")
    if (len(place) if isinstance(place, bytes) else place.stat().st_size) > largest:
        raise Unreadable(f"{name} is over {largest >> 20} MiB.")
    with ExitStack() as stack:
        with told(name):
            held = _bytes_of(place, name, most * _ENTRY)
            stack.callback(held.close)
            archive = stack.enter_context(zipfile.ZipFile(held))
            held.most = None
            entries = archive.infolist()
            if len(entries) > most:
                raise Unreadable(f"{name} holds {len(entries):,} files; at most {most:,} are read.")
            for entry in entries:
                root, *_ = *parts_of(entry), ""
                if root in ("/", "//") or ".." in parts_of(entry) or re.match(r"[A-Za-z]:", entry.filename):
                    raise Unreadable(f"{name} holds a path outside the zip.")
        yield archive


@contextmanager
def told(name: str) -> Iterator[None]:
    """Says in a sentence what is raised of a damaged zip: zipfile, zlib and lzma raise a dozen kinds."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"{name} can't be read as a zip ({type(error).__name__}).") from None


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, cap: int, name: str) -> bytes:
    """The bytes of one file of the zip called `name`. Raises Unreadable, also where it is over the cap."""
    if entry.file_size > cap:
        raise Unreadable(f"{entry.filename} in {name} is over {cap >> 20} MiB.")
    if entry.compress_type not in _METHODS:
        raise Unreadable(f"{name} is compressed in an unusual way; make an ordinary zip.")
    with told(name), archive.open(entry) as file:
        raw = file.read(cap + 1)
    if len(raw) > cap:
        raise Unreadable(f"{entry.filename} in {name} is larger than it claims.")
    return raw


def parts_of(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    return PurePosixPath(entry.filename.replace("\\", "/")).parts  # some zips are made with backslashes


class _Capped:
    """zipfile reads the whole list of files at once, as long as the zip says that it is."""

    most: int | None  # bytes that one read may ask for
    shown: str

    def check(self, size: int | None) -> None:
        if self.most is not None and size is not None and size > self.most:
            raise Unreadable(f"{self.shown} holds too many files; hand in what was asked for.")


class _OnDisk(io.FileIO, _Capped):
    def read(self, size: int | None = -1) -> bytes:
        self.check(size)
        return super().read(size)


class _InMemory(io.BytesIO, _Capped):
    def read(self, size: int | None = -1) -> bytes:
        self.check(size)
        return super().read(size)


def _bytes_of(place: Path | bytes, name: str, most: int) -> _OnDisk | _InMemory:
    held = _InMemory(place) if isinstance(place, bytes) else _OnDisk(os.fspath(place))
    held.most, held.shown = most, name
    return held
