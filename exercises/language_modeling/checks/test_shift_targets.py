"""Checks of `shift_targets`."""

from functools import partial

import torch
from language_modeling_oracles import SHORTEST_ROW, expect_refused_and_taken, shift_mistakes, shifted

from autograder.checks import exercise, expect_equal


@exercise("shift_targets")
def test_each_target_is_the_next_token(student, rng):
    drawn = torch.tensor([rng.permutation(range(1, 40))[:7] for _ in range(3)])
    drawn[1, 3], drawn[0, -1] = 0, 0  # a token like any other, in the middle and at the end
    for ids in (torch.tensor([[5, 6, 7, 8]]), drawn):
        expect_equal(
            student.shift_targets(ids),
            shifted(ids),
            what="The pair of inputs and targets",
            mistakes=shift_mistakes(ids),
            advice="Write a row of four tokens down, and below each the one that follows.",
        )


@exercise("shift_targets")
def test_a_row_needs_two_tokens(student, rng):
    one, two = rng.randint(1, 40, (2, 1)), torch.tensor([rng.permutation(range(40))[:2] for _ in range(3)])
    unsaid = "The error for a row that is too short doesn't say how long it has to be."
    refused = [("A row of fewer than 2 tokens", partial(student.shift_targets, one), ("2", "two"), unsaid)]
    shortest = partial(student.shift_targets, two), shifted(two), "The pair of inputs and targets", SHORTEST_ROW, {}
    expect_refused_and_taken(rng, refused, [shortest])
