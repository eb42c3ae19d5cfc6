"""Notebooks as submissions: what of their code counts, and that one bad cell or file costs no more than itself."""

import csv
import json
import time
import zipfile
from pathlib import Path

import pytest

from autograder.checking.report import Report
from autograder.checking.submission import MAX_NOTEBOOK, collect
from autograder.common import wire
from autograder.common.notebook_code import NotANotebook, code_cells, read_notebook, statements
from autograder.grading.grade import Settings, grade
from autograder.inside.executor import Executor

DOUBLE = "def double(x):\n    return x + x"
QUAD = "def quad(x):\n    return double(double(x))"
COUNTER = """class Counter:
    def __init__(self, start=0):
        self.value = start

    def add(self, amount):
        self.value += amount
        return self.value"""
EXERCISES = ("double", "quad", "Counter")


def notebook(*cells, **extra):
    """An .ipynb of these code cells; a cell that begins with `#md` is Markdown."""
    made = []
    for cell in cells:
        kind = "markdown" if cell.startswith("#md") else "code"
        made.append({"cell_type": kind, "metadata": {}, "source": cell.splitlines(keepends=True)})
        made[-1] |= {"outputs": [], "execution_count": None} if kind == "code" else {}
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | extra).encode()


def names(*cells, exercises=EXERCISES):
    """What the module of these cells holds."""
    worker = loaded(*cells, exercises=exercises)[0]
    return {name for name in vars(worker.lesson) if not name.startswith("__")}


def loaded(*cells, exercises=EXERCISES):
    worker = Executor(in_process=True)
    files = {"toy/toy.ipynb": notebook(*cells)}
    request = {"op": "load", "lesson": "toy", "path": "ann.ipynb", "files": files, "exercises": list(exercises)}
    reply = wire.decode(worker.handle(wire.encode(request)))
    worker.unload = lambda: None
    return worker, reply


# --- which code counts ----------------------------------------------------------------------------------------------


def test_definitions_and_what_they_lean_on_become_the_module():
    found = names(
        "import torch\nimport os\nfrom math import pi, tau",
        "FACTOR = 2\nTABLE = []\nTABLE[0:] = [FACTOR]\nUNUSED = print('NOISE')",
        "def helper(x):\n    return x * TABLE[0]",
        "def double(x: torch.Tensor):\n    return helper(x)",
        "def plot():\n    return os",
    )
    assert found == {"torch", "FACTOR", "TABLE", "helper", "double"}


def test_no_training_runs_on_loading():
    cells = [
        DOUBLE,
        "model = 1 / 0\nfor step in range(10):\n    raise SystemExit",
        "losses = double(1 / 0)\nprint(losses)",
        "def plot():\n    return losses",
        "with open('/nowhere') as file:\n    pass",
        "while True:\n    pass",
    ]
    assert names(*cells) == {"double"}
    assert names(*cells, exercises=()) == {"double", "plot"}, "without a list of exercises, every definition is one"


def test_a_functions_own_names_are_not_the_notebooks():
    """A parameter called `model` has nothing to do with the model that the notebook trains."""
    cells = [
        "model = 1 / 0\nlosses = []\nFACTOR = 2",
        "def double(model, *, rate=1):\n    losses = [model for model in (model,)]\n    return losses[0] * FACTOR",
        "class Counter:\n    model = 3\n\n    def add(self, losses):\n        return losses + self.model",
    ]
    assert names(*cells) == {"FACTOR", "double", "Counter"}


def test_a_later_definition_wins_and_patches_count():
    worker, _ = loaded(
        "def double(x):\n    raise NotImplementedError",
        COUNTER,
        DOUBLE,
        "Counter.add = lambda self, amount: 'patched'",
        "def onto(cls):\n    def put(f):\n        setattr(cls, f.__name__, f)\n    return put",
        "@onto(Counter)\ndef take(self):\n    return 'taken'",
    )
    assert worker.lesson.double(2) == 4
    counter = worker.lesson.Counter()
    assert (counter.add(1), counter.take()) == ("patched", "taken")


