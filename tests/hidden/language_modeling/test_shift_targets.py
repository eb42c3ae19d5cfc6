"""Hidden checks of `shift_targets`."""

from functools import partial

import torch
from language_modeling_oracles import SHORTEST_ROW, expect_refused_and_taken, shift_mistakes, shifted

from autograder.checks import exercise, expect_equal


@exercise("shift_targets")
def test_batches_of_other_sizes(student, rng):
    for rows, length in ((5, 4), (1, 9), (2, 3)):
        ids = torch.tensor([rng.permutation(range(50))[:length] for _ in range(rows)])
        expect_equal(
            student.shift_targets(ids),
            shifted(ids),
            what="The pair of inputs and targets",
            mistakes=shift_mistakes(ids),
        )


@exercise("shift_targets")
def test_rows_without_a_next_token(student, rng):
    one, none = rng.randint(0, 40, (rng.randint(1, 4), 1)), torch.zeros(3, 0, dtype=torch.int64)
    refused = [
        ("A row of fewer than 2 tokens", partial(student.shift_targets, one)),
        ("A row of fewer than 2 tokens", partial(student.shift_targets, none)),
    ]
    two = torch.tensor([rng.permutation(range(40))[:2]])
    shortest = partial(student.shift_targets, two), shifted(two), "The pair of inputs and targets", SHORTEST_ROW, {}
    expect_refused_and_taken(rng, refused, [shortest])
