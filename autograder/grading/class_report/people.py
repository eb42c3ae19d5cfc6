"""How a page names those who handed in, and leads to their pages."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.checking.report import Report


@dataclass(frozen=True)
class Person:
    """`name` is what the page says; `id` only where it says more. `place` is where the page has this person."""

    name: str
    id: str
    place: int


class People:
    """Everybody whom a page names, by the name of their submissions."""

    def __init__(self, reports: Iterable[Report], others: Iterable[str] = (), *, anonymous: bool = False) -> None:
        """`others`: submissions that have no report. Who is anonymous has a number that was drawn, and nothing else."""
        spelt = dict.fromkeys(others, "") | {report.submission: report.student.name for report in reports}
        ids = sorted(spelt, key=lambda id: ((spelt[id] or id).casefold(), id))
        if anonymous:
            secrets.SystemRandom().shuffle(ids)
        self._people = {
            id: Person(f"Student {place}", "", place) if anonymous
            else Person(spelt[id] or id, id if spelt[id] not in ("", id) else "", place)
            for place, id in enumerate(ids, start=1)
        }  # fmt: skip

    def __getitem__(self, id: str) -> Person:
        return self._people[id]

    def sorted(self, ids: Iterable[str]) -> list[str]:
        """These submissions in the order in which the page names people; of a drawn order nobody can infer names."""
        return sorted(ids, key=lambda id: self._people[id].place)
