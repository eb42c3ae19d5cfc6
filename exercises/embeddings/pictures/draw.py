"""Draws the four pictures of the lesson: lookup.svg, gradient.svg, positions.svg and tied.svg.

    python exercises/embeddings/pictures/draw.py                                          from your own functions
    python exercises/embeddings/pictures/draw.py --lesson solutions/embeddings/embeddings.py    from another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

import torch

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("embeddings", 11)
HERE = Path(__file__).resolve().parent
BLUE, PALE, RED, PLAIN = "#4c72b0", "#c9d6ea", "#c44e52", "white"
WORDS = ["man", "bites", "dog", "the"]
TABLE = torch.tensor([[10.0, 11, 12], [20, 21, 22], [30, 31, 32], [40, 41, 42]])
IDS = torch.tensor([[2, 1, 0]])  # dog bites man


def grid(axes: Any, left: float, top: float, rows: list[list[str]], colours: list[str], wide: float = 0.9) -> None:
    """A matrix of numbers, drawn downwards from its upper left corner, each row in its colour."""
    for row, (numbers, colour) in enumerate(zip(rows, colours, strict=True)):
        for column, number in enumerate(numbers):
            x, y = left + wide * column, top - 0.8 * (row + 1)
            axes.add_patch(plt.Rectangle((x, y), wide, 0.8, facecolor=colour, edgecolor="grey", linewidth=0.8))
            axes.text(x + wide / 2, y + 0.4, number, ha="center", va="center", fontsize=10, color="black")


def whole(matrix: torch.Tensor) -> list[list[str]]:
    return [[f"{number:.0f}" for number in row] for row in matrix.tolist()]


def canvas(width: float, height: float, figsize: tuple[float, float]) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=figsize, layout="constrained")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_lookup(lesson: dict[str, Any], path: Path) -> None:
    """One-hot rows times the table, and the rows that come out, which a lookup picks at once."""
    figure, axes = canvas(14, 4.6, (5.2, 1.9))
    axes.set_xlim(-0.6, 14)
    one_hot = torch.nn.functional.one_hot(IDS[0], 4).float()
    grid(axes, 1.5, 3.8, whole(one_hot), [PLAIN] * 3, 0.7)
    for row, token in enumerate(IDS[0].tolist()):
        axes.text(1.3, 3.4 - 0.8 * row, f"{WORDS[token]} = {token}", ha="right", va="center", fontsize=9)
    axes.text(4.75, 2.4, "times", ha="center", va="center", fontsize=9)
    grid(axes, 6.2, 4.2, whole(TABLE), ["#dbe5f3", "#f3dfd3", "#d5ead9", PLAIN])
    for row in range(len(WORDS)):
        axes.text(6.05, 3.8 - 0.8 * row, str(row), ha="right", va="center", fontsize=9, color="grey")
    axes.text(9.55, 2.4, "gives", ha="center", va="center", fontsize=9)
    rows = lesson["embed"](IDS, TABLE)[0]
    grid(axes, 10.4, 3.8, whole(rows), ["#d5ead9", "#f3dfd3", "#dbe5f3"])
    for x, text in ((2.9, "one-hot (3, 4)"), (7.55, "table (4, 3)"), (11.75, "embed(ids, table)")):
        axes.text(x, 0.35, text, ha="center", fontsize=9, color="grey")
    save(figure, path)


def draw_gradient(lesson: dict[str, Any], path: Path) -> None:
    """Which rows of a table a step moves: how often a token occurs, and how long its gradient is."""
    figure, axes = plt.subplots(figsize=(5.2, 2.9), layout="constrained")
    ids = torch.tensor([[3, 0, 3, 7, 3, 9, 7, 3]])
    upstream = torch.randn(1, 8, 16, generator=torch.Generator().manual_seed(1))
    lengths = lesson["embedding_gradient"](ids, upstream, 12).norm(dim=1)
    counts = torch.bincount(ids[0], minlength=12).tolist()
    axes.bar(range(12), lengths.tolist(), color=BLUE)
    for token, (length, count) in enumerate(zip(lengths.tolist(), counts, strict=True)):
        axes.text(token, length + 0.2, f"{count}×" if count else "0", ha="center", fontsize=9, color="grey")
    axes.set_xticks(range(12))
    axes.set(xlabel="row of the table\n(above each: how often the text has that token)", ylim=(0, 11))
    axes.set_ylabel("length of its gradient")
    axes.spines[["top", "right"]].set_visible(False)
    save(figure, path)


def draw_positions(lesson: dict[str, Any], path: Path) -> None:
    """The sinusoids as a picture, and four of their columns as curves."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.2, 2.6), layout="constrained")
    table = lesson["sinusoidal_positions"](64, 32)
    left.imshow(table.numpy(), aspect="auto", cmap="coolwarm", vmin=-1, vmax=1, interpolation="nearest")
    left.set(xlabel="column", ylabel="position")
    for column, colour in ((0, BLUE), (6, "#dd8452"), (12, "#55a868"), (18, RED)):
        right.plot(table[:, column], color=colour, label=f"column {column}")
    right.set(xlabel="position", ylim=(-1.1, 1.7))
    right.legend(ncols=2, fontsize=9, loc="upper center", frameon=False, handlelength=0.8, columnspacing=0.8)
    save(figure, path)


def draw_tied(lesson: dict[str, Any], path: Path) -> None:
    """The table at both ends: rows come out of it, and vectors are scored against its rows."""
    figure, axes = canvas(15, 4.2, (5.2, 1.8))
    scores = lesson["unembed"](torch.tensor([[[1.0, 0, -1]]]), TABLE)[0, 0]

    def box(x: float, y: float, width: float, text: str, colour: str) -> None:
        axes.add_patch(plt.Rectangle((x, y), width, 1, facecolor=colour, edgecolor="black"))
        axes.text(x + width / 2, y + 0.5, text, ha="center", va="center", color="black", fontsize=10)

    def arrow(*points: tuple[float, float]) -> None:
        axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
        axes.annotate("", points[-1], points[-2], arrowprops={"arrowstyle": "->"})

    box(1.7, 2.2, 2.6, "rows of ids", PALE)
    box(5.6, 2.2, 2.8, "the blocks", PLAIN)
    box(9.6, 2.2, 2.6, "products", PALE)
    box(4.9, 0.3, 4.2, f"one table ({', '.join(map(str, TABLE.shape))})", "#cfe8d5")
    axes.text(0.5, 2.7, "ids", ha="center", va="center")
    axes.text(12.8, 2.7, f"{len(scores)} scores", va="center", fontsize=10)
    axes.text(3, 3.5, "embed", ha="center", color="grey", fontsize=9)
    axes.text(10.9, 3.5, "unembed", ha="center", color="grey", fontsize=9)
    axes.text(12.1, 0.8, "transposed", ha="center", va="center", color="grey", fontsize=9)
    arrow((0.9, 2.7), (1.7, 2.7))
    arrow((4.3, 2.7), (5.6, 2.7))
    arrow((8.4, 2.7), (9.6, 2.7))
    arrow((12.2, 2.7), (12.5, 2.7))
    arrow((4.9, 0.8), (3, 0.8), (3, 2.2))
    arrow((9.1, 0.8), (10.9, 0.8), (10.9, 2.2))
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson embeddings.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "embeddings.py", help="whose functions to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = runpy.run_path(str(arguments.lesson))
    for name, draw in (
        ("lookup", draw_lookup),
        ("gradient", draw_gradient),
        ("positions", draw_positions),
        ("tied", draw_tied),
    ):
        draw(lesson, arguments.out / f"{name}.svg")


if __name__ == "__main__":
    run_script(main)
