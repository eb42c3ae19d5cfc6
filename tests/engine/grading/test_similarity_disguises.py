# ruff: noqa: E501
"""Copies in disguise are found, honest work is not, and what is no plain definition is named."""

import base64
import re
import signal
import subprocess
from types import SimpleNamespace

import pytest

from autograder.checking.submission import collect
from autograder.grading.alike import reading
from autograder.grading.similarity import compare

SOURCE = """
import torch


def helper(rows, size):
    kept = []
    for row in rows:
        if row is None or row.numel() != size:
            continue
        kept.append(row * size + row.mean())
    return kept


def double(x):
    size = x.shape[-1]
    rows = helper([x[index] for index in range(len(x))], size)
    if not rows:
        return x
    stacked = torch.stack(rows)
    total = stacked.cumsum(0) * x + stacked.mean()
    return (total - stacked).reshape(x.shape)


def quad(x):
    best = x
    while best.norm() < 4 * x.norm():
        best = double(best)
        if best.isnan().any():
            raise ValueError("no number")
    return best.clamp(x.min(), x.max())


class Counter:
    def __init__(self, start=0):
        self.value = start
        self.history = []

    def add(self, amount):
        before = self.value
        self.value = before + amount
        self.history.append((before, amount))
        return self._checked(before)

    def _checked(self, before):
        if len(self.history) > 1000:
            self.history = self.history[-10:]
        return max(self.value, before) if self.value is not None else before
"""
WAYS = {
    "double": [
        "    return x + x\n",
        "    out = torch.zeros_like(x)\n    for _ in range(2):\n        out += x\n    return out\n",
        "    return torch.einsum('...,->...', x, torch.tensor(2.0))\n",
        "    pair = torch.stack([x, x])\n    return pair.sum(dim=0)\n",
        "    flat = x.flatten().tolist()\n    return torch.tensor([v + v for v in flat]).view(x.size())\n",
        "    with torch.no_grad():\n        y = x.clone()\n    return y.mul_(2)\n",
    ],
    "quad": [
        "    return double(double(x))\n",
        "    for _ in range(2):\n        x = double(x)\n    return x\n",
        "    y = double(x)\n    return y + y\n",
        "    return functools.reduce(lambda value, _: double(value), range(2), x)\n",
        "    if x.numel() == 0:\n        return x\n    return double(x) * 2\n",
        "    halves = [double(x), double(x)]\n    return halves[0].add(halves[1])\n",
    ],
}


def solution(number):
    """One of six honest ones."""
    double, quad = WAYS["double"][number], WAYS["quad"][number]
    return f"import functools\nimport torch\n\n\ndef double(x):\n{double}\n\ndef quad(x):\n{quad}" + COUNTER[number]


COUNTER = [
    "class Counter:\n    def __init__(self, start=0):\n        self.value = start\n\n    def add(self, amount):\n" + way
    for way in (
        "        self.value += amount\n        return self.value\n",
        "        self.value = sum((self.value, amount))\n        return int(self.value)\n",
        "        new = self.value + amount\n        setattr(self, 'value', new)\n        return new\n",
        "        for _ in range(abs(amount)):\n            self.value += 1 if amount > 0 else -1\n        return self.value\n",
        "        self.__dict__['value'] += amount\n        return vars(self)['value']\n",
        "        try:\n            self.value += amount\n        except TypeError:\n            raise\n        return self.value\n",
    )
]


def every_line(source, before):
    """The lines put before every statement in a function, so that no two statements stand together any more."""

    def put(match):
        return "".join(f"{match[1]}{line}\n" for line in before.splitlines()) + match[0]

    return re.sub(r"^( +)(?!def )\S.*\n", put, source, flags=re.MULTILINE)


def swapped(source):
    for old, new in (
        ("row * size + row.mean()", "row.mean() + size * row"),
        ("row is None or row.numel() != size", "size != row.numel() or row is None"),
        ("stacked.cumsum(0) * x + stacked.mean()", "stacked.mean() + x * stacked.cumsum(0)"),
        ("best.norm() < 4 * x.norm()", "x.norm() * 4 > best.norm()"),
        ("before + amount", "amount + before"),
        ("len(self.history) > 1000", "1000 < len(self.history)"),
    ):
        assert old in source
        source = source.replace(old, new)
    return source


def renamed(source):
    for name in ("helper", "kept", "row", "rows", "size", "stacked", "total", "best", "before", "history", "_checked"):
        source = re.sub(rf"\b{name}\b", f"my_{len(name)}{name[::-1]}", source)
    return source


def reordered(source):
    top, *definitions = re.split(r"\n\n\n(?=def |class )", source)
    return "\n\n\n".join([top, *reversed(definitions)])


