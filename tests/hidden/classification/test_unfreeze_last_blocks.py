"""Hidden checks of `unfreeze_last_blocks`."""

from classification_oracles import ALL_REFUSED, MISTAKES_OF_FREEZING, expect_refused, parts_of, unfreeze_in_turn

from autograder.checks import exercise, expect_equal, fail


@exercise("unfreeze_last_blocks")
def test_what_was_trainable_stays_so(student, rng):
    blocks = rng.randint(8, 20)
    n = rng.randint(2, blocks - 1)
    last = [f"h.{block}" for block in range(blocks - n, blocks)]
    results = student.run(unfreeze_in_turn, blocks, ["classifier", "backbone.wte", "backbone.h.0."], [n, n - 1, 0])
    for result in results:
        expect_equal(
            parts_of(result["trainable"]),
            sorted(["classifier", "h.0", *last, "ln_f", "wte"]),
            what="What is trainable after unfreezing the last blocks of a model in which other parts were trainable",
            mistakes={sentence: sorted([*kept, *last, "ln_f"]) for sentence, kept in MISTAKES_OF_FREEZING.items()},
        )


@exercise("unfreeze_last_blocks")
def test_all_blocks_and_none_too_many(student, rng):
    blocks = rng.randint(3, 7)
    every_block = [f"h.{block}" for block in range(blocks)]
    (result,) = student.run(unfreeze_in_turn, blocks, [], [blocks])
    if result["error"] == "ValueError":
        fail(ALL_REFUSED)
    expect_equal(
        parts_of(result["trainable"]),
        [*every_block, "ln_f"],
        what="What is trainable after unfreezing every block",
        mistakes={
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": ["ln_f"],
            "Unfreezing every block unfreezes none.": [],
            "Unfreezing every block unfreezes the final norm only.": ["ln_f"],
            "It unfreezes the embeddings too.": [*every_block, "ln_f", "wte"],
        },
    )
    for n in (blocks + 1, -1):
        (result,) = student.run(unfreeze_in_turn, blocks, ["classifier"], [n])
        expect_refused(result, blocks, ["classifier"])


@exercise("unfreeze_last_blocks")
def test_any_number_of_blocks(student, rng):
    blocks = rng.randint(6, 14)
    n = rng.randint(1, blocks)
    (result,) = student.run(unfreeze_in_turn, blocks, [], [n])
    unfrozen = sorted(f"h.{block}" for block in range(blocks - n, blocks))
    expect_equal(
        parts_of(result["trainable"]),
        [*unfrozen, "ln_f"],
        what="What is trainable after unfreezing some of many blocks",
        mistakes={
            "It unfreezes one block too many.": sorted([*unfrozen, f"h.{blocks - n - 1}"]) + ["ln_f"],
            "It unfreezes one block too few.": sorted(set(unfrozen) - {f"h.{blocks - n}"}) + ["ln_f"],
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": sorted(
                f"h.{block}" for block in range(12 - n, blocks)
            )
            + ["ln_f"],
        },
    )
    if len(result["trainable"]) != 4 * n + 2:
        fail("Of a block or of the norm only some parameters are unfrozen.")
