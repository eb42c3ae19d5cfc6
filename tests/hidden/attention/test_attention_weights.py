"""Hidden checks of `attention_weights`."""

import math

import torch
from attention_oracles import (
    compare,
    expect_gradients,
    expect_right,
    hide_all,
    mistakes_of,
    numbers_for_a_mask,
    some_mask,
    weighed,
)

from autograder.checks import Mistakes, exercise, in_drawn_order

NAME = "attention_weights"


@exercise(NAME)
def test_weights_are_a_softmax_of_what_is_left(student, rng):
    scores, mask = 3 * rng.randn(4, 6).double(), some_mask(rng, 4, 6)
    expected = torch.zeros(4, 6).double()
    for query in range(4):
        expected[query, mask[query]] = torch.softmax(scores[query, mask[query]], 0)
    mistakes = Mistakes(lambda: mistakes_of(NAME, [scores, mask]))
    compare(student.attention_weights(scores, mask), expected, "The weights", mistakes=mistakes)
    compare(student.attention_weights(scores=scores, mask=mask), expected, "The weights, all given by name,")


@exercise(NAME)
def test_one_query_one_key(student, rng):
    scores = rng.randn(3, 1, 1)
    seen = torch.tensor([True, False, True])[rng.permutation((0, 1, 2))].view(3, 1, 1)
    expect_right(student, NAME, [scores, seen], "The weights of one key", told=())
    expect_right(student, NAME, [scores], "The weights of one key without a mask", told=())
    for shown in rng.permutation((True, False)):
        expect_right(
            student, NAME, [rng.randn(2, 3), torch.tensor(shown)], "The weights with one bit for a mask", told=()
        )


@exercise(NAME)
def test_masked_extremes_in_every_dtype(student, rng):
    mask = hide_all(some_mask(rng, 4, 5), 2)
    for dtype in rng.permutation((torch.float16, torch.bfloat16, torch.float32, torch.float64)):
        scores = rng.randn(4, 5).to(dtype)
        for extreme in (torch.finfo(dtype).max, math.inf, math.nan):
            got = student.attention_weights(scores.masked_fill(~mask, extreme), mask)
            compare(got, weighed(scores.double(), mask).to(dtype), "The weights where masked scores are extreme")
        low = scores.masked_fill(mask, torch.finfo(dtype).min)
        equal = mask.double() / mask.sum(dim=-1, keepdim=True).clamp(min=1)
        compare(student.attention_weights(low, mask), equal.to(dtype), "The weights of the lowest scores")


@exercise(NAME)
def test_masks_that_change_from_call_to_call(student, rng):
    scores, whole = 2 * rng.randn(2, 3, 4, 4), some_mask(rng, 2, 3, 4, 4)
    for mask in rng.permutation((whole, None, whole.mT, ~whole, whole[:, :1], whole[1])):
        expect_right(student, NAME, [scores, mask], "The weights of one call after another")


@exercise(NAME)
def test_numbers_are_no_mask_whatever_they_are(student, rng):
    scores = rng.randn(3, 4)
    all_seen = torch.ones(3, 4, dtype=torch.bool)
    in_drawn_order(
        rng,
        *numbers_for_a_mask(
            lambda mask: student.attention_weights(scores, mask), NAME, all_seen, torch.int32, torch.int64
        ),
        *numbers_for_a_mask(
            lambda mask: student.attention_weights(scores, mask), NAME, ~all_seen, torch.float64, torch.uint8
        ),
        lambda: expect_right(student, NAME, [scores, all_seen], "The weights with a mask that shows all"),
        lambda: expect_right(student, NAME, [scores, some_mask(rng, 3, 4)], "The weights with a mask"),
    )


@exercise(NAME)
def test_the_gradient_where_scores_are_extreme(student, rng):
    mask = hide_all(some_mask(rng, 2, 4, 5), 1)
    scores, upstream = rng.randn(2, 4, 5).double(), rng.randn(2, 4, 5).double()
    cut = {0: "No gradient reaches the scores."}
    for extreme in rng.permutation((math.inf, math.nan, 1e300)):
        expect_gradients(student, NAME, [scores.masked_fill(~mask, extreme), mask], cut, upstream)
    seen = scores.clone()
    seen[0, 3] = seen[1, 2, 2] = -math.inf
    expect_gradients(student, NAME, [seen, mask], cut, upstream)
    expect_gradients(student, NAME, [seen, mask[0]], cut, upstream)
