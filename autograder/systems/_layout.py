"""What layouts share: times as reports keep them, and files told apart by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from autograder.checking.tree import Tree, is_work


def utc(time: datetime) -> str:
    """A time as reports keep it. One without a zone is taken as this machine's own."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def told_apart(top: Tree, name: re.Pattern[str]) -> tuple[list[tuple[str, re.Match[str]]], list[str]]:
    """Files and folders at the top whose names a system made, and work that lies there under another name.

    Of names that most are unlike no system made any: in a folder of files one student may have chosen one.
    """
    made, other = [], []
    for child, below in top.children().items():
        if (match := name.fullmatch(child)) is not None:
            made.append((child, match))
        elif is_work(child) or (below is not None and any(is_work(f"{child}/{path}") for path in below.files)):
            other.append(child)
    return (made, other) if is_most(made, other) else ([], other)


def is_most(made: Sequence[object], other: Sequence[object]) -> bool:
    """Whether a system's hand-ins are at least as many as what it can't have made."""
    return len(made) >= len(other)


def work_in(tree: Tree) -> Iterator[str]:
    """The paths of what may be handed in."""
    return (path for path in tree.files if is_work(path))
