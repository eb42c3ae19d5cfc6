"""Notebooks: built from one source, without writing an exercise twice, and run from top to bottom."""

import ast
import os
import re

import pytest

pytest.importorskip("jupytext", reason="needs the extra notebooks")
nbformat = pytest.importorskip("nbformat", reason="needs the extra notebooks")
nbclient = pytest.importorskip("nbclient", reason="needs the extra notebooks")
pytest.importorskip("ipykernel", reason="needs the extra notebooks")

from autograder.common.errors import CourseError  # noqa: E402
from autograder.common.lessons import load_course  # noqa: E402
from autograder.common.notebook_code import read_notebook, statements  # noqa: E402
from autograder.notebooks.build import build, run, to_ipynb  # noqa: E402
from autograder.notebooks.source import has_notebook, read_source  # noqa: E402

REPOSITORY = load_course(__import__("pathlib").Path(__file__).resolve().parents[3])
WITH_NOTEBOOK = [name for name, lesson in REPOSITORY.lessons.items() if has_notebook(lesson)]

SOURCE = """\
# %% [markdown]
# # Toy

# %% setup
import math

# %% exercise double

# %% predict [markdown]
# What is double of 3?
# ---
# Six.

# %%
print(double(3) * math.pi)

# %% exercise quad

# %% instructor [markdown]
# Ask whether they used double.

# %% exercise Counter

# %% part other [markdown]
# ## Only with the other lesson

# %% exercise other/triple
"""


@pytest.fixture
def written(toy):
    toy.write("exercises/toy/notebook.py", SOURCE)
    return toy


def cells(text, kind=None):
    return [cell["source"] for cell in nbformat.reads(text, 4).cells if kind in (None, cell["cell_type"])]


# --- building -------------------------------------------------------------------------------------------------------


def test_a_students_notebook(written):
    text = build(written.course, written.lesson)
    nbformat.validate(nbformat.reads(text, 4))
    whole = "\n".join(cells(text))
    assert 'raise NotImplementedError("double is not written yet")' in whole and "x + x" not in whole
    assert "**Predict before you run on.** What is double of 3?" in whole and "*My prediction:*" in whole
    assert "Six." not in whole and "Ask whether" not in whole and "SOLUTION" not in whole
    assert 'check("double")' in cells(text, "code") and "import math" in whole and "Only with" not in whole
    assert cells(text, "code")[0].startswith('from __future__ import annotations\n\nBACKBONE = "tiny"')


def test_an_instructors_notebook(written):
    whole = "\n".join(cells(build(written.course, written.lesson, instructor=True)))
    assert "return x + x" in whole and "Six." in whole and "Ask whether" in whole
    assert "SOLUTION" not in whole and "NotImplementedError" not in whole


def test_the_same_source_gives_the_same_bytes(written):
    assert build(written.course, written.lesson) == build(written.course, written.lesson)


def test_the_exercises_are_those_of_the_module(toy):
    """Taken apart and put together, the module is the module: nothing of it is lost, whatever stands between."""
    between = "### BEGIN SOLUTION\nLIMIT = 9\n\n\nclass Base:\n    pass\n\n\n### END SOLUTION\nSHARED = 1\n\n\n"
    helpers = toy.reference.replace("class Counter:", f"{between}class Counter:")
    toy.write("solutions/toy/toy.py", f"{helpers}\n\nTAIL = 1\n")
    source = read_source(toy.course, toy.lesson)
    found = {cell.exercise[1]: cell.source for cell in source if cell.role == "exercise"}
    assert list(found) == ["double", "quad", "Counter"]
    assert found["Counter"].startswith("### BEGIN SOLUTION\nLIMIT = 9") and found["Counter"].endswith("TAIL = 1")
    assert found["double"].endswith("### END SOLUTION") and found["double"].startswith("def double")
    student = "\n".join(cells(build(toy.course, toy.lesson)))
    assert "LIMIT" not in student and "SHARED = 1" in student and "class Base" not in student


