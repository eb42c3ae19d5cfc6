"""The student repository: stubs, public checks, pages and the engine, and nothing that only instructors have.

Everything is made from the instructor's repository: the same repository gives the same bytes. What goes in
is named here, one kind of thing at a time; what is not named stays out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from string import Template

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.overview import overview_files
from autograder.common.stubs import BEGIN, END, make_stub
from autograder.notebooks.source import SOURCE as NOTEBOOK_SOURCE
from autograder.notebooks.source import source_of
from autograder.release.changes import PAGE as CHANGES
from autograder.release.changes import with_changes

ENGINE = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).resolve().parent / "templates"
MANIFEST = ".release.json"  # which files a release wrote, so that the next one can take away what is gone
NOTEBOOK = "notebook.ipynb"
SITE = "site"  # the folder that holds it
EXTRAS = ("quant", "data", "smollm2", "pictures", "notebooks")  # those that students may need
_CACHES = ("__pycache__", "*.pyc", ".*", "*.egg-info")


@dataclass(frozen=True)
class Released:
    """What a release wrote: the folder, its files in order, and the lessons."""

    folder: Path
    files: list[str]
    lessons: list[Lesson]


def release(
    course: Course,
    folder: Path,
    lessons: Sequence[Lesson],
    *,
    git: bool = False,
    remove: bool = False,
    date: str = "",
    message: str = "",
    site: Callable[[Sequence[Lesson]], Mapping[str, bytes]] | None = None,
) -> Released:
    """Write the student repository to `folder`. Raises CourseError where that can't be, or would leak.

    Lessons that an earlier release put there stay, and are brought up to date with the rest; with `remove` they go.
    `site` makes the site of the lessons that are there in the end; without it, one of an earlier release goes.
    `date` (ISO 8601) and `message` are the commit's, and the title of what changed.
    """
    when = _date(date)
    known = _prepare(folder)
    if not remove:
        lessons = _with_earlier(course, known, lessons)
    _with_what_they_use(lessons)
    files = release_files(course, lessons)
    if site is not None:
        files |= {f"{SITE}/{name}": raw for name, raw in site(lessons).items()}
        files["README.md"] += _fill("site.md", {"site": SITE}).encode()
    files = dict(sorted(files.items()))
    if leak := next(leaks(course, files), None):
        raise CourseError(f"Nothing is released: {leak}")
    old = {name: (folder / name).read_bytes() for name in sorted(known) if (folder / name).is_file()}
    title = ": ".join(part for part in (date[:10], message.partition("\n")[0]) if part)
    if (page := with_changes(old, files, lessons, title)) is not None:
        files[CHANGES] = page
    files[MANIFEST] = (json.dumps({"files": list(files)}, indent=1) + "\n").encode()
    try:
        for gone in known - files.keys():
            (folder / gone).unlink(missing_ok=True)
        for name, raw in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
            path.chmod(0o644)
    except OSError as error:
        raise CourseError(f"{folder} can't be written ({error.strerror}).") from None
    if git:
        _commit(folder, when, message or "Release")
    return Released(folder, list(files), list(lessons))


def _date(text: str) -> str:
    """A commit's date as git takes it; without one, always the same."""
    if not text:
        return "2000-01-01T00:00:00+00:00"
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise CourseError(f"{text!r} is no date: write it as 2026-09-01 or 2026-09-01T08:00:00+02:00.") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()


def _with_earlier(course: Course, known: Collection[str], lessons: Sequence[Lesson]) -> list[Lesson]:
    """These lessons and those that went out earlier, of which `known` are the files."""
    earlier = {found[1] for name in known if (found := re.fullmatch(r"exercises/(\w+)/lesson\.toml", name))}
    if lost := sorted(earlier - course.lessons.keys()):
        raise CourseError(f"{', '.join(lost)} went out earlier and is not in this course: --remove takes it away.")
    names = {lesson.name for lesson in lessons} | earlier
    return [lesson for lesson in course.lessons.values() if lesson.name in names]


