"""Hidden checks of `mask_prompt_labels`."""

import torch
from instruction_tuning_oracles import IGNORE_INDEX, labels_oracle

from autograder.checks import StudentError, exercise, expect_equal, fail


def masked_by_value(ids, lengths):
    """Labels where every id is masked that occurs in its row's prompt."""
    labels = ids.clone()
    for row, length in enumerate(lengths.tolist()):
        labels[row][torch.isin(ids[row], ids[row, :length])] = IGNORE_INDEX
    return labels


@exercise("mask_prompt_labels")
def test_prompts_of_every_length(student, rng):
    ids = rng.randint(0, 4, (5, 6))  # few different ids: prompt and response share them
    lengths = torch.tensor([0, 6, 9, 1, 5])
    full = lengths >= ids.shape[1]
    expected = labels_oracle(ids, lengths)
    try:
        result = student.mask_prompt_labels(ids, lengths)
    except StudentError as error:
        fail("It rejects prompts of length 0, of the whole row or beyond.", got=str(error))
    expect_equal(
        result,
        expected,
        what="The tensor of labels of prompts that are empty, fill their row or go beyond it",
        mistakes={
            "A row that is all prompt is not masked at all.": torch.where(full[:, None], ids, expected),
            "Ids are masked by value: a token of the response that also occurs in the prompt is lost.": (
                masked_by_value(ids, lengths)
            ),
        },
    )


@exercise("mask_prompt_labels")
def test_a_single_row(student, rng):
    ids = rng.randint(0, 50, (1, 7))
    lengths = rng.randint(1, 6, (1,))
    expect_equal(
        student.mask_prompt_labels(ids, lengths),
        labels_oracle(ids, lengths),
        what="The tensor of labels of a single row",
    )
