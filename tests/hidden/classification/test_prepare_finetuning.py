"""Hidden checks of `prepare_finetuning`."""

from classification_oracles import (
    expect_strategies,
    expect_strategy_refused,
    names_one,
    parts_of,
    prepared_in_turn,
)

from autograder.checks import AnyOf, exercise, expect_equal, fail


def prepare_in_turn(student, blocks, strategies):
    """What each of these strategies did to one model, one after the other."""
    return student.run(prepared_in_turn, blocks, [[strategy, 1e-2, 1e-3] for strategy in strategies])


@exercise("prepare_finetuning", points=2)
def test_strategies_in_any_order(student, rng):
    blocks = rng.randint(3, 6)
    all_blocks = f"last-{blocks}"
    strategies = ["full", "frozen", "last-2", "last-1", "full", "last-0", all_blocks, "full", "last-1", "frozen"]
    expect_strategies(prepare_in_turn(student, blocks, strategies), strategies, blocks)


@exercise("prepare_finetuning")
def test_two_digits_and_too_many_blocks(student, rng):
    blocks = rng.randint(13, 17)
    strategies = ["last-12", f"last-{blocks + rng.randint(1, 9)}", "last-"]
    known, too_many, without_number = prepare_in_turn(student, blocks, strategies)
    last = [f"h.{block}" for block in range(blocks)]
    expect_equal(
        [known["error"], [part for part in parts_of(known["trainable"]) if part.startswith("h.")]],
        [None, sorted(last[-12:])],
        what="What a strategy with two digits makes trainable",
        mistakes={
            "Only one digit of the number of blocks is read.": AnyOf([None, last[-2:]], [None, last[-1:]]),
            "The number of blocks in the strategy is not used.": [None, last[-1:]],
        },
    )
    expect_strategy_refused(too_many, strategies[1], blocks, known["trainable"])
    if without_number["error"] is None:
        fail("An unknown strategy is accepted without an error.")
    if without_number["error"] != "ValueError":
        fail("An unknown strategy must raise ValueError.")
    if without_number["trainable"] != known["trainable"]:
        fail("An unknown strategy raises an error, but changes the model first.")
    if not names_one(without_number["message"], ["frozen", blocks]):
        fail("The error for an unknown strategy doesn't say what to pass.")
