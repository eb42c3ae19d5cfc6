"""The zip that Blackboard Learn makes of "Assignment File Download".

One folder: `Homework 1_alee_attempt_2026-11-01-12-00-00_lora.py` for each file (the assignment, the login, when it was
handed in, the file's own name), and `Homework 1_alee_attempt_2026-11-01-12-00-00.txt`, which says "Name: Ann Lee
(alee)", "Date Submitted: Sunday, November 1, 2026 12:00:00 PM EST" and which files came along. An attempt without a
file has the `.txt` alone. The time in the name has no zone; the `.txt` may say one.

Source: nbgrader's guide "Managing assignment files manually" (a download's file names), and for the text file what
CodeGrade's reader of Blackboard's downloads asks of it ("Name:", "Date Submitted:", "Files:").
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.submission import Who
from autograder.checking.tree import Tree, passed_over
from autograder.checking.zips import Unreadable
from autograder.common.text import one_line
from autograder.systems._layout import told_apart, utc

_NAME = re.compile(
    r"(?P<assignment>.+?)_(?P<login>[^_]+(?:_[^_]+)*?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_ZONES = {  # those that have one meaning only; hours from UTC
    "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "AEST": 10, "AEDT": 11, "JST": 9,
}  # fmt: skip


def read(top: Tree, lesson: str) -> Reading | None:
    made, other = told_apart(top, _NAME)
    made = [(name, match) for name, match in made if name in top.files]
    if not made:
        return None
    assignment = _assignment([match["assignment"] + "_" + match["login"] for _, match in made])
    attempts: dict[tuple[str, str], list[tuple[str, re.Match[str]]]] = {}
    for name, match in made:
        login = f"{match['assignment']}_{match['login']}".removeprefix(assignment)
        attempts.setdefault((login, match["time"]), []).append((name, match))
    hand_ins, unzoned = [], False
    for (login, time), held in attempts.items():
        files = {match["file"]: top.files[name] for name, match in held if match["file"]}
        text = next((_text(top, name) for name, match in held if not match["file"]), "")
        place = next((name for name, match in held if match["file"]), held[0][0])
        known = re.search(r"^Name:\s*(.+?)\s*\(" + re.escape(login) + r"\)\s*$", text, re.MULTILINE)
        zone = re.search(r"^Date Submitted:.*\b([A-Z]{3,4})\s*$", text, re.MULTILINE)
        offset = _ZONES.get(zone[1]) if zone is not None else None
        unzoned = unzoned or offset is None
        when = datetime.strptime(time, "%Y-%m-%d-%H-%M-%S")
        when = when if offset is None else when.replace(tzinfo=timezone(timedelta(hours=offset)))
        who = Who(login, one_line(known[1]) if known is not None else login, login=login)
        places = {match["file"]: name for name, match in held if match["file"]}
        hand_ins.append(HandIn(who, login, Tree(files), place, handed_in=utc(when), places=places))
    texts = sum(not match["file"] for _, match in made)
    kinds = passed_over(name for name in top.files if _NAME.fullmatch(name) is None or not name.endswith(".txt"))
    note = (
        "Blackboard's times have no zone here, and are taken as this machine's own: TZ=... before the command sets it."
    )
    return Reading(hand_ins, [*kinds, *[".txt"] * texts], [note] if unzoned else [], other)


def _assignment(starts: list[str]) -> str:
    """What all names begin with, up to an underscore: the assignment's title may hold some, as a login may."""
    first, last = min(starts), max(starts)
    same = next(
        (index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    shared = first[:same].rpartition("_")[0]
    if len(set(starts)) == 1:  # one student: a login seldom holds an underscore
        shared = first.rpartition("_")[0]
    return f"{shared}_" if shared else ""


def _text(top: Tree, name: str) -> str:
    try:
        return top.text(name, 1 << 20)
    except Unreadable:
        return ""


LAYOUT = Layout("blackboard", "Blackboard's download", read)
