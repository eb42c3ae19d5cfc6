"""Attention over all keys at once and in blocks: how far each is from float64, and the largest tensor that existed."""

from __future__ import annotations

import math

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ._shared import BLUE, GREY, RED

CLAIM = "Blocks are exact and small: the same result to rounding, and no tensor of T × T numbers ever exists"
NEEDS = ("online_softmax", "blockwise_attention")
COLUMNS = ("attention", "tokens", "largest tensor, in numbers", "largest difference to float64")

TOKENS, HEAD, BLOCK = (256, 512, 1024, 2048), 32, 32
SHOWN = 1024
BLOCKS = (1, 32, 100, 256)  # 100 leaves a ragged last block


def measure(student, backbone, seed, track):
    largest, errors = {"whole": {}, "blocks": {}}, {"whole": [], "blocks": []}
    for tokens in track(TOKENS, "four lengths"):
        q, k, v = drawn(tokens)
        exact = whole(q.double(), k.double(), v.double())
        for name, attend in (("whole", whole), ("blocks", lambda *qkv: student.blockwise_attention(*qkv, BLOCK, True))):
            with Largest() as seen:
                read = attend(q, k, v)
            largest[name][f"{tokens}"] = seen.numbers
            errors[name].append(apart(read, exact))
        if tokens == SHOWN:
            sizes = [apart(student.blockwise_attention(q, k, v, size, True), exact) for size in BLOCKS]
            backwards = apart(last_first(student, q, k, v), exact)
            averaged = apart(mean_of_softmaxes(q, k, v), whole(q.double(), k.double(), v.double(), causal=False))
    worst = {"whole": max(errors["whole"]), "blocks": max(*errors["blocks"], *sizes, backwards)}
    found = {"largest": largest, "worst": worst, "averaged": averaged}
    return {**found, "errors": list(errors.items()), "sizes": sizes, "last_first": [backwards]}


def drawn(tokens: int) -> list[torch.Tensor]:
    """q, k and v, (1, 1, T, d) each, with scores of spread 3: some tokens matter and most don't."""
    q, k, v = (torch.randn(1, 1, tokens, HEAD) for _ in range(3))
    return [3 * q, k, v]


def scores_of(q, k, start: int = 0, causal: bool = True):
    """(..., T, keys): those of the keys from `start` on, -inf where they lie ahead."""
    ahead = torch.arange(start, start + k.shape[-2]) > torch.arange(q.shape[-2])[:, None]
    scores = q @ k.transpose(-1, -2) / math.sqrt(HEAD)
    return scores.masked_fill(ahead, -math.inf) if causal else scores


def whole(q, k, v, causal: bool = True):
    """All scores at once."""
    return scores_of(q, k, causal=causal).softmax(dim=-1) @ v


def mean_of_softmaxes(q, k, v):
    """What the sums are there for: a softmax of each block by itself, and the mean of what the blocks read."""
    return torch.stack([whole(q, *pair, causal=False) for pair in cut(k, v)]).mean(dim=0)


def last_first(student, q, k, v):
    """The same blocks, the last one first."""
    state = None
    for number, (keys, values) in reversed(list(enumerate(cut(k, v)))):
        state = student.online_softmax(state, scores_of(q, keys, number * BLOCK), values)
    _, total, read = state
    return read / total[..., None]


def cut(k, v):
    return zip(k.split(BLOCK, dim=-2), v.split(BLOCK, dim=-2), strict=True)


def apart(read, exact) -> float:
    return (read.double() - exact).abs().max().item()


class Largest(TorchDispatchMode):
    """Remembers how many numbers the largest tensor had that any operation gave."""

    numbers = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        given = operation(*args, **(kwargs or {}))
        sizes = [one.numel() for one in tree_leaves(given) if isinstance(one, torch.Tensor)]
        self.numbers = max(self.numbers, *sizes, 0)
        return given


def rows(figures):
    errors = dict(figures.errors)
    for number, tokens in enumerate(TOKENS):
        for name, said in (("whole", "all scores at once"), ("blocks", f"in blocks of {BLOCK}")):
            yield said, f"{tokens:,}", f"{figures.largest[name][f'{tokens}']:,}", f"{errors[name][number]:.1e}"
    for size, error in zip(BLOCKS, figures.sizes, strict=True):
        yield f"in blocks of {size}", f"{SHOWN:,}", "", f"{error:.1e}"
    yield f"in blocks of {BLOCK}, the last one first", f"{SHOWN:,}", "", f"{figures.last_first[0]:.1e}"
    yield "the mean of the blocks' softmaxes, not causal", f"{SHOWN:,}", "", f"{figures.averaged:.2f}"


def claims(figures):
    first, last, shown = (f"{tokens}" for tokens in (TOKENS[0], TOKENS[-1], SHOWN))
    whole_, blocks = figures.largest["whole"], figures.largest["blocks"]
    yield whole_[shown] >= SHOWN**2, f"at {SHOWN:,} tokens all scores are {whole_[shown]:,} numbers"
    # blockwise_attention may make twice the largest of q, k, v and the scores of one block
    yield blocks[shown] <= 2 * SHOWN * BLOCK, f"in blocks no tensor has more than {blocks[shown]:,}"
    growth = [sizes[last] / sizes[first] for sizes in (whole_, blocks)]
    yield (
        growth[1] <= TOKENS[-1] / TOKENS[0],
        f"{TOKENS[-1] // TOKENS[0]} times the tokens make that {growth[1]:g} times as large",
    )
    yield growth[0] > 60, f"and all scores {growth[0]:g} times"
    # Five seeds: 5e-6 to 1e-5, the largest from blocks of 1; rounding leaves 3e-6 to 5e-6 where all scores are there.
    worst = figures.worst["blocks"]
    yield worst < 5e-5, f"blocks of any size, in any order, are off by {worst:.1e} at most"
    yield figures.averaged > 0.1, f"the mean of the blocks' softmaxes would be off by {figures.averaged:.2f}"


def draw(axes, figures) -> None:
    for name, colour, said in (("whole", RED, "all scores at once"), ("blocks", BLUE, f"in blocks of {BLOCK}")):
        values = list(figures.largest[name].values())
        axes.plot(TOKENS, values, color=colour, marker="o", markersize=4)
        axes.text(TOKENS[-1] * 1.08, values[-1], said, va="center")
        for tokens, value in zip(TOKENS, values, strict=True):
            axes.text(tokens, value * 1.25, f"{value:,}", ha="center", va="bottom", fontsize=8, color=GREY)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_ylim(3e3, 2e7)
    axes.set_xlim(200, 5000)
    axes.set_xticks(TOKENS, [f"{tokens:,}" for tokens in TOKENS])
    axes.set_xlabel("tokens, one head")
    axes.set_ylabel("numbers in the largest tensor")
