"""No seed makes a check of `lora` fail a right solution.

Every check runs against the reference, in this process, with a fresh seed each time. The short test
below is part of every run; two hundred seeds, before a change of the checks is finished, take a minute:

    python tests/engine/test_lora_randomised.py 200
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from autograder.collecting import collect_checks
from autograder.lessons import load_course
from autograder.running import Run
from autograder.student import LocalTransport, Session
from autograder.submission import resolve

ROOT = Path(__file__).resolve().parents[2]
LESSON = "lora"


def false_failures(seeds: range) -> list[str]:
    """What the reference is told wrongly, one line for each check and seed."""
    course = load_course(ROOT)
    lesson = course.lesson(LESSON)
    checks = collect_checks(course, lesson).checks
    found = []
    for seed in seeds:
        session = Session(LESSON, resolve(course.root / "solutions", LESSON), LocalTransport)
        for name, verdict in Run(lesson, checks, session, seed).all().items():
            if verdict.outcome != "passed":
                found.append(f"seed {seed}: {name}: {verdict.sentence} expected {verdict.expected} got {verdict.got}")
        session.close()
    return found


def test_a_few_seeds() -> None:
    assert false_failures(range(1000, 1003)) == []


if __name__ == "__main__":
    torch.set_num_threads(1)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    wrong = false_failures(range(count))
    print("\n".join(wrong) or f"{count} seeds, no false failure")
    sys.exit(bool(wrong))
