"""A submission: a student's files, read into memory by the trusted side.

A path is resolved in this order: a `.py` or `.ipynb` file; a folder with `<lesson>/<lesson>.py`; a folder
with `<lesson>.py`; a whole checkout of the course; the same with `.ipynb`; a zip of any of these. In a
folder of submissions one may also be a folder with a single notebook, whatever its name, at its top or
one folder down (`submitted/<student>/<assignment>/`). What can't be read becomes a submission with a
`problem`, one sentence, so that it gets a report like any other. Nothing is extracted to disk, no link is
followed, and sizes are capped before anything is read.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from autograder.checking.encodings import as_utf8
from autograder.checking.zips import Unreadable, opened_zip, parts_of, read_entry, told
from autograder.common.errors import CourseError
from autograder.common.text import one_line

SUFFIXES = (".py", ".ipynb")  # what a lesson's file may be; of the two, the first found counts
_TAKEN = ("left_out", "similarity")  # what files beside the reports are called
MAX_FILE = 1 << 20  # bytes of one source file; a lesson's reference has some tens of kilobytes
MAX_NOTEBOOK = 16 << 20  # bytes of a notebook, whose pictures lie in it
MAX_NAME = 120  # bytes of a submission's name: the files of its results, with their endings, must fit in 255


@dataclass(frozen=True)
class Who:
    """`id` names the files of the results; `name` is as it is spelt, on a roster or on disk. The rest may be empty."""

    id: str
    name: str
    login: str = ""
    email: str = ""
    section: str = ""


@dataclass(frozen=True)
class Submission:
    """`files` maps `<lesson>/<lesson>.py` (or `.ipynb`) to its bytes; `problem` says why there is nothing to run.

    A lesson that builds on others has their files beside its own.
    """

    name: str
    origin: Path
    files: dict[str, bytes] = field(default_factory=dict)
    problem: str | None = None
    paths: dict[str, str] = field(default_factory=dict)  # how each file is named to the student
    source: str = ""  # where it lay, from the folder that holds the path given to `collect`
    who: Who | None = None  # where the layout or a roster tells
    handed_in: str | None = None  # UTC, ISO 8601, where the layout tells
    marked_late: bool = False  # the system says so, perhaps without a time

    @property
    def spelt(self) -> str:
        """What `name` is made of, as it is spelt on disk."""
        path = Path(os.path.abspath(self.origin))
        return one_line(path.stem if path.suffix in (*SUFFIXES, ".zip") and not path.is_dir() else path.name)

    def display_path(self, lesson: str) -> str:
        """How messages name the lesson's file: as the student knows it."""
        known = (self.paths.get(f"{lesson}/{lesson}{suffix}") for suffix in SUFFIXES)
        return next(filter(None, known), f"{lesson}.py")

    def digest(self) -> str:
        """A hash of everything that decides what this submission does."""
        state = hashlib.sha256()
        for path, raw in sorted(self.files.items()):
            state.update(f"{path}\0{len(raw)}\0".encode() + raw)
        state.update((self.problem or "").encode())
        return state.hexdigest()


def resolve(path: Path, lesson: str, uses: Iterable[str] = ()) -> Submission:
    """The one submission at `path` (a student's own run, `--submission`), with the files of the lessons that it `uses`.

    Raises CourseError where there is none."""
    if not os.path.exists(path):
        raise CourseError(f"There is nothing at {path}: give a .py or .ipynb file, or a folder that holds {lesson}.py.")
    found = single_at(real(path), lesson, Path.cwd())
    if found is None:
        raise CourseError(missing(path, lesson, str(path)))
    whole = with_other_lessons(found, lesson, uses)
    return replace(whole, files={name: as_utf8(raw)[0] for name, raw in whole.files.items()})


def collect(paths: Iterable[Path], lesson: str, uses: Iterable[str] = ()) -> list[Submission]:
    """Every submission at `paths`, with the files of the lessons that it `uses`, and named so that no two share a name.

    Raises CourseError where there is nothing."""
    found: list[Submission] = []
    for path in paths:
        if not os.path.exists(path):
            raise CourseError(f"There is nothing at {path}: give a file, a zip or a folder of submissions.")
        path = real(path)
        single = single_at(
            path, lesson, path.resolve().parent
        )  # a student is not told where the instructor keeps things
        given = path.resolve().name
        if single is not None and not holds_others(path, lesson):
            found.append(replace(single, source=one_line(given)))
            continue
        if not path.is_dir():
            found.append(replace(broken(path, missing(path, lesson)), source=one_line(given)))
            continue
        try:
            children = sorted(child for child in path.iterdir() if not child.name.startswith((".", "__")))
        except OSError as error:
            raise CourseError(f"{path} can't be read ({error.strerror}).") from None
        if not children:
            raise CourseError(f"{path} is empty: there is nothing to grade in it.")
        for child in children:
            known = single_at(child, lesson, path) or _lone_notebook(child, lesson, path)
            source = one_line(f"{given}/{child.name}")
            found.append(replace(known or broken(child, missing(child, lesson)), source=source))
    others = tuple(uses)
    return [with_other_lessons(one, lesson, others) for one in distinct(found)]


