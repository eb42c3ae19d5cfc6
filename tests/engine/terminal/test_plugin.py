"""What a student sees of `pytest exercises/toy` in every state of the lesson."""

import re
from functools import cache

import pytest

TRACES = ("Traceback", "torch/", "site-packages", "autograder/", "conftest", "NotImplementedError", "INTERNALERROR")
SQUARES = "return x * x"


def ending(done):
    """The lines below the lesson's title, without what pytest counts and times."""
    return done.stdout.split(" toy: Toy ")[-1].split("\n", 1)[-1].rsplit("\n=", 1)[0].rstrip()


def counts(done):
    """pytest's last line: word → number."""
    last = done.stdout.strip().splitlines()[-1]
    return {
        word.strip(): int(number) for number, word in re.findall(r"(\d+) ((?:to |more )?[a-z]+)", last.split(" in ")[0])
    }


def assert_no_internals(done):
    assert done.stderr == ""
    for text in TRACES:
        assert text not in done.stdout.replace("autograder-0", "").replace("autograder hint", ""), text


@pytest.fixture(scope="module")
def shared(shared_toy):
    """Gives `run(source, *options)`: pytest on a toy course whose student wrote `source`, each run made once."""

    @cache
    def run(source, *options, paths=("exercises/toy",)):
        shared_toy.solve(source(shared_toy))
        return shared_toy.pytest(*paths, "-p", "no:cacheprovider", *options)

    return run


def untouched(toy):
    return toy.stub


def wrong(toy):
    return toy.with_double(SQUARES)


def right(toy):
    return toy.reference


def syntax(toy):
    return toy.reference.replace("return x + x", "return x +")


# --- an untouched lesson --------------------------------------------------------------------------------------------


def test_untouched(shared):
    done = shared(untouched)
    assert done.returncode == 1
    assert_no_internals(done)
    assert "FAILURES" not in done.stdout and "short test summary" not in done.stdout
    assert ending(done).splitlines() == [
        "  to do    double   0/2 points, 5 min  exercises/toy/toy.py:8",
        "  to do    quad     0/3 points, 10 min  exercises/toy/toy.py:13",
        "  to do    Counter  0/2 points, 15 min  exercises/toy/toy.py:18",
        "",
        "[..............................] 0 of 7 points",
        "Start with double (exercises/toy/toy.py:8, about 5 minutes). Stuck? autograder hint double",
    ]
    assert counts(done) == {"to do": 6}


def test_untouched_in_a_process_of_its_own(toy):
    done = toy.python("-m", "pytest", "exercises/toy")
    assert done.returncode == 1 and counts(done) == {"to do": 6}
    assert_no_internals(done)


def test_the_lines_named_are_those_of_the_stub(shared, toy):
    lines = toy.stub.splitlines()
    for name, number in re.findall(r"to do +(\w+) .*toy\.py:(\d+)", shared(untouched).stdout):
        assert re.match(rf"(def|class) {name}\b", lines[int(number) - 1])


def test_half_done_says_what_is_next(toy):
    toy.solve(toy.stub.replace('raise NotImplementedError("double is not written yet")', "return x + x"))
    done = toy.pytest("exercises/toy", "-q")
    assert done.returncode == 1
    assert "Next is quad (exercises/toy/toy.py:13, about 10 minutes). Stuck? autograder hint quad" in done.stdout
    assert "  done     double   2/2 points" in done.stdout and "2 of 7 points" in done.stdout


# --- a wrong one ----------------------------------------------------------------------------------------------------


