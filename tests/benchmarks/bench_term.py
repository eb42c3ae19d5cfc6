"""What a term costs, from release to the file that Moodle imports: README's commands, each in seconds.

    python tests/benchmarks/bench_term.py [LESSON] [--count 300] [--workers 2]

The class is a download of Moodle's with a roster and a grading worksheet: of ten students three are right, three wrong,
one hands in the stub, one what can't be loaded; of lora two are hostile. Exit 1 where somebody has no grade in the end.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _processes import machine, measured  # noqa: E402
from bench_mixed import sources  # noqa: E402

from autograder.common.lessons import Course, Lesson, load_course  # noqa: E402
from autograder.systems.moodle.hand_back import COLUMNS  # noqa: E402


def hand_in(folder: Path, course: Course, lesson: Lesson, count: int) -> None:
    """The download, the roster and the worksheet of a class."""
    most = sum(exercise.points for exercise in lesson.exercises.values())
    roster, worksheet = [["ID number", "Full name", "Email address"]], [list(COLUMNS)]
    with zipfile.ZipFile(folder / "download.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (_, source) in zip(range(count), sources(course, lesson), strict=False):
            name, email = f"Student Nr{number}", f"s{number}@example.org"
            archive.writestr(f"{name}_{5000 + number}_assignsubmission_file_/{lesson.name}.py", source)
            roster.append([f"s{number:04d}", name, email])
            worksheet.append([f"Participant {5000 + number}", name, email, "", "", f"{most}", "Yes", "-", "-", ""])
    for file, rows in (("roster.csv", roster), ("worksheet.csv", worksheet)):
        with open(folder / file, "w", encoding="utf-8", newline="") as written:
            csv.writer(written).writerows(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", default="lora")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    course = load_course(HERE.parents[1])
    lesson = course.lesson(arguments.lesson)
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        hand_in(folder, course, lesson, arguments.count)
        out, similar = folder / "results", folder / "results" / lesson.name / "similarity.csv"
        download = folder / "download.zip"
        given = ["--roster", folder / "roster.csv", "--out", out, "--workers", arguments.workers]
        back = ["--template", folder / "worksheet.csv", "--to", folder / "upload"]
        commands: list[list[object]] = [
            ["release", folder / "students", "--git", "--lessons", lesson.name],
            ["grade", lesson.name, download, "--dry-run", "--roster", folder / "roster.csv"],
            ["grade", lesson.name, download, *given],
            ["similarity", lesson.name, download, "--out", similar],
            ["report", out],
            ["hand-back", "moodle", out, *back],
        ]
        whole = 0.0
        for command in commands:
            cost = measured([sys.executable, "-m", "autograder", *command], course.root)
            whole += cost.wall
            named = " ".join(str(one) for one in command[:2] if "/" not in str(one))
            shown = f"{named} --dry-run" if "--dry-run" in command else named
            print(f"{cost.wall:8.1f} s  {cost.cpu:8.1f} s CPU  {cost.peak / (1 << 20):6.0f} MiB  {shown}", flush=True)
        with open(folder / "upload" / f"moodle-{lesson.name}.csv", encoding="utf-8-sig", newline="") as written:
            grades = [row["Grade"] for row in csv.DictReader(written)]
    there = sum(grade != "" for grade in grades)
    print(f"{whole:8.1f} s  in all; {there} of {arguments.count} students have a grade in Moodle's worksheet")
    return 0 if there == arguments.count else 1


if __name__ == "__main__":
    sys.exit(main())
