"""Hidden checks of `prepare_finetuning`."""

import torch
from torch import nn

from autograder.checks import exercise, expect_equal, fail, probe


@probe
def prepared_in_turn(student, blocks, strategies):
    """After each call of prepare_finetuning on one model: the error, trainable parts, what an optimizer step moves."""
    import types

    torch.manual_seed(0)
    backbone = nn.Module()
    backbone.config = types.SimpleNamespace(n_layer=blocks, num_hidden_layers=blocks, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone, nn.Linear(2, 2)

    def parts(names):
        words = [name.removeprefix("backbone.").split(".") for name in names]
        return sorted({".".join(word[:2]) if word[0] == "h" else word[0] for word in words})

    seen = []
    for strategy in strategies:
        try:
            optimizer, error = student.prepare_finetuning(model, strategy, 1e-2, 1e-3), None
        except Exception as raised:
            optimizer, error = None, type(raised).__name__
        trainable = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
        before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
        for tensor in model.parameters():
            tensor.grad = torch.ones_like(tensor)
        if optimizer is not None:
            optimizer.step()
        moved = [name for name, tensor in model.named_parameters() if not torch.equal(before[name], tensor)]
        seen.append({"error": error, "trainable": parts(trainable), "moved": parts(moved), "tensors": len(trainable)})
    return seen


@exercise("prepare_finetuning", points=2)
def test_strategies_in_any_order(student, rng):
    blocks = rng.randint(3, 6)
    every = [f"h.{block}" for block in range(blocks)]
    # 2 tensors in the head, 4 in a block, 2 in the norm, 1 in the embedding
    right = {f"last-{n}": (["classifier", *every[-n:], "ln_f"], 4 + 4 * n) for n in range(1, blocks + 1)}
    right |= {"frozen": (["classifier"], 2), "last-0": (["classifier"], 2)}
    right["full"] = (["classifier", *every, "ln_f", "wte"], 5 + 4 * blocks)
    whole_one = f"last-{blocks}"
    strategies = ["full", "frozen", "last-2", "last-1", "full", "last-0", whole_one, "full", "last-1", "frozen"]
    seen = student.run(prepared_in_turn, blocks, strategies)
    for strategy, one in zip(strategies, seen, strict=True):
        parts, tensors = right[strategy]
        if one["error"] is not None:
            fail("prepare_finetuning raises for a strategy that it must know.")
        if set(one["trainable"]) > set(parts):
            fail("What an earlier call made trainable stays trainable.")
        if set(one["trainable"]) < set(parts):
            fail("What an earlier call froze stays frozen.")
        expect_equal(one["trainable"], parts, what="What a strategy makes trainable after other strategies")
        if one["tensors"] != tensors:
            fail("Of the parts that a strategy trains only some parameters are trainable.")
        if one["moved"] != parts:
            fail("A step of the optimizer does not move exactly what is trainable.")


@exercise("prepare_finetuning")
def test_two_digits_and_too_many_blocks(student, rng):
    blocks = rng.randint(12, 16)
    seen = student.run(prepared_in_turn, blocks, ["last-11", f"last-{blocks + 1}", "last-"])
    expect_equal(
        [seen[0]["error"], [part for part in seen[0]["trainable"] if part.startswith("h.")]],
        [None, sorted(f"h.{block}" for block in range(blocks - 11, blocks))],
        what="What the last eleven blocks make trainable",
        mistakes={"Only one digit of the number of blocks is read.": [None, [f"h.{blocks - 1}"]]},
    )
    for one in seen[1:]:
        if one["error"] is None:
            fail("A strategy with more blocks than there are, or with no number, is accepted in silence.")
        if one["error"] != "ValueError":
            fail("A strategy with more blocks than there are, or with no number, must raise ValueError.")
        if one["trainable"] != seen[0]["trainable"]:
            fail("A strategy that can't be carried out raises an error, but changes the model first.")
