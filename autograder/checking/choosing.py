"""Which file of all that a student handed in is the lesson's.

First one with the lesson's own name, at any depth; then one whose name holds it, as `lora (1).py` or `ann_lora.py`;
then the only one there is. A zip that lies among them is looked into once. Nobody is graded by a guess: where two files
are as good as each other, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import PurePosixPath

from autograder.checking.submission import SUFFIXES, cap_of
from autograder.checking.tree import NOT_HANDED_IN, Tree, is_work, zip_tree
from autograder.checking.zips import MAX_ENTRIES, MAX_ZIP, Unreadable
from autograder.common.text import one_line

_BESIDE = re.compile(r"test_.*|.*_test|.*_oracles|conftest|setup|__\w+__")  # never the file that was asked for


_MOST = 8  # files that are compared: a small zip may hold thousands of large ones


class Undecided(Exception):
    """Which file counts can't be told; the text is one sentence."""


def choose(tree: Tree, lesson: str, others: Iterable[str], shown: str) -> tuple[str, bytes]:
    """The lesson's file in what one student handed in: its path there, and its bytes as they came.

    `others` are the names of the other lessons, whose files are not this one's. `shown` is how a sentence names all of
    it. Raises Unreadable and Undecided.
    """
    with ExitStack() as stack:  # what zips hold is let go when the file is found
        tree = tree if _own(tree, lesson) else _with_zips(tree, stack)
        groups = (_own(tree, lesson), *_variants(tree, lesson, set(others)), _lone(tree, lesson, set(others)))
        for best in groups:
            if best:
                return _one_of(tree, best, lesson, shown)
    deep = [path for path in tree.files if ".zip:" in path and path.lower().endswith(".zip")]
    if deep:
        raise Unreadable(f"{shown} holds a zip in a zip, and no {lesson}.py beside it: hand in the file itself.")
    held = ", ".join(one_line(path) for path in list(tree.files)[:3])
    raise Unreadable(f"{shown} holds no {lesson}.py and no {lesson}.ipynb{f' ({held})' if held else ''}.")


def beside(tree: Tree, path: str, lesson: str) -> tuple[str, bytes] | None:
    """The file of another lesson that this one builds on, where there is one of its own name that can be read."""
    for found in _own(tree, lesson):
        try:
            return found, tree.files[found](cap_of(found))
        except Unreadable:
            continue
    return None


def _one_of(tree: Tree, paths: Sequence[str], lesson: str, shown: str) -> tuple[str, bytes]:
    first = tree.files[paths[0]](cap_of(paths[0]))
    same = len(paths) <= _MOST and all(tree.files[path](cap_of(path)) == first for path in paths[1:])
    if not same:
        listed = " and ".join(one_line(path) for path in paths[:2])
        more = f" and {len(paths) - 2} more" if len(paths) > 2 else ""
        raise Undecided(f"{shown} holds {listed}{more}, and nothing tells which one counts: leave one {lesson}.py.")
    return paths[0], first


def _with_zips(tree: Tree, stack: ExitStack) -> Tree:
    """The tree with what lies in its zips, whose paths begin with the zip's name and a colon."""
    files = dict(tree.files)
    size, most = 0, len(files) + MAX_ENTRIES
    for path in [path for path in tree.files if path.lower().endswith(".zip") and is_work(path)]:
        name, raw = one_line(PurePosixPath(path).name), files.pop(path)(MAX_ZIP)
        size += len(raw)
        if size > MAX_ZIP:
            raise Unreadable(f"{name} and the zips beside it are over {MAX_ZIP >> 20} MiB.")
        inner = zip_tree(stack, raw, name)
        files |= {f"{path}:{below}": read for below, read in inner.files.items()}
        if len(files) > most:
            raise Unreadable(f"{name} and the zips beside it hold too many files: hand in what was asked for.")
    return Tree(files, tree.folders)


def _candidates(tree: Tree, lesson: str) -> list[str]:
    """Python files and notebooks that can be a student's work for this lesson."""
    found = []
    for path in tree.files:
        *above, name = re.split("[/:]", path)
        if not name.lower().endswith(SUFFIXES) or not is_work(path) or NOT_HANDED_IN.intersection(above):
            continue
        if "exercises" in above and above[above.index("exercises") + 1 :][:1] not in ([], [lesson]):
            continue  # in a checkout, another lesson's folder
        found.append(path)
    return found


def _own(tree: Tree, lesson: str) -> list[str]:
    """Those with the lesson's own name that are nearest to the top: Python before notebooks, its own folder first."""
    found = [path for path in _candidates(tree, lesson) if _stem(path).casefold() == lesson.casefold()]
    if not found:
        return []
    ranks = {path: _rank(path, lesson) for path in found}
    return [path for path in found if ranks[path] == min(ranks.values())]


def _rank(path: str, lesson: str) -> tuple[bool, bool, int, bool]:
    parts = re.split("[/:]", path)
    return _stem(path) != lesson, path.lower().endswith(".ipynb"), len(parts), parts[-2:-1] != [lesson]


def _variants(tree: Tree, lesson: str, others: set[str]) -> list[list[str]]:
    """Those whose name is the lesson's and a number, or begins with it, or holds it as a word; in this order."""
    word = re.escape(lesson)
    kinds = (rf"{word}[\s_-]*\(?\d+\)?", rf"{word}[\W_].*", rf"(.*[\W_])?{word}([\W_].*)?")
    free = [path for path in _candidates(tree, lesson) if not _is_other(path, others)]
    return [[path for path in free if re.fullmatch(kind, _stem(path), re.IGNORECASE)] for kind in kinds]


def _lone(tree: Tree, lesson: str, others: set[str]) -> list[str]:
    """What there is, or its only notebook."""
    found = [path for path in _candidates(tree, lesson) if not _is_other(path, others) and "exercises/" not in path]
    notebooks = [path for path in found if path.lower().endswith(".ipynb")]
    return notebooks if len(notebooks) == 1 else found


def _is_other(path: str, others: set[str]) -> bool:
    stem = _stem(path)
    return stem in others or _BESIDE.fullmatch(stem) is not None


def _stem(path: str) -> str:
    return PurePosixPath(re.split("[/:]", path)[-1]).stem