def test_wrong(shared):
    done = shared(wrong)
    assert done.returncode == 1
    assert_no_internals(done)
    assert (
        "\n".join(
            [
                "double: It squares its input instead of doubling it.",
                "  expected: [2.0, 5.0, 6.0]  (float32, shape (3,))",
                "  got:      [1.0, 6.25, 9.0]  (float32, shape (3,))",
                "  What is x + x?",
                "  A hint: autograder hint double",
            ]
        )
        in done.stdout
    )
    assert ending(done).splitlines() == [
        "  wrong    double   0/2 points, 0 of 3 checks pass  exercises/toy/toy.py:8",
        "  blocked  quad     0/3 points, blocked by double",
        "  done     Counter  2/2 points",
        "",
        "[########......................] 2 of 7 points",
        "Go on with double (exercises/toy/toy.py:8). Its other checks may fail for the same reason (-v tells all). "
        "Stuck? autograder hint double",
    ]
    assert counts(done) == {"failed": 1, "more wrong": 2, "passed": 2, "blocked": 1}
    assert "FAILED exercises/toy/checks/test_double.py::test_double_adds - It squares its input" in done.stdout
    assert done.stdout.count("A hint: autograder hint double") == 1, "the first failure is told in full"


def test_an_exception_shows_the_students_lines_and_no_others(toy):
    toy.solve(toy.with_double("return torch.cat([x, helper(x)])\n\n\ndef helper(x):\n    return x[:, None] @ x"))
    done = toy.pytest("exercises/toy", "-k", "test_double_adds")
    assert_no_internals(done)
    assert "double: Your code raises RuntimeError where it should not." in done.stdout
    assert "  got:      RuntimeError: " in done.stdout
    assert "  at exercises/toy/toy.py:11 in double: return torch.cat([x, helper(x)])\n" in done.stdout
    assert "  at exercises/toy/toy.py:15 in helper: return x[:, None] @ x\n" in done.stdout


def test_a_print_of_the_students_is_shown_with_the_failure(toy):
    toy.solve(toy.with_double("print('debugging', x.shape); return x * x"))
    done = toy.pytest("exercises/toy", "-k", "test_double_adds")
    assert "debugging torch.Size([3])" in done.stdout


# --- a right one, a broken one --------------------------------------------------------------------------------------


def test_right(shared):
    done = shared(right)
    assert done.returncode == 0
    assert_no_internals(done)
    assert ending(done).splitlines()[-3:] == [
        "[##############################] 7 of 7 points",
        "All done. Hidden checks may find more. The course's own way: autograder solution EXERCISE.",
        "This was the last lesson. Where you stand: autograder progress",
    ]
    assert counts(done) == {"passed": 6}


def test_a_syntax_error_is_said_once(shared):
    done = shared(syntax)
    assert done.returncode == 1
    assert_no_internals(done)
    assert done.stdout.count("exercises/toy/toy.py:11 is not valid Python (invalid syntax): return x +") == 1
    assert "FAILURES" not in done.stdout and "points" not in done.stdout
    assert ending(done).splitlines()[1:] == ["Nothing can be checked until that is fixed."]
    assert counts(done) == {"broken": 6}


# --- pytest's own options -------------------------------------------------------------------------------------------


def test_verbose_has_a_word_for_each_check(shared):
    done = shared(wrong, "-v")
    words = re.findall(r"::(\S+) ([A-Z ]+?) +\[", done.stdout)
    assert [word for _, word in words] == ["FAILED"] * 3 + ["BLOCKED"] + ["PASSED"] * 2
    assert re.findall(r"::\S+ ([A-Z ]+?) +\[", shared(untouched, "-v").stdout) == ["TO DO"] * 6
    assert done.stdout.count("A hint: autograder hint double") == 3, "every failure is told"


def test_k_takes_an_exercises_name(shared):
    done = shared(wrong, "-k", "Counter")
    assert done.returncode == 0 and counts(done) == {"passed": 2, "deselected": 4}
    assert "double" not in ending(done)


def test_x_stops_at_the_first(shared):
    done = shared(wrong, "-x")
    assert counts(done) == {"failed": 1} and "0 of 1 checks that ran pass\n" in done.stdout
    assert counts(shared(untouched, "-x")) == {"to do": 1}
    done = shared(right, "-x")
    assert "7 of 7 points\n" in done.stdout, "nothing stopped it"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("cuonter", "No check goes by cuonter; did you mean Counter? pytest exercises/toy -k Counter"),
        ("Quad2 and not x", "No check goes by Quad2; did you mean quad? pytest exercises/toy -k quad"),
        ("nothing_like_it", ""),
    ],
)
@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two"])
def test_k_that_selects_nothing_suggests_the_nearest_exercise(shared, word, said, options):
    done = shared(right, "-k", word, *options)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED and done.stderr == ""
    assert (said in done.stdout.splitlines()) if said else ("did you mean" not in done.stdout)


