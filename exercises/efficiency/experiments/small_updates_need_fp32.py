"""One half-trained GPT, trained on in three ways: in float32, in bfloat16 with float32 masters, in bfloat16 alone.

The step is Adam's in all three, from moments in float32. They differ in what computes loss and gradients, and in what
the step is taken from.
"""

from __future__ import annotations

import copy
from itertools import islice

import torch
from torch.nn import functional as F

from ._shared import BLUE, PALE, RED, gpt_of

CLAIM = "Small updates need float32: bfloat16 weights learn beside float32 masters, and alone no gain of a norm moves"
NEEDS = ("master_step",)
COLUMNS = ("rate", "weights", "held-out loss", "learnt", "gains that moved", "of all numbers")

LENGTH, ROWS = 16, 8
SIZES = {"positions": LENGTH, "width": 64, "layers": 2, "heads": 4}
START_STEPS, START_RATE = 150, 3e-3
STEPS, RATES = 40, {1e-4: 0.85, 1e-3: 1.0}  # and how much of what float32 learns bfloat16 alone learns at most
ARMS = {"fp32": "float32", "masters": "bfloat16, float32 masters", "bf16": "bfloat16 alone"}
HELD_OUT_BATCHES = 32


def measure(student, backbone, seed, track):
    tools = gpt_of(student)
    tokenizer = backbone()[1]
    train, held_out = (stream(tokenizer, seed, kind) for kind in ("train", "held out"))
    base = tools.GPT(tools.GPTConfig(vocab=len(tokenizer), **SIZES))
    tools.init_weights(base)
    optimizer = torch.optim.Adam(base.parameters(), lr=START_RATE)
    for ids in track(batches(train, START_STEPS, seed), "a model to begin with"):
        optimizer.zero_grad()
        loss_of(base, ids).backward()
        optimizer.step()

    def held_out_loss(model):
        with torch.no_grad():
            return sum(loss_of(model, ids).item() for ids in batches(held_out, HELD_OUT_BATCHES, 9)) / HELD_OUT_BATCHES

    found = {"start": held_out_loss(base), "loss": {}, "gains": {}, "moved": {}}
    for rate in RATES:
        for arm, said in ARMS.items():
            model = copy.deepcopy(base).to(torch.float32 if arm == "fp32" else torch.bfloat16)
            before = {name: one.detach().clone() for name, one in tools.tensors_of(model).items()}
            masters = [one.detach().clone() for one in base.parameters()] if arm == "masters" else None
            data = track(batches(train, STEPS, seed + 1), f"{said}, rate {rate:g}")
            train_on(student, model, masters, rate, data)
            changed = {name: one != before[name] for name, one in tools.tensors_of(model).items()}
            gains = [one for name, one in changed.items() if name.split(".")[-2].startswith("ln_") and "weight" in name]
            run = f"{arm}_{rate:g}"
            found["gains"][run], found["moved"][run] = share(gains), share(changed.values())
            found["loss"][run] = held_out_loss(model.float())  # what the 16-bit numbers are worth, computed in 32
    return found


def stream(tokenizer, seed: int, kind: str) -> torch.Tensor:
    """(N,): documents of the world behind each other."""
    from autograder.backbone.world import documents

    some = islice(documents(f"efficiency:{seed}", held_out=kind == "held out"), 300 if kind == "held out" else 2000)
    return torch.tensor([one for text in some for one in (*tokenizer(text)["input_ids"], tokenizer.eos_token_id)])


def batches(ids: torch.Tensor, count: int, seed: int):
    """`count` times (ROWS, LENGTH + 1), from random places."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(count):
        starts = torch.randint(len(ids) - LENGTH, (ROWS, 1), generator=generator)
        yield ids[starts + torch.arange(LENGTH + 1)]


def loss_of(model, ids: torch.Tensor) -> torch.Tensor:
    """Nats a token; the softmax in float32, whatever the model computes in."""
    return F.cross_entropy(model(ids[:, :-1]).float().flatten(0, 1), ids[:, 1:].flatten())


def train_on(student, model, masters: list[torch.Tensor] | None, rate: float, data) -> None:
    """Adam in float32, which takes steps of 1 from zero and so gives its direction; they are taken from the masters, or
    without any from the weights."""
    weights = list(model.parameters())
    steps = [torch.zeros_like(one, dtype=torch.float32) for one in weights]
    adam = torch.optim.Adam(steps, lr=1.0)
    for ids in data:
        model.zero_grad()
        loss_of(model, ids).backward()
        for step, weight in zip(steps, weights, strict=True):
            step.zero_()
            step.grad = weight.grad.float()
        adam.step()
        if masters is not None:
            student.master_step(weights, masters, [-step for step in steps], rate)
            continue
        with torch.no_grad():
            for weight, step in zip(weights, steps, strict=True):
                weight.add_((rate * step).to(weight.dtype))


def share(changed) -> float:
    """Of all numbers, those that are True."""
    return torch.cat([one.flatten() for one in changed]).float().mean().item()


def learnt(figures, run: str) -> float:
    return figures.start - figures.loss[run]


def rows(figures):
    yield "", "before", f"{figures.start:.3f}", "", "", ""
    for rate in RATES:
        for arm, said in ARMS.items():
            run = f"{arm}_{rate:g}"
            kept = learnt(figures, run) / learnt(figures, f"fp32_{rate:g}")
            parts = f"{figures.gains[run]:.0%}", f"{figures.moved[run]:.0%}"
            yield f"{rate:g}", said, f"{figures.loss[run]:.3f}", f"{kept:.0%}", *parts


def claims(figures):
    # Five seeds: masters learn 100% of what float32 does; alone 56 to 76% at 1e-4, 93 to 98% at 1e-3; gains 14% and 0%.
    for rate, most in RATES.items():
        fp32, masters, bf16 = (learnt(figures, f"{arm}_{rate:g}") for arm in ARMS)
        yield fp32 > 0.02, f"at {rate:g} float32 learns {fp32:.3f} nats"
        yield abs(masters / fp32 - 1) < 0.05, f"with masters {masters / fp32:.0%} of that"
        yield bf16 / fp32 < most, f"alone {bf16 / fp32:.0%}"
        still = figures.gains[f"bf16_{rate:g}"]
        yield still == 0, f"where {still:.0%} of the gains moved"
        freed = figures.gains[f"masters_{rate:g}"]
        yield freed > 0.05, f"and {freed:.0%} with masters"


def draw(axes, figures) -> None:
    for number, rate in enumerate(RATES):
        for shift, (arm, said), colour in zip((-0.27, 0, 0.27), ARMS.items(), (BLUE, PALE, RED), strict=True):
            value = learnt(figures, f"{arm}_{rate:g}")
            axes.bar(number + shift, value, 0.25, color=colour, label=said if number == 0 else None)
            axes.text(number + shift, value, f"{value:.3f}", ha="center", va="bottom")
    axes.set_xticks(range(len(RATES)), [f"learning rate {rate:g}" for rate in RATES])
    axes.set_ylabel(f"nats learnt in {STEPS} steps")
    axes.set_ylim(0, 1.15 * max(learnt(figures, run) for run in figures.loss))
    axes.legend(loc="upper left")
