"""A class's roster: who is in it, read from the table that a system exports, and joined with what was handed in.

A hand-in is joined by the id, the login, the e-mail address or the name, and never by a guess: what fits no row, or
two, keeps its own name and is said. The roster is kept beside the results, as `OUT/roster.csv`, so that the tables can
name who handed in nothing whenever they are made anew.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

from autograder.checking.class_of import Attempt, Class, named
from autograder.checking.report import Report, Student
from autograder.checking.submission import Submission, Who, distinct
from autograder.checking.submission import safe as safe_name
from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.spreadsheets import read_text, sheet_text
from autograder.common.text import one_line
from autograder.grading.term import check_extension

KEPT = "roster.csv"
NOT_HANDED_IN = "not handed in"
_UNDECIDED = "undecided.txt"

# Headers by what they hold, in small letters. Canvas's gradebook: Student, ID, SIS User ID, SIS Login ID, Section.
# Moodle's participants and grading worksheet: First name, Last name (or Surname), ID number, Email address, Identifier.
# Gradescope: First Name, Last Name, SID, Email, Sections. Blackboard: Last Name, First Name, Username, Student ID.
# nbgrader: id, first_name, last_name, email. GitHub Classroom: identifier, github_username.
_HEADERS = {
    "id": ("id", "student id", "sid", "sis user id", "id number", "idnumber", "identifier", "user id", "student number",
           "matriculation number", "matrikelnummer"),
    "name": ("name", "student", "full name", "fullname", "student name", "display name"),
    "first": ("first name", "firstname", "given name", "vorname", "first"),
    "last": ("last name", "lastname", "surname", "family name", "nachname", "last"),
    "login": ("login", "username", "user name", "sis login id", "login id", "github username", "account", "netid"),
    "email": ("email", "e mail", "email address", "e mail address", "mail"),
    "section": ("section", "sections", "group", "groups", "tutorial", "section name"),
    "extension": ("extension", "extensions", "extended until"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One student of the roster. `extension` is empty, an ISO date or time, or a number of days."""

    id: str
    name: str = ""
    login: str = ""
    email: str = ""
    section: str = ""
    extension: str = ""
    ids: tuple[str, ...] = ()  # other ids in the same row, such as Canvas's own beside the university's
    names: tuple[str, ...] = ()  # other ways to write the name
    line: int = 0  # where it stands in the file

    @property
    def who(self) -> Who:
        return Who(self.id, self.name or self.id, self.login, self.email, self.section)


