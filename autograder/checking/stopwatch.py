"""Ends the student's code where it runs in this very process: a loop without an end must not hold a student's run up.

The sandbox ends a process; here there is none to end. Three ways, each for what the one before can't end:

- A signal (`setitimer`), in the main thread of Unix: it breaks any loop of Python, and what in C looks for signals.
- A thread that raises in the other one, where there is no such signal: it breaks a loop of Python only.
- `faulthandler`, which needs no interpreter: one call into C that never looks up, such as `sum(range(10**12))` or a
  huge matrix product. That can't be broken: the whole process ends, and its last words say in which line it was.

What counts is the process's CPU time, or a third of the time on the clock where that is more (a `sleep` has no CPU
time): a machine that is busy elsewhere fails nobody. Nor does a slow disk: where a library is being imported when the
time is up, it begins anew.
"""

from __future__ import annotations

import ctypes
import faulthandler
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 3  # seconds on the clock that count as one
_STEP = 0.05  # seconds between two looks, at least
_GRACE = 5.0  # seconds for what was ended to clean up, and for one long call to end in time
_AGAIN = 0.1  # seconds: then it is raised once more, should the student's code have caught it
_IMPORTS = 10  # so often it may begin anew: an import may be one without an end, too
_LONGEST = 1e6  # seconds; above that there is no limit, and timers could not hold it


class OutOfTime(KeyboardInterrupt):
    """Raised in the middle of the student's code. It passes wherever Ctrl-C passes, as `except Exception` lets it."""


class Stopwatch:
    """Measures one request to the student's code, and ends it."""

    last_words: int | None = None  # a file descriptor for what faulthandler writes; None: the process is never ended

    def __init__(self, seconds: float) -> None:
        self.seconds = max(seconds, 0.01)  # 0 would set no timer
        self._began = time.monotonic(), time.process_time()
        self._over = self._debugged = False
        self._imports = 0  # that were going on when the time was up

    def spent(self) -> float:
        """The seconds that count; none of a request in which somebody sat at a debugger."""
        if self._debugged:
            return 0.0
        clock, cpu = time.monotonic() - self._began[0], time.process_time() - self._began[1]
        return max(cpu, clock / PATIENCE)

    @contextmanager
    def limit(self, heard: Callable[[FrameType], bool]) -> Iterator[None]:
        """Raises OutOfTime inside when the seconds are spent and `heard` says of the frame that runs that it may end.

        It must say so of the student's code only: what cleans up after it is not to be broken off.
        """
        self._debugged = is_debugged()
        if self.seconds > _LONGEST or self._debugged:
            yield
            return
        way = _by_signal if _signal_is_free() else _by_thread
        try:
            with way(self, heard):
                # Seldom: the thread that this starts may for a moment take the signal that is meant for this one.
                self._end_it_all_later()
                try:
                    yield
                finally:
                    self._over = True
        finally:
            if self.last_words is not None:
                faulthandler.cancel_dump_traceback_later()

    def look(self, frame: FrameType | None) -> float:
        """Seconds until it is worth looking again; 0 when the time is up, below 0 when nothing is to end any more."""
        self._debugged = self._debugged or is_debugged(frame)
        if self._over or self._debugged:
            if self.last_words is not None:
                faulthandler.cancel_dump_traceback_later()
            return -1.0
        left = max(0.0, self.seconds - self.spent())
        if not left and self._imports < _IMPORTS and _imports(frame):
            self._imports += 1
            self._began = time.monotonic(), time.process_time()
            self._end_it_all_later()
            left = self.seconds
        return max(left, _STEP) if left else 0.0

    def _end_it_all_later(self) -> None:
        """End the whole process when the time has been up for long; in place of an earlier such time."""
        if self.last_words is not None:
            faulthandler.dump_traceback_later(PATIENCE * self.seconds + _GRACE, exit=True, file=self.last_words)


@contextmanager
def _by_signal(watch: Stopwatch, heard: Callable[[FrameType], bool]) -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        left = watch.look(frame)
        late = not left and frame is not None and heard(frame)
        signal.setitimer(signal.ITIMER_REAL, max(0.0, left or _AGAIN))
        if late:
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, watch.seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _by_thread(watch: Stopwatch, heard: Callable[[FrameType], bool]) -> Iterator[None]:
    watched, done = threading.get_ident(), threading.Event()
    throw = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def wait() -> None:
        left = watch.seconds
        while left >= 0 and not done.wait(left):
            frame = sys._current_frames().get(watched)
            left = watch.look(frame)
            if not left:
                if frame is not None and heard(frame):
                    throw(ctypes.c_ulong(watched), ctypes.py_object(OutOfTime))
                left = _AGAIN

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()  # what was thrown too late is raised here


def _imports(frame: FrameType | None) -> bool:
    """Whether what runs there is an import."""
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def _signal_is_free() -> bool:
    """Whether this is the main thread of Unix, and nobody else, such as pytest-timeout, waits for this signal."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGALRM) in (signal.SIG_DFL, signal.SIG_IGN) and not any(
        signal.getitimer(signal.ITIMER_REAL)
    )


def is_debugged(frame: FrameType | None = None) -> bool:
    """Whether a debugger is at work, or was started within `frame`: somebody thinks, and no time runs."""
    if sys.gettrace() is not None or "pydevd_tracing" in sys.modules and _attached():
        return True
    monitoring = getattr(sys, "monitoring", None)  # which debuggers use from Python 3.12 on
    if monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None:
        return True
    while frame is not None:
        if frame.f_globals.get("__name__") in ("bdb", "pdb", "code"):
            return True
        frame = frame.f_back
    return False


def _attached() -> bool:
    debugpy = sys.modules.get("debugpy")
    return debugpy is not None and bool(debugpy.is_client_connected())
