"""Checks of `pad_batch`."""

import torch
from classification_oracles import VOCABULARY, expect_message, padded_batch, random_texts

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail


def batch(input_ids, attention_mask):
    """The dict that pad_batch returns, from nested lists."""
    return {"input_ids": torch.tensor(input_ids), "attention_mask": torch.tensor(attention_mask)}


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
def test_pad_batch_docstring_example(student):
    ids, mask = [[5, 0, 7], [8, 0, 0]], [[1, 1, 1], [1, 0, 0]]
    left_ids, left_mask = [[5, 0, 7], [0, 0, 8]], [[1, 1, 1], [0, 0, 1]]
    result = student.pad_batch([[5, 0, 7], [8]], 0)
    expect_two_tensors(result)
    expect_equal(
        result,
        batch(ids, mask),
        what="The docstring's batch",
        mistakes={
            "The mask is taken from ids != pad_id, so a real token with that id vanishes.": batch(
                ids, [[1, 0, 1], [1, 0, 0]]
            ),
            "It pads on the left when nothing is said about the side.": batch(left_ids, left_mask),
            "The mask is 1 everywhere, padding included.": batch(ids, [[1, 1, 1], [1, 1, 1]]),
            "The mask is the wrong way round; 1 stands for a real token.": batch(ids, [[0, 0, 0], [0, 1, 1]]),
        },
        advice="Which positions are real follows from the lists' lengths.",
    )
    expect_equal(
        student.pad_batch([[5, 0, 7], [8]], 0, side="left"),
        batch(left_ids, left_mask),
        what="The docstring's batch padded on the left",
        mistakes={
            "side is not used; it always pads on the right.": batch(ids, mask),
            "The ids are padded on the left, the mask on the right.": batch(left_ids, mask),
            "The mask is taken from ids != pad_id, so a real token with that id vanishes.": batch(
                left_ids, [[1, 0, 1], [0, 0, 1]]
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
                "The mask has another dtype than int64.": {"input_ids": ids, "attention_mask": mask.bool()},
                "The mask is a tensor of floats; it must be int64.": {"input_ids": ids, "attention_mask": mask.float()},
            },
            advice="GPT-2 has no padding token: people pass its end-of-text id, which may stand inside a text.",
        )


@exercise("pad_batch")
def test_an_unknown_side_is_an_error(student):
    says = expect_message("The error about the side doesn't say what to pass.", "right", "both")
    with expect_error("ValueError", what="pad_batch with a side that is neither right nor left"), says:
        student.pad_batch([[5, 6], [7]], 0, "both")


@exercise("pad_batch")
def test_texts_without_tokens(student, rng):
    rows = rng.randint(1, 6)
    try:
        result = student.pad_batch([[] for _ in range(rows)], 7)
    except StudentError as error:
        if error.type != "ValueError":
            raise
        fail("A batch of nothing but empty texts is rejected; each of them is a row without tokens.", got=str(error))
    expect_two_tensors(result)
    nothing = torch.zeros(rows, 0, dtype=torch.int64)
    expect_equal(
        result,
        {"input_ids": nothing, "attention_mask": nothing},
        what="The batch of empty texts",
        mistakes={
            "Without any token the tensors are floats; they must be int64.": {
                "input_ids": nothing.float(),
                "attention_mask": nothing.float(),
            },
        },
    )


@exercise("pad_batch")
def test_an_empty_text_has_its_row(student, rng):
    (text,) = random_texts(rng, rng.randint(2, 5))
    ids, mask = padded_batch([[], text], "right", pad_id=9)
    expect_equal(
        student.pad_batch([[], text], 9),
        {"input_ids": ids, "attention_mask": mask},
        what="The batch of an empty text and another one",
        mistakes={
            "Empty texts are dropped; each must have its row.": {"input_ids": ids[1:], "attention_mask": mask[1:]}
        },
    )
    says = expect_message("The error for no text at all doesn't say what to pass.")
    with expect_error("ValueError", what="pad_batch without any text"), says:
        student.pad_batch([], 9)