def _with_what_they_use(lessons: Sequence[Lesson]) -> None:
    names = {lesson.name for lesson in lessons}
    for lesson in lessons:
        if missing := [name for name in lesson.uses if name not in names]:
            listed = ", ".join(missing)
            raise CourseError(f"{lesson.name} uses {listed}, not released yet: name what it uses too, in --lessons.")


def release_files(course: Course, lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """Every file of the student repository by its path."""
    files: dict[str, bytes] = {}
    names = {lesson.name for lesson in lessons}
    for lesson in lessons:
        stub = stub_of(course, lesson).encode()
        files[f"exercises/{lesson.name}/{lesson.name}.py"] = stub
        files[f".stubs/{lesson.name}.py"] = stub  # what `reset` goes back to
        for path in lesson_files(lesson):
            raw = path.read_bytes()
            page = _linked_within(raw, names) if path == lesson.folder / "README.md" else raw
            files[f"exercises/{lesson.name}/{path.relative_to(lesson.folder).as_posix()}"] = page
        if source_of(course, lesson) is not None:
            from autograder.notebooks.build import build

            files[f"exercises/{lesson.name}/{NOTEBOOK}"] = build(course, lesson).encode()
    return files | engine_files() | _around(lessons, files)


def _linked_within(page: bytes, names: Collection[str]) -> bytes:
    """The page with links to lessons of these names only: what leads to another one is its text alone."""

    def kept(link: re.Match[bytes]) -> bytes:
        return link[0] if link[2].decode() in names else link[1]

    return re.sub(rb"\[([^\]]+)\]\(\.\./(\w+)/README\.md(?:#[^)]*)?\)", kept, page)


def lesson_files(lesson: Lesson) -> Iterator[Path]:
    """What a student gets of a lesson's folder beside the stub: all but caches, the notebook's source, and what
    lesson.toml lists under `instructor_only`."""
    data = tomllib.loads((lesson.folder / "lesson.toml").read_text(encoding="utf-8"))
    kept = [f"{lesson.name}.py", NOTEBOOK_SOURCE, NOTEBOOK, *data.get("instructor_only", [])]
    for path in _walk(lesson.folder):
        if not any(fnmatch(path.relative_to(lesson.folder).as_posix(), pattern) for pattern in kept):
            yield path


def engine_files() -> dict[str, bytes]:
    """The engine, and what its installation needs: it is on no registry, so it travels with the exercises."""
    root = ENGINE.parent
    if not (root / "pyproject.toml").is_file():
        raise CourseError(f"There is no pyproject.toml in {root}: releasing needs the engine's own repository.")
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in _walk(ENGINE)}
    files["pyproject.toml"] = _pyproject((root / "pyproject.toml").read_text(encoding="utf-8")).encode()
    for name, path in {"LICENSE": root / "LICENSE", "constraints.txt": root / ".ci" / "constraints.txt"}.items():
        if path.is_file():
            files[name] = path.read_bytes()
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below `folder` that belongs to it, in a fixed order."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(fnmatch(part, cache) for part in parts for cache in _CACHES):
            yield path


def stub_of(course: Course, lesson: Lesson) -> str:
    """The stub, made from the reference. Raises CourseError where there is none: in a student's repository."""
    reference = course.reference(lesson.name)
    if not reference.exists():
        raise CourseError(f"There is no {reference}: a release is made in the instructor's repository.")
    return make_stub(reference.read_text(encoding="utf-8"))


def _around(lessons: Sequence[Lesson], files: Iterable[str]) -> dict[str, bytes]:
    """README, workflows and the rest of what makes a folder a repository."""
    with_notebook = [lesson for lesson in lessons if f"exercises/{lesson.name}/{NOTEBOOK}" in files]
    texts = {
        "first": lessons[0].name,
        "exercise": next(iter(lessons[0].exercises)),
        "extras": "notebooks,pictures" if with_notebook else "pictures",
        "notebooks": _notebooks_text(with_notebook),
    }
    names = ", ".join(lesson.name for lesson in lessons)
    made = {
        "README.md": _fill("README.md", texts),
        **overview_files(lessons),
        ".gitignore": _fill("gitignore", {}),
        ".github/workflows/check.yml": _fill("check.yml", {"lessons": names}),
        ".gitlab-ci.yml": _fill("gitlab-ci.yml", {"lessons": names}),
        ".devcontainer/devcontainer.json": _fill("devcontainer.json", texts | {"constraints": "constraints.txt"}),
        **{
            f".vscode/{name}": (TEMPLATES / name).read_text(encoding="utf-8")
            for name in ("settings.json", "tasks.json")
        },
    }
    return {name: text.encode() for name, text in made.items()}


