"""The same notebooks through autograder, a pytest process each, nbgrader and otter-grader: what each costs.

    python tests/benchmarks/bench_peers.py [--lessons lora,alignment] [--count 20] [--peers pytest,nbgrader,otter]

Each submission is the lesson's notebook with the answers of a known case in it: right ones (the reference, then of
tests/alternatives), wrong ones (of tests/misconceptions) and the stub. All four run the same checks, public and hidden,
for the same points: nbgrader and otter by what `autograder export` makes for them. Their scores are held against
autograder's, and pytest's verdicts against the reports'; whoever differs is named, and the exit status is 1.

A figure is the whole command's, as the system counts it, start included; memory is looked at every 0.3 s. The table
goes to tests/benchmarks/peers.md, or to --out.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import nbformat  # noqa: E402
from _processes import Cost, machine, measured  # noqa: E402

from autograder.common.lessons import Course, Lesson, load_course  # noqa: E402
from autograder.grading.seeds import new_seed  # noqa: E402
from autograder.notebooks.source import read_source, with_solutions  # noqa: E402
from autograder.systems import Settings, export  # noqa: E402
from autograder.systems.nbgrader import lessons_of  # noqa: E402

PEERS = ("pytest", "nbgrader", "otter")
FEW = 10  # submissions: with fewer, what one more costs is lost in what a start happens to cost
Answers = dict[tuple[str, str], str]  # (lesson, exercise) → the source of its cell


@dataclass
class Result:
    """What one grader cost for the whole class, and what it said: scores by submission, or the checks that passed."""

    cost: Cost
    scores: dict[str, float] = field(default_factory=dict)
    passed: dict[str, set[str]] = field(default_factory=dict)


def answers_of(course: Course, lesson: Lesson, count: int) -> dict[str, Answers]:
    """So many submissions: the stub, the reference, and alternatives and misconceptions in turn, spread evenly."""
    cells = [cell for cell in read_source(course, lesson) if cell.role == "exercise" and cell.exercise is not None]
    right: Answers = {cell.exercise: with_solutions(cell.source) for cell in cells if cell.exercise is not None}
    found: dict[str, Answers] = {"reference": right, "stub": {}}
    wanted = max(0, count - len(found))
    shares = {"misconceptions": wanted // 2, "alternatives": wanted - wanted // 2}
    for kind, share in shares.items():
        paths = sorted((course.root / "tests" / kind / lesson.name).glob("*/*.py"))
        for path in paths[:: max(1, len(paths) // max(1, share))][:share]:
            exercise = (lesson.name, path.parent.name)
            text = path.read_text(encoding="utf-8").replace("from __future__ import annotations\n", "")
            found[f"{path.parent.name}-{path.stem}"] = right | {exercise: f"{right[exercise]}\n\n\n{text}"}
    return dict(list(found.items())[:count])


def fill(released: Path, answers: Answers, place: Path) -> None:
    """The released notebook with these answers; whatever has none stays as it was handed out."""
    notebook = nbformat.read(released, 4)
    for cell in notebook.cells:
        for (owner, name), answer in answers.items():
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            marked = f'"{name} is not written yet"' in cell.source or f'"{name}.' in cell.source
            if grade_id == f"{owner}-{name}-answer" or (not grade_id and cell.cell_type == "code" and marked):
                cell.source = answer
                break
    place.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, place)


class Bench:
    """One lesson's class, in a folder of its own, and each way to grade it."""

    def __init__(self, course: Course, lesson: Lesson, folder: Path, answers: dict[str, Answers]) -> None:
        self.course, self.lesson, self.folder, self.answers = course, lesson, folder, answers
        self.owners = lessons_of(course, lesson)
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(course.root),
            **{name: str(folder / ".jupyter") for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")},
        }
        self.nbgrader_folder = folder / "nbgrader"
        export("nbgrader", course, lesson, self.nbgrader_folder, Settings())
        self.tool("nbgrader", self.nbgrader_folder, "generate_assignment", lesson.name)
        released = self.nbgrader_folder / f"release/{lesson.name}/{lesson.name}.ipynb"
        self.class_ = self.nbgrader_folder / "submitted"
        for name, given in answers.items():
            fill(released, given, self.notebook(name))

    def notebook(self, name: str) -> Path:
        return self.class_ / name / self.lesson.name / f"{self.lesson.name}.ipynb"

    def tool(self, name: str, folder: Path, *arguments: object, may_fail: bool = False) -> Cost:
        return measured([sys.executable, "-m", name, *arguments], folder, self.environment, may_fail=may_fail)

    def autograder(self, names: Sequence[str], out: str) -> Result:
        """`autograder grade` with one worker, once for each lesson whose exercises are in the notebook."""
        (self.folder / "seed").write_text(new_seed())
        result = Result(Cost(0.0, 0.0, 0), dict.fromkeys(names, 0.0), {name: set() for name in names})
        for owner in self.owners:
            place = self.folder / out / owner.name
            arguments = ("--out", place, "--workers", 1, "--seed-file", self.folder / "seed")
            given = [self.class_ / name for name in names] if len(names) < len(self.answers) else [self.class_]
            result.cost += self.tool("autograder", self.course.root, "grade", owner.name, *given, *arguments)
            for path in (place / owner.name).glob("[!.]*.json"):
                report = json.loads(path.read_text(encoding="utf-8"))
                if "checks" not in report:
                    continue
                name = report["student"]["id"] if len(given) == 1 and len(names) > 1 else names[0]
                result.scores[name] += report["score"]
                result.passed[name] |= {check["name"] for check in report["checks"] if check["outcome"] == "passed"}
        return result

    def pytest(self) -> Result:
        """A process for each submission, with the checks of all lessons in the notebook."""
        result = Result(Cost(0.0, 0.0, 0))
        folders = [part for one in self.owners for part in (f"exercises/{one.name}", f"tests/hidden/{one.name}")]
        for name in self.answers:
            xml = self.folder / f"{name}.xml"
            options = ("-q", "-p", "no:cacheprovider", f"--junitxml={xml}", "--submission", self.notebook(name))
            result.cost += self.tool("pytest", self.course.root, *folders, *options, may_fail=True)
            cases = ElementTree.parse(xml).iter("testcase")
            result.passed[name] = {case.attrib["name"] for case in cases if not len(case)}
        return result

    def nbgrader(self) -> Result:
        cost = self.tool("nbgrader", self.nbgrader_folder, "autograde", self.lesson.name)
        self.tool("nbgrader", self.nbgrader_folder, "export")
        with open(self.nbgrader_folder / "grades.csv", newline="", encoding="utf-8") as file:
            return Result(cost, {row["student_id"]: float(row["score"] or 0) for row in csv.DictReader(file)})

    def otter(self) -> Result:
        folder = self.folder / "otter"
        export("otter", self.course, self.lesson, folder, Settings())
        self.tool("otter", folder, "assign", f"{self.lesson.name}.ipynb", "dist", "--no-run-tests")
        (archive,) = (folder / "dist/autograder").glob("*.zip")
        result = Result(Cost(0.0, 0.0, 0))
        for name, given in self.answers.items():
            notebook, out = folder / "class" / f"{name}.ipynb", folder / f"out-{name}"
            fill(folder / f"dist/student/{self.lesson.name}.ipynb", given, notebook)
            out.mkdir()
            result.cost += self.tool("otter", folder, "run", "-a", archive, "-o", out, "--no-logo", notebook)
            tests = json.loads((out / "results.json").read_text(encoding="utf-8"))["tests"]
            result.scores[name] = sum(test.get("score", 0.0) for test in tests)
        return result