def with_other_lessons(submission: Submission, lesson: str, others: Iterable[str]) -> Submission:
    """The submission, and beside the file of `lesson` those of other lessons, as far as they lie where it lies.

    One that isn't there or can't be read is left out: the lesson says what it misses. A single file brings none.
    """
    origin = submission.origin
    if submission.problem or not any(name.startswith(f"{lesson}/") for name in submission.files):
        return submission
    if origin.suffix in SUFFIXES:
        return submission
    files, paths = dict(submission.files), dict(submission.paths)
    for other in others:
        try:
            if origin.suffix == ".zip":
                found, raw = _read_zip(origin, other)
                inner, shown = f"{other}/{other}{PurePosixPath(found).suffix}", f"{origin.name}:{found}"
            else:
                place = _inside(origin, other)
                if place is None:
                    continue
                inner, shown = place
                raw = read_file(origin / shown, within=origin)
        except Unreadable:
            continue
        files[inner], paths[inner] = raw, one_line(shown)
    return replace(submission, files=files, paths=paths)


def _inside(folder: Path, lesson: str) -> tuple[str, str] | None:
    """A lesson's file in a folder: its name in a submission, and where it lies."""
    for suffix in SUFFIXES:
        inner = f"{lesson}/{lesson}{suffix}"
        for relative in (inner, f"{lesson}{suffix}", f"exercises/{inner}"):
            if os.path.lexists(folder / relative):
                return inner, relative
    return None


def holds_others(path: Path, lesson: str) -> bool:
    """Whether a folder that could be one submission is a class, in which somebody is called like the lesson."""
    own = (lesson, "exercises", "solutions")
    children = [child for child in sorted(path.glob("[!._]*")) if child.is_dir() or child.suffix == ".zip"]
    return any(single_at(child, lesson, path) is not None for child in children if child.stem not in own)


def real(path: Path) -> Path:
    """Where a path of the command line leads: whoever runs the command may use links; submissions may hold none."""
    return path.resolve() if path.is_symlink() else path


def single_at(path: Path, lesson: str, base: Path) -> Submission | None:
    """The submission that `path` itself is, or None where it may be a folder of submissions.

    Messages name its file relative to `base`, where it lies below that.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            if (found := _inside(path, lesson)) is None:
                return None
            inner, relative = found
            files = {inner: read_file(path / relative, within=path)}
            return _whole(path, path.resolve().name, files, {inner: _shown(path / relative, base)})
        if path.suffix in SUFFIXES:
            inner = f"{lesson}/{lesson}{path.suffix}"
            return _whole(path, path.stem, {inner: read_file(path, within=path.parent)}, {inner: _shown(path, base)})
        if path.suffix == ".zip":
            name, raw = _read_zip(path, lesson)
            inner = f"{lesson}/{lesson}{PurePosixPath(name).suffix}"
            return _whole(path, path.stem, {inner: raw}, {inner: f"{path.name}:{one_line(name)}"})
    except Unreadable as problem:
        return broken(path, str(problem))
    return None


def _lone_notebook(path: Path, lesson: str, base: Path) -> Submission | None:
    """A student's folder whose one notebook has a name of its own: `ann/lora/my work.ipynb`."""
    if not path.is_dir() or path.is_symlink():
        return None
    inner = f"{lesson}/{lesson}.ipynb"
    try:
        for pattern in ("*.ipynb", f"{lesson}/*.ipynb", "*/*.ipynb"):
            notebooks = sorted(found for found in path.glob(pattern) if not found.name.startswith("."))
            if len(notebooks) > 1:
                return broken(path, f"{path.name} holds {len(notebooks)} notebooks, none of them {lesson}.ipynb.")
            for notebook in notebooks:
                files = {inner: read_file(notebook, within=path)}
                return _whole(path, path.name, files, {inner: _shown(notebook, base)})
    except (OSError, Unreadable) as problem:
        return broken(path, str(problem))
    return None


