"""Notebooks of many kinds, each run live in a kernel and graded: the same score, or `check` names what differs.

`python tests/engine/notebooks/test_both_ways.py` runs them all, and prints the table that is kept in both_ways.md.
"""

import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("jupyter_client", reason="needs the extra notebooks")
pytest.importorskip("ipykernel", reason="needs the extra notebooks")

from autograder.checking.submission import Submission  # noqa: E402

HEAD = "from autograder.notebooks.live import check"
DOUBLE = "def double(x):\n    return x + x"
QUAD = "def quad(x):\n    return double(double(x))"
COUNTER = """class Counter:
    def __init__(self, start=0):
        self.value = start

    def add(self, amount):
        self.value += amount
        return self.value"""
BY = "def double(x):\n    return x * {}"
POINTS = {"double": 2, "quad": 3, "Counter": 2}


def gone(text):
    """A cell that was run and deleted."""
    return ("gone", text)


def before(index, text):
    """A cell, by its place on the page, as it was when it ran."""
    return (index, text)


@dataclass(frozen=True)
class Kind:
    """`page`: the cells below the first, with double in them; quad and Counter follow. `ran`: those that were run, from
    0, in that order; all in theirs where it is None. `live` and `graded` are the points of double and quad.
    """

    name: str
    page: tuple[str, ...]
    ran: tuple = None
    live: int = 5
    graded: int = 5
    said: str = ""  # by check
    noted: str = ""  # in the report, and by check
    file: bool = True  # whether the notebook is saved where it can be found
    ids: bool = True  # whether the frontend names the cells


def kind(name, *page, **more):
    return Kind(name, page, **more)


