"""What the worst submissions cost a grader: each kind in wall seconds, beside an honest one; and a class with some.

    python tests/benchmarks/bench_worst.py lora
    python tests/benchmarks/bench_worst.py lora --honest 280 --worst 20 --workers 2

The second also grades a class of so many honest submissions and so many of the worst, each kind in turn, and says what
the first figures predict for it: their sum, shared out over the workers, and the longest one's time at the end.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograder.checking.student import TimeLimits  # noqa: E402
from autograder.checking.submission import Submission  # noqa: E402
from autograder.common.lessons import load_course  # noqa: E402
from autograder.grading.pool import Job, grade_many  # noqa: E402
from autograder.grading.prepare import prepared  # noqa: E402
from autograder.grading.seeds import new_seed  # noqa: E402

# Put below a right solution, so that the more checks there are, the more each way costs.
EVERYWHERE = """
import inspect as _inspect
def _instead(right):
    def wrong(*args, **kwargs):
        {body}
    return wrong
for _name, _value in list(globals().items()):
    if getattr(_value, "__module__", None) == __name__ and not _name.startswith("_"):
        globals()[_name] = _instead(_value)
"""
HONEST = "honest"
WAYS = {
    HONEST: "",
    "sleeps while it is loaded": "import time; time.sleep(1e4)",
    "sleeps just short of that, then in each call": "import time; time.sleep(9)"
    + EVERYWHERE.format(body="time.sleep(1e4)"),
    "sleeps four seconds in each call": "import time"
    + EVERYWHERE.format(body="time.sleep(4); return right(*args, **kwargs)"),
    "never ends a call": EVERYWHERE.format(body="while True: pass"),
    "dies in each call": "import os" + EVERYWHERE.format(body="os._exit(1)"),
    "floods each answer": EVERYWHERE.format(body="return [0.0] * 49_000"),
    "floods with tensors": "import torch" + EVERYWHERE.format(body="return [torch.zeros(1) for _ in range(18_000)]"),
    "floods with one tensor": "import torch" + EVERYWHERE.format(body="return torch.zeros(8_000_000)"),
    "nests": EVERYWHERE.format(body="x = []\n        for _ in range(30): x = [x]\n        return x"),
    "raises in each call": EVERYWHERE.format(body="raise ValueError('x' * 2000)"),
}  # fmt: skip


def each_alone(job: Job, submissions: dict[str, Submission], client: Any) -> dict[str, float]:
    """Wall seconds of each kind."""
    found: dict[str, float] = {}
    for way, submission in submissions.items():
        began = time.monotonic()
        ((_, report),) = grade_many(job, [(submission, "")], [client])
        found[way] = time.monotonic() - began
        score = "lost" if report is None else f"{report.score:g} of {report.max_score:g}"
        print(f"{found[way]:7.2f} s   {score:>12}   {way}", flush=True)
    print(f"{max(found.values()):7.2f} s   the worst")
    return found


def a_class(
    job: Job, submissions: dict[str, Submission], alone: dict[str, float], count: tuple[int, int], clients: Any
) -> None:
    """`count` honest ones and worst ones, these spread evenly, and what each alone predicts for them together."""
    kinds = [way for way in submissions if way != HONEST]
    every = max(1, count[0] // max(1, count[1]))
    worst = list(itertools.islice(itertools.cycle(kinds), count[1]))
    ways = list(itertools.chain.from_iterable([HONEST] * every + [way] for way in worst))
    ways += [HONEST] * (count[0] - ways.count(HONEST))
    pairs = [(replace(submissions[way], name=f"{index:03d}"), "") for index, way in enumerate(ways)]
    predicted = sum(alone[way] for way in ways) / len(clients) + max(alone.values())
    began = time.monotonic()
    reports = dict(grade_many(job, pairs, clients))
    seconds = time.monotonic() - began
    lost = sum(report is None for report in reports.values())
    full = sum(reports[index] is not None and reports[index].score == reports[index].max_score
               for index, way in enumerate(ways) if way == HONEST)  # fmt: skip
    print(f"{count[0]} honest ones and {count[1]} of the worst on {len(clients)} workers: {seconds:.0f} s, ", end="")
    print(f"predicted at most {predicted:.0f} s; {full} honest ones have full marks, {lost} were lost")


def main(arguments: argparse.Namespace) -> None:
    course = load_course(Path(__file__).resolve().parents[2])
    lesson = course.lesson(arguments.lesson)
    right = course.reference(lesson.name).read_text(encoding="utf-8")
    path = f"{lesson.name}/{lesson.name}.py"
    others = {f"{other}/{other}.py": course.reference(other).read_bytes() for other in lesson.uses}
    submissions = {}
    for way, text in WAYS.items():
        files = {path: f"{right}\n{text}\n".encode(), **others}
        submissions[way] = Submission(way, Path("worst"), files, paths={path: f"{lesson.name}.py"})
    seed = new_seed()
    print(f"{lesson.name}: limits {TimeLimits()}")
    with prepared(course, lesson, workers=arguments.workers, tier=None, seed=seed) as ready:
        job = Job(lesson, ready.collected.checks, seed, ready.zygote.tier, reference=ready.reference, by_digest=True)
        alone = each_alone(job, submissions, ready.zygote.clients[0])
        if arguments.honest:
            a_class(job, submissions, alone, (arguments.honest, arguments.worst), ready.zygote.clients)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lesson")
    parser.add_argument("--honest", type=int, default=0, help="grade a class with so many honest submissions")
    parser.add_argument("--worst", type=int, default=20, help="and so many of the worst among them")
    parser.add_argument("--workers", type=int, default=1)
    main(parser.parse_args())
