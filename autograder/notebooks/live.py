"""What a notebook of the course imports: `check` and `experiment`, on the cells that were run so far.

The cells become a module in the same way as when the notebook is handed in (`autograder.common.notebook_code`), so
what is said here is what grading says, as far as the public checks go.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before anything imports them: what libraries say on stderr would cost a graded cell its points.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# peft asks transformers for an attribute by its former name
warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated", category=FutureWarning)

from autograder.checking.submission import Submission, with_other_lessons  # noqa: E402
from autograder.common.errors import CourseError  # noqa: E402
from autograder.common.lessons import Course, Exercise, Lesson, find_course, load_course  # noqa: E402
from autograder.notebooks import page  # noqa: E402
from autograder.notebooks.told import State, Told  # noqa: E402

if TYPE_CHECKING:
    from autograder.checking.collecting import Collected
    from autograder.checking.report import Report

_UNWRITTEN = " is not written yet"  # how a stub's error ends
BACKBONE = "BACKBONE"  # the notebook's variable that names the model
COURSE = "AUTOGRADER_COURSE"  # the environment's variable that says where the instructor's repository is now
GRADING = "autograder-grading.json"  # lies where notebooks are graded, and never where a student sees it
_START = Path.cwd()  # a notebook's cells may go elsewhere
_NBGRADER_GRADES = os.environ.get("NBGRADER_EXECUTION") == "autograde"  # and not "validate", as where a student looks


def check(exercise: str) -> None:
    """Run the public checks of an exercise (NAME or LESSON/NAME) on the cells run so far, and say what they found.

    Says, too, where the kernel and the page differ, which is what is graded: as far as a kernel can know that.
    """
    from IPython.display import display

    course = find_course()
    report, chosen = _judged(course, exercise, hidden=False)
    saved = page.saved(_shell().user_ns)
    notes = page.still_true(report.notes, _runs_so_far(), saved)
    warnings = [*notes, *_off_the_page(course, report, chosen)]
    steps = _steps(course.lesson(report.lesson), report, chosen, seen=saved is not None)
    display(Told(_state(report), _told(report, chosen), warnings, steps))


def grading_file(course: str, seed: str) -> str:
    """What `GRADING` holds: who knows the seed knows the inputs, so no cell that ends in a student's hands names it."""
    return json.dumps({"course": course, "seed": seed}) + "\n"


def score(exercise: str, hidden: bool | None = None) -> float:
    """The points of an exercise (LESSON/NAME), hidden checks included where `hidden`, on the seed of `GRADING`.

    For the graded cells of nbgrader, and hidden where that grades; cells of earlier exports say it themselves. It
    prints what the student may read, and no more.
    """
    hidden = _NBGRADER_GRADES if hidden is None else hidden
    known = _grading() if hidden else {}
    if hidden and not known:
        raise CourseError(f"There is no {GRADING} in {_START} or above it: it lies in the folder of the course.")
    try:
        found = _instructors(known.get("course", ""))
        report, chosen = _judged(found, exercise, hidden=hidden, seed=known.get("seed", "0"))
    except CourseError as problem:
        if hidden:
            raise
        print(problem)  # a student's notebook without the checks beside it; hidden ones follow when it is graded
        return 0.0
    print("\n".join([*_told(report, chosen), *report.notes]))
    return report.score


def verdict(exercise: str, name: str, course: str = "") -> None:
    """One check of an exercise, by its name: AssertionError with what a student may read, unless it passes."""
    found = _instructors(course)
    report, chosen = _judged(found, exercise, hidden=bool(course), seed=_grading().get("seed", "0"))
    lesson, _ = found.exercise(exercise)
    if name in _checks(found.root, lesson.name, bool(course)).unmet:
        return  # what this machine lacks is not the student's fault
    outcome = next((check for check in report.checks if check.name == name), None)
    if outcome is None:
        raise AssertionError(f"There is no check {name} of {chosen.name} here.")
    if outcome.outcome != "passed":
        raise AssertionError(outcome.message)


def experiment(name: str) -> None:
    """Measure a claim (LESSON/NAME) with the cells run so far, on BACKBONE: table, verdicts and picture."""
    from IPython.display import SVG, Markdown, display

    from autograder import experiments
    from autograder.checking.door import load_submission

    course = find_course()
    lesson, (chosen,) = experiments.choose(course, name)
    model = experiments.Backbone(_shell().user_ns.get(BACKBONE, experiments.BACKBONE))
    loaded = load_submission(_cells_so_far(course, lesson), lesson)
    with _quietly():
        outcome = experiments.run(chosen, _Here(loaded, lesson), model, [0], experiments.no_track)
    display(Markdown(_table(outcome)))
    drawn = [seeded.result.draw for seeded in outcome.seeds if seeded.result.draw is not None]
    if drawn:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{chosen.name}.svg"
            try:
                experiments.draw_picture(drawn[0], path)
                display(SVG(path.read_text(encoding="utf-8")))
            except experiments.MissingPlotter as problem:
                print(problem)


