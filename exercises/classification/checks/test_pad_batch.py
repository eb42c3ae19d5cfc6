"""Checks of `pad_batch`."""

import torch
from classification_oracles import ONES_FOR_AN_EMPTY_TEXT, VOCABULARY, expect_message, padded_batch, random_texts

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail


def batch(input_ids, attention_mask):
    """The dict that pad_batch returns."""
    return {"input_ids": input_ids, "attention_mask": attention_mask}


AT_THE_END = "An end-of-text token at the end of a text is taken for padding; it is a real token like any other."


def without_end(ids, mask, pad_id, side):
    """A mask that takes the whole run of pad_id at the padded end of a row for padding."""
    real = (ids != pad_id).long()
    return real.flip(1).cummax(dim=1).values.flip(1) if side == "right" else real.cummax(dim=1).values


def expect_two_tensors(result):
    """Stop with a plain sentence where what came back isn't a dict with the two keys."""
    if not isinstance(result, dict) or result.keys() != {"input_ids", "attention_mask"}:
        keys = sorted(map(str, result)) if isinstance(result, dict) else type(result).__name__
        fail(
            "It must return a dict with exactly input_ids and attention_mask.",
            expected="{'input_ids': ..., 'attention_mask': ...}",
            got=keys,
        )


@exercise("pad_batch")
def test_the_docstring_example_and_another_pair_of_texts(student, rng):
    # The longer text stands first in the docstring's example, and last here
    drawn, pad_id = random_texts(rng, 2, rng.randint(3, 7)), rng.randint(1, VOCABULARY)
    for text in drawn:
        text[1] = pad_id  # where the docstring's example has its 0
    for sequences, filler in (([[5, 0, 7], [8]], 0), (drawn, pad_id)):
        ids, mask = padded_batch(sequences, "right", pad_id=filler)
        left_ids, left_mask = padded_batch(sequences, "left", pad_id=filler)
        result = student.pad_batch(sequences, filler)
        expect_two_tensors(result)
        expect_equal(
            result,
            batch(ids, mask),
            what="The batch",
            mistakes={
                "The mask is taken from ids != pad_id, so a real token with that id vanishes.": batch(
                    ids, (ids != filler).long()
                ),
                AT_THE_END: batch(ids, without_end(ids, mask, filler, "right")),
                "It pads on the left when nothing is said about the side.": batch(left_ids, left_mask),
                "The mask is 1 everywhere, padding included.": batch(ids, torch.ones_like(mask)),
                "The mask is the wrong way round; 1 stands for a real token.": batch(ids, 1 - mask),
            },
            advice="Which positions are real follows from the lists' lengths.",
        )
        expect_equal(
            student.pad_batch(sequences, filler, side="left"),
            batch(left_ids, left_mask),
            what="The batch padded on the left",
            mistakes={
                "side is not used; it always pads on the right.": batch(ids, mask),
                "The ids are padded on the left, the mask on the right.": batch(left_ids, mask),
                "The mask is taken from ids != pad_id, so a real token with that id vanishes.": batch(
                    left_ids, (left_ids != filler).long()
                ),
            },
        )


@exercise("pad_batch")
def test_an_end_token_inside_a_text_stays(student, rng):
    pad_id = rng.randint(1, VOCABULARY)
    sequences = random_texts(rng, *rng.permutation([3, 6, 4]))
    for sequence in sequences:
        sequence[1] = sequence[-1] = pad_id  # as GPT-2's <|endoftext|> may stand inside a text and at its end
    for side in ("right", "left"):
        result = student.pad_batch(sequences, pad_id, side)
        expect_two_tensors(result)
        ids, mask = padded_batch(sequences, side, pad_id=pad_id)
        expect_equal(
            result,
            {"input_ids": ids, "attention_mask": mask},
            what="The batch of texts that hold pad_id themselves",
            mistakes={
                "The mask is taken from ids != pad_id, so a real token with that id vanishes.": {
                    "input_ids": ids,
                    "attention_mask": (ids != pad_id).long(),
                },
                AT_THE_END: {"input_ids": ids, "attention_mask": without_end(ids, mask, pad_id, side)},
                "The mask has another dtype than int64.": {"input_ids": ids, "attention_mask": mask.bool()},
                "The mask is a tensor of floats; it must be int64.": {"input_ids": ids, "attention_mask": mask.float()},
            },
            advice="GPT-2 has no padding token: people pass its end-of-text id, which may stand inside a text.",
        )


