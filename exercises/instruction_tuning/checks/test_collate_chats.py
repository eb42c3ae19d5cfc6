"""Checks of `collate_chats`."""

import torch
from instruction_tuning_oracles import (
    IGNORE_INDEX,
    PADDED_TO_MAX,
    PADDED_TO_UNCUT,
    CollateOracle,
    example,
    expect_each_is_named,
)

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail


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
    "A supervised id of 0 is taken for one that is not supervised.": CollateOracle(
        label=lambda token, supervised, pad_id: token * supervised or IGNORE_INDEX
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
def test_ragged_lengths(student, rng):
    drawn, drawn_pad_id = [], rng.randint(1, 5)
    for length in rng.permutation(range(4, 9)):
        ids = rng.randint(0, 12, (length,)).tolist()
        prompt = rng.randint(1, length - 2)
        ids[prompt] = 0  # a token like any other
        drawn.append(example([*ids[:-1], drawn_pad_id], [0] * prompt + [1, 0, *[1] * (length - prompt - 2)]))
    docstrings = [example([1, 2, 9], [0, 1, 1]), example([4, 5], [0, 1])]
    for examples, pad_id in ((docstrings, 9), (drawn, drawn_pad_id)):
        expect_equal(
            student.collate_chats(examples, pad_id),
            CollateOracle().run(examples, pad_id),
            what="The batch",
            mistakes=collate_mistakes(examples, pad_id),
            advice="Padding follows from the lengths: pad_id may also be a row's end token, which is text.",
        )


@exercise("collate_chats")
def test_what_max_length_cuts_away(student, rng):
    ids, pad_id, kept = rng.randint(1, 99, (7,)).tolist(), 0, rng.randint(3, 6)
    one = example(ids, [0] + [1] * 6)
    expect_equal(
        student.collate_chats([one], pad_id, kept)["input_ids"],
        torch.tensor([ids[:kept]]),
        what="The tensor of ids of an example that is cut",
        mistakes={
            "max_length is not used.": torch.tensor([ids]),
            "The beginning of an example is cut off instead of its end.": torch.tensor([ids[-kept:]]),
            "One id less than max_length is kept.": torch.tensor([ids[: kept - 1]]),
            PADDED_TO_UNCUT: torch.tensor([ids[:kept] + [pad_id] * (7 - kept)]),
        },
    )
    expect_equal(
        student.collate_chats([one], pad_id, 9)["input_ids"],
        torch.tensor([ids]),
        what="The tensor of ids of an example that is shorter than max_length",
        mistakes={PADDED_TO_MAX: torch.tensor([ids + [pad_id] * 2])},
    )
    index = rng.randint(7, 10)  # neither max_length nor a length
    late = example(ids, [0] * (kept + 1) + [1] * (6 - kept))
    try:
        student.collate_chats([example(ids[:3], [0, 1, 1])] * index + [late], pad_id, kept)
    except StudentError as error:
        if error.type != "ValueError":
            fail("A reply that max_length cuts away must be a ValueError.", expected="ValueError", got=str(error))
        if str(index) not in error.message:
            fail(
                "The error about a reply cut away does not name the example by its index.",
                expected=f"a message with the example's index, {index}",
                got=error.message,
            )
    else:
        fail(
            "max_length cuts a reply away whole, and no error is raised.",
            expected="ValueError",
            got="no error",
            advice="After cutting, an example whose mask has no 1 left teaches nothing.",
        )
    try:
        student.collate_chats([one], pad_id, 0)
    except StudentError as error:
        if error.type == "ValueError":
            return
        fail("With max_length = 0 nothing is left to learn from, which must be a ValueError.", got=str(error))
    fail("max_length = 0 is taken for no limit; it leaves nothing to learn from.", expected="ValueError")


@exercise("collate_chats")
def test_ids_and_mask_that_are_not_equally_long(student, rng):
    ids = rng.randint(0, 99, (rng.randint(3, 7),)).tolist()
    mask = [0] + [1] * (len(ids) - 1)
    for one in rng.permutation([mask, mask[:-1], [*mask, 1, 1]]):
        if one is mask:
            expected = CollateOracle().run([example(ids, mask)], 0)
            expect_equal(student.collate_chats([example(ids, mask)], 0), expected, what="The batch of one example")
            continue
        with expect_error(
            "ValueError",
            what="An example whose loss_mask is not as long as its input_ids",
            advice="zip(ids, mask, strict=True) says so; without strict it drops what is left over.",
        ):
            student.collate_chats([example(ids, one)], 0)


@exercise("collate_chats")
def test_an_example_with_nothing_supervised_is_named(student, rng):
    examples = [example(rng.randint(0, 99, (length,)).tolist(), [0] * (length - 1) + [1]) for length in (3, 2)]
    expect_each_is_named(student, rng, examples, example(rng.randint(0, 99, (2,)).tolist(), [0, 0]))
