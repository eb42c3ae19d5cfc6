"""Verdicts: seeds, outcomes, what blocks what, points, time limits, and what feedback on a hidden check may hold."""

from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from autograder.checking.door import LocalTransport
from autograder.checking.report import build_report, public_message
from autograder.checking.running import Check, Run, Verdict, check_generator, check_seed
from autograder.checking.student import TimeLimits
from autograder.checks import expect_equal, probe
from autograder.common.errors import ExecutorDied, ExecutorTimeout, SandboxError, ZygoteDied


def outcomes(run):
    return {name: verdict.outcome for name, verdict in run.all().items()}


def by_exercise(run):
    """exercise → the set of its checks' outcomes."""
    found = {}
    for name, verdict in run.all().items():
        found.setdefault(run.checks[name].exercise, set()).add(verdict.outcome)
    return found


def check(function, exercise="double", public=True, name=None, fixtures=("student",), worth=1):
    return Check(name or function.__name__, exercise, Fraction(worth), public, function, fixtures=fixtures)


# --- seeds ----------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_draw():
    first, again = (torch.rand(5, generator=check_generator("s", "test_a")) for _ in range(2))
    assert torch.equal(first, again)


@pytest.mark.parametrize(("seed", "name"), [("s", "test_b"), ("t", "test_a"), ("", "test_a"), ("s ", "test_a")])
def test_another_check_or_seed_gives_another_draw(seed, name):
    first = torch.rand(5, generator=check_generator("s", "test_a"))
    assert not torch.equal(first, torch.rand(5, generator=check_generator(seed, name)))


def test_the_students_seed_tells_nothing_of_the_checks():
    assert check_seed("s", "test_a") != check_seed("s", "test_a", "student")
    assert check_seed(0, "test_a") == check_seed("0", "test_a")
    assert 0 <= check_seed("s", "test_a") < 2**63


def test_a_known_seed():
    """A regrade next year must draw the same inputs: this value may never change."""
    assert check_seed("0", "test_a") == 7493369496562845267
    assert check_seed("0", "test_a", "student") == 202106620798708319


def test_the_student_draws_the_same_in_every_run_and_not_what_the_check_draws(toy):
    def draw(student, rng):
        drawn.append((student.double(torch.zeros(3)), torch.rand(3, generator=rng)))

    drawn = []
    source = toy.with_double("return torch.rand(3)")
    for _ in range(2):
        toy.run(source, [check(draw, fixtures=("student", "rng"))]).all()
    assert torch.equal(drawn[0][0], drawn[1][0]) and torch.equal(drawn[0][1], drawn[1][1])
    assert not torch.equal(*drawn[0])


def test_the_order_of_checks_changes_no_draw(toy):
    drawn = {}

    def draw(student):
        drawn.setdefault(name, []).append(student.double(torch.zeros(2)).tolist())

    checks = [check(draw, name=name) for name in ("a", "b")]
    source = toy.with_double("return torch.rand(2)")
    for order in (checks, checks[::-1]):
        run = toy.run(source, order)
        for one in order:
            name = one.name
            run.verdict(one)
    assert drawn["a"][0] == drawn["a"][1] != drawn["b"][0] == drawn["b"][1]


# --- outcomes -------------------------------------------------------------------------------------------------------


def test_the_reference_passes_everything(toy):
    assert by_exercise(toy.run(toy.reference)) == {"double": {"passed"}, "quad": {"passed"}, "Counter": {"passed"}}


def test_the_stub_is_to_do_and_earns_nothing(toy):
    run = toy.run(toy.stub)
    assert by_exercise(run) == {"double": {"todo"}, "quad": {"todo"}, "Counter": {"todo"}}
    assert run.all()["test_quad_is_four_times"].sentence == "quad is not written yet"


