"""What a check says: values as a student reads them, and every mistake that would have given them; and its draws."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from autograder.checks import (
    MAX_MISTAKES,
    AnyOf,
    CheckFailure,
    Mistakes,
    Rng,
    StudentError,
    describe,
    expect_accepted,
    expect_close,
    expect_equal,
    expect_error,
    fail,
    in_drawn_order,
    rejected,
)


def sentence_of(got, expected, mistakes):
    with pytest.raises(CheckFailure) as failure:
        expect_close(got, expected, what="The loss", mistakes=mistakes)
    return failure.value.sentence


def test_mistakes_that_come_to_the_same_are_all_named():
    mistakes = {"It adds.": 4.0, "The sign is wrong.": -1.0, "It multiplies.": lambda: 4.0}
    assert sentence_of(4.0, 1.0, mistakes) == "It adds. Or: It multiplies."
    assert sentence_of(-1.0, 1.0, mistakes) == "The sign is wrong."
    assert sentence_of(2.0, 1.0, mistakes) == "The loss has the wrong value."


def test_one_mistake_made_in_two_ways_is_named_once():
    assert sentence_of(4.0, 1.0, {"It adds.": 4.0, "It adds. ": 4.0}) == "It adds."


def test_not_too_many_mistakes_are_named():
    mistakes = {f"Mistake {number}.": 4.0 for number in range(9)}
    assert sentence_of(4.0, 1.0, mistakes).count("Mistake") == MAX_MISTAKES


def test_a_failure_lists_the_mistakes_that_its_sentence_names():
    def mistakes_of(got, mistakes):
        with pytest.raises(CheckFailure) as failure:
            expect_close(got, 1.0, what="The loss", mistakes=mistakes)
        return failure.value.mistakes

    known = {"It adds.": 4.0, "It adds. ": 4.0, "It multiplies.": 4.0, "The sign is wrong.": -1.0}
    assert mistakes_of(4.0, known) == ("It adds.", "It multiplies.")
    assert mistakes_of(2.0, known) == mistakes_of(2.0, None) == ()
    assert len(mistakes_of(4.0, {f"Mistake {number}.": 4.0 for number in range(9)})) == MAX_MISTAKES
    with pytest.raises(CheckFailure) as failure:
        fail("It is not what I asked for.")
    assert failure.value.mistakes == ()


def test_a_mistake_that_may_produce_several_values_is_said_for_each_and_once():
    mistakes = {
        "It adds.": AnyOf(4.0, 5.0),
        "It multiplies.": AnyOf(lambda: 5.0, 6.0),
        "It shifts.": lambda: AnyOf(7.0),
    }
    assert sentence_of(4.0, 1.0, mistakes) == "It adds."
    assert sentence_of(5.0, 1.0, mistakes) == "It adds. Or: It multiplies."
    assert sentence_of(6.0, 1.0, mistakes) == "It multiplies."
    assert sentence_of(7.0, 1.0, mistakes) == "It shifts."
    assert sentence_of(8.0, 1.0, mistakes) == "The loss has the wrong value."
    assert sentence_of(4.0, 1.0, {"It adds.": AnyOf(4.0, 4.0)}) == "It adds.", "though two of its values agree"


def test_the_values_of_any_of_are_worked_out_only_as_far_as_needed():
    def never():
        raise AssertionError("the first value was what was got")

    assert sentence_of(4.0, 1.0, {"It adds.": AnyOf(4.0, never)}) == "It adds."


def test_any_of_takes_whatever_a_comparison_takes():
    x = torch.tensor([1.0, 2.0])
    with pytest.raises(CheckFailure, match="It squares or cubes."):
        expect_close(x**3, x, what="f", mistakes={"It squares or cubes.": AnyOf(x**2, x**3)})
    with pytest.raises(CheckFailure, match="It drops one."):
        expect_equal([1, 3], [1, 2, 3], what="f", mistakes={"It drops one.": AnyOf([1, 2], [1, 3])})


# --- rng ------------------------------------------------------------------------------------------------------------


def generator(seed):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", [0, 7, 2**62 + 1])
def test_rng_draws_what_torch_draws_with_it_as_a_generator(seed):
    rng, plain = Rng(seed), generator(seed)
    assert isinstance(rng, torch.Generator) and rng.initial_seed() == seed
    one = rng.randint(3, 90)
    assert type(one) is int and one == int(torch.randint(3, 90, (), generator=plain))
    for size in [(2, 3), [4], ()]:
        some = rng.randint(-5, 5, size)
        assert some.dtype == torch.int64 and torch.equal(some, torch.randint(-5, 5, tuple(size), generator=plain))
    assert torch.equal(rng.randn(2, 3), torch.randn(2, 3, generator=plain))
    wide = rng.randn(2, dtype=torch.float64)
    assert wide.dtype == torch.float64
    assert torch.equal(wide, torch.randn(2, generator=plain, dtype=torch.float64))
    assert torch.equal(rng.rand(4, 1), torch.rand(4, 1, generator=plain))
    assert torch.equal(rng.rand((2, 2)), torch.rand((2, 2), generator=plain)), "a size as torch takes it"
    assert rng.randn().shape == torch.randn((), generator=plain).shape == ()
    options = ["a", "b", "c", "d", "e"]
    assert rng.choice(options) == options[int(torch.randint(0, 5, (), generator=plain))]
    order = torch.randperm(5, generator=plain).tolist()
    assert rng.permutation(options) == [options[index] for index in order]
    assert torch.equal(torch.randn(3, generator=rng), torch.randn(3, generator=plain)), "as far on as the other"


def test_rng_leaves_the_global_state_alone():
    before = torch.get_rng_state()
    rng = Rng(1)
    rng.randint(0, 9), rng.randn(2), rng.rand(2), rng.choice("abc"), rng.permutation(range(4))
    assert torch.equal(torch.get_rng_state(), before)


def test_rng_can_draw_every_option_and_no_other():
    rng = Rng(5)
    assert {rng.choice("abc") for _ in range(60)} == {"a", "b", "c"}
    assert {rng.randint(1, 4) for _ in range(60)} == {1, 2, 3}
    options = (3, 1, 2)
    assert {tuple(rng.permutation(iter(options))) for _ in range(100)} == {
        (1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)
    }  # fmt: skip
    assert options == (3, 1, 2)


# --- values as a student reads them ---------------------------------------------------------------------------------


def test_tensors_inside_lists_of_lists_are_described_like_others():
    codes, scale = torch.tensor([1, 2], dtype=torch.int8), torch.tensor(0.171428)
    text = describe([(codes, scale), [codes]])
    assert text == "[[[1, 2]  (int8, shape (2,)), 0.17143  (float32, shape ())], [[1, 2]  (int8, shape (2,))]]"
    assert describe([[1, 2], (3,)]) == "[[1, 2], (3,)]"


def test_an_error_may_have_to_say_something():
    with pytest.raises(CheckFailure, match="^f of nothing raises ValueError without a message; say why.$"):
        with expect_error("ValueError", what="f of nothing", explained=True):
            raise StudentError("ValueError", " ", [])
    for message, explained in (("r is 0", True), ("", False)):
        with expect_error("ValueError", what="f of nothing", explained=explained):
            raise StudentError("ValueError", message, [])


@pytest.mark.parametrize(
    "named, message, stands",
    [
        ([7], "row 7 is missing", True),
        ([7], "row 17 is missing", False),
        ([-7], "there is no row -7", True),
        ([7], "7.5 is too large", False),
        ([7], "7.0 is too large", False),
        ([7.0], "7 is too large", True),
        ([7], "there is no row 7.", True),
        ([0.5], "p is 0.5", True),
        ([0.5], "p is 0.52", False),
        (["long"], "a LongTensor is no mask, nor is torch.long", True),
        (["long"], "a LongTensor is no mask", False),
        (["max_len"], "max_len is 3", True),
        (["-1"], "block is -1", True),
        (["-1"], "block must be at least 1", False),
        (["logits", 3], "logits are 4", False),
        ([("int64", "long"), [3, 4]], "int64 with 4 columns", True),
        ([("int64", "long"), [3, 4]], "int64 with 5 columns", False),
        ([], "anything", True),
    ],
)
def test_an_error_may_have_to_name_something(named, message, stands):
    def call():
        raise StudentError("IndexError", message, [])

    ask = rejected(call, "f", *named, kind="LookupError" if stands else "IndexError", unnamed="It isn't named.")
    if stands:
        with pytest.raises(CheckFailure, match="must raise LookupError"):
            ask()
        rejected(call, "f", *named, kind="IndexError", unnamed="It isn't named.")()
        return
    with pytest.raises(CheckFailure) as failure:
        ask()
    assert failure.value.sentence == "It isn't named." and failure.value.got == message


@pytest.mark.parametrize(
    "what, said",
    [
        ("The loss", "The loss has wrong values."),
        ("The losses", "The losses have wrong values."),
        ("The codes of a block", "The codes of a block have wrong values."),
        ("The block of codes", "The block of codes has wrong values."),
        ("The docstring's bytes, dequantized,", "The docstring's bytes, dequantized, have wrong values."),
        ("The bias's gradient after two steps", "The bias's gradient after two steps has wrong values."),
        ("A and B after a training step", "A and B after a training step have wrong values."),
        ("Log-probabilities from bfloat16 logits", "Log-probabilities from bfloat16 logits have wrong values."),
        ("What the calls give", "What the calls give has wrong values."),
        ("adapter_params", "adapter_params has wrong values."),
        ("token_log_probs(logits, ids)", "token_log_probs(logits, ids) has wrong values."),
    ],
)
def test_a_sentence_agrees_with_its_subject(what, said):
    with pytest.raises(CheckFailure) as failure:
        expect_close(torch.zeros(2), torch.ones(2), what=what)
    assert failure.value.sentence == said


# --- what is to be accepted -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("types", [(), ("ValueError",), ("KeyError", "ValueError"), ("LookupError",)])
def test_an_error_where_there_must_be_none_is_told(types):
    with pytest.raises(CheckFailure) as caught, expect_accepted("It is legal.", *types):
        raise StudentError("ValueError", "no", [], bases=("LookupError",))
    assert caught.value.sentence == "It is legal." and caught.value.expected == "no error"


@pytest.mark.parametrize("sentence, types", [("It is legal.", ("KeyError",)), ("", ())])
def test_another_error_goes_its_way(sentence, types):
    with pytest.raises(StudentError), expect_accepted(sentence, *types):
        raise StudentError("ValueError", "no", [])


def test_what_is_accepted_says_nothing():
    with expect_accepted("It is legal."):
        pass


def test_questions_are_asked_once_each_in_a_drawn_order():
    orders = set()
    for seed in range(20):
        asked = []
        in_drawn_order(Rng(seed), *(partial(asked.append, letter) for letter in "abc"))
        assert sorted(asked) == ["a", "b", "c"]
        orders.add(tuple(asked))
    assert len(orders) > 1


def test_mistakes_are_worked_out_once_and_only_when_something_is_wrong():
    made = []

    def make():
        made.append(1)
        return {"It is doubled.": 4.0}

    mistakes = {"It is squared.": 9.0} | Mistakes(make) | {"It is halved.": 1.0}
    expect_equal(2.0, 2.0, what="The number", mistakes=mistakes)
    assert made == []
    for wrong, sentence in ((4.0, "It is doubled."), (9.0, "It is squared."), (1.0, "It is halved.")):
        with pytest.raises(CheckFailure) as caught:
            expect_equal(wrong, 2.0, what="The number", mistakes=mistakes)
        assert caught.value.sentence == sentence
    assert made == [1] and len(mistakes) == 3
