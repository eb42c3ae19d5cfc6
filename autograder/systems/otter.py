"""An assignment for otter-grader: a master notebook on which `otter assign` runs, with the files that grading needs.

Each graded exercise is a question, and each check a test case of its share of the points, by its name; a hidden check
is a hidden test case. otter runs a student's code in the process that grades it, and its archive holds the hidden
checks, so a score can be forged there; `autograder grade` on the same notebooks can't be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.checking.collecting import collect_checks
from autograder.checking.running import Check
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.stubs import BEGIN, END, placeholders
from autograder.notebooks.build import metadata_of, to_ipynb
from autograder.notebooks.live import GRADING, grading_file
from autograder.notebooks.source import Cell, read_source
from autograder.release.student_repository import engine_files, lesson_files
from autograder.systems import Settings, seed_that_students_can_read
from autograder.systems.nbgrader import SKIP, lessons_of

COURSE = "course"  # the folder, beside the notebook, that holds the checks while otter grades


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write `<lesson>.ipynb`, the master, and the engine and the checks beside it."""
    if settings.private is not None:
        raise CourseError("otter runs the repository's own hidden checks: leave --checks to autograder grade.")
    lessons = lessons_of(course, lesson, settings.beside)
    seed = seed_that_students_can_read("otter", course, lessons, settings)
    carried = {name: raw for name, raw in engine_files().items() if name.startswith("autograder/")}
    public = dict(_checks_of(course.with_uses(lessons)))
    hidden = dict(_hidden_of(course, lessons))
    hidden[GRADING] = grading_file(COURSE, seed).encode()
    for name, raw in (carried | public | hidden).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    text = _master(course, lesson, lessons, files=sorted(public), grading=sorted(carried | hidden))
    (folder / f"{lesson.name}.ipynb").write_text(text, encoding="utf-8")
    (folder / "requirements.txt").write_text(_requirements(), encoding="utf-8")
    return [
        f"cd {folder} && otter assign {lesson.name}.ipynb dist",
        f"dist/student/ is for students, dist/autograder/{lesson.name}-autograder_*.zip for Gradescope",
        "otter run -a ZIP submission.ipynb    # one submission, here",
    ]


def _checks_of(lessons: list[Lesson]) -> Iterator[tuple[str, bytes]]:
    """The public checks, as a course's folder: for students too."""
    for lesson in lessons:
        for path in lesson_files(lesson):
            if path.suffix in (".py", ".toml"):
                yield (
                    f"{COURSE}/exercises/{lesson.name}/{path.relative_to(lesson.folder).as_posix()}",
                    path.read_bytes(),
                )


def _hidden_of(course: Course, lessons: list[Lesson]) -> Iterator[tuple[str, bytes]]:
    for lesson in lessons:
        for path in sorted(course.hidden_checks(lesson.name).rglob("*.py")):
            yield f"{COURSE}/{path.relative_to(course.root).as_posix()}", path.read_bytes()


def _requirements() -> str:
    """What the engine needs where Gradescope builds its image; PyTorch's index for CPUs saves gigabytes there."""
    import tomllib

    data = tomllib.loads(engine_files()["pyproject.toml"].decode())
    lines = ["--extra-index-url https://download.pytorch.org/whl/cpu", *data["project"]["dependencies"]]
    return "\n".join([*lines, *data["project"]["optional-dependencies"]["pictures"], "ipykernel"]) + "\n"


def _master(course: Course, lesson: Lesson, lessons: list[Lesson], files: list[str], grading: list[str]) -> str:
    config = {
        "name": lesson.name,
        "requirements": "requirements.txt",
        "export_cell": False,
        "check_all_cell": False,
        "generate": {"show_stdout": True},
        "tests": {"files": True, "ok_format": False},
        "files": files,
        "autograder_files": grading,
    }
    cells = [_raw("ASSIGNMENT CONFIG\n" + json.dumps(config, indent=1))]
    checks = {one.name: collect_checks(course, one).checks for one in lessons}  # by lesson
    for cell in read_source(course, lesson, [lesson, *lessons]):
        cells += _cells(course, cell, checks)
    return to_ipynb(cells)


def _cells(course: Course, cell: Cell, checks: dict[str, list[Check]]) -> list[dict[str, Any]]:
    if cell.role == "instructor":
        return []
    if cell.exercise is None:
        made = _made(cell.kind, "*My prediction:*" if cell.role == "answer" else _marked(cell.source))
        made["metadata"] = metadata_of(cell)
        if cell.role == "plain" and cell.kind == "code" and BEGIN not in cell.source:
            made["metadata"] = {"tags": [SKIP]}
        return [made]
    owner, name = cell.exercise
    if cell.role == "check":
        graded = course.lesson(owner).exercises[name].points
        return [] if graded else [_made("code", cell.source)]  # otter puts a cell of its own below a question
    mine = [check for check in checks[owner] if check.exercise == name]
    solution = [_made("code", _marked(cell.source))]
    if not course.lesson(owner).exercises[name].points:
        return solution
    return [
        _raw("BEGIN QUESTION\n" + json.dumps({"name": f"{owner}-{name}"})),
        _raw("BEGIN SOLUTION"),
        *solution,
        _raw("END SOLUTION"),
        _raw("BEGIN TESTS"),
        *(_test(owner, check, number) for number, check in enumerate(mine, start=1)),
        _raw("END TESTS"),
        _raw("END QUESTION"),
    ]


def _test(owner: str, check: Check, number: int) -> dict[str, Any]:
    """A test case. A hidden one reads the checks that only the grading archive holds."""
    hidden = not check.public
    asked = f'"{owner}/{check.exercise}", {check.name!r}, course={COURSE!r}'
    lines = [
        '""" # BEGIN TEST CONFIG',
        f"hidden: {'true' if hidden else 'false'}",
        f"points: {float(check.worth):.9f}",
        '""" # END TEST CONFIG',
        f"def check_{number}(env):",
        "    from autograder.notebooks.live import verdict",
        f"    verdict({asked})",
    ]
    return _made("code", "\n".join(lines))


def _marked(source: str) -> str:
    """The course's markers as otter's: what stands in the student's version in a solution's place is a prompt."""
    if BEGIN not in source:
        return source
    known = placeholders(source)
    lines, prompt = [], ""
    for number, line in enumerate(source.split("\n"), start=1):
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() == BEGIN:
            prompt = known[number]
            lines.append(f"{indent}# BEGIN SOLUTION NO PROMPT")
        elif line.strip() == END:
            lines.append(f"{indent}# END SOLUTION")
            if prompt:
                lines += [f'{indent}""" # BEGIN PROMPT', prompt, f'{indent}""" # END PROMPT']
        else:
            lines.append(line)
    return "\n".join(lines)


def _raw(text: str) -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {}, "source": f"# {text}"}


def _made(kind: str, source: str) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})
