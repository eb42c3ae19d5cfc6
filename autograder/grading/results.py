"""The folder of results: `OUT/<lesson>/<student>.json`, the student's page beside it, earlier reports in `history/`.

A report that can't be read is never written over: it is named, and left as it is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.checking.first_form import is_first_form
from autograder.checking.report import NewerReport, Report
from autograder.common.errors import CourseError
from autograder.common.files import remove_unfinished, write_whole
from autograder.grading.claim import claimed
from autograder.grading.files import ClassFile, Writer
from autograder.grading.roster import kept_roster, undecided_in
from autograder.grading.stored import Joined, Stored

HISTORY = "history"
LEFT_OUT = "left_out.json"  # names the checks that are in no score of the class


class LeftAlone(CourseError):
    """A report that can't be read, and so is not touched; the text is one sentence."""


class Results:
    """The results of one lesson."""

    def __init__(self, out: Path, lesson: str) -> None:
        self.lesson = lesson
        self.folder = out / lesson

    @contextmanager
    def claimed(self, names: Sequence[str], writers: Sequence[Writer]) -> Iterator[None]:
        """Make the folder and keep other graders out of it; remove what a killed run left half written of these
        submissions and tables."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CourseError(f"The results can't be written to {self.folder} ({error.strerror}).") from None
        tables = {writer.name for writer in writers if isinstance(writer, ClassFile)} | {LEFT_OUT}
        ours = tuple(f"{name}." for name in names)
        with claimed(self.folder) as alone:
            remove_unfinished(self.folder, lambda name: name in tables or name.startswith(ours), alone)
            for name in names:
                remove_unfinished(self.folder / HISTORY / name, lambda name: name.endswith(".json"), alone)
            yield

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def page(self, name: str) -> Path:
        return self.folder / f"{name}.md"

    def read(self, name: str) -> Report | None:
        """The present report of a submission, None where there is none. Raises LeftAlone on anything else."""
        path = self.path(name)
        if not os.path.lexists(path):
            return None
        try:
            report = Report.from_json(path.read_text(encoding="utf-8"))
        except NewerReport as problem:
            raise LeftAlone(
                f"{path} is of a newer engine: {problem}. It is left as it is; update the engine."
            ) from None
        except (OSError, ValueError):
            raise LeftAlone(
                f"{path} is damaged, or no report: it is left as it is. Move it away to have {name} graded into it."
            ) from None
        if (report.lesson, report.submission) != (self.lesson, name):
            told = f"{path} is the report of {report.submission} in {report.lesson}, and not in its place"
            raise LeftAlone(f"{told}: it is left as it is.")
        return report

    def all(self) -> tuple[list[Report], list[str]]:
        """The present reports, in the order of their names, and a sentence for each that can't be read."""
        left: list[str] = []
        return list(self._present(left)), left

    def stored(self) -> tuple[Stored, list[str]]:
        """The same without holding them."""
        left: list[str] = []
        return Stored(self.read, [report.submission for report in self._present(left)]), left

    def _present(self, left: list[str]) -> Iterator[Report]:
        """Reports one after the other; adds a sentence to `left` for each that can't be read."""
        for path in sorted(self.folder.glob("[!.]*.json"), key=lambda path: path.stem):
            try:
                report = self.read(path.stem)
            except LeftAlone as problem:
                if _is_like_a_report(path):
                    left.append(str(problem))
                continue
            if report is not None:
                yield report

    def earlier(self, name: str) -> list[Report]:
        """The reports in a submission's history, as far as they can be read."""
        found = []
        for path in sorted((self.folder / HISTORY / name).glob("[!.]*.json")):
            try:
                found.append(Report.from_json(path.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                continue
        return found

    def attempt(self, report: Report) -> int:
        """Which submission of this student it is: one more than there are others in the history.

        Of a report of the first form nobody knows what was graded: it counts for none.
        """
        others = {one.digest for one in self.earlier(report.submission)} - {report.digest, ""}
        return len(others) + 1

    def into_history(self, report: Report, text: str) -> None:
        """Keep the text of a report for good; a killed run may have done so already."""
        folder = self.folder / HISTORY / report.submission
        folder.mkdir(parents=True, exist_ok=True)
        for name in _names(report):
            path = folder / f"{name}.json"
            if not path.exists():
                write_whole(path, text)
                return
            if path.read_text(encoding="utf-8", errors="replace") == text:
                return

    def write(self, report: Report, page: str) -> None:
        """Put a report and its page in their place."""
        write_whole(self.page(report.submission), page)
        write_whole(self.path(report.submission), report.to_json())  # last: its key says that all is there

    def retire(self, report: Report) -> None:
        """Put the present report of a submission into the history as it is written, or of a first form its new form."""
        text = self.path(report.submission).read_text(encoding="utf-8")
        self.into_history(report, report.to_json() if is_first_form(json.loads(text)) else text)

    def renew(self) -> None:
        """Write reports of the first form anew, in the present one."""
        for report in self.all()[0]:
            path = self.path(report.submission)
            if is_first_form(json.loads(path.read_text(encoding="utf-8"))):
                write_whole(path, report.to_json())

    def write_tables(self, reports: Sequence[Report], writers: Sequence[Writer]) -> None:
        """The class's tables, of these reports; where a roster lies beside the results, with who handed in nothing."""
        roster = kept_roster(self.folder.parent)
        missing = roster.missing(reports, undecided_in(self.folder)) if roster is not None else []
        rows = Joined(reports, missing)
        for writer in writers:
            if isinstance(writer, ClassFile):
                write_whole(self.folder / writer.name, writer.make(rows))

    def write_files(self, reports: Sequence[Report], writers: Sequence[Writer]) -> None:
        """The files beside each of these reports."""
        for writer in writers:
            if not isinstance(writer, ClassFile):
                for report in reports:
                    write_whole(self.folder / f"{report.submission}{writer.ending}", writer.make(report))


def lessons_in(out: Path) -> list[Results]:
    """The results of every lesson in a folder."""
    folders = sorted(path for path in out.glob("[!.]*") if path.is_dir())
    return [results for path in folders if any((results := Results(out, path.name)).all())]


def carry_over(out: Path) -> list[str]:
    """Move reports that lie in `out` itself, as they did in the first form, to the folders of their lessons.

    What is there already stays; the report then goes into the history. Gives a sentence for each that is left alone.
    """
    left = []
    for path in sorted(out.glob("[!.]*.json")):
        text = ""
        try:
            text = path.read_text(encoding="utf-8")
            if not is_first_form(json.loads(text)):
                continue
            report = Report.from_json(text)
            if path.stem != report.submission or not re.fullmatch(r"\w[\w.-]*", report.lesson):
                raise ValueError("it is not in its place")
        except (OSError, ValueError, RecursionError):
            if text.lstrip().startswith("{") and '"submission"' in text[:40]:  # else it is something of another kind
                left.append(f"{path} is damaged: it is left as it is.")
            continue
        _carry(path, report, Results(out, report.lesson))
    return left


def _carry(path: Path, report: Report, results: Results) -> None:
    results.folder.mkdir(exist_ok=True)
    there = results.path(report.submission)
    if not os.path.lexists(there):
        page = path.with_suffix(".md")
        if page.is_file() and not results.page(report.submission).exists():
            os.replace(page, results.page(report.submission))
        write_whole(there, report.to_json())
    elif there.read_text(encoding="utf-8", errors="replace") != report.to_json():  # a killed run may have written it
        results.into_history(report, report.to_json())
    path.unlink()


def differences(reports: Sequence[Report]) -> str:
    """A sentence where a table's reports can't be compared as they are; none where they can."""
    found: dict[str, set[object]] = {"engines or libraries": set(), "checks": set(), "secrets": set()}
    for report in reports:
        made_by = ((report.engine, *sorted(report.versions.items())), report.checks_digest, report.seed_fingerprint)
        for values, value in zip(found.values(), made_by, strict=True):
            values.add(value)
    told = [f"{len(values)} different {what}" for what, values in found.items() if len(values) > 1]
    if not told:
        return ""
    return f"The reports of {reports[0].lesson} come from {' and '.join(told)}: grade them all again to compare them."


def _names(report: Report) -> Iterator[str]:
    """Names for a report in the history: the time, and a number where it is taken or not known."""
    time = re.sub(r"[^0-9TZ-]", "", report.times.graded_at or "")
    yield from [time] if time else []
    number = 2 if time else 1
    while True:
        yield f"{time}-{number}" if time else str(number)
        number += 1


def _is_like_a_report(path: Path) -> bool:
    """Whether a file that is no whole report was one, or is of a newer form; other JSON may lie beside reports."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return True
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return True
    return isinstance(data, dict) and ("checks" in data or type(data.get("schema")) is int)
