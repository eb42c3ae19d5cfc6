"""Runs of a lesson's checks, each in a process of its own that has everything imported (`warm`), from any thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO, Any

from autograder.checking.stopwatch import PATIENCE
from autograder.checking.student import OWN_SECONDS
from autograder.common.lessons import Course, Lesson
from autograder.terminal import last_words

Event = dict[str, Any]


class Runs:
    """Starts runs and ends them. `heard` gets every event of the run that counts, in a thread of its own.

    Events: `ready` and `problem` of the process; then, each with its `run`, `begin` and `check` for each check, and
    `end`, `problem` or `died`.
    """

    def __init__(
        self,
        course: Course,
        lesson: Lesson,
        heard: Callable[[Event], None],
        seconds: float = OWN_SECONDS,
        fork: bool = hasattr(os, "fork"),
    ) -> None:
        self._command = [sys.executable, "-m", "autograder.terminal.warm", str(course.root), lesson.name]
        self._command += [f"{seconds:g}", "fork" if fork else "once"]
        self._heard = heard
        self._seconds = seconds
        self._fork = fork
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._used = False  # without fork: whether the process has its request
        self._run = 0
        self._ready = False  # whether the process has said that it has imported everything
        self._latest: float | None = None  # when the run that goes on was last heard of
        self._closed = False
        with self._lock:
            self._start()

    def check(self, first: str | None = None) -> None:
        """Run all checks, those of one exercise first. A run that goes on is ended."""
        with self._lock:
            self._run += 1
            self._latest = time.monotonic()
            if not self._fork and self._used:
                self._end()
            if self._process is None or self._process.poll() is not None:
                self._start()
            self._used = True
            self._tell({"run": self._run, "first": first})

    def renew(self) -> None:
        """Have the next run read the checks anew."""
        with self._lock:
            self._end()

    def look(self) -> None:
        """End a run that has not been heard of for longer than any check can take. To be called now and then.

        How long the imports take is a matter of the disk, and minutes may be right.
        """
        with self._lock:
            quiet = time.monotonic() - self._latest if self._latest is not None else 0.0
            if not self._seconds or not self._ready or quiet < 2 * PATIENCE * self._seconds + 30:
                return
            number, self._run = self._run, self._run + 1
            self._latest = None
            self._end()
        self._heard({"event": "died", "run": number, "text": "The checks did not end, and were stopped."})

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._end()

    def _start(self) -> None:
        self._used = self._ready = False
        errors = tempfile.TemporaryFile()
        # A session of its own: Ctrl-C is not for it, and nothing that runs there can reach the terminal.
        process = self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(process, errors), daemon=True).start()

    def _tell(self, request: dict[str, Any]) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:  # it has just ended; `_listen` says so
            pass

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        try:
            process.stdin.close()  # with fork: it ends its run and itself
        except OSError:
            pass
        if not self._fork:
            process.kill()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _listen(self, process: subprocess.Popen[str], errors: IO[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                event = json.loads(line)
            except ValueError:  # an empty line, or one that was never finished
                continue
            with self._lock:
                if process is not self._process or event.get("run", self._run) != self._run:
                    continue
                self._ready = self._ready or event["event"] == "ready"
                if event["event"] in ("end", "died", "problem"):
                    self._latest = None
                elif self._latest is not None:
                    self._latest = time.monotonic()
            self._heard(event)
        process.stdout.close()
        process.wait()
        with self._lock:
            if process is not self._process or self._closed:
                return
            number, unfinished = self._run, self._latest is not None
            self._process, self._latest = None, None
            if not self._fork:
                self._start()
        if unfinished:
            errors.seek(0)
            text = last_words.of_a_death(process.returncode, errors.read().decode(errors="replace"))
            self._heard({"event": "died", "run": number, "text": text})