def test_a_helper_stands_with_the_first_exercise_that_uses_it(toy):
    """Also one that the module defines further down: else the check below the exercise would find it missing."""
    helped = toy.reference.replace("return x + x", "return _twice(x)").replace(
        "class Counter:", "### BEGIN SOLUTION\ndef _twice(x):\n    return x + x\n\n\n### END SOLUTION\nclass Counter:"
    )
    toy.write("solutions/toy/toy.py", helped)
    found = {cell.exercise[1]: cell.source for cell in read_source(toy.course, toy.lesson) if cell.role == "exercise"}
    assert "def _twice" in found["double"] and "_twice" not in found["quad"] + found["Counter"]
    assert "_twice" not in "\n".join(cells(build(toy.course, toy.lesson)))


TABLES = """\
# --- what is given ---

# The first numbers.
LEVELS = (
    1,
    2,
    3,
)
SHORT = (1, 2)
"""
AMONG = """\
NAMES: dict[str, int] = {
    "one": 1,
    "two": 2,
    "three": 3,
}
MADE = [
    SHORT[0],
    2,
    3,
    4,
]


class Counter:"""


def test_tables_of_constants_stand_in_a_closed_cell_of_their_own(toy):
    """Those that are given and long; below a heading that says what they hold, and graded all the same."""
    reference = toy.reference.replace("import torch\n", f"import torch\n\n{TABLES}", 1)
    reference = reference.replace("return x + x", "return x + x * (LEVELS[0] + NAMES['one'] - 1)")
    toy.write("solutions/toy/toy.py", reference.replace("class Counter:", AMONG))
    source = read_source(toy.course, toy.lesson)
    assert [cell.role for cell in source if cell.kind == "code"][:4] == ["setup", "tables", "tables", "exercise"]
    first, second = (number for number, cell in enumerate(source) if cell.role == "tables")
    assert source[first - 1].source.split("\n")[:3] == [
        "#### Given: `LEVELS`", "", "- `LEVELS`, 3 entries: The first numbers."
    ]  # fmt: skip
    assert source[second - 1].source.startswith("#### Given: `NAMES`\n\n- `NAMES`, 3 entries\n")
    assert source[first].source.startswith("# --- what is given") and "NAMES: dict" in source[second].source
    held = {cell.exercise[1]: cell.source for cell in source if cell.role == "exercise"}
    assert "SHORT = (1, 2)" in source[0].source + source[1].source and held["Counter"].startswith("MADE = [")
    assert not any(name in "".join(held.values()) for name in ("LEVELS =", "NAMES: "))
    for instructor in (False, True):
        text = build(toy.course, toy.lesson, instructor=instructor)
        closed = [cell for cell in nbformat.reads(text, 4).cells if cell.metadata.get("jupyter")]
        assert [dict(cell.metadata.jupyter) for cell in closed] == [{"source_hidden": True}] * 2
        kept = "\n".join(map(ast.unparse, statements(read_notebook(text.encode()).tree, ["double"])))
        assert ("LEVELS = (" in kept, "NAMES: dict" in kept) == (instructor, instructor), "what double leans on"


def test_a_table_that_is_an_exercise_stays_open(toy):
    toy.write("solutions/toy/toy.py", toy.reference.replace("class Counter:", "class _Counter:") + """
Counter = {
    "one": 1,
    "two": 2,
    "three": 3,
}
""")  # fmt: skip
    source = read_source(toy.course, toy.lesson)
    assert not [cell for cell in source if cell.role == "tables"]


def test_a_lesson_without_a_source_has_a_plain_notebook(toy):
    text = build(toy.course, toy.lesson, instructor=True)
    assert [cell for cell in cells(text, "code") if cell.startswith("check")] == [
        f'check("{name}")' for name in ("double", "quad", "Counter")
    ]


def tripled(text):
    """Data or code of the toy for a lesson about tripling: no two lessons have an exercise of one name."""
    for name, other in (("double", "triple"), ("quad", "nine_times"), ("Counter", "Tally")):
        text = text.replace(name, other)
    return text