def differences(ours: Result, theirs: Result) -> list[str]:
    """Each submission that another grader sees otherwise, and how."""
    told = []
    for name, score in theirs.scores.items():
        if abs(score - ours.scores[name]) > 1e-3:
            told.append(f"{name}: {score:g} points, and {ours.scores[name]:g} by autograder")
    for name, passed in theirs.passed.items():
        if other := sorted(passed ^ ours.passed[name]):
            told.append(f"{name}: another verdict on {', '.join(other)}")
    return told


def table(results: dict[str, tuple[Result, int]]) -> list[str]:
    """Rows of CPU, wall and memory per submission; below each, as a ratio to the first row's."""
    lines = ["| | CPU s | wall s | peak MiB |", "|---|---:|---:|---:|"]
    first: list[float] = []
    for name, (result, count) in results.items():
        cost = result.cost
        figures = [cost.cpu / count, cost.wall / count, cost.peak / (1 << 20)]
        first = first or figures
        ratios = [
            "" if figures is first else f" ({one / other:.1f}×)" for one, other in zip(figures, first, strict=True)
        ]
        cells = [f"{one:.{digits}f}{ratio}" for one, ratio, digits in zip(figures, ratios, (2, 2, 0), strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def compare(course: Course, lesson: Lesson, count: int, peers: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines of a lesson's section, and who differs."""
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(course, lesson, Path(temporary), answers_of(course, lesson, count))
        names = list(bench.answers)
        ours = bench.autograder(names, "all")
        results = {"autograder grade, start included": (ours, len(names))}
        if len(names) >= FEW:
            one = bench.autograder(names[:1], "one").cost
            more = Cost(ours.cost.wall - one.wall, ours.cost.cpu - one.cpu, ours.cost.peak)
            results["autograder grade, each further submission"] = (Result(more), len(names) - 1)
        ways: dict[str, tuple[str, Callable[[], Result]]] = {
            "pytest": ("pytest, a process each", bench.pytest),
            "nbgrader": ("nbgrader autograde", bench.nbgrader),
            "otter": ("otter run, each", bench.otter),
        }
        differ = []
        for peer in peers:
            told, way = ways[peer]
            results[told] = (way(), len(names))
            differ += [f"{peer}: {one}" for one in differences(ours, results[told][0])]
            print(f"{lesson.name}: {told}: {results[told][0].cost}", flush=True)
    sees = ", ".join(one.name for one in bench.owners)
    lines = [f"## {lesson.name}", "", f"{len(names)} notebooks with exercises of {sees}.", "", *table(results), ""]
    lines += [f"- {one}" for one in differ] or ["All scores and verdicts are autograder's."]
    return [*lines, ""], differ


def main(arguments: Any = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lessons", default="lora,alignment")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--out", type=Path, default=HERE / "peers.md")
    chosen = parser.parse_args(arguments)
    peers = [peer for peer in chosen.peers.split(",") if peer]
    for peer in set(peers) - {"pytest"}:
        if importlib.util.find_spec(peer) is None:
            parser.error(f"{peer} is not installed: pip install -c .ci/constraints.txt -e '.[dev]'")
    course = load_course(HERE.parents[1])
    lines = [
        "# What each grader costs",
        "",
        "Made by `python tests/benchmarks/bench_peers.py`, per submission, on:",
        "",
    ]
    lines += [f"{machine()}; {datetime.now(UTC):%Y-%m-%d}.", ""]
    differ: list[str] = []
    for name in chosen.lessons.split(","):
        section, others = compare(course, course.lesson(name), chosen.count, peers)
        lines, differ = lines + section, differ + others
    text = "\n".join(lines).rstrip("\n") + "\n"
    chosen.out.write_text(text, encoding="utf-8")
    print(text)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
