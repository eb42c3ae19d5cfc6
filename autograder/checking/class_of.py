"""A class's hand-ins, as learning systems hand them out: which student handed in what, and when.

What a system's download looks like is a `Layout`, given by whoever calls (the engine's room `systems` has them). Where
none fits, each file, folder or zip is a student. What is understood is said before anything is graded, and what can't
be decided is nobody's grade.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from autograder.checking.choosing import Undecided, beside, choose
from autograder.checking.encodings import as_utf8
from autograder.checking.submission import (
    SUFFIXES,
    Submission,
    Who,
    broken,
    collect,
    distinct,
    holds_others,
    missing,
    real,
    safe,
    single_at,
    with_other_lessons,
)
from autograder.checking.tree import (
    MAX_CLASS_ENTRIES,
    MAX_CLASS_ZIP,
    Tree,
    folder_tree,
    is_known_junk,
    is_work,
    normal,
    passed_over,
    zip_tree,
)
from autograder.checking.zips import Unreadable
from autograder.common.errors import CourseError
from autograder.common.text import one_line

MAX_CLASS = 1 << 30  # bytes of all files that are to be graded


@dataclass(frozen=True)
class HandIn:
    """What a layout says of one attempt of one student. `who.id` is the system's own, `label` names the results' files.

    `place` is where it lies, and `places` where each file does, if that is not below it under the same name. `order`
    comes before the time where attempts are put in order.
    """

    who: Who
    label: str
    tree: Tree
    place: str
    handed_in: str | None = None  # UTC, ISO 8601
    marked_late: bool = False
    order: int = 0
    chosen: bool = False  # the system says that this attempt counts
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a layout makes of a tree. `notes` are sentences to look at; `unplaced` files are of nobody knows whom."""

    hand_ins: list[HandIn]
    passed_over: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """How one system hands out a class. `read(top, lesson)` gives None where a tree is not of it."""

    name: str
    title: str
    read: Callable[[Tree, str], Reading | None]


@dataclass(frozen=True)
class Attempt:
    """One hand-in. `student` is the same for all of one student; `undecided` says why nobody can tell what counts."""

    student: str
    submission: Submission
    order: tuple[int, str] = (0, "")
    chosen: bool = False
    undecided: str = ""
    by_system: bool = False  # a system told who it is, so that two of the same are two attempts


@dataclass(frozen=True)
class Class:
    """All attempts, those of one student one after the other, the last at the end."""

    attempts: list[Attempt]
    understood: list[str] = field(default_factory=list)  # what each path is, in a few words
    passed_over: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what can't be decided

    @property
    def by_student(self) -> dict[str, list[Attempt]]:
        found: dict[str, list[Attempt]] = {}
        for attempt in self.attempts:
            found.setdefault(attempt.student, []).append(attempt)
        return found

    def last(self) -> list[Submission]:
        """For each student the last attempt, or the one that the system says counts."""
        counts = [counting(attempts) for attempts in self.by_student.values()]
        return [attempt.submission for attempt in counts if not attempt.undecided]

    def all(self) -> list[Submission]:
        """Every attempt under a name of its own, `ann-attempt-2`, where a student has several."""
        numbered = []
        for attempts in self.by_student.values():
            for number, attempt in enumerate(attempts, start=1):
                one = attempt.submission
                if not attempt.undecided:
                    numbered.append(replace(one, name=f"{one.name}-attempt-{number}") if len(attempts) > 1 else one)
        return distinct(numbered)


def counting(attempts: Sequence[Attempt]) -> Attempt:
    """Of one student's attempts that which counts."""
    return next((attempt for attempt in attempts if attempt.chosen), attempts[-1])


def class_of(
    paths: Iterable[Path],
    lesson: str,
    uses: Iterable[str] = (),
    others: Iterable[str] = (),
    layouts: Sequence[Layout] = (),
    only: str | None = None,
) -> Class:
    """Everything at `paths`, as far as it is for `lesson`; `others` are the names of the course's other lessons.

    `only` names the layout to take instead of the first that fits; "folder" is that of a file, folder or zip for each
    student. Raises CourseError where there is nothing, or no such layout.
    """
    if only is not None and only not in (known := [*(layout.name for layout in layouts), "folder"]):
        raise CourseError(f"There is no layout {only!r}; there are: {', '.join(known)}.")
    with ExitStack() as stack:
        reader = _Reader(lesson, tuple(uses), frozenset(others) - {lesson}, stack)
        for path in paths:
            reader.add(path, [layout for layout in layouts if only in (None, layout.name)], only)
        return reader.found()