def test_imports_under_conditions_and_stars():
    found = names(
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING",
        "if TYPE_CHECKING:\n    from nowhere import Thing",
        "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None",
        "from string import *",
        "def double(x: Thing) -> Missing:\n    return nowhere or digits",
    )
    assert {"double", "nowhere", "digits"} <= found


def test_one_statement_that_raises_costs_only_itself():
    worker, reply = loaded(
        "import nowhere_to_be_found\n" + DOUBLE.replace("x + x", "x + x if True else nowhere_to_be_found"),
        "BAD = 1 / 0\ndef quad(x, by=BAD):\n    return by",
        "BAD += 1",
        COUNTER,
    )
    assert worker.lesson.double(3) == 6 and worker.lesson.Counter(1).add(1) == 2
    with pytest.raises(SyntaxError, match="quad is not defined, because of ann.ipynb, code cell 2, line 2: NameError"):
        worker.lesson.quad(1)
    assert set(reply["value"]) == {"double", "quad", "Counter"}


def test_a_cell_that_is_not_python_costs_what_it_defines():
    worker, reply = loaded(DOUBLE, "x = (\n\ndef quad(x):\n    return x\n\nclass Counter:\n    pass", COUNTER)
    assert worker.lesson.double(1) == 2 and worker.lesson.Counter().add(2) == 2
    with pytest.raises(SyntaxError, match=r"quad is not defined, because of code cell 2, line 1 is not valid Python"):
        worker.lesson.quad(1)
    assert reply["value"]["Counter"] == {"line": 1, "cell": 3, "written": True}


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "%%time",
        "!pip install torch \\\n    transformers",
        "! ls ~",
        "files = !ls",
        "spent = %timeit -o 1",
        "?print",
        "print?",
        "torch.nn.Linear??",
        "%load_ext autoreload\n%autoreload 2",
        "if True:\n    !ls",
    ],
)
def test_magics_and_shell_lines_are_ignored(line):
    worker, reply = loaded(f"{line}\n{DOUBLE}")
    assert worker.lesson.double(2) == 4
    assert reply["value"]["double"]["line"] == line.count("\n") + 2, "lines keep their numbers"


@pytest.mark.parametrize("line", ["%%bash", "%%html", "%%writefile double.py", "\n%%javascript"])
def test_a_cell_in_another_language_is_ignored(line):
    assert names(f"{line}\n{DOUBLE}", QUAD) == {"quad"}


def test_text_that_only_looks_like_a_magic_is_kept():
    worker, _ = loaded('def double(x):\n    """\n%matplotlib inline\n    """\n    return double.__doc__')
    assert "%matplotlib" in worker.lesson.double(1)


def test_places_are_cells_and_lines():
    worker, reply = loaded(
        "#md # Title", "\n" + DOUBLE, "#md text", "1 + 1", QUAD.replace("double(double(x))", "1 / 0")
    )
    assert reply["value"]["double"] == {"line": 2, "cell": 1, "written": True}
    assert reply["value"]["quad"] == {"line": 1, "cell": 3, "written": True}
    request = {"op": "call", "name": "quad", "args": [1], "kwargs": {}, "seed": None}
    error = wire.decode(worker.handle(wire.encode(request)))["error"]
    assert error["lines"] == ["ann.ipynb, code cell 3, line 2 in quad: return 1 / 0"]


def test_what_is_not_written_is_to_do():
    _, reply = loaded("def double(x):\n    raise NotImplementedError('not yet')")
    assert reply["value"]["double"]["written"] is False


# --- what is left out -----------------------------------------------------------------------------------------------

TWICE = "def double(x):\n    return x * TABLE[0]"


