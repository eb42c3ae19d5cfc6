"""A clock on the side of the checks: looking at what a submission sent must not hold a grader up."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from autograder.common.errors import ComparedTooLong

TOO_LONG = "Looking at what your code gave took too long."
_TICK = 0.01  # seconds that the system's timer may be off by


class Clock:
    """CPU seconds of this process: so many for one check, and so many for all checks of a submission together."""

    def __init__(self, each: float, together: float) -> None:
        self._each = each
        self._left = together

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Raises ComparedTooLong inside when the time is up. For the main thread of a process that owns SIGPROF."""
        seconds = min(self._each, self._left)
        if seconds < _TICK:
            raise ComparedTooLong(TOO_LONG)
        least = 0.0

        def ring(signum: int, frame: FrameType | None) -> None:
            nonlocal least
            least = seconds  # the timer may ring early by the other clock: what it rang for is used up all the same
            raise ComparedTooLong(TOO_LONG)

        before, began = signal.signal(signal.SIGPROF, ring), time.process_time()
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)  # again and again, should a check catch it
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._left -= max(time.process_time() - began, least)
            signal.signal(signal.SIGPROF, before)
