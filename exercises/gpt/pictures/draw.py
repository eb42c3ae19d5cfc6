"""Draws the three pictures of the lesson: assembly.svg, tied.svg and areas.svg.

    python exercises/gpt/pictures/draw.py                                  from your own modules
    python exercises/gpt/pictures/draw.py --lesson solutions/gpt/gpt.py    from another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from autograder.scripts import load_module, run_script, save_svg, svg_pyplot

plt = svg_pyplot("gpt", 11)
HERE = Path(__file__).resolve().parent
BLUE, PALE, GREEN, RED, PLAIN, GREY = "#4c72b0", "#c9d6ea", "#cfe8d5", "#c44e52", "white", "#777777"
GPT2 = {"vocab": 50_257, "positions": 1_024, "width": 768, "layers": 12, "heads": 12}


def sizes_of_gpt2(lesson: ModuleType) -> dict[str, int]:
    """How many numbers each tensor of GPT-2's shape has, by its name; none of them takes memory."""
    with torch.device("meta"):
        model = lesson.GPT(lesson.GPTConfig(**GPT2))
    return {name: tensor.numel() for name, tensor in lesson.tensors_of(model).items()}


def sum_of(sizes: dict[str, int], start: str) -> int:
    return sum(size for name, size in sizes.items() if name.startswith(start))


def canvas(width: float, height: float, figsize: tuple[float, float]) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=figsize, layout="constrained")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def box(axes: Any, x: float, y: float, width: float, height: float, text: str, colour: str, size: float = 11) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="black", linewidth=0.9))
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", color="black", fontsize=size)


def arrow(axes: Any, *points: tuple[float, float]) -> None:
    if len(points) > 2:
        axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
    axes.annotate("", points[-1], points[-2], arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0})


def plus(axes: Any, x: float, y: float) -> None:
    axes.add_patch(plt.Circle((x, y), 0.2, facecolor="white", edgecolor="black", zorder=3))
    axes.text(x, y - 0.02, "+", ha="center", va="center", zorder=4)


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_assembly(lesson: ModuleType, path: Path) -> None:
    """From ids to logits, upwards: the stream at the left, what is added to it beside."""
    sizes = sizes_of_gpt2(lesson)

    def millions(start: str) -> str:
        return f"{sum_of(sizes, start) / 1e6:.2f} M"

    figure, axes = canvas(10, 12.8, (5.2, 6.6))
    stream = 1.6
    axes.text(stream, 0.3, "ids (B, T)", ha="center", va="center")
    arrow(axes, (stream, 0.6), (stream, 1.1))
    box(axes, 0.3, 1.1, 2.6, 1.1, f"token table\n{millions('wte.')}", GREEN)
    box(axes, 3.9, 1.1, 3.2, 1.1, f"position table\n{millions('wpe.')}", PALE)
    arrow(axes, (stream, 2.2), (stream, 2.6))
    arrow(axes, (5.5, 2.2), (5.5, 2.8), (stream + 0.2, 2.8))
    plus(axes, stream, 2.8)
    axes.text(5.7, 2.75, "dropout on the sum", fontsize=9, color=GREY, va="center")

    axes.add_patch(plt.Rectangle((0.3, 3.4), 7.2, 5.8, facecolor="#f4f6fa", edgecolor=BLUE, linewidth=1.4))
    axes.text(7.3, 8.85, "Block", color=BLUE, ha="right", va="center")
    axes.text(7.7, 6.3, f"× {GPT2['layers']}\n{millions('h.0.')}\neach", ha="left", va="center")
    for start, y, name, part in ((3.0, 3.8, "CausalSelf-\nAttention", "attn."), (6.0, 6.4, "FeedForward", "mlp.")):
        arrow(axes, (stream, start), (stream, y + 1.8))
        arrow(axes, (stream, y + 0.3), (2.4, y + 0.3))
        box(axes, 2.4, y, 1.1, 0.6, "norm", PLAIN, 10)
        arrow(axes, (3.5, y + 0.3), (4.1, y + 0.3))
        box(axes, 4.1, y - 0.2, 3.2, 1.0, name, PALE)
        arrow(axes, (5.7, y + 0.8), (5.7, y + 2.0), (stream + 0.2, y + 2.0))
        axes.text(5.5, y + 1.4, f"{millions('h.0.' + part)}, dropout", fontsize=9, color=GREY, ha="right", va="center")
        plus(axes, stream, y + 2.0)

    arrow(axes, (stream, 8.6), (stream, 9.6))
    box(axes, 0.8, 9.6, 1.6, 0.7, "norm", PLAIN, 10)
    arrow(axes, (stream, 10.3), (stream, 10.9))
    box(axes, 0.3, 10.9, 4.1, 0.8, "token table, transposed", GREEN)
    axes.text(4.6, 11.3, "the same numbers again", fontsize=9, color=GREY, va="center")
    arrow(axes, (stream, 11.7), (stream, 12.2))
    axes.text(stream, 12.5, "logits (B, T, V)", ha="center", va="center")
    save(figure, path)


