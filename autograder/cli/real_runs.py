"""The command that runs a lesson with a model, data or a size from outside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import completing, screen
from autograder.cli.app import CORES, app, examples
from autograder.common.errors import CourseError
from autograder.common.lessons import find_course


@app.command(
    "real-run",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog=examples(
        ("autograder real-run lora --backbone smollm2 --data pypi", "on a model and reviews from outside"),
        ("autograder real-run pretraining --shape small --steps 100", "options of that lesson's own"),
        ("autograder real-run lora -- --help", "which those are"),
    ),
)
def real_run(
    context: typer.Context,
    lesson: Annotated[
        str, typer.Argument(help="A lesson with a real_run.py, such as lora.", autocompletion=completing.real_runs)
    ],
    backbone: Annotated[
        str | None, typer.Option(help="tiny, smollm2, a folder or a hub name such as gpt2 (default: the lesson's).")
    ] = None,
    data: Annotated[str | None, typer.Option(help="tiny, pypi or hub (default: the lesson's).")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, ... (default: cuda where there is one).")] = None,
    submission: Annotated[
        Path | None, typer.Option(help="Whose code: a .py file, or a folder like solutions (default: exercises/).")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Begin no new step after so long; the same command goes on.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="The figures (default: results/LESSON/real_run/...).")
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads of torch; the same number gives the same figures.")
    ] = CORES,
) -> None:
    """Run a lesson with a real model and your own code: its figures as JSON, a picture beside them.

    What is stopped by Ctrl-C or a kill goes on when the same command is typed again. A lesson has options of its own,
    too: autograder real-run LESSON -- --help.
    """
    from autograder import real_runs

    course = find_course()
    script = real_runs.find(course, lesson)
    given = {"backbone": backbone, "data": data, "device": device, "minutes": minutes}
    arguments = [part for name, value in given.items() if value is not None for part in (f"--{name}", str(value))]
    arguments += context.args
    if {"-h", "--help"}.isdisjoint(context.args):
        out = out or Path("results") / lesson / "real_run" / f"{_name(arguments)}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        arguments += ["--out", str(out)]
    if submission is not None:
        arguments += ["--lesson", str(_file(submission, lesson))]
    if device is not None:
        real_runs.check_device(device)
    real_runs.set_threads(threads)
    real_runs.call(script, arguments)
    if out is not None and out.exists():
        screen.console.print(f"The figures are in {out}.", soft_wrap=True, highlight=False)


def _file(submission: Path, lesson: str) -> Path:
    """The lesson's file of a submission, which is one or a folder like exercises/."""
    if not submission.is_dir():
        return submission
    places = (submission / lesson / f"{lesson}.py", submission / f"{lesson}.py")
    for path in places:
        if path.exists():
            return path
    raise CourseError(f"There is no {places[0]}: give a file, or a folder like exercises/.")


def _name(arguments: list[str]) -> str:
    """A name for the figures of a run with these options: another one for others, the same when it goes on."""
    typed = " ".join(arguments)
    typed = re.sub(r"--minutes[ =]\S+", "", typed).strip()
    return re.sub(r"[^\w.-]+", "_", re.sub(r"(^| )--", r"\1", typed)) or "default"
