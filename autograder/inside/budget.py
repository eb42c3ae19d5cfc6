"""CPU time for what a notebook does beside its definitions: all its statements together, then an exception."""

from __future__ import annotations

import signal
import threading
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager


class BudgetSpent(BaseException):
    """No Exception: a student's `except Exception` must not go on."""


class Budget:
    """So many CPU seconds. Where a process has no such timer, or this is not its main thread, nothing is ended."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Take what runs inside off the budget. Raises BudgetSpent there when nothing is left."""
        if self.left <= 0:
            raise BudgetSpent
        began = time.process_time()
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            yield
            return
        handler = signal.signal(signal.SIGPROF, _ring)
        timer = signal.setitimer(signal.ITIMER_PROF, self.left, 0.1)  # again and again, should a bare except catch it
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, *timer)
            signal.signal(signal.SIGPROF, handler or signal.SIG_DFL)
            self.left -= time.process_time() - began


def _ring(number: int, frame: types.FrameType | None) -> None:
    raise BudgetSpent
