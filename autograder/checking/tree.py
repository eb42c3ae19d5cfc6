"""What was handed in as a tree of files, in a folder or in a zip. A file is read when it is asked for."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from autograder.checking.submission import SUFFIXES, read_file
from autograder.checking.zips import MAX_ENTRIES, MAX_ZIP, Unreadable, opened_zip, parts_of, read_entry, told
from autograder.common.errors import CourseError
from autograder.common.text import one_line

# A class's own folder or zip, which an instructor downloaded: hundreds of students with a few files each.
MAX_CLASS_ENTRIES = 50_000
MAX_CLASS_ZIP = 4 << 30

# Folders in which no student's work lies: made by tools, or the course's own.
NOT_HANDED_IN = {
    "__MACOSX", "__pycache__", ".git", ".github", ".ipynb_checkpoints", ".idea", ".vscode", ".venv", ".pytest_cache",
    ".autograder", "venv", "node_modules", "site-packages", "solutions", "tests", "autograder", "checks", "experiments",
}  # fmt: skip
_PRUNED = {".git", "node_modules", "site-packages"}  # not even looked into on disk: thousands of files

# Kinds of files that lie beside hand-ins; any other, such as a picture, may be what somebody took for one.
_JUNK = {
    ".txt", ".md", ".html", ".htm", ".log", ".csv", ".json", ".xml", ".yml", ".yaml", ".toml", ".ini", ".pyc", ".bak",
    ".tmp", ".db", ".tar.gz", ".gz", ".tgz", ".tar", ".rar", ".7z",
}  # fmt: skip

Read = Callable[[int], bytes]  # the bytes of a file, of which there may be so many; raises Unreadable


@dataclass(frozen=True)
class Tree:
    """`files` maps paths, with slashes, to what reads them; `folders` are those that hold no file."""

    files: Mapping[str, Read]
    folders: frozenset[str] = field(default_factory=frozenset)

    def children(self) -> dict[str, Tree | None]:
        """What lies at the top: a folder with what is in it, None for a file; in the order of their names."""
        found: dict[str, tuple[dict[str, Read], set[str]] | None] = {}
        for path, read in self.files.items():
            first, _, rest = path.partition("/")
            if not rest:
                found[first] = None
            elif (held := found.setdefault(first, ({}, set()))) is not None:
                held[0][rest] = read
        for path in self.folders:
            first, _, rest = path.partition("/")
            if (held := found.setdefault(first, ({}, set()))) is not None and rest:
                held[1].add(rest)
        trees = {name: None if held is None else Tree(held[0], frozenset(held[1])) for name, held in found.items()}
        return dict(sorted(trees.items()))

    def file(self, name: str) -> Tree:
        """The one file of this name."""
        return Tree({name: self.files[name]})

    def text(self, path: str, cap: int = 64 << 20) -> str:
        """A file as text. Raises Unreadable."""
        return self.files[path](cap).decode("utf-8-sig", errors="replace")


def folder_tree(folder: Path) -> Tree:
    """What lies in a folder. No link is followed: reading one says that it is a link."""
    files: dict[str, Read] = {}
    folders = set[str]()
    for place, below, names in os.walk(folder):
        linked = [name for name in below if os.path.islink(os.path.join(place, name))]
        below[:] = sorted(set(below) - set(linked) - _PRUNED)
        inside = os.path.relpath(place, folder)
        if not names and not below and not linked and inside != ".":
            folders.add(normal(inside))
        for name in (*names, *linked):
            path = Path(place, name)
            files[normal(os.path.normpath(os.path.join(inside, name)))] = _reader(path, folder)
        if len(files) > MAX_CLASS_ENTRIES:
            most = Counter(path.split("/")[0] for path in files).most_common(1)[0][0]
            told = f"{folder} holds more than {MAX_CLASS_ENTRIES:,} files, most of them in {one_line(most)}"
            raise CourseError(f"{told}: give a part of the class.")
    return Tree(dict(sorted(files.items())), frozenset(folders))


def _reader(path: Path, folder: Path) -> Read:
    return lambda cap: read_file(path, within=folder, cap=cap)


def zip_tree(stack: ExitStack, place: Path | bytes, name: str, most: int = MAX_ENTRIES, largest: int = MAX_ZIP) -> Tree:
    """What lies in a zip, which stays open as long as the stack. Raises Unreadable."""
    archive = stack.enter_context(opened_zip(place, name, most, largest))
    files: dict[str, Read] = {}
    folders = set[str]()
    with told(name):
        for entry in archive.infolist():
            path = normal(str(PurePosixPath(_spelt(entry))))
            if entry.is_dir():
                folders.add(path)
            elif path != ".":  # some have no name
                files[path] = _unzipper(archive, entry, name)
    filled = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    return Tree(dict(sorted(files.items())), frozenset(folders - filled))


def _unzipper(archive: ZipFile, entry: ZipInfo, name: str) -> Read:
    def read(cap: int) -> bytes:
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Unreadable(f"{one_line(entry.filename)} in {name} is a link; hand in the file itself.")
        if entry.flag_bits & 1:
            raise Unreadable(f"{name} is encrypted; make a zip without a password.")
        return read_entry(archive, entry, cap, name)

    return read


def _spelt(entry: ZipInfo) -> str:
    """A path in a zip. Where the zip doesn't say that it is UTF-8 it often is all the same."""
    path = "/".join(parts_of(entry))
    if not entry.flag_bits & 0x800:
        try:
            return path.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return path


def normal(path: str) -> str:
    """One spelling for each name: macOS takes letters and their accents apart."""
    return unicodedata.normalize("NFC", path.replace(os.sep, "/"))


def kind_of(path: str) -> str:
    """What a file is passed over as: `.txt`, `.tar.gz`, `Thumbs.db`, or the tool's folder that it lies in."""
    *above, name = PurePosixPath(path).parts
    made_by_tool = [part for part in above if part in NOT_HANDED_IN and part.startswith((".", "__"))]
    if made_by_tool:
        return made_by_tool[0]
    if name.startswith((".", "~", "__")) or name.lower() in ("thumbs.db", "desktop.ini"):
        return name
    ending = re.search(r"(\.tar)?\.\w+$", name)
    return ending[0].lower() if ending else name


def is_work(path: str) -> bool:
    """Whether a file may be what a student hands in: Python, a notebook or a zip, in no folder of a tool's."""
    parts = PurePosixPath(path).parts
    return (
        parts[-1].lower().endswith((*SUFFIXES, ".zip"))
        and not parts[-1].startswith((".", "~"))
        and not any(part.startswith((".", "__")) and part in NOT_HANDED_IN for part in parts[:-1])
    )


def is_known_junk(name: str) -> bool:
    """Whether a file among hand-ins is nobody's: a system's, a tool's, or an archive or text beside them."""
    return kind_of(name) == name or kind_of(name) in _JUNK


def passed_over(paths: Iterable[str]) -> list[str]:
    """The kinds of those files that are nobody's work."""
    return [one_line(kind_of(path)) for path in paths if not is_work(path)]