@dataclass(frozen=True)
class Roster:
    """`by_name` maps the names of results' files, a report's `student.id`, to the rows."""

    rows: tuple[Row, ...]

    @cached_property
    def by_name(self) -> dict[str, Row]:
        blank = [Submission(safe_name(row.id), Path(row.id)) for row in self.rows]
        return {one.name: row for one, row in zip(distinct(blank), self.rows, strict=True)}

    def extensions(self) -> dict[str, str]:
        """A report's `student.id` → the extension, of whom there is one."""
        return {name: row.extension for name, row in self.by_name.items() if row.extension}

    def join(self, found: Class) -> tuple[Class, list[str]]:
        """The class with the roster's names, and a sentence for each student who fits no row, or several."""
        groups = found.by_student
        fits = {student: self._fits(attempts[-1]) for student, attempts in groups.items()}
        taken: dict[int, list[str]] = {}
        for student, (rows, _) in fits.items():
            if len(rows) == 1:
                taken.setdefault(rows[0].line, []).append(student)
        fixed, problems, joined = {}, [], {}
        names = {row.line: name for name, row in self.by_name.items()}
        for student, attempts in groups.items():
            rows, strong = fits[student]
            source = attempts[-1].submission.source
            if len(rows) == 1:
                rivals = [other for other in taken[rows[0].line] if other != student]
                same = strong and all(groups[other][-1].by_system and fits[other][1] for other in rivals)
                weaker = strong and not any(fits[other][1] for other in rivals)
                if not rivals or weaker or (same and attempts[-1].by_system):
                    fixed[student], joined[student] = names[rows[0].line], rows[0]
                    continue
                others = ", ".join(groups[other][-1].submission.source for other in rivals)
                problems.append(f"{source} fits line {rows[0].line} of the roster, and so does {others}.")
            elif rows:
                lines = " and ".join(str(row.line) for row in rows)
                problems.append(f"{source} fits the lines {lines} of the roster.")
            else:
                problems.append(f"{source} fits nobody on the roster.")
        attempts = []
        for one in found.attempts:
            if (row := joined.get(one.student)) is not None:
                key = f"\0{row.line}"  # two systems' ids of one student become one
                who = _filled(row.who, one.submission.who)
                one = replace(one, student=key, submission=replace(one.submission, who=who))
            attempts.append(one)
        renamed = {f"\0{joined[student].line}": name for student, name in fixed.items()}
        together = replace(found, attempts=[one for group in _grouped(attempts) for one in group])
        return named(together, renamed, self.by_name), [f"{text} It keeps its own name." for text in problems]

    def missing(self, reports: Sequence[Report], undecided: Iterable[str] = ()) -> list[Report]:
        """A row for whoever handed in nothing, as tables show it; it is no report, and is kept nowhere."""
        if not reports:
            return []
        there = {report.submission for report in reports} | set(undecided)
        most = max(report.max_score for report in reports)
        blank = Report(Student("", ""), reports[0].lesson, 0.0, most, "missing", NOT_HANDED_IN, "", 0.0, (), attempt=0)
        return [replace(blank, student=student) for student in self.without(there)]

    def without(self, there: AbstractSet[str]) -> list[Student]:
        """Those of whom no report has the name, also none of several attempts that are all kept."""
        return [
            Student(**vars(row.who) | {"id": name})
            for name, row in self.by_name.items()
            if there.isdisjoint((name, f"{name}-attempt-1", f"{name}-attempt-2"))
        ]

    def keep(self, out: Path) -> None:
        """Write it beside the results."""
        heads = ("id", "name", "login", "email", "section", "extension")
        # the other ids and names are more columns of the same kind
        ids, names = (max((len(getattr(row, kind)) for row in self.rows), default=0) for kind in ("ids", "names"))
        rows = [[*heads, *["sid"] * ids, *["full name"] * names]]
        for row in self.rows:
            more = [*row.ids, *[""] * (ids - len(row.ids)), *row.names, *[""] * (names - len(row.names))]
            rows.append([*(getattr(row, head) for head in heads), *more])
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / KEPT, sheet_text(rows))

    @cached_property
    def _index(self) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            keys = [("key", key) for key in (row.id, *row.ids, row.login, row.email) if key]
            keys += [("folded", key.casefold()) for _, key in keys]
            for spelt in filter(None, (row.name, *row.names)):
                keys += [("name", name) for name in ways(spelt)]
                keys += [("run", name.replace(" ", "")) for name in ways(spelt)]
            for key in dict.fromkeys(keys):
                found.setdefault(key, []).append(row)
        return found

    def _fits(self, attempt: Attempt) -> tuple[list[Row], bool]:
        """The rows that a student fits, and whether by more than the name."""
        one = attempt.submission
        who = one.who or Who(one.spelt, one.spelt)
        keys = [key for key in dict.fromkeys((who.id, who.login, who.email)) if key]
        rows = self._all(("key", key) for key in keys) or self._all(("folded", key.casefold()) for key in keys)
        if rows:
            return rows, True
        for kind in ("name", "run"):
            spelt = [name.replace(" ", "") if kind == "run" else name for name in ways(who.name)]
            rows = self._all((kind, name) for name in spelt)
            if rows:  # whoever has another address is somebody else of that name
                same = [
                    row for row in rows if not (who.email and row.email) or who.email.casefold() == row.email.casefold()
                ]
                return same, False
        return [], False

    def _all(self, keys: Iterable[tuple[str, str]]) -> list[Row]:
        found = {row.line: row for key in keys for row in self._index.get(key, [])}
        return list(found.values())


def ways(name: str) -> tuple[str, ...]:
    """A name without case, accents and signs, "Last, First" also the other way round."""
    last, comma, first = name.partition(",")
    spelt = (name, f"{first} {last}") if comma else (name,)
    return tuple(dict.fromkeys(filter(None, map(_folded, spelt))))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _filled(who: Who, other: Who | None) -> Who:
    """What the roster says, and where it is silent what the system said."""
    if other is None:
        return who
    said = {part.name: getattr(who, part.name) or getattr(other, part.name) for part in fields(who)}
    return Who(**said)


def _grouped(attempts: Sequence[Attempt]) -> list[list[Attempt]]:
    """The attempts of each student; those of two downloads by their times."""
    groups: dict[str, list[Attempt]] = {}
    for one in attempts:
        groups.setdefault(one.student, []).append(one)
    timed = all(one.order[1] for one in attempts)
    return [sorted(group, key=lambda one: one.order[1]) if timed else group for group in groups.values()]


def merge_rosters(out: Path, shards: Sequence[Path], lessons: Iterable[str] = ()) -> None:
    """Put together what each shard kept of the class's roster, and who has no grade yet in these lessons."""
    for lesson in lessons:
        note_undecided(out / lesson, [name for shard in shards for name in undecided_in(shard / lesson)])
    kept = [roster for folder in (out, *shards) if (roster := kept_roster(folder)) is not None]
    rows = {row.id: row for roster in kept for row in roster.rows}
    if rows:
        Roster(tuple(rows.values())).keep(out)


