"""Grades two tiny submissions of a course made for that, to see that grading works on this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from autograder.checking.submission import collect
from autograder.common.errors import CourseError, SandboxError
from autograder.common.lessons import load_course
from autograder.grading.grade import Settings, grade
from autograder.grading.seeds import new_seed

_RIGHT = "import torch\n\n\ndef twice(x: torch.Tensor) -> torch.Tensor:\n    return x + x\n"
_WRONG = _RIGHT.replace("x + x", "x * x")
_CHECK = """
from autograder.checks import exercise, expect_close


@exercise("twice")
def test_twice(student, rng):
    x = rng.randn(2, 3)
    expect_close(student.twice(x), 2 * x, what="twice(x)")
"""
_LESSON = """
title = "Trial"
order = 1
summary = "Doubling"
[exercises.twice]
points = 1
minutes = 1
hints = ["Add.", "Add x.", "x + x"]
"""
_FILES = {
    "exercises/trial/lesson.toml": _LESSON,
    "exercises/trial/trial.py": "",
    "exercises/trial/checks/test_twice.py": _CHECK,
    "solutions/trial/trial.py": _RIGHT,
    "class/right.py": _RIGHT,
    "class/wrong.py": _WRONG,
}


def trial(tier: str | None = None) -> str:
    """What goes wrong when a right and a wrong solution are graded at `tier` (default: the best), or none."""
    try:
        with tempfile.TemporaryDirectory(prefix="autograder-trial-") as folder:
            return _graded(Path(folder), tier)
    except (CourseError, SandboxError) as problem:
        return f"Nothing can be graded here: {problem}"
    except OSError as error:
        return f"Nothing can be graded here: {error.filename or tempfile.gettempdir()}: {error.strerror}."
    except ImportError as error:
        return f"Nothing can be graded here: {error}; pip install -e . again."


def _graded(root: Path, tier: str | None) -> str:
    for name, text in _FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    course = load_course(root)
    settings = Settings(seed=new_seed(), tier=tier)
    outcome = grade(course, course.lesson("trial"), collect([root / "class"], "trial"), root / "out", settings)
    if outcome.left_out:
        return "A right solution fails here, outside the sandbox too: install the engine's libraries again."
    if outcome.lost:
        return "The process that judges a submission was ended twice: is there enough memory?"
    right, wrong = outcome.reports
    if right.score != right.max_score:
        said = right.reason or next(check.message for check in right.checks if check.outcome != "passed")
        return f"In the sandbox (tier {outcome.tier}) a right solution earns nothing: {' '.join(said.split())}"
    return f"In the sandbox (tier {outcome.tier}) a wrong solution earns points." if wrong.score else ""
