"""Lessons are found by looking, and a bad lesson.toml is said in one sentence."""

import pytest

from autograder.common.errors import CourseError
from autograder.common.lessons import Claim, check_file, find_course, load_course, nearest

GOOD = """\
title = "One"
order = 2
summary = "s"

[exercises.a]
points = 1
minutes = 1
hints = ["1", "2", "3"]

[exercises.b]
points = 0
minutes = 1
needs = ["a"]
hints = ["1", "2", "3"]

[exercises.c]
points = 1
minutes = 1
needs = ["b"]
hints = ["1", "2", "3"]
"""


def renamed(suffix, **keys):
    """GOOD with exercises of its own (`a` becomes `a_SUFFIX`), and `keys` at its top."""
    text = GOOD
    for name in "abc":
        text = text.replace(f"[exercises.{name}]", f"[exercises.{name}_{suffix}]").replace(
            f'["{name}"]', f'["{name}_{suffix}"]'
        )
    lines = "".join(f"{key} = {value!r}\n" for key, value in keys.items())
    return lines + text


def course(root, **lessons):
    for name, text in lessons.items():
        (root / "exercises" / name).mkdir(parents=True)
        (root / "exercises" / name / "lesson.toml").write_text(text)
    return root


def test_a_lesson_is_a_folder_with_a_lesson_toml(tmp_path):
    first = renamed("1").replace("order = 2", "order = 1")
    root = course(tmp_path, second=GOOD, first=first, third=renamed("3"))
    (root / "exercises" / "notes").mkdir()
    (root / "exercises" / "README.md").write_text("no lesson")
    assert list(load_course(root).lessons) == ["first", "second", "third"]


def test_what_a_lesson_holds(tmp_path):
    lesson = load_course(course(tmp_path, one=GOOD)).lesson("one")
    assert (lesson.title, lesson.order, list(lesson.exercises)) == ("One", 2, ["a", "b", "c"])
    assert lesson.exercises["b"].needs == ("a",) and lesson.exercises["b"].points == 0
    assert lesson.all_needs("c") == ["b", "a"] and lesson.all_needs("a") == []


def test_needs_in_a_diamond_are_listed_once(tmp_path):
    text = GOOD.replace('needs = ["b"]', 'needs = ["b", "a"]')
    assert load_course(course(tmp_path, one=text)).lesson("one").all_needs("c") == ["b", "a"]


def test_a_lesson_that_is_not_there(tmp_path):
    found = load_course(course(tmp_path, one=GOOD))
    for name in ("two", ""):
        with pytest.raises(CourseError, match="There is no lesson .*; the lessons are: one"):
            found.lesson(name)
    for name in ("../one", "one/", "On_e"):
        with pytest.raises(CourseError, match=r"There is no lesson .*; did you mean one\?"):
            found.lesson(name)
    exercise = next(iter(found.lesson("one").exercises))
    with pytest.raises(CourseError, match=f"{exercise} is an exercise, not a lesson; its lesson is one."):
        found.lesson(exercise)


@pytest.mark.parametrize(
    ("name", "near"),
    [("lora_linear", ["LoRALinear"]), ("lora_liner", ["LoRALinear", "QLoRALinear"]), ("aply", ["apply"]), ("zzz", [])],
)
def test_a_name_is_near_whatever_its_case_and_underscores(name, near):
    assert nearest(name, ["apply", "LoRALinear", "QLoRALinear", "merge"]) == near


def test_the_course_is_found_from_below(tmp_path):
    root = course(tmp_path, one=GOOD)
    (root / "tests" / "hidden" / "one").mkdir(parents=True)
    assert find_course(root / "tests" / "hidden" / "one").root == root.resolve()
    assert find_course(root / "exercises" / "one").root == root.resolve()


def test_elsewhere_the_course_is_the_one_around_the_engine(tmp_path, repository):
    assert find_course(tmp_path).root == repository


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title = ",
        'title = "t"\norder = 1\nsummary = "s"\n',
        'title = "t"\norder = 1\nsummary = "s"\nexercises = 3\n',
        'title = "t"\norder = 1\nsummary = "s"\nexercises = [1]\n',
        'title = "t"\norder = 1\nsummary = "s"\n[exercises]\na = 3\n',
        GOOD.replace("order = 2", 'order = "last"'),
        GOOD.replace('title = "One"\n', ""),
        GOOD.replace('title = "One"\n', 'title = "One"\nmodule = 4.4\n'),
        GOOD.replace("points = 1\n", "", 1),
        GOOD.replace("points = 1\n", "points = -1\n", 1),
        GOOD.replace("minutes = 1\n", "", 1),
        GOOD.replace('hints = ["1", "2", "3"]\n', "", 1),
        GOOD.replace('hints = ["1", "2", "3"]\n', 'hints = ["1", "2"]\n', 1),
        GOOD.replace('hints = ["1", "2", "3"]\n', 'hints = ["1", "2", " "]\n', 1),
        GOOD.replace('hints = ["1", "2", "3"]\n', 'hints = "123"\n', 1),
        GOOD.replace('needs = ["a"]', 'needs = ["c"]'),
        GOOD.replace('needs = ["a"]', 'needs = ["b"]'),
        GOOD.replace('needs = ["a"]', 'needs = ["nothing"]'),
        GOOD.replace('needs = ["a"]', 'needs = "a"'),
    ],
)
def test_a_bad_lesson_toml_is_one_sentence(tmp_path, text):
    with pytest.raises(CourseError, match="lesson.toml") as caught:
        load_course(course(tmp_path, one=text))
    assert "\n" not in str(caught.value)


