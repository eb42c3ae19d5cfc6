"""Reports that lie on disk: a class of ten thousand would take half a gigabyte, held in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from autograder.checking.report import Report
from autograder.common.errors import CourseError


class Stored(Sequence[Report]):
    """The reports of these names, in their order. Each is read anew whenever it is looked at, which takes 1 ms.

    `read` gives the report of a name, or None where it is gone: that raises CourseError.
    """

    def __init__(self, read: Callable[[str], Report | None], names: Sequence[str]) -> None:
        self._read = read
        self.names = tuple(names)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Report: ...

    @overload
    def __getitem__(self, index: slice) -> Stored: ...

    def __getitem__(self, index: int | slice) -> Report | Stored:
        if isinstance(index, slice):
            return Stored(self._read, self.names[index])
        if (report := self._read(self.names[index])) is None:
            raise CourseError(f"The report of {self.names[index]} was taken away while it was needed; grade it again.")
        return report


class Joined(Sequence[Report]):
    """These reports, and then those; neither is held here."""

    def __init__(self, first: Sequence[Report], then: Sequence[Report]) -> None:
        self._first, self._then = first, then

    def __len__(self) -> int:
        return len(self._first) + len(self._then)

    @overload
    def __getitem__(self, index: int) -> Report: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Report]: ...

    def __getitem__(self, index: int | slice) -> Report | Sequence[Report]:
        if isinstance(index, slice):
            return [self[one] for one in range(len(self))[index]]
        index = range(len(self))[index]
        return self._first[index] if index < len(self._first) else self._then[index - len(self._first)]
