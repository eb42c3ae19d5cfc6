"""Checks of `collate_chats`."""

import torch

from autograder.checks import StudentError, exercise, expect_equal, fail


def example(ids, mask):
    return {"input_ids": list(ids), "loss_mask": list(mask)}


def batch_by(examples, pad_id, label=None, attended=None, pad_label=-100, left=False):
    """What collate_chats would return: label(id, supervised) and attended(id) are its rules."""
    label = label or (lambda token, one: token if one else -100)
    attended = attended or (lambda token, one: 1)
    longest = max(len(one["input_ids"]) for one in examples)
    batch = {"input_ids": [], "attention_mask": [], "labels": []}
    for one in examples:
        pairs = list(zip(one["input_ids"], one["loss_mask"], strict=True))
        for name, values, fill in (
            ("input_ids", [token for token, _ in pairs], pad_id),
            ("attention_mask", [int(attended(*pair)) for pair in pairs], 0),
            ("labels", [label(*pair) for pair in pairs], pad_label),
        ):
            padding = [fill] * (longest - len(values))
            batch[name].append(padding + values if left else values + padding)
    return {name: torch.tensor(rows) for name, rows in batch.items()}


def collate_mistakes(examples, pad_id):
    """What known mistakes make of a batch."""
    right = batch_by(examples, pad_id)
    return {
        "Every label that equals pad_id is -100, so the end token, which is also the padding, is wiped.": lambda: (
            batch_by(examples, pad_id, label=lambda token, one: token if one and token != pad_id else -100)
        ),
        "The attention mask is ids != pad_id, so an end token in the text is not attended to.": lambda: batch_by(
            examples, pad_id, attended=lambda token, one: token != pad_id
        ),
        "Attention mask and labels both take every pad_id for padding, the end token too.": lambda: batch_by(
            examples,
            pad_id,
            label=lambda token, one: token if one and token != pad_id else -100,
            attended=lambda token, one: token != pad_id,
        ),
        "Padding is on the left; here it is on the right.": lambda: batch_by(examples, pad_id, left=True),
        "Labels are filled up with pad_id, so the model is trained to write padding.": lambda: batch_by(
            examples, pad_id, pad_label=pad_id
        ),
        "Labels are filled up with 0, which is a token.": lambda: batch_by(examples, pad_id, pad_label=0),
        "loss_mask is not used: the labels hold the prompts too.": lambda: batch_by(
            examples, pad_id, label=lambda token, one: token
        ),
        "The loss mask is returned as attention mask; the prompt must be attended to.": lambda: batch_by(
            examples, pad_id, attended=lambda token, one: one
        ),
        "Masked labels are 0, which is a token; the loss leaves out -100.": lambda: batch_by(
            examples, pad_id, label=lambda token, one: token if one else 0
        ),
        "Padding is attended to: the attention mask is 1 everywhere.": lambda: {
            **right,
            "attention_mask": torch.ones_like(right["attention_mask"]),
        },
        "The labels are shifted; the shift happens in the loss.": lambda: {
            **right,
            "labels": torch.cat([right["labels"][:, 1:], torch.full_like(right["labels"][:, :1], -100)], dim=1),
        },
    }


@exercise("collate_chats")
def test_the_docstrings_batch(student):
    examples = [example([1, 2, 9], [0, 1, 1]), example([4, 5], [0, 1])]
    expect_equal(
        student.collate_chats(examples, 9),
        {
            "input_ids": torch.tensor([[1, 2, 9], [4, 5, 9]]),
            "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
            "labels": torch.tensor([[-100, 2, 9], [-100, 5, -100]]),
        },
        what="The docstring's batch",
        mistakes=collate_mistakes(examples, 9),
        advice="Padding follows from the lengths: the 9 of the first row is its end token, that of the second padding.",
    )


@exercise("collate_chats")
def test_ragged_lengths(student, rng):
    pad_id = rng.randint(0, 5)
    examples = []
    for length in torch.randperm(5, generator=rng).add(4).tolist():
        ids = rng.randint(0, 12, (length,)).tolist()
        first = rng.randint(1, length - 2)
        examples.append(example([*ids[:-1], pad_id], [0] * first + [1, 0, *[1] * (length - first - 2)]))
    expect_equal(
        student.collate_chats(examples, pad_id),
        batch_by(examples, pad_id),
        what="The batch",
        mistakes=collate_mistakes(examples, pad_id),
    )


@exercise("collate_chats")
def test_a_reply_that_is_cut_away_is_an_error(student):
    kept = student.collate_chats([example([1, 2, 3], [0, 1, 1])], 0, 2)
    expect_equal(
        kept["input_ids"],
        torch.tensor([[1, 2]]),
        what="The tensor of ids of an example that is cut",
        mistakes={
            "max_length is not used.": torch.tensor([[1, 2, 3]]),
            "The beginning of an example is cut off instead of its end.": torch.tensor([[2, 3]]),
            "One id less than max_length is kept.": torch.tensor([[1]]),
        },
    )
    examples = [example([1, 2, 3], [0, 1, 1])] * 3 + [example([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 1, 1])]
    try:
        student.collate_chats(examples, 0, 5)
    except StudentError as error:
        if error.type != "ValueError":
            fail("A reply that max_length cuts away must be a ValueError.", expected="ValueError", got=str(error))
        if "3" not in error.message:
            fail(
                "The error about a reply cut away does not name the example by its place.",
                expected="a message with the example's place, 3",
                got=error.message,
            )
        return
    fail(
        "A reply is cut away whole by max_length, and nobody is told.",
        expected="ValueError",
        got="no error",
        advice="After cutting, an example whose mask has no 1 left teaches nothing.",
    )
