"""A large mixed class on two workers, and the memory of each part of the grader over time.

    python tests/benchmarks/bench_mixed.py [LESSON] [--count 2000] [--workers 2] [--out tests/benchmarks/mixed.md]

Of ten submissions three are right, three wrong, one is the stub, one can't be loaded, and two are hostile: those of
tests/attacks that end their process, forge, lie, leak or flood (of the lesson lora; another lesson has none). Memory is
what /proc says of each process, of what several share its part: it must not grow with what was graded. Says in the end
how many right ones have full marks, how many others do, and how many have no report. Exit 1 where that is not as it
should be.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _processes import machine, measured  # noqa: E402

from autograder.authoring.audit import Case, cases, overlay  # noqa: E402
from autograder.common.lessons import Course, Lesson, load_course  # noqa: E402

ORDER = ("right", "wrong", "right", "hostile", "stub", "wrong", "right", "broken", "wrong", "hostile")
ROWS = 12  # of the table
HOSTILE = ("die", "forge", "lie", "leak", "flood")  # those that hang or fill a disk take half a minute each
BROKEN = ("def f(:\n", "import there_is_no_such_module\n", "raise SystemExit(3)\n", "x = [\n", "\0", "")
PARTS = ("writer", "workers", "zygote", "submissions")


def _is_graded(case: Case, lesson: Lesson) -> bool:
    """A mistake in an exercise without points costs none."""
    return case.kind != "misconception" or any(lesson.exercises[name].points for name in case.exercises)


def sources(course: Course, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """(kind, source) without end, no source twice."""
    known: dict[str, list[str]] = {kind: [] for kind in set(ORDER)}
    kinds = {"reference": "right", "alternative": "right", "misconception": "wrong", "stub": "stub"}
    for case in cases(course, lesson):
        if case.kind in kinds and _is_graded(case, lesson):
            known[kinds[case.kind]].append(case.source)
    known["broken"] = list(BROKEN)
    reference = course.reference(lesson.name).read_text(encoding="utf-8")
    prelude = (course.root / "tests" / "attacks" / "_prelude.py").read_text(encoding="utf-8")
    for path in sorted((course.root / "tests" / "attacks").glob("*_*.py")) if lesson.name == "lora" else []:
        text = path.read_text(encoding="utf-8")
        if path.name.startswith(HOSTILE) and "target" not in text and "handed_in" not in text:
            known["hostile"].append(overlay("attack", path, f"{reference}\n\n{prelude}\n", lesson).source)
    turns = {kind: itertools.cycle(texts) for kind, texts in known.items() if texts}
    for number, kind in enumerate(itertools.cycle(ORDER)):
        if kind in turns:
            yield kind, f"{next(turns[kind])}\n# submission {number}\n"


class Memory:
    """The bytes of each part of the grader at each look."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.looks: list[tuple[float, Counter[str]]] = []
        self.zygotes: set[int] = set()

    def look(self, pid: int, sizes: Mapping[int, int]) -> None:
        now: Counter[str] = Counter()
        for one, size in sizes.items():
            now[self.part(pid, one)] += size
        self.looks.append((time.monotonic() - self.began, now))

    def part(self, root: int, pid: int) -> str:
        """The zygote and each submission are of another command line than the grader."""
        if pid in self.zygotes:
            return "zygote"
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return "submissions"  # it has ended meanwhile
        if b"autograder.sandbox.zygote" not in command:
            return "writer" if pid == root else "workers"
        if parent in self.zygotes:
            return "submissions"
        self.zygotes.add(pid)
        return "zygote"

    def table(self, rows: int) -> list[str]:
        """The most that each part had in each of so many stretches of the run, in MiB."""
        lines = ["| until s | " + " | ".join(PARTS) + " | together |", "|" + "---:|" * (len(PARTS) + 2)]
        step = max(1, -(-len(self.looks) // rows))
        for first in range(0, len(self.looks), step):
            stretch = self.looks[first : first + step]
            most = [max(now[part] for _, now in stretch) for part in PARTS]
            most.append(max(now.total() for _, now in stretch))
            lines.append(f"| {stretch[-1][0]:.0f} | " + " | ".join(f"{size / (1 << 20):.0f}" for size in most) + " |")
        return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", default="lora")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=HERE / "mixed.md")
    arguments = parser.parse_args()
    course = load_course(HERE.parents[1])
    lesson = course.lesson(arguments.lesson)
    where = machine()
    print(where, flush=True)
    memory, kinds = Memory(), {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "class")
        folder.mkdir()
        for number, (kind, source) in zip(range(arguments.count), sources(course, lesson), strict=False):
            kinds[f"s{number:05d}"] = kind
            (folder / f"s{number:05d}.py").write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "autograder", "grade", lesson.name, folder, "--out", f"{temporary}/out"]
        cost = measured([*command, "--workers", arguments.workers], course.root, look=memory.look, may_fail=True)
        reports = {}
        for path in Path(temporary, "out", lesson.name).glob("s*.json"):
            reports[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    full = Counter(kinds[name] for name, one in reports.items() if one["score"] == one["max_score"])
    there = Counter(kinds[name] for name in reports)
    each = f"{1000 * cost.cpu / len(kinds):.0f} ms of CPU each, start included"
    lines = [
        f"# {len(kinds)} mixed submissions of `{lesson.name}`, on {arguments.workers} workers",
        f"`python tests/benchmarks/bench_mixed.py`, {where}. Memory is in MiB, the most in each stretch of the run.",
        "\n".join(memory.table(ROWS)),
        f"In {cost.wall:.0f} s, {each}; at most {cost.peak / (1 << 20):.0f} MiB.",
        "\n".join(
            f"- {kind}: {number}, of which {there[kind]} have a report, {full[kind]} full marks"
            for kind, number in sorted(Counter(kinds.values()).items())
        ),
    ]
    print("\n\n".join(lines))
    arguments.out.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    sound = len(reports) == len(kinds) and full["right"] == there["right"]
    return 0 if sound and not full["wrong"] + full["stub"] + full["broken"] else 1


if __name__ == "__main__":
    sys.exit(main())
