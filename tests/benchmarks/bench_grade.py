"""What grading costs, against a pytest process for each submission. Prints, asserts nothing about time.

    python tests/benchmarks/bench_grade.py [LESSON] [--submissions 60] [--pytest 5] [--workers 1]

The submissions are the lesson's own known cases: the reference, and every misconception and variant in turn, so
that right and wrong work is graded. Both ways run the same checks on the same files; each figure is the whole
command's, as the operating system counts it (wall, and CPU of all its processes).
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse  # noqa: E402
import itertools  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from pathlib import Path  # noqa: E402

from autograder.authoring.audit import cases  # noqa: E402
from autograder.checking.door import LocalTransport  # noqa: E402
from autograder.checking.student import Session  # noqa: E402
from autograder.checking.submission import Submission  # noqa: E402
from autograder.common.lessons import Course, Lesson, find_course  # noqa: E402
from autograder.grading.pool import Job, grade_one  # noqa: E402
from autograder.grading.prepare import prepared  # noqa: E402
from autograder.sandbox import Zygote  # noqa: E402


def run(command: list[str], cwd: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a command and all processes that it waited for."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_class(course: Course, lesson: Lesson, folder: Path, number: int) -> list[Path]:
    """`number` submissions, each a file that no other equals."""
    known = [case for case in cases(course, lesson) if case.kind != "stub"]
    paths = []
    for index, case in zip(range(number), itertools.cycle(known), strict=False):
        path = folder / f"{index:03d}_{case.name.replace('/', '_')}.py"
        path.write_text(f"{case.source}\n# submission {index}\n")
        paths.append(path)
    return paths


def compare(course: Course, lesson: Lesson, arguments: argparse.Namespace) -> None:
    """The whole commands, all in and without their start."""
    autograder = [sys.executable, "-m", "autograder", "grade", lesson.name]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "class").mkdir()
        paths = write_class(course, lesson, folder / "class", arguments.submissions)
        workers = ["--workers", str(arguments.workers)]
        many = run([*autograder, str(folder / "class"), "--out", str(folder / "all"), *workers], course.root)
        one = run([*autograder, str(paths[0]), "--out", str(folder / "one"), *workers], course.root)
        checks = [f"exercises/{lesson.name}", f"tests/hidden/{lesson.name}"]
        each = [
            run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *checks, "--submission", str(path)],
                course.root,
            )
            for path in paths[: arguments.pytest]
        ]
    count = arguments.submissions
    whole = [value / count for value in many]
    marginal = [(value - first) / (count - 1) for value, first in zip(many, one, strict=True)]
    process = [statistics.median(values) for values in zip(*each, strict=True)]
    print(f"{lesson.name}: {count} submissions, {arguments.workers} worker(s); pytest: median of {arguments.pytest}")
    print(f"{'':44}{'wall s':>10}{'CPU s':>10}")
    rows = [
        ("pytest in a process each", process),
        ("autograder grade, start included", whole),
        ("autograder grade, each further submission", marginal),
    ]
    for name, values in rows:
        print(f"{name:44}{values[0]:10.3f}{values[1]:10.3f}")
    for name, values in rows[1:]:
        print(f"{'pytest / ' + name:44}{process[0] / values[0]:9.1f}x{process[1] / values[1]:9.1f}x")


def overhead(course: Course, lesson: Lesson) -> None:
    """The engine's own part, on the reference: everything but the checks as they run in one warm process."""
    reference = next(case for case in cases(course, lesson) if case.kind == "reference").submission(lesson.name)
    with prepared(course, lesson, workers=1, tier=None, seed="0") as ready:
        job = Job(lesson, ready.collected.checks, "0", ready.zygote.tier)

        def timed(action) -> float:
            start = time.perf_counter()
            action()
            return 1000 * (time.perf_counter() - start)

        def load() -> None:
            session = Session.of(lesson, reference, ready.zygote.spawn)
            session.load()
            session.close()

        def stub_run() -> None:
            grade_one(job, stub, ready.zygote.spawn)

        stub = next(case for case in cases(course, lesson) if case.kind == "stub").submission(lesson.name)
        loads = [timed(load) for _ in range(20)]
        stubs = [timed(stub_run) for _ in range(20)]
        local = [timed(lambda: grade_one(job, reference, LocalTransport)) for _ in range(10)]
        boxed = [timed(lambda: grade_one(job, reference, ready.zygote.spawn)) for _ in range(10)]
        calls = []
        session = Session.of(lesson, reference, ready.zygote.spawn)
        session.load()
        message = {"op": "call", "name": "__doc__", "args": [], "kwargs": {}}
        for _ in range(200):
            calls.append(timed(lambda: session._exchange(dict(message), 10.0)))
        session.close()
        where_it_goes(job, reference, ready.zygote)
    median = statistics.median
    print(f"\nthe engine's own part at tier {job.tier}, ms (median; {len(job.checks)} checks)")
    print(f"  fork, sandbox, load, reap                     {median(loads):8.1f}")
    print(f"  one call and its answer                       {median(calls):8.2f}")
    print(f"  a whole submission without the checks (stub)  {median(stubs):8.1f}")
    print(f"  all checks, in one warm process               {median(local):8.1f}")
    print(f"  all checks, sandboxed, everything included    {median(boxed):8.1f}")
    print(f"  total minus the checks' own time              {median(boxed) - median(local):8.1f}")


