"""What a command costs, with all processes that it starts: wall and CPU seconds, and memory over time."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.3  # seconds between two looks at the memory: reading it takes 10 to 50 ms of the machine


@dataclass(frozen=True)
class Cost:
    """`peak` is the most bytes that its processes had together; what several share is counted once."""

    wall: float
    cpu: float
    peak: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


def measured(
    command: Sequence[object],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    look: Callable[[int, Mapping[int, int]], None] = lambda pid, sizes: None,
    may_fail: bool = False,
) -> Cost:
    """Run a command to its end. CPU is of all that it waited for.

    `look` gets its process id, time and again, and the bytes in memory of each process that descends from it.
    Raises RuntimeError with what it said where it fails.
    """
    peak = 0
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        list(map(str, command)),
        cwd=cwd,
        env=dict(environment or os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:

        def watch() -> None:
            nonlocal peak
            while process.poll() is None:
                sizes = {pid: proportional(pid) for pid in family(process.pid)}
                peak = max(peak, sum(sizes.values()))
                look(process.pid, sizes)
                time.sleep(LOOK)

        watching = threading.Thread(target=watch)
        watching.start()
        said, _ = process.communicate()
        watching.join()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode and not may_fail:
        raise RuntimeError(f"{' '.join(map(str, command))} gave {process.returncode}:\n{said[-3000:]}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak)


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(child))]


def proportional(pid: int) -> int:
    """Bytes of a process in memory; what several share is shared out among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def machine() -> str:
    """What was measured on, in one line."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores of {cpu}, {memory:.0f} GiB, Linux {platform.release()}, Python "
        f"{platform.python_version()}; load {load:.1f} at the start"
    )