def after_the_end(source):
    """Statements below each that nothing in its block follows, and below an `if` of which both sides are such."""
    choice = "max(self.value, before) if self.value is not None else before"
    assert choice in source
    sides = (
        "if self.value is not None:\n{0}    return max(self.value, before)\n{0}else:\n{0}    return before\n{0}exit(3)"
    )
    source = source.replace(f"return {choice}", sides.format(" " * 8))
    return re.sub(
        r"^( +)(return|raise|continue)\b.*\n", r"\g<0>\1x = exit(len(str(3 * x)))\n", source, flags=re.MULTILINE
    )


# What has no effect would go for that reason.
NEVER = "\n".join(
    f"{head}\n    quit(exit(3))"
    for head in ("if 1 > 2:", "if not 0:\n    pass\nelse:", "while False:", "for _ in []:", "for _ in range(0):")
)
DEAD = "".join(
    f"\n\ndef dead{number}(x, y):\n    return x[{number}] * y - [y, x][{number} % 2]" for number in range(300)
)
NO_EFFECT = "3 + 4\nNone\n[1, len('abc')]\nif False:\n    pass\nfor _ in range(0):\n    _ = 1"
KEPT = "unused = []\nunused.append(1)\nfor index in range(3):\n    other = index * 2"
LAMBDAS = (
    (
        "def double(x):\n    return (x.cumsum(0) * x + x.mean() - x).reshape(x.shape).clamp(x.min(), x.std() + x.norm())\n"
    ),
    ("double = lambda x: (x.cumsum(0) * x + x.mean() - x).reshape(x.shape).clamp(x.min(), x.std() + x.norm())\n"),
)
PACKED = base64.b64encode(SOURCE.encode())
DISGUISES = {
    "a dummy variable": every_line(SOURCE, "unused = 1"),
    "dummies that lean on each other": every_line(SOURCE, "one = 1\ntwo = one + 1\none = two"),
    "a list that nobody reads": every_line(SOURCE, KEPT),
    "dead functions": SOURCE + DEAD,
    "dead methods": SOURCE + "\n    def nobody(self, row):\n        return [row * self.value for _ in range(9)]\n" * 9,
    "statements without effect": every_line(SOURCE, NO_EFFECT),
    "branches never taken": every_line(SOURCE, NEVER),
    "code after the end": after_the_end(SOURCE),
    "swapped operands": swapped(SOURCE),
    "renamed": renamed(SOURCE),
    "reordered": reordered(SOURCE),
    "steps in one": SOURCE.replace(
        "    stacked = torch.stack(rows)\n", "    joined = torch.stack(rows)\n    stacked = joined\n"
    ),
    "exec": f"exec({SOURCE!r})\n",
    "exec of a compiled name": f"text = {SOURCE!r}\nexec(compile(text, 'x', 'exec'))\n",
    "exec of base64": f"import base64\nexec(base64.b64decode({PACKED!r}).decode())\n",
    "several": every_line(renamed(swapped(reordered(SOURCE))), "unused = 1\n3 + 4") + DEAD,
}


@pytest.fixture
def honest(toy):
    for number in range(6):
        toy.write(f"class/honest{number}.py", solution(number))
    return toy


def found_in(toy):
    return compare(toy.course, toy.lesson, collect([toy.root / "class"], "toy"))


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_in_disguise_is_on_top(honest, disguise):
    honest.write("class/source.py", SOURCE)
    honest.write("class/copy.py", DISGUISES[disguise])
    top, *rest = found_in(honest).pairs
    # Of one shape: what one of them has in addition would leave the similarity as it is.
    assert {top.one, top.other} == {"source", "copy"} and top.same == ("double", "quad", "Counter")
    assert top.similarity == 1 and top.exercises == dict.fromkeys(top.same, 1)
    assert all(pair.similarity < 0.5 for pair in rest)


def test_eval_within_a_function_is_read(honest):
    inner = "(total - stacked).reshape(x.shape)"
    honest.write("class/source.py", SOURCE)
    honest.write("class/copy.py", SOURCE.replace(f"return {inner}", f"return eval({inner!r})"))
    found = found_in(honest)
    assert found.pairs[0].similarity == 1 and found.pairs[0].exercises["double"] == 1
    assert found.odd["copy"] == ["uses eval (line 21)"]


def test_a_lambda_with_a_name_is_a_function(honest):
    for name, text in zip(("source", "copy"), LAMBDAS, strict=True):
        honest.write(f"class/{name}.py", text)
    found = found_in(honest)
    assert {found.pairs[0].one, found.pairs[0].other} == {"source", "copy"} and found.pairs[0].similarity == 1
    assert found.odd == {"copy": ["makes double by a lambda (line 1)"]}


