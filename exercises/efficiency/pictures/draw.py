"""Draws the four pictures of the lesson: formats.svg, roofline.svg, cache.svg and online.svg.

    python exercises/efficiency/pictures/draw.py                                                from your own functions
    python exercises/efficiency/pictures/draw.py --lesson solutions/efficiency/efficiency.py    from another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from autograder.scripts import load_module, run_script, save_svg, svg_pyplot

plt = svg_pyplot("efficiency", 11)
HERE = Path(__file__).resolve().parent
BLUE, PALE, GREEN, ORANGE, RED, GREY = "#4c72b0", "#c9d6ea", "#cfe8d5", "#f2d0a9", "#c44e52", "#777777"
FORMATS = {"fp32": (8, 23), "tf32": (8, 10), "fp16": (5, 10), "bf16": (8, 7)}  # bits of exponent and fraction
FLOPS, BANDWIDTH = 312e12, 2e12  # of an A100 with 80 GB, in 16 bits
PROMPT, CALLS = 4, 5


def canvas(width: float, height: float, figsize: tuple[float, float]) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=figsize, layout="constrained")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def cell(axes: Any, x: float, y: float, colour: str, width: float = 1, height: float = 1) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="black", linewidth=0.6))


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_formats(lesson: ModuleType, path: Path) -> None:
    """The bits of four formats, aligned at the point between exponent and fraction."""
    figure, axes = canvas(32.4, 13.8, (5.2, 3.4))
    for x, words, colour in (
        (0, "sign", GREY),
        (3.6, "exponent: how large", BLUE),
        (15, "fraction: how fine", "#3f8f57"),
    ):
        axes.text(x, 13.2, words, fontsize=10, color=colour, va="center")
    for row, (name, (exponent, fraction)) in enumerate(FORMATS.items()):
        y = 10.3 - 3.4 * row
        bits = [GREY] + [PALE] * exponent + [GREEN] * fraction
        for place, colour in enumerate(bits):
            cell(axes, place + 8 - exponent, y, colour, height=1.2)
        largest = (2 - 2.0**-fraction) * 2.0 ** (2 ** (exponent - 1) - 1)
        said = f"{largest:,.0f}" if largest < 1e6 else f"{largest:.1e}"
        axes.text(0, y + 1.75, name, va="center", fontsize=11)
        axes.text(
            4.6,
            y + 1.75,
            f"{len(bits)} bits, steps of 1/{2**fraction:,} at 1, up to {said}",
            va="center",
            fontsize=9,
            color="black",
        )
    save(figure, path)


def draw_roofline(lesson: ModuleType, path: Path) -> None:
    """What a device can compute at most, by how much is computed with each byte."""
    figure, axes = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
    ridge = FLOPS / BANDWIDTH
    axes.plot([0.25, ridge], [0.25 * BANDWIDTH, FLOPS], color=RED, linewidth=2)
    axes.plot([ridge, 2e4], [FLOPS, FLOPS], color=BLUE, linewidth=2)
    axes.plot([ridge, ridge], [1e11, FLOPS], color=GREY, linewidth=1, linestyle="--")
    for tokens in (1, 16, 512):
        found = lesson.intensity(tokens, 4096, 4096)
        bound = lesson.bound_by(found, FLOPS, BANDWIDTH)
        reached = min(FLOPS, found * BANDWIDTH)
        axes.plot(found, reached, "o", color={"memory": RED, "compute": BLUE}[bound], markersize=7)
        words = f"{tokens} token{'s' if tokens > 1 else ''}: {reached / FLOPS:.1%}"
        place = {"xytext": (8, -15), "textcoords": "offset points"}
        axes.annotate(
            words, (found, reached), **place, fontsize=9, bbox={"facecolor": "white", "linewidth": 0, "pad": 1}
        )
    axes.text(0.32, 2.2e12, "waits for memory", color=RED, rotation=31, fontsize=10, va="bottom")
    axes.text(1.8e4, 1.15 * FLOPS, "waits for arithmetic", color=BLUE, fontsize=10, ha="right", va="bottom")
    axes.text(1.12 * ridge, 1.4e11, f"{ridge:g}", color=GREY, fontsize=10)
    axes.set(xscale="log", yscale="log", xlim=(0.25, 2e4), ylim=(1e11, 1.6e15))
    axes.set_xlabel("FLOPs for each byte moved")
    axes.set_ylabel("FLOPs a second, at most")
    save(figure, path)


def draw_cache(lesson: ModuleType, path: Path) -> None:
    """What each call reads: the whole text, or what is new."""
    width = PROMPT + CALLS - 1
    figure, axes = canvas(2 * width + 4.6, CALLS + 3.2, (5.2, 2.6))
    for left, title, cached in ((1.6, "without a cache", False), (width + 4.2, "with one", True)):
        read = 0
        for call in range(CALLS):
            y = CALLS - call + 0.6
            for place in range(PROMPT + call):
                new = not cached or call == 0 or place == PROMPT + call - 1
                read += new
                cell(axes, left + place, y, ORANGE if new else GREEN)
        axes.text(left, CALLS + 2.5, title, fontsize=10, va="center")
        axes.text(left, 0.7, f"{read} columns computed", fontsize=9, va="center")
    for call in range(CALLS):
        axes.text(0, CALLS - call + 1.1, f"call {call + 1}", fontsize=8, va="center", color="black")
    for x, colour, words in ((1.6, ORANGE, "computed in this call"), (width + 4.2, GREEN, "kept from before")):
        cell(axes, x, -0.45, colour, 0.6, 0.6)
        axes.text(x + 0.9, -0.15, words, fontsize=9, va="center")
    axes.set_ylim(-0.7, CALLS + 3.0)
    save(figure, path)


def draw_online(lesson: ModuleType, path: Path) -> None:
    """Three scores, one at a time: what is carried from one to the next."""
    scores, values = (1.0, 3.0, 2.0), (10.0, 20.0, 30.0)
    figure, axes = canvas(13, 7.2, (5.2, 2.9))
    for x, words in ((3.2, "m"), (6.0, "l"), (9.6, "o"), (12.0, "o / l")):
        axes.text(x, 6.6, words, ha="center", va="center", fontsize=11, color=GREY)
    state = None
    for number, (score, value) in enumerate(zip(scores, values, strict=True)):
        y = 5.3 - 2.05 * number
        before = None if state is None else state[0].item()
        block = torch.tensor([[score]], dtype=torch.float64), torch.tensor([[value]], dtype=torch.float64)
        state = lesson.online_softmax(state, *block)
        greatest, total, read = (one.item() for one in state)
        axes.text(0, y, f"score {score:g}\nvalue {value:g}", va="center", fontsize=10)
        for x, wide, words, colour in (
            (2.5, 1.4, f"{greatest:g}", ORANGE),
            (4.8, 2.4, f"{total:.4f}", PALE),
            (8.2, 2.8, f"{read:.4f}", GREEN),
        ):
            cell(axes, x, y - 0.42, colour, wide, 0.84)
            axes.text(x + wide / 2, y, words, ha="center", va="center", fontsize=11)
        axes.text(12.0, y, f"{read / total:.3f}", ha="center", va="center", fontsize=11)
        if before is not None:
            kept = f"old l and o times exp({before:g} - {greatest:g}) = {torch.tensor(before - greatest).exp():.4f}"
            axes.text(4.8, y + 0.95, kept, va="center", fontsize=9, color=RED if greatest > before else GREY)
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson efficiency.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "efficiency.py", help="whose functions to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = load_module(arguments.lesson, "efficiency_lesson")
    drawn = {"formats": draw_formats, "roofline": draw_roofline, "cache": draw_cache, "online": draw_online}
    for name, draw in drawn.items():
        draw(lesson, arguments.out / f"{name}.svg")


if __name__ == "__main__":
    run_script(main)
