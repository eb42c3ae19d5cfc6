"""How long after a save `autograder watch` has a verdict, beside what the checks themselves take, and beside pytest.

python tests/benchmarks/bench_watch.py [LESSON...]

In a copy of the course whose student wrote the reference. Each save changes one exercise, chosen in turn, by a comment.
`exercise` is from the save to the last verdict of the exercise that was changed, `lesson` to the last of all; `own` is
what the checks of the lesson take themselves, loading the file included. Medians of 20 saves, in seconds, and the least
of `exercise`, which other load on the machine moves less. The screen is drawn at most 1/60 s later.
"""

from __future__ import annotations

import queue
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograder.common.lessons import Course, Lesson, load_course  # noqa: E402
from autograder.terminal.runs import Runs  # noqa: E402
from autograder.terminal.saves import Edits, Saves, folders_of  # noqa: E402

SAVES = 20
ROOT = Path(__file__).resolve().parents[2]


def copied(course: Course, lesson: Lesson, folder: Path) -> Course:
    """The lesson and those that it uses, with the references as the student's files."""
    for one in (lesson, *(course.lesson(name) for name in lesson.uses)):
        shutil.copytree(one.folder, folder / "exercises" / one.name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(course.reference(one.name), folder / "exercises" / one.name / f"{one.name}.py")
    shutil.copy(course.root / "pyproject.toml", folder)
    return load_course(folder)


def measure(course: Course, lesson: Lesson) -> None:
    """Print the line of one lesson."""
    happened: queue.Queue = queue.Queue()
    file, names = course.stub(lesson.name), list(lesson.exercises)
    saves, edits = Saves(folders_of(course, lesson), happened.put), Edits(course, lesson)
    runs = Runs(course, lesson, happened.put)
    runs.check()
    while happened.get(timeout=600)["event"] != "end":
        pass
    times: dict[str, list[float]] = {"exercise": [], "lesson": [], "own": []}
    for number in range(SAVES):
        name, before = names[number % len(names)], file.read_text()
        place = re.search(rf"^(def|class) {name}\b.*?:\n", before, re.MULTILINE | re.DOTALL)
        if place is None:  # a table
            continue
        began = time.perf_counter()
        file.write_text(f"{before[: place.end()]}    # {number}\n{before[place.end() :]}")
        first, verdict = None, 0.0
        while True:
            event = happened.get(timeout=600)
            if isinstance(event, set):
                first = edits.latest() or first
                runs.check(first)
            elif first and event["event"] == "check" and event["facts"]["exercise"] == first:
                verdict = time.perf_counter() - began
            elif first and event["event"] == "end":
                break
        times["exercise"].append(verdict)
        times["lesson"].append(time.perf_counter() - began)
        times["own"].append(event["own"])
    runs.close()
    saves.close()
    found = "  ".join(f"{what} {statistics.median(values):.3f}" for what, values in times.items())
    print(f"{lesson.name:20} {found}  least exercise {min(times['exercise']):.3f}", end="", flush=True)
    began = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", str(lesson.folder)]
    subprocess.run(command, cwd=course.root, stdout=subprocess.DEVNULL)
    print(f"  pytest {time.perf_counter() - began:.1f}", flush=True)


if __name__ == "__main__":
    whole = load_course(ROOT)
    for name in sys.argv[1:] or whole.lessons:
        with tempfile.TemporaryDirectory() as folder:
            copy = copied(whole, whole.lesson(name), Path(folder))
            measure(copy, copy.lesson(name))