def test_a_notebook_over_two_lessons(written):
    for path in sorted((written.root).rglob("*toy*")):
        if path.is_file() and path.suffix in (".py", ".toml"):
            text = tripled(path.read_text()).replace("x + x", "x + x + x")
            written.write(str(path.relative_to(written.root)).replace("toy", "other"), text)
    toml = (written.root / "exercises/toy/lesson.toml").read_text()
    written.write("exercises/other/lesson.toml", tripled(toml))
    for path, module in (("solutions/toy/toy.py", "nowhere"), ("solutions/other/other.py", "elsewhere")):
        guarded = f"import torch\n\nif TYPE_CHECKING:\n    from {module} import Thing\n\nLEVELS = (\n    1,\n    2,\n)"
        written.write(path, (written.root / path).read_text().replace("import torch", guarded, 1))
    source = written.root / "exercises/toy/notebook.py"
    source.write_text(source.read_text().replace("# %% setup\n", "# %% setup toy other\n"))
    lessons = [written.course.lesson(name) for name in ("toy", "other")]
    both = "\n".join(cells(build(written.course, written.lesson, within=lessons)))
    setup = cells(build(written.course, written.lesson, within=lessons), "code")[0]
    compile(setup.replace("%matplotlib inline", ""), "setup", "exec")
    assert setup.count("import torch\n") == setup.count("LEVELS = (") == 1 and setup.count("if TYPE_CHECKING:") == 2
    assert "## Only with the other lesson" in both and 'check("other/triple")' in both
    alone = "\n".join(cells(build(written.course, written.lesson)))
    assert "Only with" not in alone and "triple" not in alone
    handed_out = read_notebook(build(written.course, written.lesson, instructor=True, within=lessons).encode())
    for lesson in lessons:  # a notebook that holds both is graded for each
        kept = {getattr(node, "name", "") for node in statements(handed_out.tree, list(lesson.exercises))}
        assert lesson.exercises.keys() & {"double", "quad", "triple"} <= kept
    other = build(written.course, lessons[1])
    assert cells(other)[0] == "# Toy\n\nDoubling, and counting." and "## Only with" in "\n".join(cells(other))
    assert 'check("triple")' in cells(other) and "double" not in "\n".join(cells(other))
    with pytest.raises(CourseError, match="The notebook of other has no part about toy: leave it out of --with."):
        build(written.course, lessons[1], within=lessons)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# %% exercise nothing\n", "cell 1: toy has no exercise 'nothing'"),
        ("# %% exercise other/double\n", "There is no lesson 'other'"),
        ("# %% exercise\n", "takes one name"),
        ("# %% exercise double\nx = 1\n", "takes one name, and nothing below it"),
        ("# %% exercise quad\n", "quad needs double, which must come before it"),
        ("# %% exercise double\n\n# %% exercise double\n", "holds the exercise toy/double twice"),
        ("# %% predict [markdown]\n# What?\n", "a line of ---"),
        ("# %% predict\nx = 1\n", "a prediction is Markdown"),
    ],
)
def test_sources_that_can_not_be_built(toy, source, said):
    toy.write("exercises/toy/notebook.py", source)
    with pytest.raises(CourseError, match=re.escape(said)):
        build(toy.course, toy.lesson)


def test_the_command(written, command):
    code, out, err = command("notebook", "toy", "--instructor")
    assert (code, err) == (0, "") and out.endswith("The notebook is toy-instructor.ipynb.\n")
    assert "return x + x" in (written.root / "toy-instructor.ipynb").read_text()
    assert command("notebook", "toy", "--out", "nowhere/x.ipynb")[0] == 2


def test_a_release_carries_the_students_notebook(written, command):
    assert command("release", "out")[0] == 0
    text = (written.root / "out/exercises/toy/notebook.ipynb").read_text()
    assert (
        text == build(written.course, written.lesson) and not (written.root / "out/exercises/toy/notebook.py").exists()
    )
    assert "exercises/toy/notebook.ipynb" in (written.root / "out/README.md").read_text()


@pytest.mark.parametrize("lesson", REPOSITORY.lessons)
def test_every_lesson_has_a_notebook_if_only_a_plain_one(lesson):
    """Both versions can be built, each cell of code is Python, and the student's holds no solution."""
    chosen = REPOSITORY.lesson(lesson)
    for instructor in (False, True):
        for cell in cells(build(REPOSITORY, chosen, instructor=instructor), "code"):
            compile(re.sub(r"^[%!]", "# ", cell, flags=re.MULTILINE), "cell", "exec")
            assert "SOLUTION" not in cell


