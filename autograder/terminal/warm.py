"""The process that has everything imported and runs a lesson's checks on request: `python -m autograder.terminal.warm`.

It reads a JSON line for each run that is wanted, and writes one for each thing that happens (`runs` starts it and hears
them). Where there is `fork`, each run is a fork of it, and a further request ends the one before; elsewhere it runs one
request itself and ends, while the next one is being started. The student's code is never loaded into what is forked.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TextIO

_KEPT = 4000  # characters of what a check's run prints
_LIBRARIES = ("torch", "transformers", "peft", "numpy", "tokenizers", "safetensors", "regex", "autograder")


@dataclass(frozen=True)
class Setting:
    """What all runs share."""

    course: Any
    lesson: Any
    collected: Any
    seconds: float  # that the student's code may take in one check
    out: TextIO

    def say(self, event: str, **more: Any) -> None:
        # a line break first: the run before may have been ended in the middle of a line
        self.out.write("\n" + json.dumps({"event": event, **more}) + "\n")
        self.out.flush()


def main(root: str, lesson: str, seconds: str, way: str) -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    _to_nowhere(1)  # what a check file or a library prints is no event
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    import torch

    from autograder.checking.collecting import collect_checks
    from autograder.common.errors import CourseError
    from autograder.common.lessons import load_course

    torch.set_num_threads(1)
    began = time.perf_counter()
    try:
        course = load_course(Path(root))
        chosen = course.lesson(lesson)
        setting = Setting(course, chosen, collect_checks(course, chosen, hidden=False), float(seconds), out)
    except CourseError as error:
        Setting(None, None, None, 0.0, out).say("problem", text=str(error))
        return
    _preload([course.stub(lesson), *course.public_checks(lesson).glob("*.py")])
    setting.say("ready", checks=len(setting.collected.checks), seconds=time.perf_counter() - began)
    if way == "fork":
        _serve(setting)
    elif line := sys.stdin.readline():
        _run(setting, json.loads(line), sys.stderr.fileno())


def _preload(files: Iterable[Path]) -> None:
    """Import what these files take from libraries, inside functions too: much of it is loaded only when it is used."""
    from autograder.checking.sources import imported_names

    names = set[str]()
    for file in files:
        with suppress(OSError, SyntaxError, ValueError):
            names |= imported_names(file.read_bytes())
    for name in sorted(names):
        module, _, attribute = name.rpartition(".")
        if name.split(".")[0] in _LIBRARIES:
            with suppress(Exception):  # what is missing is said where it is used
                getattr(importlib.import_module(module), attribute) if module else importlib.import_module(name)


def _to_nowhere(*numbers: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in numbers:
        os.dup2(nowhere, number)
    os.close(nowhere)


# --- with fork ------------------------------------------------------------------------------------------------------


@dataclass
class _Child:
    """A run that goes on. What it imported comes through `alive`, which ends when it does."""

    number: int
    run: int
    alive: int
    words: IO[bytes]

    def end(self) -> None:
        import signal

        for kill in (os.killpg, os.kill):  # its group may not be there yet
            with suppress(ProcessLookupError, PermissionError):
                kill(self.number, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        os.close(self.alive)
        return os.waitstatus_to_exitcode(os.waitpid(self.number, 0)[1])


def _serve(setting: Setting) -> None:
    """Fork for each request, and say how a run ended that did not say so itself."""
    import select

    from autograder.terminal import last_words

    _freeze()
    child: _Child | None = None
    pending = b""
    while True:
        ready, _, _ = select.select([0, *([child.alive] if child else [])], [], [])
        if child is not None and child.alive in ready:
            imported = b""
            while data := os.read(child.alive, 65536):
                imported += data
            status = child.wait()
            if status != 0:
                child.words.seek(0)
                dump = child.words.read().decode(errors="replace")
                setting.say("died", run=child.run, text=last_words.of_a_death(status, dump))
            child = None
            _import(imported)
        if 0 in ready:
            data = os.read(0, 65536)
            *lines, pending = (pending + data).split(b"\n")
            if child is not None and (lines or not data):
                child.end()
                child = None
            if not data:
                return
            if lines and (request := json.loads(lines[-1])).get("run"):  # of several, only the last one counts
                child = _fork(setting, request)


def _fork(setting: Setting, request: dict[str, Any]) -> _Child:
    alive, told = os.pipe()
    words = tempfile.TemporaryFile()
    before = set(sys.modules)
    number = os.fork()
    if number:
        os.close(told)
        return _Child(number, request["run"], alive, words)
    status = 70
    try:
        os.setpgid(0, 0)  # it is ended together with what it starts
        _to_nowhere(0, 1, 2)
        sys.stdin = open(os.devnull)
        _run(setting, request, words.fileno())
        names = [name for name in sys.modules if name not in before and name.split(".")[0] in _LIBRARIES]
        os.write(told, json.dumps(names).encode()[:60_000])  # less than a pipe holds, so that it never waits
        status = 0
    finally:
        os._exit(status)


def _import(names: bytes) -> None:
    """Import what a run imported late, so that the next one has it: parts of libraries that load them when used."""
    with suppress(ValueError):
        modules = json.loads(names)
        for name in modules:
            with suppress(Exception):
                importlib.import_module(name)
        if modules:
            _freeze()


def _freeze() -> None:
    """What is there by now is left alone by a child's collections, which would touch, and so copy, all of it."""
    gc.collect()
    gc.freeze()


# --- one run --------------------------------------------------------------------------------------------------------


class _Printed(io.TextIOBase):
    """What a check's run prints, as far as it is kept."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text = (self.text + text[:_KEPT])[:_KEPT] if len(self.text) < _KEPT else self.text
        return len(text)


@contextmanager
def _printing() -> Iterator[_Printed]:
    printed = _Printed()
    with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield printed


def _run(setting: Setting, request: dict[str, Any], words: int) -> None:
    """All checks of the lesson, those of the exercise `first` before the others; a line for each, and an end."""
    from autograder.checking.door import LocalTransport
    from autograder.checking.running import Run
    from autograder.checking.stopwatch import Stopwatch
    from autograder.checking.student import Session, TimeLimits
    from autograder.checking.submission import resolve
    from autograder.common.errors import CourseError
    from autograder.terminal.view import _facts, explain, summary_of

    number, first, lesson = request["run"], request.get("first"), setting.lesson
    Stopwatch.last_words = words
    began = time.perf_counter()
    try:
        submission = resolve(setting.course.root / "exercises", lesson.name, lesson.uses)
    except CourseError as error:
        setting.say("problem", run=number, text=str(error))
        return
    session = Session.of(lesson, submission, LocalTransport, TimeLimits.own(setting.seconds))
    run = Run(lesson, setting.collected.checks, session, grounds=setting.collected.grounds)
    own = 0.0
    for check in sorted(run.checks.values(), key=lambda check: check.exercise != first):
        setting.say("begin", run=number, exercise=check.exercise)
        with _printing() as printed:
            verdict = run.verdict(check)
        own += verdict.seconds
        setting.say(
            "check",
            run=number,
            check=check.name,
            facts=_facts(run, check),
            title=verdict.sentence if verdict.outcome == "todo" else f"{check.exercise}: {verdict.sentence}",
            lines=explain(check, verdict) if verdict.outcome == "failed" and not verdict.broken else [],
            printed=printed.text,
        )
    summary = [line for line, _ in summary_of(run)]
    setting.say("end", run=number, seconds=time.perf_counter() - began, own=own, summary=summary)


if __name__ == "__main__":
    main(*sys.argv[1:])
