"""What the worst submissions cost a grader: each kind in wall seconds and in CPU seconds, beside an honest one.

python tests/benchmarks/bench_worst.py lora
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

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
WAYS = {
    "honest": "",
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


def main(lesson_name: str) -> None:
    course = load_course(Path(__file__).resolve().parents[2])
    lesson = course.lesson(lesson_name)
    right = course.reference(lesson_name).read_text(encoding="utf-8")
    path = f"{lesson_name}/{lesson_name}.py"
    others = {f"{other}/{other}.py": course.reference(other).read_bytes() for other in lesson.uses}
    seed, worst = new_seed(), 0.0
    print(f"{lesson_name}: limits {TimeLimits()}")
    with prepared(course, lesson, workers=1, tier=None, seed=seed) as ready:
        job = Job(lesson, ready.collected.checks, seed, ready.zygote.tier, reference=ready.reference, by_digest=True)
        for way, text in WAYS.items():
            files = {path: f"{right}\n{text}\n".encode(), **others}
            submission = Submission(way, Path("worst"), files, paths={path: f"{lesson_name}.py"})
            began = time.monotonic()
            ((_, report),) = grade_many(job, [(submission, "")], ready.zygote.clients)
            seconds = time.monotonic() - began
            score = "lost" if report is None else f"{report.score:g} of {report.max_score:g}"
            print(f"{seconds:7.2f} s   {score:>12}   {way}", flush=True)
            worst = max(worst, seconds)
    print(f"{worst:7.2f} s   the worst")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} LESSON")
    main(sys.argv[1])
