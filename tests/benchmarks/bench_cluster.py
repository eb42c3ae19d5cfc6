"""What a large class takes on a cluster, projected from a small one that is graded and merged here.

    python tests/benchmarks/bench_cluster.py [LESSON] [--submissions 40]

Measured: CPU seconds of one more submission and of a start, the bytes that its report takes, the memory of a worker
while it grades, and what one process spends on a report that it writes or merges. The rest is arithmetic: nobody graded
100,000 submissions here.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

sys.path.insert(0, str(Path(__file__).parent))

from _processes import family, proportional  # noqa: E402
from bench_grade import write_class  # noqa: E402

from autograder.checking.report import Report  # noqa: E402
from autograder.common.lessons import find_course  # noqa: E402
from autograder.grading.merge import merge  # noqa: E402

FEW = 2  # submissions of the run that shows what a start takes
CLASSES = (10_000, 100_000)
WORKERS = (20, 200)


class Watched:
    """A command: its CPU seconds with all that it waited for, and the most memory that its processes had together."""

    def __init__(self, *arguments: object) -> None:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, "-m", "autograder", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.peak = 0
        watching = threading.Thread(target=self._watch)
        watching.start()
        assert self.process.wait() == 0, command
        watching.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.perf_counter() - start
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _watch(self) -> None:
        while self.process.poll() is None:
            self.peak = max(self.peak, sum(map(proportional, family(self.process.pid))))
            time.sleep(0.3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", default="lora")
    parser.add_argument("--submissions", type=int, default=40)
    arguments = parser.parse_args()
    course = find_course(Path(__file__))
    lesson = course.lesson(arguments.lesson)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "class").mkdir()
        (folder / "seed").write_text("for-this-benchmark-alone-7319\n")
        paths = write_class(course, lesson, folder / "class", arguments.submissions)
        given = ("--seed-file", folder / "seed", "--workers", 1)
        few = Watched("grade", lesson.name, *paths[:FEW], "--out", folder / "few", *given)
        all_ = Watched("grade", lesson.name, *paths, "--out", folder / "all", *given)
        start = time.process_time()
        merge(course, folder / "merged", [folder / "all"])
        merging = (time.process_time() - start) / len(paths)
        texts = [path.read_text() for path in (folder / "all" / lesson.name).glob("[0-9]*.json")]
        pages = [path.stat().st_size for path in (folder / "all" / lesson.name).glob("*.md")]
    more = len(paths) - FEW
    each = (all_.cpu - few.cpu) / more
    start = few.cpu - FEW * each
    tracemalloc.start()
    held = [Report.from_json(text) for text in texts]
    in_memory = tracemalloc.get_traced_memory()[0] / len(held)
    on_disk = sum(map(len, map(str.encode, texts))) / len(texts) + sum(pages) / len(pages)
    print(f"{lesson.name}, {len(paths)} submissions, one worker, tier {held[0].tier}:")
    print(f"  a submission  {each:.2f} s of CPU; a start {start:.1f} s")
    print(f"  a report      {on_disk / 1024:.1f} KiB on disk with its page, {in_memory / 1024:.1f} KiB in memory")
    print(f"  merging one   {1000 * merging:.0f} ms of CPU")
    print(f"  a worker      {all_.peak / (1 << 20):.0f} MiB at most, with the process that starts it and the sandbox")
    print("Projected, of a core for each worker:")
    for number in CLASSES:
        times = ", ".join(f"{minutes(start + number * each / workers)} on {workers}" for workers in WORKERS)
        print(
            f"  {number:,}: {number * each / 3600:.1f} h of CPU: {times}; merging {minutes(number * merging)}; "
            f"{number * on_disk / (1 << 30):.1f} GiB of results, {number * in_memory / (1 << 30):.1f} GiB in memory "
            "of who writes or merges"
        )


def minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


if __name__ == "__main__":
    main()
