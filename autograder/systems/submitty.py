"""Submitty's folder of a gradeable's submissions: `alee/1/lora.py`, `alee/2/lora.py`, one folder for each version.

`alee/user_assignment_settings.json` says which version counts (`active_version`, 0 where it was taken back) and when
each came (`history`: `version`, `time` as "2026-11-01 12:00:00-0500", with a zone's name behind it in some releases);
so does `alee/1/.submit.timestamp`. Teams have folders of the same form.

Source: Submitty, site/app/controllers/student/SubmissionController.php, and "Directory Structure" of its documentation.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.submission import Who
from autograder.checking.tree import Tree, is_work, passed_over
from autograder.checking.zips import Unreadable
from autograder.systems._layout import is_most, utc, work_in

_SETTINGS, _STAMP = "user_assignment_settings.json", ".submit.timestamp"


def read(top: Tree, lesson: str) -> Reading | None:
    folders = {name: child for name, child in top.children().items() if child is not None}
    students = {name: child for name, child in folders.items() if _is_student(child)}
    strangers = [name for name in folders.keys() - students.keys() if any(work_in(folders[name]))]
    if not students or not is_most([*students], strangers):
        return None
    hand_ins, notes = [], []
    for login, held in students.items():
        settings = _settings(held)
        active, times = settings.get("active_version"), _times(settings)
        versions = {int(name): tree for name, tree in held.children().items() if name.isdecimal() and tree is not None}
        if active == 0:
            notes.append(f"{login} took back what was handed in (active_version 0), and is left out.")
            continue
        for number, tree in sorted(versions.items()):
            when = times.get(number) or _time(_text(tree, _STAMP))
            who = Who(login, login, login=login)
            chosen = active == number
            hand_ins.append(HandIn(who, login, tree, f"{login}/{number}", when, order=number, chosen=chosen))
        if active is not None and active not in versions:
            notes.append(f"The version {active} of {login}, which counts, is not there: the last one is taken.")
    kinds = passed_over(path for path in top.files if not path.endswith((_SETTINGS, _STAMP)))
    other = [name for name in top.files if "/" not in name and is_work(name)]
    return Reading(hand_ins, kinds, notes, [*other, *sorted(strangers)])


def _is_student(child: Tree) -> bool:
    below = child.children()
    numbered = [name for name, tree in below.items() if tree is not None and name.isdecimal()]
    named = [name for name, tree in below.items() if tree is not None and not name.isdecimal()]
    return _SETTINGS in below or (bool(numbered) and not named and not any(map(is_work, below)))


def _settings(held: Tree) -> dict[str, Any]:
    try:
        found = json.loads(_text(held, _SETTINGS) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _times(settings: dict[str, Any]) -> dict[int, str | None]:
    history = settings.get("history")
    versions = [one for one in history if isinstance(one, dict)] if isinstance(history, list) else []
    return {one["version"]: _time(one.get("time")) for one in versions if type(one.get("version")) is int}


def _time(text: Any) -> str | None:
    found = re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:?\d\d", text) if isinstance(text, str) else None
    return utc(datetime.strptime(found[0], "%Y-%m-%d %H:%M:%S%z")) if found is not None else None


def _text(tree: Tree, name: str) -> str:
    try:
        return tree.text(name, 1 << 20) if name in tree.files else ""
    except Unreadable:
        return ""


LAYOUT = Layout("submitty", "Submitty's submissions", read)
