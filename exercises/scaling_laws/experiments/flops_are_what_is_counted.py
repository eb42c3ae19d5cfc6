"""The FLOPs of your GPT, counted by PyTorch while it computes, beside what the formula says."""

from __future__ import annotations

import torch
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from ._shared import BLUE, GREY, HEADS, LAYERS, PALE, size_of, tools_of

CLAIM = "The formula's FLOPs are those that PyTorch counts, and at long contexts 6 a parameter are not nearly all"
NEEDS = ("block_parameters", "flops_per_token")
COLUMNS = ("context", "counted, a token", "the formula", "6 · parameters", "attention's share")

VOCAB, WIDTH, CONTEXTS, ROWS = 300, 32, (16, 64, 192, 512), 2


def measure(student, backbone, seed, track):
    tools = tools_of(student)
    size = size_of(student, VOCAB, WIDTH)
    found = {name: {} for name in ("forward", "training", "formula_forward", "formula_training")}
    for context in track(CONTEXTS, "four contexts"):
        model = tools.GPT(tools.GPTConfig(VOCAB, context, WIDTH, LAYERS, HEADS))
        ids = torch.randint(VOCAB, (ROWS, context))
        found["forward"][f"{context}"] = counted(lambda model=model, ids=ids: model(ids)) / ids.numel()
        found["training"][f"{context}"] = counted(lambda model=model, ids=ids: backward(model, ids)) / ids.numel()
        for name, training in (("forward", False), ("training", True)):
            said = student.flops_per_token(size, LAYERS, WIDTH, context, training)
            found[f"formula_{name}"][f"{context}"] = said
    return {**found, "size": size}


def backward(model, ids: torch.Tensor) -> None:
    F.cross_entropy(model(ids).flatten(0, 1), ids.flatten()).backward()


def counted(work) -> int:
    """FLOPs of matrix products; on a CPU the counter takes fused attention for nothing, so it is made of products."""
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


def share(figures, context: int) -> float:
    """Of all FLOPs, those of attention's scores and sums."""
    return 1 - 6 * figures.size / figures.training[f"{context}"]


def rows(figures):
    for context in CONTEXTS:
        n = f"{context}"
        said = f"{figures.training[n]:,.0f}", f"{figures.formula_training[n]:,.0f}", f"{6 * figures.size:,}"
        yield context, *said, f"{share(figures, context):.0%}"


def claims(figures):
    for name, said in (("forward", "read"), ("training", "trained on")):
        found, formula = getattr(figures, name), getattr(figures, f"formula_{name}")
        off = max(abs(formula[n] / found[n] - 1) for n in found)
        yield off < 1e-9, f"a token that is {said}: the formula is off by {off:.1e} at most"
    for context, holds in (
        (CONTEXTS[0], share(figures, CONTEXTS[0]) < 0.1),
        (CONTEXTS[-1], share(figures, CONTEXTS[-1]) > 0.5),
    ):
        yield holds, f"at {context} tokens attention takes {share(figures, context):.0%} of them"


def draw(axes, figures) -> None:
    places = range(len(CONTEXTS))
    total = [figures.training[f"{context}"] for context in CONTEXTS]
    axes.bar(places, [6 * figures.size] * len(CONTEXTS), 0.6, color=BLUE, label="6 a parameter")
    axes.bar(places, [one - 6 * figures.size for one in total], 0.6, 6 * figures.size, color=PALE, label="attention")
    axes.plot(places, list(figures.formula_training.values()), "_", color="black", markersize=40, label="the formula")
    for place, context in enumerate(CONTEXTS):
        axes.text(place, total[place] * 1.02, f"{share(figures, context):.0%}", ha="center", va="bottom", color=GREY)
    axes.set_xticks(places, [f"{context}" for context in CONTEXTS])
    axes.set_ylim(0, 1.15 * max(total))
    axes.set_xlabel("context")
    axes.set_ylabel("FLOPs a token, counted in training")
    axes.legend(loc="upper left")