@pytest.mark.parametrize("lesson", WITH_NOTEBOOK)
def test_the_courses_notebooks_are_whole(lesson):
    """Every graded exercise is there; there are predictions before and pictures after; grading loads no training."""
    lesson = REPOSITORY.lesson(lesson)
    source = read_source(REPOSITORY, lesson)
    found = [cell.exercise for cell in source if cell.role == "exercise"]
    for name in {owner for owner, _ in found}:
        graded = {one.name for one in REPOSITORY.lesson(name).exercises.values() if one.points}
        assert graded <= {one for owner, one in found if owner == name}
    assert sum(cell.role == "predict" for cell in source) >= 4
    shown = ("plt.show()", "experiment(", "show_mask(")
    assert sum(cell.role == "plain" and any(one in cell.source for one in shown) for cell in source) >= 3
    assert sum(cell.source.startswith("## ") for cell in source) >= 3
    module = read_notebook(build(REPOSITORY, lesson, instructor=True).encode())
    for owner in {owner for owner, _ in found}:
        kept = "\n".join(map(ast.unparse, statements(module.tree, list(REPOSITORY.lesson(owner).exercises))))
        for work in ("load_backbone(", "plt.", "experiment(", "sentiment(", "instructions(", "preferences("):
            assert work not in kept, "trainings and plots are not what grading loads"


# --- running --------------------------------------------------------------------------------------------------------

OFFLINE = """
import socket
_connect = socket.socket.connect
def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"the network was asked for: {address}")
    return _connect(self, address)
socket.socket.connect = connect
"""


def executed(text, folder, tmp_path, allow_errors=False):
    """Run a notebook in a kernel that can't reach a network; gives it with its outputs."""
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline/sitecustomize.py").write_text(OFFLINE)
    notebook = nbformat.reads(text, 4)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "offline"), str(REPOSITORY.root)]),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "MPLCONFIGDIR": str(tmp_path / "matplotlib"),
    }
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        allow_errors=allow_errors,
        resources={"metadata": {"path": folder}},
    )
    client.execute(env=environment)
    return notebook


def outputs(notebook, kind):
    found = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    if kind == "stdout":  # and what `check` shows, as text
        shown = (one.data.get("text/plain", "") + "\n" if one.output_type == "display_data" else "" for one in found)
        texts = (one.text if one.output_type == "stream" and one.name == kind else "" for one in found)
        return "".join(map("".join, zip(texts, shown, strict=True)))
    if kind == "stderr":
        return "".join(one.text for one in found if one.output_type == "stream" and one.name == kind)
    return [one for one in found if one.output_type == kind]


def test_a_toy_notebook_runs(written, tmp_path):
    done = executed(build(written.course, written.lesson, instructor=True), written.root, tmp_path)
    assert outputs(done, "stderr") == ""
    said = outputs(done, "stdout")
    last = "That was the last exercise of toy.\nBefore you hand in, restart the kernel and run all cells"
    for line in (
        "double is done, 2 of 2 points.",
        "18.8",
        "quad is done, 3 of 3 points.",
        "Counter is done, 2 of 2",
        last,
    ):
        assert line in said


def test_an_untouched_notebook_runs_to_its_end_and_says_what_is_to_do(written, tmp_path):
    source = written.root / "exercises/toy/notebook.py"
    text = source.read_text().replace("print(double(3) * math.pi)", "six = double(3)\n\n# %%\nprint(six)")
    more = "# %%\nprint('the end', 1 + 1)\n\n# %%\nraise NotImplementedError('something else')\n\n# %% part other"
    source.write_text(text.replace("# %% part other", more))
    done = executed(build(written.course, written.lesson), written.root, tmp_path)
    said = outputs(done, "stdout")
    assert "double is not written yet: write it in its cell above, run that, then this cell again.\n" in said
    assert "six is not there yet: a cell above that makes it stopped, as double is not written yet.\n" in said
    assert "the end 2" in said and outputs(done, "error")[-1].evalue == "something else"


