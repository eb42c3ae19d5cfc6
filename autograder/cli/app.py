"""The command `autograder`: its application and the arguments that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

# Before torch is imported anywhere: one thread each, or workers on the same cores slow each other down many times over.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import typer  # noqa: E402

from autograder.cli import completing  # noqa: E402


def examples(*pairs: tuple[str, str]) -> str:
    """The end of a command's help: what one types, and what that does."""
    return "\n\n".join(["Examples:", *(f"{command}  ({told})" for command, told in pairs)])


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Learn how language models work, by building them.\n\n"
    "A lesson is a folder of exercises/: read its README.md, fill in its file, and run pytest on it.",
    epilog=examples(
        ("pytest exercises/lora", "check what you wrote, and read what to do next"),
        ("autograder watch", "a screen that checks after every save"),
        ("autograder progress", "where you stand"),
        ("autograder hint LoRALinear", "a hint; the next call gives a nearer one"),
        ("autograder --install-completion", "complete lessons and exercises with Tab"),
    ),
)
CORES = os.cpu_count() or 1

LessonArgument = Annotated[
    str, typer.Argument(help="A folder of exercises/, such as lora.", autocompletion=completing.lessons)
]
ExerciseArgument = Annotated[
    str,
    typer.Argument(
        help="A function or class, such as LoRALinear, or LESSON/EXERCISE.", autocompletion=completing.exercises
    ),
]
Workers = Annotated[int, typer.Option(min=1, help="Submissions graded at the same time.")]
PublicSeed = Annotated[str, typer.Option(help="The checks draw their inputs from this, the same for each solution.")]
Seed = Annotated[
    str | None, typer.Option(help="A secret of 16 characters or more, from which the checks draw their inputs.")
]
SeedFile = Annotated[
    Path | None,
    typer.Option(help="A file with that secret. Without either, one is drawn and kept beside what is written."),
]
Term = Annotated[
    Path | None,
    typer.Option("--term", metavar="FILE.toml", help="The course file: weights, due dates, lateness, attempts."),
]
Manual = Annotated[
    Path | None,
    typer.Option("--manual", metavar="FILE.csv", help="Points by hand: student, lesson, exercise, points, comment."),
]
CourseFolder = Annotated[
    Path | None, typer.Option("--course", metavar="DIR", help="The course (default: the engine's own repository).")
]
Tier = Annotated[
    str | None,
    typer.Option(help="Isolation: full, uid, process or none (default: the best here, never none). See doctor."),
]
Memory = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        # That of sandbox.Limits, which a student's commands have no need to import.
        help="What the code of a submission may take beyond torch itself, such as 512M or 2G (default: 1G).",
    ),
]
Format = Annotated[
    str, typer.Option(help="Files to write beside them, by comma: junit, nbgrader, gradescope, classroom50.")
]
LayoutOption = Annotated[
    str | None,
    typer.Option(
        "--layout",
        metavar="NAME",
        help="How PATH is laid out, where that is taken for something else: gradescope, moodle, blackboard, canvas, "
        "submitty, nbgrader, github, or folder (a file, folder or zip for each student).",
    ),
]
AttemptOption = Annotated[
    str, typer.Option("--attempt", metavar="WHICH", help="Of one student's attempts: last, best, or all (a row each).")
]
RosterOption = Annotated[
    Path | None,
    typer.Option(
        "--roster", metavar="FILE.csv", help="Who is in the class: id, name, login, e-mail, section, extension."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what PATH holds, and grade nothing.")]
