"""Checks of `unfreeze_last_blocks`."""

import torch
from classification_oracles import ALL_REFUSED, MISTAKES_OF_FREEZING, expect_refused, parts_of, unfreeze_in_turn
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_equal, fail, probe


@probe
def unfrozen(student, blocks, n, gradient):
    """What is trainable in a frozen GPT-2 with a head after unfreeze_last_blocks(model, n), its modes, a gradient."""
    model = nn.Module()
    model.backbone = builders.tiny_gpt2(0, width=4, heads=1, layers=blocks).transformer
    model.classifier = nn.Linear(4, 2)
    model.requires_grad_(False)
    model.backbone.ln_f.bias.grad = gradient.clone()
    modes = [part.training for part in model.modules()]  # the backbone is in eval mode, the head in train mode
    student.unfreeze_last_blocks(model, n)
    return {
        "trainable": [name for name, tensor in model.named_parameters() if tensor.requires_grad],
        "modes": [modes, [part.training for part in model.modules()]],
        "gradient": model.backbone.ln_f.bias.grad,
    }


def expect_left_alone(result, gradient):
    """Nothing but flags has changed: no mode, and not the gradient of the final norm's bias."""
    if result["modes"][0] != result["modes"][1]:
        fail("It switches modules between train and eval mode; what is trainable has nothing to do with that.")
    expect_equal(
        result["gradient"],
        gradient,
        what="A gradient that was there before unfreezing",
        mistakes={"It clears gradients; it must only unfreeze.": AnyOf(None, torch.zeros(4))},
    )


@exercise("unfreeze_last_blocks")
def test_the_last_two_blocks(student, rng):
    blocks, gradient = rng.randint(4, 7), rng.randn(4)
    result = student.run(unfrozen, blocks, 2, gradient)
    names = result["trainable"]
    every_block = [f"h.{block}" for block in range(blocks)]
    last = every_block[-2:]
    expect_equal(
        parts_of(names),
        [*last, "ln_f"],
        what="What is trainable after unfreezing the last two blocks",
        mistakes={
            "It unfreezes the first blocks, those next to the embeddings.": ["h.0", "h.1", "ln_f"],
            "It unfreezes the first blocks, and forgets the final norm.": ["h.0", "h.1"],
            "The final norm is forgotten.": last,
            "It unfreezes every block.": [*every_block, "ln_f"],
            "It unfreezes the n-th block from the end, not the last n.": [last[0], "ln_f"],
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": ["ln_f"],
            "It unfreezes everything but the last blocks.": [*every_block[:-2], "wpe", "wte"],
            "It unfreezes the last block only.": [last[1], "ln_f"],
            "It unfreezes one block too many.": [*every_block[-3:], "ln_f"],
            "It unfreezes the embeddings too.": [*last, "ln_f", "wpe", "wte"],
            "It unfreezes the head too; it must leave the head as it is.": ["classifier", *last, "ln_f"],
            "Nothing is unfrozen.": [],
        },
        advice="model.backbone.h are the blocks, in the order in which they run; model.backbone.ln_f is the norm.",
    )
    if len(names) != 12 + 12 + 2:  # tensors of two blocks and of the norm
        fail("Of a block or of the norm only some parameters are unfrozen.", got=names)
    expect_left_alone(result, gradient)


@exercise("unfreeze_last_blocks")
def test_no_block_means_none(student, rng):
    blocks, gradient, other = rng.randint(3, 6), rng.randn(4), rng.randn(4)
    every_block = [f"h.{block}" for block in range(blocks)]
    none = student.run(unfrozen, blocks, 0, gradient)
    expect_equal(
        parts_of(none["trainable"]),
        [],
        what="What is trainable after unfreezing no block",
        mistakes={
            "blocks[-0:] is all of them: n = 0 must unfreeze none.": [*every_block, "ln_f"],
            "n = 0 unfreezes the final norm; it must change nothing.": ["ln_f"],
        },
    )
    expect_left_alone(none, gradient)
    one = student.run(unfrozen, blocks, 1, other)
    expect_equal(
        parts_of(one["trainable"]), [every_block[-1], "ln_f"], what="What is trainable after unfreezing one block"
    )
    expect_left_alone(one, other)


@exercise("unfreeze_last_blocks")
def test_it_only_unfreezes(student, rng):
    blocks = rng.randint(3, 6)
    last = f"h.{blocks - 1}"
    (result,) = student.run(unfreeze_in_turn, blocks, ["classifier", "backbone.wte", "backbone.h.0"], [1])
    expect_equal(
        parts_of(result["trainable"]),
        ["classifier", "h.0", last, "ln_f", "wte"],
        what="What is trainable after unfreezing the last block of a model in which other parts were trainable",
        mistakes={sentence: sorted([*kept, last, "ln_f"]) for sentence, kept in MISTAKES_OF_FREEZING.items()},
    )


@exercise("unfreeze_last_blocks")
def test_more_blocks_than_there_are(student, rng):
    blocks = rng.randint(2, 6)
    last, result, every = student.run(unfreeze_in_turn, blocks, ["classifier"], [1, blocks + 1, blocks])
    what = "What is trainable after unfreezing the last block under a trainable head"
    expect_equal(parts_of(last["trainable"]), ["classifier", f"h.{blocks - 1}", "ln_f"], what=what)
    if every["error"] == "ValueError":
        fail(ALL_REFUSED, got=every["message"])
    expect_refused(result, blocks, parts_of(last["trainable"]))


@exercise("unfreeze_last_blocks")
def test_blocks_that_were_cut_off_do_not_count(student, rng):
    blocks = rng.randint(5, 9)
    every_block = [f"h.{block}" for block in range(blocks)]
    whole, cut = (student.run(unfreeze_in_turn, blocks, [], [3, blocks + 1], cut=cut) for cut in (0, 1))
    three = [*every_block[-3:], "ln_f"]
    expect_equal(parts_of(whole[0]["trainable"]), three, what="What is trainable after unfreezing three blocks")
    counted = "Blocks are counted by the config; model.backbone.h says how many there are."
    expect_equal(
        parts_of(cut[0]["trainable"]),
        three,
        what="What is trainable after unfreezing three blocks of a model from which a block was cut off",
        mistakes={counted: [*every_block[-2:], "ln_f"]},
    )
    if whole[1]["error"] == "ValueError" and cut[1]["error"] != "ValueError":
        fail(counted, expected="ValueError", got=cut[1]["error"] or "no error")
