"""One part of a class, for a batch system: `--shard 2/10` grades the second of ten parts.

Which part a submission is in follows from its name and the number of parts alone. So a submission that comes in while
the jobs wait in a queue moves no other one, and is in no two parts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.submission import Submission
from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.text import one_line

FILE = "shard.txt"  # beside the reports of one; no submission's file ends like this
_MOST = 1_000_000


@dataclass(frozen=True)
class Shard:
    """The part `index` of `parts`, counted from 1."""

    index: int
    parts: int

    def __str__(self) -> str:
        return f"{self.index}/{self.parts}"

    @classmethod
    def of(cls, text: str) -> Shard:
        """What `2/10` says. Raises CourseError on what says none."""
        written = re.fullmatch(r"(\d{1,7})/(\d{1,7})", text.strip(), re.ASCII)
        if written is None:
            raise CourseError(f"{one_line(text)!r} is no shard: --shard 2/10 is the second of ten parts.")
        index, parts = int(written[1]), int(written[2])
        if not 1 <= index <= parts <= _MOST:
            raise CourseError(f"There is no shard {index} of {parts}: they are counted from 1 to their number.")
        return cls(index, parts)

    def holds(self, name: str) -> bool:
        """Whether the submission of this name is in it."""
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
        return number % self.parts == self.index - 1

    def of_class(self, submissions: Sequence[Submission]) -> list[Submission]:
        """Those of the whole class's submissions that are in it; they keep the names that they have there."""
        return [one for one in submissions if self.holds(one.name)]

    def note(self, folder: Path, names: Sequence[str]) -> None:
        """Write beside its reports which it is and whom it holds: whoever merges can tell that somebody is missing."""
        write_whole(folder / FILE, "\n".join([str(self), *sorted(names)]) + "\n")


def noted(folder: Path) -> tuple[Shard, list[str]] | None:
    """The shard whose reports lie in a folder, and whom it holds; None where nothing (readable) says so."""
    try:
        first, *names = (folder / FILE).read_text(encoding="utf-8").splitlines()
        return Shard.of(first), names
    except (OSError, ValueError, CourseError):
        return None


def with_one_seed(text: str | None, seed_is_given: bool) -> Shard | None:
    """The shard that is asked for, if one is. Raises CourseError, also where it would draw a seed of its own."""
    if text is None:
        return None
    shard = Shard.of(text)
    if not seed_is_given:
        raise CourseError("--shard needs --seed-file, the same for every shard: each would draw a seed of its own.")
    return shard
