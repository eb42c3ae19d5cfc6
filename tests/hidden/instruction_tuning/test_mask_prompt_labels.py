"""Hidden checks of `mask_prompt_labels`."""

import torch
from instruction_tuning_oracles import edge_mistakes, labels_oracle

from autograder.checks import StudentError, exercise, expect_equal, fail


@exercise("mask_prompt_labels")
def test_prompts_of_every_length(student, rng):
    ids = rng.randint(1, 5, (5, 6))  # few different ids, so that prompt and response share some
    ids[4, 5] = ids[4, 0]
    lengths = torch.tensor([0, 6, 9, 1, 5])
    try:
        result = student.mask_prompt_labels(ids, lengths)
    except StudentError as error:
        fail("It rejects prompts of length 0, of the whole row or beyond.", got=str(error))
    expect_equal(
        result,
        labels_oracle(ids, lengths),
        what="The tensor of labels of prompts that are empty, fill their row or go beyond it",
        mistakes=edge_mistakes(ids, lengths),
    )


@exercise("mask_prompt_labels")
def test_a_single_row(student, rng):
    ids = rng.randint(1, 50, (1, 7))
    ids[0, -1] = ids[0, 0]  # a token that prompt and response share
    lengths = rng.randint(1, 6, (1,))
    expect_equal(
        student.mask_prompt_labels(ids, lengths),
        labels_oracle(ids, lengths),
        what="The tensor of labels of a single row",
        mistakes=edge_mistakes(ids, lengths),
    )
