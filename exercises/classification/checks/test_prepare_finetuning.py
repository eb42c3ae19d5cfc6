"""Checks of `prepare_finetuning`."""

from classification_oracles import (
    ALL_REFUSED,
    HEAD_AS_IT_WAS,
    expect_optimizer,
    expect_strategies,
    expect_strategy_refused,
    names_one,
    parts_of,
    prepared_in_turn,
    strategy_mistakes,
    with_rates,
)

from autograder.checks import AnyOf, exercise, expect_equal, fail


class OneCall:
    """What one call of prepare_finetuning did to a model whose number of blocks and rates are drawn."""

    def __init__(self, student, rng, strategy, fewest_blocks=2):
        self.blocks = rng.randint(fewest_blocks, 7)
        self.every_block = [f"h.{block}" for block in range(self.blocks)]
        (call,) = with_rates(rng, [strategy])
        _, self.head_lr, self.backbone_lr = call
        (self.result,) = student.run(prepared_in_turn, self.blocks, [call])

    def expect(self, parts, mistakes):
        """Hold it against what its strategy trains: `parts`, as parts_of names them."""
        expect_prepared(self.result, self.head_lr, self.backbone_lr, parts, mistakes)


def error_of(result):
    """The exception as "ValueError: its message", or None."""
    return None if result["error"] is None else f"{result['error']}: {result['message']}"


def expect_prepared(result, head_lr, backbone_lr, parts, mistakes):
    """Hold one call against what its strategy trains: `parts`, as parts_of names them."""
    if result["error"] is not None:
        fail("prepare_finetuning raises for a strategy that it must know.", got=error_of(result))
    expect_equal(parts_of(result["trainable"]), parts, what="What the strategy makes trainable", mistakes=mistakes)
    expect_optimizer(result, head_lr, backbone_lr)
    if sorted(result["moved"]) != sorted(result["trainable"]):
        fail("A step of the optimizer does not move exactly what is trainable.", got=result["moved"])
    if result["modes_changed"]:
        fail("It switches modules between train and eval mode; what is trained has nothing to do with that.")
    if result["cleared"]:
        fail("It clears gradients; it must set what is trainable, and make the optimizer.", got=result["cleared"])


@exercise("prepare_finetuning")
def test_a_frozen_backbone(student, rng):
    call = OneCall(student, rng, "frozen")
    call.expect(["classifier"], strategy_mistakes("frozen", call.blocks))


@exercise("prepare_finetuning")
def test_the_last_blocks_and_the_head(student, rng):
    call = OneCall(student, rng, "last-2", fewest_blocks=4)
    call.expect(["classifier", *call.every_block[-2:], "ln_f"], strategy_mistakes("last-2", call.blocks))


@exercise("prepare_finetuning")
def test_everything_is_trained(student, rng):
    call = OneCall(student, rng, "full")
    call.expect(["classifier", *call.every_block, "ln_f", "wte"], strategy_mistakes("full", call.blocks))


@exercise("prepare_finetuning")
def test_a_strategy_replaces_the_one_before(student, rng):
    blocks, calls = rng.randint(3, 6), with_rates(rng, ["full", "last-2", "full"])
    expect_strategies(student.run(prepared_in_turn, blocks, calls), calls, blocks)


@exercise("prepare_finetuning")
def test_ten_blocks_and_one_too_many(student, rng):
    blocks = rng.randint(11, 15)
    calls = with_rates(rng, ["last-10", f"last-{blocks + 1}", f"last-{blocks}"])
    known, too_many, every = student.run(prepared_in_turn, blocks, calls, cut=1)
    last = [f"h.{block}" for block in range(blocks)]
    expect_equal(
        [known["error"], [part for part in parts_of(known["trainable"]) if part.startswith("h.")]],
        [None, sorted(last[-10:])],
        what="What a strategy with ten blocks makes trainable",
        mistakes={
            "Only one digit of the number of blocks is read.": AnyOf([None, []], [None, last[-1:]]),
            "The last blocks stay frozen.": [None, []],
            "Everything is trainable, not the last blocks only.": [None, sorted(last)],
            "The number of blocks in the strategy is not used.": [None, last[-1:]],
        },
    )
    expect_optimizer(known, *calls[0][1:])
    if every["error"] == "ValueError":
        fail(ALL_REFUSED, got=error_of(every))
    expect_strategy_refused(too_many, calls[1][0], blocks, known["trainable"])


@exercise("prepare_finetuning")
def test_a_part_beside_head_and_backbone(student, rng):
    blocks = rng.randint(3, 7)
    every_block = [f"h.{block}" for block in range(blocks)]
    everything = ["adapter", "classifier", *every_block, "ln_f", "wte"]
    beside = {
        "frozen": (["classifier"], "A part that is neither head nor backbone stays trainable.", True),
        "full": (everything, "A part that is neither head nor backbone stays frozen; full means everything.", False),
    }
    for strategy, (parts, sentence, trainable) in beside.items():
        (call,) = with_rates(rng, [strategy])
        (result,) = student.run(prepared_in_turn, blocks, [call], [] if trainable else ["adapter"], beside=True)
        wrong = sorted({*parts} ^ {"adapter"})
        expect_prepared(result, *call[1:], parts, {sentence: wrong, **strategy_mistakes(strategy, blocks)})


