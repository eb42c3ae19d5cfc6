"""Regrading, seeds of one's own for each student, and the list of pairs that are alike."""

import ast
import hashlib
import json

import pytest

from autograder.checking.digest import seed_fingerprint
from autograder.checking.report import Report
from autograder.checking.running import check_seed
from autograder.checking.submission import collect
from autograder.grading.grade import Settings, grade
from autograder.grading.pool import Job, own_seed
from autograder.grading.similarity import compare, shapes_of

LUCKY = "return x + x if x.flatten()[0] > 0 else x"  # whether it passes depends on what the check draws


def reports(toy, out, **settings):
    grade(toy.course, toy.lesson, collect([toy.root / "class"], "toy"), toy.root / out, Settings(**settings))
    found = {}
    for path in (toy.root / out / "toy").glob("*.json"):
        report = Report.from_json(path.read_text())
        found[report.submission] = report
    return found


def drawn(report):
    return {check.name: (check.outcome, check.points) for check in report.checks}


# --- seeds ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lucky(toy, zygote):
    for number in range(8):
        toy.write(f"class/s{number}.py", toy.with_double(LUCKY))
    return toy


@pytest.mark.parametrize("settings", [{"seed": "term"}, {"secret": "a secret of the course"}])
def test_a_regrade_gives_the_same_score(lucky, settings):
    first, second = reports(lucky, "one", **settings), reports(lucky, "two", **settings)
    assert {name: drawn(one) for name, one in first.items()} == {name: drawn(one) for name, one in second.items()}
    assert {one.key for one in first.values()} == {one.key for one in second.values()}


def test_with_one_seed_all_get_the_same_inputs(lucky):
    assert len({json.dumps(drawn(one)) for one in reports(lucky, "out", seed="x").values()}) == 1


def test_with_a_secret_each_gets_inputs_of_their_own(lucky):
    found = reports(lucky, "out", secret="a secret of the course")
    assert len({json.dumps(drawn(one)) for one in found.values()}) > 1
    assert len({own_seed("a secret of the course", name) for name in found}) == 8
    assert own_seed("a secret of the course", "s1") != own_seed("another secret", "s1")
    (fingerprint,) = {one.seed_fingerprint for one in found.values()}
    assert reports(lucky, "seed", seed="a secret of the course")["s1"].seed_fingerprint != fingerprint


