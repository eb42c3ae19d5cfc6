"""Checks of `mask_prompt_labels`."""

import torch
from instruction_tuning_oracles import IGNORE_INDEX, edge_mistakes, labels_oracle

from autograder.checks import StudentError, exercise, expect_equal, fail


def labels_where(ids, is_masked):
    """Labels (B, T): -100 at the positions for which is_masked(row, position) holds, the id elsewhere."""
    labels = ids.clone()
    for row in range(ids.shape[0]):
        for position in range(ids.shape[1]):
            if is_masked(row, position):
                labels[row, position] = IGNORE_INDEX
    return labels


def prompt_mistakes(ids, lengths):
    """What known mistakes make of prompts of these lengths."""
    n, width = lengths.tolist(), ids.shape[1]
    right = labels_oracle(ids, lengths)
    return {
        "One token too many is masked: the first of the response.": labels_where(ids, lambda r, t: t <= n[r]),
        "One token too few is masked: the last of the prompt is trained on.": labels_where(
            ids, lambda r, t: t < n[r] - 1
        ),
        "The response is masked instead of the prompt.": labels_where(ids, lambda r, t: t >= n[r]),
        "Every row is masked as far as the first row's prompt.": labels_where(ids, lambda r, t: t < n[0]),
        "Every row is masked as far as the longest prompt.": labels_where(ids, lambda r, t: t < max(n)),
        "The whole row is masked.": torch.full_like(ids, IGNORE_INDEX),
        "Nothing is masked.": ids,
        "The labels are shifted; the shift happens in the loss.": torch.cat(
            [right[:, 1:], torch.full_like(ids[:, :1], IGNORE_INDEX)], dim=1
        ),
        "Masked labels are 0, which is a token; the loss leaves out -100.": right.masked_fill(right == IGNORE_INDEX, 0),
        "prompt_lengths is taken for the length of the response.": labels_where(ids, lambda r, t: t < width - n[r]),
    }


@exercise("mask_prompt_labels")
def test_every_row_has_its_own_prompt(student, rng):
    example, its_lengths = torch.tensor([[5, 6, 7, 8], [5, 6, 7, 8]]), torch.tensor([3, 1])  # the docstring's
    drawn, lengths = rng.randint(1, 50, (3, 9)), torch.tensor(rng.permutation([2, 7, 4]))
    drawn[:, -1] = drawn[:, 0]  # a token that prompt and response share
    drawn[:, -2] = 0  # a token like any other
    for ids, prompts in ((example, its_lengths), (drawn, lengths)):
        expect_equal(
            student.mask_prompt_labels(ids, prompts),
            labels_oracle(ids, prompts),
            what="The tensor of labels",
            mistakes={**prompt_mistakes(ids, prompts), **edge_mistakes(ids, prompts)},
            advice="Compare torch.arange(T) with lengths[:, None].",
        )


@exercise("mask_prompt_labels")
def test_a_row_without_prompt_and_one_without_response(student, rng):
    ids = rng.randint(1, 50, (3, 6))
    ids[2, 4] = ids[2, 0]  # a token that prompt and response share
    lengths = torch.tensor([0, 6, 2])
    try:
        result = student.mask_prompt_labels(ids, lengths)
    except StudentError as error:
        fail("It rejects prompts of length 0, of the whole row or beyond.", got=str(error))
    expect_equal(
        result,
        labels_oracle(ids, lengths),
        what="The tensor of labels of a row that is all response and one that is all prompt",
        mistakes={**prompt_mistakes(ids, lengths), **edge_mistakes(ids, lengths)},
    )
