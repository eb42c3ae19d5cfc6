"""How wide the stream of an untrained model is behind each block, for three starts of what is added to it."""

from __future__ import annotations

import math

import torch

from ._shared import BLUE, PALE, RED, fresh, rescale_into_the_stream, stream_spreads

CLAIM = (
    "Scaled by 1 / √(2 · layers), what is added to the stream leaves it as wide at any depth; not scaled, it doesn't"
)
NEEDS = ("Block", "GPT", "init_weights", "tensors_of")
COLUMNS = ("projections into the stream", "layers", "spread at the first block", "behind the last", "times")

DEPTHS = (2, 12, 24)
WIDTH, VOCAB, LENGTH = 128, 256, 32
ARMS = {"scaled": "0.02 / √(2 · layers)", "root_layers": "0.02 / √layers", "plain": "0.02"}


def measure(student, backbone, seed, track):
    ids = torch.randint(VOCAB, (4, LENGTH))
    curves, growth = {}, {name: {} for name in ARMS}
    for layers in track(DEPTHS, "three depths"):
        model = fresh(student, vocab=VOCAB, positions=LENGTH, width=WIDTH, layers=layers, heads=4)
        tensors = student.tensors_of(model)
        for name, factor in (("scaled", 1.0), ("root_layers", math.sqrt(2)), ("plain", math.sqrt(layers))):
            rescale_into_the_stream(tensors, factor)  # each from the one before
            curve = curves[name, layers] = stream_spreads(student, model, ids, layers)
            growth[name][str(layers)] = curve[-1] / curve[0]
    return {"growth": growth, "curves": curves}


def rows(figures):
    for name, said in ARMS.items():
        for layers in DEPTHS:
            curve = figures.curves[name, layers]
            yield said, layers, f"{curve[0]:.4f}", f"{curve[-1]:.4f}", f"{curve[-1] / curve[0]:.2f}"


def claims(figures):
    scaled, half, plain = ([figures.growth[name][str(layers)] for layers in DEPTHS] for name in ARMS)
    # Five seeds: 1.70 to 1.80 scaled; 3.00 to 3.17, 7.74 to 8.44 and 11.1 to 11.9 not; 2.21 to 2.40 by half.
    yield (
        1.4 < min(scaled) and max(scaled) < 2.0,
        f"scaled: times {spans(scaled)} at {' / '.join(map(str, DEPTHS))} layers",
    )
    yield plain[0] > 2.5 and plain[2] > 3 * plain[0], f"not scaled: times {spans(plain)}"
    # Two additions a block are taken for one, and the spread is as level: only its size tells.
    yield 2.0 < min(half) and max(half) < 2.6, f"over √layers alone: times {spans(half)}"


def spans(values) -> str:
    return " / ".join(f"{value:.2f}" for value in values)


def draw(axes, figures) -> None:
    layers = DEPTHS[1]
    for name, colour in zip(ARMS, (BLUE, PALE, RED), strict=True):
        curve = figures.curves[name, layers]
        axes.plot([value / curve[0] for value in curve], color=colour, marker="o", markersize=3)
        axes.text(layers + 0.2, curve[-1] / curve[0], ARMS[name], va="center")
    axes.set_ylim(0, None)
    axes.set_xlim(-0.3, layers + 5)
    axes.set_xticks(range(0, layers + 1, 2))
    axes.set_xlabel(f"blocks passed, of {layers}")
    axes.set_ylabel("spread of the stream,\ntimes that at the start")
