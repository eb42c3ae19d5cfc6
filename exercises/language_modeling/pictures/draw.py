"""Draws the pictures of the lesson: temperature.svg, cuts.svg and loop.svg.

    python exercises/language_modeling/pictures/draw.py                     from your own functions
    python exercises/language_modeling/pictures/draw.py --lesson solutions/language_modeling/language_modeling.py

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

import torch

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("language_modeling", 11)
HERE = Path(__file__).resolve().parent
BLUE, ORANGE, LIGHT = "#4c72b0", "#dd8452", "#c9d6ea"
LOGITS = torch.tensor([2.0, 1.0, 0.0])
PROBS = torch.tensor([0.4, 0.3, 0.2, 0.1])


def bars(axes, values: list[float], kept: list[bool], title: str) -> None:
    """One bar for each token: blue where it stays, pale where it goes."""
    axes.bar(range(len(values)), values, 0.7, color=[BLUE if one else LIGHT for one in kept])
    for index, value in enumerate(values):
        axes.text(index, value + 0.02, f"{value:.2f}", ha="center", fontsize=10)
    axes.set_ylim(0, 1.12)
    axes.set_xticks(range(len(values)), "abcd"[: len(values)])
    axes.set_title(title, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)


def draw_temperature(temper, path: Path) -> None:
    """One distribution at four temperatures, the last one next to uniform."""
    figure, rows = plt.subplots(2, 2, figsize=(5.6, 4.6), sharey=True, layout="constrained")
    for axes, temperature in zip(rows.flatten(), (0.5, 1.0, 2.0, 100.0), strict=True):
        bars(axes, temper(LOGITS, temperature).tolist(), [True] * 3, f"temperature {temperature:g}")
    save_svg(figure, path)
    plt.close(figure)


def draw_cuts(keep_top_k, keep_top_p, path: Path) -> None:
    """What top-k and top-p leave of one distribution, before it is divided anew."""
    logits = PROBS.log()
    cuts = {
        "top-k, k = 2": keep_top_k(logits, 2),
        "top-p, p = 0.6": keep_top_p(logits, 0.6),
        "top-p, p = 0.8": keep_top_p(logits, 0.8),
        "p = 0.8, divided anew": keep_top_p(logits, 0.8),
    }
    figure, rows = plt.subplots(2, 2, figsize=(5.6, 4.6), sharey=True, layout="constrained")
    for axes, (title, left) in zip(rows.flatten(), cuts.items(), strict=True):
        values = left.softmax(dim=0) if title.endswith("anew") else PROBS
        bars(axes, values.tolist(), (left > -float("inf")).tolist(), title)
    save_svg(figure, path)
    plt.close(figure)


def draw_loop(path: Path) -> None:
    """The feedback loop: context, model, probabilities, draw, and back."""
    figure, axes = plt.subplots(figsize=(5.6, 3.4), layout="constrained")
    axes.set(xlim=(0, 10), ylim=(0, 6))
    axes.axis("off")
    boxes = {
        "text so far\n(the last block_size ids)": (2.4, 4.9),
        "model\ncontext → logits": (7.6, 4.9),
        "temper, top-k, top-p\nlogits → probabilities": (7.6, 1.1),
        "draw one token": (2.4, 1.1),
    }
    for text, (x, y) in boxes.items():
        box = {"boxstyle": "round,pad=0.5", "facecolor": LIGHT, "edgecolor": BLUE}
        axes.text(x, y, text, ha="center", va="center", fontsize=10, bbox=box)
    for start, end in (
        ((4.6, 4.9), (5.9, 4.9)),
        ((7.6, 4.2), (7.6, 1.9)),
        ((5.3, 1.1), (4.0, 1.1)),
        ((2.4, 1.7), (2.4, 4.2)),
    ):
        axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": ORANGE, "linewidth": 2})
    axes.text(2.6, 2.9, "append, and ask again", color=ORANGE, va="center", fontsize=10)
    save_svg(figure, path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson language_modeling.")
    own = HERE.parent / "language_modeling.py"
    parser.add_argument("--lesson", type=Path, default=own, help="the file whose functions to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = runpy.run_path(str(arguments.lesson))
    draw_temperature(lesson["temper"], arguments.out / "temperature.svg")
    draw_cuts(lesson["keep_top_k"], lesson["keep_top_p"], arguments.out / "cuts.svg")
    draw_loop(arguments.out / "loop.svg")


if __name__ == "__main__":
    run_script(main)
