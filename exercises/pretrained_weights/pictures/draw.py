"""Draws the three pictures of the lesson: names.svg, orientation.svg and heads.svg.

    python exercises/pretrained_weights/pictures/draw.py                    from your own functions
    python exercises/pretrained_weights/pictures/draw.py --lesson solutions/pretrained_weights/pretrained_weights.py

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from autograder.builders import tiny_state
from autograder.scripts import load_module, run_script, save_svg, svg_pyplot

plt = svg_pyplot("pretrained_weights", 11)
HERE = Path(__file__).resolve().parent
BLUE, PALE, GREEN, ORANGE, RED, GREY = "#4c72b0", "#c9d6ea", "#cfe8d5", "#f2d0a9", "#c44e52", "#777777"
MONO = {"family": "monospace"}
# What a file calls a tensor, and where its numbers go in a GPT of yours.
TRANSLATED = {
    "transformer.wte.weight": "token table, at both ends",
    "transformer.h.0.attn.c_attn.weight": "block 0: queries, keys, values",
    "model/h0/attn/c_attn/w": "block 0: queries, keys, values",
    "model/h11/ln_2/g": "block 11: gain of the second norm",
    "h.0.attn.bias": "a mask that was saved along",
    "lm_head.weight": "the token table once more",
}


def canvas(width: float, height: float, figsize: tuple[float, float]) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=figsize, layout="constrained")
    figure.patch.set_facecolor("white")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def box(axes: Any, x: float, y: float, width: float, height: float, text: str, colour: str, **font: Any) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="black", linewidth=0.8))
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", color="black", **font)


def arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], colour: str = "black") -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "shrinkA": 0, "shrinkB": 0})


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_names(lesson: ModuleType, path: Path) -> None:
    """Six names of files, the short name of each, and where its numbers go; two go nowhere."""
    figure, axes = canvas(10, 13.1, (5.2, 6.4))
    for x, colour, words in ((0, PALE, "Hugging Face's name"), (5.2, ORANGE, "TensorFlow's name")):
        box(axes, x, 12.5, 0.5, 0.4, "", colour)
        axes.text(x + 0.8, 12.7, words, va="center", fontsize=10)
    for number, (given, place) in enumerate(TRANSLATED.items()):
        short = lesson.canonical_name(given)
        y = 11.3 - 2.1 * number
        box(axes, 0, y, 10, 0.75, given, PALE if "/" not in given else ORANGE, fontsize=10, **MONO)
        colour = "black" if short else GREY
        arrow(axes, (0.5, y), (0.5, y - 0.62), colour)
        if short is None:
            axes.text(0.9, y - 0.62, f"None: {place}", color=RED, va="center", fontsize=10)
            continue
        turned = ", turned" if lesson.stored_transposed(short) else ""
        axes.text(0.9, y - 0.42, short, va="center", fontsize=10, **MONO)
        axes.text(0.9, y - 0.92, place + turned, va="center", fontsize=10, color="#2f6b43")
    save(figure, path)


def matrix(axes: Any, x: float, y: float, rows: list[list[float]], colours: list[list[str]]) -> None:
    """Cells of size 1, the first row at the top; y is where it ends below."""
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            box(axes, x + across, y + len(rows) - 1 - down, 1, 1, f"{value:g}", colours[down][across], fontsize=10)


def draw_orientation(lesson: ModuleType, path: Path) -> None:
    """One map as Conv1D and as nn.Linear keep it; and a square one, read the wrong way."""
    state = tiny_state(0, width=2, layers=1, vocabulary=5, positions=3)
    weight = torch.tensor([[1.0, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]])
    square = torch.tensor([[1.0, 2], [3, 4]])
    state |= {"h.0.attn.c_attn.weight": weight, "h.0.attn.c_proj.weight": square}
    turned = lesson.convert_weights(state)
    wide = [[PALE] * 6, [GREEN] * 6]
    figure, axes = canvas(13.2, 13.4, (5.2, 5.2))
    axes.text(0, 12.9, "the file: Conv1D, (in, out), x @ weight", va="center")
    matrix(axes, 1.2, 10.2, weight.tolist(), wide)
    axes.text(1.0, 11.2, "in 2", ha="right", va="center", fontsize=9, color=GREY)
    axes.text(4.2, 9.9, "out 6", ha="center", va="top", fontsize=9, color=GREY)
    axes.text(0, 8.6, "yours: nn.Linear,\n(out, in), x @ weight.T", va="center")
    matrix(axes, 8.2, 3.4, turned["h.0.attn.c_attn.weight"].tolist(), [[PALE, GREEN]] * 6)
    arrow(axes, (7.4, 11.2), (9.2, 9.6))
    axes.text(8.7, 10.9, "turned", fontsize=9, color=GREY)
    axes.text(10.5, 6.4, "out 6", va="center", fontsize=9, color=GREY)
    x = torch.tensor([1.0, 2.0])
    kept = turned["h.0.attn.c_proj.weight"]
    right, wrong = (x @ kept.T).tolist(), (x @ square.T).tolist()
    axes.text(0, 6.9, "a square one fits both ways:", va="center")
    matrix(axes, 1.2, 3.9, square.tolist(), [[PALE] * 2, [GREEN] * 2])
    axes.text(3.6, 5.4, f"x = ({x[0]:g}, {x[1]:g})", va="center", fontsize=10)
    axes.text(3.6, 4.5, "in 2, out 2", va="center", fontsize=9, color=GREY)
    axes.text(0, 2.6, f"as Conv1D, or turned for nn.Linear: ({right[0]:g}, {right[1]:g})", va="center", color="#2f6b43")
    axes.text(0, 1.5, f"not turned, in nn.Linear: ({wrong[0]:g}, {wrong[1]:g})", va="center", color=RED)
    axes.text(0, 0.5, "no error, and the same shape", va="center", fontsize=10, color=RED)
    save(figure, path)


def draw_heads(lesson: ModuleType, path: Path) -> None:
    """The rows of c_attn, queries, keys and values, cut into 4 heads and into 8."""
    state = lesson.convert_weights(tiny_state(0, width=32, layers=1, vocabulary=5, positions=3))
    shape = tuple(state["h.0.attn.c_attn.weight"].shape)
    width = shape[1]
    figure, axes = canvas(width + 8, 14.6, (5.2, 3.7))
    for top, heads in ((13.0, 4), (5.6, 8)):
        found = lesson.shape_from_weights(state, heads)
        each = found["width"] // found["heads"]
        axes.text(0, top + 0.9, f"{heads} heads of {each}: c_attn.weight is {shape}", va="center")
        for line, part in enumerate(("queries", "keys", "values")):
            y = top - 1.5 - 1.5 * line
            axes.text(0, y + 0.55, part, va="center", fontsize=10)
            for head in range(heads):
                box(axes, 7.5 + head * each, y, each, 1.1, f"{head}", (PALE, GREEN)[head % 2], fontsize=9)
    axes.text(
        7.5, 0.3, f"the same {3 * width} rows, the same numbers, other heads", va="center", fontsize=10, color=GREY
    )
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson pretrained_weights.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "pretrained_weights.py", help="whose to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = load_module(arguments.lesson, "pretrained_weights_lesson")
    for name, draw in (("names", draw_names), ("orientation", draw_orientation), ("heads", draw_heads)):
        draw(lesson, arguments.out / f"{name}.svg")


if __name__ == "__main__":
    run_script(main)
