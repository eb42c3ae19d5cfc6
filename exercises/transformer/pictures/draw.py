"""Draws the six pictures of the lesson: heads, block, mask, memory, parameters and families, as SVG.

    python exercises/transformer/pictures/draw.py                                              from your own functions
    python exercises/transformer/pictures/draw.py --lesson solutions/transformer/transformer.py    from another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

import torch

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("transformer", 11)
HERE = Path(__file__).resolve().parent
BLUE, PALE, ORANGE, GREEN, RED, PLAIN = "#4c72b0", "#c9d6ea", "#f3dfd3", "#d5ead9", "#c44e52", "white"
HEAD_COLOURS = (PALE, ORANGE, GREEN)


def canvas(width: float, height: float, figsize: tuple[float, float]) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=figsize, layout="constrained")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def box(axes: Any, x: float, y: float, width: float, height: float, text: str, colour: str) -> None:
    """A box from its lower left corner, with its text in the middle."""
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="black", linewidth=0.8))
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", color="black")


def arrow(axes: Any, *points: tuple[float, float], colour: str = "black") -> None:
    axes.plot(*zip(*points, strict=True), color=colour, linewidth=1)
    axes.annotate("", points[-1], points[-2], arrowprops={"arrowstyle": "->", "color": colour})


def grid(axes: Any, left: float, top: float, rows: list[list[float]], colours: list[list[str]]) -> None:
    """Numbers in cells of size 1 by 1, drawn downwards from the upper left corner."""
    for row, (numbers, shades) in enumerate(zip(rows, colours, strict=True)):
        for column, (number, shade) in enumerate(zip(numbers, shades, strict=True)):
            x, y = left + column, top - row - 1
            axes.add_patch(plt.Rectangle((x, y), 1, 1, facecolor=shade, edgecolor="grey", linewidth=0.8))
            axes.text(x + 0.5, y + 0.5, f"{number:g}", ha="center", va="center", color="black")


def draw_heads(lesson: dict[str, Any], path: Path) -> None:
    """A text of four tokens, six numbers wide, cut into three heads: by the width, and by `view` alone."""
    figure, axes = canvas(17, 12.6, (6, 4.5))
    tokens, width, heads = 4, 6, 3
    x = torch.arange(float(tokens * width)).view(1, tokens, width)
    right = lesson["split_heads"](x, heads)[0]
    wrong = x.view(heads, tokens, width // heads)
    for top, parts, title, colour in (
        (11.4, right, "split_heads: each head has a part of every token", "black"),
        (5.0, wrong, "view(B, H, T, d) alone: each head has a part of the text", RED),
    ):
        owner = {number: head for head in range(heads) for number in parts[head].flatten().tolist()}
        whole = x[0].tolist()
        axes.text(0, top + 0.35, title, color=colour)
        grid(axes, 0, top, whole, [[HEAD_COLOURS[owner[number]] for number in row] for row in whole])
        arrow(axes, (6.4, top - 2), (7.6, top - 2))
        for head, part in enumerate(parts.tolist()):
            left = 8 + 3 * head
            grid(axes, left, top, part, [[HEAD_COLOURS[head]] * len(row) for row in part])
            axes.text(left + 1, top - 4.75, f"head {head}", ha="center", color="grey")
        axes.text(3, top - 4.75, "x, a row per token", ha="center", color="grey")
    save(figure, path)


def draw_block(lesson: dict[str, Any], path: Path) -> None:
    """The stream as a line: two readers, each behind a norm, and two additions, with the numbers of an example."""
    figure, axes = canvas(15, 6.2, (6, 2.6))
    zero, one = torch.zeros, torch.ones
    params = {
        "ln_1.weight": one(2), "ln_1.bias": zero(2), "attn.c_attn.weight": zero(2, 6), "attn.c_attn.bias": zero(6),
        "attn.c_proj.weight": zero(2, 2), "attn.c_proj.bias": torch.tensor([2.0, -1]), "ln_2.weight": one(2),
        "ln_2.bias": zero(2), "mlp.c_fc.weight": zero(2, 8), "mlp.c_fc.bias": zero(8),
        "mlp.c_proj.weight": zero(8, 2), "mlp.c_proj.bias": torch.tensor([0.0, 4]),
    }  # fmt: skip
    x = torch.tensor([[[5.0, 3]]])
    after = lesson["transformer_block"](x, params, 1, None)
    between = x + params["attn.c_proj.bias"]
    axes.annotate("", (14.8, 1), (0.2, 1), arrowprops={"arrowstyle": "-|>", "linewidth": 3, "color": BLUE})
    for start, norm, name, colour in ((1.6, "norm 1", "attention", PALE), (8.4, "norm 2", "network", ORANGE)):
        arrow(axes, (start, 1), (start, 2.5))
        box(axes, start - 0.9, 2.5, 1.8, 1, norm, PLAIN)
        arrow(axes, (start, 3.5), (start, 4.9), (start + 1.2, 4.9))
        box(axes, start + 1.2, 4.3, 2.6, 1.2, name, colour)
        arrow(axes, (start + 3.8, 4.9), (start + 4.6, 4.9), (start + 4.6, 1.35))
        axes.add_patch(plt.Circle((start + 4.6, 1), 0.35, facecolor=PLAIN, edgecolor="black", zorder=3))
        axes.text(start + 4.6, 0.97, "+", ha="center", va="center", zorder=4, color="black")
        axes.text(start + 0.2, 1.6, "reads", color="grey")
        axes.text(start + 4.4, 2.6, "writes", color="grey", ha="right")
    for place, values in ((0.7, x), (7.3, between), (13.9, after)):
        shown = ", ".join(f"{value:g}" for value in values[0, 0].tolist())
        axes.text(place, 0.1, f"[{shown}]", ha="center", color=BLUE)
    save(figure, path)


def draw_mask(lesson: dict[str, Any], path: Path) -> None:
    """The triangle; the last two queries of five keys; and the same two aligned at the wrong corner."""
    figure, panels = plt.subplots(1, 3, figsize=(6, 2.5), layout="constrained", width_ratios=(5, 5, 5))
    wrong = torch.ones(2, 5, dtype=torch.bool).tril()
    for axes, mask, title, colour in zip(
        panels,
        (lesson["causal_mask"](5), lesson["causal_mask"](2, 5), wrong),
        ("causal_mask(5)", "causal_mask(2, 5)", "the wrong corner"),
        (BLUE, BLUE, RED),
        strict=True,
    ):
        queries, keys = mask.shape
        axes.set(xlim=(-0.02, keys + 0.02), ylim=(5.02, -0.02), aspect="equal")
        for row in range(queries):
            for column in range(keys):
                shade = colour if mask[row, column] else PLAIN
                axes.add_patch(plt.Rectangle((column, row), 1, 1, facecolor=shade, edgecolor="grey", linewidth=0.8))
        axes.set_title(title, fontsize=11, color="black" if colour == BLUE else RED)
        axes.set_xticks([at + 0.5 for at in range(keys)], [str(at) for at in range(keys)])
        first = 5 - queries
        axes.set_yticks([at + 0.5 for at in range(queries)], [str(first + at) for at in range(queries)])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_xlabel("key")
    panels[0].set_ylabel("query")
    save(figure, path)


def draw_memory(lesson: dict[str, Any], path: Path) -> None:
    """A network with three inner numbers: each is a key to compare with, and a value to write."""
    figure, axes = canvas(16, 7.6, (6, 2.9))
    x = torch.tensor([[[2.0, 1]]])
    keys = torch.tensor([[1.0, -1, 0], [1, 0, -3]])  # a column each, (2, 3)
    values = torch.tensor([[1.0, 0], [0, 5], [5, 5]])  # a row each
    matches = (x @ keys)[0, 0]
    weights = lesson["gelu"](matches)
    written = lesson["feed_forward"](x, keys, torch.zeros(3), values, torch.zeros(2))[0, 0]
    axes.text(1.2, 3.8, "reads\n[2, 1]", ha="center", va="center", color=BLUE)
    for row, (key, match, weight, value) in enumerate(
        zip(keys.T.tolist(), matches.tolist(), weights.tolist(), values.tolist(), strict=True)
    ):
        y = 5.2 - 2 * row
        arrow(axes, (2.3, 3.8), (3.4, y + 0.6))
        box(axes, 3.4, y, 2.6, 1.2, f"[{key[0]:g}, {key[1]:g}]", PALE)
        axes.text(6.25, y + 0.6, f"{match:g}", va="center", color="black")
        axes.text(7.6, y + 0.6, f"{weight:.3f}", va="center", color="black")
        arrow(axes, (9.5, y + 0.6), (10.1, y + 0.6))
        box(axes, 10.1, y, 2.2, 1.2, f"[{value[0]:g}, {value[1]:g}]", ORANGE)
        arrow(axes, (12.3, y + 0.6), (13.3, 3.8))
    axes.text(13.4, 3.8, f"writes\n[{written[0]:.2f}, {written[1]:.2f}]", va="center", color=BLUE)
    for x_at, text in ((4.7, "keys:\ncolumns of w_in"), (7.8, "match, gelu"), (11.2, "values:\nrows of w_out")):
        axes.text(x_at, 0.1, text, ha="center", color="grey", fontsize=10)
    save(figure, path)


def draw_parameters(lesson: dict[str, Any], path: Path) -> None:
    """GPT-2's numbers as areas: what stands once, and the twelve blocks."""
    counts = lesson["gpt_parameters"](50_257, 1_024, 768, 12)
    total = counts["total"]
    figure, axes = canvas(100, 64, (6, 3.8))
    edge = 100 * (counts["tokens"] + counts["positions"]) / total
    share = counts["tokens"] / (counts["tokens"] + counts["positions"])
    area(axes, 0, 0, edge, 60 * share, f"tokens\n{counts['tokens'] / 1e6:.1f} M\n{counts['tokens'] / total:.1%}", GREEN)
    area(axes, 0, 60 * share, edge, 60 * (1 - share), "", PLAIN)
    axes.text(0, 61, f"positions {counts['positions'] / 1e6:.1f} M", fontsize=10, color="grey")
    inner = counts["attention"] + counts["feed_forward"]
    for layer in range(12):
        left, wide = edge + layer * (100 - edge) / 12, (100 - edge) / 12
        low = 60 * counts["feed_forward"] / inner
        area(axes, left, 0, wide, low, "", ORANGE)
        area(axes, left, low, wide, 60 - low, "", PALE)
    middle = edge + (100 - edge) / 2
    for name, y in (("feed_forward", 20), ("attention", 50)):
        told = f"{name.replace('_', '-')}, 12 blocks\n{counts[name] / 1e6:.1f} M, {counts[name] / total:.1%}"
        behind = {"facecolor": ORANGE if name == "feed_forward" else PALE, "edgecolor": "none"}
        axes.text(middle, y, told, ha="center", va="center", color="black", bbox=behind)
    axes.text(100, 61, f"all norms {counts['norms']:,}: thinner than a line", ha="right", fontsize=10, color="grey")
    save(figure, path)