@dataclass
class _Reader:
    """Reads one path after the other."""

    lesson: str
    uses: tuple[str, ...]
    others: frozenset[str]
    stack: ExitStack
    attempts: list[Attempt] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, path: Path, layouts: Sequence[Layout], only: str | None) -> None:
        if not os.path.exists(path):
            raise CourseError(f"There is nothing at {path}: give a file, a zip or a folder of submissions.")
        path = real(path)
        if only is None and self._is_one(path):
            self._take(collect([path], self.lesson, self.uses))
            self._note_beside(path)
            return
        try:
            tree = self._tree(path)
        except Unreadable as problem:
            self._take([replace(broken(path, str(problem)), source=one_line(path.name))])
            return
        for layout in layouts:
            for inner, place in _views(tree):
                if (reading := layout.read(inner, self.lesson)) is not None:
                    self._read(path, place, layout, reading)
                    return
        if only not in (None, "folder"):
            raise CourseError(
                f"{path} is not laid out as {only} hands out a class; leave --layout out to have it found."
            )
        if path.is_dir():
            self._folder(path, tree)
        else:
            self._zip(path, tree)

    def found(self) -> Class:
        groups: dict[str, list[Attempt]] = {}
        for attempt in self.attempts:
            groups.setdefault(attempt.student, []).append(attempt)
        ordered = [sorted(group, key=lambda attempt: attempt.order) for group in groups.values()]
        attempts = [attempt for group in ordered for attempt in group]
        notes = list(dict.fromkeys(self.notes))
        return named(Class(attempts, self.understood, self.kinds, notes, list(self.problems)))

    def _is_one(self, path: Path) -> bool:
        """Whether a path is one submission, as it stands in a checkout, or is a file of another kind than a zip."""
        if not path.is_dir():
            return path.suffix.lower() != ".zip"
        return single_at(path, self.lesson, path) is not None and not holds_others(path, self.lesson)

    def _note_beside(self, path: Path) -> None:
        """Say what else lies in a folder that is one submission, since its file lies in it under the lesson's name.

        It may be a class, of whom one handed in that name. A lesson's own folder is none.
        """
        names = sorted(os.listdir(path)) if path.is_dir() else []
        if "lesson.toml" in names or not any(f"{self.lesson}{suffix}" in names for suffix in SUFFIXES):
            return
        known = {self.lesson, *self.others}
        more = [name for name in names if is_work(name) and PurePosixPath(name).stem not in known]
        if more:
            listed = ", ".join(map(one_line, more[:3])) + (" and more" if len(more) > 3 else "")
            what = f"{one_line(path.resolve().name)} is one submission, by its {self.lesson}.py or .ipynb"
            self.notes.append(f"{what}; not graded of what lies beside it: {listed}.")

    def _tree(self, path: Path) -> Tree:
        if path.is_dir():
            if not any(not child.name.startswith((".", "__")) for child in path.iterdir()):
                raise CourseError(f"{path} is empty: there is nothing to grade in it.")
            return folder_tree(path)
        return zip_tree(self.stack, path, one_line(path.name), MAX_CLASS_ENTRIES, MAX_CLASS_ZIP)

    # --- what a system's layout tells

    def _read(self, path: Path, place: str, layout: Layout, reading: Reading) -> None:
        given = path.resolve().name
        self.kinds.update(reading.passed_over)
        self.notes += map(one_line, reading.notes)
        if not reading.hand_ins:
            raise CourseError(f"{path} is {layout.title}, and nobody handed in anything in it.")
        between = "/" if path.is_dir() else ":"
        outer = f"{given}{between}{place}/" if place else f"{given}{between}"
        for one in reading.hand_ins:
            blank = Submission(safe(one.label), path / place / one.place, source=one_line(outer + one.place))
            blank = replace(blank, who=one.who, handed_in=one.handed_in, marked_late=one.marked_late)
            # the system's id is that of the same student in every download
            student = f"{layout.name}\0{one.who.id}"
            # a student knows the file, and not how the system called it
            shown, order = one.who.name or one.label, (one.order, one.handed_in or "")
            path_in = self._choose(blank, one.tree, student, shown, order, one.chosen, by_system=True)
            if path_in:
                file, colon, below = path_in.partition(":")
                source = one.places.get(file, f"{one.place}/{file}") + colon + below
                latest = self.attempts[-1]
                self.attempts[-1] = replace(
                    latest, submission=replace(latest.submission, source=one_line(outer + source))
                )
        for name in reading.unplaced:
            self.problems.append(f"{one_line(name)} in {given} fits no student: {layout.title} names files otherwise.")
        self._say(path, layout.title, len({one.who.id for one in reading.hand_ins}), reading.hand_ins)

    def _say(self, path: Path, title: str, students: int, hand_ins: Sequence[HandIn] = ()) -> None:
        late = sum(one.marked_late for one in hand_ins)
        several = f", {len(hand_ins)} attempts" if len(hand_ins) > students else ""
        marked = f", {late} marked late" if late else ""
        noun = "student" if students == 1 else "students"
        self.understood.append(f"{one_line(path.name)}: {title}, {students} {noun}{several}{marked}.")

    # --- a file, folder or zip for each student

    def _folder(self, path: Path, tree: Tree) -> None:
        given, before = path.resolve().name, len(self.attempts)
        children = tree.children()
        for child in sorted(child for child in path.iterdir() if not child.name.startswith((".", "__"))):
            source = one_line(f"{given}/{child.name}")
            plain = single_at(child, self.lesson, path) if not child.name.lower().endswith(".zip") else None
            if plain is not None and (plain.problem is None or not child.is_dir()):
                self._take([replace(with_other_lessons(plain, self.lesson, self.uses), source=source)])
            elif child.is_symlink() or child.is_dir() or is_work(child.name):
                self._child(child, tree, children.get(normal(child.name)), source)
            elif not is_known_junk(child.name):
                self._take([replace(broken(child, missing(child, self.lesson)), source=source)])
        self.kinds.update(passed_over(path for path in tree.files if "/" in path or is_known_junk(path)))
        if len(self.attempts) == before and not self.problems:
            raise CourseError(f"{path} holds nobody's work: no Python file, notebook, zip or folder.")
        self._say(path, "a file, folder or zip for each student", len(self.attempts) - before)

    def _child(self, child: Path, tree: Tree, below: Tree | None, source: str) -> None:
        blank = replace(broken(child, ""), problem=None, source=source)
        with ExitStack() as stack:  # a class may have more zips than a process may have open files
            try:
                if child.is_symlink():
                    raise Unreadable(f"{child.name} is a link; hand in the file itself.")
                if child.is_dir():
                    held, prefix = below or Tree({}), f"{child.name}/"
                elif child.name.lower().endswith(".zip"):
                    held, prefix = zip_tree(stack, child, one_line(child.name)), f"{child.name}:"
                else:
                    held, prefix = tree.file(normal(child.name)), ""
            except Unreadable as problem:
                self._take([replace(blank, problem=one_line(str(problem)))])
                return
            self._choose(blank, held, os.path.abspath(child), child.name, prefix=prefix)

    def _zip(self, path: Path, tree: Tree) -> None:
        """A zip is one student's unless several folders in it hold the lesson's file, or several files lie there."""
        view, place = _views(tree)[-1]
        source = one_line(path.name)
        students = self._students_in(view)
        if not students:
            self._choose(
                replace(broken(path, ""), problem=None, source=source), tree, source, path.name, prefix=f"{path.name}:"
            )
            return
        for name, child in students.items():
            inside = f"{place}/{name}" if place else name
            shown = one_line(name)
            stem = PurePosixPath(name).stem if child is None else name
            blank = Submission(safe(stem), path / inside, source=one_line(f"{source}:{inside}"))
            self._choose(blank, view.file(name) if child is None else child, os.path.abspath(blank.origin), shown)
        self.kinds.update(passed_over(tree.files))
        self._say(path, "a zip with a file, folder or zip for each student", len(students))

    def _students_in(self, view: Tree) -> dict[str, Tree | None]:
        children = {
            name: child
            for name, child in view.children().items()
            if not name.startswith((".", "__")) and (child is not None or is_work(name))
        }
        if {self.lesson, "exercises", *(f"{self.lesson}{suffix}" for suffix in SUFFIXES)} & children.keys():
            return {}
        own = [
            name
            for name, child in children.items()
            if child is not None
            and any(PurePosixPath(path).stem == self.lesson for path in child.files if is_work(path))
        ]
        if len(own) > 1 or (not own and len(children) > 1):
            return children
        return {}

    # --- one attempt

    def _choose(
        self,
        blank: Submission,
        tree: Tree,
        student: str,
        shown: str,
        order: tuple[int, str] = (0, ""),
        chosen: bool = False,
        prefix: str = "",
        by_system: bool = False,
    ) -> str:
        """Read the lesson's file out of what one student handed in. `prefix` stands before its path, as shown.

        Gives that path, none where there is no such file.
        """
        undecided = path = ""
        try:
            path, raw = choose(tree, self.lesson, self.others, one_line(shown))
            blank = self._with(blank, self.lesson, path, raw, prefix)
            for other in self.uses:
                if (found := beside(tree, path, other)) is not None:
                    blank = self._with(blank, other, *found, prefix)
            self.size += sum(map(len, blank.files.values()))
        except Undecided as problem:
            undecided = one_line(f"{blank.source}: {problem}")
            self.problems.append(undecided)
        except Unreadable as problem:
            blank = replace(blank, problem=one_line(str(problem)))
        if self.size > MAX_CLASS:
            raise CourseError(f"The class's files are over {MAX_CLASS >> 30} GiB together: give a part of the class.")
        self.attempts.append(Attempt(student, blank, order, chosen, undecided, by_system))
        return path

    def _with(self, one: Submission, lesson: str, path: str, raw: bytes, prefix: str) -> Submission:
        suffix = PurePosixPath(path).suffix.lower()
        if suffix == ".py":
            raw, encoding = as_utf8(raw)
            if encoding:
                self.notes.append(f"{one.source}: {one_line(path)} is {encoding}, and was read as that.")
        inner = f"{lesson}/{lesson}{suffix}"
        return replace(one, files=one.files | {inner: raw}, paths=one.paths | {inner: one_line(f"{prefix}{path}")})

    def _take(self, submissions: Iterable[Submission]) -> None:
        for one in submissions:
            files = {}
            for name, raw in one.files.items():
                files[name], encoding = as_utf8(raw) if name.endswith(".py") else (raw, "")
                if encoding:
                    self.notes.append(f"{one.source} is {encoding}, and was read as that.")
            self.attempts.append(Attempt(os.path.abspath(one.origin), replace(one, files=files)))


def named(found: Class, fixed: Mapping[str, str] | None = None, given: Iterable[str] = ()) -> Class:
    """The class with names that no two students share. `fixed` names some students; nobody else gets one of `given`."""
    fixed = dict(fixed or {})
    groups = found.by_student
    free = {student: counting(group).submission for student, group in groups.items() if student not in fixed}
    names = dict(zip(free, (one.name for one in distinct(list(free.values()), given)), strict=True)) | fixed
    attempts = [
        replace(one, submission=replace(one.submission, name=names[one.student]))
        for group in groups.values()
        for one in group
    ]
    return replace(found, attempts=attempts)


def _views(tree: Tree) -> list[tuple[Tree, str]]:
    """The tree, and what is in its only folder: an outer folder says nothing."""
    views, place = [(tree, "")], ""
    for _ in range(3):
        children = {name: child for name, child in views[-1][0].children().items() if not name.startswith((".", "__"))}
        if len(children) != 1:
            break
        ((name, child),) = children.items()
        if child is None:
            break
        place = f"{place}/{name}" if place else name
        views.append((child, place))
    return views
