"""Hidden checks of `prepare_finetuning`."""

from classification_oracles import names_one, parts_of, prepared_in_turn

from autograder.checks import exercise, expect_equal, fail


def prepare_in_turn(student, blocks, strategies):
    """What each of these strategies did to one model, one after the other."""
    return student.run(prepared_in_turn, blocks, [[strategy, 1e-2, 1e-3] for strategy in strategies])


@exercise("prepare_finetuning", points=2)
def test_strategies_in_any_order(student, rng):
    blocks = rng.randint(3, 6)
    every_block = [f"h.{block}" for block in range(blocks)]
    # 2 tensors in the head, 4 in a block, 2 in the norm, 1 in the embedding
    expected = {f"last-{n}": (["classifier", *every_block[-n:], "ln_f"], 4 + 4 * n) for n in range(1, blocks + 1)}
    expected |= {"frozen": (["classifier"], 2), "last-0": (["classifier"], 2)}
    expected["full"] = (["classifier", *every_block, "ln_f", "wte"], 5 + 4 * blocks)
    all_blocks = f"last-{blocks}"
    strategies = ["full", "frozen", "last-2", "last-1", "full", "last-0", all_blocks, "full", "last-1", "frozen"]
    for strategy, result in zip(strategies, prepare_in_turn(student, blocks, strategies), strict=True):
        parts, tensors = expected[strategy]
        trainable = parts_of(result["trainable"])
        if result["error"] is not None:
            fail("prepare_finetuning raises for a strategy that it must know.")
        if set(trainable) > set(parts):
            fail("What an earlier call made trainable stays trainable.")
        if set(trainable) < set(parts):
            fail("What an earlier call froze stays frozen.")
        expect_equal(trainable, parts, what="What a strategy makes trainable after other strategies")
        if len(result["trainable"]) != tensors:
            fail("Of the parts that a strategy trains only some parameters are trainable.")
        if parts_of(result["moved"]) != parts:
            fail("A step of the optimizer does not move exactly what is trainable.")


@exercise("prepare_finetuning")
def test_two_digits_and_too_many_blocks(student, rng):
    blocks = rng.randint(12, 16)
    strategies = ["last-11", f"last-{blocks + 1}", "last-"]
    known, *unknown = prepare_in_turn(student, blocks, strategies)
    trainable = parts_of(known["trainable"])
    expect_equal(
        [known["error"], [part for part in trainable if part.startswith("h.")]],
        [None, sorted(f"h.{block}" for block in range(blocks - 11, blocks))],
        what="What a strategy with two digits makes trainable",
        mistakes={"Only one digit of the number of blocks is read.": [None, [f"h.{blocks - 1}"]]},
    )
    for strategy, result in zip(strategies[1:], unknown, strict=True):
        if result["error"] is None:
            fail("A strategy with more blocks than there are, or with no number, is accepted without an error.")
        if result["error"] != "ValueError":
            fail("A strategy with more blocks than there are, or with no number, must raise ValueError.")
        if parts_of(result["trainable"]) != trainable:
            fail("A strategy that can't be carried out raises an error, but changes the model first.")
        if not names_one(result["message"], [strategy, "frozen", blocks]):
            fail("The error for a strategy that can't be carried out doesn't say what to pass.")
