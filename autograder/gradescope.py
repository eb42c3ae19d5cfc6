"""Gradescope: `results.json` from a report, and what runs in Gradescope's container.

The container's archive is made by `autograder export gradescope`. There `run_autograder` starts this module, which
grades the one submission in a sandbox as tight as the container allows, so that a student's code never runs beside
the checks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.policy import Policy
from autograder.report import CheckReport, Report
from autograder.view import number

if TYPE_CHECKING:
    from autograder.submission import Submission


def results_json(report: Report) -> str:
    return json.dumps(results(report), indent=2, ensure_ascii=False) + "\n"


def results(report: Report, policy: Policy | None = None, metadata: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One test for each check. `score` stands at the top, since a late submission's is not the tests' sum."""
    policy, metadata = policy or Policy(), metadata or {}
    share, late = policy.kept(metadata)
    lines = [f"{number(report.score)} of {number(report.max_score)} points"]
    lines += [line for line in (report.reason, late) if line]
    hidden: dict[str, int] = {}
    return {
        "score": round(report.score * share, 6),
        "execution_time": round(report.seconds, 3),
        "output": "\n".join(lines),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {
            "lesson": report.lesson,
            "tier": report.tier,
            "version": report.version,
            "key": report.key,
            "late_share": share,
        },
        "tests": [_test(check, number, hidden) for number, check in enumerate(report.checks, start=1)],
    }


def _test(check: CheckReport, number: int, hidden: dict[str, int]) -> dict[str, Any]:
    """A hidden check has no name there, only a number within its exercise."""
    label = check.name
    if check.visibility == "hidden":
        hidden[check.exercise] = hidden.get(check.exercise, 0) + 1
        label = f"hidden check {hidden[check.exercise]}"
    return {
        "name": f"{check.exercise}: {label}",
        "number": str(number),
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if check.outcome == "passed" else "failed",
        "output": check.message,
        "visibility": check.show,
        "tags": [check.exercise, check.outcome],
    }


# --- in the container -----------------------------------------------------------------------------------------------


def main(root: Path) -> int:
    """Grade `root/submission` into `root/results/results.json`. 1 when the machine, not the student, is at fault."""
    from autograder.lessons import CourseError
    from autograder.sandbox import SandboxError
    from autograder.writers import write_whole

    try:
        settings = json.loads((root / "source" / "settings.json").read_text(encoding="utf-8"))
        if not {"lesson", "seed"} <= settings.keys():
            raise ValueError("settings.json names no lesson and seed; export the archive again")
        found = grade_container(root, settings, _metadata(root / "submission_metadata.json"))
    except (CourseError, SandboxError, OSError, ValueError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 1
    (root / "results").mkdir(exist_ok=True)
    write_whole(root / "results" / "results.json", json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return 0


def grade_container(root: Path, settings: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What goes into results.json."""
    import tempfile

    from autograder.grade import Settings, grade
    from autograder.lessons import load_course

    policy = Policy.from_dict(settings.get("policy", {}))
    if (stands := policy.used_up(metadata)) is not None:
        return {"score": stands[0], "output": stands[1], "stdout_visibility": "hidden", "tests": []}
    course = load_course((root / "source").resolve())
    lesson = course.lesson(settings["lesson"])
    private = root / "source" / "private"
    chosen = Settings(seed=str(settings["seed"]), private=private if private.is_dir() else None)
    with tempfile.TemporaryDirectory() as out:
        submission = the_submission(root / "submission", lesson.name, lesson.uses)
        outcome = grade(course, lesson, [submission], Path(out), chosen)
    if outcome.lost:
        raise ValueError("the grader itself was ended twice by this submission; grade it by hand")
    return results(outcome.reports[0], policy, metadata)


def the_submission(folder: Path, lesson: str, uses: Sequence[str] = ()) -> Submission:
    """The one submission in a folder of uploads, whatever its file is called; other lessons' files lie beside it."""
    from dataclasses import replace

    from autograder.submission import SUFFIXES, Submission, collect, with_other_lessons

    files = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
    single = [path for path in files if path.suffix in (*SUFFIXES, ".zip")]
    named = [path for path in single if path.stem == lesson]
    if not files:
        return Submission("submission", folder, problem=f"Nothing was handed in: upload {lesson}.py or {lesson}.ipynb.")
    if len(named) == 1 or (len(single) == 1 and len(files) == 1):
        found = collect(named or single, lesson, uses)[0]
        if found.origin.suffix == ".zip":
            return found
        return with_other_lessons(replace(found, origin=folder), lesson, uses)
    found = collect([folder], lesson, uses)
    if len(found) == 1:
        return found[0]
    problem = f"{len(files)} files were handed in, and none of them is {lesson}.py or {lesson}.ipynb."
    return Submission("submission", folder, problem=problem)


def _metadata(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