# --- what comes next ------------------------------------------------------------------------------------------------


def test_a_lesson_ends_with_its_experiments_and_the_next_lesson(toy):
    toy.copy_lesson("late")
    data = toy.root / "exercises/late/lesson.toml"
    data.write_text('module = "2 Then"\n' + data.read_text().replace("order = 1", "order = 2"))
    toy.write("exercises/toy/experiments/grows.py", "CLAIM = 1\n")
    toy.solve(toy.reference)
    assert ending(toy.pytest("exercises/toy")).splitlines()[-3:] == [
        "All done. Hidden checks may find more. The course's own way: autograder solution EXERCISE.",
        "Measure what its page claims, with your code: autograder experiment toy",
        "The next lesson is late, which begins 2 Then: Toy (exercises/late/README.md)",
    ]


@pytest.mark.parametrize("left", ["wrong", "to do"])
def test_an_exercise_that_is_not_graded_may_stay_open(toy, left):
    data = toy.root / "exercises/toy/lesson.toml"
    data.write_text(data.read_text().replace("points = 2\nminutes = 15", "points = 0\nminutes = 15"))
    assert "points = 0" in data.read_text()
    source = toy.reference.replace("self.value += amount", "self.value = 0")
    toy.solve(source if left == "wrong" else toy.reference[: toy.reference.index("class Counter")] + COUNTER_STUB)
    told = ending(toy.pytest("exercises/toy"))
    assert f"  {left:7}  Counter  ungraded, " in told and "5 of 5 points\nAll done." in told
    place = "exercises/toy/toy.py:" + str(toy.reference[: toy.reference.index("class Counter")].count("\n") + 1)
    assert f"Not graded, and still open: Counter ({place}, about 15 minutes)." in told


def test_a_check_that_can_not_run_here_leaves_a_lesson_whole(toy):
    checks = toy.root / "exercises/toy/checks/test_counter.py"
    checks.write_text(
        checks.read_text().replace('@exercise("Counter")', '@exercise("Counter", requires="no_such_lib")')
    )
    toy.solve(toy.reference)
    told = ending(toy.pytest("exercises/toy"))
    assert "5 of 5 points\nAll done." in told and "Counter" not in told
    done = toy.pytest("exercises/toy", "-k", "Counter")
    assert "The checks of Counter can't run here: autograder doctor says what is missing." in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two"])
def test_what_is_not_graded_and_needs_a_package_is_run_when_it_is_asked_for(toy, options):
    checks = toy.root / "exercises/toy/checks/test_counter.py"
    checks.write_text(checks.read_text().replace('@exercise("Counter")', '@exercise("Counter", requires="peft")'))
    data = toy.root / "exercises/toy/lesson.toml"
    data.write_text(data.read_text().replace("points = 2\nminutes = 15", "points = 0\nminutes = 15"))
    toy.solve(toy.reference + "\nimport sys\nif 'peft' in sys.modules:\n    raise ValueError\n")
    done = toy.python("-m", "pytest", "exercises/toy", *options)  # a fork may have peft already
    told = ending(done)
    assert done.returncode == 0 and counts(done) == {"passed": 4} and "5 of 5 points\nAll done." in told
    assert "  extra    Counter  ungraded, 15 min  pytest exercises/toy -k Counter\n" in told
    for asked in (("exercises/toy", "-k", "Counter"), (COUNTER,), (f"{COUNTER}::test_counter_adds_up",)):
        done = toy.python("-m", "pytest", *asked, *options)
        assert "  done     Counter  " in ending(done), asked


