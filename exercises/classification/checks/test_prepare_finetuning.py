"""Checks of `prepare_finetuning`."""

from classification_oracles import (
    HEAD,
    expect_strategies,
    expect_strategy_refused,
    names_one,
    parts_of,
    prepared_in_turn,
    strategy_mistakes,
)

from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail


class OneCall:
    """What one call of prepare_finetuning did to a model whose number of blocks and rates are drawn."""

    def __init__(self, student, rng, strategy, fewest_blocks=2):
        self.blocks = rng.randint(fewest_blocks, 7)
        self.every_block = [f"h.{block}" for block in range(self.blocks)]
        self.head_lr, self.backbone_lr = rng.randint(10, 90) / 1000, rng.randint(10, 90) / 10_000
        (self.result,) = student.run(prepared_in_turn, self.blocks, [[strategy, self.head_lr, self.backbone_lr]])

    @property
    def error(self):
        """The exception as "ValueError: its message", or None."""
        name = self.result["error"]
        return None if name is None else f"{name}: {self.result['message']}"


def expect_prepared(call, parts, mistakes):
    """Hold one call against what its strategy trains: `parts`, as parts_of names them."""
    result = call.result
    if call.error is not None:
        fail("prepare_finetuning raises for a strategy that it must know.", got=call.error)
    expect_equal(parts_of(result["trainable"]), parts, what="What the strategy makes trainable", mistakes=mistakes)
    expect_optimizer(result, call.head_lr, call.backbone_lr)
    if sorted(result["moved"]) != sorted(result["trainable"]):
        fail("A step of the optimizer does not move exactly what is trainable.", got=result["moved"])
    if result["modes_changed"]:
        fail("It switches modules between train and eval mode; what is trained has nothing to do with that.")
    if result["cleared"]:
        fail("It clears gradients; it must set what is trainable, and make the optimizer.", got=result["cleared"])


def expect_optimizer(result, head_lr, backbone_lr):
    """An AdamW with torch's defaults that holds what is trainable, each at its rate, and nothing else."""
    if missing := sorted(set(result["trainable"]) - set(result["rates"])):
        fail(
            "Some trainable parameters are in no optimizer: it was made before they were unfrozen.",
            got=missing,
            advice="Set all flags first, and call param_groups last.",
        )
    if extra := sorted(set(result["rates"]) - set(result["trainable"])):
        fail("The optimizer holds parameters that are frozen.", got=extra)
    expected = {name: [head_lr if name in HEAD else backbone_lr] for name in result["trainable"]}
    expect_close(
        result["rates"],
        expected,
        what="The rate of every parameter in the optimizer",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "One rate is used for head and backbone.": {name: [head_lr] for name in expected},
            "The two rates are swapped.": {name: [backbone_lr if name in HEAD else head_lr] for name in expected},
        },
    )
    if result["kind"] != "AdamW":
        fail("The optimizer must be a torch.optim.AdamW.", expected="AdamW", got=result["kind"])
    if result["other"]:
        fail("Apart from the rates, the optimizer must have torch's own defaults.", got=result["other"])


@exercise("prepare_finetuning")
def test_a_frozen_backbone(student, rng):
    call = OneCall(student, rng, "frozen")
    expect_prepared(call, ["classifier"], strategy_mistakes("frozen", call.blocks))


@exercise("prepare_finetuning")
def test_the_last_blocks_and_the_head(student, rng):
    call = OneCall(student, rng, "last-2", fewest_blocks=4)
    expect_prepared(call, ["classifier", *call.every_block[-2:], "ln_f"], strategy_mistakes("last-2", call.blocks))


@exercise("prepare_finetuning")
def test_everything_is_trained(student, rng):
    call = OneCall(student, rng, "full")
    expect_prepared(call, ["classifier", *call.every_block, "ln_f", "wte"], strategy_mistakes("full", call.blocks))


@exercise("prepare_finetuning")
def test_a_strategy_replaces_the_one_before(student, rng):
    blocks, strategies = rng.randint(3, 6), ["full", "last-2", "full"]
    results = student.run(prepared_in_turn, blocks, [[strategy, 1e-2, 1e-3] for strategy in strategies])
    expect_strategies(results, strategies, blocks)


@exercise("prepare_finetuning")
def test_ten_blocks_and_one_too_many(student, rng):
    blocks = rng.randint(11, 14)
    strategies = ["last-10", f"last-{blocks + 1}"]
    known, too_many = student.run(prepared_in_turn, blocks, [[strategy, 1e-2, 1e-3] for strategy in strategies])
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
    expect_strategy_refused(too_many, strategies[1], blocks, known["trainable"])


@exercise("prepare_finetuning")
def test_an_unknown_strategy_is_an_error(student, rng):
    for strategy in ("freeze", "last-two", "first-2"):
        call = OneCall(student, rng, strategy)
        if call.error is None and strategy == "first-2":
            fail("Of a strategy with a number only the number is read, whatever word stands before it.")
        if call.error is None:
            fail("An unknown strategy is accepted without an error.", expected="ValueError", got="no error")
        if call.result["error"] != "ValueError":
            fail("An unknown strategy must raise ValueError.", expected="ValueError", got=call.error)
        if len(call.result["trainable"]) != 5 + 4 * call.blocks:
            fail("An unknown strategy raises an error, but changes the model first.", got=call.result["trainable"])
        if not names_one(call.result["message"], [strategy, "frozen"]):
            fail("The error for an unknown strategy doesn't say what to pass.", got=call.error)


@exercise("prepare_finetuning")
def test_no_last_block_is_frozen(student, rng):
    call = OneCall(student, rng, "last-0")
    expect_prepared(
        call,
        ["classifier"],
        {
            "last-0 makes the final norm trainable; it is the same as frozen.": ["classifier", "ln_f"],
            "last-0 makes every block trainable; it is the same as frozen.": ["classifier", *call.every_block, "ln_f"],
        },
    )


@exercise("prepare_finetuning")
def test_fewer_than_no_blocks_are_an_error(student, rng):
    call = OneCall(student, rng, "last--1")
    if call.error is None:
        fail("A strategy with a negative number of blocks is accepted without an error.", expected="ValueError")
    if call.result["error"] != "ValueError":
        fail("A strategy with a negative number of blocks must raise ValueError.", got=call.error)
    if len(call.result["trainable"]) != 5 + 4 * call.blocks or call.result["modes_changed"] or call.result["cleared"]:
        fail("A strategy with a negative number of blocks raises an error, but changes the model first.")
    call = OneCall(student, rng, "last-1")  # a function that rejects everything must not pass
    expect_prepared(call, ["classifier", call.every_block[-1], "ln_f"], {})
