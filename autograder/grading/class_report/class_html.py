"""The page about a class: puts what the statistics say into words, names and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from autograder.checking.report import Report
from autograder.common.lessons import Lesson
from autograder.common.text import number
from autograder.grading.class_report import charts, statistics
from autograder.grading.class_report.pages import environment, moment
from autograder.grading.class_report.people import People
from autograder.grading.class_report.reading import PAGE, Found
from autograder.grading.results import differences

Row = dict[str, object]  # what the template calls by name
MOST = 20  # pairs that the page lists
_COUNTED = ("points", "passed", "failed", "to do", "blocked", "mean", "discrimination", "no named mistake",
            "students", "similarity", "share of the points", "before", "now")  # fmt: skip


def class_html(found: Sequence[Found], address: Callable[[Path], str] | None = None) -> str:
    """The page. `address` gives links to files; without it everybody is anonymous: the page has no name, no link and no
    text that a submission may have chosen."""
    anonymous = address is None
    pairs = [pair for one in found for pair in one.pairs or []]
    reports = [report for one in found for report in one.reports]
    people = People(reports, (id for pair in pairs for id in (pair.one, pair.other)), anonymous=anonymous)
    links: dict[tuple[str, str], str] = {}  # lesson and submission → the student's page
    side_by_side: dict[str, str] = {}  # lesson → the page of its similar pairs
    if address is not None:
        for one in found:
            folder, lesson = one.results.folder, one.lesson.name
            links |= {(lesson, each.submission): address(folder / f"{each.submission}.html") for each in one.reports}
            side_by_side |= {lesson: address(folder / PAGE)} if (folder / PAGE).is_file() else {}
    about = _Sections(people, links, anonymous)
    problems = [problem for one in found for problem in one.problems]
    if anonymous and problems:  # they name files
        problems = [f"{len(problems)} {'files' if len(problems) > 1 else 'file'} can't be read: autograder names them."]
    return environment().get_template("class.html").render(
        title=f"Class report: {found[0].lesson.title}" if len(found) == 1 else "Class report",
        about=_about(reports, anonymous),
        problems=problems,
        anonymous=anonymous,
        rows=list(about.rows(found)),
        side_by_side=side_by_side,
        lessons=[about.section(one, f"lesson{place}") for place, one in enumerate(found, start=1)],
        counted=_COUNTED,
        outcomes=list(charts.OUTCOMES),
        labels=charts.OUTCOMES,
        least=statistics.LEAST,
    )  # fmt: skip


def _about(reports: Sequence[Report], anonymous: bool) -> str:
    """What the page is made of. Who knows when a submission was graded may know whose it is."""
    students = len({report.submission for report in reports})
    text = f"{len(reports)} reports of {students} students."
    if anonymous:
        return f"{text} Their numbers were drawn for this page alone."
    times = sorted(report.times.graded_at for report in reports if report.times.graded_at)
    return f"{text} Graded from {moment(times[0])} to {moment(times[-1])}." if times else text


class _Sections:
    """What the page says of each lesson, with everybody under the name that they have on this page."""

    def __init__(self, people: People, links: Mapping[tuple[str, str], str], anonymous: bool) -> None:
        """`links`: lesson and submission → the student's page."""
        self.people = people
        self.links = links
        self.anonymous = anonymous

    def rows(self, found: Sequence[Found]) -> Iterator[Row]:
        """A row for each student, a cell for each lesson."""
        held = {one.lesson.name: {report.submission: report for report in one.reports} for one in found}
        for id in self.people.sorted({id for reports in held.values() for id in reports}):
            cells = [
                {"text": _score(reports[id]), "link": self.links.get((lesson, id), "")} if id in reports else None
                for lesson, reports in held.items()
            ]
            yield {"person": self._person("", id), "cells": cells}

    def section(self, found: Found, key: str) -> Row:
        lesson, reports = found.lesson, found.reports
        ran = statistics.ran(reports)
        shares = [share for report in reports if (share := statistics.share(report)) is not None]
        spread = statistics.spread(shares)
        worths = {report.max_score for report in reports}
        exercises, checks = (_in_order(lesson, items) for items in (statistics.exercises(ran), statistics.checks(ran)))
        outcomes = {item.exercise: item.outcomes for item in exercises}
        return {
            "key": key,
            "name": lesson.name,
            "title": lesson.title,
            "notices": list(_notices(reports)),
            "counted": _counted(reports, ran),
            "spread": _rows_of(spread),
            "worth": worths.pop() if len(worths) == 1 else None,
            "histogram": Markup(charts.histogram(shares, spread, f"{key}-scores")) if spread else "",
            "exercises": exercises,
            "outcomes": Markup(charts.outcomes(outcomes, f"{key}-exercises")) if outcomes else "",
            "checks": checks,
            "mistakes": [
                {"sentence": one.sentence, "exercise": one.exercise, "who": self._persons(lesson.name, one.who)}
                for one in statistics.mistakes(ran)
            ],
            "time_outs": self._time_outs(lesson.name, ran),
            "broken": self._broken(lesson.name, reports),
            "changes": self._changes(found),
            **self._pairs(found),
        }

    def _time_outs(self, lesson: str, ran: Sequence[Report]) -> list[Row]:
        late = {one.submission: one for one in statistics.time_outs(ran)}
        return [
            {"person": self._person(lesson, id), "exercises": late[id].exercises, "sentence": late[id].sentence}
            for id in self.people.sorted(late)
        ]

    def _broken(self, lesson: str, reports: Sequence[Report]) -> list[Row]:
        reasons = {report.submission: report.reason for report in reports if report.status == "broken"}
        return [{"person": self._person(lesson, id), "reason": reasons[id]} for id in self.people.sorted(reasons)]

    def _pairs(self, found: Found) -> Row:
        if found.pairs is None:
            return {"pairs": None}
        rows: list[Row] = []
        for pair in found.pairs[:MOST]:
            people = self._persons(found.lesson.name, (pair.one, pair.other))
            rows.append({"similarity": pair.similarity, "people": people, "exercises": pair.exercises})
        cut = f"The {MOST} most alike of {len(found.pairs)} pairs." if len(found.pairs) > MOST else ""
        return {"pairs": rows, "told_pairs": cut if rows else "No pair is alike."}

    def _changes(self, found: Found) -> list[Row]:
        changes = {change.submission: change for change in found.changes}
        rows: list[Row] = []
        # The latest first; but when somebody was graded may tell who it is.
        for id in self.people.sorted(changes) if self.anonymous else changes:
            old, new = changes[id].old, changes[id].new
            assert old is not None and new is not None
            told: Row = {"before": _score(old), "now": _score(new), "when": moment(new.times.graded_at)}
            person = self._person(found.lesson.name, id)
            rows.append({"person": person, "checks": changes[id].checks, "why": changes[id].why} | told)
        return rows

    def _persons(self, lesson: str, ids: Iterable[str]) -> list[Row]:
        return [self._person(lesson, id) for id in self.people.sorted(ids)]

    def _person(self, lesson: str, id: str) -> Row:
        """How the page names somebody; the name leads to their page of this lesson, where they have one."""
        person = self.people[id]
        return {"name": person.name, "id": person.id, "link": self.links.get((lesson, id), "")}


