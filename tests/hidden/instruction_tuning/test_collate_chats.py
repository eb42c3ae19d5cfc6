"""Hidden checks of `collate_chats`."""

import torch
from instruction_tuning_oracles import PADDED_TO_MAX, PADDED_TO_UNCUT, example, expect_it_is_named
from torch.nn import functional as F

from autograder.checks import StudentError, exercise, expect_equal, fail

FILLS = {"input_ids": 0, "attention_mask": 0, "labels": -100}  # what padding holds, with pad_id 0


def widened(batch, by):
    """A batch padded wider by so many positions, with pad_id 0."""
    return {name: F.pad(value, (0, by), value=FILLS[name]) for name, value in batch.items()}


@exercise("collate_chats")
def test_examples_are_cut(student):
    examples = [example([1, 2, 3, 4, 5, 6, 7], [0, 0, 1, 1, 0, 1, 1]), example([8, 9], [0, 1])]
    cut = {
        "input_ids": torch.tensor([[1, 2, 3, 4, 5, 6], [8, 9, 0, 0, 0, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0]]),
        "labels": torch.tensor([[-100, -100, 3, 4, -100, 6], [-100, 9, -100, -100, -100, -100]]),
    }
    uncut = {
        "input_ids": torch.tensor([[1, 2, 3, 4, 5, 6, 7], [8, 9, 0, 0, 0, 0, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0, 0]]),
        "labels": torch.tensor([[-100, -100, 3, 4, -100, 6, 7], [-100, 9, -100, -100, -100, -100, -100]]),
    }
    cut_from_left = {
        **cut,
        "input_ids": torch.tensor([[2, 3, 4, 5, 6, 7], [8, 9, 0, 0, 0, 0]]),
        "labels": torch.tensor([[-100, 3, 4, -100, 6, 7], [-100, 9, -100, -100, -100, -100]]),
    }
    try:
        result = student.collate_chats(examples, 0, 6)
    except StudentError as error:
        fail("It rejects an example that keeps a part of its reply after cutting.", got=str(error))
    expect_equal(
        result,
        cut,
        what="A batch with an example that is cut",
        mistakes={
            "max_length is not used.": uncut,
            "The beginning of an example is cut off instead of its end.": cut_from_left,
            PADDED_TO_UNCUT: widened(cut, 1),
            "One id less than max_length is kept.": {name: value[:, :5] for name, value in cut.items()},
        },
    )
    expect_equal(
        student.collate_chats(examples, 0, 20),
        uncut,
        what="A batch whose examples are shorter than max_length",
        mistakes={PADDED_TO_MAX: widened(uncut, 13)},
    )
    short = {
        "input_ids": torch.tensor([[1, 2, 3]]),
        "attention_mask": torch.tensor([[1, 1, 1]]),
        "labels": torch.tensor([[-100, 2, -100]]),
    }
    expect_equal(
        student.collate_chats([example([1, 2, 3, 4, 5, 6, 7], [0, 1, 0, 0, 0, 0, 0])], 0, 3),
        short,
        what="A batch of one example that is cut",
        mistakes={PADDED_TO_UNCUT: widened(short, 4)},
    )


@exercise("collate_chats")
def test_an_example_without_anything_to_learn(student, rng):
    examples = [example(rng.randint(0, 99, (length,)).tolist(), [0] * (length - 1) + [1]) for length in (3, 6, 2)]
    for index in (3, 0):
        group = [*examples[:index], example(rng.randint(0, 99, (5,)).tolist(), [0] * 5), *examples[index:]]
        expect_it_is_named(student, group, index)


@exercise("collate_chats")
def test_a_longer_neighbour_changes_no_row(student, rng):
    def one(length):
        ids = rng.randint(0, 9, (length,)).tolist()
        return example(ids, [0, 1, *rng.randint(0, 2, (length - 2,)).tolist()])

    first, long = one(5), one(9)
    alone, together = student.collate_chats([first], 3), student.collate_chats([first, long], 3)
    for name, fill in {**FILLS, "input_ids": 3}.items():
        expect_equal(
            together[name][0],
            F.pad(alone[name][0], (0, 4), value=fill),
            what=f"The {name} of a row beside a longer one",
        )