TWO = BY.format("TABLE[0]")
KINDS = [
    kind("only definitions", DOUBLE),
    kind("a loop that fills", "TABLE = []\nfor i in range(3):\n    TABLE.append(i)", BY.format("TABLE[2]")),
    kind("a loop over a file's lines", "import io\nfor line in io.StringIO('2'):\n    N = int(line)", BY.format("N")),
    kind("a while loop", "N = 0\nwhile N < 2:\n    N += 1", BY.format("N")),
    kind("with, assigning inside", "import io\nwith io.StringIO('2') as file:\n    N = int(file.read())",
         BY.format("N")),
    kind("with, binding", "from contextlib import nullcontext\nwith nullcontext(2) as N:\n    pass", BY.format("N")),
    kind("if with a print", "FAST = True\nif FAST:\n    print('fast')\n    N = 2\nelse:\n    N = 3", BY.format("N")),
    kind("try around an import", "try:\n    import nowhere\nexcept ImportError:\n    print('no')\n    N = 2",
         BY.format("N")),
    kind("append", "TABLE = []", "TABLE.append(2)", TWO),
    kind("update of an attribute", "import types\nS = types.SimpleNamespace(d={})\nS.d.update(n=2)",
         BY.format("S.d['n']")),
    kind("a subscript", "TABLE = [0]\nTABLE[0] = 2", TWO),
    kind("a deleted subscript", "TABLE = [1, 2]\ndel TABLE[0]", TWO),
    kind("augmented", "N = 1\nN += 1", BY.format("N")),
    kind("pop on the right", "TABLE = [2, 3]\nlast = TABLE.pop()", BY.format("TABLE[-1]")),
    kind("torch in place", "import torch\nW = torch.zeros(())\nW.fill_(2)", BY.format("W")),
    kind("setattr on a class", "class S:\n    pass", "setattr(S, 'n', 2)", BY.format("S.n")),
    kind("a function with global", "def fill():\n    global N\n    N = 2", "fill()", BY.format("N")),
    kind("a registry by decorator", "KNOWN = {}\ndef known(f):\n    KNOWN[f.__name__] = f\n    return f",
         "@known\ndef two():\n    return 2", "def double(x):\n    return x * two()"),
    kind("match", "KIND = 'a'\nmatch KIND:\n    case 'a':\n        N = 2\n    case _:\n        N = 3", BY.format("N")),
    kind("a walrus", "if (N := 2) > 1:\n    print(N)", BY.format("N")),
    kind("a training nothing leans on",
         DOUBLE, "model = 0\nfor step in range(3):\n    model += double(step)\nprint(model)"),
    kind("a training with names of a loop that counts",
         "TABLE = []\nfor x in (2, 3):\n    y = x\n    TABLE.append(y)", TWO,
         "for x in range(2):\n    y = double(x)\n    print(y)"),
    kind("a plot", "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.close()", DOUBLE),
    kind("magics", "%load_ext autoreload\n%autoreload 2", "%%time\n" + DOUBLE, "!true"),
    kind("another language", "%%bash\ntrue", DOUBLE),
    kind("star import", "from math import *", BY.format("int(pow(2, 1))")),
    kind("half-finished cell", DOUBLE, "def plot(:\n    pass", noted="code cell 3, line 1 is not valid Python"),
    kind("a statement that raises", "TABLE = []\nTABLE.append(1 / 0)", TWO, live=0, graded=0,
         noted="code cell 2, line 2 stops with ZeroDivisionError: division by zero"),
    kind("a statement that raises later", "TABLE = [2]\nTABLE[5] = 1", TWO,
         noted="code cell 2, line 2 stops with IndexError"),
    kind("a statement that takes too long", "import time\nTABLE = [2]\nbegan = time.process_time()",
         "while time.process_time() - began < 4:\n    TABLE[0] = 2", TWO, noted="code cell 3, line 1 was stopped"),
    kind("given to a function", "import random\nTABLE = [2, 2]\nrandom.shuffle(TABLE)", TWO,
         noted=r"code cell 2, line 3 gives TABLE to random.shuffle\(\)"),
    kind("await at the top", "import asyncio\nN = await asyncio.sleep(0, 2)", BY.format("N"), live=0, graded=0,
         noted="code cell 2, line 2 stops with SyntaxError: 'await' outside function"),
    kind("definitions in another order", QUAD.replace("quad", "four"), DOUBLE, ran=(0, 2, 1)),
    kind("a constant in another order", "N = 3", BY.format("N"), "N = 2", ran=(0, 3, 1, 2), live=0,
         said="code cell 4 ran before code cell 2"),
    kind("right first, wrong below", DOUBLE, BY.format("x"), ran=(0, 2, 1), graded=0,
         said="code cell 3 ran before code cell 2, which stands above it"),
    kind("a deleted cell", BY.format("N"), ran=(0, gone("N = 2"), 1),
         graded=0, said=r"In \[2\] is not on the saved page"),
    kind("edited, not run", BY.format("3"), ran=(0, before(1, DOUBLE)), graded=0,
         said=r"code cell 2 was edited after it ran as In \[2\]"),
    kind("edited, not run, no ids", BY.format("3"), ran=(0, before(1, DOUBLE)), graded=0, ids=False,
         said="code cell 2 has not run as it stands"),
    kind("never run", "N = 2", "N += 1", BY.format("N"), ran=(0, 1, 3), graded=0, said="code cell 3 has not run"),
    kind("appended twice", "TABLE = [1]", "TABLE.append(1)", BY.format("len(TABLE)"), ran=(0, 1, 2, 2, 3), live=0,
         said=r"In \[\d\] ran again what stands on the page once"),
    kind("a default from before", "N = 2", "def double(x, by=N):\n    return x * by", "N = 3", ran=(0, 1, 2, 3)),
    kind("a default, out of order", "N = 3", "def double(x, by=N):\n    return x * by", "N = 2", ran=(0, 3, 2, 1),
         graded=0, live=5, said="code cell"),
    kind("two versions, no file", DOUBLE, BY.format("x"), ran=(0, 2, 1), graded=0, file=False, ids=False,
         said=r"double was written in more than one way \(In \[2\], In \[3\]\)"),
    kind("edited and run again, no file", DOUBLE, ran=(0, before(1, BY.format("x")), 1), file=False),
    kind("a deleted cell, no file", BY.format("N"), ran=(0, gone("N = 2"), 1), graded=0, file=False, said="-"),
]  # fmt: skip