def test_too_few_hints_are_counted(tmp_path):
    text = GOOD.replace('hints = ["1", "2", "3"]\n', 'hints = ["1", "2"]\n', 1)
    with pytest.raises(CourseError, match=r"one/lesson\.toml is not a lesson's data: ValueError: a needs 3 hints\.$"):
        load_course(course(tmp_path, one=text))


def test_what_is_said_of_a_claim_that_is_not_listed_is_a_sentence(tmp_path):
    text = GOOD.replace('summary = "s"\n', 'summary = "s"\nexperiments = ["c"]\n\n[claims.c]\nminutes = 3\n')
    assert load_course(course(tmp_path / "right", one=text)).lesson("one").claims == {"c": Claim(minutes=3)}
    with pytest.raises(CourseError, match=r"ValueError: claims\.d is not among its experiments\.$"):
        load_course(course(tmp_path / "wrong", one=text.replace("claims.c", "claims.d")))


@pytest.mark.parametrize(
    ("exercise", "file"),
    [
        ("double", "test_double.py"),
        ("memory_estimate", "test_memory_estimate.py"),
        ("Counter", "test_counter.py"),
        ("LoRALinear", "test_lora_linear.py"),
        ("QLoRALinear", "test_qlora_linear.py"),
        ("LoRAQVLinear", "test_loraqv_linear.py"),
        ("QuantizedLinear", "test_quantized_linear.py"),
        ("PIPELINE", "test_pipeline.py"),
        ("GPT2ForClassification", "test_gpt2_for_classification.py"),
    ],
)
def test_the_file_of_an_exercises_checks(exercise, file):
    assert check_file(exercise) == file


def test_every_check_file_of_a_real_lesson_is_of_one_of_its_exercises(repository):
    """One that is misnamed would be passed over in silence."""
    for lesson in load_course(repository).lessons.values():
        known = {check_file(exercise) for exercise in lesson.exercises}
        for folder in (lesson.folder / "checks", repository / "tests/hidden" / lesson.name):
            assert {path.name for path in folder.rglob("test_*.py")} <= known, folder
        assert not list(lesson.folder.glob("test_*.py")), "checks lie in checks/"


def test_two_exercises_whose_checks_would_share_a_file(tmp_path):
    text = GOOD.replace("[exercises.c]", "[exercises.A]").replace('needs = ["b"]', "")
    with pytest.raises(CourseError) as caught:
        load_course(course(tmp_path, one=text))
    path = tmp_path / "exercises/one/lesson.toml"
    assert str(caught.value) == f"{path}: the checks of a and A would share the file test_a.py; rename one."


# --- lessons that build on each other -------------------------------------------------------------------------------


def test_lessons_stand_in_the_order_of_their_modules(tmp_path):
    modules = {"late": "4.10 Last", "early": "4.9 First", "first": "4.9 First", "none": ""}
    texts = {name: renamed(name, module=module) for name, module in modules.items()}
    texts["first"] = texts["first"].replace("order = 2", "order = 1")
    assert list(load_course(course(tmp_path, **texts)).lessons) == ["none", "first", "early", "late"]


def test_what_a_lesson_uses_brings_what_that_uses(tmp_path):
    root = course(tmp_path, c=renamed("c", uses=["b"]), b=renamed("b", uses=["a"]), a=renamed("a"), d=renamed("d"))
    found = load_course(root)
    assert {name: dict(lesson.uses) for name, lesson in found.lessons.items()} == {
        "a": {},
        "b": {"a": ()},
        "c": {"b": ("a",), "a": ()},
        "d": {},
    }
    assert [lesson.name for lesson in found.with_uses([found.lesson("c")])] == ["a", "b", "c"]


def test_needs_in_another_lesson(tmp_path):
    above = renamed("y", uses=["one"]).replace('needs = ["a_y"]', 'needs = ["one:b_x", "a_y"]')
    lesson = load_course(course(tmp_path, one=renamed("x"), two=above)).lesson("two")
    assert lesson.all_needs("c_y") == ["b_y", "one:b_x", "a_y"]
    assert lesson.needs_elsewhere() == {"one": ["b_x"]}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"one": renamed("x"), "two": renamed("x")}, "Both one and two have an exercise a_x; rename one."),
        (
            {"one": renamed("x", uses=["three"])},
            "The lesson one uses three, which is not here: exercises/ has no such lesson.",
        ),
        (
            {"one": renamed("x", uses=["two"]), "two": renamed("y", uses=["one"])},
            "The lesson one uses itself through two: the `uses` of lessons form no circle.",
        ),
        ({"one": renamed("x", uses=["one"])}, "The lesson one uses itself through one:"),
        (
            {"one": renamed("x"), "two": renamed("y").replace('["a_y"]', '["one:a_x"]')},
            "two needs one:a_x, but its lesson.toml doesn't use one.",
        ),
        (
            {"one": renamed("x"), "two": renamed("y", uses=["one"]).replace('["a_y"]', '["one:a_z"]')},
            "two needs one:a_z, an exercise that one doesn't have.",
        ),
    ],
)
def test_lessons_that_do_not_go_together_are_one_sentence(tmp_path, texts, said):
    with pytest.raises(CourseError) as caught:
        load_course(course(tmp_path, **texts))
    assert str(caught.value).startswith(said) and "\n" not in str(caught.value)
