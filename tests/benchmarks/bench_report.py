"""What `autograder report` costs: a class that is made up, its pages with names and without. Prints, asserts nothing.

python tests/benchmarks/bench_report.py [--students 300] [--checks 40] [--lessons 1]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from autograder.checking.report import CheckReport, Report, Student
from autograder.common.lessons import find_course
from autograder.grading.class_report.build import build


def made(draw: random.Random, name: str, lesson: str, checks: int) -> Report:
    """A report of somebody who is right as often as is their way; each wrong answer is one of five mistakes."""
    skill, rows = draw.random(), []
    for number in range(checks):
        right = draw.random() < skill
        sentence = "" if right else f"It makes the mistake {draw.randrange(5)} of those that are known."
        message = "" if right else f"{sentence}\nexpected: {[0.5] * 20}\ngot: {[draw.random()] * 20}"
        outcome = "passed" if right else "failed"
        known = () if right else (sentence,)
        check = f"test_{number}", f"exercise{number // 4}", float(right), 1.0, outcome, message, number % 2 == 0, 0.1
        rows.append(CheckReport(*check, mistakes=known))
    score = sum(check.points for check in rows)
    return Report(Student(name, name), lesson, score, float(checks), "graded", "", "full", 1.0, tuple(rows))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--checks", type=int, default=40)
    parser.add_argument("--lessons", type=int, default=1)
    asked = parser.parse_args()
    draw = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        for lesson in (f"lesson{number}" for number in range(asked.lessons)):
            (out / lesson).mkdir()
            for name in (f"student{number:04}" for number in range(asked.students)):
                text = made(draw, name, lesson, asked.checks).to_json()
                (out / lesson / f"{name}.json").write_text(text, encoding="utf-8")
        for anonymous in (False, True):
            clock, cpu = time.perf_counter(), time.process_time()
            built = build(find_course(), out, anonymous=anonymous)
            seconds, busy = time.perf_counter() - clock, time.process_time() - cpu
            size = built.page.stat().st_size / 1e6
            what = "anonymous" if anonymous else f"with {built.students} students' pages"
            print(f"{what}: {seconds:.1f} s, {busy:.1f} s of CPU; the page has {size:.2f} MB")


if __name__ == "__main__":
    main()