def test_a_report_holds_a_fingerprint_of_the_seed_and_never_the_seed(lucky):
    """Nor anything else that tells it faster: the key is made of the fingerprint."""
    found = {seed: reports(lucky, f"out {seed}", seed=seed)["s0"] for seed in ("autumn-7319", "spring-7319")}
    for seed, report in found.items():
        salt = b"autograder: a seed of toy"
        assert report.seed_fingerprint == hashlib.scrypt(seed.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()
        texts = [path.read_text() for path in (lucky.root / f"out {seed}").rglob("*") if path.is_file()]
        assert len(texts) == 17 and not any(seed in text for text in texts)
        made_by = (report.seed_fingerprint, report.tier, report.engine, *map(" ".join, report.versions.items()))
        parts = "\0".join((report.digest, report.checks_digest, *made_by))
        assert report.key == hashlib.sha256(parts.encode()).hexdigest()[:32]
    assert len({one.key for one in found.values()}) == 2


def test_a_run_makes_one_fingerprint(lucky, monkeypatch):
    made = []
    slow = hashlib.scrypt
    monkeypatch.setattr(hashlib, "scrypt", lambda *args, **how: (made.append(args), slow(*args, **how))[1])
    reports(lucky, "out", secret="a secret of this test alone")
    assert len(made) == 1


def test_a_seed_says_nothing_of_another(toy):
    job = Job(toy.lesson, (), "7", "none", secret="s" * 16)
    seeds = {check_seed(job.seed_of(name), check) for name in ("ann", "bob") for check in ("a", "b")}
    assert len(seeds) == 4
    assert Job(toy.lesson, (), "7", "none").seed_of("ann") == "7"


def test_the_secret_comes_from_a_file(toy, command, zygote):
    toy.write("class/ann.py", toy.reference)
    toy.write("secret", "0123456789abcdef\n")
    assert command("grade", "toy", "class", "--out", "out", "--student-seeds", "secret")[0] == 0
    text = (toy.root / "out/toy/ann.json").read_text()
    assert Report.from_json(text).seed_fingerprint == seed_fingerprint("for each student: 0123456789abcdef", "toy")
    assert "0123456789abcdef" not in text and own_seed("0123456789abcdef", "ann") not in text
    for name, text in (("short", "abc"), ("gone", None)):
        if text:
            toy.write(name, text)
        code, _, err = command("grade", "toy", "class", "--out", "out", "--student-seeds", name)
        assert code == 2 and err.startswith(f"autograder: {name} ") and err.count("\n") == 1


# --- similarity -----------------------------------------------------------------------------------------------------

ODD = """
def double(x):
    pieces = []
    for index in range(len(x)):
        value = x[index]
        if value is None:
            continue
        pieces.append(value * 3 - value)
    if not pieces:
        return x
    result = torch.stack(pieces)
    return result.reshape(x.shape)
"""
RENAMED = '''
def double(numbers: torch.Tensor) -> torch.Tensor:
    """Mine, all mine."""
    out = []  # collect
    for i in range(len(numbers)):
        n = numbers[i]
        if n is None:
            continue
        out.append(n * 4 - n)

    if not out:
        return numbers
    stacked = torch.stack(out)
    return stacked.reshape(numbers.shape)
'''
WAYS = [
    "return x + x",
    "return 2 * x",
    "return x * 2",
    "return torch.add(x, x)",
    "return x.mul(2)",
    "return sum([x, x])",
]


@pytest.fixture
def alike(toy):
    for number, way in enumerate(WAYS):
        toy.write(f"class/honest{number}.py", toy.with_double(way))
    toy.write("class/source.py", toy.reference + ODD)
    toy.write("class/copy.py", toy.reference + RENAMED)
    return toy


def test_a_renamed_copy_is_on_top(alike):
    found = compare(alike.course, alike.lesson, collect([alike.root / "class"], "toy"))
    top, *rest = found.pairs
    assert {top.one, top.other} == {"source", "copy"} and top.similarity > 0.9 and "double" in top.same
    assert all(pair.similarity < 0.5 for pair in rest)
    assert found.unreadable == []


def test_a_copy_in_a_notebook_is_found(alike):
    (alike.root / "class/copy.py").unlink()
    cells = [
        {"cell_type": "code", "source": f"%matplotlib inline\n{alike.reference}"},
        {"cell_type": "code", "source": RENAMED},
    ]
    alike.write("class/copy.ipynb", json.dumps({"cells": cells}))
    top = compare(alike.course, alike.lesson, collect([alike.root / "class"], "toy")).pairs[0]
    assert {top.one, top.other} == {"source", "copy"} and top.similarity > 0.9


def test_what_a_notebook_came_with_says_nothing(alike):
    """Two of a class hand in the notebook; its own functions, which no exercise uses, are not theirs."""
    handed_out = "def draw(rows):\n    for row in rows:\n        print(row.name, [cell * 2 for cell in row.cells])\n"
    for name, code in (("untouched", alike.stub), ("solved", alike.reference)):
        cells = [{"cell_type": "code", "source": text} for text in (code, handed_out)]
        alike.write(f"class/{name}.ipynb", json.dumps({"cells": cells}))
    pairs = compare(alike.course, alike.lesson, collect([alike.root / "class"], "toy")).pairs
    assert all({pair.one, pair.other} != {"untouched", "solved"} for pair in pairs)


def test_what_everybody_writes_says_nothing(toy):
    for number in range(9):
        toy.write(f"class/s{number}.py", toy.reference)
    assert compare(toy.course, toy.lesson, collect([toy.root / "class"], "toy")).pairs == []


def test_the_shape_of_code():
    def shapes(source):
        return shapes_of(ast.parse(source).body, ["double"])

    assert shapes(ODD) == shapes(RENAMED)
    assert shapes("def double(x):\n    return x.sum()") != shapes("def double(x):\n    return x.mean()")


@pytest.mark.parametrize("bad", ["x = (", "\0", "x = " + "-" * 200_000 + "1", "def f(:", "x=1" + "+1" * 100_000])
def test_what_can_not_be_parsed_stops_nothing(alike, bad, command):
    alike.write("class/bad.py", bad)
    code, out, err = command("similarity", "toy", "class", "--out", "pairs.csv")
    assert (code, err) == (0, "") and "source" in out
    assert "Left out: bad" in out or bad.startswith("x=1")
    assert (alike.root / "pairs.csv").read_text().startswith("similarity,one,other,same_shape,")


def test_no_submission_is_imported(toy, command, monkeypatch):
    """Whoever compares may stand in the class's folder, where a submission is called like a module of Python's."""
    for name in ("ann", "bob"):
        toy.write(f"class/{name}.py", toy.reference)
    for name in ("json", "ast", "csv", "autograder"):
        toy.write(f"class/{name}.py", f"open({str(toy.root / 'imported')!r}, 'a').close()\n" + toy.reference)
    monkeypatch.chdir(toy.root / "class")
    code, out, _ = command("similarity", "toy", ".", "--out", "../alike.csv")
    assert code == 0 and not (toy.root / "imported").exists()
    assert "Left out" not in out
