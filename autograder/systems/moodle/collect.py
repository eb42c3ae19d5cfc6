"""The zip that Moodle makes of "Download all submissions".

By default a folder for each student and plugin, `Ann Lee_12345_assignsubmission_file_/lora.py`, with or without the
last underscore; or, where "Download submissions in folders" is off, `Ann Lee_12345_assignsubmission_file_lora.py`.
12345 is the participant's number, the one of the grading worksheet ("Participant 12345"), and the files are those of
the last attempt. Groups and blind marking have the same form. No time is in it.

Source: mod/assign/classes/downloader.php of Moodle 4 (`get_student_prefix`, `load_submissionplugin_filelist`).
"""

from __future__ import annotations

import re

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.submission import Who
from autograder.checking.tree import Read, Tree, passed_over
from autograder.systems._layout import told_apart

# Moodle writes a space for an underscore in a name: what follows the first number may be a student's own file name.
_NAME = re.compile(r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
_TEXT = "onlinetext"  # what a student typed into Moodle's own editor


def read(top: Tree, lesson: str) -> Reading | None:
    made, other = told_apart(top, _NAME)
    if not made:
        return None
    children = top.children()
    held: dict[tuple[str, str], dict[str, Read]] = {}
    places: dict[tuple[str, str], dict[str, str]] = {}
    skipped = 0
    for child, match in made:
        who = (match["name"].strip(), match["id"])
        mine, lies = held.setdefault(who, {}), places.setdefault(who, {})
        below = children[child]
        if match["plugin"] == _TEXT:
            skipped += 1
        elif below is not None:
            mine |= below.files
            lies |= {path: f"{child}/{path}" for path in below.files}
        else:
            mine[match["file"] or child] = top.files[child]
            lies[match["file"] or child] = child
    hand_ins = [
        HandIn(Who(number, name), f"{name}_{number}", Tree(files), f"{name}_{number}", places=places[name, number])
        for (name, number), files in held.items()
    ]
    kinds = passed_over(path for path in top.files if f"_assignsubmission_{_TEXT}" not in path)
    return Reading(hand_ins, [*kinds, *["online text"] * skipped], unplaced=other)


LAYOUT = Layout("moodle", "Moodle's download", read)