def test_a_wrong_exercise_fails_with_its_sentence(toy):
    verdict = toy.run(toy.with_double("return x * x")).all()["test_double_adds"]
    assert verdict.outcome == "failed"
    assert verdict.sentence == "It squares its input instead of doubling it."
    assert verdict.expected == "[2.0, 5.0, 6.0]  (float32, shape (3,))"
    assert verdict.got == "[1.0, 6.25, 9.0]  (float32, shape (3,))"
    assert verdict.advice == "What is x + x?"


def test_a_half_written_class_is_to_do_where_it_is_not_written(toy):
    source = toy.reference.replace("self.value += amount\n        return self.value", "raise NotImplementedError")
    assert by_exercise(toy.run(source))["Counter"] == {"todo"}


def test_an_exception_names_its_type_and_the_students_lines(toy):
    verdict = toy.run(toy.with_double("return {}[x.shape]")).all()["test_double_adds"]
    assert verdict.sentence == "Your code raises KeyError where it should not."
    assert verdict.got == "KeyError: torch.Size([3])"
    assert verdict.lines == ("toy.py:11 in double: return {}[x.shape]",)


def test_a_changed_input_is_a_failure_with_advice(toy):
    verdict = toy.run(toy.with_double("return x.add_(x)")).all()["test_double_adds"]
    assert verdict.sentence == "double changes its input in place." and verdict.advice


@pytest.mark.parametrize(
    "given, kind",
    [
        ("(one for one in [x])", "a generator"),
        ("map(abs, [x])", "a map"),
        ("{1}", "a set"),
        ("type('Odd', (), {})()", "an Odd"),
    ],
)
def test_what_is_no_plain_data_is_called_by_its_kind(toy, given, kind):
    verdict = toy.run(toy.with_double(f"return {given}")).all()["test_double_adds"]
    assert verdict.sentence == f"double gives {kind}; numbers, text, lists, dicts or tensors are asked for."


@probe
def doubled_in_a_probe(student, x):
    return student.double(x).sum()


@pytest.mark.parametrize(
    "body, sentence",
    [
        ("return x.tolist()", "What double gives can't be used as asked: that raises AttributeError."),
        ("return x.tolist().sum()", "Your code raises AttributeError where it should not."),
        ("return x.add_(x)", "double changes its input in place."),
    ],
)
def test_what_a_probe_does_by_itself_is_not_called_the_students(toy, body, sentence):
    in_a_probe = check(lambda student: student.run(doubled_in_a_probe, torch.ones(3)), name="in_a_probe")
    assert toy.run(toy.with_double(body), [in_a_probe]).all()["in_a_probe"].sentence == sentence


def test_a_function_that_is_gone_is_named(toy):
    verdicts = toy.run(toy.reference.replace("def double", "def twice")).all()
    assert verdicts["test_double_adds"].sentence == "Your file defines no double."
    assert verdicts["test_quad_is_four_times"].outcome == "blocked"


def test_a_class_that_is_gone_is_named_from_inside_a_probe(toy):
    verdicts = toy.run(toy.reference.replace("class Counter", "class Account")).all()
    assert verdicts["test_hidden_counter_counts_down"].sentence == "Your file defines no Counter."


def test_an_exercise_defined_in_another_way_is_tried(toy):
    source = toy.reference.replace("def double(x", "def _double(x") + "\n\ndouble = _double\n"
    assert by_exercise(toy.run(source)) == {"double": {"passed"}, "quad": {"passed"}, "Counter": {"passed"}}


def test_checks_that_skip_or_give_up_are_failures(toy):
    def skips(student):
        pytest.skip("not today")

    def gives_up(student):
        pytest.fail("hidden values 123")

    def exits(student):
        raise SystemExit

    def stumbles(student):
        return student.double(1)["key"]

    run = toy.run(toy.reference, [check(one) for one in (skips, gives_up, exits, stumbles)])
    for verdict in run.all().values():
        assert verdict.outcome == "failed"
        assert verdict.sentence == "double returned something that this check can't work with."