def draw_tied(lesson: ModuleType, path: Path) -> None:
    """Two names for one memory; and what a later assignment leaves of it."""
    sizes = sizes_of_gpt2(lesson)
    table = f"{GPT2['vocab']:,} × {GPT2['width']}\n{sizes['wte.weight'] / 1e6:.1f} M"
    figure, axes = canvas(10, 7.6, (5.2, 4.0))
    for top, title, colour in ((7.3, "tied: two names, one parameter", "black"), (3.5, "broken by an assignment", RED)):
        axes.text(0.2, top, title, color=colour, va="center")
        for y, name in ((top - 1.0, "input"), (top - 2.4, "output")):
            axes.text(0.2, y, name, va="center", fontsize=10)
    box(axes, 4.2, 4.6, 3.6, 1.7, table, GREEN)
    arrow(axes, (1.7, 6.3), (4.2, 5.8))
    arrow(axes, (1.7, 4.9), (4.2, 5.2))
    axes.text(8.0, 5.45, "gradients\nof both ends", fontsize=9, color=GREY, va="center")
    box(axes, 4.2, 1.9, 3.6, 1.1, table, GREEN, 10)
    box(axes, 4.2, 0.5, 3.6, 1.1, table, "#f3c9c7", 10)
    arrow(axes, (1.7, 2.5), (4.2, 2.5))
    arrow(axes, (1.7, 1.1), (4.2, 1.1))
    axes.text(8.0, 2.45, "learns what\nis read", fontsize=9, color=GREY, va="center")
    axes.text(8.0, 1.05, "learns what\nis predicted", fontsize=9, color=GREY, va="center")
    save(figure, path)


def draw_areas(lesson: ModuleType, path: Path) -> None:
    """GPT-2's numbers as areas: tables at the left, blocks as rows at the right, the tied output beside them."""
    sizes = sizes_of_gpt2(lesson)
    total = sum(sizes.values())
    tables, blocks = sum_of(sizes, "w"), sum_of(sizes, "h.")
    figure, axes = canvas(1.36, 1.12, (5.2, 4.3))
    left = tables / total

    def area(x: float, y: float, width: float, height: float, colour: str) -> None:
        axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="white", linewidth=0.8))

    positions = sizes["wpe.weight"] / tables
    area(0, positions, left, 1 - positions, "#8fcf9f")
    area(0, 0, left, positions, "#dd8452")
    attention = sum_of(sizes, "h.0.attn.") / sum_of(sizes, "h.0.")
    wide = blocks / total
    for number in range(GPT2["layers"]):
        y, high = number / GPT2["layers"], 1 / GPT2["layers"]
        area(left, y, attention * wide, high, BLUE)
        area(left + attention * wide, y, (1 - attention) * wide, high, "#8fb0d9")
    axes.add_patch(
        plt.Rectangle((1.02, 0), sizes["wte.weight"] / total, 1, facecolor="none", edgecolor=RED, linestyle="--")
    )
    middle = left + attention * wide
    for x, words, colour in (
        (left / 2, f"token table\n{sizes['wte.weight'] / 1e6:.1f} M", "black"),
        ((left + middle) / 2, f"attention\n{12 * sum_of(sizes, 'h.0.attn.') / 1e6:.1f} M", "white"),
        ((middle + 1) / 2, f"feed-forward\n{12 * sum_of(sizes, 'h.0.mlp.') / 1e6:.1f} M", "black"),
        (1.02 + sizes["wte.weight"] / total / 2, "saved by\ntying\n" + f"{sizes['wte.weight'] / 1e6:.1f} M", RED),
    ):
        axes.text(x, 6.5 / 12, words, ha="center", va="center", color=colour, fontsize=10)
    axes.text(0, 1.05, "tables", fontsize=10, va="center")
    axes.text(left, 1.05, f"{GPT2['layers']} blocks, a row each", fontsize=10, va="center")
    axes.text(0.01, 0.028, "positions", fontsize=8, va="bottom", color="black")
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson gpt.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "gpt.py", help="whose modules to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = load_module(arguments.lesson, "gpt_lesson")
    for name, draw in (("assembly", draw_assembly), ("tied", draw_tied), ("areas", draw_areas)):
        draw(lesson, arguments.out / f"{name}.svg")


if __name__ == "__main__":
    run_script(main)