def _whole(path: Path, name: str, files: dict[str, bytes], paths: dict[str, str]) -> Submission:
    return Submission(name=safe(name), origin=path, files=files, paths=paths)


def broken(path: Path, problem: str) -> Submission:
    name = path.stem if path.suffix in (*SUFFIXES, ".zip") else path.name
    return Submission(name=safe(name), origin=path, problem=one_line(problem))


def missing(path: Path, lesson: str, shown: str = "") -> str:
    if path.is_dir() and not path.is_symlink():
        return f"{shown or path.name} holds neither {lesson}/{lesson}.py nor {lesson}.py, and no notebook of that name."
    return f"{shown or path.name} is not a Python file, a notebook, a zip or a folder."


def read_file(path: Path, within: Path, cap: int = 0) -> bytes:
    """A regular file's bytes, through no link that leaves `within`; a student may hand in a link to anything.

    `cap` is for one that is no lesson's file. Raises Unreadable.
    """
    most = cap or cap_of(path.name)
    try:
        if path.is_symlink() or not path.resolve().is_relative_to(within.resolve()):
            raise Unreadable(f"{path.name} is a link; hand in the file itself.")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise Unreadable(f"{path.name} is not an ordinary file.")
            raw = file.read(most + 1)
    except (OSError, RuntimeError) as error:
        raise Unreadable(f"{path.name} can't be read ({getattr(error, 'strerror', None) or error}).") from None
    if len(raw) > most:
        raise Unreadable(f"{path.name} is over {most >> 20} MiB; a lesson's file has some tens of kilobytes.")
    return raw


def cap_of(name: str) -> int:
    """How many bytes of a file of this name are read."""
    return MAX_NOTEBOOK if name.endswith(".ipynb") else MAX_FILE


def _read_zip(path: Path, lesson: str) -> tuple[str, bytes]:
    """The lesson's file out of a zip, and its name there. Only that one entry is ever decompressed, up to the cap."""
    with opened_zip(path) as archive, told(path.name):
        for entry in sorted(archive.infolist(), key=_rank):
            parts = parts_of(entry)
            if entry.is_dir() or "__MACOSX" in parts or parts[-1:] not in [(f"{lesson}{end}",) for end in SUFFIXES]:
                continue
            return entry.filename, read_entry(archive, entry, cap_of(parts[-1]), path.name)
    raise Unreadable(f"{path.name} holds no {lesson}.py and no {lesson}.ipynb.")


def _rank(entry: ZipInfo) -> tuple[bool, bool, int]:
    """The shallowest file is the student's; a whole checkout also holds the course's own solutions."""
    parts = parts_of(entry)
    return "solutions" in parts, not parts[-1:] or parts[-1].endswith(".ipynb"), len(parts)


def _shown(path: Path, base: Path) -> str:
    relative = os.path.relpath(path, base)
    return one_line(relative if not relative.startswith("..") else str(path))


def safe(name: str) -> str:
    """A name that is a file name everywhere and can't leave a folder, or a spreadsheet's cell."""
    cut = re.sub(r"[^\w.@+-]+", "_", name).encode()[:MAX_NAME].decode(errors="ignore")
    # `bob.gradescope.json` is made of bob's report; a report of its own must not have that name
    cut = re.sub(r"\.(gradescope|classroom50)$", r"_\1", cut, flags=re.IGNORECASE)
    cut = cut.strip("._+-@") or "submission"
    return f"{cut}_handed_in" if cut.casefold() in _TAKEN else cut


def distinct(submissions: Sequence[Submission], given: Iterable[str] = ()) -> list[Submission]:
    """Rename so that no two share a name, nor one that was `given` away, also where a file system ignores case.

    Whoever has a name as it stands keeps it: `ann!.py` comes before `ann.py`, and must not be graded as ann. Of others
    the path decides, and not which one was named first: shards of a class must give the same names.
    """
    taken = {name.casefold() for name in given}
    renamed = list(submissions)
    for index in sorted(range(len(submissions)), key=lambda index: _precedence(submissions[index])):
        name, number = submissions[index].name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{submissions[index].name}-{number}"
        taken.add(name.casefold())
        renamed[index] = replace(submissions[index], name=name)
    return renamed


def _precedence(submission: Submission) -> tuple[bool, Path]:
    exact = submission.name in (submission.origin.name, submission.origin.stem)
    return not exact, Path(os.path.abspath(submission.origin))