@pytest.mark.parametrize("body", ["float('nan')", "torch.tensor([1.0, float('nan')])", "{'a': [(float('nan'),)]}"])
def test_nan_passes_no_check(toy, body):
    """It is not far from anything, and equals itself bit for bit."""

    def against_itself(student):
        expect_equal(student.double(2.0), student.double(2.0), what="double")

    def not_looked_at(student):
        student.double(2.0)

    verdicts = toy.run(toy.with_double(f"return {body}"), [check(against_itself), check(not_looked_at)]).all()
    for verdict in verdicts.values():
        assert (verdict.outcome, verdict.sentence) == ("failed", "double gives NaN.")
    verdicts = toy.run(toy.with_double("return 2 * x"), [check(against_itself), check(not_looked_at)]).all()
    assert {verdict.outcome for verdict in verdicts.values()} == {"passed"}


def test_an_assert_shows_its_sentence_and_never_its_values(toy):
    secret = 12345

    def with_a_sentence(student):
        assert secret == 1, "It is the wrong number."

    def without(student):
        assert secret == 1

    def plain(student):
        raise AssertionError

    run = toy.run(toy.reference, [check(one) for one in (with_a_sentence, without, plain)])
    said = [verdict.sentence for verdict in run.all().values()]
    assert said == ["It is the wrong number.", "This is wrong.", "This is wrong."]


def test_ctrl_c_stops_the_run(toy):
    def interrupted(student):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        toy.run(toy.reference, [check(interrupted)]).all()


@pytest.mark.parametrize("error", [ZygoteDied("gone"), SandboxError("broke")], ids=["zygote", "sandbox"])
def test_a_broken_sandbox_is_no_verdict(toy, error):
    class Broken(LocalTransport):
        def exchange(self, request, deadline):
            raise error

    with pytest.raises(type(error)):
        toy.run(toy.reference, spawn=Broken).all()


# --- what blocks what -----------------------------------------------------------------------------------------------


def test_a_wrong_need_blocks_and_is_named(toy):
    verdicts = toy.run(toy.with_double("return x * x")).all()
    assert verdicts["test_quad_is_four_times"].outcome == "blocked"
    assert verdicts["test_quad_is_four_times"].sentence == "blocked by double"
    assert verdicts["test_counter_adds_up"].outcome == "passed"


WRONG_WHERE_HIDDEN = "return 2 * x.abs() if x.ndim == 1 and (x < 0).all() else 2 * x"


def test_a_need_that_only_a_hidden_check_finds_wrong_blocks_nothing(toy):
    verdicts = toy.run(toy.with_double(WRONG_WHERE_HIDDEN)).all()
    assert verdicts["test_hidden_double_of_negatives"].outcome == "failed"
    assert {verdicts[name].outcome for name in verdicts if "quad" in name} == {"passed"}


def test_what_then_fails_points_at_it(toy):
    source = toy.with_double(WRONG_WHERE_HIDDEN).replace("double(double(x))", "double(x)")
    run = toy.run(source)
    verdict = run.all()["test_quad_is_four_times"]
    assert verdict.outcome == "failed"
    assert verdict.cause == "The cause may lie in double, which hidden checks find wrong."
    assert public_message(run.checks["test_quad_is_four_times"], verdict).endswith("\n" + verdict.cause)


def test_a_hidden_verdict_that_students_do_not_see_is_not_told_by_another(toy):
    source = toy.with_double(WRONG_WHERE_HIDDEN).replace("double(double(x))", "double(x)")
    checks = [one if one.public else replace(one, visibility="after_published") for one in toy.checks()]
    verdict = toy.run(source, checks).all()["test_quad_is_four_times"]
    assert (verdict.outcome, verdict.cause) == ("failed", "")


def test_an_unwritten_need_blocks_what_is_written(toy):
    source = toy.with_double("raise NotImplementedError")
    assert by_exercise(toy.run(source)) == {"double": {"todo"}, "quad": {"blocked"}, "Counter": {"passed"}}


