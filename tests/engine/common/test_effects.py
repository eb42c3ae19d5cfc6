"""What a statement binds, changes, reads and gives away, as far as its text says."""

import ast

import pytest

from autograder.common import effects


def node(text):
    (found,) = ast.parse(text).body
    return found


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("for i, (a, *b) in x:\n    c = 1\nelse:\n    d = 2", "i a b c d"),
        ("with f() as g, h() as (i, j):\n    k = 1", "g i j k"),
        ("try:\n    a = 1\nexcept E:\n    import b\nelse:\n    c = 1\nfinally:\n    d = 1", "a b c d"),
        ("while (n := next(it)):\n    t[n] = 1", "n t"),
        ("match x:\n    case 1:\n        a = 1\n    case _:\n        b = 1", "a b"),
        ("if a:\n    def f(): inner = 1", "f"),
        ("del a[0]", "a"),
        ("print(lambda: (hidden := 1))", ""),
    ],
)
def test_names_bound(text, bound):
    assert effects.names_bound(node(text)) == set(bound.split())


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a.append(1)", "a"),
        ("a.b[0].update(c)", "a"),
        ("last = a.pop()", "a"),
        ("size = a.count(1)", ""),
        ("a.whatever(1)", "a"),
        ("w = module.init.zeros_(layer.weight)", "layer"),
        ("for x in y:\n    a.add(x)", "a"),
        ("setattr(a.b, 'c', 1)", "a"),
        ("module.seed(1)", ""),
        ("Layer.train()", ""),
        ("Layer.known.append(1)", "Layer"),
        ("def f():\n    a.append(1)", ""),
    ],
)
def test_names_changed(text, changed):
    assert effects.names_changed(node(text), ["module"], ["Layer"]) == set(changed.split())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("for x in values:\n    y = x * k\n    table.append(y)", "values k table"),
        ("if a:\n    b = 1\nprint", "a"),
        ("for i in range(2):\n    total += i", "range"),
        ("with f() as g:\n    h = g.read()\n    n = h", "f"),
        ("try:\n    a = b\nexcept E:\n    c = a", "b E a"),
        ("def f(x, y=z):\n    return x + y + w", "z w"),
    ],
)
def test_names_read(text, read):
    assert effects.names_read(ast.parse(text).body[0]) == set(read.split())


def test_what_only_one_branch_binds_is_read_from_before():
    (loop,) = ast.parse("for _ in r:\n    if a:\n        b = 1\n    c = b").body
    assert effects.names_read(loop) == {"r", "a", "b"}
    (loop,) = ast.parse("for _ in r:\n    if a:\n        b = 1\n    else:\n        b = 2\n    c = b").body
    assert effects.names_read(loop) == {"r", "a"}


def test_given_away():
    assert list(effects.given_away(node("shuffle(a)"))) == [("a", "shuffle")]
    assert list(effects.given_away(node("for x in y:\n    r.shuffle(a, 1)"))) == [("a", "r.shuffle")]
    for harmless in ("print(a)", "b = f(a)", "plt.plot(a)", "show_tokens(a)"):
        assert list(effects.given_away(node(harmless))) == []
