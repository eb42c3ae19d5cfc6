"""Checks of `collate_chats`."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from instruction_tuning_oracles import IGNORE_INDEX, PADDED_TO_MAX, PADDED_TO_UNCUT, example, expect_it_is_named

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail


@dataclass(frozen=True)
class CollateOracle:
    """`collate_chats` without max_length, in parts."""

    attention: Callable = lambda token, supervised, pad_id: 1
    label: Callable = lambda token, supervised, pad_id: token if supervised else IGNORE_INDEX
    pad_attention: int = 0
    pad_label: Callable = lambda pad_id: IGNORE_INDEX
    pad: Callable = lambda row, padding: row + padding
    shift: Callable = lambda labels: labels

    def run(self, examples, pad_id):
        """input_ids, attention_mask and labels, each (B, T), T being the length of the longest example."""
        longest = max(len(one["input_ids"]) for one in examples)
        batch = {"input_ids": [], "attention_mask": [], "labels": []}
        for one in examples:
            tokens = [(*pair, pad_id) for pair in zip(one["input_ids"], one["loss_mask"], strict=True)]
            missing = longest - len(tokens)
            # What stands in the row
            ids = [token for token, *_ in tokens]
            attention_mask = [int(self.attention(*token)) for token in tokens]
            labels = [self.label(*token) for token in tokens]
            # What fills it up
            batch["input_ids"].append(self.pad(ids, [pad_id] * missing))
            batch["attention_mask"].append(self.pad(attention_mask, [self.pad_attention] * missing))
            batch["labels"].append(self.shift(self.pad(labels, [self.pad_label(pad_id)] * missing)))
        return {name: torch.tensor(rows) for name, rows in batch.items()}


def unless_pad_id(token, supervised, pad_id):
    """A label that is masked wherever the id equals pad_id."""
    return token if supervised and token != pad_id else IGNORE_INDEX


def is_not_pad_id(token, supervised, pad_id):
    return token != pad_id


# A mistake, and the part that it replaces.
COLLATE_MISTAKES = {
    "Every label that equals pad_id is -100, so the end token, which is also the padding, is wiped.": CollateOracle(
        label=unless_pad_id
    ),
    "The attention mask is ids != pad_id, so an end token in the text is not attended to.": CollateOracle(
        attention=is_not_pad_id
    ),
    "Attention mask and labels both take every pad_id for padding, the end token too.": CollateOracle(
        label=unless_pad_id, attention=is_not_pad_id
    ),
    "Padding is on the left; here it is on the right.": CollateOracle(pad=lambda row, padding: padding + row),
    "Labels are filled up with pad_id, so the model is trained to write padding.": CollateOracle(
        pad_label=lambda pad_id: pad_id
    ),
    "Labels are filled up with 0, which is a token.": CollateOracle(pad_label=lambda pad_id: 0),
    "loss_mask is not used: the labels hold the prompts too.": CollateOracle(
        label=lambda token, supervised, pad_id: token
    ),
    "The loss mask is returned as attention mask; the prompt must be attended to.": CollateOracle(
        attention=lambda token, supervised, pad_id: supervised
    ),
    "Masked labels are 0, which is a token; the loss leaves out -100.": CollateOracle(
        label=lambda token, supervised, pad_id: token if supervised else 0
    ),
    "Padding is attended to: the attention mask is 1 everywhere.": CollateOracle(pad_attention=1),
    "The labels are shifted; the shift happens in the loss.": CollateOracle(
        shift=lambda labels: [*labels[1:], IGNORE_INDEX]
    ),
}


def collate_mistakes(examples, pad_id):
    """What known mistakes make of a batch."""
    return {
        sentence: (lambda oracle=oracle: oracle.run(examples, pad_id)) for sentence, oracle in COLLATE_MISTAKES.items()
    }


@exercise("collate_chats")
def test_collate_chats_docstring_example(student):
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
        prompt = rng.randint(1, length - 2)
        examples.append(example([*ids[:-1], pad_id], [0] * prompt + [1, 0, *[1] * (length - prompt - 2)]))
    expect_equal(
        student.collate_chats(examples, pad_id),
        CollateOracle().run(examples, pad_id),
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
            PADDED_TO_UNCUT: torch.tensor([[1, 2, 0]]),
        },
    )
    shorter = student.collate_chats([example([1, 2, 3], [0, 1, 1])], 0, 5)
    expect_equal(
        shorter["input_ids"],
        torch.tensor([[1, 2, 3]]),
        what="The tensor of ids of an example that is shorter than max_length",
        mistakes={PADDED_TO_MAX: torch.tensor([[1, 2, 3, 0, 0]])},
    )
    examples = [example([1, 2, 3], [0, 1, 1])] * 3 + [example([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 1, 1])]
    try:
        student.collate_chats(examples, 0, 5)
    except StudentError as error:
        if error.type != "ValueError":
            fail("A reply that max_length cuts away must be a ValueError.", expected="ValueError", got=str(error))
        if "3" not in error.message:
            fail(
                "The error about a reply cut away does not name the example by its index.",
                expected="a message with the example's index, 3",
                got=error.message,
            )
        return
    fail(
        "max_length cuts a reply away whole, and no error is raised.",
        expected="ValueError",
        got="no error",
        advice="After cutting, an example whose mask has no 1 left teaches nothing.",
    )


@exercise("collate_chats")
def test_ids_and_mask_that_are_not_equally_long(student):
    student.collate_chats([example([1, 2, 3], [0, 1, 1])], 0)
    for mask in ([0, 1], [0, 1, 1, 1, 1]):
        with expect_error(
            "ValueError",
            what="An example whose loss_mask is not as long as its input_ids",
            advice="zip(ids, mask, strict=True) says so; without strict it drops what is left over.",
        ):
            student.collate_chats([example([1, 2, 3], mask)], 0)


@exercise("collate_chats")
def test_an_example_with_nothing_supervised_is_named(student, rng):
    examples = [example(rng.randint(0, 99, (length,)).tolist(), [0] * (length - 1) + [1]) for length in (3, 2)]
    nothing = example(rng.randint(0, 99, (2,)).tolist(), [0, 0])
    expect_it_is_named(student, [*examples, nothing], 2)
    expect_it_is_named(student, [nothing, *examples], 0)
