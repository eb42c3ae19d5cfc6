"""Draws the lesson's pictures: averages.svg, grid.svg, lenses.svg, stream.svg.

    python exercises/attention/pictures/draw.py                                              from your own functions
    python exercises/attention/pictures/draw.py --lesson solutions/attention/attention.py    from another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import math
import runpy
from pathlib import Path
from typing import Any

import torch

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("attention", 11)
HERE = Path(__file__).resolve().parent
BLUE, GREEN, ORANGE, PALE = "#4c72b0", "#cfe8d5", "#f3dfd3", "#dbe5f3"
WORDS = ["dog", "bites", "man"]
X = torch.tensor([[1.5, 0.0], [0.0, 1.0], [1.0, 0.5]])
Q = torch.tensor([[1.0, 2, 0, 1], [0, 1, 3, 0], [2, 0, 1, 2]])
K = torch.tensor([[2.0, 1, 0, 0], [0, 2, 1, 0], [1, 0, 1, 2]])


def canvas(width: float, height: float, scale: float = 0.56) -> tuple[Any, Any]:
    """A white sheet of so many units; wide ones stay readable on a phone at 10 units or fewer."""
    figure, axes = plt.subplots(figsize=(scale * width, scale * height), layout="constrained")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def grid(axes: Any, left: float, top: float, numbers: torch.Tensor, title: str, names: bool, places: int) -> None:
    """A square of numbers, the larger the darker; what is -inf is left white. Words stand at its side and above it."""
    finite = numbers[numbers.isfinite()]
    low, high = min(finite.min().item(), 0.0), finite.max().item()
    axes.text(left + 1.5, top + 0.75, title, ha="center", fontsize=11, color="black")
    for row, line in enumerate(numbers.tolist()):
        axes.text(left + row + 0.5, top + 0.12, WORDS[row], ha="center", fontsize=9, color="#555555")
        if names:
            axes.text(left - 0.1, top - row - 0.5, WORDS[row], ha="right", va="center", fontsize=9, color="#555555")
        for column, number in enumerate(line):
            shade = 0.0 if math.isinf(number) else 0.62 * (number - low) / (high - low)
            corner = (left + column, top - row - 1)
            axes.add_patch(plt.Rectangle(corner, 1, 1, facecolor=(BLUE, shade), edgecolor="grey"))
            text = "-∞" if math.isinf(number) else f"{number:.{places}f}"
            axes.text(corner[0] + 0.5, corner[1] + 0.5, text, ha="center", va="center", fontsize=10, color="black")


def box(axes: Any, x: float, y: float, width: float, height: float, text: str, colour: str) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="black"))
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", color="black", fontsize=10)


def arrow(axes: Any, *points: tuple[float, float]) -> None:
    axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
    axes.annotate("", points[-1], points[-2], arrowprops={"arrowstyle": "->", "color": "black"})


def draw_averages(lesson: dict[str, Any], path: Path) -> None:
    """Three averages as weights: two that no input changes, and one that it decides."""
    figure, axes = canvas(11.3, 4.4, 0.5)
    running = lesson["running_mean"](torch.eye(3)[None])[0]  # the mean of unit vectors is its own weights
    similar = lesson["safe_softmax"](X @ X.T)
    for left, numbers, title in (
        (1.1, torch.full((3, 3), 1 / 3), "the mean"),
        (4.6, running, "running mean"),
        (8.1, similar, "by similarity"),
    ):
        grid(axes, left, 3.3, numbers, title, left < 2, 2)
    save(figure, path)


def draw_grid(lesson: dict[str, Any], path: Path) -> None:
    """One grid in four states: products, scaled, masked, softmax."""
    figure, axes = canvas(9.3, 9.2)
    mask = torch.ones(3, 3, dtype=torch.bool).tril()
    scores = lesson["attention_scores"](Q, K)
    weights = lesson["attention_weights"](scores, mask)
    masked = scores.masked_fill(~mask, -math.inf)
    grid(axes, 1.2, 8.1, Q @ K.T, "1  products  Q Kᵀ", True, 0)
    grid(axes, 6.1, 8.1, scores, "2  divided by √4", False, 1)
    grid(axes, 1.2, 3.4, masked, "3  masked", True, 1)
    grid(axes, 6.1, 3.4, weights, "4  softmax of each row", False, 2)
    for y in (6.6, 1.9):
        arrow(axes, (4.5, y), (5.8, y))
    arrow(axes, (7.6, 4.9), (7.6, 4.65), (2.7, 4.65), (2.7, 4.4))
    save(figure, path)


def draw_lenses(lesson: dict[str, Any], path: Path) -> None:
    """One vector through three matrices: what it looks for, what it is found by, what it delivers."""
    figure, axes = canvas(10.6, 5.4)
    x = torch.tensor([[[1.0, 0, 2]]])
    looks_for = torch.tensor([[1.0, 0], [0, 1], [0, 1]])
    found_by = torch.tensor([[0.0, 1], [1, 0], [1, 0]])
    delivers = torch.tensor([[2.0, 1], [0, 3], [-1, 1]])
    values = lesson["attention_head"](x, looks_for, found_by, delivers)[0, 0]  # alone, a token gets its own value
    box(axes, 0.2, 2.2, 2.1, 1, f"x  {brackets(x[0, 0])}", PALE)
    for y, name, vector, said in (
        (4.0, "W_Q", (x @ looks_for)[0, 0], "what it looks for"),
        (2.2, "W_K", (x @ found_by)[0, 0], "what it is found by"),
        (0.4, "W_V", values, "what it delivers"),
    ):
        box(axes, 3.6, y, 1.5, 1, name, "white")
        arrow(axes, (2.3, 2.7), (2.9, 2.7), (2.9, y + 0.5), (3.6, y + 0.5))
        arrow(axes, (5.1, y + 0.5), (6.2, y + 0.5))
        box(axes, 6.2, y, 1.9, 1, f"{name[-1].lower()}  {brackets(vector)}", GREEN)
        axes.text(8.3, y + 0.5, said.replace(" it ", " it\n"), va="center", fontsize=10, color="black")
    save(figure, path)


def brackets(vector: torch.Tensor) -> str:
    return f"[{', '.join(f'{number:.0f}' for number in vector.tolist())}]"


def draw_stream(lesson: dict[str, Any], path: Path) -> None:
    """The stream of one token: heads read it, and what they found is added to it."""
    figure, axes = canvas(10.6, 5.2)
    before, found = torch.tensor([[[1.0, 2, 3]]]), torch.tensor([[[10.0, 20]]])
    w_o = torch.tensor([[1.0, 0, 1], [0, 1, 1]])
    after = lesson["write_to_stream"](before, found, w_o)
    box(axes, 0.2, 3.6, 1.9, 1, brackets(before[0, 0]), PALE)
    box(axes, 6.4, 3.6, 2.2, 1, brackets(after[0, 0]), PALE)
    axes.add_patch(plt.Circle((5.3, 4.1), 0.35, facecolor="white", edgecolor="black"))
    axes.text(5.3, 4.1, "+", ha="center", va="center", color="black", fontsize=13)
    arrow(axes, (2.1, 4.1), (4.95, 4.1))
    arrow(axes, (5.65, 4.1), (6.4, 4.1))
    arrow(axes, (8.6, 4.1), (10.4, 4.1))
    box(axes, 1.9, 1.6, 2.2, 1, f"head  {brackets(found[0, 0])}", GREEN)
    box(axes, 4.5, 1.6, 1.6, 1, "W_O", "white")
    arrow(axes, (3.0, 4.1), (3.0, 2.6))
    arrow(axes, (4.1, 2.1), (4.5, 2.1))
    arrow(axes, (5.3, 2.6), (5.3, 3.75))
    box(axes, 6.9, 1.6, 2.4, 1, "what comes\nnext", ORANGE)
    arrow(axes, (7.5, 3.6), (7.5, 2.6))
    arrow(axes, (9.0, 2.6), (9.0, 4.1))
    for x, y, text in (
        (1.15, 4.8, "the stream"),
        (2.9, 3.1, "reads "),
        (5.4, 3.1, " writes"),
        (7.4, 3.1, "reads "),
        (9.1, 3.1, " writes"),
    ):
        side = "center" if y > 4 else "right" if text.endswith(" ") else "left"
        axes.text(x, y, text, ha=side, va="center", fontsize=9, color="#555555")
    axes.text(
        3.0, 1.1, f"other tokens' values, weighted: {brackets(found[0, 0])}", ha="center", fontsize=9, color="#555555"
    )
    added = brackets((after - before)[0, 0])
    axes.text(5.3, 0.5, f"through W_O: {added}, which is added", ha="center", fontsize=9, color="#555555")
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson attention.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "attention.py", help="whose functions to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = runpy.run_path(str(arguments.lesson))
    for name, draw in (
        ("averages", draw_averages),
        ("grid", draw_grid),
        ("lenses", draw_lenses),
        ("stream", draw_stream),
    ):
        draw(lesson, arguments.out / f"{name}.svg")


if __name__ == "__main__":
    run_script(main)
