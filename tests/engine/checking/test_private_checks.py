"""An instructor's own checks: the example of their page, their names, and what is wrong with them is said at once."""

import json
import re
import zipfile

import pytest

from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session
from autograder.checking.submission import Submission
from autograder.common.lessons import load_course

CHECK = """\
from autograder.checks import exercise, expect_equal


@exercise("double")
def {name}(student, rng):
    n = rng.randint(5, 9)
    expect_equal(student.double(n), 2 * n, what="double")
"""


def test_the_example_of_the_page_is_a_check_that_the_reference_passes(repository, tmp_path):
    page = (repository / "autograder/grading/README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r'```python\n("""private/lora.*?)```', page, re.S)
    (tmp_path / "lora").mkdir()
    (tmp_path / "lora/test_mine.py").write_text(example)
    course = load_course(repository)
    lesson = course.lesson("lora")
    (mine,) = [one for one in collect_checks(course, lesson, tmp_path).checks if one.name == "test_a_rank_of_one"]
    files = {"lora/lora.py": course.reference("lora").read_bytes()}
    run = Run(lesson, [mine], Session.of(lesson, Submission("reference", tmp_path, files), LocalTransport))
    assert not mine.public and run.verdict(mine).outcome == "passed"


def test_a_name_that_the_course_has_is_kept_apart(toy, command, zygote):
    for name in ("test_double_adds", "test_hidden_double_of_negatives", "test_mine"):
        toy.write(f"mine/{name}.py", CHECK.format(name=name))
    toy.write("class/ann.py", toy.reference)
    assert command("grade", "toy", "class", "--out", "out", "--checks", "mine")[0] == 0
    names = [check["name"] for check in json.loads((toy.root / "out/toy/ann.json").read_text())["checks"]]
    assert len(names) == len(set(names)) and {name for name in names if "private:" in name} == {
        "private:test_double_adds",
        "private:test_hidden_double_of_negatives",
    }
    assert "test_mine" in names
    assert command("export", "gradescope", "toy", "archive", "--checks", "mine")[0] == 0
    with zipfile.ZipFile(toy.root / "archive/toy-gradescope.zip") as archive:
        assert "private/test_double_adds.py" in archive.namelist()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import json\nimport nowhere_at_all\n",
            "test_mine.py:2: ModuleNotFoundError: No module named 'nowhere_at_all'",
        ),
        ("x = 1\ndef test_(:\n", "test_mine.py:2: SyntaxError: invalid syntax"),
        ("import mine_helper\n", "mine_helper.py:3: ZeroDivisionError: division by zero"),
        (CHECK.format(name="test_mine").replace("double", "quadruple"), "test_mine.py:4: test_mine is for 'quadruple'"),
        ("def test_mine(student):\n    pass\n", "test_mine.py:1: test_mine names no exercise"),
        ("import os\nos._exit(3)\n", "end the process that reads them"),
        (None, "mine holds no check: --checks takes a folder of test_*.py files."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_is_written(toy, command, text, said):
    toy.write("mine/mine_helper.py", "# a helper\n\n1 / 0\n")
    if text is not None:
        toy.write("mine/test_mine.py", text)
    toy.write("class/ann.py", toy.reference)
    for arguments in (("grade", "toy", "class", "--out", "out"), ("export", "gradescope", "toy", "out")):
        code, _, err = command(*arguments, "--checks", "mine")
        assert code == 2 and said in err and err.count("\n") == 1, err
        assert not (toy.root / "out").exists()
