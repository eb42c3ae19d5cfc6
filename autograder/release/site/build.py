"""Builds the site: a tree of Markdown made from the course's own pages, and the generator over it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from autograder.common.errors import CourseError
from autograder.common.lesson_map import MAP, lesson_map
from autograder.common.lessons import Course, Lesson
from autograder.common.overview import overview_page
from autograder.release.site.lists import Mistake, exercises_page, mistakes_page
from autograder.release.site.pages import for_site, targets
from autograder.release.site.playthings import playthings
from autograder.release.student_repository import lesson_files, stub_of

ASSETS = Path(__file__).resolve().parent / "assets"
MARK = ".site"  # says that a folder is a site's, and may be written anew
_SHIM = "https://unpkg.com/iframe-worker/shim"  # what the generator would fetch to search without a server
_MEASURED = "measured/README.md"


def build_site(
    course: Course, lessons: Sequence[Lesson], folder: Path, mistakes: Mapping[str, Iterable[Mistake]] | None = None
) -> list[str]:
    """Write the site of these lessons to `folder`, new or a site's; gives its files. `mistakes` are by lesson.

    Raises CourseError where the folder holds anything else, or the generator is missing or fails.
    """
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        raise CourseError(f"{folder} holds something that is no site of this course: name a new folder.")
    files = site_files(course, lessons, mistakes)
    if folder.exists():
        shutil.rmtree(folder)
    _write(folder, files)
    return list(files)


def site_files(
    course: Course, lessons: Sequence[Lesson], mistakes: Mapping[str, Iterable[Mistake]] | None = None
) -> dict[str, bytes]:
    """The files of the site by their path. Raises CourseError where the generator is missing or fails."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        _write(root / "docs", _sources(course, lessons, mistakes or {}))
        (root / "mkdocs.yml").write_text(yaml.safe_dump(_settings(course, lessons, mistakes or {}), sort_keys=False))
        _generate(root)
        return _finished(root / "site")


def _sources(course: Course, lessons: Sequence[Lesson], mistakes: Mapping[str, Iterable[Mistake]]) -> dict[str, bytes]:
    """Every file that the generator reads, by its path."""
    pages: dict[str, str] = {"README.md": overview_page(lessons)}
    others: dict[str, Path] = {}
    played: dict[str, bytes] = {}
    for lesson in lessons:
        beside = {f"{lesson.name}/{path.relative_to(lesson.folder).as_posix()}": path for path in lesson_files(lesson)}
        for name in (f"{lesson.name}/README.md", f"{lesson.name}/{_MEASURED}"):
            if name in beside:
                pages[name] = beside[name].read_text(encoding="utf-8")
                linked = set(targets(pages[name], name))
                others |= {path: beside[path] for path in sorted(linked & beside.keys()) if path not in pages}
        played |= {f"{lesson.name}/{name}": raw for name, raw in playthings(course, lesson).items()}
        pages[f"{lesson.name}/exercises.md"] = exercises_page(lesson, stub_of(course, lesson))
        if lesson.name in mistakes:
            pages[f"{lesson.name}/mistakes.md"] = mistakes_page(lesson, mistakes[lesson.name])
    others = {name: path for name, path in others.items() if not name.endswith(".md")}
    picture = Path(MAP).name
    there = pages.keys() | others.keys() | played.keys() | {picture}
    made = {name: for_site(page, name, there).encode() for name, page in pages.items()}
    assets = {f"assets/{path.name}": path.read_bytes() for path in sorted(ASSETS.iterdir()) if path.is_file()}
    made[picture] = lesson_map(lessons).encode()
    return made | {name: path.read_bytes() for name, path in others.items()} | played | assets


def _settings(course: Course, lessons: Sequence[Lesson], mistakes: Mapping[str, Iterable[Mistake]]) -> dict[str, Any]:
    """The generator's, in the form that MkDocs' themes understand, too."""
    nav: list[Any] = [{"The lessons": "README.md"}]
    for module, group in groupby(lessons, key=lambda lesson: lesson.module):
        entries = [{lesson.title: _parts(lesson, mistakes)} for lesson in group]
        nav += [{module: entries}] if module else entries
    return {
        "site_name": _title(course),
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": False,
        "theme": {
            "font": False,  # the reader's own: none is fetched
            "features": [
                "navigation.indexes", "navigation.sections", "navigation.footer", "toc.follow", "content.code.copy",
                "search.highlight",
            ],
            "palette": [
                {"media": "(prefers-color-scheme: light)", "scheme": "default",
                 "toggle": {"icon": "material/brightness-7", "name": "Dark"}},
                {"media": "(prefers-color-scheme: dark)", "scheme": "slate",
                 "toggle": {"icon": "material/brightness-4", "name": "Light"}},
            ],
        },
        "extra_css": ["assets/course.css", "assets/play.css"],
        "extra_javascript": ["assets/course.js", "assets/play.js"],
        "plugins": ["search", "offline"],
        "markdown_extensions": [
            "tables", "attr_list", "md_in_html", "sane_lists", {"toc": {"permalink": True}}, "pymdownx.superfences",
            {"pymdownx.highlight": {"use_pygments": True, "pygments_lang_class": True}},
        ],
        "nav": nav,
    }  # fmt: skip


def _parts(lesson: Lesson, mistakes: Mapping[str, Iterable[Mistake]]) -> list[Any]:
    page = [f"{lesson.name}/README.md"] if (lesson.folder / "README.md").is_file() else []
    parts: list[Any] = [*page, {"Exercises and hints": f"{lesson.name}/exercises.md"}]
    if lesson.name in mistakes:
        parts.append({"Mistakes it knows": f"{lesson.name}/mistakes.md"})
    if (lesson.folder / _MEASURED).is_file():
        parts.append({"Measured": f"{lesson.name}/{_MEASURED}"})
    return parts


def _title(course: Course) -> str:
    """What the course's README calls it."""
    readme = course.root / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    return next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), "The course")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


def _generate(root: Path) -> None:
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--config-file", str(root / "mkdocs.yml")]
    try:
        import latex2mathml  # noqa: F401
        import zensical  # noqa: F401
    except ImportError as error:
        raise CourseError(f"The site needs {error.name}: pip install -c .ci/constraints.txt -e '.[site]'") from None
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
    if done.returncode or not (root / "site" / "index.html").is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        raise CourseError(f"The site was not built: {said[-1] if said else 'the generator said nothing'}")


def _finished(site: Path) -> dict[str, bytes]:
    """The files that the generator made, without what they would fetch from elsewhere, and the mark of a site."""
    files = {MARK: b"Made by `autograder site`, which writes it anew.\n"}
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        name = path.relative_to(site).as_posix()
        files[name] = path.read_bytes()
        if name.endswith(".html"):
            here = f"{'../' * name.count('/')}assets/iframe-worker.js"
            files[name] = files[name].replace(_SHIM.encode(), here.encode())
    return files
