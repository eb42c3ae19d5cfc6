"""Hidden checks of `prepare_finetuning`."""

from classification_oracles import (
    expect_optimizer,
    expect_strategies,
    expect_strategy_refused,
    names_one,
    parts_of,
    prepared_in_turn,
    with_rates,
)

from autograder.checks import AnyOf, exercise, expect_equal, fail


@exercise("prepare_finetuning", points=2)
def test_strategies_in_any_order(student, rng):
    blocks = rng.randint(3, 6)
    between = rng.permutation(["frozen", "last-2", "full", "last-0", "last-1", "frozen"])
    calls = with_rates(rng, ["full", f"last-{blocks}", "last-1", *between, "full"])
    expect_strategies(student.run(prepared_in_turn, blocks, calls, ["classifier"]), calls, blocks, ["classifier"])


@exercise("prepare_finetuning")
def test_two_digits_and_too_many_blocks(student, rng):
    blocks, n = rng.randint(15, 19), rng.randint(11, 15)
    calls = with_rates(
        rng, [f"last-{n}", f"last-{blocks + rng.randint(1, 9)}", rng.choice(["last-", "last-2x", "last-2-3"])]
    )
    known, too_many, without_number = student.run(prepared_in_turn, blocks, calls)
    last = [f"h.{block}" for block in range(blocks)]
    expect_equal(
        [known["error"], [part for part in parts_of(known["trainable"]) if part.startswith("h.")]],
        [None, sorted(last[-n:])],
        what="What a strategy with two digits makes trainable",
        mistakes={
            "Only one digit of the number of blocks is read.": AnyOf([None, last[-(n % 10) :]], [None, last[-1:]]),
            "The number of blocks in the strategy is not used.": [None, last[-1:]],
        },
    )
    expect_optimizer(known, *calls[0][1:])
    expect_strategy_refused(too_many, calls[1][0], blocks, known["trainable"])
    if without_number["error"] is None:
        fail("An unknown strategy is accepted without an error.")
    if without_number["error"] != "ValueError":
        fail("An unknown strategy must raise ValueError.")
    if without_number["trainable"] != known["trainable"]:
        fail("An unknown strategy raises an error, but changes the model first.")
    if not names_one(without_number["message"], ["frozen", blocks]):
        fail("The error for an unknown strategy doesn't say what to pass.")