def test_an_exercise_that_is_a_table_has_a_line_too(toy):
    data = toy.root / "exercises/toy/lesson.toml"
    table = '\n[exercises.TABLE]\npoints = 1\nminutes = 1\nhints = ["1", "2", "3"]\n'
    data.write_text(data.read_text() + table)
    toy.write("exercises/toy/checks/test_table.py", TABLE_CHECK)
    toy.solve(f"{toy.reference}\nOTHER = {{}}\nTABLE: dict = {{}}\n")
    line = toy.reference.count("\n") + 3
    told = ending(toy.pytest("exercises/toy"))
    assert f"  wrong    TABLE    0/1 points, 0 of 1 checks pass  exercises/toy/toy.py:{line}\n" in told


TABLE_CHECK = """\
from autograder.checks import exercise, expect_equal, probe


@probe
def entries(student):
    return student.TABLE


@exercise("TABLE")
def test_table(student):
    expect_equal(student.run(entries), {"a": 1}, what="TABLE")
"""
COUNTER_STUB = 'class Counter:\n    def __init__(self, start=0):\n        raise NotImplementedError("not yet")\n'


@pytest.mark.parametrize("options", [("-k", "quad"), ("-k", "quad", "-n", "2")], ids=" ".join)
def test_blocked_is_right_though_the_need_is_not_selected(shared, options):
    done = shared(wrong, *options)
    assert done.returncode == 1
    assert "  blocked  quad  blocked by double" in done.stdout and "FAILURES" not in done.stdout


def test_blocked_and_counts_are_right_for_a_single_check(toy):
    toy.solve(toy.with_double(SQUARES))
    done = toy.pytest("exercises/toy/checks/test_quad.py::test_quad_is_four_times")
    assert "  blocked  quad  blocked by double" in done.stdout
    toy.solve(toy.reference)
    done = toy.pytest("exercises/toy/checks/test_counter.py::test_counter_adds_up", "-q")
    assert done.returncode == 0 and "1 of 1 selected checks pass\n" in done.stdout and "points" not in done.stdout


@pytest.mark.parametrize("source", [wrong, syntax])
def test_two_processes_come_to_the_same_end(shared, source):
    alone, together = shared(source), shared(source, "-n", "2")
    assert ending(together) == ending(alone)
    assert counts(together) == counts(alone) and together.returncode == alone.returncode


def test_lf_runs_what_failed(toy):
    toy.solve(toy.reference.replace("self.value = start", "self.value = 0"))
    assert counts(toy.pytest("exercises/toy")) == {"failed": 1, "passed": 5}
    toy.solve(toy.reference)
    done = toy.pytest("exercises/toy", "--lf")
    assert counts(done) == {"passed": 1} and "1 of 1 selected checks pass\n" in done.stdout


# --- one check file -------------------------------------------------------------------------------------------------

QUAD = "exercises/toy/checks/test_quad.py"
COUNTER = "exercises/toy/checks/test_counter.py"


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two"])
def test_one_check_file_knows_what_its_exercise_needs(shared, options):
    done = shared(wrong, *options, paths=(QUAD,))
    assert done.returncode == 1 and counts(done) == {"blocked": 1} and "FAILURES" not in done.stdout
    assert ending(done).splitlines() == [
        "  blocked  quad  blocked by double",
        "",
        "[..............................] 0 of 1 selected checks pass",
        "Fix the exercises that the blocked ones need.",
    ]
    assert_no_internals(done)


def test_one_check_file_that_passes(shared):
    done = shared(right, paths=(COUNTER,))
    assert done.returncode == 0 and counts(done) == {"passed": 2}
    assert ending(done).splitlines() == [
        "  done     Counter  2 of 2 checks pass",
        "",
        "[##############################] 2 of 2 selected checks pass",
        "These pass. Now run the whole lesson: pytest exercises/toy",
    ]


def test_a_folder_of_all_check_files_is_the_whole_lesson(shared):
    whole = shared(wrong)
    for paths in (("exercises/toy/checks",), ("exercises/toy/checks/test_double.py", QUAD, COUNTER)):
        assert ending(shared(wrong, paths=paths)) == ending(whole)


