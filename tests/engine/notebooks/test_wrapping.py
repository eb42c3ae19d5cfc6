"""Docstrings and comments in a notebook's width: every word stays, and what its author lined up."""

import ast
from pathlib import Path

import pytest

from autograder.common.lessons import load_course
from autograder.notebooks.wrapping import WIDTH, wrapped

COURSE = load_course(Path(__file__).resolve().parents[3])

LONG = '''\
# --- a heading of a part ----------------------------------------------
def shares(counts):
    """What each count is of all of them together, as is often wanted of counts.

        shares = counts / sum(counts)        all counts     and their sum, in columns
    kind      a word, and behind a gap what it says about that, and more of it
              on the line below

    Args:
        counts: how often each was seen, a number for each of those that
            there are. Two of them: `counts that are written here`, for one.
        other: short

    Returns:
        a list. Its length is that of the counts, and its sum is one, where the
        sum of the counts is positive.

    Examples:
        shares([1, 3]) is [0.25, 0.75], as one and three are four together
        shares([2]) is [1.0]

    - An item that goes on until it is too long for the width of a cell, so
      that it goes on.
    """
    text = "# no comment, and as long as a line of text in quotes would ever be"
    return text
'''
NARROW = '''\
# --- a heading of a part ----------------------------------
def shares(counts):
    """What each count is of all of them together, as is
    often wanted of counts.

        shares = counts / sum(counts)        all counts     and their sum, in columns
    kind      a word, and behind a gap what it says about
              that, and more of it on the line below

    Args:
        counts: how often each was seen, a number for each
            of those that there are. Two of them:
            `counts that are written here`, for one.
        other: short

    Returns:
        a list. Its length is that of the counts, and its
        sum is one, where the sum of the counts is positive.

    Examples:
        shares([1, 3]) is [0.25, 0.75], as one and three are
            four together
        shares([2]) is [1.0]

    - An item that goes on until it is too long for the
      width of a cell, so that it goes on.
    """
    text = "# no comment, and as long as a line of text in quotes would ever be"
    return text
'''


def test_what_is_too_long_goes_on_below():
    assert wrapped(LONG, 60) == NARROW
    assert wrapped(NARROW, 60) == NARROW


def test_a_list_is_not_broken_where_the_line_can_end_before_it():
    text = '"""Of four numbers, with a gap of two between them, it gives [-128, -78, -26, 127]."""'
    assert wrapped(text, 70).split("\n")[1] == '[-128, -78, -26, 127]."""'


@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_the_courses_docstrings_fit_and_keep_each_word(lesson):
    """Of the exercises and what is defined beside them: a module's own docstring is in no notebook."""
    source = COURSE.reference(lesson).read_text(encoding="utf-8")
    narrow = wrapped(source)
    assert ast.dump(ast.parse(narrow)) != ast.dump(ast.parse(source)), "there is something to wrap"
    before, after = (list(docstrings(text)) for text in (source, narrow))
    assert [text.split() for _, text in before] == [text.split() for _, text in after]
    lines = narrow.split("\n")
    assert not [line for number, _ in after for line in lines[number.start : number.stop] if len(line) > WIDTH]


def docstrings(source):
    """Where each docstring of a class or function stands, and its text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)) is not None:
            yield range(node.body[0].lineno - 1, node.body[0].end_lineno), text
