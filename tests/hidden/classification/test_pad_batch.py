"""Hidden checks of `pad_batch`."""

import torch
from classification_oracles import ONES_FOR_AN_EMPTY_TEXT, expect_message, padded_batch, random_texts

from autograder.checks import exercise, expect_equal, expect_error, fail


@exercise("pad_batch")
def test_every_length_and_an_empty_text(student, rng):
    sequences, pad_id = random_texts(rng, 3, 1, 0, 5), rng.randint(100, 50_000)
    for side in ("right", "left"):
        ids, mask = padded_batch(sequences, side, pad_id=pad_id)
        zeros = ids.masked_fill(mask == 0, 0)
        order = [3, 0, 1, 2]
        expect_equal(
            student.pad_batch(sequences, pad_id, side),
            {"input_ids": ids, "attention_mask": mask},
            what="The batch of texts of four lengths, one of them empty,",
            mistakes={
                "It fills up with 0 instead of pad_id.": {"input_ids": zeros, "attention_mask": mask},
                "The rows come back sorted by length; they must stay in the order of the texts.": {
                    "input_ids": ids[order],
                    "attention_mask": mask[order],
                },
                "Empty texts are dropped; each must have its row.": {
                    "input_ids": ids[mask.any(dim=1)],
                    "attention_mask": mask[mask.any(dim=1)],
                },
                ONES_FOR_AN_EMPTY_TEXT: {"input_ids": ids, "attention_mask": mask.index_fill(0, torch.tensor([2]), 1)},
                "Texts are cut to the shortest instead of filled up to the longest.": {
                    "input_ids": ids[:, :0],
                    "attention_mask": mask[:, :0],
                },
            },
        )


@exercise("pad_batch")
def test_one_text_and_texts_of_one_length(student, rng):
    for lengths in ((4,), (3, 3)):
        sequences = random_texts(rng, *lengths)
        ids, mask = padded_batch(sequences, "right")
        result = student.pad_batch(sequences, rng.randint(100, 50_000))
        if isinstance(result, dict) and isinstance(result.get("input_ids"), torch.Tensor):
            if result["input_ids"].shape[-1] > max(lengths):
                fail("It fills up further than the longest text of the batch.")
        expect_equal(result, {"input_ids": ids, "attention_mask": mask}, what="A batch that needs no padding")


@exercise("pad_batch")
def test_wrong_arguments_among_right_ones(student, rng):
    sequences, pad_id = random_texts(rng, *rng.permutation([1, 4, 0, 6])), rng.randint(100, 50_000)
    unknown = rng.choice(["LEFT", "Right", "Left", "RIGHT"])
    for wrong in rng.permutation(["side", "texts", None, None]):
        side = rng.choice(["right", "left"])
        if wrong == "side":
            says = expect_message("The error about the side doesn't say what to pass.", "right", unknown)
            with expect_error("ValueError", what="pad_batch with a side in capitals"), says:
                student.pad_batch(sequences, pad_id, unknown)
        elif wrong == "texts":
            says = expect_message("The error for no text at all doesn't say what to pass.")
            with expect_error("ValueError", what="pad_batch without any text"), says:
                student.pad_batch([], pad_id, side)
        else:
            ids, mask = padded_batch(sequences, side, pad_id=pad_id)
            expected = {"input_ids": ids, "attention_mask": mask}
            expect_equal(student.pad_batch(sequences, pad_id, side), expected, what="The batch of four texts")
