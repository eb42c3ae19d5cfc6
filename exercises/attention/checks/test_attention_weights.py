"""Checks of `attention_weights`."""

import math

import torch
from attention_oracles import (
    ADDED,
    ADVICE,
    AFTER,
    FINITE,
    INVERTED,
    READ,
    RENORMALISED,
    UNUSED,
    ZEROED,
    compare,
    expect_each_anew,
    expect_gradients,
    expect_right,
    hide_all,
    mistakes_of,
    numbers_for_a_mask,
    softly,
    some_mask,
    weighed,
)

from autograder.checks import AnyOf, Mistakes, exercise, expect_accepted, fail, in_drawn_order

NAME = "attention_weights"
INF = math.inf


@exercise(NAME, points=2)
def test_attention_weights_docstring_example(student, rng):
    scores = torch.tensor([[0.5**0.5, 0], [2**0.5, 2**0.5]])
    causal = torch.tensor([[True, False], [True, True]])
    with expect_accepted("It raises an error without a mask; every query may look at every key then.", "TypeError"):
        expect_right(student, NAME, [scores], "The weights of the docstring's scores")
    expect_right(student, NAME, [scores, causal], "The weights of the docstring's scores with its mask")
    scores = 2 * rng.randn(2, 4, 6)
    expect_right(student, NAME, [scores], "The weights of two texts")
    expect_right(student, NAME, [scores, some_mask(rng, 2, 4, 6)], "The weights of two texts with a mask")


@exercise(NAME)
def test_without_a_mask_every_key_is_seen(student, rng):
    scores = 2 * rng.randn(3, 5, 5)
    expect_right(student, NAME, [scores], "The weights of as many queries as keys")
    with expect_accepted("It raises an error without a mask; every query may look at every key then.", "TypeError"):
        expect_right(student, NAME, [scores, None], "The weights with None for a mask")
    expect_right(student, NAME, [scores, torch.ones(5, 5, dtype=torch.bool)], "The weights with a mask that shows all")
    expect_right(student, NAME, [1000 * scores], "The weights of large scores")
    expect_right(student, NAME, [rng.randn(1, 1, 4)], "The weights of one query in one text")


@exercise(NAME)
def test_what_is_masked_is_left_out_however_large_its_score(student, rng):
    mask = some_mask(rng, 2, 4, 5)
    scores = 2 * rng.randn(2, 4, 5)
    for height in rng.permutation((100.0, 2e4, 3e10)):
        high = torch.where(mask, scores, scores + height)
        told = (AFTER, RENORMALISED, ADDED, UNUSED, INVERTED)
        expect_right(student, NAME, [high, mask], "The weights where masked scores are large", told=told)
    got = student.attention_weights(scores, mask)
    compare(got, weighed(scores, mask), "The weights of drawn scores with a mask")
    if (got[~mask] != 0).any():
        fail("A masked key gets a small weight; it must be exactly 0.", advice=ADVICE[NAME])
    other, fresh = mask.roll(1, 2), 2 * rng.randn(2, 4, 5)
    earlier = {"The mask of an earlier call is used.": AnyOf(*(weighed(fresh, one) for one in (mask, other)))}
    expect_right(student, NAME, [fresh, other], "The weights with another mask", also=earlier)
    expect_right(student, NAME, [fresh], "The weights without a mask, after some with one", also=earlier)


@exercise(NAME)
def test_what_may_be_seen_counts_however_low_its_score(student, rng):
    mask = some_mask(rng, 3, 4, 6)
    for low in rng.permutation((-200.0, -2e4, -1e6, -3e10)):
        scores = torch.where(mask, low + 2 * rng.randn(3, 4, 6), rng.randn(3, 4, 6))
        what = "The weights where all that may be seen scores low"
        expect_right(student, NAME, [scores, mask], what, told=(FINITE, ZEROED, UNUSED, INVERTED))


@exercise(NAME)
def test_what_is_masked_is_never_read(student, rng):
    mask = some_mask(rng, 2, 4, 5)
    scores, upstream = 2 * rng.randn(2, 4, 5), rng.randn(2, 4, 5)
    for unread in rng.permutation((math.nan, INF, -INF)):
        got = student.attention_weights(scores.masked_fill(~mask, unread), mask)
        if isinstance(got, torch.Tensor) and got.isnan().any():
            fail(READ, advice=ADVICE[NAME])
        compare(got, weighed(scores, mask), "The weights where masked scores are NaN or inf")
    cut = {0: "No gradient reaches the scores."}
    expect_gradients(student, NAME, [scores.masked_fill(~mask, math.nan), mask], cut, upstream)