def _notebooks_text(lessons: Sequence[Lesson]) -> str:
    if not lessons:
        return ""
    listed = ", ".join(f"[{lesson.name}](exercises/{lesson.name}/{NOTEBOOK})" for lesson in lessons)
    return (
        f"Notebooks: {listed}. Each goes through a lesson with predictions and pictures, and asks for\n"
        "the same exercises: write them there, or in the lesson's file, and hand in the one that your instructor asks\n"
        "for. `jupyter lab` opens them; any other editor that runs notebooks will do, such as VS Code.\n"
    )


def _fill(name: str, texts: dict[str, str]) -> str:
    return Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(texts)


def _pyproject(source: str) -> str:
    """The engine's own pyproject.toml without what only its developers and instructors use."""
    data = tomllib.loads(source)
    project, tool = data["project"], data["tool"]
    extras = {name: wanted for name, wanted in project["optional-dependencies"].items() if name in EXTRAS}
    texts = {
        "build": _toml(data["build-system"]["requires"]),
        "name": _toml(project["name"]),
        "version": _toml(project["version"]),
        "python": _toml(project["requires-python"]),
        "dependencies": _toml(project["dependencies"]),
        "extras": _table(extras),
        "scripts": _table(project["scripts"]),
        "plugins": _table(project["entry-points"]["pytest11"]),
        "data": _table(tool["setuptools"]["package-data"]),
        "markers": _toml(tool["pytest"]["ini_options"]["markers"]),
    }
    return _fill("pyproject.in", texts)


def _table(entries: dict[str, object]) -> str:
    return "\n".join(
        f"{name if name.isidentifier() else _toml(name)} = {_toml(value)}" for name, value in entries.items()
    )


def _toml(value: object) -> str:
    """A text or a list of texts: JSON's form is TOML's too."""
    return json.dumps(value, ensure_ascii=False)


# --- the folder -----------------------------------------------------------------------------------------------------


def _prepare(folder: Path) -> set[str]:
    """Make sure that `folder` may be written, and give the files that an earlier release put there."""
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is not a folder.")
    if (folder / ".git").exists():
        _refuse_history(folder)
        if changed := _git(folder, "status", "--porcelain", "-z").split("\0")[0]:
            raise CourseError(f"{folder} has changes that are not committed, such as {changed[3:]}: commit them first.")
    try:
        known = set(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        others = [path for path in folder.glob("*") if path.name != ".git"] if folder.exists() else []
        if others:
            raise CourseError(f"{folder} holds other files, such as {others[0].name}: give a new folder.") from None
        return set()
    return {
        name for name in known if isinstance(name, str) and not os.path.isabs(name) and ".." not in Path(name).parts
    }


def _refuse_history(folder: Path) -> None:
    """A repository that ever held solutions or hidden checks hands them to everyone who clones it."""
    # -m: what came in with a merge; -z: names as they are, unquoted
    names = _git(folder, "log", "--all", "-m", "-z", "--format=", "--name-only", check=False)
    for name in names.replace("\n", "\0").split("\0"):
        if re.search(r"(^|/)(solutions|tests/(hidden|misconceptions|alternatives|attacks))/", name):
            raise CourseError(f"The git history in {folder} holds {name}: give a folder with a history of its own.")


def _commit(folder: Path, date: str, message: str) -> None:
    """One commit of everything, the same for the same files, date and message."""
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all", "--force", ".")
    if _git(folder, "status", "--porcelain"):
        _git(folder, "commit", "--quiet", "--no-gpg-sign", "--no-verify", "--message", message, date=date)


def _git(folder: Path, *arguments: str, check: bool = True, date: str = "") -> str:
    fixed = {"NAME": "autograder", "EMAIL": "autograder@localhost", "DATE": date or _date("")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in fixed.items()}
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    except FileNotFoundError:
        raise CourseError("git is not installed: leave --git away, or install it.") from None
    if check and done.returncode:
        raise CourseError(f"git {arguments[0]} fails in {folder}: {done.stderr.strip().splitlines()[-1:] or ['?']}.")
    return done.stdout


# --- leaks ----------------------------------------------------------------------------------------------------------

_CLOSED = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".whl", ".pkl", ".pickle", ".db")
_RUN = 3  # lines of a solution that stand in a released file one after the other, and so are no coincidence
_COPY = 0.5  # a visible check that has so large a share of a hidden one's runs of lines is a copy of it