def _score(report: Report) -> str:
    if report.status == "broken":
        return "could not be run"
    return f"{number(report.final)} of {number(report.max_score)}"


def _in_order(lesson: Lesson, items: Iterable[statistics.Item]) -> list[statistics.Item]:
    """In the order of the lesson's exercises; those that it has no more stand last."""
    order = {name: place for place, name in enumerate(lesson.exercises)}
    return sorted(items, key=lambda item: order.get(item.exercise, len(order)))


def _notices(reports: Sequence[Report]) -> Iterator[str]:
    """What somebody should know before they compare these scores."""
    if reports and (mixed := differences(reports)):
        yield mixed
    if left_out := sorted({check for report in reports for check in report.left_out}):
        yield f"Left out of scores, since the course's own solution fails it, too: {', '.join(left_out)}."


def _counted(reports: Sequence[Report], ran: Sequence[Report]) -> str:
    if not reports:
        return "There is no report that can be read."
    broken = len(reports) - len(ran)
    said = f", {broken} of which could not be run" if broken else ""
    return f"{len(reports)} {'submissions' if len(reports) > 1 else 'submission'}{said}."


def _rows_of(spread: statistics.Spread | None) -> list[tuple[str, float]]:
    if spread is None:
        return []
    return [
        ("highest", spread.highest),
        ("upper quartile", spread.upper),
        ("median", spread.median),
        ("lower quartile", spread.lower),
        ("lowest", spread.lowest),
        ("mean", spread.mean),
    ]
