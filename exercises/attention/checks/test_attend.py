"""Checks of `attend`."""

import torch
from attention_oracles import (
    attended,
    compare,
    expect_each_anew,
    expect_gradients,
    expect_right,
    hide_all,
    mistakes_of,
    numbers_for_a_mask,
    other_widths,
    scored,
    some_mask,
    weighed,
)
from torch.nn import functional as F

from autograder.checks import Mistakes, exercise, expect_accepted, in_drawn_order

NAME = "attend"


def drawn(rng, leading, queries, keys, width, values):
    """q, k and v; queries and keys are 1.5 times unit size, so that weights differ."""
    return [
        1.5 * rng.randn(*leading, queries, width),
        1.5 * rng.randn(*leading, keys, width),
        rng.randn(*leading, keys, values),
    ]


@exercise(NAME, points=2)
def test_attend_docstring_example(student, rng):
    q, k, v = (torch.tensor(rows) for rows in ([[1.0, 0], [0, 2]], [[1.0, 1], [0, 1]], [[10.0, 0], [0, 10]]))
    causal = torch.tensor([[True, False], [True, True]])
    expect_right(student, NAME, [q, k, v], "The averages of the docstring's example")
    expect_right(student, NAME, [q, k, v, causal], "The averages of the docstring's example with its mask")
    with expect_accepted("It raises an error for values of another width than that of the keys.", "ValueError"):
        expect_right(student, NAME, drawn(rng, (2,), 5, 5, 6, 3), "The averages of two texts")
    arguments = drawn(rng, (2,), 4, 5, 6, 3)
    expect_right(student, NAME, arguments, "The averages of two texts")
    expect_right(student, NAME, [*arguments, some_mask(rng, 2, 4, 5)], "The averages of two texts with a mask")


@exercise(NAME)
def test_it_is_what_torchs_own_attention_gives(student, rng):
    for queries, keys, width, values in rng.permutation(((5, 7, 4, 6), (6, 3, 8, 2), (4, 4, 5, 5))):
        q, k, v = drawn(rng, (2, 3), queries, keys, width, values)
        for mask in (None, some_mask(rng, 2, 3, queries, keys)):
            arguments = [q, k, v] if mask is None else [q, k, v, mask]
            compare(
                student.attend(*arguments),
                F.scaled_dot_product_attention(q.double(), k.double(), v.double(), attn_mask=mask).float(),
                "The averages of several heads",
                mistakes=Mistakes(lambda arguments=arguments: mistakes_of(NAME, arguments)),
            )


@exercise(NAME)
def test_averages_of_any_leading_dimensions(student, rng):
    for leading, queries, keys in (
        ((), 5, 5),
        ((), 1, 4),
        ((3,), 2, 6),
        ((1,), 4, 1),
        ((2, 4), 3, 3),
        ((2, 1, 3), 4, 2),
    ):
        arguments = drawn(rng, leading, queries, keys, 3, 2)
        with expect_accepted("It raises an error for another number of leading dimensions, or of queries than keys."):
            got = student.attend(*arguments)
        compare(
            got,
            attended(*arguments),
            "The averages with other leading dimensions",
            mistakes=Mistakes(lambda arguments=arguments: mistakes_of(NAME, arguments)),
        )


@exercise(NAME)
def test_masking_a_key_is_leaving_it_out(student, rng):
    q, k, v = drawn(rng, (2,), 4, 6, 5, 3)
    gone = rng.randint(1, 5)
    mask = torch.ones(6, dtype=torch.bool)
    mask[gone] = False
    kept = [0, 1, 2, 3, 4, 5]
    kept.remove(gone)
    expect_right(student, NAME, [q, k, v], "The averages of all keys")
    compare(
        student.attend(q, k, v, mask.expand(4, 6)),
        attended(q, k[:, kept], v[:, kept]),
        "The averages with a key masked",
        mistakes=Mistakes(lambda: mistakes_of(NAME, [q, k, v, mask.expand(4, 6)])),
    )
    expect_right(
        student, NAME, [q, k + 100 * ~mask[:, None], v, mask], "The averages with a key masked that scores high"
    )


