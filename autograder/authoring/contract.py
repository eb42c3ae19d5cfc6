"""Is every sentence of a docstring kept by a check? The docstrings of the graded exercises are the contract.

They are split into sentences mechanically, and each stands in `tests/contracts/<lesson>.toml`: with what dies when it
is broken, or with the reason why nothing is graded there. A sentence that is changed has no entry any more, and so is
looked at again.

    [[sentence]]
    exercise = "LoRALinear.merge"            # an exercise, or a method of one
    text = "Calling it twice changes nothing."
    dies = ["LoRALinear/merges_twice"]       # misconceptions (`autograder audit` sees that they die)

    [[sentence]]
    exercise = "to_gigabytes"
    text = "Bytes as decimal gigabytes."
    mutants = [{was = "return n / 1e9", becomes = "return n * 1e9"}]    # `autograder mutate` sees that they die

    [[sentence]]
    exercise = "to_gigabytes"
    text = "Source: JEDEC."
    reason = "A source."
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.authoring.audit import cases
from autograder.authoring.mutants import mutants
from autograder.authoring.mutate import listed
from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Course, Lesson

_LABEL = re.compile(r"""[\w*"'`][\w*"'`, .=\[\]]{0,40}(?:\([^)]*\))?: """)  # of an argument, a key, an error
_END = re.compile(r"(?<=[.!?])[)\"'`]*\s+(?=[A-Z`\"(\[])")
_GOES_ON = ("e.g.", "i.e.", "al.", "cf.", "vs.", "sec.", "fig.", "eq.")


@dataclass(frozen=True, order=True)
class Sentence:
    """One sentence of a docstring. `exercise` is NAME, or NAME.METHOD."""

    exercise: str
    text: str

    @property
    def name(self) -> str:
        """The exercise, without a method."""
        return self.exercise.partition(".")[0]


@dataclass(frozen=True)
class Entry:
    """What keeps a sentence: misconceptions and mutants that die when it is broken, or why nothing is graded there."""

    dies: tuple[str, ...] = ()
    mutants: tuple[tuple[str, str], ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Contract:
    """The sentences of a lesson or of one exercise, those that have no entry, and what is wrong with the others."""

    sentences: list[Sentence]
    missing: list[Sentence] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def contract(course: Course, lesson: Lesson, exercise: str | None = None) -> Contract:
    """Hold the docstrings of a lesson, or of one exercise, against the lesson's file.

    Raises CourseError for a file that is not whole, and for an entry whose sentence or mutant is gone.
    """
    source = course.reference(lesson.name).read_text(encoding="utf-8")
    path, entries = contract_path(course, lesson), _entries(contract_path(course, lesson))
    every = list(sentences(source, lesson))
    if gone := sorted(entries.keys() - set(every)):
        if (name := gone[0].name) not in lesson.exercises:
            raise CourseError(f"{path}: {lesson.name} has no exercise {name}; take out its entries.")
        more = f" (and {len(gone) - 1} more of its sentences)" if len(gone) > 1 else ""
        raise CourseError(f"{path}: {gone[0].exercise} does not say {gone[0].text!r} any more{more}.")
    found = Contract([sentence for sentence in every if exercise in (None, sentence.name)])
    misconceptions = {case.name: case.exercises for case in cases(course, lesson) if case.kind == "misconception"}
    named = any(entry.mutants for entry in entries.values())
    changes = {(one.was, one.becomes) for one in mutants(source, lesson)} if named else set()
    right = {identity[1:] for identity in listed(course, lesson).right}
    for sentence in found.sentences:
        if (entry := entries.get(sentence)) is None:
            found.missing.append(sentence)
            continue
        said = f"{sentence.exercise}: {sentence.text!r}"
        if not (entry.dies or entry.mutants or entry.reason):
            found.faults.append(f"{said} has neither what dies nor a reason")
        for name in entry.dies:
            if sentence.name not in misconceptions.get(name, ()):
                found.faults.append(f"{said} names {name}, which is no misconception of {sentence.name}")
        for was, becomes in entry.mutants:
            if (was, becomes) not in changes:
                raise CourseError(f"{path}: no mutant turns {was!r} into {becomes!r} any more; mend {sentence.text!r}.")
            if (was, becomes) in right:
                found.faults.append(f"{said} names a mutant that is listed as right: {becomes!r}")
    return found


def contract_path(course: Course, lesson: Lesson) -> Path:
    return course.root / "tests" / "contracts" / f"{lesson.name}.toml"


def add_missing(path: Path, missing: Iterable[Sentence]) -> None:
    """Append an entry to be filled in for each of these sentences."""
    path.parent.mkdir(exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for one in missing:
        exercise, said = (json.dumps(value, ensure_ascii=False) for value in (one.exercise, one.text))
        text += f'{chr(10) if text else ""}[[sentence]]\nexercise = {exercise}\ntext = {said}\nreason = ""\n'
    write_whole(path, text)


# --- the file -------------------------------------------------------------------------------------------------------


def _entries(path: Path) -> dict[Sentence, Entry]:
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found: dict[Sentence, Entry] = {}
        for one in data.get("sentence", []):
            sentence, entry = _entry(**one)
            if sentence in found:
                raise ValueError(f"{sentence.text!r} of {sentence.exercise} stands there twice")
            found[sentence] = entry
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not valid TOML: {error}.") from None
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise CourseError(
            f"{path}: each [[sentence]] has exercise, text, and dies, mutants or reason: {error}."
        ) from None
    return found


def _entry(*, exercise: str, text: str, dies: Any = (), mutants: Any = (), reason: str = "") -> tuple[Sentence, Entry]:
    pairs = tuple((one["was"].strip(), one["becomes"].strip()) for one in mutants)
    names = tuple(dies)
    if isinstance(dies, str) or not all(isinstance(value, str) for value in (exercise, text, reason, *names)):
        raise TypeError(f"{text!r} holds what is no text")
    return Sentence(exercise, text), Entry(names, pairs, reason.strip())


# --- splitting ------------------------------------------------------------------------------------------------------


def sentences(source: str, lesson: Lesson) -> Iterator[Sentence]:
    """Every sentence of the graded exercises' docstrings, those of their public methods included, each once."""
    graded = [name for name, exercise in lesson.exercises.items() if exercise.points]
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in graded:
            documented: list[tuple[str, Any]] = [(node.name, node)]
            if isinstance(node, ast.ClassDef):
                methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
                documented += [(f"{node.name}.{method.name}", method) for method in methods]
            for name, part in documented:
                texts = split(ast.get_docstring(part, clean=False) or "")
                yield from (Sentence(name, text) for text in dict.fromkeys(texts))


def split(docstring: str) -> list[str]:
    """A docstring's sentences, in order, on one line each.

    A paragraph, an item of a list and an entry of Args, Returns or Raises are split where a sentence ends; what is set
    off by its indentation (a formula, an example's numbers) is one. Headings alone are none.
    """
    items: list[list[str]] = []
    depth = 0  # the indentation of the item that goes on
    labels: set[int] = set()  # the indentations at which the entries of a list stand
    for line in inspect.cleandoc(docstring).splitlines():
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if not text:
            items.append([])
            continue
        begins = not items or not items[-1] or indent < depth or text.startswith(("- ", "* "))
        opens = begins or (indent > depth and items[-1][-1].endswith((".", ":")))
        listed_here = bool(_LABEL.match(text)) and (indent in labels or (opens and indent > 0))
        if text.endswith(":") and " " not in text:  # Args:
            items.append([])
            labels.clear()
            continue
        if begins or listed_here:
            items.append([])
            depth = indent
            if listed_here:
                labels.add(indent)
        items[-1].append(text)
    found = []
    for lines in filter(None, items):
        parts = _END.split(" ".join(" ".join(lines).split()))
        ends = [match.group().strip() for match in _END.finditer(" ".join(" ".join(lines).split()))]
        whole = ""
        for part, end in zip(parts, [*ends, ""], strict=True):
            whole = f"{whole} {part}{end}".strip()
            if not whole.endswith(_GOES_ON):
                found.append(whole)
                whole = ""
        found += [whole] if whole else []
    return found