def test_two_check_files_come_in_teaching_order(shared):
    done = shared(wrong, "-v", paths=(COUNTER, QUAD))
    assert re.findall(r"::(\S+) [A-Z ]+? +\[", done.stdout) == [
        "test_quad_is_four_times",
        "test_counter_starts_where_told",
        "test_counter_adds_up",
    ]
    assert "2 of 3 selected checks pass\n" in done.stdout


def test_options_work_on_one_check_file(toy):
    toy.solve(toy.reference.replace("self.value += amount", "self.value = 0"))
    assert counts(toy.pytest(COUNTER, "-x")) == {"failed": 1}
    assert counts(toy.pytest(COUNTER, "-k", "adds_up")) == {"failed": 1, "deselected": 1}
    assert counts(toy.pytest(COUNTER)) == {"failed": 1, "more wrong": 1}
    toy.solve(toy.reference.replace("self.value = start", "self.value = 0"))
    assert counts(toy.pytest(COUNTER)) == {"failed": 1, "passed": 1}
    toy.solve(toy.reference)
    done = toy.pytest(COUNTER, "--lf")
    assert counts(done) == {"passed": 1, "deselected": 1} and "1 of 1 selected checks pass\n" in done.stdout
    done = toy.pytest(f"{COUNTER}::test_counter_adds_up", "-n", "2")
    assert counts(done) == {"passed": 1} and "1 of 1 selected checks pass\n" in done.stdout


def test_a_check_file_that_does_not_load_is_said_where_it_is_needed(toy):
    """Even where it is not asked for: whether quad is blocked can't be known without it."""
    toy.write("exercises/toy/checks/test_double.py", "import nowhere_to_be_found\n")
    done = toy.pytest(QUAD)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.startswith("ERROR: The checks of toy can't be collected: ") and done.stderr.count("ERROR") == 1
    assert "nowhere_to_be_found" in done.stderr and "INTERNALERROR" not in done.stdout


# --- what a student adds --------------------------------------------------------------------------------------------

OWN = """\
import pytest

from autograder.checks import exercise


def test_of_my_own():
    assert 1 + 1 == 2


@exercise("double")
def test_marked():
    assert 1 + 1 == 3


@pytest.mark.exercise("no_such_exercise", points=-3)
def test_marked_wrongly(tmp_path):
    assert tmp_path.is_dir()
"""


@pytest.mark.parametrize(
    ("path", "options"), [("exercises/toy/test_mine.py", ()), ("exercises/toy/checks/test_mine.py", ("-n", "2"))]
)
def test_a_students_own_tests_run_as_plain_tests_and_count_for_nothing(toy, path, options):
    toy.solve(toy.reference)
    toy.write(path, OWN)
    done = toy.pytest("exercises/toy", *options)
    assert counts(done) == {"failed": 1, "passed": 8} and done.stderr == ""
    assert "assert (1 + 1) == 3" in done.stdout and "7 of 7 points\n" in done.stdout
    done = toy.pytest(path, *options)
    assert counts(done) == {"failed": 1, "passed": 2} and "points" not in done.stdout


def test_a_students_own_test_may_not_ask_for_the_courses_fixtures(toy):
    toy.write("exercises/toy/test_mine.py", "def test_mine(student):\n    assert student.double(1) == 2\n")
    done = toy.pytest("exercises/toy/test_mine.py")
    assert counts(done) == {"error": 1}
    assert "student is for the course's checks; a test of your own imports your file." in done.stdout


CONFTESTS = {
    "exercises/toy/conftest.py": """\
import pytest


@pytest.fixture(autouse=True)
def tidy(tmp_path):
    yield
""",
    "exercises/toy/checks/conftest.py": """\
import pytest


@pytest.fixture(autouse=True, scope="session")
def everywhere():
    return None


@pytest.fixture(autouse=True)
def mine(everywhere, request):
    return everywhere
""",
    "conftest.py": """\
import pytest


class Mine:
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        items.reverse()

    def pytest_runtest_logreport(self, report):
        report.sections.append(("mine", "seen"))


def pytest_configure(config):
    config.pluginmanager.register(Mine(), "mine")
""",
}