@exercise(NAME)
def test_moving_queries_keys_and_values(student, rng):
    q, k, v = drawn(rng, (2,), 4, 4, 5, 3)
    order = rng.permutation((2, 0, 3, 1))
    right = attended(q, k, v)
    expect_right(student, NAME, [q, k, v], "The averages")
    compare(
        student.attend(q, k[:, order], v[:, order]),
        right,
        "The averages after moving keys with their values",
        mistakes={
            "The weights of an earlier call are used.": weighed(scored(q, k)) @ v[:, order],
            "The values of an earlier call are used.": attended(q, k[:, order], v),
        },
    )
    compare(student.attend(q[:, order], k, v), right[:, order], "The averages after moving queries")
    alike = rng.randn(2, 1, 3)
    compare(student.attend(q, k, alike.expand(2, 4, 3)), alike.expand(2, 4, 3), "The averages of values that are alike")


@exercise(NAME)
def test_averages_with_any_mask(student, rng):
    arguments = drawn(rng, (2, 3), 4, 5, 6, 6)
    whole = some_mask(rng, 2, 3, 4, 5)
    masks = [whole, whole[:1], whole[:, :1], whole[1], whole[1, 2], whole[0, 1, 0], hide_all(whole, 1), ~(whole | True)]
    for mask in rng.permutation(masks):
        expect_right(student, NAME, [*arguments, mask], "The averages with a mask")
    q, k, v = arguments
    with expect_accepted("It can't be called with its arguments by name: they are q, k, v and mask.", "TypeError"):
        got = student.attend(v=v, k=k, q=q, mask=whole)
    compare(got, attended(q, k, v, whole), "The averages, all given by name,")


@exercise(NAME)
def test_large_scores_are_averaged_all_the_same(student, rng):
    q, k, v = drawn(rng, (2,), 4, 5, 6, 3)
    for factor in rng.permutation((1e3, 3e3)):
        expect_right(student, NAME, [factor * q, factor * k, v], "The averages with large scores")


@exercise(NAME)
def test_what_attend_refuses(student, rng):
    q, k, v = drawn(rng, (2,), 3, 4, 6, 2)
    mask, one, other = some_mask(rng, 2, 3, 4), rng.randint(21, 30), rng.randint(31, 40)
    wide, wider = rng.randn(2, 3, one), rng.randn(2, 4, other)
    in_drawn_order(
        rng,
        other_widths(lambda: student.attend(wide, wider, v), NAME, one, other),
        *numbers_for_a_mask(
            lambda mask: student.attend(q, k, v, mask), NAME, mask, torch.int64, torch.float32, torch.uint8
        ),
        lambda: expect_right(student, NAME, [q, k, v, mask], "The averages with a boolean mask"),
        lambda: expect_right(student, NAME, [q, k, v], "The averages without a mask"),
    )


@exercise(NAME)
def test_the_gradient_reaches_queries_keys_and_values(student, rng):
    arguments, upstream = drawn(rng, (2,), 3, 4, 5, 2), rng.randn(2, 3, 2)
    cut = {
        0: "No gradient reaches the queries.",
        1: "No gradient reaches the keys.",
        2: "No gradient reaches the values.",
    }
    wrong = {
        "The weights are cut off from the gradient; they are learnt too.": lambda q, k, v, mask=None: (
            weighed(scored(q, k), mask).detach() @ v
        )
    }
    expect_gradients(student, NAME, arguments, cut, upstream, wrong=wrong)
    mask = hide_all(some_mask(rng, 2, 3, 4), 1)
    expect_gradients(student, NAME, [*arguments, mask], cut, upstream, wrong=wrong)


@exercise(NAME)
def test_averages_of_values_in_any_dtype_and_anew(student, rng):
    mask = some_mask(rng, 3, 5, 7)
    calls = [[*drawn(rng, (3,), 5, 7, 6, 3), one] for one in (mask, mask.flip(0), mask.roll(1, 2))]
    expect_each_anew(student, NAME, calls, "The averages of another call")
    q, k = calls[0][:2]
    expect_each_anew(student, NAME, [[q, k, rng.randn(3, 7, 3)] for _ in range(2)], "The averages of other values")
    expect_right(student, NAME, [one.double() for one in calls[0][:3]], "The averages in fp64")
    expect_right(student, NAME, [*(one.double() for one in calls[0][:3]), mask], "The averages in fp64 with a mask")
    expect_right(student, NAME, [one.bfloat16() / 2 for one in calls[1][:3]], "The averages in bf16")
