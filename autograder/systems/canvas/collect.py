"""The zip that Canvas makes of "Download Submissions".

One folder of files called `leeann_LATE_123_456_lora-1.py`: the sortable name ("Lee, Ann") in small letters and without
what is no letter, LATE where it came after the due date, the student's id in Canvas (the column ID of the gradebook),
the id of the attachment, and the file's own name. With anonymous grading it is `anon_x7Yz2_LATE_456_lora.py`. Canvas
puts `-1` behind the name of a file that was handed in before: the attachment's number says which came later. Text and
links that were handed in instead of a file are `leeann_123_text.html` and `..._link.html`. No time is in it.

Source: Canvas LMS, lib/content_zipper.rb (`zip_assignment`) and `infer_comment_context_from_filename` in
app/models/assignment.rb, which reads the names again; Instructure's guide "How do I download all student submissions
for an assignment?".
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.submission import Who
from autograder.checking.tree import Tree, is_work, passed_over
from autograder.systems._layout import told_apart

_NAME = re.compile(
    r"(?:anon_(?P<anonymous>[A-Za-z0-9]{5})|(?P<name>.+?))(?P<late>_LATE)?(?(name)_(?P<id>\d+))_(?P<attachment>\d+)_(?P<file>.+)",
    re.DOTALL,
)
_TYPED = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?:text|link)\.html", re.DOTALL)


def read(top: Tree, lesson: str) -> Reading | None:
    made, other = told_apart(top, _NAME)
    files = [(name, match) for name, match in made if name in top.files]
    if not any(is_work(name) for name, _ in files):
        return None
    students: dict[str, list[tuple[str, re.Match[str]]]] = {}
    for name, match in files:
        students.setdefault(match["id"] or match["anonymous"], []).append((name, match))
    hand_ins = [one for number, held in students.items() for one in _attempts(top, number, held)]
    typed = {name: found for name in top.files if (found := _TYPED.fullmatch(name)) is not None}
    for name, found in typed.items():
        if found["id"] not in students:
            who, late = Who(found["id"], found["name"]), bool(found["late"])
            hand_ins.append(HandIn(who, f"{found['name']}_{found['id']}", Tree({}), name, marked_late=late))
    kinds = passed_over(path for path in top.files if path not in typed)
    return Reading(hand_ins, [*kinds, *["text or link"] * len(typed)], unplaced=other)


def _attempts(top: Tree, number: str, held: list[tuple[str, re.Match[str]]]) -> list[HandIn]:
    """The same file handed in again is another attempt; files of different names are one."""
    held.sort(key=lambda one: int(one[1]["attachment"]))
    again: dict[str, list[tuple[str, re.Match[str]]]] = {}
    for name, match in held:
        again.setdefault(_without_number(match["file"]), []).append((name, match))
    several = max(map(len, again.values()))
    found = []
    for index in range(several):
        # what was handed in once lies beside each attempt
        mine = [versions[min(index, len(versions) - 1)] for versions in again.values()]
        tree = Tree({match["file"]: top.files[name] for name, match in mine})
        place, first = next(one for one in reversed(mine) if len(again[_without_number(one[1]["file"])]) == several)
        name = first["name"] or f"anon {number}"
        late = any(match["late"] for _, match in mine)
        order = int(first["attachment"])
        who = Who(number, name)
        places = {match["file"]: file for file, match in mine}
        found.append(HandIn(who, f"{name}_{number}", tree, place, marked_late=late, order=order, places=places))
    return found


def _without_number(file: str) -> str:
    path = PurePosixPath(file)
    return re.sub(r"-\d+$", "", path.stem) + path.suffix


LAYOUT = Layout("canvas", "Canvas's download", read)