def leaks(course: Course, files: dict[str, bytes]) -> Iterator[str]:
    """Where a file holds lines of a solution, a hidden check, misconception, alternative or attack: sentences."""
    secrets = {origin: set(_runs(lines)) for origin, lines in _secrets(course)}
    for name in files:
        if name.lower().endswith(_CLOSED):
            yield f"{name} can't be looked into; take it away, or list it under instructor_only."
    texts = dict(_texts(files))
    stubs = {run for name, lines in texts.items() if name.startswith(".stubs/") for run in _runs(lines)}
    others = set().union(*(runs for origin, runs in secrets.items() if not origin.startswith("solutions/")))
    everything = set().union(*secrets.values()) - stubs
    for name, lines in texts.items():
        told = dict.fromkeys(run for run in _runs(lines) if run in everything)
        for origin, secret in secrets.items() if told else ():
            found = [run for run in told if run in secret]
            # What lies in checks/ is written in the manner of hidden checks, and names the mistakes that it knows.
            if fnmatch(name, "exercises/*/checks/*.py"):
                if origin.startswith("solutions/"):
                    found = [run for run in found if run not in others]
                elif len(found) < _COPY * len(secret):
                    found = []
            if found:
                yield f"{name} holds lines of {origin}, such as {found[0][0]!r}."
                break


def _secrets(course: Course) -> Iterator[tuple[str, list[str]]]:
    """(where, lines) of everything that students must not get. Of a reference, its solutions only."""
    for lesson in course.lessons.values():
        if course.reference(lesson.name).exists():
            yield str(course.reference(lesson.name).relative_to(course.root)), _solutions(course, lesson)
    for kind in ("hidden", "misconceptions", "alternatives", "attacks"):
        for path in sorted((course.root / "tests" / kind).rglob("*.py")):
            yield str(path.relative_to(course.root)), _lines(path.read_text(encoding="utf-8"))


def _solutions(course: Course, lesson: Lesson) -> list[str]:
    kept, inside = [], False
    for line in course.reference(lesson.name).read_text(encoding="utf-8").splitlines():
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            kept.append(line)
    return _lines("\n".join(kept))


def _texts(files: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    for name, raw in files.items():
        # Of what is no text, the lines in it that are: a picture's or a model's description of itself.
        yield name, _lines("\n".join(_strings(raw)) if name.endswith(".ipynb") else raw.decode(errors="replace"))


def _strings(raw: bytes) -> Iterator[str]:
    """Every text in a notebook: code and other cells, what they showed, and metadata."""
    try:
        stack = [json.loads(raw)]
    except (ValueError, RecursionError):
        yield raw.decode(errors="replace")
        return
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list) and all(isinstance(part, str) for part in one):
            yield "".join(one)
        else:
            stack += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def _lines(text: str) -> list[str]:
    """Its lines but for imports, which are the same in everything that uses torch."""
    lines = map(str.strip, text.splitlines())
    return [line for line in lines if line and not line.startswith(("import ", "from "))]


def _runs(lines: list[str]) -> Iterator[tuple[str, ...]]:
    """Every few lines that stand together and say something."""
    for index in range(len(lines) - _RUN + 1):
        run = tuple(lines[index : index + _RUN])
        if sum(map(len, run)) >= 60:
            yield run
