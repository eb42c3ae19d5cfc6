"""The zip that Canvas makes of "Download Submissions".

One folder of files called `leeann_LATE_123_456_lora-1.py`: the sortable name ("Lee, Ann") in small letters and without
what is no letter, LATE where it came after the due date, the student's id in Canvas (the column ID of the gradebook),
the id of the attachment, and the file's own name. With anonymous grading it is `LATE_anon_x7Yz2_456_lora.py`. Canvas
puts `-1` behind the name of a file that was handed in before: the attachment's number says which came later. Text and
links that were handed in instead of a file are `leeann_123_text.html` and `..._link.html`. No time is in it.

Source: Canvas LMS, lib/content_zipper.rb (`get_filename`, `add_upload_submission`), and in app/models/assignment.rb
`infer_comment_context_from_filename`, which reads the names again.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.submission import Who
from autograder.checking.tree import Tree, is_work, passed_over
from autograder.systems._layout import told_apart

_WHOSE = r"(?:(?P<late_anonymous>LATE_)?anon_(?P<anonymous>[A-Za-z0-9]{5})|(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+))"
_NAME = re.compile(rf"{_WHOSE}_(?P<attachment>\d+)_(?P<file>.+)", re.DOTALL)
_TYPED = re.compile(rf"{_WHOSE}_(?:text|link)\.html", re.DOTALL)


def read(top: Tree, lesson: str) -> Reading | None:
    made, other = told_apart(top, _NAME)
    files = [(name, match) for name, match in made if name in top.files]
    if not any(is_work(name) for name, _ in files):
        return None
    students: dict[str, list[tuple[str, re.Match[str]]]] = {}
    for name, match in files:
        students.setdefault(_number(match), []).append((name, match))
    hand_ins = [one for held in students.values() for one in _attempts(top, held)]
    typed = {name: found for name in top.files if (found := _TYPED.fullmatch(name)) is not None}
    for name, found in typed.items():
        if _number(found) not in students:
            hand_ins.append(HandIn(_who(found), _label(found), Tree({}), name, marked_late=_is_late(found)))
    kinds = passed_over(path for path in top.files if path not in typed)
    return Reading(hand_ins, [*kinds, *["text or link"] * len(typed)], unplaced=other)


def _number(match: re.Match[str]) -> str:
    return match["id"] or match["anonymous"]


def _who(match: re.Match[str]) -> Who:
    return Who(_number(match), match["name"] or f"anon {match['anonymous']}")


def _label(match: re.Match[str]) -> str:
    return f"{_who(match).name}_{_number(match)}" if match["name"] else f"anon_{match['anonymous']}"


def _is_late(match: re.Match[str]) -> bool:
    return bool(match["late"] or match["late_anonymous"])


def _attempts(top: Tree, held: list[tuple[str, re.Match[str]]]) -> list[HandIn]:
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
        found.append(
            HandIn(
                _who(first),
                _label(first),
                tree,
                place,
                marked_late=any(_is_late(match) for _, match in mine),
                order=int(first["attachment"]),
                places={match["file"]: file for file, match in mine},
            )
        )
    return found


def _without_number(file: str) -> str:
    path = PurePosixPath(file)
    return re.sub(r"-\d+$", "", path.stem) + path.suffix


LAYOUT = Layout("canvas", "Canvas's download", read)