@exercise("pad_batch")
def test_an_unknown_side_is_an_error(student, rng):
    sequences, pad_id = random_texts(rng, 2, 5), rng.randint(VOCABULARY, 1000)
    unknown = rng.choice(["both", "top", "middle", "outside", "start"])
    capitals = rng.choice(["RIGHT", "Left"])
    for side in [*rng.permutation(["right", "left", unknown]), capitals]:
        if side in (unknown, capitals):
            what = "in capitals" if side == capitals else "that is neither right nor left"
            says = expect_message("The error about the side doesn't say what to pass.", "right", side)
            with expect_error("ValueError", what=f"pad_batch with a side {what}"), says:
                student.pad_batch(sequences, pad_id, side)
        else:
            expected = batch(*padded_batch(sequences, side, pad_id=pad_id))
            expect_equal(student.pad_batch(sequences, pad_id, side), expected, what="A batch padded on a known side")
    try:
        student.pad_batch(random_texts(rng, 3, 3), pad_id, unknown)
    except StudentError as error:
        if error.type != "ValueError":
            raise
    else:
        fail("An unknown side is noticed only where a text has to be filled up.", expected="ValueError", got="no error")


@exercise("pad_batch")
def test_empty_texts_have_their_rows(student, rng):
    (text,), pad_id, rows = random_texts(rng, rng.randint(2, 9)), rng.randint(VOCABULARY, 1000), rng.randint(1, 6)
    ids, mask = padded_batch([[], text], "right", pad_id=pad_id)
    expect_equal(
        student.pad_batch([[], text], pad_id),
        batch(ids, mask),
        what="The batch of an empty text and another one",
        mistakes={"Empty texts are dropped; each must have its row.": batch(ids[1:], mask[1:])},
    )
    left = padded_batch([[], text], "left", pad_id=pad_id)
    expect_equal(
        student.pad_batch([[], text], pad_id, "left"),
        batch(*left),
        what="The batch of an empty text and another one, padded on the left,",
        mistakes={ONES_FOR_AN_EMPTY_TEXT: batch(left[0], torch.ones_like(left[1]))},
    )
    try:
        result = student.pad_batch([[] for _ in range(rows)], pad_id)
    except StudentError as error:
        if error.type != "ValueError":
            raise
        fail("A batch of nothing but empty texts is rejected; each of them is a row without tokens.", got=str(error))
    expect_two_tensors(result)
    nothing = torch.zeros(rows, 0, dtype=torch.int64)
    expect_equal(
        result,
        batch(nothing, nothing),
        what="The batch of empty texts",
        mistakes={
            "Without any token the tensors are floats; they must be int64.": batch(nothing.float(), nothing.float()),
        },
    )


@exercise("pad_batch")
def test_no_text_at_all_is_an_error(student, rng):
    texts, pad_id = random_texts(rng, rng.randint(2, 9)), rng.randint(VOCABULARY, 1000)
    says = expect_message("The error for no text at all doesn't say what to pass.")
    for sequences in rng.permutation([texts, []]):
        if sequences:
            expected = batch(torch.tensor(texts), torch.ones(1, len(texts[0]), dtype=torch.int64))
            expect_equal(student.pad_batch(texts, pad_id), expected, what="The batch of one text")
        else:
            with expect_error("ValueError", what="pad_batch without any text"), says:
                student.pad_batch(sequences, pad_id)