def test_an_unwritten_need_blocks_also_what_does_not_call_it(toy):
    source = toy.with_double("raise NotImplementedError").replace("double(double(x))", "4 * x")
    assert by_exercise(toy.run(source))["quad"] == {"blocked"}


def test_what_is_unwritten_itself_is_to_do_even_with_a_wrong_need(toy):
    source = toy.with_double("return x * x").replace("return double(double(x))", "raise NotImplementedError")
    assert by_exercise(toy.run(source))["quad"] == {"todo"}


@pytest.mark.parametrize("body", ["return x * x", "raise NotImplementedError", "return x + x", "return {}[x]"])
def test_verdicts_do_not_depend_on_the_order(toy, body):
    checks = toy.checks()
    orders = [checks, checks[::-1], sorted(checks, key=lambda one: one.name)]
    found = []
    for order in orders:
        run = toy.run(toy.with_double(body), order)
        found.append({one.name: (run.verdict(one).outcome, run.verdict(one).sentence) for one in order})
    assert found[0] == found[1] == found[2]


def test_the_deepest_need_is_named(toy):
    toy.write(
        "exercises/toy/lesson.toml",
        (toy.root / "exercises/toy/lesson.toml")
        .read_text()
        .replace("[exercises.Counter]", '[exercises.Counter]\nneeds = ["quad"]'),
    )
    verdicts = toy.run(toy.with_double("return x * x")).all()
    assert verdicts["test_counter_adds_up"].sentence == "blocked by double"
    verdicts = toy.run(toy.reference.replace("double(double(x))", "double(x)")).all()
    assert verdicts["test_counter_adds_up"].sentence == "blocked by quad"


def test_each_check_runs_once(toy):
    calls = []

    def counted(student):
        calls.append(1)

    run = toy.run(toy.reference, [check(counted), check(lambda student: None, "quad", name="needing")])
    for _ in range(2):
        run.all()
        run.verdict(run.checks["needing"])
    assert len(calls) == 1


def test_visible_checks_come_before_hidden_ones(toy):
    order = []
    checks = [
        check(lambda student, name=name: order.append(name), "Counter", public, name=name)
        for name, public in (("a", False), ("b", True), ("c", False), ("d", True))
    ]
    checks = [replace(one, arguments={"name": one.name}) for one in checks]
    toy.run(toy.reference, checks).all()
    assert order == ["b", "d", "a", "c"]


# --- points ---------------------------------------------------------------------------------------------------------


def test_points_are_exact_shares_of_the_exercise(toy):
    worth = {one.name: one.worth for one in toy.checks()}
    assert worth == {
        "test_double_adds": Fraction(1, 3),
        "test_double_keeps_the_shape[2]": Fraction(1, 3),
        "test_double_keeps_the_shape[3]": Fraction(1, 3),
        "test_hidden_double_of_negatives": Fraction(1),
        "test_quad_is_four_times": Fraction(3, 2),
        "test_hidden_quad_of_a_draw": Fraction(3, 2),
        "test_counter_starts_where_told": Fraction(2, 3),
        "test_counter_adds_up": Fraction(2, 3),
        "test_hidden_counter_counts_down": Fraction(2, 3),
    }


def test_all_points_sum_to_the_lessons_without_rounding(toy):
    report = toy.report(toy.reference)
    assert (report.score, report.max_score) == (7.0, 7.0)


def test_partial_credit_per_check(toy):
    report = toy.report(toy.with_double("return 2 * x.abs()"))  # two of its four checks meet negatives
    passed = {one.name for one in report.checks if one.outcome == "passed" and one.exercise == "double"}
    assert "test_double_adds" in passed and "test_hidden_double_of_negatives" not in passed
    double = sum(one.points for one in report.checks if one.exercise == "double")
    assert double == pytest.approx(len(passed) / 3, abs=1e-5)
    assert sum(one.points for one in report.checks if one.exercise == "quad") == 0
    assert report.score == pytest.approx(double + 2, abs=1e-5) and report.max_score == 7.0


