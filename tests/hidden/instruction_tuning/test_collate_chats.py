"""Hidden checks of `collate_chats`."""

from instruction_tuning_oracles import (
    IGNORE_INDEX,
    PADDED_TO_MAX,
    PADDED_TO_UNCUT,
    CollateOracle,
    example,
    expect_each_is_named,
)
from torch.nn import functional as F

from autograder.checks import StudentError, exercise, expect_equal, fail

FILLS = {"input_ids": 0, "attention_mask": 0, "labels": IGNORE_INDEX}  # what padding holds, with pad_id 0


def widened(batch, by):
    """A batch padded wider by so many positions, with pad_id 0."""
    return {name: F.pad(value, (0, by), value=FILLS[name]) for name, value in batch.items()}


def sliced(examples, kept):
    """The batch of a slice of each example, with pad_id 0."""
    parts = [example(one["input_ids"][kept], one["loss_mask"][kept]) for one in examples]
    return CollateOracle().run(parts, 0)


@exercise("collate_chats")
def test_examples_are_cut(student, rng):
    long, short = rng.randint(1, 99, (7,)).tolist(), rng.randint(1, 99, (2,)).tolist()
    examples = [example(long, [0, 0, 1, 1, 0, 1, 1]), example(short, [0, 1])]
    uncut, kept = CollateOracle().run(examples, 0), rng.randint(4, 7)
    try:
        result = student.collate_chats(examples, 0, kept)
    except StudentError as error:
        fail("It rejects an example that keeps a part of its reply after cutting.", got=str(error))
    cut = sliced(examples, slice(kept))
    expect_equal(
        result,
        cut,
        what="A batch with an example that is cut",
        mistakes={
            "max_length is not used.": uncut,
            "The beginning of an example is cut off instead of its end.": sliced(examples, slice(-kept, None)),
            PADDED_TO_UNCUT: widened(cut, 7 - kept),
            "One id less than max_length is kept.": sliced(examples, slice(kept - 1)),
        },
    )
    expect_equal(
        student.collate_chats(examples, 0, 20),
        uncut,
        what="A batch whose examples are shorter than max_length",
        mistakes={PADDED_TO_MAX: widened(uncut, 13)},
    )
    alone = [example(long, [0, 1, 0, 0, 0, 0, 0])]
    expected = sliced(alone, slice(3))
    expect_equal(
        student.collate_chats(alone, 0, 3),
        expected,
        what="A batch of one example that is cut",
        mistakes={PADDED_TO_UNCUT: widened(expected, 4)},
    )


@exercise("collate_chats")
def test_an_example_without_anything_to_learn(student, rng):
    examples = [example(rng.randint(0, 99, (length,)).tolist(), [0] * (length - 1) + [1]) for length in (3, 6, 2)]
    expect_each_is_named(student, rng, examples, example(rng.randint(0, 99, (5,)).tolist(), [0] * 5))


@exercise("collate_chats")
def test_a_longer_neighbour_changes_no_row(student, rng):
    def one(length):
        ids = rng.randint(0, 9, (length,)).tolist()
        return example(ids, [0, 1, *rng.randint(0, 2, (length - 2,)).tolist()])

    first, long = one(5), one(9)
    alone, together = student.collate_chats([first], 99), student.collate_chats([first, long], 99)
    for name, fill in {**FILLS, "input_ids": 99}.items():
        expect_equal(
            together[name][0],
            F.pad(alone[name][0], (0, 4), value=fill),
            what=f"The {name} of a row beside a longer one",
        )
    expect_equal(together, CollateOracle().run([first, long], 99), what="The batch of a short row and a longer one")