@exercise("prepare_finetuning")
def test_a_head_that_was_frozen_is_trained(student, rng):
    blocks = rng.randint(3, 7)
    n = rng.randint(1, blocks)
    frozen = rng.choice([["classifier"], ["classifier", "backbone.h"], ["classifier", "backbone.wte"]])
    every_block = [f"h.{block}" for block in range(blocks)]
    parts = {"frozen": [], f"last-{n}": [*every_block[-n:], "ln_f"], "full": [*every_block, "ln_f", "wte"]}
    for strategy in rng.permutation(parts):
        (call,) = with_rates(rng, [strategy])
        (result,) = student.run(prepared_in_turn, blocks, [call], frozen)
        mistakes = {HEAD_AS_IT_WAS: parts[strategy], **strategy_mistakes(strategy, blocks)}
        expect_prepared(result, *call[1:], sorted(["classifier", *parts[strategy]]), mistakes)


def unknown_among_known(student, rng, *unknown):
    """Each unknown strategy with what it did, and what was trainable before. A known one is asked for among them."""
    blocks = rng.randint(3, 7)
    n = rng.randint(1, blocks)
    known, calls = f"last-{n}", with_rates(rng, rng.permutation([*unknown, f"last-{n}"]))
    results = student.run(prepared_in_turn, blocks, calls)
    every_block = [f"h.{block}" for block in range(blocks)]
    before, found = ["classifier", *every_block, "ln_f", "wte"], []
    for (strategy, *rates), result in zip(calls, results, strict=True):
        if strategy == known:
            before = ["classifier", *every_block[-n:], "ln_f"]
            expect_prepared(result, *rates, before, strategy_mistakes(known, blocks))
        else:
            found.append((strategy, result, before))
    return found


@exercise("prepare_finetuning")
def test_an_unknown_strategy_is_an_error(student, rng):
    word, number = rng.choice(["freeze", "all", "none", "head"]), rng.choice(["two", "three", "few"])
    first = f"first-{rng.randint(1, 4)}"
    around = [f"last-{rng.randint(1, 4)}-{rng.choice(['blocks', 'x', 'of-all'])}", rng.choice(["unfrozen", "fully"])]
    as_int = [f"last-{rng.choice(['+', ' '])}{rng.randint(1, 4)}", f"last-{rng.randint(1, 4)} "]
    calls = unknown_among_known(student, rng, word, f"last-{number}", first, *around, *as_int)
    accepted = [strategy for strategy, result, _ in calls if result["error"] is None]
    if accepted and {*accepted} <= {*as_int}:
        fail("A number with a sign or a space is taken, as int() takes it; it is digits only.", got=accepted[0])
    if accepted and {*accepted} <= {*around, as_int[1]}:  # a search passes over the space at its end, too
        fail("A strategy is searched for in the text; the whole text must be one.", got=accepted[0])
    if accepted == [first]:
        fail("Of a strategy with a number only the number is read, whatever word stands before it.")
    if accepted:
        fail("An unknown strategy is accepted without an error.", expected="ValueError", got="no error")
    for strategy, result, before in calls:
        if result["error"] != "ValueError":
            fail("An unknown strategy must raise ValueError.", expected="ValueError", got=error_of(result))
        if parts_of(result["trainable"]) != before:
            fail("An unknown strategy raises an error, but changes the model first.", got=result["trainable"])
        if not names_one(result["message"], [strategy, "frozen"]):
            fail("The error for an unknown strategy doesn't say what to pass.", got=error_of(result))


@exercise("prepare_finetuning")
def test_no_last_block_is_frozen(student, rng):
    call = OneCall(student, rng, "last-0")
    call.expect(
        ["classifier"],
        {
            "last-0 makes the final norm trainable; it is the same as frozen.": ["classifier", "ln_f"],
            "last-0 makes every block trainable; it is the same as frozen.": ["classifier", *call.every_block, "ln_f"],
        },
    )


@exercise("prepare_finetuning")
def test_fewer_than_no_blocks_are_an_error(student, rng):
    ((_, result, before),) = unknown_among_known(student, rng, f"last--{rng.randint(1, 4)}")
    if result["error"] is None:
        fail("A strategy with a negative number of blocks is accepted without an error.", expected="ValueError")
    if result["error"] != "ValueError":
        fail("A strategy with a negative number of blocks must raise ValueError.", got=error_of(result))
    if parts_of(result["trainable"]) != before or result["modes_changed"] or result["cleared"]:
        fail("A strategy with a negative number of blocks raises an error, but changes the model first.")