@exercise(NAME)
def test_a_query_that_may_look_at_nothing(student, rng):
    scores = 2 * rng.randn(2, 4, 5)
    mask = hide_all(some_mask(rng, 2, 4, 5), 1)
    with expect_accepted("It raises an error for a query that may look at nothing; it must get zeros.", "ValueError"):
        expect_right(student, NAME, [scores, mask], "The weights where a query may look at nothing")
    mask[1, 3] = False
    expect_right(student, NAME, [scores, mask], "The weights where queries may look at nothing")
    nothing = torch.zeros(4, 5, dtype=torch.bool)
    expect_right(student, NAME, [scores, nothing], "The weights where no query may look at anything")
    low = scores.clone()
    low[:, 1] = -INF
    expect_right(student, NAME, [low], "The weights of scores that are -inf throughout")


@exercise(NAME)
def test_masks_of_any_shape_that_fits(student, rng):
    scores = 2 * rng.randn(2, 3, 4, 5)
    whole = some_mask(rng, 2, 3, 4, 5)
    masks = [whole, whole[:1], whole[:, :1], whole[0], whole[1, 2], whole[1, 1, :1], whole[1, 1, 0]]
    for mask in rng.permutation(masks):
        with expect_accepted("It raises an error for a mask whose shape broadcasts to that of the scores."):
            got = student.attention_weights(scores, mask)
        compare(
            got,
            weighed(scores.double(), mask).float(),
            "The weights with a mask of another shape",
            mistakes=Mistakes(lambda mask=mask: mistakes_of(NAME, [scores, mask])),
        )
    queries = whole[..., :1]
    compare(student.attention_weights(scores, queries), weighed(scores, queries), "The weights with a mask for queries")


@exercise(NAME)
def test_a_mask_of_numbers_is_an_error(student, rng):
    scores, mask = rng.randn(2, 4, 5), some_mask(rng, 2, 4, 5)
    in_drawn_order(
        rng,
        *numbers_for_a_mask(
            lambda mask: student.attention_weights(scores, mask),
            NAME,
            mask,
            torch.int64,
            torch.float64,
            torch.uint8,
            torch.float32,
        ),
        lambda: expect_right(student, NAME, [scores, mask], "The weights with a boolean mask"),
        lambda: expect_right(student, NAME, [scores], "The weights without a mask"),
    )


@exercise(NAME)
def test_the_gradient_of_masked_weights(student, rng):
    scores, upstream = rng.randn(2, 4, 5), rng.randn(2, 4, 5)
    mask = hide_all(some_mask(rng, 2, 4, 5), 2)
    cut = {0: "No gradient reaches the scores."}
    expect_gradients(student, NAME, [scores], cut, upstream)
    expect_gradients(
        student,
        NAME,
        [scores, mask],
        cut,
        upstream,
        wrong={
            "The gradient is that without a mask.": lambda scores, mask: softly(scores),
            "Scores that may not be looked at get a gradient; it must be 0.": lambda scores, mask: (
                softly(scores, allowed=mask) + 0.01 * (scores - scores.detach())
            ),
        },
    )


@exercise(NAME)
def test_masked_weights_in_any_dtype_and_anew(student, rng):
    mask = some_mask(rng, 3, 5, 7)
    calls = [[2 * rng.randn(3, 5, 7), one] for one in (mask, mask.flip(0), mask.roll(1, 2))]
    expect_each_anew(student, NAME, calls, "The weights of another call")
    expect_right(student, NAME, [calls[0][0]], "The weights without a mask, after some with one")
    expect_right(student, NAME, [rng.randn(3, 5, 7).double(), mask], "The weights in fp64")
    for dtype in (torch.bfloat16, torch.float16):
        scores = rng.randn(3, 5, 7).to(dtype)
        with expect_accepted("It raises an error for scores of 16 bits."):
            got = student.attention_weights(scores, mask)
        mistakes = Mistakes(lambda scores=scores: mistakes_of(NAME, [scores, mask]))
        compare(got, weighed(scores.double(), mask).to(dtype), "The weights in 16 bits", mistakes=mistakes)