def area(axes: Any, x: float, y: float, width: float, height: float, text: str, colour: str) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="grey", linewidth=0.8))
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", color="black")


def draw_families(lesson: dict[str, Any], path: Path) -> None:
    """Who may look at whom in three kinds of transformer, over two tokens that are read and three that are written."""
    figure, panels = plt.subplots(1, 3, figsize=(6, 2.9), layout="constrained")
    everything = torch.ones(5, 5, dtype=torch.bool)
    causal = lesson["causal_mask"](5)
    crossing = causal.clone()
    crossing[:2, :2] = True  # the encoder looks both ways; the decoder looks at all of it, and back at itself
    for axes, mask, title, told in zip(
        panels,
        (everything, crossing, causal),
        ("encoder only", "encoder-decoder", "decoder only"),
        ("BERT: reads a\nwhole text", "T5: reads one text,\nwrites another", "GPT: each token is\nread and guessed"),
        strict=True,
    ):
        axes.set(xlim=(-0.02, 5.02), ylim=(5.02, -0.02), aspect="equal")
        for row in range(5):
            for column in range(5):
                own = row < 2 or column >= 2 or title != "encoder-decoder"
                shade = PLAIN if not mask[row, column] else BLUE if own else "#dd8452"
                axes.add_patch(plt.Rectangle((column, row), 1, 1, facecolor=shade, edgecolor="grey", linewidth=0.8))
        axes.set_title(title, fontsize=11, color="black")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.set_xlabel(told, fontsize=10)
    panels[0].set_ylabel("who looks")
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson transformer.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "transformer.py", help="whose functions to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = runpy.run_path(str(arguments.lesson))
    for name, draw in (
        ("heads", draw_heads),
        ("block", draw_block),
        ("mask", draw_mask),
        ("memory", draw_memory),
        ("parameters", draw_parameters),
        ("families", draw_families),
    ):
        draw(lesson, arguments.out / f"{name}.svg")


if __name__ == "__main__":
    run_script(main)
