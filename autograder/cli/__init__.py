"""The command `autograder`. Errors are one sentence and what to do; exit codes: 0 done, 1 something failed, 2 usage."""

from __future__ import annotations

import inspect
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from typer.models import CommandInfo

from autograder.cli import authors, class_report, hand_back, instructors, real_runs, site, students  # add commands
from autograder.cli.app import app  # first: it sets the number of threads before torch is imported anywhere
from autograder.common.errors import CourseError, SandboxError

_PANELS = {
    **dict.fromkeys((students.__name__, real_runs.__name__), "Students"),
    **dict.fromkeys((instructors.__name__, class_report.__name__, hand_back.__name__, site.__name__), "Instructors"),
    authors.__name__: "Authors of lessons",
}


def _in_panels(commands: list[CommandInfo]) -> None:
    """Give each command the panel of its module in the help, students' first, and help that fits any width."""
    modules = list(_PANELS)
    commands.sort(key=lambda command: modules.index(command.callback.__module__))
    for command in commands:
        command.rich_help_panel = _PANELS[command.callback.__module__]
        command.help = command.help or _flowing(inspect.getdoc(command.callback) or "")


def _flowing(text: str) -> str:
    """Paragraphs in a line each, which the terminal breaks where it ends: Typer would keep the breaks of the source."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


_in_panels(app.registered_commands)


def _write_whatever_the_terminal() -> None:
    """Names of files and what is said hold any character, also where the terminal or the locale knows ASCII only."""
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        # Begin again: zoë.py would have another name here than elsewhere, and so a report of its own.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def _terminable() -> Iterator[list[int]]:
    """SIGTERM, which batch systems send, ends a command as Ctrl-C does. Gives a list that then holds the signal."""
    came: list[int] = []

    def terminate(number: int, frame: FrameType | None) -> None:
        if not came:  # once is enough: what follows writes the tables
            came.append(number)
            raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, terminate)
    try:
        yield came
    finally:
        signal.signal(signal.SIGTERM, former)


def main() -> None:
    """Entry point: turns every expected error into one sentence on stderr and exit code 2."""
    _write_whatever_the_terminal()
    with _terminable() as terminated:
        try:
            app()
        except (CourseError, SandboxError) as error:
            print(f"autograder: {error}", file=sys.stderr)
            sys.exit(2)
        except OSError as error:
            if error.filename is None:  # no file of the user's is at fault
                raise
            print(f"autograder: {error.filename2 or error.filename}: {error.strerror}.", file=sys.stderr)
            sys.exit(2)
        except MemoryError:
            print("autograder: this process may take no more memory (ulimit -v says how much).", file=sys.stderr)
            sys.exit(2)
        except SystemExit as ended:
            if ended.code != 130:  # what Typer makes of a KeyboardInterrupt
                raise
            kept = "what was finished is kept, run the same command to go on."
            print(f"autograder: {'terminated' if terminated else 'interrupted'}; {kept}", file=sys.stderr)
            sys.exit(128 + terminated[0] if terminated else 130)