def test_statements_that_an_exercise_leans_on_run_in_page_order():
    worker, reply = loaded(
        "TABLE = [1]", "for step in range(3):\n    TABLE.insert(0, step)\n    print(step)", TWICE, "TABLE[0] += 5"
    )
    assert worker.lesson.double(1) == 7 and reply["notes"] == []


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["TABLE = [2]", "TABLE[4] = 1\nTABLE[5] = 1"], "Left out: code cell 2, line 1 stops with IndexError: list"),
        (["TABLE = [2]\nshuffle(TABLE)"], "Left out: code cell 1, line 2 gives TABLE to shuffle(), and what that does"),
        (["TABLE = [2]", "x = ("], "Left out: code cell 2, line 1 is not valid Python"),
        (
            ["TABLE = [2]", "while True:\n    TABLE[0] = 2", "TABLE.append(1)"],
            "Left out: code cell 2, line 1 was stopped.",
        ),
    ],
)
def test_the_first_that_is_left_out_is_named(cells, note):
    began = time.process_time()
    worker, reply = loaded(*cells, TWICE)
    assert worker.lesson.double(3) == 6 and time.process_time() - began < 4
    assert len(reply["notes"]) == 1 and reply["notes"][0].startswith(note)


def test_a_bare_except_does_not_outlast_the_budget():
    worker, reply = loaded(
        "TABLE = [2]", "while True:\n    try:\n        TABLE[0] = 2\n    except:\n        break", TWICE
    )
    assert worker.lesson.double(3) == 6, reply


def test_the_report_and_its_page_say_what_was_left_out(toy, zygote):
    toy.write("submitted/ann/toy.ipynb", notebook("TABLE = [2]\nTABLE[3] = 1", TWICE, QUAD, COUNTER))
    grade(toy.course, toy.lesson, collect([toy.root / "submitted"], "toy"), toy.root / "out", Settings())
    said = "Left out: code cell 1, line 2 stops with IndexError: list assignment index out of range."
    assert Report.from_json((toy.root / "out/toy/ann.json").read_text()).notes == (said,)
    assert f"- `{said}`" in (toy.root / "out/toy/ann.md").read_text()


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "it has no cells"),
        (b'{"cells": 1}', "it has no cells"),
        (b'{"cells": [1, {"cell_type": "markdown", "source": "x"}]}', "holds no code"),
        (b'{"cells": [{"cell_type": "code", "source": [1, null]}]}', "holds no code"),
    ],
)
def test_what_is_no_notebook(raw, said):
    with pytest.raises(NotANotebook, match=said):
        read_notebook(raw)


def test_the_older_format_and_odd_texts():
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1\r\ny = 2\x00\ud800"}]}], "nbformat": 3}
    assert code_cells(json.dumps(old).encode()) == ["x = 1\ny = 2\N{REPLACEMENT CHARACTER}?"]


@pytest.mark.parametrize("cell", ["x = " + "-" * 100_000 + "1", "x = " + "(" * 5000, "x = 1" + " + 1" * 50_000])
def test_a_cell_that_breaks_parsers_costs_only_itself(cell):
    assert "double" in names(cell, DOUBLE)


@pytest.mark.parametrize(
    "cell",
    [
        "x = 1" + " + 1" * 900,
        "print(" + "[" * 150 + "]" * 150 + ")",
        "if 0:\n    x = 1\n" + "elif 1:\n    x = 2\n" * 400,
    ],
)
def test_a_cell_that_is_nested_deeply_costs_nothing_else(cell):
    assert "double" in names(cell, DOUBLE)


def test_a_long_line_of_spaces_is_soon_known_to_be_no_magic():
    began = time.process_time()
    assert "double" in names(" " * 50_000 + "x ===", DOUBLE)
    assert time.process_time() - began < 5  # was 90 s: each number of spaces was tried


def test_statements_keep_their_order():
    tree = read_notebook(notebook("A = 1", "B = A", "def double():\n    return B", "A = 2", "C = 3")).tree
    assert [node.lineno for node in statements(tree, ["double"])] == [1, 2, 3, 5]


