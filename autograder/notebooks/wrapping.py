"""Docstrings and comments in lines that a notebook shows whole: an editor's pane is wider than a cell.

A line that is too long gives its end to the next line of its paragraph, or to a new one. Nothing else moves: items,
formulas and columns stay where their author put them.
"""

from __future__ import annotations

import ast
import re

WIDTH = 100
_NEAR = 30  # columns
_COLUMN = re.compile(r"\S+(?: \S+)?\s{2,}(?=\S)")  # "stage     what it is": a word, and its text in a column
_TABLE = re.compile(r".*\S {3,}\S.*\S {3,}\S|(?:\S+ ){2,}.*\S {3,}\S")  # more columns, or a formula: stays one line
_BULLET = re.compile(r"(?:-|\d+\.) ")
_ENTRY = re.compile(r"[\w*\"`.-]+(?:, [\w*\"`.-]+)*: ")  # "ids: (B, T)", as under Args
_BEGINS = re.compile(r"(?:Args|Returns|Raises|Source|Examples?)\b")
_RULER = re.compile(r"(\s*# -+ .*? )-+$")


def wrapped(source: str, width: int = WIDTH) -> str:
    """The same statements, with docstrings and lines of comment at most so wide. `source` is Python."""
    lines = source.split("\n")
    made: list[str] = []
    start = 0
    for first, end in [*_blocks(source, lines), (len(lines), len(lines))]:
        made += [*lines[start:first], *_narrow(lines[first:end], width)]
        start = end
    return "\n".join(made)


def _blocks(source: str, lines: list[str]) -> list[tuple[int, int]]:
    """The lines, from and to, of every docstring and of every run of comments."""
    found = []
    inside: set[int] = set()  # lines of any text in quotes: what looks like a comment there is none
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and ast.get_docstring(node, clean=False) is not None:
                found.append((first.lineno - 1, first.end_lineno or first.lineno))
        if isinstance(node, ast.Constant):
            inside |= set(range(node.lineno - 1, node.end_lineno or node.lineno))
    number = 0
    while number < len(lines):
        end = number
        while end < len(lines) and lines[end].lstrip().startswith("#") and end not in inside:
            end += 1
        if end > number:
            found.append((number, end))
        number = max(end, number + 1)
    return sorted(found)


def _narrow(lines: list[str], width: int) -> list[str]:
    left = list(lines)
    made: list[str] = []
    while left:
        line = left.pop(0)
        if len(line) > width and (ruler := _RULER.fullmatch(line)):
            line = ruler[1] + "-" * (width - len(ruler[1]))
        if len(line) > width and not _TABLE.match(_parts(line)[1]) and (place := _break(line, width)):
            hang = _hang(line, made)
            line, rest = line[:place].rstrip(), line[place:].strip()
            if left and _goes_on(left[0], hang):
                left[0] = f"{hang}{rest} {left[0][len(hang) :]}"
            else:
                left.insert(0, hang + rest)
        made.append(line)
    return made


def _break(line: str, width: int) -> int:
    """The last space that ends a line of that width, outside of backticks; 0 where there is none.

    Where it stands in square brackets or braces, the last one before them, if that is near: a list is read as one.
    """
    spaces = [at for at in range(1, width + 1) if line[at] == " " and line[:at].count("`") % 2 == 0]
    spaces = [at for at in spaces if line[:at].strip(' #"')]
    outside = [at for at in spaces if not _depth(line[:at])]
    last = max(spaces, default=0)
    return max((at for at in outside if at >= last - _NEAR), default=last)


def _depth(text: str) -> int:
    return sum(text.count(one) for one in "[{") - sum(text.count(one) for one in "]}")


def _hang(line: str, above: list[str]) -> str:
    """What the paragraph's other lines begin with."""
    start, text = _parts(line)
    if text.startswith('"""'):
        return start
    if found := _COLUMN.match(text) or _BULLET.match(text):
        return start + " " * len(found[0])
    header = _header(start, above)
    items = header.startswith("Example") or (_ENTRY.match(text) and (header or text[0] in '"`'))
    return start + "    " if items else start


def _parts(line: str) -> tuple[str, str]:
    """A line's indent, with the mark of a comment, and its text."""
    start = re.match(r"\s*(?:# *)?", line)
    assert start is not None  # the pattern takes nothing, too
    return start[0], line[start.end() :]


def _header(start: str, above: list[str]) -> str:
    """The line above that stands further left, where it ends in a colon, as "Args:" does."""
    for line in reversed(above):
        outer, text = _parts(line)
        if text and len(outer) < len(start):
            return text if text.endswith(":") else ""
    return ""


def _goes_on(line: str, hang: str) -> bool:
    """Whether a line belongs to the paragraph whose lines begin with `hang`."""
    start, text = _parts(line)
    begins = _BULLET.match(text) or _COLUMN.match(text) or _BEGINS.match(text)
    return start == hang and bool(text.strip(' "')) and not begins
