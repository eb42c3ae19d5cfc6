"""The stub is made from the reference, so that the two can't drift."""

import ast

import pytest

from autograder.common.errors import CourseError
from autograder.common.stubs import make_stub


def stub(source):
    made = make_stub(source)
    ast.parse(made)
    return made


def test_a_solution_becomes_a_raise_that_names_what_is_not_written(toy):
    made = stub(toy.reference)
    assert "SOLUTION" not in made and "x + x" not in made and "self.value" not in made
    for name in ("double", "quad", "Counter.__init__", "Counter.add"):
        assert made.count(f'raise NotImplementedError("{name} is not written yet")') == 1


def test_what_lies_outside_the_markers_stays():
    source = '''\
"""Says."""

LIMIT = 3


def f(x):
    """Doc."""
    if x > LIMIT:
        raise ValueError("too large")
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION
'''
    expected = source.replace(
        "    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n",
        '    raise NotImplementedError("f is not written yet")\n',
    )
    assert stub(source) == expected


def test_at_the_top_level_nothing_takes_its_place():
    source = "X = 1\n### BEGIN SOLUTION\nY = 2\n### END SOLUTION\nZ = 3\n"
    assert stub(source) == "X = 1\nZ = 3\n"


def test_a_top_level_solution_right_below_a_function_is_not_the_functions():
    source = "def f():\n    return 1\n### BEGIN SOLUTION\nY = 2\n### END SOLUTION\n"
    assert stub(source) == "def f():\n    return 1\n"


def test_solutions_between_the_methods_of_a_class_leave_nothing():
    source = "class A:\n    def f(self):\n        return 1\n    ### BEGIN SOLUTION\n    x = 2\n    ### END SOLUTION\n"
    assert stub(source) == "class A:\n    def f(self):\n        return 1\n"


def test_the_innermost_function_is_named():
    source = (
        "def f():\n    def g():\n        ### BEGIN SOLUTION\n        return 1\n        ### END SOLUTION\n    return g\n"
    )
    assert 'raise NotImplementedError("f.g is not written yet")' in stub(source)
    source = "def f():\n    def g():\n        return 1\n    ### BEGIN SOLUTION\n    return g\n    ### END SOLUTION\n"
    assert '    raise NotImplementedError("f is not written yet")' in stub(source)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f():\n    ### BEGIN SOLUTION\n    return 1\n", "without an end"),
        ("def f():\n    return 1\n    ### END SOLUTION\n", "Line 3 .*END SOLUTION out of turn"),
        (
            "def f():\n    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n    return 1\n",
            "Line 3 .*BEGIN SOLUTION out of turn",
        ),
        ("def f(:\n", r"not valid Python \(line 1"),
    ],
)
def test_a_reference_that_makes_no_stub(source, said):
    with pytest.raises(CourseError, match=said):
        make_stub(source)


def test_check_finds_drift_and_the_command_mends_it(toy):
    mend = ("-m", "autograder", "stubs", "--course", ".")
    check = (*mend, "--check")
    done = toy.python(*check)
    assert (done.returncode, done.stdout) == (0, f"The course is {toy.root}.\n")
    toy.solve(toy.stub.replace("Twice x.", "Two x."))
    done = toy.python(*check)
    assert done.returncode == 1 and "exercises/toy/toy.py is not what its reference gives" in done.stdout
    assert "Two x." in (toy.root / "exercises/toy/toy.py").read_text(), "checking writes nothing"
    done = toy.python(*mend)
    assert done.returncode == 0 and "wrote" in done.stdout
    assert (toy.root / "exercises/toy/toy.py").read_text() == toy.stub
    (toy.root / "exercises/toy/toy.py").unlink()
    assert toy.python(*check).returncode == 1


def test_without_solutions_it_says_so(toy):
    (toy.root / "solutions/toy/toy.py").unlink()
    done = toy.python("-m", "autograder", "stubs", "--check", "--course", ".")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "instructor's repository" in done.stderr


def test_no_stub_of_this_repository_has_drifted(toy, repository):
    done = toy.python("-m", "autograder", "stubs", "--check", folder=repository)
    assert (done.returncode, done.stdout) == (0, f"The course is {repository}.\n")
