"""What all checks of a lesson cost, in CPU seconds: public and hidden ones, against the reference, in this process.

    python tests/benchmarks/bench_checks.py
    python tests/benchmarks/bench_checks.py gpt --each

One thread and no sandbox, after a run that imports and warms whatever is needed: what is left is the checks' own work
and the reference's. Each figure is the least over seeds: what else runs on the machine only adds.
`--each` adds a line for each check, the dearest first.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch  # noqa: E402

from autograder.checking.collecting import collect_checks  # noqa: E402
from autograder.checking.door import LocalTransport  # noqa: E402
from autograder.checking.running import Run  # noqa: E402
from autograder.checking.student import Session  # noqa: E402
from autograder.checking.submission import resolve  # noqa: E402
from autograder.common.lessons import Course, load_course  # noqa: E402


def seconds_of_each(course: Course, lesson_name: str, seeds: int) -> dict[str, float]:
    """CPU seconds of each check. What is asked of the first seed only warms up."""
    lesson = course.lesson(lesson_name)
    reference = resolve(course.root / "solutions", lesson_name, lesson.uses)
    checks = sorted(collect_checks(course, lesson).checks, key=lambda check: not check.public)
    runs: list[list[float]] = []

    @contextmanager
    def clock() -> Iterator[None]:
        start = time.process_time()
        yield
        runs[-1].append(time.process_time() - start)

    for seed in range(seeds + 1):
        runs.append([])
        session = Session.of(lesson, reference, LocalTransport)
        for name, verdict in Run(lesson, checks, session, seed, clock).until_failure().items():
            if verdict.outcome != "passed":
                raise RuntimeError(f"{name} is not passed with seed {seed}: {verdict.sentence}")
        session.close()
    return {check.name: min(took) for check, *took in zip(checks, *runs[1:], strict=True)}


def main() -> None:
    course = load_course(Path(__file__).resolve().parents[2])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="default: every lesson")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--each", action="store_true", help="a line for each check, too")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    for lesson in asked.lessons or course.lessons:
        seconds = seconds_of_each(course, lesson, asked.seeds)
        print(f"{lesson:<22} {sum(seconds.values()):6.3f} CPU-s, {len(seconds)} checks", flush=True)
        if asked.each:
            for name, took in sorted(seconds.items(), key=lambda item: -item[1]):
                print(f"    {1000 * took:7.1f} ms  {name}")


if __name__ == "__main__":
    main()