def test_check_tells_a_student_what_grading_will(written, tmp_path):
    """To do, wrong in words with the place, blocked; then mended in a later cell."""
    text = build(written.course, written.lesson)
    notebook = nbformat.reads(text, 4)
    noise = "warnings.warn('loud'); print('loud', file=sys.stderr)"
    loud = f"import sys, warnings\n\ndef double(x):\n    {noise}\n    return x * x"
    for source in (loud, 'check("double")', 'check("quad")'):
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    for source in ("def double(x):\n    return 1 / 0", 'check("double")', "def double(x):\n    return 2 * x"):
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    notebook.cells.append(nbformat.v4.new_code_cell('check("double")\ncheck("quad")\ncheck("nothing")'))
    done = executed(nbformat.writes(notebook), written.root, tmp_path, allow_errors=True)
    said = outputs(done, "stdout")
    assert outputs(done, "stderr") == ""
    assert "double is not written yet." in said and "quad is not written yet." in said
    assert "double is wrong: 0 of 3 checks pass, 0 of 2 points.\nIt squares its input instead of doubling it." in said
    assert re.search(r"at this notebook, code cell \d+, line 2 in double: return 1 / 0", said)
    ways = r"double was written in more than one way \(In \[\d+\](, In \[\d+\])+\), and the last that ran counts here"
    assert re.search(rf"double is done, 2 of 2 points.\nMind the order: {ways}", said)
    assert "Next: quad.\nquad is not written yet.\n" in said and "A hint: !autograder hint quad" in said
    (page,) = [one.data["text/html"] for one in outputs(done, "display_data")][-2:-1]
    assert page.startswith('<div style="color: #1a7f37; font-weight: bold">✓ double is done, 2 of 2 points.</div>')
    assert outputs(done, "error")[-1].evalue == "There is no exercise 'nothing'; there are: double, quad, Counter."


@pytest.fixture(scope="session")
def another_model(tmp_path_factory):
    """A GPT-2 of other sizes than tiny, untrained, in a folder."""
    from transformers import GPT2Config, GPT2LMHeadModel

    from autograder.backbone import load_backbone

    _, tokenizer = load_backbone("tiny")
    folder = tmp_path_factory.mktemp("another")
    config = GPT2Config(vocab_size=len(tokenizer) + 7, n_positions=160, n_embd=48, n_layer=3, n_head=3)
    GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_a_notebook_that_stops_says_where_without_colours(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "source": "1 / 0", "execution_count": None, "outputs": []}
    with pytest.raises(CourseError, match=r"^The notebook stops: ZeroDivisionError: division by zero$"):
        run(to_ipynb([cell]), tmp_path)


@pytest.mark.slow
@pytest.mark.some_each_week(3)
@pytest.mark.parametrize("lesson", WITH_NOTEBOOK)
def test_one_setting_takes_another_model(lesson, tmp_path, another_model):
    """Nothing in a notebook is of tiny's size: with BACKBONE changed, and nothing else, every cell runs."""
    text = build(REPOSITORY, REPOSITORY.lesson(lesson), instructor=True)
    changed = text.replace('BACKBONE = \\"tiny\\"', f'BACKBONE = \\"{another_model}\\"')
    assert changed != text
    done = executed(changed, REPOSITORY.root, tmp_path)
    assert outputs(done, "stderr") == ""


@pytest.mark.slow
@pytest.mark.some_each_week(6)
@pytest.mark.parametrize("lesson", WITH_NOTEBOOK)
def test_the_courses_notebooks_run_in_silence(lesson, tmp_path):
    """From top to bottom on the tiny model, without a network: every exercise done, pictures, and nothing on stderr."""
    text = build(REPOSITORY, REPOSITORY.lesson(lesson), instructor=True)
    done = executed(text, REPOSITORY.root, tmp_path)
    assert outputs(done, "stderr") == ""
    said = outputs(done, "stdout")
    for cell in read_source(REPOSITORY, REPOSITORY.lesson(lesson)):
        if cell.role == "check":
            assert f"{cell.exercise[1]} is done" in said
    pictures = [one for one in outputs(done, "display_data") if {"image/png", "image/svg+xml"} & set(one.data)]
    assert len(pictures) >= 2
    tables = [one.data["text/markdown"] for one in outputs(done, "display_data") if "text/markdown" in one.data]
    assert all("\n- holds" in table and "\n- does not hold" not in table for table in tables), tables