def test_a_check_without_a_verdict_counts_as_failed(toy):
    checks = toy.checks()
    verdicts = toy.run(toy.reference, checks).all()
    del verdicts["test_hidden_double_of_negatives"]
    report = build_report("s", "toy", checks, verdicts, tier="none", seconds=0.0)
    missing = next(one for one in report.checks if one.name == "test_hidden_double_of_negatives")
    assert (missing.outcome, missing.points, missing.max_points) == ("failed", 0.0, 1.0)
    assert missing.message == "This check was not reached."
    assert (report.score, report.max_score) == (6.0, 7.0)


# --- time limits and deaths -----------------------------------------------------------------------------------------


class Slow(LocalTransport):
    """A process that does not answer calls of the functions named in `slow`."""

    slow: tuple[bytes, ...] = ()
    error: type[Exception] = ExecutorTimeout
    tried = 0

    def exchange(self, request, deadline):
        if any(b'"op", "call"' in request and name in request for name in self.slow):
            type(self).tried += 1
            raise self.error("It did not answer in time.")
        return super().exchange(request, deadline)


def test_a_check_out_of_time_takes_the_rest_of_its_exercise_along(toy):
    class SlowDouble(Slow):
        slow = (b'"double"',)

    run = toy.run(toy.reference, spawn=SlowDouble)
    verdicts = run.all()
    for one in run.checks.values():
        verdict = verdicts[one.name]
        if one.exercise == "double":
            assert (verdict.outcome, verdict.sentence) == ("failed", "It did not answer in time.")
        else:
            assert verdict.outcome == ("blocked" if one.exercise == "quad" else "passed")
    assert SlowDouble.tried == 1, "the other three checks of double are not waited for"


def test_after_several_exercises_out_of_time_the_rest_is_not_run(toy, monkeypatch):
    monkeypatch.setattr("autograder.checking.running.MAX_TIMEOUTS", 1)

    class SlowDouble(Slow):
        slow = (b'"double"',)

    verdicts = toy.run(toy.reference, spawn=SlowDouble).all()
    assert verdicts["test_double_adds"].sentence == "It did not answer in time."
    assert verdicts["test_counter_adds_up"].sentence == "Not run: other exercises took too long."
    assert {verdict.outcome for verdict in verdicts.values()} == {"failed", "blocked"}


def test_a_death_costs_its_own_check_only(toy):
    class DyingQuad(Slow):
        slow = (b'"quad"',)
        error = ExecutorDied

    verdicts = toy.run(toy.reference, spawn=DyingQuad).all()
    assert verdicts["test_quad_is_four_times"].sentence == "Your code ended its process: It did not answer in time."
    assert DyingQuad.tried == 2, "each check of quad is tried in a new process"
    assert verdicts["test_counter_adds_up"].outcome == "passed"


def test_when_the_time_of_the_submission_is_up_the_rest_fails(toy):
    verdicts = toy.run(toy.reference, limits=TimeLimits(submission=0.0)).all()
    assert {verdict.outcome for verdict in verdicts.values()} <= {"failed", "blocked"}
    assert verdicts["test_double_adds"].sentence == "The time for the whole submission is used up."


# --- broken submissions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def double(:\n", "toy.py:1 is not valid Python (invalid syntax): def double(:"),
        (b"\xff\xfe\0", "toy.py is not a Python text file in UTF-8."),
        ("import nowhere_to_be_found\n", "stops on import: ModuleNotFoundError"),
        ("import sys; sys.exit()\n", "stops on import: SystemExit"),
    ],
    ids=["syntax", "binary", "import", "exit"],
)
def test_a_broken_submission_earns_nothing_and_says_why_once(toy, source, reason):
    report = toy.report(source)
    assert (report.status, report.score, report.max_score) == ("broken", 0.0, 7.0)
    assert reason in report.reason
    assert {one.outcome for one in report.checks} == {"failed"}
    assert {one.message for one in report.checks} == {report.reason}