def note_undecided(folder: Path, names: Iterable[str], decided: Iterable[str] = ()) -> None:
    """Write beside a lesson's reports who handed in what can't be decided: they are not missing, and have no grade.

    Those of earlier runs stay, but for those who are `decided` now.
    """
    earlier = undecided_in(folder)
    if (now := sorted({*earlier, *names} - set(decided))) != earlier:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / _UNDECIDED, "".join(f"{name}\n" for name in now))


def undecided_in(folder: Path) -> list[str]:
    """Those whom `note_undecided` wrote down, by the names of their results' files."""
    path = folder / _UNDECIDED
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


# --- reading --------------------------------------------------------------------------------------------------------


def read_roster(path: Path) -> Roster:
    """The roster in a file: comma, semicolon or tab; UTF-8, UTF-16 with a mark or Windows-1252.

    Raises CourseError, with the line, on what is no roster.
    """
    return parse_roster(read_text(path)[0], path)


def kept_roster(out: Path) -> Roster | None:
    """The roster that lies beside the results, if one does."""
    return read_roster(out / KEPT) if (out / KEPT).is_file() else None


def parse_roster(text: str, path: Path) -> Roster:
    """The rows of a roster's text. Raises CourseError."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=lambda sign: len(_columns(next(csv.reader([first[:10_000]], delimiter=sign), []))))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    columns: dict[str, list[int]] = {}
    width, ends = 0, 0
    try:
        for cells in reader:
            line, ends = ends + 1, reader.line_num
            cells = [one_line(cell).strip() for cell in cells]
            if not any(cells):
                continue
            if not columns:
                columns, width = _columns(cells), len(cells)
                if not {"id", "login", "email"} & columns.keys():
                    raise CourseError(f"{path}, line {line}: no column is an id, a login or an e-mail address.")
                continue
            if len(cells) < width or any(cells[width:]):
                raise CourseError(f"{path}, line {line}: {len(cells)} cells, and the first line has {width}.")
            if (row := _row(cells, columns, path, line)) is not None:
                rows.append(row)
    except csv.Error as error:
        raise CourseError(f"{path}, line {ends + 1}: this is no row of a table ({error}).") from None
    if not rows:
        raise CourseError(f"{path} names nobody: a roster has a line with headers, and one for each student.")
    _check_doubles(rows, path)
    return Roster(tuple(rows))


def _columns(heads: Sequence[str]) -> dict[str, list[int]]:
    """What is held → in which columns."""
    found: dict[str, list[int]] = {}
    for index, head in enumerate(heads):
        plain = " ".join(re.sub(r"[\W_]+", " ", head.casefold()).split())
        for kind, known in _HEADERS.items():
            if plain in known:
                found.setdefault(kind, []).append(index)
    return found


def _row(cells: Sequence[str], columns: Mapping[str, list[int]], path: Path, line: int) -> Row | None:
    said = {kind: [cells[index] for index in places if cells[index]] for kind, places in columns.items()}
    one = {kind: values[0] if values else "" for kind, values in said.items()}
    names = said.get("name", [])
    if one.get("last") or one.get("first"):
        names = [f"{one.get('first', '')} {one.get('last', '')}".strip(), *names]
    if names and (names[0] == "Points Possible" or names[0] == "Student, Test"):
        return None  # Canvas's second line, and its student without a face
    ids = [re.sub(r"^Participant (?=\d)", "", value) for value in said.get("id", [])]
    own = next((value for value in (*ids, one.get("login"), one.get("email")) if value), None)
    if not own:
        raise CourseError(
            f"{path}, line {line}: {names[0] if names else 'this row'} has no id, login or e-mail address."
        )
    extension = one.get("extension", "")
    try:
        check_extension(extension)
    except ValueError as problem:
        raise CourseError(f"{path}, line {line}: the extension: {problem}.") from None
    name = names[0] if names else ""
    return Row(
        own, name, one.get("login", ""), one.get("email", ""), one.get("section", ""), extension,
        tuple(dict.fromkeys(value for value in ids if value != own)),
        tuple(dict.fromkeys(value for value in names if value != name)),
        line,
    )  # fmt: skip


def _check_doubles(rows: Sequence[Row], path: Path) -> None:
    said: dict[tuple[str, str], int] = {}
    for row in rows:
        for kind, value in (
            ("id", row.id),
            *(("id", one) for one in row.ids),
            ("login", row.login),
            ("e-mail", row.email),
        ):
            if value and (first := said.setdefault((kind, value), row.line)) != row.line:
                raise CourseError(f"{path}, line {row.line}: the {kind} {value} stands in line {first} already.")