def notebook_of(kind):
    cells = [HEAD, *kind.page, QUAD, COUNTER]
    made = [
        {
            "cell_type": "code",
            "id": f"cell-{index}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": text,
        }
        for index, text in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode(), cells


def live(kind, root):
    """What `check` says of each exercise, in a kernel in which the notebook's cells were run."""
    from jupyter_client.manager import start_new_kernel

    raw, cells = notebook_of(kind)
    last = len(kind.page) + 1
    ran = [*(range(last) if kind.ran is None else kind.ran), last, last + 1]
    place = root / "mine.ipynb"
    place.write_bytes(raw)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "IPYTHONDIR": str(root / "ipython"), "MPLBACKEND": "agg"}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[3])
    environment |= {"JPY_SESSION_NAME": str(place)} if kind.file else {}
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(root), env=environment, startup_timeout=180)
    try:
        for step in ran:
            index, text = step if isinstance(step, tuple) else (step, cells[step])
            _execute(client, text, f"cell-{index}" if kind.ids else "")
        return {name: _execute(client, f"check({name!r})", "check" if kind.ids else "") for name in POINTS}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _execute(client, text, cell):
    """Run a cell as a frontend does that tells the kernel which one it is; gives what it wrote."""
    content = {"code": text, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    message = client.session.msg("execute_request", content | {"stop_on_error": False}, metadata={"cellId": cell})
    client.shell_channel.send(message)
    said = []
    while True:
        reply = client.get_iopub_msg(timeout=120)
        if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        if reply["msg_type"] == "stream":
            said.append(reply["content"]["text"])
        elif reply["msg_type"] == "display_data":
            said.append(reply["content"]["data"].get("text/plain", ""))
        elif reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
            return "".join(said)


def points(said):
    """The points that `check` gives double and quad."""
    return sum(
        int(found[1])
        for name in ("double", "quad")
        if (found := re.search(rf"^{name} .*?(\d) of \d", said[name], re.M))
    )


def graded(kind, toy, spawn):
    raw, _ = notebook_of(kind)
    name = "toy/toy.ipynb"
    submission = Submission("ann", toy.root, {name: raw}, paths={name: "mine.ipynb"})
    toy_submission, toy.submission = toy.submission, lambda *_: submission
    try:
        return toy.report(raw, spawn, checks=toy.checks(hidden=False))
    finally:
        toy.submission = toy_submission


@pytest.mark.some_each_week(4)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "_"))
def test_live_and_graded(kind, toy, session_zygote):
    said = live(kind, toy.root)
    report = graded(kind, toy, session_zygote.clients[0].spawn)
    scores = round(sum(check.points for check in report.checks if check.exercise != "Counter"), 3)
    assert (points(said), scores) == (kind.live, kind.graded), (said, report.checks)
    everything = "\n".join(said.values())
    if kind.noted:
        assert re.search(kind.noted, everything) and re.search(kind.noted, "\n".join(report.notes))
    else:
        assert report.notes == ()
    if kind.said not in ("", "-"):
        assert re.search(kind.said, said["double"]), said["double"]
    else:
        assert not re.search("Your kernel is not your page|Mind the order", everything), everything


def test_the_table_that_is_kept_is_of_these_kinds():
    """Points of double, quad and Counter both ways, which a run of all kinds found; what differs is named."""
    lines = Path(__file__).with_name("both_ways.md").read_text(encoding="utf-8").splitlines()[2:]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert [row[:3] for row in rows] == [[kind.name, *_points(kind)] for kind in KINDS]
    silent = [name for name, live, graded, named in rows if live != graded and named == "-"]
    assert silent == [kind.name for kind in KINDS if kind.said == "-"], "what a kernel can't know"


def _points(kind):
    return [f"{found + POINTS['Counter']} of {sum(POINTS.values())}" for found in (kind.live, kind.graded)]


def main(words):
    """Print the table of the kinds whose names hold one of the words, or of all: points both ways, what is named."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from conftest import Toy

    from autograder.sandbox import Zygote

    print("| notebook | live | graded | named |\n|---|---|---|---|")
    with Zygote.start(clients=1) as zygote:
        for one in (one for one in KINDS if not words or any(word in one.name for word in words)):
            with tempfile.TemporaryDirectory() as folder:
                toy = Toy(Path(folder) / "course")
                said, report = live(one, toy.root), graded(one, toy, zygote.clients[0].spawn)
            worth = sum(check.max_points for check in report.checks)
            counted = points(said) + int("Counter is done" in said["Counter"]) * 2
            told = [*report.notes, *re.findall(r"(?:Your kernel is not your page|Mind the order): .*", said["double"])]
            print(
                f"| {one.name} | {counted} of {worth:g} | {report.score:g} of {worth:g} | {' '.join(told) or '-'} |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
