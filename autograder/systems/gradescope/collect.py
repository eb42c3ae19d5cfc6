"""The zip that Gradescope makes of "Export Submissions".

`assignment_123_export/submission_456/lora.py`, and beside these folders `submission_metadata.yml`: for each folder its
`:submitters:` (`:name:`, `:sid:`, `:email:`; several of a group), `:created_at:`, and as `:history:` what was handed in
before, whose files are not in the export. The keys are Ruby's symbols.

Source: exports as scripts of others read them; Gradescope's help "Exporting Submissions".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import yaml

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.submission import Who
from autograder.checking.tree import Tree, passed_over
from autograder.checking.zips import Unreadable
from autograder.common.errors import CourseError
from autograder.common.text import one_line
from autograder.systems._layout import utc, work_in

_METADATA = "submission_metadata.yml"


def read(top: Tree, lesson: str) -> Reading | None:
    if _METADATA not in top.files:
        return None
    known, children = _metadata(top), top.children()
    hand_ins, notes, other = [], [], []
    for folder, said in known.items():
        tree = children.get(folder) or Tree({})
        if folder not in children:
            notes.append(f"{folder} of {_METADATA} is not in the export.")
        history = said.get(":history")
        order = len(history) + 1 if isinstance(history, list) else 1
        for one in _list(said.get(":submitters")):
            name, email, sid = (_text(one.get(key)) for key in (":name", ":email", ":sid"))
            who = Who(sid or email or name or folder, name or email or folder, email=email)
            label = name if not sid else f"{name}_{sid}"
            hand_ins.append(HandIn(who, label or folder, tree, folder, _time(said.get(":created_at")), order=order))
        if not _list(said.get(":submitters")):
            other.append(folder)
    for name, child in children.items():
        if name not in known and child is not None and any(work_in(child)):
            other.append(name)
    return Reading(hand_ins, passed_over(path for path in top.files if path != _METADATA), notes, other)


def _metadata(top: Tree) -> dict[str, dict[str, Any]]:
    """folder → what is known of it. Raises CourseError on what is no such file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the other takes minutes for a class with results
    try:
        found = yaml.load(top.text(_METADATA), Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise CourseError(f"{_METADATA}{line} is damaged: export the submissions once more.") from None
    except (Unreadable, RecursionError, ValueError) as error:
        raise CourseError(f"{_METADATA} can't be read: {one_line(str(error))}") from None
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise CourseError(f"{_METADATA} names no submissions: export them once more.")
    return {str(folder): one for folder, one in found.items()}


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return one_line(str(value)).strip() if isinstance(value, (str, int, float)) else ""  # no list of lists of lists


def _time(value: Any) -> str | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace(" UTC", "+00:00").strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return utc(value if value.tzinfo is not None else value.replace(tzinfo=UTC))


LAYOUT = Layout("gradescope", "Gradescope's export", read)