# --- what feedback on a hidden check may hold -----------------------------------------------------------------------

LEAKS = {
    "message": "raise ValueError(f'MARKER {x}')",
    "line": "MARKER = 1; raise ValueError",
    "type": "raise type('MARKER' + str(x.tolist()), (Exception,), {})",
    "value": "return 'MARKER' + str(x)",
    "keys": "return {'MARKER': x}",
    "not written": "raise type('NotImplementedError', (Exception,), {})('MARKER')",
    "helper": "return MARKER_helper(x)",
    "attribute": "return x.MARKER",
    "object": "return type('MARKER', (), {})()",
    "global": "return MARKER",
}


@pytest.mark.parametrize("body", LEAKS.values(), ids=LEAKS)
def test_nothing_of_the_students_text_is_in_hidden_feedback(toy, body):
    source = toy.with_double(body) + "\n\ndef MARKER_helper(x):\n    raise NotImplementedError('MARKER')\n"
    run = toy.run(source)
    verdicts = run.all()
    hidden = run.checks["test_hidden_double_of_negatives"]
    assert verdicts[hidden.name].outcome in ("failed", "todo")
    assert "MARKER" not in public_message(hidden, verdicts[hidden.name])
    assert "\n" not in public_message(hidden, verdicts[hidden.name])


SIGNALS = {
    "the type of an error": ["raise ValueError", "raise KeyError", "raise type('Seven', (Exception,), {})"],
    "whether it is written": ["raise NotImplementedError", "raise ValueError"],
    "what it lacks": ["raise AttributeError", "import sys; del sys.modules[__name__].quad; quad", "raise ValueError"],
    "what kind it gives": ["return {1}", "return iter([])", "return type('Seven', (), {})()"],
}  # fmt: skip


@pytest.mark.parametrize("ways", SIGNALS.values(), ids=SIGNALS)
def test_what_a_process_says_beside_its_answer_tells_a_student_nothing_of_a_hidden_input(toy, ways):
    """Public checks are passed; a hidden one draws what only it draws, and the code says so in one way or another."""
    said = set()
    for way in ways:
        body = f"if x.ndim == 1 and (x < 0).all():\n        {way}\n    return x + x"
        run = toy.run(toy.with_double(body))
        verdicts = run.all()
        assert verdicts["test_double_adds"].outcome == "passed"
        hidden = run.checks["test_hidden_double_of_negatives"]
        said.add((verdicts[hidden.name].outcome, public_message(hidden, verdicts[hidden.name])))
    assert len(said) == 1 and said.pop()[0] == "failed"


def test_how_a_process_ends_tells_a_student_nothing_of_a_hidden_input(toy):
    class Dying(Slow):
        slow = (b'"double"',)
        error = ExecutorDied

    checks = [check(lambda student: student.double(1), public=public, name=str(public)) for public in (True, False)]
    verdicts = toy.run(toy.reference, checks, spawn=Dying).all()
    assert verdicts["True"].sentence == "Your code ended its process: It did not answer in time."
    assert verdicts["False"].sentence == "Your code ended its process."


def test_visible_feedback_holds_the_values_and_hidden_feedback_does_not(toy):
    report = toy.report(toy.with_double("return 2 * x.abs() + 1"))
    for one in report.checks:
        if one.exercise == "double":
            assert one.outcome == "failed"
            assert ("expected:" in one.message) == ("got:" in one.message) == one.public
    hidden = next(one for one in report.checks if one.name == "test_hidden_double_of_negatives")
    assert hidden.message == "double has wrong values."