def test_halves_of_two_are_found_with_both(honest):
    other = honest.reference.replace(
        "return x + x", "y = torch.cat([x, x]).view(2, *x.shape)\n    return y.sum(0) - y[0] + x"
    )
    other = other.replace(
        "self.value += amount", "kept = [self.value, amount]\n        self.value = kept.pop() + kept.pop()"
    )
    first, rest = SOURCE.split("class Counter", 1)
    honest.write("class/one.py", SOURCE)
    honest.write("class/two.py", other)
    honest.write("class/both.py", renamed(first) + "class Counter" + other.split("class Counter", 1)[1])
    pairs = {frozenset((pair.one, pair.other)): pair for pair in found_in(honest).pairs}
    with_one, with_two = pairs.pop(frozenset(("one", "both"))), pairs.pop(frozenset(("two", "both")))
    assert with_one.exercises["double"] > 0.95 and with_one.exercises["quad"] > 0.95
    assert with_two.exercises == {"Counter": 1.0}
    highest = max((pair.similarity for pair in pairs.values()), default=0)
    assert with_one.similarity > 0.6 and with_two.similarity > max(0.1, highest)


def test_an_honest_class_shares_little(honest):
    found = found_in(honest)
    assert all(pair.similarity < 0.5 for pair in found.pairs)
    assert found.odd == {} and found.unreadable == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (f"exec({SOURCE!r})\n", "uses exec (line 1)"),
        (f"__import__('os')\n{SOURCE}", "uses __import__ (line 1)"),
        (f"text = {SOURCE!r}\n", "lines of code in a string"),
        (f"import base64\n{SOURCE}", "imports base64 (line 1)"),
        (f"packed = '{'QUJD' * 100}'\n{SOURCE}", "400 characters of packed data (line 1)"),
        (f"from torch import *\n{SOURCE}", "imports * (line 1)"),
        ("double = lambda x: x + x\n", "makes double by a lambda (line 1)"),
        ("def f(x): return x\ndouble = f\n", "makes double by an assignment (line 2)"),
        ("x = [i * i for i in range(9)]\n" * 20 + solution(0), "of its code at top level"),
    ],
)
def test_what_is_no_plain_definition_is_named(honest, command, code, reason):
    honest.write("class/odd.py", code)
    status, out, err = command("similarity", "toy", "class", "--out", "pairs.csv")
    assert (status, err) == (0, "")
    (line,) = [line for line in out.splitlines() if line.startswith("Read by hand: ")]
    assert line.startswith("Read by hand: odd ") and reason in line


def test_nothing_in_a_text_is_run(toy, command):
    mark = toy.root / "run"
    text = f"open({str(mark)!r}, 'w').close()\n{SOURCE}"
    toy.write("class/odd.py", f"exec({text!r})\nx = eval({text.splitlines()[0]!r})\n{text}")
    assert command("similarity", "toy", "class", "--out", "pairs.csv")[0] == 0
    assert not mark.exists()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no limit on a process's own time here")
def test_one_that_ends_the_reading_process_costs_no_other(honest, monkeypatch):
    """What takes too long ends the process that reads it, wherever it stands in the class."""
    ends = []

    def run(*arguments, timeout, **options):
        done = subprocess.run(*arguments, timeout=60, **options)  # so long that none is over on a busy machine
        ends.append(done.returncode)
        return done

    monkeypatch.setattr(reading, "subprocess", SimpleNamespace(run=run, TimeoutExpired=subprocess.TimeoutExpired))
    monkeypatch.setattr(reading, "_SECONDS", 1)
    honest.write("class/source.py", SOURCE)
    honest.write("class/copy.py", renamed(SOURCE))
    for name in ("a_first", "m_middle", "z_last"):
        honest.write(f"class/{name}.py", f"def double(x):\n    return x{' or x' * 20_000}\n")
    found = found_in(honest)
    assert ends == [-signal.SIGPROF] * 3
    assert found.unreadable == ["a_first", "m_middle", "z_last"]
    assert found.read.keys() == {"source", "copy", *(f"honest{number}" for number in range(6))}
    assert {found.pairs[0].one, found.pairs[0].other} == {"source", "copy"}


def test_the_page_shows_both_and_escapes_them(honest, command):
    honest.write("class/source.py", SOURCE)
    honest.write("class/copy.py", renamed(SOURCE).replace('"no number"', '"<script>alert(1)</script>"'))
    status, out, _ = command("similarity", "toy", "class", "--out", "pairs.csv")
    assert status == 0, out
    page = (honest.root / "pairs.html").read_text()
    assert "side by side in pairs.html" in out
    assert "copy and source: 100%" in page and "<h3>quad: 100%</h3>" in page and 'class="hll"' in page
    assert "<script" not in page and "&lt;script&gt;" in page
    assert command("similarity", "toy", "class", "--out", "pairs.csv", "--html", "other.html")[0] == 0
    assert (honest.root / "other.html").exists()


def test_a_pair_is_measured_exercise_by_exercise(honest, command):
    honest.write("class/source.py", SOURCE)
    honest.write("class/copy.py", SOURCE)
    command("similarity", "toy", "class", "--out", "pairs.csv")
    head, first, *_ = (honest.root / "pairs.csv").read_text().splitlines()
    assert head == "similarity,one,other,same_shape,exercises"
    assert first == "1.000,copy,source,double quad Counter,double:1.00 quad:1.00 Counter:1.00"
