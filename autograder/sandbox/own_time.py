"""A deadline in the seconds that a process ran, or slept of its own accord, and not those that it waited for a core.

A verdict must not depend on what else a machine has to do. Linux counts how long each thread stood ready to run
(`/proc/PID/task/*/schedstat`); where that can't be read, CPU seconds alone are counted, which a sleeper has none of.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

BACKSTOP = 10  # times the seconds asked for: so much wall time may pass


class MachineBusy(Exception):
    """Ten times the wall time has passed, and the process had not had its own seconds yet."""


def waited_here() -> float:
    """The seconds that the calling thread has waited for a core since it began; 0 where nobody counts them."""
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class OwnTime:
    """How long one process has waited for a core since it began, as far as that counted."""

    def __init__(self, pid: int) -> None:
        self._tasks = Path(f"/proc/{pid}/task")
        self._stat = Path(f"/proc/{pid}/stat")
        self._began = time.monotonic()
        self._threads: dict[str, tuple[float, float]] = {}  # (run, waited) by thread: one that ended leaves its last
        self.waited = 0.0

    def look(self) -> float:
        """The seconds of waiting that came since the last look. Those of many threads at once count as one's."""
        before, wall = self.waited, time.monotonic() - self._began
        try:
            for task in os.listdir(self._tasks):
                run, waited, _ = (self._tasks / task / "schedstat").read_text().split()
                self._threads[task] = (int(run) / 1e9, int(waited) / 1e9)
            ran = sum(run for run, _ in self._threads.values())
            longest = max(waited for _, waited in self._threads.values())
            # Threads without number wait for each other: what they run is taken off the time that can be waiting.
            self.waited = max(before, min(longest, wall - ran))
        except (OSError, ValueError):
            self.waited = max(before, wall - self._cpu_seconds())
        return self.waited - before

    def _cpu_seconds(self) -> float:
        try:
            fields = self._stat.read_text().rpartition(")")[2].split()
        except OSError:
            return float("inf")  # it is gone, or nothing can be said: then wall time is all there is
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Deadline:
    """The end of an exchange, in `time.monotonic()` seconds, put off by what the process waits meanwhile."""

    def __init__(self, own: OwnTime, end: float) -> None:
        now = time.monotonic()
        self._own = own
        self._end = end
        self._backstop = now + BACKSTOP * (end - now)

    def left(self) -> float:
        """Seconds until it is worth looking again; none when the process had its time. Raises MachineBusy."""
        now = time.monotonic()
        if now >= self._end:
            self._end += self._own.look()
            if now >= self._backstop and now < self._end:
                raise MachineBusy
        return min(self._end, self._backstop) - now if now < self._end else 0.0
