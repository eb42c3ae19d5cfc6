"""How many workers this machine's memory holds, so that the system doesn't end one in the middle of a class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]  # what is not there bounds nothing

from autograder.common.errors import CourseError
from autograder.common.text import size
from autograder.sandbox.limits import MEBIBYTE

_STARTED = 800 * MEBIBYTE  # this process and the zygote, both with torch imported
_GRADER = 256 * MEBIBYTE  # a worker's own process, a fork: the largest answer, decoded, and what a check makes of it

_ADDRESSES = 900 * MEBIBYTE  # the zygote's address space; without CUDA's libraries, which take more, it has 770 MiB

# Of a control group: its limit, what it uses, and the entry of memory.stat for pages that it would give back.
_FILES = {
    "2": ("memory.max", "memory.current", "inactive_file"),
    "1": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def workers_that_fit(wanted: int, memory_bytes: int, root: Path = Path("/")) -> int:
    """As many of the wanted workers as there is memory for when each child takes all it may; one at least."""
    available = available_bytes(root)
    if available is None:
        return wanted
    return max(1, min(wanted, (available - _STARTED) // (memory_bytes + _GRADER)))


def check_address_space(memory_bytes: int) -> None:
    """Raises CourseError where a process may not have what the zygote and a child take: `ulimit -v`.

    A child would get less memory than is said, and so fail what it passes elsewhere.
    """
    if resource is None:
        return
    soft, hard = (
        bound if bound != resource.RLIM_INFINITY else None for bound in resource.getrlimit(resource.RLIMIT_AS)
    )
    needed = _ADDRESSES + memory_bytes
    if (soft is not None and soft < _ADDRESSES) or (hard is not None and hard < needed):
        there = min(bound for bound in (soft, hard) if bound is not None)
        raise CourseError(
            f"A process may take {there // MEBIBYTE}M of addresses here (ulimit -v), and grading needs "
            f"{needed // MEBIBYTE}M, of which {size(memory_bytes)} are for submissions: raise that limit, "
            "or give submissions less with --memory."
        )


def available_bytes(root: Path = Path("/")) -> int | None:
    """What may still be used here: the least of the machine's memory and each control group's limit. None: unknown."""
    found = [*_machine(root), *_control_groups(root)]
    return max(0, min(found)) if found else None


def _machine(root: Path) -> Iterator[int]:
    for line in _text(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024


def _control_groups(root: Path) -> Iterator[int]:
    """What is left of the limit of this process's group and of those above it, in versions 1 and 2."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0":
            top, version = root / "sys/fs/cgroup", "2"
        elif "memory" in controllers.split(","):
            top, version = root / "sys/fs/cgroup/memory", "1"
        else:
            continue
        # In a container the path may be the host's, and what lies at the top is the container's own group.
        inside = PurePosixPath(path.lstrip("/"))
        for folder in (inside, *inside.parents):
            yield from _left(top / folder, *_FILES[version])


def _left(group: Path, limit: str, used: str, gives_back: str) -> Iterator[int]:
    bound, now = _text(group / limit).strip(), _text(group / used).strip()
    if bound.isdigit() and now.isdigit():  # a group without a limit says `max`
        stat = dict(line.split() for line in _text(group / "memory.stat").splitlines())
        yield int(bound) - int(now) + int(stat.get(gives_back, 0))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # no such thing here, or not on this system
        return ""