def where_it_goes(job: Job, submission: Submission, zygote: Zygote, times: int = 15) -> None:
    """CPU ms of each part, sandboxed and in one warm process by turns: on a busy machine their ratios still tell."""
    spent: Counter[str] = Counter()

    def counted(name, call):
        def timed(*arguments):
            start = time.thread_time()  # that of the process is not always up to date within a time slice
            try:
                return call(*arguments)
            finally:
                spent[name] += time.thread_time() - start

        return timed

    class Watched:
        """A child as a Transport; says what it had run once it was set up, and at its last answer."""

        def __init__(self) -> None:
            self.executor = zygote.spawn()
            self.executor.wait()
            spent["its walls"] += ran(self.executor.pid)
            self.before = ran(self.executor.pid)

        waited = property(lambda self: self.executor.waited)

        def exchange(self, request: bytes, deadline: float) -> bytes:
            reply = counted("asking and waiting", self.executor.exchange)(request, deadline)
            self.after = ran(self.executor.pid)
            return reply

        def close(self) -> None:
            counted("asking and waiting", self.executor.close)()
            spent["loading and answering there"] += self.after - self.before
            spent["its end"] += self.executor.usage.cpu_seconds - self.after

    def local() -> LocalTransport:
        transport = LocalTransport()
        transport.exchange = counted("loading and answering in one process", transport.exchange)
        return transport

    parts, looks = [], statistics.median(timed_look() for _ in range(200))
    for _ in range(times):
        spent.clear()
        before = ran(zygote._process.pid)
        counted("sandboxed", lambda: grade_one(job, submission, Watched))()
        spent["the zygote"] = ran(zygote._process.pid) - before
        counted("in one warm process", lambda: grade_one(job, submission, local))()
        parts.append(dict(spent))
    print(f"\nwhere the CPU goes, ms (median of {times} times; a look at a process takes {1000 * looks:.2f})")
    for name in parts[0]:
        print(f"  {name:45} {1000 * statistics.median(part[name] for part in parts):8.1f}")


def ran(pid: int) -> float:
    """CPU seconds of a process of one thread."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def timed_look() -> float:
    start = time.thread_time()
    ran(os.getpid())
    return time.thread_time() - start


def main() -> None:
    course = find_course(Path(__file__).resolve().parent)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lesson", nargs="?", default=next(iter(course.lessons)), choices=list(course.lessons))
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--pytest", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    lesson = course.lesson(arguments.lesson)
    overhead(course, lesson)
    compare(course, lesson, arguments)


if __name__ == "__main__":
    main()