def test_odd_text_in_a_value_is_made_safe(toy):
    def compare(student):
        expect_equal(student.double(1), "x", what="double(1)")

    verdict = toy.run(toy.with_double(r"return 'a\x1b[2J\ud800\x00'"), [check(compare)]).all()["compare"]
    assert verdict.got == "a\ufffd[2J\ufffd\ufffd"
    verdict.got.encode()


def test_passed_checks_say_nothing():
    one = check(lambda student: None)
    assert public_message(one, Verdict("passed", "something", got="1")) == ""


def test_a_run_asks_for_fixtures_by_name(toy):
    run = Run(toy.lesson, toy.checks(), toy.session(toy.reference))
    assert set(run.fixtures(run.checks["test_double_adds"])) == {"student"}
    assert set(run.fixtures(run.checks["test_double_keeps_the_shape[2]"])) == {"student", "rng"}


def test_what_a_second_life_says_on_import_is_not_repeated(toy):
    """A submission may load at first, end its process, and then stop on import with a page of its own."""
    verdicts = {
        "first": Verdict("passed"),
        "second": Verdict("failed", "toy.py:1 stops on import: X: <img src=x> **7 of 7**", broken=True),
    }
    checks = [check(None, name=name, public=public) for name, public in (("first", True), ("second", False))]
    report = build_report("ann", "toy", checks, verdicts, tier="none", seconds=0.0)
    assert report.status == "graded" and report.checks[1].outcome == "failed"
    assert "<img" not in report.to_json() and report.checks[1].message.startswith("Your code ended its process")


# --- where it differs, and in whose words ---------------------------------------------------------------------------


def test_a_hidden_checks_report_holds_no_place_and_no_shape(toy):
    source = toy.with_double("return (x + x) * torch.arange(x.numel()).reshape(x.shape)")
    run = toy.run(source)
    told = {name: public_message(run.checks[name], verdict) for name, verdict in run.all().items()}
    hidden = run.verdict(run.checks["test_hidden_double_of_negatives"])
    assert hidden.expected and not hidden.differs, "nobody may read it"
    assert "\ndiffers: first at [" in told["test_double_adds"]

    run = toy.run(toy.with_double("return x @ torch.ones(17)"))
    told = {name: public_message(run.checks[name], verdict) for name, verdict in run.all().items()}
    assert "     where x is (3,)" in told["test_double_adds"]
    assert "where" in "".join(run.verdict(run.checks["test_hidden_double_of_negatives"]).lines)
    assert told["test_hidden_double_of_negatives"] == "Your code raises an error where it should not."


def test_a_numpy_array_is_called_one(toy):
    run = toy.run(toy.with_double("return (x + x).numpy()"))
    verdict = run.all()["test_double_adds"]
    assert (
        verdict.sentence == "double returns a numpy array; return a torch tensor."
        and "torch.as_tensor" in verdict.advice
    )
    hidden = run.verdict(run.checks["test_hidden_double_of_negatives"])
    assert "numpy" not in hidden.sentence + hidden.advice


def test_a_tensor_on_a_device_without_numbers_is_called_one(toy):
    run = toy.run(toy.with_double("return x.to('meta')"))
    verdict = run.all()["test_double_adds"]
    assert verdict.sentence.startswith(
        "double gives a tensor on the device meta, which holds no numbers; numbers, text"
    )
    assert "meta" not in run.verdict(run.checks["test_hidden_double_of_negatives"]).sentence


def test_a_numpy_scalar_is_called_one_where_a_tensor_is_asked_for(toy):
    run = toy.run(toy.with_double("return (x + x).numpy()[0]"))
    verdict = run.all()["test_double_adds"]
    assert verdict.sentence == "double(x) must be a tensor, not a float."
    assert verdict.advice.startswith("It returned a numpy scalar. torch.as_tensor")
    assert "numpy" not in toy.run(toy.with_double("return 1.0")).all()["test_double_adds"].advice