@contextmanager
def _quietly() -> Iterator[None]:
    """Nothing on stderr: a library's warning, or a student's own line, in a graded cell would cost all its points."""
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


class _Here:
    """The notebook as the one subject of an experiment."""

    def __init__(self, loaded: Any, lesson: Lesson) -> None:
        self.loaded = loaded
        self.lesson = lesson

    def subject(self, needs: Any, uses: Any = ()) -> tuple[Any, str]:
        missing = self.loaded.missing(self.lesson, needs)
        return (self.loaded, "") if missing is None else (None, f"{missing} is not written yet.")


def _off_the_page(course: Course, report: Report, chosen: Exercise) -> list[str]:
    """What grading would see in another way, because it reads the page and not what was run."""
    lesson = course.lesson(report.lesson)
    names = [chosen.name, *(need for need in lesson.all_needs(chosen.name) if ":" not in need)]
    raw = page.saved(_shell().user_ns)
    if raw is None:
        clauses = page.unsure(_runs_so_far(), names)
        return [
            f"Mind the order: {clause}. Grading reads the page from top to bottom, and the page can't be seen from "
            "here: restart the kernel and run all cells before you hand in."
            for clause in clauses
        ]
    clauses = page.differences(_runs_so_far(), raw, names)
    if not clauses:
        return []
    lines = [f"Your kernel is not your page: {clause}." for clause in clauses]
    name = f"{lesson.name}/{lesson.name}.ipynb"
    on_page = Submission("notebook", Path("notebook"), {name: raw}, paths={name: "this notebook"})
    graded, _ = _judged(course, f"{lesson.name}/{chosen.name}", hidden=False, submission=on_page)
    if graded.score != report.score:
        lines.append(f"Graded as it is saved, {chosen.name} would get {_of(graded)} points.")
    return [*lines, "Grading reads the saved page from top to bottom: save, restart the kernel and run all cells."]


