"""Checks of `prepare_finetuning`."""

import torch
from classification_oracles import HEAD, parts_of
from torch import nn

from autograder.checks import exercise, expect_close, expect_equal, fail, probe


@probe
def prepared(student, blocks, calls):
    """After each call of prepare_finetuning: what is trainable, the rates in the optimizer, what a step moves."""
    import types

    torch.manual_seed(0)
    backbone = nn.Module()
    backbone.config = types.SimpleNamespace(n_layer=blocks, num_hidden_layers=blocks, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone, nn.Linear(2, 2)
    names = {id(tensor): name for name, tensor in model.named_parameters()}
    seen = []
    for strategy, head_lr, backbone_lr in calls:
        try:
            optimizer, error = student.prepare_finetuning(model, strategy, head_lr, backbone_lr), None
        except Exception as raised:
            optimizer, error = None, f"{type(raised).__name__}: {raised}"
        found = {}
        for group in [] if optimizer is None else optimizer.param_groups:
            for tensor in group["params"]:
                found.setdefault(names.get(id(tensor), "another tensor"), []).append(group["lr"])
        trainable = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
        before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
        for tensor in model.parameters():
            tensor.grad = torch.ones_like(tensor) if tensor.requires_grad else None
        if optimizer is not None:
            optimizer.step()
        moved = [name for name, tensor in model.named_parameters() if not torch.equal(before[name], tensor)]
        standard = torch.optim.AdamW([nn.Parameter(torch.ones(1))]).defaults
        other = [
            name
            for name in ("betas", "eps", "weight_decay", "amsgrad", "maximize")
            if optimizer is not None and any(group.get(name) != standard[name] for group in optimizer.param_groups)
        ]
        seen.append(
            {
                "error": error,
                "trainable": trainable,
                "rates": found,
                "moved": moved,
                "kind": type(optimizer).__name__ if not isinstance(optimizer, torch.optim.AdamW) else "AdamW",
                "other": other,
            }
        )
    return seen


def expect_prepared(seen, parts, head_lr, backbone_lr, mistakes):
    """Hold one call of prepare_finetuning against what its strategy trains: `parts`, as parts_of names them."""
    if seen["error"] is not None:
        fail("prepare_finetuning raises for a strategy that it must know.", got=seen["error"])
    expect_equal(parts_of(seen["trainable"]), parts, what="What the strategy makes trainable", mistakes=mistakes)
    if missing := sorted(set(seen["trainable"]) - set(seen["rates"])):
        fail(
            "Some trainable parameters are in no optimizer: it was made before they were unfrozen.",
            got=missing,
            advice="Set all flags first, and call param_groups last.",
        )
    if extra := sorted(set(seen["rates"]) - set(seen["trainable"])):
        fail("The optimizer holds parameters that are frozen.", got=extra)
    right = {name: [head_lr if name in HEAD else backbone_lr] for name in seen["trainable"]}
    expect_close(
        seen["rates"],
        right,
        what="The rate of every parameter in the optimizer",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "One rate is used for head and backbone.": {name: [head_lr] for name in right},
            "The two rates are swapped.": {name: [backbone_lr if name in HEAD else head_lr] for name in right},
        },
    )
    if seen["kind"] != "AdamW":
        fail("The optimizer must be a torch.optim.AdamW.", expected="AdamW", got=seen["kind"])
    if seen["other"]:
        fail("Apart from the rates, the optimizer must have torch's own defaults.", got=seen["other"])
    if sorted(seen["moved"]) != sorted(seen["trainable"]):
        fail("A step of the optimizer does not move exactly what is trainable.", got=seen["moved"])


class Prepared:
    """One call of prepare_finetuning with a number of blocks and rates of this seed."""

    def __init__(self, student, rng, strategy, fewest=2):
        self.blocks = rng.randint(fewest, 7)
        self.every = [f"h.{block}" for block in range(self.blocks)]
        self.rates = [rng.randint(10, 90) / 1000, rng.randint(10, 90) / 10_000]
        (self.seen,) = student.run(prepared, self.blocks, [[strategy, *self.rates]])


@exercise("prepare_finetuning")
def test_a_frozen_backbone(student, rng):
    call = Prepared(student, rng, "frozen")
    expect_prepared(
        call.seen,
        ["classifier"],
        *call.rates,
        {
            "The head is frozen too, so nothing can be learned.": [],
            "Nothing is frozen.": ["classifier", *call.every, "ln_f", "wte"],
            "The final norm is trainable although the backbone is to be frozen.": ["classifier", "ln_f"],
        },
    )


@exercise("prepare_finetuning")
def test_the_last_blocks_and_the_head(student, rng):
    call = Prepared(student, rng, "last-2", fewest=4)
    last = call.every[-2:]
    expect_prepared(
        call.seen,
        ["classifier", *last, "ln_f"],
        *call.rates,
        {
            "The head is frozen too, though it is new and must learn.": [*last, "ln_f"],
            "The last blocks stay frozen.": ["classifier"],
            "Everything is trainable, not the last blocks only.": ["classifier", *call.every, "ln_f", "wte"],
            "The number of blocks in the strategy is not used.": ["classifier", last[1], "ln_f"],
        },
    )


@exercise("prepare_finetuning")
def test_everything_is_trained(student, rng):
    call = Prepared(student, rng, "full")
    expect_prepared(
        call.seen,
        ["classifier", *call.every, "ln_f", "wte"],
        *call.rates,
        {
            "The embeddings stay frozen; full means everything.": ["classifier", *call.every, "ln_f"],
            "Only the head is trainable; full means everything.": ["classifier"],
        },
    )


@exercise("prepare_finetuning")
def test_an_unknown_strategy_is_an_error(student, rng):
    for strategy in ("freeze", "last-two"):
        call = Prepared(student, rng, strategy)
        if call.seen["error"] is None:
            fail("An unknown strategy is accepted in silence.", expected="ValueError", got="no error")
        if not call.seen["error"].startswith("ValueError:"):
            fail("An unknown strategy must raise ValueError.", expected="ValueError", got=call.seen["error"])
        if len(call.seen["trainable"]) != 5 + 4 * call.blocks:
            fail("An unknown strategy raises an error, but changes the model first.", got=call.seen["trainable"])