@pytest.mark.parametrize("path", CONFTESTS)
def test_a_students_own_conftest_stops_nothing(toy, path):
    toy.solve(toy.with_double(SQUARES))
    toy.write(path, CONFTESTS[path])
    done = toy.pytest("exercises/toy")
    assert counts(done) == {"failed": 1, "more wrong": 2, "passed": 2, "blocked": 1} and done.stderr == ""
    assert "  blocked  quad     0/3 points, blocked by double" in done.stdout and "2 of 7 points\n" in done.stdout
    assert "  blocked  quad  blocked by double" in toy.pytest(QUAD).stdout


RERUNS = """\
# As pytest-rerunfailures does it: a test that fails is run again, and each run is reported.
import pytest
from _pytest.runner import runtestprotocol


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for left in (2, 1, 0):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        failed = any(report.failed for report in reports)
        for report in reports:
            if report.failed and left:
                report.outcome = "rerun"
            item.ihook.pytest_runtest_logreport(report=report)
        if not failed:
            break
        item._initrequest()
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
"""


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two"])
def test_a_check_that_is_run_again_counts_once(toy, options):
    toy.write("conftest.py", RERUNS)
    toy.solve(toy.with_double(SQUARES))
    done = toy.pytest("exercises/toy", *options)
    assert done.returncode == 1 and done.stderr == "" and "INTERNALERROR" not in done.stdout
    assert ending(done).splitlines()[:5] == [
        "  wrong    double   0/2 points, 0 of 3 checks pass  exercises/toy/toy.py:8",
        "  blocked  quad     0/3 points, blocked by double",
        "  done     Counter  2/2 points",
        "",
        "[########......................] 2 of 7 points",
    ]


def test_junit_files_can_be_written(shared, tmp_path):
    from xml.etree import ElementTree

    done = shared(wrong, f"--junitxml={tmp_path}/out.xml")
    assert done.returncode == 1
    cases = ElementTree.parse(tmp_path / "out.xml").getroot().iter("testcase")
    assert sum(case.find("failure") is not None for case in cases) == 4


# --- other submissions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["solutions", "solutions/toy", "solutions/toy/toy.py", "."])
def test_another_submission(toy, path):
    done = toy.pytest("exercises/toy", "--submission", path, "-q")
    right = path != "."
    assert done.returncode == (0 if right else 1)
    assert ("7 of 7 points" if right else "0 of 7 points") in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two"])
@pytest.mark.parametrize("path", ["nowhere", "tests"])
def test_a_submission_that_is_not_there_stops_the_run(shared, path, options):
    done = shared(right, "--submission", path, *options)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert re.fullmatch(rf"ERROR: (There is nothing at )?{path}.*\n\n?", done.stderr), "one sentence"
    assert "Traceback" not in done.stdout and "INTERNALERROR" not in done.stdout


def test_a_broken_zip_as_submission_is_said(shared, tmp_path):
    (tmp_path / "mine.zip").write_bytes(b"no zip")
    done = shared(right, "--submission", str(tmp_path / "mine.zip"))
    assert done.returncode == 1
    assert done.stdout.count("mine.zip can't be read as a zip (BadZipFile).") == 1


def test_hidden_checks_run_the_same_way(toy):
    toy.solve(toy.reference)
    done = toy.pytest("tests/hidden/toy", "-q")
    assert done.returncode == 0 and counts(done) == {"passed": 3}
    assert "3 of 3 selected checks pass\n" in done.stdout


def test_hidden_checks_may_use_the_helpers_of_visible_ones(toy):
    toy.solve(toy.with_double(SQUARES))
    hidden = toy.root / "tests/hidden/toy/test_double.py"
    shared = hidden.read_text().replace('"It drops the sign.": -2 * x', "SQUARES: x * x")
    hidden.write_text(shared.replace("import torch\n", "import torch\nfrom toy_oracles import SQUARES\n"))
    done = toy.pytest("tests/hidden/toy")
    assert counts(done) == {"failed": 1, "blocked": 1, "passed": 1}
    assert "double: It squares its input instead of doubling it." in done.stdout


