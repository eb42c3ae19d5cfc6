"""Hidden checks of `mask_prompt_labels`."""

import torch

from autograder.checks import StudentError, exercise, expect_equal, fail


@exercise("mask_prompt_labels")
def test_prompts_of_every_length(student, rng):
    ids = rng.randint(0, 4, (5, 6))  # few different ids: prompt and response share them
    lengths = torch.tensor([0, 6, 9, 1, 5])
    right = ids.clone()
    for row, length in enumerate(lengths.tolist()):
        right[row, :length] = -100

    def nothing_where_full():
        labels = right.clone()
        labels[1], labels[2] = ids[1], ids[2]
        return labels

    def by_value():
        labels = ids.clone()
        for row, length in enumerate(lengths.tolist()):
            labels[row][torch.isin(ids[row], ids[row, :length])] = -100
        return labels

    try:
        got = student.mask_prompt_labels(ids, lengths)
    except StudentError as error:
        fail("Prompts of length 0, of the whole row or beyond are refused.", got=str(error))
    expect_equal(
        got,
        right,
        what="The tensor of labels of prompts that are empty, fill their row or go beyond it",
        mistakes={
            "A row that is all prompt is not masked at all.": nothing_where_full,
            "Ids are masked by value: a token of the response that also occurs in the prompt is lost.": by_value,
        },
    )


@exercise("mask_prompt_labels")
def test_a_single_row(student, rng):
    ids = rng.randint(0, 50, (1, 7))
    length = rng.randint(1, 6)
    right = ids.clone()
    right[0, :length] = -100
    expect_equal(
        student.mask_prompt_labels(ids, torch.tensor([length])), right, what="The tensor of labels of a single row"
    )
