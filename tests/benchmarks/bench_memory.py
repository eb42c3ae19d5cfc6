"""What honest submissions need of a child's memory, beyond what the zygote has already: `Limits.memory_bytes` follows.

python tests/benchmarks/bench_memory.py [LESSON...]

Asks the reference and every alternative of a lesson all its checks in the sandbox. `reserved` is address space, which
the limit counts; `used` is what was ever resident, of which much is the libraries' own pages. Beside them stands what
eight threads reserve, each with a small tensor: glibc sets a heap and a stack aside for each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograder.authoring.audit import cases  # noqa: E402
from autograder.checking.student import Session, Student  # noqa: E402
from autograder.checking.submission import Submission  # noqa: E402
from autograder.common.lessons import Course, Lesson, load_course  # noqa: E402
from autograder.grading.pool import Job, grade_one  # noqa: E402
from autograder.grading.prepare import prepared  # noqa: E402
from autograder.grading.seeds import new_seed  # noqa: E402
from autograder.sandbox import Zygote  # noqa: E402
from autograder.sandbox.limits import MEBIBYTE, Limits  # noqa: E402

FIELDS = {"reserved": "VmPeak", "used": "VmHWM"}  # of /proc/PID/status


class Watched:
    """A child as a Transport, which is looked at each time that it has answered."""

    def __init__(self, executor) -> None:
        self.executor = executor
        executor.wait()
        self.first = self.last = self.look()

    def look(self) -> dict[str, int]:
        lines = Path(f"/proc/{self.executor.pid}/status").read_text(encoding="utf-8").splitlines()
        found = {line.split(":")[0]: line.split() for line in lines}
        return {name: int(found[field][1]) * 1024 for name, field in FIELDS.items()}

    @property
    def waited(self) -> float:
        return self.executor.waited

    def exchange(self, request: bytes, deadline: float) -> bytes:
        reply = self.executor.exchange(request, deadline)
        self.last = self.look()
        return reply

    def close(self) -> None:
        self.executor.close()


def needs(course: Course, lesson: Lesson) -> Iterator[tuple[str, dict[str, int]]]:
    """The name of each right solution, and the most that a child of it took, in bytes."""
    seed = new_seed()
    with prepared(course, lesson, workers=1, tier=None, seed=seed) as ready:
        job = Job(lesson, ready.collected.checks, seed, ready.zygote.tier)
        for case in cases(course, lesson):
            if case.kind not in ("reference", "alternative"):
                continue
            children: list[Watched] = []

            def spawn(children: list[Watched] = children) -> Watched:
                children.append(Watched(ready.zygote.spawn()))
                return children[-1]

            report = grade_one(job, case.submission(lesson.name), spawn)
            if report.score < report.max_score:
                why = next(check.message.split("\n")[0] for check in report.checks if check.outcome != "passed")
                told = f"{lesson.name}: {case.name} has {report.score:g} of {report.max_score:g} points: {why}"
                print(told, flush=True)
            yield case.name, {name: max(one.last[name] - one.first[name] for one in children) for name in FIELDS}


THREADS = """
import threading, torch
def use():
    kept = []
    both = threading.Barrier(8)
    def work():
        kept.append(torch.ones(1000) + 1)
        both.wait()
    workers = [threading.Thread(target=work) for _ in range(8)]
    [worker.start() for worker in workers], [worker.join() for worker in workers]
"""


def threads() -> dict[str, int]:
    """What a child takes that runs eight threads, in bytes."""
    submission = Submission("threads", Path("threads.py"), {"lesson/lesson.py": THREADS.encode()})
    with Zygote.start() as zygote:
        child = Watched(zygote.spawn())
        session = Session("lesson", submission, lambda: child)
        session.begin(seed=1)
        Student(session).use()
        session.close()
    return {name: child.last[name] - child.first[name] for name in FIELDS}


def main(names: list[str]) -> None:
    course, most = load_course(Path(__file__).resolve().parents[2]), 0
    print("lesson               solutions  reserved      used   of")
    for lesson in [course.lesson(name) for name in names] or course.lessons.values():
        found = dict(needs(course, lesson))
        largest = max(found, key=lambda name: found[name]["reserved"])
        most = max(most, found[largest]["reserved"])
        mib = [max(one[name] for one in found.values()) // MEBIBYTE for name in FIELDS]
        print(f"{lesson.name:20} {len(found):9}  {mib[0]:4} MiB  {mib[1]:4} MiB   {largest}", flush=True)
    found = threads()
    print(f"eight threads                   {found['reserved'] // MEBIBYTE:4} MiB  {found['used'] // MEBIBYTE:4} MiB")
    print(f"the most of a lesson is {most // MEBIBYTE} MiB; a child may have {Limits().memory_bytes // MEBIBYTE} MiB")


if __name__ == "__main__":
    main(sys.argv[1:])
