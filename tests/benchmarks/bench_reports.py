"""The memory of the process that writes a class's results, for classes of different sizes.

    python tests/benchmarks/bench_reports.py [LESSON] [--counts 100,1000,3000]

Nothing is run: each submission fails its checks with a sentence of its own, as `autograder grade` would write it. Each
count is a process of its own. `submissions` is what the class itself holds, `grading` what was taken on top of that.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograder.checking.collecting import Collected, collect_checks  # noqa: E402
from autograder.checking.report import Report, build_report  # noqa: E402
from autograder.checking.running import Verdict  # noqa: E402
from autograder.checking.submission import Submission  # noqa: E402
from autograder.cli import screen  # noqa: E402
from autograder.common.lessons import load_course  # noqa: E402
from autograder.grading.grade import Settings, grade  # noqa: E402
from autograder.grading.pool import Job  # noqa: E402


@dataclass(frozen=True)
class Synthetic:
    """Stands for a prepared grading run: it gives reports without running anything."""

    collected: Collected
    tier: str = "none"
    reference = None
    faulty = {}  # type: ignore[var-annotated]

    def grade(self, job: Job, pairs: Sequence[tuple[Submission, str]]) -> Iterator[tuple[int, Report]]:
        for index, (submission, key) in enumerate(pairs):
            verdicts = {
                check.name: Verdict("failed", f"{check.name} of {submission.name} is wrong.", got="4.25", seconds=0.01)
                for check in job.checks
            }
            yield (
                index,
                build_report(
                    submission.name, job.lesson.name, job.checks, verdicts, tier=job.tier, seconds=1.0, key=key
                ),
            )


def peak() -> int:
    """Bytes that this process had in memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def one_class(name: str, count: int) -> str:
    course = load_course(Path(__file__).resolve().parents[2])
    lesson = course.lesson(name)
    ready = Synthetic(collect_checks(course, lesson))

    @contextmanager
    def prepare(*_: Any, **__: Any) -> Iterator[Any]:
        yield ready

    before = peak()
    path = f"{name}/{name}.py"
    submissions = [
        Submission(f"s{index:05d}", Path("class"), {path: f"# {index}\n".encode() * 500}, paths={path: f"{name}.py"})
        for index in range(count)
    ]
    held, start = peak(), time.process_time()
    with tempfile.TemporaryDirectory() as out:
        outcome = grade(course, lesson, submissions, Path(out), Settings(seed="for-this-benchmark", prepare=prepare))
        with screen.console.capture():
            screen.grades_table(outcome.reports)
    each = 1000 * (time.process_time() - start) / count
    mebibytes = [size / (1 << 20) for size in (before, held - before, peak() - held)]
    return f"{count:11,}{mebibytes[0]:9.0f} MiB{mebibytes[1]:10.1f} MiB{mebibytes[2]:8.1f} MiB{each:12.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", default="lora")
    parser.add_argument("--counts", default="100,1000,3000")
    parser.add_argument("--one", type=int, help="only this class, in this process")
    arguments = parser.parse_args()
    if arguments.one:
        print(one_class(arguments.lesson, arguments.one))
        return
    print(f"{'submissions':>11}{'at the start':>13}{'submissions':>14}{'grading':>12}{'CPU of each':>15}")
    for count in arguments.counts.split(","):
        subprocess.run([sys.executable, __file__, arguments.lesson, "--one", count], check=True)


if __name__ == "__main__":
    main()
