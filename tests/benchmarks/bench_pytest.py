"""What `pytest -q exercises/LESSON` costs a student, beside what it takes to import the libraries that it needs.

python tests/benchmarks/bench_pytest.py [LESSON...]

In a copy of the course whose student wrote the reference. `pytest` is the whole command, `imports` a process that
imports torch, transformers' GPT-2 where the lesson's checks build one, and torch's compiler where torch brings it in by
itself (its optimizers do, and a matrix product on `meta`); CPU seconds with one thread, the least of three runs in
turn, after one that writes the caches. `over` is what is left for the engine, pytest and the checks: at most as much
again as importing torch where no GPT-2 is built, else at most a second.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_watch import ROOT, copied  # noqa: E402

from autograder.common.lessons import Course, Lesson, load_course  # noqa: E402

TURNS = 3
GPT2 = "transformers.models.gpt2.modeling_gpt2"
COMPILER = "torch._dynamo"
RUN = """
import json, sys, pytest
status = pytest.main(sys.argv[2:])
open(sys.argv[1], "w").write(json.dumps([int(status), list(sys.modules)]))
"""


def seconds_of(*arguments: str, folder: Path) -> float:
    """CPU seconds of a Python process."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    quiet = subprocess.DEVNULL
    subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=kept | {"OMP_NUM_THREADS": "1"}, stdout=quiet, stderr=quiet
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(course: Course, lesson: Lesson) -> None:
    """Print the line of one lesson."""
    told = course.root / "told.json"
    run = ["-c", RUN, str(told), "-q", "--check-seconds=0", str(lesson.folder)]
    seconds_of(*run, folder=course.root)
    status, modules = json.loads(told.read_text())
    assert status == 0, f"the reference of {lesson.name} fails its checks"
    imports = f"import {', '.join(['torch', *(one for one in (GPT2, COMPILER) if one in modules)])}"
    costs = [
        [seconds_of(*arguments, folder=course.root) for arguments in (run, ("-c", imports), ("-c", "import torch"))]
        for _ in range(TURNS)
    ]
    whole, base, torch = map(min, zip(*costs, strict=True))
    bound = 1.0 if GPT2 in modules else torch
    verdict = "" if whole - base <= bound else "  too much"
    print(
        f"{lesson.name:20} pytest {whole:5.2f}  imports {base:5.2f}  over {whole - base:5.2f} of {bound:.2f}{verdict}",
        flush=True,
    )


if __name__ == "__main__":
    whole_course = load_course(ROOT)
    for name in sys.argv[1:] or whole_course.lessons:
        with tempfile.TemporaryDirectory() as folder:
            copy = copied(whole_course, whole_course.lesson(name), Path(folder))
            measure(copy, copy.lesson(name))
