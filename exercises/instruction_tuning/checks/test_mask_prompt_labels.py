"""Checks of `mask_prompt_labels`."""

import torch

from autograder.checks import exercise, expect_equal


def labels_by(ids, masked):
    """Labels (B, T) as a test of every position says: masked(row, position)."""
    labels = ids.clone()
    for row in range(ids.shape[0]):
        for position in range(ids.shape[1]):
            if masked(row, position):
                labels[row, position] = -100
    return labels


def prompt_mistakes(ids, lengths):
    """What known mistakes make of prompts of these lengths."""
    n, width = lengths.tolist(), ids.shape[1]
    return {
        "One token too many is masked: the first of the response.": lambda: labels_by(ids, lambda r, t: t <= n[r]),
        "One token too few is masked: the last of the prompt is trained on.": lambda: labels_by(
            ids, lambda r, t: t < n[r] - 1
        ),
        "The response is masked instead of the prompt.": lambda: labels_by(ids, lambda r, t: t >= n[r]),
        "Every row is masked as far as the first row's prompt.": lambda: labels_by(ids, lambda r, t: t < n[0]),
        "Every row is masked as far as the longest prompt.": lambda: labels_by(ids, lambda r, t: t < max(n)),
        "The whole row is masked.": lambda: torch.full_like(ids, -100),
        "Nothing is masked.": lambda: ids.clone(),
        "The labels are shifted; the shift happens in the loss.": lambda: torch.cat(
            [labels_by(ids, lambda r, t: t < n[r])[:, 1:], torch.full_like(ids[:, :1], -100)], dim=1
        ),
        "Masked labels are 0, which is a token; the loss leaves out -100.": lambda: labels_by(
            ids, lambda r, t: t < n[r]
        ).masked_fill(labels_by(ids, lambda r, t: t < n[r]) == -100, 0),
        "prompt_lengths is taken for the length of the response.": lambda: labels_by(
            ids, lambda r, t: t < width - n[r]
        ),
    }


@exercise("mask_prompt_labels")
def test_the_docstrings_prompts(student):
    ids, lengths = torch.tensor([[5, 6, 7, 8], [5, 6, 7, 8]]), torch.tensor([3, 1])
    expect_equal(
        student.mask_prompt_labels(ids, lengths),
        torch.tensor([[-100, -100, -100, 8], [-100, 6, 7, 8]]),
        what="The tensor of labels of the docstring's example",
        mistakes=prompt_mistakes(ids, lengths),
    )


@exercise("mask_prompt_labels")
def test_every_row_has_its_own_prompt(student, rng):
    ids = rng.randint(0, 50, (3, 9))
    lengths = torch.tensor([2, 7, 4])[torch.randperm(3, generator=rng)]
    expect_equal(
        student.mask_prompt_labels(ids, lengths),
        labels_by(ids, lambda row, position: position < int(lengths[row])),
        what="The tensor of labels",
        mistakes=prompt_mistakes(ids, lengths),
        advice="Compare torch.arange(T) with lengths[:, None].",
    )
