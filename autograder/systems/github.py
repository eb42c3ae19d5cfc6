"""Repositories of GitHub Classroom and Classroom 50: a folder with a clone for each student, or the zips of them.

`gh classroom clone student-repos` writes `lora-submissions/lora-alee/`, the assignment and the login; GitHub's
"Download ZIP" gives `lora-alee-main.zip`, in which all lies in `lora-alee-main/`. Each is a checkout of the course,
`exercises/lora/lora.py`, or has the file somewhere. A clone's last commit is in `.git`, which is not read.

Source: GitHub's manual of `gh classroom clone student-repos`, and "Downloading source code archives" of its
documentation.
"""

from __future__ import annotations

import os
import re

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.submission import Who
from autograder.checking.tree import Tree, is_work, passed_over

_BRANCH = re.compile(r"-(main|master)$")


def read(top: Tree, lesson: str) -> Reading | None:
    """Only where at least two repositories lie there and all begin with the assignment's name."""
    children = {
        name: child
        for name, child in top.children().items()
        if not name.startswith((".", "__")) and (child is not None or name.lower().endswith(".zip"))
    }
    names = {name: _BRANCH.sub("", name[:-4] if child is None else name) for name, child in children.items()}
    shared = os.path.commonprefix(list(names.values())).rpartition("-")[0]
    ends = [name for name in names if _BRANCH.search(name.removesuffix(".zip"))]
    checkouts = [name for name, child in children.items() if child is not None and _is_checkout(child)]
    if len(names) < 2 or not shared or not (ends or checkouts):
        return None
    hand_ins = []
    for name, child in children.items():
        login = names[name].removeprefix(f"{shared}-")
        label = name[:-4] if child is None else name
        hand_ins.append(
            HandIn(Who(login, login, login=login), label, child or top.file(name), name, places={name: name})
        )
    other = [name for name in top.files if "/" not in name and is_work(name) and name not in children]
    return Reading(hand_ins, passed_over(top.files), unplaced=other)


def _is_checkout(child: Tree) -> bool:
    return any(path.startswith((".github/", "exercises/", ".gitignore")) for path in child.files)


LAYOUT = Layout("github", "repositories of GitHub Classroom or Classroom 50", read)