def _table(outcome: Any) -> str:
    lines = [f"**{outcome.experiment.claim}**", ""]
    if outcome.sentence:
        lines += [outcome.sentence, ""]
    for seeded in outcome.seeds:
        columns = [str(column) for column in seeded.result.columns]
        lines += [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
        for row in seeded.result.rows:
            cells = (f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in row)
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
        lines += [f"- {'holds' if one.holds else 'does not hold'}: {one.figure}" for one in seeded.result.verdicts]
    return "\n".join(lines)


def _told(report: Report, exercise: Exercise) -> list[str]:
    """What became of one exercise, in the words of a student's page."""
    if report.status == "broken":
        return [report.reason]
    passed = sum(check.outcome == "passed" for check in report.checks)
    points = f", {_of(report)} points" if report.max_score else ""
    if passed == len(report.checks):
        return [f"{exercise.name} is done{points}."]
    first = next(check for check in report.checks if check.outcome != "passed")
    if first.outcome in ("todo", "blocked"):
        named = first.message.startswith(f"{exercise.name} ")
        return [f"{first.message}." if named else f"{exercise.name}: {first.message}."]
    wrong = f"{exercise.name} is wrong: {passed} of {len(report.checks)} checks pass{points}."
    return [wrong, *first.message.split("\n")]


def _state(report: Report) -> State:
    outcomes = {check.outcome for check in report.checks}
    if outcomes == {"passed"}:
        return "done"
    return "wrong" if "failed" in outcomes else "todo"


def _steps(lesson: Lesson, report: Report, exercise: Exercise, seen: bool) -> list[str]:
    """What to do now: a hint, the next exercise, or, where the page can't be `seen`, what makes it the kernel's."""
    if _state(report) != "done":
        return [f"A hint: !autograder hint {exercise.name}"]
    names = list(lesson.exercises)
    following = names[names.index(exercise.name) + 1 :]
    if following:
        return [f"Next: {following[0]}."]
    again = (
        []
        if seen
        else ["Before you hand in, restart the kernel and run all cells: a deleted one may still count here."]
    )
    return [f"That was the last exercise of {lesson.name}.", *again]


def _of(report: Report) -> str:
    from autograder.common.text import number

    return f"{number(report.score)} of {number(report.max_score)}"


# --- the notebook that this runs in ---------------------------------------------------------------------------------


def _shell() -> Any:
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise CourseError("This works in a notebook only; elsewhere, run pytest on the lesson.")
    return shell


_cells: dict[int, str] = {}  # In [n] → the id of that cell, where the frontend says it


def _history() -> list[str]:
    """The text of every cell that was run, under its number; nothing has the number 0."""
    texts: list[str] = _shell().history_manager.input_hist_raw
    return texts


def _note_cell(info: Any) -> None:
    """Before a cell runs, and so before it is in the history."""
    if info.cell_id and info.store_history:
        _cells[len(_history())] = info.cell_id


def _watch() -> None:
    """Note each cell from now on, the one that imports this among them."""
    if "IPython" not in sys.modules:  # which only the extra brings; without it this is no notebook
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((NotImplementedError, NameError), _stopped)
        shell.events.register("pre_run_cell", _note_cell)
        running = getattr(shell, "parent_header", None) or {}
        if cell := running.get("metadata", {}).get("cellId"):
            _cells[len(_history()) - 1] = cell


_unwritten: list[str] = []  # what cells of this session stopped at


def _stopped(
    shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: int | None = None
) -> Any:
    """A cell that stops at an exercise which is not written yet says so in a line, in place of a traceback.

    So does one that misses what such a cell would have made.
    """
    told = str(error)
    if isinstance(error, NotImplementedError) and told.endswith(_UNWRITTEN):
        _unwritten.append(told)
        print(f"{told}: write it in its cell above, run that, then this cell again.")
        return []
    if isinstance(error, NameError) and _unwritten:
        print(f"{error.name} is not there yet: a cell above that makes it stopped, as {_unwritten[-1]}.")
        return []
    shown = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
    shell._showtraceback(kind, error, shown)
    return shown


def _runs_so_far() -> page.Runs:
    return page.Runs(_history()[1:], _cells)


def _cells_so_far(course: Course, lesson: Lesson) -> Submission:
    """Every cell that was run in this session, in that order, as a notebook that is handed in.

    Beside it lie the course's files of the lessons that this one uses: the student's own, or the reference of one that
    isn't all written, where that is here.
    """
    name = f"{lesson.name}/{lesson.name}.ipynb"
    raw = _runs_so_far().notebook()
    cells = Submission("notebook", Path("notebook"), {name: raw}, paths={name: "this notebook"})
    for other in map(course.lesson, lesson.uses):
        folder = course.root / ("exercises" if _all_written(course, other) else "solutions")
        beside = with_other_lessons(replace(cells, origin=folder), lesson.name, [other.name])
        cells = replace(beside, origin=cells.origin)
    return cells


def _all_written(course: Course, lesson: Lesson) -> bool:
    """Whether the course's file of a lesson is more than a stub; taken for granted where there is no reference."""
    from autograder.checking.door import load

    if not course.reference(lesson.name).exists():
        return True
    try:
        return load(course.root / "exercises", lesson).missing(lesson, lesson.exercises) is None
    except CourseError:  # there is no such file, or it can't be loaded
        return False


def _judged(
    course: Course, exercise: str, *, hidden: bool, seed: str = "0", submission: Submission | None = None
) -> tuple[Report, Exercise]:
    """A report of one exercise alone; what it needs is checked too, and says whether it is blocked."""
    from autograder.checking.report import build_report

    lesson, chosen = course.exercise(exercise)
    run = _run(course, lesson, hidden, seed, submission or _cells_so_far(course, lesson))
    checks = [check for check in run.checks.values() if check.exercise == chosen.name]
    with _quietly():
        verdicts = {check.name: run.verdict(check) for check in checks}
    report = build_report("notebook", lesson.name, checks, verdicts, tier="none", seconds=0.0)
    return replace(report, notes=run.session.notes), chosen


_runs: dict[
    tuple[Path, str, bool, str], Any
] = {}  # the latest run of each kind: graded cells ask for one check after the other


def _run(course: Course, lesson: Lesson, hidden: bool, seed: str, submission: Submission) -> Any:
    from autograder.checking.door import LocalTransport
    from autograder.checking.running import Run
    from autograder.checking.student import Session

    kind = (course.root, lesson.name, hidden, seed)
    known, run = _runs.get(kind, ("", None))
    if run is None or known != submission.digest():
        if run is not None:
            run.session.close()
        collected = _checks(course.root, lesson.name, hidden)
        session = Session.of(lesson, submission, LocalTransport)
        run = Run(lesson, collected.checks, session, seed, grounds=collected.grounds)
        _runs[kind] = (submission.digest(), run)
    return run


@cache
def _checks(root: Path, lesson: str, hidden: bool) -> Collected:
    from autograder.checking.collecting import collect_checks

    course = load_course(root)
    return collect_checks(course, course.lesson(lesson), hidden=hidden)


def _grading() -> dict[str, str]:
    """What the outermost `GRADING` says, or nothing, as for a student: a nearer one may be of what was handed in."""
    for folder in (*reversed(_START.parents), _START):
        if (folder / GRADING).is_file():
            found: dict[str, str] = json.loads((folder / GRADING).read_text(encoding="utf-8"))
            return found
    return {}


def _instructors(course: str) -> Course:
    """The instructor's repository, which may have moved since the notebook was made; without one, the student's."""
    if not course:
        return find_course()
    folder = Path(os.environ.get(COURSE) or course)
    if not any(folder.glob("exercises/*/lesson.toml")):
        raise CourseError(f"There is no course at {folder}: say {COURSE}=/path/to/the/course and grade again.")
    return load_course(folder.resolve())


_watch()