def test_where_notebooks_are_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    raw = notebook(DOUBLE)
    for path in (
        "submitted/ann/toy/toy.ipynb",  # nbgrader
        "submitted/ann/other/other.ipynb",
        "submitted/bob/homework 3/toy by bob.ipynb",
        "submitted/cid/toy.ipynb",
        "submitted/dee.ipynb",
        "submitted/eve/a.ipynb",
        "submitted/eve/b.ipynb",
        "submitted/fay/exercises/toy/toy.ipynb",
        "submitted/gus/toy/toy.ipynb",
        "submitted/gus/toy/toy.py",
    ):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(raw)
    with zipfile.ZipFile("submitted/hal.zip", "w") as archive:
        archive.writestr("work/toy.ipynb", raw)
    found = {one.name: one for one in collect([Path("submitted")], "toy")}
    assert {name: one.display_path("toy") for name, one in found.items() if one.problem is None} == {
        "ann": "ann/toy/toy.ipynb",
        "bob": "bob/homework 3/toy by bob.ipynb",
        "cid": "cid/toy.ipynb",
        "dee": "dee.ipynb",
        "fay": "fay/exercises/toy/toy.ipynb",
        "gus": "gus/toy/toy.py",
        "hal": "hal.zip:work/toy.ipynb",
    }
    assert found["eve"].problem == "eve holds 2 notebooks, none of them toy.ipynb."
    assert all(set(one.files) == {"toy/toy.ipynb"} for name, one in found.items() if name in ("ann", "bob", "hal"))


def test_a_notebook_that_is_too_large(tmp_path):
    (tmp_path / "ann.ipynb").write_bytes(b" " * (MAX_NOTEBOOK + 1))
    (found,) = collect([tmp_path], "toy")
    assert found.problem == "ann.ipynb is over 16 MiB; a lesson's file has some tens of kilobytes."


# --- grading --------------------------------------------------------------------------------------------------------


def test_a_class_of_notebooks(toy, zygote):
    whole = notebook("%matplotlib inline\nimport torch", DOUBLE, "double('#' * 3)\nraise KeyError", QUAD, COUNTER)
    handed_in = {
        "ann/toy/toy.ipynb": whole,
        "bob/toy/toy.ipynb": notebook("x = (", DOUBLE, "def quad(x:\n    pass", COUNTER),
        "cid/toy/toy.ipynb": b"{",
        "dee/toy/toy.ipynb": notebook("import time\ntime.sleep(600)\nraise SystemExit", DOUBLE),
        "eve/toy/toy.py": toy.reference.encode(),
    }
    for path, raw in handed_in.items():
        toy.write(f"submitted/{path}", raw)
    outcome = grade(
        toy.course, toy.lesson, collect([toy.root / "submitted"], "toy"), toy.root / "out", Settings(workers=2)
    )
    assert not outcome.lost
    with open(toy.root / "out/toy/grades.csv", newline="") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert {name: row["score"] for name, row in rows.items()} == {
        "ann": "7",
        "bob": "4",
        "cid": "0",
        "dee": "2",
        "eve": "7",
    }
    assert {name for name, row in rows.items() if row["status"] == "broken"} == {"cid"}
    reports = {name: Report.from_json((toy.root / f"out/toy/{name}.json").read_text()) for name in rows}
    assert reports["cid"].reason == "cid/toy/toy.ipynb is not a notebook: it is not JSON."
    page = (toy.root / "out/toy/bob.md").read_text()
    assert "quad is not defined, because of code cell 3, line 1 is not valid Python" in page
    assert "Your file defines no quad" in (toy.root / "out/toy/dee.md").read_text()


def test_a_students_own_run_takes_a_notebook(toy):
    toy.write("mine.ipynb", notebook(DOUBLE, QUAD.replace("double(double(x))", "1 / 0")))
    result = toy.pytest("exercises/toy", "--submission", "mine.ipynb")
    assert "done     double" in result.stdout
    assert "mine.ipynb, code cell 2, line 2 in quad: return 1 / 0" in result.stdout
    assert "wrong    quad     0/3 points, 0 of 1 checks pass  mine.ipynb, code cell 2, line 1" in result.stdout