def test_hidden_and_visible_checks_together_are_the_whole(toy):
    toy.solve(toy.with_double("return -(x + x).abs()"))
    done = toy.pytest("exercises/toy", "tests/hidden/toy")
    assert counts(done) == {"failed": 1, "more wrong": 2, "blocked": 2, "passed": 4}
    toy.solve(toy.reference)
    done = toy.pytest("exercises/toy", "tests/hidden/toy", "-q")
    assert done.returncode == 0 and "7 of 7 points\n" in done.stdout


def test_the_seed_changes_the_draw(shared):
    first, again, other = (
        shared(wrong, *options, "-v").stdout for options in (("--seed", "1"), ("--seed=1",), ("--seed=2",))
    )
    assert first.rsplit(" in ", 1)[0] == again.rsplit(" in ", 1)[0]
    draws = [re.findall(r"expected: (.*shape \(2, 2\).*)", text) for text in (first, other)]
    assert draws[0] and draws[0] != draws[1]


def test_it_does_nothing_in_other_projects(tmp_path, toy):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "test_other.py").write_text(
        "import sys\n\n\ndef test_a():\n    assert 'torch' not in sys.modules\n\n\ndef test_b():\n    assert 1 == 2\n"
    )
    done = toy.python("-m", "pytest", "-q", str(tmp_path / "other"), folder=tmp_path / "other")
    assert counts(done) == {"failed": 1, "passed": 1}
    assert "assert 1 == 2" in done.stdout and "points" not in done.stdout
    done = toy.python("-m", "pytest", "-q", str(tmp_path / "other"), "-k", "doubel", folder=tmp_path / "other")
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED and "did you mean" not in done.stdout


def test_a_test_file_that_does_not_load_is_pytests_own_error(toy):
    toy.write("exercises/toy/test_own.py", "import nowhere_to_be_found\n")
    done = toy.pytest("exercises/toy/test_own.py")
    assert done.returncode == 2 and "No module named 'nowhere_to_be_found'" in done.stdout
    assert "INTERNALERROR" not in done.stdout + done.stderr


# --- warnings -------------------------------------------------------------------------------------------------------

WARNS = """\
import warnings
x = x + 0
exec(compile("import warnings; warnings.warn('old news', DeprecationWarning)", LIBRARY, "exec"))
warnings.warn("look here")
return x + x"""


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two"])
def test_what_a_library_warns_of_is_kept_from_a_student_and_their_own_is_not(toy, options):
    import torch

    body = WARNS.replace("LIBRARY", repr(torch.__file__)).replace("\n", "\n    ")
    toy.solve(toy.with_double(body))
    done = toy.pytest("exercises/toy", *options)
    assert "UserWarning: look here" in done.stdout and "old news" not in done.stdout
    toy.solve(toy.with_double(body.replace('warnings.warn("look here")', "pass")))
    done = toy.pytest("exercises/toy", *options)
    assert "warnings" not in done.stdout and counts(done) == {"passed": 6}


def test_a_run_imports_what_the_checks_need_and_no_more(toy):
    toy.solve(toy.reference)
    toy.write(
        "told.py",
        "import gc, sys, pytest\n\n\n@pytest.hookimpl(trylast=True)\ndef pytest_unconfigure():\n"
        "    rooms = ('cli', 'grading', 'sandbox', 'notebooks', 'authoring', 'release', 'systems', 'backbone')\n"
        "    heavy = ('transformers', 'peft', 'sympy', 'torch._dynamo', 'textual', 'typer', 'rich', 'watchfiles')\n"
        "    heavy += tuple(f'autograder.{room}' for room in rooms)\n"
        "    print('imported:', *(name for name in heavy if name in sys.modules))\n"
        "    print('frozen:', gc.get_freeze_count() > 100_000)  # torch alone has more than so many objects\n",
    )
    lines = toy.python("-m", "pytest", "exercises/toy", "-p", "told").stdout.splitlines()
    assert lines[-2:] == ["imported:", "frozen: True"]
